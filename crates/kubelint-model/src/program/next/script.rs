//! A file of Next.js as a tree: what it declares, imports and exports.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::{Code, Language, Node, parse};

use crate::code::javascript::{bare, plain, required};

/// Names are followed so often.
const MOST_STEPS: u32 = 16;

/// A file that was parsed.
pub(super) struct Tree<'t> {
    code: Code,
    text: &'t str,
}

/// What a file says of its names.
pub(super) struct Script<'a> {
    root: Node<'a>,
    /// The values of names, and functions by theirs; `None` for names that are declared more than once.
    declared: BTreeMap<&'a str, Option<Node<'a>>>,
    /// The modules that names are imported from.
    imported: BTreeMap<&'a str, String>,
    /// Objects of which members are assigned.
    changed: BTreeSet<&'a str>,
}

impl<'t> Tree<'t> {
    /// `None` if it is too large or too deep.
    pub(super) fn of(text: &'t str, language: Language) -> Option<Self> {
        let code = parse(text, language).ok()?;
        Some(Self { code, text })
    }

    pub(super) fn script(&self) -> Script<'_> {
        Script::of(self.code.root(self.text))
    }
}

impl<'a> Script<'a> {
    fn of(root: Node<'a>) -> Self {
        let mut this = Self {
            root,
            declared: BTreeMap::new(),
            imported: BTreeMap::new(),
            changed: BTreeSet::new(),
        };
        for node in below(root) {
            match node.kind() {
                "variable_declarator" => {
                    let (name, value) = (node.field("name"), node.field("value"));
                    match (name, value.map(bare).and_then(required)) {
                        (Some(name), _) if name.kind() == "identifier" => {
                            this.declare(name.text(), value);
                        }
                        (Some(name), Some(module)) => {
                            let parts = below(name).filter(|it| it.kind().contains("identifier"));
                            let parts = parts.map(|it| (it.text(), module.clone()));
                            this.imported.extend(parts);
                        }
                        _ => {}
                    }
                }
                "function_declaration" => {
                    if let Some(name) = node.field("name") {
                        this.declare(name.text(), Some(node));
                    }
                }
                "assignment_expression" => {
                    let left = node.field("left");
                    match left.map_or("", Node::kind) {
                        "identifier" => this.declare(left.map_or("", Node::text), None),
                        "member_expression" | "subscript_expression" => {
                            let object = left.and_then(|it| it.field("object"));
                            this.changed.extend(object.map(Node::text));
                        }
                        _ => {}
                    }
                }
                "import_statement" => {
                    if let Some(module) = node.field("source").and_then(plain) {
                        let names = below(node).filter(|it| it.kind() == "identifier");
                        let names = names.map(|it| (it.text(), module.clone()));
                        this.imported.extend(names);
                    }
                }
                _ => {}
            }
        }
        this
    }

    /// All of the file.
    pub(super) const fn root(&self) -> Node<'a> {
        self.root
    }

    fn declare(&mut self, name: &'a str, value: Option<Node<'a>>) {
        let is_new = !self.declared.contains_key(name);
        self.declared.insert(name, value.filter(|_| is_new));
    }

    /// What a node stands for: without types around it, and behind the names of the file.
    pub(super) fn resolved(&self, node: Node<'a>) -> Node<'a> {
        let mut at = bare(node);
        for _ in 0..MOST_STEPS {
            let name = match at.kind() {
                "identifier" | "shorthand_property_identifier" => at.text(),
                _ => break,
            };
            match self.declared.get(name).copied().flatten() {
                Some(value) => at = bare(value),
                None => break,
            }
        }
        at
    }

    /// The text that a node stands for, if it is written out.
    pub(super) fn text(&self, node: Node<'a>) -> Option<String> {
        let node = self.resolved(node);
        let is_empty = node.kind() == "string" && node.children().next().is_none();
        if is_empty {
            return Some(String::new());
        }
        plain(node)
    }

    /// Whether members of what a name stands for are assigned somewhere.
    pub(super) fn is_changed(&self, name: &str) -> bool {
        self.changed.contains(name)
    }

    /// The module that what is called comes from: `@next/mdx` of `require('@next/mdx')(options)`.
    pub(super) fn module_of(&self, callee: Node<'a>) -> Option<String> {
        let mut at = bare(callee);
        for _ in 0..MOST_STEPS {
            match at.kind() {
                "identifier" => match self.imported.get(at.text()) {
                    Some(module) => return Some(module.clone()),
                    None => at = bare(self.declared.get(at.text()).copied().flatten()?),
                },
                "member_expression" => at = bare(at.field("object")?),
                "call_expression" => {
                    let function = at.field("function")?;
                    if let Some(module) = required(at) {
                        return Some(module);
                    }
                    at = bare(function);
                }
                _ => return None,
            }
        }
        None
    }

    /// What the file exports as a whole: `export default …`, `module.exports = …`.
    pub(super) fn default_export(&self) -> Option<Node<'a>> {
        self.root.children().find_map(|it| match it.kind() {
            "export_statement" if it.text().starts_with("export default") => {
                it.field("value").or_else(|| it.field("declaration"))
            }
            "expression_statement" => {
                let assignment = it.children().next()?;
                let left = assignment.field("left")?;
                let is_export = left.text() == "module.exports";
                is_export.then(|| assignment.field("right")).flatten()
            }
            _ => None,
        })
    }

    /// The value that the file exports by a name.
    pub(super) fn export(&self, name: &str) -> Option<Node<'a>> {
        let is_exported = self.exports().is_none_or(|it| it.contains(name));
        let value = self.declared.get(name).copied().flatten();
        value.filter(|_| is_exported).map(bare)
    }

    /// The names that the file exports; `None` if that cannot be told.
    pub(super) fn exports(&self) -> Option<BTreeSet<&'a str>> {
        let mut found = BTreeSet::new();
        for statement in self.root.children() {
            let text = statement.text();
            if statement.kind() != "export_statement" {
                if text.starts_with("module.exports") || text.starts_with("exports.") {
                    return None;
                }
                continue;
            }
            let parts: Vec<Node<'a>> = statement.children().collect();
            let clause = parts.iter().find(|it| it.kind() == "export_clause");
            if let Some(clause) = clause {
                let names = clause.children();
                found.extend(names.filter_map(|it| {
                    let name = it.field("alias").or_else(|| it.field("name"))?;
                    Some(name.text())
                }));
            } else if let Some(declaration) = statement.field("declaration") {
                declared_in(declaration, &mut found)?;
            } else if statement.field("value").is_none() {
                // `export * from`.
                return None;
            }
        }
        Some(found)
    }
}

/// The names that an exported declaration declares.
fn declared_in<'a>(declaration: Node<'a>, found: &mut BTreeSet<&'a str>) -> Option<()> {
    if let Some(name) = declaration.field("name") {
        found.insert(name.text());
        return Some(());
    }
    let declarators = declaration.children();
    for name in declarators.filter_map(|it| it.field("name")) {
        if name.kind() == "identifier" {
            found.insert(name.text());
            continue;
        }
        for part in name.children() {
            let local = match part.kind() {
                "shorthand_property_identifier_pattern" => part,
                "pair_pattern" => part.field("value")?,
                "object_assignment_pattern" => part.field("left")?,
                _ => return None,
            };
            found.insert(local.text());
        }
    }
    Some(())
}

/// A node and all that it holds.
pub(super) fn below(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut open = vec![node];
    std::iter::from_fn(move || {
        let next = open.pop()?;
        let first = open.len();
        open.extend(next.children());
        open[first..].reverse();
        Some(next)
    })
}
