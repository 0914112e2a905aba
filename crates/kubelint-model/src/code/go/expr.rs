//! What an expression of Go says.

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use super::strings;
use crate::code::captures::Syntax;
use crate::code::expr::{Expr, below, join};

/// How deep expressions are followed: what stands deeper is unknown. It bounds what calls in calls cost.
const MAX_DEPTH: u32 = 12;
/// Longer lists, and texts of more parts, are unknown.
const MAX_PARTS: usize = 256;

/// Functions that leave as it is what matters of their first argument.
const SAME: [&str; 15] = [
    "caarlos0.Must",
    "strconv.Atoi",
    "strconv.FormatInt",
    "strconv.FormatUint",
    "strconv.Itoa",
    "strconv.ParseInt",
    "strconv.ParseUint",
    "strconv.Quote",
    "strings.ToLower",
    "strings.Trim",
    "strings.TrimRight",
    "strings.TrimSpace",
    "strings.TrimSuffix",
    "fmt.Sprint",
    "os.ExpandEnv",
];
/// Conversions to another type.
const CONVERSIONS: [&str; 11] = [
    "string", "int", "int32", "int64", "uint", "uint16", "uint32", "uint64", "int16", "[]byte",
    "uint8",
];

impl<'a> File<'a> {
    /// What the expression `node` says.
    pub(super) fn value(&self, node: Node<'a>) -> Expr {
        self.value_in(node, MAX_DEPTH)
    }

    /// As [`Self::value`], with `left` steps to go.
    pub(super) fn value_in(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return Expr::Unknown;
        };
        let node = bare(node);
        if let Some(read) = self.reads.get(&node.id()) {
            return self.variable(node, read, left);
        }
        match node.kind() {
            "interpreted_string_literal" | "raw_string_literal" => {
                strings::plain(node).map_or(Expr::Unknown, Expr::Text)
            }
            "int_literal" => number(node.text()).map_or(Expr::Unknown, Expr::Text),
            // The name of a field stands for its text.
            "float_literal" | "true" | "false" | "field_identifier" => {
                Expr::Text(node.text().to_owned())
            }
            "binary_expression" => {
                let operator = node.field("operator").map_or("", Node::text);
                match (node.field("left"), node.field("right")) {
                    (Some(a), Some(b)) if operator == "+" => self.sum(a, b, left),
                    _ => Expr::Unknown,
                }
            }
            "composite_literal" => self.literal(node, left),
            "call_expression" => self.call(node, left),
            "type_conversion_expression"
                if let Some((_, class)) = super::fills::made(self, node) =>
            {
                self.value_in(class, left)
            }
            "type_conversion_expression" | "type_assertion_expression" => {
                match node.field("operand") {
                    Some(inner) => self.value_in(inner, left),
                    None => Expr::Unknown,
                }
            }
            "identifier"
            | "type_identifier"
            | "qualified_type"
            | "selector_expression"
            | "index_expression" => match self.name(node) {
                Some(name) => Expr::Name(name),
                None => self.member(node, left),
            },
            "func_literal" => {
                let path = self.scopes.prefix(self.scopes.of_node(node));
                Expr::Name(path.trim_end_matches('.').to_owned())
            }
            _ => Expr::Unknown,
        }
    }

    /// The milliseconds of a duration: `time.Minute`, `30 * time.Second`.
    pub(super) fn duration(&self, node: Node<'a>) -> Expr {
        let node = bare(node);
        let unit = |it: Node<'a>| match self.canonical_name_in(it)?.as_str() {
            "time.Millisecond" => Some(1_u64),
            "time.Second" => Some(1_000),
            "time.Minute" => Some(60_000),
            "time.Hour" => Some(3_600_000),
            _ => None,
        };
        let times = |count: Node<'a>, of: Node<'a>| {
            let count: u64 = self.value(count).text()?.parse().ok()?;
            count.checked_mul(unit(bare(of))?)
        };
        let found = match node.kind() {
            "selector_expression" => unit(node),
            "binary_expression" if node.field("operator").is_some_and(|it| it.text() == "*") => {
                let sides = node.field("left").zip(node.field("right"));
                sides.and_then(|(a, b)| times(a, b).or_else(|| times(b, a)))
            }
            _ => None,
        };
        found.map_or(Expr::Unknown, |it| Expr::Text(it.to_string()))
    }

    /// A name of a package, whatever it is imported as.
    fn canonical_name_in(&self, node: Node<'a>) -> Option<String> {
        let name = self.canonical_name(node);
        name.or_else(|| self.name(node))
    }

    fn sum(&self, a: Node<'a>, b: Node<'a>, left: u32) -> Expr {
        let (a, b) = (self.value_in(a, left), self.value_in(b, left));
        let is_text = |it: &Expr| match it {
            Expr::Text(text) => text.parse::<f64>().is_err(),
            Expr::Join(_) | Expr::Variable { .. } | Expr::VariableOf { .. } => true,
            _ => false,
        };
        // Of two names nobody can tell whether they are texts.
        if is_text(&a) || is_text(&b) {
            join([a, b])
        } else {
            Expr::Unknown
        }
    }

    /// A list that is written out is one; a struct stands for its type, whose fields are known by it.
    fn literal(&self, node: Node<'a>, left: u32) -> Expr {
        let Some(class) = node.field("type") else {
            return Expr::Unknown;
        };
        let parts = node.field("body").into_iter().flat_map(Node::children);
        match class.kind() {
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                let items: Vec<Node<'a>> = parts.take(MAX_PARTS + 1).collect();
                if items.len() > MAX_PARTS {
                    return Expr::Unknown;
                }
                Expr::List(
                    items
                        .into_iter()
                        .map(|it| self.value_in(it, left))
                        .collect(),
                )
            }
            "type_identifier" | "qualified_type" => {
                let known = self.canonical_name(node);
                let is_own = known.is_none_or(|it| !super::packages::is_known(&it));
                let arguments: Vec<Expr> = parts
                    .filter_map(|it| it.field("value"))
                    .take(MAX_PARTS)
                    .map(|it| self.value_in(it, left))
                    .collect();
                match self.name(class) {
                    // What wraps another handler has it in one of its fields.
                    Some(callee) if !arguments.is_empty() && is_own => Expr::Call {
                        callee,
                        arguments,
                        named: Vec::new(),
                    },
                    Some(name) => Expr::Name(name),
                    None => Expr::Unknown,
                }
            }
            _ => Expr::Unknown,
        }
    }

    fn member(&self, node: Node<'a>, left: u32) -> Expr {
        let parts = (node.field("operand"), node.field("field"));
        let (Some(object), Some(field)) = parts else {
            return Expr::Unknown;
        };
        match self.value_in(object, left) {
            of @ (Expr::Call { .. } | Expr::Member { .. }) => Expr::Member {
                of: Box::new(of),
                name: field.text().to_owned(),
            },
            _ => Expr::Unknown,
        }
    }

    fn call(&self, node: Node<'a>, left: u32) -> Expr {
        if let Some(name) = self.name(node) {
            return Expr::Name(name);
        }
        let (Some(function), Some(arguments)) = (node.field("function"), node.field("arguments"))
        else {
            return Expr::Unknown;
        };
        let function = bare(function);
        if let Some((_, class)) = super::fills::made(self, node) {
            return self.value_in(class, left);
        }
        let all: Vec<Node<'a>> = self.arguments_from(arguments, 0);
        let first = all.first().copied();
        let known = self.canonical_name(function);
        if let Some(flag) = known.as_deref().and_then(|it| self.flag(it, &all, left)) {
            return flag;
        }
        if let Some(key) = known
            .as_deref()
            .and_then(|it| super::viper::key(self, it, &all))
        {
            return key;
        }
        match (known.as_deref(), first) {
            (Some("fmt.Sprintf"), Some(format)) => return self.format(format, &all, left),
            (Some("net.JoinHostPort"), Some(host)) => {
                let port = all
                    .get(1)
                    .map_or(Expr::Unknown, |it| self.value_in(*it, left));
                let host = self.value_in(host, left);
                return join([host, Expr::Text(":".to_owned()), port]);
            }
            (Some("strings.TrimPrefix"), Some(text)) => {
                let value = self.value_in(text, left);
                let is_colon = all.get(1).and_then(|it| strings::plain(*it));
                return if is_colon.as_deref() == Some(":") {
                    value
                } else {
                    Expr::Unknown
                };
            }
            (Some("filepath.Join" | "path.Join"), Some(_)) => {
                return below(all.into_iter().map(|it| self.value_in(it, left)));
            }
            (Some(it), Some(inner)) if SAME.contains(&it) => return self.value_in(inner, left),
            _ => {}
        }
        if let Some(inner) = first.filter(|_| CONVERSIONS.contains(&function.text())) {
            return self.value_in(inner, left);
        }
        if function.text() == "new" {
            return first
                .and_then(|it| self.name(it))
                .map_or(Expr::Unknown, Expr::Name);
        }
        let callee = self.callee(function);
        let arguments = all.into_iter().take(MAX_PARTS);
        Expr::Call {
            callee,
            arguments: arguments.map(|it| self.value_in(it, left)).collect(),
            named: Vec::new(),
        }
    }

    /// `fmt.Sprintf(":%d", port)`: what the verbs stand for.
    fn format(&self, format: Node<'a>, all: &[Node<'a>], left: u32) -> Expr {
        let Some(text) = strings::plain(format) else {
            return Expr::Unknown;
        };
        let mut values = all.iter().skip(1);
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('%') {
            parts.push(Expr::Text(before.to_owned()));
            let end = after.find(|it: char| it.is_ascii_alphabetic() || it == '%');
            let Some(end) = end else {
                return Expr::Unknown;
            };
            let (flags, verb) = after.split_at(end);
            match verb.chars().next() {
                Some('%') => parts.push(Expr::Text("%".to_owned())),
                Some('s' | 'd' | 'v') if flags.is_empty() || flags == "+" => {
                    let value = values.next();
                    parts.push(value.map_or(Expr::Unknown, |it| self.value_in(*it, left)));
                }
                _ => {
                    values.next();
                    parts.push(Expr::Unknown);
                }
            }
            rest = verb.get(1..).unwrap_or_default();
        }
        parts.push(Expr::Text(rest.to_owned()));
        join(parts)
    }

    /// The path of what is called; of a method of what has no name only the method.
    pub(super) fn callee(&self, function: Node<'a>) -> String {
        if let Some(name) = self.name(function) {
            return name;
        }
        let method = function.field("field").map_or("", Node::text);
        format!("?.{method}")
    }
}

/// The decimal form of a number.
fn number(text: &str) -> Option<String> {
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
