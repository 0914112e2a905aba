//! Which names belong to which function or class, and what they stand for: imports, aliases, instances.

use kubelint_parser::code::Node;

use crate::code::scope::{MAX_ALIASES, Names, Scopes};

/// The names of a Python file.
#[derive(Debug)]
pub(super) struct PythonNames<'a> {
    pub scopes: Scopes<'a>,
    /// Modules of which everything is taken.
    stars: Vec<String>,
}

impl<'a> PythonNames<'a> {
    /// The names of the file whose tree begins at `root`.
    pub(super) fn of(root: Node<'a>) -> Self {
        let mut names = Self {
            scopes: Scopes::new(),
            stars: Vec::new(),
        };
        names.collect(root, 0);
        names
    }

    /// What stands before the names of the object that `name` is in a method: `Server.`.
    pub(super) fn object(&self, name: &str, scope: usize) -> Option<&str> {
        let mut at = scope;
        while let Some(it) = self.scopes.all.get(at) {
            match &it.object {
                Some((object, prefix)) if *object == name => return Some(prefix),
                _ if at == 0 || it.names.contains(name) => return None,
                _ => at = it.parent,
            }
        }
        None
    }

    fn collect(&mut self, node: Node<'a>, scope: usize) {
        match node.kind() {
            "function_definition" => return self.function(node, scope),
            "class_definition" => return self.class(node, scope),
            "assignment" => {
                let right = node.field("right");
                if let Some(left) = node.field("left") {
                    self.bind(left, scope);
                    if let Some(right) = right.or(node.field("type")) {
                        self.assign(left, right, scope);
                    }
                }
            }
            "named_expression" => {
                if let Some(left) = node.field("name") {
                    self.bind(left, scope);
                    node.field("value")
                        .into_iter()
                        .for_each(|it| self.assign(left, it, scope));
                }
            }
            "for_statement" => node
                .field("left")
                .into_iter()
                .for_each(|it| self.bind(it, scope)),
            "as_pattern" => {
                if let Some(alias) = node.field("alias")
                    && let Some(name) = alias.children().next()
                {
                    self.bind(name, scope);
                    node.children()
                        .next()
                        .into_iter()
                        .for_each(|it| self.assign(name, it, scope));
                }
            }
            "return_statement" => {
                let value = node.children().next();
                let is_known =
                    |it: &Node<'_>| matches!(it.kind(), "identifier" | "attribute" | "call");
                if let Some(value) = value.filter(is_known) {
                    self.scopes.returns(value, scope);
                }
            }
            "import_statement" | "import_from_statement" => self.import(node, scope),
            "global_statement" => {
                if let Some(it) = self.scopes.all.get_mut(scope) {
                    it.globals.extend(node.children().map(Node::text));
                }
            }
            _ => {}
        }
        for child in node.children() {
            self.collect(child, scope);
        }
    }

    fn add(&mut self, node: Node<'a>, scope: usize) -> usize {
        let name = node.field("name").map_or("", Node::text);
        self.scopes.declare(name, scope);
        self.scopes.add(node, name, scope)
    }

    fn class(&mut self, node: Node<'a>, scope: usize) {
        let number = self.add(node, scope);
        if let Some(it) = self.scopes.all.get_mut(number) {
            it.is_class = true;
        }
        let body = node.field("body");
        for part in node
            .children()
            .filter(|it| Some(it.id()) != body.map(Node::id))
        {
            self.collect(part, scope);
        }
        if let Some(body) = body {
            self.collect(body, number);
        }
    }

    fn function(&mut self, node: Node<'a>, scope: usize) {
        let number = self.add(node, scope);
        let parent = self.scopes.all.get(scope);
        let class = parent.filter(|it| it.is_class).map(|it| it.prefix.clone());
        let parameters = node.field("parameters");
        for (at, parameter) in parameters.into_iter().flat_map(Node::children).enumerate() {
            let Some(name) = parameter_name(parameter) else {
                continue;
            };
            if let Some(class) = class.as_ref().filter(|_| at == 0)
                && matches!(name.text(), "self" | "cls")
            {
                if let Some(it) = self.scopes.all.get_mut(number) {
                    it.object = Some((name.text(), class.clone()));
                }
                continue;
            }
            self.scopes.declare(name.text(), number);
            if let Some(class) = parameter.field("type") {
                self.assign(name, class, number);
            }
        }
        for part in node.children() {
            let is_body = part.kind() == "block";
            self.collect(part, if is_body { number } else { scope });
        }
    }

    fn bind(&mut self, node: Node<'a>, scope: usize) {
        match node.kind() {
            "identifier" => {
                let is_global = self.scopes.all.get(scope);
                if !is_global.is_some_and(|it| it.globals.contains(node.text())) {
                    self.scopes.declare(node.text(), scope);
                }
            }
            "pattern_list" | "tuple_pattern" | "list_pattern" => {
                node.children().for_each(|it| self.bind(it, scope));
            }
            _ => {}
        }
    }

    fn assign(&mut self, left: Node<'a>, right: Node<'a>, scope: usize) {
        let mut right = right;
        while matches!(
            right.kind(),
            "assignment" | "await" | "parenthesized_expression"
        ) {
            let inner = match right.kind() {
                "assignment" => right.field("right"),
                _ => right.children().next(),
            };
            match inner {
                Some(it) => right = it,
                None => return,
            }
        }
        if matches!(right.kind(), "call" | "identifier" | "attribute" | "type")
            && let Some(path) = self.name(left, scope)
        {
            self.scopes.remember(path, right, scope);
        }
    }

    fn import(&mut self, node: Node<'a>, scope: usize) {
        for (local, module, item) in imports(node) {
            let whole = match item {
                Some("*") => {
                    self.stars.push(module.to_owned());
                    continue;
                }
                Some(item) => format!("{module}.{item}"),
                None if local.contains('.') || local == module => {
                    let first = local.split('.').next().unwrap_or_default();
                    self.scopes.declare(first, scope);
                    let path = format!("{}{first}", self.scopes.prefix(scope));
                    self.scopes.import(path, first.to_owned());
                    continue;
                }
                None => module.to_owned(),
            };
            self.scopes.declare(local, scope);
            let path = format!("{}{local}", self.scopes.prefix(scope));
            self.scopes.import(path, whole);
        }
    }
}

impl<'a> Names<'a> for PythonNames<'a> {
    fn scopes(&self) -> &Scopes<'a> {
        &self.scopes
    }

    fn name(&self, node: Node<'a>, scope: usize) -> Option<String> {
        let (base, parts) = dotted(node)?;
        let mut path = match self.object(base, scope) {
            Some(prefix) if !parts.is_empty() => prefix.trim_end_matches('.').to_owned(),
            _ => self.scopes.path(base, scope, false),
        };
        for part in parts {
            path.push('.');
            path.push_str(&part);
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
        let (of, is_made) = match node.kind() {
            "call" => (node.field("function")?, true),
            // The annotation of a parameter: an object of that class.
            "type" => (node.children().next()?, true),
            _ => (node, false),
        };
        let of = self.name(of, scope).filter(|it| it != not)?;
        if !is_made {
            return Some(self.canonical_in(&of, left));
        }
        Some(self.made_by(&of, left))
    }

    fn canonical_of(&self, node: Node<'a>, scope: usize) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(path) = self.name(node, scope) {
            let canonical = self.canonical(&path);
            if canonical == path && !path.contains("()") && !self.scopes.is_local(&path) {
                names.extend(self.stars.iter().map(|it| format!("{it}.{path}")));
            }
            names.push(canonical);
        } else if let Some((call, rest)) = behind_call(node)
            && let Some(of) = self.canonical_value(call, scope, "", MAX_ALIASES)
        {
            names.push(of + &rest);
        }
        names
    }
}

/// What an import statement takes: the name in the file, the module, and what of it.
pub(super) fn imports(node: Node<'_>) -> impl Iterator<Item = (&str, &str, Option<&str>)> {
    let module = node.field("module_name");
    let names = node
        .children()
        .filter(move |it| Some(it.id()) != module.map(Node::id));
    names.filter_map(move |it| {
        let (name, local) = match it.kind() {
            "aliased_import" => (it.field("name")?.text(), it.field("alias")?.text()),
            "dotted_name" => (it.text(), it.text()),
            "wildcard_import" => ("*", ""),
            _ => return None,
        };
        Some(match module {
            Some(module) => (local, module.text(), Some(name)),
            None => (local, name, None),
        })
    })
}

/// The name of a parameter; `None` for `*` and `/`.
pub(super) fn parameter_name(node: Node<'_>) -> Option<Node<'_>> {
    match node.kind() {
        "identifier" => Some(node),
        "default_parameter" | "typed_default_parameter" => node.field("name"),
        "typed_parameter" => node
            .children()
            .next()
            .filter(|it| it.kind() == "identifier"),
        _ => None,
    }
}

/// The first name of `a.b["c"]`, and the others.
pub(super) fn dotted(node: Node<'_>) -> Option<(&str, Vec<String>)> {
    let mut parts = Vec::new();
    let mut at = node;
    loop {
        match at.kind() {
            "identifier" => break,
            "attribute" => {
                parts.push(at.field("attribute")?.text().to_owned());
                at = at.field("object")?;
            }
            "subscript" => {
                let key = at.field("subscript")?;
                let text = super::strings::plain(key)?;
                parts.push(text);
                at = at.field("value")?;
            }
            "parenthesized_expression" => at = at.children().next()?,
            _ => return None,
        }
    }
    parts.reverse();
    Some((at.text(), parts))
}

/// For `f(x).a.b`: the call, and `.a.b`.
fn behind_call(node: Node<'_>) -> Option<(Node<'_>, String)> {
    let mut rest = Vec::new();
    let mut at = node;
    while at.kind() == "attribute" {
        rest.push(at.field("attribute")?.text());
        at = at.field("object")?;
    }
    let is_call = at.kind() == "call";
    let mut text = String::new();
    for part in rest.iter().rev() {
        text.push('.');
        text.push_str(part);
    }
    is_call.then_some((at, text))
}
