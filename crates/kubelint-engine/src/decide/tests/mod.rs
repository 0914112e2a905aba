//! Tests of the whole stage over toy rules: pages without a check, whose findings the tests make up.

mod baselines;
mod causes;
mod changes;
mod levels;
mod places;
mod suppressions;

use kubelint_model::{Cause, DeploymentGraph, Known, Needs, Targets};
use kubelint_parser::source::{MemorySources, Rendered, SourcePath};
use kubelint_parser::{Span, TextRange};

use super::decide;
use crate::check::Checked;
use crate::{Confidence, Finding, Registry, Report, RuleId, RuleSource, Settings, Severity, State};

/// Rules, files, and what the rules found.
struct Toy {
    registry: Registry,
    settings: Settings,
    graph: DeploymentGraph,
    checked: Checked,
}

/// A rule of every severity, and the rule about suppressions.
const RULES: &[(&str, &str, &str)] = &[
    ("api/bad", "error", ""),
    ("network/dubious", "warning", ""),
    ("hygiene/odd", "info", ""),
    ("hygiene/unused-suppression", "warning", ""),
];

/// A resource to be found fault with.
const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  containers:
    - name: main
      image: nginx
";

impl Toy {
    /// Rules by path, severity and further front matter; files by path and text, all of them targets.
    fn new(rules: &[(&str, &str, &str)], files: &[(&str, &str)]) -> Self {
        let targets: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
        Self::with(rules, files, &targets, Vec::new())
    }

    fn with(
        rules: &[(&str, &str, &str)],
        files: &[(&str, &str)],
        targets: &[&str],
        rendered: Vec<Rendered>,
    ) -> Self {
        let registry = registry(rules);
        let mut settings = Settings::resolve(&registry, &[]).unwrap();
        settings.rules = registry
            .iter()
            .map(|rule| (rule.meta.id.clone(), None))
            .collect();
        let sources = MemorySources::new(files.iter().copied());
        let mut targets: Vec<_> = targets.iter().map(|it| SourcePath::new(it)).collect();
        targets.sort();
        let targets = Targets::of(&targets);
        let (known, needs) = (Known::default(), Needs::default());
        Self {
            registry,
            settings,
            graph: DeploymentGraph::read(&sources, targets, rendered, &known, needs),
            checked: Checked::default(),
        }
    }

    /// The first place of `part` in the file `path`.
    fn span(&self, path: &str, part: &str) -> Span {
        let path = SourcePath::new(path);
        let mut sources = self.graph.sources.iter();
        let (id, source) = sources.find(|(_, it)| *it.path() == path).unwrap();
        let start = source.text().find(part).unwrap() as u32;
        Span::new(id, TextRange::new(start, start + part.len() as u32))
    }

    /// A finding at the first place of `part` in `path`.
    fn finding(&self, path: &str, part: &str) -> Finding {
        let message = format!("`{part}` is wrong");
        Finding::new(self.span(path, part), message, Cause::text(part))
    }

    /// Lets `rule` find something.
    fn found(&mut self, rule: &str, finding: Finding) {
        self.checked.findings.push((RuleId::new(rule), finding));
    }

    /// Lets `rule` find fault with the first place of `part` in `path`.
    fn finds(&mut self, rule: &str, path: &str, part: &str) {
        let finding = self.finding(path, part);
        self.found(rule, finding);
    }

    fn decide(self) -> Report {
        decide(self.graph, self.checked, &self.registry, &self.settings)
    }

    /// The report, a line each.
    fn shown(self) -> Vec<String> {
        shown(&self.decide())
    }
}

fn registry(rules: &[(&str, &str, &str)]) -> Registry {
    let pages: Vec<(String, String)> = rules
        .iter()
        .map(|(path, severity, more)| {
            let text = format!(
                "---\ntitle: Toy\nseverity: {severity}\nstatus: stable\nsince: 0.1.0\ncheck: engine\n{more}\n---\n\
                 Something.\n\n## Why\n\nIt is.\n\n## Bad\n\nThis.\n\n## Good\n\nThat.\n\n## Remedy\n\nMend it.\n\n## Limits\n\nNone.\n"
            );
            (format!("{path}.md"), text)
        })
        .collect();
    let sources: Vec<RuleSource<'_>> = pages
        .iter()
        .map(|(path, text)| RuleSource {
            path,
            text,
            code: None,
        })
        .collect();
    Registry::build(&sources).unwrap_or_else(|mistakes| {
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", mistakes.join("\n"))
    })
}

/// Each entry as `path:line:column severity[rule] message (state)`.
fn shown(report: &Report) -> Vec<String> {
    let entries = report.entries.iter();
    entries
        .map(|entry| {
            let span = entry.primary.place.span;
            let source = report.sources.get(span.source);
            let at = source.line_column(span.range.start);
            let state = match &entry.state {
                State::Suppressed { reason, .. } => format!(" (suppressed: {reason})"),
                State::Baselined => " (baselined)".into(),
                State::Unchanged => " (unchanged)".into(),
                State::Active if entry.explained_by.is_some() => " (explained)".into(),
                State::Active => String::new(),
            };
            format!(
                "{}:{}:{} {}[{}] {}{state}",
                source.path(),
                at.line,
                at.column,
                entry.severity.as_str(),
                entry.rule,
                entry.message,
            )
        })
        .collect()
}
