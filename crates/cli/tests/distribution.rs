//! The command against the registry that most others are made of (github.com/distribution/distribution; Debian's `docker-registry`), where it
//! is installed: `KUBELINT_REGISTRY` names the program, or it is not tried.
//!
//! The registries that the incidents name are all this one: connections to them go through a proxy within the test. What they had on the days of
//! the reports stands in `testdata/incidents/images.json`, and the lock files of the incidents are made of it here.

use std::fs;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kubelint_model::ImageRef;
use serde_json::{Value, json};

use crate::proxies::Proxy;
use crate::registries::digest;
use crate::tree::{Run, Tree, finish};

/// The registries of the incidents, as they are talked to.
const HOSTS: &str =
    "ghcr.io,registry-1.docker.io,registry.lumen-labs.dev,registry.northgate-security.com";

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// A registry of its own, and a proxy that leads everybody to it.
struct Registry {
    process: Child,
    address: SocketAddr,
    proxy: Proxy,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Registry {
    fn start() -> Option<Self> {
        let program = std::env::var_os("KUBELINT_REGISTRY")?;
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let configuration = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: '{}'}}}}\nhttp: {{addr: '{address}'}}\n",
            folder.path().join("data").display()
        );
        fs::write(&configuration, text).unwrap();
        let mut command = Command::new(program);
        command.arg("serve").arg(&configuration);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let registry = Self {
            process: command.spawn().unwrap(),
            address,
            proxy: Proxy::to(address),
            _folder: folder,
        };
        let begin = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "it does not start"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn put(&self, path: &str, kind: &str, text: &str) {
        let url = format!("http://{}{path}", self.address);
        let sent = ureq::put(url).header("Content-Type", kind).send(text);
        assert_eq!(sent.unwrap().status().as_u16(), 201, "{path}");
    }

    /// Pushes an image without layers, of one platform or several. The same image has the same digest wherever it is pushed.
    fn push(&self, image: &str, platforms: &[&str], config: &Value) {
        let image = ImageRef::parse(image).unwrap();
        let (path, tag) = (image.path(), image.tag().unwrap());
        let manifests: Vec<(String, Value)> = platforms
            .iter()
            .map(|platform| {
                let platform = platform_of(platform);
                let manifest = self.push_manifest(&image, &platform, config);
                let entry = json!({"mediaType": MANIFEST, "digest": digest(&manifest), "size": manifest.len(), "platform": platform});
                (manifest, entry)
            })
            .collect();
        let (kind, text) = match manifests.as_slice() {
            [(manifest, _)] => (MANIFEST, manifest.clone()),
            all => {
                let entries: Vec<&Value> = all.iter().map(|it| &it.1).collect();
                let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
                (INDEX, index.to_string())
            }
        };
        self.put(&format!("/v2/{path}/manifests/{tag}"), kind, &text);
    }

    fn push_manifest(&self, image: &ImageRef<'_>, platform: &Value, config: &Value) -> String {
        let mut all = platform.clone();
        all["config"] = config.clone();
        all["config"]["Labels"] = json!({"org.opencontainers.image.ref.name": image.full()});
        all["rootfs"] = json!({"type": "layers", "diff_ids": []});
        let (config, path) = (all.to_string(), image.path());
        let url = format!("http://{}/v2/{path}/blobs/uploads/", self.address);
        let begun = ureq::post(url).send_empty().unwrap();
        let location = begun.headers()["location"].to_str().unwrap();
        let (_, upload) = location.split_once(&self.address.to_string()).unwrap();
        let of_config = digest(&config);
        let upload = format!("{upload}&digest={of_config}");
        self.put(&upload, "application/octet-stream", &config);
        let config = json!({"mediaType": CONFIG, "digest": of_config, "size": config.len()});
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []});
        let manifest = manifest.to_string();
        let of_manifest = digest(&manifest);
        let url = format!("/v2/{path}/manifests/{of_manifest}");
        self.put(&url, MANIFEST, &manifest);
        manifest
    }

    /// Pushes all that the registries of the incidents had.
    fn fill(&self) {
        let text = fs::read_to_string(incidents().join("images.json")).unwrap();
        let images: Value = serde_json::from_str(&text).unwrap();
        for it in images.as_array().unwrap() {
            let platforms = it["platforms"].as_array().unwrap();
            let platforms: Vec<&str> = platforms.iter().map(|it| it.as_str().unwrap()).collect();
            self.push(it["image"].as_str().unwrap(), &platforms, &it["config"]);
        }
    }

    /// The command in a folder, for which the hosts of the incidents are this registry.
    fn run(&self, home: &Tree, folder: &Path, args: &[&str]) -> Run {
        let mut command = home.command_in(folder.to_str().unwrap(), args);
        command.env("HTTP_PROXY", self.proxy.url());
        command.env("KUBELINT_INSECURE_REGISTRY", HOSTS);
        command.env("KUBELINT_NO_CACHE", "true");
        finish(&mut command)
    }
}

fn platform_of(text: &str) -> Value {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [os, architecture] => json!({"os": os, "architecture": architecture}),
        [os, architecture, variant] => {
            json!({"os": os, "architecture": architecture, "variant": variant})
        }
        _ => panic!("{text} is no platform"),
    }
}

fn incidents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/incidents")
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// The lock files of the incidents are what the command writes; outside of CI, it writes them there.
#[test]
fn the_lock_files_of_the_incidents_are_what_the_registry_says() {
    let Some(registry) = Registry::start() else {
        return;
    };
    registry.fill();
    let home = Tree::bare([]);
    let mut stale = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(incidents()).unwrap() {
        for tree in ["before", "after"] {
            let folder = entry.as_ref().unwrap().path().join(tree);
            if !folder.is_dir() {
                continue;
            }
            count += 1;
            let old = fs::read_to_string(folder.join("kubelint.lock")).unwrap_or_default();
            let run = registry.run(&home, &folder, &["lock", "--output", "-"]);
            assert_eq!(run.status, Some(0), "{run:?}");
            if std::env::var_os("CI").is_none() {
                fs::write(folder.join("kubelint.lock"), &run.stdout).unwrap();
            }
            if old != run.stdout {
                stale.push(folder);
                continue;
            }
            let run = registry.run(&home, &folder, &["lock", "--check"]);
            assert_eq!(run.status, Some(0), "{run:?}");
        }
    }
    assert_eq!(count, 10);
    assert!(stale.is_empty(), "the lock files were stale in {stale:?}");
}

/// The rollout of 2.0.0 where there is only 1.0.0: as it is found with the registry, without it, and when somebody pushes 2.0.0 after all.
#[test]
fn a_release_that_was_never_pushed_is_found_online_locked_and_offline() {
    let Some(mut registry) = Registry::start() else {
        return;
    };
    registry.fill();
    let tree = Tree::repository([]);
    copy(
        &incidents().join("infrastructure-crisis/before"),
        &tree.path,
    )
    .unwrap();
    let committed = tree.read("kubelint.lock");
    fs::remove_file(tree.path.join("kubelint.lock")).unwrap();
    let run = |registry: &Registry, args: &[&str]| registry.run(&tree, &tree.path, args);
    let check = |registry: &Registry, args: &[&str]| {
        let first = ["check", "--select", "image", "--format", "concise"];
        run(registry, &[&first, args].concat())
    };
    let found = "k8s/agent-executor.yaml:18:";
    let message = "error[tag-not-found] `ghcr.io/meridian-agents/aia-agent-executor` has no tag `2.0.0`; the newest is `1.0.0`";

    // Without having been turned on, it asks nobody.
    let quiet = check(&registry, &[]);
    assert!(!quiet.stdout.contains("tag-not-found"), "{quiet:?}");
    assert_eq!(registry.proxy.asked(), Vec::<String>::new());
    tree.write("other/kubelint.yaml", "root: true\nonline: true\n");
    let stranger = check(&registry, &["other"]);
    assert_eq!(stranger.status, Some(2), "{stranger:?}");
    assert!(
        stranger
            .stderr
            .contains("kubelint.yaml:2:1: a repository's configuration cannot set `online`"),
        "{stranger:?}"
    );
    fs::remove_dir_all(tree.path.join("other")).unwrap();

    check(&registry, &["--online"]).holds(1, &[found, message]);
    check(&registry, &["--require-online"]).holds(1, &[message]);
    let locked = run(&registry, &["lock"]);
    assert_eq!(locked.status, Some(0), "{locked:?}");
    assert_eq!(tree.read("kubelint.lock"), committed);
    registry.proxy.asked();
    check(&registry, &[]).holds(1, &[found, message]);
    assert_eq!(registry.proxy.asked(), Vec::<String>::new());

    // Somebody pushes it: the lock file is stale, and says so until it is written anew.
    // (What else is wrong with that rollout stays: its API runs a base image, which ends at once.)
    let config = json!({"Entrypoint": ["python", "executor.py"], "ExposedPorts": {"8080/tcp": {}}});
    let image = "ghcr.io/meridian-agents/aia-agent-executor:2.0.0";
    registry.push(image, &["linux/amd64"], &config);
    let stale = format!("kubelint.lock: `{image}` was not there and is now");
    run(&registry, &["lock", "--check"]).holds(1, &[&stale]);
    let online = check(&registry, &["--online"]);
    assert!(!online.stdout.contains("tag-not-found"), "{online:?}");
    assert_eq!(run(&registry, &["lock"]).status, Some(0));
    assert_eq!(run(&registry, &["lock", "--check"]).status, Some(0));
    // And pushes something else under the same tag.
    registry.push(image, &["linux/arm64"], &config);
    run(&registry, &["lock", "--check"]).holds(1, &[&format!("`{image}` was sha256:")]);
    check(&registry, &["--online"]).holds(1, &["warning[moved-tag]"]);

    // Nobody answers: that is told once for each registry, and what was locked counts.
    registry.stop();
    let down = check(&registry, &["--online"]);
    assert_eq!(down.status, Some(1), "{down:?}");
    let told = format!("{}{}", down.stdout, down.stderr);
    for host in ["ghcr.io", "docker.io"] {
        let line = format!("{host} cannot be reached");
        assert_eq!(told.matches(&line).count(), 1, "{told}");
    }
    fs::remove_file(tree.path.join("kubelint.lock")).unwrap();
    let down = check(&registry, &["--online"]);
    let told = format!("{}{}", down.stdout, down.stderr);
    assert!(!told.contains("tag-not-found"), "{told}");
    assert!(told.contains("1 image was not looked up"), "{told}");
    assert_eq!(check(&registry, &["--require-online"]).status, Some(2));
}

#[test]
fn images_are_found_by_digest_and_repositories_missed() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let config = json!({"User": "65532", "Cmd": ["/api"]});
    registry.push("team/api:1.0.0", &["linux/arm64"], &config);
    let mut text = String::new();
    let url = format!("http://{}/v2/team/api/manifests/1.0.0", registry.address);
    let answer = ureq::get(url).header("Accept", MANIFEST).call().unwrap();
    let mut reader = answer.into_body().into_reader();
    reader.read_to_string(&mut text).unwrap();
    let (host, digest) = (registry.address, digest(&text));
    let pod = |name: &str, image: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: '{host}/team/{image}'}}]}}\n"
        )
    };
    let pods = [
        pod("a", "api:1.0.0"),
        pod("b", &format!("api@{digest}")),
        pod("c", "web:1.0.0"),
    ];
    let tree = Tree::repository([("pods.yaml", pods.concat().as_str())]);
    let args = ["lock", "--insecure-registry", &host.to_string()];
    assert_eq!(tree.run(&args).status, Some(0));
    let facts = format!(
        "    digest: {digest}\n    platforms: [linux/arm64]\n    user: \"65532\"\n    command: [/api]\n"
    );
    let locked = tree.read("kubelint.lock");
    let (_, images) = locked.split_once("images:\n").unwrap();
    assert_eq!(
        images,
        format!(
            "  {host}/team/api:1.0.0:\n{facts}  {host}/team/api@{digest}:\n{facts}  {host}/team/web:1.0.0:\n    missing: repository\n"
        )
    );
}
