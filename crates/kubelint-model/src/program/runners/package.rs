//! package.json: the scripts and the main file of a package.

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Language, Node, parse};

/// The text of a package.json as an expression of JavaScript, which JSON is.
pub(in crate::program) struct Package {
    text: String,
    code: Code,
}

/// What stands before the text, so that it is an expression.
const BEFORE: &str = "(";

impl Package {
    /// `None` if it cannot be read.
    pub(in crate::program) fn of(text: &str) -> Option<Self> {
        let text = format!("{BEFORE}{text})");
        let code = parse(&text, Language::JavaScript).ok()?;
        Some(Self { text, code })
    }

    /// The text at a path of members, and where it stands in the file, without quotes.
    pub(in crate::program) fn get(&self, path: &[&str]) -> Option<(String, TextRange)> {
        let at = self.at(path)?;
        let text = text(at)?;
        let range = at.range();
        let before = BEFORE.len() as u32;
        // Without the quotes.
        let range = TextRange::new(range.start + 1 - before, range.end - 1 - before);
        Some((text, range))
    }

    /// The members of the object at a path, with those that are texts; of a list its texts, as names.
    pub(in crate::program) fn members(&self, path: &[&str]) -> Vec<(String, Option<String>)> {
        let at = self.at(path).into_iter().flat_map(Node::children);
        let members = at.filter_map(|it| match it.kind() {
            "pair" => Some((
                it.field("key").and_then(text)?,
                it.field("value").and_then(text),
            )),
            _ => Some((text(it)?, None)),
        });
        members.collect()
    }

    /// The members of the object at a path that are lists of texts.
    pub(in crate::program) fn lists(&self, path: &[&str]) -> Vec<(String, Vec<String>)> {
        let at = self.at(path).into_iter().flat_map(Node::children);
        let lists = at.filter_map(|it| {
            let texts = it.field("value")?.children().filter_map(text);
            Some((it.field("key").and_then(text)?, texts.collect()))
        });
        lists.collect()
    }

    fn at(&self, path: &[&str]) -> Option<Node<'_>> {
        let statement = self.code.root(&self.text).children().next()?;
        let mut at = statement.children().next()?;
        while at.kind() == "parenthesized_expression" {
            at = at.children().next()?;
        }
        for name in path {
            at = member(at, name)?;
        }
        Some(at)
    }
}

fn member<'a>(object: Node<'a>, name: &str) -> Option<Node<'a>> {
    let mut pairs = object.children().filter(|it| it.kind() == "pair");
    let found = pairs.find(|it| it.field("key").and_then(text).as_deref() == Some(name));
    found?.field("value")
}

fn text(node: Node<'_>) -> Option<String> {
    if node.kind() != "string" {
        return None;
    }
    let parts = node.children().map(|it| match it.kind() {
        "escape_sequence" => it.text().trim_start_matches('\\'),
        _ => it.text(),
    });
    Some(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_where_they_stand() {
        let text =
            "{\n  \"main\": \"index.js\",\n  \"scripts\": {\"start\": \"node \\\"a\\\"\"}\n}\n";
        let package = Package::of(text).unwrap();
        let (main, range) = package.get(&["main"]).unwrap();
        assert_eq!((main.as_str(), range.of(text)), ("index.js", "index.js"));
        assert_eq!(package.get(&["scripts", "start"]).unwrap().0, "node \"a\"");
        assert!(package.get(&["scripts", "test"]).is_none());
        assert!(package.get(&["scripts"]).is_none());
        assert!(Package::of("").unwrap().get(&["main"]).is_none());
    }
}
