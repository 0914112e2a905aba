//! Reads pipelines of GitLab CI.
//!
//! A job is what GitLab's documentation ("CI/CD YAML syntax reference") says: every key at the top that is no keyword, and no template (those
//! begin with a dot). `extends` and `default` are followed; files that are included are not.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Kind, Node};

use super::matrix::Matrix;
use super::shell::{Language, Shell, System};
use super::{Does, Form, Job, Run, Step, Variable, Workflow, Written};
use crate::{File, FileId, KubeNode};

/// Keys at the top that are no jobs.
const KEYWORDS: [&str; 13] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "pages:deploy",
    "services",
    "spec",
    "stages",
    "types",
    "variables",
    "workflow",
];

/// GitLab follows no more templates of templates.
const MOST_TEMPLATES: usize = 11;
/// How deep lists of commands may stand in each other, as anchors make them.
const MAX_DEPTH: usize = 10;
/// More commands than these are not read for one job.
const MOST_COMMANDS: usize = 500;

/// Reads a pipeline; `None` if it has no jobs.
pub(super) fn pipeline(id: FileId, file: &File, text: &str) -> Option<Workflow> {
    let document = file.yaml.documents().iter().find(|it| {
        // A header of inputs may stand before the pipeline itself.
        let root = file.yaml.root(text, it);
        !it.broken && root.is_some_and(|it| it.get("spec").is_none())
    })?;
    let root = file.yaml.root(text, document)?;
    let entries = root.fields().filter(|it| {
        let name = it.key.decoded();
        let is_job = !name.starts_with('.') && !KEYWORDS.contains(&&*name);
        is_job && it.value.resolved().kind() == Kind::Mapping
    });
    let jobs: Vec<Job> = entries
        .map(|it| {
            let templates = templates(root, it.value.resolved());
            job(root, &it.key.decoded(), it.key.range(), &templates)
        })
        .filter(|it| !it.steps.is_empty())
        .collect();
    (!jobs.is_empty()).then(|| Workflow {
        file: id,
        form: Form::GitLab,
        name: None,
        triggers: Vec::new(),
        env: variables(root.field("variables")),
        inputs: Vec::new(),
        outputs: Vec::new(),
        jobs,
    })
}

/// A job and the templates that it extends, the nearest first.
fn templates<'a>(root: Node<'a>, job: Node<'a>) -> Vec<Node<'a>> {
    let mut found = vec![job];
    let mut at = 0;
    while let Some(&node) = found.get(at) {
        at += 1;
        let extends = node.field("extends");
        let names: Vec<Node<'a>> = match extends {
            Some(list) if list.kind() == Kind::Sequence => list.items().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        };
        // Of several the last one counts most.
        for name in names.into_iter().rev() {
            let template = name.text_value().and_then(|it| root.field(&it));
            if let Some(template) = template
                && found.len() < MOST_TEMPLATES
                && !found.contains(&template)
            {
                found.push(template);
            }
        }
    }
    found
}

fn job(root: Node<'_>, id: &str, key: TextRange, own: &[Node<'_>]) -> Job {
    let stated = |name: &str| own.iter().find_map(|it| it.field(name));
    let default = |name: &str| {
        let default = root.field("default").and_then(|it| it.field(name));
        default.or_else(|| root.field(name))
    };
    let mut steps = Vec::new();
    let before = stated("before_script").or_else(|| default("before_script"));
    for commands in [before, stated("script")].into_iter().flatten() {
        add_steps(commands, &mut steps);
    }
    let needs = stated("needs").into_iter().flat_map(Node::items);
    let needs = needs.map(Node::resolved).filter_map(|it| match it.kind() {
        Kind::Mapping => written(it.field("job")?),
        _ => written(it),
    });
    let environment = stated("environment");
    Job {
        id: id.to_owned(),
        key,
        range: own.first().map_or(key, |it| it.range()),
        name: None,
        needs: needs.collect(),
        condition: stated("rules").and_then(never),
        continue_on_error: stated("allow_failure").and_then(written),
        environment: environment.and_then(|it| written(it).or_else(|| written(it.field("name")?))),
        system: System::Container,
        env: variables(stated("variables")),
        outputs: Vec::new(),
        matrix: match stated("parallel").and_then(|it| it.field("matrix")) {
            Some(_) => Matrix::default(),
            None => Matrix::none(),
        },
        call: None,
        steps,
    }
}

/// Where rules say that a job is never there: `false`, at the last of them.
fn never(rules: Node<'_>) -> Option<Written> {
    let mut last = None;
    for rule in rules.items().map(Node::resolved) {
        let when = rule.field("when")?;
        if when.text_value()? != "never" {
            return None;
        }
        last = Some(when.range());
    }
    last.map(|range| Written {
        text: "false".to_owned(),
        range,
    })
}

fn written(node: Node<'_>) -> Option<Written> {
    Some(Written {
        text: node.text_value()?.into_owned(),
        range: node.range(),
    })
}

fn variables(node: Option<Node<'_>>) -> Vec<Variable> {
    let fields = node.into_iter().flat_map(Node::fields);
    let found = fields.filter_map(|it| {
        let value = it.value.resolved();
        let value = value.field("value").unwrap_or(value);
        Some(Variable {
            name: it.key.decoded().into_owned(),
            key: it.key.range(),
            value: written(value)?,
        })
    });
    found.collect()
}

/// Each command of a list is a step: the runner gives them to one shell, which ends with the first that fails (`set -eo pipefail`).
fn add_steps(commands: Node<'_>, steps: &mut Vec<Step>) {
    let mut open = vec![(commands, 0)];
    while let Some((node, depth)) = open.pop() {
        let node = node.resolved();
        if node.kind() == Kind::Sequence && depth < MAX_DEPTH {
            let mut items: Vec<_> = node.items().map(|it| (it, depth + 1)).collect();
            items.reverse();
            open.extend(items);
            continue;
        }
        if steps.len() >= MOST_COMMANDS {
            return;
        }
        let Some(script) = written(node) else {
            continue;
        };
        steps.push(Step {
            id: None,
            name: None,
            range: script.range,
            condition: None,
            continue_on_error: None,
            env: Vec::new(),
            does: Does::Run(Run {
                script,
                node: node.id(),
                shell: Shell {
                    language: Language::Bash,
                    errexit: true,
                    pipefail: true,
                },
                folder: None,
            }),
        });
    }
}
