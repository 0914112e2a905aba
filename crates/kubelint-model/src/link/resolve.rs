//! Resolves references by name.

use std::cell::Cell;

use crate::made::{Maker, Makers};
use crate::placeholder::{self, is_replaced};
use crate::reach::{Hits, Reach, Ring};
use crate::reference::{ObjectName, Part, Reference};
use crate::{DeploymentGraph, Resource, ResourceId};

use super::index::{Names, Scope};
use super::unread::{self, Unread};
use super::{Brought, Link, Missing, Outcome, PartLink, PartOutcome};

/// The most names with replaced text that are compared with one that is missing.
const MAX_REPLACED: u32 = 256;

/// The most beginnings that kustomizations may have put before a name that are tried.
const MAX_PREFIXES: usize = 4;

/// Resolves references by name.
pub(super) struct Resolver<'g> {
    graph: &'g DeploymentGraph,
    pub(super) reach: &'g Reach,
    makers: &'g Makers,
    pub(super) names: Names<'g>,
    /// What was not read, by file.
    unread: Unread<'g>,
}

/// A link whose part is still to be looked for.
pub(super) struct Draft<'g> {
    pub(super) link: Link,
    pub(super) part: Option<Part<'g>>,
}

impl<'g> Resolver<'g> {
    pub(super) fn new(graph: &'g DeploymentGraph, reach: &'g Reach, makers: &'g Makers) -> Self {
        Self {
            graph,
            reach,
            makers,
            names: Names::new(graph, reach),
            unread: Unread::new(graph),
        }
    }

    /// Where `reference`, one of those of `from`, leads. What is nearly it, and who mentions it, is not looked for yet.
    pub(super) fn link(&self, from: &Resource, reference: Reference<'g>) -> Draft<'g> {
        let outcome = self.outcome(from, &reference.target);
        let part = reference.part.as_ref().map(|part| {
            let (Part::Key(node) | Part::Port(_, node) | Part::EndpointPort(_, node)) = part;
            PartLink {
                node: node.id(),
                text: node.as_str().unwrap_or_default().into_owned(),
                outcome: PartOutcome::Unknown,
            }
        });
        // Scripts may say what keys they make.
        let has_parts = match &outcome {
            Outcome::Resolved { .. } => true,
            Outcome::External(Maker::Script(_)) => matches!(reference.part, Some(Part::Key(_))),
            _ => false,
        };
        Draft {
            link: Link {
                from: from.id,
                relation: reference.relation,
                target: reference.target,
                node: reference.node.id(),
                states_namespace: reference.states_namespace,
                is_optional: reference.is_optional,
                outcome,
                part: part.filter(|_| has_parts),
            },
            part: reference.part.filter(|_| has_parts),
        }
    }

    /// Where the name `target`, which `from` states, leads.
    pub(super) fn outcome(&self, from: &Resource, target: &ObjectName) -> Outcome {
        let hits = self.find(from.id, target);
        let is_replaced = is_replaced(&target.name);
        match hits.nearest {
            // Two files that say `${NAME}` mean the same only if one tool fills them in together.
            Some((ring, candidates)) if !is_replaced || ring <= Ring::Applied => {
                return Outcome::Resolved {
                    ring,
                    candidates,
                    has_more: hits.has_more,
                };
            }
            // The search gave up: too many objects have that name.
            None if hits.has_more => return Outcome::Unknown,
            _ if is_replaced || is_stand_in(&target.name) => return Outcome::Unknown,
            _ => {}
        }
        if let Some(maker) = self.makers.of(self.graph, from.id, target) {
            return Outcome::External(maker);
        }
        let other_namespace = self.in_other_namespace(from.id, target);
        if !other_namespace.is_empty() && target.namespace.as_deref().is_some_and(is_stand_in) {
            return Outcome::Unknown;
        }
        let absent = self.unread.absent_beside(from.file);
        let (speaking, absent_files): (Vec<_>, Vec<_>) =
            absent.partition(|it| unread::speaks_of(it, target));
        let may_install = self.makers.may_install(self.graph, from, target);
        Outcome::Missing(Box::new(Missing {
            other_namespace,
            in_some_builds: hits.in_some_builds,
            elsewhere: hits.elsewhere,
            may_be_unseen: !speaking.is_empty() || self.may_be_unseen(from, target),
            absent_files: absent_files.into_iter().cloned().collect(),
            brought: may_install.then_some(Brought::Installed),
            ..Missing::default()
        }))
    }

    fn find(&self, from: ResourceId, target: &ObjectName) -> Hits {
        let Some(named) = self.names.get(&target.group, &target.kind, &target.name) else {
            return Hits::default();
        };
        let namespace = target.namespace.as_deref();
        let namespaces = namespace.as_slice();
        let scope = namespace.map_or(Scope::Any, |_| Scope::In(namespaces));
        named.find(self.graph, self.reach, from, scope, &|_| true)
    }

    /// Those of the same name in reach that state another namespace.
    fn in_other_namespace(&self, from: ResourceId, target: &ObjectName) -> Vec<ResourceId> {
        let named = self.names.get(&target.group, &target.kind, &target.name);
        let Some(named) = named.filter(|_| target.namespace.is_some()) else {
            return Vec::new();
        };
        let hits = named.find(self.graph, self.reach, from, Scope::Any, &|_| true);
        hits.nearest.map(|(_, ids)| ids).unwrap_or_default()
    }

    /// Whether something that was not read, or not applied yet, may bring it.
    fn may_be_unseen(&self, from: &Resource, target: &ObjectName) -> bool {
        self.unread.is_open(from.file)
            || self.may_be_filled_in(from.id, target)
            || self.may_be_renamed(from.id, target)
    }

    /// Whether an object in reach may get this name when its placeholders are replaced.
    fn may_be_filled_in(&self, from: ResourceId, target: &ObjectName) -> bool {
        let Some(replaced) = self.names.replaced(&target.group, &target.kind) else {
            return false;
        };
        let left = Cell::new(MAX_REPLACED);
        let accept = |id: ResourceId| {
            left.set(left.get().saturating_sub(1));
            let name = self.graph.resource(id).name.as_deref();
            left.get() == 0 || name.is_some_and(|it| may_become(it, &target.name))
        };
        let hits = replaced.find(self.graph, self.reach, from, Scope::Any, &accept);
        hits.nearest.is_some() || hits.has_more
    }

    /// Whether it is the name of an object in reach with what a kustomization puts before it.
    fn may_be_renamed(&self, from: ResourceId, target: &ObjectName) -> bool {
        if !self.graph.plan.renames() {
            return false;
        }
        shorter_names(&target.name).any(|name| {
            let named = self.names.get(&target.group, &target.kind, name);
            named.is_some_and(|it| {
                let is_renamed = |id| self.graph.plan.may_rename(self.graph.resource(id));
                let hits = it.find(self.graph, self.reach, from, Scope::Any, &is_renamed);
                hits.nearest.is_some()
            })
        })
    }
}

/// What a name may have been before a kustomization put something before or behind it.
pub(super) fn shorter_names(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.match_indices('-').take(MAX_PREFIXES);
    let ends = ends.map(|(at, _)| &name[at + 1..]);
    let begins = name.rmatch_indices('-').take(MAX_PREFIXES);
    let begins = begins.map(|(at, _)| &name[..at]);
    ends.chain(begins).filter(|it| !it.is_empty())
}

/// Whether a name is a stand-in for another: it holds a placeholder, or is written like a constant, as no name may be.
pub(super) fn is_stand_in(name: &str) -> bool {
    let is_constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let is_loud = name.bytes().all(is_constant) && name.bytes().any(|it| it.is_ascii_uppercase());
    is_loud || !placeholder::find(name).is_empty()
}

/// Whether `template`, which holds `${…}`, `{{…}}` or `$(…)`, may become `name`: what stands before the first and after the last of them is
/// there.
pub(super) fn may_become(template: &str, name: &str) -> bool {
    let starts = ["${", "{{", "$("].iter().filter_map(|it| template.find(it));
    let start = starts.min().unwrap_or(template.len());
    let end = template.rfind(['}', ')']).map_or(start, |it| it + 1);
    let (before, after) = (
        &template[..start],
        if end > start { &template[end..] } else { "" },
    );
    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins() {
        for (name, expected) in [
            ("KSA_NAME", true),
            ("<secret>", true),
            ("your-secret", true),
            ("app-config", false),
            ("App-Config", false),
            ("1", false),
        ] {
            assert_eq!(is_stand_in(name), expected, "{name}");
        }
    }

    #[test]
    fn templates_of_names() {
        for (template, name, expected) in [
            ("${NAME}", "app", true),
            ("${NAME}-config", "app-config", true),
            ("${NAME}-config", "app-secret", false),
            ("app-$(ENV)-{{ x }}.y", "app-prod-1.y", true),
            ("a-${X}-a", "a-", false),
            ("a}${X", "a}b", true),
        ] {
            assert_eq!(may_become(template, name), expected, "{template}");
        }
    }
}
