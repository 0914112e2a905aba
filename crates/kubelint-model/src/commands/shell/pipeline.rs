//! Pipelines of services that state shell commands under keys of their own: Azure Pipelines, CircleCI, Travis CI, Bitbucket, Buildkite,
//! CodeBuild, Taskfiles. Each key at the top is a part.

use kubelint_parser::yaml::resolve::Profile;
use kubelint_parser::yaml::{Kind, Node, Yaml};

use super::{Assembled, Context, Form, Script, Shell, made_value};
use crate::commands::lines::each_line;
use crate::commands::script::Reader;
use crate::commands::words::{Variables, name_length};
use crate::script::{Folder, ROOT, Value};
use crate::{File, KubeNode, tree};

/// The keys whose values are commands: one, or a list of which one shell runs each.
const COMMANDS: [&str; 18] = [
    // Azure Pipelines.
    "bash",
    "inlineScript",
    "script",
    // CircleCI, Buildkite, CodeBuild.
    "command",
    "commands",
    "run",
    // Taskfiles.
    "cmd",
    "cmds",
    // Travis CI.
    "after_deploy",
    "after_script",
    "after_success",
    "before_deploy",
    "before_install",
    "before_script",
    "deploy",
    "install",
    "inline",
    "provision",
];
/// The keys whose values are commands of PowerShell or cmd.
const OTHER_COMMANDS: [&str; 2] = ["powershell", "pwsh"];
/// The keys that state where the commands beside them run.
const FOLDERS: [&str; 3] = ["dir", "workingDirectory", "working_directory"];
/// The variables that services set to the folder that the repository is checked out to.
const WORKSPACES: [&str; 6] = [
    "BITBUCKET_CLONE_DIR",
    "BUILD_REPOSITORY_LOCALPATH",
    "BUILD_SOURCESDIRECTORY",
    "CODEBUILD_SRC_DIR",
    "SYSTEM_DEFAULTWORKINGDIRECTORY",
    "TRAVIS_BUILD_DIR",
];
/// More commands than these are not read.
const MOST_COMMANDS: usize = 2000;

/// Reads the commands of a pipeline.
pub(in crate::commands) fn read(
    (file, text): (&File, &str),
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    variables: &Variables,
    scripts: &mut Vec<Script>,
) {
    let parsed;
    let yaml: &Yaml = if file.yaml.documents().is_empty() {
        parsed = tree::parse(Profile::Kubectl, text);
        &parsed
    } else {
        &file.yaml
    };
    let roots = yaml.documents().iter();
    let roots = roots.filter_map(|it| yaml.root(text, it));
    let mut left = MOST_COMMANDS;
    for (part, entry) in (1..).zip(roots.flat_map(Node::fields)) {
        let value = entry.value.resolved();
        let key = entry.key.decoded();
        if COMMANDS.contains(&key.as_ref()) && value.kind() != Kind::Mapping {
            let of_key = Commands {
                node: value,
                folder: None,
            };
            of_key.read((part, text), reader, context, variables, scripts);
        }
        for node in value.descendants().filter(|it| it.kind() == Kind::Mapping) {
            for commands in Commands::of(node) {
                if left == 0 {
                    return;
                }
                left -= 1;
                commands.read((part, text), reader, context, variables, scripts);
            }
            for key in OTHER_COMMANDS {
                let Some(other) = node.field(key).filter(|it| it.kind() == Kind::Scalar) else {
                    continue;
                };
                reader.enter(part, None);
                each_line(text, other.range(), |range, _| reader.line(range));
            }
        }
    }
}

/// Commands that a mapping states.
struct Commands<'a> {
    node: Node<'a>,
    /// The folder that the mapping states.
    folder: Option<String>,
}

impl<'a> Commands<'a> {
    fn of(node: Node<'a>) -> Vec<Self> {
        let folder = FOLDERS.iter().find_map(|it| node.field(it));
        let folder = folder.and_then(KubeNode::text_value);
        let stated = COMMANDS.iter().filter_map(|it| node.field(it));
        let stated = stated.map(Node::resolved);
        stated
            .filter(|it| it.kind() != Kind::Mapping)
            .map(|node| Self {
                node,
                folder: folder.as_deref().map(str::to_owned),
            })
            .collect()
    }

    fn read(
        &self,
        (part, text): (u32, &str),
        reader: &mut Reader<'_>,
        context: &Context<'_>,
        variables: &Variables,
        scripts: &mut Vec<Script>,
    ) {
        let texts: Vec<Assembled> = match self.node.kind() {
            Kind::Sequence => self
                .node
                .items()
                .map(Node::resolved)
                .filter(|it| it.kind() == Kind::Scalar)
                .map(assembled)
                .collect(),
            _ => vec![assembled(self.node)],
        };
        let template = |text: &str| value_of(text, variables);
        let mut shell = Shell {
            template: &template,
            ..Shell::of_job(variables)
        };
        for name in WORKSPACES {
            let root = Value::from(ROOT.to_string());
            shell.variables.insert(name.to_owned(), root);
        }
        if let Some(folder) = &self.folder {
            shell.folder = entered(folder, variables);
        }
        let is_empty = self.node.range().of(text).trim().is_empty();
        if !texts.is_empty() && !is_empty {
            scripts.push(context.run(&texts, &shell, (part, Form::Job), reader));
        }
    }
}

/// The folder that is stated.
fn entered(stated: &str, variables: &Variables) -> Folder {
    let known = match stated.split_once(')') {
        Some((variable, rest)) if stated.starts_with("$(") => {
            let value = value_of(&format!("{variable})"), variables);
            format!("{}{rest}", value.text)
        }
        _ => stated.to_owned(),
    };
    let is_open = known.contains(['$', '{', '<', '~']);
    let folder = (!is_open).then(|| Folder::root().join(&known)).flatten();
    folder.unwrap_or_else(Folder::unknown)
}

/// A scalar with what services put into it: `$(name)`, `${{ name }}`, `<< name >>`, `{{.name}}`.
fn assembled(node: Node<'_>) -> Assembled {
    let is_name = |text: &str| {
        let mut parts = text.split('.');
        !text.is_empty() && parts.all(|it| !it.is_empty() && name_length(it) == it.len())
    };
    // Commands are of small letters, by custom.
    let is_variable = |text: &str| {
        is_name(text) && (text.contains('.') || text.starts_with(|it: char| it.is_uppercase()))
    };
    Assembled::of_node(node)
        .mark("${{", "}}", |_| true)
        .mark("{{", "}}", |_| true)
        .mark("<<", ">>", |it| is_name(it.trim()))
        .mark("$(", ")", is_variable)
}

/// What a service puts in.
fn value_of(text: &str, variables: &Variables) -> Value {
    let name = text.trim_start_matches(['$', '(', '{', '<', ' ', '.']);
    let name = name.trim_end_matches([')', '}', '>', ' ']);
    let shouted = name.replace('.', "_").to_ascii_uppercase();
    if WORKSPACES.contains(&shouted.as_str()) {
        return Value::from(ROOT.to_string());
    }
    let bare = name.rsplit('.').next().unwrap_or_default();
    made_value(bare, variables)
}
