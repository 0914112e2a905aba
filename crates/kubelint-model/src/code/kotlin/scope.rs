//! Which names belong to which class and function, and what they stand for: imports, types of properties and parameters.

use kubelint_parser::code::Node;

use crate::code::jvm::names::{Declared, Field, Imported, Method, Scopes};

/// How deep calls are followed to what they are called on.
const MAX_CHAIN: u32 = 64;
/// What stands in the declaration of a property besides its value.
const BESIDES: [&str; 9] = [
    "modifiers",
    "binding_pattern_kind",
    "type_parameters",
    "receiver_type",
    "type_constraints",
    "getter",
    "setter",
    "property_delegate",
    "multi_variable_declaration",
];

/// The scopes of the file whose tree begins at `root`.
pub(super) fn of(root: Node<'_>) -> Scopes<'_> {
    let mut scopes = Scopes::default();
    scopes.is_broken = root.has_error();
    for node in root.children() {
        collect(&mut scopes, node, "");
    }
    scopes
}

fn collect<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    match node.kind() {
        "package_header" => {
            scopes.package = node.children().next().map(Node::text);
            return;
        }
        "import_header" => return import(scopes, node),
        "class_declaration" | "object_declaration" => return class(scopes, node, prefix),
        "function_declaration" => return function(scopes, node, prefix),
        "property_declaration" => property(scopes, node, prefix),
        "class_parameter" | "parameter" => parameter(scopes, node, prefix),
        "string_literal" => scopes.strings.push(node),
        "call_expression" => scopes.calls.push(node),
        // What is annotated in a way that the grammar does not know is taken for an expression.
        "prefix_expression" if child(node, "annotation").is_some() => scopes.is_broken = true,
        _ => {}
    }
    all(scopes, node, prefix);
}

fn all<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    for child in node.children() {
        collect(scopes, child, prefix);
    }
}

/// The first of the nodes directly in one that are of a kind.
pub(super) fn child<'a>(node: Node<'a>, kind: &str) -> Option<Node<'a>> {
    node.children().find(|it| it.kind() == kind)
}

fn import<'a>(scopes: &mut Scopes<'a>, node: Node<'a>) {
    let Some(path) = child(node, "identifier").map(Node::text) else {
        return;
    };
    let alias = child(node, "import_alias").and_then(|it| it.children().next());
    let last = path.rsplit('.').next().unwrap_or_default();
    scopes.imports.push(Imported {
        path,
        local: alias.map_or(last, Node::text),
        is_static: false,
        takes_all: child(node, "wildcard_import").is_some(),
        node,
    });
}

/// The types of annotations that stand in the modifiers of a declaration.
fn annotations(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let modifiers = child(node, "modifiers").into_iter();
    let all = modifiers.flat_map(Node::children);
    all.filter(|it| it.kind() == "annotation")
}

/// Whether one of the words is among the modifiers of a declaration.
fn has_modifier(node: Node<'_>, words: &[&str]) -> bool {
    let text = child(node, "modifiers").map_or("", Node::text);
    text.split_whitespace().any(|it| words.contains(&it))
}

fn class<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    let Some(named) = child(node, "type_identifier") else {
        return all(scopes, node, prefix);
    };
    let path = format!("{prefix}{}", named.text());
    let inner = format!("{path}.");
    let specifiers = node
        .children()
        .filter(|it| it.kind() == "delegation_specifier");
    let bases = specifiers.filter_map(|it| {
        let first = it.children().next()?;
        match first.kind() {
            "user_type" => Some(first),
            _ => child(first, "user_type"),
        }
    });
    let before = named.range().start.saturating_sub(node.range().start) as usize;
    let before = node.text().get(..before).unwrap_or_default();
    let is_class = !before
        .split_whitespace()
        .any(|it| matches!(it, "interface" | "enum"));
    let types = annotations(node).filter_map(|it| {
        let made = child(it, "constructor_invocation").unwrap_or(it);
        child(made, "user_type")
    });
    let is_made = is_class && !has_modifier(node, &["abstract", "sealed", "annotation"]);
    let declared = Declared {
        path,
        bases: bases.collect(),
        node,
        is_made,
        annotations: types.collect(),
    };
    scopes.declared.insert(declared.path.clone());
    scopes.classes.push(declared);
    for part in node.children() {
        let is_own = part.kind() == "modifiers";
        if !is_own {
            scopes.enter(part.range().start, &inner);
        }
        collect(scopes, part, if is_own { prefix } else { &inner });
        scopes.enter(part.range().end, prefix);
    }
}

fn function<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    let name = child(node, "simple_identifier").map_or("", Node::text);
    let path = format!("{prefix}{name}");
    let inner = format!("{path}().");
    let receiver = child(node, "receiver_type").and_then(|it| it.children().last());
    scopes.declared.insert(path.clone());
    scopes.methods.push(Method {
        path,
        receiver,
        node,
    });
    scopes.enter(node.range().start, &inner);
    all(scopes, node, &inner);
    scopes.enter(node.range().end, prefix);
}

/// The type that stands in a declaration, and the name that it is of.
fn typed<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) -> Option<String> {
    let name = child(node, "simple_identifier")?;
    let path = format!("{prefix}{}", name.text());
    let mut types = node.children();
    if let Some(of) = types.find(|it| matches!(it.kind(), "user_type" | "nullable_type")) {
        scopes.types.entry(path.clone()).or_insert(of);
    }
    Some(path)
}

fn with_arguments(node: Node<'_>) -> Vec<Node<'_>> {
    let all = annotations(node);
    all.filter(|it| child(*it, "constructor_invocation").is_some())
        .collect()
}

fn parameter<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    let Some(path) = typed(scopes, node, prefix) else {
        return;
    };
    let field = Field {
        value: None,
        is_final: false,
        annotations: with_arguments(node),
    };
    scopes.fields.insert(path, field);
}

fn property<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    let Some(declared) = child(node, "variable_declaration") else {
        return;
    };
    let Some(path) = typed(scopes, declared, prefix) else {
        return;
    };
    let value = node.children().last();
    let value = value.filter(|it| it.id() != declared.id() && !BESIDES.contains(&it.kind()));
    let kind = child(node, "binding_pattern_kind").map(Node::text);
    let field = Field {
        value,
        is_final: kind == Some("val"),
        annotations: with_arguments(node),
    };
    // Of several of one name in a function nobody knows which is meant.
    let is_new = !scopes.fields.contains_key(&path);
    let unknown = Field {
        value: None,
        is_final: false,
        annotations: Vec::new(),
    };
    scopes
        .fields
        .insert(path, if is_new { field } else { unknown });
}

/// The path of a name with its parts: `Paths.HEALTH`, `this.port`. `None` if it is more than a name.
pub(super) fn name<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Option<String> {
    let node = bare(node);
    match node.kind() {
        "simple_identifier" | "type_identifier" | "interpolated_identifier" => {
            Some(own(scopes, node.text(), node))
        }
        "user_type" => {
            let parts = node.children().filter(|it| it.kind() == "type_identifier");
            let parts: Vec<&str> = parts.map(Node::text).collect();
            match parts.as_slice() {
                [one] => Some(own(scopes, one, node)),
                all => Some(all.join(".")),
            }
        }
        "navigation_expression" => {
            let (object, member) = parts(node)?;
            let object = bare(object);
            match object.kind() {
                "this_expression" => {
                    let is_known = |it: &str| scopes.fields.contains_key(it);
                    scopes.local(member, node.range().start, is_known)
                }
                _ => Some(format!("{}.{member}", name(scopes, object)?)),
            }
        }
        _ => None,
    }
}

fn own(scopes: &Scopes<'_>, name: &str, node: Node<'_>) -> String {
    let is_known = |path: &str| scopes.fields.contains_key(path) || scopes.declared.contains(path);
    let own = scopes.local(name, node.range().start, is_known);
    own.unwrap_or_else(|| name.to_owned())
}

/// The object and the name of a member: `a.b`, `a?.b`.
pub(super) fn parts(node: Node<'_>) -> Option<(Node<'_>, &str)> {
    let object = node.children().next()?;
    let suffix = child(node, "navigation_suffix")?;
    let member = suffix.children().last()?;
    (member.kind() == "simple_identifier").then(|| (object, member.text()))
}

/// What a type, an annotation or what is called may be, by the names of the packages.
pub(super) fn canonical<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Vec<String> {
    canonical_in(scopes, node, MAX_CHAIN)
}

fn canonical_in<'a>(scopes: &Scopes<'a>, node: Node<'a>, left: u32) -> Vec<String> {
    let Some(left) = left.checked_sub(1) else {
        return Vec::new();
    };
    let node = bare(node);
    let with = |names: Vec<String>, end: &str| -> Vec<String> {
        names.into_iter().map(|it| it + end).collect()
    };
    match node.kind() {
        "type_identifier" => scopes.types_of(node.text()),
        "user_type" => {
            let mut parts = node.children().filter(|it| it.kind() == "type_identifier");
            match (parts.next(), parts.next()) {
                (Some(one), None) => scopes.types_of(one.text()),
                _ => name(scopes, node).into_iter().collect(),
            }
        }
        "nullable_type" => match node.children().next() {
            Some(of) => canonical_in(scopes, of, left),
            None => Vec::new(),
        },
        "simple_identifier" => variable(scopes, node.text(), node, left),
        "call_expression" => match node.children().next() {
            Some(callee) => with(canonical_in(scopes, callee, left), "()"),
            None => Vec::new(),
        },
        "navigation_expression" => {
            let Some((object, member)) = parts(node) else {
                return Vec::new();
            };
            let object = bare(object);
            if object.kind() == "this_expression" {
                return variable(scopes, member, node, left);
            }
            with(canonical_in(scopes, object, left), &format!(".{member}"))
        }
        _ => Vec::new(),
    }
}

fn variable<'a>(scopes: &Scopes<'a>, name: &str, node: Node<'a>, left: u32) -> Vec<String> {
    let offset = node.range().start;
    let of_type = scopes.local(name, offset, |it| scopes.types.contains_key(it));
    if let Some(of) = of_type.and_then(|it| scopes.types.get(&it)) {
        let names = canonical_in(scopes, *of, left);
        return names.into_iter().map(|it| it + "()").collect();
    }
    let field = scopes.local(name, offset, |it| scopes.fields.contains_key(it));
    let value = field.and_then(|it| scopes.fields.get(&it)?.value);
    match value {
        // Its own name may stand in it.
        Some(value) if !value.range().contains(node.range()) => canonical_in(scopes, value, left),
        _ => functions_of(scopes, name),
    }
}

/// What a function may be: where those that are imported by name do not take what it is given, one of a package that is taken whole is meant.
fn functions_of(scopes: &Scopes<'_>, name: &str) -> Vec<String> {
    let explicit = scopes.imports.iter().filter(|it| !it.takes_all);
    let explicit = explicit.filter(|it| it.local == name);
    let explicit = explicit.map(|it| it.path.to_owned());
    let all = scopes.imports.iter().filter(|it| it.takes_all);
    let all = all.map(|it| format!("{}.{name}", it.path));
    let mut found: Vec<String> = explicit.chain(all).collect();
    found.push(name.to_owned());
    found
}

/// An expression without parentheses, casts, `!!` and the star that spreads it.
pub(super) fn bare(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    loop {
        let inner = match at.kind() {
            "parenthesized_expression" | "as_expression" | "spread_expression" => {
                at.children().next()
            }
            "postfix_expression" if at.text().ends_with("!!") => at.children().next(),
            _ => None,
        };
        match inner {
            Some(it) => at = it,
            None => return at,
        }
    }
}
