//! unsafe-libyaml: libyaml, from which go-yaml was ported, in Rust.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use kubelint_parser::yaml::{Kind, Style};
use unsafe_libyaml as unsafe_sys;

use crate::{Event, Properties};

/// The events of the first document of `text`, or libyaml's message.
///
/// # Errors
///
/// The message, if libyaml refuses the text before the first document's end.
pub fn events(text: &str) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    run(text, |event| events.extend(convert(event)))?;
    Ok(events)
}

/// Reads all documents of `text` and counts the events.
///
/// # Errors
///
/// The message, if libyaml refuses the text.
pub fn count(text: &str) -> Result<usize, String> {
    let mut count = 0;
    parse(text, |_| {
        count += 1;
        true
    })?;
    Ok(count)
}

fn run(text: &str, mut each: impl FnMut(&unsafe_sys::yaml_event_t)) -> Result<(), String> {
    parse(text, |event| {
        each(event);
        event.type_ != unsafe_sys::YAML_DOCUMENT_END_EVENT
    })
}

/// Hands every event to `each`, until that returns `false` or the text ends.
fn parse(
    text: &str,
    mut each: impl FnMut(&unsafe_sys::yaml_event_t) -> bool,
) -> Result<(), String> {
    let mut parser = MaybeUninit::<unsafe_sys::yaml_parser_t>::uninit();
    let parser = parser.as_mut_ptr();
    // SAFETY: libyaml's protocol. The parser is initialised before use and deleted once at the end, the input outlives it,
    // and each event is deleted once after it was handed out.
    unsafe {
        if unsafe_sys::yaml_parser_initialize(parser).fail {
            return Err("out of memory".to_owned());
        }
        unsafe_sys::yaml_parser_set_encoding(parser, unsafe_sys::YAML_UTF8_ENCODING);
        unsafe_sys::yaml_parser_set_input_string(parser, text.as_ptr(), text.len() as u64);
        let result = loop {
            let mut event = MaybeUninit::<unsafe_sys::yaml_event_t>::uninit();
            if unsafe_sys::yaml_parser_parse(parser, event.as_mut_ptr()).fail {
                let parser = &*parser;
                let problem = parser.problem;
                let message = if problem.is_null() {
                    "unknown".to_owned()
                } else {
                    CStr::from_ptr(problem.cast())
                        .to_string_lossy()
                        .into_owned()
                };
                break Err(message);
            }
            let event = event.assume_init_mut();
            let last = event.type_ == unsafe_sys::YAML_STREAM_END_EVENT;
            let go_on = each(event) && !last;
            unsafe_sys::yaml_event_delete(event);
            if !go_on {
                break Ok(());
            }
        };
        unsafe_sys::yaml_parser_delete(parser);
        result
    }
}

fn convert(event: &unsafe_sys::yaml_event_t) -> Option<Event> {
    let range = (
        event.start_mark.index as usize,
        event.end_mark.index as usize,
    );
    // SAFETY: each arm reads the member of the union that belongs to the event's type; its strings end with NUL, the
    // scalar's value has its length beside it.
    unsafe {
        Some(match event.type_ {
            unsafe_sys::YAML_SCALAR_EVENT => {
                let data = &event.data.scalar;
                let value = std::slice::from_raw_parts(data.value, data.length as usize);
                Event::Scalar {
                    style: match data.style {
                        unsafe_sys::YAML_SINGLE_QUOTED_SCALAR_STYLE => Style::SingleQuoted,
                        unsafe_sys::YAML_DOUBLE_QUOTED_SCALAR_STYLE => Style::DoubleQuoted,
                        unsafe_sys::YAML_LITERAL_SCALAR_STYLE => Style::Literal,
                        unsafe_sys::YAML_FOLDED_SCALAR_STYLE => Style::Folded,
                        _ => Style::Plain,
                    },
                    value: String::from_utf8_lossy(value).into_owned(),
                    properties: properties(data.anchor, data.tag),
                    range,
                }
            }
            unsafe_sys::YAML_ALIAS_EVENT => Event::Alias {
                name: string(event.data.alias.anchor),
            },
            unsafe_sys::YAML_MAPPING_START_EVENT => {
                let data = &event.data.mapping_start;
                Event::Start {
                    kind: Kind::Mapping,
                    flow: data.style == unsafe_sys::YAML_FLOW_MAPPING_STYLE,
                    properties: properties(data.anchor, data.tag),
                }
            }
            unsafe_sys::YAML_SEQUENCE_START_EVENT => {
                let data = &event.data.sequence_start;
                Event::Start {
                    kind: Kind::Sequence,
                    flow: data.style == unsafe_sys::YAML_FLOW_SEQUENCE_STYLE,
                    properties: properties(data.anchor, data.tag),
                }
            }
            unsafe_sys::YAML_MAPPING_END_EVENT | unsafe_sys::YAML_SEQUENCE_END_EVENT => Event::End,
            _ => return None,
        })
    }
}

/// # Safety
///
/// Each pointer is null or points to a string that ends with NUL.
unsafe fn properties(anchor: *const u8, tag: *const u8) -> Properties {
    // SAFETY: as the caller promises.
    unsafe {
        Properties {
            anchor: string(anchor),
            tag: string(tag),
        }
    }
}

/// # Safety
///
/// The pointer is null or points to a string that ends with NUL.
unsafe fn string(pointer: *const u8) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(pointer.cast()) }
        .to_string_lossy()
        .into_owned()
}
