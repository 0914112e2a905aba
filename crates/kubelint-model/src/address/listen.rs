//! The variables by which frameworks are told where to listen.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::data;

/// How a variable says on which port a program is to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortVariable {
    /// It is the number.
    Number,
    /// It is an address: the number stands behind its last colon.
    Url,
}

/// The rows of `data/port-variables.tsv`, by name.
static VARIABLES: LazyLock<BTreeMap<&'static str, PortVariable>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../data/port-variables.tsv"));
    let rows = rows.map(|[form, name, _]| {
        let form = if form == "url" {
            PortVariable::Url
        } else {
            PortVariable::Number
        };
        (name, form)
    });
    rows.collect()
});

/// How the variable `name` says on which port a program is to listen, if some framework reads it under exactly this name.
pub fn port_variable(name: &str) -> Option<PortVariable> {
    VARIABLES.get(name).copied()
}
