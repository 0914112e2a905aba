//! Where the words of an instruction's arguments begin and end.

use super::lines::range;
use crate::TextRange;

/// Whether a character separates the words of `FROM`, `EXPOSE`, `COPY` and the like, and a keyword from what follows.
pub(super) fn is_blank(ch: char) -> bool {
    ['\t', '\u{b}', '\u{c}', '\r', ' '].contains(&ch)
}

/// The words between blanks, whatever quotes there are.
pub(super) fn plain(text: &str) -> impl Iterator<Item = TextRange> {
    let mut at = 0;
    text.split(is_blank).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then(|| range(start, start + word.len()))
    })
}

/// The words between blanks that are neither quoted nor escaped, with their quotes: `parseWords` of `BuildKit`. An escape character at
/// the very end belongs to no word.
pub(super) fn quoted(text: &str, escape: char) -> Vec<TextRange> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, ch)) = chars.next() {
        let Some(begun) = start else {
            if !ch.is_whitespace() {
                start = Some(at);
                if at + ch.len_utf8() == text.len() && ch == escape {
                    return words;
                }
                quote = quote_of(ch);
                if ch == escape {
                    chars.next();
                }
            }
            continue;
        };
        if ch == escape && quote != Some('\'') {
            if at + ch.len_utf8() == text.len() {
                words.push(range(begun, at));
                return words;
            }
            chars.next();
        } else if quote.is_some() {
            if quote == Some(ch) {
                quote = None;
            }
        } else if ch.is_whitespace() {
            words.push(range(begun, at));
            start = None;
        } else {
            quote = quote_of(ch);
        }
    }
    words.extend(start.map(|it| range(it, text.len())));
    words
}

fn quote_of(ch: char) -> Option<char> {
    Some(ch).filter(|it| ['\'', '"'].contains(it))
}
