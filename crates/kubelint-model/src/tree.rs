//! Parsing texts that nobody vouches for.

use kubelint_parser::yaml::resolve::{self, Profile};
use kubelint_parser::yaml::{Kind, Node, Yaml};
use memchr::memchr;

/// Parses a text as `profile` reads it, or `None` if what its aliases stand for is refused: then nobody must follow them, for a few
/// hundred bytes can stand for billions of nodes.
pub(crate) fn parse(profile: Profile, text: &str) -> Option<Yaml> {
    let yaml = profile.parse(text);
    // Most texts have no anchor, and most of the others only an `&` in a value.
    if memchr(b'&', text.as_bytes()).is_none() {
        return Some(yaml);
    }
    let mut roots = yaml
        .documents()
        .iter()
        .filter_map(|document| yaml.root(text, document));
    let is_refused = |root: Node<'_>| {
        let has_alias = root.descendants().any(|node| node.kind() == Kind::Alias);
        has_alias && resolve::check(profile, root).is_err()
    };
    let refused = roots.any(is_refused);
    (!refused).then_some(yaml)
}
