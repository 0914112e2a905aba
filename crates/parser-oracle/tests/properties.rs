//! What holds for every text.

use kubelint_parser::yaml;
use parser_oracle::corpus::{self, CORPUS};
use parser_oracle::{events, invariants};
use proptest::prelude::*;

/// Pieces that, put together, are often nearly YAML.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "key: value",
    "- ",
    "-",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    " ",
    "  ",
    "\t",
    ": ",
    ":",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "\"",
    "'",
    "\"x\"",
    "'it''s'",
    "\"\\n\"",
    "\\",
    "\\u00e9",
    "|",
    "|-\n",
    ">\n",
    "|2+\n",
    "&a ",
    "&b",
    "*a",
    "*b ",
    "!!str ",
    "!t ",
    "!<x> ",
    "<<: *a",
    "#",
    " # c",
    "\n---\n",
    "\n---",
    "\n...\n",
    "---",
    "%YAML 1.1\n",
    "%TAG !e! e:\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "漢",
    "😀",
    "\u{7}",
    "{{ x }}",
    "<<<<<<< HEAD\n",
    "1",
    "null",
    "~",
    "@",
    "`",
    "%",
    "text that goes on",
    "{\"a\": 1}",
    "[a, b]",
    "{a: b}",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// A document that stays one when it is put after `---`.
fn one_document() -> impl Strategy<Value = String> {
    pieces().prop_filter("a separator", |text| {
        !text.lines().any(|line| line.starts_with("---"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in ".*") {
        invariants::check(&text);
    }

    #[test]
    fn any_lines(text in "(?s)[ -~\n\t]{0,80}") {
        invariants::check(&text);
    }

    #[test]
    fn nearly_yaml(text in pieces()) {
        invariants::check(&text);
    }

    #[test]
    fn documents_do_not_touch_each_other(first in one_document(), second in one_document()) {
        let joined = format!("---\n{first}\n---\n{second}\n");
        let alone = [format!("---\n{first}\n"), format!("x\n---\n{second}\n")];
        let yaml = yaml::parse(&joined);
        prop_assert_eq!(yaml.documents().len(), 2);
        for (document, text) in yaml.documents().iter().zip(&alone) {
            let single = yaml::parse(text);
            let expected = single.documents().last().expect("a document");
            prop_assert_eq!(document.broken, expected.broken);
            let shown = |yaml: &yaml::Yaml, text: &str, document: &yaml::Document| {
                let mut events = yaml.root(text, document).map(events).unwrap_or_default();
                events.iter_mut().for_each(parser_oracle::Event::forget_place);
                events
            };
            prop_assert_eq!(shown(&yaml, &joined, document), shown(&single, text, expected));
        }
    }
}

/// Mappings in mappings, one a line.
fn ladder(depth: usize) -> String {
    let lines: Vec<_> = (0..depth)
        .map(|column| " ".repeat(column) + "a:\n")
        .collect();
    lines.concat()
}

#[test]
fn deep_nesting_ends() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(100_000),
        "? ".repeat(100_000),
        "a: [".repeat(60_000),
        "[[]: ".repeat(60_000),
        ladder(9_000),
        format!("{}{}", "[".repeat(9_999), "]".repeat(9_999)),
        format!("{}{}", "[".repeat(500), "]: a".repeat(500)),
        "&a ".repeat(100_000),
        "\"".repeat(100_001),
        "'\n".repeat(100_000),
        "a\n".repeat(100_000),
        format!("a: |\n{}", " \n".repeat(200_000)),
        "{\"a\":".repeat(100_000),
        "---\n".repeat(100_000),
        "a: *x\n---\n".repeat(20_000),
    ] {
        invariants::check(&text);
    }
}

#[test]
fn real_files() {
    let Some(directory) = corpus::from_environment(CORPUS) else {
        return;
    };
    let files = corpus::files(&directory, &[".yaml", ".yml", ".json"]);
    for (_, text) in corpus::texts(files) {
        invariants::check(&text);
    }
}
