//! Where addresses in texts lead, in small repositories.

use std::fmt::Write as _;

use kubelint_model::link::{Destination, PartOutcome};
use kubelint_model::{DeploymentGraph, Known, Needs, Targets};
use kubelint_parser::source::{MemorySources, Sources};

fn graph(files: &[(&str, &str)]) -> DeploymentGraph {
    let sources = MemorySources::new(files.iter().copied());
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let targets = Targets::of(sources.list());
    DeploymentGraph::read(&sources, targets, Vec::new(), &Known::default(), needs)
}

/// Checks where the addresses of `files` lead, a line each.
fn check(files: &[(&str, &str)], expected: &str) {
    let graph = graph(files);
    let name = |id| graph.resource(id).name.as_deref().unwrap_or("-");
    let mut shown = String::new();
    for link in &graph.links.addresses {
        let host = &link.mention.host;
        let leads = match &link.destination {
            Destination::Loopback { named } => {
                let named: Vec<&str> = named.iter().map(|it| name(*it)).collect();
                format!("loopback [{}]", named.join(" "))
            }
            Destination::Other => "other".to_owned(),
            Destination::External(_) => "external".to_owned(),
            Destination::Missing(it) => {
                let near: Vec<&str> = it.missing.near.iter().map(|it| name(*it)).collect();
                let there = it.missing.other_namespace.iter().map(|it| name(*it));
                let there: Vec<&str> = there.collect();
                let namespace = it.namespace.map_or("-", |it| name(it.1));
                let (near, there) = (near.join(" "), there.join(" "));
                format!("missing, near [{near}], elsewhere [{there}], namespace {namespace}")
            }
            Destination::Service {
                ring,
                candidates,
                is_pod,
                port,
                ..
            } => {
                let port = match (link.port, port) {
                    (None, _) => "no port",
                    (_, PartOutcome::Present(_)) => "port",
                    (_, PartOutcome::Absent) => "wrong port",
                    (_, PartOutcome::Unknown) => "any port",
                };
                let pod = if *is_pod { " pod of" } else { "" };
                let names: Vec<&str> = candidates.iter().map(|it| name(*it)).collect();
                format!("{}{pod} {}, {port}", ring.as_str(), names.join(" "))
            }
        };
        let _ = writeln!(shown, "{host}: {leads}");
    }
    assert_eq!(shown.trim_end(), expected.trim(), "{files:?}");
}

/// A ConfigMap with a file that lists `addresses`.
fn config(addresses: &str) -> String {
    let lines = addresses.split(' ').map(|it| format!("    {it}\n"));
    let lines: String = lines.collect();
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: shop}}\ndata:\n  list.txt: |\n{lines}    end\n"
    )
}

fn service(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{ports: [{{port: 80}}, {{port: 443}}]{spec}}}\n"
    )
}

#[test]
fn services_and_their_ports() {
    let text = config(
        "http://api http://api:80/ api:8080 http://api.shop:443 http://api.shop.svc:81 https://api.shop.svc.cluster.local http://api:${PORT}/ db:8080",
    ) + &service("api", "");
    check(
        &[("a.yaml", &text)],
        "api: file api, port\n\
         api: file api, port\n\
         api: file api, wrong port\n\
         api.shop: file api, port\n\
         api.shop.svc: file api, wrong port\n\
         api.shop.svc.cluster.local: file api, port\n\
         api: file api, no port",
    );
}

#[test]
fn headless_and_external_ones_have_any_port() {
    let text = config(
        "http://db-0.db:81 http://db:81 http://db-0.db.shop.svc:81 http://www:81 db-0.api:81",
    ) + &service("db", ", clusterIP: None")
        + &service("www", ", type: ExternalName, externalName: www.example.com")
        + &service("api", "");
    check(
        &[("a.yaml", &text)],
        "db-0.db: file pod of db, any port\n\
         db: file db, any port\n\
         db-0.db.shop.svc: file pod of db, any port\n\
         www: file www, any port",
    );
}

#[test]
fn namespaces() {
    let other = "---\napiVersion: v1\nkind: Service\nmetadata: {name: orders, namespace: back}\nspec: {ports: [{port: 80}]}\n";
    let text = config(
        "http://orders http://orders.back http://orders.back.svc http://ordres.back.svc http://x.unknown.svc http://orders.example http://kubernetes.default.svc http://${X}.back.svc",
    ) + other;
    check(
        &[("a.yaml", &text)],
        "orders: missing, near [], elsewhere [orders], namespace -\n\
         orders.back: file orders, port\n\
         orders.back.svc: file orders, port\n\
         ordres.back.svc: missing, near [orders], elsewhere [], namespace orders\n\
         x.unknown.svc: missing, near [], elsewhere [], namespace -\n\
         kubernetes.default.svc: external",
    );
}

#[test]
fn near_misses_of_bare_names() {
    let text =
        config("http://paymnets:80 http://payments-service:80 http://unlike:80 localhost:80")
            + &service("payments", "");
    check(
        &[("a.yaml", &text)],
        "paymnets: missing, near [payments], elsewhere [], namespace -\n\
         payments-service: missing, near [payments], elsewhere [], namespace -\n\
         localhost: loopback []",
    );
}

#[test]
fn names_in_the_pods_own_hosts_file() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostAliases: [{ip: 10.0.0.1, hostnames: [paymnets]}]\n  containers: [{name: a, image: b, env: [{name: URL, value: 'http://paymnets'}]}]\n";
    let text = pod.to_owned() + &service("payments", "");
    check(&[("a.yaml", &text)], "paymnets: other");
}

#[test]
fn objects_that_a_kustomization_moves() {
    let kustomization = "namespace: shop\nresources: [a.yaml]\n";
    let other = "---\napiVersion: v1\nkind: Service\nmetadata: {name: orders, namespace: back}\nspec: {ports: [{port: 80}]}\n";
    let text = config("http://orders.shop.svc") + other;
    let graph = graph(&[("a.yaml", &text), ("kustomization.yaml", kustomization)]);
    let Destination::Missing(host) = &graph.links.addresses[0].destination else {
        panic!("{:?}", graph.links.addresses);
    };
    assert!(host.missing.may_be_unseen);
}

#[test]
fn names_of_variables_speak_of_services() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: a, image: b, env: [{name: MY_ORDERS_API_URL, value: 'http://localhost:1'}, {name: STOCK_URL, value: 'http://localhost:1'}]}]\n";
    let text = pod.to_owned() + &service("orders-svc", "");
    check(
        &[("a.yaml", &text)],
        "localhost: loopback [orders-svc]\nlocalhost: loopback []",
    );
}

/// Neither many names in one object nor many objects of one name make it slow.
#[test]
fn hostile_numbers() {
    use std::fmt::Write as _;
    let mut text = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n");
    for at in 0..20_000 {
        let _ = writeln!(text, "  K{at}_URL: http://srevice-{at}-x:81");
    }
    let line = "http://service:81,".repeat(20_000);
    let _ = writeln!(text, "  LINE: {line}");
    for at in 0..3_000 {
        text += &service(&format!("service-{at}-x"), "");
        text += &service("service", "");
    }
    let graph = graph(&[("a.yaml", &text)]);
    assert_eq!(graph.links.addresses.len(), 40_000);
}
