//! A document as JSON: what a reader passes on.

use std::fmt::Write as _;

use super::members::{Member, members_of, refusal};
use super::{Profile, Refusal, Scalar, limits, number};
use crate::yaml::{Items, Kind, Node};

/// The deepest nesting that Go's `encoding/json` takes, through which kubectl, helm and kustomize read.
pub(super) const MAX_DEPTH: usize = 10_000;

/// The most bytes that are written. A few aliases of a long text can stand for any number of them.
const MAX_BYTES: usize = 256 << 20;

/// The JSON that `profile` makes of a document: aliases expanded, merges applied, keys sorted, everything as Go's
/// `encoding/json` writes it (without its escapes for HTML). Or what it refuses.
///
/// `root` is the document's root; helm and compose take only mappings there, kustomize lists too. Null is no document to helm and kustomize. Infinite numbers and NaN, which
/// compose and GitHub know and JSON does not, are written `.inf`, `-.inf` and `.nan`.
pub fn to_json(profile: Profile, root: Node<'_>) -> Result<String, Refusal> {
    limits::check(profile, root)?;
    let taken = match profile {
        Profile::Kubectl | Profile::Workflow => true,
        Profile::Kustomize => root.kind() != Kind::Scalar,
        Profile::HelmValues | Profile::Compose => root.kind() == Kind::Mapping,
    };
    let null = super::scalar_of(profile, root) == Some(Scalar::Null);
    if !taken && (!null || profile == Profile::Compose) {
        return Err(refusal(root, "the document must be a mapping"));
    }
    let mut writer = Writer {
        profile,
        out: String::new(),
        open: Vec::new(),
    };
    writer.value(root)?;
    while writer.step()? {}
    Ok(writer.out)
}

enum Open<'a> {
    Object(std::vec::IntoIter<Member<'a>>),
    Array(Items<'a>),
}

struct Writer<'a> {
    profile: Profile,
    out: String,
    /// The collections that are being written, innermost last.
    open: Vec<Open<'a>>,
}

impl<'a> Writer<'a> {
    /// Writes the next member or item, or the end of a collection. Returns whether there is more.
    fn step(&mut self) -> Result<bool, Refusal> {
        let next = match self.open.last_mut() {
            None => return Ok(false),
            Some(Open::Object(members)) => members
                .next()
                .map(|member| (Some(member.key), member.entry.value)),
            Some(Open::Array(items)) => items.next().map(|item| (None, item)),
        };
        match next {
            None => match self.open.pop() {
                Some(Open::Object(_)) => self.out.push('}'),
                _ => self.out.push(']'),
            },
            Some((key, value)) => {
                // Texts end with a quote, so a bracket here is one that was just opened.
                if !self.out.ends_with(['{', '[']) {
                    self.out.push(',');
                }
                if let Some(key) = key {
                    push_text(&mut self.out, &key);
                    self.out.push(':');
                }
                self.value(value)?;
            }
        }
        Ok(true)
    }

    fn value(&mut self, node: Node<'a>) -> Result<(), Refusal> {
        if self.out.len() > MAX_BYTES {
            return Err(refusal(node, limits::EXCESSIVE));
        }
        let target = node.resolved();
        match target.kind() {
            Kind::Mapping => {
                let root = self.open.is_empty();
                let mut members = members_of(self.profile, target, root)?;
                members.sort_unstable_by(|a, b| a.key.cmp(&b.key));
                self.out.push('{');
                self.enter(node, Open::Object(members.into_iter()))
            }
            Kind::Sequence => {
                self.out.push('[');
                self.enter(node, Open::Array(target.items()))
            }
            Kind::Scalar | Kind::Alias => self.scalar(node),
        }
    }

    fn enter(&mut self, node: Node<'a>, collection: Open<'a>) -> Result<(), Refusal> {
        self.open.push(collection);
        if self.open.len() > MAX_DEPTH && self.profile.writes_json() {
            return Err(refusal(node, "it is nested more than 10000 levels deep"));
        }
        Ok(())
    }

    fn rereads_integers(&self) -> bool {
        matches!(self.profile, Profile::Kubectl | Profile::Kustomize)
    }

    fn scalar(&mut self, node: Node<'a>) -> Result<(), Refusal> {
        match super::scalar_of(self.profile, node) {
            None | Some(Scalar::Null) => self.out.push_str("null"),
            Some(Scalar::Bool(value)) => self.out.push_str(if value { "true" } else { "false" }),
            Some(Scalar::Int(value)) => self.out.push_str(&value.to_string()),
            Some(Scalar::UInt(value)) => self.out.push_str(&value.to_string()),
            // Whoever reads the JSON takes `-0` for an integer.
            Some(Scalar::Float(0.0)) if self.rereads_integers() => self.out.push('0'),
            Some(Scalar::Float(value)) => number::push_json_float(&mut self.out, value),
            Some(Scalar::Str(text)) => push_text(&mut self.out, &text),
            Some(Scalar::Refused(reason)) => return Err(refusal(node, reason)),
        }
        Ok(())
    }
}

/// Writes a text in quotes, with the escapes of Go's `encoding/json`.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}
