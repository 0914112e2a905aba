//! Which objects a start makes: a container of beans may make them when somebody asks for them, or leave out what nobody asks for.

use std::collections::BTreeMap;

use super::finish::Around;
use super::libraries::Framework;
use crate::FileId;
use crate::program::Program;

/// What makes a bean of Quarkus one that is kept, and made at the start: resources are (quarkus.io/guides/cdi-reference, "Remove Unused Beans").
const KEPT: [&str; 5] = [
    "@Path(",
    "@Startup",
    "StartupEvent",
    "@Incoming",
    "@Scheduled",
];

impl Around<'_, '_> {
    /// Takes back what no start does, as its objects are made later or not at all.
    pub(super) fn lazy(&self, program: &mut Program) {
        let framework = self.settings().framework();
        let settings = self.settings();
        let is_late = settings.any_below("spring.main.lazy-initialization");
        if framework == Framework::Spring && !is_late {
            return;
        }
        let mut known: BTreeMap<FileId, bool> = BTreeMap::new();
        let mut is_made = |file: FileId| {
            *known.entry(file).or_insert_with(|| match framework {
                Framework::Quarkus => self.is_kept(file),
                // Singletons are made when they are asked for (docs.micronaut.io/latest/guide, "Scopes").
                Framework::Micronaut => self.store.text_of(file).contains("@Context"),
                _ => false,
            })
        };
        for read in &mut program.reads {
            let is_of_main = program.entry == Some(read.place.0);
            if read.is_required && !is_of_main && !is_made(read.place.0) {
                read.is_required = false;
            }
        }
        program
            .opened
            .retain(|it| program.entry == Some(it.place.0) || is_made(it.place.0));
        program
            .waits
            .retain(|it| program.entry == Some(it.place.0) || is_made(it.place.0));
    }

    /// Whether Quarkus keeps the beans of a file: others speak of them, or what they do.
    fn is_kept(&self, file: FileId) -> bool {
        let text = self.store.text_of(file);
        let own = self
            .java
            .files
            .iter()
            .find(|it| self.store.id(it) == Some(file));
        let Some(own) = own else {
            return false;
        };
        let name = own.file_name();
        let name = name.rsplit_once('.').map_or(name, |it| it.0);
        KEPT.iter().any(|it| text.contains(it))
            || self.java.files.iter().any(|it| {
                let id = self.store.id(it).filter(|it| *it != file);
                id.is_some_and(|it| self.store.text_of(it).contains(name))
            })
    }
}
