//! granit-parser: a strict YAML 1.2 parser with byte spans.

use granit_parser::{Event as Theirs, Parser, ScalarStyle, StructureStyle};
use kubelint_parser::yaml::{Kind, Style};

use crate::{Event, Properties};

/// The events of the first document of `text`, without anchors' names and tags; or the error.
///
/// # Errors
///
/// The message, if the text is refused before the first document's end.
pub fn events(text: &str) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    for next in Parser::new_from_str(text) {
        let (event, span) = next.map_err(|error| error.to_string())?;
        let properties = Properties::default();
        let flow = |style| style == StructureStyle::Flow;
        events.push(match event {
            Theirs::Scalar(value, style, ..) => Event::Scalar {
                style: match style {
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                    ScalarStyle::Plain => Style::Plain,
                },
                value: value.into_owned(),
                properties,
                range: span
                    .byte_range()
                    .map_or((0, 0), |range| (range.start, range.end)),
            },
            Theirs::MappingStart(style, ..) => Event::Start {
                kind: Kind::Mapping,
                flow: flow(style),
                properties,
            },
            Theirs::SequenceStart(style, ..) => Event::Start {
                kind: Kind::Sequence,
                flow: flow(style),
                properties,
            },
            Theirs::MappingEnd | Theirs::SequenceEnd => Event::End,
            Theirs::Alias(..) => Event::Alias {
                name: String::new(),
            },
            Theirs::DocumentEnd => break,
            _ => continue,
        });
    }
    Ok(events)
}
