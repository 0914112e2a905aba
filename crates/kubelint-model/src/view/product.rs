//! Secrets that controllers make of custom resources: what they are called, and which keys they have.

use std::borrow::Cow;

use kubelint_parser::yaml::Node;

use super::{ConfigData, Text, text};
use crate::{DeploymentGraph, KubeNode, Resource};

/// A Secret that a controller makes of a custom resource.
#[derive(Clone, Debug)]
pub struct SecretProduct<'a> {
    /// Its name, and what states it.
    pub name: Text<'a>,
    /// Its namespace, if it is known.
    pub namespace: Option<Cow<'a, str>>,
    /// Its keys.
    pub data: ConfigData<'a>,
}

/// The keys of a Secret that cert-manager fills (its documentation on Certificate resources). `ca.crt` is not there for every issuer.
const CERTIFICATE_KEYS: [&str; 3] = ["tls.crt", "tls.key", "ca.crt"];

/// The keys that cert-manager adds on request: where it is asked for them, and what they are called.
const KEYSTORES: [(&str, [&str; 2]); 2] = [
    ("jks", ["keystore.jks", "truststore.jks"]),
    ("pkcs12", ["keystore.p12", "truststore.p12"]),
];

/// The keys of `additionalOutputFormats`.
const OUTPUT_FORMATS: [(&str, &str); 2] = [("CombinedPEM", "tls-combined.pem"), ("DER", "key.der")];

impl DeploymentGraph {
    /// The Secrets that a controller makes of `resource`: of a SealedSecret, an ExternalSecret, a SecretProviderClass or a Certificate.
    pub fn secret_products<'a>(&'a self, resource: &'a Resource) -> Vec<SecretProduct<'a>> {
        let root = self.root(resource);
        let own = metadata_name(root);
        let spec = root.field("spec");
        let namespace = resource.namespace.as_deref().map(Cow::Borrowed);
        let one = |name: Option<Text<'a>>, data: ConfigData<'a>| -> Vec<SecretProduct<'a>> {
            let name = name.filter(|it| !it.value.is_empty());
            let namespace = namespace.clone();
            let product = name.map(|name| SecretProduct {
                name,
                namespace,
                data,
            });
            product.into_iter().collect()
        };
        let Some(spec) = spec else {
            return Vec::new();
        };
        match (resource.gvk.group.as_str(), resource.gvk.kind.as_str()) {
            // The controller gives the Secret its own name, whatever the template says.
            ("bitnami.com", "SealedSecret") => one(own, sealed(spec)),
            ("external-secrets.io", "ExternalSecret") => match external(spec) {
                Some((target, data)) => one(target.or(own), data),
                None => Vec::new(),
            },
            ("external-secrets.io", "ClusterExternalSecret") => cluster_external(spec, own),
            ("kubernetes-client.io", "ExternalSecret") => one(own, older_external(root, spec)),
            ("cert-manager.io" | "certmanager.k8s.io", "Certificate") => {
                let name = text(spec, "secretName");
                let data = name.as_ref().map(|it| certificate(spec, it.node));
                one(name, data.unwrap_or_default())
            }
            ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => {
                let objects = spec.list("secretObjects").into_iter();
                let products = objects.flat_map(|it| one(text(it, "secretName"), provided(it)));
                products.collect()
            }
            _ => Vec::new(),
        }
    }
}

fn metadata_name(root: Node<'_>) -> Option<Text<'_>> {
    text(root.field("metadata")?, "name")
}

fn complete<'a>() -> ConfigData<'a> {
    ConfigData {
        keys: Vec::new(),
        complete: true,
    }
}

fn add_keys<'a>(data: &mut ConfigData<'a>, mapping: Option<Node<'a>>) {
    for entry in mapping.into_iter().flat_map(Node::fields) {
        data.add(entry.key.as_str(), entry.key);
    }
}

/// The field `key` of every item of `list`.
fn add_items<'a>(data: &mut ConfigData<'a>, holder: Node<'a>, list: &str, key: &str) {
    for item in holder.list(list) {
        let node = item.field(key);
        data.add(node.and_then(KubeNode::string), node.unwrap_or(item));
    }
}

fn sealed(spec: Node<'_>) -> ConfigData<'_> {
    let mut data = complete();
    // The first version sealed all data as one.
    data.complete = spec.field("data").is_none();
    add_keys(&mut data, spec.field("encryptedData"));
    add_keys(&mut data, spec.at(&["template", "data"]));
    data
}

/// The stated name and the keys; `None` if it makes no Secret of its own.
fn external(spec: Node<'_>) -> Option<(Option<Text<'_>>, ConfigData<'_>)> {
    let target = spec.field("target");
    let policy = target.and_then(|it| text(it, "creationPolicy"));
    let policy = policy.as_ref().map_or("Owner", |it| it.value.as_ref());
    if policy == "None" {
        return None;
    }
    let mut data = complete();
    let template = target.and_then(|it| it.field("template"));
    let templates = template
        .map(|it| it.list("templateFrom"))
        .unwrap_or_default();
    data.complete = policy != "Merge" && spec.list("dataFrom").is_empty() && templates.is_empty();
    add_items(&mut data, spec, "data", "secretKey");
    add_keys(&mut data, template.and_then(|it| it.field("data")));
    Some((target.and_then(|it| text(it, "name")), data))
}

/// The Secrets that a ClusterExternalSecret's ExternalSecrets make, in namespaces that it picks by labels.
fn cluster_external<'a>(spec: Node<'a>, own: Option<Text<'a>>) -> Vec<SecretProduct<'a>> {
    let made = spec.field("externalSecretSpec").and_then(external);
    let product = made.and_then(|(target, data)| {
        let named = target.or_else(|| text(spec, "externalSecretName"));
        Some(SecretProduct {
            name: named.or(own)?,
            namespace: None,
            data,
        })
    });
    product.into_iter().collect()
}

/// The predecessor of External Secrets; its first version kept everything in `secretDescriptor`.
fn older_external<'a>(root: Node<'a>, spec: Node<'a>) -> ConfigData<'a> {
    let mut data = complete();
    data.complete = root.field("secretDescriptor").is_none() && spec.list("dataFrom").is_empty();
    add_items(&mut data, spec, "data", "name");
    for list in ["data", "stringData"] {
        add_keys(&mut data, spec.at(&["template", list]));
    }
    data
}

/// The Secret that the CSI driver syncs once a pod mounts its volume.
fn provided(object: Node<'_>) -> ConfigData<'_> {
    let mut data = complete();
    add_items(&mut data, object, "data", "key");
    data
}

fn certificate<'a>(spec: Node<'a>, name: Node<'a>) -> ConfigData<'a> {
    let mut keys: Vec<(&str, Node<'a>)> = Vec::new();
    keys.extend(CERTIFICATE_KEYS.map(|it| (it, name)));
    for (field, names) in KEYSTORES {
        if let Some(keystore) = spec.at(&["keystores", field]) {
            keys.extend(names.map(|it| (it, keystore)));
        }
    }
    for format in spec.list("additionalOutputFormats") {
        let kind = text(format, "type");
        let wanted = |it: &&(&str, &str)| kind.as_ref().is_some_and(|kind| kind.value == it.0);
        keys.extend(
            OUTPUT_FORMATS
                .iter()
                .filter(wanted)
                .map(|it| (it.1, format)),
        );
    }
    let keys = keys.into_iter();
    ConfigData {
        keys: keys
            .map(|(key, node)| (key.to_owned().into(), node))
            .collect(),
        complete: true,
    }
}
