//! Lines of a text of unknown format: where their comments begin, and what they assign.

use kubelint_parser::TextRange;
use memchr::{memchr, memmem};

/// Keys are not longer.
const MAX_KEY: usize = 128;

/// Comments that may span lines: how they begin and end.
const BLOCKS: [(&str, &str); 2] = [("<!--", "-->"), ("/*", "*/")];

/// What begins a comment if nothing but blanks stands before it in its line: of YAML, shells, properties, TOML and nginx; of JSON with
/// comments and most languages; of INI; of SQL and Lua.
const LINE_MARKS: [&str; 4] = ["#", "//", ";", "-- "];

/// Tells the comments of a text, line by line. Which format the text has is not known, so what is a comment in any of the usual ones counts
/// as one.
#[derive(Debug, Default)]
pub(super) struct Comments {
    /// Whether the text has several lines: a value of one line is no file, and has no comments.
    has_lines: bool,
    /// Whether the text holds the beginning of any comment that may span lines.
    has_blocks: bool,
    /// The end of the comment that goes on in the next line.
    open: Option<&'static str>,
}

impl Comments {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let has = |(mark, _): &(&str, &str)| memmem::find(bytes, mark.as_bytes()).is_some();
        Self {
            has_lines: memchr(b'\n', text.trim_end().as_bytes()).is_some(),
            has_blocks: BLOCKS.iter().any(has),
            open: None,
        }
    }

    /// The part of the next line that is a comment, as offsets in that line. To be called for every line in order.
    pub(super) fn next(&mut self, line: &[u8]) -> std::ops::Range<usize> {
        if !self.has_lines {
            return line.len()..line.len();
        }
        if let Some(end) = self.open {
            let Some(at) = memmem::find(line, end.as_bytes()) else {
                return 0..line.len();
            };
            self.open = None;
            return 0..at + end.len();
        }
        let blanks = line
            .iter()
            .take_while(|it| it.is_ascii_whitespace())
            .count();
        let text = &line[blanks..];
        if LINE_MARKS.iter().any(|it| text.starts_with(it.as_bytes())) {
            return blanks..line.len();
        }
        if self.has_blocks
            && let Some(block) = self.block(line, blanks)
        {
            return block;
        }
        trailing(line).unwrap_or(line.len())..line.len()
    }

    /// A comment that may go on in the next line. `/*` is one only at the beginning of a line: elsewhere it is a pattern, as in `/api/*`.
    fn block(&mut self, line: &[u8], blanks: usize) -> Option<std::ops::Range<usize>> {
        let [(xml, xml_end), (c, c_end)] = BLOCKS;
        let (start, end) = if line[blanks..].starts_with(c.as_bytes()) {
            (blanks, c_end)
        } else {
            (memmem::find(line, xml.as_bytes())?, xml_end)
        };
        let closed = memmem::find(&line[start..], end.as_bytes());
        if closed.is_none() {
            self.open = Some(end);
        }
        Some(start..closed.map_or(line.len(), |at| start + at + end.len()))
    }
}

/// Where a comment begins behind something else: ` # ` and ` // `.
fn trailing(line: &[u8]) -> Option<usize> {
    let is_blank = |at: usize| line.get(at).is_none_or(u8::is_ascii_whitespace);
    memchr::memchr2_iter(b'#', b'/', line).find(|&at| {
        let length = match line[at] {
            b'#' => 1,
            _ if line.get(at + 1) == Some(&b'/') => 2,
            _ => return false,
        };
        at > 0 && is_blank(at - 1) && is_blank(at + length)
    })
}

/// The key that is assigned what begins at `at`: the word before a `=` or `:` or, as in nginx and on command lines, before a blank. Looks no
/// further back than `start`, where the line begins.
pub(super) fn key(text: &str, start: usize, at: usize) -> Option<TextRange> {
    let bytes = text.as_bytes();
    let start = start.max(at.saturating_sub(2 * MAX_KEY));
    let back = |from: usize, is: &dyn Fn(u8) -> bool| {
        let before = bytes[start..from].iter().rev();
        from - before.take_while(|&&it| is(it)).count()
    };
    let is_space = |it: u8| it.is_ascii_whitespace() || b"\"'`\\([{<".contains(&it);
    let value = back(at, &is_space);
    let sign = back(value, &|it| b"=:>".contains(&it));
    let end = back(sign, &|it| {
        it.is_ascii_whitespace() || b"\"'`\\]".contains(&it)
    });
    // Without a sign, something must stand between the two.
    if sign == value && value == at {
        return None;
    }
    let is_word = |it: u8| it.is_ascii_alphanumeric() || b"_-.$@/".contains(&it);
    let begin = back(end, &is_word);
    (begin < end && end - begin <= MAX_KEY).then(|| TextRange::new(begin as u32, end as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(text: &str) -> String {
        let mut comments = Comments::of(text);
        let lines = text.split_inclusive('\n').map(|line| {
            let range = comments.next(line.as_bytes());
            let mut line = line.to_owned();
            let masked = line[range.clone()].replace(|c: char| c != '\n', "~");
            line.replace_range(range, &masked);
            line
        });
        lines.collect()
    }

    #[test]
    fn comments_of_many_formats() {
        for (text, expected) in [
            ("a\n # b\n", "a\n ~~~\n"),
            ("a: b # c\nd#e\n", "a: b ~~~\nd#e\n"),
            ("; a\n// b\n-- c\n--d\n", "~~~\n~~~~\n~~~~\n--d\n"),
            ("a // b\nhttp://c\n", "a ~~~~\nhttp://c\n"),
            ("/* a\nb */ c\nd /* e\n", "~~~~\n~~~~ c\nd /* e\n"),
            ("<a><!-- b\n c --></a>\n", "<a>~~~~~~\n~~~~~~</a>\n"),
            ("# a value of one line", "# a value of one line"),
        ] {
            assert_eq!(comments(text), expected, "{text}");
        }
    }

    #[test]
    fn keys_of_many_formats() {
        for (text, expected) in [
            ("db.url=@", Some("db.url")),
            ("db.url = @", Some("db.url")),
            ("  url: @", Some("url")),
            ("  url: \"@", Some("url")),
            ("{\"a\": 1, \"url\":\"@", Some("url")),
            ("  proxy_pass @", Some("proxy_pass")),
            ("--db-url=@", Some("--db-url")),
            ("--db-url @", Some("--db-url")),
            ("  - targets: ['@", Some("targets")),
            ("@", None),
            ("x@", None),
        ] {
            let at = text.find('@').unwrap();
            let found = key(text, 0, at).map(|it| it.of(text));
            assert_eq!(found, expected, "{text}");
        }
    }
}
