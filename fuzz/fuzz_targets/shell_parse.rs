//! Any text as a shell script: parsing ends in time, and every range that the tree states lies in the text, between characters.

#![no_main]

use kubelint_parser::shell::{self, Statement, StatementKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let script = shell::parse(text, &[]);
    for range in script.comments.iter().chain(&script.errors) {
        assert!(text.get(range.to_usize()).is_some());
    }
    let mut open: Vec<&Statement> = script.body.iter().collect();
    while let Some(it) = open.pop() {
        assert!(text.get(it.range.to_usize()).is_some());
        match &it.kind {
            StatementKind::Simple(simple) => {
                for part in simple.words.iter().flat_map(|it| &it.parts) {
                    assert!(text.get(part.range.to_usize()).is_some());
                }
            }
            StatementKind::Pipeline(it) => open.extend(&it.stages),
            StatementKind::List(it) => {
                open.push(&it.first);
                open.extend(it.rest.iter().map(|it| &it.1));
            }
            StatementKind::Group(body) | StatementKind::Subshell(body) => open.extend(body),
            StatementKind::If(it) => {
                open.extend(it.branches.iter().flat_map(|(a, b)| a.iter().chain(b)));
                open.extend(it.otherwise.iter().flatten());
            }
            StatementKind::For(it) => open.extend(&it.body),
            StatementKind::While(it) => open.extend(it.condition.iter().chain(&it.body)),
            StatementKind::Case(it) => open.extend(it.arms.iter().flat_map(|it| &it.body)),
            StatementKind::Function(it) => open.push(&it.body),
            StatementKind::Test(_) | StatementKind::Arithmetic(_) | StatementKind::Other => {}
        }
    }
});
