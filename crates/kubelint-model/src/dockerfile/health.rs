//! `HEALTHCHECK`: what it runs, and when. Kubernetes does not run it; but it tells how long a program takes to start, and what it answers.

use core::time::Duration;

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::{Arguments, Instruction};

use super::image::{Inherited, Stated};
use super::start::Argument;

/// A health check. What it does not state is as Docker has it: every 30 seconds, 30 seconds to answer, 3 retries, no time to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What it runs: the words of the exec form, or the text of the shell form as one.
    pub command: Vec<Argument>,
    /// Whether it is the shell form.
    pub is_shell: bool,
    /// How often it runs.
    pub interval: Option<Stated<Duration>>,
    /// How long it may take.
    pub timeout: Option<Stated<Duration>>,
    /// For how long after the start its failures do not count.
    pub start_period: Option<Stated<Duration>>,
    /// How often it must fail.
    pub retries: Option<Stated<u32>>,
}

/// What a health check asks of its own container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The port; 80 or 443 where the address gives none.
    pub port: u16,
    /// The path, which begins with a slash.
    pub path: String,
    /// Where the command stands.
    pub range: Option<TextRange>,
}

/// The health check that an instruction states; `None` if it is none that a builder takes.
pub(super) fn read(instruction: &Instruction) -> Option<Inherited<Health>> {
    let kind = instruction.health.as_ref()?.text();
    if kind.eq_ignore_ascii_case("none") {
        return Some(Inherited::Cleared(Some(instruction.range)));
    }
    if !kind.eq_ignore_ascii_case("cmd") {
        return None;
    }
    let command: Vec<Argument> = instruction.words().iter().map(Argument::of).collect();
    let time = |name| {
        let word = instruction.flag(name)?;
        let value = duration(word.text()).filter(|it| !it.is_zero())?;
        let range = word.range();
        Some(Stated { value, range })
    };
    let retries = instruction.flag("retries").and_then(|word| {
        let value = word.text().parse().ok().filter(|it| *it > 0)?;
        let range = word.range();
        Some(Stated { value, range })
    });
    let value = Health {
        command,
        is_shell: matches!(instruction.arguments, Arguments::Text(_)),
        interval: time("interval"),
        timeout: time("timeout"),
        start_period: time("start-period"),
        retries,
    };
    let range = instruction.range;
    Some(Inherited::Stated(Stated { value, range }))
}

impl Health {
    /// What it asks by HTTP, if it asks its own container.
    pub fn asks(&self) -> Option<Asked> {
        self.command.iter().find_map(|word| {
            let (at, scheme) = ["http://", "https://"]
                .iter()
                .filter_map(|it| Some((word.text.find(it)?, *it)))
                .min()?;
            let rest = &word.text[at + scheme.len()..];
            let end = rest.find(|it: char| it.is_whitespace() || "\"'|;&<>)".contains(it));
            let address = &rest[..end.unwrap_or(rest.len())];
            let (authority, path) = match address.find(['/', '?']) {
                Some(at) => address.split_at(at),
                None => (address, "/"),
            };
            let hosts = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]"];
            let port = hosts.iter().find_map(|it| authority.strip_prefix(it))?;
            let port = match port.strip_prefix(':') {
                Some(port) => port.parse().ok()?,
                None if !port.is_empty() => return None,
                None if scheme == "http://" => 80,
                None => 443,
            };
            let slash = if path.starts_with('/') { "" } else { "/" };
            Some(Asked {
                port,
                path: format!("{slash}{path}"),
                range: word.range,
            })
        })
    }
}

/// A duration as Go writes them: `1m30s`, `1.5h`, `0`. Negative ones are none.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    const UNITS: [(&str, f64); 7] = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("µs", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
    ];
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest
            .find(|it: char| it.is_ascii_digit() || it == '.')
            .unwrap_or(rest.len());
        let (_, unit) = UNITS.iter().find(|(it, _)| *it == &rest[..end])?;
        seconds += number * unit;
        rest = &rest[end..];
    }
    (!text.is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("30s", Some(30_000)),
            ("1m30s", Some(90_000)),
            ("1.5h", Some(5_400_000)),
            ("300ms", Some(300)),
            ("0", Some(0)),
            ("30", None),
            ("s", None),
            ("-5s", None),
            ("", None),
            ("99999999999999999999999h", None),
        ] {
            let found = duration(text).map(|it| it.as_millis());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_asked() {
        for (command, expected) in [
            (
                "curl -f http://localhost:8080/health || exit 1",
                Some((8080, "/health")),
            ),
            ("wget -q -O- 'http://127.0.0.1'", Some((80, "/"))),
            ("curl -k https://localhost/x?y=z", Some((443, "/x?y=z"))),
            ("curl http://localhost:$PORT/", None),
            ("curl http://localhosts/", None),
            ("curl http://db:80/", None),
            ("pgrep a", None),
        ] {
            let health = Health {
                command: vec![Argument {
                    text: command.to_owned(),
                    range: None,
                }],
                is_shell: true,
                interval: None,
                timeout: None,
                start_period: None,
                retries: None,
            };
            let found = health.asks();
            let found = found.as_ref().map(|it| (it.port, it.path.as_str()));
            assert_eq!(found, expected, "{command}");
        }
    }
}
