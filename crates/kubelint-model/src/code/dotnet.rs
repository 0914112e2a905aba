//! What files of .NET programs say beyond what those of other languages do.

use kubelint_parser::TextRange;

use super::{Expr, FunctionId, Kind, Place};

/// What only files of .NET say.
#[derive(Clone, Debug, Default)]
pub struct DotnetFacts {
    /// Sections of the configuration that objects are made from.
    pub bindings: Vec<Binding>,
    /// The properties of classes, which bindings read by their names.
    pub properties: Vec<Property>,
    /// Classes whose attributes say that they answer requests.
    pub controllers: Vec<Controller>,
    /// The functions that are called on what they are given first.
    pub extensions: Vec<FunctionId>,
    /// Texts that run only in one environment.
    pub only_in: Vec<OnlyIn>,
    /// Calls that are given the configuration as a whole: the callee, and where.
    pub handed: Vec<(String, Place)>,
}

/// A section of the configuration that an object is made from: `Configure<T>(configuration.GetSection("A"))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The section, its parts separated by `:`; empty for the whole of the configuration.
    pub section: Expr,
    /// The class; `None` if that is not known.
    pub class: Option<String>,
    /// Whether every start checks what the attributes of the class demand, and ends where that is not there.
    pub is_checked: bool,
    /// Where.
    pub place: Place,
}

/// A property of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The class.
    pub class: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Its type, if that is none of the plain ones: a class, a list.
    pub of: Option<String>,
    /// Whether the class gives it a value.
    pub has_default: bool,
    /// Whether an attribute of it demands a value: `[Required]`.
    pub is_demanded: bool,
    /// Where its name stands.
    pub range: TextRange,
}

/// A class that answers requests, or one that such a class may inherit from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controller {
    /// Its name.
    pub class: String,
    /// What it inherits from.
    pub bases: Vec<String>,
    /// The templates that its attributes state for all of its methods.
    pub templates: Vec<(Expr, TextRange)>,
    /// The area that it belongs to.
    pub area: Option<String>,
    /// Whether it can be asked at all: not abstract, and by name or attribute a controller.
    pub is_controller: bool,
    /// Whether it must state its routes: `[ApiController]`.
    pub is_api: bool,
    /// Its methods that may be asked for.
    pub actions: Vec<Action>,
}

/// A method of a class that answers requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// The templates that its attributes state, each with the method in capitals, which may be empty, and without a template if none is
    /// given.
    pub routes: Vec<(String, Option<(Expr, TextRange)>)>,
    /// Where its name stands.
    pub range: TextRange,
}

/// A text that runs only in one environment, or in all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlyIn {
    /// The environment: `Development`.
    pub environment: String,
    /// Whether it runs in all others.
    pub is_not: bool,
    /// The text.
    pub range: TextRange,
}
