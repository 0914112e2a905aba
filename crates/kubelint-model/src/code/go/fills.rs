//! Structs of Go with tags, and where packages fill them with variables: `env.Parse(&cfg)`, `envconfig.Process("shop", &cfg)`. The struct may
//! stand in another package.

use kubelint_parser::code::Node;

use super::scope::{self, bare};
use super::{File, strings};
use crate::code::captures::Syntax;
use crate::code::golang::{Field, Fill, Filler, Struct};
use crate::code::{Expr, Kind};

/// Structs within structs are not followed deeper.
const MAX_DEPTH: u32 = 6;

/// Options of caarlos0/env that change nothing of names.
const PLAIN_OPTIONS: [&str; 4] = ["Prefix", "OnSet", "FuncMap", "SetDefaultsForZeroValuesOnly"];

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
        let class = bare(class);
        let inner = class.field("name").unwrap_or(class);
        let is_type = matches!(class.kind(), "type_identifier" | "qualified_type");
        let own = is_type.then(|| file.scopes.name(class, 0)).flatten();
        let mut place = file.outline.place(class);
        // Of what a tag says there is no node: it stands in the tag.
        place.range = tag.map_or(place.range, strings::inner);
        Field {
            name: name.to_owned(),
            is_embedded: inner.text() == name,
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
    let calls = file.outline.calls.iter();
    calls.filter_map(|it| fill(file, *it)).collect()
}

fn fill<'a>(file: &File<'a>, node: Node<'a>) -> Option<Fill> {
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
    let no_prefix = || Some(Expr::Text(String::new()));
    let (filler, target, prefix) = match file.canonical_name(function)?.as_str() {
        "caarlos0.Parse" | "cleanenv.ReadEnv" | "cleanenv.UpdateEnv" => {
            (Filler::Env, argument(0), no_prefix())
        }
        "cleanenv.ReadConfig" | "sethvargo.Process" | "sethvargo.MustProcess" => {
            (Filler::Env, argument(1), no_prefix())
        }
        "caarlos0.ParseWithOptions" => {
            let prefix = of_options(file, argument(1)?);
            (Filler::Env, argument(0), Some(prefix))
        }
        "envconfig.Process" | "envconfig.MustProcess" => {
            let prefix = argument(0).map(|it| file.value(it));
            (Filler::Envconfig, argument(1), prefix)
        }
        _ => return None,
    };
    let target = target.map_or(Expr::Unknown, |it| file.value(it));
    Some(Fill {
        target,
        filler,
        prefix: prefix.unwrap_or(Expr::Unknown),
        place: file.outline.place(node),
    })
}

/// The prefix that `env.Options{Prefix: …}` states; unknown where other options may change names.
fn of_options<'a>(file: &File<'a>, node: Node<'a>) -> Expr {
    let body = bare(node).field("body");
    let Some(body) = body.filter(|_| bare(node).kind() == "composite_literal") else {
        return Expr::Unknown;
    };
    let mut prefix = Expr::Text(String::new());
    for part in body.children().filter(|it| it.kind() == "keyed_element") {
        let key = part.field("key").map_or("", Node::text);
        if !PLAIN_OPTIONS.contains(&key) {
            return Expr::Unknown;
        }
        if let (Some(value), "Prefix") = (part.field("value"), key) {
            prefix = file.value(value);
        }
    }
    prefix
}
