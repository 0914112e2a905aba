//! Tags that are put on one image after the other.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{ImageRef, data};

/// Why the image that a reference leads to may be another one tomorrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutable {
    /// It states no tag, which means `latest`.
    Untagged,
    /// Its tag stands for the newest image, a branch or an environment.
    Moving,
    /// Its tag only says what the image is built on or which variant it is.
    Variant,
    /// Its tag only names an architecture.
    Architecture,
}

/// What one word of a tag says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// The tag moves, whatever else it holds.
    Always,
    /// The tag moves if the other words say nothing either.
    Of(Mutable),
}

/// The rows of `data/mutable-tags.tsv`, by word.
static WORDS: LazyLock<BTreeMap<&'static str, Word>> = LazyLock::new(|| {
    data::rows(include_str!("../data/mutable-tags.tsv"))
        .filter_map(|[form, word, _]| {
            let meaning = match form {
                "always" => Word::Always,
                "moving" => Word::Of(Mutable::Moving),
                "variant" => Word::Of(Mutable::Variant),
                "architecture" => Word::Of(Mutable::Architecture),
                _ => return None,
            };
            Some((word, meaning))
        })
        .collect()
});

/// A date, a build number or an abbreviated commit has at least so many characters, with a digit among them.
const UNIQUE: usize = 6;

/// Whether `image` may lead to another image tomorrow, and why. One that states a digest never does.
pub fn of(image: &ImageRef<'_>) -> Option<Mutable> {
    if image.digest().is_some() {
        return None;
    }
    match image.tag() {
        None => Some(Mutable::Untagged),
        Some(tag) => of_tag(tag),
    }
}

/// Whether a tag moves from image to image, and why. [`Mutable::Untagged`] for an empty one.
pub fn of_tag(tag: &str) -> Option<Mutable> {
    let tag = tag.to_ascii_lowercase();
    if tag.is_empty() {
        return Some(Mutable::Untagged);
    }
    if let Some(&Word::Of(why)) = WORDS.get(tag.as_str()) {
        return Some(why);
    }
    let words: Vec<(&str, Option<Word>)> = tag
        .split(['-', '_', '.', '+'])
        .map(|it| (it, WORDS.get(it).copied()))
        .collect();
    let always = words.iter().any(|(_, it)| *it == Some(Word::Always));
    if always
        && !words
            .iter()
            .any(|(word, known)| known.is_none() && is_unique(word))
    {
        return Some(Mutable::Moving);
    }
    // The strongest reason among those of its words.
    let reasons = words.iter().map(|(_, word)| match word.as_ref()? {
        Word::Always => Some(Mutable::Moving),
        Word::Of(why) => Some(*why),
    });
    reasons.collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn is_unique(word: &str) -> bool {
    word.len() >= UNIQUE && word.bytes().any(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(image: &str, expected: Option<Mutable>) {
        let reference = ImageRef::parse(image).unwrap();
        assert_eq!(of(&reference), expected, "{image}");
    }

    #[test]
    fn tags_that_move() {
        for tag in [
            "latest",
            "LATEST",
            "prod",
            "main",
            "stable",
            "app-latest",
            "production.latest",
            "latest-gpu",
            "stable-alpine",
            "main-amd64",
            "1.0-SNAPSHOT",
            "beta",
            "prod-v2-latest",
        ] {
            check(&format!("shop/api:{tag}"), Some(Mutable::Moving));
        }
        check("shop/api", Some(Mutable::Untagged));
        check("nginx:alpine", Some(Mutable::Variant));
        check("nginx:alpine-slim", Some(Mutable::Variant));
        check("shop/api:arm64v8", Some(Mutable::Architecture));
        check("shop/api:x86_64", Some(Mutable::Architecture));
        check("shop/api:linux-amd64", Some(Mutable::Variant));
    }

    #[test]
    fn tags_that_stay() {
        let digest = "0".repeat(64);
        for tag in [
            "1.25",
            "v1",
            "1.25-alpine",
            "nightly-20240131",
            "main-3f2a91c",
            "latest-1a2b3c4d",
            "blue",
            "release-1.2",
            "prod-42",
            "test-inject",
        ] {
            check(&format!("shop/api:{tag}"), None);
        }
        check(&format!("shop/api:latest@sha256:{digest}"), None);
        check(&format!("shop/api@sha256:{digest}"), None);
    }
}
