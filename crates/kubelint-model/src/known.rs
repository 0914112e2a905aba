//! What the person who runs kubelint states and no file shows: objects made elsewhere, the repository's URLs, custom kinds.

/// What is known besides the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Objects that are made elsewhere.
    pub external: Vec<ExternalObject>,
    /// The URLs under which this repository is known, as `github.com/org/name`.
    pub repository: Vec<String>,
    /// Kinds that are not built in and run pods.
    pub kinds: Vec<CustomKind>,
}

impl Known {
    /// Whether `url` is one of this repository's, in whatever form it is written: `git@github.com:org/name.git` is
    /// `https://github.com/org/name`.
    pub fn is_repository(&self, url: &str) -> bool {
        let asked = repository_path(url);
        asked.contains('/')
            && self
                .repository
                .iter()
                .any(|it| repository_path(it) == asked)
    }
}

/// Host and path of a repository's URL, in lower case.
fn repository_path(url: &str) -> String {
    let url = url.trim();
    let (has_scheme, rest) = match url.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, url),
    };
    // A name and password before the host tell nothing of which repository it is.
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) => (host, Some(path)),
        None => (rest, None),
    };
    let host = host.rsplit('@').next().unwrap_or_default();
    let (host, path) = match (host.split_once(':'), path) {
        // `git@host:path`, with more of it behind the next slash; a number behind a scheme is a port.
        (Some((host, first)), Some(path)) if !has_scheme => (host, format!("{first}/{path}")),
        (Some((host, first)), None) if !has_scheme => (host, first.to_owned()),
        (Some((host, _)), path) => (host, path.unwrap_or_default().to_owned()),
        (None, path) => (host, path.unwrap_or_default().to_owned()),
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    format!("{host}/{path}").to_lowercase()
}

/// Objects that are made elsewhere: nothing is said if they are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalObject {
    /// Their kind.
    pub kind: String,
    /// Their name; `*` stands for any characters.
    pub name: String,
    /// Their namespace; `None` for any.
    pub namespace: Option<String>,
}

/// A custom kind that runs pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomKind {
    /// Its API group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// The path of its pod template, as `spec.template`.
    pub pod_template: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_repository() {
        let known = Known {
            repository: vec!["github.com/Org/name".into()],
            ..Known::default()
        };
        for (url, expected) in [
            ("https://github.com/org/name", true),
            ("https://github.com/org/name.git", true),
            ("https://github.com/org/name/", true),
            ("https://user:token@github.com/org/name.git", true),
            ("git@github.com:org/name.git", true),
            ("ssh://git@github.com/org/name", true),
            ("ssh://git@github.com:22/org/name.git", true),
            ("https://github.com/org/name-2", false),
            ("https://gitlab.com/org/name", false),
            ("github.com", false),
            ("", false),
        ] {
            assert_eq!(known.is_repository(url), expected, "{url}");
        }
    }
}
