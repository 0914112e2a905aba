//! Evaluated command lines of kubectl and oc: their words, their flags, and the objects that they name.

use kubelint_parser::TextRange;

use crate::commands::takes_value;
use crate::data;
use crate::script::{Argument, Run, UNKNOWN};

/// A command line of kubectl or oc, without the program's name. What stands behind `--` is not its own.
#[derive(Debug, Default)]
pub struct Call<'a> {
    /// The words that are no flags, in order: `rollout`, `status`, `deployment/web`.
    pub words: Vec<&'a Argument>,
    /// The flags, in order.
    pub flags: Vec<Flag<'a>>,
    /// Whether a word may be any number of flags, or none: a variable of which nothing is known.
    pub is_open: bool,
}

/// A flag of a command line.
#[derive(Debug)]
pub struct Flag<'a> {
    /// Its long name, without dashes.
    pub name: &'a str,
    /// Its value; `None` where it stands alone.
    pub value: Option<&'a str>,
    /// Whether all of it is known.
    pub is_known: bool,
    /// The number of its word in the command line.
    pub word: usize,
    /// Where the value is written; the flag where it stands alone.
    pub range: TextRange,
}

/// What a command names.
#[derive(Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// Objects, each with the word that names it.
    Objects(Vec<NamedObject<'a>>),
    /// All objects of a kind that have these labels.
    Labelled {
        /// The kind, and its group.
        kind: Kind,
        /// The labels: keys and values.
        labels: Vec<(&'a str, &'a str)>,
        /// Where they are written.
        range: TextRange,
    },
    /// What files state, and all that is named by expressions that are not read here.
    Other,
}

/// An object that a command names.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedObject<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: &'a str,
    /// Where it is written: the whole word.
    pub range: TextRange,
}

/// A kind that kubectl has words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The API group; `""` for the core group.
    pub group: &'static str,
    /// The kind, as `Deployment`.
    pub name: &'static str,
}

impl<'a> Call<'a> {
    /// The command line that `run` is, if it calls kubectl or oc.
    pub fn of(run: &'a Run) -> Option<Self> {
        let (tool, words) = run.command().split_first()?;
        let tool = tool.value.text.rsplit('/').next().unwrap_or_default();
        matches!(tool, "kubectl" | "oc").then(|| Self::read(words))
    }

    /// The command line whose words, those behind the program's name, are `words`.
    pub fn read(words: &'a [Argument]) -> Self {
        let mut call = Self::default();
        let mut at = 0;
        while let Some(argument) = words.get(at) {
            let text = argument.value.text.as_str();
            let word = at;
            at += 1;
            if text == "--" {
                break;
            }
            let Some(flag) = text.strip_prefix('-').filter(|it| !it.is_empty()) else {
                // A word that begins with what is not known, and is not quoted, may be any number of flags, or none.
                call.is_open |= text.starts_with(UNKNOWN);
                call.words.push(argument);
                continue;
            };
            let (name, stated) = match flag.strip_prefix('-') {
                Some(long) => match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                },
                None => call.short(flag),
            };
            let mut value = stated;
            let mut is_known = argument.value.is_known();
            let mut range = argument.range;
            if value.is_none() && call.takes_value(name) {
                let next = words.get(at);
                value = next.map(|it| it.value.text.as_str());
                range = next.map_or(range, |it| it.range);
                is_known &= next.is_some_and(|it| it.value.is_known());
                at += 1;
            }
            call.flags.push(Flag {
                name: if call.is_of_logs(name) {
                    "follow"
                } else {
                    long_name(name)
                },
                value,
                is_known,
                word,
                range,
            });
        }
        call
    }

    /// Whether a short flag is one of `logs`, which stand alone and elsewhere have values: `--follow` and `--previous`.
    fn is_of_logs(&self, flag: &str) -> bool {
        matches!(flag, "f" | "p") && self.text(0) == "logs"
    }

    /// Whether a flag takes the next word as its value.
    fn takes_value(&self, flag: &str) -> bool {
        takes_value(flag) && !self.is_of_logs(flag)
    }

    /// The first of the flags in a word such as `-Rf` that takes a value, and the value if it follows at once; or the only one.
    fn short<'t>(&self, flags: &'t str) -> (&'t str, Option<&'t str>) {
        for (at, char) in flags.char_indices() {
            let end = at + char.len_utf8();
            let name = &flags[at..end];
            if self.takes_value(name) {
                let rest = flags[end..].strip_prefix('=').unwrap_or(&flags[end..]);
                return (name, (!rest.is_empty()).then_some(rest));
            }
        }
        (flags, None)
    }

    /// The text of a word; empty beyond the last.
    pub fn text(&self, word: usize) -> &'a str {
        self.words.get(word).map_or("", |it| &it.value.text)
    }

    /// The last flag of this long name, which is the one that counts.
    pub fn flag(&self, name: &str) -> Option<&Flag<'a>> {
        self.flags.iter().rfind(|it| it.name == name)
    }

    /// Whether a flag is given, other than as `false`.
    pub fn has(&self, name: &str) -> bool {
        self.flag(name).is_some_and(|it| it.value != Some("false"))
    }

    /// The namespace that is stated, if it is known.
    pub fn namespace(&self) -> Option<&'a str> {
        let flag = self.flag("namespace").filter(|it| it.is_known)?;
        flag.value
    }

    /// The number of words of the verb: `rollout status` has two.
    fn verb_length(&self) -> usize {
        1 + usize::from(matches!(self.text(0), "rollout" | "set"))
    }

    /// The words behind the verb that name objects: those of `set`, `label` and `annotate` end where the pairs begin that are set.
    fn subjects(&self) -> &[&'a Argument] {
        let words = self.words.get(self.verb_length()..).unwrap_or_default();
        let is_pair = |it: &&Argument| it.value.text.contains('=') || it.value.text.ends_with('-');
        let end = match self.text(0) {
            "set" | "label" | "annotate" => words.iter().position(is_pair),
            _ => None,
        };
        &words[..end.unwrap_or(words.len())]
    }

    /// Whether it asks something of objects that must be there.
    pub fn needs_objects(&self) -> bool {
        const VERBS: [&str; 15] = [
            "annotate",
            "attach",
            "autoscale",
            "delete",
            "edit",
            "exec",
            "expose",
            "label",
            "logs",
            "patch",
            "port-forward",
            "rollout",
            "scale",
            "set",
            "wait",
        ];
        let is_for_absence = |it: &Flag<'_>| it.value.is_some_and(|it| it.starts_with("delete"));
        VERBS.contains(&self.text(0))
            && !self.has("ignore-not-found")
            && !self.flag("for").is_some_and(is_for_absence)
            && self.flag("help").or(self.flag("h")).is_none()
    }

    /// What the command is about.
    pub fn named(&self) -> Named<'a> {
        const VAGUE: [&str; 5] = [
            "filename",
            "kustomize",
            "all",
            "field-selector",
            "all-namespaces",
        ];
        // A bare name is that of a pod, and what follows is something else.
        let is_of_pods = matches!(self.text(0), "logs" | "exec" | "attach" | "port-forward");
        let words = self.subjects();
        if VAGUE.iter().any(|it| self.has(it)) {
            return Named::Other;
        }
        if let Some(flag) = self.flag("selector") {
            let text = flag.value.filter(|_| flag.is_known).unwrap_or_default();
            let kind = match words.first() {
                Some(word) if !is_of_pods => Kind::of_word(&word.value.text),
                _ => is_of_pods.then_some(POD),
            };
            let labels = text.split(',').map(label).collect::<Option<Vec<_>>>();
            return match (kind, labels) {
                (Some(kind), Some(labels)) => Named::Labelled {
                    kind,
                    labels,
                    range: flag.range,
                },
                _ => Named::Other,
            };
        }
        let found = match words {
            [first, ..] if is_of_pods && !first.value.text.contains('/') => {
                Some(vec![NamedObject {
                    kind: POD,
                    name: &first.value.text,
                    range: first.range,
                }])
            }
            [first, ..] if is_of_pods => objects(&[first]),
            words => objects(words),
        };
        let is_known = |it: &NamedObject<'_>| !it.name.is_empty() && !it.name.contains(UNKNOWN);
        match found {
            Some(mut found) => {
                found.retain(is_known);
                Named::Objects(found)
            }
            None => Named::Other,
        }
    }

    /// The containers that the command names, each with the word that begins with it, or is it: those of `set image`, `logs`, `exec` and
    /// `attach`.
    pub fn containers(&self) -> Vec<(&'a str, TextRange)> {
        match self.text(0) {
            "set" if self.text(1) == "image" => {
                let pairs = &self.words[self.verb_length() + self.subjects().len()..];
                let pairs = pairs.iter().filter_map(|it| {
                    let (name, _) = it.value.text.split_once('=')?;
                    Some((name, it.range))
                });
                pairs
                    .filter(|(name, _)| !name.contains([UNKNOWN, '*']) && !name.is_empty())
                    .collect()
            }
            "logs" | "exec" | "attach" => {
                let flag = self.flag("container").filter(|it| it.is_known);
                let name = flag.and_then(|it| Some((it.value?, it.range)));
                name.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The only path that `-f` gives, unknown parts in it as they are.
    pub fn file(&self) -> Option<&Flag<'a>> {
        let mut files = self.flags.iter().filter(|it| it.name == "filename");
        files.next().filter(|_| files.next().is_none())
    }
}

const POD: Kind = Kind {
    group: "",
    name: "Pod",
};

/// The objects that words such as `deployment/web`, or `deployment web`, name: those of the kinds that are known here. `None` if that is not
/// what the words are.
fn objects<'a>(words: &[&'a Argument]) -> Option<Vec<NamedObject<'a>>> {
    let (first, rest) = words.split_first()?;
    let object = |kind, name, range| NamedObject { kind, name, range };
    if !first.value.text.contains('/') {
        // `deployment,service web` is both.
        let kinds = first.value.text.split(',').filter_map(Kind::of_word);
        let kinds: Vec<Kind> = kinds.collect();
        let named = rest.iter().flat_map(|word| {
            let kinds = kinds.iter();
            kinds.map(|kind| object(*kind, word.value.text.as_str(), word.range))
        });
        return Some(named.collect());
    }
    let mut found = Vec::new();
    for word in words {
        let (kind, name) = word.value.text.split_once('/')?;
        found.extend(Kind::of_word(kind).map(|it| object(it, name, word.range)));
    }
    Some(found)
}

/// A label of a selector: `key=value` or `key==value`.
fn label(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once("==").or_else(|| text.split_once('='))?;
    let is_plain = !key.ends_with('!') && !value.is_empty();
    is_plain.then_some((key, value))
}

impl Kind {
    /// The kind that kubectl takes `word` for: `deploy`, `deployments.apps`, `deployment.v1.apps`.
    pub fn of_word(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        let (name, group) = lower.split_once('.').unwrap_or((&lower, ""));
        let mut rows = data::rows(include_str!("../data/kubectl-kinds.tsv"));
        rows.find_map(|[kind, of, words]| {
            let of = if of == "-" { "" } else { of };
            let is_of = group.is_empty() || group.split('.').next() == of.split('.').next();
            let is_versioned = group.split_once('.').is_some_and(|(_, rest)| rest == of);
            let fits = words.split(' ').any(|it| it == name) && (is_of || is_versioned);
            fits.then_some(Self {
                group: of,
                name: kind,
            })
        })
    }
}

fn long_name(name: &str) -> &str {
    match name {
        "A" => "all-namespaces",
        "c" => "container",
        "f" => "filename",
        "k" => "kustomize",
        "l" => "selector",
        "n" => "namespace",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::Value;

    fn words(line: &str) -> Vec<Argument> {
        let words = line.split(' ').map(|it| Argument {
            value: if it == "$x" {
                Value::unknown()
            } else {
                Value::from(it.to_owned())
            },
            range: TextRange::default(),
        });
        words.collect()
    }

    fn named(line: &str) -> String {
        let words = words(line);
        match Call::read(&words).named() {
            Named::Objects(all) => {
                let all = all.iter().map(|it| format!("{}/{}", it.kind.name, it.name));
                all.collect::<Vec<_>>().join(" ")
            }
            Named::Labelled { kind, labels, .. } => format!("{} {labels:?}", kind.name),
            Named::Other => "other".to_owned(),
        }
    }

    #[test]
    fn objects_in_all_forms() {
        for (line, expected) in [
            ("delete deploy/web sts/db", "Deployment/web StatefulSet/db"),
            ("delete deployment web api", "Deployment/web Deployment/api"),
            ("delete deploy,svc web", "Deployment/web Service/web"),
            ("rollout status deployments.apps/web", "Deployment/web"),
            ("rollout undo deployment.v1.apps/web", "Deployment/web"),
            (
                "scale Deployment/web -n shop --replicas 2",
                "Deployment/web",
            ),
            ("rollout status deployment.example.com/web", ""),
            ("wait rollout/web deploy/api", "Deployment/api"),
            ("delete deploy $x web", "Deployment/web"),
            ("delete $x web", ""),
            ("delete deploy/web api", "other"),
            ("delete deploy", ""),
            ("delete deploy --all", "other"),
            ("delete -f deploy.yaml", "other"),
            ("set image deploy/web web=a:1 log=b:1", "Deployment/web"),
            ("set image deploy web web=a:1", "Deployment/web"),
            ("set env deploy/web A=b C-", "Deployment/web"),
            ("label pod web tier-", "Pod/web"),
            ("logs web app", "Pod/web"),
            ("exec deploy/web ls", "Deployment/web"),
            ("exec -it web -- ls deploy/api", "Pod/web"),
            ("logs -f -l app=web", "Pod [(\"app\", \"web\")]"),
            (
                "wait pod -l app=web,tier==front",
                "Pod [(\"app\", \"web\"), (\"tier\", \"front\")]",
            ),
            ("wait pod -l app!=web", "other"),
            ("wait pod -l app", "other"),
            ("wait pod -l $x", "other"),
        ] {
            assert_eq!(named(line), expected, "{line}");
        }
    }

    #[test]
    fn containers() {
        for (line, expected) in [
            ("set image deploy/web web=a:1 log=b:1", "web log"),
            ("set image deploy web *=a:1", ""),
            ("set image -f web.yaml web=a:1", "web"),
            ("logs web -c app", "app"),
            ("exec -it web -capp -- ls -c x", "app"),
            ("exec web -c $x", ""),
            ("scale deploy/web --replicas=1", ""),
        ] {
            let words = words(line);
            let found = Call::read(&words).containers();
            let found: Vec<&str> = found.iter().map(|it| it.0).collect();
            assert_eq!(found.join(" "), expected, "{line}");
        }
    }

    #[test]
    fn flags() {
        let line = words("logs -f web -c app --tail=5");
        let call = Call::read(&line);
        assert_eq!((call.text(1), call.words.len()), ("web", 2));
        assert_eq!(call.flag("container").and_then(|it| it.value), Some("app"));
        let line = words("exec -it web -nshop -- ls -c x");
        let call = Call::read(&line);
        assert_eq!(call.namespace(), Some("shop"));
        assert!(!call.has("container") && call.words.len() == 2);
        let line = words("delete -Rf a --wait=false --all=false");
        let call = Call::read(&line);
        assert_eq!(call.flag("filename").and_then(|it| it.value), Some("a"));
        assert!(!call.has("all") && call.flag("all").is_some());
    }
}
