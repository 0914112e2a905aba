//! The rule pack: a rule's page and, where it needs one, its function, side by side.
//!
//! `<category>/<id>.md` is the page: what the rule is, its documentation and its tests. `<category>/<id>.rs` is the function of a rule
//! that reasons. `registry.rs` lists both; a test makes the list.

mod absence;
mod absent_part;
mod addresses;
mod askers;
mod behind;
mod bounds;
mod built;
mod built_images;
mod chain;
mod closed_scripts;
mod config_uses;
mod environment;
mod evidence;
mod far;
mod images;
mod limit_ranges;
mod misnamed;
mod mounted;
mod node_platforms;
mod nodes;
mod origins;
mod owners;
mod pod_counts;
mod pod_needs;
mod pod_users;
mod port_mentions;
mod ports;
mod probed;
mod programs;
mod pulls;
mod quotas;
mod registry;
mod renamed;
mod scalers;
mod script_edits;
mod script_images;
mod source_addresses;
mod together;
mod unmatched;
mod variants;
mod waits;

use kubelint_engine::{Mistake, Registry};

/// The built-in rules.
///
/// # Errors
/// The mistakes of their pages: none in a build whose tests passed.
pub fn registry() -> Result<Registry, Vec<Mistake>> {
    Registry::build(registry::RULES)
}
