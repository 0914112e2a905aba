//! Chains of calls, and the names under which packages export the same.

use kubelint_parser::code::Node;

use super::scope::bare;

/// Chains of more calls are not followed.
const MOST_LINKS: usize = 64;

/// The object that a chain of calls begins with whose methods return the object itself: `app` of `app.use(a).get('/', b)`.
pub(super) fn chained(node: Node<'_>) -> Node<'_> {
    const ITSELF: [&str; 19] = [
        "get", "post", "put", "delete", "patch", "head", "options", "all", "use", "on", "set",
        "enable", "disable", "register", "decorate", "addHook", "param", "engine", "listen",
    ];
    let mut at = bare(node);
    for _ in 0..MOST_LINKS {
        let function = at.field("function").map(bare);
        let parts = function.and_then(|it| Some((it.field("object")?, it.field("property")?)));
        let Some((object, property)) = parts.filter(|_| at.kind() == "call_expression") else {
            break;
        };
        let given = at.field("arguments").map_or(0, |it| it.children().count());
        // Of Express `route` makes a route of its own.
        let is_link = match property.text() {
            "route" => given >= 2,
            name => ITSELF.contains(&name),
        };
        if !is_link {
            break;
        }
        at = bare(object);
    }
    at
}

/// Whether most methods of an object by this name return the object.
pub(super) fn is_chainable(canonical: &str) -> bool {
    matches!(
        canonical,
        "express()"
            | "express.Router()"
            | "fastify()"
            | "koa()"
            | "@koa/router()"
            | "koa-router()"
            | "hono.Hono()"
    )
}

/// Other names of what packages make: the classes that annotations name, and other ways to export the same.
pub(super) fn usual(canonical: String) -> String {
    const SAME: [(&str, &str); 22] = [
        ("express.default()", "express()"),
        ("express.express()", "express()"),
        ("express.Application()", "express()"),
        ("express.Express()", "express()"),
        ("express.application()", "express()"),
        ("express-serve-static-core.Express()", "express()"),
        ("express-serve-static-core.Application()", "express()"),
        ("express.default.Router()", "express.Router()"),
        ("express.IRouter()", "express.Router()"),
        ("express-serve-static-core.Router()", "express.Router()"),
        ("express().Router()", "express.Router()"),
        ("fastify.default()", "fastify()"),
        ("fastify.fastify()", "fastify()"),
        ("fastify.FastifyInstance()", "fastify()"),
        ("koa.default()", "koa()"),
        ("@koa/router.Router()", "@koa/router()"),
        ("@koa/router.default()", "@koa/router()"),
        ("koa-router.default()", "koa-router()"),
        ("hono.default.Hono()", "hono.Hono()"),
        ("hono.Hono().basePath()", "hono.Hono()"),
        ("hono/tiny.Hono()", "hono.Hono()"),
        ("hono/quick.Hono()", "hono.Hono()"),
    ];
    for (other, one) in SAME {
        if let Some(rest) = canonical.strip_prefix(other) {
            return format!("{one}{rest}");
        }
    }
    canonical
}
