//! What a file is for, as far as its path tells: kustomizations, charts, and names that mean YAML.

use std::collections::BTreeSet;

use kubelint_parser::source::{SourcePath, Sources};

/// The names under which kustomize looks for a kustomization, in its order.
pub const KUSTOMIZATION_NAMES: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether kustomize takes a file of this name for a kustomization.
pub fn is_kustomization(path: &SourcePath) -> bool {
    KUSTOMIZATION_NAMES.contains(&path.file_name())
}

/// Whether the name alone says that it holds values of a chart: `values.yaml`, `values-prod.yaml`.
pub(crate) fn is_values(path: &SourcePath) -> bool {
    is_yaml(path) && path.file_name().starts_with("values")
}

/// Whether the name alone says YAML or JSON.
pub fn is_yaml(path: &SourcePath) -> bool {
    is_kustomization(path)
        || path.extension().is_some_and(|it| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|known| it.eq_ignore_ascii_case(known))
        })
}

/// Whether GitHub Actions reads the file as a workflow.
pub(super) fn is_workflow(path: &SourcePath) -> bool {
    matches!(path.parent(), ".github/workflows") || path.parent().ends_with("/.github/workflows")
}

/// Whether GitLab reads the file as its pipeline.
pub(super) fn is_gitlab(path: &SourcePath) -> bool {
    path.file_name() == ".gitlab-ci.yml"
}

/// Whether `docker compose` reads the file without being told: `compose.yaml`, `docker-compose.override.yml` …
pub(super) fn is_compose(path: &SourcePath) -> bool {
    let name = path.file_name();
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    let rest = stem.and_then(|stem| {
        stem.strip_prefix("docker-compose")
            .or_else(|| stem.strip_prefix("compose"))
    });
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

/// Whether the name says that it is a Dockerfile, or one of its variants: `Dockerfile.dev`, `api.dockerfile`, `Containerfile`. Templates of
/// them, and what is about them, are none.
pub(crate) fn is_dockerfile(path: &SourcePath) -> bool {
    const OTHERS: [&str; 22] = [
        "dockerignore",
        "md",
        "txt",
        "html",
        "yaml",
        "yml",
        "json",
        "go",
        "py",
        "js",
        "ts",
        "java",
        "sh",
        "ps1",
        "in",
        "j2",
        "jinja",
        "tmpl",
        "tpl",
        "template",
        "orig",
        "patch",
    ];
    let name = path.file_name().to_ascii_lowercase();
    let is_other = name
        .rsplit_once('.')
        .is_some_and(|(_, extension)| OTHERS.contains(&extension));
    let names = ["dockerfile", "containerfile"];
    !is_other
        && names.iter().any(|it| {
            let behind = name.strip_prefix(it);
            let before = name.strip_suffix(it);
            behind.is_some_and(|it| it.is_empty() || it.starts_with(['.', '-', '_']))
                || before.is_some_and(|it| it.ends_with(['.', '-', '_']))
        })
}

/// The folders that are Helm charts.
#[derive(Debug, Default)]
pub(super) struct Charts {
    folders: BTreeSet<String>,
}

/// What a file within a chart is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChartPart {
    /// A template: text for helm.
    Template,
    /// `Chart.yaml`, values, lock files, values for chart tests.
    File,
}

impl Charts {
    /// The charts among all files: a folder with a `Chart.yaml`, or with helm's own files among its templates (a chart whose
    /// `Chart.yaml` is made by a build).
    pub(super) fn find<'a>(paths: impl IntoIterator<Item = &'a SourcePath>) -> Self {
        let folders = paths
            .into_iter()
            .filter_map(|path| match path.file_name() {
                "Chart.yaml" => Some(path.parent()),
                "_helpers.tpl" | "NOTES.txt" => match path.parent() {
                    "templates" => Some(""),
                    folder => folder.strip_suffix("/templates"),
                },
                _ => None,
            })
            .map(str::to_owned)
            .collect();
        Self { folders }
    }

    /// Adds the charts of files that are not listed (ignored by git, say), but were named.
    pub(super) fn add_unlisted(&mut self, path: &SourcePath, sources: &dyn Sources) {
        let mut rest = path.parent();
        while let Some(folder) = enclosing_templates(rest) {
            let chart = SourcePath::new(&format!("{folder}/Chart.yaml"));
            if sources.exists(&chart) {
                self.folders.insert(folder.to_owned());
                return;
            }
            rest = folder;
        }
    }

    /// What `path` is to the chart it lies in; `None` if it lies in none, or is something that helm passes on as it is (`crds/`) or
    /// does not read.
    pub(super) fn part(&self, path: &SourcePath) -> Option<ChartPart> {
        let text = path.as_str();
        // The nearest chart first: a chart may hold others in `charts/`.
        let mut folder = path.parent();
        loop {
            if self.folders.contains(folder) {
                let rest = text[folder.len()..].trim_start_matches('/');
                return part_of(rest);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }
}

/// The folder that holds the innermost `templates` folder on the way to `folder`.
fn enclosing_templates(folder: &str) -> Option<&str> {
    let at = format!("/{folder}/").rfind("/templates/")?;
    Some(folder.get(..at.saturating_sub(1)).unwrap_or_default())
}

/// What the file at `rest` within a chart is for.
fn part_of(rest: &str) -> Option<ChartPart> {
    if rest.starts_with("templates/") {
        return Some(ChartPart::Template);
    }
    let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let is_chart_file = match folder {
        "" => {
            let values = name.contains("values") && name.ends_with(['l', 'n']);
            values
                || ["Chart.", "requirements.", "questions."]
                    .iter()
                    .any(|known| name.starts_with(known))
        }
        "ci" => true,
        _ => false,
    };
    is_chart_file.then_some(ChartPart::File)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_charts() {
        let listed: Vec<SourcePath> = [
            "c/Chart.yaml",
            "c/charts/sub/Chart.yaml",
            "gen/templates/_helpers.tpl",
        ]
        .map(SourcePath::new)
        .into();
        let charts = Charts::find(&listed);
        for (path, expected) in [
            ("c/templates/a/b.yaml", Some(ChartPart::Template)),
            ("c/charts/sub/templates/x.yaml", Some(ChartPart::Template)),
            ("c/charts/sub/values.yaml", Some(ChartPart::File)),
            ("c/values-prod.yaml", Some(ChartPart::File)),
            ("c/ci/test.yaml", Some(ChartPart::File)),
            ("c/crds/crd.yaml", None),
            ("c/examples/app.yaml", None),
            ("gen/templates/x.yaml", Some(ChartPart::Template)),
            ("templates/x.yaml", None),
            ("d/values.yaml", None),
        ] {
            assert_eq!(charts.part(&SourcePath::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn names() {
        for (path, yaml) in [
            ("a.yaml", true),
            ("a.YML", true),
            ("b/Kustomization", true),
            ("a.json", true),
            ("a.yaml.tmpl", false),
            ("Dockerfile", false),
            (".yaml", false),
        ] {
            assert_eq!(is_yaml(&SourcePath::new(path)), yaml, "{path}");
        }
        assert!(is_compose(&SourcePath::new("x/docker-compose.prod.yml")));
        assert!(is_compose(&SourcePath::new("compose.yaml")));
        assert!(!is_compose(&SourcePath::new("composed.yaml")));
        for (path, expected) in [
            ("Dockerfile", true),
            ("a/Dockerfile.dev", true),
            ("a/dockerfile", true),
            ("a/api.Dockerfile", true),
            ("Dockerfile-alpine", true),
            ("Containerfile", true),
            ("Dockerfile.dockerignore", false),
            ("Dockerfile.tmpl", false),
            ("dockerfile_test.go", false),
            ("mydockerfile", false),
        ] {
            assert_eq!(is_dockerfile(&SourcePath::new(path)), expected, "{path}");
        }
        assert!(is_workflow(&SourcePath::new(".github/workflows/ci.yml")));
    }

    #[test]
    fn enclosing_folder_of_templates() {
        assert_eq!(enclosing_templates("a/templates/b"), Some("a"));
        assert_eq!(enclosing_templates("templates"), Some(""));
        assert_eq!(enclosing_templates("a/b"), None);
        assert_eq!(
            enclosing_templates("templates/a/templates"),
            Some("templates/a")
        );
    }
}
