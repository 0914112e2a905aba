//! On which ports a container listens, with where each number comes from.

use kubelint_parser::{Span, TextRange};

use super::dotnet;
use super::environment::{Environment, Known, SetBy};
use super::runners::port_of;
use super::{Port, Program};
use crate::code::Expr;
use crate::{DeploymentGraph, FileId};

/// A port that a container listens on.
#[derive(Clone, Debug)]
pub struct Listening<'p> {
    /// The number; `None` if it is not known.
    pub number: Option<u16>,
    /// What the program says.
    pub port: &'p Port,
    /// The variable that decides, if one does.
    pub variable: Option<String>,
    /// Where the number comes from, from the program outwards: source or command, then the variable's value in the manifest, in a ConfigMap,
    /// in the Dockerfile.
    pub chain: Vec<Because>,
    /// Whether it listens for its own pod only: 127.0.0.1, localhost.
    pub is_loopback: bool,
    /// Whether TLS is spoken there, if that is known.
    pub tls: Option<bool>,
}

/// A place that a number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The place.
    pub span: Span,
    /// What stands there.
    pub what: What,
}

/// What stands at a place that a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The program, its configuration or the command that starts it says where to listen.
    Program,
    /// The manifest sets the variable, by itself or in a ConfigMap.
    Manifest,
    /// The Dockerfile sets it.
    Dockerfile,
}

/// What an expression comes to in one environment.
pub(super) struct Evaluated {
    pub(super) text: Option<String>,
    pub(super) variable: Option<String>,
    pub(super) chain: Vec<Because>,
}

impl Program {
    /// The ports that it listens on in `environment`.
    pub fn listens<'p>(
        &'p self,
        graph: &DeploymentGraph,
        environment: &Environment,
    ) -> Vec<Listening<'p>> {
        let ports = self.ports.iter();
        ports
            .flat_map(|it| self.listening(graph, environment, it))
            .collect()
    }

    fn listening<'p>(
        &'p self,
        graph: &DeploymentGraph,
        environment: &Environment,
        port: &'p Port,
    ) -> Vec<Listening<'p>> {
        let span = |it: (FileId, TextRange)| graph.span(it.0, it.1);
        let own = port.place.map(|it| Because {
            span: span(it),
            what: What::Program,
        });
        let evaluated = self.evaluate(&port.port, environment);
        let host = port
            .host
            .as_ref()
            .and_then(|it| self.evaluate(it, environment).text);
        let chain: Vec<Because> = own.into_iter().chain(evaluated.chain).collect();
        let one = |text: Option<&str>| {
            let is_url = text.is_some_and(|it| it.contains("://"));
            let of_scheme = text.filter(|_| is_url).and_then(dotnet::number);
            let address = text.and_then(|it| it.rsplit_once(':'));
            let authority = address.map(|it| it.0.rsplit('/').next().unwrap_or_default());
            let host = host.clone().or_else(|| authority.map(str::to_owned));
            Listening {
                number: of_scheme.or_else(|| number(text?)),
                port,
                variable: evaluated.variable.clone(),
                chain: chain.clone(),
                is_loopback: host.is_some_and(|it| is_loopback(&it)),
                tls: port.tls.or_else(|| match text?.split_once("://")?.0 {
                    "https" => Some(true),
                    "http" => Some(false),
                    _ => None,
                }),
            }
        };
        match evaluated.text.as_deref() {
            // ASP.NET Core takes lists of addresses and ports.
            Some(text) if text.contains(';') => {
                let all = text.split(';').filter(|it| !it.trim().is_empty());
                all.map(|it| one(Some(it))).collect()
            }
            text => vec![one(text)],
        }
    }

    pub(super) fn evaluate(&self, expr: &Expr, environment: &Environment) -> Evaluated {
        let unknown = || Evaluated {
            text: None,
            variable: None,
            chain: Vec::new(),
        };
        match expr {
            Expr::Text(text) => Evaluated {
                text: Some(text.clone()),
                ..unknown()
            },
            Expr::Join(parts) => {
                let mut whole = Evaluated {
                    text: Some(String::new()),
                    ..unknown()
                };
                for part in parts {
                    let part = self.evaluate(part, environment);
                    whole.text = whole.text.zip(part.text).map(|(a, b)| a + &b);
                    whole.variable = whole.variable.or(part.variable);
                    whole.chain.extend(part.chain);
                }
                whole
            }
            Expr::Either(all) => {
                let mut all = all.iter().map(|it| self.evaluate(it, environment));
                let Some(first) = all.next() else {
                    return unknown();
                };
                all.fold(first, |one, other| Evaluated {
                    text: one
                        .text
                        .filter(|it| other.text.as_ref().is_some_and(|other| same(it, other))),
                    variable: one.variable.or(other.variable),
                    chain: one.chain.into_iter().chain(other.chain).collect(),
                })
            }
            Expr::Variable { name, default } => {
                let mut found = self.variable(name, default.as_deref(), environment);
                found.variable = Some(name.clone());
                found
            }
            // What a command line hands over is not told from what it does not.
            _ => unknown(),
        }
    }

    fn variable(&self, name: &str, default: Option<&Expr>, environment: &Environment) -> Evaluated {
        let unknown = |chain| Evaluated {
            text: None,
            variable: None,
            chain,
        };
        let set_by_itself = self.sets.iter().find(|it| it.name == name);
        let value = match environment.get(name) {
            Known::Set(value) => Some(value),
            Known::Unset => None,
            Known::Perhaps => return unknown(Vec::new()),
        };
        let chain: Vec<Because> = value
            .and_then(|it| {
                Some(Because {
                    span: it.place?,
                    what: match it.by {
                        SetBy::Dockerfile => What::Dockerfile,
                        SetBy::Manifest => What::Manifest,
                    },
                })
            })
            .into_iter()
            .collect();
        if let Some(set) = set_by_itself {
            return match (value, &set.value) {
                // `NAME=${NAME:-default}`, or what is only set where it is not.
                (Some(value), _) if set.keeps => Evaluated {
                    text: value.text.clone(),
                    variable: None,
                    chain,
                },
                (None, it) if set.keeps => self.evaluate(it, environment),
                (_, Expr::Text(text)) => Evaluated {
                    text: Some(text.clone()),
                    variable: None,
                    chain: Vec::new(),
                },
                _ => unknown(Vec::new()),
            };
        }
        match (value, default) {
            // An empty value is taken for none by some ways to read it, and not by others.
            (Some(value), _) if value.text.as_deref() == Some("") => unknown(chain),
            (Some(value), _) => Evaluated {
                text: value.text.clone(),
                variable: None,
                chain,
            },
            (None, Some(default)) => self.evaluate(default, environment),
            (None, None) => unknown(chain),
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    a == b || number(a).is_some_and(|it| number(b) == Some(it))
}

/// The port of a number or address.
fn number(text: &str) -> Option<u16> {
    let port = port_of(&Expr::Text(text.trim().to_owned()));
    port.text()?.trim().parse().ok().filter(|it| *it > 0)
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host == "::1" || host.starts_with("127.")
}
