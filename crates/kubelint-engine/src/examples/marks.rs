//! The marks at the ends of lines.

use crate::Severity;

/// What a line is expected to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The line of the file, from 1.
    pub line: u32,
    /// What starts there.
    pub expected: Expected,
    /// A part of the message.
    pub text: Option<String>,
    /// The severity.
    pub severity: Option<Severity>,
    /// Whether the mark stands above its line.
    pub(super) below: bool,
}

/// What starts in a marked line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A finding's primary place.
    Finding,
    /// A related place of some finding.
    Related,
}

/// Cuts the marks off the end of a line: what remains, without blanks at its end if there was a mark, and the marks in the order
/// written.
pub(super) fn cut(line: &str) -> (&str, Vec<Mark>) {
    let mut rest = line;
    let mut marks = Vec::new();
    while let Some((before, mark)) = cut_last(rest) {
        rest = before;
        marks.push(mark);
    }
    marks.reverse();
    (rest, marks)
}

fn cut_last(line: &str) -> Option<(&str, Mark)> {
    [
        "# finding-below",
        "// finding-below",
        "# finding",
        "// finding",
        "# related",
        "// related",
    ]
    .into_iter()
    .find_map(|word| {
        let at = line.rfind(word)?;
        let before = &line[..at];
        let apart = before.is_empty() || before.ends_with([' ', '\t']);
        let mut mark = Mark {
            line: 0,
            expected: if word.ends_with("related") {
                Expected::Related
            } else {
                Expected::Finding
            },
            text: None,
            severity: None,
            below: word.ends_with("below"),
        };
        (apart && read_details(&line[at + word.len()..], &mut mark))
            .then(|| (before.trim_end(), mark))
    })
}

/// Reads `(severity)` and `: "text"`; false if anything else is there.
fn read_details(rest: &str, mark: &mut Mark) -> bool {
    let mut rest = rest.trim_end();
    if let Some((word, after)) = rest.strip_prefix('(').and_then(|it| it.split_once(')')) {
        mark.severity = Severity::parse(word);
        if mark.severity.is_none() {
            return false;
        }
        rest = after;
    }
    if let Some(text) = rest.strip_prefix(':') {
        let quoted = text.trim();
        let text = quoted
            .strip_prefix('"')
            .and_then(|it| it.strip_suffix('"'))
            .filter(|it| !it.is_empty());
        mark.text = text.map(str::to_owned);
        return mark.text.is_some();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_one(line: &str) -> (&str, Option<Mark>) {
        let (rest, mut marks) = cut(line);
        assert!(marks.len() <= 1);
        (rest, marks.pop())
    }

    #[test]
    fn marks_are_cut_off_with_the_blanks_before_them() {
        let (rest, mark) = cut_one("  privileged: true # finding(warning): \"runs privileged\"");
        assert_eq!(rest, "  privileged: true");
        let mark = mark.unwrap();
        assert_eq!(mark.expected, Expected::Finding);
        assert_eq!(mark.text.as_deref(), Some("runs privileged"));
        assert_eq!(mark.severity, Some(Severity::Warning));
        let (rest, mark) = cut_one("listen(8080) // related");
        assert_eq!(
            (rest, mark.unwrap().expected),
            ("listen(8080)", Expected::Related)
        );
    }

    #[test]
    fn several_marks_share_a_line() {
        let (rest, marks) = cut("a: b # finding: \"one\" # finding: \"two\" # related");
        assert_eq!(rest, "a: b");
        let texts: Vec<_> = marks.iter().map(|it| it.text.as_deref()).collect();
        assert_eq!(texts, [Some("one"), Some("two"), None]);
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for line in [
            "a: b # findings of last year",
            "a: b# finding",
            "a: b # finding(loud)",
            "a: b # finding: text",
            "a: b # finding:",
            "a: b",
        ] {
            assert_eq!(cut(line), (line, Vec::new()), "{line}");
        }
    }
}
