//! Any text as a Python file: the grammar and the facts that are read of its tree end in time, and every range that they state lies in the
//! text, between characters.

#![no_main]

mod facts;

use kubelint_parser::code::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| facts::check(Language::Python, text));
