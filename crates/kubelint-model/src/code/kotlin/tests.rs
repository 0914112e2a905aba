use kubelint_parser::code::Language;

use crate::code::samples::lines;
use crate::code::{Expr, read};

#[test]
fn constants_are_known_by_what_holds_them() {
    let text = "package a.b\nconst val ROOT = \"/api\"\nobject Paths {\n  const val HEALTH = ROOT + \"/health\"\n  val READY = \"$ROOT/ready\"\n  var mutable = \"x\"\n}\nclass A {\n  companion object {\n    val B = if (c) \"1\" else \"2\"\n  }\n}\n";
    let facts = read(Language::Kotlin, text).unwrap();
    let value = |name: &str| facts.definitions.get(name).cloned();
    let root = Expr::Name("ROOT".to_owned());
    let text = |it: &str| Expr::Text(it.to_owned());
    assert_eq!(value("ROOT"), Some(text("/api")));
    let health = Expr::Join(vec![root.clone(), text("/health")]);
    assert_eq!(value("Paths.HEALTH"), Some(health));
    let ready = Expr::Join(vec![root, text("/ready")]);
    assert_eq!(value("Paths.READY"), Some(ready));
    assert_eq!(value("Paths.mutable"), Some(Expr::Unknown));
    let either = Expr::Either(vec![text("1"), text("2")]);
    assert_eq!(value("A.B"), Some(either));
}

#[test]
fn what_is_not_understood_leaves_a_gap() {
    for text in [
        "class {",
        "fun f( { } }",
        "context(a: A)\nfun Route.x() { get(\"/x\") { } }",
    ] {
        let found = lines(&read(Language::Kotlin, text).unwrap());
        let gap = "open routes: a part of a file is not understood";
        assert!(found.iter().any(|it| it == gap), "{text}: {found:?}");
    }
}

#[test]
fn texts_in_each_other_end() {
    for text in ["\"${", "\"\"\"${", "\"$a\" ${", "\"${\0"] {
        assert!(read(Language::Kotlin, &text.repeat(10_000)).is_err());
        let _ = read(Language::Kotlin, &text.repeat(200));
    }
}
