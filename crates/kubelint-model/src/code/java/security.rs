//! Which requests want credentials, as the filter chains of Spring Security say.

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use crate::code::captures::Syntax;
use crate::code::jvm::file_place;
use crate::code::patterns::Found;
use crate::code::{CodeFacts, Expr, Lock};

/// What names the requests that the next call is about.
const MATCHERS: [&str; 4] = [
    "antMatchers",
    "mvcMatchers",
    "pathMatchers",
    "requestMatchers",
];
/// What lets only those through who log in, or nobody.
const LOCKS: [&str; 8] = [
    "authenticated",
    "denyAll",
    "fullyAuthenticated",
    "hasAnyAuthority",
    "hasAnyRole",
    "hasAuthority",
    "hasRole",
    "rememberMe",
];
/// What makes a chain one of several, lets requests through in other ways, or answers those that it refuses with something else than a
/// refusal: pages to log in among them, to which it redirects.
const UNKNOWN: [&str; 15] = [
    "@Conditional",
    "@Profile",
    "EndpointRequest",
    "accessDeniedHandler",
    "authenticationEntryPoint",
    "exceptionHandling",
    "formLogin",
    "if (",
    "oauth2Login",
    "regexMatchers",
    "saml2Login",
    "securityMatcher",
    ".apply(",
    ".with(",
    " ? ",
];
/// Longer methods are not understood.
const MOST_NODES: usize = 5_000;

impl<'a> File<'a> {
    /// Adds what the methods say that make filter chains.
    pub(super) fn add_locks(&self, found: &[Found<'a>], facts: &mut CodeFacts) {
        for one in found {
            let Some(method) = one.get("lock") else {
                continue;
            };
            let class = method.parent().and_then(Node::parent);
            let of_class = class.and_then(|it| it.children().next());
            let of_class = of_class.filter(|it| it.kind() == "modifiers");
            let texts = [Some(method), of_class].into_iter().flatten();
            let mut texts = texts.map(Node::text);
            let is_unknown = texts.any(|text| UNKNOWN.iter().any(|it| text.contains(it)));
            let body = one.part("lock", "body").filter(|_| !is_unknown);
            let lock = body.and_then(|it| self.lock(it));
            let (place, free) = match lock {
                Some((node, free)) => (file_place(node), Some(free)),
                None => (file_place(method), None),
            };
            facts.locks.push(Lock { free, place });
        }
    }

    /// Where a filter chain locks all requests that nothing before is said of, and which it lets through.
    fn lock(&self, body: Node<'a>) -> Option<(Node<'a>, Vec<Expr>)> {
        let mut free = Vec::new();
        let mut lock = None;
        let mut open = vec![body];
        let mut left = MOST_NODES;
        while let Some(node) = open.pop() {
            left = left.checked_sub(1)?;
            open.extend(node.children());
            let name = node.field("name").map_or("", Node::text);
            if node.kind() != "method_invocation" {
                continue;
            }
            let is_any = matches!(name, "anyRequest" | "anyExchange");
            if !is_any && !MATCHERS.contains(&name) {
                continue;
            }
            let access = node
                .parent()
                .filter(|it| it.kind() == "method_invocation")?;
            let access = access.field("name").map_or("", Node::text);
            match (is_any, LOCKS.contains(&access)) {
                (true, true) => lock = Some(node),
                (false, true) => {}
                (false, false) if access == "permitAll" => {
                    free.extend(self.paths(node.field("arguments")?)?);
                }
                _ => return None,
            }
        }
        Some((lock?, free))
    }

    /// The paths that a matcher is given, for requests that read; `None` if one is not written out.
    fn paths(&self, arguments: Node<'a>) -> Option<Vec<Expr>> {
        let mut found = Vec::new();
        let all = self.arguments_from(arguments, 0);
        let method = all.first().map_or("", |it| bare(*it).text());
        let method = method.strip_prefix("HttpMethod.");
        if method.is_some_and(|it| it != "GET") {
            return Some(found);
        }
        if method.is_some() && all.len() == 1 {
            return None;
        }
        for argument in all.into_iter().skip(usize::from(method.is_some())) {
            match self.expr(argument) {
                Expr::List(all) => found.extend(all),
                Expr::Unknown => return None,
                one => found.push(one),
            }
        }
        Some(found)
    }
}
