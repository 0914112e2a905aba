//! Which addresses are those of programs that others depend on.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Mention;
use crate::data;
use crate::extract::words;

/// A program that others depend on: a database, a cache, a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// What it is.
    pub what: &'static str,
    /// Words of which the names of its images hold one, with blanks between them.
    images: &'static str,
}

/// The rows of `data/dependencies.tsv`, by form and key.
static DEPENDENCIES: LazyLock<BTreeMap<&'static str, Dependency>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/dependencies.tsv"));
    rows.map(|[key, images, what]| (key, Dependency { what, images }))
        .collect()
});

/// Schemes that say nothing of who answers.
const PLAIN: [&str; 3] = ["http", "https", "tcp"];

impl Dependency {
    /// What usually answers on the port `number`.
    pub fn of_port(number: i64) -> Option<Self> {
        DEPENDENCIES.get(format!("port {number}").as_str()).copied()
    }

    /// Whether one program may be meant by both: they have images in common.
    pub fn is_kin(&self, other: &Self) -> bool {
        let mut images = self.images.split(' ');
        images.any(|it| other.images.split(' ').any(|other| other == it))
    }

    /// Whether an image of this name, its path without tag, is the program itself.
    pub fn is_image(&self, image: &str) -> bool {
        let image = image.to_ascii_lowercase();
        self.images.split(' ').any(|it| image.contains(it))
    }

    /// Whether the name of an object speaks of the program.
    pub fn is_named(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.images.split(' ').any(|it| name.contains(it))
    }
}

/// The dependency of a row.
fn find(key: &str) -> Option<Dependency> {
    DEPENDENCIES.get(key).copied()
}

/// What a scheme tells; nothing else counts where it is not a plain one.
fn of_scheme(scheme: Option<&str>) -> Result<Dependency, bool> {
    let found = scheme.and_then(|it| find(&format!("scheme {it}")));
    found.ok_or(scheme.is_none_or(|it| PLAIN.contains(&it)))
}

/// What a port tells, else the last of some words that tells something.
fn of_rest(port: Option<u16>, words: Vec<String>) -> Option<Dependency> {
    let of_port = port.and_then(|it| find(&format!("port {it}")));
    let mut words = words.into_iter().rev();
    of_port.or_else(|| words.find_map(|it| find(&format!("word {it}"))))
}

impl Dependency {
    /// What an address evidently leads to, by its scheme, its port, or the names of what it is assigned to.
    pub fn of<'n>(
        scheme: Option<&str>,
        port: Option<u16>,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Option<Self> {
        match of_scheme(scheme) {
            Ok(found) => Some(found),
            Err(is_plain) => {
                let words = names.into_iter().flat_map(words).collect();
                is_plain.then(|| of_rest(port, words))?
            }
        }
    }
}

impl Mention {
    /// What the address evidently leads to, by its scheme, its port, or the name of what it is assigned to.
    pub fn dependency(&self, port: Option<u16>) -> Option<Dependency> {
        // Prometheus asks its targets by HTTP, whatever port that is.
        let is_scraped = self.key.as_deref() == Some("targets");
        match of_scheme(self.scheme.as_deref()) {
            Ok(found) => Some(found),
            Err(is_plain) => {
                let port = port.filter(|_| !is_scraped);
                is_plain.then(|| of_rest(port, self.words()))?
            }
        }
    }
}
