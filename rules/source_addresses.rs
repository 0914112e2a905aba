//! The addresses that the source of programs writes out: those that are called in the cluster, as nothing replaces them.

use kubelint_engine::{Confidence, Finding};
use kubelint_model::address::{Dependency, Use};
use kubelint_model::link::Destination;
use kubelint_model::program::ProgramAddress;
use kubelint_model::purpose::Purpose;
use kubelint_parser::Span;

use crate::absence;
use crate::environment::Setting;
use crate::programs::Running;

/// An address in the source of the program that a container runs.
pub(crate) struct Sourced<'r, 'a> {
    pub(crate) running: &'r Running<'a>,
    pub(crate) address: &'a ProgramAddress,
    /// The port that it asks for.
    pub(crate) port: Option<u16>,
    pub(crate) destination: &'a Destination,
}

/// The addresses that the program of a container calls: what stands for a variable only where nothing sets that.
pub(crate) fn called<'r, 'a>(
    running: &'r Running<'a>,
) -> impl Iterator<Item = Sourced<'r, 'a>> + use<'r, 'a> {
    let graph = running.graph;
    let resource = running.workload.resource;
    let all = graph
        .programs
        .addresses_of(resource.id, &running.container.path());
    let all = all.iter().filter_map(move |it| {
        let address = running.program.addresses.get(it.address as usize)?;
        Some(Sourced {
            running,
            address,
            port: it.port,
            destination: &it.destination,
        })
    });
    all.filter(Sourced::is_called)
}

impl Sourced<'_, '_> {
    fn is_called(&self) -> bool {
        let graph = self.running.graph;
        let is_absent = |name: &String| {
            let setting = self.running.env.get_any_case(name);
            matches!(setting, Setting::Absent) && !self.running.is_read_unnamed(name)
        };
        let file = graph.file(self.address.place.0);
        let is_setting = file.path.extension() == Some("json");
        // Settings may be mounted over those of the image.
        let may_be_hidden = is_setting && self.running.container.volume_mounts().next().is_some();
        file.purpose == Purpose::Deployed
            && !may_be_hidden
            && Use::of(self.address.names.iter().map(String::as_str)) == Use::Called
            && self.address.variables.iter().all(is_absent)
    }

    /// What messages call it.
    pub(crate) fn called(&self) -> String {
        let owner = absence::called(self.running.workload.resource);
        format!("the program of {owner}")
    }

    /// Why it is called although it stands for a variable.
    pub(crate) fn why(&self) -> String {
        match self.address.variables.as_slice() {
            [] => String::new(),
            names => format!(", as nothing sets `{}`", names.join("` or `")),
        }
    }

    /// Host and port as they are to be shown.
    pub(crate) fn shown(&self) -> String {
        match self.address.port {
            Some(port) => format!("{}:{port}", self.address.host),
            None => self.address.host.clone(),
        }
    }

    /// The program that the address evidently leads to.
    pub(crate) fn dependency(&self) -> Option<Dependency> {
        let names = self.address.names.iter().map(String::as_str);
        Dependency::of(self.address.scheme.as_deref(), self.port, names)
    }

    pub(crate) fn span(&self) -> Span {
        self.running.span(self.address.place)
    }

    /// How sure it is that the container calls the address.
    pub(crate) fn confidence(&self) -> Confidence {
        let is_sure = !self.address.is_conditional
            && (self.address.variables.is_empty() || self.running.env.has_plain_base());
        let most = if is_sure {
            Confidence::High
        } else {
            Confidence::Medium
        };
        self.running.confidence(&[]).min(most)
    }

    /// What leads from the manifest to the source, and which object is concerned.
    pub(crate) fn complete(&self, finding: Finding) -> Finding {
        let running = self.running;
        let resource = running.workload.resource;
        let field = running.container.field_path("image");
        let found = finding.about(resource.id, field, self.shown());
        let image = running.container.node.get("image");
        let place = image.map_or(running.container.place().range(), |it| it.value.range());
        let found = found.related(
            running.graph.span_in(resource, place),
            "this container runs it",
        );
        running.with_chain(found)
    }
}
