//! How sure a rule may be that an object is not there, and how to say so. The one place that weighs what [`Missing`] knows;
//! `docs/confidence.md` has the table, its reasons and what was measured.

use kubelint_engine::{Confidence, Finding, Findings, RuleContext};
use kubelint_model::link::{Brought, Link, Missing, Outcome, Ratio};
use kubelint_model::purpose::Purpose;
use kubelint_model::reference::Relation;
use kubelint_model::{Cause, DeploymentGraph, Resource, ResourceId};
use kubelint_parser::Span;

use crate::renamed::Renamed;

/// From which share of references that resolve the repository evidently defines such objects itself, so that a plain absence is worth a
/// warning. Fitted to the repositories of `docs/confidence.md`.
#[derive(Clone, Copy)]
struct Threshold {
    /// References that there must be at least.
    least: u32,
    /// The share that must resolve, as a fraction.
    share: (u32, u32),
}

/// Configuration, claims, backends and workloads: mostly stated beside what uses them.
const OFTEN_STATED: Threshold = Threshold {
    least: 1,
    share: (1, 3),
};
/// Roles and accounts: often brought by a platform or another repository.
const OFTEN_BROUGHT: Threshold = Threshold {
    least: 5,
    share: (4, 5),
};
/// Secrets: seldom committed at all.
const SELDOM_STATED: Threshold = Threshold {
    least: 5,
    share: (9, 10),
};

/// The references of some kinds that lead nowhere, in order.
pub(crate) fn missing<'a>(
    graph: &'a DeploymentGraph,
    relations: &'a [Relation],
) -> impl Iterator<Item = (&'a Link, &'a Missing)> {
    let links = graph.links.references.iter();
    links
        .filter(|it| relations.contains(&it.relation) && !it.is_optional)
        .filter_map(|link| match &link.outcome {
            Outcome::Missing(missing) => Some((link, &**missing)),
            _ => None,
        })
}

/// Reports every reference of these kinds that leads nowhere.
pub(crate) fn report(cx: &RuleContext<'_>, relations: &[Relation], out: &mut Findings) {
    let renamed = Renamed::of(cx.graph, relations);
    for (link, missing) in missing(cx.graph, relations) {
        let plain = plain(cx.graph, link.relation);
        out.push(match renamed.meant(cx.graph, link) {
            Some(unused) if missing.near.is_empty() => {
                // Both sides are here, though nothing but their being alone tells that they belong together. That says more than that others
                // bring objects, too.
                let missing = Missing {
                    brought: None,
                    ..missing.clone()
                };
                let found = finding(cx, link, &missing, plain.max(Confidence::Medium));
                found.related(unused.span, "nothing uses this one: is it meant?")
            }
            _ => finding(cx, link, missing, plain),
        });
    }
}

/// How sure a plain absence is, one that nothing but the rest of the repository speaks for or against: by the share of such references
/// that resolve.
pub(crate) fn plain(graph: &DeploymentGraph, relation: Relation) -> Confidence {
    let ratio = graph.links.resolved.get(&relation).copied();
    let threshold = match relation {
        Relation::ConfigMap | Relation::Claim | Relation::Backend | Relation::ScaleTarget => {
            OFTEN_STATED
        }
        Relation::Role | Relation::Subject => OFTEN_BROUGHT,
        Relation::Secret | Relation::PullSecret | Relation::TlsSecret => SELDOM_STATED,
        // What else speaks for these is for their rules to see.
        Relation::ServiceAccount | Relation::GoverningService => return Confidence::Low,
    };
    if threshold.is_reached(ratio.unwrap_or_default()) {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

/// The finding of a reference that leads nowhere; `plain` is the confidence if nothing else is known.
pub(crate) fn finding(
    cx: &RuleContext<'_>,
    link: &Link,
    missing: &Missing,
    plain: Confidence,
) -> Finding {
    let graph = cx.graph;
    let from = graph.resource(link.from);
    let place = graph.node(from.file, link.node).range();
    let field = graph.path_at(from, place);
    let was_there = cx.world.before.led(from, &link.target);
    // Distributions and their add-ons put there what they bring.
    let is_of_system = link.target.namespace.as_deref() == Some("kube-system");
    let weighed = Weighed {
        was_there,
        relation: link.relation,
        purpose: graph.file(from.file).purpose,
        may_change: graph.may_change(from, &field),
        may_move: !link.states_namespace && graph.may_change(from, "metadata.namespace"),
        plain: if is_of_system { Confidence::Low } else { plain },
    };
    let absence = Absence::of(graph, link, missing);
    let says = if was_there && absence.other_side.is_none() {
        "which no manifest defines any more"
    } else {
        &absence.says
    };
    let message = format!(
        "the {} {} the {} `{}`, {}",
        called(from),
        verb(link.relation),
        link.target.kind,
        link.target.name,
        says
    );
    let mut finding = Finding::new(graph.span_in(from, place), message, cause(link))
        .label(absence.label)
        .confidence(weighed.confidence(missing))
        .about(from.id, field, link.target.name.clone())
        .help(absence.help);
    if let Some((span, text)) = absence.other_side {
        finding = finding.related(span, text);
    }
    finding
}

/// The cause of all findings about the object that `link` names.
pub(crate) fn cause(link: &Link) -> Cause {
    let target = &link.target;
    Cause::object(
        &target.group,
        &target.kind,
        target.namespace.as_deref(),
        &target.name,
    )
}

/// An object as a message names it: ``Deployment `api` ``.
pub(crate) fn called(resource: &Resource) -> String {
    let kind = &resource.gvk.kind;
    match resource.name.as_ref().or(resource.generate_name.as_ref()) {
        Some(name) => format!("{kind} `{name}`"),
        None => kind.clone(),
    }
}

/// What one object does with another, in a message.
pub(crate) const fn verb(relation: Relation) -> &'static str {
    match relation {
        Relation::ConfigMap | Relation::Secret => "uses",
        Relation::PullSecret => "pulls images with",
        Relation::TlsSecret => "serves the certificate of",
        Relation::ServiceAccount => "runs as",
        Relation::Claim => "mounts",
        Relation::Role => "grants",
        Relation::Subject => "grants rights to",
        Relation::ScaleTarget => "scales",
        Relation::GoverningService => "is governed by",
        Relation::Backend => "sends requests to",
    }
}

/// What decides how sure an absence is, besides [`Missing`].
struct Weighed {
    /// Whether the repository had it before the change that is looked at: then nothing else brought it, unless that came with the change.
    was_there: bool,
    relation: Relation,
    /// Of the file that refers.
    purpose: Purpose,
    /// Whether something may still change the name that is referred to.
    may_change: bool,
    /// Whether something may still change the namespace in which it is looked up.
    may_move: bool,
    plain: Confidence,
}

impl Weighed {
    fn confidence(&self, missing: &Missing) -> Confidence {
        let is_secret = matches!(
            self.relation,
            Relation::Secret | Relation::PullSecret | Relation::TlsSecret
        );
        // Something else brings it, or replaces the name.
        let is_doubtful = self.may_change
            || missing.may_be_unseen
            || !missing.in_some_builds.is_empty()
            || !missing.elsewhere.is_empty()
            || self.purpose == Purpose::Test
            || self.purpose == Purpose::Template && !self.is_stated_beside(missing);
        if is_doubtful {
            return Confidence::Low;
        }
        // A short name is a word of many scripts: that one holds it does not outweigh what stands beside it.
        let may_be_made = !missing.absent_files.is_empty()
            || missing.brought == Some(Brought::Installed)
            || missing.mentioned.is_some();
        if !missing.near.is_empty() {
            let is_sure = !may_be_made && self.purpose != Purpose::Template;
            return match (is_secret, is_sure) {
                (false, true) => Confidence::High,
                (false, false) | (true, true) => Confidence::Medium,
                (true, false) => Confidence::Low,
            };
        }
        if may_be_made {
            return Confidence::Low;
        }
        if self.was_there {
            return self.plain.max(Confidence::Medium);
        }
        // Samples show a part and leave the rest to the reader. A StatefulSet's Service belongs to the part.
        if self.purpose == Purpose::Sample && self.relation != Relation::GoverningService {
            return Confidence::Low;
        }
        if !missing.other_namespace.is_empty() {
            return if self.may_move {
                Confidence::Low
            } else {
                Confidence::Medium
            };
        }
        // Configuration and governing Services are stated with what uses them: where several are not there, somebody forgot them.
        let is_apart = !matches!(
            self.relation,
            Relation::ConfigMap | Relation::GoverningService
        );
        if missing.brought == Some(Brought::KeptElsewhere) && is_apart {
            return Confidence::Low;
        }
        self.plain
    }

    /// Whether what is named here is evidently stated here. Whatever fills in a file may also make configuration, Secrets and claims for it,
    /// but the accounts and roles of bindings are stated with them, as those beside this one are.
    fn is_stated_beside(&self, missing: &Missing) -> bool {
        matches!(self.relation, Relation::Role | Relation::Subject)
            && missing.has_resolved_neighbour
    }
}

impl Threshold {
    fn is_reached(self, ratio: Ratio) -> bool {
        let (part, whole) = self.share;
        ratio.all >= self.least
            && u64::from(ratio.resolved) * u64::from(whole)
                >= u64::from(ratio.all) * u64::from(part)
    }
}

/// What there is to say of an absence.
struct Absence {
    /// The end of the message.
    says: String,
    /// What to say at the name.
    label: String,
    /// The place that contradicts, or the nearest candidate.
    other_side: Option<(Span, String)>,
    help: String,
}

impl Absence {
    fn of(graph: &DeploymentGraph, link: &Link, missing: &Missing) -> Self {
        let first = |ids: &[ResourceId]| ids.first().map(|&id| graph.resource(id));
        let nowhere = "which no manifest defines".to_owned();
        let none = format!("no {} is called so", link.target.kind);
        if let Some(near) = first(&missing.near) {
            let name = near.name.as_deref().unwrap_or_default();
            return Self {
                says: nowhere,
                label: none,
                other_side: Some((near.span, format!("did you mean `{name}`?"))),
                help: format!(
                    "write `{name}`, or add the {} `{}`",
                    link.target.kind, link.target.name
                ),
            };
        }
        if let Some(other) = first(&missing.other_namespace) {
            return Self::in_other_namespace(graph, link, other);
        }
        if let Some(other) = first(&missing.in_some_builds) {
            return Self {
                says: "which only some of the builds that take it in define".to_owned(),
                label: format!("no {} is called so in the other builds", link.target.kind),
                other_side: Some((other.span, "defined for some builds here".to_owned())),
                help: format!("add the {} to every build", link.target.kind),
            };
        }
        if let Some(other) = first(&missing.elsewhere) {
            let path = &graph.file(other.file).path;
            return Self {
                says: format!("which is missing here and defined in `{path}`"),
                label: format!("no {} is called so here", link.target.kind),
                other_side: Some((other.span, "defined here, for another purpose".to_owned())),
                help: add(link),
            };
        }
        Self {
            says: nowhere,
            label: none,
            other_side: missing
                .mentioned
                .map(|span| (span, "named here, and maybe made".to_owned())),
            help: add(link),
        }
    }

    fn in_other_namespace(graph: &DeploymentGraph, link: &Link, other: &Resource) -> Self {
        let kind = &link.target.kind;
        let theirs = other.namespace.as_deref().unwrap_or_default();
        let says = match &link.target.namespace {
            Some(own) => format!("which is in the namespace `{theirs}`, not in `{own}`"),
            None => format!("which is in the namespace `{theirs}`"),
        };
        let place = graph.locate(other, "metadata.namespace").range;
        let help = if link.states_namespace {
            format!("state `namespace: {theirs}`, or add the {kind} to the namespace that is named")
        } else {
            "put both into one namespace: such a name is only looked up in the own one".to_owned()
        };
        Self {
            says,
            label: format!("no {kind} is called so in this namespace"),
            other_side: Some((
                graph.span_in(other, place),
                format!("the {} is here", called(other)),
            )),
            help,
        }
    }
}

fn add(link: &Link) -> String {
    let kind = &link.target.kind;
    let what = if link.relation == Relation::GoverningService {
        "with `clusterIP: None`, "
    } else {
        ""
    };
    format!(
        "add the {kind} `{}` {what}or list it under `external` in `kubelint.yaml` if something else makes it",
        link.target.name
    )
}

#[cfg(test)]
mod tests {
    use kubelint_parser::TextRange;
    use kubelint_parser::source::{SourceId, SourcePath};

    use super::*;

    fn weighed(relation: Relation, plain: Confidence) -> Weighed {
        Weighed {
            was_there: false,
            relation,
            purpose: Purpose::Deployed,
            may_change: false,
            may_move: false,
            plain,
        }
    }

    fn near() -> Missing {
        Missing {
            near: vec![ResourceId(0)],
            ..Missing::default()
        }
    }

    #[test]
    fn a_near_miss_is_sure_but_of_secrets() {
        let of = |relation| weighed(relation, Confidence::Low).confidence(&near());
        assert_eq!(of(Relation::ConfigMap), Confidence::High);
        assert_eq!(of(Relation::Role), Confidence::High);
        assert_eq!(of(Relation::Secret), Confidence::Medium);
        assert_eq!(of(Relation::TlsSecret), Confidence::Medium);
    }

    #[test]
    fn whatever_may_bring_it_makes_even_a_near_miss_doubtful() {
        let some = || vec![ResourceId(1)];
        let cases = [
            Missing {
                may_be_unseen: true,
                ..near()
            },
            Missing {
                elsewhere: some(),
                ..near()
            },
            Missing {
                in_some_builds: some(),
                ..near()
            },
        ];
        let weighed = weighed(Relation::ConfigMap, Confidence::Medium);
        for missing in cases {
            assert_eq!(weighed.confidence(&missing), Confidence::Low, "{missing:?}");
        }
        let changed = Weighed {
            may_change: true,
            ..weighed
        };
        assert_eq!(changed.confidence(&near()), Confidence::Low);
    }

    #[test]
    fn what_a_change_took_away_is_likely_to_be_missed_unless_something_may_bring_it() {
        let of = |missing: &Missing| {
            let weighed = Weighed {
                was_there: true,
                ..weighed(Relation::Secret, Confidence::Low)
            };
            weighed.confidence(missing)
        };
        assert_eq!(of(&Missing::default()), Confidence::Medium);
        let unseen = Missing {
            may_be_unseen: true,
            ..Missing::default()
        };
        assert_eq!(of(&unseen), Confidence::Low);
        let absent = Missing {
            absent_files: vec![SourcePath::new("shop/settings.yaml")],
            ..Missing::default()
        };
        assert_eq!(of(&absent), Confidence::Low);
    }

    #[test]
    fn an_absent_file_that_is_called_otherwise_leaves_a_near_miss_likely() {
        let beside_ingress = |near: Missing| Missing {
            absent_files: vec![SourcePath::new("shop/ingress.yaml")],
            ..near
        };
        let of =
            |relation, missing: &Missing| weighed(relation, Confidence::Medium).confidence(missing);
        let near_miss = beside_ingress(near());
        assert_eq!(of(Relation::ConfigMap, &near_miss), Confidence::Medium);
        assert_eq!(of(Relation::Secret, &near_miss), Confidence::Low);
        let other = beside_ingress(Missing::default());
        assert_eq!(of(Relation::ConfigMap, &other), Confidence::Low);
    }

    #[test]
    fn what_is_filled_in_is_judged_only_where_it_is_stated_beside() {
        let of = |relation, missing: &Missing| {
            let weighed = Weighed {
                purpose: Purpose::Template,
                ..weighed(relation, Confidence::Medium)
            };
            weighed.confidence(missing)
        };
        let alone = Missing::default();
        assert_eq!(of(Relation::Subject, &alone), Confidence::Low);
        let beside = |missing: Missing| Missing {
            has_resolved_neighbour: true,
            ..missing
        };
        assert_eq!(of(Relation::Subject, &beside(alone)), Confidence::Medium);
        assert_eq!(of(Relation::Subject, &beside(near())), Confidence::Medium);
        assert_eq!(of(Relation::Claim, &beside(near())), Confidence::Low);
    }

    #[test]
    fn a_mention_is_weaker_than_a_near_miss() {
        let mentioned = Some(Span::new(SourceId(0), TextRange::new(0, 3)));
        let of = |relation, missing: Missing| {
            let missing = Missing {
                mentioned,
                ..missing
            };
            weighed(relation, Confidence::Medium).confidence(&missing)
        };
        assert_eq!(of(Relation::ConfigMap, near()), Confidence::Medium);
        assert_eq!(of(Relation::Secret, near()), Confidence::Low);
        assert_eq!(of(Relation::Claim, Missing::default()), Confidence::Low);
    }

    #[test]
    fn another_namespace_is_medium_and_samples_leave_things_out() {
        let other = Missing {
            other_namespace: vec![ResourceId(1)],
            ..Missing::default()
        };
        let deployed = weighed(Relation::Secret, Confidence::Low);
        assert_eq!(deployed.confidence(&other), Confidence::Medium);
        let in_sample = |relation| Weighed {
            purpose: Purpose::Sample,
            ..weighed(relation, Confidence::Medium)
        };
        let claim = in_sample(Relation::Claim);
        assert_eq!(claim.confidence(&Missing::default()), Confidence::Low);
        assert_eq!(claim.confidence(&near()), Confidence::High);
        let service = in_sample(Relation::GoverningService);
        assert_eq!(service.confidence(&Missing::default()), Confidence::Medium);
        let in_test = Weighed {
            purpose: Purpose::Test,
            ..weighed(Relation::Claim, Confidence::Medium)
        };
        assert_eq!(in_test.confidence(&near()), Confidence::Low);
    }

    #[test]
    fn shares_are_of_all_and_need_enough_of_them() {
        let reached =
            |threshold: Threshold, resolved, all| threshold.is_reached(Ratio { resolved, all });
        assert!(reached(OFTEN_STATED, 1, 3));
        assert!(!reached(OFTEN_STATED, 1, 4));
        assert!(!reached(OFTEN_STATED, 0, 0));
        assert!(reached(OFTEN_BROUGHT, 4, 5));
        assert!(!reached(OFTEN_BROUGHT, 3, 4));
        assert!(!reached(SELDOM_STATED, 8, 9));
        assert!(reached(SELDOM_STATED, 9, 10));
    }
}
