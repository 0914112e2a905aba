//! What the user asked for: layers of wishes ([`Layer`]), resolved into [`Settings`] that are valid.
//!
//! The layers are the person's own configuration, the repository's configuration and the flags, in this order; a later one wins.
//! Which rules run is decided layer by layer, from the rules of the profile on:
//!
//! 1. `select` replaces what was selected so far;
//! 2. `extend-select`, and `rules: {id: level}` with a level other than off, add;
//! 3. `ignore`, and `rules: {id: off}`, take away.
//!
//! A rule that is named by its id or an alias runs, also if it is info or in preview. A category stands for its errors and warnings
//! (with the strict profile also its infos), without those in preview (unless `--preview`).

use std::collections::BTreeMap;

use kubelint_model::known::{CustomKind, ExternalObject};
use kubelint_model::registry::Platform;
use kubelint_model::{Known, Needs};

use crate::before::ReferencesBefore;
use crate::decide::{Baseline, FoundBefore, PathIgnore};
use crate::meta::OnByDefault;
use crate::mistake::{Mistake, MistakePlace};
use crate::params::{Param, Params};
use crate::registry::{Check, Rule};
use crate::suggest::hint;
use crate::{Category, Confidence, Registry, RuleId, RuleMeta, Severity, Status};

/// The settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules that run, each with the severity that the user gave it, if any.
    pub rules: BTreeMap<RuleId, Option<Severity>>,
    /// The parameters of those rules whose page has any.
    pub params: BTreeMap<RuleId, Params>,
    /// Findings of lower confidence are left out.
    pub min_confidence: Confidence,
    /// From which severity on findings make a run fail.
    pub fail_on: FailOn,
    /// Findings that the configuration allows by path.
    pub ignores: Vec<PathIgnore>,
    /// Findings that are known already, if the user keeps a baseline.
    pub baseline: Option<Baseline>,
    /// What was found before the change, if only what a change brought counts.
    pub before: Option<FoundBefore>,
    /// What the user states about the world.
    pub world: World,
    /// What the person allows of the network. The engine never uses it: whoever looks up images does.
    pub network: Network,
}

/// What the person allows of the network. The default allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Whether registries are asked.
    pub online: bool,
    /// Whether it is a failure if one that is asked does not tell.
    pub require_online: bool,
    /// Whether answers of a short time ago count for nothing.
    pub no_cache: bool,
    /// A file of credentials.
    pub registry_auth: Option<String>,
    /// Registries to ask in place of others: `docker.io=mirror.example.com`.
    pub registry_mirror: Vec<Word>,
    /// Registries that are asked without encryption, wherever they are.
    pub insecure_registry: Vec<Word>,
    /// Registries that may be at private addresses.
    pub allow_registry: Vec<Word>,
}

/// What the user states about the world that no file shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// The version of the cluster; `None` if nobody stated one.
    pub kubernetes_version: Option<KubernetesVersion>,
    /// The cluster's nodes; empty if nobody stated them.
    pub nodes: Vec<NodePool>,
    /// The platforms of the cluster's nodes; empty if nobody stated them.
    pub platforms: Vec<Platform>,
    /// Objects that are made elsewhere, the repository's URLs, custom kinds.
    pub known: Known,
    /// What led somewhere before the change, if a change is looked at.
    pub before: ReferencesBefore,
}

/// A minor version of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The major version: 1.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

/// Nodes that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodePool {
    /// How many.
    pub count: u32,
    /// The CPUs of each that pods may request, as a quantity, if stated.
    pub cpu: Option<String>,
    /// The memory of each that pods may request, as a quantity, if stated.
    pub memory: Option<String>,
    /// The platform of each, if stated.
    pub platform: Option<Platform>,
}

/// From which severity on findings make a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    At(Severity),
    /// None does.
    Never,
}

/// Which rules run when nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Errors and warnings about what will not run; little advice.
    #[default]
    Default,
    /// Every rule that is not in preview.
    Strict,
}

/// What one place asks for. Everything is optional; the default asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Whether the configuration says that its folder is the root.
    pub root: Option<bool>,
    /// The profile.
    pub profile: Option<Profile>,
    /// Whether rules in preview count like others.
    pub preview: Option<bool>,
    /// Rules and categories to run instead of those before.
    pub select: Option<Vec<Word>>,
    /// Rules and categories to run too.
    pub extend_select: Vec<Word>,
    /// Rules and categories not to run.
    pub ignore: Vec<Word>,
    /// Findings to allow by path.
    pub path_ignores: Vec<PathIgnoreWish>,
    /// Levels and parameters.
    pub rules: Vec<RuleWish>,
    /// Folders of further rule packs. Loading them is the caller's part: the registry must hold them before layers are resolved.
    pub packs: Vec<Word>,
    /// The baseline's file. Reading it is the caller's part.
    pub baseline: Option<Word>,
    /// The least confidence shown.
    pub min_confidence: Option<Confidence>,
    /// From which severity on to fail.
    pub fail_on: Option<FailOn>,
    /// The cluster's version.
    pub kubernetes_version: Option<KubernetesVersion>,
    /// The cluster's nodes.
    pub nodes: Option<Vec<NodePool>>,
    /// Objects that are made elsewhere; those of all layers hold.
    pub external: Vec<ExternalObject>,
    /// This repository's URLs; those of all layers hold.
    pub repository: Vec<String>,
    /// Custom kinds that run pods; those of all layers hold.
    pub kinds: Vec<CustomKind>,
    /// The platforms of the cluster's nodes.
    pub platforms: Option<Vec<Platform>>,
    /// What is wanted of the network.
    pub network: NetworkWish,
}

/// What one place asks for of the network.
#[derive(Clone, Debug, Default)]
pub struct NetworkWish {
    /// Whether registries are asked.
    pub online: Option<bool>,
    /// Whether they must answer.
    pub require_online: Option<bool>,
    /// Whether answers of a short time ago count for nothing.
    pub no_cache: Option<bool>,
    /// A file of credentials: from the working directory.
    pub registry_auth: Option<Word>,
    /// Registries to ask in place of others; those of all layers hold, the last for each.
    pub registry_mirror: Vec<Word>,
    /// Registries that are asked without encryption; those of all layers hold.
    pub insecure_registry: Vec<Word>,
    /// Registries that may be at private addresses; those of all layers hold.
    pub allow_registry: Vec<Word>,
}

/// A word of the user's, and where it stands if it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Its place.
    pub place: Option<MistakePlace>,
}

/// Findings to allow: every rule in every path.
#[derive(Clone, Debug)]
pub struct PathIgnoreWish {
    /// The rules.
    pub rules: Vec<Word>,
    /// The path patterns, from the root.
    pub paths: Vec<Word>,
    /// Why.
    pub reason: String,
}

/// What is asked of one rule.
#[derive(Clone, Debug)]
pub struct RuleWish {
    /// The rule.
    pub rule: Word,
    /// Its level.
    pub level: Option<Level>,
    /// Its parameters.
    pub params: Vec<ParamWish>,
}

/// The level of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It does not run.
    Off,
    /// It runs, and its findings have at most the severity that their confidence allows.
    On(Severity),
}

/// A parameter that is given.
#[derive(Clone, Debug)]
pub struct ParamWish {
    /// Its name.
    pub name: Word,
    /// Its value; `None` if no parameter can have it.
    pub value: Option<Param>,
    /// What was written and where.
    pub written: Word,
}

impl Settings {
    /// The settings that `layers` ask for, the first being the weakest. The mistakes name rules, categories and parameters that the
    /// registry does not have, and patterns that are none.
    pub fn resolve(registry: &Registry, layers: &[Layer]) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut resolver = Resolver {
            registry,
            profile: last(layers, |it| it.profile).unwrap_or_default(),
            preview: last(layers, |it| it.preview).unwrap_or(false),
            mistakes: &mut mistakes,
        };
        let mut rules = resolver.profile_rules();
        let mut params = registry
            .iter()
            .filter(|it| !it.meta.params.is_empty())
            .map(|it| (it.meta.id.clone(), it.meta.params.clone()))
            .collect();
        let mut ignores = Vec::new();
        for layer in layers {
            resolver.select(layer, &mut rules);
            resolver.params(layer, &mut params);
            resolver.path_ignores(layer, &mut ignores);
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        params.retain(|id, _| rules.contains_key(id));
        Ok(Self {
            rules,
            params,
            min_confidence: last(layers, |it| it.min_confidence).unwrap_or(Confidence::Medium),
            fail_on: last(layers, |it| it.fail_on).unwrap_or_default(),
            ignores,
            baseline: None,
            before: None,
            world: World {
                kubernetes_version: last(layers, |it| it.kubernetes_version),
                nodes: last(layers, |it| it.nodes.clone()).unwrap_or_default(),
                platforms: platforms(layers),
                known: Known {
                    external: all(layers, |it| &it.external),
                    repository: all(layers, |it| &it.repository),
                    kinds: all(layers, |it| &it.kinds),
                },
                before: ReferencesBefore::default(),
            },
            network: Network::of(layers),
        })
    }

    /// What the selected rules need to see.
    pub fn needs(&self, registry: &Registry) -> Needs {
        let mut needs = Needs::default();
        for rule in self.rules.keys().filter_map(|it| registry.get(it.as_str())) {
            if let Check::Code(code) = &rule.check {
                needs.substitutions |= code.needs.substitutions;
                needs.links |= code.needs.links;
                needs.paths |= code.needs.paths;
                needs.images |= code.needs.images;
                needs.ports |= code.needs.ports;
                needs.workflows |= code.needs.workflows;
                needs.programs |= code.needs.programs;
                needs.registry |= code.needs.registry;
            }
        }
        needs
    }
}

impl Network {
    fn of(layers: &[Layer]) -> Self {
        let flag = |of: fn(&NetworkWish) -> Option<bool>| {
            last(layers, |it| of(&it.network)).unwrap_or_default()
        };
        let auth = last(layers, |it| it.network.registry_auth.clone());
        Self {
            online: flag(|it| it.online),
            require_online: flag(|it| it.require_online),
            no_cache: flag(|it| it.no_cache),
            registry_auth: auth.map(|it| it.text),
            registry_mirror: all(layers, |it| &it.network.registry_mirror),
            insecure_registry: all(layers, |it| &it.network.insecure_registry),
            allow_registry: all(layers, |it| &it.network.allow_registry),
        }
    }
}

/// The platforms of the nodes: those that are stated for all, else those of the pools if each states one.
fn platforms(layers: &[Layer]) -> Vec<Platform> {
    if let Some(stated) = last(layers, |it| it.platforms.clone()) {
        return stated;
    }
    let pools = last(layers, |it| it.nodes.clone()).unwrap_or_default();
    let each: Option<Vec<Platform>> = pools.into_iter().map(|it| it.platform).collect();
    let mut found = each.unwrap_or_default();
    found.sort_unstable();
    found.dedup();
    found
}

impl FailOn {
    /// The words for it.
    pub const WORDS: [&str; 4] = ["error", "warning", "info", "never"];

    /// What a word means, if it is one of [`FailOn::WORDS`].
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "never" => Some(Self::Never),
            word => Severity::parse(word).map(Self::At),
        }
    }

    /// Whether a finding of this severity makes a run fail.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::At(least) => severity >= least,
            Self::Never => false,
        }
    }
}

impl Default for FailOn {
    fn default() -> Self {
        Self::At(Severity::Error)
    }
}

impl Profile {
    /// The words for the profiles.
    pub const WORDS: [&str; 2] = ["default", "strict"];

    /// The profile of a word, if it is one of [`Profile::WORDS`].
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "default" => Some(Self::Default),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }

    /// Whether the rule runs when nothing else is said. Rules in preview do not.
    pub fn includes(self, rule: &RuleMeta) -> bool {
        rule.status != Status::Preview && self.would_include(rule)
    }

    /// The same, if the rule were not in preview.
    fn would_include(self, rule: &RuleMeta) -> bool {
        match (self, rule.default) {
            (Self::Strict, _) | (_, Some(OnByDefault::On)) => true,
            (_, Some(OnByDefault::Off)) => false,
            (_, None) => rule.category.on_by_default() && rule.severity >= Severity::Warning,
        }
    }
}

impl KubernetesVersion {
    /// The version of a word as `1.31`, `v1.31` or `1.31.4`.
    pub fn parse(word: &str) -> Option<Self> {
        crate::shape::parse_version(word).map(|(major, minor)| Self { major, minor })
    }
}

impl std::fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Word {
    /// A word that stands in no file: one of a flag.
    pub fn unplaced(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            place: None,
        }
    }

    fn mistake(&self, message: impl Into<String>) -> Mistake {
        Mistake {
            place: self.place.clone(),
            message: message.into(),
        }
    }
}

/// What the last layer that says something says.
fn last<T>(layers: &[Layer], of: impl Fn(&Layer) -> Option<T>) -> Option<T> {
    layers.iter().rev().find_map(of)
}

fn all<T: Clone>(layers: &[Layer], of: impl Fn(&Layer) -> &Vec<T>) -> Vec<T> {
    layers.iter().flat_map(|it| of(it).clone()).collect()
}

type Selected = BTreeMap<RuleId, Option<Severity>>;

struct Resolver<'a> {
    registry: &'a Registry,
    profile: Profile,
    preview: bool,
    mistakes: &'a mut Vec<Mistake>,
}

impl Resolver<'_> {
    fn profile_rules(&self) -> Selected {
        self.registry
            .iter()
            .filter(|it| self.shown(&it.meta) && self.profile.would_include(&it.meta))
            .map(|it| (it.meta.id.clone(), None))
            .collect()
    }

    fn shown(&self, rule: &RuleMeta) -> bool {
        self.preview || rule.status != Status::Preview
    }

    fn select(&mut self, layer: &Layer, rules: &mut Selected) {
        if let Some(words) = &layer.select {
            let before = std::mem::take(rules);
            for id in words.iter().flat_map(|it| self.named(it)) {
                let severity = before.get(&id).copied().flatten();
                rules.insert(id, severity);
            }
        }
        for id in layer.extend_select.iter().flat_map(|it| self.named(it)) {
            rules.entry(id).or_default();
        }
        for wish in &layer.rules {
            for id in self.rules_named(&wish.rule) {
                match wish.level {
                    Some(Level::On(severity)) => {
                        rules.insert(id, Some(severity));
                    }
                    Some(Level::Off) => {
                        rules.remove(&id);
                    }
                    None => {}
                }
            }
        }
        for word in &layer.ignore {
            match Category::parse(&word.text) {
                Some(category) => rules.retain(|id, _| {
                    self.registry
                        .get(id.as_str())
                        .is_none_or(|it| it.meta.category != category)
                }),
                None => {
                    for id in self.rules_named(word) {
                        rules.remove(&id);
                    }
                }
            }
        }
    }

    /// The rules that a word selects: by category, by id or by alias.
    fn named(&mut self, word: &Word) -> Vec<RuleId> {
        let Some(category) = Category::parse(&word.text) else {
            return self.rules_named(word);
        };
        let loud =
            |it: &RuleMeta| it.severity >= Severity::Warning || self.profile.would_include(it);
        self.registry
            .iter()
            .map(|it| &it.meta)
            .filter(|it| it.category == category && self.shown(it) && loud(it))
            .map(|it| it.id.clone())
            .collect()
    }

    /// The rules that a word names by id or alias.
    fn rules_named(&mut self, word: &Word) -> Vec<RuleId> {
        let found: Vec<_> = self
            .registry
            .find(&word.text)
            .map(|it: &Rule| it.meta.id.clone())
            .collect();
        if found.is_empty() {
            let hint = hint(self.registry.did_you_mean(&word.text));
            let message = format!("there is no rule `{}`{hint}", word.text);
            self.mistakes.push(word.mistake(message));
        }
        found
    }

    fn params(&mut self, layer: &Layer, params: &mut BTreeMap<RuleId, Params>) {
        for wish in layer.rules.iter().filter(|it| !it.params.is_empty()) {
            // An unknown rule was a mistake already.
            for rule in self.registry.find(&wish.rule.text) {
                let id = &rule.meta.id;
                let given = params.entry(id.clone()).or_default();
                for param in &wish.params {
                    if let Err(message) = given.set(id, param) {
                        self.mistakes.push(message);
                    }
                }
            }
        }
    }

    fn path_ignores(&mut self, layer: &Layer, ignores: &mut Vec<PathIgnore>) {
        for wish in &layer.path_ignores {
            let rules: Vec<_> = wish
                .rules
                .iter()
                .flat_map(|it| self.rules_named(it))
                .collect();
            for path in &wish.paths {
                for rule in &rules {
                    match PathIgnore::new(rule.clone(), &path.text, &wish.reason) {
                        Ok(ignore) => ignores.push(ignore),
                        Err(error) => {
                            let message = format!("`{}` is no path pattern: {error}", path.text);
                            self.mistakes.push(path.mistake(message));
                            break;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
