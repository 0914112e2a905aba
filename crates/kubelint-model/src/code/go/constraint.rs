//! Whether a file is built for an image: `//go:build` and the older `// +build` lines (`go help buildconstraint`).

use std::ops::Not;

/// Operating systems that no image of Linux runs (go.dev/src/internal/syslist/syslist.go).
pub(crate) const OTHER_SYSTEMS: [&str; 16] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
];
/// Architectures that images are seldom built for.
pub(crate) const OTHER_ARCHITECTURES: [&str; 14] = [
    "386", "arm", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv",
    "riscv64", "s390x", "sparc64", "wasm",
];
/// Tags that hold for every program of Linux that the usual compiler builds, …
const SET: [&str; 4] = ["amd64", "gc", "linux", "unix"];
/// … and those that, by convention, nobody sets.
const UNSET: [&str; 5] = ["appengine", "gccgo", "ignore", "tinygo", "tools"];
/// More words than that are not read.
const MOST_WORDS: usize = 256;

/// Whether a file belongs to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Built {
    Always,
    Never,
    /// As the tags say that it is built with.
    Unknown,
}

impl Built {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Always, Self::Always) => Self::Always,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }
}

impl Not for Built {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Whether the file with this text is built.
pub(super) fn built(text: &str) -> Built {
    let mut older = Built::Always;
    for line in text.lines().map(str::trim) {
        if line.starts_with("package ") {
            break;
        }
        // Where both are written, only the newer one counts.
        if let Some(constraint) = line.strip_prefix("//go:build ") {
            return newer(constraint);
        }
        let rest = line.strip_prefix("//").map(str::trim_start);
        if let Some(options) = rest.and_then(|it| it.strip_prefix("+build ")) {
            let options = options.split_whitespace().map(|it| {
                let tags = it.split(',').map(older_tag);
                tags.fold(Built::Always, Built::and)
            });
            older = older.and(options.fold(Built::Never, Built::or));
        }
    }
    older
}

fn older_tag(word: &str) -> Built {
    match word.strip_prefix('!') {
        Some(name) => !tag(name),
        None => tag(word),
    }
}

fn tag(name: &str) -> Built {
    let is_version = name.strip_prefix("go1.").is_some_and(|it| {
        let is_number = it.bytes().all(|it| it.is_ascii_digit());
        !it.is_empty() && is_number
    });
    if is_version || SET.contains(&name) {
        return Built::Always;
    }
    let lists: [&[&str]; 3] = [&UNSET, &OTHER_SYSTEMS, &OTHER_ARCHITECTURES];
    if lists.iter().any(|it| it.contains(&name)) {
        return Built::Never;
    }
    Built::Unknown
}

/// A group of a constraint: what its alternatives before the last come to, and its last.
struct Group {
    before: Built,
    last: Built,
    /// Whether it is negated as a whole.
    is_negated: bool,
}

impl Group {
    fn new(is_negated: bool) -> Self {
        Self {
            before: Built::Never,
            last: Built::Always,
            is_negated,
        }
    }
}

/// What `//go:build` says: tags with `!`, `&&`, `||` and parentheses.
fn newer(constraint: &str) -> Built {
    let spaced = constraint.split("//").next().unwrap_or_default();
    let mut spaced = spaced.to_owned();
    for sign in ["(", ")", "!", "&&", "||"] {
        spaced = spaced.replace(sign, &format!(" {sign} "));
    }
    let mut groups = vec![Group::new(false)];
    let mut is_negated = false;
    for (number, word) in spaced.split_whitespace().enumerate() {
        let value = match word {
            "&&" => continue,
            "!" => {
                is_negated = !is_negated;
                continue;
            }
            "||" => {
                if let Some(it) = groups.last_mut() {
                    it.before = it.before.or(it.last);
                    it.last = Built::Always;
                }
                continue;
            }
            "(" => {
                groups.push(Group::new(is_negated));
                is_negated = false;
                continue;
            }
            ")" => match groups.pop() {
                Some(it) if it.is_negated => !it.before.or(it.last),
                Some(it) => it.before.or(it.last),
                None => return Built::Unknown,
            },
            name if is_negated => !tag(name),
            name => tag(name),
        };
        is_negated = false;
        match groups.last_mut() {
            Some(it) if number < MOST_WORDS => it.last = it.last.and(value),
            _ => return Built::Unknown,
        }
    }
    match groups.as_slice() {
        [it] => it.before.or(it.last),
        _ => Built::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_of_files() {
        for (line, expected) in [
            ("", Built::Always),
            ("//go:build linux", Built::Always),
            ("//go:build !windows", Built::Always),
            ("//go:build windows", Built::Never),
            ("//go:build ignore", Built::Never),
            ("//go:build darwin || (linux && !arm)", Built::Always),
            ("//go:build !(linux || darwin)", Built::Never),
            ("//go:build !!linux", Built::Always),
            ("//go:build unix && go1.21", Built::Always),
            ("//go:build !amd64", Built::Never),
            ("//go:build enterprise", Built::Unknown),
            ("//go:build enterprise && windows", Built::Never),
            ("//go:build enterprise || linux", Built::Always),
            ("//go:build linux)", Built::Unknown),
            ("//go:build (linux", Built::Unknown),
            ("//go:build linux\n// +build windows // both", Built::Always),
            ("// +build linux darwin", Built::Always),
            ("// +build windows,amd64 ignore", Built::Never),
            ("// +build linux\n// +build !linux", Built::Never),
            ("// +build !enterprise", Built::Unknown),
            ("// go:build windows", Built::Always),
        ] {
            let text = format!("// Copyright.\n\n{line}\n\npackage main\n");
            assert_eq!(built(&text), expected, "{line}");
        }
        let after = "package main\n\n//go:build windows\n";
        assert_eq!(built(after), Built::Always);
    }
}
