//! Python: what its names, expressions and statements say.

mod expr;
mod flags;
mod handlers;
mod outline;
mod reads;
mod scope;
mod settings;
mod strings;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::code::{Code, Language, Limit, Node};

use self::expr::either;
use self::outline::{Assigned, Outline};
use self::scope::Scopes;
use super::captures::{self, Captures, ReadAt, Syntax};
use super::{Address, Call, CodeFacts, Expr, Import, Place, frameworks};
use crate::address;

/// A file that is read.
struct File<'a> {
    scopes: Scopes<'a>,
    outline: Outline<'a>,
    /// The reads of variables, by the number of the node.
    reads: BTreeMap<usize, ReadAt<'a>>,
    constants: reads::Constants,
    /// What names stand for, by the number of the node: many patterns ask for each.
    canonical: RefCell<BTreeMap<usize, Rc<[String]>>>,
}

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let scopes = Scopes::of(root);
    let outline = Outline::of(root, &scopes);
    let mut file = File {
        constants: reads::constants(&outline.assigned),
        scopes,
        outline,
        reads: BTreeMap::new(),
        canonical: RefCell::default(),
    };
    let mut found = Vec::new();
    for framework in frameworks::of(Language::Python) {
        found.extend(framework.matches(Language::Python, root, text)?);
    }
    let mut reads: Vec<(Node<'_>, ReadAt<'_>)> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    let set = found.iter().filter_map(|it| captures::set_at(&file, it));
    let set: BTreeSet<usize> = set.map(|it| it.0.id()).collect();
    reads.retain(|it| it.0.kind() != "subscript" || !set.contains(&it.0.id()));
    file.reads = reads.iter().map(|it| (it.0.id(), it.1)).collect();
    let mut facts = CodeFacts {
        language: Language::Python,
        imports: file.imports(),
        definitions: file.definitions(),
        functions: file.functions(),
        classes: file.outline.classes.clone(),
        calls: file.calls(),
        routers: Vec::new(),
        routes: Vec::new(),
        mounts: Vec::new(),
        guards: Vec::new(),
        reads: Vec::new(),
        sets: Vec::new(),
        variable_files: Vec::new(),
        listeners: Vec::new(),
        addresses: file.addresses(),
        waits: Vec::new(),
        open: Vec::new(),
    };
    file.add_reads(&reads, &found, &mut facts);
    file.add_settings(&mut facts);
    file.add_handlers(&mut facts);
    file.add_flags(&found, &mut facts);
    Captures::add(&file, &found, &mut facts);
    Ok(facts)
}

impl<'a> File<'a> {
    fn scope(&self, node: Node<'a>) -> usize {
        self.outline.context(node.range().start).scope
    }

    fn read_of(&self, node: Node<'a>) -> Option<&ReadAt<'a>> {
        self.reads.get(&node.id())
    }

    fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for node in &self.outline.imports {
            let context = self.outline.context(node.range().start);
            let prefix = self.scopes.prefix(context.scope);
            for (local, module, item) in scope::imports(*node) {
                imports.push(Import {
                    local: match local {
                        "" => String::new(),
                        _ => format!("{prefix}{local}"),
                    },
                    module: module.to_owned(),
                    item: item.map(str::to_owned),
                    place: self.outline.place(*node),
                });
            }
        }
        imports
    }

    fn definitions(&self) -> BTreeMap<String, Expr> {
        let mut all: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
        for (path, assigned) in &self.outline.assigned {
            match assigned {
                Assigned::Value(value) => self.define(path, *value, &mut all, 4),
                Assigned::Item(list) => {
                    let values = match self.expr(*list) {
                        Expr::List(items) => items,
                        Expr::Name(name) => vec![Expr::Name(format!("{name}[]"))],
                        _ => vec![Expr::Unknown],
                    };
                    all.entry(path.clone()).or_default().extend(values);
                }
                Assigned::Unknown => all.entry(path.clone()).or_default().push(Expr::Unknown),
            }
        }
        let one = |(path, values): (String, Vec<Expr>)| (path, either(values));
        all.into_iter().map(one).collect()
    }

    fn define(
        &self,
        path: &str,
        value: Node<'a>,
        all: &mut BTreeMap<String, Vec<Expr>>,
        left: u32,
    ) {
        let of = all.entry(path.to_owned()).or_default();
        // `None` is what stands there until a value does.
        if value.kind() != "none" && value.kind() != "dictionary" {
            of.push(self.expr(value));
        }
        if value.kind() != "dictionary" || left == 0 {
            return;
        }
        for pair in value.children().filter(|it| it.kind() == "pair") {
            let parts = (pair.field("key"), pair.field("value"));
            if let (Some(key), Some(value)) = parts
                && let Some(key) = strings::plain(key)
            {
                self.define(&format!("{path}.{key}"), value, all, left - 1);
            }
        }
    }

    fn functions(&self) -> Vec<super::Function> {
        let mut functions = self.outline.functions.clone();
        let mut values: BTreeMap<u32, Vec<Expr>> = BTreeMap::new();
        for (function, value) in &self.outline.returns {
            values
                .entry(function.0)
                .or_default()
                .push(self.expr(*value));
        }
        for (number, mut values) in values {
            if let Some(function) = functions.get_mut(number as usize) {
                function.returns = outline::returned(&mut values);
            }
        }
        functions
    }

    fn calls(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        for node in &self.outline.calls {
            let parts = (node.field("function"), node.field("arguments"));
            let (Some(function), Some(arguments)) = parts else {
                continue;
            };
            let Some(callee) = self.callee(function) else {
                continue;
            };
            let (arguments, named) = match arguments.kind() {
                "argument_list" => self.call_arguments(arguments),
                _ => (Vec::new(), Vec::new()),
            };
            calls.push(Call {
                callee,
                arguments,
                named,
                place: self.outline.place(*node),
            });
        }
        calls
    }

    /// Whether a call is among [`CodeFacts::calls`].
    fn is_listed(&self, node: Node<'a>) -> bool {
        let function = node.field("function");
        node.field("arguments").is_some() && function.is_some_and(|it| self.callee(it).is_some())
    }

    /// The path of what is called; `Server.start` for `Server().start()`.
    fn callee(&self, function: Node<'a>) -> Option<String> {
        if let Some(name) = self.name(function) {
            return Some(name);
        }
        let object = function.field("object").filter(|it| it.kind() == "call")?;
        let class = self.name(object.field("function")?)?;
        let method = function.field("attribute")?.text();
        Some(format!("{class}.{method}"))
    }

    fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.outline.strings {
            let Some(strings::Piece::Text(text)) = strings::pieces(*node)
                .unwrap_or_default()
                .into_iter()
                .next()
            else {
                continue;
            };
            if !text.contains(':') || address::scan(&text).is_empty() {
                continue;
            }
            let mut place = self.outline.place(*node);
            place.range = strings::inner(*node);
            addresses.push(Address { text, place });
        }
        addresses
    }
}

impl<'a> Syntax<'a> for File<'a> {
    fn expr(&self, node: Node<'a>) -> Expr {
        Self::expr(self, node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        self.scopes.name(node, self.scope(node))
    }

    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        if let Some(known) = self.canonical.borrow().get(&node.id()) {
            return Rc::clone(known);
        }
        let names: Rc<[String]> = self.scopes.canonical_of(node, self.scope(node)).into();
        let mut all = self.canonical.borrow_mut();
        all.insert(node.id(), Rc::clone(&names));
        names
    }

    fn target(&self, node: Node<'a>, around: bool) -> Option<String> {
        if !around {
            return self.outline.targets.get(&node.id()).cloned();
        }
        let range = node.range();
        let values = &self.outline.values;
        let end = values.partition_point(|it| it.0.range().start <= range.start);
        let last = end.checked_sub(1).and_then(|it| values.get(it))?;
        let holds = last.0.range().contains(range);
        holds.then(|| last.1.clone())
    }

    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if let Some((which, item)) = which.split_once('[') {
            let of = self.argument(arguments, which)?;
            let item = item.trim_end_matches(']').parse().ok()?;
            return self.items(of)?.get::<usize>(item).copied();
        }
        if arguments.kind() != "argument_list" {
            return None;
        }
        if let Ok(position) = which.parse::<usize>() {
            return self.arguments_from(arguments, position).into_iter().next();
        }
        let mut named = arguments
            .children()
            .filter(|it| it.kind() == "keyword_argument");
        let found = named.find(|it| it.field("name").is_some_and(|it| it.text() == which));
        found?.field("value")
    }

    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>> {
        let mut all = arguments
            .children()
            .filter(|it| !matches!(it.kind(), "keyword_argument" | "dictionary_splat"));
        let mut found = Vec::new();
        // Nobody can tell how many arguments `*` stands for.
        let before: Vec<Node<'a>> = all.by_ref().take(first).collect();
        if before.iter().any(|it| it.kind() == "list_splat") {
            return found;
        }
        found.extend(all.take_while(|it| it.kind() != "list_splat"));
        found
    }

    fn has_more_arguments(&self, arguments: Node<'a>) -> bool {
        let mut all = arguments.children();
        all.any(|it| matches!(it.kind(), "list_splat" | "dictionary_splat"))
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        let is_list = matches!(node.kind(), "list" | "tuple" | "set");
        is_list.then(|| node.children().collect())
    }

    fn place(&self, node: Node<'a>) -> Place {
        let mut place = self.outline.place(node);
        place.range = strings::inner(node);
        place
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        node.kind() == "none"
    }
}
