//! Label selectors, and whether they match labels.

use std::borrow::Cow;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::{Entry, Kind, Node};

use crate::KubeNode;
use crate::placeholder::is_replaced;

/// A label selector: all of its requirements must hold. Without any it matches everything.
///
/// (In a Service or ReplicationController an *absent* selector selects nothing; that is for the caller to tell.)
#[derive(Clone, Debug, Default)]
pub struct Selector<'a> {
    /// The requirements, in the order in which they are written.
    pub requirements: Vec<Requirement<'a>>,
}

/// One requirement of a selector.
#[derive(Clone, Debug)]
pub struct Requirement<'a> {
    /// The label it is about.
    pub key: Cow<'a, str>,
    /// What is required of it.
    pub operator: Operator<'a>,
    /// The whole requirement: the value in `matchLabels`, the item of `matchExpressions`.
    pub node: Node<'a>,
    /// Where the label's key is written.
    pub key_node: Node<'a>,
}

impl Requirement<'_> {
    /// Where it stands, its label's key included.
    pub fn range(&self) -> TextRange {
        self.key_node.range().cover(self.node.range())
    }
}

/// What is required of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operator<'a> {
    /// It is there and has one of these values.
    In(Vec<Cow<'a, str>>),
    /// It is absent, or has none of these values.
    NotIn(Vec<Cow<'a, str>>),
    /// It is there.
    Exists,
    /// It is absent.
    DoesNotExist,
    /// The API server would refuse it, or only another tool knows: a value that is no string, an operator that does not exist.
    Unreadable,
}

/// The labels of an object or pod template, decoded: for what many selectors are compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSet<'a> {
    /// By key; values that are no strings are `None`.
    labels: Vec<(Cow<'a, str>, Option<Cow<'a, str>>)>,
}

impl<'a> LabelSet<'a> {
    /// The labels of a mapping, as the API server reads them: one whose value is null is there, with an empty value.
    pub fn of(labels: Node<'a>) -> Self {
        let labels = labels.fields().filter_map(|entry| {
            let value = entry.value.resolved();
            let value = if value.is_null() {
                Some(Cow::Borrowed(""))
            } else {
                value.string()
            };
            Some((entry.key.as_str()?, value))
        });
        let mut labels: Vec<_> = labels.collect();
        labels.sort_unstable();
        Self { labels }
    }

    /// All labels, by key. Values that are no strings are `None`.
    pub fn iter(&self) -> impl Iterator<Item = (&Cow<'a, str>, Option<&Cow<'a, str>>)> {
        self.labels.iter().map(|(key, value)| (key, value.as_ref()))
    }

    /// The value of a label.
    fn get(&self, key: &str) -> Label<'_> {
        let at = self.labels.binary_search_by(|it| (*it.0).cmp(key));
        match at.ok().and_then(|it| self.labels.get(it)) {
            None => Label::Absent,
            Some((_, value)) => Label::of(value.as_ref()),
        }
    }
}

/// What an object says of one label.
#[derive(Clone, Copy)]
enum Label<'v> {
    /// It has no such label.
    Absent,
    /// Its value is no string.
    Unreadable,
    /// It has this value.
    Value(&'v str),
}

impl<'v> Label<'v> {
    fn of(string: Option<&'v Cow<'_, str>>) -> Self {
        string.map_or(Self::Unreadable, |it| Self::Value(it))
    }
}

/// Whether a selector matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on text that something else replaces, or on values that are not readable.
    Unknown,
}

impl<'a> Selector<'a> {
    /// A selector with `matchLabels` and `matchExpressions`, as in apps/v1.
    pub fn of_label_selector(node: Node<'a>) -> Self {
        let mut selector = node
            .field("matchLabels")
            .map(Self::of_map)
            .unwrap_or_default();
        let expressions = node.list("matchExpressions").into_iter();
        selector
            .requirements
            .extend(expressions.map(|item| expression(item, node)));
        selector
    }

    /// A plain map of labels, as in Services.
    pub fn of_map(node: Node<'a>) -> Self {
        let requirements = node.fields().map(|Entry { key, value }| {
            let value = value.resolved();
            Requirement {
                key: key.as_str().unwrap_or_default(),
                operator: match value.string() {
                    Some(text) => Operator::In(vec![text]),
                    None => Operator::Unreadable,
                },
                node: value,
                key_node: key,
            }
        });
        Self {
            requirements: requirements.collect(),
        }
    }

    /// Whether it selects objects with these labels (a mapping; `None` for none at all).
    pub fn matches(&self, labels: Option<Node<'_>>) -> Match {
        self.all(|it| it.holds(labels))
    }

    /// Whether it selects objects with these labels.
    pub fn matches_set(&self, labels: &LabelSet<'_>) -> Match {
        self.all(|it| it.holds_for(labels.get(&it.key)))
    }

    fn all(&self, holds: impl Fn(&Requirement<'a>) -> Match) -> Match {
        let mut all = Match::Yes;
        for requirement in &self.requirements {
            match holds(requirement) {
                Match::No => return Match::No,
                Match::Unknown => all = Match::Unknown,
                Match::Yes => {}
            }
        }
        all
    }

    /// The requirements that these labels do not meet for certain.
    pub fn failing(&self, labels: Option<Node<'_>>) -> impl Iterator<Item = &Requirement<'a>> {
        self.requirements
            .iter()
            .filter(move |it| it.holds(labels) == Match::No)
    }
}

impl Requirement<'_> {
    /// Whether it holds for these labels.
    pub fn holds(&self, labels: Option<Node<'_>>) -> Match {
        // A label whose value is null is there for the API server, with an empty value.
        let label = labels
            .and_then(|it| it.get(&self.key))
            .map(|it| it.value.resolved());
        match label {
            None => self.holds_for(Label::Absent),
            Some(node) if node.is_null() => self.holds_for(Label::Value("")),
            Some(node) => self.holds_for(Label::of(node.string().as_ref())),
        }
    }

    /// Whether it holds for an object that says this of the label.
    fn holds_for(&self, label: Label<'_>) -> Match {
        if is_replaced(&self.key) {
            return Match::Unknown;
        }
        let value = match label {
            Label::Unreadable => return Match::Unknown,
            Label::Value(text) => Some(text),
            Label::Absent => None,
        };
        let one_of = |values: &[Cow<'_, str>]| match value {
            Some(text) if values.iter().any(|it| it == text) => Match::Yes,
            Some(text) if is_replaced(text) || values.iter().any(|it| is_replaced(it)) => {
                Match::Unknown
            }
            _ => Match::No,
        };
        match &self.operator {
            Operator::In(values) => one_of(values),
            Operator::NotIn(values) => one_of(values).not(),
            Operator::Exists => Match::of(value.is_some()),
            Operator::DoesNotExist => Match::of(value.is_none()),
            Operator::Unreadable => Match::Unknown,
        }
    }
}

impl Match {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

fn expression<'a>(item: Node<'a>, selector: Node<'a>) -> Requirement<'a> {
    let key_node = item.field("key");
    let key = key_node.and_then(KubeNode::string);
    let values = || -> Option<Vec<Cow<'a, str>>> {
        let values = item.field("values")?;
        if values.kind() != Kind::Sequence {
            return None;
        }
        values.items().map(KubeNode::string).collect()
    };
    let operator = match item.field("operator").and_then(KubeNode::string).as_deref() {
        Some("In") => values().map(Operator::In),
        Some("NotIn") => values().map(Operator::NotIn),
        Some("Exists") => Some(Operator::Exists),
        Some("DoesNotExist") => Some(Operator::DoesNotExist),
        _ => None,
    };
    Requirement {
        operator: operator
            .filter(|_| key.is_some())
            .unwrap_or(Operator::Unreadable),
        key: key.unwrap_or_default(),
        node: item,
        key_node: key_node.unwrap_or(selector),
    }
}

#[cfg(test)]
mod tests {
    use kubelint_parser::yaml;

    use super::*;

    fn check(selector: &str, labels: &str, expected: Match) {
        let (a, b) = (yaml::parse(selector), yaml::parse(labels));
        let selector = Selector::of_label_selector(a.root(selector, &a.documents()[0]).unwrap());
        let labels_node = b.root(labels, &b.documents()[0]);
        assert_eq!(selector.matches(labels_node), expected, "{labels}");
        let set = labels_node.map(LabelSet::of).unwrap_or_default();
        assert_eq!(selector.matches_set(&set), expected, "{labels}");
        let failing = selector.failing(labels_node).count();
        assert_eq!(failing > 0, expected == Match::No);
    }

    #[test]
    fn the_algebra() {
        let both =
            "{matchLabels: {a: x}, matchExpressions: [{key: b, operator: NotIn, values: [w]}]}";
        check(both, "{a: x}", Match::Yes);
        check(both, "{a: x, b: w}", Match::No);
        check(both, "{a: x, b: z}", Match::Yes);
        check(both, "{b: z}", Match::No);
        check("{}", "{a: x}", Match::Yes);
        check(
            "{matchExpressions: [{key: a, operator: Exists}]}",
            "{a: ''}",
            Match::Yes,
        );
        check(
            "{matchExpressions: [{key: a, operator: DoesNotExist}]}",
            "{a: x}",
            Match::No,
        );
        check(
            "{matchExpressions: [{key: a, operator: In, values: [x, w]}]}",
            "{a: w}",
            Match::Yes,
        );
    }

    #[test]
    fn what_only_others_know() {
        check("{matchLabels: {a: '${APP}'}}", "{a: x}", Match::Unknown);
        check("{matchLabels: {a: '${APP}'}}", "{a: '${APP}'}", Match::Yes);
        check("{matchLabels: {a: x}}", "{a: [x]}", Match::Unknown);
        check("{matchLabels: {a: ''}}", "{a: null}", Match::Yes);
        check("{matchLabels: {a: x}}", "{a: y, a: x}", Match::Yes);
        check(
            "{matchExpressions: [{key: a, operator: Near}]}",
            "{a: x}",
            Match::Unknown,
        );
        check("{matchLabels: {a: x, b: '{{ y }}'}}", "{b: z}", Match::No);
    }
}
