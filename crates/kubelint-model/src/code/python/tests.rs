use crate::code::samples::show;
use crate::code::{CodeFacts, hostile, read};
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

/// What no person writes ends in time, without a panic, whatever it is full of.
#[test]
fn hostile_files_end() {
    let flask = "from flask import Flask\n";
    let settings = "from pydantic_settings import BaseSettings as A0\n";
    let routes = "from starlette.routing import *\nr = [";
    let texts = [
        "(".repeat(1 << 18),
        "@a.get('/x')\n".repeat(4000) + "def f(): ...\n",
        format!("x = {}1\n", "f(".repeat(350) + &"'a'+".repeat(4000)),
        format!("x = {}1{}\n", "f(".repeat(300), ")".repeat(300)),
        "def f(a):\n return a\nx = f(x)\n".repeat(3000),
        "import os\n".to_owned() + &"def f(n): return os.getenv(n)\nf('A')\n".repeat(2000),
        "p.add_argument('--a')\nb = p.parse_args()\n".repeat(2000),
        flask.to_owned() + &"a = Flask()\n@a.route('/x')\ndef f(): ...\n".repeat(1500),
        settings.to_owned() + "class A(A0):\n" + &" a: int\n".repeat(10_000),
        (0..500).fold(settings.to_owned(), |all, n| {
            all + &format!("class A{}(A{n}):\n a{n}: int\n", n + 1)
        }),
        (0..4000).fold(String::new(), |all, n| {
            all + &format!("a{} = a{n}\n", n + 1)
        }),
        "f'".to_owned() + &"{".repeat(20_000),
        "if a:\n return\n".repeat(6000),
        routes.to_owned() + &"Mount('/a', routes=[Route('/b', c)]), ".repeat(1500) + "]",
    ];
    for text in texts {
        hostile::check(Language::Python, &text);
    }
}
