//! Services of small projects.

use std::fmt::Write as _;

use kubelint_parser::source::{MemorySources, SourcePath};

use super::*;
use crate::{DeploymentGraph, Known, Needs, Targets};

fn graph(files: &[(&str, &str)]) -> DeploymentGraph {
    let sources = MemorySources::new(files.iter().copied());
    let targets: Vec<SourcePath> = files.iter().map(|it| SourcePath::new(it.0)).collect();
    let needs = Needs {
        images: true,
        ..Needs::default()
    };
    let known = Known::default();
    DeploymentGraph::read(&sources, Targets::of(&targets), Vec::new(), &known, needs)
}

/// The services, each on a line: `name (files): what it states`, in the order of [`Compose::services`].
fn shown(files: &[(&str, &str)]) -> String {
    let graph = graph(files);
    let lines = graph.compose.services.iter().map(|it| {
        let files = it.files.iter().map(|it| graph.file(*it).path.as_str());
        let files: Vec<&str> = files.collect();
        let mut parts = vec![format!("{} ({}):", it.name.value, files.join(" + "))];
        parts.extend(it.image.iter().map(|it| format!("image={}", it.value)));
        if let Some(build) = &it.build {
            let context = build.context.as_ref().map(|it| it.value.path.as_str());
            let dockerfile = build.dockerfile.as_ref().map(|it| it.value.as_str());
            let context = context.unwrap_or("-");
            parts.push(format!("build={context}:{}", dockerfile.unwrap_or("-")));
            parts.extend(build.args.iter().map(variable));
        }
        parts.extend(it.ports.iter().map(port));
        parts.extend(it.environment.iter().map(variable));
        parts.extend(it.env_files.iter().map(|it| {
            let optional = if it.required { "" } else { "?" };
            format!("env_file={}{optional}", it.path.path)
        }));
        parts.extend(
            it.entrypoint
                .iter()
                .map(|it| format!("entrypoint={:?}", it.value)),
        );
        parts.extend(
            it.command
                .iter()
                .map(|it| format!("command={:?}", it.value)),
        );
        parts.extend(it.health.iter().map(health));
        parts.extend(it.profiles.iter().map(|it| format!("profile={}", it.value)));
        parts.join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn variable(it: &Variable) -> String {
    match &it.value {
        Some(value) => format!("{}={value}", it.name),
        None => it.name.clone(),
    }
}

fn port(it: &Port) -> String {
    let range = |it: Option<(u16, u16)>| match it {
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}-{last}"),
        None => "?".to_owned(),
    };
    if it.is_internal {
        return format!("[{}]", range(it.target));
    }
    let ip = it
        .host_ip
        .as_ref()
        .map_or(String::new(), |it| format!("{it}@"));
    format!(
        "{ip}{}->{}/{}",
        range(it.published),
        range(it.target),
        it.protocol
    )
}

fn health(it: &Health) -> String {
    let test = it.test.as_ref().map(|it| format!("{:?}", it.value));
    let start = it.start_period.as_ref().map(|it| it.value.as_secs());
    let interval = it.interval.as_ref().map(|it| it.value.as_secs());
    let retries = it.retries.as_ref().map(|it| it.value);
    let disabled = it.disabled.as_ref().is_some_and(|it| it.value);
    format!(
        "health={} {start:?} {interval:?} {retries:?} {disabled}",
        test.unwrap_or_default()
    )
}

fn of_file(text: &str) -> String {
    shown(&[("compose.yaml", text)])
}

#[test]
fn ports() {
    for (written, expected) in [
        ("'80'", "?->80/tcp"),
        ("80", "?->80/tcp"),
        ("8080:80", "8080->80/tcp"),
        ("127.0.0.1:8080:80/udp", "127.0.0.1@8080->80/udp"),
        ("'[::1]:8080:80'", "::1@8080->80/tcp"),
        ("127.0.0.1::80", "127.0.0.1@?->80/tcp"),
        ("9090-9091:8080-8081", "9090-9091->8080-8081/tcp"),
        ("'${PORT:-8080}:${TARGET}'", "8080->?/tcp"),
        ("'$PORT:80'", "?->80/tcp"),
        (
            "{target: 80, published: '8080', host_ip: 127.0.0.1, protocol: udp}",
            "127.0.0.1@8080->80/udp",
        ),
        ("{target: 80}", "?->80/tcp"),
        ("{published: 80}", ""),
        ("web", ""),
        ("9-1", ""),
        ("99999", ""),
    ] {
        let found = of_file(&format!("services:\n  a:\n    ports:\n    - {written}\n"));
        let found = found.strip_prefix("a (compose.yaml):").unwrap_or(&found);
        assert_eq!(found.trim_start(), expected, "{written}");
    }
    let internal = "services: {a: {expose: ['80', 90-91/udp], ports: [80:80]}}\n";
    assert_eq!(
        of_file(internal),
        "a (compose.yaml): 80->80/tcp [80] [90-91]"
    );
}

#[test]
fn variables_and_commands() {
    let maps = "services:\n  a:\n    environment: {A: 1, B: , C: '${X:-y}', $D: true}\n    env_file: .env.a\n    command: run --port ${PORT:-80}\n    entrypoint: [a, $$b]\n    profiles: [debug]\n";
    assert_eq!(
        of_file(maps),
        "a (compose.yaml): A=1 B C=y $D=true env_file=.env.a entrypoint=Words([\"a\", \"$b\"]) command=Text(\"run --port 80\") profile=debug"
    );
    let lists = "services:\n  a:\n    environment: [A=1, B, C=x=y]\n    env_file: [a.env, {path: ../b.env, required: false}]\n";
    assert_eq!(
        shown(&[("app/compose.yaml", lists)]),
        "a (app/compose.yaml): A=1 B C=x=y env_file=app/a.env env_file=b.env?"
    );
}

#[test]
fn health_checks() {
    for (written, expected) in [
        (
            "{test: [CMD, curl, 'http://localhost'], interval: 1m30s, start_period: 40s, retries: 3}",
            "health=Words([\"curl\", \"http://localhost\"]) Some(40) Some(90) Some(3) false",
        ),
        (
            "{test: [CMD-SHELL, 'curl x || exit 1']}",
            "health=Text(\"curl x || exit 1\") None None None false",
        ),
        (
            "{test: curl x, start_period: '${S}'}",
            "health=Text(\"curl x\") None None None false",
        ),
        ("{test: [NONE]}", "health= None None None true"),
        ("{disable: true}", "health= None None None true"),
    ] {
        let found = of_file(&format!("services:\n  a:\n    healthcheck: {written}\n"));
        assert_eq!(found, format!("a (compose.yaml): {expected}"), "{written}");
    }
}

#[test]
fn anchors_and_variables_beside() {
    let text = "x-all: &all\n  environment: &env {A: 1}\n  expose: [80]\nservices:\n  a:\n    <<: *all\n    image: ${R}/a:${T:-1}\n  b:\n    environment: {<<: *env, B: 2}\n";
    let expected = |image: &str| {
        format!("a (compose.yaml): image={image} [80] A=1\nb (compose.yaml): A=1 B=2")
    };
    assert_eq!(of_file(text), expected("*/a:1"));
    let env = (".env", "R=ghcr.io/shop\nT=2\n");
    assert_eq!(
        shown(&[("compose.yaml", text), env]),
        expected("ghcr.io/shop/a:2")
    );
    let elsewhere = ("other/.env", env.1);
    assert_eq!(
        shown(&[("compose.yaml", text), elsewhere]),
        expected("*/a:1")
    );
}

#[test]
fn overrides() {
    let base = "services:\n  a:\n    build: {context: api, args: {V: 1, W: 1}}\n    ports: [80:80]\n    environment: [A=1, B=1]\n    command: [x]\n    healthcheck: {test: [CMD, x], start_period: 5s}\n  b: {image: b}\n";
    let over = "services:\n  a:\n    build: {dockerfile: D.dev, args: [V=2]}\n    ports: [81:80, 80:80]\n    environment: {B: 2, C: 2}\n    command: [y]\n    healthcheck: {start_period: 9s}\n  c: {image: c}\n";
    let merged = "a (docker-compose.yml + docker-compose.override.yml): build=api:D.dev V=2 W=1 80->80/tcp 81->80/tcp A=1 B=2 C=2 command=Words([\"y\"]) health=Words([\"x\"]) Some(9) None None false";
    let found = shown(&[
        ("docker-compose.yml", base),
        ("docker-compose.override.yml", over),
    ]);
    let b = "b (docker-compose.yml): image=b";
    let c = "c (docker-compose.override.yml): image=c";
    assert_eq!(found, format!("{merged}\n{c}\n{b}"));
    // Tags of compose's own take away what is below.
    let tagged = "services:\n  a:\n    ports: !override [9:9]\n    environment: !reset []\n    build: !reset null\n    command: !reset null\n    healthcheck: !reset {}\n";
    let found = shown(&[
        ("docker-compose.yml", base),
        ("docker-compose.override.yml", tagged),
    ]);
    let head = "a (docker-compose.yml + docker-compose.override.yml): 9->9/tcp";
    assert_eq!(found, format!("{head}\n{b}"));
    // A file of another name is laid over it only if it makes no sense alone.
    let alone = "services:\n  a: {build: {context: other}}\n";
    let found = shown(&[
        ("docker-compose.yml", base),
        ("docker-compose.dev.yml", alone),
    ]);
    assert!(
        found.starts_with("a (docker-compose.dev.yml): build=other:-\na (docker-compose.yml):"),
        "{found}"
    );
    let overlay = "services:\n  a: {environment: [A=3]}\n";
    let found = shown(&[
        ("docker-compose.yml", base),
        ("docker-compose.dev.yml", overlay),
    ]);
    assert!(found.contains("a (docker-compose.yml + docker-compose.dev.yml): build=api:- V=1 W=1 80->80/tcp A=3 B=1"), "{found}");
}

#[test]
fn services_that_extend_others() {
    let text = "services:\n  a:\n    extends: {file: common/base.yml, service: base}\n    environment: [A=1]\n  b: {extends: a}\n  c: {extends: {service: c}}\n  d: {extends: nobody, image: d}\n";
    let common = "services:\n  base:\n    build: ./api\n    environment: [A=0, B=0]\n";
    let found = shown(&[("compose.yaml", text), ("common/base.yml", common)]);
    let lines: Vec<&str> = found.lines().collect();
    assert!(
        lines.contains(&"a (common/base.yml + compose.yaml): build=common/api:- A=1 B=0"),
        "{found}"
    );
    assert!(
        lines.contains(
            &"b (common/base.yml + compose.yaml + compose.yaml): build=common/api:- A=1 B=0"
        ),
        "{found}"
    );
    assert!(lines.contains(&"d (compose.yaml): image=d"), "{found}");
}

#[test]
fn included_files() {
    let text =
        "include:\n- parts/db.yml\n- path: [parts/api.yml, x.yml]\nservices: {a: {image: a}}\n";
    let part = |name: &str| format!("services: {{{name}: {{image: {name}}}}}\n");
    let found = shown(&[
        ("compose.yaml", text),
        ("parts/api.yml", &part("api")),
        ("parts/db.yml", &part("db")),
        ("parts/other.yml", &part("other")),
    ]);
    assert_eq!(
        found,
        "a (compose.yaml): image=a\napi (parts/api.yml): image=api\ndb (parts/db.yml): image=db"
    );
}

#[test]
fn builds() {
    let base = "services:\n  a:\n    image: shop/a:1\n    build: {context: api, target: prod}\n";
    let over = "services:\n  a:\n    image: shop/a:dev\n    build: {dockerfile: D.dev}\n";
    let graph = graph(&[
        ("docker-compose.yml", base),
        ("docker-compose.override.yml", over),
        (
            "docker-compose.debug.yml",
            "services:\n  a: {environment: [A=1]}\n",
        ),
    ]);
    let steps = graph.commands.builds.iter().map(|it| {
        let names: Vec<&str> = it.names.iter().map(|it| it.text.as_str()).collect();
        let dockerfile = it.dockerfile.as_ref().map(|it| it.path.as_str());
        let target = it.target.as_ref().map(|it| it.text.as_str());
        let services = graph.compose.of_step(it).count();
        format!(
            "{} {} {dockerfile:?} {target:?} {services}",
            names.join(","),
            it.context.path
        )
    });
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            "shop/a:dev api Some(\"api/D.dev\") Some(\"prod\") 1",
            "shop/a:1 api None Some(\"prod\") 2",
        ]
    );
    // All places are in the step's own file.
    for step in &graph.commands.builds {
        let length = graph.sources.get(graph.file(step.file).source).text().len() as u32;
        assert!(step.context.range.end <= length && step.range.end <= length);
    }
}

#[test]
fn nothing_is_copied_without_end() {
    let mut text = "services:\n  base:\n    environment:\n".to_owned();
    for number in 0..1000 {
        let _ = writeln!(text, "    - V{number}");
    }
    for number in 0..1000 {
        let _ = writeln!(text, "  s{number}: {{extends: base}}");
    }
    text += "  loop: {extends: pool}\n  pool: {extends: loop}\n";
    let graph = graph(&[("compose.yaml", &text)]);
    let all: usize = graph
        .compose
        .services
        .iter()
        .map(|it| it.environment.len())
        .sum();
    assert!(
        graph.compose.services.len() == 1003 && all <= 202_000,
        "{all}"
    );
}
