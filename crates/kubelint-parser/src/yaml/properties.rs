//! What stands before a node or a document: anchors, tags, aliases, directives, `---`.

use super::SyntaxErrorKind;
use super::chars::{URI, WORD, break_len, is, is_blank_or_end, line_end, skip_blanks};
use super::parser::Parser;
use super::state::{Leaf, Step, Stop};
use crate::TextRange;

impl Parser<'_> {
    /// Reads everything before the root: a byte order mark, directives, `---`.
    pub(super) fn prolog(&mut self) -> Step {
        if self.bytes.get(self.pos..self.pos + 3) == Some(b"\xEF\xBB\xBF") {
            self.pos += 3;
            self.line_start = self.pos;
        }
        self.skip_to_content();
        let mut directives = false;
        let mut version = None;
        while self.column() == 0 && self.byte(self.pos) == b'%' {
            let at = self.pos;
            self.scan_directive()?;
            let end = line_end(self.bytes, at);
            let line = self.text.get(at..end).unwrap_or_default();
            if let Some(value) = line.strip_prefix("%YAML")
                && (!is_version_1_1(value) || version.replace(at).is_some())
            {
                return Err(self.fault(SyntaxErrorKind::BadDirective, at, end));
            }
            directives = true;
            self.skip_to_content();
        }
        let marker = self.column() == 0 && self.is_document_marker(self.pos);
        if marker && self.byte(self.pos) == b'-' {
            self.pos += 3;
            self.last_end = self.pos;
            self.key_allowed = false;
        } else if directives {
            let end = self.word_end(self.pos);
            return Err(self.fault(SyntaxErrorKind::BadDirective, self.pos, end));
        } else if marker {
            return Err(self.fault(SyntaxErrorKind::Unexpected, self.pos, self.pos + 3));
        }
        Ok(())
    }

    /// Reads `%YAML` or `%TAG` and the rest of its line.
    pub(super) fn scan_directive(&mut self) -> Step {
        let start = self.pos;
        let end = line_end(self.bytes, start);
        let line = self.text.get(start + 1..end).unwrap_or_default();
        let name_len = line.bytes().take_while(|&byte| is(byte, WORD)).count();
        let (name, rest) = line.split_at(name_len);
        if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            return Err(self.fault(SyntaxErrorKind::BadDirective, start, end));
        }
        let value = rest.trim_start_matches([' ', '\t']);
        let used = match name {
            "YAML" => version_len(value),
            "TAG" => self.tag_directive(end - value.len(), end),
            _ => None,
        };
        let Some(used) = used else {
            return Err(self.fault(SyntaxErrorKind::BadDirective, start, end));
        };
        let value_start = end - value.len();
        self.pos = skip_blanks(self.bytes, value_start + used);
        if self.byte(self.pos) == b'#' {
            self.comment();
        }
        let length = break_len(self.bytes, self.pos);
        if length == 0 && !self.at_end() {
            return Err(self.fault(SyntaxErrorKind::BadDirective, start, end));
        }
        self.pos += length;
        self.line_start = self.pos;
        Ok(())
    }

    /// Reads the handle and the prefix of `%TAG` at `start`, and keeps the handle. Returns their length.
    fn tag_directive(&mut self, start: usize, end: usize) -> Option<usize> {
        let line = self.bytes.get(..end)?;
        let handle_end = start + handle_len(line, start)?;
        let handle = self.text.get(start..handle_end)?;
        let prefix = skip_blanks(line, handle_end);
        let prefix_len = uri_len(line, prefix)?;
        let well_formed = (handle == "!" || handle.ends_with('!'))
            && prefix > handle_end
            && prefix_len > 0
            && is_blank_or_end(line, prefix + prefix_len)
            && !self.tag_handles.contains(&handle);
        if !well_formed {
            return None;
        }
        self.tag_handles.push(handle);
        Some(prefix + prefix_len - start)
    }

    /// Reads an anchor or a tag and keeps it for the next node. Returns `false` if there is one of its sort already.
    pub(super) fn scan_property(&mut self) -> Result<bool, Stop> {
        let start = self.pos;
        let anchor = self.byte(start) == b'&';
        if anchor {
            self.scan_name(SyntaxErrorKind::BadAnchor)?;
        } else {
            self.scan_tag()?;
        }
        let range = TextRange::new(start as u32, self.pos as u32);
        let slot = if anchor {
            &mut self.pending.inner.anchor
        } else {
            &mut self.pending.inner.tag
        };
        if !slot.is_empty() {
            self.pos = start;
            return Ok(false);
        }
        *slot = range;
        self.pending.any = true;
        self.last_end = self.pos;
        Ok(true)
    }

    /// Reads the name after `&` or `*`.
    pub(super) fn scan_name(&mut self, kind: SyntaxErrorKind) -> Step {
        let start = self.pos;
        let mut end = start + 1;
        while is(self.byte(end), WORD) {
            end += 1;
        }
        let closed = is_blank_or_end(self.bytes, end)
            || matches!(
                self.byte(end),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if end == start + 1 || !closed {
            let end = self.word_end(start);
            return Err(self.fault(kind, start, end));
        }
        self.pos = end;
        Ok(())
    }

    /// Reads an alias and finds its anchor.
    pub(super) fn scan_alias(&mut self) -> Result<Leaf, Stop> {
        let start = self.pos;
        self.scan_name(SyntaxErrorKind::BadAnchor)?;
        let end = self.pos;
        let name = self.text.get(start + 1..end).unwrap_or_default();
        let Some(&properties) = self.anchors.get(name) else {
            return Err(self.fault(SyntaxErrorKind::UnknownAnchor, start, end));
        };
        let anchor = self
            .tape
            .properties
            .get(properties as usize)
            .copied()
            .unwrap_or_default();
        let open = self
            .tape
            .nodes
            .get(anchor.node as usize)
            .is_some_and(|raw| raw.skip == 0);
        if open {
            let place = (anchor.anchor.start as usize, anchor.anchor.end as usize);
            return Err(self.fault_with(SyntaxErrorKind::RecursiveAlias, start, end, place));
        }
        Ok(Leaf::alias(properties, start, end))
    }

    /// Reads a tag.
    pub(super) fn scan_tag(&mut self) -> Step {
        let start = self.pos;
        let end = if self.byte(start + 1) == b'<' {
            uri_len(self.bytes, start + 2)
                .map(|length| start + 2 + length)
                .filter(|&end| end > start + 2 && self.byte(end) == b'>')
                .map(|end| end + 1)
        } else {
            self.short_tag_end(start)?
        };
        match end {
            Some(end) if is_blank_or_end(self.bytes, end) => {
                self.pos = end;
                Ok(())
            }
            _ => {
                let end = self.word_end(start);
                Err(self.fault(SyntaxErrorKind::BadTag, start, end))
            }
        }
    }

    /// The end of `!suffix` or `!handle!suffix`, whose handle must be declared.
    fn short_tag_end(&mut self, start: usize) -> Result<Option<usize>, Stop> {
        let Some(handle) = handle_len(self.bytes, start) else {
            return Ok(None);
        };
        let name = self.text.get(start..start + handle).unwrap_or_default();
        let named = name.len() > 1 && name.ends_with('!');
        let Some(length) = uri_len(self.bytes, start + handle) else {
            return Ok(None);
        };
        if !named {
            return Ok(Some(start + handle + length));
        }
        let declared = name == "!!" || self.tag_handles.contains(&name);
        if !declared && self.ignored.is_none() {
            return Err(self.fault(SyntaxErrorKind::BadTag, start, start + handle));
        }
        Ok((length > 0).then_some(start + handle + length))
    }
}

/// The length of `!`, `!word` or `!word!` at `start`.
fn handle_len(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) != Some(&b'!') {
        return None;
    }
    let rest = bytes.get(start + 1..).unwrap_or_default();
    let word = rest.iter().take_while(|&&byte| is(byte, WORD)).count();
    let closed = rest.get(word) == Some(&b'!');
    Some(1 + word + usize::from(closed))
}

/// The length of the run of URI characters at `start`; `None` if an escape in it is malformed.
fn uri_len(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        if !is(byte, URI) {
            break;
        }
        at += if byte == b'%' {
            escaped_char_len(bytes, at)?
        } else {
            1
        };
    }
    Some(at - start)
}

/// The length of the `%XX` escapes at `start` that make one character.
fn escaped_char_len(bytes: &[u8], start: usize) -> Option<usize> {
    let octet = |at: usize| {
        let escape = bytes.get(at..at + 3)?;
        let digits = std::str::from_utf8(escape).ok()?.strip_prefix('%')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u8::from_str_radix(digits, 16).ok()
    };
    let width = match octet(start)? {
        0..0x80 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF8 => 4,
        _ => return None,
    };
    for index in 1..width {
        if octet(start + 3 * index)? & 0xC0 != 0x80 {
            return None;
        }
    }
    Some(3 * width)
}

/// The length of a version: two numbers of at most two digits.
fn version_len(value: &str) -> Option<usize> {
    let digits = |text: &str| {
        let count = text.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&count).then_some(count)
    };
    let major = digits(value)?;
    let minor = digits(value.get(major..)?.strip_prefix('.')?)?;
    Some(major + 1 + minor)
}

/// Whether the value of `%YAML` is the one version that go-yaml takes.
fn is_version_1_1(value: &str) -> bool {
    let value = value.trim_start_matches([' ', '\t']);
    let version = value.get(..version_len(value).unwrap_or(0));
    let numbers = version.and_then(|version| version.split_once('.'));
    let is_one = |number: &str| number.trim_start_matches('0') == "1";
    numbers.is_some_and(|(major, minor)| is_one(major) && is_one(minor))
}
