//! The message of a rule without code: text with names in braces.

use kubelint_model::Resource;
use kubelint_parser::TextRange;

use super::select::Selected;
use crate::mistake::{InputText, Mistake};
use crate::suggest::{did_you_mean, hint};
use crate::value::Value;

/// A message, in parts.
#[derive(Clone, Debug)]
pub(super) struct Message(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// One of [`NAMES`].
    Name(&'static str),
}

/// What the names in a message stand for.
pub(super) struct Words<'a> {
    pub(super) resource: &'a Resource,
    pub(super) selected: &'a Selected<'a>,
    pub(super) field: &'a str,
    pub(super) value: &'a str,
}

const NAMES: [&str; 6] = ["name", "kind", "resource", "container", "field", "value"];

/// The longest value that a message shows, in characters.
const LONGEST_VALUE: usize = 60;

impl Message {
    pub(super) fn read(
        input: &InputText<'_>,
        value: &Value,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = value.as_str()?;
        while let Some((text, after)) = rest.split_once('{') {
            let name = after.split_once('}').map(|(name, after)| {
                rest = after;
                name
            });
            let known = NAMES.iter().find(|it| Some(**it) == name);
            let Some(known) = known else {
                let word = name.unwrap_or(after);
                let hint = hint(did_you_mean(word, NAMES));
                let message = format!(
                    "`{{{word}}}` is none of the names that a message knows ({}){hint}",
                    NAMES.join(", ")
                );
                mistakes.push(input.mistake(value.range, message));
                return None;
            };
            parts.push(Part::Text(text.to_owned()));
            parts.push(Part::Name(known));
        }
        parts.push(Part::Text(rest.to_owned()));
        Some(Self(parts))
    }

    pub(super) fn fill(&self, words: &Words<'_>) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Name(name) => out.push_str(&words.word(name)),
            }
        }
        out
    }
}

impl Words<'_> {
    fn word(&self, name: &str) -> String {
        let resource = self.resource.name.as_deref().unwrap_or("(unnamed)");
        match name {
            "kind" => self.resource.gvk.kind.clone(),
            "name" => self.selected.name.as_deref().unwrap_or(resource).to_owned(),
            "container" => self.selected.container.clone().unwrap_or_default(),
            "field" => self.field.to_owned(),
            "value" => first_line(self.value),
            _ => resource.to_owned(),
        }
    }
}

/// The beginning of a value, so that a message stays a line.
fn first_line(value: &str) -> String {
    let line = value.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST_VALUE) {
        Some((at, _)) => {
            let kept = TextRange::new(0, at as u32).of(line);
            format!("{kept}…")
        }
        None if line.len() < value.trim().len() => format!("{line}…"),
        None => line.to_owned(),
    }
}
