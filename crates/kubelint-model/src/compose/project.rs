//! The services of all files: what they extend, and the files that are merged.

use std::collections::BTreeMap;

use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;
use rayon::prelude::*;

use super::service::Reader;
use super::{Compose, Service, Variables, files};
use crate::build::{self, Place, StepPath};
use crate::load::Files;
use crate::{File, FileId, KubeNode, Role};

/// The names under which compose looks for its file, and for the one that it lays over it; the first one that is there is taken.
const BASES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];
const OVERRIDES: [&str; 4] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// So long a chain of services that extend each other is followed.
const MOST_EXTENDED: usize = 16;
/// Of a folder so many files are laid over its compose file.
const MOST_OVERLAYS: usize = 64;
/// So many ports, variables and paths are copied from one service to another: a few bytes could ask for any number of them.
const MOST_MERGED: usize = 200_000;

/// Whether the name of a compose file says that it may be laid over the one of its folder.
pub(crate) fn lies_over_another(path: &SourcePath) -> bool {
    !BASES.contains(&path.file_name())
}

/// What one file states.
struct Stated<'a> {
    id: FileId,
    file: &'a File,
    services: Vec<Service>,
    includes: Vec<StepPath>,
    /// The name of the project, if the file gives it one.
    name: Option<String>,
}

/// The services of one file, by name.
type ByName<'s> = BTreeMap<&'s str, &'s Service>;

/// Reads the compose files.
pub(crate) fn read(files: &Files) -> Compose {
    let all = files.files.par_iter().enumerate();
    let compose = all.filter(|(_, it)| it.role == Role::Compose);
    let mut stated: Vec<Stated<'_>> = compose
        .map(|(index, file)| {
            let text = files.sources.get(file.source).text();
            let none = Variables::default();
            let variables = files.dot_envs.get(file.path.parent()).unwrap_or(&none);
            state(FileId(index as u32), file, text, variables)
        })
        .collect();
    let mut budget = MOST_MERGED;
    extend(&mut stated, &mut budget);
    let mut found = Compose::default();
    let mut by_folder: BTreeMap<&str, Vec<&Stated<'_>>> = BTreeMap::new();
    for it in &stated {
        let includes = it.includes.iter().cloned();
        found.includes.extend(includes.map(|path| (it.id, path)));
        by_folder.entry(it.file.path.parent()).or_default().push(it);
    }
    for files in by_folder.values() {
        add_folder(files, &mut found, &mut budget);
    }
    found
        .services
        .sort_by_key(|it| (it.files.last().copied(), it.name.span));
    found
}

fn state<'a>(id: FileId, file: &'a File, text: &str, variables: &Variables) -> Stated<'a> {
    let reader = Reader {
        place: Place::in_folder_of(id, file),
        source: file.source,
        variables,
    };
    let documents = file.yaml.documents().iter();
    let roots: Vec<Node<'_>> = documents
        .filter_map(|it| file.yaml.root(text, it))
        .collect();
    let services = roots.iter().filter_map(|it| it.field("services"));
    let services = services.flat_map(Node::fields);
    let includes = roots.iter().flat_map(|it| files::includes(*it));
    Stated {
        id,
        file,
        services: services
            .filter_map(|it| reader.service(it.key, it.value))
            .collect(),
        includes: includes.filter_map(|it| reader.path(it)).collect(),
        name: roots
            .iter()
            .find_map(|it| Some(reader.text(it.field("name")?)?.value)),
    }
}

/// Lays each service over the one that it extends.
fn extend(all: &mut [Stated<'_>], budget: &mut usize) {
    let by_path: BTreeMap<&str, usize> = all
        .iter()
        .enumerate()
        .map(|(index, it)| (it.file.path.as_str(), index))
        .collect();
    let by_name: Vec<ByName<'_>> = all.iter().map(|it| by_name(&it.services)).collect();
    let mut extended: Vec<(usize, usize, Service)> = Vec::new();
    for (file, stated) in all.iter().enumerate() {
        for (number, service) in stated.services.iter().enumerate() {
            let mut chain = Vec::new();
            let (mut at, mut current) = (file, service);
            while let Some(extends) = &current.extends {
                let other = match &extends.file {
                    Some(path) => by_path.get(path.path.as_str()).copied(),
                    None => Some(at),
                };
                let next = other.and_then(|it| Some((it, *by_name[it].get(&*extends.service)?)));
                let Some(next) = next.filter(|_| chain.len() < MOST_EXTENDED) else {
                    break;
                };
                (at, current) = next;
                chain.push(current);
            }
            let size = chain.iter().map(|it| it.size()).sum();
            let Some(rest) = budget.checked_sub(size).filter(|_| !chain.is_empty()) else {
                continue;
            };
            *budget = rest;
            let mut bases = chain.into_iter().rev().cloned();
            let Some(first) = bases.next() else {
                continue;
            };
            let base = bases.fold(first, |base, it| it.over(base));
            extended.push((file, number, service.clone().over(base)));
        }
    }
    drop((by_path, by_name));
    for (file, number, service) in extended {
        all[file].services[number] = service;
    }
}

/// Adds the services of the files in one folder, and what they build.
fn add_folder(files: &[&Stated<'_>], found: &mut Compose, budget: &mut usize) {
    let first = |names: &[&str]| {
        let mut named = names.iter().filter_map(|name| {
            let mut files = files.iter();
            files.find(|it| it.file.path.file_name() == *name)
        });
        named.next().copied()
    };
    let base = first(&BASES);
    let of_base = base.map(|it| by_name(&it.services)).unwrap_or_default();
    let of_project = base.and_then(|it| it.name.as_ref());
    let over = first(&OVERRIDES).filter(|_| base.is_some());
    let of_over = over.map(|it| by_name(&it.services)).unwrap_or_default();
    let mut overlays = 0;
    for file in files {
        let is_base = base.is_some_and(|it| it.id == file.id);
        let is_overlay = !is_base
            && overlays < MOST_OVERLAYS
            && (over.is_some_and(|it| it.id == file.id) || is_overlay(file, &of_base));
        overlays += usize::from(is_overlay);
        for own in &file.services {
            let name = own.name.value.as_str();
            let below = of_base.get(name).filter(|_| is_overlay);
            let rest = below.and_then(|it| budget.checked_sub(it.size()));
            let service = match (below, rest) {
                (Some(below), Some(rest)) => {
                    *budget = rest;
                    own.clone().over((*below).clone())
                }
                _ => own.clone(),
            };
            let adds = below.is_none() || own.build.is_some() || own.image.is_some();
            let project = file.name.as_ref().or(of_project.filter(|_| is_overlay));
            let project = project.map(String::as_str);
            let step = build::of_service(&service, project, file.id, file.file);
            if let Some(step) = step.filter(|_| adds) {
                found.builds.entry(file.id).or_default().push(step);
            }
            // Compose lays the override over it without being told to.
            if !(is_base && of_over.contains_key(name)) {
                found.services.push(service);
            }
        }
    }
}

/// Whether a file makes no sense but over the compose file of its folder: some service has neither an image nor a build, or does not say
/// from which context that is.
fn is_overlay(file: &Stated<'_>, of_base: &ByName<'_>) -> bool {
    file.services.iter().any(|it| {
        let Some(base) = of_base.get(it.name.value.as_str()) else {
            return false;
        };
        match (&it.build, &base.build) {
            (Some(build), Some(base)) => build.context.is_none() && base.context.is_some(),
            (Some(_), None) => false,
            (None, _) => it.image.is_none(),
        }
    })
}

fn by_name(services: &[Service]) -> ByName<'_> {
    let named = services.iter().map(|it| (it.name.value.as_str(), it));
    named.collect()
}
