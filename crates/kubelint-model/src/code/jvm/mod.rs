//! What the languages of the Java virtual machine have in common: what their names, annotations and placeholders say.
//!
//! What runs when is not followed: a container of beans makes what classes declare, in whatever order. All facts belong to the file.
//! A language brings its [`Grammar`]: which nodes declare names, and what its expressions say.

mod addresses;
mod controllers;
mod escapes;
pub(super) mod functional;
pub(super) mod names;
pub(super) mod placeholder;
mod reads;
mod starts;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

use self::names::Scopes;
use super::captures::{self, Captures, ReadAt, Syntax};
use super::patterns::Found;
use super::{Class, CodeFacts, Expr, Function, FunctionId, Import, Place, patterns};

pub(crate) use escapes::unescaped;
pub(crate) use placeholder::{Piece, pieces};
pub(crate) use reads::{variable_of, variables_of};

/// The methods of HTTP by which functions are called that add routes.
pub(super) const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// More nodes of one file are not looked at, where all are.
const MOST_NODES: usize = 200_000;

/// What a language tells of its trees.
pub(super) trait Grammar: Sized {
    /// The names of the file whose tree begins at `root`.
    fn names(root: Node<'_>) -> Scopes<'_>;
    /// The path of a name with its parts: `Paths.HEALTH`, `this.port`. `None` if it is more than a name.
    fn name<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Option<String>;
    /// What a type, an annotation or a call may be, by the names of the packages: `org.example.Server`, `org.example.Server().start` for a
    /// method of an object, `System.getenv`.
    fn canonical<'a>(scopes: &Scopes<'a>, node: Node<'a>) -> Vec<String>;
    /// What an expression says.
    fn value<'a>(file: &File<'a, Self>, node: Node<'a>) -> Expr;
    /// The text of a literal that holds nothing else.
    fn literal(node: Node<'_>) -> Option<String>;
    /// The range of a literal without its quotes; of all else the range.
    fn inner(node: Node<'_>) -> TextRange;
    /// The method that a call is of, and its arguments, if it is the call of a method of something.
    fn method_call(node: Node<'_>) -> Option<(&str, Vec<Node<'_>>)>;
    /// What stands for the value of an expression where that is nothing: `b` of `a ?: b`.
    fn stands_for(_node: Node<'_>) -> Option<Node<'_>> {
        None
    }
    /// Whether the program ends where the value of an expression is not there.
    fn is_demanded(_node: Node<'_>) -> bool {
        false
    }
    /// As [`Syntax::target`].
    fn target<'a>(_scopes: &Scopes<'a>, _node: Node<'a>, _around: bool) -> Option<String> {
        None
    }
    /// As [`Syntax::argument`]; `value` of an annotation is also what stands there without a name.
    fn argument<'a>(arguments: Node<'a>, which: &str) -> Option<Node<'a>>;
    /// As [`Syntax::arguments_from`].
    fn arguments_from(arguments: Node<'_>, first: usize) -> Vec<Node<'_>>;
    /// As [`Syntax::items`].
    fn items(node: Node<'_>) -> Option<Vec<Node<'_>>>;
    /// As [`Syntax::is_nothing`].
    fn is_nothing(node: Node<'_>) -> bool;
    /// Puts right what only all facts together tell.
    fn settle<'a>(
        _file: &File<'a, Self>,
        _root: Node<'a>,
        _found: &[Found<'a>],
        _facts: &mut CodeFacts,
    ) {
    }
}

/// A file that is read.
pub(super) struct File<'a, G> {
    pub(super) scopes: Scopes<'a>,
    /// The reads of variables, by the number of the node.
    pub(super) reads: BTreeMap<usize, ReadAt<'a>>,
    /// What names stand for, by the number of the node: many patterns ask for each.
    canonical: RefCell<BTreeMap<usize, Rc<[String]>>>,
    grammar: PhantomData<G>,
}

/// The facts of a file.
pub(super) fn read<G: Grammar>(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let mut file: File<'_, G> = File {
        scopes: G::names(root),
        reads: BTreeMap::new(),
        canonical: RefCell::default(),
        grammar: PhantomData,
    };
    let found = patterns::find(code.language(), root, text, |it| file.canonical(it))?;
    let reads: Vec<(Node<'_>, ReadAt<'_>)> = found
        .iter()
        .filter_map(|it| captures::read_at(&file, it))
        .collect();
    file.reads = reads.iter().map(|it| (it.0.id(), it.1)).collect();
    let mut facts = CodeFacts {
        imports: file.imports(),
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
        addresses: file.addresses(),
        ..CodeFacts::new(code.language())
    };
    file.add_reads(&reads, &mut facts);
    Captures::add(&file, &found, &mut facts);
    file.settle(&mut facts);
    file.add_starts(root, &mut facts);
    G::settle(&file, root, &found, &mut facts);
    Ok(facts)
}

impl<G: Grammar> File<'_, G> {
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
                    it.local.to_owned()
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
                Some(value) if field.is_final => G::value(self, value),
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
}

/// The place of a node, as a part of the file.
pub(in crate::code) fn file_place(node: Node<'_>) -> Place {
    Place {
        range: node.range(),
        ..Place::default()
    }
}

impl<'a, G: Grammar> Syntax<'a> for File<'a, G> {
    fn expr(&self, node: Node<'a>) -> Expr {
        G::value(self, node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        G::name(&self.scopes, node)
    }

    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        if let Some(known) = self.canonical.borrow().get(&node.id()) {
            return Rc::clone(known);
        }
        let names: Rc<[String]> = G::canonical(&self.scopes, node).into();
        let mut all = self.canonical.borrow_mut();
        all.insert(node.id(), Rc::clone(&names));
        names
    }

    fn target(&self, node: Node<'a>, around: bool) -> Option<String> {
        G::target(&self.scopes, node, around)
    }

    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        G::argument(arguments, which)
    }

    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>> {
        G::arguments_from(arguments, first)
    }

    fn has_more_arguments(&self, _: Node<'a>) -> bool {
        false
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        G::items(node)
    }

    fn place(&self, node: Node<'a>) -> Place {
        let mut place = file_place(node);
        place.range = G::inner(node);
        place
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        G::is_nothing(node)
    }
}
