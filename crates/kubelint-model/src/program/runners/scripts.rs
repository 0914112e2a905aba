//! The commands that a Python package installs: `[project.scripts]` of pyproject.toml, `console_scripts` of setup.cfg and setup.py.

use super::{Around, Entry};
use crate::program::build::absolute;
use crate::program::store::Store;

/// The function that the command `name` calls, as the package in some stage's folder says that the image is made of.
pub(super) fn python(
    name: &str,
    folder: &str,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Entry> {
    let build = around.build;
    for stage in build.stages() {
        let folders = [folder.to_owned(), build.resolve(stage, ".")];
        for folder in folders {
            for file in ["pyproject.toml", "setup.cfg", "setup.py"] {
                let Some(path) = build.file(stage, &absolute(&folder, file)) else {
                    continue;
                };
                let Some(id) = store.read_text(&path) else {
                    continue;
                };
                if let Some(target) = script(store.text_of(id), file, name) {
                    let (module, function) = target.split_once(':')?;
                    return Some(Entry::Call {
                        module: module.to_owned(),
                        function: function.to_owned(),
                    });
                }
            }
        }
    }
    None
}

/// What the script `name` is said to be in a file: `package.module:function`.
fn script<'t>(text: &'t str, file: &str, name: &str) -> Option<&'t str> {
    if file == "setup.py" {
        let entries = text.split(['"', '\'']);
        return entries
            .filter_map(|it| it.split_once('='))
            .find_map(|(key, value)| target(key, value, name));
    }
    let is_section = |line: &str| match file {
        "setup.cfg" => line.starts_with("console_scripts"),
        _ => matches!(
            line,
            "[project.scripts]" | "[project.gui-scripts]" | "[tool.poetry.scripts]"
        ),
    };
    let mut is_inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if is_section(trimmed) {
            is_inside = true;
        } else if trimmed.starts_with('[') {
            is_inside = false;
        } else if is_inside
            && let Some((key, value)) = trimmed.split_once('=')
            && let Some(found) = target(key, value, name)
        {
            return Some(found);
        }
    }
    None
}

fn target<'t>(key: &str, value: &'t str, name: &str) -> Option<&'t str> {
    let quotes = |it: char| it.is_whitespace() || it == '"' || it == '\'';
    let value = value.split(['[', '#']).next().unwrap_or_default();
    let value = value.trim_matches(quotes);
    let is_target = value.split_once(':').is_some_and(|(module, function)| {
        let is_path = |it: &str| {
            !it.is_empty()
                && it
                    .chars()
                    .all(|it| it.is_alphanumeric() || matches!(it, '_' | '.'))
        };
        is_path(module) && is_path(function)
    });
    (key.trim_matches(quotes) == name && is_target).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_packages() {
        let project = "[project]\nname = \"x\"\n[project.scripts]\nserve = \"x.main:run\" # a\n[tool.z]\nother = \"a:b\"\n";
        let cfg = "[options.entry_points]\nconsole_scripts =\n    serve = x.main:run\n";
        let setup = "setup(entry_points={'console_scripts': ['serve=x.main:run']})";
        for (file, text) in [
            ("pyproject.toml", project),
            ("setup.cfg", cfg),
            ("setup.py", setup),
        ] {
            assert_eq!(script(text, file, "serve"), Some("x.main:run"), "{file}");
            assert_eq!(script(text, file, "other"), None, "{file}");
        }
    }
}
