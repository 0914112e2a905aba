use super::picture;

/// The picture of a text with one document and no error.
fn one(text: &str) -> String {
    picture(text).trim_end().to_owned()
}

#[test]
fn mappings_end_where_their_last_value_ends() {
    assert_eq!(
        one("a:\n  b: c\n  d:\n    - x\n    - y: z\n      w: 1\ne: f"),
        "map(0..49){=a@0..1: map(5..44){=b@5..6: =c@8..9, =d@12..13: seq(19..44)[=x@21..22, \
         map(29..44){=y@29..30: =z@32..33, =w@40..41: =1@43..44}]}, =e@45..46: =f@48..49}"
    );
}

#[test]
fn a_sequence_may_stand_at_the_column_of_its_key() {
    assert_eq!(
        one("a:\n- x\n- y: 1\n  z: 2\nb: 3\n"),
        "map(0..25){=a@0..1: seq(3..20)[=x@5..6, map(9..20){=y@9..10: =1@12..13, =z@16..17: =2@19..20}], \
         =b@21..22: =3@24..25}"
    );
}

#[test]
fn sequences_nest_on_one_line() {
    assert_eq!(
        one("- - a\n  - b\n- c\n"),
        "seq(0..15)[seq(2..11)[=a@4..5, =b@10..11], =c@14..15]"
    );
}

#[test]
fn flow_collections_hold_pairs_and_lone_keys() {
    assert_eq!(
        one("a: [b, {c: d, e}, f: g, [h]: i]\n[x]: y\n"),
        "map(0..38){=a@0..1: flow-seq(3..31)[=b@4..5, flow-map(7..16){=c@8..9: =d@11..12, =e@14..15: ~@15..15}, \
         flow-map(18..22){=f@18..19: =g@21..22}, flow-map(24..30){flow-seq(24..27)[=h@25..26]: =i@29..30}], \
         flow-seq(32..35)[=x@33..34]: =y@37..38}"
    );
}

#[test]
fn an_anchor_on_the_line_above_belongs_to_the_mapping() {
    assert_eq!(
        one("&m\n[&q x]: y\nz: *q\n"),
        "&m map(3..18){flow-seq(3..9)[&q =x@7..8]: =y@11..12, =z@13..14: *q@16}"
    );
    assert_eq!(one("&m\n[&q x]\n"), "&m flow-seq(3..9)[&q =x@7..8]");
}

#[test]
fn explicit_keys_may_be_collections() {
    assert_eq!(
        one("? a\n: b\n? - c\n: - d\n"),
        "map(0..19){=a@2..3: =b@6..7, seq(10..13)[=c@12..13]: seq(16..19)[=d@18..19]}"
    );
}

#[test]
fn block_scalars_end_with_their_last_text() {
    assert_eq!(
        one("a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\n"),
        "map(0..37){=a@0..1: |x\\n y\\n\\nz\\n@3..18, =b@19..20: >x y\\nz@22..37}"
    );
    assert_eq!(one("a: |"), "map(0..4){=a@0..1: |@3..4}");
}

#[test]
fn kubectl_adds_a_line_break_at_the_end() {
    assert_eq!(one("a: |\n  x"), "map(0..8){=a@0..1: |x\\n@3..8}");
}

#[test]
fn quoted_and_plain_scalars_fold() {
    assert_eq!(
        one("a: \"x\\n\n  y\"\nb: 'it''s'\n"),
        "map(0..23){=a@0..1: \"x\\n y@3..12, =b@13..14: 'it\\'s@16..23}"
    );
    assert_eq!(
        one("a: b\n  c\n\n  d\n"),
        "map(0..13){=a@0..1: =b c\\nd@3..13}"
    );
}

#[test]
fn an_absent_value_can_have_an_anchor() {
    assert_eq!(
        one("a: &x\nb: *x\n"),
        "map(0..11){=a@0..1: &x ~@5..5, =b@6..7: *x@9}"
    );
}

#[test]
fn errors_stay_in_their_document() {
    assert_eq!(
        one("--- # c\na: 1\n---\nb: 2\n--- x\nc: 3\n---\nd: [\n---\ne: 1"),
        "map(8..12){=a@8..9: =1@11..12}\nmap(17..21){=b@17..18: =2@20..21}\nbroken\nbroken\n\
         map(46..50){=e@46..47: =1@49..50}\nDocumentSeparator 26..27\nUnclosedBracket 40..41"
    );
}

#[test]
fn what_follows_the_end_marker_is_ignored() {
    assert_eq!(
        one("a: 1\n...\nfoo\n"),
        "map(0..4){=a@0..1: =1@3..4} ignored \"...\\nfoo\\n\""
    );
}

#[test]
fn json_documents_follow_each_other() {
    assert_eq!(
        one("{\"a\": \"\\/\\ud83d\\ude00\"}\n{\"b\":1}"),
        "flow-map(0..23){\"a@1..4: \"/😀@6..22}\nflow-map(24..31){\"b@25..28: =1@29..30}"
    );
}

#[test]
fn aliases_need_an_anchor_that_is_whole() {
    assert_eq!(one("a: *x\n"), "broken\nUnknownAnchor 3..5");
    assert_eq!(one("&a [*a]\n"), "broken\nRecursiveAlias 4..6");
}
