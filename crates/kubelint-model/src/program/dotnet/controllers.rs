//! The routes of controllers: templates of classes before those of their methods, with what stands for their names
//! (learn.microsoft.com/aspnet/core/mvc/controllers/routing).

use std::collections::BTreeMap;

use kubelint_parser::TextRange;

use super::{Dotnet, Gap, Program};
use crate::FileId;
use crate::code::dotnet::{Action, Controller};
use crate::code::{Expr, RouteStyle, Slash, Subject};
use crate::program::routes::text_in;
use crate::program::{RoutePath, Served};

/// Classes do not inherit from each other more often.
const MOST_BASES: usize = 8;
/// More routes are not told.
const MOST_ROUTES: usize = 20_000;
/// What controllers inherit from that answers nothing by itself.
const PLAIN: [&str; 3] = ["Controller", "ControllerBase", "Object"];

type At<'f> = (FileId, &'f Controller);
type Template = (String, (FileId, TextRange));
/// The methods of a route, and the template of its own, if it has one.
type Stated<'f> = (Vec<String>, Option<&'f (Expr, TextRange)>);

impl Dotnet<'_, '_, '_> {
    pub(super) fn controllers(&self, program: &mut Program) {
        let mut by_name: BTreeMap<&str, Vec<At<'_>>> = BTreeMap::new();
        for (file, facts) in self.facts() {
            for it in &facts.controllers {
                by_name.entry(&it.class).or_default().push((file, it));
            }
        }
        let all = by_name.values().flatten();
        let all: Vec<At<'_>> = all.filter(|it| it.1.is_controller).copied().collect();
        for at in all {
            if program.routes.len() > MOST_ROUTES {
                program.gaps.push(gap("there are too many routes", None));
                return;
            }
            self.controller(at, &by_name, program);
        }
    }

    /// A class and those that it inherits from, itself first; whether all are known.
    fn line<'f>(at: At<'f>, by_name: &BTreeMap<&str, Vec<At<'f>>>) -> (Vec<At<'f>>, bool) {
        let mut line = vec![at];
        let mut known = true;
        let mut next = Some(at);
        while let Some((_, controller)) = next.take() {
            let is_interface =
                |it: &str| it.starts_with('I') && it[1..].starts_with(char::is_uppercase);
            let Some(base) = controller.bases.iter().find(|it| !is_interface(it)) else {
                break;
            };
            if PLAIN.contains(&base.as_str()) {
                break;
            }
            match by_name.get(base.as_str()).map(Vec::as_slice) {
                Some([one]) if line.len() < MOST_BASES => {
                    line.push(*one);
                    next = Some(*one);
                }
                _ => known = false,
            }
        }
        (line, known)
    }

    fn controller(&self, at: At<'_>, by_name: &BTreeMap<&str, Vec<At<'_>>>, program: &mut Program) {
        let (line, known) = Self::line(at, by_name);
        let place = |file: FileId, it: &Controller| {
            let action = it.actions.first();
            action.map(|it| (file, it.range))
        };
        if !known {
            let why = "a controller inherits from what is not known";
            program.gaps.push(gap(why, place(at.0, at.1)));
        }
        let templates = line.iter().find(|it| !it.1.templates.is_empty());
        let (own, stated) = templates.map_or((at.0, &[][..]), |it| (it.0, &it.1.templates));
        let area = line.iter().find_map(|it| it.1.area.as_deref());
        let mut prefixes: Vec<Option<Template>> = Vec::new();
        for (expr, range) in stated {
            match self.text(own, expr) {
                Some(text) => prefixes.push(Some((text, (own, *range)))),
                None => program
                    .gaps
                    .push(gap("a route's path is computed", Some((own, *range)))),
            }
        }
        if stated.is_empty() {
            prefixes.push(None);
        }
        for (file, of) in &line {
            for action in &of.actions {
                self.action(*file, action, (&at.1.class, area), &prefixes, program);
            }
        }
    }

    fn text(&self, file: FileId, expr: &Expr) -> Option<String> {
        text_in(&self.names.value(file, expr), self.environments)
    }

    fn action(
        &self,
        file: FileId,
        action: &Action,
        (class, area): (&str, Option<&str>),
        prefixes: &[Option<Template>],
        program: &mut Program,
    ) {
        let verbs: Vec<String> = action
            .routes
            .iter()
            .map(|it| it.0.clone())
            .filter(|it| !it.is_empty())
            .collect();
        let has_template = action.routes.iter().any(|it| it.1.is_some());
        let mut stated: Vec<Stated<'_>> = Vec::new();
        for (verb, template) in &action.routes {
            match (verb.is_empty(), template) {
                (false, Some(it)) => stated.push((vec![verb.clone()], Some(it))),
                // `[HttpGet] [Route("x")]`: the one says how, the other where.
                (true, Some(it)) => stated.push((verbs.clone(), Some(it))),
                (_, None) if !has_template => stated.push((vec![verb.clone()], None)),
                _ => {}
            }
        }
        if stated.is_empty() {
            // Any method, at the path of the class.
            stated.push((Vec::new(), None));
        }
        for (methods, template) in stated {
            let inner = match template {
                None => None,
                Some((expr, range)) => {
                    let place = (file, *range);
                    let Some(text) = self.text(file, expr) else {
                        let why = "a route's path is computed";
                        program.gaps.push(gap(why, Some(place)));
                        continue;
                    };
                    Some((text, place))
                }
            };
            let methods: Vec<String> = methods.into_iter().filter(|it| !it.is_empty()).collect();
            for prefix in prefixes {
                // What neither says is found by the names of class and method.
                if prefix.is_none() && inner.is_none() {
                    continue;
                }
                let place = inner.as_ref().map_or((file, action.range), |it| it.1);
                let whole = whole(prefix.as_ref(), inner.as_ref());
                let Some(path) = named(&whole, class, &action.name, area) else {
                    program
                        .gaps
                        .push(gap("a route's path is computed", Some(place)));
                    continue;
                };
                for path in alternatives(&path) {
                    program.routes.push(Served {
                        path: RoutePath::of([(path.as_str(), RouteStyle::Braces)]).without_case(),
                        methods: methods.clone(),
                        slash: Slash::Either,
                        guards: Vec::new(),
                        place,
                        prefixes: prefix.iter().map(|it| it.1).collect(),
                        port: None,
                    });
                }
            }
        }
    }
}

fn gap(why: &str, place: Option<(FileId, TextRange)>) -> Gap {
    Gap {
        subject: Some(Subject::Routes),
        why: why.to_owned(),
        place,
    }
}

/// A template behind that of its class; one that begins at the root stands by itself.
fn whole(prefix: Option<&Template>, inner: Option<&Template>) -> String {
    let inner = inner.map_or("", |it| it.0.as_str());
    let absolute = inner.strip_prefix("~/").or(inner.strip_prefix('/'));
    match (absolute, prefix) {
        (Some(rest), _) => format!("/{rest}"),
        (None, Some((prefix, _))) => {
            let prefix = prefix.trim_start_matches("~/").trim_matches('/');
            format!("/{prefix}/{inner}")
                .trim_end_matches('/')
                .to_owned()
        }
        (None, None) => format!("/{inner}"),
    }
}

/// A template with the names of class, method and area put in; none if it has other parts of that kind.
fn named(template: &str, class: &str, action: &str, area: Option<&str>) -> Option<String> {
    let controller = class.strip_suffix("Controller").unwrap_or(class);
    let action = action.strip_suffix("Async").unwrap_or(action);
    let mut text = template
        .replace("[controller]", controller)
        .replace("[action]", action);
    if let Some(area) = area {
        text = text.replace("[area]", area);
    }
    // In what stands in braces there may be patterns.
    let outside = text
        .split('{')
        .map(|it| it.rsplit('}').next().unwrap_or(it));
    let is_named = !outside.into_iter().any(|it| it.contains('['));
    is_named.then_some(text)
}

/// The paths that a template means: parts at its end may be left out.
pub(in crate::program) fn alternatives(template: &str) -> Vec<String> {
    let mut found = vec![template.to_owned()];
    let mut rest = template;
    while let Some((before, last)) = rest.rsplit_once('/') {
        let inner = last.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        let is_optional = inner.is_some_and(|it| it.ends_with('?') || it.contains('='));
        if !is_optional {
            break;
        }
        found.push(if before.is_empty() { "/" } else { before }.to_owned());
        rest = before;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{alternatives, named, whole};
    use crate::FileId;
    use kubelint_parser::TextRange;

    #[test]
    fn templates_are_joined_and_named() {
        let at = |it: &str| (it.to_owned(), (FileId(0), TextRange::empty(0)));
        for (prefix, inner, expected) in [
            ("api/[controller]", "{id}", "/api/Orders/{id}"),
            ("api/[controller]", "", "/api/Orders"),
            ("api/[controller]/[action]", "", "/api/Orders/Get"),
            ("api", "/ping", "/ping"),
            ("api", "~/ping", "/ping"),
        ] {
            let text = whole(Some(&at(prefix)), Some(&at(inner)));
            let text = named(&text, "OrdersController", "GetAsync", None);
            assert_eq!(text.as_deref(), Some(expected));
        }
        assert_eq!(named("/[version]/x", "A", "B", None), None);
        assert!(named("/{id:regex([a-z])}", "A", "B", None).is_some());
    }

    #[test]
    fn parts_that_may_be_left_out() {
        assert_eq!(alternatives("/a/{b?}"), ["/a/{b?}", "/a"]);
        assert_eq!(
            alternatives("/{a=x}/{b=y}"),
            ["/{a=x}/{b=y}", "/{a=x}", "/"]
        );
        assert_eq!(alternatives("/a"), ["/a"]);
    }
}
