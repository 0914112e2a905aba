//! Small documents as owned values with places: what pages and the configuration are read into.
//!
//! Unlike manifests, these are ours to define: one document, no anchors, no aliases, no key twice, and scalars as YAML 1.2's core
//! schema reads them (`off` and `no` are words, not booleans).

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{self, Kind, Node, Style};

use crate::mistake::{InputText, Mistake};

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The bytes of the value.
    pub range: TextRange,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `null` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction or exponent.
    Float(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A mapping, in the order written; keys are unique.
    Map(Vec<(Key, Value)>),
}

/// A key and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The bytes of the key.
    pub range: TextRange,
    /// The key.
    pub text: String,
}

/// Deeper documents than this are refused: nothing of ours is half as deep.
const MAX_DEPTH: usize = 16;

impl Value {
    /// Reads the YAML between `range` of the text. `None` if there is nothing but comments.
    pub fn read(input: &InputText<'_>, range: TextRange) -> Result<Option<Self>, Vec<Mistake>> {
        let text = range.of(input.text());
        let tree = yaml::parse(text);
        let reader = Reader {
            input,
            base: range.start,
        };
        if !tree.errors().is_empty() {
            return Err(tree
                .errors()
                .iter()
                .map(|error| {
                    let help = error
                        .help
                        .as_ref()
                        .map(|it| format!(" ({it})"))
                        .unwrap_or_default();
                    reader.mistake(error.range, format!("{}{help}", error.message))
                })
                .collect());
        }
        let mut roots = tree.documents().iter().filter_map(|it| tree.root(text, it));
        let Some(root) = roots.next() else {
            return Ok(None);
        };
        let mut mistakes = Vec::new();
        if let Some(second) = roots.next() {
            mistakes.push(reader.mistake(second.range(), "only one document is read here"));
        }
        let value = reader.value(root, 0, &mut mistakes);
        if mistakes.is_empty() {
            Ok(Some(value))
        } else {
            Err(mistakes)
        }
    }

    /// The entry `key` of a mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(it, _)| it.text == key)
            .map(|(_, value)| value)
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; a value that is neither a list nor null is its own only item.
    pub fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            Data::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self.data {
            Data::Int(value) => Some(value),
            _ => None,
        }
    }
}

impl Data {
    /// What it is, with its article, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

struct Reader<'a> {
    input: &'a InputText<'a>,
    base: u32,
}

impl Reader<'_> {
    fn range(&self, range: TextRange) -> TextRange {
        TextRange::new(range.start + self.base, range.end + self.base)
    }

    fn mistake(&self, range: TextRange, message: impl Into<String>) -> Mistake {
        self.input.mistake(self.range(range), message)
    }

    fn value(&self, node: Node<'_>, depth: usize, mistakes: &mut Vec<Mistake>) -> Value {
        let data = if depth == MAX_DEPTH {
            mistakes.push(self.mistake(node.range(), "this is nested too deeply"));
            Data::Null
        } else {
            match node.kind() {
                Kind::Mapping => self.entries(node, depth, mistakes),
                Kind::Sequence => Data::List(
                    node.items()
                        .map(|item| self.value(item, depth + 1, mistakes))
                        .collect(),
                ),
                Kind::Scalar => self.scalar(node, mistakes),
                Kind::Alias => {
                    mistakes.push(self.mistake(node.range(), "aliases are not read here"));
                    Data::Null
                }
            }
        };
        Value {
            range: self.range(node.range()),
            data,
        }
    }

    fn entries(&self, node: Node<'_>, depth: usize, mistakes: &mut Vec<Mistake>) -> Data {
        let mut entries: Vec<(Key, Value)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for entry in node.entries() {
            if entry.key.kind() != Kind::Scalar {
                mistakes.push(self.mistake(entry.key.range(), "a key is a single word here"));
                continue;
            }
            let key = Key {
                range: self.range(entry.key.range()),
                text: entry.key.decoded().into_owned(),
            };
            if !seen.insert(key.text.clone()) {
                let message = format!("`{}` is here twice", key.text);
                mistakes.push(self.mistake(entry.key.range(), message));
                continue;
            }
            let value = self.value(entry.value, depth + 1, mistakes);
            entries.push((key, value));
        }
        Data::Map(entries)
    }

    fn scalar(&self, node: Node<'_>, mistakes: &mut Vec<Mistake>) -> Data {
        if let Some((tag, range)) = node.tag() {
            let message = format!("tags as `{tag}` are not read here");
            mistakes.push(self.mistake(range, message));
        }
        let text = node.decoded();
        if node.style() == Style::Plain {
            plain(&text)
        } else {
            Data::Text(text.into_owned())
        }
    }
}

/// What a plain scalar is: YAML 1.2's core schema, without octal, hexadecimal and infinite numbers, which nothing of ours takes.
fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Data::Null,
        "true" | "True" | "TRUE" => return Data::Bool(true),
        "false" | "False" | "FALSE" => return Data::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits
            .bytes()
            .all(|it| it.is_ascii_digit() || b".eE+-".contains(&it));
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(number), _) => Data::Int(number),
        (_, Ok(number)) if is_number => Data::Float(number),
        _ => Data::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Value>, String> {
        let range = TextRange::new(0, text.len() as u32);
        Value::read(&InputText::new("t.yaml", text), range).map_err(|mistakes| {
            let lines: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })
    }

    #[test]
    fn values_know_their_places() {
        let text = "a: [1, 'x']\nb:\n  c: off\n";
        let value = read(text).unwrap().unwrap();
        let b = value.get("b").unwrap().get("c").unwrap();
        assert_eq!((b.as_str(), b.range.of(text)), (Some("off"), "off"));
        let items = value.get("a").unwrap().items();
        assert_eq!(items[0].as_int(), Some(1));
        assert_eq!(
            (items[1].as_str(), items[1].range.of(text)),
            (Some("x"), "'x'")
        );
    }

    #[test]
    fn plain_scalars_are_those_of_the_core_schema() {
        for (text, data) in [
            ("~", Data::Null),
            ("true", Data::Bool(true)),
            ("no", Data::Text("no".into())),
            ("-3", Data::Int(-3)),
            ("1.5", Data::Float(1.5)),
            ("1e3", Data::Float(1000.0)),
            ("1.2.3", Data::Text("1.2.3".into())),
            ("inf", Data::Text("inf".into())),
            ("500m", Data::Text("500m".into())),
            ("99999999999999999999", Data::Float(1e20)),
        ] {
            assert_eq!(plain(text), data, "{text}");
        }
    }

    #[test]
    fn what_is_not_ours_is_a_mistake_with_its_place() {
        for (text, message) in [
            ("a: 1\na: 2\n", "t.yaml:2:1: `a` is here twice"),
            ("a: &x 1\nb: *x\n", "t.yaml:2:4: aliases are not read here"),
            ("a: !y 1\n", "t.yaml:1:4: tags as `!y` are not read here"),
            (
                "a: 1\n---\nb: 2\n",
                "t.yaml:3:1: only one document is read here",
            ),
            ("? [a]\n: 1\n", "t.yaml:1:3: a key is a single word here"),
        ] {
            assert_eq!(read(text), Err(message.to_owned()), "{text}");
        }
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        assert!(read(&deep).unwrap_err().contains("nested too deeply"));
        assert!(read("a: [1\n").unwrap_err().starts_with("t.yaml:"));
        assert_eq!(read("# nothing\n"), Ok(None));
    }
}
