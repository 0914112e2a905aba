//! What holds for every text, well formed or not. Property tests and fuzz targets share it.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{self, Kind, Node, Style, Yaml};

/// Parses `text` and checks all invariants of the tree.
///
/// # Panics
///
/// If one of them does not hold.
pub fn check(text: &str) -> Yaml {
    let yaml = yaml::parse(text);
    check_tree(text, &yaml);
    check_tree(text, &yaml::parse_single(text));
    check_tree(text, &yaml::parse_yaml(text));
    yaml
}

fn check_tree(text: &str, yaml: &Yaml) {
    let mut covered = 0;
    for (index, document) in yaml.documents().iter().enumerate() {
        assert_eq!(document.range.start, covered, "documents cover the text");
        covered = document.range.end;
        let has_error = yaml.errors().iter().any(|error| error.document == index);
        assert_eq!(document.broken, has_error);
        if let Some(root) = yaml.root(text, document) {
            assert!(!document.broken);
            check_range(text, root.range());
            assert!(document.range.contains(root.range()));
            check_nodes(text, root);
            assert_eq!(
                yaml.document_of(root.id()).map(|it| it.range),
                Some(document.range)
            );
        }
        if let Some(ignored) = document.ignored {
            check_range(text, ignored);
            assert!(document.range.contains(ignored));
        }
        yaml.has_excessive_aliases(document);
    }
    assert!(text.is_empty() || covered as usize == text.len());
    let mut last = 0;
    for comment in yaml.comments() {
        check_range(text, comment.range);
        assert!(comment.range.of(text).starts_with('#'));
        assert!(last <= comment.range.start, "comments are in order");
        last = comment.range.end;
    }
    for error in yaml.errors() {
        check_range(text, error.range);
        assert!(
            yaml.documents()[error.document].range.contains(error.range),
            "{error:?}"
        );
        assert!(!error.message.is_empty() && !error.message.contains(['\n', '\r', '\u{7}']));
        if let Some((range, _)) = &error.related {
            check_range(text, *range);
        }
    }
}

fn check_range(text: &str, range: TextRange) {
    assert!(range.start <= range.end);
    assert!(
        text.get(range.to_usize()).is_some(),
        "{range:?} is on characters"
    );
}

/// Spans are nested and ordered, scalars lead back to their source.
fn check_nodes(text: &str, root: Node<'_>) {
    // The open collections: where they end on the tape and in the text, and where their last child ended.
    let mut open: Vec<(Node<'_>, u32)> = Vec::new();
    let mut start = 0;
    for node in root.descendants() {
        while open
            .last()
            .is_some_and(|(parent, _)| parent.next_id() <= node.id())
        {
            open.pop();
        }
        let range = node.range();
        check_range(text, range);
        assert!(start <= range.start, "nodes are ordered by start");
        start = range.start;
        if let Some((parent, after)) = open.last_mut() {
            assert!(parent.range().contains(range), "{node:?} in {parent:?}");
            assert!(*after <= range.start, "siblings do not overlap");
            *after = range.end;
        }
        match node.kind() {
            Kind::Mapping | Kind::Sequence => open.push((node, range.start)),
            Kind::Scalar => check_scalar(node),
            Kind::Alias => {
                let target = node.alias_target().expect("aliases are resolved");
                assert!(
                    target.next_id() <= node.id(),
                    "a target is whole before its alias"
                );
                assert!(target.anchor().is_some());
            }
        }
        if node.kind() == Kind::Mapping {
            assert_eq!(node.entries().count() * 2, node.children().count());
        }
    }
}

/// What a scalar says, and where.
pub fn check_scalar(node: Node<'_>) {
    let (range, raw) = (node.range(), node.raw());
    let decoded = node.decode();
    assert_eq!(decoded.text, node.decoded());
    let breaks = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
    if node.style() == Style::Plain && !raw.contains(breaks) {
        assert_eq!(
            decoded.text, raw,
            "a plain scalar on one line says what it is"
        );
    }
    let len = decoded.text.len() as u32;
    let whole = decoded.source_ranges(TextRange::new(0, len));
    let mut last = range.start;
    for source in &whole {
        assert!(range.contains(*source), "{source:?} in {node:?}");
        assert!(last <= source.start, "sources are in order");
        last = source.end;
    }
    // A few characters, spread over the text: each has a source, in order, within that of the whole.
    let step = (decoded.text.chars().count() / 16).max(1);
    let mut last = range.start;
    for (at, character) in decoded.text.char_indices().step_by(step) {
        let part = TextRange::new(at as u32, (at + character.len_utf8()) as u32);
        let sources = decoded.source_ranges(part);
        assert!(!sources.is_empty());
        for source in sources {
            assert!(range.contains(source));
            assert!(last <= source.start);
            last = source.start;
            let written = source.of(node.text());
            let same = written.chars().eq([character]);
            assert!(same || !written.is_empty() || source.start == range.end);
        }
    }
}
