//! Keeps the list of rules as it lies in the folder, and proves that a new rule touches nothing else.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kubelint_rule_index::{FILE, generate, refresh};

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules")
}

#[test]
fn the_list_is_what_lies_in_the_folder() {
    if std::env::var_os("CI").is_some() {
        let committed = fs::read_to_string(rules().join(FILE)).unwrap_or_default();
        let made = generate(&rules()).unwrap();
        assert_eq!(
            committed, made,
            "rules/{FILE} is stale: run `cargo test` and commit it"
        );
    } else {
        let stale = refresh(&rules()).unwrap();
        assert!(
            !stale,
            "rules/{FILE} was stale and is rewritten: run the tests again and commit it"
        );
    }
}

/// All files below a folder with their text.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), text);
            }
        }
    }
    files
}

/// A copy of the rules in a folder of its own.
fn copy(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    _ = fs::remove_dir_all(&folder);
    for (path, text) in tree(&rules()) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    refresh(&folder).unwrap();
    folder
}

fn changed(before: &BTreeMap<PathBuf, String>, folder: &Path) -> Vec<String> {
    let after = tree(folder);
    let paths = before.keys().chain(after.keys());
    let changed: std::collections::BTreeSet<_> = paths
        .filter(|it| before.get(*it) != after.get(*it))
        .map(|it| it.to_str().unwrap().to_owned())
        .collect();
    changed.into_iter().collect()
}

#[test]
fn a_rule_without_code_is_one_file_and_one_with_code_is_two() {
    let folder = copy("add");
    let before = tree(&folder);
    fs::create_dir_all(folder.join("probe")).unwrap();
    fs::write(folder.join("probe/a-toy.md"), "page").unwrap();
    assert!(refresh(&folder).unwrap());
    assert!(!refresh(&folder).unwrap());
    assert_eq!(changed(&before, &folder), ["probe/a-toy.md", FILE]);
    fs::write(folder.join("probe/b-toy.md"), "page").unwrap();
    fs::write(folder.join("probe/b_toy.rs"), "code").unwrap();
    assert!(refresh(&folder).unwrap());
    assert_eq!(
        changed(&before, &folder),
        ["probe/a-toy.md", "probe/b-toy.md", "probe/b_toy.rs", FILE]
    );
    let list = fs::read_to_string(folder.join(FILE)).unwrap();
    assert!(
        list.contains("#[path = \"probe/b_toy.rs\"]\nmod b_toy;\n"),
        "{list}"
    );
    assert!(
        list.contains("include_str!(\"probe/b-toy.md\"), code: Some(b_toy::RULE)"),
        "{list}"
    );
    assert!(
        list.contains("include_str!(\"probe/a-toy.md\"), code: None"),
        "{list}"
    );
    for gone in ["probe/a-toy.md", "probe/b-toy.md", "probe/b_toy.rs"] {
        fs::remove_file(folder.join(gone)).unwrap();
    }
    refresh(&folder).unwrap();
    assert_eq!(changed(&before, &folder), [""; 0]);
}

#[test]
fn what_does_not_fit_is_said() {
    let folder = copy("wrong");
    fs::create_dir_all(folder.join("probe")).unwrap();
    fs::write(folder.join("probe/lone_toy.rs"), "code").unwrap();
    let error = generate(&folder).unwrap_err().to_string();
    assert_eq!(error, "probe/lone_toy.rs has no page probe/lone-toy.md");
    fs::write(folder.join("probe/lone-toy.md"), "page").unwrap();
    fs::create_dir_all(folder.join("image")).unwrap();
    fs::write(folder.join("image/lone-toy.md"), "page").unwrap();
    let error = generate(&folder).unwrap_err().to_string();
    assert_eq!(error, "the rule `lone-toy` is in image and in probe");
}
