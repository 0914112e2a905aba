//! Names of findings and groups that stay the same wherever a file moves and whatever a message says.
//!
//! SHA-256, because its value is defined for every platform and version to come (the standard library's hasher promises neither),
//! and because 128 bits of it leave no chance of an accidental collision. It hides nothing: what goes in must be fit to be seen.

use sha2::{Digest, Sha256};

/// Hexadecimal digits of a fingerprint: 128 bits.
const DIGITS: usize = 32;

/// Changes with what is hashed, never with anything else.
const FINDING: &str = "finding/1";
const GROUP: &str = "group/1";

/// What tells a finding from all others. No path, no line, no message; nothing of a Secret.
pub(super) struct Identity<'a> {
    /// The rule.
    pub(super) rule: &'a str,
    /// Its cause.
    pub(super) cause: &'a str,
    /// The object it is about.
    pub(super) subject: Option<SubjectIdentity<'a>>,
    /// The field within the object.
    pub(super) field: &'a str,
    /// The offending value.
    pub(super) value: &'a str,
}

/// What tells an object from all others: not its version, which may change without it.
#[derive(Clone, Copy)]
pub(super) struct SubjectIdentity<'a> {
    pub(super) group: &'a str,
    pub(super) kind: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

/// The fingerprint of a finding. Two findings may have the same: a baseline counts them.
pub(super) fn fingerprint(identity: &Identity<'_>) -> String {
    let mut hash = Parts::new(FINDING);
    hash.text(identity.rule);
    hash.text(identity.cause);
    match identity.subject {
        None => hash.absent(),
        Some(subject) => {
            hash.text(subject.group);
            hash.text(subject.kind);
            hash.optional(subject.namespace);
            hash.optional(subject.name);
        }
    }
    hash.text(identity.field);
    hash.text(identity.value);
    hash.finish()
}

/// The name of the group of all findings of one rule and cause.
pub(super) fn group(rule: &str, cause: &str) -> String {
    let mut hash = Parts::new(GROUP);
    hash.text(rule);
    hash.text(cause);
    hash.finish()
}

/// Hashes a list of texts so that no two lists are hashed alike: each is preceded by its length.
struct Parts(Sha256);

impl Parts {
    fn new(purpose: &str) -> Self {
        let mut parts = Self(Sha256::new());
        parts.text(purpose);
        parts
    }

    fn text(&mut self, text: &str) {
        self.0.update(format!("{}:", text.len()));
        self.0.update(text);
    }

    fn absent(&mut self) {
        self.0.update("-");
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.absent(),
        }
    }

    fn finish(self) -> String {
        let digest = self.0.finalize();
        let digits = digest
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 0xf])
            .filter_map(|digit| char::from_digit(digit.into(), 16));
        digits.take(DIGITS).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(change: impl FnOnce(&mut SubjectIdentity<'_>)) -> String {
        let mut subject = SubjectIdentity {
            group: "",
            kind: "Service",
            namespace: None,
            name: Some("api"),
        };
        change(&mut subject);
        fingerprint(&Identity {
            rule: "missing-target-port",
            cause: "port(api,http)",
            subject: Some(subject),
            field: "spec.ports[http].targetPort",
            value: "web",
        })
    }

    #[test]
    fn fingerprints_are_frozen() {
        assert_eq!(of(|_| {}), "0cf00d3e5427ec658b430ad64476a250");
        assert_eq!(
            group("missing-target-port", "port(api,http)"),
            "0b122eb955b81893340ebb7c626e6202"
        );
    }

    #[test]
    fn every_part_of_the_identity_counts() {
        let original = of(|_| {});
        assert_ne!(of(|it| it.group = "apps"), original);
        assert_ne!(of(|it| it.kind = "Ingress"), original);
        assert_ne!(of(|it| it.name = Some("web")), original);
        assert_ne!(of(|it| it.name = None), original);
        assert_ne!(of(|it| it.namespace = Some("")), original);
        assert_ne!(of(|it| it.namespace = Some("-")), original);
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        let of = |field, value| {
            fingerprint(&Identity {
                rule: "r",
                cause: "c",
                subject: None,
                field,
                value,
            })
        };
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert_ne!(of("1:a", ""), of("", "1:a"));
    }
}
