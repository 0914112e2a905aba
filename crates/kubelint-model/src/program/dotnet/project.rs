//! The projects of .NET: which files the assembly that is started is made of (learn.microsoft.com/dotnet/core/project-sdk/overview).

use std::collections::BTreeSet;

use kubelint_parser::source::SourcePath;

use super::super::Gap;
use super::super::build::Build;
use super::super::modules::At;
use super::super::store::Store;

/// More projects of one build are not read.
const MOST_PROJECTS: usize = 400;
/// More parts of one project are not looked at.
const MOST_ELEMENTS: usize = 20_000;

/// The program that an assembly is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::program) struct Project {
    /// The assembly, without `.dll`.
    pub(in crate::program) name: String,
    /// The folder of its project file.
    pub(in crate::program) folder: String,
    /// The files that it is made of, the one that it begins with first.
    pub(in crate::program) sources: Vec<At>,
    /// The files of settings beside it.
    pub(in crate::program) settings: Vec<SourcePath>,
    /// Whether it has files that it serves as they are.
    pub(in crate::program) has_files: bool,
    /// Whether it is made for the web.
    pub(in crate::program) is_web: bool,
}

/// What a project file says.
#[derive(Default)]
struct Stated {
    assembly: Option<String>,
    references: Vec<String>,
    removed: Vec<String>,
    included: Vec<String>,
    is_web: bool,
    /// Whether something in it is worked out while it is built.
    is_computed: bool,
}

/// The project whose assembly is called `name`, with what is not known of it; none if there is no such, or several.
pub(in crate::program) fn find(
    name: &str,
    build: &Build<'_>,
    store: &mut Store<'_>,
) -> Option<(Project, Vec<Gap>)> {
    let projects = build.files_such(|it| it.extension() == Some("csproj"));
    if projects.len() > MOST_PROJECTS {
        return None;
    }
    let mut named = Vec::new();
    let mut by_file = Vec::new();
    for path in &projects {
        let stem = path.file_name().trim_end_matches(".csproj");
        let stated = stated(path, store)?;
        match &stated.assembly {
            Some(assembly) if assembly == name => named.push(path),
            Some(assembly) if !assembly.contains('$') => {}
            _ if stem == name => by_file.push(path),
            _ => {}
        }
    }
    named.extend(by_file);
    let [main] = named.as_slice() else {
        return None;
    };
    let files = build.files();
    let folders: Vec<&str> = projects.iter().map(SourcePath::parent).collect();
    let mut reader = Reader {
        store,
        files: &files,
        folders,
        found: Project {
            name: name.to_owned(),
            folder: main.parent().to_owned(),
            ..Project::default()
        },
        gaps: Vec::new(),
    };
    reader.read_all(main);
    let Reader {
        mut found, gaps, ..
    } = reader;
    for file in &found.settings {
        store.read_text(file);
    }
    begin_with_program(&mut found, main.parent());
    Some((found, gaps)).filter(|it| !it.0.sources.is_empty())
}

struct Reader<'r, 's, 'g> {
    store: &'s mut Store<'g>,
    files: &'r [SourcePath],
    /// The folders of all projects: what stands in one belongs to none around it.
    folders: Vec<&'r str>,
    found: Project,
    gaps: Vec<Gap>,
}

impl Reader<'_, '_, '_> {
    /// Takes in a project and those that it refers to.
    fn read_all(&mut self, main: &SourcePath) {
        let mut open = vec![main.clone()];
        let mut seen: BTreeSet<SourcePath> = BTreeSet::from([main.clone()]);
        while let Some(path) = open.pop() {
            let Some(stated) = stated(&path, self.store) else {
                let why = format!("the project {path} is not there");
                self.gaps.push(Gap::of_all(why, None));
                continue;
            };
            let is_main = path == *main;
            self.add(&path, &stated, is_main);
            for reference in &stated.references {
                match beside(path.parent(), reference) {
                    Some(other) if seen.insert(other.clone()) => open.push(other),
                    Some(_) => {}
                    None => {
                        let why = "a project is referred to by a name that is computed";
                        self.gaps.push(Gap::of_all(why, None));
                    }
                }
            }
        }
    }

    fn add(&mut self, path: &SourcePath, stated: &Stated, is_main: bool) {
        let folder = path.parent();
        let inner = |file: &SourcePath| -> Option<String> {
            let rest = file.as_str().strip_prefix(folder)?;
            let rest = match folder {
                "" => rest,
                _ => rest.strip_prefix('/')?,
            };
            Some(rest.to_owned())
        };
        for file in self.files {
            let Some(rest) = inner(file) else {
                continue;
            };
            let is_of_other = self.folders.iter().any(|it| {
                it.len() > folder.len()
                    && file.parent().starts_with(it)
                    && within(it, folder)
                    && within(file.parent(), it)
            });
            let is_output = rest.starts_with("bin/") || rest.starts_with("obj/");
            if is_of_other || is_output {
                continue;
            }
            let is_removed = stated.removed.iter().any(|it| fits(it, &rest));
            if file.extension() == Some("cs") && !is_removed {
                self.want(file.clone());
            }
            let name = file.file_name();
            if is_main
                && name.starts_with("appsettings")
                && file.extension() == Some("json")
                && rest == name
            {
                self.found.settings.push(file.clone());
            }
            self.found.has_files |= is_main && rest.starts_with("wwwroot/");
        }
        for included in &stated.included {
            match beside(folder, included) {
                Some(file) if !included.contains('*') => {
                    if self.files.contains(&file) {
                        self.want(file);
                    }
                }
                _ => {
                    let why = "files are compiled whose names are computed";
                    self.gaps.push(Gap::of_all(why, None));
                }
            }
        }
        self.found.is_web |= stated.is_web && is_main;
        if stated.is_computed {
            let why = "its project works out which files it is made of";
            self.gaps.push(Gap::of_all(why, None));
        }
    }

    fn want(&mut self, file: SourcePath) {
        self.found.sources.push(At {
            stage: 0,
            path: format!("/{file}"),
            file,
        });
    }
}

/// Whether the folder `inner` is `outer` or stands in it.
fn within(inner: &str, outer: &str) -> bool {
    outer.is_empty()
        || inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Puts the file first that the program begins with, as it is mostly called.
fn begin_with_program(project: &mut Project, folder: &str) {
    let rank = |it: &At| {
        let is_own = it.file.parent() == folder;
        match (it.file.file_name(), is_own) {
            ("Program.cs", true) => 0,
            ("Main.cs", true) => 1,
            (_, true) => 2,
            _ => 3,
        }
    };
    project.sources.sort_by_key(rank);
}

/// A path of a project file, which is relative to its folder and may be written with `\`.
fn beside(folder: &str, path: &str) -> Option<SourcePath> {
    let path = path.replace('\\', "/");
    let path = path.replace("$(MSBuildThisFileDirectory)", "");
    (!path.contains('$')).then(|| SourcePath::new(&format!("{folder}/{path}")))
}

/// Whether a pattern of MSBuild means a file: `**` for any folders, `*` for a part of a name.
fn fits(pattern: &str, path: &str) -> bool {
    let pattern = pattern.replace('\\', "/");
    let pattern = pattern.trim_start_matches("./");
    match pattern.split_once('*') {
        None => pattern.eq_ignore_ascii_case(path),
        // What stands behind is mostly `/*.cs`: all of the folder.
        Some((before, _)) => path.starts_with(before),
    }
}

fn stated(path: &SourcePath, store: &mut Store<'_>) -> Option<Stated> {
    let id = store.read_text(path)?;
    Some(read(store.text_of(id)))
}

/// Reads a project file: elements with their attributes, one after another; what they stand in does not matter here.
fn read(text: &str) -> Stated {
    let mut stated = Stated::default();
    let mut rest = text;
    for _ in 0..MOST_ELEMENTS {
        let Some(at) = rest.find('<') else {
            break;
        };
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |it| &comment[it + 3..]);
            continue;
        }
        let end = rest.find('>').unwrap_or(rest.len());
        let tag = &rest[..end];
        let behind = rest.get(end + 1..).unwrap_or_default();
        let name = tag
            .split([' ', '\t', '\r', '\n', '/'])
            .next()
            .unwrap_or_default();
        let included = attribute(tag, "Include");
        let is_computed = included.is_some_and(|it| it.contains("@(") || it.contains("%("));
        match name {
            "AssemblyName" => {
                let text = behind.split('<').next().unwrap_or_default();
                stated.assembly = Some(text.trim().to_owned());
            }
            "ProjectReference" => {
                stated
                    .references
                    .extend(included.into_iter().flat_map(items));
                stated.is_computed |= is_computed;
            }
            "Compile" => {
                let removed = attribute(tag, "Remove").or(attribute(tag, "Exclude"));
                stated.removed.extend(removed.into_iter().flat_map(items));
                stated.included.extend(included.into_iter().flat_map(items));
            }
            "Project" => {
                let sdk = attribute(tag, "Sdk").unwrap_or_default();
                stated.is_web |= sdk.starts_with("Microsoft.NET.Sdk.Web");
            }
            "EnableDefaultCompileItems" | "EnableDefaultItems" => {
                stated.is_computed |= behind.trim_start().starts_with("false");
            }
            _ => {}
        }
        rest = behind;
    }
    stated
}

/// The items of a list between `;`.
fn items(text: &str) -> impl Iterator<Item = String> {
    let items = text.split(';').map(str::trim);
    items.filter(|it| !it.is_empty()).map(str::to_owned)
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut found = tag.match_indices(name).filter_map(|(at, _)| {
        let before = tag[..at].chars().next_back()?;
        let rest = tag[at + name.len()..].trim_start().strip_prefix('=')?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
        let inner = &rest[1..];
        before.is_whitespace().then(|| inner.split(quote).next())?
    });
    found.next()
}

#[cfg(test)]
mod tests {
    use super::{fits, read};

    #[test]
    fn what_project_files_say() {
        let stated = read(
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<!-- <AssemblyName>No</AssemblyName> -->\n<PropertyGroup><AssemblyName>Shop.Api</AssemblyName></PropertyGroup>\n<ItemGroup><ProjectReference Include='..\\Lib\\Lib.csproj' /><Compile Remove=\"Old\\**\" /></ItemGroup></Project>",
        );
        assert!(stated.is_web && !stated.is_computed);
        assert_eq!(stated.assembly.as_deref(), Some("Shop.Api"));
        assert_eq!(stated.references, ["..\\Lib\\Lib.csproj"]);
        assert_eq!(stated.removed, ["Old\\**"]);
    }

    #[test]
    fn patterns_of_files() {
        for (pattern, path, expected) in [
            ("Old\\**", "Old/A.cs", true),
            ("Old\\**\\*.cs", "Older/A.cs", false),
            ("Some.cs", "Some.cs", true),
            ("Some.cs", "Other.cs", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }
}
