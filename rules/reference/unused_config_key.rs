//! Keys of ConfigMaps that are read key by key, which nobody asks for.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::{Cause, path};

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
        let references = uses.references(name);
        let parts = references.iter().map(|it| it.part.as_ref());
        // One that takes the whole reads all of its keys.
        let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
            continue;
        };
        let is_silent = !uses.is_only_referenced(name) || uses.may_be_found(graph, resource);
        let (Some(first), false) = (references.first(), is_silent) else {
            continue;
        };
        let read: BTreeSet<&str> = parts.iter().map(|it| it.text.as_str()).collect();
        if read.iter().any(|it| evidence::is_replaced(it)) {
            continue;
        }
        let reader = graph.resource(first.from);
        let reader = graph.span_in(reader, graph.node(reader.file, first.node).range());
        let data = graph.config_data(resource).unwrap_or_default();
        for (key, node) in data.keys.iter().filter(|(key, _)| !read.contains(&**key)) {
            let field = path::field("data", key);
            let cause = Cause::key("ConfigMap", resource.namespace.as_deref(), name, key);
            let message = format!(
                "no pod reads the key `{key}` of the ConfigMap `{name}`: its keys are read one by one"
            );
            let finding = Finding::new(graph.span_in(resource, node.range()), message, cause)
                .label("not read by any pod")
                .related(reader, "other keys are read")
                .confidence(config_uses::confidence(graph, resource, &field))
                .about(resource.id, field, &**key)
                .help("delete the key, or read it where it is meant to be read");
            out.push(finding);
        }
    }
}
