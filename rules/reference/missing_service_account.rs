//! ServiceAccounts that pods run as and no manifest defines.

use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Findings, RuleContext};
use kubelint_model::DeploymentGraph;
use kubelint_model::link::Link;
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::Relation;

use crate::absence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let granted = Granted::of(cx.graph);
    for (link, missing) in absence::missing(cx.graph, &[Relation::ServiceAccount]) {
        let plain = if granted.has(cx.graph, link) {
            Confidence::Medium
        } else {
            Confidence::Low
        };
        out.push(absence::finding(cx, link, missing, plain));
    }
}

/// The accounts that bindings grant rights to and that are not there either. An account that only a pod names is mostly made by what
/// prepares the cluster; one that the same manifests also grant rights to has been forgotten.
#[derive(Default)]
struct Granted<'a> {
    /// Folder of the binding, and name.
    by_folder: BTreeSet<(&'a str, &'a str)>,
    /// Namespace and name.
    by_namespace: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Granted<'a> {
    fn of(graph: &'a DeploymentGraph) -> Self {
        let mut granted = Self::default();
        for (link, _) in absence::missing(graph, &[Relation::Subject]) {
            let file = graph.file(graph.resource(link.from).file);
            if file.purpose >= Purpose::Test {
                continue;
            }
            let name = link.target.name.as_str();
            granted.by_folder.insert((file.path.parent(), name));
            if let Some(namespace) = &link.target.namespace {
                granted.by_namespace.insert((namespace, name));
            }
        }
        granted
    }

    fn has(&self, graph: &DeploymentGraph, link: &Link) -> bool {
        let name = link.target.name.as_str();
        let folder = graph.file(graph.resource(link.from).file).path.parent();
        let namespace = link.target.namespace.as_deref();
        self.by_folder.contains(&(folder, name))
            || namespace.is_some_and(|it| self.by_namespace.contains(&(it, name)))
    }
}
