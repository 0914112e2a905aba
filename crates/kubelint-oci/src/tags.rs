//! Which tags come near to one that is not there.

use kubelint_model::edit_distance;
use kubelint_model::registry::Tags;

/// A tag as a version: `v1.2.0-alpine` is 1, 2, 0 between `v` and `-alpine`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version<'t> {
    numbers: Vec<u64>,
    prefix: &'t str,
    suffix: &'t str,
}

impl<'t> Version<'t> {
    fn of(tag: &'t str) -> Option<Self> {
        let start = tag.find(|it: char| it.is_ascii_digit())?;
        let (prefix, rest) = tag.split_at(start);
        let end = rest.find(|it: char| !it.is_ascii_digit() && it != '.');
        let (numbers, _) = rest.split_at(end.unwrap_or(rest.len()));
        let numbers = numbers.trim_end_matches('.');
        let suffix = &rest[numbers.len()..];
        let numbers: Result<Vec<u64>, _> = numbers.split('.').map(str::parse).collect();
        // `sha-3f2a…` and dates are no versions that one is higher than another of.
        let is_version = prefix.is_empty() || prefix.ends_with(['v', 'V', '-', '_', '.']);
        let is_hash = suffix.starts_with(|it: char| it.is_ascii_alphanumeric());
        (is_version && !is_hash).then_some(Self {
            numbers: numbers.ok()?,
            prefix,
            suffix,
        })
    }

    /// Whether both are written alike: one can be the other's next release.
    fn is_like(&self, other: &Self) -> bool {
        self.suffix == other.suffix
            && self.prefix.eq_ignore_ascii_case(other.prefix)
            && self.numbers.len() == other.numbers.len()
    }
}

/// What a repository with the tags `all` has in place of `wanted`; `is_complete` if it has no others.
pub(crate) fn near(wanted: &str, all: &[String], is_complete: bool) -> Tags {
    let version = Version::of(wanted);
    let alike = |it: &&String| match (&version, Version::of(it)) {
        (Some(wanted), Some(it)) => it.is_like(wanted),
        _ => false,
    };
    let newest = all.iter().filter(alike).max_by_key(|it| Version::of(it));
    let mut ranked: Vec<(Rank, &String)> = all
        .iter()
        .filter_map(|it| Some((rank(wanted, version.as_ref(), it)?, it)))
        .collect();
    ranked.sort();
    let nearest = ranked.into_iter().map(|it| it.1.clone());
    Tags {
        nearest: nearest.take(Tags::MOST_NEAREST).collect(),
        newest: newest.cloned(),
        is_complete,
    }
}

/// How near a tag is, the least first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The same but for `v`, case, or a separator.
    Spelling,
    /// One mistake in typing, or two.
    Typing(usize),
    /// Another version, written alike, so many numbers of which are the same from the left; the difference of the next.
    Version { other: usize, difference: u64 },
}

fn rank(wanted: &str, version: Option<&Version<'_>>, tag: &str) -> Option<Rank> {
    let plain = |it: &str| {
        let it = it.to_ascii_lowercase().replace(['_', '-'], ".");
        it.strip_prefix('v').map_or(it.clone(), str::to_owned)
    };
    if plain(wanted) == plain(tag) {
        return Some(Rank::Spelling);
    }
    if let (Some(wanted), Some(other)) = (version, Version::of(tag))
        && other.is_like(wanted)
    {
        let mut pairs = wanted.numbers.iter().zip(&other.numbers);
        let at = pairs.position(|it| it.0 != it.1)?;
        let difference = wanted.numbers[at].abs_diff(other.numbers[at]);
        let other = wanted.numbers.len() - at;
        return Some(Rank::Version { other, difference });
    }
    // Of a short tag, two characters are too much.
    let limit = (wanted.len() / 3).min(2);
    let edits = edit_distance(wanted.as_bytes(), tag.as_bytes(), limit)?;
    let is_other_version = version.is_some() && Version::of(tag).is_some();
    (!is_other_version).then_some(Rank::Typing(edits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, all: &[&str], nearest: &[&str], newest: Option<&str>) {
        let all: Vec<String> = all.iter().map(|it| (*it).to_owned()).collect();
        let found = near(wanted, &all, true);
        assert_eq!(found.nearest, nearest, "{wanted}");
        assert_eq!(found.newest.as_deref(), newest, "{wanted}");
    }

    #[test]
    fn the_newest_is_of_the_same_kind() {
        check("2.0.0", &["1.0.0"], &["1.0.0"], Some("1.0.0"));
        check(
            "2.0.0",
            &["1.9.0", "1.10.0", "1.10.0-alpine", "1.11", "latest"],
            &["1.10.0", "1.9.0"],
            Some("1.10.0"),
        );
        check(
            "1.27.9-alpine",
            &["1.27.8", "1.27.8-alpine", "1.27.3-alpine", "1.29.0-alpine"],
            &["1.27.8-alpine", "1.27.3-alpine", "1.29.0-alpine"],
            Some("1.29.0-alpine"),
        );
        check("v3", &["v1", "v2", "3"], &["3", "v2", "v1"], Some("v2"));
    }

    #[test]
    fn spelling_comes_first() {
        check(
            "1.4.0",
            &["v1.4.0", "1.3.9"],
            &["v1.4.0", "1.3.9"],
            Some("1.3.9"),
        );
        check("lastest", &["latest", "stable"], &["latest"], None);
        check("prod", &["dev", "sha-12ab34c"], &[], None);
        check("1.2.3", &[], &[], None);
    }

    #[test]
    fn hashes_and_huge_numbers_are_no_versions() {
        check(
            "3f2a991",
            &["1a2b3c4", "99999999999999999999999"],
            &[],
            None,
        );
        check("99999999999999999999999", &["1"], &[], None);
    }
}
