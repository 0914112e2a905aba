//! Which shell reads a step's commands, and with which options.
//!
//! GitHub's documentation ("Workflow syntax", `jobs.<id>.steps[*].shell`) and the runner say: a step that names no shell runs `bash -e {0}`
//! on Linux and macOS, `sh -e {0}` in a container, `pwsh` on Windows; `shell: bash` is `bash --noprofile --norc -eo pipefail {0}`.

/// What a job runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// Linux or macOS.
    Unix,
    /// A container on Linux.
    Container,
    /// Windows.
    Windows,
    /// Any of them.
    #[default]
    Unknown,
}

/// Whose language commands are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// bash.
    Bash,
    /// A shell that knows what POSIX knows.
    Sh,
    /// PowerShell.
    PowerShell,
    /// cmd.exe.
    Cmd,
    /// Something else: Python, Perl, a shell that is not known.
    Other,
}

/// Who reads commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shell {
    /// The language.
    pub language: Language,
    /// Whether a command that fails ends the script (`-e`).
    pub errexit: bool,
    /// Whether a pipe fails if any of its commands does (`-o pipefail`).
    pub pipefail: bool,
}

impl Shell {
    const fn new(language: Language, errexit: bool, pipefail: bool) -> Self {
        Self {
            language,
            errexit,
            pipefail,
        }
    }

    /// The shell of a step that names none.
    pub const fn of_system(system: System) -> Self {
        match system {
            System::Unix | System::Unknown => Self::new(Language::Bash, true, false),
            System::Container => Self::new(Language::Sh, true, false),
            // The runner sets `$ErrorActionPreference = 'stop'` and ends with the last exit status.
            System::Windows => Self::new(Language::PowerShell, false, false),
        }
    }

    /// The shell that a step names: a word, or a command with `{0}` for the file of commands.
    pub fn named(name: &str) -> Self {
        let words: Vec<&str> = name.split_whitespace().collect();
        let program = words.first().and_then(|it| it.rsplit(['/', '\\']).next());
        let program = program.unwrap_or_default().trim_end_matches(".exe");
        let language = match program {
            "bash" => Language::Bash,
            "sh" | "dash" | "ash" | "zsh" | "ksh" => Language::Sh,
            "pwsh" | "powershell" => Language::PowerShell,
            "cmd" => Language::Cmd,
            _ => Language::Other,
        };
        match (words.len(), language) {
            (1, Language::Bash) => Self::new(language, true, true),
            (1, Language::Sh) => Self::new(language, true, false),
            _ => {
                let (errexit, pipefail) = options(words.get(1..).unwrap_or_default());
                Self::new(language, errexit, pipefail)
            }
        }
    }
}

/// `-e` and `-o pipefail` among a shell's arguments.
fn options(words: &[&str]) -> (bool, bool) {
    let (mut errexit, mut pipefail) = (false, false);
    let mut takes_name = false;
    for word in words {
        if std::mem::take(&mut takes_name) {
            errexit |= *word == "errexit";
            pipefail |= *word == "pipefail";
            continue;
        }
        let letters = word.strip_prefix('-').filter(|it| !it.starts_with('-'));
        if let Some(letters) = letters {
            errexit |= letters.contains('e');
            takes_name = letters.ends_with('o');
        }
    }
    (errexit, pipefail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_shells() {
        for (name, language, errexit, pipefail) in [
            ("bash", Language::Bash, true, true),
            ("sh", Language::Sh, true, false),
            ("bash {0}", Language::Bash, false, false),
            ("bash -l {0}", Language::Bash, false, false),
            ("bash -el {0}", Language::Bash, true, false),
            (
                "bash --noprofile --norc -eo pipefail {0}",
                Language::Bash,
                true,
                true,
            ),
            (
                "/bin/bash -o errexit -o pipefail {0}",
                Language::Bash,
                true,
                true,
            ),
            ("pwsh", Language::PowerShell, false, false),
            ("python", Language::Other, false, false),
            ("nix develop -c bash -e {0}", Language::Other, true, false),
        ] {
            assert_eq!(
                Shell::named(name),
                Shell::new(language, errexit, pipefail),
                "{name}"
            );
        }
        assert!(!Shell::of_system(System::Unix).pipefail);
    }
}
