//! The files and folders that steps of workflows name to actions: a Dockerfile, a build context, manifests. They may come from a matrix, or
//! through the inputs of reusable workflows and composite actions of the repository.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::{Kind, Node};

use super::script::{Doubt, ScriptPath, covers, fetches, holds_repository, is_plain};
use super::{Disk, MissingPath, What};
use crate::FileId;
use crate::commands::Script;
use crate::load::Files;
use crate::script::{Folder, MadeBy, Origin, Run};
use crate::workflow::{Form, Job, Running, Uses, Variable, Workflow, Workflows};

/// How many places a path is shown to come from.
const MOST_ORIGINS: usize = 3;

/// The inputs that are paths: of which action, its name, what it is, and how both are called.
const INPUTS: [(&str, &str, What, &str); 3] = [
    (
        "docker/build-push-action",
        "context",
        What::BuildContext,
        "docker/build-push-action context",
    ),
    (
        "docker/build-push-action",
        "file",
        What::Dockerfile,
        "docker/build-push-action file",
    ),
    (
        "azure/k8s-deploy",
        "manifests",
        What::File,
        "azure/k8s-deploy manifests",
    ),
];

/// What is there before a step uses an action.
pub(super) struct Before<'a> {
    pub(super) files: &'a Files,
    pub(super) workflows: &'a Workflows,
    pub(super) disk: &'a Disk<'a>,
    /// The scripts of each job.
    pub(super) scripts: &'a BTreeMap<(FileId, u32), Vec<&'a Script>>,
}

impl Before<'_> {
    /// The paths that the target workflows name to actions and that are not there.
    pub(super) fn missing(&self, found: &mut Vec<ScriptPath>) {
        for workflow in self.workflows.iter() {
            let file = &self.files.files[workflow.file.0 as usize];
            let mut steps = workflow.jobs.iter().flat_map(|it| &it.steps);
            let names_any = steps.any(|it| {
                let action = it.uses().map(Uses::action).unwrap_or_default();
                INPUTS.iter().any(|it| it.0 == action)
            });
            // One that was copied into another repository was written for the root of its own.
            let is_own = !file.path.as_str().contains("/.github/workflows/");
            if !file.target || !names_any || !is_own {
                continue;
            }
            let Some(jobs) = self.jobs(workflow) else {
                continue;
            };
            for running in self.workflows.running(workflow.file) {
                let own = &workflow.jobs[running.job];
                let holders = if jobs.is_empty() {
                    vec![own]
                } else {
                    jobs.clone()
                };
                if holders.iter().all(|it| holds_repository(it)) {
                    self.step(workflow, &running, &holders, found);
                }
            }
        }
    }

    /// The jobs in which the steps of an action run; none for workflows, whose steps run in their own. `None` if that is in other repositories.
    fn jobs(&self, workflow: &Workflow) -> Option<Vec<&Job>> {
        let users = self.workflows.users(workflow.file);
        if workflow.form == Form::GitHub {
            let mut triggers = workflow.triggers.iter();
            let is_own = triggers.any(|it| it.event != "workflow_call");
            return (is_own || !users.is_empty()).then(Vec::new);
        }
        let mut found = Vec::new();
        let mut seen = BTreeSet::from([workflow.file]);
        let mut open = users;
        while let Some((user, job)) = open.pop() {
            if user.form != Form::Action {
                found.push(job);
            } else if seen.insert(user.file) {
                open.extend(self.workflows.users(user.file));
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn step(
        &self,
        workflow: &Workflow,
        running: &Running<'_>,
        holders: &[&Job],
        found: &mut Vec<ScriptPath>,
    ) {
        let Some(uses) = running.step.uses() else {
            return;
        };
        let action = uses.action();
        // What is fetched anew is read from its own folder, Dockerfiles too.
        let fetched = uses.input("context").is_some_and(|it| {
            let text = running.text(&it.value.text);
            text.contains("defaultContext") || text.contains("://")
        });
        if fetched {
            return;
        }
        let known = INPUTS.iter().filter(|it| it.0 == action);
        for &(_, name, what, field) in known {
            let Some(input) = uses.input(name) else {
                continue;
            };
            let text = running.text(&input.value.text);
            let paths = text.split(['\n', ',', ' ']).map(str::trim);
            for path in paths.filter(|it| !it.is_empty() && is_plain(it)) {
                let Some(missing) = self.lack(workflow.file, input, path, (what, field)) else {
                    continue;
                };
                let scripts = self.scripts.get(&(workflow.file, running.job as u32 + 1));
                let scripts = scripts.map_or(&[][..], Vec::as_slice);
                if is_made(path, scripts) {
                    continue;
                }
                let mut runs = scripts.iter().flat_map(|it| &it.outcome.runs);
                let is_generated = runs.any(Run::generates)
                    || holders.iter().any(|it| fetches(it, self.workflows));
                found.push(ScriptPath {
                    origins: self.origins(workflow.file, input, path),
                    outermost: self.disk.outermost_missing(&missing.path),
                    missing,
                    doubt: is_generated.then_some(Doubt::Generated),
                    is_renumbered: false,
                });
            }
        }
    }

    /// What is wrong with a path, which is read from the root.
    fn lack(
        &self,
        file: FileId,
        input: &Variable,
        written: &str,
        (what, field): (What, &'static str),
    ) -> Option<MissingPath> {
        let folder = Folder::root().join(written).filter(|it| it.ups == 0)?;
        let place = SourcePath::new(&folder.segments.join("/"));
        let (path, lack) = self.disk.lack_at(&place, what)?;
        Some(MissingPath {
            file,
            range: input.value.range,
            field,
            what,
            written: written.to_owned(),
            is_ignored: self.disk.sources.is_ignored(&place),
            path,
            lack,
            sample: None,
            maker: None,
            nearest: None,
            origin: None,
        })
    }

    /// Where the path is written that an expression of the input brings: in the file itself, or in one that calls it.
    fn origins(&self, file: FileId, input: &Variable, path: &str) -> Vec<Origin> {
        if !input.value.text.contains("${{") {
            return Vec::new();
        }
        let mut seen = BTreeSet::from([file]);
        let mut open = vec![file];
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            let file = &self.files.files[id.0 as usize];
            let text = self.files.sources.get(file.source).text();
            let roots = file.yaml.documents().iter();
            let roots = roots.filter_map(|it| file.yaml.root(text, it));
            let is_it = |it: &Node<'_>| it.kind() == Kind::Scalar && it.decoded() == path;
            let places = roots.flat_map(Node::descendants).filter(is_it);
            found.extend(places.map(|it| Origin {
                file: id,
                range: it.range(),
            }));
            let users = self.workflows.users(id).into_iter().map(|it| it.0.file);
            open.extend(users.filter(|it| seen.insert(*it)));
        }
        found.truncate(MOST_ORIGINS);
        found
    }
}

/// Whether a command of the job makes the path.
fn is_made(path: &str, scripts: &[&Script]) -> bool {
    let Some(path) = Folder::root().join(path) else {
        return true;
    };
    let outcomes = scripts
        .iter()
        .flat_map(|it| std::iter::once(&it.outcome).chain(&it.rounds));
    outcomes.into_iter().any(|it| {
        it.made
            .iter()
            .any(|made| covers(&made.path, &path, made.by))
            || it.tested.iter().any(|it| covers(it, &path, MadeBy::Name))
    })
}
