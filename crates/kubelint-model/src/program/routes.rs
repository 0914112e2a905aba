//! The routes that a program serves: those of the application that is served, with the prefixes of all routers on the way.

use std::collections::{BTreeMap, BTreeSet};

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::calls::Reached;
use super::dotnet::{self, is_elsewhere};
use super::environment::{Environment, Known};
use super::guards::{self, Ahead};
use super::names::{Meaning, Names};
use super::units::Unit;
use super::{Gap, Guarded, RoutePath, Served, handed};
use crate::FileId;
use crate::code::{Expr, GuardKind, Place, RouteStyle, Slash, Subject};

/// Routers are not followed deeper into each other.
const MOST_NESTED: usize = 16;
/// More routes of one program are not told.
const MOST_ROUTES: usize = 20_000;
/// Routers that are put into several others are not followed more often in all.
const MOST_WALKS: usize = 20_000;
/// More middleware of one router is not looked at.
const MOST_AHEAD: usize = 64;
/// More reasons are not told.
const MOST_GAPS: usize = 200;
/// What `net/http` serves where no handler is given: one for all files.
const DEFAULT_MUX: &str = "http.DefaultServeMux";
/// How far names of routers are followed.
const MOST_STEPS: u32 = 16;

/// A router: the number of one in its file.
pub(super) type RouterId = (FileId, usize);

/// A part of a path, and where it is written.
#[derive(Clone, Debug)]
struct Prefix {
    text: String,
    style: RouteStyle,
    place: (FileId, TextRange),
}

/// Routers that are looked for.
#[derive(Default)]
struct Search {
    found: BTreeSet<RouterId>,
    /// The names that were followed.
    seen: BTreeSet<(FileId, String)>,
}

pub(super) struct Routes<'n, 'u, 'g> {
    pub(super) names: &'n Names<'u, 'g>,
    /// The environments of the containers that run the program.
    pub(super) environments: &'n [&'n Environment],
    pub(super) reached: &'n Reached,
    pub(super) found: Vec<Served>,
    pub(super) gaps: Vec<Gap>,
    walks: usize,
    /// Routes that frameworks of JavaScript find by themselves, and routers.
    whole: Vec<(FileId, usize)>,
    whole_mounts: Vec<(FileId, usize)>,
    /// By router: its routes, the routers that are put into it, its guards.
    added: BTreeMap<RouterId, Vec<(FileId, usize)>>,
    mounts: BTreeMap<RouterId, Vec<(FileId, usize)>>,
    guards: BTreeMap<RouterId, Vec<Guarded>>,
    middleware: BTreeMap<RouterId, Vec<(FileId, usize)>>,
    opens: BTreeMap<RouterId, Vec<Gap>>,
}

impl<'n, 'u, 'g> Routes<'n, 'u, 'g> {
    pub(super) fn new(
        names: &'n Names<'u, 'g>,
        environments: &'n [&'n Environment],
        reached: &'n Reached,
    ) -> Self {
        let mut this = Self {
            names,
            environments,
            reached,
            found: Vec::new(),
            gaps: Vec::new(),
            walks: 0,
            whole: Vec::new(),
            whole_mounts: Vec::new(),
            added: BTreeMap::new(),
            mounts: BTreeMap::new(),
            guards: BTreeMap::new(),
            middleware: BTreeMap::new(),
            opens: BTreeMap::new(),
        };
        this.sort();
        this
    }

    /// Sorts all that files say by the routers that it belongs to.
    fn sort(&mut self) {
        let last_names = handed::last_names(self.names);
        for unit in self.names.units.iter() {
            let id = unit.id;
            for (routers, gap) in handed::unknown(self, unit, &last_names) {
                for router in routers {
                    self.opens.entry(router).or_default().push(gap.clone());
                }
            }
            let gap = |why: &str, range| Gap {
                subject: Some(Subject::Routes),
                why: why.to_owned(),
                place: Some((id, range)),
            };
            let finds = unit.facts.language != Language::Python;
            let is_go = unit.facts.language == Language::Go;
            for (number, route) in unit.facts.routes.iter().enumerate() {
                if finds && route.on.is_empty() {
                    self.whole.push((id, number));
                    continue;
                }
                if is_elsewhere(&unit.facts, route.place.range, self.environments)
                    || self.names.is_never_given(id, &route.on)
                {
                    continue;
                }
                let on = self.routers(id, &route.on);
                let is_reached = !is_go || self.reached.holds(id, route.place.function);
                if on.is_empty() && !route.needs_router && is_reached {
                    let why = "a route is added to what is not known";
                    self.gaps.push(gap(why, route.place.range));
                }
                for router in on {
                    self.added.entry(router).or_default().push((id, number));
                }
            }
            for (number, mount) in unit.facts.mounts.iter().enumerate() {
                if finds && mount.on.is_empty() {
                    self.whole_mounts.push((id, number));
                    continue;
                }
                if is_elsewhere(&unit.facts, mount.place.range, self.environments)
                    || self.names.is_never_given(id, &mount.on)
                {
                    continue;
                }
                let on = self.routers(id, &mount.on);
                if on.is_empty()
                    && !mount.needs_router
                    && self.reached.holds(id, mount.place.function)
                {
                    let why = "routes are added to what is not known";
                    self.gaps.push(gap(why, mount.place.range));
                }
                for router in on {
                    self.mounts.entry(router).or_default().push((id, number));
                }
            }
            for guard in &unit.facts.guards {
                let kind = guards::settled(guard, id, self.names, self.environments);
                let Some(kind) = kind else {
                    continue;
                };
                for router in self.routers(id, &guard.on) {
                    let guarded = guards::guarded(kind.clone(), id, guard.place.range);
                    self.guards.entry(router).or_default().push(guarded);
                }
            }
            for (number, it) in unit.facts.middleware.iter().enumerate() {
                for router in self.routers(id, &it.on) {
                    self.middleware
                        .entry(router)
                        .or_default()
                        .push((id, number));
                }
            }
            for open in &unit.facts.open {
                let on = open.on.as_deref().unwrap_or_default();
                let is_apart = is_go && !self.reached.holds(id, open.place.function);
                if open.subject != Subject::Routes
                    || is_apart
                    || is_elsewhere(&unit.facts, open.place.range, self.environments)
                    || self.names.is_never_given(id, on)
                {
                    continue;
                }
                let gap = gap(open.why, open.place.range);
                let on = open.on.as_deref().map(|it| self.routers(id, it));
                match on.filter(|it| !it.is_empty()) {
                    Some(routers) => {
                        for router in routers {
                            self.opens.entry(router).or_default().push(gap.clone());
                        }
                    }
                    None if open.needs_router => {}
                    None => self.gaps.push(gap),
                }
            }
        }
    }

    /// The routers that a name may mean.
    pub(super) fn routers(&self, file: FileId, name: &str) -> Vec<RouterId> {
        self.of(file, &Expr::Name(name.to_owned()))
    }

    /// The routers that an expression may mean.
    pub(super) fn of(&self, file: FileId, expr: &Expr) -> Vec<RouterId> {
        let mut search = Search::default();
        self.collect(file, expr, MOST_STEPS, &mut search);
        search.found.into_iter().collect()
    }

    fn collect(&self, file: FileId, expr: &Expr, steps: u32, found: &mut Search) {
        let Some(steps) = steps.checked_sub(1) else {
            return;
        };
        match expr {
            Expr::Name(name) if name == DEFAULT_MUX => {
                for unit in self.names.units.iter() {
                    let own = unit.facts.routers_by_name.get(name).into_iter().flatten();
                    found.found.extend(own.map(|it| (unit.id, *it)));
                }
            }
            Expr::Name(name) => {
                if !found.seen.insert((file, name.clone())) {
                    return;
                }
                let given = self.names.given(file, name);
                for &(of, expr) in &given {
                    self.collect(of, expr, steps, found);
                }
                match self.names.meaning(file, name) {
                    Some(Meaning::Router(of, number)) => {
                        let unit = self.names.unit(of);
                        let name = unit.and_then(|it| Some(&it.facts.routers.get(number)?.name));
                        let all = unit.and_then(|it| it.facts.routers_by_name.get(name?));
                        let all = all.into_iter().flatten();
                        found.found.extend(all.map(|it| (of, *it)));
                    }
                    Some(Meaning::Value(of, expr))
                        if given.is_empty()
                            && (of != file || *expr != Expr::Name(name.clone())) =>
                    {
                        self.collect(of, expr, steps, found);
                    }
                    // A function stands for what it makes where a server calls it.
                    Some(Meaning::Function(of, function)) => {
                        let facts = self.names.facts(of);
                        let function = facts.and_then(|it| it.functions.get(function.0 as usize));
                        if let Some(returns) = function.and_then(|it| it.returns.as_ref()) {
                            self.collect(of, returns, steps, found);
                        }
                    }
                    // Django takes the routes of a module from its list.
                    Some(Meaning::Module(of)) => {
                        self.collect(of, &Expr::Name("urlpatterns".to_owned()), steps, found);
                    }
                    _ => {}
                }
            }
            Expr::Member { of, name } => {
                if let Expr::Name(of) = &**of {
                    let whole = Expr::Name(format!("{of}.{name}"));
                    self.collect(file, &whole, steps, found);
                } else if let Expr::Call { callee, .. } = &**of
                    && let Some(Meaning::Class(of, class)) = self.names.meaning(file, callee)
                    && let Some(class) = self.names.facts(of).and_then(|it| it.classes.get(class))
                {
                    let whole = Expr::Name(format!("{}.{name}", class.name));
                    self.collect(of, &whole, steps, found);
                }
            }
            Expr::Call {
                callee, arguments, ..
            } => {
                let meaning = self.names.meaning(file, callee);
                let is_own = matches!(meaning, Some(Meaning::Function(..)));
                if is_own {
                    self.collect(file, &Expr::Name(callee.clone()), steps, found);
                }
                // What wraps an application serves it. In Go functions of the program do so too, at any place among their arguments.
                let wrapped = match (self.is_go(file), is_own) {
                    (true, _) => arguments.len(),
                    (false, true) => 0,
                    (false, false) => 1,
                };
                for argument in arguments.iter().take(wrapped) {
                    self.collect(file, argument, steps, found);
                }
            }
            Expr::Text(text) => {
                let (module, object) = text.split_once(':').unwrap_or((text, "urlpatterns"));
                if let Some(of) = self.names.units.module(module) {
                    self.collect(of, &Expr::Name(object.to_owned()), steps, found);
                }
            }
            Expr::Either(all) | Expr::List(all) => {
                for it in all {
                    self.collect(file, it, steps, found);
                }
            }
            _ => {}
        }
    }

    fn is_go(&self, file: FileId) -> bool {
        let facts = self.names.facts(file);
        facts.is_some_and(|it| it.language == Language::Go)
    }

    /// Adds the routes of `router` and of all that is put into it; `guards` stand before all of them.
    pub(super) fn serve(&mut self, router: RouterId, guards: &[Guarded]) {
        let mut way = Vec::new();
        self.walk(router, &[], guards, false, &mut way);
    }

    /// Adds the routes that belong to no router, and those of routers that belong to the program as a whole.
    pub(super) fn serve_whole(&mut self) {
        for (file, number) in std::mem::take(&mut self.whole) {
            self.route(file, number, &[], &[]);
        }
        let mut way = Vec::new();
        for (file, number) in std::mem::take(&mut self.whole_mounts) {
            self.mount(file, number, &[], &[], &mut way);
        }
    }

    /// Says which functions of Kotlin add routes to what they are called on, and are not seen to be called where routes are.
    pub(super) fn tell_unserved(&mut self) {
        let served: BTreeSet<(FileId, TextRange)> = self.found.iter().map(|it| it.place).collect();
        let of_kotlin = |unit: &&Unit| unit.facts.language == Language::Kotlin;
        for unit in self.names.units.iter().filter(of_kotlin) {
            for route in &unit.facts.routes {
                let is_class = unit.facts.classes_by_name.contains_key(&route.on);
                let place = (unit.id, route.place.range);
                let is_told = self.gaps.iter().any(|it| it.place == Some(place));
                if !is_class && !is_told && !served.contains(&place) {
                    let why = "routes are added by a function that nothing is seen to call";
                    self.gap(why, unit.id, route.place.range);
                }
            }
        }
    }

    fn walk(
        &mut self,
        router: RouterId,
        prefixes: &[Prefix],
        guards: &[Guarded],
        has_prefix: bool,
        way: &mut Vec<RouterId>,
    ) {
        if way.contains(&router) {
            return;
        }
        let Some(facts) = self.names.facts(router.0) else {
            return;
        };
        let Some(made) = facts.routers.get(router.1) else {
            return;
        };
        self.walks += 1;
        if way.len() >= MOST_NESTED || self.walks > MOST_WALKS {
            self.gap("routers are nested deeply", router.0, made.place.range);
            return;
        }
        let mut prefixes = prefixes.to_vec();
        if !has_prefix {
            match self.text(router.0, &made.prefix) {
                Some(text) if text.is_empty() => {}
                Some(text) => prefixes.push(Prefix {
                    text,
                    style: RouteStyle::Braces,
                    place: (router.0, made.place.range),
                }),
                None => {
                    self.gap("a router's prefix is not known", router.0, made.place.range);
                    return;
                }
            }
        }
        let own = self.guards.get(&router).into_iter().flatten();
        let guards = guards_within(guards, &own.cloned().collect::<Vec<_>>());
        let opens = self.opens.get(&router).cloned();
        self.gaps.extend(opens.into_iter().flatten());
        let ahead = self.ahead(router);
        for (file, number) in self.added.get(&router).cloned().unwrap_or_default() {
            let route = self.names.facts(file).and_then(|it| it.routes.get(number));
            let at = route.map(|it| (&it.path, &it.place));
            let guards = self.behind(&ahead, file, at, &guards);
            self.route(file, number, &prefixes, &guards);
        }
        way.push(router);
        for (file, number) in self.mounts.get(&router).cloned().unwrap_or_default() {
            let mount = self.names.facts(file).and_then(|it| it.mounts.get(number));
            let at = mount.map(|it| (&it.prefix, &it.place));
            let guards = self.behind(&ahead, file, at, &guards);
            self.mount(file, number, &prefixes, &guards, way);
        }
        way.pop();
    }

    /// The middleware that is put into `router`.
    fn ahead(&self, router: RouterId) -> Vec<Ahead> {
        let mounts = self.mounts.get(&router).into_iter().flatten();
        let ahead = mounts.filter_map(|&(file, number)| {
            let mount = self.names.facts(file)?.mounts.get(number)?;
            let inner = guards::middleware(self.names, file, &mount.what)?;
            let prefix = self.text(file, &mount.prefix)?;
            Ahead::of(file, mount, &prefix, self.guards.get(&inner)?.clone())
        });
        let own = self.middleware.get(&router).into_iter().flatten();
        let own = own.filter_map(|&(file, number)| {
            let facts = self.names.facts(router.0)?;
            let is_application = facts.routers.get(router.1)?.is_application;
            let it = self.names.facts(file)?.middleware.get(number)?;
            let made = guards::middleware(self.names, file, &it.what);
            let guards = if let Some(inner) = made {
                self.guards.get(&inner)?.clone()
            } else {
                let (of, range) = guards::gate(self.names, file, &it.what)?;
                vec![guards::guarded(GuardKind::Auth, of, range)]
            };
            Ahead::of_middleware(file, it, guards, is_application)
        });
        ahead.chain(own).take(MOST_AHEAD).collect()
    }

    /// `guards`, and what of `ahead` stands before what `file` adds `at` a path and place.
    fn behind(
        &self,
        ahead: &[Ahead],
        file: FileId,
        at: Option<(&Expr, &Place)>,
        guards: &[Guarded],
    ) -> Vec<Guarded> {
        let mut found = guards.to_vec();
        if let Some((path, place)) = at.filter(|_| !ahead.is_empty())
            && let Some(path) = self.text(file, path)
        {
            let all = ahead.iter();
            let before = all.flat_map(|it| it.before(self.names, file, place, &path));
            found.extend(before.cloned());
        }
        found
    }

    fn route(&mut self, file: FileId, number: usize, prefixes: &[Prefix], guards: &[Guarded]) {
        let facts = self.names.facts(file);
        let Some(route) = facts.and_then(|it| it.routes.get(number)) else {
            return;
        };
        let place = (file, route.place.range);
        let Some(text) = self.text(file, &route.path) else {
            self.gap("a route's path is computed", file, route.place.range);
            return;
        };
        let mut methods = route.methods.clone();
        let mut text = text;
        if route.style == RouteStyle::Mux {
            (methods, text) = of_mux(&text);
        }
        if self.found.len() >= MOST_ROUTES {
            self.gap("there are too many routes", file, route.place.range);
            return;
        }
        let own = route.guards.iter().cloned();
        let own: Vec<Guarded> = own.map(|kind| Guarded { kind, place }).collect();
        let is_dotnet = facts.is_some_and(|it| it.dotnet.is_some());
        let texts = if is_dotnet {
            dotnet::alternatives(&text)
        } else {
            vec![text]
        };
        for text in texts {
            let before = prefixes.iter().map(|it| (it.text.as_str(), it.style));
            let path = RoutePath::of(before.chain([(text.as_str(), route.style)]));
            self.found.push(Served {
                path: if is_dotnet { path.without_case() } else { path },
                methods: methods.clone(),
                slash: match route.style {
                    RouteStyle::Mux => Slash::Added,
                    _ => route.slash,
                },
                guards: guards_within(guards, &own),
                place,
                prefixes: prefixes.iter().map(|it| it.place).collect(),
                port: None,
            });
        }
    }

    fn mount(
        &mut self,
        file: FileId,
        number: usize,
        prefixes: &[Prefix],
        guards: &[Guarded],
        way: &mut Vec<RouterId>,
    ) {
        let facts = self.names.facts(file);
        let Some(mount) = facts.and_then(|it| it.mounts.get(number)) else {
            return;
        };
        let range = mount.place.range;
        let Some(text) = self.text(file, &mount.prefix) else {
            self.gap("a prefix is computed", file, range);
            return;
        };
        if self.is_go(file) {
            self.handle(file, number, text, prefixes, guards, way);
            return;
        }
        let mut prefixes = prefixes.to_vec();
        if !text.is_empty() {
            prefixes.push(Prefix {
                text,
                style: mount.style,
                place: (file, range),
            });
        }
        let inner = self.of(file, &mount.what);
        if inner.is_empty()
            && !self.is_middleware(file, &mount.what)
            && !self.is_plain_function(file, &mount.what)
        {
            self.gap("routes are taken from what is not known", file, range);
        }
        for router in inner {
            self.walk(router, &prefixes, guards, mount.replaces_prefix, way);
        }
    }

    /// A handler of Go that is put in at a path: routers of `net/http` and Gorilla keep whole paths, unless `http.StripPrefix` is between;
    /// others take the path off. What is no router answers all below the path.
    fn handle(
        &mut self,
        file: FileId,
        number: usize,
        text: String,
        prefixes: &[Prefix],
        guards: &[Guarded],
        way: &mut Vec<RouterId>,
    ) {
        let facts = self.names.facts(file);
        let Some(mount) = facts.and_then(|it| it.mounts.get(number)) else {
            return;
        };
        let place = (file, mount.place.range);
        let inner = self.of(file, &mount.what);
        let (methods, path) = match mount.style {
            RouteStyle::Mux => of_mux(&text),
            _ => (Vec::new(), text),
        };
        let keeps_path = matches!(mount.style, RouteStyle::Mux | RouteStyle::Prefix);
        if inner.is_empty() {
            let pieces = prefixes.iter().map(|it| (it.text.as_str(), it.style));
            let style = match mount.style {
                RouteStyle::Mux => RouteStyle::Mux,
                _ => RouteStyle::Prefix,
            };
            self.found.push(Served {
                path: RoutePath::of(pieces.chain([(path.as_str(), style)])),
                methods,
                slash: Slash::Added,
                guards: guards.to_vec(),
                place,
                prefixes: prefixes.iter().map(|it| it.place).collect(),
                port: None,
            });
            return;
        }
        let before = if keeps_path {
            match stripped(&mount.what) {
                Some(expr) => match self.text(file, expr) {
                    Some(text) => text,
                    None => return self.gap("a prefix is computed", file, place.1),
                },
                None => String::new(),
            }
        } else {
            path
        };
        let mut prefixes = prefixes.to_vec();
        if !before.is_empty() && before != "/" {
            prefixes.push(Prefix {
                text: before,
                style: RouteStyle::Braces,
                place,
            });
        }
        for router in inner {
            self.walk(router, &prefixes, guards, false, way);
        }
    }

    /// Whether a function of JavaScript is put in, or what a call of one makes, that is given requests and hands them on.
    fn is_middleware(&self, file: FileId, what: &Expr) -> bool {
        let (mut at, mut calls) = match what {
            Expr::Name(name) => (self.names.meaning(file, name), 0),
            Expr::Call { callee, .. } => (self.names.meaning(file, callee), 1),
            _ => return false,
        };
        for _ in 0..MOST_STEPS {
            match at {
                Some(Meaning::Value(of, Expr::Name(other))) => {
                    at = self.names.meaning(of, other);
                }
                Some(Meaning::Value(of, Expr::Call { callee, .. })) => {
                    at = self.names.meaning(of, callee);
                    calls += 1;
                }
                Some(Meaning::Function(of, function)) => {
                    let facts = self.names.facts(of);
                    let made = facts.and_then(|it| it.functions.get(function.0 as usize));
                    let Some(made) = made else {
                        return false;
                    };
                    if calls == 0 {
                        // The third one is what goes on.
                        let hands_on = made.parameters.len() >= 3
                            || made.parameters.get(1).is_some_and(|it| it == "next");
                        return facts.is_some_and(|it| it.language != Language::Python) && hands_on;
                    }
                    let Some(Expr::Name(inner)) = &made.returns else {
                        return false;
                    };
                    calls -= 1;
                    at = self.names.meaning(of, inner);
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether a function of Kotlin is called where routes are that adds none, nor is called on what they are added to.
    fn is_plain_function(&self, file: FileId, what: &Expr) -> bool {
        let (Expr::Name(name), Some(facts)) = (what, self.names.facts(file)) else {
            return false;
        };
        let meaning = self.names.meaning(file, name);
        facts.language == Language::Kotlin && matches!(meaning, Some(Meaning::Function(..)))
    }

    fn gap(&mut self, why: &str, file: FileId, range: TextRange) {
        let gap = Gap {
            subject: Some(Subject::Routes),
            why: why.to_owned(),
            place: Some((file, range)),
        };
        if self.gaps.len() < MOST_GAPS && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// The text of an expression: of a variable what all containers of the program have in it.
    fn text(&self, file: FileId, expr: &Expr) -> Option<String> {
        text_in(&self.names.value(file, expr), self.environments)
    }
}

/// The methods and the path of a pattern of `http.ServeMux`: `GET example.com/items/`.
fn of_mux(pattern: &str) -> (Vec<String>, String) {
    let (method, rest) = match pattern.split_once([' ', '\t']) {
        Some((method, rest)) => (Some(method), rest.trim_start()),
        None => (None, pattern),
    };
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    (
        method.map(str::to_owned).into_iter().collect(),
        path.to_owned(),
    )
}

/// What `http.StripPrefix` takes off, within whatever else wraps a handler.
fn stripped(expr: &Expr) -> Option<&Expr> {
    let mut at = expr;
    for _ in 0..MOST_STEPS {
        let Expr::Call {
            callee, arguments, ..
        } = at
        else {
            return None;
        };
        if callee == "http.StripPrefix" {
            return arguments.first();
        }
        at = arguments
            .iter()
            .find(|it| matches!(it, Expr::Call { .. }))?;
    }
    None
}

/// What stands before something that has guards of its own: its limits take the place of those around it (`override_defaults` of
/// Flask-Limiter), and what is free of limits has none.
fn guards_within(outer: &[Guarded], own: &[Guarded]) -> Vec<Guarded> {
    let is_limit = |it: &Guarded| matches!(it.kind, GuardKind::Rate { .. });
    let is_free = own.iter().any(|it| it.kind == GuardKind::Free);
    let stand_for_outer = is_free || own.iter().any(is_limit);
    let outer = outer.iter().filter(|it| !(stand_for_outer && is_limit(it)));
    let own = own
        .iter()
        .filter(|it| it.kind != GuardKind::Free && !(is_free && is_limit(it)));
    outer.chain(own).cloned().collect()
}

/// The text that an expression has in all environments.
pub(super) fn text_in(expr: &Expr, environments: &[&Environment]) -> Option<String> {
    match expr {
        Expr::Text(text) => Some(text.clone()),
        Expr::Join(parts) => {
            let parts = parts.iter().map(|it| text_in(it, environments));
            parts.collect()
        }
        Expr::Either(all) => {
            let mut texts = all.iter().map(|it| text_in(it, environments));
            let first = texts.next()??;
            let are_same = texts.all(|it| it.as_deref() == Some(first.as_str()));
            are_same.then_some(first)
        }
        Expr::Flag { default, .. } => text_in(default.as_deref()?, environments),
        Expr::Variable { name, default } => {
            let in_one = |it: &&Environment| match it.get(name) {
                Known::Set(value) => value.text.clone(),
                Known::Unset => text_in(default.as_deref()?, environments),
                Known::Perhaps => None,
            };
            let mut texts = environments.iter().map(in_one);
            let first = texts.next()??;
            let are_same = texts.all(|it| it.as_deref() == Some(first.as_str()));
            are_same.then_some(first)
        }
        _ => None,
    }
}
