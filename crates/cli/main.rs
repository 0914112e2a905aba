//! The `kubelint` command.

fn main() {}
