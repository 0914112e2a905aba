//! What a file reads of the configuration of .NET, whose keys are variables of the environment, too: `A:B` is `A__B`, in any case
//! (`Microsoft.Extensions.Configuration.EnvironmentVariables`).

use kubelint_parser::code::Node;

use super::File;
use super::outline::Made;
use super::syntax::{arguments, bare, called, called_on, simple, type_argument};
use crate::code::captures::Syntax;
use crate::code::dotnet::Binding;
use crate::code::expr::join;
use crate::code::{CodeFacts, Expr, Kind, Open, Read, ReadName, Subject};

/// How far names and calls in chains are followed.
const MOST_STEPS: u32 = 16;

/// The types of what holds configuration.
const TYPES: [&str; 5] = [
    "IConfiguration",
    "IConfigurationRoot",
    "IConfigurationSection",
    "ConfigurationManager",
    "IConfigurationManager",
];
/// The types of what builds a host, and holds its configuration.
const BUILDERS: [&str; 4] = [
    "WebApplicationBuilder",
    "IHostApplicationBuilder",
    "HostApplicationBuilder",
    "TBuilder",
];
/// Methods of configuration itself, and what does nothing with it but to keep it.
const OWN: [&str; 14] = [
    "GetValue",
    "GetSection",
    "GetRequiredSection",
    "GetConnectionString",
    "GetChildren",
    "Get",
    "Bind",
    "Exists",
    "Configure",
    "AddConfiguration",
    "AddSingleton",
    "UseConfiguration",
    "GetReloadToken",
    "ThrowIfNull",
];

/// The variable that a key of the configuration is read from.
fn variable(key: &str) -> String {
    key.trim_matches(':')
        .replace(':', "__")
        .to_ascii_uppercase()
}

impl<'a> File<'a> {
    /// The section that `node` is, its parts separated by `:` and one behind it unless it is the whole; none if it is no configuration.
    fn section(&self, node: Node<'a>, left: u32) -> Option<Expr> {
        let left = left.checked_sub(1)?;
        let node = bare(node);
        let whole = Expr::Text(String::new());
        match node.kind() {
            "identifier" => {
                let path = self.path(node);
                if let Some(known) = self.sections.borrow().get(&path) {
                    return known.clone();
                }
                // Who asks again meanwhile goes round in a circle.
                self.sections.borrow_mut().insert(path.clone(), None);
                let found = self.named_section(node.text(), &path, left);
                self.sections.borrow_mut().insert(path, found.clone());
                found
            }
            "member_access_expression" => {
                let name = node.field("name")?;
                let own = node.field("expression").is_none();
                let declared = self.outline.declared.get(&self.path(name));
                match declared.filter(|_| own) {
                    Some(declared) => TYPES.contains(declared).then_some(whole),
                    None => is_named(name.text()).then_some(whole),
                }
            }
            "invocation_expression" => {
                let on = node.field("function").and_then(called_on);
                match called(node)? {
                    "GetSection" | "GetRequiredSection" => {
                        let on = self.section(on?, left)?;
                        let key = self.first(node)?;
                        Some(join([on, key, Expr::Text(":".to_owned())]))
                    }
                    "GetService" | "GetRequiredService" => {
                        let of = type_argument(node).map(simple)?;
                        TYPES.contains(&of).then_some(whole)
                    }
                    "Build" => on?.text().contains("ConfigurationBuilder").then_some(whole),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn named_section(&self, name: &str, path: &str, left: u32) -> Option<Expr> {
        let made = self.outline.made.get(path).into_iter().flatten();
        let mut values = made.filter_map(|it| match it {
            Made::Value(value) => Some(*value),
            Made::LambdaOf(_) => None,
        });
        let found = values.find_map(|it| self.section(it, left));
        let whole = Expr::Text(String::new());
        found.or_else(|| match self.outline.declared.get(path) {
            Some(&"IConfigurationSection") => Some(Expr::Unknown),
            Some(declared) => TYPES.contains(declared).then_some(whole),
            None => is_named(name).then_some(whole),
        })
    }

    fn first(&self, call: Node<'a>) -> Option<Expr> {
        let list = call.field("arguments").or(call.field("subscript"))?;
        let first = arguments(list).first().map(|it| it.1)?;
        Some(self.value(first))
    }

    /// Adds what the file reads of the configuration.
    pub(super) fn add_configuration(&self, facts: &mut CodeFacts) {
        for node in &self.outline.indexed {
            let on = node.field("expression");
            let section = on.and_then(|it| self.section(it, MOST_STEPS));
            if let (Some(section), Some(key)) = (section, self.first(*node)) {
                self.add_key(*node, join([section, key]), None, facts);
            }
        }
        for node in &self.outline.calls {
            if node.kind() == "invocation_expression" {
                self.add_call(*node, facts);
            }
            self.add_handed(*node, facts);
        }
    }

    fn add_call(&self, node: Node<'a>, facts: &mut CodeFacts) {
        let Some(name) = called(node) else {
            return;
        };
        let on = node.field("function").and_then(called_on);
        let of = on.and_then(|it| self.section(it, MOST_STEPS));
        let list = node.field("arguments").map(arguments).unwrap_or_default();
        let sections = list.iter().map(|it| self.section(it.1, MOST_STEPS));
        let given = sections.flatten().next();
        match (name, of) {
            ("GetValue", Some(section)) => {
                let at = usize::from(
                    list.first()
                        .is_some_and(|it| it.1.kind() == "typeof_expression"),
                );
                if let Some((_, key)) = list.get(at) {
                    let default = list.get(at + 1).map(|it| self.value(it.1));
                    let key = join([section, self.value(*key)]);
                    self.add_key(node, key, default, facts);
                }
            }
            ("GetConnectionString", of) if of.is_some() || list.len() == 1 => {
                if let Some(key) = self.first(node) {
                    let before = Expr::Text("ConnectionStrings:".to_owned());
                    self.add_key(node, join([before, key]), None, facts);
                }
            }
            ("Get", Some(section)) => {
                let class = type_argument(node).map(|it| simple(it).to_owned());
                self.bind(node, section, class, facts);
            }
            ("Bind", Some(section)) => {
                let (key, object) = match list.as_slice() {
                    [(_, key), (_, object), ..] => (Some(*key), Some(*object)),
                    [(_, object)] => (None, Some(*object)),
                    [] => (None, None),
                };
                let section = match key {
                    Some(key) => {
                        let colon = Expr::Text(":".to_owned());
                        join([section, self.value(key), colon])
                    }
                    None => section,
                };
                let class = object.and_then(|it| self.class_of(it));
                self.bind(node, section, class, facts);
            }
            ("GetChildren" | "AsEnumerable", Some(section)) => {
                self.bind(node, section, None, facts);
            }
            ("Configure" | "Bind" | "AddOptions", None) if given.is_some() => {
                let class = type_argument(node).or_else(|| options(on));
                let class = class.map(|it| simple(it).to_owned());
                self.bind(node, given.unwrap_or(Expr::Unknown), class, facts);
            }
            ("BindConfiguration", _) => {
                let colon = Expr::Text(":".to_owned());
                let section = self.first(node).unwrap_or(Expr::Unknown);
                let class = options(on).map(|it| simple(it).to_owned());
                self.bind(node, join([section, colon]), class, facts);
            }
            ("GetSection" | "GetRequiredSection", Some(_)) => self.add_section(node, facts),
            // `AddEnvironmentVariables("SHOP_")` puts a prefix before all names.
            ("AddEnvironmentVariables", _) if !list.is_empty() => facts.open.push(Open {
                subject: Subject::Reads,
                why: "the configuration takes variables with a prefix",
                on: None,
                needs_router: false,
                place: self.outline.place(node),
            }),
            _ => {}
        }
    }

    /// A section that is taken for something that is not seen here: its value, or all in it.
    fn add_section(&self, node: Node<'a>, facts: &mut CodeFacts) {
        let Some(section) = self.section(node, MOST_STEPS) else {
            return;
        };
        let around = node.parent();
        let is_value = around.is_some_and(|it| {
            it.kind() == "member_access_expression"
                && it.field("name").map(Node::text) == Some("Value")
        });
        if is_value {
            self.add_key(node, section, None, facts);
            // A section that is not there is an error, and so is nothing in place of a value.
            if called(node) == Some("GetRequiredSection")
                && let Some(read) = facts.reads.last_mut()
                && !self.outline.context(node.range().start).is_caught
            {
                read.is_required = read.default.is_none();
            }
            return;
        }
        let is_used_up = around.is_some_and(|it| {
            let name = it.field("name").map(simple);
            let is_on = it.kind() == "member_access_expression"
                && name.is_some_and(|it| OWN.contains(&it) || it == "AsEnumerable");
            let is_index = it.kind() == "element_access_expression";
            let call = it.parent().and_then(Node::parent);
            let is_given = it.kind() == "argument"
                && call
                    .and_then(called)
                    .is_some_and(|it| matches!(it, "Configure" | "Bind" | "AddOptions"));
            // What it is assigned to is followed.
            is_on || is_index || is_given || it.kind() == "variable_declarator"
        });
        if !is_used_up {
            self.bind(node, section, None, facts);
        }
    }

    fn add_key(&self, node: Node<'a>, key: Expr, default: Option<Expr>, facts: &mut CodeFacts) {
        let context = self.outline.context(node.range().start);
        let list = node.field("arguments").or(node.field("subscript"));
        let text = list.and_then(|it| arguments(it).into_iter().map(|it| it.1).next());
        let mut place = self.place(text.unwrap_or(node));
        place.is_conditional = context.is_conditional;
        let name = match key {
            Expr::Text(key) => ReadName::AnyCase(variable(&key)),
            other => ReadName::Computed(Box::new(other)),
        };
        let default = default.or_else(|| self.fallback(node));
        let declared = type_argument(node).map_or("", Node::text);
        let kind = match declared.trim_end_matches('?') {
            "int" | "long" | "ushort" => Kind::Number,
            "bool" => Kind::Boolean,
            _ => super::kind(node),
        };
        facts.reads.push(Read {
            name,
            is_required: self.is_required(node) && !context.is_caught && default.is_none(),
            default,
            kind,
            class: None,
            place,
        });
    }

    fn bind(&self, node: Node<'a>, section: Expr, class: Option<String>, facts: &mut CodeFacts) {
        if let Some(dotnet) = &mut facts.dotnet {
            dotnet.bindings.push(Binding {
                section,
                class,
                is_checked: is_checked(node),
                place: self.outline.place(node),
            });
        }
    }

    /// The class of an object, by how it is declared or made.
    fn class_of(&self, node: Node<'a>) -> Option<String> {
        let node = bare(node);
        match node.kind() {
            "object_creation_expression" => Some(simple(node.field("type")?).to_owned()),
            "identifier" => {
                let path = self.path(node);
                if let Some(declared) = self.outline.declared.get(&path) {
                    return Some((*declared).to_owned());
                }
                match self.outline.made.get(&path)?.first()? {
                    Made::Value(value) if value.kind() == "object_creation_expression" => {
                        Some(simple(value.field("type")?).to_owned())
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Calls that are given all of the configuration, or what holds it: what they read is seen only if they are the program's own.
    fn add_handed(&self, node: Node<'a>, facts: &mut CodeFacts) {
        let list = node.field("arguments").map(arguments).unwrap_or_default();
        let name = match node.kind() {
            "object_creation_expression" => node.field("type").map(simple),
            _ => called(node),
        };
        let Some(name) = name.filter(|it| !OWN.contains(it)) else {
            return;
        };
        let whole = Expr::Text(String::new());
        let mut sections = list.iter().map(|it| self.section(it.1, MOST_STEPS));
        let is_given = sections.any(|it| it.as_ref() == Some(&whole));
        let on = node.field("function").and_then(called_on);
        let is_builder = name.starts_with("Add") && on.is_some_and(|it| self.is_builder(it));
        if !is_given && !is_builder {
            return;
        }
        // `ReadFrom.Configuration` of Serilog reads one section.
        if name == "Configuration" && on.map(simple) == Some("ReadFrom") {
            let section = Expr::Text("Serilog:".to_owned());
            return self.bind(node, section, None, facts);
        }
        let callee = match node.kind() {
            "object_creation_expression" => Some(name.to_owned()),
            _ => self.callee(node, &mut Vec::new()),
        };
        let place = self.outline.place(node);
        if let (Some(dotnet), Some(callee)) = (&mut facts.dotnet, callee) {
            dotnet.handed.push((callee, place));
        }
    }

    fn is_builder(&self, node: Node<'a>) -> bool {
        let node = bare(node);
        if node.kind() != "identifier" {
            return false;
        }
        let path = self.path(node);
        if let Some(declared) = self.outline.declared.get(&path) {
            return BUILDERS.contains(declared);
        }
        let made = self.outline.made.get(&path).into_iter().flatten();
        let mut values = made.filter_map(|it| match it {
            Made::Value(value) => called(bare(*value)),
            Made::LambdaOf(_) => None,
        });
        values.any(|it| {
            matches!(
                it,
                "CreateBuilder" | "CreateSlimBuilder" | "CreateApplicationBuilder"
            )
        })
    }
}

/// Whether the start ends where what a chain binds lacks something: `.ValidateDataAnnotations().ValidateOnStart()`
/// (learn.microsoft.com/dotnet/core/extensions/options, "Options validation").
fn is_checked(node: Node<'_>) -> bool {
    let mut whole = node;
    for _ in 0..MOST_STEPS {
        let Some(around) = whole.parent().filter(|it| {
            matches!(
                it.kind(),
                "member_access_expression" | "invocation_expression"
            )
        }) else {
            break;
        };
        whole = around;
    }
    let text = whole.text();
    text.contains(".ValidateDataAnnotations()")
        && (text.contains(".ValidateOnStart()") || text.contains("AddOptionsWithValidateOnStart"))
}

/// The class of options in a chain: `AddOptions<T>().Bind(…)`.
fn options(on: Option<Node<'_>>) -> Option<Node<'_>> {
    let mut at = on?;
    for _ in 0..MOST_STEPS {
        at = bare(at);
        let name = called(at)?;
        if name.starts_with("AddOptions") {
            return type_argument(at);
        }
        at = at.field("function").and_then(called_on)?;
    }
    None
}

/// Whether configuration is called so, by what is usual.
fn is_named(name: &str) -> bool {
    let name = name.trim_start_matches('_').to_ascii_lowercase();
    matches!(
        name.as_str(),
        "configuration" | "config" | "appconfiguration"
    )
}
