//! Which scripts, Makefiles, workflows and documents make a file that is not there: a search for its name, or its folder's, in lines with
//! one of the commands of `data/file-makers.tsv`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use kubelint_parser::source::{SourcePath, Sources};
use rayon::prelude::*;

use super::MissingPath;
use crate::load::{MAX_TOTAL, readable, text_role};
use crate::{Role, data};

/// How many files are read at once.
const BATCH: usize = 64;

/// Commands that name last what they make.
const COPIERS: [&str; 6] = ["copy", "cp", "ln", "mv", "rsync", "scp"];

/// How many words before a name may say what is done with it.
const MOST_WORDS: usize = 12;

/// Commands that read the files which they are given, whatever else their line says.
const READERS: [&str; 6] = ["docker", "helm", "kubectl", "kustomize", "oc", "skaffold"];

/// The rows of `data/file-makers.tsv`.
struct Makers {
    commands: Vec<&'static str>,
    options: Vec<&'static str>,
    instructions: Vec<&'static str>,
    /// How the names of files end that a tool makes unasked, and the command that does so.
    files: Vec<(&'static str, &'static str)>,
}

static MAKERS: LazyLock<Makers> = LazyLock::new(|| {
    let of = |wanted: &'static str| {
        let rows = data::rows(include_str!("../../data/file-makers.tsv"));
        rows.filter(move |[form, ..]| *form == wanted)
            .map(|[_, word, _]| word)
            .collect()
    };
    Makers {
        commands: of("command"),
        options: of("option"),
        instructions: of("instruction"),
        files: data::rows(include_str!("../../data/file-makers.tsv"))
            .filter_map(|[form, word, _]| (form == "file").then(|| word.split_once('='))?)
            .collect(),
    }
});

/// Fills in which file makes each path.
pub(super) fn find(sources: &dyn Sources, listed: &[&SourcePath], found: &mut [MissingPath]) {
    // Several names may be looked for on behalf of one path, and one name on behalf of several paths.
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, missing) in found.iter().enumerate() {
        let names = looked_for(&missing.path).into_iter();
        for name in names.chain(absent_folders(&missing.path, listed)) {
            wanted.entry(name).or_default().push(index);
        }
    }
    let names: Vec<&String> = wanted.keys().collect();
    let Ok(automaton) = AhoCorasick::new(&names) else {
        return;
    };
    let texts = listed.iter().filter_map(|it| Some((*it, text_role(it)?)));
    let texts: Vec<(&SourcePath, Role)> = texts.collect();
    let mut budget = MAX_TOTAL;
    let mut makers: BTreeMap<usize, SourcePath> = BTreeMap::new();
    for batch in texts.chunks(BATCH) {
        let read: Vec<Option<(usize, Vec<usize>)>> = batch
            .par_iter()
            .map(|(path, role)| {
                let text = readable(sources, path)?;
                let text = text.as_str();
                Some((text.len(), made_in(text, *role, &automaton)))
            })
            .collect();
        for ((path, _), (size, made)) in batch
            .iter()
            .zip(read)
            .filter_map(|(it, read)| Some((it, read?)))
        {
            budget = budget.saturating_sub(size);
            for name in made {
                for &index in wanted.get(names[name]).into_iter().flatten() {
                    makers.entry(index).or_insert_with(|| (*path).clone());
                }
            }
        }
        if budget == 0 {
            break;
        }
    }
    for (index, maker) in makers {
        found[index].maker = Some(maker);
    }
}

/// The words that name `path` in a script: its file's name, and its folder by its last two parts, which stand for all that is made in it.
/// A name that is a common word counts with its folder alone.
fn looked_for(path: &SourcePath) -> Vec<String> {
    let name = path.file_name();
    let mut parts = path.parent().rsplit('/').filter(|it| !it.is_empty());
    let (folder, above) = (parts.next(), parts.next());
    let mut names = Vec::new();
    let made = MAKERS.files.iter().filter(|it| name.ends_with(it.0));
    names.extend(made.map(|it| it.1.to_owned()));
    if name.contains(['.', '-', '_']) {
        names.push(name.to_owned());
    } else {
        names.extend(folder.map(|it| format!("{it}/{name}")));
    }
    if let (Some(folder), Some(above)) = (folder, above) {
        names.push(format!("{above}/{folder}"));
    }
    names
}

/// The folders above that of `path` that are not there either, by their last two parts: who makes one of them may make all in it.
fn absent_folders(path: &SourcePath, listed: &[&SourcePath]) -> Vec<String> {
    let is_there = |folder: &str| {
        let prefix = format!("{folder}/");
        let at = listed.partition_point(|it| it.as_str() < prefix.as_str());
        let next = listed.get(at);
        next.is_some_and(|it| it.as_str().starts_with(&prefix))
    };
    let mut names = Vec::new();
    let mut folder = path.parent();
    while let Some((above, name)) = folder.rsplit_once('/') {
        if is_there(folder) {
            break;
        }
        let last = above.rsplit('/').next().unwrap_or_default();
        names.push(format!("{last}/{name}"));
        folder = above;
    }
    names
}

/// Which of the names that `automaton` finds are made in `text`; each once.
fn made_in(text: &str, role: Role, automaton: &AhoCorasick) -> Vec<usize> {
    let mut made: Vec<usize> = automaton
        .find_overlapping_iter(text)
        .filter(|hit| stands_alone(text.as_bytes(), hit.start(), hit.end()))
        .filter(|hit| {
            let start = text[..hit.start()].rfind('\n').map_or(0, |it| it + 1);
            let end = text[hit.end()..]
                .find('\n')
                .map_or(text.len(), |it| hit.end() + it);
            let (before, after) = (&text[start..hit.start()], &text[hit.end()..end]);
            if MAKERS.files.iter().any(|it| it.1 == &text[hit.range()]) {
                return role != Role::Document && !before.trim_start().starts_with('#');
            }
            if !text[hit.range()].contains('/') {
                return makes(before, after, role);
            }
            // Documents name folders for many reasons. One that is copied as a whole is used elsewhere, among other files.
            let inner = after.strip_prefix('/').and_then(|it| it.chars().next());
            let is_whole = !inner.is_some_and(char::is_alphanumeric);
            let target = after.strip_prefix(':').map_or("", |_| ":");
            role != Role::Document && is_whole && makes(before, target, role)
        })
        .map(|hit| hit.pattern().as_usize())
        .collect();
    made.sort_unstable();
    made.dedup();
    made
}

/// Whether a line makes the file whose name stands between `before` and `after`.
fn makes(before: &str, after: &str, role: Role) -> bool {
    let is_path = |it: char| it.is_alphanumeric() || "._-/$(){}~\"'`\\".contains(it);
    let head = before.trim_end_matches(is_path);
    if before.trim_start().starts_with('#') && role != Role::Document {
        return false;
    }
    // A Make target.
    if head.is_empty() && after.trim_start_matches(is_path).starts_with(':') && role == Role::Script
    {
        return true;
    }
    let head = head.trim_end();
    let last = head.rsplit(char::is_whitespace).next().unwrap_or_default();
    if is_redirected(head) || is_output(last) || role == Role::Script && is_assignment(last) {
        return true;
    }
    let words = head.rsplit(|it: char| !(it.is_alphanumeric() || it == '-'));
    let words = words.filter(|it| !it.is_empty()).take(MOST_WORDS);
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    let is_one_of = |known: &[&str]| words.iter().any(|it| known.contains(&it.as_str()));
    // `kubectl create -f` makes no file.
    let may_instruct = role == Role::Document && !is_one_of(&READERS);
    let is_source = role != Role::Document && is_one_of(&COPIERS) && has_more_arguments(after);
    is_one_of(&MAKERS.commands) && !is_source || may_instruct && is_one_of(&MAKERS.instructions)
}

/// Whether what comes after `head` is what a command writes to, and not the text behind a tag of a document.
fn is_redirected(head: &str) -> bool {
    let tag = head.rfind('<').filter(|&at| !head[..at].ends_with('<'));
    let is_tag = tag.is_some_and(|at| {
        head[at + 1..].starts_with(|it: char| it.is_ascii_alphabetic() || it == '/')
    });
    head.ends_with('>') && !is_tag
}

/// Whether a command goes on after what stands right before `after`.
fn has_more_arguments(after: &str) -> bool {
    let rest = after.trim_start_matches(|it: char| !it.is_whitespace() && !";&|)".contains(it));
    let rest = rest
        .trim_start()
        .trim_end_matches(['\\', '\'', '"'])
        .trim_end();
    !rest.is_empty() && !rest.starts_with([';', '&', '|', '#', ')', '>', '<', '-'])
}

/// Whether `word` is an option or a field for what a command writes: `-o`, `--output=`, `output:crd:artifacts:config=`, `file_name:`.
fn is_output(word: &str) -> bool {
    let name = word.trim_start_matches('-').trim_end_matches(['=', ':']);
    let last = name.rsplit([':', '-', '.']).next().unwrap_or(name);
    let is_known = |it: &str| {
        MAKERS
            .options
            .iter()
            .any(|known| it.eq_ignore_ascii_case(known))
    };
    name.len() < word.len() && (is_known(name) || is_known(last))
}

/// Whether `word` begins the assignment of a variable: what holds the path is most likely written to.
fn is_assignment(word: &str) -> bool {
    let name = word.trim_end_matches(['=', ':', '?']);
    let is_name = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    word.ends_with('=') && !name.is_empty() && name.bytes().all(is_name)
}

/// Whether a match is a name of its own, or the end of a path.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_start = start == 0 || !goes_on(text[start - 1]);
    let is_end = match text.get(end) {
        // The end of a sentence.
        Some(b'.') => text.get(end + 1).is_none_or(|it| !goes_on(*it)),
        Some(byte) => !goes_on(*byte),
        None => true,
    };
    is_start && is_end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_make_files() {
        let automaton = AhoCorasick::new(["app.env", "crd/bases"]).expect("two words");
        for (line, role, expected) in [
            ("printenv > deploy/app.env", Role::Script, true),
            ("cp app.env.example app.env", Role::Script, true),
            ("cp app.env.example ./app.env", Role::Document, true),
            ("Create a file called `app.env`.", Role::Document, true),
            ("deploy/app.env: template", Role::Script, true),
            ("sops -d x.enc --output app.env", Role::Script, true),
            (
                "controller-gen output:crd:artifacts:config=config/crd/bases",
                Role::Script,
                true,
            ),
            ("kubectl apply -f crd/bases", Role::Script, false),
            ("config/crd/bases: controller-gen", Role::Script, true),
            ("make x # config/crd/bases: old", Role::Script, false),
            (
                "gsutil cp ../app.env gs://bucket/app.conf",
                Role::Script,
                false,
            ),
            ("cp crd/bases/*.yaml /tmp", Role::Script, true),
            ("cp crd/bases/a.yaml /tmp", Role::Script, false),
            ("cp a app.env && kubectl apply -k .", Role::Script, true),
            (
                "kubectl create configmap x --from-env-file=app.env",
                Role::Script,
                false,
            ),
            ("# cp x app.env", Role::Script, false),
            ("cp x my-app.env", Role::Script, false),
            ("cp app.env.example .env", Role::Script, false),
            ("see app.env", Role::Document, false),
            (
                "Open <a path=\"app.env\">app.env</a>",
                Role::Document,
                false,
            ),
            ("cat <<EOF > app.env", Role::Document, true),
            (
                "go to `crd/bases`, and copy crd/bases",
                Role::Document,
                false,
            ),
            ("OUT=\"${DIR}/app.env\" # intermediate", Role::Script, true),
            ("  file_name: app.env", Role::Workflow, true),
            ("kubectl create -f crd/bases", Role::Document, false),
        ] {
            assert_eq!(
                !made_in(line, role, &automaton).is_empty(),
                expected,
                "{line}"
            );
        }
    }
}
