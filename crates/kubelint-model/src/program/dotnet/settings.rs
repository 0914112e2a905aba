//! The files of settings of .NET programs: appsettings.json, and the one of the environment over it.

use kubelint_parser::TextRange;
use kubelint_parser::code::{Code, Language, Node, parse};
use kubelint_parser::source::SourcePath;

use super::super::environment::{Environment, Known};
use super::super::store::Store;
use crate::FileId;

/// More settings of one file are not looked at.
const MOST_SETTINGS: usize = 20_000;

/// A setting: its key, with `:` between the parts, its text, and where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) text: String,
    pub(super) place: (FileId, TextRange),
}

/// The settings of a program in the environment `environment`: those of later files stand for those of earlier ones. With no environment all
/// files count.
pub(super) fn read(
    files: &[SourcePath],
    environment: Option<&str>,
    store: &Store<'_>,
) -> Vec<Setting> {
    let mut found: Vec<Setting> = Vec::new();
    let mut wanted: Vec<&SourcePath> = files.iter().collect();
    wanted.sort_by_key(|it| it.file_name().len());
    for file in wanted {
        let name = file.file_name();
        let middle = name.strip_prefix("appsettings").unwrap_or_default();
        let middle = middle.trim_end_matches(".json").trim_start_matches('.');
        let is_meant =
            middle.is_empty() || environment.is_none_or(|it| it.eq_ignore_ascii_case(middle));
        let Some(id) = store.id(file).filter(|_| is_meant) else {
            continue;
        };
        found.extend(of_text(store.text_of(id), id));
    }
    found
}

/// The value of a key, in any case of its letters.
pub(super) fn get<'s>(settings: &'s [Setting], key: &str) -> Option<&'s Setting> {
    let mut all = settings.iter().rev();
    all.find(|it| it.key.eq_ignore_ascii_case(key))
}

fn of_text(text: &str, id: FileId) -> Vec<Setting> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - bare.len();
    // An object in parentheses is an expression of JavaScript, comments included.
    let script = format!("({bare})");
    let Ok(code) = parse(&script, Language::JavaScript) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let shift = |it: TextRange| {
        let at = |it: u32| (it + offset as u32).saturating_sub(1);
        TextRange::new(at(it.start), at(it.end))
    };
    for (key, text, range) in values(&code, &script) {
        let place = (id, shift(range));
        found.push(Setting { key, text, place });
    }
    found
}

fn values(code: &Code, script: &str) -> Vec<(String, String, TextRange)> {
    let mut found = Vec::new();
    let mut at = code.root(script).children().next();
    while let Some(it) = at.filter(|it| it.kind() != "object") {
        at = it.children().next();
    }
    let mut open: Vec<(String, Node<'_>)> = at.map(|it| (String::new(), it)).into_iter().collect();
    while let Some((prefix, object)) = open.pop() {
        for pair in object.children().filter(|it| it.kind() == "pair") {
            let (Some(key), Some(value)) = (pair.field("key"), pair.field("value")) else {
                continue;
            };
            let key = format!("{prefix}{}", key.text().trim_matches('"'));
            match value.kind() {
                "object" => open.push((format!("{key}:"), value)),
                "array" => {
                    for (number, item) in value.children().enumerate() {
                        let key = format!("{key}:{number}");
                        match item.kind() {
                            "object" => open.push((format!("{key}:"), item)),
                            _ => found.push((key, plain(item), inner(item))),
                        }
                    }
                }
                _ => found.push((key, plain(value), inner(value))),
            }
            if found.len() + open.len() > MOST_SETTINGS {
                return found;
            }
        }
    }
    found
}

fn plain(value: Node<'_>) -> String {
    value.text().trim_matches('"').to_owned()
}

fn inner(value: Node<'_>) -> TextRange {
    let range = value.range();
    match value.kind() {
        "string" if range.end > range.start + 1 => TextRange::new(range.start + 1, range.end - 1),
        _ => range,
    }
}

/// The name of the environment that a program runs in: `Production` unless a variable says another; none if nobody knows.
pub(super) fn environment_of(environments: &[&Environment]) -> Option<String> {
    let of_one = |environment: &&Environment| -> Option<String> {
        // The later of the two is taken over the earlier by web hosts (`WebApplicationOptions`, `HostingHostBuilderExtensions`).
        for name in ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"] {
            match environment.get(name) {
                Known::Set(value) => return value.text.clone(),
                Known::Perhaps => return None,
                Known::Unset => {}
            }
        }
        Some("Production".to_owned())
    };
    let mut names = environments.iter().map(of_one);
    let first = names.next()??;
    names
        .all(|it| it.as_deref() == Some(first.as_str()))
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stand_where_they_are_written() {
        let text =
            "\u{feff}{\n  // of all\n  \"A\": {\"B\": \"x\", \"C\": 1},\n  \"D\": [\"y\"]\n}\n";
        let found = of_text(text, FileId(0));
        let shown: Vec<String> = found
            .iter()
            .map(|it| format!("{}={} {}", it.key, it.text, it.place.1.of(text)))
            .collect();
        assert_eq!(shown, ["D:0=y y", "A:B=x x", "A:C=1 1"]);
        assert!(get(&found, "a:b").is_some());
        assert!(of_text("{", FileId(0)).is_empty());
    }
}
