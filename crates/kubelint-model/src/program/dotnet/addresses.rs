//! The hosts that the settings of a program of .NET write out.

use super::settings::{self, environment_of};
use super::{Dotnet, Program};
use crate::code::ReadName;
use crate::program::ProgramRead;
use crate::program::addresses::{Of, of_text};

/// The parts of connection strings that state a host, and those that state a port beside it.
const HOSTS: [&str; 5] = ["host", "server", "data source", "address", "addr"];
/// More settings are not looked at.
const MOST_SETTINGS: usize = 2_000;

impl Dotnet<'_, '_, '_> {
    /// Adds the addresses of settings that the program reads.
    pub(super) fn addresses(&self, program: &mut Program) {
        if self.has_unseen_settings() {
            return;
        }
        let environment = environment_of(self.environments);
        if environment.is_none() {
            return;
        }
        let settings = settings::read(&self.project.settings, environment.as_deref(), self.store);
        for setting in settings.iter().take(MOST_SETTINGS) {
            let variable = setting.key.replace(':', "__").to_ascii_uppercase();
            let is_last = settings::get(&settings, &setting.key) == Some(setting);
            let is_read = program.reads.iter().any(|it| match &it.name {
                ReadName::Exact(name) | ReadName::AnyCase(name) => {
                    name.eq_ignore_ascii_case(&variable) && !self.is_conditional(it)
                }
                ReadName::Prefix(_) | ReadName::Computed(_) => false,
            });
            if !is_last || !is_read {
                continue;
            }
            let of = Of {
                names: vec![setting.key.replace(':', "_")],
                variables: vec![variable],
                is_cut: false,
                is_conditional: false,
                place: setting.place,
            };
            let text = connected(&setting.text).unwrap_or_else(|| setting.text.clone());
            program.addresses.extend(of_text(&text, of));
        }
    }

    /// Whether a setting is read under a condition: one environment has its own.
    fn is_conditional(&self, read: &ProgramRead) -> bool {
        let (file, range) = read.place;
        let facts = self.names.facts(file).into_iter();
        let mut reads = facts.flat_map(|it| &it.reads);
        reads.any(|it| it.place.range == range && it.place.is_conditional)
    }
}

/// The host that a connection string leads to, with its port: `Host=db;Port=5432;…`, `Server=tcp:db,1433;…`.
fn connected(text: &str) -> Option<String> {
    let parts = text.split(';').filter_map(|it| it.split_once('='));
    let parts: Vec<(String, &str)> = parts
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim()))
        .collect();
    let host = parts.iter().find(|it| HOSTS.contains(&it.0.as_str()))?.1;
    let host = host.strip_prefix("tcp:").unwrap_or(host);
    let is_plain = |it: &str| {
        !it.is_empty()
            && it
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.'))
    };
    let (host, port) = match host.split_once(',') {
        Some((host, port)) => (host, Some(port.trim())),
        None => (host, parts.iter().find(|it| it.0 == "port").map(|it| it.1)),
    };
    let port: Option<u16> = port.and_then(|it| it.parse().ok());
    // A host alone may be anything, down to the name of a pipe.
    (is_plain(host)).then_some(())?;
    Some(format!("{host}:{}", port?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_connection_strings() {
        for (text, expected) in [
            ("Host=db;Port=5432;Database=x", Some("db:5432")),
            ("Server=tcp:db,1433;User Id=sa", Some("db:1433")),
            ("Data Source=app.db", None),
            ("Server=.\\SQLEXPRESS,1433", None),
            ("http://a:80", None),
        ] {
            assert_eq!(connected(text).as_deref(), expected, "{text}");
        }
    }
}
