//! The platforms of the nodes that pods may run on.

use kubelint_model::KubeNode;
use kubelint_model::registry::Platform;
use kubelint_model::view::{PodTemplate, strings, text};
use kubelint_parser::TextRange;
use kubelint_parser::yaml::Node;

/// The labels by which nodes state their processor (`LabelArchStable` and its older name, of core/v1).
const ARCHITECTURE: [&str; 2] = ["kubernetes.io/arch", "beta.kubernetes.io/arch"];
/// Those of their operating system.
const SYSTEM: [&str; 2] = ["kubernetes.io/os", "beta.kubernetes.io/os"];

/// Nodes that pods may run on.
pub(crate) struct Nodes {
    /// Their platforms: at least one.
    pub(crate) platforms: Vec<Platform>,
    /// Where the pod asks for them; none where it asks for nothing of the kind.
    pub(crate) stated_at: Option<TextRange>,
    /// The fields that decide it.
    pub(crate) paths: [String; 2],
}

/// A demand on one of the two labels.
struct Demand {
    is_architecture: bool,
    values: Vec<String>,
    is_excluded: bool,
    place: TextRange,
}

/// Demands that a node must all meet.
type Term = Vec<Demand>;

/// What is known of the nodes on which the pods of `template` may run, where the cluster's nodes have the platforms `cluster`; those may be
/// unknown. `None` if nothing is known of their processors.
pub(crate) fn nodes(template: &PodTemplate<'_>, cluster: &[Platform]) -> Option<Nodes> {
    let spec = template.spec()?;
    let always = selector(spec);
    let terms = terms(spec);
    let is_met = |node: &Platform| {
        let all = |it: &Term| it.iter().all(|it| it.is_met(node));
        all(&always) && (terms.is_empty() || terms.iter().any(all))
    };
    let mut platforms: Vec<Platform> = cluster.iter().filter(|it| is_met(it)).cloned().collect();
    if platforms.is_empty() {
        platforms = stated(&always, &terms);
        platforms.retain(is_met);
    }
    let demands = always.iter().chain(terms.iter().flatten());
    let spec_path = template.spec_path();
    (!platforms.is_empty()).then(|| Nodes {
        stated_at: demands.map(|it| it.place).next(),
        platforms,
        paths: [
            format!("{spec_path}.nodeSelector"),
            format!("{spec_path}.affinity"),
        ],
    })
}

/// The platforms that the pod names itself: if it states processors, or a system other than that of nearly all images.
fn stated(always: &Term, terms: &[Term]) -> Vec<Platform> {
    let values = |is_architecture: bool| {
        let all = always.iter().chain(terms.iter().flatten());
        let of_label =
            all.filter(move |it| it.is_architecture == is_architecture && !it.is_excluded);
        let mut values: Vec<String> = of_label.flat_map(|it| it.values.clone()).collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let mut systems = values(false);
    if systems.is_empty() {
        systems.push("linux".to_owned());
    }
    let pairs = systems.iter().flat_map(|os| {
        let processors = values(true).into_iter();
        processors.map(move |architecture| Platform {
            os: os.clone(),
            architecture,
            variant: None,
        })
    });
    pairs.collect()
}

impl Demand {
    fn is_met(&self, node: &Platform) -> bool {
        let own = if self.is_architecture {
            &node.architecture
        } else {
            &node.os
        };
        self.values.contains(own) != self.is_excluded
    }
}

/// Whether a label states the processor, or the operating system; `None` for others.
fn label(key: &str) -> Option<bool> {
    let is_architecture = ARCHITECTURE.contains(&key);
    (is_architecture || SYSTEM.contains(&key)).then_some(is_architecture)
}

fn selector(spec: Node<'_>) -> Term {
    let fields = spec
        .field("nodeSelector")
        .into_iter()
        .flat_map(Node::fields);
    let demands = fields.filter_map(|it| {
        let is_architecture = label(&it.key.as_str()?)?;
        Some(Demand {
            is_architecture,
            values: vec![it.value.text_value()?.into_owned()],
            is_excluded: false,
            place: it.value.range(),
        })
    });
    demands.collect()
}

/// The terms of the required node affinity: a node meets all of one of them. What asks for other labels is left out of them.
fn terms(spec: Node<'_>) -> Vec<Term> {
    let path = [
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
    ];
    let terms = spec.at(&path).map(|it| it.list("nodeSelectorTerms"));
    let terms = terms.unwrap_or_default().into_iter();
    let demands = |term: Node<'_>| {
        let expressions = term.list("matchExpressions").into_iter();
        let demands = expressions.filter_map(|it| {
            let is_architecture = label(&text(it, "key")?.value)?;
            let operator = text(it, "operator")?;
            let is_excluded = match &*operator.value {
                "In" => false,
                "NotIn" => true,
                _ => return None,
            };
            let values = strings(it, "values").into_iter();
            Some(Demand {
                is_architecture,
                values: values.map(|it| it.value.into_owned()).collect(),
                is_excluded,
                place: it.range(),
            })
        });
        demands.collect()
    };
    terms.map(demands).collect()
}
