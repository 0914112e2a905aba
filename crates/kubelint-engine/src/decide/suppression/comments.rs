//! Comments that allow findings, and the places they speak of.
//!
//! In YAML a comment belongs to a node: it stands beside it (on the line where the node, its key or its entry begins, or where a
//! quoted scalar of several lines ends) or above it (with other comments, no line between them and the entry). In a Dockerfile it
//! stands above an instruction, or above one of its lines. In any other text it belongs to its own line, or if it stands alone to the
//! line below.

use std::collections::BTreeMap;

use kubelint_model::dockerfile::Dockerfile;
use kubelint_model::{DeploymentGraph, File};
use kubelint_parser::TextRange;
use kubelint_parser::source::LineIndex;
use memchr::memmem;

use super::directive::{self, Directive, Flaw};
use super::nodes::Nodes;
use crate::RuleId;

/// The comments of one file that allow findings, by the line they speak of.
#[derive(Default)]
pub(super) struct Comments {
    /// Comments after something else on their line.
    beside: BTreeMap<(u32, RuleId), usize>,
    /// Comments on lines of their own, by the first line below them that holds no comment.
    above: BTreeMap<(u32, RuleId), usize>,
    /// The nodes of a YAML file.
    nodes: Option<Nodes>,
    /// The instructions of a Dockerfile, in order.
    instructions: Vec<TextRange>,
}

/// A directive found in a comment.
pub(super) struct Found<'t> {
    /// What it says.
    pub(super) directive: Result<Directive<'t>, Flaw>,
    /// The line it speaks of.
    line: u32,
    own_line: bool,
    /// Whether the tree knows what it belongs to.
    pub(super) whole: bool,
}

/// The lines with which a place is connected.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// Where a comment may stand behind it.
    pub(super) beside: Vec<u32>,
    /// Above which a comment may stand.
    pub(super) above: Vec<u32>,
}

/// A comment of any kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Comment {
    range: TextRange,
    own_line: bool,
    whole: bool,
}

/// Files that show other files' text: what looks like a directive in them is an example.
const DOCUMENTATION: [&str; 5] = ["md", "markdown", "rst", "adoc", "txt"];

/// The directives of a file, in order.
pub(super) fn directives<'g>(graph: &'g DeploymentGraph, file: &File) -> Vec<Found<'g>> {
    let source = graph.sources.get(file.source);
    let text = source.text();
    let documentation = file
        .path
        .extension()
        .is_some_and(|it| DOCUMENTATION.contains(&it));
    if documentation || memmem::find(text.as_bytes(), b"ubelint").is_none() {
        return Vec::new();
    }
    let comments = if is_tree(file) {
        of_tree(text, source.lines(), file)
    } else if let Some(dockerfile) = dockerfile(graph, file) {
        // What stands behind an instruction is no comment.
        let comments = dockerfile.syntax.comments.iter().map(|range| Comment {
            range: *range,
            own_line: true,
            whole: true,
        });
        comments.collect()
    } else {
        let all = TextRange::new(0, text.len() as u32);
        scanned(text, source.lines(), all).collect()
    };
    found(text, source.lines(), &comments)
}

fn dockerfile<'g>(graph: &'g DeploymentGraph, file: &File) -> Option<&'g Dockerfile> {
    graph.dockerfiles.get(&graph.file_of(file.source)?)
}

/// Whether the file was parsed as YAML.
fn is_tree(file: &File) -> bool {
    !file.yaml.documents().is_empty()
}

/// The comments of a YAML file. The tree has none of what is broken.
fn of_tree(text: &str, lines: &LineIndex, file: &File) -> Vec<Comment> {
    let documents = file.yaml.documents();
    let broken = |range: TextRange| {
        let next = documents.partition_point(|document| document.range.start <= range.start);
        next.checked_sub(1).is_some_and(|at| documents[at].broken)
    };
    let known = file.yaml.comments().iter().map(|comment| Comment {
        range: comment.range,
        own_line: comment.own_line,
        whole: true,
    });
    let mut comments: Vec<Comment> = known.filter(|comment| !broken(comment.range)).collect();
    for document in documents.iter().filter(|document| document.broken) {
        let unsure = scanned(text, lines, document.range);
        comments.extend(unsure.map(|comment| Comment {
            whole: false,
            ..comment
        }));
    }
    comments.sort_by_key(|comment| comment.range.start);
    comments
}

/// Comments by line, as in most languages: lines that begin with `#` or `//`, and what follows such a marker if it names kubelint.
fn scanned<'t>(
    text: &'t str,
    lines: &'t LineIndex,
    range: TextRange,
) -> impl Iterator<Item = Comment> + 't {
    (lines.line(range.start)..=lines.line(range.end)).filter_map(move |number| {
        let line = lines.line_range(text, number);
        let content = line.of(text);
        let start = content.trim_start_matches(['\u{feff}', ' ', '\t']);
        let own_line = start.starts_with('#') || start.starts_with("//");
        let at = if own_line {
            content.len() - start.len()
        } else {
            trailing(content)?
        };
        Some(Comment {
            range: TextRange::new(line.start + at as u32, line.end),
            own_line,
            whole: true,
        })
    })
}

/// Where the comment that names kubelint begins in a line that holds more.
fn trailing(line: &str) -> Option<usize> {
    let named = line.rfind("ubelint")?.checked_sub(1)?;
    let before = line.get(..named)?.trim_end();
    let marker = before.trim_end_matches(['#', '/']);
    (before.ends_with('#') || before.ends_with("//")).then_some(marker.len())
}

/// What is a directive among `comments`, which are in order.
fn found<'t>(text: &'t str, lines: &LineIndex, comments: &[Comment]) -> Vec<Found<'t>> {
    let mut found: Vec<Found<'t>> = Vec::new();
    // The directives from `block` on stand on lines of their own that follow each other, up to the line before `below`.
    let (mut block, mut below) = (0, 0);
    for comment in comments {
        let line = lines.line(comment.range.start);
        if comment.own_line {
            if line != below {
                settle(&mut found[block..], below);
                block = found.len();
            }
            below = line + 1;
        }
        if let Some(directive) = directive::comment(text, comment.range) {
            found.push(Found {
                directive,
                line,
                own_line: comment.own_line,
                whole: comment.whole,
            });
        }
    }
    settle(&mut found[block..], below);
    found
}

/// Makes the directives of a block of comments speak of the line below the block.
fn settle(block: &mut [Found<'_>], below: u32) {
    for found in block.iter_mut().filter(|found| found.own_line) {
        found.line = below;
    }
}

impl Comments {
    pub(super) fn of(graph: &DeploymentGraph, file: &File) -> Self {
        let text = graph.sources.get(file.source).text();
        Self {
            nodes: is_tree(file).then(|| Nodes::of(&file.yaml, text)),
            instructions: dockerfile(graph, file).map_or_else(Vec::new, |it| {
                it.syntax.instructions.iter().map(|it| it.range).collect()
            }),
            ..Self::default()
        }
    }

    /// Notes that `found` allows `rule`, as the suppression number `ignore`. Of two that say the same of one line, the first holds.
    pub(super) fn add(&mut self, found: &Found<'_>, rule: RuleId, ignore: usize) {
        let lines = if found.own_line {
            &mut self.above
        } else {
            &mut self.beside
        };
        lines.entry((found.line, rule)).or_insert(ignore);
    }

    /// The suppressions of `rule` that speak of `range`.
    pub(super) fn matching(
        &self,
        lines: &LineIndex,
        range: TextRange,
        rule: &RuleId,
    ) -> impl Iterator<Item = usize> {
        let at = match &self.nodes {
            Some(nodes) => nodes.lines(lines, range),
            None => self.lines_of_text(lines, range),
        };
        let look_up = |lines: Vec<u32>, map: &BTreeMap<(u32, RuleId), usize>| -> Vec<usize> {
            lines
                .into_iter()
                .filter_map(|line| map.get(&(line, rule.clone())).copied())
                .collect()
        };
        let mut matching = look_up(at.beside, &self.beside);
        matching.extend(look_up(at.above, &self.above));
        matching.into_iter()
    }
}

impl Comments {
    /// The lines with which a place is connected that lies in no tree: its own, and that on which its instruction begins.
    fn lines_of_text(&self, lines: &LineIndex, range: TextRange) -> Lines {
        let mut at = Lines::of_line(lines.line(range.start));
        let next = self
            .instructions
            .partition_point(|it| it.start <= range.start);
        let instruction = next.checked_sub(1).map(|it| self.instructions[it]);
        if let Some(instruction) = instruction.filter(|it| range.start < it.end) {
            at.above.push(lines.line(instruction.start));
            at.above.dedup();
        }
        at
    }
}

impl Lines {
    /// A line for which only comments on it and right above it count.
    pub(super) fn of_line(line: u32) -> Self {
        Self {
            beside: vec![line],
            above: vec![line],
        }
    }
}
