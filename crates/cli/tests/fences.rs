//! Holds every fence of the guide to what it says.
//!
//! The line before a fence says how, or the test fails:
//!
//! | the line | what the fence holds |
//! | --- | --- |
//! | `<!-- run: FOLDER -->` | commands behind `$ `, and what they print; they run one after the other in a copy of the folder |
//! | `<!-- commands: FOLDER -->` | commands alone; none may fail to do its work |
//! | `<!-- file: PATH -->` | a file for the commands up to the next heading |
//! | `<!-- configuration -->` | a `kubelint.yaml` |
//! | `<!-- own configuration -->` | a person's own configuration |
//! | `<!-- pipeline -->` | YAML for something else; the commands of kubelint in it run |
//! | `<!-- output: … -->`, `<!-- sarif -->`, `<!-- ci: … -->` | what another test, or `.ci/run`, takes care of |
//! | `<!-- not run: REASON -->` | what nobody takes care of, and why |
//!
//! What commands print is refreshed as everything else in the documentation is.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kubelint_parser::yaml;

use super::{FENCE, root};

/// A fence, and the line before it.
#[derive(Clone, Debug)]
pub(crate) struct Fence {
    /// The line number of the fence's first line, counted from 1.
    pub(crate) line: usize,
    /// What is said of it, without the marks of a comment; empty if nothing is.
    pub(crate) said: String,
    /// The lines in it.
    pub(crate) lines: Vec<String>,
    /// The heading above it, by number.
    section: usize,
}

/// The fences of a page, in their order.
pub(crate) fn fences(text: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let (mut section, mut said) = (0, String::new());
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed.starts_with(FENCE) {
            let indent = line.len() - trimmed.len();
            let inside = lines.by_ref().map(|it| it.1);
            let inside = inside.take_while(|it| it.trim() != FENCE);
            fences.push(Fence {
                line: index + 1,
                said: std::mem::take(&mut said),
                lines: inside
                    .map(|it| it.get(indent..).unwrap_or("").to_owned())
                    .collect(),
                section,
            });
            continue;
        }
        section += usize::from(line.starts_with('#'));
        let comment = trimmed
            .strip_prefix("<!-- ")
            .and_then(|it| it.strip_suffix(" -->"));
        comment.unwrap_or_default().clone_into(&mut said);
    }
    fences
}

/// Checks the fences of `page`, and gives the text with what commands print now.
pub(crate) fn checked(page: &Path, text: &str) -> String {
    let fences = fences(text);
    let mut fresh: Vec<(usize, Vec<String>)> = Vec::new();
    for fence in &fences {
        let at = format!("{}:{}", page.display(), fence.line);
        let (word, rest) = fence.said.split_once(": ").unwrap_or((&fence.said, ""));
        match word {
            "run" | "commands" => {
                let files = fences.iter().filter(|it| it.section == fence.section);
                let scratch = Scratch::new(rest, files, &at);
                fresh.push((fence.line, scratch.run(fence, word == "run", &at)));
            }
            "configuration" => configuration(fence, &at),
            "own configuration" => own_configuration(fence, &at),
            "pipeline" => pipeline(fence, &at),
            "file" => {
                let mut beside = fences.iter().filter(|it| it.section == fence.section);
                let is_used = beside
                    .any(|it| it.said.starts_with("run: ") || it.said.starts_with("commands: "));
                assert!(is_used, "{at}: no command is run with this file");
            }
            "output" | "ci" | "sarif" => {}
            "not run" => assert!(rest.len() > 10, "{at}: why is it not run?"),
            _ => {
                panic!("{at}: a comment before the fence must say how it is checked: see fences.rs")
            }
        }
    }
    refreshed(text, &fresh)
}

/// The text with the lines of some fences replaced.
fn refreshed(text: &str, fresh: &[(usize, Vec<String>)]) -> String {
    let mut out = String::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let _ = writeln!(out, "{line}");
        if let Some((_, new)) = fresh.iter().find(|it| it.0 == index + 1) {
            let _ = lines.by_ref().find(|it| it.1 == FENCE);
            for line in new {
                let _ = writeln!(out, "{line}");
            }
            let _ = writeln!(out, "{FENCE}");
        }
    }
    out
}

/// A copy of a folder, in which commands run.
struct Scratch {
    folder: PathBuf,
    home: tempfile::TempDir,
}

impl Scratch {
    fn new<'a>(source: &str, fences: impl Iterator<Item = &'a Fence>, at: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder for the test");
        let name = Path::new(source).file_name().unwrap_or("project".as_ref());
        let folder = home.path().join(name);
        fs::create_dir(&folder).expect("a folder to make");
        if source != "-" {
            copy(&root().join(source), &folder, at);
        }
        for fence in fences {
            if let Some(path) = fence.said.strip_prefix("file: ") {
                let path = folder.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to make");
                fs::write(path, fence.lines.join("\n") + "\n").expect("a file to write");
            }
        }
        Self { folder, home }
    }

    /// The lines of the fence as they should be.
    fn run(&self, fence: &Fence, is_shown: bool, at: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut given = fence.lines.iter();
        let mut count = 0;
        while let Some(line) = given.next() {
            let Some(first) = line.strip_prefix("$ ") else {
                assert!(
                    is_shown,
                    "{at}: `{line}` is no command; with its output it is `run`"
                );
                assert!(count > 0, "{at}: `{line}` stands before all commands");
                continue;
            };
            count += 1;
            lines.push(line.clone());
            let mut command = first.to_owned();
            while command.ends_with('\\') {
                let next = given.next().expect("the rest of a command");
                lines.push(next.clone());
                command = format!("{}{}", command.trim_end_matches('\\'), next);
            }
            let (printed, status) = self.shell(&command);
            if is_shown {
                lines.extend(printed.lines().map(|it| it.trim_end().to_owned()));
            } else {
                let is_done = matches!(status, Some(0 | 1));
                assert!(
                    is_done,
                    "{at}: `{command}` ended with {status:?}:\n{printed}"
                );
            }
        }
        assert!(count > 0, "{at}: no command");
        lines
    }

    /// What a command prints on both streams, and how it ends.
    fn shell(&self, command: &str) -> (String, Option<i32>) {
        let program = Path::new(env!("CARGO_BIN_EXE_kubelint"));
        let programs = program.parent().expect("the folder of the program");
        let output = Command::new("bash")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&self.folder)
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display()),
            )
            .env("HOME", self.home.path())
            .env("KUBELINT_FORMAT", "human")
            .stdin(Stdio::null())
            .output()
            .expect("bash");
        let printed = String::from_utf8(output.stdout).expect("output in UTF-8");
        (printed, output.status.code())
    }
}

fn copy(from: &Path, to: &Path, at: &str) {
    let entries = fs::read_dir(from).unwrap_or_else(|it| panic!("{at}: {}: {it}", from.display()));
    for entry in entries {
        let entry = entry.expect("an entry").path();
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            fs::create_dir(&target).expect("a folder to make");
            copy(&entry, &target, at);
        } else {
            fs::copy(&entry, target).expect("a file to copy");
        }
    }
}

/// A configuration must be one of a repository: it is put into the root of an empty one.
fn configuration(fence: &Fence, at: &str) {
    let scratch = Scratch::new("-", std::iter::empty(), at);
    fs::write(scratch.folder.join("kubelint.yaml"), fence.lines.join("\n")).expect("a file");
    let (printed, status) =
        scratch.shell("mkdir .git && kubelint check --no-config && kubelint check");
    // A baseline that is named must be there, and is not: that is the only thing that may be wrong.
    let is_taken = status == Some(0) || printed.contains("kubelint-baseline.json");
    assert!(is_taken, "{at}: {printed}");
}

fn own_configuration(fence: &Fence, at: &str) {
    let scratch = Scratch::new("-", std::iter::empty(), at);
    let own = scratch.home.path().join(".config/kubelint");
    fs::create_dir_all(&own).expect("a folder to make");
    fs::write(own.join("config.yaml"), fence.lines.join("\n")).expect("a file to write");
    let (printed, status) = scratch.shell("kubelint check");
    assert_eq!(status, Some(0), "{at}: {printed}");
}

/// YAML for another program: it must parse, and its commands of kubelint must be such as kubelint takes.
fn pipeline(fence: &Fence, at: &str) {
    let text = fence.lines.join("\n");
    let tree = yaml::parse(&text);
    assert!(tree.errors().is_empty(), "{at}: {:?}", tree.errors());
    for line in &fence.lines {
        let command = line
            .find("kubelint check")
            .map(|from| line[from..].trim_end_matches(['\'', '"']));
        if let Some(command) = command {
            let scratch = Scratch::new("examples/shop", std::iter::empty(), at);
            let (printed, status) = scratch.shell(command);
            assert!(
                matches!(status, Some(0 | 1)),
                "{at}: `{command}`: {printed}"
            );
        }
    }
}
