//! What the files before a change show: with it, what a change brought is told from what was there.

use std::collections::BTreeSet;

use kubelint_model::link::Outcome;
use kubelint_model::reference::ObjectName;
use kubelint_model::{DeploymentGraph, Resource};

use crate::decide::FoundBefore;
use crate::report::Problem;

/// What the files before a change show.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// What is found in them.
    pub found: FoundBefore,
    /// The references in them that lead somewhere.
    pub references: ReferencesBefore,
    /// What could not be done.
    pub problems: Vec<Problem>,
}

/// The references by name that led to an object of the repository before a change. If one does not any more, the change took away what it
/// led to, which is the best evidence that nothing else brings it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferencesBefore(BTreeSet<Reference>);

/// Who refers to what: namespaces aside, for those that are not stated are not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    from: [String; 2],
    to: [String; 3],
}

impl ReferencesBefore {
    /// Those of `graph`.
    pub(crate) fn of(graph: &DeploymentGraph) -> Self {
        let links = graph.links.references.iter();
        let resolved = links.filter(|it| matches!(it.outcome, Outcome::Resolved { .. }));
        Self(
            resolved
                .filter_map(|it| Reference::new(graph.resource(it.from), &it.target))
                .collect(),
        )
    }

    /// Whether `from` referred to `target`, and that was there.
    pub fn led(&self, from: &Resource, target: &ObjectName) -> bool {
        Reference::new(from, target).is_some_and(|it| self.0.contains(&it))
    }
}

impl Reference {
    fn new(from: &Resource, target: &ObjectName) -> Option<Self> {
        let name = from.name.clone()?;
        let ObjectName {
            group,
            kind,
            name: to,
            ..
        } = target;
        Some(Self {
            from: [from.gvk.kind.clone(), name],
            to: [group.clone(), kind.clone(), to.clone()],
        })
    }
}
