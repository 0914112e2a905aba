//! The Dockerfiles of the repository.

use std::collections::BTreeSet;

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Yaml;
use rayon::prelude::*;

use super::layout::{ChartPart, is_dockerfile, is_yaml};
use super::texts::{MAX_TOTAL, is_pipeline, readable};
use super::{CONTEXT_BATCH, Loaded, Loader};
use crate::dockerfile::Dockerfile;
use crate::{LeftOut, Role};

impl Loader<'_> {
    /// Whether a Dockerfile is among the targets: then it matters who runs what it builds.
    pub(super) fn has_dockerfile(&self) -> bool {
        let mut targets = self.targets.iter();
        targets.any(|it| is_dockerfile(it) || self.named.contains(it))
    }

    /// Reads the Dockerfiles of the repository: one may build what any manifest runs.
    pub(super) fn read_dockerfiles(&mut self) {
        if self.targets.is_empty() {
            return;
        }
        self.understand_named_dockerfiles();
        let named = self.named_by_steps();
        let is_wanted = |it: &SourcePath| {
            is_dockerfile(it) && self.charts.part(it) != Some(ChartPart::Template)
                || named.contains(it)
        };
        let is_known = |it: &SourcePath| {
            let loaded = self.loaded.get(it);
            loaded.is_some_and(|it| it.role == Role::Dockerfile)
        };
        let all = self.listed.iter().copied();
        let wanted: Vec<&SourcePath> = all.filter(|it| is_wanted(it) && !is_known(it)).collect();
        let mut budget = MAX_TOTAL;
        for batch in wanted.chunks(CONTEXT_BATCH) {
            let read = batch.par_iter().map(|it| readable(self.sources, it));
            let read: Vec<_> = read.collect();
            for (&path, text) in batch.iter().zip(read) {
                let Some(text) = text else {
                    continue;
                };
                let Some(rest) = budget.checked_sub(text.as_str().len()) else {
                    return;
                };
                budget = rest;
                // Of another name it may be anything.
                if !is_dockerfile(path) && Dockerfile::new(text.as_str()).is_broken() {
                    continue;
                }
                let loaded = Loaded {
                    text,
                    role: Role::Dockerfile,
                    left_out: None,
                    template: false,
                    yaml: Yaml::default(),
                };
                self.loaded.insert(path.clone(), loaded);
            }
        }
    }

    /// The files that are called like one that a build step may take for its Dockerfile, though their own names do not say that they are.
    fn named_by_steps(&self) -> BTreeSet<SourcePath> {
        let texts: Vec<&str> = self
            .loaded
            .iter()
            .filter(|(path, it)| may_build(path, it.role))
            .map(|(_, it)| it.text.as_str())
            .filter(|it| it.contains("build") || it.contains("ockerfile"))
            .collect();
        let names: BTreeSet<&str> = texts.par_iter().flat_map_iter(|it| stated(it)).collect();
        let is_named = |it: &&SourcePath| {
            names.contains(it.file_name()) && !is_yaml(it) && !self.loaded.contains_key(*it)
        };
        let files = self.listed.iter().copied();
        files.filter(is_named).cloned().collect()
    }

    /// Tells which of the files that were named one by one are Dockerfiles: by their names, or because a builder would take them.
    fn understand_named_dockerfiles(&mut self) {
        for (path, loaded) in &mut self.loaded {
            let is_open = loaded.role == Role::Other && self.named.contains(path);
            let is_text = loaded.left_out != Some(LeftOut::Binary);
            let takes = |text: &str| !Dockerfile::new(text).is_broken();
            if is_open && is_text && (is_dockerfile(path) || takes(loaded.text.as_str())) {
                loaded.role = Role::Dockerfile;
                loaded.left_out = None;
            }
        }
    }
}

/// Whether build steps may stand in such a file.
fn may_build(path: &SourcePath, role: Role) -> bool {
    match role {
        Role::Script
        | Role::Workflow
        | Role::Action
        | Role::GitLab
        | Role::Compose
        | Role::Document => true,
        Role::OtherYaml => is_pipeline(path),
        _ => false,
    }
}

/// The last parts of paths that stand where the Dockerfile of a build is stated: behind `-f`, `--file`, `--dockerfile`, `dockerfile:`,
/// `dockerfile =` or `file:`.
fn stated(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|it: char| it.is_whitespace() || "=\"',()[]{}".contains(it));
    let words = words.filter(|it| !matches!(*it, "" | ":"));
    let mut is_next = false;
    words.filter_map(move |word| {
        let key = word.trim_end_matches(':').trim_start_matches('-');
        let is_path = std::mem::replace(
            &mut is_next,
            matches!(word, "-f" | "--file" | "file:") || key.eq_ignore_ascii_case("dockerfile"),
        );
        let name = word.rsplit(['/', '\\']).next();
        name.filter(|it| is_path && !it.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_dockerfile() {
        for (text, expected) in [
            ("docker build -f build/api.docker .", "api.docker"),
            ("docker build --file=\"build/api.docker\" .", "api.docker"),
            ("    dockerfile: ../api.docker", "api.docker"),
            ("\"dockerfile\": \"x/api.docker\",", "api.docker"),
            ("dockerfile = 'api.docker'", "api.docker"),
            ("--dockerfile build\\api.docker", "api.docker"),
            ("with:\n  file: docker/api\n", "api"),
            ("docker build .", ""),
            ("build -f", ""),
        ] {
            let found: Vec<&str> = stated(text).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
