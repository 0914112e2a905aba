//! The variables that a program is run with, and which may be set by what nobody sees here.

use std::collections::BTreeSet;
use std::rc::Rc;

use kubelint_model::dockerfile::Base;
use kubelint_model::program::{self, Known, Program};
use kubelint_model::view::{PodTemplate, boolean};
use kubelint_model::{ImageRef, base_image, image_user, public_image};

use crate::built::Built;

/// The variables of a container.
pub(crate) struct Environment<'a> {
    given: program::Environment,
    program: &'a Program,
    /// Whether the base image is known to set no variables of programs.
    has_plain_base: bool,
    /// How the variables begin that Kubernetes may add for Services.
    services: Option<Rc<BTreeSet<String>>>,
}

/// What is known of a variable.
pub(crate) enum Setting {
    /// It is set.
    Set,
    /// It is not set, as far as all is seen that may set it but the base image, if that is not known to be plain.
    Absent,
    /// Something that is not seen may set it, or the program does so itself.
    Unknown,
}

impl<'a> Environment<'a> {
    /// What manifest and image give. `services` are the beginnings of the variables of all Services.
    pub(crate) fn of(
        given: program::Environment,
        program: &'a Program,
        template: &PodTemplate<'_>,
        built: Option<&Built<'_>>,
        services: &Rc<BTreeSet<String>>,
    ) -> Self {
        let links = template
            .spec()
            .and_then(|it| boolean(it, "enableServiceLinks"));
        let has_links = links.is_none_or(|it| it.value);
        Self {
            given,
            program,
            has_plain_base: built.is_none_or(has_plain_base),
            services: has_links.then(|| Rc::clone(services)),
        }
    }

    /// What is known of the variable `name`.
    pub(crate) fn get(&self, name: &str) -> Setting {
        let is_set_by_itself = || self.program.sets.iter().any(|it| it.name == name);
        match self.given.get(name) {
            Known::Set(_) => Setting::Set,
            Known::Perhaps => Setting::Unknown,
            Known::Unset if self.is_of_service(name) || is_set_by_itself() => Setting::Unknown,
            Known::Unset => Setting::Absent,
        }
    }

    /// What is known of the variable that a program asks for in any case of its letters.
    pub(crate) fn get_any_case(&self, name: &str) -> Setting {
        let mut given = self.given.iter();
        if given.any(|it| it.0.eq_ignore_ascii_case(name)) {
            return Setting::Set;
        }
        match (self.get(name), self.get(&name.to_ascii_uppercase())) {
            (Setting::Absent, Setting::Absent) => Setting::Absent,
            _ => Setting::Unknown,
        }
    }

    /// Whether an absent variable is not set by the base image either.
    pub(crate) const fn has_plain_base(&self) -> bool {
        self.has_plain_base
    }

    /// The variables that are given, whatever else is.
    pub(crate) const fn given(&self) -> &program::Environment {
        &self.given
    }

    /// Whether Kubernetes may set the variable for a Service: `API_PORT`, `API_SERVICE_HOST` (`FromServices` in `pkg/kubelet/envvars`).
    fn is_of_service(&self, name: &str) -> bool {
        let Some(services) = &self.services else {
            return name.starts_with("KUBERNETES_");
        };
        let is_named = name.contains("_SERVICE_HOST") || name.contains("_SERVICE_PORT");
        is_named
            || name.match_indices("_PORT").any(|(at, word)| {
                let rest = &name[at + word.len()..];
                (rest.is_empty() || rest.starts_with('_')) && services.contains(&name[..at])
            })
    }
}

/// Whether the base image holds a language or public software, and so sets no variables that only this project's programs read.
fn has_plain_base(built: &Built<'_>) -> bool {
    let is_plain = |it: &ImageRef<'_>| {
        let is_plain = base_image::of(it).is_some()
            || image_user::of(it).is_some()
            || public_image::is_public(it);
        is_plain.then_some(())
    };
    built.image.base == Base::Scratch || built.of_base(is_plain).is_some()
}
