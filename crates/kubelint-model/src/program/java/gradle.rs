//! Gradle's modules: what the lines of build.gradle and build.gradle.kts say. They are programs, of which the usual forms are read.

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;

use super::catalog;
use super::module::{Dependency, Module};
use crate::program::store::Store;

/// Names of build files.
const NAMES: [&str; 2] = ["build.gradle", "build.gradle.kts"];
/// Configurations whose dependencies are part of the program begin, or end, so.
const CONFIGURATIONS: [&str; 8] = [
    "implementation",
    "api",
    "compile",
    "runtimeOnly",
    "runtime",
    "compileOnly",
    "annotationProcessor",
    "developmentOnly",
];

fn build_file(folder: &str, store: &mut Store<'_>) -> Option<String> {
    let mut names = NAMES.iter();
    let id = names.find_map(|it| store.read_text(&SourcePath::new(&format!("{folder}/{it}"))))?;
    Some(store.text_of(id).to_owned())
}

/// The module of the build file in `folder`.
pub(super) fn module(folder: &str, store: &mut Store<'_>) -> Option<Module> {
    let text = build_file(folder, store)?;
    let root = root_of(folder, store);
    let catalog = catalog::read(&root, store);
    let mut module = Module::in_folder(folder);
    let projects = projects(&root, store);
    read(&text, &catalog, &root, &projects, &mut module);
    if root != folder
        && let Some(above) = build_file(&root, store)
    {
        // `subprojects { … }` and `allprojects { … }`: what the root says may be said for all.
        read(&above, &catalog, &root, &projects, &mut module);
    }
    module.locals.remove(folder);
    Some(module)
}

/// The folder whose settings file is nearest.
fn root_of(folder: &str, store: &Store<'_>) -> String {
    let mut at = folder.to_owned();
    loop {
        let has = |it: &str| store.exists(&SourcePath::new(&format!("{at}/{it}")));
        if has("settings.gradle") || has("settings.gradle.kts") {
            return at;
        }
        match at.rsplit_once('/') {
            Some((above, _)) => {
                let length = above.len();
                at.truncate(length);
            }
            None if at.is_empty() => return folder.to_owned(),
            None => at.clear(),
        }
    }
}

/// Folders of projects that the settings put elsewhere than their names say: `project(':a').projectDir = file('b')`.
fn projects(root: &str, store: &mut Store<'_>) -> BTreeMap<String, String> {
    let mut names = ["settings.gradle", "settings.gradle.kts"].iter();
    let id = names.find_map(|it| store.read_text(&SourcePath::new(&format!("{root}/{it}"))));
    let text = id.map_or("", |it| store.text_of(it));
    let lines = text.lines().filter(|it| it.contains("projectDir"));
    let moved = lines.filter_map(|line| {
        let mut quoted = quoted(line);
        let (name, folder) = (quoted.next()?, quoted.last()?);
        let folder = folder
            .trim_start_matches("$rootDir/")
            .trim_start_matches("./");
        Some((
            name.to_owned(),
            SourcePath::new(&format!("{root}/{folder}"))
                .as_str()
                .to_owned(),
        ))
    });
    moved.collect()
}

fn read(
    text: &str,
    catalog: &BTreeMap<String, Dependency>,
    root: &str,
    projects: &BTreeMap<String, String>,
    module: &mut Module,
) {
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with("//") || line.starts_with('*') {
            continue;
        }
        if module.group.is_empty()
            && let Some(rest) = line.strip_prefix("group")
            && rest.trim_start().starts_with(['=', '\'', '"'])
        {
            let group = quoted(line).next().unwrap_or_default();
            group.clone_into(&mut module.group);
        }
        plugin(line, module);
        sources(line, module);
        let word = line.split([' ', '(', '"', '\'']).next().unwrap_or_default();
        if word == "from" && line.contains("apply") || line.starts_with("apply from") {
            let script = quoted(line).next().unwrap_or_default();
            module.unknown = Some(script.to_owned());
        }
        let is_configuration = CONFIGURATIONS.contains(&word)
            || CONFIGURATIONS.iter().any(|it| {
                word.len() > it.len()
                    && word
                        .to_ascii_lowercase()
                        .ends_with(&it.to_ascii_lowercase())
            });
        if !is_configuration || word.starts_with("test") || word.contains("Test") {
            continue;
        }
        let rest = &line[word.len()..];
        if let Some(at) = rest.find("project(") {
            let name = quoted(&rest[at..]).next().unwrap_or_default();
            let folder = if let Some(folder) = projects.get(name) {
                folder.clone()
            } else {
                let inner = name.trim_start_matches(':').replace(':', "/");
                SourcePath::new(&format!("{root}/{inner}"))
                    .as_str()
                    .to_owned()
            };
            module.locals.insert(folder);
        } else if let Some(at) = rest.find("projects.") {
            let name = rest[at + "projects.".len()..].trim_end_matches([')', ' ']);
            module.unknown = Some(format!("projects.{name}"));
        } else if let Some(at) = rest.find("ktorLibs.") {
            // The catalog that Ktor publishes: `ktorLibs.server.netty`.
            let name = rest[at + "ktorLibs.".len()..].trim_end_matches([')', ' ']);
            module.dependencies.insert(Dependency {
                group: "io.ktor".to_owned(),
                artifact: format!("ktor-{}", name.replace('.', "-")),
                version: None,
            });
        } else if let Some(dependency) = quoted(rest).next().and_then(coordinates) {
            module.dependencies.insert(dependency);
        } else if let Some(dependency) = named(rest) {
            module.dependencies.insert(dependency);
        } else if let Some(at) = rest.find("libs.") {
            let name = &rest[at + "libs.".len()..];
            let is_part = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '-');
            let end = name.find(|it| !is_part(it)).unwrap_or(name.len());
            let name = name[..end]
                .trim_end_matches(".get")
                .replace(['-', '_'], ".");
            let bundle = name.strip_prefix("bundles.");
            match catalog.get(&name) {
                Some(it) => drop(module.dependencies.insert(it.clone())),
                None => module.unknown = Some(format!("libs.{}", bundle.unwrap_or(&name))),
            }
        } else if word == "implementation" && rest.contains('$') {
            module.unknown = Some(rest.trim().to_owned());
        }
    }
}

/// Folders of source: those of Kotlin's projects for several platforms, and others that the build names.
fn sources(line: &str, module: &mut Module) {
    let is_plugin = line.starts_with("kotlin(") || line.starts_with("id");
    if is_plugin && line.contains("multiplatform") {
        for name in ["src/commonMain", "src/jvmMain"] {
            module.sources.push(name.to_owned());
            module.resources.push(format!("{name}/resources"));
        }
    }
    if line.contains("srcDir") && !line.contains("est") {
        module.unknown = Some("a folder of source that the build names".to_owned());
    }
}

/// A plug-in: Spring Boot's with its version, or one that the repository makes itself.
fn plugin(line: &str, module: &mut Module) {
    let is_plugin = line.starts_with("id") && line[2..].starts_with([' ', '(', '\'', '"']);
    if is_plugin || line.starts_with("classpath") {
        let mut quoted = quoted(line);
        let id = quoted.next().unwrap_or_default();
        if id == "org.springframework.boot" {
            module.boot = quoted
                .next()
                .map(str::to_owned)
                .or_else(|| module.boot.take());
        } else if let Some(version) =
            id.strip_prefix("org.springframework.boot:spring-boot-gradle-plugin:")
        {
            module.boot = Some(version.to_owned());
        } else if is_plugin && quoted.next().is_none() && id.contains(['.', '-']) {
            // Without a version it is one of the core's, of the settings', or of the repository's own.
            let is_core = !id.contains("convention") && !id.starts_with("buildlogic");
            if !is_core {
                module.unknown = Some(id.to_owned());
            }
        }
    }
}

/// The texts in quotes of a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let at = rest.find(['\'', '"'])?;
        let quote = rest.get(at..=at)?;
        let inner = &rest[at + 1..];
        let end = inner.find(quote)?;
        rest = &inner[end + 1..];
        Some(&inner[..end])
    })
}

/// `group:artifact:version`.
fn coordinates(text: &str) -> Option<Dependency> {
    let mut parts = text.split(':');
    let (group, artifact) = (parts.next()?, parts.next()?);
    (group.contains('.') || !artifact.is_empty() && !group.is_empty()).then(|| Dependency {
        group: group.to_owned(),
        artifact: artifact.to_owned(),
        version: parts.next().map(str::to_owned),
    })
}

/// `group: 'org.example', name: 'artifact'`.
fn named(text: &str) -> Option<Dependency> {
    let of = |name: &str| {
        let at = text.find(name)?;
        quoted(&text[at + name.len()..]).next()
    };
    Some(Dependency {
        group: of("group:")?.to_owned(),
        artifact: of("name:")?.to_owned(),
        version: of("version:").map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_dependencies() {
        let text = "plugins {\n  id 'org.springframework.boot' version '3.4.0'\n}\ngroup = 'com.shop'\ndependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-web'\n  implementation(\"a.b:c:1\")\n  compile group: 'x.y', name: 'z', version: '2'\n  testImplementation 'q:r:1'\n  implementation project(':common:api')\n  implementation(libs.spring.boot.actuator)\n  // implementation 'no:no:1'\n}\n";
        let catalog = BTreeMap::from([(
            "spring.boot.actuator".to_owned(),
            coordinates("org.springframework.boot:spring-boot-starter-actuator").unwrap(),
        )]);
        let mut module = Module::default();
        read(text, &catalog, "svc", &BTreeMap::new(), &mut module);
        let names: Vec<&str> = module
            .dependencies
            .iter()
            .map(|it| it.artifact.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "c",
                "spring-boot-starter-actuator",
                "spring-boot-starter-web",
                "z"
            ]
        );
        assert_eq!(module.locals.iter().collect::<Vec<_>>(), ["svc/common/api"]);
        assert_eq!(module.boot.as_deref(), Some("3.4.0"));
        assert_eq!((module.group.as_str(), module.unknown), ("com.shop", None));
    }
}
