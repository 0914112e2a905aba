//! What the routers have in common that functions of Spring make, in whatever language.

use kubelint_parser::TextRange;

use crate::code::{CodeFacts, Expr, Open, Place, Route, RouteStyle, Slash, Subject};

/// Why the patterns of Spring say that not all routes are known where a file imports routers.
const WHY: &str = "routes are made by functions";

/// Whether a file makes routers by functions.
pub(in crate::code) fn is_open(facts: &CodeFacts) -> bool {
    facts.open.iter().any(is_of_functions)
}

fn is_of_functions(open: &Open) -> bool {
    open.subject == Subject::Routes && open.why == WHY
}

/// Puts the routes that a file makes, which are all, in place of what was not known: method, path, and where that is written.
pub(in crate::code) fn settle(made: Vec<(String, Expr, TextRange)>, facts: &mut CodeFacts) {
    facts.open.retain(|it| !is_of_functions(it));
    let routes = made.into_iter().map(|(method, path, range)| Route {
        on: String::new(),
        path,
        style: RouteStyle::Braces,
        slash: Slash::Either,
        methods: Some(method)
            .filter(|it| !it.is_empty())
            .into_iter()
            .collect(),
        handler: None,
        guards: Vec::new(),
        needs_router: false,
        place: Place {
            range,
            ..Place::default()
        },
    });
    facts.routes.extend(routes);
}
