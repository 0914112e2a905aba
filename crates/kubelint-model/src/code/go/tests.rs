use kubelint_parser::code::{Language, MAX_DEPTH};

use crate::code::samples::{lines, show};
use crate::code::{CodeFacts, hostile, read};

fn facts(text: &str) -> CodeFacts {
    read(Language::Go, text).unwrap()
}

#[test]
fn expressions_say_what_they_are_worth() {
    for (text, expected) in [
        ("\"a\\x41\\n\"", "\"aA\\n\""),
        ("`a\\n`", "\"a\\\\n\""),
        ("0x1F90", "\"8080\""),
        ("\":\" + os.Getenv(\"PORT\")", "\":\" + $PORT|\"\""),
        ("fmt.Sprintf(\"%s:%d\", host, 80)", "host + \":80\""),
        ("fmt.Sprintf(\":%04d\", 80)", "\":\" + ?"),
        ("net.JoinHostPort(\"\", port)", "\":\" + port"),
        ("strings.TrimSpace(os.Getenv(\"A\"))", "$A|\"\""),
        ("string(name)", "name"),
        ("a + b", "?"),
        ("cfg.Server.Port", "cfg.Server.Port"),
        ("made(1).port", "made(\"1\").port"),
        ("[]string{\"a\", b}", "[\"a\", b]"),
        ("&Config{Port: 1}", "Config(\"1\")"),
        ("Config{}", "Config"),
        (
            "flag.String(\"addr\", \":80\", \"\")",
            "--addr,-addr|\":80\"",
        ),
        ("nil", "?"),
    ] {
        let import = "import (\n\t\"flag\"\n\t\"fmt\"\n\t\"net\"\n\t\"os\"\n\t\"strings\"\n)\n";
        let facts = facts(&format!("package main\n{import}var x = []any{{{text}}}\n"));
        let found = show(&facts.definitions["x"]);
        assert_eq!(found, format!("[{expected}]"), "{text}");
    }
}

#[test]
fn objects_of_a_type_have_its_fields() {
    let text = "package server\nimport \"github.com/gorilla/mux\"\ntype Server struct {\n\trouter *mux.Router\n\tPort string\n}\nfunc New() *Server {\n\ts := &Server{Port: \"80\"}\n\ts.router = mux.NewRouter()\n\ts.routes()\n\treturn s\n}\nfunc (x *Server) routes() {\n\tx.router.HandleFunc(\"/healthz\", x.health)\n}\n";
    let facts = facts(text);
    let expected = [
        "application Server.router \"\"",
        "route Server.router any \"/healthz\" braces strict",
    ];
    assert_eq!(lines(&facts), expected);
    assert_eq!(show(&facts.definitions["Server.Port"]), "\"80\"");
    assert!(facts.calls.iter().any(|it| it.callee == "Server.routes"));
}

#[test]
fn hostile_files_end() {
    let depth = MAX_DEPTH / 4;
    let texts = [
        format!(
            "package a\nvar x = {}1{}",
            "(".repeat(depth),
            ")".repeat(depth)
        ),
        format!(
            "package a\nvar x = {}1{}",
            "f(".repeat(depth / 2),
            ")".repeat(depth / 2)
        ),
        format!(
            "package a\nvar x = {}1{}",
            "T{a: ".repeat(depth / 2),
            "}".repeat(depth / 2)
        ),
        format!("package a\nfunc f() {{ r{} }}", ".With(x)".repeat(depth)),
        format!(
            "package a\nfunc f() {{ {} }}",
            "if x := os.Getenv(\"A\"); x != \"\" {\n".repeat(depth / 4)
        ),
        "package a\nfunc f() { a := b; b := a; a.GET(\"/x\", y) }\n".repeat(500),
        format!(
            "package a\nfunc f() {{\n{}}}",
            "r.HandleFunc(\"/x\", func(w http.ResponseWriter, r *http.Request) { os.Getenv(y) })\n"
                .repeat(1000)
        ),
        "package a\nvar `".to_owned(),
        "func (".repeat(50),
    ];
    for text in &texts {
        hostile::check(Language::Go, text);
    }
}
