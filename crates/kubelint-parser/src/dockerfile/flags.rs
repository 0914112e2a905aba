//! The flags between a keyword and its arguments: `--from=build`.

use super::lines::range;
use super::word::{Piece, Word};
use crate::TextRange;

/// The flags at the beginning of what follows a keyword, and where the arguments begin: `extractBuilderFlags` of `BuildKit`. Unlike
/// arguments, flags lose their quotes and escapes here, in every kind of quotes.
pub(super) fn take(arguments: &Word, escape: char) -> (Vec<Word>, usize) {
    let text = arguments.text();
    let mut flags = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let start = text.len() - rest.trim_start().len();
        if !text[start..].starts_with("--") {
            return (flags, start);
        }
        let (flag, end) = flag(arguments, start, escape);
        at = end;
        match flag {
            Some(flag) if flag.text() == "--" => return (flags, at),
            flag => flags.extend(flag),
        }
    }
}

/// The flag that begins at `start`, and where it ends.
fn flag(arguments: &Word, start: usize, escape: char) -> (Option<Word>, usize) {
    let text = arguments.text();
    let mut decoded = String::new();
    let mut parts: Vec<TextRange> = Vec::new();
    let mut quote = None;
    let mut was_quoted = false;
    let mut end = text.len();
    let mut chars = text[start..].char_indices();
    while let Some((at, ch)) = chars.next() {
        let mut at = start + at;
        let mut kept = ch;
        if quote == Some(ch) {
            quote = None;
            continue;
        }
        if quote.is_none() {
            if ch.is_whitespace() {
                end = at;
                break;
            }
            if ['\'', '"'].contains(&ch) {
                quote = Some(ch);
                was_quoted = true;
                continue;
            }
        }
        if ch == escape {
            let Some((next, escaped)) = chars.next() else {
                break;
            };
            (at, kept) = (start + next, escaped);
        }
        decoded.push(kept);
        let part = range(at, at + kept.len_utf8());
        match parts.last_mut() {
            Some(last) if last.end == part.start => last.end = part.end,
            _ => parts.push(part),
        }
    }
    let whole = arguments.source_range(range(start, end));
    let flag = (was_quoted || !decoded.is_empty()).then(|| {
        if parts.len() == 1 && parts[0] == range(start, end) {
            return arguments.slice(parts[0]);
        }
        Word::pieced(decoded, whole, pieces(arguments, &parts))
    });
    (flag, end)
}

/// The pieces of a text that was put together from parts of `word`.
fn pieces(word: &Word, parts: &[TextRange]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for part in parts {
        for source in word.source_ranges(*part) {
            let text = TextRange::new(at, at + source.len());
            at = text.end;
            pieces.push(Piece { text, source });
        }
    }
    pieces
}
