//! From what the folders of a project say to the program: its routes, what its server reads, and what is set for it.

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;

use super::Next;
use super::pattern;
use super::script::Tree;
use crate::FileId;
use crate::code::{Expr, Kind, ReadName, RouteStyle, Slash, Subject};
use crate::program::store::{Store, language};
use crate::program::{
    Program, ProgramRead, ProgramSet, RoutePart, RoutePath, Served, addresses, dotenv,
};

/// The variables that its server itself reads, with their defaults.
const OWN: [(&str, Option<&str>); 3] = [
    ("PORT", Some("3000")),
    ("HOSTNAME", Some("0.0.0.0")),
    ("KEEP_ALIVE_TIMEOUT", Some("5000")),
];

impl Next {
    /// Tells a program what its files serve, and what its server reads. What is not known of its source says nothing of its routes.
    pub(in crate::program) fn tell(
        &self,
        of_command: usize,
        store: &Store<'_>,
        program: &mut Program,
    ) {
        let own = program.gaps.iter_mut().skip(of_command);
        for gap in own.filter(|it| it.subject.is_none()) {
            gap.subject = Some(Subject::Reads);
        }
        let mut at = 0;
        program.gaps.retain(|it| {
            at += 1;
            at <= of_command || it.subject != Some(Subject::Routes)
        });
        program.gaps.extend(self.gaps.iter().cloned());
        let anchor = self.anchor.or(program.entry);
        let start = |id: FileId| (id, TextRange::empty(0));
        for route in &self.routes {
            let id = store.id(&route.file);
            let methods = id.filter(|_| route.is_handler);
            let methods = methods.and_then(|it| {
                let language = language(&route.file)?;
                methods_of(store.text_of(it), language)
            });
            if let Some(id) = id.or(anchor) {
                self.serve(
                    &route.text,
                    route.parts.clone(),
                    methods,
                    start(id),
                    program,
                );
            }
        }
        for (pattern, id, range) in &self.answered {
            let parts = pattern::parts(pattern);
            self.serve(pattern, parts, None, (*id, *range), program);
        }
        if let Some(id) = anchor {
            let parts = ["_next"].map(|it| RoutePart::Text(it.to_owned()));
            let parts = parts.into_iter().chain([RoutePart::Rest]).collect();
            self.serve("/_next", parts, None, start(id), program);
        }
        for (text, id, range) in &self.destinations {
            let found = addresses::written((*id, *range), text, "destination");
            program.addresses.extend(found);
        }
        let place = program.started.file.or(anchor.map(start));
        if let Some(place) = place {
            // Where the command states it, the variable decides nothing.
            let mut ports = program.ports.iter();
            let is_variable =
                ports.any(|it| it.port.names_variable("PORT") || it.port == Expr::Unknown);
            let own = OWN.iter().filter(|it| it.0 != "PORT" || is_variable);
            let own = own.map(|(name, default)| ProgramRead {
                name: ReadName::Exact((*name).to_owned()),
                default: default.map(|it| Expr::Text(it.to_owned())),
                is_required: false,
                on_start: true,
                kind: Kind::Text,
                place,
            });
            program.reads.extend(own);
            // Auth.js reads what it is called like: `AUTH_GITHUB_ID` (authjs.dev/reference/nextjs).
            if self.has_auth {
                program.reads.push(ProgramRead {
                    name: ReadName::Prefix("AUTH_".to_owned()),
                    default: None,
                    is_required: false,
                    on_start: false,
                    kind: Kind::Text,
                    place,
                });
            }
        }
        for &id in &self.variable_files {
            let sets = dotenv::sets(store.text_of(id), id, false).into_iter();
            // The server listens before it reads these (nextjs.org/docs/app/api-reference/cli/next).
            let sets = sets.filter(|it| !OWN.iter().any(|own| own.0 == it.name));
            program.sets.extend(sets);
        }
        for name in &self.inlined {
            program.sets.push(ProgramSet {
                name: name.clone(),
                value: Expr::Unknown,
                keeps: false,
                place: None,
            });
        }
    }

    fn serve(
        &self,
        text: &str,
        parts: Vec<RoutePart>,
        methods: Option<Vec<String>>,
        place: (FileId, TextRange),
        program: &mut Program,
    ) {
        let base = self.base_path.trim_matches('/');
        let before = base.split('/').filter(|it| !it.is_empty());
        let before = before.map(|it| RoutePart::Text(it.to_owned()));
        let text = match (base, text) {
            ("", text) => text.to_owned(),
            (base, "/") => format!("/{base}"),
            (base, text) => format!("/{base}{text}"),
        };
        program.routes.push(Served {
            path: RoutePath {
                text,
                parts: before.chain(parts).collect(),
                style: RouteStyle::Plain,
            },
            methods: methods.unwrap_or_default(),
            // A slash too many, or too few, is redirected.
            slash: Slash::Either,
            guards: Vec::new(),
            place,
            prefixes: Vec::new(),
            port: None,
        });
    }
}

/// The methods that a file exports functions for; `None` if that cannot be told. `HEAD` is answered as `GET` is.
fn methods_of(text: &str, language: Language) -> Option<Vec<String>> {
    const ALL: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    let tree = Tree::of(text, language)?;
    let exported = tree.script().exports()?;
    let found = ALL.iter().filter(|it| exported.contains(*it));
    let found: Vec<String> = found.map(|it| (*it).to_owned()).collect();
    (!found.is_empty()).then_some(found)
}
