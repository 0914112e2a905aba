//! The tree of tree-sitter as a flat list in pre-order, with names of our own: nothing behind it knows the library.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, Tree};

use crate::TextRange;

/// What a node of the grammar is; those that nobody asks for are [`Kind::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    And,
    AnsiString,
    Arithmetic,
    Array,
    Bang,
    Background,
    Binary,
    CaseItem,
    CaseStatement,
    CFor,
    Command,
    CommandName,
    Comment,
    Compound,
    Concatenation,
    Declaration,
    Descriptor,
    DoGroup,
    Elif,
    Else,
    Error,
    Expansion,
    FileRedirect,
    For,
    Function,
    HereDocument,
    HereBody,
    HereStart,
    HereString,
    If,
    List,
    Negated,
    Or,
    Other,
    Parenthesized,
    Pipe,
    Pipeline,
    Process,
    Program,
    RawString,
    Redirected,
    SimpleExpansion,
    String,
    Subscript,
    Subshell,
    Substitution,
    Test,
    TestOperator,
    Then,
    TranslatedString,
    Unary,
    Unset,
    VariableAssignment,
    VariableAssignments,
    VariableName,
    While,
    /// Words, numbers, patterns: text that stands for itself.
    Word,
}

/// The grammar's names, sorted by ours.
const KINDS: [(&str, Kind); 66] = [
    ("&&", Kind::And),
    ("ansi_c_string", Kind::AnsiString),
    ("arithmetic_expansion", Kind::Arithmetic),
    ("array", Kind::Array),
    ("!", Kind::Bang),
    ("&", Kind::Background),
    ("binary_expression", Kind::Binary),
    ("case_item", Kind::CaseItem),
    ("case_statement", Kind::CaseStatement),
    ("c_style_for_statement", Kind::CFor),
    ("command", Kind::Command),
    ("command_name", Kind::CommandName),
    ("comment", Kind::Comment),
    ("compound_statement", Kind::Compound),
    ("concatenation", Kind::Concatenation),
    ("declaration_command", Kind::Declaration),
    ("file_descriptor", Kind::Descriptor),
    ("do_group", Kind::DoGroup),
    ("elif_clause", Kind::Elif),
    ("else_clause", Kind::Else),
    ("ERROR", Kind::Error),
    ("expansion", Kind::Expansion),
    ("file_redirect", Kind::FileRedirect),
    ("for_statement", Kind::For),
    ("function_definition", Kind::Function),
    ("heredoc_redirect", Kind::HereDocument),
    ("heredoc_body", Kind::HereBody),
    ("heredoc_start", Kind::HereStart),
    ("herestring_redirect", Kind::HereString),
    ("if_statement", Kind::If),
    ("list", Kind::List),
    ("negated_command", Kind::Negated),
    ("||", Kind::Or),
    ("parenthesized_expression", Kind::Parenthesized),
    ("|", Kind::Pipe),
    ("|&", Kind::Pipe),
    ("pipeline", Kind::Pipeline),
    ("process_substitution", Kind::Process),
    ("program", Kind::Program),
    ("raw_string", Kind::RawString),
    ("redirected_statement", Kind::Redirected),
    ("simple_expansion", Kind::SimpleExpansion),
    ("string", Kind::String),
    ("subscript", Kind::Subscript),
    ("subshell", Kind::Subshell),
    ("command_substitution", Kind::Substitution),
    ("test_command", Kind::Test),
    ("test_operator", Kind::TestOperator),
    ("then", Kind::Then),
    ("translated_string", Kind::TranslatedString),
    ("unary_expression", Kind::Unary),
    ("unset_command", Kind::Unset),
    ("variable_assignment", Kind::VariableAssignment),
    ("variable_assignments", Kind::VariableAssignments),
    ("variable_name", Kind::VariableName),
    ("special_variable_name", Kind::VariableName),
    ("while_statement", Kind::While),
    ("word", Kind::Word),
    ("number", Kind::Word),
    ("regex", Kind::Word),
    ("extglob_pattern", Kind::Word),
    ("brace_expression", Kind::Word),
    ("==", Kind::Word),
    ("=~", Kind::Word),
    ("=", Kind::Word),
    ("$", Kind::Word),
];

/// The role of a node in the one that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Argument,
    Body,
    Condition,
    Index,
    Left,
    Name,
    Operator,
    Redirect,
    Right,
    Value,
    Variable,
    Other,
}

/// A node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) field: Field,
    /// Whether it is more than a keyword or an operator.
    pub(super) named: bool,
    pub(super) range: TextRange,
    /// The index of the next node that is not within this one.
    pub(super) end: u32,
}

/// The nodes of a text in pre-order; the first is the root.
pub(super) type Tape = Vec<Node>;

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| tree_sitter_bash::LANGUAGE.into());

/// What each symbol of the grammar is.
static SYMBOLS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let kind_of = |id: usize| {
        let name = LANGUAGE.node_kind_for_id(id as u16).unwrap_or_default();
        KINDS
            .iter()
            .find(|it| it.0 == name)
            .map_or(Kind::Other, |it| it.1)
    };
    (0..LANGUAGE.node_kind_count()).map(kind_of).collect()
});

/// How often the parser may report progress, which it does about every hundred steps, before it is stopped: so often, and once more for
/// so many bytes. Real scripts need a report for 137 bytes at most.
const BASE_REPORTS: usize = 100;
const BYTES_PER_REPORT: usize = 60;
/// The text is handed out in pieces of this size, …
const PIECE: usize = 512;
/// … and so often, and once more for so many bytes. Where the scanner looks ahead from every place, and behind many errors, most of the
/// time goes there, without a report. Real scripts need a piece for 245 bytes at most.
const BASE_PIECES: usize = 200;
const BYTES_PER_PIECE: usize = 50;

/// The tree of `text`; `None` if the parser did not come to an end in time.
pub(super) fn read(text: &str) -> Option<Tape> {
    let mut parser = Parser::new();
    parser.set_language(&LANGUAGE).ok()?;
    let mut reports = BASE_REPORTS + text.len() / BYTES_PER_REPORT;
    let mut count = |_: &ParseState| {
        reports = reports.saturating_sub(1);
        if reports == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut count);
    let mut pieces = BASE_PIECES + text.len() / BYTES_PER_PIECE;
    let mut piece = |at: usize, _| {
        pieces = pieces.saturating_sub(1);
        let mut end = (at + PIECE).min(if pieces == 0 { 0 } else { text.len() });
        // The library fails on a character that one piece begins and no other ends.
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.as_bytes().get(at..end).unwrap_or_default()
    };
    let tree = parser.parse_with_options(&mut piece, None, Some(options))?;
    (pieces > 0).then(|| flat(&tree, text))
}

fn flat(tree: &Tree, text: &str) -> Tape {
    // Where the grammar gives up, it may do so within a character.
    let offset = |at: usize| text.floor_char_boundary(at) as u32;
    let mut tape = Tape::new();
    let mut open: Vec<usize> = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let kind = if node.is_error() {
            Kind::Error
        } else {
            SYMBOLS
                .get(node.kind_id() as usize)
                .copied()
                .unwrap_or(Kind::Other)
        };
        let at = tape.len();
        tape.push(Node {
            kind,
            field: field_of(cursor.field_name()),
            named: node.is_named(),
            range: TextRange::new(offset(node.start_byte()), offset(node.end_byte())),
            end: at as u32 + 1,
        });
        if cursor.goto_first_child() {
            open.push(at);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return tape;
            }
            let end = tape.len() as u32;
            if let Some(parent) = open.pop().and_then(|it| tape.get_mut(it)) {
                parent.end = end;
            }
        }
    }
}

fn field_of(name: Option<&str>) -> Field {
    match name {
        Some("argument") => Field::Argument,
        Some("body") => Field::Body,
        Some("condition") => Field::Condition,
        Some("index") => Field::Index,
        Some("left") => Field::Left,
        Some("name") => Field::Name,
        Some("operator") => Field::Operator,
        Some("redirect") => Field::Redirect,
        Some("right") => Field::Right,
        Some("value") => Field::Value,
        Some("variable") => Field::Variable,
        _ => Field::Other,
    }
}
