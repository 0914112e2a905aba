//! Properties of the configuration whose placeholders every start must resolve.
//!
//! Spring Boot binds its own properties without resolving what it cannot (`PropertySourcesPlaceholdersResolver`): then the placeholder itself is
//! the value, and the start fails only where that is no number, no address and no login. What `@Value` and the environment are asked for must
//! be resolved.

use std::collections::BTreeSet;

use super::finish::Around;
use super::libraries::Framework;
use super::properties::Entry;
use crate::code::ReadName;
use crate::code::jvm::{Piece, pieces, variable_of, variables_of};
use crate::program::Program;

/// Libraries that connect to the database when the program starts, by parts of their names.
const CONNECTING: [&str; 4] = ["jpa", "flyway", "liquibase", "starter-batch"];
/// Drivers of databases that ask for a login.
const DRIVERS: [&str; 6] = ["postgresql", "mysql", "mariadb", "mssql", "ojdbc", "db2"];
/// Databases in the program itself.
const EMBEDDED: [&str; 4] = ["h2", "hsqldb", "derby", "sqlite"];
/// Properties that put off what a start does.
const LATER: [&str; 4] = [
    "spring.main.lazy-initialization",
    "spring.jpa.properties.hibernate.boot",
    "spring.jpa.properties.hibernate.temp",
    "spring.datasource.hikari.initialization-fail-timeout",
];

/// What source speaks of that sets properties for itself.
const BRINGING: [&str; 4] = [
    "ConfigSource",
    "Dotenv",
    "EnvironmentPostProcessor",
    "System.setProperty(",
];

impl Around<'_, '_> {
    /// The names, as they are written, of the properties without whose variables the program does not start.
    pub(super) fn required(&self, program: &Program) -> BTreeSet<String> {
        let settings = self.settings();
        let libraries = &self.java.libraries;
        // What the program does itself may bring them.
        let is_told = BRINGING.iter().any(|it| self.speaks_of(it)) || libraries.has_part("dotenv");
        if !Self::is_whole(program) || !libraries.unknown.is_empty() || is_told {
            return BTreeSet::new();
        }
        let all = settings.effective().into_iter();
        let needed = all.filter(|(name, entry)| {
            let has_placeholder = pieces(&entry.value).iter().any(|it| match it {
                // Names in small letters may be properties that a build or the virtual machine sets.
                Piece::Property {
                    name,
                    default: None,
                } => {
                    variables_of(name) == [*name]
                        && settings.entry(name).is_none()
                        && settings.given(name).is_none()
                }
                _ => false,
            });
            let mut variables = settings.variables(name).into_iter();
            has_placeholder
                && !variables.any(|it| self.may_be_set(&it))
                && self.is_needed(name, entry, program)
        });
        needed.map(|it| it.1.name.clone()).collect()
    }

    /// Whether no program starts where the property holds a placeholder that is not resolved.
    fn is_needed(&self, name: &str, entry: &Entry, program: &Program) -> bool {
        let is_asked_for = || {
            let variable = variable_of(name);
            program.reads.iter().any(|it| {
                let is_it = matches!(&it.name, ReadName::AnyCase(it) | ReadName::Exact(it) if *it == variable);
                is_it && it.on_start && it.is_required
            })
        };
        match self.settings().framework() {
            Framework::Spring => self.is_needed_by_spring(name, entry) || is_asked_for(),
            Framework::Quarkus => name == "quarkus.http.port" || is_asked_for(),
            Framework::Micronaut => name == "micronaut.server.port" || is_asked_for(),
            Framework::Ktor | Framework::Other => false,
        }
    }

    fn is_needed_by_spring(&self, name: &str, entry: &Entry) -> bool {
        let libraries = &self.java.libraries;
        let settings = self.settings();
        let has = |parts: &[&str]| parts.iter().any(|it| libraries.has_part(it));
        let is_whole = entry.value.trim_start().starts_with("${");
        let is_later = || LATER.iter().any(|it| settings.any_below(it));
        let has_driver = has(&DRIVERS) && !libraries.has(&EMBEDDED);
        match name {
            "server.port" | "spring.application.name" => true,
            "management.server.port" => has(&["actuator"]),
            "spring.datasource.url" if is_whole => {
                has_driver && has(&["jdbc", "jpa"]) && !is_later()
            }
            "spring.datasource.url"
            | "spring.datasource.username"
            | "spring.datasource.password" => has_driver && has(&CONNECTING) && !is_later(),
            "spring.data.mongodb.uri" => is_whole && has(&["data-mongodb"]) && !is_later(),
            "spring.r2dbc.url" => is_whole && has(&["data-r2dbc"]) && !is_later(),
            "spring.kafka.bootstrap-servers" => {
                has(&["kafka"]) && self.speaks_of("@KafkaListener") && !is_later()
            }
            _ => {
                name.starts_with("logging.level.")
                    || name.starts_with("server.ssl.key-store")
                    || name.starts_with("spring.cloud.gateway.routes[")
                        && name.ends_with("].uri")
                        && is_whole
                        && has(&["gateway"])
            }
        }
    }
}
