//! Pipelines of Jenkins: the texts that `sh` is given, each for a shell of its own. A scan of the Groovy around them; nothing else of it is
//! read but the folders that `dir` enters.

use kubelint_parser::TextRange;

use super::{Assembled, Context, Form, Script, Shell, made_value};
use crate::commands::lines::each_line;
use crate::commands::script::Reader;
use crate::commands::words::{Variables, name_length};
use crate::script::{Folder, ROOT, Value};

/// How deep blocks may stand in each other for their folders to be known.
const MAX_DEPTH: usize = 64;
/// How far from its name the text of a step begins.
const MAX_GAP: usize = 200;
/// More texts than these are not read.
const MOST_TEXTS: usize = 2000;

/// Reads the commands of a Jenkinsfile.
pub(in crate::commands) fn read(
    text: &str,
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    variables: &Variables,
    scripts: &mut Vec<Script>,
) {
    let template = |text: &str| {
        let name = text.trim_start_matches(['$', '{']).trim_end_matches('}');
        let name = name.trim().strip_prefix("env.").unwrap_or(name.trim());
        made_value(name, variables)
    };
    let mut scan = Scan {
        text,
        at: 0,
        folders: vec![Folder::root()],
        entered: None,
    };
    let mut left = MOST_TEXTS;
    while let Some(step) = scan.next().filter(|_| left > 0) {
        left -= 1;
        if !step.is_shell {
            reader.enter(0, None);
            each_line(text, step.literal.range, |range, _| reader.line(range));
            continue;
        }
        let mut shell = Shell {
            folder: step.folder.clone(),
            // The plugin runs `sh -xe`.
            pipefail: false,
            template: &template,
            ..Shell::of_job(variables)
        };
        let workspace = Value::from(ROOT.to_string());
        shell.variables.insert("WORKSPACE".to_owned(), workspace);
        let commands = step.literal.decode(text);
        scripts.push(context.run(&[commands], &shell, (0, Form::Job), reader));
    }
}

/// A step that runs commands.
struct Step {
    literal: Literal,
    /// Whether a shell like bash reads them.
    is_shell: bool,
    folder: Folder,
}

/// A string of Groovy: what stands between its quotes.
struct Literal {
    range: TextRange,
    /// Whether `$` in it is for Groovy.
    is_interpolated: bool,
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The folder of each block around.
    folders: Vec<Folder>,
    /// The folder that the next block enters.
    entered: Option<Folder>,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<Step> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            match first {
                '/' if rest.starts_with("//") => self.skip(rest.find('\n')),
                '/' if rest.starts_with("/*") => self.skip(rest.find("*/").map(|it| it + 2)),
                '\'' | '"' => drop(self.literal()),
                '{' => {
                    let folder = self.entered.take();
                    let folder = folder.or_else(|| self.folders.last().cloned());
                    if self.folders.len() < MAX_DEPTH {
                        self.folders.extend(folder);
                    }
                    self.at += 1;
                }
                '}' => {
                    if self.folders.len() > 1 {
                        self.folders.pop();
                    }
                    self.at += 1;
                }
                _ => {
                    let length = name_length(rest);
                    let name = &rest[..length];
                    self.at += length.max(first.len_utf8());
                    if let Some(step) = self.step(name) {
                        return Some(step);
                    }
                }
            }
        }
    }

    fn skip(&mut self, length: Option<usize>) {
        self.at = length.map_or(self.text.len(), |it| self.at + it);
    }

    /// The step called `name`, if it is one and a string follows.
    fn step(&mut self, name: &str) -> Option<Step> {
        if !matches!(name, "sh" | "bat" | "powershell" | "pwsh" | "dir") {
            return None;
        }
        let start = self.at;
        let gap = &self.text[start..self.text.floor_char_boundary(start + MAX_GAP)];
        let quote = gap.find(['\'', '"'])?;
        let before = gap[..quote].replace(char::is_whitespace, "");
        let is_named = before.starts_with('(') && before.ends_with("script:");
        if !is_named && !matches!(before.as_str(), "" | "(" | "script:" | "([script:") {
            return None;
        }
        self.at = start + quote;
        let literal = self.literal()?;
        let folder = self.folders.last().cloned().unwrap_or_else(Folder::unknown);
        if name == "dir" {
            let written = &self.text[literal.range.to_usize()];
            let is_open = literal.is_interpolated && written.contains('$');
            let folder = (!is_open).then(|| folder.join(written)).flatten();
            self.entered = Some(folder.unwrap_or_else(Folder::unknown));
            return None;
        }
        Some(Step {
            literal,
            is_shell: name == "sh",
            folder,
        })
    }

    /// Passes a string.
    fn literal(&mut self) -> Option<Literal> {
        let rest = &self.text[self.at..];
        let quote = rest.chars().next()?;
        let triple: String = [quote; 3].iter().collect();
        let close = if rest.starts_with(&triple) {
            triple.as_str()
        } else {
            &triple[..1]
        };
        let start = self.at + close.len();
        let mut at = start;
        loop {
            let rest = &self.text[at..];
            let next = rest.chars().next();
            if next.is_none() || rest.starts_with(close) || close.len() == 1 && next == Some('\n') {
                break;
            }
            at += next.map_or(1, char::len_utf8);
            if next == Some('\\') {
                at += self.text[at..].chars().next().map_or(0, char::len_utf8);
            }
        }
        self.at = (at + close.len()).min(self.text.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        Some(Literal {
            range: TextRange::new(start as u32, at as u32),
            is_interpolated: quote == '"',
        })
    }
}

impl Literal {
    /// The text as the shell gets it.
    fn decode(&self, text: &str) -> Assembled {
        let mut found = Assembled::default();
        let end = self.range.end as usize;
        let mut at = self.range.start as usize;
        while at < end {
            let rest = &text[at..end];
            let plain = rest.find(['\\', '$']).unwrap_or(rest.len());
            found.push(&rest[..plain], at as u32);
            at += plain;
            let rest = &text[at..end];
            if let Some(escaped) = rest.strip_prefix('\\') {
                let length = escaped.chars().next().map_or(0, char::len_utf8);
                match escaped.get(..length) {
                    Some("n") => found.push("\n", at as u32),
                    Some("t") => found.push("\t", at as u32),
                    // The line goes on.
                    Some("\n") => found.push(" ", at as u32),
                    Some(it) => found.push(it, (at + 1) as u32),
                    None => {}
                }
                at += 1 + length;
            } else if let Some(behind) = rest.strip_prefix('$') {
                let length = if self.is_interpolated {
                    interpolated(behind)
                } else {
                    0
                };
                let whole = &rest[..=length];
                if length > 0 {
                    found.push_template(whole, at as u32);
                } else {
                    found.push(whole, at as u32);
                }
                at += whole.len();
            }
        }
        found
    }
}

/// The length of what Groovy puts in for a `$`: `{…}` or a name.
fn interpolated(text: &str) -> usize {
    if text.starts_with('{') {
        let limit = text.floor_char_boundary(MAX_GAP);
        return text[..limit].find('}').map_or(0, |it| it + 1);
    }
    name_length(text)
}
