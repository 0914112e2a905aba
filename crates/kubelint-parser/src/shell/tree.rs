//! The tree of a script.

use crate::TextRange;

/// A parsed script.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Its statements, in order.
    pub body: Vec<Statement>,
    /// Its comments, each from `#` to the end of the line, in order.
    pub comments: Vec<TextRange>,
    /// What could not be understood, in order.
    pub errors: Vec<TextRange>,
    /// Why part of the script, or all of it, was not read.
    pub limit: Option<Limit>,
}

/// Why something was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The text is longer than [`super::MAX_SIZE`].
    Size,
    /// The parser needed far more steps than any real script of the size.
    Steps,
    /// Something stands deeper than [`super::MAX_DEPTH`].
    Depth,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its bytes, redirections included.
    pub range: TextRange,
    /// What it is.
    pub kind: StatementKind,
    /// Its redirections, in order.
    pub redirects: Vec<Redirect>,
    /// Whether it ends with `&`: the shell does not wait for it.
    pub background: bool,
}

/// What a statement is.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// A command with its arguments, or assignments alone.
    Simple(Simple),
    /// `a | b`, or `! a`.
    Pipeline(Pipeline),
    /// `a && b || c`.
    List(List),
    /// `{ …; }`.
    Group(Vec<Statement>),
    /// `( … )`.
    Subshell(Vec<Statement>),
    /// `if … then … elif … else … fi`.
    If(If),
    /// `for name in …; do …; done`, or `select`.
    For(For),
    /// `while` and `until`, and `for ((…))`.
    While(While),
    /// `case … esac`.
    Case(Case),
    /// The definition of a function.
    Function(Function),
    /// `[ … ]`, `[[ … ]]`.
    Test(Test),
    /// `(( … ))`, with the variables in it, which it may change.
    Arithmetic(Vec<String>),
    /// What was not understood.
    Other,
}

/// A command.
#[derive(Clone, Debug, Default)]
pub struct Simple {
    /// The assignments before the command: they hold for it alone, or for the shell where there is no command.
    pub assignments: Vec<Assignment>,
    /// The command's name and arguments; empty if there are only assignments.
    pub words: Vec<Word>,
    /// What `declare`, `local`, `export`, `readonly` and `typeset` assign.
    pub declared: Vec<Assignment>,
}

/// `name=value`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Its bytes.
    pub range: TextRange,
    /// The variable.
    pub name: String,
    /// The element that is assigned: `name[index]=value`.
    pub index: Option<Word>,
    /// Whether the value is added: `+=`.
    pub append: bool,
    /// The value.
    pub value: Assigned,
}

/// What is assigned.
#[derive(Clone, Debug)]
pub enum Assigned {
    /// One value: empty in `name=`.
    Word(Word),
    /// `(a b)`, `([key]=a)`.
    Array(Vec<Element>),
}

/// An element of an array as it is written.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its key, if it states one: `[key]=value`.
    pub key: Option<Word>,
    /// Its value.
    pub value: Word,
}

/// Commands of which each reads what the one before it writes.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Whether it begins with `!`.
    pub negated: bool,
    /// The commands: more than one, unless it is negated.
    pub stages: Vec<Statement>,
}

/// Statements of which each depends on what became of those before it.
#[derive(Clone, Debug)]
pub struct List {
    /// The first, which always runs.
    pub first: Box<Statement>,
    /// The others.
    pub rest: Vec<(Connector, Statement)>,
}

/// What joins the statements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`.
    And,
    /// `||`.
    Or,
}

/// `if` with its branches.
#[derive(Clone, Debug)]
pub struct If {
    /// Conditions, each with what runs if it holds and none before it does.
    pub branches: Vec<(Vec<Statement>, Vec<Statement>)>,
    /// What runs if none holds.
    pub otherwise: Option<Vec<Statement>>,
}

/// A loop over words.
#[derive(Clone, Debug)]
pub struct For {
    /// The variable.
    pub name: String,
    /// What it takes on; `None` for the script's or function's own arguments.
    pub words: Option<Vec<Word>>,
    /// What runs for each.
    pub body: Vec<Statement>,
}

/// A loop that runs as long as something holds.
#[derive(Clone, Debug)]
pub struct While {
    /// What is run before each round; empty for `for ((…))`.
    pub condition: Vec<Statement>,
    /// What runs in each round.
    pub body: Vec<Statement>,
}

/// `case` with its arms.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is compared.
    pub subject: Word,
    /// The arms.
    pub arms: Vec<Arm>,
}

/// An arm of a `case`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The patterns, one of which must match.
    pub patterns: Vec<Word>,
    /// What runs then.
    pub body: Vec<Statement>,
}

/// The definition of a function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its body.
    pub body: Box<Statement>,
}

/// What `[ … ]` asks.
#[derive(Clone, Debug)]
pub enum Test {
    /// `-f word`.
    Unary(String, Word),
    /// `word = word`.
    Binary(Word, String, Word),
    /// `! …`.
    Not(Box<Test>),
    /// `… && …`, `… -a …`.
    And(Vec<Test>),
    /// `… || …`, `… -o …`.
    Or(Vec<Test>),
    /// Whether a word is empty.
    Word(Word),
    /// Anything else.
    Other,
}

/// A redirection.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// Its bytes; of a here-document the operator and the delimiter.
    pub range: TextRange,
    /// The descriptor that is written before it.
    pub descriptor: Option<u8>,
    /// What it does.
    pub operator: RedirectOperator,
    /// The file, the descriptor, or the text.
    pub target: Word,
}

/// What a redirection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectOperator {
    /// `<`.
    Read,
    /// `>`, `>|`.
    Write,
    /// `>>`.
    Append,
    /// `&>`: both output and errors; also `&>>`.
    WriteBoth,
    /// `>&`, `<&`: another descriptor, or both as in `&>`.
    Duplicate,
    /// `<<`: the target is the text.
    HereDocument,
    /// `<<<`: the target is the text.
    HereString,
}

/// A word, before any expansion.
#[derive(Clone, Debug, Default)]
pub struct Word {
    /// Its bytes, quotes included.
    pub range: TextRange,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its bytes, without the quotes around it.
    pub range: TextRange,
    /// What it is.
    pub kind: PartKind,
    /// Whether it stands in quotes, so that it is neither split nor a pattern.
    pub quoted: bool,
}

/// What a part of a word is.
#[derive(Clone, Debug)]
pub enum PartKind {
    /// Text, with its escapes decoded.
    Literal(String),
    /// `$name`, `${name…}`.
    Variable(Box<Variable>),
    /// `$(…)` or backquotes.
    Substitution(Vec<Statement>),
    /// `<(…)`, `>(…)`.
    Process(Vec<Statement>),
    /// A range that another tool replaces, as given to [`super::parse`].
    Template,
    /// `$((…))`, with the variables in it, which it may change.
    Arithmetic(Vec<String>),
    /// What was not understood.
    Other,
}

/// The use of a variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name; positional and special ones as they are written: `1`, `@`, `?`.
    pub name: String,
    /// The element of an array.
    pub index: Option<Index>,
    /// What is taken of it.
    pub form: Form,
}

/// Which element of an array is meant.
#[derive(Clone, Debug)]
pub enum Index {
    /// `[@]`, `[*]`.
    All,
    /// `[key]`.
    One(Word),
}

/// What is taken of a variable.
#[derive(Clone, Debug)]
pub enum Form {
    /// Its value.
    Plain,
    /// The keys of an array: `${!name[@]}`.
    Keys,
    /// The value of the variable that it names: `${!name}`.
    Indirect,
    /// Its length.
    Length,
    /// `${name:-word}`, `${name:=word}`, and without the colon.
    Default(Word),
    /// `${name:+word}`.
    Alternative(Word),
    /// `${name:?word}`: the shell ends if it is not set.
    Required,
    /// `${name#pattern}`, and the longest with `##`.
    WithoutPrefix {
        /// The pattern.
        pattern: Word,
        /// Whether as much as possible is removed.
        longest: bool,
    },
    /// `${name%pattern}`, and the longest with `%%`.
    WithoutSuffix {
        /// The pattern.
        pattern: Word,
        /// Whether as much as possible is removed.
        longest: bool,
    },
    /// `${name/pattern/replacement}`, and all occurrences with `//`.
    Replaced {
        /// The pattern.
        pattern: Word,
        /// What takes its place.
        replacement: Word,
        /// Whether all occurrences are replaced.
        all: bool,
    },
    /// `${name,,}`: in lower case.
    Lower,
    /// `${name^^}`: in upper case.
    Upper,
    /// Parts, quoting and other things that are not looked into.
    Other,
}
