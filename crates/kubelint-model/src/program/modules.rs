//! Which files imports lead to.

use std::rc::Rc;

use kubelint_parser::source::SourcePath;

use super::build::{Build, absolute};
use super::runners::Root;

/// A file of a program: where it is in the image, and which file of the repository that is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) stage: usize,
    /// Its path in the image.
    pub(super) path: String,
    pub(super) file: SourcePath,
}

/// Where an import leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Led {
    /// The module, or the package's own file.
    pub(super) module: Option<At>,
    /// What is taken from it, if that is a module itself.
    pub(super) item: Option<At>,
    /// The files of the packages around it.
    pub(super) packages: Rc<[At]>,
    /// Whether it is part of the program, and not found.
    pub(super) is_missing: bool,
}

/// Modules of this kind are made by tools, and hold nothing of a program's own.
const GENERATED: [&str; 4] = ["_pb2", "_pb2_grpc", "_version", "version"];

/// Where the Python module `name` is: a file, or a package's `__init__.py`, in the first of `roots` that has it
/// (docs.python.org/3/reference/import.html).
pub(super) fn python(build: &Build<'_>, roots: &[Root], name: &str) -> Option<At> {
    let parts: Vec<&str> = name.split('.').collect();
    let mut roots = roots.iter();
    roots.find_map(|it| below(build, it, &parts))
}

/// What an import of a Python file leads to. `module` begins with dots where it is relative to the file `from`.
pub(super) fn python_import(
    build: &Build<'_>,
    roots: &[Root],
    from: &At,
    module: &str,
    item: Option<&str>,
) -> Led {
    let name = module.trim_start_matches('.');
    let dots = module.len() - name.len();
    let parts: Vec<&str> = name.split('.').filter(|it| !it.is_empty()).collect();
    let item = item.filter(|it| *it != "*");
    if dots > 0 {
        let mut folder = from.path.rsplit_once('/').map_or("", |it| it.0);
        for _ in 1..dots {
            folder = folder.rsplit_once('/').map_or("", |it| it.0);
        }
        let root = Root {
            stage: from.stage,
            folder: folder.to_owned(),
        };
        return led(build, &root, &parts, item, true);
    }
    let first = parts.first().copied().unwrap_or_default();
    if !build.may_hold(first) {
        return Led::default();
    }
    let mut missing = Led::default();
    for root in roots {
        let found = led(build, root, &parts, item, false);
        if found.module.is_some() || found.item.is_some() {
            return found;
        }
        if found.is_missing {
            missing = found;
        }
    }
    missing
}

fn led(
    build: &Build<'_>,
    root: &Root,
    parts: &[&str],
    item: Option<&str>,
    is_relative: bool,
) -> Led {
    let module = below(build, root, parts);
    let is_file = module
        .as_ref()
        .is_some_and(|it| !it.path.ends_with("/__init__.py"));
    let inner: Vec<&str> = parts.iter().copied().chain(item).collect();
    let taken = match item {
        Some(_) if !is_file => below(build, root, &inner),
        _ => None,
    };
    let packages: Vec<At> = (1..parts.len())
        .filter_map(|count| package(build, root, &parts[..count]))
        .collect();
    let last = parts.last().copied().unwrap_or_default();
    let is_generated = |name: &str| GENERATED.iter().any(|it| name.ends_with(it));
    let is_made = is_generated(last) || item.is_some_and(is_generated);
    let is_found = module.is_some() || taken.is_some();
    Led {
        is_missing: !is_found && !is_made && (is_relative || !packages.is_empty()),
        packages: packages.into(),
        item: taken,
        module,
    }
}

fn below(build: &Build<'_>, root: &Root, parts: &[&str]) -> Option<At> {
    if parts.is_empty() {
        return package(build, root, parts);
    }
    let path = absolute(&root.folder, &format!("{}.py", parts.join("/")));
    at(build, root.stage, path).or_else(|| package(build, root, parts))
}

fn package(build: &Build<'_>, root: &Root, parts: &[&str]) -> Option<At> {
    // Every folder of the context may have such a file: that of the package must be there.
    if parts.last().is_some_and(|it| !build.may_hold(it)) {
        return None;
    }
    let folder = absolute(&root.folder, &parts.join("/"));
    at(build, root.stage, absolute(&folder, "__init__.py"))
}

pub(super) fn at(build: &Build<'_>, stage: usize, path: String) -> Option<At> {
    let file = build.file(stage, &path)?;
    Some(At { stage, path, file })
}
