//! Any text as a lock file: it is read or refused, every place that is stated lies in the text, and what was read is written so that the
//! same is read of it again.

#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use kubelint_engine::lock::{FILE_NAME, differences, kept, parse, to_yaml};
use kubelint_model::registry::ImageAnswer;
use kubelint_parser::source::SourceText;
use libfuzzer_sys::fuzz_target;

type Answers = BTreeMap<String, ImageAnswer>;

fuzz_target!(|bytes: &[u8]| {
    let text = Arc::new(SourceText::from_bytes(bytes.to_vec()));
    let is_place = |start: u32, end: u32| text.as_str().get(start as usize..end as usize).is_some();
    let images = match parse(FILE_NAME, &text) {
        Ok(images) => images,
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for place in mistakes.iter().filter_map(|it| it.place.as_ref()) {
                assert!(is_place(place.range.start, place.range.end));
            }
            return;
        }
    };
    for it in images.values() {
        assert!(is_place(it.range.start, it.range.end));
    }
    let answers = images.into_iter().filter_map(|(full, it)| Some((full, kept(&it.answer)?)));
    let answers: Answers = answers.collect();
    let written = to_yaml(&answers);
    let again = parse(FILE_NAME, &Arc::new(SourceText::from_bytes(written.clone().into_bytes())));
    let again = again.unwrap_or_else(|_| panic!("it cannot be read: {written}"));
    let again: Answers = again.into_iter().map(|(full, it)| (full, it.answer)).collect();
    assert_eq!(again, answers);
    assert!(differences(&answers, &again).is_empty());
    assert_eq!(to_yaml(&again), written);
});
