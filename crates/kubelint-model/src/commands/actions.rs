//! What steps of workflows do by actions: they build images, and apply manifests.

use super::script::Actions;
use super::{AppliedPath, PathForm};
use crate::FileId;
use crate::build::{self, Input, Place};
use crate::workflow::{Running, Uses};

/// Adds what steps do that use actions, as they run: with the values of matrices and callers.
pub(super) fn add(file: FileId, running: &[Running<'_>], actions: &mut Actions) {
    let place = Place {
        file,
        is_document: false,
        folder: "",
        by_end: false,
    };
    for step in running {
        let Some(uses) = step.step.uses() else {
            continue;
        };
        let given: Vec<String> = uses
            .with
            .iter()
            .map(|it| step.text(&it.value.text))
            .collect();
        let inputs: Vec<Input<'_>> = uses
            .with
            .iter()
            .zip(&given)
            .map(|(input, text)| Input {
                name: &input.name,
                text,
                range: input.value.range,
            })
            .collect();
        let images = build::action(&uses.what.text, step.step.range, &inputs, &place);
        actions.images.extend(images);
        manifests(uses, step, actions);
    }
}

/// The manifests that `azure/k8s-deploy` and its like apply.
fn manifests(uses: &Uses, step: &Running<'_>, actions: &mut Actions) {
    let Some(input) = uses.input("manifests") else {
        return;
    };
    let text = step.text(&input.value.text);
    let paths = text
        .split([' ', '\t', '\n', ','])
        .filter(|it| !it.is_empty());
    let paths = paths
        .filter(|it| !it.contains(['$', '*']))
        .map(|it| AppliedPath {
            path: it.trim_start_matches("./").trim_end_matches('/').to_owned(),
            range: input.value.range,
            form: PathForm::Files,
            by_end: false,
        });
    let paths: Vec<AppliedPath> = paths.collect();
    if !paths.is_empty() {
        let part = step.job as u32 + 1;
        actions.applied.push((part, input.value.range, paths));
    }
}
