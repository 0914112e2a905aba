//! Folders of files to check, and the command run in them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own, without links in its path.
pub(crate) struct Tree {
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

/// What a run of the command did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A Deployment that has an error and a warning for the rules of the pack `mini`.
pub(crate) const BAD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: api:latest}]}}
";

/// One that has only the warning.
pub(crate) const WARN: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 1
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: api:1.0}]}}
";

/// One that has nothing.
pub(crate) const GOOD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: api:1.0}]}}
";

/// A Service that has an info, of a rule in preview.
pub(crate) const NOTED: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: api\n";

/// The bad one under another name: findings of objects with one name are shown as one.
pub(crate) fn bad(name: &str) -> String {
    BAD.replace("name: api\n", &format!("name: {name}\n"))
}

impl Tree {
    /// A repository with these files.
    pub(crate) fn repository<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let tree = Self::bare(files);
        fs::create_dir_all(tree.path.join(".git")).unwrap();
        tree
    }

    /// A folder with these files that is no repository.
    pub(crate) fn bare<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let tree = Self {
            _folder: folder,
            path,
        };
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    /// Writes a file, and the folders that it needs.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// A file's text.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).unwrap()
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).unwrap();
        let mut names: Vec<_> = entries
            .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The command in a folder of the tree, with an environment that is the same on every machine.
    pub(crate) fn command_in(&self, folder: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubelint"));
        command.current_dir(self.path.join(folder)).args(args);
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|it| it != "PATH") {
            command.env_remove(name);
        }
        command.env("HOME", self.path.join("home"));
        command
    }

    /// Runs the command in the tree.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(&mut self.command_in("", args))
    }

    /// Runs `check` with the rules of the pack `mini` only.
    pub(crate) fn check(&self, args: &[&str]) -> Run {
        self.check_in("", args)
    }

    /// The same in a folder of the tree.
    pub(crate) fn check_in(&self, folder: &str, args: &[&str]) -> Run {
        finish(&mut self.check_command(folder, args))
    }

    /// The command for it.
    pub(crate) fn check_command(&self, folder: &str, args: &[&str]) -> Command {
        let pack = mini();
        let first = ["check", "--pack", pack.to_str().unwrap()];
        let args: Vec<_> = first.iter().chain(args).copied().collect();
        self.command_in(folder, &args)
    }

    /// The same with something on standard input.
    pub(crate) fn check_stdin(&self, input: impl AsRef<[u8]>, args: &[&str]) -> Run {
        let mut command = self.check_command("", args);
        let command = command.stdin(Stdio::piped());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whether it reads to the end is its own affair.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        child.wait_with_output().unwrap().into()
    }
}

/// The folder of the pack `mini`.
pub(crate) fn mini() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/packs/mini")
}

/// Runs a command with nothing on standard input.
pub(crate) fn finish(command: &mut Command) -> Run {
    command.stdin(Stdio::null()).output().unwrap().into()
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Run {
    /// Asserts the status and all that was printed on standard output.
    #[track_caller]
    pub(crate) fn prints(&self, status: i32, stdout: &str) {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert_eq!(self.stdout, stdout, "{self:?}");
    }

    /// Asserts that the command could not do its work and said so in these lines, and nothing else.
    #[track_caller]
    pub(crate) fn fails(&self, stderr: &str) {
        assert_eq!(self.status, Some(2), "{self:?}");
        assert_eq!(self.stderr, stderr, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
    }

    /// Asserts the status, and that standard output holds these texts.
    #[track_caller]
    pub(crate) fn holds(&self, status: i32, texts: &[&str]) {
        assert_eq!(self.status, Some(status), "{self:?}");
        for text in texts {
            assert!(self.stdout.contains(text), "no {text:?} in {self:?}");
        }
    }

    /// The rules that were found, in the concise format, with the path and line of each.
    pub(crate) fn found(&self) -> Vec<String> {
        let of = |line: &str| {
            let (place, rest) = line.split_once(": ")?;
            let rule = rest.split_once('[')?.1.split_once(']')?.0;
            let place = place.rsplit_once(':')?.0;
            Some(format!("{place} {rule}"))
        };
        self.stdout.lines().filter_map(of).collect()
    }
}

/// Whether the tests run as a user whom no permission stops: what cannot be read cannot be tested then.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let none = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    fs::set_permissions(&file, none).unwrap();
    fs::read(&file).is_ok()
}
