//! Programs that run the command behind them: init programs, tools that set variables, launchers of environments and of tracing.

use super::start::{Command, Set};
use super::words::Word;

/// More wrappers than these are not looked through.
const MOST: usize = 8;

const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// Wrappers, the words that must follow, and the flags that have a value. All other words with a dash in front are flags without one.
const WRAPPERS: [(&str, &[&str], &[&str]); 29] = [
    ("tini", &[], &["-p", "-e"]),
    ("tini-static", &[], &["-p", "-e"]),
    ("dumb-init", &[], &["-r", "--rewrite"]),
    ("catatonit", &[], &[]),
    ("exec", &[], &["-a"]),
    ("env", &[], &["-u", "-C"]),
    ("nice", &[], &["-n"]),
    ("ionice", &[], &["-c", "-n"]),
    ("stdbuf", &[], &["-i", "-o", "-e"]),
    ("nohup", &[], &[]),
    ("setsid", &[], &[]),
    ("time", &[], &[]),
    ("command", &[], &[]),
    ("opentelemetry-instrument", &[], OPENTELEMETRY),
    ("ddtrace-run", &[], &[]),
    ("newrelic-admin", &["run-program"], &[]),
    ("sentry-run", &[], &[]),
    (
        "poetry",
        &["run"],
        &["-C", "--directory", "-P", "--project"],
    ),
    ("pipenv", &["run"], &[]),
    ("pdm", &["run"], &["-p", "--project"]),
    ("hatch", &["run"], &["-e", "--env"]),
    ("rye", &["run"], &[]),
    ("uv", &["run"], UV),
    ("dotenv", &["run"], &["-f", "--file"]),
    ("cross-env", &[], &[]),
    ("npx", &[], &["-p", "--package"]),
    ("bunx", &[], &[]),
    ("doppler", &["run"], &["-p", "-c", "--project", "--config"]),
    (
        "conda",
        &["run"],
        &["-n", "--name", "-p", "--prefix", "--cwd"],
    ),
];

/// The flags of `opentelemetry-instrument` all have values (opentelemetry.instrumentation.auto_instrumentation makes one of each variable).
const OPENTELEMETRY: &[&str] = &[
    "--traces_exporter",
    "--metrics_exporter",
    "--logs_exporter",
    "--service_name",
    "--exporter_otlp_endpoint",
    "--resource_attributes",
];

const UV: &[&str] = &[
    "--package",
    "--python",
    "-p",
    "--with",
    "--extra",
    "--group",
    "--no-group",
    "--env-file",
    "--directory",
    "--project",
    "--index",
    "--index-url",
    "--with-requirements",
    "--with-editable",
];

/// Programs that run what follows a user's name.
const AS_USER: [&str; 3] = ["gosu", "su-exec", "setpriv"];

/// Whether a program, given by name or path, is a shell.
pub(super) fn is_shell(program: &str) -> bool {
    SHELLS.contains(&file_name(program))
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Takes off what only runs what follows, and the assignments before a command.
pub(super) fn unwrap(command: &mut Command) {
    for _ in 0..MOST {
        take_assignments(command);
        let Some(first) = command.words.first().and_then(Word::text) else {
            return;
        };
        let name = file_name(first);
        let texts: Vec<Option<&str>> = command.words.iter().map(Word::text).collect();
        let from = if let Some((_, must, with_value)) = WRAPPERS.iter().find(|it| it.0 == name) {
            behind(&texts, must, with_value)
        } else if AS_USER.contains(&name) {
            behind(&texts, &[], &[]).map(|it| it + 1)
        } else {
            None
        };
        match from {
            Some(from) if from < command.words.len() => {
                command.words.drain(..from);
            }
            _ => return,
        }
    }
}

/// Where the command begins that a wrapper runs; none if the words do not say.
fn behind(words: &[Option<&str>], must: &[&str], with_value: &[&str]) -> Option<usize> {
    let mut must = must.iter();
    let mut wanted = must.next();
    let mut at = 1;
    while let Some(word) = words.get(at) {
        match word {
            Some("--") if wanted.is_none() => return Some(at + 1),
            Some(text) if with_value.contains(text) => at += 2,
            Some(text) if text.starts_with('-') => at += 1,
            Some(text) if wanted.is_some_and(|it| it == text) => {
                wanted = must.next();
                at += 1;
            }
            _ => break,
        }
    }
    wanted.is_none().then_some(at)
}

fn take_assignments(command: &mut Command) {
    while let Some(first) = command.words.first() {
        let Some((name, value)) = first.split_flag() else {
            return;
        };
        let is_name = |it: &str| {
            it.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
                && it
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || it == b'_')
        };
        if !is_name(&name) {
            return;
        }
        // What stands before the command itself is nearer than what scripts on the way set.
        let set = Set {
            name,
            value: value.expr,
            place: value.place,
        };
        command.sets.insert(0, set);
        command.words.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrappers_run() {
        for (words, expected) in [
            ("tini -g -- python a.py", "python a.py"),
            ("env A=b PORT=80 python -m x", "python -m x"),
            (
                "exec opentelemetry-instrument --service_name x uvicorn a:b",
                "uvicorn a:b",
            ),
            ("poetry run python a.py", "python a.py"),
            ("poetry install", "poetry install"),
            ("uv run --no-dev --package p gunicorn a:b", "gunicorn a:b"),
            ("gosu app /run", "/run"),
            ("newrelic-admin run-program gunicorn a", "gunicorn a"),
            ("dumb-init", "dumb-init"),
            ("conda run -n env python a.py", "python a.py"),
        ] {
            let words = words.split(' ').map(|it| Word::of_shell(it, None));
            let mut command = Command {
                words: words.collect(),
                folder: "/".to_owned(),
                sets: Vec::new(),
                scripts: Vec::new(),
            };
            unwrap(&mut command);
            let found: Vec<String> = command.words.iter().map(Word::shown).collect();
            assert_eq!(found.join(" "), expected);
        }
    }
}
