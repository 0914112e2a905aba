//! Python: what its names, expressions and statements say.

mod expr;
mod flags;
mod handlers;
mod nested;
mod outline;
mod reads;
mod scope;
mod settings;
mod strings;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Limit, Node};

use self::scope::PythonNames;
use super::captures::Syntax;
use super::file::{self, Definitions, ReadNode, Source};
use super::outline::Assigned;
use super::patterns::Found;
use super::{Call, CodeFacts, Expr, Failure, Import, Place};

/// A file that is read.
type File<'a> = file::File<'a, PythonNames<'a>>;

/// The facts of a file.
pub(super) fn read(code: &Code, text: &str) -> Result<CodeFacts, Limit> {
    let root = code.root(text);
    let names = PythonNames::of(root);
    let outline = outline::of(root, &names);
    file::read(code, text, root, names, outline)
}

impl<'a> Source<'a> for File<'a> {
    fn texts(node: Node<'a>) -> Option<Vec<String>> {
        match node.kind() {
            "list" | "tuple" | "set" => node.children().take(64).map(strings::plain).collect(),
            _ => Some(vec![strings::plain(node)?]),
        }
    }

    fn add_imports(&self, node: Node<'a>, imports: &mut Vec<Import>) {
        let prefix = self.names.scopes.prefix(self.scope(node));
        for (local, module, item) in scope::imports(node) {
            imports.push(Import {
                local: match local {
                    "" => String::new(),
                    _ => format!("{prefix}{local}"),
                },
                module: module.to_owned(),
                item: item.map(str::to_owned),
                place: self.outline.place(node, node.range()),
            });
        }
    }

    fn define(&self, path: &str, assigned: &Assigned<'a>, all: &mut Definitions) {
        let values = match assigned {
            Assigned::Value(value) => return self.define_value(path, *value, all, 4),
            Assigned::Item(list) => match self.expr(*list) {
                Expr::List(items) => items,
                Expr::Name(name) => vec![Expr::Name(format!("{name}[]"))],
                _ => vec![Expr::Unknown],
            },
            _ => vec![Expr::Unknown],
        };
        all.entry(path.to_owned()).or_default().extend(values);
    }

    fn call_at(&self, node: Node<'a>) -> Option<Call> {
        let (function, arguments) = (node.field("function")?, node.field("arguments")?);
        let callee = self.callee(function)?;
        let (arguments, named) = match arguments.kind() {
            "argument_list" => self.call_arguments(arguments),
            _ => (Vec::new(), Vec::new()),
        };
        Some(Call {
            callee,
            arguments,
            named,
            failure: Failure::default(),
            place: self.outline.place(node, node.range()),
        })
    }

    fn text_at(&self, node: Node<'a>) -> Option<(String, TextRange)> {
        let mut pieces = strings::pieces(node)?.into_iter();
        match pieces.next()? {
            strings::Piece::Text(text) => Some((text, strings::inner(node))),
            strings::Piece::Value(_) => None,
        }
    }

    /// `os.environ.setdefault` gives what it sets.
    fn is_only_set(&self, node: Node<'a>) -> bool {
        node.kind() == "subscript"
    }

    fn add_own(&self, reads: &[ReadNode<'a>], found: &[Found<'a>], facts: &mut CodeFacts) {
        self.add_reads(reads, found, facts);
        self.add_settings(facts);
        self.add_handlers(facts);
        self.add_flags(found, facts);
    }
}

impl<'a> File<'a> {
    fn define_value(&self, path: &str, value: Node<'a>, all: &mut Definitions, left: u32) {
        let of = all.entry(path.to_owned()).or_default();
        // `None` is what stands there until a value does.
        if value.kind() != "none" && value.kind() != "dictionary" {
            of.push(self.expr(value));
        }
        if value.kind() != "dictionary" || left == 0 {
            return;
        }
        for pair in value.children().filter(|it| it.kind() == "pair") {
            let parts = (pair.field("key"), pair.field("value"));
            if let (Some(key), Some(value)) = parts
                && let Some(key) = strings::plain(key)
            {
                self.define_value(&format!("{path}.{key}"), value, all, left - 1);
            }
        }
    }

    /// Whether a call is among [`CodeFacts::calls`].
    fn is_listed(&self, node: Node<'a>) -> bool {
        let function = node.field("function");
        node.field("arguments").is_some() && function.is_some_and(|it| self.callee(it).is_some())
    }

    /// The path of what is called; `Server.start` for `Server().start()`.
    fn callee(&self, function: Node<'a>) -> Option<String> {
        if let Some(name) = self.name(function) {
            return Some(name);
        }
        let object = function.field("object").filter(|it| it.kind() == "call")?;
        let class = self.name(object.field("function")?)?;
        let method = function.field("attribute")?.text();
        Some(format!("{class}.{method}"))
    }
}

impl<'a> Syntax<'a> for File<'a> {
    fn expr(&self, node: Node<'a>) -> Expr {
        Self::expr(self, node)
    }

    fn name(&self, node: Node<'a>) -> Option<String> {
        self.path(node)
    }

    fn canonical(&self, node: Node<'a>) -> Rc<[String]> {
        self.canonical_names(node)
    }

    fn target(&self, node: Node<'a>, around: bool) -> Option<String> {
        self.outline.target(node, around)
    }

    fn argument(&self, arguments: Node<'a>, which: &str) -> Option<Node<'a>> {
        if let Some((which, item)) = which.split_once('[') {
            let of = self.argument(arguments, which)?;
            let item = item.trim_end_matches(']').parse().ok()?;
            return self.items(of)?.get::<usize>(item).copied();
        }
        if arguments.kind() != "argument_list" {
            return None;
        }
        if let Ok(position) = which.parse::<usize>() {
            return self.arguments_from(arguments, position).into_iter().next();
        }
        let mut named = arguments
            .children()
            .filter(|it| it.kind() == "keyword_argument");
        let found = named.find(|it| it.field("name").is_some_and(|it| it.text() == which));
        found?.field("value")
    }

    fn arguments_from(&self, arguments: Node<'a>, first: usize) -> Vec<Node<'a>> {
        let mut all = arguments
            .children()
            .filter(|it| !matches!(it.kind(), "keyword_argument" | "dictionary_splat"));
        let mut found = Vec::new();
        // Nobody can tell how many arguments `*` stands for.
        let before: Vec<Node<'a>> = all.by_ref().take(first).collect();
        if before.iter().any(|it| it.kind() == "list_splat") {
            return found;
        }
        found.extend(all.take_while(|it| it.kind() != "list_splat"));
        found
    }

    fn has_more_arguments(&self, arguments: Node<'a>) -> bool {
        let mut all = arguments.children();
        all.any(|it| matches!(it.kind(), "list_splat" | "dictionary_splat"))
    }

    fn items(&self, node: Node<'a>) -> Option<Vec<Node<'a>>> {
        let is_list = matches!(node.kind(), "list" | "tuple" | "set");
        is_list.then(|| node.children().collect())
    }

    fn place(&self, node: Node<'a>) -> Place {
        self.outline.place(node, strings::inner(node))
    }

    fn is_nothing(&self, node: Node<'a>) -> bool {
        node.kind() == "none"
    }
}
