//! JavaScript and TypeScript: what their names, expressions and statements say.

mod addresses;
mod chains;
mod credentials;
mod expr;
mod failures;
mod fastify;
mod middleware;
mod nest;
mod outline;
mod reads;
mod receivers;
mod schemas;
mod scope;
mod strings;
#[cfg(test)]
mod tests;
mod waits;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

use self::scope::JavaScriptNames;
pub(crate) use self::scope::{bare, required};
pub(crate) use self::strings::{inner, key, plain};
use super::captures::Syntax;
use super::expr::{either, or};
use super::file::{self, Definitions, ReadNode, Source};
use super::outline::Assigned;
use super::patterns::Found;
use super::{Call, CodeFacts, Expr, Failure, Import, Place};

/// A file that is read.
type File<'a> = file::File<'a, JavaScriptNames<'a>>;

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let names = JavaScriptNames::of(root);
    let outline = outline::of(root, &names);
    file::read(code, text, root, names, outline)
}

/// What answers requests stands for the application that it is of: `app.fetch` of Hono, `app.callback()` of Koa.
fn handlers(facts: &mut CodeFacts) {
    let routers: BTreeSet<String> = facts.routers.iter().map(|it| it.name.clone()).collect();
    let of = |expr: &Expr| {
        let name = match expr {
            Expr::Name(name) => name.strip_suffix(".fetch"),
            Expr::Call { callee, .. } => callee.strip_suffix(".callback"),
            _ => None,
        };
        let name = name.filter(|it| routers.contains(*it) || receivers::is_usual(it));
        name.map(|it| Expr::Name(it.to_owned()))
    };
    let served = facts.listeners.iter_mut();
    let served = served.filter_map(|it| it.serves.as_mut());
    for it in served.chain(facts.mounts.iter_mut().map(|it| &mut it.what)) {
        if let Some(application) = of(it) {
            *it = application;
        }
    }
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

impl<'a> Source<'a> for File<'a> {
    fn texts(node: Node<'a>) -> Option<Vec<String>> {
        match node.kind() {
            "array" => node.children().map(|it| strings::plain(bare(it))).collect(),
            _ => Some(vec![strings::plain(node)?]),
        }
    }

    fn add_imports(&self, node: Node<'a>, imports: &mut Vec<Import>) {
        let place = self.outline.place(node, node.range());
        let scope = self.scope(node);
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
                if let Some(module) = scope::required(node) {
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
                    return;
                };
                if name.kind() == "object_pattern" {
                    for (key, local) in scope::destructured(name) {
                        let local = self.names.local(local.text(), scope);
                        add(local.clone(), &module, Some(&key));
                        add(local, &module, Some(&format!("default.{key}")));
                    }
                } else {
                    let local = self.names.local(name.text(), scope);
                    add(local.clone(), &module, Some("default"));
                    add(local, &module, None);
                }
            }
            _ => {
                for it in scope::imports(node) {
                    add(it.local.to_owned(), &it.module, it.item);
                }
            }
        }
    }

    fn define(&self, path: &str, assigned: &Assigned<'a>, all: &mut Definitions) {
        let value = match assigned {
            Assigned::Value(value) => return self.define_value(path, *value, all, 4),
            Assigned::Member(of, key, default) => self.member_of(*of, key, *default),
            Assigned::Alias(name) => Expr::Name(name.clone()),
            Assigned::Item(_) | Assigned::Unknown => Expr::Unknown,
        };
        all.entry(path.to_owned()).or_default().push(value);
    }

    fn call_at(&self, node: Node<'a>) -> Option<Call> {
        let function = node.field("function").or(node.field("constructor"))?;
        let callee = self.callee(function)?;
        let arguments = node.field("arguments");
        Some(Call {
            callee,
            arguments: arguments.map_or_else(Vec::new, |it| self.call_arguments(it)),
            named: Vec::new(),
            failure: self.failure(node),
            place: self.outline.place(node, node.range()),
        })
    }

    fn text_at(&self, node: Node<'a>) -> Option<(String, TextRange)> {
        let mut pieces = strings::pieces(node)?.into_iter();
        match pieces.next()? {
            strings::Piece::Text(text) => Some((text, strings::inner(node))),
            strings::Piece::Value(_) => None,
        }
    }

    fn add_own(&self, reads: &[ReadNode<'a>], found: &[Found<'a>], facts: &mut CodeFacts) {
        self.add_reads(reads, found, facts);
        self.add_returned(facts);
    }

    fn settle(&self, found: &[Found<'a>], facts: &mut CodeFacts) {
        credentials::settle(self, facts);
        receivers::settle(self, found, facts);
        nest::settle(self, facts);
        schemas::settle(self, facts);
        addresses::settle(self, found, facts);
        plugins(facts);
        handlers(facts);
        fastify::settle(self, facts);
        waits::settle(self, facts);
        middleware::settle(facts);
        middleware::modules(facts);
    }
}

impl<'a> File<'a> {
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
            Some(default) => or(value, default, false),
            None => value,
        }
    }

    fn define_value(&self, path: &str, value: Node<'a>, all: &mut Definitions, left: u32) {
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
            self.define_value(&format!("{path}.{key}"), inner, all, left - 1);
            // `module.exports = { port }` exports `port`.
            if path == "default" && !all.contains_key(&key) {
                let value = Expr::Name(format!("default.{key}"));
                all.entry(key).or_default().push(value);
            }
        }
    }

    /// Says what an object holds that a function returns: `makeConfig.return.port`.
    fn add_returned(&self, facts: &mut CodeFacts) {
        let mut all = Definitions::new();
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for (function, _) in &self.outline.returns {
            *counts.entry(function.0).or_default() += 1;
        }
        for (function, value) in &self.outline.returns {
            let value = bare(*value);
            let is_only = counts.get(&function.0) == Some(&1);
            let of = facts.functions.get_mut(function.0 as usize);
            let of = of.filter(|it| is_only && !it.name.is_empty() && value.kind() == "object");
            if let Some(of) = of {
                let path = format!("{}.return", of.name);
                self.define_value(&path, value, &mut all, 4);
                all.remove(&path);
                of.returns = Some(Expr::Name(path));
            }
        }
        let all = all.into_iter().map(|(path, values)| (path, either(values)));
        facts.definitions.extend(all);
    }

    /// The path of what is called; `Server.start` for `new Server().start()`.
    fn callee(&self, function: Node<'a>) -> Option<String> {
        if let Some(name) = self.name(function) {
            return Some(name);
        }
        let method = function.field("property")?.text();
        let object = bare(function.field("object")?);
        // The methods of routers return them.
        let root = chains::chained(object);
        if root.id() != object.id()
            && let Some(name) = self.name(root)
        {
            return Some(format!("{name}.{method}"));
        }
        let class = object.field("constructor").and_then(|it| self.name(it));
        // What is called does not matter where it is of a package; what it is given may be called by it.
        Some(match class {
            Some(class) => format!("{class}.{method}"),
            None => format!("?.{method}"),
        })
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

    fn chained(&self, node: Node<'a>) -> Node<'a> {
        chains::chained(node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        let node = match node.kind() {
            "required_parameter" => node.field("pattern")?,
            _ => node,
        };
        if node.kind() == "property_identifier" {
            // The name of a method.
            let prefix = self.names.scopes.prefix(self.scope(node));
            return Some(format!("{prefix}{}", node.text()));
        }
        self.path(node)
    }

    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        self.canonical_names(node)
    }

    fn target(&self, node: Node<'a>, around: bool) -> Option<String> {
        self.outline.target(node, around)
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
        self.outline.place(node, strings::inner(node))
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        matches!(node.kind(), "null" | "undefined")
    }

    fn failure(&self, node: Node<'a>) -> Failure {
        failures::of(node)
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
