//! Scripts that bring nothing to a cluster but what the repository states.

use kubelint_model::script::Run;
use kubelint_model::{DeploymentGraph, FileId};

/// Programs that bring nothing to a cluster.
#[rustfmt::skip]
const HARMLESS: [&str; 47] = [
    "awk", "az", "basename", "cat", "cd", "chmod", "cp", "cut", "date", "declare", "dirname", "docker", "echo", "envsubst",
    "exit", "export", "false", "find", "gcloud", "git", "grep", "head", "jq", "local", "ls", "mkdir", "mv", "nc", "popd",
    "printf", "pushd", "pwd", "read", "readonly", "return", "rm", "sed", "set", "shift", "sleep", "sort", "tail", "test", "tr",
    "trap", "true", "wc",
];

/// Whether the scripts of a file bring nothing to a cluster but what files of the repository state: they run nothing of which that is not
/// known, apply no address and nothing that another command prints.
pub(crate) fn is_closed(graph: &DeploymentGraph, file: FileId) -> bool {
    let scripts = graph.commands.scripts.iter().filter(|it| it.file == file);
    let mut outcomes = scripts.map(|it| &it.outcome);
    outcomes.all(|it| !it.is_cut && it.errors.is_empty() && it.runs.iter().all(brings_nothing))
}

fn brings_nothing(run: &Run) -> bool {
    let Some((tool, words)) = run.command().split_first() else {
        return true;
    };
    let tool = tool.value.text.rsplit('/').next().unwrap_or_default();
    match tool {
        "kubectl" | "oc" => words.iter().all(|it| {
            let text = it.value.text.as_str();
            !text.contains("://") && text != "-" && text != "--kustomize" && !text.starts_with("-k")
        }),
        tool => HARMLESS.contains(&tool),
    }
}
