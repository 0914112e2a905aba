//! What a file is there for, as the words of its path tell: to be deployed, or to be read, tested with or filled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kubelint_parser::source::SourcePath;

use crate::data;

/// What a file is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To be deployed, as far as its path tells.
    Deployed,
    /// To be read and adapted: documentation, examples, demonstrations.
    Sample,
    /// For tests.
    Test,
    /// To be filled in by some tool.
    Template,
}

/// Folders whose subfolders are environments, whatever they are called.
const ENVIRONMENTS: [&str; 5] = ["overlays", "environments", "envs", "clusters", "stages"];

/// The rows of `data/path-words.tsv`, by word.
static WORDS: LazyLock<BTreeMap<&'static str, Purpose>> = LazyLock::new(|| {
    data::rows(include_str!("../data/path-words.tsv"))
        .filter_map(|[class, word, _]| {
            let purpose = match class {
                "sample" => Purpose::Sample,
                "test" => Purpose::Test,
                "template" => Purpose::Template,
                _ => return None,
            };
            Some((word, purpose))
        })
        .collect()
});

/// What the file `path` (relative to the repository's root) is there for: the first folder that says so, else a word of its name. A
/// folder called `test` or `ci` among environments is an environment.
pub fn of(path: &SourcePath) -> Purpose {
    let mut before = "";
    for folder in path.parent().split('/') {
        let is_environment = ENVIRONMENTS.contains(&before);
        before = folder;
        if let Some(purpose) = WORDS.get(folder.to_ascii_lowercase().as_str())
            && !(is_environment && *purpose == Purpose::Test)
        {
            return *purpose;
        }
    }
    let name = path.file_name().to_ascii_lowercase();
    let mut words = name.split(['-', '.', '_']);
    words
        .find_map(|word| WORDS.get(word).copied())
        // `test.yaml` and `deploy-test.yaml` may be the manifests of an environment.
        .filter(|purpose| *purpose != Purpose::Test)
        .unwrap_or(Purpose::Deployed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_path() {
        for (path, expected) in [
            ("deploy/app.yaml", Purpose::Deployed),
            ("docs/app.yaml", Purpose::Sample),
            ("a/Examples/b/app.yaml", Purpose::Sample),
            ("pkg/testdata/app.yaml", Purpose::Test),
            ("overlays/test/app.yaml", Purpose::Deployed),
            ("deploy/test.yaml", Purpose::Deployed),
            ("deploy/secret.example.yaml", Purpose::Sample),
            ("deploy/app-template.yaml", Purpose::Template),
            ("app.yaml", Purpose::Deployed),
            ("latest/docstore.yaml", Purpose::Deployed),
        ] {
            assert_eq!(of(&SourcePath::new(path)), expected, "{path}");
        }
    }
}
