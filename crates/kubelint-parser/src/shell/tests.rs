use super::*;

/// A script in one line, with all that the tree knows of it.
fn shown(text: &str) -> String {
    let script = parse(text, &[]);
    check_ranges(text, &script);
    statements(&script.body)
}

fn statements(all: &[Statement]) -> String {
    all.iter().map(statement).collect::<Vec<_>>().join("; ")
}

fn statement(it: &Statement) -> String {
    let kind = match &it.kind {
        StatementKind::Simple(it) => {
            let assignments = it.assignments.iter().map(assignment);
            let words = it.words.iter().map(word);
            let declared = it.declared.iter().map(assignment);
            let all: Vec<String> = assignments.chain(words).chain(declared).collect();
            all.join(" ")
        }
        StatementKind::Pipeline(it) => {
            let stages: Vec<String> = it.stages.iter().map(statement).collect();
            format!(
                "{}<{}>",
                if it.negated { "!" } else { "" },
                stages.join(" | ")
            )
        }
        StatementKind::List(it) => {
            let mut found = format!("[{}", statement(&it.first));
            for (connector, it) in &it.rest {
                let sign = if *connector == Connector::And {
                    "&&"
                } else {
                    "||"
                };
                found = [found, statement(it)].join(&format!(" {sign} "));
            }
            found + "]"
        }
        StatementKind::Group(body) => format!("{{{}}}", statements(body)),
        StatementKind::Subshell(body) => format!("({})", statements(body)),
        StatementKind::If(it) => {
            let branches = it.branches.iter();
            let branches: Vec<String> = branches
                .map(|(a, b)| format!("if {} then {}", statements(a), statements(b)))
                .collect();
            let otherwise = it.otherwise.as_ref().map(|it| statements(it));
            format!(
                "{} else {}",
                branches.join(" "),
                otherwise.unwrap_or_default()
            )
        }
        StatementKind::For(it) => {
            let words = it
                .words
                .as_ref()
                .map(|it| it.iter().map(word).collect::<Vec<_>>());
            let words = words.map_or("$@".into(), |it| it.join(" "));
            format!("for {} in {words} do {}", it.name, statements(&it.body))
        }
        StatementKind::While(it) => {
            format!(
                "while {} do {}",
                statements(&it.condition),
                statements(&it.body)
            )
        }
        StatementKind::Case(it) => {
            let arms = it.arms.iter().map(|it| {
                let patterns: Vec<String> = it.patterns.iter().map(word).collect();
                format!("{}) {}", patterns.join("|"), statements(&it.body))
            });
            let arms: Vec<String> = arms.collect();
            format!("case {} {}", word(&it.subject), arms.join(" "))
        }
        StatementKind::Function(it) => format!("fn {} {}", it.name, statement(&it.body)),
        StatementKind::Test(it) => format!("test {}", test(it)),
        StatementKind::Arithmetic(names) => format!("(({}))", names.join(" ")),
        StatementKind::Other => "?".into(),
    };
    let mut found = kind;
    for redirect in &it.redirects {
        let descriptor = redirect
            .descriptor
            .map(|it| it.to_string())
            .unwrap_or_default();
        let (operator, target) = (redirect.operator, word(&redirect.target));
        found = format!("{found} {descriptor}{operator:?}:{target:?}");
    }
    if it.background {
        found.push('&');
    }
    found
}

fn assignment(it: &Assignment) -> String {
    let index = it.index.as_ref().map(|it| format!("[{}]", word(it)));
    let value = match &it.value {
        Assigned::Word(it) => word(it),
        Assigned::Array(elements) => {
            let elements = elements.iter().map(|it| {
                let key = it.key.as_ref().map(|it| format!("{}:", word(it)));
                format!("{}{}", key.unwrap_or_default(), word(&it.value))
            });
            format!("({})", elements.collect::<Vec<_>>().join(" "))
        }
    };
    let sign = if it.append { "+=" } else { "=" };
    format!("{}{}{sign}{value}", it.name, index.unwrap_or_default())
}

fn test(it: &Test) -> String {
    match it {
        Test::Unary(operator, it) => format!("{operator} {}", word(it)),
        Test::Binary(a, operator, b) => format!("{} {operator} {}", word(a), word(b)),
        Test::Not(it) => format!("not {}", test(it)),
        Test::And(all) => all.iter().map(test).collect::<Vec<_>>().join(" and "),
        Test::Or(all) => all.iter().map(test).collect::<Vec<_>>().join(" or "),
        Test::Word(it) => word(it),
        Test::Other => "?".into(),
    }
}

fn word(it: &Word) -> String {
    it.parts.iter().map(part).collect()
}

fn part(it: &Part) -> String {
    match &it.kind {
        PartKind::Literal(text) if it.quoted => format!("'{text}'"),
        PartKind::Literal(text) => text.clone(),
        PartKind::Variable(it) => variable(it),
        PartKind::Substitution(body) => format!("$({})", statements(body)),
        PartKind::Process(body) => format!("<({})", statements(body)),
        PartKind::Arithmetic(names) => format!("$(({}))", names.join(" ")),
        PartKind::Template => "{{}}".into(),
        PartKind::Other => "?".into(),
    }
}

fn variable(it: &Variable) -> String {
    let index = match &it.index {
        Some(Index::All) => "[@]".into(),
        Some(Index::One(it)) => format!("[{}]", word(it)),
        None => String::new(),
    };
    let name = format!("{}{index}", it.name);
    match &it.form {
        Form::Plain => format!("${name}"),
        Form::Keys => format!("${{!{name}}}"),
        Form::Indirect => format!("${{*{name}}}"),
        Form::Length => format!("${{#{name}}}"),
        Form::Default(it) => format!("${{{name}:-{}}}", word(it)),
        Form::Alternative(it) => format!("${{{name}:+{}}}", word(it)),
        Form::Required => format!("${{{name}:?}}"),
        Form::WithoutPrefix { pattern, longest } => {
            format!(
                "${{{name}{}{}}}",
                if *longest { "##" } else { "#" },
                word(pattern)
            )
        }
        Form::WithoutSuffix { pattern, longest } => {
            format!(
                "${{{name}{}{}}}",
                if *longest { "%%" } else { "%" },
                word(pattern)
            )
        }
        Form::Replaced {
            pattern,
            replacement,
            all,
        } => {
            let sign = if *all { "//" } else { "/" };
            format!("${{{name}{sign}{}/{}}}", word(pattern), word(replacement))
        }
        Form::Lower => format!("${{{name},,}}"),
        Form::Upper => format!("${{{name}^^}}"),
        Form::Other => format!("${{{name}…}}"),
    }
}

/// Every range lies in the text and within what holds it; every literal without escapes is what its range says.
fn check_ranges(text: &str, script: &Script) {
    let mut open: Vec<&Statement> = script.body.iter().collect();
    while let Some(it) = open.pop() {
        assert!(it.range.end as usize <= text.len(), "{text:?}");
        assert!(text.get(it.range.to_usize()).is_some(), "{text:?}");
        let bodies: Vec<&[Statement]> = match &it.kind {
            StatementKind::Simple(simple) => {
                for word in &simple.words {
                    assert!(it.range.contains(word.range), "{text:?}");
                    check_word(text, word);
                }
                Vec::new()
            }
            StatementKind::Pipeline(it) => vec![&it.stages],
            StatementKind::List(it) => {
                open.push(&it.first);
                open.extend(it.rest.iter().map(|it| &it.1));
                Vec::new()
            }
            StatementKind::Group(body) | StatementKind::Subshell(body) => vec![body],
            StatementKind::If(it) => {
                let branches = it.branches.iter();
                let bodies = branches.flat_map(|(a, b)| [a.as_slice(), b.as_slice()]);
                bodies.chain(it.otherwise.as_deref()).collect()
            }
            StatementKind::For(it) => vec![&it.body],
            StatementKind::While(it) => vec![&it.condition, &it.body],
            StatementKind::Case(it) => it.arms.iter().map(|it| it.body.as_slice()).collect(),
            StatementKind::Function(it) => {
                open.push(&it.body);
                Vec::new()
            }
            StatementKind::Test(_) | StatementKind::Arithmetic(_) | StatementKind::Other => {
                Vec::new()
            }
        };
        open.extend(bodies.into_iter().flatten());
    }
}

fn check_word(text: &str, word: &Word) {
    for part in &word.parts {
        assert!(word.range.contains(part.range), "{text:?}: {word:?}");
        let raw = text.get(part.range.to_usize());
        assert!(raw.is_some(), "{text:?}: {part:?}");
        if let PartKind::Literal(literal) = &part.kind
            && raw.is_some_and(|it| !it.contains('\\'))
            && !literal.is_empty()
        {
            assert_eq!(Some(literal.as_str()), raw, "{text:?}");
        }
    }
}

#[test]
fn words_and_their_parts() {
    for (text, expected) in [
        ("a -f 'b c' \"d $E f\" g\\ h", "a -f 'b c' 'd '$E' f' g h"),
        ("a \"\" ''", "a '' ''"),
        ("a \" b\"", "a ' b'"),
        ("a $B/${C}x/$1", "a $B/$Cx/$1"),
        (
            "a ${B:-c} ${B-\"$D/e\"} ${B:=c}",
            "a ${B:-c} ${B:-$D'/e'} ${B:-c}",
        ),
        (
            "a ${B:+c} ${B:?no} ${#B} ${!B}",
            "a ${B:+c} ${B:?} ${#B} ${*B}",
        ),
        (
            "a ${B#*/} ${B##*/} ${B%.yaml} ${B%%:*}",
            "a ${B#*/} ${B##*/} ${B%.yaml} ${B%%:*}",
        ),
        (
            "a ${B//x/y} ${B/\\//-} ${B,,} ${B^^} ${B:1:2}",
            "a ${B//x/y} ${B///-} ${B,,} ${B^^} ${B…}",
        ),
        (
            "a ${B[0]} ${B[@]} \"${!B[@]}\" ${B[$k]}",
            "a $B[0] $B[@] ${!B[@]} $B[$k]",
        ),
        ("a $(b c) `d` \"$(e \"f\")\"", "a $(b c) $(d) $(e 'f')"),
        ("a $((i + 1)) $'b\\nc'", "a $((i)) 'b\nc'"),
        ("a <(b | c)", "a <(<b | c>)"),
        ("a {b,c}.yaml d{1..3}", "a {b,c}.yaml d{1..3}"),
        ("a b\\\n  c # d", "a b c"),
        ("a \\\n  --b \\\n  c", "a --b c"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn statements_and_their_order() {
    for (text, expected) in [
        ("a && b || c", "[a && b || c]"),
        ("a | b && c | d || e", "[<a | b> && <c | d> || e]"),
        ("! a | b || c", "[!<a | b> || c]"),
        ("a & b; c", "a&; b; c"),
        ("(cd a && b); { c; d; }", "([cd a && b]); {c; d}"),
        ("A=1 B=$C d", "A=1 B=$C d"),
        ("A=1 B=2", "A=1 B=2"),
        ("A=", "A="),
        ("A+=(b)", "A+=(b)"),
        (
            "declare -A M=([a]=\"b c\" [d]=$e)",
            "declare -A M=(a:'b c' d:$e)",
        ),
        ("M[a]=b", "M[a]=b"),
        ("export A=b C", "export C A=b"),
        (
            "if a; then b; elif c; then d; else e; fi",
            "if a then b if c then d else e",
        ),
        (
            "if [ ! -f \"$x\" ] || [[ -d y && $z == q ]]; then a; fi",
            "if [test not -f $x || test -d y and $z == q] then a else ",
        ),
        ("for a in b \"$c\"; do d; done", "for a in b $c do d"),
        ("for a; do b; done", "for a in $@ do b"),
        (
            "while read -r l; do a; done < b",
            "while read -r l do a Read:\"b\"",
        ),
        ("until a; do b; done", "while a do b"),
        ("for ((i=0; i<3; i++)); do a; done", "while  do a"),
        (
            "case $1 in a|b*) c ;; *) d; e ;; esac",
            "case $1 a|b*) c *) d; e",
        ),
        ("f() { a; }", "fn f {a}"),
        ("function f { a; }", "fn f {a}"),
        ("((i++))", "((i))"),
        ("[[ -z $a ]] && b", "[test -z $a && b]"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn redirections_and_here_documents() {
    for (text, expected) in [
        ("a > b 2>&1", "a Write:\"b\" 2Duplicate:\"1\""),
        (
            "a >> b < c &> d",
            "a Append:\"b\" Read:\"c\" WriteBoth:\"d\"",
        ),
        ("a <<< \"$b\"", "a HereString:\"$b\""),
        (
            "cat <<EOF\nx: $A\nEOF\nb",
            "cat HereDocument:\"'x: '$A'\\n'\"; b",
        ),
        ("cat <<'EOF'\nx: $A\nEOF", "cat HereDocument:\"'x: $A\\n'\""),
        ("cat <<-EOF\n\tx\n\tEOF", "cat HereDocument:\"'x\\n\\t'\""),
        (
            "cat <<EOF | kubectl apply -f - && b\nx\nEOF\nc",
            "[<cat HereDocument:\"'x\\n'\" | kubectl apply -f -> && b]; c",
        ),
        (
            "cat <<EOF > f\nx\nEOF",
            "cat HereDocument:\"'x\\n'\" Write:\"f\"",
        ),
        ("a=$(< f)", "a=$( Read:\"f\")"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_broken_spoils_little() {
    let text = "a b\nif [ x; then\nc d\n)\ne f\n";
    let script = parse(text, &[]);
    assert!(!script.errors.is_empty());
    let shown = statements(&script.body);
    assert!(shown.starts_with("a b"), "{shown}");
    assert!(shown.contains("c d"), "{shown}");
    assert!(shown.contains("e f"), "{shown}");
}

#[test]
fn masked_ranges_are_parts() {
    let text = "a \"${{ x.y }}/b\" -f k/${{ z }}.yaml";
    let ranges = [TextRange::new(3, 13), TextRange::new(22, 30)];
    let script = parse(text, &ranges);
    check_ranges(text, &script);
    assert_eq!(statements(&script.body), "a {{}}'/b' -f k/{{}}.yaml");
    assert!(script.errors.is_empty());
}

#[test]
fn comments_are_kept() {
    let text = "a # b\n# c\nd \"#e\"\n";
    let comments = parse(text, &[]).comments;
    let shown: Vec<&str> = comments.iter().map(|it| it.of(text)).collect();
    assert_eq!(shown, ["# b", "# c"]);
}

#[test]
fn carriage_returns_end_no_word() {
    assert_eq!(
        shown("cd a\r\nkubectl apply -f b\r\n"),
        "cd a; kubectl apply -f b"
    );
}

#[test]
fn quotes_that_are_not_closed() {
    for text in [":\"\u{1a5}", "a 'é", "a $'é", "a \"$(é"] {
        check_ranges(text, &parse(text, &[]));
    }
}

#[test]
fn limits() {
    assert_eq!(parse(&"a\n".repeat(MAX_SIZE), &[]).limit, Some(Limit::Size));
    let deep = format!("{}a{}", "( ".repeat(300), " )".repeat(300));
    assert!(parse(&deep, &[]).limit.is_some());
    let long = "apply && ".repeat(2_000) + "a";
    let script = parse(&long, &[]);
    assert_eq!(script.limit, None);
    let StatementKind::List(list) = &script.body[0].kind else {
        panic!("no list");
    };
    assert_eq!(list.rest.len(), 2_000);
}

#[test]
fn hostile_texts() {
    for piece in [
        "(",
        "$(",
        "${",
        "\"",
        "`",
        "<<E\n",
        "((",
        "[[ ",
        "if ",
        "case x in ",
        "{ ",
        "a|",
        "a&&",
        "$((",
        "<(",
        "a=(",
        "!",
        "'",
        "\\",
        "\u{0}",
        "é$",
        "for x in ",
        "f() {",
        "${a:-",
        "<<'",
        "\"$(",
        "a[",
        "{a,",
        "${{",
    ] {
        let text = piece.repeat(MAX_SIZE / piece.len());
        let script = parse(&text, &[]);
        check_ranges(&text, &script);
    }
}
