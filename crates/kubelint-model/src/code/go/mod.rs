//! Go: what its names, expressions and statements say.
//!
//! All files of a package are one to the compiler; here each is read by itself, and the program puts them together. Objects of a struct are
//! not told apart: `Config.Port` is the field of all of them.

mod conditions;
pub(crate) mod constraint;
mod expr;
mod failures;
mod fills;
mod flags;
mod gates;
mod generated;
mod outline;
mod packages;
mod reads;
mod scope;
mod settle;
mod strings;
mod tags;
#[cfg(test)]
mod tests;
mod viper;

pub(crate) use self::tags::{split, value};

use std::collections::BTreeMap;
use std::rc::Rc;

use kubelint_parser::code::{Code, Limit, Node, parse};

use self::constraint::Built;
pub(super) use self::generated::worth_reading;
use self::outline::Outline;
use self::reads::Fates;
use self::scope::{Scopes, bare};
use super::captures::{self, Captures, ReadAt, Syntax};
use super::{
    Address, Call, CodeFacts, Expr, Failure, Import, Open, Place, Subject, expr as values, patterns,
};
use crate::address;

/// A file that is read.
struct File<'a> {
    scopes: Scopes<'a>,
    outline: Outline<'a>,
    /// The reads of variables, by the number of the node.
    reads: BTreeMap<usize, ReadAt<'a>>,
    fates: Fates<'a>,
    constants: BTreeMap<String, Option<String>>,
}

/// The facts of a file; of one that is never built for Linux those of an empty one.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    match constraint::built(text) {
        Built::Always => facts(code, text),
        Built::Never => facts(&parse("", code.language())?, ""),
        Built::Unknown => {
            let mut facts = facts(code, text)?;
            may_not_be_built(&mut facts);
            Ok(facts)
        }
    }
}

fn facts(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let scopes = Scopes::of(root);
    let outline = Outline::of(root, &scopes);
    let mut file = File {
        constants: constants(&outline),
        scopes,
        outline,
        reads: BTreeMap::new(),
        fates: Fates::default(),
    };
    let found = patterns::find(code.language(), root, text, |it| file.canonical(it))?;
    let reads: Vec<(Node<'_>, ReadAt<'_>)> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    file.fates = file.fates(&reads);
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
    file.add_reads(&reads, &found, &mut facts);
    tags::add(&file, &mut facts);
    Captures::add(&file, &found, &mut facts);
    let go = facts.go.get_or_insert_default();
    go.structs = fills::structs(&file);
    go.fills = fills::fills(&file);
    go.refusals = file.refusals();
    go.viper = viper::asked(&file);
    go.gates.clone_from(&file.outline.gates);
    go.later.clone_from(&file.outline.later);
    file.name_routers(&mut facts);
    settle::settle(&file, &mut facts);
    Ok(facts)
}

/// Leaves open what a file adds that is only built with some tags.
fn may_not_be_built(facts: &mut CodeFacts) {
    for read in &mut facts.reads {
        read.is_required = false;
    }
    for subject in [Subject::Ports, Subject::Reads, Subject::Routes] {
        facts.open.push(Open {
            subject,
            why: "a file is built only with some tags",
            on: None,
            needs_router: false,
            place: Place::default(),
        });
    }
}

/// The values of names; nothing where nobody can tell one.
type Locals<'l, 'a> = BTreeMap<&'l str, Vec<Option<Node<'a>>>>;

/// How far what a function returns is followed through its names.
const MOST_STEPS: u32 = 6;
/// What has more values is not followed.
const MOST_LOCALS: usize = 4;

/// Whether a value is a text, made of variables and of what stands in `function`.
fn is_told(value: &Expr, function: &str) -> bool {
    match value {
        Expr::Text(_) | Expr::Variable { .. } | Expr::VariableOf { .. } => true,
        Expr::Join(parts) => {
            let is_own = |it: &Expr| matches!(it, Expr::Name(name) if name.starts_with(function));
            parts.iter().all(|it| is_told(it, function) || is_own(it))
        }
        _ => false,
    }
}

/// The text that each name of a file stands for; nothing if it may be another.
fn constants(outline: &Outline<'_>) -> BTreeMap<String, Option<String>> {
    let mut constants: BTreeMap<String, Option<String>> = BTreeMap::new();
    for it in &outline.assigned {
        let text = match it.value {
            Some(node) if !constants.contains_key(&it.path) => strings::plain(node),
            _ => None,
        };
        constants.insert(it.path.clone(), text);
    }
    constants
}

impl<'a> File<'a> {
    fn scope(&self, node: Node<'a>) -> usize {
        self.outline.context(node.range().start).scope
    }

    /// What patterns call a node, if it is something of a known package.
    fn canonical_name(&self, node: Node<'a>) -> Option<String> {
        self.scopes.canonical(node, self.scope(node))
    }

    fn imports(&self) -> Vec<Import> {
        // The other files of the package.
        let mut imports = vec![Import {
            local: String::new(),
            module: ".".to_owned(),
            item: None,
            place: Place::default(),
        }];
        for node in &self.outline.imports {
            let Some(module) = node.field("path").and_then(strings::plain) else {
                continue;
            };
            let (names, item) = match node.field("name") {
                None => (packages::names(&module), None),
                Some(it) if it.kind() == "dot" => (vec![String::new()], Some("*".to_owned())),
                Some(it) if it.kind() == "blank_identifier" => (vec![String::new()], None),
                Some(it) => (vec![it.text().to_owned()], None),
            };
            for local in names {
                imports.push(Import {
                    local,
                    module: module.clone(),
                    item: item.clone(),
                    place: self.outline.place(*node),
                });
            }
        }
        imports
    }

    fn definitions(&self) -> BTreeMap<String, Expr> {
        let mut all: BTreeMap<String, Vec<(usize, Expr)>> = BTreeMap::new();
        for it in &self.outline.assigned {
            // What other packages declare has values there too.
            let first = it.path.split('.').next().unwrap_or_default();
            let is_other = it.path.contains('.') && self.scopes.package(first, 0).is_some();
            let of = all.entry(it.path.clone()).or_default();
            match it.value {
                Some(value) if !is_other => {
                    let value = bare(value);
                    let is_default = self.fates.consumed.contains(&value.id());
                    if value.kind() != "nil" && !is_default {
                        of.push((value.id(), self.value(value)));
                    }
                }
                _ => of.push((0, Expr::Unknown)),
            }
        }
        for (path, value) in self.flags() {
            let of = all.entry(path).or_default();
            of.push((0, value));
        }
        let one = |(path, values): (String, Vec<(usize, Expr)>)| {
            let own = Expr::Name(path.clone());
            let values = values.into_iter().filter(|it| it.1 != own).collect();
            (path, self.one_of(values))
        };
        let mut all: BTreeMap<String, Expr> = all.into_iter().map(one).collect();
        // What has a type of the program is known by that.
        for (path, class) in self.scopes.own_types() {
            let is_function = self.outline.functions.iter().any(|it| it.name == path);
            if is_function || path == class {
                continue;
            }
            let class = Expr::Name(class.to_owned());
            match all.remove(path) {
                Some(Expr::Unknown) | None => drop(all.insert(path.to_owned(), class)),
                Some(other) => {
                    let value = values::either([other, class]);
                    all.insert(path.to_owned(), value);
                }
            }
        }
        all
    }

    fn functions(&self) -> Vec<super::Function> {
        let mut functions = self.outline.functions.clone();
        let mut values: BTreeMap<u32, Vec<(usize, Expr)>> = BTreeMap::new();
        for it in &self.outline.returns {
            let value = bare(it.value);
            let is_default = self.fates.consumed.contains(&value.id());
            if value.kind() == "nil" || is_default {
                continue;
            }
            let all = values.entry(it.function.0).or_default();
            all.push((value.id(), self.value(value)));
        }
        let locals = self.locals();
        for (number, values) in values {
            let Some(function) = functions.get_mut(number as usize) else {
                continue;
            };
            // What is returned with an error is nothing.
            let has_more = values.len() > 1;
            let is_nothing = |it: &Expr| it.text() == Some("") || it.text() == Some("0");
            let values = values.into_iter();
            let values = values.filter(|it| !(has_more && is_nothing(&it.1)));
            let returned = self.one_of(values.collect());
            function.returns = Some(self.told(returned, &function.name, &locals, MOST_STEPS));
        }
        for function in &mut functions {
            if let Some(class) = self.scopes.own_type(&function.name) {
                let class = Expr::Name(class.to_owned());
                function.returns = Some(match function.returns.take() {
                    Some(Expr::Unknown) | None => class,
                    Some(other) => values::either([other, class]),
                });
            }
        }
        functions
    }

    /// The values of names, as they are assigned.
    fn locals(&self) -> Locals<'_, 'a> {
        let mut locals = Locals::new();
        for it in &self.outline.assigned {
            let value = it.value.map(bare);
            let is_default = value.is_some_and(|it| self.fates.consumed.contains(&it.id()));
            if !is_default {
                locals.entry(it.path.as_str()).or_default().push(value);
            }
        }
        locals
    }

    /// What a function returns, told by its parameters and the variables that it reads: each call has values of its own for what it keeps in
    /// names.
    fn told(&self, expr: Expr, function: &str, locals: &Locals<'_, 'a>, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return expr;
        };
        match expr {
            Expr::Name(name) => {
                let local = name.strip_prefix(function).filter(|_| !function.is_empty());
                let known = local.and_then(|_| locals.get(name.as_str()));
                let values: Option<Vec<Node<'a>>> =
                    known.and_then(|it| it.iter().take(MOST_LOCALS).copied().collect());
                let Some(values) = values else {
                    return Expr::Name(name);
                };
                let values = values.into_iter().map(|it| (it.id(), self.value(it)));
                let value = self.told(self.one_of(values.collect()), function, locals, left);
                if is_told(&value, function) {
                    value
                } else {
                    Expr::Name(name)
                }
            }
            Expr::Join(parts) => {
                let parts = parts.into_iter();
                values::join(parts.map(|it| self.told(it, function, locals, left)))
            }
            other => other,
        }
    }

    fn calls(&self) -> Vec<Call> {
        let nodes = self.outline.calls.iter();
        let mut calls: Vec<Call> = nodes
            .filter_map(|node| {
                let function = bare(node.field("function")?);
                let arguments = node.field("arguments")?;
                let arguments = self.arguments_from(arguments, 0).into_iter().take(64);
                Some(Call {
                    callee: self.callee(function),
                    arguments: arguments.map(|it| self.value(it)).collect(),
                    named: Vec::new(),
                    failure: self.failure(*node),
                    place: self.outline.place(*node),
                })
            })
            .collect();
        // Where a function is handed over, it may be called.
        for node in &self.outline.handed {
            let mut place = self.outline.place(*node);
            place.is_conditional = true;
            if let Expr::Name(callee) = self.value(*node) {
                calls.push(Call {
                    callee,
                    arguments: Vec::new(),
                    named: Vec::new(),
                    failure: Failure::Handled,
                    place,
                });
            }
        }
        calls
    }

    /// Routers that are made where they are handed over (`register(v1.Group("/admin"))`) have names that no text has.
    fn name_routers(&self, facts: &mut CodeFacts) {
        let routers = facts.routers.iter();
        let unnamed = routers.filter(|it| it.name.starts_with('@') && !it.is_middleware);
        let unnamed: BTreeMap<(u32, u32), &String> = unnamed
            .map(|it| ((it.place.range.start, it.place.range.end), &it.name))
            .collect();
        if unnamed.is_empty() {
            return;
        }
        let nodes = self.outline.calls.iter();
        let nodes = nodes.filter_map(|it| it.field("function").and(it.field("arguments")));
        for (call, arguments) in facts.calls.iter_mut().zip(nodes) {
            let given = self.arguments_from(arguments, 0);
            for (argument, node) in call.arguments.iter_mut().zip(given) {
                let range = node.range();
                if let Some(name) = unnamed.get(&(range.start, range.end)) {
                    *argument = Expr::Name((*name).clone());
                }
            }
        }
    }

    fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.outline.strings {
            let Some(text) = strings::plain(*node) else {
                continue;
            };
            if !text.contains(':') || address::scan(&text).is_empty() {
                continue;
            }
            let mut place = self.outline.place(*node);
            place.range = strings::inner(*node);
            addresses.push(Address::new(text, place));
        }
        addresses
    }
}

impl<'a> Syntax<'a> for File<'a> {
    fn expr(&self, node: Node<'a>) -> Expr {
        self.value(node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        self.scopes.name(node, self.scope(node))
    }

    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        let known = self.canonical_name(node);
        let known = known.filter(|it| packages::is_known(it));
        known.or_else(|| self.name(node)).into_iter().collect()
    }

    fn target(&self, node: Node<'a>, around: bool) -> Option<String> {
        if around {
            return None;
        }
        self.outline.targets.get(&node.id()).cloned()
    }

    /// Of a struct that is written out the value of a field.
    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if arguments.kind() == "literal_value" {
            let parts = arguments.children();
            let mut parts = parts.filter(|it| it.kind() == "keyed_element");
            let part = parts.find(|it| it.field("key").is_some_and(|it| it.text() == which))?;
            return part.field("value").map(bare);
        }
        if which == "last" {
            return self.arguments_from(arguments, 0).into_iter().next_back();
        }
        let position = which.parse::<usize>().ok()?;
        self.arguments_from(arguments, position).into_iter().next()
    }

    fn milliseconds(&self, node: Node<'a>) -> Expr {
        self.duration(node)
    }

    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>> {
        if arguments.kind() != "argument_list" {
            return Vec::new();
        }
        let known = arguments.children();
        let known = known.take_while(|it| it.kind() != "variadic_argument");
        known.skip(first).map(bare).collect()
    }

    fn has_more_arguments(&self, arguments: Node<'a>) -> bool {
        arguments
            .children()
            .any(|it| it.kind() == "variadic_argument")
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        let class = node
            .field("type")
            .filter(|_| node.kind() == "composite_literal")?;
        let body = node
            .field("body")
            .filter(|_| class.kind() == "slice_type")?;
        Some(body.children().map(bare).collect())
    }

    fn place(&self, node: Node<'a>) -> Place {
        let mut place = self.outline.place(node);
        place.range = strings::inner(node);
        place
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        node.kind() == "nil"
    }

    fn failure(&self, node: Node<'a>) -> Failure {
        self.failure_of(node)
    }
}
