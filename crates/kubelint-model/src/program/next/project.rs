//! Where the source of a program of Next.js is: the folder that was built, in the stage that has it.

use std::collections::{BTreeSet, VecDeque};

use super::super::build::{Build, absolute};
use crate::dockerfile::{Copied, CopySource};

/// More places are not looked into.
const MOST_PLACES: usize = 24;
/// Stages are not followed further.
const MOST_STEPS: u32 = 8;
/// Where the folders of pages may be in a project: the first counts where several are there (`find-pages-dir.ts` of Next.js).
pub(super) const HOMES: [&str; 2] = ["", "src"];
/// The folders of pages.
pub(super) const FOLDERS: [&str; 2] = ["app", "pages"];
/// What `turbo prune` writes the source of a package to (turborepo.com/docs/guides/tools/docker).
const PRUNED: &str = "/out/full";

/// A folder of what a stage makes.
pub(super) type Place = (usize, String);

/// The project whose build output stands in `folder` of a stage: there, or where that was copied from.
pub(super) fn of(stage: usize, folder: &str, build: &Build<'_>) -> Option<Place> {
    let mut open = VecDeque::from([(stage, folder.to_owned())]);
    let mut seen = BTreeSet::new();
    while let Some(place) = open.pop_front() {
        if seen.len() >= MOST_PLACES || !seen.insert(place.clone()) {
            continue;
        }
        let (stage, folder) = &place;
        if has_pages(*stage, folder, build) {
            return Some(place);
        }
        let image = build.stage(*stage);
        let mut beside = Vec::new();
        for copied in image.copied.iter().rev() {
            let CopySource::Stage(from) = copied.from else {
                continue;
            };
            for source in sources(copied) {
                open.extend(inner(copied, source, folder).map(|it| (from, it)));
                let is_within = destination(copied)
                    .and_then(|it| it.strip_prefix(folder.as_str()).map(str::to_owned))
                    .is_some_and(|it| it.starts_with('/'));
                if is_within && let Some((above, _)) = source.trim_end_matches('/').rsplit_once('/')
                {
                    beside.push((from, absolute("/", above)));
                }
            }
        }
        if folder.contains(PRUNED) {
            open.push_back((*stage, absolute("/", &folder.replacen(PRUNED, "", 1))));
        }
        // What is copied beside its output mostly comes from there, too.
        open.extend(beside);
    }
    None
}

/// Whether a folder of a stage is a project that has pages.
fn has_pages(stage: usize, folder: &str, build: &Build<'_>) -> bool {
    let mut marks = std::iter::once("package.json").chain(super::CONFIGURATIONS);
    if !marks.any(|it| build.file(stage, &absolute(folder, it)).is_some()) {
        return false;
    }
    HOMES.iter().any(|home| {
        FOLDERS.iter().any(|name| {
            let below = absolute(&absolute(folder, home), name);
            let files = build.listing_of(stage, &below).files;
            files.iter().any(|it| super::is_source(it))
        })
    })
}

/// What the file at `path` of the image was made of, if it is the server that `output: 'standalone'` writes: the folders that may be the
/// project's, the likeliest first, and whether nothing else is called so.
pub(super) fn of_standalone(path: &str, build: &Build<'_>) -> Option<(Vec<Place>, bool)> {
    let mut path = path.to_owned();
    let mut stage = build.image.stage();
    if !path.ends_with("/server.js") {
        return None;
    }
    for _ in 0..MOST_STEPS {
        let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
        if let Some(at) = parts.iter().position(|it| *it == "standalone")
            && at > 0
        {
            // `distDir` is one folder, or one in another.
            let above = (1..=2).filter_map(|count| at.checked_sub(count));
            let above = above.map(|it| (stage, format!("/{}", parts[..it].join("/"))));
            return Some((above.collect(), parts[at - 1] == ".next"));
        }
        if build.file(stage, &path).is_some() {
            return None;
        }
        let image = build.stage(stage);
        let (from, next) = image.copied.iter().rev().find_map(|copied| {
            let CopySource::Stage(from) = copied.from else {
                return None;
            };
            let found = sources(copied).find_map(|it| inner(copied, it, &path));
            Some((from, found?))
        })?;
        (stage, path) = (from, next);
    }
    None
}

fn destination(copied: &Copied) -> Option<String> {
    let text = copied.destination.value.as_known()?;
    Some(absolute("/", text))
}

fn sources(copied: &Copied) -> impl Iterator<Item = &str> {
    let sources = copied.sources.iter();
    sources.filter_map(|it| it.value.as_known())
}

/// Where `path` comes from, if an instruction copies the folder or file `source` over it.
fn inner(copied: &Copied, source: &str, path: &str) -> Option<String> {
    let destination = destination(copied)?;
    let rest = match destination.as_str() {
        "/" => path,
        _ => path.strip_prefix(destination.as_str())?,
    };
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    let name = source.trim_end_matches('/').rsplit('/').next()?;
    let is_file = name.contains('.') && !name.starts_with('.');
    let rest = rest.trim_start_matches('/');
    if is_file {
        let is_same = rest.is_empty() || rest == name;
        return is_same.then(|| absolute("/", source));
    }
    Some(absolute(&absolute("/", source), rest))
}
