//! Trees of realistic manifests for measurements: several teams, each with its applications, each with the objects that such an
//! application usually has. All references resolve and no rule has anything to say, so that a finding in them is a fault of kubelint.

mod app;
mod hostile;
mod manifests;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use self::app::App;
pub(crate) use self::hostile::Shape;
use self::manifests::Manifest;
use crate::rng::Rng;

/// How many applications share a namespace.
const APPS_PER_NAMESPACE: usize = 12;

/// How the resources are spread over files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layout {
    /// A folder for each application, a file for each resource.
    Spread,
    /// All files in one folder.
    OneDir,
    /// All resources in one file.
    OneFile,
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written {
    resources: usize,
    files: usize,
    bytes: usize,
}

/// Writes `resources` resources under `dir`, which must be new or empty.
pub(crate) fn generate(
    dir: &Path,
    resources: usize,
    seed: u64,
    layout: Layout,
    shape: Shape,
) -> Result<Written> {
    let context = || format!("cannot write {}", dir.display());
    fs::create_dir_all(dir).with_context(context)?;
    if fs::read_dir(dir).with_context(context)?.next().is_some() {
        bail!("{} is not empty", dir.display());
    }
    let files = match shape {
        Shape::Apps => tree(resources, seed, layout),
        shape => hostile::tree(resources, shape),
    };
    let mut bytes = 0;
    for (name, text) in &files {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .with_context(|| format!("cannot write {}", path.display()))?;
        bytes += text.len();
    }
    Ok(Written {
        resources,
        files: files.len(),
        bytes,
    })
}

/// The files of a tree, by path.
fn tree(resources: usize, seed: u64, layout: Layout) -> BTreeMap<PathBuf, String> {
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for manifest in manifests(resources, seed) {
        let text = files.entry(path(&manifest, layout)).or_default();
        if !text.is_empty() {
            text.push_str("---\n");
        }
        text.push_str(&manifest.text);
    }
    files
}

/// As many resources as asked for. An application that no longer fits whole has only those of its objects that need no other.
fn manifests(resources: usize, seed: u64) -> Vec<Manifest> {
    let mut manifests = Vec::with_capacity(resources);
    for index in 0.. {
        let room = resources - manifests.len();
        if room == 0 {
            break;
        }
        let mut next = application(seed, index);
        if next.len() > room {
            next.retain(|it| ["serviceaccount", "configmap", "secret"].contains(&it.kind));
            next.truncate(room);
        }
        manifests.extend(next);
    }
    manifests
}

/// The resources of one application, with those of its namespace if it is the first there.
fn application(seed: u64, index: usize) -> Vec<Manifest> {
    let mut rng = Rng::new(seed ^ (index as u64).wrapping_mul(0xd134_2543_de82_ef95));
    let app = App::draw(&mut rng, index / APPS_PER_NAMESPACE, index);
    let mut manifests = Vec::new();
    if index.is_multiple_of(APPS_PER_NAMESPACE) {
        manifests.extend(manifests::of_namespace(&app));
    }
    manifests.extend(manifests::of_app(&app));
    manifests
}

fn path(manifest: &Manifest, layout: Layout) -> PathBuf {
    let Manifest {
        namespace,
        owner,
        kind,
        ..
    } = manifest;
    match layout {
        Layout::Spread => [namespace, owner, &format!("{kind}.yaml")].iter().collect(),
        Layout::OneDir => PathBuf::from(format!("{namespace}-{owner}-{kind}.yaml")),
        Layout::OneFile => PathBuf::from("all.yaml"),
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} resources in {} files, {} bytes",
            self.resources, self.files, self.bytes
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Shape, generate, tree};

    #[test]
    fn equal_arguments_give_equal_bytes_and_other_seeds_others() {
        assert_eq!(tree(300, 7, Layout::Spread), tree(300, 7, Layout::Spread));
        assert_ne!(tree(300, 7, Layout::Spread), tree(300, 8, Layout::Spread));
    }

    #[test]
    fn every_layout_holds_as_many_resources_as_asked_for() {
        for layout in [Layout::Spread, Layout::OneDir, Layout::OneFile] {
            let kinds: usize = tree(1000, 1, layout)
                .values()
                .map(|text| text.lines().filter(|it| it.starts_with("kind: ")).count())
                .sum();
            assert_eq!(kinds, 1000, "{layout:?}");
        }
    }

    #[test]
    fn a_tree_of_any_size_has_the_pods_of_its_services() {
        for resources in 1..120 {
            let text = tree(resources, 1, Layout::OneFile)
                .into_values()
                .collect::<String>();
            let count = |kind: &str| text.matches(&format!("\nkind: {kind}\n")).count();
            assert!(
                count("Service") <= count("Deployment") + count("StatefulSet"),
                "{resources}"
            );
        }
    }

    #[test]
    fn a_folder_in_use_is_left_alone() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        std::fs::write(dir.path().join("mine.yaml"), "").expect("a file");
        let error =
            generate(dir.path(), 10, 1, Layout::Spread, Shape::Apps).expect_err("a refusal");
        assert!(error.to_string().ends_with("is not empty"), "{error}");
    }
}
