//! Which source a bundle was made of: what scripts of package.json and the configurations of bundlers state.

use std::collections::BTreeMap;

use kubelint_parser::code::{Language, Node, parse};
use kubelint_parser::source::SourcePath;

use super::build::{Build, absolute};
use super::modules::At;
use super::requires::module_at;
use super::runners::Package;
use super::store::{Store, language};

/// Bundlers that take the files which they begin with as words, and those flags of theirs that say so.
const BUNDLERS: [(&str, &[&str]); 9] = [
    ("esbuild", &[]),
    ("tsup", &["--entry"]),
    ("tsup-node", &["--entry"]),
    ("tsdown", &["--entry"]),
    ("ncc", &[]),
    ("rollup", &["-i", "--input"]),
    ("parcel", &[]),
    ("vite", &["--ssr"]),
    ("webpack", &["--entry"]),
];
/// The configurations that they look for, without extension.
const CONFIGURATIONS: [(&str, &str); 7] = [
    ("tsup", "tsup.config"),
    ("tsup-node", "tsup.config"),
    ("tsdown", "tsdown.config"),
    ("rollup", "rollup.config"),
    ("vite", "vite.config"),
    ("webpack", "webpack.config"),
    ("esbuild", "esbuild.config"),
];
const EXTENSIONS: [&str; 6] = ["ts", "js", "mjs", "cjs", "mts", "cts"];
/// What configurations call the files that they begin with.
const KEYS: [&str; 5] = ["entry", "entryPoints", "input", "ssr", "entries"];
/// More scripts, words and nodes are not looked at.
const MOST_SCRIPTS: usize = 64;
const MOST_WORDS: usize = 64;
const MOST_NODES: usize = 20_000;
/// More folders above a file are not looked in.
const MOST_FOLDERS: usize = 8;

/// The file that the bundle at `path` of the image begins with; `None` if nothing states it, or one of several.
pub(super) fn source(build: &Build<'_>, path: &str, store: &mut Store<'_>) -> Option<At> {
    let (above, name) = path.rsplit_once('/')?;
    let mut folders = vec![above.to_owned()];
    let mut at = above;
    while let Some((parent, _)) = at.rsplit_once('/') {
        if folders.len() >= MOST_FOLDERS {
            break;
        }
        folders.push(parent.to_owned());
        at = parent;
    }
    let stem = name.split('.').next().unwrap_or_default();
    for stage in build.stages() {
        let own = build.resolve(stage, ".");
        for folder in std::iter::once(&own).chain(&folders) {
            let bundles = Bundles::of(build, stage, folder, store);
            if let Some(found) = bundles.and_then(|it| it.one(stem)) {
                return Some(found);
            }
        }
    }
    None
}

/// What the bundlers of a project begin with, by the file, and the names of what comes of it.
struct Bundles {
    entries: BTreeMap<SourcePath, (At, Vec<String>)>,
}

impl Bundles {
    fn of(build: &Build<'_>, stage: usize, folder: &str, store: &mut Store<'_>) -> Option<Self> {
        let path = build.file(stage, &absolute(folder, "package.json"))?;
        let id = store.read_text(&path)?;
        let package = Package::of(store.text_of(id))?;
        let mut stated: Vec<(Option<String>, String)> = Vec::new();
        for (_, text) in package.members(&["scripts"]).into_iter().take(MOST_SCRIPTS) {
            for command in text.unwrap_or_default().split(['&', ';', '|']) {
                let words: Vec<&str> = command.split_whitespace().take(MOST_WORDS).collect();
                let mut look = |name: &str| {
                    let file = build.file(stage, &absolute(folder, name))?;
                    let id = store.read_text(&file)?;
                    Some((file, store.text_of(id).to_owned()))
                };
                of_command(&words, &mut look, &mut stated);
            }
        }
        let mut entries: BTreeMap<SourcePath, (At, Vec<String>)> = BTreeMap::new();
        for (name, entry) in stated {
            if let Some(found) = module_at(build, stage, &absolute(folder, &entry)) {
                let of_file = entries.entry(found.file.clone());
                let names = &mut of_file.or_insert_with(|| (found, Vec::new())).1;
                names.extend(name);
            }
        }
        Some(Self { entries })
    }

    /// The file that makes a bundle called `stem`, or the only one.
    fn one(self, stem: &str) -> Option<At> {
        let is_named = |(at, names): &(At, Vec<String>)| {
            let own = at.file.file_name().split('.').next();
            names.iter().any(|it| it == stem) || own == Some(stem)
        };
        if self.entries.len() == 1 {
            let only = self.entries.into_values().next()?;
            return (only.1.is_empty() || is_named(&only)).then_some(only.0);
        }
        let mut found = self.entries.into_values().filter(is_named);
        let first = found.next()?;
        found.next().is_none().then_some(first.0)
    }
}

/// A file of the project by its path there, with its text.
type Look<'l> = &'l mut dyn FnMut(&str) -> Option<(SourcePath, String)>;

/// Adds what a command begins with, if it runs a bundler.
fn of_command(words: &[&str], look: Look<'_>, stated: &mut Vec<(Option<String>, String)>) {
    let is_before = |it: &&str| {
        matches!(
            *it,
            "npx" | "bunx" | "pnpm" | "yarn" | "exec" | "cross-env" | "env" | "--"
        ) || (it.contains('=') && !it.starts_with('-'))
    };
    let skipped = words.iter().take_while(|it| is_before(it)).count();
    let Some((first, rest)) = words.get(skipped..).and_then(<[&str]>::split_first) else {
        return;
    };
    if matches!(*first, "node" | "tsx" | "bun") {
        let Some(script) = rest.iter().find(|it| !it.starts_with('-')) else {
            return;
        };
        if *first == "bun" && *script == "build" {
            stated.extend(files(rest).map(|it| (None, it)));
        } else if let Some((file, text)) = look(script)
            && ["esbuild", "rollup", "webpack", "tsup"]
                .iter()
                .any(|it| text.contains(it))
        {
            stated.extend(of_configuration(&file, &text));
        }
        return;
    }
    let Some((name, flags)) = BUNDLERS.iter().find(|it| it.0 == *first) else {
        return;
    };
    let known = stated.len();
    let out = rest.iter().find_map(|it| it.strip_prefix("--outfile="));
    let out = out.and_then(|it| it.rsplit('/').next()?.split('.').next());
    if *name != "vite" {
        stated.extend(files(rest).map(|it| (out.map(str::to_owned), it)));
    }
    let values = rest.iter().zip(rest.iter().skip(1));
    let values = values.filter(|it| flags.contains(it.0));
    stated.extend(values.map(|it| (None, unquoted(it.1))));
    let flagged = rest.iter().filter_map(|it| it.split_once('='));
    let flagged = flagged.filter(|it| flags.contains(&it.0));
    stated.extend(flagged.map(|it| (None, unquoted(it.1))));
    if stated.len() > known {
        return;
    }
    let given = rest.iter().zip(rest.iter().skip(1));
    let mut given = given.filter(|it| matches!(*it.0, "-c" | "--config"));
    if let Some((_, path)) = given.next() {
        if let Some((file, text)) = look(path) {
            stated.extend(of_configuration(&file, &text));
        }
        return;
    }
    let usual = CONFIGURATIONS.iter().filter(|it| it.0 == *name);
    let names = usual.flat_map(|it| EXTENSIONS.iter().map(move |end| format!("{}.{end}", it.1)));
    for name in names {
        if let Some((file, text)) = look(&name) {
            stated.extend(of_configuration(&file, &text));
            return;
        }
    }
}

/// The words that are files of source.
fn files<'w>(words: &'w [&str]) -> impl Iterator<Item = String> + 'w {
    let files = words.iter().filter(|it| !it.starts_with('-'));
    files.map(|it| unquoted(it)).filter(|it| is_source(it))
}

fn is_source(text: &str) -> bool {
    let extension = text.rsplit_once('.').map_or("", |it| it.1);
    matches!(
        extension,
        "ts" | "tsx" | "mts" | "cts" | "js" | "mjs" | "cjs"
    )
}

fn unquoted(word: &str) -> String {
    word.trim_matches(['"', '\'']).to_owned()
}

/// What a configuration, or a script that calls a bundler, begins with: the name of what comes of it, and the file.
fn of_configuration(file: &SourcePath, text: &str) -> Vec<(Option<String>, String)> {
    let language = language(file).unwrap_or(Language::JavaScript);
    let Ok(code) = parse(text, language) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut open = vec![code.root(text)];
    let mut looked_at = 0;
    while let Some(node) = open.pop() {
        looked_at += 1;
        if looked_at > MOST_NODES {
            break;
        }
        let key = node.field("key").filter(|_| node.kind() == "pair");
        if key.is_some_and(|it| KEYS.contains(&it.text().trim_matches(['"', '\''])))
            && let Some(value) = node.field("value")
        {
            add(value, None, &mut found);
            let parts = value.children().filter(|it| it.kind() == "pair");
            for part in parts.take(MOST_WORDS) {
                let name = part.field("key").map(|it| unquoted(it.text()));
                if let Some(value) = part.field("value") {
                    add(value, name.as_deref(), &mut found);
                }
            }
        }
        open.extend(node.children());
    }
    found.retain(|it| is_source(&it.1));
    found
}

/// Adds the texts of a value: by itself, in a list, or handed to a function that makes a path of it.
fn add(value: Node<'_>, name: Option<&str>, found: &mut Vec<(Option<String>, String)>) {
    let texts: Vec<Node<'_>> = match value.kind() {
        "array" => value.children().collect(),
        "call_expression" => value
            .field("arguments")
            .into_iter()
            .flat_map(Node::children)
            .collect(),
        _ => vec![value],
    };
    let texts = texts.into_iter().filter(|it| it.kind() == "string");
    found.extend(
        texts
            .take(MOST_WORDS)
            .map(|it| (name.map(str::to_owned), unquoted(it.text()))),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &str, config: &str, expected: &[&str]) {
        let words: Vec<&str> = command.split_whitespace().collect();
        let mut look = |name: &str| {
            let file = SourcePath::new(name);
            (!config.is_empty()).then(|| (file, config.to_owned()))
        };
        let mut stated = Vec::new();
        of_command(&words, &mut look, &mut stated);
        let found: Vec<&str> = stated.iter().map(|it| it.1.as_str()).collect();
        assert_eq!(found, expected, "{command}");
    }

    #[test]
    fn what_bundles_begin_with() {
        check(
            "esbuild src/server.ts --bundle --outfile=dist/a.js",
            "",
            &["src/server.ts"],
        );
        check("npx ncc build src/index.ts -o dist", "", &["src/index.ts"]);
        check("vite build --ssr src/server.ts", "", &["src/server.ts"]);
        check(
            "bun build ./src/index.ts --outdir out",
            "",
            &["./src/index.ts"],
        );
        let config = "module.exports = { entry: './src/server.ts', output: { filename: 'b.js' } };";
        check(
            "cross-env A=b webpack --mode production",
            config,
            &["./src/server.ts"],
        );
        let config = "export default defineConfig({ entry: { server: 'src/main.ts' } });";
        check("tsup", config, &["src/main.ts"]);
        let config = "await esbuild.build({ entryPoints: ['src/app.ts'], outfile: 'dist/a.mjs' });";
        check("node build.mjs", config, &["src/app.ts"]);
        check("node server.js", "listen(3000)", &[]);
        check("tsc -p tsconfig.json", "", &[]);
    }
}
