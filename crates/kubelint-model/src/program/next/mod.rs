//! Programs of Next.js: which paths its folders serve, and which of its files are the program.
//!
//! Its routes are no calls in source: they are the names of files (`app/api/health/route.ts`), so that they are read of what the stage has
//! that runs `next build`.

mod config;
mod middleware;
mod pattern;
mod project;
mod routes;
mod script;

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::addresses;
use super::build::{Build, absolute};
use super::modules::{self, At};
use super::runners::Package;
use super::store::{Store, language};
use super::{Gap, Program, ProgramRead, ProgramSet, RoutePart, RoutePath, Served, dotenv};
use crate::FileId;
use crate::code::{Expr, Kind, ReadName, RouteStyle, Slash, Subject};

use config::Config;
use middleware::Touched;
use routes::{Part, Route};

/// The names of its configuration, in the order in which they are looked for (`CONFIG_FILES` in `shared/lib/constants.ts` of Next.js).
const CONFIGURATIONS: [&str; 5] = [
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "next.config.mts",
    "next.config.cjs",
];
/// The files of variables that it reads in production (`@next/env`).
const VARIABLE_FILES: [&str; 4] = [
    ".env.production.local",
    ".env.local",
    ".env.production",
    ".env",
];
/// The variables that its server itself reads, with their defaults.
const OWN: [(&str, Option<&str>); 3] = [
    ("PORT", Some("3000")),
    ("HOSTNAME", Some("0.0.0.0")),
    ("KEEP_ALIVE_TIMEOUT", Some("5000")),
];
/// Since this version the file that is run at the start needs no setting.
const WITH_HOOK: u32 = 15;

/// How a program of Next.js was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `next start` and `next dev`, which read the configuration again.
    Command,
    /// The server that the build writes for `output: 'standalone'`, which has the configuration in it.
    Standalone,
}

/// A program of Next.js.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Next {
    /// Its source, as far as it is called by Next.js: the first stands for the program.
    pub(super) sources: Vec<At>,
    /// Its configuration, if every start reads it.
    pub(super) config: Option<At>,
    /// The file whose `register` every start runs.
    pub(super) instrumentation: Option<At>,
    /// The folder that it was built in, and the stage.
    pub(super) home: Option<(usize, String)>,
    /// The first number of its version, if package.json states it.
    pub(super) version: Option<u32>,
    routes: Vec<Route>,
    /// Patterns of paths that something else may answer.
    answered: Vec<(String, FileId, TextRange)>,
    /// Where rewrites lead.
    destinations: Vec<(String, FileId, TextRange)>,
    base_path: String,
    variable_files: Vec<FileId>,
    inlined: Vec<String>,
    /// A file that stands for what has no place of its own.
    anchor: Option<FileId>,
    has_auth: bool,
    /// Whether package.json names Next.js.
    is_installed: bool,
    gaps: Vec<Gap>,
}

/// Whether a file may be source of Next.js.
fn is_source(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |it| it.1);
    matches!(extension, "js" | "jsx" | "ts" | "tsx" | "md" | "mdx")
}

/// The program that `next start` runs in `folder` of the image.
pub(super) fn started(folder: &str, build: &Build<'_>, store: &mut Store<'_>) -> Next {
    let stage = build.image.stage();
    let place = project::of(stage, folder, build);
    Next::of(place, folder, Mode::Command, build, store)
}

/// The program that the file at `path` runs, if that is the server of a standalone build.
pub(super) fn standalone(path: &str, build: &Build<'_>, store: &mut Store<'_>) -> Option<Next> {
    let (places, is_sure) = project::of_standalone(path, build)?;
    let mut places = places.into_iter();
    let place = places.find_map(|(stage, folder)| project::of(stage, &folder, build));
    let folder = path.rsplit_once('/').map_or("", |it| it.0);
    let found = Next::of(place, folder, Mode::Standalone, build, store);
    // Other folders may be called so, too.
    (is_sure || found.is_installed).then_some(found)
}

impl Next {
    fn of(
        place: Option<(usize, String)>,
        run_in: &str,
        mode: Mode,
        build: &Build<'_>,
        store: &mut Store<'_>,
    ) -> Self {
        let mut this = Self {
            home: place.clone(),
            ..Self::default()
        };
        this.variables(build.image.stage(), run_in, build, store);
        let Some((stage, folder)) = place else {
            for subject in [Subject::Routes, Subject::Reads] {
                let why = "its pages are not found among the files of the build";
                this.gap(subject, why, None);
            }
            return this;
        };
        this.variables(stage, &folder, build, store);
        this.package(stage, &folder, build, store);
        let at = |path: &str| modules::at(build, stage, absolute(&folder, path));
        let found = CONFIGURATIONS.iter().find_map(|it| at(it));
        let config = match &found {
            Some(file) => this.configuration(file, store),
            None => Config::none(),
        };
        this.pages(stage, &folder, &config, build);
        this.statics(stage, &folder, build);
        this.beside(stage, &folder, &config, build, store);
        if let Some(file) = found {
            this.sources.push(file.clone());
            this.config = Some(file).filter(|_| mode == Mode::Command);
        }
        this
    }

    fn gap(&mut self, subject: Subject, why: &str, place: Option<(FileId, TextRange)>) {
        self.gaps.push(Gap {
            subject: Some(subject),
            why: why.to_owned(),
            place,
        });
    }

    /// Takes over the files of variables in a folder.
    fn variables(&mut self, stage: usize, folder: &str, build: &Build<'_>, store: &mut Store<'_>) {
        for name in VARIABLE_FILES {
            let file = build.file(stage, &absolute(folder, name));
            let id = file.and_then(|it| store.read_text(&it));
            if let Some(id) = id.filter(|it| !self.variable_files.contains(it)) {
                self.variable_files.push(id);
            }
        }
    }

    /// Takes over what package.json says.
    fn package(&mut self, stage: usize, folder: &str, build: &Build<'_>, store: &mut Store<'_>) {
        let file = build.file(stage, &absolute(folder, "package.json"));
        let Some(id) = file.and_then(|it| store.read_text(&it)) else {
            return;
        };
        self.anchor = Some(id);
        let Some(package) = Package::of(store.text_of(id)) else {
            return;
        };
        let stated = |name: &str| {
            let kinds = ["dependencies", "devDependencies"];
            let mut kinds = kinds.iter();
            kinds.find_map(|it| package.get(&[it, name]))
        };
        let version = stated("next");
        self.is_installed = version.is_some();
        self.version = version.and_then(|it| major(&it.0));
        self.has_auth = stated("next-auth").is_some();
    }

    fn configuration(&mut self, file: &At, store: &mut Store<'_>) -> Config {
        let Some(id) = store.read_text(&file.file) else {
            self.gap(Subject::Routes, "its configuration is not read", None);
            return Config::none();
        };
        self.anchor = self.anchor.or(Some(id));
        let language = language(&file.file).unwrap_or(Language::JavaScript);
        let mut config = Config::of(store.text_of(id), language);
        for (subject, why, range) in std::mem::take(&mut config.gaps) {
            self.gap(subject, why, Some((id, range)));
        }
        let answered = std::mem::take(&mut config.answered).into_iter();
        self.answered
            .extend(answered.map(|(pattern, range)| (pattern, id, range)));
        let destinations = std::mem::take(&mut config.destinations).into_iter();
        self.destinations
            .extend(destinations.map(|(text, range)| (text, id, range)));
        self.base_path.clone_from(&config.base_path);
        self.inlined.clone_from(&config.inlined);
        config
    }

    /// Takes over the folders of pages.
    fn pages(&mut self, stage: usize, folder: &str, config: &Config, build: &Build<'_>) {
        let extensions = &config.extensions;
        for name in project::FOLDERS {
            for home in project::HOMES {
                let folder = absolute(&absolute(folder, home), name);
                let listing = build.listing_of(stage, &folder);
                if listing.files.is_empty() {
                    continue;
                }
                if !listing.is_complete {
                    let why = "not all files of its pages are known";
                    self.gap(Subject::Routes, why, None);
                }
                for path in &listing.files {
                    let inner = path.strip_prefix(folder.as_str()).unwrap_or_default();
                    let inner = inner.trim_start_matches('/');
                    let Some(file) = modules::at(build, stage, path.clone()) else {
                        let why = "not all files of its pages are known";
                        self.gap(Subject::Routes, why, None);
                        continue;
                    };
                    if name == "app" {
                        self.of_app(inner, file, extensions);
                    } else {
                        self.of_pages(inner, file, extensions);
                    }
                }
                // The other one is not looked at.
                break;
            }
        }
        // What the first page is reads best as the beginning.
        self.sources.sort_by_key(|it| it.path.matches('/').count());
    }

    fn of_app(&mut self, inner: &str, file: At, extensions: &[String]) {
        let Some(part) = routes::part(inner, extensions) else {
            return;
        };
        if let Some((text, parts)) = routes::of_app(inner, part) {
            self.routes.push(Route {
                text,
                parts,
                file: file.file.clone(),
                is_handler: part == Part::Handler,
            });
        }
        if language(&file.file).is_some() {
            self.sources.push(file);
        }
    }

    fn of_pages(&mut self, inner: &str, file: At, extensions: &[String]) {
        if inner == "_middleware.ts" || inner == "_middleware.js" {
            self.gap(Subject::Routes, "middleware may answer", None);
        }
        let found = routes::of_pages(inner, extensions);
        let is_page = found.is_some();
        if let Some((text, parts)) = found {
            self.routes.push(Route {
                text,
                parts,
                file: file.file.clone(),
                is_handler: false,
            });
        }
        if (is_page || routes::is_frame(inner, extensions)) && language(&file.file).is_some() {
            self.sources.push(file);
        }
    }

    /// Takes over the files that are served as they are: of folders all that is below them.
    fn statics(&mut self, stage: usize, folder: &str, build: &Build<'_>) {
        let folder = absolute(folder, "public");
        let listing = build.listing_of(stage, &folder);
        if !listing.is_complete && !listing.files.is_empty() {
            self.gap(Subject::Routes, "files are served as they are", None);
        }
        let mut seen = BTreeSet::new();
        for path in &listing.files {
            let inner = path.strip_prefix(folder.as_str()).unwrap_or_default();
            let mut parts = inner.split('/').filter(|it| !it.is_empty());
            let Some(first) = parts.next().filter(|it| seen.insert((*it).to_owned())) else {
                continue;
            };
            let Some(file) = build.file(stage, path) else {
                continue;
            };
            let is_folder = parts.next().is_some();
            let mut parts = vec![RoutePart::Text(first.to_owned())];
            parts.extend(is_folder.then_some(RoutePart::Rest));
            self.routes.push(Route {
                text: format!("/{first}"),
                parts,
                file,
                is_handler: false,
            });
        }
    }

    /// Takes over what stands beside the folders of pages: a middleware, and what is run at the start.
    fn beside(
        &mut self,
        stage: usize,
        folder: &str,
        config: &Config,
        build: &Build<'_>,
        store: &mut Store<'_>,
    ) {
        let files = |names: &[&str]| -> Vec<At> {
            let homes = project::HOMES.iter();
            let paths = homes.flat_map(|home| {
                let folder = absolute(folder, home);
                let names = names.iter().flat_map(|name| {
                    let extensions = config.extensions.iter();
                    extensions.map(move |it| format!("{name}.{it}"))
                });
                names.map(|it| absolute(&folder, &it)).collect::<Vec<_>>()
            });
            paths
                .filter_map(|it| modules::at(build, stage, it))
                .collect()
        };
        for file in files(&middleware::NAMES) {
            let Some(id) = store.read_text(&file.file) else {
                self.gap(Subject::Routes, "middleware may answer", None);
                continue;
            };
            let language = language(&file.file).unwrap_or(Language::JavaScript);
            match middleware::touched(store.text_of(id), language) {
                Touched::Nothing => {}
                Touched::Paths(all) => {
                    let all = all.into_iter();
                    self.answered
                        .extend(all.map(|(pattern, range)| (pattern, id, range)));
                }
                Touched::Unknown => {
                    let place = Some((id, TextRange::empty(0)));
                    self.gap(Subject::Routes, "middleware may answer", place);
                }
            }
            self.sources.push(file);
        }
        self.sources.extend(files(&["instrumentation-client"]));
        let is_old = self.version.is_some_and(|it| it < WITH_HOOK) && !config.has_hook;
        let hook = files(&["instrumentation"]).into_iter().next();
        if let Some(file) = hook.filter(|_| !is_old) {
            self.sources.push(file.clone());
            self.instrumentation = Some(file);
        }
    }

    /// Tells a program what its files serve, and what its server reads. What is not known of its source says nothing of its routes.
    pub(super) fn tell(&self, of_command: usize, store: &Store<'_>, program: &mut Program) {
        let own = program.gaps.iter_mut().skip(of_command);
        for gap in own.filter(|it| it.subject.is_none()) {
            gap.subject = Some(Subject::Reads);
        }
        let mut at = 0;
        program.gaps.retain(|it| {
            at += 1;
            at <= of_command || it.subject != Some(Subject::Routes)
        });
        program.gaps.extend(self.gaps.iter().cloned());
        let anchor = self.anchor.or(program.entry);
        let start = |id: FileId| (id, TextRange::empty(0));
        for route in &self.routes {
            let id = store.id(&route.file);
            let methods = id.filter(|_| route.is_handler);
            let methods = methods.and_then(|it| {
                let language = language(&route.file)?;
                methods_of(store.text_of(it), language)
            });
            if let Some(id) = id.or(anchor) {
                self.serve(
                    &route.text,
                    route.parts.clone(),
                    methods,
                    start(id),
                    program,
                );
            }
        }
        for (pattern, id, range) in &self.answered {
            let parts = pattern::parts(pattern);
            self.serve(pattern, parts, None, (*id, *range), program);
        }
        if let Some(id) = anchor {
            let parts = ["_next"].map(|it| RoutePart::Text(it.to_owned()));
            let parts = parts.into_iter().chain([RoutePart::Rest]).collect();
            self.serve("/_next", parts, None, start(id), program);
        }
        for (text, id, range) in &self.destinations {
            let found = addresses::written((*id, *range), text, "destination");
            program.addresses.extend(found);
        }
        let place = program.started.file.or(anchor.map(start));
        if let Some(place) = place {
            // Where the command states it, the variable decides nothing.
            let mut ports = program.ports.iter();
            let is_variable =
                ports.any(|it| it.port.names_variable("PORT") || it.port == Expr::Unknown);
            let own = OWN.iter().filter(|it| it.0 != "PORT" || is_variable);
            let own = own.map(|(name, default)| ProgramRead {
                name: ReadName::Exact((*name).to_owned()),
                default: default.map(|it| Expr::Text(it.to_owned())),
                is_required: false,
                on_start: true,
                kind: Kind::Text,
                place,
            });
            program.reads.extend(own);
            // Auth.js reads what it is called like: `AUTH_GITHUB_ID` (authjs.dev/reference/nextjs).
            if self.has_auth {
                program.reads.push(ProgramRead {
                    name: ReadName::Prefix("AUTH_".to_owned()),
                    default: None,
                    is_required: false,
                    on_start: false,
                    kind: Kind::Text,
                    place,
                });
            }
        }
        for &id in &self.variable_files {
            let sets = dotenv::sets(store.text_of(id), id, false).into_iter();
            // The server listens before it reads these (nextjs.org/docs/app/api-reference/cli/next).
            let sets = sets.filter(|it| !OWN.iter().any(|own| own.0 == it.name));
            program.sets.extend(sets);
        }
        for name in &self.inlined {
            program.sets.push(ProgramSet {
                name: name.clone(),
                value: Expr::Unknown,
                keeps: false,
                place: None,
            });
        }
    }

    fn serve(
        &self,
        text: &str,
        parts: Vec<RoutePart>,
        methods: Option<Vec<String>>,
        place: (FileId, TextRange),
        program: &mut Program,
    ) {
        let base = self.base_path.trim_matches('/');
        let before = base.split('/').filter(|it| !it.is_empty());
        let before = before.map(|it| RoutePart::Text(it.to_owned()));
        let text = match (base, text) {
            ("", text) => text.to_owned(),
            (base, "/") => format!("/{base}"),
            (base, text) => format!("/{base}{text}"),
        };
        program.routes.push(Served {
            path: RoutePath {
                text,
                parts: before.chain(parts).collect(),
                style: RouteStyle::Plain,
            },
            methods: methods.unwrap_or_default(),
            // A slash too many, or too few, is redirected.
            slash: Slash::Either,
            guards: Vec::new(),
            place,
            prefixes: Vec::new(),
            port: None,
        });
    }
}

/// The methods that a file exports functions for; `None` if that cannot be told. `HEAD` is answered as `GET` is.
fn methods_of(text: &str, language: Language) -> Option<Vec<String>> {
    const ALL: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let tree = script::Tree::of(text, language)?;
    let exported = tree.script().exports()?;
    let found = ALL.iter().filter(|it| exported.contains(*it));
    let found: Vec<String> = found.map(|it| (*it).to_owned()).collect();
    (!found.is_empty()).then_some(found)
}

/// The first number of a version or range: 14 of `^14.2.3`.
fn major(version: &str) -> Option<u32> {
    let digits = version.trim_start_matches(|it: char| !it.is_ascii_digit());
    let end = digits
        .find(|it: char| !it.is_ascii_digit())
        .unwrap_or(digits.len());
    digits[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn versions() {
        for (text, expected) in [("^14.2.3", Some(14)), ("15", Some(15)), ("latest", None)] {
            assert_eq!(major(text), expected, "{text}");
        }
    }
}
