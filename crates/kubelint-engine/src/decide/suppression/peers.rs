//! What the annotations of other linters allow.
//!
//! A rule's page names the checks that correspond to it under `aliases`, each as `linter:check`, with the check's name as that
//! linter writes it: `kube-linter:privileged-container`, `kube-score:container-security-context-privileged`,
//! `polaris:runAsPrivileged`. Aliases without a linter are names for people; no annotation refers to them.
//!
//! - kube-linter: `ignore-check.kube-linter.io/CHECK` and `kube-linter.io/ignore-all`, whatever their value, which is the reason.
//! - kube-score: `kube-score/ignore`, check names apart by commas, or `*`; on the object or on its pod template.
//! - Polaris: `polaris.fairwinds.com/CHECK-exempt` and `polaris.fairwinds.com/exempt`, if their value is `true` in any case.

/// An annotation of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PeerAnnotation {
    pub(super) key: String,
    pub(super) value: String,
    /// Whether it stands on the object's pod template.
    pub(super) on_template: bool,
}

/// Texts of which a file holds at least one if one of its annotations is another linter's.
pub(super) const MARKS: [&str; 3] = ["kube-linter.io/", "kube-score/", "polaris.fairwinds.com/"];

const KUBE_LINTER_CHECK: &str = "ignore-check.kube-linter.io/";
const KUBE_LINTER_ALL: &str = "kube-linter.io/ignore-all";
const KUBE_SCORE: &str = "kube-score/ignore";
const POLARIS: &str = "polaris.fairwinds.com/";
const POLARIS_ALL: &str = "polaris.fairwinds.com/exempt";

impl PeerAnnotation {
    /// Why it allows what the check `alias` (`linter:check`) finds, if it does.
    pub(super) fn allows(&self, alias: &str) -> Option<String> {
        let (linter, check) = alias.split_once(':')?;
        match linter {
            "kube-linter" => self.kube_linter(check),
            "kube-score" => self.kube_score(check),
            "polaris" => self.polaris(check),
            _ => None,
        }
    }

    fn kube_linter(&self, check: &str) -> Option<String> {
        let named =
            self.key == KUBE_LINTER_ALL || self.key.strip_prefix(KUBE_LINTER_CHECK) == Some(check);
        let reason = self.value.trim();
        (named && !self.on_template).then(|| {
            if reason.is_empty() {
                self.itself()
            } else {
                reason.to_owned()
            }
        })
    }

    fn kube_score(&self, check: &str) -> Option<String> {
        let mut checks = self.value.split(',').map(str::trim);
        (self.key == KUBE_SCORE && checks.any(|it| it == check || it == "*")).then(|| self.itself())
    }

    fn polaris(&self, check: &str) -> Option<String> {
        let named = self.key == POLARIS_ALL
            || self
                .key
                .strip_prefix(POLARIS)
                .and_then(|name| name.strip_suffix("-exempt"))
                == Some(check);
        (named && !self.on_template && self.value.eq_ignore_ascii_case("true"))
            .then(|| self.itself())
    }

    /// The reason where the user could give none.
    fn itself(&self) -> String {
        format!("annotation `{}`", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(key: &str, value: &str, alias: &str) -> Option<String> {
        let annotation = PeerAnnotation {
            key: key.into(),
            value: value.into(),
            on_template: false,
        };
        annotation.allows(alias)
    }

    #[test]
    fn annotations_allow_the_checks_they_name() {
        let linter = "ignore-check.kube-linter.io/privileged-container";
        let score = "kube-score/ignore";
        let polaris = "polaris.fairwinds.com/runAsPrivileged-exempt";
        for (key, value, alias, reason) in [
            (
                linter,
                "it must",
                "kube-linter:privileged-container",
                Some("it must"),
            ),
            (
                linter,
                " ",
                "kube-linter:privileged-container",
                Some("annotation `ignore-check.kube-linter.io/privileged-container`"),
            ),
            (linter, "it must", "kube-linter:latest-tag", None),
            (linter, "it must", "kube-score:privileged-container", None),
            (linter, "it must", "privileged-container", None),
            (
                "kube-linter.io/ignore-all",
                "old",
                "kube-linter:any",
                Some("old"),
            ),
            (
                score,
                "a, b",
                "kube-score:b",
                Some("annotation `kube-score/ignore`"),
            ),
            (
                score,
                "*",
                "kube-score:b",
                Some("annotation `kube-score/ignore`"),
            ),
            (score, "ab", "kube-score:b", None),
            (
                polaris,
                "True",
                "polaris:runAsPrivileged",
                Some("annotation `polaris.fairwinds.com/runAsPrivileged-exempt`"),
            ),
            (polaris, "yes", "polaris:runAsPrivileged", None),
            (polaris, "true", "polaris:tagNotSpecified", None),
            (
                "polaris.fairwinds.com/exempt",
                "true",
                "polaris:any",
                Some("annotation `polaris.fairwinds.com/exempt`"),
            ),
            ("other.io/exempt", "true", "polaris:any", None),
        ] {
            assert_eq!(
                allows(key, value, alias).as_deref(),
                reason,
                "{key}: {value}, {alias}"
            );
        }
    }

    #[test]
    fn only_kube_score_reads_the_pod_template() {
        for (key, alias, expected) in [
            ("kube-score/ignore", "kube-score:true", true),
            ("kube-linter.io/ignore-all", "kube-linter:any", false),
            ("polaris.fairwinds.com/exempt", "polaris:any", false),
        ] {
            let annotation = PeerAnnotation {
                key: key.into(),
                value: "true".into(),
                on_template: true,
            };
            assert_eq!(annotation.allows(alias).is_some(), expected, "{key}");
        }
    }
}
