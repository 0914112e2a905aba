//! What git keeps: a revision, and its tree as [`Sources`](kubelint_parser::source::Sources), read from git's objects.
//!
//! The program `git` is asked, for questions that read objects only: nothing is checked out and nothing is written. See
//! ARCHITECTURE.md for why no library is used.

mod command;
mod id;
mod objects;
mod revision;
mod sources;
mod tree;

pub(crate) use revision::{Found, Revision};
pub(crate) use sources::TreeSources;
