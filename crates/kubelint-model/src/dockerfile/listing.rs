//! Which files of its build context an image holds below a folder.

use std::collections::BTreeSet;

use super::contents::{Context, below};
use super::copy::{Copied, CopySource, clean};
use super::{BuildArgs, Dockerfile, Image, Presence};

/// The files below a folder of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Their paths in the image, each with a slash first.
    pub files: BTreeSet<String>,
    /// Whether nothing else is copied there. Commands, and the base image, may still bring more.
    pub is_complete: bool,
}

/// In more stages and folders than these files are not looked for.
const MOST_FOLDERS: usize = 32;
/// Of more files none is listed.
const MOST_FILES: usize = 5_000;

/// A search for the files below folders.
struct Search<'a> {
    file: &'a Dockerfile,
    image: &'a Image,
    args: &'a BuildArgs,
    context: &'a Context<'a>,
    found: Listing,
    /// Stages and folders that are to be looked into, and the folders of the image that these become.
    open: Vec<(usize, String, String)>,
}

impl Dockerfile {
    /// The files of the context that `image` has below `folder`, however deep.
    pub fn listing(
        &self,
        image: &Image,
        args: &BuildArgs,
        folder: &str,
        context: &Context<'_>,
    ) -> Listing {
        let folder = clean(folder);
        let mut search = Search {
            file: self,
            image,
            args,
            context,
            found: Listing {
                files: BTreeSet::new(),
                is_complete: true,
            },
            open: vec![(image.stage(), folder.clone(), folder)],
        };
        let mut seen = BTreeSet::new();
        while let Some(folder) = search.open.pop() {
            if seen.len() >= MOST_FOLDERS || search.found.files.len() >= MOST_FILES {
                search.found.is_complete = false;
                break;
            }
            if seen.insert(folder.clone()) {
                search.folder(folder.0, &folder.1, &folder.2);
            }
        }
        search.found
    }
}

impl Search<'_> {
    fn folder(&mut self, stage: usize, folder: &str, becomes: &str) {
        let of_stage;
        let copied = if stage == self.image.stage() {
            &self.image.copied
        } else {
            of_stage = self.file.image(stage, self.args);
            &of_stage.copied
        };
        let before = self.found.files.len() + self.open.len();
        for copy in copied {
            self.copied(copy, folder, becomes);
        }
        // A stage that copies nothing there makes what another takes from there.
        if stage != self.image.stage() && before == self.found.files.len() + self.open.len() {
            self.found.is_complete = false;
        }
    }

    fn copied(&mut self, copy: &Copied, folder: &str, becomes: &str) {
        let Some(destination) = copy.destination.value.as_known() else {
            self.found.is_complete = false;
            return;
        };
        let is_folder = destination.ends_with('/');
        let destination = clean(destination);
        // Where the destination lies in the folder, or the folder in the destination.
        let (inner, outer) = (below(&destination, folder), below(folder, &destination));
        if inner.is_none() && outer.is_none() {
            return;
        }
        for name in &copy.inline {
            let target = if is_folder || inner == Some("") {
                format!("{destination}/{name}")
            } else {
                destination.clone()
            };
            if let Some(rest) = below(&target, folder).filter(|it| !it.is_empty()) {
                self.add(becomes, rest);
            }
        }
        let is_known =
            !copy.is_filtered && copy.sources.iter().all(|it| it.value.as_known().is_some());
        let from_image = matches!(copy.from, CopySource::Image(_));
        if !is_known || from_image {
            self.found.is_complete = false;
            return;
        }
        let sources = copy.sources.iter().filter_map(|it| it.value.as_known());
        for source in sources {
            let is_plain = !source.contains(['*', '?', '[', '\\']);
            match copy.from {
                CopySource::Context if copy.is_add && source.contains("://") => {
                    self.found.is_complete = false;
                }
                CopySource::Context if is_plain => {
                    let source = clean(source);
                    self.source(&source, (&destination, is_folder), folder, becomes);
                }
                CopySource::Context => {
                    for source in self.context.matching(&clean(source)) {
                        self.source(&source, (&destination, true), folder, becomes);
                    }
                }
                CopySource::Stage(stage) if is_plain => {
                    let source = clean(source);
                    self.of_stage(stage, &source, (inner, outer), is_folder, becomes);
                }
                _ => self.found.is_complete = false,
            }
        }
    }

    /// What a file or folder of the context brings.
    fn source(
        &mut self,
        source: &str,
        (destination, is_folder): (&str, bool),
        folder: &str,
        becomes: &str,
    ) {
        if self.context.file(source).is_some() {
            let name = source.rsplit('/').next().unwrap_or_default();
            // What is a folder already takes files in.
            let target = if is_folder || destination == folder {
                clean(&format!("{destination}/{name}"))
            } else {
                destination.to_owned()
            };
            if let Some(rest) = below(&target, folder).filter(|it| !it.is_empty()) {
                self.add(becomes, rest);
            }
            return;
        }
        if !self.context.holds(source) {
            self.found.is_complete = false;
            return;
        }
        for rest in self.context.shown_below(source) {
            let target = clean(&format!("{destination}/{rest}"));
            if let Some(rest) = below(&target, folder).filter(|it| !it.is_empty()) {
                self.add(becomes, rest);
            }
        }
    }

    /// What a file or folder of an earlier stage brings.
    fn of_stage(
        &mut self,
        stage: usize,
        source: &str,
        (inner, outer): (Option<&str>, Option<&str>),
        is_folder: bool,
        becomes: &str,
    ) {
        let image = self.file.image(stage, self.args);
        let path = format!("/{source}");
        let presence = self.file.presence(&image, self.args, &path, self.context);
        if let (Presence::Copied(_), Some(inner)) = (&presence, inner) {
            let name = source.rsplit('/').next().unwrap_or_default();
            let rest = if is_folder || inner.is_empty() {
                clean(&format!("{inner}/{name}"))
            } else {
                inner.to_owned()
            };
            self.add(becomes, &rest);
            return;
        }
        match (inner, outer) {
            // The folder stands in what is copied.
            (_, Some(rest)) => {
                let from = clean(&format!("{source}/{rest}"));
                self.open.push((stage, from, becomes.to_owned()));
            }
            (Some(inner), None) => {
                let to = clean(&format!("{becomes}/{inner}"));
                self.open.push((stage, source.to_owned(), to));
            }
            (None, None) => {}
        }
    }

    fn add(&mut self, folder: &str, rest: &str) {
        let path = clean(&format!("{folder}/{rest}"));
        self.found.files.insert(format!("/{path}"));
    }
}

#[cfg(test)]
mod tests {
    use kubelint_parser::source::SourcePath;

    use super::*;

    #[track_caller]
    fn check(dockerfile: &str, folder: &str, expected: &[&str], is_complete: bool) {
        let files: Vec<SourcePath> = [
            "conf/a.conf",
            "conf/sub/b.conf",
            "default.conf",
            "rootfs/etc/x/c.conf",
        ]
        .iter()
        .map(|it| SourcePath::new(it))
        .collect();
        let context = Context {
            files: &files,
            folder: "",
            ignored: None,
        };
        let file = Dockerfile::new(dockerfile);
        let args = BuildArgs::default();
        let image = file.image(file.stages.len() - 1, &args);
        let found = file.listing(&image, &args, folder, &context);
        let paths: Vec<&str> = found.files.iter().map(String::as_str).collect();
        assert_eq!(paths, expected, "{dockerfile}");
        assert_eq!(found.is_complete, is_complete, "{dockerfile}");
    }

    #[test]
    fn files_below_folders() {
        for (dockerfile, expected, is_complete) in [
            (
                "FROM a\nCOPY default.conf /etc/x/",
                &["/etc/x/default.conf"][..],
                true,
            ),
            (
                "FROM a\nCOPY default.conf /etc/x",
                &["/etc/x/default.conf"],
                true,
            ),
            (
                "FROM a\nCOPY default.conf /etc/x/y.conf",
                &["/etc/x/y.conf"],
                true,
            ),
            (
                "FROM a\nCOPY conf /etc/x/",
                &["/etc/x/a.conf", "/etc/x/sub/b.conf"],
                true,
            ),
            ("FROM a\nCOPY conf/*.conf /etc/x/", &["/etc/x/a.conf"], true),
            ("FROM a\nCOPY rootfs /", &["/etc/x/c.conf"], true),
            ("FROM a\nCOPY default.conf /srv/", &[], true),
            ("FROM a\nCOPY gone /etc/x/", &[], false),
            ("FROM a\nCOPY --from=b:1 /x /etc/x/", &[], false),
            (
                "FROM a AS b\nCOPY . /src\nFROM a\nCOPY --from=b /src/conf /etc/x/",
                &["/etc/x/a.conf", "/etc/x/sub/b.conf"],
                true,
            ),
            (
                "FROM a AS b\nCOPY . /src\nFROM a\nCOPY --from=b /src/default.conf /etc/x/d.conf",
                &["/etc/x/d.conf"],
                true,
            ),
            (
                "FROM a AS b\nRUN make\nFROM a\nCOPY --from=b /out /etc/x/",
                &[],
                false,
            ),
            (
                "FROM a\nCOPY <<E /etc/x/y.conf\nlisten 80;\nE\n",
                &["/etc/x/y.conf"],
                true,
            ),
        ] {
            check(dockerfile, "/etc/x", expected, is_complete);
        }
    }
}
