//! A rule's page, `<category>/<id>.md`: what the rule is, for the program, its users and its tests.
//!
//! A page begins with front matter between two `---` lines ([`FRONT_MATTER`] lists its keys), then says in one line what is
//! flagged, and has the sections `## Why`, `## Bad`, `## Good`, `## Remedy` and `## Limits`, in this order; a stable rule must
//! have the last one too. The examples under Bad and Good are its tests ([`crate::examples`]). Its id and category are the names
//! of the file and its folder, and stand nowhere else.

use kubelint_parser::TextRange;

use crate::examples;
use crate::meta::OnByDefault;
use crate::mistake::{InputText, Mistake};
use crate::params::Params;
use crate::predicate::Predicate;
use crate::shape::{Shape, optional, required};
use crate::value::{Data, Value};
use crate::{Category, Confidence, RuleId, RuleMeta, Severity, Status};

/// A page, read.
#[derive(Clone, Debug)]
pub struct Page {
    /// What the front matter states.
    pub meta: RuleMeta,
    /// How the rule checks.
    pub check: PageCheck,
}

/// How a page says that its rule checks.
#[derive(Clone, Debug)]
pub enum PageCheck {
    /// A function beside the page.
    Code,
    /// The engine raises it.
    Engine,
    /// The page itself says what must hold.
    Data(Box<Predicate>),
}

/// The keys of a page's front matter.
pub const FRONT_MATTER: Shape = Shape::Map(&[
    required(
        "title",
        Shape::Text,
        "What is wrong, in a few words, as a heading.",
    ),
    required(
        "severity",
        Shape::Word(&["error", "warning", "info"]),
        "The severity at high confidence.",
    ),
    optional(
        "confidence",
        Shape::Word(&["high", "medium", "low"]),
        "The highest confidence of its findings; high if not given.",
    ),
    required(
        "status",
        Shape::Word(&["preview", "stable", "deprecated"]),
        "Where the rule is in its life.",
    ),
    required(
        "since",
        Shape::Text,
        "The version of kubelint that brought it.",
    ),
    optional(
        "default",
        Shape::Word(&["on", "off"]),
        "Whether it runs unasked, where category and severity would say otherwise.",
    ),
    optional(
        "yields-to",
        Shape::List(&Shape::Text),
        "Rules and categories whose finding of the same cause explains this one away.",
    ),
    optional(
        "aliases",
        Shape::List(&Shape::Text),
        "Ids of the same check in other linters.",
    ),
    optional("references", Shape::List(&Shape::Text), "Further reading."),
    optional(
        "kinds",
        Shape::List(&Shape::Text),
        "What it looks at: `Deployment`, or `group/Kind`.",
    ),
    optional(
        "params",
        Shape::Table(&Shape::Any),
        "Its parameters with their defaults.",
    ),
    required(
        "check",
        Shape::Either(&[Shape::Word(&["code", "engine"]), crate::predicate::SHAPE]),
        "How it checks: a function beside the page, the engine, or what must hold.",
    ),
    optional(
        "message",
        Shape::Text,
        "What a finding says, for rules without code; words in braces are replaced.",
    ),
]);

/// A page's sections, in their order.
const SECTIONS: [&str; 5] = ["Why", "Bad", "Good", "Remedy", "Limits"];

/// The longest first line, in characters: it is shown in lists.
const LONGEST_SUMMARY: usize = 100;

impl Page {
    /// Reads the page `path`, which is `<category>/<id>.md`, below whatever folders. `pack` is the rule pack's name; none for the
    /// built-in rules.
    pub fn parse(path: &str, text: &str, pack: Option<&str>) -> Result<Self, Vec<Mistake>> {
        let input = InputText::new(path, text);
        let (category, id) = name(&input)?;
        let (front, body) = split(&input)?;
        let Some(value) = Value::read(&input, front)? else {
            return Err(vec![input.mistake(front, "the front matter is empty")]);
        };
        let mut mistakes = Vec::new();
        FRONT_MATTER.check(&input, "", &value, &mut mistakes);
        let sections = Sections::read(&input, body, &mut mistakes);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let id = match pack {
            Some(pack) => format!("{pack}/{id}"),
            None => id.to_owned(),
        };
        let meta = meta(&input, &value, &id, category, &sections, &mut mistakes);
        let check = check(&input, &value, &meta, &mut mistakes);
        sections.check(&input, &meta, &mut mistakes);
        match check {
            Some(check) if mistakes.is_empty() => Ok(Self { meta, check }),
            _ => Err(mistakes),
        }
    }
}

/// The text of a page as it is shown: without the front matter and without the marks of its tests.
pub fn shown(text: &str) -> String {
    let body = body(&InputText::new("", text));
    examples::without_marks(body.of(text).trim_start())
}

/// Category and id, as the path states them.
fn name<'a>(input: &InputText<'a>) -> Result<(Category, &'a str), Vec<Mistake>> {
    let start = TextRange::empty(0);
    let wrong = |message: &str| vec![input.mistake(start, message)];
    let mut parts = input.path().rsplit('/');
    let id = parts
        .next()
        .and_then(|file| file.strip_suffix(".md"))
        .filter(|id| is_kebab_case(id));
    let Some(id) = id else {
        return Err(wrong(
            "a rule's page is called as the rule, in lower case with hyphens: `my-rule.md`",
        ));
    };
    parts
        .next()
        .and_then(Category::parse)
        .map(|category| (category, id))
        .ok_or_else(|| {
            let all: Vec<_> = Category::ALL.iter().map(|it| it.as_str()).collect();
            wrong(&format!(
                "a rule's page lies in the folder of its category, one of {}",
                all.join(", ")
            ))
        })
}

/// Whether a name is made of lower-case letters and digits, joined by single hyphens, and begins with a letter.
pub fn is_kebab_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        })
}

/// The front matter, without its `---` lines, and what follows.
fn split(input: &InputText<'_>) -> Result<(TextRange, TextRange), Vec<Mistake>> {
    let text = input.text();
    let end = text.len() as u32;
    let mut lines = Lines::of(text, TextRange::new(0, end));
    let wrong = |message: &str| vec![input.mistake(TextRange::empty(0), message)];
    let Some(first) = lines.next().filter(|it| it.content.of(text) == "---") else {
        return Err(wrong("a page begins with `---` and its front matter"));
    };
    match lines.find(|it| it.content.of(text) == "---") {
        Some(last) => Ok((
            TextRange::new(first.end, last.content.start),
            TextRange::new(last.end, end),
        )),
        None => Err(wrong("the front matter has no end: a line `---`")),
    }
}

fn meta(
    input: &InputText<'_>,
    front: &Value,
    id: &str,
    category: Category,
    sections: &Sections,
    mistakes: &mut Vec<Mistake>,
) -> RuleMeta {
    let text = |key: &str| front.get(key).and_then(Value::as_str).unwrap_or_default();
    let list = |key: &str| -> Vec<String> {
        front
            .get(key)
            .map_or(&[][..], Value::items)
            .iter()
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect()
    };
    let params = front
        .get("params")
        .map_or_else(Params::default, |it| Params::defaults(input, it, mistakes));
    RuleMeta {
        id: RuleId::new(id),
        category,
        title: text("title").to_owned(),
        severity: Severity::parse(text("severity")).unwrap_or(Severity::Error),
        confidence: Confidence::parse(text("confidence")).unwrap_or(Confidence::High),
        status: Status::parse(text("status")).unwrap_or(Status::Preview),
        since: text("since").to_owned(),
        yields_to: list("yields-to"),
        aliases: list("aliases"),
        references: list("references"),
        kinds: list("kinds"),
        params,
        default: match text("default") {
            "on" => Some(OnByDefault::On),
            "off" => Some(OnByDefault::Off),
            _ => None,
        },
        summary: sections.summary.of(input.text()).to_owned(),
        remedy: unwrapped(sections.get("Remedy").unwrap_or_default().of(input.text())),
    }
}

/// Prose with a line for each paragraph, wherever the page breaks its lines.
fn unwrapped(text: &str) -> String {
    let paragraphs = text.trim().split("\n\n");
    let lines = paragraphs.map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

fn check(
    input: &InputText<'_>,
    front: &Value,
    meta: &RuleMeta,
    mistakes: &mut Vec<Mistake>,
) -> Option<PageCheck> {
    let value = front.get("check")?;
    let message = front.get("message");
    let data = matches!(value.data, Data::Map(_));
    match message {
        None if data => {
            mistakes.push(input.mistake(value.range, "a rule without code needs a `message`"));
            return None;
        }
        Some(message) if !data => {
            let text = "only a rule without code has a `message` here";
            mistakes.push(input.mistake(message.range, text));
        }
        _ => {}
    }
    match value.as_str() {
        Some("code") => Some(PageCheck::Code),
        Some(_) => Some(PageCheck::Engine),
        None => Predicate::read(input, value, message?, meta, mistakes)
            .map(|it| PageCheck::Data(Box::new(it))),
    }
}

/// The part of a page or of a file of cases after its front matter, if it has one.
pub(crate) fn body(input: &InputText<'_>) -> TextRange {
    split(input).map_or_else(
        |_| TextRange::new(0, input.text().len() as u32),
        |(_, body)| body,
    )
}

/// The prose of a page: its first line, and its sections by name.
pub(crate) struct Sections {
    summary: TextRange,
    /// Name, heading line, content.
    found: Vec<(String, TextRange, TextRange)>,
}

impl Sections {
    pub(crate) fn read(
        input: &InputText<'_>,
        body: TextRange,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let text = input.text();
        let mut summary = TextRange::empty(body.start);
        let mut found: Vec<(String, TextRange, TextRange)> = Vec::new();
        let mut fences = examples::Fences::default();
        for line in Lines::of(text, body) {
            let content = line.content.of(text);
            let prose = fences.step(content) == examples::At::Prose;
            let heading = content.strip_prefix("## ").filter(|_| prose);
            if let Some(heading) = heading {
                let heading = heading.trim().to_owned();
                found.push((heading, line.content, TextRange::empty(line.end)));
            } else if let Some((.., content)) = found.last_mut() {
                content.end = line.end;
            } else if summary.is_empty() && !content.trim().is_empty() {
                summary = line.content;
            }
        }
        if fences.is_open() {
            mistakes.push(input.mistake(TextRange::empty(body.end), "a fence is not closed"));
        }
        Self { summary, found }
    }

    /// The content of the section `name`.
    pub(crate) fn get(&self, name: &str) -> Option<TextRange> {
        self.found
            .iter()
            .find(|(it, ..)| it == name)
            .map(|(.., content)| *content)
    }

    fn check(&self, input: &InputText<'_>, meta: &RuleMeta, mistakes: &mut Vec<Mistake>) {
        let mut wrong = |range, message: String| mistakes.push(input.mistake(range, message));
        let length = self.summary.of(input.text()).chars().count();
        if length == 0 {
            let message = "a line that says what is flagged is missing after the front matter";
            wrong(self.summary, message.into());
        }
        if length > LONGEST_SUMMARY {
            let message =
                format!("the first line has {length} characters, more than {LONGEST_SUMMARY}");
            wrong(self.summary, message);
        }
        let mut last = 0;
        for (name, heading, content) in &self.found {
            match SECTIONS.iter().position(|it| it == name) {
                None => {
                    let hint = crate::suggest::hint(crate::suggest::did_you_mean(name, SECTIONS));
                    wrong(*heading, format!("unknown section `{name}`{hint}"));
                }
                Some(index) if index < last => {
                    let order = SECTIONS.join(", ");
                    wrong(
                        *heading,
                        format!("the sections stand in this order, each once: {order}"),
                    );
                }
                Some(index) => last = index + 1,
            }
            if content.of(input.text()).trim().is_empty() {
                wrong(*heading, format!("the section `{name}` is empty"));
            }
        }
        for name in SECTIONS {
            let needed = name != "Limits" || meta.status == Status::Stable;
            if needed && self.get(name).is_none() {
                wrong(self.summary, format!("the section `## {name}` is missing"));
            }
        }
    }
}

/// One line of a text.
pub(crate) struct Line {
    /// Its bytes without the line break.
    pub(crate) content: TextRange,
    /// The offset after the line break.
    pub(crate) end: u32,
}

/// The lines of a part of a text. `\n` and `\r\n` end them.
pub(crate) struct Lines<'a> {
    text: &'a str,
    rest: TextRange,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a str, rest: TextRange) -> Self {
        Self { text, rest }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.rest.is_empty() {
            return None;
        }
        let rest = self.rest.of(self.text);
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1) as u32;
        let end = self.rest.start + length;
        let line = TextRange::new(self.rest.start, end).of(self.text);
        let content = line.trim_end_matches(['\n', '\r']).len() as u32;
        let content = TextRange::new(self.rest.start, self.rest.start + content);
        self.rest.start = end;
        Some(Line { content, end })
    }
}

#[cfg(test)]
mod tests;
