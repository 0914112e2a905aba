//! What holds of the facts of any text in any language.

use kubelint_model::code::{CodeFacts, Place, read};
use kubelint_parser::code::Language;

/// Reads `text`, and checks that every range that its facts state lies in it, between characters.
pub fn check(language: Language, text: &str) {
    let Ok(facts) = read(language, text) else {
        return;
    };
    for place in places(&facts) {
        assert!(text.get(place.range.to_usize()).is_some());
        assert!(facts.functions.get(place.function.0 as usize).is_some());
    }
}

fn places(facts: &CodeFacts) -> impl Iterator<Item = Place> {
    let imports = facts.imports.iter().map(|it| it.place);
    let calls = facts.calls.iter().map(|it| it.place);
    let routers = facts.routers.iter().map(|it| it.place);
    let routes = facts.routes.iter().map(|it| it.place);
    let mounts = facts.mounts.iter().map(|it| it.place);
    let reads = facts.reads.iter().map(|it| it.place);
    let listeners = facts.listeners.iter().map(|it| it.place);
    let addresses = facts.addresses.iter().map(|it| it.place);
    let open = facts.open.iter().map(|it| it.place);
    imports
        .chain(calls)
        .chain(routers)
        .chain(routes)
        .chain(mounts)
        .chain(reads)
        .chain(listeners)
        .chain(addresses)
        .chain(open)
}
