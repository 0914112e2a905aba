use kubelint_parser::SourceId;
use kubelint_parser::source::SourcePath;

use super::*;

/// What of `text` is hidden.
fn check(role: Role, text: &str, expected: &[&str]) {
    let file = File {
        source: SourceId(0),
        path: SourcePath::new("a.yaml"),
        role,
        purpose: crate::purpose::Purpose::Deployed,
        target: true,
        template: false,
        yaml: Profile::Kubectl.parse(text),
    };
    let shown: Vec<&str> = ranges(&file, text)
        .into_iter()
        .map(|it| it.of(text))
        .collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn values_of_secrets() {
    check(
        Role::Manifest,
        "kind: Secret\ndata: {a: eA==, b: eQ==}\nstringData:\n  c: |\n    one\n    two\n  d: z\n",
        &["eA==", "eQ==", "\n    one\n    two", "z"],
    );
    check(
        Role::Manifest,
        r#"{"kind": "Secret", "kind": "x", "stringData": {"a": "b", "a": "c"}, "stringData": {"d": "e"}}"#,
        &[r#""b""#, r#""c""#, r#""e""#],
    );
    check(
        Role::Manifest,
        "kind: SecretList\nitems:\n- data: {a: b}\n",
        &["b"],
    );
    check(
        Role::Manifest,
        "kind: List\nitems:\n- kind: Secret\n  stringData: {a: b}\n",
        &["b"],
    );
    check(
        Role::Manifest,
        "kind: Secret\nx: &a hidden\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{}'\ndata:\n  p: *a\n",
        &["hidden", "'{}'"],
    );
    check(
        Role::Kustomization,
        "secretGenerator:\n- literals:\n  - a=b\n  - \"c=d\"\n  literals: [e=f]\n",
        &["b", "d", "f"],
    );
    check(
        Role::Kustomization,
        "patches:\n- patch: |\n    kind: Secret\n    stringData:\n      a: b\n",
        &["b"],
    );
}

#[test]
fn credentials_by_name() {
    check(
        Role::Manifest,
        "env:\n- name: DB_PASSWORD\n  value: hunter2\n- name: DB_HOST\n  value: db\n- name: TOKEN\n  value: $(T)\n",
        &["hunter2"],
    );
    check(
        Role::Manifest,
        "data:\n  API_KEY: abc\n  app.properties: |\n    user=me\n    db.password = x1\n    url=http://h\n",
        &["abc", "x1"],
    );
    check(
        Role::Manifest,
        "args: [--db-password=abc, --token-file=/x, '--x', --api-key=/a/b.key]\nkey: a\nsecretName: b\nsecret: c\n",
        &["abc"],
    );
}

#[test]
fn what_source_gives_to_names_of_credentials() {
    for (line, hidden) in [
        ("PASSWORD = \"hunter2\"\n", Some("hunter2")),
        ("x = os.getenv('DB_PASSWORD', 'hunter2')\n", Some("hunter2")),
        ("c = {\"password\": \"hunter2\"}\n", Some("hunter2")),
        ("PORT = \"8000\"\n", None),
        ("x = os.environ[\"DB_PASSWORD\"]\n", None),
        ("password = os.environ[\"DB_PASSWORD\"]\n", None),
        ("PASSWORD = \"\"\n", None),
        // A sign of several bytes before a quote.
        ("// password → \"key\"\n", None),
    ] {
        let found: Vec<&str> = given_in_source(line).iter().map(|it| it.of(line)).collect();
        assert_eq!(found, Vec::from_iter(hidden), "{line}");
    }
}
