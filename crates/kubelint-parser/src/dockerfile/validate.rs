//! What instructions may hold: the checks of `BuildKit`'s `instructions` package. Nothing is changed; what is wrong is added to the errors.

use std::collections::BTreeSet;

use super::instruction::{Arguments, Instruction};
use super::keyword::Keyword;
use super::{Dockerfile, SyntaxError, SyntaxErrorKind};
use crate::TextRange;

/// Checks the instructions of `file`.
pub(super) fn check(file: &mut Dockerfile) {
    let mut errors = Vec::new();
    let mut in_stage = false;
    for instruction in &file.instructions {
        let mut error = |range, kind| errors.push(SyntaxError { range, kind });
        if instruction.on_build.is_some() {
            let keyword = instruction.keyword;
            let refused = [Keyword::Onbuild, Keyword::From, Keyword::Maintainer];
            if refused.contains(&keyword) {
                error(instruction.keyword_range, SyntaxErrorKind::BadTrigger);
            }
        } else {
            arguments(instruction, &mut error);
            flags(instruction, &mut error);
        }
        let is_known = instruction.keyword != Keyword::Unknown;
        in_stage |= instruction.keyword == Keyword::From && instruction.on_build.is_none();
        let is_global = instruction.keyword == Keyword::Arg && instruction.on_build.is_none();
        if !in_stage && is_known && !is_global {
            error(instruction.keyword_range, SyntaxErrorKind::BeforeFrom);
        }
    }
    file.errors.append(&mut errors);
    if !in_stage {
        let range = TextRange::empty(0);
        let kind = SyntaxErrorKind::NoFrom;
        file.errors.push(SyntaxError { range, kind });
    }
}

fn arguments(instruction: &Instruction, error: &mut impl FnMut(TextRange, SyntaxErrorKind)) {
    let keyword = instruction.keyword_range;
    let count = match &instruction.arguments {
        Arguments::None => 0,
        Arguments::Words(words) | Arguments::Exec(words) => words.len(),
        // What is wrong with pairs was said where they were read.
        Arguments::Text(_) | Arguments::Pairs(_) => 1,
    };
    let at_least = |wanted| (count < wanted).then_some(SyntaxErrorKind::MissingArgument);
    let wrong = match instruction.keyword {
        Keyword::From => match instruction.words() {
            [_] => None,
            [_, as_word, name] if as_word.text().eq_ignore_ascii_case("as") => {
                (!is_stage_name(name.text())).then_some(SyntaxErrorKind::BadStageName)
            }
            [] => Some(SyntaxErrorKind::MissingArgument),
            [_, rest @ ..] => Some(match rest.len() {
                1 => SyntaxErrorKind::MissingArgument,
                _ => SyntaxErrorKind::TooManyArguments,
            }),
        },
        Keyword::Add | Keyword::Copy => at_least(2),
        Keyword::Healthcheck => health(instruction),
        Keyword::Shell => match instruction.arguments {
            Arguments::Text(_) => Some(SyntaxErrorKind::NotExecForm),
            _ => at_least(1),
        },
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => None,
        Keyword::Unknown => Some(SyntaxErrorKind::UnknownInstruction),
        Keyword::Arg
        | Keyword::Env
        | Keyword::Expose
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Volume
        | Keyword::Workdir => at_least(1),
    };
    if let Some(kind) = wrong {
        error(keyword, kind);
    }
}

fn health(instruction: &Instruction) -> Option<SyntaxErrorKind> {
    let Some(health) = &instruction.health else {
        return Some(SyntaxErrorKind::MissingArgument);
    };
    let has_command = match &instruction.arguments {
        Arguments::None => false,
        Arguments::Exec(words) => !words.is_empty(),
        _ => true,
    };
    if health.text().eq_ignore_ascii_case("none") {
        has_command.then_some(SyntaxErrorKind::TooManyArguments)
    } else if health.text().eq_ignore_ascii_case("cmd") {
        (!has_command).then_some(SyntaxErrorKind::MissingArgument)
    } else {
        Some(SyntaxErrorKind::BadHealthcheck)
    }
}

/// Whether a stage may have this name; it is put in lower case first.
fn is_stage_name(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
}

fn flags(instruction: &Instruction, error: &mut impl FnMut(TextRange, SyntaxErrorKind)) {
    const REPEATED: [&str; 3] = ["mount", "exclude", "device"];
    const SWITCHES: [&str; 4] = ["link", "parents", "keep-git-dir", "unpack"];
    // The builder does not look at the flags of these.
    if matches!(
        instruction.keyword,
        Keyword::Arg | Keyword::Stopsignal | Keyword::Unknown
    ) {
        return;
    }
    let known = instruction.keyword.flags();
    let mut seen = BTreeSet::new();
    for flag in &instruction.flags {
        let name = flag.name.text();
        let is_new = seen.insert(name);
        let wrong = if !known.contains(&name) {
            SyntaxErrorKind::UnknownFlag
        } else if !is_new && !REPEATED.contains(&name) {
            SyntaxErrorKind::FlagTwice
        } else if flag.value.is_none() && !SWITCHES.contains(&name) {
            SyntaxErrorKind::FlagWithoutValue
        } else {
            continue;
        };
        error(flag.word.range(), wrong);
    }
}
