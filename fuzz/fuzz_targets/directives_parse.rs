//! Any text as the configuration of nginx and as a Caddyfile: parsing ends in time, and every range lies in the text, between characters.

#![no_main]

use kubelint_parser::directives::{Directive, parse_caddyfile, parse_nginx};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for tree in [parse_nginx(text), parse_caddyfile(text)] {
        let mut open: Vec<Directive<'_>> = tree.top().collect();
        while let Some(it) = open.pop() {
            assert!(text.get(it.range().to_usize()).is_some());
            for word in it.words() {
                assert!(text.get(word.range.to_usize()).is_some());
            }
            open.extend(it.block());
        }
    }
});
