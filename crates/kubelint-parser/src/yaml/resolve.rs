//! What a scalar or a key means to the program that reads it.

use std::borrow::Cow;

use super::Style;

/// Who reads the text. Each profile's table is made from the real tool (`testdata/yaml/`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// kubectl and everything built on `sigs.k8s.io/yaml`: YAML 1.1 scalars through JSON; the key `on:` is `"true"`.
    Kubectl,
    /// kustomize (kyaml): YAML 1.2-like; `on` is a string.
    Kustomize,
    /// helm's values files (`sigs.k8s.io/yaml`, numbers as float64).
    HelmValues,
    /// docker compose (go-yaml v3).
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
    /// A finite floating-point number.
    Float(f64),
    /// A string.
    Str(Cow<'a, str>),
    /// A value that this reader refuses (`.inf` through JSON, `!!int abc`), and why.
    Refused(&'static str),
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
    let _ = (profile, style, tag);
    Scalar::Str(text)
}

/// The text that `profile` makes of a scalar used as a mapping key, or why it refuses it.
pub fn key<'a>(
    profile: Profile,
    style: Style,
    tag: Option<&str>,
    text: Cow<'a, str>,
) -> Result<Cow<'a, str>, &'static str> {
    let _ = (profile, style, tag);
    Ok(text)
}
