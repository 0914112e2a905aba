//! Jobs of GitLab CI: the runner gives the commands of `before_script` and `script` to one shell.

use super::{Assembled, Context, Form, Script, Shell};
use crate::File;
use crate::commands::script::Reader;
use crate::commands::words::Variables;
use crate::script::{ROOT, Value};
use crate::workflow::{UNKNOWN, Variable, Workflow};

/// Reads the commands of a pipeline's jobs: each is a part.
pub(in crate::commands) fn read(
    (file, text): (&File, &str),
    pipeline: &Workflow,
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    variables: &Variables,
    scripts: &mut Vec<Script>,
) {
    for (part, job) in (1..).zip(&pipeline.jobs) {
        let runs = job.steps.iter().filter_map(|it| it.run());
        let commands: Vec<Assembled> = runs
            .map(|it| Assembled::of_node(file.yaml.node(text, it.node)))
            .collect();
        let mut shell = Shell::of_job(variables);
        let project = Value::from(ROOT.to_string());
        shell.variables.insert("CI_PROJECT_DIR".to_owned(), project);
        for variable in pipeline.env.iter().chain(&job.env) {
            set(variable, &mut shell);
        }
        scripts.push(context.run(&commands, &shell, (part, Form::Job), reader));
    }
}

/// Sets a variable; of values that are made of others nothing is known here.
fn set(variable: &Variable, shell: &mut Shell<'_>) {
    let text = &variable.value.text;
    let is_open = text.contains('$') || text.contains(UNKNOWN);
    let value = if is_open {
        Value::unknown()
    } else {
        Value::from(text.as_str())
    };
    shell.variables.insert(variable.name.clone(), value);
}
