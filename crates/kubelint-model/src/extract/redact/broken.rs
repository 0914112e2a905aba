//! What of a document that does not parse must not be shown. Nothing is certain there, so too much is hidden rather than too little.

use kubelint_parser::TextRange;
use memchr::memmem;

use super::{assigned, is_stand_in};
use crate::extract::names;

/// The keys at which a Secret's values end, if they stand no further right than `data`.
const NEIGHBOURS: [&str; 7] = [
    "apiVersion",
    "kind",
    "metadata",
    "type",
    "immutable",
    "items",
    "spec",
];

/// The keys whose values are hidden to their end.
const SECRET_KEYS: [&str; 2] = ["data", "stringData"];

/// The values of Secrets and of Secret generators, and what lines assign to credentials.
pub(super) fn ranges(text: &str, document: TextRange, found: &mut Vec<TextRange>) {
    let body = document.of(text);
    let secret = memmem::find(body.as_bytes(), b"Secret").is_some();
    let generator = memmem::find(body.as_bytes(), b"secretGenerator").is_some();
    let mut hide = |start: usize, end: usize| {
        if start < end {
            let offset = document.start as usize;
            found.push(TextRange::new(
                (offset + start) as u32,
                (offset + end) as u32,
            ));
        }
    };
    let mut open = Open::No;
    let mut in_generator = false;
    let mut named_credential = false;
    let mut at = 0;
    for line in body.split_inclusive(['\n', '\r']) {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        let indent = content.len() - content.trim_start().len();
        let end = start + content.len();
        let key = key_of(content);
        let closes = key.is_some_and(|(key, _)| NEIGHBOURS.contains(&key));
        if matches!(open, Open::Block(outer) if indent <= outer && closes) {
            open = Open::No;
        }
        if open != Open::No {
            // What stands further left may be the rest of a quoted text, whatever it looks like.
            let whole = matches!(open, Open::Block(outer) if indent <= outer);
            let value = if whole { indent } else { value_of(content) };
            hide(start + value, end);
        } else if let Some(value) = secret.then(|| after_secret_key(content)).flatten() {
            let rest = content[value..].trim_start();
            open = if content[..value].contains(['{', '[']) || rest.starts_with(['{', '[']) {
                Open::ToTheEnd
            } else {
                Open::Block(indent)
            };
            if !rest.starts_with('#') {
                hide(end - rest.len(), end);
            }
        } else if in_generator || (generator && content.contains("literals:")) {
            in_generator = true;
            let sign = content.find('=').map(|it| it + 1);
            hide(start + sign.unwrap_or_else(|| value_of(content)), end);
        } else if let Some((from, to)) = assigned(content.as_bytes()) {
            if !is_stand_in(&content[from..to]) {
                hide(start + from, start + to);
            }
        } else if let Some(("value", value)) = key.filter(|_| named_credential) {
            let blanks = content[value..].len() - content[value..].trim_start().len();
            hide(start + value + blanks, end);
        }
        named_credential = match key {
            Some(("name", value)) => names::is_credential(
                content[value..].trim_matches(|it: char| it.is_whitespace() || "\"',".contains(it)),
            ),
            _ => named_credential && key.is_none(),
        };
    }
}

/// Whether the lines at hand belong to a Secret's values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    No,
    /// Until a neighbour that is indented no further.
    Block(usize),
    /// What opened in brackets may go on at any indentation.
    ToTheEnd,
}

/// The key that a line begins with, without dashes and quotes, and where its value begins.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let colon = line.find(':')?;
    let key = line[..colon]
        .trim_start_matches(|it: char| it.is_whitespace() || "-{[\"'".contains(it))
        .trim_end_matches(|it: char| it.is_whitespace() || "\"'".contains(it));
    Some((key, colon + 1))
}

/// Where in a line that belongs to a Secret's values the value begins: after the first `: `, else where the text begins; at its end
/// if the line holds a key alone.
fn value_of(line: &str) -> usize {
    match line.find(": ") {
        Some(colon) => colon + 2,
        None if line.ends_with(':') => line.len(),
        None => line.len() - line.trim_start().len(),
    }
}

/// Where the value of `data:` or `stringData:` begins, which may stand anywhere in a line.
fn after_secret_key(line: &str) -> Option<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let bytes = line.as_bytes();
    let hits = SECRET_KEYS.iter().flat_map(|key| {
        memmem::find_iter(bytes, key.as_bytes()).filter_map(move |start| {
            let end = start + key.len();
            let begins = start == 0 || !is_word(&bytes[start - 1]);
            let rest = line.get(end..)?;
            let colon = rest
                .trim_start_matches(['"', '\''])
                .trim_start()
                .strip_prefix(':')?;
            begins.then_some(line.len() - colon.len())
        })
    });
    hits.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `text` is hidden.
    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        ranges(text, TextRange::new(0, text.len() as u32), &mut found);
        let shown: Vec<&str> = found.into_iter().map(|it| it.of(text)).collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn block_mappings() {
        check(
            "kind: Secret\nstringData:\n  a: one\n  b: \"two\n c: three\nmetadata: {}\n",
            &["one", "\"two", "three"],
        );
        check(
            "stringData: # text\n  a: one:\n  b:\n    two\nmore: three\nkind: Secret\n",
            &["one:", "two", "more: three"],
        );
        check(
            "items:\n- kind: Secret\n  data:\n    a: one\n- kind: ConfigMap\n  x: [\n",
            &["one"],
        );
    }

    #[test]
    fn brackets() {
        check(
            "kind: Secret\nstringData: {a: one, b: [two\nc: three\nmetadata: {}\n",
            &["{a: one, b: [two", "three", "{}"],
        );
        check(
            r#"{"kind":"Secret","metadata":{},"stringData":{"a":"one"} "b"}"#,
            &[r#"{"a":"one"} "b"}"#],
        );
        check(
            "{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"a\":\"one\"\n  },\n}\n",
            &["{", "\"a\":\"one\"", "},", "}"],
        );
    }

    #[test]
    fn secret_generators() {
        check(
            "secretGenerator:\n- name: a\n  literals: [x=one, \"y=two\n  - z=three\n",
            &["one, \"y=two", "three"],
        );
    }

    #[test]
    fn credentials_by_name() {
        check(
            "kind: Pod\nenv:\n- name: DB_PASSWORD\n  value: *one\n- name: HOST\n  value: db\npassword: two: three\nmetadata: x\n",
            &["*one", "two: three"],
        );
        check("kind: ConfigMap\ndata:\n  a: b: c\n", &[]);
    }
}
