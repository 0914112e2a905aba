//! Finds structures in a tree: all of them in one walk.

use std::num::NonZeroU16;

use super::pattern::{Part, Structure, What};
use super::{Language, Limit, Node};

/// Structures of one language, ready to be looked for.
#[derive(Debug)]
pub struct Structures {
    all: Vec<Vec<Step>>,
    /// The numbers of those that may begin with a node, by the number of its kind.
    by_kind: Vec<Vec<u32>>,
}

/// A node that is bound to a part of a structure.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// The number of the part.
    pub slot: u16,
    /// The node.
    pub node: Node<'a>,
}

/// A part with the grammar's numbers of its kind and field.
#[derive(Debug)]
struct Step {
    kinds: Kinds,
    field: Option<NonZeroU16>,
    is_immediate: bool,
    is_last: bool,
    is_optional: bool,
    without: Vec<NonZeroU16>,
    holds: Vec<u16>,
    asked: Asked,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    /// Something that the node holds.
    Inner,
    /// The node.
    Node,
}

#[derive(Debug)]
enum Kinds {
    /// Of these kinds.
    These(Vec<u16>),
    AnyNamed,
    Any,
    OneOf(Vec<u16>),
}

/// Steps that a search may take: so many, and so many more for each byte.
const BASE_STEPS: usize = 1_000_000;
const STEPS_PER_BYTE: usize = 250;
/// In more ways no node of real code is what a structure looks for.
const MOST_WAYS: usize = 1 << 16;

impl Structures {
    /// Prepares structures; those whose kinds or fields the grammar does not have are never found, and their numbers are the second part. Of
    /// each structure, `bound` has the numbers of those parts that anybody asks for.
    pub fn new(language: Language, structures: &[(&Structure, Vec<u16>)]) -> (Self, Vec<usize>) {
        let grammar = language.grammar();
        let count = grammar.node_kind_count();
        let mut by_kind = vec![Vec::new(); count];
        let mut all = Vec::new();
        let mut unknown = Vec::new();
        for (number, (structure, bound)) in structures.iter().enumerate() {
            let steps = structure.parts.iter().enumerate();
            let steps: Option<Vec<Step>> = steps
                .map(|(slot, part)| step(grammar, part, bound.contains(&(slot as u16))))
                .collect();
            let Some(mut steps) = steps else {
                unknown.push(number);
                all.push(Vec::new());
                continue;
            };
            mark(&mut steps);
            for kind in roots(&steps, 0, count) {
                if let Some(of_kind) = by_kind.get_mut(usize::from(kind)) {
                    of_kind.push(number as u32);
                }
            }
            all.push(steps);
        }
        (Self { all, by_kind }, unknown)
    }

    /// Tells `found` every place in the tree of `root` where a structure is whose number is `wanted`, each with the nodes that are bound; the outer
    /// before the inner.
    pub fn search<'a>(
        &self,
        root: Node<'a>,
        wanted: &[bool],
        mut found: impl FnMut(usize, Node<'a>, Vec<Bound<'a>>),
    ) -> Result<(), Limit> {
        let mut search = Search {
            left: BASE_STEPS + root.text.len() * STEPS_PER_BYTE,
        };
        for node in root.code().all(root.text) {
            let of_kind = self.by_kind.get(usize::from(node.kind_id()));
            for &number in of_kind.into_iter().flatten() {
                let number = number as usize;
                let is_wanted = wanted.get(number) == Some(&true);
                let steps = self.all.get(number).filter(|_| is_wanted);
                let Some(steps) = steps.filter(|it| may_be(it, 0, node)) else {
                    continue;
                };
                let mut all = Vec::new();
                search.solve(steps, 0, node, &mut all)?;
                for bound in all {
                    found(number, node, bound);
                }
            }
        }
        Ok(())
    }
}

/// The numbers of a part's kind and field; `None` if the grammar has no such.
fn step(grammar: &tree_sitter::Language, part: &Part, is_bound: bool) -> Option<Step> {
    let kinds = |name: &str, is_named: bool| {
        let all = 0..grammar.node_kind_count() as u16;
        let same = all.filter(|it| {
            grammar.node_kind_for_id(*it) == Some(name)
                && grammar.node_kind_is_named(*it) == is_named
        });
        let same: Vec<u16> = same.collect();
        (!same.is_empty()).then_some(Kinds::These(same))
    };
    let without: Option<Vec<NonZeroU16>> = part
        .without
        .iter()
        .map(|it| grammar.field_id_for_name(it))
        .collect();
    Some(Step {
        kinds: match &part.what {
            What::Named(name) => kinds(name, true)?,
            What::Sign(name) => kinds(name, false)?,
            What::AnyNamed => Kinds::AnyNamed,
            What::Any => Kinds::Any,
            What::OneOf(all) => Kinds::OneOf(all.clone()),
        },
        field: match &part.field {
            Some(name) => Some(grammar.field_id_for_name(name)?),
            None => None,
        },
        is_immediate: part.is_immediate,
        is_last: part.is_last,
        is_optional: part.is_optional,
        without: without?,
        holds: part.holds.clone(),
        asked: if is_bound {
            Asked::Node
        } else {
            Asked::Nothing
        },
    })
}

/// Marks the parts that hold something that is asked for. What a part holds stands behind it.
fn mark(steps: &mut [Step]) {
    for number in (0..steps.len()).rev() {
        let Some(step) = steps.get(number) else {
            continue;
        };
        let others = match &step.kinds {
            Kinds::OneOf(all) => all.as_slice(),
            _ => &[],
        };
        let mut inner = step.holds.iter().chain(others);
        let is_asked = inner.any(|it| {
            let step = steps.get(usize::from(*it));
            step.is_some_and(|it| it.asked != Asked::Nothing)
        });
        if let Some(step) = steps.get_mut(number)
            && step.asked == Asked::Nothing
            && is_asked
        {
            step.asked = Asked::Inner;
        }
    }
}

/// The kinds that a structure may begin with.
fn roots(steps: &[Step], number: u16, count: usize) -> Vec<u16> {
    match steps.get(usize::from(number)).map(|it| &it.kinds) {
        Some(Kinds::These(all)) => all.clone(),
        Some(Kinds::OneOf(all)) => {
            let mut kinds: Vec<u16> = all.iter().flat_map(|it| roots(steps, *it, count)).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        }
        Some(Kinds::AnyNamed | Kinds::Any) => (0..count as u16).collect(),
        None => Vec::new(),
    }
}

/// Whether a node may be the part `number`: it holds what it must, in whatever order. Most nodes are told apart by this, which takes no
/// memory.
fn may_be(steps: &[Step], number: u16, node: Node<'_>) -> bool {
    let Some(step) = steps.get(usize::from(number)) else {
        return false;
    };
    let is_meant = match &step.kinds {
        Kinds::These(kinds) => kinds.contains(&node.kind_id()),
        Kinds::AnyNamed => node.is_named() && !node.is_error(),
        Kinds::Any => !node.is_error(),
        Kinds::OneOf(others) => return others.iter().any(|it| may_be(steps, *it, node)),
    };
    let is_there = |part: &u16| {
        let Some(it) = steps.get(usize::from(*part)) else {
            return false;
        };
        let field = it.field.map(NonZeroU16::get);
        let fits = |inner: &Node<'_>| field.is_none_or(|field| field == inner.field_id());
        let mut inner = node
            .inner()
            .filter(|inner| !inner.is_extra() && fits(inner));
        it.is_optional || inner.any(|inner| may_be(steps, *part, inner))
    };
    is_meant && step.holds.iter().all(is_there)
}

struct Search {
    left: usize,
}

impl Search {
    fn count(&mut self) -> Result<(), Limit> {
        self.left = self.left.checked_sub(1).ok_or(Limit::Steps)?;
        Ok(())
    }

    /// Adds to `all` every way in which a node is the part `number`.
    fn solve<'a>(
        &mut self,
        steps: &[Step],
        number: u16,
        node: Node<'a>,
        all: &mut Vec<Vec<Bound<'a>>>,
    ) -> Result<(), Limit> {
        self.count()?;
        let Some(step) = steps.get(usize::from(number)) else {
            return Ok(());
        };
        let is_meant = match &step.kinds {
            Kinds::These(kinds) => kinds.contains(&node.kind_id()),
            Kinds::AnyNamed => node.is_named() && !node.is_error(),
            Kinds::Any => !node.is_error(),
            Kinds::OneOf(others) => {
                let first = all.len();
                for other in others {
                    self.solve(steps, *other, node, all)?;
                }
                if step.asked == Asked::Node {
                    let own = Bound { slot: number, node };
                    let new = all.iter_mut().skip(first);
                    new.for_each(|it| it.push(own));
                }
                return Ok(());
            }
        };
        let has = |field: &NonZeroU16| node.inner().any(|it| it.field_id() == field.get());
        if !is_meant || step.without.iter().any(has) {
            return Ok(());
        }
        let own = (step.asked == Asked::Node).then_some(Bound { slot: number, node });
        let own: Vec<Bound<'a>> = own.into_iter().collect();
        if step.holds.is_empty() {
            all.push(own);
            return Ok(());
        }
        // Comments are in nobody's way.
        let inner: Vec<Node<'a>> = node.inner().filter(|it| !it.is_extra()).collect();
        // What the parts so far are, and behind which inner node the next one may stand.
        let mut ways = vec![(0, own)];
        for (at, part) in step.holds.iter().enumerate() {
            let Some(it) = steps.get(usize::from(*part)) else {
                return Ok(());
            };
            let next = step.holds.get(at + 1);
            let next = next.and_then(|it| steps.get(usize::from(*it)));
            let is_enough =
                it.asked == Asked::Nothing && !it.is_last && next.is_none_or(|it| !it.is_immediate);
            ways = self.with(steps, *part, &inner, ways, is_enough)?;
            if ways.is_empty() {
                return Ok(());
            }
        }
        all.extend(ways.into_iter().map(|it| it.1));
        Ok(())
    }

    /// Puts the part `number` behind each of `ways`. Where the first place for it `is_enough`, others would say the same.
    fn with<'a>(
        &mut self,
        steps: &[Step],
        number: u16,
        inner: &[Node<'a>],
        ways: Vec<(usize, Vec<Bound<'a>>)>,
        is_enough: bool,
    ) -> Result<Vec<(usize, Vec<Bound<'a>>)>, Limit> {
        let Some(step) = steps.get(usize::from(number)) else {
            return Ok(ways);
        };
        let is_end = |at: usize| !inner.iter().skip(at).any(|it| it.is_named());
        let mut all = Vec::new();
        for (from, bound) in ways {
            let before = all.len();
            for (at, it) in inner.iter().enumerate().skip(from) {
                self.count()?;
                let field = step.field.map(NonZeroU16::get);
                let fits = field.is_none_or(|field| field == it.field_id());
                if fits && (!step.is_last || is_end(at + 1)) {
                    let mut found = Vec::new();
                    self.solve(steps, number, *it, &mut found)?;
                    if all.len() + found.len() > MOST_WAYS {
                        return Err(Limit::Steps);
                    }
                    for more in found {
                        let both = bound.iter().copied().chain(more);
                        all.push((at + 1, both.collect()));
                    }
                }
                if all.len() > before && is_enough {
                    break;
                }
                // A named node must not be passed over.
                if step.is_immediate && it.is_named() {
                    break;
                }
            }
            if all.len() == before && step.is_optional && (!step.is_last || is_end(from)) {
                all.push((from, bound));
            }
        }
        Ok(all)
    }
}
