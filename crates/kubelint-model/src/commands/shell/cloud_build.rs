//! Steps of Google Cloud Build: each runs a builder's image with arguments, in a workspace that all of them share. Many builders are called
//! after the tool that they run.

use kubelint_parser::TextRange;
use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node, Yaml};

use super::{Assembled, Context, Form, Script, Shell};
use crate::build::split_image;
use crate::commands::script::Reader;
use crate::commands::words::name_length;
use crate::script::{Argument, Folder, Origin, Outcome, ROOT, Run, UNKNOWN, Value};
use crate::{File, KubeNode, tree};

/// More steps than these are not read.
const MOST_STEPS: usize = 500;
/// The workspace is one, so that all steps are run together.
const PART: u32 = 1;

/// Whether Cloud Build reads the file.
pub(in crate::commands) fn is_configuration(file: &File) -> bool {
    file.path.file_name().starts_with("cloudbuild")
}

/// Reads the commands of a build.
pub(in crate::commands) fn read(
    (file, text): (&File, &str),
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    scripts: &mut Vec<Script>,
) {
    let parsed;
    let yaml: &Yaml = if file.yaml.documents().is_empty() {
        parsed = tree::parse(Profile::Kubectl, text);
        &parsed
    } else {
        &file.yaml
    };
    let Some(root) = yaml.documents().first().and_then(|it| yaml.root(text, it)) else {
        return;
    };
    let mut shell = Shell {
        folder: Folder::root(),
        ..Shell::default()
    };
    for entry in root
        .field("substitutions")
        .into_iter()
        .flat_map(Node::fields)
    {
        if let Some(value) = entry.value.resolved().text_value() {
            // A trigger may set it otherwise.
            let mut value = expanded(&value, &shell);
            value.assumed = true;
            value.origins = vec![Origin {
                file: context.id,
                range: entry.value.range(),
            }];
            shell
                .variables
                .insert(entry.key.decoded().into_owned(), value);
        }
    }
    for step in root.list("steps").into_iter().take(MOST_STEPS) {
        if let Some(step) = Step::read(step, &shell) {
            scripts.push(step.evaluate(&shell, context, reader));
        }
    }
}

/// A step.
struct Step<'a> {
    /// What runs: the builder's image, or what is stated in place of its own command.
    tool: (String, TextRange),
    arguments: Vec<Node<'a>>,
    /// A script that the builder's shell runs.
    script: Option<Node<'a>>,
    /// What a builder is told by its environment to run on another machine, to which it copies the workspace, and whose user it is.
    remote: Option<(Node<'a>, String)>,
    folder: Folder,
}

impl<'a> Step<'a> {
    fn read(node: Node<'a>, shell: &Shell<'_>) -> Option<Self> {
        let name = node.field("name")?;
        let image = name.text_value()?;
        let builder = split_image(&image).0.rsplit('/').next().unwrap_or_default();
        let entry = node.field("entrypoint");
        let tool = match entry.and_then(KubeNode::text_value) {
            Some(entry) => (entry.into_owned(), entry_range(node)),
            None => (builder.to_owned(), name.range()),
        };
        let folder = match node.field("dir").and_then(KubeNode::text_value) {
            Some(stated) => shell.folder.join(&expanded(&stated, shell).text),
            None => Some(shell.folder.clone()),
        };
        let arguments = match node.field("args") {
            Some(args) if args.kind() == Kind::Sequence => {
                args.items().map(Node::resolved).collect()
            }
            other => other.into_iter().collect(),
        };
        Some(Self {
            tool,
            arguments,
            script: node.field("script"),
            remote: (builder == "remote-builder")
                .then(|| remote(node))
                .flatten(),
            folder: folder.unwrap_or_else(Folder::unknown),
        })
    }

    fn evaluate(
        &self,
        shell: &Shell<'_>,
        context: &Context<'_>,
        reader: &mut Reader<'_>,
    ) -> Script {
        let own = Shell {
            folder: self.folder.clone(),
            ..shell.clone()
        };
        if let Some((command, user)) = &self.remote {
            let root = |_: &str| Value::from(ROOT.to_string());
            let own = Shell {
                template: &root,
                ..own
            };
            let copy = format!("/home/{user}/workspace");
            let text = command_of(*command).mark(&copy, "", |_| true);
            return context.run(&[text], &own, (PART, Form::Job), reader);
        }
        if let Some(script) = self.script {
            // Of a script nothing is replaced before.
            let text = Assembled::of_node(script);
            return context.run(&[text], &own, (PART, Form::Job), reader);
        }
        if let Some((text, errexit)) = self.inline() {
            let own = Shell { errexit, ..own };
            return context.run(&[text], &own, (PART, Form::Job), reader);
        }
        let outcome = Outcome::of(self.command(context, shell));
        context.script(outcome, (PART, Form::Job), reader)
    }

    /// The text that a shell is given by `-c`, and whether it ends with the first command that fails.
    fn inline(&self) -> Option<(Assembled, bool)> {
        let program = self.tool.0.rsplit('/').next().unwrap_or_default();
        if !matches!(program, "bash" | "sh" | "ash" | "zsh") {
            return None;
        }
        let texts: Vec<_> = self.arguments.iter().map(|it| it.decoded()).collect();
        let is_flag = |it: &str| it.starts_with('-') && !it.starts_with("--");
        let at = texts
            .iter()
            .position(|it| is_flag(it) && it.contains('c'))?;
        let errexit = texts[..=at]
            .iter()
            .any(|it| is_flag(it) && it.contains('e'));
        Some((unescaped(*self.arguments.get(at + 1)?), errexit))
    }

    /// The command as its words.
    fn command(&self, context: &Context<'_>, shell: &Shell<'_>) -> Run {
        let (tool, range) = &self.tool;
        let mut words = vec![Argument {
            value: Value::from(tool.as_str()),
            range: *range,
        }];
        for argument in &self.arguments {
            let text = argument.text_value().unwrap_or_default();
            words.push(Argument {
                value: expanded(&text, shell),
                range: argument.range(),
            });
        }
        let whole = words.iter().fold(*range, |all, it| all.cover(it.range));
        Run::of_words(context.id, whole, words, self.folder.clone())
    }
}

fn entry_range(step: Node<'_>) -> TextRange {
    step.field("entrypoint").map_or(step.range(), Node::range)
}

/// `COMMAND` in the environment of the community's builder that runs it on a machine of its own, with a copy of the workspace in the home
/// of `USERNAME`.
fn remote(step: Node<'_>) -> Option<(Node<'_>, String)> {
    let variables = step.field("env")?;
    let value = |name: &str| {
        let mut items = variables.items().map(Node::resolved);
        items.find(|it| {
            let text = it.decoded();
            text.strip_prefix(name)
                .is_some_and(|it| it.starts_with('='))
        })
    };
    let user = value("USERNAME").map(|it| it.decoded().trim_start_matches("USERNAME=").to_owned());
    Some((
        value("COMMAND")?,
        user.unwrap_or_else(|| "admin".to_owned()),
    ))
}

/// What stands behind `COMMAND=`.
fn command_of(node: Node<'_>) -> Assembled {
    Assembled::of_node(node)
        .replace("$$", "$")
        .replace("COMMAND=", "")
}

/// A scalar in which `$$` is `$`.
fn unescaped(node: Node<'_>) -> Assembled {
    Assembled::of_node(node).replace("$$", "$")
}

/// A text with the substitutions of the build: `$_NAME`, `${_NAME}`, `$PROJECT_ID`; `$$` is `$`.
fn expanded(text: &str, shell: &Shell<'_>) -> Value {
    let mut found = Value::default();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        found.push(&Value::from(&rest[..at]));
        let behind = &rest[at + 1..];
        if let Some(next) = behind.strip_prefix('$') {
            found.push(&Value::from("$"));
            rest = next;
            continue;
        }
        let braced = behind.strip_prefix('{');
        let inner = braced.unwrap_or(behind);
        let name = &inner[..name_length(inner)];
        let skipped = match braced {
            Some(inner) => 1 + inner.find('}').map_or(inner.len(), |it| it + 1),
            None => name.len(),
        };
        let is_plain = braced.is_none_or(|it| it[name.len()..].starts_with('}'));
        let known = shell.variables.get(name).filter(|_| is_plain);
        match known {
            Some(value) => found.push(value),
            None if skipped == 0 => found.push(&Value::from("$")),
            None => found.push(&Value::from(UNKNOWN.to_string())),
        }
        rest = &behind[skipped..];
    }
    found.push(&Value::from(rest));
    found
}
