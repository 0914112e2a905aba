//! Classes whose attributes say which requests they answer.

use kubelint_parser::TextRange;
use kubelint_parser::code::Node;

use super::File;
use super::syntax::{arguments, simple};
use crate::code::Expr;
use crate::code::captures::Syntax;
use crate::code::dotnet::{Action, Controller};

/// What classes inherit from that answer requests.
const BASES: [&str; 3] = ["Controller", "ControllerBase", "ODataController"];

/// An attribute: its name without `Attribute`, and its arguments.
type Attribute<'a> = (&'a str, Vec<(Option<&'a str>, Node<'a>)>);

impl<'a> File<'a> {
    pub(super) fn controllers(&self) -> Vec<Controller> {
        let types = self.outline.types.iter().zip(&self.outline.classes);
        let found = types.filter_map(|(node, class)| {
            let attributes = attributes(*node);
            let has = |name: &str| attributes.iter().any(|it| it.0 == name);
            let is_named = class.name.ends_with("Controller");
            let inherits = class
                .bases
                .iter()
                .any(|it| BASES.contains(&it.as_str()) || it.contains("Controller"));
            if !(is_named || inherits || has("ApiController") || has("Controller")) {
                return None;
            }
            let modifiers = modifiers(*node);
            let is_generic = node.children().any(|it| it.kind() == "type_parameter_list");
            let is_class = matches!(node.kind(), "class_declaration" | "record_declaration");
            let templates = attributes.iter().filter(|it| it.0 == "Route");
            let area = attributes.iter().find(|it| it.0 == "Area");
            let area = area.and_then(|it| self.value(it.1.first()?.1).text().map(str::to_owned));
            Some(Controller {
                class: class.name.clone(),
                bases: class.bases.clone(),
                templates: templates.filter_map(|it| self.template(&it.1)).collect(),
                area,
                is_controller: is_class
                    && !is_generic
                    && !modifiers.contains(&"abstract")
                    && !modifiers.contains(&"static")
                    && !has("NonController"),
                is_api: has("ApiController"),
                actions: self.actions(*node),
            })
        });
        found.collect()
    }

    fn template(&self, given: &[(Option<&'a str>, Node<'a>)]) -> Option<(Expr, TextRange)> {
        let first = given
            .iter()
            .find(|it| it.0.is_none_or(|it| it.eq_ignore_ascii_case("template")))?;
        Some((self.value(first.1), self.place(first.1).range))
    }

    fn actions(&self, class: Node<'a>) -> Vec<Action> {
        let body = class.field("body").into_iter().flat_map(Node::children);
        let methods = body.filter(|it| it.kind() == "method_declaration");
        let found = methods.filter_map(|method| {
            let attributes = attributes(method);
            let modifiers = modifiers(method);
            let is_action = modifiers.contains(&"public")
                && !modifiers.contains(&"static")
                && !attributes.iter().any(|it| it.0 == "NonAction");
            let name = method.field("name").filter(|_| is_action)?;
            let mut routes = Vec::new();
            for (attribute, given) in &attributes {
                let verb = attribute.strip_prefix("Http").filter(|it| {
                    matches!(
                        *it,
                        "Get" | "Post" | "Put" | "Delete" | "Patch" | "Head" | "Options"
                    )
                });
                if let Some(verb) = verb {
                    routes.push((verb.to_ascii_uppercase(), self.template(given)));
                } else if matches!(*attribute, "Route" | "AcceptVerbs") {
                    let template = self.template(given).filter(|_| *attribute == "Route");
                    routes.push((String::new(), template));
                }
            }
            Some(Action {
                name: name.text().to_owned(),
                routes,
                range: name.range(),
            })
        });
        found.collect()
    }
}

fn attributes(node: Node<'_>) -> Vec<Attribute<'_>> {
    let lists = node.children().filter(|it| it.kind() == "attribute_list");
    let all = lists
        .flat_map(Node::children)
        .filter(|it| it.kind() == "attribute");
    all.filter_map(|it| {
        let name = simple(it.field("name")?);
        let list = it
            .children()
            .find(|it| it.kind() == "attribute_argument_list");
        let given = list.map(arguments).unwrap_or_default();
        Some((name.strip_suffix("Attribute").unwrap_or(name), given))
    })
    .collect()
}

fn modifiers(node: Node<'_>) -> Vec<&str> {
    let all = node.children().filter(|it| it.kind() == "modifier");
    all.map(Node::text).collect()
}
