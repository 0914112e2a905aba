//! Which names belong to which function or class, and what they stand for: imports, aliases, instances.

use kubelint_parser::code::Node;

use super::chains::{chained, is_chainable, usual};
use super::strings;
use crate::code::scope::{MAX_ALIASES, Names, Scopes};

/// The names of a file. A name that a block declares counts as one of the function around it.
#[derive(Debug)]
pub(super) struct JavaScriptNames<'a> {
    pub scopes: Scopes<'a>,
}

/// What a file takes from a module.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    pub local: &'a str,
    pub module: String,
    /// What of it: `*` is everything, and `None` the module itself.
    pub item: Option<&'a str>,
}

impl<'a> JavaScriptNames<'a> {
    /// The names of the file whose tree begins at `root`.
    pub(super) fn of(root: Node<'a>) -> Self {
        let mut names = Self {
            scopes: Scopes::new(),
        };
        names.collect(root, 0, None);
        names
    }

    /// The path of `name` as it is seen from `scope`.
    pub(super) fn local(&self, name: &str, scope: usize) -> String {
        self.scopes.path(name, scope, true)
    }

    /// What a call along a chain returns: routers return themselves.
    fn canonical_link(&self, node: Node<'a>, scope: usize, left: u32) -> Option<String> {
        let at = chained(node);
        if at.id() == node.id() {
            return None;
        }
        let found = match self.name(at, scope) {
            Some(path) => self.canonical_in(&path, left),
            None => self.canonical_value(at, scope, "", left.checked_sub(1)?)?,
        };
        let found = usual(found);
        is_chainable(&found).then_some(found)
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
                    self.scopes.returns(value, scope);
                }
            }
            "public_field_definition" | "field_definition" => {
                let name = node.field("name").or(node.field("property"));
                if let (Some(name), Some(value)) =
                    (name, node.field("value").or(node.field("type")))
                {
                    let path = format!("{}{}", self.scopes.prefix(scope), name.text());
                    self.remember(path, value, scope);
                }
            }
            "import_statement" => {
                for it in imports(node) {
                    self.scopes.declare(it.local, scope);
                    let package = package(&it.module);
                    let whole = match it.item {
                        Some("default") | None => package,
                        Some(item) => format!("{package}.{item}"),
                    };
                    self.scopes.import(it.local.to_owned(), whole);
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
        if name.is_empty() {
            let unnamed = format!("@{}", node.range().start);
            return self.scopes.add(node, &unnamed, scope);
        }
        self.scopes.add(node, name, scope)
    }

    fn class(&mut self, node: Node<'a>, scope: usize, given: Option<&str>) {
        let name = node.field("name").map(Node::text);
        if let Some(name) = name {
            self.scopes.declare(name, scope);
        }
        let number = self.add(node, scope, name.or(given).unwrap_or_default());
        let path = self.scopes.own_path(number).to_owned();
        if let Some(it) = self.scopes.all.get_mut(number) {
            it.object = Some(("this", path));
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
            self.scopes.declare(name, scope);
        }
        let name = name.map(|it| it.1);
        let number = self.add(node, scope, given.or(name).unwrap_or_default());
        let keeps_object = matches!(node.kind(), "arrow_function" | "method_definition");
        let object = self.scopes.all.get(scope);
        let object = object.and_then(|it| it.object.clone());
        if let Some(it) = self.scopes.all.get_mut(number) {
            it.object = object.filter(|_| keeps_object);
        }
        for parameter in parameters(node) {
            self.bind(parameter.name, number);
            if let Some(class) = parameter.class {
                self.assign(parameter.name, class, number);
                if parameter.is_member {
                    let path = format!("{}{}", self.scopes.prefix(scope), parameter.name.text());
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
            self.scopes.returns(body, number);
        }
    }

    fn bind(&mut self, node: Node<'a>, scope: usize) {
        match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => {
                self.scopes.declare(node.text(), scope);
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
                self.scopes.import(path, whole);
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
            self.scopes.remember(path, value, scope);
        }
    }
}

impl<'a> Names<'a> for JavaScriptNames<'a> {
    fn scopes(&self) -> &Scopes<'a> {
        &self.scopes
    }

    fn canonical_path(&self, path: &str) -> Option<String> {
        let (module, rest) = path.strip_prefix("require(")?.split_once(')')?;
        Some(format!("{}{rest}", package(module)))
    }

    fn name(&self, node: Node<'a>, scope: usize) -> Option<String> {
        let mut parts = Vec::new();
        let mut at = node;
        let mut path = loop {
            at = bare(at);
            match at.kind() {
                "identifier" | "shorthand_property_identifier" | "type_identifier" => {
                    break self.local(at.text(), scope);
                }
                "this" => break self.scopes.all.get(scope)?.object.as_ref()?.1.clone(),
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
            "call_expression" => {
                if let Some(found) = self.canonical_link(node, scope, left) {
                    return Some(found);
                }
                node.field("function")?
            }
            "new_expression" => node.field("constructor")?,
            _ => return None,
        };
        let Some(of) = self.name(of, scope).filter(|it| it != not) else {
            // A chain: what the methods of an object return, which is mostly the object.
            return Some(self.canonical_chain(bare(of), scope, left.checked_sub(1)?)? + "()");
        };
        Some(self.made_by(&of, left))
    }

    fn canonical_of(&self, node: Node<'a>, scope: usize) -> Vec<String> {
        let node = bare(node);
        let found = match self.name(node, scope) {
            Some(path) => Some(self.canonical(&path)),
            None => self.canonical_chain(node, scope, MAX_ALIASES),
        };
        found.map(usual).into_iter().collect()
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
pub(crate) fn bare(node: Node<'_>) -> Node<'_> {
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
pub(crate) fn required(node: Node<'_>) -> Option<String> {
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
