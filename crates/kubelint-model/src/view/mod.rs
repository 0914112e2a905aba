//! Typed readers: what resources of the well-known kinds say. Views over nodes; nothing is copied that no one asks for.

mod budget;
mod config;
mod container;
mod custom;
mod demand;
mod endpoints;
mod gitops;
mod ingress;
mod monitor;
mod placement;
mod pod;
mod product;
mod quota;
mod rollout;
mod service;
mod storage;
mod timing;
mod utilization;
mod workload;

use std::borrow::Cow;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::resolve::Scalar;
use kubelint_parser::yaml::{Entry, Node};

use crate::{KubeNode, Quantity};

pub use budget::{Autoscaler, DisruptionBudget};
pub use config::ConfigData;
pub use container::{
    Action, Amount, Container, ContainerKind, ContainerPort, EnvFrom, EnvVar, Probe, VolumeMount,
};
pub use custom::CustomResourceDefinition;
pub use demand::{Demand, Demands, Level, Unreadable};
pub use endpoints::{Endpoints, SERVICE_NAME_LABEL};
pub use gitops::{GitOpsSource, Repository, SourceForm, creates_namespace, defers_replicas};
pub use ingress::{CLASS_ANNOTATION, Ingress};
pub use monitor::{Monitor, MonitorEndpoint};
pub use placement::Placement;
pub use pod::{Lifetime, PodTemplate, Volume};
pub use product::SecretProduct;
pub use quota::{LimitRange, LimitRangeItem, ResourceQuota};
pub use rollout::Strategy;
pub use service::{Service, ServicePort};
pub use storage::{AccessMode, Claim, PersistentVolume, StorageClass};
pub use timing::Timing;
pub use utilization::Utilization;
pub(crate) use workload::Shape;
pub use workload::{Handling, Workload};

/// A value and the node that states it.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a, T> {
    /// The value.
    pub value: T,
    /// The node.
    pub node: Node<'a>,
}

/// A text value and the node that states it.
pub type Text<'a> = Value<'a, Cow<'a, str>>;

/// A number or a name, as ports are given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntOrString<'a> {
    /// A number.
    Int(i64),
    /// A name.
    Str(Cow<'a, str>),
}

impl<T> Value<'_, T> {
    /// Where the value is written.
    pub fn range(&self) -> TextRange {
        self.node.range()
    }
}

/// The string in the field `key` of `node`.
pub fn text<'a>(node: Node<'a>, key: &str) -> Option<Text<'a>> {
    let node = node.field(key)?;
    let value = node.string()?;
    Some(Value { value, node })
}

/// The whole number in the field `key` of `node`.
pub fn integer<'a>(node: Node<'a>, key: &str) -> Option<Value<'a, i64>> {
    let node = node.field(key)?;
    let value = node.integer()?;
    Some(Value { value, node })
}

/// The boolean in the field `key` of `node`.
pub fn boolean<'a>(node: Node<'a>, key: &str) -> Option<Value<'a, bool>> {
    let node = node.field(key)?;
    let value = node.boolean()?;
    Some(Value { value, node })
}

/// The number or string in the field `key` of `node`.
pub fn int_or_string<'a>(node: Node<'a>, key: &str) -> Option<Value<'a, IntOrString<'a>>> {
    let node = node.field(key)?;
    let value = match node.scalar()? {
        Scalar::Int(number) => IntOrString::Int(number),
        Scalar::Str(text) => IntOrString::Str(text),
        _ => return None,
    };
    Some(Value { value, node })
}

/// The strings of the list `key` of `node`; items of other types are left out.
pub fn strings<'a>(node: Node<'a>, key: &str) -> Vec<Text<'a>> {
    let items = node.list(key).into_iter();
    items
        .filter_map(|node| {
            let value = node.string()?;
            Some(Value { value, node })
        })
        .collect()
}

/// The quantity of an entry in `requests`, `limits` and the like.
pub fn quantity(entry: Entry<'_>) -> Option<Quantity> {
    Quantity::of(&entry.value.scalar()?)
}
