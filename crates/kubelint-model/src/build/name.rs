//! Images as steps name them.

use super::UNKNOWN;

/// An image as written, with `*` for variables and expressions.
pub(crate) fn pattern(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let end = match char {
            '$' if rest.starts_with("${{") => through(rest, "}}"),
            '$' if rest.starts_with("${") => through(rest, "}"),
            '$' if rest.starts_with("$(") => through(rest, ")"),
            '$' => {
                let name = rest[1..].bytes();
                1 + name
                    .take_while(|it| it.is_ascii_alphanumeric() || *it == b'_')
                    .count()
            }
            '{' if rest.starts_with("{{") => through(rest, "}}"),
            // How the reader of scripts marks what it does not know.
            UNKNOWN | '\u{1}' => char.len_utf8(),
            _ => {
                found.push(char);
                rest = &rest[char.len_utf8()..];
                continue;
            }
        };
        if !found.ends_with(UNKNOWN) {
            found.push(UNKNOWN);
        }
        rest = &rest[end..];
    }
    found
}

fn through(text: &str, end: &str) -> usize {
    text.find(end).map_or(text.len(), |at| at + end.len())
}

/// The repository and the tag of an image as a step names it. The tag is `latest` if none is written, as docker takes it.
pub fn split(image: &str) -> (&str, &str) {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let name = image.rfind('/').map_or(0, |it| it + 1);
    match image[name..].find(':') {
        Some(at) => (&image[..name + at], &image[name + at + 1..]),
        None => (image, "latest"),
    }
}
