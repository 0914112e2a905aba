//! Asks container registries of images: whether a tag is there, for which platforms, and how the image starts.
//!
//! [`Client::ask`] takes image references and gives a [`kubelint_model::registry::ImageAnswer`] for each; it never fails as a whole. What is
//! asked comes from manifests, which may be a stranger's, and what is answered from servers, which may be anybody's. So every connection, also
//! those to token servers and behind redirects, goes through one guard (`guard.rs`), everything is bounded in time and size, and credentials
//! go only to the registry that they belong to and to where it gives out tokens. Texts of [`kubelint_model::registry::Unchecked`] may hold what
//! a server sent: whoever prints them escapes them.
//!
//! Besides the program itself this is the only crate that touches the world: the network, the cache on disk, the files of credentials and the
//! helpers that they name.

mod address;
mod cache;
mod challenge;
mod client;
mod credentials;
mod endpoint;
mod guard;
mod proxy;
mod repository;
mod session;
mod tags;
mod transport;
mod url;

pub use client::{Client, Options};
pub use credentials::Credentials;
pub use endpoint::Endpoint;
