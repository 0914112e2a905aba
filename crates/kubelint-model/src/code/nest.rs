//! What files of Nest say of all routes of an application: prefixes, versions, guards.

use kubelint_parser::TextRange;

use super::{Expr, GuardKind, Place};

/// What a file says of the routes of controllers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NestFacts {
    /// The controllers that it declares.
    pub controllers: Vec<String>,
    /// What is put before all paths.
    pub prefixes: Vec<GlobalPrefix>,
    /// Where versions of routes are told apart.
    pub versionings: Vec<Versioning>,
    /// The versions that controllers and their methods state.
    pub versions: Vec<Versioned>,
    /// The guards of the application, of controllers and of methods.
    pub guards: Vec<NestGuard>,
    /// The classes that are guards, and what they keep from routes.
    pub guard_classes: Vec<(String, GuardKind)>,
    /// The functions that make the configuration: `ConfigModule.forRoot({ load: [configuration] })`.
    pub loads: Vec<Expr>,
    /// The limits that the module for them is given.
    pub limits: Vec<(GuardKind, Place)>,
}

impl NestFacts {
    /// Whether it says nothing.
    pub(super) const fn is_empty(&self) -> bool {
        self.controllers.is_empty()
            && self.prefixes.is_empty()
            && self.versionings.is_empty()
            && self.guards.is_empty()
            && self.guard_classes.is_empty()
            && self.loads.is_empty()
            && self.limits.is_empty()
    }
}

/// `app.setGlobalPrefix('api', { exclude: ['health'] })`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalPrefix {
    /// The prefix.
    pub prefix: Expr,
    /// The paths that it does not stand before; `None` if nobody can tell which.
    pub excluded: Option<Vec<Excluded>>,
    /// Where.
    pub place: Place,
}

/// A path that a global prefix does not stand before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The path, in the manner of Express.
    pub path: Expr,
    /// The method in capitals; `None` for all.
    pub method: Option<String>,
}

/// `app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioning {
    /// Whether the version is a part of the path; `None` if nobody can tell.
    pub in_paths: Option<bool>,
    /// What stands before the version in the path.
    pub prefix: Expr,
    /// The versions of what states none.
    pub default: Vec<Version>,
    /// Where.
    pub place: Place,
}

/// A version of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// `VERSION_NEUTRAL`: the path has none.
    Neutral,
    /// This one.
    Of(Expr),
}

/// Versions that are stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The controller.
    pub class: String,
    /// The text of the method with its decorators; `None` for all methods.
    pub method: Option<TextRange>,
    /// The versions.
    pub versions: Vec<Version>,
}

/// A guard that is put before routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestGuard {
    /// The controller; `None` for all of the application.
    pub class: Option<String>,
    /// The text of the method with its decorators; `None` for all methods.
    pub method: Option<TextRange>,
    /// What it is.
    pub what: NestGuardKind,
    /// Where.
    pub place: Place,
}

/// What a guard of Nest is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NestGuardKind {
    /// What is known by itself.
    Known(GuardKind),
    /// A class of the program, by its name.
    Class(String),
    /// That of `@nestjs/throttler`: the limits are those of its module.
    Throttler,
    /// Limits of its own stand for those of the module, or none.
    Unthrottled,
}
