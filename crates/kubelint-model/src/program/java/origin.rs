//! Which module of the repository a jar of the image, or what is unpacked of it, was built from.

use kubelint_parser::source::SourcePath;

use super::module::is_module;
use crate::dockerfile::{Copied, CopySource};
use crate::program::build::{Build, absolute};
use crate::program::store::Store;

/// Stages are not followed further.
const MOST_STEPS: u32 = 8;

/// Where a file comes from.
enum Origin {
    /// A path of the repository, which a build there makes.
    Repository(String),
    /// A path of a stage, in which a command makes it.
    Stage(usize, String),
}

/// The folder of the module that `path` of the image was built from, in the repository.
pub(in crate::program) fn folder_of(
    path: &str,
    build: &Build<'_>,
    store: &Store<'_>,
) -> Result<String, &'static str> {
    match origin(build.image.stage(), path, build, MOST_STEPS)? {
        Origin::Repository(path) => {
            let Some(folder) = built_in(&path) else {
                return Err("what it starts is not built here");
            };
            let folder = SourcePath::new(&folder).as_str().to_owned();
            if folder.contains('*') || folder.contains('$') {
                return Err("which module is built, a build argument says");
            }
            if is_module(&folder, store) {
                Ok(folder)
            } else {
                Err("the module that it is built from is not found")
            }
        }
        Origin::Stage(stage, path) => of_stage(stage, &path, build, store),
    }
}

/// Whether a path of the image is the start script of a program that Gradle installs
/// (docs.gradle.org/current/userguide/application_plugin.html).
pub(in crate::program) fn is_installed(path: &str, build: &Build<'_>) -> bool {
    let found = origin(build.image.stage(), path, build, MOST_STEPS);
    let Ok(Origin::Repository(from) | Origin::Stage(_, from)) = found else {
        return false;
    };
    let is_there = |it: &str| it.contains("/build/install/") || it.starts_with("build/install/");
    let mut parts = from.rsplit('/');
    is_there(&from) && parts.next().is_some() && parts.next() == Some("bin")
}

fn of_stage(
    stage: usize,
    path: &str,
    build: &Build<'_>,
    store: &Store<'_>,
) -> Result<String, &'static str> {
    let files = ["pom.xml", "build.gradle", "build.gradle.kts"];
    let module = |folder: &str| {
        let mut files = files.iter();
        let found = files.find_map(|it| build.file(stage, &absolute(folder, it)))?;
        Some(found.parent().to_owned())
    };
    if let Some(folder) = built_in(path) {
        if folder.contains('*') {
            return Err("which module is built, a build argument says");
        }
        return module(&folder).ok_or("the module that it is built from is not found");
    }
    // A command moves or unpacks it: what the stage has of jars, or the one module that it builds.
    if let Some(jar) = only_jar(stage, build) {
        return match jar {
            Origin::Repository(path) => {
                let folder = built_in(&path).ok_or("what it starts is not built here")?;
                let folder = SourcePath::new(&folder).as_str().to_owned();
                let is_found = is_module(&folder, store);
                is_found
                    .then_some(folder)
                    .ok_or("the module that it is built from is not found")
            }
            Origin::Stage(stage, path) => match built_in(&path) {
                Some(_) => of_stage(stage, &path, build, store),
                None => Err("what it starts is made in a way that is not followed"),
            },
        };
    }
    let beside = path.rsplit_once('/').map_or("", |it| it.0);
    let folders = [build.resolve(stage, "."), beside.to_owned()];
    for folder in folders {
        if let Some(found) = module(&folder) {
            let source = store.below(&format!("{found}/src/main"));
            if source.into_iter().next().is_some() {
                return Ok(found);
            }
            return Err("which of several modules it starts is not known");
        }
    }
    Err("the module that it is built from is not found")
}

/// The one jar that is copied to a stage.
fn only_jar(stage: usize, build: &Build<'_>) -> Option<Origin> {
    let image = build.stage(stage);
    let mut found = Vec::new();
    for copied in &image.copied {
        for source in copied.sources.iter().map(|it| it.value.text()) {
            if is_jar(source) && !source.ends_with("wrapper.jar") {
                found.push((copied, source.to_owned()));
            }
        }
    }
    match found.as_slice() {
        [(copied, source)] => from(copied, source, build),
        _ => None,
    }
}

fn from(copied: &Copied, source: &str, build: &Build<'_>) -> Option<Origin> {
    match &copied.from {
        CopySource::Context => Some(Origin::Repository(format!("{}/{source}", build.folder()))),
        CopySource::Stage(stage) => Some(Origin::Stage(*stage, absolute("/", source))),
        CopySource::Image(_) => None,
    }
}

fn origin(stage: usize, path: &str, build: &Build<'_>, left: u32) -> Result<Origin, &'static str> {
    let Some(left) = left.checked_sub(1) else {
        return Err("what it starts is copied too often");
    };
    let image = build.stage(stage);
    for copied in image.copied.iter().rev() {
        let Some(source) = covered(copied, path) else {
            continue;
        };
        return match from(copied, &source, build) {
            Some(Origin::Stage(stage, path)) if built_in(&path).is_none() => {
                origin(stage, &path, build, left)
            }
            Some(found) => Ok(found),
            None => Err("what it starts comes from another image"),
        };
    }
    Ok(Origin::Stage(stage, path.to_owned()))
}

/// The path that `path` was copied from, if the instruction puts it there.
fn covered(copied: &Copied, path: &str) -> Option<String> {
    let destination = copied.destination.value.text();
    let folder = destination.trim_end_matches('/');
    let mut sources = copied.sources.iter().map(|it| it.value.text());
    let name = |it: &str| {
        it.trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let is_file = |it: &str| {
        let name = name(it);
        name.contains('*') || is_jar(&name) || name.ends_with("-runner")
    };
    if path == folder && !destination.ends_with('/') {
        let only = sources.next()?;
        return Some(only.to_owned());
    }
    let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
    if rest.is_empty() {
        return None;
    }
    let exact = sources
        .clone()
        .find(|it| is_file(it) && !rest.contains('/') && fits(&name(it), rest));
    if let Some(source) = exact {
        return Some(source.to_owned());
    }
    let folder = sources.find(|it| !is_file(it))?;
    Some(format!("{}/{rest}", folder.trim_end_matches('/')))
}

fn is_jar(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|it| it.1 == "jar")
}

/// Whether a name with `*` may mean another one.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    pattern.ends_with('*')
        || rest.is_empty()
        || name.ends_with(pattern.rsplit('*').next().unwrap_or_default())
}

/// The folder of the module whose build writes to a path: what stands before `target` or `build/libs`.
fn built_in(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let at = parts.iter().enumerate().rev().find(|(at, it)| {
        let next = parts.get(at + 1).copied().unwrap_or_default();
        let is_gradle = matches!(
            next,
            "libs"
                | "quarkus-app"
                | "install"
                | "distributions"
                | "dependency"
                | "extracted"
                | "native"
                | "resources"
                | "classes"
        ) || next.ends_with("-runner");
        **it == "target" || (**it == "build" && is_gradle)
    })?;
    Some(parts[..at.0].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_modules() {
        for (path, expected) in [
            ("/app/target/x.jar", Some("/app")),
            ("svc/build/libs/*.jar", Some("svc")),
            ("target/*.jar", Some("")),
            (
                "/workspace/app/target/dependency/BOOT-INF/lib",
                Some("/workspace/app"),
            ),
            ("/build/app.jar", None),
            ("app.jar", None),
        ] {
            assert_eq!(built_in(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn names_with_wildcards() {
        for (pattern, name, expected) in [
            ("*.jar", "app.jar", true),
            ("app-*.jar", "app-1.0.jar", true),
            ("app.jar", "app.jar", true),
            ("app.jar", "apps.jar", false),
            ("*.war", "app.jar", false),
            ("*-runner", "x-1-runner", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
