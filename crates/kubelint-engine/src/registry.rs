//! All rules, whether they are data, code or the engine's own.

use std::collections::BTreeMap;

use crate::mistake::{InputText, Mistake};
use crate::page::{self, Page, PageCheck};
use crate::predicate::Predicate;
use crate::suggest::{did_you_mean, hint};
use crate::{Category, CodeRule, RuleId, RuleMeta};

/// All rules of a run. Nobody downstream can tell data from code.
#[derive(Default)]
pub struct Registry {
    rules: BTreeMap<RuleId, Rule>,
    /// The ids of the rules that have an alias, by alias: with the linter that it belongs to, and without.
    aliases: BTreeMap<String, Vec<RuleId>>,
}

/// One rule.
pub struct Rule {
    /// What its page states.
    pub meta: RuleMeta,
    /// Its page, as text.
    pub page: String,
    /// How it checks.
    pub check: Check,
}

/// How a rule checks.
pub enum Check {
    /// A function over the graph.
    Code(CodeRule),
    /// What must hold, as its page states it.
    Data(Box<Predicate>),
    /// The engine itself raises it.
    Engine,
}

/// A rule as it is handed to [`Registry::build`]: its page, and its function if it has one.
#[derive(Clone, Copy)]
pub struct RuleSource<'a> {
    /// The page's path, which ends in `<category>/<id>.md`.
    pub path: &'a str,
    /// The page.
    pub text: &'a str,
    /// The function beside the page.
    pub code: Option<CodeRule>,
}

impl Registry {
    /// The registry of the built-in rules. The mistakes are those of their pages.
    pub fn build(sources: &[RuleSource<'_>]) -> Result<Self, Vec<Mistake>> {
        let mut registry = Self::default();
        registry.add(sources, None)?;
        Ok(registry)
    }

    /// Adds the rules of the pack `name`, which are data: their ids are `name/rule`. `pages` are paths and texts.
    ///
    /// After an error the registry is as it was.
    pub fn add_pack(&mut self, name: &str, pages: &[(&str, &str)]) -> Result<(), Vec<Mistake>> {
        if !page::is_kebab_case(name) {
            return Err(vec![Mistake::new(format!(
                "the rule pack's name `{name}` is not lower case with hyphens; the folder is called as the pack"
            ))]);
        }
        let sources: Vec<_> = pages
            .iter()
            .map(|(path, text)| RuleSource {
                path,
                text,
                code: None,
            })
            .collect();
        self.add(&sources, Some(name))
    }

    fn add(&mut self, sources: &[RuleSource<'_>], pack: Option<&str>) -> Result<(), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut added: BTreeMap<RuleId, (Rule, &RuleSource<'_>)> = BTreeMap::new();
        for source in sources {
            match rule(source, pack) {
                Ok(rule) => {
                    let id = rule.meta.id.clone();
                    let known = added.get(&id).map(|(_, it)| it.path);
                    if let Some(other) = known {
                        let message = format!("the rule `{id}` has another page, {other}");
                        mistakes.push(at_title(source, message));
                    } else if self.rules.contains_key(&id) {
                        mistakes.push(at_title(source, format!("there is a rule `{id}` already")));
                    } else {
                        added.insert(id, (rule, source));
                    }
                }
                Err(wrong) => mistakes.extend(wrong),
            }
        }
        let known = |id: &str| added.contains_key(id) || self.rules.contains_key(id);
        for (rule, source) in added.values() {
            check_names(&rule.meta, source, &known, &mut mistakes);
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        for (id, (rule, _)) in added {
            for alias in &rule.meta.aliases {
                for name in [alias.as_str(), bare(alias)] {
                    let ids = self.aliases.entry(name.to_owned()).or_default();
                    if ids.last() != Some(&id) {
                        ids.push(id.clone());
                    }
                }
            }
            self.rules.insert(id, rule);
        }
        Ok(())
    }

    /// All rules, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The rule called `id`.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)
    }

    /// The rules that a user may mean by `name`: the one with this id, else those with this alias, sorted by id. An alias may be given with
    /// its linter (`kube-linter:latest-tag`) or without; one check of another linter may be several of ours.
    pub fn find(&self, name: &str) -> impl Iterator<Item = &Rule> {
        let by_alias = || self.aliases.get(name).map_or(&[][..], Vec::as_slice);
        let exact = self.get(name);
        let aliased = if exact.is_some() { &[] } else { by_alias() };
        let aliased = aliased.iter().filter_map(|id| self.rules.get(id));
        exact.into_iter().chain(aliased)
    }

    /// The rule or category whose name is nearest to `name`, if one is near; else the nearest alias, unless that is a number: those are
    /// all near each other.
    pub fn did_you_mean(&self, name: &str) -> Option<&str> {
        let ids = self.rules.keys().map(RuleId::as_str);
        let categories = Category::ALL.iter().map(|it| -> &str { it.as_str() });
        did_you_mean(name, ids.chain(categories)).or_else(|| {
            did_you_mean(
                name,
                self.aliases.keys().map(String::as_str).filter(is_word),
            )
        })
    }
}

/// Whether an alias is a word, and not a number as `CKV_K8S_14`.
fn is_word(alias: &&str) -> bool {
    bare(alias).contains(|c: char| c.is_ascii_lowercase())
}

/// An alias without the linter that it belongs to.
pub(crate) fn bare(alias: &str) -> &str {
    alias.split_once(':').map_or(alias, |(_, check)| check)
}

impl Rule {
    /// The page as it is shown: without front matter and without the marks of its tests.
    pub fn shown(&self) -> String {
        page::shown(&self.page)
    }
}

fn rule(source: &RuleSource<'_>, pack: Option<&str>) -> Result<Rule, Vec<Mistake>> {
    let page = Page::parse(source.path, source.text, pack)?;
    let id = &page.meta.id;
    let wrong = |message: String| Err(vec![at_title(source, message)]);
    let check = match (page.check, source.code) {
        (PageCheck::Code, Some(code)) => Check::Code(code),
        (PageCheck::Data(predicate), None) => Check::Data(predicate),
        (PageCheck::Engine, None) if pack.is_none() => Check::Engine,
        (PageCheck::Code | PageCheck::Engine, None) if pack.is_some() => {
            return wrong(
                "a rule pack holds rules without code: `check` says what must hold".into(),
            );
        }
        (PageCheck::Code, None) => {
            return wrong(format!("`{id}` says `check: code`, and there is no code"));
        }
        (PageCheck::Data(_) | PageCheck::Engine, _) => {
            return wrong(format!(
                "`{id}` has code, and its page does not say `check: code`"
            ));
        }
    };
    Ok(Rule {
        meta: page.meta,
        page: source.text.to_owned(),
        check,
    })
}

/// Checks the names of other rules on a page.
fn check_names(
    meta: &RuleMeta,
    source: &RuleSource<'_>,
    known: &dyn Fn(&str) -> bool,
    mistakes: &mut Vec<Mistake>,
) {
    for name in &meta.yields_to {
        if Category::parse(name).is_none() && !known(name) {
            let categories = Category::ALL.into_iter().map(Category::as_str);
            let hint = hint(did_you_mean(name, categories));
            let message = format!("`yields-to`: there is no rule or category `{name}`{hint}");
            mistakes.push(at_word(source, name, message));
        }
    }
    for alias in &meta.aliases {
        if Category::parse(alias).is_some() || known(alias) {
            let message = format!("`aliases`: `{alias}` is a rule or category itself");
            mistakes.push(at_word(source, alias, message));
        }
    }
}

/// A mistake at the page's beginning.
fn at_title(source: &RuleSource<'_>, message: String) -> Mistake {
    InputText::new(source.path, source.text).mistake(kubelint_parser::TextRange::empty(0), message)
}

/// A mistake at the first place of the page that holds `word`: good enough for a name in the front matter.
fn at_word(source: &RuleSource<'_>, word: &str, message: String) -> Mistake {
    let at = source.text.find(word).unwrap_or(0) as u32;
    let range = kubelint_parser::TextRange::new(at, at + word.len() as u32);
    InputText::new(source.path, source.text).mistake(range, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Findings;
    use crate::check::RuleContext;

    const SILENT: CodeRule = CodeRule::new(|_: &RuleContext<'_>, _: &mut Findings| {});

    fn page(check: &str) -> String {
        format!(
            "---\ntitle: Toy\nseverity: warning\nstatus: preview\nsince: 0.1.0\n{check}\n---\n\
             Flagged.\n\n## Why\nSo.\n\n## Bad\nNo.\n\n## Good\nYes.\n\n## Remedy\nDo.\n"
        )
    }

    const DATA: &str =
        "check: {each: resources, field: spec.paused, must: absent}\nmessage: paused";

    fn build(rules: &[(&str, &str, Option<CodeRule>)]) -> Result<Registry, String> {
        let pages: Vec<_> = rules.iter().map(|it| page(it.1)).collect();
        let sources: Vec<_> = rules
            .iter()
            .zip(&pages)
            .map(|((path, _, code), text)| RuleSource {
                path,
                text,
                code: *code,
            })
            .collect();
        Registry::build(&sources).map_err(|it| crate::mistake::lines(&it))
    }

    #[test]
    fn rules_of_all_kinds_are_found_by_id_and_alias() {
        let aliased =
            format!("aliases: [KSV-1, KSV-2, 'other:too-few', 'another:too-few']\n{DATA}");
        let registry = build(&[
            (
                "hygiene/b.md",
                "check: code\naliases: [KSV-1]",
                Some(SILENT),
            ),
            ("hygiene/a.md", &aliased, None),
            ("api/yaml-syntax.md", "check: engine", None),
        ])
        .unwrap();
        let ids = |name| -> Vec<_> {
            registry
                .find(name)
                .map(|it| it.meta.id.to_string())
                .collect()
        };
        assert_eq!(ids("a"), ["a"]);
        assert_eq!(ids("KSV-1"), ["a", "b"]);
        assert_eq!(ids("KSV-3"), [""; 0]);
        assert_eq!(ids("other:too-few"), ["a"]);
        assert_eq!(ids("too-few"), ["a"]);
        assert_eq!(registry.did_you_mean("too_fw"), Some("too-few"));
        assert_eq!(registry.did_you_mean("KSV-3"), None);
        assert_eq!(registry.did_you_mean("yaml-sintax"), Some("yaml-syntax"));
        assert_eq!(registry.did_you_mean("hygeine"), Some("hygiene"));
    }

    #[test]
    fn what_does_not_fit_is_a_mistake_with_its_page() {
        let code = Some(SILENT);
        for (rules, mistake) in [
            (
                &[("api/a.md", "check: code", None)][..],
                "api/a.md:1:1: `a` says `check: code`, and there is no code",
            ),
            (
                &[("api/a.md", DATA, code)],
                "api/a.md:1:1: `a` has code, and its page does not say `check: code`",
            ),
            (
                &[("api/a.md", DATA, None), ("network/a.md", DATA, None)],
                "network/a.md:1:1: the rule `a` has another page, api/a.md",
            ),
            (
                &[("api/a.md", "check: code\nyields-to: [apy]", code)],
                "api/a.md:7:13: `yields-to`: there is no rule or category `apy`; did you mean `api`?",
            ),
            (
                &[("api/a.md", "check: code\naliases: [a]", code)],
                "`aliases`: `a` is a rule or category itself",
            ),
        ] {
            let found = build(rules).err().unwrap_or_default();
            assert!(found.contains(mistake), "{mistake}: {found}");
        }
    }

    #[test]
    fn packs_hold_data_and_leave_the_registry_alone_if_they_are_wrong() {
        let mut registry = build(&[("api/a.md", DATA, None)]).unwrap();
        let (data, code) = (page(DATA), page("check: code"));
        let add = |registry: &mut Registry, name: &str, pages: &[(&str, &str)]| {
            registry
                .add_pack(name, pages)
                .map_err(|it| crate::mistake::lines(&it))
        };
        let wrong = add(
            &mut registry,
            "mini",
            &[("mini/api/b.md", &data), ("mini/api/c.md", &code)],
        );
        assert!(
            wrong
                .unwrap_err()
                .contains("mini/api/c.md:1:1: a rule pack holds rules without code")
        );
        assert_eq!(registry.iter().count(), 1);
        assert!(add(&mut registry, "My Pack", &[]).is_err());
        add(&mut registry, "mini", &[("mini/api/a.md", &data)]).unwrap();
        assert!(registry.get("mini/a").is_some());
        assert!(add(&mut registry, "mini", &[("mini/api/a.md", &data)]).is_err());
    }
}
