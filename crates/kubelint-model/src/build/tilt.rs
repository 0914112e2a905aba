//! What Tilt builds: the calls `docker_build(…)` of Tiltfiles whose arguments are literals.

use kubelint_parser::TextRange;

use super::tokens::{Token, tokens};
use super::{BuildStep, Builder, BuiltName, ImageSteps, Place};

/// The functions that build from a Dockerfile: Tilt's own, and that of its extension `restart_process`.
const FUNCTIONS: [&str; 2] = ["docker_build", "docker_build_with_restart"];

/// What a Tiltfile has built.
pub(crate) fn tilt(text: &str, place: &Place<'_>) -> ImageSteps {
    let tokens = tokens(text, &["#"]);
    let calls = tokens.windows(2).enumerate().filter(|(at, pair)| {
        let is_definition = *at > 0 && tokens[at - 1].word() == Some("def");
        let is_call = pair[0].word().is_some_and(|it| FUNCTIONS.contains(&it));
        is_call && pair[1].is_sign('(') && !is_definition
    });
    let builds = calls.filter_map(|(at, pair)| call(pair[0].range, &tokens[at + 2..], place));
    ImageSteps {
        builds: builds.collect(),
        acts: Vec::new(),
    }
}

/// One call: `docker_build(ref, context, dockerfile=…, target=…)`. Paths are relative to the Tiltfile.
fn call(range: TextRange, rest: &[Token], place: &Place<'_>) -> Option<BuildStep> {
    let mut depth = 0;
    let end = rest.iter().position(|it| {
        depth += it.depth();
        depth < 0
    })?;
    let arguments = arguments(&rest[..end]);
    let mut unnamed = arguments.iter().filter(|it| it.0.is_none());
    let (first, second) = (unnamed.next(), unnamed.next());
    let named = |name: &str| arguments.iter().find(|it| it.0 == Some(name));
    let image = literal(named("ref").or(first)?.1)?;
    let stated = named("context").or(second)?;
    let context = match literal(stated.1) {
        Some(it) => place.path(&it.text, it.range),
        None => place.path("*", stated.1.first()?.range),
    };
    let mut step = place.build(Builder::Tilt, range, context);
    step.names = vec![image];
    step.dockerfile = named("dockerfile").and_then(|it| {
        let (text, range) = match literal(it.1) {
            Some(it) => (it.text, it.range),
            None => ("*".to_owned(), it.1.first()?.range),
        };
        Some(place.path(&text, range))
    });
    step.elsewhere = named("dockerfile_contents").and_then(|it| Some(it.1.first()?.range));
    step.target = named("target").and_then(|it| literal(it.1));
    Some(step)
}

/// An argument of a call: its name, if it is given by name, and its value.
type Argument<'t> = (Option<&'t str>, &'t [Token]);

fn arguments(tokens: &[Token]) -> Vec<Argument<'_>> {
    let mut depth = 0;
    let parts = tokens.split(|it| {
        depth += it.depth();
        depth == 0 && it.is_sign(',')
    });
    let all = parts.map(|part| match part {
        [name, sign, value @ ..] if sign.is_sign('=') => (name.word(), value),
        value => (None, value),
    });
    all.filter(|it| !it.1.is_empty()).collect()
}

fn literal(value: &[Token]) -> Option<BuiltName> {
    let [one] = value else {
        return None;
    };
    Some(BuiltName {
        text: one.text()?.to_owned(),
        range: one.range,
    })
}
