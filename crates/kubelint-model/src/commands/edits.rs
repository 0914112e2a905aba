//! What scripts and documents put into manifests before they apply them: the substitutions of sed, with the files that they are made in.

use kubelint_parser::TextRange;

use super::script::{Command, Reader};
use super::words::Word;
use super::{AppliedPath, PathForm};
use crate::FileId;
use crate::script::Run;
use crate::sed::{self, Rewrite, Substitution};

/// How many edits of one file are kept.
const MOST_EDITS: usize = 1_000;

/// Substitutions that one command line, or one pipeline, makes in the same text.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The file that states them.
    pub file: FileId,
    /// The place of the first of its commands.
    pub range: TextRange,
    /// Whether a document says so, for a person to do.
    pub is_document: bool,
    /// The substitutions, in order.
    pub rewrites: Vec<Rewrite>,
    /// The files whose text they change.
    pub paths: Vec<AppliedPath>,
}

impl Reader<'_> {
    /// Takes the substitutions of one pipeline, the commands of which are `runs`: those of `sed … FILE`, and of `cat FILE | sed …`.
    pub(super) fn edits(&mut self, runs: &[&Run], commands: &[Command]) {
        let mut edit: Option<Edit> = None;
        let mut text: Vec<AppliedPath> = Vec::new();
        for (run, command) in runs.iter().zip(commands) {
            let inputs = command.inputs.iter();
            text.extend(inputs.filter_map(|it| self.path(&it.text, it, PathForm::Files)));
            let words = run.command();
            let Some((tool, arguments)) = words.split_first() else {
                continue;
            };
            if tool.value.text == "cat" {
                let files = command.words.iter().skip(1);
                text.extend(files.filter_map(|it| self.path(&it.text, it, PathForm::Files)));
            }
            let is_sed = sed::is_sed(&tool.value.text);
            let Some(call) = sed::read(arguments).filter(|_| is_sed) else {
                continue;
            };
            let files = call.files.iter().filter_map(|it| {
                let word = Word {
                    text: run.folder.written(&it.value.text),
                    start: it.range.start as usize,
                    end: it.range.end as usize,
                };
                self.path(&word.text, &word, PathForm::Files)
            });
            let files: Vec<AppliedPath> = files.collect();
            if !files.is_empty() {
                self.end_edit(edit.take());
                text = files;
            }
            let rewrites = call.substitutions.iter().filter_map(Substitution::rewrite);
            let edit = edit.get_or_insert_with(|| Edit {
                file: self.file,
                range: run.range,
                is_document: self.is_document,
                rewrites: Vec::new(),
                paths: std::mem::take(&mut text),
            });
            edit.rewrites.extend(rewrites);
        }
        self.end_edit(edit);
    }

    fn end_edit(&mut self, edit: Option<Edit>) {
        let edits = &mut self.actions.edits;
        let edit = edit.filter(|it| !it.rewrites.is_empty() && !it.paths.is_empty());
        edits.extend(edit.filter(|_| edits.len() < MOST_EDITS));
    }
}
