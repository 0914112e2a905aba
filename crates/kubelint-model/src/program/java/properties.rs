//! Files of properties: `application.properties` and `application.yml`, each cut into its documents, with the place of every value.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{self, Node};

use crate::FileId;
use crate::code::jvm::unescaped;

/// Deeper values are not read.
const MOST_DEPTH: u32 = 24;
/// More values of one file are not read.
const MOST_VALUES: usize = 20_000;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name as it is written, parts with dots between them: `server.port`, `a.b[0]`.
    pub(super) name: String,
    pub(super) value: String,
    pub(super) place: (FileId, TextRange),
}

/// A document of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) entries: Vec<Entry>,
    /// Whether it cannot be read to its end.
    pub(super) is_broken: bool,
}

impl Document {
    /// The value of a property.
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        let wanted = relaxed(name);
        self.entries
            .iter()
            .rev()
            .find(|it| relaxed(&it.name) == wanted)
    }
}

/// A name as Spring compares it: in small letters, without `-` and `_`
/// (docs.spring.io/spring-boot/reference/features/external-config.html, "Relaxed Binding").
pub(super) fn relaxed(name: &str) -> String {
    let letters = name.chars().filter(|it| !matches!(it, '-' | '_'));
    letters.flat_map(char::to_lowercase).collect()
}

/// The documents of a file of properties (java.util.Properties; Spring cuts at `#---`).
pub(super) fn of_properties(text: &str, file: FileId) -> Vec<Document> {
    let mut documents = vec![Document::default()];
    let mut lines = Lines { text, at: 0 };
    while let Some((start, end)) = lines.next_line() {
        let line = &text[start..end];
        let bare = line.trim_start();
        if matches!(bare.trim_end(), "#---" | "!---") {
            documents.push(Document::default());
            continue;
        }
        if bare.is_empty() || bare.starts_with(['#', '!']) {
            continue;
        }
        let from = start + (line.len() - bare.len());
        let (name, value_at) = key(bare);
        let value_at = from + value_at;
        let mut value = unescaped(text[value_at..end].trim_end());
        let mut last = end;
        while is_continued(&text[start..last]) {
            let Some((start, end)) = lines.next_line() else {
                break;
            };
            value.pop();
            value.push_str(&unescaped(text[start..end].trim()));
            last = end;
            if value.len() > text.len() {
                break;
            }
        }
        let shown = text[value_at..last].trim_end();
        let range = TextRange::new(value_at as u32, (value_at + shown.len()) as u32);
        if let Some(document) = documents.last_mut()
            && document.entries.len() < MOST_VALUES
        {
            document.entries.push(Entry {
                name: unescaped(name),
                value,
                place: (file, range),
            });
        }
    }
    documents
}

struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Lines<'_> {
    /// Where the next line begins and ends, without what ends it.
    fn next_line(&mut self) -> Option<(usize, usize)> {
        let rest = self.text.get(self.at..).filter(|it| !it.is_empty())?;
        let start = self.at;
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = start + length + 1;
        let line = rest[..length].trim_end_matches('\r');
        Some((start, start + line.len()))
    }
}

/// The name of a line, and where its value begins.
fn key(line: &str) -> (&str, usize) {
    let mut is_escaped = false;
    for (at, it) in line.char_indices() {
        match it {
            '\\' if !is_escaped => {
                is_escaped = true;
                continue;
            }
            '=' | ':' | ' ' | '\t' if !is_escaped => {
                let rest = &line[at..];
                let bare = rest.trim_start();
                let bare = match bare.strip_prefix(['=', ':']) {
                    Some(bare) => bare.trim_start(),
                    None => bare,
                };
                return (&line[..at], line.len() - bare.len());
            }
            _ => {}
        }
        is_escaped = false;
    }
    (line, line.len())
}

fn is_continued(line: &str) -> bool {
    let slashes = line.bytes().rev().take_while(|it| *it == b'\\').count();
    slashes % 2 == 1
}

/// The documents of a file of YAML, with the names of nested maps joined by dots.
pub(super) fn of_yaml(text: &str, file: FileId) -> Vec<Document> {
    let parsed = yaml::parse_yaml(text);
    let mut documents = Vec::new();
    for it in parsed.documents() {
        let mut document = Document {
            is_broken: it.broken,
            ..Document::default()
        };
        if let Some(root) = it.root {
            collect(
                parsed.node(text, root),
                String::new(),
                file,
                &mut document,
                MOST_DEPTH,
            );
        }
        documents.push(document);
    }
    documents
}

fn collect(node: Node<'_>, name: String, file: FileId, document: &mut Document, left: u32) {
    let node = node.resolved();
    if left == 0 || document.entries.len() >= MOST_VALUES {
        document.is_broken = true;
        return;
    }
    match node.kind() {
        yaml::Kind::Mapping => {
            for it in node.entries() {
                let key = it.key.decoded();
                let inner = if name.is_empty() {
                    key.into_owned()
                } else {
                    format!("{name}.{key}")
                };
                collect(it.value, inner, file, document, left - 1);
            }
        }
        yaml::Kind::Sequence => {
            let texts: Vec<String> = node
                .items()
                .filter_map(|it| it.resolved().as_str().map(std::borrow::Cow::into_owned))
                .collect();
            // A list of texts may be asked for as one text.
            if !name.is_empty() {
                document.entries.push(Entry {
                    name: name.clone(),
                    value: texts.join(","),
                    place: (file, node.range()),
                });
            }
            for (number, it) in node.items().enumerate() {
                collect(it, format!("{name}[{number}]"), file, document, left - 1);
            }
        }
        _ => document.entries.push(Entry {
            name,
            value: node.decoded().into_owned(),
            place: (file, node.range()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(documents: &[Document], text: &str) -> Vec<String> {
        let all = documents.iter().enumerate();
        all.flat_map(|(number, it)| {
            it.entries.iter().map(move |it| {
                format!(
                    "{number} {}={} [{}]",
                    it.name,
                    it.value,
                    it.place.1.of(text)
                )
            })
        })
        .collect()
    }

    #[test]
    fn lines_of_properties() {
        let text = "# a comment\nserver.port = 8081\r\na:b\nlong=one,\\\n  two\n#---\nspring.config.activate.on-profile=prod\nempty\nx\\=y=\\u0041\n";
        let found = of_properties(text, FileId(0));
        assert_eq!(
            shown(&found, text),
            [
                "0 server.port=8081 [8081]",
                "0 a=b [b]",
                "0 long=one,two [one,\\\n  two]",
                "1 spring.config.activate.on-profile=prod [prod]",
                "1 empty= []",
                "1 x=y=A [\\u0041]",
            ]
        );
    }

    #[test]
    fn maps_and_lists_of_yaml() {
        let text =
            "server:\n  port: ${PORT:8080}\na.b:\n  c: [x, y]\n---\nspring: {profiles: prod}\n";
        let found = of_yaml(text, FileId(0));
        assert_eq!(
            shown(&found, text),
            [
                "0 server.port=${PORT:8080} [${PORT:8080}]",
                "0 a.b.c=x,y [[x, y]]",
                "0 a.b.c[0]=x [x]",
                "0 a.b.c[1]=y [y]",
                "1 spring.profiles=prod [prod]",
            ]
        );
        assert_eq!(
            relaxed("server.contextPath"),
            relaxed("server.context-path")
        );
    }

    #[test]
    fn hostile_texts_end() {
        for text in [
            "\\",
            "a=\\",
            "=",
            ":",
            "a=\\u",
            "\\\n\\\n\\\n",
            "a: [",
            "? ",
            "a: &a [*a]",
        ] {
            of_properties(text, FileId(0));
            of_yaml(text, FileId(0));
        }
    }
}
