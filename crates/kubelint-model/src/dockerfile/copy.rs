//! `COPY` and `ADD`: what is taken from where, and where it is put (dockerfile2llb/convert_copy.go).

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::{Instruction, Keyword, Word};
use kubelint_parser::source::SourcePath;

use super::Dockerfile;
use super::image::Stated;
use super::value::Value;

/// What an instruction copies into an image.
#[derive(Clone, Debug)]
pub struct Copied {
    /// Where it is taken from.
    pub from: CopySource,
    /// What is taken: paths from the source's root, or patterns with `*`, `?` and `[…]`; of `ADD` also addresses.
    pub sources: Vec<Stated<Value>>,
    /// Where it is put: the path in the image. One that ends in `/` is a folder.
    pub destination: Stated<Value>,
    /// The names of files whose content is a here-document.
    pub inline: Vec<String>,
    /// Whether it is `ADD`, which unpacks archives and fetches addresses.
    pub is_add: bool,
    /// Whether some of the sources' files are left out, or keep the folders that they stand in (`--exclude`, `--parents`).
    pub is_filtered: bool,
    /// The instruction.
    pub range: TextRange,
}

/// Where an instruction copies from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopySource {
    /// The build context.
    Context,
    /// An earlier stage: its number.
    Stage(usize),
    /// An image, or a context of its own that the build names.
    Image(Value),
}

/// Reads a `COPY` or `ADD` of the stage `stage`, with `folder` as the working folder.
pub(super) fn read(
    file: &Dockerfile,
    stage: usize,
    instruction: &Instruction,
    folder: &Value,
    expand: &dyn Fn(&Word) -> Value,
) -> Option<Copied> {
    let (destination, sources) = instruction.words().split_last()?;
    let range = destination.range();
    let mut inline = Vec::new();
    let mut taken = Vec::new();
    let mut heredocs = instruction.heredocs.iter();
    for source in sources {
        if instruction.is_heredoc(source) {
            inline.extend(heredocs.next().map(|it| it.name.clone()));
        } else {
            let value = expand(source);
            let range = source.range();
            taken.push(Stated { value, range });
        }
    }
    let written = expand(destination);
    let text = written.text();
    let is_folder = text.is_empty()
        || text.ends_with('/')
        || text.ends_with("/.")
        || text == "."
        || sources.len() > 1;
    let path = within(folder, &written);
    let value = path.map(|it| {
        let slash = if is_folder && !it.ends_with('/') {
            "/"
        } else {
            ""
        };
        format!("{it}{slash}")
    });
    let is_filtered = ["exclude", "parents"]
        .iter()
        .any(|name| instruction.flags.iter().any(|it| it.name.text() == *name));
    Some(Copied {
        from: match instruction.flag("from") {
            Some(from) => file.copied_from(stage, from),
            None => CopySource::Context,
        },
        sources: taken,
        destination: Stated { value, range },
        inline,
        is_add: instruction.keyword == Keyword::Add,
        is_filtered,
        range: instruction.range,
    })
}

/// The path that `path` is in the folder `folder`.
pub(super) fn within(folder: &Value, path: &Value) -> Value {
    let text = path.text();
    let is_whole = text.starts_with('/') || (path.as_known().is_none() && text.starts_with('*'));
    let joined = if is_whole {
        path.clone()
    } else {
        let mut joined = folder.clone();
        joined.push("/");
        joined.push_value(path);
        joined
    };
    if joined.as_known().is_none() && joined.text().contains("..") {
        return Value::unknown();
    }
    joined.map(|it| {
        if it.starts_with('/') {
            format!("/{}", clean(it))
        } else {
            clean(it)
        }
    })
}

/// A path without `.`, `..` and empty parts, and without a `/` at its ends.
pub(super) fn clean(path: &str) -> String {
    SourcePath::new(path).as_str().to_owned()
}
