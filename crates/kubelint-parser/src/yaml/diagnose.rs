//! From what stopped the parser to a sentence that says what is usual at that place.
//!
//! [`super::guess`] finds the usual cause; here it gets its words.

use super::guess::{self, Indentation, Lines};
use super::state::Fault;
use super::{SyntaxError, SyntaxErrorKind};
use crate::TextRange;

/// The most characters of the user's text in a message.
const MAX_QUOTED: usize = 40;

/// A message and what goes with it.
#[derive(Default)]
struct Words {
    message: String,
    related: Option<(TextRange, String)>,
    help: Option<String>,
}

/// Describes `fault` in the document that `lines` are, the one with index `document`.
pub(super) fn describe(lines: &Lines<'_>, fault: Fault, document: usize) -> SyntaxError {
    let (fault, indentation) = guess::usual_cause(lines, fault);
    let words = match indentation {
        Some(indentation) => wrong_indentation(lines, indentation),
        None => words(lines, fault),
    };
    SyntaxError {
        range: fault.at,
        kind: fault.kind,
        message: words.message,
        related: words.related,
        help: words.help,
        document,
    }
}

/// The error for a text that is too large for 32-bit offsets.
pub(super) fn too_large() -> SyntaxError {
    SyntaxError {
        range: TextRange::empty(0),
        kind: SyntaxErrorKind::TooLarge,
        message: "the text has 4 GiB or more".to_owned(),
        related: None,
        help: None,
        document: 0,
    }
}

/// The user's text between backticks: its first line, shortened, without control characters.
fn quote(text: &str) -> String {
    let line = text
        .trim_start()
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end();
    let mut quoted: String = line
        .chars()
        .take(MAX_QUOTED)
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    if line.chars().nth(MAX_QUOTED).is_some() {
        quoted.push('…');
    }
    format!("`{quoted}`")
}

/// The error of a document that parses and that its reader refuses. Unquoted template braces are a mapping in a mapping's key.
pub(super) fn refused(text: &str, at: TextRange, reason: &str, document: usize) -> SyntaxError {
    let braces = TextRange::new(at.start.saturating_sub(1), at.end.saturating_add(1));
    let shown = braces.of(text);
    let (range, kind, message, help) = if shown.starts_with("{{") && shown.ends_with("}}") {
        let message = format!("template braces: unquoted {}", quote(shown));
        let help = "check the rendered text, or quote the value";
        (braces, SyntaxErrorKind::TemplateBraces, message, Some(help))
    } else {
        (at, SyntaxErrorKind::Refused, reason.to_owned(), None)
    };
    SyntaxError {
        range,
        kind,
        message,
        related: None,
        help: help.map(str::to_owned),
        document,
    }
}

fn wrong_indentation(lines: &Lines<'_>, indentation: Indentation) -> Words {
    let Indentation {
        found,
        expected,
        model,
    } = indentation;
    let what = match found.abs_diff(expected) {
        1 => "indentation off by one".to_owned(),
        _ => "wrong indentation".to_owned(),
    };
    let spaces = if expected == 1 { "space" } else { "spaces" };
    let line = lines.number(model.start as usize);
    Words {
        message: format!("{what}: expected {expected} {spaces} as on line {line}, found {found}"),
        related: Some((model, "its neighbour starts here".to_owned())),
        help: None,
    }
}

fn words(lines: &Lines<'_>, fault: Fault) -> Words {
    use SyntaxErrorKind as Error;
    let here = quote(fault.at.of(lines.text));
    let related = |label: &str| fault.related.map(|range| (range, label.to_owned()));
    let (message, help) = match fault.kind {
        Error::Indentation => ("wrong indentation".to_owned(), None),
        Error::Tab => tab(lines, fault),
        Error::MissingBlankAfterDash => (
            format!("missing blank after `-` in {here}"),
            Some("write `- ` before a list item".to_owned()),
        ),
        Error::MissingBlankAfterColon => (format!("missing blank after `:` in {here}"), None),
        Error::MissingColon => (
            format!("missing `:` after {here}"),
            Some("a text that goes on from the line above must be indented further".to_owned()),
        ),
        Error::KeyTooLong => (
            "key longer than 1,024 characters".to_owned(),
            Some("write `? ` before the key".to_owned()),
        ),
        Error::UnclosedQuote => (format!("unclosed quote {here} opened here"), None),
        Error::UnclosedBracket => unclosed_bracket(lines, fault, &here),
        Error::UnopenedBracket => (
            format!("{here} closes a bracket that was never opened"),
            Some("quote the text if it is meant as such".to_owned()),
        ),
        Error::MissingComma => (format!("missing `,` before {here}"), None),
        Error::MergeConflict => (
            format!("merge-conflict marker {here}"),
            Some("decide the conflict and remove its markers".to_owned()),
        ),
        Error::TemplateBraces => (
            format!("template braces: unquoted {here}"),
            Some("check the rendered text, or quote the value".to_owned()),
        ),
        Error::Refused => ("refused by its reader".to_owned(), None),
        Error::DocumentSeparator => separator(lines, fault, &here),
        Error::UnknownAnchor => unknown_anchor(lines, fault),
        Error::RecursiveAlias => (
            format!("alias {here} stands within the value that it names"),
            None,
        ),
        Error::BadAnchor => bad_anchor(lines, fault, &here),
        Error::BadTag => (
            format!("malformed or undeclared tag {here}"),
            Some("quote the text if it is not meant as a tag".to_owned()),
        ),
        Error::DuplicateProperty => duplicate_property(lines, fault, &here),
        Error::BadEscape => bad_escape(lines, fault, &here),
        Error::BadDirective => bad_directive(lines, fault),
        Error::BlockScalarHeader => (
            format!("only a digit from 1 to 9, `+` or `-` may stand in {here}"),
            Some("start the text on the next line, or quote it".to_owned()),
        ),
        Error::ControlCharacter => control_character(lines, fault),
        Error::Depth => ("nested more than 10,000 levels deep".to_owned(), None),
        Error::MixedCollections => mixed(lines, fault, &here),
        Error::MappingNotAllowed => (
            match fault.related {
                Some(_) => "unquoted `: ` within a value".to_owned(),
                None => format!("{here} where no key can be"),
            },
            Some("quote the value if the colon belongs to it".to_owned()),
        ),
        Error::SequenceNotAllowed => (
            "a list item cannot start here".to_owned(),
            Some("start the list on the next line, or quote the text".to_owned()),
        ),
        Error::ReservedCharacter => (
            format!("a value cannot start with {here}"),
            Some("quote the value".to_owned()),
        ),
        Error::TextAfterValue => text_after(lines, fault, &here),
        Error::Json => (
            format!("malformed JSON at {here}"),
            Some("after two JSON documents kubectl reads nothing but JSON".to_owned()),
        ),
        Error::TooLarge => ("the text has 4 GiB or more".to_owned(), None),
        Error::Unexpected => (format!("unexpected {here}"), None),
    };
    Words {
        message,
        related: related(related_label(lines, fault)),
        help,
    }
}

/// What the other place of a fault is.
fn related_label(lines: &Lines<'_>, fault: Fault) -> &'static str {
    use SyntaxErrorKind as Error;
    match fault.kind {
        Error::UnclosedBracket if matches!(fault.at.of(lines.text), "[" | "{") => {
            "it is still open here"
        }
        Error::UnclosedBracket | Error::MissingComma => "the bracket is opened here",
        Error::UnclosedQuote => "the quote is still open here",
        Error::RecursiveAlias => "the value starts here",
        Error::DuplicateProperty => "the first one is here",
        Error::UnknownAnchor => "the anchor is here",
        Error::MappingNotAllowed => "the first key of the line",
        Error::TextAfterValue => "the value is whole here",
        Error::MixedCollections => "its neighbour starts here",
        _ => "within this",
    }
}

type Sentence = (String, Option<String>);

fn tab(lines: &Lines<'_>, fault: Fault) -> Sentence {
    let at = fault.at.start as usize;
    let line = lines.start(at);
    let before = lines.text.get(line..at).unwrap_or_default();
    let help = Some("use spaces".to_owned());
    if before.trim().is_empty() {
        ("tab used for indentation".to_owned(), help)
    } else {
        (
            format!("tab after {}, where only spaces separate", quote(before)),
            help,
        )
    }
}

fn unclosed_bracket(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    let opened = fault.related.map_or("", |range| range.of(lines.text));
    let closes = match opened {
        "[" => "]",
        "{" => "}",
        _ => return (format!("unclosed {here} opened here"), None),
    };
    (format!("expected `{closes}`, found {here}"), None)
}

fn separator(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    let line = lines.start(fault.at.start as usize);
    let adjacent = fault.at.start as usize == line + 3;
    let help = if adjacent {
        "kubectl takes every line that starts with `---` for a separator: indent the text if it is not meant as one"
    } else {
        "kubectl allows only a comment after `---`: put the text on the next line"
    };
    (
        format!("text {here} after the document separator `---`"),
        Some(help.to_owned()),
    )
}

fn unknown_anchor(lines: &Lines<'_>, fault: Fault) -> Sentence {
    let name = fault.at.of(lines.text).trim_start_matches('*');
    let name = quote(name);
    let message = format!("unknown anchor {name}");
    let help = match fault.related {
        Some(place) if place.start < lines.chunk.start => {
            "an anchor is known only in its own document"
        }
        Some(_) => "an anchor must stand before its aliases",
        None => "quote the value if it is not meant as an alias",
    };
    (message, Some(help.to_owned()))
}

fn bad_anchor(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    let what = if fault.at.of(lines.text).starts_with('*') {
        "an alias"
    } else {
        "an anchor"
    };
    (
        format!("{here} is not the name of {what}"),
        Some("quote the value if it is not meant as one".to_owned()),
    )
}

fn duplicate_property(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    let message = match fault.at.of(lines.text).chars().next() {
        Some('&') => format!("second anchor {here} on one value"),
        Some('!') => format!("second tag {here} on one value"),
        _ => format!("alias {here} with an anchor or a tag of its own"),
    };
    (message, None)
}

fn bad_escape(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    let escape = fault.at.of(lines.text);
    let message =
        if escape.starts_with("\\x") || escape.starts_with("\\u") || escape.starts_with("\\U") {
            format!("{here} is no character")
        } else {
            format!("unknown escape {here} in double quotes")
        };
    let help = match escape {
        "\\/" => "write `/`: only JSON escapes it".to_owned(),
        _ if escape.starts_with("\\ud") || escape.starts_with("\\uD") => {
            "write the character itself, or its code with `\\U` and eight digits".to_owned()
        }
        _ => "write `\\\\` for a backslash, or use single quotes".to_owned(),
    };
    (message, Some(help))
}

fn bad_directive(lines: &Lines<'_>, fault: Fault) -> Sentence {
    let found = fault.at.of(lines.text);
    if found.starts_with("%YAML") {
        let message = format!("unsupported directive {}", quote(found));
        return (
            message,
            Some("kubectl reads YAML 1.1 only: remove the line".to_owned()),
        );
    }
    if found.starts_with('%') {
        return (format!("malformed directive {}", quote(found)), None);
    }
    (
        "directive without a document".to_owned(),
        Some("kubectl cuts the text at `---` and reads the directive alone: remove it".to_owned()),
    )
}

fn control_character(lines: &Lines<'_>, fault: Fault) -> Sentence {
    let found = fault.at.of(lines.text).chars().next().unwrap_or_default();
    let code = u32::from(found);
    let help = match code {
        0 => "is this a binary file?".to_owned(),
        1..0x100 => format!("in double quotes write `\\x{code:02x}`"),
        _ => format!("in double quotes write `\\u{code:04x}`"),
    };
    (
        format!("control character U+{code:04X} is not allowed"),
        Some(help),
    )
}

fn mixed(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    if fault.at.of(lines.text).starts_with('-') {
        (
            "list item where a key is expected".to_owned(),
            Some(
                "indent the list further than the key it belongs to, or remove the value above"
                    .to_owned(),
            ),
        )
    } else {
        (
            format!("{here} where a list item is expected"),
            Some("start the line with `- `, or indent it further than the dash above".to_owned()),
        )
    }
}

fn text_after(lines: &Lines<'_>, fault: Fault, here: &str) -> Sentence {
    let value = fault.related.map_or("", |range| range.of(lines.text));
    let help = match value {
        "'" => Some("within single quotes write `''` for a quote".to_owned()),
        "\"" => Some("within double quotes write `\\\"` for a quote".to_owned()),
        _ => Some("quote the whole value".to_owned()),
    };
    (format!("text {here} after a value that is whole"), help)
}
