//! What of a file must not be shown: the values of Secrets, and whatever looks like a credential elsewhere.

mod broken;

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node, NodeId, Style};
use memchr::{memchr_iter, memchr2, memmem};

use super::{names, shapes};
use crate::node::KubeNode;
use crate::{File, Role, placeholder, tree};

/// The ranges of `file` that must not be shown, in order; they may overlap.
pub(crate) fn ranges(file: &File, text: &str) -> Vec<TextRange> {
    let mut found = shapes::find(text);
    for document in file.yaml.documents() {
        match file.yaml.root(text, document) {
            Some(root) => Walk::default().run(root, &mut found),
            None if document.broken => broken::ranges(text, document.range, &mut found),
            None => {}
        }
    }
    if file.role == Role::Kustomization {
        for document in file.yaml.documents() {
            if let Some(root) = file.yaml.root(text, document) {
                kustomization(root, &mut found);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The texts in quotes of application source that are given to a name which says that it is a credential: `PASSWORD = "…"`,
/// `getenv("PASSWORD", "…")`, `{"password": "…"}`.
pub(crate) fn given_in_source(text: &str) -> Vec<TextRange> {
    let is_quote = |it: char| matches!(it, '"' | '\'' | '`');
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if !names::may_be_credential(line) {
            continue;
        }
        let mut from = 0;
        while let Some(open) = line[from..].find(is_quote).map(|it| from + it) {
            let quote = line[open..].chars().next().unwrap_or('"');
            let inner = open + 1;
            let end = line[inner..]
                .find(quote)
                .map_or(line.len(), |it| inner + it);
            // Between the name and its value stand only signs, and the types of parameters.
            let before = line[..open].trim_end_matches(|it: char| {
                it.is_whitespace() || is_quote(it) || matches!(it, '=' | ':' | ',' | '(' | '?')
            });
            let name = before.rsplit(|it: char| !is_part(it)).next();
            let name = name.unwrap_or_default();
            let is_given = before.len() < open && names::is_credential(name);
            let value = line.get(inner..end).unwrap_or_default();
            if is_given && !is_stand_in(value) && !names::is_credential(value) {
                found.push(TextRange::new((start + inner) as u32, (start + end) as u32));
            }
            from = (end + 1).min(line.len());
            if !line.is_char_boundary(from) {
                break;
            }
        }
    }
    found
}

/// Whether a value only stands for a credential: empty, a switch, a path, a reference, a placeholder.
pub(crate) fn is_stand_in(value: &str) -> bool {
    let value = value.trim();
    matches!(
        value,
        "" | "true" | "false" | "null" | "~" | "none" | "read" | "write"
    ) || is_path(value)
        || value
            .bytes()
            .all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'))
        || !placeholder::find(value).is_empty()
}

/// Whether a value is the path of a file. Base64 may begin with a slash too, but holds no dot.
fn is_path(value: &str) -> bool {
    const FOLDERS: [&str; 9] = [
        "etc", "var", "run", "tmp", "opt", "usr", "home", "mnt", "secrets",
    ];
    value.strip_prefix('/').is_some_and(|rest| {
        let first = rest.split('/').next().unwrap_or_default();
        rest.contains('.') || FOLDERS.contains(&first)
    })
}

/// A walk over one document.
#[derive(Default)]
struct Walk {
    /// Anchored nodes that were redacted already: an alias may name them any number of times.
    seen: BTreeSet<NodeId>,
}

impl Walk {
    fn run(mut self, root: Node<'_>, found: &mut Vec<TextRange>) {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            match node.kind() {
                Kind::Mapping => self.mapping(node, &mut open, found),
                Kind::Sequence => {
                    for item in node.items() {
                        match item.kind() {
                            Kind::Scalar => argument(item, found),
                            Kind::Mapping | Kind::Sequence => open.push(item),
                            Kind::Alias => {}
                        }
                    }
                }
                Kind::Scalar | Kind::Alias => {}
            }
        }
    }

    fn mapping<'a>(
        &mut self,
        node: Node<'a>,
        open: &mut Vec<Node<'a>>,
        found: &mut Vec<TextRange>,
    ) {
        let mut secret = false;
        let (mut name, mut value) = (None, None);
        for entry in node.entries() {
            let key = entry.key.raw();
            let bare = key.trim_matches(['"', '\'']);
            // Of several kinds the last counts, but whoever wrote `Secret` meant one.
            secret |= bare == "kind" && is_secret(entry.value);
            match entry.value.kind() {
                Kind::Mapping | Kind::Sequence => open.push(entry.value),
                Kind::Alias => {
                    if names::is_credential(&entry.key.decoded()) {
                        self.everything(entry.value, found);
                    }
                }
                Kind::Scalar => {
                    match bare {
                        "name" => name = Some(entry.value),
                        "value" => value = Some(entry.value),
                        _ => {}
                    }
                    if names::may_be_credential(key) && names::is_credential(&entry.key.decoded()) {
                        literal(entry.value, found);
                    } else {
                        lines(entry.value, found);
                    }
                }
            }
        }
        // A variable, a parameter: `{name: PASSWORD, value: …}`.
        if let (Some(name), Some(value)) = (name, value)
            && names::may_be_credential(name.raw())
            && names::is_credential(&name.decoded())
        {
            literal(value, found);
        }
        if secret {
            self.secret(node, found);
        }
    }

    /// The values of a Secret, or of each in a list of them, and the copies that `kubectl apply` leaves in an annotation. Those that
    /// stand twice, too: of two equal keys both are in the text.
    fn secret(&mut self, node: Node<'_>, found: &mut Vec<TextRange>) {
        let items = every(node, "items").flat_map(|it| it.resolved().items());
        for object in std::iter::once(node).chain(items) {
            for entry in object.resolved().entries().chain(object.fields()) {
                if matches!(&*entry.key.decoded(), "data" | "stringData") {
                    self.everything(entry.value, found);
                }
            }
            let annotations =
                every(object, "metadata").flat_map(|metadata| every(metadata, "annotations"));
            for applied in annotations
                .flat_map(|it| every(it, "kubectl.kubernetes.io/last-applied-configuration"))
            {
                self.everything(applied, found);
            }
        }
    }

    /// Every scalar that is not a key, in `node` and behind its aliases.
    fn everything(&mut self, node: Node<'_>, found: &mut Vec<TextRange>) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            let target = node.resolved();
            if target != node && !self.seen.insert(target.id()) {
                continue;
            }
            match target.kind() {
                Kind::Mapping => open.extend(target.entries().map(|entry| entry.value)),
                Kind::Sequence => open.extend(target.items()),
                Kind::Scalar => redact(target, found),
                Kind::Alias => {}
            }
        }
    }
}

/// Whether a `kind` is that of Secrets or of a list of them.
fn is_secret(kind: Node<'_>) -> bool {
    let kind = kind.resolved();
    kind.kind() == Kind::Scalar && matches!(&*kind.decoded(), "Secret" | "SecretList")
}

/// The values of every entry of `node` with this key.
fn every<'a>(node: Node<'a>, key: &str) -> impl Iterator<Item = Node<'a>> {
    let entries = node.resolved().entries();
    entries
        .filter(move |entry| entry.key.decoded() == key)
        .map(|entry| entry.value)
}

/// Hides a scalar: all lines of a block scalar but not its indicator.
fn redact(node: Node<'_>, found: &mut Vec<TextRange>) {
    let mut range = node.range();
    if matches!(node.style(), Style::Literal | Style::Folded) {
        let header = memchr2(b'\n', b'\r', node.raw().as_bytes()).unwrap_or(node.raw().len());
        range.start += header as u32;
    }
    if !range.is_empty() {
        found.push(range);
    }
}

/// Hides the value of something that is called like a credential, unless it only stands for one.
fn literal(node: Node<'_>, found: &mut Vec<TextRange>) {
    if !is_stand_in(&node.decoded()) {
        redact(node, found);
    }
}

/// Hides the value in `--password=value`.
fn argument(node: Node<'_>, found: &mut Vec<TextRange>) {
    let raw = node.raw();
    let is_option = raw.trim_start_matches(['"', '\'']).starts_with('-');
    if is_option && raw.contains('=') {
        decoded_assignments(node, found);
    } else {
        lines(node, found);
    }
}

/// Hides the values in `password = value` and `password: value` in text of several lines, as in a ConfigMap's files.
fn lines(node: Node<'_>, found: &mut Vec<TextRange>) {
    match node.style() {
        // Every line stands in the source as it is: no need to decode.
        Style::Literal | Style::Folded => {
            let start = node.range().start;
            let values = assignments(node.raw());
            found.extend(values.map(|it| TextRange::new(start + it.start, start + it.end)));
        }
        Style::DoubleQuoted if node.raw().contains("\\n") => decoded_assignments(node, found),
        _ => {}
    }
}

fn decoded_assignments(node: Node<'_>, found: &mut Vec<TextRange>) {
    let decoded = node.decode();
    for value in assignments(&decoded.text) {
        found.extend(decoded.source_ranges(value));
    }
}

/// The values that the lines of a text assign to credentials.
pub(crate) fn assignments(text: &str) -> impl Iterator<Item = TextRange> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let ends = memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
    ends.filter_map(move |end| {
        let start = std::mem::replace(&mut at, end + 1);
        let (from, to) = assigned(bytes.get(start..end)?)?;
        let value = TextRange::new((start + from) as u32, (start + to) as u32);
        (!is_stand_in(value.of(text))).then_some(value)
    })
}

/// Where the value of an assignment to a credential stands in `line`.
fn assigned(line: &[u8]) -> Option<(usize, usize)> {
    let sign = memchr2(b'=', b':', line)?;
    let name = std::str::from_utf8(line.get(..sign)?).ok()?;
    let name = name
        .trim()
        .trim_start_matches(['-', '"', '\'', ' '])
        .trim_end_matches(['"', '\'']);
    let name = name.strip_prefix("export ").unwrap_or(name);
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    // This runs for every line of every ConfigMap: the cheap questions come first.
    let is_credential =
        names::may_be_credential(name) && name.bytes().all(is_name) && names::is_credential(name);
    if !is_credential {
        return None;
    }
    let rest = &line[sign + 1..];
    let lead = rest
        .iter()
        .take_while(|it| it.is_ascii_whitespace())
        .count();
    let tail = rest
        .iter()
        .rev()
        .take_while(|it| it.is_ascii_whitespace())
        .count();
    (lead + tail < rest.len()).then(|| (sign + 1 + lead, line.len() - tail))
}

/// The literals of a kustomization's Secret generators.
fn kustomization(root: Node<'_>, found: &mut Vec<TextRange>) {
    let generators = every(root, "secretGenerator").flat_map(|it| it.resolved().items());
    for generator in generators {
        let literals = every(generator, "literals").flat_map(|it| it.resolved().items());
        for literal in literals.map(Node::resolved) {
            let decoded = literal.decode();
            let value = decoded.text.find('=').map_or(0, |sign| sign + 1);
            let value = TextRange::new(value as u32, decoded.text.len() as u32);
            found.extend(decoded.source_ranges(value));
        }
    }
    for patch in root.list("patches") {
        inline_secret(patch.field("patch"), found);
    }
    for patch in root.list("patchesStrategicMerge") {
        inline_secret(Some(patch), found);
    }
}

/// The values of a Secret that is written into a scalar.
fn inline_secret(patch: Option<Node<'_>>, found: &mut Vec<TextRange>) {
    let Some(patch) = patch.filter(|it| it.kind() == Kind::Scalar) else {
        return;
    };
    if memmem::find(patch.raw().as_bytes(), b"Secret").is_none() {
        return;
    }
    let decoded = patch.decode();
    let inner = tree::parse(Profile::Kustomize, &decoded.text);
    let mut values = Vec::new();
    for document in inner.documents() {
        match inner.root(&decoded.text, document) {
            Some(root) => Walk::default().run(root, &mut values),
            None => broken::ranges(&decoded.text, document.range, &mut values),
        }
    }
    for range in values {
        found.extend(decoded.source_ranges(range));
    }
}

#[cfg(test)]
mod tests;
