//! ConfigMaps and Secrets: the keys of their data.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use kubelint_parser::yaml::{Kind, Node};

use super::text;
use crate::{DeploymentGraph, KubeNode, Resource, data};

/// The keys of a ConfigMap or Secret. Values are not here: they may be credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigData<'a> {
    /// The keys, each with the node that states it, in the order of the text. One may be there twice (`data` and `stringData`).
    pub keys: Vec<(Cow<'a, str>, Node<'a>)>,
    /// Whether these are all that it states. False for an object without any data and for those that a controller is known to fill, for
    /// generators that read files of variables, and where text stands that some tool replaces.
    pub complete: bool,
}

/// Where ConfigMaps and Secrets keep their data.
const FIELDS: [&str; 3] = ["data", "binaryData", "stringData"];

/// The rows of `data/filled-objects.tsv`, as kind and key.
static FILLED: LazyLock<BTreeSet<(&'static str, &'static str)>> = LazyLock::new(|| {
    data::rows(include_str!("../../data/filled-objects.tsv"))
        .map(|[kind, key, _]| (kind, key))
        .collect()
});

impl<'a> ConfigData<'a> {
    /// Where the key is stated.
    pub fn key(&self, name: &str) -> Option<Node<'a>> {
        let mut keys = self.keys.iter();
        keys.find(|(key, _)| key == name).map(|&(_, node)| node)
    }

    /// The data of an object.
    fn of_object(resource: &Resource, root: Node<'a>) -> Self {
        let mut this = Self::default();
        let mut fields = FIELDS.iter().filter_map(|it| root.field(it));
        this.complete = fields.clone().next().is_some()
            && fields.clone().all(|it| it.kind() == Kind::Mapping)
            && !is_filled(&resource.gvk.kind, root);
        for entry in fields.by_ref().flat_map(Node::fields) {
            this.add(entry.key.as_str(), entry.key);
        }
        this.complete &= !this.keys.is_empty();
        this.keys.sort_by_key(|(_, node)| node.id());
        this
    }

    /// What an entry of a kustomization's `configMapGenerator` or `secretGenerator` states: all that it makes, unless it is merged into
    /// another object.
    ///
    /// As kustomize reads them (`api/internal/generators`, `api/kv`): the key of a literal ends at its first `=`; that of a file is stated
    /// before a `=`, or is the last part of its path; files of variables have one on each line, and are not read here.
    fn of_generator(entry: Node<'a>) -> Self {
        let reads_variables = entry.field("env").is_some() || !entry.list("envs").is_empty();
        let mut this = Self {
            keys: Vec::new(),
            complete: !reads_variables,
        };
        for literal in entry.list("literals") {
            let key = literal.as_str();
            this.add(key.and_then(|it| before_equals(&it)), literal);
        }
        for file in entry.list("files") {
            let path = file.as_str();
            let key = path.and_then(|it| before_equals(&it).or_else(|| base_name(&it)));
            this.add(key, file);
        }
        this.keys.sort_by_key(|(_, node)| node.id());
        this
    }

    /// Adds a key. What is no key, or not all known, leaves the keys incomplete.
    pub(super) fn add(&mut self, key: Option<Cow<'a, str>>, node: Node<'a>) {
        let key = key.filter(|it| !["${", "{{", "$("].iter().any(|mark| it.contains(mark)));
        match key {
            Some(key) => self.keys.push((key, node)),
            None => self.complete = false,
        }
    }
}

/// Whether a label, an annotation or its type says that something else fills the object.
fn is_filled(kind: &str, root: Node<'_>) -> bool {
    let marks = ["labels", "annotations"].into_iter();
    let marks = marks.filter_map(|it| root.at(&["metadata", it]));
    let mut keys = marks
        .flat_map(Node::fields)
        .filter_map(|it| it.key.as_str());
    let is_token =
        text(root, "type").is_some_and(|it| it.value == "kubernetes.io/service-account-token");
    is_token || keys.any(|key| FILLED.contains(&(kind, &*key)) || FILLED.contains(&("*", &*key)))
}

fn before_equals<'a>(text: &str) -> Option<Cow<'a, str>> {
    let (key, _) = text.split_once('=')?;
    Some(Cow::Owned(key.to_owned()))
}

fn base_name<'a>(path: &str) -> Option<Cow<'a, str>> {
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    Some(Cow::Owned(name.to_owned()))
}

impl DeploymentGraph {
    /// The keys of a ConfigMap or Secret, also of one that a kustomization generates; `None` for other kinds.
    pub fn config_data<'a>(&'a self, resource: &Resource) -> Option<ConfigData<'a>> {
        let gvk = &resource.gvk;
        if !gvk.is("", "ConfigMap") && !gvk.is("", "Secret") {
            return None;
        }
        let root = self.root(resource);
        Some(if resource.generated {
            ConfigData::of_generator(root)
        } else {
            ConfigData::of_object(resource, root)
        })
    }
}

#[cfg(test)]
mod tests {
    use kubelint_parser::yaml;

    use super::*;

    fn check_generator(entry: &str, expected: &[&str], complete: bool) {
        let parsed = yaml::parse(entry);
        let data = ConfigData::of_generator(parsed.root(entry, &parsed.documents()[0]).unwrap());
        let keys: Vec<&str> = data.keys.iter().map(|(key, _)| key.as_ref()).collect();
        assert_eq!(keys, expected, "{entry}");
        assert_eq!(data.complete, complete, "{entry}");
        for (key, node) in &data.keys {
            assert!(node.decoded().contains(key.as_ref()), "{entry}");
        }
    }

    #[test]
    fn generators() {
        check_generator("{literals: [A=1, B=x=y, 'C=']}", &["A", "B", "C"], true);
        check_generator(
            "{files: [conf/app.ini, key=some/path], literals: [A=1]}",
            &["app.ini", "key", "A"],
            true,
        );
        check_generator("{literals: [A=1], envs: [.env]}", &["A"], false);
        check_generator("{env: .env}", &[], false);
        check_generator("{literals: [A=1], behavior: merge}", &["A"], true);
        check_generator("{literals: [A=1], behavior: replace}", &["A"], true);
        check_generator("{literals: ['${X}=1', B=2]}", &["B"], false);
    }
}
