//! Where programs of .NET listen: what source says, else the settings of Kestrel, else the addresses that the command or variables state
//! (learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/endpoints).

use super::settings::{self, Setting, environment_of};
use super::{Dotnet, Gap, Program, is_elsewhere};
use crate::ImageRef;
use crate::code::{Expr, Listener, Protocol, Subject};
use crate::program::Port;
use crate::program::environment::{Environment, Known};
use crate::program::words::Word;

/// The variables that state addresses, the first that is set before the others, …
const URLS: [&str; 3] = ["URLS", "ASPNETCORE_URLS", "DOTNET_URLS"];
/// … and those that state ports only, which count where no address is stated, from .NET 8 on.
const PORTS: [&str; 3] = ["HTTP_PORTS", "ASPNETCORE_HTTP_PORTS", "DOTNET_HTTP_PORTS"];
/// From this version on images state a port, and no address, and another one.
const OF_PORTS: u32 = 8;

/// What makes a server of a program.
const SERVERS: [&str; 10] = [
    "WebApplication.CreateBuilder",
    "WebApplication.CreateSlimBuilder",
    "WebApplication.CreateEmptyBuilder",
    "WebApplication.Create",
    "WebHost.CreateDefaultBuilder",
    "ConfigureWebHostDefaults",
    "ConfigureWebHost",
    "UseKestrel",
    "UseStartup",
    "WebHostBuilder",
];

/// What decides where a program listens by its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Decision {
    /// These variables.
    Variable(&'static str),
    /// What the base image sets.
    Base(&'static str, &'static str),
    /// Nobody knows.
    Unknown,
}

impl Dotnet<'_, '_, '_> {
    pub(super) fn ports(&self, program: &mut Program) {
        program.ports.clear();
        program
            .gaps
            .retain(|it| it.subject != Some(Subject::Ports) || it.place.is_some());
        let mut stated = Vec::new();
        for unit in self.names.units.iter() {
            for it in &unit.facts.listeners {
                let Some(port) = self.listener(unit.id, it) else {
                    continue;
                };
                if it.place.is_conditional {
                    let why = "it may listen elsewhere, or not";
                    program.gaps.push(Gap {
                        subject: Some(Subject::Ports),
                        why: why.to_owned(),
                        place: port.place,
                    });
                }
                match it.protocol {
                    Protocol::Http => stated.push(port),
                    _ => program.ports.push(port),
                }
            }
        }
        let calls = self.names.units.iter().flat_map(|it| &it.facts.calls);
        let mut callees = calls.map(|it| it.callee.as_str());
        let is_server = callees.any(|it| SERVERS.contains(&it));
        if !is_server {
            if program.ports.is_empty() {
                let why = "no place is found where it listens";
                program.gaps.push(Gap::of_ports(why));
            }
            return;
        }
        let before = program.ports.len();
        self.unseen_addresses(program);
        if stated.is_empty() {
            self.of_configuration(program);
        } else {
            self.check_overridden(&stated, program);
            program.ports.extend(stated);
        }
        if program.ports.len() == before && program.is_complete(Subject::Ports) {
            let why = "no place is found where it listens";
            program.gaps.push(Gap::of_ports(why));
        }
    }

    fn listener(&self, file: crate::FileId, it: &Listener) -> Option<Port> {
        let facts = self.names.facts(file)?;
        if is_elsewhere(facts, it.place.range, self.environments) {
            return None;
        }
        Some(Port {
            port: self.names.value(file, &it.port),
            host: it.host.as_ref().map(|it| self.names.value(file, it)),
            protocol: it.protocol,
            tls: it.tls,
            place: Some((file, it.place.range)),
        })
    }

    /// Addresses in source and others in variables: which of them count depends on the order in which they are taken up.
    fn check_overridden(&self, stated: &[Port], program: &mut Program) {
        let is_url = |it: &Port| match &it.port {
            Expr::Text(text) => text.contains("://"),
            _ => true,
        };
        let names = URLS.iter().chain(&PORTS);
        let is_set = names.into_iter().any(|name| {
            let mut all = self.environments.iter();
            all.any(|it| !matches!(it.get(name), Known::Unset))
        });
        let environment = environment_of(self.environments);
        let settings = settings::read(&self.project.settings, environment.as_deref(), self.store);
        if !endpoints(&settings).is_empty() {
            let why = "source and settings say where it listens";
            program.gaps.push(Gap::of_ports(why));
        }
        if stated.iter().any(is_url) && (is_set || self.word("--urls").is_some()) {
            let why = "source and variables say where it listens";
            program.gaps.push(Gap::of_ports(why));
        }
    }

    fn of_configuration(&self, program: &mut Program) {
        let environment = environment_of(self.environments);
        let settings = settings::read(&self.project.settings, environment.as_deref(), self.store);
        let endpoints = endpoints(&settings);
        let by_variable = self.environments.iter().any(|it| {
            let mut names = it.iter().map(|it| it.0.to_ascii_uppercase());
            names.any(|it| {
                it.trim_start_matches("ASPNETCORE_")
                    .starts_with("KESTREL__ENDPOINT")
            })
        });
        if by_variable {
            let why = "variables say where Kestrel listens";
            program.gaps.push(Gap::of_ports(why));
            return;
        }
        if !endpoints.is_empty() {
            if environment.is_none() {
                let why = "which settings it has is not known";
                program.gaps.push(Gap::of_ports(why));
            }
            program
                .ports
                .extend(endpoints.iter().map(|it| of_setting(it)));
            return;
        }
        for flag in ["--urls", "--http_ports"] {
            if let Some(word) = self.word(flag) {
                program.ports.push(port(word.expr.clone(), word.place));
                return;
            }
        }
        if let Some(setting) = settings::get(&settings, "urls") {
            if self
                .environments
                .iter()
                .any(|it| !matches!(it.get("URLS"), Known::Unset))
            {
                let why = "settings and variables say where it listens";
                program.gaps.push(Gap::of_ports(why));
            }
            program.ports.push(of_setting(setting));
            return;
        }
        self.of_variables(program);
    }

    /// The value of a flag of the command.
    fn word(&self, flag: &str) -> Option<Word> {
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            if word.text() == Some(flag) {
                return words.next().cloned();
            }
            if let Some((name, value)) = word.split_flag()
                && name == flag
            {
                return Some(value);
            }
        }
        None
    }

    fn of_variables(&self, program: &mut Program) {
        let base = self.base.as_deref().and_then(of_base);
        let mut decisions = self.environments.iter().map(|it| decide(it, base));
        let first = decisions.next().unwrap_or(Decision::Unknown);
        let are_same = decisions.all(|it| it == first);
        let expr = |name: &str, default: Option<&str>| Expr::Variable {
            name: name.to_owned(),
            default: default.map(|it| Box::new(Expr::Text(it.to_owned()))),
        };
        let found = match first {
            Decision::Variable(name) if are_same => expr(name, None),
            Decision::Base(name, value) if are_same => expr(name, Some(value)),
            _ => {
                let why = "which address it listens on is not known";
                program.gaps.push(Gap::of_ports(why));
                return;
            }
        };
        // Ports alone are for what is not encrypted; addresses say it themselves.
        let is_plain =
            matches!(first, Decision::Variable(it) | Decision::Base(it, _) if PORTS.contains(&it));
        program.ports.push(Port {
            tls: is_plain.then_some(false),
            ..port(found, None)
        });
        let secure = "ASPNETCORE_HTTPS_PORTS";
        let is_secure = |it: &&Environment| !matches!(it.get(secure), Known::Unset);
        if self.environments.iter().any(is_secure) {
            program.ports.push(Port {
                tls: Some(true),
                ..port(expr(secure, None), None)
            });
        }
    }
}

fn port(port: Expr, place: Option<(crate::FileId, kubelint_parser::TextRange)>) -> Port {
    Port {
        port,
        host: None,
        protocol: Protocol::Http,
        tls: None,
        place,
    }
}

fn of_setting(setting: &Setting) -> Port {
    port(Expr::Text(setting.text.clone()), Some(setting.place))
}

/// The addresses of Kestrel's end points; those of later files stand for those of earlier ones.
fn endpoints(settings: &[Setting]) -> Vec<&Setting> {
    let mut found: Vec<&Setting> = Vec::new();
    for it in settings.iter().rev() {
        let key = it.key.to_ascii_lowercase();
        let is_url = key.starts_with("kestrel:endpoints:") && key.ends_with(":url");
        if is_url
            && !found
                .iter()
                .any(|other| other.key.eq_ignore_ascii_case(&key))
        {
            found.push(it);
        }
    }
    found.reverse();
    found
}

fn decide(environment: &Environment, base: Option<(&'static str, &'static str)>) -> Decision {
    let of_base = |name: &'static str| {
        let (own, value) = base?;
        (own == name).then_some(Decision::Base(own, value))
    };
    for name in URLS.into_iter().chain(PORTS) {
        match environment.get(name) {
            // Where it is empty nothing is stated.
            Known::Set(value) if value.text.as_deref() == Some("") => {}
            Known::Set(_) => {
                let is_old = base.is_none_or(|it| it.0 == "ASPNETCORE_URLS");
                // Older programs do not know ports without addresses.
                return if PORTS.contains(&name) && is_old {
                    Decision::Unknown
                } else {
                    Decision::Variable(name)
                };
            }
            Known::Perhaps => return Decision::Unknown,
            Known::Unset => {
                if let Some(found) = of_base(name) {
                    return found;
                }
            }
        }
    }
    Decision::Unknown
}

/// The variable by which an image of Microsoft's says where programs listen, and its value: `src/runtime-deps/*/Dockerfile` of
/// dotnet/dotnet-docker. Images to build with unset it.
fn of_base(base: &str) -> Option<(&'static str, &'static str)> {
    let image = ImageRef::parse(base)?;
    let name = image.canonical();
    let kind = [
        "mcr.microsoft.com/dotnet/core/",
        "mcr.microsoft.com/dotnet/nightly/",
        "mcr.microsoft.com/dotnet/",
    ]
    .iter()
    .find_map(|it| name.strip_prefix(it));
    let tag = image.tag()?;
    let is_of_runtime = match kind {
        Some(kind) => matches!(kind, "aspnet" | "runtime" | "runtime-deps"),
        None => match name.as_str() {
            "docker.io/microsoft/aspnetcore" => true,
            "docker.io/microsoft/dotnet" => tag.contains("runtime"),
            _ => false,
        },
    };
    let digits = tag.split(|it: char| !it.is_ascii_digit()).next()?;
    let version: u32 = digits.parse().ok().filter(|_| is_of_runtime)?;
    Some(if version >= OF_PORTS {
        ("ASPNETCORE_HTTP_PORTS", "8080")
    } else {
        ("ASPNETCORE_URLS", "http://+:80")
    })
}

/// What stands for the port in an address of .NET: that of its scheme where it states none.
pub(in crate::program) fn number(url: &str) -> Option<u16> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split('/').next().unwrap_or_default();
    let inner = authority.rsplit(']').next().unwrap_or_default();
    match inner.rsplit_once(':') {
        Some((_, port)) => port.parse().ok(),
        None => match scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_images_say_where_programs_listen() {
        for (image, expected) in [
            ("mcr.microsoft.com/dotnet/aspnet:8.0", Some("8080")),
            (
                "mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled",
                Some("8080"),
            ),
            (
                "mcr.microsoft.com/dotnet/runtime-deps:8.0-alpine",
                Some("8080"),
            ),
            ("mcr.microsoft.com/dotnet/aspnet:6.0", Some("http://+:80")),
            (
                "mcr.microsoft.com/dotnet/core/aspnet:3.1",
                Some("http://+:80"),
            ),
            (
                "microsoft/dotnet:2.2-aspnetcore-runtime",
                Some("http://+:80"),
            ),
            ("microsoft/dotnet:2.2-sdk", None),
            ("mcr.microsoft.com/dotnet/sdk:8.0", None),
            ("mcr.microsoft.com/dotnet/aspnet", None),
            ("alpine:3.19", None),
        ] {
            assert_eq!(of_base(image).map(|it| it.1), expected, "{image}");
        }
    }

    #[test]
    fn ports_of_addresses() {
        for (url, expected) in [
            ("http://+:5000", Some(5000)),
            ("https://*", Some(443)),
            ("http://[::]:8080/x", Some(8080)),
            ("http://[::]", Some(80)),
            ("unix:/x", None),
        ] {
            assert_eq!(number(url), expected, "{url}");
        }
    }
}
