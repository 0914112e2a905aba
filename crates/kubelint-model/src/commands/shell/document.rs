//! The commands of documents: blocks of code, lines that begin with a tool, and code within lines. A person runs them one after another, so
//! what one of them sets holds in the next.

use kubelint_parser::TextRange;
use kubelint_parser::shell;

use super::{Assembled, Context, Shell, known};
use crate::commands::lines::{BACKTICK, CONTINUED, after, each_continued_line, each_line};
use crate::commands::script::Reader;
use crate::commands::words::Variables;

/// What a line of a document may begin with to be a command outside a block of code.
const COMMANDS: [&str; 15] = [
    "docker",
    "podman",
    "kind",
    "minikube",
    "kubectl",
    "oc",
    "helm",
    "kustomize",
    "eksctl",
    "cat",
    "cd",
    "for",
    "done",
    "git",
    "microk8s",
];
/// The languages of blocks that a shell like bash reads; a block that names none is often one.
const SHELLS: [&str; 14] = [
    "",
    "bash",
    "console",
    "ksh",
    "sh",
    "sh-session",
    "shell",
    "shell-session",
    "shellscript",
    "shellsession",
    "terminal",
    "text",
    "txt",
    "zsh",
];
/// What stands before a command where the block shows what it prints, too.
const PROMPTS: [&str; 3] = ["$ ", "% ", "> "];
/// More blocks and lines than these are not read as scripts of one shell.
const MOST_TEXTS: usize = 2000;
/// Longer texts in angle brackets are not taken for something to be filled in.
const MAX_BLANK: usize = 60;

/// Reads the commands of a document.
pub(in crate::commands) fn read(
    text: &str,
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    variables: &Variables,
) {
    let mut document = Document {
        text,
        block: None,
        heading: "",
        read: 0,
        shell: Vec::new(),
        lines: Vec::new(),
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        document.line(at, line);
        at += line.len();
    }
    if let Some(block) = document.block.take() {
        document.end(&block);
    }
    let shell = Shell {
        variables: known(variables),
        ..Shell::default()
    };
    let texts: Vec<_> = document.shell.iter().map(|it| context.text(it)).collect();
    reader.evaluated(0, &[&context.evaluate(&texts, &shell)]);
    for range in document.lines {
        reader.line(range);
    }
}

/// A block of code that is being read.
struct Block<'a> {
    /// What ends it.
    fence: &'a str,
    language: &'a str,
    /// How far it is indented.
    indentation: usize,
    start: usize,
    end: usize,
}

struct Document<'a> {
    text: &'a str,
    block: Option<Block<'a>>,
    /// The line before.
    heading: &'a str,
    /// Up to where lines outside blocks were read with those before them.
    read: usize,
    /// What a shell reads.
    shell: Vec<Assembled>,
    /// What is read line by line: the blocks of other languages.
    lines: Vec<TextRange>,
}

impl<'a> Document<'a> {
    fn line(&mut self, at: usize, line: &'a str) {
        let content = line.trim();
        if let Some(mut block) = self.block.take() {
            let is_end = content.starts_with(block.fence) && content.len() < block.fence.len() + 8;
            if is_end {
                self.end(&block);
            } else {
                block.end = at + line.len();
                self.block = Some(block);
            }
            return;
        }
        let heading = std::mem::replace(&mut self.heading, content);
        if let Some((fence, language)) = fence(content, heading) {
            let start = at + line.len();
            self.block = Some(Block {
                fence,
                language,
                indentation: line.len() - line.trim_start().len(),
                start,
                end: start,
            });
            return;
        }
        if at >= self.read {
            self.prose(at, line);
        }
    }

    /// Takes the commands of a block.
    fn end(&mut self, block: &Block<'a>) {
        let language = block.language.to_ascii_lowercase();
        let range = TextRange::new(block.start as u32, block.end as u32);
        if !SHELLS.contains(&language.as_str()) || self.shell.len() >= MOST_TEXTS {
            let lines = &mut self.lines;
            let is_powershell = matches!(language.as_str(), "powershell" | "pwsh" | "ps1" | "ps");
            let continued = if is_powershell { BACKTICK } else { CONTINUED };
            each_continued_line(self.text, range, continued, |range, indentation| {
                lines.push(without_prompt(self.text, range, indentation));
            });
            return;
        }
        let script = block.commands(self.text);
        // What is no shell, or not only, is read line by line, so that it spoils nothing else. Other languages hold commands in such quotes.
        let is_other = ["'''", "\"\"\""].iter().any(|it| script.text.contains(it));
        let parsed = shell::parse(&script.text, &script.templates);
        if !is_other && parsed.errors.is_empty() {
            self.shell.push(script);
            return;
        }
        let mut ranges = Vec::new();
        each_line(self.text, range, |range, indentation| {
            ranges.push(without_prompt(self.text, range, indentation));
        });
        for range in ranges {
            self.command(range);
        }
    }

    /// Takes a line, or a part of one.
    fn command(&mut self, range: TextRange) {
        if self.shell.len() >= MOST_TEXTS {
            self.lines.push(range);
            return;
        }
        let mut script = Assembled::default();
        script.push(&self.text[range.to_usize()], range.start);
        self.shell.push(with_blanks(script));
    }

    /// A line outside blocks.
    fn prose(&mut self, at: usize, line: &'a str) {
        let content = line.trim_start();
        let indentation = line.len() - content.len();
        let skipped = ["$ ", "# ", "> ", "% ", "- "]
            .iter()
            .find(|it| content.starts_with(**it))
            .map_or(0, |it| it.len());
        let first = content[skipped..].split_whitespace().next();
        if first.is_some_and(|it| COMMANDS.contains(&it)) {
            let start = at + indentation + skipped;
            self.read = continued(self.text, at + line.len());
            return self.command(TextRange::new(start as u32, self.read as u32));
        }
        let mut at = at;
        for (index, code) in line.split('`').enumerate() {
            let is_command = COMMANDS
                .iter()
                .any(|it| code.strip_prefix(it).is_some_and(|it| it.starts_with(' ')));
            if index % 2 == 1 && is_command {
                self.command(TextRange::new(at as u32, (at + code.len()) as u32));
            }
            at += code.len() + 1;
        }
    }
}

/// What ends the block that a line begins, and its language; in AsciiDoc the line before states it.
fn fence<'a>(line: &'a str, heading: &'a str) -> Option<(&'a str, &'a str)> {
    let marker = line
        .chars()
        .next()
        .filter(|it| matches!(it, '`' | '~' | '-'))?;
    let language = line.trim_start_matches(marker);
    let fence = &line[..line.len() - language.len()];
    if marker == '-' {
        let stated = heading.strip_prefix("[source,")?;
        let language = stated.split([',', ']', '%']).next().unwrap_or_default();
        return (fence.len() >= 4 && fence == line).then(|| (fence, language.trim()));
    }
    let language = language.trim().trim_start_matches(['{', '.']);
    let language = language
        .split([' ', ',', '{', '}', ':', '='])
        .next()
        .unwrap_or_default();
    // Code within a line may be in as many backticks.
    (fence.len() >= 3 && !line[fence.len()..].contains('`')).then_some((fence, language))
}

/// The end of the line that ends at `end`, with those that go on in the next.
fn continued(text: &str, mut end: usize) -> usize {
    let goes_on = |end: usize| text[..end].trim_end_matches(['\n', '\r']).ends_with('\\');
    while goes_on(end) && end < text.len() {
        end += text[end..].find('\n').map_or(text.len() - end, |it| it + 1);
    }
    end
}

/// A line of a block without its indentation and the prompt.
fn without_prompt(text: &str, range: TextRange, indentation: usize) -> TextRange {
    let content = &text[range.to_usize()][indentation..];
    let prompt = PROMPTS
        .iter()
        .chain(&["- "])
        .find(|it| content.starts_with(**it));
    after(range, indentation + prompt.map_or(0, |it| it.len()))
}

impl Block<'_> {
    /// Its commands: all of its lines, or those behind prompts with what belongs to them.
    fn commands(&self, text: &str) -> Assembled {
        let lines = || text[self.start..self.end].split_inclusive('\n');
        let has_prompts = lines().any(|it| it.trim_start().starts_with("$ "));
        let mut found = Assembled::default();
        let mut at = self.start;
        let mut open = Open::default();
        for line in lines() {
            let start = at;
            at += line.len();
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            let content = &line[indentation.min(self.indentation)..];
            let trimmed = content.trim_start();
            let prompt = PROMPTS.iter().find(|it| trimmed.starts_with(**it));
            let prompt = prompt.filter(|it| !open.is_text() && (!has_prompts || **it == "$ "));
            // What a command prints stands behind it.
            if has_prompts && prompt.is_none() && !open.is_open() {
                continue;
            }
            let content = prompt.map_or(content, |it| &trimmed[it.len()..]);
            open.read(content);
            found.push(content, (start + line.len() - content.len()) as u32);
        }
        with_blanks(found)
    }
}

/// What a command leaves open at the end of its line.
#[derive(Default)]
struct Open<'a> {
    /// The line goes on in the next.
    continued: bool,
    /// A here-document goes on up to this line.
    until: Option<&'a str>,
}

impl<'a> Open<'a> {
    const fn is_text(&self) -> bool {
        self.until.is_some()
    }

    const fn is_open(&self) -> bool {
        self.continued || self.until.is_some()
    }

    fn read(&mut self, line: &'a str) {
        if let Some(end) = self.until {
            if line.trim() == end {
                self.until = None;
            }
            return;
        }
        self.continued = line.trim_end().ends_with(['\\', '|']);
        let delimiter = line.split_once("<<").map(|(_, it)| it);
        let delimiter = delimiter.filter(|it| !it.starts_with('<'));
        let delimiter =
            delimiter.and_then(|it| it.trim_start_matches('-').split_whitespace().next());
        let delimiter = delimiter.map(|it| it.trim_matches(['"', '\'']));
        let is_name = |it: &&str| it.starts_with(|it: char| it.is_ascii_alphabetic());
        self.until = delimiter.filter(is_name);
    }
}

/// Marks what people are to fill in: `<name>`, `{{ name }}`.
fn with_blanks(script: Assembled) -> Assembled {
    let mut found = script.mark("{{", "}}", |_| true);
    let text = found.text.as_str();
    let is_start = |at: usize| !text[..at].ends_with('<');
    let blanks = text.match_indices('<').filter(|(at, _)| is_start(*at));
    let blanks = blanks.filter_map(|(at, _)| {
        let limit = text.floor_char_boundary(at + 1 + MAX_BLANK);
        let inner = &text[at + 1..limit];
        let inner = &inner[..inner.find(['>', '<', '\n', '|', '&', ';'])?];
        let is_blank = text[at + 1 + inner.len()..].starts_with('>')
            && inner.starts_with(|it: char| it.is_ascii_alphabetic())
            && !inner.ends_with(' ');
        is_blank.then(|| TextRange::new(at as u32, (at + inner.len() + 2) as u32))
    });
    let blanks: Vec<TextRange> = blanks.collect();
    found.templates.extend(blanks);
    found.sort_templates();
    found
}
