//! Variables that the tags of structs name, which packages fill: `env:"PORT" envDefault:"8080"`, `envconfig:"PORT" default:"8080"`.

use super::File;
use super::scope;
use super::strings;
use crate::address;
use crate::code::golang::Filler;
use crate::code::{Address, CodeFacts, Expr, Kind, Open, Place, Read, ReadName, Subject};
use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

/// Adds what the tags of a file's structs read.
pub(super) fn add(file: &File<'_>, facts: &mut CodeFacts) {
    let prefix = prefix(facts);
    for node in &file.outline.structs {
        for (field, class, tag) in scope::fields(*node) {
            let text = tag.and_then(strings::plain).unwrap_or_default();
            of_field(
                file,
                *node,
                (field, class, tag),
                &text,
                prefix.as_ref(),
                facts,
            );
        }
    }
}

fn filled(call: &crate::code::Call) -> bool {
    ["envconfig.Process", "envconfig.MustProcess"].contains(&call.callee.as_str())
}

/// The prefix that `envconfig.Process` is given; `None` without a call.
fn prefix(facts: &CodeFacts) -> Option<Expr> {
    let mut calls = facts.calls.iter().filter(|it| filled(it));
    let first = calls.next()?;
    let prefix = if first.arguments.len() > 1 {
        first.arguments.first().cloned()
    } else {
        None
    };
    let prefix = prefix.unwrap_or(Expr::Unknown);
    // Whoever fills several has several.
    let is_same = calls.all(|it| it.arguments.first() == Some(&prefix));
    Some(if is_same { prefix } else { Expr::Unknown })
}

fn of_field(
    file: &File<'_>,
    node: Node<'_>,
    (field, class, tag_node): (&str, Node<'_>, Option<Node<'_>>),
    tag: &str,
    prefix: Option<&Expr>,
    facts: &mut CodeFacts,
) {
    let mut place = file.outline.place(node);
    // Of a tag there is no node of its own: the type stands before it.
    place.range = class.range();
    place.is_conditional = true;
    let of = node.field("name").map_or("", Node::text);
    let mut open = |why| {
        let open = Open {
            subject: Subject::Reads,
            why,
            on: None,
            needs_router: false,
            place,
        };
        let go = facts.go.get_or_insert_default();
        go.open.push((of.to_owned(), open));
    };
    let is_inner = ["envPrefix", "env-prefix"]
        .iter()
        .any(|it| value(tag, it).is_some())
        || value(tag, "env").is_some_and(|it| it.contains("prefix="));
    if is_inner {
        open("variables of a struct have a prefix");
        return;
    }
    let envconfig = value(tag, "envconfig");
    let is_split = value(tag, "split_words").as_deref() == Some("true");
    let (filler, text) = match (value(tag, "env"), &envconfig) {
        (Some(text), _) => (Filler::Env, text),
        (None, Some(text)) => (Filler::Envconfig, text.clone()),
        // Without a tag too a field has a variable.
        (None, None) if is_split || prefix.is_some() => (Filler::Envconfig, split(field, is_split)),
        _ => return,
    };
    let mut words = text.split(',');
    let name = words.next().unwrap_or_default().trim().to_owned();
    let options: Vec<&str> = words.map(str::trim).collect();
    if name.is_empty() || name == "-" || value(tag, "ignored").as_deref() == Some("true") {
        return;
    }
    let is_struct = matches!(
        class.kind(),
        "type_identifier" | "qualified_type" | "pointer_type"
    ) && file
        .scopes
        .own_type(&format!(
            "{}.{field}",
            node.field("name").map_or("", Node::text)
        ))
        .is_some();
    if filler == Filler::Envconfig && is_struct {
        open("variables of a struct within another have a prefix");
    }
    let default = ["envDefault", "env-default", "default"]
        .iter()
        .find_map(|it| value(tag, it))
        .or_else(|| {
            let mut options = options.iter();
            options.find_map(|it| it.strip_prefix("default=").map(str::to_owned))
        });
    let is_true = |key: &str| value(tag, key).as_deref() == Some("true");
    let is_required = default.is_none()
        && (is_true("required")
            || is_true("env-required")
            || options
                .iter()
                .any(|it| *it == "required" || *it == "notEmpty"));
    let names = match (filler, prefix) {
        (Filler::Env, _) => vec![name],
        (Filler::Envconfig, Some(Expr::Text(prefix))) if prefix.is_empty() => {
            vec![name.to_ascii_uppercase()]
        }
        // The name alone is asked for too (`Alt` of envconfig's `varInfo`), where the tag states it.
        (Filler::Envconfig, Some(Expr::Text(prefix))) => {
            let whole = format!("{prefix}_{name}").to_ascii_uppercase();
            let alone = envconfig.map(|it| it.to_ascii_uppercase());
            std::iter::once(whole).chain(alone).collect()
        }
        (Filler::Envconfig, _) => {
            open("a struct is filled with variables whose prefix is not known");
            return;
        }
    };
    let own = format!("{of}.{field}");
    if let (Some(text), Some(tag)) = (&default, tag_node)
        && let Some(address) = address_in(tag, text, place)
    {
        facts.addresses.push(address);
    }
    let text = default.map(Expr::Text);
    if let [name] = names.as_slice() {
        let variable = Expr::Variable {
            name: name.clone(),
            default: text.clone().map(Box::new),
        };
        let known = facts.definitions.remove(&own);
        let all = known.into_iter().chain([variable]);
        facts
            .definitions
            .insert(own, crate::code::expr::either(all));
    }
    let is_one = names.len() == 1;
    for name in names {
        facts.reads.push(Read {
            name: ReadName::Exact(name),
            default: text.clone(),
            is_required: is_required && is_one,
            kind: Kind::Text,
            class: Some(of.to_owned()),
            place,
        });
    }
}

/// The address that a default in a tag is.
fn address_in(tag: Node<'_>, text: &str, mut place: Place) -> Option<Address> {
    if !text.contains(':') || address::scan(text).is_empty() {
        return None;
    }
    let inner = strings::inner(tag);
    let at = tag.text().find(text)? as u32 + tag.range().start;
    place.range = TextRange::new(at, at + text.len() as u32);
    let is_inside = inner.contains(place.range);
    is_inside.then(|| Address::new(text.to_owned(), place))
}

/// The name of a field as a variable's: `MaxSize` is `MAXSIZE`, or `MAX_SIZE` where words are split (`gatherRegexp` of envconfig).
pub(crate) fn split(field: &str, is_split: bool) -> String {
    if !is_split {
        return field.to_ascii_uppercase();
    }
    let letters: Vec<char> = field.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let behind = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && before
                .is_some_and(|it| !it.is_uppercase() || behind.is_some_and(|it| it.is_lowercase()));
        if begins {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

/// What a struct's tag says for `key` (`reflect.StructTag.Lookup`).
pub(crate) fn value(tag: &str, key: &str) -> Option<String> {
    let mut rest = tag;
    while let Some((name, after)) = rest.trim_start().split_once(":\"") {
        let mut end = None;
        let mut is_escaped = false;
        for (at, it) in after.char_indices() {
            match it {
                '"' if !is_escaped => {
                    end = Some(at);
                    break;
                }
                '\\' => is_escaped = !is_escaped,
                _ => is_escaped = false,
            }
        }
        let end = end?;
        if name == key {
            return Some(after[..end].replace("\\\"", "\""));
        }
        rest = &after[end + 1..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_names() {
        let tag = "json:\"port\" env:\"PORT,required\" default:\"a\\\"b\"";
        assert_eq!(value(tag, "env").as_deref(), Some("PORT,required"));
        assert_eq!(value(tag, "default").as_deref(), Some("a\"b"));
        assert_eq!(value(tag, "yaml"), None);
        for (field, expected) in [
            ("MaxSize", "MAX_SIZE"),
            ("HTTPPort", "HTTP_PORT"),
            ("URL", "URL"),
            ("DbURL", "DB_URL"),
        ] {
            assert_eq!(split(field, true), expected);
        }
        assert_eq!(split("MaxSize", false), "MAXSIZE");
    }
}
