//! A server's configuration as one tree: what its files include stands where they include it.

use kubelint_parser::TextRange;
use kubelint_parser::directives::{self, Directive, Word};

use super::super::build::absolute;
use super::files::{Content, Files, Text};
use crate::FileId;

/// Files that include each other, and blocks in each other, are not followed deeper.
const MOST_LEVELS: usize = 64;
/// More files are not included, …
const MOST_INCLUDES: usize = 500;
/// … and not more text, …
const MOST_BYTES: usize = 1 << 20;
/// … and not more directives in all.
const MOST_ITEMS: usize = 50_000;

/// Where something is written.
pub(super) type Place = (FileId, TextRange);

/// A directive.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) words: Vec<Argument>,
    pub(super) block: Vec<Item>,
    pub(super) has_block: bool,
    /// Where its words are; `None` if that is in an image that others build.
    pub(super) place: Option<Place>,
}

/// A word of a directive.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) text: String,
    pub(super) place: Option<Place>,
    /// Whether variables of the environment are replaced in it before the server reads it.
    pub(super) is_template: bool,
    /// Whether it stands in the manifest.
    pub(super) is_in_manifest: bool,
}

/// A configuration, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    pub(super) items: Vec<Item>,
    /// The files that it is written in, in the order in which they are reached.
    pub(super) files: Vec<FileId>,
    /// Why it is not all known, and where.
    pub(super) unknown: Vec<(String, Option<Place>)>,
}

/// Reads nginx's configuration from the file `path` on, whose folder is that of relative paths.
pub(super) fn read(files: &mut Files<'_, '_, '_>, path: &str) -> Option<Configuration> {
    let Content::Known(text) = files.content(path) else {
        return None;
    };
    let folder = path.rsplit_once('/').map_or("", |it| it.0);
    let mut reader = Reader {
        files,
        folder: folder.to_owned(),
        found: Configuration::default(),
        includes: 0,
        bytes: 0,
        items: 0,
    };
    let items = reader.file(&text, 0);
    reader.found.items = items;
    Some(reader.found)
}

impl Item {
    /// Its first word.
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |it| it.text.as_str())
    }

    /// The words behind the first.
    pub(super) fn arguments(&self) -> &[Argument] {
        self.words.get(1..).unwrap_or_default()
    }

    /// The text of the first word behind the name.
    pub(super) fn first(&self) -> &str {
        self.arguments().first().map_or("", |it| it.text.as_str())
    }

    /// The directives of its block that are called so.
    pub(super) fn all<'i>(&'i self, name: &'i str) -> impl Iterator<Item = &'i Self> {
        self.block.iter().filter(move |it| it.name() == name)
    }

    /// Whether its block has a directive that is called so.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }
}

struct Reader<'f, 'a, 'g, 's> {
    files: &'f mut Files<'a, 'g, 's>,
    folder: String,
    found: Configuration,
    includes: usize,
    bytes: usize,
    items: usize,
}

/// Whether another tool has to fill a text in before a server can read it.
fn is_unfilled(text: &str) -> bool {
    ["{{", "{%", "<%"].iter().any(|it| text.contains(it))
}

impl Reader<'_, '_, '_, '_> {
    fn unknown(&mut self, why: impl Into<String>, place: Option<Place>) {
        self.found.unknown.push((why.into(), place));
    }

    fn file(&mut self, text: &Text<'_>, depth: usize) -> Vec<Item> {
        if let Some(file) = text.file().filter(|it| !self.found.files.contains(it)) {
            self.found.files.push(file);
        }
        let start = text.place(TextRange::empty(0));
        self.bytes += text.content.len();
        if self.bytes > MOST_BYTES {
            self.unknown("its configuration is too large", start);
            return Vec::new();
        }
        if is_unfilled(&text.content) {
            self.unknown("its configuration is a template", start);
            return Vec::new();
        }
        let tree = directives::parse_nginx(&text.content);
        if let Some(mistake) = tree.mistake() {
            let why = format!("its configuration is not read: {}", mistake.what);
            self.unknown(why, text.place(mistake.range));
        }
        let top: Vec<Directive<'_>> = tree.top().collect();
        self.block(&top, text, depth)
    }

    /// The directives of one level. Blocks in each other are bounded, so that this is no recursion without end.
    fn block(&mut self, directives: &[Directive<'_>], text: &Text<'_>, depth: usize) -> Vec<Item> {
        let mut found = Vec::new();
        for it in directives {
            if self.items >= MOST_ITEMS || depth >= MOST_LEVELS {
                self.unknown("its configuration is too large", None);
                return found;
            }
            self.items += 1;
            if it.name() == "include" && !it.has_block() && it.words().len() == 2 {
                found.extend(self.include(&it.words()[1], text, depth + 1));
                continue;
            }
            let inner: Vec<Directive<'_>> = it.block().collect();
            let words: Vec<Argument> = it.words().iter().map(|it| argument(it, text)).collect();
            let range = it.words().iter().map(|it| it.range);
            let range = range.reduce(TextRange::cover);
            found.push(Item {
                words,
                block: self.block(&inner, text, depth + 1),
                has_block: it.has_block(),
                place: range.and_then(|it| text.place(it)),
            });
        }
        found
    }

    fn include(&mut self, word: &Word, text: &Text<'_>, depth: usize) -> Vec<Item> {
        let place = text.place(word.range);
        self.includes += 1;
        if self.includes > MOST_INCLUDES || depth >= MOST_LEVELS {
            self.unknown("its configuration is too large", place);
            return Vec::new();
        }
        if text.is_template && word.text.contains('$') {
            self.unknown("it includes a file that a variable names", place);
            return Vec::new();
        }
        let path = absolute(&self.folder, &word.text);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if folder.contains(['*', '?', '[']) {
            self.unknown("it includes files of several folders", place);
            return Vec::new();
        }
        let paths = if name.contains(['*', '?', '[']) {
            let Some(paths) = self.files.matching(folder, name) else {
                let why = format!("not all files are known that it includes from {folder}");
                self.unknown(why, place);
                return Vec::new();
            };
            paths
        } else {
            vec![path.clone()]
        };
        let mut found = Vec::new();
        for path in paths {
            match self.files.content(&path) {
                Content::Known(text) => found.extend(self.file(&text, depth)),
                _ if self.files.image.is_some_and(|it| it.has_beside(&path)) || is_types(&path) => {
                }
                _ => self.unknown(format!("it includes {path}, which is not known"), place),
            }
        }
        found
    }
}

/// Whether a file is one of those that every installation has, and that say nothing of where a server listens.
fn is_types(path: &str) -> bool {
    path.ends_with("/mime.types")
        || path.ends_with("/fastcgi_params")
        || path.ends_with("/fastcgi.conf")
        || path.ends_with("/uwsgi_params")
}

fn argument(word: &Word, text: &Text<'_>) -> Argument {
    Argument {
        text: word.text.clone(),
        place: text.place(word.range),
        is_template: text.is_template,
        is_in_manifest: text.is_in_manifest(),
    }
}
