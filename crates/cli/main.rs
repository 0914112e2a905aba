//! The `kubelint` command.

#[allow(dead_code, reason = "the command does not call it yet")]
mod report;

fn main() {}
