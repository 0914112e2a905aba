//! The parts of what a pattern finds, and the reads among it.

use kubelint_parser::code::Node;

use super::{Found, Part, Syntax};

/// Whether what the pattern finds is not known to be something of another package.
pub(in crate::code) fn is_meant<'a>(syntax: &impl Syntax<'a>, one: &Found<'a>) -> bool {
    let Some(others) = one.setting("not") else {
        return true;
    };
    let nodes = ["route.on", "mount.on", "ahead.on", "listen.serves"];
    let nodes = nodes.into_iter().filter_map(|it| one.get(it));
    !nodes.into_iter().any(|on| {
        let made = syntax.canonical(on);
        let mut packages = made.iter().filter_map(|it| it.split('.').next());
        packages.any(|it| others.split_whitespace().any(|other| other == it))
    })
}

/// The part `name` of what a pattern finds: the capture, else the argument.
pub(super) fn part<'a>(
    syntax: &impl Syntax<'a>,
    one: &Found<'a>,
    kind: &str,
    name: &str,
) -> Option<Part<'a>> {
    if let Some(node) = one.part(kind, name) {
        return Some(Part::Node(node));
    }
    let spec = one.setting(name)?;
    let arguments = one.get("arguments");
    for which in spec.split_whitespace() {
        if let Some(text) = which.strip_prefix('=') {
            let more = arguments.is_some_and(|it| syntax.has_more_arguments(it));
            return Some(if more {
                Part::Unknown
            } else {
                Part::Default(text)
            });
        }
        let (which, is_slashed) = match which.strip_prefix('/') {
            Some(which) => (which, true),
            None => (which, false),
        };
        if let Some(node) = arguments.and_then(|it| syntax.argument(it, which)) {
            return Some(if is_slashed {
                Part::Slashed(node)
            } else {
                Part::Node(node)
            });
        }
    }
    match arguments {
        Some(it) if syntax.has_more_arguments(it) => Some(Part::Unknown),
        _ => None,
    }
}

/// A read of a variable as a pattern finds it.
#[derive(Clone, Copy, Debug)]
pub(in crate::code) struct ReadAt<'a> {
    /// The name.
    pub name: Node<'a>,
    /// What stands for it where it is not set.
    pub default: Option<Node<'a>>,
    /// What is put before the name.
    pub prefix: Option<Node<'a>>,
    /// Whether it fails without a value and a default.
    pub is_required: bool,
    /// What the value is converted with.
    pub cast: Option<Node<'a>>,
    /// What is made of it, as the pattern says.
    pub kind: Option<&'static str>,
}

/// What is read where a pattern says so, with the node.
pub(in crate::code) fn read_at<'a>(
    syntax: &impl Syntax<'a>,
    one: &Found<'a>,
) -> Option<(Node<'a>, ReadAt<'a>)> {
    let node = one.get("read")?;
    if !is_meant(syntax, one) {
        return None;
    }
    let part = |name| match part(syntax, one, "read", name) {
        Some(Part::Node(it)) => Some(it),
        _ => None,
    };
    let default = part("default");
    let read = ReadAt {
        name: part("name")?,
        default: default.filter(|it| !syntax.is_nothing(*it)),
        prefix: part("prefix"),
        is_required: one.setting("required") == Some("true") && default.is_none(),
        cast: part("cast"),
        kind: one.setting("kind"),
    };
    Some((node, read))
}

/// A variable that is set as a pattern finds it: the node, its name and its value.
pub(in crate::code) fn set_at<'a>(
    syntax: &impl Syntax<'a>,
    one: &Found<'a>,
) -> Option<(Node<'a>, Node<'a>, Option<Node<'a>>, bool)> {
    let node = one.get("set")?;
    if !is_meant(syntax, one) {
        return None;
    }
    let part = |name| match part(syntax, one, "set", name) {
        Some(Part::Node(it)) => Some(it),
        _ => None,
    };
    let keeps = one.setting("keeps") == Some("true");
    Some((node, part("name")?, part("value"), keeps))
}
