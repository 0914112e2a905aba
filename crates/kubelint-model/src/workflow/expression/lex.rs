//! The words of expressions.

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Number(f64),
    Dot,
    Star,
    Comma,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Not,
    Operator(Operator),
}

/// An operator between two values, in the order of their strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// How strongly it binds.
    pub(super) const fn strength(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::NotEqual => 3,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 4,
        }
    }
}

/// GitHub refuses longer expressions.
const MAX_LENGTH: usize = 21_000;

/// The words of `text`; `None` if it is no expression.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' => quoted(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => {
                let name = head(rest, |it| it.is_ascii_alphanumeric() || "_-".contains(it));
                (Token::Name(name.to_owned()), name.len())
            }
            '0'..='9' | '+' | '-' => number(rest)?,
            '.' => (Token::Dot, 1),
            '*' => (Token::Star, 1),
            ',' => (Token::Comma, 1),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '[' => (Token::OpenIndex, 1),
            ']' => (Token::CloseIndex, 1),
            _ => operator(rest)?,
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Some(found)
}

fn head(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|it| !belongs(it)).unwrap_or(text.len());
    &text[..end]
}

fn operator(text: &str) -> Option<(Token, usize)> {
    let known = [
        ("&&", Operator::And),
        ("||", Operator::Or),
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let found = known.iter().find(|(it, _)| text.starts_with(it));
    match found {
        Some((written, operator)) => Some((Token::Operator(*operator), written.len())),
        None => text.starts_with('!').then_some((Token::Not, 1)),
    }
}

/// A text in single quotes; two of them stand for one.
fn quoted(text: &str) -> Option<(Token, usize)> {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let end = at + text[at..].find('\'')?;
        value.push_str(&text[at..end]);
        at = end + 1;
        if !text[at..].starts_with('\'') {
            return Some((Token::Text(value), at));
        }
        value.push('\'');
        at += 1;
    }
}

fn number(text: &str) -> Option<(Token, usize)> {
    let written = head(text, |it| it.is_ascii_alphanumeric() || "+-.".contains(it));
    let value = match written.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?.into(),
        None => written.parse().ok()?,
    };
    Some((Token::Number(value), written.len()))
}
