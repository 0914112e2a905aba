//! Statements: from the flat tree of the grammar to ours.

use crate::TextRange;

use super::MAX_DEPTH;
use super::expansion::{self, Quotes};
use super::tape::{Field, Kind, Node, Tape};
use super::tree::{
    Arm, Case, Connector, For, Form, Function, If, Limit, List, Part, PartKind, Pipeline, Redirect,
    RedirectOperator, Script, Simple, Statement, StatementKind, Test, Variable, While, Word,
};

/// The script that a tape is the tree of.
pub(super) fn script(text: &str, masked: &[TextRange], tape: &Tape) -> Script {
    let mut builder = Builder {
        text,
        masked,
        tape,
        depth: 0,
        limit: None,
    };
    let body = builder.body(0);
    let of_kind = |kind: Kind| {
        tape.iter()
            .filter(move |it| it.kind == kind)
            .map(|it| it.range)
    };
    Script {
        body,
        comments: of_kind(Kind::Comment).collect(),
        errors: of_kind(Kind::Error).collect(),
        limit: builder.limit,
    }
}

pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    pub(super) masked: &'a [TextRange],
    pub(super) tape: &'a [Node],
    depth: u32,
    limit: Option<Limit>,
}

/// A part of a list or pipeline, as they stand one after another.
enum Item {
    Statement(Statement),
    Operator(Kind, TextRange),
}

/// What is still to be done to take a list or pipeline apart.
enum Work {
    Node(usize),
    /// Redirections, and words behind the delimiter of a here-document, for the statement before.
    Attach(Vec<Redirect>, Vec<Word>, TextRange),
}

impl<'a> Builder<'a> {
    /// The children of a node.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> + use<'a> {
        let tape = self.tape;
        let end = tape.get(at).map_or(0, |it| it.end as usize);
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let child = next;
            let node = tape.get(child).filter(|_| child < end)?;
            next = node.end as usize;
            Some(child)
        })
    }

    /// Does `read` one level deeper, unless that is too deep.
    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            self.limit = Some(Limit::Depth);
            return;
        }
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }

    pub(super) fn owned(&self, at: usize) -> String {
        self.tape[at].range.of(self.text).to_owned()
    }

    /// The statements among the children of a node. What stands in an error is taken as if the error were not there.
    pub(super) fn body(&mut self, at: usize) -> Vec<Statement> {
        self.statements(self.children(at).collect())
    }

    fn statements(&mut self, mut nodes: Vec<usize>) -> Vec<Statement> {
        let mut found: Vec<Statement> = Vec::new();
        nodes.reverse();
        while let Some(at) = nodes.pop() {
            let node = self.tape[at];
            match node.kind {
                Kind::Background => {
                    if let Some(last) = found.last_mut() {
                        last.background = true;
                    }
                }
                Kind::Error => {
                    let within: Vec<usize> = self.children(at).collect();
                    nodes.extend(within.into_iter().rev());
                }
                Kind::FileRedirect => {
                    // `$(< file)`.
                    let redirect = self.redirect(at);
                    found.push(Statement {
                        range: node.range,
                        kind: StatementKind::Simple(Simple::default()),
                        redirects: vec![redirect],
                        background: false,
                    });
                }
                _ => self.nested(|it| found.extend(it.statement(at))),
            }
        }
        found
    }

    /// The statement that a node is; `None` if it is none.
    fn statement(&mut self, at: usize) -> Option<Statement> {
        let node = self.tape[at];
        let kind = match node.kind {
            Kind::List | Kind::Pipeline | Kind::Negated | Kind::Redirected => {
                let items = self.infix(at);
                return list_of(items);
            }
            Kind::Command | Kind::Declaration | Kind::Unset => return Some(self.simple(at)),
            Kind::VariableAssignment => StatementKind::Simple(Simple {
                assignments: vec![self.assignment(at)],
                ..Simple::default()
            }),
            Kind::VariableAssignments => StatementKind::Simple(Simple {
                assignments: self.children(at).map(|it| self.assignment(it)).collect(),
                ..Simple::default()
            }),
            Kind::Compound if node.range.of(self.text).starts_with("((") => {
                StatementKind::Arithmetic(self.variable_names(at))
            }
            Kind::Compound | Kind::DoGroup => StatementKind::Group(self.body(at)),
            Kind::Subshell => StatementKind::Subshell(self.body(at)),
            Kind::If => StatementKind::If(self.if_of(at)),
            Kind::For => StatementKind::For(self.for_of(at)),
            Kind::CFor | Kind::While => StatementKind::While(self.while_of(at)),
            Kind::CaseStatement => StatementKind::Case(self.case_of(at)),
            Kind::Function => return self.function(at),
            Kind::Test => StatementKind::Test(self.test(at)),
            _ => return None,
        };
        Some(Statement {
            range: node.range,
            kind,
            redirects: Vec::new(),
            background: false,
        })
    }

    /// Takes lists and pipelines apart, however the grammar nests them.
    fn infix(&mut self, at: usize) -> Vec<Item> {
        let mut items = Vec::new();
        let mut work = vec![Work::Node(at)];
        while let Some(next) = work.pop() {
            let at = match next {
                Work::Node(at) => at,
                Work::Attach(redirects, words, range) => {
                    attach(&mut items, redirects, words, range);
                    continue;
                }
            };
            let node = self.tape[at];
            match node.kind {
                Kind::List | Kind::Pipeline | Kind::Negated => {
                    let mut within: Vec<Work> = self.children(at).map(Work::Node).collect();
                    within.reverse();
                    work.append(&mut within);
                }
                Kind::Redirected => {
                    let mut within = self.redirected(at);
                    within.reverse();
                    work.append(&mut within);
                }
                Kind::And | Kind::Or | Kind::Pipe | Kind::Bang => {
                    items.push(Item::Operator(node.kind, node.range));
                }
                _ => {
                    self.nested(|it| items.extend(it.statement(at).map(Item::Statement)));
                }
            }
        }
        items
    }

    /// A statement with redirections: itself, they, and what stands behind the delimiter of a here-document on its line.
    fn redirected(&mut self, at: usize) -> Vec<Work> {
        let mut found = Vec::new();
        let mut redirects = Vec::new();
        let mut words = Vec::new();
        let mut behind = Vec::new();
        let mut range = TextRange::empty(self.tape[at].range.start);
        for child in self.children(at) {
            let node = self.tape[child];
            match node.kind {
                Kind::FileRedirect | Kind::HereString => {
                    redirects.push(self.redirect(child));
                    range = range.cover(node.range);
                }
                Kind::HereDocument => {
                    redirects.push(self.redirect(child));
                    range = range.cover(node.range);
                    for inner in self.children(child) {
                        let part = self.tape[inner];
                        match (part.kind, part.field) {
                            (Kind::FileRedirect | Kind::HereString, _) => {
                                redirects.push(self.redirect(inner));
                            }
                            (_, Field::Argument) => words.push(self.word(inner)),
                            (Kind::Pipeline, _) | (_, Field::Operator | Field::Right) => {
                                behind.push(Work::Node(inner));
                            }
                            _ => {}
                        }
                    }
                }
                _ if found.is_empty() => found.push(Work::Node(child)),
                _ => {}
            }
        }
        found.push(Work::Attach(redirects, words, range));
        found.append(&mut behind);
        found
    }

    pub(super) fn redirect(&mut self, at: usize) -> Redirect {
        let node = self.tape[at];
        let mut descriptor = None;
        let mut operator = RedirectOperator::Read;
        let mut target = Word::default();
        let mut range = node.range;
        let mut is_quoted = false;
        for child in self.children(at) {
            let part = self.tape[child];
            let text = part.range.of(self.text);
            match part.kind {
                Kind::Descriptor => descriptor = text.parse().ok(),
                Kind::HereStart => {
                    is_quoted = text.contains(['\'', '"', '\\']);
                    range.end = part.range.end;
                }
                Kind::HereBody => target = self.here_body(part.range, is_quoted),
                _ if !part.named => {
                    operator = operator_of(text).unwrap_or(operator);
                }
                _ if node.kind == Kind::HereDocument => {}
                _ if target.parts.is_empty() => target = self.word(child),
                _ => {}
            }
        }
        Redirect {
            range,
            descriptor,
            operator,
            target,
        }
    }

    fn here_body(&self, range: TextRange, is_quoted: bool) -> Word {
        let text = range.of(self.text);
        if is_quoted {
            let mut word = Word {
                range,
                parts: Vec::new(),
            };
            if !text.is_empty() {
                word.parts.push(Part {
                    range,
                    kind: PartKind::Literal(text.to_owned()),
                    quoted: true,
                });
            }
            return word;
        }
        expansion::fragment(text, range.start, Quotes::Text)
    }

    fn simple(&mut self, at: usize) -> Statement {
        let node = self.tape[at];
        let is_declaration = node.kind == Kind::Declaration;
        let mut simple = Simple::default();
        let mut redirects = Vec::new();
        let mut is_first = true;
        for child in self.children(at) {
            let part = self.tape[child];
            match part.kind {
                Kind::VariableAssignment if is_declaration => {
                    simple.declared.push(self.assignment(child));
                }
                Kind::VariableAssignment => simple.assignments.push(self.assignment(child)),
                Kind::FileRedirect | Kind::HereString => redirects.push(self.redirect(child)),
                Kind::Comment | Kind::Subshell => {}
                // `declare` and `unset` are keywords to the grammar.
                _ if is_first && !part.named => simple.words.push(Word {
                    range: part.range,
                    parts: vec![Part {
                        range: part.range,
                        kind: PartKind::Literal(self.owned(child)),
                        quoted: false,
                    }],
                }),
                _ => {
                    let word = self.word(child);
                    match simple.words.last_mut() {
                        // The grammar cuts `${a}b/$1` before the digit, and `$_a/$b` before the name.
                        Some(last) if last.range.end == word.range.start => join(last, word),
                        _ => simple.words.push(word),
                    }
                }
            }
            is_first = false;
        }
        Statement {
            range: node.range,
            kind: StatementKind::Simple(simple),
            redirects,
            background: false,
        }
    }

    /// Splits the children of an `if` or `elif` at `then`: the condition, what runs, and what is neither.
    fn branch(&mut self, at: usize) -> ((Vec<Statement>, Vec<Statement>), Vec<usize>) {
        let (mut condition, mut body, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_body = false;
        for child in self.children(at) {
            match self.tape[child].kind {
                Kind::Then => is_body = true,
                Kind::Elif | Kind::Else => others.push(child),
                _ if is_body => body.push(child),
                _ => condition.push(child),
            }
        }
        ((self.statements(condition), self.statements(body)), others)
    }

    fn if_of(&mut self, at: usize) -> If {
        let (first, others) = self.branch(at);
        let mut found = If {
            branches: vec![first],
            otherwise: None,
        };
        for other in others {
            if self.tape[other].kind == Kind::Elif {
                let (branch, _) = self.branch(other);
                found.branches.push(branch);
            } else {
                found.otherwise = Some(self.body(other));
            }
        }
        found
    }

    fn for_of(&mut self, at: usize) -> For {
        let mut found = For {
            name: String::new(),
            words: None,
            body: Vec::new(),
        };
        for child in self.children(at) {
            let node = self.tape[child];
            match node.field {
                Field::Variable => found.name = self.owned(child),
                Field::Value => {
                    let word = self.word(child);
                    found.words.get_or_insert_default().push(word);
                }
                Field::Body => found.body = self.body(child),
                _ if node.range.of(self.text) == "in" => {
                    found.words.get_or_insert_default();
                }
                _ => {}
            }
        }
        found
    }

    fn while_of(&mut self, at: usize) -> While {
        let mut found = While {
            condition: Vec::new(),
            body: Vec::new(),
        };
        let mut condition = Vec::new();
        let is_while = self.tape[at].kind == Kind::While;
        for child in self.children(at) {
            match self.tape[child].field {
                Field::Condition if is_while => condition.push(child),
                Field::Body => found.body = self.body(child),
                _ => {}
            }
        }
        found.condition = self.statements(condition);
        found
    }

    fn case_of(&mut self, at: usize) -> Case {
        let mut found = Case {
            subject: Word::default(),
            arms: Vec::new(),
        };
        for child in self.children(at) {
            let node = self.tape[child];
            if node.field == Field::Value {
                found.subject = self.word(child);
            } else if node.kind == Kind::CaseItem {
                let (mut patterns, mut body) = (Vec::new(), Vec::new());
                for part in self.children(child) {
                    if self.tape[part].field == Field::Value {
                        patterns.push(self.word(part));
                    } else {
                        body.push(part);
                    }
                }
                let body = self.statements(body);
                found.arms.push(Arm { patterns, body });
            }
        }
        found
    }

    fn function(&mut self, at: usize) -> Option<Statement> {
        let mut name = String::new();
        let mut body = None;
        let mut redirects = Vec::new();
        for child in self.children(at) {
            match self.tape[child].field {
                Field::Name => name = self.owned(child),
                Field::Body => body = self.statement(child),
                Field::Redirect => redirects.push(self.redirect(child)),
                _ => {}
            }
        }
        let body = Box::new(body?);
        Some(Statement {
            range: self.tape[at].range,
            kind: StatementKind::Function(Function { name, body }),
            redirects,
            background: false,
        })
    }

    fn test(&mut self, at: usize) -> Test {
        let named = self.children(at).filter(|it| self.tape[*it].named);
        let inner: Vec<usize> = named.collect();
        match inner[..] {
            [only] => self.test_of(only),
            _ => Test::Other,
        }
    }

    fn test_of(&mut self, at: usize) -> Test {
        let mut found = Test::Other;
        self.nested(|it| found = it.inner_test(at));
        found
    }

    fn inner_test(&mut self, at: usize) -> Test {
        let children: Vec<usize> = self.children(at).collect();
        let text = |builder: &Self, at: usize| builder.tape[at].range.of(builder.text).to_owned();
        match (self.tape[at].kind, &children[..]) {
            (Kind::Unary, [operator, operand]) => match text(self, *operator).as_str() {
                "!" => Test::Not(Box::new(self.test_of(*operand))),
                operator => Test::Unary(operator.to_owned(), self.word(*operand)),
            },
            (Kind::Binary, [left, operator, right]) => match text(self, *operator).as_str() {
                "&&" | "-a" => Test::And(vec![self.test_of(*left), self.test_of(*right)]),
                "||" | "-o" => Test::Or(vec![self.test_of(*left), self.test_of(*right)]),
                operator => Test::Binary(self.word(*left), operator.to_owned(), self.word(*right)),
            },
            (Kind::Parenthesized, [_, inner, _]) => self.test_of(*inner),
            (
                Kind::Word
                | Kind::String
                | Kind::RawString
                | Kind::Expansion
                | Kind::SimpleExpansion
                | Kind::Concatenation
                | Kind::Substitution,
                _,
            ) => Test::Word(self.word(at)),
            _ => Test::Other,
        }
    }
}

/// Joins two words between which nothing stands.
fn join(first: &mut Word, mut second: Word) {
    first.range.end = second.range.end;
    let name = second.parts.first().and_then(|it| match &it.kind {
        PartKind::Literal(text) if !it.quoted => split_name(text),
        _ => None,
    });
    if let (Some(name), Some(last)) = (name, first.parts.last_mut())
        && let PartKind::Literal(text) = &mut last.kind
        && text.ends_with('$')
    {
        text.pop();
        last.range.end -= 1;
        let at = last.range.end;
        if text.is_empty() {
            first.parts.pop();
        }
        let length = name.len();
        first.parts.push(Part {
            range: TextRange::new(at, at + 1 + length as u32),
            kind: PartKind::Variable(Box::new(Variable {
                name,
                index: None,
                form: Form::Plain,
            })),
            quoted: false,
        });
        if let Some(rest) = second.parts.first_mut()
            && let PartKind::Literal(text) = &mut rest.kind
        {
            text.drain(..length);
            rest.range.start += length as u32;
            if text.is_empty() {
                second.parts.remove(0);
            }
        }
    }
    first.parts.append(&mut second.parts);
}

/// The name of a variable at the beginning of what the grammar cut off behind its `$`: a digit, or a name.
fn split_name(text: &str) -> Option<String> {
    let is_digit = text.starts_with(|it: char| it.is_ascii_digit());
    let is_name = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    let length = if is_digit {
        1
    } else {
        text.bytes().take_while(is_name).count()
    };
    (length > 0).then(|| text[..length].to_owned())
}

/// Gives redirections and words to the last statement.
fn attach(items: &mut Vec<Item>, redirects: Vec<Redirect>, words: Vec<Word>, range: TextRange) {
    if let Some(Item::Statement(last)) = items.last_mut() {
        last.range = last
            .range
            .cover(TextRange::new(last.range.start, end_of(&redirects, last)));
        last.redirects.extend(redirects);
        if let StatementKind::Simple(simple) = &mut last.kind {
            simple.words.extend(words);
        }
        return;
    }
    items.push(Item::Statement(Statement {
        range,
        kind: StatementKind::Simple(Simple::default()),
        redirects,
        background: false,
    }));
}

/// Where a statement with these redirections ends: the bodies of here-documents are not counted.
fn end_of(redirects: &[Redirect], statement: &Statement) -> u32 {
    let ends = redirects.iter().map(|it| it.range.end);
    ends.max().unwrap_or(0).max(statement.range.end)
}

/// Puts together what stands one after another: `|` binds tighter than `&&` and `||`.
fn list_of(items: Vec<Item>) -> Option<Statement> {
    let mut first: Option<Statement> = None;
    let mut rest: Vec<(Connector, Statement)> = Vec::new();
    let mut connector = Connector::And;
    let mut pipeline = Open::default();
    let mut finish = |pipeline: Open, connector: Connector| {
        let Some(statement) = pipeline.close() else {
            return;
        };
        if first.is_none() {
            first = Some(statement);
        } else {
            rest.push((connector, statement));
        }
    };
    for item in items {
        match item {
            Item::Statement(statement) => pipeline.stages.push(statement),
            Item::Operator(Kind::Bang, range) if pipeline.stages.is_empty() => {
                pipeline.negated = Some(range);
            }
            Item::Operator(kind @ (Kind::And | Kind::Or), _) => {
                finish(std::mem::take(&mut pipeline), connector);
                connector = if kind == Kind::And {
                    Connector::And
                } else {
                    Connector::Or
                };
            }
            Item::Operator(..) => {}
        }
    }
    finish(pipeline, connector);
    let first = first?;
    if rest.is_empty() {
        return Some(first);
    }
    let range = rest
        .iter()
        .fold(first.range, |all, it| all.cover(it.1.range));
    Some(Statement {
        range,
        kind: StatementKind::List(List {
            first: Box::new(first),
            rest,
        }),
        redirects: Vec::new(),
        background: false,
    })
}

/// A pipeline that is being put together.
#[derive(Default)]
struct Open {
    negated: Option<TextRange>,
    stages: Vec<Statement>,
}

impl Open {
    fn close(mut self) -> Option<Statement> {
        if self.stages.len() == 1 && self.negated.is_none() {
            return self.stages.pop();
        }
        let first = self.stages.first()?.range;
        let range = self
            .stages
            .iter()
            .fold(first, |all, it| all.cover(it.range));
        Some(Statement {
            range: self.negated.map_or(range, |it| range.cover(it)),
            kind: StatementKind::Pipeline(Pipeline {
                negated: self.negated.is_some(),
                stages: self.stages,
            }),
            redirects: Vec::new(),
            background: false,
        })
    }
}

fn operator_of(text: &str) -> Option<RedirectOperator> {
    Some(match text {
        "<" => RedirectOperator::Read,
        ">" | ">|" => RedirectOperator::Write,
        ">>" => RedirectOperator::Append,
        "&>" | "&>>" => RedirectOperator::WriteBoth,
        "<&" | ">&" | "<&-" | ">&-" => RedirectOperator::Duplicate,
        "<<" | "<<-" => RedirectOperator::HereDocument,
        "<<<" => RedirectOperator::HereString,
        _ => return None,
    })
}
