//! Evaluated command lines of sed: which substitutions they make in which files.

mod pattern;

use std::borrow::Cow;

use kubelint_parser::TextRange;
use regex::bytes::Captures;

use crate::script::{Argument, ROOT, UNKNOWN};

pub use pattern::{Grammar, Pattern, compile};

/// A command line of sed that does nothing but substitute, print and delete.
#[derive(Debug)]
pub struct Call<'a> {
    /// Its substitutions, in order.
    pub substitutions: Vec<Substitution<'a>>,
    /// The files that it reads, and with `-i` writes.
    pub files: Vec<&'a Argument>,
    /// Whether it asks for what it finds, and writes no files: `-n` without `-i`.
    pub only_asks: bool,
}

/// One `s` command.
#[derive(Debug)]
pub struct Substitution<'a> {
    /// Its pattern, with the delimiter as it is; [`UNKNOWN`] for what is not known of it.
    pub pattern: String,
    /// The grammar of the pattern.
    pub grammar: Grammar,
    /// Whether upper and lower case are one.
    pub ignores_case: bool,
    /// What takes the place, as written.
    pub replacement: String,
    /// Whether an address narrows where it works.
    pub is_narrowed: bool,
    /// The word that holds it.
    pub word: &'a Argument,
}

/// A substitution without the place where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Its pattern, with the delimiter as it is, all of it known.
    pub pattern: String,
    /// The grammar of the pattern.
    pub grammar: Grammar,
    /// Whether upper and lower case are one.
    pub ignores_case: bool,
    /// What takes the place, as written; [`UNKNOWN`] for what is not known of it.
    pub replacement: String,
}

/// Whether a word calls sed.
pub fn is_sed(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("sed" | "gsed"))
}

/// The command line whose words, those behind the program's name, are `words`; `None` if sed does anything else, which may bring any text.
pub fn read(words: &[Argument]) -> Option<Call<'_>> {
    let mut grammar = Grammar::Basic;
    let mut scripts: Vec<(&str, &Argument)> = Vec::new();
    let mut others: Vec<&Argument> = Vec::new();
    let mut rest = words.iter();
    // Whether the word before was `-i`, and whether there was any.
    let (mut is_behind_in_place, mut in_place, mut is_quiet) = (false, false, false);
    while let Some(word) = rest.next() {
        let text = word.value.text.as_str();
        // BSD's sed takes the suffix of copies as a word of its own, mostly an empty one.
        if is_behind_in_place && text.is_empty() {
            continue;
        }
        is_behind_in_place = false;
        if let Some(long) = text.strip_prefix("--") {
            match long.split_once('=').unwrap_or((long, "")) {
                ("regexp-extended", _) => grammar = Grammar::Extended,
                ("in-place", _) => in_place = true,
                ("quiet" | "silent", _) => is_quiet = true,
                ("separate" | "unbuffered", _) => {}
                ("expression", "") => {
                    let word = rest.next()?;
                    scripts.push((&word.value.text, word));
                }
                ("expression", script) => scripts.push((script, word)),
                _ => return None,
            }
            continue;
        }
        let Some(flags) = text.strip_prefix('-').filter(|it| !it.is_empty()) else {
            others.push(word);
            continue;
        };
        for (at, flag) in flags.char_indices() {
            match flag {
                'E' | 'r' => grammar = Grammar::Extended,
                'n' => is_quiet = true,
                's' | 'u' => {}
                'i' => {
                    in_place = true;
                    is_behind_in_place = at + 1 == flags.len();
                    break;
                }
                'e' => {
                    match &flags[at + 1..] {
                        "" => {
                            let word = rest.next()?;
                            scripts.push((&word.value.text, word));
                        }
                        script => scripts.push((script, word)),
                    }
                    break;
                }
                _ => return None,
            }
        }
    }
    if scripts.is_empty() {
        let word = *others.first()?;
        scripts.push((&word.value.text, word));
        others.remove(0);
    }
    let mut substitutions = Vec::new();
    for (script, word) in scripts {
        read_script(script, grammar, word, &mut substitutions)?;
    }
    Some(Call {
        substitutions,
        files: others,
        only_asks: is_quiet && !in_place,
    })
}

/// Reads the commands of a script; `None` if there is one that may bring any text, or is not known.
fn read_script<'a>(
    script: &str,
    grammar: Grammar,
    word: &'a Argument,
    found: &mut Vec<Substitution<'a>>,
) -> Option<()> {
    let mut rest = script;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', ';']);
        if rest.is_empty() || rest.starts_with('#') {
            return Some(());
        }
        let behind = behind_addresses(rest)?;
        let is_narrowed = behind.len() < rest.len();
        rest = behind;
        let command = rest.chars().next()?;
        rest = &rest[command.len_utf8()..];
        match command {
            's' => {
                let (substitution, behind) = substitution(rest, grammar, word)?;
                found.push(Substitution {
                    is_narrowed,
                    ..substitution
                });
                rest = behind;
            }
            'd' | 'p' | 'q' | '=' => {}
            _ => return None,
        }
        let behind = rest.trim_start_matches([' ', '\t']);
        if !behind.is_empty() && !behind.starts_with([';', '\n', '#']) {
            return None;
        }
        rest = behind;
    }
}

/// What stands behind the addresses of a command. They only narrow where it works.
fn behind_addresses(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut is_first = true;
    loop {
        let end_of_number = |it: &str| it.find(|c: char| !c.is_ascii_digit() && c != '~');
        rest = match rest.chars().next()? {
            '0'..='9' => &rest[end_of_number(rest).unwrap_or(rest.len())..],
            '+' | '~' if !is_first => {
                let behind = &rest[1..];
                &behind[end_of_number(behind).unwrap_or(behind.len())..]
            }
            '$' => &rest[1..],
            '/' => delimited(&rest[1..], '/')?.1.trim_start_matches(['I', 'M']),
            '\\' => {
                let delimiter = rest[1..].chars().next()?;
                let behind = &rest[1 + delimiter.len_utf8()..];
                delimited(behind, delimiter)?
                    .1
                    .trim_start_matches(['I', 'M'])
            }
            _ if is_first => return Some(rest),
            _ => return None,
        };
        rest = rest.trim_start_matches([' ', '\t']);
        match rest.strip_prefix(',') {
            Some(behind) if is_first => {
                rest = behind.trim_start_matches([' ', '\t']);
                is_first = false;
            }
            _ => return Some(rest.trim_start_matches(['!', ' ', '\t'])),
        }
    }
}

/// A substitution, the `s` of which was read, and what stands behind it.
fn substitution<'a, 't>(
    text: &'t str,
    grammar: Grammar,
    word: &'a Argument,
) -> Option<(Substitution<'a>, &'t str)> {
    let delimiter = text.chars().next()?;
    if matches!(delimiter, '\\' | '\n' | UNKNOWN) {
        return None;
    }
    let (pattern, rest) = delimited(&text[delimiter.len_utf8()..], delimiter)?;
    let (replacement, rest) = delimited(rest, delimiter)?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
    let (flags, rest) = rest.split_at(end.unwrap_or(rest.len()));
    // `e` runs what comes of it, `M` and `w` change what follows.
    let is_known = |it: char| it.is_ascii_digit() || matches!(it, 'g' | 'p' | 'I' | 'i');
    if !flags.chars().all(is_known) {
        return None;
    }
    let substitution = Substitution {
        pattern,
        grammar,
        ignores_case: flags.contains(['I', 'i']),
        replacement,
        is_narrowed: false,
        word,
    };
    Some((substitution, rest))
}

/// The text up to a delimiter, and what stands behind that. `None` if an escaped delimiter has a meaning of its own in patterns.
fn delimited(text: &str, delimiter: char) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char == delimiter {
            return Some((found, chars.as_str()));
        }
        if char != '\\' {
            found.push(char);
            continue;
        }
        match chars.next()? {
            it if it == delimiter && delimiter.is_ascii_alphanumeric() => return None,
            it if it == delimiter && "|+?(){}.*^$[]&".contains(it) => return None,
            it if it == delimiter => found.push(it),
            it => found.extend(['\\', it]),
        }
    }
    None
}

impl Substitution<'_> {
    /// Whether all of its pattern is known.
    pub fn is_known(&self) -> bool {
        !self.pattern.contains([UNKNOWN, ROOT])
    }

    /// What becomes of a line; `None` if `pattern`, which is its own, does not match it. What is not known of the replacement stays
    /// [`UNKNOWN`].
    pub fn applied(&self, pattern: &Pattern, line: &str) -> Option<String> {
        replaced(pattern, &self.replacement, line)
    }

    /// The same without its place; `None` if its pattern, or where it works, is not known.
    pub fn rewrite(&self) -> Option<Rewrite> {
        let is_everywhere = self.is_known() && !self.is_narrowed;
        is_everywhere.then(|| Rewrite {
            pattern: self.pattern.clone(),
            grammar: self.grammar,
            ignores_case: self.ignores_case,
            replacement: self.replacement.clone(),
        })
    }

    /// The place of the pattern within its word, if it is written there as it is.
    pub fn place(&self, text: &str) -> TextRange {
        let word = self.word.range;
        match word.of(text).find(&self.pattern) {
            Some(at) if !self.pattern.is_empty() => {
                let start = word.start + at as u32;
                TextRange::new(start, start + self.pattern.len() as u32)
            }
            _ => word,
        }
    }
}

impl Rewrite {
    /// What becomes of a line; `None` if the pattern does not match it, or is not read. What is not known of the replacement stays
    /// [`UNKNOWN`].
    pub fn applied(&self, line: &str) -> Option<String> {
        let pattern = compile(&self.pattern, self.grammar, self.ignores_case)?;
        replaced(&pattern, &self.replacement, line)
    }
}

/// `line` with `replacement` in place of what `pattern` matches; `None` if it matches nothing.
fn replaced(pattern: &Pattern, replacement: &str, line: &str) -> Option<String> {
    let replaced = pattern.replace_all(line.as_bytes(), |captures: &Captures<'_>| {
        let mut found: Vec<u8> = Vec::new();
        let mut chars = replacement.chars();
        while let Some(char) = chars.next() {
            let (char, is_escaped) = match char {
                '\\' => (chars.next().unwrap_or(char), true),
                char => (char, false),
            };
            let group = match char.to_digit(10) {
                Some(digit) if is_escaped => Some(digit as usize),
                _ => (char == '&' && !is_escaped).then_some(0),
            };
            match group {
                Some(number) => {
                    let text = captures.get(number).map(|it| it.as_bytes());
                    found.extend(text.unwrap_or_default());
                }
                None => found.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        found
    });
    match replaced {
        Cow::Borrowed(_) => None,
        Cow::Owned(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Value;

    fn shown(words: &[&str]) -> Option<String> {
        let words = words.iter().map(|it| Argument {
            value: Value::from((*it).to_owned()),
            range: TextRange::default(),
        });
        let words: Vec<Argument> = words.collect();
        let call = read(&words)?;
        let all = call.substitutions.iter();
        let mut all: Vec<String> = all
            .map(|it| format!("{}->{}", it.pattern, it.replacement))
            .collect();
        all.extend(call.files.iter().map(|it| it.value.text.clone()));
        Some(all.join(" "))
    }

    #[test]
    fn command_lines() {
        for (words, expected) in [
            (&["-i", "s/a/b/", "f"][..], Some("a->b f")),
            (&["-i.bak", "-e", "s/a/b/g", "f", "g"], Some("a->b f g")),
            (&["-i", "", "s|a|b|", "f"], Some("a->b f")),
            (&["-i", "-e", "s/a/b/;s/c/d/", "f"], Some("a->b c->d f")),
            (&["-Ei", "s/a/b/I", "f"], Some("a->b f")),
            (&["-ies/a/b/", "s/c/d/", "f"], Some("c->d f")),
            (&["--in-place", "--expression=s/a/b/", "f"], Some("a->b f")),
            (&["-i", "3,/x/s/a/b/", "f"], Some("a->b f")),
            (&["-i", "/x\\/y/I !s/a/b/", "f"], Some("a->b f")),
            (&["-i", "\\#x#,+2 s/a/b/2", "f"], Some("a->b f")),
            (&["-i", "/x/d; $ s/a/b/", "f"], Some("a->b f")),
            (&["-i", "s#a/\\#b#c#", "f"], Some("a/#b->c f")),
            (&["s/a\\/b/c/"], Some("a/b->c")),
            (&["-i", "s|a\\|b|c|", "f"], None),
            (&["-i", "/x/a\\text", "f"], None),
            (&["-i", "/x/{s/a/b/}", "f"], None),
            (&["-i", "s/a/b", "f"], None),
            (&["-i", "s/a/b/e", "f"], None),
            (&["-i", "N;s/a/b/", "f"], None),
            (&["-f", "x.sed", "f"], None),
            (&["-z", "s/a/b/", "f"], None),
            (&["-n"], None),
        ] {
            assert_eq!(shown(words).as_deref(), expected, "{words:?}");
        }
    }

    #[test]
    fn replacements() {
        let word = Argument {
            value: Value::from("x"),
            range: TextRange::default(),
        };
        let substitution = Substitution {
            pattern: String::new(),
            grammar: Grammar::Basic,
            ignores_case: false,
            replacement: "[\\2\\&&\\1]".to_owned(),
            is_narrowed: false,
            word: &word,
        };
        let pattern = compile("\\(a\\)\\(b\\)", Grammar::Basic, false).expect("a pattern");
        let found = substitution.applied(&pattern, "xaby");
        assert_eq!(found.as_deref(), Some("x[b&aba]y"));
        assert_eq!(substitution.applied(&pattern, "ba"), None);
    }
}
