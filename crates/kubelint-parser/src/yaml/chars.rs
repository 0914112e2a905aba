//! Classes of bytes, and the searches of the hot loops.
//!
//! Line breaks are those of libyaml: LF, CR, CRLF, NEL, LS and PS. The last three are rare, so the tables only say "look
//! closer" for the first byte of them.

/// Ends a run of plain text in block context, or may.
pub(super) const PLAIN_BLOCK: u8 = 1;
/// Ends a run of plain text in flow context, or may.
pub(super) const PLAIN_FLOW: u8 = 2;
/// Ends a run of text in single quotes, or may.
pub(super) const SINGLE: u8 = 4;
/// Ends a run of text in double quotes, or may.
pub(super) const DOUBLE: u8 = 8;
/// May stand in an anchor's name: `[0-9A-Za-z_-]`.
pub(super) const WORD: u8 = 16;
/// May stand in a tag, `%` included.
pub(super) const URI: u8 = 32;
/// Starts a line break, or may.
pub(super) const BREAK: u8 = 64;
/// Cannot start a plain scalar by itself.
pub(super) const INDICATOR: u8 = 128;

const fn mark(mut table: [u8; 256], bytes: &[u8], class: u8) -> [u8; 256] {
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] |= class;
        index += 1;
    }
    table
}

const WORD_BYTES: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

/// The classes of each byte.
pub(super) static CLASS: [u8; 256] = {
    let breaks = b"\n\r\xC2\xE2";
    let mut table = [0; 256];
    table = mark(
        table,
        breaks,
        PLAIN_BLOCK | PLAIN_FLOW | SINGLE | DOUBLE | BREAK,
    );
    table = mark(table, b":#", PLAIN_BLOCK | PLAIN_FLOW);
    table = mark(table, b",?[]{}", PLAIN_FLOW);
    table = mark(table, b"'", SINGLE);
    table = mark(table, b"\"\\", DOUBLE);
    table = mark(table, WORD_BYTES, WORD | URI);
    table = mark(table, b";/?:@&=+$,.!~*'()[]%", URI);
    mark(table, b"-?:,[]{}#&*!|>'\"%@`", INDICATOR)
};

/// Whether `byte` has one of the classes.
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASS[byte as usize] & class != 0
}

/// The first offset from `from` on whose byte has the class `CLASS_OF`, or the length.
///
/// Most texts are a few words long, so eight bytes are looked at in one register: calling into a vector search would take
/// longer than the search.
#[inline]
pub(super) fn find<const CLASS_OF: u8>(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..at + 8).and_then(|it| it.first_chunk::<8>()) {
        let found = candidates::<CLASS_OF>(u64::from_le_bytes(*chunk));
        if found == 0 {
            at += 8;
            continue;
        }
        at += found.trailing_zeros() as usize / 8;
        if bytes.get(at).is_some_and(|&byte| is(byte, CLASS_OF)) {
            return at;
        }
        // A tab, or a character beyond ASCII: these come in runs.
        at += 1;
        while bytes
            .get(at)
            .is_some_and(|&byte| byte >= 0x80 && !is(byte, CLASS_OF))
        {
            at += 1;
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.iter().position(|&byte| is(byte, CLASS_OF)) {
        Some(offset) => at + offset,
        None => bytes.len(),
    }
}

const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH_BITS: u64 = splat(0x80);

/// Sets the high bit of each byte that is `byte`. Bytes after the first hit may be wrong.
const fn equal(word: u64, byte: u8) -> u64 {
    let difference = word ^ splat(byte);
    difference.wrapping_sub(splat(1)) & !difference & HIGH_BITS
}

/// Sets the high bit of the first byte that may have the class, if there is one; bytes after it may be wrong. Control
/// characters and bytes beyond ASCII always may.
#[inline]
fn candidates<const CLASS_OF: u8>(word: u64) -> u64 {
    let control = word.wrapping_sub(splat(0x20)) & !word & HIGH_BITS;
    let common = control | (word & HIGH_BITS);
    match CLASS_OF {
        PLAIN_BLOCK => common | equal(word, b':') | equal(word, b'#'),
        PLAIN_FLOW => {
            // Setting three bits makes all brackets and braces one byte, and a few letters too.
            let brackets = equal(word | splat(0x26), 0x7F);
            let rest = equal(word, b',') | equal(word, b'?');
            common | equal(word, b':') | equal(word, b'#') | brackets | rest
        }
        SINGLE => common | equal(word, b'\''),
        DOUBLE => common | equal(word, b'"') | equal(word, b'\\'),
        _ => common,
    }
}

/// The length of the line break at `at`, or 0.
#[inline]
pub(super) fn break_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
        Some(0xC2 | 0xE2) => wide_break_len(bytes, at),
        _ => 0,
    }
}

/// The length of NEL, LS or PS at `at`, or 0.
#[cold]
fn wide_break_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [0xC2, 0x85, ..] => 2,
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        _ => 0,
    }
}

/// Whether a space, a tab, a line break or the end is at `at`.
#[inline]
pub(super) fn is_blank_or_end(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        None | Some(b' ' | b'\t' | b'\n' | b'\r') => true,
        Some(0xC2 | 0xE2) => wide_break_len(bytes, at) != 0,
        _ => false,
    }
}

/// The end of the line that `from` is on, its line break not included.
pub(super) fn line_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at = find::<BREAK>(bytes, at);
        if at >= bytes.len() || break_len(bytes, at) != 0 {
            return at;
        }
        at += 1;
    }
}

/// The first offset from `from` on that does not hold a space.
#[inline]
pub(super) fn skip_spaces(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while bytes.get(at..at + 8) == Some(b"        ") {
        at += 8;
    }
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// The offset after the spaces and tabs at `from`.
pub(super) fn skip_blanks(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// The end of `start..end` without the spaces and tabs at its end.
pub(super) fn trim_blanks_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut at = end;
    while at > start && matches!(bytes.get(at - 1), Some(b' ' | b'\t')) {
        at -= 1;
    }
    at
}

/// The first character that YAML forbids anywhere, from `from` on: a control character or a non-character.
pub(super) fn find_forbidden(bytes: &[u8], from: usize) -> Option<usize> {
    const BLOCK: usize = 1024;
    let mut start = from;
    while start < bytes.len() {
        let end = bytes.len().min(start + BLOCK);
        let block = bytes.get(start..end).unwrap_or_default();
        // Without an early exit the compiler makes vector instructions of these.
        let any = |suspect: fn(u8) -> bool| {
            let found = block
                .iter()
                .fold(0, |found, &byte| found | u8::from(suspect(byte)));
            found != 0
        };
        if any(is_unusual)
            && any(is_suspect)
            && let Some(at) = (start..end).find(|&at| is_forbidden(bytes, at))
        {
            return Some(at);
        }
        start = end;
    }
    None
}

/// Whether `byte` is none of the bytes that most files are made of; cheaper than [`is_suspect`].
const fn is_unusual(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n') || byte == 0x7F || byte == 0xC2 || byte == 0xEF
}

/// Whether a forbidden character may start with `byte`.
const fn is_suspect(byte: u8) -> bool {
    let control = byte < 0x20 && byte != b'\n' && byte != b'\t' && byte != b'\r';
    control || byte == 0x7F || byte == 0xC2 || byte == 0xEF
}

fn is_forbidden(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at..).unwrap_or_default() {
        [b'\t' | b'\n' | b'\r', ..] => false,
        [0..0x20 | 0x7F, ..] | [0xEF, 0xBF, 0xBE | 0xBF, ..] => true,
        [0xC2, second, ..] => (0x80..0xA0).contains(second) && *second != 0x85,
        _ => false,
    }
}
