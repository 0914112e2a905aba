use super::{Directive, Directives, parse_caddyfile, parse_nginx};

/// The tree in one line: words in brackets where they are quoted, blocks in braces.
fn shown(tree: &Directives) -> String {
    let mut text = String::new();
    for it in tree.top() {
        show(it, &mut text);
    }
    if let Some(mistake) = tree.mistake() {
        text.push('!');
        text.push_str(mistake.what);
    }
    text
}

fn show(directive: Directive<'_>, text: &mut String) {
    let words = directive.words().iter().map(|it| {
        if it.is_quoted {
            format!("[{}]", it.text)
        } else {
            it.text.clone()
        }
    });
    text.push_str(&words.collect::<Vec<_>>().join(" "));
    if directive.has_block() {
        text.push('{');
        for it in directive.block() {
            show(it, text);
        }
        text.push('}');
    } else {
        text.push(';');
    }
}

#[test]
fn directives_of_nginx() {
    for (text, expected) in [
        ("http { server { listen 80; } }", "http{server{listen 80;}}"),
        ("listen\t80 ;# 81;\nlisten 82;", "listen 80;listen 82;"),
        (
            "log_format a '$x \"$y\"' \"it\\\"s\";",
            "log_format a [$x \"$y\"] [it\"s];",
        ),
        (
            "location ~ \\.php$ { return 200 ok; }",
            "location ~ \\.php${return 200 ok;}",
        ),
        ("listen ${PORT};", "listen ${PORT};"),
        ("rewrite ^/(.*)$ /$1 last;", "rewrite ^/(.*)$ /$1 last;"),
        ("if ($a = \"b\") { return 1; }", "if ($a = [b] ){return 1;}"),
        ("a b\\;c;", "a b\\;c;"),
        ("a b#c;", "a b#c;"),
        (
            "content_by_lua_block { if a then b = \"}\" -- }\n c = {} end } a;",
            "content_by_lua_block{}a;",
        ),
        ("{ a; }", "!a directive has no name"),
        ("a; }", "a;!a block is closed that is not open"),
        ("a { b;", "a{b;}!a block is not closed"),
        ("a b", "!a directive does not end"),
        ("a 'b", "!a quote is not closed"),
        ("a 'b'c;", "!something touches a quoted word"),
        ("a { b }", "a{}!a directive does not end"),
        ("", ""),
    ] {
        assert_eq!(shown(&parse_nginx(text)), expected, "{text}");
    }
}

#[test]
fn directives_of_caddy() {
    for (text, expected) in [
        (
            ":80 {\n\trespond /health 200\n}\n",
            ":80{respond /health 200;}",
        ),
        (
            "{\n\tauto_https off\n}\n:{$PORT:8080}, localhost {\n}\n",
            "{auto_https off;}:{$PORT:8080}, localhost{}",
        ),
        (
            "header {\n Content-Security-Policy \"a 'b' \\\"c\\\"\"\n}",
            "header{Content-Security-Policy [a 'b' \"c\"];}",
        ),
        ("a \\\n b # c\nd#e", "a b;d#e;"),
        ("respond `a\n{` 200\n", "respond [a\n{] 200;"),
        (
            "respond <<HTML\n <p>{\n HTML 200\nb",
            "respond [ <p>{\n] 200;b;",
        ),
        (
            "@a path /x/* {path}\nrewrite @a {path}.html\n",
            "@a path /x/* {path};rewrite @a {path}.html;",
        ),
        ("}\n", "!a block is closed that is not open"),
        ("a {\n", "a{}!a block is not closed"),
        ("a \"b", "!a quote is not closed"),
        ("a <<B\nc", "!a text of several lines does not end"),
    ] {
        assert_eq!(shown(&parse_caddyfile(text)), expected, "{text}");
    }
}

#[test]
fn places_of_words() {
    let text = "server {\n  listen 'a b';\n}\n";
    let tree = parse_nginx(text);
    let server = tree.top().next().unwrap();
    assert_eq!(server.range().of(text), text.trim_end());
    let listen = server.block().next().unwrap();
    assert_eq!(listen.range().of(text), "listen 'a b';");
    assert_eq!(listen.arguments()[0].range.of(text), "'a b'");
}

/// A stream of numbers that is the same each time.
fn next(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 33) as usize
}

#[test]
fn any_text_is_read_and_every_place_lies_in_it() {
    let parts = [
        "server",
        "listen",
        " ",
        "80",
        ";",
        "{",
        "}",
        "\n",
        "\"",
        "'",
        "\\",
        "#",
        "$",
        "${",
        "ü",
        "<<A",
        "A",
        "`",
        "content_by_lua_block",
        "\r",
        "\u{0}",
        "--",
        "{$X:1}",
        "😀",
    ];
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..4000 {
        let length = next(&mut seed) % 30;
        let text: String = (0..length)
            .map(|_| parts[next(&mut seed) % parts.len()])
            .collect();
        for tree in [parse_nginx(&text), parse_caddyfile(&text)] {
            for word in &tree.words {
                let range = word.range.to_usize();
                assert!(text.get(range).is_some(), "{text:?}");
            }
            let mut count = 0;
            let mut open: Vec<Directive<'_>> = tree.top().collect();
            while let Some(it) = open.pop() {
                count += 1;
                assert!(text.get(it.range().to_usize()).is_some(), "{text:?}");
                open.extend(it.block());
            }
            assert_eq!(count, tree.all.len(), "{text:?}");
        }
    }
}

#[test]
fn hostile_texts_end_soon() {
    for text in [
        "a {".repeat(300_000),
        "a{".repeat(500_000),
        "}".repeat(1 << 20),
        "\"".repeat(1 << 20),
        "<<A\n".repeat(1 << 18),
        "<<A ".repeat(1 << 18),
        "< ".repeat(1 << 19),
        "<<A\n<<B\n".repeat(1 << 17),
        "content_by_lua_block{{".repeat(40_000),
        "a \\".repeat(300_000),
        "\\".repeat(1 << 20),
        "a\n".repeat(1 << 20),
    ] {
        let (nginx, caddy) = (parse_nginx(&text), parse_caddyfile(&text));
        assert!(nginx.all.len() <= text.len() && caddy.all.len() <= text.len());
    }
}
