//! Files and folders that kustomizations, skaffold, compose, helmfile and charts name, and that are not there.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::named::{Lack, MissingPath, What};
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::{Cause, DeploymentGraph};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_paths();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let all = cx.graph.missing_paths.iter();
    for missing in all.filter(|it| it.origin.is_none()) {
        out.push(finding(cx.graph, missing));
    }
}

fn finding(graph: &DeploymentGraph, missing: &MissingPath) -> Finding {
    let folder = missing.path.parent().rsplit('/').next();
    let cause = Cause::file(folder.unwrap_or_default(), missing.path.file_name());
    let span = graph.span(missing.file, missing.range);
    let mut finding = Finding::new(span, message(missing), cause)
        .label(label(missing))
        .confidence(confidence(graph, missing))
        .help(help(missing));
    missing.field.clone_into(&mut finding.field);
    finding.value.clone_from(&missing.written);
    finding
}

/// How sure it is that the tool finds nothing there when it runs.
fn confidence(graph: &DeploymentGraph, missing: &MissingPath) -> Confidence {
    let file = graph.file(missing.file);
    let is_made = missing.maker.is_some() || missing.sample.is_some();
    let is_odd = matches!(file.purpose, Purpose::Test | Purpose::Template);
    // Everybody has settings and Secrets of their own: whoever ignores them says so.
    let is_own = missing.is_ignored;
    if is_made || is_odd || is_own || is_called_wrong(&file.path) {
        Confidence::Low
    } else if missing.what == What::SecretFile && missing.nearest.is_none() {
        // Often made by hand, from what nobody commits.
        Confidence::Medium
    } else {
        Confidence::High
    }
}

fn message(missing: &MissingPath) -> String {
    let MissingPath { field, written, .. } = missing;
    match missing.lack {
        Lack::KustomizationFile => format!(
            "`{field}` names `{written}`, a kustomization's own file, where kustomize takes its folder"
        ),
        Lack::Without(name) => {
            format!("`{field}` names `{written}`, a folder without a `{name}`")
        }
        Lack::Absent if missing.what == What::Dockerfile => {
            format!("an image is built with `{written}`, which is not there")
        }
        Lack::Absent => format!("`{field}` names `{written}`, which is not there"),
    }
}

fn label(missing: &MissingPath) -> String {
    let path = &missing.path;
    match missing.lack {
        Lack::KustomizationFile => "this is no manifest".to_owned(),
        _ if missing.is_ignored => format!("`{path}` is not there; git ignores it"),
        _ => format!("`{path}` is not there"),
    }
}

fn help(missing: &MissingPath) -> String {
    let written = &missing.written;
    if missing.lack == Lack::KustomizationFile {
        let folder = written.rsplit_once('/').map(|(folder, _)| folder);
        return match folder {
            Some(folder) => format!("name the folder: `{folder}`"),
            None => "take the entry out: a kustomization is not its own resource".to_owned(),
        };
    }
    if let Some(maker) = &missing.maker {
        return format!("`{maker}` seems to make it: see to it that this happens first");
    }
    if let Some(sample) = &missing.sample {
        return format!("make it of `{sample}`");
    }
    match &missing.nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "correct the path, commit the file, or take the entry out".to_owned(),
    }
}
