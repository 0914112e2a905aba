//! Variables that one list sets twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::Cause;
use kubelint_model::view::{Container, EnvVar, Text, Workload};

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for (workload, container) in cx.graph.containers() {
        check_container(cx, &workload, &container, out);
    }
}

fn check_container(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    out: &mut Findings,
) {
    let mut seen: BTreeMap<Cow<'_, str>, Text<'_>> = BTreeMap::new();
    for var in container.env() {
        let Some(name) = var.name() else { continue };
        let earlier = seen.insert(name.value.clone(), name.clone());
        // `$(NAME)` in a variable's own value is the value that the list gave it before: an addition, not a mistake.
        if let Some(earlier) = earlier.filter(|_| !var.refers_to(&name.value)) {
            out.push(finding(cx, workload, container, &var, &name, &earlier));
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
    var: &EnvVar<'_>,
    name: &Text<'_>,
    earlier: &Text<'_>,
) -> Finding {
    let resource = workload.resource;
    let path = container.item_path("env", var.index, var.node);
    let owner = resource.name.as_deref().unwrap_or_default();
    let container_name = container.name().map(|it| it.value).unwrap_or_default();
    let message = format!(
        "container `{container_name}` sets `{}` twice; the last value wins",
        name.value
    );
    Finding::new(
        cx.graph.span_in(resource, name.range()),
        message,
        Cause::env(owner, &container_name, &name.value),
    )
    .label("set again here")
    .related(
        cx.graph.span_in(resource, earlier.range()),
        "already set here",
    )
    .confidence(evidence::in_template(cx.graph, workload, &[&path]))
    .about(resource.id, path, name.value.clone())
    .help(format!("keep one of the two entries for `{}`", name.value))
}
