//! `duplicate-key`: a mapping has the same key more than once. What, why and the examples: `duplicate-key.md`.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext, Severity};
use kubelint_model::{Cause, DeploymentGraph, File, Role};
use kubelint_parser::Span;
use kubelint_parser::yaml::Entry;
use kubelint_parser::yaml::resolve::{Duplicate, Profile, duplicates};

/// The rule.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let read = |file: &&File| {
        matches!(
            file.role,
            Role::Manifest | Role::Kustomization | Role::Patch
        )
    };
    for file in cx.graph.files.iter().filter(read) {
        let text = cx.graph.sources.get(file.source).text();
        for document in file.yaml.documents() {
            let Some(root) = file.yaml.root(text, document) else {
                continue;
            };
            // kustomize reads its own file as kubectl reads manifests: through `sigs.k8s.io/yaml`, which keeps the last.
            for duplicate in duplicates(Profile::Kubectl, root) {
                if let Some(finding) = finding(cx.graph, file, &duplicate) {
                    out.push(finding);
                }
            }
        }
    }
}

fn finding(graph: &DeploymentGraph, file: &File, duplicate: &Duplicate<'_>) -> Option<Finding> {
    let (last, dropped) = duplicate.entries.split_last()?;
    let place = |entry: &Entry<'_>| Span::new(file.source, entry.key.range());
    let times = match duplicate.entries.len() {
        2 => "twice".to_owned(),
        many => format!("{many} times"),
    };
    let written = last.key.decoded();
    let shown = if written == duplicate.key {
        format!("`{written}`")
    } else {
        format!("`{written}` (which is read as `{}`)", duplicate.key)
    };
    let (message, kept) = if duplicate.values_differ {
        let reader = if file.role == Role::Kustomization {
            "kustomize"
        } else {
            "kubectl"
        };
        let message = format!(
            "{shown} is given {times} with different values: {reader} keeps the last and drops the rest in silence"
        );
        (message, "this one is kept")
    } else {
        let message = format!("{shown} is given {times} with the same value");
        (message, "given again here")
    };
    let resource = graph.resource_at(place(last));
    let path = resource.map(|it| graph.path_at(it, last.key.range()));
    let path = path.unwrap_or_else(|| duplicate.key.to_string());
    let cause = match resource {
        Some(it) => {
            let name = it.name.as_deref().unwrap_or_default();
            Cause::field(&it.gvk.kind, it.namespace.as_deref(), name, &path)
        }
        None => Cause::text(&path),
    };
    let mut finding = Finding::new(place(last), message, cause).label(kept);
    for entry in dropped {
        let text = if duplicate.values_differ {
            "this one is dropped"
        } else {
            "first given here"
        };
        finding = finding.related(place(entry), text);
    }
    finding.subject = resource.map(|it| it.id);
    finding.field = path;
    finding.value = duplicate.key.to_string();
    if !duplicate.values_differ {
        finding = finding.at_most(Severity::Warning);
    }
    Some(finding)
}
