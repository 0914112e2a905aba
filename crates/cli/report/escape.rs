//! Text from users' files as text: nothing in it may move a cursor, turn a line around, end a line, hide, or be read as a command
//! by a terminal, a build log or a renderer of messages.
//!
//! Every reporter sends what it did not make itself through this file. Lines for people show such a character as double-quoted YAML writes
//! it (`\x1b`, `\u202e`); JSON keeps it, as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use serde_json::ser::{Formatter, PrettyFormatter};

/// Whether a character does something instead of being seen: controls (C0, DEL, C1), line separators, bidirectional and
/// invisible formatting, tags, the letters that are drawn as nothing, and two that are no characters (XML cannot hold them).
pub(super) fn is_hostile(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
        | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Text for one line of a log: no line breaks, no controls, no workflow commands.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    let commands = starts_command(text) || text.contains("##");
    if !commands && !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 16);
    let command = starts_command(text).then(|| text.len() - text.trim_start().len());
    for (at, c) in text.char_indices() {
        let acts = is_hostile(c) || command == Some(at) || marks_command(&text[..at], &text[at..]);
        push_char(&mut line, c, acts);
    }
    Cow::Owned(line)
}

/// Text for several lines of a log: like [`line()`], but its line breaks stay.
pub(super) fn lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for (index, part) in text.lines().enumerate() {
        if index > 0 {
            lines.push('\n');
        }
        lines.push_str(&line(part));
    }
    lines
}

/// Adds the first character of `rest` as it may stand in an excerpt, where it comes after `before` and after a line number: tabs
/// stay.
pub(super) fn push_excerpt(out: &mut String, before: &str, rest: &str) {
    if let Some(c) = rest.chars().next() {
        let acts = (is_hostile(c) && c != '\t') || marks_command(before, rest);
        push_char(out, c, acts);
    }
}

fn push_char(out: &mut String, c: char, escaped: bool) {
    match c {
        c if !escaped => out.push(c),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => {
            // Writing to a string cannot fail.
            let _ = match u32::from(c) {
                code @ ..=0xff => write!(out, "\\x{code:02x}"),
                code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            };
        }
    }
}

/// Whether a build log would read the text as a workflow command: GitHub's runner looks for `::` at the start of a line, after
/// white space.
fn starts_command(text: &str) -> bool {
    text.trim_start().starts_with("::")
}

/// Whether `rest` begins with the second `#` of `##[` (GitHub, Azure), `##vso[` (Azure) or `##teamcity[`, which are commands
/// anywhere in a line.
fn marks_command(before: &str, rest: &str) -> bool {
    before.ends_with('#')
        && rest
            .strip_prefix('#')
            .is_some_and(|it| it.starts_with(|c: char| c == '[' || c.is_ascii_alphabetic()))
}

/// The message of a workflow command.
pub(super) fn github_message(text: &str) -> String {
    percent(text, &['%', '\r', '\n'])
}

/// A property of a workflow command.
pub(super) fn github_property(text: &str) -> String {
    percent(text, &['%', '\r', '\n', ':', ','])
}

fn percent(text: &str, escaped: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if escaped.contains(&c) {
            // Writing to a string cannot fail; what is escaped is ASCII.
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` is escaped. A first part with a
/// colon would be read as a scheme, but `:` is escaped too.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Text in XML 1.0, in an element or between double quotes. What XML cannot hold, even as a reference, is hostile: it must have gone
/// through [`line()`] or [`lines()`].
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// Text in a SARIF message: no links and no placeholders of its own. Viewers differ in what they make of a backslash before a
/// bracket, so the two characters that make a link are set apart.
pub(super) fn sarif(text: &str) -> String {
    let text = line(text).replace("](", "] (");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let after = &rest[at + 1..];
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && after[digits..].starts_with('}') {
            out.push_str(&rest[..at]);
            out.push_str("{{");
            out.push_str(&after[..digits]);
            out.push_str("}}");
            rest = &after[digits + 1..];
        } else {
            out.push_str(&rest[..=at]);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The text of a link in a SARIF message, where brackets and backslashes are escaped.
pub(super) fn sarif_link(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in sarif(text).chars() {
        if matches!(c, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Writes pretty JSON that is safe to print: hostile characters and what starts a workflow command are escapes, with the same
/// meaning.
#[derive(Default)]
pub(super) struct SafeJson(PrettyFormatter<'static>);

impl Formatter for SafeJson {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut done = 0;
        for (at, c) in fragment.char_indices() {
            let marks = c == '#' && marks_command(&fragment[..at], &fragment[at..]);
            if !marks && !is_hostile(c) {
                continue;
            }
            out.write_all(&fragment.as_bytes()[done..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            done = at + c.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[done..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        let text = "`é` 日本語 e\u{301} 👩 # comment a::b";
        assert!(matches!(line(text), Cow::Borrowed(it) if it == text));
        assert_eq!(line("## heading"), "## heading");
    }

    #[test]
    fn whatever_acts_is_shown() {
        assert_eq!(line("\u{1b}[31mred\u{7}"), "\\x1b[31mred\\x07");
        assert_eq!(line("a\r\nb\tc\u{85}\u{2028}"), "a\\r\\nb\\tc\\x85\\u2028");
        assert_eq!(line("\u{202e}txt\u{2066}"), "\\u202etxt\\u2066");
        assert_eq!(
            line("a\u{200b}b\u{feff}\u{e0041}"),
            "a\\u200bb\\ufeff\\U000e0041"
        );
        assert_eq!(line("\u{9b}31m"), "\\x9b31m");
    }

    #[test]
    fn workflow_commands_are_text() {
        assert_eq!(line("::error::x"), "\\x3a:error::x");
        assert_eq!(
            line("  ::set-output name=a::b"),
            "  \\x3a:set-output name=a::b"
        );
        assert_eq!(line("a ##[error]b"), "a #\\x23[error]b");
        assert_eq!(line("###vso[x]"), "##\\x23vso[x]");
        assert_eq!(lines("a\n::debug::b\r\nc"), "a\n\\x3a:debug::b\nc");
    }

    #[test]
    fn properties_and_messages_of_workflow_commands() {
        assert_eq!(github_property("a:b,c%d\re\nf"), "a%3Ab%2Cc%25d%0De%0Af");
        assert_eq!(github_message("a::b,c%0A\n"), "a::b,c%250A%0A");
    }

    #[test]
    fn paths_are_relative_uris() {
        assert_eq!(
            uri("a b/ü:#?%[x].yaml"),
            "a%20b/%C3%BC%3A%23%3F%25%5Bx%5D.yaml"
        );
        assert_eq!(uri("../a~b_c-d.yaml"), "../a~b_c-d.yaml");
    }

    #[test]
    fn sarif_messages_hold_no_links_and_placeholders_of_the_user() {
        assert_eq!(
            sarif("see [me](http://x) at a[0]"),
            "see [me] (http://x) at a[0]"
        );
        assert_eq!(
            sarif("`{0}` `${TAG}` `{{ x }}` {1"),
            "`{{0}}` `${TAG}` `{{ x }}` {1"
        );
        assert_eq!(sarif_link("a[0]\\b](1)"), "a\\[0\\]\\\\b\\] (1)");
    }

    #[test]
    fn json_means_the_same() {
        let text = "\u{1b}[0m \u{9b} \u{202e} \u{e0041} ##[group] é\n\"";
        let mut json = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut json, SafeJson::default());
        serde::Serialize::serialize(text, &mut serializer).unwrap();
        let json = String::from_utf8(json).unwrap();
        assert_eq!(
            json,
            r#""\u001b[0m \u009b \u202e \udb40\udc41 #\u0023[group] é\n\"""#
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
