//! What stands before routes, where a program listens, and what else runs at its start.

use kubelint_parser::code::Node;

use super::{Captures, Found, Part, Syntax, needs_router};
use crate::code::{
    Ahead, Call, Expr, Failure, Guard, GuardKind, Import, Listener, Load, LoadKind, Middleware,
    Open, Opened, Place, Protocol, Subject, VariableFile, Wait,
};

impl<'a, S: Syntax<'a>> Captures<'_, 'a, S> {
    pub(super) fn guard(&mut self, one: &Found<'a>, node: Node<'a>) {
        let kinds = match one.setting("guard") {
            Some("auth") => vec![GuardKind::Auth],
            Some("free") => vec![GuardKind::Free],
            Some("rate") if one.setting("requests").is_some() => {
                let requests = self.expr(one, "guard", "requests");
                let window = match self.part(one, "guard", "window") {
                    Some(Part::Node(it)) => Some(self.syntax.milliseconds(it)),
                    other => other.map(|it| self.value(&it)),
                };
                vec![GuardKind::RateOf {
                    requests: requests.unwrap_or(Expr::Unknown),
                    milliseconds: window.unwrap_or(Expr::Unknown),
                }]
            }
            _ => {
                let stated = match self.part(one, "guard", "rate") {
                    Some(Part::Node(it)) => self.syntax.items(it).unwrap_or_else(|| vec![it]),
                    _ => return,
                };
                let texts = stated.into_iter().map(|it| self.syntax.expr(it));
                let texts: Vec<Expr> = texts.collect();
                texts
                    .iter()
                    .filter_map(Expr::text)
                    .filter_map(rate)
                    .collect()
            }
        };
        if let Some(handler) = one.get("guard.handler") {
            let routes = self.handlers.get(&handler.id()).into_iter().flatten();
            for number in routes {
                if let Some(route) = self.facts.routes.get_mut(*number) {
                    let known = route.guards.len();
                    for kind in &kinds {
                        if !route.guards.iter().take(known).any(|it| it == kind) {
                            route.guards.push(kind.clone());
                        }
                    }
                }
            }
        } else if let Some(on) = self.on(one, "guard", node) {
            let place = self.syntax.place(node);
            let all = kinds.into_iter().map(|kind| Guard {
                on: on.clone(),
                kind,
                place,
            });
            self.facts.guards.extend(all);
        }
    }

    /// Middleware that is put into a router.
    pub(super) fn ahead(&mut self, one: &Found<'a>, node: Node<'a>) {
        let (Some(on), Some(what)) = (self.on(one, "ahead", node), self.expr(one, "ahead", "what"))
        else {
            return;
        };
        self.facts.middleware.push(Middleware {
            on,
            what,
            ahead: match one.setting("before") {
                Some("all") => Ahead::All,
                Some("application") => Ahead::Application,
                _ => Ahead::Next,
            },
            place: self.syntax.place(node),
        });
    }

    pub(super) fn listen(&mut self, one: &Found<'a>, node: Node<'a>) {
        let port = self.part(one, "listen", "port");
        let mut ports = match &port {
            Some(Part::Node(it)) => match self.syntax.items(*it) {
                Some(items) => items.into_iter().map(|it| self.syntax.expr(it)).collect(),
                None => vec![self.syntax.expr(*it)],
            },
            Some(other) => vec![self.value(other)],
            None => vec![Expr::Unknown],
        };
        ports.truncate(16);
        let host = self.expr(one, "listen", "host");
        let serves = self.expr(one, "listen", "serves");
        for port in ports {
            self.facts.listeners.push(Listener {
                port,
                host: host.clone(),
                protocol: match one.setting("protocol") {
                    Some("http") => Protocol::Http,
                    Some("grpc") => Protocol::Grpc,
                    _ => Protocol::Other,
                },
                tls: self.tls(one),
                serves: serves.clone(),
                place: self.syntax.place(node),
            });
        }
    }

    pub(super) fn tls(&self, one: &Found<'a>) -> Option<bool> {
        let spec = one.setting("tls")?;
        match (spec, one.get("arguments")) {
            ("true", _) => Some(true),
            ("false", _) => Some(false),
            (_, Some(arguments)) => {
                let mut names = spec.split_whitespace();
                let given = names.find_map(|it| self.syntax.argument(arguments, it));
                match given {
                    Some(it) if self.syntax.is_nothing(it) => Some(false),
                    Some(it) if self.syntax.expr(it).text() == Some("False") => Some(false),
                    // What is not written out may be nothing after all.
                    Some(it) if self.syntax.expr(it).text().is_some() => Some(true),
                    Some(_) => None,
                    None if self.syntax.has_more_arguments(arguments) => None,
                    None => Some(false),
                }
            }
            _ => None,
        }
    }

    pub(super) fn file(&mut self, one: &Found<'a>, node: Node<'a>) {
        let path = self.expr(one, "file", "path");
        let place = self.syntax.place(node);
        self.facts.variable_files.push(VariableFile { path, place });
    }

    /// One whose failure the program handles is of no use to anybody.
    pub(super) fn opened(&mut self, one: &Found<'a>, node: Node<'a>) {
        let failure = self.syntax.failure(node);
        let Some(part) = self.part(one, "opened", "path") else {
            return;
        };
        let mut place = self.syntax.place(node);
        if let Part::Node(path) = &part {
            place.range = self.syntax.place(*path).range;
        }
        let path = self.value(&part);
        if failure != Failure::Handled && path != Expr::Unknown {
            self.facts.opened.push(Opened {
                path,
                failure,
                place,
            });
        }
    }

    pub(super) fn looked(&mut self, one: &Found<'a>, node: Node<'a>) {
        let path = self.expr(one, "looked", "path");
        let place = self.syntax.place(node);
        let path = path.unwrap_or(Expr::Unknown);
        self.facts.looked_for.push((path, place));
    }

    pub(super) fn wait(&mut self, one: &Found<'a>, node: Node<'a>) {
        let seconds = self.expr(one, "wait", "seconds");
        let Some(mut seconds) = seconds.filter(|it| *it != Expr::Unknown) else {
            return;
        };
        let number = |key: &str| one.setting(key).and_then(|it| it.parse().ok());
        if let Some(divisor) = number("divisor") {
            // Parts of a second count only where they are written out.
            let whole: Option<u32> = seconds
                .text()
                .and_then(|it| it.split('.').next()?.parse().ok());
            let Some(whole) = whole.and_then(|it| it.checked_div(divisor)) else {
                return;
            };
            seconds = Expr::Text(whole.to_string());
        }
        self.facts.waits.push(Wait {
            seconds,
            factor: number("factor").unwrap_or(1),
            place: self.syntax.place(node),
        });
    }

    pub(super) fn entry(&mut self, one: &Found<'a>, _: Node<'a>) {
        let Some(Part::Node(handler)) = self.part(one, "entry", "handler") else {
            return;
        };
        let handler = handler.field("name").unwrap_or(handler);
        let Some(name) = self.syntax.name(handler) else {
            return;
        };
        self.entries.insert(name);
    }

    /// Whether the command line asks for it nobody knows.
    pub(super) fn command(&mut self, one: &Found<'a>, node: Node<'a>) {
        let handler = one.get("command.handler");
        let name = handler.map(|it| it.field("name").unwrap_or(it));
        if let Some(callee) = name.and_then(|it| self.syntax.name(it)) {
            let place = self.syntax.place(node);
            self.facts.calls.push(Call {
                callee,
                arguments: Vec::new(),
                named: Vec::new(),
                failure: Failure::Handled,
                place: Place {
                    is_conditional: true,
                    ..place
                },
            });
        }
    }

    /// A name that is written out is an import like any other.
    pub(super) fn load(&mut self, one: &Found<'a>, node: Node<'a>) {
        let Some(why) = one.setting("why") else {
            return;
        };
        let place = self.syntax.place(node);
        let kind = match one.setting("loads") {
            Some("object") => LoadKind::Object,
            Some("file") => LoadKind::File,
            _ => LoadKind::Module,
        };
        let what = match self.part(one, "load", "what") {
            // One of several: what holds them is known by its name.
            Some(Part::Node(it)) if self.syntax.expr(it) == Expr::Unknown => {
                let of = it.field("value").filter(|_| it.kind() == "subscript");
                of.map_or(Expr::Unknown, |it| self.syntax.expr(it))
            }
            Some(part) => self.value(&part),
            None => Expr::Unknown,
        };
        let suffix = one.setting("suffix").unwrap_or_default();
        let texts: Option<Vec<&str>> = match &what {
            Expr::List(all) => all.iter().map(Expr::text).collect(),
            one => one.text().map(|it| vec![it]),
        };
        let texts = texts.filter(|_| kind != LoadKind::File);
        let Some(texts) = texts else {
            self.facts.loads.push(Load {
                what,
                kind,
                subject: one.setting("subject").map(subject),
                why,
                place,
            });
            return;
        };
        let local = self.syntax.target(node, false).unwrap_or_default();
        for text in texts {
            let text = format!("{text}{suffix}");
            let split = text.rsplit_once([':', '.']);
            let split = split.filter(|it| kind == LoadKind::Object && !it.0.is_empty());
            let (module, item) = match split {
                Some((module, item)) => (module, Some(item.to_owned())),
                None => (text.as_str(), None),
            };
            self.facts.imports.push(Import {
                local: local.clone(),
                module: module.to_owned(),
                item,
                place,
            });
        }
    }

    pub(super) fn open(&mut self, one: &Found<'a>, node: Node<'a>) {
        let Some(why) = one.setting("why") else {
            return;
        };
        let subjects = one.setting("subject").unwrap_or("routes");
        for it in subjects.split_whitespace() {
            self.facts.open.push(Open {
                needs_router: needs_router(one),
                subject: subject(it),
                why,
                on: self.on(one, "open", node),
                place: self.syntax.place(node),
            });
        }
    }
}

fn subject(stated: &str) -> Subject {
    match stated {
        "reads" => Subject::Reads,
        "ports" => Subject::Ports,
        _ => Subject::Routes,
    }
}

/// `5/minute`, `100 per 15 minutes`.
fn rate(text: &str) -> Option<GuardKind> {
    let first = text.split([';', ',']).next()?;
    let words: Vec<&str> = first
        .split(|it: char| it == '/' || it.is_whitespace())
        .filter(|it| !it.is_empty() && *it != "per")
        .collect();
    let (requests, many, unit) = match words.as_slice() {
        [requests, unit] => (requests, 1, unit),
        [requests, many, unit] => (requests, many.parse().ok()?, unit),
        _ => return None,
    };
    let seconds: u32 = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return None,
    };
    Some(GuardKind::Rate {
        requests: requests.parse().ok()?,
        seconds: seconds.checked_mul(many)?,
    })
}
