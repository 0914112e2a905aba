use super::*;

#[test]
fn patterns_find_what_they_name() {
    let text = "import os\nPORT = int(os.environ['PORT'])\n";
    let code = parse(text, Language::Python).unwrap();
    let query = "((subscript value: (_) @of subscript: (string) @name) (#eq? @of \"os.environ\") (#set! kind env))";
    let query = Query::new(Language::Python, query).unwrap();
    let found = query.matches(code.root(text)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].get("name").unwrap().text(), "'PORT'");
    assert_eq!(found[0].setting("kind"), Some("env"));
    assert!(found[0].get("other").is_none());
}

#[test]
fn what_no_person_writes_is_refused() {
    let deep = format!("x = {}1{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(parse(&deep, Language::Python).unwrap_err(), Limit::Depth);
    let large = "x = 1\n".repeat(MAX_SIZE / 6 + 1);
    assert_eq!(parse(&large, Language::Python).unwrap_err(), Limit::Size);
}

#[test]
fn a_file_with_mistakes_yields_the_rest() {
    let text = "def f(:\n\nx = 'é\nport = 80\n";
    let code = parse(text, Language::Python).unwrap();
    assert!(code.root(text).has_error());
    assert!(Query::new(Language::Python, "(nothing_like_it)").is_err());
}

#[test]
fn dense_code_is_read_whole() {
    let many = "(call function: (_) @callee)\n".repeat(40);
    let query = Query::new(Language::Python, &many).unwrap();
    let list = format!("x = [{}]\n", "1,".repeat(20_000));
    for text in ["x = f(1)\n".repeat(5000), list] {
        let code = parse(&text, Language::Python).unwrap();
        assert!(query.matches(code.root(&text)).is_ok());
    }
}
