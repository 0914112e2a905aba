//! What only files of Go say: structs that packages fill with variables of the environment.

use super::{Expr, Kind, Open, Place};

/// The facts of a file of Go.
#[derive(Clone, Debug, Default)]
pub struct GoFacts {
    /// Its structs.
    pub structs: Vec<Struct>,
    /// Where it fills structs with variables.
    pub fills: Vec<Fill>,
    /// By the name of a struct: what is not known of the variables that fill it, where nobody sees it filled.
    pub open: Vec<(String, Open)>,
}

/// A struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; of what is embedded that of its type.
    pub name: String,
    /// Whether it is embedded: its fields are those of the struct, too.
    pub is_embedded: bool,
    /// Its type, where the program may declare it: `HTTP`, `db.Config`.
    pub class: Option<String>,
    /// Of a struct without a name the fields.
    pub fields: Vec<Field>,
    /// What its type takes.
    pub kind: Kind,
    /// Its tag, without quotes.
    pub tag: String,
    /// Where: the range is that of the tag, or of the type if it has none.
    pub place: Place,
}

/// Which rules the names of variables follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filler {
    /// kelseyhightower/envconfig: every field that can be set is a variable.
    Envconfig,
    /// What takes the name from the tag `env`: caarlos0/env, cleanenv, sethvargo/go-envconfig.
    Env,
}

/// A call that fills a struct with variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// What is filled.
    pub target: Expr,
    /// How its variables are called.
    pub filler: Filler,
    /// What stands before all names.
    pub prefix: Expr,
    /// Where.
    pub place: Place,
}
