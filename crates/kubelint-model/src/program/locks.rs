//! What wants credentials for all requests of a program but some: the filter chain of Spring Security.

use kubelint_parser::code::Language;

use super::environment::Environment;
use super::names::Names;
use super::routes::text_in;
use super::{Guarded, Program, RoutePart, guards};
use crate::FileId;
use crate::code::{Expr, GuardKind, Lock, Subject};

/// What stands before all paths, and not before those that a chain speaks of.
const PREFIXES: [&str; 3] = [
    "server.servlet.context-path",
    "spring.mvc.servlet.path",
    "spring.webflux.base-path",
];

/// Says of the routes that only those reach them who log in. Of several chains nobody knows which is asked, and what is served at a port of
/// its own may have another.
pub(super) fn apply(names: &Names<'_, '_>, environments: &[&Environment], program: &mut Program) {
    let units = names.units.iter();
    let locks = units.flat_map(|unit| unit.facts.locks.iter().map(move |it| (unit.id, it)));
    let locks: Vec<(FileId, &Lock)> = locks.take(2).collect();
    let [(file, lock)] = locks.as_slice() else {
        return;
    };
    let has_prefix = PREFIXES.iter().any(|name| {
        let property = Expr::Property {
            name: (*name).to_owned(),
            default: Some(Box::new(Expr::Text(String::new()))),
        };
        let text = text_in(&names.value(*file, &property), environments);
        !matches!(text.as_deref(), Some("" | "/"))
    });
    // Chains in Kotlin are not read.
    let mut units = names.units.iter();
    let is_known = units.all(|it| it.facts.language == Language::Java)
        && program.is_complete(Subject::Routes)
        && program.routes.iter().all(|it| it.port.is_none())
        && !has_prefix;
    let free = lock.free.as_ref().filter(|_| is_known);
    let free = free.and_then(|it| texts(names, *file, it, environments));
    let Some(free) = free else {
        return;
    };
    let guarded: Guarded = guards::guarded(GuardKind::Auth, *file, lock.place.range);
    for route in &mut program.routes {
        if !free.iter().any(|it| overlaps(it, &route.path.parts)) {
            route.guards.push(guarded.clone());
        }
    }
}

/// The texts of all paths; `None` if one is not known.
fn texts(
    names: &Names<'_, '_>,
    file: FileId,
    paths: &[Expr],
    environments: &[&Environment],
) -> Option<Vec<String>> {
    let values = paths.iter().flat_map(|it| match names.value(file, it) {
        Expr::List(all) => all,
        one => vec![one],
    });
    values.map(|it| text_in(&it, environments)).collect()
}

/// Whether some path may be one of `pattern` (`/actuator/**`) and of a route.
fn overlaps(pattern: &str, parts: &[RoutePart]) -> bool {
    let mut own = pattern.split('/').filter(|it| !it.is_empty());
    let mut parts = parts.iter();
    loop {
        match (own.next(), parts.next()) {
            (Some(one), _) if one == "**" || one.starts_with("{*") => return true,
            (_, Some(RoutePart::Rest)) | (None, None) => return true,
            (Some(one), Some(RoutePart::Text(text))) => {
                let is_open = one.contains(['*', '?', '{']);
                if !is_open && !one.eq_ignore_ascii_case(text) {
                    return false;
                }
            }
            (Some(_), Some(_)) => {}
            (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::RouteStyle;
    use crate::program::RoutePath;

    #[test]
    fn patterns_and_routes_that_share_paths() {
        for (pattern, route, expected) in [
            ("/health", "/health", true),
            ("/health", "/health/live", false),
            ("/health/**", "/health", true),
            ("/actuator/**", "/actuator/health/{group}", true),
            ("/actuator/health", "/actuator/{*rest}", true),
            ("/actuator/info", "/actuator/health", false),
            ("/*/health", "/api/health", true),
            ("/**", "/anything", true),
            ("/docs", "/", false),
        ] {
            let path = RoutePath::of([(route, RouteStyle::Braces)]);
            let found = overlaps(pattern, &path.parts);
            assert_eq!(found, expected, "{pattern} {route}");
        }
    }
}
