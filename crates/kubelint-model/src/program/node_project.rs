//! What package.json and tsconfig.json say of where the imports of a Node.js program lead.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::code::Language;

use super::build::{Build, absolute};
use super::modules::At;
use super::requires::module_at;
use super::runners::Package;
use super::store::Store;

/// More packages of one repository are not looked at.
const MOST_PACKAGES: usize = 300;
/// tsconfig.json may stand on others so often.
const MOST_BASES: usize = 4;

/// The modules that Node.js brings itself (nodejs.org/api), without those that only stand behind `node:`.
const BUILTIN: [&str; 44] = [
    "assert",
    "async_hooks",
    "buffer",
    "bun",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "electron",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Whether a file is one of JavaScript or TypeScript.
pub(super) const fn is_javascript(language: Language) -> bool {
    matches!(
        language,
        Language::JavaScript | Language::TypeScript | Language::Tsx
    )
}

/// What a project says of its imports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Project {
    /// What `paths` of tsconfig.json say: the pattern, and where it leads in the image.
    paths: Vec<(String, Vec<String>)>,
    /// `baseUrl`: where modules are looked for by their path.
    base: Option<String>,
    /// The packages that are installed; `None` if nothing says which.
    installed: Option<BTreeSet<String>>,
    /// The packages of the repository itself, and their folders in the image.
    own: BTreeMap<String, String>,
}

/// Where an import by name leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lead {
    File(At),
    /// A package that is no part of the repository.
    Package,
    /// A part of the repository that is not found.
    Missing,
    /// Nothing says anything of it.
    Unknown,
}

impl Project {
    /// The project of the program whose source begins at `entry`.
    pub(super) fn of(entry: &At, build: &Build<'_>, store: &mut Store<'_>) -> Self {
        let mut this = Self::default();
        let mut folder = entry.path.rsplit_once('/').map_or("", |it| it.0);
        let mut has_config = false;
        let mut has_own = false;
        loop {
            if let Some(package) = package_at(build, entry.stage, folder, "package.json", store) {
                has_own |= this.install(&package);
            }
            // What is not typed has the same file under another name (code.visualstudio.com/docs/languages/jsconfig).
            for name in ["tsconfig.json", "jsconfig.json"] {
                has_config = has_config || this.configure(build, entry.stage, folder, name, store);
            }
            match folder.rsplit_once('/') {
                Some((above, _)) if !folder.is_empty() => folder = above,
                _ => break,
            }
        }
        if has_own {
            this.find_own(entry, build, store);
        }
        this
    }

    /// Takes over what a package.json says is installed; whether packages of the repository are among it.
    fn install(&mut self, package: &Package) -> bool {
        let mut has_own =
            package.get(&["workspaces"]).is_some() || !package.members(&["workspaces"]).is_empty();
        for kind in [
            "dependencies",
            "devDependencies",
            "peerDependencies",
            "optionalDependencies",
        ] {
            for (name, version) in package.members(&[kind]) {
                let version = version.unwrap_or_default();
                let local = ["workspace:", "file:", "link:", "portal:", "./", "../"];
                if local.iter().any(|it| version.starts_with(it)) {
                    has_own = true;
                    self.own.entry(name).or_default();
                } else {
                    // Where nothing is listed, nothing is said.
                    self.installed.get_or_insert_default().insert(name);
                }
            }
        }
        has_own
    }

    /// Takes over what the file `name` of a folder says, which is a tsconfig.json; whether there is one.
    fn configure(
        &mut self,
        build: &Build<'_>,
        stage: usize,
        folder: &str,
        name: &str,
        store: &mut Store<'_>,
    ) -> bool {
        let mut name = name.to_owned();
        let mut folder = folder.to_owned();
        for step in 0..MOST_BASES {
            let config = package_at(build, stage, &folder, &name, store);
            let Some(config) = config else {
                return step > 0;
            };
            if let Some((base, _)) = config.get(&["compilerOptions", "baseUrl"])
                && self.base.is_none()
            {
                self.base = Some(absolute(&folder, &base));
            }
            let base = self.base.clone().unwrap_or_else(|| folder.clone());
            if self.paths.is_empty() {
                for (pattern, targets) in config.lists(&["compilerOptions", "paths"]) {
                    let targets = targets.iter().map(|it| absolute(&base, it)).collect();
                    self.paths.push((pattern, targets));
                }
            }
            let Some((next, _)) = config.get(&["extends"]) else {
                return true;
            };
            if !next.starts_with('.') {
                return true;
            }
            let whole = absolute(&folder, &next);
            let (above, last) = whole.rsplit_once('/').unwrap_or(("", &whole));
            above.clone_into(&mut folder);
            let stem = last.strip_suffix(".json").unwrap_or(last);
            name = format!("{stem}.json");
        }
        true
    }

    /// Finds the packages of the repository: where they stand in the image, seen from where the entry stands.
    fn find_own(&mut self, entry: &At, build: &Build<'_>, store: &mut Store<'_>) {
        let file = entry.file.as_str();
        let same = file.bytes().rev().zip(entry.path.bytes().rev());
        let same = same.take_while(|it| it.0 == it.1).count();
        let (repository, image) = (
            &file[..file.len() - same],
            &entry.path[..entry.path.len() - same],
        );
        let packages = build.files_such(|it| {
            it.file_name() == "package.json" && !it.as_str().contains("node_modules/")
        });
        for path in packages.into_iter().take(MOST_PACKAGES) {
            let Some(rest) = path.parent().strip_prefix(repository) else {
                continue;
            };
            let text = store
                .read_text(&path)
                .map(|it| store.text_of(it).to_owned());
            let package = text.as_deref().and_then(Package::of);
            if let Some((name, _)) = package.and_then(|it| it.get(&["name"])) {
                let folder = absolute(image, rest.trim_start_matches('/'));
                self.own.insert(name, folder);
            }
        }
    }

    /// Where the import of `module` leads, which is no path.
    pub(super) fn lead(&self, build: &Build<'_>, stage: usize, module: &str) -> Lead {
        for (pattern, targets) in &self.paths {
            let rest = match pattern.split_once('*') {
                Some((before, after)) => module
                    .strip_prefix(before)
                    .and_then(|it| it.strip_suffix(after)),
                None => (module == pattern).then_some(""),
            };
            let Some(rest) = rest else {
                continue;
            };
            let mut targets = targets.iter().map(|it| it.replacen('*', rest, 1));
            if let Some(found) = targets.find_map(|it| module_at(build, stage, &it)) {
                return Lead::File(found);
            }
            // `*` alone is for what is not found elsewhere.
            if pattern != "*" {
                return Lead::Missing;
            }
        }
        let based = self.base.as_ref().map(|it| absolute(it, module));
        if let Some(found) = based.and_then(|it| module_at(build, stage, &it)) {
            return Lead::File(found);
        }
        let name = package_name(module);
        if let Some(folder) = self.own.get(name) {
            let inner = module[name.len()..].trim_start_matches('/');
            return match own_file(build, stage, folder, inner) {
                Some(found) => Lead::File(found),
                None => Lead::Missing,
            };
        }
        let first = module.split('/').next().unwrap_or_default();
        if module.contains(':') || BUILTIN.contains(&first) {
            return Lead::Package;
        }
        let Some(installed) = &self.installed else {
            return Lead::Unknown;
        };
        let types = format!("@types/{}", name.trim_start_matches('@').replace('/', "__"));
        // What comes with another package is often imported without being listed: it is the repository's own only if something there is called so.
        let mut parts = name.trim_start_matches('@').split('/');
        if is_shared(name) {
            return Lead::Missing;
        }
        let is_outside = is_transitive(name) || !parts.any(|it| build.may_hold(it));
        if is_outside || installed.contains(name) || installed.contains(&types) {
            Lead::Package
        } else {
            Lead::Missing
        }
    }
}

/// Whether a package looks like what the services of one owner share, published apart: it may read variables and add routes.
fn is_shared(name: &str) -> bool {
    let words = name.split(['/', '-', '_']);
    name.starts_with('@')
        && !is_transitive(name)
        && words
            .skip(1)
            .any(|it| matches!(it, "shared" | "common" | "commons"))
}

/// Whether a package comes with others that are installed, and is often imported without being named.
fn is_transitive(name: &str) -> bool {
    const SCOPES: [&str; 7] = [
        "@aws-sdk/",
        "@grpc/",
        "@nestjs/",
        "@opentelemetry/",
        "@sentry/",
        "@smithy/",
        "@types/",
    ];
    const NAMES: [&str; 16] = [
        "body-parser",
        "bson",
        "cookie",
        "debug",
        "express",
        "express-serve-static-core",
        "graphql",
        "http-errors",
        "lodash",
        "mongodb",
        "qs",
        "react",
        "react-dom",
        "rxjs",
        "tslib",
        "ws",
    ];
    SCOPES.iter().any(|it| name.starts_with(it)) || NAMES.contains(&name)
}

/// The name of the package that a module is of: `@scope/name` of `@scope/name/inner`.
fn package_name(module: &str) -> &str {
    let parts = if module.starts_with('@') { 2 } else { 1 };
    let end = module.match_indices('/').nth(parts - 1).map(|it| it.0);
    &module[..end.unwrap_or(module.len())]
}

/// The source that a package of the repository begins with, or the module `inner` of it.
fn own_file(build: &Build<'_>, stage: usize, folder: &str, inner: &str) -> Option<At> {
    if folder.is_empty() {
        return None;
    }
    let tried = match inner {
        "" => ["src/index", "index", "src/main", "lib/index", "src"].map(str::to_owned),
        _ => [
            inner.to_owned(),
            format!("src/{inner}"),
            format!("src/{}", inner.trim_start_matches("dist/")),
            format!("{inner}/src"),
            format!("lib/{inner}"),
        ],
    };
    let mut tried = tried.iter();
    tried.find_map(|it| module_at(build, stage, &absolute(folder, it)))
}

fn package_at(
    build: &Build<'_>,
    stage: usize,
    folder: &str,
    name: &str,
    store: &mut Store<'_>,
) -> Option<Package> {
    let file = build.file(stage, &absolute(folder, name))?;
    let id = store.read_text(&file)?;
    Package::of(store.text_of(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        assert_eq!(package_name("express"), "express");
        assert_eq!(package_name("lodash/fp"), "lodash");
        assert_eq!(package_name("@shop/db"), "@shop/db");
        assert_eq!(package_name("@shop/db/src/x"), "@shop/db");
        assert!(is_shared("@shop/shared") && is_shared("@shop/ticketing-common"));
        assert!(!is_shared("@nestjs/common") && !is_shared("common-tags"));
    }
}
