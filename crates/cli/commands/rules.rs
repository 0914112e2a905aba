//! `kubelint rules`: what rules there are.

use std::io::{self, Write};

use kubelint_engine::decide::page_url;
use kubelint_engine::settings::Profile;
use kubelint_engine::{Registry, RuleMeta};
use serde::Serialize;

use crate::args::{RulesArgs, RulesFormat};
use crate::exit::{ExitStatus, Outcome};
use crate::{output, packs};

/// Lists the rules, sorted by id.
pub(crate) fn run(args: &RulesArgs) -> Outcome<ExitStatus> {
    let registry = packs::registry_of(&args.pack)?;
    output::to_stdout(Box::new(|out| match args.format {
        RulesFormat::Table => write_table(&registry, out),
        RulesFormat::Json => write_json(&registry, out),
    }))?;
    Ok(ExitStatus::Clean)
}

fn write_table(registry: &Registry, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[&str; 5]> = registry
        .iter()
        .map(|rule| &rule.meta)
        .map(|meta| {
            [
                meta.id.as_str(),
                meta.category.as_str(),
                meta.severity.as_str(),
                how_to_run(meta),
                &meta.title,
            ]
        })
        .collect();
    let head = ["rule", "category", "severity", "runs", "title"];
    let widths = |column: usize| {
        let cells = rows.iter().chain([&head]).map(|row| row[column].len());
        cells.max().unwrap_or(0)
    };
    let widths = [widths(0), widths(1), widths(2), widths(3)];
    for [id, category, severity, runs, title] in [&head].into_iter().chain(&rows) {
        let [a, b, c, d] = widths;
        writeln!(
            out,
            "{id:a$}  {category:b$}  {severity:c$}  {runs:d$}  {title}"
        )?;
    }
    Ok(())
}

/// Under which circumstances a rule runs, in a word.
fn how_to_run(meta: &RuleMeta) -> &'static str {
    if Profile::Default.includes(meta) {
        "always"
    } else if Profile::Strict.includes(meta) {
        "strict"
    } else {
        meta.status.as_str()
    }
}

/// A rule as `--format json` tells it.
#[derive(Serialize)]
struct WireRule<'a> {
    id: &'a str,
    category: &'static str,
    severity: &'static str,
    confidence: &'static str,
    status: &'static str,
    since: &'a str,
    title: &'a str,
    default: bool,
    aliases: &'a [String],
    url: String,
}

fn write_json(registry: &Registry, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<_> = registry
        .iter()
        .map(|rule| &rule.meta)
        .map(|meta| WireRule {
            id: meta.id.as_str(),
            category: meta.category.as_str(),
            severity: meta.severity.as_str(),
            confidence: meta.confidence.as_str(),
            status: meta.status.as_str(),
            since: &meta.since,
            title: &meta.title,
            default: Profile::Default.includes(meta),
            aliases: &meta.aliases,
            url: page_url(meta),
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &rules)?;
    writeln!(out)
}
