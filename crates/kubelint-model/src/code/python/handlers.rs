//! Handlers of Python's own HTTP server: which paths their `do_GET` and the like tell apart.

use kubelint_parser::code::Node;

use super::{File, strings};
use crate::code::captures::Syntax;
use crate::code::{CodeFacts, Expr, Open, Place, Route, RouteStyle, Router, Slash, Subject};

/// What a method does with the path.
#[derive(Default)]
struct Paths {
    /// The paths that it knows, each with its place.
    known: Vec<(String, RouteStyle, Place)>,
    /// Whether it decides by anything that was not understood.
    is_open: bool,
    /// Whether it tells what it does not know.
    refuses: bool,
}

impl<'a> File<'a> {
    /// Adds the routes of the handlers that the file defines.
    pub(super) fn add_handlers(&self, facts: &mut CodeFacts) {
        let classes = self.outline.class_nodes.iter().zip(&self.outline.classes);
        for (node, class) in classes {
            let bases = node.field("superclasses");
            let bases: Vec<Node<'a>> = bases.into_iter().flat_map(Node::children).collect();
            let mut bases = bases.iter().copied();
            let serves_files = bases
                .clone()
                .any(|it| self.is_a(it, "SimpleHTTPRequestHandler"));
            if !serves_files && !bases.any(|it| self.is_a(it, "BaseHTTPRequestHandler")) {
                continue;
            }
            facts.routers.push(Router {
                name: class.name.clone(),
                prefix: Expr::Text(String::new()),
                is_application: true,
                is_middleware: false,
                place: class.place,
            });
            let mut answers = false;
            for method in node.field("body").into_iter().flat_map(Node::children) {
                let name = method.field("name").map_or("", Node::text);
                let Some(verb) = name.strip_prefix("do_") else {
                    continue;
                };
                answers |= verb == "GET";
                self.add_handler(&class.name, verb, method, facts);
            }
            if serves_files && !answers {
                facts.open.push(Open {
                    needs_router: false,
                    subject: Subject::Routes,
                    why: "files are served",
                    on: Some(class.name.clone()),
                    place: class.place,
                });
            }
        }
    }

    fn is_a(&self, base: Node<'a>, class: &str) -> bool {
        let names = self.canonical(base);
        names
            .iter()
            .any(|it| it.strip_prefix("http.server.") == Some(class))
    }

    fn add_handler(&self, class: &str, verb: &str, method: Node<'a>, facts: &mut CodeFacts) {
        let Some(body) = method.field("body") else {
            return;
        };
        let mut paths = Paths::default();
        self.read_block(body, &mut paths);
        let place = self.place(method);
        let tells_paths = !paths.known.is_empty();
        if paths.is_open || (tells_paths && !paths.refuses) {
            facts.open.push(Open {
                needs_router: false,
                subject: Subject::Routes,
                why: "a handler decides by more than plain paths",
                on: Some(class.to_owned()),
                place,
            });
        } else if !tells_paths {
            let all = (String::from("/"), RouteStyle::Prefix, place);
            paths.known.push(all);
        }
        for (path, style, place) in paths.known {
            facts.routes.push(Route {
                needs_router: false,
                on: class.to_owned(),
                path: Expr::Text(path),
                style,
                slash: Slash::Strict,
                methods: vec![verb.to_owned()],
                handler: Some(format!("{class}.do_{verb}")),
                guards: Vec::new(),
                place,
            });
        }
    }

    fn read_block(&self, block: Node<'a>, paths: &mut Paths) {
        for statement in block.children() {
            match statement.kind() {
                "if_statement" => self.read_if(statement, paths),
                "expression_statement" | "return_statement" => {
                    let text = statement.text();
                    paths.refuses |= refuses(text);
                    // It may tell paths apart by itself.
                    paths.is_open |= text.contains("super()") || text.contains("self.path)");
                }
                "try_statement" | "with_statement" => {
                    if let Some(body) = statement.field("body") {
                        self.read_block(body, paths);
                    }
                }
                "import_statement" | "import_from_statement" | "pass_statement" => {}
                _ => paths.is_open = true,
            }
        }
    }

    fn read_if(&self, node: Node<'a>, paths: &mut Paths) {
        let mut is_closed = true;
        for branch in [node].into_iter().chain(node.children()) {
            if let Some(condition) = branch.field("condition") {
                is_closed &= self.read_condition(condition, paths);
            } else if branch.kind() == "else_clause"
                && let Some(body) = branch.field("body")
            {
                paths.refuses |= refuses(body.text());
            }
        }
        paths.is_open |= !is_closed;
    }

    /// Whether a condition asks for plain paths only, which are added.
    fn read_condition(&self, condition: Node<'a>, paths: &mut Paths) -> bool {
        match condition.kind() {
            "parenthesized_expression" => {
                let inner = condition.children().next();
                inner.is_some_and(|it| self.read_condition(it, paths))
            }
            "boolean_operator" => {
                let sign = condition.field("operator").map_or("", Node::text);
                let parts = [condition.field("left"), condition.field("right")];
                let mut parts = parts.into_iter().flatten();
                sign == "or" && parts.all(|it| self.read_condition(it, paths))
            }
            "comparison_operator" => {
                let sign = condition.field("operators").map_or("", Node::text);
                let mut operands = condition.children();
                let (Some(left), Some(right)) = (operands.next(), operands.next()) else {
                    return false;
                };
                let stated = match sign {
                    "==" => vec![right],
                    "in" => self.items(right).unwrap_or_default(),
                    _ => return false,
                };
                is_path(left) && !stated.is_empty() && self.take(&stated, RouteStyle::Plain, paths)
            }
            "call" => {
                let function = condition.field("function");
                let object = function.and_then(|it| it.field("object"));
                let method = function.and_then(|it| it.field("attribute"));
                let arguments = condition.field("arguments");
                let first = arguments.and_then(|it| self.argument(it, "0"));
                let is_start = method.is_some_and(|it| it.text() == "startswith");
                is_start
                    && object.is_some_and(is_path)
                    && first.is_some_and(|it| self.take(&[it], RouteStyle::Prefix, paths))
            }
            _ => false,
        }
    }

    fn take(&self, stated: &[Node<'a>], style: RouteStyle, paths: &mut Paths) -> bool {
        for node in stated {
            let Some(path) = strings::plain(*node) else {
                return false;
            };
            paths.known.push((path, style, self.place(*node)));
        }
        true
    }
}

fn is_path(node: Node<'_>) -> bool {
    let text = node.text();
    let last = text.rsplit('.').next().unwrap_or_default();
    last == "path" || last.ends_with("_path")
}

fn refuses(text: &str) -> bool {
    text.contains("404") || text.contains("NOT_FOUND") || text.contains("send_error")
}
