//! `duplicate-key`: a mapping has the same key more than once. What, why and the examples: `duplicate-key.md`.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext, Severity};
use kubelint_model::{Cause, DeploymentGraph, File, KubeNode, Role};
use kubelint_parser::Span;
use kubelint_parser::yaml::resolve::{Duplicate, Profile, duplicates};
use kubelint_parser::yaml::{Entry, Node};

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
            let mut found = duplicates(Profile::Kubectl, root);
            if let Some(finding) = run_together(cx.graph, file, root, &mut found) {
                out.push(finding);
            }
            for duplicate in found {
                if let Some(finding) = finding(cx.graph, file, &duplicate) {
                    out.push(finding);
                }
            }
        }
    }
}

/// The finding of a document that holds several manifests, for which the keys that are given again at its top count as one mistake; they are
/// taken out of `found`.
fn run_together(
    graph: &DeploymentGraph,
    file: &File,
    root: Node<'_>,
    found: &mut Vec<Duplicate<'_>>,
) -> Option<Finding> {
    let is_again = |name: &str| {
        let mut same = root.entries().filter(|it| it.key.decoded() == name);
        same.next().is_some() && same.next().is_some()
    };
    if found.is_empty() || !is_again("apiVersion") || !is_again("kind") {
        return None;
    }
    let top: BTreeSet<u32> = root.entries().map(|it| it.key.range().start).collect();
    let is_at_top = |it: &Duplicate<'_>| {
        let first = it.entries.first();
        first.is_some_and(|it| top.contains(&it.key.range().start))
    };
    let again = found.iter().filter(|it| is_at_top(it));
    let again = again.filter_map(|it| it.entries.get(1));
    let second = again.map(|it| it.key).min_by_key(|it| it.range().start)?;
    found.retain(|it| !is_at_top(it));
    // What kubectl printed, one list after the other: nobody applies it as it stands.
    let is_printed =
        root.field("items").is_some() && root.at(&["metadata", "resourceVersion"]).is_some();
    let span = Span::new(file.source, second.range());
    let resource = graph.resource_at(span);
    let cause = resource.map_or_else(|| Cause::text("---"), |it| Cause::field_of(it, "---"));
    let message = "several manifests stand in one document, of which kubectl keeps the last value of each field: `---` is missing before this";
    let mut finding = Finding::new(span, message.to_owned(), cause)
        .label("the next manifest begins here")
        .help("put a line with `---` between the two");
    finding.subject = resource.map(|it| it.id);
    "---".clone_into(&mut finding.value);
    Some(if is_printed {
        finding.confidence(Confidence::Low)
    } else {
        finding
    })
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
