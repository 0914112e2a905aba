//! Where a project's images come from: registry and organisation.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kubelint_model::link::{Nearness, are_sibling_names, near_miss};
use kubelint_model::purpose::Purpose;
use kubelint_model::{DeploymentGraph, ImageRef, Resource, ResourceId, public_image};
use kubelint_parser::TextRange;

/// The origins with the most images are those that others may have drifted from; no more than these.
const MOST_USUAL: usize = 32;

/// How many times as many images a clear majority has.
const MAJORITY: usize = 3;

/// Words of folders and files that hold an environment or a platform of their own, with a registry of its own.
const ENVIRONMENTS: [&str; 33] = [
    "aks",
    "aws",
    "azure",
    "ci",
    "demo",
    "dev",
    "develop",
    "development",
    "docker-desktop",
    "ecr",
    "eks",
    "gcp",
    "gke",
    "integration",
    "k3d",
    "k3s",
    "kind",
    "local",
    "localhost",
    "microk8s",
    "minikube",
    "openshift",
    "preprod",
    "prod",
    "production",
    "qa",
    "release",
    "sandbox",
    "stage",
    "staging",
    "test",
    "testing",
    "uat",
];

/// The last parts of hosts that exist only in one cluster or on one machine.
const OWN_DOMAINS: [&str; 4] = ["local", "localdomain", "localhost", "svc"];

/// A registry and the path in it up to an image's own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    registry: String,
    owner: String,
}

/// An image that a container runs.
pub(crate) struct Used<'a> {
    /// The workload.
    pub(crate) resource: &'a Resource,
    /// The path of the image's field.
    pub(crate) field: String,
    /// Where it is written.
    pub(crate) range: TextRange,
    /// The image as written, without tag and digest.
    pub(crate) repository: String,
    /// The last part of its path.
    name: String,
    /// The folder of the workload's file.
    folder: &'a str,
    /// The words of the file's path that tell environments.
    environments: BTreeSet<String>,
}

/// The images of a project that come from elsewhere than its others.
pub(crate) struct Drift<'o, 'a> {
    /// Where they come from.
    pub(crate) origin: &'o Origin,
    /// Those images.
    pub(crate) uses: Vec<&'o Used<'a>>,
    /// Where the others come from.
    pub(crate) usual: &'o Origin,
    /// The others.
    pub(crate) usual_uses: &'o [Used<'a>],
    /// How many they are; copies of one, for environments or releases, count once.
    pub(crate) count: usize,
    /// Whether the one is spelt nearly like the other.
    pub(crate) is_near_miss: bool,
}

/// What a workload is called: kind and name.
type Identity<'a> = (&'a str, &'a str);

/// All images of a graph by their origin, without those that many projects use and those that a kustomization may replace.
pub(crate) struct Origins<'a> {
    uses: BTreeMap<Origin, Vec<Used<'a>>>,
    /// Of the workloads that are called alike, the first and the last that has an image from each origin.
    alike: BTreeMap<Identity<'a>, BTreeMap<Origin, (ResourceId, ResourceId)>>,
}

impl<'a> Origins<'a> {
    pub(crate) fn of(graph: &'a DeploymentGraph) -> Self {
        let mut this = Self {
            uses: BTreeMap::new(),
            alike: BTreeMap::new(),
        };
        for (workload, container) in graph.containers() {
            let resource = workload.resource;
            let Some(image) = container.image() else {
                continue;
            };
            let field = container.field_path("image");
            let Some(parsed) = ImageRef::parse(&image.value) else {
                continue;
            };
            let Some(origin) = Origin::of(&parsed) else {
                continue;
            };
            let is_deployed = graph.file(resource.file).purpose == Purpose::Deployed;
            if !is_deployed || graph.may_change(resource, &field) {
                continue;
            }
            let name = resource.name.as_deref().unwrap_or_default();
            let alike = this.alike.entry((&resource.gvk.kind, name)).or_default();
            let of_origin = alike.entry(origin.clone());
            of_origin.or_insert((resource.id, resource.id)).1 = resource.id;
            this.uses.entry(origin).or_default().push(Used {
                resource,
                field,
                range: image.range(),
                repository: parsed.repository().to_owned(),
                name: parsed.name().to_owned(),
                folder: graph.file(resource.file).path.parent(),
                environments: environments(graph.file(resource.file).path.as_str()),
            });
        }
        this
    }

    /// The images that come from elsewhere than the others of their project, by where they come from.
    pub(crate) fn drifts(&self) -> Vec<Drift<'_, 'a>> {
        let all = self.uses.iter().filter(|it| it.1.len() > 1);
        let mut all: Vec<(&Origin, &Vec<Used<'a>>)> = all.collect();
        all.sort_by_key(|it| (Reverse(it.1.len()), it.0));
        let all = all.into_iter().take(MOST_USUAL);
        let usual: Vec<Usual<'_, 'a>> = all.map(|(origin, uses)| Usual::of(origin, uses)).collect();
        let found = self.uses.iter().filter_map(|(origin, uses)| {
            let count = count(uses.iter());
            let others = || usual.iter().filter(|it| it.count > count);
            let near = others().find(|it| origin.is_near(it.origin));
            let near = near.map(|it| it.drift(origin, uses.iter().collect(), true));
            near.or_else(|| others().find_map(|it| self.minority(origin, uses, it)))
        });
        found.collect()
    }

    /// The images of `origin` that evidently belong with those of `usual`, which are a clear majority.
    fn minority<'o>(
        &self,
        origin: &'o Origin,
        uses: &'o [Used<'a>],
        usual: &Usual<'o, 'a>,
    ) -> Option<Drift<'o, 'a>> {
        if origin.is_sibling(usual.origin) {
            return None;
        }
        let is_related = origin.is_related(usual.origin);
        // Who has two registries that anybody may push to keeps some images at the one, some at the other.
        let is_kept_apart = origin.registry != usual.origin.registry
            && [origin, usual.origin]
                .iter()
                .all(|it| public_image::is_public_host(&it.registry));
        // Of equal names alone, far from the others, nothing follows, nor of two projects of one organisation.
        let may_be_named_alike = !origin.is_beside(usual.origin);
        let belongs = |it: &&Used<'a>| {
            is_related
                && usual.is_around(it.folder)
                && (!is_kept_apart
                    || usual.has(&it.name)
                    || usual.resources.contains(&it.resource.id))
                || may_be_named_alike && usual.has(&it.name) && usual.folders.contains(it.folder)
        };
        let in_place = |it: &&Used<'a>| {
            !self.is_alternative(it, usual.origin) && usual.is_in_environments_of(it)
        };
        let uses: Vec<&Used<'a>> = uses.iter().filter(belongs).filter(in_place).collect();
        let is_clear = !uses.is_empty() && usual.count >= MAJORITY * count(uses.iter().copied());
        is_clear.then(|| usual.drift(origin, uses, false))
    }

    /// Whether another file states the same workload with an image from there: for another environment, or another time.
    fn is_alternative(&self, used: &Used<'a>, usual: &Origin) -> bool {
        let name = used.resource.name.as_deref().unwrap_or_default();
        let alike = self.alike.get(&(used.resource.gvk.kind.as_str(), name));
        let ends = alike.and_then(|it| it.get(usual));
        ends.is_some_and(|it| it.0 != used.resource.id || it.1 != used.resource.id)
    }
}

/// How many images of workloads these are: copies of one, for environments or releases, count once.
fn count<'u, 'a: 'u>(uses: impl Iterator<Item = &'u Used<'a>>) -> usize {
    let images = uses.map(|it| {
        let resource = it.resource;
        (resource.gvk.kind.as_str(), &resource.name, it.name.as_str())
    });
    images.collect::<BTreeSet<_>>().len()
}

/// Where most images of a project come from, and what they have in common.
struct Usual<'o, 'a> {
    origin: &'o Origin,
    uses: &'o [Used<'a>],
    /// How many they are.
    count: usize,
    names: BTreeSet<&'o str>,
    /// The word with which nearly all names begin.
    first_word: Option<&'o str>,
    /// All environments in which they are used.
    environments: BTreeSet<&'o str>,
    /// The workloads that use them.
    resources: BTreeSet<ResourceId>,
    /// The folders in which they are used.
    folders: BTreeSet<&'a str>,
}

impl<'o, 'a> Usual<'o, 'a> {
    fn of(origin: &'o Origin, uses: &'o [Used<'a>]) -> Self {
        let names: BTreeSet<&str> = uses.iter().map(|it| it.name.as_str()).collect();
        let mut words: BTreeMap<&str, usize> = BTreeMap::new();
        for name in &names {
            if let Some((word, _)) = name.split_once('-') {
                *words.entry(word).or_default() += 1;
            }
        }
        let is_shared = |it: &(&str, usize)| {
            it.1 >= 3 && it.1 * 4 >= names.len() * 3 && !public_image::is_common_name(it.0)
        };
        let environments = uses.iter().flat_map(|it| &it.environments);
        Self {
            origin,
            uses,
            count: count(uses.iter()),
            first_word: words.into_iter().find(is_shared).map(|it| it.0),
            environments: environments.map(String::as_str).collect(),
            resources: uses.iter().map(|it| it.resource.id).collect(),
            folders: uses.iter().map(|it| it.folder).collect(),
            names,
        }
    }

    fn drift(
        &self,
        origin: &'o Origin,
        uses: Vec<&'o Used<'a>>,
        is_near_miss: bool,
    ) -> Drift<'o, 'a> {
        Drift {
            origin,
            uses,
            usual: self.origin,
            usual_uses: self.uses,
            count: self.count,
            is_near_miss,
        }
    }

    /// Whether an image of this name is evidently one more of them.
    fn has(&self, name: &str) -> bool {
        let is_same = self.names.contains(name) && !public_image::is_common_name(name);
        let first = name.split_once('-').map(|it| it.0);
        is_same || first.is_some() && first == self.first_word
    }

    /// Whether they are used in the folder, or in one that lies in the same folder or below such a one.
    fn is_around(&self, folder: &str) -> bool {
        let Some((above, _)) = folder.rsplit_once('/') else {
            return true;
        };
        let mut from = self.folders.range(above..);
        from.next().is_some_and(|it| {
            let rest = it.strip_prefix(above);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Whether they are also used where `used` is, as far as its path tells of environments.
    fn is_in_environments_of(&self, used: &Used<'_>) -> bool {
        let mut environments = used.environments.iter();
        environments.all(|it| self.environments.contains(it.as_str()))
    }
}

impl Origin {
    /// Where an image comes from; `None` for images that many projects use, and those of a registry in the cluster or on the developer's
    /// own machine.
    fn of(image: &ImageRef<'_>) -> Option<Self> {
        if public_image::is_public(image) {
            return None;
        }
        let canonical = image.canonical();
        let (registry, path) = canonical.split_once('/')?;
        let owner = path.rsplit_once('/').map_or("", |it| it.0);
        let host = registry.split(':').next().unwrap_or_default();
        let last = host.rsplit('.').next().unwrap_or_default();
        let is_local = last == host || OWN_DOMAINS.contains(&last) || host == "127.0.0.1";
        let is_nobodys = owner.is_empty() && public_image::is_public_host(registry);
        (!is_local && !is_nobodys).then(|| Self {
            registry: registry.to_owned(),
            owner: owner.to_owned(),
        })
    }

    /// Whether one is spelt nearly like the other: the registry or the organisation, not both.
    fn is_near(&self, usual: &Self) -> bool {
        let is_typo = |a: &str, b: &str| match near_miss(a, b) {
            Some(Nearness::Spelling) => folded(a) == folded(b),
            found => found.is_some(),
        };
        if self.registry == usual.registry {
            let differing = differing_part(&self.owner, &usual.owner);
            return differing.is_some_and(|(one, other)| is_typo(one, other));
        }
        let known = public_image::is_public_host;
        let both_exist = known(&self.registry) && known(&usual.registry);
        self.owner == usual.owner && !both_exist && is_typo(&self.registry, &usual.registry)
    }

    /// Whether they are two folders of one organisation.
    fn is_beside(&self, other: &Self) -> bool {
        let organisation = |it: &Self| it.owner.split_once('/').map(|it| it.0.to_owned());
        self.registry == other.registry
            && organisation(self).is_some_and(|it| organisation(other) == Some(it))
    }

    /// Whether they differ only as those of two environments or regions do.
    fn is_sibling(&self, other: &Self) -> bool {
        are_sibling_names(&self.registry, &other.registry)
            && are_sibling_names(&self.owner, &other.owner)
    }

    /// Whether they are evidently of one owner: the same organisation at two registries, or two of nearly one name at one.
    fn is_related(&self, usual: &Self) -> bool {
        if self.registry != usual.registry {
            return !self.owner.is_empty() && self.owner == usual.owner;
        }
        let Some((one, other)) = differing_part(&self.owner, &usual.owner) else {
            return false;
        };
        let (a, b) = (words(one), words(other));
        let shared = a.intersection(&b).count();
        let enough = if public_image::is_public_host(&self.registry) {
            2
        } else {
            1
        };
        shared >= enough && (shared == a.len() || shared == b.len())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.registry)?;
        if !self.owner.is_empty() {
            write!(f, "/{}", self.owner)?;
        }
        Ok(())
    }
}

/// The one part in which two paths differ. A project may sort its images into folders, so that paths which differ in more say nothing.
fn differing_part<'s>(one: &'s str, other: &'s str) -> Option<(&'s str, &'s str)> {
    let (a, b) = (one.split('/'), other.split('/'));
    let are_alike = a.clone().count() == b.clone().count();
    let mut differing = a.zip(b).filter(|(a, b)| a != b);
    let first = differing.next();
    first.filter(|_| are_alike && differing.next().is_none())
}

fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '_'], "")
}

fn words(name: &str) -> BTreeSet<&str> {
    let words = name.split(['-', '_', '/', '.']);
    words.filter(|it| !it.is_empty()).collect()
}

/// The words of a path that tell an environment or a platform, and its folders that are called like a version: `v0.6.0`.
fn environments(path: &str) -> BTreeSet<String> {
    let path = path.to_ascii_lowercase();
    let parts = path.split(['/', '.']);
    let parts = parts.flat_map(|part| part.split(['-', '_']).chain([part]));
    let words = parts.filter(|it| ENVIRONMENTS.contains(it));
    let folders = path.rsplit_once('/').map_or("", |it| it.0).split('/');
    let versions = folders.filter(|it| {
        let rest = it.strip_prefix('v').unwrap_or(it);
        let is_number = rest.starts_with(|it: char| it.is_ascii_digit());
        is_number && (rest.len() < it.len() || rest.contains('.'))
    });
    words.chain(versions).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_of_paths() {
        for (path, expected) in [
            ("deploy/Prod/app.yaml", "prod"),
            ("deploy/app-dev.yaml", "dev"),
            ("install/v0.6.0/app.yaml", "v0.6.0"),
            ("install/1.2/app.yaml", "1.2"),
            ("k8s/01-app.yaml", ""),
            ("10-k8s/app.yaml", ""),
        ] {
            let found: Vec<String> = environments(path).into_iter().collect();
            assert_eq!(found.join(" "), expected, "{path}");
        }
    }

    #[test]
    fn how_origins_are_alike() {
        let origin = |text: &str| {
            let image = format!("{text}/x");
            ImageRef::parse(&image).and_then(|it| Origin::of(&it))
        };
        for (a, b, near, related) in [
            ("ghcr.io/acme-shop", "ghcr.io/acmeshop", true, false),
            ("ghcr.io/acme-shop", "ghcr.io/acme-shpo", true, false),
            ("ghcr.io/acme", "gcr.io/acme", false, true),
            ("r.acme.io/fleet", "r.acme.io/fleet-ai", false, true),
            ("ghcr.io/fleet", "ghcr.io/fleet-ai", false, false),
            ("ghcr.io/a-fleet", "ghcr.io/a-ai-fleet", false, true),
            ("r.acme.io/a/cmd", "r.acme.io/a/cmd/x", false, false),
            ("r.acme.io/a/cmd", "r.acme.io/b/cmd", false, false),
        ] {
            let found = origin(a).zip(origin(b));
            let found = found.map(|(a, b)| (a.is_near(&b), a.is_related(&b)));
            assert_eq!(found, Some((near, related)), "{a} {b}");
        }
    }
}
