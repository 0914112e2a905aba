//! Variables whose names stand in a file of properties: `System.getenv(config.get("queue.variable"))`.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::module::Module;
use super::{gap, properties};
use crate::FileId;
use crate::code::{Expr, ReadName, Subject};
use crate::program::Program;
use crate::program::store::Store;

/// More files of properties are not read.
const MOST_FILES: usize = 20;

/// A value, and where it stands.
type Value = (String, (FileId, TextRange));

/// What the files of properties say that are a program's own, and not its framework's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The value of each name; `None` where two files differ.
    values: BTreeMap<String, Option<Value>>,
}

impl Named {
    /// Reads the files of properties that lie directly in the resources of a program's modules.
    pub(super) fn of(modules: &[Module], store: &mut Store<'_>) -> Self {
        let mut paths: Vec<SourcePath> = Vec::new();
        for folder in modules.iter().flat_map(Module::resources) {
            let all = store.below(&folder).into_iter();
            paths.extend(all.filter(|it| {
                let is_own = !it.file_name().starts_with("application");
                it.parent() == folder && it.extension() == Some("properties") && is_own
            }));
        }
        let mut this = Self::default();
        for path in paths.iter().take(MOST_FILES) {
            let Some(id) = store.read_text(path) else {
                continue;
            };
            let documents = properties::of_properties(store.text_of(id), id);
            for entry in documents.into_iter().flat_map(|it| it.entries) {
                let value = Some((entry.value, entry.place));
                let known = this.values.entry(entry.name);
                known
                    .and_modify(|it| {
                        let is_same = it.as_ref().map(|it| &it.0) == value.as_ref().map(|it| &it.0);
                        *it = it.take().filter(|_| is_same);
                    })
                    .or_insert(value);
            }
        }
        this
    }

    /// Gives the variables that the program reads by such names their own.
    pub(super) fn name(&self, program: &mut Program) {
        let mut unknown = Vec::new();
        for read in &mut program.reads {
            let ReadName::Computed(name) = &read.name else {
                continue;
            };
            let value = match name.as_ref() {
                Expr::Property { name, .. } => self.values.get(name).and_then(Option::as_ref),
                _ => None,
            };
            match value {
                Some((value, place)) if is_variable(value) => {
                    read.name = ReadName::Exact(value.clone());
                    read.place = *place;
                }
                _ => unknown.push(read.place),
            }
        }
        program
            .reads
            .retain(|it| !matches!(it.name, ReadName::Computed(_)));
        let why = "the name of a variable is computed";
        let gaps = unknown.into_iter();
        program
            .gaps
            .extend(gaps.map(|it| gap(Subject::Reads, why, Some(it))));
    }
}

/// Whether a text may be the name of a variable.
fn is_variable(text: &str) -> bool {
    let is_of_name = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && text.bytes().all(is_of_name)
}
