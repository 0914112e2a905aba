//! Examples: the tests of a rule, which are also its documentation.
//!
//! They stand under `## Bad` and `## Good` of a rule's page, and, where they are too dull for it, in a file of cases of the same
//! form. Each `###` is one case, a whole project; what stands before the first `###` is one too. Every fence is a file of it:
//!
//! - the fence's first word is its language and gives the file its name: `manifest.yaml`, `manifest.json`, `Dockerfile` …;
//!   `file=deploy/svc.yaml` gives another, `context` makes it one that is there but was not asked about;
//! - a `yaml config` fence is the case's `kubelint.yaml`, and a `yaml registry` fence, written as a lock file, is what registries answer
//!   to whom asks them; `text` and `console` fences are prose.
//!
//! A mark at the end of a line says what is to be found there, and is cut off before the file is read:
//!
//! - `# finding` or `// finding`: a finding's primary place starts in this line; `# finding: "text"`: and its message holds the
//!   text; `# finding(warning)`: and it has this severity;
//! - `# related`: a related place starts in this line;
//! - `# finding-below` alone on its line, which is cut out, says it of the line below.
//!
//! A bad case must have exactly the findings that are marked, and at least one. A good one must have none.

mod marks;
mod run;

pub use marks::{Expected, Mark};
pub use run::{Kind, run};

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use crate::mistake::{InputText, Mistake};
use crate::page::{self, Lines, Sections};

/// The cases of a page or of a file of cases.
#[derive(Clone, Debug, Default)]
pub struct Examples {
    /// Those under `## Bad`.
    pub bad: Vec<Case>,
    /// Those under `## Good`.
    pub good: Vec<Case>,
}

/// One case: a small project.
#[derive(Clone, Debug)]
pub struct Case {
    /// The page.
    pub page: String,
    /// The line of the page at which it begins, from 1.
    pub line: u32,
    /// Its heading; empty for what stands before the first one.
    pub title: String,
    /// Its files, in the order written.
    pub files: Vec<CaseFile>,
    /// The text of its `kubelint.yaml`.
    pub config: Option<String>,
    /// What registries answer, as a lock file says it; `None` if nobody may ask them.
    pub registry: Option<String>,
}

/// One file of a case.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// Its path.
    pub path: SourcePath,
    /// Its text, without marks.
    pub text: String,
    /// Whether the user asked about it, or it is only there.
    pub target: bool,
    /// What is expected, in order.
    pub marks: Vec<Mark>,
    /// The line of the page for each of its lines.
    lines: Vec<u32>,
}

/// Reads the examples of a page, or of a file of cases, which may do without front matter and other sections.
pub fn parse(path: &str, text: &str) -> Result<Examples, Vec<Mistake>> {
    let input = InputText::new(path, text);
    let mut mistakes = Vec::new();
    let sections = Sections::read(&input, page::body(&input), &mut mistakes);
    let mut cases = |section| {
        let range = sections.get(section).unwrap_or_default();
        parse_section(&input, range, &mut mistakes)
    };
    let examples = Examples {
        bad: cases("Bad"),
        good: cases("Good"),
    };
    if mistakes.is_empty() {
        Ok(examples)
    } else {
        Err(mistakes)
    }
}

/// The text with what is only for its tests cut out of the fences.
pub(crate) fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fences = Fences::default();
    for line in Lines::of(text, TextRange::new(0, text.len() as u32)) {
        let content = line.content.of(text);
        if fences.step(content) == At::Inside {
            let (kept, marks) = marks::cut(content);
            if marks.iter().any(|it| it.below) {
                continue;
            }
            out.push_str(kept);
        } else {
            out.push_str(content);
        }
        out.push('\n');
    }
    out
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// In the prose.
    Prose,
    /// It opens a fence.
    Open,
    /// It is in a fence.
    Inside,
    /// It closes a fence.
    Close,
}

/// Follows the fences of a text, line by line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fences {
    open: Option<usize>,
}

impl Fences {
    /// Where the next line stands.
    pub(crate) fn step(&mut self, line: &str) -> At {
        let ticks = line.bytes().take_while(|&it| it == b'`').count();
        match self.open {
            None if ticks >= 3 => {
                self.open = Some(ticks);
                At::Open
            }
            None => At::Prose,
            Some(open) if ticks >= open && line.trim_end().len() == ticks => {
                self.open = None;
                At::Close
            }
            Some(_) => At::Inside,
        }
    }

    /// Whether a fence is open.
    pub(crate) fn is_open(self) -> bool {
        self.open.is_some()
    }
}

fn parse_section(
    input: &InputText<'_>,
    range: TextRange,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Case> {
    let text = input.text();
    let case = |line, title: &str| Case {
        page: input.path().to_owned(),
        line,
        title: title.trim().to_owned(),
        files: Vec::new(),
        config: None,
        registry: None,
    };
    let mut cases = vec![case(input.line(range.start), "")];
    let mut fences = Fences::default();
    let mut open: Option<Fence> = None;
    for line in Lines::of(text, range) {
        let content = line.content.of(text);
        let number = input.line(line.content.start);
        match fences.step(content) {
            At::Prose => {
                if let Some(title) = content.strip_prefix("### ") {
                    cases.push(case(number, title));
                }
            }
            At::Open => open = Fence::read(input, line.content, mistakes),
            At::Inside => {
                if let Some(fence) = &mut open {
                    fence.push(number, content);
                }
            }
            At::Close => {
                if let (Some(fence), Some(case)) = (open.take(), cases.last_mut()) {
                    fence.end(input, case, mistakes);
                }
            }
        }
    }
    let titled = |it: &Case| !it.title.is_empty();
    cases.retain(|it| titled(it) || !it.files.is_empty());
    for case in &cases {
        if case.files.is_empty() {
            let place = TextRange::empty(range.start);
            let message = format!("the case `{}` has no file", case.title);
            mistakes.push(input.mistake(place, message));
        }
    }
    cases
}

/// A fence that is being read.
struct Fence {
    info: TextRange,
    config: bool,
    registry: bool,
    file: CaseFile,
    below: Vec<Mark>,
}

impl Fence {
    /// Reads the line that opens a fence; none if the fence is prose or wrong.
    fn read(input: &InputText<'_>, line: TextRange, mistakes: &mut Vec<Mistake>) -> Option<Self> {
        let info = line.of(input.text()).trim_start_matches('`');
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or("text");
        let (mut path, mut target) = (None, true);
        let (mut config, mut registry) = (false, false);
        for word in words {
            match word.split_once('=') {
                Some(("file", name)) => path = Some(name),
                None if word == "context" => target = false,
                None if word == "config" => config = true,
                None if word == "registry" => registry = true,
                _ => {
                    let message = format!(
                        "`{word}` means nothing here: `file=PATH`, `context`, `config` and `registry` do"
                    );
                    mistakes.push(input.mistake(line, message));
                }
            }
        }
        let named = match language {
            "text" | "console" => return None,
            "yaml" => Some("manifest.yaml"),
            "json" => Some("manifest.json"),
            "dockerfile" => Some("Dockerfile"),
            "sh" | "bash" => Some("example.sh"),
            "makefile" => Some("Makefile"),
            _ => None,
        };
        let Some(path) = path.or(named) else {
            let message = format!("a `{language}` file needs a name: `{language} file=PATH`");
            mistakes.push(input.mistake(line, message));
            return None;
        };
        Some(Self {
            info: line,
            config,
            registry,
            file: CaseFile {
                path: SourcePath::new(path),
                text: String::new(),
                target,
                marks: Vec::new(),
                lines: Vec::new(),
            },
            below: Vec::new(),
        })
    }

    fn push(&mut self, number: u32, line: &str) {
        let (kept, found) = marks::cut(line);
        let (below, here): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it.below);
        self.below.extend(below);
        if !self.below.is_empty() && kept.is_empty() && here.is_empty() {
            return;
        }
        self.file.text.push_str(kept);
        self.file.text.push('\n');
        self.file.lines.push(number);
        let at = self.file.lines.len() as u32;
        let marks = self.below.drain(..).chain(here);
        self.file
            .marks
            .extend(marks.map(|mark| Mark { line: at, ..mark }));
    }

    fn end(self, input: &InputText<'_>, case: &mut Case, mistakes: &mut Vec<Mistake>) {
        if self.config {
            case.config = Some(self.file.text);
        } else if self.registry {
            case.registry = Some(self.file.text);
        } else if case.files.iter().any(|it| it.path == self.file.path) {
            let message = format!("the case has two files `{}`", self.file.path);
            mistakes.push(input.mistake(self.info, message));
        } else if !self.below.is_empty() {
            mistakes.push(input.mistake(self.info, "there is no line below the last mark"));
        } else {
            case.files.push(self.file);
        }
    }
}
