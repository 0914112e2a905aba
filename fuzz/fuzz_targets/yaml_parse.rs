//! Any text at all: the invariants of the tree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use parser_oracle::invariants;

fuzz_target!(|text: &str| {
    invariants::check(text);
});
