//! The ConfigMaps and Secrets that a kustomization's generators make.

use kubelint_parser::Span;
use kubelint_parser::yaml::Node;

use crate::node::KubeNode;
use crate::{File, FileId, Gvk, Resource, ResourceId};

/// The generators, and the kinds that they make.
const GENERATORS: [(&str, &str); 2] = [
    ("configMapGenerator", "ConfigMap"),
    ("secretGenerator", "Secret"),
];

/// Adds a resource for each generator's entry that has a name. Entries that merge into an object or replace it count as well: kustomize
/// refuses those whose object is not there.
pub(super) fn find(
    file: FileId,
    File { source, .. }: &File,
    document: u32,
    root: Node<'_>,
    found: &mut Vec<Resource>,
) {
    let first = found.len();
    for (list, kind) in GENERATORS {
        for entry in root.list(list) {
            let string = |key: &str| Some(entry.field(key)?.string()?.into_owned());
            let Some((name, place)) = string("name").zip(entry.field("name")) else {
                continue;
            };
            found.push(Resource {
                id: ResourceId(0),
                file,
                document,
                node: entry.id(),
                gvk: Gvk::new("v1", kind),
                name: Some(name),
                generate_name: None,
                namespace: string("namespace"),
                span: Span::new(*source, place.range()),
                partial: false,
                generated: true,
                template: None,
            });
        }
    }
    let made = &mut found[first..];
    made.sort_by_key(|it| it.span.range.start);
    for (id, resource) in (first as u32..).zip(made) {
        resource.id = ResourceId(id);
    }
}
