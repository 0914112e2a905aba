//! Texts that no person writes, for every language.

use kubelint_parser::code::Language;

use super::read;

/// Reads a hostile text: it comes to an end without a panic, and what is found stands in the text.
pub(super) fn check(language: Language, text: &str) {
    if let Ok(facts) = read(language, text) {
        let ranges = facts.routes.iter().map(|it| it.place.range);
        let ranges = ranges.chain(facts.reads.iter().map(|it| it.place.range));
        for range in ranges {
            assert!(text.get(range.to_usize()).is_some(), "{text:.40}");
        }
    }
}

#[test]
fn nothing_is_too_deep_or_too_long() {
    let texts = [
        "(".repeat(1 << 16),
        "{[(<".repeat(1 << 13),
        "@A(\"/x\") ".repeat(4000),
        "[A(\"/x\")] ".repeat(4000),
        format!("class A {{ {} }}", "void f() { ".repeat(2000)),
        format!("class A {{ Object a = {}; }}", "a.f(".repeat(2000)),
        format!("class A {{ String a = {}\"x\"; }}", "\"x\" + ".repeat(4000)),
        format!("x = {};", "a.b('/x').".repeat(4000)),
        format!("x = {};", "a ? b : ".repeat(4000)),
        format!("x = {};", "() => ".repeat(3000)),
        "if (a) { return; } else ".repeat(4000),
        (0..3000).fold(String::new(), |all, n| {
            all + &format!("a{} = a{n};\n", n + 1)
        }),
        (0..1000).fold(String::new(), |all, n| {
            all + &format!("class A{} extends A{n} {{ }}\n", n + 1)
        }),
        "class A extends A { static String a = A.a; }".to_owned(),
        "\"${\"${\"${".repeat(300),
        "$\"{$\"{$\"{".repeat(300),
        "\u{feff}\0\r\u{2028}\u{1f600}'\"`".repeat(2000),
    ];
    for language in Language::ALL {
        for text in &texts {
            check(language, text);
        }
    }
}
