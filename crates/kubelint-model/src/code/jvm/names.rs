//! Which names belong to which class, and what they stand for: imports, types of fields and parameters.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Node;

/// A class, interface, record or enumeration.
#[derive(Debug)]
pub(in crate::code) struct Declared<'a> {
    /// Its name, with those around it: `Outer.Inner`.
    pub(in crate::code) path: String,
    /// What it extends and implements, without their type arguments.
    pub(in crate::code) bases: Vec<Node<'a>>,
    pub(in crate::code) node: Node<'a>,
    /// Whether it is a class of which objects are made.
    pub(in crate::code) is_made: bool,
    /// The names of its annotations.
    pub(in crate::code) annotations: Vec<Node<'a>>,
}

/// A field.
#[derive(Debug)]
pub(in crate::code) struct Field<'a> {
    pub(in crate::code) value: Option<Node<'a>>,
    pub(in crate::code) is_final: bool,
    /// Its annotations that have arguments.
    pub(in crate::code) annotations: Vec<Node<'a>>,
}

/// An import.
#[derive(Debug)]
pub(in crate::code) struct Imported<'a> {
    pub(in crate::code) path: &'a str,
    /// What it is called in the file.
    pub(in crate::code) local: &'a str,
    pub(in crate::code) is_static: bool,
    pub(in crate::code) takes_all: bool,
    pub(in crate::code) node: Node<'a>,
}

/// A function, where a language tells routes by those that add them.
#[derive(Debug)]
pub(in crate::code) struct Method<'a> {
    /// Its name, with those around it.
    pub(in crate::code) path: String,
    /// The type that it is called on.
    pub(in crate::code) receiver: Option<Node<'a>>,
    pub(in crate::code) node: Node<'a>,
}

/// The names of a file.
#[derive(Debug, Default)]
pub(in crate::code) struct Scopes<'a> {
    pub(in crate::code) package: Option<&'a str>,
    pub(in crate::code) imports: Vec<Imported<'a>>,
    pub(in crate::code) classes: Vec<Declared<'a>>,
    /// By path: `Paths.HEALTH`.
    pub(in crate::code) fields: BTreeMap<String, Field<'a>>,
    pub(in crate::code) methods: Vec<Method<'a>>,
    /// The paths of classes and functions, where a language asks for both.
    pub(in crate::code) declared: BTreeSet<String>,
    /// The calls, where a language tells routes by them.
    pub(in crate::code) calls: Vec<Node<'a>>,
    pub(in crate::code) strings: Vec<Node<'a>>,
    /// Whether a part of it is not what it seems to be.
    pub(in crate::code) is_broken: bool,
    /// The type of each variable, by its name with the class and method around it.
    pub(in crate::code) types: BTreeMap<String, Node<'a>>,
    /// From which offset on the text belongs to what is named so, with a dot at the end.
    segments: Vec<(u32, String)>,
}

impl<'a> Scopes<'a> {
    /// From `offset` on, the text belongs to what has the `prefix`.
    pub(in crate::code) fn enter(&mut self, offset: u32, prefix: &str) {
        if self.segments.last().is_none_or(|it| it.0 <= offset) {
            self.segments.push((offset, prefix.to_owned()));
        }
    }

    /// What stands before the names that belong to what is around an offset, with a dot at the end.
    pub(in crate::code) fn prefix(&self, offset: u32) -> &str {
        let at = self.segments.partition_point(|it| it.0 <= offset);
        let found = at.checked_sub(1).and_then(|it| self.segments.get(it));
        found.map_or("", |it| it.1.as_str())
    }

    /// The path of a simple name as it is seen from an offset, among those that `is_known`.
    pub(in crate::code) fn local(
        &self,
        name: &str,
        offset: u32,
        is_known: impl Fn(&str) -> bool,
    ) -> Option<String> {
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

    /// The class around a node, with a dot at the end.
    pub(in crate::code) fn class_prefix(&self, node: Node<'a>) -> &str {
        let prefix = self.prefix(node.range().start);
        match prefix.strip_suffix("().") {
            Some(method) => method.rfind('.').map_or("", |at| &prefix[..=at]),
            None => prefix,
        }
    }

    /// What is imported by a name of its own.
    pub(in crate::code) fn imported(&self, name: &str) -> Option<&'a str> {
        let explicit = self.imports.iter().filter(|it| !it.takes_all);
        let mut explicit = explicit.filter(|it| it.local == name);
        explicit.next().map(|it| it.path)
    }

    /// What a simple name may be that is not of a variable.
    pub(in crate::code) fn types_of(&self, name: &str) -> Vec<String> {
        if let Some(it) = self.imported(name) {
            return vec![it.to_owned()];
        }
        let all = self.imports.iter().filter(|it| it.takes_all);
        let mut found: Vec<String> = all.map(|it| format!("{}.{name}", it.path)).collect();
        found.push(name.to_owned());
        found
    }
}
