//! Patterns of paths as Next.js writes them: in its configuration, and in the matcher of a middleware.

use crate::program::RoutePart;

/// The parts of paths that a pattern may mean (`path-to-regexp`): `/blog/:slug`, `/api/:path*`, `/((?!api|_next).*)`. What is not plain means
/// anything.
pub(super) fn parts(pattern: &str) -> Vec<RoutePart> {
    let mut found = Vec::new();
    for segment in segments(pattern) {
        let bare = segment.strip_prefix(':');
        let is_name = |it: &str| {
            !it.is_empty()
                && it
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || it == b'_')
        };
        let is_plain = !segment.contains([':', '*', '+', '?', '(', ')', '{', '}', '\\']);
        if is_plain {
            found.push(RoutePart::Text(segment.to_owned()));
        } else if bare.is_some_and(is_name) {
            found.push(RoutePart::Any);
        } else {
            found.push(match excepted(segment) {
                Some(beginnings) => RoutePart::Except(beginnings),
                None => RoutePart::Rest,
            });
            break;
        }
    }
    found
}

/// What stands between slashes that stand in no brackets.
fn segments(pattern: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, it) in pattern.char_indices() {
        match it {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                found.push(&pattern[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&pattern[start..]);
    found.retain(|it| !it.is_empty());
    found
}

/// The beginnings that `((?!api|_next/static).*)` leaves out; `None` if it is not of this form. Of what is left out only plain texts count.
fn excepted(segment: &str) -> Option<Vec<String>> {
    let (before, rest) = segment.split_once("(?!")?;
    let name = before.strip_suffix('(')?;
    if !name.is_empty() && !name.starts_with(':') {
        return None;
    }
    let (mut depth, mut end, mut cuts) = (1usize, None, Vec::new());
    for (at, it) in rest.char_indices() {
        match it {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 1 => cuts.push(at),
            _ => {}
        }
        if depth == 0 {
            end = Some(at);
            break;
        }
    }
    let end = end?;
    if !matches!(&rest[end + 1..], ".*)" | ".+)" | ".*)$" | ".*)?") {
        return None;
    }
    let starts = std::iter::once(0).chain(cuts.iter().map(|it| it + 1));
    let ends = cuts.iter().copied().chain([end]);
    let all = starts.zip(ends).map(|(start, end)| &rest[start..end]);
    let plain = all.filter_map(|it| {
        let text = it.replace("\\.", ".").replace("\\/", "/");
        let is_plain = text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'/'));
        (is_plain && !text.is_empty()).then_some(text)
    });
    Some(plain.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{RouteStyle, Slash};
    use crate::program::RoutePath;

    #[test]
    fn paths_of_patterns() {
        for (pattern, path, expected) in [
            ("/dashboard", "/dashboard", true),
            ("/dashboard", "/dashboards", false),
            ("/dashboard/:path*", "/dashboard/a/b", true),
            ("/dashboard/:path*", "/api/health", false),
            ("/blog/:slug", "/blog/a", true),
            ("/blog/:slug", "/blog/a/b", false),
            ("/blog/:slug(\\d+)", "/blog/a/b", true),
            ("/:path*", "/api/health", true),
            ("/((?!api|_next/static).*)", "/api/health", false),
            ("/((?!api|_next/static).*)", "/_next/image", true),
            ("/((?!api|_next/static).*)", "/login", true),
            ("/((?!api|_next/static).*)", "/", true),
            ("/((?!.*\\..*|_next).*)", "/a.png", true),
            ("/((?!.*\\..*|_next).*)", "/_next/a", false),
            ("/(api|trpc)(.*)", "/anything", true),
            ("/:path((?!api).*)", "/api", false),
            ("/((?!).*)", "/api", true),
            ("/((?!", "/api", true),
        ] {
            let route = RoutePath {
                text: pattern.to_owned(),
                parts: parts(pattern),
                style: RouteStyle::Plain,
            };
            let found = route.matches(path, Slash::Either);
            assert_eq!(found, expected, "{pattern} {path}");
        }
    }
}
