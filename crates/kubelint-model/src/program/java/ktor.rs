//! Ktor: where it listens as its configuration says, what stands before all paths, and routes that lead nowhere.

use super::finish::{Around, put_before};
use super::gap;
use crate::code::{Expr, Kind, Protocol, ReadName, Subject};
use crate::program::{Gap, Port, Program, ProgramRead};

/// Names of properties that say that there is more configuration.
const ELSEWHERE: [&str; 4] = [
    "config.file",
    "config.resource",
    "config.url",
    "ktor.deployment.config",
];

pub(super) fn finish(around: &Around<'_, '_>, program: &mut Program) {
    let settings = around.settings();
    let is_open = settings.hocon.as_ref().is_some_and(|it| it.is_open);
    if is_open || ELSEWHERE.iter().any(|it| settings.given(it).is_some()) {
        for subject in [Subject::Ports, Subject::Routes, Subject::Reads] {
            let why = "its configuration is not read to its end";
            program.gaps.push(gap(subject, why, None));
        }
    }
    ports(around, program);
    for (name, default, place) in settings.hocon.iter().flat_map(|it| &it.taken) {
        program.reads.push(ProgramRead {
            name: ReadName::Exact(name.clone()),
            default: default.clone(),
            is_required: false,
            on_start: true,
            kind: Kind::Text,
            place: *place,
        });
    }
    if let Some(root) = around.text("ktor.deployment.rootPath", "") {
        let place = settings.place("ktor.deployment.rootPath");
        put_before(&root, place, &mut program.routes);
    } else {
        let why = "what stands before all paths is not known";
        program.gaps.push(gap(Subject::Routes, why, None));
    }
    let library = around.java.libraries.artifacts().find(|it| adds_routes(it));
    if let Some(library) = library {
        let why = format!("{library} adds routes");
        program
            .gaps
            .push(gap(Subject::Routes, why, around.mention(library)));
    }
}

/// Whether an artifact adds routes that the source does not show.
fn adds_routes(artifact: &str) -> bool {
    [
        "graphql",
        "ktor-server-webjars",
        "khealth",
        "cohort",
        "kompendium",
        "krpc",
        "openapi-generator",
    ]
    .iter()
    .any(|it| artifact.contains(it))
}

/// The port of the configuration, where the engine's own `main` starts the program.
fn ports(around: &Around<'_, '_>, program: &mut Program) {
    let engine = "EngineMain";
    let is_main = around.java.speaks_of(engine, around.store) || around.mention(engine).is_some();
    if is_main {
        let settings = around.settings();
        let name = "ktor.deployment.port";
        program.ports.push(Port {
            port: settings.value(name, None),
            host: Some(settings.value("ktor.deployment.host", None))
                .filter(|it| *it != Expr::Unknown),
            protocol: Protocol::Http,
            tls: Some(false),
            place: settings.place(name),
        });
        if around.text("ktor.deployment.sslPort", "").as_deref() != Some("") {
            program
                .gaps
                .push(Gap::of_ports("it may listen elsewhere, too"));
        }
    } else if program.ports.is_empty() {
        program
            .gaps
            .push(Gap::of_ports("no place is found where it listens"));
    }
    if around.java.libraries.has_part("grpc") {
        program.gaps.push(Gap::of_ports("it may serve gRPC"));
    }
}
