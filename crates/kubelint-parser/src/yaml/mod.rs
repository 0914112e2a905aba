//! YAML and JSON: one pass, no recursion, a flat pre-order tape with a byte range for every token.
//!
//! The tree is neutral: it says what is written, not what it means. What a scalar or key *means* depends on who reads it
//! ([`resolve`]). The grammar is that of libyaml as kubectl uses it (go-yaml), not that of YAML 1.2: what kubectl accepts
//! parses, what it refuses is an error.
//!
//! Texts are cut into documents first, textually, as kubectl cuts them, so a broken document does not spoil its neighbours.

mod block;
mod chars;
mod decode;
mod diagnose;
mod documents;
mod fields;
mod flow;
mod guess;
mod ignored;
mod json;
mod keys;
mod limits;
mod locate;
mod node;
mod parser;
mod properties;
mod reader;
mod scan;
mod state;
mod tape;
mod tree;

pub mod resolve;

pub use decode::Decoded;
pub use fields::Fields;
pub use locate::{Child, Path, Segment};
pub use node::{Entries, Entry, Items, Node};
pub use tree::{Comment, Document, Kind, NodeId, Style, SyntaxError, SyntaxErrorKind, Yaml};

use reader::Reader;

/// Parses a text as kubectl reads it. Never fails: what is wrong is in [`Yaml::errors`], and documents without an error are
/// whole.
///
/// A byte order mark at the beginning is skipped. Offsets have 32 bits: a text of 4 GiB or more gets one error and no
/// document is read.
pub fn parse(text: &str) -> Yaml {
    let mut reader = Reader::new(text);
    if reader.fits() {
        reader.stream();
    }
    reader.finish()
}

/// Parses a text as [`parse`] does, but never as JSON: as kustomize and helm read it, which cut it as kubectl does.
pub fn parse_yaml(text: &str) -> Yaml {
    let mut reader = Reader::new(text);
    if reader.fits() {
        reader.yaml_stream();
    }
    reader.finish()
}

/// Parses a text as one document, as programs read it that use go-yaml directly: `---` may follow directives, and whatever
/// comes after the first document is [`Document::ignored`].
pub fn parse_single(text: &str) -> Yaml {
    let mut reader = Reader::new(text);
    if reader.fits() {
        reader.single();
    }
    reader.finish()
}

#[cfg(test)]
mod tests;
