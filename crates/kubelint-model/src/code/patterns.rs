//! The patterns of all frameworks of a language, found in one walk over a file.
//!
//! Hundreds of patterns look for few structures, most of them for a call; they differ in what is called. So each structure is looked for once,
//! and where it is found, the name of what is called leads to the patterns that mean it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use kubelint_parser::code::{Bound, Language, Limit, Node, Pattern, PatternError, Structures};

use super::frameworks;

/// A place where a pattern matches: what it is called matches, too.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pattern: &'static Pattern,
    bound: Rc<[Bound<'a>]>,
}

impl<'a> Found<'a> {
    /// The node that is captured as `name`: the first of several.
    pub(super) fn get(&self, name: &str) -> Option<Node<'a>> {
        self.node(|it| it == name)
    }

    /// The node that is captured as `kind.name`.
    pub(super) fn part(&self, kind: &str, name: &str) -> Option<Node<'a>> {
        let rest = |it: &str| it.strip_prefix(kind)?.strip_prefix('.').map(str::to_owned);
        self.node(|it| rest(it).is_some_and(|it| it == name))
    }

    fn node(&self, is_meant: impl Fn(&str) -> bool) -> Option<Node<'a>> {
        let captures = self.pattern.captures.iter();
        let mut slots = captures.filter(|it| is_meant(&it.1)).map(|it| it.0);
        slots.find_map(|slot| {
            let found = self.bound.iter().find(|it| it.slot == slot)?;
            Some(found.node)
        })
    }

    /// What the pattern sets for `key`: `(#set! key value)`.
    pub(super) fn setting(&self, key: &str) -> Option<&'static str> {
        self.pattern.setting(key)
    }
}

/// A pattern, with what it hangs on.
#[derive(Debug)]
struct Row {
    pattern: &'static Pattern,
    framework: usize,
    /// A word that a file must hold; words are numbers here.
    needle: Option<usize>,
    /// The words of each name that may be called: a file must hold all those of one.
    callees: Vec<Vec<usize>>,
}

/// Which patterns look for a structure.
#[derive(Debug, Default)]
struct Meant {
    /// Those that name nothing that is called.
    always: Vec<usize>,
    /// Those that do, by the part that is called and its whole name, …
    by_callee: BTreeMap<u16, BTreeMap<&'static str, Vec<usize>>>,
    /// … or by the end of its name.
    by_end: Vec<(u16, &'static str, usize)>,
}

/// The patterns of a language.
#[derive(Debug)]
pub(super) struct Patterns {
    /// In the order of the frameworks, and of their files.
    rows: Vec<Row>,
    structures: Structures,
    /// By the number of the structure.
    meant: Vec<Meant>,
    /// By framework, of which words a file must hold one; none if any file will do.
    needles: Vec<Vec<usize>>,
    words: Option<AhoCorasick>,
    count: usize,
}

/// What of the patterns may be found in a file.
struct Wanted {
    structures: Vec<bool>,
    rows: Vec<bool>,
}

/// The patterns of a language.
pub(super) fn of(language: Language) -> Option<&'static Patterns> {
    static ALL: LazyLock<BTreeMap<Language, OnceLock<Option<Patterns>>>> = LazyLock::new(|| {
        let all = Language::ALL.iter();
        all.map(|it| (*it, OnceLock::new())).collect()
    });
    let compiled = || Patterns::new(language).ok();
    ALL.get(&language)?.get_or_init(compiled).as_ref()
}

/// All places in a file where a pattern of its language matches, as [`Patterns::find`] has them.
pub(super) fn find<'a>(
    language: Language,
    root: Node<'a>,
    text: &str,
    canonical: impl Fn(Node<'a>) -> Rc<[String]>,
) -> Result<Vec<Found<'a>>, Limit> {
    match of(language) {
        Some(patterns) => patterns.find(root, text, canonical),
        None => Ok(Vec::new()),
    }
}

/// Numbers for words.
#[derive(Default)]
struct Words {
    numbers: BTreeMap<&'static str, usize>,
    all: Vec<&'static str>,
}

impl Words {
    fn number(&mut self, word: &'static str) -> usize {
        *self.numbers.entry(word).or_insert_with(|| {
            self.all.push(word);
            self.all.len() - 1
        })
    }

    /// The words of a name: wherever it is used, they stand there, whatever it is imported as.
    fn of_name(&mut self, name: &'static str) -> Vec<usize> {
        // `*app.run` stands for any name that ends so.
        let name = name.trim_start_matches('*');
        // An underscore may stand for the dot in a package's name (`socket.io`).
        let parts = name.split(['.', '_']);
        let parts = parts.map(|it| it.trim_end_matches("()"));
        let parts = parts.filter(|it| !it.is_empty());
        parts.map(|it| self.number(it)).collect()
    }
}

impl Patterns {
    /// Reads the patterns of a language.
    pub(super) fn new(language: Language) -> Result<Self, PatternError> {
        let mut words = Words::default();
        let mut rows: Vec<Row> = Vec::new();
        let mut needles = Vec::new();
        for (number, framework) in frameworks::of(language).iter().enumerate() {
            needles.push(framework.needles().map(|it| words.number(it)).collect());
            // They stay for as long as the process does.
            let patterns: &'static [Pattern] = Pattern::read(framework.text)?.leak();
            for pattern in patterns {
                let names = pattern.setting("callee").unwrap_or_default();
                let names = names.split_whitespace();
                rows.push(Row {
                    pattern,
                    framework: number,
                    needle: pattern.setting("needle").map(|it| words.number(it)),
                    callees: names.map(|it| words.of_name(it)).collect(),
                });
            }
        }
        let (structures, meant) = structures(language, &rows)?;
        let finder = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&words.all);
        Ok(Self {
            rows,
            structures,
            meant,
            needles,
            words: finder.ok(),
            count: words.all.len(),
        })
    }

    /// All places in a file where a pattern matches, framework by framework, each in the order of the text. `canonical` has the names by
    /// which a node may be called.
    pub(super) fn find<'a>(
        &self,
        root: Node<'a>,
        text: &str,
        canonical: impl Fn(Node<'a>) -> Rc<[String]>,
    ) -> Result<Vec<Found<'a>>, Limit> {
        let wanted = self.wanted(text);
        let mut found: Vec<((usize, u32, u32, usize), Found<'a>)> = Vec::new();
        let add = |structure: usize, node: Node<'a>, bound: Vec<Bound<'a>>| {
            let bound: Rc<[Bound<'a>]> = bound.into();
            let rows = self.meant(structure, &bound, &canonical);
            for number in rows {
                let Some(row) = self.rows.get(number) else {
                    continue;
                };
                if wanted.rows.get(number) == Some(&true) && row.pattern.allows(&bound) {
                    let one = Found {
                        pattern: row.pattern,
                        bound: Rc::clone(&bound),
                    };
                    // Of a chain of calls the first is the shortest.
                    let range = node.range();
                    found.push(((row.framework, range.start, range.end, number), one));
                }
            }
        };
        self.structures.search(root, &wanted.structures, add)?;
        found.sort_by_key(|it| it.0);
        // Ways to find the same.
        found.dedup_by(|b, a| a.0 == b.0 && a.1.is_same(&b.1));
        Ok(found.into_iter().map(|it| it.1).collect())
    }

    fn wanted(&self, text: &str) -> Wanted {
        let mut held = vec![false; self.count];
        if let Some(words) = &self.words {
            for word in words.find_overlapping_iter(text) {
                if let Some(it) = held.get_mut(word.pattern().as_usize()) {
                    *it = true;
                }
            }
        }
        let holds = |word: &usize| held.get(*word) == Some(&true);
        let concerns: Vec<bool> = self
            .needles
            .iter()
            .map(|it| it.is_empty() || it.iter().any(holds))
            .collect();
        let rows: Vec<bool> = self
            .rows
            .iter()
            .map(|it| {
                concerns.get(it.framework) == Some(&true)
                    && it.needle.as_ref().is_none_or(holds)
                    && (it.callees.is_empty() || it.callees.iter().any(|it| it.iter().all(holds)))
            })
            .collect();
        let is_wanted = |it: &Meant| {
            let mut all = it
                .always
                .iter()
                .chain(it.by_callee.values().flat_map(|it| it.values().flatten()))
                .chain(it.by_end.iter().map(|it| &it.2));
            all.any(|it| rows.get(*it) == Some(&true))
        };
        Wanted {
            structures: self.meant.iter().map(is_wanted).collect(),
            rows,
        }
    }

    /// The patterns that mean what is bound, each once, in their order.
    fn meant<'a>(
        &self,
        structure: usize,
        bound: &[Bound<'a>],
        canonical: impl Fn(Node<'a>) -> Rc<[String]>,
    ) -> BTreeSet<usize> {
        let Some(meant) = self.meant.get(structure) else {
            return BTreeSet::new();
        };
        let mut rows: BTreeSet<usize> = meant.always.iter().copied().collect();
        let node = |slot: u16| bound.iter().find(|it| it.slot == slot).map(|it| it.node);
        for (slot, by_name) in &meant.by_callee {
            let Some(node) = node(*slot) else {
                continue;
            };
            for name in canonical(node).iter() {
                rows.extend(by_name.get(name.as_str()).into_iter().flatten());
            }
        }
        for (slot, end, row) in &meant.by_end {
            let Some(node) = node(*slot) else {
                continue;
            };
            // Of what a call of a package makes, the package tells; files are named by their paths, as `./app`.
            let is_file = |it: &str| it.starts_with("_/") || it.starts_with("__/");
            let is_meant = |it: &String| it.ends_with(end) && (is_file(it) || !it.contains("()"));
            if canonical(node).iter().any(is_meant) {
                rows.insert(*row);
            }
        }
        rows
    }
}

impl Found<'_> {
    fn is_same(&self, other: &Self) -> bool {
        let captures = self.pattern.captures.iter();
        let mut names = captures.map(|it| it.0);
        let node = |all: &[Bound<'_>], slot| {
            let found = all.iter().find(|it| it.slot == slot);
            found.map(|it| it.node.id())
        };
        names.all(|slot| node(&self.bound, slot) == node(&other.bound, slot))
    }
}

/// What the patterns look for, each structure once, and which patterns mean each.
fn structures(language: Language, rows: &[Row]) -> Result<(Structures, Vec<Meant>), PatternError> {
    let mut numbers: BTreeMap<_, usize> = BTreeMap::new();
    let mut all: Vec<(_, BTreeSet<u16>)> = Vec::new();
    let mut meant: Vec<Meant> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let pattern: &'static Pattern = row.pattern;
        let structure = &pattern.structure;
        let at = *numbers.entry(structure).or_insert_with(|| {
            all.push((structure, BTreeSet::new()));
            meant.push(Meant::default());
            all.len() - 1
        });
        let (Some((_, bound)), Some(meant)) = (all.get_mut(at), meant.get_mut(at)) else {
            continue;
        };
        bound.extend(row.pattern.captures.iter().map(|it| it.0));
        let slots: Vec<u16> = row.pattern.slots("callee").collect();
        let Some(names) = pattern.setting("callee").filter(|_| !slots.is_empty()) else {
            meant.always.push(number);
            continue;
        };
        for slot in slots {
            for name in names.split_whitespace() {
                if let Some(end) = name.strip_prefix('*') {
                    meant.by_end.push((slot, end, number));
                } else {
                    let by_name = meant.by_callee.entry(slot).or_default();
                    by_name.entry(name).or_default().push(number);
                }
            }
        }
    }
    let all: Vec<_> = all
        .into_iter()
        .map(|(structure, bound)| (structure, bound.into_iter().collect()))
        .collect();
    let (structures, unknown) = Structures::new(language, &all);
    if let Some(first) = unknown.first() {
        let why = format!("the grammar has no such nodes: {:?}", all.get(*first));
        return Err(PatternError { why, line: 0 });
    }
    Ok((structures, meant))
}
