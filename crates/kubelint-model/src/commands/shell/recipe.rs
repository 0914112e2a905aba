//! Recipes of Makefiles and justfiles: each logical line goes to a shell of its own.

use kubelint_parser::TextRange;

use super::{Assembled, Context, Form, Script, Shell, made_value};
use crate::commands::script::Reader;
use crate::commands::words::{Variables, name_length};

/// Longer references to variables are not followed.
const MAX_REFERENCE: usize = 1000;

/// Evaluates a logical line of a recipe of make.
pub(in crate::commands) fn make(
    context: &Context<'_>,
    (text, range): (&str, TextRange),
    variables: &Variables,
    reader: &mut Reader<'_>,
    part: u32,
) -> Script {
    let template = |text: &str| {
        let name = text
            .trim_start_matches(['$', '(', '{'])
            .trim_end_matches([')', '}']);
        made_value(name, variables)
    };
    let shell = Shell {
        errexit: true,
        template: &template,
        ..Shell::default()
    };
    let recipe = made(&text[range.to_usize()], range.start);
    context.run(&[recipe], &shell, (part, Form::Recipe), reader)
}

/// Evaluates a logical line of a recipe of just, whose `{{name}}` are its own variables and parameters.
pub(in crate::commands) fn just(
    context: &Context<'_>,
    (text, range): (&str, TextRange),
    variables: &Variables,
    reader: &mut Reader<'_>,
    part: u32,
) -> Script {
    let template = |text: &str| {
        let name = text.trim_start_matches('{').trim_end_matches('}').trim();
        made_value(name, variables)
    };
    let shell = Shell {
        errexit: true,
        template: &template,
        ..Shell::default()
    };
    let mut line = Assembled::default();
    line.push(&text[range.to_usize()], range.start);
    let line = line.mark("{{", "}}", |_| true);
    context.run(&[line], &shell, (part, Form::Recipe), reader)
}

/// A line of a recipe as the shell gets it: `$$` is `$`, and what make replaces is marked.
fn made(line: &str, base: u32) -> Assembled {
    let mut found = Assembled::default();
    let mut rest = line;
    while let Some(at) = rest.find('$') {
        let start = base + (line.len() - rest.len()) as u32;
        found.push(&rest[..at], start);
        let dollar = start + at as u32;
        let behind = &rest[at + 1..];
        if let Some(next) = behind.strip_prefix('$') {
            found.push("$", dollar);
            rest = next;
            continue;
        }
        match made_length(behind) {
            0 => {
                found.push("$", dollar);
                rest = behind;
            }
            length => {
                found.push_template(&rest[at..=at + length], dollar);
                rest = &behind[length..];
            }
        }
    }
    found.push(rest, base + (line.len() - rest.len()) as u32);
    found
}

/// The length of what stands behind `$` to be replaced by make: `(NAME)`, `{NAME}`, or one character.
fn made_length(text: &str) -> usize {
    let close = match text.as_bytes().first() {
        Some(b'(') => b')',
        Some(b'{') => b'}',
        Some(b'@' | b'<' | b'^' | b'*' | b'%' | b'?') => return 1,
        Some(_) if name_length(text) > 0 => return 1,
        _ => return 0,
    };
    let open = text.as_bytes()[0];
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(MAX_REFERENCE) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    0
}
