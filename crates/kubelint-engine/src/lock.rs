//! The lock file, `kubelint.lock`: what registries said of images when it was written, so that it can be known without asking.
//!
//! It is written by a command, reviewed by people as a difference between two versions, and read with the same care as the configuration:
//! one table of its keys ([`FILE`]), every mistake with its place. What is not in it: the environments of images, which may hold what nobody
//! is to see, and what differs from person to person.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use kubelint_model::ImageRef;
use kubelint_model::pulled::{LockFile, LockedImage};
use kubelint_model::registry::{ImageAnswer, ImageConfig, ImageFacts, Platform, Tags};
use kubelint_parser::TextRange;
use kubelint_parser::source::{ReadError, SourcePath, SourceText, Sources};

use crate::mistake::{InputText, Mistake};
use crate::shape::{Shape, optional, required};
use crate::value::{Key, Value};

mod write;

pub use write::to_yaml;

/// The name of the lock file, in the root.
pub const FILE_NAME: &str = "kubelint.lock";

/// The newest version of the format.
const VERSION: i64 = 1;

const TEXTS: Shape = Shape::List(&Shape::Text);

/// The keys of an image.
const IMAGE: Shape = Shape::Map(&[
    optional(
        "digest",
        Shape::Text,
        "The digest that the reference stood for: of the index, if there is one for several platforms.",
    ),
    optional(
        "platforms",
        TEXTS,
        "The platforms that the image is there for, as linux/arm64.",
    ),
    optional(
        "user",
        Shape::Text,
        "The user that it runs as; empty for root. Where it is stated, what starts is known.",
    ),
    optional("ports", TEXTS, "The ports that it exposes, as 8080/tcp."),
    optional("entrypoint", TEXTS, "Its entry point."),
    optional("command", TEXTS, "Its command."),
    optional(
        "missing",
        Shape::Word(&["tag", "repository"]),
        "What the registry did not have: the tag or digest, or the whole repository.",
    ),
    optional("nearest", TEXTS, "Tags that were there and come near."),
    optional("newest", Shape::Text, "The highest version that was there."),
    optional(
        "denied",
        Shape::Bool,
        "Whether the registry did not tell without other credentials.",
    ),
]);

/// The keys of the lock file.
pub const FILE: Shape = Shape::Map(&[
    required("version", Shape::Int(1), "The version of this format: 1."),
    required(
        "images",
        Shape::Table(&IMAGE),
        "What registries said, by image.",
    ),
]);

/// The JSON Schema of the lock file.
pub fn json_schema() -> String {
    FILE.json_schema(
        "https://kubelint.dev/schema/lock.json",
        "kubelint lock file",
    )
}

/// Reads the lock file at the root of `sources`, which mistakes call `shown`; `None` if there is none.
///
/// # Errors
/// If it cannot be read, is no lock file, or one of a later version: every mistake with its place.
pub fn read(sources: &dyn Sources, shown: &str) -> Result<Option<LockFile>, Vec<Mistake>> {
    let path = SourcePath::new(FILE_NAME);
    let text = match sources.read(&path) {
        Ok(text) => text,
        Err(ReadError::NotFound) => return Ok(None),
        Err(error) => return Err(vec![Mistake::new(format!("cannot read {shown}: {error}"))]),
    };
    Ok(Some(LockFile {
        images: parse(shown, &text)?,
        path,
        text,
    }))
}

/// Reads the lock file `text`, which mistakes call `shown`: what it says, by full reference.
///
/// # Errors
/// As [`read`].
pub fn parse(
    shown: &str,
    text: &Arc<SourceText>,
) -> Result<BTreeMap<String, LockedImage>, Vec<Mistake>> {
    let text = text.as_str();
    let input = InputText::new(shown, text);
    let all = TextRange::new(0, text.len() as u32);
    let Some(value) = Value::read(&input, all)? else {
        let message = "the lock file is empty: `kubelint lock` writes it";
        return Err(vec![input.mistake(all, message)]);
    };
    let version = value.get("version").and_then(|it| Some((it, it.as_int()?)));
    if let Some((it, _)) = version.filter(|it| it.1 > VERSION) {
        let message = "this version of the lock file is newer than this kubelint";
        return Err(vec![input.mistake(it.range, message)]);
    }
    let mut mistakes = Vec::new();
    FILE.check(&input, "", &value, &mut mistakes);
    let mut images = BTreeMap::new();
    if mistakes.is_empty() {
        let entries = value.get("images").map_or(&[][..], Value::entries);
        let mut reader = Reader {
            input: &input,
            mistakes: &mut mistakes,
        };
        for (key, value) in entries {
            reader.image(key, value, &mut images);
        }
    }
    if mistakes.is_empty() {
        Ok(images)
    } else {
        mistakes.sort_by_key(|it| it.place.as_ref().map(|place| place.range.start));
        Err(mistakes)
    }
}

struct Reader<'a> {
    input: &'a InputText<'a>,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reader<'_> {
    fn wrong(&mut self, range: TextRange, message: impl Into<String>) {
        self.mistakes.push(self.input.mistake(range, message));
    }

    fn image(&mut self, key: &Key, value: &Value, images: &mut BTreeMap<String, LockedImage>) {
        let Some(full) = ImageRef::parse(&key.text).map(|it| it.full()) else {
            return self.wrong(key.range, format!("`{}` is no image reference", key.text));
        };
        let Some(answer) = self.answer(key, value) else {
            return;
        };
        let image = LockedImage {
            answer,
            range: key.range,
        };
        if images.insert(full, image).is_some() {
            let message = format!("`{}` is here twice, written in two ways", key.text);
            self.wrong(key.range, message);
        }
    }

    /// What an entry says: exactly one of the three kinds of answers.
    fn answer(&mut self, key: &Key, value: &Value) -> Option<ImageAnswer> {
        let is_denied = value.get("denied").and_then(Value::as_bool) == Some(true);
        let missing = value.get("missing").and_then(Value::as_str);
        let digest = value.get("digest");
        match (digest, missing, is_denied) {
            (Some(digest), None, false) => self.found(digest, value),
            (None, Some("tag"), false) => Some(self.tags(value)),
            (None, Some(_), false) => Some(ImageAnswer::NoRepository),
            (None, None, true) => Some(ImageAnswer::Denied {
                has_credentials: false,
            }),
            _ => {
                let message = format!(
                    "`{}`: one of `digest`, `missing` and `denied: true` is meant here",
                    key.text
                );
                self.wrong(key.range, message);
                None
            }
        }
    }

    fn tags(&mut self, value: &Value) -> ImageAnswer {
        for key in ["nearest", "newest"] {
            for it in value.get(key).map_or(&[][..], Value::items) {
                if !it.as_str().is_some_and(is_tag) {
                    self.wrong(it.range, format!("`{key}`: a tag is meant here"));
                }
            }
        }
        let newest = value.get("newest").and_then(Value::as_str);
        ImageAnswer::NoTag(Tags {
            nearest: texts(value, "nearest"),
            newest: newest.map(str::to_owned),
            is_complete: true,
        })
    }

    fn found(&mut self, digest: &Value, value: &Value) -> Option<ImageAnswer> {
        let text = digest.as_str().unwrap_or_default();
        if !is_digest(text) {
            self.wrong(digest.range, format!("`digest`: `{text}` is no digest"));
            return None;
        }
        let mut platforms = Vec::new();
        for it in value.get("platforms").map_or(&[][..], Value::items) {
            match Platform::parse(it.as_str().unwrap_or_default()) {
                Some(platform) => platforms.push(platform),
                None => self.wrong(
                    it.range,
                    "`platforms`: a platform as `linux/arm64` is meant here",
                ),
            }
        }
        platforms.sort_unstable();
        let user = value.get("user").and_then(Value::as_str);
        let config = user.map(|user| ImageConfig {
            user: user.to_owned(),
            exposed_ports: texts(value, "ports"),
            entrypoint: texts(value, "entrypoint"),
            command: texts(value, "command"),
            ..ImageConfig::default()
        });
        Some(ImageAnswer::Found(Box::new(ImageFacts {
            digest: text.to_owned(),
            platforms,
            config,
        })))
    }
}

/// Whether `text` may stand behind the `@` of a reference.
fn is_digest(text: &str) -> bool {
    ImageRef::parse(&format!("image@{text}")).is_some()
}

/// Whether `text` may stand behind the `:` of a reference.
fn is_tag(text: &str) -> bool {
    let image = format!("image:{text}");
    ImageRef::parse(&image).is_some_and(|it| it.tag() == Some(text))
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let items = value.get(key).map_or(&[][..], Value::items);
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// What of an answer a lock file keeps; `None` for one that says nothing. What a server made up that is no digest, platform or tag is left out:
/// what is written can be read.
pub fn kept(answer: &ImageAnswer) -> Option<ImageAnswer> {
    Some(match answer {
        ImageAnswer::Found(facts) if !is_digest(&facts.digest) => return None,
        ImageAnswer::Found(facts) => {
            let is_one = |it: &&Platform| Platform::parse(&it.to_string()).as_ref() == Some(*it);
            let config = facts.config.as_ref().map(|it| ImageConfig {
                user: it.user.clone(),
                exposed_ports: it.exposed_ports.clone(),
                entrypoint: it.entrypoint.clone(),
                command: it.command.clone(),
                ..ImageConfig::default()
            });
            ImageAnswer::Found(Box::new(ImageFacts {
                digest: facts.digest.clone(),
                platforms: facts.platforms.iter().filter(is_one).cloned().collect(),
                config: config.filter(write::is_writable),
            }))
        }
        ImageAnswer::NoTag(tags) => ImageAnswer::NoTag(Tags {
            nearest: tags
                .nearest
                .iter()
                .filter(|it| is_tag(it))
                .take(Tags::MOST_NEAREST)
                .cloned()
                .collect(),
            // Of a part of the tags, the newest says nothing.
            newest: tags
                .newest
                .clone()
                .filter(|it| tags.is_complete && is_tag(it)),
            is_complete: true,
        }),
        ImageAnswer::NoRepository => ImageAnswer::NoRepository,
        // Who has which credentials is for no file that others read.
        ImageAnswer::Denied { .. } => ImageAnswer::Denied {
            has_credentials: false,
        },
        ImageAnswer::Unchecked(_) => return None,
    })
}

/// What differs between a lock file and what registries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The image, as people write it.
    pub image: String,
    /// How it differs.
    pub kind: DifferenceKind,
}

/// How an entry of a lock file differs from what registries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is not locked.
    Missing,
    /// It is locked, and nothing runs it.
    Unused,
    /// Its digest was this one, and is that one now.
    Moved(String, String),
    /// It was not there or not to be seen, and is there now.
    Appeared,
    /// It was there, and is not now.
    Gone,
    /// Something else is said of it.
    Changed,
}

/// What differs between what was `locked` and what registries say `now`, in the order of the images' names. Both hold what is
/// [kept]. Which other tags there are is no difference: it only explains.
pub fn differences(
    locked: &BTreeMap<String, ImageAnswer>,
    now: &BTreeMap<String, ImageAnswer>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |full: &str, kind| {
        found.push(Difference {
            image: short(full),
            kind,
        });
    };
    for (full, fresh) in now {
        match locked.get(full) {
            None => add(full, DifferenceKind::Missing),
            Some(old) => {
                if let Some(kind) = difference(old, fresh) {
                    add(full, kind);
                }
            }
        }
    }
    for full in locked.keys().filter(|it| !now.contains_key(*it)) {
        add(full, DifferenceKind::Unused);
    }
    found.sort_by(|a, b| a.image.cmp(&b.image));
    found
}

fn difference(old: &ImageAnswer, fresh: &ImageAnswer) -> Option<DifferenceKind> {
    match (old, fresh) {
        (ImageAnswer::NoTag(_), ImageAnswer::NoTag(_)) => None,
        (a, b) if a == b => None,
        (ImageAnswer::Found(old), ImageAnswer::Found(fresh)) if old.digest != fresh.digest => Some(
            DifferenceKind::Moved(old.digest.clone(), fresh.digest.clone()),
        ),
        (ImageAnswer::Found(_), ImageAnswer::Found(_)) => Some(DifferenceKind::Changed),
        (_, ImageAnswer::Found(_)) => Some(DifferenceKind::Appeared),
        (ImageAnswer::Found(_), _) => Some(DifferenceKind::Gone),
        _ => Some(DifferenceKind::Changed),
    }
}

/// A full reference as people write it.
fn short(full: &str) -> String {
    ImageRef::parse(full).map_or_else(|| full.to_owned(), |it| it.short())
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let image = &self.image;
        match &self.kind {
            DifferenceKind::Missing => write!(f, "`{image}` is not locked"),
            DifferenceKind::Unused => write!(f, "`{image}` is locked, and nothing runs it"),
            DifferenceKind::Moved(old, fresh) => {
                write!(f, "`{image}` was {old} and is {fresh}")
            }
            DifferenceKind::Appeared => write!(f, "`{image}` was not there and is now"),
            DifferenceKind::Gone => write!(f, "`{image}` was there and is not now"),
            DifferenceKind::Changed => write!(f, "`{image}` is locked otherwise"),
        }
    }
}

#[cfg(test)]
mod tests;
