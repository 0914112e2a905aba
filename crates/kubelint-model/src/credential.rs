//! What is a credential in clear: by the shape of known tokens, by the name under which it stands, by looking random. Nothing here gives a value
//! away: callers learn where one stands and what it is.

use std::sync::LazyLock;

use kubelint_parser::TextRange;

use crate::data;
use crate::extract::{names, redact, shapes};

/// The rows of `data/credentials.tsv` that tell what only looks like a credential.
struct Harmless {
    examples: Vec<&'static str>,
    references: Vec<&'static str>,
    hashes: Vec<&'static str>,
}

static HARMLESS: LazyLock<Harmless> = LazyLock::new(|| {
    let of = |wanted: &str| {
        let rows = data::rows(include_str!("../data/credentials.tsv"));
        let rows = rows.filter(|[form, ..]| *form == wanted);
        rows.map(|[_, word, _]| word).collect()
    };
    Harmless {
        examples: of("example"),
        references: of("reference"),
        hashes: of("hash"),
    }
});

/// A private key has at least so many characters.
const MIN_KEY: usize = 64;

/// The tokens of known services and the private keys in `text`, in order, each with what it is. Those that are made up, or encrypted, are left
/// out.
pub fn tokens(text: &str) -> Vec<(TextRange, &'static str)> {
    let mut found = shapes::named(text);
    found.retain(|(range, what)| {
        let value = range.of(text);
        if *what == "private key" {
            let before = &text[..range.start as usize];
            let header = before
                .rfind("-----BEGIN")
                .map_or(before, |at| &before[at..]);
            let body = value.bytes().filter(|it| !it.is_ascii_whitespace());
            return !header.contains("ENCRYPTED") && body.count() >= MIN_KEY && !is_made_up(value);
        }
        !is_made_up(value)
    });
    found
}

/// Whether a variable or key of this name holds a credential: `DB_PASSWORD`, `apiKey`.
pub fn is_name(name: &str) -> bool {
    names::is_credential(name)
}

/// The values that the lines of a text assign to names of credentials, as `password = value` or `password: value`; no placeholders.
pub fn assigned(text: &str) -> Vec<TextRange> {
    redact::assignments(text).collect()
}

/// Whether a value looks as if a machine had made it at random, so that it is a credential where one is expected. Not if it is a placeholder, a
/// reference, a public key, a hash or made of words.
pub fn is_random(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    is_of_one_word(value)
        && !is_reference(value)
        && !is_made_up(value)
        && !redact::is_stand_in(value)
        && !is_of_words(value)
        && is_disordered(value)
}

/// Whether bytes that are no text may be a key that a machine made at random: neither short nor a whole file.
pub fn is_random_key(bytes: &[u8]) -> bool {
    /// The lengths of keys of common algorithms, in bytes.
    const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;
    LENGTHS.contains(&bytes.len()) && std::str::from_utf8(bytes).is_err()
}

/// Whether the value only says where a credential is, or cannot be turned back into one.
pub fn is_reference(value: &str) -> bool {
    let value = value.trim();
    let behind_name = value.split_once(':').map_or(value, |(_, rest)| rest);
    HARMLESS.references.iter().any(|it| value.starts_with(it))
        || HARMLESS
            .hashes
            .iter()
            .any(|it| value.starts_with(it) || behind_name.starts_with(it))
}

/// Whether a value holds a word that says it is an example.
fn is_made_up(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    HARMLESS.examples.iter().any(|it| value.contains(it))
}

/// The lengths of what is looked at: what is shorter is chosen by a person, what is longer is a file.
const RANDOM: std::ops::RangeInclusive<usize> = 16..=512;

fn is_of_one_word(value: &str) -> bool {
    RANDOM.contains(&value.len())
        && value.bytes().all(|it| it.is_ascii_graphic())
        && !value.contains("://")
        && !value.contains(['<', '>', '{', '}', ',', ';', '(', ')'])
        && !value.starts_with(['/', '.', '$', '-'])
}

/// Whether a value is made of words and numbers, as names of hosts and objects are, and what people think up.
fn is_of_words(value: &str) -> bool {
    let parts = value.split(|it: char| !it.is_ascii_alphanumeric());
    let is_word = |part: &str| {
        let is_text = part.bytes().all(|it| it.is_ascii_lowercase())
            || part.bytes().all(|it| it.is_ascii_uppercase())
            || part.bytes().skip(1).all(|it| it.is_ascii_lowercase());
        // A word with a number behind it: `v2`, `node12`.
        let letters = part.trim_end_matches(|it: char| it.is_ascii_digit());
        is_text
            || part.len() - letters.len() <= 4 && letters.bytes().all(|it| it.is_ascii_lowercase())
            || part.bytes().all(|it| it.is_ascii_digit())
            || is_of_capitalised_words(letters)
    };
    let mut others = parts.filter(|it| !is_word(it));
    others.next().is_none_or(is_numeronym) && others.next().is_none()
}

/// `clusterAdmin`: words of several letters each, all but the first with a capital.
fn is_of_capitalised_words(text: &str) -> bool {
    const LEAST: usize = 4;
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    starts.extend((1..bytes.len()).filter(|&it| bytes[it].is_ascii_uppercase()));
    starts.push(bytes.len());
    bytes.iter().all(u8::is_ascii_alphabetic) && starts.windows(2).all(|it| it[1] - it[0] >= LEAST)
}

/// `k8s`, `I18N`: a word that is shortened to its ends and the number of the letters between.
fn is_numeronym(part: &str) -> bool {
    let inner = part.trim_matches(|it: char| it.is_ascii_alphabetic());
    part.len() == inner.len() + 2
        && matches!(inner.len(), 1 | 2)
        && inner.bytes().all(|it| it.is_ascii_digit())
}

/// Whether the characters of a value follow each other without order: many different ones, and few beside their neighbours in the alphabet.
fn is_disordered(value: &str) -> bool {
    let bytes = value.as_bytes();
    let ordered = bytes
        .windows(2)
        .filter(|it| it[0].abs_diff(it[1]) <= 1)
        .count();
    if ordered * 3 > bytes.len() {
        return false;
    }
    let has = |of: fn(&u8) -> bool| bytes.iter().any(of);
    let letters = has(u8::is_ascii_lowercase) || has(u8::is_ascii_uppercase);
    let mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    if !letters || !(has(u8::is_ascii_digit) || (mixed && bytes.len() >= 24)) {
        return false;
    }
    let is_hex = bytes.iter().all(|it| it.is_ascii_hexdigit() || *it == b'-');
    // In bits a character; sixteen different ones have four at most.
    let least = match bytes.len() {
        _ if is_hex => 3.0,
        ..20 => 3.3,
        _ => 3.5,
    };
    entropy(bytes) >= least
}

/// Shannon's entropy in bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let all = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let shares = counts
        .iter()
        .filter(|it| **it > 0)
        .map(|it| f64::from(*it) / all);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_values() {
        for value in [
            "kJ8x2QpLm4vR9sTz",
            "9f86d081884c7d659a2feaa0c55ad015",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ93kLpo",
            "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "\"Zx81-qqP0-vmK3-aWd7\"",
            "k8s-p2w-x4t-m9q-z3v",
        ] {
            assert!(is_random(value), "{value}");
        }
    }

    #[test]
    fn values_that_people_write() {
        for value in [
            "postgres",
            "my-super-long-secret-value",
            "correct-horse-battery-staple",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "0123456789abcdef0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "aaaaaaaaaaaaaaaaaaaaaaaa1",
            "redis-master.default.svc.cluster.local",
            "https://user:kJ8x2QpLm4vR9sTz@host/path",
            "${DB_PASSWORD_FROM_VAULT1}",
            "<your-token-here-12345678>",
            "vault:secret/data/app#kJ8x2QpLm4vR9sTz",
            "ENC[AES256_GCM,data:kJ8x2QpLm4vR9sTz]",
            "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            "admin:$apr1$N9qo8uLO$ickgx2ZMRZoMyeIjZAgcfl7",
            "sha256:9f86d081884c7d659a2feaa0c55ad015",
            "/etc/ssl/kJ8x2QpLm4vR9sTz",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
            "some words with 12345 numbers in it",
            "short1A",
            "etcd-cluster-k8s",
            "clusterAdmin123456",
            "HunterMoonRise2024",
        ] {
            assert!(!is_random(value), "{value}");
        }
    }

    #[test]
    fn tokens_and_keys() {
        let what =
            |text: &str| -> Vec<&str> { tokens(text).into_iter().map(|(_, what)| what).collect() };
        assert_eq!(what("k: AKIAQ3EGSOWPLMKJ72XZ"), ["Amazon access key id"]);
        assert_eq!(what("k: AKIAIOSFODNN7EXAMPLE"), [""; 0]);
        let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let pem =
            |header: &str| format!("-----BEGIN {header}-----\n{body}\n-----END {header}-----\n");
        assert_eq!(what(&pem("RSA PRIVATE KEY")), ["private key"]);
        assert_eq!(what(&pem("ENCRYPTED PRIVATE KEY")), [""; 0]);
        assert_eq!(
            what("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"),
            [""; 0]
        );
    }

    #[test]
    fn keys_in_bytes() {
        assert!(is_random_key(&[0xfe; 32]));
        assert!(!is_random_key(b"sixteen letters!"));
        assert!(!is_random_key(&[0xfe; 1000]));
    }
}
