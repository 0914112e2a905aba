//! What registries say of images: whether a tag is there, for which platforms, and what it starts.
//!
//! Only the types: who asks a registry, and who reads what was written down of one, makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Who can be asked about images.
pub trait ImageRegistry: Sync {
    /// What is known of each of the images `wanted`, which are named by their full references
    /// ([`ImageRef::full`](crate::ImageRef::full)). What is left out of the answer counts as [`Unchecked`].
    fn ask(&self, wanted: &BTreeSet<String>) -> BTreeMap<String, ImageAnswer>;
}

/// What is known of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageAnswer {
    /// It is there.
    Found(Box<ImageFacts>),
    /// Its repository is there, but the tag or digest is not.
    NoTag(Tags),
    /// Its repository is not there.
    NoRepository,
    /// The registry does not say: it wants other credentials than there are, or hides in that way that there is nothing.
    Denied {
        /// Whether the person who runs kubelint has credentials for the registry.
        has_credentials: bool,
    },
    /// Nobody could be asked, or what was answered makes no sense.
    Unchecked(Unchecked),
}

/// The tags of a repository that come near to one that is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The nearest first; at most [`Tags::MOST_NEAREST`].
    pub nearest: Vec<String>,
    /// The highest version among the tags that are written as the one that is not there.
    pub newest: Option<String>,
    /// Whether all tags of the repository were looked at.
    pub is_complete: bool,
}

impl Unchecked {
    /// Why, in a few words: the rest of a sentence that begins with the registry's name. What a server sent is cut short in it, and not
    /// escaped.
    pub fn words(&self) -> String {
        /// Longer texts of servers explain nothing.
        const LONGEST: usize = 160;
        let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
        match self {
            Self::Unreachable(why) => format!("cannot be reached ({})", cut(why)),
            Self::TimedOut => "did not answer in time".to_owned(),
            Self::RateLimited(None) => "wants fewer requests".to_owned(),
            Self::RateLimited(Some(seconds)) => {
                format!("wants no more requests for {seconds} seconds")
            }
            Self::Refused(why) => format!("was not asked ({})", cut(why)),
            Self::Invalid(why) => format!("answered nonsense ({})", cut(why)),
        }
    }
}

impl Tags {
    /// More near tags help nobody.
    pub const MOST_NEAREST: usize = 3;
}

/// Why nothing is known of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// The registry cannot be reached. The text says why; it may hold what a server sent.
    Unreachable(String),
    /// It took longer than it may.
    TimedOut,
    /// The registry wants fewer requests, and says after how many seconds there may be more, if it does.
    RateLimited(Option<u64>),
    /// Its address is one that a manifest may not make kubelint talk to, or that it was led to. The text says which.
    Refused(String),
    /// What was answered is not what registries answer. The text says what; it may hold what a server sent.
    Invalid(String),
}

/// What an image is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageFacts {
    /// The digest that its name stands for: `sha256:…`, of the index if it has one for several platforms.
    pub digest: String,
    /// The platforms that it is there for, sorted. Empty if that is not known.
    pub platforms: Vec<Platform>,
    /// How it starts, on `linux/amd64` if it is there for that, else on the first of its platforms; `None` if that is not known.
    pub config: Option<ImageConfig>,
}

/// A platform: operating system, processor and its variant, as Go and OCI name them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    /// `linux`, `windows`.
    pub os: String,
    /// `amd64`, `arm64`.
    pub architecture: String,
    /// `v7`, `v8`.
    pub variant: Option<String>,
}

impl Platform {
    /// Reads `linux/amd64` or `linux/arm/v7`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let platform = Self {
            os: parts.next()?.to_owned(),
            architecture: parts.next()?.to_owned(),
            variant: parts.next().map(str::to_owned),
        };
        let is_word = |it: &str| {
            !it.is_empty()
                && it.len() <= 32
                && it
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
        };
        let mut words = text.split('/');
        (parts.next().is_none() && words.all(is_word)).then_some(platform)
    }
}

impl Platform {
    /// Whether a node of this platform runs an image that is there for `image` (`Only` of `github.com/containerd/platforms`: a node also
    /// takes what older variants of its processor, and its 32-bit predecessor, run).
    pub fn runs(&self, image: &Self) -> bool {
        if self.os != image.os {
            return false;
        }
        // Of what is not stated, nothing is said: the node may have the newest processor, the image ask for the oldest.
        let is_level = |newest: u32| {
            let node = level(self.variant.as_deref()).unwrap_or(newest);
            level(image.variant.as_deref()).is_none_or(|it| it <= node)
        };
        match (self.architecture.as_str(), image.architecture.as_str()) {
            ("amd64", "386") | ("arm64", "arm") => true,
            ("amd64", "amd64") => is_level(4),
            ("arm64", "arm64") => is_level(9),
            ("arm", "arm") => is_level(7),
            (node, image) => node == image,
        }
    }
}

/// The number of a processor's variant: 7 of `v7`.
fn level(variant: Option<&str>) -> Option<u32> {
    let variant = variant?;
    variant.strip_prefix('v').unwrap_or(variant).parse().ok()
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

impl ImageConfig {
    /// All that it starts: the entry point, and the command as its arguments.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.entrypoint.iter().chain(&self.command);
        words.map(String::as_str)
    }

    /// The ports that it exposes: number and protocol. What is neither is left out.
    pub fn ports(&self) -> impl Iterator<Item = (u16, &str)> {
        self.exposed_ports.iter().filter_map(|it| {
            let (number, protocol) = it.split_once('/').unwrap_or((it, "tcp"));
            Some((number.parse().ok()?, protocol))
        })
    }
}

/// How an image starts (the `config` of an OCI image configuration).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// The user: `1000`, `1000:1000`, `nginx`; empty for root.
    pub user: String,
    /// The ports that it exposes, as it writes them, sorted: `8080/tcp`.
    pub exposed_ports: Vec<String>,
    /// ENTRYPOINT.
    pub entrypoint: Vec<String>,
    /// CMD.
    pub command: Vec<String>,
    /// The environment, in its order: name and value.
    pub environment: Vec<(String, String)>,
    /// The working folder; empty if none is stated.
    pub working_folder: String,
    /// When it was made, as it writes that (RFC 3339).
    pub created: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn nodes_run_what_their_processors_can() {
        for (node, image, expected) in [
            ("linux/amd64", "linux/amd64", true),
            ("linux/amd64", "linux/386", true),
            ("linux/amd64", "linux/arm64/v8", false),
            ("linux/amd64", "windows/amd64", false),
            ("linux/amd64/v2", "linux/amd64/v3", false),
            ("linux/arm64", "linux/arm64/v8", true),
            ("linux/arm64", "linux/arm/v7", true),
            ("linux/arm/v6", "linux/arm/v7", false),
            ("linux/arm/v7", "linux/arm/v6", true),
            ("linux/s390x", "linux/s390x", true),
        ] {
            let platform = |it| Platform::parse(it).unwrap();
            let runs = platform(node).runs(&platform(image));
            assert_eq!(runs, expected, "{node} runs {image}");
        }
    }

    #[test]
    fn platforms_are_read_and_written() {
        for text in ["linux/amd64", "linux/arm/v7", "windows/amd64"] {
            assert_eq!(Platform::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "linux",
            "linux/",
            "/amd64",
            "linux/arm/v7/x",
            "linux/am d64",
            "",
        ] {
            assert_eq!(Platform::parse(text), None, "{text}");
        }
    }
}
