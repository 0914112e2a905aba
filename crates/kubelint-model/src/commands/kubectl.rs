//! The command lines of kubectl, oc, helm and eksctl: their flags, and what they create.

use super::words::{UNKNOWN, Word};

/// Flags that take a value as a word of their own; all others stand alone, or bring it after `=`. From `kubectl options`, and the help of
/// `apply`, `create`, `run`, `expose`, `autoscale`, `rollout`, `set`, `exec`, `port-forward`, `helm install` and `eksctl create
/// iamserviceaccount`.
#[rustfmt::skip]
const VALUE_FLAGS: [&str; 99] = [
    "annotation", "annotations", "as", "as-group", "attach-policy-arn", "ca-file", "cert", "certificate-authority", "class",
    "client-certificate", "client-key", "cluster", "cluster-ip", "clusterrole", "context", "cpu-percent", "default-backend",
    "description", "display-name", "docker-email", "docker-password", "docker-server", "docker-username", "duration", "env",
    "external-ip", "external-name", "field-manager", "filename", "from", "from-env-file", "from-file", "from-literal",
    "group", "hard", "image", "image-pull-policy", "key", "kube-context", "kubeconfig", "kustomize", "labels",
    "limits", "max", "max-unavailable", "min", "min-available", "name", "namespace", "node-port", "output", "overrides",
    "port", "preemption-policy", "profile", "protocol", "region", "replicas", "repo", "requests", "resource",
    "resource-name", "restart", "role", "rule", "schedule", "selector", "server", "serviceaccount",
    "set", "set-file", "set-string", "target-port", "tcp", "token", "type",
    "applyset", "cache-dir", "container", "current-replicas", "field-selector", "for", "grace-period", "patch",
    "prune-allowlist", "request-timeout", "resource-version", "since", "since-time", "tail", "timeout", "user",
    "address", "containers", "pod-running-timeout", "revision", "sort-by", "template", "to-revision",
];

const SHORT_VALUE_FLAGS: [&str; 11] = ["n", "f", "k", "l", "o", "s", "c", "e", "p", "v", "L"];

/// Whether a flag, without its dashes, takes the next word as its value.
pub(crate) fn takes_value(flag: &str) -> bool {
    VALUE_FLAGS.contains(&flag) || SHORT_VALUE_FLAGS.contains(&flag)
}

/// The arguments of a command.
#[derive(Debug, Default)]
pub(super) struct Arguments<'a> {
    pub(super) positional: Vec<&'a Word>,
    /// Flags without dashes, with their values.
    flags: Vec<(&'a str, Option<Value<'a>>)>,
}

/// The value of a flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    pub(super) text: &'a str,
    pub(super) word: &'a Word,
}

impl<'a> Arguments<'a> {
    /// Sorts words into flags and others. `--` ends nothing, for `minikube kubectl -- apply` goes on behind it.
    pub(super) fn read(words: &'a [Word]) -> Self {
        let mut found = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let text = word.text.as_str();
            let long = text.strip_prefix("--");
            let Some(flag) = long
                .or_else(|| text.strip_prefix('-'))
                .filter(|it| !it.is_empty())
            else {
                if text != "--" {
                    found.positional.push(word);
                }
                continue;
            };
            let value_of = |text: &'a str| Some(Value { text, word });
            if let Some((name, value)) = flag.split_once('=') {
                found.flags.push((name, value_of(value)));
                continue;
            }
            let first = &flag[..flag.chars().next().map_or(0, char::len_utf8)];
            if long.is_none() && flag.len() > 1 && SHORT_VALUE_FLAGS.contains(&first) {
                found.flags.push((first, value_of(&flag[1..])));
                continue;
            }
            let known: &[&str] = if long.is_some() {
                &VALUE_FLAGS
            } else {
                &SHORT_VALUE_FLAGS
            };
            let value = known.contains(&flag).then(|| words.next()).flatten();
            let value = value.map(|word| Value {
                text: &word.text,
                word,
            });
            found.flags.push((flag, value));
        }
        found
    }

    /// The values of a flag, in order.
    pub(super) fn values(&self, names: &'static [&'static str]) -> impl Iterator<Item = Value<'a>> {
        let of = self.flags.iter().filter(|(name, _)| names.contains(name));
        of.filter_map(|(_, value)| *value)
    }

    /// Whether a flag is set.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.flags
            .iter()
            .any(|(name, value)| names.contains(name) && value.is_none_or(|it| it.text != "false"))
    }

    /// The namespace that is stated, as written.
    pub(super) fn namespace(&self) -> Option<&'a str> {
        self.values(&["n", "namespace"]).last().map(|it| it.text)
    }

    fn word(&self, index: usize) -> Option<&'a str> {
        self.positional.get(index).map(|it| it.text.as_str())
    }
}

/// The kind that kubectl creates for a word, as of `kubectl create --help`.
fn kind_of(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "configmap" | "cm" | "configmaps" => "ConfigMap",
        "serviceaccount" | "sa" | "serviceaccounts" => "ServiceAccount",
        "namespace" | "ns" | "namespaces" => "Namespace",
        "role" => "Role",
        "rolebinding" => "RoleBinding",
        "clusterrole" => "ClusterRole",
        "clusterrolebinding" => "ClusterRoleBinding",
        "deployment" | "deploy" => "Deployment",
        "deploymentconfig" | "dc" => "DeploymentConfig",
        "job" => "Job",
        "cronjob" | "cj" => "CronJob",
        "ingress" | "ing" => "Ingress",
        "poddisruptionbudget" | "pdb" => "PodDisruptionBudget",
        "quota" | "resourcequota" => "ResourceQuota",
        "priorityclass" | "pc" => "PriorityClass",
        "imagestream" | "is" => "ImageStream",
        _ => return None,
    })
}

/// What a command line of kubectl or oc creates without a file: kinds and names as written.
pub(super) fn created<'a>(arguments: &Arguments<'a>) -> Vec<(&'static str, &'a str)> {
    let word = |index| arguments.word(index);
    let named = |kind: &'static str, name: Option<&'a str>| -> Vec<(&'static str, &'a str)> {
        name.map(|name| (kind, name)).into_iter().collect()
    };
    match (word(0), word(1)) {
        (Some("create"), Some("secret")) => match word(2) {
            Some("generic" | "tls" | "docker-registry") => named("Secret", word(3)),
            _ => Vec::new(),
        },
        (Some("create"), Some("service" | "svc")) => match word(2) {
            Some("clusterip" | "nodeport" | "loadbalancer" | "externalname") => {
                named("Service", word(3))
            }
            _ => Vec::new(),
        },
        // What it patches is there, and may have other keys then.
        (Some("patch"), Some(target)) => {
            let (kind, name) = match target.split_once('/') {
                Some((kind, name)) => (kind, Some(name)),
                None => (target, word(2)),
            };
            match kind.to_ascii_lowercase().as_str() {
                "secret" | "secrets" => named("Secret", name),
                "configmap" | "cm" | "configmaps" => named("ConfigMap", name),
                _ => Vec::new(),
            }
        }
        (Some("create"), Some(kind)) => match kind_of(kind) {
            Some(kind) => named(kind, word(2)),
            None => Vec::new(),
        },
        (Some("new-project"), name) => named("Namespace", name),
        (Some("new-app"), _) => {
            let name = arguments.values(&["name"]).last().map(|it| it.text);
            ["Deployment", "DeploymentConfig", "Service"]
                .into_iter()
                .flat_map(|kind| named(kind, name))
                .collect()
        }
        (Some("run"), name) => {
            let mut found = named("Pod", name);
            // kubectl before 1.18 made a Deployment.
            found.extend(named("Deployment", name));
            if arguments.has(&["expose"]) {
                found.extend(named("Service", name));
            }
            found
        }
        (Some("expose"), Some(target)) => {
            let own = match target.split_once('/') {
                Some((_, name)) => Some(name),
                None => word(2),
            };
            let stated = arguments.values(&["name"]).last().map(|it| it.text);
            named("Service", stated.or(own))
        }
        (Some("autoscale"), Some(target)) => {
            let own = match target.split_once('/') {
                Some((_, name)) => Some(name),
                None => word(2),
            };
            let stated = arguments.values(&["name"]).last().map(|it| it.text);
            named("HorizontalPodAutoscaler", stated.or(own))
        }
        _ => Vec::new(),
    }
}

/// The keys of the ConfigMap or Secret that `create` makes; `None` if not all of them are known: those of folders and of files with
/// variables, and what words bring that are not known.
pub(super) fn keys(arguments: &Arguments<'_>) -> Option<Vec<String>> {
    let names = match arguments.word(1)? {
        "secret" if arguments.word(2)? == "generic" => 4,
        "configmap" | "cm" => 3,
        _ => return None,
    };
    let is_open = arguments.positional.len() != names
        || arguments.has(&["from-env-file", "append-hash", "f", "filename"])
        || arguments
            .flags
            .iter()
            .any(|(name, _)| name.contains(UNKNOWN));
    if is_open {
        return None;
    }
    let of_literal = |it: Value<'_>| Some(it.text.split_once('=')?.0.to_owned());
    let of_file = |it: Value<'_>| {
        if let Some((key, _)) = it.text.split_once('=') {
            return Some(key.to_owned());
        }
        // A name without an extension may be a folder's, and a folder brings all its files.
        let name = it.text.rsplit(['/', '\\']).next()?;
        let is_file = name.trim_start_matches('.').contains('.');
        is_file.then(|| name.to_owned())
    };
    let literals = arguments.values(&["from-literal"]).map(of_literal);
    let files = arguments.values(&["from-file"]).map(of_file);
    let keys: Vec<String> = literals.chain(files).collect::<Option<_>>()?;
    let is_key = |it: &String| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !it.is_empty() && it.bytes().all(is_part)
    };
    (!keys.is_empty() && keys.iter().all(is_key)).then_some(keys)
}

/// The ServiceAccount that a command line of eksctl creates.
pub(super) fn eksctl<'a>(arguments: &Arguments<'a>) -> Option<&'a str> {
    let is_create = arguments.word(0) == Some("create")
        && arguments
            .word(1)
            .is_some_and(|it| it.eq_ignore_ascii_case("iamserviceaccount"));
    let name = arguments.values(&["name"]).last().map(|it| it.text);
    name.filter(|_| is_create)
}

/// The release that a command line of helm installs.
pub(super) fn release<'a>(arguments: &Arguments<'a>) -> Option<&'a str> {
    let installs = matches!(arguments.word(0), Some("install" | "upgrade"));
    // Helm 2 takes the chart alone, and the name as a flag.
    let stated = arguments.values(&["name"]).last().map(|it| it.text);
    stated
        .or_else(|| arguments.word(2).and(arguments.word(1)))
        .filter(|_| installs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::words::{Token, Variables, tokens};

    fn words(line: &str) -> Vec<Word> {
        let tokens = tokens(line, 0, &Variables::new(), false).into_iter();
        tokens
            .filter_map(|it| match it {
                Token::Word(word) => Some(word),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn what_is_created() {
        for (line, expected) in [
            ("create configmap a --from-file=x", "ConfigMap/a"),
            ("-n b create cm a", "ConfigMap/a"),
            ("create secret generic --from-literal a=b c", "Secret/c"),
            ("create secret tls c --cert x --key y", "Secret/c"),
            (
                "create secret docker-registry r --docker-password p",
                "Secret/r",
            ),
            ("create sa s", "ServiceAccount/s"),
            ("create ns n --dry-run=client -o yaml", "Namespace/n"),
            ("create role r --verb=get --resource=pods", "Role/r"),
            (
                "create clusterrolebinding r --clusterrole admin",
                "ClusterRoleBinding/r",
            ),
            ("create deployment d --image i --replicas 2", "Deployment/d"),
            ("create service nodeport s --tcp 80:80", "Service/s"),
            ("create job j --from cronjob/c", "Job/j"),
            ("create token t", ""),
            ("create -f x.yaml", ""),
            ("new-project p", "Namespace/p"),
            ("run p --image x --expose", "Pod/p Deployment/p Service/p"),
            ("expose deployment d --port 80", "Service/d"),
            ("expose deployment/d --name s", "Service/s"),
            (
                "autoscale deployment d --max 3",
                "HorizontalPodAutoscaler/d",
            ),
            ("get secret generic x", ""),
            ("-n b patch configmap a --type merge -p x", "ConfigMap/a"),
            ("patch secret/a -p x", "Secret/a"),
            ("patch deployment a -p x", ""),
        ] {
            let words = words(line);
            let found = created(&Arguments::read(&words));
            let shown: Vec<String> = found.iter().map(|(a, b)| format!("{a}/{b}")).collect();
            assert_eq!(shown.join(" "), expected, "{line}");
        }
    }

    #[test]
    fn keys_that_are_all_known() {
        for (line, expected) in [
            (
                "create configmap a --from-literal=k=v --from-literal l=w",
                Some("k l"),
            ),
            (
                "create cm a --from-file=k=x/y.conf --from-file=x/z.conf",
                Some("k z.conf"),
            ),
            ("create secret generic a --from-literal=k=$X", Some("k")),
            ("create configmap a --from-file=folder", None),
            ("create configmap a --from-file=k=x --from-env-file=e", None),
            ("create configmap a --from-literal=$K=v", None),
            ("create configmap a --from-literal=k=v $MORE", None),
            ("create configmap a $MORE --from-literal=k=v", None),
            ("create secret tls a --cert x --key y", None),
            ("create configmap a", None),
        ] {
            let words = words(line);
            let found = keys(&Arguments::read(&words)).map(|it| it.join(" "));
            assert_eq!(found.as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn flags() {
        let words = words("apply -fa.yaml -f b,c --filename=d -R -n x --kustomize e");
        let arguments = Arguments::read(&words);
        let files: Vec<&str> = arguments
            .values(&["f", "filename"])
            .map(|it| it.text)
            .collect();
        assert_eq!(files, ["a.yaml", "b,c", "d"]);
        assert!(arguments.has(&["R"]));
        assert_eq!(arguments.namespace(), Some("x"));
        assert_eq!(arguments.values(&["k", "kustomize"]).count(), 1);
    }

    #[test]
    fn releases() {
        for (line, expected) in [
            ("install web ./chart -f v.yaml", Some("web")),
            ("upgrade --install -n x web repo/chart", Some("web")),
            ("install ./chart --name web", Some("web")),
            ("install ./chart", None),
            ("repo add a b", None),
        ] {
            assert_eq!(release(&Arguments::read(&words(line))), expected, "{line}");
        }
        let line = words("create iamserviceaccount --name s --cluster c");
        assert_eq!(eksctl(&Arguments::read(&line)), Some("s"));
    }
}
