//! The files of the repository as builds see them: what there is, and what `.dockerignore` hides.

use std::collections::BTreeMap;
use std::sync::OnceLock;

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
    /// The numbers of the files of each name; only made if somebody asks.
    by_name: OnceLock<BTreeMap<String, Vec<usize>>>,
}

impl BuildFiles {
    /// Every file of the repository, sorted.
    pub(crate) fn all(&self) -> &[SourcePath] {
        &self.files
    }

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
            by_name: OnceLock::new(),
        }
    }

    /// The files called `name` in the folder `folder` and below, hidden or not: their paths in it, in order.
    pub fn named<'a>(&'a self, name: &str, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (number, path) in self.files.iter().enumerate() {
                by_name
                    .entry(path.file_name().to_owned())
                    .or_default()
                    .push(number);
            }
            by_name
        });
        let numbers = by_name.get(name).into_iter().flatten();
        let files = numbers.filter_map(|it| self.files.get(*it));
        files.filter_map(move |it| match folder {
            "" => Some(it.as_str()),
            folder => it.as_str().strip_prefix(folder)?.strip_prefix('/'),
        })
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
        let named = |folder| files.named("x", folder).collect::<Vec<_>>();
        assert_eq!(named(""), ["a/x"]);
        assert_eq!(named("a"), ["x"]);
        assert_eq!(named("b"), [""; 0]);
    }
}
