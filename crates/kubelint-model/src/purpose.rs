//! What a file is there for, as the words of its path tell: to be deployed, or to be read, tested with or filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kubelint_parser::source::SourcePath;
use memchr::memchr_iter;

use crate::{Targets, data};

/// What a file is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To be deployed, as far as its path tells.
    Deployed,
    /// To be read and adapted: documentation, examples, demonstrations.
    Sample,
    /// For tests, or kept as a memory only: nobody deploys it.
    Test,
    /// To be filled in by some tool.
    Template,
}

/// Folders whose subfolders are environments, whatever they are called.
const ENVIRONMENTS: [&str; 5] = ["overlays", "environments", "envs", "clusters", "stages"];

/// Folders that may be environments themselves, where others stand beside them.
const MAY_BE_ENVIRONMENTS: [&str; 3] = ["test", "testing", "ci"];

/// Folders beside which those are environments.
const SIBLINGS: [&str; 9] = [
    "dev",
    "development",
    "stage",
    "staging",
    "prod",
    "production",
    "qa",
    "uat",
    "preprod",
];

/// Words in the paths of tests for what is meant to be refused.
const REFUSED: [&str; 5] = ["bad", "broken", "corrupt", "invalid", "malformed"];

/// Tells what files are there for.
#[derive(Debug, Default)]
pub(crate) struct Purposes<'a> {
    /// The folders that hold environments, whatever they are called.
    of_environments: BTreeSet<&'a str>,
    /// The folders that hold some of [`SIBLINGS`].
    of_siblings: BTreeSet<&'a str>,
    targets: Targets<'a>,
    /// What is meant where no word of the path says it.
    otherwise: Option<Purpose>,
}

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

impl<'a> Purposes<'a> {
    /// Of the files in `listed`, some of which were asked for.
    pub(crate) fn new(listed: &'a [SourcePath], targets: Targets<'a>) -> Self {
        let mut of_environments = BTreeSet::new();
        let mut of_siblings = BTreeSet::new();
        for path in listed {
            for (above, folder) in folders(path) {
                if ENVIRONMENTS.contains(&folder) {
                    of_environments.insert(
                        &path.as_str()
                            [..above.len() + folder.len() + usize::from(!above.is_empty())],
                    );
                } else if SIBLINGS.contains(&folder) {
                    of_siblings.insert(above);
                }
            }
        }
        Self {
            of_environments,
            of_siblings,
            targets,
            otherwise: None,
        }
    }

    /// Takes into account how the repository calls itself: the first heading of `readme`, the README at its root.
    pub(crate) fn with_readme(mut self, readme: &str) -> Self {
        self.otherwise = is_collection(readme).then_some(Purpose::Sample);
        self
    }

    /// What the file `path` is there for: the first folder that says so, else a word of its name. A folder called `test` or `ci` among
    /// environments is an environment; one called `tests` or `e2e` is none for that. What the user named, and the folders on the way to
    /// it, say nothing.
    pub(crate) fn of(&self, path: &SourcePath) -> Purpose {
        if self.targets.named.contains(path) {
            return Purpose::Deployed;
        }
        let is_below = |folder: &&SourcePath| {
            let rest = path.as_str().strip_prefix(folder.as_str());
            folder.as_str().is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let named = self.targets.folders.iter().filter(is_below);
        let named = named.map(|it| it.as_str().len()).max().unwrap_or_default();
        let said = folders(path)
            .filter(|(above, _)| above.len() >= named)
            .find_map(|(above, folder)| {
                let folder = folder.to_ascii_lowercase();
                let purpose = of_folder(&folder)?;
                let is_environment = self.of_environments.contains(above)
                    || MAY_BE_ENVIRONMENTS.contains(&folder.as_str())
                        && self.of_siblings.contains(above);
                (purpose != Purpose::Test || !is_environment).then_some(purpose)
            });
        let said = said.unwrap_or_else(|| of_name(path.file_name()));
        match (said, self.otherwise) {
            (Purpose::Deployed, Some(otherwise)) if named == 0 => otherwise,
            _ => said,
        }
    }
}

/// Whether a path says itself that the file is wrong on purpose, as tests call what is to be refused: `testdata/invalid/app.yaml`.
pub fn is_called_wrong(path: &SourcePath) -> bool {
    let mut words = path.as_str().split(['/', '-', '.', '_']);
    words.any(|word| REFUSED.iter().any(|it| word.eq_ignore_ascii_case(it)))
}

/// Whether a path is that of something that tests only read: their input, or what they compare results with. No API server sees it.
pub fn is_read_by_tests(path: &SourcePath) -> bool {
    const FOLDERS: [&str; 12] = [
        "__snapshots__",
        "compare",
        "expected",
        "fixture",
        "fixtures",
        "golden",
        "goldens",
        "snapshot",
        "snapshots",
        "test-data",
        "testdata",
        "test_data",
    ];
    // Of Java's builds.
    const RESOURCES: &str = "src/test/resources/";
    let path = path.as_str();
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|it| FOLDERS.contains(&it)) || path.contains(RESOURCES)
}

/// Whether a README is that of a collection of samples, tutorials or the like: its title has their word in the plural. A sample application,
/// or a demonstration, is deployed as it stands.
fn is_collection(readme: &str) -> bool {
    let mut titles = readme
        .lines()
        .filter_map(|it| it.strip_prefix("# ").or_else(|| it.strip_prefix("= ")));
    let words = titles.next().unwrap_or_default().to_ascii_lowercase();
    let mut words = words.split(|it: char| !it.is_alphanumeric());
    words.any(|it| it.ends_with('s') && WORDS.get(it) == Some(&Purpose::Sample))
}

/// The folders on the way to a file, each with the path of the one above.
fn folders(path: &SourcePath) -> impl Iterator<Item = (&str, &str)> {
    let parent = path.parent();
    let ends = memchr_iter(b'/', parent.as_bytes()).chain(std::iter::once(parent.len()));
    let mut start = 0;
    ends.filter_map(move |end| {
        let above = &parent[..start.max(1) - 1];
        let folder = parent.get(start..end).unwrap_or_default();
        start = end + 1;
        (!folder.is_empty()).then_some((above, folder))
    })
}

/// What a folder says: its name in lower case is one of the words, however its parts are joined, or ends in one of them in the plural, as in
/// `invalid-examples`. A folder such as `demo-shop` or `api-docs` may hold a program of that name.
fn of_folder(name: &str) -> Option<Purpose> {
    // Put aside by its end: `radarr.disabled`.
    const ASIDE: [&str; 3] = ["bak", "disabled", "old"];
    let end = name.rsplit_once('.').map(|(_, end)| end);
    if end.is_some_and(|it| ASIDE.contains(&it)) {
        return Some(Purpose::Test);
    }
    // What Go's tools or a listing are to pass over: `_testdata`, `.examples`.
    let name = name.trim_start_matches(['_', '.']).replace('_', "-");
    WORDS.get(name.as_str()).copied().or_else(|| {
        let (_, last) = name.rsplit_once('-')?;
        let is_plural = last.ends_with('s') && last != "docs";
        WORDS.get(last).copied().filter(|_| is_plural)
    })
}

fn of_name(name: &str) -> Purpose {
    let name = name.to_ascii_lowercase();
    if is_step(&name) {
        return Purpose::Sample;
    }
    let mut words = name.split(['-', '.', '_']);
    words
        .find_map(|word| WORDS.get(word).copied())
        // `test.yaml` and `deploy-test.yaml` may be the manifests of an environment.
        .filter(|purpose| *purpose != Purpose::Test)
        .unwrap_or(Purpose::Deployed)
}

/// `step-03-quota.yaml`, `lesson2.yaml`: what a tutorial has its reader apply then, and delete again before the next.
fn is_step(name: &str) -> bool {
    let rest = ["step", "lesson"]
        .iter()
        .find_map(|it| name.strip_prefix(it));
    rest.is_some_and(|it| {
        it.trim_start_matches(['-', '_'])
            .starts_with(|it: char| it.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_only_read() {
        for (path, expected) in [
            ("pkg/testdata/app.yaml", true),
            ("chart/tests/snapshots/app/cm.yaml", true),
            ("core/src/test/resources/devfile/app.yaml", true),
            ("tests/e2e/app.yaml", false),
            ("tests/expected.yaml", false),
            ("src/test/app.yaml", false),
        ] {
            let path = SourcePath::new(path);
            assert_eq!(is_read_by_tests(&path), expected, "{path}");
        }
    }

    #[test]
    fn words_of_a_path() {
        for (path, expected) in [
            ("deploy/app.yaml", Purpose::Deployed),
            ("docs/app.yaml", Purpose::Sample),
            ("a/Examples/b/app.yaml", Purpose::Sample),
            ("pkg/testdata/app.yaml", Purpose::Test),
            ("cmd/_testdata/app.yaml", Purpose::Test),
            (".examples/app.yaml", Purpose::Sample),
            (".archive/db/app.yaml", Purpose::Test),
            ("apps/_deprecated/app.yaml", Purpose::Test),
            ("archive-service/app.yaml", Purpose::Deployed),
            ("media/radarr.disabled/app.yaml", Purpose::Test),
            ("media/radarr.old.v2/app.yaml", Purpose::Deployed),
            ("overlays/test/app.yaml", Purpose::Deployed),
            ("deploy/test.yaml", Purpose::Deployed),
            ("deploy/secret.example.yaml", Purpose::Sample),
            ("deploy/app-template.yaml", Purpose::Template),
            ("app.yaml", Purpose::Deployed),
            ("latest/docstore.yaml", Purpose::Deployed),
            ("k8s/step-03-quota.yaml", Purpose::Sample),
            ("k8s/step2.yaml", Purpose::Sample),
            ("k8s/step-functions.yaml", Purpose::Deployed),
            ("k8s/03-quota.yaml", Purpose::Deployed),
            ("hack/invalid-examples/app.yaml", Purpose::Sample),
            ("deploy/quick_start/app.yaml", Purpose::Sample),
            ("pkg/Test_Files/app.json", Purpose::Test),
            ("e2e-tests/conf/app.yaml", Purpose::Test),
            ("labs/storage/app.yaml", Purpose::Sample),
            ("clusters/lab/app.yaml", Purpose::Deployed),
            ("demo-shop/app.yaml", Purpose::Deployed),
            ("api-docs/app.yaml", Purpose::Deployed),
            ("test-service/app.yaml", Purpose::Deployed),
        ] {
            let listed = [SourcePath::new(path)];
            let purposes = Purposes::new(&listed, Targets::of(&listed));
            assert_eq!(purposes.of(&listed[0]), expected, "{path}");
        }
    }

    #[test]
    fn tests_call_what_is_wrong() {
        for (path, expected) in [
            ("testdata/invalid-objects/a.yaml", true),
            ("testdata/deploy.bad.input.yml", true),
            ("tests/Malformed/a.yaml", true),
            ("testdata/badge.yaml", false),
            ("testdata/validating.yaml", false),
        ] {
            assert_eq!(is_called_wrong(&SourcePath::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn environments_stand_beside_each_other() {
        let listed =
            ["deploy/prod/a.yaml", "deploy/test/a.yaml", "test/a.yaml"].map(SourcePath::new);
        let purposes = Purposes::new(&listed, Targets::of(&listed));
        assert_eq!(purposes.of(&listed[1]), Purpose::Deployed);
        assert_eq!(purposes.of(&listed[2]), Purpose::Test);
        // Of Go's modules, not of environments.
        let listed = ["staging/src/a.go", "tests/load/a.yaml"].map(SourcePath::new);
        let purposes = Purposes::new(&listed, Targets::of(&listed));
        assert_eq!(purposes.of(&listed[1]), Purpose::Test);
    }

    #[test]
    fn collections_say_so_in_their_title() {
        for (readme, expected) in [
            (
                "[badge]\n# Kubernetes Engine (GKE) Samples\n",
                Purpose::Sample,
            ),
            ("= Quickstarts and tutorials", Purpose::Sample),
            (
                "# Sample Microservice Application\n# Examples",
                Purpose::Deployed,
            ),
            ("## Examples\n", Purpose::Deployed),
            ("# Shop demo", Purpose::Deployed),
            ("", Purpose::Deployed),
        ] {
            let listed = ["app.yaml", "tests/app.yaml"].map(SourcePath::new);
            let purposes = Purposes::new(&listed, Targets::of(&listed)).with_readme(readme);
            assert_eq!(purposes.of(&listed[0]), expected, "{readme}");
            assert_eq!(purposes.of(&listed[1]), Purpose::Test, "{readme}");
        }
    }

    #[test]
    fn what_was_named_is_meant() {
        let listed = [
            "examples/shop/a.yaml",
            "examples/shop/docs/a.yaml",
            "examples/shops/a.yaml",
        ]
        .map(SourcePath::new);
        let folders = [SourcePath::new("examples/shop")];
        let targets = Targets {
            folders: &folders,
            ..Targets::of(&listed)
        };
        let purposes = Purposes::new(&listed, targets);
        assert_eq!(purposes.of(&listed[0]), Purpose::Deployed);
        assert_eq!(purposes.of(&listed[1]), Purpose::Sample);
        assert_eq!(purposes.of(&listed[2]), Purpose::Sample);
        let targets = Targets {
            named: &listed[1..2],
            ..Targets::of(&listed)
        };
        assert_eq!(
            Purposes::new(&listed, targets).of(&listed[1]),
            Purpose::Deployed
        );
    }
}
