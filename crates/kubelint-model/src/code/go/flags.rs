//! Flags of the command line: what `flag` and `pflag` make of them.

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use super::strings;
use crate::code::Expr;
use crate::code::captures::Syntax;

/// The types that flags have, as the names of functions have them.
const TYPES: [&str; 12] = [
    "String", "Int", "Int64", "Int32", "Int16", "Uint", "Uint64", "Uint32", "Uint16", "Bool",
    "Duration", "Float64",
];

impl<'a> File<'a> {
    /// The value of a call that makes a flag: `flag.String("port", "8080", "…")`.
    pub(super) fn flag(&self, known: &str, all: &[Node<'a>], left: u32) -> Option<Expr> {
        let (package, function) = known.rsplit_once('.')?;
        if !matches!(package, "flag" | "pflag") {
            return None;
        }
        self.made(function, all, left)
    }

    fn made(&self, function: &str, all: &[Node<'a>], left: u32) -> Option<Expr> {
        let (name, has_short) = match function.strip_suffix('P') {
            Some(name) => (name, true),
            None => (function, false),
        };
        if !TYPES.contains(&name) {
            return None;
        }
        let long = strings::plain(*all.first()?)?;
        let mut names = vec![format!("--{long}"), format!("-{long}")];
        let mut all = all.iter().skip(1);
        if has_short {
            let short = strings::plain(*all.next()?)?;
            names.extend(Some(format!("-{short}")).filter(|it| it != "-"));
        }
        Some(Expr::Flag {
            names,
            default: Some(Box::new(self.value_in(*all.next()?, left))),
        })
    }

    /// The flags that are put into a variable: its path and the value of `fs.StringVar(&addr, "addr", ":80", "…")`.
    pub(super) fn flags(&self) -> Vec<(String, Expr)> {
        let mut found = Vec::new();
        for node in &self.outline.calls {
            let Some(field) = node
                .field("function")
                .and_then(|it| bare(it).field("field"))
            else {
                continue;
            };
            let name = field.text();
            let function = match (name.strip_suffix("VarP"), name.strip_suffix("Var")) {
                (Some(function), _) => format!("{function}P"),
                (None, Some(function)) => function.to_owned(),
                (None, None) => continue,
            };
            let Some(arguments) = node.field("arguments") else {
                continue;
            };
            let all = self.arguments_from(arguments, 0);
            let Some((target, rest)) = all.split_first() else {
                continue;
            };
            if let (Some(path), Some(value)) = (self.name(*target), self.made(&function, rest, 8)) {
                found.push((path, value));
            }
        }
        found
    }
}
