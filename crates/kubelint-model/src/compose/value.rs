//! Texts of compose files, and the variables in them.

use std::collections::BTreeMap;

use crate::build::UNKNOWN;

/// What a `.env` file gives to the compose files beside it, unless the environment has other values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// Reads a `.env` file: `NAME=value`, perhaps after `export`, perhaps in quotes. A later value replaces an earlier one, and may use it.
    pub fn parse(text: &str) -> Self {
        let mut this = Self::default();
        for line in text.lines() {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let Some((name, value)) = line.split_once('=') else {
                continue;
            };
            let name = name.trim_end();
            let is_name = |it: char| it.is_ascii_alphanumeric() || "_.-".contains(it);
            if name.is_empty() || !name.chars().all(is_name) {
                continue;
            }
            let value = value.trim();
            let value = match value.chars().next() {
                Some('\'') => quoted(value, '\'').to_owned(),
                Some('"') => this.replaced(quoted(value, '"')),
                _ => {
                    let end = value.find(" #").unwrap_or(value.len());
                    this.replaced(value[..end].trim_end())
                }
            };
            this.values.insert(name.to_owned(), value);
        }
        this
    }

    /// Gives a variable a value.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// A text with its variables replaced by their values, or by their defaults where they have none; `*` where there is neither.
    ///
    /// The forms are those of compose's interpolation: `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}`, `${X:+other}`, `$$`.
    pub fn replaced(&self, text: &str) -> String {
        let mut found = String::with_capacity(text.len());
        let mut rest = text;
        // How many texts of variables are open: each ends with a brace.
        let mut open = 0_usize;
        while let Some(char) = rest.chars().next() {
            let after = &rest[char.len_utf8()..];
            rest = match char {
                '$' if after.starts_with('$') => {
                    found.push('$');
                    &after[1..]
                }
                '$' => self.variable(after, &mut open, &mut found),
                '}' if open > 0 => {
                    open -= 1;
                    after
                }
                _ => {
                    found.push(char);
                    after
                }
            };
        }
        found
    }

    /// Adds what the variable behind a dollar stands for, or nothing if that is the text that follows, and returns what is left to read.
    fn variable<'t>(&self, after: &'t str, open: &mut usize, found: &mut String) -> &'t str {
        let (inner, is_braced) = match after.strip_prefix('{') {
            Some(inner) => (inner, true),
            None => (after, false),
        };
        let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let end = inner.find(|it| !is_name(it)).unwrap_or(inner.len());
        let (name, behind) = inner.split_at(end);
        if name.is_empty() {
            found.push('$');
            return after;
        }
        let value = self.values.get(name).map(String::as_str);
        if !is_braced {
            add(found, value);
            return behind;
        }
        let is_empty_unset = behind.starts_with(':');
        let form = behind.strip_prefix(':').unwrap_or(behind);
        let set = value.filter(|it| !(is_empty_unset && it.is_empty()));
        match (form.chars().next(), set) {
            (Some('-'), None) | (Some('+'), Some(_)) => {
                *open += 1;
                return &form[1..];
            }
            (Some('+'), None) => add(found, None),
            (_, value) => add(found, value),
        }
        behind_brace(behind)
    }
}

fn add(found: &mut String, value: Option<&str>) {
    match value {
        Some(value) => found.push_str(value),
        None if found.ends_with(UNKNOWN) => {}
        None => found.push(UNKNOWN),
    }
}

/// What stands between the quote that a text begins with and the next one.
fn quoted(text: &str, quote: char) -> &str {
    let inner = &text[1..];
    inner.find(quote).map_or(inner, |end| &inner[..end])
}

/// What follows the brace that closes here, those that are opened before it left out.
fn behind_brace(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return &text[at + 1..],
            b'}' => depth -= 1,
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults() {
        for (text, expected) in [
            ("${R:-ghcr.io/a}/api:${T-1.0}", "ghcr.io/a/api:1.0"),
            ("${R}/api:$T", "*/api:*"),
            ("${R:?set it}/api", "*/api"),
            ("${A:-${B:-c}}/api${X:+y}", "c/api*"),
            ("${A:-}api", "api"),
            ("$$x{y}", "$x{y}"),
            ("${A", "*"),
            ("a$", "a$"),
        ] {
            assert_eq!(Variables::default().replaced(text), expected, "{text}");
        }
    }

    #[test]
    fn values_beside() {
        let variables = Variables::parse(
            "# all\nexport R = ghcr.io/a # ours\nT='1.0 # x'\nE=\nTAG=\"v$T\"\nno line\n9/x=1\n",
        );
        for (text, expected) in [
            ("${R:-docker.io}/api:${T-2}", "ghcr.io/a/api:1.0 # x"),
            ("$TAG ${TAG:?m} ${TAG:+set}", "v1.0 # x v1.0 # x set"),
            (
                "[${E:-empty}] [${E-empty}] [${E:+x}] [${E}]",
                "[empty] [] [*] []",
            ),
            ("${R:-${X:-y}}!", "ghcr.io/a!"),
            ("$U", "*"),
        ] {
            assert_eq!(variables.replaced(text), expected, "{text}");
        }
    }
}
