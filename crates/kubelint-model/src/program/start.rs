//! What a container runs: from the words of its manifest and its image, through wrappers, shells and entry scripts, to the command that stays.

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;

use super::base_entry;
use super::build::{Build, absolute};
use super::store::Store;
use super::words::Word;
use super::wrappers;
use crate::FileId;
use crate::code::Expr;
use crate::dockerfile::{Inherited, Start};
use crate::script::{self, Fate, Folder, Options, Places, Text, UNKNOWN, Value};
use crate::view::{Container, Workload};

/// More scripts are not followed into each other.
const MOST_SCRIPTS: u32 = 6;
/// Of a script that may start more commands none is told.
const MOST_COMMANDS: usize = 8;
/// Where commands are looked for that are named without a folder.
const PATH: [&str; 6] = [
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/bin",
    "/bin",
    "/usr/sbin",
    "/sbin",
];

/// Why words are not known where nothing states any.
pub(super) const LEFT_TO_BASE: &str = "the base image decides what starts";

/// A command that stays running, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, without wrappers.
    pub(super) words: Vec<Word>,
    /// The folder in which it runs.
    pub(super) folder: String,
    /// The variables that are set for it on the way.
    pub(super) sets: Vec<Set>,
    /// The entry scripts that lead to it.
    pub(super) scripts: Vec<FileId>,
}

/// A variable that a script sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    /// Its name.
    pub(super) name: String,
    /// Its value.
    pub(super) value: Expr,
    /// Where.
    pub(super) place: Option<(FileId, TextRange)>,
}

/// The words that a container runs: those of the manifest over those of the image. `Err` says why they are not known.
pub(super) fn words(
    build: &Build<'_>,
    workload: &Workload<'_>,
    container: &Container<'_>,
) -> Result<Vec<Word>, &'static str> {
    let list = |node: Option<Node<'_>>| -> Vec<Word> {
        let items = node.into_iter().flat_map(Node::items);
        let words = items.map(|it| {
            let node = it.resolved();
            let place = (workload.resource.file, node.range());
            Word::of_manifest(&node.decoded(), place)
        });
        words.collect()
    };
    if container.script().is_some() {
        return Err("the manifest holds the script that runs");
    }
    let args = list(container.args());
    let command = list(container.command());
    if !command.is_empty() {
        return Ok(command.into_iter().chain(args).collect());
    }
    let of_image = |words: &[crate::dockerfile::Argument]| -> Vec<Word> {
        let words = words.iter();
        words.map(|it| Word::of_dockerfile(build.id, it)).collect()
    };
    let of_base = |words: Vec<Word>| match &build.image.entrypoint {
        Inherited::FromBase => base_entry::before(build.base().as_deref(), words),
        _ => words,
    };
    if args.is_empty() {
        return match build.image.likely_start() {
            Start::Words(words) => Ok(of_base(of_image(&words))),
            Start::Nothing => Err("the image starts nothing by itself"),
            Start::Unknown => Err(LEFT_TO_BASE),
        };
    }
    Ok(match &build.image.entrypoint {
        // The base images of languages have no entry point, or one that runs what it is given.
        Inherited::FromBase | Inherited::Cleared(_) => of_base(args),
        Inherited::Stated(entry) => {
            let mut words = of_image(&entry.value.words);
            if !entry.value.is_shell {
                words.extend(args);
            }
            words
        }
    })
}

/// Follows words to the commands that stay running: several where a script starts one of several, or more than one.
pub(super) fn follow(
    words: Vec<Word>,
    build: &Build<'_>,
    store: &mut Store<'_>,
) -> Result<Vec<Command>, &'static str> {
    let first = Command {
        words,
        folder: build.resolve(build.image.stage(), "."),
        sets: Vec::new(),
        scripts: Vec::new(),
    };
    follow_from(first, build, store)
}

/// [`follow`], from a command that runs in a folder of its own.
pub(super) fn follow_from(
    first: Command,
    build: &Build<'_>,
    store: &mut Store<'_>,
) -> Result<Vec<Command>, &'static str> {
    let mut open = vec![(first, 0)];
    let mut found: Vec<Command> = Vec::new();
    while let Some((mut command, depth)) = open.pop() {
        wrappers::unwrap(&mut command);
        match script_of(&command, build, store) {
            Shell::None => {
                if !found.contains(&command) {
                    found.push(command);
                }
            }
            Shell::Unknown(why) => return Err(why),
            Shell::Script(script) => {
                if depth >= MOST_SCRIPTS || found.len() + open.len() >= MOST_COMMANDS {
                    return Err("too many scripts start each other");
                }
                let inner = run(&command, &script, store)?;
                open.extend(inner.into_iter().rev().map(|it| (it, depth + 1)));
            }
        }
    }
    Ok(found)
}

/// What a command gives to a shell.
enum Shell {
    /// It is none.
    None,
    Script(Script),
    Unknown(&'static str),
}

struct Script {
    /// The file that holds it, and where, if it is not all of it.
    file: Option<FileId>,
    text: String,
    /// Where its first byte stands, if its text stands there as it is.
    at: Option<u32>,
    /// What stands for places that are not known.
    within: Option<(FileId, TextRange)>,
    /// Its path in the image.
    path: String,
    arguments: Vec<String>,
    errexit: bool,
}

fn script_of(command: &Command, build: &Build<'_>, store: &mut Store<'_>) -> Shell {
    let Some(first) = command.words.first() else {
        return Shell::Unknown("no command is stated");
    };
    let Some(name) = first.text() else {
        return Shell::Unknown("the command is a variable");
    };
    let arguments = |from: usize| -> Vec<String> {
        let rest = command.words.get(from..).unwrap_or_default();
        rest.iter().map(Word::encoded).collect()
    };
    if wrappers::is_shell(name) {
        let flags = command.words.iter().skip(1);
        let flags: Vec<&Word> = flags
            .take_while(|it| it.text().is_some_and(|it| it.starts_with(['-', '+'])))
            .collect();
        let letters = |letter| {
            let mut flags = flags.iter().filter_map(|it| it.text());
            flags.any(|it| !it.starts_with("--") && it.contains(letter))
        };
        let at = flags.len() + 1;
        let Some(word) = command.words.get(at) else {
            return Shell::Unknown("a shell runs what it is given later");
        };
        if !letters('c') {
            return match word.text() {
                Some(path) => script_at(path, command, build, store, arguments(at + 1)).map_or(
                    Shell::Unknown("a script is not in the image"),
                    Shell::Script,
                ),
                None => Shell::Unknown("the script is a variable"),
            };
        }
        let text = word.encoded();
        let at_start = word.place.and_then(|(file, range)| {
            let whole = store.text_of(file);
            let inner = range.of(whole);
            let offset = inner.find(text.as_str())?;
            Some(range.start + offset as u32)
        });
        // What follows the text is `$0`, `$1` …
        return Shell::Script(Script {
            file: word.place.map(|it| it.0),
            text,
            at: at_start,
            within: word.place,
            path: String::new(),
            arguments: arguments(at + 2),
            errexit: letters('e'),
        });
    }
    match script_at(name, command, build, store, arguments(1)) {
        Some(script) => Shell::Script(script),
        None => Shell::None,
    }
}

/// The file of the repository that a command's path means.
pub(super) fn located(name: &str, folder: &str, build: &Build<'_>) -> Option<(String, SourcePath)> {
    let stage = build.image.stage();
    let paths: Vec<String> = if name.contains('/') {
        vec![absolute(folder, name)]
    } else {
        let folders = PATH.iter().map(|it| format!("{it}/{name}"));
        folders.collect()
    };
    let mut paths = paths.into_iter();
    paths.find_map(|it| Some((it.clone(), build.file(stage, &it)?)))
}

fn script_at(
    name: &str,
    command: &Command,
    build: &Build<'_>,
    store: &mut Store<'_>,
    arguments: Vec<String>,
) -> Option<Script> {
    let is_argument = command.words.first().and_then(Word::text) != Some(name);
    let beside = || {
        let path = absolute(&command.folder, name);
        let file = build.file(build.image.stage(), &path)?;
        Some((path, file))
    };
    let (path, file) =
        located(name, &command.folder, build).or_else(|| is_argument.then(beside).flatten())?;
    let id = store.read_text(&file)?;
    let text = store.text_of(id);
    let first = text.lines().next().unwrap_or_default();
    let is_shell = match first.strip_prefix("#!") {
        Some(program) => program
            .split([' ', '/'])
            .any(|it| wrappers::is_shell(it.trim())),
        None => is_argument || matches!(file.extension(), Some("sh" | "bash")),
    };
    is_shell.then(|| Script {
        file: Some(id),
        text: text.to_owned(),
        at: Some(0),
        within: None,
        path,
        arguments,
        errexit: first.starts_with("#!") && first.split(" -").skip(1).any(|it| it.contains('e')),
    })
}

/// The commands that a script may leave running: those that it hands itself over to, the last one, and those in the background.
fn run(
    command: &Command,
    script: &Script,
    store: &Store<'_>,
) -> Result<Vec<Command>, &'static str> {
    let folder = Folder {
        segments: SourcePath::new(&command.folder)
            .segments()
            .map(str::to_owned)
            .collect(),
        ..Folder::default()
    };
    let arguments: Vec<Value> = script
        .arguments
        .iter()
        .map(|it| Value::from(it.as_str()))
        .collect();
    let options = Options {
        folder: &folder,
        errexit: script.errexit,
        pipefail: false,
        variables: &BTreeMap::new(),
        arguments: Some(&arguments),
        keeps_environment: true,
        template: &|_| Value::unknown(),
        sourced: &|_| None,
    };
    let text = Text {
        file: script.file.unwrap_or(FileId(0)),
        path: script.path.trim_start_matches('/'),
        text: &script.text,
        places: Places::At(script.at.unwrap_or_default()),
        templates: &[],
    };
    let outcome = script::read(&text, &options);
    if outcome.is_cut {
        return Err("the entry script is too long to be followed");
    }
    let runs: Vec<&script::Run> = outcome
        .runs
        .iter()
        .filter(|it| !it.substituted && !it.elsewhere && !it.words.is_empty())
        .collect();
    let last = runs.len().saturating_sub(1);
    let stays = |(at, run): &(usize, &&script::Run)| {
        let is_handed = run.word(0) == "exec" && run.words.len() > 1;
        is_handed || *at == last || run.fate == Fate::Background
    };
    let scripts: Vec<FileId> = script
        .file
        .filter(|_| script.within.is_none())
        .into_iter()
        .collect();
    let sets = sets(script, store);
    let word = |it: &script::Argument| {
        let place = match (script.at, script.file) {
            (Some(_), Some(file)) => Some((file, it.range)),
            _ => script.within,
        };
        Word::of_shell(&it.value.text, place)
    };
    let made = runs.iter().enumerate().filter(stays).map(|(_, run)| {
        let words = run.words.iter().map(word);
        // What stands before the command itself is nearer than what scripts on the way set.
        let own = run.variables.iter().rev().map(|(name, value)| {
            let word = word(value);
            Set {
                name: name.clone(),
                value: word.expr,
                place: word.place,
            }
        });
        // `NAME=${NAME:-default}` keeps what a script before has set.
        let is_kept = |it: &Set| {
            matches!(&it.value, Expr::Variable { name, .. } if *name == it.name)
                && command.sets.iter().any(|before| before.name == it.name)
        };
        let sets = sets.iter().filter(|it| !is_kept(it));
        let before = sets.chain(&command.sets).cloned();
        let folder = match run.folder.path() {
            Some(path) if run.folder.ups == 0 && !path.contains(UNKNOWN) => format!("/{path}"),
            _ => command.folder.clone(),
        };
        Command {
            words: words.collect(),
            folder,
            sets: own.chain(before).collect(),
            scripts: command.scripts.iter().chain(&scripts).copied().collect(),
        }
    });
    let made: Vec<Command> = made.collect();
    if made.is_empty() {
        return Err("the entry script starts nothing");
    }
    Ok(made)
}

/// The variables that lines of a script set: `export NAME=value`, `NAME=value`. What is not exported reaches a program only if it has the
/// variable anyway, so that its value is not known.
fn sets(script: &Script, store: &Store<'_>) -> Vec<Set> {
    let mut found: Vec<Set> = Vec::new();
    let mut at = 0u32;
    for line in script.text.split_inclusive('\n') {
        let start = at;
        at += line.len() as u32;
        let trimmed = line.trim_start();
        let (is_exported, rest) = match trimmed.strip_prefix("export ") {
            Some(rest) => (true, rest.trim_start()),
            None => (false, trimmed),
        };
        let Some((name, value)) = rest.split_once('=') else {
            continue;
        };
        let is_name = |it: &str| {
            it.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
                && it
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || it == b'_')
        };
        // What stands before a command is set for that alone.
        if !is_name(name) || (!is_exported && is_before_command(value)) {
            continue;
        }
        let range = TextRange::new(start, start + line.trim_end().len() as u32);
        let place = match (script.at, script.file) {
            (Some(at), Some(file)) => {
                let range = TextRange::new(at + range.start, at + range.end);
                let is_within = (range.end as usize) <= store.text_of(file).len();
                is_within.then_some((file, range))
            }
            _ => script.within,
        };
        let value = if is_exported {
            assigned(value.trim())
        } else {
            Expr::Unknown
        };
        // Which of several lines has run is not looked at.
        if let Some(before) = found.iter_mut().find(|it| it.name == name) {
            if before.value != value {
                before.value = Expr::Unknown;
            }
            continue;
        }
        found.push(Set {
            name: name.to_owned(),
            value,
            place,
        });
    }
    found
}

/// Whether a command follows the value of an assignment in its line: `4000 node server.js`.
fn is_before_command(value: &str) -> bool {
    let mut quote = None;
    let mut depth = 0u32;
    let end = value.find(|it: char| {
        match (quote, it) {
            (Some(open), _) if open == it => quote = None,
            (None, '"' | '\'') => quote = Some(it),
            (None, '(' | '{') => depth += 1,
            (None, ')' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        quote.is_none() && depth == 0 && (it.is_whitespace() || matches!(it, ';' | '&' | '|'))
    });
    let rest = end.map_or("", |it| value[it..].trim_start());
    !rest.is_empty() && !rest.starts_with(['#', ';', '&', '|'])
}

/// The value of an assignment, if it is written out or one variable with a default.
fn assigned(value: &str) -> Expr {
    let value = value.split([';', '#']).next().unwrap_or_default().trim();
    let bare = value.trim_matches(['"', '\'']);
    if !bare.contains(['$', '`', ' ', '&', '|', '"', '\'']) {
        return Expr::Text(bare.to_owned());
    }
    let inner = bare.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let Some(inner) = inner.filter(|it| !it.contains(['$', '`', '}'])) else {
        return Expr::Unknown;
    };
    match inner.split_once(":-").or_else(|| inner.split_once(":=")) {
        Some((name, default)) => Expr::Variable {
            name: name.to_owned(),
            default: Some(Box::new(Expr::Text(default.to_owned()))),
        },
        None => Expr::Unknown,
    }
}
