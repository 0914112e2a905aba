//! Input that is meant to hurt, or merely is broken.

use std::fmt::Write as _;
use std::fs::File;
use std::time::{Duration, Instant};

use crate::tree::{BAD, Run, Tree, bad};

/// Far more than any of these may take, and far less than a hang.
const PATIENCE: Duration = Duration::from_mins(1);

#[track_caller]
fn check(text: &[u8]) -> Run {
    let tree = Tree::repository([("other.yaml", BAD)]);
    tree.write("input.yaml", text);
    let began = Instant::now();
    let run = tree.check(&["--select", "image"]);
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    assert!(matches!(run.status, Some(0..=2)), "{run:?}");
    // Whatever is wrong with one file, the other is checked.
    assert!(
        run.stdout
            .contains("other.yaml:7:85: error[mini/floating-tag]"),
        "{run:?}"
    );
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    run
}

#[test]
fn deep_nesting() {
    const DEPTH: usize = 100_000;
    check("[".repeat(DEPTH).as_bytes());
    check("{a: ".repeat(DEPTH).as_bytes());
    check(format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)).as_bytes());
    check("- ".repeat(DEPTH).as_bytes());
    check("? ".repeat(DEPTH).as_bytes());
    let mut blocks = String::from("apiVersion: v1\nkind: Pod\n");
    for depth in 0..2_000 {
        blocks.push_str(&" ".repeat(depth));
        blocks.push_str("a:\n");
    }
    check(blocks.as_bytes());
}

#[test]
fn alias_bombs() {
    let mut bomb = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n",
    );
    for level in 1..40 {
        let alias = format!("*a{}", level - 1);
        let aliases = [alias.as_str(); 9].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{aliases}]").unwrap();
    }
    check(bomb.as_bytes());
    // Not refused by the parser but by its reader: `yaml: document contains excessive aliasing`.
    let tree = Tree::repository([("bomb.yaml", bomb.as_str())]);
    tree.check(&[]).holds(
        1,
        &[
            "bomb.yaml:",
            "error[yaml-syntax] the aliases expand to more than the reader allows",
        ],
    );
    check(b"apiVersion: v1\nkind: Pod\nmetadata: &a\n  name: x\n  <<: *a\n");
    check(b"a: &a [*a]\n");
}

#[test]
fn another_encoding_is_named() {
    let tree = Tree::repository([]);
    let latin = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: caf\xe9\n";
    tree.write("a.yaml", latin);
    tree.check(&[]).prints(
        1,
        "a.yaml:5:9: error[yaml-syntax] a byte that is not UTF-8: the text is in another encoding\n",
    );
}

#[test]
fn files_that_are_no_text_or_hold_nothing() {
    check(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0");
    check(&[0; 5000]);
    check(b"");
    check(b"# only a comment\n");
    check(b"---\n---\n...\n");
    check(b"\xef\xbb\xbf");
    check(b"a: \xff\xfe\n");
    check(b"a: \r b\r\rc");
    check(b"\xff\xfea\0:\0");
    check("\u{1b}[2J: \u{202e}".as_bytes());
    check("x".repeat(5_000_000).as_bytes());
    check(format!("apiVersion: v1\nkind: Pod\na: {}", "x".repeat(5_000_000)).as_bytes());
    check(format!("a: \"{}\"", "\\n".repeat(1_000_000)).as_bytes());
    check("a: b\n---\n".repeat(50_000).as_bytes());
}

#[test]
fn utf16_is_text() {
    let tree = Tree::repository([]);
    let units = BAD.encode_utf16().flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(units).collect();
    tree.write("app.yaml", bytes);
    assert_eq!(
        tree.check(&["--select", "image"]).found(),
        ["app.yaml:7 mini/floating-tag"]
    );
}

#[test]
fn huge_files_are_refused_with_their_size_and_the_way_out() {
    let tree = Tree::repository([("other.yaml", BAD)]);
    // Without blocks on disk: it costs nothing but its name.
    File::create(tree.path.join("huge.yaml"))
        .unwrap()
        .set_len(200 << 20)
        .unwrap();
    let run = tree.check(&["--select", "image"]);
    run.holds(
        2,
        &[
            "huge.yaml: problem: ",
            "209715200",
            "--max-file-size",
            "other.yaml:7:85",
        ],
    );
    let run = tree.check(&["--select", "image", "--max-file-size", "10"]);
    run.holds(2, &["other.yaml: problem: "]);
    assert_eq!(
        tree.check(&["other.yaml", "--max-file-size", "1k", "-q"])
            .status,
        Some(1)
    );
}

#[test]
fn deep_folders() {
    let tree = Tree::repository([("app.yaml", BAD)]);
    let deep = vec!["d"; 1_000].join("/");
    tree.write(&format!("{deep}/app.yaml"), bad("deep"));
    let found = tree.check(&["--select", "image"]).found();
    assert_eq!(
        found,
        [
            "app.yaml:7 mini/floating-tag".to_owned(),
            format!("{deep}/app.yaml:7 mini/floating-tag")
        ]
    );
}

#[test]
fn secrets_of_broken_documents_are_never_shown() {
    let secret = "s3cr3tvalue";
    let documents = [
        "stringData: {password: SECRET, x: [SECRET",
        "stringData:\n  password: SECRET: SECRET:",
        "stringData:\n  password: *SECRET",
        "stringData:\n  password: !SECRET! x",
        "stringData:\n\tpassword: SECRET",
        "stringData: {\"a\":\"SECRET\" \"b\":\"SECRET\"",
        "data:\n  a: \"SECRET\nSECRET: SECRET\n",
    ];
    let text: Vec<String> = documents
        .iter()
        .map(|it| format!("apiVersion: v1\nkind: Secret\n{it}\n").replace("SECRET", secret))
        .collect();
    let tree = Tree::repository([
        ("a.yaml", text.join("---\n").as_str()),
        (
            "b.json",
            r#"{"apiVersion":"v1","kind":"Secret","stringData":{"a":"s3cr3tvalue"},"a":1,"a":2}"#,
        ),
        (
            "kustomization.yaml",
            "secretGenerator:\n- literals: [a=s3cr3tvalue, \"b=s3cr3tvalue\n",
        ),
    ]);
    for format in crate::formats::ALL {
        let run = tree.check(&["--format", format, "--min-confidence", "low", "-v"]);
        assert_eq!(run.status, Some(1), "{run:?}");
        assert!(!run.stdout.contains(secret), "{run:?}");
        assert!(!run.stderr.contains(secret), "{run:?}");
    }
}
