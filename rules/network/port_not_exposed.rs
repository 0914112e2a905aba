//! Ports that a container declares and its image does not expose.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::address::port_variable;
use kubelint_model::dockerfile::Exposed;
use kubelint_model::pulled::Origin;
use kubelint_model::view::Container;
use kubelint_model::{Cause, ImageRef, image_ports};
use kubelint_parser::TextRange;

use crate::built::{AllBuilt, Built};
use crate::evidence;
use crate::port_mentions::Mentions;
use crate::ports::{self, Declared, Pod};
use crate::programs::{AllPrograms, Running};

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check)
    .needs_programs()
    .needs_ports()
    .needs_registry();

/// Base images whose program listens on the port that one of these variables gives, or else on these.
const DOTNET: &str = "mcr.microsoft.com/dotnet/";
const DOTNET_PORTS: [i64; 4] = [80, 443, 8080, 8081];

/// Places of `EXPOSE` that a finding shows.
const MOST_PLACES: usize = 4;

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let graph = cx.graph;
    let all = AllBuilt::new(graph);
    let programs = AllPrograms::new(graph);
    let mentions = Mentions::new(graph);
    for workload in graph.workloads() {
        for template in workload.templates() {
            let pod = Pod { workload, template };
            if pod.template.host_network() {
                continue;
            }
            for container in pod.running() {
                let Some(built) = all.of(&workload, &container) else {
                    out.extend(of_pulled(cx, &pod, &container, &mentions));
                    continue;
                };
                // Where the source shows the ports, it decides: that is `port-not-listened`.
                let running = programs.of(&workload, &pod.template, &container);
                let listened = running.as_ref().and_then(Running::listened);
                if listened.is_some_and(|it| !it.is_empty()) {
                    continue;
                }
                let exposed = &built.image.exposed;
                let text = graph.sources.get(built.file.source).text();
                let is_known = |number| {
                    is_of_base(&built, number)
                        || names_number(text, number)
                        || is_of_compose(cx, &built, number)
                        || is_of_source(cx, &built, number)
                };
                let declared = unexposed(cx, &pod, &container, exposed, &mentions, is_known);
                if let Some(declared) = declared {
                    let found = finding(cx, &pod, &container, exposed, &declared);
                    let found = with_places(found, &built).confidence(built.confidence());
                    out.push(built.with_chain(graph, found));
                }
            }
        }
    }
}

/// The same of an image that others make, where its registry says what it exposes.
fn of_pulled(
    cx: &RuleContext<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    mentions: &Mentions<'_>,
) -> Option<Finding> {
    let resource = pod.workload.resource;
    let (config, origin) = cx.graph.registry.config(resource.id, &container.path())?;
    let text = container.image()?;
    let image = ImageRef::parse(&text.value)?;
    let exposed: Vec<Exposed> = config.ports().filter_map(of_port).collect();
    let is_known = |number| image_ports::of(&image).any(|it| it == number);
    // What is set up by files that are not here is not known.
    if has_unseen_files(pod) {
        return None;
    }
    let declared = unexposed(cx, pod, container, &exposed, mentions, is_known)?;
    let found = finding(cx, pod, container, &exposed, &declared);
    Some(match origin {
        Origin::Lock(span) => found.related(span, "what the image exposes, as it was locked"),
        Origin::Online => found,
    })
}

fn of_port((number, protocol): (u16, &str)) -> Option<Exposed> {
    let known = ["tcp", "udp", "sctp"].into_iter();
    Some(Exposed {
        ports: Some((number, number)),
        protocol: known.into_iter().find(|it| *it == protocol)?,
        range: TextRange::empty(0),
    })
}

/// Whether the pod mounts files that no manifest shows: Secrets, claims, folders of nodes, what drivers bring.
fn has_unseen_files(pod: &Pod<'_>) -> bool {
    pod.template.volumes().iter().any(|it| {
        let source = it.source().and_then(|it| it.key.as_str());
        !matches!(
            source.as_deref(),
            Some("configMap" | "emptyDir" | "downwardAPI")
        )
    })
}

/// The first port that the container declares, if its image exposes others and nothing tells the program to listen there. `is_known` tells
/// whether the image may listen on a port although it does not expose it.
fn unexposed<'a>(
    cx: &RuleContext<'a>,
    pod: &Pod<'a>,
    container: &Container<'a>,
    exposed: &[Exposed],
    mentions: &Mentions<'a>,
    is_known: impl Fn(i64) -> bool,
) -> Option<Declared<'a>> {
    // Another program than the image's may run, and listen anywhere.
    let is_other = container.command().is_some() || container.args().is_some();
    if exposed.is_empty() || exposed.iter().any(|it| it.ports.is_none()) || is_other {
        return None;
    }
    let declared = ports::declared(container);
    let is_exposed = |it: &Declared<'_>| exposed.iter().any(|port| port.may_be(it.number));
    if declared.iter().any(is_exposed) || is_told(cx, pod, container) {
        return None;
    }
    let may_listen =
        |it: &Declared<'_>| mentions.has_beside_probes(pod, it.number) || is_known(it.number);
    if declared.iter().any(may_listen) {
        return None;
    }
    let mut serving = container.ports().filter(|it| {
        let name = it.name().map(|it| it.value.to_ascii_lowercase());
        it.protocol() == "TCP" && !name.is_some_and(|it| ports::is_aside(&it))
    });
    let first = serving.find_map(|it| it.number())?;
    declared
        .into_iter()
        .find(|it| it.node.id() == first.node.id())
}

/// Whether something that nobody sees here may tell the program its port.
fn is_told(cx: &RuleContext<'_>, pod: &Pod<'_>, container: &Container<'_>) -> bool {
    let is_port = |name: &str| ports::is_own(name) || port_variable(name).is_some();
    let mut variables = container.env().filter_map(|it| it.name());
    let mut sources = container.env_from();
    variables.any(|it| is_port(&it.value))
        || sources.any(|it| it.secret().is_some())
        || pod.has_unseen_config(cx.graph)
}

/// Whether the program's own configuration or source speaks of the number, or was not found.
fn is_of_source(cx: &RuleContext<'_>, built: &Built<'_>, number: i64) -> bool {
    let of_dockerfile = cx.graph.numbers.has(built.file.path.parent(), number);
    let of_context = built
        .tie
        .context
        .as_ref()
        .and_then(|it| cx.graph.numbers.has(it, number));
    match (of_dockerfile, of_context) {
        (None, None) => true,
        (first, second) => first == Some(true) || second == Some(true),
    }
}

/// Whether compose has the program listen there.
fn is_of_compose(cx: &RuleContext<'_>, built: &Built<'_>, number: i64) -> bool {
    let mut services = built.tie.services(cx.graph);
    services.any(|it| it.ports.iter().any(|port| port.may_be(number)))
}

/// Whether programs of the base image listen there unless they are told otherwise.
fn is_of_base(built: &Built<'_>, number: i64) -> bool {
    let by_image = built.of_base(|it| image_ports::of(it).any(|it| it == number).then_some(()));
    let is_dotnet = built.base().is_some_and(|it| it.starts_with(DOTNET));
    by_image.is_some() || (is_dotnet && DOTNET_PORTS.contains(&number))
}

/// Whether the number stands in the Dockerfile, with no digit beside it.
fn names_number(text: &str, number: i64) -> bool {
    let number = number.to_string();
    let is_digit = |it: Option<char>| it.is_some_and(|it| it.is_ascii_digit());
    text.match_indices(&number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + number.len()..].chars().next();
        !is_digit(before) && !is_digit(after)
    })
}

fn finding(
    cx: &RuleContext<'_>,
    pod: &Pod<'_>,
    container: &Container<'_>,
    exposed: &[Exposed],
    declared: &Declared<'_>,
) -> Finding {
    let graph = cx.graph;
    let resource = pod.workload.resource;
    let path = container.field_path("ports");
    let name = container.name().map(|it| it.value).unwrap_or_default();
    let message = format!(
        "container `{name}` declares port {}, and its image exposes {}",
        declared.number,
        listed(exposed)
    );
    let image = container.field_path("image");
    let confidence = evidence::inferred(graph, resource, &[&path, &image]);
    Finding::new(
        graph.span_in(resource, declared.node.range()),
        message,
        Cause::field_of(resource, &path),
    )
    .label("nothing tells the program to listen here")
    .about(resource.id, path.clone(), declared.number.to_string())
    .help("declare the port that the program listens on, and expose the same one")
    .confidence(confidence.min(Confidence::Medium))
}

/// Adds the places of `EXPOSE`.
fn with_places(mut found: Finding, built: &Built<'_>) -> Finding {
    let mut places: Vec<TextRange> = built.image.exposed.iter().map(|it| it.range).collect();
    places.dedup();
    for range in places.into_iter().take(MOST_PLACES) {
        found = found.related(built.span(range), "what the image exposes");
    }
    found
}

/// `80`, `80 and 443`, `8000-8010 and 2 others`.
fn listed(exposed: &[Exposed]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for port in exposed {
        let text = match port.ports {
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first}-{last}"),
            None => continue,
        };
        if !texts.contains(&text) && texts.len() < MOST_PLACES {
            texts.push(text);
        }
    }
    match texts.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, rest @ ..] => format!("{first} and {} others", rest.len()),
    }
}
