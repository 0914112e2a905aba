//! What the files say, and how it hangs together: facts, and the deployment graph.
//!
//! Facts know one document each; only the graph knows two. Nothing here knows rules, severities or settings.
//!
//! The stages are one function each: [`load()`] reads and parses, [`extract()`] finds resources and what must not be shown, [`plan()`] reads
//! kustomizations and charts, and [`link()`] makes the [`DeploymentGraph`] of it, which is all that rules see. They read it through
//! [`view`] (workloads, containers, services) and [`KubeNode`] (any field), and name places by [`path`]:
//!
//! ```
//! use kubelint_model::DeploymentGraph;
//!
//! /// Containers without a memory limit: object, field, and where to point.
//! fn unlimited(graph: &DeploymentGraph) {
//!     for workload in graph.workloads() {
//!         for container in workload.templates().iter().flat_map(|it| it.containers()) {
//!             if container.limits().iter().any(|it| it.name == "memory") {
//!                 continue;
//!             }
//!             let field = container.field_path("resources.limits.memory");
//!             if graph.may_change(workload.resource, &field) {
//!                 continue; // a patch may add it
//!             }
//!             let place = graph.locate(workload.resource, &field).range;
//!             let span = graph.span_in(workload.resource, place);
//!             # let _ = span;
//!         }
//!     }
//! }
//! # unlimited(&DeploymentGraph::default());
//! ```

mod data;
mod tree;

pub mod address;
pub mod base_image;
pub mod build;
pub mod cause;
pub mod code;
pub mod commands;
pub mod compose;
pub mod credential;
pub mod defaults;
pub mod dockerfile;
mod edit_distance;
pub mod extract;
pub mod file;
pub mod framework_variable;
pub mod grammar;
pub mod graph;
pub mod image;
pub mod image_link;
pub mod image_ports;
pub mod image_user;
pub mod known;
pub mod kubectl;
pub mod kubectl_flags;
pub mod link;
pub mod load;
pub mod local_cluster;
pub mod made;
pub mod mutable_tag;
pub mod named;
pub mod node;
pub mod node_registry;
pub mod path;
pub mod placeholder;
pub mod plan;
pub mod printed;
pub mod program;
pub mod public_image;
pub mod pulled;
pub mod purpose;
pub mod quantity;
pub mod reach;
pub mod reference;
pub mod registry;
pub mod resource;
pub mod script;
pub mod sed;
pub mod selector;
pub mod service_variable;
pub mod unnamed_variable;
pub mod variables;
pub mod view;
pub mod volumes;
pub mod workflow;

pub use cause::Cause;
pub use edit_distance::edit_distance;
pub use extract::{extract, extract_with};
pub use file::{File, FileId, LeftOut, Role};
pub use graph::{DeploymentGraph, Needs, link, look_up, read_programs, tie_images};
pub use image::ImageRef;
pub use known::Known;
pub use load::{Targets, load};
pub use node::KubeNode;
pub use plan::{Note, plan};
pub use quantity::Quantity;
pub use resource::{Gvk, Resource, ResourceId};
pub use selector::{Match, Selector};
pub use workflow::{Workflows, workflows};
