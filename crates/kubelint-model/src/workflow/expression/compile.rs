//! From words to code for a machine with one stack, by the shunting-yard algorithm: no recursion, whatever is nested.

use super::lex::{Operator, Token, tokens};
use super::value::Value;

/// An expression that parses.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub(super) code: Vec<Code>,
}

/// One step of the machine.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Code {
    Push(Value),
    /// A path into a context: `steps.build.outputs.tag`; lower case but for what is quoted.
    Path(Vec<String>),
    /// A function, in lower case, with as many arguments.
    Call(String, usize),
    /// A part of the value on top.
    Index,
    Not,
    Operator(Operator),
}

/// What waits for its right side.
enum Waiting {
    Not,
    Operator(Operator),
    Group,
    Call { name: String, arguments: usize },
}

impl Expression {
    /// Parses the inside of `${{ }}`; `None` if it is no expression.
    pub fn parse(text: &str) -> Option<Self> {
        Compiler {
            tokens: tokens(text)?,
            at: 0,
            code: Vec::new(),
            waiting: Vec::new(),
        }
        .compile()
    }

    /// Whether it asks for the state of what ran before.
    pub fn asks_status(&self) -> bool {
        self.code.iter().any(|it| match it {
            Code::Call(name, _) => {
                matches!(
                    name.as_str(),
                    "success" | "failure" | "always" | "cancelled"
                )
            }
            _ => false,
        })
    }

    /// The paths of contexts that it reads.
    pub fn paths(&self) -> impl Iterator<Item = &[String]> {
        self.code.iter().filter_map(|it| match it {
            Code::Path(path) => Some(path.as_slice()),
            _ => None,
        })
    }
}

struct Compiler {
    tokens: Vec<Token>,
    at: usize,
    code: Vec<Code>,
    waiting: Vec<Waiting>,
}

impl Compiler {
    fn compile(mut self) -> Option<Expression> {
        loop {
            self.operand()?;
            if !self.after_operand()? {
                break;
            }
        }
        let is_whole = self.waiting.is_empty() && self.at == self.tokens.len();
        is_whole.then_some(Expression { code: self.code })
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(token)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Reads up to the end of the next value.
    fn operand(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                Token::Not => self.waiting.push(Waiting::Not),
                Token::Open => self.waiting.push(Waiting::Group),
                Token::Text(text) => {
                    self.code.push(Code::Push(Value::Text(text)));
                    return Some(());
                }
                Token::Number(number) => {
                    self.code.push(Code::Push(Value::Number(number)));
                    return Some(());
                }
                Token::Name(name) => {
                    if self.peek() != Some(&Token::Open) {
                        return self.name(&name);
                    }
                    self.at += 1;
                    let name = name.to_ascii_lowercase();
                    if self.peek() == Some(&Token::Close) {
                        self.at += 1;
                        self.code.push(Code::Call(name, 0));
                        return Some(());
                    }
                    self.waiting.push(Waiting::Call { name, arguments: 1 });
                }
                _ => return None,
            }
        }
    }

    /// A literal word, or a path into a context.
    fn name(&mut self, name: &str) -> Option<()> {
        let value = match name {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "NaN" => Value::Number(f64::NAN),
            "Infinity" => Value::Number(f64::INFINITY),
            _ => {
                let mut path = vec![name.to_ascii_lowercase()];
                let is_known = self.segments(&mut path)?;
                let code = if is_known {
                    Code::Path(path)
                } else {
                    Code::Push(Value::Unknown)
                };
                self.code.push(code);
                return Some(());
            }
        };
        self.code.push(Code::Push(value));
        Some(())
    }

    /// What follows a name or value: `.name`, `.*`, `['name']`, `[0]`; false if some part of it is an expression.
    fn segments(&mut self, path: &mut Vec<String>) -> Option<bool> {
        let mut is_known = true;
        loop {
            match self.peek() {
                Some(Token::Dot) => {
                    self.at += 1;
                    match self.next()? {
                        Token::Name(name) => path.push(name.to_ascii_lowercase()),
                        Token::Star => path.push("*".to_owned()),
                        _ => return None,
                    }
                }
                Some(Token::OpenIndex) => {
                    self.at += 1;
                    is_known &= self.index(path)?;
                }
                _ => return Some(is_known),
            }
        }
    }

    fn index(&mut self, path: &mut Vec<String>) -> Option<bool> {
        let inner = self.next()?;
        if self.peek() == Some(&Token::CloseIndex) {
            let segment = match inner {
                Token::Text(text) => text.to_ascii_lowercase(),
                Token::Number(number) => number.to_string(),
                Token::Star => "*".to_owned(),
                Token::Name(_) => String::new(),
                _ => return None,
            };
            self.at += 1;
            let is_known = !segment.is_empty();
            path.push(segment);
            return Some(is_known);
        }
        let mut depth = 1 + usize::from(inner == Token::OpenIndex);
        while depth > 0 {
            match self.next()? {
                Token::OpenIndex => depth += 1,
                Token::CloseIndex => depth -= 1,
                _ => {}
            }
        }
        Some(false)
    }

    /// Reads what follows a value; true if another value must come.
    fn after_operand(&mut self) -> Option<bool> {
        loop {
            match self.peek() {
                None => {
                    self.unwind(0);
                    return Some(false);
                }
                Some(&Token::Operator(operator)) => {
                    self.at += 1;
                    self.unwind(operator.strength());
                    self.waiting.push(Waiting::Operator(operator));
                    return Some(true);
                }
                Some(Token::Comma) => {
                    self.at += 1;
                    self.unwind(0);
                    match self.waiting.last_mut()? {
                        Waiting::Call { arguments, .. } => *arguments += 1,
                        _ => return None,
                    }
                    return Some(true);
                }
                Some(Token::Close) => {
                    self.at += 1;
                    self.unwind(0);
                    match self.waiting.pop()? {
                        Waiting::Group => {}
                        Waiting::Call { name, arguments } => {
                            self.code.push(Code::Call(name, arguments));
                        }
                        _ => return None,
                    }
                    let mut path = Vec::new();
                    self.segments(&mut path)?;
                    if !path.is_empty() {
                        self.code.push(Code::Index);
                    }
                }
                Some(_) => return None,
            }
        }
    }

    /// Applies what waits and binds at least as strongly as `strength`, up to the innermost parenthesis.
    fn unwind(&mut self, strength: u8) {
        while let Some(last) = self.waiting.last() {
            let code = match last {
                Waiting::Not => Code::Not,
                Waiting::Operator(operator) if operator.strength() >= strength => {
                    Code::Operator(*operator)
                }
                _ => return,
            };
            self.waiting.pop();
            self.code.push(code);
        }
    }
}
