//! What the pods of a workload ask for: configuration, credentials, claims, an account.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kubelint_parser::yaml::Node;

use super::{DEFAULT_ACCOUNT, Found, Part, Reference, Relation};
use crate::KubeNode;
use crate::view::{Claim, Container, PodTemplate, Text, Workload, boolean, text};

/// A kind that holds values by key: how it is referred to, and its name.
#[derive(Clone, Copy)]
struct Keyed {
    relation: Relation,
    kind: &'static str,
}

const CONFIG_MAP: Keyed = Keyed {
    relation: Relation::ConfigMap,
    kind: "ConfigMap",
};
const SECRET: Keyed = Keyed {
    relation: Relation::Secret,
    kind: "Secret",
};

/// The volumes that take a whole Secret for their driver: volume source, and the path to the name. Of the core/v1 `VolumeSource`.
const DRIVER_SECRETS: [(&str, &[&str], &str); 9] = [
    ("azureFile", &[], "secretName"),
    ("cephfs", &["secretRef"], "name"),
    ("cinder", &["secretRef"], "name"),
    ("csi", &["nodePublishSecretRef"], "name"),
    ("flexVolume", &["secretRef"], "name"),
    ("iscsi", &["secretRef"], "name"),
    ("rbd", &["secretRef"], "name"),
    ("scaleIO", &["secretRef"], "name"),
    ("storageos", &["secretRef"], "name"),
];

/// All that the pods of a workload refer to.
pub(super) fn of_workload<'a>(workload: &Workload<'a>, found: &mut Found<'a>) {
    if let Some(shared) = workload.shared_spec() {
        pod_spec(shared, &BTreeSet::new(), found);
    }
    // A StatefulSet puts the claims that it makes in place of volumes of the same name (`updateStorage` of its controller).
    let claims = workload.claim_templates();
    let claims = claims.iter().filter_map(Claim::name);
    let replaced: BTreeSet<Cow<'a, str>> = claims.map(|it| it.value).collect();
    for template in workload.templates() {
        of_template(&template, &replaced, found);
    }
}

fn of_template<'a>(
    template: &PodTemplate<'a>,
    replaced: &BTreeSet<Cow<'a, str>>,
    found: &mut Found<'a>,
) {
    for container in template.containers() {
        variables(&container, found);
    }
    if let Some(spec) = template.spec() {
        pod_spec(spec, replaced, found);
    }
}

/// What a pod spec states besides its containers, without the volumes that are `replaced`.
fn pod_spec<'a>(spec: Node<'a>, replaced: &BTreeSet<Cow<'a, str>>, found: &mut Found<'a>) {
    for volume in spec.list("volumes") {
        if text(volume, "name").is_none_or(|it| !replaced.contains(&it.value)) {
            of_volume(volume, found);
        }
    }
    found.pull_secrets(spec);
    // `serviceAccount` is the older name: the API server copies one to the other, and the newer one wins.
    let account = text(spec, "serviceAccountName").or_else(|| text(spec, "serviceAccount"));
    let account = account.filter(|it| it.value != DEFAULT_ACCOUNT);
    found.extend(found.in_own_namespace(Relation::ServiceAccount, "ServiceAccount", account));
}

fn variables<'a>(container: &Container<'a>, found: &mut Found<'a>) {
    for variable in container.env() {
        let Some(source) = variable.value_from() else {
            continue;
        };
        for (field, keyed) in [("configMapKeyRef", CONFIG_MAP), ("secretKeyRef", SECRET)] {
            if let Some(holder) = source.field(field) {
                let key = holder.field("key");
                found.extend(reference(found, keyed, holder, "name", key));
            }
        }
    }
    for source in container.env_from() {
        for (field, keyed) in [("configMapRef", CONFIG_MAP), ("secretRef", SECRET)] {
            if let Some(holder) = source.node.field(field) {
                found.extend(reference(found, keyed, holder, "name", None));
            }
        }
    }
}

fn of_volume<'a>(volume: Node<'a>, found: &mut Found<'a>) {
    if let Some(holder) = volume.field("configMap") {
        keys_in_volume(found, CONFIG_MAP, holder, "name");
    }
    if let Some(holder) = volume.field("secret") {
        keys_in_volume(found, SECRET, holder, "secretName");
    }
    let projected = volume.field("projected");
    for source in projected.map(|it| it.list("sources")).unwrap_or_default() {
        for (field, keyed) in [("configMap", CONFIG_MAP), ("secret", SECRET)] {
            if let Some(holder) = source.field(field) {
                keys_in_volume(found, keyed, holder, "name");
            }
        }
    }
    for (source, path, key) in DRIVER_SECRETS {
        let holder = volume.field(source).and_then(|it| it.at(path));
        let name = holder.and_then(|it| text(it, key));
        found.extend(found.in_own_namespace(Relation::Secret, "Secret", name));
    }
    let claim = volume.field("persistentVolumeClaim");
    let name = claim.and_then(|it| text(it, "claimName"));
    found.extend(found.in_own_namespace(Relation::Claim, "PersistentVolumeClaim", name));
}

/// A volume of keys: one reference for each key that it picks, one for the object if it takes all.
fn keys_in_volume<'a>(found: &mut Found<'a>, keyed: Keyed, holder: Node<'a>, name: &str) {
    let items = holder.list("items");
    let keys: Vec<Node<'a>> = items.iter().filter_map(|it| it.field("key")).collect();
    if keys.is_empty() {
        found.extend(reference(found, keyed, holder, name, None));
    }
    for key in keys {
        found.extend(reference(found, keyed, holder, name, Some(key)));
    }
}

fn reference<'a>(
    found: &Found<'a>,
    keyed: Keyed,
    holder: Node<'a>,
    name: &str,
    key: Option<Node<'a>>,
) -> Option<Reference<'a>> {
    let name: Option<Text<'a>> = text(holder, name);
    let reference = found.in_own_namespace(keyed.relation, keyed.kind, name)?;
    Some(Reference {
        is_optional: boolean(holder, "optional").is_some_and(|it| it.value),
        part: key.filter(|it| it.string().is_some()).map(Part::Key),
        ..reference
    })
}
