//! The text of a proposed configuration. Nothing of the repository stands in it but names that need no quotes, and, in comments, paths
//! without anything that could end a line.

use std::fmt::{self, Write};

use super::Seen;
use super::versions::{Choice, Hint};
use crate::report::line;

/// More hints, registries or objects are not shown.
const MOST: usize = 40;

/// More folders are not shown: whoever has so many knows them.
const MOST_FOLDERS: usize = 12;

/// The text of a `kubelint.yaml` for what is seen.
pub(crate) fn configuration(seen: &Seen) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut out, seen);
    out
}

fn write_all(out: &mut String, seen: &Seen) -> fmt::Result {
    out.push_str(
        "# The configuration of kubelint. What is commented out is a proposal: take the `# ` away where it is right.\n\
         # `kubelint schema config` prints all keys.\n",
    );
    if seen.needs_root {
        out.push_str("\n# This folder is the root: references are resolved in it, and nothing outside is read.\nroot: true\n");
    }
    write_version(out, seen)?;
    write_builds(out, seen)?;
    write_external(out, seen)?;
    out.push_str(
        "\n# What no file shows of the cluster.\n\
         # cluster:\n\
         #   nodes: 3\n\
         \n\
         # Findings that are known already, so that only new ones fail. This writes the file:\n\
         # kubelint check --write-baseline=kubelint-baseline.json\n\
         # baseline: kubelint-baseline.json\n",
    );
    Ok(())
}

fn write_version(out: &mut String, seen: &Seen) -> fmt::Result {
    out.push_str("\n# The version of the cluster. Unset, only what holds in all supported versions is said.\n");
    write_list(out, &seen.hints, MOST, |out, hint| {
        write!(out, "# {}", told(hint))
    })?;
    match seen.version {
        Choice::Set(version) => writeln!(out, "kubernetes-version: \"{version}\""),
        Choice::Leave(proposal, why) => {
            let proposal = proposal.map_or("1.34".to_owned(), |it| it.to_string());
            writeln!(
                out,
                "# Not set: {why}.\n# kubernetes-version: \"{proposal}\""
            )
        }
    }
}

fn write_builds(out: &mut String, seen: &Seen) -> fmt::Result {
    let lists = [
        (
            "Root kustomizations: what each takes in is deployed together.",
            &seen.builds,
        ),
        ("Charts: their templates are not rendered.", &seen.charts),
    ];
    for (head, folders) in lists.iter().filter(|it| !it.1.is_empty()) {
        writeln!(out, "\n# {head}")?;
        write_list(out, folders, MOST_FOLDERS, |out, it| {
            write!(out, "# - {}", line(it))
        })?;
    }
    if !seen.registries.is_empty() {
        out.push_str(
            "\n# Registries that images come from; `kubelint check --online` asks them.\n",
        );
        let registries: Vec<_> = seen.registries.keys().collect();
        write_list(out, &registries, MOST, |out, it| {
            write!(out, "# - {}", line(it))
        })?;
    }
    Ok(())
}

fn write_external(out: &mut String, seen: &Seen) -> fmt::Result {
    out.push_str(
        "\n# Objects that something outside this repository makes: Terraform, an operator, a person. References to them are right.\n",
    );
    if seen.absent.is_empty() {
        out.push_str("# external:\n#   - Secret/app-credentials\n");
        return Ok(());
    }
    out.push_str("# These are referred to, and nothing here makes them.\n# external:\n");
    write_list(out, &seen.absent, MOST, |out, it| {
        let place = line(it.path.as_str());
        write!(out, "#   - {} # {place}:{}", it.name, it.line)?;
        match &it.reported_by {
            Some(rule) => write!(out, ", reported as {rule}"),
            None => Ok(()),
        }
    })
}

fn write_list<T>(
    out: &mut String,
    items: &[T],
    most: usize,
    write: impl Fn(&mut String, &T) -> fmt::Result,
) -> fmt::Result {
    for item in items.iter().take(most) {
        write(out, item)?;
        out.push('\n');
    }
    if items.len() > most {
        writeln!(out, "#   and {} more", items.len() - most)?;
    }
    Ok(())
}

fn told(hint: &Hint) -> String {
    let (path, at, of) = (line(hint.path.as_str()), hint.line, hint.of.words());
    format!("{path}:{at} says {} ({of})", hint.version)
}
