//! The credentials of the person who runs kubelint, as docker and podman keep them: `config.json` (docs.docker.com/reference/cli/docker/login),
//! `auth.json` (containers-auth.json(5)), and the helpers that they name (github.com/docker/docker-credential-helpers).

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// Larger files and answers of helpers are not read, in bytes.
const MOST_BYTES: u64 = 1 << 20;
/// How long a helper may take. Some ask the person for a password; nobody waits for that here.
const HELPER: Duration = Duration::from_secs(10);

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What a registry is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A user and a password.
    Password { user: String, password: Secret },
    /// An identity token, which is a refresh token of OAuth 2.
    Identity(Secret),
    /// A token for the registry itself.
    Token(Secret),
}

/// The files that credentials are kept in, and what was found there.
#[derive(Debug, Default)]
pub struct Credentials {
    files: Vec<Store>,
    /// What helpers answered, by helper and server: each is asked once.
    helped: Mutex<BTreeMap<(String, String), Option<Credential>>>,
    /// The files that cannot be read as what they should be: path and why.
    mistakes: Vec<(PathBuf, String)>,
}

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Store {
    auths: BTreeMap<String, Entry>,
    /// The helper of each registry.
    #[serde(rename = "credHelpers")]
    helpers: BTreeMap<String, String>,
    /// The helper of all others.
    #[serde(rename = "credsStore")]
    helper: Option<String>,
}

/// What a file says of one server.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What a helper answers.
#[derive(Deserialize)]
struct Helped {
    #[serde(rename = "Username")]
    username: String,
    #[serde(rename = "Secret")]
    secret: String,
}

impl Credentials {
    /// Reads `files`, the first of which that knows a registry decides. A file that is not there is none.
    pub fn from_files(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut found = Self::default();
        for path in files {
            match read(&path) {
                Ok(Some(store)) => found.files.push(store),
                Ok(None) => {}
                Err(why) => found.mistakes.push((path, why)),
            }
        }
        found
    }

    /// The files that cannot be read: where, and why. No value of theirs is in the text.
    pub fn mistakes(&self) -> &[(PathBuf, String)] {
        &self.mistakes
    }

    /// What is known for the repository `path` of the registry `host`, as image references name it (`docker.io` for Docker Hub).
    pub(crate) fn of(&self, host: &str, path: &str) -> Option<Credential> {
        self.files
            .iter()
            .find_map(|it| self.in_store(it, host, path))
    }

    fn in_store(&self, store: &Store, host: &str, path: &str) -> Option<Credential> {
        for name in names(host) {
            if let Some(helper) = store.helpers.get(name) {
                return self.help(helper, name);
            }
        }
        let stated = keys(host, path).find_map(|it| {
            let own = |(key, entry): (&String, &Entry)| {
                (server(key) == it).then(|| entry.credential())?
            };
            store.auths.iter().find_map(own)
        });
        let from_store = || {
            let helper = store.helper.as_ref()?;
            names(host).iter().find_map(|it| self.help(helper, it))
        };
        stated.or_else(from_store)
    }

    fn help(&self, helper: &str, server: &str) -> Option<Credential> {
        let key = (helper.to_owned(), server.to_owned());
        // Held while the helper runs: others that want the same wait for it.
        let mut helped = self.helped.lock().unwrap_or_else(PoisonError::into_inner);
        let known = helped.entry(key);
        known.or_insert_with(|| ask(helper, server)).clone()
    }
}

/// What Docker Hub is called in such files; any other registry has one name.
fn names(host: &str) -> Vec<&str> {
    match host {
        "docker.io" => vec![
            "https://index.docker.io/v1/",
            "docker.io",
            "index.docker.io",
            "registry-1.docker.io",
        ],
        _ => vec![host],
    }
}

/// What an entry may stand under, the most special first: podman keeps entries for parts of a registry.
fn keys(host: &str, path: &str) -> impl Iterator<Item = String> {
    let mut all = Vec::new();
    for host in names(host) {
        let host = server(host);
        let mut path = path;
        while !path.is_empty() {
            all.push(format!("{host}/{path}"));
            path = path.rsplit_once('/').map_or("", |it| it.0);
        }
        all.push(host);
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.matches('/').count()));
    all.into_iter()
}

/// The host and path of an entry's key: without the scheme, and without the version that old clients put behind it.
fn server(key: &str) -> String {
    let key = key
        .strip_prefix("https://")
        .or(key.strip_prefix("http://"))
        .unwrap_or(key);
    let key = key.trim_end_matches('/');
    let key = key
        .strip_suffix("/v1")
        .or(key.strip_suffix("/v2"))
        .unwrap_or(key);
    key.to_owned()
}

impl Entry {
    fn credential(&self) -> Option<Credential> {
        let text = |it: &Option<String>| it.clone().filter(|it| !it.is_empty());
        if let Some(token) = text(&self.identitytoken) {
            return Some(Credential::Identity(token.into()));
        }
        if let Some(token) = text(&self.registrytoken) {
            return Some(Credential::Token(token.into()));
        }
        let decoded = text(&self.auth).and_then(|it| BASE64_STANDARD.decode(it.trim()).ok());
        let decoded = decoded.and_then(|it| String::from_utf8(it).ok());
        if let Some((user, password)) = decoded.as_deref().and_then(|it| it.split_once(':')) {
            return Some(password_of(user, password.trim_end_matches('\0')));
        }
        Some(password_of(&text(&self.username)?, &text(&self.password)?))
    }
}

fn password_of(user: &str, password: &str) -> Credential {
    if user == "<token>" {
        return Credential::Identity(Secret(password.to_owned()));
    }
    Credential::Password {
        user: user.to_owned(),
        password: Secret(password.to_owned()),
    }
}

fn read(path: &PathBuf) -> Result<Option<Store>, String> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(it) if it.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(it) => return Err(it.to_string()),
    };
    let mut text = String::new();
    let mut file = file.take(MOST_BYTES);
    file.read_to_string(&mut text)
        .map_err(|it| it.to_string())?;
    // What serde says of a mistake may hold values.
    let parsed = serde_json::from_str(&text);
    parsed
        .map(Some)
        .map_err(|it| format!("line {} is not as such files are", it.line()))
}

/// What a helper knows of a server. `None` if it knows nothing, is not there, or takes too long.
fn ask(helper: &str, server: &str) -> Option<Credential> {
    let is_name = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
    if helper.is_empty() || !helper.bytes().all(is_name) {
        return None;
    }
    let mut child = Command::new(format!("docker-credential-{helper}"))
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let answer = answer(&mut child, server);
    // It has ended by itself, or has had its time.
    let _ = child.kill();
    let is_well = child.wait().is_ok_and(|it| it.success());
    let helped: Helped = serde_json::from_slice(&answer.filter(|_| is_well)?).ok()?;
    Some(password_of(&helped.username, &helped.secret))
}

fn answer(child: &mut Child, server: &str) -> Option<Vec<u8>> {
    let mut input = child.stdin.take()?;
    input.write_all(server.as_bytes()).ok()?;
    drop(input);
    let output = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let all = output.take(MOST_BYTES).read_to_end(&mut bytes);
        // Nobody listens any more if it took too long.
        let _ = sender.send(all.ok().map(|_| bytes));
    });
    let bytes = receiver.recv_timeout(HELPER).ok().flatten()?;
    // What ends its output ends itself; it is given a moment for that, so that its status can be told.
    for _ in 0..100 {
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(files: &[&str]) -> Credentials {
        let folder = tempfile::tempdir().unwrap();
        let paths = files.iter().enumerate().map(|(number, text)| {
            let path = folder.path().join(number.to_string());
            std::fs::write(&path, text).unwrap();
            path
        });
        Credentials::from_files(paths.collect::<Vec<_>>())
    }

    fn check(credentials: &Credentials, host: &str, path: &str, user: &str, password: &str) {
        let found = credentials.of(host, path);
        assert_eq!(found, Some(password_of(user, password)), "{host}/{path}");
    }

    #[test]
    fn entries_are_found_by_all_names_of_a_registry() {
        let file = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "aHViOnB3OjE="},
            "ghcr.io": {"username": "me", "password": "pw"},
            "https://quay.io/v2/": {"identitytoken": "refresh"},
            "r.example:5000/team/a": {"auth": "dGVhbTphYQ=="},
            "r.example:5000/team": {"auth": "dGVhbTpwdw=="},
            "r.example:5000": {"auth": "YWxsOnB3"},
            "empty.example": {},
            "broken.example": {"auth": "%%%"}
        }}"#;
        let all = credentials(&[file]);
        check(&all, "docker.io", "library/nginx", "hub", "pw:1");
        check(&all, "ghcr.io", "a/b", "me", "pw");
        assert_eq!(
            all.of("quay.io", "a"),
            Some(Credential::Identity("refresh".to_owned().into()))
        );
        check(&all, "r.example:5000", "team/a", "team", "aa");
        check(&all, "r.example:5000", "team/b", "team", "pw");
        check(&all, "r.example:5000", "other", "all", "pw");
        for host in [
            "empty.example",
            "broken.example",
            "other.example",
            "r.example",
        ] {
            assert_eq!(all.of(host, "a"), None, "{host}");
        }
        assert!(!format!("{all:?}").contains("pw"));
    }

    #[test]
    fn the_first_file_that_knows_a_registry_decides() {
        let one = r#"{"auths": {"a.example": {"username": "one", "password": "x"}}}"#;
        let two = r#"{"auths": {"a.example": {"username": "two", "password": "x"}, "b.example": {"username": "two", "password": "x"}}}"#;
        let all = credentials(&[one, "{\"auths\": [\"s3cret\"]}", two]);
        check(&all, "a.example", "x", "one", "x");
        check(&all, "b.example", "x", "two", "x");
        let [(_, why)] = all.mistakes() else {
            panic!("{:?}", all.mistakes());
        };
        assert!(!why.contains("s3cret"), "{why}");
    }

    #[test]
    fn a_helper_with_a_strange_name_is_not_started() {
        assert_eq!(ask("../../bin/sh", "x"), None);
        assert_eq!(ask("", "x"), None);
        assert_eq!(ask("surely-not-installed", "x"), None);
    }
}
