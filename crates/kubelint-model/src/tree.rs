//! Parsing texts that nobody vouches for.

use kubelint_parser::yaml::resolve::{self, Profile, Refusal};
use kubelint_parser::yaml::{Kind, Node, Yaml};

/// Parses a text as `profile` reads it. Documents that the reader refuses although they parse are broken, too: nobody must follow their
/// aliases, for a few hundred bytes can stand for billions of nodes.
pub(crate) fn parse(profile: Profile, text: &str) -> Yaml {
    let mut yaml = profile.parse(text);
    let refusals: Vec<(usize, Refusal)> = yaml
        .documents()
        .iter()
        .enumerate()
        .filter_map(|(index, document)| {
            let root = yaml.root(text, document)?;
            Some((index, refusal(profile, root)?))
        })
        .collect();
    for (document, refusal) in refusals {
        yaml.refuse(text, document, refusal);
    }
    yaml
}

/// What the reader refuses. Of readers other than kubectl only that which could not be read without harm.
fn refusal(profile: Profile, root: Node<'_>) -> Option<Refusal> {
    if profile == Profile::Kubectl {
        return resolve::refused(profile, root);
    }
    let has_alias = root.descendants().any(|node| node.kind() == Kind::Alias);
    has_alias.then(|| resolve::check(profile, root).err())?
}
