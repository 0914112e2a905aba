//! Shell scripts as bash reads them: bytes to a tree of statements and words, each with the exact bytes that state it.
//!
//! The grammar is tree-sitter's; nothing of its types leaves this module, and what it gets wrong (the precedence of `|` against `&&`, the
//! rest of a line behind `<<EOF`) is put right here. A text that does not parse still yields the statements that do. Nothing is expanded:
//! what words become is for those to say who know the variables.

mod build;
mod expansion;
mod tape;
mod tree;
mod words;

pub use tree::*;

use crate::TextRange;

/// Larger texts are not parsed: 256 KiB. Nobody writes such a script by hand.
pub const MAX_SIZE: usize = 256 << 10;
/// How deep statements and words may stand in each other; what is deeper is left out, and [`Script::limit`] says so.
pub const MAX_DEPTH: u32 = 100;

/// Parses `text`. `masked` are ranges that other tools replace before a shell sees them, such as the expressions of workflows: they are
/// read as parts of words ([`PartKind::Template`]); sorted, without overlaps.
///
/// Takes time and memory in proportion to the text: a parse that needs more steps than any real script of its size is given up, which
/// [`Script::limit`] tells.
///
/// ```
/// use kubelint_parser::shell;
///
/// let script = shell::parse("cd app && docker build -t \"$IMAGE\" .", &[]);
/// let shell::StatementKind::List(list) = &script.body[0].kind else {
///     unreachable!()
/// };
/// assert_eq!(list.rest.len(), 1);
/// ```
pub fn parse(text: &str, masked: &[TextRange]) -> Script {
    if text.len() > MAX_SIZE {
        return Script {
            limit: Some(Limit::Size),
            ..Script::default()
        };
    }
    let readable = without_masked(text, masked);
    match tape::read(readable.as_deref().unwrap_or(text)) {
        Some(tape) => build::script(text, masked, &tape),
        None => Script {
            limit: Some(Limit::Steps),
            ..Script::default()
        },
    }
}

/// The text with letters where it is masked, and spaces for the carriage returns of line ends and other control characters; `None` if it
/// has neither.
fn without_masked(text: &str, masked: &[TextRange]) -> Option<String> {
    let is_control = |it: &u8| it.is_ascii_control() && !matches!(it, b'\n' | b'\t');
    if masked.is_empty() && !text.as_bytes().iter().any(is_control) {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in bytes.iter_mut().filter(|it| is_control(it)) {
        *byte = b' ';
    }
    for range in masked {
        bytes.get_mut(range.to_usize())?.fill(b'x');
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
