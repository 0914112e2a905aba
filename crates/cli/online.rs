//! Registries, where the person who runs this turned them on: their client as the arguments and the person's own configuration want it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use kubelint_engine::mistake::Mistake;
use kubelint_engine::settings::{Network, Word};
use kubelint_model::registry::{ImageAnswer, ImageRegistry};
use kubelint_oci::{Client, Credentials, Endpoint, Options};

use crate::disk::slashed;
use crate::exit::{Failure, Outcome};

/// Fewer images are answered before anybody could read how many there are.
const WORTH_TELLING: usize = 4;

/// The registries of the world.
pub(crate) struct Registries {
    client: Client,
    /// Whether somebody sees how far it is.
    is_watched: bool,
    /// Files of credentials that cannot be read, and why.
    pub(crate) notes: Vec<String>,
}

impl Registries {
    /// The registries as `network` allows them to be asked.
    ///
    /// # Errors
    /// If a host is none, or a file of credentials that was named cannot be read.
    pub(crate) fn new(network: &Network, is_watched: bool) -> Outcome<Self> {
        let mut wrong = Vec::new();
        let credentials = credentials(network, &mut wrong);
        let notes = credentials
            .mistakes()
            .iter()
            .map(|(path, why)| format!("credentials in {} are not used: {why}", slashed(path)));
        let notes = notes.collect();
        let options = Options {
            credentials,
            allowed: endpoints(&network.allow_registry, &mut wrong),
            insecure: endpoints(&network.insecure_registry, &mut wrong),
            mirrors: mirrors(&network.registry_mirror, &mut wrong),
            cache: cache().filter(|_| !network.no_cache),
            ..Options::default()
        };
        if !wrong.is_empty() {
            return Err(Failure::from(wrong));
        }
        Ok(Self {
            client: Client::new(options),
            is_watched: is_watched && io::stderr().is_terminal() && env::var_os("CI").is_none(),
            notes,
        })
    }
}

impl ImageRegistry for Registries {
    fn ask(&self, wanted: &BTreeSet<String>) -> BTreeMap<String, ImageAnswer> {
        let all = wanted.len();
        if !self.is_watched || all < WORTH_TELLING {
            return self.client.ask(wanted, &|_| ());
        }
        let most = Mutex::new(0);
        let answers = self.client.ask(wanted, &|done| {
            // Several threads tell of their work, not always in order.
            if let Ok(mut most) = most.lock()
                && done > *most
            {
                *most = done;
                draw(&format!("\r{done} of {all} images looked up"));
            }
        });
        draw("\r\u{1b}[K");
        answers
    }
}

/// Draws on the terminal. Should it be gone, nobody misses it.
fn draw(text: &str) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

fn mistake(word: &Word, message: String) -> Mistake {
    Mistake {
        place: word.place.clone(),
        message,
    }
}

fn endpoints(words: &[Word], wrong: &mut Vec<Mistake>) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for word in words {
        match Endpoint::parse(&word.text) {
            Some(endpoint) => found.push(endpoint),
            None => wrong.push(mistake(
                word,
                format!("`{}` is no registry: HOST or HOST:PORT is meant", word.text),
            )),
        }
    }
    found
}

fn mirrors(words: &[Word], wrong: &mut Vec<Mistake>) -> Vec<(String, Endpoint)> {
    let mut found = Vec::new();
    for word in words {
        let parts = word.text.split_once('=');
        let parts = parts.and_then(|(registry, mirror)| {
            Endpoint::parse(registry)?;
            Some((registry.to_owned(), Endpoint::parse(mirror)?))
        });
        match parts {
            Some(mirror) => found.push(mirror),
            None => wrong.push(mistake(
                word,
                format!("`{}` is no mirror: REGISTRY=MIRROR is meant", word.text),
            )),
        }
    }
    found
}

/// The credentials in the file that was named, else in those of docker and podman, the first of which that knows a registry decides.
fn credentials(network: &Network, wrong: &mut Vec<Mistake>) -> Credentials {
    let Some(file) = &network.registry_auth else {
        return Credentials::from_files(usual_files());
    };
    let file = PathBuf::from(file);
    if !file.is_file() {
        let message = format!("there is no file of credentials {}", slashed(&file));
        wrong.push(Mistake::new(message));
    }
    let credentials = Credentials::from_files([file]);
    for (path, why) in credentials.mistakes() {
        let message = format!("cannot read the credentials in {}: {why}", slashed(path));
        wrong.push(Mistake::new(message));
    }
    credentials
}

/// Where docker and podman keep credentials (docs.docker.com/reference/cli/docker, containers-auth.json(5)).
fn usual_files() -> Vec<PathBuf> {
    let folder = |name: &str| {
        let value = env::var_os(name).filter(|it| !it.is_empty());
        value.map(PathBuf::from)
    };
    let home = env::home_dir();
    let below_home = |path: &str| Some(home.as_ref()?.join(path));
    let config = folder("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
    let docker = folder("DOCKER_CONFIG").or_else(|| below_home(".docker"));
    [
        folder("REGISTRY_AUTH_FILE"),
        folder("XDG_RUNTIME_DIR").map(|it| it.join("containers/auth.json")),
        config.map(|it| it.join("containers/auth.json")),
        docker.map(|it| it.join("config.json")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where answers are kept (XDG base directories).
fn cache() -> Option<PathBuf> {
    let stated = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    // The specification has relative paths ignored.
    let folder = stated.filter(|it| it.is_absolute());
    let folder = folder.or_else(|| Some(env::home_dir()?.join(".cache")))?;
    Some(folder.join("kubelint").join("registries"))
}
