//! Which addresses are those of programs that others depend on.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Mention;
use crate::data;

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

impl Mention {
    /// What the address evidently leads to, by its scheme, its port, or the name of what it is assigned to.
    pub fn dependency(&self, port: Option<u16>) -> Option<Dependency> {
        let find = |key: String| DEPENDENCIES.get(key.as_str()).copied();
        let scheme = self.scheme.as_deref();
        let of_scheme = scheme.and_then(|it| find(format!("scheme {it}")));
        let is_plain = scheme.is_none_or(|it| PLAIN.contains(&it));
        if of_scheme.is_some() || !is_plain {
            return of_scheme;
        }
        let words = self.words().into_iter();
        // Prometheus asks its targets by HTTP, whatever port that is.
        let is_scraped = self.key.as_deref() == Some("targets");
        let of_port = port.filter(|_| !is_scraped);
        let of_port = of_port.and_then(|it| find(format!("port {it}")));
        of_port.or_else(|| words.rev().find_map(|it| find(format!("word {it}"))))
    }
}
