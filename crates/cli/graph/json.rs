//! `--format json`: a contract, whose schema is [`super::schema`]. Written part by part.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::View;
use crate::report::write_json;

/// The version of the contract: changes when a key is removed or its meaning changes, not when one is added.
pub(super) const VERSION: u32 = 1;

/// The document. Its parts are made one by one, as they are written.
struct Document<'v, 'a>(&'v View<'a>);

/// What is made anew each time it is written.
struct Sequence<F>(F);

/// Writes the document, resource by resource.
pub(super) fn write(view: &View<'_>, mut out: &mut dyn Write) -> io::Result<()> {
    write_json(&Document(view), &mut out)
}

impl Serialize for Document<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.0;
        let mut document = serializer.serialize_struct("graph", 4)?;
        document.serialize_field("version", &VERSION)?;
        document.serialize_field("builds", &Sequence(|| view.builds()))?;
        document.serialize_field("applySets", &Sequence(|| view.apply_sets()))?;
        document.serialize_field("resources", &Sequence(|| view.resources()))?;
        document.end()
    }
}

impl<F, I> Serialize for Sequence<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
