use kubelint_parser::code::{Language, MAX_DEPTH};

use crate::code::samples::show;
use crate::code::{CodeFacts, hostile, read};

fn facts(text: &str) -> CodeFacts {
    read(Language::TypeScript, text).unwrap()
}

#[test]
fn expressions_say_what_they_are_worth() {
    for (text, expected) in [
        ("'a\\x41\\n'", "\"aA\\n\""),
        ("0x1F90", "\"8080\""),
        ("+process.env.PORT", "$PORT"),
        ("parseInt(process.env.PORT || '80', 10)", "$PORT|\"80\""),
        ("Number(process.env.A ?? process.env.B ?? 1)", "$A|$B|\"1\""),
        ("(process.env.HOST as string)!", "$HOST"),
        ("process.env.PORT!.trim()", "$PORT"),
        ("`0.0.0.0:${process.env.PORT}`", "\"0.0.0.0:\" + $PORT"),
        ("'/api' + '/v1'", "\"/api/v1\""),
        ("prefix + '/v1'", "prefix + \"/v1\""),
        ("a + b", "?"),
        ("flag ? 1 : 2", "(\"1\" / \"2\")"),
        ("config['server'].port", "config.server.port"),
        ("make(1).port", "make(\"1\").port"),
        ("['a', b]", "[\"a\", b]"),
        ("null", "?"),
    ] {
        let facts = facts(&format!("const x = [{text}];\n"));
        let found = show(&facts.definitions["x"]);
        assert_eq!(found, format!("[{expected}]"), "{text}");
    }
}

#[test]
fn names_of_files_and_what_they_export() {
    let text = "import a, { b as c } from './a.js';\nimport * as d from 'd';\nconst { e, f: g = 1 } = require('./e');\nexport { c as h };\nexport * from './i';\nmodule.exports = { port: 80, c };\nexport default class Server {}\n";
    let facts = facts(text);
    let imports = facts.imports.iter();
    let imports: Vec<String> = imports
        .map(|it| {
            let item = it.item.as_deref().unwrap_or("-");
            format!("{} {} {item}", it.local, it.module)
        })
        .collect();
    let expected = [
        "a ./a.js default",
        "c ./a.js b",
        "d d -",
        "e ./e e",
        "e ./e default.e",
        "g ./e f",
        "g ./e default.f",
        "require(./e) ./e default",
        "require(./e) ./e -",
        " ./i *",
    ];
    assert_eq!(imports, expected);
    let definitions = facts.definitions.iter();
    let definitions: Vec<String> = definitions
        .map(|(name, value)| format!("{name} {}", show(value)))
        .collect();
    let expected = [
        "c default.c",
        "default Server",
        "default.c c",
        "default.port \"80\"",
        "h c",
        "port default.port",
    ];
    assert_eq!(definitions, expected);
}

#[test]
fn hostile_files_end() {
    let depth = MAX_DEPTH / 4;
    let texts = [
        format!(
            "x = {}process.env.A{};",
            "(".repeat(depth),
            ")".repeat(depth)
        ),
        format!("x = {}1{};", "f(".repeat(depth / 2), ")".repeat(depth / 2)),
        format!(
            "x = {}1{};",
            "{a: ".repeat(depth / 2),
            "}".repeat(depth / 2)
        ),
        format!("{}x{};", "() => ".repeat(depth), ""),
        format!("app{};", ".get('/x', h)".repeat(depth / 2)),
        "const a = b;\nconst b = a;\na.get('/x', y);\n".repeat(500),
        "app.get('/x', (req, res) => process.env.X || process.env[y]);\n".repeat(1000),
        format!("x = {};", "process.env.A || ".repeat(depth / 2) + "1"),
        "const { a, b = { c } } = process.env, { d".to_owned(),
        "`${`${`".repeat(50),
    ];
    for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
        for text in &texts {
            hostile::check(language, text);
        }
    }
}
