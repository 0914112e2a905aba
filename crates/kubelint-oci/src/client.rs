//! Many images at once: who is asked first, how many at a time, and who is not asked again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kubelint_model::ImageRef;
use kubelint_model::image::DOCKER_HUB;
use kubelint_model::registry::{ImageAnswer, Unchecked};

use crate::cache::Cache;
use crate::credentials::Credentials;
use crate::endpoint::Endpoint;
use crate::guard::Guard;
use crate::proxy::Proxies;
use crate::repository::Repository;
use crate::session::{Session, Tokens};
use crate::transport::Transport;

/// More requests are not under way at once, …
const MOST_WORKERS: usize = 16;
/// … and not more to one registry: some take more for an attack.
const MOST_PER_REGISTRY: usize = 4;

/// How registries are asked.
#[derive(Debug)]
pub struct Options {
    /// The credentials of the person who runs this.
    pub credentials: Credentials,
    /// Registries that may be at private addresses and on this machine.
    pub allowed: Vec<Endpoint>,
    /// Registries that are talked to by plain HTTP, and may be at private addresses.
    pub insecure: Vec<Endpoint>,
    /// Which registries are asked before others, by the name of the latter: `docker.io`.
    pub mirrors: Vec<(String, Endpoint)>,
    /// Whether connections go through the proxies that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name.
    pub uses_proxy: bool,
    /// Where answers are kept; `None` for nowhere.
    pub cache: Option<PathBuf>,
    /// How long all of it may take.
    pub deadline: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            credentials: Credentials::default(),
            allowed: Vec::new(),
            insecure: Vec::new(),
            mirrors: Vec::new(),
            uses_proxy: true,
            cache: None,
            deadline: Duration::from_mins(1),
        }
    }
}

/// Asks registries of images.
#[derive(Debug)]
pub struct Client {
    options: Options,
    cache: Option<Cache>,
}

/// What is under way.
#[derive(Debug)]
struct State<'a> {
    /// What is to be asked yet, by registry.
    open: BTreeMap<String, Vec<&'a str>>,
    /// How many requests are under way, by registry.
    busy: BTreeMap<String, usize>,
    answers: BTreeMap<String, ImageAnswer>,
}

/// What all requests share.
struct Shared<'a> {
    client: &'a Client,
    transport: Transport,
    tokens: Tokens,
    /// The registries that need not be asked again, and why.
    down: Mutex<BTreeMap<String, Unchecked>>,
}

impl Client {
    /// A client that asks nobody yet.
    pub fn new(options: Options) -> Self {
        let cache = options.cache.clone().map(Cache::at);
        Self { options, cache }
    }

    /// What is known of each of `images`, which are references with a tag or a digest as container runtimes write them out
    /// (`docker.io/library/nginx:1.27`). `progress` is told how many are done, from any thread.
    ///
    /// Equal images are asked once. It returns when everything is answered, at the latest a little after [`Options::deadline`].
    pub fn ask(
        &self,
        images: &BTreeSet<String>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> BTreeMap<String, ImageAnswer> {
        let mut open: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for image in images.iter().rev() {
            let registry = ImageRef::parse(image).and_then(|it| it.registry());
            let registry = registry.unwrap_or(DOCKER_HUB);
            open.entry(registry.to_owned()).or_default().push(image);
        }
        let state = Mutex::new(State {
            open,
            busy: BTreeMap::new(),
            answers: BTreeMap::new(),
        });
        let ready = Condvar::new();
        let guard = Guard {
            allowed: self.options.allowed.clone(),
            insecure: self.options.insecure.clone(),
            proxies: if self.options.uses_proxy {
                Proxies::from_environment()
            } else {
                Proxies::default()
            },
        };
        let shared = Shared {
            client: self,
            transport: Transport::new(guard, Instant::now() + self.options.deadline),
            tokens: Tokens::default(),
            down: Mutex::default(),
        };
        std::thread::scope(|scope| {
            for _ in 0..MOST_WORKERS.min(images.len()) {
                scope.spawn(|| shared.work(&state, &ready, progress));
            }
        });
        let state = state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).answers
    }
}

impl Shared<'_> {
    fn work(&self, state: &Mutex<State<'_>>, ready: &Condvar, progress: &(dyn Fn(usize) + Sync)) {
        loop {
            let mut now = state.lock().unwrap_or_else(PoisonError::into_inner);
            let (registry, image) = loop {
                if now.open.is_empty() {
                    return;
                }
                if let Some(next) = now.next() {
                    break next;
                }
                now = ready.wait(now).unwrap_or_else(PoisonError::into_inner);
            };
            drop(now);
            let answer = self.answer(&registry, image);
            let mut now = state.lock().unwrap_or_else(PoisonError::into_inner);
            now.answers.insert(image.to_owned(), answer);
            if let Some(busy) = now.busy.get_mut(&registry) {
                *busy -= 1;
            }
            let done = now.answers.len();
            drop(now);
            ready.notify_all();
            progress(done);
        }
    }

    fn answer(&self, registry: &str, image: &str) -> ImageAnswer {
        let Some(parsed) = ImageRef::parse(image) else {
            return ImageAnswer::Unchecked(Unchecked::Invalid("it is no image".to_owned()));
        };
        let (host, path) = match registry {
            "index.docker.io" | "registry-1.docker.io" => (DOCKER_HUB, parsed.path()),
            _ => (registry, parsed.path()),
        };
        let reference = parsed.digest().or(parsed.tag()).unwrap_or("latest");
        let mirrors = self.client.options.mirrors.iter();
        let mirrors = mirrors.filter(|it| it.0 == host).map(|it| &it.1);
        for mirror in mirrors {
            let name = mirror.to_string();
            // Whatever a mirror does not have, the registry itself may.
            if let found @ ImageAnswer::Found(_) = self.at(&name, mirror, path, reference) {
                return found;
            }
        }
        let endpoint = match host {
            DOCKER_HUB => Endpoint::parse("registry-1.docker.io"),
            _ => Endpoint::parse(host),
        };
        match endpoint {
            Some(endpoint) => self.at(host, &endpoint, path, reference),
            None => ImageAnswer::Unchecked(Unchecked::Invalid(format!("{host} is no host"))),
        }
    }

    /// What the registry `host`, which is talked to at `endpoint`, says.
    fn at(&self, host: &str, endpoint: &Endpoint, path: &str, reference: &str) -> ImageAnswer {
        let credential = self.client.options.credentials.of(host, path);
        let sign = if reference.contains(':') { '@' } else { ':' };
        let image = format!("{path}{sign}{reference}");
        // What one may see with credentials, another may not without them.
        let asked = format!("{endpoint} {}", credential.is_some());
        let cache = self.client.cache.as_ref();
        if let Some(known) = cache.and_then(|it| it.tag(&asked, &image)) {
            return known;
        }
        let down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = down.get(host) {
            return ImageAnswer::Unchecked(why.clone());
        }
        drop(down);
        let scheme = self.transport.guard.scheme(endpoint);
        let repository = Repository {
            session: Session {
                transport: &self.transport,
                origin: endpoint,
                tokens: &self.tokens,
                host,
                path,
                credential: credential.as_ref(),
            },
            scheme,
            cache,
        };
        let answer = repository.look_up(reference);
        match &answer {
            // Whoever cannot be reached, or wants to be left alone, is not asked again.
            ImageAnswer::Unchecked(why) if !matches!(why, Unchecked::Invalid(_)) => {
                let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
                down.insert(host.to_owned(), why.clone());
            }
            _ => {
                if let Some(cache) = cache {
                    cache.keep_tag(&asked, &image, &answer);
                }
            }
        }
        answer
    }
}

impl<'a> State<'a> {
    /// What is to be asked next: of a registry that is not busy.
    fn next(&mut self) -> Option<(String, &'a str)> {
        let State { open, busy, .. } = self;
        let is_free = |it: &&String| busy.get(*it).copied().unwrap_or_default() < MOST_PER_REGISTRY;
        let registry = open.keys().find(is_free)?.clone();
        let images = open.get_mut(&registry)?;
        let image = images.pop();
        if images.is_empty() {
            open.remove(&registry);
        }
        *busy.entry(registry.clone()).or_default() += 1;
        Some((registry, image?))
    }
}
