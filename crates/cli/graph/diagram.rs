//! `--format mermaid` and `--format dot`: pictures. A node a resource, kustomization or Dockerfile, an arrow a link. What is missing, or made elsewhere,
//! is a node with a dashed border, once for all that refer to it; what is not as it should be is a dashed arrow that says where it is
//! written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::View;
use super::images::WireImage;
use super::wire::{Pick, Place, Reference, WireResource};
use crate::report::line;

/// What a node stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Resource,
    Kustomization,
    Dockerfile,
    Absent,
}

/// How one language writes a picture.
struct Language {
    begin: &'static str,
    end: &'static str,
    node: fn(&str, &str, Shape) -> String,
    /// From, to, what it says, and whether it is dashed.
    arrow: fn(&str, &str, &str, bool) -> String,
}

/// A picture that is being written.
struct Picture<'o> {
    language: &'static Language,
    out: &'o mut dyn Write,
    /// The number of the node of each thing that is not there, by its text.
    absent: BTreeMap<String, usize>,
    /// The number of the node of each Dockerfile, by its path.
    dockerfiles: BTreeMap<String, usize>,
}

static MERMAID: Language = Language {
    begin: "flowchart LR",
    end: "  classDef absent stroke-dasharray: 4",
    node: |id, text, shape| {
        let text = mermaid_text(text);
        match shape {
            Shape::Resource => format!("  {id}[\"{text}\"]"),
            Shape::Kustomization => format!("  {id}[[\"{text}\"]]"),
            Shape::Dockerfile => format!("  {id}[/\"{text}\"/]"),
            Shape::Absent => format!("  {id}[\"{text}\"]:::absent"),
        }
    },
    arrow: |from, to, text, is_dashed| {
        let line = if is_dashed { "-.->" } else { "-->" };
        if text.is_empty() {
            format!("  {from} {line} {to}")
        } else {
            format!("  {from} {line}|\"{}\"| {to}", mermaid_text(text))
        }
    },
};

static DOT: Language = Language {
    begin: "digraph kubelint {\n  rankdir=LR;\n  node [shape=box];",
    end: "}",
    node: |id, text, shape| {
        let style = match shape {
            Shape::Resource => "",
            Shape::Kustomization => ", shape=folder",
            Shape::Dockerfile => ", shape=note",
            Shape::Absent => ", style=dashed",
        };
        format!("  {id} [label=\"{}\"{style}];", dot_text(text))
    },
    arrow: |from, to, text, is_dashed| {
        let style = if is_dashed { ", style=dashed" } else { "" };
        format!("  {from} -> {to} [label=\"{}\"{style}];", dot_text(text))
    },
};

/// Writes a Mermaid flowchart.
pub(super) fn mermaid(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    Picture::new(&MERMAID, out).write(view)
}

/// Writes a digraph for Graphviz.
pub(super) fn dot(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    Picture::new(&DOT, out).write(view)
}

impl<'o> Picture<'o> {
    fn new(language: &'static Language, out: &'o mut dyn Write) -> Self {
        Self {
            language,
            out,
            absent: BTreeMap::new(),
            dockerfiles: BTreeMap::new(),
        }
    }

    fn write(mut self, view: &View<'_>) -> io::Result<()> {
        writeln!(self.out, "{}", self.language.begin)?;
        for resource in view.resources() {
            let text = format!("{}\n{}", line(&resource.title), at(&resource.place));
            self.node(&resource_id(resource.id), &text, Shape::Resource)?;
        }
        for kustomization in view.kustomizations() {
            let open = if kustomization.open {
                "\ntakes in what was not read"
            } else {
                ""
            };
            let text = format!("{}{open}", kustomization.path);
            let id = kustomization_id(kustomization.id);
            self.node(&id, &text, Shape::Kustomization)?;
        }
        for kustomization in view.kustomizations() {
            let from = kustomization_id(kustomization.id);
            let below = kustomization.kustomizations.into_iter();
            let below = below.map(kustomization_id);
            let resources = kustomization.resources.into_iter().map(resource_id);
            for to in below.chain(resources) {
                self.arrow(&from, &to, "", false)?;
            }
        }
        for resource in view.resources() {
            self.links(&resource)?;
        }
        writeln!(self.out, "{}", self.language.end)
    }

    fn links(&mut self, resource: &WireResource<'_>) -> io::Result<()> {
        for reference in &resource.references {
            if reference.ring.is_some() {
                self.resolved(resource.id, reference)?;
            } else {
                self.unresolved(resource.id, reference)?;
            }
        }
        for pick in &resource.selections {
            self.selection(resource, pick)?;
        }
        for image in &resource.images {
            self.image(resource.id, image)?;
        }
        Ok(())
    }

    /// What an image is built from. What nobody knows of an image is no defect, so nothing is drawn of it.
    fn image(&mut self, from: u32, it: &WireImage<'_>) -> io::Result<()> {
        let Some(tie) = &it.tie else {
            return Ok(());
        };
        let to = self.dockerfile(&tie.dockerfile)?;
        let text = if tie.disputed {
            let place = at(&it.place);
            format!("{} ({}), disputed, at {place}", it.image, tie.confidence)
        } else {
            format!("{} ({})", it.image, tie.confidence)
        };
        self.arrow(&resource_id(from), &to, &text, tie.disputed)
    }

    /// The node of a Dockerfile.
    fn dockerfile(&mut self, path: &str) -> io::Result<String> {
        let number = self.dockerfiles.len();
        if let Some(number) = self.dockerfiles.get(path) {
            return Ok(format!("d{number}"));
        }
        let id = format!("d{number}");
        self.node(&id, path, Shape::Dockerfile)?;
        self.dockerfiles.insert(path.to_owned(), number);
        Ok(id)
    }

    fn resolved(&mut self, from: u32, it: &Reference<'_>) -> io::Result<()> {
        let ring = it.ring.unwrap_or_default();
        let absent = it.part.as_ref().filter(|it| it.outcome == "absent");
        let text = match absent {
            Some(part) => {
                let place = at(&it.place);
                format!("{} ({ring}), no {} for {place}", it.relation, part.text)
            }
            None => format!("{} ({ring})", it.relation),
        };
        for to in &it.to {
            let (from, to) = (resource_id(from), resource_id(*to));
            self.arrow(&from, &to, &text, absent.is_some())?;
        }
        Ok(())
    }

    fn unresolved(&mut self, from: u32, it: &Reference<'_>) -> io::Result<()> {
        let said = match &it.maker {
            Some(maker) => {
                let place = maker.place.as_ref();
                let place = place.map_or(String::new(), |it| format!("\n{}", at(it)));
                format!("{}: {}{place}", it.outcome, maker.by)
            }
            None if it.optional => format!("{}, optional", it.outcome),
            None => it.outcome.to_owned(),
        };
        let namespace = it.target.namespace;
        let namespace = namespace.map_or(String::new(), |it| format!(" in {it}"));
        let target = format!("{}/{}{namespace}", it.target.kind, it.target.name);
        let (to, is_new) = self.absent(format!("{}\n{said}", line(&target)))?;
        let is_missing = it.outcome == "missing";
        let text = if is_missing {
            Cow::Owned(format!("{} at {}", it.relation, at(&it.place)))
        } else {
            Cow::Borrowed(it.relation)
        };
        self.arrow(&resource_id(from), &to, &text, is_missing)?;
        for near in it.near.iter().filter(|_| is_new) {
            self.arrow(&to, &resource_id(*near), "nearly", true)?;
        }
        Ok(())
    }

    fn selection(&mut self, resource: &WireResource<'_>, pick: &Pick<'_>) -> io::Result<()> {
        let from = resource_id(resource.id);
        let Some(ring) = pick.ring else {
            let (to, _) = self.absent(format!("{}\n{}", pick.picks, pick.outcome))?;
            let text = format!("selects at {}", at(&pick.place));
            return self.arrow(&from, &to, &text, pick.outcome == "nothing");
        };
        let ports = resource.target_ports.iter();
        let ports = ports.filter(|it| it.outcome == "undeclared" && pick.field == "spec.selector");
        let ports: Vec<String> = ports
            .map(|it| format!(", {} undeclared", it.field))
            .collect();
        let text = format!("selects ({ring}){}", ports.concat());
        for to in &pick.to {
            self.arrow(&from, &resource_id(*to), &text, !ports.is_empty())?;
        }
        Ok(())
    }

    /// The node of something that is not there, and whether it is new.
    fn absent(&mut self, text: String) -> io::Result<(String, bool)> {
        let number = self.absent.len();
        if let Some(number) = self.absent.get(&text) {
            return Ok((format!("a{number}"), false));
        }
        let id = format!("a{number}");
        self.node(&id, &text, Shape::Absent)?;
        self.absent.insert(text, number);
        Ok((id, true))
    }

    fn node(&mut self, id: &str, text: &str, shape: Shape) -> io::Result<()> {
        writeln!(self.out, "{}", (self.language.node)(id, text, shape))
    }

    fn arrow(&mut self, from: &str, to: &str, text: &str, is_dashed: bool) -> io::Result<()> {
        let arrow = (self.language.arrow)(from, to, text, is_dashed);
        writeln!(self.out, "{arrow}")
    }
}

fn resource_id(id: u32) -> String {
    format!("r{id}")
}

fn kustomization_id(id: u32) -> String {
    format!("k{id}")
}

fn at(place: &Place<'_>) -> String {
    format!("{}:{}", place.path, place.line)
}

/// Text within quotes in Mermaid, which knows no escapes but entities and takes HTML and Markdown for what they are.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("<br>");
        }
        for c in line(part).chars() {
            match c {
                c if c.is_alphanumeric() || " /.-:(),".contains(c) => out.push(c),
                c => {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "#{};", u32::from(c));
                }
            }
        }
    }
    out
}

/// Text within quotes in DOT.
fn dot_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("\\n");
        }
        for c in line(part).chars() {
            match c {
                // Graphviz reads entities, too.
                '&' => out.push_str("&amp;"),
                '"' | '\\' => out.extend(['\\', c]),
                c => out.push(c),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            mermaid_text("a\"]\n<b>_`"),
            "a#34;#93;<br>#60;b#62;#95;#96;"
        );
        assert_eq!(dot_text("a\"\\\n&b"), "a\\\"\\\\\\n&amp;b");
        assert_eq!(dot_text("\u{1b}[2J"), "\\\\x1b[2J");
    }
}
