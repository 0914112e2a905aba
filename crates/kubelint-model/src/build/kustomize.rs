//! The images that a kustomization renames: its `images`.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;

use super::BuiltName;
use crate::KubeNode;

/// An entry of `images`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRename {
    /// The name of the images that it changes, without tag.
    pub name: BuiltName,
    /// `newName`.
    pub new_name: Option<BuiltName>,
    /// `newTag`.
    pub new_tag: Option<BuiltName>,
    /// `digest`.
    pub digest: Option<BuiltName>,
}

/// The entries of the `images` of a kustomization, in their order.
pub(crate) fn renames(root: Node<'_>) -> Vec<ImageRename> {
    let entries = root.list("images").into_iter();
    let entries = entries.filter_map(|it| {
        let text = |key: &str| {
            let node = it.field(key)?;
            Some(BuiltName {
                text: node.text_value()?.into_owned(),
                range: node.range(),
            })
        };
        Some(ImageRename {
            name: text("name")?,
            new_name: text("newName").filter(|it| !it.text.is_empty()),
            new_tag: text("newTag").filter(|it| !it.text.is_empty()),
            digest: text("digest").filter(|it| !it.text.is_empty()),
        })
    });
    entries.collect()
}

impl ImageRename {
    /// What it makes of `image`; `None` if that has another name. As kustomize's `imagetag` filter does: a new tag or digest replaces both.
    pub fn apply(&self, image: &str) -> Option<String> {
        let rest = image.strip_prefix(&self.name.text)?;
        if !(rest.is_empty() || rest.starts_with([':', '@'])) {
            return None;
        }
        let name = self
            .new_name
            .as_ref()
            .map_or(&self.name.text, |it| &it.text);
        let version = match (&self.new_tag, &self.digest) {
            (Some(tag), Some(digest)) => format!(":{}@{}", tag.text, digest.text),
            (Some(tag), None) => format!(":{}", tag.text),
            (None, Some(digest)) => format!("@{}", digest.text),
            (None, None) => rest.to_owned(),
        };
        Some(format!("{name}{version}"))
    }

    /// Where the name or tag is written that images then have.
    pub fn range(&self) -> TextRange {
        let stated = [&self.new_name, &self.new_tag, &self.digest];
        let first = stated.into_iter().flatten().next();
        first.unwrap_or(&self.name).range
    }
}
