use kubelint_parser::code::Language;

use crate::code::samples::lines;
use crate::code::{Expr, read};

fn facts(text: &str) -> Vec<String> {
    lines(&read(Language::Java, text).unwrap())
}

#[test]
fn constants_are_known_by_their_class() {
    let text = "package a.b;\nclass Paths {\n  static final String ROOT = \"/api\";\n  static final String HEALTH = ROOT + \"/health\";\n  static String mutable = \"x\";\n}\n";
    let facts = read(Language::Java, text).unwrap();
    let value = |name: &str| facts.definitions.get(name).cloned();
    assert_eq!(value("Paths.ROOT"), Some(Expr::Text("/api".to_owned())));
    assert_eq!(value("Paths.mutable"), Some(Expr::Unknown));
    assert_eq!(
        value("Paths.HEALTH"),
        Some(Expr::Join(vec![
            Expr::Name("Paths.ROOT".to_owned()),
            Expr::Text("/health".to_owned()),
        ]))
    );
}

#[test]
fn what_does_not_parse_is_left_out() {
    for text in [
        "class {",
        "@",
        "class A { @Value(\"${\") String x; }",
        "\"${a:${b:${c",
        "import",
    ] {
        facts(text);
    }
}
