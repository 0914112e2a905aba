//! What belongs to compose files: the files that they include and extend, and the variables beside them.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::resolve::Profile;

use super::{Loaded, Loader, texts};
use crate::compose::{self, Variables};
use crate::{Role, tree};

impl Loader<'_> {
    /// Reads the files that compose files include or extend, at any remove and whatever they are called.
    pub(super) fn read_composed(&mut self) {
        let all = self.loaded.iter();
        let compose = all.filter(|(_, it)| it.role == Role::Compose);
        let mut open: Vec<SourcePath> = compose.map(|(path, _)| path.clone()).collect();
        while let Some(path) = open.pop() {
            let Some(file) = self.loaded.get(&path) else {
                continue;
            };
            let text = file.text.as_str();
            let documents = file.yaml.documents().iter();
            let roots = documents.filter_map(|it| file.yaml.root(text, it));
            let named: Vec<SourcePath> = roots
                .flat_map(|it| compose::named_files(&path, it))
                .collect();
            for path in named {
                let known = self.loaded.get(&path);
                let is_known = known.is_some_and(|it| it.role != Role::OtherYaml);
                if is_known || self.listed.binary_search(&&path).is_err() {
                    continue;
                }
                let Some(text) = texts::readable(self.sources, &path) else {
                    continue;
                };
                let loaded = Loaded {
                    yaml: tree::parse(Profile::Compose, text.as_str()),
                    text,
                    role: Role::Compose,
                    left_out: None,
                    template: false,
                };
                self.loaded.insert(path.clone(), loaded);
                open.push(path);
            }
        }
    }

    /// The variables of the `.env` files beside compose files, by folder.
    pub(super) fn dot_envs(&self) -> BTreeMap<String, Variables> {
        let all = self.loaded.iter();
        let compose = all.filter(|(_, it)| it.role == Role::Compose);
        let folders: BTreeSet<&str> = compose.map(|(path, _)| path.parent()).collect();
        let read = folders.into_iter().filter_map(|folder| {
            let path = SourcePath::new(&format!("{folder}/.env"));
            self.listed.binary_search(&&path).ok()?;
            let text = texts::readable(self.sources, &path)?;
            Some((folder.to_owned(), Variables::parse(text.as_str())))
        });
        read.collect()
    }
}
