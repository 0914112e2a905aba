//! How rules see the graph, how they answer, and how they are run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kubelint_model::purpose::{self, Purpose};
use kubelint_model::{DeploymentGraph, Needs};
use rayon::prelude::*;

use crate::params::Params;
use crate::registry::{Check, Rule};
use crate::report::Problem;
use crate::settings::World;
use crate::syntax::{self, YAML_SYNTAX};
use crate::{Confidence, Finding, Registry, RuleId, RuleMeta, Settings};

/// What a rule is given: the graph, and what concerns itself. It sees no levels, no suppressions and no other rule.
pub struct RuleContext<'a> {
    /// Everything that was read.
    pub graph: &'a DeploymentGraph,
    /// The rule's own page.
    pub meta: &'a RuleMeta,
    /// The rule's parameters: those that the user gave, else the defaults of its page.
    pub params: &'a Params,
    /// What the user states about the cluster and about objects that are made elsewhere.
    pub world: &'a World,
}

/// Where a rule puts its findings.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

/// A rule written in code: a total, pure function from the graph to findings.
///
/// It stands in `rules/<category>/<rule_id>.rs` beside the rule's page, as `pub(crate) const RULE: CodeRule = CodeRule::new(check);`.
#[derive(Clone, Copy)]
pub struct CodeRule {
    /// The function.
    pub check: fn(&RuleContext<'_>, &mut Findings),
    /// What it needs to see beside the targets themselves.
    pub needs: Needs,
}

/// What the rules said.
#[derive(Debug, Default)]
pub struct Checked {
    /// The findings, each with its rule: by rule, then in the order in which the rule found them.
    pub findings: Vec<(RuleId, Finding)>,
    /// Rules that panicked: the others went on.
    pub problems: Vec<Problem>,
    /// Those rules, by name: what they would have found is unknown.
    pub failed: Vec<RuleId>,
}

/// Runs the selected rules over the frozen graph, in parallel. What a rule says does not depend on the others, nor on when it ran.
///
/// A rule that panics becomes a problem that names it. The panic's own message goes where the process's panic hook sends it.
pub fn check(graph: &DeploymentGraph, registry: &Registry, settings: &Settings) -> Checked {
    let rules: Vec<&Rule> = settings
        .rules
        .keys()
        .filter_map(|id| registry.get(id.as_str()))
        .collect();
    let answers: Vec<_> = rules
        .par_iter()
        .map(|rule| catch_unwind(AssertUnwindSafe(|| run(rule, graph, settings))))
        .collect();
    let mut checked = Checked::default();
    for (rule, answer) in rules.into_iter().zip(answers) {
        let id = &rule.meta.id;
        match answer {
            Ok(findings) => {
                let findings = findings.into_vec().into_iter();
                checked.findings.extend(findings.map(|it| (id.clone(), it)));
            }
            Err(panic) => {
                checked.failed.push(id.clone());
                checked.problems.push(Problem {
                    path: None,
                    message: format!(
                        "the rule `{id}` failed, which is a defect of kubelint: {}",
                        words(&*panic)
                    ),
                });
            }
        }
    }
    checked
}

fn run(rule: &Rule, graph: &DeploymentGraph, settings: &Settings) -> Findings {
    let cx = RuleContext {
        graph,
        meta: &rule.meta,
        params: settings
            .params
            .get(&rule.meta.id)
            .unwrap_or(&rule.meta.params),
        world: &settings.world,
    };
    let mut findings = Findings::default();
    match &rule.check {
        Check::Code(code) => (code.check)(&cx, &mut findings),
        Check::Data(predicate) => predicate.check(&cx, &mut findings),
        // Of the rules that the engine raises, the others concern suppressions: they are decided after all rules.
        Check::Engine if rule.meta.id.as_str() == YAML_SYNTAX => {
            syntax::check(graph, &mut findings);
        }
        Check::Engine => {}
    }
    for finding in &mut findings.0 {
        if is_read_by_tests(graph, finding) {
            finding.confidence = Some(Confidence::Low);
        }
    }
    findings
}

/// Whether a finding is about a file that tests only read: whatever is wrong with it, nobody deploys it, and it is mostly meant.
fn is_read_by_tests(graph: &DeploymentGraph, finding: &Finding) -> bool {
    let file = graph.file_of(finding.primary.span.source);
    file.map(|it| graph.file(it))
        .is_some_and(|it| it.purpose == Purpose::Test && purpose::is_read_by_tests(&it.path))
}

/// What a panic says.
fn words(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it says nothing")
}

impl CodeRule {
    /// A rule that needs nothing but the targets.
    pub const fn new(check: fn(&RuleContext<'_>, &mut Findings)) -> Self {
        Self {
            check,
            needs: Needs {
                substitutions: false,
                links: false,
                paths: false,
                images: false,
                ports: false,
                workflows: false,
                programs: false,
                registry: false,
            },
        }
    }

    /// A rule that also asks what the repository's tools substitute in manifests.
    #[must_use]
    pub const fn needs_substitutions(mut self) -> Self {
        self.needs.substitutions = true;
        self
    }

    /// A rule that also asks where references and selectors lead.
    #[must_use]
    pub const fn needs_links(mut self) -> Self {
        self.needs.links = true;
        self
    }

    /// A rule that also asks what workflows do.
    #[must_use]
    pub const fn needs_workflows(mut self) -> Self {
        self.needs.workflows = true;
        self
    }

    /// A rule that also asks which paths that build configurations name are not there.
    #[must_use]
    pub const fn needs_paths(mut self) -> Self {
        self.needs.paths = true;
        self
    }

    /// A rule that also asks which ports the sources of images speak of.
    #[must_use]
    pub const fn needs_ports(mut self) -> Self {
        self.needs.ports = true;
        self
    }

    /// A rule that also asks what the images of containers are built from.
    #[must_use]
    pub const fn needs_images(mut self) -> Self {
        self.needs.images = true;
        self
    }

    /// A rule that also asks what the images of containers start, and what that reads, serves and listens on. It sees links and images,
    /// too.
    #[must_use]
    pub const fn needs_programs(mut self) -> Self {
        self.needs.programs = true;
        self.needs.images = true;
        self.needs.links = true;
        self
    }

    /// A rule that also asks what registries say of the images that are pulled. It sees images, too.
    #[must_use]
    pub const fn needs_registry(mut self) -> Self {
        self.needs.registry = true;
        self.needs.images = true;
        self
    }
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds findings.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.0.extend(findings);
    }

    /// The findings, in the order in which they were added.
    pub fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}
