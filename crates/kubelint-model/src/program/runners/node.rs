//! What starts programs of Node.js: the interpreter, what runs TypeScript as it is, process managers, and the scripts of package.json.

use kubelint_parser::code::Language;

use super::package::Package;
use super::{Around, Bind, Entry, Launch, Root, Runtime, next, pm2, tools, workspace};
use crate::FileId;
use crate::code::{Expr, Protocol};
use crate::program::build::absolute;
use crate::program::modules::At;
use crate::program::requires::{module_at, source_of};
use crate::program::start::{Command, follow_from};
use crate::program::store::{Store, language};
use crate::program::words::Word;
use crate::program::wrappers::file_name;
use crate::program::{bundles, deployed};

/// Flags whose value is the next word (nodejs.org/api/cli.html, and those of what runs in its place).
const WITH_VALUE: [&str; 22] = [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-C",
    "--conditions",
    "--input-type",
    "--title",
    "-P",
    "--project",
    "--tsconfig",
    "-O",
    "-i",
    "--instances",
    "-w",
    "--watch-path",
    "--ext",
    "-e",
    "-x",
    "--exec",
    "--name",
];
/// What runs the file that it is given.
const INTERPRETERS: [&str; 12] = [
    "node",
    "nodejs",
    "bun",
    "ts-node",
    "ts-node-esm",
    "ts-node-dev",
    "tsnd",
    "tsx",
    "nodemon",
    "pm2-runtime",
    "babel-node",
    "swc-node",
];
/// Scripts may start each other so often.
const MOST_SCRIPTS: u32 = 6;

pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    launch_in(command, around, store, MOST_SCRIPTS)
}

fn launch_in(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
    left: u32,
) -> Option<Launch> {
    let left = left.checked_sub(1)?;
    let name = file_name(command.words.first()?.text()?);
    let words = &command.words[1..];
    match name {
        "npm" | "pnpm" | "yarn" => manager(name, words, command, around, store, left),
        "bun" if words.first().and_then(Word::text) == Some("run") => {
            let found = manager(name, words, command, around, store, left);
            found.or_else(|| {
                let mut found = interpreter(&words[1..], command, around, store)?;
                found.runtime.exported = Some(of_bun());
                Some(found)
            })
        }
        "next" => next::launch(words, command, around, store),
        "nest" if words.first().and_then(Word::text) == Some("start") => {
            entry("dist/main.js", &command.folder, around, store)
        }
        _ if INTERPRETERS.contains(&name) => {
            let found = interpreter(words, command, around, store);
            let found = found.map(|mut it| {
                if name == "bun" {
                    it.runtime.exported = Some(of_bun());
                }
                it
            });
            found.or_else(|| tools::launch(command, around, store))
        }
        _ => tools::launch(command, around, store),
    }
}

/// The file that an interpreter is given; of a folder the main file of its package.
fn interpreter(
    words: &[Word],
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let folder = command.folder.as_str();
    let mut at = 0;
    let mut variable_files = Vec::new();
    let with = |mut launch: Launch, files: Vec<String>| {
        launch.runtime.variable_files.extend(files);
        launch
    };
    loop {
        let text = words.get(at)?.text()?;
        if let Some(file) = text.strip_prefix("--env-file=") {
            variable_files.push(file.to_owned());
        }
        match text {
            "--env-file" | "--env-file-if-exists" => {
                variable_files.push(words.get(at + 1)?.text()?.to_owned());
                at += 2;
            }
            "-p" | "--print" | "--eval" | "--check" | "--test" => return None,
            // Of Node.js a text that is run; of nodemon the extensions that are watched.
            "-e" if !words
                .get(at + 1)?
                .text()?
                .chars()
                .all(|it| it.is_alphanumeric() || it == ',') =>
            {
                return None;
            }
            "--" | "start" | "watch" => at += 1,
            text if WITH_VALUE.contains(&text) => at += 2,
            text if text.starts_with('-') => at += 1,
            text if pm2::is_configuration(text) => {
                let found = pm2::read(text, folder, around, store)?;
                let mut launch = entry(&found.script, &found.folder, around, store)?;
                launch.runtime.sets = found.sets;
                return Some(with(launch, variable_files));
            }
            // Its command is a file of its package.
            text if file_name(text) == "next" => {
                let found = next::launch(&words[at + 1..], command, around, store);
                return found.map(|it| with(it, variable_files));
            }
            text => {
                let path = absolute(folder, text);
                if let Some(found) = next::standalone(&path, command, around, store) {
                    return Some(with(found, variable_files));
                }
                let found = entry(text, folder, around, store).or_else(|| {
                    let folder = absolute(folder, text);
                    let main = package(&folder, around, store)?.1.get(&["main"])?.0;
                    entry(&main, &folder, around, store)
                });
                return found.map(|it| with(it, variable_files));
            }
        }
    }
}

/// What `npm start`, `yarn x` and the like run: a script of the package.
fn manager(
    name: &str,
    words: &[Word],
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
    left: u32,
) -> Option<Launch> {
    let mut folder = command.folder.clone();
    let mut given = Vec::new();
    let mut words = words.iter();
    let is_script = |given: &[(&str, &Word)]| match given {
        [] => false,
        [(first, _)] => !matches!(*first, "run" | "run-script" | "exec" | "dlx"),
        _ => true,
    };
    // Of npm only what stands behind `--` is the script's (docs.npmjs.com/cli/commands/npm-run), of the others all behind its name.
    while name == "npm" || !is_script(&given) {
        let Some(word) = words.next() else {
            break;
        };
        let text = word.text()?;
        let stated = text.split_once('=');
        let key = stated.map_or(text, |it| it.0);
        match key {
            "--prefix" | "-C" | "--cwd" | "--dir" => {
                let value = match stated {
                    Some(it) => it.1,
                    None => words.next()?.text()?,
                };
                folder = absolute(&folder, value);
            }
            // A package of a workspace, which stands in another folder.
            "-w" | "--workspace" | "--filter" | "-F" | "workspace" => {
                let value = match stated {
                    Some(it) => it.1,
                    None => words.next()?.text()?,
                };
                folder = workspace::folder(value, &folder, around, store)?;
            }
            "--" => break,
            _ if key.starts_with('-') => {}
            _ => given.push((text, word)),
        }
    }
    let behind = words.filter(|it| it.text() != Some("--")).cloned();
    let script = match given.as_slice() {
        [(first, _), rest @ ..] if matches!(*first, "run" | "run-script") => rest.first()?.0,
        [("exec" | "dlx", _), ..] => {
            let own = given.iter().skip(1).map(|it| it.1.clone());
            let inner = Command {
                words: own.chain(behind).collect(),
                folder,
                ..command.clone()
            };
            return launch_in(&inner, around, store, left);
        }
        [(first, _), ..] if name != "npm" || matches!(*first, "start" | "test") => first,
        _ => return None,
    };
    let (file, package) = package(&folder, around, store)?;
    let Some((text, range)) = package.get(&["scripts", script]) else {
        // The others run what a package brings, too.
        if name != "npm" {
            let own = given
                .iter()
                .find(|it| it.0 == script)
                .map(|it| it.1.clone());
            let inner = Command {
                words: own.into_iter().chain(behind).collect(),
                folder,
                ..command.clone()
            };
            return launch_in(&inner, around, store, left);
        }
        // `npm start` without a script runs `node server.js` (docs.npmjs.com/cli/commands/npm-start).
        let is_start = script == "start" && name == "npm";
        return is_start
            .then(|| entry("server.js", &folder, around, store))
            .flatten();
    };
    let place = Some((file, range));
    let word = |text: &str, place| Word {
        expr: Expr::Text(text.to_owned()),
        place,
    };
    let shell = Command {
        words: vec![word("sh", None), word("-c", None), word(&text, place)],
        folder,
        ..command.clone()
    };
    let mut commands = follow_from(shell, around.build, store).ok()?;
    if let Some(last) = commands.last_mut() {
        last.words.extend(behind);
    }
    // The last one is what the script comes to.
    let found = commands.into_iter().filter_map(|it| {
        let mut launch = launch_in(&it, around, store, left)?;
        launch.command.get_or_insert(it);
        Some(launch)
    });
    found.last()
}

/// The package.json of a folder of the image, or of what a stage had there.
pub(super) fn package(
    folder: &str,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<(FileId, Package)> {
    let path = absolute(folder, "package.json");
    let mut stages = around.build.stages();
    let file = stages.find_map(|it| around.build.file(it, &path));
    let file = file.or_else(|| {
        let (stage, path) = deployed::origin(around.build, &path, store)?;
        around.build.file(stage, &path)
    })?;
    let id = store.read_text(&file)?;
    Some((id, Package::of(store.text_of(id))?))
}

/// The program that the file `text` begins, read from `folder`: its own source, or what it was built of.
fn entry(
    text: &str,
    folder: &str,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let path = absolute(folder, text);
    let build = around.build;
    let last = build.image.stage();
    let found = module_at(build, last, &path);
    let found = found
        .or_else(|| source_of(build, &path))
        .or_else(|| bundles::source(build, &path, store))
        .or_else(|| {
            let (stage, path) = deployed::origin(build, &path, store)?;
            let found: Option<At> = module_at(build, stage, &path);
            found
                .or_else(|| source_of(build, &path))
                .or_else(|| bundles::source(build, &path, store))
        })?;
    let language = language(&found.file).unwrap_or(Language::JavaScript);
    let mut roots = vec![Root {
        stage: found.stage,
        folder: folder.to_owned(),
    }];
    let own = Root {
        stage: found.stage,
        folder: around.build.resolve(found.stage, "."),
    };
    if !roots.contains(&own) {
        roots.push(own);
    }
    Some(Launch {
        language,
        entry: Entry::Source {
            stage: found.stage,
            path: found.path,
        },
        roots,
        server: None,
        command: None,
        runtime: Runtime::default(),
        gaps: Vec::new(),
    })
}

/// Bun serves what the file that it runs exports as its default, if that is an application or has `fetch`
/// (bun.sh/docs/api/http#export-default-syntax), at the port that it states or else the variables.
fn of_bun() -> Bind {
    let port = ["BUN_PORT", "PORT", "NODE_PORT"].iter().rev();
    let port = port.fold(Expr::Text("3000".to_owned()), |default, name| {
        Expr::Variable {
            name: (*name).to_owned(),
            default: Some(Box::new(default)),
        }
    });
    Bind {
        port,
        host: None,
        protocol: Protocol::Http,
        tls: Some(false),
        place: None,
    }
}
