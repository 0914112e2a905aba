use super::*;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn read_text(text: &str) -> Result<BTreeMap<String, ImageAnswer>, String> {
    let text = Arc::new(SourceText::from_bytes(text.as_bytes().to_vec()));
    let images = parse(FILE_NAME, &text).map_err(|it| crate::mistake::lines(&it))?;
    let answers = images.into_iter().map(|(full, it)| (full, it.answer));
    Ok(answers.collect())
}

fn found(config: Option<ImageConfig>) -> ImageAnswer {
    let platforms = ["linux/amd64", "linux/arm/v7"];
    ImageAnswer::Found(Box::new(ImageFacts {
        digest: DIGEST.to_owned(),
        platforms: platforms.map(|it| Platform::parse(it).unwrap()).to_vec(),
        config,
    }))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

fn samples() -> BTreeMap<String, ImageAnswer> {
    let config = ImageConfig {
        user: "101:101".to_owned(),
        exposed_ports: texts(&["80/tcp", "8443/tcp"]),
        entrypoint: texts(&["/docker-entrypoint.sh"]),
        command: texts(&[
            "nginx",
            "-g",
            "daemon off;",
            "1e5",
            "",
            "on",
            "\u{1b}[2J\u{202e}ü\n'\"\\ #: x",
        ]),
        ..ImageConfig::default()
    };
    let tags = Tags {
        nearest: texts(&["1.0.0", "latest"]),
        newest: Some("1.0.0".to_owned()),
        is_complete: true,
    };
    BTreeMap::from([
        (
            "docker.io/library/nginx:1.27".to_owned(),
            found(Some(config)),
        ),
        (
            "ghcr.io/acme/root:1".to_owned(),
            found(Some(ImageConfig::default())),
        ),
        (format!("quay.io/acme/a@{DIGEST}"), found(None)),
        (
            "ghcr.io/acme/api:2.0.0".to_owned(),
            ImageAnswer::NoTag(tags),
        ),
        ("localhost:5000/x:y".to_owned(), ImageAnswer::NoRepository),
        (
            "docker.io/acme/secret:1".to_owned(),
            ImageAnswer::Denied {
                has_credentials: false,
            },
        ),
    ])
}

#[test]
fn what_is_written_is_what_is_read() {
    let text = to_yaml(&samples());
    assert_eq!(
        text,
        format!(
            r#"# What registries say of the images that this repository runs. `kubelint lock` writes it, `kubelint check` reads it.
version: 1
images:
  acme/secret:1:
    denied: true
  ghcr.io/acme/api:2.0.0:
    missing: tag
    nearest: ["1.0.0", latest]
    newest: "1.0.0"
  ghcr.io/acme/root:1:
    digest: {DIGEST}
    platforms: [linux/amd64, linux/arm/v7]
    user: ""
  localhost:5000/x:y:
    missing: repository
  nginx:1.27:
    digest: {DIGEST}
    platforms: [linux/amd64, linux/arm/v7]
    user: "101:101"
    ports: [80/tcp, 8443/tcp]
    entrypoint: [/docker-entrypoint.sh]
    command: [nginx, "-g", "daemon off;", "1e5", "", "on", "\x1b[2J\u202e\xfc\n'\"\\ #: x"]
  quay.io/acme/a@{DIGEST}:
    digest: {DIGEST}
    platforms: [linux/amd64, linux/arm/v7]
"#
        )
    );
    assert_eq!(read_text(&text), Ok(samples()));
    assert_eq!(to_yaml(&read_text(&text).unwrap()), text);
    let empty = to_yaml(&BTreeMap::new());
    assert_eq!(read_text(&empty), Ok(BTreeMap::new()));
}

#[test]
fn images_are_read_however_they_are_written() {
    let text = "version: 1\nimages:\n  docker.io/library/nginx: {missing: repository}\n";
    let images = read_text(text).unwrap();
    assert_eq!(
        images.keys().collect::<Vec<_>>(),
        ["docker.io/library/nginx:latest"]
    );
}

#[test]
fn mistakes_have_their_place() {
    let image = |entry: &str| format!("version: 1\nimages:\n  nginx:1: {entry}\n");
    for (text, expected) in [
        (
            "",
            "kubelint.lock:1:1: the lock file is empty: `kubelint lock` writes it",
        ),
        (
            "version: 2\nimages: {}\n",
            "kubelint.lock:1:10: this version of the lock file is newer than this kubelint",
        ),
        (
            "version: 1\nimage: {}\n",
            "kubelint.lock:1:1: the key `images` is missing\nkubelint.lock:2:1: unknown key `image`; did you mean `images`?",
        ),
        (
            "version: 1\nimages:\n  Nginx: {missing: tag}\n",
            "kubelint.lock:3:3: `Nginx` is no image reference",
        ),
        (
            &image("{missing: tags}"),
            "kubelint.lock:3:22: `missing`: `tags` is none of tag, repository; did you mean `tag`?",
        ),
        (
            &image("{digest: sha256:12}"),
            "kubelint.lock:3:21: `digest`: `sha256:12` is no digest",
        ),
        (
            &image("{}"),
            "kubelint.lock:3:3: `nginx:1`: one of `digest`, `missing` and `denied: true` is meant here",
        ),
        (
            &image("{missing: tag, denied: true}"),
            "kubelint.lock:3:3: `nginx:1`: one of `digest`, `missing` and `denied: true` is meant here",
        ),
        (
            &image(&format!("{{digest: {DIGEST}, platforms: [linux]}}")),
            "kubelint.lock:3:106: `platforms`: a platform as `linux/arm64` is meant here",
        ),
        (
            &image("{denied: true}\n  docker.io/nginx:1: {denied: true}"),
            "kubelint.lock:4:3: `docker.io/nginx:1` is here twice, written in two ways",
        ),
    ] {
        assert_eq!(read_text(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn hostile_files_are_refused() {
    for text in [
        "[".repeat(100_000),
        format!("version: 1\nimages: {}", "{a: ".repeat(50_000)),
        "a: &a [*a, *a]\n".repeat(1000),
        "\0\u{feff}---\n".to_owned(),
    ] {
        assert!(read_text(&text).is_err());
    }
}

#[test]
fn what_nobody_would_review_is_not_written() {
    let config = ImageConfig {
        command: vec!["x".repeat(1 << 20)],
        environment: vec![("TOKEN".to_owned(), "hunter2".to_owned())],
        ..ImageConfig::default()
    };
    let of = |config| BTreeMap::from([("docker.io/a/b:1".to_owned(), found(Some(config)))]);
    assert!(!to_yaml(&of(config.clone())).contains("user"));
    let small = ImageConfig {
        command: Vec::new(),
        ..config
    };
    let text = to_yaml(&of(small));
    assert!(text.contains("user") && !text.contains("hunter2"), "{text}");
}

#[test]
fn what_servers_make_up_is_not_written() {
    let facts = |digest: &str| ImageFacts {
        digest: digest.to_owned(),
        platforms: vec![Platform {
            os: "linux: [".to_owned(),
            architecture: "\u{1b}".to_owned(),
            variant: Some(String::new()),
        }],
        config: Some(ImageConfig {
            user: "a\u{0}\u{85}\u{2028}\u{feff}\u{1f600}b".to_owned(),
            ..ImageConfig::default()
        }),
    };
    let tags = Tags {
        nearest: texts(&["1.0", "\n  evil: x", "a b"]),
        newest: Some("9".to_owned()),
        is_complete: false,
    };
    let images = BTreeMap::from([
        (
            "docker.io/a/a:1".to_owned(),
            ImageAnswer::Found(Box::new(facts(DIGEST))),
        ),
        (
            "docker.io/a/b:1".to_owned(),
            ImageAnswer::Found(Box::new(facts("x: y"))),
        ),
        ("docker.io/a/c:1".to_owned(), ImageAnswer::NoTag(tags)),
    ]);
    let text = to_yaml(&images);
    assert!(text.is_ascii(), "{text}");
    let read = read_text(&text).unwrap();
    let kept = |image: &str| kept(&images[image]);
    assert_eq!(
        read.get("docker.io/a/a:1"),
        kept("docker.io/a/a:1").as_ref()
    );
    assert_eq!(read.get("docker.io/a/b:1"), None);
    let only = Tags {
        nearest: texts(&["1.0"]),
        newest: None,
        is_complete: true,
    };
    assert_eq!(read["docker.io/a/c:1"], ImageAnswer::NoTag(only));
}

#[test]
fn differences_are_told() {
    let none = ImageAnswer::NoRepository;
    let other = match found(None) {
        ImageAnswer::Found(facts) => ImageAnswer::Found(Box::new(ImageFacts {
            digest: DIGEST.replace('0', "1"),
            ..*facts
        })),
        it => it,
    };
    let map = |entries: &[(&str, &ImageAnswer)]| -> BTreeMap<String, ImageAnswer> {
        let entries = entries.iter();
        entries
            .map(|(it, answer)| (ImageRef::parse(it).unwrap().full(), (*answer).clone()))
            .collect()
    };
    let tags = |newest: &str| {
        ImageAnswer::NoTag(Tags {
            newest: Some(newest.to_owned()),
            ..Tags::default()
        })
    };
    let (is, was) = (tags("2"), tags("1"));
    let locked = map(&[
        ("a", &found(None)),
        ("b", &found(None)),
        ("c", &none),
        ("d", &found(None)),
        ("e", &found(None)),
        ("g", &was),
    ]);
    let now = map(&[
        ("a", &found(None)),
        ("b", &other),
        ("c", &found(None)),
        ("d", &none),
        ("f", &found(None)),
        ("g", &is),
    ]);
    let told: Vec<String> = differences(&locked, &now)
        .iter()
        .map(ToString::to_string)
        .collect();
    let moved = format!(
        "`b:latest` was {DIGEST} and is {}",
        DIGEST.replace('0', "1")
    );
    assert_eq!(
        told,
        [
            moved.as_str(),
            "`c:latest` was not there and is now",
            "`d:latest` was there and is not now",
            "`e:latest` is locked, and nothing runs it",
            "`f:latest` is not locked",
        ]
    );
}
