//! Reading nodes as the API server receives them: through kubectl, which makes JSON of YAML.

use std::borrow::Cow;

use kubelint_parser::yaml::resolve::{Profile, Scalar, scalar};
use kubelint_parser::yaml::{Kind, Node};

/// Fields and values of a node as kubectl sends them.
pub trait KubeNode<'a>: Copy {
    /// The value of a mapping's field; aliases followed, merges applied, the last of equal keys. `None` where it is absent or null:
    /// the API server makes no difference.
    #[must_use]
    fn field(self, key: &str) -> Option<Self>;

    /// The value reached by a chain of fields.
    #[must_use]
    fn at(self, keys: &[&str]) -> Option<Self>;

    /// The items of the sequence `key` of a mapping, aliases followed; none if it is absent or no sequence.
    fn list(self, key: &str) -> Vec<Self>;

    /// What kubectl makes of a scalar; `None` for mappings and sequences.
    fn scalar(self) -> Option<Scalar<'a>>;

    /// A string; `None` for everything else, unquoted numbers and booleans too.
    fn string(self) -> Option<Cow<'a, str>>;

    /// The decoded text of any scalar but null: what a person would say it is, `8080` as well as `"8080"`.
    fn text_value(self) -> Option<Cow<'a, str>>;

    /// A whole number.
    fn integer(self) -> Option<i64>;

    /// A boolean.
    fn boolean(self) -> Option<bool>;

    /// Whether the value is null, or not written.
    fn is_null(self) -> bool;
}

impl<'a> KubeNode<'a> for Node<'a> {
    fn field(self, key: &str) -> Option<Self> {
        let value = self.get(key)?.value.resolved();
        (!value.is_null()).then_some(value)
    }

    fn at(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |node, key| node.field(key))
    }

    fn list(self, key: &str) -> Vec<Self> {
        let items = self.field(key).into_iter().flat_map(Node::items);
        items.map(Node::resolved).collect()
    }

    fn scalar(self) -> Option<Scalar<'a>> {
        let node = self.resolved();
        if node.kind() != Kind::Scalar {
            return None;
        }
        let tag = node.tag().map(|(tag, _)| tag);
        Some(scalar(Profile::Kubectl, node.style(), tag, node.decoded()))
    }

    fn string(self) -> Option<Cow<'a, str>> {
        match self.scalar()? {
            Scalar::Str(text) => Some(text),
            _ => None,
        }
    }

    fn text_value(self) -> Option<Cow<'a, str>> {
        match self.scalar()? {
            Scalar::Null => None,
            Scalar::Str(text) => Some(text),
            _ => self.as_str(),
        }
    }

    fn integer(self) -> Option<i64> {
        match self.scalar()? {
            Scalar::Int(number) => Some(number),
            _ => None,
        }
    }

    fn boolean(self) -> Option<bool> {
        match self.scalar()? {
            Scalar::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn is_null(self) -> bool {
        // Most values are not null and most nulls are not written: no need to decode.
        let node = self.resolved();
        if node.is_absent() && node.tag().is_none() {
            return true;
        }
        let may_be_null = node.kind() == Kind::Scalar && node.raw().len() <= 4;
        may_be_null && matches!(node.scalar(), Some(Scalar::Null))
    }
}
