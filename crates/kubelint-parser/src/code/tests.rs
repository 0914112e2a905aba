use super::*;

/// What the patterns of `text` find: the number of the pattern, and the texts of what is bound.
fn find(
    language: Language,
    text: &str,
    patterns: &str,
) -> Result<Vec<(usize, Vec<String>)>, Limit> {
    let patterns = Pattern::read(patterns).unwrap();
    let all: Vec<(&Structure, Vec<u16>)> = patterns
        .iter()
        .map(|it| (&it.structure, it.captures.iter().map(|it| it.0).collect()))
        .collect();
    let (structures, unknown) = Structures::new(language, &all);
    assert!(unknown.is_empty());
    let code = parse(text, language)?;
    let mut found = Vec::new();
    let wanted = vec![true; all.len()];
    structures.search(code.root(text), &wanted, |number, _, bound| {
        if patterns[number].allows(&bound) {
            let texts = bound.iter().map(|it| it.node.text().to_owned());
            found.push((number, texts.collect()));
        }
    })?;
    Ok(found)
}

#[test]
fn patterns_find_what_they_name() {
    let text = "import os\nPORT = int(os.environ['PORT'])\nother['A']\n";
    let pattern = "((subscript value: (_) @of subscript: (string) @name) (#eq? @of \"os.environ\") (#set! kind env))";
    let found = find(Language::Python, text, pattern).unwrap();
    assert_eq!(
        found,
        [(0, vec!["os.environ".to_owned(), "'PORT'".to_owned()])]
    );
    let pattern = &Pattern::read(pattern).unwrap()[0];
    assert_eq!(pattern.setting("kind"), Some("env"));
    assert_eq!(pattern.setting("other"), None);
}

#[test]
fn anchors_options_and_fields_are_kept() {
    let all = |text: &str, pattern: &str| -> Vec<String> {
        let found = find(Language::Python, text, pattern).unwrap();
        found.into_iter().map(|it| it.1.join(" ")).collect()
    };
    let first = "(argument_list . (_) @it)";
    assert_eq!(all("f(a, b)", first), ["a"]);
    // A comment is in nobody's way.
    assert_eq!(all("f( # why\n a, b)", first), ["a"]);
    assert_eq!(all("f(a, b)", "(argument_list (_) @it)"), ["a", "b"]);
    assert_eq!(all("f(a, b)", "(argument_list (_) @it .)"), ["b"]);
    let last = "(argument_list . (_) @it . (string)? .)";
    assert_eq!(all("f(a)\nf(b, 'x')\nf(c, d)", last), ["a", "b"]);
    let either = "[(integer) (string)] @it";
    assert_eq!(all("f(1, 'x', y)", either), ["1", "'x'"]);
    let without = "(function_definition !return_type name: (_) @it)";
    assert_eq!(all("def f(): pass\ndef g() -> int: pass\n", without), ["f"]);
    let sign = "(comparison_operator operators: [\"in\" \"not in\"] (_) @it)";
    assert_eq!(all("a in b\na not in c\na == d", sign), ["b", "c"]);
}

#[test]
fn mistakes_in_patterns_are_told() {
    let why = |text: &str| Pattern::read(text).unwrap_err().why;
    assert_eq!(why("(call"), "a pattern ends within a node");
    assert_eq!(why("(call)*"), "repetition is not known");
    assert_eq!(why("((call) @a (#is? @a x))"), "a predicate is not known");
    assert_eq!(Pattern::read("(call)\n(\"x").unwrap_err().line, 2);
    let unknown = &Pattern::read("(nothing_like_it)").unwrap()[0];
    let (_, unknown) = Structures::new(Language::Python, &[(&unknown.structure, Vec::new())]);
    assert_eq!(unknown, [0]);
    assert!(Query::new(Language::Python, "(nothing_like_it)").is_err());
}

#[test]
fn what_no_person_writes_is_refused() {
    let deep = format!("x = {}1{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(parse(&deep, Language::Python).unwrap_err(), Limit::Depth);
    let large = "x = 1\n".repeat(MAX_SIZE / 6 + 1);
    assert_eq!(parse(&large, Language::Python).unwrap_err(), Limit::Size);
    let many = format!("f({})\n", "a,".repeat(100_000));
    let pairs = "(argument_list (_) @a (_) @b)";
    assert_eq!(find(Language::Python, &many, pairs), Err(Limit::Steps));
}

#[test]
fn a_file_with_mistakes_yields_the_rest() {
    let text = "def f(:\n\nx = 'é\nport = 80\n";
    let code = parse(text, Language::Python).unwrap();
    assert!(code.root(text).has_error());
    let text = "port = 80\ndef f(:\n";
    let found = find(Language::Python, text, "(assignment right: (integer) @it)");
    assert_eq!(found.unwrap(), [(0, vec!["80".to_owned()])]);
}

#[test]
fn dense_code_is_read_whole() {
    let many = "(call function: (_) @callee)\n".repeat(40);
    let list = format!("x = [{}]\n", "1,".repeat(20_000));
    for text in ["x = f(1)\n".repeat(5000), list] {
        assert!(find(Language::Python, &text, &many).is_ok());
    }
}
