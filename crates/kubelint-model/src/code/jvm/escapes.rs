//! Escapes, which texts of Kotlin and files of properties have alike.

/// A text with its escapes replaced: `\n`, `\t`, `\r` and `\uXXXX`. Of all others the letter stays.
pub(crate) fn unescaped(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(it) = letters.next() {
        if it != '\\' {
            found.push(it);
            continue;
        }
        match letters.next() {
            Some('n') => found.push('\n'),
            Some('t') => found.push('\t'),
            Some('r') => found.push('\r'),
            Some('u') => {
                let digits: String = letters.by_ref().take(4).collect();
                let number = u32::from_str_radix(&digits, 16).ok();
                found.extend(number.and_then(char::from_u32));
            }
            Some(other) => found.push(other),
            None => found.push('\\'),
        }
    }
    found
}
