//! Where objects state addresses: in the variables, commands and arguments of containers, and in the data of ConfigMaps and Secrets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::resolve::base64;
use kubelint_parser::yaml::{Decoded, Node, NodeId};
use memchr::{memchr_iter, memmem};

use super::{Address, Port, scan};
use crate::view::{Container, PodTemplate};
use crate::{DeploymentGraph, KubeNode, Resource, path};

/// Longer values are no name of a host.
const MAX_HOST: usize = 253;

/// What the names of variables and keys end in whose whole value is a host.
const HOST_WORDS: [&str; 7] = [
    "host", "hostname", "addr", "address", "endpoint", "url", "uri",
];

/// An address, and where an object states it.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Where it stands.
    pub site: Site,
    /// The variable, or the key of the data; of an argument the option before it, or nothing.
    pub name: String,
    /// The key that the text itself assigns it to, if it is a file of several lines, or an argument.
    pub key: Option<String>,
    /// The scheme of a URL, in lower case.
    pub scheme: Option<String>,
    /// The host, in lower case and without a dot at its end; it may hold placeholders.
    pub host: String,
    /// The port that is stated.
    pub port: Port,
    /// Whether a path or query follows.
    pub has_path: bool,
    /// Whether it stands in a comment of its text.
    pub is_comment: bool,
    /// Whether nothing of it may be shown, as it is part of a Secret or of a credential.
    pub is_hidden: bool,
    /// What makes it an address.
    pub form: Form,
    /// The path of the field that holds it within the object: `data.DB_URL`, `spec.containers[app].env[DB_URL].value`.
    pub field: String,
    /// The scalar that holds it.
    pub node: NodeId,
    /// Host and port, in the file of the object; of base64 the whole scalar. The range of [`Mention::port`] is in the file, too, and may be in
    /// another scalar: `DB_PORT` beside `DB_HOST`.
    pub place: TextRange,
}

/// What makes a text an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// What it looks like, in a file that is the value of a key of data.
    InFile,
    /// What it looks like, in a value of one line or an argument: a URL, `host:port`, a name with `.svc`.
    Evident,
    /// What it is assigned to: it is the whole value of a variable or key that is called after a host, as `DB_HOST`.
    Named,
}

/// Where an address stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// In a variable of a container: the numbers of the pod template and of the container in it.
    Variable(u32, u32),
    /// In the command or arguments of a container: the numbers of the pod template and of the container in it.
    Argument(u32, u32),
    /// In the data of a ConfigMap or Secret.
    Data,
}

/// The addresses that `resource` states, in the order of its containers and keys.
pub fn mentions(graph: &DeploymentGraph, resource: &Resource) -> Vec<Mention> {
    let mut found = Found {
        graph,
        resource,
        mentions: Vec::new(),
    };
    if resource.partial {
        return found.mentions;
    }
    let gvk = &resource.gvk;
    if gvk.is("", "ConfigMap") || gvk.is("", "Secret") {
        found.data();
    } else if let Some(workload) = graph.workload(resource).filter(|_| resource.is_whole()) {
        for (at, template) in (0..).zip(workload.templates()) {
            found.template(at, &template);
        }
    }
    found.mentions
}

/// A name and what it is assigned, side by side with others.
struct Assigned<'a> {
    name: Cow<'a, str>,
    /// The path of its field.
    field: String,
    text: Written<'a>,
}

/// A text that may hold addresses.
#[derive(Clone, Copy)]
struct Whole<'a> {
    site: Site,
    name: &'a str,
    field: &'a str,
    node: Node<'a>,
    text: &'a str,
    /// Whether it is a file: a value of several lines, or of a key that is called like one.
    is_file: bool,
}

impl<'a> Whole<'a> {
    fn new(site: Site, name: &'a str, field: &'a str, node: Node<'a>, text: &'a str) -> Self {
        let is_file = || name.contains('.') || text.trim_end().contains('\n');
        Self {
            site,
            name,
            field,
            node,
            text,
            is_file: site == Site::Data && is_file(),
        }
    }
}

/// A text, and where it is written.
enum Written<'a> {
    /// A scalar, from an offset of its decoded text on.
    Plain(Node<'a>, usize),
    /// A scalar of base64, decoded.
    Base64(Node<'a>, String),
}

struct Found<'g> {
    graph: &'g DeploymentGraph,
    resource: &'g Resource,
    mentions: Vec<Mention>,
}

impl<'g> Found<'g> {
    fn template(&mut self, at: u32, template: &PodTemplate<'g>) {
        for (number, container) in (0..).zip(template.containers()) {
            self.variables(Site::Variable(at, number), &container);
            self.arguments(Site::Argument(at, number), &container);
        }
    }

    fn variables(&mut self, site: Site, container: &Container<'g>) {
        let variables = container.env().filter_map(|it| {
            let path = container.item_path("env", it.index, it.node);
            Some(Assigned {
                name: it.name()?.value,
                field: path::field(&path, "value"),
                text: Written::Plain(it.value()?.node, 0),
            })
        });
        self.assigned(site, &variables.collect::<Vec<_>>());
    }

    fn arguments(&mut self, site: Site, container: &Container<'g>) {
        for list in ["command", "args"] {
            let mut option = Cow::Borrowed("");
            for (index, item) in container.node.list(list).into_iter().enumerate() {
                let Some(text) = item.string() else {
                    continue;
                };
                if may_hold(item.raw()) {
                    let field = container.item_path(list, index, item);
                    let decoded = item.decode();
                    let whole = Whole::new(site, &option, &field, item, &decoded.text);
                    for address in scan(whole.text) {
                        self.push(&whole, &decoded, 0, &address);
                    }
                }
                let is_option = text.starts_with('-') && !text.contains('=');
                option = if is_option { text } else { "".into() };
            }
        }
    }

    fn data(&mut self) {
        let root = self.graph.root(self.resource);
        let is_secret = self.resource.gvk.kind == "Secret";
        let mut entries = Vec::new();
        if self.resource.generated {
            for (index, literal) in root.list("literals").into_iter().enumerate() {
                let text = literal.decoded();
                if let Some((name, _)) = text.split_once('=') {
                    entries.push(Assigned {
                        name: name.to_owned().into(),
                        field: format!("literals[{index}]"),
                        text: Written::Plain(literal, name.len() + 1),
                    });
                }
            }
        } else {
            for field in ["data", "stringData"] {
                let fields = root.field(field).into_iter().flat_map(Node::fields);
                for entry in fields {
                    let value = entry.value.resolved();
                    let Some(name) = entry.key.as_str().filter(|_| value.string().is_some()) else {
                        continue;
                    };
                    let text = if is_secret && field == "data" {
                        let Some(text) = decoded_base64(&value.decoded()) else {
                            continue;
                        };
                        Written::Base64(value, text)
                    } else {
                        Written::Plain(value, 0)
                    };
                    entries.push(Assigned {
                        field: path::field(field, &name),
                        name,
                        text,
                    });
                }
            }
        }
        self.assigned(Site::Data, &entries);
    }

    /// The addresses in values that stand side by side.
    fn assigned(&mut self, site: Site, entries: &[Assigned<'g>]) {
        let ports: BTreeMap<String, &Assigned<'_>> = entries
            .iter()
            .filter_map(|it| Some((prefix(&it.name, &["port"])?, it)))
            .collect();
        for entry in entries {
            let before = self.mentions.len();
            match &entry.text {
                Written::Plain(node, from) => {
                    if may_hold(node.raw()) {
                        let decoded = node.decode();
                        let text = decoded.text.get(*from..).unwrap_or_default();
                        let whole = Whole::new(site, &entry.name, &entry.field, *node, text);
                        for address in scan(text) {
                            self.push(&whole, &decoded, *from as u32, &address);
                        }
                    }
                }
                Written::Base64(node, text) => {
                    let whole = Whole::new(site, &entry.name, &entry.field, *node, text);
                    for address in scan(text) {
                        self.mentions.push(self.mention(&whole, &address));
                    }
                }
            }
            if self.mentions.len() == before
                && let Some(prefix) = prefix(&entry.name, &HOST_WORDS)
            {
                self.host(site, entry, ports.get(&prefix).copied());
            }
        }
    }

    /// The host that is a whole value, with the port of its own that stands beside it.
    fn host(&mut self, site: Site, entry: &Assigned<'g>, port: Option<&Assigned<'g>>) {
        let (node, text) = entry.text.of();
        let host = text.trim();
        let is_name = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | b'_');
        let is_host = host.len() <= MAX_HOST
            && host.bytes().all(is_name)
            && host
                .bytes()
                .any(|it| it.is_ascii_alphabetic() || it == b'.');
        if !is_host {
            return;
        }
        let port = port.and_then(|it| {
            let (node, text) = it.text.of();
            let number = text.trim().parse().ok().filter(|it| *it > 0)?;
            Some(Port::Number(number, node.range()))
        });
        self.mentions.push(Mention {
            site,
            name: entry.name.clone().into_owned(),
            key: None,
            scheme: None,
            host: host.trim_end_matches('.').to_ascii_lowercase(),
            port: port.unwrap_or(Port::Absent),
            has_path: false,
            is_comment: false,
            is_hidden: self.is_hidden(node.range()),
            form: Form::Named,
            field: entry.field.clone(),
            node: node.id(),
            place: node.range(),
        });
    }

    /// Adds an address in `whole`, which is `decoded` from the offset `from` on.
    fn push(&mut self, whole: &Whole<'_>, decoded: &Decoded<'_>, from: u32, address: &Address) {
        let source = |range: TextRange| {
            let range = TextRange::new(range.start + from, range.end + from);
            let parts = decoded.source_ranges(range).into_iter();
            parts.reduce(TextRange::cover).unwrap_or(whole.node.range())
        };
        let mut mention = self.mention(whole, address);
        mention.place = source(address.range());
        if let Port::Number(number, range) = address.port {
            mention.port = Port::Number(number, source(range));
        }
        mention.is_hidden = self.is_hidden(mention.place);
        self.mentions.push(mention);
    }

    /// An address in `whole`, with all of its scalar for its place.
    fn mention(&self, whole: &Whole<'_>, address: &Address) -> Mention {
        let place = whole.node.range();
        let has_keys = whole.is_file || matches!(whole.site, Site::Argument(..));
        let key = address.key.filter(|_| has_keys);
        let lower = |it: TextRange| it.of(whole.text).to_ascii_lowercase();
        Mention {
            site: whole.site,
            name: whole.name.to_owned(),
            key: key.map(|it| it.of(whole.text).to_owned()),
            scheme: address.scheme.map(lower),
            host: lower(address.host),
            port: match address.port {
                Port::Number(number, _) => Port::Number(number, place),
                port => port,
            },
            has_path: address.has_path,
            is_comment: address.is_comment,
            is_hidden: self.is_hidden(place),
            form: if whole.is_file {
                Form::InFile
            } else {
                Form::Evident
            },
            field: whole.field.to_owned(),
            node: whole.node.id(),
            place,
        }
    }

    fn is_hidden(&self, place: TextRange) -> bool {
        let span = self.graph.span_in(self.resource, place);
        self.resource.gvk.is("", "Secret") || self.graph.is_redacted(span)
    }
}

impl<'a> Written<'a> {
    fn of(&self) -> (Node<'a>, Cow<'_, str>) {
        match self {
            Self::Plain(node, from) => match node.decoded() {
                Cow::Borrowed(text) => (*node, text.get(*from..).unwrap_or_default().into()),
                Cow::Owned(text) => {
                    let text = text.get(*from..).unwrap_or_default().to_owned();
                    (*node, text.into())
                }
            },
            Self::Base64(node, text) => (*node, text.as_str().into()),
        }
    }
}

/// Whether a text as it is written may hold an address: a cheap way to say no.
fn may_hold(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let is_sign = |at: usize| {
        bytes
            .get(at + 1)
            .is_some_and(|it| *it == b'/' || it.is_ascii_digit())
    };
    memchr_iter(b':', bytes).any(is_sign) || memmem::find(bytes, b".svc").is_some()
}

/// What stands in `name` before one of `words` at its end, in lower case: `db_` of `DB_HOST` and of `DB_PORT`.
fn prefix(name: &str, words: &[&str]) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let word = words.iter().find(|it| name.ends_with(**it))?;
    Some(name[..name.len() - word.len()].to_owned())
}

/// The text that base64 stands for.
fn decoded_base64(text: &str) -> Option<String> {
    String::from_utf8(base64(text.trim())?).ok()
}

#[cfg(test)]
mod tests;
