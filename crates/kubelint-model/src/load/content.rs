//! What a file is for, as far as its content tells.

use memchr::{memchr_iter, memmem};

use crate::resource::Gvk;

/// Whether a text can hold a manifest at all. Cheap, and never wrong in saying no, but for keys written with escapes.
pub(super) fn can_be_manifest(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"apiVersion").is_some()
        && memmem::find(text.as_bytes(), b"kind").is_some()
}

/// Whether some document of a text that does not parse states `apiVersion` and `kind` at the beginning of a line each, and is of a
/// kind that is sent to an API server.
pub(super) fn states_manifest(text: &str) -> bool {
    let mut api_version = None;
    let mut kind = None;
    for line in text.lines() {
        if line.starts_with("---") {
            (api_version, kind) = (None, None);
        } else if let Some(value) = value_of(line, "apiVersion:") {
            api_version = Some(value);
        } else if let Some(value) = value_of(line, "kind:") {
            kind = Some(value);
        }
        if let (Some(api_version), Some(kind)) = (api_version, kind)
            && Gvk::new(api_version, kind).is_applied()
        {
            return true;
        }
    }
    false
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.strip_prefix(key)?;
    let is_key = value.is_empty() || value.starts_with([' ', '\t']);
    is_key.then(|| value.trim().trim_matches(['"', '\'']))
}

/// Whether a text holds delimiters of a template language outside quotes and comments: `{{`, `{%`, `<%`, `%{`, `[[`, a line that begins
/// with `${`, `<#` or `<@` or is `<NAME>` alone, an upper-case name that sed is to replace (`{NAME}`, `@NAME@`, `%NAME%`), or any name in braces with text right behind it
/// (`{username}/app`), which documentation leaves to its reader and YAML never allows; or an indented line of `...` alone, which stands for
/// what a listing leaves out.
///
/// Quotes are told line by line, for this is asked of texts that do not parse.
pub(super) fn is_template(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    for end in memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len())) {
        let line = &bytes[at.min(end)..end];
        at = end + 1;
        if has_delimiter(line) {
            return true;
        }
    }
    false
}

fn has_delimiter(line: &[u8]) -> bool {
    let start = line
        .iter()
        .take_while(|it| it.is_ascii_whitespace())
        .count();
    if line[start..].starts_with(b"#") {
        return false;
    }
    let alone = line[start..].trim_ascii_end();
    let is_elision = start > 0 && alone == b"...";
    // Directives of FreeMarker.
    let is_directive = [&b"<#"[..], b"</#", b"<@", b"</@"]
        .iter()
        .any(|it| alone.starts_with(it));
    if is_elision || is_directive || alone.starts_with(b"${") || is_bracketed_name(alone) {
        return true;
    }
    let mut quote = None;
    let mut escaped = false;
    for (index, &byte) in line.iter().enumerate() {
        match (quote, byte) {
            (Some(b'"'), b'\\') => escaped = !escaped,
            (Some(open), byte) => {
                if byte == open && !escaped {
                    quote = None;
                }
                escaped = false;
            }
            // An apostrophe within a word opens nothing.
            (None, b'"' | b'\'') if index == 0 || !line[index - 1].is_ascii_alphanumeric() => {
                quote = Some(byte);
            }
            (None, b'#') if index > 0 && line[index - 1].is_ascii_whitespace() => return false,
            (None, _) => {
                let rest = &line[index..];
                let mut opens = ["{{", "{%", "<%", "%{", "[["].iter();
                let opens = opens.any(|it| rest.starts_with(it.as_bytes()));
                let is_apart = index > 0 && line[index - 1].is_ascii_whitespace();
                // Of `${NAME}` YAML can make a scalar, and OpenShift reads it before it fills in the parameters of its templates.
                let is_variable = index > 0 && line[index - 1] == b'$';
                let is_fenced = !is_variable && is_fenced_name(rest);
                if opens || is_fenced || (is_apart && is_callout(rest)) {
                    return true;
                }
            }
        }
    }
    false
}

/// Whether a line is `<NAME>` and nothing else: a program puts whole lines in its place.
fn is_bracketed_name(line: &[u8]) -> bool {
    let inner = line.strip_prefix(b"<").and_then(|it| it.strip_suffix(b">"));
    let is_part = |it: &u8| it.is_ascii_uppercase() || it.is_ascii_digit() || *it == b'_';
    inner.is_some_and(|it| it.len() > 1 && it.iter().all(is_part))
}

/// Whether the rest of a line is a number that the document explains below: `<1>`.
fn is_callout(rest: &[u8]) -> bool {
    let Some(number) = rest.strip_prefix(b"<") else {
        return false;
    };
    let digits = number.iter().take_while(|it| it.is_ascii_digit()).count();
    let after = number[digits..].strip_prefix(b">");
    digits > 0 && after.is_some_and(|it| it.iter().all(u8::is_ascii_whitespace))
}

/// Whether `text` begins with `{NAME}`, `@NAME@` or `%NAME%`, or with `{name}` and more text.
fn is_fenced_name(text: &[u8]) -> bool {
    let close = match text.first() {
        Some(b'{') => b'}',
        Some(&fence @ (b'@' | b'%')) => fence,
        _ => return false,
    };
    let fenced = |is_name: fn(u8) -> bool| {
        let name = &text[1..];
        let length = name.iter().take_while(|it| is_name(**it)).count();
        let (name, rest) = name.split_at(length);
        (length > 1 && rest.first() == Some(&close)).then(|| (name[0], &rest[1..]))
    };
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_any = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    fenced(is_upper).is_some_and(|(first, _)| first.is_ascii_uppercase())
        || close == b'}'
            && fenced(is_any).is_some_and(|(first, rest)| {
                let goes_on = |it: &u8| it.is_ascii_alphanumeric() || b"/.-_".contains(it);
                first.is_ascii_alphabetic() && rest.first().is_some_and(goes_on)
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        for (text, expected) in [
            ("a: {{ x }}", true),
            ("a: \"{{ x }}\"", false),
            ("a: '{{ x }}' # {{ y }}", false),
            ("# {{ x }}\na: 1", false),
            ("{% if x %}\na: 1\n{% endif %}", true),
            ("<% x %>", true),
            ("<#if mail.active??>", true),
            ("</#list>", true),
            ("a: <#b>", false),
            ("a: 1\n  ${indent(2, x)}\n", true),
            ("a: ${X}\n", false),
            ("image: ${REGISTRY}/app:${APP_VERSION}\n", false),
            ("a: don't {{ x }}", true),
            ("a: \"\\\"{{\"", false),
            ("spec:\n  ...\nstatus: [", true),
            ("a: 1\n...\n", false),
            ("a: [1, ...]\n", false),
            ("ip: {PREFIX}.16", true),
            ("node: @NODE_NAME@", true),
            ("image: {username}/app:1.0", true),
            ("name: {app-name}-config", true),
            ("a: b <1>\n  c: d <12> \n", true),
            ("a: b<1>", false),
            ("annotations:\n  <ISSUER_1>\n  a: b\n", true),
            ("a: |\n <configuration>\n", false),
            ("a: <NAME>\n", false),
            ("a: < 1>\nb: <1> 2\nc: <>", false),
            ("a: {b: 1}\nmail: a@b.c", false),
            ("a: {b}\nc: [{d}, {e}]", false),
            ("a: {b: 1}/c", false),
            ("a: {b} c", false),
            ("a: {x: 1}\nb: me@HOST\n", false),
            ("", false),
        ] {
            assert_eq!(is_template(text), expected, "{text}");
        }
    }

    #[test]
    fn stated_manifests() {
        for (text, expected) in [
            ("apiVersion: v1\nkind: Pod\n a: [", true),
            ("kind: Pod\napiVersion: \"v1\"\n", true),
            ("apiVersion: v1\n---\nkind: Pod\n", false),
            ("  apiVersion: v1\n  kind: Pod\n", false),
            ("apiVersion: v1\nkind: Config\n", false),
            ("apiVersions: v1\nkind: Pod\n", false),
            ("apiVersion:v1\nkind: Pod\n", false),
        ] {
            assert_eq!(states_manifest(text), expected, "{text}");
        }
    }
}
