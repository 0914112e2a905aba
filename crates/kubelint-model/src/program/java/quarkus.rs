//! Quarkus and Micronaut: where they listen, and what they serve besides resources.

use super::finish::{Around, put_before, served, somewhere};
use super::gap;
use crate::code::{Expr, Protocol, RouteStyle, Subject};
use crate::program::{Gap, Program, Served};

/// What a build of Quarkus needs to listen (quarkus.io/guides/http-reference).
const SERVERS: [&str; 8] = [
    "quarkus-rest",
    "quarkus-resteasy",
    "quarkus-vertx-http",
    "quarkus-reactive-routes",
    "quarkus-smallrye-health",
    "quarkus-undertow",
    "quarkus-smallrye-graphql",
    "quarkus-micrometer",
];

pub(super) fn finish(around: &Around<'_, '_>, program: &mut Program) {
    let libraries = &around.java.libraries;
    if !SERVERS.iter().any(|it| libraries.has_part(it)) {
        program
            .gaps
            .push(Gap::of_ports("no server is among its libraries"));
    }
    ports(around, program);
    for (part, why) in [("quarkus-grpc", "it may serve gRPC"), ("quarkus-qute", "")] {
        if !why.is_empty() && libraries.has_part(part) {
            program.gaps.push(Gap::of_ports(why));
        }
    }
    let management = management(around, program);
    for part in [
        "quarkus-smallrye-graphql",
        "quarkus-reactive-routes",
        "quarkus-undertow",
        "quarkus-spring-web",
        "quarkus-rest-data",
        "quarkus-oidc",
        "quinoa",
        "roq",
        "quarkus-websockets",
        "quarkus-funqy",
        "quarkus-camel",
        "camel-quarkus",
        "quarkus-web-bundler",
    ] {
        if libraries.has_part(part) {
            program.gaps.push(gap(
                Subject::Routes,
                format!("{part} adds routes"),
                around.mention(part),
            ));
        }
    }
    paths(around, management.as_ref(), program);
}

/// What configures TLS of the server (quarkus.io/guides/http-reference, "Supporting secure connections with TLS/SSL", and
/// quarkus.io/guides/tls-registry-reference).
const SECURE: [&str; 3] = [
    "quarkus.http.ssl.",
    "quarkus.http.tls-configuration-name",
    "quarkus.tls.",
];

/// Where it listens: with a certificate also, or only, at a port for TLS.
fn ports(around: &Around<'_, '_>, program: &mut Program) {
    let settings = around.settings();
    let names = settings.entries().map(|it| it.name.as_str());
    let secure: Vec<&str> = names
        .filter(|it| {
            let key = it.strip_prefix('%').and_then(|it| it.split_once('.'));
            let key = key.map_or(*it, |it| it.1);
            SECURE.iter().any(|of| key.starts_with(of))
        })
        .collect();
    let variables = ["QUARKUS_HTTP_SSL", "QUARKUS_TLS", "QUARKUS_HTTP_TLS"];
    let is_told = variables.iter().any(|it| around.sets_below(it));
    let plain = |tls| around.listen("quarkus.http.port", "8080", Protocol::Http, tls);
    if secure.is_empty() {
        program.ports.push(plain((!is_told).then_some(false)));
        return;
    }
    // Whoever must show a certificate must not ask without; and profiles may have theirs.
    let is_plain = |it: &&str| !it.starts_with('%') && !it.contains("client-auth");
    let has_certificate = secure
        .iter()
        .any(|it| it.contains(".certificate.") || it.contains("key-store"));
    let insecure = around.text("quarkus.http.insecure-requests", "enabled");
    let is_known = !is_told && has_certificate && secure.iter().all(is_plain);
    match insecure.as_deref().filter(|_| is_known) {
        Some("enabled" | "ENABLED" | "redirect" | "REDIRECT") => {
            program.ports.push(plain(Some(false)));
        }
        Some("disabled" | "DISABLED") => {}
        _ => {
            program.ports.push(plain(None));
            program
                .gaps
                .push(Gap::of_ports("whether it speaks TLS is not known"));
            return;
        }
    }
    program
        .ports
        .push(around.listen("quarkus.http.ssl-port", "8443", Protocol::Http, Some(true)));
}

/// The port of the management, where it has one of its own (quarkus.io/guides/management-interface-reference): whether it has is told when the
/// program is built.
fn management(around: &Around<'_, '_>, program: &mut Program) -> Option<Expr> {
    let settings = around.settings();
    let enabled = around.text("quarkus.management.enabled", "false");
    if enabled.as_deref() == Some("false") {
        return None;
    }
    let known = ["enabled", "port", "host"];
    let is_known = enabled.as_deref() == Some("true")
        && settings.entries().all(|it| {
            let key = it.name.split_once("quarkus.management.");
            key.is_none_or(|it| known.contains(&it.1))
        });
    if !is_known {
        let why = "its management listens apart";
        program.gaps.push(Gap::of_ports(why));
        program.gaps.push(gap(Subject::Routes, why, None));
        return None;
    }
    let port = around.listen(
        "quarkus.management.port",
        "9000",
        Protocol::Http,
        Some(false),
    );
    let number = port.port.clone();
    program.ports.push(port);
    Some(number)
}

fn paths(around: &Around<'_, '_>, management: Option<&Expr>, program: &mut Program) {
    let libraries = &around.java.libraries;
    let settings = around.settings();
    let place = around
        .mention("quarkus-smallrye-health")
        .unwrap_or_else(|| somewhere(program));
    let texts = (
        around.text("quarkus.http.root-path", "/"),
        around.text("quarkus.http.non-application-root-path", "q"),
        around.text("quarkus.smallrye-health.root-path", "health"),
        around.text("quarkus.rest.path", ""),
        around.text("quarkus.resteasy.path", ""),
    );
    let (Some(root), Some(aside), Some(health), Some(rest), Some(easy)) = texts else {
        program.gaps.push(gap(
            Subject::Routes,
            "what stands before all paths is not known",
            None,
        ));
        return;
    };
    let own = if rest.is_empty() { easy } else { rest };
    put_before(
        &own,
        settings.place("quarkus.rest.path"),
        &mut program.routes,
    );
    let below = |base: &str, path: &str| match path.strip_prefix('/') {
        Some(_) => path.to_owned(),
        None => format!("{}/{path}", base.trim_end_matches('/')),
    };
    let aside = below("", &aside);
    if management.is_some() && aside != "/q" {
        let why = "what stands before the paths of the management is not known";
        program.gaps.push(gap(Subject::Routes, why, None));
    }
    let mut found = Vec::new();
    if libraries.has_part("smallrye-health") {
        let health = below(&aside, &health);
        found.push(format!("{health}/{{*rest}}"));
        found.push(health);
        if around.is_older() {
            found.push("/health/{*rest}".to_owned());
        }
    } else if !libraries.unknown.is_empty() || libraries.has_group("io.quarkiverse") {
        program
            .gaps
            .push(gap(Subject::Routes, "an extension may add routes", None));
    }
    for (part, name) in [
        ("micrometer", "metrics"),
        ("smallrye-metrics", "metrics"),
        ("smallrye-openapi", "openapi"),
        ("smallrye-openapi", "swagger-ui"),
        ("quarkus-info", "info"),
    ] {
        if libraries.has_part(part) {
            found.push(below(&aside, name));
            found.push(format!("{}/{{*rest}}", below(&aside, name)));
        }
    }
    for name in [
        "quarkus.micrometer.export.prometheus.path",
        "quarkus.smallrye-openapi.path",
        "quarkus.swagger-ui.path",
        "quarkus.smallrye-health.liveness-path",
        "quarkus.smallrye-health.readiness-path",
    ] {
        if settings.any_below(name) {
            program.gaps.push(gap(
                Subject::Routes,
                "paths of an extension are configured",
                settings.place(name),
            ));
        }
    }
    let aside = below(&aside, "");
    let found = found.iter().map(|it| {
        let mut route = served(&[it], RouteStyle::Braces, place);
        // These are what the management has, below `/q` whatever stands before other paths.
        let name = it.strip_prefix(&aside).unwrap_or_default();
        let is_managed = ["health", "metrics", "info"]
            .iter()
            .any(|it| name.starts_with(it));
        route.port = management.filter(|_| is_managed).cloned();
        route
    });
    let (mut managed, own): (Vec<Served>, Vec<Served>) = found.partition(|it| it.port.is_some());
    program.routes.extend(own);
    put_before(
        &root,
        settings.place("quarkus.http.root-path"),
        &mut program.routes,
    );
    if management.is_some() {
        let main = program.ports.first().map(|it| it.port.clone());
        for it in &mut program.routes {
            it.port.clone_from(&main);
        }
    }
    program.routes.append(&mut managed);
}

impl Around<'_, '_> {
    /// Whether it is a version of Quarkus before 2, which serves its health below the root.
    fn is_older(&self) -> bool {
        let versions = [
            "quarkus.platform.version>1.",
            "quarkus.version>1.",
            "quarkus.version>0.",
        ];
        let texts = self.java.folders.iter().filter_map(|folder| {
            let path = kubelint_parser::source::SourcePath::new(&format!("{folder}/pom.xml"));
            Some(self.store.text_of(self.store.id(&path)?))
        });
        let mut texts = texts;
        texts.any(|text| versions.iter().any(|it| text.contains(it)))
    }
}

/// Where Micronaut listens, and whether it speaks TLS there, if that is known: with TLS at a port of its own, and at the other only with
/// `dual-protocol` (docs.micronaut.io/latest/guide, "Securing the Server with HTTPS" and "Dual Protocol").
fn micronaut_ports(around: &Around<'_, '_>, program: &mut Program) -> Option<bool> {
    let settings = around.settings();
    let names = ["micronaut.server.ssl", "micronaut.ssl"];
    let used = names
        .iter()
        .find(|it| settings.any_below(&format!("{it}.")));
    let is_told = ["MICRONAUT_SERVER_SSL", "MICRONAUT_SSL"]
        .iter()
        .any(|it| around.sets_below(it));
    let plain = |tls| around.listen("micronaut.server.port", "8080", Protocol::Http, tls);
    let Some(used) = used else {
        let tls = (!is_told).then_some(false);
        program.ports.push(plain(tls));
        return tls;
    };
    let enabled = around.text(&format!("{used}.enabled"), "false");
    let both = around.text("micronaut.server.dual-protocol", "false");
    match (enabled.as_deref(), both.as_deref()) {
        (Some("false"), _) if !is_told => {
            program.ports.push(plain(Some(false)));
            Some(false)
        }
        (Some("true"), Some(both)) if !is_told => {
            program.ports.push(around.listen(
                &format!("{used}.port"),
                "8443",
                Protocol::Http,
                Some(true),
            ));
            if both == "true" {
                program.ports.push(plain(Some(false)));
            }
            Some(true)
        }
        _ => {
            program.ports.push(plain(None));
            program
                .gaps
                .push(Gap::of_ports("whether it speaks TLS is not known"));
            None
        }
    }
}

pub(super) fn finish_micronaut(around: &Around<'_, '_>, program: &mut Program) {
    let libraries = &around.java.libraries;
    let settings = around.settings();
    if !libraries.has_part("micronaut-http-server") && !libraries.has_part("micronaut-management") {
        program
            .gaps
            .push(Gap::of_ports("no server is among its libraries"));
    }
    let tls = micronaut_ports(around, program);
    if libraries.has_part("grpc") || settings.any_below("micronaut.server.netty.listeners") {
        program
            .gaps
            .push(Gap::of_ports("it may listen elsewhere, too"));
    }
    let Some(root) = around.text("micronaut.server.context-path", "") else {
        program.gaps.push(gap(
            Subject::Routes,
            "what stands before all paths is not known",
            None,
        ));
        return;
    };
    let is_told = |name: &str| {
        ["enabled", "sensitive"]
            .iter()
            .any(|it| name == format!("endpoints.health.{it}"))
            || name.starts_with("endpoints.health.details-visible")
    };
    let mut entries = settings.entries();
    let of_health =
        entries.any(|it| it.name.starts_with("endpoints.health.") && !is_told(&it.name));
    let of_health = of_health || around.sets_below("ENDPOINTS_");
    for name in [
        if of_health { "endpoints.health" } else { "" },
        "endpoints.all.enabled",
        "micronaut.router.static-resources",
    ] {
        if !name.is_empty() && (settings.any_below(name) || name == "endpoints.health") {
            program.gaps.push(gap(
                Subject::Routes,
                "its endpoints are configured",
                settings.place(name),
            ));
        }
    }
    let texts = (
        around.text("endpoints.all.path", ""),
        around.text("endpoints.health.enabled", "true"),
    );
    let (Some(base), Some(has_health)) = texts else {
        let why = "its endpoints are configured";
        program.gaps.push(gap(Subject::Routes, why, None));
        return;
    };
    let apart = settings
        .any_below("endpoints.all.port")
        .then(|| around.listen("endpoints.all.port", "", Protocol::Http, tls));
    let apart = apart.map(|port| {
        let number = port.port.clone();
        program.ports.push(port);
        number
    });
    if apart.is_some() {
        let main = program.ports.first().map(|it| it.port.clone());
        for it in &mut program.routes {
            it.port.clone_from(&main);
        }
    }
    if libraries.has_part("micronaut-management") {
        let place = around
            .mention("micronaut-management")
            .unwrap_or_else(|| somewhere(program));
        for path in [
            "/health",
            "/health/liveness",
            "/health/readiness",
            "/info",
            "/beans",
            "/routes",
            "/loggers",
            "/refresh",
            "/env",
            "/metrics",
            "/prometheus",
        ] {
            if path.starts_with("/health") && has_health == "false" {
                continue;
            }
            let mut route = served(&[base.as_str(), path], RouteStyle::Braces, place);
            route.port.clone_from(&apart);
            program.routes.push(route);
        }
    }
    if libraries.has_part("micronaut-openapi") || libraries.has_part("micronaut-security") {
        program
            .gaps
            .push(gap(Subject::Routes, "a library adds routes", None));
    }
    put_before(
        &root,
        settings.place("micronaut.server.context-path"),
        &mut program.routes,
    );
}
