//! Which variables and properties a file reads.

use kubelint_parser::code::Node;

use super::placeholder::{Piece, pieces, placed};
use super::{File, Grammar};
use crate::code::captures::{ReadAt, Syntax};
use crate::code::{CodeFacts, Expr, Kind, Open, Place, Read, ReadName, Subject};

/// Annotations that make a class one of those whose objects every start makes.
const BEANS: [&str; 11] = [
    "Component",
    "Service",
    "Repository",
    "Controller",
    "RestController",
    "Configuration",
    "SpringBootApplication",
    "Singleton",
    "ApplicationScoped",
    "Context",
    "Path",
];
/// Methods by which maps and configurations are asked for a name.
const LOOKUPS: [&str; 3] = ["get", "getProperty", "getString"];
/// How deep placeholders stand in each other.
const MAX_DEPTH: u32 = 6;

/// The variable by which a property may be set: `SERVER_PORT` for `server.port`
/// (docs.spring.io/spring-boot/reference/features/external-config.html, "Binding From Environment Variables").
pub(crate) fn variable_of(property: &str) -> String {
    let bare = property.replace('-', "");
    let parts = bare.replace(['.', '['], "_").replace(']', "");
    parts.to_ascii_uppercase()
}

/// The variables by which a property may be set: with a dash in its name there are two, with `_` for it and without.
pub(crate) fn variables_of(property: &str) -> Vec<String> {
    if is_variable(property) {
        return vec![property.to_owned()];
    }
    let mut found = vec![variable_of(property)];
    if property.contains('-') {
        found.push(variable_of(&property.replace('-', "_")));
    }
    found
}

/// Whether a property is called like a variable: `DB_HOST`.
fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
}

impl<'a, G: Grammar> File<'a, G> {
    /// What a read gives.
    pub(in crate::code) fn read_value(&self, read: &ReadAt<'a>) -> Expr {
        let default = read.default.and_then(|it| self.plain(it));
        let default = default.map(|it| Box::new(Expr::Text(it)));
        let Some(text) = self.plain(read.name) else {
            return Expr::Unknown;
        };
        match read.kind {
            Some("placeholder") => placed(&text, MAX_DEPTH),
            Some("property" | "setting") => Expr::Property {
                name: text,
                default,
            },
            Some("prefix") => Expr::Unknown,
            _ => Expr::Variable {
                name: text,
                default,
            },
        }
    }

    /// The text of a literal, or of a constant of this file.
    fn plain(&self, node: Node<'a>) -> Option<String> {
        if let Some(text) = G::literal(node) {
            return Some(text);
        }
        let field = self.scopes.fields.get(&G::name(&self.scopes, node)?)?;
        G::literal(field.value.filter(|_| field.is_final)?)
    }

    /// What something holds under a name, as files of properties do: `config.get("queue.variable")`.
    fn looked_up(&self, node: Node<'a>) -> Option<Expr> {
        let (method, arguments) = G::method_call(node)?;
        let mut arguments = arguments.into_iter();
        let name = self.plain(arguments.next()?)?;
        let is_lookup = LOOKUPS.contains(&method) && arguments.next().is_none();
        (is_lookup && name.contains('.')).then_some(Expr::Property {
            name,
            default: None,
        })
    }

    /// Adds all reads to `facts`.
    pub(super) fn add_reads(&self, reads: &[(Node<'a>, ReadAt<'a>)], facts: &mut CodeFacts) {
        for (node, read) in reads {
            let default = read.default.or_else(|| G::stands_for(*node));
            let default = default.map(|it| G::value(self, it));
            let mut place = self.place(read.name);
            place.is_conditional = !self.is_made(*node);
            let Some(text) = self.plain(read.name) else {
                if let Some(name) = self.looked_up(read.name) {
                    place.is_conditional = true;
                    facts.reads.push(Read {
                        name: ReadName::Computed(Box::new(name)),
                        default,
                        is_required: false,
                        kind: Kind::Text,
                        class: None,
                        place,
                    });
                    continue;
                }
                facts.open.push(Open {
                    subject: Subject::Reads,
                    why: "the name of a variable is computed",
                    on: None,
                    needs_router: false,
                    place,
                });
                continue;
            };
            match read.kind {
                // The program's own configuration, which says itself what it takes in.
                Some("setting") => {}
                Some("placeholder") => placeholders(&text, place, MAX_DEPTH, &mut facts.reads),
                Some("property") => {
                    let is_required = read.is_required && !is_optional(*node);
                    // What is called, and not written where an object is made, runs when its function does.
                    let is_call = G::method_call(*node).is_some();
                    place.is_conditional |= is_call && !self.is_at_start(*node);
                    facts
                        .reads
                        .push(property(&text, default, is_required, place));
                }
                Some("prefix") => facts.reads.push(Read {
                    name: ReadName::Prefix(variable_of(&text) + "_"),
                    default: None,
                    is_required: false,
                    kind: Kind::Text,
                    class: None,
                    place,
                }),
                _ => {
                    place.is_conditional = !self.is_at_start(*node);
                    facts.reads.push(Read {
                        name: ReadName::Exact(text),
                        is_required: default.is_none()
                            && !place.is_conditional
                            && G::is_demanded(*node),
                        default,
                        kind: Kind::Text,
                        class: None,
                        place,
                    });
                }
            }
        }
    }

    /// Whether every start makes an object of the class around a node.
    pub(super) fn is_made(&self, node: Node<'a>) -> bool {
        let range = node.range();
        let classes = self.scopes.classes.iter();
        let mut around = classes.filter(|it| it.node.range().contains(range));
        let Some(class) = around.next_back() else {
            return false;
        };
        let mut names = class.annotations.iter().map(|it| it.text());
        let is_bean = names.clone().any(|it| BEANS.contains(&it));
        is_bean && !names.any(|it| it.starts_with("Conditional") || it == "Profile" || it == "Lazy")
    }
}

/// Whether what an annotation stands at may be without a value: its type says so.
fn is_optional(node: Node<'_>) -> bool {
    let kinds = [
        "class_parameter",
        "field_declaration",
        "formal_parameter",
        "parameter",
        "property_declaration",
    ];
    let mut around = std::iter::successors(node.parent(), |it| it.parent()).take(4);
    let Some(declared) = around.find(|it| kinds.contains(&it.kind())) else {
        return false;
    };
    let text = declared.text();
    ["Optional", "Provider<", "Instance<", "Supplier<", "?"]
        .iter()
        .any(|it| text.contains(it))
}

/// The read of one property.
fn property(name: &str, default: Option<Expr>, is_required: bool, place: Place) -> Read {
    Read {
        name: if is_variable(name) {
            ReadName::Exact(name.to_owned())
        } else if let Some((first, _)) = name.split_once('-') {
            // With `_` for the dash, or without it.
            ReadName::Prefix(variable_of(first))
        } else {
            ReadName::AnyCase(variable_of(name))
        },
        // Two variables stand for a name with a dash.
        is_required: is_required && default.is_none() && !name.contains('-'),
        default,
        kind: Kind::Text,
        class: None,
        place,
    }
}

/// The reads of a text with placeholders: one that has no default must be there.
fn placeholders(text: &str, place: Place, left: u32, reads: &mut Vec<Read>) {
    let Some(left) = left.checked_sub(1) else {
        return;
    };
    for piece in pieces(text) {
        if let Piece::Property { name, default } = piece {
            let stands = default.map(|it| placed(it, left));
            reads.push(property(name, stands, true, place));
            if let Some(default) = default {
                placeholders(default, place, left, reads);
            }
        }
    }
}
