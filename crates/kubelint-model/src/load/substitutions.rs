//! Which placeholders the repository's own tools replace: a byte search over the files that are no manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use kubelint_parser::source::{SourcePath, Sources};
use kubelint_parser::yaml::{Kind, Yaml};
use memchr::memmem;
use rayon::prelude::*;

use super::content;
use super::texts::{MAX_TOTAL, readable};
use crate::placeholder::{self, Form};
use crate::{Gvk, data};

/// Placeholders that something in the repository replaces.
#[derive(Debug, Default)]
pub struct Substitutions {
    by_token: BTreeMap<String, SourcePath>,
    /// A file that has Flux replace every `${NAME}` of the manifests it applies.
    flux: Option<SourcePath>,
    /// A file that has envsubst replace every `$NAME` and `${NAME}` of what it hands to kubectl.
    envsubst: Option<SourcePath>,
    /// Where the search ended before its time: then nothing is known of the tokens that were not found.
    pub(super) unfinished: Option<Unfinished>,
}

/// Why the search did not look at everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// The manifests hold more different placeholders than are searched for.
    TooManyTokens,
    /// The repository has more text than is searched; the number of files that were left out.
    TooMuchText(usize),
}

/// How many different placeholders are searched for.
const MAX_TOKENS: usize = 10_000;
/// How many files are read at once.
const BATCH: usize = 64;

impl Substitutions {
    /// The file that replaces a placeholder with this token, as far as a search can tell: it holds the token beside one of the tools of
    /// `data/substitution-tools.tsv`, or replaces all of its form.
    pub fn by(&self, token: &str, form: Form) -> Option<&SourcePath> {
        let flux = self.flux.as_ref().filter(|_| form == Form::DollarBrace);
        let is_variable = matches!(form, Form::Dollar | Form::DollarBrace);
        let envsubst = self.envsubst.as_ref().filter(|_| is_variable);
        self.by_token.get(token).or(flux).or(envsubst)
    }

    /// Why the search did not look at everything, if it did not.
    pub fn unfinished(&self) -> Option<&Unfinished> {
        self.unfinished.as_ref()
    }
}

/// Searches `paths` (sorted) for whatever replaces these tokens.
pub(super) fn search(
    sources: &dyn Sources,
    paths: &[&SourcePath],
    tokens: &BTreeSet<String>,
) -> Substitutions {
    if tokens.is_empty() {
        return Substitutions::default();
    }
    if tokens.len() > MAX_TOKENS {
        return Substitutions {
            unfinished: Some(Unfinished::TooManyTokens),
            ..Substitutions::default()
        };
    }
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let Some(searcher) = Searcher::new(&tokens) else {
        return Substitutions::default();
    };
    let mut ordered: Vec<&SourcePath> = paths.iter().copied().filter(|it| is_text(it)).collect();
    ordered.sort_by_key(|path| priority(path));
    let mut found = Substitutions::default();
    let mut budget = MAX_TOTAL;
    let mut batches = ordered.chunks(BATCH);
    for batch in batches.by_ref() {
        let read: Vec<Option<(usize, Hits)>> = batch
            .par_iter()
            .map(|path| {
                let text = readable(sources, path)?;
                Some((text.as_str().len(), searcher.hits(path, text.as_str())))
            })
            .collect();
        for (path, (size, hits)) in batch
            .iter()
            .zip(read)
            .filter_map(|(path, it)| Some((path, it?)))
        {
            budget = budget.saturating_sub(size);
            if hits.flux && found.flux.is_none() {
                found.flux = Some((*path).clone());
            }
            if hits.envsubst && found.envsubst.is_none() {
                found.envsubst = Some((*path).clone());
            }
            for token in hits.tokens {
                let token = tokens[token].to_owned();
                found
                    .by_token
                    .entry(token)
                    .or_insert_with(|| (*path).clone());
            }
        }
        if budget == 0 {
            break;
        }
    }
    let left: usize = batches.map(<[_]>::len).sum();
    if left > 0 {
        found.unfinished = Some(Unfinished::TooMuchText(left));
    }
    found
}

/// Fields whose text is for programs to read, or for people: what looks like a placeholder there is theirs.
const FREE_TEXT: [&str; 7] = [
    "annotations",
    "args",
    "binaryData",
    "command",
    "data",
    "description",
    "stringData",
];

/// The names of what looks like a placeholder in a manifest, wherever the API server has a say: in the fields of built-in kinds but free
/// text, and in the images of other kinds. What a Secret holds under `data` is base64, so the server has a say in it.
pub(super) fn tokens(yaml: &Yaml, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if placeholder::find(text).is_empty() {
        return found;
    }
    for root in yaml
        .documents()
        .iter()
        .filter_map(|document| yaml.root(text, document))
    {
        let gvk = Gvk::of(root);
        let is_secret = gvk.as_ref().is_some_and(|it| it.is("", "Secret"));
        let is_built_in =
            gvk.is_some_and(|it| it.is_built_in() && it.group != "apiextensions.k8s.io");
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let items = node.items().map(|it| ("", it));
            let fields = node.entries().map(|it| (it.key.raw(), it.value));
            for (key, value) in items.chain(fields) {
                if value.kind() != Kind::Scalar {
                    let is_free = FREE_TEXT.contains(&key) && !(is_secret && key == "data");
                    open.extend((!is_free).then_some(value));
                } else if is_built_in || key == "image" {
                    let placeholders = placeholder::find(value.raw());
                    found.extend(placeholders.into_iter().map(|it| it.token.to_owned()));
                }
            }
        }
    }
    found
}

/// Whether the name does not say that the file is an image, an archive or the like.
fn is_text(path: &SourcePath) -> bool {
    const BINARY: [&str; 34] = [
        "png", "jpg", "jpeg", "gif", "ico", "svg", "webp", "bmp", "pdf", "zip", "gz", "tgz", "bz2",
        "xz", "zst", "7z", "tar", "jar", "war", "class", "so", "dll", "exe", "a", "o", "wasm",
        "woff", "woff2", "ttf", "eot", "mp4", "mp3", "bin", "lock",
    ];
    !path
        .extension()
        .is_some_and(|it| BINARY.iter().any(|known| it.eq_ignore_ascii_case(known)))
}

/// What is likely to run tools comes first, programs' source code last.
fn priority(path: &SourcePath) -> u8 {
    match path.extension() {
        None | Some("sh" | "bash" | "zsh" | "ps1" | "mk" | "py" | "yaml" | "yml" | "tf" | "j2") => {
            0
        }
        Some(
            "go" | "java" | "js" | "jsx" | "ts" | "tsx" | "c" | "cc" | "cpp" | "h" | "cs" | "rs"
            | "php" | "css" | "html" | "scala" | "kt" | "swift" | "json" | "csv" | "sql" | "proto"
            | "ipynb",
        ) => 2,
        Some(_) => 1,
    }
}

/// What one file holds.
#[derive(Default)]
struct Hits {
    tokens: BTreeSet<usize>,
    flux: bool,
    envsubst: bool,
}

/// Finds tokens, and the tools beside them.
struct Searcher {
    /// Says whether there is any token: most files hold none, and only leftmost searches use vector instructions.
    screen: AhoCorasick,
    tokens: AhoCorasick,
}

/// The rows of `data/substitution-tools.tsv`.
struct Tools {
    words: Option<AhoCorasick>,
    in_manifests: Vec<&'static str>,
    extensions: BTreeSet<&'static str>,
}

static TOOLS: LazyLock<Tools> = LazyLock::new(|| {
    let of = |wanted: &'static str| {
        data::rows(include_str!("../../data/substitution-tools.tsv"))
            .filter(move |[form, ..]| *form == wanted)
            .map(|[_, word, _]| word)
    };
    Tools {
        words: AhoCorasick::new(of("word")).ok(),
        in_manifests: of("manifest").collect(),
        extensions: of("extension").collect(),
    }
});

impl Searcher {
    fn new(tokens: &[&str]) -> Option<Self> {
        let mut screen = AhoCorasick::builder();
        screen.match_kind(MatchKind::LeftmostFirst);
        Some(Self {
            screen: screen.build(tokens).ok()?,
            tokens: AhoCorasick::new(tokens).ok()?,
        })
    }

    /// The tokens that stand in `text` beside a tool. Few files hold a token: only those are searched for tools.
    fn hits(&self, path: &SourcePath, text: &str) -> Hits {
        let bytes = text.as_bytes();
        let words = |automaton: &AhoCorasick| -> BTreeSet<usize> {
            let hits = automaton.find_overlapping_iter(text);
            let alone = hits.filter(|hit| stands_alone(bytes, hit.start(), hit.end()));
            alone.map(|hit| hit.pattern().as_usize()).collect()
        };
        let mut hits = Hits::default();
        let is_manifest = content::can_be_manifest(text) && content::states_manifest(text);
        if is_manifest {
            let in_manifests = TOOLS.in_manifests.iter();
            let mut found = in_manifests.filter(|it| memmem::find(bytes, it.as_bytes()).is_some());
            hits.flux = found.next().is_some();
            return hits;
        }
        hits.envsubst = fills_in_all(text);
        if !self.screen.is_match(text) {
            return hits;
        }
        let tokens = words(&self.tokens);
        let is_tool = |it: &str| TOOLS.extensions.contains(it);
        let has_tool = || TOOLS.words.as_ref().is_some_and(|it| !words(it).is_empty());
        if !tokens.is_empty() && (path.extension().is_some_and(is_tool) || has_tool()) {
            hits.tokens = tokens;
        }
        hits
    }
}

/// Whether a text has envsubst replace all variables, and not only those that its argument names, for kubectl: the environment says what they
/// are, so that the text need not name them.
fn fills_in_all(text: &str) -> bool {
    const WORD: &str = "envsubst";
    let mut places = memmem::find_iter(text.as_bytes(), WORD);
    let is_whole = |at: usize| {
        let rest = text[at + WORD.len()..].trim_start_matches([' ', '\t']);
        rest.is_empty() || rest.starts_with(['<', '>', '|', ')', ';', '&', '`', '\n', '\r'])
    };
    places.any(is_whole) && memmem::find(text.as_bytes(), b"kubectl").is_some()
}

/// Whether a match is a word of its own.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let joins = |at: usize| is_word(text[at - 1]) && text.get(at).is_some_and(|it| is_word(*it));
    (start == 0 || !joins(start)) && !joins(end)
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::MemorySources;
    use kubelint_parser::yaml;

    use super::*;

    /// Which file replaces each placeholder of `manifest`.
    fn check(manifest: &str, files: &[(&str, &str)], expected: &[(&str, &str)]) {
        let sources = MemorySources::new(files.iter().copied());
        let paths: Vec<&SourcePath> = sources.list().iter().collect();
        let tokens = tokens(&yaml::parse(manifest), manifest);
        let found = search(&sources, &paths, &tokens);
        let shown: Vec<(&str, &str)> = placeholder::find(manifest)
            .into_iter()
            .filter_map(|it| Some((it.token, found.by(it.token, it.form)?.as_str())))
            .collect();
        assert_eq!(shown, expected, "{manifest}");
    }

    #[test]
    fn a_tool_beside_the_token() {
        let manifest = "image: ${REPO}/a:${TAG}\nannotations: {x: '${NOTE}'}\n";
        check(
            manifest,
            &[
                ("README.md", "Set TAG, REPO and be confused\n"),
                ("deploy.sh", "TAG=1 NOTE=2 envsubst < a.yaml\n"),
            ],
            &[("TAG", "deploy.sh")],
        );
        check(manifest, &[("x.sh", "helm TAGS\n")], &[]);
        check(
            manifest,
            &[(
                "cm.yaml",
                "apiVersion: v1\nkind: ConfigMap\ndata: {a: sed TAG}\n",
            )],
            &[],
        );
        check(manifest, &[("values.j2", "TAG\n")], &[("TAG", "values.j2")]);
    }

    #[test]
    fn the_data_of_a_secret_is_asked_for() {
        let manifest = "apiVersion: v1\nkind: Secret\ndata: {p: '${PASSWORD_B64}'}\n";
        let script = [("deploy.sh", "PASSWORD_B64=eA== envsubst < a.yaml\n")];
        check(manifest, &script, &[("PASSWORD_B64", "deploy.sh")]);
        let config = manifest.replace("Secret", "ConfigMap");
        check(&config, &script, &[]);
    }

    #[test]
    fn flux_replaces_everything_it_applies() {
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  postBuild:\n    substitute: {}\n";
        check(
            "image: ${X}/c{{ y }}\n",
            &[("f.yaml", flux)],
            &[("X", "f.yaml")],
        );
    }

    #[test]
    fn envsubst_replaces_everything_unless_told() {
        let manifest = "image: ${X}/c:$Y-{{ z }}\n";
        let all = "deploy:\n  - for f in k8s/*.yml; do envsubst < $f | kubectl apply -f -; done\n";
        check(
            manifest,
            &[("okteto.yml", all)],
            &[("X", "okteto.yml"), ("Y", "okteto.yml")],
        );
        let some = "envsubst '$X' < a.yaml | kubectl apply -f -\n";
        check(manifest, &[("deploy.sh", some)], &[("X", "deploy.sh")]);
        let none = "envsubst < nginx.template > /etc/nginx/conf.d/default.conf\n";
        check(manifest, &[("entry.sh", none)], &[]);
    }

    #[test]
    fn nothing_to_replace_reads_nothing() {
        let found = search(&MemorySources::default(), &[], &BTreeSet::new());
        assert_eq!(found.unfinished(), None);
    }
}
