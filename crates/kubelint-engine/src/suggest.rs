//! "Did you mean …?": the nearest of the words that would have been right.

/// Words longer than this are nobody's typing mistake.
const LONGEST: usize = 128;

/// The candidate nearest to `word`, if one is near enough to be meant: about one mistake in three characters, at most three. A
/// mistake is a character too many, too few, another, or two swapped; case and `_` for `-` count for nothing. Of equally near
/// ones the first in alphabetical order.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let typed = folded(word);
    let limit = (typed.len() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter_map(|candidate| Some((distance(&typed, &folded(candidate), limit)?, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The end of an error message: ``; did you mean `x`?``, or nothing.
pub fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |it| format!("; did you mean `{it}`?"))
}

fn folded(word: &str) -> Vec<char> {
    word.chars()
        .map(|c| {
            if c == '_' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

/// The Damerau-Levenshtein distance of two words in the form called optimal string alignment (no part is edited twice), if it is
/// at most `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && y == a[i - 1] {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        if row.iter().all(|&it| it > limit) {
            return None;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|&it| it <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [&str; 4] = [
        "duplicate-env",
        "duplicate-key",
        "selector-mismatch",
        "yaml-syntax",
    ];

    #[test]
    fn finds_the_nearest_and_only_if_it_is_near() {
        let meant = |word| did_you_mean(word, RULES);
        assert_eq!(meant("selector-missmatch"), Some("selector-mismatch"));
        assert_eq!(meant("yaml_sytnax"), Some("yaml-syntax"));
        assert_eq!(meant("Duplicate-Kye"), Some("duplicate-key"));
        assert_eq!(meant("privileged"), None);
        assert_eq!(meant(""), None);
        assert_eq!(meant(&"duplicate-env".repeat(20)), None);
    }

    #[test]
    fn short_words_allow_one_mistake_and_ties_go_by_the_alphabet() {
        assert_eq!(did_you_mean("josn", ["json", "sarif"]), Some("json"));
        assert_eq!(did_you_mean("on", ["in", "an"]), Some("an"));
        assert_eq!(did_you_mean("ab", ["cd"]), None);
    }

    #[test]
    fn swapped_neighbours_are_one_mistake() {
        let chars = |word: &str| word.chars().collect::<Vec<_>>();
        assert_eq!(distance(&chars("ab"), &chars("ba"), 3), Some(1));
        assert_eq!(distance(&chars("kitten"), &chars("sitting"), 3), Some(3));
        assert_eq!(distance(&chars("kitten"), &chars("sitting"), 2), None);
    }
}
