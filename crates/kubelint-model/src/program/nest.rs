//! What an application of Nest does with the routes of all its controllers: global prefixes, versions, guards and limits.
//!
//! As in `RoutePathFactory` of `@nestjs/core` 10: the version stands before the paths of controller and method, the prefix before that.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;

use super::calls::Reached;
use super::environment::Environment;
use super::guards;
use super::names::{Meaning, Names};
use super::routes::text_in;
use super::units::Unit;
use super::{Gap, Guarded, Program, RoutePart, RoutePath, Served};
use crate::FileId;
use crate::code::nest::{
    Excluded, GlobalPrefix, NestFacts, NestGuard, NestGuardKind, Version, Versioned, Versioning,
};
use crate::code::{Expr, GuardKind, Place, Route, RouteStyle, Slash, Subject};

/// A route has no more paths than these.
const MOST_PATHS: usize = 16;

/// Changes the routes of `program` as its application does.
pub(super) fn apply(
    names: &Names<'_, '_>,
    environments: &[&Environment],
    reached: &Reached,
    program: &mut Program,
) {
    let is_nest = |it: &&Unit| it.facts.nest.is_some();
    if names.units.iter().all(|it| !is_nest(&it)) {
        return;
    }
    let mut nest = Nest {
        names,
        environments,
        routes: routes(names),
        gaps: Vec::new(),
    };
    let mut prefixes: Vec<(FileId, &GlobalPrefix)> = Vec::new();
    let mut versionings: Vec<(FileId, &Versioning)> = Vec::new();
    for (unit, facts) in all(names) {
        prefixes.extend(facts.prefixes.iter().map(|it| (unit.id, it)));
        versionings.extend(facts.versionings.iter().map(|it| (unit.id, it)));
    }
    let runs = |file, place: &Place| reached.holds(file, place.function) && !place.is_conditional;
    let is_sure = prefixes.iter().all(|it| runs(it.0, &it.1.place))
        && versionings.iter().all(|it| runs(it.0, &it.1.place));
    if prefixes.len() > 1 || versionings.len() > 1 || !is_sure {
        let first = prefixes.first().map(|it| (it.0, it.1.place.range));
        let other = versionings.first().map(|it| (it.0, it.1.place.range));
        if let Some((file, range)) = first.or(other) {
            nest.gap(
                "all paths are changed where the application is made",
                file,
                range,
            );
        }
    } else {
        let prefix = prefixes.first().copied();
        let versioning = versionings.first().copied();
        program.routes = std::mem::take(&mut program.routes)
            .into_iter()
            .flat_map(|it| nest.changed(it, prefix, versioning))
            .collect();
    }
    nest.guard(program);
    program.gaps.append(&mut nest.gaps);
}

fn all<'n>(names: &'n Names<'_, '_>) -> impl Iterator<Item = (&'n Unit, &'n NestFacts)> {
    let units = names.units.iter();
    units.filter_map(|it| Some((it, it.facts.nest.as_deref()?)))
}

struct Nest<'n, 'u, 'g> {
    names: &'n Names<'u, 'g>,
    environments: &'n [&'n Environment],
    /// The routes of controllers, by their places.
    routes: BTreeMap<(FileId, u32, u32), (&'n NestFacts, &'n Route)>,
    gaps: Vec<Gap>,
}

fn routes<'n>(
    names: &'n Names<'_, '_>,
) -> BTreeMap<(FileId, u32, u32), (&'n NestFacts, &'n Route)> {
    let mut found = BTreeMap::new();
    for (unit, nest) in all(names) {
        let controllers: BTreeSet<&str> = nest.controllers.iter().map(String::as_str).collect();
        let own = unit.facts.routes.iter();
        for route in own.filter(|it| controllers.contains(it.on.as_str())) {
            let range = route.place.range;
            found.insert((unit.id, range.start, range.end), (nest, route));
        }
    }
    found
}

impl<'n> Nest<'n, '_, '_> {
    fn gap(&mut self, why: &str, file: FileId, range: TextRange) {
        let gap = Gap {
            subject: Some(Subject::Routes),
            why: why.to_owned(),
            place: Some((file, range)),
        };
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    fn text(&self, file: FileId, expr: &Expr) -> Option<String> {
        text_in(&self.names.value(file, expr), self.environments)
    }

    /// What a file says of the controller that a route belongs to; `None` if it belongs to none.
    fn of(&self, served: &Served) -> Option<(&'n NestFacts, &'n Route)> {
        let (file, range) = served.place;
        self.routes.get(&(file, range.start, range.end)).copied()
    }

    fn changed(
        &mut self,
        served: Served,
        prefix: Option<(FileId, &GlobalPrefix)>,
        versioning: Option<(FileId, &Versioning)>,
    ) -> Vec<Served> {
        let file = served.place.0;
        let Some((nest, route)) = self.of(&served) else {
            return vec![served];
        };
        let stated = stated(&nest.versions, route).cloned();
        let versions = match versioning {
            Some((of, versioning)) => {
                let place = (of, versioning.place.range);
                match (versioning.in_paths, self.text(of, &versioning.prefix)) {
                    (Some(false), _) => vec![None],
                    (Some(true), Some(before)) => {
                        let (of, all) = match &stated {
                            Some(it) => (file, it.versions.clone()),
                            None => (of, versioning.default.clone()),
                        };
                        let Some(found) = self.versions(of, &all, &before) else {
                            self.gap("the version of a path is not known", place.0, place.1);
                            return vec![served];
                        };
                        found
                    }
                    _ => {
                        let why = "all paths are changed where the application is made";
                        self.gap(why, place.0, place.1);
                        return vec![served];
                    }
                }
            }
            None => vec![None],
        };
        let before = match prefix {
            None => None,
            Some((of, it)) => {
                let place = (of, it.place.range);
                let Some(text) = self.text(of, &it.prefix) else {
                    self.gap("a prefix is computed", place.0, place.1);
                    return vec![served];
                };
                match self.is_excluded(of, it, &served) {
                    Some(true) => None,
                    Some(false) => Some((text, place)),
                    None => {
                        let why = "which paths have no prefix is not known";
                        self.gap(why, place.0, place.1);
                        return vec![served];
                    }
                }
            }
        };
        let mut found = Vec::new();
        for version in versions.into_iter().take(MOST_PATHS) {
            let mut one = served.clone();
            let texts = before
                .iter()
                .map(|it| it.0.as_str())
                .chain(version.as_deref());
            let pieces: Vec<(&str, RouteStyle)> = texts.map(|it| (it, RouteStyle::Colon)).collect();
            if !pieces.is_empty() {
                one.path = below(RoutePath::of(pieces), &served.path);
            }
            let places = before.iter().map(|it| it.1);
            one.prefixes = places.chain(served.prefixes.iter().copied()).collect();
            found.push(one);
        }
        found
    }

    /// What stands in the path for each version: nothing for a neutral one.
    fn versions(&self, file: FileId, all: &[Version], before: &str) -> Option<Vec<Option<String>>> {
        if all.is_empty() {
            return Some(vec![None]);
        }
        let versions = all.iter().map(|it| match it {
            Version::Neutral => Some(None),
            Version::Of(expr) => match self.names.value(file, expr) {
                Expr::List(items) => match items.as_slice() {
                    [only] => Some(Some(format!("{before}{}", only.text()?))),
                    _ => None,
                },
                other => {
                    let text = text_in(&other, self.environments)?;
                    Some(Some(format!("{before}{text}")))
                }
            },
        });
        versions.collect()
    }

    /// Whether the prefix does not stand before a route; `None` if nobody can tell.
    fn is_excluded(&self, file: FileId, prefix: &GlobalPrefix, served: &Served) -> Option<bool> {
        for it in prefix.excluded.as_deref()? {
            let Excluded { path, method } = it;
            let is_meant = match method {
                Some(method) => served.methods.is_empty() || served.methods.contains(method),
                None => true,
            };
            let text = self.text(file, path)?;
            if is_meant && excludes(&text, served)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Adds the guards of the application, of controllers and of methods, where no guard is in doubt.
    fn guard(&self, program: &mut Program) {
        let limits: Vec<(FileId, &GuardKind, TextRange)> = all(self.names)
            .flat_map(|(unit, it)| {
                let own = it.limits.iter();
                own.map(move |(kind, place)| (unit.id, kind, place.range))
            })
            .collect();
        let whole: Vec<(FileId, &NestGuard)> = all(self.names)
            .flat_map(|(unit, it)| {
                let own = it.guards.iter().filter(|it| it.class.is_none());
                own.map(move |it| (unit.id, it))
            })
            .collect();
        for at in 0..program.routes.len() {
            let Some(served) = program.routes.get(at) else {
                break;
            };
            let Some((nest, route)) = self.of(served) else {
                continue;
            };
            let file = served.place.0;
            let own = nest.guards.iter().filter(|it| {
                it.class.as_ref() == Some(&route.on)
                    && it.method.is_none_or(|it| it.contains(route.place.range))
            });
            let own = own.map(|it| (file, it));
            let guards: Vec<(FileId, &NestGuard)> = whole.iter().copied().chain(own).collect();
            let is_free = guards
                .iter()
                .any(|it| it.1.what == NestGuardKind::Unthrottled);
            let mut found: Vec<Guarded> = Vec::new();
            for (of, guard) in guards {
                match &guard.what {
                    NestGuardKind::Known(kind) => {
                        found.push(guards::guarded(kind.clone(), of, guard.place.range));
                    }
                    NestGuardKind::Class(name) => {
                        let kind = self.kept_by(of, name);
                        found.extend(kind.map(|it| guards::guarded(it, of, guard.place.range)));
                    }
                    NestGuardKind::Throttler if !is_free => {
                        if let [(of, kind, range)] = limits.as_slice() {
                            let kind =
                                guards::settled_kind(kind, *of, self.names, self.environments);
                            found.extend(kind.map(|it| guards::guarded(it, *of, *range)));
                        }
                    }
                    NestGuardKind::Throttler | NestGuardKind::Unthrottled => {}
                }
            }
            if let Some(served) = program.routes.get_mut(at) {
                served.guards.splice(0..0, found);
            }
        }
    }

    /// What a class that is a guard keeps from routes.
    fn kept_by(&self, file: FileId, name: &str) -> Option<GuardKind> {
        let Meaning::Class(of, class) = self.names.meaning(file, name)? else {
            return None;
        };
        let facts = self.names.facts(of)?;
        let class = &facts.classes.get(class)?.name;
        let mut known = facts.nest.as_deref()?.guard_classes.iter();
        known.find(|it| it.0 == *class).map(|it| it.1.clone())
    }
}

/// What is stated of the versions of a route: that of the method, else that of the controller.
fn stated<'n>(versions: &'n [Versioned], route: &Route) -> Option<&'n Versioned> {
    let mut own = versions.iter().filter(|it| it.class == route.on);
    let of_method = own.clone().find(|it| {
        let range = it.method;
        range.is_some_and(|it| it.contains(route.place.range))
    });
    of_method.or_else(|| own.find(|it| it.method.is_none()))
}

/// Whether `pattern` is the path of a route, without versions: `None` if nobody can tell.
fn excludes(pattern: &str, served: &Served) -> Option<bool> {
    let pattern = pattern.trim_start_matches('/');
    let special = pattern.find(['*', '(', '{', ':', '?', '+']);
    let Some(at) = special else {
        let asked = format!("/{pattern}");
        return Some(served.path.matches(&asked, Slash::Either));
    };
    let (head, tail) = pattern.split_at(at);
    let own = served.path.text.trim_start_matches('/');
    if !own.starts_with(head) {
        // What stands before a `?` may be left out.
        return (!tail.contains('?')).then_some(false);
    }
    let takes_all = matches!(
        tail,
        "(.*)" | "*" | "*path" | "*splat" | "{*path}" | "{*splat}"
    );
    (takes_all && own.len() > head.len()).then_some(true)
}

/// `inner` below `outer`.
fn below(outer: RoutePath, inner: &RoutePath) -> RoutePath {
    let rest = inner.text.trim_start_matches('/');
    let text = match rest {
        "" => outer.text,
        _ => format!("{}/{rest}", outer.text.trim_end_matches('/')),
    };
    let parts = outer.parts.into_iter().chain(inner.parts.iter().cloned());
    let parts: Vec<RoutePart> = parts.collect();
    RoutePath {
        text,
        parts,
        style: inner.style,
    }
}
