//! Containers that are to stay up, and start nothing that lasts.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::build::{ImageStep, split_image};
use kubelint_model::dockerfile::{Argument, Inherited, Program, Start};
use kubelint_model::pulled::Origin;
use kubelint_model::purpose::Purpose;
use kubelint_model::registry::ImageConfig;
use kubelint_model::view::{Container, ContainerKind, Lifetime, Text, Workload};
use kubelint_model::{Cause, ImageRef, KubeNode, base_image};
use kubelint_parser::TextRange;

use crate::built::{AllBuilt, Built};
use crate::built_images::BuiltImages;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_images().needs_registry();

/// The fields that decide what a container starts, and whether that waits.
const DECISIVE: [&str; 5] = ["image", "command", "args", "stdin", "tty"];

/// The annotation by which OpenShift puts another image in place of the one that is stated.
const IMAGE_TRIGGERS: &str = "image.openshift.io/triggers";

/// Programs that read commands from their standard input when they are given nothing else, and end when it does.
const INTERACTIVE: [&str; 14] = [
    "ash", "bash", "dash", "fish", "ghci", "irb", "jshell", "julia", "node", "php", "python",
    "python3", "sh", "zsh",
];

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let built = AllBuilt::new(cx.graph);
    let steps = BuiltImages::of(cx.graph);
    for workload in cx.graph.workloads() {
        for template in workload.templates() {
            if template.lifetime != Lifetime::StaysUp {
                continue;
            }
            for container in template.containers() {
                let starts_nothing = container.kind != ContainerKind::Init
                    && container.command().is_none()
                    && container.args().is_none()
                    && !container.is_interactive();
                if let Some(image) = container.image().filter(|_| starts_nothing)
                    && let Some(finding) =
                        finding(cx, (&built, &steps), &workload, &container, &image)
                {
                    out.push(finding);
                }
            }
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    (built, steps): (&AllBuilt<'_>, &BuiltImages<'_>),
    workload: &Workload<'_>,
    container: &Container<'_>,
    image: &Text<'_>,
) -> Option<Finding> {
    let reference = ImageRef::parse(&image.value)?;
    let resource = workload.resource;
    let path = container.field_path("image");
    let built = built.of(workload, container);
    let pulled = cx.graph.registry.config(resource.id, &container.path());
    let pulled = pulled.filter(|_| built.as_ref().is_none_or(|it| is_unknown(cx, it)));
    let (on_start, most) = match (&built, pulled) {
        (_, Some((config, _))) => (
            on_start_of_pulled(cx, &reference, config)?,
            Confidence::High,
        ),
        (Some(built), None) => (on_start_of_build(cx, built)?, built.confidence()),
        (None, None) => (on_start(cx, &reference)?.to_owned(), Confidence::High),
    };
    let may_start_something = DECISIVE
        .iter()
        .any(|field| cx.graph.may_change(resource, &container.field_path(field)))
        || takes_image_from_elsewhere(cx, workload)
        || workload.replicas().is_some_and(|it| it.value == 0)
        || cx.graph.file(resource.file).purpose == Purpose::Test;
    let message = format!("`{}` {}", image.value, on_start);
    let mut found = Finding::new(
        cx.graph.span_in(resource, image.range()),
        message,
        Cause::field_of(resource, &path),
    )
    .label("no `command` or `args` says what to run in it")
    .about(resource.id, path, reference.repository())
    .help("state a `command`, or use an image that holds your program")
    .confidence(most);
    if let Some(built) = &built {
        let (range, label) = starting(built);
        found = built.with_chain(cx.graph, found.related(built.span(range), label));
    } else if let Some(step) = meant(steps, workload, container) {
        let image = split_image(&step.image).0;
        let label = format!("did you mean `{image}`, which is made here?");
        found = found.related(steps.span(step), label);
    }
    if let Some((_, Origin::Lock(span))) = pulled {
        found = found.related(span, "what it starts, as it was locked");
    }
    Some(if may_start_something {
        found.confidence(Confidence::Low)
    } else {
        found
    })
}

/// The step that makes an image which is called like the workload or the container: the one that is meant.
fn meant<'a>(
    steps: &BuiltImages<'a>,
    workload: &Workload<'_>,
    container: &Container<'_>,
) -> Option<&'a ImageStep> {
    let container = container.name().map(|it| it.value);
    let names = [workload.resource.name.as_deref(), container.as_deref()];
    names.into_iter().flatten().find_map(|it| steps.of_name(it))
}

/// What a base image does that is started as it is.
fn on_start(cx: &RuleContext<'_>, image: &ImageRef<'_>) -> Option<&'static str> {
    let base = base_image::of(image).map(|it| it.on_start);
    let stated =
        || is_stated(cx, image).then_some("holds no program that lasts, as the configuration says");
    base.or_else(stated)
}

/// Whether a Dockerfile leaves what is started to a base image that is not known.
fn is_unknown(cx: &RuleContext<'_>, built: &Built<'_>) -> bool {
    let image = &built.image;
    matches!(
        (&image.entrypoint, &image.cmd),
        (Inherited::FromBase, Inherited::FromBase)
    ) && built.of_base(|it| on_start(cx, it)).is_none()
}

/// What an image does, as its registry says, if that ends at once.
fn on_start_of_pulled(
    cx: &RuleContext<'_>,
    image: &ImageRef<'_>,
    config: &ImageConfig,
) -> Option<String> {
    let argument = |text: &str| Argument {
        text: text.to_owned(),
        range: None,
    };
    let words: Vec<Argument> = config.words().map(argument).collect();
    let Some(last) = words.last() else {
        return Some("says nothing of what to start".to_owned());
    };
    // Entry points of known images hand over to the program behind them.
    let last = last.text.rsplit('/').next().unwrap_or_default();
    let known = on_start(cx, image).filter(|_| INTERACTIVE.contains(&last));
    known.map(str::to_owned).or_else(|| ends_at_once(&words))
}

/// What an image does that is built from a Dockerfile, if that ends at once.
fn on_start_of_build(cx: &RuleContext<'_>, built: &Built<'_>) -> Option<String> {
    let image = &built.image;
    let base = || built.of_base(|it| on_start(cx, it));
    let words = match (&image.entrypoint, &image.cmd) {
        // As its base does; what a base with an entry point of its own does with a command is not asked.
        (Inherited::FromBase, Inherited::FromBase) => {
            return Some(format!("{}, as its base image does", base()?));
        }
        (Inherited::FromBase, Inherited::Stated(cmd)) if base().is_some() => {
            cmd.value.words.clone()
        }
        _ => match image.start() {
            Start::Unknown => return None,
            Start::Nothing => return Some("says nothing of what to start".to_owned()),
            Start::Words(words) => words,
        },
    };
    ends_at_once(&words)
}

fn ends_at_once(words: &[Argument]) -> Option<String> {
    let program = interactive(words)?;
    Some(format!(
        "starts `{program}`, which ends at once without a terminal"
    ))
}

/// The name of the program that `words` start, if it does nothing without a terminal.
fn interactive(words: &[Argument]) -> Option<String> {
    let program = Program::of(words)?;
    let is_alone = program.words.len() == 1 && INTERACTIVE.contains(&program.name());
    is_alone.then(|| program.name().to_owned())
}

/// The place in the Dockerfile that decides what is started.
fn starting(built: &Built<'_>) -> (TextRange, &'static str) {
    let image = &built.image;
    let stated = [&image.cmd, &image.entrypoint]
        .into_iter()
        .find_map(Inherited::stated);
    match stated {
        Some(stated) => (stated.range, "this is all that it starts"),
        None => (image.base_range, "neither `CMD` nor `ENTRYPOINT` follows"),
    }
}

/// Whether the user names the image, by its repository without tag, as one that holds nothing to run.
fn is_stated(cx: &RuleContext<'_>, image: &ImageRef<'_>) -> bool {
    let name = image.canonical();
    let stated = cx.params.list("base-images").iter();
    stated
        .filter_map(|it| ImageRef::parse(it))
        .any(|it| it.canonical() == name)
}

/// Whether OpenShift replaces the stated image when an image stream changes.
fn takes_image_from_elsewhere(cx: &RuleContext<'_>, workload: &Workload<'_>) -> bool {
    let annotated = cx
        .graph
        .annotations(workload.resource)
        .is_some_and(|it| it.field(IMAGE_TRIGGERS).is_some());
    let triggers = workload.root.at(&["spec", "triggers"]);
    annotated || (workload.resource.gvk.kind == "DeploymentConfig" && triggers.is_some())
}
