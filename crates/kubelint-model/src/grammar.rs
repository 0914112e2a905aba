//! Which texts the fields of built-in kinds accept, as far as placeholders can break it.
//!
//! The truth is the API server's validation (k8s.io/kubernetes/pkg/apis/…/validation) and, for image references, which it does not
//! look into, the container runtime's.

use kubelint_parser::yaml::{Kind, Node};

use crate::{Gvk, ImageRef, KubeNode, Quantity};

/// What a field accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grammar {
    /// An image reference.
    Image,
    /// The name of an object, a container or a volume: lower-case letters, digits, `-` and `.`.
    Name,
    /// A label's value.
    LabelValue,
    /// A DNS name, maybe with `*`.
    Host,
    /// A port's number or name.
    Port,
    /// A whole number.
    Integer,
    /// A quantity.
    Quantity,
    /// Base64.
    Base64,
    /// Any text: the value of an environment variable.
    Env,
}

/// A field with a known grammar.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Its value: a scalar.
    pub node: Node<'a>,
    /// What it accepts.
    pub grammar: Grammar,
}

/// Fields whose text is for programs to read, or for people.
const FREE_TEXT: [&str; 6] = [
    "annotations",
    "args",
    "binaryData",
    "command",
    "description",
    "stringData",
];

/// Custom kinds whose containers are made from their pod templates as they stand.
const WITH_CONTAINERS: [(&str, &str); 5] = [
    ("apps.openshift.io", "DeploymentConfig"),
    ("argoproj.io", "Rollout"),
    ("serving.knative.dev", "Configuration"),
    ("serving.knative.dev", "Revision"),
    ("serving.knative.dev", "Service"),
];

impl Grammar {
    /// What the field accepts, in words: `an image reference`.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Image => "an image reference",
            Self::Name => "a name",
            Self::LabelValue => "a label's value",
            Self::Host => "a host name",
            Self::Port => "a port",
            Self::Integer => "a number",
            Self::Quantity => "a quantity",
            Self::Base64 => "base64",
            Self::Env => "a variable's value",
        }
    }

    /// Whether the field refuses `text` because of `part`, a piece of it.
    pub fn forbids(self, text: &str, part: &str) -> bool {
        let has_other = |allowed: fn(u8) -> bool| part.bytes().any(|it| !allowed(it));
        match self {
            Self::Image => ImageRef::parse(text).is_none(),
            Self::Name => has_other(|it| is_lower(it) || matches!(it, b'-' | b'.')),
            Self::Host => has_other(|it| is_lower(it) || matches!(it, b'-' | b'.' | b'*')),
            Self::Port => has_other(|it| is_lower(it) || it == b'-'),
            Self::Integer => has_other(|it| it.is_ascii_digit()),
            Self::Quantity => Quantity::parse(text).is_none(),
            Self::Base64 => has_other(is_base64),
            Self::LabelValue => !is_label_value(text),
            Self::Env => false,
        }
    }
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\n' | b'\r')
}

/// At most 63 letters, digits, `-`, `_` and `.`, the first and the last a letter or digit; or nothing.
fn is_label_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_end = |it: Option<&u8>| it.is_none_or(u8::is_ascii_alphanumeric);
    bytes.len() <= 63
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes
            .iter()
            .all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(it))
}

/// Where a value stands: the last keys that lead to it, the innermost last. Items of a list have the list's key.
#[derive(Clone, Copy)]
struct Place<'a> {
    keys: [&'a str; 3],
    depth: usize,
}

impl<'a> Place<'a> {
    fn below(self, key: &'a str) -> Self {
        Self {
            keys: [self.keys[1], self.keys[2], key],
            depth: self.depth + 1,
        }
    }
}

/// The fields of the object `root` whose grammar is known, as they are written: those behind aliases where they are anchored. Of custom
/// kinds only the images of those that are known to make pods as they are told.
pub fn fields<'a>(gvk: &Gvk, root: Node<'a>) -> Vec<Field<'a>> {
    let is_built_in = gvk.is_built_in() && gvk.group != "apiextensions.k8s.io";
    let with_containers = WITH_CONTAINERS.contains(&(gvk.group.as_str(), gvk.kind.as_str()));
    // The objects in a template are looked at one by one.
    if gvk.kind == "Template" || !(is_built_in || with_containers) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open = vec![(
        root,
        Place {
            keys: [""; 3],
            depth: 0,
        },
    )];
    while let Some((node, place)) = open.pop() {
        match node.kind() {
            Kind::Mapping => {
                for entry in node.entries() {
                    let key = entry.key.raw();
                    let is_data = key == "data" && gvk.kind != "Secret";
                    if !(FREE_TEXT.contains(&key) || (is_data && place.depth == 0)) {
                        open.push((entry.value, place.below(key)));
                    }
                }
            }
            Kind::Sequence => open.extend(node.items().map(|item| (item, place))),
            Kind::Scalar if node.is_null() => {}
            Kind::Scalar => {
                let grammar = grammar_of(gvk, place);
                let wanted = |it: &Grammar| is_built_in || *it == Grammar::Image;
                found.extend(
                    grammar
                        .filter(wanted)
                        .map(|grammar| Field { node, grammar }),
                );
            }
            Kind::Alias => {}
        }
    }
    found.sort_by_key(|it| it.node.id());
    found
}

/// Fields that hold the name of an object, wherever they stand.
const NAMES: [&str; 10] = [
    "claimName",
    "ingressClassName",
    "namespace",
    "priorityClassName",
    "runtimeClassName",
    "secretName",
    "serviceAccountName",
    "serviceName",
    "storageClassName",
    "volumeName",
];

/// Fields whose `name` is that of an object, a container or a volume.
const NAMED: [&str; 12] = [
    "configMap",
    "configMapKeyRef",
    "configMapRef",
    "containers",
    "imagePullSecrets",
    "initContainers",
    "scaleTargetRef",
    "secretKeyRef",
    "secretRef",
    "service",
    "volumeMounts",
    "volumes",
];

fn grammar_of(gvk: &Gvk, place: Place<'_>) -> Option<Grammar> {
    let [outer, parent, key] = place.keys;
    match place.depth {
        // The names of RBAC objects may be any text without `/` and `%`.
        2 if parent == "metadata" && matches!(key, "name" | "generateName") => {
            return (gvk.group != "rbac.authorization.k8s.io").then_some(Grammar::Name);
        }
        2 if parent == "data" && gvk.is("", "Secret") => return Some(Grammar::Base64),
        3 if (outer, parent) == ("spec", "selector") && gvk.group.is_empty() => {
            return Some(Grammar::LabelValue);
        }
        _ => {}
    }
    if NAMES.contains(&key) || (key == "name" && NAMED.contains(&parent)) {
        return Some(Grammar::Name);
    }
    Some(match (parent, key) {
        ("containers" | "initContainers", "image") => Grammar::Image,
        ("env", "value") => Grammar::Env,
        ("labels", _) if outer == "metadata" => Grammar::LabelValue,
        ("matchLabels" | "nodeSelector", _) => Grammar::LabelValue,
        ("rules", "host") | ("tls", "hosts") | ("spec", "externalName") => Grammar::Host,
        ("ports", "containerPort" | "hostPort" | "nodePort" | "port")
        | ("spec", "replicas" | "minReplicas" | "maxReplicas")
        | ("port", "number")
        | ("grpc", "port") => Grammar::Integer,
        ("ports", "targetPort")
        | ("httpGet" | "tcpSocket", "port")
        | ("backend", "servicePort") => Grammar::Port,
        ("requests" | "limits" | "capacity", _) => Grammar::Quantity,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use kubelint_parser::yaml;

    use super::*;

    fn check(text: &str, expected: &[(&str, Grammar)]) {
        let yaml = yaml::parse(text);
        let root = yaml.root(text, &yaml.documents()[0]).unwrap();
        let found = fields(&Gvk::of(root).unwrap(), root);
        let shown: Vec<(&str, Grammar)> =
            found.iter().map(|it| (it.node.raw(), it.grammar)).collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn fields_of_a_workload() {
        check(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {x: b}, annotations: {y: c}}\nspec:\n  replicas: 1\n  \
             template:\n    spec:\n      containers:\n      - name: d\n        image: e\n        args: [f]\n        env:\n        - \
             {name: g, value: h}\n        - {name: i, valueFrom: {secretKeyRef: {name: j, key: k}}}\n        ports: \
             [{containerPort: 2}]\n        readinessProbe: {httpGet: {path: /l, port: m}}\n        resources: {limits: {cpu: 3}}\n",
            &[
                ("a", Grammar::Name),
                ("b", Grammar::LabelValue),
                ("1", Grammar::Integer),
                ("d", Grammar::Name),
                ("e", Grammar::Image),
                ("h", Grammar::Env),
                ("j", Grammar::Name),
                ("2", Grammar::Integer),
                ("m", Grammar::Port),
                ("3", Grammar::Quantity),
            ],
        );
    }

    #[test]
    fn fields_of_other_kinds() {
        check(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec:\n  tls: [{hosts: [a], secretName: b}]\n  rules: [{host: c}]\n",
            &[
                ("a", Grammar::Host),
                ("b", Grammar::Name),
                ("c", Grammar::Host),
            ],
        );
        check(
            "apiVersion: v1\nkind: Service\nspec:\n  selector: {app: a}\n  ports: [{port: 1, targetPort: b, nodePort: 2}]\n",
            &[
                ("a", Grammar::LabelValue),
                ("1", Grammar::Integer),
                ("b", Grammar::Port),
                ("2", Grammar::Integer),
            ],
        );
        check(
            "apiVersion: v1\nkind: Secret\ndata: {a: b}\nstringData: {c: d}\n",
            &[("b", Grammar::Base64)],
        );
        check("apiVersion: v1\nkind: ConfigMap\ndata: {name: b}\n", &[]);
        check(
            "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {containers: [{image: a}]}\n",
            &[],
        );
        check(
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {replicas: 1, containers: [{image: a}]}\n",
            &[("a", Grammar::Image)],
        );
    }

    #[test]
    fn what_is_refused() {
        for (grammar, text, expected) in [
            (Grammar::Image, "a/${X}", true),
            (Grammar::Image, "your-org/a", false),
            (Grammar::Name, "${X}", true),
            (Grammar::Name, "CHANGEME", true),
            (Grammar::Name, "your-app", false),
            (Grammar::LabelValue, "__X__", true),
            (Grammar::LabelValue, "CHANGEME", false),
            (Grammar::Host, "<host>", true),
            (Grammar::Port, "$PORT", true),
            (Grammar::Integer, "$(N)", true),
            (Grammar::Quantity, "{{ m }}", true),
            (Grammar::Base64, "${X}", true),
            (Grammar::Base64, "CHANGEME", false),
            (Grammar::Env, "${X}", false),
        ] {
            assert_eq!(grammar.forbids(text, text), expected, "{grammar:?} {text}");
        }
    }
}
