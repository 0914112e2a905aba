//! Which volumes claims are likely to get, as far as the repository says: whether one of them is attached to one node at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::view::{AccessMode, Claim, PersistentVolume, text};
use crate::{DeploymentGraph, KubeNode, data};

/// The annotation that stated the class before there was a field for it (`BetaStorageClassAnnotation` of core/v1); it still counts, and wins.
const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// The rows of `data/storage.tsv`, by class.
struct Shared {
    sources: Vec<&'static str>,
    classes: Vec<&'static str>,
    drivers: Vec<&'static str>,
}

static SHARED: LazyLock<Shared> = LazyLock::new(|| {
    let of = |wanted: &str| {
        let rows = data::rows(include_str!("../data/storage.tsv"));
        let rows = rows.filter(|[class, ..]| *class == wanted);
        rows.map(|[_, name, _]| name).collect()
    };
    Shared {
        sources: of("source"),
        classes: of("class"),
        drivers: of("driver"),
    }
});

/// The volumes and storage classes of a graph whose volumes nobody attaches to one node at a time.
#[derive(Debug, Default)]
pub struct Volumes {
    /// Names of volumes.
    names: BTreeSet<String>,
    /// Names of the claims that volumes are kept for.
    claims: BTreeSet<String>,
    /// The classes of volumes that are there already, and of those that are made on demand; `""` for volumes without class.
    classes: BTreeSet<String>,
    /// Whether the class that claims get which state none is one of them.
    is_default: bool,
}

impl Volumes {
    /// Those of `graph`.
    pub fn new(graph: &DeploymentGraph) -> Self {
        let mut volumes = Self::default();
        for volume in graph.persistent_volumes().filter(is_shared) {
            let class = volume.storage_class().map(|it| it.value.into_owned());
            volumes.classes.insert(class.unwrap_or_default());
            volumes.names.extend(volume.resource.name.clone());
            let claim = volume.claim().map(|(_, name)| name.value.into_owned());
            volumes.claims.extend(claim);
        }
        // A name that two files give to two classes says nothing.
        let mut classes: BTreeMap<&str, bool> = BTreeMap::new();
        let mut default = None;
        for class in graph.storage_classes() {
            let provisioner = class.provisioner();
            let is_shared = provisioner.is_some_and(|it| is_shared_driver(&it.value));
            if let Some(name) = class.resource.name.as_deref() {
                let all = classes.entry(name).or_insert(true);
                *all &= is_shared;
            }
            if class.is_default() {
                default = Some(default.unwrap_or(true) && is_shared);
            }
        }
        let shared = classes.into_iter().filter(|it| it.1);
        volumes.classes.extend(shared.map(|it| it.0.to_owned()));
        volumes.is_default = default.unwrap_or_default();
        volumes
    }

    /// Whether the volume of `claim` is attached to a node before pods there can use it, so that the attach-detach controller keeps it from
    /// being attached to a second one if its mode is `ReadWriteOnce` (`IsMultiAttachAllowed` in `pkg/volume/util`). Where nothing is known
    /// of the volume, it is taken to be.
    pub fn is_attached(&self, claim: &Claim<'_>) -> bool {
        let name = claim.name();
        let is_kept = name.is_some_and(|it| self.claims.contains(&*it.value));
        let named = claim.volume_name();
        let is_named = named.is_some_and(|it| self.names.contains(&*it.value));
        let annotations = claim.node.at(&["metadata", "annotations"]);
        let beta = annotations.and_then(|it| text(it, BETA_CLASS));
        let class = beta.or_else(|| claim.storage_class());
        let is_of_class = match &class {
            None => self.is_default || self.classes.contains(""),
            Some(class) => self.classes.contains(&*class.value) || is_shared_class(&class.value),
        };
        !(is_kept || is_named || is_of_class)
    }
}

/// Whether nobody attaches the volume to one node at a time, or many nodes may have it.
fn is_shared(volume: &PersistentVolume<'_>) -> bool {
    let Some(spec) = volume.root.field("spec") else {
        return false;
    };
    let driver = spec.field("csi").and_then(|it| text(it, "driver"));
    let modes = volume.access_modes();
    let many = |mode| !AccessMode::is_single_node(mode);
    SHARED.sources.iter().any(|it| spec.field(it).is_some())
        || driver.is_some_and(|it| is_shared_driver(&it.value))
        || modes
            .iter()
            .any(|it| AccessMode::of(&it.value).is_some_and(many))
}

fn is_shared_driver(driver: &str) -> bool {
    SHARED.drivers.iter().any(|it| {
        let is_end = it.starts_with('.') && driver.ends_with(it);
        is_end || *it == driver
    })
}

/// Whether the class is called like those of such storage: `nfs`, `nfs-client`.
fn is_shared_class(class: &str) -> bool {
    SHARED.classes.iter().any(|it| {
        let rest = class.strip_prefix(it);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.', '_']))
    })
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::{MemorySources, Sources};

    use super::*;
    use crate::{Known, Needs, Targets};

    fn check(claim: &str, others: &str, expected: bool) {
        let head = "apiVersion: v1\nkind: PersistentVolumeClaim\n";
        let metadata = if claim.starts_with("metadata") {
            ""
        } else {
            "metadata: {name: data}\n"
        };
        let text = format!("{head}{metadata}{claim}\n---\n{others}");
        let sources = MemorySources::new([("a.yaml", text.as_str())]);
        let targets = Targets::of(sources.list());
        let (known, needs) = (Known::default(), Needs::default());
        let graph = DeploymentGraph::read(&sources, targets, Vec::new(), &known, needs);
        let (_, found) = graph.claims().next().unwrap();
        assert_eq!(Volumes::new(&graph).is_attached(&found), expected, "{text}");
    }

    #[test]
    fn classes_by_their_names() {
        check("spec: {}", "", true);
        check("spec: {storageClassName: gp3}", "", true);
        check("spec: {storageClassName: nfs-client}", "", false);
        check("spec: {storageClassName: nfsx}", "", true);
        check("spec: {storageClassName: local-path}", "", false);
    }

    #[test]
    fn classes_by_their_provisioners() {
        let class = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\n";
        let files = format!("{class}metadata: {{name: x}}\nprovisioner: efs.csi.aws.com");
        check("spec: {storageClassName: x}", &files, false);
        check("spec: {storageClassName: other}", &files, true);
        let disks = format!("{class}metadata: {{name: x}}\nprovisioner: ebs.csi.aws.com");
        check("spec: {storageClassName: x}", &disks, true);
        let both = format!("{files}\n---\n{disks}");
        check("spec: {storageClassName: x}", &both, true);
        let default = format!(
            "{class}metadata: {{name: x, annotations: {{storageclass.kubernetes.io/is-default-class: 'true'}}}}\n\
             provisioner: rook.cephfs.csi.ceph.com"
        );
        check("spec: {}", &default, false);
        check("spec: {storageClassName: other}", &default, true);
    }

    #[test]
    fn volumes_that_are_there() {
        let volume = |spec: &str| {
            format!(
                "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: v}}\nspec: {{{spec}}}"
            )
        };
        let manual = volume("storageClassName: manual, hostPath: {path: /x}");
        check("spec: {storageClassName: manual}", &manual, false);
        check("spec: {storageClassName: other}", &manual, true);
        check("spec: {volumeName: v, storageClassName: x}", &manual, false);
        let kept = volume("claimRef: {name: data}, nfs: {server: s, path: /}");
        check("spec: {storageClassName: x}", &kept, false);
        let disk = volume("storageClassName: x, csi: {driver: ebs.csi.aws.com}");
        check("spec: {storageClassName: x}", &disk, true);
        let many = volume("storageClassName: x, accessModes: [ReadWriteMany]");
        check("spec: {storageClassName: x}", &many, false);
        let beta = "metadata: {name: x, annotations: {volume.beta.kubernetes.io/storage-class: manual}}\nspec: {}";
        check(beta, &manual, false);
    }
}
