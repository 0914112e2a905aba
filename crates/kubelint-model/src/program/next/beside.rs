//! What stands beside the folders of pages: a middleware, and the file that every start runs.

use kubelint_parser::TextRange;
use kubelint_parser::code::{Language, Node};

use super::config::Config;
use super::middleware::{self, Touched};
use super::{Next, project, script};
use crate::code::Subject;
use crate::code::javascript::required;
use crate::program::build::{Build, absolute};
use crate::program::modules::{self, At};
use crate::program::store::{Store, language};

/// Since this version the file that is run at the start needs no setting.
const WITH_HOOK: u32 = 15;

impl Next {
    /// Takes over what stands beside the folders of pages: a middleware, and what is run at the start.
    pub(super) fn beside(
        &mut self,
        stage: usize,
        folder: &str,
        config: &Config,
        build: &Build<'_>,
        store: &mut Store<'_>,
    ) {
        let files = |names: &[&str]| -> Vec<At> {
            let homes = project::HOMES.iter();
            let paths = homes.flat_map(|home| {
                let folder = absolute(folder, home);
                let names = names.iter().flat_map(|name| {
                    let extensions = config.extensions.iter();
                    extensions.map(move |it| format!("{name}.{it}"))
                });
                names.map(|it| absolute(&folder, &it)).collect::<Vec<_>>()
            });
            paths
                .filter_map(|it| modules::at(build, stage, it))
                .collect()
        };
        for file in files(&middleware::NAMES) {
            let Some(id) = store.read_text(&file.file) else {
                self.gap(Subject::Routes, "middleware may answer", None);
                continue;
            };
            let language = language(&file.file).unwrap_or(Language::JavaScript);
            match middleware::touched(store.text_of(id), language) {
                Touched::Nothing => {}
                Touched::Paths(all) => {
                    let all = all.into_iter();
                    self.answered
                        .extend(all.map(|(pattern, range)| (pattern, id, range)));
                }
                Touched::Unknown => {
                    let place = Some((id, TextRange::empty(0)));
                    self.gap(Subject::Routes, "middleware may answer", place);
                }
            }
            self.sources.push(file);
        }
        self.sources.extend(files(&["instrumentation-client"]));
        let is_old = self.version.is_some_and(|it| it < WITH_HOOK) && !config.has_hook;
        let hook = files(&["instrumentation"]).into_iter().next();
        if let Some(file) = hook.filter(|_| !is_old) {
            if let Some(id) = store.read_text(&file.file) {
                let language = language(&file.file).unwrap_or(Language::JavaScript);
                self.hooked = hooked(store.text_of(id), language);
            }
            self.sources.push(file.clone());
            self.instrumentation = Some(file);
        }
    }
}

/// The modules that a file imports under the condition that it runs on Node.js
/// (nextjs.org/docs/app/guides/instrumentation), which the server does.
fn hooked(text: &str, language: Language) -> Vec<String> {
    let Some(tree) = script::Tree::of(text, language) else {
        return Vec::new();
    };
    let script = tree.script();
    let conditions = script::below(script.root()).filter(|it| it.kind() == "if_statement");
    let of_node = conditions.filter(|it| {
        let condition = it.field("condition").map_or("", Node::text);
        condition.contains("process.env.NEXT_RUNTIME ===")
            && condition.contains("nodejs")
            && !condition.contains("&&")
    });
    let bodies = of_node.filter_map(|it| it.field("consequence"));
    let statements = bodies.flat_map(|it| {
        let is_block = it.kind() == "statement_block";
        let inner: Vec<Node<'_>> = if is_block {
            it.children().collect()
        } else {
            vec![it]
        };
        inner
    });
    // What stands in another condition there may not be run.
    let sure = statements.filter(|it| !matches!(it.kind(), "if_statement" | "try_statement"));
    let nodes = sure.flat_map(script::below);
    nodes.filter_map(required).collect()
}
