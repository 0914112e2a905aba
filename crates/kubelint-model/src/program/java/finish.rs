//! What a program of Java reads, serves and listens on, as its framework does with its source and configuration.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::libraries::Framework;
use super::settings::Settings;
use super::{Java, gap, ktor, quarkus, spring};
use crate::FileId;
use crate::code::jvm::{Piece, pieces, variable_of};
use crate::code::{Expr, Kind, Protocol, ReadName, RouteStyle, Slash, Subject};
use crate::program::environment::{Environment, Known};
use crate::program::routes::text_in;
use crate::program::store::Store;
use crate::program::{Port, Program, ProgramRead, RoutePath, Served};

/// What is there to tell what a framework does.
pub(super) struct Around<'s, 'g> {
    pub(super) java: &'s Java,
    pub(super) store: &'s Store<'g>,
    pub(super) environments: &'s [&'s Environment],
}

/// Adds to `program`, which has the routes of its source, what its framework adds to them, and where it listens.
pub(in crate::program) fn finish(
    java: &Java,
    store: &Store<'_>,
    environments: &[&Environment],
    program: &mut Program,
) {
    let around = Around {
        java,
        store,
        environments,
    };
    for library in &java.libraries.unknown {
        for subject in [Subject::Routes, Subject::Reads] {
            let why = format!("{library} may add to it, and is not read");
            program
                .gaps
                .push(gap(subject, why, around.mention(library)));
        }
    }
    if let Some(library) = java.libraries.with_configuration() {
        let why = format!("{library} takes configuration from elsewhere");
        for subject in [Subject::Routes, Subject::Ports, Subject::Reads] {
            program
                .gaps
                .push(gap(subject, why.clone(), around.mention(library)));
        }
    }
    match java.settings.framework() {
        Framework::Spring => spring::finish(&around, program),
        Framework::Quarkus => quarkus::finish(&around, program),
        Framework::Micronaut => quarkus::finish_micronaut(&around, program),
        Framework::Ktor => ktor::finish(&around, program),
        Framework::Other => {
            for subject in [Subject::Routes, Subject::Ports] {
                let why = "its framework is not known";
                program.gaps.push(gap(subject, why, program.started.file));
            }
        }
    }
    around.statics(program);
    java.named.name(program);
    around.lazy(program);
    around.opened(program);
    around.addresses(program);
    let required = around.required(program);
    around.reads(&required, program);
}

impl Around<'_, '_> {
    pub(super) const fn settings(&self) -> &Settings {
        &self.java.settings
    }

    /// The text of a property in all environments; `None` if it is not known.
    pub(super) fn text(&self, name: &str, default: &str) -> Option<String> {
        let default = Expr::Text(default.to_owned());
        text_in(
            &self.settings().value(name, Some(default)),
            self.environments,
        )
    }

    /// Whether some container sets a variable that begins so.
    pub(super) fn sets_below(&self, prefix: &str) -> bool {
        let mut all = self.environments.iter();
        all.any(|it| !it.is_complete() || it.iter().any(|(name, _)| name.starts_with(prefix)))
    }

    /// Whether some container may set a variable.
    pub(super) fn may_be_set(&self, name: &str) -> bool {
        let mut all = self.environments.iter();
        all.any(|it| !matches!(it.get(name), Known::Unset))
    }

    /// Whether all containers set a variable.
    pub(super) fn is_set(&self, name: &str) -> bool {
        let mut all = self.environments.iter();
        !self.environments.is_empty() && all.all(|it| matches!(it.get(name), Known::Set(_)))
    }

    /// Where a build file speaks of a library.
    pub(super) fn mention(&self, library: &str) -> Option<(FileId, TextRange)> {
        let name = library.rsplit(':').next().unwrap_or(library);
        let names = ["pom.xml", "build.gradle", "build.gradle.kts"];
        let files = self.java.folders.iter().flat_map(|folder| {
            let file = move |it: &&str| SourcePath::new(&format!("{folder}/{it}"));
            names.iter().map(file)
        });
        let mut ids = files.filter_map(|it| self.store.id(&it));
        ids.find_map(|id| {
            let at = self.store.text_of(id).find(name)?;
            Some((id, TextRange::new(at as u32, (at + name.len()) as u32)))
        })
    }

    /// A port that a property states.
    pub(super) fn listen(
        &self,
        name: &str,
        default: &str,
        protocol: Protocol,
        tls: Option<bool>,
    ) -> Port {
        let default = Expr::Text(default.to_owned());
        Port {
            port: self.settings().value(name, Some(default)),
            host: None,
            protocol,
            tls,
            place: self.settings().place(name),
        }
    }

    fn statics(&self, program: &mut Program) {
        let place = somewhere(program);
        for path in &self.java.statics {
            program
                .routes
                .push(served(&[path], RouteStyle::Plain, place));
        }
    }

    /// The variables that placeholders in the source take in: many annotations and functions of libraries resolve them, as those of
    /// listeners, schedules and clients, and expressions hold them.
    fn written_reads(&self, program: &mut Program) {
        let mut known: BTreeSet<String> = program
            .reads
            .iter()
            .filter_map(|it| match &it.name {
                ReadName::Exact(name) | ReadName::AnyCase(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        for path in &self.java.files {
            let Some(id) = self.store.id(path) else {
                continue;
            };
            let text = self.store.text_of(id);
            // In Kotlin all others take in what the program works out.
            let sign = match path.extension() {
                Some("kt") => "\\${",
                _ => "${",
            };
            for (at, _) in text.match_indices(sign) {
                let start = at + sign.len();
                let Some(name) = placeholder_name(&text[start..]) else {
                    continue;
                };
                if !known.insert(variable_of(name)) {
                    continue;
                }
                let range = TextRange::new(start as u32, (start + name.len()) as u32);
                program.reads.push(ProgramRead {
                    name: read_name(name),
                    // Whether it may be missing is up to what resolves it.
                    default: Some(Expr::Unknown),
                    is_required: false,
                    on_start: false,
                    kind: Kind::Text,
                    place: (id, range),
                });
            }
        }
    }

    /// Whether all is known of the configuration: what it has, and where it comes from.
    pub(super) fn is_whole(program: &Program) -> bool {
        let subjects = [Subject::Reads, Subject::Ports];
        subjects.iter().all(|it| program.is_complete(*it))
    }

    /// Whether some source speaks of a word.
    pub(super) fn speaks_of(&self, word: &str) -> bool {
        self.java.speaks_of(word, self.store)
    }

    /// The variables that the configuration takes in, and those that set a property of it.
    fn reads(&self, required: &BTreeSet<String>, program: &mut Program) {
        let settings = self.settings();
        let is_known = Self::is_whole(program);
        for read in &mut program.reads {
            // What the configuration has needs no variable, and there may be more of it than is seen.
            // Without a framework that has configuration, a variable is one of the environment.
            let is_plain = matches!(settings.framework(), Framework::Other | Framework::Ktor)
                && matches!(read.name, ReadName::Exact(_));
            read.is_required &= is_known || is_plain;
            if let ReadName::AnyCase(name) = &read.name
                && ALWAYS.iter().any(|it| name.starts_with(it))
            {
                read.is_required = false;
            }
            if let ReadName::AnyCase(name) | ReadName::Exact(name) = &read.name
                && settings.entries().any(|it| variable_of(&it.name) == *name)
            {
                read.is_required = false;
            }
        }
        let mut families: Vec<String> = Vec::new();
        self.written_reads(program);
        for entry in settings.entries() {
            let name = entry.name.trim_start_matches('%');
            let name = if entry.name.starts_with('%') {
                name.split_once('.').map_or(name, |it| it.1)
            } else {
                name
            };
            families.push(name.split(['.', '[']).next().unwrap_or_default().to_owned());
            let text = self.store.text_of(entry.place.0);
            let is_required = required.contains(&entry.name);
            let first = program.reads.len();
            placeholders(&entry.value, entry.place, text, is_required, 6, program);
            // What a port comes to is made a number.
            let is_one = entry.value.starts_with("${") && entry.value.ends_with('}');
            if is_one && name.ends_with("server.port") || name == "quarkus.http.port" {
                let own = program.reads.get_mut(first..).unwrap_or_default();
                for it in own {
                    it.kind = Kind::Number;
                }
            }
        }
        // What configures itself reads properties that are called after it; a driver reads none.
        let artifacts = self.java.libraries.artifacts();
        let configured = ["starter", "spring", "quarkus", "micronaut"];
        let words = artifacts
            .filter(|it| configured.iter().any(|word| it.contains(word)))
            .flat_map(|it| it.split(['-', '.']));
        families.extend(words.filter(|it| it.len() >= 4).map(str::to_owned));
        families.sort();
        families.dedup();
        for family in families {
            let name = variable_of(&family);
            if name.len() < 2 {
                continue;
            }
            program.reads.push(ProgramRead {
                name: ReadName::Prefix(name + "_"),
                default: None,
                is_required: false,
                on_start: false,
                kind: Kind::Text,
                place: somewhere(program),
            });
        }
    }
}

/// How the variables begin of properties that the virtual machine or a framework has by itself: `user.home`, `random.uuid`, `quarkus.uuid`.
const ALWAYS: [&str; 11] = [
    "FILE_",
    "JAVA_",
    "LINE_",
    "LOCAL_",
    "MP_",
    "OS_",
    "QUARKUS_",
    "RANDOM_",
    "SMALLRYE_",
    "SPRING_CLOUD_CLIENT_",
    "USER_",
];

/// The name of the property or variable that a placeholder takes in: what stands behind `${`, up to its default or end.
fn placeholder_name(text: &str) -> Option<&str> {
    let is_of_name = |it: char| it.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&it);
    let end = text.find(|it| !is_of_name(it))?;
    let (name, rest) = text.split_at(end);
    (!name.is_empty() && rest.starts_with([':', '}'])).then_some(name)
}

/// The variables that a placeholder of this name takes in.
fn read_name(name: &str) -> ReadName {
    if !name.contains('.') && !name.bytes().any(|it| it.is_ascii_lowercase()) {
        ReadName::Exact(name.to_owned())
    } else if let Some((first, _)) = name.split_once('-') {
        ReadName::Prefix(variable_of(first))
    } else {
        ReadName::AnyCase(variable_of(name))
    }
}

/// The reads of a value with placeholders.
fn placeholders(
    value: &str,
    place: (FileId, TextRange),
    text: &str,
    is_required: bool,
    left: u32,
    program: &mut Program,
) {
    let Some(left) = left.checked_sub(1) else {
        return;
    };
    for piece in pieces(value) {
        let Piece::Property { name, default } = piece else {
            continue;
        };
        let at = place.1.of(text).find(name);
        let range = at.map_or(place.1, |at| {
            let start = place.1.start + at as u32;
            TextRange::new(start, start + name.len() as u32)
        });
        let written = default.filter(|it| !it.contains("${"));
        program.reads.push(ProgramRead {
            name: read_name(name),
            default: default.map(|_| match written {
                Some(text) => Expr::Text(text.to_owned()),
                None => Expr::Unknown,
            }),
            is_required: is_required && default.is_none(),
            on_start: true,
            kind: Kind::Text,
            place: (place.0, range),
        });
        if let Some(default) = default {
            placeholders(default, place, text, false, left, program);
        }
    }
}

/// Some place of the program, for what is written nowhere.
pub(super) fn somewhere(program: &Program) -> (FileId, TextRange) {
    let entry = program.entry.map(|it| (it, TextRange::empty(0)));
    let started = program.started.file;
    let dockerfile = program.dockerfile.unwrap_or(FileId(0));
    entry
        .or(started)
        .unwrap_or((dockerfile, TextRange::empty(0)))
}

/// A path that is served for `GET`: pieces one behind the other.
pub(super) fn served(pieces: &[&str], style: RouteStyle, place: (FileId, TextRange)) -> Served {
    let pieces = pieces.iter().filter(|it| !it.is_empty());
    Served {
        path: RoutePath::of(pieces.map(|it| (*it, style))),
        methods: vec!["GET".to_owned()],
        slash: Slash::Either,
        guards: Vec::new(),
        place,
        prefixes: Vec::new(),
        port: None,
    }
}

/// Puts a prefix before all routes.
pub(super) fn put_before(prefix: &str, place: Option<(FileId, TextRange)>, routes: &mut [Served]) {
    if prefix.trim_matches('/').is_empty() {
        return;
    }
    for route in routes {
        let text = route.path.text.clone();
        let inner = if text == "/" { "" } else { text.as_str() };
        let ends = route.path.parts.last() == Some(&crate::program::RoutePart::Rest);
        let style = route.path.style;
        route.path = RoutePath::of([(prefix, RouteStyle::Plain), (inner, style)]);
        if ends && route.path.parts.last() != Some(&crate::program::RoutePart::Rest) {
            route.path.parts.push(crate::program::RoutePart::Rest);
        }
        route.prefixes.extend(place);
        route.prefixes.rotate_right(usize::from(place.is_some()));
    }
}
