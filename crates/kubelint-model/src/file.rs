//! One file of the repository: what it is for, and its tree.

use kubelint_parser::SourceId;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Yaml;

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
    /// YAML or JSON that is none of these.
    OtherYaml,
    /// Anything else: scripts, Dockerfiles, sources.
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
    /// Whether findings in it are to be reported: it lies under a path that the user named.
    pub target: bool,
    /// Its tree; empty for roles that are not YAML.
    pub yaml: Yaml,
}
