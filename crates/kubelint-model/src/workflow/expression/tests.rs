use super::*;

/// Knows a tag, and that something failed.
struct Known;

impl Scope for Known {
    fn get(&self, path: &[String]) -> Value {
        match path
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            ["env", "tag"] => Value::Text("v1".into()),
            ["env", "image"] => Value::Partial("example.com/*".into()),
            ["env", "empty"] => Value::Text(String::new()),
            _ => Value::Unknown,
        }
    }

    fn status(&self, function: &str) -> Option<bool> {
        match function {
            "success" => Some(false),
            "failure" => Some(true),
            _ => None,
        }
    }
}

fn value(text: &str) -> Option<Value> {
    Some(Expression::parse(text)?.evaluate(&Known))
}

#[test]
fn truth_of_expressions() {
    for (text, expected) in [
        ("false", Some(false)),
        ("true", Some(true)),
        ("null", Some(false)),
        ("0", Some(false)),
        ("-1.5e3", Some(true)),
        ("0xff == 255", Some(true)),
        ("''", Some(false)),
        ("'it''s' == 'IT''S'", Some(true)),
        ("!true", Some(false)),
        ("!(true && !false)", Some(false)),
        ("true || x.y && false", Some(true)),
        ("(true || x.y) && false", Some(false)),
        ("github.ref && false", Some(false)),
        ("github.ref || true", Some(true)),
        ("github.ref && true", None),
        ("github.ref", None),
        ("env.TAG == 'V1'", Some(true)),
        ("env.TAG != 'v1'", Some(false)),
        ("env['TAG'] == 'v1'", Some(true)),
        ("env[matrix.name] == 'v1'", None),
        ("env.image == 'docker.io/x'", Some(false)),
        ("env.image == 'example.com/x'", None),
        ("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 4", Some(false)),
        ("1 == '1' && true == 1 && null == 0", Some(true)),
        ("'abc' == 0", Some(false)),
        ("always()", Some(true)),
        ("success()", Some(false)),
        ("failure() && !cancelled()", None),
        ("contains('Hello', 'ELL')", Some(true)),
        ("startsWith(github.ref, 'refs/tags')", None),
        (
            "startsWith('abc', 'b') || endsWith('abc', 'BC')",
            Some(true),
        ),
        ("contains(fromJSON('[1]'), 1)", None),
        ("fromJSON(x).a.b[0] && false", Some(false)),
        ("needs.*.result", None),
        ("format('{0}-{1}', 'a', 'b') == 'a-b'", Some(true)),
        ("format('{{{0}}}', env.tag) == '{v1}'", Some(true)),
    ] {
        let found = value(text).unwrap_or_else(|| panic!("{text} does not parse"));
        assert_eq!(found.truth(), expected, "{text}");
    }
}

#[test]
fn what_is_no_expression() {
    let deep = "(".repeat(10_000);
    for text in [
        "", "(", ")", "a b", "a &&", "&& a", "'a", "a.", "a[", "f(1,)", "1 2", "a = b", "$x", "f(",
        "\"a\"", "(1, 2)", &deep,
    ] {
        assert_eq!(Expression::parse(text), None, "{text}");
    }
    let deep = format!("{}true{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(value(&deep), Some(Value::Bool(true)));
}

#[test]
fn texts() {
    for (text, expected) in [
        ("example.com/app:${{ env.TAG }}", "example.com/app:v1"),
        ("${{ env.IMAGE }}:${{ github.sha }}", "example.com/*:*"),
        ("${{ env.empty || 'x' }}", "x"),
        ("${{ '}}' }}a", "}}a"),
        ("${{ a b }}", "*"),
        ("a ${{ b", "a ${{ b"),
        ("plain", "plain"),
    ] {
        assert_eq!(interpolate(text, &Known).text(), expected, "{text}");
    }
}

#[test]
fn conditions() {
    for (text, expected) in [
        ("false", Some(false)),
        ("${{ false }}", Some(false)),
        // `success()` is implied, and something failed.
        ("true", Some(false)),
        ("github.ref == 'x'", Some(false)),
        ("always()", Some(true)),
        ("${{ always() && true }}", Some(true)),
        ("failure()", Some(true)),
        ("!cancelled()", None),
        // Text around an expression makes it a text, which is true.
        ("${{ always() && false }} && false", Some(true)),
        ("a b c", None),
    ] {
        assert_eq!(Condition::parse(text).holds(&Known), expected, "{text}");
    }
}
