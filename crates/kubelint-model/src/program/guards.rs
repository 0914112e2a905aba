//! What stands before routes: middleware that is put into a router before them.

use kubelint_parser::TextRange;

use super::environment::Environment;
use super::names::{Meaning, Names};
use super::routes::{RouterId, text_in};
use super::{Guarded, Served};
use crate::FileId;
use crate::code::{Ahead as Order, Expr, FunctionId, Guard, GuardKind, Middleware, Mount, Place};

/// How far names of middleware are followed, and functions that call each other.
const MOST_STEPS: u32 = 8;

/// Something that is put into a router, and stands before all that is put behind it.
pub(super) struct Ahead {
    file: FileId,
    place: Place,
    /// The paths that it concerns, below the router's own; empty for all.
    prefix: String,
    guards: Vec<Guarded>,
    /// Whether it stands before all of the router, in whatever order they are put in.
    is_always: bool,
}

/// The limit of `guard`, once the program tells its numbers.
pub(super) fn settled(
    guard: &Guard,
    file: FileId,
    names: &Names<'_, '_>,
    environments: &[&Environment],
) -> Option<GuardKind> {
    settled_kind(&guard.kind, file, names, environments)
}

/// As [`settled`], of a kind by itself.
pub(super) fn settled_kind(
    kind: &GuardKind,
    file: FileId,
    names: &Names<'_, '_>,
    environments: &[&Environment],
) -> Option<GuardKind> {
    let GuardKind::RateOf {
        requests,
        milliseconds,
    } = kind
    else {
        return Some(kind.clone());
    };
    let number = |it: &Expr| -> Option<u64> {
        let text = text_in(&names.value(file, it), environments)?;
        text.parse().ok().filter(|it| *it > 0)
    };
    let seconds = number(milliseconds)? / 1000;
    Some(GuardKind::Rate {
        requests: number(requests)?.try_into().ok()?,
        seconds: seconds.try_into().ok().filter(|it| *it > 0)?,
    })
}

/// The middleware that an expression of `file` is: a name of it, or a function that makes it and is told nothing.
pub(super) fn middleware(names: &Names<'_, '_>, file: FileId, what: &Expr) -> Option<RouterId> {
    let (mut file, mut what) = (file, what);
    for _ in 0..MOST_STEPS {
        let name = match what {
            Expr::Name(name) => name,
            Expr::Call {
                callee,
                arguments,
                named,
            } if arguments.is_empty() && named.is_empty() => callee,
            _ => return None,
        };
        let is_call = matches!(what, Expr::Call { .. });
        match names.meaning(file, name)? {
            Meaning::Router(of, number) if !is_call => {
                let router = names.facts(of)?.routers.get(number)?;
                return router.is_middleware.then_some((of, number));
            }
            Meaning::Value(of, expr) if !is_call && !matches!(expr, Expr::Call { .. }) => {
                (file, what) = (of, expr);
            }
            Meaning::Function(of, function) if is_call => {
                let function = names.facts(of)?.functions.get(function.0 as usize)?;
                (file, what) = (of, function.returns.as_ref()?);
            }
            _ => return None,
        }
    }
    None
}

/// The function that decides whether requests have credentials, that an expression of `file` is or makes.
pub(super) fn gate(
    names: &Names<'_, '_>,
    file: FileId,
    what: &Expr,
) -> Option<(FileId, TextRange)> {
    let (mut file, mut what) = (file, what);
    for _ in 0..MOST_STEPS {
        let name = match what {
            Expr::Name(name) => name,
            Expr::Call {
                callee, arguments, ..
            } => match (callee.as_str(), arguments.as_slice()) {
                ("http.HandlerFunc" | "echo.WrapMiddleware", [inner]) => {
                    what = inner;
                    continue;
                }
                _ => callee,
            },
            _ => return None,
        };
        match names.meaning(file, name)? {
            Meaning::Value(of, expr) if !matches!(what, Expr::Call { .. }) => {
                (file, what) = (of, expr);
            }
            Meaning::Function(of, function) => {
                let facts = names.facts(of)?;
                let found = facts.functions.get(function.0 as usize)?;
                if facts.go.as_ref()?.gates.contains(&function) {
                    return Some((of, found.range));
                }
                (file, what) = (of, found.returns.as_ref()?);
            }
            _ => return None,
        }
    }
    None
}

/// What stands around the handler that `expr` of `file` is: `auth(mux)`.
pub(super) fn around(names: &Names<'_, '_>, file: FileId, expr: &Expr) -> Vec<Guarded> {
    let mut found = Vec::new();
    let (mut file, mut at) = (file, expr);
    for _ in 0..MOST_STEPS {
        match at {
            Expr::Call {
                callee, arguments, ..
            } => {
                let made = Expr::Name(callee.clone());
                if let Some((of, range)) = gate(names, file, &made) {
                    found.push(guarded(GuardKind::Auth, of, range));
                }
                let [inner] = arguments.as_slice() else {
                    break;
                };
                at = inner;
            }
            Expr::Name(name) => match names.meaning(file, name) {
                Some(Meaning::Value(of, value)) if value != at => (file, at) = (of, value),
                _ => break,
            },
            _ => break,
        }
    }
    found
}

impl Ahead {
    /// What `middleware` of `file` puts before what is added to the same router.
    pub(super) fn of_middleware(
        file: FileId,
        middleware: &Middleware,
        guards: Vec<Guarded>,
        is_application: bool,
    ) -> Option<Self> {
        let place = middleware.place;
        (!place.is_conditional && !guards.is_empty()).then(|| Self {
            file,
            place,
            prefix: String::new(),
            guards,
            is_always: match middleware.ahead {
                Order::All => true,
                Order::Application => is_application,
                Order::Next => false,
            },
        })
    }

    /// What `mount` of `file` puts before all behind it: `guards`, for paths that begin with `prefix`. `None` where it may not run, or
    /// nobody knows for which paths.
    pub(super) fn of(
        file: FileId,
        mount: &Mount,
        prefix: &str,
        guards: Vec<Guarded>,
    ) -> Option<Self> {
        let prefix = prefix.trim_end_matches('*').trim_end_matches('/');
        let is_plain = !prefix.contains([':', '*', '(', '?', '+', '{', '[']);
        (is_plain && !mount.place.is_conditional && !guards.is_empty()).then(|| Self {
            file,
            place: mount.place,
            prefix: prefix.to_owned(),
            guards,
            is_always: false,
        })
    }

    /// What stands before something at `path` that `file` adds to the same router at `place`.
    pub(super) fn before(
        &self,
        names: &Names<'_, '_>,
        file: FileId,
        place: &Place,
        path: &str,
    ) -> &[Guarded] {
        let below = path.strip_prefix(self.prefix.as_str());
        let concerns = below.is_some_and(|it| it.is_empty() || it.starts_with('/'));
        if (self.prefix.is_empty() || concerns)
            && (self.is_always || self.is_first(names, file, place))
        {
            &self.guards
        } else {
            &[]
        }
    }

    /// Whether it runs before what stands at `place`.
    fn is_first(&self, names: &Names<'_, '_>, file: FileId, place: &Place) -> bool {
        let own = steps(names, self.file, &self.place);
        let other = steps(names, file, place);
        own.iter().any(|(at, start, is_sure)| {
            let mut others = other.iter();
            let other = others.find(|it| it.0 == *at);
            *is_sure && other.is_some_and(|it| start < &it.1)
        })
    }
}

type Step = ((FileId, FunctionId), u32, bool);

/// Where something runs: in its function, and in those that call it, as far as each is called once; whether every call of that function
/// comes by it.
fn steps(names: &Names<'_, '_>, file: FileId, place: &Place) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    let (mut file, mut place) = (file, *place);
    let mut is_sure = true;
    for _ in 0..MOST_STEPS {
        is_sure &= !place.is_conditional;
        found.push(((file, place.function), place.range.start, is_sure));
        let [(of, number)] = names.sites((file, place.function)) else {
            break;
        };
        let call = names.facts(*of).and_then(|it| it.calls.get(*number));
        let Some(call) = call else {
            break;
        };
        (file, place) = (*of, call.place);
    }
    found
}

/// Takes away what is not sure to stand before routes: what nobody can enumerate may answer before it.
pub(super) fn forget(routes: &mut [Served]) {
    for route in routes {
        route.guards.clear();
    }
}

/// What `guards` say of the place `range` of `file`.
pub(super) fn guarded(kind: GuardKind, file: FileId, range: TextRange) -> Guarded {
    Guarded {
        kind,
        place: (file, range),
    }
}
