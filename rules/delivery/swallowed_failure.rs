//! Scans, tests, lints and validations in workflows whose failure cannot fail the workflow.

use std::cell::Cell;
use std::collections::BTreeSet;

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::workflow::{Check, Job, Step, Swallowed, Task, Workflow, Written, task};
use kubelint_model::{Cause, DeploymentGraph};
use kubelint_parser::{Span, TextRange};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_workflows();

/// In how many places a workflow is searched for what reads the results of a check. What has more is taken to read them all.
const MOST_SEARCHES: u32 = 2000;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for workflow in cx.graph.workflows.iter() {
        let file = cx.graph.file(workflow.file);
        let text = cx.graph.sources.get(file.source).text();
        let searched = Searched {
            text,
            lower: text.to_lowercase(),
            left: Cell::new(MOST_SEARCHES),
        };
        for job in &workflow.jobs {
            let checks: Vec<(&Step, Vec<Check>)> =
                job.steps.iter().map(|it| (it, it.checks())).collect();
            let reader = Reader {
                graph: cx.graph,
                workflow,
                job,
                strict: strict(&checks),
                has_sarif: text[job.range.to_usize()].to_lowercase().contains("sarif"),
                searched: &searched,
            };
            reader.read(&checks, out);
        }
    }
}

/// The tools that some step of a job runs so that they can fail it: the same tool elsewhere is there for its report.
fn strict(checks: &[(&Step, Vec<Check>)]) -> BTreeSet<String> {
    let failing = checks
        .iter()
        .filter(|(step, _)| step.continue_on_error.is_none());
    let checks = failing.flat_map(|(_, checks)| checks);
    let strict = checks.filter(|it| it.swallowed.is_none());
    strict.map(|it| it.tool.clone()).collect()
}

/// The text of a workflow, to be searched for names.
struct Searched<'a> {
    text: &'a str,
    /// In small letters: GitHub compares names without regard to case.
    lower: String,
    /// How often it may still be searched.
    left: Cell<u32>,
}

impl Searched<'_> {
    /// Whether another search is to be made.
    fn goes_on(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    /// Whether the workflow mentions `name` in any case.
    fn mentions(&self, name: &str) -> bool {
        !self.goes_on() || self.lower.contains(&name.to_lowercase())
    }

    /// Whether the workflow mentions `name` outside `own`, a part of it.
    fn mentions_beside(&self, own: &str, name: &str) -> bool {
        !self.goes_on() || self.text.matches(name).count() > own.matches(name).count()
    }
}

struct Reader<'a> {
    graph: &'a DeploymentGraph,
    workflow: &'a Workflow,
    job: &'a Job,
    strict: BTreeSet<String>,
    /// Whether it makes files for GitHub's code scanning.
    has_sarif: bool,
    searched: &'a Searched<'a>,
}

impl Reader<'_> {
    fn read(&self, checks: &[(&Step, Vec<Check>)], out: &mut Findings) {
        let may_fail = |it: &Option<Written>| it.clone().filter(|it| it.text == "true");
        if let Some(setting) = may_fail(&self.job.continue_on_error) {
            out.extend(self.whole_job(&setting, checks));
            return;
        }
        let mut gates = self.job.steps.iter();
        let last_gate = gates.rposition(|it| it.tasks().contains(&Task::Gate));
        for (index, (step, own)) in checks.iter().enumerate() {
            if step.is_disabled() {
                continue;
            }
            let is_gated = last_gate.is_some_and(|it| index < it);
            if let Some(setting) = may_fail(&step.continue_on_error) {
                out.extend(self.step(step, own, &setting).filter(|_| !is_gated));
                continue;
            }
            let swallowed = own.iter().filter_map(|it| Some((it, it.swallowed?)));
            for (check, by) in swallowed {
                out.extend(self.command(step, check, by).filter(|_| !is_gated));
            }
        }
    }

    /// A step that may fail.
    fn step(&self, step: &Step, own: &[Check], setting: &Written) -> Option<Finding> {
        let (title, range) = step.title()?;
        let named = step.name.as_ref().and_then(|it| task::of_words(&it.text));
        let named = named.filter(|it| it.is_check() && step.run().is_some());
        let first = own.first();
        let kind = first.map(|it| it.task).or(named)?;
        let is_report = own.iter().any(|it| self.strict.contains(&it.tool));
        let own_text = &self.searched.text[step.range.to_usize()];
        if is_report || self.has_gate(step) || self.is_reported(kind, own_text) {
            return None;
        }
        let message = format!(
            "the {} `{title}` cannot fail the workflow: its step may fail",
            kind.noun()
        );
        let finding = self
            .finding(setting.range, message, title)
            .label("whatever it finds, the job goes on and is green")
            .related(
                self.span(range),
                format!("this {} may fail unseen", kind.noun()),
            )
            .confidence(match first {
                Some(_) if self.is_explained(setting.range) => Confidence::Low,
                Some(check) => self.confidence(step, check.is_known),
                // The step's name alone says so.
                None => Confidence::Low,
            });
        Some(finding)
    }

    /// A check whose own step does not learn of its failure.
    fn command(&self, step: &Step, check: &Check, by: Swallowed) -> Option<Finding> {
        if self.strict.contains(&check.tool) {
            return None;
        }
        let (at, why, label) = match by {
            Swallowed::Alternative(range) => (
                self.place(step, range)?,
                "what follows `||` succeeds",
                "this is what the step ends with",
            ),
            Swallowed::Pipe(range) => (
                self.place(step, range)?,
                "its shell only asks the last command of a pipe",
                "this succeeds, and the shell has no `pipefail`",
            ),
            Swallowed::Option(range) => (
                self.place(step, range)?,
                "an option tells it not to fail",
                "it succeeds with this",
            ),
            Swallowed::Input(range) => (
                range,
                "an input tells it not to fail",
                "it succeeds with this",
            ),
        };
        let place = match by {
            Swallowed::Input(_) => check.range,
            _ => self.place(step, check.range)?,
        };
        let noun = check.task.noun();
        let command = match by {
            Swallowed::Input(_) => step.range,
            _ => place.cover(at),
        };
        if self.is_reported(check.task, &self.searched.text[command.to_usize()]) {
            return None;
        }
        let message = format!(
            "the {noun} `{}` cannot fail the workflow: {why}",
            check.name
        );
        let confidence = match by {
            _ if self.is_explained(at) => Confidence::Low,
            // Said on purpose, where a report is wanted and no gate.
            Swallowed::Option(_) | Swallowed::Input(_) => Confidence::Medium,
            _ => Confidence::High,
        };
        let finding = self
            .finding(at, message, &check.name)
            .label(label)
            .related(self.span(place), format!("this {noun} may fail unseen"))
            .confidence(confidence.min(self.confidence(step, check.is_known)));
        Some(match by {
            Swallowed::Pipe(_) => {
                finding.help("say `shell: bash`, which sets `pipefail`, or `set -o pipefail`")
            }
            _ => finding,
        })
    }

    /// A job that may fail as a whole.
    fn whole_job(&self, setting: &Written, all: &[(&Step, Vec<Check>)]) -> Option<Finding> {
        let job = self.job;
        let named = job.name.as_ref().map_or(job.id.as_str(), |it| &it.text);
        let kind = task::of_words(named).or_else(|| task::of_words(&job.id));
        let kind = kind.filter(|it| it.is_check());
        let checks = || all.iter().flat_map(|(_, own)| own);
        let kind = kind.or_else(|| checks().next().map(|it| it.task))?;
        let is_asked = self.searched.mentions(&format!("needs.{}.", job.id))
            || self.searched.mentions("tojson(needs)");
        if is_asked || !job.matrix.combinations.is_empty() || !job.matrix.is_known {
            return None;
        }
        let message = format!(
            "the {} `{named}` cannot fail the workflow: its job may fail",
            kind.noun()
        );
        let is_known = checks().any(|it| it.is_known);
        // Its name may mean something else: `ok-to-test` is no test.
        let runs_something = job.steps.iter().any(|it| it.run().is_some());
        if checks().next().is_none() && !runs_something {
            return None;
        }
        let is_excused = is_said(named) || self.is_explained(setting.range);
        let confidence = match is_excused || !is_known {
            true if is_excused => Confidence::Low,
            true => Confidence::Medium,
            false => Confidence::High,
        };
        let finding = self
            .finding(setting.range, message, named)
            .label("whatever it finds, the workflow is green")
            .related(self.span(job.key), "this job may fail unseen")
            .confidence(confidence);
        Some(finding)
    }

    /// Whether something asks what became of a step that may fail.
    fn has_gate(&self, step: &Step) -> bool {
        let is_asked = step.id.as_ref().is_some_and(|it| {
            let id = &it.text;
            self.searched.mentions(&format!("steps.{id}."))
                || self.searched.mentions(&format!("steps['{id}']"))
        });
        is_asked || self.searched.mentions("tojson(steps)") || self.searched.mentions("steps.*.")
    }

    /// Whether something reads the results of what `own` runs, or GitHub shows them.
    fn is_reported(&self, task: Task, own: &str) -> bool {
        (task == Task::Scan && self.has_sarif) || self.has_results_read(own)
    }

    /// Whether `own` names a file of results that is named outside it, too.
    fn has_results_read(&self, own: &str) -> bool {
        const FORMATS: [&str; 7] = [".json", ".xml", ".html", ".txt", ".log", ".csv", ".md"];
        let words = own.split(|it: char| it.is_whitespace() || "'\"=:;()".contains(it));
        let mut files = words
            .filter_map(|it| it.rsplit('/').next())
            .filter(|it| it.len() > 5 && FORMATS.iter().any(|format| it.ends_with(format)))
            .filter(|it| {
                !matches!(
                    *it,
                    "package.json" | "tsconfig.json" | "pom.xml" | "requirements.txt" | "README.md"
                )
            })
            .take(16);
        files.any(|it| self.searched.mentions_beside(own, it))
    }

    fn confidence(&self, step: &Step, is_known: bool) -> Confidence {
        let names = [step.name.as_ref(), self.job.name.as_ref()];
        let is_said =
            names.into_iter().flatten().any(|it| is_said(&it.text)) || is_said(&self.job.id);
        match (is_said, is_known) {
            (true, _) => Confidence::Low,
            (false, false) => Confidence::Medium,
            (false, true) => Confidence::High,
        }
    }

    /// Whether a comment in the same line, or right above, says that the failure is not to count.
    fn is_explained(&self, range: TextRange) -> bool {
        let (before, after) = self.searched.text.split_at(range.start as usize);
        let rest = after.split('\n').next().unwrap_or_default();
        let mut above = before.rsplit('\n').skip(1).map(str::trim_start);
        let above = above.next().filter(|it| it.starts_with('#'));
        let beside = rest.split_once(" #").map(|(_, comment)| comment);
        above.into_iter().chain(beside).any(is_excuse)
    }

    fn finding(&self, range: TextRange, message: String, name: &str) -> Finding {
        let cause = Cause::job(self.workflow.title(), &self.job.id, name);
        let mut finding = Finding::new(self.span(range), message, cause);
        finding.field = format!("jobs.{}", self.job.id);
        name.clone_into(&mut finding.value);
        finding
    }

    fn span(&self, range: TextRange) -> Span {
        self.graph.span(self.workflow.file, range)
    }

    /// Where a part of a step's commands is written.
    fn place(&self, step: &Step, range: TextRange) -> Option<TextRange> {
        let run = step.run()?;
        let node = self.graph.node(self.workflow.file, run.node);
        let ranges = node.decode().source_ranges(range);
        Some(ranges.first()?.cover(*ranges.last()?))
    }
}

/// Whether a comment says why a failure does not count, and is no note that it should.
fn is_excuse(comment: &str) -> bool {
    const WORDS: [&str; 5] = ["flaky", "ignore", "ignored", "tolerate", "tolerated"];
    const NOTES: [&str; 4] = ["fixme", "temporary", "temporarily", "todo"];
    let lower = comment.to_ascii_lowercase();
    let has = |any: &[&str]| {
        let mut words = lower.split(|it: char| !it.is_ascii_alphanumeric());
        words.any(|it| any.contains(&it))
    };
    (is_said(comment) || has(&WORDS)) && !has(&NOTES)
}

/// Whether a name says that the step need not succeed.
fn is_said(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "optional",
        "informational",
        "advisory",
        "experimental",
        "blocking",
        "nonblocking",
        "effort",
        "report",
        "reports",
        "allowed",
        "soft",
        "nightly",
    ];
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|it: char| !it.is_ascii_alphanumeric());
    words.any(|it| WORDS.contains(&it))
}
