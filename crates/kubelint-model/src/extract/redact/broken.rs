//! What of a document that does not parse must not be shown. Nothing is certain there, so too much is hidden rather than too little.

use kubelint_parser::TextRange;
use memchr::memmem;

use super::{assigned, is_stand_in};
use crate::extract::names;

/// The keys whose values are hidden to their end.
const SECRET_KEYS: [&str; 2] = ["data", "stringData"];

/// The values of Secrets and of Secret generators, and what lines assign to credentials.
///
/// From the first value of a Secret on, every line is hidden: a quote that is not closed, or a text with too little indentation, may hold
/// lines that look like keys.
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
    let mut in_values = false;
    let mut named_credential = false;
    let mut at = 0;
    for line in body.split_inclusive(['\n', '\r']) {
        let start = at;
        at += line.len();
        let content = line.trim_end();
        let indent = content.len() - content.trim_start().len();
        let end = start + content.len();
        let key = key_of(content);
        if in_values {
            hide(start + indent, end);
        } else if let Some(value) = secret.then(|| after_key(content, &SECRET_KEYS)).flatten() {
            in_values = true;
            let rest = content[value..].trim_start();
            if !rest.starts_with('#') {
                hide(end - rest.len(), end);
            }
        } else if let Some(value) = generator
            .then(|| after_key(content, &["literals"]))
            .flatten()
        {
            in_values = true;
            let rest = content[value..].trim_start();
            hide(end - rest.len(), end);
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

/// The key that a line begins with, without dashes and quotes, and where its value begins.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let colon = line.find(':')?;
    let key = line[..colon]
        .trim_start_matches(|it: char| it.is_whitespace() || "-{[\"'".contains(it))
        .trim_end_matches(|it: char| it.is_whitespace() || "\"'".contains(it));
    Some((key, colon + 1))
}

/// Where the value of one of `keys` begins, which may stand anywhere in a line; the colon may be what is missing.
fn after_key(line: &str, keys: &[&str]) -> Option<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let bytes = line.as_bytes();
    let hits = keys.iter().flat_map(|key| {
        memmem::find_iter(bytes, key.as_bytes()).filter_map(move |start| {
            let end = start + key.len();
            let begins = start == 0 || !is_word(&bytes[start - 1]);
            let ends = !bytes.get(end).is_some_and(is_word);
            let rest = line.get(end..)?.trim_start_matches(['"', '\'']);
            let value = rest.trim_start();
            let value = value.strip_prefix(':').unwrap_or(value);
            (begins && ends).then_some(line.len() - value.len())
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
            &["a: one", "b: \"two", "c: three", "metadata: {}"],
        );
        check(
            "stringData: # text\n  a: one:\n  b:\n    two\nmore: three\nkind: Secret\n",
            &["a: one:", "b:", "two", "more: three", "kind: Secret"],
        );
        check(
            "kind: Secret\nmetadata: {name: my-data, app.data: x}\nstringData\n\ta: one\n",
            &["a: one"],
        );
    }

    #[test]
    fn brackets() {
        check(
            "kind: Secret\nstringData: {a: one, b: [two\nc: three\nmetadata: {}\n",
            &["{a: one, b: [two", "c: three", "metadata: {}"],
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
            &["[x=one, \"y=two", "- z=three"],
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
