//! Manifests inside other texts: here-documents, code blocks of documents, templates of charts. A scan of lines; nothing is parsed, for
//! most of it is no YAML yet.

use kubelint_parser::TextRange;

use super::names::name_pattern;
use super::words::Variables;

/// An object that a text states.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Embedded {
    pub(super) kind: String,
    /// `*` for what is replaced.
    pub(super) name: String,
    pub(super) namespace: Option<String>,
    /// Where the name is written.
    pub(super) range: TextRange,
}

/// How deep objects may stand in objects; deeper ones are not seen.
const MAX_DEPTH: usize = 16;

/// An object that is being read.
#[derive(Default)]
struct Open<'a> {
    indentation: usize,
    has_version: bool,
    kind: Option<&'a str>,
    in_metadata: bool,
    /// The indentation of what `metadata` holds.
    inner: Option<usize>,
    in_data: bool,
    name: Option<(&'a str, TextRange)>,
    namespace: Option<&'a str>,
}

/// What a text states, and the ranges of values of Secrets in it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) objects: Vec<Embedded>,
    pub(super) secrets: Vec<TextRange>,
}

/// Finds the manifests in `text`; `variables` are those that it sets itself.
pub(super) fn find(text: &str, variables: &Variables) -> Found {
    let mut found = Found::default();
    let mut stack: Vec<Open<'_>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let content = line.trim_end();
        let trimmed = content.trim_start_matches([' ', '\t', '>']);
        if trimmed.is_empty() || trimmed.starts_with("{{") || trimmed.starts_with('#') {
            continue;
        }
        let mut indentation = content.len() - trimmed.len();
        let mut rest = trimmed;
        while let Some(inner) = rest.strip_prefix("- ") {
            let inner = inner.trim_start();
            close(&mut stack, indentation + 1, &mut found, variables);
            indentation += rest.len() - inner.len();
            rest = inner;
        }
        let entry = entry_of(rest);
        let keep = if entry.is_some() {
            indentation
        } else {
            indentation + 1
        };
        // What is not `key: value` ends whatever it is not deeper than.
        let deeper = stack.last().is_some_and(|it| it.indentation < indentation);
        if entry.is_some() || !deeper {
            close(
                &mut stack,
                keep.saturating_sub(usize::from(entry.is_none())),
                &mut found,
                variables,
            );
            if entry.is_none() {
                while stack.last().is_some_and(|it| it.indentation >= indentation) {
                    finish(stack.pop().as_ref(), &mut found, variables);
                }
            }
        }
        let value_start = at + indentation;
        if let Some(top) = stack
            .last()
            .filter(|it| it.in_data && it.indentation < indentation)
            && top.kind == Some("Secret")
        {
            let value = entry.map_or(rest, |(_, value)| value);
            let from = value_start + (rest.len() - value.len());
            found.secrets.push(range(from, value.len()));
        }
        if let Some((key, value)) = entry {
            let from = value_start + (rest.len() - value.len());
            read_entry(
                &mut stack,
                indentation,
                key,
                value,
                from,
                &mut found,
                variables,
            );
        }
    }
    while let Some(open) = stack.pop() {
        finish(Some(&open), &mut found, variables);
    }
    found.objects.sort_by_key(|it| it.range);
    found
}

/// Ends the objects that are deeper than `indentation`.
fn close(stack: &mut Vec<Open<'_>>, indentation: usize, found: &mut Found, variables: &Variables) {
    while stack.last().is_some_and(|it| it.indentation > indentation) {
        finish(stack.pop().as_ref(), found, variables);
    }
}

fn finish(open: Option<&Open<'_>>, found: &mut Found, variables: &Variables) {
    let Some(Open {
        has_version: true,
        kind: Some(kind),
        name: Some((name, range)),
        namespace,
        ..
    }) = open
    else {
        return;
    };
    let is_kind = kind.bytes().all(|it| it.is_ascii_alphanumeric()) && !kind.is_empty();
    // Helm's expressions alone may still be a name.
    let is_expression = name.contains("{{");
    let pattern = name_pattern(name, variables).or(is_expression.then(|| "*".to_owned()));
    if let Some(name) = pattern.filter(|_| is_kind) {
        let namespace = namespace.and_then(|it| name_pattern(it, variables));
        found.objects.push(Embedded {
            kind: (*kind).to_owned(),
            name,
            namespace: namespace.filter(|it| !it.contains('*')),
            range: *range,
        });
    }
}

fn read_entry<'a>(
    stack: &mut Vec<Open<'a>>,
    indentation: usize,
    key: &str,
    value: &'a str,
    from: usize,
    found: &mut Found,
    variables: &Variables,
) {
    let begins = matches!(key, "apiVersion" | "kind");
    let is_new = stack.last().is_none_or(|top| {
        top.indentation < indentation
            || key == "apiVersion" && top.has_version
            || key == "kind" && top.kind.is_some()
    });
    if begins && is_new {
        if stack.last().is_some_and(|it| it.indentation == indentation) {
            finish(stack.pop().as_ref(), found, variables);
        }
        if stack.len() < MAX_DEPTH {
            stack.push(Open {
                indentation,
                ..Open::default()
            });
        }
    }
    let Some(top) = stack.last_mut() else {
        return;
    };
    if top.indentation == indentation {
        top.in_metadata = key == "metadata";
        top.in_data = matches!(key, "data" | "stringData");
        top.inner = None;
        match key {
            "apiVersion" => top.has_version = !value.is_empty(),
            "kind" => top.kind = Some(unquoted(value)),
            "metadata" if value.starts_with('{') && !value.starts_with("{{") => {
                if let Some((name, at)) = flow_name(value) {
                    top.name = Some((name, range(from + at, name.len())));
                }
            }
            _ => {}
        }
    } else if top.in_metadata && top.inner.is_none_or(|it| it == indentation) {
        top.inner = Some(indentation);
        match key {
            "name" => top.name = Some((unquoted(value), range(from, value.len()))),
            "namespace" => top.namespace = Some(unquoted(value)),
            _ => {}
        }
    }
}

/// The key and value of a line of a block mapping.
fn entry_of(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_key = |it: u8| {
        it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.' | b'/' | b'"' | b'\'')
    };
    let is_entry = !key.is_empty()
        && key.bytes().all(is_key)
        && (value.is_empty() || value.starts_with([' ', '\t']));
    is_entry.then(|| (key.trim_matches(['"', '\'']), without_comment(value.trim())))
}

fn without_comment(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    value.find(" #").map_or(value, |at| value[..at].trim_end())
}

/// The name in `{name: x, …}`, and where it begins.
fn flow_name(value: &str) -> Option<(&str, usize)> {
    let at = value
        .find("name:")
        .filter(|&at| value[..at].ends_with(['{', ' ', ',']))?
        + 5;
    let rest = &value[at..];
    let trimmed = rest.trim_start();
    let end = trimmed.find([',', '}', ' ']).unwrap_or(trimmed.len());
    Some((unquoted(&trimmed[..end]), at + rest.len() - trimmed.len()))
}

fn unquoted(value: &str) -> &str {
    value.trim_matches(['"', '\'', '`'])
}

fn range(start: usize, length: usize) -> TextRange {
    TextRange::new(start as u32, (start + length) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = find(text, &Variables::new());
        let shown: Vec<String> = found
            .objects
            .iter()
            .map(|it| match &it.namespace {
                Some(namespace) => format!("{}/{}@{namespace}", it.kind, it.name),
                None => format!("{}/{}", it.kind, it.name),
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn objects() {
        check(
            "cat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  labels:\n    name: no\n  namespace: n\nstringData:\n  name: b\nEOF\n",
            &["Secret/a@n"],
        );
        check(
            "Text\n\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: b-$X\n",
            &["ConfigMap/a", "Pod/b-*"],
        );
        check(
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: b\n",
            &["Service/a", "Service/b"],
        );
        check(
            "{{- if .Values.x }}\napiVersion: v1\nkind: Service\nmetadata:\n  {{- include \"y\" . }}\n  name: {{ include \"c.fullname\" . }}-web\n{{- end }}\n",
            &["Service/*-web"],
        );
        check(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: other\n",
            &["Deployment/d"],
        );
        check("kind: Secret\nname: x\n", &[]);
        check("apiVersion: v1\nkind: Secret\nmetadata:\n  name: $X\n", &[]);
    }

    #[test]
    fn values_of_secrets() {
        let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: hunter2\ntype: Opaque\n";
        let found = find(text, &Variables::new());
        let shown: Vec<&str> = found
            .secrets
            .iter()
            .map(|it| &text[it.to_usize()])
            .collect();
        assert_eq!(shown, ["hunter2"]);
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for piece in [
            "- ",
            "a:\n",
            "apiVersion: v1\n",
            " kind: x\n",
            "metadata: {",
        ] {
            let text = piece.repeat((1 << 20) / piece.len());
            let _ = find(&text, &Variables::new());
        }
        let mut deeper = String::new();
        for depth in 0..1000 {
            deeper.push_str(&" ".repeat(depth));
            deeper.push_str("apiVersion: v1\n");
        }
        assert!(find(&deeper, &Variables::new()).objects.is_empty());
    }
}
