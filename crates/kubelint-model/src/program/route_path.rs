//! Paths that programs serve, and whether they serve one that somebody asks for.

use super::{RoutePart, RoutePath};
use crate::code::{RouteStyle, Slash};

impl RoutePath {
    /// The path of several pieces, the outermost first, each as it is written.
    pub(super) fn of<'t>(pieces: impl IntoIterator<Item = (&'t str, RouteStyle)>) -> Self {
        let mut found = Self {
            text: "/".to_owned(),
            parts: Vec::new(),
            style: RouteStyle::Plain,
        };
        let mut is_open = false;
        for (text, style) in pieces {
            found.push(text, style);
            // A pattern that nothing ends means all that begins so.
            is_open = match style {
                RouteStyle::Regex => !text.ends_with('$') && !text.ends_with("\\Z"),
                RouteStyle::Mux => text.ends_with('/'),
                style => style == RouteStyle::Prefix,
            };
        }
        if is_open {
            found.parts.push(RoutePart::Rest);
        }
        found
    }

    /// The same, which serves paths in any case of their letters: those that are asked for must be in small letters.
    pub(super) fn without_case(mut self) -> Self {
        for part in &mut self.parts {
            if let RoutePart::Text(text) = part {
                text.make_ascii_lowercase();
            }
        }
        self
    }

    fn push(&mut self, text: &str, style: RouteStyle) {
        self.style = style;
        let is_regex = style == RouteStyle::Regex;
        let bare = if is_regex { unanchored(text) } else { text };
        let bare = bare.trim_start_matches('/');
        if bare.is_empty() && text.is_empty() {
            return;
        }
        if !self.text.ends_with('/') {
            self.text.push('/');
        }
        self.text.push_str(bare);
        let segments = split(bare);
        self.parts
            .extend(segments.into_iter().filter_map(|it| part(it, style)));
    }

    /// Whether it means `path`, which begins with a slash; its query is left aside.
    pub fn matches(&self, path: &str, slash: Slash) -> bool {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let asked: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        // The routers of Express and Koa take capitals for small letters unless they are told not to.
        let any_case = self.style == RouteStyle::Colon && slash == Slash::Either;
        if !fits(&self.parts, &asked, any_case) {
            return false;
        }
        let is_open = self.parts.last() == Some(&RoutePart::Rest);
        let own = self.text.ends_with('/') || self.text.ends_with("/?");
        let has = path.ends_with('/');
        if asked.is_empty() || is_open || own == has || self.text.ends_with("/?") {
            return true;
        }
        match slash {
            Slash::Strict => false,
            Slash::Either => true,
            Slash::Added => own,
        }
    }

    /// How many parts at the beginning are the same as those of `path`, and whether the others are nearly.
    pub(super) fn likeness(&self, path: &str) -> usize {
        let asked = path.split('/').filter(|it| !it.is_empty());
        let own = self.parts.iter();
        let same = own.zip(asked).take_while(|(own, asked)| match own {
            RoutePart::Text(text) => text == asked,
            RoutePart::Begins(text) => asked.starts_with(text.as_str()),
            RoutePart::Any | RoutePart::Rest => true,
            RoutePart::Except(_) => false,
        });
        same.count()
    }
}

/// A regular expression without what ties it to the beginning and the end.
fn unanchored(text: &str) -> &str {
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').unwrap_or(text);
    text.strip_suffix("\\Z").unwrap_or(text)
}

/// The parts between slashes that stand in no brackets.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, it) in text.char_indices() {
        match it {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                found.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[start..]);
    found.retain(|it| !it.is_empty());
    found
}

fn part(text: &str, style: RouteStyle) -> Option<RoutePart> {
    let literal = || RoutePart::Text(text.to_owned());
    Some(match style {
        RouteStyle::Plain | RouteStyle::Prefix => literal(),
        RouteStyle::Mux if text == "{$}" => return None,
        RouteStyle::Mux if !text.contains('{') => literal(),
        RouteStyle::Braces | RouteStyle::Mux => match text.find('{') {
            // Spring's patterns have these, too.
            None if text == "**" => RoutePart::Rest,
            None if text.contains('*') => RoutePart::Any,
            None => literal(),
            Some(at) => {
                let inner = text[at + 1..].trim_end_matches('}');
                let takes_more = inner.ends_with("...")
                    || inner.ends_with('?')
                    || inner.ends_with(":path")
                    || inner.starts_with('*')
                    || [".*", ".+"].iter().any(|it| inner.contains(it));
                if takes_more {
                    RoutePart::Rest
                } else {
                    RoutePart::Any
                }
            }
        },
        RouteStyle::Angle => match text.find('<') {
            None => literal(),
            Some(at) if text[at..].starts_with("<path:") => RoutePart::Rest,
            Some(_) => RoutePart::Any,
        },
        RouteStyle::Colon => {
            if text.contains('*') || text.ends_with('?') {
                RoutePart::Rest
            } else if text.contains(':') {
                RoutePart::Any
            } else {
                literal()
            }
        }
        RouteStyle::Regex => {
            if text == "?" {
                return None;
            }
            let bare = text.replace("\\.", ".").replace("\\-", "-");
            if !text.contains(['(', '[', '*', '+', '?', '|', '{'])
                && !bare.contains('\\')
                && text.replace("\\.", "").find('.').is_none()
            {
                RoutePart::Text(bare)
            } else if [".*", ".+", "/", "|", ")?", ")*"]
                .iter()
                .any(|it| text.contains(it))
            {
                RoutePart::Rest
            } else {
                RoutePart::Any
            }
        }
    })
}

/// Whether the parts mean what is asked for. Each part that takes any number is tried at every length once.
fn fits(parts: &[RoutePart], asked: &[&str], any_case: bool) -> bool {
    let is_same =
        |own: &str, asked: &str| own == asked || (any_case && own.eq_ignore_ascii_case(asked));
    // The lengths of what may be taken by the parts so far.
    let mut taken = vec![false; asked.len() + 1];
    taken[0] = true;
    for part in parts {
        let mut next = vec![false; asked.len() + 1];
        for (at, _) in taken.iter().enumerate().filter(|it| *it.1) {
            match part {
                RoutePart::Text(text) => {
                    if asked.get(at).is_some_and(|it| is_same(text, it)) {
                        next[at + 1] = true;
                    }
                }
                RoutePart::Begins(text) => {
                    if asked.get(at).is_some_and(|it| it.starts_with(text)) {
                        next[at + 1] = true;
                    }
                }
                RoutePart::Any => {
                    if at < asked.len() {
                        next[at + 1] = true;
                    }
                }
                RoutePart::Rest => {
                    next[at..].fill(true);
                    break;
                }
                // Nothing stands behind it.
                RoutePart::Except(beginnings) => {
                    let rest = asked[at..].join("/");
                    if !beginnings.iter().any(|it| rest.starts_with(it.as_str())) {
                        next[asked.len()] = true;
                    }
                }
            }
        }
        taken = next;
    }
    taken[asked.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(route: &str, style: RouteStyle, slash: Slash, served: &[&str], not: &[&str]) {
        let path = RoutePath::of([(route, style)]);
        for it in served {
            assert!(path.matches(it, slash), "{route} {it}");
        }
        for it in not {
            assert!(!path.matches(it, slash), "{route} {it}");
        }
    }

    #[test]
    fn styles() {
        use RouteStyle::{Angle, Braces, Colon, Plain, Prefix, Regex};
        use Slash::{Added, Either, Strict};
        check(
            "/a/{id}",
            Braces,
            Strict,
            &["/a/1"],
            &["/a", "/a/1/b", "/a/1/"],
        );
        check("/f/{p:path}", Braces, Strict, &["/f/a/b"], &["/g/a"]);
        check("/{rest...}", Braces, Strict, &["/", "/a/b"], &[]);
        check("/a/<int:id>", Angle, Added, &["/a/1"], &["/a/1/", "/b/1"]);
        check("/a/", Angle, Added, &["/a", "/a/"], &["/a/b"]);
        check("/a/:id", Colon, Either, &["/a/1", "/a/1/"], &["/a"]);
        check("/a/*", Colon, Either, &["/a/b/c"], &["/b"]);
        check("/a", Prefix, Strict, &["/a", "/a/b"], &["/ab"]);
        check("/a.b", Plain, Strict, &["/a.b"], &["/aXb"]);
        check(
            "^health/?$",
            Regex,
            Strict,
            &["/health", "/health/"],
            &["/healthz"],
        );
        check(
            "^v1/(?P<id>[0-9]+)/$",
            Regex,
            Strict,
            &["/v1/2/"],
            &["/v1/"],
        );
        check(
            "^api/v1\\.0/",
            Regex,
            Strict,
            &["/api/v1.0/x", "/api/v1.0/"],
            &["/api/v2/x"],
        );
        check("/", Plain, Strict, &["/"], &["/a"]);
    }

    #[test]
    fn pieces_are_joined_with_one_slash() {
        use RouteStyle::{Braces, Plain};
        for (pieces, expected) in [
            (&[("/api", Plain), ("/health", Plain)][..], "/api/health"),
            (&[("api/", Plain), ("health/", Plain)], "/api/health/"),
            (&[("/api", Plain), ("", Plain)], "/api"),
            (&[("", Plain), ("/", Plain)], "/"),
            (&[("/api", Plain), ("/", Plain)], "/api/"),
            (&[("/t/{t}", Braces), ("x", Plain)], "/t/{t}/x"),
        ] {
            let path = RoutePath::of(pieces.iter().copied());
            assert_eq!(path.text, expected);
        }
        assert!(
            RoutePath::of([("/t/{t}", Braces), ("x", Plain)]).matches("/t/1/x?q=1", Slash::Strict)
        );
    }
}
