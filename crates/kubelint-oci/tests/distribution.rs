//! The client against the registry that most others are made of (github.com/distribution/distribution; Debian's `docker-registry`), where it is
//! installed: `KUBELINT_REGISTRY` names the program, or it is not tried.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kubelint_model::registry::{ImageAnswer, Tags};
use kubelint_oci::{Client, Endpoint, Options};
use sha2::{Digest, Sha256};

struct Registry {
    process: Child,
    host: String,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Registry {
    fn start() -> Option<Self> {
        let program = std::env::var_os("KUBELINT_REGISTRY")?;
        let folder = tempfile::tempdir().unwrap();
        let host = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let configuration = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: '{}'}}}}\nhttp: {{addr: '{host}'}}\n",
            folder.path().join("data").display()
        );
        std::fs::write(&configuration, text).unwrap();
        let process = Command::new(program)
            .arg("serve")
            .arg(&configuration)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let registry = Self {
            process,
            host: host.to_string(),
            _folder: folder,
        };
        let begin = Instant::now();
        while TcpStream::connect(host).is_err() {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "it does not start"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(registry)
    }

    fn put(&self, path: &str, kind: &str, bytes: &[u8]) {
        let url = format!("http://{}{path}", self.host);
        let sent = ureq::put(url).header("Content-Type", kind).send(bytes);
        assert_eq!(sent.unwrap().status().as_u16(), 201, "{path}");
    }

    /// Pushes an image without layers.
    fn push(&self, repository: &str, tag: &str, config: &str) -> String {
        let config = config.as_bytes();
        let begun = ureq::post(format!(
            "http://{}/v2/{repository}/blobs/uploads/",
            self.host
        ))
        .send_empty();
        let location = begun.unwrap().headers()["location"]
            .to_str()
            .unwrap()
            .to_owned();
        let (_, path) = location.split_once(&self.host).unwrap();
        self.put(
            &format!("{path}&digest={}", digest(config)),
            "application/octet-stream",
            config,
        );
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest = format!(
            r#"{{"schemaVersion": 2, "mediaType": "{kind}", "config": {{"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "{}", "size": {}}}, "layers": []}}"#,
            digest(config),
            config.len()
        );
        self.put(
            &format!("/v2/{repository}/manifests/{tag}"),
            kind,
            manifest.as_bytes(),
        );
        digest(manifest.as_bytes())
    }

    fn ask(&self, images: &[String]) -> Vec<ImageAnswer> {
        let options = Options {
            insecure: vec![Endpoint::parse(&self.host).unwrap()],
            uses_proxy: false,
            ..Options::default()
        };
        let all: BTreeSet<String> = images.iter().cloned().collect();
        let mut answers = Client::new(options).ask(&all, &|_| ());
        images
            .iter()
            .map(|it| answers.remove(it).unwrap())
            .collect()
    }
}

fn digest(bytes: &[u8]) -> String {
    let mut digest = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

#[test]
fn a_real_registry_is_understood() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let config = r#"{"os": "linux", "architecture": "arm64", "config": {"User": "65532", "ExposedPorts": {"8080/tcp": {}}, "Cmd": ["/api"]}}"#;
    let pushed = registry.push("team/api", "1.0.0", config);
    let host = &registry.host;
    let images = [
        format!("{host}/team/api:1.0.0"),
        format!("{host}/team/api@{pushed}"),
        format!("{host}/team/api:2.0.0"),
        format!("{host}/team/web:1.0.0"),
    ];
    let answers = registry.ask(&images);
    for answer in &answers[..2] {
        let ImageAnswer::Found(facts) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(facts.digest, pushed);
        assert_eq!(facts.platforms[0].to_string(), "linux/arm64");
        let config = facts.config.as_ref().unwrap();
        assert_eq!(
            (config.user.as_str(), config.command[0].as_str()),
            ("65532", "/api")
        );
        assert_eq!(config.exposed_ports, ["8080/tcp"]);
    }
    let expected = Tags {
        nearest: vec!["1.0.0".to_owned()],
        newest: Some("1.0.0".to_owned()),
        is_complete: true,
    };
    assert_eq!(answers[2], ImageAnswer::NoTag(expected));
    assert_eq!(answers[3], ImageAnswer::NoRepository);
}
