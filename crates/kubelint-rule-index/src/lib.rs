//! The list of rules, `rules/registry.rs`, made from what lies in the folder: nobody writes it by hand.
//!
//! A rule is a page, `<category>/<id>.md`, and, where it needs one, a function beside it, `<category>/<id>.rs` with `_` for `-`. The
//! test of this crate compares the list with the folder; it rewrites a stale one and fails once to say so, or only fails where `CI`
//! is set. The crate depends on nothing, least of all on the rules: after a page was deleted they do not compile.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The name of the list in the folder of the rules.
pub const FILE: &str = "registry.rs";

/// One rule in the folder.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    page: bool,
    code: bool,
}

/// The text of the list for the rules below `folder`.
///
/// # Errors
/// If the folder cannot be read, if a function has no page, or if two rules have one id.
pub fn generate(folder: &Path) -> io::Result<String> {
    let mut rules: BTreeMap<(String, String), Found> = BTreeMap::new();
    for category in folders(folder)? {
        for (id, found) in files(&folder.join(&category))? {
            rules.insert((id, category.clone()), found);
        }
    }
    let twice = rules
        .keys()
        .zip(rules.keys().skip(1))
        .find(|(a, b)| a.0 == b.0);
    if let Some(((id, one), (_, other))) = twice {
        return wrong(format!("the rule `{id}` is in {one} and in {other}"));
    }
    let mut modules = String::new();
    let mut entries = Vec::new();
    for ((id, category), found) in &rules {
        let module = id.replace('-', "_");
        if !found.page {
            return wrong(format!(
                "{category}/{module}.rs has no page {category}/{id}.md"
            ));
        }
        let code = if found.code {
            modules.extend([
                "#[path = \"",
                category,
                "/",
                &module,
                ".rs\"]\nmod ",
                &module,
                ";\n",
            ]);
            format!("Some({module}::RULE)")
        } else {
            "None".to_owned()
        };
        entries.push(format!(
            "    RuleSource {{ path: \"{category}/{id}.md\", text: include_str!(\"{category}/{id}.md\"), code: {code} }},\n"
        ));
    }
    let entries = entries.concat();
    let space = if modules.is_empty() { "" } else { "\n" };
    Ok(format!(
        "//! Every rule, as it lies in this folder. Made by the test of `kubelint-rule-index`: do not edit.\n\n\
         use kubelint_engine::RuleSource;\n\n\
         {modules}{space}\
         /// The rules, by id.\n\
         #[rustfmt::skip]\n\
         pub(crate) const RULES: &[RuleSource<'_>] = &[\n{entries}];\n"
    ))
}

/// Writes the list below `folder` if it is not the one that [`generate`] makes; whether it was stale.
pub fn refresh(folder: &Path) -> io::Result<bool> {
    let path = folder.join(FILE);
    let text = generate(folder)?;
    let stale = fs::read_to_string(&path).ok().as_deref() != Some(&text);
    if stale {
        fs::write(&path, text)?;
    }
    Ok(stale)
}

/// The categories' folders, sorted: those that are no part of the crate itself.
fn folders(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for path in sorted(folder)? {
        let name = name(&path);
        if path.is_dir() && !["tests", "src", "target"].contains(&name.as_str()) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The rules in a category's folder, by id.
fn files(folder: &Path) -> io::Result<BTreeMap<String, Found>> {
    let mut rules: BTreeMap<String, Found> = BTreeMap::new();
    for path in sorted(folder)? {
        let name = name(&path);
        if let Some(id) = name.strip_suffix(".md") {
            rules.entry(id.to_owned()).or_default().page = true;
        } else if let Some(module) = name.strip_suffix(".rs") {
            rules.entry(module.replace('_', "-")).or_default().code = true;
        }
    }
    Ok(rules)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|it| it.map(|it| it.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn wrong<T>(message: String) -> io::Result<T> {
    Err(io::Error::other(message))
}
