//! The configuration file, `kubelint.yaml`: one table of its keys ([`KEYS`]), from which it is checked and its schema is printed.
//!
//! A repository's configuration may come from a stranger's pull request, so it can only narrow what kubelint reads and reports.
//! Keys that widen are refused in it, with their place; they belong to flags and to the person's own configuration.

use crate::mistake::{InputText, Mistake, MistakePlace};
use crate::params::Param;
use crate::settings::{
    FailOn, KubernetesVersion, Layer, Level, NetworkWish, NodePool, ParamWish, PathIgnoreWish,
    Profile, RuleWish, Word,
};
use crate::shape::{Field, Shape, optional, required};
use crate::value::{Data, Value};
use crate::{Confidence, Severity};
use kubelint_model::known::{CustomKind, ExternalObject};
use kubelint_model::registry::Platform;
use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

/// Whose configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The repository's: it may come from anyone.
    Repository,
    /// One of the repository's that a flag names: it may name what it likes, but what it says of the network may come from anyone.
    Chosen,
    /// The person's own, or one named by a flag that lies outside the repository.
    Person,
}

const TEXTS: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);
const LEVEL: Shape = Shape::Word(&["off", "info", "warning", "error"]);

/// The keys of the configuration.
pub const KEYS: Shape = Shape::Map(FIELDS);

const FIELDS: &[Field] = &[
    optional(
        "root",
        Shape::Bool,
        "Whether this folder is the root: the tree from which references are resolved.",
    ),
    optional(
        "kubernetes-version",
        Shape::Version,
        "The version of the cluster, as \"1.31\"; unset, only what holds in all supported versions is said.",
    ),
    optional("cluster", CLUSTER, "What no file shows of the cluster."),
    optional(
        "profile",
        Shape::Word(&Profile::WORDS),
        "The rules to start from: strict adds advice on security, reliability and order.",
    ),
    optional(
        "select",
        Shape::List(&Shape::Text),
        "Rules and categories to run instead of the profile's.",
    ),
    optional(
        "extend-select",
        Shape::List(&Shape::Text),
        "Rules and categories to run besides.",
    ),
    optional(
        "ignore",
        Shape::List(&Shape::Either(&[Shape::Text, PATH_IGNORE])),
        "Rules and categories not to run; or, with a path and a reason, findings to allow there.",
    ),
    optional(
        "rules",
        Shape::Table(&Shape::Either(&[LEVEL, RULE])),
        "Levels and parameters, by rule.",
    ),
    optional(
        "external",
        Shape::List(&Shape::Either(&[Shape::Text, EXTERNAL])),
        "Objects that are made elsewhere, as `Secret/app-credentials`; `*` stands for any characters.",
    ),
    optional(
        "repository",
        TEXTS,
        "The URLs under which GitOps objects know this repository, besides git's remote `origin`.",
    ),
    optional(
        "kinds",
        Shape::List(&KIND),
        "Custom kinds that run pods, and where their pod template is. (No rule reads it yet.)",
    ),
    optional(
        "packs",
        Shape::List(&Shape::Text),
        "Folders of further rule packs, from this file's folder.",
    ),
    optional(
        "baseline",
        Shape::Text,
        "The file of findings that are known already, from this file's folder.",
    ),
    optional(
        "min-confidence",
        Shape::Word(&["low", "medium", "high"]),
        "The least confidence that is shown: low, medium (the default) or high.",
    ),
    optional(
        "fail-on",
        Shape::Word(&FailOn::WORDS),
        "The least severity that makes a run fail: error is the default.",
    ),
    optional(
        "platform",
        TEXTS,
        "The platforms of the cluster's nodes, as linux/arm64.",
    ),
    optional(
        "online",
        Shape::Bool,
        "Whether registries are asked about images. This key and those below stand in a person's own configuration only.",
    ),
    optional(
        "require-online",
        Shape::Bool,
        "Whether a run fails if a registry that is asked does not tell.",
    ),
    optional(
        "no-cache",
        Shape::Bool,
        "Whether registries are asked again what they said a short time ago.",
    ),
    optional(
        "registry-auth",
        Shape::Text,
        "A file of credentials as docker and podman keep them, from this file's folder.",
    ),
    optional(
        "registry-mirror",
        TEXTS,
        "Registries to ask in place of others, as docker.io=mirror.example.com.",
    ),
    optional(
        "insecure-registry",
        TEXTS,
        "Registries that are asked without encryption, as HOST or HOST:PORT, wherever they are.",
    ),
    optional(
        "allow-registry",
        TEXTS,
        "Registries that may be at private addresses, as HOST or HOST:PORT.",
    ),
];

const CLUSTER: Shape = Shape::Map(&[optional(
    "nodes",
    Shape::Either(&[Shape::Int(1), Shape::List(&NODES)]),
    "How many nodes there are, or a list of nodes that are alike.",
)]);

const NODES: Shape = Shape::Map(&[
    required("count", Shape::Int(1), "How many of them."),
    optional(
        "cpu",
        Shape::Quantity,
        "The CPUs of each that pods may request.",
    ),
    optional(
        "memory",
        Shape::Quantity,
        "The memory of each that pods may request.",
    ),
    optional(
        "platform",
        Shape::Text,
        "The platform of each, as linux/arm64.",
    ),
]);

const PATH_IGNORE: Shape = Shape::Map(&[
    required("rule", TEXTS, "The rule, or several."),
    required(
        "path",
        TEXTS,
        "A path from the root, or several; `*` and `**` as in .gitignore.",
    ),
    required("reason", Shape::Text, "Why that is right there."),
]);

const RULE: Shape = Shape::Map(&[
    optional("level", LEVEL, "Its severity, or off."),
    optional(
        "params",
        Shape::Table(&Shape::Any),
        "Its parameters, as its page lists them.",
    ),
]);

const EXTERNAL: Shape = Shape::Map(&[
    required("kind", Shape::Text, "Its kind."),
    required(
        "name",
        Shape::Text,
        "Its name; `*` stands for any characters.",
    ),
    optional("namespace", Shape::Text, "Its namespace; any if not given."),
]);

const KIND: Shape = Shape::Map(&[
    required("group", Shape::Text, "Its API group."),
    required("kind", Shape::Text, "Its kind."),
    required(
        "pod-template",
        Shape::Text,
        "The path of its pod template, as `spec.template`.",
    ),
]);

/// What would widen, and how to ask for it instead.
const WIDENING: [(&str, &str); 7] = [
    ("online", "the network is turned on by --online"),
    (
        "require-online",
        "that registries must answer is asked by --require-online",
    ),
    ("no-cache", "registries are asked anew by --no-cache"),
    ("registry-auth", "credentials are named by --registry-auth"),
    ("registry-mirror", "a mirror is named by --registry-mirror"),
    (
        "insecure-registry",
        "plain HTTP is allowed by --insecure-registry",
    ),
    (
        "allow-registry",
        "a registry is allowed by --allow-registry",
    ),
];

/// The JSON Schema of the configuration.
pub fn json_schema() -> String {
    KEYS.json_schema(
        "https://kubelint.dev/schema/config.json",
        "kubelint configuration",
    )
}

/// Reads the configuration `text` of the file `path`, which is how mistakes name it.
pub fn parse(path: &str, text: &str, trust: Trust) -> Result<Layer, Vec<Mistake>> {
    let input = InputText::new(path, text);
    let whole = TextRange::new(0, text.len() as u32);
    let Some(value) = Value::read(&input, whole)? else {
        return Ok(Layer::default());
    };
    let mut mistakes = Vec::new();
    if trust != Trust::Person {
        refuse_widening(&input, &value, &mut mistakes);
    }
    KEYS.check(&input, "", &value, &mut mistakes);
    let reader = Reader { input: &input };
    let layer = if mistakes.is_empty() {
        reader.layer(&value, &mut mistakes)
    } else {
        Layer::default()
    };
    if trust == Trust::Repository {
        refuse_outside(&layer, &mut mistakes);
    }
    if mistakes.is_empty() {
        Ok(layer)
    } else {
        mistakes.sort_by_key(|it| it.place.as_ref().map(|place| place.range.start));
        mistakes.dedup_by(|a, b| a.place == b.place);
        Err(mistakes)
    }
}

fn refuse_widening(input: &InputText<'_>, value: &Value, mistakes: &mut Vec<Mistake>) {
    for (key, _) in value.entries() {
        if let Some((name, how)) = WIDENING.iter().find(|(name, _)| *name == key.text) {
            let message = format!(
                "a repository's configuration cannot set `{name}`: {how}, or in your own configuration"
            );
            mistakes.push(input.mistake(key.range, message));
        }
    }
}

/// Refuses files outside the root: whoever writes a pull request must not choose what is read there.
fn refuse_outside(layer: &Layer, mistakes: &mut Vec<Mistake>) {
    let named = layer.packs.iter().map(|it| ("packs", it));
    let named = named.chain(layer.baseline.iter().map(|it| ("baseline", it)));
    for (key, word) in named {
        let path = word.text.replace('\\', "/");
        let absolute = path.starts_with(['/', '~']) || path.as_bytes().get(1) == Some(&b':');
        if absolute || SourcePath::new("kubelint.yaml").join(&path).is_none() {
            mistakes.push(Mistake {
                place: word.place.clone(),
                message: format!(
                    "`{key}`: `{}` lies outside the root, which a repository's configuration cannot name; use --{}",
                    word.text,
                    key.trim_end_matches('s')
                ),
            });
        }
    }
}

struct Reader<'a> {
    input: &'a InputText<'a>,
}

impl Reader<'_> {
    fn layer(&self, value: &Value, mistakes: &mut Vec<Mistake>) -> Layer {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let (ignore, path_ignores) = self.ignores(value, mistakes);
        Layer {
            root: value.get("root").and_then(Value::as_bool),
            profile: text("profile").and_then(Profile::parse),
            preview: None,
            select: value.get("select").map(|it| self.words(Some(it))),
            extend_select: self.words(value.get("extend-select")),
            ignore,
            path_ignores,
            rules: self.rules(value),
            packs: self.words(value.get("packs")),
            baseline: value.get("baseline").map(|it| self.word(it)),
            min_confidence: text("min-confidence").and_then(Confidence::parse),
            fail_on: text("fail-on").and_then(FailOn::parse),
            kubernetes_version: value
                .get("kubernetes-version")
                .and_then(|it| KubernetesVersion::parse(self.written(it))),
            nodes: value
                .get("cluster")
                .and_then(|it| it.get("nodes"))
                .map(|it| self.nodes(it, mistakes)),
            external: self.external(value, mistakes),
            repository: self
                .words(value.get("repository"))
                .into_iter()
                .map(|it| it.text)
                .collect(),
            kinds: Self::kinds(value),
            platforms: value.get("platform").map(|it| self.platforms(it, mistakes)),
            network: self.network(value),
        }
    }

    fn network(&self, value: &Value) -> NetworkWish {
        let flag = |key: &str| value.get(key).and_then(Value::as_bool);
        NetworkWish {
            // Who wants to be told has to ask.
            online: flag("online").or(flag("require-online").filter(|it| *it)),
            require_online: flag("require-online"),
            no_cache: flag("no-cache"),
            registry_auth: value.get("registry-auth").map(|it| self.word(it)),
            registry_mirror: self.words(value.get("registry-mirror")),
            insecure_registry: self.words(value.get("insecure-registry")),
            allow_registry: self.words(value.get("allow-registry")),
        }
    }

    fn platforms(&self, value: &Value, mistakes: &mut Vec<Mistake>) -> Vec<Platform> {
        let mut found = Vec::new();
        for it in value.items() {
            match Platform::parse(it.as_str().unwrap_or_default()) {
                Some(platform) => found.push(platform),
                None => mistakes.push(
                    self.input
                        .mistake(it.range, "a platform as `linux/arm64` is meant here"),
                ),
            }
        }
        found
    }

    /// The bytes of a value as written.
    fn written(&self, value: &Value) -> &str {
        value.range.of(self.input.text())
    }

    fn place(&self, range: TextRange) -> Option<MistakePlace> {
        self.input.mistake(range, "").place
    }

    fn word(&self, value: &Value) -> Word {
        Word {
            text: value.as_str().unwrap_or_default().to_owned(),
            place: self.place(value.range),
        }
    }

    fn words(&self, value: Option<&Value>) -> Vec<Word> {
        value
            .map_or(&[][..], Value::items)
            .iter()
            .map(|it| self.word(it))
            .collect()
    }

    fn ignores(
        &self,
        value: &Value,
        mistakes: &mut Vec<Mistake>,
    ) -> (Vec<Word>, Vec<PathIgnoreWish>) {
        let items = value.get("ignore").map_or(&[][..], Value::items);
        let words = items.iter().filter(|it| it.as_str().is_some());
        let maps = items.iter().filter(|it| matches!(it.data, Data::Map(_)));
        for it in items {
            let reason = it
                .get("reason")
                .filter(|it| it.as_str().is_some_and(|it| it.trim().is_empty()));
            mistakes.extend(reason.map(|it| self.input.mistake(it.range, "`reason` is empty")));
        }
        let wish = |it: &Value| PathIgnoreWish {
            rules: self.words(it.get("rule")),
            paths: self.words(it.get("path")),
            reason: it
                .get("reason")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        };
        (
            words.map(|it| self.word(it)).collect(),
            maps.map(wish).collect(),
        )
    }

    fn rules(&self, value: &Value) -> Vec<RuleWish> {
        let entries = value.get("rules").map_or(&[][..], Value::entries);
        let wish = |(key, value): &(crate::value::Key, Value)| {
            let level = value.as_str().or_else(|| value.get("level")?.as_str());
            let params = value.get("params").map_or(&[][..], Value::entries);
            RuleWish {
                rule: self.key(key),
                level: level.map(|it| Severity::parse(it).map_or(Level::Off, Level::On)),
                params: params
                    .iter()
                    .map(|(key, value)| ParamWish {
                        name: self.key(key),
                        value: Param::from_value(value),
                        written: Word {
                            text: value.data.describe().to_owned(),
                            place: self.place(value.range),
                        },
                    })
                    .collect(),
            }
        };
        entries.iter().map(wish).collect()
    }

    fn key(&self, key: &crate::value::Key) -> Word {
        Word {
            text: key.text.clone(),
            place: self.place(key.range),
        }
    }

    fn nodes(&self, value: &Value, mistakes: &mut Vec<Mistake>) -> Vec<NodePool> {
        let count = |it: i64| u32::try_from(it).unwrap_or(u32::MAX);
        if let Some(number) = value.as_int() {
            return vec![NodePool {
                count: count(number),
                cpu: None,
                memory: None,
                platform: None,
            }];
        }
        let quantity = |it: &Value| it.as_str().unwrap_or_else(|| self.written(it)).to_owned();
        value
            .items()
            .iter()
            .map(|it| NodePool {
                count: it.get("count").and_then(Value::as_int).map_or(1, count),
                cpu: it.get("cpu").map(quantity),
                memory: it.get("memory").map(quantity),
                platform: it
                    .get("platform")
                    .and_then(|it| self.platforms(it, mistakes).pop()),
            })
            .collect()
    }

    fn external(&self, value: &Value, mistakes: &mut Vec<Mistake>) -> Vec<ExternalObject> {
        let items = value.get("external").map_or(&[][..], Value::items);
        let mut objects = Vec::new();
        for item in items {
            let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
            let object = match item.as_str() {
                Some(word) => word
                    .split_once('/')
                    .filter(|(kind, name)| {
                        !kind.is_empty() && !name.is_empty() && !name.contains('/')
                    })
                    .map(|(kind, name)| ExternalObject {
                        kind: kind.to_owned(),
                        name: name.to_owned(),
                        namespace: None,
                    }),
                None => text("kind")
                    .zip(text("name"))
                    .map(|(kind, name)| ExternalObject {
                        kind,
                        name,
                        namespace: text("namespace"),
                    }),
            };
            match object {
                Some(object) => objects.push(object),
                None => mistakes.push(self.input.mistake(
                    item.range,
                    "an object is named by kind and name here, as `Secret/app-credentials`",
                )),
            }
        }
        objects
    }

    fn kinds(value: &Value) -> Vec<CustomKind> {
        let items = value.get("kinds").map_or(&[][..], Value::items);
        let text = |it: &Value, key: &str| {
            it.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        items
            .iter()
            .map(|it| CustomKind {
                group: text(it, "group"),
                kind: text(it, "kind"),
                pod_template: text(it, "pod-template"),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
