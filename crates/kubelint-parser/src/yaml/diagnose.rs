//! From what stopped the parser to a sentence that says what is usual at that place.

use super::parser::Fault;
use super::{SyntaxError, SyntaxErrorKind};
use crate::TextRange;

/// Describes `fault` in the document that is `chunk`, the one with index `document`.
pub(super) fn describe(text: &str, chunk: TextRange, fault: Fault, document: usize) -> SyntaxError {
    let _ = chunk;
    SyntaxError {
        range: fault.at,
        kind: fault.kind,
        message: format!("{:?} at `{}`", fault.kind, fault.at.of(text)),
        related: fault.related.map(|range| (range, "here".to_owned())),
        help: None,
        document,
    }
}

/// The error for a text that is too large for 32-bit offsets.
pub(super) fn too_large() -> SyntaxError {
    SyntaxError {
        range: TextRange::empty(0),
        kind: SyntaxErrorKind::TooLarge,
        message: "the file is larger than 4 GiB".to_owned(),
        related: None,
        help: None,
        document: 0,
    }
}
