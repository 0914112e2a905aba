//! JavaScript and TypeScript: what their names, expressions and statements say.

mod expr;
mod middleware;
mod outline;
mod reads;
mod scope;
mod strings;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::code::{Code, Limit, Node};

use self::expr::either;
use self::outline::{Assigned, Outline};
use self::scope::{Scopes, bare};
use super::captures::{self, Captures, ReadAt, Syntax};
use super::{Address, Call, CodeFacts, Expr, Import, Place, frameworks};
use crate::address;

/// A file that is read.
struct File<'a> {
    scopes: Scopes<'a>,
    outline: Outline<'a>,
    /// The reads of variables, by the number of the node.
    reads: BTreeMap<usize, ReadAt<'a>>,
    constants: BTreeMap<String, Option<String>>,
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
    for framework in frameworks::of(code.language()) {
        found.extend(framework.matches(code.language(), root, text)?);
    }
    let mut reads: Vec<(Node<'_>, ReadAt<'_>)> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    let set = found.iter().filter_map(|it| captures::set_at(&file, it));
    let set: BTreeSet<usize> = set.map(|it| it.0.id()).collect();
    reads.retain(|it| !set.contains(&it.0.id()));
    file.reads = reads.iter().map(|it| (it.0.id(), it.1)).collect();
    let mut facts = CodeFacts {
        language: code.language(),
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
    Captures::add(&file, &found, &mut facts);
    plugins(&mut facts);
    middleware::settle(&mut facts);
    Ok(facts)
}

/// A function that adds routes to what it is given stands for that where it is put into an application.
fn plugins(facts: &mut CodeFacts) {
    let routers: BTreeSet<&str> = facts.routers.iter().map(|it| it.name.as_str()).collect();
    for function in &mut facts.functions {
        let Some(first) = function.parameters.first() else {
            continue;
        };
        let path = format!("{}.{first}", function.name);
        if routers.contains(path.as_str()) {
            function.returns = Some(Expr::Name(path));
        }
    }
}

impl<'a> File<'a> {
    fn scope(&self, node: Node<'a>) -> usize {
        self.outline.context(node.range().start).scope
    }

    fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for node in &self.outline.imports {
            let place = self.outline.place(*node);
            let scope = self.scope(*node);
            let mut add = |local: String, module: &str, item: Option<&str>| {
                imports.push(Import {
                    local,
                    module: module.to_owned(),
                    item: item.map(str::to_owned),
                    place,
                });
            };
            match node.kind() {
                "call_expression" => {
                    if let Some(module) = scope::required(*node) {
                        let local = format!("require({module})");
                        add(local.clone(), &module, Some("default"));
                        add(local, &module, None);
                    }
                }
                "variable_declarator" | "assignment_expression" => {
                    let (name, value) = (node.field("name"), node.field("value"));
                    let name = name.or(node.field("left"));
                    let value = value.or(node.field("right")).map(bare);
                    let (Some(name), Some(module)) = (name, value.and_then(scope::required)) else {
                        continue;
                    };
                    if name.kind() == "object_pattern" {
                        for (key, local) in scope::destructured(name) {
                            let local = self.scopes.local(local.text(), scope);
                            add(local.clone(), &module, Some(&key));
                            add(local, &module, Some(&format!("default.{key}")));
                        }
                    } else {
                        let local = self.scopes.local(name.text(), scope);
                        add(local.clone(), &module, Some("default"));
                        add(local, &module, None);
                    }
                }
                _ => {
                    for it in scope::imports(*node) {
                        add(it.local.to_owned(), &it.module, it.item);
                    }
                }
            }
        }
        imports
    }

    fn definitions(&self) -> BTreeMap<String, Expr> {
        let mut all: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
        for (path, assigned) in &self.outline.assigned {
            match assigned {
                Assigned::Value(value) => self.define(path, *value, &mut all, 4),
                Assigned::Member(of, key, default) => {
                    let value = self.member_of(*of, key, *default);
                    all.entry(path.clone()).or_default().push(value);
                }
                Assigned::Alias(name) => {
                    let value = Expr::Name(name.clone());
                    all.entry(path.clone()).or_default().push(value);
                }
                Assigned::Unknown => all.entry(path.clone()).or_default().push(Expr::Unknown),
            }
        }
        let one = |(path, values): (String, Vec<Expr>)| (path, either(values));
        all.into_iter().map(one).collect()
    }

    fn member_of(&self, of: Node<'a>, key: &str, default: Option<Node<'a>>) -> Expr {
        let default = default.map(|it| self.value(it));
        let is_environment = self.canonical(of).iter().any(|it| it == "process.env");
        let value = match self.value(of) {
            _ if is_environment => Expr::Variable {
                name: key.to_owned(),
                default: None,
            },
            Expr::Name(name) => Expr::Name(format!("{name}.{key}")),
            of @ (Expr::Call { .. } | Expr::Member { .. }) => Expr::Member {
                of: Box::new(of),
                name: key.to_owned(),
            },
            _ => return Expr::Unknown,
        };
        match default {
            Some(default) => expr::or(value, default, false),
            None => value,
        }
    }

    fn define(
        &self,
        path: &str,
        value: Node<'a>,
        all: &mut BTreeMap<String, Vec<Expr>>,
        left: u32,
    ) {
        let value = unfrozen(value);
        let of = all.entry(path.to_owned()).or_default();
        // `null` is what stands there until a value does.
        if !matches!(value.kind(), "null" | "undefined" | "object") {
            of.push(self.value(value));
        }
        if value.kind() != "object" || left == 0 {
            return;
        }
        for part in value.children() {
            let (key, inner) = match part.kind() {
                "pair" => (part.field("key"), part.field("value")),
                "shorthand_property_identifier" => (Some(part), Some(part)),
                _ => continue,
            };
            let (Some(key), Some(inner)) = (key.and_then(strings::key), inner) else {
                continue;
            };
            self.define(&format!("{path}.{key}"), inner, all, left - 1);
            // `module.exports = { port }` exports `port`.
            if path == "default" && !all.contains_key(&key) {
                let value = Expr::Name(format!("default.{key}"));
                all.entry(key).or_default().push(value);
            }
        }
    }

    fn functions(&self) -> Vec<super::Function> {
        let mut functions = self.outline.functions.clone();
        let mut values: BTreeMap<u32, Vec<Expr>> = BTreeMap::new();
        for (function, value) in &self.outline.returns {
            let all = values.entry(function.0).or_default();
            all.push(self.value(*value));
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
        let calls = nodes.filter_map(|node| {
            let function = node.field("function").or(node.field("constructor"))?;
            let callee = self.callee(function)?;
            let arguments = node.field("arguments");
            Some(Call {
                callee,
                arguments: arguments.map_or_else(Vec::new, |it| self.call_arguments(it)),
                named: Vec::new(),
                place: self.outline.place(*node),
            })
        });
        calls.collect()
    }

    /// The path of what is called; `Server.start` for `new Server().start()`.
    fn callee(&self, function: Node<'a>) -> Option<String> {
        if let Some(name) = self.name(function) {
            return Some(name);
        }
        let method = function.field("property")?.text();
        let object = bare(function.field("object")?);
        let class = object.field("constructor").and_then(|it| self.name(it));
        // What is called does not matter where it is of a package; what it is given may be called by it.
        Some(match class {
            Some(class) => format!("{class}.{method}"),
            None => format!("?.{method}"),
        })
    }

    fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.outline.strings {
            let pieces = strings::pieces(*node).unwrap_or_default();
            let Some(strings::Piece::Text(text)) = pieces.into_iter().next() else {
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

/// The object that `Object.freeze` is given.
fn unfrozen(node: Node<'_>) -> Node<'_> {
    let node = bare(node);
    let function = node.field("function").map_or("", Node::text);
    if function != "Object.freeze" {
        return node;
    }
    let first = node.field("arguments").and_then(|it| it.children().next());
    first.map_or(node, bare)
}

impl<'a> Syntax<'a> for File<'a> {
    fn expr(&self, node: Node<'a>) -> Expr {
        self.value(node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        let node = match node.kind() {
            "required_parameter" => node.field("pattern")?,
            _ => node,
        };
        if node.kind() == "property_identifier" {
            // The name of a method.
            return Some(format!(
                "{}{}",
                self.scopes.prefix(self.scope(node)),
                node.text()
            ));
        }
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

    /// `0.port` is a member of the object that is the first argument; if that is not written out, all of it.
    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if let Some((which, key)) = which.split_once('.') {
            let of = bare(self.argument(arguments, which)?);
            return match of.kind() {
                "object" => member(of, key),
                "identifier" | "member_expression" | "call_expression" => Some(of),
                _ => None,
            };
        }
        if which == "last" {
            let all = self.arguments_from(arguments, 0);
            return all.into_iter().next_back();
        }
        let position = which.parse::<usize>().ok()?;
        self.arguments_from(arguments, position).into_iter().next()
    }

    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>> {
        if arguments.kind() != "arguments" {
            return Vec::new();
        }
        let all: Vec<Node<'a>> = arguments.children().collect();
        let known = all.iter().position(|it| it.kind() == "spread_element");
        let known = all.get(..known.unwrap_or(all.len())).unwrap_or_default();
        known.iter().skip(first).copied().collect()
    }

    fn has_more_arguments(&self, arguments: Node<'a>) -> bool {
        let is_spread = |it: Node<'a>| it.kind() == "spread_element";
        arguments
            .children()
            .any(|it| is_spread(it) || (it.kind() == "object" && it.children().any(is_spread)))
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        (node.kind() == "array").then(|| node.children().collect())
    }

    fn place(&self, node: Node<'a>) -> Place {
        let mut place = self.outline.place(node);
        place.range = strings::inner(node);
        place
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        matches!(node.kind(), "null" | "undefined")
    }
}

/// The value that an object holds for `key`.
fn member<'a>(object: Node<'a>, key: &str) -> Option<Node<'a>> {
    object.children().find_map(|it| match it.kind() {
        "pair" => {
            let name = it.field("key").and_then(strings::key)?;
            it.field("value").filter(|_| name == key)
        }
        "shorthand_property_identifier" => Some(it).filter(|it| it.text() == key),
        _ => None,
    })
}
