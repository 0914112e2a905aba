//! Flags of the command line: what argparse, optparse, absl, click and typer make of them.
//!
//! What a parser gives has a name of its own, `parser.parse_args()`, so that whatever is given it can be followed by names alone.

use kubelint_parser::code::Node;

use super::{File, scope, strings};
use crate::code::captures::Syntax;
use crate::code::patterns::Found;
use crate::code::{CodeFacts, Expr, Kind, Read, ReadName};

/// More flags of a file are not read: for every parser in it.
const MAX_FLAGS: usize = 4096;

/// A flag that is declared.
struct Flag {
    /// The name that the program sees it by.
    name: String,
    value: Expr,
}

impl<'a> File<'a> {
    /// What a call gives that parses the command line.
    pub(super) fn parsed(&self, call: Node<'a>) -> Option<String> {
        let function = call
            .field("function")
            .filter(|it| it.kind() == "attribute")?;
        let method = function.field("attribute")?.text();
        let is_parse = matches!(method, "parse_args" | "parse_known_args");
        let parser = self.name(function.field("object")?)?;
        is_parse.then(|| format!("{parser}.parse_args()"))
    }

    /// Adds what the flags of the file stand for.
    pub(super) fn add_flags(&self, found: &[Found<'a>], facts: &mut CodeFacts) {
        let mut flags: Vec<(String, Flag)> = Vec::new();
        let mut parsers: Vec<String> = Vec::new();
        for call in &self.outline.calls {
            let Some(function) = call.field("function") else {
                continue;
            };
            let (object, method) = match function.kind() {
                "attribute" => (function.field("object"), function.field("attribute")),
                _ => (None, Some(function)),
            };
            let method = method.map_or("", Node::text);
            let Some(arguments) = call.field("arguments") else {
                continue;
            };
            if matches!(method, "add_argument" | "add_option") {
                let object = object.and_then(|it| self.name(it)).unwrap_or_default();
                if let Some(flag) = self.argparse(arguments) {
                    flags.push((object, flag));
                }
            } else if method.starts_with("DEFINE_") {
                if let Some(flag) = self.absl(arguments) {
                    let path = format!("FLAGS.{}", flag.name);
                    facts.definitions.entry(path).or_insert(flag.value);
                }
            } else if method == "define"
                && self
                    .canonical(function)
                    .iter()
                    .any(|it| it == "tornado.options.define")
            {
                if let Some(flag) = self.absl(arguments) {
                    let path = format!("options.{}", flag.name);
                    facts.definitions.entry(path).or_insert(flag.value);
                }
            } else if let Some(parsed) = self.parsed(*call) {
                parsers.push(parsed);
            }
        }
        parsers.sort();
        parsers.dedup();
        let mut count = 0;
        for (object, flag) in &flags {
            let own = format!("{object}.parse_args()");
            let is_own = parsers.binary_search(&own).is_ok();
            for parser in parsers.iter().filter(|it| !is_own || **it == own) {
                count += 1;
                if count > MAX_FLAGS {
                    return;
                }
                let path = format!("{parser}.{}", flag.name);
                let value = flag.value.clone();
                facts.definitions.entry(path).or_insert(value);
            }
        }
        for one in found {
            self.add_option(one, facts);
        }
    }

    fn argparse(&self, arguments: Node<'a>) -> Option<Flag> {
        let stated = self.arguments_from(arguments, 0).into_iter();
        let names: Vec<String> = stated.filter_map(strings::plain).collect();
        let first = names
            .iter()
            .find(|it| it.starts_with("--"))
            .or(names.first())?;
        let destination = self.argument(arguments, "dest").and_then(strings::plain);
        let name = destination.unwrap_or_else(|| name_of(first));
        Some(Flag {
            name,
            value: self.flag(names, arguments),
        })
    }

    fn flag(&self, names: Vec<String>, arguments: Node<'a>) -> Expr {
        let action = self.argument(arguments, "action").and_then(strings::plain);
        let default = match (self.argument(arguments, "default"), action.as_deref()) {
            (Some(it), _) if self.is_nothing(it) => None,
            (Some(it), _) => Some(self.expr(it)),
            (None, Some("store_true")) => Some(Expr::Text("False".to_owned())),
            _ => None,
        };
        let variable = self.argument(arguments, "env_var").and_then(strings::plain);
        if !names.iter().any(|it| it.starts_with('-')) {
            return Expr::Unknown;
        }
        Expr::Flag {
            names,
            default: or_variable(variable, default).map(Box::new),
        }
    }

    fn absl(&self, arguments: Node<'a>) -> Option<Flag> {
        let name = strings::plain(self.argument(arguments, "0")?)?;
        let default = self
            .argument(arguments, "1")
            .or(self.argument(arguments, "default"));
        let default = default.filter(|it| !self.is_nothing(*it));
        let value = Expr::Flag {
            names: vec![format!("--{name}")],
            default: default.map(|it| Box::new(self.expr(it))),
        };
        Some(Flag { name, value })
    }

    /// An option that a decorator or the default of a parameter declares (`@option`, `@option.function`, `@option.parameter`): what the
    /// parameter stands for, and the variables that are read for it.
    fn add_option(&self, one: &Found<'a>, facts: &mut CodeFacts) {
        let (Some(node), Some(arguments)) = (one.get("option"), one.get("arguments")) else {
            return;
        };
        if !crate::code::captures::is_meant(self, one) {
            return;
        }
        let Some(function) = one.get("option.function") else {
            return;
        };
        let path = self
            .names
            .scopes
            .prefix(self.names.scopes.of_node(function));
        let parameter = one.get("option.parameter");
        let stated = self.arguments_from(arguments, 0).into_iter();
        let texts: Vec<String> = stated.filter_map(strings::plain).collect();
        let (mut flags, plain): (Vec<String>, Vec<String>) =
            texts.into_iter().partition(|it| it.starts_with('-'));
        let of_parameter = parameter.and_then(scope::parameter_name);
        let of_parameter = of_parameter.map(|it| it.text().to_owned());
        let of_flag = || {
            let long = flags.iter().find(|it| it.starts_with("--"));
            let flag = long.or(flags.first())?;
            flag.split('/').next().map(name_of)
        };
        let Some(name) = of_parameter.or(plain.last().cloned()).or_else(of_flag) else {
            return;
        };
        if flags.is_empty() {
            if parameter.is_none() || one.setting("flag") == Some("false") {
                return;
            }
            flags.push(format!("--{}", name.replace('_', "-")));
        }
        let first = parameter.and_then(|_| self.argument(arguments, "0"));
        let first = first.filter(|it| strings::plain(*it).is_none_or(|it| !it.starts_with('-')));
        let behind = parameter.and_then(|it| it.field("value"));
        let behind = behind.filter(|it| it.kind() != "call");
        let default = self.argument(arguments, "default").or(first).or(behind);
        let default = default.filter(|it| !matches!(it.kind(), "none" | "ellipsis"));
        let default = default.map(|it| self.expr(it));
        let variables = match self.argument(arguments, "envvar") {
            Some(it) => self.items(it).unwrap_or_else(|| vec![it]),
            None => Vec::new(),
        };
        let is_number = self
            .argument(arguments, "type")
            .is_some_and(|it| it.text() == "int");
        let mut place = self.place(node);
        for variable in &variables {
            if let Some(name) = strings::plain(*variable) {
                place.range = strings::inner(*variable);
                facts.reads.push(Read {
                    name: ReadName::Exact(name),
                    default: default.clone(),
                    is_required: false,
                    kind: if is_number { Kind::Number } else { Kind::Text },
                    class: None,
                    place,
                });
            }
        }
        let variable = variables.first().copied().and_then(strings::plain);
        facts.definitions.insert(
            format!("{path}{name}"),
            Expr::Flag {
                names: flags,
                default: or_variable(variable, default).map(Box::new),
            },
        );
    }
}

fn or_variable(variable: Option<String>, default: Option<Expr>) -> Option<Expr> {
    match variable {
        Some(name) => Some(Expr::Variable {
            name,
            default: default.map(Box::new),
        }),
        None => default,
    }
}

/// What a flag is called in the program: `server_port` for `--server-port`.
fn name_of(flag: &str) -> String {
    flag.trim_start_matches('-').replace('-', "_")
}
