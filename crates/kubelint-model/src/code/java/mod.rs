//! Java: what its names, expressions and annotations say.
//!
//! What runs when is not followed: a container of beans makes what classes declare, in whatever order. All facts belong to the file.

mod controllers;
mod expr;
mod placeholder;
mod reads;
mod scope;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kubelint_parser::code::{Code, Limit, Node};

use self::scope::{Scopes, bare};
use super::captures::{self, Captures, ReadAt, Syntax};
use super::{Address, Class, CodeFacts, Expr, Function, FunctionId, Import, Place, patterns};
use crate::address;

pub(crate) use placeholder::{Piece, pieces};
pub(crate) use reads::variable_of;

/// A file that is read.
struct File<'a> {
    scopes: Scopes<'a>,
    /// The reads of variables, by the number of the node.
    reads: BTreeMap<usize, ReadAt<'a>>,
    /// What names stand for, by the number of the node: many patterns ask for each.
    canonical: RefCell<BTreeMap<usize, Rc<[String]>>>,
}

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let mut file = File {
        scopes: Scopes::of(root),
        reads: BTreeMap::new(),
        canonical: RefCell::default(),
    };
    let found = patterns::find(code.language(), root, text, |it| file.canonical(it))?;
    let reads: Vec<(Node<'_>, ReadAt<'_>)> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    file.reads = reads.iter().map(|it| (it.0.id(), it.1)).collect();
    let mut facts = CodeFacts {
        language: code.language(),
        imports: file.imports(),
        loads: Vec::new(),
        definitions: file.definitions(),
        functions: vec![Function {
            name: String::new(),
            parameters: Vec::new(),
            returns: None,
            parent: FunctionId::default(),
            range: root.range(),
            is_entry: false,
        }],
        classes: file.classes(),
        calls: Vec::new(),
        routers: Vec::new(),
        routes: Vec::new(),
        mounts: Vec::new(),
        guards: Vec::new(),
        reads: Vec::new(),
        sets: Vec::new(),
        variable_files: Vec::new(),
        listeners: Vec::new(),
        addresses: file.addresses(),
        opened: Vec::new(),
        looked_for: Vec::new(),
        waits: Vec::new(),
        open: Vec::new(),
        dotnet: None,
    };
    file.add_reads(&reads, &mut facts);
    Captures::add(&file, &found, &mut facts);
    file.settle(&mut facts);
    Ok(facts)
}

impl File<'_> {
    fn imports(&self) -> Vec<Import> {
        let imports = self.scopes.imports.iter();
        let imports = imports.map(|it| {
            let place = file_place(it.node);
            let (module, item) = if it.is_static {
                it.path.rsplit_once('.').unwrap_or((it.path, ""))
            } else {
                (it.path, "")
            };
            Import {
                local: if it.takes_all {
                    String::new()
                } else {
                    it.path.rsplit('.').next().unwrap_or_default().to_owned()
                },
                module: if it.takes_all { it.path } else { module }.to_owned(),
                item: match (it.takes_all, it.is_static) {
                    (true, _) => Some("*".to_owned()),
                    (false, true) => Some(item.to_owned()),
                    (false, false) => None,
                },
                place,
            }
        });
        // The file's own package comes last: what is imported stands before it.
        let own = self.scopes.package.map(|it| Import {
            local: String::new(),
            module: it.to_owned(),
            item: Some("*".to_owned()),
            place: Place::default(),
        });
        imports.chain(own).collect()
    }

    /// The values of fields: of those that are set once.
    fn definitions(&self) -> BTreeMap<String, Expr> {
        let fields = self.scopes.fields.iter();
        let values = fields.map(|(path, field)| {
            let value = match field.value {
                Some(value) if field.is_final => self.value(value),
                _ => field
                    .annotations
                    .iter()
                    .find_map(|it| Some(self.read_value(self.reads.get(&it.id())?)))
                    .unwrap_or(Expr::Unknown),
            };
            (path.clone(), value)
        });
        values.collect()
    }

    fn classes(&self) -> Vec<Class> {
        let classes = self.scopes.classes.iter().map(|it| Class {
            name: it.path.clone(),
            bases: it.bases.iter().map(|it| it.text().to_owned()).collect(),
            place: file_place(it.node),
        });
        classes.collect()
    }

    fn addresses(&self) -> Vec<Address> {
        let mut addresses = Vec::new();
        for node in &self.scopes.strings {
            let Some(text) = expr::literal(*node) else {
                continue;
            };
            if !text.contains(':') || address::scan(&text).is_empty() {
                continue;
            }
            addresses.push(Address {
                text,
                place: self.place(*node),
            });
        }
        addresses
    }
}

/// The place of a node, as a part of the file.
fn file_place(node: Node<'_>) -> Place {
    Place {
        range: node.range(),
        ..Place::default()
    }
}

impl<'a> Syntax<'a> for File<'a> {
    fn expr(&self, node: Node<'a>) -> Expr {
        self.value(node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        self.scopes.name(node)
    }

    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        if let Some(known) = self.canonical.borrow().get(&node.id()) {
            return Rc::clone(known);
        }
        let names: Rc<[String]> = self.scopes.canonical(node).into();
        let mut all = self.canonical.borrow_mut();
        all.insert(node.id(), Rc::clone(&names));
        names
    }

    fn target(&self, _: Node<'a>, _: bool) -> Option<String> {
        None
    }

    /// `value` of an annotation is also what stands there without a name.
    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if let Ok(position) = which.parse::<usize>() {
            return self.arguments_from(arguments, position).into_iter().next();
        }
        let found = arguments.children().find_map(|it| match it.kind() {
            "element_value_pair" => {
                let key = it.field("key").map_or("", Node::text);
                it.field("value").filter(|_| key == which)
            }
            _ if which == "value" => Some(it),
            _ => None,
        });
        found.map(bare)
    }

    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>> {
        arguments.children().skip(first).map(bare).collect()
    }

    fn has_more_arguments(&self, _: Node<'a>) -> bool {
        false
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        let is_list = matches!(
            node.kind(),
            "element_value_array_initializer" | "array_initializer"
        );
        is_list.then(|| node.children().map(bare).collect())
    }

    fn place(&self, node: Node<'a>) -> Place {
        let mut place = file_place(node);
        place.range = expr::inner(node);
        place
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        node.kind() == "null_literal"
    }
}
