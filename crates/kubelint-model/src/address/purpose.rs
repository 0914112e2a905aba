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

/// Words for what programs offer beside their service. An address that is called after one is where they offer it: `--metrics-addr`.
const OFFERED: [&str; 8] = [
    "debug",
    "health",
    "healthz",
    "metrics",
    "pprof",
    "probe",
    "probes",
    "telemetry",
];

impl Use {
    /// What a program does with an address, as far as `names` tell that it is assigned to.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut uses = names
            .into_iter()
            .flat_map(words)
            .filter_map(|it| WORDS.get(it.as_str()).copied());
        uses.next().unwrap_or(Self::Called)
    }
}

impl Mention {
    /// What the program does with it, as far as the words tell that it is assigned to.
    pub fn used(&self) -> Use {
        if self.is_offered() {
            return Use::Bound;
        }
        let assigned = [self.key.as_deref(), Some(self.name.as_str())];
        Use::of(assigned.into_iter().flatten())
    }

    /// Whether it is the address, and no URL, of something that programs offer.
    fn is_offered(&self) -> bool {
        let words = self.words();
        let is_address = matches!(words.last().map(String::as_str), Some("addr" | "address"));
        is_address && words.iter().any(|it| OFFERED.contains(&it.as_str()))
    }

    /// The words of what it is assigned to, in lower case: of the key in its text, else of the variable or key of the object.
    pub fn words(&self) -> Vec<String> {
        words(self.key.as_deref().unwrap_or(&self.name))
    }
}
