//! What Nest is told of all routes: prefixes and versions (docs.nestjs.com/faq/global-prefix, /techniques/versioning), guards
//! (docs.nestjs.com/guards) and limits (docs.nestjs.com/security/rate-limiting).

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::credentials;
use super::member;
use super::scope::bare;
use super::strings;
use crate::code::captures::Syntax;
use crate::code::nest::{
    Excluded, GlobalPrefix, NestFacts, NestGuard, NestGuardKind, Version, Versioned, Versioning,
};
use crate::code::{CodeFacts, Expr, GuardKind};

/// Of more decorators nobody looks at the rest.
const MOST: usize = 64;

/// Adds what a file says to `facts`.
pub(super) fn settle(file: &File<'_>, facts: &mut CodeFacts) {
    let is_nest = facts
        .imports
        .iter()
        .any(|it| it.module.starts_with("@nestjs/"));
    let mut reader = Reader {
        file,
        found: NestFacts::default(),
    };
    for call in &file.outline.calls {
        reader.call(*call, is_nest);
    }
    if is_nest {
        for (class, node) in file.outline.classes.iter().zip(&file.outline.class_nodes) {
            reader.class(&class.name, *node);
        }
    }
    if !reader.found.is_empty() {
        facts.nest = Some(Box::new(reader.found));
    }
}

struct Reader<'f, 'a> {
    file: &'f File<'a>,
    found: NestFacts,
}

impl<'a> Reader<'_, 'a> {
    fn call(&mut self, call: Node<'a>, is_nest: bool) {
        let Some(function) = call.field("function").map(bare) else {
            return;
        };
        let arguments = || -> Vec<Node<'a>> {
            let all = call.field("arguments").into_iter();
            all.flat_map(Node::children).map(bare).take(MOST).collect()
        };
        let method = function.field("property").map_or("", Node::text);
        match method {
            "setGlobalPrefix" => self.prefix(call, &arguments()),
            "enableVersioning" => self.versioning(call, arguments().first().copied()),
            "useGlobalGuards" if is_nest => {
                for it in arguments() {
                    self.guard(None, None, it);
                }
            }
            "forRoot" if self.is_called(function, "@nestjs/config.ConfigModule.forRoot") => {
                let options = arguments().first().copied();
                let options = options.filter(|it| it.kind() == "object");
                let list = options.and_then(|it| member(it, "load")).map(bare);
                let items = list
                    .and_then(|it| self.file.items(it))
                    .into_iter()
                    .flatten();
                let items = items.take(MOST).map(|it| self.file.value(it));
                self.found.loads.extend(items);
            }
            "forRoot" if self.is_called(function, "@nestjs/throttler.ThrottlerModule.forRoot") => {
                if let Some(kind) = arguments().first().and_then(|it| self.limit(*it)) {
                    self.found.limits.push((kind, self.file.place(call)));
                }
            }
            _ => {}
        }
    }

    fn prefix(&mut self, call: Node<'a>, arguments: &[Node<'a>]) {
        let Some(prefix) = arguments.first() else {
            return;
        };
        let excluded = match arguments.get(1) {
            None => Some(Vec::new()),
            Some(it) if it.kind() == "object" => match member(*it, "exclude").map(bare) {
                Some(list) => self.excluded(list),
                None if it.children().any(|it| it.kind() != "pair") => None,
                None => Some(Vec::new()),
            },
            Some(_) => None,
        };
        self.found.prefixes.push(GlobalPrefix {
            prefix: self.file.value(*prefix),
            excluded,
            place: self.file.place(call),
        });
    }

    fn excluded(&self, list: Node<'a>) -> Option<Vec<Excluded>> {
        if list.kind() != "array" {
            return None;
        }
        let items = list.children().map(|it| match bare(it) {
            it if it.kind() == "object" => {
                let method = bare(member(it, "method")?);
                let method = method.field("property").map(Node::text)?;
                Some(Excluded {
                    path: self.file.value(bare(member(it, "path")?)),
                    method: Some(method).filter(|it| *it != "ALL").map(str::to_owned),
                })
            }
            it if it.kind() == "spread_element" => None,
            it => Some(Excluded {
                path: self.file.value(it),
                method: None,
            }),
        });
        items.collect()
    }

    /// Without options the version is a part of the path.
    fn versioning(&mut self, call: Node<'a>, options: Option<Node<'a>>) {
        let options = options.filter(|it| it.kind() == "object");
        let is_given = call
            .field("arguments")
            .is_some_and(|it| it.children().next().is_some());
        let kind = options.and_then(|it| member(it, "type")).map(bare);
        let in_paths = match kind.and_then(|it| it.field("property")).map(Node::text) {
            Some("URI") => Some(true),
            Some("HEADER" | "MEDIA_TYPE" | "CUSTOM") => Some(false),
            _ => (!is_given).then_some(true),
        };
        let prefix = options.and_then(|it| member(it, "prefix")).map(bare);
        let prefix = match prefix {
            None => Expr::Text("v".to_owned()),
            Some(it) if it.kind() == "false" => Expr::Text(String::new()),
            Some(it) => self.file.value(it),
        };
        let default = options.and_then(|it| member(it, "defaultVersion"));
        self.found.versionings.push(Versioning {
            in_paths,
            prefix,
            default: default.map_or_else(Vec::new, |it| self.versions(it)),
            place: self.file.place(call),
        });
    }

    fn versions(&self, node: Node<'a>) -> Vec<Version> {
        let node = bare(node);
        let items = match self.file.items(node) {
            Some(items) => items,
            None => vec![node],
        };
        let version = |it: Node<'a>| {
            let it = bare(it);
            if self.is_called(it, "@nestjs/common.VERSION_NEUTRAL") {
                Version::Neutral
            } else {
                Version::Of(self.file.value(it))
            }
        };
        items.into_iter().take(MOST).map(version).collect()
    }

    fn class(&mut self, name: &str, node: Node<'a>) {
        if let Some(kind) = self.kept_by(node) {
            self.found.guard_classes.push((name.to_owned(), kind));
        }
        let around = node.parent().filter(|it| it.kind() == "export_statement");
        let own = around.into_iter().chain([node]).flat_map(Node::children);
        let own: Vec<Node<'a>> = own.filter(|it| it.kind() == "decorator").collect();
        for decorator in own.iter().take(MOST) {
            self.decorator(name, None, *decorator);
        }
        let body = node.field("body");
        let mut group: Vec<Node<'a>> = Vec::new();
        for part in body.into_iter().flat_map(Node::children) {
            match part.kind() {
                "decorator" => group.push(part),
                "comment" => {}
                _ => {
                    if let Some(first) =
                        group.first().filter(|_| part.kind() == "method_definition")
                    {
                        let range = first.range().cover(part.range());
                        for decorator in group.iter().take(MOST) {
                            self.decorator(name, Some(range), *decorator);
                        }
                    }
                    group.clear();
                }
            }
        }
    }

    /// What a decorator says of a class, or of one of its methods.
    fn decorator(&mut self, class: &str, method: Option<TextRange>, decorator: Node<'a>) {
        let Some(call) = decorator.children().next().map(bare) else {
            return;
        };
        let function = call.field("function").map_or(call, bare);
        let arguments: Vec<Node<'a>> = call
            .field("arguments")
            .into_iter()
            .flat_map(Node::children)
            .map(bare)
            .take(MOST)
            .collect();
        let first = arguments.first().copied();
        let canonical = self.file.canonical_names(function);
        let unthrottled = |this: &mut Self| {
            this.found.guards.push(NestGuard {
                class: Some(class.to_owned()),
                method,
                what: NestGuardKind::Unthrottled,
                place: this.file.place(call),
            });
        };
        for name in canonical.iter() {
            match name.as_str() {
                "@nestjs/common.Controller" => {
                    self.found.controllers.push(class.to_owned());
                    let options = first.filter(|it| it.kind() == "object");
                    if let Some(version) = options.and_then(|it| member(it, "version")) {
                        let versions = self.versions(version);
                        self.stated(class, None, versions);
                    }
                }
                "@nestjs/common.Version" => {
                    let versions = first.map_or_else(Vec::new, |it| self.versions(it));
                    self.stated(class, method, versions);
                }
                "@nestjs/common.UseGuards" => {
                    for it in &arguments {
                        self.guard(Some(class), method, *it);
                    }
                }
                "@nestjs/common.Module" => {
                    if let Some(options) = first.filter(|it| it.kind() == "object") {
                        self.provided(options);
                    }
                }
                "@nestjs/throttler.SkipThrottle" | "@nestjs/throttler.Throttle" => {
                    unthrottled(self);
                }
                _ => {}
            }
        }
    }

    fn stated(&mut self, class: &str, method: Option<TextRange>, versions: Vec<Version>) {
        self.found.versions.push(Versioned {
            class: class.to_owned(),
            method,
            versions,
        });
    }

    /// `{ provide: APP_GUARD, useClass: X }` among what a module provides.
    fn provided(&mut self, options: Node<'a>) {
        let list = member(options, "providers").map(bare);
        let items = list.into_iter().flat_map(Node::children).map(bare);
        for item in items.take(MOST).filter(|it| it.kind() == "object") {
            let token = member(item, "provide").map(bare);
            let class = member(item, "useClass").or_else(|| member(item, "useExisting"));
            if let (Some(token), Some(class)) = (token, class)
                && self.is_called(token, "@nestjs/core.APP_GUARD")
            {
                self.guard(None, None, bare(class));
            }
        }
    }

    fn guard(&mut self, class: Option<&str>, method: Option<TextRange>, what: Node<'a>) {
        let place = self.file.place(what);
        // `new X()` is an object of the class, and `new (AuthGuard('jwt'))()` of the one that is made there.
        let what = match what.field("constructor") {
            Some(it) => bare(it),
            None => what,
        };
        let kind = if self.is_strategy(what) {
            NestGuardKind::Known(GuardKind::Auth)
        } else if self.is_called(what, "@nestjs/throttler.ThrottlerGuard") {
            NestGuardKind::Throttler
        } else {
            match self.file.name(what) {
                Some(name) => NestGuardKind::Class(name),
                None => return,
            }
        };
        self.found.guards.push(NestGuard {
            class: class.map(str::to_owned),
            method,
            what: kind,
            place,
        });
    }

    /// `AuthGuard('jwt')`: what wants credentials, and does not send people to a page.
    fn is_strategy(&self, node: Node<'a>) -> bool {
        let Some(function) = node.field("function") else {
            return false;
        };
        let first = node.field("arguments").and_then(|it| it.children().next());
        let strategy = first.and_then(strings::plain).unwrap_or_default();
        let refuses = matches!(
            strategy.as_str(),
            "jwt" | "bearer" | "basic" | "http-bearer" | "headerapikey" | "api-key"
        );
        refuses && self.is_called(bare(function), "@nestjs/passport.AuthGuard")
    }

    /// What a class that is a guard keeps from all routes.
    fn kept_by(&self, class: Node<'a>) -> Option<GuardKind> {
        let text = class.text();
        // What asks for metadata lets some routes through.
        if ["eflector", "getMetadata", "getAllAndOverride"]
            .iter()
            .any(|it| text.contains(it))
        {
            return None;
        }
        let heritage = class.children().find(|it| it.kind() == "class_heritage")?;
        let mut bases = heritage.children();
        let extends = bases.find(|it| it.kind() == "extends_clause");
        let methods = || {
            let body = class.field("body").into_iter().flat_map(Node::children);
            body.filter(|it| it.kind() == "method_definition")
        };
        let named =
            |name: &str| methods().find(|it| it.field("name").is_some_and(|it| it.text() == name));
        let is_strategy = extends
            .and_then(|it| it.field("value"))
            .is_some_and(|it| self.is_strategy(bare(it)));
        if is_strategy {
            let is_own = named("canActivate").is_some() || named("handleRequest").is_some();
            return (!is_own).then_some(GuardKind::Auth);
        }
        let refuses = credentials::refuses(named("canActivate")?.field("body")?);
        (heritage.text().contains("CanActivate") && refuses).then_some(GuardKind::Auth)
    }

    /// The limit that the module of limits is given: in a list the time is in milliseconds, as since its version 5, and by itself in seconds.
    fn limit(&self, given: Node<'a>) -> Option<GuardKind> {
        let throttlers = match given.kind() {
            "object" => member(given, "throttlers").map(bare),
            _ => None,
        };
        let list = throttlers.unwrap_or(given);
        let (options, factor) = match list.kind() {
            "array" => {
                let mut items = list.children().map(bare);
                (items.next().filter(|_| items.next().is_none())?, 1)
            }
            "object" => (list, 1000),
            _ => return None,
        };
        if options.kind() != "object" || member(options, "skipIf").is_some() {
            return None;
        }
        let requests = self.file.value(bare(member(options, "limit")?));
        let time = bare(member(options, "ttl")?);
        let milliseconds = if let Some(found) = self.units(time) {
            found.to_string()
        } else {
            let number: u64 = self.file.value(time).text()?.parse().ok()?;
            number.checked_mul(factor)?.to_string()
        };
        Some(GuardKind::RateOf {
            requests,
            milliseconds: Expr::Text(milliseconds),
        })
    }

    /// `minutes(1)`, in milliseconds.
    fn units(&self, node: Node<'a>) -> Option<u64> {
        let function = bare(node.field("function")?);
        let unit = match function.text() {
            "seconds" => 1_000,
            "minutes" => 60_000,
            "hours" => 3_600_000,
            _ => return None,
        };
        let given = node.field("arguments")?.children().next()?;
        let count: u64 = self.file.value(bare(given)).text()?.parse().ok()?;
        count.checked_mul(unit)
    }

    fn is_called(&self, node: Node<'a>, name: &str) -> bool {
        self.file.canonical_names(node).iter().any(|it| it == name)
    }
}
