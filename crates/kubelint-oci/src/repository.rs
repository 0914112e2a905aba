//! What a registry says of one image (github.com/opencontainers/distribution-spec, github.com/opencontainers/image-spec).

use kubelint_model::registry::{ImageAnswer, ImageConfig, ImageFacts, Platform, Tags, Unchecked};
use serde::Deserialize;
use sha2::{Digest, Sha256, Sha512};
use ureq::http::Method;

use crate::cache::Cache;
use crate::endpoint::Scheme;
use crate::session::{Session, unusual};
use crate::tags;
use crate::transport::Reply;
use crate::url::Url;

/// Larger manifests are not read, in bytes: registries refuse to take such.
const MOST_MANIFEST: u64 = 4 << 20;
/// Larger configurations are not read, in bytes.
const MOST_CONFIG: u64 = 8 << 20;
/// Larger pages of tags are not read, in bytes; …
const MOST_TAGS_PAGE: u64 = 4 << 20;
/// … and not more pages, …
const MOST_TAGS_PAGES: u32 = 30;
/// … and not more tags.
const MOST_TAGS: usize = 30_000;
/// More platforms are not looked at.
const MOST_PLATFORMS: usize = 256;

/// What is taken for a manifest.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// Where a repository is asked.
#[derive(Clone, Debug)]
pub(crate) struct Repository<'a> {
    pub session: Session<'a>,
    pub scheme: Scheme,
    pub cache: Option<&'a Cache>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Manifest {
    manifests: Vec<Descriptor>,
    config: Option<Descriptor>,
    schema_version: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Descriptor {
    digest: String,
    platform: Option<StatedPlatform>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StatedPlatform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

/// The configuration of an image.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    os: String,
    architecture: String,
    variant: Option<String>,
    created: Option<String>,
    #[serde(rename = "config")]
    settings: Option<Settings>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Settings {
    user: Option<String>,
    exposed_ports: Option<std::collections::BTreeMap<String, serde_json::Value>>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
    working_dir: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TagList {
    tags: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Errors {
    errors: Vec<OneError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OneError {
    code: String,
}

impl Repository<'_> {
    /// What is known of the image with this tag or digest.
    pub(crate) fn look_up(&self, reference: &str) -> ImageAnswer {
        self.found(reference).unwrap_or_else(ImageAnswer::Unchecked)
    }

    fn url(&self, what: &str) -> Url {
        let path = format!("/v2/{}/{what}", self.session.path);
        Url::new(self.scheme, self.session.origin.clone(), path)
    }

    fn manifest(&self, method: &Method, reference: &str) -> Result<Reply, Unchecked> {
        let url = self.url(&format!("manifests/{reference}"));
        self.session.ask(method, &url, MANIFESTS, MOST_MANIFEST)
    }

    fn found(&self, reference: &str) -> Result<ImageAnswer, Unchecked> {
        // Registries count what is pulled by GET, not by HEAD.
        let mut reply = self.manifest(&Method::HEAD, reference)?;
        let is_unknown = !matches!(reply.status, 200 | 401 | 403 | 404 | 429 | 500..);
        if is_unknown || (reply.status == 200 && digest_of(&reply).is_none()) {
            reply = self.manifest(&Method::GET, reference)?;
        }
        match reply.status {
            200 => {}
            401 | 403 => return Ok(self.denied()),
            404 => return self.missing(reference),
            _ => return Err(unusual(&reply)),
        }
        let is_digest = reference.contains(':');
        let digest = match digest_of(&reply) {
            Some(digest) => digest.to_owned(),
            None if is_digest => reference.to_owned(),
            None => sha256(&reply.body),
        };
        if is_digest && digest != reference {
            return Err(Unchecked::Invalid(format!(
                "{} answers with another digest",
                self.session.origin
            )));
        }
        if let Some(known) = self.cache.and_then(|it| it.content(&digest)) {
            return Ok(ImageAnswer::Found(Box::new(known)));
        }
        let (facts, is_whole) = self.facts(&digest)?;
        if let Some(cache) = self.cache.filter(|_| is_whole) {
            cache.keep_content(&facts);
        }
        Ok(ImageAnswer::Found(Box::new(facts)))
    }

    const fn denied(&self) -> ImageAnswer {
        ImageAnswer::Denied {
            has_credentials: self.session.credential.is_some(),
        }
    }

    /// What the image with this digest is, and whether that is all that can be known.
    fn facts(&self, digest: &str) -> Result<(ImageFacts, bool), Unchecked> {
        let mut facts = ImageFacts {
            digest: digest.to_owned(),
            ..ImageFacts::default()
        };
        let manifest = self.manifest_of(digest)?;
        let config = if manifest.manifests.is_empty() {
            manifest.config
        } else {
            let platforms = manifest.manifests.iter().take(MOST_PLATFORMS);
            let platforms = platforms.filter_map(|it| Some((it.platform()?, &it.digest)));
            let platforms: Vec<(Platform, &String)> = platforms.collect();
            facts.platforms = platforms.iter().map(|it| it.0.clone()).collect();
            facts.platforms.sort();
            facts.platforms.dedup();
            let is_usual =
                |it: &&(Platform, &String)| it.0.os == "linux" && it.0.architecture == "amd64";
            let first = platforms.iter().find(is_usual).or(platforms.first());
            match first {
                Some((_, digest)) => self.manifest_of(digest)?.config,
                None => None,
            }
        };
        let Some(config) = config else {
            // An old manifest, or something that is not an image (a chart, a signature).
            return Ok((facts, true));
        };
        let Ok(config) = self.config(&config.digest) else {
            return Ok((facts, false));
        };
        if facts.platforms.is_empty() {
            facts.platforms.extend(config.platform());
        }
        facts.config = config.settings.map(|it| it.told(config.created));
        Ok((facts, true))
    }

    fn manifest_of(&self, digest: &str) -> Result<Manifest, Unchecked> {
        if !is_digest(digest) {
            return Err(self.invalid("names a manifest by no digest"));
        }
        let reply = self.manifest(&Method::GET, digest)?;
        if reply.status != 200 {
            return Err(unusual(&reply));
        }
        self.check(&reply, digest)?;
        let manifest: Manifest = serde_json::from_slice(&reply.body)
            .map_err(|_| self.invalid("answers with no manifest"))?;
        if manifest.schema_version == 0
            && manifest.manifests.is_empty()
            && manifest.config.is_none()
        {
            return Err(self.invalid("answers with no manifest"));
        }
        Ok(manifest)
    }

    fn config(&self, digest: &str) -> Result<Config, Unchecked> {
        if !is_digest(digest) {
            return Err(self.invalid("names a configuration by no digest"));
        }
        let url = self.url(&format!("blobs/{digest}"));
        let reply = self.session.ask(&Method::GET, &url, "*/*", MOST_CONFIG)?;
        if reply.status != 200 {
            return Err(unusual(&reply));
        }
        self.check(&reply, digest)?;
        serde_json::from_slice(&reply.body)
            .map_err(|_| self.invalid("answers with no configuration"))
    }

    /// Whether what was answered is what the digest stands for.
    fn check(&self, reply: &Reply, digest: &str) -> Result<(), Unchecked> {
        let found = match digest.split_once(':') {
            Some(("sha256", _)) => sha256(&reply.body),
            Some(("sha512", _)) => format!("sha512:{}", hex(&Sha512::digest(&reply.body))),
            _ => return Err(self.invalid("uses a digest that nobody can check")),
        };
        if found == digest {
            return Ok(());
        }
        Err(self.invalid("answers with something else than its digest says"))
    }

    fn invalid(&self, what: &str) -> Unchecked {
        Unchecked::Invalid(format!("{} {what}", self.session.origin))
    }

    /// What is there in place of a tag or digest that is not.
    fn missing(&self, reference: &str) -> Result<ImageAnswer, Unchecked> {
        let mut all: Vec<String> = Vec::new();
        let mut url = self.url("tags/list?n=1000");
        let mut is_complete = false;
        for _ in 0..MOST_TAGS_PAGES {
            let reply = self
                .session
                .ask(&Method::GET, &url, "application/json", MOST_TAGS_PAGE);
            // The tag is not there, whatever else is.
            let Ok(reply) = reply else {
                break;
            };
            match reply.status {
                200 => {}
                404 if all.is_empty() => return self.no_tags(reference, &reply),
                _ => break,
            }
            let Ok(page) = serde_json::from_slice::<TagList>(&reply.body) else {
                break;
            };
            let is_tag = |it: &String| !it.is_empty() && it.len() <= 128;
            all.extend(page.tags.unwrap_or_default().into_iter().filter(is_tag));
            let next = reply.header("link").and_then(next_page);
            let next = next.and_then(|it| reply.url.join(it));
            match next {
                _ if all.len() > MOST_TAGS => break,
                Some(next) if next.is_same_server(&url) && next != url => url = next,
                Some(_) => break,
                None => {
                    is_complete = true;
                    break;
                }
            }
        }
        all.sort();
        all.dedup();
        if reference.contains(':') {
            // No tag comes near to a digest.
            return Ok(ImageAnswer::NoTag(Tags::default()));
        }
        // Between one question and the other it came, or the registry does not show it for another reason.
        if all
            .binary_search_by(|it| it.as_str().cmp(reference))
            .is_ok()
        {
            return Err(self.invalid("lists a tag that it does not have"));
        }
        Ok(ImageAnswer::NoTag(tags::near(reference, &all, is_complete)))
    }

    /// Whether a repository is there of which no tags are listed.
    fn no_tags(&self, reference: &str, listed: &Reply) -> Result<ImageAnswer, Unchecked> {
        if code_of(listed) == Some(Code::NameUnknown) {
            return Ok(ImageAnswer::NoRepository);
        }
        // Not every registry lists tags; what it says of the manifest itself decides then.
        let reply = self.manifest(&Method::GET, reference)?;
        Ok(match (reply.status, code_of(&reply)) {
            (404, Some(Code::NameUnknown)) => ImageAnswer::NoRepository,
            (404, Some(Code::ManifestUnknown)) => ImageAnswer::NoTag(Tags::default()),
            (404, None) => return Err(self.invalid("answers 404 as no registry does")),
            (401 | 403, _) => self.denied(),
            _ => return Err(unusual(&reply)),
        })
    }
}

impl Descriptor {
    /// The platform; of what is attached to images (attestations, which are for `unknown/unknown`) none.
    fn platform(&self) -> Option<Platform> {
        let stated = self.platform.as_ref()?;
        platform(&stated.os, &stated.architecture, stated.variant.as_deref())
    }
}

impl Config {
    fn platform(&self) -> Option<Platform> {
        platform(&self.os, &self.architecture, self.variant.as_deref())
    }
}

fn platform(os: &str, architecture: &str, variant: Option<&str>) -> Option<Platform> {
    let text = match variant.filter(|it| !it.is_empty()) {
        Some(variant) => format!("{os}/{architecture}/{variant}"),
        None => format!("{os}/{architecture}"),
    };
    Platform::parse(&text).filter(|it| it.os != "unknown")
}

impl Settings {
    fn told(self, created: Option<String>) -> ImageConfig {
        let ports = self.exposed_ports.unwrap_or_default();
        let pair = |it: &String| {
            let (name, value) = it.split_once('=').unwrap_or((it, ""));
            (name.to_owned(), value.to_owned())
        };
        ImageConfig {
            user: self.user.unwrap_or_default(),
            exposed_ports: ports.into_keys().collect(),
            entrypoint: self.entrypoint.unwrap_or_default(),
            command: self.cmd.unwrap_or_default(),
            environment: self.env.unwrap_or_default().iter().map(pair).collect(),
            working_folder: self.working_dir.unwrap_or_default(),
            created,
        }
    }
}

/// What a registry says is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    NameUnknown,
    ManifestUnknown,
}

fn code_of(reply: &Reply) -> Option<Code> {
    let errors: Errors = serde_json::from_slice(&reply.body).ok()?;
    errors.errors.iter().find_map(|it| match it.code.as_str() {
        "NAME_UNKNOWN" => Some(Code::NameUnknown),
        "MANIFEST_UNKNOWN" | "NOT_FOUND" => Some(Code::ManifestUnknown),
        _ => None,
    })
}

fn digest_of(reply: &Reply) -> Option<&str> {
    let digest = reply.header("docker-content-digest")?.trim();
    is_digest(digest).then_some(digest)
}

fn is_digest(text: &str) -> bool {
    let length = match text.split_once(':') {
        Some(("sha256", _)) => 64,
        Some(("sha512", _)) => 128,
        _ => return false,
    };
    let (_, hex) = text.split_once(':').unwrap_or_default();
    let is_hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    hex.len() == length && hex.bytes().all(is_hex)
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut all = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(all, "{byte:02x}");
    }
    all
}

/// The URL of the next page: `</v2/a/tags/list?last=x>; rel="next"` (RFC 8288).
fn next_page(link: &str) -> Option<&str> {
    let (url, rest) = link.trim_start().strip_prefix('<')?.split_once('>')?;
    let rest = rest.to_ascii_lowercase().replace([' ', '"'], "");
    rest.contains(";rel=next").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_the_next_page_are_read() {
        let link = "</v2/a/tags/list?last=x&n=2>; rel=\"next\"";
        assert_eq!(next_page(link), Some("/v2/a/tags/list?last=x&n=2"));
        assert_eq!(next_page("</x>; rel=prev"), None);
        assert_eq!(next_page("<"), None);
    }

    #[test]
    fn digests_are_told() {
        assert!(is_digest(&sha256(b"x")));
        assert!(!is_digest("sha256:ab"));
        assert!(!is_digest("md5:00"));
        assert!(!is_digest(&sha256(b"x").to_ascii_uppercase()));
    }
}
