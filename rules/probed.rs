//! HTTP probes of containers whose program is known, and which of its ports they ask.

use kubelint_engine::Confidence;

use kubelint_model::code::Protocol;
use kubelint_model::program::{Program, Served};
use kubelint_model::view::{Container, ContainerKind, IntOrString, Probe, Text, text};
use kubelint_parser::yaml::Node;

use crate::evidence;
use crate::ports;
use crate::programs::{Listened, Running};

/// Words in the paths of routes that tell how a program is.
const HEALTH: [&str; 5] = ["health", "live", "ready", "ping", "status"];

/// A probe that sends an HTTP request to the container's own program.
pub(crate) struct HttpProbe<'r, 'a> {
    pub(crate) probe: Probe<'a>,
    /// `httpGet`.
    pub(crate) handler: Node<'a>,
    /// The path, if one is stated.
    pub(crate) path: Option<Text<'a>>,
    /// The port.
    pub(crate) number: i64,
    /// What listens there, if that is known.
    pub(crate) listener: Option<&'r Listened<'a>>,
    /// How sure it is that the program is asked: others beside it may answer for it.
    pub(crate) confidence: Confidence,
}

/// The HTTP probes of a container that ask its own program, as far as is known: of another host, or a port that another container or another
/// protocol has, nothing can be said.
pub(crate) fn http_probes<'r, 'a>(
    running: &Running<'a>,
    listened: Option<&'r [Listened<'a>]>,
) -> Vec<HttpProbe<'r, 'a>> {
    let probes = running.container.probes().into_iter();
    let found = probes.filter_map(|probe| {
        let handler = probe.handlers.first()?;
        let is_http = handler.key.as_str().as_deref() == Some("httpGet");
        let handler = handler.value.resolved();
        if !is_http || probe.handlers.len() != 1 || text(handler, "host").is_some() {
            return None;
        }
        let number = number_of(running, &probe)?;
        let path = text(handler, "path");
        let is_replaced = |it: &Text<'_>| evidence::is_replaced(&it.value);
        if path.as_ref().is_some_and(is_replaced) || is_of_other(running, number) {
            return None;
        }
        let listener = match listened {
            Some(listened) => {
                let found = listened.iter().find(|it| it.number == number);
                // Where nobody listens, the port is what is wrong.
                if found.is_none() && !listened.is_empty() {
                    return None;
                }
                found
            }
            None => None,
        };
        if listener.is_some_and(|it| it.port.protocol != Protocol::Http) {
            return None;
        }
        Some(HttpProbe {
            handler,
            path,
            number,
            listener,
            confidence: confidence(running, number, listener.is_some()),
            probe,
        })
    });
    found.collect()
}

/// The path of an HTTP request as the kubelet sends it: without query and fragment, with a `/` first (`formatURL` in `pkg/probe/http`).
pub(crate) fn requested(path: &str) -> String {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    format!("/{}", path[..end].trim_start_matches('/'))
}

/// The route that may be meant where `path` is not served: one that is called so in part, or tells how the program is.
pub(crate) fn nearest<'a>(program: &'a Program, path: &str) -> Option<&'a Served> {
    program.nearest(path).or_else(|| {
        let tells = |it: &str| HEALTH.iter().any(|word| it.contains(word));
        program.routes.iter().find(|it| tells(&it.path.text))
    })
}

/// The number of a probe's port.
fn number_of(running: &Running<'_>, probe: &Probe<'_>) -> Option<i64> {
    match probe.port()?.value {
        IntOrString::Int(number) => Some(number),
        IntOrString::Str(name) => name.parse().ok().or_else(|| {
            let mut ports = running.container.ports();
            let named = ports.find(|it| it.name().is_some_and(|it| it.value == name));
            Some(named?.number()?.value)
        }),
    }
}

/// The other containers that run beside the program.
fn others<'a>(running: &Running<'a>) -> impl Iterator<Item = Container<'a>> {
    let containers = running.template.containers().into_iter();
    let own = running.container.path();
    containers.filter(move |it| it.kind != ContainerKind::Init && it.path() != own)
}

fn is_of_other(running: &Running<'_>, number: i64) -> bool {
    others(running).any(|it| ports::declared(&it).iter().any(|it| it.number == number))
}

/// How sure it is that the program itself answers.
fn confidence(running: &Running<'_>, number: i64, is_listened_on: bool) -> Confidence {
    let declares = ports::declared(&running.container)
        .iter()
        .any(|it| it.number == number);
    let is_alone = others(running).next().is_none() && !running.template.is_injected();
    if is_alone && (declares || is_listened_on) {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

#[cfg(test)]
mod tests {
    use super::requested;

    #[test]
    fn requests_of_the_kubelet() {
        for (path, expected) in [
            ("/health", "/health"),
            ("health", "/health"),
            ("/health?full=1", "/health"),
            ("", "/"),
            ("/#a", "/"),
        ] {
            assert_eq!(requested(path), expected);
        }
    }
}
