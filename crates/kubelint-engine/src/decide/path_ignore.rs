//! `ignore:` of the configuration: findings that are allowed by rule and path.

use std::fmt;

use globset::{Glob, GlobBuilder, GlobMatcher};
use kubelint_parser::source::SourcePath;

use crate::RuleId;

/// Allows the findings of one rule in the files that a pattern names.
#[derive(Clone, Debug)]
pub struct PathIgnore {
    rule: RuleId,
    reason: String,
    pattern: GlobMatcher,
}

/// Why a path pattern is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPattern(String);

impl PathIgnore {
    /// Allows `rule` in the files that `pattern` names, because of `reason`.
    ///
    /// A pattern is a path from the root: `*` and `?` stand for characters other than `/`, `**` for any number of folders, `[ab]`
    /// and `{a,b}` for alternatives. A pattern that names a folder names all that is in it.
    ///
    /// # Errors
    /// If the pattern is not well formed.
    pub fn new(rule: RuleId, pattern: &str, reason: &str) -> Result<Self, BadPattern> {
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let glob: Glob = GlobBuilder::new(pattern.trim_end_matches('/'))
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| BadPattern(error.kind().to_string()))?;
        Ok(Self {
            rule,
            reason: reason.to_owned(),
            pattern: glob.compile_matcher(),
        })
    }

    /// The rule that is allowed.
    pub fn rule(&self) -> &RuleId {
        &self.rule
    }

    /// Why it is allowed.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether the pattern names `path` or a folder that holds it.
    pub fn names(&self, path: &SourcePath) -> bool {
        let path = path.as_str();
        path.match_indices('/')
            .map(|(at, _)| &path[..at])
            .chain([path])
            .any(|part| self.pattern.is_match(part))
    }
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadPattern {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pattern: &str, path: &str) -> bool {
        PathIgnore::new(RuleId::new("toy"), pattern, "because")
            .unwrap()
            .names(&SourcePath::new(path))
    }

    #[test]
    fn patterns_are_paths_from_the_root() {
        for (pattern, path, expected) in [
            ("legacy", "legacy/app/svc.yaml", true),
            ("legacy/", "legacy/svc.yaml", true),
            ("./legacy/**", "legacy/app/svc.yaml", true),
            ("legacy", "apps/legacy/svc.yaml", false),
            ("**/legacy", "apps/legacy/svc.yaml", true),
            ("**/legacy", "legacy/svc.yaml", true),
            ("*.yaml", "svc.yaml", true),
            ("*.yaml", "apps/svc.yaml", false),
            ("**/*.yaml", "apps/svc.yaml", true),
            ("apps/*/svc.yaml", "apps/a/svc.yaml", true),
            ("apps/*/svc.yaml", "apps/a/b/svc.yaml", false),
            ("{dev,test}/**", "test/svc.yaml", true),
            ("legacy", "legacy-2/svc.yaml", false),
            ("**", "svc.yaml", true),
        ] {
            assert_eq!(names(pattern, path), expected, "{pattern} and {path}");
        }
    }

    #[test]
    fn a_pattern_that_is_not_well_formed_says_why() {
        let error = PathIgnore::new(RuleId::new("toy"), "a[", "because").unwrap_err();
        assert!(error.to_string().contains("character class"), "{error}");
    }
}
