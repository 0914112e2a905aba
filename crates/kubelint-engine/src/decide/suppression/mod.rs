//! What a user allows: comments, annotations (our own and those of other linters), and paths of the configuration.
//!
//! Every rule id in a comment or annotation is one suppression. It is used if it met a finding, and judged only if that can be
//! told: its rule ran over its document.

mod annotations;
mod comments;
mod directive;
mod nodes;
mod peers;

use std::collections::{BTreeMap, BTreeSet};

use kubelint_model::{Cause, DeploymentGraph, ResourceId, Role};
use kubelint_parser::{SourceId, Span};

use self::annotations::Annotations;
use self::comments::Comments;
use self::directive::{COMMENT_HELP, Directive, Flaw};
use super::draft::Draft;
use crate::registry::bare;
use crate::report::SuppressedBy;
use crate::suggest::did_you_mean;
use crate::{Finding, Registry, RuleId, Settings};

/// The rule whose findings are about suppressions themselves.
pub(super) const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// All that allows findings.
pub(super) struct Suppressions<'a> {
    graph: &'a DeploymentGraph,
    registry: &'a Registry,
    settings: &'a Settings,
    /// Rules of which it is unknown what they would have found.
    failed: BTreeSet<&'a RuleId>,
    ignores: Vec<Ignore>,
    /// The numbers of the suppressions in `ignores`, by place.
    places: BTreeMap<(Span, RuleId), usize>,
    flaws: Vec<Finding>,
    comments: BTreeMap<SourceId, Comments>,
    annotations: Annotations,
}

/// One rule that is allowed at one place.
struct Ignore {
    rule: RuleId,
    reason: String,
    /// The rule's id as it is written.
    span: Span,
    /// The resource that it stands in.
    subject: Option<ResourceId>,
    /// Whether it can be told that nothing uses it.
    judged: bool,
    used: bool,
}

/// Where a directive stands.
#[derive(Clone, Copy)]
struct Site {
    subject: Option<ResourceId>,
    /// Whether what it speaks of was checked.
    checked: bool,
    help: &'static str,
}

impl<'a> Suppressions<'a> {
    /// Everything in the targets, and every annotation, that allows findings.
    pub(super) fn collect(
        graph: &'a DeploymentGraph,
        registry: &'a Registry,
        settings: &'a Settings,
        failed: &'a [RuleId],
    ) -> Self {
        let mut all = Self {
            graph,
            registry,
            settings,
            failed: failed.iter().collect(),
            ignores: Vec::new(),
            places: BTreeMap::new(),
            flaws: Vec::new(),
            comments: BTreeMap::new(),
            annotations: Annotations::default(),
        };
        all.collect_comments();
        all.collect_annotations();
        all
    }

    fn collect_comments(&mut self) {
        let graph = self.graph;
        for file in graph.files.iter().filter(|file| file.target) {
            let directives = comments::directives(graph, file);
            if directives.is_empty() {
                continue;
            }
            let mut comments = Comments::of(graph, file);
            for found in directives {
                let site = Site {
                    subject: None,
                    checked: found.whole && matches!(file.role, Role::Manifest | Role::Dockerfile),
                    help: COMMENT_HELP,
                };
                let span = |range| Span::new(file.source, range);
                let spans: Vec<Span> = match &found.directive {
                    Ok(directive) => directive.rules.iter().map(|(it, _)| span(*it)).collect(),
                    Err(flaw) => vec![span(flaw.range)],
                };
                for (rule, ignore) in self.take(&found.directive, site, &spans) {
                    comments.add(&found, rule, ignore);
                }
            }
            self.comments.insert(file.source, comments);
        }
    }

    /// Takes over what a directive allows: its known rules, each with the number of its suppression. `spans` are the places of its
    /// rules, or of its flaw. What is wrong with it is noted. What stands at one place is one suppression, in however many builds
    /// it is found.
    fn take(
        &mut self,
        directive: &Result<Directive<'_>, Flaw>,
        site: Site,
        spans: &[Span],
    ) -> Vec<(RuleId, usize)> {
        let directive = match directive {
            Ok(directive) => directive,
            Err(flaw) => {
                let flaws = spans.iter().map(|&span| {
                    let (message, help) = (flaw.message.clone(), site.help.to_owned());
                    complaint(span, site.subject, "", message, help)
                });
                self.flaws.extend(flaws);
                return Vec::new();
            }
        };
        let mut taken = Vec::new();
        for (&(_, name), &span) in directive.rules.iter().zip(spans) {
            let Some(rule) = self.registry.get(name).map(|rule| rule.meta.id.clone()) else {
                let message = format!("`{name}` is not a rule, so this suppression allows nothing");
                let help = self.nearest(name);
                self.flaws
                    .push(complaint(span, site.subject, name, message, help));
                continue;
            };
            let number = *self.places.entry((span, rule.clone())).or_insert_with(|| {
                self.ignores.push(Ignore {
                    rule: rule.clone(),
                    reason: directive.reason.to_owned(),
                    span,
                    subject: site.subject,
                    judged: false,
                    used: false,
                });
                self.ignores.len() - 1
            });
            self.ignores[number].judged |= site.checked && self.ran(&rule);
            taken.push((rule, number));
        }
        taken
    }

    /// Whether what `rule` finds is known.
    fn ran(&self, rule: &RuleId) -> bool {
        self.settings.rules.contains_key(rule) && !self.failed.contains(rule)
    }

    /// What to write instead of a rule's id that is none.
    fn nearest(&self, name: &str) -> String {
        let rules = || self.registry.iter().map(|rule| &rule.meta);
        let by_alias = rules().find(|meta| {
            let names = meta.aliases.iter();
            let mut bare = names.map(|alias| bare(alias));
            bare.any(|alias| alias.eq_ignore_ascii_case(name))
        });
        let nearest = by_alias
            .map(|meta| meta.id.as_str())
            .or_else(|| did_you_mean(name, rules().map(|meta| meta.id.as_str())));
        match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "`kubelint rules` lists the rules".to_owned(),
        }
    }

    /// Why `draft` is allowed, if it is, and by what.
    pub(super) fn allow(&mut self, draft: &Draft) -> Option<(String, SuppressedBy)> {
        let rule = &draft.entry.rule;
        let labels = std::iter::once(&draft.entry.primary).chain(&draft.entry.related);
        let places: Vec<Span> = labels
            .flat_map(|label| std::iter::once(&label.place.span).chain(&label.place.via))
            .copied()
            .collect();
        let mut found: Vec<usize> = Vec::new();
        for span in &places {
            if let Some(comments) = self.comments.get(&span.source) {
                let lines = self.graph.sources.get(span.source).lines();
                found.extend(comments.matching(lines, span.range, rule));
            }
        }
        let resources = self.annotations.resources(draft, &places);
        found.extend(self.annotations.matching(&resources, rule));
        for &ignore in &found {
            self.ignores[ignore].used = true;
        }
        if let Some(&first) = found.first() {
            return Some((self.ignores[first].reason.clone(), SuppressedBy::Source));
        }
        let aliases = self.registry.get(rule.as_str()).map(|it| &it.meta.aliases);
        aliases
            .and_then(|aliases| self.annotations.allowed_by_peer(&resources, aliases))
            .map(|reason| (reason, SuppressedBy::Source))
            .or_else(|| Some((self.allowed_by_path(draft)?, SuppressedBy::Configuration)))
    }

    /// The reason of the configuration, if it allows the draft's rule in the file to edit.
    fn allowed_by_path(&self, draft: &Draft) -> Option<String> {
        let source = draft.entry.primary.place.span.source;
        let path = self.graph.sources.get(source).path();
        let mut ignores = self.settings.ignores.iter();
        ignores
            .find(|ignore| *ignore.rule() == draft.entry.rule && ignore.names(path))
            .map(|ignore| ignore.reason().to_owned())
    }

    /// What is wrong with suppressions, now that the findings of the other rules are known: those that say nothing, and those
    /// that nothing uses. Not those of the rule [`UNUSED_SUPPRESSION`], which the findings returned here may still use.
    pub(super) fn complaints(&mut self) -> Vec<Finding> {
        let unused = self.unused(|ignore| ignore.rule.as_str() != UNUSED_SUPPRESSION);
        let mut complaints = std::mem::take(&mut self.flaws);
        let mut seen = BTreeSet::new();
        complaints.retain(|it| seen.insert((it.primary.span, it.message.clone())));
        complaints.extend(unused);
        complaints
    }

    /// Suppressions of the rule [`UNUSED_SUPPRESSION`] that nothing uses.
    pub(super) fn last_complaints(&self) -> Vec<Finding> {
        self.unused(|ignore| ignore.rule.as_str() == UNUSED_SUPPRESSION)
    }

    fn unused(&self, wanted: impl Fn(&Ignore) -> bool) -> Vec<Finding> {
        self.ignores
            .iter()
            .filter(|ignore| ignore.judged && !ignore.used && wanted(ignore))
            .map(|ignore| {
                let rule = ignore.rule.as_str();
                complaint(
                    ignore.span,
                    ignore.subject,
                    rule,
                    format!("nothing that `{rule}` finds is suppressed here"),
                    "remove the suppression".to_owned(),
                )
            })
            .collect()
    }
}

/// A finding about the suppression of `name` at `span`.
fn complaint(
    span: Span,
    subject: Option<ResourceId>,
    name: &str,
    message: String,
    help: String,
) -> Finding {
    let mut finding = Finding::new(span, message, Cause::text(&format!("ignore[{name}]")));
    finding.subject = subject;
    name.clone_into(&mut finding.value);
    finding.help = help;
    finding
}
