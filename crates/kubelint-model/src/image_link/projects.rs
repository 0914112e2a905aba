//! What projects call themselves whose files stand beside a Dockerfile: an image is often called like the one that it is built of.

use kubelint_parser::source::{SourcePath, Sources};

/// Longer files are not read for a name.
const MOST_BYTES: usize = 256 * 1024;

/// Reads a name out of a file of a project.
type NameIn = fn(&str) -> Option<String>;

/// The files that state a project's name, the first that is there before the others.
const FILES: [(&str, NameIn); 7] = [
    ("package.json", of_json),
    ("go.mod", of_go),
    ("pyproject.toml", of_toml),
    ("pom.xml", of_maven),
    ("settings.gradle", of_gradle),
    ("settings.gradle.kts", of_gradle),
    ("Cargo.toml", of_toml),
];

/// What the project in a folder calls itself.
pub(super) fn name_of(folder: &str, sources: &dyn Sources) -> Option<String> {
    FILES.iter().find_map(|(file, name)| {
        let path = match folder {
            "" => SourcePath::new(file),
            folder => SourcePath::new(&format!("{folder}/{file}")),
        };
        if !sources.exists(&path) {
            return None;
        }
        let text = sources.read(&path).ok()?;
        let text = Some(text.as_str()).filter(|it| it.len() <= MOST_BYTES)?;
        name(text).filter(|it| !it.is_empty())
    })
}

/// The `name` of package.json, without its scope.
fn of_json(text: &str) -> Option<String> {
    let mut depth = 0u32;
    let mut is_key = false;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}', '[', ']', '"', ':', ',']) {
        let sign = rest.as_bytes().get(at)?;
        rest = rest.get(at + 1..)?;
        match sign {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => {
                let end = closing(rest)?;
                let string = rest.get(..end)?;
                rest = rest.get(end + 1..)?;
                if is_key && depth == 1 {
                    return Some(string.rsplit('/').next().unwrap_or(string).to_owned());
                }
                is_key = depth == 1 && string == "name" && rest.trim_start().starts_with(':');
            }
            b',' => is_key = false,
            _ => {}
        }
    }
    None
}

/// Where a text ends that began before `rest`.
fn closing(rest: &str) -> Option<usize> {
    let mut is_escaped = false;
    rest.bytes().position(|it| {
        let is_end = it == b'"' && !is_escaped;
        is_escaped = it == b'\\' && !is_escaped;
        is_end
    })
}

/// The last part of a module's path, without the version that may stand behind it.
fn of_go(text: &str) -> Option<String> {
    let path = text.lines().find_map(|it| it.strip_prefix("module "))?;
    let path = path.split("//").next()?.trim().trim_matches('"');
    let is_version = |it: &str| {
        it.strip_prefix('v')
            .is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    };
    let mut parts = path.rsplit('/').filter(|it| !is_version(it));
    parts.next().map(str::to_owned)
}

/// The first `name = "…"`.
fn of_toml(text: &str) -> Option<String> {
    text.lines().find_map(|it| {
        let value = it.strip_prefix("name")?.trim_start().strip_prefix('=')?;
        quoted(value)
    })
}

/// `rootProject.name = "…"`
fn of_gradle(text: &str) -> Option<String> {
    let (_, value) = text.split_once("rootProject.name")?;
    quoted(value.trim_start().strip_prefix('=')?)
}

/// The artifact of a project, not that of its parent.
fn of_maven(text: &str) -> Option<String> {
    let own = match (text.find("<parent>"), text.find("</parent>")) {
        (Some(start), Some(end)) if start < end => {
            let before = text.get(..start)?;
            if before.contains("<artifactId>") {
                before
            } else {
                text.get(end..)?
            }
        }
        _ => text,
    };
    let (_, value) = own.split_once("<artifactId>")?;
    let (value, _) = value.split_once("</artifactId>")?;
    Some(value.trim().to_owned())
}

/// The text in quotes that a line begins with.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (value, _) = text.get(1..)?.split_once(quote)?;
    Some(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_projects() {
        for (found, expected) in [
            (
                of_json(
                    "{\"author\": {\"name\": \"a\"}, \"tags\": [\"name\"], \"name\": \"@b/c-d\"}",
                ),
                Some("c-d"),
            ),
            (of_json("{\"x\": \"\\\"name\", \"y\": 1}"), None),
            (of_json("{\"name"), None),
            (
                of_go("module example.com/shop/orders/v2 // x\n\ngo 1.22\n"),
                Some("orders"),
            ),
            (
                of_toml("[project]\nname = 'orders-api'\n"),
                Some("orders-api"),
            ),
            (of_gradle("rootProject.name = \"orders\"\n"), Some("orders")),
            (
                of_maven(
                    "<project><parent><artifactId>boot</artifactId></parent><artifactId>orders</artifactId></project>",
                ),
                Some("orders"),
            ),
            (
                of_maven(
                    "<project><artifactId>orders</artifactId><parent><artifactId>boot</artifactId></parent></project>",
                ),
                Some("orders"),
            ),
        ] {
            assert_eq!(found.as_deref(), expected);
        }
    }
}
