//! Where the commands of scripts lead that name objects: to manifests, to what is made elsewhere, or nowhere.

mod index;

use std::borrow::Cow;
use std::collections::BTreeMap;

use kubelint_parser::TextRange;

use crate::kubectl::{Call, Kind, Named};
use crate::made::{Maker, Makers};
use crate::placeholder::is_replaced;
use crate::reference::ObjectName;
use crate::script::{ROOT, Run, UNKNOWN};
use crate::view::{PodTemplate, Workload};
use crate::{DeploymentGraph, FileId, ResourceId};

use index::Index;

/// What a command of a script names, and where that leads.
#[derive(Clone, Debug)]
pub struct ScriptLink {
    /// The number of the script, in [`crate::commands::Commands::scripts`].
    pub script: usize,
    /// The number of the command among those that it runs.
    pub run: usize,
    /// Where the word is that names it, in the script's file.
    pub range: TextRange,
    /// What is named.
    pub asked: Asked,
    /// Where it leads.
    pub outcome: ScriptOutcome,
}

/// What a command names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// An object.
    Object(ObjectName),
    /// The objects of a kind that have these labels: keys and values.
    Labels {
        /// The kind.
        kind: String,
        /// The namespace, if it is stated.
        namespace: Option<String>,
        /// The labels.
        labels: Vec<(String, String)>,
    },
    /// The objects of the files of this path; `*` stands for what is not known of it.
    File(String),
}

/// Where the words of a command lead.
#[derive(Clone, Debug)]
pub enum ScriptOutcome {
    /// To these.
    Found {
        /// Them: of several, those that the script's file applies.
        candidates: Vec<ResourceId>,
        /// Whether the script's file applies them, or names their file.
        is_applied: bool,
        /// Whether something else may make one that is called so, too.
        may_be_made: bool,
    },
    /// To something that is made elsewhere.
    Made(Maker),
    /// Nowhere.
    Missing {
        /// Objects of the same kind that are called nearly so, or have nearly these labels; nearest first.
        near: Vec<ResourceId>,
    },
    /// Nobody can tell.
    Unknown,
}

/// The links of all scripts.
pub(super) fn links(graph: &DeploymentGraph, makers: &Makers) -> Vec<ScriptLink> {
    let index = Index::new(graph, makers);
    let mut found = Vec::new();
    let scripts = graph.commands.scripts.iter().enumerate();
    for (number, script) in scripts {
        for (at, run) in script.outcome.runs.iter().enumerate() {
            if run.file != script.file || run.elsewhere {
                continue;
            }
            let call = Call::of(run).filter(Call::needs_objects);
            let asked = call.map(|it| asked(&it, run)).unwrap_or_default();
            found.extend(asked.into_iter().map(|(asked, range)| ScriptLink {
                script: number,
                run: at,
                range,
                asked,
                outcome: ScriptOutcome::Unknown,
            }));
        }
    }
    // Loops and many scripts ask for the same again and again.
    let mut known: BTreeMap<(FileId, Asked), ScriptOutcome> = BTreeMap::new();
    for link in &mut found {
        let script = &graph.commands.scripts[link.script];
        let key = (script.file, link.asked.clone());
        let outcome = known
            .entry(key)
            .or_insert_with(|| index.outcome(script, &link.asked));
        link.outcome = outcome.clone();
    }
    found
}

/// What a command names, and where.
fn asked(call: &Call<'_>, run: &Run) -> Vec<(Asked, TextRange)> {
    let namespace = call.namespace().map(str::to_owned);
    match call.named() {
        Named::Objects(objects) => {
            let objects = objects.into_iter().map(|it| {
                let name = ObjectName {
                    group: it.kind.group.to_owned(),
                    kind: it.kind.name.to_owned(),
                    namespace: namespace.clone(),
                    name: it.name.to_owned(),
                };
                (Asked::Object(name), it.range)
            });
            objects.collect()
        }
        Named::Labelled {
            kind: Kind { name, .. },
            labels,
            range,
        } => {
            let labels = labels.into_iter();
            let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
            let asked = Asked::Labels {
                kind: name.to_owned(),
                namespace,
                labels: labels.collect(),
            };
            vec![(asked, range)]
        }
        Named::Other => {
            let file = call.file().and_then(|it| Some((it.value?, it.range)));
            let is_here = |text: &str| !text.contains("://") && text != "-" && !text.is_empty();
            let file = file.filter(|(text, _)| is_here(text));
            let asked = file.and_then(|(text, range)| {
                let path = written_path(run, text)?;
                Some((Asked::File(path), range))
            });
            asked.into_iter().collect()
        }
    }
}

/// A path with `*` for each part that is not known, from the first known segment on; `None` if its end is not known.
fn written_path(run: &Run, text: &str) -> Option<String> {
    if let Some(folder) = run.folder.join(text) {
        return folder.path();
    }
    // What is not known stands in the middle: the segments that are written tell which file may be meant.
    let pattern = text.replace(UNKNOWN, "*");
    let segments: Vec<&str> = pattern
        .split('/')
        .filter(|it| !matches!(*it, "" | "."))
        .skip_while(|it| *it == "*")
        .collect();
    let last = segments.last()?;
    let is_plain = !last.contains('*') && !segments.contains(&"..") && !pattern.contains(ROOT);
    is_plain.then(|| segments.join("/"))
}

/// The names of the containers that the pods of `workload` have, each with where it is stated; `None` if some are not known.
pub fn containers<'g>(workload: &Workload<'g>) -> Option<Vec<(Cow<'g, str>, TextRange)>> {
    let templates = workload.templates();
    let containers = templates.iter().flat_map(PodTemplate::containers);
    let names = containers.map(|it| {
        let name = it.name()?;
        let range = name.range();
        Some((name.value, range)).filter(|(name, _)| !is_replaced(name))
    });
    names.collect()
}
