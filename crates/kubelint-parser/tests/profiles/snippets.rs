//! Reads the snippets, as `xtask/oracles/snippets.go` does.

use std::collections::BTreeMap;
use std::path::Path;

use kubelint_parser::source::SourceText;

/// All snippets by name, as kubelint loads them from files.
pub(crate) fn read_snippets(folder: &Path) -> BTreeMap<String, SourceText> {
    let mut snippets = BTreeMap::new();
    let mut add = |name: String, bytes: Vec<u8>| {
        let before = snippets.insert(name.clone(), SourceText::from_bytes(bytes));
        assert!(before.is_none(), "two snippets are named {name}");
    };
    for line in read(&folder.join("scalars.txt")).lines() {
        if !line.is_empty() && !line.starts_with('#') {
            add(format!("scalar {line}"), format!("v: {line}\n").into());
            add(format!("key {line}"), format!("v:\n  {line}: x\n").into());
            add(format!("root key {line}"), format!("{line}: x\n").into());
        }
    }
    for path in snippet_files(folder) {
        let group = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = format!("\n{}", read(&path));
        for part in text.split("\n=== ").skip(1) {
            let (header, body) = part.split_once('\n').unwrap_or((part, ""));
            let mut body = body.to_owned();
            if !body.is_empty() && !body.ends_with('\n') {
                body.push('\n');
            }
            let (name, attributes) = header.split_once(" | ").unwrap_or((header, ""));
            add(format!("{group} {name}"), encode(&body, attributes));
        }
    }
    snippets
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn snippet_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of snippets");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "snip")
    });
    files.sort();
    files
}

fn encode(body: &str, attributes: &str) -> Vec<u8> {
    match attributes.split_whitespace().next() {
        Some("escaped") => unescape(body.as_bytes()),
        Some("utf-16le") => utf16(body, u16::to_le_bytes),
        Some("utf-16be") => utf16(body, u16::to_be_bytes),
        _ => body.into(),
    }
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(bytes).collect()
}

fn unescape(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some((&byte, rest)) = text.split_first() {
        text = rest;
        if byte != b'\\' || rest.is_empty() {
            out.push(byte);
            continue;
        }
        let (kind, rest) = (rest[0], &rest[1..]);
        text = rest;
        match kind {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'\\' => out.push(b'\\'),
            b'\n' => {}
            b'x' => {
                let digits = std::str::from_utf8(&rest[..2]).expect("two digits");
                out.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
                text = &rest[2..];
            }
            b'{' => {
                let end = rest
                    .iter()
                    .position(|c| *c == b'}')
                    .expect("a closing brace");
                let inner = &rest[..end];
                let star = inner.iter().position(|c| *c == b'*').expect("a star");
                let count = std::str::from_utf8(&inner[..star]).expect("a number");
                let part = unescape(&inner[star + 1..]);
                out.extend(part.repeat(count.parse().expect("a number")));
                text = &rest[end + 1..];
            }
            other => panic!("unknown escape \\{}", char::from(other)),
        }
    }
    out
}
