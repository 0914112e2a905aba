//! Claims for storage, and storage.

use kubelint_parser::yaml::Node;

use super::container::{Amount, amounts};
use super::{Text, strings, text};
use crate::{DeploymentGraph, KubeNode, Resource, defaults};

/// A PersistentVolumeClaim, or a template that a StatefulSet makes claims from.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Its mapping, with `metadata` and `spec`.
    pub node: Node<'a>,
}

/// How many nodes or pods may use a volume at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessMode {
    /// One node reads and writes: all its pods may.
    ReadWriteOnce,
    /// One pod reads and writes.
    ReadWriteOncePod,
    /// Many nodes read.
    ReadOnlyMany,
    /// Many nodes read and write.
    ReadWriteMany,
}

impl AccessMode {
    /// The mode of this name.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "ReadWriteOnce" => Self::ReadWriteOnce,
            "ReadWriteOncePod" => Self::ReadWriteOncePod,
            "ReadOnlyMany" => Self::ReadOnlyMany,
            "ReadWriteMany" => Self::ReadWriteMany,
            _ => return None,
        })
    }

    /// Whether pods on one node only may use the volume.
    pub fn is_single_node(self) -> bool {
        matches!(self, Self::ReadWriteOnce | Self::ReadWriteOncePod)
    }
}

impl<'a> Claim<'a> {
    /// Its name.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node.field("metadata")?, "name")
    }

    /// `accessModes`, in order, as stated.
    pub fn access_modes(&self) -> Vec<Text<'a>> {
        self.spec()
            .map(|it| strings(it, "accessModes"))
            .unwrap_or_default()
    }

    /// Whether all modes it asks for bind the volume to one node; false if it states none or one that does not exist.
    pub fn is_single_node(&self) -> bool {
        let modes = self.access_modes();
        let single =
            |it: &Text<'_>| AccessMode::of(&it.value).is_some_and(AccessMode::is_single_node);
        !modes.is_empty() && modes.iter().all(single)
    }

    /// `storageClassName`: the cluster's default class if it is absent; an empty one asks for a volume without class.
    pub fn storage_class(&self) -> Option<Text<'a>> {
        text(self.spec()?, "storageClassName")
    }

    /// `volumeName`: the volume it wants, by its name.
    pub fn volume_name(&self) -> Option<Text<'a>> {
        text(self.spec()?, "volumeName").filter(|it| !it.value.is_empty())
    }

    /// Whether it asks for a device instead of a file system.
    pub fn is_block(&self) -> bool {
        let mode = self.spec().and_then(|it| text(it, "volumeMode"));
        mode.map_or(defaults::VOLUME_MODE.into(), |it| it.value) == "Block"
    }

    /// How much it asks for: `resources.requests.storage`.
    pub fn storage(&self) -> Option<Amount<'a>> {
        let requests = amounts(self.spec()?, "requests");
        requests.into_iter().find(|it| it.name == "storage")
    }

    fn spec(&self) -> Option<Node<'a>> {
        self.node.field("spec")
    }
}

/// A PersistentVolume.
#[derive(Clone, Copy, Debug)]
pub struct PersistentVolume<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

/// A StorageClass.
#[derive(Clone, Copy, Debug)]
pub struct StorageClass<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its mapping.
    pub root: Node<'a>,
}

impl<'a> PersistentVolume<'a> {
    /// `accessModes`, in order, as stated.
    pub fn access_modes(&self) -> Vec<Text<'a>> {
        let spec = self.root.field("spec");
        spec.map(|it| strings(it, "accessModes"))
            .unwrap_or_default()
    }

    /// `storageClassName`; without one it binds only to claims that ask for none.
    pub fn storage_class(&self) -> Option<Text<'a>> {
        text(self.root.field("spec")?, "storageClassName").filter(|it| !it.value.is_empty())
    }

    /// The claim that it is kept for: `claimRef`'s namespace, if it is stated, and name.
    pub fn claim(&self) -> Option<(Option<Text<'a>>, Text<'a>)> {
        let claim = self.root.at(&["spec", "claimRef"])?;
        Some((text(claim, "namespace"), text(claim, "name")?))
    }
}

impl<'a> StorageClass<'a> {
    /// `provisioner`.
    pub fn provisioner(&self) -> Option<Text<'a>> {
        text(self.root, "provisioner")
    }

    /// Whether claims that state no class get this one.
    pub fn is_default(&self) -> bool {
        let annotations = self.root.at(&["metadata", "annotations"]);
        let mark = annotations.and_then(|it| text(it, DEFAULT_CLASS));
        mark.is_some_and(|it| it.value == "true")
    }
}

/// The annotation of the default class (`IsDefaultStorageClassAnnotation` of `storage.k8s.io`).
const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

impl DeploymentGraph {
    /// Every whole PersistentVolume, in order.
    pub fn persistent_volumes(&self) -> impl Iterator<Item = PersistentVolume<'_>> {
        let volumes = self.resources_of(Some(""), "PersistentVolume");
        volumes.map(|resource| PersistentVolume {
            resource,
            root: self.root(resource),
        })
    }

    /// Every whole StorageClass, in order.
    pub fn storage_classes(&self) -> impl Iterator<Item = StorageClass<'_>> {
        let classes = self.resources_of(Some("storage.k8s.io"), "StorageClass");
        classes.map(|resource| StorageClass {
            resource,
            root: self.root(resource),
        })
    }

    /// Every whole PersistentVolumeClaim, in order.
    pub fn claims(&self) -> impl Iterator<Item = (&Resource, Claim<'_>)> {
        let claims = self.resources_of(Some(""), "PersistentVolumeClaim");
        claims.map(|resource| {
            (
                resource,
                Claim {
                    node: self.root(resource),
                },
            )
        })
    }
}
