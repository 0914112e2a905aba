//! Whether a program serves a path.

use kubelint_parser::code::Language;

use super::{Port, Program, RoutePart, Served};
use crate::code::Subject;

/// What is known of a path that somebody asks a program for.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'p> {
    /// A route serves it.
    Served(&'p Served),
    /// A route has the path, and not the method.
    OtherMethod(&'p Served),
    /// No route has it, and all routes are known.
    NotServed,
    /// Not all routes are known.
    Unknown,
}

impl Program {
    /// Whether it answers a request for `path` with the method `method`, in capitals. kubelet follows redirects to the same host
    /// (`pkg/probe/http` of Kubernetes), so that a path is served that is redirected to one that is.
    pub fn serves(&self, path: &str, method: &str) -> Answer<'_> {
        self.serves_at(path, method, &[])
    }

    /// As [`Self::serves`], at any of `ports`, which are of this program: of routes that are served elsewhere none counts. At any port of the
    /// program, where `ports` is empty.
    pub fn serves_at(&self, path: &str, method: &str, ports: &[&Port]) -> Answer<'_> {
        let mut other = None;
        for route in self.matching(path, ports) {
            if route.answers(method) {
                return Answer::Served(route);
            }
            other = other.or(Some(route));
        }
        match other {
            _ if !self.is_complete(Subject::Routes) => Answer::Unknown,
            Some(route) => Answer::OtherMethod(route),
            None => Answer::NotServed,
        }
    }

    /// All routes that may answer such a request at any of `ports`; those that take any path only if no other does.
    pub fn answering(&self, path: &str, method: &str, ports: &[&Port]) -> Vec<&Served> {
        let all = self.matching(path, ports).into_iter();
        let mut all: Vec<&Served> = all.filter(|it| it.answers(method)).collect();
        let takes_any = |it: &Served| {
            let mut parts = it.path.parts.iter();
            parts.any(|it| matches!(it, RoutePart::Rest | RoutePart::Except(_)))
        };
        if all.iter().any(|it| !takes_any(it)) {
            all.retain(|it| !takes_any(it));
        }
        all
    }

    /// The routes that have a path at any of `ports`, whatever their methods.
    fn matching(&self, path: &str, ports: &[&Port]) -> Vec<&Served> {
        let is_here = |it: &Served| match &it.port {
            Some(port) => ports.is_empty() || ports.iter().any(|it| it.port == *port),
            None => true,
        };
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        // Routes of ASP.NET Core mean paths in any case.
        let path = match self.language {
            Some(Language::CSharp) => path.to_ascii_lowercase(),
            _ => path,
        };
        let without_root = self.root_path.as_deref().and_then(|it| {
            let rest = path.strip_prefix(it.trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        });
        let mut found = Vec::new();
        for asked in [Some(path.as_str()), without_root].into_iter().flatten() {
            let routes = self.routes.iter();
            found.extend(routes.filter(|it| is_here(it) && it.path.matches(asked, it.slash)));
        }
        found
    }

    /// The route that is most like `path`: whose last parts are equal, or which begins as it does.
    pub fn nearest(&self, path: &str) -> Option<&Served> {
        let last = path.trim_end_matches('/').rsplit('/').next()?;
        let word = last.trim_end_matches('z');
        let rank = |it: &&Served| {
            let own = it.path.text.trim_end_matches('/');
            let own = own.rsplit('/').next().unwrap_or_default();
            let is_same = own == last;
            let is_alike = !word.is_empty() && own.trim_end_matches('z') == word;
            let holds = !word.is_empty() && own.contains(word);
            let likeness = it.path.likeness(path);
            (is_same, is_alike, holds, likeness)
        };
        let ranked = self.routes.iter().map(|it| (rank(&it), it));
        let best = ranked.reduce(|best, it| if it.0 > best.0 { it } else { best })?;
        let (is_same, is_alike, holds, likeness) = best.0;
        (is_same || is_alike || holds || likeness > 0).then_some(best.1)
    }
}

impl Served {
    /// Whether it answers requests with a method.
    fn answers(&self, method: &str) -> bool {
        self.methods.is_empty()
            || self.methods.iter().any(|it| it == method)
            || (method == "HEAD" && self.methods.iter().any(|it| it == "GET"))
    }
}
