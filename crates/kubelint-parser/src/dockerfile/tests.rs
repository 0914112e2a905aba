//! Places, and what comes after a mistake. What is read as what is in `testdata/dockerfile`, which BuildKit's frontend made.

use super::*;

/// An instruction as `keyword: word | word`, with what its words were written with where that differs.
fn shown(text: &str, instruction: &Instruction) -> String {
    let word = |word: &Word| {
        let written = word.range().of(text);
        if written == word.text() {
            written.to_owned()
        } else {
            format!("{} <{written}>", word.text())
        }
    };
    let mut words: Vec<String> = instruction.flags.iter().map(|it| word(&it.word)).collect();
    words.extend(instruction.health.iter().map(word));
    words.extend(instruction.words().iter().map(word));
    for pair in instruction.pairs() {
        let value = pair.value.as_ref().map(|it| format!("={}", word(it)));
        words.push(word(&pair.key) + &value.unwrap_or_default());
    }
    format!("{:?}: {}", instruction.keyword, words.join(" | "))
}

fn check(text: &str, expected: &[&str]) {
    let file = parse(text);
    let found: Vec<String> = file.instructions.iter().map(|it| shown(text, it)).collect();
    assert_eq!(found, expected, "{text}");
}

fn errors(text: &str) -> Vec<(SyntaxErrorKind, &str)> {
    let file = parse(text);
    let errors = file.errors.iter();
    errors.map(|it| (it.kind, it.range.of(text))).collect()
}

#[test]
fn words_know_where_they_stand() {
    check(
        "FROM --platform=x a AS b\nEXPOSE 80 443/tcp\n",
        &["From: --platform=x | a | AS | b", "Expose: 80 | 443/tcp"],
    );
    check(
        "CMD [\"a\\u0062\", \"c\"]",
        &["Cmd: ab <\"a\\u0062\"> | c <\"c\">"],
    );
    check(
        "COPY --from=\"a b\" c d",
        &["Copy: --from=a b <--from=\"a b\"> | c | d"],
    );
    check("ENV A=1 B=\"x y\"", &["Env: A=1 | B=\"x y\""]);
    check("ENV A x y", &["Env: A=x y"]);
    check(
        "HEALTHCHECK --retries=2 CMD a b",
        &["Healthcheck: --retries=2 | CMD | a b"],
    );
}

#[test]
fn words_lead_back_over_lines() {
    let text = "RUN ab\\\n# c\ncd \\\n  ef";
    check(text, &["Run: abcd   ef <ab\\\n# c\ncd \\\n  ef>"]);
    let file = parse(text);
    let word = &file.instructions[0].words()[0];
    let written = |part: &str| -> Vec<&str> {
        let at = u32::try_from(word.text().find(part).unwrap()).unwrap();
        let len = u32::try_from(part.len()).unwrap();
        let ranges = word.source_ranges(TextRange::new(at, at + len));
        ranges.into_iter().map(|it| it.of(text)).collect()
    };
    assert_eq!(written("ef"), ["ef"]);
    assert_eq!(written("bc"), ["b", "c"]);
    assert_eq!(written("abcd"), ["ab", "cd"]);
}

#[test]
fn escapes_of_strings_stay_whole() {
    let text = "CMD [\"a\\ud83d\\ude00b\"]";
    let file = parse(text);
    let word = &file.instructions[0].words()[0];
    assert_eq!(word.text(), "a😀b");
    assert_eq!(
        word.source_range(TextRange::new(1, 5)).of(text),
        "\\ud83d\\ude00"
    );
    assert_eq!(word.source_range(TextRange::new(5, 6)).of(text), "b");
    assert_eq!(word.slice(TextRange::new(5, 6)).range().of(text), "b");
}

#[test]
fn carriage_returns_and_a_byte_order_mark() {
    let text = "\u{feff}# escape=`\r\nFROM a\r\nRUN b `\r\n c\r\nRUN <<A\r\nx\r\nA\r\nCMD d\r\n";
    check(
        text,
        &["From: a", "Run: b  c <b `\r\n c>", "Run: <<A", "Cmd: d"],
    );
    let file = parse(text);
    assert_eq!(file.escape, '`');
    assert_eq!(file.instructions[2].heredocs[0].body.of(text), "x\r\n");
    assert_eq!(file.directives[0].value.of(text), "`");
}

#[test]
fn comments_are_kept() {
    let text = "# syntax=a\n# b\nFROM a\nRUN a \\\n  # c\n  b\nRUN <<A\n# d\nA\n#e";
    let comments = parse(text).comments;
    let found: Vec<&str> = comments.iter().map(|it| it.of(text)).collect();
    assert_eq!(found, ["# b", "# c", "#e"]);
}

#[test]
fn triggers() {
    let text = "ONBUILD COPY a b";
    let file = parse(text);
    let instruction = &file.instructions[0];
    assert_eq!(instruction.keyword, Keyword::Copy);
    assert_eq!(instruction.keyword_range.of(text), "COPY");
    assert_eq!(instruction.on_build.unwrap().of(text), "ONBUILD");
    assert_eq!(instruction.range.of(text), text);
}

#[test]
fn here_documents() {
    let text = "FROM a\nCOPY <<-\"x y\" <<'b' /c\n\t1\n\tx y\n2\nb\nUSER d";
    let file = parse(text);
    let copy = &file.instructions[1];
    assert_eq!(copy.heredocs.len(), 2);
    assert_eq!(copy.heredocs[0].name, "x y");
    assert_eq!(copy.heredocs[0].word.range().of(text), "<<-\"x y\"");
    assert!(copy.heredocs[0].strips_tabs && !copy.heredocs[0].expands);
    assert_eq!(copy.heredocs[1].body.of(text), "2\n");
    assert!(copy.is_heredoc(copy.words().iter().find(|it| it.text() == "<<'b'").unwrap()));
    assert!(!copy.is_heredoc(copy.words().last().unwrap()));
    assert_eq!(file.instructions[2].keyword, Keyword::User);
}

#[test]
fn what_follows_a_mistake_is_read() {
    let text = "FROM a\nENV A\nFOO b\nRUN <<EOF\nCMD [1]\nENV A=1 B C=2\nUSER c";
    check(
        text,
        &[
            "From: a",
            "Env: ",
            "Unknown: b",
            "Run: <<EOF",
            "Cmd: [1]",
            "Env: A=1 | C=2",
            "User: c",
        ],
    );
    assert_eq!(
        errors(text),
        [
            (SyntaxErrorKind::MissingArgument, "ENV A"),
            (SyntaxErrorKind::UnknownInstruction, "FOO"),
            (SyntaxErrorKind::UnterminatedHeredoc, "<<EOF"),
            (SyntaxErrorKind::NotStrings, "[1]"),
            (SyntaxErrorKind::NoEquals, "B"),
        ]
    );
}

#[test]
fn mistakes_have_places() {
    for (text, kind, place) in [
        ("# escape=x\nFROM a", SyntaxErrorKind::BadEscape, "x"),
        (
            "#check=a\n#check=b\nFROM a",
            SyntaxErrorKind::DirectiveTwice,
            "check",
        ),
        ("RUN a\nFROM b", SyntaxErrorKind::BeforeFrom, "RUN"),
        ("ARG A", SyntaxErrorKind::NoFrom, ""),
        ("FROM a as b c", SyntaxErrorKind::TooManyArguments, "FROM"),
        ("FROM a as 1", SyntaxErrorKind::BadStageName, "FROM"),
        (
            "FROM a\nCOPY --form=b c d",
            SyntaxErrorKind::UnknownFlag,
            "--form=b",
        ),
        (
            "FROM a\nCOPY --from=b --from=b c d",
            SyntaxErrorKind::FlagTwice,
            "--from=b",
        ),
        (
            "FROM a\nCOPY --from b c",
            SyntaxErrorKind::FlagWithoutValue,
            "--from",
        ),
        (
            "FROM a\nHEALTHCHECK curl",
            SyntaxErrorKind::BadHealthcheck,
            "HEALTHCHECK",
        ),
        ("FROM a\nSHELL sh -c", SyntaxErrorKind::NotExecForm, "SHELL"),
        ("FROM a\nENV =b", SyntaxErrorKind::EmptyKey, ""),
        (
            "FROM a\nONBUILD FROM b",
            SyntaxErrorKind::BadTrigger,
            "FROM",
        ),
    ] {
        assert_eq!(errors(text), [(kind, place)], "{text}");
        assert!(!kind.message().is_empty());
    }
    let long = format!("FROM a\nRUN {}", "x".repeat(70_000));
    assert_eq!(errors(&long)[0].0, SyntaxErrorKind::LineTooLong);
}

#[test]
fn lexemes() {
    let parts = |text: &str| -> Vec<String> {
        let lexemes = lex(text, '\\').unwrap();
        let shown = |it: &Lexeme| match it {
            Lexeme::Literal { range, quoted } => {
                let quotes = if *quoted { "'" } else { "" };
                format!("{quotes}{}{quotes}", range.of(text))
            }
            Lexeme::Variable { name } => format!("${}", name.of(text)),
            Lexeme::Open { name, operator } => format!("{{{} {operator:?}", name.of(text)),
            Lexeme::Middle => "/".to_owned(),
            Lexeme::Close => "}".to_owned(),
        };
        lexemes.iter().map(shown).collect()
    };
    assert_eq!(parts("a\"b $c\"'d'$"), ["a", "'b '", "$c", "'d'", "'$'"]);
    assert_eq!(
        parts("${a:-${b}c}"),
        ["{a Default { empty: true }", "$b", "c", "}"]
    );
    assert_eq!(
        parts("${a//b\\//c}"),
        ["{a Replace { all: true }", "b", "'\\/'", "/", "c", "}"]
    );
    assert_eq!(lex("a${", '\\'), Err(LexError { at: 1 }));
    let escaped = Lexeme::Literal {
        range: TextRange::new(2, 3),
        quoted: true,
    };
    assert_eq!(lex("a`$b", '`').unwrap()[1], escaped);
}
