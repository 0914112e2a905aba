//! Gradle's version catalog: `gradle/libs.versions.toml` (docs.gradle.org/current/userguide/version_catalogs.html).

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;

use super::module::Dependency;
use crate::program::store::Store;

/// The libraries by their names with dots.
pub(super) fn read(root: &str, store: &mut Store<'_>) -> BTreeMap<String, Dependency> {
    let path = SourcePath::new(&format!("{root}/gradle/libs.versions.toml"));
    let Some(id) = store.read_text(&path) else {
        return BTreeMap::new();
    };
    libraries(store.text_of(id))
}

fn libraries(text: &str) -> BTreeMap<String, Dependency> {
    let mut found = BTreeMap::new();
    let mut is_inside = false;
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            is_inside = line == "[libraries]";
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| is_inside) else {
            continue;
        };
        let of = |key: &str| {
            let at = value.find(key)?;
            value[at + key.len()..].split('"').nth(1)
        };
        let whole = of("module").or_else(|| value.trim().strip_prefix('"')?.split('"').next());
        let parts = match whole.and_then(|it| it.split_once(':')) {
            Some((group, rest)) => Some((group, rest.split(':').next().unwrap_or_default())),
            None => of("group").zip(of("name")),
        };
        if let Some((group, artifact)) = parts {
            let dependency = Dependency {
                group: group.to_owned(),
                artifact: artifact.to_owned(),
                version: None,
            };
            let name = name.trim().trim_matches('"').replace(['-', '_'], ".");
            found.insert(name, dependency);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_libraries() {
        let text = "[versions]\na = \"1\"\n[libraries]\nboot-web = { module = \"o.s:web\", version.ref = \"a\" }\nx = \"g:y:1\"\nz = { group = \"g.z\", name = \"zz\" }\n[plugins]\nq = \"r:s:t\"\n";
        let found = libraries(text);
        let shown: Vec<String> = found
            .iter()
            .map(|(name, it)| format!("{name} {}:{}", it.group, it.artifact))
            .collect();
        assert_eq!(shown, ["boot.web o.s:web", "x g:y", "z g.z:zz"]);
    }
}
