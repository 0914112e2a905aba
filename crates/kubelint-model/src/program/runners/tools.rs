//! Tools that serve files or a front end by themselves: static servers, development servers, and the servers that builds of frameworks come
//! with. Where they listen is known, and what they answer is not.

use std::sync::LazyLock;

use kubelint_parser::code::Language;

use super::node::package;
use super::tool_files::{self, Said};
use super::{Around, Bind, Entry, Launch, Runtime, Server};
use crate::code::{Expr, Protocol, Subject};
use crate::data;
use crate::program::Gap;
use crate::program::build::absolute;
use crate::program::start::{Command, located};
use crate::program::store::Store;
use crate::program::words::Word;
use crate::program::wrappers::file_name;

/// What shows that a build has to do with Node.js.
const OF_NODE: [&str; 6] = ["node", "npm", "npx", "pnpm", "yarn", "bun"];

/// A tool, as a row of `data/web-tools.tsv` describes it.
#[derive(Debug, Default)]
struct Tool {
    /// Its name, and the words that follow it.
    words: Vec<&'static str>,
    port: Setting,
    host: Setting,
    /// Files that may say both, each with the objects in which they do.
    files: Vec<(&'static str, Vec<&'static str>)>,
    is_of_node: bool,
    /// Words with which it does something else.
    except: Vec<&'static str>,
    /// A package that package.json must name, and its oldest version.
    needs: Option<(&'static str, u32)>,
}

/// What a command line and variables may set.
#[derive(Debug, Default)]
struct Setting {
    default: &'static str,
    /// The variables, the first of which that is set wins.
    variables: Vec<&'static str>,
    /// Whether only some versions read them.
    is_unsure: bool,
    flags: Vec<&'static str>,
}

/// The rows of `data/web-tools.tsv`, those of more words first.
static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let rows = data::rows(include_str!("../../../data/web-tools.tsv"));
    let mut tools: Vec<Tool> = rows
        .map(|[name, settings, _]| tool(name, settings))
        .collect();
    tools.sort_by_key(|it| std::cmp::Reverse(it.words.len()));
    tools
});

fn tool(name: &'static str, settings: &'static str) -> Tool {
    let mut tool = Tool {
        words: name.split(' ').collect(),
        ..Tool::default()
    };
    for clause in settings.split("; ") {
        let mut words = clause.split(' ');
        match words.next() {
            Some("port") => tool.port = setting(words),
            Some("host") => tool.host = setting(words),
            Some("file") => {
                if let Some(name) = words.next() {
                    tool.files.push((name, words.collect()));
                }
            }
            Some("npm") => tool.is_of_node = true,
            Some("except") => tool.except = words.collect(),
            Some("needs") => {
                let name = words.next();
                let version = words.next().and_then(|it| it.parse().ok());
                tool.needs = name.map(|it| (it, version.unwrap_or_default()));
            }
            _ => {}
        }
    }
    tool
}

fn setting(mut words: impl Iterator<Item = &'static str>) -> Setting {
    let mut setting = Setting {
        default: words.next().unwrap_or_default(),
        ..Setting::default()
    };
    for word in words {
        if word.starts_with('-') {
            setting.flags.push(word);
            continue;
        }
        setting.is_unsure |= word.starts_with('?');
        setting.variables.push(word.trim_start_matches('?'));
    }
    setting
}

/// What a command starts, if that is a tool which serves by itself.
pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let tool = TOOLS.iter().find(|it| it.is_run_by(command))?;
    let first = command.words.first()?.text()?;
    let is_other = located(first, &command.folder, around.build).is_some();
    if is_other || (tool.is_of_node && !OF_NODE.iter().any(|it| around.build.says(it))) {
        return None;
    }
    let mut gaps: Vec<Gap> = [Subject::Routes, Subject::Reads]
        .map(|it| Gap {
            subject: Some(it),
            why: "what it serves by itself is not read".to_owned(),
            place: None,
        })
        .into();
    let arguments = command.words.get(tool.words.len()..).unwrap_or_default();
    let mut ports = values(arguments, &tool.port.flags);
    let mut host = values(arguments, &tool.host.flags).pop().flatten();
    let has_host = is_given(arguments, &tool.host.flags);
    if has_host {
        // Without a value it stands for all addresses.
        host = host.or_else(|| Some(Word::of_shell("0.0.0.0", None)));
    }
    let mut unknown = ports.contains(&None) || !is_of_version(tool, command, around, store)?;
    ports.retain(Option::is_some);
    let is_told_elsewhere = is_given(arguments, &["-c", "--config", "--configuration"]);
    for (file, members) in &tool.files {
        if !ports.is_empty() && has_host {
            break;
        }
        let path = absolute(&command.folder, file);
        let variables = [&*tool.port.variables, &*tool.host.variables].concat();
        match tool_files::said(&path, members, &variables, around.build, store) {
            Said::Nothing => {}
            Said::Perhaps => unknown = true,
            Said::Words { port, address } => {
                if ports.is_empty() {
                    ports.extend(port.map(Some));
                }
                host = host.or(address);
            }
        }
    }
    unknown |= is_told_elsewhere && !tool.files.is_empty();
    if unknown {
        gaps.push(Gap::of_ports("its configuration may say where it listens"));
    }
    let address = match host {
        Some(word) => Some(word.expr),
        None if tool.host.default == "*" && tool.host.variables.is_empty() => None,
        None => Some(tool.host.value()),
    };
    let bind = |port: Expr, place| Bind {
        port,
        host: address.clone(),
        protocol: Protocol::Http,
        tls: None,
        place,
    };
    let binds = ports.into_iter().flatten();
    Some(Launch {
        language: Language::JavaScript,
        entry: Entry::Tool,
        roots: Vec::new(),
        server: Some(Server {
            binds: binds.map(|it| bind(it.expr, it.place)).collect(),
            default: bind(tool.port.value(), None),
            configuration: None,
            root_path: None,
        }),
        command: None,
        runtime: Runtime::default(),
        gaps,
    })
}

impl Tool {
    fn is_run_by(&self, command: &Command) -> bool {
        let mut words = command.words.iter().map(Word::text);
        let Some(Some(first)) = words.next() else {
            return false;
        };
        let mut own = self.words.iter();
        if own.next() != Some(&file_name(first)) {
            return false;
        }
        let is_followed = own.all(|own| {
            words
                .next()
                .flatten()
                .is_some_and(|word| match own.strip_prefix('*') {
                    Some(end) => word.ends_with(end) || format!("/{word}").ends_with(end),
                    None => word.trim_start_matches("./").trim_end_matches('/') == *own,
                })
        });
        let next = words.next().flatten();
        is_followed && !next.is_some_and(|it| self.except.contains(&it))
    }
}

impl Setting {
    /// What it is where no flag says it.
    fn value(&self) -> Expr {
        let text = match self.default {
            "*" => "0.0.0.0",
            other => other,
        };
        let default = Expr::Text(text.to_owned());
        let of_variable = self
            .variables
            .iter()
            .rev()
            .fold(default.clone(), |it, name| Expr::Variable {
                name: (*name).to_owned(),
                default: Some(Box::new(it)),
            });
        if self.is_unsure {
            Expr::Either(vec![default, of_variable])
        } else {
            of_variable
        }
    }
}

/// Whether package.json names the package that a tool needs, in a version that it fits. `None` if it does not name it.
fn is_of_version(
    tool: &Tool,
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<bool> {
    let Some((name, oldest)) = tool.needs else {
        return Some(true);
    };
    let package = package(&command.folder, around, store);
    let stated = package.and_then(|(_, it)| {
        let mut kinds = ["dependencies", "devDependencies"].iter();
        kinds.find_map(|kind| it.get(&[kind, name]))
    });
    let Some((version, _)) = stated else {
        // It may come from elsewhere, as long as nothing hangs on its version.
        return (oldest > 0).then_some(false);
    };
    let digits = version.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
    let major = digits.split('.').next().and_then(|it| it.parse().ok());
    Some(oldest == 0 || major.is_some_and(|it: u32| it >= oldest))
}

fn is_given(words: &[Word], flags: &[&str]) -> bool {
    let mut names = words.iter().filter_map(|it| match it.split_flag() {
        Some((name, _)) => Some(name),
        None => it.text().map(str::to_owned),
    });
    names.any(|it| flags.contains(&it.as_str()))
}

/// The values of a flag; `None` for one that has none.
fn values(words: &[Word], flags: &[&str]) -> Vec<Option<Word>> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if let Some((name, value)) = word.split_flag() {
            if flags.contains(&name.as_str()) {
                found.push(Some(value));
            }
            continue;
        }
        let Some(text) = word.text() else {
            continue;
        };
        if flags.contains(&text) {
            let next = words.get(at + 1);
            let is_value = |it: &&Word| it.text().is_none_or(|it| !it.starts_with('-'));
            found.push(next.filter(is_value).cloned());
        } else if let Some((name, number)) = text.split_at_checked(2)
            && flags.contains(&name)
            && number.bytes().all(|it| it.is_ascii_digit())
        {
            // `-p3000`
            found.push(Some(word.with(Expr::Text(number.to_owned()))));
        }
    }
    found
}
