//! Bytes to spanned trees.
//!
//! This crate knows files, places and syntax. It knows nothing of Kubernetes, rules or settings.

pub mod code;
pub mod directives;
pub mod dockerfile;
pub mod shell;
pub mod source;
pub mod text;
pub mod yaml;

pub use source::{SourceId, Span};
pub use text::TextRange;
