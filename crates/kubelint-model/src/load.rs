//! Discover and parse: from the sources to files with trees. File by file, in parallel; what was read says nothing of other files.

use kubelint_parser::source::{ReadError, Rendered, SourceMap, SourcePath, Sources};

use crate::{File, Needs};

/// The files of a run, parsed.
#[derive(Debug, Default)]
pub struct Files {
    /// The sources.
    pub sources: SourceMap,
    /// The files, sorted by path; rendered texts after the real files.
    pub files: Vec<File>,
    /// Targets that could not be read.
    pub unread: Vec<(SourcePath, ReadError)>,
}

/// Loads and parses what the rules need: the targets, and of the context only what `needs` names. `named` are the targets that the
/// user named one by one.
pub fn load(
    sources: &dyn Sources,
    targets: &[SourcePath],
    named: &[SourcePath],
    rendered: Vec<Rendered>,
    needs: Needs,
) -> Files {
    let _ = (sources, targets, named, rendered, needs);
    Files::default()
}
