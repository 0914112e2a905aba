//! Variables that set a property of a framework, and names that are mistaken for them.

use std::sync::LazyLock;

use kubelint_parser::code::Language;

use crate::data;
use crate::link::{Nearness, are_sibling_names, near_miss};
use crate::unnamed_variable::word;

/// A variable that a framework reads.
struct Row {
    language: &'static str,
    name: &'static str,
    mistaken: Vec<&'static str>,
}

/// The rows of `data/framework-variables.tsv`.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../data/framework-variables.tsv"));
    let rows = rows.map(|[language, name, mistaken]| Row {
        language,
        name,
        mistaken: mistaken.split(' ').collect(),
    });
    rows.collect()
});

/// The variable of a framework for programs in `language` that `name` is evidently meant for, if it is none itself and only one is.
pub fn meant(name: &str, language: Language) -> Option<&'static str> {
    let rows = || ROWS.iter().filter(|it| it.language == word(language));
    let first = |it: &str| it.split('_').next().map(str::to_owned);
    if rows().any(|it| it.name == name) {
        return None;
    }
    if let Some(known) = rows().find(|it| it.mistaken.contains(&name)) {
        return Some(known.name);
    }
    let mut near = rows().filter(|it| {
        first(it.name) == first(name)
            && near_miss(name, it.name) == Some(Nearness::OneEdit)
            && !are_sibling_names(name, it.name)
    });
    let found = near.next()?;
    near.next().is_none().then_some(found.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_mistaken() {
        for (name, language, expected) in [
            (
                "SPRING_PROFILE_ACTIVE",
                Language::Java,
                Some("SPRING_PROFILES_ACTIVE"),
            ),
            (
                "SPRING_DATASOURCE_URLS",
                Language::Kotlin,
                Some("SPRING_DATASOURCE_URL"),
            ),
            (
                "ASPNETCORE_ENVIROMENT",
                Language::CSharp,
                Some("ASPNETCORE_ENVIRONMENT"),
            ),
            ("ASPNETCORE_URL", Language::CSharp, Some("ASPNETCORE_URLS")),
            ("ASPNETCORE_HTTPS_PORT", Language::CSharp, None),
            ("SPRING_DATA_REDIS_SSL", Language::Java, None),
            ("ASPNETCORE_URL", Language::Java, None),
        ] {
            assert_eq!(meant(name, language), expected, "{name}");
        }
    }
}
