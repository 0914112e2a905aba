//! `--format text`: for people. One block a resource, one line a link.

use std::borrow::Cow;
use std::io::{self, Write};

use kubelint_model::ResourceId;

use super::View;
use super::images::{WireImage, WireService};
use super::programs::WireProgram;
use super::wire::{Pick, Place, Port, Reference, WireResource};
use crate::report::line;

/// Writes resources, builds and apply sets, in this order.
pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    for resource in view.resources() {
        write_resource(view, &resource, out)?;
    }
    for build in view.builds() {
        let open = if build.open {
            "  (takes in what was not read)"
        } else {
            ""
        };
        write_group(out, &format!("build {}{open}", build.path), &build.files)?;
    }
    for set in view.apply_sets() {
        let word = if set.document {
            "document"
        } else {
            "applied by"
        };
        write_group(out, &format!("{word} {}", set.path), &set.files)?;
    }
    Ok(())
}

fn write_group(out: &mut dyn Write, head: &str, files: &[Cow<'_, str>]) -> io::Result<()> {
    writeln!(out, "\n{}", line(head))?;
    for file in files {
        writeln!(out, "  {}", line(file))?;
    }
    Ok(())
}

fn write_resource(view: &View<'_>, it: &WireResource<'_>, out: &mut dyn Write) -> io::Result<()> {
    let namespace = it.namespace.map_or(String::new(), |it| format!(" in {it}"));
    let generated = if it.generated { " (generated)" } else { "" };
    let head = format!("{}{namespace}  {}{generated}", it.title, at(&it.place));
    writeln!(out, "{}", line(&head))?;
    for reference in &it.references {
        let said = describe_reference(view, reference);
        writeln!(out, "  {}", line(&said))?;
    }
    for pick in &it.selections {
        writeln!(out, "  {}", line(&describe_pick(view, pick)))?;
    }
    for image in &it.images {
        writeln!(out, "  {}", line(&describe_image(image)))?;
        if let Some(program) = &image.program {
            for said in describe_program(program) {
                writeln!(out, "    {}", line(&said))?;
            }
        }
    }
    for port in &it.target_ports {
        writeln!(out, "  {}", line(&describe_port(port)))?;
    }
    Ok(())
}

fn describe_reference(view: &View<'_>, it: &Reference<'_>) -> String {
    let part = it.part.as_ref();
    let part = part.map_or(String::new(), |it| format!(", {} {}", it.text, it.outcome));
    let target = format!("{}/{}", it.target.kind, it.target.name);
    let optional = if it.optional { " (optional)" } else { "" };
    let said = match (it.ring, &it.maker) {
        (Some(ring), _) => format!("{ring}: {}{part}", names(view, &it.to, it.more)),
        (None, Some(maker)) => {
            let place = maker.place.as_ref();
            let place = place.map_or(String::new(), |it| format!(" at {}", at(it)));
            let why = maker.why.map_or(String::new(), |it| format!(" ({it})"));
            format!("external: {}{place}{why}", maker.by)
        }
        (None, None) => format!("{}{}", it.outcome, hints(view, it)),
    };
    format!("{} -> {target}{optional}  {said}", it.field)
}

/// What is known of something that is missing.
fn hints(view: &View<'_>, it: &Reference<'_>) -> String {
    let mut hints = Vec::new();
    for (word, ids) in [
        ("near", &it.near),
        ("in another namespace", &it.other_namespace),
        ("in some builds", &it.in_some_builds),
        ("elsewhere", &it.elsewhere),
    ] {
        if !ids.is_empty() {
            hints.push(format!("; {word}: {}", names(view, ids, false)));
        }
    }
    if let Some(place) = &it.mentioned {
        hints.push(format!("; mentioned at {}", at(place)));
    }
    if it.may_be_unseen {
        hints.push("; something that was not read may bring it".to_owned());
    }
    hints.concat()
}

fn describe_pick(view: &View<'_>, it: &Pick<'_>) -> String {
    let said = match it.ring {
        Some(ring) => format!("{ring}: {}", names(view, &it.to, it.more)),
        None if it.elsewhere.is_empty() => it.outcome.to_owned(),
        None => format!(
            "{}; elsewhere: {}",
            it.outcome,
            names(view, &it.elsewhere, false)
        ),
    };
    format!("{} -> {}  {said}", it.field, it.picks)
}

fn describe_image(it: &WireImage<'_>) -> String {
    let place = it.step.as_ref().map(|it| format!(" at {}", at(&it.place)));
    let place = place.unwrap_or_default();
    let renamed = it.renamed.as_ref();
    let renamed = renamed.map_or(String::new(), |it| format!(" (renamed at {})", at(it)));
    let image = format!("{} = {}{renamed}", it.field, it.image);
    let Some(tie) = &it.tie else {
        return format!("{image}  {}{place}", it.outcome);
    };
    let disputed = if tie.disputed { ", disputed" } else { "" };
    let others = tie.votes.iter().skip(1).map(|vote| {
        let same = vote.dockerfile == tie.dockerfile;
        let word = if same { "also" } else { "but" };
        let other = if same { "" } else { &*vote.dockerfile };
        let place = vote.step.as_ref().filter(|_| !same);
        let place = place.map_or(String::new(), |it| format!(" at {}", at(&it.place)));
        let space = if same { "" } else { " " };
        format!("; {word} {}{space}{other}{place}", vote.means)
    });
    let services = tie.services.iter().map(describe_service);
    format!(
        "{image} -> {}  {}{disputed}: {}{place}{}",
        tie.dockerfile,
        tie.confidence,
        tie.why,
        others.chain(services).collect::<String>()
    )
}

/// `; compose service api at compose.yaml:2: port 80, starts within 40 seconds`.
fn describe_service(it: &WireService<'_>) -> String {
    let known = it.ports.iter().filter_map(|it| Some((it.first?, it.last?)));
    let ports = known.map(|(first, last)| {
        if first == last {
            format!("port {first}")
        } else {
            format!("ports {first}-{last}")
        }
    });
    let start = it.start_seconds;
    let start = start.map(|it| format!("has {it} seconds to start"));
    let facts: Vec<String> = ports.chain(start).collect();
    let colon = if facts.is_empty() { "" } else { ": " };
    let place = at(&it.place);
    format!(
        "; compose service {} at {place}{colon}{}",
        it.name,
        facts.join(", ")
    )
}

/// The program of an image, line by line: what starts it, what it serves, reads and listens on, and what is not known.
fn describe_program(it: &WireProgram<'_>) -> Vec<String> {
    let place = |place: &Option<Place<'_>>| {
        let place = place.as_ref();
        place.map_or(String::new(), |it| format!("  {}", at(it)))
    };
    let mut said = vec![format!(
        "starts {}{}",
        it.command.join(" "),
        place(&it.place)
    )];
    said.extend(it.scripts.iter().map(|it| format!("through {it}")));
    if let Some(entry) = &it.entry {
        let language = it.language.map(|it| format!("{it}, ")).unwrap_or_default();
        let files = if it.files == 1 { "file" } else { "files" };
        said.push(format!("entry {entry}  {language}{} {files}", it.files));
    }
    for port in &it.ports {
        let number = port.port.map_or("?".to_owned(), |it| it.to_string());
        let variable = port.variable.as_ref();
        let variable = variable.map_or(String::new(), |it| format!(" by {it}"));
        let own = if port.loopback {
            ", for its pod only"
        } else {
            ""
        };
        let places = port.places.iter().map(|it| format!("  {}", at(it)));
        let places: String = places.collect();
        said.push(format!(
            "listens on {number} ({}){variable}{own}{places}",
            port.protocol
        ));
    }
    for route in &it.routes {
        let methods = if route.methods.is_empty() {
            "any".to_owned()
        } else {
            route.methods.join(",")
        };
        said.push(format!(
            "serves {methods} {}  {}",
            route.path,
            at(&route.place)
        ));
    }
    for read in &it.variables {
        let mut words = Vec::new();
        if read.required {
            words.push("required");
        }
        if read.has_default {
            words.push("with a default");
        }
        if read.on_start {
            words.push("at the start");
        }
        let prefix = if read.is_prefix { "*" } else { "" };
        let words = if words.is_empty() {
            String::new()
        } else {
            format!(" ({})", words.join(", "))
        };
        said.push(format!(
            "reads {}{prefix}{words}  {}",
            read.name,
            at(&read.place)
        ));
    }
    for gap in &it.gaps {
        let subject = match gap.subject {
            "all" => "not all is known",
            "routes" => "not all routes are known",
            "variables" => "not all variables are known",
            _ => "not all ports are known",
        };
        said.push(format!("{subject}: {}{}", gap.why, place(&gap.place)));
    }
    said
}

fn describe_port(it: &Port<'_>) -> String {
    let place = it.declared.as_ref();
    let place = place.map_or(String::new(), |it| format!(" at {}", at(it)));
    format!("{}  {}{place}", it.field, it.outcome)
}

fn at(place: &Place<'_>) -> String {
    format!("{}:{}", place.path, place.line)
}

fn names(view: &View<'_>, ids: &[u32], has_more: bool) -> String {
    let name = |id: &u32| {
        let resource = view.graph.resource(ResourceId(*id));
        let place = at(&view.place(resource.span));
        format!("{} at {place}", view.title(resource))
    };
    let mut names: Vec<String> = ids.iter().map(name).collect();
    if has_more {
        names.push("more".to_owned());
    }
    names.join(", ")
}
