//! Which names belong to which class, and what they stand for: imports, types of fields and parameters.

use std::collections::BTreeMap;

use kubelint_parser::code::Node;

/// How deep calls are followed to what they are called on.
const MAX_CHAIN: u32 = 64;

/// A class, interface, record or enumeration.
#[derive(Debug)]
pub(super) struct Declared<'a> {
    /// Its name, with those around it: `Outer.Inner`.
    pub(super) path: String,
    /// What it extends and implements, without their type arguments.
    pub(super) bases: Vec<Node<'a>>,
    pub(super) node: Node<'a>,
    /// Whether it is a class of which objects are made.
    pub(super) is_made: bool,
    /// The names of its annotations.
    pub(super) annotations: Vec<Node<'a>>,
}

/// A field.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) value: Option<Node<'a>>,
    pub(super) is_final: bool,
    /// Its annotations that have arguments.
    pub(super) annotations: Vec<Node<'a>>,
}

/// An import.
#[derive(Debug)]
pub(super) struct Imported<'a> {
    pub(super) path: &'a str,
    pub(super) is_static: bool,
    pub(super) takes_all: bool,
    pub(super) node: Node<'a>,
}

/// The names of a file.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    pub(super) package: Option<&'a str>,
    pub(super) imports: Vec<Imported<'a>>,
    pub(super) classes: Vec<Declared<'a>>,
    /// By path: `Paths.HEALTH`.
    pub(super) fields: BTreeMap<String, Field<'a>>,
    pub(super) strings: Vec<Node<'a>>,
    /// The type of each variable, by its name with the class and method around it.
    types: BTreeMap<String, Node<'a>>,
    /// From which offset on the text belongs to what is named so, with a dot at the end.
    segments: Vec<(u32, String)>,
}

impl<'a> Scopes<'a> {
    /// The scopes of the file whose tree begins at `root`.
    pub(super) fn of(root: Node<'a>) -> Self {
        let mut scopes = Self::default();
        scopes.segments.push((0, String::new()));
        for node in root.children() {
            scopes.collect(node, "");
        }
        scopes
    }

    fn enter(&mut self, offset: u32, prefix: &str) {
        if self.segments.last().is_none_or(|it| it.0 <= offset) {
            self.segments.push((offset, prefix.to_owned()));
        }
    }

    /// What stands before the names that belong to what is around an offset, with a dot at the end.
    pub(super) fn prefix(&self, offset: u32) -> &str {
        let at = self.segments.partition_point(|it| it.0 <= offset);
        let found = at.checked_sub(1).and_then(|it| self.segments.get(it));
        found.map_or("", |it| it.1.as_str())
    }

    fn collect(&mut self, node: Node<'a>, prefix: &str) {
        match node.kind() {
            "package_declaration" => {
                self.package = node.children().last().map(Node::text);
                return;
            }
            "import_declaration" => return self.import(node),
            "class_declaration"
            | "interface_declaration"
            | "record_declaration"
            | "enum_declaration"
            | "annotation_type_declaration" => return self.class(node, prefix),
            "method_declaration" | "constructor_declaration" => {
                let name = node.field("name").map_or("", Node::text);
                let inner = format!("{prefix}{name}().");
                self.enter(node.range().start, &inner);
                self.all(node, &inner);
                self.enter(node.range().end, prefix);
                return;
            }
            "field_declaration" | "constant_declaration" => self.field(node, prefix),
            "formal_parameter" | "local_variable_declaration" => {
                let names = node
                    .children()
                    .filter(|it| it.kind() == "variable_declarator");
                let names = names.filter_map(|it| it.field("name"));
                if let Some(of) = node.field("type") {
                    for name in names.chain(node.field("name")) {
                        let path = format!("{prefix}{}", name.text());
                        self.types.entry(path).or_insert(of);
                    }
                }
            }
            "string_literal" => self.strings.push(node),
            _ => {}
        }
        self.all(node, prefix);
    }

    fn all(&mut self, node: Node<'a>, prefix: &str) {
        for child in node.children() {
            self.collect(child, prefix);
        }
    }

    fn import(&mut self, node: Node<'a>) {
        let Some(path) = node.children().next() else {
            return;
        };
        let text = node.text();
        self.imports.push(Imported {
            path: path.text(),
            is_static: text.split_whitespace().nth(1) == Some("static"),
            takes_all: node.children().any(|it| it.kind() == "asterisk"),
            node,
        });
    }

    fn class(&mut self, node: Node<'a>, prefix: &str) {
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
        self.classes.push(Declared {
            path,
            bases,
            node,
            is_made: node.kind() == "class_declaration" && !is_abstract,
            annotations: annotations.filter_map(|it| it.field("name")).collect(),
        });
        for part in node.children() {
            let is_own = part.kind() == "modifiers";
            if !is_own {
                self.enter(part.range().start, &inner);
            }
            self.collect(part, if is_own { prefix } else { &inner });
            self.enter(part.range().end, prefix);
        }
    }

    fn field(&mut self, node: Node<'a>, prefix: &str) {
        let modifiers = node.children().find(|it| it.kind() == "modifiers");
        let words = modifiers.map_or("", Node::text);
        let is_final = node.kind() == "constant_declaration"
            || words.split_whitespace().any(|it| it == "final");
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
                self.types.entry(path.clone()).or_insert(of);
            }
            let field = Field {
                value: it.field("value"),
                is_final,
                annotations: annotations.clone(),
            };
            self.fields.insert(path, field);
        }
    }

    /// The path of a simple name as it is seen from an offset, among those that `is_known`.
    fn local(&self, name: &str, offset: u32, is_known: impl Fn(&str) -> bool) -> Option<String> {
        let mut prefix = self.prefix(offset);
        loop {
            let path = format!("{prefix}{name}");
            if is_known(&path) {
                return Some(path);
            }
            let outer = prefix.strip_suffix('.')?;
            prefix = match outer.rfind('.') {
                Some(at) => &prefix[..=at],
                None => "",
            };
        }
    }

    /// The path of a name with its parts: `Paths.HEALTH`, `this.port`. `None` if it is more than a name.
    pub(super) fn name(&self, node: Node<'a>) -> Option<String> {
        let node = bare(node);
        let offset = node.range().start;
        match node.kind() {
            "identifier" | "type_identifier" => {
                let name = node.text();
                let is_class = |path: &str| self.classes.iter().any(|it| it.path == path);
                let is_known = |it: &str| self.fields.contains_key(it) || is_class(it);
                let own = self.local(name, offset, is_known);
                Some(own.unwrap_or_else(|| name.to_owned()))
            }
            "field_access" => {
                let field = node.field("field")?.text();
                let object = bare(node.field("object")?);
                match object.kind() {
                    "this" => self.local(field, offset, |it| self.fields.contains_key(it)),
                    _ => Some(format!("{}.{field}", self.name(object)?)),
                }
            }
            "scoped_identifier" | "scoped_type_identifier" => Some(node.text().to_owned()),
            _ => None,
        }
    }

    /// What a type, an annotation or a call may be, by the names of the packages: `org.example.Server`, `org.example.Server().start` for a
    /// method of an object, `System.getenv`.
    pub(super) fn canonical(&self, node: Node<'a>) -> Vec<String> {
        self.canonical_in(node, MAX_CHAIN)
    }

    fn canonical_in(&self, node: Node<'a>, left: u32) -> Vec<String> {
        let Some(left) = left.checked_sub(1) else {
            return Vec::new();
        };
        let node = bare(node);
        let with = |names: Vec<String>, end: &str| -> Vec<String> {
            names.into_iter().map(|it| it + end).collect()
        };
        match node.kind() {
            "type_identifier" => self.types_of(node.text()),
            "identifier" => {
                let offset = node.range().start;
                let known = |it: &str| self.types.contains_key(it);
                let variable = self.local(node.text(), offset, known);
                match variable.and_then(|it| self.types.get(&it)) {
                    Some(of) => with(self.canonical_in(*of, left), "()"),
                    None => self.types_of(node.text()),
                }
            }
            "generic_type" => self.canonical_in(generic(node), left),
            "object_creation_expression" => match node.field("type") {
                Some(of) => with(self.canonical_in(of, left), "()"),
                None => Vec::new(),
            },
            "field_access" => {
                let (Some(object), Some(field)) = (node.field("object"), node.field("field"))
                else {
                    return Vec::new();
                };
                let object = bare(object);
                if object.kind() == "this" {
                    let path = format!("{}{}", self.class_prefix(node), field.text());
                    return match self.types.get(&path) {
                        Some(of) => with(self.canonical_in(*of, left), "()"),
                        None => Vec::new(),
                    };
                }
                with(
                    self.canonical_in(object, left),
                    &format!(".{}", field.text()),
                )
            }
            "method_invocation" => {
                let name = node.field("name").map_or("", Node::text);
                let Some(object) = node.field("object") else {
                    return self.types_of(name);
                };
                let of = self.canonical_in(object, left);
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

    /// The class around a node, with a dot at the end.
    fn class_prefix(&self, node: Node<'a>) -> &str {
        let prefix = self.prefix(node.range().start);
        match prefix.strip_suffix("().") {
            Some(method) => method.rfind('.').map_or("", |at| &prefix[..=at]),
            None => prefix,
        }
    }

    /// What is imported by a name of its own.
    pub(super) fn imported(&self, name: &str) -> Option<&'a str> {
        let explicit = self.imports.iter().filter(|it| !it.takes_all);
        let mut explicit = explicit.filter(|it| it.path.rsplit('.').next() == Some(name));
        explicit.next().map(|it| it.path)
    }

    /// What a simple name may be that is not of a variable.
    fn types_of(&self, name: &str) -> Vec<String> {
        if let Some(it) = self.imported(name) {
            return vec![it.to_owned()];
        }
        let all = self.imports.iter().filter(|it| it.takes_all);
        let mut found: Vec<String> = all.map(|it| format!("{}.{name}", it.path)).collect();
        found.push(name.to_owned());
        found
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
