//! The client against registries that behave, and against such that do not.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

mod stub;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kubelint_model::registry::{ImageAnswer, ImageFacts, Tags, Unchecked};
use kubelint_oci::{Client, Credentials, Endpoint, Options};
use stub::{Answer, Asked, End, Stub, digest, image, registry};

const CONFIG: &str = r#"{"os": "linux", "architecture": "amd64", "created": "2026-01-02T03:04:05Z", "config": {
    "User": "1000:1000", "ExposedPorts": {"8080/tcp": {}, "9090/tcp": {}}, "Entrypoint": ["/bin/api"], "Cmd": ["--serve"],
    "Env": ["PORT=8080", "EMPTY="], "WorkingDir": "/app"}}"#;

fn endpoint(host: &str) -> Endpoint {
    Endpoint::parse(host).unwrap()
}

/// How a stub answers.
type AnswerOf = Box<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// Options that let the client talk to `stubs`, and to nothing else of this machine.
fn to(stubs: &[&Stub]) -> Options {
    Options {
        insecure: stubs.iter().map(|it| endpoint(&it.host())).collect(),
        uses_proxy: false,
        ..Options::default()
    }
}

fn ask(options: Options, image: &str) -> ImageAnswer {
    let images = BTreeSet::from([image.to_owned()]);
    let answers = Client::new(options).ask(&images, &|_| ());
    answers[image].clone()
}

fn found(answer: ImageAnswer) -> ImageFacts {
    match answer {
        ImageAnswer::Found(facts) => *facts,
        other => panic!("{other:?}"),
    }
}

fn credentials(text: &str) -> Credentials {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, text).unwrap();
    Credentials::from_files([path])
}

#[test]
fn an_image_is_told_whole() {
    let stub = Stub::new(registry(&["1.0.0"], CONFIG));
    let facts = found(ask(
        to(&[&stub]),
        &format!("{}/team/api:1.0.0", stub.host()),
    ));
    let platforms: Vec<String> = facts.platforms.iter().map(ToString::to_string).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64/v8"]);
    assert_eq!(facts.digest, image(CONFIG).last().unwrap().0);
    let config = facts.config.unwrap();
    assert_eq!(config.user, "1000:1000");
    assert_eq!(config.exposed_ports, ["8080/tcp", "9090/tcp"]);
    assert_eq!(config.entrypoint, ["/bin/api"]);
    assert_eq!(config.command, ["--serve"]);
    assert_eq!(config.environment[1], ("EMPTY".to_owned(), String::new()));
    assert_eq!(config.working_folder, "/app");
    assert_eq!(config.created.as_deref(), Some("2026-01-02T03:04:05Z"));
}

#[test]
fn an_image_is_found_by_its_digest_and_one_for_one_platform() {
    let stub = Stub::new(registry(&[], CONFIG));
    let all = image(CONFIG);
    let (manifest, _) = &all[1];
    let facts = found(ask(
        to(&[&stub]),
        &format!("{}/team/api@{manifest}", stub.host()),
    ));
    assert_eq!(facts.digest, *manifest);
    assert_eq!(facts.platforms.len(), 1);
    let other = digest(b"other");
    let answer = ask(to(&[&stub]), &format!("{}/team/api@{other}", stub.host()));
    assert_eq!(answer, ImageAnswer::NoTag(Tags::default()));
}

#[test]
fn a_tag_that_is_not_there_has_near_ones() {
    let stub = Stub::new(registry(&["1.0.0"], CONFIG));
    let answer = ask(to(&[&stub]), &format!("{}/team/api:2.0.0", stub.host()));
    let expected = Tags {
        nearest: vec!["1.0.0".to_owned()],
        newest: Some("1.0.0".to_owned()),
        is_complete: true,
    };
    assert_eq!(answer, ImageAnswer::NoTag(expected));
    let answer = ask(to(&[&stub]), &format!("{}/team/web:1.0.0", stub.host()));
    assert_eq!(answer, ImageAnswer::NoRepository);
}

#[test]
fn pages_of_tags_are_followed_to_their_end() {
    let stub = Stub::new(|asked: &Asked| {
        let Some((_, query)) = asked.path.split_once("tags/list?") else {
            return Answer::new(404, r#"{"errors": [{"code": "MANIFEST_UNKNOWN"}]}"#);
        };
        let last = query.split('&').find_map(|it| it.strip_prefix("last="));
        let next: u32 = last.map_or(0, |it| it.parse().unwrap()) + 1;
        let answer = Answer::new(200, format!("{{\"tags\": [\"1.{next}.0\"]}}"));
        if next == 5 {
            return answer;
        }
        answer.with(
            "Link",
            format!("</v2/team/api/tags/list?n=1&last={next}>; rel=\"next\""),
        )
    });
    let answer = ask(to(&[&stub]), &format!("{}/team/api:2.0.0", stub.host()));
    let ImageAnswer::NoTag(tags) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(tags.newest.as_deref(), Some("1.5.0"));
    assert!(tags.is_complete);
}

#[test]
fn pages_of_tags_without_an_end_are_left() {
    let other = Stub::new(|_: &Asked| Answer::new(200, "{}"));
    let elsewhere = format!("<http://{}/v2/x/tags/list>; rel=\"next\"", other.host());
    for next in [
        "</v2/team/api/tags/list?again>; rel=\"next\"".to_owned(),
        elsewhere,
    ] {
        let stub = Stub::new(move |asked: &Asked| {
            if asked.path.contains("/tags/") {
                return Answer::new(200, r#"{"tags": ["a"]}"#).with("Link", next.clone());
            }
            Answer::new(404, "{}")
        });
        let answer = ask(to(&[&stub, &other]), &format!("{}/team/api:b", stub.host()));
        assert!(
            matches!(&answer, ImageAnswer::NoTag(it) if !it.is_complete),
            "{answer:?}"
        );
        assert!(stub.asked().len() < 40);
    }
    assert!(other.asked().is_empty());
}

/// A registry that wants a token, which `realm` gives.
fn guarded(realm: &str) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    let behind = registry(&["1"], CONFIG);
    let challenge =
        format!("Bearer realm=\"{realm}\",service=\"stub\",scope=\"repository:team/api:pull\"");
    move |asked| match asked.header("authorization") {
        Some("Bearer good") => behind(asked),
        _ => Answer::new(401, "{}").with("WWW-Authenticate", challenge.clone()),
    }
}

#[test]
fn tokens_are_got_as_nobody_by_password_and_by_identity() {
    let realm = Stub::new(|asked: &Asked| {
        let is_known = match asked.method.as_str() {
            "GET" => asked
                .header("authorization")
                .is_none_or(|it| it == "Basic bWU6cHc="),
            _ => {
                asked.body.contains("grant_type=refresh_token")
                    && asked.body.contains("refresh_token=re%2Ffresh")
            }
        };
        if is_known {
            Answer::new(200, r#"{"access_token": "good", "expires_in": 300}"#)
        } else {
            Answer::new(401, "{}")
        }
    });
    let stub = Stub::new(guarded(&format!("http://{}/token", realm.host())));
    let host = stub.host();
    let image = format!("{host}/team/api:1");
    for entry in [
        None,
        Some(r#"{"auth": "bWU6cHc="}"#),
        Some(r#"{"identitytoken": "re/fresh"}"#),
    ] {
        let options = Options {
            credentials: entry.map_or_else(Credentials::default, |it| {
                credentials(&format!("{{\"auths\": {{\"{host}\": {it}}}}}"))
            }),
            ..to(&[&stub, &realm])
        };
        found(ask(options, &image));
    }
    let first = &realm.asked()[0];
    assert_eq!(
        first.path,
        "/token?scope=repository%3Ateam%2Fapi%3Apull&service=stub"
    );
    assert_eq!(realm.asked().len(), 3, "a token is kept");
    let wrong = Options {
        credentials: credentials(&format!(
            "{{\"auths\": {{\"{host}\": {{\"auth\": \"bWU6eA==\"}}}}}}"
        )),
        ..to(&[&stub, &realm])
    };
    assert_eq!(
        ask(wrong, &image),
        ImageAnswer::Denied {
            has_credentials: true
        }
    );
}

#[test]
fn a_password_is_shown_where_it_belongs_and_nowhere_else() {
    let elsewhere = Stub::new(registry(&["1"], CONFIG));
    let to_elsewhere = format!("http://{}", elsewhere.host());
    let stub = Stub::new(move |asked: &Asked| match asked.header("authorization") {
        Some("Basic bWU6cHc=") => {
            Answer::new(307, "").with("Location", format!("{to_elsewhere}{}", asked.path))
        }
        _ => Answer::new(401, "{}").with("WWW-Authenticate", "Basic realm=\"x\""),
    });
    let host = stub.host();
    let text = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"bWU6cHc=\"}}}}}}");
    let options = Options {
        credentials: credentials(&text),
        ..to(&[&stub, &elsewhere])
    };
    found(ask(options, &format!("{host}/team/api:1")));
    assert!(!elsewhere.asked().is_empty());
    assert!(
        elsewhere
            .asked()
            .iter()
            .all(|it| it.header("authorization").is_none())
    );
    // Another registry is shown nothing, whatever it asks for.
    let options = Options {
        credentials: credentials(&text),
        ..to(&[&stub])
    };
    let other = format!("localhost:{}", stub.address.port());
    let options = Options {
        insecure: vec![endpoint(&other)],
        ..options
    };
    let before = stub.asked().len();
    let answer = ask(options, &format!("{other}/team/api:1"));
    assert_eq!(
        answer,
        ImageAnswer::Denied {
            has_credentials: false
        }
    );
    assert!(
        stub.asked()[before..]
            .iter()
            .all(|it| it.header("authorization").is_none())
    );
}

#[test]
fn denied_rate_limited_and_broken_are_told_apart() {
    let check = |answer: Answer, expected: fn(&ImageAnswer) -> bool| {
        let stub = Stub::new(move |_: &Asked| answer.clone());
        let answer = ask(to(&[&stub]), &format!("{}/team/api:1", stub.host()));
        assert!(expected(&answer), "{answer:?}");
    };
    check(Answer::new(403, "{}"), |it| {
        *it == ImageAnswer::Denied {
            has_credentials: false,
        }
    });
    let limited = Answer::new(429, "{}").with("Retry-After", "30");
    check(limited, |it| {
        *it == ImageAnswer::Unchecked(Unchecked::RateLimited(Some(30)))
    });
    check(Answer::new(503, "{}"), |it| {
        matches!(it, ImageAnswer::Unchecked(Unchecked::Unreachable(_)))
    });
    check(Answer::new(418, "{}"), |it| {
        matches!(it, ImageAnswer::Unchecked(Unchecked::Invalid(_)))
    });
    check(Answer::new(404, "<html>"), |it| {
        matches!(it, ImageAnswer::Unchecked(Unchecked::Invalid(_)))
    });
    check(Answer::new(200, "{nonsense"), |it| {
        matches!(it, ImageAnswer::Unchecked(Unchecked::Invalid(_)))
    });
    check(Answer::new(200, "{}"), |it| {
        matches!(it, ImageAnswer::Unchecked(Unchecked::Invalid(_)))
    });
    check(Answer::new(302, "").with("Location", "/again"), |it| {
        matches!(it, ImageAnswer::Unchecked(Unchecked::Invalid(_)))
    });
    let nothing = Answer {
        end: End::Nothing,
        ..Answer::default()
    };
    check(nothing, |it| matches!(it, ImageAnswer::Unchecked(_)));
}

#[test]
fn a_registry_that_limits_is_not_asked_again() {
    let stub = Stub::new(|_: &Asked| Answer::new(429, "{}"));
    let images: BTreeSet<String> = (0..40)
        .map(|it| format!("{}/team/api:{it}", stub.host()))
        .collect();
    let answers = Client::new(to(&[&stub])).ask(&images, &|_| ());
    assert_eq!(answers.len(), 40);
    let is_limited = |it: &ImageAnswer| *it == ImageAnswer::Unchecked(Unchecked::RateLimited(None));
    assert!(answers.values().all(is_limited));
    // As many as were under way when it said so.
    assert!(stub.asked().len() <= 8, "{}", stub.asked().len());
}

#[test]
fn contents_that_are_not_what_their_digest_says_are_not_believed() {
    let contents = image(CONFIG);
    let (index, bytes) = contents[2].clone();
    let wrong = digest(b"wrong");
    for (header, body) in [(index, [&bytes[..], b" "].concat()), (wrong, bytes.clone())] {
        let stub = Stub::new(move |_: &Asked| {
            Answer::new(200, body.clone()).with("Docker-Content-Digest", header.clone())
        });
        let answer = ask(to(&[&stub]), &format!("{}/team/api:1", stub.host()));
        assert!(
            matches!(answer, ImageAnswer::Unchecked(Unchecked::Invalid(_))),
            "{answer:?}"
        );
    }
}

#[test]
fn slow_and_endless_answers_end() {
    for (end, is_expected) in [
        (
            End::Slow,
            (|it| *it == Unchecked::TimedOut) as fn(&Unchecked) -> bool,
        ),
        (End::Endless, |it| matches!(it, Unchecked::Invalid(_))),
    ] {
        let stub = Stub::new(move |_: &Asked| Answer {
            status: 200,
            end,
            ..Answer::default()
        });
        let options = Options {
            deadline: Duration::from_secs(2),
            ..to(&[&stub])
        };
        let begin = Instant::now();
        let answer = ask(options, &format!("{}/team/api:1", stub.host()));
        assert!(
            matches!(&answer, ImageAnswer::Unchecked(it) if is_expected(it)),
            "{answer:?}"
        );
        assert!(begin.elapsed() < Duration::from_mins(1), "it does not hang");
    }
}

#[test]
fn nobody_is_led_to_this_machine() {
    let inner = Stub::new(registry(&["1"], CONFIG));
    let port = inner.address.port();
    let nothing_allowed = || Options {
        uses_proxy: false,
        ..Options::default()
    };
    for host in [
        "127.0.0.1",
        "localhost",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "169.254.169.254",
    ] {
        let answer = ask(nothing_allowed(), &format!("{host}:{port}/team/api:1"));
        let is_refused = matches!(
            answer,
            ImageAnswer::Unchecked(Unchecked::Refused(_) | Unchecked::Invalid(_))
        );
        assert!(is_refused, "{host}: {answer:?}");
    }
    // What is never asked, not even if it is allowed.
    for host in ["169.254.169.254", "0.0.0.0", "100.100.100.200"] {
        let host = format!("{host}:{port}");
        let options = Options {
            insecure: vec![endpoint(&host)],
            ..nothing_allowed()
        };
        let answer = ask(options, &format!("{host}/team/api:1"));
        assert!(
            matches!(answer, ImageAnswer::Unchecked(Unchecked::Refused(_))),
            "{host}: {answer:?}"
        );
    }
    // By redirects, by realms of tokens, by blobs.
    let to_inner = format!("http://{}/v2/team/api/manifests/1", inner.host());
    let challenge = format!("Bearer realm=\"http://{}/token\"", inner.host());
    let contents = image(CONFIG);
    let redirect = to_inner.clone();
    let answers: [AnswerOf; 3] = [
        Box::new(move |_: &Asked| Answer::new(307, "").with("Location", to_inner.clone())),
        Box::new(move |_: &Asked| {
            Answer::new(401, "{}").with("WWW-Authenticate", challenge.clone())
        }),
        Box::new(move |asked: &Asked| {
            let name = asked.path.rsplit('/').next().unwrap();
            if asked.path.contains("/blobs/") {
                return Answer::new(307, "").with("Location", redirect.clone());
            }
            let found = contents
                .iter()
                .find(|it| it.0 == name)
                .unwrap_or(&contents[2]);
            Answer::new(200, found.1.clone()).with("Docker-Content-Digest", found.0.clone())
        }),
    ];
    let mut seen = Vec::new();
    for answer in answers {
        let stub = Stub::new(answer);
        seen.push(ask(to(&[&stub]), &format!("{}/team/api:1", stub.host())));
    }
    assert!(
        matches!(seen[0], ImageAnswer::Unchecked(Unchecked::Refused(_))),
        "{seen:?}"
    );
    assert!(
        matches!(seen[1], ImageAnswer::Unchecked(Unchecked::Refused(_))),
        "{seen:?}"
    );
    assert_eq!(found(seen.remove(2)).config, None);
    assert!(inner.asked().is_empty(), "{:?}", inner.asked());
}

#[test]
fn what_is_kept_is_not_asked_again() {
    let stub = Stub::new(registry(&["1", "2"], CONFIG));
    let folder = tempfile::tempdir().unwrap();
    let cached = || Options {
        cache: Some(PathBuf::from(folder.path())),
        ..to(&[&stub])
    };
    let image = |tag: &str| format!("{}/team/api:{tag}", stub.host());
    let first = ask(cached(), &image("1"));
    let asked = stub.asked().len();
    assert_eq!(ask(cached(), &image("1")), first);
    assert_eq!(stub.asked().len(), asked);
    // Another tag of the same content costs one question.
    assert_eq!(ask(cached(), &image("2")), first);
    assert_eq!(stub.asked().len(), asked + 1);
    let missing = ask(cached(), &image("3"));
    let asked = stub.asked().len();
    assert_eq!(ask(cached(), &image("3")), missing);
    assert_eq!(stub.asked().len(), asked);
}

#[test]
fn a_mirror_is_asked_first_and_the_registry_itself_for_what_it_lacks() {
    let mirror = Stub::new(registry(&["1"], CONFIG));
    let stub = Stub::new(registry(&["1", "2"], CONFIG));
    let options = || Options {
        mirrors: vec![(stub.host(), endpoint(&mirror.host()))],
        ..to(&[&stub, &mirror])
    };
    found(ask(options(), &format!("{}/team/api:1", stub.host())));
    assert!(stub.asked().is_empty());
    found(ask(options(), &format!("{}/team/api:2", stub.host())));
    assert!(!stub.asked().is_empty());
}
