//! What holds for every Dockerfile, well formed or not. Property tests and the fuzz target share it.

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::{self, Arguments, Dockerfile, Instruction, Lexeme, Word, lex};

/// Parses `text` and checks all invariants of the result.
///
/// # Panics
///
/// If one of them does not hold.
pub fn check(text: &str) -> Dockerfile {
    let file = dockerfile::parse(text);
    let mut last = 0;
    for instruction in &file.instructions {
        check_range(text, instruction.range);
        assert!(last <= instruction.range.start, "instructions are in order");
        last = instruction.range.end;
        check_instruction(text, instruction, file.escape);
        for heredoc in &instruction.heredocs {
            check_word(text, &heredoc.word);
            check_range(text, heredoc.body);
            assert!(last <= heredoc.body.start, "bodies follow what opens them");
            assert!(!heredoc.name.is_empty());
            last = heredoc.body.end;
        }
    }
    let mut last = 0;
    for comment in &file.comments {
        check_range(text, *comment);
        assert!(comment.of(text).starts_with('#'));
        assert!(last <= comment.start, "comments are in order");
        last = comment.end;
    }
    for directive in &file.directives {
        check_range(text, directive.name);
        check_range(text, directive.value);
    }
    for error in &file.errors {
        check_range(text, error.range);
        assert!(!error.kind.message().is_empty());
    }
    file
}

fn check_range(text: &str, range: TextRange) {
    assert!(range.start <= range.end);
    assert!(
        text.get(range.to_usize()).is_some(),
        "{range:?} is on characters"
    );
}

fn check_instruction(text: &str, instruction: &Instruction, escape: char) {
    let whole = instruction.range;
    assert!(whole.contains(instruction.keyword_range));
    check_range(text, instruction.keyword_range);
    if let Some(range) = instruction.on_build {
        assert!(whole.contains(range) && range.end <= instruction.keyword_range.start);
    }
    let mut words: Vec<&Word> = Vec::new();
    for flag in &instruction.flags {
        words.extend([&flag.word, &flag.name]);
        words.extend(&flag.value);
    }
    words.extend(&instruction.health);
    match &instruction.arguments {
        Arguments::None => {}
        Arguments::Words(_) | Arguments::Exec(_) | Arguments::Text(_) => {
            words.extend(instruction.words());
        }
        Arguments::Pairs(pairs) => {
            words.extend(
                pairs
                    .iter()
                    .flat_map(|it| [Some(&it.key), it.value.as_ref()])
                    .flatten(),
            );
        }
    }
    for word in words {
        assert!(whole.contains(word.range()), "{word:?} in {whole:?}");
        check_word(text, word);
        check_lexemes(word.text(), escape);
    }
}

/// What a word says, and where.
fn check_word(text: &str, word: &Word) {
    check_range(text, word.range());
    let length = |text: &str| u32::try_from(text.len()).expect("texts are short");
    let whole = word.source_ranges(TextRange::new(0, length(word.text())));
    let mut last = word.range().start;
    for source in &whole {
        check_range(text, *source);
        assert!(last <= source.start && source.end <= word.range().end);
        last = source.end;
    }
    // A few characters, spread over the word: each stands in the source, or is an escape sequence there.
    let step = word.text().chars().count() / 8 + 1;
    for (at, character) in word.text().char_indices().step_by(step) {
        let at = u32::try_from(at).expect("texts are short");
        let end = at + u32::try_from(character.len_utf8()).expect("a character is short");
        let source = word.source_range(TextRange::new(at, end));
        check_range(text, source);
        let written = source.of(text);
        assert!(written.chars().eq([character]) || written.starts_with('\\'));
        let slice = word.slice(TextRange::new(at, length(word.text())));
        assert_eq!(slice.text(), &word.text()[at as usize..]);
        let first = TextRange::new(0, end - at);
        assert_eq!(slice.source_range(first), source);
    }
}

/// The parts of a word are in order, and what is opened is closed.
fn check_lexemes(text: &str, escape: char) {
    let Ok(lexemes) = lex(text, escape) else {
        return;
    };
    let mut depth = 0_usize;
    let mut last = 0;
    for lexeme in lexemes {
        match lexeme {
            Lexeme::Literal { range, .. } | Lexeme::Variable { name: range } => {
                check_range(text, range);
                assert!(last <= range.start);
                last = range.end;
            }
            Lexeme::Open { name, .. } => {
                check_range(text, name);
                depth += 1;
            }
            Lexeme::Middle => assert!(depth > 0),
            Lexeme::Close => depth = depth.checked_sub(1).expect("something is open"),
        }
    }
    assert_eq!(depth, 0);
}
