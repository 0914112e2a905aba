//! Mappings as their reader sees them: merges applied, duplicate keys settled or refused.
//!
//! go-yaml 2 (kubectl, helm) applies entries in the order in which they are written, a `<<` like any other: what comes
//! later overwrites. go-yaml 3 and 4 (kustomize, compose) let a merge only fill in what is not written, wherever the `<<`
//! stands, and refuse duplicate keys. GitHub knows no merges.

use std::borrow::Cow;
use std::collections::HashMap;

use super::go_yaml::Version;
use super::{CoreTag, Profile, Refusal, Scalar, key_of, scalar_of};
use crate::yaml::{Entry, Kind, Node, Style};

/// The most mappings and entries that merges may bring into one mapping. go-yaml refuses a document as excessive aliasing before.
const MAX_MERGED: usize = 400_000;

/// A key of a mapping with the value that counts.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// The key as the reader has it.
    pub key: Cow<'a, str>,
    /// Where key and value are written: in the mapping itself, or in one that it merges.
    pub entry: Entry<'a>,
    /// Whether it comes in through a merge.
    pub merged: bool,
}

/// The members of a mapping, or of one that an alias stands for, as `profile` sees them: each key once, in the order in
/// which the keys first come. Nothing for other nodes.
///
/// Where kubectl's outcome is left to chance (the keys `1` and `"1"` in one mapping), the last one counts.
pub fn members(profile: Profile, mapping: Node<'_>) -> Result<Vec<Member<'_>>, Refusal> {
    members_of(profile, mapping, false)
}

/// As [`members`]; `root` says that the mapping is the document's root, where kustomize takes keys of any type as text.
pub(super) fn members_of(
    profile: Profile,
    mapping: Node<'_>,
    root: bool,
) -> Result<Vec<Member<'_>>, Refusal> {
    let mapping = mapping.resolved();
    let later_wins = profile.version() == Version::Two;
    let mut members: Vec<Member<'_>> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut entries = Applied::new(profile, mapping);
    while let Some((entry, merged)) = entries.next()? {
        if !merged && is_dropped(profile, entry.key) {
            continue;
        }
        let key = match key_of(profile, entry.key) {
            Ok(key) => key,
            Err(_) if root && is_text_key(profile, entry.key) => text_key(entry.key),
            Err(reason) => return Err(refusal(entry.key, reason)),
        };
        let member = Member { key, entry, merged };
        match places.get(&member.key).and_then(|at| members.get_mut(*at)) {
            Some(slot) if later_wins || is_unseen(profile, slot, &member) => *slot = member,
            Some(slot) if !merged && !slot.merged && profile != Profile::Workflow => {
                return Err(refusal(entry.key, "the key is there twice"));
            }
            Some(_) => {}
            None => {
                places.insert(member.key.clone(), members.len());
                members.push(member);
            }
        }
    }
    Ok(members)
}

/// compose does not see that a key and an alias of it are equal, and then the later one counts.
fn is_unseen(profile: Profile, a: &Member<'_>, b: &Member<'_>) -> bool {
    let kinds = |kind| a.entry.key.kind() == kind || b.entry.key.kind() == kind;
    profile == Profile::Compose && !b.merged && kinds(Kind::Alias) && kinds(Kind::Scalar)
}

/// kustomize clears the key `<<` after it has merged, also where it is quoted and no merge.
fn is_dropped(profile: Profile, key: Node<'_>) -> bool {
    profile == Profile::Kustomize && key.as_str().is_some_and(|key| key == "<<")
}

/// At the root kustomize takes the text of a scalar that is no string.
fn is_text_key(profile: Profile, key: Node<'_>) -> bool {
    let null = scalar_of(profile, key).is_none_or(|value| value == Scalar::Null);
    profile == Profile::Kustomize && !null
}

/// The text of a key of any type: as it is written, but for `!!binary`.
fn text_key(key: Node<'_>) -> Cow<'_, str> {
    match key.resolved().tag().map(|(tag, _)| CoreTag::of(tag)) {
        Some(Some(CoreTag::Binary)) => match scalar_of(Profile::Kustomize, key) {
            Some(Scalar::Str(text)) => text,
            _ => Cow::default(),
        },
        _ => key.as_str().unwrap_or_default(),
    }
}

pub(super) fn refusal(node: Node<'_>, reason: &'static str) -> Refusal {
    Refusal {
        node: node.id(),
        reason,
    }
}

/// Whether the reader takes this key for a merge.
pub(super) fn is_merge(profile: Profile, key: Node<'_>) -> bool {
    match profile {
        Profile::Kubectl | Profile::HelmValues => key.is_merge_key(),
        Profile::Kustomize => is_merge_tagged(key.resolved()),
        Profile::Compose => is_merge_tagged(key),
        Profile::Workflow => false,
    }
}

/// In go-yaml 3 and 4 the tag counts, which a plain `<<` has by itself.
fn is_merge_tagged(key: Node<'_>) -> bool {
    if key.kind() != Kind::Scalar {
        return false;
    }
    match key.tag() {
        None | Some(("!", _)) => key.style() == Style::Plain && key.raw() == "<<",
        Some((tag, _)) => matches!(tag, "!!merge" | "!<!!merge>" | "!<tag:yaml.org,2002:merge>"),
    }
}

/// The mappings that a `<<` with this value merges, in order; aliases are followed.
pub(super) fn merge_sources(profile: Profile, value: Node<'_>) -> Result<Vec<Node<'_>>, Refusal> {
    const NO_MAPPING: &str = "`<<` takes a mapping or a list of mappings";
    let outer = match profile {
        // Compose has put aliases' targets in their place by now.
        Profile::Compose => value.resolved(),
        _ => value,
    };
    let one = |node: Node<'_>| node.resolved().kind() == Kind::Mapping;
    match outer.kind() {
        Kind::Sequence => match outer.items().find(|item| !one(*item)) {
            Some(item) => Err(refusal(item, NO_MAPPING)),
            None => Ok(outer.items().collect()),
        },
        _ if one(outer) => Ok(vec![outer]),
        _ => Err(refusal(value, NO_MAPPING)),
    }
}

/// The entries of a mapping and of what it merges, in the order in which the reader applies them.
struct Applied<'a> {
    profile: Profile,
    /// The mappings that are gone through, innermost last.
    open: Vec<Open<'a>>,
    merged: usize,
}

struct Open<'a> {
    entries: crate::yaml::Entries<'a>,
    /// Mappings to merge, next last.
    sources: Vec<Node<'a>>,
}

impl<'a> Applied<'a> {
    fn new(profile: Profile, mapping: Node<'a>) -> Self {
        let mut applied = Self {
            profile,
            open: Vec::new(),
            merged: 0,
        };
        applied.enter(mapping);
        applied
    }

    fn enter(&mut self, mapping: Node<'a>) {
        self.open.push(Open {
            entries: mapping.resolved().entries(),
            sources: Vec::new(),
        });
    }

    /// The next entry, and whether it is merged.
    fn next(&mut self) -> Result<Option<(Entry<'a>, bool)>, Refusal> {
        let at_once = self.profile.version() == Version::Two;
        loop {
            let merged = self.open.len() > 1;
            let Some(open) = self.open.last_mut() else {
                return Ok(None);
            };
            if at_once && let Some(source) = open.sources.pop() {
                self.enter(source);
                continue;
            }
            let Some(entry) = open.entries.next() else {
                match open.sources.pop() {
                    Some(source) => self.enter(source),
                    None => drop(self.open.pop()),
                }
                continue;
            };
            self.merged += usize::from(merged);
            if self.merged > MAX_MERGED {
                return Err(refusal(entry.key, super::limits::EXCESSIVE));
            }
            if !is_merge(self.profile, entry.key) {
                return Ok(Some((entry, merged)));
            }
            let mut sources = merge_sources(self.profile, entry.value)?;
            // A mapping that is merged counts, too: it may be empty.
            self.merged += sources.len();
            if !at_once {
                // The first one is applied first, since what is there stays.
                sources.reverse();
            }
            open.sources = sources;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Yaml, parse};

    /// The members of the value of `v`, as `key=value`, with `<` where they are merged.
    fn seen(profile: Profile, yaml: &Yaml, text: &str) -> Result<String, &'static str> {
        let root = yaml.root(text, &yaml.documents()[0]).expect("a root");
        let v = root.get("v").expect("a key `v`").value;
        let members = members(profile, v).map_err(|refusal| refusal.reason)?;
        let word = |member: &Member<'_>| {
            let mark = if member.merged { "<" } else { "=" };
            format!("{}{mark}{}", member.key, member.entry.value.raw())
        };
        Ok(members.iter().map(word).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn merged_members_know_where_they_are_written() {
        let text = "base: &b {a: 1, c: 2}\nv:\n  a: 3\n  <<: *b\n  d: 4\n";
        let yaml = parse(text);
        assert_eq!(
            seen(Profile::Kubectl, &yaml, text).as_deref(),
            Ok("a<1 c<2 d=4")
        );
        assert_eq!(
            seen(Profile::Kustomize, &yaml, text).as_deref(),
            Ok("a=3 d=4 c<2")
        );
        assert_eq!(
            seen(Profile::Workflow, &yaml, text).as_deref(),
            Ok("a=3 <<=*b d=4")
        );
    }

    #[test]
    fn keys_that_are_refused_are_named() {
        let text = "v: {a: 1, ~: 2}\n";
        let yaml = parse(text);
        assert_eq!(
            seen(Profile::Kubectl, &yaml, text),
            Err("a key cannot be null")
        );
    }

    #[test]
    fn merges_of_merges_end() {
        for first in ["{}", "{k: 1}"] {
            let mut text = format!("m0: &m0 {first}\n");
            for level in 1..8 {
                let list = format!("*m{}, ", level - 1).repeat(100);
                text.push_str(&["m", &level.to_string(), ": &m", &level.to_string()].concat());
                text.push_str(&[" {<<: [", &list, "]}\n"].concat());
            }
            text.push_str("v: {<<: *m7}\n");
            let yaml = parse(&text);
            for profile in [Profile::Kubectl, Profile::Kustomize, Profile::Compose] {
                assert_eq!(
                    seen(profile, &yaml, &text),
                    Err(super::super::limits::EXCESSIVE)
                );
            }
        }
    }
}
