//! Addresses that lead into repositories.

/// The path within a repository that a URL of GitHub leads to, without organisation, name and reference: all that it can be, for a
/// reference may hold slashes.
pub(super) fn url_paths(url: &str) -> Vec<&str> {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let nth = |text: &'_ str, count: usize| -> Option<usize> {
        text.match_indices('/').nth(count).map(|(at, _)| at + 1)
    };
    let mut found = Vec::new();
    if let Some(rest) = url.strip_prefix("raw.githubusercontent.com/") {
        found.extend((2..6).filter_map(|it| nth(rest, it)).map(|at| &rest[at..]));
    } else if let Some(rest) = url.strip_prefix("github.com/") {
        let shown = ["/blob/", "/raw/", "/tree/"]
            .iter()
            .find_map(|it| rest.split_once(*it));
        if let Some((_, rest)) = shown {
            found.extend((0..4).filter_map(|it| nth(rest, it)).map(|at| &rest[at..]));
        } else if let Some((_, rest)) = rest.split_once("//") {
            found.push(rest);
        } else {
            found.extend(nth(rest, 1).map(|at| &rest[at..]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let raw = url_paths("https://raw.githubusercontent.com/o/r/refs/heads/main/d/x.yaml");
        assert_eq!(
            raw,
            ["heads/main/d/x.yaml", "main/d/x.yaml", "d/x.yaml", "x.yaml"]
        );
        assert_eq!(url_paths("github.com/o/r//d?ref=v1"), ["d"]);
        assert_eq!(url_paths("github.com/o/r/d?ref=v1"), ["d"]);
        assert_eq!(
            url_paths("https://github.com/o/r/blob/main/d/x.yaml")[0],
            "d/x.yaml"
        );
        assert!(url_paths("https://example.com/x.yaml").is_empty());
    }
}
