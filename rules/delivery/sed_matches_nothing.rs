//! Substitutions by sed in files that do not hold what they look for.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::purpose::{Purpose, is_called_wrong};
use kubelint_model::sed::Substitution;
use kubelint_model::{Cause, DeploymentGraph, FileId};
use kubelint_parser::{Span, TextRange};

use crate::script_edits::{Edit, Edits};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_links();

/// One `s` command as it is written: the file and the place of its word, and its number there. A loop runs it for several files, or looks for
/// several texts.
type Written = (FileId, TextRange, usize);

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let edits = Edits::new(graph);
    let mut brought: BTreeMap<FileId, Option<Vec<String>>> = BTreeMap::new();
    // What matches something somewhere is right, and so is what may.
    let mut found: BTreeMap<Written, Option<Vec<Finding>>> = BTreeMap::new();
    for edit in &edits.all {
        let script = &graph.commands.scripts[edit.script];
        let file = graph.file(script.file);
        let is_left = !file.target || is_called_wrong(&file.path) || edit.run.file != script.file;
        // What is only asked for may be absent.
        if is_left || edit.run.elsewhere || edit.run.substituted || edit.call.only_asks {
            continue;
        }
        for files in &edit.files {
            let is_written = files.iter().any(|it| edits.is_written(edit, *it));
            if !is_written {
                for &id in files {
                    brought.entry(id).or_insert_with(|| edits.brought(id));
                }
            }
            for (number, substitution) in edit.call.substitutions.iter().enumerate() {
                let looking = Looking {
                    graph,
                    edits: &edits,
                    brought: &brought,
                    edit,
                    substitution,
                };
                let key = (script.file, substitution.word.range, number);
                let known = found.entry(key).or_insert_with(|| Some(Vec::new()));
                let Some(findings) = known else {
                    continue;
                };
                match looking.finding(files).filter(|_| !is_written) {
                    Some(finding) => findings.push(finding),
                    None => *known = None,
                }
            }
        }
    }
    for mut findings in found.into_values().flatten() {
        let mut seen = BTreeSet::new();
        findings.retain(|it| seen.insert(it.value.clone()));
        for finding in findings {
            out.push(finding);
        }
    }
}

/// A substitution that looks for something.
struct Looking<'a> {
    graph: &'a DeploymentGraph,
    edits: &'a Edits<'a>,
    brought: &'a BTreeMap<FileId, Option<Vec<String>>>,
    edit: &'a Edit<'a>,
    substitution: &'a Substitution<'a>,
}

impl Looking<'_> {
    /// The finding, if none of `files`, one of which is meant, holds it.
    fn finding(&self, files: &[FileId]) -> Option<Finding> {
        let it = self.substitution;
        if !it.is_known() {
            return None;
        }
        let pattern = self.edits.compiled(it, it.ignores_case)?;
        for id in files {
            let brought = self.brought.get(id)?.as_ref()?;
            let mut lines = self.edits.text(*id)?.lines();
            let is_match = |it: &str| pattern.is_match(it.as_bytes());
            if lines.any(is_match) || brought.iter().any(|it| is_match(it)) {
                return None;
            }
        }
        let first = *files.first()?;
        let path = &self.graph.file(first).path;
        let others = match files.len() - 1 {
            0 => String::new(),
            more => format!(" (nor of {more} others that may be meant)"),
        };
        let message = format!(
            "sed looks for `{}` in `{path}`, no line of which{others} matches",
            it.pattern
        );
        let file = self.graph.file(self.edit.run.file);
        let text = self.graph.sources.get(file.source).text();
        let place = Span::new(file.source, it.place(text));
        if self.graph.is_redacted(place) {
            return None;
        }
        let mut finding = Finding::new(place, message, Cause::text(&it.pattern))
            .label("this matches nothing")
            .confidence(self.confidence(first));
        "sed".clone_into(&mut finding.field);
        finding.value = format!("{path}:{}", it.pattern);
        for origin in &it.word.value.origins {
            let place = self.graph.span(origin.file, origin.range);
            finding = finding.related(place, "this is a part of it");
        }
        if let Some(range) = self.in_other_case(first) {
            let place = self.graph.span(first, range);
            return Some(
                finding
                    .related(place, "this line differs in upper and lower case alone")
                    .help("write the pattern as it is in the file"),
            );
        }
        let line = self.edits.text(first)?.find('\n').unwrap_or_default();
        let place = self.graph.span(first, TextRange::new(0, line as u32));
        Some(
            finding
                .related(place, "no line of this file matches")
                .help("correct the pattern, or drop the command if the file no longer needs it"),
        )
    }

    /// The line that matches but for upper and lower case.
    fn in_other_case(&self, file: FileId) -> Option<TextRange> {
        let it = self.substitution;
        let pattern = self.edits.compiled(it, true)?;
        let mut at = 0;
        for line in self.edits.text(file)?.split_inclusive('\n') {
            let trimmed = line.trim_end();
            if pattern.is_match(trimmed.as_bytes()) {
                let start = at + line.len() - line.trim_start().len();
                return Some(TextRange::new(start as u32, (at + trimmed.len()) as u32));
            }
            at += line.len();
        }
        None
    }

    fn confidence(&self, file: FileId) -> Confidence {
        let script = &self.graph.commands.scripts[self.edit.script];
        let for_tests = |id: FileId| {
            let purpose = self.graph.file(id).purpose;
            matches!(purpose, Purpose::Test | Purpose::Template)
        };
        let is_assumed = self.substitution.word.value.assumed;
        if for_tests(script.file) || for_tests(file) || self.edit.is_generated {
            Confidence::Low
        } else if is_assumed {
            Confidence::Medium
        } else {
            Confidence::High
        }
    }
}
