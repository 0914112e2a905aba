//! Ground rule: nothing of a Secret is ever part of a report. Rules are to leave such values out; what slips through is masked here.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use kubelint_parser::SourceId;
use kubelint_parser::source::{Source, SourceMap};

/// What stands for a masked text.
const MASK: &str = "***";

/// Shorter texts are not masked: every message has them by chance.
const SHORTEST: usize = 4;

/// A line of a longer redacted text is masked from this length on: shorter ones are `name:` and the like.
const SHORTEST_LINE: usize = 8;

/// Values that say nothing.
const TRIVIAL: [&str; 5] = ["true", "false", "null", "none", "default"];

/// Finds what must not be shown in texts. Built for a source when it is first asked for.
pub(super) struct Masks<'a> {
    sources: &'a SourceMap,
    names: BTreeSet<&'a str>,
    finders: Vec<OnceCell<Option<AhoCorasick>>>,
}

impl<'a> Masks<'a> {
    /// `names` are those of objects, for which a value is easily chosen that equals one: a database `postgres`, with that user and
    /// password. They are no secrets where they name something.
    pub(super) fn new(sources: &'a SourceMap, names: BTreeSet<&'a str>) -> Self {
        Self {
            sources,
            names,
            finders: sources.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// `text` without what is redacted in any of `sources`.
    pub(super) fn mask<'t>(&self, text: &'t str, sources: &[SourceId]) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for &id in sources {
            let Some(finder) = self.finder(id) else {
                continue;
            };
            if finder.is_match(masked.as_ref()) {
                let mut shown = String::with_capacity(masked.len());
                finder.replace_all_with(&masked, &mut shown, |found, text, shown| {
                    let is_name = self.is_name(&masked, found.start(), found.end());
                    shown.push_str(if is_name { text } else { MASK });
                    true
                });
                masked = Cow::Owned(shown);
            }
        }
        masked
    }

    /// Whether what stands there names something, or is a part of what does: `db` of a claim `db-data`.
    fn is_name(&self, text: &str, start: usize, end: usize) -> bool {
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '-';
        let before = text[..start].trim_end_matches(is_part);
        let after = text[end..].trim_start_matches(is_part);
        let whole = &text[before.len()..text.len() - after.len()];
        self.names.contains(whole) && is_word(before, after)
            || self.names.contains(&text[start..end]) && is_word(&text[..start], &text[end..])
    }

    fn finder(&self, id: SourceId) -> Option<&AhoCorasick> {
        let cell = self.finders.get(id.0 as usize)?;
        cell.get_or_init(|| finder(self.sources.get(id))).as_ref()
    }
}

/// Whether what stands between the two texts is a word of its own, as names of objects are in messages, paths and causes, and as the host of
/// an address is that has a port; not part of a longer one, nor the user or the password in an address.
fn is_word(before: &str, after: &str) -> bool {
    let starts = before.is_empty() || before.ends_with(['`', '(', ',', '[', '/']);
    let port = after.strip_prefix(':').unwrap_or_default();
    let digits = port.bytes().take_while(u8::is_ascii_digit).count();
    let is_host = digits > 0 && !port[digits..].starts_with('@');
    let ends = after.is_empty() || after.starts_with(['`', ')', ',', ']', '/', '.']);
    starts && (ends || is_host)
}

/// Finds the redacted texts of a source; none if it has none. Many texts are searched at once, so that a file full of Secrets
/// costs no more than its size.
fn finder(source: &Source) -> Option<AhoCorasick> {
    let mut texts: Vec<&str> = Vec::new();
    for range in source.redacted() {
        let text = range.of(source.text()).trim();
        let bare = text.trim_matches(['"', '\'']);
        texts.extend([text, bare].into_iter().filter(|it| tells(it, SHORTEST)));
        if text.contains(['\n', '\r']) {
            let lines = text.split(['\n', '\r']).map(str::trim);
            texts.extend(lines.filter(|line| tells(line, SHORTEST_LINE)));
        }
    }
    texts.sort_unstable();
    texts.dedup();
    if texts.is_empty() {
        return None;
    }
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&texts)
        .ok()
}

/// Whether a redacted text says something.
fn tells(text: &str, shortest: usize) -> bool {
    text.chars().count() >= shortest && !TRIVIAL.iter().any(|it| text.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kubelint_parser::source::SourcePath;
    use kubelint_parser::{Span, TextRange};

    use super::*;

    /// A source in which each of `hidden` is redacted.
    fn source(map: &mut SourceMap, text: &str, hidden: &[&str]) -> SourceId {
        let path = SourcePath::new(&format!("{}.yaml", map.iter().count()));
        let id = map.add_file(path, Arc::new(text.into()));
        for it in hidden {
            let start = text.find(it).unwrap() as u32;
            let range = TextRange::new(start, start + it.len() as u32);
            map.redact(Span::new(id, range));
        }
        id
    }

    #[test]
    fn masks_what_is_redacted_in_the_sources_of_the_labels() {
        let mut map = SourceMap::default();
        let secret = source(
            &mut map,
            "a: hunter2\nb: \"hunter22\"\nc: true\nd: abc\ne: |\n  first line\n  x: 1\n",
            &[
                "hunter2",
                "\"hunter22\"",
                "true",
                "abc",
                "first line\n  x: 1\n",
            ],
        );
        let other = source(&mut map, "a: harmless\n", &[]);
        let masks = Masks::new(&map, BTreeSet::new());
        for (text, expected) in [
            ("url postgres://u:hunter2@db", "url postgres://u:***@db"),
            ("both `hunter22` and hunter2", "both `***` and ***"),
            ("it is true, abc", "it is true, abc"),
            ("found `first line`", "found `***`"),
            ("set x: 1", "set x: 1"),
            ("harmless", "harmless"),
        ] {
            assert_eq!(masks.mask(text, &[other, secret]), expected);
            assert_eq!(masks.mask(text, &[other]), text);
        }
    }

    #[test]
    fn several_sources_are_masked_one_after_the_other() {
        let mut map = SourceMap::default();
        let a = source(&mut map, "a: alpha\n", &["alpha"]);
        let b = source(&mut map, "b: bravo\n", &["bravo"]);
        assert_eq!(
            Masks::new(&map, BTreeSet::new()).mask("alpha bravo", &[a, b]),
            "*** ***"
        );
    }

    #[test]
    fn names_of_objects_are_no_secrets_where_they_name_something() {
        let mut map = SourceMap::default();
        let id = source(&mut map, "password: postgres\n", &["postgres"]);
        let masks = Masks::new(&map, BTreeSet::from(["postgres", "postgres-data"]));
        for shown in [
            "mounts the claim `postgres-data`, which",
            "asks the Service `postgres` for a port",
            "write `postgres:5432`",
            "port(postgres,5432)",
            "object(,Secret,?,postgres)",
            "`postgres.shop.svc`",
        ] {
            assert_eq!(masks.mask(shown, &[id]), shown);
        }
        for (text, expected) in [
            ("postgresql://postgres:postgres@db", "***ql://***:***@db"),
            ("postgres:1234@db", "***:1234@db"),
            ("password=postgres", "password=***"),
            ("the value postgres", "the value ***"),
            ("postgres-1", "***-1"),
            ("`postgres-date`", "`***-date`"),
        ] {
            assert_eq!(masks.mask(text, &[id]), expected);
        }
    }
}
