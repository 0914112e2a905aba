//! Pods that a LimitRange, a ResourceQuota or the declared nodes leave no room for.

use kubelint_engine::{CodeRule, Findings, RuleContext};

use crate::bounds::Bounds;
use crate::pod_needs::Pods;
use crate::{limit_ranges, nodes, quotas};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let bounds = Bounds::new(graph);
    let nodes = nodes::read(&cx.world.nodes);
    if bounds.is_none() && nodes.is_none() {
        return;
    }
    for workload in graph.workloads() {
        let Some(mut pods) = Pods::of(cx, workload) else {
            continue;
        };
        if let Some(bounds) = &bounds {
            let ranges = bounds.limit_ranges(workload.resource);
            pods.defaults = bounds.defaults(workload.resource, &ranges);
            for range in &ranges {
                limit_ranges::check(&pods, range, out);
            }
            for quota in bounds.quotas(workload.resource) {
                quotas::check(&pods, bounds, &quota, out);
            }
        }
        if let Some(nodes) = &nodes {
            nodes::check(&pods, nodes, out);
        }
    }
}
