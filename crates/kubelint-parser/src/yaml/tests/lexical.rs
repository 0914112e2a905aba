use super::picture;

#[test]
fn carriage_returns_break_lines() {
    assert_eq!(
        picture("a: b\r\nc: |\r\n  d\r\n  e\r\nf: g\rh: i\r\n"),
        "map(0..31){=a@0..1: =b@3..4, =c@6..7: |d\\ne\\n@9..20, =f@22..23: =g@25..26, =h@27..28: =i@30..31}\n"
    );
}

#[test]
fn unicode_line_breaks() {
    assert_eq!(
        picture("a: b\u{85}c: d\u{2028}e: f\n"),
        "map(0..17){=a@0..1: =b@3..4, =c@6..7: =d@9..10, =e@13..14: =f@16..17}\n"
    );
}

#[test]
fn a_byte_order_mark_is_skipped() {
    assert_eq!(picture("\u{feff}a: b\n"), "map(3..7){=a@3..4: =b@6..7}\n");
}

#[test]
fn tabs_separate_but_do_not_indent() {
    assert_eq!(
        picture("a:\tb\t# c\nd: \"e\"\t\n"),
        "map(0..15){=a@0..1: =b@3..4, =d@9..10: \"e@12..15}\n"
    );
}

#[test]
fn wide_characters_count_as_bytes() {
    assert_eq!(
        picture("\"é漢\": 漢\n"),
        "map(0..12){\"é漢@0..7: =漢@9..12}\n"
    );
}

#[test]
fn comments_may_touch_quotes() {
    assert_eq!(picture("a: \"b\"#c\n"), "map(0..6){=a@0..1: \"b@3..6}\n");
}

#[test]
fn hashes_within_words_are_text() {
    assert_eq!(picture("a: b#c\n"), "map(0..6){=a@0..1: =b#c@3..6}\n");
}

#[test]
fn dashes_and_colons_within_words_are_text() {
    assert_eq!(
        picture("a: -b:c ? d-\n"),
        "map(0..12){=a@0..1: =-b:c ? d-@3..12}\n"
    );
}

#[test]
fn directives_are_cut_off() {
    assert_eq!(
        picture("%YAML 1.1\n---\na: b\n"),
        "broken\nmap(14..18){=a@14..15: =b@17..18}\nBadDirective 10..10\n"
    );
}

#[test]
fn tags_are_kept_as_written() {
    assert_eq!(
        picture("a: !!str b\nc: !<tag:x> d\n!e f: g\n"),
        "map(0..32){=a@0..1: !!str =b@9..10, =c@11..12: !<tag:x> =d@23..24, !e =f@28..29: =g@31..32}\n"
    );
}

#[test]
fn an_empty_text_has_no_document() {
    assert_eq!(picture(""), "");
}

#[test]
fn comments_alone_are_an_empty_document() {
    assert_eq!(picture("# a\n---\n# b\n"), "empty\nempty\n");
}

#[test]
fn every_line_with_dashes_is_a_separator() {
    assert_eq!(
        picture("a: \"b\n---\nc\"\n"),
        "broken\n=c\\\"@10..12\nUnclosedQuote 3..4\n"
    );
}

#[test]
fn a_dash_line_without_end() {
    assert_eq!(picture("a\n---"), "=a@0..1\nempty\n");
}

#[test]
fn long_keys_need_a_question_mark() {
    assert_eq!(
        picture(&format!("{}: a\n", "x".repeat(1025))),
        "broken\nKeyTooLong 0..1025\n"
    );
}

#[test]
fn keys_of_1024_characters_are_fine() {
    let text = format!("{}: a\n", "é".repeat(1024));
    assert!(super::super::parse(&text).errors().is_empty());
}

#[test]
fn the_rest_behind_a_whole_root() {
    assert_eq!(
        picture("{a: b}\nc: d\n"),
        "flow-map(0..6){=a@1..2: =b@4..5} ignored \"c: d\\n\"\n"
    );
}

#[test]
fn what_is_malformed_behind_the_root_counts() {
    assert_eq!(picture("{a: b} \"c\n"), "broken\nUnclosedQuote 7..8\n");
}

#[test]
fn json_needs_no_separators() {
    assert_eq!(
        picture("{\"a\": [1, -2.5e3, true, null]} {\"b\": {}}\n"),
        "flow-map(0..30){\"a@1..4: flow-seq(6..29)[=1@7..8, =-2.5e3@10..16, =true@18..22, =null@24..28]}\nflow-map(31..40){\"b@32..35: flow-map(37..39){}}\n"
    );
}

#[test]
fn json_falls_back_to_yaml_after_one_value() {
    assert_eq!(
        picture("{\"a\": 1}\nb: 2\n"),
        "flow-map(0..8){\"a@1..4: =1@6..7}\nmap(9..13){=b@9..10: =2@12..13}\n"
    );
}

#[test]
fn json_stays_json_after_two_values() {
    assert_eq!(
        picture("{\"a\": 1}{\"b\": 2}\nc: 3\n"),
        "flow-map(0..8){\"a@1..4: =1@6..7}\nflow-map(8..16){\"b@9..12: =2@14..15}\nbroken\nJson 17..18\n"
    );
}

#[test]
fn broken_json_is_read_as_yaml() {
    assert_eq!(
        picture("{\"a\": 1,}\n"),
        "flow-map(0..9){\"a@1..4: =1@6..7}\n"
    );
}
