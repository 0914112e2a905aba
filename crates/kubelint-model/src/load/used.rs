//! Workflows and actions of the repository that others use.

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::resolve::Profile;

use super::{Loaded, Loader, texts};
use crate::{Role, tree, workflow};

impl Loader<'_> {
    /// Reads the workflows and actions of the repository that loaded workflows and actions use, at any remove.
    pub(super) fn read_used(&mut self) {
        let mut open: Vec<SourcePath> = self
            .loaded
            .iter()
            .filter(|(_, it)| matches!(it.role, Role::Workflow | Role::Action))
            .map(|(path, _)| path.clone())
            .collect();
        while let Some(path) = open.pop() {
            let Some(file) = self.loaded.get(&path) else {
                continue;
            };
            let used = workflow::used(&file.yaml, file.text.as_str());
            for (path, role) in used.iter().flat_map(|it| workflow::places(it)) {
                let is_known = self
                    .loaded
                    .get(&path)
                    .is_some_and(|it| it.role != Role::OtherYaml);
                if is_known || self.listed.binary_search(&&path).is_err() {
                    continue;
                }
                let Some(text) = texts::readable(self.sources, &path) else {
                    continue;
                };
                let loaded = Loaded {
                    yaml: tree::parse(Profile::Workflow, text.as_str()),
                    text,
                    role,
                    left_out: None,
                    template: false,
                };
                self.loaded.insert(path.clone(), loaded);
                open.push(path);
            }
        }
    }
}
