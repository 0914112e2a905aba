//! Onto which nodes the scheduler may put pods.

use kubelint_parser::yaml::{Kind, Node};

use super::{PodTemplate, Text, strings, text};
use crate::{KubeNode, Match, Selector};

/// The label that every node has for itself alone (`LabelHostname` of core/v1).
const HOSTNAME: &str = "kubernetes.io/hostname";

/// Labels that many nodes of a cluster share, or their beginnings: the well-known ones of Kubernetes, and those by which providers tell
/// node pools apart.
const OF_MANY: [&str; 11] = [
    "beta.kubernetes.io/",
    "cloud.google.com/",
    "eks.amazonaws.com/",
    "failure-domain.beta.kubernetes.io/",
    "karpenter.sh/",
    "kubernetes.azure.com/",
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "node-role.kubernetes.io/worker",
    "node.kubernetes.io/instance-type",
    "topology.kubernetes.io/",
];

/// How many nodes pods may be on, as far as their template says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placement {
    /// All of them are on one node.
    OneNode,
    /// On nodes that have labels of their own: maybe only one has.
    SomeNodes,
    /// On any of many nodes.
    AnyNode,
}

impl PodTemplate<'_> {
    /// How many nodes the pods may be on. Taints, and what is only preferred, are no matter.
    pub fn placement(&self) -> Placement {
        let Some(spec) = self.spec() else {
            return Placement::AnyNode;
        };
        if text(spec, "nodeName").is_some_and(|it| !it.value.is_empty()) || is_with_others(spec) {
            return Placement::OneNode;
        }
        let selector = spec.field("nodeSelector");
        let fields = selector.into_iter().flat_map(Node::fields);
        let by_selector = fields.map(|it| of_label(&it.key.as_str().unwrap_or_default(), Some(1)));
        let of_selector = by_selector.min().unwrap_or(Placement::AnyNode);
        of_selector.min(by_affinity(spec))
    }
}

/// Holds the terms that must be met, of an affinity.
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

impl<'a> PodTemplate<'a> {
    /// The topology key of the required anti-affinity by which no two pods of this template, in `namespace`, may be on one node; also where
    /// one of them is of an older revision.
    ///
    /// A term looks in the pod's own namespace unless it says otherwise, and one without a selector matches no pods
    /// (`GetAffinityTerms` and `newAffinityTerm` of `pkg/scheduler/framework`). With `matchLabelKeys`, the pods that it keeps apart are often those
    /// of one revision only.
    pub fn one_on_a_node(&self, namespace: Option<&str>) -> Option<Text<'a>> {
        let affinity = self.spec()?.at(&["affinity", "podAntiAffinity"])?;
        let mut terms = affinity.list(REQUIRED).into_iter();
        terms.find_map(|term| {
            let key = text(term, "topologyKey").filter(|it| it.value == HOSTNAME)?;
            let selector = term.field("labelSelector").filter(is_mapping)?;
            let selector = Selector::of_label_selector(selector);
            let by_revision = ["matchLabelKeys", "mismatchLabelKeys"];
            let is_same = selector.matches(self.labels()) == Match::Yes
                && looks_in(term, namespace)
                && by_revision.iter().all(|it| term.list(it).is_empty());
            is_same.then_some(key)
        })
    }
}

fn is_mapping(node: &Node<'_>) -> bool {
    node.kind() == Kind::Mapping
}

/// Whether an affinity term certainly looks for pods in `namespace`, the pod's own.
fn looks_in(term: Node<'_>, namespace: Option<&str>) -> bool {
    let selector = term.field("namespaceSelector");
    let is_all = selector.is_some_and(|it| is_mapping(&it) && it.is_empty());
    let names = strings(term, "namespaces");
    let is_named = names.iter().any(|it| Some(&*it.value) == namespace);
    is_all || is_named || names.is_empty() && selector.is_none()
}

/// Whether the pods must be where other pods are, on the same node.
fn is_with_others(spec: Node<'_>) -> bool {
    let Some(affinity) = spec.at(&["affinity", "podAffinity"]) else {
        return false;
    };
    let required = affinity.list(REQUIRED);
    let mut keys = required
        .into_iter()
        .filter_map(|it| text(it, "topologyKey"));
    keys.any(|it| it.value == HOSTNAME)
}

/// What the required node affinity says: any of its terms may hold, and all of a term must.
fn by_affinity(spec: Node<'_>) -> Placement {
    let path = ["affinity", "nodeAffinity", REQUIRED];
    let terms = spec
        .at(&path)
        .map(|it| it.list("nodeSelectorTerms"))
        .unwrap_or_default();
    let several = terms.len() > 1;
    let of_term = |term: Node<'_>| {
        let expressions = term.list("matchExpressions").into_iter();
        let placements = expressions.map(|it| {
            let key = text(it, "key").map(|it| it.value).unwrap_or_default();
            let operator = text(it, "operator").map(|it| it.value);
            match operator.as_deref() {
                Some("In") => of_label(&key, Some(strings(it, "values").len())),
                Some("NotIn" | "DoesNotExist") => Placement::AnyNode,
                _ => of_label(&key, None),
            }
        });
        let fields = !term.list("matchFields").is_empty();
        let by_name = fields.then_some(Placement::OneNode);
        placements
            .chain(by_name)
            .min()
            .unwrap_or(Placement::AnyNode)
    };
    let widest = terms.into_iter().map(of_term).max();
    match widest {
        None => Placement::AnyNode,
        // Each term may name another node.
        Some(Placement::OneNode) if several => Placement::SomeNodes,
        Some(placement) => placement,
    }
}

/// Where pods may be that ask for one of so many values of a label; for any value if it is `None`.
fn of_label(key: &str, values: Option<usize>) -> Placement {
    let is_of_many = |it: &str| key == it || it.ends_with('/') && key.starts_with(it);
    match values {
        Some(1) if key == HOSTNAME => Placement::OneNode,
        _ if key == HOSTNAME || OF_MANY.iter().any(|it| is_of_many(it)) => Placement::AnyNode,
        _ => Placement::SomeNodes,
    }
}
