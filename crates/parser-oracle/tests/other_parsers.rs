//! Node by node against libyaml and granit-parser: kind, order, text and place.
//!
//! They draw the line between valid and invalid elsewhere than go-yaml does (`go_yaml` compares that), so only texts that
//! both sides take are compared.

use std::path::PathBuf;

use kubelint_parser::yaml::{self, Style};
use parser_oracle::corpus::{self, CORPUS, SUITE};
use parser_oracle::{Event, Properties, events, generate, granit, libyaml};
use proptest::prelude::*;

type Oracle = fn(&str) -> Result<Vec<Event>, String>;

/// How far an oracle's events can be compared.
#[derive(Clone, Copy)]
struct Terms {
    oracle: Oracle,
    /// Whether it tells anchors' names.
    names: bool,
    /// Cases of the suite, and real files, that it reads as YAML 1.2, go-yaml otherwise.
    exceptions: &'static [&'static str],
    /// Whether block scalars start at their indicator, and not with their text.
    indicators: bool,
}

const LIBYAML: Terms = Terms {
    oracle: libyaml::events,
    names: true,
    exceptions: &[],
    indicators: true,
};

const GRANIT: Terms = Terms {
    oracle: granit::events,
    names: false,
    exceptions: &[
        "4ABK",
        "652Z",
        "DK3J",
        "FP8R",
        "HM87/01",
        "JEF9/02",
        "L24T/01",
        "Y2GN",
        "testdata/crds/serviceentry-valid.yaml",
    ],
    indicators: false,
};

/// Our events; `None` if we refuse the text.
fn ours(text: &str) -> Option<Vec<Event>> {
    let yaml = yaml::parse_single(text);
    if !yaml.errors().is_empty() {
        return None;
    }
    let root = yaml.documents().first().and_then(|it| yaml.root(text, it));
    Some(root.map(events).unwrap_or_default())
}

/// Compares one text. Returns whether both sides take it.
fn compare(text: &str, terms: Terms) -> Result<bool, String> {
    // YAML 1.2 lets a block scalar at the text's end have a line break that is not there.
    let text = &if text.ends_with('\n') || terms.indicators {
        text.to_owned()
    } else {
        format!("{text}\n")
    };
    let (Some(mut ours), Ok(mut theirs)) = (ours(text), (terms.oracle)(text)) else {
        return Ok(false);
    };
    if ours.is_empty() && theirs.len() <= 1 {
        return Ok(true);
    }
    for (ours, theirs) in ours.iter_mut().zip(&mut theirs) {
        normalise(ours, theirs, terms);
        if ours != theirs {
            return Err(format!("we have {ours:?}, the oracle {theirs:?}"));
        }
    }
    if ours.len() == theirs.len() {
        return Ok(true);
    }
    Err(format!(
        "{} events, the oracle has {}",
        ours.len(),
        theirs.len()
    ))
}

/// Forgets what cannot be compared.
fn normalise(ours: &mut Event, theirs: &mut Event, terms: Terms) {
    let mut anchored = false;
    for event in [&mut *ours, &mut *theirs] {
        match event {
            Event::Start { properties, .. } | Event::Scalar { properties, .. } => {
                anchored |= *properties != Properties::default();
                properties.tag.clear();
                if !terms.names {
                    properties.anchor.clear();
                }
            }
            Event::Alias { name } if !terms.names => name.clear(),
            Event::Alias { .. } | Event::End => {}
        }
    }
    let (
        Event::Scalar { style, range, .. },
        Event::Scalar {
            value: other,
            range: their_range,
            ..
        },
    ) = (ours, theirs)
    else {
        return;
    };
    let is_block = matches!(style, Style::Literal | Style::Folded);
    let is_absent = range.0 == range.1;
    if is_absent && *other == "~" {
        other.clear();
    }
    if anchored || is_absent || (is_block && !terms.indicators) {
        *their_range = *range;
    }
    if is_block {
        // They go on to where the next token starts.
        their_range.1 = range.1;
    }
}

fn compare_files(files: Vec<PathBuf>, what: &str, terms: Terms) {
    let texts = corpus::texts(files);
    let mut both = 0;
    let mut differences = Vec::new();
    for (path, text) in &texts {
        match compare(text, terms) {
            Ok(taken) => both += usize::from(taken),
            Err(why) => {
                let path = path.display().to_string();
                let is_known = |case: &&str| {
                    path.ends_with(&format!("/{case}/in.yaml")) || path.ends_with(*case)
                };
                if !terms.exceptions.iter().any(is_known) {
                    differences.push(format!("{path}: {why}"));
                }
            }
        }
    }
    println!(
        "{what}: {} files, {both} taken by both, {} differences",
        texts.len(),
        differences.len()
    );
    assert!(
        differences.is_empty(),
        "{}",
        differences
            .iter()
            .take(20)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

fn compare_all(terms: Terms) {
    if let Some(suite) = corpus::from_environment(SUITE) {
        compare_files(corpus::files(&suite, &["in.yaml"]), "suite", terms);
    }
    if let Some(corpus) = corpus::from_environment(CORPUS) {
        compare_files(
            corpus::files(&corpus, &[".yaml", ".yml"]),
            "real manifests",
            terms,
        );
    }
}

#[test]
fn files_as_libyaml_reads_them() {
    compare_all(LIBYAML);
}

#[test]
fn files_as_granit_reads_them() {
    compare_all(GRANIT);
}

#[test]
fn generated_manifests() {
    for seed in 0..100 {
        let manifest = generate::manifest(seed);
        let definition = generate::definition(seed, 60);
        for text in manifest.split("---\n").chain([definition.as_str()]) {
            for terms in [LIBYAML, GRANIT] {
                assert_eq!(compare(text, terms), Ok(true), "{text}");
            }
        }
    }
}

/// A block of YAML at a column, without the line break before it.
fn value(depth: u32) -> BoxedStrategy<Vec<String>> {
    let leaf = prop_oneof![
        "[a-z][a-z0-9 .:/_-]{0,12}[a-z0-9]".prop_map(|text| vec![text]),
        "[a-z]{1,4} [a-z]{1,4}".prop_map(|text| text.split(' ').map(str::to_owned).collect()),
        "\"([a-zé ]|\\\\n|\\\\u00e9|\\\\\"){0,9}\"".prop_map(|text| vec![text]),
        "'([a-z #:]|''){0,9}'".prop_map(|text| vec![text]),
        Just(vec![String::new()]),
        Just(vec![
            "|".to_owned(),
            "  text".to_owned(),
            "    more".to_owned(),
            String::new(),
            "  end".to_owned()
        ]),
        Just(vec![
            ">-".to_owned(),
            "  text".to_owned(),
            "  more".to_owned()
        ]),
        "\\[[a-z]{1,3}, \\{[a-z]{1,3}: [0-9]{1,3}\\}, \"[a-z]\"\\]".prop_map(|text| vec![text]),
        Just(vec!["{}".to_owned()]),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = value(depth - 1);
    let entry = ("[a-z]{1,6}|\"[a-z ]{1,4}\"|'[a-z]{1,3}'", inner.clone());
    let mapping = prop::collection::vec(entry, 1..5).prop_map(|entries| {
        let lines = entries
            .into_iter()
            .flat_map(|(key, value)| nest(&format!("{key}:"), value));
        std::iter::once(String::new())
            .chain(lines)
            .collect::<Vec<_>>()
    });
    let sequence = prop::collection::vec(inner, 1..5).prop_map(|items| {
        let lines = items.into_iter().flat_map(|value| nest("-", value));
        std::iter::once(String::new())
            .chain(lines)
            .collect::<Vec<_>>()
    });
    prop_oneof![2 => leaf, 3 => mapping, 2 => sequence].boxed()
}

/// `value` behind `before`, its further lines indented.
fn nest(before: &str, value: Vec<String>) -> Vec<String> {
    let mut lines = value.into_iter();
    let first = lines.next().unwrap_or_default();
    let head = if first.is_empty() {
        before.to_owned()
    } else {
        format!("{before} {first}")
    };
    let rest = lines.map(|line| {
        if line.is_empty() {
            line
        } else {
            format!("  {line}")
        }
    });
    std::iter::once(head).chain(rest).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents(lines in value(4)) {
        let text = format!("{}\n", lines.join("\n"));
        for terms in [LIBYAML, GRANIT] {
            let outcome = compare(&text, terms);
            prop_assert!(outcome.is_ok(), "{outcome:?}");
        }
    }
}
