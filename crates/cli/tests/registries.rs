//! What registries are asked, by whom that is turned on, and what comes of it: with a stub that speaks as much of their protocol as is
//! needed, on this machine.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::tree::{Run, Tree, finish};

/// A registry that serves what it is given, and remembers what it was asked.
pub(crate) struct Stub {
    pub(crate) host: String,
    /// Bodies by path, with their type.
    pages: Arc<Mutex<BTreeMap<String, (&'static str, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const PLAIN: &str = "application/json";
/// The type of a page that leads elsewhere: its body is where to.
const REDIRECT: &str = "redirect";
/// The type of a page that is shown only to who has a password.
const PRIVATE: &str = "private";

impl Stub {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub = Self {
            host: listener.local_addr().unwrap().to_string(),
            pages: Arc::default(),
            asked: Arc::default(),
        };
        let (pages, asked) = (Arc::clone(&stub.pages), Arc::clone(&stub.asked));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (pages, asked) = (Arc::clone(&pages), Arc::clone(&asked));
                thread::spawn(move || serve(stream, &pages, &asked));
            }
        });
        stub
    }

    /// An image for one platform that starts `command` as `user`.
    pub(crate) fn push(&self, path: &str, tag: &str, user: &str, command: &str) {
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","config":{{"User":"{user}","Cmd":["{command}"],"Env":["TOKEN=hunter2"]}},"rootfs":{{"type":"layers","diff_ids":[]}}}}"#
        );
        let of_config = digest(&config);
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{{"mediaType":"{CONFIG}","digest":"{of_config}","size":{}}},"layers":[]}}"#,
            config.len()
        );
        let of_manifest = digest(&manifest);
        let index = format!(
            r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{{"mediaType":"{MANIFEST}","digest":"{of_manifest}","size":{},"platform":{{"architecture":"amd64","os":"linux"}}}}]}}"#,
            manifest.len()
        );
        let mut pages = self.pages.lock().unwrap();
        let of_index = digest(&index);
        let manifests = format!("/v2/{path}/manifests");
        pages.insert(format!("/v2/{path}/blobs/{of_config}"), (PLAIN, config));
        pages.insert(format!("{manifests}/{of_manifest}"), (MANIFEST, manifest));
        pages.insert(format!("{manifests}/{of_index}"), (INDEX, index.clone()));
        pages.insert(format!("{manifests}/{tag}"), (INDEX, index));
        let list = format!("/v2/{path}/tags/list");
        let tags = pages.get(&list).map(|it| it.1.clone());
        let tags = tags.map_or(String::new(), |it| {
            let (_, rest) = it.split_once('[').unwrap();
            rest.trim_end_matches("]}").to_owned() + ","
        });
        let tags = format!(r#"{{"name":"{path}","tags":[{tags}"{tag}"]}}"#);
        pages.insert(list, (PLAIN, tags));
    }

    /// Has a path lead elsewhere.
    pub(crate) fn redirect(&self, path: &str, to: &str) {
        let mut pages = self.pages.lock().unwrap();
        pages.insert(path.to_owned(), (REDIRECT, to.to_owned()));
    }

    /// Shows what is below a path only to those who have a password, whatever it is.
    fn hide(&self, path: &str) {
        let mut pages = self.pages.lock().unwrap();
        for (_, page) in pages.iter_mut().filter(|it| it.0.starts_with(path)) {
            page.0 = PRIVATE;
        }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// A Deployment of an image of this registry.
    pub(crate) fn app(&self, image: &str) -> String {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: executor\nspec:\n  selector:\n    matchLabels: {{app: executor}}\n  template:\n    metadata:\n      labels: {{app: executor}}\n    spec:\n      containers:\n      - name: executor\n        image: {}/{image}\n",
            self.host
        )
    }

    pub(crate) fn lock(&self, tree: &Tree, args: &[&str]) -> Run {
        let args: Vec<&str> = ["lock", "--insecure-registry", &self.host]
            .iter()
            .chain(args)
            .copied()
            .collect();
        finish(&mut tree.command_in("", &args))
    }
}

/// `check` of the image rules in a tree.
fn check(tree: &Tree, args: &[&str]) -> Run {
    let args: Vec<&str> = ["check", "--select", "image", "--format", "concise"]
        .iter()
        .chain(args)
        .copied()
        .collect();
    finish(&mut tree.command_in("", &args))
}

fn serve(
    mut stream: TcpStream,
    pages: &Mutex<BTreeMap<String, (&'static str, String)>>,
    asked: &Mutex<Vec<String>>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut request = String::new();
        if !reader.read_line(&mut request).is_ok_and(|it| it > 0) {
            return;
        }
        let mut headers = String::new();
        while reader.read_line(&mut headers).is_ok_and(|it| it > 2) {}
        let is_known_person = headers
            .to_ascii_lowercase()
            .contains("\nauthorization: basic ");
        let mut words = request.split(' ');
        let is_head = words.next() == Some("HEAD");
        let path = words.next().unwrap_or_default();
        asked.lock().unwrap().push(path.to_owned());
        let path = path.split('?').next().unwrap_or_default();
        let found = pages.lock().unwrap().get(path).cloned();
        let repository = path.split("/manifests/").next().unwrap_or_default();
        let is_known = pages
            .lock()
            .unwrap()
            .contains_key(&format!("{repository}/tags/list"));
        let (status, kind, body) = match found {
            _ if path == "/v2/" => ("200 OK", PLAIN, "{}".to_owned()),
            Some((REDIRECT, to)) => ("307 Temporary Redirect", REDIRECT, to),
            Some((PRIVATE, _)) if !is_known_person => {
                let challenge = "WWW-Authenticate: Basic realm=\"x\"\r\n".to_owned();
                ("401 Unauthorized", PRIVATE, challenge)
            }
            Some((kind, body)) => ("200 OK", kind, body),
            None => {
                let code = if is_known {
                    "MANIFEST_UNKNOWN"
                } else {
                    "NAME_UNKNOWN"
                };
                let body = format!(r#"{{"errors":[{{"code":"{code}"}}]}}"#);
                ("404 Not Found", PLAIN, body)
            }
        };
        let (more, body) = match kind {
            REDIRECT => (format!("Location: {body}\r\n"), String::new()),
            PRIVATE if status.starts_with("401") => (body, String::new()),
            _ => (
                format!("Docker-Content-Digest: {}\r\n", digest(&body)),
                body,
            ),
        };
        let length = body.len();
        let sent = if is_head { "" } else { &body };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {length}\r\n\r\n{sent}"
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

pub(crate) fn digest(text: &str) -> String {
    use sha2::Digest;
    use std::fmt::Write as _;
    let mut out = String::from("sha256:");
    for byte in sha2::Sha256::digest(text.as_bytes()) {
        write!(out, "{byte:02x}").unwrap();
    }
    out
}

#[test]
fn nobody_is_asked_unless_the_person_says_so() {
    let stub = Stub::start();
    let app = stub.app("acme/executor:2.0.0");
    let tree = Tree::repository([("app.yaml", app.as_str())]);
    stub.push("acme/executor", "1.0.0", "1000", "/executor");
    let insecure = ["--insecure-registry", stub.host.as_str()];
    assert_eq!(check(&tree, &insecure).status, Some(0));
    assert_eq!(stub.asked(), Vec::<String>::new());
    for (config, message) in [
        (
            "online: true\n",
            "kubelint.yaml:1:1: a repository's configuration cannot set `online`: the network is turned on by --online",
        ),
        (
            "fail-on: error\ninsecure-registry: [x]\n",
            "kubelint.yaml:2:1: a repository's configuration cannot set `insecure-registry`",
        ),
        (
            "registry-auth: /etc/passwd\n",
            "kubelint.yaml:1:1: a repository's configuration cannot set `registry-auth`",
        ),
        (
            "registry-mirror: a=b\n",
            "kubelint.yaml:1:1: a repository's configuration cannot set `registry-mirror`",
        ),
    ] {
        tree.write("kubelint.yaml", config);
        let run = check(&tree, &insecure);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(message), "{run:?}");
        // Nor does it help to name that file: whoever writes there may be a stranger.
        let named = ["--config", "kubelint.yaml"];
        assert_eq!(check(&tree, &named).status, Some(2));
    }
    assert_eq!(stub.asked(), Vec::<String>::new());
}

#[test]
fn a_tag_that_is_not_there_is_found_online_and_then_offline() {
    let stub = Stub::start();
    let app = stub.app("acme/executor:2.0.0");
    let tree = Tree::repository([("deploy/app.yaml", app.as_str())]);
    stub.push("acme/executor", "1.0.0", "1000", "/executor");
    let online = ["--online", "--insecure-registry", stub.host.as_str()];
    let run = check(&tree, &online);
    run.holds(
        1,
        &[
            "deploy/app.yaml:14:",
            "error[tag-not-found]",
            "has no tag `2.0.0`; the newest is `1.0.0`",
        ],
    );
    // Variables and the person's own configuration do the same.
    let mut command = tree.command_in("", &["check", "--select", "image"]);
    command.env("KUBELINT_ONLINE", "true");
    command.env("KUBELINT_INSECURE_REGISTRY", &stub.host);
    finish(&mut command).holds(1, &["error[tag-not-found]"]);
    let own = format!("online: true\ninsecure-registry: ['{}']\n", stub.host);
    tree.write("home/.config/kubelint/config.yaml", own);
    check(&tree, &[]).holds(1, &["error[tag-not-found]"]);
    let off = check(&tree, &["--online=false"]);
    assert_eq!(off.status, Some(0), "{off:?}");
    tree.write("home/.config/kubelint/config.yaml", "");

    let run = stub.lock(&tree, &[]);
    assert_eq!(run.status, Some(0), "{run:?}");
    let host = &stub.host;
    assert_eq!(
        tree.read("kubelint.lock"),
        format!(
            "# What registries say of the images that this repository runs. `kubelint lock` writes it, `kubelint check` reads it.\n\
             version: 1\nimages:\n  {host}/acme/executor:2.0.0:\n    missing: tag\n    nearest: [\"1.0.0\"]\n    newest: \"1.0.0\"\n"
        )
    );
    stub.asked();
    let run = check(&tree, &[]);
    run.holds(1, &["has no tag `2.0.0`; the newest is `1.0.0`"]);
    assert_eq!(stub.asked(), Vec::<String>::new());
}

#[test]
fn the_lock_file_is_checked_and_written_anew() {
    let stub = Stub::start();
    let app = stub.app("acme/executor:1.0.0");
    let tree = Tree::repository([("deploy/app.yaml", app.as_str()), ("other/x.txt", "")]);
    stub.push("acme/executor", "1.0.0", "1000:1000", "/executor");
    stub.lock(&tree, &["--check"])
        .fails("kubelint: error: kubelint.lock does not exist; `kubelint lock` writes it\n");
    assert_eq!(stub.lock(&tree, &[]).status, Some(0));
    let text = tree.read("kubelint.lock");
    assert!(
        text.contains(
            "    platforms: [linux/amd64]\n    user: \"1000:1000\"\n    command: [/executor]\n"
        ),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
    let run = stub.lock(&tree, &["--check"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""));
    // Another image under the same tag.
    stub.push("acme/executor", "1.0.0", "0", "/executor");
    let run = stub.lock(&tree, &["--check"]);
    run.holds(1, &["kubelint.lock: `", "acme/executor:1.0.0` was sha256:"]);
    assert_eq!(tree.read("kubelint.lock"), text);
    let online = ["--online", "--insecure-registry", stub.host.as_str()];
    check(&tree, &online).holds(0, &["warning[moved-tag]"]);
    // What is below another path only keeps what is locked.
    assert_eq!(stub.lock(&tree, &["other"]).status, Some(0));
    assert_eq!(tree.read("kubelint.lock"), text);
    assert_eq!(stub.lock(&tree, &[]).status, Some(0));
    assert_ne!(tree.read("kubelint.lock"), text);
    // The marks of a merge, and what is no lock file at all.
    tree.write("kubelint.lock", "<<<<<<< ours\nversion: 1\n");
    assert_eq!(stub.lock(&tree, &["--check"]).status, Some(2));
    assert_eq!(stub.lock(&tree, &["other"]).status, Some(2));
    assert_eq!(stub.lock(&tree, &[]).status, Some(0));
    assert_eq!(stub.lock(&tree, &["--check"]).status, Some(0));
    let app = tree.read("deploy/app.yaml");
    let run = stub.lock(&tree, &["--output", "deploy/app.yaml"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert_eq!(tree.read("deploy/app.yaml"), app);
    let run = stub.lock(&tree, &["--output", "-"]);
    run.holds(0, &["version: 1\nimages:\n"]);
}

#[test]
fn who_cannot_be_asked_is_told_once_and_fails_only_if_that_is_wanted() {
    let app = |name: &str, image: &str| {
        let app = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec:\n  containers:\n  - {name: a, image: IMAGE}\n";
        app.replace("NAME", name).replace("IMAGE", image)
    };
    let both = [app("a", "127.0.0.1:9/x:1"), app("b", "127.0.0.1:9/y:1")].join("---\n");
    let tree = Tree::repository([("app.yaml", both.as_str())]);
    let args = ["check", "--select", "image", "--online"];
    let run = tree.run(&args);
    assert_eq!(run.status, Some(0), "{run:?}");
    let told = run.stdout.clone() + &run.stderr;
    assert_eq!(told.matches("not looked up").count(), 1, "{told}");
    assert!(told.contains("2 images were not looked up"), "{told}");
    let required = ["check", "--select", "image", "--require-online"];
    let run = tree.run(&required);
    assert_eq!(run.status, Some(2), "{run:?}");
    // A lock file is written with what is known, and the status says that it is not all.
    let run = tree.run(&["lock"]);
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(tree.read("kubelint.lock").ends_with("images: {}\n"));
}

#[test]
fn what_is_shown_to_others_only_counts_as_not_told() {
    let stub = Stub::start();
    stub.push("acme/executor", "1.0.0", "1000", "/executor");
    stub.hide("/v2/acme/executor/");
    let app = stub.app("acme/executor:1.0.0");
    let open = Tree::repository([("app.yaml", app.as_str())]);
    // The pod has credentials, which kubelint has not.
    let secret = app.replace(
        "      containers:",
        "      imagePullSecrets: [{name: registry}]\n      containers:",
    );
    let private = Tree::repository([("app.yaml", secret.as_str())]);
    let insecure = ["--insecure-registry", stub.host.as_str()];
    for (tree, rule) in [
        (&open, Some("warning[image-not-pullable]")),
        (&private, None),
    ] {
        let run = check(tree, &[&insecure[..], &["--online"]].concat());
        assert_eq!(run.status, Some(0), "{run:?}");
        let told = format!("{}{}", run.stdout, run.stderr);
        let why = "wants other credentials than there are: 1 image was not looked up";
        assert!(told.contains(why), "{told}");
        assert_eq!(
            rule.is_some(),
            told.contains("image-not-pullable"),
            "{told}"
        );
        let run = check(tree, &[&insecure[..], &["--require-online"]].concat());
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!((run.stdout.clone() + &run.stderr).contains(why), "{run:?}");
        let auth = format!(
            "{{\"auths\": {{\"{}\": {{\"auth\": \"bWU6cHc=\"}}}}}}",
            stub.host
        );
        tree.write("auth.json", auth);
        let auth = [
            "--require-online",
            "--registry-auth",
            "auth.json",
            "--no-cache",
        ];
        let run = check(tree, &[&insecure[..], &auth].concat());
        assert_eq!(run.status, Some(0), "{run:?}");
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(!told.contains("not looked up"), "{told}");
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    let tree = Tree::repository([
        (
            "app.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx:1}]}\n",
        ),
        (
            "kubelint.lock",
            "version: 1\nimages:\n  nginx:1:\n    digst: x\n",
        ),
        ("sub/x", ""),
    ]);
    let args = ["check", "--select", "image"];
    tree.run(&args)
        .fails("kubelint: error: kubelint.lock:4:5: unknown key `digst`; did you mean `digest`?\n");
    let mut command = tree.command_in("sub", &["check", "--select", "image", ".."]);
    let run = finish(&mut command);
    assert!(
        run.stderr.contains("error: ../kubelint.lock:4:5:"),
        "{run:?}"
    );
    // Who asks for nothing that needs it is not told.
    let run = tree.run(&["check", "--select", "reference"]);
    assert_eq!(run.status, Some(0), "{run:?}");
    for (flag, value, message) in [
        (
            "--registry-mirror",
            "docker.io",
            "`docker.io` is no mirror: REGISTRY=MIRROR is meant",
        ),
        (
            "--allow-registry",
            "http://x/",
            "`http://x/` is no registry: HOST or HOST:PORT is meant",
        ),
        (
            "--registry-auth",
            "none.json",
            "there is no file of credentials none.json",
        ),
    ] {
        tree.write("kubelint.lock", "version: 1\nimages: {}\n");
        let run = tree.run(&["check", "--select", "image", "--online", flag, value]);
        assert_eq!(run.status, Some(2), "{run:?}");
        assert!(run.stderr.contains(message), "{run:?}");
    }
}

#[test]
fn what_was_locked_is_shown_and_never_obeyed() {
    let tree = Tree::repository([
        (
            "app.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: acme/a:1, securityContext: {runAsNonRoot: true}}]}\n",
        ),
        (
            "kubelint.lock",
            "version: 1\nimages:\n  acme/a:1: {digest: DIGEST, user: \"\\e[2J::error::x\\n::error::y\"}\n",
        ),
    ]);
    let lock = tree.read("kubelint.lock").replace("DIGEST", &digest("x"));
    tree.write("kubelint.lock", lock);
    for format in crate::formats::ALL {
        let run = tree.run(&["check", "--select", "non-root-refused", "--format", format]);
        assert_eq!(run.status, Some(1), "{run:?}");
        assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
        let is_command = |it: &str| it.starts_with("::error::");
        assert!(!run.stdout.lines().any(is_command), "{run:?}");
    }
}

#[test]
fn what_a_server_sends_is_shown_and_never_obeyed() {
    let stub = Stub::start();
    let app = stub.app("acme/executor:1.0");
    let tree = Tree::repository([("app.yaml", app.as_str())]);
    let tags = r#"{"tags": ["1.0\u001b[2", "1.0\n::error::x", "1.0\u009b"]}"#;
    let mut pages = stub.pages.lock().unwrap();
    pages.insert(
        "/v2/acme/executor/tags/list".to_owned(),
        (PLAIN, tags.to_owned()),
    );
    drop(pages);
    let online = [
        "check",
        "--select",
        "image",
        "--online",
        "--no-cache",
        "--insecure-registry",
        &stub.host,
    ];
    for format in [
        "human", "concise", "github", "json", "sarif", "junit", "gitlab",
    ] {
        let run = tree.run(&[&online[..], &["--format", format]].concat());
        assert_eq!(run.status, Some(1), "{run:?}");
        let all = format!("{}{}", run.stdout, run.stderr);
        assert!(!all.contains(['\u{1b}', '\u{9b}']), "{all}");
        let is_sent = |it: &str| it.starts_with("::error::x");
        assert!(!all.lines().any(is_sent), "{all}");
    }
    // Nor is it written down.
    assert_eq!(stub.lock(&tree, &[]).status, Some(0));
    let locked = tree.read("kubelint.lock");
    assert!(
        locked.ends_with("acme/executor:1.0:\n    missing: tag\n"),
        "{locked}"
    );
}

#[test]
fn images_that_nobody_was_asked_about_are_told() {
    let tree = Tree::repository([
        (
            "app.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: acme/a:1}]}\n",
        ),
        ("kubelint.lock", "version: 1\nimages: {}\n"),
    ]);
    let run = tree.run(&["check", "--select", "image"]);
    let told = run.stdout.clone() + &run.stderr;
    assert!(
        told.contains("1 image is not in kubelint.lock, and no registry was asked"),
        "{told}"
    );
    let run = tree.run(&["schema", "lock"]);
    run.holds(0, &["https://kubelint.dev/schema/lock.json", "\"missing\""]);
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_the_lock_file_is_not_followed() {
    let stub = Stub::start();
    stub.push("acme/executor", "1.0.0", "1000", "/executor");
    let app = stub.app("acme/executor:1.0.0");
    let elsewhere = Tree::bare([("kubelint.lock", "mine"), ("notes", "mine")]);
    for target in ["kubelint.lock", "notes", "nothing"] {
        let tree = Tree::repository([("app.yaml", app.as_str())]);
        let link = tree.path.join("kubelint.lock");
        std::os::unix::fs::symlink(elsewhere.path.join(target), link).unwrap();
        for args in [&[][..], &["--check"]] {
            stub.lock(&tree, args).fails(
                "kubelint: error: kubelint.lock is a link: remove it, or name the file by `--output`\n",
            );
        }
    }
    assert_eq!(elsewhere.read("kubelint.lock"), "mine");
    assert_eq!(elsewhere.read("notes"), "mine");
    assert_eq!(elsewhere.names(), ["kubelint.lock", "notes"]);
}
