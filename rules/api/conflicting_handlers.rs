//! Probes and hooks that have no handler, or several.

use kubelint_engine::suggest::did_you_mean;
use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::view::{Action, Container, ContainerKind, Workload};
use kubelint_parser::yaml::{Entry, Kind};

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// Fields of handlers that no probe or hook has itself, and the handler they belong to.
const INNER: [(&str, &str); 5] = [
    ("command", "exec"),
    ("path", "httpGet"),
    ("port", "httpGet"),
    ("httpHeaders", "httpGet"),
    ("scheme", "httpGet"),
];

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for (workload, container) in cx.graph.containers() {
        // The API server refuses probes and hooks of these whatever they say.
        if container.kind == ContainerKind::Init {
            continue;
        }
        let fills_in = workload.resource.gvk.group == "serving.knative.dev";
        for action in container.probes().into_iter().chain(container.hooks()) {
            let found = match action.handlers.len() {
                0 if !fills_in => none(cx, &workload, &container, &action),
                0 | 1 => None,
                _ => Some(several(cx, &workload, &container, &action)),
            };
            if let Some(found) = found {
                out.push(found);
            }
        }
    }
}

/// A probe or hook without a handler.
fn none(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    action: &Action<'_>,
) -> Option<Finding> {
    let node = action.entry.value.resolved();
    let fields = node.fields().map(|it| it.key);
    let keys: Vec<_> = fields.filter_map(|it| Some((it, it.as_str()?))).collect();
    if node.kind() != Kind::Mapping || keys.iter().any(|it| evidence::is_replaced(&it.1)) {
        return None;
    }
    let message = "does not say what to do";
    let mut finding = finding(cx, workload, container, action, action.entry, message)
        .label(format!("none of `{}` here", action.possible.join("`, `")));
    for (key, name) in &keys {
        let inner = INNER.iter().find(|it| it.0 == name);
        let span = cx.graph.span_in(workload.resource, key.range());
        if let Some((_, handler)) = inner {
            finding = finding
                .related(span, format!("belongs into `{handler}`"))
                .help(format!("indent its fields below `{handler}:`"));
        } else if let Some(meant) = did_you_mean(name, action.possible.iter().copied()) {
            finding = finding
                .related(span, format!("did you mean `{meant}`?"))
                .help(format!("write `{meant}`"));
        }
    }
    Some(finding)
}

/// A probe or hook with several handlers.
fn several(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    action: &Action<'_>,
) -> Finding {
    let mut handlers = action.handlers.clone();
    handlers.sort_by_key(|it| it.key.range().start);
    let names: Vec<_> = handlers.iter().filter_map(|it| it.key.as_str()).collect();
    let message = format!("has {} handlers, `{}`", names.len(), names.join("`, `"));
    let last = handlers.pop().unwrap_or(action.entry);
    let mut finding = finding(cx, workload, container, action, last, &message)
        .label("only one handler may be there")
        .help("keep the handler that is meant, and remove the other");
    for entry in handlers {
        let span = cx.graph.span_in(workload.resource, entry.key.range());
        finding = finding.related(span, "here is another");
    }
    finding
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    action: &Action<'_>,
    at: Entry<'_>,
    message: &str,
) -> Finding {
    let resource = workload.resource;
    let path = container.field_path(action.field);
    let name = container.name().map(|it| it.value).unwrap_or_default();
    let message = format!("`{}` of container `{name}` {message}", action.field);
    Finding::new(
        cx.graph.span_in(resource, at.key.range()),
        message,
        Cause::field_of(resource, &path),
    )
    .confidence(evidence::in_template(cx.graph, workload, &[&path]))
    .about(resource.id, path, "")
}
