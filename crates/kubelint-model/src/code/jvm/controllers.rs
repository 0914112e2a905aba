//! Classes whose methods answer requests: what they inherit, and under which paths.

use std::collections::BTreeSet;

use kubelint_parser::code::Node;

use super::{File, Grammar, file_place};
use crate::code::{CodeFacts, Expr, Mount, RouteStyle, Router};

/// Packages whose classes and interfaces add no routes to what inherits from them.
const LIBRARIES: [&str; 14] = [
    "java.",
    "javax.",
    "jakarta.",
    "org.springframework.",
    "org.slf4j.",
    "lombok.",
    "io.swagger.",
    "org.apache.",
    "com.fasterxml.",
    "io.micronaut.",
    "io.quarkus.",
    "org.eclipse.microprofile.",
    "kotlin.",
    "kotlinx.",
];
/// Names of the languages' own packages that controllers may inherit from.
const LANGUAGE: [&str; 7] = [
    "Any",
    "Object",
    "Runnable",
    "Comparable",
    "AutoCloseable",
    "Iterable",
    "Cloneable",
];

impl<G: Grammar> File<'_, G> {
    /// Makes the classes of a file routers that serve what they inherit, too.
    pub(super) fn settle(&self, facts: &mut CodeFacts) {
        split(&mut facts.routers);
        for route in facts.routes.iter_mut().filter(|it| !it.on.is_empty()) {
            let classes = self.scopes.classes.iter();
            let ends = format!(".{}", route.on);
            let is_on = |path: &str| path == route.on || path.ends_with(&ends);
            if !classes.clone().any(|it| is_on(&it.path)) {
                continue;
            }
            // Of classes in each other the inner one.
            let mut around = classes.filter(|it| it.node.range().contains(route.place.range));
            if let Some(class) = around.next_back() {
                class.path.clone_into(&mut route.on);
            }
        }
        // A class that states a prefix was found by its other annotations without one.
        let prefixed: BTreeSet<String> = facts
            .routers
            .iter()
            .filter(|it| it.prefix.text() != Some(""))
            .map(|it| it.name.clone())
            .collect();
        let mut seen = BTreeSet::new();
        facts.routers.retain(|it| {
            let is_bare = it.prefix.text() == Some("");
            !(is_bare && (prefixed.contains(&it.name) || !seen.insert(it.name.clone())))
        });
        let mut mounted = BTreeSet::new();
        facts.mounts.retain(|it| match &it.what {
            Expr::Name(name) if it.on.is_empty() => mounted.insert(name.clone()),
            _ => true,
        });
        // Annotations of a project's own make controllers, too.
        let routed: BTreeSet<&str> = facts.routes.iter().map(|it| it.on.as_str()).collect();
        for class in self.scopes.classes.iter().filter(|it| it.is_made) {
            if routed.contains(class.path.as_str()) && mounted.insert(class.path.clone()) {
                facts.mounts.push(Mount {
                    on: String::new(),
                    prefix: Expr::Text(String::new()),
                    replaces_prefix: false,
                    style: RouteStyle::Braces,
                    what: Expr::Name(class.path.clone()),
                    needs_router: false,
                    place: file_place(class.node),
                });
            }
        }
        let known: BTreeSet<String> = facts.routers.iter().map(|it| it.name.clone()).collect();
        for class in &self.scopes.classes {
            if !known.contains(&class.path) {
                facts.routers.push(Router {
                    name: class.path.clone(),
                    prefix: Expr::Text(String::new()),
                    is_application: false,
                    is_middleware: false,
                    place: file_place(class.node),
                });
            }
            for base in &class.bases {
                if self.is_of_library(*base) {
                    continue;
                }
                let Some(name) = G::name(&self.scopes, *base) else {
                    continue;
                };
                facts.mounts.push(Mount {
                    on: class.path.clone(),
                    prefix: Expr::Text(String::new()),
                    replaces_prefix: prefixed.contains(&class.path),
                    style: RouteStyle::Braces,
                    what: Expr::Name(name),
                    needs_router: false,
                    place: file_place(*base),
                });
            }
        }
    }

    fn is_of_library(&self, base: Node<'_>) -> bool {
        let name = base.text();
        let imported = self.scopes.imported(name);
        let path = imported.unwrap_or(name);
        LANGUAGE.contains(&name) || LIBRARIES.iter().any(|it| path.starts_with(it))
    }
}

/// A class of several prefixes is one router for each.
fn split(routers: &mut Vec<Router>) {
    let mut found = Vec::with_capacity(routers.len());
    for router in routers.drain(..) {
        match router.prefix {
            Expr::List(all) => found.extend(all.into_iter().map(|prefix| Router {
                name: router.name.clone(),
                prefix,
                is_application: router.is_application,
                is_middleware: router.is_middleware,
                place: router.place,
            })),
            _ => found.push(router),
        }
    }
    *routers = found;
}
