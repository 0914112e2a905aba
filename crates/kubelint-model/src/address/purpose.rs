//! What an address is for, as the name says that it is assigned to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Mention;
use crate::data;
use crate::extract::words;

/// What a program does with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// It calls it, as far as the name tells.
    Called,
    /// It tells it to others, or compares it: allowed origins, redirects, issuers of tokens, advertised listeners.
    Told,
    /// It listens there.
    Bound,
}

/// The rows of `data/address-words.tsv`, by word.
static WORDS: LazyLock<BTreeMap<&'static str, Use>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/address-words.tsv"));
    let rows = rows.map(|[class, word, _]| {
        let used = if class == "bound" {
            Use::Bound
        } else {
            Use::Told
        };
        (word, used)
    });
    rows.collect()
});

impl Mention {
    /// What the program does with it, as far as the words tell that it is assigned to.
    pub fn used(&self) -> Use {
        let assigned = [self.key.as_deref(), Some(self.name.as_str())];
        let mut uses = assigned
            .into_iter()
            .flatten()
            .flat_map(words)
            .filter_map(|it| WORDS.get(it.as_str()).copied());
        uses.next().unwrap_or(Use::Called)
    }

    /// The words of what it is assigned to, in lower case: of the key in its text, else of the variable or key of the object.
    pub fn words(&self) -> Vec<String> {
        words(self.key.as_deref().unwrap_or(&self.name))
    }
}
