//! The files and folders that scripts name: what kubectl applies, what kustomize, helm and docker build from, where `cd` leads. A path that
//! the script itself makes or asks for is none of them, nor is one of which part is not known.

use std::collections::BTreeMap;

use kubelint_parser::source::{SourcePath, Sources};

use super::input::Before;
use super::{Disk, MissingPath, What, makers, nearest};
use crate::commands::{Form, Script};
use crate::load::Files;
use crate::script::{Argument, Fate, Folder, MadeBy, Origin, Outcome, ROOT, Run, START};
use crate::workflow::{Job, Workflows};
use crate::{File, FileId};

/// A path that a script names and that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptPath {
    /// What is missing, and where it is named.
    pub missing: MissingPath,
    /// The outermost folder on the way to it that is not there, else it itself: what is missing there is missing for one reason.
    pub outermost: SourcePath,
    /// Where the parts of the path are written that variables brought there.
    pub origins: Vec<Origin>,
    /// Why it may be there after all when the script runs.
    pub doubt: Option<Doubt>,
    /// What lies at that path's place under another number: `12-api.yaml` for `07-api.yaml`.
    pub is_renumbered: bool,
}

/// Why a path may be there after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Something that runs before may make it.
    Generated,
    /// The script reckons with failure there.
    Optional,
    /// A default was taken for a part of it that the environment may override.
    Default,
}

/// More paths than these are not reported.
const MOST: usize = 1000;

/// How many places a path is shown to come from.
const MOST_ORIGINS: usize = 3;

/// How many actions of the repository are looked into for one job.
const MOST_JOBS: usize = 20;

/// What a command names.
struct Named<'r> {
    word: &'r Argument,
    text: &'r str,
    field: &'static str,
    what: What,
}

/// The paths that the target scripts name and that are not there, in the order of files and places.
pub(crate) fn missing(
    files: &Files,
    scripts: &[Script],
    workflows: &Workflows,
    sources: &dyn Sources,
) -> Vec<ScriptPath> {
    let mut listed: Vec<&SourcePath> = sources.list().iter().collect();
    listed.sort_unstable();
    let disk = Disk::new(sources, &listed);
    let mut before: BTreeMap<(FileId, u32), Vec<&Script>> = BTreeMap::new();
    let mut found: Vec<ScriptPath> = Vec::new();
    // What a target needs is made before it, wherever it stands.
    for script in scripts.iter().filter(|it| it.form == Form::Recipe) {
        before.entry((script.file, 0)).or_default().push(script);
    }
    for script in scripts {
        let file = &files.files[script.file.0 as usize];
        // So do the phases and jobs of other pipelines.
        let part = match script.form {
            Form::Recipe | Form::Job => 0,
            Form::File | Form::Step => script.part,
        };
        let earlier = before.entry((script.file, part)).or_default();
        if file.target && found.len() < MOST {
            let job = job(script, workflows);
            let text = files.sources.get(file.source).text();
            let holds = match script.form {
                Form::Step => job.is_some_and(holds_repository),
                Form::Job => is_run_at_root(file, text),
                Form::File => !is_of_scenario(file, sources),
                Form::Recipe => true,
            };
            let own = [&script.outcome];
            let rounds = script.rounds.iter().filter(|_| holds);
            for outcome in own.into_iter().filter(|_| holds).chain(rounds) {
                let reader = Reader {
                    file,
                    script,
                    outcome,
                    earlier,
                    disk: &disk,
                    foreign: job.is_some_and(|it| fetches(it, workflows))
                        || script.form == Form::Job && hands_on(text),
                };
                reader.read(&mut found);
            }
        }
        if script.form != Form::Recipe {
            earlier.push(script);
        }
    }
    let before = Before {
        files,
        workflows,
        disk: &disk,
        scripts: &before,
    };
    before.missing(&mut found);
    found.retain(|it| !it.missing.is_ignored);
    found.truncate(MOST);
    found.sort_by(|a, b| {
        let key = |it: &ScriptPath| (it.missing.file, it.missing.range);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.missing.path.cmp(&b.missing.path))
    });
    found.dedup_by(|a, b| (a.missing.range, &a.missing.path) == (b.missing.range, &b.missing.path));
    explain(files, sources, &listed, &mut found);
    found
}

/// Fills in what may be meant, and who may make it.
fn explain(files: &Files, sources: &dyn Sources, listed: &[&SourcePath], found: &mut [ScriptPath]) {
    if found.is_empty() {
        return;
    }
    let folders: Vec<&str> = found
        .iter()
        .map(|it| files.files[it.missing.file.0 as usize].path.parent())
        .collect();
    let mut missing: Vec<MissingPath> = found.iter().map(|it| it.missing.clone()).collect();
    nearest::find(listed, &folders, &mut missing);
    makers::find(sources, listed, &mut missing);
    for (it, missing) in found.iter_mut().zip(missing) {
        it.missing = missing;
        if let Some(other) = renumbered(&it.missing.path, listed) {
            it.missing.nearest = Some(other.as_str().to_owned());
            it.is_renumbered = true;
        }
    }
}

/// The one file in the folder of `path` that has its name but for the number in front.
fn renumbered<'a>(path: &SourcePath, listed: &[&'a SourcePath]) -> Option<&'a SourcePath> {
    let bare = |name: &str| {
        let rest = name.trim_start_matches(|it: char| it.is_ascii_digit());
        let rest = rest
            .strip_prefix(['-', '_', '.'])
            .filter(|_| rest.len() < name.len());
        rest.map(str::to_owned)
    };
    let wanted = bare(path.file_name())?;
    let prefix = format!("{}/", path.parent());
    let prefix = prefix.trim_start_matches('/');
    let from = listed.partition_point(|it| it.as_str() < prefix);
    let below = listed[from..]
        .iter()
        .take_while(|it| it.as_str().starts_with(prefix));
    let mut same = below.filter(|it| {
        it.parent() == path.parent() && bare(it.file_name()).as_ref() == Some(&wanted)
    });
    let first = same.next()?;
    same.next().is_none().then_some(*first)
}

/// The job whose step a script is.
fn job<'a>(script: &Script, workflows: &'a Workflows) -> Option<&'a Job> {
    let workflow = workflows.get(script.file)?;
    // Others may call it, in their own repository.
    let is_own = workflow
        .triggers
        .iter()
        .any(|it| it.event != "workflow_call");
    let index = script.part.checked_sub(1)?;
    workflow
        .jobs
        .get(index as usize)
        .filter(|_| is_own && script.form == Form::Step)
}

/// Whether a job works on a copy of this repository, as it is on its own branch, at the root.
pub(super) fn holds_repository(job: &Job) -> bool {
    let uses = job.steps.iter().filter_map(|it| it.uses());
    let mut checkouts = uses
        .filter(|it| it.action() == "actions/checkout")
        .peekable();
    checkouts.peek().is_some()
        && checkouts.all(|it| {
            ["repository", "path", "ref"]
                .iter()
                .all(|name| it.input(name).is_none())
        })
}

/// Whether a job brings files from elsewhere by an action.
pub(super) fn fetches(job: &Job, workflows: &Workflows) -> bool {
    const HARMLESS: [&str; 10] = [
        "actions/checkout",
        "actions/setup-",
        "docker/",
        "aws-actions/",
        "azure/",
        "google-github-actions/",
        "helm/kind-action",
        "engineerd/setup-kind",
        "hashicorp/setup-",
        "imranismail/setup-",
    ];
    let mut open: Vec<&Job> = vec![job];
    let mut left = MOST_JOBS;
    while let Some(job) = open.pop() {
        for uses in job.steps.iter().filter_map(|it| it.uses()) {
            // What an action of the repository does is told by its own steps.
            if let Some(called) = workflows.called(uses).filter(|_| left > 0) {
                left -= 1;
                open.extend(&called.jobs);
                continue;
            }
            let action = uses.action();
            if !HARMLESS.iter().any(|known| action.starts_with(known)) {
                return true;
            }
        }
    }
    false
}

/// Whether a service runs a pipeline on a copy of this repository, in its root. Files elsewhere may be for others to include.
fn is_run_at_root(file: &File, text: &str) -> bool {
    let folder = file.path.parent();
    let takes_other = [
        "GIT_STRATEGY",
        "checkout:",
        "skipDefaultCheckout",
        "git(",
        "checkout(",
    ];
    matches!(folder, "" | ".circleci" | ".buildkite")
        && !takes_other.iter().any(|it| text.contains(it))
}

/// Whether a tutorial runs a script on a machine of its own, where only the files stand that its index.json puts there
/// (killercoda.com/creators, and Katacoda before).
fn is_of_scenario(file: &File, sources: &dyn Sources) -> bool {
    // The files that are put there stand in a folder of their own.
    let mut found = ["index.json", "../index.json"].iter().filter_map(|it| {
        let index = file.path.join(it).filter(|it| sources.exists(it))?;
        sources.read(&index).ok()
    });
    let words = ["\"details\"", "\"steps\"", "\"assets\""];
    found.any(|it| words.iter().all(|word| it.as_str().contains(word)))
}

/// Whether the jobs of a pipeline hand files to each other.
fn hands_on(text: &str) -> bool {
    let words = [
        "artifact",
        "Artifact",
        "attach_workspace",
        "unstash",
        "cache",
        "download",
    ];
    words.iter().any(|it| text.contains(it))
}

struct Reader<'s, 'a> {
    file: &'a File,
    script: &'s Script,
    outcome: &'s Outcome,
    earlier: &'s [&'s Script],
    disk: &'s Disk<'a>,
    /// Whether actions of the same job bring files from elsewhere.
    foreign: bool,
}

impl Reader<'_, '_> {
    fn read(&self, found: &mut Vec<ScriptPath>) {
        let outcome = self.outcome;
        for (at, run) in outcome.runs.iter().enumerate() {
            let is_broken = outcome.errors.iter().any(|it| it.overlaps(run.range));
            let is_run_here = run.file == self.script.file && !run.elsewhere && !run.skipped;
            if !is_run_here || is_broken {
                continue;
            }
            for named in names(run) {
                found.extend(self.judge(at, run, &named));
            }
        }
    }

    fn judge(&self, at: usize, run: &Run, named: &Named<'_>) -> Option<ScriptPath> {
        let folder = run.folder.join(named.text)?;
        if !is_plain(named.text) || folder.by_end && folder.ups == 0 || folder.cloned {
            return None;
        }
        if self.is_made(at, &folder) {
            return None;
        }
        let places = self.places(&folder);
        let mut lacks = Vec::new();
        for place in &places {
            lacks.push(self.disk.lack_at(place, named.what)?);
        }
        // What is shown is the place at which its neighbours are.
        let best = lacks.iter().position(|(path, _)| {
            !path.parent().is_empty() && self.disk.is_there(&SourcePath::new(path.parent()))
        });
        let (path, lack) = lacks.into_iter().nth(best.unwrap_or(0))?;
        let missing = MissingPath {
            file: run.file,
            range: named.word.range,
            field: named.field,
            what: named.what,
            written: folder
                .path()
                .filter(|_| named.text.contains([ROOT, START]))
                .unwrap_or_else(|| named.text.to_owned()),
            is_ignored: places.iter().any(|it| self.disk.sources.is_ignored(it)),
            path,
            lack,
            sample: None,
            maker: None,
            nearest: None,
            origin: None,
        };
        let is_own = |it: &&Origin| it.file == run.file && !named.word.range.contains(it.range);
        let origins = named.word.value.origins.iter();
        Some(ScriptPath {
            outermost: self.disk.outermost_missing(&missing.path),
            missing,
            origins: origins.filter(is_own).take(MOST_ORIGINS).copied().collect(),
            doubt: self.doubt(at, run, named),
            is_renumbered: false,
        })
    }

    fn doubt(&self, at: usize, run: &Run, named: &Named<'_>) -> Option<Doubt> {
        let runs = &self.outcome.runs[..at];
        let earlier = self.earlier.iter().flat_map(|it| &it.outcome.runs);
        if self.foreign || runs.iter().chain(earlier).any(Run::generates) {
            return Some(Doubt::Generated);
        }
        if run.silent || matches!(run.fate, Fate::Swallowed | Fate::Tested) && named.field != "cd" {
            return Some(Doubt::Optional);
        }
        named.word.value.assumed.then_some(Doubt::Default)
    }

    /// Whether the script makes the path before, or asks for it anywhere.
    fn is_made(&self, at: usize, path: &Folder) -> bool {
        let own = self.outcome.made.iter().filter(|it| it.after <= at);
        let earlier = self.earlier.iter().flat_map(|it| &it.outcome.made);
        let tested = self.earlier.iter().flat_map(|it| &it.outcome.tested);
        let mut tested = tested.chain(&self.outcome.tested);
        own.chain(earlier).any(|it| covers(&it.path, path, it.by))
            || tested.any(|it| covers(it, path, MadeBy::Name))
    }

    /// Where a path leads: from the root, or from wherever somebody may start the script.
    fn places(&self, folder: &Folder) -> Vec<SourcePath> {
        let inner = folder.segments.join("/");
        if folder.anchored {
            return vec![SourcePath::new(&inner)];
        }
        let mut found = Vec::new();
        let mut start = self.file.path.parent();
        loop {
            let above = (0..folder.ups).try_fold(start, |it, _| {
                (!it.is_empty()).then(|| it.rsplit_once('/').map_or("", |it| it.0))
            });
            found.extend(
                above.map(|it| SourcePath::new(format!("{it}/{inner}").trim_start_matches('/'))),
            );
            if start.is_empty() {
                return found;
            }
            start = start.rsplit_once('/').map_or("", |it| it.0);
        }
    }
}

/// Whether what makes `made` may make `path`, which lies in it or is it.
pub(super) fn covers(made: &Folder, path: &Folder, by: MadeBy) -> bool {
    let (made, path) = (&made.segments, &path.segments);
    if made.is_empty() {
        return by == MadeBy::Content;
    }
    path.windows(made.len()).any(|it| it == made.as_slice())
        || made.len() > path.len() && made.ends_with(path)
}

/// Whether a path is written out, and leads to the repository.
pub(super) fn is_plain(text: &str) -> bool {
    let rest = text.strip_prefix([ROOT, START]).unwrap_or(text);
    let is_other = |it: char| it.is_control() || "*?[]{}<>%\\$@#!\"'`|;&(),~ ".contains(it);
    !rest.is_empty()
        && (rest.len() < text.len() || !rest.starts_with('/'))
        && rest != "-"
        && !rest.contains(is_other)
        && !rest.contains("://")
        && !rest.contains(':')
}

/// The paths that a command names.
fn names(run: &Run) -> Vec<Named<'_>> {
    let words = run.command();
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let tool = first.value.text.rsplit('/').next().unwrap_or_default();
    match tool {
        "kubectl" | "oc" => kubectl(rest),
        "kustomize" => kustomize(rest),
        "helm" => helm(rest),
        "docker" | "podman" | "nerdctl" => docker(rest),
        "docker-compose" => flagged(rest, &["-f", "--file"], "docker compose -f", What::File),
        "cd" | "pushd" => {
            let target = rest
                .first()
                .filter(|it| rest.len() == 1 && !it.value.text.starts_with('-'));
            target
                .map(|word| named(word, "cd", What::Folder))
                .into_iter()
                .collect()
        }
        "source" | "." => {
            let is_script = |it: &&Argument| {
                [".sh", ".bash"]
                    .iter()
                    .any(|end| it.value.text.ends_with(end))
            };
            let script = rest.first().filter(is_script);
            script
                .map(|word| named(word, "source", What::File))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn named<'r>(word: &'r Argument, field: &'static str, what: What) -> Named<'r> {
    Named {
        word,
        text: &word.value.text,
        field,
        what,
    }
}

/// Flags of kubectl before its verb that take the next word.
const GLOBAL: [&str; 8] = [
    "-n",
    "--namespace",
    "--context",
    "--kubeconfig",
    "--cluster",
    "--user",
    "-s",
    "--as",
];

fn verb(words: &[Argument]) -> Option<(&str, &[Argument])> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.value.text.as_str();
        if !text.starts_with('-') {
            return Some((text, &words[at + 1..]));
        }
        at += if GLOBAL.contains(&text) { 2 } else { 1 };
    }
    None
}

fn kubectl(words: &[Argument]) -> Vec<Named<'_>> {
    let Some((verb, rest)) = verb(words) else {
        return Vec::new();
    };
    match verb {
        "apply" => {
            let mut found = flagged(rest, &["-f", "--filename"], "kubectl apply -f", What::File);
            found.extend(flagged(
                rest,
                &["-k", "--kustomize"],
                "kubectl apply -k",
                What::Kustomization,
            ));
            found
        }
        "create" | "replace" => {
            let mut found = flagged(rest, &["-f", "--filename"], "kubectl create -f", What::File);
            found.extend(flagged(
                rest,
                &["-k", "--kustomize"],
                "kubectl create -k",
                What::Kustomization,
            ));
            found
        }
        "kustomize" => kustomization(rest),
        _ => Vec::new(),
    }
}

fn kustomize(words: &[Argument]) -> Vec<Named<'_>> {
    match words.split_first() {
        Some((first, rest)) if first.value.text == "build" => kustomization(rest),
        _ => Vec::new(),
    }
}

fn kustomization(words: &[Argument]) -> Vec<Named<'_>> {
    let target = words.first().filter(|it| !it.value.text.starts_with('-'));
    target
        .map(|it| named(it, "kustomize build", What::Kustomization))
        .into_iter()
        .collect()
}

fn helm(words: &[Argument]) -> Vec<Named<'_>> {
    let Some((verb, rest)) = verb(words) else {
        return Vec::new();
    };
    if !matches!(verb, "install" | "upgrade" | "template") {
        return Vec::new();
    }
    let mut found = flagged(rest, &["-f", "--values"], "helm --values", What::Values);
    let is_path = |it: &Argument| {
        let text = &it.value.text;
        text.starts_with("./") || text.starts_with("../") || text.starts_with([ROOT, START])
    };
    for (at, word) in rest.iter().enumerate().filter(|(_, it)| is_path(it)) {
        let flag = at.checked_sub(1).map_or("", |it| &rest[it].value.text);
        if !flag.starts_with('-') || HELM_SWITCHES.contains(&flag) {
            found.push(named(word, "helm", What::Chart));
        }
    }
    found
}

/// Flags of helm that take no value.
const HELM_SWITCHES: [&str; 14] = [
    "-i",
    "--install",
    "--atomic",
    "--create-namespace",
    "--debug",
    "--dependency-update",
    "--devel",
    "--dry-run",
    "--force",
    "--reset-values",
    "--reuse-values",
    "--skip-crds",
    "--wait",
    "--wait-for-jobs",
];

fn docker(words: &[Argument]) -> Vec<Named<'_>> {
    let text = |at: usize| words.get(at).map_or("", |it| it.value.text.as_str());
    let rest = match (text(0), text(1)) {
        ("build", _) => &words[1..],
        ("buildx" | "image", "build") => &words[2..],
        ("compose", _) => {
            return flagged(
                &words[1..],
                &["-f", "--file"],
                "docker compose -f",
                What::File,
            );
        }
        _ => return Vec::new(),
    };
    let mut found = flagged(rest, &["-f", "--file"], "docker build -f", What::Dockerfile);
    // The context stands last, as good as always.
    let last = rest.split_last().filter(|(last, before)| {
        let is_value = before.last().is_some_and(|it| {
            let text = &it.value.text;
            text.starts_with('-')
                && !text.contains('=')
                && !matches!(
                    text.as_str(),
                    "--push" | "--load" | "--no-cache" | "--pull" | "-q" | "--quiet" | "--rm"
                )
        });
        !is_value && !last.value.text.starts_with('-') && last.value.text != "."
    });
    if let Some((last, _)) = last {
        found.push(named(last, "docker build", What::BuildContext));
    }
    found
}

/// The values of flags that are written as words of their own, or behind `=`; several by commas.
fn flagged<'r>(
    words: &'r [Argument],
    flags: &[&str],
    field: &'static str,
    what: What,
) -> Vec<Named<'r>> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.value.text.as_str();
        let value = if flags.contains(&text) {
            words.next().map(|it| (it, it.value.text.as_str()))
        } else {
            let value = text
                .split_once('=')
                .filter(|(flag, _)| flags.contains(flag));
            value.map(|(_, value)| (word, value))
        };
        if let Some((word, value)) = value {
            found.extend(value.split(',').map(|text| Named {
                word,
                text,
                field,
                what,
            }));
        }
    }
    found
}
