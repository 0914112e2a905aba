//! What Terraform's resources for Kubernetes make: `resource "kubernetes_secret" …`.

use kubelint_parser::TextRange;

use super::names::name_pattern;
use super::words::Variables;
use super::{Made, MadeBy};
use crate::FileId;

/// The kinds that its provider has under the name `kubernetes_<word>`, with or without a version behind it.
const KINDS: [(&str, &str); 12] = [
    ("secret", "Secret"),
    ("config_map", "ConfigMap"),
    ("service_account", "ServiceAccount"),
    ("service", "Service"),
    ("namespace", "Namespace"),
    ("persistent_volume_claim", "PersistentVolumeClaim"),
    ("role", "Role"),
    ("role_binding", "RoleBinding"),
    ("cluster_role", "ClusterRole"),
    ("cluster_role_binding", "ClusterRoleBinding"),
    ("deployment", "Deployment"),
    ("stateful_set", "StatefulSet"),
];

/// The objects that the resources in `text` make: the first `name` behind each is that of its metadata.
pub(super) fn made(file: FileId, text: &str) -> Vec<Made> {
    let mut found = Vec::new();
    let mut open: Option<&'static str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let content = line.trim();
        if let Some(rest) = content.strip_prefix("resource ") {
            open = kind_of(rest);
        } else if let (Some(kind), Some((key, value))) = (open, content.split_once('='))
            && key.trim() == "name"
        {
            open = None;
            // What is not quoted is a reference.
            let value = value.trim().strip_prefix('"');
            let value = value.and_then(|it| it.strip_suffix('"'));
            let name = value.and_then(|it| name_pattern(it, &Variables::new()));
            found.extend(name.map(|name| Made {
                keys: None,
                file,
                range: TextRange::new(at as u32, (at + line.trim_end().len()) as u32),
                kind: kind.to_owned(),
                name,
                namespace: None,
                by: MadeBy::Script,
            }));
        }
    }
    found
}

fn kind_of(resource: &str) -> Option<&'static str> {
    let word = resource.strip_prefix("\"kubernetes_")?.split('"').next()?;
    let word = word.strip_suffix("_v1").unwrap_or(word);
    let known = KINDS.iter().find(|(it, _)| *it == word);
    known.map(|(_, kind)| *kind)
}
