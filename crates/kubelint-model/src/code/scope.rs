//! Which names belong to which function or class, and what they stand for: imports, aliases, instances.
//!
//! Which nodes declare names is for each language to tell ([`Names`]).

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

/// How many names may be behind a name.
pub(super) const MAX_ALIASES: u32 = 6;

/// A file, a function or the body of a class.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// What stands before the names that belong to it, with a dot at its end; empty for the file.
    pub prefix: String,
    pub is_class: bool,
    pub parent: usize,
    pub names: BTreeSet<&'a str>,
    /// Names that are said to belong to the file.
    pub globals: BTreeSet<&'a str>,
    /// The name that stands for the object itself or its class (`self`), and the path of what it is.
    pub object: Option<(&'a str, String)>,
}

/// The scopes of a file, and what its names stand for.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    /// The scopes; the first is the file.
    pub all: Vec<Scope<'a>>,
    /// The scopes by the number of their node.
    by_node: BTreeMap<usize, usize>,
    /// By name: what it is imported as, `flask.Flask`.
    pub imported: BTreeMap<String, String>,
    /// By name: what is assigned to it where that is a name, or the call that makes it, and the scope of that.
    pub assigned: BTreeMap<String, (Node<'a>, usize)>,
    /// By the path of a function: what it returns first, and the scope of that.
    pub returned: BTreeMap<String, (Node<'a>, usize)>,
}

impl<'a> Scopes<'a> {
    /// The scope of a file, with nothing in it.
    pub(super) fn new() -> Self {
        Self {
            all: vec![Scope::default()],
            by_node: BTreeMap::new(),
            imported: BTreeMap::new(),
            assigned: BTreeMap::new(),
            returned: BTreeMap::new(),
        }
    }

    /// The scope of a function or class.
    pub(super) fn of_node(&self, node: Node<'a>) -> usize {
        self.by_node.get(&node.id()).copied().unwrap_or_default()
    }

    /// What stands before the names that belong to a scope.
    pub(super) fn prefix(&self, scope: usize) -> &str {
        self.all.get(scope).map_or("", |it| it.prefix.as_str())
    }

    /// The path of the function or class that a scope is of.
    pub(super) fn own_path(&self, scope: usize) -> &str {
        self.prefix(scope).trim_end_matches('.')
    }

    /// The path of `name` as it is seen from `scope`.
    pub(super) fn path(&self, name: &str, scope: usize, sees_classes: bool) -> String {
        let mut at = scope;
        // In some languages, functions do not see the names of the class that they stand in.
        let mut sees_class = true;
        while let Some(it) = self.all.get(at) {
            if it.globals.contains(name) {
                return name.to_owned();
            }
            if (sees_class || !it.is_class) && it.names.contains(name) {
                return format!("{}{name}", it.prefix);
            }
            if at == 0 {
                break;
            }
            sees_class = sees_classes;
            at = it.parent;
        }
        name.to_owned()
    }

    /// Adds the scope of `node`, a function or class called `name`, within another.
    pub(super) fn add(&mut self, node: Node<'a>, name: &str, parent: usize) -> usize {
        let number = self.all.len();
        self.all.push(Scope {
            prefix: format!("{}{name}.", self.prefix(parent)),
            parent,
            ..Scope::default()
        });
        self.by_node.insert(node.id(), number);
        number
    }

    /// Says that `name` belongs to `scope`.
    pub(super) fn declare(&mut self, name: &'a str, scope: usize) {
        if let Some(it) = self.all.get_mut(scope)
            && !name.is_empty()
        {
            it.names.insert(name);
        }
    }

    /// Says what `path` is imported as; the first counts.
    pub(super) fn import(&mut self, path: String, whole: String) {
        self.imported.entry(path).or_insert(whole);
    }

    /// Says what is assigned to `path`, which is a name or a call. The first counts: what a name is reset to says less.
    pub(super) fn remember(&mut self, path: String, value: Node<'a>, scope: usize) {
        self.assigned.entry(path).or_insert((value, scope));
    }

    /// Says what the function of `scope` returns.
    pub(super) fn returns(&mut self, value: Node<'a>, scope: usize) {
        let path = self.own_path(scope).to_owned();
        self.returned.entry(path).or_insert((value, scope));
    }

    /// Whether the file itself defines the first part of a name.
    pub(super) fn is_local(&self, path: &str) -> bool {
        let first = path.split('.').next().unwrap_or_default();
        self.all.first().is_some_and(|it| it.names.contains(first))
    }
}

/// What names of a language stand for.
pub(super) trait Names<'a> {
    /// The scopes of the file.
    fn scopes(&self) -> &Scopes<'a>;

    /// The path of a name with its parts, as it is seen from a scope: `settings.port`, `self.app`. `None` if it is more than a name.
    fn name(&self, node: Node<'a>, scope: usize) -> Option<String>;

    /// What a value is that is a name, or made by a call; `None` if it is nothing of that, or `not` itself. `left` says how many names may
    /// still be behind it.
    fn canonical_value(&self, node: Node<'a>, scope: usize, not: &str, left: u32)
    -> Option<String>;

    /// The canonical names that an expression may have, which is a name or the call that makes an object.
    fn canonical_of(&self, node: Node<'a>, scope: usize) -> Vec<String>;

    /// What a path is that says by itself where it comes from: `require(http).Server`.
    fn canonical_path(&self, _path: &str) -> Option<String> {
        None
    }

    /// What `path` is by the names of the packages that it comes from: `flask.Flask`, `flask.Flask().run` for a method of an object, `self`
    /// where nothing is known.
    fn canonical(&self, path: &str) -> String {
        self.canonical_in(path, MAX_ALIASES)
    }

    /// As [`Self::canonical`], with `left` names to go.
    fn canonical_in(&self, path: &str, left: u32) -> String {
        if let Some(whole) = self.canonical_path(path) {
            return whole;
        }
        let scopes = self.scopes();
        let mut end = path.len();
        loop {
            let (head, rest) = path.split_at(end);
            if let Some(module) = scopes.imported.get(head) {
                return format!("{module}{rest}");
            }
            if let Some((node, scope)) = scopes.assigned.get(head)
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

    /// What a call of `callee`, a path of the file, makes: what that returns if it is a function of the file.
    fn made_by(&self, callee: &str, left: u32) -> String {
        if let Some((returned, scope)) = self.scopes().returned.get(callee)
            && let Some(left) = left.checked_sub(1)
            && let Some(found) = self.canonical_value(*returned, *scope, callee, left)
        {
            return found;
        }
        self.canonical_in(callee, left) + "()"
    }
}
