//! Reads workflows and composite actions of GitHub.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::resolve::{Profile, Scalar, scalar};
use kubelint_parser::yaml::{Kind, Node};

use super::matrix::Matrix;
use super::shell::{Shell, System};
use super::{Does, Form, Input, Job, Run, Step, Trigger, Uses, Variable, Workflow, Written};
use crate::{File, FileId, KubeNode};

/// GitHub takes far fewer.
const MAX_INPUTS: usize = 256;

/// What `defaults.run` says, of a job or of its workflow.
#[derive(Clone, Default)]
struct Defaults {
    shell: Option<String>,
    folder: Option<Written>,
}

/// Reads a workflow; `None` if the file has no jobs.
pub(super) fn workflow(id: FileId, file: &File, text: &str) -> Option<Workflow> {
    let root = root(file, text)?;
    let jobs = root.field("jobs").filter(|it| it.kind() == Kind::Mapping)?;
    let on = root.field("on");
    let defaults = Defaults::default().within(root);
    let call = on.and_then(|it| it.field("workflow_call"));
    let dispatch = on.and_then(|it| it.field("workflow_dispatch"));
    let inputs = call
        .into_iter()
        .chain(dispatch)
        .filter_map(|it| it.field("inputs"));
    Some(Workflow {
        file: id,
        form: Form::GitHub,
        name: written(root, "name"),
        triggers: on.map(triggers).unwrap_or_default(),
        env: variables(root, "env"),
        inputs: self::inputs(inputs),
        outputs: call.map(outputs).unwrap_or_default(),
        jobs: jobs
            .fields()
            .map(|it| {
                job(
                    &it.key.decoded(),
                    it.key.range(),
                    it.value.resolved(),
                    &defaults,
                )
            })
            .collect(),
    })
}

/// Reads a composite action; `None` if it is of another kind.
pub(super) fn action(id: FileId, file: &File, text: &str) -> Option<Workflow> {
    let root = root(file, text)?;
    let runs = root.field("runs")?;
    let using = runs.field("using").and_then(KubeNode::text_value)?;
    if using != "composite" {
        return None;
    }
    let mut job = job("", runs.range(), runs, &Defaults::default());
    job.matrix = Matrix::none();
    Some(Workflow {
        file: id,
        form: Form::Action,
        name: written(root, "name"),
        triggers: Vec::new(),
        env: Vec::new(),
        inputs: inputs(root.field("inputs").into_iter()),
        outputs: outputs(root),
        jobs: vec![job],
    })
}

fn root<'a>(file: &'a File, text: &'a str) -> Option<Node<'a>> {
    let document = file.yaml.documents().first()?;
    file.yaml.root(text, document).filter(|_| !document.broken)
}

/// The text of a scalar as GitHub reads it; `None` for null, mappings and sequences.
fn text_of(node: Node<'_>) -> Option<String> {
    let node = node.resolved();
    if node.kind() != Kind::Scalar {
        return None;
    }
    let tag = node.tag().map(|(tag, _)| tag);
    match scalar(Profile::Workflow, node.style(), tag, node.decoded()) {
        Scalar::Null | Scalar::Refused(_) => None,
        Scalar::Str(text) => Some(text.into_owned()),
        _ => Some(node.decoded().into_owned()),
    }
}

fn written_of(node: Node<'_>) -> Option<Written> {
    Some(Written {
        text: text_of(node)?,
        range: node.range(),
    })
}

fn written(node: Node<'_>, key: &str) -> Option<Written> {
    written_of(node.get(key)?.value)
}

/// The entries of the mapping `key` that are scalars.
fn variables(node: Node<'_>, key: &str) -> Vec<Variable> {
    let fields = node.field(key).into_iter().flat_map(Node::fields);
    let found = fields.filter_map(|it| {
        let value = it.value.resolved();
        let empty = || Written {
            text: String::new(),
            range: value.range(),
        };
        let is_scalar = value.kind() == Kind::Scalar;
        is_scalar.then(|| Variable {
            name: it.key.decoded().into_owned(),
            key: it.key.range(),
            value: written_of(value).unwrap_or_else(empty),
        })
    });
    found.collect()
}

fn triggers(on: Node<'_>) -> Vec<Trigger> {
    let plain = |node: Node<'_>| Trigger {
        event: node.decoded().into_owned(),
        range: node.range(),
        branches: Vec::new(),
        has_branches: false,
        has_tags: false,
    };
    match on.kind() {
        Kind::Sequence => on.items().map(Node::resolved).map(plain).collect(),
        Kind::Mapping => on
            .fields()
            .map(|it| {
                let value = it.value.resolved();
                let has = |keys: [&str; 2]| keys.iter().any(|it| value.field(it).is_some());
                Trigger {
                    branches: value.field("branches").map(texts).unwrap_or_default(),
                    has_branches: has(["branches", "branches-ignore"]),
                    has_tags: has(["tags", "tags-ignore"]),
                    ..plain(it.key)
                }
            })
            .collect(),
        _ => vec![plain(on)],
    }
}

/// A scalar, or the scalars of a sequence.
fn texts(node: Node<'_>) -> Vec<Written> {
    match node.kind() {
        Kind::Sequence => node.items().filter_map(written_of).collect(),
        _ => written_of(node).into_iter().collect(),
    }
}

/// Inputs of several mappings: of one name the first counts that has a default.
fn inputs<'a>(mappings: impl Iterator<Item = Node<'a>>) -> Vec<Input> {
    let mut found: Vec<Input> = Vec::new();
    for entry in mappings.flat_map(Node::fields).take(MAX_INPUTS) {
        let name = entry.key.decoded().into_owned();
        let default = written(entry.value.resolved(), "default");
        match found.iter_mut().find(|it| it.name == name) {
            // Called and started by hand it may have different defaults: then none is known.
            Some(known) if known.default != default => known.default = None,
            Some(_) => {}
            None => found.push(Input { name, default }),
        }
    }
    found
}

/// `outputs`, each with a `value`.
fn outputs(node: Node<'_>) -> Vec<Variable> {
    let fields = node.field("outputs").into_iter().flat_map(Node::fields);
    let found = fields.filter_map(|it| {
        Some(Variable {
            name: it.key.decoded().into_owned(),
            key: it.key.range(),
            value: written(it.value.resolved(), "value")?,
        })
    });
    found.collect()
}

impl Defaults {
    /// What holds within `node`, which may state `defaults.run`.
    fn within(&self, node: Node<'_>) -> Self {
        let Some(run) = node.at(&["defaults", "run"]) else {
            return self.clone();
        };
        Self {
            shell: written(run, "shell")
                .map(|it| it.text)
                .or_else(|| self.shell.clone()),
            folder: written(run, "working-directory").or_else(|| self.folder.clone()),
        }
    }
}

fn job(id: &str, key: TextRange, node: Node<'_>, outer: &Defaults) -> Job {
    let defaults = outer.within(node);
    let system = system(node);
    let environment = node.field("environment");
    let steps = node.list("steps");
    Job {
        id: id.to_owned(),
        key,
        range: node.range(),
        name: written(node, "name"),
        needs: node.field("needs").map(texts).unwrap_or_default(),
        condition: written(node, "if"),
        continue_on_error: written(node, "continue-on-error"),
        environment: environment.and_then(|it| written_of(it).or_else(|| written(it, "name"))),
        system,
        env: variables(node, "env"),
        outputs: variables(node, "outputs"),
        matrix: match node.at(&["strategy", "matrix"]) {
            Some(matrix) => Matrix::read(matrix),
            None => Matrix::none(),
        },
        call: written(node, "uses").map(|what| Uses {
            what,
            with: variables(node, "with"),
        }),
        steps: steps
            .into_iter()
            .map(|it| step(it, &defaults, system))
            .collect(),
    }
}

/// What `runs-on` and `container` say.
fn system(job: Node<'_>) -> System {
    if job.field("container").is_some() {
        return System::Container;
    }
    let Some(on) = job.field("runs-on") else {
        return System::Unknown;
    };
    let labels = match on.kind() {
        Kind::Mapping => on.field("labels").map(texts).unwrap_or_default(),
        _ => texts(on),
    };
    let is = |words: &[&str]| {
        labels.iter().any(|it| {
            let label = it.text.to_ascii_lowercase();
            words.iter().any(|word| label.contains(word))
        })
    };
    if is(&["${{"]) {
        System::Unknown
    } else if is(&["windows"]) {
        System::Windows
    } else if is(&["ubuntu", "linux", "macos"]) {
        System::Unix
    } else {
        System::Unknown
    }
}

fn step(node: Node<'_>, defaults: &Defaults, system: System) -> Step {
    let does = if let Some(run) = node.field("run") {
        let shell = written(node, "shell").map(|it| it.text);
        let shell = shell.or_else(|| defaults.shell.clone());
        match written_of(run) {
            Some(script) => Does::Run(Run {
                script,
                node: run.id(),
                shell: shell.map_or_else(|| Shell::of_system(system), |it| Shell::named(&it)),
                folder: written(node, "working-directory").or_else(|| defaults.folder.clone()),
            }),
            None => Does::Nothing,
        }
    } else if let Some(what) = written(node, "uses") {
        Does::Uses(Uses {
            what,
            with: variables(node, "with"),
        })
    } else {
        Does::Nothing
    };
    Step {
        id: written(node, "id"),
        name: written(node, "name"),
        range: node.range(),
        condition: written(node, "if"),
        continue_on_error: written(node, "continue-on-error"),
        env: variables(node, "env"),
        does,
    }
}
