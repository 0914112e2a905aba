//! Which files imports of JavaScript and TypeScript lead to, and which source a built file was made of.

use super::build::{Build, absolute};
use super::modules::{At, Led, at};
use super::node_project::{Lead, Project};
use super::runners::Root;

/// What may stand behind a module's name, in the order in which TypeScript and bundlers try it.
const EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "mjs", "cjs", "jsx"];
/// Folders that builds write to.
const BUILT: [&str; 6] = ["dist", "build", "lib", "out", "output", "compiled"];
/// Folders that source stands in, below a project's.
const SOURCE: [&str; 4] = ["src", "", "server", "app"];

/// Extensions of files that are imported and hold no code.
const OTHER: [&str; 29] = [
    "json", "css", "scss", "sass", "less", "svg", "png", "jpg", "jpeg", "gif", "ico", "webp",
    "avif", "mp3", "mp4", "webm", "woff", "woff2", "ttf", "otf", "pdf", "html", "txt", "graphql",
    "gql", "node", "wasm", "md", "mdx",
];

/// What an import of `module` in the file `from` leads to. Packages are not followed: they are no part of the program's own source.
pub(super) fn import(
    build: &Build<'_>,
    roots: &[Root],
    project: &Project,
    from: &At,
    module: &str,
) -> Led {
    if module.starts_with('.') || module.starts_with('/') {
        let folder = from.path.rsplit_once('/').map_or("", |it| it.0);
        let found = module_at(build, from.stage, &absolute(folder, module));
        return Led {
            is_missing: found.is_none() && is_code(module),
            module: found,
            ..Led::default()
        };
    }
    let lead = project.lead(build, from.stage, module);
    match lead {
        Lead::File(found) => {
            return Led {
                module: Some(found),
                ..Led::default()
            };
        }
        Lead::Package => return Led::default(),
        Lead::Missing | Lead::Unknown => {}
    }
    // `paths` of tsconfig.json: by far the most say one of these.
    let alias = ["@/", "~/", "#/", "$lib/"];
    let bare = alias.iter().find_map(|it| module.strip_prefix(it));
    let inner = bare.unwrap_or(module);
    let first = inner.split('/').next().unwrap_or_default();
    if bare.is_none() && !build.may_hold(first.split('.').next().unwrap_or_default()) {
        return Led {
            is_missing: lead == Lead::Missing && is_code(module),
            ..Led::default()
        };
    }
    for root in roots {
        for folder in ["src", ""] {
            let path = absolute(&absolute(&root.folder, folder), inner);
            if let Some(found) = module_at(build, root.stage, &path) {
                return Led {
                    module: Some(found),
                    ..Led::default()
                };
            }
        }
    }
    Led {
        is_missing: (bare.is_some() || lead == Lead::Missing) && is_code(module),
        ..Led::default()
    }
}

/// Whether a module may be code: pictures, styles and data are imported too.
fn is_code(module: &str) -> bool {
    let name = module.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |it| it.1);
    !OTHER.contains(&extension)
}

/// The file that `path` of a stage means as a module: itself, with an extension, or the index of a folder
/// (nodejs.org/api/modules.html#all-together). TypeScript writes `./x.js` for `x.ts`.
pub(super) fn module_at(build: &Build<'_>, stage: usize, path: &str) -> Option<At> {
    let extension = path.rsplit_once('.').map_or("", |it| it.1);
    if EXTENSIONS.contains(&extension) {
        if let Some(found) = at(build, stage, path.to_owned()) {
            return Some(found);
        }
        let typed = match extension {
            "js" | "jsx" => ["ts", "tsx"].as_slice(),
            "mjs" => &["mts"],
            "cjs" => &["cts"],
            _ => &[],
        };
        let stem = path.strip_suffix(extension)?;
        let mut typed = typed.iter();
        if let Some(found) = typed.find_map(|it| at(build, stage, format!("{stem}{it}"))) {
            return Some(found);
        }
    }
    let mut extensions = EXTENSIONS.iter();
    let found = extensions.find_map(|it| at(build, stage, format!("{path}.{it}")));
    found.or_else(|| {
        let mut extensions = EXTENSIONS.iter();
        extensions.find_map(|it| at(build, stage, format!("{path}/index.{it}")))
    })
}

/// The source that the file at `path` of the image was made of, in whichever stage it stands: `dist/server.js` of `src/server.ts`.
pub(super) fn source_of(build: &Build<'_>, path: &str) -> Option<At> {
    let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let built = parts.iter().position(|it| BUILT.contains(it))?;
    let project = format!("/{}", parts[..built].join("/"));
    let rest = parts[built + 1..].join("/");
    let stem = rest
        .rsplit_once('.')
        .filter(|it| EXTENSIONS.contains(&it.1));
    let stem = stem.map_or(rest.as_str(), |it| it.0);
    // What is written to `dist/src` stands in `src`.
    build.stages().find_map(|stage| {
        let folders = [project.clone(), build.resolve(stage, ".")];
        folders.iter().find_map(|folder| {
            SOURCE.iter().find_map(|source| {
                let path = absolute(&absolute(folder, source), stem);
                module_at(build, stage, &path)
            })
        })
    })
}
