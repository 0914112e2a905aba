//! ConfigMaps that nothing in the repository reads.

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;

use crate::config_uses::{self, Uses};
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let uses = Uses::new(cx);
    for resource in graph.resources_of(Some(""), "ConfigMap") {
        let Some(name) = resource.name.as_deref() else {
            continue;
        };
        let is_read = !uses.references(name).is_empty()
            || !uses.is_only_referenced(name)
            || uses.may_be_found(graph, resource);
        if is_read || evidence::is_replaced(name) {
            continue;
        }
        let place = graph.locate(resource, "metadata.name").range;
        let cause = Cause::object("", "ConfigMap", resource.namespace.as_deref(), name);
        let message =
            format!("nothing in the repository reads the ConfigMap `{name}`, or names it");
        let finding = Finding::new(graph.span_in(resource, place), message, cause)
            .label("not read by any pod")
            .confidence(config_uses::confidence(graph, resource, "data"))
            .about(resource.id, "metadata.name", name)
            .help("delete it, or let a pod read it (`envFrom`, `configMapKeyRef`, a volume)");
        out.push(finding);
    }
}
