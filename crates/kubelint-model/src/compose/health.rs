//! `healthcheck` of a service, which replaces what the image's `HEALTHCHECK` states, part by part.

use core::time::Duration;

use kubelint_parser::yaml::{Kind, Node};

use super::service::Reader;
use super::{Command, Stated};
use crate::KubeNode;
use crate::dockerfile::duration;

/// A health check. What it does not state is as the image has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// What it runs: the words behind `CMD`, or the text of `CMD-SHELL`.
    pub test: Option<Stated<Command>>,
    /// How often it runs.
    pub interval: Option<Stated<Duration>>,
    /// How long it may take.
    pub timeout: Option<Stated<Duration>>,
    /// For how long after the start its failures do not count.
    pub start_period: Option<Stated<Duration>>,
    /// How often it must fail.
    pub retries: Option<Stated<u32>>,
    /// Whether there is to be none: `disable: true`, or `test: [NONE]`.
    pub disabled: Option<Stated<bool>>,
}

pub(super) fn read(reader: &Reader<'_>, node: Node<'_>) -> Health {
    let time = |key: &str| {
        let text = reader.text(node.field(key)?)?;
        Some(Stated {
            value: duration(&text.value)?,
            span: text.span,
        })
    };
    let retries = node.field("retries").and_then(|it| {
        let text = reader.text(it)?;
        Some(Stated {
            value: text.value.parse().ok()?,
            span: text.span,
        })
    });
    let mut found = Health {
        test: None,
        interval: time("interval"),
        timeout: time("timeout"),
        start_period: time("start_period"),
        retries,
        disabled: node.field("disable").and_then(|it| {
            Some(Stated {
                value: it.boolean()?,
                span: reader.span(it),
            })
        }),
    };
    let Some(test) = node.field("test") else {
        return found;
    };
    let span = reader.span(test);
    let command = if test.kind() == Kind::Scalar {
        reader.text(test).map(|it| Command::Text(it.value))
    } else {
        let mut words = reader.texts(test).into_iter().map(|it| it.value);
        match words.next().as_deref() {
            Some("NONE") => {
                found.disabled = Some(Stated { value: true, span });
                None
            }
            Some("CMD") => Some(Command::Words(words.collect())),
            Some("CMD-SHELL") => words.next().map(Command::Text),
            _ => None,
        }
    };
    found.test = command.map(|value| Stated { value, span });
    found
}
