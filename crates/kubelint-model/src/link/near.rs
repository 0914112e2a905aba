//! Near misses: names so much alike that one is probably meant for the other.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::name_index::NameIndex;
use crate::{ResourceId, data, edit_distance};

/// Two edits count from this many characters on; in shorter names they make another word.
const LONG: usize = 12;

/// An edit within a word shorter than this makes another word: `api` and `app`.
const SHORT_WORD: usize = 4;

/// Longer ones are no names of Kubernetes (`DNS1123SubdomainMaxLength` in `k8s.io/apimachinery/pkg/util/validation`), and near nothing.
pub(super) const MAX_LENGTH: usize = 253;

/// The rows of `data/name-words.tsv`.
struct Words {
    generic: BTreeSet<&'static str>,
    variants: BTreeSet<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let of = |wanted: &str| {
        let rows = data::rows(include_str!("../../data/name-words.tsv"));
        let rows = rows.filter(|[class, ..]| *class == wanted);
        rows.map(|[_, word, _]| word).collect()
    };
    Words {
        generic: of("generic"),
        variants: of("variant"),
    }
});

/// How far two names are apart that are a near miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// They differ in nothing but case, `-`, `_`, or one word that only says what kind of object it is.
    Spelling,
    /// They are one edit apart: a letter too much, too few, wrong, or two in the wrong order.
    OneEdit,
    /// They are two edits apart, and long.
    TwoEdits,
}

/// Whether two names (of objects of one kind, or values of one label) are so much alike that one is probably meant for the other, and how
/// near they are. Not if they differ in what usually tells siblings apart: numbers, versions, single letters, words for environments,
/// regions and roles.
pub fn near_miss(wanted: &str, other: &str) -> Option<Nearness> {
    if wanted == other || wanted.is_empty() || other.is_empty() {
        return None;
    }
    if wanted.len().max(other.len()) > MAX_LENGTH {
        return None;
    }
    let (a, b) = (wanted.to_ascii_lowercase(), other.to_ascii_lowercase());
    if folded(&a) == folded(&b) {
        return Some(Nearness::Spelling);
    }
    let (words_a, words_b) = (words(&a), words(&b));
    let (rest_a, rest_b) = differing(&words_a, &words_b);
    if are_siblings(rest_a, rest_b) {
        return None;
    }
    let (one, other) = (without_generic(&words_a), without_generic(&words_b));
    if one.iter().any(|it| other.contains(it)) {
        return Some(Nearness::Spelling);
    }
    let longest = rest_a.iter().chain(rest_b).map(|it| it.len()).max();
    if longest.is_some_and(|it| it < SHORT_WORD) {
        return None;
    }
    let shorter = a.chars().count().min(b.chars().count());
    let limit = if shorter >= LONG { 2 } else { 1 };
    match edit_distance(a.as_bytes(), b.as_bytes(), limit)? {
        0 | 1 => Some(Nearness::OneEdit),
        _ => Some(Nearness::TwoEdits),
    }
}

/// Whether two names differ in nothing but what usually tells siblings apart: numbers, versions, single letters, words for environments,
/// regions and roles.
pub fn are_sibling_names(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let (a, b) = (words(&a), words(&b));
    let (rest_a, rest_b) = differing(&a, &b);
    are_siblings(rest_a, rest_b)
}

/// The words of a lower-case name.
pub(super) fn words(name: &str) -> Vec<&str> {
    let words = name.split(['-', '_', '.', ' ']);
    words.filter(|it| !it.is_empty()).collect()
}

/// A lower-case name without what stands between its words.
pub(super) fn folded(name: &str) -> String {
    name.replace(['-', '_'], "")
}

/// What is left of two lists of words without those that both begin and end with.
fn differing<'a, 'w>(a: &'a [&'w str], b: &'a [&'w str]) -> (&'a [&'w str], &'a [&'w str]) {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let ends = a.iter().rev().zip(b.iter().rev());
    let same = ends.take_while(|(a, b)| a == b).count();
    (&a[..a.len() - same], &b[..b.len() - same])
}

/// Whether the words in which two names differ are of those that tell siblings apart.
fn are_siblings(a: &[&str], b: &[&str]) -> bool {
    let tells_apart = |word: &&str| {
        // `v2`, `x17`, `3`, `a`.
        let letters = word.bytes().filter(|it| !it.is_ascii_digit());
        letters.count() <= 1 || WORDS.variants.contains(word)
    };
    let without_digits = |words: &[&str]| -> Vec<String> {
        let words = words
            .iter()
            .map(|it| it.replace(|c: char| c.is_ascii_digit(), ""));
        words.filter(|it| !it.is_empty() && it != "v").collect()
    };
    a.iter().chain(b).all(tells_apart) || without_digits(a) == without_digits(b)
}

/// A name without each of the generic words it holds, one at a time, and as it is. Nothing where no other word is left.
pub(super) fn without_generic(words: &[&str]) -> Vec<String> {
    let mut forms = vec![words.concat()];
    for at in 0..words.len() {
        // `service-account` and `config-map` are one word each.
        for width in [1, 2] {
            let Some(word) = words.get(at..at + width) else {
                continue;
            };
            if words.len() > width && WORDS.generic.contains(&*word.concat()) {
                forms.push([&words[..at], &words[at + width..]].concat().concat());
            }
        }
    }
    forms
}

/// What a name is about: its words without generic ones, in order.
pub(super) fn base(name: &str) -> Vec<String> {
    let name = name.to_ascii_lowercase();
    let words = words(&name).into_iter();
    let words = words.filter(|it| !WORDS.generic.contains(it));
    words.map(str::to_owned).collect()
}

/// The names of the objects of one kind in one directory.
#[derive(Default)]
pub(super) struct Neighbours<'g> {
    /// Each name with the objects that have it; sorted.
    names: Vec<(&'g str, Vec<ResourceId>)>,
    /// Their index.
    index: NameIndex,
}

/// A name near one that is wanted.
pub(super) struct Neighbour<'g> {
    pub(super) nearness: Nearness,
    pub(super) name: &'g str,
    pub(super) ids: &'g [ResourceId],
}

impl<'g> Neighbours<'g> {
    pub(super) fn new(mut objects: Vec<(&'g str, ResourceId)>) -> Self {
        objects.sort_unstable();
        let chunks = objects.chunk_by(|a, b| a.0 == b.0);
        let names: Vec<(&str, Vec<ResourceId>)> = chunks
            .map(|it| (it[0].0, it.iter().map(|it| it.1).collect()))
            .collect();
        let index = NameIndex::new(names.iter().map(|it| it.0));
        Self { names, index }
    }

    /// The names near `wanted`, nearest first. If several of them have a word of their own in the same place, they are siblings of each
    /// other, and `wanted` may well be one more of them: those are left out.
    pub(super) fn of(&self, wanted: &str) -> Vec<Neighbour<'_>> {
        let mut near: Vec<Neighbour<'_>> = self
            .index
            .candidates(wanted)
            .into_iter()
            .filter_map(|at| {
                let (name, ids) = &self.names[at as usize];
                let nearness = near_miss(wanted, name)?;
                Some(Neighbour {
                    nearness,
                    name,
                    ids,
                })
            })
            .collect();
        let place = |it: &Neighbour<'_>| {
            let (a, b) = (words(wanted), words(it.name));
            let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
            // Of `visits-service` and `vets-service`, both near, at most one is meant.
            let is_sibling = a.len() == b.len() && it.nearness != Nearness::Spelling;
            is_sibling.then_some((same, it.nearness))
        };
        let mut places: Vec<(usize, Nearness)> = near.iter().filter_map(place).collect();
        places.sort_unstable();
        let is_shared = |at: (usize, Nearness)| {
            places.partition_point(|it| *it <= at) - places.partition_point(|it| *it < at) > 1
        };
        near.retain(|it| place(it).is_none_or(|at| !is_shared(at)));
        near.sort_by_key(|it| (it.nearness, it.name));
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near() {
        use Nearness::{OneEdit, Spelling, TwoEdits};
        for (wanted, other, expected) in [
            ("app-config", "app_config", Some(Spelling)),
            ("App-Config", "app-config", Some(Spelling)),
            ("appconfig", "app-config", Some(Spelling)),
            ("app", "app-config", Some(Spelling)),
            ("app-cm", "app-config", Some(Spelling)),
            ("api-service", "api", Some(Spelling)),
            ("api-service-account", "api", Some(Spelling)),
            ("app-confg", "app-config", Some(OneEdit)),
            ("app-cofnig", "app-config", Some(OneEdit)),
            ("frontned", "frontend", Some(OneEdit)),
            ("payment-confgi-x", "payments-config-x", Some(TwoEdits)),
            ("fronnted-x", "frontends-x", None),
            ("app-1", "app-2", None),
            ("app", "app-v2", None),
            ("app2", "app", None),
            ("app-x17", "app-17", None),
            ("shard-a", "shard-b", None),
            ("app-dev", "app-prod", None),
            ("cache-eu", "cache-us", None),
            ("api-config", "app-config", None),
            ("db", "dc", None),
            ("config", "secret", None),
            ("app", "web", None),
            ("app", "app", None),
        ] {
            assert_eq!(near_miss(wanted, other), expected, "{wanted} {other}");
            assert_eq!(near_miss(other, wanted), expected, "{other} {wanted}");
        }
    }

    #[test]
    fn names_of_siblings() {
        for (a, b, expected) in [
            ("shop", "shop-dev", true),
            ("eu.gcr.io", "us.gcr.io", true),
            ("10.0.0.1", "10.0.0.2", true),
            ("shop", "shop", true),
            ("shop", "shops", false),
            ("ghcr.io", "quay.io", false),
        ] {
            assert_eq!(are_sibling_names(a, b), expected, "{a} {b}");
        }
    }

    /// The index of many names finds what comparing them one by one finds at one edit.
    #[test]
    fn many_names() {
        let names: Vec<String> = (0..400).map(|at| format!("{}-config", word(at))).collect();
        let objects = (0..).map(ResourceId);
        let neighbours = Neighbours::new(names.iter().map(String::as_str).zip(objects).collect());
        assert!(neighbours.index.is_selective());
        for name in &names {
            let wanted = name.replace("-config", "-cnofig");
            let found: Vec<&str> = neighbours.of(&wanted).iter().map(|it| it.name).collect();
            assert_eq!(found, [name.as_str()], "{wanted}");
        }
    }

    /// A word for a number, unlike those of other numbers.
    fn word(at: u32) -> String {
        let letters = (0..8).map(|i| char::from(b'a' + ((at * 7919 + 13) >> (i * 2) & 15) as u8));
        letters.flat_map(|it| [it, it]).collect()
    }

    #[test]
    fn siblings_are_no_near_misses() {
        let names = ["worker-blaa", "worker-blab", "worker-blac", "server"];
        let objects = names.into_iter().zip((0..).map(ResourceId)).collect();
        let neighbours = Neighbours::new(objects);
        assert!(neighbours.of("worker-blad").is_empty());
        assert_eq!(neighbours.of("sevrer").len(), 1);
        let names = ["visits-service", "vets-service"];
        let objects = names.into_iter().zip((0..).map(ResourceId)).collect();
        let neighbours = Neighbours::new(objects);
        let found: Vec<&str> = neighbours
            .of("vists-service")
            .iter()
            .map(|it| it.name)
            .collect();
        assert_eq!(found, ["visits-service", "vets-service"]);
    }
}
