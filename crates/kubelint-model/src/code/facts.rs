//! What one file of a program says.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::Expr;
use super::dotnet::DotnetFacts;
use super::golang::GoFacts;
use super::nest::NestFacts;

/// The facts of a file.
#[derive(Clone, Debug)]
pub struct CodeFacts {
    /// Its language.
    pub language: Language,
    /// What it takes from other files and packages.
    pub imports: Vec<Import>,
    /// What it loads by names that it works out.
    pub loads: Vec<Load>,
    /// The values of names, by their path in the file: `PORT`, `Settings.port`, `create_app.app` for what is local to a function. One that
    /// has several values is [`Expr::Either`]. A function's parameter has its default, or what the command line hands to it.
    pub definitions: BTreeMap<String, Expr>,
    /// The functions; the first is the file itself, which stands for what runs when the file is loaded (bodies of classes too).
    pub functions: Vec<Function>,
    /// The classes.
    pub classes: Vec<Class>,
    /// What is called, as far as it may be a function of the program.
    pub calls: Vec<Call>,
    /// The objects that routes are added to.
    pub routers: Vec<Router>,
    /// The routes.
    pub routes: Vec<Route>,
    /// Routers that are put into others.
    pub mounts: Vec<Mount>,
    /// What stands before all routes of a router.
    pub guards: Vec<Guard>,
    /// Middleware that is put into routers, and answers nothing by itself.
    pub middleware: Vec<Middleware>,
    /// What wants credentials for all requests of the program.
    pub locks: Vec<Lock>,
    /// The variables of the environment that are read.
    pub reads: Vec<Read>,
    /// The variables that the program sets for itself.
    pub sets: Vec<VariableSet>,
    /// The files that it takes variables from, where they are there.
    pub variable_files: Vec<VariableFile>,
    /// The files that it opens to read them.
    pub opened: Vec<Opened>,
    /// Where it looks whether files are there: the paths, and the places.
    pub looked_for: Vec<(Expr, Place)>,
    /// Where it listens.
    pub listeners: Vec<Listener>,
    /// Hosts and ports of others that are written out.
    pub addresses: Vec<Address>,
    /// Times that it takes to start.
    pub waits: Vec<Wait>,
    /// What cannot be enumerated.
    pub open: Vec<Open>,
    /// What only files of .NET say.
    pub dotnet: Option<Box<DotnetFacts>>,
    /// What only files of Nest say.
    pub nest: Option<Box<NestFacts>>,
    /// What only files of Go say.
    pub go: Option<Box<GoFacts>>,
}

impl CodeFacts {
    /// Those of a file that says nothing. It has not even itself as a function, which every file that was read has.
    pub(super) const fn new(language: Language) -> Self {
        Self {
            language,
            imports: Vec::new(),
            loads: Vec::new(),
            definitions: BTreeMap::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            calls: Vec::new(),
            routers: Vec::new(),
            routes: Vec::new(),
            mounts: Vec::new(),
            guards: Vec::new(),
            middleware: Vec::new(),
            locks: Vec::new(),
            reads: Vec::new(),
            sets: Vec::new(),
            variable_files: Vec::new(),
            opened: Vec::new(),
            looked_for: Vec::new(),
            listeners: Vec::new(),
            addresses: Vec::new(),
            waits: Vec::new(),
            open: Vec::new(),
            dotnet: None,
            nest: None,
            go: None,
        }
    }
}

/// A function of a file: an index into [`CodeFacts::functions`]. The first is the file itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// Where something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The text.
    pub range: TextRange,
    /// The innermost function that holds it.
    pub function: FunctionId,
    /// Whether it stands under a condition, in a loop, or where failures are caught: it may not run although the function does.
    pub is_conditional: bool,
}

/// A function, a method, or the file itself. In Python also what runs only where the file is the program (`if __name__ == "__main__":`): its
/// name is `__main__`, and what it defines belongs to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, with that of its class: `Server.start`. Empty for the file and for functions without a name.
    pub name: String,
    /// The names of its parameters, in order; without the object itself, which methods are called on.
    pub parameters: Vec<String>,
    /// What it returns, if that is one expression.
    pub returns: Option<Expr>,
    /// The function that it stands in.
    pub parent: FunctionId,
    /// Its text.
    pub range: TextRange,
    /// Whether it runs whenever the program does, though no call is seen: `main`, handlers of the framework's start event.
    pub is_entry: bool,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What it inherits from, in order.
    pub bases: Vec<String>,
    /// Where.
    pub place: Place,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What is called: `create_app`, `server.start`.
    pub callee: String,
    /// The arguments by position.
    pub arguments: Vec<Expr>,
    /// The arguments by name.
    pub named: Vec<(String, Expr)>,
    /// What becomes of the program where it fails.
    pub failure: Failure,
    /// Where.
    pub place: Place,
}

/// What becomes of a program where a call fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// It ends, unless the function is called where failures are caught: they are thrown, or the program ends itself.
    #[default]
    Ends,
    /// The function that calls returns the failure to its caller, who decides.
    Returned,
    /// It goes on, or nobody can tell.
    Handled,
}

/// A file that is opened to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its path.
    pub path: Expr,
    /// What becomes of the program where it is not there.
    pub failure: Failure,
    /// Where; the range is that of the path where it is written out.
    pub place: Place,
}

/// What a file takes from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// What it is called in this file: `app`, `np`, and the whole path where it is called by that. Empty where it is only run, or where
    /// everything in it is taken.
    pub local: String,
    /// The module or path as written: `..config`, `./routes/health`, `example.com/shop/internal/server`.
    pub module: String,
    /// What of the module; `None` for the module itself, `*` for everything in it.
    pub item: Option<String>,
    /// Where.
    pub place: Place,
}

/// What a program loads by a name that it works out: a module, or a file of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The name. What is no text is loaded already: a class, a module.
    pub what: Expr,
    /// What the name is one of.
    pub kind: LoadKind,
    /// What may be incomplete where the name is not known; `None` for everything.
    pub subject: Option<Subject>,
    /// Why, in words.
    pub why: &'static str,
    /// Where.
    pub place: Place,
}

/// What is loaded by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadKind {
    /// A module: `shop.orders`.
    Module,
    /// A module, or what it has by a name: `shop.settings.Production`, `shop.wsgi:app`.
    Object,
    /// A file of source, by its path from the folder of the file that loads it.
    File,
}

/// An object that routes are added to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Router {
    /// Its name in the file: `app`, `self.router`.
    pub name: String,
    /// What stands before the paths of all its routes.
    pub prefix: Expr,
    /// Whether it is an application, which serves by itself; others must be put into one.
    pub is_application: bool,
    /// Whether it is a function of a package that only lets requests through: what stands before its routes stands before all that is put
    /// behind it into the same router.
    pub is_middleware: bool,
    /// Where it is made.
    pub place: Place,
}

/// How a framework writes paths with variable parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RouteStyle {
    /// `/items/{id}`, `/files/{path:path}`, `/{rest...}`, `/{name:[a-z]+}`.
    Braces,
    /// `/items/<int:id>`, `/<path:rest>`.
    Angle,
    /// `/items/:id`, `/*rest`.
    Colon,
    /// A regular expression.
    Regex,
    /// All paths that begin with it.
    Prefix,
    /// Those of Go's `http.ServeMux`: `GET /items/{id}`, `/{$}`; one that ends in a slash means all below it.
    Mux,
    /// As written.
    Plain,
}

/// What becomes of a path that has a slash at its end too many, or one too few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slash {
    /// It is another path.
    Strict,
    /// It is served, or redirected to the path that is.
    Either,
    /// A route with a slash serves the path without; a route without one serves only that (Flask, Go's ServeMux).
    Added,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The router that it is added to; empty where the framework finds it by itself.
    pub on: String,
    /// The path.
    pub path: Expr,
    /// How the path is written.
    pub style: RouteStyle,
    /// What a slash at the end means.
    pub slash: Slash,
    /// The methods in capitals; empty for all.
    pub methods: Vec<String>,
    /// The function that answers, if it has a name.
    pub handler: Option<String>,
    /// What stands before it.
    pub guards: Vec<GuardKind>,
    /// Whether it says something only where `on` is known to be a router: objects of other kinds have methods of that name too.
    pub needs_router: bool,
    /// Where; the range is that of the path where it is written out.
    pub place: Place,
}

/// A router that is put into another, or a call that is given one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The router that it is put into.
    pub on: String,
    /// What is put before its paths.
    pub prefix: Expr,
    /// Whether that stands in place of the prefix that the router states itself.
    pub replaces_prefix: bool,
    /// How the prefix is written.
    pub style: RouteStyle,
    /// What is put in: mostly a name. A text is a module that routes are taken from.
    pub what: Expr,
    /// Whether it says something only where `on` is known to be a router: objects of other kinds have methods of that name too.
    pub needs_router: bool,
    /// Where.
    pub place: Place,
}

/// Something that stands before all routes of a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The router; empty for all of the program.
    pub on: String,
    /// What it does.
    pub kind: GuardKind,
    /// Where.
    pub place: Place,
}

/// Middleware that is put into a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Middleware {
    /// The router.
    pub on: String,
    /// The middleware: a function, or a call that makes one.
    pub what: Expr,
    /// What it stands before.
    pub ahead: Ahead,
    /// Where.
    pub place: Place,
}

/// What middleware stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// What is put into the router behind it.
    Next,
    /// All of the router, wherever it is put in.
    All,
    /// All of an application; of another router what is put in behind it.
    Application,
}

/// What wants credentials for all requests of a program but those for some paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The paths that anybody may ask for: `/health`, `/actuator/**`. `None` if nobody can tell which these are, or whether it locks at all.
    pub free: Option<Vec<Expr>>,
    /// Where.
    pub place: Place,
}

/// What may keep a request from a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuardKind {
    /// It wants credentials.
    Auth,
    /// Nothing: limits around it do not count its requests.
    Free,
    /// It lets through so many requests in so many seconds, from one address.
    Rate {
        /// How many.
        requests: u32,
        /// In how many seconds.
        seconds: u32,
    },
    /// The same, where only the whole program tells how many.
    RateOf {
        /// How many requests.
        requests: Expr,
        /// In how many milliseconds.
        milliseconds: Expr,
    },
}

/// Which variable is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadName {
    /// This one.
    Exact(String),
    /// This one, in capitals or not: stated in capitals.
    AnyCase(String),
    /// Any that begins so.
    Prefix(String),
    /// The one that this says, which takes a parameter of the function, or what another file defines. Calls of the function in the same file
    /// have reads of their own; those in other files are not seen here.
    Computed(Box<Expr>),
}

/// What the program makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A text, or nothing is known.
    Text,
    /// A whole number: another text is refused.
    Number,
    /// True or false.
    Boolean,
}

/// A read of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The variable.
    pub name: ReadName,
    /// What stands for it where it is not set.
    pub default: Option<Expr>,
    /// Whether the program does not go on without it, once it comes here.
    pub is_required: bool,
    /// What is made of it.
    pub kind: Kind,
    /// The class whose making reads it, where that is not where it is written: `Settings`.
    pub class: Option<String>,
    /// Where; the range is that of the name where it is written out.
    pub place: Place,
}

/// A variable that the program sets for itself and for the programs that it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableSet {
    /// The variable.
    pub name: ReadName,
    /// Its value.
    pub value: Expr,
    /// Whether a value that it has already is kept.
    pub keeps: bool,
    /// Where.
    pub place: Place,
}

/// A file of variables (`.env`) that the program reads if it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableFile {
    /// Its path, from where the program is started; `None` where it is searched for, as `.env`.
    pub path: Option<Expr>,
    /// Where.
    pub place: Place,
}

/// What is spoken at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// HTTP.
    Http,
    /// gRPC.
    Grpc,
    /// Anything else, or nobody knows.
    Other,
}

/// A port that is listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The port, or an address that ends in one: `:8080`, `0.0.0.0:50051`.
    pub port: Expr,
    /// The address, if it is stated apart.
    pub host: Option<Expr>,
    /// What is spoken there.
    pub protocol: Protocol,
    /// Whether TLS is spoken, if that is known.
    pub tls: Option<bool>,
    /// The application that is served, if it is named.
    pub serves: Option<Expr>,
    /// Where.
    pub place: Place,
}

/// A host of another program that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The text, without quotes: an URL, or a host with a port.
    pub text: String,
    /// What it is handed to or assigned to, where definitions, calls and reads do not tell.
    pub names: Vec<String>,
    /// The variables for which it stands where they are not set, where reads do not tell.
    pub variables: Vec<String>,
    /// Its bytes, without quotes.
    pub place: Place,
}

impl Address {
    /// One of which definitions, calls and reads tell what it is for.
    pub(super) const fn new(text: String, place: Place) -> Self {
        Self {
            text,
            names: Vec::new(),
            variables: Vec::new(),
            place,
        }
    }
}

/// A time that the program takes to start, as it states itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// How often `factor` seconds.
    pub seconds: Expr,
    /// The seconds of each.
    pub factor: u32,
    /// Where.
    pub place: Place,
}

impl Wait {
    /// A time of so many seconds.
    pub(super) fn of(seconds: u32, place: Place) -> Self {
        Self {
            seconds: Expr::Text(seconds.to_string()),
            factor: 1,
            place,
        }
    }

    /// The whole seconds, if they are written out and there is one at least.
    pub(crate) fn whole(&self) -> Option<u32> {
        self.whole_of(self.seconds.text()?)
    }

    /// [`Self::whole`], where `seconds` is what its number comes to.
    pub(crate) fn whole_of(&self, seconds: &str) -> Option<u32> {
        let number: u32 = seconds.split('.').next()?.parse().ok()?;
        number.checked_mul(self.factor).filter(|it| *it > 0)
    }
}

/// What facts may be incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The routes.
    Routes,
    /// The variables that are read.
    Reads,
    /// The ports that are listened on.
    Ports,
}

/// Something that cannot be enumerated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What is incomplete for it.
    pub subject: Subject,
    /// Why, in words: `a variable's name is computed`.
    pub why: &'static str,
    /// The router that it concerns, if only one.
    pub on: Option<String>,
    /// Whether it says something only where `on` is known to be a router: objects of other kinds have methods of that name too.
    pub needs_router: bool,
    /// Where.
    pub place: Place,
}
