//! Functions that hand their arguments to kubectl, in scripts that are read line by line.

use std::collections::BTreeSet;

use kubelint_parser::TextRange;

use super::AppliedPath;
use super::kubectl::Arguments;
use super::script::Reader;
use super::words::{self, Token, Word};

impl Reader<'_> {
    /// Reads what is handed to a function that puts `kubectl` before it: as one word in quotes, or as words.
    pub(super) fn wrapped(
        &mut self,
        words: &[Word],
        range: TextRange,
        inputs: &mut Vec<AppliedPath>,
        applied: &mut Vec<AppliedPath>,
        takes_input: &mut bool,
    ) {
        let Some(quoted) = words.iter().find(|it| it.text.contains(' ')) else {
            let arguments = Arguments::read(words);
            return self.kubectl(&arguments, range, inputs, applied, takes_input);
        };
        let raw = &self.text[quoted.start..quoted.end];
        let inner = raw.trim_matches(['"', '\'']);
        let base = quoted.start + (inner.as_ptr() as usize - raw.as_ptr() as usize);
        let tokens = words::tokens(inner, base, &self.variables, self.percent).into_iter();
        let inner: Vec<Word> = tokens
            .map_while(|it| match it {
                Token::Word(word) => Some(word),
                _ => None,
            })
            .collect();
        let arguments = Arguments::read(&inner);
        self.kubectl(&arguments, range, inputs, applied, takes_input);
    }
}

/// How many lines of a function are looked through for what it runs.
const MAX_BODY: usize = 20;

/// The functions of a script (`name() {` of shells, `function Name($cmd) {` of PowerShell) that hand their arguments to kubectl: it stands
/// in their body with nothing but a variable behind it.
pub(super) fn wrappers(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut current: Option<(&str, &str, usize)> = None;
    for (at, line) in text.lines().enumerate() {
        if let Some(name) = defined(line) {
            current = Some((name, line, at));
        }
        let Some((name, head, since)) = current else {
            continue;
        };
        if at - since > MAX_BODY || line == "}" {
            current = None;
        } else if hands_on(line, head) {
            found.insert(name);
        }
    }
    found
}

/// The name of the function that a line begins to define.
fn defined(line: &str) -> Option<&str> {
    let line = line.trim();
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
    let rest = line.strip_prefix("function ").map(str::trim_start);
    let name = rest.unwrap_or(line);
    let end = name.find(|it| !is_name(it)).unwrap_or(name.len());
    let (name, behind) = name.split_at(end);
    let is_defined = rest.is_some() || behind.trim_start().starts_with("()");
    (is_defined && !name.is_empty()).then_some(name)
}

/// Whether a line runs kubectl with what its function was given: with all of it, or a parameter that the `head` of the function states.
fn hands_on(line: &str, head: &str) -> bool {
    let Some((_, behind)) = line.split_once("kubectl") else {
        return false;
    };
    let words = behind.split_whitespace();
    // Flags stand before what every command brings itself.
    let words = words.filter(|it| *it != "+" && !it.starts_with('-'));
    let mut words = words.map(|it| it.trim_matches(['"', '\'', ';']));
    let Some(first) = words.find(|it| !it.is_empty()) else {
        return false;
    };
    let parameters = head.split_once('(').map_or("", |(_, it)| it);
    let mut parameters = parameters.split([',', ')', ' ']);
    matches!(first, "$@" | "$*" | "${@}" | "@args" | "$args")
        || first.starts_with('$') && parameters.any(|it| it == first)
}
