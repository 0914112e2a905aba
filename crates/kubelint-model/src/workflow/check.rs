//! The checks that a step runs (scans, tests, lints, validations), and what keeps their failure from being the step's.

use kubelint_parser::TextRange;
use kubelint_parser::shell::{
    self, Connector, List, PartKind, RedirectOperator, Simple, Statement, StatementKind, Word,
};

use super::expression::{Piece, pieces};
use super::task::{self, Task};
use super::{Language, Run, Step, Uses};

/// A check that a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is for.
    pub task: Task,
    /// What it is called: the first words of the command, or the action.
    pub name: String,
    /// What runs it, to compare checks with each other: program and first argument, or the action.
    pub tool: String,
    /// The command within the script's decoded text; of an action where it is written in the file.
    pub range: TextRange,
    /// Whether the table of known tools has it; else only its name says what it is for.
    pub is_known: bool,
    /// What keeps its failure from failing the step.
    pub swallowed: Option<Swallowed>,
}

/// What keeps the failure of a check from failing its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swallowed {
    /// What follows `||` succeeds: its range within the script's decoded text.
    Alternative(TextRange),
    /// It writes into a pipe, and the shell only asks the last command, which stands here in the script's decoded text.
    Pipe(TextRange),
    /// An option tells it not to fail: its range within the script's decoded text.
    Option(TextRange),
    /// An input tells the action not to fail: where its value is written in the file.
    Input(TextRange),
}

/// Inputs of actions that say whether findings fail them, with the values with which they do not.
const INPUTS: [(&str, &str, &str); 12] = [
    ("aquasecurity/trivy-action", "exit-code", "0"),
    ("anchore/scan-action", "fail-build", "false"),
    ("aquasecurity/tfsec-action", "soft_fail", "true"),
    ("bridgecrewio/checkov-action", "soft_fail", "true"),
    ("hadolint/hadolint-action", "no-fail", "true"),
    ("zaproxy/action-baseline", "fail_action", "false"),
    ("zaproxy/action-full-scan", "fail_action", "false"),
    ("zaproxy/action-api-scan", "fail_action", "false"),
    ("docker/scout-action", "exit-code", "false"),
    ("golang/govulncheck-action", "fail-on-vuln", "false"),
    ("actions/dependency-review-action", "warn-only", "true"),
    ("github/super-linter", "DISABLE_ERRORS", "true"),
];

/// Options of tools that make them succeed whatever they find; the second is a value that belongs to it.
const OPTIONS: [(&str, Option<&str>); 8] = [
    ("--exit-zero", None),
    ("--soft-fail", None),
    ("--no-fail", None),
    ("-no-fail", None),
    ("--exit-code", Some("0")),
    ("--issues-exit-code", Some("0")),
    ("--fail-on", Some("none")),
    ("--no-error", None),
];

impl Step {
    /// The checks that it runs, in order.
    pub fn checks(&self) -> Vec<Check> {
        if let Some(uses) = self.uses() {
            return of_action(uses).into_iter().collect();
        }
        match self.run() {
            Some(run) if matches!(run.shell.language, Language::Bash | Language::Sh) => {
                of_script(run)
            }
            _ => Vec::new(),
        }
    }
}

fn of_action(uses: &Uses) -> Option<Check> {
    let action = uses.action();
    let task = task::of_action(&action).filter(|it| it.is_check())?;
    let mut inputs = INPUTS.iter().filter(|(name, ..)| *name == action);
    let swallowed = inputs.find_map(|(_, input, value)| {
        let given = uses.input(input)?;
        (given.value.text.trim() == *value).then_some(Swallowed::Input(given.value.range))
    });
    Some(Check {
        task,
        name: action.clone(),
        tool: action,
        range: uses.what.range,
        is_known: true,
        swallowed,
    })
}

/// The checks of a script.
fn of_script(run: &Run) -> Vec<Check> {
    let text = &run.script.text;
    let masked: Vec<TextRange> = pieces(text)
        .iter()
        .filter_map(|it| match it {
            Piece::Expression { range, .. } => Some(*range),
            Piece::Text(_) => None,
        })
        .collect();
    let script = shell::parse(text, &masked);
    let mut reader = Reader {
        text,
        pipefail: run.shell.pipefail || text.contains("pipefail") || text.contains("PIPESTATUS"),
        found: Vec::new(),
    };
    // Without `-e` it is not for a single command to fail the script.
    let is_strict = run.shell.errexit && !text.contains("set +e");
    reader.read(&script.body);
    if !is_strict {
        reader.found.retain(|it| it.swallowed.is_none());
    }
    reader.found.sort_by_key(|it| it.range);
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    pipefail: bool,
    found: Vec<Check>,
}

impl Reader<'_> {
    /// Reads statements and what they hold, but not what conditions ask.
    fn read(&mut self, body: &[Statement]) {
        let mut open: Vec<(&Statement, Option<Swallowed>)> =
            body.iter().map(|it| (it, None)).collect();
        while let Some((statement, outer)) = open.pop() {
            let mut within = |body| {
                let body: &[Statement] = body;
                open.extend(body.iter().map(|it| (it, outer)));
            };
            match &statement.kind {
                StatementKind::Simple(simple) => self.command(simple, outer),
                StatementKind::Group(body) | StatementKind::Subshell(body) => within(body),
                StatementKind::If(choice) => {
                    for (_, body) in &choice.branches {
                        within(body);
                    }
                    within(choice.otherwise.as_deref().unwrap_or_default());
                }
                StatementKind::For(it) => within(&it.body),
                StatementKind::While(it) => within(&it.body),
                StatementKind::Case(it) => it.arms.iter().for_each(|it| within(&it.body)),
                StatementKind::Function(it) => open.push((&it.body, outer)),
                StatementKind::Pipeline(pipeline) if !pipeline.negated => {
                    let last = pipeline.stages.last();
                    let is_lost = !self.pipefail && last.is_some_and(|it| passes_on(self.text, it));
                    let lost = last.filter(|_| is_lost).map(|it| Swallowed::Pipe(it.range));
                    let stages = pipeline.stages.len();
                    for (index, stage) in pipeline.stages.iter().enumerate() {
                        let is_last = index + 1 == stages;
                        open.push((stage, if is_last { outer } else { outer.or(lost) }));
                    }
                }
                StatementKind::List(list) => {
                    let swallowed = alternative(self.text, list);
                    open.push((&list.first, outer.or(swallowed)));
                    let count = list.rest.len();
                    for (index, (connector, statement)) in list.rest.iter().enumerate() {
                        let is_end = index + 1 == count && swallowed.is_some();
                        if *connector == Connector::And && !is_end {
                            open.push((statement, outer.or(swallowed)));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn command(&mut self, simple: &Simple, swallowed: Option<Swallowed>) {
        let words: Vec<&str> = simple
            .words
            .iter()
            .map(|it| &self.text[it.range.to_usize()])
            .collect();
        let Some((task, start)) = task::of_command(&words).filter(|(task, _)| task.is_check())
        else {
            return;
        };
        let (Some(first), Some(last)) = (simple.words.get(start), simple.words.last()) else {
            return;
        };
        let program = words[start].rsplit('/').next().unwrap_or_default();
        let argument = words[start + 1..].iter().find(|it| !it.starts_with('-'));
        let shown: Vec<&str> = words[start..].iter().take(3).copied().collect();
        self.found.push(Check {
            task,
            name: shown.join(" "),
            tool: format!("{program} {}", argument.unwrap_or(&"")),
            range: first.range.cover(last.range),
            is_known: task::is_known(&words),
            swallowed: swallowed.or_else(|| option(&simple.words, &words)),
        });
    }
}

/// What follows the last `||` of a list, if it always succeeds and nothing follows it.
fn alternative(text: &str, list: &List) -> Option<Swallowed> {
    let (connector, last) = list.rest.last()?;
    (*connector == Connector::Or && succeeds(text, last))
        .then_some(Swallowed::Alternative(last.range))
}

/// Whether a statement does nothing but succeed, and perhaps say something.
fn succeeds(text: &str, statement: &Statement) -> bool {
    let is_quiet = statement
        .redirects
        .iter()
        .all(|it| it.operator == RedirectOperator::Duplicate);
    let commands: Vec<&Statement> = match &statement.kind {
        StatementKind::Group(body) => body.iter().collect(),
        _ => vec![statement],
    };
    let each = |it: &Statement| {
        let StatementKind::Simple(simple) = &it.kind else {
            return false;
        };
        let words: Vec<&str> = simple
            .words
            .iter()
            .map(|it| &text[it.range.to_usize()])
            .collect();
        let is_plain = simple.assignments.is_empty()
            && simple.words.iter().all(|it| !substitutes(it))
            && it
                .redirects
                .iter()
                .all(|it| it.operator == RedirectOperator::Duplicate);
        is_plain
            && matches!(
                words.as_slice(),
                ["true" | ":"] | ["exit", "0"] | ["echo" | "printf", ..]
            )
    };
    is_quiet && !commands.is_empty() && commands.into_iter().all(each)
}

fn substitutes(word: &Word) -> bool {
    let mut parts = word.parts.iter();
    parts.any(|it| matches!(it.kind, PartKind::Substitution(_)))
}

/// Whether a command only passes on what it reads, so that it does not fail for what it says.
fn passes_on(text: &str, statement: &Statement) -> bool {
    const FILTERS: [&str; 9] = [
        "tee", "cat", "head", "tail", "sort", "ts", "tr", "column", "sed",
    ];
    let StatementKind::Simple(simple) = &statement.kind else {
        return false;
    };
    let mut words = simple.words.iter().map(|it| &text[it.range.to_usize()]);
    words
        .find(|it| *it != "sudo")
        .is_some_and(|it| FILTERS.contains(&it))
}

/// The option that tells a tool not to fail.
fn option(words: &[Word], texts: &[&str]) -> Option<Swallowed> {
    for (index, text) in texts.iter().enumerate() {
        for (option, value) in OPTIONS {
            let Some(rest) = text.strip_prefix(option) else {
                continue;
            };
            let next = texts.get(index + 1).copied();
            let range = words.get(index)?.range;
            match (rest.strip_prefix('='), value) {
                (None, None) if rest.is_empty() => return Some(Swallowed::Option(range)),
                (Some(given), Some(value)) if given == value => {
                    return Some(Swallowed::Option(range));
                }
                (None, Some(value)) if rest.is_empty() && next == Some(value) => {
                    let end = words.get(index + 1)?.range;
                    return Some(Swallowed::Option(range.cover(end)));
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Shell, Written};
    use super::*;

    /// The checks of a script, each with what swallows its failure.
    fn checks(script: &str, shell: &str) -> Vec<String> {
        let run = Run {
            script: Written {
                text: script.to_owned(),
                range: TextRange::empty(0),
            },
            node: kubelint_parser::yaml::NodeId(0),
            shell: Shell::named(shell),
            folder: None,
        };
        let found = of_script(&run).into_iter();
        found
            .map(|it| {
                let by = match it.swallowed {
                    Some(
                        Swallowed::Alternative(range)
                        | Swallowed::Pipe(range)
                        | Swallowed::Option(range)
                        | Swallowed::Input(range),
                    ) => &script[range.to_usize()],
                    None => "-",
                };
                format!("{} / {by}", it.name)
            })
            .collect()
    }

    #[test]
    fn what_swallows_a_failure() {
        for (script, expected) in [
            ("bandit -r src || true", vec!["bandit -r src / true"]),
            ("bandit -r src", vec!["bandit -r src / -"]),
            ("cd api && npm audit || :", vec!["npm audit / :"]),
            (
                "npm test || echo \"failed\" >&2",
                vec!["npm test / echo \"failed\" >&2"],
            ),
            (
                "npm test || { echo failed; exit 0; }",
                vec!["npm test / { echo failed; exit 0; }"],
            ),
            ("npm test || { echo failed; exit 1; }", vec!["npm test / -"]),
            ("npm test || rc=$?", vec!["npm test / -"]),
            (
                "npm test || echo x=1 >> \"$GITHUB_OUTPUT\"",
                vec!["npm test / -"],
            ),
            ("npm test || true && make", vec!["npm test / -"]),
            ("npm test | tee log", vec!["npm test / tee log"]),
            ("set -o pipefail\nnpm test | tee log", vec!["npm test / -"]),
            ("npm test | grep ok", vec!["npm test / -"]),
            ("x=$(trivy image a || true)", vec![]),
            ("if ! npm test; then exit 1; fi", vec![]),
            (
                "for d in a b; do\n  (cd $d && go test ./... || true)\ndone",
                vec!["go test ./... / true"],
            ),
            (
                "flake8 . --exit-zero",
                vec!["flake8 . --exit-zero / --exit-zero"],
            ),
            (
                "trivy image --exit-code 0 ${{ env.IMAGE }}",
                vec!["trivy image --exit-code / --exit-code 0"],
            ),
            (
                "trivy image --exit-code=1 x",
                vec!["trivy image --exit-code=1 / -"],
            ),
            ("set +e\nnpm test || true", vec![]),
            ("kubectl get pods || true", vec![]),
        ] {
            assert_eq!(checks(script, "sh"), expected, "{script}");
        }
        assert_eq!(checks("npm test | tee log", "bash"), ["npm test / -"]);
        assert_eq!(checks("npm test || true", "bash {0}"), [""; 0]);
    }
}
