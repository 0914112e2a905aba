//! Programs of Next.js: which paths its folders serve, and which of its files are the program.
//!
//! Its routes are no calls in source: they are the names of files (`app/api/health/route.ts`), so that they are read of what the stage has
//! that runs `next build`.

mod beside;
mod config;
mod middleware;
mod pattern;
mod project;
mod routes;
mod script;
mod tell;

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::build::{Build, absolute};
use super::modules::{self, At};
use super::node_project::is_javascript;
use super::runners::Package;
use super::store::{Store, language};
use super::units::Units;
use super::{Gap, RoutePart};
use crate::FileId;
use crate::code::Subject;

use config::Config;
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
    /// The modules that it imports where it runs on Node.js, as it writes them.
    pub(super) hooked: Vec<String>,
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

/// What is not known of a program that takes requests itself and hands them to Next.js
/// (nextjs.org/docs/app/guides/custom-server).
pub(super) fn of_custom_server(units: &Units<'_>) -> Vec<Gap> {
    let found = units.iter().find_map(|unit| {
        let mut imports = unit.facts.imports.iter();
        let import =
            imports.find(|it| it.module == "next" && is_javascript(unit.facts.language))?;
        Some((unit.id, import.place.range))
    });
    let Some(place) = found else {
        return Vec::new();
    };
    let subjects = [Subject::Routes, Subject::Reads].into_iter();
    let gaps = subjects.map(|it| Gap {
        subject: Some(it),
        why: "pages of Next.js answer what its server hands on".to_owned(),
        place: Some(place),
    });
    gaps.collect()
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

    /// The files that every start loads: its configuration, and what it imports to run at the start.
    pub(super) fn loaded(&self, units: &Units<'_>) -> Vec<FileId> {
        let hook = self.instrumentation.as_ref().and_then(|it| units.of(it));
        let unit = hook.and_then(|it| units.get(it));
        let imports = unit.into_iter().flat_map(|unit| {
            let imports = unit.facts.imports.iter().zip(&unit.imports);
            imports.filter(|it| self.hooked.contains(&it.0.module))
        });
        let imported = imports.filter_map(|it| it.1.module.as_ref());
        let all = self.config.iter().chain(imported);
        all.filter_map(|it| units.of(it)).collect()
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
