//! The variables that are read although the source of the program does not name them: by its runtime, its libraries, its image.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kubelint_parser::code::Language;

use crate::base_image::official;
use crate::{ImageRef, data};

const TABLE: &str = include_str!("../data/unnamed-variables.tsv");

/// What one reader reads.
#[derive(Default)]
struct Names {
    whole: Vec<&'static str>,
    /// The beginnings of names.
    beginnings: Vec<&'static str>,
}

/// The rows of the table, by reader.
static READ: LazyLock<BTreeMap<&'static str, Names>> = LazyLock::new(|| {
    let mut readers: BTreeMap<&str, Names> = BTreeMap::new();
    for [reader, name, _] in data::rows(TABLE) {
        let names = readers.entry(reader).or_default();
        match name.strip_suffix('*') {
            Some(beginning) => names.beginnings.push(beginning),
            None => names.whole.push(name),
        }
    }
    readers
});

/// Whether the variable `name` is read, whatever the source says, where a program in `language` runs in an image that is based on `base`.
pub fn is_read(name: &str, language: Option<Language>, base: Option<&ImageRef<'_>>) -> bool {
    let base = base.map(|it| {
        let name = it.canonical();
        official(&name).unwrap_or(name)
    });
    let readers = [Some("*"), language.map(word), base.as_deref()];
    let names = readers.into_iter().flatten().filter_map(|it| READ.get(it));
    names
        .into_iter()
        .any(|it| it.whole.contains(&name) || it.beginnings.iter().any(|it| name.starts_with(it)))
}

/// The word that stands for a language in the table.
pub(crate) const fn word(language: Language) -> &'static str {
    match language {
        Language::Python => "python",
        Language::Java | Language::Kotlin => "java",
        Language::JavaScript | Language::TypeScript | Language::Tsx => "javascript",
        Language::CSharp => "csharp",
        Language::Go => "go",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers() {
        let postgres = ImageRef::parse("public.ecr.aws/docker/library/postgres:17").unwrap();
        let python = Some(Language::Python);
        for (name, language, base, expected) in [
            ("TZ", None, None, true),
            ("OTEL_SERVICE_NAME", None, None, true),
            ("UVICORN_PORT", python, None, true),
            ("UVICORN_PORT", None, None, false),
            ("POSTGRES_DB", None, Some(&postgres), true),
            ("POSTGRES_DB", python, None, false),
            ("GRPC_PORT", python, None, false),
            ("PORT", python, None, false),
        ] {
            assert_eq!(is_read(name, language, base), expected, "{name}");
        }
    }

    /// A name that is only a beginning would stand for any variable.
    #[test]
    fn beginnings_are_words() {
        for [reader, name, _] in data::rows(TABLE) {
            let word = name.trim_end_matches('*');
            assert!(word.len() >= 2, "{reader} {name}");
            assert!(!word.contains('*'), "{reader} {name}");
        }
    }
}
