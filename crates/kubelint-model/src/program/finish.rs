//! From the files of a program to what it reads, serves and listens on.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::addresses::{self, Defaults};
use super::calls::{Begin, Reached};
use super::dotnet::{APPLICATION, Dotnet};
use super::ends::Ends;
use super::environment::Environment;
use super::filled::Filled;
use super::flags;
use super::guards;
use super::java;
use super::loads;
use super::names::{Meaning, Names, Shared};
use super::node_project::is_javascript;
use super::opens::Opens;
use super::read::Draft;
use super::routes::{RouterId, Routes, text_in};
use super::runners::{Bind, Entry, Launch, Server, port_of};
use super::start::Command;
use super::store::Store;
use super::units::Unit;
use super::viper::Viper;
use super::{
    Gap, Guarded, Port, Program, ProgramOpened, ProgramRead, ProgramSet, ProgramWait, RoutePath,
    Served, env_objects,
};
use super::{asked, dotenv, locks, nest, next, refused, told, unseen, waits};
use crate::FileId;
use crate::code::{
    CodeFacts, Expr, Failure, FunctionId, Kind, Listener, Protocol, ReadName, RouteStyle, Slash,
    Subject,
};

/// The names under which servers and frameworks look for an application (`flask/cli.py`, `fastapi_cli/discover.py`).
const APPLICATIONS: [&str; 5] = ["app", "application", "api", "create_app", "make_app"];

/// The program that a draft comes to.
pub(super) fn program<'u, 'g>(
    draft: &'u Draft<'g>,
    store: &Store<'g>,
    shared: &mut Shared<'u, 'g>,
) -> Program {
    let mut program = Program {
        dockerfile: draft.dockerfile,
        context: draft.context.clone(),
        started: draft.started.clone(),
        language: draft.launch.as_ref().map(|it| it.language),
        scripts: Vec::new(),
        is_guessed: draft.launch.as_ref().is_some_and(|it| {
            let is_guessed = |it: &Entry| {
                matches!(
                    it,
                    Entry::Package {
                        is_guessed: true,
                        ..
                    }
                )
            };
            is_guessed(&it.entry)
        }),
        entry: draft.entry.as_ref().and_then(|it| store.id(&it.file)),
        files: Vec::new(),
        routes: Vec::new(),
        reads: Vec::new(),
        sets: Vec::new(),
        opened: Vec::new(),
        root_path: None,
        ports: Vec::new(),
        loads_by_name: false,
        addresses: Vec::new(),
        waits: Vec::new(),
        gaps: draft.gaps.clone(),
    };
    if let Some(command) = &draft.command {
        of_command(command, store, &mut program);
    }
    if let Some((site, scripts)) = &draft.site {
        for script in scripts {
            if !program.scripts.contains(script) {
                program.scripts.push(*script);
            }
        }
        site.tell(&mut program);
        return program;
    }
    let (Some(launch), Some(units)) = (&draft.launch, &draft.units) else {
        let server = draft.launch.as_ref().and_then(|it| it.server.as_ref());
        for bind in server.map(Server::stated).unwrap_or_default() {
            push(&mut program, port(bind));
        }
        return program;
    };
    program.gaps.extend(units.gaps.iter().cloned());
    program.files.clone_from(&units.order);
    if !matches!(launch.entry, Entry::Next(_)) {
        program.gaps.extend(next::of_custom_server(units));
    }
    let java = match &launch.entry {
        Entry::Java(java) => Some(&**java),
        _ => None,
    };
    let project = match &launch.entry {
        Entry::Project(project) => Some(project),
        _ => None,
    };
    let next = match &launch.entry {
        Entry::Next(next) => Some(&**next),
        _ => None,
    };
    let is_go = launch.language == Language::Go;
    let arguments = draft.command.as_ref().filter(|_| is_go);
    let arguments = arguments.map(|it| it.words.iter().skip(1).cloned().collect());
    let names = Names::new(units, java.map(|it| &it.settings), arguments, shared);
    let filled = Filled::of(&names);
    let viper = Viper::of(&names);
    let names = names.with_filled(filled).with_viper(viper);
    let others: Vec<FileId> = if java.is_some() || project.is_some() {
        // Whatever a class declares may run.
        units.order.clone()
    } else if let Some(next) = next {
        next.loaded(units)
    } else {
        let configuration = draft.configuration.iter();
        configuration.filter_map(|it| units.of(it)).collect()
    };
    let first = match next {
        // Its pages are loaded when somebody asks for them.
        Some(next) => &next.instrumentation,
        None => &draft.entry,
    };
    let file = first.as_ref().and_then(|it| units.of(it));
    let settings = units.django_settings(draft.command.as_ref(), &draft.environments, file);
    let loaded = others.iter().copied().chain(settings).collect();
    let begin = Begin::of(launch, file, loaded);
    let reached = Reached::of(&begin, &names);
    let environments: Vec<&Environment> = draft.environments.iter().collect();
    let source = Source {
        store,
        launch,
        command: draft.command.as_ref(),
        names: &names,
        begin: &begin,
        reached: &reached,
        environments: &environments,
    };
    source.loads(&mut program);
    source.reads(&mut program);
    source.sets(&mut program);
    let managed = launch.runtime.sets.iter();
    program.sets.extend(managed.map(|it| ProgramSet {
        name: it.name.clone(),
        value: it.value.clone(),
        keeps: false,
        place: it.place,
    }));
    source.opened(&mut program);
    for &(file, is_sure) in &draft.variable_files {
        let sets = dotenv::sets(store.text_of(file), file, is_sure);
        program.sets.extend(sets);
    }
    if let Some(java) = java {
        source.addresses(&mut program);
        source.found(&mut program);
        source.waits_of_beans(&mut program);
        java::finish(java, store, &environments, &mut program);
        locks::apply(&names, &environments, &mut program);
    } else {
        source.addresses(&mut program);
        source.waits(&mut program);
        source.ports(&others, &mut program);
        match next {
            Some(next) => next.tell(draft.gaps.len(), store, &mut program),
            None => source.routes(&mut program),
        }
    }
    if let Some(project) = project {
        let dotnet = Dotnet {
            store,
            project,
            names: &names,
            environments: &environments,
            words: draft.command.as_ref().map_or(&[], |it| &it.words),
            base: units.build.base(),
        };
        dotnet.finish(&mut program);
    }
    if names.is_exhausted() {
        // The first, so that no limit on reasons hides it.
        let gap = Gap::of_all("it has too many names to follow", None);
        program.gaps.insert(0, gap);
    }
    let mut seen: Vec<Gap> = Vec::new();
    program.gaps.retain(|it| {
        let is_new = !seen.contains(it);
        if is_new && seen.len() < MOST_GAPS {
            seen.push(it.clone());
        }
        is_new
    });
    program.gaps.truncate(MOST_GAPS);
    program
}

/// What Prometheus' client serves at a port of its own: its metrics, at any path (`exposition.py`).
const METRICS: &str = "prometheus_client";
/// Functions that are told which variable to read are followed so often.
const MOST_TOLD: u32 = 200;
/// Functions are not followed deeper into each other.
const MOST_NESTED: usize = 16;
/// More reasons than these are not told.
const MOST_GAPS: usize = 100;

/// What the command itself and the scripts before it read and set.
fn of_command(command: &Command, store: &Store<'_>, program: &mut Program) {
    program.scripts.clone_from(&command.scripts);
    for set in &command.sets {
        program.sets.push(ProgramSet {
            name: set.name.clone(),
            value: set.value.clone(),
            // `NAME=${NAME:-default}` keeps what is there.
            keeps: matches!(&set.value, Expr::Variable { name, .. } if *name == set.name),
            place: set.place,
        });
    }
    for word in &command.words {
        let mut variables = Vec::new();
        variables_in(&word.expr, &mut variables);
        for (name, default) in variables {
            if let Some(place) = word.place {
                program.reads.push(read(name, default, place, true));
            }
        }
    }
    for &script in &command.scripts {
        for (name, range) in shell_variables(store.text_of(script)) {
            program.reads.push(read(name, None, (script, range), false));
        }
    }
}

fn read(
    name: String,
    default: Option<Expr>,
    place: (FileId, TextRange),
    on_start: bool,
) -> ProgramRead {
    ProgramRead {
        name: ReadName::Exact(name),
        default,
        is_required: false,
        on_start,
        kind: Kind::Text,
        place,
    }
}

fn variables_in(expr: &Expr, found: &mut Vec<(String, Option<Expr>)>) {
    match expr {
        Expr::Variable { name, default } => {
            found.push((name.clone(), default.as_deref().cloned()));
            if let Some(default) = default {
                variables_in(default, found);
            }
        }
        Expr::Join(all) | Expr::Either(all) => all.iter().for_each(|it| variables_in(it, found)),
        _ => {}
    }
}

/// The variables that a script names: `$NAME`, `${NAME…}`.
fn shell_variables(text: &str) -> Vec<(String, TextRange)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        let inner = rest.strip_prefix('{').unwrap_or(rest);
        let start = text.len() - inner.len();
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let end = inner.find(|it| !is_part(it)).unwrap_or(inner.len());
        let name = &inner[..end];
        let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
        if is_name && seen.insert(name) {
            let range = TextRange::new(start as u32, (start + end) as u32);
            found.push((name.to_owned(), range));
        }
    }
    found
}

/// What is there to tell what a program does.
struct Source<'s, 'u, 'g> {
    store: &'s Store<'g>,
    launch: &'s Launch,
    command: Option<&'s Command>,
    names: &'s Names<'u, 'g>,
    begin: &'s Begin,
    reached: &'s Reached,
    environments: &'s [&'s Environment],
}

impl Source<'_, '_, '_> {
    /// Whether a function never runs in this program: what stands behind `__main__` in files that are only loaded.
    fn is_never(&self, unit: &Unit, function: FunctionId) -> bool {
        let is_program = self.begin.is_main && self.begin.file == Some(unit.id);
        let found = unit.facts.functions.get(function.0 as usize);
        !is_program && found.is_some_and(|it| it.name == "__main__")
    }

    /// What is loaded by a name that nobody knows.
    fn loads(&self, program: &mut Program) {
        for unit in self.names.units.iter() {
            for it in &unit.facts.loads {
                if self.is_never(unit, it.place.function) {
                    continue;
                }
                let loaded = loads::loaded(self.names, self.environments, unit, it);
                program.loads_by_name |= loaded.is_open || !loaded.files.is_empty();
                if loaded.is_open {
                    program.gaps.push(Gap {
                        subject: it.subject,
                        why: it.why.to_owned(),
                        place: Some((unit.id, it.place.range)),
                    });
                }
            }
        }
    }

    fn waits(&self, program: &mut Program) {
        let is_served = self.launch.server.is_some();
        let begin = self.begin;
        program.waits = waits::waits(
            self.names,
            self.reached,
            begin,
            is_served,
            self.environments,
        );
        for unit in self.names.units.iter() {
            let facts = &unit.facts;
            if !is_javascript(facts.language) {
                continue;
            }
            for it in &facts.waits {
                let function = it.place.function;
                let is_start = self.reached.is_sure(unit.id, function)
                    && !it.place.is_conditional
                    && !self.is_never(unit, function);
                // A file that is loaded. Elsewhere only what stands before it listens counts.
                let of = facts.functions.get(function.0 as usize);
                let is_before = of.is_some_and(|it| it.is_entry && it.name != "__main__");
                let listens_then = facts.listeners.iter().any(|other| {
                    let of = other.place.function;
                    (of == function || is_within(facts, of, function))
                        && other.place.range.start > it.place.range.start
                });
                let is_told = is_start && (is_before || listens_then);
                if let Some(seconds) = it.whole().filter(|_| is_told) {
                    program.waits.push(ProgramWait {
                        seconds,
                        place: (unit.id, it.place.range),
                    });
                }
            }
        }
    }

    /// How long the objects wait that every start of a program of the Java virtual machine makes.
    fn waits_of_beans(&self, program: &mut Program) {
        for unit in self.names.units.iter() {
            let waits = unit.facts.waits.iter().filter_map(|it| {
                Some(ProgramWait {
                    seconds: it.whole()?,
                    place: (unit.id, it.place.range),
                })
            });
            program.waits.extend(waits);
        }
    }

    /// What a value comes to with the flags of the command, where it is the program itself that reads those.
    fn with_flags(&self, value: Expr) -> Expr {
        match (self.launch.server.is_none(), self.command) {
            (true, Some(command)) => flags::filled(value, &command.words),
            _ => value,
        }
    }

    fn addresses(&self, program: &mut Program) {
        let reads = program.reads.iter();
        let defaults = Defaults::of_reads(reads.map(|it| (&it.name, it.default.as_ref())));
        for unit in self.names.units.iter() {
            program.addresses.extend(addresses::of(unit, &defaults));
        }
    }

    fn opens(&self, subject: Subject, program: &mut Program) {
        for unit in self.names.units.iter() {
            let open = unit.facts.open.iter();
            for it in open.filter(|it| it.subject == subject) {
                let is_apart = unit.facts.language == Language::Go
                    && !self.reached.holds(unit.id, it.place.function);
                if !is_apart && !self.is_never(unit, it.place.function) {
                    program.gaps.push(Gap {
                        subject: Some(subject),
                        why: it.why.to_owned(),
                        place: Some((unit.id, it.place.range)),
                    });
                }
            }
        }
    }

    fn reads(&self, program: &mut Program) {
        let mut told_left = MOST_TOLD;
        let mut ends = Ends::new(self.names, self.reached);
        for unit in self.names.units.iter() {
            for (number, it) in unit.facts.reads.iter().enumerate() {
                let class = it.class.as_ref();
                let is_filled = class.is_some_and(|it| self.names.filled().has(unit.id, it));
                if is_filled || self.is_never(unit, it.place.function) {
                    continue;
                }
                let name = match &it.name {
                    ReadName::Computed(_) if unit.facts.language == Language::Go => {
                        let failure = match (it.is_required, refused(unit, number)) {
                            (true, _) => Failure::Ends,
                            (_, Some(of)) if of == it.place.function => Failure::Returned,
                            _ => Failure::Handled,
                        };
                        asked::reads(unit, (it, failure), self.names, self.reached, program);
                        continue;
                    }
                    // What the program's own files of properties call so: its build knows them.
                    ReadName::Computed(expr) if matches!(**expr, Expr::Property { .. }) => {
                        it.name.clone()
                    }
                    ReadName::Computed(expr) => {
                        let Expr::Text(name) = self.names.value(unit.id, expr) else {
                            told_left = told_left.saturating_sub(1);
                            if told_left > 0
                                && let Some(told) = told::reads(self.names, self.reached, unit, it)
                            {
                                program
                                    .reads
                                    .extend(told.into_iter().map(|told| ProgramRead {
                                        name: ReadName::Exact(told.name),
                                        is_required: it.is_required && told.default.is_none(),
                                        default: told.default,
                                        on_start: told.on_start,
                                        kind: it.kind,
                                        place: told.place,
                                    }));
                                continue;
                            }
                            program.gaps.push(Gap {
                                subject: Some(Subject::Reads),
                                why: "a variable's name is computed".to_owned(),
                                place: Some((unit.id, it.place.range)),
                            });
                            continue;
                        };
                        ReadName::Exact(name)
                    }
                    name => name.clone(),
                };
                let runs = self.reached.is_sure(unit.id, it.place.function);
                let is_made = it.class.as_ref().is_none_or(|class| {
                    match self.names.meaning(unit.id, class) {
                        Some(Meaning::Class(file, class)) => {
                            self.reached.makes(file, class) == Some(true)
                        }
                        _ => false,
                    }
                });
                // The body of a class runs where its file is loaded; its fields are read where an object is made.
                let on_start = if it.class.is_some() {
                    is_made
                } else {
                    runs && !it.place.is_conditional
                };
                let is_refused = refused(unit, number).is_some_and(|of| {
                    it.default.is_none() && ends.ends(unit.id, of, Failure::Returned)
                });
                let default = it.default.as_ref();
                let default = default.map(|it| self.names.value(unit.id, it));
                // Another variable that stands for it may be missing, too.
                let mut others = default.iter();
                let is_bare = others.all(|it| matches!(it, Expr::Variable { .. }));
                program.reads.push(ProgramRead {
                    name,
                    default,
                    is_required: it.is_required && is_bare || is_refused,
                    on_start,
                    kind: it.kind,
                    place: (unit.id, it.place.range),
                });
            }
            let more = env_objects::reads(self.names, self.reached, unit);
            program.reads.extend(more);
        }
        self.names
            .filled()
            .reads(self.names, self.reached, self.environments, program);
        for unit in self.names.units.iter() {
            let open = unit.facts.go.iter().flat_map(|it| &it.open);
            for (_, it) in open.filter(|it| !self.names.filled().has(unit.id, &it.0)) {
                program.gaps.push(Gap {
                    subject: Some(it.subject),
                    why: it.why.to_owned(),
                    place: Some((unit.id, it.place.range)),
                });
            }
        }
        self.names.viper().reads(self.names, self.reached, program);
        refused::apply(self.names, self.reached, program);
        self.opens(Subject::Reads, program);
    }

    fn sets(&self, program: &mut Program) {
        for unit in self.names.units.iter() {
            for it in &unit.facts.sets {
                let name = match &it.name {
                    ReadName::Exact(name) | ReadName::AnyCase(name) => name.clone(),
                    _ => continue,
                };
                program.sets.push(ProgramSet {
                    name,
                    value: self.names.value(unit.id, &it.value),
                    keeps: it.keeps,
                    place: Some((unit.id, it.place.range)),
                });
            }
        }
    }

    fn opened(&self, program: &mut Program) {
        let mut opens = Opens::new(self.names, self.reached);
        let folder = self.command.map(|it| it.folder.clone());
        for unit in self.names.units.iter() {
            let opened = opens.of(unit).into_iter();
            program
                .opened
                .extend(opened.map(|(path, place)| ProgramOpened {
                    path: self.with_flags(path),
                    folder: folder.clone(),
                    place,
                }));
        }
    }

    fn ports(&self, configurations: &[FileId], program: &mut Program) {
        if let Some(server) = &self.launch.server {
            let mut binds = Vec::new();
            if server.binds.is_empty() {
                for &file in configurations {
                    let name = server.configuration.as_ref().map_or("", |it| it.2);
                    binds.extend(self.configured(file, name, &server.default));
                }
            }
            if binds.is_empty() {
                binds = server.stated();
            }
            for &file in configurations {
                if let Some(Meaning::Value(of, expr)) = self.names.meaning(file, "certfile") {
                    // What may be nothing is not known.
                    let certificate = self.names.value(of, expr);
                    let tls = certificate.text().map(|it| !it.is_empty());
                    for it in &mut binds {
                        it.tls = tls;
                    }
                }
            }
            for bind in binds {
                push(program, port(bind));
            }
            program.root_path = server
                .root_path
                .as_ref()
                .and_then(|it| text_in(it, self.environments));
        }
        let mut unreached = Vec::new();
        for unit in self.names.units.iter() {
            for it in &unit.facts.listeners {
                if self.is_never(unit, it.place.function) {
                    continue;
                }
                let bind = self.bind(unit, it);
                if self.reached.holds(unit.id, it.place.function) {
                    push(program, port(bind));
                } else if self.launch.server.is_none() {
                    unreached.push(port(bind));
                }
            }
        }
        if program.ports.is_empty() && unreached.is_empty() {
            let routes = Routes::new(self.names, self.environments, self.reached);
            if let Some(bind) = self.exported(&routes).1 {
                push(program, port(bind));
            }
        }
        if program.ports.is_empty() && !unreached.is_empty() {
            for it in unreached {
                push(program, it);
            }
            let why = "no call is seen that leads to where it listens";
            program.gaps.push(Gap::of_ports(why));
        }
        if program.ports.is_empty() {
            let why = "no place is found where it listens";
            program.gaps.push(Gap::of_ports(why));
        }
        self.opens(Subject::Ports, program);
    }

    /// What the file exports that the program begins with, and where its interpreter serves that by itself.
    fn exported(&self, routes: &Routes<'_, '_, '_>) -> (Vec<RouterId>, Option<Bind>) {
        let exported = self.launch.runtime.exported.as_ref();
        let (Some(bind), Some(file)) = (exported, self.begin.file) else {
            return (Vec::new(), None);
        };
        let mut bind = bind.clone();
        let mut found = routes.routers(file, "default");
        if found.is_empty()
            && let Some(Meaning::Value(of, Expr::Name(name))) =
                self.names.meaning(file, "default.fetch")
            && let Some(application) = name.strip_suffix(".fetch")
        {
            // What stands beside it may say how it speaks.
            bind.tls = None;
            found = routes.routers(of, application);
        }
        if found.is_empty() {
            return (found, None);
        }
        if let Some(Meaning::Value(of, stated)) = self.names.meaning(file, "default.port") {
            bind.port = self.names.value(of, stated);
        }
        let routers = found.iter().find(|it| it.0 == file);
        let router = routers.and_then(|it| self.names.facts(file)?.routers.get(it.1));
        bind.place = router.map(|it| (file, it.place.range));
        (found, Some(bind))
    }

    /// Where a listener listens.
    fn bind(&self, unit: &Unit, listener: &Listener) -> Bind {
        let value = |it: &Expr| self.with_flags(self.names.value(unit.id, it));
        Bind {
            port: value(&listener.port),
            host: listener.host.as_ref().map(value),
            protocol: listener.protocol,
            tls: listener.tls,
            place: Some((unit.id, listener.place.range)),
        }
    }

    /// Where the configuration of a server says that it listens.
    fn configured(&self, file: FileId, name: &str, default: &Bind) -> Vec<Bind> {
        let Some(Meaning::Value(of, expr)) = self.names.meaning(file, name) else {
            return Vec::new();
        };
        let values = match self.names.value(of, expr) {
            Expr::List(all) => all,
            one => vec![one],
        };
        let range = definition(self.store.text_of(file), name);
        let place = range.map(|it| (file, it));
        let binds = values.into_iter().map(|value| Bind {
            port: value,
            host: None,
            place,
            ..default.clone()
        });
        binds.collect()
    }

    /// The routes that a framework finds by itself, and what is not known of them and of ports.
    fn found(&self, program: &mut Program) {
        let mut routes = Routes::new(self.names, self.environments, self.reached);
        routes.serve_whole();
        routes.tell_unserved();
        program.routes = std::mem::take(&mut routes.found);
        program.gaps.append(&mut routes.gaps);
        for unit in self.names.units.iter() {
            for it in &unit.facts.listeners {
                let bind = self.bind(unit, it);
                push(program, port(bind));
            }
        }
        self.opens(Subject::Ports, program);
    }

    fn routes(&self, program: &mut Program) {
        let mut routes = Routes::new(self.names, self.environments, self.reached);
        let roots = self.served(&routes);
        let ports = self.apart(&routes);
        let around = self.around(&routes);
        for &root in &roots {
            let known = routes.found.len();
            let guards = around.get(&root).map_or(&[][..], Vec::as_slice);
            routes.serve(root, guards);
            for it in routes.found.iter_mut().skip(known) {
                it.port = ports.get(&root).cloned();
            }
        }
        if !ports.is_empty() {
            self.metrics(&mut routes);
        }
        routes.serve_whole();
        let is_told = !roots.is_empty();
        program.routes = std::mem::take(&mut routes.found);
        program.gaps.append(&mut routes.gaps);
        nest::apply(self.names, self.environments, self.reached, program);
        if self.launch.language == Language::Go {
            let mut gaps = unseen::gaps(self.names, self.reached, &routes);
            program.gaps.append(&mut gaps);
        }
        if self.launch.language != Language::Python && !program.is_complete(Subject::Routes) {
            guards::forget(&mut program.routes);
        }
        if !is_told {
            program.gaps.push(Gap {
                subject: Some(Subject::Routes),
                why: "which application it serves is not known".to_owned(),
                place: program.started.file,
            });
        }
    }

    /// What answers all paths at ports of its own.
    fn metrics(&self, routes: &mut Routes<'_, '_, '_>) {
        for unit in self.names.units.iter() {
            let own = unit.facts.listeners.iter();
            let own = own.filter(|it| it.serves.as_ref().and_then(Expr::text) == Some(METRICS));
            for it in own.filter(|it| self.reached.holds(unit.id, it.place.function)) {
                let port = port(self.bind(unit, it)).port;
                for (path, style) in [("/metrics", RouteStyle::Plain), ("/", RouteStyle::Prefix)] {
                    routes.found.push(Served {
                        path: RoutePath::of([(path, style)]),
                        methods: Vec::new(),
                        slash: Slash::Either,
                        guards: Vec::new(),
                        place: (unit.id, it.place.range),
                        prefixes: Vec::new(),
                        port: Some(port.clone()),
                    });
                }
            }
        }
    }

    /// What stands around routers wherever they are served: `http.ListenAndServe(":8080", auth(mux))`.
    fn around(&self, routes: &Routes<'_, '_, '_>) -> BTreeMap<RouterId, Vec<Guarded>> {
        let mut found: BTreeMap<RouterId, Vec<Guarded>> = BTreeMap::new();
        if self.launch.language != Language::Go {
            return found;
        }
        for unit in self.names.units.iter() {
            for it in &unit.facts.listeners {
                let runs = self.reached.holds(unit.id, it.place.function);
                let Some(serves) = it.serves.as_ref().filter(|_| runs) else {
                    continue;
                };
                let guards = guards::around(self.names, unit.id, serves);
                for router in routes.of(unit.id, serves) {
                    // Where several serve it, nobody knows which is asked.
                    let known = found.entry(router);
                    let known = known.and_modify(Vec::clear);
                    known.or_insert_with(|| guards.clone());
                }
            }
        }
        found
    }

    /// At which port each router is served, if servers listen at several and all of them are known.
    fn apart(&self, routes: &Routes<'_, '_, '_>) -> BTreeMap<RouterId, Expr> {
        let mut found: BTreeMap<RouterId, Vec<Expr>> = BTreeMap::new();
        let mut ports: Vec<Expr> = Vec::new();
        for unit in self.names.units.iter() {
            for it in &unit.facts.listeners {
                let runs = self.reached.holds(unit.id, it.place.function);
                if !runs || self.is_never(unit, it.place.function) || it.protocol != Protocol::Http
                {
                    continue;
                }
                let port = port(self.bind(unit, it)).port;
                let serves = it.serves.as_ref();
                let is_default = serves.is_some_and(unseen::is_default);
                let served = serves.map_or_else(Vec::new, |it| routes.of(unit.id, it));
                let is_metrics = serves.and_then(Expr::text) == Some(METRICS);
                if !is_stated(&port) || (served.is_empty() && !is_default && !is_metrics) {
                    return BTreeMap::new();
                }
                for router in served {
                    found.entry(router).or_default().push(port.clone());
                }
                if !ports.contains(&port) {
                    ports.push(port);
                }
            }
        }
        if self.launch.server.is_some() || ports.len() < 2 {
            return BTreeMap::new();
        }
        let one = |(router, ports): (RouterId, Vec<Expr>)| {
            let first = ports.first()?.clone();
            let is_one = ports.iter().all(|it| *it == first);
            is_one.then_some((router, first))
        };
        found.into_iter().filter_map(one).collect()
    }

    /// The routers of the application that is served.
    fn served(&self, routes: &Routes<'_, '_, '_>) -> Vec<RouterId> {
        let mut found: BTreeSet<RouterId> = BTreeSet::new();
        if let (Entry::Application { object, .. }, Some(file)) =
            (&self.launch.entry, self.begin.file)
        {
            if let Some(object) = object {
                found.extend(routes.routers(file, object));
            } else {
                let mut names = APPLICATIONS.iter().map(|it| routes.routers(file, it));
                found.extend(names.find(|it| !it.is_empty()).unwrap_or_default());
            }
        } else {
            for unit in self.names.units.iter() {
                let listeners = unit.facts.listeners.iter();
                for it in listeners.filter(|it| self.reached.holds(unit.id, it.place.function)) {
                    if let Some(serves) = &it.serves {
                        found.extend(routes.of(unit.id, serves));
                    }
                }
            }
        }
        if matches!(self.launch.entry, Entry::Project(_)) {
            for unit in self.names.units.iter() {
                found.extend(routes.routers(unit.id, APPLICATION));
            }
        }
        if found.is_empty() {
            found.extend(self.of_django(routes));
        }
        if found.is_empty() {
            found.extend(self.exported(routes).0);
        }
        let is_run = !matches!(self.launch.entry, Entry::Application { .. });
        if found.is_empty() && is_run {
            let applications = self.names.units.iter().flat_map(|unit| {
                let routers = unit.facts.routers.iter().enumerate();
                let own = routers.filter(|(_, it)| {
                    it.is_application && self.reached.holds(unit.id, it.place.function)
                });
                own.map(|(number, _)| (unit.id, number))
            });
            let applications: Vec<RouterId> = applications.collect();
            if applications.len() == 1 {
                found.extend(applications);
            }
        }
        found.into_iter().collect()
    }

    /// The routes of a Django project are those of the module that its settings name.
    fn of_django(&self, routes: &Routes<'_, '_, '_>) -> Vec<RouterId> {
        let mut found = Vec::new();
        for unit in self.names.units.iter() {
            let Some(module) = unit.facts.definitions.get("ROOT_URLCONF") else {
                continue;
            };
            if let Expr::Text(module) = self.names.value(unit.id, module)
                && let Some(file) = self.names.units.module(&module)
            {
                found.extend(routes.routers(file, "urlpatterns"));
            }
        }
        found
    }
}

/// The function that returns an error without the read of a number.
fn refused(unit: &Unit, number: usize) -> Option<FunctionId> {
    let refused = &unit.facts.go.as_ref()?.refused;
    let at = refused.binary_search_by_key(&number, |it| it.0).ok()?;
    Some(refused.get(at)?.1)
}

/// Where a file defines a name for all of it: the line that begins with it.
fn definition(text: &str, name: &str) -> Option<TextRange> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let rest = line.strip_prefix(name).map(str::trim_start);
        if rest.is_some_and(|it| it.starts_with('=') || it.starts_with(':')) {
            let end = start + line.trim_end().len();
            return Some(TextRange::new(start as u32, end as u32));
        }
        start += line.len();
    }
    None
}

/// Whether the function `inner` stands in `outer`.
fn is_within(facts: &CodeFacts, inner: FunctionId, outer: FunctionId) -> bool {
    let mut at = inner;
    // What stands in no other function stands in the file.
    for _ in 0..MOST_NESTED {
        let Some(function) = facts.functions.get(at.0 as usize) else {
            return false;
        };
        if function.parent == outer && at != outer {
            return true;
        }
        at = function.parent;
    }
    false
}

/// Whether a value is known but for what variables hold.
fn is_stated(value: &Expr) -> bool {
    match value {
        Expr::Text(_) => true,
        Expr::Variable { default, .. } => default.as_deref().is_none_or(is_stated),
        Expr::Join(all) | Expr::Either(all) => all.iter().all(is_stated),
        _ => false,
    }
}

fn port(bind: Bind) -> Port {
    let split = |expr: &Expr| -> Option<Expr> {
        let text = expr.text()?;
        let (host, _) = text.rsplit_once(':')?;
        (!host.is_empty()).then(|| Expr::Text(host.to_owned()))
    };
    let host = bind.host.or_else(|| split(&bind.port));
    Port {
        port: port_of(&bind.port),
        host,
        protocol: bind.protocol,
        tls: bind.tls,
        place: bind.place,
    }
}

/// Adds a port; a socket in the file system is none.
fn push(program: &mut Program, port: Port) {
    let is_socket = |it: &Expr| {
        it.text()
            .is_some_and(|it| it.starts_with("unix") || it.starts_with('/') || it.starts_with("fd"))
    };
    let is_other = port.protocol == Protocol::Other && port.port == Expr::Unknown;
    if is_socket(&port.port) || port.host.as_ref().is_some_and(is_socket) {
        return;
    }
    if is_other {
        program.gaps.push(Gap {
            subject: Some(Subject::Ports),
            why: "a port is not known".to_owned(),
            place: port.place,
        });
    }
    if !program.ports.contains(&port) {
        program.ports.push(port);
    }
}
