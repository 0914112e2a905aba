//! One file of the repository: what it is for, and its tree.

use kubelint_parser::SourceId;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Yaml;
use kubelint_parser::yaml::resolve::Profile;

use crate::purpose::Purpose;

/// A loaded file: an index into [`crate::DeploymentGraph::files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// What a file is for, as its path and content tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// YAML or JSON in which at least one document is a manifest, or would be if it parsed.
    Manifest,
    /// A kustomization or kustomize component.
    Kustomization,
    /// A patch that some kustomization names: a partial object or a list of JSON6902 operations.
    Patch,
    /// A template of a Helm chart: text for helm, not YAML yet.
    ChartTemplate,
    /// A chart's `Chart.yaml`, values or other file for helm.
    ChartFile,
    /// A workflow of GitHub Actions.
    Workflow,
    /// An action of GitHub that a workflow or another action of the repository uses.
    Action,
    /// A pipeline of GitLab CI.
    GitLab,
    /// A file of docker compose.
    Compose,
    /// A script, Makefile, pipeline or the like, read for its commands.
    Script,
    /// A Dockerfile, or a Containerfile.
    Dockerfile,
    /// A source file of a program.
    Source,
    /// A text for people, read for the commands and manifests in it.
    Document,
    /// YAML or JSON that is none of these.
    OtherYaml,
    /// Anything else.
    Other,
}

/// A loaded and parsed file.
#[derive(Debug)]
pub struct File {
    /// Its source.
    pub source: SourceId,
    /// Its path.
    pub path: SourcePath,
    /// What it is for.
    pub role: Role,
    /// What the words of its path say that it is there for.
    pub purpose: Purpose,
    /// Whether findings in it are to be reported: it lies under a path that the user named.
    pub target: bool,
    /// Whether it does not parse and holds a template language's delimiters, and only a kustomization names it: another tool may fill it
    /// in before kustomize reads it.
    pub template: bool,
    /// Its tree; empty for roles that are not YAML, and for YAML that cannot hold anything of interest.
    pub yaml: Yaml,
}

/// Why a file that the user asked about was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// It is a template of a Helm chart.
    ChartTemplate,
    /// It looks like a manifest, does not parse, and holds delimiters of a template language: text for some tool.
    Template,
    /// It mentions manifests, does not parse, and does not look like one itself.
    Unreadable,
    /// It is called YAML or JSON and holds no text.
    Binary,
    /// The user named it, and it holds no manifest.
    NoManifest,
}

impl Role {
    /// The word for it, in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Kustomization => "kustomization",
            Self::Patch => "patch",
            Self::ChartTemplate => "chart template",
            Self::ChartFile => "chart file",
            Self::Workflow => "workflow",
            Self::Action => "action",
            Self::GitLab => "pipeline",
            Self::Compose => "compose file",
            Self::Script => "script",
            Self::Dockerfile => "Dockerfile",
            Self::Source => "source",
            Self::Document => "document",
            Self::OtherYaml => "other YAML",
            Self::Other => "other",
        }
    }

    /// How the program that such a file is written for reads YAML; none where no program is known.
    pub const fn profile(self) -> Option<Profile> {
        match self {
            // kustomize reads its own file as kubectl reads manifests.
            Self::Manifest | Self::Kustomization | Self::GitLab => Some(Profile::Kubectl),
            Self::Patch => Some(Profile::Kustomize),
            Self::ChartFile => Some(Profile::HelmValues),
            Self::Workflow | Self::Action => Some(Profile::Workflow),
            Self::Compose => Some(Profile::Compose),
            Self::ChartTemplate
            | Self::Script
            | Self::Dockerfile
            | Self::Source
            | Self::Document
            | Self::OtherYaml
            | Self::Other => None,
        }
    }
}

impl LeftOut {
    /// Every reason, in the order in which they are told.
    pub const ALL: [Self; 5] = [
        Self::ChartTemplate,
        Self::Template,
        Self::Unreadable,
        Self::Binary,
        Self::NoManifest,
    ];

    /// What such files are, for `count` of them, without the number: `Helm chart templates were not rendered and not checked`.
    pub const fn words(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::ChartTemplate, 1) => "Helm chart template was not rendered and not checked",
            (Self::ChartTemplate, _) => "Helm chart templates were not rendered and not checked",
            (Self::Template, 1) => "template of another tool was not checked",
            (Self::Template, _) => "templates of other tools were not checked",
            (Self::Unreadable, 1) => {
                "file that mentions manifests does not parse and was not checked"
            }
            (Self::Unreadable, _) => {
                "files that mention manifests do not parse and were not checked"
            }
            (Self::Binary, 1) => "file that is called YAML or JSON is not text",
            (Self::Binary, _) => "files that are called YAML or JSON are not text",
            (Self::NoManifest, 1) => "file holds no manifest",
            (Self::NoManifest, _) => "files hold no manifest",
        }
    }
}
