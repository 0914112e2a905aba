//! A new rule from a template: its page, and its function unless the page alone is enough. The templates compile, and their examples
//! fail until someone writes what they are meant to show.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kubelint_engine::Category;
use kubelint_engine::page::is_kebab_case;

const CODE_PAGE: &str = include_str!("../templates/code.md");
const CODE: &str = include_str!("../templates/code.rs");
const DATA_PAGE: &str = include_str!("../templates/data.md");

/// How a rule checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A function beside the page.
    Code,
    /// What the page itself says.
    Data,
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Created(Vec<PathBuf>);

/// Writes the files of the rule `name`, which is `category/id`, below `rules`, the folder of the rule pack.
pub(crate) fn new_rule(rules: &Path, name: &str, kind: Kind) -> Result<Created> {
    let Some((category, id)) = name.split_once('/') else {
        bail!("`{name}` is not of the form category/id, as network/my-rule");
    };
    let words = Category::ALL.map(Category::as_str);
    if !words.contains(&category) {
        bail!("`{category}` is no category: {}", words.join(", "));
    }
    if !is_kebab_case(id) {
        bail!("`{id}` is no rule id: lower-case words and digits joined by hyphens, as my-rule");
    }
    for word in words {
        let page = rules.join(word).join(format!("{id}.md"));
        if page.exists() {
            bail!("the rule exists: {}", page.display());
        }
    }
    let folder = rules.join(category);
    let page = folder.join(format!("{id}.md"));
    let code = folder.join(format!("{}.rs", id.replace('-', "_")));
    let files = match kind {
        Kind::Code => vec![(page, CODE_PAGE), (code, CODE)],
        Kind::Data => vec![(page, DATA_PAGE)],
    };
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (path, template) in &files {
        let text = template
            .replace("my-rule", id)
            .replace("0.0.0", env!("CARGO_PKG_VERSION"));
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let list = rules.join(kubelint_rule_index::FILE);
    kubelint_rule_index::refresh(rules)
        .with_context(|| format!("cannot refresh {}", list.display()))?;
    Ok(Created(files.into_iter().map(|it| it.0).collect()))
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.0 {
            writeln!(f, "{}", path.display())?;
        }
        f.write_str("Write the examples, then what they show; `cargo test` tells what is missing.")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kubelint_engine::page::Page;

    use super::{Kind, new_rule};

    #[test]
    fn a_rule_with_code_is_a_page_and_a_function() {
        let rules = tempfile::tempdir().expect("a folder for the test");
        new_rule(rules.path(), "network/lost-port", Kind::Code).expect("a rule");
        let read = |name: &str| fs::read_to_string(rules.path().join(name)).expect("a file");
        assert!(read("network/lost-port.md").contains("\ncheck: code\n"));
        assert!(read("network/lost_port.rs").contains("`lost-port`"));
    }

    #[test]
    fn a_rule_without_code_is_a_page() {
        let rules = tempfile::tempdir().expect("a folder for the test");
        new_rule(rules.path(), "security/lost-port", Kind::Data).expect("a rule");
        let files = fs::read_dir(rules.path().join("security")).expect("a folder");
        assert_eq!(files.count(), 1);
    }

    #[test]
    fn the_pages_are_ones_that_kubelint_reads() {
        for kind in [Kind::Code, Kind::Data] {
            let rules = tempfile::tempdir().expect("a folder for the test");
            new_rule(rules.path(), "network/lost-port", kind).expect("a rule");
            let path = "network/lost-port.md";
            let text = fs::read_to_string(rules.path().join(path)).expect("a page");
            let page = Page::parse(path, &text, None).expect("a page without mistakes");
            assert_eq!(page.meta.id.as_str(), "lost-port");
        }
    }

    #[test]
    fn a_rule_of_the_same_name_is_left_alone_whatever_its_category() {
        let rules = tempfile::tempdir().expect("a folder for the test");
        new_rule(rules.path(), "network/lost-port", Kind::Data).expect("a rule");
        for name in ["network/lost-port", "probe/lost-port"] {
            let error = new_rule(rules.path(), name, Kind::Code).expect_err("a refusal");
            assert!(error.to_string().contains("exists"), "{error}");
        }
    }

    #[test]
    fn names_that_are_none_are_refused() {
        let rules = tempfile::tempdir().expect("a folder for the test");
        for name in [
            "lost-port",
            "nowhere/lost-port",
            "network/Lost-Port",
            "network/lost_port",
            "network/lost--port",
            "network/-port",
            "network/9-lives",
            "network/../x",
            "network/",
        ] {
            assert!(new_rule(rules.path(), name, Kind::Code).is_err(), "{name}");
        }
    }
}
