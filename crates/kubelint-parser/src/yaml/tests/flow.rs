use super::picture;

#[test]
fn trailing_commas_are_fine() {
    assert_eq!(picture("[a, b, ]\n"), "flow-seq(0..8)[=a@1..2, =b@4..5]\n");
}

#[test]
fn empty_collections() {
    assert_eq!(
        picture("a: []\nb: {}\n"),
        "map(0..11){=a@0..1: flow-seq(3..5)[], =b@6..7: flow-map(9..11){}}\n"
    );
}

#[test]
fn a_pair_can_have_an_absent_side() {
    assert_eq!(
        picture("[a: , ? b]\n"),
        "flow-seq(0..10)[flow-map(1..3){=a@1..2: ~@3..3}, flow-map(6..9){=b@8..9: ~@9..9}]\n"
    );
}

#[test]
fn explicit_keys_in_braces() {
    assert_eq!(
        picture("{? a : b, ? c, d}\n"),
        "flow-map(0..17){=a@3..4: =b@7..8, =c@12..13: ~@13..13, =d@15..16: ~@16..16}\n"
    );
}

#[test]
fn colons_need_a_blank_after_plain_keys() {
    assert_eq!(
        picture("{a:b, \"c\":d}\n"),
        "flow-map(0..12){=a:b@1..4: ~@4..4, \"c@6..9: =d@10..11}\n"
    );
}

#[test]
fn brackets_close_at_any_column() {
    assert_eq!(
        picture("a: [\n  b\n]\nc: {d: e\n}\n"),
        "map(0..21){=a@0..1: flow-seq(3..10)[=b@7..8], =c@11..12: flow-map(14..21){=d@15..16: =e@18..19}}\n"
    );
}

#[test]
fn comments_stand_between_entries() {
    assert_eq!(
        picture("[a, # one\n b # two\n]\n"),
        "flow-seq(0..20)[=a@1..2, =b@11..12]\n"
    );
}

#[test]
fn plain_scalars_fold_in_brackets() {
    assert_eq!(
        picture("[a\n  b, c]\n"),
        "flow-seq(0..10)[=a b@1..6, =c@8..9]\n"
    );
}

#[test]
fn collections_are_keys_on_one_line() {
    assert_eq!(
        picture("{[a]: b, {c: d}: e}\n"),
        "flow-map(0..19){flow-seq(1..4)[=a@2..3]: =b@6..7, flow-map(9..15){=c@10..11: =d@13..14}: =e@17..18}\n"
    );
}

#[test]
fn anchors_alone_are_absent_scalars() {
    assert_eq!(picture("[&a , *a]\n"), "flow-seq(0..9)[&a ~@3..3, *a@6]\n");
}

#[test]
fn a_question_mark_ends_a_word() {
    assert_eq!(picture("[a?b]\n"), "broken\nMissingComma 2..5\n");
}

#[test]
fn commas_need_entries() {
    assert_eq!(picture("[a, , b]\n"), "broken\nUnexpected 4..5\n");
}

#[test]
fn empty_brackets_are_no_keys() {
    assert_eq!(
        picture("a: {}\n[]: x\n"),
        "broken\nMappingNotAllowed 8..9\n"
    );
}
