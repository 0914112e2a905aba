//! What programs of Go are built of: from the binary that is started, through the stages that copy it, to the `go build` that made it.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Language;
use kubelint_parser::source::SourcePath;

use super::{Around, Entry, GoModule, Launch, Runtime};
use crate::FileId;
use crate::dockerfile::CopySource;
use crate::program::build::{Build, absolute};
use crate::program::packages;
use crate::program::start::Command;
use crate::program::store::Store;
use crate::program::words::Word;
use crate::program::wrappers::{self, file_name};
use crate::script::{self, Folder, Options, Places, Text, UNKNOWN, Value};

/// Flags of `go build` and `go install` without a value (`go help build`); all others have one.
const SWITCHES: [&str; 16] = [
    "-a",
    "-asan",
    "-cover",
    "-i",
    "-json",
    "-linkshared",
    "-modcacherw",
    "-msan",
    "-n",
    "-race",
    "-trimpath",
    "-v",
    "-work",
    "-x",
    "-buildvcs",
    "-u",
];
/// Where binaries are looked for that are named without a folder.
const PATH: [&str; 7] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/go/bin",
];
/// A binary is not followed through more copies.
const MOST_COPIES: usize = 32;
/// Programs that are no one's own.
const OTHERS: [&str; 14] = [
    "java",
    "dotnet",
    "nginx",
    "caddy",
    "ruby",
    "php",
    "perl",
    "httpd",
    "supervisord",
    "sleep",
    "tail",
    "cat",
    "envoy",
    "apache2ctl",
];

/// What a step of a build makes.
#[derive(Debug)]
struct Made {
    /// The path of the binary; of several the folder, with a slash at its end.
    output: String,
    /// The packages as they are named, from the folder of the step.
    packages: Vec<String>,
    folder: String,
}

pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let build = around.build;
    let first = command.words.first()?.text()?;
    let name = file_name(first);
    if OTHERS.contains(&name) || wrappers::is_shell(name) {
        return None;
    }
    if name == "go" {
        return go_run(command, build, store);
    }
    let paths: Vec<String> = if first.contains('/') {
        vec![absolute(&command.folder, first)]
    } else {
        let folders = PATH.iter().map(|it| format!("{it}/{name}"));
        folders.chain([absolute(&command.folder, name)]).collect()
    };
    let found = paths.iter().find_map(|it| built(build, it));
    let (stage, folder) = match found {
        Some(Traced::Package { stage, folder }) => (stage, folder),
        Some(Traced::Unseen) => return guessed(build, name, store),
        None => return None,
    };
    let (folder, path) = located(build, stage, &folder)?;
    package(build, folder, path, false, store)
}

fn package(
    build: &Build<'_>,
    folder: String,
    path: Option<GoModule>,
    is_guessed: bool,
    store: &mut Store<'_>,
) -> Option<Launch> {
    if packages::files(build, &folder).is_empty() {
        return None;
    }
    let modules = packages::modules(build, &folder, path, store);
    Some(Launch {
        language: Language::Go,
        entry: Entry::Package {
            folder,
            modules,
            is_guessed,
        },
        roots: Vec::new(),
        server: None,
        command: None,
        runtime: Runtime::default(),
        gaps: Vec::new(),
    })
}

/// `go run ./cmd/api`, `go run main.go`.
fn go_run(command: &Command, build: &Build<'_>, store: &mut Store<'_>) -> Option<Launch> {
    let words: Option<Vec<&str>> = command.words.iter().map(Word::text).collect();
    let words = words?;
    let (sub, rest, folder) = subcommand(&words, &command.folder)?;
    if sub != "run" {
        return None;
    }
    let arguments = arguments(rest);
    let first = arguments.packages.first()?;
    let stage = build.image.stage();
    let (folder, path) = located(build, stage, &package_folder(&folder, first))?;
    package(build, folder, path, false, store)
}

/// Whether a package is named by one of its files.
fn is_file(name: &str) -> bool {
    SourcePath::new(name).extension() == Some("go")
}

/// The folder of a package that is named by a path, or by one of its files.
fn package_folder(folder: &str, name: &str) -> String {
    let path = absolute(folder, name);
    match path.rsplit_once('/') {
        Some((above, file)) if is_file(file) => {
            if above.is_empty() {
                "/".to_owned()
            } else {
                above.to_owned()
            }
        }
        _ => path,
    }
}

/// Where a binary comes from.
enum Traced {
    /// A package that a step builds, by its folder in a stage.
    Package { stage: usize, folder: String },
    /// It is copied, or made by a step that is not read.
    Unseen,
}

/// What the binary at `path` of the image was built of.
fn built(build: &Build<'_>, path: &str) -> Option<Traced> {
    let mut open = vec![(build.image.stage(), path.to_owned())];
    let mut seen = BTreeSet::new();
    let mut found = None;
    while let Some((stage, path)) = open.pop() {
        if seen.len() > MOST_COPIES || !seen.insert((stage, path.clone())) {
            continue;
        }
        let steps = steps(build, stage);
        for (from, to) in steps.moved.iter().rev() {
            if *to == path || absolute(to, file_name(from)) == path {
                open.push((stage, from.clone()));
            }
        }
        if let Some(folder) = steps.made.iter().rev().find_map(|it| it.folder_of(&path)) {
            return Some(Traced::Package { stage, folder });
        }
        let image = build.stage(stage);
        for copy in image.copied.iter().rev() {
            let Some(destination) = copy.destination.value.as_known() else {
                continue;
            };
            let whole = absolute("/", destination);
            let Some(rest) = path.strip_prefix(whole.trim_end_matches('/')) else {
                continue;
            };
            let rest = rest.trim_start_matches('/');
            for source in &copy.sources {
                let Some(source) = source.value.as_known() else {
                    continue;
                };
                let own = file_name(source.trim_end_matches('/'));
                let may_be = rest.is_empty()
                    || rest == own
                    || rest.starts_with(own)
                    || !destination.ends_with('/');
                match copy.from {
                    CopySource::Stage(inner) => {
                        let source = absolute("/", source);
                        if rest.is_empty() || rest == own {
                            open.push((inner, source.clone()));
                        }
                        if !rest.is_empty() {
                            open.push((inner, absolute(&source, rest)));
                        }
                        found = found.or(Some(Traced::Unseen));
                    }
                    CopySource::Context if may_be && !source.contains("://") => {
                        // A folder of source is no binary.
                        let is_file = rest.is_empty() || rest == own;
                        if is_file && own == file_name(&path) {
                            found = found.or(Some(Traced::Unseen));
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    found
}

/// What the steps of a stage make, and what they move.
struct Steps {
    made: Vec<Made>,
    moved: Vec<(String, String)>,
}

impl Made {
    /// The folder of the package that the binary at `path` was built of.
    fn folder_of(&self, path: &str) -> Option<String> {
        let name = file_name(path);
        let of = |it: &String| package_folder(&self.folder, it);
        if let Some(folder) = self.output.strip_suffix('/') {
            if path.rsplit_once('/')?.0 != folder.trim_end_matches('/') {
                return None;
            }
            let mut exact = self.packages.iter().filter(|it| !it.ends_with("..."));
            if let Some(it) = exact.find(|it| file_name(&of(it)) == name) {
                return Some(of(it));
            }
            // One package is called as its module says, which is not read here.
            match self.packages.as_slice() {
                [] => return Some(self.folder.clone()),
                [only] if !only.ends_with("...") => return Some(of(only)),
                _ => {}
            }
            // Of a pattern the package that is called like the binary.
            let mut patterns = self.packages.iter();
            return patterns.find_map(|it| {
                let above = it.strip_suffix("...")?.trim_end_matches('/');
                let above = package_folder(&self.folder, above);
                let folder = if file_name(&above) == "cmd" || above.is_empty() {
                    absolute(&above, name)
                } else {
                    absolute(&absolute(&above, "cmd"), name)
                };
                Some(folder)
            });
        }
        if self.output != path {
            return None;
        }
        match self.packages.as_slice() {
            [] => Some(self.folder.clone()),
            // All files of one package may be named.
            [first, ..] if !first.ends_with("...") => Some(of(first)),
            _ => None,
        }
    }
}

fn steps(build: &Build<'_>, stage: usize) -> Steps {
    let mut steps = Steps {
        made: Vec::new(),
        moved: Vec::new(),
    };
    let image = build.stage(stage);
    let known = image.variables.iter();
    let known = known.filter_map(|(name, it)| Some((name.clone(), Value::from(it.as_known()?))));
    let known: BTreeMap<String, Value> = known.collect();
    for (text, folder) in build.commands(stage) {
        if !text.contains("go") && !text.contains("mv ") && !text.contains("cp ") {
            continue;
        }
        for (words, folder) in commands(&text, &folder, &known) {
            let texts: Vec<Option<&str>> = words.iter().map(Word::text).collect();
            let first = texts.first().copied().flatten().unwrap_or_default();
            match (file_name(first), texts.as_slice()) {
                ("go", _) => steps.made.extend(go_build(&words, &folder, &known)),
                ("mv" | "cp", [_, .., Some(from), Some(to)]) => {
                    let to = absolute(&folder, to);
                    steps.moved.push((absolute(&folder, from), to));
                }
                _ => {}
            }
        }
    }
    steps
}

/// The commands of a text that a shell runs, without wrappers, each with its folder.
fn commands(text: &str, folder: &str, known: &BTreeMap<String, Value>) -> Vec<(Vec<Word>, String)> {
    let start = Folder {
        segments: SourcePath::new(folder)
            .segments()
            .map(str::to_owned)
            .collect(),
        ..Folder::default()
    };
    let options = Options {
        folder: &start,
        errexit: false,
        pipefail: false,
        variables: known,
        arguments: None,
        keeps_environment: true,
        template: &|_| Value::unknown(),
        sourced: &|_| None,
    };
    let text = Text {
        file: FileId(0),
        path: "Dockerfile",
        text,
        places: Places::At(0),
        templates: &[],
    };
    let outcome = script::read(&text, &options);
    let runs = outcome.runs.iter().filter(|it| !it.elsewhere);
    let runs = runs.map(|run| {
        let words = run.words.iter();
        let mut command = Command {
            words: words
                .map(|it| Word::of_shell(&it.value.text, None))
                .collect(),
            folder: match run.folder.path() {
                Some(path) if run.folder.ups == 0 && !path.contains(UNKNOWN) => format!("/{path}"),
                _ => folder.to_owned(),
            },
            sets: Vec::new(),
            scripts: Vec::new(),
        };
        wrappers::unwrap(&mut command);
        (command.words, command.folder)
    });
    runs.collect()
}

/// The subcommand of `go`, what follows it, and the folder that it runs in.
fn subcommand<'w, 't>(
    words: &'w [&'t str],
    folder: &str,
) -> Option<(&'t str, &'w [&'t str], String)> {
    match words {
        [_, "-C", inner, sub, rest @ ..] | [_, sub, "-C", inner, rest @ ..] => {
            Some((sub, rest, absolute(folder, inner)))
        }
        [_, sub, rest @ ..] => Some((sub, rest, folder.to_owned())),
        _ => None,
    }
}

struct Arguments<'t> {
    output: Option<&'t str>,
    packages: Vec<String>,
}

fn arguments<'t>(words: &[&'t str]) -> Arguments<'t> {
    let mut found = Arguments {
        output: None,
        packages: Vec::new(),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            found.packages.push((*word).to_owned());
            continue;
        }
        let flag = word.trim_start_matches('-');
        match flag.split_once('=') {
            Some(("o", value)) => found.output = Some(value),
            Some(_) => {}
            None if flag == "o" => found.output = words.next().copied(),
            None if SWITCHES.iter().any(|it| it.trim_start_matches('-') == flag) => {}
            None => drop(words.next()),
        }
    }
    found
}

/// What `go build` or `go install` makes.
fn go_build(words: &[Word], folder: &str, known: &BTreeMap<String, Value>) -> Option<Made> {
    // What is computed in a flag, such as the version that is built, does not matter.
    let texts = words.iter().map(|it| it.text().unwrap_or("*"));
    let texts: Vec<&str> = texts.collect();
    let (sub, rest, folder) = subcommand(&texts, folder)?;
    let arguments = arguments(rest);
    if arguments.packages.iter().any(|it| it.contains('*')) {
        return None;
    }
    let first = arguments.packages.first().map_or(".", String::as_str);
    let is_many = arguments.packages.iter().any(|it| it.ends_with("..."))
        || arguments.packages.len() > 1 && !is_file(first);
    let output = match (sub, arguments.output) {
        ("build", Some("*")) => return None,
        ("build", Some(output)) => {
            let is_folder = output.ends_with('/') || is_many || output == ".";
            let slash = if is_folder { "/" } else { "" };
            format!("{}{slash}", absolute(&folder, output).trim_end_matches('/'))
        }
        ("build", None) if is_many => return None,
        ("build", None) => format!("{}/", folder.trim_end_matches('/')),
        ("install", _) => {
            let of = |name: &str| known.get(name).map(|it| it.text.clone());
            let folder = of("GOBIN").or_else(|| of("GOPATH").map(|it| format!("{it}/bin")));
            format!("{}/", folder.unwrap_or_else(|| "/go/bin".to_owned()))
        }
        _ => return None,
    };
    Some(Made {
        output,
        packages: arguments.packages,
        folder,
    })
}

/// The folder of the repository that stands at `folder` of a stage, and what it is imported by where the stage's path says so.
fn located(build: &Build<'_>, stage: usize, folder: &str) -> Option<(String, Option<GoModule>)> {
    const KNOWN: [&str; 8] = [
        "main.go",
        "go.mod",
        "go.sum",
        "go.work",
        "Makefile",
        "README.md",
        "Dockerfile",
        "LICENSE",
    ];
    let mut at = folder.trim_end_matches('/');
    loop {
        let mut files = KNOWN.iter();
        let file = files.find_map(|it| {
            let file = build.file(stage, &absolute(at, it))?;
            (file.file_name() == *it).then_some(file)
        });
        if let Some(file) = file {
            let rest = folder.strip_prefix(at)?.trim_matches('/');
            let found = SourcePath::new(&format!("{}/{rest}", file.parent()));
            let path = at.split_once("/src/").map(|it| GoModule {
                path: it.1.to_owned(),
                folder: file.parent().to_owned(),
            });
            if !packages::files(build, found.as_str()).is_empty() {
                return Some((found.as_str().to_owned(), path));
            }
        }
        // A package of another folder is not what its parents hold.
        at = match at.rsplit_once('/') {
            Some((above, _)) => above,
            None => return None,
        };
    }
}

/// The only main package that the name of a binary fits, where nothing shows what builds it.
fn guessed(build: &Build<'_>, name: &str, store: &mut Store<'_>) -> Option<Launch> {
    let stem = name
        .trim_end_matches("-linux-amd64")
        .trim_end_matches("-amd64");
    let files = build.files_such(|it| it.file_name() == "main.go");
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    for it in &files {
        let path = it.parent();
        let is_vendor = path
            .split('/')
            .any(|it| matches!(it, "vendor" | "testdata" | "test"));
        if !is_vendor {
            folders.insert(path);
        }
    }
    let fits = |it: &&&str| file_name(it) == stem;
    let fitting: Vec<&&str> = folders.iter().filter(fits).collect();
    let only = match (fitting.as_slice(), folders.len()) {
        ([only], _) => **only,
        ([], 1) => folders.first().copied()?,
        _ => return None,
    };
    package(build, only.to_owned(), None, true, store)
}
