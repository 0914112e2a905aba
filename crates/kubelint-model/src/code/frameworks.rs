//! What the calls of frameworks mean: the patterns of `frameworks/` in this crate.
//!
//! A file there is in tree-sitter's pattern language. Its first line says which byte sequences a source file must hold one of before the
//! patterns are tried: `; needle: flask .route(`. The captures of a pattern say what it finds, and `#set!` says the rest:
//!
//! | capture | fact |
//! |---|---|
//! | `@router` | something that routes are added to, named by `@router.name`, else by what it is assigned to. `prefix`; `application true`; `middleware true` if it only lets requests through; `serves`: paths that it serves by itself |
//! | `@route` | a route: `on`, `path`, `methods` (a list) or `method`, `@route.handler`; `style`, `slash` |
//! | `@mount` | a router put into another: `on`, `prefix`, `what`; `style`; `replaces true` if the prefix stands for the router's own |
//! | `@routes` | routes within this text are added to `on` |
//! | `@guard` | what stands before a router's routes (`on`) or a handler's (`@guard.handler`): `guard auth`, `guard rate` with `rate`, or `guard free` of limits around it; `rate` is a text or several, `requests` and `window` are a number and milliseconds |
//! | `@ahead` | middleware that is put into a router: `on`, `what`; `before all` of the router, or `before application` if the router is one; else what is put in behind it |
//! | `@lock` | a method that decides which requests want credentials (Java): its `@lock.body`; without one, nobody can tell |
//! | `@read` | a read of an environment variable: `name`, `default`, `prefix`; `required true` if it fails without a value and a default; `kind`, `cast` |
//! | `@set` | a variable that is set: `name` (with `bare true` a word), `value`; `keeps true` unless it is set |
//! | `@option` | a flag that is handed to a parameter of `@option.function`: of `@option.parameter`, else of the one of that name |
//! | `@file` | a file of variables: `path` |
//! | `@opened` | a file that is opened to be read: `path` |
//! | `@looked` | a look whether a file is there: `path` |
//! | `@listen` | a listener: `port`, `host`, `serves`; `protocol`; `tls`: one of these arguments makes it speak TLS |
//! | `@wait` | a time to start: `seconds`, which are `factor` times as long, or parts of `divisor` |
//! | `@load` | something loaded by a name: `what`, a name or several; `loads module` (the default), `object` or `file`; `suffix` is put behind the name; `subject` and `why` for where it is not known (`subject` left out: everything). Of what is written out it is an import |
//! | `@entry` | a function that runs at the start: `handler` |
//! | `@command` | a function that the command line may run: `handler` |
//! | `@group` | what stands around routes and changes nothing of them; of calls of Ktor, `routing` says which: `root`, `prefix`, `group`, `route` |
//! | `@url` | the path of a request that a handler looks at by itself |
//! | `@open` | what cannot be enumerated: `subject` (or several), `why`, `on` |
//!
//! A part such as `path` is the capture `@route.path`; else `(#set! path "0 path")` says which of the `@arguments` it is: the first by
//! position or the one of that name; `1..` is the second and all others, `0[1]` the second item of the first, `/0` the first behind a
//! slash, `=80` a text that stands for it where it is not given, `1.prefix` a member of the second (JavaScript), `last` the last, `=itself` the router that the same call makes, `=` for `on` the whole
//! program, and any other text behind `=` for `on` the router of that name. `root empty` says that the path `/` adds nothing to the prefix before it, and `root both` that it is served with and without its slash. `trim true` drops the slash at the end of a prefix, `suffix` is put behind a router's name. `@callee` must be one of the names of `callee`, by the package that they are imported from; an object is named by
//! the call that makes it: `flask.Flask().run`. `*.x` is any name that ends in `.x` and is not known to be another's. `not` has packages
//! whose objects are not meant by `on`. With `only routers` a route, mount or `@open` counts only where `on` is known to be a router: objects of
//! other kinds have methods of that name too. A pattern is passed over in files that do not hold its `needle`, or all parts of one of the names of
//! its `callee`: whatever it is imported as, they stand there.

use kubelint_parser::code::Language;

/// The patterns of a framework.
#[derive(Debug)]
pub(super) struct Framework {
    /// The patterns.
    pub text: &'static str,
    /// What it is called, and the page with its samples.
    #[cfg(test)]
    pub page: (&'static str, &'static str),
}

impl Framework {
    /// What a file must hold one of; nothing if it is tried on every file.
    pub(super) fn needles(&self) -> impl Iterator<Item = &'static str> {
        let first = self.text.lines().next().unwrap_or_default();
        let needles = first.strip_prefix("; needle:").unwrap_or_default();
        needles.split_whitespace()
    }
}

macro_rules! frameworks {
    ($language:literal: $($name:literal),+) => {
        [$(Framework {
            text: include_str!(concat!("../../frameworks/", $language, "/", $name, ".scm")),
            #[cfg(test)]
            page: ($name, include_str!(concat!("../../frameworks/", $language, "/", $name, ".md"))),
        }),+]
    };
}

static PYTHON: [Framework; 12] = frameworks!("python": "aiohttp", "django", "environment", "fastapi", "files", "flask", "guards", "limits", "loaders", "servers", "settings", "tornado");

macro_rules! javascript {
    () => {
        frameworks!("javascript": "environment", "express", "fastify", "files", "guards", "hono", "koa", "node")
    };
    (typed) => {
        frameworks!("javascript": "environment", "express", "fastify", "files", "guards", "hono", "koa", "node", "nest")
    };
}

static JAVA: [Framework; 6] =
    frameworks!("java": "environment", "jaxrs", "micronaut", "security", "servers", "spring");

static KOTLIN: [Framework; 6] =
    frameworks!("kotlin": "environment", "jaxrs", "ktor", "micronaut", "servers", "spring");

// The same patterns, compiled for each of the three grammars; what hangs on decorators only where these are common.
static JAVASCRIPT: [Framework; 8] = javascript!();
static TYPESCRIPT: [Framework; 9] = javascript!(typed);
static TSX: [Framework; 9] = javascript!(typed);

static CSHARP: [Framework; 4] = frameworks!("csharp": "aspnet", "environment", "files", "servers");
static GO: [Framework; 12] = frameworks!("go": "chi", "echo", "environment", "fiber", "files", "gin", "gorilla", "guards", "http", "httprouter", "sockets", "waits");

/// The frameworks of a language.
pub(super) fn of(language: Language) -> &'static [Framework] {
    match language {
        Language::Python => &PYTHON,
        Language::JavaScript => &JAVASCRIPT,
        Language::TypeScript => &TYPESCRIPT,
        Language::Tsx => &TSX,
        Language::CSharp => &CSHARP,
        Language::Java => &JAVA,
        Language::Kotlin => &KOTLIN,
        Language::Go => &GO,
    }
}
