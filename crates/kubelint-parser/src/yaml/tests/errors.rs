use super::super::{SyntaxErrorKind as Error, parse};

/// A text with one error, its kind, the text it points at, and its message.
const USUAL: &[(&str, Error, &str, &str)] = &[
    (
        "a:\n  b: c\n   d: e\n",
        Error::Indentation,
        "d",
        "indentation off by one: expected 2 spaces as on line 2, found 3",
    ),
    (
        "a:\n    b: c\n  d: e\n",
        Error::Indentation,
        "d",
        "wrong indentation: expected 4 spaces as on line 2, found 2",
    ),
    (
        "a: b\n  c: d\n",
        Error::Indentation,
        "c",
        "wrong indentation: expected 0 spaces as on line 1, found 2",
    ),
    (
        "args:\n  - a\n - b\n",
        Error::Indentation,
        "-",
        "indentation off by one: expected 2 spaces as on line 2, found 1",
    ),
    (
        "a: b\n- c\n",
        Error::MixedCollections,
        "-",
        "list item where a key is expected",
    ),
    (
        "- a\nb: c\n",
        Error::MixedCollections,
        "b",
        "`b` where a list item is expected",
    ),
    ("a:\n\tb: c\n", Error::Tab, "\t", "tab used for indentation"),
    (
        "-\ta\n",
        Error::Tab,
        "\t",
        "tab after `-`, where only spaces separate",
    ),
    (
        "name:foo\nimage: x\n",
        Error::MissingBlankAfterColon,
        "name:foo",
        "missing blank after `:` in `name:foo`",
    ),
    (
        "image: x\nname:foo\n",
        Error::MissingBlankAfterColon,
        "name:foo",
        "missing blank after `:` in `name:foo`",
    ),
    (
        "- a\n-b\n",
        Error::MissingBlankAfterDash,
        "-b",
        "missing blank after `-` in `-b`",
    ),
    (
        "- name: a\n-name: b\n",
        Error::MissingBlankAfterDash,
        "-name:",
        "missing blank after `-` in `-name:`",
    ),
    (
        "a: \"foo\nb: c\n",
        Error::UnclosedQuote,
        "\"",
        "unclosed quote `\"` opened here",
    ),
    (
        "a: 'it's'\n",
        Error::TextAfterValue,
        "s'",
        "text `s'` after a value that is whole",
    ),
    (
        "a: 'it's: x'\n",
        Error::TextAfterValue,
        "s: x'",
        "text `s: x'` after a value that is whole",
    ),
    (
        "a: [b, c\nd: e\n",
        Error::UnclosedBracket,
        "[",
        "unclosed `[` opened here",
    ),
    (
        "a: [b, c}\n",
        Error::UnclosedBracket,
        "}",
        "expected `]`, found `}`",
    ),
    (
        "a: {b: c d: e}\n",
        Error::MissingComma,
        "d",
        "missing `,` before `d`",
    ),
    (
        "a: b]\nc: ]\n",
        Error::UnopenedBracket,
        "]",
        "`]` closes a bracket that was never opened",
    ),
    (
        "<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n",
        Error::MergeConflict,
        "<<<<<<< HEAD",
        "merge-conflict marker `<<<<<<< HEAD`",
    ),
    (
        "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n",
        Error::MergeConflict,
        "<<<<<<< HEAD",
        "merge-conflict marker `<<<<<<< HEAD`",
    ),
    (
        "a: {{ .Values.a }}-b\n",
        Error::TemplateBraces,
        "{{ .Values.a }}",
        "template braces: unquoted `{{ .Values.a }}`",
    ),
    (
        "{{- if .x }}\na: b\n{{- end }}\n",
        Error::TemplateBraces,
        "{{- if .x }}",
        "template braces: unquoted `{{- if .x }}`",
    ),
    (
        "a: b\n--- foo\nc: d\n",
        Error::DocumentSeparator,
        "foo",
        "text `foo` after the document separator `---`",
    ),
    (
        "-----BEGIN X\n",
        Error::DocumentSeparator,
        "--BEGIN X",
        "text `--BEGIN X` after the document separator `---`",
    ),
    (
        "a: *b\nc: &b x\n",
        Error::UnknownAnchor,
        "*b",
        "unknown anchor `b`",
    ),
    (
        "a: &b x\n---\nc: *b\n",
        Error::UnknownAnchor,
        "*b",
        "unknown anchor `b`",
    ),
    (
        "a: *.txt\n",
        Error::BadAnchor,
        "*.txt",
        "`*.txt` is not the name of an alias",
    ),
    (
        "a: !x{y}\n",
        Error::BadTag,
        "!x{y}",
        "malformed or undeclared tag `!x{y}`",
    ),
    (
        "a: @foo\n",
        Error::ReservedCharacter,
        "@",
        "a value cannot start with `@`",
    ),
    (
        "a: %foo\n",
        Error::ReservedCharacter,
        "%",
        "a value cannot start with `%`",
    ),
    (
        "a: \"\\d\"\n",
        Error::BadEscape,
        "\\d",
        "unknown escape `\\d` in double quotes",
    ),
    (
        "a: \"\\ud83d\"\n",
        Error::BadEscape,
        "\\ud83d",
        "`\\ud83d` is no character",
    ),
    (
        "%YAML 1.2\na: b\n",
        Error::BadDirective,
        "%YAML 1.2",
        "unsupported directive `%YAML 1.2`",
    ),
    (
        "%YAML 1.1\n---\na: b\n",
        Error::BadDirective,
        "",
        "directive without a document",
    ),
    (
        "a: |foo\n  b\n",
        Error::BlockScalarHeader,
        "|foo",
        "only a digit from 1 to 9, `+` or `-` may stand in `|foo`",
    ),
    (
        "a: b\u{7}c\n",
        Error::ControlCharacter,
        "\u{7}",
        "control character U+0007 is not allowed",
    ),
    (
        "a: b: c\n",
        Error::MappingNotAllowed,
        ":",
        "unquoted `: ` within a value",
    ),
    (
        "a: - b\n",
        Error::SequenceNotAllowed,
        "-",
        "a list item cannot start here",
    ),
    (
        "a: \"b\" c\n",
        Error::TextAfterValue,
        "c",
        "text `c` after a value that is whole",
    ),
    (
        "a: b\nfoo\n",
        Error::MissingColon,
        "foo",
        "missing `:` after `foo`",
    ),
    (
        "a: http://x: y\n",
        Error::MappingNotAllowed,
        ":",
        "unquoted `: ` within a value",
    ),
    (
        "key: &a *b\n",
        Error::UnknownAnchor,
        "*b",
        "unknown anchor `b`",
    ),
    (
        "spec:\n  containers:\n  - name: a\n    image: b\n   ports:\n",
        Error::Indentation,
        "ports",
        "indentation off by one: expected 4 spaces as on line 4, found 3",
    ),
    (
        "spec:\n  containers:\n    - name: a\n     image: b\n",
        Error::Indentation,
        "image",
        "indentation off by one: expected 6 spaces as on line 3, found 5",
    ),
    (
        "a: foo bar\n  baz: qux\n",
        Error::Indentation,
        "baz",
        "wrong indentation: expected 0 spaces as on line 1, found 2",
    ),
    (
        "command: [\"sh\", \"-c\" \"x\"]\n",
        Error::MissingComma,
        "\"x\"]",
        "missing `,` before `\"x\"]`",
    ),
    (
        "&a\n&b [x]\n",
        Error::DuplicateProperty,
        "&b",
        "second anchor `&b` on one value",
    ),
];

#[test]
fn usual_mistakes_are_named() {
    for &(text, kind, place, message) in USUAL {
        let yaml = parse(text);
        let found: Vec<_> = yaml
            .errors()
            .iter()
            .map(|error| (error.kind, error.range.of(text), error.message.as_str()))
            .collect();
        assert_eq!(found, [(kind, place, message)], "{text:?}");
    }
}

#[test]
fn messages_are_one_line_without_a_full_stop() {
    for (text, ..) in USUAL {
        for error in parse(text).errors() {
            assert!(!error.message.contains('\n') && !error.message.ends_with('.'));
            assert!(!error.message.starts_with(char::is_uppercase));
            assert!(
                error.range.start < error.range.end
                    || error.range.end as usize == text.len()
                    || text.starts_with('%')
            );
        }
    }
}

#[test]
fn an_indentation_error_shows_the_line_to_follow() {
    let text = "x: 1\n---\na:\n  b: c\n   d: e\n";
    let yaml = parse(text);
    let (range, _) = yaml.errors()[0].related.clone().expect("a related place");
    assert_eq!(range.of(text), "b");
    assert_eq!(
        yaml.errors()[0].message,
        "indentation off by one: expected 2 spaces as on line 4, found 3"
    );
}

#[test]
fn a_late_anchor_is_shown() {
    let text = "a: *b\nc: &b x\n";
    let yaml = parse(text);
    let (range, _) = yaml.errors()[0].related.clone().expect("a related place");
    assert_eq!(range.of(text), "&b");
}

#[test]
fn long_text_is_cut_in_messages() {
    let text = format!("a: {{{{ {} }}}}-b\n", "x".repeat(500));
    assert!(parse(&text).errors()[0].message.len() < 120);
}

#[test]
fn many_broken_documents_take_linear_time() {
    let text = "a: *x\n---\n".repeat(2_000);
    assert_eq!(parse(&text).errors().len(), 2_000);
}
