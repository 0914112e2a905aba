//! The hosts that a program's configuration writes out, and those of its source which it really calls.

use super::finish::Around;
use crate::code::jvm::variable_of;
use crate::code::{Expr, ReadName};
use crate::program::addresses::{Of, of_text};
use crate::program::{Program, ProgramAddress};

/// Parts of names of libraries that look hosts up in a registry, or give them ports of their own.
const REGISTRIES: [&str; 14] = [
    "consul",
    "discovery",
    "dubbo",
    "eureka",
    "grpc-client-spring-boot",
    "loadbalancer",
    "nacos",
    "ribbon",
    "service-registry",
    "spring-cloud-kubernetes",
    "spring-cloud-starter-kubernetes",
    "stork",
    "vault",
    "zookeeper",
];
/// Schemes of addresses that are called as they stand.
const SCHEMES: [&str; 19] = [
    "amqp",
    "amqps",
    "bolt",
    "http",
    "https",
    "ldap",
    "mariadb",
    "mongodb",
    "mysql",
    "nats",
    "neo4j",
    "postgres",
    "postgresql",
    "r2dbc",
    "redis",
    "rediss",
    "sqlserver",
    "tcp",
    "ws",
];
/// How the properties of frameworks begin by which a program finds others, with parts of the names of the libraries that use them.
const FAMILIES: [(&str, &[&str]); 24] = [
    ("datasources.", &["jdbc", "hikari", "jooq"]),
    ("kafka.bootstrap.servers", &["kafka"]),
    ("kafka.bootstrap-servers", &["kafka"]),
    ("micronaut.http.services.", &["http-client"]),
    ("mongodb.uri", &["mongo"]),
    ("mp.messaging.", &["messaging"]),
    (
        "quarkus.datasource.",
        &["jdbc", "reactive-pg", "reactive-mysql"],
    ),
    ("quarkus.mongodb.", &["mongodb"]),
    ("quarkus.redis.", &["redis"]),
    ("quarkus.rest-client.", &["rest-client"]),
    ("redis.uri", &["redis"]),
    ("spring.activemq.", &["activemq"]),
    ("spring.artemis.", &["artemis"]),
    ("spring.cloud.gateway.", &["gateway"]),
    ("spring.cloud.stream.", &["stream"]),
    ("spring.data.mongodb.", &["mongodb"]),
    ("spring.data.redis.", &["redis"]),
    (
        "spring.datasource.",
        &["jdbc", "jpa", "mybatis", "jooq", "batch"],
    ),
    ("spring.elasticsearch.", &["elasticsearch"]),
    ("spring.kafka.", &["kafka"]),
    ("spring.neo4j.", &["neo4j"]),
    ("spring.r2dbc.", &["r2dbc"]),
    ("spring.rabbitmq.", &["amqp", "rabbit"]),
    ("spring.redis.", &["redis"]),
];
/// Properties that state a host beside which stands its port, with the port where that is not stated, and what replaces both
/// (docs.spring.io/spring-boot/appendix/application-properties).
const HOSTS: [(&str, u16, &[&str]); 4] = [
    ("spring.data.mongodb", 27017, &["uri"]),
    ("spring.data.redis", 6379, &["url", "cluster", "sentinel"]),
    ("spring.rabbitmq", 5672, &["addresses"]),
    ("spring.redis", 6379, &["url", "cluster", "sentinel"]),
];
/// Values that stand for each other are not followed further.
const MOST_STEPS: u32 = 12;

impl Around<'_, '_> {
    /// Keeps of the addresses that are called as they stand, and adds those of the configuration.
    pub(super) fn addresses(&self, program: &mut Program) {
        let libraries = &self.java.libraries;
        let has_registry = REGISTRIES.iter().any(|it| libraries.has_part(it));
        // Names in addresses are then those of a registry as well as of the cluster, and what is not seen may bring one.
        if has_registry || !libraries.unknown.is_empty() || self.speaks_of("LoadBalanced") {
            program.addresses.clear();
            return;
        }
        let is_whole = Self::is_whole(program);
        let settings = self.settings();
        let stated: Vec<String> = settings.entries().map(|it| variable_of(&it.name)).collect();
        // What the annotation of a client says, its configuration replaces.
        let has_clients =
            settings.any_below("quarkus.rest-client") || self.sets_below("QUARKUS_REST_CLIENT");
        let is_replaced = |it: &ProgramAddress| {
            has_clients && it.names.iter().any(|it| it == "RegisterRestClient")
        };
        program.addresses.retain(|it| !is_replaced(it));
        program.addresses.retain(|it| {
            it.variables.is_empty()
                || is_whole && !it.variables.iter().any(|it| stated.contains(it))
        });
        if !is_whole {
            return;
        }
        let mut found: Vec<ProgramAddress> = Vec::new();
        for (name, entry) in settings.effective() {
            if !self.is_used(&name, program) {
                continue;
            }
            let mut variables = Vec::new();
            let Some(text) = flat(&settings.value(&name, None), &mut variables, MOST_STEPS) else {
                continue;
            };
            let Some(variables) = self.without_own(&[&name], variables) else {
                continue;
            };
            let of = Of {
                names: vec![name.clone()],
                variables,
                is_cut: false,
                is_conditional: false,
                place: entry.place,
            };
            found.extend(of_text(&text, of));
        }
        found.extend(HOSTS.iter().filter_map(|it| self.host(it, program)));
        found.retain(|it| {
            let scheme = it.scheme.as_deref();
            scheme.is_none_or(|it| SCHEMES.contains(&it))
        });
        program.addresses.append(&mut found);
    }

    /// The address that a host and its port make.
    fn host(
        &self,
        (family, port, instead): &(&str, u16, &[&str]),
        program: &Program,
    ) -> Option<ProgramAddress> {
        let settings = self.settings();
        let name = format!("{family}.host");
        let port_name = format!("{family}.port");
        let is_replaced = |it: &&str| -> bool {
            let name = format!("{family}.{it}");
            settings.any_below(&name) || self.sets_below(&variable_of(&name))
        };
        let place = settings.entry(&name)?.place;
        if instead.iter().any(is_replaced) || !self.is_used(&name, program) {
            return None;
        }
        let mut variables = Vec::new();
        let host = flat(&settings.value(&name, None), &mut variables, MOST_STEPS)?;
        let default = Expr::Text(port.to_string());
        let value = settings.value(&port_name, Some(default));
        let number = flat(&value, &mut variables, MOST_STEPS)?;
        let variables = self.without_own(&[&name, &port_name], variables)?;
        let stated = settings
            .entry(&port_name)
            .filter(|_| number != port.to_string());
        of_text(
            &format!("{host}:{number}"),
            Of {
                names: vec![name],
                variables,
                is_cut: false,
                is_conditional: false,
                place: stated.map_or(place, |it| it.place),
            },
        )
    }

    /// The variables among `all` that are not called after the properties `names`: these stand over what the files say. `None` if one of them
    /// may be set.
    fn without_own(&self, names: &[&str], all: Vec<String>) -> Option<Vec<String>> {
        let own = names.iter().flat_map(|it| self.settings().variables(it));
        let own: Vec<String> = own.collect();
        let is_set = own.iter().any(|it| self.may_be_set(it));
        (!is_set).then(|| all.into_iter().filter(|it| !own.contains(it)).collect())
    }

    /// Whether the program reads a property for certain: its framework does with a library that it has, or its source.
    fn is_used(&self, name: &str, program: &Program) -> bool {
        let libraries = &self.java.libraries;
        if let Some((_, parts)) = FAMILIES.iter().find(|it| name.starts_with(it.0)) {
            return parts.iter().any(|it| libraries.has_part(it));
        }
        let variable = variable_of(name);
        let last = name.rsplit('.').next().unwrap_or(name);
        program.reads.iter().any(|it| match &it.name {
            ReadName::Exact(it) | ReadName::AnyCase(it) => *it == variable,
            ReadName::Prefix(it) => variable.starts_with(it) && self.speaks_of(&camel(last)),
            ReadName::Computed(_) => false,
        }) || self.speaks_of(&format!("${{{name}}}"))
            || self.speaks_of(&format!("${{{name}:"))
    }
}

/// A name with dashes as properties of classes are written: `base-url` is `baseUrl`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        text.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

/// What a value comes to where none of `variables` is set, which are those that it takes in.
fn flat(value: &Expr, variables: &mut Vec<String>, left: u32) -> Option<String> {
    let left = left.checked_sub(1)?;
    match value {
        Expr::Text(text) => Some(text.clone()),
        Expr::Variable { name, default } => {
            variables.push(name.clone());
            flat(default.as_deref()?, variables, left)
        }
        Expr::Join(parts) => {
            let parts = parts.iter().map(|it| flat(it, variables, left));
            parts.collect()
        }
        _ => None,
    }
}
