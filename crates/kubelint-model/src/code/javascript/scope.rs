//! Which names belong to which function or class, and what they stand for: imports, aliases, instances.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

use super::strings;

/// A file, a function or the body of a class.
#[derive(Debug, Default)]
struct Scope<'a> {
    /// What stands before the names that belong to it, with a dot at its end; empty for the file.
    prefix: String,
    parent: usize,
    names: BTreeSet<&'a str>,
    /// The path of what `this` is; `None` if nobody can tell.
    object: Option<String>,
}

/// The scopes of a file, and what its names stand for. A name that a block declares counts as one of the function around it.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    /// The scopes; the first is the file.
    all: Vec<Scope<'a>>,
    /// The scopes by the number of their node.
    by_node: BTreeMap<usize, usize>,
    /// By name: what it is imported as, `express.Router`.
    imported: BTreeMap<String, String>,
    /// By name: what is assigned to it where that is a name, or the call that makes it, and the scope of that.
    assigned: BTreeMap<String, (Node<'a>, usize)>,
    /// By the path of a function: what it returns first, and the scope of that.
    returned: BTreeMap<String, (Node<'a>, usize)>,
}

/// How many names may be behind a name.
const MAX_ALIASES: u32 = 6;

/// What a file takes from a module.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    pub local: &'a str,
    pub module: String,
    /// What of it: `*` is everything, and `None` the module itself.
    pub item: Option<&'a str>,
}

impl<'a> Scopes<'a> {
    /// The scopes of the file whose tree begins at `root`.
    pub(super) fn of(root: Node<'a>) -> Self {
        let mut scopes = Self {
            all: vec![Scope::default()],
            by_node: BTreeMap::new(),
            imported: BTreeMap::new(),
            assigned: BTreeMap::new(),
            returned: BTreeMap::new(),
        };
        scopes.collect(root, 0, None);
        scopes
    }

    /// The scope of a function or class.
    pub(super) fn of_node(&self, node: Node<'a>) -> usize {
        self.by_node.get(&node.id()).copied().unwrap_or_default()
    }

    /// What stands before the names that belong to a scope.
    pub(super) fn prefix(&self, scope: usize) -> &str {
        self.all.get(scope).map_or("", |it| it.prefix.as_str())
    }

    /// The path of `name` as it is seen from `scope`.
    pub(super) fn local(&self, name: &str, scope: usize) -> String {
        let mut at = scope;
        while let Some(it) = self.all.get(at) {
            if it.names.contains(name) {
                return format!("{}{name}", it.prefix);
            }
            if at == 0 {
                break;
            }
            at = it.parent;
        }
        name.to_owned()
    }

    /// The path of a name with its parts: `config.port`, `this.app`, `config['port']`, `require('./app').server`. `None` if it is more than
    /// a name.
    pub(super) fn name(&self, node: Node<'a>, scope: usize) -> Option<String> {
        let mut parts = Vec::new();
        let mut at = node;
        let mut path = loop {
            at = bare(at);
            match at.kind() {
                "identifier" | "shorthand_property_identifier" | "type_identifier" => {
                    break self.local(at.text(), scope);
                }
                "this" => break self.all.get(scope)?.object.clone()?,
                "call_expression" => break format!("require({})", required(at)?),
                "member_expression" => {
                    parts.push(at.field("property")?.text().to_owned());
                    at = at.field("object")?;
                }
                "subscript_expression" => {
                    parts.push(strings::plain(at.field("index")?)?);
                    at = at.field("object")?;
                }
                _ => return None,
            }
        };
        for part in parts.iter().rev() {
            path.push('.');
            path.push_str(part);
        }
        Some(path)
    }

    /// What `path` is by the names of the packages that it comes from: `express.Router`, `express().get` for a method of what a package
    /// makes, `path` itself where nothing is known.
    pub(super) fn canonical(&self, path: &str) -> String {
        self.canonical_in(path, MAX_ALIASES)
    }

    fn canonical_in(&self, path: &str, left: u32) -> String {
        if let Some((module, rest)) = path
            .strip_prefix("require(")
            .and_then(|it| it.split_once(')'))
        {
            return format!("{}{rest}", package(module));
        }
        let mut end = path.len();
        loop {
            let (head, rest) = path.split_at(end);
            if let Some(module) = self.imported.get(head) {
                return format!("{module}{rest}");
            }
            if let Some((node, scope)) = self.assigned.get(head)
                && left > 0
                && let Some(of) = self.canonical_value(*node, *scope, head, left - 1)
            {
                return of + rest;
            }
            match head.rfind('.') {
                Some(at) => end = at,
                None => return path.to_owned(),
            }
        }
    }

    /// What a value is that is a name, or made by a call; `None` if it is nothing of that, or `not` itself.
    fn canonical_value(
        &self,
        node: Node<'a>,
        scope: usize,
        not: &str,
        left: u32,
    ) -> Option<String> {
        let node = bare(node);
        if let Some(of) = self.name(node, scope).filter(|it| it != not) {
            // The annotation of a parameter: an object of that class.
            let made = if node.kind() == "type_identifier" {
                "()"
            } else {
                ""
            };
            return Some(self.canonical_in(&of, left) + made);
        }
        let of = match node.kind() {
            "call_expression" => node.field("function")?,
            "new_expression" => node.field("constructor")?,
            _ => return None,
        };
        let Some(of) = self.name(of, scope).filter(|it| it != not) else {
            // A chain: what the methods of an object return, which is mostly the object.
            return Some(self.canonical_chain(bare(of), scope, left.checked_sub(1)?)? + "()");
        };
        if let Some((returned, scope)) = self.returned.get(&of)
            && let Some(left) = left.checked_sub(1)
            && let Some(found) = self.canonical_value(*returned, *scope, &of, left)
        {
            return Some(found);
        }
        Some(self.canonical_in(&of, left) + "()")
    }

    /// What a part of what a call makes is: `express().listen`.
    fn canonical_chain(&self, node: Node<'a>, scope: usize, left: u32) -> Option<String> {
        match node.kind() {
            "member_expression" => {
                let property = node.field("property")?.text();
                let of = self.canonical_value(node.field("object")?, scope, "", left)?;
                Some(format!("{of}.{property}"))
            }
            _ => self.canonical_value(node, scope, "", left),
        }
    }

    /// The canonical names that an expression may have, which is a name or the call that makes an object.
    pub(super) fn canonical_of(&self, node: Node<'a>, scope: usize) -> Vec<String> {
        let node = bare(node);
        let found = match self.name(node, scope) {
            Some(path) => Some(self.canonical(&path)),
            None => self.canonical_chain(node, scope, MAX_ALIASES),
        };
        found.into_iter().collect()
    }

    /// Collects what `node` declares. `given` is the name that a function or class is assigned to.
    fn collect(&mut self, node: Node<'a>, scope: usize, given: Option<&str>) {
        match node.kind() {
            _ if is_function(node) => return self.function(node, scope, given),
            "class_declaration" | "class" | "abstract_class_declaration" => {
                return self.class(node, scope, given);
            }
            "variable_declarator" => {
                let (name, value) = (node.field("name"), node.field("value"));
                if let Some(name) = name {
                    self.bind(name, scope);
                }
                if let (Some(name), Some(value)) = (name, value) {
                    self.assign(name, value, scope);
                    let given = (name.kind() == "identifier").then(|| name.text());
                    return self.collect(value, scope, given);
                }
            }
            "assignment_expression" => {
                let (left, right) = (node.field("left"), node.field("right"));
                if let (Some(left), Some(right)) = (left, right) {
                    self.assign(left, right, scope);
                    let exported = exported(left);
                    let own = || self.name(left, scope);
                    let given = match exported {
                        Some(name) => Some(name.to_owned()),
                        None => own().filter(|it| !it.contains('.')),
                    };
                    self.collect(left, scope, None);
                    return self.collect(right, scope, given.as_deref());
                }
            }
            "export_statement" => {
                if let Some(value) = node.field("value") {
                    return self.collect(value, scope, Some("default"));
                }
                let declared = node.field("declaration");
                if let Some(declared) = declared
                    && declared.field("name").is_none()
                {
                    return self.collect(declared, scope, Some("default"));
                }
            }
            "return_statement" => {
                if let Some(value) = node.children().next() {
                    let path = self.prefix(scope).trim_end_matches('.').to_owned();
                    self.returned.entry(path).or_insert((value, scope));
                }
            }
            "public_field_definition" | "field_definition" => {
                let name = node.field("name").or(node.field("property"));
                if let (Some(name), Some(value)) =
                    (name, node.field("value").or(node.field("type")))
                {
                    let path = format!("{}{}", self.prefix(scope), name.text());
                    self.remember(path, value, scope);
                }
            }
            "import_statement" => {
                for it in imports(node) {
                    self.declare(it.local, scope);
                    let package = package(&it.module);
                    let whole = match it.item {
                        Some("default") | None => package,
                        Some(item) => format!("{package}.{item}"),
                    };
                    self.imported.entry(it.local.to_owned()).or_insert(whole);
                }
                return;
            }
            _ => {}
        }
        for child in node.children() {
            self.collect(child, scope, None);
        }
    }

    fn add(&mut self, node: Node<'a>, scope: usize, name: &str) -> usize {
        let number = self.all.len();
        let unnamed = || format!("@{}", node.range().start);
        let name = if name.is_empty() {
            unnamed()
        } else {
            name.to_owned()
        };
        self.all.push(Scope {
            prefix: format!("{}{name}.", self.prefix(scope)),
            parent: scope,
            ..Scope::default()
        });
        self.by_node.insert(node.id(), number);
        number
    }

    fn class(&mut self, node: Node<'a>, scope: usize, given: Option<&str>) {
        let name = node.field("name").map(Node::text);
        if let Some(name) = name {
            self.declare(name, scope);
        }
        let number = self.add(node, scope, name.or(given).unwrap_or_default());
        let path = self.prefix(number).trim_end_matches('.').to_owned();
        if let Some(it) = self.all.get_mut(number) {
            it.object = Some(path);
        }
        for part in node.children() {
            let is_body = part.kind() == "class_body";
            self.collect(part, if is_body { number } else { scope }, None);
        }
    }

    fn function(&mut self, node: Node<'a>, scope: usize, given: Option<&str>) {
        let name = node.field("name").map(|it| (it.kind(), it.text()));
        if let Some(("identifier", name)) = name
            && node.kind().ends_with("declaration")
        {
            self.declare(name, scope);
        }
        let name = name.map(|it| it.1);
        let number = self.add(node, scope, given.or(name).unwrap_or_default());
        let keeps_object = matches!(node.kind(), "arrow_function" | "method_definition");
        let object = self.all.get(scope).and_then(|it| it.object.clone());
        if let Some(it) = self.all.get_mut(number) {
            it.object = object.filter(|_| keeps_object);
        }
        for parameter in parameters(node) {
            self.bind(parameter.name, number);
            if let Some(class) = parameter.class {
                self.assign(parameter.name, class, number);
                if parameter.is_member {
                    let path = format!("{}{}", self.prefix(scope), parameter.name.text());
                    self.remember(path, class, number);
                }
            }
        }
        for part in node.children().filter(|it| it.kind() != "decorator") {
            self.collect(part, number, None);
        }
        if node.kind() == "arrow_function"
            && let Some(body) = node
                .field("body")
                .filter(|it| it.kind() != "statement_block")
        {
            let path = self.prefix(number).trim_end_matches('.').to_owned();
            self.returned.entry(path).or_insert((body, number));
        }
    }

    fn declare(&mut self, name: &'a str, scope: usize) {
        if let Some(it) = self.all.get_mut(scope)
            && !name.is_empty()
        {
            it.names.insert(name);
        }
    }

    fn bind(&mut self, node: Node<'a>, scope: usize) {
        match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => {
                self.declare(node.text(), scope);
            }
            "pair_pattern" => node
                .field("value")
                .into_iter()
                .for_each(|it| self.bind(it, scope)),
            "object_assignment_pattern" | "assignment_pattern" => node
                .field("left")
                .into_iter()
                .for_each(|it| self.bind(it, scope)),
            "object_pattern" | "array_pattern" | "rest_pattern" => {
                node.children().for_each(|it| self.bind(it, scope));
            }
            _ => {}
        }
    }

    fn assign(&mut self, left: Node<'a>, right: Node<'a>, scope: usize) {
        if left.kind() == "object_pattern" {
            let Some(module) = required(bare(right)) else {
                return;
            };
            for (key, local) in destructured(left) {
                let path = self.local(local.text(), scope);
                let whole = format!("{}.{key}", package(&module));
                self.imported.entry(path).or_insert(whole);
            }
            return;
        }
        let path = match exported(left) {
            Some(name) => Some(name.to_owned()),
            None => self.name(left, scope),
        };
        if let Some(path) = path {
            self.remember(path, right, scope);
        }
    }

    fn remember(&mut self, path: String, value: Node<'a>, scope: usize) {
        let value = bare(value);
        let value = match value.kind() {
            "type_annotation" => match value.children().next() {
                Some(it) => it,
                None => return,
            },
            _ => value,
        };
        if matches!(
            value.kind(),
            "call_expression"
                | "new_expression"
                | "identifier"
                | "member_expression"
                | "type_identifier"
        ) {
            // The first counts: what a name is reset to says less.
            self.assigned.entry(path).or_insert((value, scope));
        }
    }
}

/// A parameter of a function.
pub(super) struct Parameter<'a> {
    pub name: Node<'a>,
    pub default: Option<Node<'a>>,
    class: Option<Node<'a>>,
    /// Whether it is a member of the object too: `constructor(private app: App)`.
    is_member: bool,
}

/// The parameters of a function, in order.
pub(super) fn parameters(node: Node<'_>) -> Vec<Parameter<'_>> {
    let all = node
        .field("parameters")
        .into_iter()
        .flat_map(Node::children);
    let all = node.field("parameter").into_iter().chain(all);
    all.filter_map(|it| {
        let is_typed = matches!(it.kind(), "required_parameter" | "optional_parameter");
        let (name, default) = match it.kind() {
            _ if is_typed => (it.field("pattern")?, it.field("value")),
            "assignment_pattern" => (it.field("left")?, it.field("right")),
            _ => (it, None),
        };
        Some(Parameter {
            name,
            default,
            class: it.field("type"),
            is_member: is_typed
                && it
                    .children()
                    .any(|it| it.kind() == "accessibility_modifier"),
        })
    })
    .collect()
}

/// Whether a node is a function of any kind.
pub(super) fn is_function(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "function_declaration"
            | "generator_function_declaration"
            | "function_expression"
            | "generator_function"
            | "arrow_function"
            | "method_definition"
    )
}

/// A node without what changes nothing of its value: parentheses, `await`, types.
pub(super) fn bare(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    while matches!(
        at.kind(),
        "parenthesized_expression"
            | "await_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
    ) {
        match at.children().next() {
            Some(it) => at = it,
            None => break,
        }
    }
    at
}

/// The module that `require('…')` or `import('…')` takes.
pub(super) fn required(node: Node<'_>) -> Option<String> {
    if node.kind() != "call_expression" {
        return None;
    }
    let function = node.field("function")?.text();
    if !matches!(function, "require" | "import") {
        return None;
    }
    strings::plain(node.field("arguments")?.children().next()?)
}

/// The name under which an assignment exports: `module.exports = …` is `default`, `exports.app = …` is `app`.
pub(super) fn exported(left: Node<'_>) -> Option<&str> {
    match left.text() {
        "module.exports" | "exports" => Some("default"),
        text => {
            let name = text
                .strip_prefix("module.exports.")
                .or_else(|| text.strip_prefix("exports."))?;
            (!name.contains(['.', '[', '('])).then_some(name)
        }
    }
}

/// The names that a pattern takes of an object: the key, and the name here.
pub(super) fn destructured(pattern: Node<'_>) -> Vec<(String, Node<'_>)> {
    let parts = pattern.children().filter_map(|it| {
        let (key, local) = match it.kind() {
            "pair_pattern" => (it.field("key")?, it.field("value")?),
            "object_assignment_pattern" => (it.field("left")?, it.field("left")?),
            "shorthand_property_identifier_pattern" => (it, it),
            _ => return None,
        };
        let local = match local.kind() {
            "assignment_pattern" => local.field("left")?,
            _ => local,
        };
        let is_name = matches!(
            local.kind(),
            "identifier" | "shorthand_property_identifier_pattern"
        );
        Some((strings::key(key)?, local)).filter(|_| is_name)
    });
    parts.collect()
}

/// What an import or export statement takes from another module.
pub(super) fn imports(node: Node<'_>) -> Vec<Taken<'_>> {
    let is_type = |it: &str| it.starts_with("import type ") || it.starts_with("export type ");
    if is_type(node.text()) {
        return Vec::new();
    }
    let clauses: Vec<Node<'_>> = node.children().collect();
    let assigned = clauses
        .iter()
        .find(|it| it.kind() == "import_require_clause");
    let source = node
        .field("source")
        .or_else(|| assigned.and_then(|it| it.field("source")));
    let Some(module) = source.and_then(strings::plain) else {
        return Vec::new();
    };
    let taken = |local, item| Taken {
        local,
        module: module.clone(),
        item,
    };
    let mut found = Vec::new();
    let parts = clauses.iter().flat_map(|it| match it.kind() {
        "import_clause" | "import_require_clause" => it.children().collect(),
        _ => vec![*it],
    });
    for part in parts {
        match part.kind() {
            "identifier" => {
                found.push(taken(part.text(), Some("default")));
                if assigned.is_some() {
                    found.push(taken(part.text(), None));
                }
            }
            "namespace_import" | "namespace_export" => {
                let name = part.children().next().map_or("", Node::text);
                found.push(taken(name, None));
            }
            "named_imports" | "export_clause" => {
                for it in part.children() {
                    let Some(name) = it.field("name").map(Node::text) else {
                        continue;
                    };
                    let local = it.field("alias").map_or(name, Node::text);
                    found.push(taken(local, Some(name)));
                }
            }
            _ => {}
        }
    }
    if found.is_empty() {
        let item = (node.kind() == "export_statement").then_some("*");
        found.push(taken("", item));
    }
    found
}

/// The name of a package as patterns write it: `process` for `node:process`.
fn package(module: &str) -> String {
    let module = module.strip_prefix("node:").unwrap_or(module);
    // Dots part the names of what a package holds.
    module.replace('.', "_")
}
