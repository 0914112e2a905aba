//! What a file asks of viper: which variables it may take, what stands for them, and which keys it looks up.
//! <https://pkg.go.dev/github.com/spf13/viper>

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use crate::code::captures::Syntax;
use crate::code::golang::{Viper, ViperCall};
use crate::code::{Expr, Place};

/// Methods that look up one key.
const GETTERS: [&str; 18] = [
    "Get",
    "GetBool",
    "GetDuration",
    "GetFloat64",
    "GetInt",
    "GetInt32",
    "GetInt64",
    "GetIntSlice",
    "GetSizeInBytes",
    "GetString",
    "GetStringSlice",
    "GetTime",
    "GetUint",
    "GetUint16",
    "GetUint32",
    "GetUint64",
    "GetUint8",
    "IsSet",
];
/// Methods that take values from elsewhere: files, flags.
const SOURCES: [&str; 12] = [
    "AddRemoteProvider",
    "BindFlagValue",
    "BindFlagValues",
    "BindPFlag",
    "BindPFlags",
    "MergeConfig",
    "MergeConfigMap",
    "MergeInConfig",
    "ReadConfig",
    "ReadInConfig",
    "ReadRemoteConfig",
    "SetConfigFile",
];
/// Methods that look up any key, or change how keys are called.
const OPEN: [&str; 14] = [
    "AllKeys",
    "AllSettings",
    "ExperimentalBindStruct",
    "GetStringMap",
    "GetStringMapString",
    "GetStringMapStringSlice",
    "GetViper",
    "KeyDelimiter",
    "NewWithOptions",
    "RegisterAlias",
    "Sub",
    "Unmarshal",
    "UnmarshalExact",
    "UnmarshalKey",
];

/// Of these an object may be one of viper whose type another file tells.
const UNKNOWN: [&str; 9] = [
    "AllSettings",
    "GetBool",
    "GetDuration",
    "GetInt",
    "GetString",
    "GetStringSlice",
    "IsSet",
    "Unmarshal",
    "UnmarshalKey",
];

/// The key that a call looks up; `None` of any other call.
pub(super) fn key(file: &File<'_>, callee: &str, all: &[Node<'_>]) -> Option<Expr> {
    let method = callee.strip_prefix("viper.")?;
    let first = all.first().filter(|_| GETTERS.contains(&method))?;
    let text = super::strings::plain(*first).or_else(|| {
        let name = file.scopes.name(*first, 0)?;
        file.constants.get(&name)?.clone()
    })?;
    Some(Expr::Property {
        name: text.to_lowercase(),
        default: None,
    })
}

/// What a file asks of viper, in order.
pub(super) fn asked(file: &File<'_>) -> Vec<Viper> {
    let calls = file.outline.calls.iter();
    calls.filter_map(|it| one(file, *it)).collect()
}

fn one<'a>(file: &File<'a>, node: Node<'a>) -> Option<Viper> {
    let function = bare(node.field("function")?);
    let Some(callee) = file.canonical_name(function) else {
        let method = function.field("field").map_or("", Node::text);
        return UNKNOWN.contains(&method).then(|| Viper {
            call: ViperCall::Unknown,
            is_global: false,
            place: file.place(node),
        });
    };
    let method = callee.strip_prefix("viper.")?;
    let given = file.arguments_from(node.field("arguments")?, 0);
    let value = |at: usize| given.get(at).map_or(Expr::Unknown, |it| file.value(*it));
    let call = match method {
        "AutomaticEnv" => ViperCall::Automatic,
        "New" => ViperCall::Made,
        "SetEnvPrefix" => ViperCall::Prefix(value(0)),
        "SetEnvKeyReplacer" => match given.first().and_then(|it| pairs(file, *it)) {
            Some(pairs) => ViperCall::Replacer(pairs),
            None => ViperCall::Open,
        },
        "BindEnv" | "MustBindEnv" => {
            let names = (1..given.len()).map(value).collect();
            ViperCall::Bind(value(0), names)
        }
        "SetDefault" => ViperCall::Default(value(0), value(1)),
        "Set" => ViperCall::Set(value(0)),
        it if GETTERS.contains(&it) => ViperCall::Get(value(0)),
        it if SOURCES.contains(&it) => ViperCall::Source,
        it if OPEN.contains(&it) => ViperCall::Open,
        _ => return None,
    };
    let operand = function.field("operand").map_or("", Node::text);
    let place = match given.first() {
        Some(it) => file.place(*it),
        None => file.place(node),
    };
    Some(Viper {
        call,
        is_global: file.scopes.package(operand, file.scope(node)).is_some(),
        place: Place {
            function: file.outline.place(node).function,
            ..place
        },
    })
}

/// The pairs of `strings.NewReplacer(".", "_")`.
fn pairs<'a>(file: &File<'a>, node: Node<'a>) -> Option<Vec<(String, String)>> {
    let node = bare(node);
    let callee = file.canonical_name(bare(node.field("function")?))?;
    let given = file.arguments_from(node.field("arguments")?, 0);
    let texts: Option<Vec<String>> = given.into_iter().map(super::strings::plain).collect();
    let texts = texts.filter(|it| callee == "strings.NewReplacer" && it.len() % 2 == 0)?;
    let mut texts = texts.into_iter();
    let mut found = Vec::new();
    while let (Some(from), Some(to)) = (texts.next(), texts.next()) {
        found.push((from, to));
    }
    Some(found)
}
