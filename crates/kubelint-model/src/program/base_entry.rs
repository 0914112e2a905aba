//! Base images whose entry point is an interpreter, which is given what the Dockerfile and the manifest state as the command.

use super::words::Word;
use crate::code::Expr;

/// The images, what they run, and of what.
const TABLE: &str = include_str!("../../data/base-entry-points.tsv");

/// `words` behind the entry point of the image `base`.
pub(super) fn before(base: Option<&str>, words: Vec<Word>) -> Vec<Word> {
    let first = words.first().and_then(Word::text);
    let found = base.and_then(|base| program(base, first.unwrap_or_default()));
    let Some(program) = found else {
        return words;
    };
    let program = Word {
        expr: Expr::Text(program.to_owned()),
        place: None,
    };
    std::iter::once(program).chain(words).collect()
}

/// The interpreter that the image `base` gives a command to which begins with `first`.
fn program(base: &str, first: &str) -> Option<&'static str> {
    let name = base.split('@').next().unwrap_or_default();
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    let rows = TABLE.lines().filter(|it| !it.starts_with('#'));
    let mut rows = rows.map(|it| it.split('\t'));
    rows.find_map(|mut row| {
        let (image, program, given) = (row.next()?, row.next()?, row.next()?);
        let is_image = match image.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => name == image,
        };
        let is_file = || {
            let extension = first.rsplit_once('.').map_or("", |it| it.1);
            matches!(extension, "js" | "mjs" | "cjs" | "ts" | "mts")
        };
        (is_image && (given == "all" || is_file())).then_some(program)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_interpreters_are_given() {
        for (base, first, expected) in [
            (
                "gcr.io/distroless/nodejs20-debian12:nonroot",
                "server.js",
                Some("node"),
            ),
            (
                "cgr.dev/chainguard/node@sha256:00",
                "server.js",
                Some("node"),
            ),
            ("node:20-alpine", "server.js", Some("node")),
            ("node:20-alpine", "npm", None),
            ("oven/bun:1", "src/index.ts", Some("bun")),
            ("gcr.io/distroless/static", "/server", None),
            ("localhost:5000/node", "server.js", None),
        ] {
            assert_eq!(program(base, first), expected, "{base} {first}");
        }
    }
}
