//! What libraries bring to a program: the framework that serves, and what adds routes, ports and configuration of its own.

use super::maven::shares_owner;
use super::module::{Dependency, Module};

/// What serves requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::program) enum Framework {
    Spring,
    Quarkus,
    Micronaut,
    Ktor,
    Other,
}

/// What of a program's libraries matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Libraries {
    all: Vec<Dependency>,
    /// The version of Spring Boot: major and minor.
    pub(super) boot: Option<(u32, u32)>,
    /// What may bring more than is seen.
    pub(super) unknown: Vec<String>,
}

/// Libraries that bring neither routes nor servers, by group, and artifacts that do, after `!`.
const PLAIN: [&str; 26] = [
    "org.springframework.boot",
    "org.springframework.cloud",
    "org.springframework.security",
    "org.springframework.kafka",
    "org.springframework.data",
    "org.springframework.session",
    "org.springframework.retry",
    "org.mybatis.spring.boot",
    "com.baomidou",
    "com.github.pagehelper",
    "org.redisson",
    "io.github.resilience4j",
    "net.javacrumbs.shedlock",
    "io.awspring.cloud",
    "com.google.cloud",
    "com.azure.spring",
    "org.springdoc",
    "io.springfox",
    "com.github.xiaoymin",
    "org.zalando",
    "io.opentelemetry.instrumentation",
    "io.micrometer",
    "io.opentracing.contrib",
    "org.keycloak",
    "org.apache.camel.springboot",
    "com.github.ulisesbocchio",
];

/// Artifacts that add routes which the source does not show. A starter of a group that is not in [`PLAIN`] leaves a gap anyway.
const ROUTES: [&str; 41] = [
    "spring-boot-starter-data-rest",
    "spring-data-rest-webmvc",
    "spring-boot-starter-graphql",
    "spring-cloud-starter-gateway",
    "spring-cloud-starter-gateway-mvc",
    "spring-cloud-starter-gateway-server-webflux",
    "spring-cloud-starter-gateway-server-webmvc",
    "spring-cloud-starter-netflix-zuul",
    "spring-cloud-starter-zuul",
    "spring-cloud-config-server",
    "spring-cloud-starter-netflix-eureka-server",
    "spring-cloud-starter-eureka-server",
    "spring-cloud-netflix-eureka-server",
    "spring-cloud-starter-netflix-hystrix-dashboard",
    "spring-cloud-starter-netflix-turbine",
    "spring-cloud-starter-function-web",
    "spring-cloud-function-web",
    "spring-boot-admin-starter-server",
    "spring-boot-admin-server",
    "spring-boot-starter-web-services",
    "spring-boot-starter-jersey",
    "spring-boot-starter-oauth2-authorization-server",
    "spring-security-oauth2-authorization-server",
    "spring-cloud-starter-contract-stub-runner",
    "druid-spring-boot-starter",
    "graphql-spring-boot-starter",
    "vaadin-spring-boot-starter",
    "camunda-bpm-spring-boot-starter-rest",
    "camunda-bpm-spring-boot-starter-webapp",
    "zipkin-server",
    // The same by their names before or besides the starters.
    "spring-cloud-gateway-core",
    "spring-cloud-gateway-server",
    "spring-cloud-gateway-server-mvc",
    "spring-cloud-netflix-zuul",
    // What `spring-boot-starter-oauth2-authorization-server` is called from Spring Boot 4.0 on.
    "spring-boot-starter-security-oauth2-authorization-server",
    // Consumers of Camel's routes serve HTTP (camel.apache.org/components, "REST DSL", "Servlet", "Platform HTTP").
    "camel-spring-boot-starter",
    "camel-rest-starter",
    "camel-servlet-starter",
    "camel-platform-http-starter",
    "camel-undertow-starter",
    "camel-netty-http-starter",
];
/// Artifacts that take configuration from elsewhere.
const CONFIGURATION: [&str; 31] = [
    "spring-cloud-starter-config",
    "spring-cloud-config-client",
    "spring-cloud-starter-consul-config",
    "spring-cloud-starter-consul-all",
    "spring-cloud-starter-vault-config",
    "spring-cloud-starter-zookeeper-config",
    "spring-cloud-starter-alibaba-nacos-config",
    "spring-cloud-starter-kubernetes-config",
    "spring-cloud-starter-kubernetes-all",
    "spring-cloud-starter-kubernetes-client-config",
    "spring-cloud-starter-kubernetes-client-all",
    "spring-cloud-starter-kubernetes-fabric8-config",
    "spring-cloud-starter-kubernetes-fabric8-all",
    "apollo-client",
    "spring-cloud-starter-zookeeper-all",
    "spring-cloud-consul-config",
    "spring-cloud-vault-config",
    "spring-cloud-kubernetes-config",
    "spring-cloud-kubernetes-client-config",
    "spring-cloud-kubernetes-fabric8-config",
    "spring-cloud-starter-aws-parameter-store-config",
    "spring-cloud-starter-aws-secrets-manager-config",
    "spring-cloud-aws-starter-parameter-store",
    "spring-cloud-aws-starter-secrets-manager",
    "spring-cloud-gcp-starter-config",
    "spring-cloud-gcp-starter-secretmanager",
    "spring-cloud-azure-appconfiguration-config",
    "spring-cloud-azure-appconfiguration-config-web",
    "spring-cloud-azure-starter-appconfiguration-config",
    "spring-cloud-azure-starter-keyvault",
    "spring-cloud-azure-starter-keyvault-secrets",
];

impl Libraries {
    pub(super) fn of(modules: &[Module]) -> Self {
        let mut this = Self::default();
        let boot = modules.first().and_then(|it| it.boot.as_deref());
        this.boot = boot.and_then(version);
        for module in modules {
            this.unknown.extend(module.unknown.clone());
            for it in &module.dependencies {
                let is_own = shares_owner(&it.group, &module.group) && !is_public(&it.group);
                let is_starter = ["starter", "autoconfigure", "spring-boot"]
                    .iter()
                    .any(|word| it.artifact.contains(word));
                let is_plain = PLAIN.contains(&it.group.as_str());
                if is_own || (is_starter && !is_plain && !is_serving(&it.artifact)) {
                    this.unknown.push(format!("{}:{}", it.group, it.artifact));
                }
                this.all.push(it.clone());
            }
        }
        this
    }

    /// Whether one of these artifacts is among them, by name.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.all
            .iter()
            .any(|it| names.contains(&it.artifact.as_str()))
    }

    /// Whether an artifact's name holds one of these.
    pub(super) fn has_part(&self, part: &str) -> bool {
        self.all.iter().any(|it| it.artifact.contains(part))
    }

    /// Whether one is of a group.
    pub(super) fn has_group(&self, group: &str) -> bool {
        let is_of =
            |it: &str| it == group || it.strip_prefix(group).is_some_and(|it| it.starts_with('.'));
        self.all.iter().any(|it| is_of(&it.group))
    }

    /// The names of the artifacts.
    pub(super) fn artifacts(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|it| it.artifact.as_str())
    }

    pub(super) fn framework(&self) -> Framework {
        if self.has_group("io.quarkus") {
            Framework::Quarkus
        } else if self.has_group("io.micronaut") {
            Framework::Micronaut
        } else if self.has_group("org.springframework.boot") || self.has_part("spring-boot-starter")
        {
            Framework::Spring
        } else if self.artifacts().any(|it| it.starts_with("ktor-server")) {
            Framework::Ktor
        } else {
            Framework::Other
        }
    }

    /// The artifacts that add routes which the source does not show.
    pub(super) fn with_routes(&self) -> Option<&str> {
        let mut all = self.artifacts();
        all.find(|it| ROUTES.contains(it))
    }

    /// The artifacts that take configuration from elsewhere.
    pub(super) fn with_configuration(&self) -> Option<&str> {
        let mut all = self.artifacts();
        all.find(|it| CONFIGURATION.contains(it))
    }
}

fn is_serving(artifact: &str) -> bool {
    ROUTES.contains(&artifact) || CONFIGURATION.contains(&artifact)
}

/// Groups that projects of many owners share.
fn is_public(group: &str) -> bool {
    [
        "org.springframework",
        "io.quarkus",
        "io.micronaut",
        "org.apache",
        "io.github",
        "com.github",
    ]
    .iter()
    .any(|it| group.starts_with(it))
}

/// `3.2.1` as major and minor.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().unwrap_or("0");
    let digits = minor.split(|it: char| !it.is_ascii_digit()).next()?;
    Some((major, digits.parse().ok()?))
}
