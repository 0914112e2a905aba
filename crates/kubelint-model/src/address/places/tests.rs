use std::fmt::Write as _;

use kubelint_parser::source::{MemorySources, Sources};

use super::*;
use crate::{DeploymentGraph, Known, Needs, Targets};

/// What is found, a line each: name, key, scheme, host, port, what is written at the place and at the port's.
fn check(text: &str, expected: &str) {
    let sources = MemorySources::new([("a.yaml", text)]);
    let targets = Targets::of(sources.list());
    let (known, needs) = (Known::default(), Needs::default());
    let graph = DeploymentGraph::read(&sources, targets, Vec::new(), &known, needs);
    let mut shown = String::new();
    let all = graph.resources.iter();
    let all = all.flat_map(|it| {
        mentions(&graph, it)
            .into_iter()
            .map(move |mention| (it, mention))
    });
    for (resource, mention) in all {
        assert_eq!(mention.field, graph.path_at(resource, mention.place));
        let key = mention.key.as_deref().unwrap_or("-");
        let scheme = mention.scheme.as_deref().unwrap_or("-");
        let place = mention.place.of(text);
        let port = match mention.port {
            Port::Number(number, range) => format!("{number} at {:?}", range.of(text)),
            port => format!("{port:?}"),
        };
        let hidden = if mention.is_hidden { " hidden" } else { "" };
        let (name, host) = (mention.name, mention.host);
        let _ = writeln!(
            shown,
            "{name} {key} {scheme} {host} at {place:?}, {port}{hidden}"
        );
    }
    assert_eq!(shown.trim_end(), expected.trim(), "{text}");
}

#[test]
fn variables_and_arguments() {
    let pod = |container: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: c\n    image: i\n    {container}\n"
        )
    };
    check(
        &pod("env: [{name: A_URL, value: \"http://A:80/x\"}]"),
        "A_URL - http a at \"A:80\", 80 at \"80\"",
    );
    check(
        &pod("env: [{name: DB_HOST, value: db}, {name: DB_PORT, value: '5432'}]"),
        "DB_HOST - - db at \"db\", 5432 at \"'5432'\"",
    );
    check(&pod("env: [{name: X, value: db}]"), "");
    check(&pod("env: [{name: X_HOST, value: 5}]"), "");
    check(
        &pod("args: [--to, \"http://a:80\", --x=b:8080, c:8080]"),
        "--to - http a at \"a:80\", 80 at \"80\"\n\
         \u{20}--x - b at \"b:8080\", 8080 at \"8080\"\n\
         \u{20}- - c at \"c:8080\", 8080 at \"8080\"",
    );
    check(
        &pod("command: [sh, -c, \"wait # x\\ncurl http://a:80/\\n\"]"),
        "-c curl http a at \"a:80\", 80 at \"80\"",
    );
}

#[test]
fn texts_of_config_maps() {
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  app.yml: |\n    db:\n      url: jdbc:mysql://db:3306/x\n    # see http://old:1\n  B: >-\n    http://b:\n    80\n  C: 'it''s http://c:81'\n",
        "app.yml url mysql db at \"db:3306\", 3306 at \"3306\"\n\
         app.yml see http old at \"old:1\", 1 at \"1\"\n\
         B - http b at \"b\", Absent\n\
         C - http c at \"c:81\", 81 at \"81\"",
    );
}

#[test]
fn secrets_are_read_and_hidden() {
    // postgres://app:pw@localhost:5432/x
    check(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  URL: cG9zdGdyZXM6Ly9hcHA6cHdAbG9jYWxob3N0OjU0MzIveA==\n  BIN: /w==\n  NO: '%'\nstringData:\n  A: http://a:80\n",
        "URL - postgres localhost at \"cG9zdGdyZXM6Ly9hcHA6cHdAbG9jYWxob3N0OjU0MzIveA==\", 5432 at \"cG9zdGdyZXM6Ly9hcHA6cHdAbG9jYWxob3N0OjU0MzIveA==\" hidden\n\
         A - http a at \"a:80\", 80 at \"80\" hidden",
    );
}
