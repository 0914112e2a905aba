//! What the shell scripts of one file do with images, command by command.

use kubelint_model::build::{self, ImageAct, Place, Word, split_image};
use kubelint_model::commands::{Form, Script};
use kubelint_model::link::near_miss;
use kubelint_model::script::{Argument, Run, UNKNOWN};
use kubelint_model::{DeploymentGraph, FileId, ImageRef, local_cluster};
use kubelint_parser::TextRange;

/// What is done with images in one file: a script, a Makefile, a workflow.
pub(crate) struct Doings<'a> {
    /// The file.
    pub(crate) file: FileId,
    /// What its commands do, in their order.
    pub(crate) deeds: Vec<Deed<'a>>,
    /// Whether it runs something that may make or push images of which nothing is said: another script, a build tool, compose.
    pub(crate) is_open: bool,
    /// Whether something in it is about a cluster on the developer's own machine.
    pub(crate) is_local: bool,
}

/// One thing that is done with an image.
pub(crate) struct Deed<'a> {
    /// What is done.
    pub(crate) act: Act,
    /// The image; `*` stands for what is not known.
    pub(crate) image: String,
    /// Where it is named.
    pub(crate) range: TextRange,
    /// Whether its name is written out: none of it is a default that the environment may override.
    pub(crate) is_literal: bool,
    /// The command.
    pub(crate) run: &'a Run,
    /// The script's form.
    pub(crate) form: Form,
    /// The repository and the tag, spelt out as docker does; `None` if they are not wholly known.
    pub(crate) canonical: Option<(String, String)>,
}

/// What is done with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    /// It is built, or otherwise made.
    Built,
    /// It is built and pushed by one command.
    BuiltAndPushed,
    /// An image that is there is given this name.
    Tagged,
    /// It is pulled, or somebody asks whether it is there.
    Found,
    /// It is put onto the nodes of a local cluster.
    Loaded,
    /// It is pushed.
    Pushed,
    /// A workload is given it: `kubectl set image`, `kubectl run`, `kubectl create deployment`.
    Deployed,
}

impl<'a> Doings<'a> {
    /// Of the scripts of one file, in their order.
    pub(crate) fn of(file: FileId, scripts: &[&'a Script]) -> Self {
        let mut found = Self {
            file,
            deeds: Vec::new(),
            is_open: false,
            is_local: false,
        };
        for script in scripts {
            let outcome = &script.outcome;
            found.is_open |= outcome.is_cut || !outcome.errors.is_empty();
            for run in &outcome.runs {
                found.read(run, script.form);
            }
        }
        found
    }

    fn read(&mut self, run: &'a Run, form: Form) {
        let command = run.command();
        let Some((first, rest)) = command.split_first() else {
            return;
        };
        let tool = tool(&first.value.text);
        let words: Vec<&str> = rest.iter().map(|it| it.value.text.as_str()).collect();
        // A program of the repository itself.
        let is_own = first.value.text.starts_with("./") || first.value.text.starts_with("../");
        self.is_open |= is_own || is_maker(tool, &words);
        self.is_local |= is_local(tool, &words);
        match tool {
            "kubectl" | "oc" => self.deployed(run, rest, form),
            "docker" | "podman" | "nerdctl" | "buildah" | "finch" => {
                self.by_container_tool(run, tool, rest, form);
            }
            _ => self.by_reader(run, form),
        }
    }

    /// What the reader of build steps sees.
    fn by_reader(&mut self, run: &'a Run, form: Form) {
        let command = run.command();
        let patterns: Vec<String> = command.iter().map(|it| it.value.pattern()).collect();
        let words: Vec<Word<'_>> = patterns
            .iter()
            .zip(command)
            .map(|(text, it)| Word {
                text,
                range: it.range,
            })
            .collect();
        let place = Place {
            file: run.file,
            is_document: false,
            folder: "",
            by_end: true,
        };
        for step in build::command(&words, &place).names() {
            let act = match step.act {
                ImageAct::Built | ImageAct::BuiltBySkaffold => Act::Built,
                ImageAct::Tagged => Act::Tagged,
                ImageAct::Loaded => Act::Loaded,
                // A command that only pushes names what it pushes alone.
                ImageAct::Pushed if words.iter().any(|it| it.text == "push") => Act::Pushed,
                ImageAct::Pushed => Act::BuiltAndPushed,
            };
            self.add(act, step.image, step.range, run, form);
        }
    }

    fn by_container_tool(&mut self, run: &'a Run, tool: &str, words: &'a [Argument], form: Form) {
        let others: Vec<&Argument> = words
            .iter()
            .filter(|it| !it.value.text.starts_with('-'))
            .collect();
        let text = |at: usize| others.get(at).map_or("", |it| it.value.text.as_str());
        // `docker image push` is `docker push`.
        let skipped = usize::from(matches!(text(0), "image" | "container"));
        match (text(skipped), text(skipped + 1)) {
            ("pull" | "inspect" | "images" | "ls" | "history" | "save", _) => {
                for it in &others[skipped + 1..] {
                    self.add(Act::Found, it.value.pattern(), it.range, run, form);
                }
            }
            ("manifest", "inspect" | "create") => {
                if let Some(it) = others.get(skipped + 2) {
                    self.add(Act::Built, it.value.pattern(), it.range, run, form);
                }
            }
            ("commit", _) => {
                if let Some(it) = others.last() {
                    self.add(Act::Built, it.value.pattern(), it.range, run, form);
                }
            }
            // `podman push NAME DESTINATION` gives it another name on the way.
            ("push", _) if tool != "docker" && others.len() > skipped + 2 => {
                let name = others[skipped + 2].value.pattern();
                let name = name.strip_prefix("docker://").unwrap_or(&name).to_owned();
                self.add(
                    Act::BuiltAndPushed,
                    name,
                    others[skipped + 2].range,
                    run,
                    form,
                );
            }
            _ => self.by_reader(run, form),
        }
    }

    /// `kubectl set image deployment/api api=IMAGE`, `kubectl run x --image IMAGE`.
    fn deployed(&mut self, run: &'a Run, words: &'a [Argument], form: Form) {
        let others: Vec<&str> = words
            .iter()
            .map(|it| it.value.text.as_str())
            .filter(|it| !it.starts_with('-'))
            .collect();
        let sets = others.windows(2).any(|it| it == ["set", "image"]);
        let creates = others.iter().any(|it| matches!(*it, "run" | "create"));
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.value.pattern();
            let image = match text.split_once('=') {
                Some(("--image", image)) if creates => image,
                Some((name, image)) if sets && !name.starts_with('-') => image,
                None if creates && text == "--image" => {
                    if let Some(word) = words.next() {
                        self.add(Act::Deployed, word.value.pattern(), word.range, run, form);
                    }
                    continue;
                }
                _ => continue,
            };
            self.add(Act::Deployed, image.to_owned(), word.range, run, form);
        }
    }

    fn add(&mut self, act: Act, image: String, range: TextRange, run: &'a Run, form: Form) {
        let word = run.words.iter().find(|it| it.range == range);
        let is_assumed = word.is_some_and(|it| it.value.assumed);
        self.deeds.push(Deed {
            act,
            is_literal: !is_assumed && !image.contains('*'),
            canonical: canonical(&image),
            image,
            range,
            run,
            form,
        });
    }
}

impl Deed<'_> {
    /// Whether it may be about the image that `image` names, as far as both are known.
    pub(crate) fn may_be(&self, image: &str) -> bool {
        may_be_same(&self.image, image)
    }
}

/// The scripts of each file of which some is a target, in the order of files.
pub(crate) fn by_file(graph: &DeploymentGraph) -> Vec<Doings<'_>> {
    let scripts = &graph.commands.scripts;
    let of_files = scripts.chunk_by(|a, b| a.file == b.file);
    // Tasks and builders of other services do things with images that no command names.
    let targets = of_files.filter(|it| graph.file(it[0].file).target && it[0].form != Form::Job);
    targets
        .map(|it| Doings::of(it[0].file, &it.iter().collect::<Vec<_>>()))
        .collect()
}

/// The repository and the tag of an image that is written out, spelt out as docker does.
pub(crate) fn canonical(image: &str) -> Option<(String, String)> {
    if image.contains('*') || image.contains('@') {
        return None;
    }
    let (repository, tag) = split_image(image);
    let parsed = ImageRef::parse(repository)?;
    Some((parsed.canonical(), tag.to_owned()))
}

/// Whether two images, parts of which are not known, may be one: `*` stands for any text.
pub(crate) fn may_be_same(a: &str, b: &str) -> bool {
    if let (Some(a), Some(b)) = (canonical(a), canonical(b)) {
        return a == b;
    }
    let ((repository_a, tag_a), (repository_b, tag_b)) = (split_image(a), split_image(b));
    // What stands at the end and is not known may hold the tag.
    let tags = a.ends_with('*') || b.ends_with('*') || may_meet(tag_a, tag_b);
    let name_a = repository_a.rsplit('/').next().unwrap_or_default();
    let name_b = repository_b.rsplit('/').next().unwrap_or_default();
    let names = may_meet(name_a, name_b);
    tags && names && ends_meet(repository_a, repository_b)
}

/// Whether two patterns may stand for one text, as what is known at both ends tells.
fn may_meet(a: &str, b: &str) -> bool {
    if !a.contains('*') && !b.contains('*') {
        return a == b;
    }
    let up_to_star = |a: &str, b: &str| {
        let mut pairs = a.bytes().zip(b.bytes());
        pairs
            .find(|(a, b)| a != b || *a == b'*')
            .is_none_or(|(a, b)| a == b'*' || b == b'*')
    };
    let reversed = |it: &str| it.bytes().rev().map(char::from).collect::<String>();
    up_to_star(a, b) && up_to_star(&reversed(a), &reversed(b))
}

/// Whether two repositories may be one, from their ends on. What docker adds at the front of short names is not told apart.
fn ends_meet(a: &str, b: &str) -> bool {
    let mut segments = a.rsplit('/').zip(b.rsplit('/'));
    segments
        .find(|(a, b)| a != b || a.contains('*'))
        .is_none_or(|(a, b)| may_meet(a, b))
}

/// Whether one of two different images is evidently meant for the other: another tag or namespace, or a slip in the name.
pub(crate) fn is_near(a: &(String, String), b: &(String, String)) -> bool {
    let name = |it: &str| it.rsplit('/').next().unwrap_or_default().to_owned();
    a.0 == b.0 || a.1 == b.1 && (name(&a.0) == name(&b.0) || near_miss(&a.0, &b.0).is_some())
}

/// The program that a command's first word names.
fn tool(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or_default()
}

/// Tools that build whatever their configuration says.
#[rustfmt::skip]
const MAKERS: [&str; 38] = [
    "docker-compose", "podman-compose", "make", "gmake", "mvn", "mvnw", "gradle", "gradlew", "sbt", "ant", "bazel",
    "bazelisk", "buck", "pants", "task", "just", "mage", "rake", "earthly", "dagger", "skaffold", "tilt", "ko", "pack",
    "s2i", "img", "nix", "nix-build", "werf", "okteto", "ansible-playbook", "packer", "goreleaser", "nx", "lerna", "act",
    "regctl", "oras",
];

/// Whether a command may make or push images that it does not name.
fn is_maker(tool: &str, words: &[&str]) -> bool {
    let mut others = words.iter().copied().filter(|it| !it.starts_with('-'));
    let verb = others.next().unwrap_or_default();
    let next = others.next().unwrap_or_default();
    let is_script = [".sh", ".bash", ".py", ".js", ".ts", ".rb", ".pl", ".ps1"]
        .iter()
        .any(|it| tool.ends_with(it));
    match tool {
        _ if is_script || is_unknown(tool) => true,
        "docker" | "podman" | "nerdctl" | "finch" => match verb {
            "compose" | "load" | "import" | "stack" => true,
            "buildx" => next == "bake",
            "image" => matches!(next, "load" | "import"),
            _ => false,
        },
        "npm" | "yarn" | "pnpm" => verb == "run",
        "gcloud" => verb == "builds",
        "az" => verb == "acr" && matches!(next, "build" | "task" | "import"),
        "oc" => matches!(verb, "start-build" | "new-build" | "new-app"),
        "aws" => verb == "codebuild",
        "source" | "." => verb.rsplit('.').next() != Some("env"),
        "bash" | "sh" | "zsh" | "python" | "python3" | "node" | "ruby" => !verb.is_empty(),
        _ => MAKERS.contains(&tool),
    }
}

fn is_unknown(word: &str) -> bool {
    word.contains(UNKNOWN)
}

/// Whether a command is about a cluster on the developer's own machine.
fn is_local(tool: &str, words: &[&str]) -> bool {
    let is_context = |it: &&str| {
        let name = it.rsplit_once('=').map_or(*it, |it| it.1);
        local_cluster::is_context(name)
    };
    local_cluster::is_tool(tool) || words.iter().any(is_context)
}

/// Whether a workflow uses an action, or another workflow, of which nobody knows here whether it makes images.
pub(crate) fn runs_unknown_actions(graph: &DeploymentGraph, file: FileId) -> bool {
    const HARMLESS: [&str; 16] = [
        "actions/checkout",
        "actions/cache",
        "actions/setup-",
        "actions/upload-artifact",
        "aws-actions/",
        "azure/login",
        "azure/docker-login",
        "azure/setup-",
        "azure/aks-set-context",
        "docker/build-push-action",
        "docker/login-action",
        "docker/metadata-action",
        "docker/setup-",
        "google-github-actions/auth",
        "google-github-actions/setup-",
        "google-github-actions/get-gke-credentials",
    ];
    let Some(workflow) = graph.workflows.get(file) else {
        return false;
    };
    let is_harmless = |action: &str| HARMLESS.iter().any(|it| action.starts_with(it));
    workflow.jobs.iter().any(|job| {
        let mut steps = job.steps.iter().filter_map(|it| it.uses());
        job.call.is_some() || steps.any(|it| !is_harmless(&it.action().to_ascii_lowercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::may_be_same;

    #[test]
    fn images_that_may_be_one() {
        for (a, b, expected) in [
            ("shop/api", "docker.io/shop/api:latest", true),
            ("shop/api:1", "shop/api", false),
            ("*/api:*", "*/api:*", true),
            ("*/api:*", "ghcr.io/shop/api:1", true),
            ("*/api:*", "*/apis:*", false),
            ("*", "shop/api:1", true),
            ("shop/*", "shop/api:1", true),
            ("shop/*:1", "shop/api:2", false),
            ("shop/api-*:1", "shop/web-*:1", false),
            ("*:1.0", "shop/api:1.1", false),
            ("one/*/api:1", "two/*/api:1", true),
        ] {
            assert_eq!(may_be_same(a, b), expected, "{a} {b}");
            assert_eq!(may_be_same(b, a), expected, "{b} {a}");
        }
    }
}
