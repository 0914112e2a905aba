//! Packages of a workspace that a build puts into a folder of their own: `pnpm --filter=api deploy /prod/api` (pnpm.io/cli/deploy).

use kubelint_parser::source::SourcePath;

use super::build::{Build, absolute};
use super::runners::Package;
use super::store::Store;

/// More packages of one repository are not looked at.
const MOST_PACKAGES: usize = 300;
/// Of longer commands the rest is not looked at.
const MOST_WORDS: usize = 200;

/// Where `path` of the image stands in the stage that it was taken from, if it is of such a folder: the stage, and the path there.
pub(super) fn origin(
    build: &Build<'_>,
    path: &str,
    store: &mut Store<'_>,
) -> Option<(usize, String)> {
    for stage in build.stages() {
        for (text, cwd) in build.commands(stage) {
            let Some((package, folder)) = deployment(&text, &cwd) else {
                continue;
            };
            let Some(rest) = rest_of(build, &folder, path) else {
                continue;
            };
            let file = package_file(build, &package, store)?;
            let own = file.parent();
            let inner = match build.folder() {
                "" => own,
                context => own.strip_prefix(context)?.trim_start_matches('/'),
            };
            let bases = [cwd.clone(), build.resolve(stage, ".")];
            let at = bases.iter().find_map(|base| {
                let at = absolute(base, inner);
                let package = build.file(stage, &absolute(&at, "package.json"))?;
                (package == file).then_some(at)
            });
            return Some((stage, absolute(&at?, rest.trim_start_matches('/'))));
        }
    }
    None
}

/// What of `path` stands below `folder`, or below where that is copied to.
fn rest_of(build: &Build<'_>, folder: &str, path: &str) -> Option<String> {
    let below = |folder: &str| {
        let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.to_owned())
    };
    let copied = build.stages().find_map(|stage| {
        let image = build.stage(stage);
        image.copied.iter().find_map(|it| {
            let mut sources = it.sources.iter().filter_map(|it| it.value.as_known());
            let is_meant = sources.any(|it| absolute("/", it) == folder);
            let to = it.destination.value.as_known().filter(|_| is_meant)?;
            below(&build.resolve(stage, to))
        })
    });
    copied.or_else(|| below(folder))
}

/// The package that a command puts into a folder, and the folder.
fn deployment(text: &str, cwd: &str) -> Option<(String, String)> {
    text.split(['&', ';', '|', '\n']).find_map(|command| {
        let words: Vec<&str> = command.split_whitespace().take(MOST_WORDS).collect();
        let start = words.iter().position(|it| *it == "pnpm")?;
        let words = &words[start + 1..];
        let (mut package, mut given, mut at) = (None, Vec::new(), 0);
        while let Some(word) = words.get(at) {
            at += 1;
            match word.split_once('=') {
                Some(("--filter" | "-F", name)) => package = Some(name),
                _ if matches!(*word, "--filter" | "-F") => {
                    package = words.get(at).copied();
                    at += 1;
                }
                _ if word.starts_with('-') || *word == "\\" => {}
                _ => given.push(*word),
            }
        }
        let [action, folder] = given.as_slice() else {
            return None;
        };
        let package = package.filter(|_| *action == "deploy")?;
        let package = package.trim_matches(['"', '\'', '.']);
        Some((package.to_owned(), absolute(cwd, folder)))
    })
}

/// The package.json of the package that is called `name`, or stands in the folder of that name.
fn package_file(build: &Build<'_>, name: &str, store: &mut Store<'_>) -> Option<SourcePath> {
    let packages = build.files_such(|it| {
        it.file_name() == "package.json" && !it.as_str().contains("node_modules/")
    });
    let folder = name.trim_start_matches("./").trim_end_matches('/');
    packages.into_iter().take(MOST_PACKAGES).find(|path| {
        let text = store.read_text(path).map(|it| store.text_of(it).to_owned());
        let own = text.as_deref().and_then(Package::of);
        let own = own.and_then(|it| it.get(&["name"]));
        own.is_some_and(|it| it.0 == name)
            || (name.contains('/') && path.parent().ends_with(folder))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_where() {
        for (text, expected) in [
            (
                "pnpm deploy --filter=api --prod /prod/api",
                Some(("api", "/prod/api")),
            ),
            (
                "pnpm install && pnpm --filter @acme/api deploy out",
                Some(("@acme/api", "/src/out")),
            ),
            ("pnpm run -r build", None),
            ("npm run deploy x", None),
        ] {
            let found = deployment(text, "/src");
            let found = found.as_ref().map(|it| (it.0.as_str(), it.1.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
