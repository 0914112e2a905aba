//! Credentials that are recognised by the name they are stored under.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::data;

/// The name rows of `data/credentials.tsv`.
struct Names {
    anywhere: BTreeSet<&'static str>,
    last: BTreeSet<&'static str>,
    qualifiers: BTreeSet<&'static str>,
    harmless: BTreeSet<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let of = |wanted: &str| {
        data::rows(include_str!("../../data/credentials.tsv"))
            .filter(|[form, ..]| *form == wanted)
            .map(|[_, word, _]| word)
            .collect()
    };
    Names {
        anywhere: of("name"),
        last: of("last"),
        qualifiers: of("qualifier"),
        harmless: of("harmless"),
    }
});

/// Words this long also count at the end of a longer one, as in `DBPASSWORD`.
const GLUED: usize = 5;

/// Whether a variable or key of this name holds a credential: `DB_PASSWORD`, `apiKey`, `my.auth-token`.
pub(crate) fn is_credential(name: &str) -> bool {
    let words = words(name);
    let [before @ .., last] = &*words else {
        return false;
    };
    if NAMES.harmless.contains(last.as_str()) {
        return false;
    }
    let is_known = |word: &String| {
        NAMES.anywhere.contains(word.as_str())
            || NAMES
                .anywhere
                .iter()
                .any(|it| it.len() >= GLUED && word.ends_with(it))
    };
    let is_qualified = || {
        let qualifier = before
            .last()
            .is_some_and(|it| NAMES.qualifiers.contains(it.as_str()));
        qualifier || !name.contains(|c: char| c.is_lowercase())
    };
    (NAMES.last.contains(last.as_str()) && is_qualified()) || words.iter().any(is_known)
}

/// Whether `text` holds the beginning of any word that [`is_credential`] knows: a cheap way to say no.
pub(super) fn may_be_credential(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(3).any(|window| {
        let lower = [window[0] | 0x20, window[1] | 0x20, window[2] | 0x20];
        matches!(&lower, b"pas" | b"pwd" | b"sec" | b"tok" | b"cre" | b"key")
    })
}

/// The parts of a name in lower case: between `_`, `-`, `.`, `/`, blanks and changes of case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for c in name.chars() {
        let begins = c.is_uppercase() && before_is_lower;
        let is_part = c.is_alphanumeric();
        if (begins || !is_part) && words.last().is_some_and(|it| !it.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| is_part) {
            word.extend(c.to_lowercase());
        }
        before_is_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "dbPassword",
            "DBPASSWORD",
            "apiKey",
            "API_KEY",
            "stripe.secret-key",
            "GITHUB_TOKEN",
            "TOKEN_2",
            "PGPASS",
            "REDIS_PASS",
            "SECRET",
            "clientSecret",
            "SIGNING_KEY",
            "redis-pwd",
        ] {
            let expected = name != "PGPASS"; // too short to be told from other words
            assert_eq!(is_credential(name), expected, "{name}");
            assert!(may_be_credential(name), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "secretName",
            "TOKEN_TTL",
            "KEYBOARD",
            "MONKEY",
            "compass",
            "bypass",
            "key_prefix",
            "",
            "-",
            "ACCESS_KEY_ID",
            "tokenizer",
            "topologyKey",
            "descriptor_key",
            "imagePullSecret",
            "key",
            "secret",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
