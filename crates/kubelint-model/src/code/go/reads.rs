//! Which variables of the environment a file reads, and what it does without them.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

use super::File;
use super::conditions::Check;
use super::outline::Returned;
use super::scope::bare;
use crate::code::captures::{self, ReadAt, Syntax};
use crate::code::expr;
use crate::code::golang::Refusal;
use crate::code::patterns::Found;
use crate::code::{
    CodeFacts, Expr, Failure, FunctionId, Kind, Open, Read, ReadName, Subject, VariableSet,
};

/// What becomes of the variables that a file reads: by the number of the node of the read.
#[derive(Debug, Default)]
pub(super) struct Fates<'a> {
    /// What stands for it where it is not set.
    pub defaults: BTreeMap<usize, Node<'a>>,
    /// Without these the program stops.
    pub required: BTreeSet<usize>,
    /// Without these a function returns an error.
    pub refused: BTreeMap<usize, FunctionId>,
    /// What else must not be empty, so that a function goes on: the values, and whether the program stops there.
    pub wanted: Vec<(Node<'a>, FunctionId, Failure)>,
    /// Values that are only a default, by the number of their node.
    pub consumed: BTreeSet<usize>,
    /// Values that are taken where the variable is set.
    pub filled: BTreeSet<usize>,
    /// What is read as a number.
    pub numbers: BTreeSet<usize>,
}

/// The names that hold what a read gives; nothing for those that may hold another.
type Holders = BTreeMap<String, Option<usize>>;

impl<'a> File<'a> {
    /// What a read gives.
    pub(super) fn variable(&self, node: Node<'a>, read: &ReadAt<'a>, left: u32) -> Expr {
        let stated = read
            .default
            .or_else(|| self.fates.defaults.get(&node.id()).copied());
        // What is not set is an empty text.
        let default = stated.map_or(Expr::Text(String::new()), |it| self.value_in(it, left));
        let default = Some(Box::new(default));
        match self.read_name(read) {
            Expr::Text(name) => Expr::Variable { name, default },
            name => Expr::VariableOf {
                name: Box::new(name),
                default,
            },
        }
    }

    /// The name that is read, with the constants of the file put in.
    fn read_name(&self, read: &ReadAt<'a>) -> Expr {
        let name = match self.value(read.name) {
            Expr::Name(name) => match self.constants.get(&name) {
                Some(Some(text)) => Expr::Text(text.clone()),
                _ => Expr::Name(name),
            },
            other => other,
        };
        match read.prefix {
            Some(prefix) => expr::join([self.value(prefix), name]),
            None => name,
        }
    }

    /// Finds what the program does with and without what it reads.
    pub(super) fn fates(&self, reads: &[(Node<'a>, ReadAt<'a>)]) -> Fates<'a> {
        let ids: BTreeSet<usize> = reads.iter().map(|it| it.0.id()).collect();
        let mut holders: Holders = BTreeMap::new();
        for it in &self.outline.assigned {
            let read = it.value.and_then(|it| self.read_in(it, &ids));
            // What only stands for it where it is empty makes it no other.
            match (holders.get(&it.path), read) {
                (None, Some(read)) => drop(holders.insert(it.path.clone(), Some(read))),
                (Some(Some(known)), Some(read)) if *known != read => {
                    holders.insert(it.path.clone(), None);
                }
                _ => {}
            }
        }
        self.second_values(&ids, &mut holders);
        let mut fates = Fates {
            numbers: self.numbers(&ids, &holders),
            ..Fates::default()
        };
        for (number, check) in self.outline.checks.iter().enumerate() {
            let held = |node: &Node<'a>| self.held(*node, check.given, &ids, &holders);
            let erred = |node: &Node<'a>| self.erred(*node, check, &ids, &holders);
            let empty = check.empty.iter().filter_map(held);
            let empty: BTreeSet<usize> =
                empty.chain(check.failed.iter().filter_map(erred)).collect();
            let filled = check.filled.iter().filter_map(held);
            let filled: BTreeSet<usize> =
                filled.chain(check.sound.iter().filter_map(erred)).collect();
            match check.end {
                Some(Failure::Ends) => fates.required.extend(&empty),
                Some(_) if check.is_always => {
                    let refused = empty.iter().map(|it| (*it, check.function));
                    fates.refused.extend(refused);
                }
                _ => {}
            }
            if let Some(failure) = check.end.filter(|_| check.is_always) {
                let others = check.empty.iter().filter(|it| held(it).is_none());
                let wanted = others.map(|it| (*it, check.function, failure));
                fates.wanted.extend(wanted);
            }
            if !check.is_whole {
                continue;
            }
            if let (1, Some(read)) = (empty.len(), empty.first()) {
                self.without(*read, number, check.end, &mut fates);
            }
            if let (1, Some(read)) = (filled.len(), filled.first()) {
                self.with(*read, number, check, &mut fates);
            }
            // What is no number is left aside there.
            let is_of_error = !check.failed.is_empty() || !check.sound.is_empty();
            if is_of_error && check.end != Some(Failure::Ends) {
                let has_default = |it: &&usize| fates.defaults.contains_key(*it);
                for it in empty.union(&filled).filter(has_default) {
                    fates.numbers.remove(it);
                }
            }
        }
        fates
    }

    /// `v, ok := os.LookupEnv(…)`: the second name tells of the first.
    fn second_values(&self, ids: &BTreeSet<usize>, holders: &mut Holders) {
        for (left, right) in &self.outline.pairs {
            let names: Vec<Node<'a>> = left.children().collect();
            let values: Vec<Node<'a>> = right.children().collect();
            let ([_, ok], [value]) = (names.as_slice(), values.as_slice()) else {
                continue;
            };
            let read = bare(*value).id();
            let Some(path) = self.name(*ok).filter(|_| ids.contains(&read)) else {
                continue;
            };
            let known = holders.get(&path).copied();
            let is_other = known.is_some_and(|it| it != Some(read));
            holders.insert(path, (!is_other).then_some(read));
        }
    }

    /// The read that a value is, or that is converted to it.
    fn read_in(&self, value: Node<'a>, ids: &BTreeSet<usize>) -> Option<usize> {
        let value = bare(value);
        if ids.contains(&value.id()) {
            return Some(value.id());
        }
        let function = value.field("function")?;
        let first = value.field("arguments")?.children().next()?;
        let known = self.canonical_name(function)?;
        let is_same = known.starts_with("strings.Trim") || known.starts_with("strings.ToLower");
        (is_same && ids.contains(&bare(first).id())).then(|| bare(first).id())
    }

    /// The read whose value a condition asks for.
    fn held(
        &self,
        node: Node<'a>,
        given: Option<(Node<'a>, Node<'a>)>,
        ids: &BTreeSet<usize>,
        holders: &Holders,
    ) -> Option<usize> {
        let node = bare(node);
        if let Some(read) = self.read_in(node, ids) {
            return Some(read);
        }
        if let Some((left, right)) = given
            && left.children().any(|it| it.text() == node.text())
        {
            return self.read_in(right.children().next()?, ids);
        }
        holders.get(&self.name(node)?).copied().flatten()
    }

    /// The read whose value an error is about that a condition asks for: `n, err := strconv.Atoi(os.Getenv(…))`, right before it.
    fn erred(
        &self,
        node: Node<'a>,
        check: &Check<'a>,
        ids: &BTreeSet<usize>,
        holders: &Holders,
    ) -> Option<usize> {
        let pairs = &self.outline.pairs;
        let before = pairs.partition_point(|it| it.0.range().start < check.start);
        let before = before.checked_sub(1).and_then(|at| pairs.get(at)).copied();
        let (left, right) = check.given.or(before)?;
        let error = left.children().nth(1)?;
        let value = right.children().next()?;
        let is_it = error.text() == bare(node).text();
        is_it.then(|| self.converted(value, ids, holders)).flatten()
    }

    /// The read that a call takes for something else than a text.
    fn converted(
        &self,
        value: Node<'a>,
        ids: &BTreeSet<usize>,
        holders: &Holders,
    ) -> Option<usize> {
        let value = bare(value);
        let known = self.canonical_name(value.field("function")?)?;
        let is_conversion = known == "time.ParseDuration"
            || known == "strconv.Atoi"
            || known.starts_with("strconv.Parse");
        let first = value.field("arguments").filter(|_| is_conversion)?;
        let first = bare(first.children().next()?);
        let held = || holders.get(&self.name(first)?).copied().flatten();
        self.read_in(first, ids).or_else(held)
    }

    /// What is taken for a whole number.
    fn numbers(&self, ids: &BTreeSet<usize>, holders: &Holders) -> BTreeSet<usize> {
        let is_number = |it: &&Node<'a>| {
            let function = it.field("function").map_or("", Node::text);
            ["Atoi", "ParseInt", "ParseUint"]
                .iter()
                .any(|it| function.ends_with(it))
        };
        let calls = self.outline.calls.iter().filter(is_number);
        calls
            .filter_map(|it| self.converted(*it, ids, holders))
            .collect()
    }

    /// Whether something stands within the `if` of a number, or within one that does.
    fn is_within(&self, within: Option<usize>, number: usize) -> bool {
        let mut at = within;
        while let Some(it) = at {
            if it <= number {
                return it == number;
            }
            at = self.outline.checks.get(it).and_then(|it| it.within);
        }
        false
    }

    /// What stands for a read within an `if` that asks whether it is empty.
    fn without(&self, read: usize, number: usize, end: Option<Failure>, fates: &mut Fates<'a>) {
        let refuses = end == Some(Failure::Returned);
        let assigned = self.outline.assigned.iter();
        let assigned = assigned.filter(|it| self.is_within(it.within, number));
        let assigned = assigned.filter_map(|it| it.value);
        let returned = self.outline.returns.iter();
        let returned = returned.filter(|it| !refuses && self.is_within(it.within, number));
        let values: Vec<Node<'a>> = assigned.chain(returned.map(|it| it.value)).collect();
        if let [only] = values.as_slice() {
            fates.defaults.entry(read).or_insert(*only);
            fates.consumed.insert(bare(*only).id());
        }
    }

    /// What is taken within an `if` that asks whether a read is filled, and what else would be.
    fn with(&self, read: usize, number: usize, check: &Check<'a>, fates: &mut Fates<'a>) {
        let within = |it: &Option<usize>| self.is_within(*it, number);
        let assigned = self.outline.assigned.iter();
        for it in assigned.filter(|it| within(&it.within)) {
            fates.filled.extend(it.value.map(|it| bare(it).id()));
        }
        let returned = self.outline.returns.iter();
        let own: Vec<&Returned<'a>> = returned
            .clone()
            .filter(|it| it.function == check.function && !within(&it.within))
            .collect();
        if returned.clone().any(|it| within(&it.within))
            && let [only] = own.as_slice()
        {
            if !only.is_refusal {
                fates.defaults.entry(read).or_insert(only.value);
            } else if check.is_always && only.within.is_none() {
                fates.refused.insert(read, check.function);
            }
            fates.consumed.insert(bare(only.value).id());
        }
    }

    /// One of several values, of which some are taken where a variable is set.
    pub(super) fn one_of(&self, values: Vec<(usize, Expr)>) -> Expr {
        let is_filled = |it: &(usize, Expr)| self.fates.filled.contains(&it.0);
        let (filled, others): (Vec<_>, Vec<_>) = values.into_iter().partition(is_filled);
        let others: Vec<Expr> = others.into_iter().map(|it| it.1).collect();
        let filled: Vec<Expr> = filled.into_iter().map(|it| it.1).collect();
        match (filled.is_empty(), others.is_empty()) {
            (true, _) => expr::either(others),
            (_, true) => expr::either(filled),
            _ => expr::or(
                self.unnamed(expr::either(filled)),
                expr::either(others),
                true,
            ),
        }
    }

    /// The value of a name that holds what a read gives.
    fn unnamed(&self, value: Expr) -> Expr {
        let Expr::Name(name) = &value else {
            return value;
        };
        let mut assigned = self.outline.assigned.iter().filter(|it| it.path == *name);
        match (assigned.next(), assigned.next()) {
            (Some(only), None) => only.value.map_or(value, |it| self.value(it)),
            _ => value,
        }
    }

    /// What functions give up without.
    pub(super) fn refusals(&self) -> Vec<Refusal> {
        let wanted = self.fates.wanted.iter();
        let all = wanted.map(|(node, function, failure)| Refusal {
            value: self.value(*node),
            function: *function,
            failure: *failure,
        });
        all.filter(|it| !matches!(it.value, Expr::Unknown | Expr::Text(_)))
            .collect()
    }

    /// Adds all reads, and what is set, to `facts`.
    pub(super) fn add_reads(
        &self,
        reads: &[(Node<'a>, ReadAt<'a>)],
        found: &[Found<'a>],
        facts: &mut CodeFacts,
    ) {
        for one in found {
            if let Some((node, name, value, keeps)) = captures::set_at(self, one) {
                let name = match self.value(name) {
                    Expr::Text(name) => ReadName::Exact(name),
                    _ => ReadName::Prefix(String::new()),
                };
                facts.sets.push(VariableSet {
                    name,
                    value: value.map_or(Expr::Unknown, |it| self.value(it)),
                    keeps,
                    place: self.place(node),
                });
            }
        }
        for (node, read) in reads {
            let place = self.place(read.name);
            let name = match self.read_name(read) {
                Expr::Text(name) => ReadName::Exact(name),
                Expr::Join(parts) if matches!(parts.first(), Some(Expr::Text(_))) => {
                    let prefix = parts.first().and_then(Expr::text).unwrap_or_default();
                    ReadName::Prefix(prefix.to_owned())
                }
                Expr::Unknown | Expr::Either(_) | Expr::List(_) => {
                    facts.open.push(Open {
                        subject: Subject::Reads,
                        why: "the name of a variable is computed",
                        on: None,
                        needs_router: false,
                        place,
                    });
                    continue;
                }
                other => ReadName::Computed(Box::new(other)),
            };
            if let Some(function) = self.fates.refused.get(&node.id()) {
                let go = facts.go.get_or_insert_default();
                go.refused.push((facts.reads.len(), *function));
            }
            let stated = read
                .default
                .or_else(|| self.fates.defaults.get(&node.id()).copied());
            let default = stated.map(|it| self.value(it));
            let wanted = read.is_required || self.fates.required.contains(&node.id());
            facts.reads.push(Read {
                name,
                is_required: wanted && default.is_none(),
                default,
                kind: match read.kind {
                    Some("number") => Kind::Number,
                    Some("boolean") => Kind::Boolean,
                    _ if self.fates.numbers.contains(&node.id()) => Kind::Number,
                    _ => Kind::Text,
                },
                class: None,
                place,
            });
        }
    }
}
