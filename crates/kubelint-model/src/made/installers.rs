//! Who installs objects that nobody sees here: releases of charts and subscriptions to operators bring workloads, Services, accounts and
//! roles whose names no file states; and whoever may create Secrets mostly does.

use std::collections::BTreeSet;

use crate::reference::ObjectName;
use crate::{DeploymentGraph, KubeNode, Resource};

/// Objects that stand for an installation.
const INSTALLERS: [(&str, &str); 5] = [
    ("argoproj.io", "Application"),
    ("argoproj.io", "ApplicationSet"),
    ("helm.cattle.io", "HelmChart"),
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ("operators.coreos.com", "Subscription"),
];

/// What is installed with something that nobody sees.
#[derive(Debug, Default)]
pub(super) struct Installers {
    /// The folders in which such objects stand.
    folders: BTreeSet<String>,
    /// The namespaces in which the Operator Lifecycle Manager installs operators.
    namespaces: BTreeSet<String>,
    /// The folders in which a role allows to create Secrets.
    secrets: BTreeSet<String>,
}

impl Installers {
    pub(super) fn add(&mut self, graph: &DeploymentGraph, resource: &Resource) {
        let gvk = &resource.gvk;
        let folder = graph.file(resource.file).path.parent();
        let is_installer = INSTALLERS.iter().any(|(group, kind)| gvk.is(group, kind))
            || takes_artifact(graph, resource);
        if is_installer {
            self.folders.insert(folder.to_owned());
            if gvk.kind == "Subscription" {
                self.namespaces.extend(resource.namespace.clone());
            }
        }
        let is_role = ["Role", "ClusterRole"].contains(&gvk.kind.as_str());
        if is_role && gvk.group == "rbac.authorization.k8s.io" && makes_secrets(graph, resource) {
            self.secrets.insert(folder.to_owned());
        }
    }

    /// Whether what `from` refers to by `name` may be installed so: beside it or right above, or, by an operator, in the namespace.
    pub(super) fn may_bring(
        &self,
        graph: &DeploymentGraph,
        from: &Resource,
        name: &ObjectName,
    ) -> bool {
        let folder = graph.file(from.file).path.parent();
        let namespace = name.namespace.as_ref();
        let above = folder.rsplit_once('/').map(|(above, _)| above);
        self.folders.contains(folder)
            || above.is_some_and(|it| self.folders.contains(it))
            || namespace.is_some_and(|it| self.namespaces.contains(it))
            || name.kind == "Secret" && self.secrets.contains(folder)
    }
}

/// Whether it is what Flux applies of an artifact, which is not in this repository.
fn takes_artifact(graph: &DeploymentGraph, resource: &Resource) -> bool {
    let source = || {
        let root = graph.root(resource);
        root.at(&["spec", "sourceRef", "kind"])?.string()
    };
    resource
        .gvk
        .is("kustomize.toolkit.fluxcd.io", "Kustomization")
        && source().is_some_and(|it| it == "OCIRepository" || it == "Bucket")
}

/// Whether a role allows to create Secrets, whatever they are called.
fn makes_secrets(graph: &DeploymentGraph, role: &Resource) -> bool {
    let rules = graph.root(role).list("rules");
    rules.into_iter().any(|rule| {
        let has = |list: &str, wanted: &str| {
            let mut items = rule.list(list).into_iter();
            items.any(|it| it.string().is_some_and(|it| it == wanted))
        };
        has("resources", "secrets") && has("verbs", "create")
    })
}
