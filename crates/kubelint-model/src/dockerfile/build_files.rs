//! The files of the repository as builds see them: what there is, and what `.dockerignore` hides.

use std::collections::BTreeMap;

use kubelint_parser::source::{SourcePath, Sources};
use rayon::prelude::*;

use super::contents::Context;
use super::ignore::Ignored;
use crate::load::readable;

/// What builds may take into images.
#[derive(Debug, Default)]
pub struct BuildFiles {
    /// Every file of the repository, sorted.
    files: Vec<SourcePath>,
    /// What each `.dockerignore` says, by its path.
    ignored: BTreeMap<SourcePath, Ignored>,
}

impl BuildFiles {
    /// Notes what there is, and reads what hides it. `listed` is sorted.
    pub(crate) fn read(sources: &dyn Sources, listed: &[&SourcePath]) -> Self {
        let hiding = listed
            .par_iter()
            .filter(|it| it.file_name().ends_with(".dockerignore"));
        let ignored = hiding.filter_map(|&path| {
            let text = readable(sources, path)?;
            Some((path.clone(), Ignored::read(text.as_str())))
        });
        Self {
            ignored: ignored.collect(),
            files: listed.iter().map(|&it| it.clone()).collect(),
        }
    }

    /// The context `folder` of a build of `dockerfile`. The file that is called like the Dockerfile hides what it names; otherwise that of
    /// the context does.
    pub fn context<'a>(&'a self, dockerfile: &SourcePath, folder: &'a str) -> Context<'a> {
        let own = SourcePath::new(&format!("{dockerfile}.dockerignore"));
        let of_context = SourcePath::new(&format!("{folder}/.dockerignore"));
        let ignored = self
            .ignored
            .get(&own)
            .or_else(|| self.ignored.get(&of_context));
        Context {
            files: &self.files,
            folder,
            ignored,
        }
    }
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::MemorySources;

    use super::*;

    #[test]
    fn the_file_called_like_the_dockerfile_wins() {
        let sources = MemorySources::new([
            ("a/.dockerignore", "x\n"),
            ("a/Dockerfile", ""),
            ("a/b.Dockerfile", ""),
            ("a/b.Dockerfile.dockerignore", "y\n"),
            ("a/x", ""),
            ("a/y", ""),
        ]);
        let listed: Vec<&SourcePath> = sources.list().iter().collect();
        let files = BuildFiles::read(&sources, &listed);
        let seen = |dockerfile, path| {
            let context = files.context(&SourcePath::new(dockerfile), "a");
            context.file(path).is_some()
        };
        assert!(!seen("a/Dockerfile", "x") && seen("a/Dockerfile", "y"));
        assert!(seen("a/b.Dockerfile", "x") && !seen("a/b.Dockerfile", "y"));
    }
}
