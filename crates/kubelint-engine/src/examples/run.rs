//! Runs a case as a user would run it, with only the rule under test and `yaml-syntax`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubelint_model::pulled::{ImageSources, LockedImage};
use kubelint_model::registry::{ImageAnswer, ImageRegistry};
use kubelint_parser::Span;
use kubelint_parser::source::{MemorySources, SourcePath, SourceText};

use super::{Case, Expected, Mark};
use crate::config::{self, Trust};
use crate::mistake::Mistake;
use crate::settings::{Layer, Settings, Word};
use crate::syntax::YAML_SYNTAX;
use crate::{Entry, Input, Registry, Report, RuleId, lint, lock};

/// What a case is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The findings that are marked, and no other.
    Bad,
    /// Nothing.
    Good,
}

/// Runs `case` of the rule `rule`; what is not as it should be, each with its line of the page.
///
/// Findings of other rules than this and `yaml-syntax` are not looked at: a case may turn them on in its configuration.
pub fn run(case: &Case, kind: Kind, rule: &RuleId, registry: &Registry) -> Vec<String> {
    let mut failures = Vec::new();
    let findings = marks(case, Expected::Finding).count();
    match kind {
        Kind::Bad if findings == 0 => failures.push(at_case(case, "a bad case marks no finding")),
        Kind::Good if findings > 0 => failures.push(at_case(case, "a good case marks a finding")),
        _ => {}
    }
    let settings = match settings(case, rule, registry) {
        Ok(settings) => settings,
        Err(mistakes) => {
            failures.extend(mistakes);
            return failures;
        }
    };
    let sources = MemorySources::new(
        case.files
            .iter()
            .map(|it| (it.path.as_str(), it.text.as_str())),
    );
    let mut targets: Vec<_> = case
        .files
        .iter()
        .filter(|it| it.target)
        .map(|it| it.path.clone())
        .collect();
    targets.sort();
    let (lock, online) = match (lock::read(&sources, lock::FILE_NAME), answers(case)) {
        (Ok(lock), Ok(online)) => (lock, online),
        (Err(mistakes), _) | (_, Err(mistakes)) => {
            failures.extend(mistakes.iter().map(|it| at_case(case, &it.to_string())));
            return failures;
        }
    };
    let input = Input {
        sources: &sources,
        targets: kubelint_model::Targets::of(&targets),
        rendered: Vec::new(),
        images: ImageSources {
            lock: lock.as_ref(),
            registry: online.as_ref().map(|it| it as &dyn ImageRegistry),
            is_required: false,
        },
    };
    let report = lint(input, registry, &settings);
    failures.extend(report.problems.iter().map(|it| at_case(case, &it.message)));
    let entries: Vec<_> = report
        .entries
        .iter()
        .filter(|it| it.counts() && (it.rule == *rule || it.rule.as_str() == YAML_SYNTAX))
        .collect();
    compare(case, &report, &entries, &mut failures);
    failures
}

/// Answers that stand in for those of registries.
struct Online(BTreeMap<String, LockedImage>);

impl ImageRegistry for Online {
    fn ask(&self, wanted: &BTreeSet<String>) -> BTreeMap<String, ImageAnswer> {
        let known = wanted.iter().filter_map(|it| self.0.get_key_value(it));
        known
            .map(|(full, it)| (full.clone(), it.answer.clone()))
            .collect()
    }
}

fn answers(case: &Case) -> Result<Option<Online>, Vec<Mistake>> {
    let Some(text) = &case.registry else {
        return Ok(None);
    };
    let text = Arc::new(SourceText::from_bytes(text.clone().into_bytes()));
    lock::parse("registry", &text).map(|it| Some(Online(it)))
}

fn settings(case: &Case, rule: &RuleId, registry: &Registry) -> Result<Settings, Vec<String>> {
    let only = Layer {
        select: Some(
            [rule.as_str(), YAML_SYNTAX]
                .into_iter()
                .filter(|it| registry.get(it).is_some())
                .map(Word::unplaced)
                .collect(),
        ),
        ..Layer::default()
    };
    let mut layers = vec![only];
    let told = |mistakes: Vec<Mistake>| {
        mistakes
            .iter()
            .map(|it| at_case(case, &it.to_string()))
            .collect::<Vec<_>>()
    };
    if let Some(text) = &case.config {
        layers.push(config::parse("kubelint.yaml", text, Trust::Repository).map_err(told)?);
    }
    Settings::resolve(registry, &layers).map_err(told)
}

/// Matches marks and findings one to one.
fn compare(case: &Case, report: &Report, entries: &[&Entry], failures: &mut Vec<String>) {
    let mut open: Vec<_> = entries
        .iter()
        .map(|it| (place(report, it.primary.place.span), *it))
        .collect();
    // The marks that say most choose first.
    let mut wanted: Vec<_> = marks(case, Expected::Finding).collect();
    wanted.sort_by_key(|(_, mark)| (mark.text.is_none(), mark.severity.is_none()));
    for (path, mark) in wanted {
        let found = open
            .iter()
            .position(|(at, entry)| *at == (path.clone(), mark.line) && matches(mark, entry));
        match found {
            Some(index) => {
                open.remove(index);
            }
            None => failures.push(format!(
                "{}: no such finding{}",
                at(case, path, mark.line),
                mark.text
                    .as_ref()
                    .map(|it| format!(" with \"{it}\""))
                    .unwrap_or_default()
            )),
        }
    }
    for ((path, line), entry) in open {
        failures.push(format!(
            "{}: not marked: {}[{}] {}",
            at(case, &path, line),
            entry.severity.as_str(),
            entry.rule,
            entry.message
        ));
    }
    let related: Vec<_> = entries
        .iter()
        .flat_map(|entry| &entry.related)
        .map(|it| (place(report, it.place.span), &it.text))
        .collect();
    for (path, mark) in marks(case, Expected::Related) {
        let found = related.iter().any(|(at, text)| {
            *at == (path.clone(), mark.line)
                && mark.text.as_ref().is_none_or(|it| text.contains(it))
        });
        if !found {
            failures.push(format!("{}: no related place", at(case, path, mark.line)));
        }
    }
}

fn matches(mark: &Mark, entry: &Entry) -> bool {
    mark.text
        .as_ref()
        .is_none_or(|it| entry.message.contains(it))
        && mark.severity.is_none_or(|it| it == entry.severity)
}

fn marks(case: &Case, expected: Expected) -> impl Iterator<Item = (&SourcePath, &Mark)> {
    case.files
        .iter()
        .flat_map(|file| file.marks.iter().map(|mark| (&file.path, mark)))
        .filter(move |(_, mark)| mark.expected == expected)
}

fn place(report: &Report, span: Span) -> (SourcePath, u32) {
    let source = report.sources.get(span.source);
    let line = source.line_column(span.range.start).line;
    (source.path().clone(), line)
}

/// A line of a case's file as a line of its page.
fn at(case: &Case, path: &SourcePath, line: u32) -> String {
    let number = case
        .files
        .iter()
        .find(|it| it.path == *path)
        .and_then(|it| {
            it.lines
                .get(line.saturating_sub(1) as usize)
                .or(it.lines.last())
        });
    match number {
        Some(number) => format!("{}:{number}", case.page),
        None => format!("{}:{}: {path}:{line}", case.page, case.line),
    }
}

fn at_case(case: &Case, message: &str) -> String {
    format!("{}:{}: {message}", case.page, case.line)
}
