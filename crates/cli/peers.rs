//! What other linters call their checks, so that a name from one of them is at least recognised.

/// The checks of linters whose checks have names of their own: `[linter version]`, and below it one a line.
const NAMED: &str = include_str!("peers.txt");

/// The linter that has a check called `name` (`latest-tag`, or `kube-linter:latest-tag`); of several with that name, the first.
///
/// Linters that number their checks are known by the shape of the number.
pub(crate) fn owner(name: &str) -> Option<&'static str> {
    let (linter, check) = match name.split_once(':') {
        Some((linter, check)) => (Some(linter), check),
        None => (None, name),
    };
    let named = checks().find(|it| it.1 == check && linter.is_none_or(|wanted| wanted == it.0));
    named
        .map(|it| it.0)
        .or_else(|| by_number(check).filter(|it| linter.is_none_or(|wanted| wanted == *it)))
}

/// Every linter with each of its checks that has a name.
pub(crate) fn checks() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut linter = "";
    NAMED.lines().filter_map(move |line| {
        let Some(head) = line.strip_prefix('[') else {
            return (!line.is_empty() && !line.starts_with('#')).then_some((linter, line));
        };
        linter = head.split(' ').next().unwrap_or_default();
        None
    })
}

fn by_number(check: &str) -> Option<&'static str> {
    const SHAPES: [(&str, &str); 8] = [
        ("CKV2_", "checkov"),
        ("CKV_", "checkov"),
        ("AVD-", "trivy"),
        ("KSV-", "trivy"),
        ("KSV", "trivy"),
        ("DL", "hadolint"),
        ("SC", "shellcheck"),
        ("C-", "kubescape"),
    ];
    let (prefix, linter) = SHAPES.iter().find(|it| check.starts_with(it.0))?;
    let rest = &check[prefix.len()..];
    let is_number = rest.ends_with(|c: char| c.is_ascii_digit())
        && rest
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    is_number.then_some(linter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_of_other_linters_are_recognised() {
        for (name, linter) in [
            ("no-read-only-root-fs", Some("kube-linter")),
            ("kube-linter:no-read-only-root-fs", Some("kube-linter")),
            ("kube-score:no-read-only-root-fs", None),
            ("pod-probes", Some("kube-score")),
            ("hostIPCSet", Some("polaris")),
            ("DL3006", Some("hadolint")),
            ("hadolint:DL3006", Some("hadolint")),
            ("SC2086", Some("shellcheck")),
            ("CKV_K8S_8", Some("checkov")),
            ("CKV2_K8S_6", Some("checkov")),
            ("KSV-0001", Some("trivy")),
            ("AVD-KSV-0001", Some("trivy")),
            ("C-0056", Some("kubescape")),
            ("C-", None),
            ("SCARY", None),
            ("", None),
        ] {
            assert_eq!(owner(name), linter, "{name}");
        }
    }

    #[test]
    fn aliases_of_rules_are_checks_that_exist() {
        let registry = kubelint_rules::registry().unwrap();
        let mut count = 0;
        for meta in registry.iter().map(|rule| &rule.meta) {
            for alias in &meta.aliases {
                let (linter, _) = alias.split_once(':').unwrap_or_default();
                assert_eq!(owner(alias), Some(linter), "{}: {alias}", meta.id);
                for name in [alias.as_str(), &alias[linter.len() + 1..]] {
                    let is_found = registry.find(name).any(|it| it.meta.id == meta.id);
                    assert!(is_found || registry.get(name).is_some(), "{name}");
                }
                count += 1;
            }
        }
        assert!(count > 50, "{count} aliases");
    }
}
