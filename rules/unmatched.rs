//! Selectors that match nothing: what they were probably meant to match.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use kubelint_engine::Confidence;
use kubelint_model::link::{NameIndex, Nearness, Selection, near_miss};
use kubelint_model::reference::{Pick, picks};
use kubelint_model::selector::{Operator, Requirement};
use kubelint_model::view::Workload;
use kubelint_model::{
    Cause, DeploymentGraph, KubeNode, Match, Resource, ResourceId, Selector, made, path,
};
use kubelint_parser::Span;
use kubelint_parser::yaml::{Kind, Node};

use crate::absence::called;
use crate::evidence;

/// More candidates than these are not compared with one selector.
const MOST_COMPARED: usize = 256;

/// Whoever asks for more labels than these has made no mistake in typing one of them.
const MOST_REQUIREMENTS: usize = 64;

/// Something that a selector could have picked.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    /// The workload or Service.
    pub(crate) resource: &'a Resource,
    /// The labels that are matched.
    pub(crate) labels: Option<Node<'a>>,
}

/// All that selectors of one kind could pick, by folder.
#[derive(Default)]
pub(crate) struct Candidates<'a> {
    by_name: BTreeMap<(&'a str, &'a str), Vec<Candidate<'a>>>,
    /// By folder and label.
    by_label: BTreeMap<(&'a str, String), Values<'a>>,
    /// The labels that anything has.
    keys: BTreeSet<String>,
    /// The names of custom objects, whose operators may make what is selected.
    custom: BTreeSet<&'a str>,
}

/// The values of one label in one folder, and what has them.
#[derive(Default)]
struct Values<'a> {
    of: BTreeMap<String, Vec<Candidate<'a>>>,
    /// The values in order and their index, made when the first of them is looked for.
    index: OnceCell<(Vec<String>, NameIndex)>,
}

/// What a selector was probably meant to pick.
pub(crate) struct Meant {
    /// How sure that is.
    pub(crate) confidence: Confidence,
    /// Where it states its labels.
    pub(crate) place: Span,
    /// What to say there.
    pub(crate) text: String,
    /// What to do.
    pub(crate) help: String,
    /// What that is.
    pub(crate) resource: ResourceId,
}

/// The selector that `selection` is about.
pub(crate) fn pick<'a>(graph: &'a DeploymentGraph, selection: &Selection) -> Option<Pick<'a>> {
    let picks = picks(graph, graph.resource(selection.from)).into_iter();
    picks.into_iter().find(|it| it.picks == selection.picks)
}

/// The requirements of a selector as people write them: `app=web, tier in (a, b)`.
pub(crate) fn words(selector: &Selector<'_>) -> String {
    let words = selector.requirements.iter().map(|it| match &it.operator {
        Operator::In(values) if values.len() == 1 => format!("{}={}", it.key, values.concat()),
        Operator::In(values) => format!("{} in ({})", it.key, values.join(", ")),
        Operator::NotIn(values) => format!("{} not in ({})", it.key, values.join(", ")),
        Operator::DoesNotExist => format!("!{}", it.key),
        Operator::Exists | Operator::Unreadable => it.key.to_string(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Where a workload states a requirement of its own selector.
pub(crate) fn requirement_path(workload: &Workload<'_>, requirement: &Requirement<'_>) -> String {
    let labels = workload.selector_path();
    let holder = if is_expression(requirement) {
        "spec.selector.matchExpressions"
    } else {
        labels
    };
    path::field(holder, &requirement.key)
}

/// Whether it is an item of `matchExpressions`, not a label.
pub(crate) fn is_expression(requirement: &Requirement<'_>) -> bool {
    requirement.node.kind() == Kind::Mapping
}

/// The cause of the selector of `from` matching nothing: what is meant, if that does not have the labels of its own pods either, so that the
/// selector is right; else the selector.
pub(crate) fn cause(
    graph: &DeploymentGraph,
    from: &Resource,
    selector: &Selector<'_>,
    meant: Option<&Meant>,
) -> Cause {
    let own = |meant: &Meant| {
        let workload = graph.workload(graph.resource(meant.resource))?;
        let templates = workload.templates();
        let labels = templates.first()?.labels();
        let asked: Vec<_> = selector.failing(labels).collect();
        let own = workload.selector()?;
        let same = own.failing(labels).find(|it| {
            let is_asked =
                |other: &&Requirement<'_>| other.key == it.key && other.operator == it.operator;
            asked.iter().any(is_asked)
        })?;
        Some(Cause::field_of(
            workload.resource,
            &requirement_path(&workload, same),
        ))
    };
    let own = meant.and_then(own);
    own.unwrap_or_else(|| Cause::field_of(from, "spec.selector"))
}

impl<'a> Candidates<'a> {
    /// Pods: what workloads make.
    pub(crate) fn pods(graph: &'a DeploymentGraph) -> Self {
        let workloads = graph.workloads().flat_map(|it| {
            let templates = it.templates().into_iter();
            templates.map(move |template| Candidate {
                resource: it.resource,
                labels: template.labels(),
            })
        });
        Self::new(graph, workloads)
    }

    /// Services.
    pub(crate) fn services(graph: &'a DeploymentGraph) -> Self {
        let services = graph.services().map(|it| Candidate {
            resource: it.resource,
            labels: graph.labels(it.resource),
        });
        Self::new(graph, services)
    }

    fn new(graph: &'a DeploymentGraph, all: impl Iterator<Item = Candidate<'a>>) -> Self {
        let mut found = Self::default();
        for candidate in all {
            let folder = graph.file(candidate.resource.file).path.parent();
            if let Some(name) = &candidate.resource.name {
                found
                    .by_name
                    .entry((folder, name))
                    .or_default()
                    .push(candidate);
            }
            for entry in candidate.labels.into_iter().flat_map(Node::fields) {
                let (Some(key), Some(value)) = (entry.key.as_str(), entry.value.string()) else {
                    continue;
                };
                found.keys.insert(key.clone().into_owned());
                let values = found
                    .by_label
                    .entry((folder, key.into_owned()))
                    .or_default();
                values
                    .of
                    .entry(value.into_owned())
                    .or_default()
                    .push(candidate);
            }
        }
        let custom = graph.resources.iter().filter(|it| {
            !it.partial && !made::makes_nothing(&it.gvk) && graph.workload(it).is_none()
        });
        found.custom = custom.filter_map(|it| it.name.as_deref()).collect();
        found
    }

    /// Whether an operator may make what is selected: a custom object has a name that the selector asks for.
    pub(crate) fn may_be_made(&self, selector: &Selector<'_>) -> bool {
        selector.requirements.iter().any(|it| match &it.operator {
            Operator::In(values) => values.iter().any(|it| self.custom.contains(&**it)),
            _ => false,
        })
    }

    /// What of its own folder the selector matches, whatever its namespace: at most a few.
    pub(crate) fn matching(
        &self,
        graph: &'a DeploymentGraph,
        from: &Resource,
        selector: &Selector<'_>,
    ) -> Vec<Candidate<'a>> {
        let folder = graph.file(from.file).path.parent();
        // The rarest of the labels: thousands may have another one.
        let wanted = selector.requirements.iter().filter_map(wanted);
        let same = wanted.map(|(key, value)| {
            let values = self.by_label.get(&(folder, key.to_owned()));
            let same = values.and_then(|it| it.of.get(value));
            same.map(Vec::as_slice).unwrap_or_default()
        });
        let rarest = same.min_by_key(|it| it.len()).unwrap_or_default();
        let compared = rarest.iter().take(MOST_COMPARED);
        let found = compared.filter(|it| selector.matches(it.labels) == Match::Yes);
        found.take(8).copied().collect()
    }

    /// What the selector of `from` was probably meant to pick: of the same folder, something of the same name, or something that has the same
    /// labels but for the spelling of one value.
    pub(crate) fn meant(
        &self,
        graph: &'a DeploymentGraph,
        from: &Resource,
        selector: &Selector<'_>,
    ) -> Option<Meant> {
        let mut meant = self
            .misspelt(graph, from, selector)
            .or_else(|| self.of_name(graph, from, selector))?;
        if evidence::is_for_tests(graph, from) || graph.may_change(from, "spec.selector") {
            meant.confidence = Confidence::Low;
        }
        Some(meant)
    }

    /// One value is off by its spelling, and all others hold.
    fn misspelt(
        &self,
        graph: &'a DeploymentGraph,
        from: &Resource,
        selector: &Selector<'_>,
    ) -> Option<Meant> {
        let folder = graph.file(from.file).path.parent();
        if selector.requirements.len() > MOST_REQUIREMENTS {
            return None;
        }
        for (at, requirement) in selector.requirements.iter().enumerate() {
            let Some((key, value)) = wanted(requirement) else {
                continue;
            };
            let Some(values) = self.by_label.get(&(folder, key.to_owned())) else {
                continue;
            };
            let others_hold = |it: &Candidate<'a>| {
                let mut others = selector.requirements.iter().enumerate();
                others.all(|(index, other)| index == at || other.holds(it.labels) == Match::Yes)
            };
            let mut near = values.near(value).take(MOST_COMPARED);
            let Some((other, candidate)) = near.find(|it| others_hold(it.1)) else {
                continue;
            };
            let label = candidate.labels.and_then(|it| it.field(key))?;
            return Some(Meant {
                confidence: candidate.confidence(graph),
                place: graph.span_in(candidate.resource, label.range()),
                text: format!("did you mean `{other}`?"),
                help: format!("select `{key}: {other}`"),
                resource: candidate.resource.id,
            });
        }
        None
    }

    /// Something is called as the object that selects, and has other labels.
    fn of_name(
        &self,
        graph: &'a DeploymentGraph,
        from: &Resource,
        selector: &Selector<'_>,
    ) -> Option<Meant> {
        let folder = graph.file(from.file).path.parent();
        let name = from.name.as_deref()?;
        let suffixes = ["-service", "-svc"].into_iter();
        let bare = suffixes.filter_map(|it| name.strip_suffix(it));
        let candidate = std::iter::once(name)
            .chain(bare)
            .find_map(|it| self.by_name.get(&(folder, it))?.first())?;
        let (mut held, mut lacked) = (0, 0);
        let mut confidence = candidate.confidence(graph);
        for requirement in &selector.requirements {
            if requirement.holds(candidate.labels) != Match::No {
                held += 1;
                continue;
            }
            let label = candidate.labels.and_then(|it| it.field(&requirement.key));
            lacked += usize::from(label.is_none());
            let is_given =
                self.keys.contains(&*requirement.key) || made::is_given(&requirement.key);
            if !is_given {
                confidence = Confidence::Low;
            }
        }
        // All that is known holds, and the rest may be set when the program runs: who leads, which role it has.
        if held > 0 && held + lacked == selector.requirements.len() {
            confidence = confidence.min(Confidence::Medium);
        }
        let place = match candidate.labels {
            Some(labels) => labels
                .fields()
                .next()
                .map_or(candidate.resource.span, |it| {
                    graph.span_in(candidate.resource, it.key.range())
                }),
            None => candidate.resource.span,
        };
        let it = called(candidate.resource);
        Some(Meant {
            confidence,
            place,
            text: format!("the labels of {it}"),
            help: format!("select the labels of {it}, or add those that are selected to it"),
            resource: candidate.resource.id,
        })
    }
}

impl<'a> Values<'a> {
    /// What has a value that is nearly `value`, with that value: the nearest first.
    fn near(&self, value: &str) -> impl Iterator<Item = (&str, &Candidate<'a>)> {
        let near = self.candidates(value).filter_map(|other| {
            let nearness = near_miss(value, other)?;
            Some((nearness, other))
        });
        let mut near: Vec<(Nearness, &str)> = near.collect();
        near.sort_unstable();
        near.into_iter().flat_map(|(_, other)| {
            let them = self.of.get(other).into_iter().flatten();
            them.map(move |it| (other, it))
        })
    }

    /// The values that may be near `value`.
    fn candidates(&self, value: &str) -> impl Iterator<Item = &str> {
        let (values, index) = self.index.get_or_init(|| {
            let values: Vec<String> = self.of.keys().cloned().collect();
            let index = NameIndex::new(values.iter().map(String::as_str));
            (values, index)
        });
        let numbers = index.candidates(value).into_iter();
        numbers.filter_map(|it| values.get(it as usize).map(String::as_str))
    }
}

impl Candidate<'_> {
    /// How sure one may be that it has no other labels.
    fn confidence(&self, graph: &DeploymentGraph) -> Confidence {
        let workload = graph.workload(self.resource);
        let paths = workload.map_or_else(
            || vec!["metadata.labels".to_owned()],
            |it| {
                let templates = it.templates().into_iter();
                templates
                    .map(|it| path::field(&it.path, "metadata.labels"))
                    .collect()
            },
        );
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        match workload {
            Some(workload) => evidence::in_template(graph, &workload, &paths),
            None => evidence::in_resource(graph, self.resource, &paths),
        }
    }
}

/// The one value that a requirement asks of a label.
fn wanted<'r>(requirement: &'r Requirement<'_>) -> Option<(&'r str, &'r str)> {
    match &requirement.operator {
        Operator::In(values) => match values.as_slice() {
            [value] => Some((&requirement.key, value)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kubelint_model::{Known, Needs, Targets};
    use kubelint_parser::source::{MemorySources, Sources};

    use super::*;

    /// How many values are compared with all of those that are asked for, each a letter off.
    fn compared(count: u32, value: impl Fn(u32) -> String) -> usize {
        let mut values = Values::default();
        let all: Vec<String> = (0..count).map(value).collect();
        values.of = all.iter().map(|it| (it.clone(), Vec::new())).collect();
        let asked = all.iter().map(|it| format!("{it}x"));
        asked.map(|it| values.candidates(&it).count()).sum()
    }

    #[test]
    fn misspelt_values_take_work_that_grows_with_their_number() {
        let apart = |at: u32| format!("{:08x}", at.wrapping_mul(0x9e37_79b9));
        let alike = |at: u32| format!("common-{at:07}");
        for (few, many) in [
            (compared(500, apart), compared(5_000, apart)),
            (compared(500, alike), compared(5_000, alike)),
        ] {
            assert!(few > 0 && many <= few * 12, "{few} → {many}");
        }
    }

    /// The cause of the selector of a Service that matches nothing, beside a Deployment whose own selector and pods have these labels.
    fn cause_of(service: &str, own: &str, labels: &str) -> String {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{selector: {{app: {service}}}, ports: [{{port: 80}}]}}\n\
             ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{selector: {{matchLabels: {{app: {own}}}}}, \
             template: {{metadata: {{labels: {{app: {labels}}}}}, spec: {{containers: [{{name: a, image: a}}]}}}}}}\n"
        );
        let sources = MemorySources::new([("a.yaml", text.as_str())]);
        let needs = Needs {
            links: true,
            ..Needs::default()
        };
        let targets = Targets::of(sources.list());
        let known = Known::default();
        let graph = DeploymentGraph::read(&sources, targets, Vec::new(), &known, needs);
        let pods = Candidates::pods(&graph);
        let selection = &graph.links.selections[0];
        let from = graph.resource(selection.from);
        let selector = pick(&graph, selection).map(|it| it.selector);
        let selector = selector.unwrap_or_default();
        let meant = pods.meant(&graph, from, &selector);
        cause(&graph, from, &selector, meant.as_ref()).to_string()
    }

    #[test]
    fn a_workload_without_the_labels_of_its_own_pods_is_the_cause() {
        let field = |kind: &str, path: &str| format!("field({kind},?,web,{path})");
        let workload = field("Deployment", "spec.selector.matchLabels.app");
        assert_eq!(cause_of("web", "web", "wbe"), workload);
        let service = field("Service", "spec.selector");
        assert_eq!(cause_of("wbe", "web", "web"), service);
        // Each is wrong in its own way.
        assert_eq!(cause_of("wbe", "webb", "web"), service);
    }
}
