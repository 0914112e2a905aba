//! `.dockerignore`: which files of a build context a build does not see (github.com/moby/patternmatcher, with its `ignorefile`).

/// The patterns of a `.dockerignore`.
#[derive(Clone, Debug, Default)]
pub struct Ignored {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    /// Whether what matches is seen after all.
    is_exception: bool,
    pattern: Pattern,
}

#[derive(Clone, Debug)]
enum Pattern {
    /// `**` and text: paths that end so.
    Suffix(String),
    /// What paths begin with, and the steps behind it, with the longest text among these.
    Steps(String, Vec<Step>, String),
}

/// A step of a pattern.
#[derive(Clone, Debug)]
enum Step {
    Char(char),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**` at the end
    Rest,
    /// `**` elsewhere: any folders, or none
    Folders,
    /// `[…]`: ranges of characters, and whether all others are meant
    Class(Vec<(char, char)>, bool),
}

impl Ignored {
    /// Reads a `.dockerignore`. Lines that a builder refuses are left out.
    pub fn read(text: &str) -> Self {
        let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
        let rules = lines.filter(|it| !it.starts_with('#')).filter_map(rule);
        Self {
            rules: rules.collect(),
        }
    }

    /// Whether a build does not see the file at `path`, relative to the context: it, or a folder that it lies in, matches, and no later
    /// exception does.
    pub fn is_ignored(&self, path: &str) -> bool {
        let mut is_ignored = false;
        for rule in &self.rules {
            if rule.is_exception == is_ignored && rule.pattern.matches_or_holds(path) {
                is_ignored = !rule.is_exception;
            }
        }
        is_ignored
    }
}

fn rule(line: &str) -> Option<Rule> {
    let line = line.trim();
    let exception = line.strip_prefix('!').map(str::trim);
    let path = exception.unwrap_or(line);
    if path.is_empty() {
        return None;
    }
    let path = super::copy::clean(path);
    if path.is_empty() {
        return None;
    }
    Some(Rule {
        is_exception: exception.is_some(),
        pattern: Pattern::new(&path)?,
    })
}

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("**")
            && !rest.contains(['*', '?', '[', '\\'])
        {
            return Some(Self::Suffix(rest.to_owned()));
        }
        let mut steps = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(ch) = chars.next() {
            steps.push(match ch {
                '*' if chars.next_if_eq(&'*').is_some() => {
                    chars.next_if_eq(&'/');
                    match chars.peek() {
                        None => Step::Rest,
                        Some(_) => Step::Folders,
                    }
                }
                '*' => Step::Some,
                '?' => Step::One,
                '[' => class(&mut chars)?,
                '\\' => Step::Char(chars.next()?),
                ch => Step::Char(ch),
            });
        }
        let plain = steps.iter().map_while(|it| match it {
            Step::Char(ch) => Some(*ch),
            _ => None,
        });
        let beginning: String = plain.collect();
        let rest = steps.split_off(beginning.chars().count());
        let longest = longest(&rest);
        Some(Self::Steps(beginning, rest, longest))
    }

    /// Whether the path or one of the folders that it lies in matches.
    fn matches_or_holds(&self, path: &str) -> bool {
        match self {
            Self::Suffix(suffix) => {
                let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
                ends_with(path, suffix) || folders.any(|it| ends_with(it, suffix))
            }
            Self::Steps(beginning, steps, longest) => {
                let rest = path.strip_prefix(beginning.as_str());
                // Most paths are told from their text alone.
                let Some(rest) = rest.filter(|it| it.contains(longest.as_str())) else {
                    return false;
                };
                if steps.is_empty() {
                    return rest.is_empty() || rest.starts_with('/');
                }
                let chars: Vec<char> = rest.chars().collect();
                let reached = reached(steps, &chars);
                let mut folders = chars.iter().zip(&reached);
                reached.last() == Some(&true) || folders.any(|it| *it.0 == '/' && *it.1)
            }
        }
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Suffix(suffix) => ends_with(path, suffix),
            Self::Steps(beginning, steps, _) => {
                path.strip_prefix(beginning.as_str()).is_some_and(|rest| {
                    let chars: Vec<char> = rest.chars().collect();
                    reached(steps, &chars).last() == Some(&true)
                })
            }
        }
    }
}

/// The longest text that steps spell out one behind the other; every path that they match holds it.
fn longest(steps: &[Step]) -> String {
    let runs = steps.split(|it| !matches!(it, Step::Char(_)));
    let run = runs.max_by_key(|it| it.len()).unwrap_or_default();
    let chars = run.iter().filter_map(|it| match it {
        Step::Char(ch) => Some(*ch),
        _ => None,
    });
    chars.collect()
}

/// Whether a path ends as `**` and this text say.
fn ends_with(path: &str, suffix: &str) -> bool {
    path.ends_with(suffix) || suffix.strip_prefix('/').is_some_and(|it| it == path)
}

fn class(chars: &mut impl Iterator<Item = char>) -> Option<Step> {
    let mut ranges = Vec::new();
    let mut next = chars.next()?;
    let is_negated = next == '^';
    if is_negated {
        next = chars.next()?;
    }
    while next != ']' || ranges.is_empty() {
        let first = if next == '\\' { chars.next()? } else { next };
        next = chars.next()?;
        let mut last = first;
        if next == '-' {
            last = chars.next()?;
            if last == '\\' {
                last = chars.next()?;
            }
            next = chars.next()?;
        }
        ranges.push((first, last));
    }
    Some(Step::Class(ranges, is_negated))
}

/// For each beginning of `chars`, from none of them to all, whether it matches.
fn reached(steps: &[Step], chars: &[char]) -> Vec<bool> {
    let mut reached = vec![false; chars.len() + 1];
    reached[0] = true;
    for step in steps {
        let mut next = vec![false; chars.len() + 1];
        match step {
            Step::Rest => {
                let first = reached.iter().position(|it| *it).unwrap_or(next.len());
                next[first..].fill(true);
            }
            Step::Folders => {
                let mut seen = false;
                for at in 0..=chars.len() {
                    let behind_slash = at > 0 && chars[at - 1] == '/';
                    next[at] = reached[at] || (seen && behind_slash);
                    seen |= reached[at];
                }
            }
            Step::Some => {
                let mut open = false;
                for at in 0..=chars.len() {
                    open = reached[at] || (open && chars[at - 1] != '/');
                    next[at] = open;
                }
            }
            Step::One | Step::Char(_) | Step::Class(..) => {
                for (at, ch) in chars.iter().enumerate() {
                    next[at + 1] = reached[at] && step.is(*ch);
                }
            }
        }
        reached = next;
    }
    reached
}

impl Step {
    /// Whether a step for one character stands for `ch`.
    fn is(&self, ch: char) -> bool {
        match self {
            Self::Char(own) => *own == ch,
            Self::One => ch != '/',
            Self::Class(ranges, is_negated) => {
                ranges
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&ch))
                    != *is_negated
            }
            Self::Some | Self::Rest | Self::Folders => false,
        }
    }
}

/// Whether one part of a path matches one of a pattern of `COPY`: Go's `filepath.Match`.
pub(crate) fn part_matches(pattern: &str, part: &str) -> bool {
    match Pattern::new(&pattern.replace("**", "*")) {
        Some(pattern) => pattern.matches(part),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, ignored: &[&str], seen: &[&str]) {
        let patterns = Ignored::read(text);
        for path in ignored {
            assert!(patterns.is_ignored(path), "{path} in {text:?}");
        }
        for path in seen {
            assert!(!patterns.is_ignored(path), "{path} in {text:?}");
        }
    }

    #[test]
    fn patterns() {
        check("a", &["a", "a/b/c"], &["b/a", "ab"]);
        check("/a/\n", &["a", "a/b"], &["b"]);
        check("*.md", &["a.md"], &["b/a.md"]);
        check("**/*.md", &["a.md", "b/a.md", "b/c/a.md"], &["a.mdx"]);
        check(
            "**/node_modules",
            &["node_modules/a", "b/node_modules/c"],
            &["b/node_module"],
        );
        check("**a", &["a", "ba", "b/ca"], &["ab"]);
        check("**", &["a", "b/c"], &[]);
        check("a/**", &["a/b", "a/b/c"], &["a", "b"]);
        check("a/**/c", &["a/c", "a/b/c", "a/b/b/c"], &["a/bc", "c"]);
        check("a?c", &["abc"], &["a/c", "ac"]);
        check("a[b-d]", &["ac", "ad"], &["ae"]);
        check("a[^b-d]", &["ae"], &["ac"]);
        check("a\\*", &["a*"], &["ab"]);
        check("a*/b?", &["ax/bc", "a/bc/d"], &["ax/b", "ax/b/c", "a/b/c"]);
        check("é/*.é", &["é/a.é", "é/.é/b"], &["é/é", "é.é"]);
        check("./a/../b", &["b"], &["a"]);
    }

    #[test]
    fn order_and_exceptions() {
        check("*\n!a\n!b/c", &["d", "b/d"], &["a", "a/x", "b/c"]);
        check("a\n!a/b\na/b/c", &["a/x", "a/b/c"], &["a/b/d"]);
        check("# a\n\n  b  \n!\n", &["b"], &["a", "# a"]);
        check("a\n! a/b", &["a/x"], &["a/b"]);
        check(".\n/\n[", &[], &["a", "["]);
        check("\u{feff}a\r\nb", &["a", "b"], &["c"]);
    }
}
