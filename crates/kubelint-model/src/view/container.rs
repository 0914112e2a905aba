//! Containers, and what they state.

use std::borrow::Cow;

use kubelint_parser::yaml::{Entry, Kind, Node};

use super::{IntOrString, Text, Value, boolean, int_or_string, integer, quantity, text};
use crate::{KubeNode, Quantity, defaults, path};

/// What a container is to its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerKind {
    /// Runs to its end before the others start.
    Init,
    /// A native sidecar: an init container with `restartPolicy: Always`, which goes on running.
    Sidecar,
    /// Runs as long as the pod does.
    Regular,
}

/// A container of a pod template.
#[derive(Clone, Debug)]
pub struct Container<'a> {
    /// Its mapping.
    pub node: Node<'a>,
    /// What it is to its pod.
    pub kind: ContainerKind,
    /// The path of what holds it.
    pub(super) base: Cow<'static, str>,
    /// The field that holds it.
    pub(super) list: &'static str,
    /// Its place in the list; none if the field holds the container itself.
    pub(super) index: Option<usize>,
}

/// A variable in `env`.
#[derive(Clone, Copy, Debug)]
pub struct EnvVar<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
}

/// An entry of `envFrom`.
#[derive(Clone, Copy, Debug)]
pub struct EnvFrom<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
}

/// An entry of `ports`.
#[derive(Clone, Copy, Debug)]
pub struct ContainerPort<'a> {
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
}

/// An entry of `volumeMounts` or `volumeDevices`.
#[derive(Clone, Copy, Debug)]
pub struct VolumeMount<'a> {
    /// The list: `volumeMounts` or `volumeDevices`.
    pub list: &'static str,
    /// Its place in the list.
    pub index: usize,
    /// Its mapping.
    pub node: Node<'a>,
}

/// An entry of `resources.requests` or `resources.limits`.
#[derive(Clone, Debug)]
pub struct Amount<'a> {
    /// The resource: `cpu`, `memory`, `nvidia.com/gpu` …
    pub name: Cow<'a, str>,
    /// Key and value as written.
    pub entry: Entry<'a>,
    /// The amount, unless it is none.
    pub quantity: Option<Quantity>,
}

/// Something that the kubelet does to a container by one of several handlers: a probe, or a lifecycle hook.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    /// The field within the container: `livenessProbe`, `lifecycle.postStart`.
    pub field: &'static str,
    /// Where it is written: its key and its mapping.
    pub entry: Entry<'a>,
    /// The handlers it states, of those that exist: `exec`, `httpGet`, `tcpSocket`, `grpc` for probes, `sleep` for hooks. Null ones are
    /// left out, empty ones are not.
    pub handlers: Vec<Entry<'a>>,
    /// The handlers that it could have.
    pub possible: &'static [&'static str],
}

/// A probe.
pub type Probe<'a> = Action<'a>;

const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];
const PROBE_HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];
const HOOKS: [(&str, &str); 2] = [
    ("postStart", "lifecycle.postStart"),
    ("preStop", "lifecycle.preStop"),
];
const HOOK_HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "sleep"];

impl<'a> Container<'a> {
    /// Its path within the resource: `spec.template.spec.containers[app]`.
    pub fn path(&self) -> String {
        let path = path::field(&self.base, self.list);
        match self.index {
            Some(index) => path::item(&path, self.list, index, self.node),
            None => path,
        }
    }

    /// The path of one of its fields, at any depth: `image`, `resources.limits.memory`; gives `spec.template.spec.containers[app].image`.
    pub fn field_path(&self, field: &str) -> String {
        format!("{}.{field}", self.path())
    }

    /// The path of an item of one of its lists: `spec.template.spec.containers[app].env[PORT]`.
    pub fn item_path(&self, list: &str, index: usize, item: Node<'_>) -> String {
        path::item(&self.field_path(list), list, index, item)
    }

    /// Its name.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// Where to point when the whole container is meant: its name, else its first key.
    pub fn place(&self) -> Node<'a> {
        let first = || self.node.entries().next().map(|it| it.key);
        self.node.field("name").or_else(first).unwrap_or(self.node)
    }

    /// Its image reference, as written.
    pub fn image(&self) -> Option<Text<'a>> {
        text(self.node, "image")
    }

    /// `command`: replaces the image's entry point. Empty lists and null count as absent, as for the runtime.
    pub fn command(&self) -> Option<Node<'a>> {
        self.node.field("command").filter(|it| !it.is_empty())
    }

    /// `args`: replaces the image's default arguments. Empty lists and null count as absent.
    pub fn args(&self) -> Option<Node<'a>> {
        self.node.field("args").filter(|it| !it.is_empty())
    }

    /// The script of an Argo Workflow's script template.
    pub fn script(&self) -> Option<Text<'a>> {
        text(self.node, "source").filter(|_| self.list == "script")
    }

    /// Whether it holds its standard input open (`stdin` or `tty`), so that a shell waits instead of ending.
    pub fn is_interactive(&self) -> bool {
        ["stdin", "tty"]
            .iter()
            .any(|it| boolean(self.node, it).is_some_and(|it| it.value))
    }

    /// Its variables, in order.
    pub fn env(&self) -> impl Iterator<Item = EnvVar<'a>> {
        let items = self.node.list("env").into_iter().enumerate();
        items.map(|(index, node)| EnvVar { index, node })
    }

    /// Where it takes further variables from, in order.
    pub fn env_from(&self) -> impl Iterator<Item = EnvFrom<'a>> {
        let items = self.node.list("envFrom").into_iter().enumerate();
        items.map(|(index, node)| EnvFrom { index, node })
    }

    /// Its ports, in order.
    pub fn ports(&self) -> impl Iterator<Item = ContainerPort<'a>> {
        let items = self.node.list("ports").into_iter().enumerate();
        items.map(|(index, node)| ContainerPort { index, node })
    }

    /// What it mounts: `volumeMounts`, then `volumeDevices`.
    pub fn volume_mounts(&self) -> impl Iterator<Item = VolumeMount<'a>> {
        let node = self.node;
        ["volumeMounts", "volumeDevices"]
            .into_iter()
            .flat_map(move |list| {
                let items = node.list(list).into_iter().enumerate();
                items.map(move |(index, node)| VolumeMount { list, index, node })
            })
    }

    /// Its probes: startup, readiness, liveness.
    pub fn probes(&self) -> Vec<Probe<'a>> {
        let actions = PROBES
            .iter()
            .map(|field| action(self.node, field, field, &PROBE_HANDLERS));
        actions.flatten().collect()
    }

    /// Its lifecycle hooks.
    pub fn hooks(&self) -> Vec<Action<'a>> {
        let Some(lifecycle) = self.node.field("lifecycle") else {
            return Vec::new();
        };
        let actions = HOOKS
            .iter()
            .map(|(key, field)| action(lifecycle, key, field, &HOOK_HANDLERS));
        actions.flatten().collect()
    }

    /// `resources.requests`, in order.
    pub fn requests(&self) -> Vec<Amount<'a>> {
        amounts(self.node, "requests")
    }

    /// `resources.limits`, in order.
    pub fn limits(&self) -> Vec<Amount<'a>> {
        amounts(self.node, "limits")
    }

    /// Whether it requests some of `resource`, or limits it: a limit without a request is the request, too (`SetDefaults_Pod` in
    /// `pkg/apis/core/v1/defaults.go`). `None` if something else than amounts is written there.
    pub fn has_request(&self, resource: &str) -> Option<bool> {
        let is_mapping = |it: &Node<'_>| it.is_null() || it.kind() == Kind::Mapping;
        let Some(resources) = self.node.field("resources") else {
            return Some(false);
        };
        let lists = ["requests", "limits"].into_iter();
        let mut lists = lists.filter_map(|it| resources.field(it));
        if !is_mapping(&resources) || !lists.all(|it| is_mapping(&it)) {
            return None;
        }
        let stated = self.requests().into_iter().chain(self.limits());
        Some(
            stated
                .into_iter()
                .any(|it| it.name == resource && !it.entry.value.is_null()),
        )
    }

    /// Its `securityContext`.
    pub fn security_context(&self) -> Option<Node<'a>> {
        self.node.field("securityContext")
    }

    /// `securityContext.privileged`, if it is stated.
    pub fn privileged(&self) -> Option<Value<'a, bool>> {
        boolean(self.security_context()?, "privileged")
    }
}

/// The amounts in `resources.<list>` of a container or a pod spec.
pub(super) fn amounts<'a>(node: Node<'a>, list: &str) -> Vec<Amount<'a>> {
    let resources = node.field("resources");
    resources.map_or(Vec::new(), |it| amounts_in(it, list))
}

/// The amounts in the field `list` of `node`.
pub(super) fn amounts_in<'a>(node: Node<'a>, list: &str) -> Vec<Amount<'a>> {
    let Some(amounts) = node.field(list) else {
        return Vec::new();
    };
    let amounts = amounts.fields().filter_map(|entry| {
        Some(Amount {
            name: entry.key.as_str()?,
            entry,
            quantity: quantity(entry),
        })
    });
    amounts.collect()
}

fn action<'a>(
    node: Node<'a>,
    key: &str,
    field: &'static str,
    possible: &'static [&'static str],
) -> Option<Action<'a>> {
    let entry = node.get(key).filter(|it| !it.value.is_null())?;
    let handlers = possible.iter().filter_map(|it| entry.value.get(it));
    Some(Action {
        field,
        entry,
        handlers: handlers.filter(|it| !it.value.is_null()).collect(),
        possible,
    })
}

impl<'a> EnvVar<'a> {
    /// Its name.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// Its literal value, if it has one. Not to be shown: it may be a credential.
    pub fn value(&self) -> Option<Text<'a>> {
        text(self.node, "value")
    }

    /// Where its value comes from otherwise.
    pub fn value_from(&self) -> Option<Node<'a>> {
        self.node.field("valueFrom")
    }

    /// Whether its literal value refers to the variable `name` as `$(name)`.
    pub fn refers_to(&self, name: &str) -> bool {
        self.value()
            .is_some_and(|it| it.value.contains(&format!("$({name})")))
    }
}

impl<'a> EnvFrom<'a> {
    /// The ConfigMap it takes, by its name.
    pub fn config_map(&self) -> Option<Text<'a>> {
        text(self.node.field("configMapRef")?, "name")
    }

    /// The Secret it takes, by its name.
    pub fn secret(&self) -> Option<Text<'a>> {
        text(self.node.field("secretRef")?, "name")
    }

    /// What is put before every name.
    pub fn prefix(&self) -> Option<Text<'a>> {
        text(self.node, "prefix")
    }
}

impl<'a> ContainerPort<'a> {
    /// `containerPort`.
    pub fn number(&self) -> Option<Value<'a, i64>> {
        integer(self.node, "containerPort")
    }

    /// `hostPort`.
    pub fn host_port(&self) -> Option<Value<'a, i64>> {
        integer(self.node, "hostPort")
    }

    /// `hostIP`.
    pub fn host_ip(&self) -> Option<Text<'a>> {
        text(self.node, "hostIP")
    }

    /// `name`.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// `protocol`, or its default.
    pub fn protocol(&self) -> Cow<'a, str> {
        text(self.node, "protocol").map_or(defaults::PROTOCOL.into(), |it| it.value)
    }
}

impl<'a> VolumeMount<'a> {
    /// The volume it mounts, by its name.
    pub fn name(&self) -> Option<Text<'a>> {
        text(self.node, "name")
    }

    /// Where it is mounted; `devicePath` for devices.
    pub fn path(&self) -> Option<Text<'a>> {
        let key = if self.list == "volumeDevices" {
            "devicePath"
        } else {
            "mountPath"
        };
        text(self.node, key)
    }

    /// What of the volume is mounted.
    pub fn sub_path(&self) -> Option<Text<'a>> {
        text(self.node, "subPath")
    }
}

impl<'a> Action<'a> {
    /// The port of its network handler: of `httpGet`, `tcpSocket` or `grpc`.
    pub fn port(&self) -> Option<Value<'a, IntOrString<'a>>> {
        self.handlers
            .iter()
            .find_map(|it| int_or_string(it.value, "port"))
    }
}
