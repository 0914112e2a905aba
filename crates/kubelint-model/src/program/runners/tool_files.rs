//! What the configuration of a tool says of where it listens, as far as it is written out.

use kubelint_parser::code::{Code, Language, Node, parse};

use crate::FileId;
use crate::code::Expr;
use crate::program::build::Build;
use crate::program::store::Store;
use crate::program::words::Word;

/// What a configuration says.
pub(super) enum Said {
    /// Nothing of where the tool listens, or it is not there.
    Nothing,
    /// Perhaps something.
    Perhaps,
    Words {
        port: Option<Word>,
        address: Option<Word>,
    },
}

/// The ends of names that a configuration may have.
const ENDS: [&str; 7] = ["", ".js", ".ts", ".mjs", ".mts", ".cjs", ".cts"];
/// The further files of variables that front ends read.
const ENDS_OF_VARIABLES: [&str; 6] = [
    "",
    ".local",
    ".development",
    ".development.local",
    ".production",
    ".production.local",
];
/// Words that say where something listens.
const TELLING: [&str; 6] = ["port", "host", "address", "PORT", "HOST", "envPrefix"];
/// What takes settings from elsewhere.
const TAKING: [&str; 2] = ["mergeConfig", "..."];

/// What the configuration at `path`, which may stand without its end, says in the first of the objects `members`; without those only whether
/// it mentions anything. Of a file of variables only `variables` count.
pub(super) fn said(
    path: &str,
    members: &[&str],
    variables: &[&str],
    build: &Build<'_>,
    store: &mut Store<'_>,
) -> Said {
    let of_variables = path.ends_with("/.env");
    let ends: &[&str] = if of_variables {
        &ENDS_OF_VARIABLES
    } else {
        &ENDS
    };
    for end in ends {
        let path = format!("{path}{end}");
        let mut stages = build.stages();
        let Some(file) = stages.find_map(|it| build.file(it, &path)) else {
            continue;
        };
        let Some(id) = store.read_text(&file) else {
            return Said::Perhaps;
        };
        let text = store.text_of(id);
        let telling = if of_variables { variables } else { &TELLING };
        let is_telling = words(text).any(|it| telling.contains(&it));
        match (is_telling, of_variables) {
            (true, true) => return Said::Perhaps,
            (false, true) => {}
            (_, false) if TAKING.iter().any(|it| text.contains(it)) => return Said::Perhaps,
            (false, false) => {
                // An object that stands elsewhere may say it.
                let is_open =
                    words(text).any(|it| members.contains(&it)) && is_handed(text, members);
                return if is_open {
                    Said::Perhaps
                } else {
                    Said::Nothing
                };
            }
            (true, false) if members.is_empty() => return Said::Perhaps,
            (true, false) => {
                return Config::of(text, id).map_or(Said::Perhaps, |it| it.said(members));
            }
        }
    }
    Said::Nothing
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|it: char| !it.is_alphanumeric() && it != '_')
}

/// Whether one of the objects is not written out where its name stands.
fn is_handed(text: &str, members: &[&str]) -> bool {
    let Some(config) = Config::of(text, FileId(0)) else {
        return true;
    };
    let mut objects = members.iter().flat_map(|it| config.objects(it));
    objects.any(|it| it.is_none())
}

/// A configuration that is source.
struct Config<'t> {
    text: &'t str,
    file: FileId,
    code: Code,
}

impl<'t> Config<'t> {
    fn of(text: &'t str, file: FileId) -> Option<Self> {
        let code = parse(text, Language::TypeScript).ok()?;
        Some(Self { text, file, code })
    }

    /// What the first of the objects says, and of the address also the others if that does not.
    fn said(&self, members: &[&str]) -> Said {
        let (mut port, mut address) = (None, None);
        for (at, member) in members.iter().enumerate() {
            let mut objects = self.objects(member);
            let object = match (objects.next(), objects.next()) {
                (None, _) => continue,
                (Some(Some(object)), None) => object,
                // One that stands elsewhere, or one for each of several cases.
                _ => return Said::Perhaps,
            };
            for (name, found) in [("port", &mut port), ("host", &mut address)] {
                let is_asked = found.is_none() && (at == 0 || name == "host");
                let pair = object.children().find(|it| key(*it) == Some(name));
                let Some(pair) = pair.filter(|_| is_asked) else {
                    continue;
                };
                *found = self.value(pair);
                if found.is_none() {
                    return Said::Perhaps;
                }
            }
        }
        Said::Words { port, address }
    }

    /// The values of all members of this name: `None` for one that is no object.
    fn objects<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Option<Node<'a>>> {
        let mut open: Vec<Node<'a>> = vec![self.code.root(self.text)];
        let nodes = std::iter::from_fn(move || {
            let node = open.pop()?;
            open.extend(node.children());
            Some(node)
        });
        nodes.filter(move |it| key(*it) == Some(name)).map(|it| {
            let value = it.field("value");
            value.filter(|it| it.kind() == "object")
        })
    }

    /// A number, a text, or whether all addresses are meant, as far as it is written out.
    fn value(&self, pair: Node<'_>) -> Option<Word> {
        let value = pair.field("value")?;
        let text = match value.kind() {
            "number" => value.text(),
            "string" => value.text().trim_matches(['"', '\'']),
            "true" => "0.0.0.0",
            "false" => "localhost",
            _ => return None,
        };
        Some(Word {
            expr: Expr::Text(text.to_owned()),
            place: Some((self.file, value.range())),
        })
    }
}

/// The name of a member: `port: 80`, `"port": 80`, `port,`, `port() {}`.
fn key(node: Node<'_>) -> Option<&str> {
    let name = match node.kind() {
        "pair" => node.field("key")?.text(),
        "shorthand_property_identifier" => node.text(),
        "method_definition" => node.field("name")?.text(),
        _ => return None,
    };
    Some(name.trim_matches(['"', '\'']))
}
