use super::picture;

#[test]
fn block_scalars_keep_strip_and_clip() {
    assert_eq!(
        picture("a: |+\n  x\n\nb: |-\n  x\n\nc: |\n  x\n\n"),
        "map(0..30){=a@0..1: |x\\n\\n@3..9, =b@11..12: |x@14..20, =c@22..23: |x\\n@25..30}\n"
    );
}

#[test]
fn an_indentation_indicator_keeps_blanks() {
    assert_eq!(
        picture("a: |2\n    x\n  y\n"),
        "map(0..15){=a@0..1: |  x\\ny\\n@3..15}\n"
    );
}

#[test]
fn folding_stops_at_indented_lines() {
    assert_eq!(
        picture("a: >\n  b\n  c\n    d\n  e\n\n  f\n"),
        "map(0..27){=a@0..1: >b c\\n  d\\ne\\nf\\n@3..27}\n"
    );
}

#[test]
fn a_block_scalar_can_be_empty() {
    assert_eq!(
        picture("a: |\nb: >-\n"),
        "map(0..10){=a@0..1: |@3..4, =b@5..6: >@8..10}\n"
    );
}

#[test]
fn a_comment_in_the_header() {
    assert_eq!(
        picture("a: | # c\n  b\n"),
        "map(0..12){=a@0..1: |b\\n@3..12}\n"
    );
}

#[test]
fn a_block_scalar_at_the_column_of_its_key() {
    assert_eq!(picture("a:\n|\n b\n"), "map(0..7){=a@0..1: |b\\n@3..7}\n");
}

#[test]
fn a_block_scalar_as_explicit_key() {
    assert_eq!(
        picture("? |\n  a\n: b\n"),
        "map(0..11){|a\\n@2..7: =b@10..11}\n"
    );
}

#[test]
fn double_quotes_escape() {
    assert_eq!(
        picture("\"\\0\\a\\t\\e\\x41\\u00e9\\U0001F600\\N\\_\\L\\P\\\\\\\"\"\n"),
        "\"\\0\\u{7}\\t\\u{1b}Aé😀\\u{85}\\u{a0}\\u{2028}\\u{2029}\\\\\\\"@0..42\n"
    );
}

#[test]
fn escaped_line_breaks_vanish() {
    assert_eq!(picture("\"a\\\n   b \\\n\n  c\"\n"), "\"ab \\nc@0..16\n");
}

#[test]
fn quoted_text_may_go_on_at_any_column() {
    assert_eq!(
        picture("a:\n  b: 'c\nd'\n"),
        "map(0..13){=a@0..1: map(5..13){=b@5..6: 'c d@8..13}}\n"
    );
}

#[test]
fn blanks_around_folded_lines_vanish() {
    assert_eq!(
        picture("a: \"b  \n\t c\"\n"),
        "map(0..12){=a@0..1: \"b c@3..12}\n"
    );
}

#[test]
fn plain_text_ends_at_comments() {
    assert_eq!(
        picture("a: b # c\nd: e\n  # f\ng: h\n"),
        "map(0..24){=a@0..1: =b@3..4, =d@9..10: =e@12..13, =g@20..21: =h@23..24}\n"
    );
}

#[test]
fn a_plain_scalar_goes_on_where_it_is_indented() {
    assert_eq!(
        picture("a:\n  b\n  c\n\n\n  d\n"),
        "map(0..16){=a@0..1: =b c\\n\\nd@5..16}\n"
    );
}
