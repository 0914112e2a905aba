//! C#: what its names, expressions and declarations say.

mod config;
mod controllers;
mod expr;
mod generated;
mod outline;
mod receiver;
mod syntax;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

pub(super) use self::generated::worth_reading;
use self::outline::{Made, Outline};
use self::syntax::{arguments, bare, called, called_on, simple, text};
use super::captures::{self, Captures, ReadAt, Syntax};
use super::dotnet::DotnetFacts;
use super::expr::either;
use super::patterns::{self, Found};
use super::{
    Address, Call, CodeFacts, Expr, Failure, Kind, Open, Place, Read, ReadName, Router, Subject,
    VariableSet,
};
use crate::address;

/// The router that stands for the application itself, in every file.
const APPLICATION: &str = "@app";

/// A file that is read.
struct File<'a> {
    outline: Outline<'a>,
    /// The reads of variables, by the number of the node.
    reads: BTreeMap<usize, ReadAt<'a>>,
    /// What names stand for, by the number of the node: many patterns ask for each.
    canonical: RefCell<BTreeMap<usize, Rc<[String]>>>,
    /// The routers that names are, by their paths, and the sections of the configuration; nothing while that is being found out.
    routers: RefCell<BTreeMap<String, Option<String>>>,
    sections: RefCell<BTreeMap<String, Option<Expr>>>,
    /// The nodes whose values the program does not go on without.
    required: BTreeSet<usize>,
}

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let mut file = File {
        outline: Outline::of(root),
        reads: BTreeMap::new(),
        canonical: RefCell::default(),
        routers: RefCell::default(),
        sections: RefCell::default(),
        required: BTreeSet::new(),
    };
    file.required = file.required();
    let found = patterns::find(code.language(), root, text, |it| file.canonical(it))?;
    let reads: Vec<(Node<'_>, ReadAt<'_>)> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    file.reads = reads.iter().map(|it| (it.0.id(), it.1)).collect();
    let outline = &file.outline;
    let mut facts = CodeFacts {
        definitions: file.definitions(),
        functions: file.functions(),
        classes: outline.classes.clone(),
        calls: file.calls(),
        routers: vec![Router {
            name: APPLICATION.to_owned(),
            prefix: Expr::Text(String::new()),
            is_application: true,
            is_middleware: false,
            place: Place {
                range: TextRange::empty(0),
                ..Place::default()
            },
        }],
        addresses: file.addresses(),
        open: file.unknown_routers(),
        dotnet: Some(Box::new(DotnetFacts {
            properties: outline.properties.clone(),
            controllers: file.controllers(),
            only_in: outline.only_in.clone(),
            extensions: outline.extensions.clone(),
            ..DotnetFacts::default()
        })),
        ..CodeFacts::new(code.language())
    };
    file.add_sets(&found, &mut facts);
    file.add_reads(&reads, &mut facts);
    file.add_configuration(&mut facts);
    Captures::add(&file, &found, &mut facts);
    name_addresses(&mut facts);
    Ok(facts)
}

/// How far behind a read what stands for it begins: `configuration["A"] ?? "http://a:80"`.
const MOST_BETWEEN: u32 = 12;

/// Says of the addresses that stand for a variable which: they are used wherever its value is.
fn name_addresses(facts: &mut CodeFacts) {
    for address in &mut facts.addresses {
        let start = address.place.range.start;
        let own = facts.reads.iter().find_map(|it| {
            let between = start.checked_sub(it.place.range.end)?;
            let is_default =
                it.default.as_ref().and_then(Expr::text) == Some(address.text.as_str());
            match &it.name {
                ReadName::Exact(name) | ReadName::AnyCase(name)
                    if is_default && between <= MOST_BETWEEN =>
                {
                    Some(name.clone())
                }
                _ => None,
            }
        });
        if let Some(name) = own {
            address.names.push(name.clone());
            address.variables.push(name);
        }
    }
}

/// Methods that add routes, whatever they are called on.
const ADDING: [&str; 8] = [
    "MapGet",
    "MapPost",
    "MapPut",
    "MapDelete",
    "MapPatch",
    "MapMethods",
    "MapGroup",
    "MapHealthChecks",
];

impl<'a> File<'a> {
    /// The path of a name, as it is meant where it stands.
    fn path(&self, name: Node<'a>) -> String {
        self.outline.resolve(name.text(), name.range().start)
    }

    fn definitions(&self) -> BTreeMap<String, Expr> {
        let mut definitions: BTreeMap<String, Expr> = BTreeMap::new();
        for (path, made) in &self.outline.made {
            let values = made.iter().map(|it| match it {
                Made::Value(node) => self.value(*node),
                Made::LambdaOf(_) => Expr::Unknown,
            });
            definitions.insert(path.clone(), either(values));
        }
        // An application is handed to a function by what calls it, or by the host.
        let extensions: BTreeSet<&str> = self
            .outline
            .extensions
            .iter()
            .filter_map(|it| self.outline.functions.get(it.0 as usize))
            .map(|it| it.name.as_str())
            .collect();
        for path in &self.outline.parameters {
            let function = path.rsplit_once('.').map_or("", |it| it.0);
            if self.is_application(path) && !extensions.contains(function) {
                definitions.insert(path.clone(), Expr::Name(APPLICATION.to_owned()));
            }
        }
        definitions
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
            let mut given = Vec::new();
            let callee = match node.kind() {
                "object_creation_expression" => simple(node.field("type")?).to_owned(),
                _ => self.callee(*node, &mut given)?,
            };
            let mut named = Vec::new();
            if let Some(list) = node.field("arguments") {
                for (name, value) in arguments(list) {
                    match name {
                        Some(name) => named.push((name.to_owned(), self.value(value))),
                        None => given.push(self.value(value)),
                    }
                }
            }
            // The class of what stands between.
            if callee == "UseMiddleware"
                && let Some(class) = syntax::type_argument(*node)
            {
                let class = Expr::Name(simple(class).to_owned());
                named.push(("T".to_owned(), class));
            }
            Some(Call {
                callee,
                arguments: given,
                named,
                failure: Failure::default(),
                place: self.outline.place(*node),
            })
        });
        calls.collect()
    }

    /// What is called. Methods are called by their name alone, and what they are called on is given to them first, as extension methods
    /// take it.
    fn callee(&self, call: Node<'a>, given: &mut Vec<Expr>) -> Option<String> {
        let function = call.field("function")?;
        let name = called(call)?;
        let Some(on) = called_on(function) else {
            return Some(match function.kind() {
                "identifier" => self.path(function),
                _ => name.to_owned(),
            });
        };
        if self.is_type(on) {
            return Some(format!("{}.{name}", simple(on)));
        }
        given.push(self.value(on));
        Some(name.to_owned())
    }

    /// Whether a type is named, and no object.
    fn is_type(&self, node: Node<'a>) -> bool {
        let is_name = matches!(node.kind(), "identifier" | "generic_name")
            || (node.kind() == "member_access_expression"
                && node
                    .text()
                    .chars()
                    .all(|it| it.is_alphanumeric() || it == '.' || it == '_'));
        let first = node.text().split('.').next().unwrap_or_default();
        let path = self.outline.resolve(first, node.range().start);
        let is_declared =
            self.outline.made.contains_key(&path) || self.outline.declared.contains_key(&path);
        is_name && !is_declared && first.starts_with(char::is_uppercase)
    }

    fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.outline.strings {
            let Some(text) = text(*node) else {
                continue;
            };
            if !text.contains(':') || address::scan(&text).is_empty() {
                continue;
            }
            let place = self.place(*node);
            addresses.push(Address::new(text, place));
        }
        addresses
    }

    /// Routes that are added to what is not known.
    fn unknown_routers(&self) -> Vec<Open> {
        let calls = self.outline.calls.iter();
        let unknown = calls.filter(|it| {
            let name = called(**it).unwrap_or_default();
            let on = it.field("function").and_then(called_on);
            ADDING.contains(&name) && on.is_some_and(|it| self.receiver(it).is_none())
        });
        let open = unknown.map(|it| Open {
            subject: Subject::Routes,
            why: "routes are added to what is not known",
            on: None,
            needs_router: false,
            place: self.outline.place(*it),
        });
        open.collect()
    }

    fn add_sets(&self, found: &[Found<'a>], facts: &mut CodeFacts) {
        for one in found {
            if let Some((node, name, value, keeps)) = captures::set_at(self, one)
                && let Expr::Text(name) = self.value(name)
            {
                facts.sets.push(VariableSet {
                    name: ReadName::Exact(name),
                    value: value.map_or(Expr::Unknown, |it| self.value(it)),
                    keeps,
                    place: self.place(node),
                });
            }
        }
    }

    fn add_reads(&self, reads: &[(Node<'a>, ReadAt<'a>)], facts: &mut CodeFacts) {
        for (node, read) in reads {
            let name = match self.value(read.name) {
                Expr::Text(name) => ReadName::Exact(name),
                name => ReadName::Computed(Box::new(name)),
            };
            let default = read.default.map(|it| self.value(it));
            let mut place = self.place(read.name);
            let context = self.outline.context(node.range().start);
            place.is_conditional = context.is_conditional;
            let default = default.or_else(|| self.fallback(*node));
            facts.reads.push(Read {
                name,
                is_required: self.is_required(*node) && !context.is_caught && default.is_none(),
                default,
                kind: kind(*node),
                class: None,
                place,
            });
        }
    }

    /// What stands behind `??` of a value.
    fn fallback(&self, node: Node<'a>) -> Option<Expr> {
        let mut at = node;
        for _ in 0..4 {
            let around = at.parent()?;
            match around.kind() {
                "binary_expression" => {
                    let is_left = around.field("left").is_some_and(|it| it.id() == at.id());
                    let operator = around.field("operator").map_or("", Node::text);
                    let second = around.field("right")?;
                    let stands = is_left && operator == "??";
                    return (stands && second.kind() != "throw_expression")
                        .then(|| self.value(second));
                }
                "parenthesized_expression" | "postfix_unary_expression" | "cast_expression" => {
                    at = around;
                }
                _ => return None,
            }
        }
        None
    }

    /// The nodes whose values the program does not go on without, or what they are assigned to.
    fn required(&self) -> BTreeSet<usize> {
        let nodes = self.outline.required.iter().map(|it| {
            let node = bare(*it);
            let is_name = node.kind() == "identifier";
            let made = is_name.then(|| self.outline.made.get(&self.path(node)));
            match made.flatten().map(Vec::as_slice) {
                Some([Made::Value(value)]) => bare(*value).id(),
                _ => node.id(),
            }
        });
        nodes.collect()
    }

    fn is_required(&self, node: Node<'a>) -> bool {
        self.required.contains(&node.id())
    }
}

/// What is made of a value: what it is parsed by.
fn kind(node: Node<'_>) -> Kind {
    let around = node.parent().filter(|it| it.kind() == "argument");
    let call = around.and_then(Node::parent).and_then(Node::parent);
    let function = call
        .and_then(|it| it.field("function"))
        .map_or("", Node::text);
    match function {
        "int.Parse" | "Int32.Parse" | "long.Parse" | "Convert.ToInt32" | "Convert.ToInt64"
        | "ushort.Parse" => Kind::Number,
        "bool.Parse" | "Boolean.Parse" | "Convert.ToBoolean" => Kind::Boolean,
        _ => Kind::Text,
    }
}

impl<'a> Syntax<'a> for File<'a> {
    fn expr(&self, node: Node<'a>) -> Expr {
        self.value(node)
    }

    /// Of arguments, the name of the group that they make.
    fn name(&self, node: Node<'a>) -> Option<String> {
        if node.kind() == "argument_list" {
            return Some(receiver::group(node));
        }
        self.receiver(node)
    }

    /// `.MapGet` of what routes are added to; else the method, with the name of what it is called on: `Environment.GetEnvironmentVariable`,
    /// `?.Listen` of what has none.
    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        if let Some(known) = self.canonical.borrow().get(&node.id()) {
            return Rc::clone(known);
        }
        let name = simple(node);
        let name = match node.kind() {
            "conditional_access_expression" => node.children().last().map_or(name, simple),
            _ => name,
        };
        let made = match called_on(node) {
            None => name.to_owned(),
            Some(on) if self.receiver(on).is_some() => format!(".{name}"),
            Some(on) => match bare(on).kind() {
                "identifier" | "member_access_expression" => {
                    format!("{}.{name}", simple(bare(on)))
                }
                _ => format!("?.{name}"),
            },
        };
        let names: Rc<[String]> = Rc::from([made]);
        let mut all = self.canonical.borrow_mut();
        all.insert(node.id(), Rc::clone(&names));
        names
    }

    fn target(&self, node: Node<'a>, _: bool) -> Option<String> {
        self.outline.targets.get(&node.id()).cloned()
    }

    fn argument(&self, list: Node<'a>, which: &str) -> Option<Node<'a>> {
        let all = arguments(list);
        if let Ok(position) = which.parse::<usize>() {
            let (name, value) = all.get(position)?;
            return name.is_none().then_some(*value);
        }
        all.iter().find(|it| it.0 == Some(which)).map(|it| it.1)
    }

    fn arguments_from(&self, list: Node<'a>, first: usize) -> Vec<Node<'a>> {
        let all = arguments(list).into_iter();
        all.filter(|it| it.0.is_none())
            .map(|it| it.1)
            .skip(first)
            .collect()
    }

    fn has_more_arguments(&self, _: Node<'a>) -> bool {
        false
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        expr::items(node)
    }

    fn place(&self, node: Node<'a>) -> Place {
        let mut place = self.outline.place(node);
        place.range = expr::inner(node);
        place
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        matches!(node.kind(), "null_literal" | "default_expression")
    }
}
