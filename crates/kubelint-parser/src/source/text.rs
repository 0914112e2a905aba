//! A file's bytes as text.

use memchr::memchr;

/// How a file's bytes encode its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark (which stays in the text).
    Utf8,
    /// UTF-16 with a byte order mark, little or big endian; converted, so offsets count bytes of the converted text.
    Utf16,
    /// Bytes that are not text: a NUL, or mostly invalid UTF-8, in what was looked at.
    Binary,
}

/// A file's text.
///
/// Any bytes make a text. A byte that is not valid UTF-8 becomes one `\u{1a}` (SUBSTITUTE), so that offsets stay those of the file;
/// YAML refuses that character as it refuses the byte.
#[derive(Clone, Debug)]
pub struct SourceText {
    text: String,
    encoding: Encoding,
    invalid: Vec<u32>,
}

/// How many bytes are looked at to tell text from binary.
const SNIFF: usize = 8 * 1024;

impl SourceText {
    /// The text of a file's bytes. Valid UTF-8 is taken over without a copy.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        if let Some(text) = utf16(&bytes) {
            return Self {
                text,
                encoding: Encoding::Utf16,
                invalid: Vec::new(),
            };
        }
        let binary = memchr(0, &bytes[..bytes.len().min(SNIFF)]).is_some();
        let encoding = if binary {
            Encoding::Binary
        } else {
            Encoding::Utf8
        };
        match String::from_utf8(bytes) {
            Ok(text) => Self {
                text,
                encoding,
                invalid: Vec::new(),
            },
            Err(error) => {
                let (text, invalid) = substitute_invalid(error.as_bytes());
                Self {
                    text,
                    encoding,
                    invalid,
                }
            }
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How the bytes encoded it.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The offsets of bytes that were not valid UTF-8, in order.
    pub fn invalid(&self) -> &[u32] {
        &self.invalid
    }
}

impl From<&str> for SourceText {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            encoding: Encoding::Utf8,
            invalid: Vec::new(),
        }
    }
}

/// Converts UTF-16 text that begins with its byte order mark, as go-yaml's reader does. Unpaired surrogates and an odd last byte
/// become U+001A: they are refused later, like any control character.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks(2).map(|pair| match *pair {
        [a, b] => unit([a, b]),
        _ => 0x1a,
    });
    Some(
        char::decode_utf16(units)
            .map(|c| c.unwrap_or('\u{1a}'))
            .collect(),
    )
}

fn substitute_invalid(bytes: &[u8]) -> (String, Vec<u32>) {
    let mut text = String::with_capacity(bytes.len());
    let mut invalid = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            invalid.push(text.len() as u32);
            text.push('\u{1a}');
        }
    }
    (text, invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_offsets() {
        let text = SourceText::from_bytes(b"a: \xff\xfeb\n".to_vec());
        assert_eq!(text.as_str(), "a: \u{1a}\u{1a}b\n");
        assert_eq!(text.invalid(), [3, 4]);
        assert_eq!(text.as_str().len(), 7);
    }

    #[test]
    fn utf16_is_converted_by_its_mark() {
        let little = SourceText::from_bytes(b"\xff\xfea\0:\0 \0\xe9\0".to_vec());
        assert_eq!(little.as_str(), "a: é");
        assert_eq!(little.encoding(), Encoding::Utf16);
        let big = SourceText::from_bytes(b"\xfe\xff\0a\0:".to_vec());
        assert_eq!(big.as_str(), "a:");
    }

    #[test]
    fn a_nul_makes_binary() {
        assert_eq!(
            SourceText::from_bytes(b"\x7fELF\0\0".to_vec()).encoding(),
            Encoding::Binary
        );
        assert_eq!(
            SourceText::from_bytes(b"a: 1\n".to_vec()).encoding(),
            Encoding::Utf8
        );
    }
}
