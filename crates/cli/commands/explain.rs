//! `kubelint explain`: the page of a rule, or the rules of a category.

use std::io::{self, Write};

use kubelint_engine::registry::Rule;
use kubelint_engine::suggest::hint;
use kubelint_engine::{Category, Registry, RuleMeta};

use crate::args::{ExplainArgs, PrintArgs};
use crate::exit::{ExitStatus, Failure, Outcome};
use crate::{output, packs, peers};

/// Prints the pages of the rules that go by the name given.
pub(crate) fn run(args: &ExplainArgs, print: PrintArgs) -> Outcome<ExitStatus> {
    let registry = packs::registry_of(&args.pack)?;
    let rules: Vec<&Rule> = registry.find(&args.rule).collect();
    if rules.is_empty()
        && let Some(category) = Category::parse(&args.rule)
    {
        return list(category, &registry);
    }
    if rules.is_empty() {
        return Err(not_there(&args.rule, &registry));
    }
    let style = Style::new(print.color.for_output(None));
    output::to_stdout(Box::new(|out| {
        for (index, rule) in rules.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            write_page(rule, style, out)?;
        }
        Ok(())
    }))?;
    Ok(ExitStatus::Clean)
}

/// Prints which rules there are in a category.
fn list(category: Category, registry: &Registry) -> Outcome<ExitStatus> {
    let rules = registry.iter().map(|rule| &rule.meta);
    let rules: Vec<&RuleMeta> = rules.filter(|it| it.category == category).collect();
    output::to_stdout(Box::new(|out| {
        writeln!(out, "{} is a category, with the rules:", category.as_str())?;
        rules
            .iter()
            .try_for_each(|it| writeln!(out, "  {}: {}", it.id, it.title))
    }))?;
    Ok(ExitStatus::Clean)
}

/// A name of another linter's check that no page lists is told as such: it is no mistake in typing.
fn not_there(name: &str, registry: &Registry) -> Failure {
    let why = match peers::owner(name) {
        Some(linter) => {
            format!(": it is a check of {linter} to which none of kubelint's corresponds")
        }
        None => hint(registry.did_you_mean(name)),
    };
    Failure::new(format!("there is no rule `{name}`{why}"))
}

/// How headings and code are set off.
#[derive(Clone, Copy, Debug)]
struct Style {
    heading: &'static str,
    code: &'static str,
    reset: &'static str,
}

impl Style {
    fn new(color: bool) -> Self {
        if color {
            Self {
                heading: "\u{1b}[1m",
                code: "\u{1b}[36m",
                reset: "\u{1b}[0m",
            }
        } else {
            Self {
                heading: "",
                code: "",
                reset: "",
            }
        }
    }
}

fn write_page(rule: &Rule, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Style {
        heading,
        code,
        reset,
    } = style;
    writeln!(out, "{heading}{}{reset}: {}", rule.meta.id, rule.meta.title)?;
    writeln!(out, "{}\n", facts(&rule.meta))?;
    let page = rule.shown();
    let mut in_code = false;
    for line in page.trim().lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if in_code && line.is_empty() {
            writeln!(out)?;
        } else if in_code {
            writeln!(out, "    {code}{line}{reset}")?;
        } else if let Some(title) = title(line) {
            writeln!(out, "{heading}{title}{reset}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    for reference in &rule.meta.references {
        writeln!(out, "see {reference}")?;
    }
    Ok(())
}

/// The text of a heading in Markdown.
fn title(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.strip_prefix(' '))?
}

/// What the page's front matter says that a reader wants to know.
fn facts(meta: &RuleMeta) -> String {
    let mut facts = format!(
        "{} · {} · {} confidence · {} since {}",
        meta.category.as_str(),
        meta.severity.as_str(),
        meta.confidence.as_str(),
        meta.status.as_str(),
        meta.since
    );
    if !meta.aliases.is_empty() {
        facts.push_str(" · also known as ");
        facts.push_str(&meta.aliases.join(", "));
    }
    facts
}
