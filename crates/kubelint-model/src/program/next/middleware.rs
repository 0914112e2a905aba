//! The middleware of Next.js, which since version 16 is called a proxy: it may answer paths that no file serves
//! (nextjs.org/docs/app/api-reference/file-conventions/proxy).

use kubelint_parser::TextRange;
use kubelint_parser::code::{Language, Node};

use super::script::{Script, Tree};
use crate::code::javascript::{inner, key};

/// The names that the file may have.
pub(super) const NAMES: [&str; 2] = ["middleware", "proxy"];
/// What a middleware says that answers by itself, or leads elsewhere.
const ANSWERS: [&str; 5] = [
    "redirect",
    "rewrite",
    "Response(",
    "Response.json",
    ".json(",
];

/// Which paths a middleware may answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Touched {
    /// None: it hands on what comes.
    Nothing,
    /// Those that these patterns mean, with where they are written.
    Paths(Vec<(String, TextRange)>),
    /// Any.
    Unknown,
}

/// What the middleware in `text` may answer.
pub(super) fn touched(text: &str, language: Language) -> Touched {
    let Some(tree) = Tree::of(text, language) else {
        return Touched::Unknown;
    };
    let script = tree.script();
    let matcher = script.export("config").and_then(|it| member(it, "matcher"));
    match matcher {
        Some(matcher) => match patterns(&script, matcher) {
            Some(found) => Touched::Paths(found),
            None => Touched::Unknown,
        },
        None if hands_on(text) => Touched::Nothing,
        None => Touched::Unknown,
    }
}

/// Whether it only lets requests through: it takes nothing from other packages or files, and says nothing that answers.
fn hands_on(text: &str) -> bool {
    let mut imports = text.match_indices("from ").map(|it| &text[it.0 + 5..]);
    let is_own = imports.all(|it| {
        let it = it.trim_start_matches(['"', '\'']);
        it.starts_with("next/server")
    });
    is_own && !text.contains("require(") && !ANSWERS.iter().any(|it| text.contains(it))
}

fn patterns<'a>(script: &Script<'a>, node: Node<'a>) -> Option<Vec<(String, TextRange)>> {
    let node = script.resolved(node);
    let all: Vec<Node<'a>> = match node.kind() {
        "array" => node.children().collect(),
        _ => vec![node],
    };
    let one = |it: Node<'a>| {
        let it = script.resolved(it);
        let source = match it.kind() {
            "object" => member(it, "source")?,
            _ => it,
        };
        Some((script.text(source)?, inner(source)))
    };
    all.into_iter().map(one).collect()
}

fn member<'a>(object: Node<'a>, name: &str) -> Option<Node<'a>> {
    let mut pairs = object.children().filter(|it| it.kind() == "pair");
    let found = pairs.find(|it| it.field("key").and_then(key).as_deref() == Some(name));
    found?.field("value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_middleware_may_answer() {
        for (text, expected) in [
            (
                "import { NextResponse } from 'next/server';\nexport function middleware(request) {\n  const response = NextResponse.next();\n  response.headers.set('x', 'y');\n  return response;\n}",
                "nothing",
            ),
            (
                "import { NextResponse } from 'next/server';\nexport function middleware(request) { return NextResponse.redirect(new URL('/login', request.url)); }",
                "unknown",
            ),
            (
                "import { auth } from './auth';\nexport default auth;",
                "unknown",
            ),
            (
                "export { default } from 'next-auth/middleware';\nexport const config = { matcher: ['/dashboard/:path*', { source: '/admin', missing: [] }] };",
                "/dashboard/:path*, /admin",
            ),
            (
                "export function proxy() {}\nexport const config = { matcher: '/((?!api|_next/static|favicon.ico).*)' };",
                "/((?!api|_next/static|favicon.ico).*)",
            ),
            (
                "export function middleware() {}\nexport const config = { matcher: paths() };",
                "unknown",
            ),
        ] {
            let found = match touched(text, Language::TypeScript) {
                Touched::Nothing => "nothing".to_owned(),
                Touched::Unknown => "unknown".to_owned(),
                Touched::Paths(all) => {
                    let all: Vec<String> = all.into_iter().map(|it| it.0).collect();
                    all.join(", ")
                }
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
