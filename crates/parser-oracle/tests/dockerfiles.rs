//! Dockerfiles: what BuildKit makes of the snippets in `testdata/dockerfile` (its README describes the tables), and what holds for every
//! text.

use std::path::Path;

use kubelint_parser::dockerfile::{Arguments, Instruction, Keyword, Word};
use parser_oracle::corpus::{self, CORPUS};
use parser_oracle::dockerfile::check;
use proptest::prelude::*;
use serde_json::{Value, json};

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/dockerfile");
    std::fs::read_to_string(folder.join(name)).expect("the table")
}

/// The cells of a Dockerfile, as `xtask/oracles/dockerfile` prints them.
fn cells(text: &str) -> Vec<Value> {
    let file = check(text);
    if !file.errors.is_empty() {
        return vec![json!("!")];
    }
    let instructions = file.instructions.iter();
    instructions.map(|it| cell(text, it)).collect()
}

fn cell(text: &str, instruction: &Instruction) -> Value {
    let heredocs = instruction.heredocs.iter();
    let heredocs: Vec<Value> = heredocs
        .map(|it| json!([it.name, it.body.of(text), it.expands, it.strips_tabs]))
        .collect();
    let keyword = instruction.keyword_range.of(text);
    let keyword = keyword.replace(['\\', '\n'], "").to_ascii_lowercase();
    let flags: Vec<&str> = instruction.flags.iter().map(|it| it.word.text()).collect();
    let mut arguments: Vec<&str> = instruction.health.iter().map(Word::text).collect();
    arguments.extend(instruction.words().iter().map(Word::text));
    let words: Vec<String> = instruction
        .pairs()
        .iter()
        .flat_map(|pair| match (&pair.value, instruction.keyword) {
            (Some(value), Keyword::Arg) => {
                vec![format!("{}={}", pair.key.text(), value.text())]
            }
            (Some(value), _) => vec![
                pair.key.text().to_owned(),
                value.text().to_owned(),
                if pair.is_legacy { "" } else { "=" }.to_owned(),
            ],
            (None, _) => vec![pair.key.text().to_owned()],
        })
        .collect();
    arguments.extend(words.iter().map(String::as_str));
    let is_exec = matches!(instruction.arguments, Arguments::Exec(_));
    if instruction.on_build.is_some() {
        let trigger = json!([keyword, flags, arguments, is_exec, []]);
        return json!(["onbuild", [], [trigger], false, heredocs]);
    }
    json!([keyword, flags, arguments, is_exec, heredocs])
}

/// What stands after the first cell of a row.
fn expected(cells: &str) -> Vec<Value> {
    let cell = |it: &str| serde_json::from_str(it).unwrap_or_else(|_| json!(it));
    cells.split('\t').map(cell).collect()
}

#[test]
fn buildkit_agrees() {
    let snippets = format!("\n{}", read("snippets.txt"));
    let table = read("snippets.tsv");
    let mut rows = table.lines();
    let mut count = 0;
    for snippet in snippets.split("\n=== ").skip(1) {
        let (name, body) = snippet.split_once('\n').unwrap_or((snippet, ""));
        let body = format!("{}\n", body.strip_suffix('\n').unwrap_or(body));
        let row = rows.next().expect("a row");
        let (of, expected_cells) = row.split_once('\t').expect("cells");
        assert_eq!(of, name, "the table is older than the snippets");
        assert_eq!(cells(&body), expected(expected_cells), "{name}:\n{body}");
        count += 1;
    }
    assert!(count > 120, "{count} snippets");
}

/// Pieces that, put together, are often nearly Dockerfiles.
const PIECES: &[&str] = &[
    "FROM ",
    "a",
    " AS b",
    "\n",
    "\nRUN ",
    "\nENV ",
    "\nARG ",
    "\nCOPY ",
    "\nCMD ",
    "\nEXPOSE ",
    "\nONBUILD ",
    "\nHEALTHCHECK ",
    "\nLABEL ",
    "\nUSER ",
    "\nSHELL ",
    "\nENTRYPOINT ",
    " ",
    "\t",
    "\\",
    "\\\n",
    "`\n",
    "# escape=`\n",
    "# c\n",
    "#",
    "\r\n",
    "\r",
    "<<",
    "<<EOF",
    "<<-EOF",
    "<<\"EOF\"",
    "\nEOF\n",
    "\n\tEOF\n",
    "3<<a",
    "\na\n",
    "--from=b ",
    "--mount=",
    "--",
    "[\"a\"]",
    "[",
    "]",
    "\"",
    "'",
    ",",
    "\\u00e9",
    "\\ud83d\\ude00",
    "[\"\\n\",",
    "{",
    "}",
    "A=b",
    "=",
    "$A",
    "${A:-b}",
    "${",
    "${A/b/c}",
    "${A#b}",
    "$",
    "\u{feff}",
    "\u{a0}",
    "\u{85}",
    "é",
    "漢",
    "😀",
    "\u{7}",
    "NONE",
    "CMD",
    "80/tcp",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in ".*") {
        check(&text);
    }

    #[test]
    fn any_lines(text in "(?s)[ -~\n\t]{0,80}") {
        check(&format!("FROM a\nRUN {text}"));
    }

    #[test]
    fn nearly_dockerfiles(text in pieces()) {
        check(&text);
    }

    #[test]
    fn a_broken_instruction_hides_no_other(text in "[A-Z]{1,10} [ -~]{0,40}") {
        prop_assume!(!text.contains("<<") && !text.trim_end().ends_with('\\'));
        let file = check(&format!("FROM a\n{text}\nCMD [\"b\"]\n"));
        prop_assert_eq!(file.instructions.len(), 3);
        prop_assert_eq!(file.instructions[2].keyword, Keyword::Cmd);
    }
}

/// Here-documents of as many names, none of which ends.
fn opens_many(count: usize) -> String {
    let lines: Vec<String> = (0..count).map(|it| format!("RUN <<A{it}\n")).collect();
    lines.concat()
}

#[test]
fn hostile_texts_end() {
    let many = |piece: &str| format!("FROM a\n{}", piece.repeat(60_000));
    for text in [
        many("RUN <<A\n"),
        opens_many(60_000),
        format!("RUN {}", "<<A ".repeat(60_000)),
        format!("RUN {}\nA\n", "<<A ".repeat(60_000)),
        format!("CMD {}", "[".repeat(200_000)),
        format!("CMD {}", "{\"a\":".repeat(60_000)),
        format!("COPY {}", "--a=b ".repeat(60_000)),
        format!("ENV {}", "a=b ".repeat(60_000)),
        format!("ENV a={}", "${a:-".repeat(60_000)),
        format!("ENV a={}", "\"${a:-".repeat(60_000)),
        format!("RUN {}", "a\\\n".repeat(60_000)),
        format!("CMD [{}\"\"]", "\"a\",\\\n".repeat(60_000)),
        format!("ONBUILD {}", "ONBUILD ".repeat(60_000)),
        format!("RUN a\\\n{}", "# c\n".repeat(60_000)),
        many("\\\n"),
        "'".repeat(200_001),
    ] {
        check(&text);
    }
}

#[test]
fn real_files() {
    let Some(directory) = corpus::from_environment(CORPUS) else {
        return;
    };
    let files = corpus::files(&directory, &["Dockerfile", ".dockerfile", "Containerfile"]);
    for (_, text) in corpus::texts(files) {
        check(&text);
    }
}
