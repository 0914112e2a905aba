//! Structs of Go with tags, and where packages fill them with variables: `env.Parse(&cfg)`, `envconfig.Process("shop", &cfg)`. The struct may
//! stand in another package.

use kubelint_parser::code::Node;

use super::scope::{self, bare};
use super::{File, strings};
use crate::code::captures::Syntax;
use crate::code::golang::{Field, Fill, Filler, Struct};
use crate::code::{Expr, Failure, Kind};

/// Structs within structs are not followed deeper.
const MAX_DEPTH: u32 = 6;

/// Options of caarlos0/env that change nothing of names.
const PLAIN_OPTIONS: [&str; 3] = ["OnSet", "FuncMap", "SetDefaultsForZeroValuesOnly"];

/// The structs of a file with tags that name variables, or that may be filled by the names of their fields.
pub(super) fn structs(file: &File<'_>) -> Vec<Struct> {
    let nodes = file.outline.structs.iter();
    let all = nodes.filter_map(|node| {
        Some(Struct {
            name: node.field("name")?.text().to_owned(),
            fields: fields(file, node.field("type")?, MAX_DEPTH),
        })
    });
    all.collect()
}

fn fields(file: &File<'_>, class: Node<'_>, left: u32) -> Vec<Field> {
    let Some(left) = left.checked_sub(1) else {
        return Vec::new();
    };
    let found = scope::fields_of(class).into_iter();
    let found = found.map(|(name, class, tag)| {
        let is_embedded = scope::is_embedded(class);
        let class = bare(class);
        let is_type = matches!(class.kind(), "type_identifier" | "qualified_type");
        let own = is_type.then(|| file.scopes.name(class, 0)).flatten();
        let mut place = file.outline.place(class);
        // Of what a tag says there is no node: it stands in the tag.
        place.range = tag.map_or(place.range, strings::inner);
        Field {
            name: name.to_owned(),
            is_embedded,
            class: own.filter(|it| !scope::is_basic(it)),
            fields: match class.kind() {
                "struct_type" => fields(file, class, left),
                _ => Vec::new(),
            },
            kind: kind(class.text()),
            tag: tag.and_then(strings::plain).unwrap_or_default(),
            place,
        }
    });
    found.collect()
}

fn kind(class: &str) -> Kind {
    let is_number = ["int", "uint"].iter().any(|it| {
        let size = class.strip_prefix(it);
        size.is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
    });
    match class {
        _ if is_number => Kind::Number,
        "bool" => Kind::Boolean,
        _ => Kind::Text,
    }
}

/// Where a file fills structs.
pub(super) fn fills(file: &File<'_>) -> Vec<Fill> {
    let calls = file.outline.calls.iter().chain(&file.outline.generic);
    calls.filter_map(|it| fill(file, *it)).collect()
}

/// The struct that a call of a generic function makes: `env.ParseAs[Config]()`; `None` of any other call.
pub(super) fn made<'a>(file: &File<'a>, node: Node<'a>) -> Option<(String, Node<'a>)> {
    // With one argument it reads like a conversion.
    let (function, class) = if let Some(class) = node.field("type") {
        let parts = class.field("type_arguments")?.children().next()?;
        let class_node = parts.children().next().unwrap_or(parts);
        (class.field("type")?, class_node)
    } else {
        let function = bare(node.field("function")?);
        match (function.kind(), node.field("type_arguments")) {
            ("index_expression", _) => (function.field("operand")?, function.field("index")?),
            ("type_instantiation_expression", _) => {
                let mut parts = function.children();
                (parts.next()?, parts.next()?)
            }
            (_, Some(all)) => {
                let class = all.children().next()?;
                (function, class.children().next().unwrap_or(class))
            }
            _ => return None,
        }
    };
    let name = file.canonical_name(function)?;
    ["caarlos0.ParseAs", "caarlos0.ParseAsWithOptions"]
        .contains(&name.as_str())
        .then_some((name, class))
}

/// What stands before the names of variables, and whether all are required that have no default.
struct Options {
    prefix: Expr,
    requires_all: bool,
    has_file: bool,
}

impl Options {
    /// Without any.
    const fn none() -> Self {
        Self {
            prefix: Expr::Text(String::new()),
            requires_all: false,
            has_file: false,
        }
    }

    /// With this prefix.
    const fn of_prefix(prefix: Expr) -> Self {
        Self {
            prefix,
            requires_all: false,
            has_file: false,
        }
    }
}

fn fill<'a>(file: &File<'a>, node: Node<'a>) -> Option<Fill> {
    let (filler, target, options, is_must) = filled(file, node)?;
    Some(Fill {
        target,
        filler,
        prefix: options.prefix,
        requires_all: options.requires_all,
        has_file: options.has_file,
        failure: match (options.has_file, is_must) {
            (true, _) => Failure::Handled,
            (_, true) => Failure::Ends,
            _ => file.failure_of(node),
        },
        place: file.outline.place(node),
    })
}

/// What a call fills, by which rules, and whether it ends the program itself where it fails.
fn filled<'a>(file: &File<'a>, node: Node<'a>) -> Option<(Filler, Expr, Options, bool)> {
    if let Some((name, class)) = made(file, node) {
        let options = match node.field("operand") {
            Some(it) if name.ends_with("Options") => of_options(file, it),
            _ => Options::none(),
        };
        return Some((Filler::Env, file.value(class), options, false));
    }
    let function = bare(node.field("function")?);
    let last = function.field("field").map_or("", Node::text);
    if !["Process", "Parse", "Read", "Update"]
        .iter()
        .any(|it| last.contains(it))
    {
        return None;
    }
    let given = file.arguments_from(node.field("arguments")?, 0);
    let argument = |at: usize| given.get(at).copied();
    let (filler, target, options) = match file.canonical_name(function)?.as_str() {
        "caarlos0.Parse" | "cleanenv.ReadEnv" | "cleanenv.UpdateEnv" => {
            (Filler::Env, argument(0), Options::none())
        }
        "sethvargo.ProcessWith" | "sethvargo.MustProcessWith" => {
            let (target, prefix) = of_config(file, argument(1)?);
            (Filler::Env, target, Options::of_prefix(prefix))
        }
        "sethvargo.Process" | "sethvargo.MustProcess" => {
            (Filler::Env, argument(1), Options::none())
        }
        "cleanenv.ReadConfig" => {
            let mut options = Options::none();
            options.has_file = true;
            (Filler::Env, argument(1), options)
        }
        "caarlos0.ParseWithOptions" => {
            let options = of_options(file, argument(1)?);
            (Filler::Env, argument(0), options)
        }
        "envconfig.Process" | "envconfig.MustProcess" => {
            let prefix = argument(0).map_or(Expr::Unknown, |it| file.value(it));
            (Filler::Envconfig, argument(1), Options::of_prefix(prefix))
        }
        _ => return None,
    };
    let target = target.map_or(Expr::Unknown, |it| file.value(it));
    Some((filler, target, options, last.starts_with("Must")))
}

/// What a struct that is written out says of its fields.
fn parts(node: Node<'_>) -> Option<impl Iterator<Item = (&str, Node<'_>)>> {
    let body = bare(node).field("body");
    let body = body.filter(|_| bare(node).kind() == "composite_literal")?;
    let parts = body.children().filter(|it| it.kind() == "keyed_element");
    Some(parts.filter_map(|it| {
        let key = it.field("key").map_or("", Node::text);
        Some((key, bare(it.field("value")?)))
    }))
}

/// What `env.Options{Prefix: …}` states; an unknown prefix where other options may change names.
fn of_options<'a>(file: &File<'a>, node: Node<'a>) -> Options {
    let mut options = Options::none();
    let Some(parts) = parts(written(file, node)) else {
        return Options::of_prefix(Expr::Unknown);
    };
    for (key, value) in parts {
        match key {
            "Prefix" => options.prefix = file.value(value),
            "RequiredIfNoDef" => options.requires_all = value.kind() == "true",
            key if PLAIN_OPTIONS.contains(&key) => {}
            _ => return Options::of_prefix(Expr::Unknown),
        }
    }
    options
}

/// What is assigned to a name, if only one value is.
fn written<'a>(file: &File<'a>, node: Node<'a>) -> Node<'a> {
    let Some(name) = file.name(bare(node)) else {
        return node;
    };
    let mut assigned = file.outline.assigned.iter().filter(|it| it.path == name);
    match (assigned.next().and_then(|it| it.value), assigned.next()) {
        (Some(only), None) => only,
        _ => node,
    }
}

/// The target and the prefix of `envconfig.Config{…}` of sethvargo/go-envconfig.
fn of_config<'a>(file: &File<'a>, node: Node<'a>) -> (Option<Node<'a>>, Expr) {
    let mut prefix = Expr::Text(String::new());
    let mut target = None;
    let Some(parts) = parts(node) else {
        return (None, Expr::Unknown);
    };
    for (key, value) in parts {
        match key {
            "Target" => target = Some(value),
            "Lookuper" => prefix = of_lookuper(file, value),
            "DefaultRequired" | "DefaultOverwrite" | "DefaultNoInit" | "Mutators" => {}
            _ => prefix = Expr::Unknown,
        }
    }
    (target, prefix)
}

/// `envconfig.PrefixLookuper("SHOP_", envconfig.OsLookuper())`, or that within alone.
fn of_lookuper<'a>(file: &File<'a>, node: Node<'a>) -> Expr {
    let callee = node
        .field("function")
        .and_then(|it| file.canonical_name(bare(it)));
    let given = node
        .field("arguments")
        .map_or_else(Vec::new, |it| file.arguments_from(it, 0));
    match (callee.as_deref(), given.as_slice()) {
        (Some("sethvargo.OsLookuper"), _) => Expr::Text(String::new()),
        (Some("sethvargo.PrefixLookuper"), [prefix, of])
            if of_lookuper(file, *of) == Expr::Text(String::new()) =>
        {
            file.value(*prefix)
        }
        _ => Expr::Unknown,
    }
}
