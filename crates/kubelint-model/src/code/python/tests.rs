use crate::code::samples::show;
use crate::code::{CodeFacts, read};
use kubelint_parser::code::Language;

fn facts(text: &str) -> CodeFacts {
    read(Language::Python, text).unwrap()
}

#[test]
fn expressions_say_what_they_are_worth() {
    let table = [
        ("'a'", "\"a\""),
        ("\"\"\"a\nb\"\"\"", "\"a\\nb\""),
        (r"'a\tb\x41\u00e9\'\q'", r#""a\tbAé'\\q""#),
        (r"r'a\tb'", r#""a\\tb""#),
        ("'a' 'b'", "\"ab\""),
        ("('a'\n 'b')", "\"ab\""),
        ("'a' + 'b' + c", "\"ab\" + c"),
        (
            "f'http://{host}:{port}/x{{}}'",
            "\"http://\" + host + \":\" + port + \"/x{}\"",
        ),
        ("f'{a!r:>10}'", "a"),
        ("'%s:%d%%' % (host, 80)", "host + \":80%\""),
        ("'{}:{}'.format(host, 80)", "host + \":80\""),
        ("'{1}{0}{b}'.format('x', 'y', b='z')", "\"yxz\""),
        ("8_000", "\"8000\""),
        ("0x1F90", "\"8080\""),
        ("-1", "\"-1\""),
        ("1.5", "\"1.5\""),
        ("True", "\"True\""),
        ("None", "?"),
        ("8000 + 1", "?"),
        ("A + B", "?"),
        ("[1, 'a'] + [b]", "[\"1\", \"a\", b]"),
        ("a.b['c'].d", "a.b.c.d"),
        ("a[0]", "?"),
        ("f(1, x='y')", "f(\"1\", x=\"y\")"),
        ("f().port", "f().port"),
        ("int('80')", "\"80\""),
        ("x or 80", "(x / \"80\")"),
        ("'' or 80", "\"80\""),
        ("80 if x else y", "(\"80\" / y)"),
        ("os.environ['A']", "$A"),
        ("os.environ.get('A')", "$A"),
        ("int(os.getenv('A', '1'))", "$A|\"1\""),
        ("os.getenv('A') or os.getenv('B') or 5", "$A|$B|\"5\""),
        ("os.getenv('A', '').strip() or 'b'", "$A|\"b\""),
        ("os.getenv(f'A_{b}')", "$(\"A_\" + b)"),
        ("os.getenv(b())", "?"),
        ("'http://' + os.environ['H']", "\"http://\" + $H"),
        ("await f()", "f()"),
        ("lambda: 1", "?"),
        ("str(8000)", "\"8000\""),
        ("parser.parse_args().port", "?"),
    ];
    for (text, expected) in table {
        let facts = facts(&format!("import os\nx = {text}\n"));
        assert_eq!(show(&facts.definitions["x"]), expected, "{text}");
    }
}
