//! From containers to programs: what each starts, the files of it, wave by wave, and what those say.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use kubelint_parser::code::Limit;
use kubelint_parser::source::{SourcePath, SourceText, Sources};

use super::build::{Build, Stems};
use super::environment::{Environment, Environments};
use super::mentions::Asked;
use super::modules::{self, At};
use super::names::Shared;
use super::node_project::{Project, is_javascript};
use super::packages;
use super::runners::{self, Around, Entry, Launch};
use super::start::{self, Command};
use super::store::{Reader, Store, language};
use super::units::Units;
use super::web::{self, Setup, Site};
use super::words::Word;
use super::{Gap, Program, ProgramOf, Programs, Started, dotenv, finish};
use crate::code::Subject;
use crate::{DeploymentGraph, FileId, ResourceId, code};

/// More waves of files that import each other are not read.
const MOST_WAVES: usize = 200;
/// Of more environments of one program only so many are compared.
const MOST_ENVIRONMENTS: usize = 64;
/// Of more containers nobody looks whether they run a web server.
const MOST_SITES: usize = 1_000;
/// The variables that decide what a command starts, and where and as what it runs.
const DECIDING: [&str; 24] = [
    "PYTHONPATH",
    "FLASK_APP",
    "GUNICORN_CMD_ARGS",
    "JAVA_OPTS",
    "JAVA_OPTIONS",
    "JAVA_OPTS_APPEND",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "SPRING_PROFILES_ACTIVE",
    "SPRING_CONFIG_LOCATION",
    "SPRING_CONFIG_ADDITIONAL_LOCATION",
    "SPRING_CONFIG_IMPORT",
    "QUARKUS_PROFILE",
    "MICRONAUT_ENVIRONMENTS",
    "ASPNETCORE_ENVIRONMENT",
    "DOTNET_ENVIRONMENT",
    "URLS",
    "ASPNETCORE_URLS",
    "DOTNET_URLS",
    "HTTP_PORTS",
    "ASPNETCORE_HTTP_PORTS",
    "DOTNET_HTTP_PORTS",
    "HTTPS_PORTS",
    "ASPNETCORE_HTTPS_PORTS",
];

/// A program that is being read.
pub(super) struct Draft<'g> {
    pub(super) dockerfile: Option<FileId>,
    pub(super) context: String,
    pub(super) started: Started,
    /// The command that stays running, if one does that is known.
    pub(super) command: Option<Command>,
    pub(super) launch: Option<Launch>,
    /// What it does, if it is a web server, and the scripts that run before.
    pub(super) site: Option<(Site, Vec<FileId>)>,
    pub(super) environments: Vec<Environment>,
    /// Where its source begins.
    pub(super) entry: Option<At>,
    /// The configuration of its server, if that is source.
    pub(super) configuration: Option<At>,
    pub(super) units: Option<Units<'g>>,
    /// The files of variables that it reads, and whether it is sure that these are the ones.
    pub(super) variable_files: Vec<(FileId, bool)>,
    pub(super) gaps: Vec<Gap>,
}

/// What makes two containers run the same program.
type Key = (
    Option<(FileId, Option<u32>, Option<String>)>,
    Result<Vec<Word>, &'static str>,
    Vec<Option<String>>,
    // The container, where what it mounts counts.
    Option<(ResourceId, String)>,
);

/// Reads the programs that the containers of `graph` run. The files are those that are read for them, to be added behind those of the graph:
/// the programs speak of them by the numbers that they will have there.
pub(crate) fn read(
    graph: &DeploymentGraph,
    sources: &dyn Sources,
) -> (Programs, Vec<(SourcePath, Arc<SourceText>)>) {
    read_with(graph, sources, &|path, text| {
        let language = language(path).ok_or(Limit::Steps)?;
        code::read(language, text)
    })
}

/// [`read`], with the facts of files from `reader`.
pub(super) fn read_with(
    graph: &DeploymentGraph,
    sources: &dyn Sources,
    reader: Reader<'_>,
) -> (Programs, Vec<(SourcePath, Arc<SourceText>)>) {
    let mut store = Store::new(graph, sources, reader);
    let (mut drafts, of) = drafts(graph, &mut store);
    for _ in 0..MOST_WAVES {
        let units = drafts.iter().filter_map(|it| it.units.as_ref());
        let wanted: BTreeSet<SourcePath> = units.flat_map(Units::wanted).cloned().collect();
        if wanted.is_empty() {
            for draft in &mut drafts {
                if let Some(units) = &mut draft.units {
                    units.follow(&draft.environments, draft.command.as_ref());
                }
            }
            let mut units = drafts.iter().filter_map(|it| it.units.as_ref());
            if units.all(|it| it.wanted().next().is_none()) {
                break;
            }
            continue;
        }
        store.read(&wanted);
        for draft in &mut drafts {
            if let Some(units) = &mut draft.units {
                units.grow(&store);
            }
        }
    }
    for draft in &mut drafts {
        if let Some(units) = &mut draft.units {
            units.close();
            let told = draft.launch.as_ref().map(|it| &it.runtime.variable_files);
            let told = told.map_or(&[][..], Vec::as_slice);
            draft.variable_files = dotenv::files(units, told, &mut store);
        }
    }
    let mut shared = Shared::default();
    let programs = drafts
        .iter()
        .map(|it| finish::program(it, &store, &mut shared));
    let programs: Vec<Program> = programs.collect();
    let mut asked = Asked::default();
    for (draft, program) in drafts.iter().zip(&programs) {
        if program.entry.is_none() || !program.is_complete(Subject::Reads) {
            continue;
        }
        let names = draft.environments.iter().flat_map(Environment::iter);
        let names = names.map(|it| it.0.to_owned()).collect();
        if let Some(units) = &draft.units {
            asked.ask(&program.context, || units.build.files(), names);
        }
    }
    let mentions = asked.search(graph, sources);
    let programs = Programs {
        programs,
        of,
        destinations: BTreeMap::new(),
        mentions,
    };
    (programs, store.into_added())
}

type Of = BTreeMap<(ResourceId, String), Vec<ProgramOf>>;

/// What the containers start, each program once.
fn drafts<'g>(graph: &'g DeploymentGraph, store: &mut Store<'g>) -> (Vec<Draft<'g>>, Of) {
    let mut environments = Environments::new(graph);
    let mut builds: BTreeMap<_, Option<Rc<Build<'g>>>> = BTreeMap::new();
    let mut stems = Stems::default();
    let mut known: BTreeMap<Key, u32> = BTreeMap::new();
    let mut drafts: Vec<Draft<'g>> = Vec::new();
    let mut of: Of = BTreeMap::new();
    let links = &graph.image_links.links;
    let mut sites = 0;
    for (workload, container) in graph.containers() {
        let resource = workload.resource.id;
        let path = container.path();
        let first = links.partition_point(|it| it.resource < resource);
        let own = links[first..].iter().zip(first as u32..);
        let own = own.take_while(|it| it.0.resource == resource);
        for (link, number) in own.filter(|it| it.0.container == path) {
            let Some(tie) = link.tie() else {
                if web::is_server(&link.image) && sites < MOST_SITES {
                    sites += 1;
                    let environment = environments.of(&workload, &container, link);
                    let setup = Setup {
                        graph,
                        workload: &workload,
                        container: &container,
                        link,
                        build: None,
                        environment: &environment,
                    };
                    let program = drafts.len() as u32;
                    if let Some(mut draft) = public_draft(&setup, store) {
                        draft.environments.push(environment);
                        drafts.push(draft);
                        let all = of.entry((resource, path.clone())).or_default();
                        all.push(ProgramOf {
                            link: number,
                            program,
                        });
                    }
                }
                continue;
            };
            let build_key = (tie.dockerfile, tie.step, tie.context.clone());
            let build = builds
                .entry(build_key.clone())
                .or_insert_with(|| Build::of(graph, tie, &mut stems).map(Rc::new));
            let Some(build) = build else {
                continue;
            };
            let words = start::words(build, &workload, &container);
            let image = (build.id, &*build.image);
            let environment = environments.of_image(&workload, &container, image);
            let deciding = DECIDING.map(|it| environment.text(it).map(str::to_owned));
            let is_site = web::may_be_built(build) && sites < MOST_SITES;
            let own = is_site.then(|| (resource, path.clone()));
            let key = (Some(build_key), words.clone(), deciding.to_vec(), own);
            let program = *known.entry(key).or_insert_with(|| {
                sites += usize::from(is_site);
                let setup = Setup {
                    graph,
                    workload: &workload,
                    container: &container,
                    link,
                    build: Some(build),
                    environment: &environment,
                };
                drafts.push(draft(words, build, &setup, is_site, store));
                drafts.len() as u32 - 1
            });
            let draft = &mut drafts[program as usize];
            if let Some(command) = &draft.command
                && matches!(
                    draft.launch.as_ref().map(|it| &it.entry),
                    Some(Entry::Java(_))
                )
                && runners::mounts_configuration(&container, &command.folder)
            {
                draft.gaps.extend(runners::beside(draft.started.file));
            }
            let all = &mut drafts[program as usize].environments;
            if all.len() < MOST_ENVIRONMENTS && !all.contains(&environment) {
                all.push(environment);
            }
            let program = ProgramOf {
                link: number,
                program,
            };
            of.entry((resource, path.clone()))
                .or_default()
                .push(program);
        }
    }
    (drafts, of)
}

impl<'g> Draft<'g> {
    /// One of which nothing is known yet.
    fn new(build: Option<&Build<'g>>) -> Self {
        Self {
            dockerfile: build.map(|it| it.id),
            context: build.map(|it| it.folder().to_owned()).unwrap_or_default(),
            started: Started {
                words: Vec::new(),
                file: None,
            },
            command: None,
            launch: None,
            site: None,
            environments: Vec::new(),
            entry: None,
            configuration: None,
            units: None,
            variable_files: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Takes over what a web server does.
    fn serve(&mut self, (words, scripts, site): (Vec<String>, Vec<FileId>, Site)) {
        self.started.words = words;
        self.site = Some((site, scripts));
    }
}

/// What an image of a web server does that is not built here; `None` if it starts something else.
fn public_draft<'g>(setup: &Setup<'_, 'g>, store: &mut Store<'g>) -> Option<Draft<'g>> {
    let mut draft = Draft::new(None);
    let words = setup.words_of_manifest();
    let place = setup.workload.resource.file;
    draft.started = words.as_deref().map_or(draft.started, started);
    draft.started.file = draft.started.file.or(Some((place, setup.link.range)));
    let site = web::site(setup, words.as_deref(), store)?;
    draft.serve(site);
    Some(draft)
}

/// What words start.
fn draft<'g>(
    words: Result<Vec<Word>, &'static str>,
    build: &Rc<Build<'g>>,
    setup: &Setup<'_, 'g>,
    is_site: bool,
    store: &mut Store<'g>,
) -> Draft<'g> {
    let mut draft = Draft::new(Some(build));
    let own = words.clone();
    let site = |store: &mut Store<'g>| {
        let is_left = own == Err(start::LEFT_TO_BASE);
        let is_known = is_site && (is_left || own.is_ok());
        is_known
            .then(|| web::site(setup, own.as_deref().ok(), store))
            .flatten()
    };
    let commands = words.and_then(|words| {
        draft.started = started(&words);
        start::follow(words, build, store)
    });
    let commands = match commands {
        Ok(commands) => commands,
        Err(why) => {
            match site(store) {
                Some(site) => draft.serve(site),
                None => draft.gaps.push(Gap::of_all(why, draft.started.file)),
            }
            return draft;
        }
    };
    let environment = setup.environment;
    let around = Around { build, environment };
    let mut found: Vec<(Command, Launch)> = Vec::new();
    let count = commands.len();
    let last = commands.last().cloned();
    for command in commands {
        if let Some(launch) = runners::launch(&command, &around, store) {
            found.push((command, launch));
        }
    }
    // The last one is what the script comes to.
    let Some((command, launch)) = found.pop() else {
        if let Some(site) = site(store) {
            draft.serve(site);
            draft.command = last;
            return draft;
        }
        draft.gaps.push(Gap::of_all(
            "what it starts is not read",
            draft.started.file,
        ));
        if let Some(command) = last {
            draft.started = started(&command.words);
            draft.command = Some(command);
        }
        return draft;
    };
    draft.started = started(&command.words);
    if count > 1 {
        let why = "a script starts one of several commands";
        draft.gaps.push(Gap::of_all(why, draft.started.file));
    }
    draft.gaps.extend(launch.gaps.iter().cloned());
    begin(&mut draft, &launch, build);
    if is_javascript(launch.language)
        && let (Some(units), Some(entry)) = (&mut draft.units, &draft.entry)
    {
        units.project = Project::of(entry, build, store);
    }
    let mut launch = launch;
    draft.command = launch.command.take().or(Some(command));
    draft.launch = Some(launch);
    draft
}

fn started(words: &[Word]) -> Started {
    let places = words.iter().filter_map(|it| it.place);
    let file = places.reduce(|all, it| {
        if all.0 == it.0 {
            (all.0, all.1.cover(it.1))
        } else {
            all
        }
    });
    Started {
        words: words.iter().map(Word::shown).collect(),
        file,
    }
}

/// Finds the file that a program begins with, and asks for it.
fn begin<'g>(draft: &mut Draft<'g>, launch: &Launch, build: &Rc<Build<'g>>) {
    let mut units = Units::new(Rc::clone(build), launch.roots.clone());
    let stage = build.image.stage();
    if let Entry::Java(java) = &launch.entry {
        for file in &java.files {
            let at = At {
                stage,
                path: format!("/{file}"),
                file: file.clone(),
            };
            if java.main.as_ref() == Some(file) {
                draft.entry = Some(at.clone());
            }
            units.want(at, draft.started.file);
        }
        draft.units = Some(units);
        return;
    }
    if let Entry::Next(next) = &launch.entry {
        for at in &next.sources {
            units.want(at.clone(), draft.started.file);
        }
        draft.entry = next.sources.first().cloned();
        draft.units = Some(units);
        return;
    }
    let name = match &launch.entry {
        Entry::File(path) | Entry::Source { path, .. } => path,
        Entry::Package { folder, .. } => folder,
        Entry::Project(project) => {
            for at in &project.sources {
                units.want(at.clone(), draft.started.file);
            }
            draft.entry = project.sources.first().cloned();
            draft.units = Some(units);
            return;
        }
        Entry::Module(module) | Entry::Call { module, .. } | Entry::Application { module, .. } => {
            module
        }
        Entry::Java(_) | Entry::Next(_) | Entry::Tool => return,
    };
    let entry = match &launch.entry {
        Entry::Package {
            folder, modules, ..
        } => {
            units.modules.clone_from(modules);
            packages::entry(build, folder)
        }
        Entry::File(path) => modules::at(build, stage, path.clone()),
        Entry::Source { stage, path } => modules::at(build, *stage, path.clone()),
        _ => modules::python(build, &launch.roots, name),
    };
    // A package that is run begins with its `__main__`.
    let is_run = matches!(launch.entry, Entry::Module(_));
    let main = entry.as_ref().filter(|_| is_run).and_then(|it| {
        let folder = it.path.strip_suffix("__init__.py")?;
        modules::at(build, it.stage, format!("{folder}__main__.py"))
    });
    let is_package = entry
        .as_ref()
        .is_some_and(|it| it.path.ends_with("/__init__.py"));
    if let Some(entry) = entry.iter().chain(&main).next_back() {
        units.want(entry.clone(), draft.started.file);
        draft.entry = Some(entry.clone());
    }
    if draft.entry.is_none() || (is_run && is_package && main.is_none()) {
        let why = format!("`{name}` is not found among the files of its image");
        draft.gaps.push(Gap::of_all(why, draft.started.file));
    }
    if let Some(entry) = entry {
        units.want(entry, draft.started.file);
    }
    let configuration = launch
        .server
        .as_ref()
        .and_then(|it| it.configuration.as_ref());
    if let Some((root, path, _)) = configuration {
        draft.configuration = modules::at(build, root.stage, path.clone());
        if let Some(at) = &draft.configuration {
            units.want(at.clone(), draft.started.file);
        }
    }
    draft.units = Some(units);
}
