//! Every file of patterns has a page of samples, and is used.

use std::path::Path;

#[test]
fn every_file_of_patterns_is_used() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(package.join("src/code/frameworks.rs")).unwrap();
    let mut count = 0;
    for language in std::fs::read_dir(package.join("frameworks")).unwrap() {
        let language = language.unwrap().path();
        let name = language.file_name().unwrap().to_str().unwrap();
        let of_language = format!("frameworks!(\"{name}\"");
        // A language with several grammars has a list for each.
        let lists = list.split(&of_language).skip(1);
        let used: String = lists.filter_map(|it| it.split(')').next()).collect();
        for file in std::fs::read_dir(&language).unwrap() {
            let file = file.unwrap().path();
            let stem = file.file_stem().unwrap().to_str().unwrap();
            assert!(used.contains(&format!("\"{stem}\"")), "{stem}");
            assert!(file.with_extension("md").exists(), "{stem}");
            assert!(file.with_extension("scm").exists(), "{stem}");
            count += 1;
        }
    }
    assert!(count > 0);
}
