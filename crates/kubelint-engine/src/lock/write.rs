//! Writes the lock file: equal answers give equal bytes, and one image's change touches that image's lines only.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kubelint_model::registry::{ImageAnswer, ImageConfig};

use super::{kept, short};

/// What every lock file begins with.
const HEAD: &str = "\
# What registries say of the images that this repository runs. `kubelint lock` writes it, `kubelint check` reads it.
version: 1
";

/// What an image starts is left out if it has more bytes than this: nobody would review it.
const MOST_TEXT: usize = 16 << 10;

/// Words that are something else than text for some reader of YAML.
const NO_TEXT: [&str; 10] = [
    "false", "n", "no", "null", "off", "on", "true", "y", "yes", "~",
];

/// The lock file that says `images`, which are named by their full references. What is unchecked is left out.
pub fn to_yaml(images: &BTreeMap<String, ImageAnswer>) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    for (full, answer) in images {
        if let Some(answer) = kept(answer) {
            let mut out = String::new();
            entry(&mut out, &answer);
            entries.push((short(full), out));
        }
    }
    entries.sort();
    let mut out = HEAD.to_owned();
    if entries.is_empty() {
        out.push_str("images: {}\n");
        return out;
    }
    out.push_str("images:\n");
    for (image, entry) in entries {
        out.push_str("  ");
        out.push_str(&scalar(&image));
        out.push_str(":\n");
        out.push_str(&entry);
    }
    out
}

/// Whether it is worth writing down how an image starts.
pub(super) fn is_writable(config: &ImageConfig) -> bool {
    let lists = [&config.exposed_ports, &config.entrypoint, &config.command];
    let texts = lists.into_iter().flatten().map(String::len);
    texts.chain([config.user.len()]).sum::<usize>() <= MOST_TEXT
}

fn entry(out: &mut String, answer: &ImageAnswer) {
    match answer {
        ImageAnswer::Found(facts) => {
            field(out, "digest", &facts.digest);
            let platforms = facts.platforms.iter().map(ToString::to_string);
            list(out, "platforms", platforms);
            if let Some(config) = &facts.config {
                field(out, "user", &config.user);
                list(out, "ports", config.exposed_ports.iter());
                list(out, "entrypoint", config.entrypoint.iter());
                list(out, "command", config.command.iter());
            }
        }
        ImageAnswer::NoTag(tags) => {
            field(out, "missing", "tag");
            list(out, "nearest", tags.nearest.iter());
            if let Some(newest) = &tags.newest {
                field(out, "newest", newest);
            }
        }
        ImageAnswer::NoRepository => field(out, "missing", "repository"),
        ImageAnswer::Denied { .. } => out.push_str("    denied: true\n"),
        ImageAnswer::Unchecked(_) => {}
    }
}

// Writing to memory does not fail.
fn field(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "    {key}: {}", scalar(value));
}

/// A list in one line; nothing for an empty one.
fn list(out: &mut String, key: &str, items: impl Iterator<Item = impl AsRef<str>>) {
    let items: Vec<String> = items.map(|it| scalar(it.as_ref())).collect();
    if !items.is_empty() {
        let _ = writeln!(out, "    {key}: [{}]", items.join(", "));
    }
}

/// A scalar that every reader of YAML takes for this text, whatever a server put in it: plain if it is one evident word, else in quotes
/// with everything escaped that is not printable ASCII.
fn scalar(text: &str) -> String {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-_./@:".contains(&it);
    // `1:30` and `1.5` are numbers; a colon at the end makes a key.
    let is_word = text
        .bytes()
        .any(|it| it.is_ascii_alphabetic() && !b"eExXoO".contains(&it))
        && text.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '/')
        && text.bytes().all(is_plain)
        && !text.ends_with(':')
        && !NO_TEXT.contains(&text.to_ascii_lowercase().as_str());
    if is_word {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        let code = c as u32;
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            '\n' => write!(out, "\\n"),
            '\t' => write!(out, "\\t"),
            ' '..='~' => write!(out, "{c}"),
            _ if code <= 0xff => write!(out, "\\x{code:02x}"),
            _ if code <= 0xffff => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out.push('"');
    out
}
