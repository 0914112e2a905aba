//! Files and folders that scripts name and that are not there.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::named::{Doubt, Lack, ScriptPath, What};
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::{Cause, DeploymentGraph};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check)
    .needs_links()
    .needs_paths()
    .needs_workflows();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for path in &cx.graph.missing_script_paths {
        out.push(finding(cx.graph, path));
    }
}

fn finding(graph: &DeploymentGraph, path: &ScriptPath) -> Finding {
    let missing = &path.missing;
    let outermost = &path.outermost;
    let folder = outermost.parent().rsplit('/').next();
    let cause = Cause::file(folder.unwrap_or_default(), outermost.file_name());
    let span = graph.span(missing.file, missing.range);
    let mut finding = Finding::new(span, message(path), cause)
        .label(label(path))
        .confidence(confidence(graph, path))
        .help(help(path));
    for origin in &path.origins {
        let place = graph.span(origin.file, origin.range);
        finding = finding.related(place, "this is a part of the path");
    }
    missing.field.clone_into(&mut finding.field);
    finding.value.clone_from(&missing.written);
    finding
}

/// How sure it is that the command finds nothing there.
fn confidence(graph: &DeploymentGraph, path: &ScriptPath) -> Confidence {
    let missing = &path.missing;
    let file = graph.file(missing.file);
    let is_made = missing.maker.is_some() || missing.sample.is_some();
    // What rules of semgrep are tried on: each line says what is to be found in the next one.
    let is_tried = || {
        let text = graph.sources.get(file.source).text();
        text.contains("# ruleid:")
    };
    let is_odd = matches!(file.purpose, Purpose::Test | Purpose::Template);
    match path.doubt {
        _ if is_made || is_odd || is_called_wrong(&file.path) || is_tried() => Confidence::Low,
        // Nobody generates a file beside one that differs in its number alone.
        Some(Doubt::Generated) if !path.is_renumbered => Confidence::Low,
        Some(Doubt::Optional) => Confidence::Low,
        Some(Doubt::Default) => Confidence::Medium,
        _ => Confidence::High,
    }
}

fn message(path: &ScriptPath) -> String {
    let missing = &path.missing;
    let (field, written) = (missing.field, &missing.written);
    let wrong = match (missing.lack, missing.what) {
        (Lack::Without(name), _) => {
            format!("`{field}` is given `{written}`, a folder without a `{name}`")
        }
        (_, What::Folder) => format!("`{field}` goes to `{written}`, which is not there"),
        _ => format!("`{field}` is given `{written}`, which is not there"),
    };
    match meant(path) {
        Some(nearest) => format!("{wrong}; did you mean `{nearest}`?"),
        None => wrong,
    }
}

/// The path that is probably meant. What something makes, or what is made of a sample, is not.
fn meant(path: &ScriptPath) -> Option<&str> {
    let missing = &path.missing;
    let is_made = missing.sample.is_some() || missing.maker.is_some() && !path.is_renumbered;
    missing.nearest.as_deref().filter(|_| !is_made)
}

fn label(path: &ScriptPath) -> String {
    format!("`{}` is not there", path.missing.path)
}

fn help(path: &ScriptPath) -> String {
    let missing = &path.missing;
    if let Some(maker) = missing.maker.as_ref().filter(|_| !path.is_renumbered) {
        return format!("`{maker}` seems to make it: see to it that this happens first");
    }
    if let Some(sample) = &missing.sample {
        return format!("make it of `{sample}`");
    }
    match meant(path) {
        Some(_) => "correct the path".to_owned(),
        None => "correct the path, or commit what it leads to".to_owned(),
    }
}
