//! Which names belong to which class, and what they stand for: imports, types of fields and parameters.

use kubelint_parser::code::Node;

use crate::code::jvm::names::{Declared, Field, Imported, Scopes};

/// How deep calls are followed to what they are called on.
const MAX_CHAIN: u32 = 64;

/// The scopes of the file whose tree begins at `root`.
pub(super) fn of(root: Node<'_>) -> Scopes<'_> {
    let mut scopes = Scopes::default();
    for node in root.children() {
        collect(&mut scopes, node, "");
    }
    scopes
}

fn collect<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    match node.kind() {
        "package_declaration" => {
            scopes.package = node.children().last().map(Node::text);
            return;
        }
        "import_declaration" => return import(scopes, node),
        "class_declaration"
        | "interface_declaration"
        | "record_declaration"
        | "enum_declaration"
        | "annotation_type_declaration" => return class(scopes, node, prefix),
        "method_declaration" | "constructor_declaration" => {
            let name = node.field("name").map_or("", Node::text);
            let inner = format!("{prefix}{name}().");
            scopes.enter(node.range().start, &inner);
            all(scopes, node, &inner);
            scopes.enter(node.range().end, prefix);
            return;
        }
        "field_declaration" | "constant_declaration" => field(scopes, node, prefix),
        "formal_parameter" | "local_variable_declaration" => {
            let names = node
                .children()
                .filter(|it| it.kind() == "variable_declarator");
            let names = names.filter_map(|it| it.field("name"));
            if let Some(of) = node.field("type") {
                for name in names.chain(node.field("name")) {
                    let path = format!("{prefix}{}", name.text());
                    scopes.types.entry(path).or_insert(of);
                }
            }
        }
        "string_literal" => scopes.strings.push(node),
        _ => {}
    }
    all(scopes, node, prefix);
}

fn all<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    for child in node.children() {
        collect(scopes, child, prefix);
    }
}

fn import<'a>(scopes: &mut Scopes<'a>, node: Node<'a>) {
    let Some(path) = node.children().next() else {
        return;
    };
    let text = node.text();
    scopes.imports.push(Imported {
        path: path.text(),
        local: path.text().rsplit('.').next().unwrap_or_default(),
        is_static: text.split_whitespace().nth(1) == Some("static"),
        takes_all: node.children().any(|it| it.kind() == "asterisk"),
        node,
    });
}

fn class<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    let name = node.field("name").map_or("", Node::text);
    let path = format!("{prefix}{name}");
    let inner = format!("{path}.");
    let mut bases = Vec::new();
    for part in node.children() {
        match part.kind() {
            "superclass" => bases.extend(part.children().map(generic)),
            "super_interfaces" | "extends_interfaces" => {
                let lists = part.children().flat_map(Node::children);
                bases.extend(lists.map(generic));
            }
            _ => {}
        }
    }
    let modifiers = node.children().find(|it| it.kind() == "modifiers");
    let words = modifiers.map_or("", Node::text);
    let is_abstract = words.split_whitespace().any(|it| it == "abstract");
    let annotations = modifiers.into_iter().flat_map(Node::children);
    scopes.classes.push(Declared {
        path,
        bases,
        node,
        is_made: node.kind() == "class_declaration" && !is_abstract,
        annotations: annotations.filter_map(|it| it.field("name")).collect(),
    });
    for part in node.children() {
        let is_own = part.kind() == "modifiers";
        if !is_own {
            scopes.enter(part.range().start, &inner);
        }
        collect(scopes, part, if is_own { prefix } else { &inner });
        scopes.enter(part.range().end, prefix);
    }
}

fn field<'a>(scopes: &mut Scopes<'a>, node: Node<'a>, prefix: &str) {
    let modifiers = node.children().find(|it| it.kind() == "modifiers");
    let words = modifiers.map_or("", Node::text);
    let is_final =
        node.kind() == "constant_declaration" || words.split_whitespace().any(|it| it == "final");
    let annotations = modifiers.into_iter().flat_map(Node::children);
    let annotations = annotations.filter(|it| it.kind() == "annotation");
    let annotations: Vec<Node<'a>> = annotations.collect();
    let declarators = node.children();
    for it in declarators.filter(|it| it.kind() == "variable_declarator") {
        let Some(name) = it.field("name") else {
            continue;
        };
        let path = format!("{prefix}{}", name.text());
        if let Some(of) = node.field("type") {
            scopes.types.entry(path.clone()).or_insert(of);
        }
        let field = Field {
            value: it.field("value"),
            is_final,
            annotations: annotations.clone(),
        };
        scopes.fields.insert(path, field);
    }
}

/// The path of a name with its parts: `Paths.HEALTH`, `this.port`. `None` if it is more than a name.
pub(super) fn name<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Option<String> {
    let node = bare(node);
    let offset = node.range().start;
    match node.kind() {
        "identifier" | "type_identifier" => {
            let name = node.text();
            let is_class = |path: &str| scopes.classes.iter().any(|it| it.path == path);
            let is_known = |it: &str| scopes.fields.contains_key(it) || is_class(it);
            let own = scopes.local(name, offset, is_known);
            Some(own.unwrap_or_else(|| name.to_owned()))
        }
        "field_access" => {
            let field = node.field("field")?.text();
            let object = bare(node.field("object")?);
            match object.kind() {
                "this" => scopes.local(field, offset, |it| scopes.fields.contains_key(it)),
                _ => Some(format!("{}.{field}", name(scopes, object)?)),
            }
        }
        "scoped_identifier" | "scoped_type_identifier" => Some(node.text().to_owned()),
        _ => None,
    }
}

/// What a type, an annotation or a call may be, by the names of the packages: `org.example.Server`, `org.example.Server().start` for a
/// method of an object, `System.getenv`.
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
        "identifier" => {
            let offset = node.range().start;
            let known = |it: &str| scopes.types.contains_key(it);
            let variable = scopes.local(node.text(), offset, known);
            match variable.and_then(|it| scopes.types.get(&it)) {
                Some(of) => with(canonical_in(scopes, *of, left), "()"),
                None => scopes.types_of(node.text()),
            }
        }
        "generic_type" => canonical_in(scopes, generic(node), left),
        "object_creation_expression" => match node.field("type") {
            Some(of) => with(canonical_in(scopes, of, left), "()"),
            None => Vec::new(),
        },
        "field_access" => {
            let (Some(object), Some(field)) = (node.field("object"), node.field("field")) else {
                return Vec::new();
            };
            let object = bare(object);
            if object.kind() == "this" {
                let path = format!("{}{}", scopes.class_prefix(node), field.text());
                return match scopes.types.get(&path) {
                    Some(of) => with(canonical_in(scopes, *of, left), "()"),
                    None => Vec::new(),
                };
            }
            with(
                canonical_in(scopes, object, left),
                &format!(".{}", field.text()),
            )
        }
        "method_invocation" => {
            let name = node.field("name").map_or("", Node::text);
            let Some(object) = node.field("object") else {
                return scopes.types_of(name);
            };
            let of = canonical_in(scopes, object, left);
            let made = if bare(object).kind() == "method_invocation" {
                "()"
            } else {
                ""
            };
            with(of, &format!("{made}.{name}"))
        }
        "scoped_identifier" | "scoped_type_identifier" => vec![node.text().to_owned()],
        _ => Vec::new(),
    }
}

/// A type without its arguments.
pub(super) fn generic(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "generic_type" => node.children().next().unwrap_or(node),
        _ => node,
    }
}

/// An expression without parentheses and casts.
pub(super) fn bare(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    loop {
        let inner = match at.kind() {
            "parenthesized_expression" => at.children().next(),
            "cast_expression" => at.field("value"),
            _ => None,
        };
        match inner {
            Some(it) => at = it,
            None => return at,
        }
    }
}
