//! `--format mermaid` and `--format dot`: pictures. A node a resource, an arrow a link; what is missing or made elsewhere is a node
//! with a dashed border.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::View;
use super::wire::{Reference, WireResource};
use crate::report::line;

/// How one language writes a picture.
struct Language {
    begin: &'static str,
    end: &'static str,
    node: fn(&str, &str, bool) -> String,
    arrow: fn(&str, &str, &str) -> String,
}

/// Writes a Mermaid flowchart.
pub(super) fn mermaid(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let language = Language {
        begin: "flowchart LR",
        end: "  classDef absent stroke-dasharray: 4",
        node: |id, text, absent| {
            let class = if absent { ":::absent" } else { "" };
            format!("  {id}[\"{}\"]{class}", mermaid_text(text))
        },
        arrow: |from, to, text| format!("  {from} -->|\"{}\"| {to}", mermaid_text(text)),
    };
    write(view, &language, out)
}

/// Writes a digraph for Graphviz.
pub(super) fn dot(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let language = Language {
        begin: "digraph kubelint {\n  rankdir=LR;\n  node [shape=box];",
        end: "}",
        node: |id, text, absent| {
            let style = if absent { ", style=dashed" } else { "" };
            format!("  {id} [label=\"{}\"{style}];", dot_text(text))
        },
        arrow: |from, to, text| format!("  {from} -> {to} [label=\"{}\"];", dot_text(text)),
    };
    write(view, &language, out)
}

fn write(view: &View<'_>, language: &Language, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", language.begin)?;
    for resource in view.resources() {
        let text = format!(
            "{}/{}\n{}:{}",
            resource.kind,
            resource.name.unwrap_or("-"),
            resource.place.path,
            resource.place.line
        );
        let node = (language.node)(&format!("r{}", resource.id), &text, false);
        writeln!(out, "{node}")?;
    }
    for resource in view.resources() {
        write_links(&resource, language, out)?;
    }
    writeln!(out, "{}", language.end)
}

fn write_links(
    resource: &WireResource<'_>,
    language: &Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    let from = format!("r{}", resource.id);
    for (index, reference) in resource.references.iter().enumerate() {
        if let Some(ring) = reference.ring {
            let label = format!("{} ({ring}{})", reference.relation, part(reference));
            for to in &reference.to {
                writeln!(
                    out,
                    "{}",
                    (language.arrow)(&from, &format!("r{to}"), &label)
                )?;
            }
            continue;
        }
        let to = format!("{from}_{index}");
        let by = reference.maker.as_ref().map_or("", |it| it.by);
        let said = format!("{} {by}", reference.outcome);
        let text = format!(
            "{}/{}\n{}",
            reference.target.kind,
            reference.target.name,
            said.trim_end()
        );
        writeln!(out, "{}", (language.node)(&to, &text, true))?;
        writeln!(out, "{}", (language.arrow)(&from, &to, reference.relation))?;
    }
    for pick in &resource.selections {
        let label = format!("selects ({})", pick.ring.unwrap_or_default());
        for to in &pick.to {
            writeln!(
                out,
                "{}",
                (language.arrow)(&from, &format!("r{to}"), &label)
            )?;
        }
    }
    Ok(())
}

/// What is wrong with the key or port that is asked for.
fn part(reference: &Reference<'_>) -> String {
    let absent = reference.part.as_ref().filter(|it| it.outcome == "absent");
    absent.map_or(String::new(), |it| format!(", no {}", it.text))
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
