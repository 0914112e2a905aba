//! What packages put into an application: most of it hands requests on, some of it answers them.

use kubelint_parser::code::Node;

use crate::code::{CodeFacts, Expr, Import, Open, Route, RouteStyle, Slash, Subject};

/// Packages whose middleware and plugins answer no path of their own.
const HARMLESS: [&str; 87] = [
    "@fastify/auth",
    "@fastify/basic-auth",
    "@fastify/bearer-auth",
    "@fastify/circuit-breaker",
    "@fastify/compress",
    "@fastify/cookie",
    "@fastify/cors",
    "@fastify/env",
    "@fastify/etag",
    "@fastify/formbody",
    "@fastify/helmet",
    "@fastify/jwt",
    "@fastify/mongodb",
    "@fastify/multipart",
    "@fastify/postgres",
    "@fastify/rate-limit",
    "@fastify/redis",
    "@fastify/request-context",
    "@fastify/secure-session",
    "@fastify/sensible",
    "@fastify/session",
    "@fastify/swagger",
    "@fastify/url-data",
    "@fastify/websocket",
    "@hono/zod-validator",
    "@koa/bodyparser",
    "@koa/cors",
    "body-parser",
    "compression",
    "connect-flash",
    "connect-timeout",
    "cookie-parser",
    "cookie-session",
    "cors",
    "csurf",
    "express",
    "express-basic-auth",
    "express-ejs-layouts",
    "express-fileupload",
    "express-flash",
    "express-http-context",
    "express-jwt",
    "express-mongo-sanitize",
    "express-pino",
    "express-pino-logger",
    "express-rate-limit",
    "express-request-id",
    "express-requestid",
    "express-session",
    "express-slow-down",
    "express-useragent",
    "express-validator",
    "express-winston",
    "fastify-cors",
    "fastify-helmet",
    "fastify-jwt",
    "fastify-plugin",
    "fastify-rate-limit",
    "fastify-sensible",
    "helmet",
    "hpp",
    "i18next-http-middleware",
    "koa-basic-auth",
    "koa-body",
    "koa-bodyparser",
    "koa-compress",
    "koa-conditional-get",
    "koa-cors",
    "koa-etag",
    "koa-helmet",
    "koa-json",
    "koa-json-error",
    "koa-jwt",
    "koa-logger",
    "koa-morgan",
    "koa-pino-logger",
    "koa-ratelimit",
    "koa-response-time",
    "koa-session",
    "koa2-cors",
    "method-override",
    "morgan",
    "passport",
    "pino-http",
    "response-time",
    "serve-favicon",
    "xss-clean",
];
/// Packages whose modules put no controller and no middleware with paths of its own into an application of Nest.
const MODULES_WITHOUT_ROUTES: [&str; 46] = [
    "@golevelup/nestjs-rabbitmq",
    "@liaoliaots/nestjs-redis",
    "@mikro-orm/nestjs",
    "@nestjs-modules/ioredis",
    "@nestjs-modules/mailer",
    "@nestjs/axios",
    "@nestjs/bull",
    "@nestjs/bullmq",
    "@nestjs/cache-manager",
    "@nestjs/common",
    "@nestjs/config",
    "@nestjs/core",
    "@nestjs/cqrs",
    "@nestjs/elasticsearch",
    "@nestjs/event-emitter",
    "@nestjs/jwt",
    "@nestjs/microservices",
    "@nestjs/mongoose",
    "@nestjs/passport",
    "@nestjs/platform-express",
    "@nestjs/platform-fastify",
    "@nestjs/platform-socket.io",
    "@nestjs/platform-ws",
    "@nestjs/schedule",
    "@nestjs/sequelize",
    "@nestjs/swagger",
    "@nestjs/terminus",
    "@nestjs/testing",
    "@nestjs/throttler",
    "@nestjs/typeorm",
    "@nestjs/websockets",
    "@sentry/nestjs",
    "@songkeys/nestjs-redis",
    "nest-winston",
    "nestjs-cls",
    "nestjs-config",
    "nestjs-i18n",
    "nestjs-kafka",
    "nestjs-minio-client",
    "nestjs-pino",
    "nestjs-prisma",
    "nestjs-redis",
    "nestjs-redoc",
    "nestjs-s3",
    "nestjs-typegoose",
    "nestjs-zod",
];
/// How many names may be behind a name.
const MAX_ALIASES: u32 = 6;

/// Takes what packages put into an application out of the routers that are put into others.
pub(super) fn settle(facts: &mut CodeFacts) {
    let mounts = std::mem::take(&mut facts.mounts);
    for mount in mounts {
        let package = package(facts, &mount.what, MAX_ALIASES).map(str::to_owned);
        let Some(package) = package else {
            facts.mounts.push(mount);
            continue;
        };
        if is_harmless(&package) {
            continue;
        }
        if mount.prefix.text() == Some("") {
            facts.open.push(Open {
                needs_router: mount.needs_router,
                subject: Subject::Routes,
                why: "a package may answer paths of its own",
                on: Some(mount.on),
                place: mount.place,
            });
        } else {
            facts.routes.push(Route {
                needs_router: mount.needs_router,
                on: mount.on,
                path: mount.prefix,
                style: RouteStyle::Prefix,
                slash: Slash::Either,
                methods: Vec::new(),
                handler: None,
                guards: Vec::new(),
                place: mount.place,
            });
        }
    }
}

/// Leaves routes open where a module of Nest comes from a package: it may bring controllers of its own.
pub(super) fn modules(facts: &mut CodeFacts) {
    let is_nest = |it: &Import| it.module == "@nestjs/common";
    if !facts.imports.iter().any(is_nest) {
        return;
    }
    let brings_routes = |it: &&Import| {
        let local = it.local.rsplit('.').next().unwrap_or_default();
        let name = it.item.as_deref().filter(|it| *it != "default");
        is_module(name.unwrap_or(local))
            && is_package(it)
            && !is_own_scope(&it.module)
            && !MODULES_WITHOUT_ROUTES.contains(&package_name(&it.module))
    };
    let found = facts.imports.iter().find(brings_routes);
    let place = found.map(|it| it.place);
    facts.open.extend(place.map(|place| Open {
        needs_router: false,
        subject: Subject::Routes,
        why: "a module of a package may bring controllers of its own",
        on: None,
        place,
    }));
}

/// Whether what a package puts into an application answers no path of its own: of Hono all but what serves files.
fn is_harmless(package: &str) -> bool {
    let of_hono = package.strip_prefix("hono/");
    let serves = ["bun", "deno", "cloudflare", "serve-static"];
    HARMLESS.contains(&package)
        || of_hono.is_some_and(|it| !serves.iter().any(|own| it.starts_with(own)))
}

/// Whether a class is named as the modules of Nest are.
fn is_module(name: &str) -> bool {
    name.len() > "Module".len() && name.ends_with("Module")
}

/// Whether a module is under one of the names that Nest's workspaces give their own libraries, whose source is read.
fn is_own_scope(module: &str) -> bool {
    let own = ["@app/", "@lib/", "@libs/", "@modules/", "@src/", "libs/"];
    own.iter().any(|it| module.starts_with(it))
}

/// `@scope/name` of `@scope/name/inner`.
fn package_name(module: &str) -> &str {
    let parts = usize::from(module.starts_with('@'));
    let end = module.match_indices('/').nth(parts).map(|it| it.0);
    &module[..end.unwrap_or(module.len())]
}

/// The package that what is called `name` is of; `None` if it is the program's own.
pub(super) fn package_of<'f>(facts: &'f CodeFacts, name: &str) -> Option<&'f str> {
    package_named(facts, name, MAX_ALIASES)
}

/// Whether a handler hands on what it does not answer.
pub(super) fn hands_on(handler: Node<'_>) -> bool {
    handler.text().contains("next")
}

/// The package that a value is made by; `None` if it is made by the program itself.
fn package<'f>(facts: &'f CodeFacts, value: &'f Expr, left: u32) -> Option<&'f str> {
    let left = left.checked_sub(1)?;
    let name = match value {
        Expr::Name(name) => name,
        Expr::Call { callee, .. } => callee,
        Expr::Member { of, .. } => return package(facts, of, left),
        _ => return None,
    };
    package_named(facts, name, left)
}

fn package_named<'f>(facts: &'f CodeFacts, name: &str, left: u32) -> Option<&'f str> {
    let mut end = name.len();
    loop {
        let head = &name[..end];
        if facts.routers.iter().any(|it| it.name == head) {
            return None;
        }
        if let Some(import) = facts.imports.iter().find(|it| it.local == head) {
            return Some(import)
                .filter(|it| is_package(it))
                .map(|it| it.module.as_str());
        }
        if let Some(value) = facts.definitions.get(head) {
            return package(facts, value, left);
        }
        // The dots of a path in `require(./x)` part nothing, and lead to nothing.
        end = head.rfind('.')?;
    }
}

/// Whether a module is no file of the program, nor an alias of one.
fn is_package(import: &Import) -> bool {
    let own = [".", "/", "@/", "~", "#", "$", "src/", "app/"];
    !own.iter().any(|it| import.module.starts_with(it))
}
