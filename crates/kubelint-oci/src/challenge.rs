//! `WWW-Authenticate`: what a server wants to see before it answers (RFC 9110, section 11.6.1; for tokens
//! distribution.github.io/distribution/spec/auth/token).

/// What a server wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A user and a password.
    Basic,
    /// A token.
    Bearer {
        /// Where it is got.
        realm: String,
        /// Whom it is for.
        service: Option<String>,
        /// What it allows.
        scope: Option<String>,
    },
}

/// More parameters are not read.
const MOST_PARAMETERS: usize = 32;

/// The challenges of a header, in their order; of unknown schemes none.
pub(crate) fn parse(header: &str) -> Vec<Challenge> {
    let mut found = Vec::new();
    let mut rest = header;
    let mut scheme = "";
    let mut parameters: Vec<(String, String)> = Vec::new();
    for _ in 0..MOST_PARAMETERS {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let end = rest.find(|it: char| !is_token(it)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        if word.is_empty() {
            break;
        }
        if let Some(value) = behind.trim_start().strip_prefix('=') {
            let (value, behind) = value_of(value.trim_start());
            parameters.push((word.to_ascii_lowercase(), value));
            rest = behind;
        } else {
            found.extend(challenge(scheme, &parameters));
            parameters.clear();
            scheme = word;
            rest = behind;
        }
    }
    found.extend(challenge(scheme, &parameters));
    found
}

fn challenge(scheme: &str, parameters: &[(String, String)]) -> Option<Challenge> {
    if scheme.eq_ignore_ascii_case("basic") {
        return Some(Challenge::Basic);
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let get = |name: &str| {
        let found = parameters.iter().find(|it| it.0 == name);
        found.map(|it| it.1.clone())
    };
    Some(Challenge::Bearer {
        realm: get("realm")?,
        service: get("service"),
        scope: get("scope"),
    })
}

/// A token or a quoted text, and what stands behind it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, it)) = chars.next() {
        match it {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|it| it.1)),
            _ => value.push(it),
        }
    }
    (value, "")
}

fn is_token(it: char) -> bool {
    it.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/".contains(it)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }
    }

    #[test]
    fn challenges_are_read() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        let realm = "https://auth.docker.io/token";
        let scope = Some("repository:a/b:pull,push");
        assert_eq!(
            parse(hub),
            [bearer(realm, Some("registry.docker.io"), scope)]
        );
        assert_eq!(parse("Basic realm=\"x\""), [Challenge::Basic]);
        assert_eq!(parse("basic"), [Challenge::Basic]);
        let both = r#"Negotiate, Basic realm="a, \"b\"" , bearer Realm = https://x/t"#;
        assert_eq!(
            parse(both),
            [Challenge::Basic, bearer("https://x/t", None, None)]
        );
        assert_eq!(parse("Bearer service=\"x\""), []);
        assert_eq!(parse("Bearer realm=\"x"), [bearer("x", None, None)]);
        assert_eq!(parse(""), []);
        assert_eq!(parse("\"\"\"===,,,"), []);
    }
}
