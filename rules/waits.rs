//! The commands by which scripts wait for workloads, and how long they do.

use std::collections::BTreeMap;

use kubelint_model::FileId;
use kubelint_model::commands::Script;
use kubelint_model::kubectl::{Call, Named, NamedObject};
use kubelint_model::script::{Argument, Fate, Run};
use kubelint_parser::TextRange;

/// `kubectl wait` gives up after this many seconds where nothing else is said: `wait.NewWaitFlags` of kubectl. `kubectl rollout status`
/// never does.
const WAIT_DEFAULT: i64 = 30;

/// A command that waits for workloads, or their pods, to be ready.
pub(crate) struct Wait<'a> {
    /// The file that states it.
    pub(crate) file: FileId,
    /// The command, as it is called: `kubectl wait`.
    pub(crate) command: &'static str,
    /// Where the timeout is written; the command where it is the default.
    pub(crate) range: TextRange,
    /// After how many seconds it gives up.
    pub(crate) timeout: i64,
    /// How many seconds have passed since something was deployed, at least: the script sleeps.
    pub(crate) slept: i64,
    /// How many seconds other waits may have taken since; `None` if one of them waits for ever.
    pub(crate) waited: Option<i64>,
    /// Whether anything was deployed before by the same file.
    pub(crate) deploys: bool,
    /// For what it waits.
    pub(crate) what: What<'a>,
    /// The namespace, where one is stated and known.
    pub(crate) namespace: Option<&'a str>,
}

/// For what a command waits.
pub(crate) enum What<'a> {
    /// These.
    Objects(Vec<NamedObject<'a>>),
    /// The pods that have these labels.
    Pods(Vec<(&'a str, &'a str)>),
}

/// What has passed since something was deployed.
struct Clock {
    slept: i64,
    waited: Option<i64>,
    deploys: bool,
}

/// The waits of one file's scripts, in the order in which they are run. Those whose failure does not matter, and those that are repeated
/// until they succeed, are none.
pub(crate) fn of_file<'a>(scripts: &[&'a Script], text: &str) -> Vec<Wait<'a>> {
    let mut found: Vec<Wait<'a>> = Vec::new();
    let mut clock = Clock {
        slept: 0,
        waited: Some(0),
        deploys: false,
    };
    for script in scripts {
        for run in &script.outcome.runs {
            let command = run.command();
            let Some((first, rest)) = command.split_first() else {
                continue;
            };
            match first.value.text.rsplit('/').next().unwrap_or_default() {
                "sleep" => clock.slept += sleep(rest),
                "kubectl" | "oc" => match read(script.file, run, rest, &clock) {
                    Command::Waits(wait) => {
                        clock.waited = clock.waited.map(|it| it.saturating_add(wait.timeout));
                        if is_firm(run, text) && run.file == script.file {
                            found.push(wait);
                        }
                    }
                    Command::WaitsForLong => clock.waited = None,
                    Command::Other if deploys(rest) => clock = Clock::started(),
                    Command::Other => {}
                },
                "helm" | "kustomize" | "skaffold" | "make" => clock = Clock::started(),
                name if is_script(name) => clock = Clock::started(),
                _ => {}
            }
        }
    }
    drop_repeated(&mut found);
    found
}

impl Clock {
    const fn started() -> Self {
        Self {
            slept: 0,
            waited: Some(0),
            deploys: true,
        }
    }
}

/// Waits that stand at one place and are run again for the same: a loop tries them until one succeeds.
fn drop_repeated(waits: &mut Vec<Wait<'_>>) {
    let key = |it: &Wait<'_>| {
        let names: Vec<(String, String)> = match &it.what {
            What::Objects(all) => all
                .iter()
                .map(|it| (it.kind.name.to_owned(), it.name.to_owned()))
                .collect(),
            What::Pods(all) => all
                .iter()
                .map(|it| (it.0.to_owned(), it.1.to_owned()))
                .collect(),
        };
        (it.range.start, names)
    };
    let mut counts = BTreeMap::new();
    for it in waits.iter() {
        *counts.entry(key(it)).or_insert(0_usize) += 1;
    }
    waits.retain(|it| counts.get(&key(it)) == Some(&1));
}

fn is_script(name: &str) -> bool {
    [".sh", ".bash", ".py"].iter().any(|it| name.ends_with(it))
}

/// Whether the failure of a wait matters, and nothing repeats it.
fn is_firm(run: &Run, text: &str) -> bool {
    let before = text.get(..run.range.start as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let repeats = line
        .split(|it: char| !it.is_alphabetic())
        .any(|it| matches!(it, "until" | "while"));
    let is_lost = matches!(run.fate, Fate::Swallowed | Fate::Background) || run.silent;
    !repeats && !is_lost && !run.elsewhere
}

/// Seconds of `sleep`: what is not known is nothing.
fn sleep(words: &[Argument]) -> i64 {
    let all = words.iter().map(|it| {
        let text = it.value.text.as_str();
        let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
            Some(number) => (number, text.chars().next_back()),
            None => (text, None),
        };
        let unit = match unit {
            Some('m') => 60,
            Some('h') => 3600,
            _ => 1,
        };
        // What is slept for an unknown time may be slept for long.
        number
            .parse::<i64>()
            .map_or(i64::from(u16::MAX), |it| it.saturating_mul(unit))
    });
    all.fold(0, i64::saturating_add)
}

/// Whether a command of kubectl changes what runs.
fn deploys(words: &[Argument]) -> bool {
    words.iter().any(|it| {
        matches!(
            it.value.text.as_str(),
            "apply"
                | "create"
                | "replace"
                | "patch"
                | "set"
                | "scale"
                | "restart"
                | "undo"
                | "run"
                | "delete"
                | "edit"
                | "rollout"
        )
    })
}

/// What a command of kubectl does.
enum Command<'a> {
    Waits(Wait<'a>),
    /// For something that is not known here, or without end.
    WaitsForLong,
    Other,
}

fn read<'a>(file: FileId, run: &'a Run, words: &'a [Argument], clock: &Clock) -> Command<'a> {
    let call = Call::read(words);
    let command = match (call.text(0), call.text(1)) {
        ("rollout", "status") => "kubectl rollout status",
        ("wait", _) => "kubectl wait",
        _ => return Command::Other,
    };
    let is_rollout = command == "kubectl rollout status";
    let (seconds, range) = match call.flag("timeout") {
        Some(flag) => (seconds(flag.value.unwrap_or_default()), flag.range),
        None if is_rollout => (None, run.range),
        None => (Some(WAIT_DEFAULT), run.range),
    };
    // A wait of 0 seconds asks once; a rollout is waited for without end.
    let Some(seconds) = seconds.filter(|it| *it > 0) else {
        return Command::WaitsForLong;
    };
    let is_for_ready = is_rollout || asks_for_ready(&call);
    let Some(what) = is_for_ready.then(|| what(&call)).flatten() else {
        return Command::WaitsForLong;
    };
    Command::Waits(Wait {
        file,
        command,
        range,
        timeout: seconds,
        slept: clock.slept,
        waited: clock.waited,
        deploys: clock.deploys,
        what,
        namespace: call.namespace(),
    })
}

/// Whether it waits until something is ready or available.
fn asks_for_ready(call: &Call<'_>) -> bool {
    let condition = call.flag("for").and_then(|it| it.value);
    let condition = condition.unwrap_or_default().to_ascii_lowercase();
    matches!(
        condition.as_str(),
        "condition=ready"
            | "condition=available"
            | "condition=ready=true"
            | "condition=available=true"
    )
}

/// What is waited for, if all of it is known.
fn what<'a>(call: &Call<'a>) -> Option<What<'a>> {
    if call.words.iter().any(|it| !it.value.is_known()) {
        return None;
    }
    match call.named() {
        Named::Objects(objects) if !objects.is_empty() => Some(What::Objects(objects)),
        Named::Labelled { kind, labels, .. } if kind.name == "Pod" => Some(What::Pods(labels)),
        _ => None,
    }
}

/// A duration as Go reads it, in whole seconds; `None` for anything else, and what is not known.
fn seconds(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &rest[..letters] {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" if number < 1000 => 0,
            "" if number == 0 => 0,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("30s", Some(30)),
            ("1h2m3s", Some(3723)),
            ("0", Some(0)),
            ("30", None),
            ("", None),
            ("-1s", None),
            ("\u{1}s", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
