//! What the files say, and how it hangs together: facts, and the deployment graph.
//!
//! Facts know one document each; only the graph knows two. Nothing here knows rules, severities or settings.

mod data;
mod tree;

pub mod cause;
pub mod extract;
pub mod file;
pub mod graph;
pub mod image;
pub mod load;
pub mod node;
pub mod path;
pub mod placeholder;
pub mod plan;
pub mod quantity;
pub mod resource;
pub mod selector;
pub mod view;

pub use cause::Cause;
pub use extract::extract;
pub use file::{File, FileId, LeftOut, Role};
pub use graph::{DeploymentGraph, Needs, link};
pub use image::ImageRef;
pub use load::load;
pub use node::KubeNode;
pub use plan::plan;
pub use quantity::Quantity;
pub use resource::{Gvk, Resource, ResourceId};
pub use selector::{Match, Selector};
