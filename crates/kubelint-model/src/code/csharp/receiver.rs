//! What routes are added to: the application, groups of routes, and what functions are given.

use kubelint_parser::code::Node;

use super::outline::Made;
use super::syntax::{bare, called, called_on, simple};
use super::{APPLICATION, File};

/// How far names and calls in chains are followed.
const MOST_STEPS: u32 = 24;

/// The types of what routes are added to.
const APPLICATIONS: [&str; 5] = [
    "IApplicationBuilder",
    "WebApplication",
    "IEndpointRouteBuilder",
    "RouteGroupBuilder",
    "IRouteBuilder",
];

/// The name of the group that a call with these arguments makes.
pub(super) fn group(arguments: Node<'_>) -> String {
    format!("@{}", arguments.range().start)
}

impl<'a> File<'a> {
    /// Whether routes are added to what is called so.
    pub(super) fn is_application(&self, path: &str) -> bool {
        let declared = self.outline.declared.get(path);
        declared.is_some_and(|it| APPLICATIONS.contains(it))
    }

    /// The router that `node` is, by its name; none if routes are not added to it.
    pub(super) fn receiver(&self, node: Node<'a>) -> Option<String> {
        self.receiver_in(node, MOST_STEPS)
    }

    fn receiver_in(&self, node: Node<'a>, left: u32) -> Option<String> {
        let left = left.checked_sub(1)?;
        let node = bare(node);
        match node.kind() {
            "identifier" => self.named(node, left),
            "member_access_expression" => {
                // A field: `this.app`.
                let name = node.field("name")?;
                let path = self.path(name);
                let is_own = node.field("expression").is_none();
                (is_own && self.is_application(&path)).then(|| APPLICATION.to_owned())
            }
            "invocation_expression" => self.chained(node, left),
            _ => None,
        }
    }

    fn named(&self, node: Node<'a>, left: u32) -> Option<String> {
        let path = self.path(node);
        if self.outline.parameters.contains(&path) {
            return self.is_application(&path).then_some(path);
        }
        if let Some(known) = self.routers.borrow().get(&path) {
            return known.clone();
        }
        // Who asks again meanwhile goes round in a circle.
        self.routers.borrow_mut().insert(path.clone(), None);
        let made = self.outline.made.get(&path);
        let found = made.into_iter().flatten().find_map(|it| match it {
            Made::Value(value) => self.receiver_in(*value, left),
            Made::LambdaOf(call) => self.given(*call, left),
        });
        let is_known = made.is_some();
        let found = found.or_else(|| {
            let by_name = !is_known && matches!(node.text(), "app" | "endpoints" | "application");
            (self.is_application(&path) || by_name).then(|| APPLICATION.to_owned())
        });
        self.routers.borrow_mut().insert(path, found.clone());
        found
    }

    /// What a call gives to the lambda that it is given.
    fn given(&self, call: Node<'a>, left: u32) -> Option<String> {
        let on = call.field("function").and_then(called_on);
        match called(call)? {
            "Map" => {
                self.receiver_in(on?, left)?;
                Some(group(call.field("arguments")?))
            }
            "UseEndpoints" | "UseWhen" | "MapWhen" | "UseMvc" | "UseRouter" => {
                self.receiver_in(on?, left)
            }
            // Of a host's builder: `webBuilder.Configure(app => …)`.
            "Configure" => {
                let is_host = on.is_some_and(|it| it.text().to_lowercase().contains("builder"));
                is_host.then(|| APPLICATION.to_owned())
            }
            _ => None,
        }
    }

    /// What a call returns: most of what is called on an application returns it.
    fn chained(&self, call: Node<'a>, left: u32) -> Option<String> {
        let on = called_on(call.field("function")?)?;
        match called(call)? {
            "MapGroup" => {
                self.receiver_in(on, left)?;
                Some(group(call.field("arguments")?))
            }
            "Build" => {
                let text = on.text();
                let is_web = simple(bare(on)).to_lowercase().contains("builder")
                    || text.contains("WebApplication");
                let is_other = text.contains("ConfigurationBuilder");
                (is_web && !is_other).then(|| APPLICATION.to_owned())
            }
            "Create" if simple(on) == "WebApplication" => Some(APPLICATION.to_owned()),
            // What such a function returns, the program's own function says.
            name if name.starts_with("Map") => None,
            _ => self.receiver_in(on, left),
        }
    }
}
