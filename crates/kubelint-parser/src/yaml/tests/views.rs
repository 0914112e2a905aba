use super::super::{Node, Yaml, parse};
use crate::TextRange;

fn root<'a>(yaml: &'a Yaml, text: &'a str) -> Node<'a> {
    yaml.root(text, &yaml.documents()[0]).expect("a root")
}

/// The fields of the root as kubectl sees them, `key=value` with blanks between.
fn fields(text: &str) -> String {
    let yaml = parse(text);
    let fields = root(&yaml, text).fields().map(|entry| {
        let key = entry.key.as_str().unwrap_or_default();
        format!("{key}={}", entry.value.resolved().raw())
    });
    fields.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_last_of_equal_keys_counts_at_the_place_of_the_first() {
    assert_eq!(fields("a: 1\nb: 2\n\"a\": 3\n"), "a=3 b=2");
}

#[test]
fn a_merge_overwrites_what_stands_before_it() {
    assert_eq!(
        fields("x: &x {a: 1, b: 2}\na: 3\n<<: *x\n"),
        "x={a: 1, b: 2} a=1 b=2"
    );
    assert_eq!(
        fields("x: &x {a: 1, b: 2}\n<<: *x\na: 3\n"),
        "x={a: 1, b: 2} a=3 b=2"
    );
}

#[test]
fn the_earlier_mapping_in_a_merge_list_wins() {
    assert_eq!(
        fields("x: &x {a: 1}\ny: &y {a: 2, b: 2}\n<<: [*x, *y]\n"),
        "x={a: 1} y={a: 2, b: 2} a=1 b=2"
    );
}

#[test]
fn merged_mappings_merge_too_and_quoted_merge_keys_do_not() {
    assert_eq!(
        fields("x: &x {a: 1}\ny: &y {<<: *x, b: 2}\n<<: *y\n\"<<\": 1\n"),
        "x={a: 1} y={<<: *x, b: 2} a=1 b=2 <<=1"
    );
}

#[test]
fn many_keys_are_deduplicated_without_comparing_each_with_each() {
    use std::fmt::Write;
    let mut text = String::new();
    for index in 0..40_000 {
        let _ = writeln!(text, "k{}: {index}", index % 20_000);
    }
    let yaml = parse(&text);
    let mut fields = root(&yaml, &text).fields();
    assert_eq!(fields.len(), 20_000);
    let first = fields.next().expect("an entry");
    assert_eq!((first.key.raw(), first.value.raw()), ("k0", "20000"));
}

#[test]
fn get_follows_aliases_and_merges() {
    let text = "base: &b {image: x}\nmain: {<<: *b, 'port': 1}\nalias: *b\n";
    let yaml = parse(text);
    let root = root(&yaml, text);
    let main = root.get("main").expect("main").value;
    assert_eq!(
        main.get("image").expect("merged").value.range(),
        TextRange::new(17, 18)
    );
    assert_eq!(main.get("port").expect("quoted").value.raw(), "1");
    assert_eq!(
        root.get("alias")
            .expect("alias")
            .value
            .get("image")
            .expect("image")
            .value
            .raw(),
        "x"
    );
    assert!(main.get("none").is_none());
}

#[test]
fn merge_bombs_end() {
    use std::fmt::Write;
    let mut text = "a0: &a0 {k: v}\n".to_owned();
    for index in 1..60 {
        let last = index - 1;
        let _ = writeln!(
            text,
            "a{index}: &a{index} {{<<: [*a{last}, *a{last}, *a{last}]}}"
        );
    }
    text.push_str("<<: *a59\n");
    let yaml = parse(&text);
    assert!(root(&yaml, &text).get("none").is_none());
    assert!(yaml.has_excessive_aliases(&yaml.documents()[0]));
}

#[test]
fn aliases_are_excessive_where_go_yaml_says_so() {
    // 100 aliases of one node each are free, however small the document.
    let few = format!("a: &a 1\nb: [{}]\n", "*a, ".repeat(100));
    assert!(!parse(&few).has_excessive_aliases(&parse(&few).documents()[0]));
    let items = "x, ".repeat(200);
    let many = format!(
        "a: &a [{items}]\nb: &b [{}]\nc: [{}]\n",
        "*a, ".repeat(50),
        "*b, ".repeat(50)
    );
    assert!(parse(&many).has_excessive_aliases(&parse(&many).documents()[0]));
}

#[test]
fn paths_lead_from_the_root() {
    let text = "a: 1\n---\nspec:\n  containers:\n  - name: x\n  - image: y\n    e.f/g: [z]\n";
    let yaml = parse(text);
    let path = |needle: &str| {
        let at = text.find(needle).expect("it is there") as u32;
        let node = yaml.innermost(text, at).expect("a node");
        node.path().to_string()
    };
    assert_eq!(path("y"), "spec.containers[1].image");
    assert_eq!(path("z]"), "spec.containers[1][\"e.f/g\"][0]");
    assert_eq!(path("1"), "a");
    assert_eq!(path("name"), "spec.containers[0].name");
}

#[test]
fn nodes_are_found_by_place() {
    let text = "a:\n  # here\n  b: c\n  d: e # there\n";
    let yaml = parse(text);
    let [above, beside] = yaml.comments() else {
        panic!("two comments");
    };
    assert!(above.own_line && !beside.own_line);
    let below = yaml
        .nodes_in(text, TextRange::new(above.range.end, text.len() as u32))
        .next()
        .expect("a node");
    assert_eq!(below.range().of(text), "b: c\n  d: e");
    let line = text.rfind("  d").expect("a line") as u32;
    let on_line: Vec<_> = yaml
        .nodes_in(text, TextRange::new(line, beside.range.start))
        .map(Node::raw)
        .collect();
    assert_eq!(on_line, ["d", "e"]);
    assert_eq!(yaml.document_at(5), Some(0));
}

/// Each range of the decoded text, and the source text behind it.
fn sources(text: &str, key: &str, part: &str) -> Vec<String> {
    let yaml = parse(text);
    let decoded = root(&yaml, text).get(key).expect("the key").value.decode();
    let start = decoded.text.find(part).expect("the part") as u32;
    let range = TextRange::new(start, start + part.len() as u32);
    let ranges = decoded.source_ranges(range);
    ranges
        .iter()
        .map(|range| range.of(text).to_owned())
        .collect()
}

#[test]
fn decoded_text_leads_back_to_its_source() {
    assert_eq!(sources("a: http://x/y\n", "a", "x/y"), ["x/y"]);
    assert_eq!(sources("a: 'it''s'\n", "a", "t's"), ["t''s"]);
    assert_eq!(sources("a: \"x\\u00e9y\\n\"\n", "a", "é"), ["\\u00e9"]);
    assert_eq!(sources("a: \"x\\\n   y\"\n", "a", "xy"), ["x", "y"]);
    assert_eq!(
        sources("a: x\n   y\n\n   z\n", "a", "x y\nz"),
        ["x\n", "y", "\n", "z"]
    );
    assert_eq!(sources("a: |\n  one\n  two\n", "a", "ne\nt"), ["ne\n", "t"]);
    assert_eq!(
        sources("a: >\n  one\n  two\r\n   three\n", "a", "one two\n thr"),
        ["one\n", "two\r\n", " thr"]
    );
    assert_eq!(sources("a: |2-\n    x\n\n", "a", "  x"), ["  x"]);
    assert_eq!(
        sources("{\"a\": \"\\ud83d\\ude00!\"}", "a", "😀!"),
        ["\\ud83d\\ude00!"]
    );
}

#[test]
fn the_last_line_break_of_a_block_scalar_is_at_its_end() {
    assert_eq!(sources("a: |\n  x\n\nb: c\n", "a", "\n"), [""]);
    let text = "a: |+\n  x\n\nb: c\n";
    let yaml = parse(text);
    let value = root(&yaml, text).get("a").expect("a").value;
    assert_eq!(
        (value.decoded().as_ref(), value.range()),
        ("x\n\n", TextRange::new(3, 9))
    );
}
