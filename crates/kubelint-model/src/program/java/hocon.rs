//! Ktor's configuration: `application.conf`, as HOCON has it (github.com/lightbend/config, HOCON.md), and `application.yaml`
//! (ktor.io/docs/server-configuration-file.html).
//!
//! Of HOCON what people write in such files is read: nested and dotted keys, values in quotes and without, and substitutions. What is
//! included, appended or merged otherwise is not known.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::module::Module;
use super::properties;
use crate::FileId;
use crate::code::Expr;
use crate::program::store::Store;

/// More keys of one file are not read.
const MOST_KEYS: usize = 10_000;

/// A value, with where it stands.
type Value = (Expr, (FileId, TextRange));

/// A variable that the configuration takes in: its name, what stands for it, and where.
pub(super) type Taken = (String, Option<Expr>, (FileId, TextRange));

/// What a configuration says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::program) struct Hocon {
    values: BTreeMap<String, Value>,
    /// The variables that it takes in.
    pub(super) taken: Vec<Taken>,
    /// Whether there is more of it that is not read.
    pub(super) is_open: bool,
}

impl Hocon {
    /// The configuration of the first module that has one: HOCON stands before YAML.
    pub(super) fn of(modules: &[Module], store: &mut Store<'_>) -> Option<Self> {
        for name in ["application.conf", "application.yaml", "application.yml"] {
            for folder in modules.iter().flat_map(Module::resources) {
                let path = SourcePath::new(&format!("{folder}/{name}"));
                let Some(id) = store.read_text(&path) else {
                    continue;
                };
                let text = store.text_of(id);
                return Some(match path.extension() {
                    Some("conf") => Self::of_hocon(text, id),
                    _ => Self::of_yaml(text, id),
                });
            }
        }
        None
    }

    /// The value of a key.
    pub(super) fn value(&self, key: &str) -> Option<Expr> {
        if self.is_open {
            return Some(Expr::Unknown);
        }
        self.values.get(key).map(|it| it.0.clone())
    }

    /// Where the value of a key is written.
    pub(super) fn place(&self, key: &str) -> Option<(FileId, TextRange)> {
        self.values.get(key).map(|it| it.1)
    }

    fn set(&mut self, key: String, value: Expr, place: (FileId, TextRange)) {
        if self.values.len() < MOST_KEYS {
            self.values.insert(key, (value, place));
        } else {
            self.is_open = true;
        }
    }

    /// `$PORT`, `$PORT:8080`, and `$?PORT`, which may be missing.
    fn of_yaml(text: &str, file: FileId) -> Self {
        let mut this = Self::default();
        for document in properties::of_yaml(text, file) {
            this.is_open |= document.is_broken;
            for entry in document.entries {
                let value = match entry.value.strip_prefix('$') {
                    None => Expr::Text(entry.value),
                    Some(rest) => {
                        let rest = rest.strip_prefix('?').unwrap_or(rest);
                        let (name, default) = match rest.split_once(':') {
                            Some((name, default)) => (name, Some(Expr::Text(default.to_owned()))),
                            None => (rest, None),
                        };
                        if is_variable(name) {
                            let taken = (name.to_owned(), default.clone(), entry.place);
                            this.taken.push(taken);
                            Expr::Variable {
                                name: name.to_owned(),
                                default: default.map(Box::new),
                            }
                        } else {
                            Expr::Unknown
                        }
                    }
                };
                this.set(entry.name, value, entry.place);
            }
        }
        this
    }

    fn of_hocon(text: &str, file: FileId) -> Self {
        let mut this = Self::default();
        // The keys around, one for each brace that is open.
        let mut around: Vec<String> = Vec::new();
        let mut lists = 0usize;
        for (start, line) in statements(text) {
            let bare = line.trim();
            let start = start + (line.len() - line.trim_start().len());
            if lists > 0 || bare.is_empty() {
                lists = (lists + count(bare, '[')).saturating_sub(count(bare, ']'));
                continue;
            }
            if bare == "}" {
                around.pop();
                continue;
            }
            let Some((key, rest)) = key(bare) else {
                this.is_open |= bare != "{";
                if bare == "{" {
                    around.push(String::new());
                }
                continue;
            };
            let whole = around.iter().filter(|it| !it.is_empty());
            let whole: Vec<&str> = whole.map(String::as_str).chain([key.as_str()]).collect();
            let whole = whole.join(".");
            let value = rest.trim();
            if value == "{" {
                around.push(key);
                continue;
            }
            if value.starts_with('[') {
                lists = count(value, '[').saturating_sub(count(value, ']'));
                continue;
            }
            let at = start + bare.len() - rest.trim_start().len();
            let place = (file, TextRange::new(at as u32, (at + value.len()) as u32));
            this.assign(whole, value, place);
        }
        this.is_open |= !around.is_empty();
        this
    }

    fn assign(&mut self, key: String, value: &str, place: (FileId, TextRange)) {
        let before = self.values.get(&key).map(|it| it.0.clone());
        let inner = value.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
        let found = match inner {
            Some(inner) => {
                let optional = inner.strip_prefix('?');
                let name = optional.unwrap_or(inner).trim();
                if is_variable(name) {
                    let default = before.filter(|_| optional.is_some());
                    self.taken.push((name.to_owned(), default.clone(), place));
                    Expr::Variable {
                        name: name.to_owned(),
                        default: default.map(Box::new),
                    }
                } else {
                    Expr::Unknown
                }
            }
            None if value.contains('$') => {
                for it in value.split("${").skip(1) {
                    let name = it.split('}').next().unwrap_or_default();
                    let name = name.trim_start_matches('?').trim();
                    if is_variable(name) {
                        let taken = (name.to_owned(), Some(Expr::Unknown), place);
                        self.taken.push(taken);
                    }
                }
                Expr::Unknown
            }
            None => Expr::Text(value.trim_matches('"').to_owned()),
        };
        self.set(key, found, place);
    }
}

fn count(text: &str, sign: char) -> usize {
    text.chars().filter(|it| *it == sign).count()
}

fn is_variable(name: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    !name.is_empty() && name.bytes().all(is_part)
}

/// What stands on lines, between commas, and before and behind braces, without comments, each with where it begins.
fn statements(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let (mut is_quoted, mut is_comment, mut depth) = (false, false, 0usize);
    let bytes = text.as_bytes();
    for (at, it) in text.char_indices() {
        let next = bytes.get(at + 1);
        if is_comment {
            if it == '\n' {
                is_comment = false;
                start = at + 1;
            }
            continue;
        }
        let mut cut = |end: usize, next: usize| {
            found.push((start, text.get(start..end).unwrap_or_default()));
            start = next;
        };
        match it {
            '"' => is_quoted = !is_quoted,
            '\n' => {
                cut(at, at + 1);
                is_quoted = false;
            }
            _ if is_quoted => {}
            '$' if next == Some(&b'{') => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '{' if depth > 0 => {}
            '#' => {
                cut(at, at);
                is_comment = true;
            }
            '/' if next == Some(&b'/') => {
                cut(at, at);
                is_comment = true;
            }
            ',' => cut(at, at + 1),
            '{' => cut(at + 1, at + 1),
            '}' => {
                cut(at, at);
                cut(at + 1, at + 1);
            }
            _ => {}
        }
    }
    if !is_comment {
        found.push((start, text.get(start..).unwrap_or_default()));
    }
    found
}

/// The key of a statement, without quotes, and what is behind the sign.
fn key(statement: &str) -> Option<(String, &str)> {
    let end = statement.find(['=', ':', '{'])?;
    let (key, rest) = statement.split_at(end);
    // `+=` appends.
    let is_key = |it: char| it.is_alphanumeric() || matches!(it, '.' | '-' | '_' | '"');
    let key = key.trim();
    if key.is_empty() || !key.chars().all(is_key) {
        return None;
    }
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    Some((key.replace('"', ""), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_values_and_substitutions() {
        let text = "// a\nktor {\n  deployment {\n    port = 8080 # b\n    port = ${?PORT}\n    host = \"0.0.0.0\"\n  }\n  application { modules = [ a.AppKt.module, b ] }\n}\ndb.url = \"jdbc:x://h\"\ndb { user: ${DB_USER}, list = [\n 1\n ] }\n";
        let found = Hocon::of_hocon(text, FileId(0));
        assert!(!found.is_open);
        let text_of = |key: &str| {
            let place = found.place(key);
            place.map(|it| it.1.of(text))
        };
        assert_eq!(
            found.value("ktor.deployment.port"),
            Some(Expr::Variable {
                name: "PORT".to_owned(),
                default: Some(Box::new(Expr::Text("8080".to_owned()))),
            })
        );
        assert_eq!(text_of("ktor.deployment.port"), Some("${?PORT}"));
        assert_eq!(
            found.value("ktor.deployment.host"),
            Some(Expr::Text("0.0.0.0".to_owned()))
        );
        assert_eq!(
            found.value("db.url"),
            Some(Expr::Text("jdbc:x://h".to_owned()))
        );
        let names: Vec<&str> = found.taken.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(names, ["PORT", "DB_USER"]);
    }

    #[test]
    fn what_is_not_read_is_open() {
        for text in [
            "include \"other\"\nktor { deployment { port = 1 } }",
            "ktor { deployment {",
            "a += 1",
            "ktor ${x} { }",
        ] {
            assert!(Hocon::of_hocon(text, FileId(0)).is_open, "{text}");
        }
    }

    #[test]
    fn values_of_yaml() {
        let text = "ktor:\n  deployment:\n    port: \"$PORT:8080\"\n    host: $?HOST\n";
        let found = Hocon::of_yaml(text, FileId(0));
        let names: Vec<&str> = found.taken.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(names, ["PORT", "HOST"]);
    }
}
