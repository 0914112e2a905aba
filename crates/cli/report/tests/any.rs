//! Any report is written, and acts on nobody's terminal.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Characters that reporters must get right, and some that they need not care about.
fn text() -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        6 => prop::sample::select(vec!['a', ' ', ':', '-', '#', '[', ']', '(', '{', '0', '}', '%', '`', '\\']),
        2 => prop::sample::select(vec!['é', '日', '\u{301}', '👩', '\u{200d}', '\u{1d4b3}', '\u{feff}', '\u{1a}']),
        2 => prop::sample::select(vec!['\n', '\r', '\t', '\u{1b}', '\u{9b}', '\u{202e}', '\u{85}', '\u{2028}', '\u{e0041}']),
        1 => any::<char>(),
    ];
    let long = (0..3usize).prop_map(|n| "long ".repeat(n * 100));
    (vec(characters, 0..80), long, text_end())
        .prop_map(|(start, long, end)| start.into_iter().collect::<String>() + &long + end)
}

fn text_end() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "\n", "a\n\n\n\n\n\n\n\n\n\n\n\nb", "::error::x"])
}

/// Ranges within a text, on the boundaries of its characters.
fn ranges(text: &str, wanted: &[(usize, usize)]) -> Vec<(u32, u32)> {
    let inside = |at: usize| text.floor_char_boundary(at % (text.len() + 1)) as u32;
    let range = |&(a, b): &(usize, usize)| {
        let (a, b) = (inside(a), inside(b));
        (a.min(b), a.max(b))
    };
    wanted.iter().map(range).collect()
}

proptest! {
    #[test]
    fn any_text_is_shown_as_text(
        source in text(),
        marks in vec(any::<(usize, usize)>(), 0..6),
        secret in vec(any::<(usize, usize)>(), 0..3),
    ) {
        let (marks, secret) = (ranges(&source, &marks), ranges(&source, &secret));
        let report = fixture::any(&source, &marks, &secret);
        for format in Format::ALL {
            let text = super::text(format, &report, &Options::default());
            prop_assert!(!text.contains(|c| c != '\n' && escape::is_hostile(c)), "{text:?}");
            prop_assert!(!text.contains("##["), "{text:?}");
            match format {
                Format::Human | Format::Concise | Format::Github => {}
                Format::Json | Format::Sarif | Format::Gitlab => {
                    prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
                }
                Format::Junit => {
                    prop_assert!(roxmltree::Document::parse(&text).is_ok(), "{text}");
                }
                Format::Markdown => {
                    let acting = readers::acting(&text);
                    prop_assert!(acting.is_empty(), "{acting:?} in {text}");
                }
            }
        }
    }
}
