//! The files of a container: those of its image, what the commands of the build and of its start make of them, and what is mounted over them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::yaml::Decoded;

use super::super::build::Build;
use super::super::store::Store;
use super::changes::Changes;
use super::image::ServerImage;
use super::mounts::{Mounted, Mounts, Value, source_range};
use crate::FileId;
use crate::dockerfile::{Presence, matches_part};

/// So many files may be made of each other.
const MOST_STEPS: u32 = 4;

/// The text of a file, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Text<'g> {
    pub(super) content: Rc<str>,
    from: Written<'g>,
    /// Whether variables of the environment are replaced in it before it is read.
    pub(super) is_template: bool,
}

#[derive(Clone, Debug)]
enum Written<'g> {
    File(FileId),
    Scalar(FileId, Rc<Decoded<'g>>),
    /// In an image that others build.
    Elsewhere,
}

/// What is at a path.
#[derive(Clone, Debug)]
pub(super) enum Content<'g> {
    Known(Text<'g>),
    Absent,
    Unknown,
}

/// The files of a container.
pub(super) struct Files<'a, 'g, 's> {
    pub(super) store: &'s mut Store<'g>,
    pub(super) build: Option<&'a Build<'g>>,
    /// The image of a server that its image is, or is based on.
    pub(super) image: Option<ServerImage>,
    pub(super) mounts: Mounts<'g>,
    /// What the build's commands change.
    pub(super) built: Changes,
    /// What is changed before the server starts.
    pub(super) started: Changes,
    /// Files that are made before the server starts: of which, and whether variables are replaced on the way.
    pub(super) outputs: BTreeMap<String, (String, bool)>,
    /// The scripts that run before the server starts.
    pub(super) scripts: Vec<FileId>,
    /// The names of files that earlier stages of the build change.
    pub(super) changed_before: BTreeSet<String>,
}

impl Text<'_> {
    /// Where a range of the text is written.
    pub(super) fn place(&self, range: TextRange) -> Option<(FileId, TextRange)> {
        match &self.from {
            Written::File(file) => Some((*file, range)),
            Written::Scalar(file, decoded) => Some((*file, source_range(decoded, range)?)),
            Written::Elsewhere => None,
        }
    }

    /// The file that holds it.
    pub(super) fn file(&self) -> Option<FileId> {
        match &self.from {
            Written::File(file) | Written::Scalar(file, _) => Some(*file),
            Written::Elsewhere => None,
        }
    }

    /// Whether it is the value of a key of a manifest.
    pub(super) const fn is_in_manifest(&self) -> bool {
        matches!(self.from, Written::Scalar(..))
    }
}

impl<'g> Files<'_, 'g, '_> {
    /// Adds what commands change before the server starts.
    pub(super) fn add_started(&mut self, changes: Changes) {
        for it in &changes.made {
            self.outputs
                .insert(it.to.clone(), (it.from.clone(), it.is_template));
        }
        self.started.add(changes);
    }

    /// What is at `path` when the server starts.
    pub(super) fn content(&mut self, path: &str) -> Content<'g> {
        self.made(path, MOST_STEPS)
    }

    fn made(&mut self, path: &str, steps: u32) -> Content<'g> {
        let Some(steps) = steps.checked_sub(1) else {
            return Content::Unknown;
        };
        if let Some((from, is_template)) = self.outputs.get(path).cloned() {
            if from == path {
                return Content::Unknown;
            }
            return match self.made(&from, steps) {
                Content::Known(text) => Content::Known(Text {
                    is_template: text.is_template || is_template,
                    ..text
                }),
                _ => Content::Unknown,
            };
        }
        if self.started.touches(path) || self.started.removes(path) {
            return Content::Unknown;
        }
        match self.mounts.at(path) {
            Mounted::Not => self.in_image(path, steps),
            Mounted::Absent => Content::Absent,
            Mounted::Unknown => Content::Unknown,
            Mounted::Value(value) => self.value(value),
        }
    }

    fn value(&mut self, value: Value<'g>) -> Content<'g> {
        match value {
            Value::Scalar(file, decoded) => Content::Known(Text {
                content: Rc::from(&*decoded.text),
                from: Written::Scalar(file, decoded),
                is_template: false,
            }),
            Value::File(path) => self.file(&path),
            Value::Unknown => Content::Unknown,
        }
    }

    fn file(&mut self, path: &kubelint_parser::source::SourcePath) -> Content<'g> {
        let Some(id) = self.store.read_text(path) else {
            return Content::Unknown;
        };
        Content::Known(Text {
            content: Rc::from(self.store.text_of(id)),
            from: Written::File(id),
            is_template: false,
        })
    }

    fn in_image(&mut self, path: &str, steps: u32) -> Content<'g> {
        // Variables that the build fills in stay as they are written: where one says a port, nobody knows it.
        if let Some(made) = self.built.made.iter().find(|it| it.to == path).cloned()
            && !self.built.all
        {
            return self.in_image_as_copied(&made.from, steps);
        }
        if self.built.touches(path) {
            return Content::Unknown;
        }
        self.in_image_as_copied(path, steps)
    }

    fn in_image_as_copied(&mut self, path: &str, steps: u32) -> Content<'g> {
        if steps == 0 {
            return Content::Unknown;
        }
        match self.build.map_or(Presence::Absent, |it| it.presence(path)) {
            Presence::Copied(origin) if self.changed_before.contains(origin.file.file_name()) => {
                return Content::Unknown;
            }
            Presence::Copied(origin) => return self.file(&origin.file),
            Presence::Unknown => return Content::Unknown,
            Presence::Absent => {}
        }
        let Some(image) = self.image else {
            return if self.built.removes(path) {
                Content::Absent
            } else {
                Content::Unknown
            };
        };
        let mut own = image.files().iter();
        match own.find(|it| it.0 == path && !self.built.removes(path)) {
            Some((_, text)) => Content::Known(Text {
                content: Rc::from(*text),
                from: Written::Elsewhere,
                is_template: false,
            }),
            None => Content::Absent,
        }
    }

    /// The files of `folder` whose names match `pattern`, sorted; `None` if nobody knows them all.
    pub(super) fn matching(&self, folder: &str, pattern: &str) -> Option<Vec<String>> {
        let is_meant = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or_default();
            // What is hidden is not found by `*` (glob(7)).
            matches_part(pattern, name) && (!name.starts_with('.') || pattern.starts_with('.'))
        };
        let mut found: BTreeSet<String> = BTreeSet::new();
        let (mounted, hides) = self.mounts.below(folder);
        found.extend(mounted?);
        if !hides {
            found.extend(self.of_image(folder)?);
        }
        let in_folder = |it: &&String| it.rsplit_once('/').is_some_and(|it| it.0 == folder);
        found.extend(self.outputs.keys().filter(in_folder).cloned());
        found.extend(self.started.written.iter().filter(in_folder).cloned());
        found.retain(|it| is_meant(it) && !self.started.removes(it));
        let is_open = self.started.all
            || self
                .started
                .written
                .iter()
                .any(|it| it == folder || folder.starts_with(&format!("{it}/")));
        (!is_open).then(|| found.into_iter().collect())
    }

    /// The files that the image has directly in `folder`.
    fn of_image(&self, folder: &str) -> Option<BTreeSet<String>> {
        let in_folder = |it: &&String| it.rsplit_once('/').is_some_and(|it| it.0 == folder);
        let mut found = BTreeSet::new();
        let is_emptied = self.built.removes(&format!("{folder}/default.conf"));
        if let Some(build) = self.build {
            let listing = build.listing(folder);
            if !listing.is_complete || self.built.touches(folder) {
                return None;
            }
            found.extend(listing.files.iter().filter(in_folder).cloned());
            found.extend(self.built.written.iter().filter(in_folder).cloned());
            let moved = self.built.made.iter().map(|it| &it.from);
            let moved: BTreeSet<&String> = moved
                .filter(|it| self.built.removed.contains(*it))
                .collect();
            found.retain(|it| !moved.contains(it));
        }
        let Some(image) = self.image else {
            // What an unknown base image has there nobody knows, unless all of it is removed.
            return is_emptied.then_some(found);
        };
        let own = image.files().iter().map(|it| it.0.to_owned());
        let own = own.filter(|it| !self.built.removes(it));
        found.extend(own.filter(|it| in_folder(&it)));
        Some(found)
    }
}
