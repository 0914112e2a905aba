//! What starts programs of .NET: `dotnet` with an assembly, or the executable beside it, which is called as the assembly is.

use kubelint_parser::code::Language;

use super::{Around, Entry, Launch, Runtime};
use crate::program::dotnet;
use crate::program::start::Command;
use crate::program::store::Store;
use crate::program::words::Word;

/// Flags of the host that take what follows them.
const WITH_VALUE: [&str; 8] = [
    "--roll-forward",
    "--additionalprobingpath",
    "--additional-deps",
    "--depsfile",
    "--runtimeconfig",
    "--fx-version",
    "--project",
    "-p",
];

pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let first = file_name(command.words.first()?.text()?);
    let name = if first == "dotnet" {
        assembly(&command.words[1..])?
    } else {
        // A program of another kind has no project of its name.
        let has_folder = command.words.first()?.text()?.contains('/');
        has_folder.then(|| first.trim_end_matches(".dll").to_owned())?
    };
    let (project, gaps) = dotnet::find(&name, around.build, store)?;
    Some(Launch {
        language: Language::CSharp,
        entry: Entry::Project(project),
        roots: Vec::new(),
        server: None,
        command: None,
        runtime: Runtime::default(),
        gaps,
    })
}

/// The assembly that `dotnet` is given: the first word that is no flag.
fn assembly(words: &[Word]) -> Option<String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.text()?;
        if matches!(text, "exec" | "watch") {
            continue;
        }
        if text == "run" {
            return project_of_run(words.as_slice());
        }
        if WITH_VALUE.contains(&text) {
            words.next();
        } else if !text.starts_with('-') {
            return Some(file_name(text).strip_suffix(".dll")?.to_owned());
        }
    }
    None
}

/// The project that `dotnet run` is told to run.
fn project_of_run(words: &[Word]) -> Option<String> {
    let at = words
        .iter()
        .position(|it| matches!(it.text(), Some("--project" | "-p")))?;
    let path = words.get(at + 1)?.text()?;
    let name = file_name(path.trim_end_matches('/'));
    Some(name.trim_end_matches(".csproj").to_owned())
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
