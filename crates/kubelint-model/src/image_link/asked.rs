//! An image that is to be tied, and what is known of it: its name, who runs it, and whether it is the project's own at all.

use std::collections::{BTreeMap, BTreeSet};

use super::name::Name;
use super::words;
use crate::build::{pattern, split_image};
use crate::{DeploymentGraph, ImageRef, Known, base_image, image_user, public_image};

/// A word that so many image names begin with is the project's.
const PROJECT_WORD: usize = 3;
/// So many words of a name may be the project's.
const PROJECT_WORDS: usize = 4;

/// Folders that hold the components of a project, and are none themselves.
const COLLECTIONS: [&str; 8] = [
    "apps",
    "cmd",
    "components",
    "microservices",
    "modules",
    "packages",
    "services",
    "src",
];

/// An image to be tied, and who runs it.
pub(super) struct Asked<'a> {
    pub(super) name: Name,
    /// Its tag; `latest` if none is written.
    pub(super) tag: &'a str,
    /// Whether it is software that many projects use.
    pub(super) is_public: bool,
    /// The manifest's path.
    pub(super) manifest: &'a str,
    pub(super) is_for_tests: bool,
    pub(super) container: Option<&'a str>,
    /// The workload's name, if this is the first of its containers that stay.
    pub(super) workload: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// `image` as `of` runs it; `None` if it is no image reference.
    pub(super) fn new(image: &'a str, of: &Self) -> Option<Self> {
        let name = Name::of(&filled(image))?;
        let is_word = |it: char| it.is_ascii_alphanumeric() || "._-*".contains(it);
        if !name.base.chars().all(is_word) {
            return None;
        }
        Some(Self {
            is_public: is_public(image, &name),
            name,
            tag: split_image(image).1,
            ..*of
        })
    }

    /// Who runs an image that is not known yet.
    pub(super) fn by(
        manifest: &'a str,
        is_for_tests: bool,
        container: Option<&'a str>,
        workload: Option<&'a str>,
    ) -> Self {
        Self {
            name: Name::default(),
            tag: "",
            is_public: false,
            manifest,
            is_for_tests,
            container,
            workload,
        }
    }

    /// The words of the place where it is kept, which its name may repeat.
    pub(super) fn own_words(&self) -> BTreeSet<String> {
        let path = self.name.path.as_deref().unwrap_or_default();
        let place = path.rsplit_once('/').map_or("", |it| it.0);
        words::tokens(place).into_iter().collect()
    }
}

/// An image with `*` for variables, and for what its author left to the reader: `<project>`, `{username}`.
pub(super) fn filled(image: &str) -> String {
    let image = pattern(image);
    let mut found = String::with_capacity(image.len());
    let mut rest = image.as_str();
    while let Some(at) = rest.find(['<', '{']) {
        let close = if rest[at..].starts_with('<') {
            '>'
        } else {
            '}'
        };
        let Some(end) = rest[at..].find(close) else {
            break;
        };
        found.push_str(&rest[..at]);
        if !found.ends_with('*') {
            found.push('*');
        }
        rest = &rest[at + end + 1..];
    }
    found.push_str(rest);
    found
}

/// Whether an image is software that many projects use. A short name is as often that of an image which a tool fills in.
fn is_public(image: &str, name: &Name) -> bool {
    let Some(image) = ImageRef::parse(image) else {
        return false;
    };
    let is_short = image.registry().is_none() && !image.path().contains('/');
    if is_short {
        let is_component = words::is_generic(&name.base);
        (public_image::is_common_name(&name.base) && !is_component)
            || base_image::of(&image).is_some()
            || image_user::of(&image).is_some()
    } else {
        public_image::is_public(&image)
    }
}

/// The images of workloads that are not public software, by their last parts.
pub(super) fn own_images(graph: &DeploymentGraph) -> BTreeSet<String> {
    let mut bases = BTreeSet::new();
    for (_, container) in graph.containers() {
        let Some(image) = container.image() else {
            continue;
        };
        let name = Name::of(&filled(&image.value));
        if let Some(name) = name.filter(|it| !is_public(&image.value, it)) {
            bases.insert(name.base);
        }
    }
    bases
}

/// The words of the project: those of its repository, and those with which most of its images, `bases`, begin.
pub(super) fn project_words(bases: &BTreeSet<String>, known: &Known) -> BTreeSet<String> {
    let parts = known
        .repository
        .iter()
        .flat_map(|it| it.rsplit('/').take(2));
    let mut project: BTreeSet<String> = parts
        .flat_map(|it| words::tokens(it).into_iter().chain([words::folded(it)]))
        .collect();
    // Words with which most of them begin: the second counts only behind the first.
    let mut begins: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for base in bases {
        let tokens = words::tokens(base);
        for length in 1..tokens.len().min(PROJECT_WORDS + 1) {
            *begins.entry(tokens[..length].to_vec()).or_default() += 1;
        }
    }
    let common = begins.into_iter();
    let common = common.filter(|(_, count)| *count >= PROJECT_WORD && count * 2 >= bases.len());
    project.extend(common.filter_map(|(mut begin, _)| begin.pop()));
    project
}

/// How many parts the folders of a manifest and of a component have in common.
pub(super) fn shared(manifest: &str, folder: &str) -> usize {
    let above = manifest.rsplit_once('/').map_or("", |it| it.0);
    let parts = above.split('/').zip(folder.split('/'));
    parts.take_while(|(a, b)| a == b && !a.is_empty()).count()
}

/// Whether a manifest is of the project that a component's folder belongs to: it lies in that folder, or in one of the folders for manifests
/// beside it.
pub(super) fn is_own(manifest: &str, folder: &str) -> bool {
    let above = |path: &str| path.rfind('/').map_or(0, |at| at);
    let mut project = &folder[..above(folder)];
    // `services/api` and `apps/web` belong to what holds `services` and `apps`.
    loop {
        let name = project.rsplit('/').next().unwrap_or_default();
        if !COLLECTIONS.contains(&name) && !words::is_holder(name) {
            break;
        }
        project = &project[..above(project)];
    }
    let within = |folder: &str| match manifest.strip_prefix(folder) {
        Some(rest) if folder.is_empty() => Some(rest),
        Some(rest) => rest.strip_prefix('/'),
        None => None,
    };
    let Some(rest) = within(project) else {
        return false;
    };
    let is_for_manifests = |folder: &str| {
        words::tokens(folder)
            .iter()
            .any(|it| words::is_deployment(it))
    };
    within(folder).is_some()
        || match rest.split_once('/') {
            None => true,
            Some((first, _)) => is_for_manifests(first),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_of_one_project() {
        for (manifest, folder, expected) in [
            ("k8s/api.yaml", "server", true),
            ("api.yaml", "server", true),
            ("server/k8s/api.yaml", "server", true),
            ("samples/x/api.yaml", "server", false),
            ("samples/x/k8s/api.yaml", "samples/x/server", true),
            ("samples/y/k8s/api.yaml", "samples/x/server", false),
            ("deploy/prod/web.yaml", "services/web", true),
            ("services/web/deploy/web.yaml", "services/api", false),
        ] {
            assert_eq!(is_own(manifest, folder), expected, "{manifest} {folder}");
        }
    }
}
