//! Rule packs on disk: a folder with a folder for each category, and a page for each rule in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kubelint_engine::Registry;

use crate::disk::{in_words, slashed};
use crate::exit::{Failure, Outcome};

/// The pages of a rule pack.
#[derive(Clone, Debug)]
pub(crate) struct Pack {
    /// Its name: that of its folder.
    name: String,
    /// The pages: what each is called, and its text.
    pages: Vec<(String, String)>,
}

/// A page larger than this is none.
const MAX_PAGE: u64 = 1 << 20;

/// The built-in rules and those of `packs`.
pub(crate) fn registry(packs: &[Pack]) -> Outcome<Registry> {
    let mut registry = kubelint_rules::registry()?;
    for pack in packs {
        let pages: Vec<_> = pack
            .pages
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        registry.add_pack(&pack.name, &pages)?;
    }
    Ok(registry)
}

/// The built-in rules and those in `folders`.
pub(crate) fn registry_of(folders: &[PathBuf]) -> Outcome<Registry> {
    let packs: Vec<_> = folders
        .iter()
        .map(|it| read(it, Reach::Anywhere))
        .collect::<Outcome<_>>()?;
    registry(&packs)
}

/// Where the pages of a pack may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach<'a> {
    /// Anywhere: the person chose the pack.
    Anywhere,
    /// Below this folder, which is absolute and without links; links that lead out of it are not followed.
    Below(&'a Path),
}

/// Reads the pack in `folder`: the pages `<category>/<rule>.md`. Other files in it are none of its business.
pub(crate) fn read(folder: &Path, reach: Reach<'_>) -> Outcome<Pack> {
    let cannot = |path: &Path, error: io::Error| {
        Failure::new(format!(
            "cannot read the rule pack {}: {}",
            slashed(path),
            in_words(&error)
        ))
    };
    let real = folder
        .canonicalize()
        .map_err(|error| cannot(folder, error))?;
    let name = real.file_name().unwrap_or_default();
    let mut pages = Vec::new();
    for category in entries(folder).map_err(|error| cannot(folder, error))? {
        if !category.is_dir() {
            continue;
        }
        for page in entries(&category).map_err(|error| cannot(&category, error))? {
            if page.extension().is_some_and(|it| it == "md") {
                let text = read_page(&page, reach).map_err(|error| cannot(&page, error))?;
                pages.push((slashed(&page), text));
            }
        }
    }
    if pages.is_empty() {
        return Err(Failure::new(format!(
            "the rule pack {} has no pages: they are called `<category>/<rule>.md`",
            slashed(folder)
        )));
    }
    Ok(Pack {
        name: name.to_string_lossy().into_owned(),
        pages,
    })
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?
        .map(|it| it.map(|it| it.path()))
        .collect();
    let mut entries = entries?;
    entries.sort_unstable();
    Ok(entries)
}

fn read_page(page: &Path, reach: Reach<'_>) -> io::Result<String> {
    let page = page.canonicalize()?;
    if let Reach::Below(folder) = reach
        && !page.starts_with(folder)
    {
        return Err(io::Error::other("it lies outside the root"));
    }
    let metadata = fs::metadata(&page)?;
    if metadata.is_file() && metadata.len() <= MAX_PAGE {
        fs::read_to_string(page)
    } else {
        Err(io::Error::other("it is no page of text"))
    }
}
