//! Spring Boot's actuator: which of its endpoints answer to HTTP, and where
//! (docs.spring.io/spring-boot/reference/actuator/endpoints.html, and by version the classes of Spring Boot that are named below).
//! Endpoints of the project's own leave a gap where their annotations are imported (`frameworks/java/spring.scm`).

use super::finish::{Around, served, somewhere};
use super::gap;
use crate::code::{RouteStyle, Subject};
use crate::program::{Program, Served};

/// The endpoints that Spring Boot 2 to 4 may expose (its classes with `@Endpoint` and the like), without `health`, `prometheus`, and
/// `shutdown`, which answers to no `GET`.
const ENDPOINTS: [&str; 24] = [
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
    "jolokia",
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
/// Endpoints that libraries add: a part of the name of those that do, and what they are called.
const OF_LIBRARIES: [(&str, &[&str]); 6] = [
    (
        "spring-cloud",
        &[
            "archaius",
            "bindings",
            "bus-env",
            "bus-refresh",
            "busenv",
            "busrefresh",
            "channels",
            "features",
            "filters",
            "gateway",
            "hystrix.stream",
            "nacos-config",
            "nacos-discovery",
            "nacosconfig",
            "nacosdiscovery",
            "refresh",
            "routes",
            "sentinel",
            "service-registry",
            "serviceregistry",
        ],
    ),
    ("resilience4j", &RESILIENCE),
    ("circuitbreaker", &RESILIENCE),
    (
        "springdoc",
        &["openapi", "swagger-ui", "swaggerui", "springdoc"],
    ),
    ("modulith", &["modulith"]),
    ("togglz", &["togglz"]),
];
/// What Resilience4j adds.
const RESILIENCE: [&str; 10] = [
    "bulkheadevents",
    "bulkheads",
    "circuitbreakerevents",
    "circuitbreakers",
    "ratelimiterevents",
    "ratelimiters",
    "retries",
    "retryevents",
    "timelimiterevents",
    "timelimiters",
];
/// Libraries that add endpoints of names that are not known.
const OTHERS: [&str; 4] = ["camel", "hawtio", "axon", "activiti"];
/// Health indicators that come with Spring Boot and Spring Cloud.
const INDICATORS: [&str; 33] = [
    "binders",
    "cassandra",
    "circuitBreakers",
    "clientConfigServer",
    "configServer",
    "consul",
    "couchbase",
    "db",
    "diskSpace",
    "discoveryComposite",
    "elasticsearch",
    "hazelcast",
    "hystrix",
    "influxDb",
    "jms",
    "kubernetes",
    "ldap",
    "livenessState",
    "mail",
    "mongo",
    "neo4j",
    "ping",
    "r2dbc",
    "rabbit",
    "rateLimiters",
    "reactiveDiscoveryClients",
    "readinessState",
    "redis",
    "refreshScope",
    "solr",
    "ssl",
    "vault",
    "zookeeper",
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
    if is_switched(around) {
        return None;
    }
    let base = around.text("management.endpoints.web.base-path", "/actuator")?;
    let base = base.trim_end_matches('/');
    let mut found = vec![if base.is_empty() { "/" } else { base }.to_owned()];
    for name in exposed(around)? {
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
            &name,
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

/// Whether endpoints are switched on and off altogether.
fn is_switched(around: &Around<'_, '_>) -> bool {
    let settings = around.settings();
    let names = [
        "management.endpoints.enabled-by-default",
        "management.endpoints.access",
    ];
    names.iter().any(|it| settings.any_below(it))
        || around.sets_below("MANAGEMENT_ENDPOINTS_ENABLED")
        || around.sets_below("MANAGEMENT_ENDPOINTS_ACCESS")
}

/// The names of the endpoints that are exposed; `None` if they are not known. Without a word about it these are `health` and `info` before
/// Spring Boot 2.5, and `health` from then on (its release notes, "Secure Info Endpoint"; `EndpointExposure`).
fn exposed(around: &Around<'_, '_>) -> Option<Vec<String>> {
    let libraries = &around.java.libraries;
    let default = match libraries.boot {
        Some(it) if it < (2, 5) => "health,info",
        Some(_) => "health",
        None => "health,info",
    };
    let included = list(&around.text("management.endpoints.web.exposure.include", default)?);
    let excluded = list(&around.text("management.endpoints.web.exposure.exclude", "")?);
    let mut names = included;
    if names.iter().any(|it| it == "*") {
        if OTHERS.iter().any(|it| libraries.has_part(it)) {
            return None;
        }
        let of_libraries = OF_LIBRARIES.iter().filter(|it| libraries.has_part(it.0));
        let of_libraries = of_libraries.flat_map(|it| it.1.iter().copied());
        let all = ENDPOINTS.into_iter().chain(["health", "prometheus"]);
        names.extend(all.chain(of_libraries).map(str::to_owned));
    }
    let is_excluded = |it: &str| excluded.iter().any(|one| one == "*" || one == it);
    names.retain(|it| it != "*" && !is_excluded(it));
    names.sort();
    names.dedup();
    // It needs a registry, which may come along with a library that is not seen.
    if !libraries.has_part("prometheus") && names.iter().any(|it| it == "prometheus") {
        if !libraries.unknown.is_empty() {
            return None;
        }
        names.retain(|it| it != "prometheus");
    }
    Some(names)
}

/// What is below the health of the program: groups and indicators.
fn health(around: &Around<'_, '_>, path: &str) -> Option<Vec<String>> {
    if around.sets_below("MANAGEMENT_ENDPOINT_HEALTH_GROUP") {
        return None;
    }
    let mut found = Vec::new();
    if around.text(
        "management.endpoint.health.probes.add-additional-paths",
        "false",
    )? == "true"
    {
        found.extend(["/livez".to_owned(), "/readyz".to_owned()]);
    }
    for entry in around.settings().entries() {
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
    if has_probes(around)? {
        found.push(format!("{path}/{{*rest}}"));
    } else if around.java.speaks_of("HealthIndicator", around.store)
        || around.java.speaks_of("HealthContributor", around.store)
    {
        // What they are called is not read.
        return None;
    } else {
        found.extend(INDICATORS.iter().map(|it| format!("{path}/{it}")));
    }
    Some(found)
}

/// Whether there are groups for the probes of a cluster: not before Spring Boot 2.3, then wherever Kubernetes is told by its variables or
/// `spring.main.cloud-platform`, and from 4.0 on everywhere, unless they are switched off (`AvailabilityProbesAutoConfiguration`; the older
/// of the two properties counts only without the newer one, which 2.3.0 did not have, and 4.0 has forgotten it).
fn has_probes(around: &Around<'_, '_>) -> Option<bool> {
    let boot = around.java.libraries.boot;
    if boot.is_some_and(|it| it < (2, 3)) {
        return Some(false);
    }
    let is_false = |it: &str| it.eq_ignore_ascii_case("false");
    let newer = around.text("management.endpoint.health.probes.enabled", "")?;
    if !newer.is_empty() {
        return match boot {
            Some((2, 3)) if is_false(&newer) => None,
            _ => Some(!is_false(&newer)),
        };
    }
    if boot.is_some_and(|it| it >= (4, 0)) {
        return Some(true);
    }
    let older = around.text("management.health.probes.enabled", "")?;
    if !older.is_empty() {
        return if is_false(&older) && boot.is_none() {
            None
        } else {
            Some(!is_false(&older))
        };
    }
    let platform = around.text("spring.main.cloud-platform", "kubernetes")?;
    let is_known = ["kubernetes", "none"].contains(&platform.to_ascii_lowercase().as_str());
    is_known.then(|| platform.eq_ignore_ascii_case("kubernetes"))
}
