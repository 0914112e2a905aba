//! Which files packages of Go are made of, and which packages imports lead to.

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;

use super::build::Build;
use super::modules::{At, Led};
use super::runners::GoModule;
use super::store::Store;
use crate::code::go::constraint::{OTHER_ARCHITECTURES, OTHER_SYSTEMS};

/// Where many people keep their modules.
const HOSTS: [&str; 6] = [
    "bitbucket.org",
    "codeberg.org",
    "gitea.com",
    "github.com",
    "gitlab.com",
    "gopkg.in",
];
/// Folders of what tools generate, which is often not among the files of a repository, and holds nothing of a program's own.
const GENERATED: [&str; 12] = [
    "pb",
    "proto",
    "protos",
    "protobuf",
    "genproto",
    "gen",
    "generated",
    "mock",
    "mocks",
    "docs",
    "swagger",
    "ent",
];

/// Whether a file of a package is built for an image of Linux, by its name.
fn is_built(file: &SourcePath) -> bool {
    let name = file.file_name();
    let Some(stem) = name.strip_suffix(".go") else {
        return false;
    };
    if stem.ends_with("_test") || name.starts_with(['_', '.']) {
        return false;
    }
    let mut parts = stem.split('_').skip(1).collect::<Vec<_>>();
    let last = parts.pop().unwrap_or_default();
    let before = parts.pop().unwrap_or_default();
    let is_other = |it: &str| OTHER_SYSTEMS.contains(&it) || OTHER_ARCHITECTURES.contains(&it);
    let is_architecture = matches!(last, "amd64" | "arm64") || OTHER_ARCHITECTURES.contains(&last);
    !(is_other(last) || is_architecture && OTHER_SYSTEMS.contains(&before))
}

/// The files of the package in a folder of the repository.
pub(super) fn files(build: &Build<'_>, folder: &str) -> Vec<SourcePath> {
    let all = build.in_folder(folder);
    all.iter().filter(|it| is_built(it)).cloned().collect()
}

fn at(file: SourcePath) -> At {
    At {
        stage: 0,
        path: format!("/{file}"),
        file,
    }
}

/// The file that a program begins with whose main package is in `folder`: `main.go` where there is one.
pub(super) fn entry(build: &Build<'_>, folder: &str) -> Option<At> {
    let files = files(build, folder);
    let main = files.iter().find(|it| it.file_name() == "main.go");
    main.or(files.first()).cloned().map(at)
}

/// The imports of Go that were followed in a program: files of one package import the same again and again.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// By the folder, what the files of a package have of each other.
    own: BTreeMap<String, Led>,
    /// By the path that is imported.
    others: BTreeMap<String, Led>,
}

impl Imports {
    /// What an import of `module` in the file `from` leads to, and whether it was asked for before. `.` are all files of its own package.
    pub(super) fn follow(
        &mut self,
        build: &Build<'_>,
        modules: &[GoModule],
        from: &At,
        module: &str,
    ) -> (Led, bool) {
        let folder = from.file.parent();
        let (known, key) = match module {
            "." => (&mut self.own, folder),
            module => (&mut self.others, module),
        };
        if let Some(led) = known.get(key) {
            return (led.clone(), true);
        }
        let led = match module {
            "." => Led {
                packages: files(build, folder).into_iter().map(at).collect(),
                ..Led::default()
            },
            module => import(build, modules, module),
        };
        known.insert(key.to_owned(), led.clone());
        (led, false)
    }
}

/// What an import of `module` leads to.
fn import(build: &Build<'_>, modules: &[GoModule], module: &str) -> Led {
    let rest = |it: &GoModule| {
        let rest = module.strip_prefix(it.path.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    };
    // The longest of several names is meant.
    let of = modules.iter().filter(|it| rest(it).is_some());
    let folder = match of.max_by_key(|it| it.path.len()) {
        Some(it) => format!("{}/{}", it.folder, rest(it).unwrap_or_default()),
        // What people share between their own programs often reads variables and serves for them.
        None => match modules.first() {
            Some(own) if owner(&own.path).is_some_and(|it| owner(module) == Some(it)) => {
                format!("{}/vendor/{module}", own.folder)
            }
            _ => return Led::default(),
        },
    };
    let folder = SourcePath::new(&folder);
    let mut files = files(build, folder.as_str()).into_iter().map(at);
    let first = files.next();
    let name = module.rsplit('/').next().unwrap_or_default();
    let is_generated =
        GENERATED.contains(&name) || name.ends_with("pb") || module.contains("/genproto/");
    Led {
        is_missing: first.is_none() && !is_generated,
        module: first,
        packages: files.collect(),
        ..Led::default()
    }
}

/// What the paths of all modules of a person or an organization begin with.
fn owner(path: &str) -> Option<&str> {
    let mut slashes = path.match_indices('/').map(|it| it.0);
    let host = path.get(..slashes.next()?).filter(|it| it.contains('.'))?;
    if !HOSTS.contains(&host) {
        return Some(host);
    }
    let end = slashes.next().unwrap_or(path.len());
    path.get(..end)
}

/// The modules that the package in `folder` may import from: the one that it stands in, and those that this one, or the workspace, takes from
/// other folders of the repository. `path` is what the folder is imported by where no `go.mod` says so.
pub(super) fn modules(
    build: &Build<'_>,
    folder: &str,
    path: Option<GoModule>,
    store: &mut Store<'_>,
) -> Vec<GoModule> {
    let mut found: Vec<GoModule> = Vec::new();
    let mut at = Some(folder);
    while let Some(folder) = at {
        let file = |name: &str| SourcePath::new(&format!("{folder}/{name}"));
        if found.is_empty()
            && let Some(text) = text(build, &file("go.mod"), store)
            && let Some(path) = module_path(&text)
        {
            found.push(GoModule {
                path,
                folder: folder.to_owned(),
            });
            found.extend(replaced(&text, folder));
        }
        if let Some(text) = text(build, &file("go.work"), store) {
            for used in used(&text) {
                let inner = SourcePath::new(&format!("{folder}/{used}"));
                let file = SourcePath::new(&format!("{inner}/go.mod"));
                let Some(path) = self::text(build, &file, store).and_then(|it| module_path(&it))
                else {
                    continue;
                };
                found.push(GoModule {
                    path,
                    folder: inner.as_str().to_owned(),
                });
            }
        }
        at = match folder.rsplit_once('/') {
            Some((above, _)) => Some(above),
            None if folder.is_empty() => None,
            None => Some(""),
        };
    }
    if found.is_empty() {
        found.extend(path);
    }
    found
}

fn text(build: &Build<'_>, path: &SourcePath, store: &mut Store<'_>) -> Option<String> {
    if !build.sees(path) {
        return None;
    }
    let id = store.read_text(path)?;
    Some(store.text_of(id).to_owned())
}

/// The lines of a go.mod or go.work that belong to a directive, without it.
fn directives<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    let mut is_within = false;
    text.lines().filter_map(move |line| {
        let line = line.split("//").next().unwrap_or_default().trim();
        if is_within {
            is_within = line != ")";
            return Some(line).filter(|it| is_within && !it.is_empty());
        }
        let rest = line.strip_prefix(name)?;
        let rest = rest.strip_prefix([' ', '\t', '('])?.trim();
        if rest == "(" || (rest.is_empty() && line.ends_with('(')) {
            is_within = true;
            return None;
        }
        Some(rest)
    })
}

fn module_path(text: &str) -> Option<String> {
    let path = directives(text, "module").next()?;
    Some(path.trim_matches(['"', '`']).to_owned())
}

/// The modules that a go.mod takes from folders: `replace example.com/lib => ../lib`.
fn replaced(text: &str, folder: &str) -> Vec<GoModule> {
    let lines = directives(text, "replace").filter_map(|line| {
        let (path, by) = line.split_once("=>")?;
        let by = by.trim().trim_matches('"');
        if !by.starts_with('.') {
            return None;
        }
        Some(GoModule {
            path: path.split_whitespace().next()?.trim_matches('"').to_owned(),
            folder: SourcePath::new(&format!("{folder}/{by}"))
                .as_str()
                .to_owned(),
        })
    });
    lines.collect()
}

fn used(text: &str) -> Vec<String> {
    let lines = directives(text, "use").map(|it| it.trim_matches('"').to_owned());
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_linux() {
        for (name, expected) in [
            ("main.go", true),
            ("main_test.go", false),
            ("sys_linux.go", true),
            ("sys_windows.go", false),
            ("sys_darwin_arm64.go", false),
            ("sys_linux_amd64.go", true),
            ("sys_386.go", false),
            ("windows.go", true),
            ("rest_api.go", true),
            ("_x.go", false),
        ] {
            assert_eq!(is_built(&SourcePath::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn owners_of_modules() {
        for (path, expected) in [
            ("github.com/acme/shop/config", Some("github.com/acme")),
            ("github.com/acme", Some("github.com/acme")),
            ("example.com/shop", Some("example.com")),
            ("net/http", None),
            ("shop", None),
        ] {
            assert_eq!(owner(path), expected, "{path}");
        }
    }

    #[test]
    fn what_go_mod_says() {
        let text = "module \"example.com/shop\" // x\n\ngo 1.22\n\nrequire (\n\tgithub.com/a/b v1.0.0\n)\nreplace example.com/lib => ../lib\nreplace (\n\texample.com/x v1.2.0 => ./x\n\texample.com/y => example.com/z v1.0.0\n)\n";
        assert_eq!(module_path(text).as_deref(), Some("example.com/shop"));
        let found = replaced(text, "services/api");
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|it| (it.path.as_str(), it.folder.as_str()))
            .collect();
        let expected = [
            ("example.com/lib", "services/lib"),
            ("example.com/x", "services/api/x"),
        ];
        assert_eq!(found, expected);
        assert_eq!(used("go 1.22\nuse (\n\t./a\n\t./b\n)\n"), ["./a", "./b"]);
    }
}
