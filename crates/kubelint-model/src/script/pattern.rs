//! Patterns in words: what they cut off at the ends of a text, and what braces become.

use super::value::Value;

/// `text` without what a pattern matches at its beginning; `None` for patterns that are not followed. Those with one `*` at their beginning
/// are.
pub(super) fn without_prefix(text: &str, pattern: &str, longest: bool) -> Option<String> {
    if let Some(end) = pattern
        .strip_prefix('*')
        .filter(|it| !it.contains(['*', '?', '[']))
    {
        let at = if longest {
            text.rfind(end)
        } else {
            text.find(end)
        };
        return Some(at.map_or(text, |it| &text[it + end.len()..]).to_owned());
    }
    let is_plain = !pattern.contains(['*', '?', '[']);
    is_plain.then(|| text.strip_prefix(pattern).unwrap_or(text).to_owned())
}

/// The same at its end; patterns with one `*` at their end are followed.
pub(super) fn without_suffix(text: &str, pattern: &str, longest: bool) -> Option<String> {
    if let Some(start) = pattern
        .strip_suffix('*')
        .filter(|it| !it.contains(['*', '?', '[']))
    {
        let at = if longest {
            text.find(start)
        } else {
            text.rfind(start)
        };
        return Some(at.map_or(text, |it| &text[..it]).to_owned());
    }
    let is_plain = !pattern.contains(['*', '?', '[']);
    is_plain.then(|| text.strip_suffix(pattern).unwrap_or(text).to_owned())
}

/// How many words braces may become.
const MAX_BRACED: usize = 64;

/// What a word with braces becomes: `a{b,c}` and `{1..3}`.
pub(super) fn braced(value: &Value) -> Vec<Value> {
    let mut done: Vec<String> = Vec::new();
    let mut open = vec![value.text.clone()];
    while let Some(text) = open.pop() {
        let inner = text.find('{').and_then(|start| {
            let end = start + text[start..].find('}')?;
            Some((start, end))
        });
        let choices = inner.and_then(|(start, end)| choices(&text[start + 1..end]));
        match (inner, choices) {
            (Some((start, end)), Some(choices)) if done.len() + open.len() < MAX_BRACED => {
                for choice in choices.into_iter().rev() {
                    open.push(format!("{}{choice}{}", &text[..start], &text[end + 1..]));
                }
            }
            _ => done.push(text),
        }
    }
    done.into_iter().map(|it| value.with_text(it)).collect()
}

fn choices(inner: &str) -> Option<Vec<String>> {
    if inner.contains('{') {
        return None;
    }
    if inner.contains(',') {
        return Some(inner.split(',').map(str::to_owned).collect());
    }
    let (from, to) = inner.split_once("..")?;
    let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
    let count = to.checked_sub(from)?;
    (count < MAX_BRACED as u32).then(|| (from..=to).map(|it| it.to_string()).collect())
}
