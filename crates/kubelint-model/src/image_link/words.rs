//! Words in the names of images and of folders.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::data;

/// The rows of `data/image-names.tsv`, by class.
struct Words {
    fillers: BTreeSet<&'static str>,
    generic: BTreeSet<&'static str>,
    holders: BTreeSet<&'static str>,
    deployment: BTreeSet<&'static str>,
    variants: BTreeSet<&'static str>,
    selectors: BTreeSet<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let of = |wanted: &str| {
        let rows = data::rows(include_str!("../../data/image-names.tsv"));
        let rows = rows.filter(|[class, ..]| *class == wanted);
        rows.map(|[_, word, _]| word).collect()
    };
    Words {
        fillers: of("filler"),
        generic: of("generic"),
        holders: of("holder"),
        deployment: of("deployment"),
        variants: of("variant"),
        selectors: of("selector"),
    }
});

/// Whether a word says nothing of which component it is.
pub(super) fn is_filler(word: &str) -> bool {
    WORDS.fillers.contains(word)
}

/// Whether many projects have something of this name.
pub(super) fn is_generic(name: &str) -> bool {
    WORDS.generic.contains(name)
}

/// Whether a folder of this name holds the Dockerfile of a component that is called like the folder above.
pub(super) fn is_holder(folder: &str) -> bool {
    WORDS.holders.contains(folder)
}

/// Whether a folder of this name holds manifests of the project in the folder above.
pub(super) fn is_deployment(folder: &str) -> bool {
    WORDS.deployment.contains(folder)
}

/// Whether this tells several Dockerfiles of one component apart.
pub(super) fn is_variant(word: &str) -> bool {
    WORDS.variants.contains(word)
}

/// Whether a build argument of this name says which of several components is built.
pub(super) fn selects(argument: &str) -> bool {
    tokens(argument)
        .iter()
        .any(|it| WORDS.selectors.contains(it.as_str()))
}

/// A name without what is written one way or another: case, and all but letters and digits.
pub(super) fn folded(name: &str) -> String {
    name.chars()
        .filter(|it| it.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The words of a name, in lower case: `Ordering.API` and `ordering-api` are `ordering` and `api`.
pub(super) fn tokens(name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut last = ' ';
    for char in name.chars() {
        if !char.is_alphanumeric() {
            last = ' ';
            continue;
        }
        let is_hump = char.is_uppercase() && last.is_lowercase();
        match found.last_mut() {
            Some(token) if last != ' ' && !is_hump => token.extend(char.to_lowercase()),
            _ => found.push(char.to_lowercase().collect()),
        }
        last = char;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_names() {
        for (name, expected) in [
            ("order-service", "order service"),
            ("Ordering.API", "ordering api"),
            ("CustomerManagementAPI", "customer management api"),
            ("ts_order_2", "ts order 2"),
            ("", ""),
        ] {
            assert_eq!(tokens(name).join(" "), expected, "{name}");
        }
        assert_eq!(folded("Ordering.API"), folded("ordering-api"));
        assert!(selects("SERVICE_NAME") && !selects("VERSION"));
    }
}
