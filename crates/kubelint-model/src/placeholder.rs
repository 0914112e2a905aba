//! Text that stands for something else: `${TAG}`, `{{ tag }}`, `<your-registry>`, `CHANGEME`.
//!
//! This only says what looks like a placeholder and what it is called. Whether it is one depends on the field it stands in and on
//! who reads the file: that is for rules to judge.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use kubelint_parser::TextRange;
use memchr::{memchr2_iter, memchr3_iter, memmem};

use crate::{ImageRef, data};

/// How a placeholder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `${NAME}`, `${NAME:-default}`: shells, envsubst, Flux, skaffold, OpenShift templates.
    DollarBrace,
    /// `$(NAME)`: resolved by the kubelet in env, command and args; kustomize's `vars`; make, Azure and Tekton.
    DollarParen,
    /// `$NAME`.
    Dollar,
    /// `{{ name }}`, also as formatters mangle it (`{ { name } }`): Helm, jinja, Go templates, mustache.
    Braces,
    /// `<name>`: documentation.
    Angle,
    /// `@NAME@`, `@@NAME@@`: autoconf, Maven, sed.
    At,
    /// `%NAME%`, `%%NAME%%`: sed, Windows.
    Percent,
    /// `__NAME__`: sed.
    Underscores,
    /// A word that asks to be replaced, as `CHANGEME` (`data/stand-ins.tsv`).
    Word,
}

/// Something that looks like a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder<'a> {
    /// Where it stands in the text, its delimiters included.
    pub range: TextRange,
    /// How it is written.
    pub form: Form,
    /// What it is called, without delimiters, default and filters: `TAG`, `Values.image.tag`, `your-registry`.
    pub token: &'a str,
}

/// The longest placeholder, in bytes: what is longer is prose or code.
const MAX_LEN: usize = 128;

/// What looks like a placeholder in `text`, in order; none lies in another.
pub fn find(text: &str) -> Vec<Placeholder<'_>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Placeholder<'_>> = Vec::new();
    for at in memchr3_iter(b'$', b'{', b'<', bytes) {
        found.extend(match bytes[at] {
            b'$' => dollar(text, at),
            b'{' => braces(text, at),
            _ => angle(text, at),
        });
    }
    for at in memchr2_iter(b'@', b'%', bytes) {
        let (fence, form) = match bytes[at] {
            b'@' => ("@", Form::At),
            _ => ("%", Form::Percent),
        };
        found.extend(fenced(text, at, fence, form));
    }
    for at in memmem::find_iter(bytes, "__") {
        found.extend(fenced(text, at, "__", Form::Underscores));
    }
    found.extend(words(text));
    found.sort_by_key(|it| (it.range.start, std::cmp::Reverse(it.range.end)));
    let mut end = 0;
    found.retain(|it| {
        let outside = it.range.start >= end;
        if outside {
            end = it.range.end;
        }
        outside
    });
    found
}

/// Whether some tool replaces part of the text before the API server sees it, for certain: no name and no label can hold `${`, `{{` or `$(`.
pub fn is_replaced(text: &str) -> bool {
    let pairs = text.as_bytes().windows(2);
    pairs
        .into_iter()
        .any(|it| matches!(it, b"${" | b"{{" | b"$("))
}

/// Whether a word of [`Form::Word`] cannot be the name of something by chance: it speaks to the reader, or is the stand-in of a well-known
/// documentation.
pub fn is_unmistakable(word: &str) -> bool {
    const BEGINNINGS: [&str; 6] = [
        "your",
        "change",
        "replace",
        "insert",
        "project",
        "my-project",
    ];
    let word = word.to_ascii_lowercase().replace('_', "-");
    BEGINNINGS.iter().any(|it| word.starts_with(it)) || is_documentation_host(&word)
}

/// The registry of the image reference `image`, if it is a name that RFC 2606 reserves for documentation: there are no images to be had.
pub fn documentation_registry(image: &str) -> Option<Placeholder<'_>> {
    let reference = ImageRef::parse(image)?;
    let range = reference.registry_range()?;
    let registry = range.of(image);
    is_documentation_host(registry).then_some(Placeholder {
        range,
        form: Form::Word,
        token: registry,
    })
}

fn is_documentation_host(host: &str) -> bool {
    let host = host.split_once(':').map_or(host, |(name, _)| name);
    ["example.com", "example.net", "example.org", "example"]
        .iter()
        .filter_map(|it| host.strip_suffix(it))
        .any(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn placeholder(
    text: &str,
    range: std::ops::Range<usize>,
    form: Form,
    token: std::ops::Range<usize>,
) -> Option<Placeholder<'_>> {
    let token = text.get(token).filter(|token| !token.is_empty())?;
    Some(Placeholder {
        range: TextRange::new(range.start as u32, range.end as u32),
        form,
        token,
    })
}

/// The bytes from `at` on that may belong to one placeholder.
fn window(text: &str, at: usize) -> &[u8] {
    let bytes = &text.as_bytes()[at..];
    &bytes[..bytes.len().min(MAX_LEN)]
}

fn name_len(bytes: &[u8], is_part: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|&&byte| is_part(byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn dollar(text: &str, at: usize) -> Option<Placeholder<'_>> {
    let rest = window(text, at + 1);
    let is_name = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    let (form, close) = match rest.first()? {
        b'{' => (Form::DollarBrace, b'}'),
        b'(' => (Form::DollarParen, b')'),
        first if first.is_ascii_alphabetic() || *first == b'_' => {
            let end = at + 1 + name_len(rest, is_word);
            return placeholder(text, at..end, Form::Dollar, at + 1..end);
        }
        _ => return None,
    };
    let name = &rest[1..];
    if name.first() == Some(&b'{') {
        return None; // `${{ … }}`: the braces within are found by themselves.
    }
    let blanks = name_len(name, |byte| byte == b' ');
    let length = name_len(&name[blanks..], is_name);
    let start = at + 2 + blanks;
    let closed = name.iter().position(|&byte| byte == close)?;
    // A shell command is no placeholder: `$(date +%s)`.
    if form == Form::DollarParen && closed != blanks + length {
        return None;
    }
    placeholder(text, at..at + 3 + closed, form, start..start + length)
}

fn braces(text: &str, at: usize) -> Option<Placeholder<'_>> {
    let rest = window(text, at);
    let (open, close): (usize, &[u8]) = if rest.starts_with(b"{{") {
        (2, b"}}")
    } else if rest.starts_with(b"{ {") {
        (3, b"} }")
    } else {
        return None;
    };
    let closed = open + memmem::find(&rest[open..], close)?;
    let is_lead = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'$');
    let start = open + name_len(&rest[open..closed], is_lead);
    let is_name = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-');
    let length = name_len(&rest[start..closed], is_name);
    placeholder(
        text,
        at..at + closed + close.len(),
        Form::Braces,
        at + start..at + start + length,
    )
}

fn angle(text: &str, at: usize) -> Option<Placeholder<'_>> {
    let rest = window(text, at + 1);
    if !rest.first()?.is_ascii_alphabetic() {
        return None;
    }
    let is_name = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.' | b' ' | b'/' | b':');
    let length = name_len(rest, is_name);
    if rest.get(length) != Some(&b'>') {
        return None;
    }
    placeholder(
        text,
        at..at + length + 2,
        Form::Angle,
        at + 1..at + 1 + length,
    )
}

/// `@NAME@` and the like: an upper-case name between two fences.
fn fenced<'a>(text: &'a str, at: usize, fence: &str, form: Form) -> Option<Placeholder<'a>> {
    let width = fence.len();
    let rest = window(text, at + width);
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let mut length = name_len(rest, is_name);
    if form == Form::Underscores {
        // The closing fence is made of characters of the name.
        length = memmem::find(&rest[..length], fence.as_bytes())?;
    }
    let name = &rest[..length];
    let is_closed = rest[length..].starts_with(fence.as_bytes());
    let begins_inside = at > 0 && is_word(text.as_bytes()[at - 1]);
    if !is_closed || begins_inside || !name.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let start = at + width;
    placeholder(
        text,
        at..start + length + width,
        form,
        start..start + length,
    )
}

/// The words of `data/stand-ins.tsv`.
struct StandIns {
    automaton: Option<AhoCorasick>,
    /// For each pattern whether it is only the beginning of a word.
    is_prefix: Vec<bool>,
}

static STAND_INS: LazyLock<StandIns> = LazyLock::new(|| {
    let mut patterns: Vec<String> = Vec::new();
    let mut is_prefix = Vec::new();
    for [form, word, _] in data::rows(include_str!("../data/stand-ins.tsv")) {
        patterns.push(word.to_owned());
        is_prefix.push(form == "prefix");
        if word.contains('-') {
            patterns.push(word.replace('-', "_"));
            is_prefix.push(form == "prefix");
        }
    }
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns)
        .ok();
    StandIns {
        automaton,
        is_prefix,
    }
});

fn words(text: &str) -> impl Iterator<Item = Placeholder<'_>> {
    let bytes = text.as_bytes();
    let is_part = |byte: u8| is_word(byte) || byte == b'-';
    let hits = STAND_INS
        .automaton
        .iter()
        .flat_map(move |it| it.find_iter(text));
    hits.filter_map(move |hit| {
        // First of all: `xxx…` holds a stand-in in every third place, and what follows is to be counted once.
        let begins = hit.start() == 0 || !is_part(bytes[hit.start() - 1]);
        if !begins {
            return None;
        }
        let rest = name_len(&bytes[hit.end()..], is_part);
        let is_prefix = STAND_INS.is_prefix.get(hit.pattern().as_usize()).copied()?;
        let whole = if is_prefix { rest > 0 } else { rest == 0 };
        if !whole {
            return None;
        }
        let range = hit.start()..hit.end() + rest;
        placeholder(text, range.clone(), Form::Word, range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let shown: Vec<String> = find(text)
            .iter()
            .map(|it| format!("{:?} {} {}", it.form, it.range.of(text), it.token))
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn every_form() {
        check("${TAG}", &["DollarBrace ${TAG} TAG"]);
        check("a:${TAG:-1}b", &["DollarBrace ${TAG:-1} TAG"]);
        check("$REG/app:$(V)", &["Dollar $REG REG", "DollarParen $(V) V"]);
        check(
            "{{ .Values.image.tag | quote }}",
            &["Braces {{ .Values.image.tag | quote }} Values.image.tag"],
        );
        check("{ { .Values.a } }", &["Braces { { .Values.a } } Values.a"]);
        check("${{ env.X }}", &["Braces {{ env.X }} env.X"]);
        check("x/<your-image>:1", &["Angle <your-image> your-image"]);
        check("@TAG@ @@V@@", &["At @TAG@ TAG", "At @V@ V"]);
        check("%TAG%", &["Percent %TAG% TAG"]);
        check("__IMAGE_NAME__", &["Underscores __IMAGE_NAME__ IMAGE_NAME"]);
        check("gcr.io/PROJECT_ID/a", &["Word PROJECT_ID PROJECT_ID"]);
        check("your-org/app", &["Word your-org your-org"]);
        check("CHANGEME", &["Word CHANGEME CHANGEME"]);
    }

    #[test]
    fn registries_of_documentation() {
        for (image, expected) in [
            ("example.com/app:1", Some("example.com")),
            (
                "registry.example.com:5000/app",
                Some("registry.example.com:5000"),
            ),
            ("myexample.com/app", None),
            ("example/app", None),
            ("ghcr.io/example.com/app", None),
        ] {
            let found = documentation_registry(image);
            assert_eq!(found.map(|it| it.token), expected, "{image}");
            assert!(found.is_none_or(|it| is_unmistakable(it.token)), "{image}");
        }
    }

    #[test]
    fn words_that_cannot_be_names() {
        for (word, expected) in [
            ("your-org", true),
            ("CHANGE_ME", true),
            ("PROJECT_ID", true),
            ("placeholder", false),
            ("xxx", false),
        ] {
            assert_eq!(is_unmistakable(word), expected, "{word}");
        }
    }

    #[test]
    fn what_only_looks_like_one() {
        for text in [
            "$(date +%s)",
            "a < b > c",
            "$5",
            "user@example.com",
            "100%",
            "a__b__c",
            "__init__",
            "yours",
            "for-your-eyes",
            "{a: {b: c}}",
            "my_project_id_2",
            "{}",
            "",
            "$",
        ] {
            check(text, &[]);
        }
    }
}
