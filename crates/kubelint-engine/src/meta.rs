//! What a rule's page says about the rule.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::params::Params;
use crate::{Confidence, Severity};

/// A rule's name: kebab case; it names the bad thing and reads well after "allow". Rules of other packs are `pack/rule`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

/// What a rule is about: the folder of its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// The server refuses it, or loses part of it.
    Api,
    /// It names something that is not there.
    Reference,
    /// Ports, selectors, URLs, ingress.
    Network,
    /// Probes.
    Probe,
    /// Images.
    Image,
    /// Variables, ConfigMaps, code.
    Config,
    /// Volumes and claims.
    Storage,
    /// Updates, scaling, disruption.
    Rollout,
    /// Scripts, workflows, GitOps objects.
    Delivery,
    /// What an attacker could use.
    Security,
    /// What fails one day.
    Reliability,
    /// Order in the house.
    Hygiene,
}

/// Where a rule is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// New: off unless named or `--preview`.
    Preview,
    /// Proven on healthy repositories.
    Stable,
    /// To be removed.
    Deprecated,
}

/// What a rule's page states in its front matter.
#[derive(Clone, Debug)]
pub struct RuleMeta {
    /// Its name: the page's file name.
    pub id: RuleId,
    /// Its category: the page's folder.
    pub category: Category,
    /// What is wrong, in a few words.
    pub title: String,
    /// The severity of its findings at high confidence.
    pub severity: Severity,
    /// The highest confidence of its findings.
    pub confidence: Confidence,
    /// Where it is in its life.
    pub status: Status,
    /// The version that brought it.
    pub since: String,
    /// Rules or categories whose finding of the same cause explains this rule's away.
    pub yields_to: Vec<String>,
    /// Other names by which users may know it (ids of other linters).
    pub aliases: Vec<String>,
    /// Further reading.
    pub references: Vec<String>,
    /// The kinds that it looks at, as `Deployment` or `networking.k8s.io/Ingress`; empty if the page does not say.
    pub kinds: Vec<String>,
    /// Its parameters with their defaults.
    pub params: Params,
    /// Whether it runs without being asked for, where the page says so; else category and severity decide.
    pub default: Option<OnByDefault>,
    /// The page's first line: what is flagged, in one sentence.
    pub summary: String,
    /// The page's section `## Remedy`: what to do.
    pub remedy: String,
}

/// What a page says about running its rule when nobody asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnByDefault {
    /// It runs, although its category or severity is quiet.
    On,
    /// It does not, although its category and severity would.
    Off,
}

impl RuleId {
    /// The rule called `id`.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RuleId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Status {
    /// The word used on pages and in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
        }
    }

    /// The status of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Preview, Self::Stable, Self::Deprecated]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

impl Category {
    /// All categories, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Api,
        Self::Reference,
        Self::Network,
        Self::Probe,
        Self::Image,
        Self::Config,
        Self::Storage,
        Self::Rollout,
        Self::Delivery,
        Self::Security,
        Self::Reliability,
        Self::Hygiene,
    ];

    /// The word used for folders, output and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Reference => "reference",
            Self::Network => "network",
            Self::Probe => "probe",
            Self::Image => "image",
            Self::Config => "config",
            Self::Storage => "storage",
            Self::Rollout => "rollout",
            Self::Delivery => "delivery",
            Self::Security => "security",
            Self::Reliability => "reliability",
            Self::Hygiene => "hygiene",
        }
    }

    /// The category of a word, if it is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// Whether its errors and warnings are on without being asked for.
    pub const fn on_by_default(self) -> bool {
        !matches!(self, Self::Security | Self::Reliability | Self::Hygiene)
    }
}
