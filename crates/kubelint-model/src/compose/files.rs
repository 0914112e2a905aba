//! The other compose files that a compose file names, whatever they are called.

use std::borrow::Cow;

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Kind, Node};

use crate::KubeNode;

/// What `include` and `extends` name, as far as no variable stands in it.
pub(crate) fn named(file: &SourcePath, root: Node<'_>) -> Vec<SourcePath> {
    let services = root.field("services").into_iter().flat_map(Node::fields);
    let extended = services.filter_map(|it| it.value.resolved().at(&["extends", "file"]));
    let texts = includes(root).into_iter().chain(extended);
    let texts = texts.filter_map(KubeNode::text_value);
    let plain = texts.filter(|it: &Cow<'_, str>| !it.contains('$'));
    plain.filter_map(|it| file.join(&it)).collect()
}

/// The paths of `include`: items that are one, or mappings with one `path` or several.
pub(super) fn includes(root: Node<'_>) -> Vec<Node<'_>> {
    let items = root.list("include").into_iter();
    let paths = items.filter_map(|it| match it.kind() {
        Kind::Mapping => it.field("path"),
        _ => Some(it),
    });
    let each = paths.flat_map(|it| {
        let one = (it.kind() == Kind::Scalar).then_some(it);
        one.into_iter().chain(it.items().map(Node::resolved))
    });
    each.collect()
}
