//! What registries said, kept on disk: contents for ever, since their names are digests of them; tags, and that they are missing, for a while.
//!
//! Every entry is a file of its own, written beside its place and moved there: several processes may use one cache. What cannot be read or
//! written is as if it were not there.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kubelint_model::registry::{ImageAnswer, ImageConfig, ImageFacts, Platform, Tags};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::repository::hex;

/// How long a tag that was there is taken to be there, and to mean the same.
const FOUND: Duration = Duration::from_mins(10);
/// How long a tag that was missing is taken to be: whoever pushes it tries again soon.
const MISSING: Duration = Duration::from_mins(1);
/// Larger entries are not read, in bytes.
const MOST_BYTES: u64 = 4 << 20;
/// With so many entries in a folder, the oldest half of them is dropped.
const MOST_ENTRIES: usize = 4096;

/// A folder of answers.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct TagEntry {
    /// Seconds since 1970.
    at: u64,
    answer: KeptAnswer,
}

#[derive(Serialize, Deserialize)]
enum KeptAnswer {
    Found(KeptFacts),
    NoTag {
        nearest: Vec<String>,
        newest: Option<String>,
        is_complete: bool,
    },
    NoRepository,
}

#[derive(Serialize, Deserialize)]
struct KeptFacts {
    digest: String,
    platforms: Vec<String>,
    config: Option<KeptConfig>,
}

#[derive(Serialize, Deserialize)]
struct KeptConfig {
    user: String,
    exposed_ports: Vec<String>,
    entrypoint: Vec<String>,
    command: Vec<String>,
    environment: Vec<(String, String)>,
    working_folder: String,
    created: Option<String>,
}

impl Cache {
    pub(crate) const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What was said of `image` not long ago, by whom `asked` tells: the registry, and as who.
    pub(crate) fn tag(&self, asked: &str, image: &str) -> Option<ImageAnswer> {
        let entry: TagEntry = read(&self.tag_path(asked, image))?;
        let answer = ImageAnswer::from(entry.answer);
        let age = now().checked_sub(entry.at)?;
        let life = match answer {
            ImageAnswer::Found(_) => FOUND,
            _ => MISSING,
        };
        (age < life.as_secs()).then_some(answer)
    }

    /// Keeps an answer, if it is one that holds for a while.
    pub(crate) fn keep_tag(&self, asked: &str, image: &str, answer: &ImageAnswer) {
        if let Some(answer) = KeptAnswer::of(answer) {
            write(
                &self.tag_path(asked, image),
                &TagEntry { at: now(), answer },
            );
        }
    }

    /// What the content with this digest is.
    pub(crate) fn content(&self, digest: &str) -> Option<ImageFacts> {
        let kept: KeptFacts = read(&self.content_path(digest))?;
        (kept.digest == digest).then(|| kept.into())
    }

    /// Keeps what a content is.
    pub(crate) fn keep_content(&self, facts: &ImageFacts) {
        write(&self.content_path(&facts.digest), &KeptFacts::of(facts));
    }

    fn tag_path(&self, asked: &str, image: &str) -> PathBuf {
        let key = hex(&Sha256::digest(format!("{asked}\n{image}")));
        self.folder.join("tags").join(format!("{key}.json"))
    }

    fn content_path(&self, digest: &str) -> PathBuf {
        let key = hex(&Sha256::digest(digest));
        self.folder.join("content").join(format!("{key}.json"))
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |it| it.as_secs())
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Option<T> {
    let file = fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn write(path: &Path, entry: &impl Serialize) {
    // A cache that cannot be written only makes the next run slower.
    let _ = try_write(path, entry);
}

fn try_write(path: &Path, entry: &impl Serialize) -> Option<()> {
    let folder = path.parent()?;
    make_folder(folder)?;
    drop_oldest(folder);
    let bytes = serde_json::to_vec(entry).ok()?;
    let own = format!("{:?}-{}", std::thread::current().id(), std::process::id());
    let own: String = own
        .chars()
        .filter(|it| it.is_ascii_alphanumeric() || *it == '-')
        .collect();
    let beside = path.with_extension(own);
    let moved = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        let _ = fs::remove_file(&beside);
    }
    moved.ok()
}

/// Only the person whose cache it is may look into it: names of private images stand there.
fn make_folder(folder: &Path) -> Option<()> {
    if folder.is_dir() {
        return Some(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder).ok()
}

fn drop_oldest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let paths: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    if paths.len() < MOST_ENTRIES {
        return;
    }
    let aged = paths.into_iter().filter_map(|it| {
        let changed = fs::metadata(&it).and_then(|it| it.modified()).ok()?;
        Some((changed, it))
    });
    let mut aged: Vec<(SystemTime, PathBuf)> = aged.collect();
    aged.sort();
    for (_, path) in aged.iter().take(MOST_ENTRIES / 2) {
        // Another process may have been first.
        let _ = fs::remove_file(path);
    }
}

impl KeptAnswer {
    fn of(answer: &ImageAnswer) -> Option<Self> {
        match answer {
            ImageAnswer::Found(facts) => Some(Self::Found(KeptFacts::of(facts))),
            ImageAnswer::NoTag(tags) => Some(Self::NoTag {
                nearest: tags.nearest.clone(),
                newest: tags.newest.clone(),
                is_complete: tags.is_complete,
            }),
            ImageAnswer::NoRepository => Some(Self::NoRepository),
            // Other credentials, or another try, may help at once.
            ImageAnswer::Denied { .. } | ImageAnswer::Unchecked(_) => None,
        }
    }
}

impl From<KeptAnswer> for ImageAnswer {
    fn from(kept: KeptAnswer) -> Self {
        match kept {
            KeptAnswer::Found(facts) => Self::Found(Box::new(facts.into())),
            KeptAnswer::NoTag {
                nearest,
                newest,
                is_complete,
            } => Self::NoTag(Tags {
                nearest,
                newest,
                is_complete,
            }),
            KeptAnswer::NoRepository => Self::NoRepository,
        }
    }
}

impl KeptFacts {
    fn of(facts: &ImageFacts) -> Self {
        Self {
            digest: facts.digest.clone(),
            platforms: facts.platforms.iter().map(Platform::to_string).collect(),
            config: facts.config.as_ref().map(KeptConfig::of),
        }
    }
}

impl From<KeptFacts> for ImageFacts {
    fn from(kept: KeptFacts) -> Self {
        let platforms = kept.platforms.iter();
        Self {
            digest: kept.digest,
            platforms: platforms.filter_map(|it| Platform::parse(it)).collect(),
            config: kept.config.map(ImageConfig::from),
        }
    }
}

impl KeptConfig {
    fn of(config: &ImageConfig) -> Self {
        let config = config.clone();
        Self {
            user: config.user,
            exposed_ports: config.exposed_ports,
            entrypoint: config.entrypoint,
            command: config.command,
            environment: config.environment,
            working_folder: config.working_folder,
            created: config.created,
        }
    }
}

impl From<KeptConfig> for ImageConfig {
    fn from(kept: KeptConfig) -> Self {
        Self {
            user: kept.user,
            exposed_ports: kept.exposed_ports,
            entrypoint: kept.entrypoint,
            command: kept.command,
            environment: kept.environment,
            working_folder: kept.working_folder,
            created: kept.created,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_for_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("a/b"));
        let facts = ImageFacts {
            digest: "sha256:00".to_owned(),
            platforms: vec![Platform::parse("linux/arm/v7").unwrap()],
            config: Some(ImageConfig {
                user: "1000".to_owned(),
                environment: vec![("A".to_owned(), "b".to_owned())],
                ..ImageConfig::default()
            }),
        };
        assert_eq!(cache.content("sha256:00"), None);
        cache.keep_content(&facts);
        assert_eq!(cache.content("sha256:00"), Some(facts.clone()));
        assert_eq!(cache.content("sha256:01"), None);
        for answer in [
            ImageAnswer::Found(Box::new(facts)),
            ImageAnswer::NoRepository,
            ImageAnswer::NoTag(Tags::default()),
        ] {
            cache.keep_tag("r", "r/a:1", &answer);
            assert_eq!(cache.tag("r", "r/a:1"), Some(answer));
        }
        assert_eq!(cache.tag("other", "r/a:1"), None);
        cache.keep_tag(
            "r",
            "r/b:1",
            &ImageAnswer::Denied {
                has_credentials: false,
            },
        );
        assert_eq!(cache.tag("r", "r/b:1"), None);
    }

    #[test]
    fn old_and_broken_entries_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().to_owned());
        cache.keep_tag("r", "r/a:1", &ImageAnswer::NoRepository);
        let path = cache.tag_path("r", "r/a:1");
        for at in [now() - MISSING.as_secs(), now() + 1000] {
            let answer = KeptAnswer::NoRepository;
            write(&path, &TagEntry { at, answer });
            assert_eq!(cache.tag("r", "r/a:1"), None);
        }
        fs::write(&path, "{").unwrap();
        assert_eq!(cache.tag("r", "r/a:1"), None);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
