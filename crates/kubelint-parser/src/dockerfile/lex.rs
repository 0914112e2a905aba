//! A word cut into literal text and variables, as frontend/dockerfile/shell/lex.go of `BuildKit` cuts it: quotes and escapes taken off, and
//! the forms of `${…}` told apart. What nests is not called for: the result is one flat list, with marks where a form begins and ends.

use super::lines::range;
use crate::TextRange;

/// A part of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lexeme {
    /// Text that stands for itself.
    Literal {
        /// Where it stands in the word; quotes and escapes around it are left out.
        range: TextRange,
        /// Whether blanks in it do not end a word.
        quoted: bool,
    },
    /// `$name` or `${name}`.
    Variable {
        /// The name.
        name: TextRange,
    },
    /// A form of `${name…}` begins; up to its end follow the lexemes of what stands after the operator.
    Open {
        /// The variable's name.
        name: TextRange,
        /// What is to be done with it.
        operator: Operator,
    },
    /// Between the pattern and the replacement of [`Operator::Replace`].
    Middle,
    /// The form that was begun last ends.
    Close,
}

/// What a form of `${name…}` does with the variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `-` and `:-`: another value if it is not set (or `empty`: or empty).
    Default {
        /// With a colon.
        empty: bool,
    },
    /// `+` and `:+`: another value if it is set (and not empty).
    Alternative {
        /// With a colon.
        empty: bool,
    },
    /// `?` and `:?`: the build fails if it is not set (or empty).
    Required {
        /// With a colon.
        empty: bool,
    },
    /// `#` and `##`: without what matches at its beginning.
    RemovePrefix,
    /// `%` and `%%`: without what matches at its end.
    RemoveSuffix,
    /// `/` and `//`: with what matches replaced.
    Replace {
        /// All that matches, not only the first.
        all: bool,
    },
    /// Something that `BuildKit` refuses, such as `${name:0:3}`.
    Unsupported,
}

/// The word is none: a quote or brace that is not closed, or a form that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LexError {
    /// Where it begins, in the word.
    pub at: u32,
}

/// Cuts a word into its parts. `escape` is the Dockerfile's [`escape character`](super::Dockerfile::escape).
///
/// # Errors
///
/// If `BuildKit` cannot read the word whatever the variables hold.
pub fn lex(text: &str, escape: char) -> Result<Vec<Lexeme>, LexError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        escape,
        lexemes: Vec::new(),
        frames: Vec::new(),
    };
    while let Some(ch) = lexer.peek() {
        if matches!(lexer.frames.last(), Some(Frame::Quote { .. })) {
            lexer.in_quotes(ch)?;
        } else {
            lexer.outside_quotes(ch)?;
        }
    }
    match lexer.frames.first() {
        Some(Frame::Quote { at } | Frame::Braces { at, .. }) => Err(error(*at)),
        None => Ok(lexer.lexemes),
    }
}

/// What is open.
enum Frame {
    /// Double quotes.
    Quote { at: usize },
    /// `${name`, an operator, and now what follows.
    Braces {
        at: usize,
        /// What ends the part: `/` after a pattern that is to be replaced, else `}`.
        stop: char,
        /// Whether escapes stay in the text: in patterns they have a meaning.
        keeps_escapes: bool,
    },
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    escape: char,
    lexemes: Vec<Lexeme>,
    frames: Vec<Frame>,
}

fn error(at: usize) -> LexError {
    LexError {
        at: range(at, at).start,
    }
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let ch = self.peek()?;
        self.at += ch.len_utf8();
        Some(ch)
    }

    fn literal(&mut self, start: usize, end: usize, quoted: bool) {
        let part = range(start, end);
        if let Some(Lexeme::Literal {
            range,
            quoted: same,
        }) = self.lexemes.last_mut()
            && *same == quoted
            && range.end == part.start
        {
            range.end = part.end;
        } else if start < end {
            self.lexemes.push(Lexeme::Literal {
                range: part,
                quoted,
            });
        }
    }

    fn keeps_escapes(&self) -> bool {
        let mut frames = self.frames.iter().rev();
        let innermost = frames.find_map(|it| match it {
            Frame::Quote { .. } => None,
            Frame::Braces { keeps_escapes, .. } => Some(*keeps_escapes),
        });
        innermost.unwrap_or(false)
    }

    fn in_quotes(&mut self, ch: char) -> Result<(), LexError> {
        let start = self.at;
        match ch {
            '"' => {
                self.next();
                self.frames.pop();
            }
            '$' => self.dollar()?,
            _ => {
                self.next();
                let mut from = start;
                if ch == self.escape {
                    match self.peek() {
                        None => return Ok(()),
                        Some(escaped) if ['"', '$', self.escape].contains(&escaped) => {
                            if !self.keeps_escapes() {
                                from = self.at;
                            }
                            self.next();
                        }
                        Some(_) => {}
                    }
                }
                self.literal(from, self.at, true);
            }
        }
        Ok(())
    }

    fn outside_quotes(&mut self, ch: char) -> Result<(), LexError> {
        let start = self.at;
        if let Some(Frame::Braces { stop, .. }) = self.frames.last_mut()
            && *stop == ch
        {
            if ch == '/' {
                *stop = '}';
                self.lexemes.push(Lexeme::Middle);
            } else {
                self.frames.pop();
                self.lexemes.push(Lexeme::Close);
            }
            self.next();
            return Ok(());
        }
        match ch {
            '\'' => {
                self.next();
                let rest = &self.text[self.at..];
                let len = rest.find('\'').ok_or_else(|| error(start))?;
                self.literal(self.at, self.at + len, true);
                self.at += len + 1;
            }
            '"' => {
                self.next();
                self.frames.push(Frame::Quote { at: start });
            }
            '$' => self.dollar()?,
            '<' if self.text[start..].starts_with("<<") => {
                self.at += 2;
                let rest = &self.text[self.at..];
                // Blanks after `<<` belong to the word: a here-document may be written so.
                self.at += rest.len() - rest.trim_start_matches(['\t', '\r', ' ']).len();
                self.literal(start, self.at, true);
            }
            _ => {
                self.next();
                if ch == self.escape {
                    let from = if self.keeps_escapes() { start } else { self.at };
                    self.next();
                    self.literal(from, self.at, true);
                } else {
                    self.literal(start, self.at, false);
                }
            }
        }
        Ok(())
    }

    /// A variable, in one of its forms, or a `$` that is none.
    fn dollar(&mut self) -> Result<(), LexError> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                self.literal(start, self.at, true);
            } else {
                self.lexemes.push(Lexeme::Variable { name });
            }
            return Ok(());
        }
        self.next();
        if matches!(self.peek(), None | Some('{' | '}' | ':')) {
            return Err(error(start));
        }
        let name = self.name();
        let operator = match self.next() {
            Some('}') => {
                self.lexemes.push(Lexeme::Variable { name });
                return Ok(());
            }
            Some(':') => match self.next() {
                Some('-') => Operator::Default { empty: true },
                Some('+') => Operator::Alternative { empty: true },
                Some('?') => Operator::Required { empty: true },
                None | Some('#' | '%') => return Err(error(start)),
                Some(_) => Operator::Unsupported,
            },
            Some('-') => Operator::Default { empty: false },
            Some('+') => Operator::Alternative { empty: false },
            Some('?') => Operator::Required { empty: false },
            Some('#') => Operator::RemovePrefix,
            Some('%') => Operator::RemoveSuffix,
            Some('/') => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                Operator::Replace { all }
            }
            _ => return Err(error(start)),
        };
        let replaces = matches!(operator, Operator::Replace { .. });
        self.lexemes.push(Lexeme::Open { name, operator });
        self.frames.push(Frame::Braces {
            at: start,
            stop: if replaces { '/' } else { '}' },
            keeps_escapes: replaces
                || matches!(operator, Operator::RemovePrefix | Operator::RemoveSuffix),
        });
        Ok(())
    }

    /// A variable's name: digits, one of the shell's special parameters, or letters, digits and `_`.
    fn name(&mut self) -> TextRange {
        let start = self.at;
        let rest = &self.text[start..];
        let len = match rest.chars().next() {
            Some(first) if first.is_ascii_digit() => {
                rest.len()
                    - rest
                        .trim_start_matches(|it: char| it.is_ascii_digit())
                        .len()
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => rest
                .find(|it: char| !it.is_alphanumeric() && it != '_')
                .unwrap_or(rest.len()),
        };
        self.at += len;
        range(start, self.at)
    }
}
