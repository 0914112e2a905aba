//! What starts Python programs: the interpreter, the servers of ASGI and WSGI applications, the commands of frameworks, and the commands that
//! a package installs.

use kubelint_parser::code::Language;
use kubelint_parser::source::SourcePath;

use super::arguments::Arguments;
use super::{Around, Bind, Entry, Launch, Root, Runtime, Server, scripts};
use crate::code::{Expr, Protocol};
use crate::program::Gap;
use crate::program::build::absolute;
use crate::program::environment::Known;
use crate::program::start::{Command, located};
use crate::program::store::Store;
use crate::program::words::{Word, joined};
use crate::program::wrappers::file_name;

/// The switches of `python`: all others of its own flags stand before the file, and end the list with a value (`-c`, `-m`) or have one (`-W`,
/// `-X`).
const WITH_VALUE: [&str; 3] = ["-W", "-X", "--check-hash-based-pycs"];

/// Flags of uvicorn that have no value (`uvicorn/main.py`).
const UVICORN: &[&str] = &[
    "--reload",
    "--factory",
    "--proxy-headers",
    "--server-header",
    "--date-header",
    "--use-colors",
    "--access-log",
    "--version",
];
/// Flags of gunicorn that have no value (`gunicorn/config.py`: settings whose action is `store_true` or `store_const`).
const GUNICORN: &[&str] = &[
    "-D",
    "-R",
    "--capture-output",
    "--check-config",
    "--daemon",
    "--do-handshake-on-connect",
    "--enable-stdio-inheritance",
    "--initgroups",
    "--log-syslog",
    "--preload",
    "--print-config",
    "--proxy-protocol",
    "--reload",
    "--reuse-port",
    "--spew",
    "--suppress-ragged-eofs",
];
/// Flags of hypercorn that have no value (`hypercorn/__main__.py`).
const HYPERCORN: &[&str] = &["--debug", "--reload", "--verify-mode", "-D", "--daemon"];
/// Flags of the commands of Flask and Django that have no value.
const COMMANDS: &[&str] = &[
    "--debug",
    "--reload",
    "--debugger",
    "--with-threads",
    "--without-threads",
    "--noreload",
    "--nothreading",
    "--nostatic",
    "--insecure",
    "--ipv6",
    "-6",
    "--force-color",
    "--skip-checks",
    "--traceback",
    "--extra-files",
    "--proxy-headers",
    "--factory",
];

/// What a command is, once `python` and `-m` are taken off.
struct Run<'a> {
    program: &'a str,
    words: &'a [Word],
    /// Where it runs.
    folder: &'a str,
}

pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let first = command.words.first()?;
    let name = file_name(first.text()?);
    let run = |program, words| Run {
        program,
        words,
        folder: &command.folder,
    };
    if is_python(name) {
        return interpreter(&command.words[1..], &run, command, around, store);
    }
    if name == "uwsgi" || name == "streamlit" || name == "celery" {
        // Servers with a language of their own for what they serve.
        return None;
    }
    let words = &command.words[1..];
    if let Some(found) = server(&run(name, words), around) {
        return Some(found);
    }
    if let Some((path, file)) = located(first.text()?, &command.folder, around.build) {
        let id = store.read_text(&file)?;
        let text = store.text_of(id);
        let line = text.lines().next().unwrap_or_default();
        let is_python = line.starts_with("#!") && line.contains("python");
        let found = || with(Entry::File(path.clone()), folder_of(&path), around);
        return is_python.then(|| with_django(found(), &path, words));
    }
    scripts::python(name, &command.folder, around, store)
        .map(|entry| with(entry, command.folder.clone(), around))
}

/// `python`, `python3`, `python3.12`, `pypy3`.
fn is_python(name: &str) -> bool {
    let rest = name
        .strip_prefix("python")
        .or_else(|| name.strip_prefix("pypy"));
    rest.is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit() || it == b'.'))
}

fn folder_of(path: &str) -> String {
    path.rsplit_once('/').map_or("", |it| it.0).to_owned()
}

/// A program that is a file, a module or a function: it listens by itself, if at all.
fn with(entry: Entry, folder: String, around: &Around<'_, '_>) -> Launch {
    Launch {
        language: Language::Python,
        entry,
        roots: roots(folder, around),
        server: None,
        command: None,
        runtime: Runtime::default(),
        gaps: Vec::new(),
    }
}

/// Where modules are looked for: the folder that the interpreter puts first, then `PYTHONPATH`
/// (docs.python.org/3/library/sys_path_init.html), then what may be installed from the repository itself.
fn roots(folder: String, around: &Around<'_, '_>) -> Vec<Root> {
    let build = around.build;
    let last = build.image.stage();
    let mut folders = vec![folder];
    if let Known::Set(value) = around.environment.get("PYTHONPATH")
        && let Some(text) = &value.text
    {
        let given = text.split(':').filter(|it| !it.is_empty());
        folders.extend(given.map(|it| build.resolve(last, it)));
    }
    let mut roots: Vec<Root> = folders
        .into_iter()
        .map(|folder| Root {
            stage: last,
            folder,
        })
        .collect();
    // What `pip install .` puts beside the interpreter is the source of the folder where that ran, in whichever stage.
    for stage in build.stages() {
        let folder = build.resolve(stage, ".");
        let installs = ["pyproject.toml", "setup.py", "setup.cfg"];
        let mut installs = installs.iter().map(|it| absolute(&folder, it));
        if !installs.any(|it| build.file(stage, &it).is_some()) {
            continue;
        }
        for folder in [absolute(&folder, "src"), folder] {
            let root = Root { stage, folder };
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
    }
    roots
}

fn interpreter<'a>(
    words: &'a [Word],
    run: &dyn Fn(&'a str, &'a [Word]) -> Run<'a>,
    command: &Command,
    around: &Around<'_, '_>,
    _store: &mut Store<'_>,
) -> Option<Launch> {
    let mut at = 0;
    while let Some(text) = words.get(at).and_then(Word::text) {
        match text {
            "-c" => return None,
            "-m" => {
                let module = words.get(at + 1)?.text()?;
                let rest = words.get(at + 2..).unwrap_or_default();
                if let Some(found) = server(&run(module, rest), around) {
                    return Some(found);
                }
                let entry = Entry::Module(module.to_owned());
                return Some(with(entry, command.folder.clone(), around));
            }
            text if WITH_VALUE.contains(&text) => at += 2,
            // Options of the program before its file: the interpreter refuses them, and what is meant is the file all the same.
            text if text.starts_with("--") && !text.contains('=') => {
                let next = words.get(at + 1).and_then(Word::text).unwrap_or_default();
                let is_file = SourcePath::new(next).extension() == Some("py");
                at += if is_file || next.starts_with('-') {
                    1
                } else {
                    2
                };
            }
            text if text.starts_with('-') && text.len() > 1 => at += 1,
            _ => break,
        }
    }
    let file = words.get(at)?.text()?;
    let path = absolute(&command.folder, file);
    let rest = words.get(at + 1..).unwrap_or_default();
    // A runner that is started as a file: `python /usr/local/bin/gunicorn`.
    let is_source = SourcePath::new(&path).extension() == Some("py");
    if !is_source && let Some(found) = server(&run(file_name(file), rest), around) {
        return Some(found);
    }
    let found = with(Entry::File(path.clone()), folder_of(&path), around);
    Some(with_django(found, file, rest))
}

/// `found` with the server that Django's own command starts.
fn with_django(mut found: Launch, file: &str, words: &[Word]) -> Launch {
    let is_django = file_name(file) == "manage.py" || file_name(file) == "django-admin";
    if is_django && words.first().and_then(Word::text) == Some("runserver") {
        found.server = Some(runserver(words));
    }
    found
}

/// `python manage.py runserver [host:]port`: 127.0.0.1:8000 if nothing is said (django/core/management/commands/runserver.py).
fn runserver(words: &[Word]) -> Server {
    let arguments = Arguments::read(words.get(1..).unwrap_or_default(), COMMANDS);
    let binds = arguments.positional.iter().take(1).map(address);
    Server {
        binds: binds.collect(),
        default: default("8000", "127.0.0.1"),
        configuration: None,
        root_path: None,
    }
}

/// A server that is known by its name.
fn server(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    match run.program {
        "uvicorn" => uvicorn(run, around),
        "gunicorn" | "gunicorn.app.wsgiapp" => gunicorn(run, around),
        "hypercorn" => hypercorn(run, around),
        "daphne" => daphne(run, around),
        "waitress-serve" | "waitress" => waitress(run, around),
        "granian" => granian(run, around),
        "flask" => flask(run, around),
        "fastapi" => fastapi(run, around),
        _ => None,
    }
}

/// The value of a flag, else what its variable holds, else its default: `uvicorn`, `flask run` and `granian` read the flag `--port` from
/// `<PREFIX>_PORT`, too (click's `auto_envvar_prefix`).
fn flag(arguments: &Arguments, names: &[&str], variable: &str, default: &str) -> Bind {
    match arguments.value(names) {
        Some(word) => at(word),
        None => bind(
            Expr::Variable {
                name: variable.to_owned(),
                default: Some(Box::new(Expr::Text(default.to_owned()))),
            },
            None,
        ),
    }
}

fn bind(port: Expr, host: Option<Expr>) -> Bind {
    Bind {
        port,
        host,
        protocol: Protocol::Http,
        tls: Some(false),
        place: None,
    }
}

fn default(port: &str, host: &str) -> Bind {
    let text = |it: &str| Expr::Text(it.to_owned());
    bind(text(port), Some(text(host)))
}

/// A port, or an address with one, that a word states.
fn at(word: &Word) -> Bind {
    Bind {
        place: word.place,
        ..bind(word.expr.clone(), None)
    }
}

/// An address that a word states: `host:port` or `port`.
fn address(word: &Word) -> Bind {
    at(word)
}

/// `module:object`, with the module alone, or as a call: `module:create_app()`.
fn application(word: Option<&Word>, is_factory: bool, object: Option<&str>) -> Option<Entry> {
    let text = word?.text()?;
    let (module, named) = match text.split_once(':') {
        Some((module, named)) => (module, Some(named)),
        None => (text, None),
    };
    let is_call = named.is_some_and(|it| it.contains('('));
    let named = named.map(|it| it.split('(').next().unwrap_or_default());
    Some(Entry::Application {
        module: module.trim_end_matches(".py").replace('/', "."),
        object: named.or(object).map(str::to_owned),
        is_factory: is_factory || is_call,
    })
}

fn served(
    entry: Option<Entry>,
    folder: String,
    around: &Around<'_, '_>,
    server: Server,
) -> Option<Launch> {
    let mut launch = with(entry?, folder, around);
    launch.server = Some(server);
    Some(launch)
}

/// `uvicorn module:app`: the flags of `uvicorn/main.py`, all of which can be given as `UVICORN_…` variables; 127.0.0.1:8000 if nothing is said.
fn uvicorn(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let arguments = Arguments::read(run.words, UVICORN);
    let mut bind = flag(&arguments, &["--port"], "UVICORN_PORT", "8000");
    bind.host = Some(host(&arguments, &["--host"], "UVICORN_HOST", "127.0.0.1"));
    bind.tls = Some(arguments.has("--ssl-keyfile") || arguments.has("--ssl-certfile"));
    let is_socket = arguments.has("--uds") || arguments.has("--fd");
    let server = Server {
        binds: if is_socket {
            Vec::new()
        } else {
            vec![bind.clone()]
        },
        default: bind,
        configuration: None,
        root_path: arguments.value(&["--root-path"]).map(|it| it.expr.clone()),
    };
    let folder = folder(&arguments, &["--app-dir"], run);
    let entry = application(
        arguments.positional.first(),
        arguments.has("--factory"),
        None,
    );
    served(entry, folder, around, server)
}

fn host(arguments: &Arguments, names: &[&str], variable: &str, default: &str) -> Expr {
    match arguments.value(names) {
        Some(word) => word.expr.clone(),
        None => Expr::Variable {
            name: variable.to_owned(),
            default: Some(Box::new(Expr::Text(default.to_owned()))),
        },
    }
}

/// The folder where a server looks for the application: the working folder, or what a flag states.
fn folder(arguments: &Arguments, names: &[&str], run: &Run<'_>) -> String {
    match arguments.value(names).and_then(Word::text) {
        Some(path) => absolute(run.folder, path),
        None => run.folder.to_owned(),
    }
}

/// `gunicorn module:app`: what the command line says, over `GUNICORN_CMD_ARGS`, over the configuration file, over the default, which is
/// `0.0.0.0:$PORT` where `PORT` is set and else 127.0.0.1:8000 (`gunicorn/config.py`, `gunicorn/app/base.py`).
fn gunicorn(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let given = around.environment.text("GUNICORN_CMD_ARGS").unwrap_or("");
    let given: Vec<Word> = given
        .split_whitespace()
        .map(|it| Word::of_shell(it, None))
        .collect();
    let of_variable = Arguments::read(&given, GUNICORN);
    let arguments = Arguments::read(run.words, GUNICORN);
    let names = ["-b", "--bind"];
    let mut binds: Vec<Bind> = arguments.all(&names).map(address).collect();
    if binds.is_empty() {
        binds = of_variable.all(&names).map(address).collect();
    }
    let tls = ["--keyfile", "--certfile"];
    let is_tls = tls
        .iter()
        .any(|it| arguments.has(it) || of_variable.has(it));
    for bind in &mut binds {
        bind.tls = Some(is_tls);
    }
    let stated = ["-c", "--config"];
    let stated = arguments
        .value(&stated)
        .or_else(|| of_variable.value(&stated));
    let configuration = match stated.map(Word::text) {
        None => Some("gunicorn.conf.py".to_owned()),
        Some(None) => None,
        Some(Some(text)) => Some(match text.strip_prefix("python:") {
            Some(module) => format!("{}.py", module.replace('.', "/")),
            None => text.strip_prefix("file:").unwrap_or(text).to_owned(),
        }),
    };
    let is_unknown = stated.is_some() && configuration.is_none();
    let root = Root {
        stage: around.build.image.stage(),
        folder: run.folder.to_owned(),
    };
    let of_port = Expr::Variable {
        name: "PORT".to_owned(),
        default: Some(Box::new(Expr::Text("8000".to_owned()))),
    };
    let server = Server {
        binds,
        default: bind(of_port, None),
        configuration: configuration.map(|it| (root, absolute(run.folder, &it), "bind")),
        root_path: None,
    };
    let folder = folder(&arguments, &["--chdir"], run);
    let mut launch = served(
        application(arguments.positional.first(), false, Some("application")),
        folder,
        around,
        server,
    )?;
    if is_unknown {
        launch
            .gaps
            .push(Gap::of_ports("its configuration is a variable"));
    }
    Some(launch)
}

/// `hypercorn module:app`: 127.0.0.1:8000 if nothing is said (`hypercorn/config.py`). `-c` names a file of TOML or Python.
fn hypercorn(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let arguments = Arguments::read(run.words, HYPERCORN);
    let names = ["-b", "--bind"];
    let binds: Vec<Bind> = arguments.all(&names).map(address).collect();
    let has_other = arguments.has("-c") || arguments.has("--config");
    let is_told = !binds.is_empty();
    let server = Server {
        binds,
        default: default("8000", "127.0.0.1"),
        configuration: None,
        root_path: arguments.value(&["--root-path"]).map(|it| it.expr.clone()),
    };
    let entry = application(arguments.positional.first(), false, Some("app"));
    let mut launch = served(entry, run.folder.to_owned(), around, server)?;
    if has_other && !is_told {
        launch
            .gaps
            .push(Gap::of_ports("its configuration is a file"));
    }
    Some(launch)
}

/// `daphne module:app`: 127.0.0.1:8000 if nothing is said (`daphne/cli.py`).
fn daphne(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let arguments = Arguments::read(run.words, COMMANDS);
    let text = |it: &str| Expr::Text(it.to_owned());
    let mut bind = match arguments.value(&["-p", "--port"]) {
        Some(word) => at(word),
        None => bind(text("8000"), None),
    };
    let host = arguments.value(&["-b", "--bind"]);
    bind.host = Some(host.map_or_else(|| text("127.0.0.1"), |it| it.expr.clone()));
    let has_others = arguments.has("-e") || arguments.has("--endpoint") || arguments.has("-u");
    let server = Server {
        binds: vec![bind.clone()],
        default: bind,
        configuration: None,
        root_path: arguments.value(&["--root-path"]).map(|it| it.expr.clone()),
    };
    let entry = application(arguments.positional.first(), false, None);
    let mut launch = served(entry, run.folder.to_owned(), around, server)?;
    if has_others {
        launch
            .gaps
            .push(Gap::of_ports("it is told by endpoints where to listen"));
    }
    Some(launch)
}

/// `waitress-serve module:app`: 0.0.0.0:8080 if nothing is said (`waitress/adjustments.py`).
fn waitress(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let arguments = Arguments::read(run.words, &["--call", "--expose-tracebacks", "--help"]);
    let mut binds: Vec<Bind> = arguments.all(&["--listen"]).map(address).collect();
    if binds.is_empty() {
        binds.extend(arguments.value(&["--port"]).map(at));
    }
    let server = Server {
        binds,
        default: default("8080", "0.0.0.0"),
        configuration: None,
        root_path: None,
    };
    let entry = application(
        arguments
            .positional
            .first()
            .or_else(|| arguments.value(&["--app"])),
        arguments.has("--call"),
        None,
    );
    served(entry, run.folder.to_owned(), around, server)
}

/// `granian module:app`: flags, or `GRANIAN_…` variables; 127.0.0.1:8000 if nothing is said (`granian/cli.py`).
fn granian(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let switches = ["--reload", "--factory", "--ws", "--access-log"];
    let arguments = Arguments::read(run.words, &switches);
    let mut bind = flag(&arguments, &["--port"], "GRANIAN_PORT", "8000");
    bind.host = Some(host(&arguments, &["--host"], "GRANIAN_HOST", "127.0.0.1"));
    bind.tls = Some(arguments.has("--ssl-certificate"));
    let server = Server {
        binds: vec![bind.clone()],
        default: bind,
        configuration: None,
        root_path: None,
    };
    let entry = application(
        arguments.positional.first(),
        arguments.has("--factory"),
        Some("app"),
    );
    let folder = folder(&arguments, &["--working-dir"], run);
    served(entry, folder, around, server)
}

/// `flask run`: flags, or `FLASK_RUN_…` variables; 127.0.0.1:5000 if nothing is said. The application is `--app`, else `FLASK_APP`, else
/// `wsgi.py` or `app.py` (`flask/cli.py`).
fn flask(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let arguments = Arguments::read(run.words, COMMANDS);
    if arguments.positional.first()?.text()? != "run" {
        return None;
    }
    let mut bind = flag(&arguments, &["-p", "--port"], "FLASK_RUN_PORT", "5000");
    bind.host = Some(host(
        &arguments,
        &["-h", "--host"],
        "FLASK_RUN_HOST",
        "127.0.0.1",
    ));
    bind.tls = Some(arguments.has("--cert"));
    let given = arguments.value(&["-A", "--app"]).cloned();
    let of_variable = || {
        let text = around.environment.text("FLASK_APP")?;
        Some(Word::of_shell(text, None))
    };
    let stage = around.build.image.stage();
    let found = || {
        let names = ["wsgi.py", "app.py"];
        let mut names = names.iter().map(|it| absolute(run.folder, it));
        let path = names.find(|it| around.build.file(stage, it).is_some())?;
        Some(Word::of_shell(file_name(&path), None))
    };
    let word = given.or_else(of_variable).or_else(found)?;
    let server = Server {
        binds: vec![bind.clone()],
        default: bind,
        configuration: None,
        root_path: None,
    };
    let text = word.text()?;
    // A path of folders is a file whose folder is searched, unless those are packages (`prepare_import`).
    let (above, name) = text.rsplit_once('/').unwrap_or(("", text));
    let is_package = !above.is_empty()
        && around
            .build
            .file(
                stage,
                &absolute(run.folder, &format!("{above}/__init__.py")),
            )
            .is_some();
    let (folder, name) = if above.is_empty() || is_package {
        (run.folder.to_owned(), text)
    } else {
        (absolute(run.folder, above), name)
    };
    let word = word.with(Expr::Text(name.to_owned()));
    served(
        application(Some(&word), false, None),
        folder,
        around,
        server,
    )
}

/// `fastapi run [file]`: 0.0.0.0:8000 if nothing is said; later versions read `PORT`, so that with it nobody knows (`fastapi_cli/cli.py`).
/// Without a file `main.py`, `app.py`, `api.py` are looked for, here and in `app` (`fastapi_cli/discover.py`).
fn fastapi(run: &Run<'_>, around: &Around<'_, '_>) -> Option<Launch> {
    let arguments = Arguments::read(run.words, COMMANDS);
    let is_dev = match arguments.positional.first()?.text()? {
        "run" => false,
        "dev" => true,
        _ => return None,
    };
    let stage = around.build.image.stage();
    let file = if let Some(word) = arguments.positional.get(1) {
        absolute(run.folder, word.text()?)
    } else {
        let names = ["main", "app", "api", "app/main", "app/app", "app/api"];
        let mut paths = names
            .map(|it| absolute(run.folder, &format!("{it}.py")))
            .into_iter();
        paths.find(|it| around.build.file(stage, it).is_some())?
    };
    let text = |it: &str| Expr::Text(it.to_owned());
    let of_variable = Expr::Variable {
        name: "PORT".to_owned(),
        default: Some(Box::new(text("8000"))),
    };
    let mut bind = match arguments.value(&["--port"]) {
        Some(word) => at(word),
        None => bind(Expr::Either(vec![text("8000"), of_variable]), None),
    };
    let host = arguments.value(&["--host"]);
    let loopback = if is_dev { "127.0.0.1" } else { "0.0.0.0" };
    bind.host = Some(host.map_or_else(|| text(loopback), |it| it.expr.clone()));
    let server = Server {
        binds: vec![bind.clone()],
        default: bind,
        configuration: None,
        root_path: arguments.value(&["--root-path"]).map(|it| it.expr.clone()),
    };
    // Packages above the file are part of the module's name.
    let mut folder = folder_of(&file);
    let mut module = file_name(&file).trim_end_matches(".py").to_owned();
    while !folder.is_empty()
        && around
            .build
            .file(stage, &absolute(&folder, "__init__.py"))
            .is_some()
    {
        module = format!("{}.{module}", file_name(&folder));
        folder = folder_of(&folder);
    }
    let object = arguments.value(&["--app"]).and_then(Word::text);
    let entry = Entry::Application {
        module,
        object: object.map(str::to_owned),
        is_factory: false,
    };
    served(Some(entry), folder, around, server)
}

/// What follows the last colon of an address: the port. The whole expression where it has none.
pub(in crate::program) fn port_of(expr: &Expr) -> Expr {
    match expr {
        Expr::Text(text) => match text.rsplit_once(':') {
            Some((_, port)) => Expr::Text(port.to_owned()),
            None => expr.clone(),
        },
        Expr::Join(parts) => {
            let mut found: Vec<Expr> = Vec::new();
            for part in parts.iter().rev() {
                if let Expr::Text(text) = part
                    && let Some((_, port)) = text.rsplit_once(':')
                {
                    found.push(Expr::Text(port.to_owned()));
                    found.reverse();
                    return joined(found);
                }
                found.push(part.clone());
            }
            expr.clone()
        }
        Expr::Either(all) => Expr::Either(all.iter().map(port_of).collect()),
        _ => expr.clone(),
    }
}
