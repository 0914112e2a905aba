//! The keywords, and the flags that each of them takes.

/// The first word of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyword {
    /// `ADD`
    Add,
    /// `ARG`
    Arg,
    /// `CMD`
    Cmd,
    /// `COPY`
    Copy,
    /// `ENTRYPOINT`
    Entrypoint,
    /// `ENV`
    Env,
    /// `EXPOSE`
    Expose,
    /// `FROM`
    From,
    /// `HEALTHCHECK`
    Healthcheck,
    /// `LABEL`
    Label,
    /// `MAINTAINER`
    Maintainer,
    /// `ONBUILD`, where nothing follows it; else the instruction is the one that follows.
    Onbuild,
    /// `RUN`
    Run,
    /// `SHELL`
    Shell,
    /// `STOPSIGNAL`
    Stopsignal,
    /// `USER`
    User,
    /// `VOLUME`
    Volume,
    /// `WORKDIR`
    Workdir,
    /// Anything else, which no builder takes.
    Unknown,
}

impl Keyword {
    /// The keyword that `word` is, in upper or lower case.
    pub fn of(word: &str) -> Self {
        let known = ALL
            .iter()
            .find(|(name, ..)| word.eq_ignore_ascii_case(name));
        known.map_or(Self::Unknown, |(_, keyword, _)| *keyword)
    }

    /// The names of the flags that it takes, without their dashes.
    pub(super) fn flags(self) -> &'static [&'static str] {
        let known = ALL.iter().find(|(_, keyword, _)| *keyword == self);
        known.map_or(&[], |(.., flags)| flags)
    }
}

/// Every keyword with the flags that BuildKit's `instructions` package knows for it.
const ALL: [(&str, Keyword, &[&str]); 18] = [
    (
        "ADD",
        Keyword::Add,
        &[
            "chown",
            "chmod",
            "link",
            "keep-git-dir",
            "checksum",
            "unpack",
            "exclude",
        ],
    ),
    ("ARG", Keyword::Arg, &[]),
    ("CMD", Keyword::Cmd, &[]),
    (
        "COPY",
        Keyword::Copy,
        &["chown", "from", "chmod", "link", "exclude", "parents"],
    ),
    ("ENTRYPOINT", Keyword::Entrypoint, &[]),
    ("ENV", Keyword::Env, &[]),
    ("EXPOSE", Keyword::Expose, &[]),
    ("FROM", Keyword::From, &["platform"]),
    (
        "HEALTHCHECK",
        Keyword::Healthcheck,
        &[
            "interval",
            "timeout",
            "start-period",
            "start-interval",
            "retries",
        ],
    ),
    ("LABEL", Keyword::Label, &[]),
    ("MAINTAINER", Keyword::Maintainer, &[]),
    ("ONBUILD", Keyword::Onbuild, &[]),
    (
        "RUN",
        Keyword::Run,
        &["mount", "network", "security", "device"],
    ),
    ("SHELL", Keyword::Shell, &[]),
    ("STOPSIGNAL", Keyword::Stopsignal, &[]),
    ("USER", Keyword::User, &[]),
    ("VOLUME", Keyword::Volume, &[]),
    ("WORKDIR", Keyword::Workdir, &[]),
];
