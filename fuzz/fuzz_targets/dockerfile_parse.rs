//! Any text at all: the invariants of a Dockerfile's instructions.

#![no_main]

use libfuzzer_sys::fuzz_target;
use parser_oracle::dockerfile;

fuzz_target!(|text: &str| {
    dockerfile::check(text);
});
