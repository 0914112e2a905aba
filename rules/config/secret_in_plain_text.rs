//! Credentials that stand in the repository in clear. Their values are in no message, label, cause or fingerprint.

use std::borrow::Cow;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::purpose::Purpose;
use kubelint_model::view::{Container, PodTemplate};
use kubelint_model::{Cause, KubeNode, Resource, Role, credential};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;
use kubelint_parser::yaml::resolve::base64;

use crate::absence::called;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// How a value was recognised.
#[derive(Clone, Copy)]
enum Evidence {
    /// By the shape of a known token, or as a private key: what it is.
    Shape(&'static str),
    /// It looks random and stands under the name of a credential.
    Random,
    /// Somebody chose it, and it is in a Secret.
    Chosen,
}

/// A credential and where it stands.
struct Hit<'a> {
    node: Node<'a>,
    /// The name it stands under; empty if only its shape tells.
    name: Cow<'a, str>,
    evidence: Evidence,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for resource in &cx.graph.resources {
        let root = cx.graph.root(resource);
        if is_sealed(resource, root) {
            continue;
        }
        let mut hits = Vec::new();
        if resource.gvk.is("", "Secret") {
            of_secret(resource, root, &mut hits);
        } else if !resource.generated {
            of_config(cx, resource, root, &mut hits);
            of_containers(cx, resource, &mut hits);
        }
        for hit in hits {
            out.push(finding(cx, resource, &hit));
        }
        of_tokens(cx, resource, root, out);
    }
}

/// Whether the values of an object are encrypted, or mean something else: SOPS, schemas.
fn is_sealed(resource: &Resource, root: Node<'_>) -> bool {
    let kind = resource.gvk.kind.as_str();
    root.field("sops").is_some() || matches!(kind, "SealedSecret" | "CustomResourceDefinition")
}

/// The values of a Secret, or the literals that a kustomization makes one of.
fn of_secret<'a>(resource: &Resource, root: Node<'a>, hits: &mut Vec<Hit<'a>>) {
    if resource.generated {
        for literal in root.list("literals") {
            let text = literal.text_value().unwrap_or_default();
            if let Some((name, value)) = text.split_once('=') {
                let evidence = evidence(name, value);
                hits.extend(evidence.map(|evidence| Hit {
                    node: literal,
                    name: Cow::Owned(name.to_owned()),
                    evidence,
                }));
            }
        }
        return;
    }
    for (field, is_encoded) in [("data", true), ("stringData", false)] {
        for entry in root.field(field).into_iter().flat_map(Node::fields) {
            let (Some(name), Some(value)) = (entry.key.as_str(), entry.value.text_value()) else {
                continue;
            };
            let found = if is_encoded {
                of_encoded(&name, &value)
            } else {
                evidence(&name, &value)
            };
            hits.extend(found.map(|evidence| Hit {
                node: entry.value.resolved(),
                name,
                evidence,
            }));
        }
    }
}

/// What a value of `data` is, which is base64.
fn of_encoded(name: &str, value: &str) -> Option<Evidence> {
    if !credential_may_be(value) {
        return None;
    }
    let bytes = base64(value.trim())?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => evidence(name, text),
        Err(_) => credential::is_random_key(&bytes).then_some(Evidence::Random),
    }
}

/// Whether a value is not one of those that are filled in before it is applied.
fn credential_may_be(value: &str) -> bool {
    !value.is_empty() && !credential::is_reference(value) && !crate::evidence::is_replaced(value)
}

/// What a value of a Secret is.
fn evidence(name: &str, value: &str) -> Option<Evidence> {
    /// Values of these are no credentials, or not by themselves.
    const PUBLIC: [&str; 6] = [".crt", ".cer", ".pub", ".csr", ".crl", ".url"];
    /// Files of several lines are longer than this.
    const MAX_WORD: usize = 128;
    if !credential_may_be(value) || PUBLIC.iter().any(|it| name.ends_with(it)) {
        return None;
    }
    if let Some((_, what)) = credential::tokens(value).first() {
        return Some(Evidence::Shape(what));
    }
    if credential::is_random(value) || assigns_random(value) {
        return Some(Evidence::Random);
    }
    let is_chosen = credential::is_name(name) && value.trim().len() <= MAX_WORD;
    let is_harmless = matches!(value.trim(), "true" | "false") || value.contains("-----BEGIN");
    (is_chosen && !is_harmless).then_some(Evidence::Chosen)
}

/// Whether a line of a text gives the name of a credential something that looks random.
fn assigns_random(text: &str) -> bool {
    text.contains('\n')
        && credential::assigned(text)
            .iter()
            .any(|range| credential::is_random(range.of(text)))
}

/// The values of a ConfigMap that are credentials by their name.
fn of_config<'a>(
    cx: &RuleContext<'a>,
    resource: &Resource,
    root: Node<'a>,
    hits: &mut Vec<Hit<'a>>,
) {
    if !resource.gvk.is("", "ConfigMap") || cx.graph.file(resource.file).role != Role::Manifest {
        return;
    }
    for entry in root.field("data").into_iter().flat_map(Node::fields) {
        let (Some(name), Some(value)) = (entry.key.as_str(), entry.value.text_value()) else {
            continue;
        };
        let named = credential::is_name(&name) && credential::is_random(&value);
        if named || assigns_random(&value) {
            hits.push(Hit {
                node: entry.value.resolved(),
                name,
                evidence: Evidence::Random,
            });
        }
    }
}

/// Variables and arguments of containers.
fn of_containers<'a>(cx: &RuleContext<'a>, resource: &Resource, hits: &mut Vec<Hit<'a>>) {
    let Some(resource) = cx.graph.resources.get(resource.id.0 as usize) else {
        return;
    };
    let templates = cx.graph.workload(resource).map(|it| it.templates());
    let containers = templates.iter().flatten().flat_map(PodTemplate::containers);
    for container in containers {
        for var in container.env() {
            let (Some(name), Some(value)) = (var.name(), var.value()) else {
                continue;
            };
            if credential::is_name(&name.value) && credential::is_random(&value.value) {
                hits.push(Hit {
                    node: value.node,
                    name: name.value,
                    evidence: Evidence::Random,
                });
            }
        }
        of_arguments(&container, hits);
    }
}

/// Arguments as `--password=…`.
fn of_arguments<'a>(container: &Container<'a>, hits: &mut Vec<Hit<'a>>) {
    let lists = ["command", "args"].into_iter();
    for node in lists.flat_map(|it| container.node.list(it)) {
        let text = node.text_value().unwrap_or_default();
        let Some((name, value)) = text.strip_prefix('-').and_then(|it| it.split_once('=')) else {
            continue;
        };
        let name = name.trim_start_matches('-');
        if credential::is_name(name) && credential::is_random(value) {
            hits.push(Hit {
                node,
                name: Cow::Owned(name.to_owned()),
                evidence: Evidence::Random,
            });
        }
    }
}

/// Tokens and private keys anywhere in an object but in the values of Secrets, comments included.
fn of_tokens(cx: &RuleContext<'_>, resource: &Resource, root: Node<'_>, out: &mut Findings) {
    if resource.gvk.is("", "Secret") || resource.generated {
        return;
    }
    let text = cx
        .graph
        .sources
        .get(cx.graph.file(resource.file).source)
        .text();
    let range = root.range();
    for (found, what) in credential::tokens(range.of(text)) {
        let place = TextRange::new(range.start + found.start, range.start + found.end);
        let path = cx.graph.path_at(resource, place);
        let message = format!("{} holds {} in clear", called(resource), with_article(what));
        let place = cx.graph.span_in(resource, place);
        let found = Finding::new(place, message, Cause::field_of(resource, &path))
            .about(resource.id, path, "")
            .confidence(confidence(cx, resource, Evidence::Shape(what)))
            .help(HELP);
        out.push(found);
    }
}

const HELP: &str = "take it out, make a new one, and bring that to the cluster by other means: whoever reads the repository knows this one";

fn finding(cx: &RuleContext<'_>, resource: &Resource, hit: &Hit<'_>) -> Finding {
    let graph = cx.graph;
    let path = graph.path_at(resource, hit.node.range());
    let it = called(resource);
    let name = &hit.name;
    let message = match hit.evidence {
        Evidence::Shape(what) => {
            format!("{it} holds {} in clear, as `{name}`", with_article(what))
        }
        Evidence::Random => format!("{it} holds a credential in clear, as `{name}`"),
        Evidence::Chosen => format!("{it} is committed with a value for `{name}`"),
    };
    // One place in history is to be cleaned for all values of one Secret.
    let cause = if resource.gvk.is("", "Secret") {
        let name = resource.name.as_deref().unwrap_or_default();
        Cause::object("", "Secret", resource.namespace.as_deref(), name)
    } else {
        Cause::field_of(resource, &path)
    };
    Finding::new(graph.span_in(resource, hit.node.range()), message, cause)
        .about(resource.id, path, "")
        .confidence(confidence(cx, resource, hit.evidence))
        .help(HELP)
}

fn confidence(cx: &RuleContext<'_>, resource: &Resource, evidence: Evidence) -> Confidence {
    if cx.graph.file(resource.file).purpose != Purpose::Deployed {
        return Confidence::Low;
    }
    match evidence {
        Evidence::Shape(_) => Confidence::High,
        Evidence::Random => Confidence::Medium,
        Evidence::Chosen => Confidence::Low,
    }
}

/// `a token`, `an API key`.
fn with_article(what: &str) -> String {
    let article = if what.starts_with(['a', 'A', 'O', 'o', 'e', 'i', 'I']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {what}")
}
