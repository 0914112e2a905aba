//! Finds the names of what is missing in scripts, documents and the like: who mentions it may make it.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use kubelint_parser::{Span, TextRange};
use rayon::prelude::*;

use crate::{DeploymentGraph, File, FileId, Role, load};

/// Where `names` are mentioned as whole words, the first place each: of scripts, workflows, Terraform files, values and releases of charts,
/// else of documents that name the kind in the same line, or hold the name in the address of what they apply. `names` are pairs of kind and name, sorted.
pub(super) fn mentions(graph: &DeploymentGraph, names: &[(&str, &str)]) -> BTreeMap<usize, Span> {
    let mut texts: Vec<&str> = names.iter().map(|it| it.1).collect();
    texts.sort_unstable();
    texts.dedup();
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&texts);
    // It is empty, or would be too large to be built.
    let Some(automaton) = automaton.ok().filter(|_| !texts.is_empty()) else {
        return BTreeMap::new();
    };
    let mut by_text: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (_, name)) in names.iter().enumerate() {
        by_text.entry(name).or_default().push(at);
    }
    let releases = of_releases(graph);
    let custom = of_custom_objects(graph);
    let numbered = (0..).map(FileId).zip(&graph.files);
    let files: Vec<(FileId, &File)> = numbered
        .filter(|(id, file)| {
            may_make(graph, file) || releases.contains(id) || custom.contains_key(id)
        })
        .collect();
    let by_file: Vec<Vec<(bool, usize, Span)>> = files
        .par_iter()
        .map(|(id, file)| {
            let text = graph.sources.get(file.source).text();
            let is_document = is_document(file);
            let objects = custom.get(id).filter(|_| !releases.contains(id));
            let mut found: BTreeMap<usize, Span> = BTreeMap::new();
            for hit in automaton.find_iter(text) {
                if !is_whole(text, hit.start(), hit.end()) {
                    continue;
                }
                let range = TextRange::new(hit.start() as u32, hit.end() as u32);
                let is_outside = |it: &Vec<TextRange>| {
                    let before = it.partition_point(|it| it.start <= range.start);
                    let own = before.checked_sub(1).and_then(|at| it.get(at));
                    !own.is_some_and(|it| it.contains(range))
                };
                if objects.is_some_and(is_outside) {
                    continue;
                }
                let same = texts.get(hit.pattern().as_usize());
                let same = same.and_then(|it| by_text.get(it)).into_iter().flatten();
                for &at in same {
                    let is_said = match objects {
                        Some(_) => MADE_BY_OTHERS.contains(&names[at].0),
                        None => {
                            !is_document
                                || names_kind(text, range, names[at].0)
                                || is_in_applied_address(text, range)
                        }
                    };
                    if is_said {
                        found.entry(at).or_insert(Span::new(file.source, range));
                    }
                }
            }
            let found = found.into_iter();
            found.map(|(at, span)| (is_document, at, span)).collect()
        })
        .collect();
    let mut first: BTreeMap<usize, (bool, Span)> = BTreeMap::new();
    for (is_document, at, span) in by_file.into_iter().flatten() {
        let known = first.entry(at).or_insert((is_document, span));
        if known.0 && !is_document {
            *known = (is_document, span);
        }
    }
    let first = first.into_iter();
    first.map(|(at, (_, span))| (at, span)).collect()
}

/// What custom resources have their controllers make under names that they state: credentials of a new account, the volume of a restored
/// backup.
const MADE_BY_OTHERS: [&str; 2] = ["PersistentVolumeClaim", "Secret"];

/// The places of custom resources, by file and in order.
fn of_custom_objects(graph: &DeploymentGraph) -> BTreeMap<FileId, Vec<TextRange>> {
    let mut found: BTreeMap<FileId, Vec<TextRange>> = BTreeMap::new();
    let custom = graph.resources.iter().filter(|it| {
        // Those that run pods use the Secret themselves.
        !it.gvk.is_built_in() && !it.partial && graph.workload(it).is_none()
    });
    for resource in custom {
        let range = graph.root(resource).range();
        found.entry(resource.file).or_default().push(range);
    }
    for ranges in found.values_mut() {
        ranges.sort_unstable_by_key(|it| it.start);
    }
    found
}

/// The files that state nothing but releases of charts, whose values are among them.
fn of_releases(graph: &DeploymentGraph) -> BTreeSet<FileId> {
    const RELEASES: [(&str, &str); 4] = [
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        ("helm.cattle.io", "HelmChart"),
        ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ];
    let mut releases = BTreeSet::new();
    let mut others = BTreeSet::new();
    for resource in &graph.resources {
        let of_kind = (resource.gvk.group.as_str(), resource.gvk.kind.as_str());
        if RELEASES.contains(&of_kind) {
            releases.insert(resource.file);
        } else {
            others.insert(resource.file);
        }
    }
    releases.retain(|it| !others.contains(it));
    releases
}

/// Whether the file is of those that may make objects in ways that nobody reads.
fn may_make(graph: &DeploymentGraph, file: &File) -> bool {
    match file.role {
        Role::Other | Role::Compose => true,
        // Many of them only build.
        Role::Script | Role::Document | Role::Workflow | Role::Action | Role::GitLab => {
            load::may_make_objects(graph.sources.get(file.source).text())
        }
        // What the values of a chart name, its release brings or uses.
        Role::ChartFile | Role::OtherYaml if load::is_values(&file.path) => true,
        Role::ChartFile => states_release(graph.sources.get(file.source).text()),
        _ => false,
    }
}

/// Whether a chart's template states a release of another chart.
fn states_release(text: &str) -> bool {
    const KINDS: [&str; 2] = ["kind: Application", "kind: HelmRelease"];
    text.lines().any(|line| KINDS.contains(&line.trim_end()))
}

/// Whether a file is there for people to read.
fn is_document(file: &File) -> bool {
    let extension = file.path.extension().unwrap_or_default();
    ["md", "markdown", "mdx", "rst", "adoc", "txt"]
        .iter()
        .any(|it| extension.eq_ignore_ascii_case(it))
}

/// Whether nothing before or after the range belongs to the same name, and it is not that of a manifest: `redis-secret.yaml` may hold
/// an object of any name.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|it| bytes.get(it));
    let is_file = [".yaml", ".yml", ".json"]
        .iter()
        .any(|it| bytes[end..].starts_with(it.as_bytes()));
    !before.is_some_and(is_part) && !bytes.get(end).is_some_and(is_part) && !is_file
}

/// The most of a line that is looked at, before and after a name.
const LINE: usize = 512;

/// Whether the line that holds `range` has the word for `kind` in it.
fn names_kind(text: &str, range: TextRange, kind: &str) -> bool {
    let bytes = text.as_bytes();
    let (start, end) = (range.start as usize, range.end as usize);
    let before = &bytes[start.saturating_sub(LINE)..start];
    let before = before.rsplit(|it| *it == b'\n').next().unwrap_or_default();
    let after = &bytes[end..bytes.len().min(end + LINE)];
    let after = after.split(|it| *it == b'\n').next().unwrap_or_default();
    let creates_short = short_name(kind).is_some_and(|short| {
        let mut words = before.split(u8::is_ascii_whitespace);
        words.any(|it| it == b"create") && words.any(|it| it == short.as_bytes())
    });
    creates_short
        || [before, after].iter().any(|line| {
            let mut windows = line.windows(kind.len().max(1));
            windows.any(|it| it.eq_ignore_ascii_case(kind.as_bytes()))
        })
}

/// Whether `range` stands in the address of manifests elsewhere that the line has kubectl apply:
/// `kubectl apply -f https://example.com/monitor/release.yaml` brings what is called `monitor`.
fn is_in_applied_address(text: &str, range: TextRange) -> bool {
    let bytes = text.as_bytes();
    let start = range.start as usize;
    let before = &bytes[start.saturating_sub(LINE)..start];
    let before = before.rsplit(|it| *it == b'\n').next().unwrap_or_default();
    let mut words = before.split(u8::is_ascii_whitespace);
    let is_applied = words.any(|it| it == b"kubectl")
        && words.any(|it| matches!(it, b"apply" | b"create" | b"replace"));
    let word = before.rsplit(u8::is_ascii_whitespace).next();
    is_applied && word.is_some_and(|it| it.windows(3).any(|it| it == b"://"))
}

/// What kubectl takes for a kind besides its name: `kubectl create cm`, whatever kubectl itself is called there.
fn short_name(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ConfigMap" => "cm",
        "Deployment" => "deploy",
        "Service" => "svc",
        "ServiceAccount" => "sa",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_name_and_short_name() {
        for (text, expected) in [
            ("The ConfigMap app has it.", true),
            ("kl create cm app --from-literal a=b", true),
            ("create the app", false),
            ("cm create app", false),
            ("a: cm\ncreate app", false),
        ] {
            let at = text.find("app").unwrap_or_default() as u32;
            let range = TextRange::new(at, at + 3);
            assert_eq!(names_kind(text, range, "ConfigMap"), expected, "{text}");
        }
    }

    #[test]
    fn addresses_that_are_applied() {
        for (text, expected) in [
            ("kubectl apply -f https://example.com/db/v1/all.yaml", true),
            ("$ kubectl create -f https://example.com/v1/db", true),
            ("kubectl apply -f deploy/db/all.yaml", false),
            ("see https://example.com/db", false),
            ("kubectl apply -f https://example.com/a.yaml # db", false),
        ] {
            let at = text.find("db").unwrap_or_default() as u32;
            let found = is_in_applied_address(text, TextRange::new(at, at + 2));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn names_stand_alone() {
        for (text, expected) in [
            ("kubectl get secret db", true),
            ("db: it", true),
            ("the Secret `db`.", true),
            ("a-db", false),
            ("db_1", false),
            ("apply -f db.yaml", false),
            ("db.yml db", false),
        ] {
            let at = text.find("db").unwrap_or_default();
            assert_eq!(is_whole(text, at, at + 2), expected, "{text}");
        }
    }
}
