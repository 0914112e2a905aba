//! The variables that front ends take over when they are built.

use std::sync::LazyLock;

use crate::data;

/// When a front end reads a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontEnd {
    /// When it is built, and never again.
    Built,
    /// When it is built, and its server part at run time as well.
    Served,
}

/// The rows of `data/front-end-prefixes.tsv`.
static PREFIXES: LazyLock<Vec<(&'static str, FrontEnd)>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/front-end-prefixes.tsv"));
    let rows = rows.map(|[when, prefix, _]| {
        let when = if when == "built" {
            FrontEnd::Built
        } else {
            FrontEnd::Served
        };
        (prefix, when)
    });
    rows.collect()
});

/// Whether browsers get the variable `name`, and when a front end reads it.
pub fn front_end(name: &str) -> Option<FrontEnd> {
    let found = PREFIXES.iter().find(|it| name.starts_with(it.0));
    found.map(|it| it.1)
}
