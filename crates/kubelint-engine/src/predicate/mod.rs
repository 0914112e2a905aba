//! Rules without code: a page says what to select, which field to look at and what must hold.
//!
//! ```yaml
//! check:
//!   each: containers                    # a named selection, or a path within the resource
//!   when:                               # optional: further conditions under which the rule applies at all
//!     - field: securityContext.windowsOptions
//!       must: absent
//!   field: securityContext.privileged   # a path within what was selected
//!   must: { not: true }
//! message: container `{name}` runs privileged
//! ```
//!
//! - `each`: `resources`, `pod-templates` (the spec of pods), `containers` (init containers among them), `regular-containers`,
//!   `init-containers`, `volumes`, `container-ports`, `variables` (`env`), `volume-mounts`, or a path. `kinds:` of the page narrows
//!   it to these kinds; without it every kind that has such parts is looked at.
//! - `field`, and `each` as a path: keys joined by dots; `[]` is every item of a list, `["a.b/c"]` a key with dots.
//! - `inherit`: a path in the pod's spec that holds where `field` is absent, as for most of a container's security context.
//! - `default`: what the absence of the field means to Kubernetes.
//! - `must`: `exists`, `absent`, or a mapping with one of `equal`, `not`, `in`, `not-in`, `matches`, `not-matches` (patterns with
//!   `*`, `?`, `[ab]`, `{a,b}` for the whole value), `min`, `max` (numbers and quantities), `contains` (an item of a list).
//!   A field that is absent and has no default fails `exists`, `equal`, `in`, `matches`, `min`, `max`, `contains`, and holds the others.
//!   `$name` instead of a value is the rule's parameter of that name.
//! - `message`: `{name}` is the name of what was selected, `{resource}` and `{kind}` those of the object, `{container}` that of the
//!   container, `{field}` the path, `{value}` what is written there, as far as it may be shown.
//!
//! A finding points to the field's value, or, where the field is absent, to the key of its nearest ancestor that is there. Where a
//! kustomization may still change the field it is of low confidence.

mod message;
mod must;
mod path;
mod select;

use kubelint_model::{Cause, DeploymentGraph, Resource};

use crate::mistake::{InputText, Mistake};
use crate::params::Params;
use crate::shape::{Shape, optional, required};
use crate::value::Value;
use crate::{Confidence, Finding, Findings, RuleContext, RuleMeta};
use message::{Message, Words};
use must::{Must, Outcome};
use path::{Hit, Path};
use select::{Each, Selected};

/// What a page says must hold.
#[derive(Clone, Debug)]
pub struct Predicate {
    each: Each,
    when: Vec<Condition>,
    must: Condition,
    message: Message,
}

/// A field and what must hold of it.
#[derive(Clone, Debug)]
struct Condition {
    field: Path,
    inherit: Option<Path>,
    default: Option<Value>,
    must: Must,
}

/// The keys of `check:`.
pub(crate) const SHAPE: Shape = Shape::Map(&[
    required(
        "each",
        Shape::Text,
        "What is looked at: a named selection, or a path.",
    ),
    optional(
        "when",
        Shape::List(&CONDITION),
        "Conditions under which the rule applies at all.",
    ),
    FIELD,
    INHERIT,
    DEFAULT,
    MUST,
]);

const CONDITION: Shape = Shape::Map(&[FIELD, INHERIT, DEFAULT, MUST]);

const FIELD: crate::shape::Field = required("field", Shape::Text, "The path of the field.");
const INHERIT: crate::shape::Field = optional(
    "inherit",
    Shape::Text,
    "A path in the pod's spec that holds where the field is absent.",
);
const DEFAULT: crate::shape::Field = optional(
    "default",
    Shape::Any,
    "What the absence of the field means.",
);
const MUST: crate::shape::Field = required("must", must::SHAPE, "What must hold.");

impl Predicate {
    /// Reads a page's `check:` and `message:`, which have the right shape.
    pub(crate) fn read(
        input: &InputText<'_>,
        check: &Value,
        message: &Value,
        meta: &RuleMeta,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let reader = Reader {
            input,
            params: &meta.params,
        };
        let each = reader.each(check.get("each")?, meta, mistakes);
        let when: Option<Vec<_>> = check
            .get("when")
            .map_or(&[][..], Value::items)
            .iter()
            .map(|it| reader.condition(it, mistakes))
            .collect();
        let must = reader.condition(check, mistakes);
        let message = Message::read(input, message, mistakes);
        Some(Self {
            each: each?,
            when: when?,
            must: must?,
            message: message?,
        })
    }

    /// Looks at every resource of the page's kinds.
    pub(crate) fn check(&self, cx: &RuleContext<'_>, out: &mut Findings) {
        // The entry of a generator has none of the fields of what it makes.
        let stated = cx.graph.resources.iter().filter(|it| !it.generated);
        for resource in stated {
            if select::is_of_kinds(resource, &cx.meta.kinds) {
                for selected in self.each.select(cx.graph, resource) {
                    self.check_one(cx, &selected, out);
                }
            }
        }
    }

    fn check_one(&self, cx: &RuleContext<'_>, selected: &Selected<'_>, out: &mut Findings) {
        let applies = self
            .when
            .iter()
            .all(|it| it.violations(selected, cx.params).is_empty());
        if !applies {
            return;
        }
        for hit in self.must.violations(selected, cx.params) {
            // Part of an object: what it lacks may stand in the other part.
            if hit.value.is_some() || !selected.resource.partial {
                out.push(self.finding(cx.graph, selected, &hit));
            }
        }
    }

    fn finding(&self, graph: &DeploymentGraph, selected: &Selected<'_>, hit: &Hit<'_>) -> Finding {
        let resource = selected.resource;
        let source = graph.sources.get(graph.file(resource.file).source);
        let value = hit
            .value
            .map(|it| source.shown(it.range()).into_owned())
            .unwrap_or_default();
        let message = self.message.fill(&Words {
            resource,
            selected,
            field: &hit.path,
            value: &value,
        });
        let cause = cause(resource, &hit.path);
        let span = graph.span_in(resource, hit.at);
        let finding = Finding::new(span, message, cause).about(resource.id, &hit.path, value);
        if graph.may_change(resource, &hit.path) {
            finding.confidence(Confidence::Low)
        } else {
            finding
        }
    }
}

impl Condition {
    /// The places that do not hold.
    fn violations<'a>(&self, selected: &Selected<'a>, params: &Params) -> Vec<Hit<'a>> {
        let mut hits = self.field.find(selected.node, selected.at, &selected.path);
        if hits.iter().all(|it| it.value.is_none())
            && let (Some(path), Some(spec)) = (&self.inherit, &selected.pod_spec)
        {
            let inherited = path.find(spec.node, spec.at, &spec.path);
            if inherited.iter().any(|it| it.value.is_some()) {
                hits = inherited;
            }
        }
        hits.retain(|hit| {
            self.must.outcome(hit.value, self.default.as_ref(), params) == Outcome::Fails
        });
        hits
    }
}

struct Reader<'a> {
    input: &'a InputText<'a>,
    params: &'a Params,
}

impl Reader<'_> {
    fn each(&self, value: &Value, meta: &RuleMeta, mistakes: &mut Vec<Mistake>) -> Option<Each> {
        let word = value.as_str()?;
        if let Some(each) = Each::parse(word) {
            return Some(each);
        }
        let path = self.path(value, mistakes)?;
        if meta.kinds.is_empty() {
            let nearest = crate::suggest::did_you_mean(word, Each::WORDS.iter().map(|it| it.0));
            let hint = crate::suggest::hint(nearest);
            let message = format!(
                "`{word}` is no selection, and as a path it needs `kinds:` on the page{hint}"
            );
            mistakes.push(self.input.mistake(value.range, message));
            return None;
        }
        Some(Each::Path(path))
    }

    fn condition(&self, value: &Value, mistakes: &mut Vec<Mistake>) -> Option<Condition> {
        let inherit = match value.get("inherit") {
            Some(path) => Some(self.path(path, mistakes)?),
            None => None,
        };
        Some(Condition {
            field: self.path(value.get("field")?, mistakes)?,
            inherit,
            default: value.get("default").cloned(),
            must: Must::read(self.input, value.get("must")?, self.params, mistakes)?,
        })
    }

    fn path(&self, value: &Value, mistakes: &mut Vec<Mistake>) -> Option<Path> {
        match Path::parse(value.as_str()?) {
            Ok(path) => Some(path),
            Err(message) => {
                mistakes.push(self.input.mistake(value.range, message));
                None
            }
        }
    }
}

fn cause(resource: &Resource, field: &str) -> Cause {
    Cause::field(
        &resource.gvk.kind,
        resource.namespace.as_deref(),
        resource.name.as_deref().unwrap_or_default(),
        field,
    )
}
