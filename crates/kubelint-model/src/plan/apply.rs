//! Apply sets: what each script, workflow job, document or GitOps object applies.

use std::collections::BTreeMap;
use std::ops::Range;

use kubelint_parser::source::SourcePath;

use super::builds::{Budget, taken_in};
use super::{ApplySet, Plan};
use crate::commands::{Applied, AppliedPath, Edit, PathForm, Runner};
use crate::load::{Files, KUSTOMIZATION_NAMES};
use crate::reach::order::{FolderOrder, child_towards, common_folder, folder_of};
use crate::{FileId, Role};

/// How many files are looked at for all paths in all: each of many commands may take each of many files, so that their number would grow
/// with the square of the text.
const MAX_STEPS: usize = 4_000_000;
/// A path whose end fits more places than these, all equally near, says nothing.
const MAX_PLACES: usize = 16;

/// Files that a path leads to.
#[derive(Default)]
struct Taken {
    files: Vec<FileId>,
    /// Whether only one place fits.
    is_certain: bool,
}

struct Resolver<'a> {
    files: &'a Files,
    plan: &'a Plan,
    order: FolderOrder,
    /// Kustomizations by folder, which ends with `/`.
    kustomizations: BTreeMap<&'a str, usize>,
    /// The files and folders (which end with `/`) that are named by the last part of their path, in order.
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
    budget: Budget,
}

/// Resolves the paths of all commands: against the folder of the file that runs them, else the root, else by their end.
pub(super) fn apply_sets(files: &Files, applied: &[Applied], plan: &Plan) -> Vec<ApplySet> {
    if applied.is_empty() {
        return Vec::new();
    }
    let mut resolver = Resolver::new(files, plan);
    let mut sets: BTreeMap<Runner, ApplySet> = BTreeMap::new();
    for command in applied {
        let set = sets.entry(command.runner).or_insert_with(|| ApplySet {
            runner: command.runner,
            files: Vec::new(),
            commands: Vec::new(),
        });
        let mut certain = Vec::new();
        for path in &command.paths {
            let taken = resolver.resolve(command.runner.file, path);
            if taken.is_certain {
                certain.extend(&taken.files);
            }
            set.files.extend(taken.files);
        }
        certain.sort_unstable();
        certain.dedup();
        set.commands.push((command.range, certain));
    }
    let mut sets: Vec<ApplySet> = sets.into_values().collect();
    for set in &mut sets {
        set.files.sort_unstable();
        set.files.dedup();
    }
    sets.retain(|it| !it.files.is_empty());
    sets
}

/// The manifests whose text each edit changes: those of which it is certain that they are meant.
pub(super) fn edited(files: &Files, edits: &[Edit], plan: &Plan) -> BTreeMap<FileId, Vec<u32>> {
    let mut found: BTreeMap<FileId, Vec<u32>> = BTreeMap::new();
    if edits.is_empty() {
        return found;
    }
    let mut resolver = Resolver::new(files, plan);
    for (number, edit) in (0..).zip(edits) {
        for path in &edit.paths {
            let mut taken = resolver.resolve(edit.file, path);
            if edit.is_document && taken.files.is_empty() {
                taken = resolver.in_clone(path);
            }
            for file in taken.files.into_iter().filter(|_| taken.is_certain) {
                let of_file = found.entry(file).or_default();
                if of_file.last() != Some(&number) {
                    of_file.push(number);
                }
            }
        }
    }
    found
}

impl<'a> Resolver<'a> {
    fn new(files: &'a Files, plan: &'a Plan) -> Self {
        let kustomizations = plan.kustomizations.iter().enumerate();
        let kustomizations = kustomizations
            .map(|(index, it)| (folder_of(&files.files[it.file.0 as usize].path), index))
            .collect();
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut last = "";
        let order = FolderOrder::new(&files.files);
        for &id in order.files(0..files.files.len() as u32) {
            let file = &files.files[id.0 as usize];
            if !matches!(file.role, Role::Manifest | Role::Kustomization) {
                continue;
            }
            let of_name = by_name.entry(file.path.file_name()).or_default();
            of_name.push(file.path.as_str());
            // Folders come one after the other, each after the one above.
            let folder = folder_of(&file.path);
            let mut above = common_folder(folder, last).len();
            while let Some(child) = child_towards(&folder[..above], folder) {
                let name = &child[above..child.len() - 1];
                by_name.entry(name).or_default().push(child);
                above = child.len();
            }
            last = folder;
        }
        Self {
            files,
            plan,
            order,
            kustomizations,
            by_name,
            budget: Budget::new(MAX_STEPS),
        }
    }

    fn resolve(&mut self, runner: FileId, path: &AppliedPath) -> Taken {
        let files = self.files;
        let from = &files.files[runner.0 as usize];
        let form = path.form;
        if !path.by_end {
            let root = SourcePath::new("x");
            for base in [&from.path, &root] {
                let taken = base.join(&path.path).map(|it| self.at(&it, form));
                if let Some(files) = taken.filter(|it| !it.is_empty()) {
                    let is_certain = self.is_certain(&files, form);
                    return Taken { files, is_certain };
                }
            }
        }
        // Whatever leads out of the folder, or has a star, has no end to go by.
        if path.path.contains('*') || path.path.split('/').any(|it| it == "..") {
            return Taken::default();
        }
        self.by_end(&from.path, &SourcePath::new(&path.path), form)
    }

    /// The files at a path that leads into what a document has people clone beside their working folder: the repository itself.
    fn in_clone(&mut self, path: &AppliedPath) -> Taken {
        let within = path.path.split_once('/').map(|it| it.1);
        let within = within.filter(|it| !it.contains('*') && !path.by_end);
        let files = within.map(|it| self.at(&SourcePath::new(it), path.form));
        let files = files.unwrap_or_default();
        let is_certain = !files.is_empty();
        Taken { files, is_certain }
    }

    /// The files at a path from the root.
    fn at(&mut self, path: &SourcePath, form: PathForm) -> Vec<FileId> {
        if path.as_str().contains('*') {
            return self.matching(path.as_str(), form);
        }
        let file = self.files.files.binary_search_by(|it| it.path.cmp(path));
        // Rendered texts stand after the files.
        if let Ok(index) = file
            && !KUSTOMIZATION_NAMES.contains(&path.file_name())
        {
            let is_manifest = self.files.files[index].role == Role::Manifest;
            return is_manifest
                .then_some(FileId(index as u32))
                .into_iter()
                .collect();
        }
        let folder = match path.as_str() {
            "" => String::new(),
            _ if file.is_ok() => folder_of(path).to_owned(),
            folder => format!("{folder}/"),
        };
        self.in_folder(&folder, form)
    }

    /// Whether these files are all that is applied. A kustomization that is not there is written before it is built, with whatever its
    /// author chooses among the files below it.
    fn is_certain(&self, files: &[FileId], form: PathForm) -> bool {
        let is_kustomization =
            |id: &FileId| self.files.files[id.0 as usize].role == Role::Kustomization;
        match form {
            PathForm::Files | PathForm::Recursive | PathForm::Generated => true,
            PathForm::Kustomization => files.iter().any(is_kustomization),
            PathForm::Some => false,
        }
    }

    /// The files that a command takes of a folder, which ends with `/`.
    fn in_folder(&mut self, folder: &str, form: PathForm) -> Vec<FileId> {
        let ranks = match (form, self.kustomizations.get(folder)) {
            (PathForm::Kustomization, Some(&index)) => {
                let all = &self.plan.kustomizations;
                return taken_in(self.files, all, index, &mut self.budget).files;
            }
            (PathForm::Files, _) => self.order.directory(folder),
            (PathForm::Generated, _) => return self.generated(folder),
            (PathForm::Recursive | PathForm::Kustomization | PathForm::Some, _) => {
                self.order.subtree(folder)
            }
        };
        self.manifests(ranks)
    }

    /// What Flux takes of a folder without a kustomization: the files in it and below, but of a folder below that has one what that takes
    /// (`scanManifests` of `fluxcd/pkg/kustomize`).
    fn generated(&mut self, folder: &str) -> Vec<FileId> {
        let within = self.kustomizations.range(folder..);
        let within = within.take_while(|(it, _)| it.starts_with(folder));
        let mut outermost: Vec<(&str, usize)> = Vec::new();
        for (&below, &index) in within {
            if !outermost.last().is_some_and(|it| below.starts_with(it.0)) {
                outermost.push((below, index));
            }
        }
        let ranks = self.order.subtree(folder);
        let mut files = self.manifests(ranks);
        let all = &self.files.files;
        files.retain(|it| {
            let own = folder_of(&all[it.0 as usize].path);
            let before = outermost.partition_point(|(it, _)| *it <= own);
            let nearest = before.checked_sub(1).and_then(|it| outermost.get(it));
            !nearest.is_some_and(|it| own.starts_with(it.0))
        });
        for (_, index) in outermost {
            let all = &self.plan.kustomizations;
            let taken = taken_in(self.files, all, index, &mut self.budget);
            files.extend(taken.files);
        }
        files
    }

    fn manifests(&mut self, ranks: Range<u32>) -> Vec<FileId> {
        let files = self.order.files(ranks);
        let within = files.iter().copied().take_while(|_| self.budget.take());
        within
            .filter(|it| self.files.files[it.0 as usize].role == Role::Manifest)
            .collect()
    }

    /// The files that a pattern fits, and those in folders that it fits. A `*` stands for any characters of one part.
    fn matching(&mut self, pattern: &str, form: PathForm) -> Vec<FileId> {
        let star = pattern.find('*').unwrap_or_default();
        let fixed = pattern[..star].rfind('/').map_or(0, |it| it + 1);
        let parts: Vec<&str> = pattern[fixed..].split('/').collect();
        let ranks = self.order.subtree(&pattern[..fixed]);
        let all = self.manifests(ranks);
        let fits = |id: &FileId| {
            let rest = self.files.files[id.0 as usize].path.as_str();
            let segments: Vec<&str> = rest[fixed..].split('/').collect();
            let deep_enough = match form {
                PathForm::Recursive | PathForm::Generated | PathForm::Some => {
                    segments.len() >= parts.len()
                }
                _ => segments.len() == parts.len() || segments.len() == parts.len() + 1,
            };
            deep_enough && parts.iter().zip(&segments).all(|(a, b)| fits(a, b))
        };
        all.into_iter().filter(fits).collect()
    }

    /// The files at the paths that end with `path`: of the nearest to `from`, which hold the innermost folder in common with it.
    fn by_end(&mut self, from: &SourcePath, path: &SourcePath, form: PathForm) -> Taken {
        let end = path.as_str();
        let of_name = self.by_name.get(path.file_name());
        let own = folder_of(from);
        let mut nearest = 0;
        let mut places = Vec::new();
        for &place in of_name.into_iter().flatten() {
            if !self.budget.take() {
                return Taken::default();
            }
            let before = place.trim_end_matches('/').strip_suffix(end);
            if before.is_none_or(|it| !it.is_empty() && !it.ends_with('/')) {
                continue;
            }
            let near = common_folder(own, place).len();
            if near > nearest {
                places.clear();
                nearest = near;
            }
            if near == nearest {
                places.push(place);
            }
        }
        if end.is_empty() || places.len() > MAX_PLACES {
            return Taken::default();
        }
        let is_only = places.len() == 1;
        let mut files = Vec::new();
        for place in places {
            files.extend(self.at(&SourcePath::new(place), form));
        }
        let is_certain = is_only && self.is_certain(&files, form);
        Taken { files, is_certain }
    }
}

/// Whether `text` is what `pattern` stands for. Each star is tried from left to right: what the last one takes is all that ever grows.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|it| text.strip_prefix(it)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use kubelint_parser::TextRange;
    use kubelint_parser::source::MemorySources;

    use super::*;
    use crate::{Needs, Targets};

    const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";

    /// What a script applies: of which paths which files, and whether for certain.
    fn check(script: &str, path: &str, form: PathForm, by_end: bool, expected: &[&str]) {
        let kustomization = "resources: [../a]\nsecretGenerator: [{name: s}]";
        let sources = MemorySources::new([
            ("a/one.yaml", MAP),
            ("a/two.yaml", MAP),
            ("a/deep/one.yaml", MAP),
            ("a/kustomization.yaml", "resources: [one.yaml]"),
            ("b/kustomization.yaml", kustomization),
            ("c/a/one.yaml", MAP),
            ("c/run.yaml", MAP),
            ("run.yaml", MAP),
        ]);
        let listed = ["a/one.yaml", "c/run.yaml", "run.yaml"].map(SourcePath::new);
        let needs = Needs {
            links: true,
            ..Needs::default()
        };
        let mut files = crate::load(&sources, Targets::of(&listed), Vec::new(), needs);
        let runner = files.files.iter().position(|it| it.path.as_str() == script);
        let runner = runner.unwrap();
        files.files[runner].role = Role::Other;
        let range = TextRange::new(0, 1);
        let applied = Applied {
            runner: Runner {
                file: FileId(runner as u32),
                part: 0,
                is_document: false,
            },
            range,
            paths: vec![AppliedPath {
                path: path.to_owned(),
                range,
                form,
                by_end,
            }],
        };
        let facts = crate::extract(&files);
        let plan = crate::plan(&files, &facts);
        let sets = apply_sets(&files, &[applied], &plan);
        let paths = |it: &FileId| files.files[it.0 as usize].path.as_str();
        let found: Vec<&str> = sets.iter().flat_map(|it| &it.files).map(paths).collect();
        assert_eq!(found, expected, "{script}: {path}");
        // A folder without a kustomization that is built as one is none that is known.
        let is_known = form != PathForm::Kustomization
            || expected.iter().any(|it| it.ends_with("kustomization.yaml"));
        for set in &sets {
            let certain = if is_known {
                set.files.clone()
            } else {
                Vec::new()
            };
            assert_eq!(set.commands, [(range, certain)]);
        }
    }

    #[test]
    fn paths_of_commands() {
        use PathForm::{Files, Generated, Kustomization, Recursive};
        check("run.yaml", "a/one.yaml", Files, false, &["a/one.yaml"]);
        check("c/run.yaml", "a/one.yaml", Files, false, &["c/a/one.yaml"]);
        check("c/run.yaml", "../a/one.yaml", Files, false, &["a/one.yaml"]);
        check("c/run.yaml", "a/two.yaml", Files, false, &["a/two.yaml"]);
        check("c/run.yaml", "one.yaml", Files, true, &["c/a/one.yaml"]);
        check("c/run.yaml", "deep", Files, true, &["a/deep/one.yaml"]);
        check("run.yaml", "a", Files, false, &["a/one.yaml", "a/two.yaml"]);
        check(
            "run.yaml",
            "a",
            Recursive,
            false,
            &["a/deep/one.yaml", "a/one.yaml", "a/two.yaml"],
        );
        let build = ["a/kustomization.yaml", "a/one.yaml", "b/kustomization.yaml"];
        check("run.yaml", "b", Kustomization, false, &build);
        check(
            "run.yaml",
            "c",
            Kustomization,
            false,
            &["c/a/one.yaml", "c/run.yaml"],
        );
        // `a/two.yaml` and `a/deep` are in no kustomization.
        let generated = ["a/kustomization.yaml", "a/one.yaml", "run.yaml"];
        check("run.yaml", "a", Generated, false, &generated[..2]);
        check("run.yaml", "a/t*.yaml", Files, false, &["a/two.yaml"]);
        check("run.yaml", "none.yaml", Files, false, &[]);
        check("run.yaml", "", Files, true, &[]);
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("*", "a", true),
            ("*.yaml", "a.yaml", true),
            ("a*b*c", "axbyc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("a", "ab", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
