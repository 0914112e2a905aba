//! Which names belong to which function, and what they stand for: packages, objects of known packages, objects of the file's own types.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

use super::packages;
use super::strings;

/// A file or a function.
#[derive(Debug, Default)]
struct Scope<'a> {
    /// What stands before the names that belong to it, with a dot at its end; empty for the file.
    prefix: String,
    parent: usize,
    names: BTreeSet<&'a str>,
    /// The name of the object that a method is called on, and its type.
    receiver: Option<(&'a str, String)>,
}

/// The scopes of a file, and the types of its names. A name that a block declares counts as one of the function around it.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    all: Vec<Scope<'a>>,
    /// The scopes of functions, by the number of their node.
    by_node: BTreeMap<usize, usize>,
    /// Packages by their names in the file: what patterns call them.
    packages: BTreeMap<String, String>,
    /// By path: what patterns call an object of its type; by the path of a function, what it returns.
    known: BTreeMap<String, String>,
    /// By path: its type, where the program may declare it: `Config`, `config.Config`. By the path of a function, that of what it returns.
    own: BTreeMap<String, String>,
}

/// How far parts of names are followed.
const MAX_PARTS: usize = 32;

impl<'a> Scopes<'a> {
    /// The scopes of the file whose tree begins at `root`.
    pub(super) fn of(root: Node<'a>) -> Self {
        let mut scopes = Self {
            all: vec![Scope::default()],
            by_node: BTreeMap::new(),
            packages: BTreeMap::new(),
            known: BTreeMap::new(),
            own: BTreeMap::new(),
        };
        // What is declared anywhere in the file may be used before.
        for node in root.children() {
            scopes.header(node);
        }
        scopes.collect(root, 0, None);
        scopes
    }

    /// The scope of a function.
    pub(super) fn of_node(&self, node: Node<'a>) -> usize {
        self.by_node.get(&node.id()).copied().unwrap_or_default()
    }

    /// What stands before the names that belong to a scope.
    pub(super) fn prefix(&self, scope: usize) -> &str {
        self.all.get(scope).map_or("", |it| it.prefix.as_str())
    }

    /// The scope that declares `name`, seen from `scope`; `None` if no function does.
    fn declared(&self, name: &str, scope: usize) -> Option<&Scope<'a>> {
        let mut at = scope;
        while at != 0 {
            let it = self.all.get(at)?;
            let is_receiver = it.receiver.as_ref().is_some_and(|it| it.0 == name);
            if is_receiver || it.names.contains(name) {
                return Some(it);
            }
            at = it.parent;
        }
        None
    }

    /// The path of `name` as it is seen from `scope`.
    pub(super) fn local(&self, name: &str, scope: usize) -> String {
        match self.declared(name, scope) {
            Some(it) => match &it.receiver {
                Some((own, class)) if *own == name && !it.names.contains(name) => class.clone(),
                _ => format!("{}{name}", it.prefix),
            },
            None => name.to_owned(),
        }
    }

    /// Whether `name` is a package here.
    pub(super) fn package(&self, name: &str, scope: usize) -> Option<&str> {
        match self.declared(name, scope) {
            Some(_) => None,
            None => self.packages.get(name).map(String::as_str),
        }
    }

    /// The path of a name with its parts. A part of an object whose type the program declares is a part of the type: `Config.Port`.
    /// `None` if it is more than a name.
    pub(super) fn name(&self, node: Node<'a>, scope: usize) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut at = bare(node);
        let (mut is_chain, mut steps) = (false, 0);
        let mut path = loop {
            if parts.len() + steps > MAX_PARTS {
                return None;
            }
            match at.kind() {
                "identifier" | "package_identifier" | "type_identifier" => {
                    break self.local(at.text(), scope);
                }
                "selector_expression" => {
                    parts.push(at.field("field")?.text().to_owned());
                    at = bare(at.field("operand")?);
                }
                "qualified_type" => {
                    parts.push(at.field("name")?.text().to_owned());
                    at = at.field("package")?;
                }
                "index_expression" => {
                    parts.push(strings::plain(at.field("index")?)?);
                    at = bare(at.field("operand")?);
                }
                "call_expression" => {
                    let function = at.field("function")?;
                    if !packages::is_same(function.field("field")?.text()) {
                        return None;
                    }
                    is_chain = true;
                    steps += 1;
                    at = bare(function.field("operand")?);
                }
                _ => return None,
            }
        };
        let mut is_other = is_chain;
        while let Some(part) = parts.pop() {
            is_other &= !self.is_router(&path);
            if let Some(class) = self.own.get(&path) {
                path.clone_from(class);
            }
            path.push('.');
            path.push_str(&part);
        }
        is_other &= !self.is_router(&path);
        Some(path).filter(|_| !is_other)
    }

    /// Whether a path is a router whose methods may give it back.
    fn is_router(&self, path: &str) -> bool {
        let known = self.known.get(path).map(String::as_str);
        matches!(known, Some("chi" | "mux"))
    }

    /// The type of a path where the program may declare it.
    pub(super) fn own_type(&self, path: &str) -> Option<&str> {
        self.own.get(path).map(String::as_str)
    }

    /// All paths with a type that the program may declare, and that type.
    pub(super) fn own_types(&self) -> impl Iterator<Item = (&str, &str)> {
        self.own.iter().map(|it| (it.0.as_str(), it.1.as_str()))
    }

    /// What patterns call `node`: `http.HandleFunc`, `gin.GET` for a method of what that package makes. `None` if it is nothing of a known
    /// package.
    pub(super) fn canonical(&self, node: Node<'a>, scope: usize) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        let mut at = bare(node);
        let mut name = loop {
            if parts.len() > MAX_PARTS {
                return None;
            }
            if let Some(known) = self.name(at, scope).and_then(|it| self.known.get(&it)) {
                break known.clone();
            }
            match at.kind() {
                "identifier" | "package_identifier" => {
                    break self.package(at.text(), scope)?.to_owned();
                }
                "selector_expression" => {
                    parts.push(at.field("field")?.text());
                    at = bare(at.field("operand")?);
                }
                "qualified_type" => {
                    parts.push(at.field("name")?.text());
                    at = at.field("package")?;
                }
                "call_expression" => {
                    parts.push("()");
                    at = bare(at.field("function")?);
                }
                "composite_literal" => at = at.field("type")?,
                "type_assertion_expression" => at = bare(at.field("type")?),
                _ => return None,
            }
        };
        let is_literal = bare(node).kind() == "composite_literal";
        while let Some(part) = parts.pop() {
            if part == "()" {
                name = match self.known.get(&name) {
                    Some(known) => known.clone(),
                    None => packages::made(&name)?.to_owned(),
                };
            } else {
                name.push('.');
                name.push_str(part);
            }
        }
        if is_literal {
            name = packages::of_type(&name);
        }
        Some(name)
    }

    /// Imports, functions, types and variables of the file, without what is in them.
    fn header(&mut self, node: Node<'a>) {
        match node.kind() {
            "import_declaration" | "import_spec_list" | "type_declaration" | "var_declaration"
            | "var_spec_list" => node.children().for_each(|it| self.header(it)),
            "import_spec" => {
                let Some(path) = node.field("path").and_then(strings::plain) else {
                    return;
                };
                let short = packages::short(&path);
                match node.field("name") {
                    Some(name) => drop(self.packages.insert(name.text().to_owned(), short)),
                    None => {
                        for name in packages::names(&path) {
                            self.packages.entry(name).or_insert_with(|| short.clone());
                        }
                    }
                }
            }
            "function_declaration" => {
                let name = node.field("name").map_or("", Node::text).to_owned();
                self.result(node, name);
            }
            "method_declaration" => {
                let name = node.field("name").map_or("", Node::text);
                if let Some((_, class)) = receiver(node) {
                    self.result(node, format!("{class}.{name}"));
                }
            }
            "type_spec" => {
                let name = node.field("name").map_or("", Node::text);
                for (field, class, _) in fields(node) {
                    self.typed(format!("{name}.{field}"), class, 0);
                }
            }
            "var_spec" => {
                let (names, class) = (node.children(), node.field("type"));
                for name in names.filter(|it| it.kind() == "identifier") {
                    match class {
                        Some(class) => self.typed(name.text().to_owned(), class, 0),
                        None => {
                            if let Some(value) =
                                node.field("value").and_then(|it| it.children().next())
                            {
                                self.valued(name.text().to_owned(), value, 0);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn result(&mut self, node: Node<'a>, path: String) {
        let Some(result) = node.field("result") else {
            return;
        };
        let first = match result.kind() {
            "parameter_list" => result.children().next().and_then(|it| it.field("type")),
            _ => Some(result),
        };
        if let Some(class) = first {
            self.typed(path, class, 0);
        }
    }

    /// Notes the type of a path.
    fn typed(&mut self, path: String, class: Node<'a>, scope: usize) {
        let class = bare(class);
        match class.kind() {
            "type_identifier" | "qualified_type" => {}
            "generic_type" => {
                if let Some(inner) = class.field("type") {
                    self.typed(path, inner, scope);
                }
                return;
            }
            _ => return,
        }
        if let Some(known) = self.canonical(class, scope) {
            if packages::is_known(&known) {
                self.known.insert(path, packages::of_type(&known));
                return;
            }
            if let Some(name) = self.name(class, scope) {
                self.own.insert(path, name);
            }
        } else if class.text().starts_with(|it: char| it.is_alphabetic()) && !is_basic(class.text())
        {
            self.own.insert(path, class.text().to_owned());
        }
    }

    /// Notes what a value says of the type of a path.
    fn valued(&mut self, path: String, value: Node<'a>, scope: usize) {
        let value = bare(value);
        match value.kind() {
            "composite_literal" => {
                if let Some(class) = value.field("type") {
                    self.typed(path, class, scope);
                }
            }
            "call_expression" => {
                let function = value.field("function");
                if function.is_some_and(|it| it.text() == "new") {
                    let first = value.field("arguments").and_then(|it| it.children().next());
                    if let Some(class) = first {
                        self.typed(path, class, scope);
                    }
                    return;
                }
                if let Some(known) = self.canonical(value, scope) {
                    self.known.entry(path).or_insert(known);
                    return;
                }
                let callee = function.and_then(|it| self.name(it, scope));
                let class = callee.and_then(|it| self.own.get(&it).cloned());
                if let Some(class) = class {
                    self.own.entry(path).or_insert(class);
                }
            }
            "identifier" | "selector_expression" => {
                if let Some(known) = self.name(value, scope).and_then(|it| self.known.get(&it)) {
                    let known = known.clone();
                    self.known.entry(path).or_insert(known);
                } else if let Some(class) = self.name(value, scope).and_then(|it| self.own.get(&it))
                {
                    let class = class.clone();
                    self.own.entry(path).or_insert(class);
                }
            }
            _ => {}
        }
    }

    fn collect(&mut self, node: Node<'a>, scope: usize, given: Option<&str>) {
        match node.kind() {
            "function_declaration" | "method_declaration" | "func_literal" => {
                return self.function(node, scope, given);
            }
            "import_declaration" => return,
            "var_spec" | "const_spec" => {
                for name in node.children().filter(|it| it.kind() == "identifier") {
                    self.declare(name.text(), scope);
                    if let Some(class) = node.field("type") {
                        self.typed(self.local(name.text(), scope), class, scope);
                    }
                }
                let names = node.children().filter(|it| it.kind() == "identifier");
                let names: Vec<Node<'a>> = names.collect();
                return self.assigned(&names, node.field("value"), scope);
            }
            "short_var_declaration"
            | "assignment_statement"
            | "range_clause"
            | "receive_statement" => {
                let left = node.field("left").into_iter().flat_map(Node::children);
                let left: Vec<Node<'a>> = left.collect();
                if node.kind() == "short_var_declaration" || node.text().contains(":=") {
                    for name in left.iter().filter(|it| it.kind() == "identifier") {
                        self.declare(name.text(), scope);
                    }
                }
                return match node.field("right") {
                    Some(right) if right.kind() == "expression_list" => {
                        self.assigned(&left, Some(right), scope);
                    }
                    Some(right) => self.collect(right, scope, None),
                    None => {}
                };
            }
            "type_switch_statement" => {
                let alias = node.field("alias").into_iter().flat_map(Node::children);
                alias.for_each(|it| self.declare(it.text(), scope));
            }
            _ => {}
        }
        for child in node.children() {
            self.collect(child, scope, None);
        }
    }

    fn assigned(&mut self, left: &[Node<'a>], right: Option<Node<'a>>, scope: usize) {
        let Some(right) = right else {
            return;
        };
        for (at, value) in right.children().enumerate() {
            let target = left.get(at);
            let path = target.and_then(|it| self.name(*it, scope));
            // The last part of the name is that of a function that is assigned to it.
            let given = path.as_deref().and_then(|it| it.rsplit('.').next());
            let given = given.map(str::to_owned).filter(|it| it != "_");
            self.collect(value, scope, given.as_deref());
            if let Some(path) = path {
                self.valued(path, value, scope);
            }
        }
    }

    fn function(&mut self, node: Node<'a>, scope: usize, given: Option<&str>) {
        let number = self.all.len();
        let receiver = receiver(node);
        let name = node.field("name").map(Node::text).or(given);
        let unnamed = || format!("@{}", node.range().start);
        let name = name.map_or_else(unnamed, str::to_owned);
        let prefix = match &receiver {
            Some((_, class)) => format!("{class}.{name}."),
            None => format!("{}{name}.", self.prefix(scope)),
        };
        self.all.push(Scope {
            prefix,
            parent: scope,
            receiver,
            ..Scope::default()
        });
        self.by_node.insert(node.id(), number);
        let lists = [node.field("parameters"), node.field("result")];
        for (name, class) in lists.into_iter().flatten().flat_map(parameters) {
            if !name.is_empty() {
                self.declare(name, number);
                self.typed(self.local(name, number), class, number);
            }
        }
        if let Some(body) = node.field("body") {
            self.collect(body, number, None);
        }
    }

    fn declare(&mut self, name: &'a str, scope: usize) {
        if let Some(it) = self.all.get_mut(scope)
            && name != "_"
        {
            it.names.insert(name);
        }
    }
}

/// The name and the type of what a method is called on.
pub(super) fn receiver(node: Node<'_>) -> Option<(&str, String)> {
    let list = node.field("receiver")?;
    let (name, class) = parameters(list).into_iter().next()?;
    let class = bare(class);
    let class = class.field("type").unwrap_or(class);
    Some((name, class.text().to_owned()))
}

/// The names and types of parameters, in order; those without a name are empty.
pub(super) fn parameters(list: Node<'_>) -> Vec<(&str, Node<'_>)> {
    let mut found = Vec::new();
    if list.kind() != "parameter_list" {
        return found;
    }
    for one in list.children() {
        let Some(class) = one.field("type") else {
            continue;
        };
        let before = found.len();
        for name in one.children().filter(|it| it.kind() == "identifier") {
            found.push((name.text(), class));
        }
        if found.len() == before {
            found.push(("", class));
        }
    }
    found
}

/// The fields of a struct: the name, the type, and the text behind it. Of what is embedded the name is that of its type.
pub(super) fn fields(node: Node<'_>) -> Vec<(&str, Node<'_>, Option<Node<'_>>)> {
    node.field("type").map_or_else(Vec::new, fields_of)
}

/// As [`fields`], of the type itself.
pub(super) fn fields_of(class: Node<'_>) -> Vec<(&str, Node<'_>, Option<Node<'_>>)> {
    let mut found = Vec::new();
    let class = Some(class).filter(|it| it.kind() == "struct_type");
    let list = class.and_then(|it| it.children().next());
    for one in list.into_iter().flat_map(Node::children) {
        let Some(class) = one.field("type") else {
            continue;
        };
        let tag = one.field("tag");
        let before = found.len();
        for name in one.children().filter(|it| it.kind() == "field_identifier") {
            found.push((name.text(), class, tag));
        }
        if found.len() == before {
            let inner = class.field("name").unwrap_or(class);
            found.push((inner.text(), class, tag));
        }
    }
    found
}

/// Whether a field, of which `class` is the type, is embedded: it has no name of its own.
pub(super) fn is_embedded(class: Node<'_>) -> bool {
    let field = class.parent();
    let mut parts = field.into_iter().flat_map(Node::children);
    parts.all(|it| it.kind() != "field_identifier")
}

/// Whether a type is one of the language's own, which have no parts.
pub(super) fn is_basic(name: &str) -> bool {
    matches!(
        name,
        "string" | "bool" | "byte" | "rune" | "error" | "any" | "uintptr"
    ) || ["int", "uint", "float", "complex"].iter().any(|it| {
        name.strip_prefix(it)
            .is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
    })
}

/// A node without what changes nothing of its value: parentheses, `&`, `*`, and the list that holds only it.
pub(super) fn bare(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    loop {
        let inner = match at.kind() {
            "parenthesized_expression"
            | "pointer_type"
            | "parenthesized_type"
            | "literal_element" => at.children().next(),
            "unary_expression" => {
                let operator = at.field("operator").map_or("", Node::text);
                matches!(operator, "&" | "*")
                    .then(|| at.field("operand"))
                    .flatten()
            }
            _ => None,
        };
        match inner {
            Some(it) => at = it,
            None => return at,
        }
    }
}
