//! The configuration of pm2: which file it starts, and what it sets for it (pm2.keymetrics.io/docs/usage/application-declaration).

use kubelint_parser::TextRange;
use kubelint_parser::code::{Language, Node, parse};

use super::Around;
use crate::FileId;
use crate::code::Expr;
use crate::program::build::absolute;
use crate::program::start::Set;
use crate::program::store::Store;

/// More nodes of a file are not looked at.
const MOST_NODES: usize = 20_000;
/// More variables are not told.
const MOST_SETS: usize = 500;

/// What a configuration starts.
pub(super) struct Started {
    /// The file.
    pub(super) script: String,
    /// The folder that it is read from, and runs in.
    pub(super) folder: String,
    /// The variables that are set.
    pub(super) sets: Vec<Set>,
}

/// Whether pm2 takes a file for its configuration.
pub(super) fn is_configuration(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let is_source = [".config.js", ".config.cjs", ".config.mjs"];
    let is_known = ["ecosystem.json", "pm2.json", "process.json"];
    is_source.iter().any(|it| name.ends_with(it)) || is_known.contains(&name)
}

/// What the configuration at `path` starts; `None` if that are several programs, or nobody can tell.
pub(super) fn read(
    path: &str,
    folder: &str,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Started> {
    let path = absolute(folder, path);
    let mut stages = around.build.stages();
    let file = stages.find_map(|it| around.build.file(it, &path))?;
    let id = store.read_text(&file)?;
    // A text of JSON is an expression behind a parenthesis.
    let is_json = path.rsplit('.').next() == Some("json");
    let text = store.text_of(id).to_owned();
    let text = if is_json { format!("({text})") } else { text };
    let shift = u32::from(is_json);
    let code = parse(&text, Language::JavaScript).ok()?;
    let mut open = vec![code.root(&text)];
    let mut looked_at = 0;
    while let Some(node) = open.pop() {
        looked_at += 1;
        if looked_at > MOST_NODES {
            return None;
        }
        if node.kind() == "pair" && key(node).is_some_and(|it| it == "apps") {
            let list = node.field("value")?;
            let apps: Vec<Node<'_>> = match list.kind() {
                "array" => list
                    .children()
                    .filter(|it| it.kind() != "comment")
                    .collect(),
                _ => vec![list],
            };
            let [app] = apps.as_slice() else {
                return None;
            };
            return started(*app, folder, id, shift);
        }
        open.extend(node.children());
    }
    None
}

fn started(app: Node<'_>, folder: &str, file: FileId, shift: u32) -> Option<Started> {
    let interpreter = member(app, "interpreter").and_then(text);
    let is_node = interpreter.is_none_or(|it| matches!(it.as_str(), "node" | "bun" | "tsx"));
    let script = member(app, "script").and_then(text).filter(|_| is_node)?;
    let folder = match member(app, "cwd") {
        Some(it) => absolute(folder, &text(it)?),
        None => folder.to_owned(),
    };
    let mut sets = Vec::new();
    for name in ["env", "env_production"] {
        let of = member(app, name).into_iter().flat_map(Node::children);
        for pair in of.filter(|it| it.kind() == "pair").take(MOST_SETS) {
            let (Some(name), Some(value)) = (key(pair), pair.field("value")) else {
                continue;
            };
            let range = pair.range();
            let place = TextRange::new(
                range.start.saturating_sub(shift),
                range.end.saturating_sub(shift),
            );
            let value = text(value).map_or(Expr::Unknown, Expr::Text);
            // What is set for production may be asked for or not.
            let known = sets.iter_mut().find(|it: &&mut Set| it.name == name);
            match known {
                Some(known) if known.value != value => known.value = Expr::Unknown,
                Some(_) => {}
                None => sets.push(Set {
                    name,
                    value,
                    place: Some((file, place)),
                }),
            }
        }
    }
    Some(Started {
        script,
        folder,
        sets,
    })
}

fn key(pair: Node<'_>) -> Option<String> {
    let key = pair.field("key")?;
    Some(key.text().trim_matches(['"', '\'']).to_owned())
}

fn member<'a>(object: Node<'a>, name: &str) -> Option<Node<'a>> {
    let mut pairs = object.children().filter(|it| it.kind() == "pair");
    let found = pairs.find(|it| key(*it).as_deref() == Some(name));
    found?.field("value")
}

/// The text of a string or number that is written out.
fn text(node: Node<'_>) -> Option<String> {
    match node.kind() {
        "string" => Some(node.text().trim_matches(['"', '\'']).to_owned()),
        "number" => Some(node.text().to_owned()),
        _ => None,
    }
}
