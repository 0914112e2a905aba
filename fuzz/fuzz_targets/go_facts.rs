//! Any text as a file of Go: the grammar and the facts that are read of the tree end in time, and every range that they state lies in the
//! text, between characters.

#![no_main]

mod facts;

use kubelint_parser::code::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| facts::check(Language::Go, text));
