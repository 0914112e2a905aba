//! `kind/name`, as kubectl takes it.

use kubelint_model::Resource;

/// A resource as it is asked for: `deploy/web`, `Service/api`, `deployments.apps/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceName {
    /// The kind in lower case: itself, its plural or its short name.
    kind: String,
    /// The API group, if it was given.
    group: Option<String>,
    name: String,
}

/// The short names that `kubectl api-resources` lists for built-in kinds, for those that manifests state.
const SHORT_NAMES: [(&str, &str); 23] = [
    ("cj", "cronjob"),
    ("cm", "configmap"),
    ("crd", "customresourcedefinition"),
    ("crds", "customresourcedefinition"),
    ("deploy", "deployment"),
    ("ds", "daemonset"),
    ("ep", "endpoints"),
    ("hpa", "horizontalpodautoscaler"),
    ("ing", "ingress"),
    ("limits", "limitrange"),
    ("netpol", "networkpolicy"),
    ("ns", "namespace"),
    ("pc", "priorityclass"),
    ("pdb", "poddisruptionbudget"),
    ("po", "pod"),
    ("pv", "persistentvolume"),
    ("pvc", "persistentvolumeclaim"),
    ("quota", "resourcequota"),
    ("rc", "replicationcontroller"),
    ("rs", "replicaset"),
    ("sa", "serviceaccount"),
    ("sc", "storageclass"),
    ("sts", "statefulset"),
];

impl ResourceName {
    /// Reads `kind/name` or `kind.group/name`; `None` if it is neither.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        let (kind, group) = match kind.split_once('.') {
            Some((kind, group)) => (kind, Some(group.to_ascii_lowercase())),
            None => (kind, None),
        };
        let is_kind = !kind.is_empty() && kind.bytes().all(|it| it.is_ascii_alphanumeric());
        if !is_kind || name.is_empty() || name.contains('/') {
            return None;
        }
        let kind = kind.to_ascii_lowercase();
        let short = match kind.as_str() {
            "svc" => Some("service"),
            kind => SHORT_NAMES
                .iter()
                .find(|(short, _)| *short == kind)
                .map(|it| it.1),
        };
        Some(Self {
            kind: short.map_or(kind, str::to_owned),
            group,
            name: name.to_owned(),
        })
    }

    /// Whether it means this one. A resource without a namespace may be in any.
    pub(crate) fn means(&self, resource: &Resource, namespace: Option<&str>) -> bool {
        let own = resource.namespace.as_deref();
        resource.name.as_deref() == Some(self.name.as_str())
            && self.is_kind(&resource.gvk.kind.to_ascii_lowercase())
            && self
                .group
                .as_ref()
                .is_none_or(|it| *it == resource.gvk.group)
            && (namespace.is_none() || own.is_none() || own == namespace)
    }

    /// Whether the kind, in lower case, is meant: as it is, or by its plural as the API server forms it.
    fn is_kind(&self, kind: &str) -> bool {
        self.kind == kind
            || self.kind.strip_suffix("es").is_some_and(|it| it == kind)
            || self.kind.strip_suffix('s').is_some_and(|it| it == kind)
            || self
                .kind
                .strip_suffix("ies")
                .is_some_and(|it| kind.strip_suffix('y') == Some(it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_several_names() {
        for (text, kind) in [
            ("deploy/web", "deployment"),
            ("Deployments/web", "deployment"),
            ("svc/web", "service"),
            ("ingresses/web", "ingress"),
            ("networkpolicies.networking.k8s.io/web", "networkpolicy"),
            ("sts/web", "statefulset"),
        ] {
            let name = ResourceName::parse(text).unwrap();
            assert!(name.is_kind(kind), "{text}");
            assert!(!name.is_kind("pod"), "{text}");
        }
        for text in ["web", "a/b/c", "/web", "deploy/", "../web"] {
            assert_eq!(ResourceName::parse(text), None, "{text}");
        }
    }
}
