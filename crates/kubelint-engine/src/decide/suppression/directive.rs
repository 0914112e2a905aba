//! The grammar of what a user writes to allow a finding: comments `kubelint: ignore[rule-id, other-id] reason`, and the annotation
//! `kubelint.dev/ignore` with `rule-id: reason; other-id: reason`.

use kubelint_parser::TextRange;

/// Rules that are allowed, and why. Ranges are those of the text that was parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive<'t> {
    /// The rules' names as written, each with its place.
    pub(super) rules: Vec<(TextRange, &'t str)>,
    /// Why; not empty.
    pub(super) reason: &'t str,
}

/// What is wrong with something that was meant as a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) range: TextRange,
    pub(super) message: String,
}

/// How to write a comment.
pub(super) const COMMENT_HELP: &str = "write `# kubelint: ignore[rule-id] reason`";

/// How to write the annotation.
pub(super) const ANNOTATION_HELP: &str = "write `rule-id: reason; other-id: reason`";

/// Reads a comment of `text`, its markers (`#`, `//`) included. None if it does not speak to kubelint.
pub(super) fn comment(text: &str, comment: TextRange) -> Option<Result<Directive<'_>, Flaw>> {
    let mut at = Cursor { text, at: comment };
    at.skip(|c| c == '#' || c == '/');
    at.blanks();
    let word = TextRange::new(at.at.start, at.at.end);
    at.word("kubelint").ok()?;
    at.blanks();
    let named = at.take(':');
    at.blanks();
    let ignores = at.word("ignore").is_ok();
    // Prose may begin with the program's name; only with a colon or the verb is it meant for the program.
    let meant = named || (ignores && at.peek() == Some('['));
    if !meant {
        return None;
    }
    Some(at.ignore(named && ignores).map_err(|message| Flaw {
        range: word,
        message: message.to_owned(),
    }))
}

/// Reads the annotation's decoded text: entries apart by `;` or line breaks.
///
/// A reason may hold a `;` itself: what follows it belongs to the reason unless it is a name with a colon.
pub(super) fn annotation(text: &str) -> Vec<Result<Directive<'_>, Flaw>> {
    let mut found: Vec<Result<Directive<'_>, Flaw>> = Vec::new();
    let mut start = 0;
    for part in text.split([';', '\n']) {
        let range = trimmed(text, start, start + part.len());
        start += part.len() + 1;
        let part = range.of(text);
        if part.is_empty() {
            continue;
        }
        let (name, reason) = part.split_once(':').unwrap_or((part, ""));
        let (name, reason) = (name.trim_end(), reason.trim());
        let is_name = !name.is_empty() && name.chars().all(is_name_char);
        if !is_name {
            match found.last_mut() {
                Some(Ok(before)) => before.reason = joined(text, before.reason, part),
                _ => found.push(Err(Flaw {
                    range,
                    message: "this is not a rule's id and a reason".into(),
                })),
            }
            continue;
        }
        let name_range = TextRange::new(range.start, range.start + name.len() as u32);
        found.push(if reason.is_empty() {
            Err(Flaw {
                range: name_range,
                message: format!("the suppression of `{name}` allows nothing: no reason is given"),
            })
        } else {
            Ok(Directive {
                rules: vec![(name_range, name)],
                reason,
            })
        });
    }
    found
}

/// Whether a rule's id may hold it; capitals and underscores are misspellings, but of ids.
fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/')
}

/// The part of `text` from the beginning of `first` to the end of `last`, which are both parts of it.
fn joined<'t>(text: &'t str, first: &'t str, last: &'t str) -> &'t str {
    let offset = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    text.get(offset(first)..offset(last) + last.len())
        .unwrap_or(first)
}

/// The range from `start` to `end` without blanks at both ends.
fn trimmed(text: &str, start: usize, end: usize) -> TextRange {
    let part = text.get(start..end).unwrap_or_default();
    let front = start + part.len() - part.trim_start().len();
    TextRange::new(front as u32, (front + part.trim().len()) as u32)
}

/// A place in a comment, and what is left of it.
struct Cursor<'t> {
    text: &'t str,
    at: TextRange,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.at.of(self.text)
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn advance(&mut self, bytes: usize) {
        self.at.start += bytes as u32;
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.advance(rest.len() - rest.trim_start_matches(skipped).len());
    }

    fn blanks(&mut self) {
        self.skip(char::is_whitespace);
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.advance(c.len_utf8());
        }
        found
    }

    /// Takes a word, in whatever case.
    fn word(&mut self, word: &str) -> Result<(), ()> {
        let found = self.rest().get(..word.len()).ok_or(())?;
        if !found.eq_ignore_ascii_case(word) {
            return Err(());
        }
        self.advance(word.len());
        Ok(())
    }

    /// Reads `[rule-id, other-id] reason`; `begun` is whether what must precede it did.
    fn ignore(&mut self, begun: bool) -> Result<Directive<'t>, &'static str> {
        if !begun || !self.take('[') {
            return Err("this comment says nothing that kubelint knows");
        }
        let list = self.rest();
        let Some(close) = list.find(']') else {
            return Err("the list of rules is not closed: `]` is missing");
        };
        let mut rules = Vec::new();
        let mut start = self.at.start as usize;
        for part in list[..close].split(',') {
            let range = trimmed(self.text, start, start + part.len());
            start += part.len() + 1;
            if range.is_empty() {
                return Err("a rule's id is missing between the brackets");
            }
            rules.push((range, range.of(self.text)));
        }
        let reason = list[close + 1..].trim();
        let reason = reason.trim_start_matches([':', '-', '–', '—']).trim_start();
        if reason.is_empty() {
            return Err("this suppression allows nothing: no reason is given");
        }
        Ok(Directive { rules, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules and the reason of a comment, or what is wrong with it.
    fn read(text: &str) -> Option<Result<(Vec<&str>, &str), String>> {
        let all = TextRange::new(0, text.len() as u32);
        comment(text, all).map(|read| match read {
            Ok(directive) => {
                for (range, name) in &directive.rules {
                    assert_eq!(range.of(text), *name);
                }
                let names = directive.rules.iter().map(|(_, name)| *name);
                Ok((names.collect(), directive.reason))
            }
            Err(flaw) => Err(flaw.message),
        })
    }

    #[test]
    fn comments_name_rules_and_a_reason() {
        for text in [
            "# kubelint: ignore[a-rule, other/b] because",
            "#kubelint:ignore[a-rule,other/b]because",
            "// kubelint: ignore[ a-rule , other/b ] - because",
            "## kubelint: ignore[a-rule, other/b]: because  ",
        ] {
            let expected = (vec!["a-rule", "other/b"], "because");
            assert_eq!(read(text), Some(Ok(expected)), "{text}");
        }
    }

    #[test]
    fn comments_that_are_not_meant_for_kubelint_are_left_alone() {
        for text in [
            "# nothing",
            "#",
            "",
            "# kubelint",
            "# kubelint finds this",
            "# kubelint ignores this",
            "# see kubelint: ignore[a] why",
            "# kubeliné: ignore[a] why",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn comments_that_are_malformed_say_how() {
        for (text, expected) in [
            ("# kubelint: ignore[a]", "no reason"),
            ("# kubelint: ignore[a] :", "no reason"),
            ("# kubelint: ignore[a", "not closed"),
            ("# kubelint: ignore[] why", "id is missing"),
            ("# kubelint: ignore[a,] why", "id is missing"),
            ("# kubelint: ignore a why", "knows"),
            ("# kubelint: disable[a] why", "knows"),
            ("# kubelint ignore[a] why", "knows"),
            ("# kubelint:", "knows"),
        ] {
            let message = read(text).unwrap().unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn annotations_hold_several_reasons() {
        let text = "a-rule: why; other: because of this; and that\nthird: so;";
        let read: Vec<_> = annotation(text)
            .into_iter()
            .map(|it| it.map(|it| (it.rules[0].1, it.reason)))
            .collect();
        assert_eq!(
            read,
            [
                Ok(("a-rule", "why")),
                Ok(("other", "because of this; and that")),
                Ok(("third", "so")),
            ]
        );
    }

    #[test]
    fn annotations_that_are_malformed_say_where() {
        for (text, place, expected) in [
            ("a-rule", "a-rule", "no reason"),
            (" a-rule : ; b: why", "a-rule", "no reason"),
            ("all of it", "all of it", "not a rule's id"),
            (": why", ": why", "not a rule's id"),
        ] {
            let flaw = annotation(text).into_iter().find_map(Result::err).unwrap();
            assert_eq!(flaw.range.of(text), place);
            assert!(flaw.message.contains(expected), "{text}: {}", flaw.message);
        }
        assert!(annotation(" ; ").is_empty());
    }
}
