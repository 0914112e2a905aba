//! What a Python expression says.

use kubelint_parser::code::Node;

use super::File;
use super::strings::{self, Piece};
use crate::code::Expr;
use crate::code::captures::Syntax;
use crate::code::expr::{MAX_DEPTH, MAX_PARTS, below, either, join, or};

/// Methods of texts that leave as it is what matters of a value.
const SAME: [&str; 5] = ["strip", "lstrip", "rstrip", "lower", "get_secret_value"];
/// Functions that make another type of a value, and nothing else.
const CONVERSIONS: [&str; 6] = ["int", "str", "float", "vars", "Path", "SecretStr"];

impl<'a> File<'a> {
    /// What the expression `node` says.
    pub(super) fn expr(&self, node: Node<'a>) -> Expr {
        self.value(node, MAX_DEPTH)
    }

    /// As [`Self::expr`], with `left` steps to go.
    pub(super) fn value(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return Expr::Unknown;
        };
        if let Some(read) = self.read_of(node) {
            return self.variable(read, left);
        }
        match node.kind() {
            "string" | "concatenated_string" => self.string(node, left),
            "integer" => integer(node.text()).map_or(Expr::Unknown, Expr::Text),
            "float" | "true" | "false" => Expr::Text(node.text().to_owned()),
            "unary_operator" => match (node.text().starts_with('-'), node.field("argument")) {
                (true, Some(it)) if it.kind() == "integer" => Expr::Text(node.text().to_owned()),
                _ => Expr::Unknown,
            },
            "parenthesized_expression" | "await" | "type" => {
                let inner = node.children().next();
                inner.map_or(Expr::Unknown, |it| self.value(it, left))
            }
            "named_expression" => {
                let inner = node.field("value");
                inner.map_or(Expr::Unknown, |it| self.value(it, left))
            }
            "binary_operator" => self.operator(node, left),
            "boolean_operator" => self.boolean(node, left),
            "conditional_expression" => {
                let mut parts = node.children();
                let first = parts.next().map(|it| self.value(it, left));
                let other = parts.nth(1).map(|it| self.value(it, left));
                either(first.into_iter().chain(other))
            }
            "list" | "tuple" | "set" | "expression_list" => {
                let items = node.children().take(MAX_PARTS + 1);
                let items: Vec<Expr> = items.map(|it| self.value(it, left)).collect();
                if items.len() > MAX_PARTS {
                    Expr::Unknown
                } else {
                    Expr::List(items)
                }
            }
            "call" => self.call(node, left),
            "identifier" | "attribute" | "subscript" => match self.name(node) {
                Some(name) => Expr::Name(name),
                None if node.kind() == "subscript" => {
                    let of = node.field("value").filter(|it| it.kind() == "call");
                    let parsed = of.and_then(|it| self.parsed(it));
                    parsed.map_or(Expr::Unknown, Expr::Name)
                }
                None => self.member(node, left),
            },
            _ => Expr::Unknown,
        }
    }

    fn member(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("object"), node.field("attribute"));
        let (Some(object), Some(attribute)) = parts else {
            return Expr::Unknown;
        };
        match self.value(object, left) {
            of @ (Expr::Call { .. } | Expr::Member { .. }) => Expr::Member {
                of: Box::new(of),
                name: attribute.text().to_owned(),
            },
            _ => Expr::Unknown,
        }
    }

    fn string(&self, node: Node<'a>, left: u32) -> Expr {
        let pieces = strings::pieces(node).unwrap_or_default();
        if pieces.len() > MAX_PARTS {
            return Expr::Unknown;
        }
        join(pieces.into_iter().map(|it| match it {
            Piece::Text(text) => Expr::Text(text),
            Piece::Value(node) => self.value(node, left),
        }))
    }

    fn operator(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("left"), node.field("right"));
        let (Some(first), Some(second)) = parts else {
            return Expr::Unknown;
        };
        let sign = node.field("operator").map(Node::text);
        match sign {
            Some("+") => {
                let (a, b) = (self.value(first, left), self.value(second, left));
                match (a, b) {
                    (Expr::List(mut a), Expr::List(b)) => {
                        a.extend(b);
                        Expr::List(a)
                    }
                    // Of two names nobody can tell whether they are texts.
                    (a, b) if is_text(first, &a) || is_text(second, &b) => join([a, b]),
                    _ => Expr::Unknown,
                }
            }
            // `Path("/etc/app") / "config.yaml"`
            Some("/") if strings::pieces(second).is_some() => {
                below([self.value(first, left), self.value(second, left)])
            }
            Some("%") => match strings::plain(first) {
                Some(format) => self.percent(&format, second, left),
                None => Expr::Unknown,
            },
            _ => Expr::Unknown,
        }
    }

    fn boolean(&self, node: Node<'a>, left: u32) -> Expr {
        let sign = node.field("operator").map(Node::text);
        let parts = (node.field("left"), node.field("right"));
        let (Some("or"), (Some(first), Some(second))) = (sign, parts) else {
            return Expr::Unknown;
        };
        or(self.value(first, left), self.value(second, left), true)
    }

    fn call(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("function"), node.field("arguments"));
        let (Some(function), Some(arguments)) = parts else {
            return Expr::Unknown;
        };
        let first = self.argument(arguments, "0");
        if function.kind() == "attribute"
            && let Some(object) = function.field("object")
            && let Some(method) = function.field("attribute")
        {
            if method.text() == "format"
                && let Some(format) = strings::plain(object)
            {
                return self.braces(&format, arguments, left);
            }
            if SAME.contains(&method.text()) && self.name(object).is_none() {
                let value = self.value(object, left);
                if matches!(value, Expr::Variable { .. } | Expr::VariableOf { .. }) {
                    return value;
                }
            }
        }
        if let Some(parsed) = self.parsed(node) {
            return Expr::Name(parsed);
        }
        let name = self.name(function);
        if let (Some(name), Some(first)) = (&name, first)
            && CONVERSIONS.contains(&name.as_str())
        {
            return self.value(first, left);
        }
        let Some(callee) = name else {
            return Expr::Unknown;
        };
        let (arguments, named) = self.arguments(arguments, left);
        if self
            .canonical(function)
            .iter()
            .any(|it| it == "os.path.join")
        {
            return below(arguments);
        }
        Expr::Call {
            callee,
            arguments,
            named,
        }
    }

    /// The arguments of a call, by position and by name. Behind `*` positions are unknown, and nothing is stated.
    pub(super) fn arguments(
        &self,
        arguments: Node<'a>,
        left: u32,
    ) -> (Vec<Expr>, Vec<(String, Expr)>) {
        let mut by_position = Vec::new();
        let mut by_name = Vec::new();
        let mut is_known = true;
        for argument in arguments.children().take(MAX_PARTS) {
            match argument.kind() {
                "keyword_argument" => {
                    let parts = (argument.field("name"), argument.field("value"));
                    if let (Some(name), Some(value)) = parts {
                        by_name.push((name.text().to_owned(), self.value(value, left)));
                    }
                }
                "list_splat" => is_known = false,
                "dictionary_splat" => {}
                _ if is_known => by_position.push(self.value(argument, left)),
                _ => {}
            }
        }
        (by_position, by_name)
    }

    /// As [`Self::arguments`], of a call by itself.
    pub(super) fn call_arguments(&self, arguments: Node<'a>) -> (Vec<Expr>, Vec<(String, Expr)>) {
        self.arguments(arguments, MAX_DEPTH)
    }

    /// `"…%s…" % values`.
    fn percent(&self, format: &str, values: Node<'a>, left: u32) -> Expr {
        let mut nodes = match values.kind() {
            "tuple" => values.children().collect(),
            _ => vec![values],
        }
        .into_iter();
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            let (text, behind) = rest.split_at(at);
            parts.push(Expr::Text(text.to_owned()));
            let mut behind = behind.chars();
            behind.next();
            match behind.next() {
                Some('%') => parts.push(Expr::Text("%".to_owned())),
                Some('s' | 'd' | 'i' | 'r') => {
                    let value = nodes.next().map(|it| self.value(it, left));
                    parts.push(value.unwrap_or(Expr::Unknown));
                }
                _ => return Expr::Unknown,
            }
            rest = behind.as_str();
            if parts.len() > MAX_PARTS {
                return Expr::Unknown;
            }
        }
        parts.push(Expr::Text(rest.to_owned()));
        join(parts)
    }

    /// `"…{}…{name}…".format(…)`.
    fn braces(&self, format: &str, arguments: Node<'a>, left: u32) -> Expr {
        let mut parts = Vec::new();
        let mut position = 0;
        let mut rest = format;
        while let Some(at) = rest.find(['{', '}']) {
            let (text, behind) = rest.split_at(at);
            parts.push(Expr::Text(text.to_owned()));
            if let Some(behind) = behind.strip_prefix("{{") {
                parts.push(Expr::Text("{".to_owned()));
                rest = behind;
            } else if let Some(behind) = behind.strip_prefix("}}") {
                parts.push(Expr::Text("}".to_owned()));
                rest = behind;
            } else {
                let Some((field, behind)) = behind.get(1..).and_then(|it| it.split_once('}'))
                else {
                    return Expr::Unknown;
                };
                let mut name = field
                    .split([':', '!'])
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                if name.is_empty() {
                    name = position.to_string();
                    position += 1;
                }
                let value = self.argument(arguments, &name);
                parts.push(value.map_or(Expr::Unknown, |it| self.value(it, left)));
                rest = behind;
            }
            if parts.len() > MAX_PARTS {
                return Expr::Unknown;
            }
        }
        parts.push(Expr::Text(rest.to_owned()));
        join(parts)
    }
}

/// Whether an operand of `+` is evidently a text.
fn is_text(node: Node<'_>, value: &Expr) -> bool {
    match value {
        // A sum is known only if one part of it is a text.
        Expr::Text(_) => strings::pieces(node).is_some() || node.kind() == "binary_operator",
        Expr::Join(_) | Expr::Variable { .. } | Expr::VariableOf { .. } => !is_number(node),
        _ => false,
    }
}

fn is_number(node: Node<'_>) -> bool {
    let function = node.field("function");
    function.is_some_and(|it| matches!(it.text(), "int" | "float"))
}

/// The decimal form of an integer literal.
fn integer(text: &str) -> Option<String> {
    let text = text.replace('_', "").to_ascii_lowercase();
    let (digits, base) = match text.get(..2) {
        Some("0x") => (text.get(2..)?, 16),
        Some("0o") => (text.get(2..)?, 8),
        Some("0b") => (text.get(2..)?, 2),
        _ => (text.as_str(), 10),
    };
    let value = u64::from_str_radix(digits, base).ok()?;
    Some(value.to_string())
}
