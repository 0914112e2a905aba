//! Credentials that are recognised by their shape, wherever they stand in a text: tokens, private keys, passwords in URLs.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use kubelint_parser::TextRange;
use memchr::memmem;

use crate::data;

/// The byte ranges of `text` that look like credentials, in order.
pub(super) fn find(text: &str) -> Vec<TextRange> {
    let mut found: Vec<TextRange> = tokens(text).map(|(range, _)| range).collect();
    found.extend(private_keys(text));
    found.extend(url_passwords(text));
    found.sort_unstable();
    found
}

/// The tokens of known services and the private keys in `text`, in order, each with what it is.
pub(crate) fn named(text: &str) -> Vec<(TextRange, &'static str)> {
    let mut found: Vec<(TextRange, &'static str)> = tokens(text).collect();
    let keys = private_keys(text).into_iter();
    found.extend(keys.map(|range| (range, "private key")));
    found.sort_unstable();
    found
}

/// The `token` rows of `data/credentials.tsv`.
struct Tokens {
    automaton: Option<AhoCorasick>,
    /// How many characters must follow each prefix, and what it begins.
    lengths: Vec<(usize, &'static str)>,
}

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    let (prefixes, lengths): (Vec<&str>, Vec<(usize, &str)>) =
        data::rows(include_str!("../../data/credentials.tsv"))
            .filter(|[form, ..]| *form == "token")
            .filter_map(|[_, pattern, what]| {
                let (prefix, length) = pattern.split_once(' ')?;
                let what = what.split(':').next().unwrap_or(what);
                Some((prefix, (length.parse::<usize>().ok()?, what)))
            })
            .unzip();
    Tokens {
        // Only leftmost searches use vector instructions.
        automaton: AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(prefixes)
            .ok(),
        lengths,
    }
});

fn tokens(text: &str) -> impl Iterator<Item = (TextRange, &'static str)> {
    let bytes = text.as_bytes();
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./+=".contains(byte);
    let hits = TOKENS
        .automaton
        .iter()
        .flat_map(move |it| it.find_iter(text));
    // A token may hold what begins another one: it is looked through once.
    let mut covered = 0;
    hits.filter_map(move |hit| {
        let begins = hit.start() == 0 || !bytes[hit.start() - 1].is_ascii_alphanumeric();
        if !begins || hit.start() < covered {
            return None;
        }
        let rest = bytes[hit.end()..]
            .iter()
            .take_while(|it| is_token(it))
            .count();
        let (enough, what) = TOKENS.lengths.get(hit.pattern().as_usize()).copied()?;
        covered = hit.end() + rest;
        (rest >= enough).then(|| (range(hit.start(), covered), what))
    })
}

/// The bodies of PEM private keys: from the line after `-----BEGIN … PRIVATE KEY-----` to `-----END`.
fn private_keys(text: &str) -> Vec<TextRange> {
    /// `-----BEGIN `, and the longest algorithm's name before `PRIVATE KEY`.
    const MAX_ALGORITHM: usize = 24;
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = memmem::find(&bytes[at..], b"PRIVATE KEY-----") {
        let body = at + begin + b"PRIVATE KEY-----".len();
        let header = &bytes[(at + begin).saturating_sub(MAX_ALGORITHM)..at + begin];
        if memmem::find(header, b"-----BEGIN ").is_some() {
            let end = memmem::find(&bytes[body..], b"-----END").map_or(bytes.len(), |it| body + it);
            found.push(range(body, end));
            at = end;
        } else {
            at = body;
        }
    }
    found
}

/// The password of `scheme://user:password@host`, unless it is a reference or a placeholder.
fn url_passwords(text: &str) -> Vec<TextRange> {
    /// What is longer is no login.
    const MAX_LEN: usize = 512;
    let bytes = text.as_bytes();
    let ends_login = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'`,<>|\\".contains(byte);
    let mut found = Vec::new();
    for at in memmem::find_iter(bytes, "://") {
        let login = &bytes[at + 3..bytes.len().min(at + 3 + MAX_LEN)];
        let login = &login[..login.iter().position(ends_login).unwrap_or(login.len())];
        let Some(end) = login.iter().rposition(|&byte| byte == b'@') else {
            continue;
        };
        let Some(colon) = login[..end].iter().position(|&byte| byte == b':') else {
            continue;
        };
        let password = range(at + 3 + colon + 1, at + 3 + end);
        if !super::redact::is_stand_in(password.of(text)) {
            found.push(password);
        }
    }
    found
}

fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(start as u32, end as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<&str> = find(text).into_iter().map(|it| it.of(text)).collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn shapes() {
        check("k: AKIAIOSFODNN7EXAMPLE # x", &["AKIAIOSFODNN7EXAMPLE"]);
        check("SAKIAIOSFODNN7EXAMPLE", &[]);
        check("AKIA too short", &[]);
        check("-AKIA-AKIA-AKIA-AKIA-AKIA", &["AKIA-AKIA-AKIA-AKIA-AKIA"]);
        check("postgres://app:s3cr3t@db:5432/x", &["s3cr3t"]);
        check("http://user@host/a:b", &[]);
        check("http://db:5432/a@b", &[]);
        check("amqp://u:${PASSWORD}@mq amqp://u:$(PW)@mq", &[]);
        check(
            "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n",
            &["\nabc\n"],
        );
        check("PRIVATE KEY----- -----END", &[]);
    }
}
