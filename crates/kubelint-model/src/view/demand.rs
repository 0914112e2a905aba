//! What the API server and the scheduler count of a pod: the requests and limits of its containers, after defaults.

use kubelint_parser::yaml::Node;

use super::container::Amount;
use super::{Container, ContainerKind, LimitRangeItem, PodTemplate};
use crate::{KubeNode, Quantity};

/// Which of the two amounts of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What is kept free for the container.
    Request,
    /// What it may use at most.
    Limit,
}

/// What a container asks for of one resource.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// The amount.
    pub quantity: Quantity,
    /// What states it.
    pub node: Node<'a>,
    /// Whether a LimitRange states it, and not the container.
    pub is_default: bool,
}

/// Request and limit of a container for one resource; each `None` if nobody states it.
#[derive(Clone, Copy, Debug)]
pub struct Demands<'a> {
    /// The request.
    pub request: Option<Demand<'a>>,
    /// The limit.
    pub limit: Option<Demand<'a>>,
}

impl Level {
    /// The word for it: `request`, `limit`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Limit => "limit",
        }
    }
}

impl<'a> Demands<'a> {
    /// One of the two.
    pub fn at(&self, level: Level) -> Option<Demand<'a>> {
        match level {
            Level::Request => self.request,
            Level::Limit => self.limit,
        }
    }
}

impl<'a> Demand<'a> {
    /// The first of `amounts` for `resource`; `Err` if it is no quantity.
    fn of(amounts: &[Amount<'a>], resource: &str) -> Result<Option<Self>, Unreadable> {
        let mut amounts = amounts.iter().filter(|it| it.name == resource);
        // Of equal keys the last counts.
        let Some(amount) = amounts.next_back() else {
            return Ok(None);
        };
        let quantity = amount.quantity.ok_or(Unreadable)?;
        Ok(Some(Self {
            quantity,
            node: amount.entry.value,
            is_default: false,
        }))
    }

    fn of_default(amount: Option<Amount<'a>>) -> Result<Option<Self>, Unreadable> {
        let Some(amount) = amount else {
            return Ok(None);
        };
        Ok(Some(Self {
            quantity: amount.quantity.ok_or(Unreadable)?,
            node: amount.entry.value,
            is_default: true,
        }))
    }
}

/// Something else than an amount is written where one belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl<'a> Container<'a> {
    /// What it asks for of `resource` once the API server has filled in what is not stated: a limit is a request, too
    /// (`SetDefaults_Pod`), and then LimitRanges give defaults (`mergeContainerResources` in `plugin/pkg/admission/limitranger`).
    ///
    /// # Errors
    /// What it states cannot be read.
    pub fn demands(
        &self,
        resource: &str,
        defaults: Option<&LimitRangeItem<'a>>,
    ) -> Result<Demands<'a>, Unreadable> {
        self.has_request(resource).ok_or(Unreadable)?;
        let own_limit = Demand::of(&self.limits(), resource)?;
        let own_request = Demand::of(&self.requests(), resource)?;
        let limit = own_limit.map_or_else(
            || Demand::of_default(defaults.and_then(|it| it.default_limit(resource))),
            |it| Ok(Some(it)),
        )?;
        let request = own_request.or(own_limit).map_or_else(
            || Demand::of_default(defaults.and_then(|it| it.default_request(resource))),
            |it| Ok(Some(it)),
        )?;
        Ok(Demands { request, limit })
    }
}

impl<'a> PodTemplate<'a> {
    /// What a pod asks for of `resource` in all; `None` if nothing in it states any. Containers that run at once count together, and an
    /// init container with the sidecars that were started before it; the larger of both is what the pod asks for. What the pod states
    /// itself stands above that (`PodRequests` and `PodLimits` in `k8s.io/component-helpers/resource`). The overhead of a runtime class is not
    /// counted.
    ///
    /// # Errors
    /// What one of the containers states cannot be read.
    pub fn demand(
        &self,
        resource: &str,
        level: Level,
        defaults: Option<&LimitRangeItem<'a>>,
    ) -> Result<Option<Quantity>, Unreadable> {
        let limit = Demand::of(&self.limits(), resource)?;
        let stated = match level {
            Level::Request => Demand::of(&self.requests(), resource)?,
            Level::Limit => limit,
        };
        if let Some(stated) = stated {
            return Ok(Some(stated.quantity));
        }
        // A pod that states limits gets what its containers request before LimitRanges do anything (`defaultPodRequests`).
        let is_of_pod = level == Level::Request && !self.limits().is_empty();
        let of_containers = self.sum(resource, level, defaults.filter(|_| !is_of_pod))?;
        Ok(of_containers.or(limit.filter(|_| is_of_pod).map(|it| it.quantity)))
    }

    fn sum(
        &self,
        resource: &str,
        level: Level,
        defaults: Option<&LimitRangeItem<'a>>,
    ) -> Result<Option<Quantity>, Unreadable> {
        let mut is_stated = false;
        let (mut running, mut sidecars, mut starting) =
            (Quantity::ZERO, Quantity::ZERO, Quantity::ZERO);
        for container in self.containers() {
            let demands = container.demands(resource, defaults)?;
            let Some(demand) = demands.at(level) else {
                continue;
            };
            is_stated = true;
            let quantity = demand.quantity;
            match container.kind {
                ContainerKind::Regular => running = running.plus(quantity),
                ContainerKind::Sidecar => {
                    running = running.plus(quantity);
                    sidecars = sidecars.plus(quantity);
                    starting = starting.max(sidecars);
                }
                ContainerKind::Init => starting = starting.max(sidecars.plus(quantity)),
            }
        }
        Ok(is_stated.then_some(running.max(starting)))
    }

    /// Whether the pod states requests or limits of its own.
    pub fn has_pod_resources(&self) -> bool {
        let spec = self.spec();
        let resources = spec.and_then(|it| it.field("resources"));
        resources.is_some_and(|it| it.field("requests").or(it.field("limits")).is_some())
    }
}
