//! What the files say, and how it hangs together: facts, and the deployment graph.
//!
//! Facts know one document each; only the graph knows two. Nothing here knows rules, severities or settings.

pub mod cause;
pub mod extract;
pub mod file;
pub mod graph;
pub mod load;
pub mod plan;
pub mod resource;

pub use cause::Cause;
pub use extract::extract;
pub use file::{File, FileId, Role};
pub use graph::{DeploymentGraph, Needs, link};
pub use load::load;
pub use plan::plan;
pub use resource::{Gvk, Resource, ResourceId};
