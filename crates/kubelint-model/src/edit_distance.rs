//! How far two names are from each other.

/// The edits (insert, delete, replace, swap neighbours; each place edited once) that make `b` of `a`, if they are at most `limit`.
///
/// Only cells near the diagonal are looked at, so that the time is linear.
pub fn edit_distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let far = limit + 1;
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).map(|it| it.min(far)).collect();
    for i in 1..=a.len() {
        let mut row = vec![far; b.len() + 1];
        if i <= limit {
            row[0] = i;
        }
        let (from, to) = (i.saturating_sub(limit).max(1), (i + limit).min(b.len()));
        for j in from..=to {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best.min(far);
        }
        if row.iter().all(|it| *it > limit) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|it| *it <= limit)
}

#[cfg(test)]
mod tests {
    use super::edit_distance;

    #[test]
    fn edits() {
        for (a, b, limit, expected) in [
            ("", "", 1, Some(0)),
            ("", "a", 1, Some(1)),
            ("ab", "ba", 1, Some(1)),
            ("abc", "abd", 1, Some(1)),
            ("abcd", "badc", 2, Some(2)),
            ("abcd", "badc", 1, None),
            ("abc", "abcde", 2, Some(2)),
            ("abc", "abcdef", 2, None),
        ] {
            assert_eq!(edit_distance(a.as_bytes(), b.as_bytes(), limit), expected);
            assert_eq!(edit_distance(b.as_bytes(), a.as_bytes(), limit), expected);
        }
    }
}
