//! Variables that a container is given under another name than the one its program reads.

use std::collections::BTreeSet;

use kubelint_engine::Confidence;
use kubelint_model::code::{Expr, Kind, ReadName, Subject};
use kubelint_model::framework_variable;
use kubelint_model::link::{Nearness, are_sibling_names, near_miss};
use kubelint_model::program::{ProgramRead, SetBy, Value};
use kubelint_model::reference::Relation;
use kubelint_parser::code::Language;

use crate::environment::Setting;
use crate::ports;
use crate::programs::{By, Running, port_of};

/// A container that is given more variables than these is not looked at: that would take long.
const MOST_VARIABLES: usize = 300;

/// Words for one thing at the end of a name, by which alone two names may differ.
const SYNONYMS: [&[&str]; 7] = [
    &["host", "hostname", "addr", "address", "server", "endpoint"],
    &["url", "uri", "endpoint", "addr", "address"],
    &["user", "username", "login"],
    &["pass", "passwd", "password", "pwd"],
    &["db", "database", "dbname"],
    &["key", "token", "secret"],
    &["dir", "path", "folder", "directory"],
];

/// Words that tell a variable for the program itself from one for something beside it.
const ASIDE: [&str; 10] = [
    "metrics",
    "admin",
    "debug",
    "health",
    "management",
    "monitoring",
    "prometheus",
    "fallback",
    "default",
    "old",
];

/// A variable that is set and not read, and one that is read and not set, which are plainly one and the same.
pub(crate) struct Misnamed<'r, 'a> {
    /// The name under which it is set.
    pub(crate) set: &'r str,
    /// What it is set to.
    pub(crate) value: &'r Value,
    /// The first read of the other one; `None` of a variable that the framework reads by itself.
    pub(crate) read: Option<&'a ProgramRead>,
    /// The name that is read.
    pub(crate) wanted: &'a str,
    /// How sure it is that they are one.
    pub(crate) confidence: Confidence,
}

/// How much alike two names are. The order is that of likeness.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// They differ in case or `_`, or in the order of their words.
    Spelling,
    /// They are a typing mistake apart.
    Edit,
    /// The program listens on the one, and the other is its port.
    Port,
    /// They differ in one word, which means the same or is an abbreviation.
    Word,
    /// One of them has a word more, first or last.
    Affix,
}

/// What a variable holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Port,
    Number,
    Boolean,
    Url,
    /// A host, perhaps with a port.
    Host,
    Path,
    Text,
}

impl<'r, 'a> Misnamed<'r, 'a> {
    /// All of a container, in the order of the names that are set. Each name that is read is meant once.
    pub(crate) fn all(running: &'r Running<'a>) -> Vec<Self> {
        let own: BTreeSet<String> = own_names(running);
        if own.is_empty() || own.len() > MOST_VARIABLES {
            return Vec::new();
        }
        let mut found: Vec<(Likeness, Self)> = Vec::new();
        for (set, value) in running.env.given().iter() {
            let of_framework = of_framework(running, set).filter(|_| own.contains(set));
            found.extend(of_framework.map(|wanted| {
                let misnamed = Self {
                    set,
                    value,
                    read: None,
                    wanted,
                    confidence: most_by_reads(running, Confidence::High),
                };
                (Likeness::Edit, misnamed)
            }));
        }
        let unset = unset(running);
        if unset.is_empty() || unset.len() > MOST_VARIABLES {
            return best(found);
        }
        for (set, value) in running.env.given().iter() {
            if !own.contains(set) || running.may_read(set) {
                continue;
            }
            let likes = unset.iter().filter_map(|&(wanted, read)| {
                Some((likeness(running, set, value, wanted, read)?, wanted, read))
            });
            let mut likes: Vec<_> = likes.collect();
            likes.sort_by_key(|it| it.0);
            let Some(&(likeness, wanted, read)) = likes.first() else {
                continue;
            };
            let is_only = likes.get(1).is_none_or(|it| it.0 > likeness);
            if !is_only {
                continue;
            }
            let misnamed = Self {
                set,
                value,
                read: Some(read),
                wanted,
                confidence: confidence(running, likeness, (set, value), (wanted, read)),
            };
            found.push((likeness, misnamed));
        }
        best(found)
    }

    /// The name under which the variable `wanted` is evidently set, if it is read and not set.
    pub(crate) fn meant(running: &Running<'_>, wanted: &str) -> Option<String> {
        let all = Misnamed::all(running);
        let mut all = all.iter().filter(|it| it.wanted == wanted);
        all.next().map(|it| it.set.to_owned())
    }
}

/// Of those that want the same variable only the one that is most like it, if it is one.
fn best<'r, 'a>(found: Vec<(Likeness, Misnamed<'r, 'a>)>) -> Vec<Misnamed<'r, 'a>> {
    let ranks: Vec<(&str, Likeness)> = found.iter().map(|it| (it.1.wanted, it.0)).collect();
    let is_best = |wanted: &str, likeness: Likeness| {
        let others = ranks.iter().filter(|it| it.0 == wanted);
        others.filter(|it| it.1 <= likeness).count() == 1
    };
    let found = found.into_iter();
    found
        .filter(|(likeness, it)| is_best(it.wanted, *likeness))
        .map(|it| it.1)
        .collect()
}

/// The variables that the program reads by name and that nothing sets, each with its first read; of more than are looked at, one more.
fn unset<'a>(running: &Running<'a>) -> Vec<(&'a str, &'a ProgramRead)> {
    let mut seen = BTreeSet::new();
    let reads = running.program.reads.iter();
    let unset = reads.filter_map(|read| {
        let (name, setting) = match &read.name {
            ReadName::Exact(name) => (name, running.env.get(name)),
            ReadName::AnyCase(name) => (name, running.env.get_any_case(name)),
            ReadName::Prefix(_) | ReadName::Computed(_) => return None,
        };
        let is_absent = matches!(setting, Setting::Absent);
        let is_own = is_absent && !running.is_read_unnamed(name);
        (is_own && seen.insert(name.as_str())).then_some((name.as_str(), read))
    });
    unset.take(MOST_VARIABLES + 1).collect()
}

/// The variables that are set for this container: by its own `env`, or by a ConfigMap that nobody else reads.
pub(crate) fn own_names(running: &Running<'_>) -> BTreeSet<String> {
    let graph = running.graph;
    let own = running.container.env().filter_map(|it| it.name());
    let mut names: BTreeSet<String> = own.map(|it| it.value.into_owned()).collect();
    let workload = running.workload.resource.id;
    for (name, value) in running.env.given().iter() {
        let holder = value.place.and_then(|it| graph.resource_at(it));
        let Some(holder) = holder.filter(|_| value.by == SetBy::Manifest) else {
            continue;
        };
        let links = graph.incoming(holder.id);
        let mut readers = links.filter(|it| it.relation == Relation::ConfigMap);
        if !names.contains(name) && readers.all(|it| it.from == workload) {
            names.insert(name.to_owned());
        }
    }
    names
}

/// How sure it is that two names are meant for one.
fn confidence(
    running: &Running<'_>,
    likeness: Likeness,
    (set, value): (&str, &Value),
    (wanted, read): (&str, &ProgramRead),
) -> Confidence {
    let most = match likeness {
        Likeness::Spelling | Likeness::Edit | Likeness::Port => Confidence::High,
        // Names that only share words are one where the program cannot do without, or where both are those of an address.
        Likeness::Word if read.is_required || is_address(set, value, wanted, read) => {
            Confidence::High
        }
        Likeness::Affix if read.is_required && read.on_start => Confidence::High,
        Likeness::Word | Likeness::Affix => Confidence::Medium,
    };
    most_by_reads(running, most)
}

/// `most`, or less where the program or its base image may read more than is seen.
fn most_by_reads(running: &Running<'_>, most: Confidence) -> Confidence {
    let is_enumerable = running.program.is_complete(Subject::Reads);
    if is_enumerable && running.env.has_plain_base() {
        most
    } else {
        most.min(Confidence::Medium)
    }
}

/// The variable of the program's framework that `set` is evidently meant for, where nothing sets that and nobody speaks of `set`.
fn of_framework(running: &Running<'_>, set: &str) -> Option<&'static str> {
    let program = running.program;
    let language = program.language?;
    let wanted = framework_variable::meant(set, language)?;
    let first = wanted.split('_').next().unwrap_or_default();
    // Of Java a framework is known by the family of variables that it reads.
    let has_framework = !matches!(language, Language::Java | Language::Kotlin)
        || program.reads.iter().any(
            |it| matches!(&it.name, ReadName::Prefix(it) if it.trim_end_matches('_') == first),
        );
    // The host of .NET gives what stands behind its prefix to the program's own configuration.
    let bare = set.split_once('_').map_or(set, |it| it.1);
    let is_read = program.reads.iter().any(|it| match &it.name {
        ReadName::Exact(name) | ReadName::AnyCase(name) => {
            name.eq_ignore_ascii_case(set) || name.eq_ignore_ascii_case(bare)
        }
        ReadName::Prefix(_) => false,
        ReadName::Computed(_) => true,
    });
    let is_absent = matches!(running.env.get_any_case(wanted), Setting::Absent);
    (has_framework && is_absent && !is_read && !running.is_spoken_of(set)).then_some(wanted)
}

/// Whether both variables evidently hold the same part of an address: a port, a host or a URL.
fn is_address(set: &str, value: &Value, wanted: &str, read: &ProgramRead) -> bool {
    let of_name = |name: &str| kind_by_name(name).filter(|it| ["port", "address"].contains(it));
    let of_text = |text: &str| match kind_of(text) {
        ValueKind::Url | ValueKind::Host => Some("address"),
        _ => None,
    };
    let given = value.text.as_deref().and_then(of_text);
    let given = given.or_else(|| of_name(set));
    let default = read.default.as_ref().and_then(Expr::text);
    let expected = default.and_then(of_text).or_else(|| of_name(wanted));
    given.is_some() && given == expected
}

/// How much the variable that is set is like the one that is read, if they may be one: they hold the same kind of value, too.
fn likeness(
    running: &Running<'_>,
    set: &str,
    value: &Value,
    wanted: &str,
    read: &ProgramRead,
) -> Option<Likeness> {
    // What the image sets and does not read is left over from elsewhere.
    if value.by == SetBy::Dockerfile {
        return None;
    }
    let value = value.text.as_deref();
    let default = read.default.as_ref().and_then(Expr::text);
    let is_same = words(set) == words(wanted);
    // What the program takes by itself is what it was to be given.
    if !is_same && are_sibling_names(set, wanted) || value.is_some() && value == default {
        return None;
    }
    if is_port(running, value, wanted) {
        return Some(Likeness::Port);
    }
    if !is_same_kind(set, value, wanted, default, read.kind) {
        return None;
    }
    let (a, b) = (words(set), words(wanted));
    let (mut sorted_a, mut sorted_b) = (a.clone(), b.clone());
    sorted_a.sort_unstable();
    sorted_b.sort_unstable();
    if sorted_a == sorted_b {
        return Some(Likeness::Spelling);
    }
    let is_complete = running.program.is_complete(Subject::Reads);
    match near_miss(set, wanted) {
        Some(Nearness::Spelling) if a.concat() == b.concat() => Some(Likeness::Spelling),
        Some(Nearness::OneEdit | Nearness::TwoEdits) => Some(Likeness::Edit),
        // The rest is a guess where more may be read than is seen.
        _ if !is_complete => None,
        _ if is_one_word_apart(&a, &b) => Some(Likeness::Word),
        _ if is_affixed(&a, &b) => Some(Likeness::Affix),
        _ => None,
    }
}

/// Whether the program listens on the variable `wanted`, or else elsewhere than the container declares, and `value` is the port that it declares.
fn is_port(running: &Running<'_>, value: Option<&str>, wanted: &str) -> bool {
    let Some(number) = value.and_then(port_of) else {
        return false;
    };
    let declared = ports::declared(&running.container);
    let Some(listened) = running.listened() else {
        return false;
    };
    let is_heard = listened.iter().any(|it| it.number == number);
    let is_default = |by: &By| matches!(by, By::Default(name) if name == wanted);
    let is_aside = words(wanted).iter().any(|it| ASIDE.contains(&it.as_str()));
    let is_listened_on = listened
        .iter()
        .any(|it| is_default(&it.by) && !declared.iter().any(|port| port.number == it.number));
    declared.iter().any(|it| it.number == number) && !is_heard && is_listened_on && !is_aside
}

/// The lower-case words of a variable's name, without the `s` of plurals.
fn words(name: &str) -> Vec<String> {
    let words = name.split(['_', '-', '.']).filter(|it| !it.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// Whether two names have the same words but for one, which is an abbreviation of the other's, or means the same.
fn is_one_word_apart(a: &[String], b: &[String]) -> bool {
    if a.len() != b.len() || a.len() < 2 {
        return false;
    }
    let mut differing = a.iter().zip(b).filter(|(a, b)| a != b);
    let (Some((a, b)), None) = (differing.next(), differing.next()) else {
        return false;
    };
    let is_short = |short: &str, long: &str| short.len() >= 3 && long.starts_with(short);
    let is_end = |a: &str, b: &str| {
        let same = a.bytes().rev().zip(b.bytes().rev());
        same.take_while(|(a, b)| a == b).count() >= 4
    };
    let has_both = |words: &&[&str]| words.contains(&a.as_str()) && words.contains(&b.as_str());
    is_short(a, b) || is_short(b, a) || is_end(a, b) || SYNONYMS.iter().any(has_both)
}

/// Whether one of two names has one word more than the other, first or last, that is not for something beside the program.
fn is_affixed(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.len() != short.len() + 1 || short.len() < 2 {
        return false;
    }
    let more = if long.ends_with(short) {
        long.first()
    } else if long.starts_with(short) {
        long.last()
    } else {
        None
    };
    more.is_some_and(|it| !ASIDE.contains(&it.as_str()) && it.len() >= 2)
}

/// Whether a variable that is set holds what is expected of one that is read.
fn is_same_kind(
    set: &str,
    value: Option<&str>,
    wanted: &str,
    default: Option<&str>,
    kind: Kind,
) -> bool {
    let given = value.map(kind_of);
    let expected = match kind {
        Kind::Number => Some(ValueKind::Number),
        Kind::Boolean => Some(ValueKind::Boolean),
        Kind::Text => default.filter(|it| !it.is_empty()).map(kind_of),
    };
    let by_name = || {
        let (set, wanted) = (kind_by_name(set), kind_by_name(wanted));
        set.is_none() || wanted.is_none() || set == wanted
    };
    match (given, expected) {
        (Some(ValueKind::Port | ValueKind::Number), Some(ValueKind::Port | ValueKind::Number)) => {
            true
        }
        // A name of the cluster, or a word: nobody can tell.
        (Some(ValueKind::Host | ValueKind::Text), Some(ValueKind::Host | ValueKind::Text)) => {
            by_name()
        }
        (Some(given), Some(expected)) => given == expected,
        _ => by_name(),
    }
}

fn kind_of(value: &str) -> ValueKind {
    let value = value.trim();
    if let Ok(number) = value.parse::<i64>() {
        let is_port = (1..=65535).contains(&number);
        return if is_port {
            ValueKind::Port
        } else {
            ValueKind::Number
        };
    }
    if ["true", "false"].contains(&value.to_ascii_lowercase().as_str()) {
        ValueKind::Boolean
    } else if value.contains("://") {
        ValueKind::Url
    } else if value.starts_with('/') || value.starts_with("./") {
        ValueKind::Path
    } else if port_of(value).is_some() {
        ValueKind::Host
    } else {
        ValueKind::Text
    }
}

/// What the last word of a name says of the value.
fn kind_by_name(name: &str) -> Option<&'static str> {
    let last = words(name).pop()?;
    let kinds = [
        (&["port"][..], "port"),
        (
            &[
                "host", "hostname", "addr", "address", "server", "endpoint", "url", "uri",
            ],
            "address",
        ),
        (&["user", "username", "login"], "user"),
        (&["pass", "passwd", "password", "pwd"], "password"),
        (&["name", "db", "database", "dbname"], "name"),
        (&["key", "token", "secret"], "key"),
        (&["path", "dir", "folder", "directory", "file"], "path"),
        (&["timeout", "interval", "seconds", "ms"], "time"),
    ];
    let mut kinds = kinds.iter();
    kinds
        .find(|it| it.0.contains(&last.as_str()))
        .map(|it| it.1)
}
