//! Claims that one node or pod may use at a time, and workloads that want them for more.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext, Severity};
use kubelint_model::link::Link;
use kubelint_model::reference::Relation;
use kubelint_model::view::{AccessMode, Claim, Placement, PodTemplate, Workload};
use kubelint_model::volumes::Volumes;
use kubelint_model::{Cause, DeploymentGraph, Resource, local_cluster, path};
use kubelint_parser::Span;

use crate::absence::called;
use crate::{evidence, scalers};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// A claim as a workload uses it.
struct Use<'a> {
    graph: &'a DeploymentGraph,
    workload: Workload<'a>,
    template: PodTemplate<'a>,
    /// The claim, and the node that states its modes.
    claim: &'a Resource,
    modes: Span,
    /// Whether a single pod may use it, and not only pods on a single node.
    is_one_pod: bool,
    /// Where the workload names it.
    place: Span,
    name: &'a str,
}

/// Why more than one pod wants the claim at once.
enum Sharing<'a> {
    /// So many replicas are stated there.
    Replicas(i64, Span),
    /// An autoscaler may make so many.
    Scaled(i64, &'a Resource, Span),
    /// There is a pod on every node.
    EveryNode,
    /// A new pod is started before the old one is stopped.
    Update(Span),
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let volumes = Volumes::new(cx.graph);
    let nodes: u64 = cx.world.nodes.iter().map(|it| u64::from(it.count)).sum();
    for link in cx.graph.references(Relation::Claim) {
        let Some(it) = Use::of(cx.graph, link, &volumes) else {
            continue;
        };
        // On one node, all pods may use it.
        let on_one_node = nodes == 1 || it.template.placement() == Placement::OneNode;
        if (it.is_one_pod || !on_one_node)
            && let Some(why) = it.sharing()
        {
            out.push(it.finding(&why));
        }
    }
}

impl<'a> Use<'a> {
    fn of(graph: &'a DeploymentGraph, link: &'a Link, volumes: &Volumes) -> Option<Self> {
        let candidates = link.outcome.candidates()?;
        let resource = graph.resource(link.from);
        let workload = graph.workload(resource)?;
        let template = workload.templates().into_iter().next()?;
        let claims = candidates.iter().map(|&id| {
            let resource = graph.resource(id);
            let node = graph.root(resource);
            (resource, Claim { node })
        });
        let claims: Vec<(&Resource, Claim<'_>)> = claims.collect();
        let is_limited = |it: &(&Resource, Claim<'_>)| {
            it.1.is_single_node() && (is_of_one_pod(&it.1) || volumes.is_attached(&it.1))
        };
        if !claims.iter().all(is_limited) {
            return None;
        }
        let (claim, first) = claims.first()?;
        let modes = first.access_modes();
        Some(Self {
            graph,
            workload,
            template,
            claim,
            modes: graph.span_in(claim, modes.first()?.range()),
            is_one_pod: claims.iter().all(|it| is_of_one_pod(&it.1)),
            place: graph.span_in(resource, graph.node(resource.file, link.node).range()),
            name: &link.target.name,
        })
    }

    /// Why more than one pod wants the claim at once, if that is so.
    fn sharing(&self) -> Option<Sharing<'a>> {
        let resource = self.workload.resource;
        if !resource.gvk.is_built_in() {
            return None;
        }
        if resource.gvk.kind == "DaemonSet" {
            return Some(Sharing::EveryNode);
        }
        let replicas = self.workload.desired_replicas()?;
        let place = |path| {
            let located = self.graph.locate(resource, path);
            self.graph.span_in(resource, located.range)
        };
        if replicas > 1 {
            return Some(Sharing::Replicas(replicas, place("spec.replicas")));
        }
        if let Some((most, scaler, span)) = self.autoscaler() {
            return Some(Sharing::Scaled(most, scaler, span));
        }
        let steps = self.workload.update_steps()?;
        let overlaps = replicas == 1 && steps.unavailable == 0 && steps.surge > 0;
        overlaps.then(|| Sharing::Update(place("spec.strategy")))
    }

    /// The autoscaler that may make more than one pod: how many, and where it says so.
    fn autoscaler(&self) -> Option<(i64, &'a Resource, Span)> {
        let mut scalers = scalers::of(self.graph, self.workload.resource.id);
        let found = scalers.find(|it| it.most.0 > 1)?;
        Some((found.most.0, found.resource, found.most.1))
    }

    fn finding(&self, why: &Sharing<'_>) -> Finding {
        let (it, name) = (called(self.workload.resource), self.name);
        let (whom, mode) = if self.is_one_pod {
            ("one pod", "ReadWriteOncePod")
        } else {
            ("pods on one node", "ReadWriteOnce")
        };
        let only = format!("which only {whom} may use at a time");
        let message = match why {
            Sharing::Replicas(count, _) => {
                format!("{it} has {count} pods, and all of them mount the claim `{name}`, {only}")
            }
            Sharing::Scaled(most, scaler, _) => {
                let scaler = called(scaler);
                format!(
                    "{scaler} may give {it} {most} pods, and all of them mount the claim `{name}`, {only}"
                )
            }
            Sharing::EveryNode => {
                format!(
                    "{it} has a pod on every node, and all of them mount the claim `{name}`, {only}"
                )
            }
            Sharing::Update(_) => format!(
                "{it} starts a new pod before it stops the old one, and both mount the claim `{name}`, {only}"
            ),
        };
        let resource = self.workload.resource;
        let field = self.graph.path_at(resource, self.place.range);
        let mut found = Finding::new(self.place, message, self.cause(why))
            .label("mounted by all of them")
            .related(self.modes, format!("`{mode}`: {whom} at a time"))
            .confidence(self.confidence(why, &field))
            .about(resource.id, field, name)
            .help(self.help(why));
        if !self.is_one_pod {
            found = found.at_most(Severity::Warning);
        }
        match why {
            Sharing::Replicas(count, span) => found.related(*span, format!("{count} pods")),
            Sharing::Scaled(most, _, span) => found.related(*span, format!("up to {most} pods")),
            Sharing::EveryNode => found,
            Sharing::Update(span) => found.related(*span, "one pod more while it is updated"),
        }
    }

    /// Another mode of the claim helps all who share it; another way to be updated only the workload itself.
    fn cause(&self, why: &Sharing<'_>) -> Cause {
        match why {
            Sharing::Update(_) => Cause::field_of(self.workload.resource, "spec.strategy"),
            _ => Cause::field_of(self.claim, "spec.accessModes"),
        }
    }

    fn help(&self, why: &Sharing<'_>) -> &'static str {
        match why {
            Sharing::Update(_) => "set `strategy.type: Recreate`",
            _ if self.is_one_pod => {
                "keep to one pod, or make it a StatefulSet with a claim for each pod"
            }
            _ => {
                "use storage with `ReadWriteMany`, keep to one pod, or make it a StatefulSet with a claim for each pod"
            }
        }
    }

    fn confidence(&self, why: &Sharing<'_>, field: &str) -> Confidence {
        let workload = self.workload.resource;
        let own = match why {
            Sharing::Replicas(..) => "spec.replicas",
            Sharing::Update(_) => "spec.strategy",
            Sharing::Scaled(..) | Sharing::EveryNode => field,
        };
        let affinity = path::field(&self.template.spec_path(), "affinity");
        let judged =
            evidence::in_template(self.graph, &self.workload, &[field, own, &affinity]).min(
                evidence::in_resource(self.graph, self.claim, &["spec.accessModes"]),
            );
        let most = match why {
            _ if evidence::is_for_tests(self.graph, workload) => Confidence::Low,
            _ if self.is_one_pod => Confidence::High,
            // There may be just one node with these labels.
            _ if self.template.placement() == Placement::SomeNodes => Confidence::Low,
            _ if local_cluster::is_for_one(&self.graph.file(workload.file).path) => Confidence::Low,
            _ => Confidence::Medium,
        };
        judged.min(most)
    }
}

/// Whether a single pod may use the claim.
fn is_of_one_pod(claim: &Claim<'_>) -> bool {
    let modes = claim.access_modes();
    let mut modes = modes.iter().map(|it| AccessMode::of(&it.value));
    modes.all(|it| it == Some(AccessMode::ReadWriteOncePod))
}
