//! What only files of Go say: structs that packages fill with variables of the environment.

use kubelint_parser::TextRange;

use super::{Expr, Failure, FunctionId, Kind, Open, Place};

/// The facts of a file of Go.
#[derive(Clone, Debug, Default)]
pub struct GoFacts {
    /// Its structs.
    pub structs: Vec<Struct>,
    /// Where it fills structs with variables.
    pub fills: Vec<Fill>,
    /// By the name of a struct: what is not known of the variables that fill it, where nobody sees it filled.
    pub open: Vec<(String, Open)>,
    /// The reads, by their number in [`super::CodeFacts::reads`], without which a function returns an error.
    pub refused: Vec<(usize, FunctionId)>,
    /// What else functions ask for before they go on.
    pub refusals: Vec<Refusal>,
    /// What runs beside what follows it, or at the end of its function: `go …`, `defer …`.
    pub later: Vec<TextRange>,
    /// Functions that let requests through only with credentials.
    pub gates: Vec<FunctionId>,
    /// What it asks of viper.
    pub viper: Vec<Viper>,
}

/// A call of viper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viper {
    /// What is called.
    pub call: ViperCall,
    /// Whether it is a function of the package, and no method of an object of one's own.
    pub is_global: bool,
    /// Where; the range is that of the first argument.
    pub place: Place,
}

/// What is asked of viper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViperCall {
    /// Variables are taken for all keys: `AutomaticEnv`.
    Automatic,
    /// An object is made: `New`.
    Made,
    /// What stands before the names of variables: `SetEnvPrefix`.
    Prefix(Expr),
    /// What is replaced in the names of variables: `SetEnvKeyReplacer`.
    Replacer(Vec<(String, String)>),
    /// A key, and the variables for it: `BindEnv`.
    Bind(Expr, Vec<Expr>),
    /// A key, and its default: `SetDefault`.
    Default(Expr, Expr),
    /// A key that is set for good: `Set`.
    Set(Expr),
    /// A key that is looked up: `GetString`.
    Get(Expr),
    /// Values are taken from elsewhere: a file, flags.
    Source,
    /// Any key may be looked up, or be called otherwise.
    Open,
    /// What may be a call of viper, or of anything else.
    Unknown,
}

/// A value that must not be empty, so that a function goes on: `if cfg.URL == "" { return errors.New("no URL") }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The value.
    pub value: Expr,
    /// The function, which asks whenever it runs.
    pub function: FunctionId,
    /// What becomes of the program where the value is empty.
    pub failure: Failure,
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
    /// What becomes of the program where a variable is missing that a tag requires.
    pub failure: Failure,
    /// Whether all fields without a default are required.
    pub requires_all: bool,
    /// Whether a file is read first, whose values stand before defaults.
    pub has_file: bool,
    /// Where.
    pub place: Place,
}
