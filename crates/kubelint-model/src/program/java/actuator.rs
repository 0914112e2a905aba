//! Spring Boot's actuator: which of its endpoints answer to HTTP, and where
//! (docs.spring.io/spring-boot/reference/actuator/endpoints.html).

use super::finish::{Around, served, somewhere};
use super::gap;
use crate::code::{RouteStyle, Subject};
use crate::program::{Program, Served};

/// The endpoints that may be exposed, without those that need a library of their own.
const ENDPOINTS: [&str; 23] = [
    "auditevents",
    "beans",
    "caches",
    "conditions",
    "configprops",
    "env",
    "flyway",
    "heapdump",
    "httpexchanges",
    "httptrace",
    "info",
    "integrationgraph",
    "liquibase",
    "logfile",
    "loggers",
    "mappings",
    "metrics",
    "quartz",
    "sbom",
    "scheduledtasks",
    "sessions",
    "startup",
    "threaddump",
];
/// Health indicators that come with Spring Boot.
const INDICATORS: [&str; 18] = [
    "cassandra",
    "couchbase",
    "db",
    "diskSpace",
    "discoveryComposite",
    "elasticsearch",
    "hazelcast",
    "influxDb",
    "jms",
    "ldap",
    "mail",
    "mongo",
    "neo4j",
    "ping",
    "rabbit",
    "redis",
    "refreshScope",
    "ssl",
];

/// The endpoints that answer, without what stands before all paths of the server.
pub(super) fn endpoints(around: &Around<'_, '_>, program: &mut Program) -> Vec<Served> {
    let libraries = &around.java.libraries;
    let name = "spring-boot-starter-actuator";
    let brings = [
        "spring-boot-actuator",
        "admin-starter-client",
        "spring-boot-admin",
        "spring-cloud-starter-netflix-hystrix",
        "spring-boot-starter-opentelemetry",
        "-actuator",
    ];
    if !libraries.has(&[name]) {
        if brings.iter().any(|it| libraries.has_part(it)) {
            let why = "a library may bring the actuator";
            program.gaps.push(gap(Subject::Routes, why, None));
        }
        return Vec::new();
    }
    let place = around.mention(name).unwrap_or_else(|| somewhere(program));
    let Some(found) = paths(around) else {
        let why = "which endpoints of the actuator answer is not known";
        program.gaps.push(gap(Subject::Routes, why, Some(place)));
        return Vec::new();
    };
    let found = found.iter();
    found
        .map(|it| served(&[it], RouteStyle::Braces, place))
        .collect()
}

fn list(text: &str) -> Vec<String> {
    let names = text
        .split(',')
        .map(|it| it.trim().trim_matches(['"', '\'']));
    names
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The paths; `None` if they are not known.
fn paths(around: &Around<'_, '_>) -> Option<Vec<String>> {
    let settings = around.settings();
    let libraries = &around.java.libraries;
    let base = around.text("management.endpoints.web.base-path", "/actuator")?;
    let base = base.trim_end_matches('/').to_owned();
    let default = match libraries.boot {
        Some(it) if it < (2, 5) => "health,info",
        Some(_) => "health",
        None => "health,info",
    };
    let included = list(&around.text("management.endpoints.web.exposure.include", default)?);
    let excluded = list(&around.text("management.endpoints.web.exposure.exclude", "")?);
    let is_exposed = |it: &str| {
        let holds = |all: &[String]| all.iter().any(|one| one == "*" || one == it);
        holds(&included) && !holds(&excluded)
    };
    // What is switched off one by one, or altogether.
    for name in [
        "management.endpoints.enabled-by-default",
        "management.endpoints.access.default",
    ] {
        if settings.any_below(name) {
            return None;
        }
    }
    let mut names: Vec<&str> = included
        .iter()
        .map(String::as_str)
        .filter(|it| *it != "*")
        .collect();
    if included.iter().any(|it| it == "*") {
        names.extend(ENDPOINTS);
        names.push("health");
        if libraries.has_part("micrometer-registry-prometheus") {
            names.push("prometheus");
        }
        if libraries.has_part("spring-cloud") {
            names.extend([
                "refresh",
                "features",
                "busrefresh",
                "hystrix.stream",
                "gateway",
                "serviceregistry",
            ]);
        }
    }
    let mut found = vec![if base.is_empty() {
        "/".to_owned()
    } else {
        base.clone()
    }];
    for name in names.into_iter().filter(|it| is_exposed(it)) {
        if name == "prometheus"
            && !libraries.has_part("micrometer-registry-prometheus")
            && !libraries.has_part("prometheus")
        {
            // A library may still bring it along.
            if !libraries.unknown.is_empty() {
                return None;
            }
            continue;
        }
        let enabled = around.text(&format!("management.endpoint.{name}.enabled"), "true")?;
        let access = around.text(
            &format!("management.endpoint.{name}.access"),
            "unrestricted",
        )?;
        if enabled == "false" || access == "none" {
            continue;
        }
        let path = around.text(
            &format!("management.endpoints.web.path-mapping.{name}"),
            name,
        )?;
        let path = format!("{base}/{}", path.trim_start_matches('/'));
        if name == "health" {
            found.extend(health(around, &path)?);
            found.push(path);
        } else {
            found.push(format!("{path}/{{*rest}}"));
        }
    }
    Some(found)
}

/// What is below the health of the program: groups and indicators. Those of its start are there on Kubernetes unless they are switched off,
/// from 2.3 on (`AvailabilityProbesAutoConfiguration`).
fn health(around: &Around<'_, '_>, path: &str) -> Option<Vec<String>> {
    let settings = around.settings();
    let libraries = &around.java.libraries;
    let stated = around.text("management.endpoint.health.probes.enabled", "")?;
    let older = around.text("management.health.probes.enabled", "")?;
    let platform = around.text("spring.main.cloud-platform", "kubernetes")?;
    let is_old = libraries.boot.is_some_and(|it| it < (2, 3));
    let is_off =
        stated == "false" || older == "false" || (platform != "kubernetes" && stated != "true");
    let mut found = Vec::new();
    if around.text(
        "management.endpoint.health.probes.add-additional-paths",
        "false",
    )? == "true"
    {
        found.extend(["/livez".to_owned(), "/readyz".to_owned()]);
    }
    for entry in settings.entries() {
        let name = entry.name.strip_prefix("management.endpoint.health.group.");
        let Some((group, key)) = name.and_then(|it| it.split_once('.')) else {
            continue;
        };
        found.push(format!("{path}/{group}"));
        if key.starts_with("additional") {
            let text = around.text(&entry.name, "")?;
            let inner = text.split_once(':').map_or(text.as_str(), |it| it.1);
            found.push(inner.to_owned());
        }
    }
    if is_old || is_off {
        found.extend(INDICATORS.iter().map(|it| format!("{path}/{it}")));
    } else {
        found.push(format!("{path}/{{*rest}}"));
    }
    Some(found)
}
