//! A file that is read, whatever its language: from names, outline and what patterns find to [`CodeFacts`].
//!
//! A language brings its names ([`Names`]), the walk over its statements ([`Walk`](super::outline::Walk)), what its expressions say
//! ([`Syntax`]), and the few things that [`Source`] asks for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

use super::captures::{self, Captures, ReadAt, Syntax};
use super::expr::either;
use super::outline::{Assigned, Outline};
use super::patterns::{self, Found};
use super::scope::Names;
use super::{Address, Call, CodeFacts, Expr, Function, Import, Place};
use crate::address;

/// The values of names, as they are collected.
pub(super) type Definitions = BTreeMap<String, Vec<Expr>>;
/// A read of a variable, with its node.
pub(super) type ReadNode<'a> = (Node<'a>, ReadAt<'a>);

/// A file that is read. `N` knows the names of its language.
pub(super) struct File<'a, N> {
    pub names: N,
    pub outline: Outline<'a>,
    /// The texts that each name of the file may stand for; none if it may be anything.
    pub constants: BTreeMap<String, Vec<String>>,
    /// The reads of variables, by the number of the node.
    reads: BTreeMap<usize, ReadAt<'a>>,
    /// What names stand for, by the number of the node: many patterns ask for each.
    canonical: RefCell<BTreeMap<usize, Rc<[String]>>>,
}

/// What a language tells of a file beside its expressions.
pub(super) trait Source<'a>: Syntax<'a> {
    /// The texts that a value is, if it is nothing but one that is written out, or a list of such.
    fn texts(node: Node<'a>) -> Option<Vec<String>>;

    /// What a node of [`Outline::imports`] takes from other files.
    fn add_imports(&self, node: Node<'a>, imports: &mut Vec<Import>);

    /// What a name stands for to which `assigned` is assigned.
    fn define(&self, path: &str, assigned: &Assigned<'a>, all: &mut Definitions);

    /// A node of [`Outline::calls`], if a name is called.
    fn call_at(&self, node: Node<'a>) -> Option<Call>;

    /// The text that a node of [`Outline::strings`] begins with, and where it stands without quotes.
    fn text_at(&self, node: Node<'a>) -> Option<(String, TextRange)>;

    /// Whether a read is none where the same node is found to set a variable.
    fn is_only_set(&self, _node: Node<'a>) -> bool {
        true
    }

    /// Adds what is read and set, and what no pattern can say, before the facts of the patterns.
    fn add_own(&self, reads: &[ReadNode<'a>], found: &[Found<'a>], facts: &mut CodeFacts);

    /// Puts right what only all facts together tell.
    fn settle(&self, _found: &[Found<'a>], _facts: &mut CodeFacts) {}
}

/// The facts of the file that `code` is the tree of, and `text` the text.
pub(super) fn read<'a, N>(
    code: &Code,
    text: &'a str,
    root: Node<'a>,
    names: N,
    outline: Outline<'a>,
) -> Result<CodeFacts, Limit>
where
    N: Names<'a>,
    File<'a, N>: Source<'a>,
{
    let mut file = File {
        names,
        constants: constants(&outline.assigned, File::<N>::texts),
        outline,
        reads: BTreeMap::new(),
        canonical: RefCell::default(),
    };
    let found = patterns::find(code.language(), root, text, |it| file.canonical_names(it))?;
    let mut reads: Vec<ReadNode<'a>> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    let set = found.iter().filter_map(|it| captures::set_at(&file, it));
    let set: BTreeSet<usize> = set.map(|it| it.0.id()).collect();
    reads.retain(|it| !(set.contains(&it.0.id()) && file.is_only_set(it.0)));
    file.reads = reads.iter().map(|it| (it.0.id(), it.1)).collect();
    let mut facts = CodeFacts {
        imports: file.imports(),
        definitions: file.definitions(),
        functions: file.functions(),
        classes: file.outline.classes.clone(),
        calls: file.calls(),
        addresses: file.addresses(),
        ..CodeFacts::new(code.language())
    };
    file.add_own(&reads, &found, &mut facts);
    Captures::add(&file, &found, &mut facts);
    file.settle(&found, &mut facts);
    Ok(facts)
}

/// What `assigned` makes of names: a name that has two values may be anything.
fn constants<'a>(
    assigned: &[(String, Assigned<'a>)],
    texts: impl Fn(Node<'a>) -> Option<Vec<String>>,
) -> BTreeMap<String, Vec<String>> {
    let mut constants: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, value) in assigned {
        let all = match value {
            Assigned::Value(node) => texts(*node),
            Assigned::Item(list) => {
                texts(*list).or_else(|| seen_from(path, list.text(), &constants).cloned())
            }
            _ => None,
        };
        let is_new = !constants.contains_key(path);
        let all = all.filter(|_| is_new);
        constants.insert(path.clone(), all.unwrap_or_default());
    }
    constants
}

/// What `name` is where `path` is declared: in the innermost function around that has such a name.
fn seen_from<'c>(
    path: &str,
    name: &str,
    constants: &'c BTreeMap<String, Vec<String>>,
) -> Option<&'c Vec<String>> {
    let mut around = path;
    while let Some((outer, _)) = around.rsplit_once('.') {
        if let Some(found) = constants.get(&format!("{outer}.{name}")) {
            return Some(found);
        }
        around = outer;
    }
    constants.get(name)
}

impl<'a, N: Names<'a>> File<'a, N> {
    /// The scope that a node stands in.
    pub(super) fn scope(&self, node: Node<'a>) -> usize {
        self.outline.context(node.range().start).scope
    }

    /// The read that a node is.
    pub(super) fn read_of(&self, node: Node<'a>) -> Option<&ReadAt<'a>> {
        self.reads.get(&node.id())
    }

    /// The path of a name in the file.
    pub(super) fn path(&self, node: Node<'a>) -> Option<String> {
        self.names.name(node, self.scope(node))
    }

    /// As [`Syntax::canonical`].
    pub(super) fn canonical_names(&self, node: Node<'a>) -> Rc<[String]> {
        if let Some(known) = self.canonical.borrow().get(&node.id()) {
            return Rc::clone(known);
        }
        let names: Rc<[String]> = self.names.canonical_of(node, self.scope(node)).into();
        let mut all = self.canonical.borrow_mut();
        all.insert(node.id(), Rc::clone(&names));
        names
    }

    /// The values that are all that is assigned to their names, by the name.
    pub(super) fn only_values(&self) -> BTreeMap<&str, Node<'a>> {
        let mut assigned: BTreeMap<&str, Option<Node<'a>>> = BTreeMap::new();
        for (path, value) in &self.outline.assigned {
            let only = match value {
                Assigned::Value(node) if !assigned.contains_key(path.as_str()) => Some(*node),
                _ => None,
            };
            assigned.insert(path, only);
        }
        let only = assigned.into_iter();
        only.filter_map(|(path, node)| Some((path, node?)))
            .collect()
    }
}

impl<'a, N: Names<'a>> File<'a, N>
where
    Self: Source<'a>,
{
    fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for node in &self.outline.imports {
            self.add_imports(*node, &mut imports);
        }
        imports
    }

    fn definitions(&self) -> BTreeMap<String, Expr> {
        let mut all = Definitions::new();
        for (path, assigned) in &self.outline.assigned {
            self.define(path, assigned, &mut all);
        }
        let one = |(path, values): (String, Vec<Expr>)| (path, either(values));
        all.into_iter().map(one).collect()
    }

    fn functions(&self) -> Vec<Function> {
        let mut functions = self.outline.functions.clone();
        let mut values: BTreeMap<u32, Vec<Expr>> = BTreeMap::new();
        for (function, value) in &self.outline.returns {
            let all = values.entry(function.0).or_default();
            all.push(self.expr(*value));
        }
        for (number, values) in values {
            if let Some(function) = functions.get_mut(number as usize) {
                function.returns = Some(either(values));
            }
        }
        functions
    }

    fn calls(&self) -> Vec<Call> {
        let nodes = self.outline.calls.iter();
        nodes.filter_map(|it| self.call_at(*it)).collect()
    }

    fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.outline.strings {
            let Some((text, range)) = self.text_at(*node) else {
                continue;
            };
            if text.contains(':') && !address::scan(&text).is_empty() {
                let place: Place = self.outline.place(*node, range);
                addresses.push(Address::new(text, place));
            }
        }
        addresses
    }
}
