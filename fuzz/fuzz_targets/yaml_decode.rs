//! Scalars: each style around the same text, and what it says as libyaml decodes it.

#![no_main]

use kubelint_parser::yaml;
use libfuzzer_sys::fuzz_target;
use parser_oracle::{Event, events, invariants, libyaml};

/// The decoded scalars of a text.
fn scalars(events: Vec<Event>) -> Vec<String> {
    let value = |event| match event {
        Event::Scalar { value, .. } => Some(value),
        _ => None,
    };
    events.into_iter().filter_map(value).collect()
}

fuzz_target!(|text: &str| {
    // `?` ends a plain scalar in brackets for go-yaml, and keys after empty brackets differ too.
    if text.contains(['[', '{', '?', '%', '/', '&', '!', '\u{feff}']) {
        return;
    }
    let indented = text.replace('\n', "\n  ");
    for text in [
        format!("a: {text}"),
        format!("a: \"{text}\""),
        format!("a: '{text}'"),
        format!("a: |\n  {indented}"),
        format!("a: >+\n  {indented}\nb: c"),
        format!("a: |2-\n{text}"),
    ] {
        invariants::check(&text);
        let ours = yaml::parse_single(&text);
        let Some(document) = ours.documents().first() else {
            continue;
        };
        let (Some(root), Ok(theirs)) = (ours.root(&text, document), libyaml::events(&text)) else {
            continue;
        };
        assert_eq!(scalars(events(root)), scalars(theirs), "{text:?}");
    }
});
