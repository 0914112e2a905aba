//! What a document of ours may hold: one table a document, from which it is checked and its JSON Schema is printed.
//!
//! The schema is written here, not by a JSON library: it is the only JSON that the engine makes, and a few lines do it.

use std::fmt::Write as _;

use crate::mistake::{InputText, Mistake};
use crate::suggest::{did_you_mean, hint};
use crate::value::{Data, Value};

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// An integer, at least the given one.
    Int(i64),
    /// A number or a string that states a quantity, as `500m` or `2Gi`.
    Quantity,
    /// A string.
    Text,
    /// A version as `1.31`, which YAML may take for a number.
    Version,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of such values.
    List(&'static Shape),
    /// A mapping with these keys.
    Map(&'static [Field]),
    /// A mapping with any keys to such values.
    Table(&'static Shape),
    /// One of several; they differ in what kind of YAML they are.
    Either(&'static [Shape]),
}

/// A key of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// What its value may be.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: Required,
    /// What it means, in one sentence.
    pub doc: &'static str,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Required {
    /// It must.
    Yes,
    /// It may.
    No,
}

/// A key that may be absent.
pub const fn optional(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field {
        key,
        shape,
        required: Required::No,
        doc,
    }
}

/// A key that must be there.
pub const fn required(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field {
        key,
        shape,
        required: Required::Yes,
        doc,
    }
}

impl Shape {
    /// Checks `value`, which stands under the key `name` (empty for the whole document).
    pub fn check(
        &self,
        input: &InputText<'_>,
        name: &str,
        value: &Value,
        mistakes: &mut Vec<Mistake>,
    ) {
        let mut wrong = |message: String| mistakes.push(input.mistake(value.range, message));
        match (self, &value.data) {
            (Self::Any, _)
            | (Self::Bool, Data::Bool(_))
            | (Self::Text, Data::Text(_))
            | (Self::Quantity, Data::Text(_) | Data::Int(_) | Data::Float(_)) => {}
            (Self::Int(least), Data::Int(number)) => {
                if number < least {
                    wrong(format!("{}at least {least} is meant here", of(name)));
                }
            }
            (Self::Version, Data::Text(_) | Data::Float(_)) => {
                if parse_version(value.range.of(input.text())).is_none() {
                    wrong(format!("{}a version as `1.31` is meant here", of(name)));
                }
            }
            (Self::Word(words), Data::Text(text)) => {
                if !words.contains(&text.as_str()) {
                    let hint = hint(did_you_mean(text, words.iter().copied()));
                    let words = words.join(", ");
                    wrong(format!("{}`{text}` is none of {words}{hint}", of(name)));
                }
            }
            (Self::List(item), Data::List(items)) => {
                for value in items {
                    item.check(input, name, value, mistakes);
                }
            }
            (Self::Table(of), Data::Map(entries)) => {
                for (key, value) in entries {
                    of.check(input, &key.text, value, mistakes);
                }
            }
            (Self::Map(fields), Data::Map(_)) => check_fields(fields, input, value, mistakes),
            (Self::Either(shapes), data) => match shapes.iter().find(|shape| shape.takes(data)) {
                Some(shape) => shape.check(input, name, value, mistakes),
                None => wrong(self.expected(name, data)),
            },
            (_, data) => wrong(self.expected(name, data)),
        }
    }

    /// Whether this is the kind of YAML that the shape wants, whatever is in it.
    fn takes(&self, data: &Data) -> bool {
        match self {
            Self::Any => true,
            Self::Bool => matches!(data, Data::Bool(_)),
            Self::Int(_) => matches!(data, Data::Int(_)),
            Self::Quantity => matches!(data, Data::Text(_) | Data::Int(_) | Data::Float(_)),
            Self::Version => matches!(data, Data::Text(_) | Data::Float(_)),
            Self::Text | Self::Word(_) => matches!(data, Data::Text(_)),
            Self::List(_) => matches!(data, Data::List(_)),
            Self::Map(_) | Self::Table(_) => matches!(data, Data::Map(_)),
            Self::Either(shapes) => shapes.iter().any(|it| it.takes(data)),
        }
    }

    fn expected(&self, name: &str, data: &Data) -> String {
        format!(
            "{}{} is meant here, not {}",
            of(name),
            self.describe(),
            data.describe()
        )
    }

    fn describe(&self) -> String {
        match self {
            Self::Any => "anything".into(),
            Self::Bool => "true or false".into(),
            Self::Int(_) => "an integer".into(),
            Self::Quantity => "a quantity as `500m` or `2Gi`".into(),
            Self::Text => "a string".into(),
            Self::Version => "a version as `1.31`".into(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::List(item) => match item {
                Self::Text => "a list of strings".into(),
                Self::Map(_) => "a list of mappings".into(),
                _ => "a list".into(),
            },
            Self::Map(_) | Self::Table(_) => "a mapping".into(),
            Self::Either(shapes) => {
                let each: Vec<_> = shapes.iter().map(Self::describe).collect();
                each.join(", or ")
            }
        }
    }

    /// The JSON Schema (draft 2020-12) of a document of this shape, indented by two blanks a level.
    pub fn json_schema(&self, id: &str, title: &str) -> String {
        let mut out = String::from("{\n");
        for (key, value) in [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("$id", id),
            ("title", title),
        ] {
            let _ = writeln!(out, "  {}: {},", quoted(key), quoted(value));
        }
        out.push_str(&self.members(1).join(",\n"));
        out.push_str("\n}\n");
        out
    }

    /// The members of the schema's object, each indented by `level`.
    fn members(&self, level: usize) -> Vec<String> {
        let pad = "  ".repeat(level);
        let plain = |kind: &str| vec![format!("{pad}\"type\": {}", quoted(kind))];
        match self {
            Self::Any => Vec::new(),
            Self::Bool => plain("boolean"),
            Self::Text => plain("string"),
            Self::Quantity => vec![format!("{pad}\"type\": [\"string\", \"number\"]")],
            Self::Version => vec![
                format!("{pad}\"type\": [\"string\", \"number\"]"),
                format!("{pad}\"pattern\": \"^v?[0-9]+\\\\.[0-9]+(\\\\.[0-9]+)?$\""),
            ],
            Self::Int(least) => vec![
                format!("{pad}\"type\": \"integer\""),
                format!("{pad}\"minimum\": {least}"),
            ],
            Self::Word(words) => {
                let words: Vec<_> = words.iter().map(|it| quoted(it)).collect();
                vec![format!("{pad}\"enum\": [{}]", words.join(", "))]
            }
            Self::List(item) => vec![
                format!("{pad}\"type\": \"array\""),
                format!("{pad}\"items\": {}", item.object(level, None)),
            ],
            Self::Table(of) => vec![
                format!("{pad}\"type\": \"object\""),
                format!("{pad}\"additionalProperties\": {}", of.object(level, None)),
            ],
            Self::Either(shapes) => {
                let inner = "  ".repeat(level + 1);
                let each: Vec<_> = shapes
                    .iter()
                    .map(|it| format!("{inner}{}", it.object(level + 1, None)))
                    .collect();
                vec![format!("{pad}\"anyOf\": [\n{}\n{pad}]", each.join(",\n"))]
            }
            Self::Map(fields) => {
                let inner = "  ".repeat(level + 1);
                let each: Vec<_> = fields
                    .iter()
                    .map(|it| {
                        let object = it.shape.object(level + 1, Some(it.doc));
                        format!("{inner}{}: {object}", quoted(it.key))
                    })
                    .collect();
                let required: Vec<_> = fields
                    .iter()
                    .filter(|it| it.required == Required::Yes)
                    .map(|it| quoted(it.key))
                    .collect();
                let mut members = vec![
                    format!("{pad}\"type\": \"object\""),
                    format!("{pad}\"additionalProperties\": false"),
                    format!("{pad}\"properties\": {{\n{}\n{pad}}}", each.join(",\n")),
                ];
                if !required.is_empty() {
                    members.push(format!("{pad}\"required\": [{}]", required.join(", ")));
                }
                members
            }
        }
    }

    /// The schema as an object whose closing brace stands at `level`.
    fn object(&self, level: usize, doc: Option<&str>) -> String {
        let pad = "  ".repeat(level + 1);
        let mut members: Vec<_> = doc
            .map(|it| format!("{pad}\"description\": {}", quoted(it)))
            .into_iter()
            .collect();
        members.extend(self.members(level + 1));
        if members.is_empty() {
            return "{}".into();
        }
        format!("{{\n{}\n{}}}", members.join(",\n"), "  ".repeat(level))
    }
}

fn check_fields(
    fields: &[Field],
    input: &InputText<'_>,
    value: &Value,
    mistakes: &mut Vec<Mistake>,
) {
    for (key, value) in value.entries() {
        if let Some(field) = fields.iter().find(|it| it.key == key.text) {
            field.shape.check(input, field.key, value, mistakes);
        } else {
            let hint = hint(did_you_mean(&key.text, fields.iter().map(|it| it.key)));
            let message = format!("unknown key `{}`{hint}", key.text);
            mistakes.push(input.mistake(key.range, message));
        }
    }
    for field in fields {
        if field.required == Required::Yes && value.get(field.key).is_none() {
            let message = format!("the key `{}` is missing", field.key);
            mistakes.push(input.mistake(value.range, message));
        }
    }
}

/// Major and minor of a version as `1.31`, `v1.31` or `1.31.4`.
pub fn parse_version(text: &str) -> Option<(u32, u32)> {
    let text = text.trim_matches(['"', '\'']);
    let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
    let mut number = || {
        let part = parts.next()?;
        part.bytes()
            .all(|it| it.is_ascii_digit())
            .then(|| part.parse::<u32>().ok())?
    };
    let version = (number()?, number()?);
    let patch = parts.next();
    let whole = patch.is_none_or(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
        && parts.next().is_none();
    whole.then_some(version)
}

fn of(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!("`{name}`: ")
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
