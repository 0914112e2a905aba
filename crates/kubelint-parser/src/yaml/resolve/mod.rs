//! What scalars, keys, duplicates and merges mean to the program that reads a text.
//!
//! The tree says what is written. Who reads it decides what that means: `on` is a boolean to kubectl and a word to
//! kustomize; a key that is there twice is an error to kustomize, and to kubectl the last one wins. Each [`Profile`] is one
//! reader. The tables in `testdata/yaml/` are made by the real readers, and the tests hold this module to them.

mod core_schema;
mod duplicates;
mod go_yaml;
mod json;
mod limits;
mod members;
mod number;
mod refused;
mod time;

use std::borrow::Cow;

use super::{Kind, Node, NodeId, Style, Yaml};
use go_yaml::Version;
use time::Timestamp;

pub use duplicates::{Duplicate, duplicates};
pub use go_yaml::base64;
pub use json::to_json;
pub use limits::check;
pub use members::{Member, members};
pub use refused::refused;

/// Who reads the text. Each profile's table is made from the real tool (`testdata/yaml/`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// kubectl and everything built on `sigs.k8s.io/yaml`: YAML 1.1 scalars through JSON; the key `on:` is `"true"`.
    Kubectl,
    /// kustomize (kyaml, go-yaml 3): YAML 1.2-like; `on` is a string. Its own `kustomization.yaml` it reads as kubectl
    /// does.
    Kustomize,
    /// helm's values files (`sigs.k8s.io/yaml`, numbers as float64).
    HelmValues,
    /// docker compose (go-yaml 4).
    Compose,
    /// GitHub Actions workflows (YAML 1.2 core schema).
    Workflow,
}

/// The value of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'a> {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits `i64`.
    Int(i64),
    /// An integer above `i64::MAX` that fits `u64`.
    UInt(u64),
    /// A floating-point number. It is finite for all readers that go through JSON; compose and GitHub know `.inf` and
    /// `.nan`.
    Float(f64),
    /// A string.
    Str(Cow<'a, str>),
    /// A value that this reader refuses (`.inf` through JSON, `!!int abc`), and why: words that go after "the value is
    /// refused:".
    Refused(&'static str),
}

/// What a reader refuses in a well-formed text, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The node that it stumbles over. Where an alias brings a mapping to where it cannot be, this is the alias.
    pub node: NodeId,
    /// Why, in one lower-case sentence without a full stop.
    pub reason: &'static str,
}

/// The value that `profile` gives a scalar.
///
/// `text` is the decoded text; `tag` is the tag as written (`!!str`, `!foo`), if any.
pub fn scalar<'a>(
    profile: Profile,
    style: Style,
    tag: Option<&str>,
    text: Cow<'a, str>,
) -> Scalar<'a> {
    const INFINITE: &str = "JSON has no infinite numbers and no NaN";
    match value(profile, style, tag, text) {
        Value::Null => Scalar::Null,
        Value::Bool(value) => Scalar::Bool(value),
        #[expect(
            clippy::cast_precision_loss,
            reason = "helm's numbers are float64, whatever they lose"
        )]
        Value::Int(value) if profile == Profile::HelmValues => Scalar::Float(value as f64),
        Value::Int(value) => Scalar::Int(value),
        #[expect(
            clippy::cast_precision_loss,
            reason = "helm's numbers are float64, whatever they lose"
        )]
        Value::UInt(value) if profile == Profile::HelmValues => Scalar::Float(value as f64),
        Value::UInt(value) => Scalar::UInt(value),
        Value::Float(value) if !value.is_finite() && profile.writes_json() => {
            Scalar::Refused(INFINITE)
        }
        Value::Float(value) => Scalar::Float(value),
        Value::Time(_, text) if profile.version() == Version::Two => Scalar::Str(text),
        Value::Time(time, _) if profile == Profile::Kustomize && !time.has_plain_offset() => {
            Scalar::Refused("the timestamp's time zone is a day or more from UTC")
        }
        Value::Time(time, _) => Scalar::Str(Cow::Owned(time.rfc3339())),
        Value::Str(text) => Scalar::Str(text),
        Value::Refused(reason) => Scalar::Refused(reason),
    }
}

/// The text that `profile` makes of a scalar used as a mapping key, or why it refuses it.
///
/// kustomize refuses keys that are no strings in all mappings but the root, and this speaks of the others.
pub fn key<'a>(
    profile: Profile,
    style: Style,
    tag: Option<&str>,
    text: Cow<'a, str>,
) -> Result<Cow<'a, str>, &'static str> {
    const NO_STRING: &str = "a key must be a string here";
    let local = tag.is_some_and(|tag| tag != "!" && CoreTag::of(tag) != Some(CoreTag::Str));
    match (value(profile, style, tag, text), profile) {
        (Value::Refused(reason), _) => Err(reason),
        // kustomize goes by the tag: `!foo a` is text, but not a string.
        (Value::Str(_), Profile::Kustomize) if local => Err(NO_STRING),
        (Value::Str(text), _) => Ok(text),
        (_, Profile::Kustomize | Profile::Compose) => Err(NO_STRING),
        (Value::Null, Profile::Kubectl | Profile::HelmValues) => Err("a key cannot be null"),
        (Value::Null, Profile::Workflow) => Ok(Cow::Borrowed("")),
        (Value::Bool(value), _) => Ok(Cow::Borrowed(if value { "true" } else { "false" })),
        (Value::Int(value), _) => Ok(Cow::Owned(value.to_string())),
        (Value::UInt(_), _) => Err("a key cannot be an integer above 9223372036854775807"),
        (Value::Float(value), _) => Ok(Cow::Owned(number::key_text(value))),
        (Value::Time(_, text), _) => Ok(text),
    }
}

/// The value that `profile` gives a scalar node, or the scalar that an alias stands for; `None` for collections.
pub fn scalar_of(profile: Profile, node: Node<'_>) -> Option<Scalar<'_>> {
    let node = node.resolved();
    let tag = node.tag().map(|(tag, _)| tag);
    (node.kind() == Kind::Scalar).then(|| scalar(profile, node.style(), tag, node.decoded()))
}

/// The text that `profile` makes of a key node, an alias followed, or why it refuses it: collections are never keys.
pub fn key_of(profile: Profile, node: Node<'_>) -> Result<Cow<'_, str>, &'static str> {
    let node = node.resolved();
    if node.kind() != Kind::Scalar {
        return Err("a key cannot be a list or a mapping");
    }
    let tag = node.tag().map(|(tag, _)| tag);
    key(profile, node.style(), tag, node.decoded())
}

impl Profile {
    /// Parses a text as this reader cuts it into documents. Only kubectl tries JSON first.
    ///
    /// For compose and GitHub this is the first document only: compose merges further ones by the meaning of their keys.
    pub fn parse(self, text: &str) -> Yaml {
        match self {
            Self::Kubectl => super::parse(text),
            Self::Kustomize | Self::HelmValues => super::parse_yaml(text),
            Self::Compose | Self::Workflow => super::parse_single(text),
        }
    }

    /// The go-yaml that the reader uses; GitHub uses none, and is nearest to the last.
    fn version(self) -> Version {
        match self {
            Self::Kubectl | Self::HelmValues => Version::Two,
            Self::Kustomize => Version::Three,
            Self::Compose | Self::Workflow => Version::Four,
        }
    }

    /// Whether the reader passes values on as JSON.
    fn writes_json(self) -> bool {
        matches!(self, Self::Kubectl | Self::HelmValues | Self::Kustomize)
    }
}

/// What a scalar is before the profile has its say about what may be where.
#[derive(Clone, Debug, PartialEq)]
enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    /// A timestamp, and the text that it is written as.
    Time(Timestamp, Cow<'a, str>),
    Str(Cow<'a, str>),
    Refused(&'static str),
}

fn value<'a>(profile: Profile, style: Style, tag: Option<&str>, text: Cow<'a, str>) -> Value<'a> {
    match profile {
        Profile::Workflow => core_schema::resolve(style, tag, text),
        _ => go_yaml::resolve(profile.version(), style, tag, text),
    }
}

/// A tag of YAML's own for scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CoreTag {
    Str,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
}

impl CoreTag {
    /// The tag that is written `!!int`, `!<tag:yaml.org,2002:int>` or `!<!!int>`.
    fn of(written: &str) -> Option<Self> {
        let verbatim = written
            .strip_prefix("!<")
            .and_then(|rest| rest.strip_suffix('>'));
        let name = match verbatim {
            Some(name) => name
                .strip_prefix("tag:yaml.org,2002:")
                .or_else(|| name.strip_prefix("!!"))?,
            None => written.strip_prefix("!!")?,
        };
        match name {
            "str" => Some(Self::Str),
            "bool" => Some(Self::Bool),
            "int" => Some(Self::Int),
            "float" => Some(Self::Float),
            "null" => Some(Self::Null),
            "timestamp" => Some(Self::Timestamp),
            "binary" => Some(Self::Binary),
            _ => None,
        }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Str => "it is no string, as its tag says",
            Self::Bool => "it is no boolean, as its tag says",
            Self::Int => "it is no integer, as its tag says",
            Self::Float => "it is no number, as its tag says",
            Self::Null => "it is not null, as its tag says",
            Self::Timestamp => "it is no timestamp, as its tag says",
            Self::Binary => "it is no base64 text, as its tag says",
        }
    }
}
