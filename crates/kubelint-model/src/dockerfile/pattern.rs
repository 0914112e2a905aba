//! The patterns of `${x#…}`, `${x%…}` and `${x/…/…}`: `*`, `?` and text (`convertShellPatternToRegex` of BuildKit's shell/lex.go).

/// More work than this is not done for one value.
const MAX_STEPS: usize = 1 << 20;

/// One step of a pattern.
#[derive(Clone, Copy)]
enum Step {
    /// `*`
    Any,
    /// `?`
    One,
    Char(char),
}

/// A pattern.
pub(super) struct Pattern(Vec<Step>);

/// Which of several matches is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    Shortest,
    Longest,
}

impl Pattern {
    /// Reads a pattern; `None` if something is escaped in it that may not be.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut chars = text.chars();
        while let Some(ch) = chars.next() {
            steps.push(match ch {
                '*' => Step::Any,
                '?' => Step::One,
                '\\' => {
                    let escaped = chars.next()?;
                    let may_be = ['*', '?', '\\', '}', '/'].contains(&escaped);
                    may_be.then_some(Step::Char(escaped))?
                }
                ch => Step::Char(ch),
            });
        }
        Some(Self(steps))
    }

    /// What is left of `text` without what matches at its beginning; `None` if that is too much work.
    pub(super) fn without_prefix(&self, text: &str, which: Match) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        self.is_affordable(chars.len(), 1)?;
        let end = prefix(self.0.iter(), &chars, which).unwrap_or(0);
        Some(chars[end..].iter().collect())
    }

    /// What is left of `text` without what matches at its end.
    pub(super) fn without_suffix(&self, text: &str, which: Match) -> Option<String> {
        let chars: Vec<char> = text.chars().rev().collect();
        self.is_affordable(chars.len(), 1)?;
        let end = prefix(self.0.iter().rev(), &chars, which).unwrap_or(0);
        Some(chars[end..].iter().rev().collect())
    }

    /// `text` with the first match, or all of them, replaced.
    pub(super) fn replaced(&self, text: &str, by: &str, all: bool) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        self.is_affordable(chars.len(), chars.len() + 1)?;
        let mut out = String::new();
        let mut at = 0;
        let mut last_end = None;
        while at <= chars.len() {
            match prefix(self.0.iter(), &chars[at..], Match::Longest) {
                // As Go's regexp has it, nothing does not match right behind a match.
                Some(len) if len > 0 || last_end != Some(at) => {
                    out.push_str(by);
                    last_end = Some(at + len);
                    at += len;
                    if !all {
                        break;
                    }
                    if len == 0 {
                        out.extend(chars.get(at));
                        at += 1;
                    }
                }
                _ => {
                    out.extend(chars.get(at));
                    at += 1;
                }
            }
        }
        out.extend(chars.get(at..).unwrap_or_default());
        Some(out)
    }

    fn is_affordable(&self, length: usize, times: usize) -> Option<()> {
        let steps = self.0.len().checked_mul(length)?.checked_mul(times)?;
        (steps <= MAX_STEPS).then_some(())
    }
}

/// How many characters at the beginning of `chars` match.
fn prefix<'a>(
    steps: impl Iterator<Item = &'a Step>,
    chars: &[char],
    which: Match,
) -> Option<usize> {
    // Whether the steps so far match the first so many characters.
    let mut reached = vec![false; chars.len() + 1];
    reached[0] = true;
    for step in steps {
        if let Step::Any = step {
            let first = reached.iter().position(|it| *it)?;
            reached[first..].fill(true);
            continue;
        }
        for at in (0..chars.len()).rev() {
            let matches = match step {
                Step::Char(ch) => chars[at] == *ch,
                _ => true,
            };
            reached[at + 1] = reached[at] && matches;
        }
        reached[0] = false;
    }
    match which {
        Match::Shortest => reached.iter().position(|it| *it),
        Match::Longest => reached.iter().rposition(|it| *it),
    }
}
