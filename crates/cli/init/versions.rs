//! Hints of the cluster's version: what Terraform, pipelines, scripts and charts say of it. They are read line by line, for they stand in
//! files of a dozen formats, and are shown with their places: a person decides.

use std::collections::BTreeSet;

use kubelint_engine::settings::KubernetesVersion;
use kubelint_parser::source::{SourcePath, Sources};

use crate::config::FILE_NAME;

/// A place that names a version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hint {
    /// The file.
    pub(crate) path: SourcePath,
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The version.
    pub(crate) version: KubernetesVersion,
    /// Of what it is said to be the version.
    pub(crate) of: Of,
}

/// Of what a version is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Of {
    /// A cluster that these files make or describe.
    Cluster,
    /// A cluster on which the manifests are tried, or a version for which another tool checks them.
    Trial,
    /// kubectl, which may be a minor version older or newer than the cluster.
    Client,
    /// The oldest cluster for which a chart is made.
    Least,
}

/// What the configuration is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This version.
    Set(KubernetesVersion),
    /// None, for this reason; at most a proposal.
    Leave(Option<KubernetesVersion>, &'static str),
}

impl Of {
    /// The words for it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Trial => "cluster or check in a pipeline",
            Self::Client => "kubectl",
            Self::Least => "least for which a chart is made",
        }
    }
}

/// A text in front of a version, in lower case, and of what the version is.
struct Marker(&'static str, Of);

/// In files of any format. What begins with a letter may be the end of a longer name.
const MARKERS: [Marker; 17] = [
    Marker("kindest/node:", Of::Trial),
    Marker("rancher/k3s:", Of::Trial),
    Marker("install_k3s_version", Of::Trial),
    Marker("k3s-version", Of::Trial),
    Marker("kubernetes-version", Of::Trial),
    Marker("kubernetes_version", Of::Trial),
    Marker("k8s-version", Of::Trial),
    Marker("k8s_version", Of::Trial),
    Marker("kube-version", Of::Trial),
    Marker("kube_version", Of::Trial),
    Marker("kubernetesversion:", Of::Cluster),
    Marker("--cluster-version", Of::Cluster),
    Marker("dl.k8s.io/", Of::Client),
    Marker("kubernetes-release/release/", Of::Client),
    Marker("bitnami/kubectl:", Of::Client),
    Marker("alpine/k8s:", Of::Client),
    Marker("kubectl_version", Of::Client),
];

/// In Terraform, besides; what [`MARKERS`] says is [`Of::Trial`] is the cluster there.
const TERRAFORM: [&str; 4] = [
    "cluster_version",
    "eks_version",
    "min_master_version",
    "orchestrator_version",
];

/// Folders whose files speak of other clusters.
const ELSEWHERE: [&str; 8] = [
    "testdata",
    "fixtures",
    "vendor",
    "node_modules",
    "third_party",
    "examples",
    "example",
    "samples",
];

/// Larger files are data.
const MAX_TEXT: usize = 1 << 20;

/// All hints, sorted by place.
pub(crate) fn hints(sources: &dyn Sources) -> Vec<Hint> {
    let mut found = BTreeSet::new();
    for path in sources.list().iter().filter(|it| may_tell(it)) {
        let text = match sources.read(path) {
            Ok(text) if text.as_str().len() <= MAX_TEXT => text,
            _ => continue,
        };
        let mut reader = Reader::new(path, text.as_str());
        for (index, line) in text.as_str().lines().enumerate() {
            for (version, of) in reader.read(line) {
                found.insert(Hint {
                    path: path.clone(),
                    line: index + 1,
                    version,
                    of,
                });
            }
        }
    }
    found.into_iter().collect()
}

/// What follows from `hints`.
pub(crate) fn choose(hints: &[Hint]) -> Choice {
    let of = |wanted: &[Of]| -> BTreeSet<KubernetesVersion> {
        let hints = hints.iter().filter(|it| wanted.contains(&it.of));
        hints.map(|it| it.version).collect()
    };
    let (clusters, clients) = (of(&[Of::Cluster, Of::Trial]), of(&[Of::Client]));
    let least = of(&[Of::Least]).last().copied();
    let Some(&version) = clusters.last() else {
        return match (clients.last(), least) {
            (Some(&client), _) => Choice::Leave(
                Some(client),
                "only kubectl's version is stated, and the cluster's may be one older or newer",
            ),
            (None, Some(least)) => {
                Choice::Leave(Some(least), "only the least version for charts is stated")
            }
            (None, None) => Choice::Leave(None, "nothing here says which it is"),
        };
    };
    // What these files make comes before what they are tried on.
    let newest_cluster = of(&[Of::Cluster]).last().copied();
    let proposal = Some(newest_cluster.unwrap_or(version));
    if clusters.len() > 1 {
        return Choice::Leave(proposal, "these places disagree");
    }
    if clients
        .iter()
        .any(|it| it.minor.abs_diff(version.minor) > 1)
    {
        return Choice::Leave(
            proposal,
            "kubectl is not made for a cluster of that version",
        );
    }
    if least.is_some_and(|it| it > version) {
        return Choice::Leave(proposal, "a chart is made for newer clusters only");
    }
    Choice::Set(version)
}

/// Whether a file's name says that it may tell of clusters.
fn may_tell(path: &SourcePath) -> bool {
    let name = path.file_name();
    // What an earlier run wrote is no witness.
    if path.as_str() == FILE_NAME {
        return false;
    }
    let by_extension = path.extension().is_some_and(|it| {
        [
            "yaml", "yml", "tf", "tfvars", "hcl", "sh", "bash", "mk", "toml",
        ]
        .contains(&it)
    });
    let by_name = matches!(
        name,
        "Makefile" | "GNUmakefile" | "justfile" | "Justfile" | "Jenkinsfile" | ".tool-versions"
    );
    (by_extension || by_name) && !path.segments().any(|it| ELSEWHERE.contains(&it))
}

/// A file while it is read, line by line.
struct Reader {
    format: Format,
    block: Block,
    /// How many lines ago `azure/setup-kubectl` was used.
    since_setup: Option<usize>,
}

/// What a file is, where that matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    /// Terraform, and what is written like it.
    Terraform,
    /// A chart's `Chart.yaml`.
    Chart,
    /// Versions of tools, for asdf or mise.
    Tools,
    /// What eksctl makes a cluster of.
    Eksctl,
    /// Anything else.
    Other,
}

/// What the line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Nothing of interest.
    Other,
    /// A Terraform resource that is a cluster: `version` is its.
    Cluster,
    /// A Terraform variable called like a version of Kubernetes: `default` is it.
    Variable,
    /// The metadata of a document of eksctl: `version` is the cluster's.
    Metadata,
}

impl Reader {
    fn new(path: &SourcePath, text: &str) -> Self {
        let format = match (path.file_name(), path.extension()) {
            ("Chart.yaml", _) => Format::Chart,
            (".tool-versions" | "mise.toml" | ".mise.toml", _) => Format::Tools,
            (_, Some("tf" | "tfvars" | "hcl")) => Format::Terraform,
            _ if text.contains("eksctl.io/") => Format::Eksctl,
            _ => Format::Other,
        };
        Self {
            format,
            block: Block::Other,
            since_setup: None,
        }
    }

    /// The versions that `line` names.
    fn read(&mut self, line: &str) -> Vec<(KubernetesVersion, Of)> {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') || trimmed.starts_with("//") {
            return Vec::new();
        }
        let line = line.to_ascii_lowercase();
        let trimmed = line.trim_start();
        self.enter(&line, trimmed);
        if self.format == Format::Chart {
            return least(&line).map(|it| (it, Of::Least)).into_iter().collect();
        }
        let mut found = self.in_block(trimmed);
        for Marker(marker, of) in &MARKERS {
            let of = if self.format == Format::Terraform && *of == Of::Trial {
                Of::Cluster
            } else {
                *of
            };
            found.extend(after(&line, marker).into_iter().map(|it| (it, of)));
        }
        if self.format == Format::Terraform {
            let versions = TERRAFORM.iter().flat_map(|it| after(&line, it));
            found.extend(versions.map(|it| (it, Of::Cluster)));
        }
        if line.contains("eksctl create cluster") {
            found.extend(
                after(&line, "--version")
                    .into_iter()
                    .map(|it| (it, Of::Cluster)),
            );
        }
        if self.format == Format::Tools && trimmed.starts_with("kubectl") {
            found.extend(
                after(&line, "kubectl")
                    .into_iter()
                    .map(|it| (it, Of::Client)),
            );
        }
        found
    }

    /// Notes which block the line begins or ends.
    fn enter(&mut self, line: &str, trimmed: &str) {
        if self.format == Format::Terraform {
            if line.starts_with('}') {
                self.block = Block::Other;
            } else if let Some(rest) = line.strip_prefix("resource \"") {
                let kind = rest.split('"').next().unwrap_or_default();
                self.block = if is_cluster(kind) {
                    Block::Cluster
                } else {
                    Block::Other
                };
            } else if let Some(rest) = line.strip_prefix("variable \"") {
                let name = rest.split('"').next().unwrap_or_default();
                let known = TERRAFORM.iter().copied();
                let mut known = known.chain(["kubernetes_version", "k8s_version"]);
                self.block = if known.any(|it| name.ends_with(it)) {
                    Block::Variable
                } else {
                    Block::Other
                };
            }
        } else if self.format == Format::Eksctl
            && !line.starts_with([' ', '-'])
            && !line.trim().is_empty()
        {
            self.block = if line.starts_with("metadata:") {
                Block::Metadata
            } else {
                Block::Other
            };
        }
        self.since_setup = if trimmed.contains("azure/setup-kubectl") {
            Some(0)
        } else if trimmed.starts_with("- ") {
            None
        } else {
            self.since_setup.map(|it| it + 1).filter(|it| *it <= 6)
        };
    }

    fn in_block(&self, trimmed: &str) -> Vec<(KubernetesVersion, Of)> {
        let (key, of) = match self.block {
            Block::Cluster | Block::Metadata => ("version", Of::Cluster),
            Block::Variable => ("default", Of::Cluster),
            Block::Other if self.since_setup.is_some() => ("version", Of::Client),
            Block::Other => return Vec::new(),
        };
        let rest = trimmed.strip_prefix(key).map(str::trim_start);
        let value = rest.filter(|it| it.starts_with(['=', ':']));
        let versions = value.map(versions).unwrap_or_default();
        versions.into_iter().map(|it| (it, of)).collect()
    }
}

/// Whether a resource of Terraform of this kind is a cluster: `aws_eks_cluster`, `digitalocean_kubernetes_cluster`. Those that begin with
/// `kubernetes_` are objects in one.
fn is_cluster(kind: &str) -> bool {
    let kinds = ["eks_cluster", "kubernetes", "k8s", "linode"];
    !kind.starts_with("kubernetes_") && kinds.iter().any(|it| kind.contains(it))
}

/// The version below which a chart refuses a cluster: of `kubeVersion: ">=1.25.0-0"` it is 1.25.
fn least(line: &str) -> Option<KubernetesVersion> {
    let range = line.strip_prefix("kubeversion:")?;
    let range = range.trim_start_matches([' ', '"', '\'']);
    let from = range.strip_prefix(['>', '^', '~'])?;
    versions(from).first().copied()
}

/// The versions behind each `marker` in `line`.
fn after(line: &str, marker: &str) -> Vec<KubernetesVersion> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(marker) {
        rest = &rest[at + marker.len()..];
        found.extend(versions(rest));
    }
    found
}

/// The version with which `text` begins, behind what stands between a name and its value; and if that is a list, the others.
fn versions(text: &str) -> Vec<KubernetesVersion> {
    const BETWEEN: [char; 10] = [' ', '\t', '=', ':', '"', '\'', '`', '[', ',', '/'];
    let mut found = Vec::new();
    let mut rest = text.strip_prefix("release/").unwrap_or(text);
    let mut is_list = false;
    loop {
        let value = rest.trim_start_matches(BETWEEN);
        is_list |= rest[..rest.len() - value.len()].contains('[');
        let value = value.strip_prefix('v').unwrap_or(value);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-')))
            .unwrap_or(value.len());
        let Some(version) = version(&value[..end]) else {
            return found;
        };
        found.push(version);
        rest = &value[end..];
        if !is_list {
            return found;
        }
    }
}

/// The minor version of `1.31`, `1.31.4` or `1.31.4-k3s1`. Others are no versions of a Kubernetes that somebody still runs.
fn version(word: &str) -> Option<KubernetesVersion> {
    let rest = word.strip_prefix("1.")?;
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let minor: u32 = rest[..digits].parse().ok()?;
    let is_whole = !rest[digits..].starts_with(|c: char| c.is_ascii_alphanumeric());
    ((11..100).contains(&minor) && is_whole).then_some(KubernetesVersion { major: 1, minor })
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::MemorySources;

    use super::*;

    /// The hints of one file, as `line version of`.
    fn told(path: &str, text: &str) -> Vec<String> {
        let sources = MemorySources::new([(path, text)]);
        let told = |it: &Hint| format!("{} {} {:?}", it.line, it.version, it.of);
        hints(&sources).iter().map(told).collect()
    }

    #[test]
    fn files_of_every_format_tell_versions() {
        for (path, text, expected) in [
            (
                "kind.yaml",
                "nodes:\n- image: kindest/node:v1.29.4@sha256:00\n",
                "2 1.29 Trial",
            ),
            (
                "Makefile",
                "k3d cluster create --image rancher/k3s:v1.28.2-k3s1\n",
                "1 1.28 Trial",
            ),
            (
                "a.sh",
                "curl -sfL x | INSTALL_K3S_VERSION=v1.27.1+k3s1 sh -\n",
                "1 1.27 Trial",
            ),
            (
                "ci/x.yml",
                "  - run: kubeconform -kubernetes-version 1.31.0 -strict .\n",
                "1 1.31 Trial",
            ),
            (
                "a.sh",
                "helm template . --kube-version=1.30\n",
                "1 1.30 Trial",
            ),
            (
                "infra/main.tf",
                "kubernetes_version = \"1.31\"\n",
                "1 1.31 Cluster",
            ),
            (
                "infra/eks.tf",
                "module \"eks\" {\n  cluster_version = \"1.30\"\n}\n",
                "2 1.30 Cluster",
            ),
            (
                "a.tf",
                "resource \"aws_eks_cluster\" \"x\" {\n  version = \"1.29\"\n}\n",
                "2 1.29 Cluster",
            ),
            (
                "a.tf",
                "resource \"helm_release\" \"kubernetes\" {\n  version = \"1.29\"\n}\n",
                "",
            ),
            (
                "a.tf",
                "variable \"cluster_version\" {\n  default = \"1.32\"\n}\n",
                "2 1.32 Cluster",
            ),
            (
                "a.tf",
                "variable \"cluster_version\" {\n  type = string\n}\nx {\n default = \"1.32\"\n}\n",
                "",
            ),
            (
                "eks.yaml",
                "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata:\n  name: x\n  version: \"1.30\"\naddons:\n- version: 1.22\n",
                "5 1.30 Cluster",
            ),
            (
                "kubeadm.yaml",
                "kubernetesVersion: v1.31.2\n",
                "1 1.31 Cluster",
            ),
            (
                "a.sh",
                "curl -LO https://dl.k8s.io/release/v1.30.1/bin/linux/amd64/kubectl\n",
                "1 1.30 Client",
            ),
            (
                ".github/workflows/x.yml",
                "- uses: azure/setup-kubectl@v4\n  with:\n    version: 'v1.29.0'\n- uses: other/setup@v4\n  with:\n    version: v1.22.0\n",
                "3 1.29 Client",
            ),
            (
                ".tool-versions",
                "helm 3.14.0\nkubectl 1.29.2\n",
                "2 1.29 Client",
            ),
            (
                "Chart.yaml",
                "name: x\nkubeVersion: \">=1.25.0-0\"\n",
                "2 1.25 Least",
            ),
        ] {
            let expected: Vec<_> = Some(expected)
                .filter(|it| !it.is_empty())
                .into_iter()
                .collect();
            assert_eq!(told(path, text), expected, "{path}: {text}");
        }
        assert_eq!(
            told("w.yml", "  k8s-version: [\"v1.29.0\", 'v1.30.1']\n"),
            ["1 1.29 Trial", "1 1.30 Trial"]
        );
    }

    #[test]
    fn what_is_no_version_of_a_cluster_is_none() {
        for (path, text) in [
            ("a.yaml", "# kindest/node:v1.29.4\n"),
            ("a.yaml", "image: kindest/node:${VERSION}\n"),
            ("a.yaml", "kubernetes-version: ${{ matrix.version }}\n"),
            ("a.yaml", "kubernetesVersion: 1.31x\n"),
            ("a.yaml", "kubernetesVersion: 1.9\n"),
            ("a.yaml", "kubernetesVersion: 11.31\n"),
            ("a.sh", "curl -LO https://dl.k8s.io/release/stable.txt\n"),
            ("a.tf", "cluster_version = \"7.10\"\n"),
            ("a.md", "kindest/node:v1.29.4\n"),
            ("test/testdata/a.yaml", "kubernetesVersion: 1.31\n"),
            ("Chart.yaml", "kubeVersion: \"<1.25.0\"\nversion: 1.31.0\n"),
        ] {
            assert_eq!(told(path, text), [""; 0], "{path}: {text}");
        }
    }

    #[test]
    fn one_version_is_set_and_a_doubtful_one_is_left() {
        let hint = |minor, of| Hint {
            path: SourcePath::new("a"),
            line: minor as usize,
            version: KubernetesVersion { major: 1, minor },
            of,
        };
        let version = |minor| KubernetesVersion { major: 1, minor };
        let choose = |hints: &[(u32, Of)]| {
            let hints: Vec<_> = hints.iter().map(|it| hint(it.0, it.1)).collect();
            match choose(&hints) {
                Choice::Set(version) => (true, Some(version)),
                Choice::Leave(proposal, _) => (false, proposal),
            }
        };
        for (hints, expected) in [
            (&[][..], (false, None)),
            (
                &[(31, Of::Cluster), (31, Of::Trial), (30, Of::Client)],
                (true, Some(version(31))),
            ),
            (
                &[(30, Of::Cluster), (31, Of::Trial)],
                (false, Some(version(30))),
            ),
            (
                &[(29, Of::Trial), (31, Of::Trial)],
                (false, Some(version(31))),
            ),
            (
                &[(31, Of::Cluster), (28, Of::Client)],
                (false, Some(version(31))),
            ),
            (&[(31, Of::Client)], (false, Some(version(31)))),
            (&[(25, Of::Least)], (false, Some(version(25)))),
            (
                &[(31, Of::Cluster), (25, Of::Least)],
                (true, Some(version(31))),
            ),
            (
                &[(31, Of::Cluster), (32, Of::Least)],
                (false, Some(version(31))),
            ),
        ] {
            assert_eq!(choose(hints), expected, "{hints:?}");
        }
    }
}
