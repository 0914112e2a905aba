//! The paths given: what they are, which root they have in common, and which files they stand for.

use std::env;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use kubelint_engine::suggest::{did_you_mean, hint};
use kubelint_parser::source::{SourcePath, SourceText};

use crate::disk::{self, DiskSources, LeftOut, Root, describe, in_words, slashed, source_path};
use crate::exit::{Failure, Outcome};

/// A path given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Standard input.
    Stdin,
    /// A file.
    File(AskedPath),
    /// A folder.
    Folder(AskedPath),
    /// Something that is not there, and may have been once.
    Gone(AskedPath),
}

/// Whether what is asked for has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// What is not there is a mistake.
    Refused,
    /// It may have been there before; nothing can come from standard input, which was nowhere.
    Possible,
}

/// A path given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AskedPath {
    /// As it was given.
    pub(crate) given: PathBuf,
    /// Where it is, or was: absolute. Links on the way are resolved; should the path itself be a link, that is not.
    pub(crate) place: PathBuf,
}

/// What the paths given come to.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// The files that were named one by one, sorted.
    pub(crate) named: Vec<SourcePath>,
    /// The folders that were named, sorted.
    pub(crate) folders: Vec<SourcePath>,
    /// What is not there any more, if it ever was.
    pub(crate) gone: Vec<GonePath>,
    /// What lies below the folders given and is not read, sorted.
    pub(crate) left_out: Vec<LeftOut>,
}

/// A path to what is not there any more.
#[derive(Clone, Debug)]
pub(crate) struct GonePath {
    given: PathBuf,
    /// Where it was, from the root.
    pub(crate) path: SourcePath,
}

impl GonePath {
    /// That it was never there.
    pub(crate) fn mistake(&self) -> String {
        does_not_exist(&self.given)
    }
}

/// Looks at the paths given. All that are wrong are told at once.
pub(crate) fn ask(paths: &[PathBuf], gone: Gone) -> Outcome<Vec<Asked>> {
    let (asked, wrong): (Vec<_>, Vec<_>) = paths
        .iter()
        .map(|it| ask_one(it, gone))
        .partition(Result::is_ok);
    Failure::unless_empty(wrong.into_iter().filter_map(Result::err).collect())?;
    Ok(asked.into_iter().filter_map(Result::ok).collect())
}

fn ask_one(given: &Path, gone: Gone) -> Result<Asked, String> {
    let is_stdin = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]
        .iter()
        .any(|it| given == Path::new(it));
    match gone {
        Gone::Possible if is_stdin => {
            return Err("`--changed` compares files, and standard input is none".to_owned());
        }
        Gone::Refused if is_stdin => return Ok(Asked::Stdin),
        Gone::Possible if fs::symlink_metadata(given).is_err() => {
            let place = former_place(given).ok_or_else(|| does_not_exist(given))?;
            let given = given.to_path_buf();
            return Ok(Asked::Gone(AskedPath { given, place }));
        }
        _ => {}
    }
    let metadata = fs::metadata(given).map_err(|error| why_not(given, &error))?;
    let asked = AskedPath {
        given: given.to_path_buf(),
        place: place(given).map_err(|error| why_not(given, &error))?,
    };
    if metadata.is_dir() {
        Ok(Asked::Folder(asked))
    } else if metadata.is_file() {
        Ok(Asked::File(asked))
    } else {
        let kind = describe(metadata.file_type());
        Err(format!(
            "{} is {kind}, which is not read; standard input is `-`",
            slashed(given)
        ))
    }
}

/// The absolute path of something that is there; only its last part may be a link.
fn place(given: &Path) -> io::Result<PathBuf> {
    match (given.parent(), given.file_name()) {
        (Some(folder), Some(name)) if fs::symlink_metadata(given)?.is_symlink() => {
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            Ok(folder.canonicalize()?.join(name))
        }
        _ => given.canonicalize(),
    }
}

/// The absolute path of something that is not there: as far as folders are there, links are resolved.
fn former_place(given: &Path) -> Option<PathBuf> {
    let above = given.ancestors().skip(1).find_map(|it| {
        let folder = if it.as_os_str().is_empty() {
            Path::new(".")
        } else {
            it
        };
        Some((it, folder.canonicalize().ok()?))
    });
    let (above, folder) = above?;
    let rest = given.strip_prefix(above).ok()?;
    let is_plain = |it: Component<'_>| matches!(it, Component::Normal(_) | Component::CurDir);
    rest.components()
        .all(is_plain)
        .then(|| folder.join(rest))
        // Without `.` parts.
        .map(|it| it.components().collect())
}

/// Why a path cannot be used.
fn why_not(given: &Path, error: &io::Error) -> String {
    let shown = slashed(given);
    let is_link = fs::symlink_metadata(given).is_ok_and(|it| it.is_symlink());
    match error.kind() {
        ErrorKind::NotFound if is_link => {
            format!("{shown} is a link to something that does not exist")
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => does_not_exist(given),
        _ => format!("cannot read {shown}: {}", in_words(error)),
    }
}

fn does_not_exist(given: &Path) -> String {
    let nearest = nearest(given).map(|it| slashed(&it));
    format!(
        "{} does not exist{}",
        slashed(given),
        hint(nearest.as_deref())
    )
}

/// The path that was most likely meant: with the parts that do not exist replaced by the nearest names beside them.
fn nearest(given: &Path) -> Option<PathBuf> {
    let mut meant = PathBuf::new();
    for part in given.components() {
        let next = meant.join(part);
        if next.exists() {
            meant = next;
            continue;
        }
        let folder = if meant.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &meant
        };
        let entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
        let names: Vec<String> = entries
            .filter_map(|it| it.file_name().into_string().ok())
            .collect();
        let typed = part.as_os_str().to_str()?;
        let Some(name) = did_you_mean(typed, names.iter().map(String::as_str)) else {
            // The folder so far may still be a hint, if it is not what was given anyway.
            return (!given.starts_with(&meant)).then_some(meant);
        };
        meant.push(name);
    }
    Some(meant)
}

/// The folder of the working directory: absolute, without links.
pub(crate) fn working_directory() -> Outcome<PathBuf> {
    env::current_dir()
        .and_then(fs::canonicalize)
        .map_err(|error| {
            Failure::new(format!(
                "there is no working directory: {}",
                in_words(&error)
            ))
        })
}

/// The folder from which the root is looked for: the one that holds all that was asked for.
pub(crate) fn common_folder(asked: &[Asked], working_directory: &Path) -> PathBuf {
    let folders = asked.iter().map(|it| match it {
        Asked::Stdin => working_directory,
        Asked::File(path) => path.place.parent().unwrap_or(&path.place),
        Asked::Gone(path) => {
            let mut folders = path.place.ancestors();
            folders.find(|it| it.is_dir()).unwrap_or(&path.place)
        }
        Asked::Folder(path) if is_link(&path.place) => path.place.parent().unwrap_or(&path.place),
        Asked::Folder(path) => &path.place,
    });
    disk::common(folders).unwrap_or_else(|| working_directory.to_path_buf())
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink())
}

impl Targets {
    /// Makes all that was asked for the targets of `sources`; standard input, if it is among them, under the name `stdin`.
    pub(crate) fn add(
        asked: &[Asked],
        root: &Root,
        stdin: &SourcePath,
        sources: &mut DiskSources,
    ) -> Outcome<Self> {
        let mut targets = Self::default();
        let mut wrong = Vec::new();
        for asked in asked {
            match asked {
                Asked::Stdin if targets.named.contains(stdin) => {}
                Asked::Stdin => {
                    sources.add_text(stdin.clone(), read_stdin(sources.limit())?);
                    targets.named.push(stdin.clone());
                }
                Asked::File(path) => match inside(path, root) {
                    Ok((_, below)) => targets.named.push(sources.add_file(&below)),
                    Err(message) => wrong.push(message),
                },
                Asked::Folder(path) => match inside(path, root) {
                    Ok((folder, below)) => {
                        targets.left_out.extend(sources.add_folder(&folder));
                        targets.folders.push(disk::source_path(&below));
                    }
                    Err(message) => wrong.push(message),
                },
                Asked::Gone(path) => match below(&path.place, path, root) {
                    Ok(below) => targets.gone.push(GonePath {
                        given: path.given.clone(),
                        path: disk::source_path(&below),
                    }),
                    Err(message) => wrong.push(message),
                },
            }
        }
        Failure::unless_empty(wrong)?;
        targets.named.sort_unstable();
        targets.named.dedup();
        targets.folders.sort_unstable();
        targets.folders.dedup();
        targets.left_out.sort_unstable();
        targets.left_out.dedup();
        Ok(targets)
    }
}

/// Where a path given really is, and how it is called from the root. An error if that is outside, or in git's own files.
fn inside(path: &AskedPath, root: &Root) -> Result<(PathBuf, PathBuf), String> {
    let real = path
        .place
        .canonicalize()
        .map_err(|error| why_not(&path.given, &error))?;
    let below = below(&real, path, root)?;
    Ok((real, below))
}

/// How what is at `real` is called from the root. An error if that is outside, or in git's own files.
fn below(real: &Path, path: &AskedPath, root: &Root) -> Result<PathBuf, String> {
    let (given, at) = (slashed(&path.given), slashed(&root.path));
    let Ok(below) = real.strip_prefix(&root.path) else {
        return Err(if path.place.starts_with(&root.path) {
            format!("{given} is a link that leads out of the root {at}; it is not followed")
        } else {
            format!("{given} lies outside the root {at}")
        });
    };
    if disk::is_git_internal(below) {
        return Err(format!(
            "{given} is one of git's own files, which are not read"
        ));
    }
    Ok(below.to_path_buf())
}

/// What sources call standard input: the path it stands for, or else `<stdin>` in the working directory.
pub(crate) fn stdin_name(
    filename: Option<&Path>,
    root: &Root,
    working_directory: &Path,
) -> Outcome<SourcePath> {
    let path = working_directory.join(filename.unwrap_or(Path::new("<stdin>")));
    let folder = path.parent().and_then(|it| it.canonicalize().ok());
    let path = match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    };
    match (path.strip_prefix(&root.path), filename) {
        (Ok(below), _) => Ok(source_path(below)),
        (Err(_), None) => Ok(SourcePath::new("<stdin>")),
        (Err(_), Some(given)) => Err(Failure::new(format!(
            "{} lies outside the root {}",
            slashed(given),
            slashed(&root.path)
        ))),
    }
}

fn read_stdin(limit: u64) -> Outcome<SourceText> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| {
        Failure::new(format!("cannot read standard input: {}", in_words(&error)))
    })?;
    if bytes.len() as u64 > limit {
        return Err(Failure::new(format!(
            "standard input has more than {limit} bytes, the limit that `--max-file-size` sets"
        )));
    }
    Ok(SourceText::from_bytes(bytes))
}
