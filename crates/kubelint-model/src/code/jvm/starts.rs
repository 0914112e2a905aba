//! What every start of a program runs: `main` as far as the framework, what beans do when they are made; how long that waits, which files it
//! opens, and without which variables it does not go on.

use kubelint_parser::code::Node;

use super::{File, Grammar, file_place};
use crate::code::captures::Syntax;
use crate::code::{CodeFacts, Failure, Opened, Wait};

/// How far a text is followed to the call that opens a file.
const MOST_STEPS: usize = 10;
/// What may not run although what is around it does, or what runs later.
const APART: [&str; 20] = [
    "anonymous_function",
    "annotation",
    "catch_block",
    "catch_clause",
    "do_statement",
    "do_while_statement",
    "enhanced_for_statement",
    "for_statement",
    "if_expression",
    "if_statement",
    "lambda_expression",
    "lambda_literal",
    "object_literal",
    "switch_expression",
    "ternary_expression",
    "try_expression",
    "try_statement",
    "try_with_resources_statement",
    "when_expression",
    "while_statement",
];
/// What hands the start over to a framework, which listens then.
const SERVING: [&str; 7] = [
    "Micronaut.run(",
    "Micronaut.build(",
    "Quarkus.run(",
    "SpringApplication.run(",
    "SpringApplicationBuilder(",
    "runApplication<",
    "embeddedServer(",
];
/// What makes a bean of Spring that not every start makes.
const APART_BEANS: [&str; 5] = [
    "@Conditional",
    "@Lazy",
    "@Profile",
    "@RefreshScope",
    "@Scope",
];
/// What makes the path of a file.
const PATHS: [&str; 5] = ["File", "Path", "Path.of", "Paths.get", "Path.get"];
/// What opens a file of which it is given the path.
const READERS: [&str; 11] = [
    "FileInputStream",
    "FileReader",
    "Files.lines",
    "Files.newBufferedReader",
    "Files.newInputStream",
    "Files.readAllBytes",
    "Files.readAllLines",
    "Files.readString",
    "Scanner",
    "java.io.FileInputStream",
    "java.io.FileReader",
];
/// The same, as Kotlin calls it on the file.
const READING: [&str; 6] = [
    "bufferedReader",
    "inputStream",
    "readBytes",
    "readLines",
    "readText",
    "reader",
];
/// What looks whether a file is there.
const LOOKING: [&str; 5] = [
    "exists",
    "notExists",
    "isRegularFile",
    "isFile",
    "isReadable",
];

impl<'a, G: Grammar> File<'a, G> {
    /// Whether every start of the program runs `node`, before it listens.
    pub(super) fn is_at_start(&self, node: Node<'a>) -> bool {
        let mut at = node;
        while let Some(around) = at.parent() {
            match around.kind() {
                // The condition itself is always worked out.
                "if_statement" | "if_expression" => {
                    let first = around.field("condition").or(around.children().next());
                    if first.map(Node::id) != Some(at.id()) {
                        return false;
                    }
                }
                kind if APART.contains(&kind) => return false,
                "method_declaration" | "function_declaration" => {
                    return self.is_begun(around, node);
                }
                "constructor_declaration" | "field_declaration" | "secondary_constructor" => {
                    return self.is_made(node);
                }
                _ => {}
            }
            at = around;
        }
        false
    }

    /// Whether a method runs at every start, and does so with `node` before the server is handed over to.
    fn is_begun(&self, method: Node<'a>, node: Node<'a>) -> bool {
        let own = method.children();
        let name = method.field("name");
        let name = name.or_else(|| own.into_iter().find(|it| it.kind() == "simple_identifier"));
        let mut modifiers = method.children().filter(|it| it.kind() == "modifiers");
        let modifiers = modifiers.next().map_or("", Node::text);
        if name.map(Node::text) == Some("main") {
            let is_main = modifiers.contains("static") || method.kind() == "function_declaration";
            let text = method.text();
            let offset = (node.range().start.saturating_sub(method.range().start)) as usize;
            let before = text.get(..offset).unwrap_or(text);
            return is_main && !SERVING.iter().any(|it| before.contains(it));
        }
        let is_bean =
            modifiers.contains("@Bean") && !APART_BEANS.iter().any(|it| modifiers.contains(it));
        (is_bean || modifiers.contains("@PostConstruct")) && self.is_made(node)
    }

    /// Adds how long a start waits, and which files it opens.
    pub(super) fn add_starts(&self, root: Node<'a>, facts: &mut CodeFacts) {
        let text = root.text();
        if text.contains(".sleep(") {
            self.add_waits(root, facts);
        }
        let looks = LOOKING.iter().any(|it| text.contains(it));
        if looks
            || !text.contains("java.io")
                && !text.contains("java.nio")
                && !text.contains("kotlin.io.path")
                && !text.contains("File(")
        {
            return;
        }
        for literal in &self.scopes.strings {
            if let Some(argument) = opened(*literal).filter(|_| self.is_at_start(*literal)) {
                facts.opened.push(Opened {
                    path: G::value(self, argument),
                    failure: Failure::Ends,
                    place: self.place(*literal),
                });
            }
        }
    }

    fn add_waits(&self, root: Node<'a>, facts: &mut CodeFacts) {
        let mut open = vec![root];
        let mut left = super::MOST_NODES;
        while let (Some(node), Some(rest)) = (open.pop(), left.checked_sub(1)) {
            left = rest;
            open.extend(node.children());
            let Some((method, arguments)) = G::method_call(node).filter(|it| it.0 == "sleep")
            else {
                continue;
            };
            let called = node.text().split('(').next().unwrap_or_default();
            let seconds = match (called.trim(), arguments.as_slice()) {
                ("Thread.sleep", [one]) => duration(one.text()),
                ("TimeUnit.SECONDS.sleep", [one]) => whole(one.text()),
                ("TimeUnit.MINUTES.sleep", [one]) => {
                    whole(one.text()).and_then(|it| it.checked_mul(60))
                }
                _ => None,
            };
            if let Some(seconds) = seconds.filter(|it| *it > 0 && method == "sleep")
                && self.is_at_start(node)
            {
                let place = file_place(node);
                facts.waits.push(Wait::of(seconds, place));
            }
        }
    }
}

/// The seconds of `90000`, `90_000L`, `Duration.ofSeconds(90)` and `30 * 1000`.
fn duration(text: &str) -> Option<u32> {
    let units = [("Duration.ofSeconds(", 1), ("Duration.ofMinutes(", 60)];
    for (unit, factor) in units {
        if let Some(inner) = text.strip_prefix(unit) {
            return whole(inner.strip_suffix(')')?)?.checked_mul(factor);
        }
    }
    let mut product: u32 = 1;
    for factor in text.split('*') {
        product = product.checked_mul(whole(factor)?)?;
    }
    Some(product / 1000)
}

fn whole(text: &str) -> Option<u32> {
    let digits = text.trim().replace('_', "");
    digits.trim_end_matches(['l', 'L']).parse().ok()
}

/// The path that is opened by a call around the text `literal`, if it is the path or a part of it.
fn opened(literal: Node<'_>) -> Option<Node<'_>> {
    let mut path = literal;
    let mut at = literal;
    for _ in 0..MOST_STEPS {
        let around = at.parent()?;
        match around.kind() {
            "argument_list"
            | "value_argument"
            | "value_arguments"
            | "call_suffix"
            | "parenthesized_expression"
            // `File("x").readText`: what is called is looked at below.
            | "navigation_expression" => {}
            "method_invocation" | "object_creation_expression" | "call_expression" => {
                let name = callee(around);
                let last = name.rsplit('.').next().unwrap_or_default();
                if READERS.contains(&name.as_str()) {
                    return Some(path);
                }
                if READING.contains(&last) && around.kind() == "call_expression" {
                    return Some(path);
                }
                if last == "getOrDefault" {
                    // The first argument is the variable.
                    let last = at.children().last();
                    if last.map(Node::id) != Some(path.id()) {
                        return None;
                    }
                    path = around;
                } else if !PATHS.contains(&name.as_str()) {
                    return None;
                }
            }
            _ => return None,
        }
        at = around;
    }
    None
}

/// What is called: `Files.readString`, `FileInputStream`; of what is called on the value of a call only the last name.
fn callee(call: Node<'_>) -> String {
    if let Some(of) = call.field("type") {
        return of.text().to_owned();
    }
    let text = match (call.field("object"), call.field("name")) {
        (Some(object), Some(name)) => format!("{}.{}", object.text(), name.text()),
        (None, Some(name)) => name.text().to_owned(),
        _ => call.children().next().map_or("", Node::text).to_owned(),
    };
    if text.contains('(') {
        format!(".{}", text.rsplit('.').next().unwrap_or_default().trim())
    } else {
        text
    }
}
