//! Programs of Java: the module that a jar is built from, its configuration, and what its framework serves with it.
//!
//! A container of beans finds classes by scanning: all source of the module counts, and that of the modules of the repository which it
//! depends on.

mod actuator;
mod addresses;
mod beans;
mod catalog;
mod finish;
mod gradle;
mod hocon;
mod ktor;
mod libraries;
mod maven;
mod module;
mod named;
mod opened;
mod origin;
mod properties;
mod quarkus;
mod required;
mod settings;
mod spring;
mod xml;

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;
use kubelint_parser::source::SourcePath;

pub(super) use finish::finish;
pub(super) use libraries::Framework;
use libraries::Libraries;
use module::Module;
use named::Named;
pub(super) use origin::{folder_of, is_installed};
pub(super) use settings::Settings;

use super::Gap;
use super::environment::Environment;
use super::store::Store;
use crate::FileId;
use crate::code::{Expr, Subject};

/// A property that the command sets: `-Dserver.port=80`, `--server.port=80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) name: String,
    pub(super) value: Expr,
    pub(super) place: Option<(FileId, TextRange)>,
    /// Whether it is an argument of the program, which stands before properties of the virtual machine.
    pub(super) is_argument: bool,
}

/// A program that is made of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Java {
    /// The source files of the module and those that it depends on.
    pub(super) files: Vec<SourcePath>,
    /// The file that holds the class that is started, if one can be told.
    pub(super) main: Option<SourcePath>,
    pub(super) settings: Settings,
    libraries: Libraries,
    /// The folders of its modules.
    folders: Vec<String>,
    /// Whether a template is there for the first page.
    has_page: bool,
    /// Paths of files that are served as they are.
    statics: Vec<String>,
    /// What its own files of properties say.
    named: Named,
}

/// Other languages of the virtual machine, whose source is not read.
const OTHER_SOURCE: [&str; 2] = ["groovy", "scala"];

impl Java {
    /// A program of which nothing is known but its language.
    pub(super) fn unknown(environment: &Environment, store: &mut Store<'_>) -> Self {
        let framework = Framework::Other;
        Self {
            files: Vec::new(),
            main: None,
            settings: Settings::of(
                framework,
                &[],
                Vec::new(),
                environment,
                store,
                &mut Vec::new(),
            ),
            libraries: Libraries::default(),
            folders: Vec::new(),
            has_page: false,
            statics: Vec::new(),
            named: Named::default(),
        }
    }

    /// The program of the module in `folder` of the repository, with what the command sets; `None` if no build file is there.
    pub(super) fn of(
        folder: &str,
        given: Vec<Given>,
        class: Option<&str>,
        environment: &Environment,
        store: &mut Store<'_>,
        gaps: &mut Vec<Gap>,
    ) -> Option<Self> {
        let modules = module::all(folder, store, gaps)?;
        let own = modules.first()?;
        let libraries = Libraries::of(&modules);
        let mut files = BTreeSet::new();
        let mut others = false;
        let mut statics = Vec::new();
        for module in &modules {
            for source in &module.sources {
                let folder = module.path(source);
                for path in store.below(&folder) {
                    let inner = &path.as_str()[folder.len()..];
                    // Where a project has one folder for all its source, its tests are in it, too.
                    let is_test = source != "src/main" && inner.split('/').any(is_for_tests);
                    match path.extension() {
                        _ if is_test => {}
                        Some("java" | "kt") => drop(files.insert(path.clone())),
                        Some(it) if OTHER_SOURCE.contains(&it) => others = true,
                        _ => {}
                    }
                }
            }
            statics.extend(static_files(module, store));
        }
        if others {
            gaps.push(Gap::of_all(
                "a part of it is in a language that is not read",
                None,
            ));
        }
        if files.is_empty() {
            gaps.push(Gap::of_all("its module holds no source", None));
        }
        let framework = libraries.framework();
        let settings = Settings::of(framework, &modules, given, environment, store, gaps);
        let main = main_of(own, class, &files, store);
        let named = Named::of(&modules, store);
        Some(Self {
            named,
            files: files.into_iter().collect(),
            main,
            settings,
            libraries,
            has_page: own_page(&modules, store),
            folders: modules.into_iter().map(|it| it.folder).collect(),
            statics,
        })
    }

    /// The language that it is written in, or that most of it is.
    pub(super) fn language(&self) -> Language {
        let count = |extension: &str| {
            let all = self.files.iter();
            all.filter(|it| it.extension() == Some(extension)).count()
        };
        if count("kt") > count("java") {
            Language::Kotlin
        } else {
            Language::Java
        }
    }

    /// Whether some source of it holds a word, or could not be read.
    fn speaks_of(&self, word: &str, store: &Store<'_>) -> bool {
        let mut files = self.files.iter();
        files.any(|it| {
            let id = store.id(it);
            id.is_none_or(|it| store.text_of(it).contains(word))
        })
    }
}

/// The file of the class that is started: the one that is named, else the only one of the module that has a `main`.
fn main_of(
    module: &Module,
    class: Option<&str>,
    files: &BTreeSet<SourcePath>,
    store: &mut Store<'_>,
) -> Option<SourcePath> {
    if let Some(class) = class {
        let (package, name) = class.rsplit_once('.').unwrap_or(("", class));
        let end = format!("/{}.java", class.replace('.', "/"));
        // The folders of Kotlin need not be those of packages.
        let names = [name, name.strip_suffix("Kt").unwrap_or(name)];
        let declares = |it: &SourcePath, store: &mut Store<'_>| {
            let stem = it.file_name().strip_suffix(".kt");
            stem.is_some_and(|it| names.contains(&it))
                && store.read_text(it).is_some_and(|it| {
                    let line = format!("package {package}");
                    package.is_empty() || store.text_of(it).lines().any(|it| it.trim() == line)
                })
        };
        let found = files
            .iter()
            .find(|it| it.as_str().ends_with(&end) || declares(it, store));
        if let Some(found) = found {
            return Some(found.clone());
        }
    }
    let sources = module.sources.iter().map(|it| module.path(it));
    let sources: Vec<String> = sources.map(|it| format!("{it}/")).collect();
    let is_own = |it: &&SourcePath| sources.iter().any(|from| it.as_str().starts_with(from));
    let own = files.iter().filter(is_own);
    let mut found = Vec::new();
    for path in own {
        let Some(id) = store.read_text(path) else {
            continue;
        };
        let text = store.text_of(id);
        let begins = match path.extension() {
            Some("kt") => text.contains("fun main("),
            _ => text.contains("static void main("),
        };
        if begins {
            let is_application = text.contains("@SpringBootApplication")
                || text.contains("embeddedServer(")
                || text.contains("EngineMain")
                || text.contains("@QuarkusMain")
                || text.contains("Micronaut.");
            found.push((!is_application, path.clone()));
        }
    }
    found.sort();
    match found.as_slice() {
        [(_, one)] | [(false, one), (true, _), ..] => Some(one.clone()),
        _ => None,
    }
}

/// Whether a folder of this name holds tests.
fn is_for_tests(folder: &str) -> bool {
    matches!(folder, "test" | "tests")
}

/// What the module serves as it is (docs.spring.io/spring-boot/reference/web/servlet.html, "Static Content").
fn static_files(module: &Module, store: &Store<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let kinds = ["static", "public", "resources", "META-INF/resources"];
    let folders = module
        .resources()
        .flat_map(|it| kinds.map(|kind| format!("{it}/{kind}")));
    for folder in folders {
        for path in store.below(&folder) {
            let inner = &path.as_str()[folder.len()..];
            found.push(inner.to_owned());
            if inner == "/index.html" {
                found.push("/".to_owned());
            }
        }
    }
    found
}

/// Whether a template is there that a server shows as its first page.
fn own_page(modules: &[Module], store: &Store<'_>) -> bool {
    modules.iter().any(|module| {
        let mut folders = module.resources().map(|it| format!("{it}/templates"));
        folders.any(|folder| {
            let mut all = store.below(&folder).into_iter();
            all.any(|it| it.parent() == folder && it.file_name().starts_with("index."))
        })
    })
}

/// A reason for which routes and ports are not all known.
fn gap(subject: Subject, why: impl Into<String>, place: Option<(FileId, TextRange)>) -> Gap {
    Gap {
        subject: Some(subject),
        why: why.into(),
        place,
    }
}
