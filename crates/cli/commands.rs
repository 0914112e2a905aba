//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod init;
pub(crate) mod lock;
pub(crate) mod man;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod show_files;
