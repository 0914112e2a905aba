//! The packages of a workspace by their names, as `npm --workspace`, `pnpm --filter` and `yarn workspace` take them.

use super::Around;
use super::package::Package;
use crate::program::build::absolute;
use crate::program::store::Store;

/// More packages of one repository are not looked at.
const MOST: usize = 300;

/// The folder of the image that holds the package `name`, or the package at that path, of the workspace in `root`.
pub(super) fn folder(
    name: &str,
    root: &str,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<String> {
    let build = around.build;
    let context = build.folder();
    let packages = build.files_such(|it| {
        it.file_name() == "package.json" && !it.as_str().contains("node_modules/")
    });
    let path = name.trim_start_matches("./").trim_end_matches('/');
    for file in packages.into_iter().take(MOST) {
        let inner = file.parent().strip_prefix(context)?;
        let inner = inner.trim_start_matches('/');
        let is_meant = inner == path || {
            let text = store.read_text(&file);
            let package = text.and_then(|it| Package::of(store.text_of(it)));
            package
                .and_then(|it| it.get(&["name"]))
                .is_some_and(|it| it.0 == name)
        };
        if !is_meant || inner.is_empty() {
            continue;
        }
        // As it stands below the root of the workspace, in whatever stage.
        let mut parts = inner.match_indices('/').map(|it| it.0 + 1);
        let starts = std::iter::once(0).chain(parts.by_ref());
        for start in starts {
            let folder = absolute(root, &inner[start..]);
            let path = absolute(&folder, "package.json");
            let mut stages = build.stages();
            if stages.any(|it| build.file(it, &path).as_ref() == Some(&file)) {
                return Some(folder);
            }
        }
    }
    None
}
