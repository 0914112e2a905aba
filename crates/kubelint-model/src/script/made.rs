//! Which paths commands make, as far as their words tell.

use super::folder::Folder;
use super::{Argument, Run};

/// A path that a script makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePath {
    /// The path; a folder if everything in it may be made.
    pub path: Folder,
    /// How it is made.
    pub by: MadeBy,
    /// How many commands were run before it.
    pub after: usize,
}

/// How a path is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MadeBy {
    /// The command or redirection names it.
    Name,
    /// The command puts things there that it does not name: it unpacks, clones, copies or generates.
    Content,
}

/// What a command makes.
pub(super) fn of(run: &Run) -> Vec<(MadeBy, Folder)> {
    let words = without_runner(&run.words);
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let name = first.value.text.rsplit('/').next().unwrap_or_default();
    let positional = || rest.iter().filter(|it| !it.value.text.starts_with('-'));
    let verb = rest.first().map_or("", |it| it.value.text.as_str());
    let here = || vec![(MadeBy::Content, run.folder.clone())];
    let content = |words: Vec<&Argument>| join(run, MadeBy::Content, words);
    match name {
        "mkdir" | "touch" | "tee" | "install" => join(run, MadeBy::Name, positional().collect()),
        "cp" | "mv" | "ln" | "rsync" | "scp" => {
            let target = positional().next_back().into_iter().collect();
            let mut found = content(target);
            let flagged = flagged(rest, &["-t", "--target-directory"]);
            found.extend(content(flagged));
            found
        }
        "curl" | "wget" => {
            // `-o`, `-sSLo`; wget has `-O`, `-qO` and the folder `-P`.
            let letters: &[char] = if name == "curl" { &['o'] } else { &['O', 'P'] };
            let is_output = |it: &&Argument| {
                let text = &it.value.text;
                let is_short = !text.starts_with("--") && text.ends_with(letters);
                text.starts_with('-') && is_short
                    || ["--output", "--output-document", "--output-dir"].contains(&text.as_str())
            };
            let targets = rest.iter().zip(rest.iter().skip(1));
            let targets = targets
                .filter(|(flag, _)| is_output(flag))
                .map(|(_, it)| it);
            let found = content(targets.collect());
            if found.is_empty() { here() } else { found }
        }
        "git" if verb == "clone" => vec![(MadeBy::Content, cloned(run, rest))],
        "git" if matches!(verb, "submodule" | "checkout" | "pull" | "worktree") => here(),
        "tar" | "unzip" | "7z" | "gunzip" => {
            let target = flagged(rest, &["-C", "--directory", "-d"]);
            if target.is_empty() {
                here()
            } else {
                content(target)
            }
        }
        "helm" | "kustomize" | "kubectl" | "openssl" | "yq" | "jq" | "terraform" | "tofu"
        | "cue" | "jsonnet" | "ytt" | "kpt" | "vendir" | "kompose" | "cosign" | "gcloud"
        | "aws" | "az" | "eksctl" | "kind" | "k3d" | "ssh-keygen" | "keytool" => {
            let flags = [
                "-o",
                "--output",
                "--output-dir",
                "-out",
                "-keyout",
                "--untardir",
                "--destination",
                "-d",
                "--kubeconfig",
            ];
            let mut found = content(flagged(rest, &flags));
            if matches!(
                (name, verb),
                ("helm", "pull" | "fetch" | "create" | "dependency" | "dep")
            ) {
                found.extend(here());
            }
            found
        }
        // Whatever it is, it writes what it is told to.
        _ => content(flagged(rest, &["--output", "--output-file", "--out"])),
    }
}

/// The folder that `git clone` makes. Flags may have values, so the address is what looks like one.
fn cloned(run: &Run, words: &[Argument]) -> Folder {
    let is_address = |it: &&Argument| {
        let text = &it.value.text;
        text.contains("://") || text.contains('@') || text.strip_suffix(".git").is_some()
    };
    let others = words.iter().filter(|it| !it.value.text.starts_with('-'));
    let mut words = others.skip_while(|it| !is_address(it));
    let name = match (words.next(), words.next()) {
        (_, Some(target)) => target.value.text.as_str(),
        (Some(url), None) => {
            let name = url.value.text.trim_end_matches('/');
            let name = name.strip_suffix(".git").unwrap_or(name);
            name.rsplit(['/', ':']).next().unwrap_or_default()
        }
        (None, None) => "",
    };
    let folder = run.folder.join(name);
    folder.unwrap_or_else(|| run.folder.clone())
}

/// Whether a command may make files of any name: it runs a program of which nothing is known here, or a tool that builds.
pub(super) fn generates(run: &Run) -> bool {
    let words = without_runner(&run.words);
    let name = words.first().map_or("", |it| it.value.text.as_str());
    let name = name.rsplit('/').next().unwrap_or_default();
    matches!(
        name,
        "make"
            | "npm"
            | "npx"
            | "yarn"
            | "pnpm"
            | "mvn"
            | "mvnw"
            | "gradle"
            | "gradlew"
            | "go"
            | "cargo"
            | "python"
            | "python3"
            | "node"
            | "ruby"
            | "bash"
            | "sh"
            | "task"
            | "just"
            | "bazel"
            | "dotnet"
            | "terraform"
            | "tofu"
            | "ansible-playbook"
            | "packer"
            | "cookiecutter"
            | "docker-compose"
            | "operator-sdk"
            | "kubebuilder"
            | "controller-gen"
            | "kompose"
            | "jsonnet"
            | "tk"
            | "cdk8s"
    ) || [".sh", ".py", ".js", ".ts", ".rb", ".pl"]
        .iter()
        .any(|it| name.ends_with(it))
}

impl Run {
    /// Whether it may make files that its words do not name: it runs another script or a tool that builds.
    pub fn generates(&self) -> bool {
        generates(self)
    }

    /// Its words without `sudo` and the like before the command.
    pub fn command(&self) -> &[Argument] {
        without_runner(&self.words)
    }
}

/// The words without those that only run the command behind them.
pub(super) fn without_runner(words: &[Argument]) -> &[Argument] {
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        let is_runner = matches!(
            first.value.text.as_str(),
            "sudo" | "time" | "exec" | "command" | "nohup" | "env" | "builtin" | "then" | "retry"
        );
        if !is_runner {
            break;
        }
        rest = after;
        while let Some((word, after)) = rest.split_first() {
            let text = &word.value.text;
            let is_own = text.starts_with('-') || first.value.text == "env" && text.contains('=');
            if !is_own {
                break;
            }
            rest = after;
        }
    }
    rest
}

fn join(run: &Run, by: MadeBy, words: Vec<&Argument>) -> Vec<(MadeBy, Folder)> {
    let of = |it: &Argument| {
        // What is not known may be anywhere below.
        let text = &it.value.text;
        let text = text
            .split_once('=')
            .filter(|_| text.starts_with('-'))
            .map_or(text.as_str(), |it| it.1);
        match run.folder.join(text) {
            Some(folder) => (by, folder),
            None => (MadeBy::Content, known_part(run, text)),
        }
    };
    words.into_iter().map(of).collect()
}

/// The folder above the first segment that is not known.
fn known_part(run: &Run, text: &str) -> Folder {
    let at = text.find(super::UNKNOWN).unwrap_or(text.len());
    let known = text[..at].rfind('/').map_or("", |it| &text[..it]);
    run.folder.join(known).unwrap_or_else(Folder::unknown)
}

/// The values of flags, as words.
fn flagged<'a>(words: &'a [Argument], flags: &[&str]) -> Vec<&'a Argument> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.value.text.as_str();
        if flags.contains(&text) {
            found.extend(words.next());
        } else if flags.iter().any(|it| {
            text.strip_prefix(it)
                .is_some_and(|rest| rest.starts_with('=') && it.starts_with("--"))
        }) {
            found.push(word);
        }
    }
    found
}
