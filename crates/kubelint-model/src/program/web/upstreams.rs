//! The hosts that nginx passes requests to. It looks all of them up when it starts, and ends where one is not found
//! (`host not found in upstream`), unless a variable is part of the address.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;

use super::items::{Argument, Item};
use crate::program::ProgramAddress;

/// Directives that pass requests on.
const PASSES: [&str; 6] = [
    "fastcgi_pass",
    "grpc_pass",
    "memcached_pass",
    "proxy_pass",
    "scgi_pass",
    "uwsgi_pass",
];

/// The hosts that the directives of a configuration name. What stands in a manifest is left out: addresses there are known anyway.
pub(super) fn addresses(items: &[Item]) -> Vec<ProgramAddress> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut all: Vec<(&Item, bool)> = Vec::new();
    let mut open: Vec<(&Item, bool)> = items.iter().rev().map(|it| (it, false)).collect();
    while let Some((it, in_upstream)) = open.pop() {
        let is_upstream = it.name() == "upstream" && it.has_block;
        if is_upstream {
            names.insert(it.first());
        }
        if PASSES.contains(&it.name()) || (in_upstream && it.name() == "server") {
            all.push((it, in_upstream));
        }
        open.extend(it.block.iter().rev().map(|it| (it, is_upstream)));
    }
    let found = all.into_iter().filter_map(|(it, in_upstream)| {
        let word = it.arguments().first()?;
        let address = address(it.name(), word, in_upstream)?;
        let is_name = !in_upstream && names.contains(address.host.as_str());
        (!is_name && !word.is_in_manifest).then_some(address)
    });
    found.collect()
}

fn address(directive: &str, word: &Argument, in_upstream: bool) -> Option<ProgramAddress> {
    let text = word.text.as_str();
    if text.contains(['$', '[', '{']) || text.starts_with("unix:") || text.contains("://unix:") {
        return None;
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, text),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
        None => (authority, None),
    };
    let is_host = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_');
    if host.is_empty() || !host.chars().all(is_host) {
        return None;
    }
    let is_http = matches!(scheme.as_deref(), Some("http" | "https"));
    let port = port.or(match scheme.as_deref() {
        Some("https" | "grpcs") => Some(443),
        _ => Some(80),
    });
    let (file, range) = word.place?;
    // Of a word in quotes or with escapes only the whole is known.
    let start = range.start + (text.len() - rest.len()) as u32;
    let is_plain = range.len() as usize == text.len();
    let place = if is_plain {
        TextRange::new(start, start + authority.len() as u32)
    } else {
        range
    };
    let name = if in_upstream { "upstream" } else { directive };
    Some(ProgramAddress {
        scheme: scheme.filter(|_| is_http),
        host: host.trim_end_matches('.').to_ascii_lowercase(),
        port,
        has_path: !path.is_empty(),
        names: vec![name.to_owned()],
        variables: Vec::new(),
        is_conditional: false,
        place: (file, place),
    })
}
