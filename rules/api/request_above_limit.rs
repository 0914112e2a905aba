//! Requests above their limits.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kubelint_engine::settings::KubernetesVersion;
use kubelint_engine::{CodeRule, Finding, Findings, RuleContext};
use kubelint_model::view::{Amount, Workload};
use kubelint_model::{Cause, KubeNode, path};

use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check);

/// Since then servers read `resources` of a whole pod unless told otherwise (feature gate `PodLevelResources`).
const POD_RESOURCES_SINCE: KubernetesVersion = KubernetesVersion {
    major: 1,
    minor: 34,
};

/// The requests and limits of a container or a pod.
struct Resources<'a> {
    /// `container `app``, or `the pod`.
    owner: String,
    path: String,
    requests: Vec<Amount<'a>>,
    limits: Vec<Amount<'a>>,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let of_pods = cx
        .world
        .kubernetes_version
        .is_none_or(|it| it >= POD_RESOURCES_SINCE);
    for workload in cx.graph.workloads() {
        for template in workload.templates() {
            let requests = template.requests();
            if of_pods && !requests.is_empty() {
                let resources = Resources {
                    owner: "the pod".to_owned(),
                    path: template.spec_path().into_owned(),
                    requests,
                    limits: template.limits(),
                };
                check_resources(cx, &workload, &resources, out);
            }
            for container in template.containers() {
                let requests = container.requests();
                if requests.is_empty() {
                    continue;
                }
                let name = container.name().map(|it| it.value).unwrap_or_default();
                let resources = Resources {
                    owner: format!("container `{name}`"),
                    path: container.path(),
                    requests,
                    limits: container.limits(),
                };
                check_resources(cx, &workload, &resources, out);
            }
        }
    }
}

fn check_resources(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    resources: &Resources<'_>,
    out: &mut Findings,
) {
    let limits: BTreeMap<&str, &Amount<'_>> =
        resources.limits.iter().map(|it| (&*it.name, it)).collect();
    for request in &resources.requests {
        let Some(limit) = limits.get(&*request.name) else {
            continue;
        };
        // What is no quantity is another mistake, or is replaced by another tool.
        if let (Some(asked), Some(granted)) = (request.quantity, limit.quantity)
            && asked > granted
        {
            out.push(finding(cx, workload, resources, request, limit));
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    resources: &Resources<'_>,
    request: &Amount<'_>,
    limit: &Amount<'_>,
) -> Finding {
    let resource = workload.resource;
    let (name, asked, granted) = (&request.name, written(request), written(limit));
    let path_in = |list: &str| path::field(&format!("{}.resources.{list}", resources.path), name);
    let (request_path, limit_path) = (path_in("requests"), path_in("limits"));
    let message = format!(
        "{} requests `{asked}` of `{name}`, above its limit of `{granted}`",
        resources.owner
    );
    let at = |amount: &Amount<'_>| {
        let range = amount.entry.value.resolved().range();
        cx.graph.span_in(resource, range)
    };
    let confidence = evidence::in_template(cx.graph, workload, &[&request_path, &limit_path]);
    Finding::new(
        at(request),
        message,
        Cause::field_of(resource, &request_path),
    )
    .label(format!("asks for `{asked}`"))
    .related(at(limit), format!("may use at most `{granted}`"))
    .confidence(confidence)
    .about(resource.id, request_path, asked.clone())
    .help(help(name, &asked, &granted))
}

fn written<'a>(amount: &Amount<'a>) -> Cow<'a, str> {
    amount.entry.value.text_value().unwrap_or_default()
}

/// What to do; names the slips of the unit that make one of the two absurd.
fn help(name: &str, asked: &str, granted: &str) -> String {
    if name == "cpu" && asked.len() > 1 && asked.bytes().all(|it| it.is_ascii_digit()) {
        format!("`{asked}` is {asked} whole CPUs: `{asked}m` is that many thousandths of one")
    } else if name == "memory" && granted.ends_with('m') {
        let number = granted.trim_end_matches('m');
        format!("`{granted}` is {number} thousandths of a byte: write `{number}Mi` for mebibytes")
    } else {
        format!("lower the request of `{name}` to `{granted}` at most, or raise the limit")
    }
}
