//! Files of the project that a container starts and that are not in its image.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::dockerfile::{Argument, Base, Context, Inherited, Presence, Program, Start};
use kubelint_model::view::{Container, PodTemplate, Workload, text};
use kubelint_model::{Cause, KubeNode, base_image, image_user, public_image};
use kubelint_parser::Span;
use kubelint_parser::source::SourcePath;
use kubelint_parser::yaml::Node;

use crate::built::{AllBuilt, Built};
use crate::evidence;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_images();

/// Programs that are given a file to run.
const INTERPRETERS: [&str; 16] = [
    "ash", "bash", "bun", "dash", "deno", "dotnet", "java", "node", "nodejs", "perl", "php",
    "python", "python3", "ruby", "sh", "ts-node",
];

/// Flags of theirs that have no value and may stand before the file.
const SWITCHES: [&str; 10] = [
    "-u",
    "-B",
    "-O",
    "-x",
    "-e",
    "-l",
    "--enable-source-maps",
    "--expose-gc",
    "--trace-warnings",
    "run",
];

/// What a container starts, and where that is written.
struct Started {
    words: Vec<Argument>,
    /// Whether the manifest says so, and not the Dockerfile.
    by_manifest: bool,
}

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    let all = AllBuilt::new(cx.graph);
    for workload in cx.graph.workloads() {
        for template in workload.templates() {
            for container in template.containers() {
                if let Some(built) = all.of(&workload, &container)
                    && let Some(found) = finding(cx, &workload, &template, &container, &built)
                {
                    out.push(found);
                }
            }
        }
    }
}

fn finding(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    template: &PodTemplate<'_>,
    container: &Container<'_>,
    built: &Built<'_>,
) -> Option<Finding> {
    let graph = cx.graph;
    let context = built.context(graph)?;
    let started = started(container, built)?;
    let program = Program::of(&started.words)?;
    let word = file_word(&program)?;
    let path = image_path(container, built, &word.text)?;
    let project_file = in_project(cx, &context, &path)?;
    if !has_known_base(built)
        || is_mounted(template, container, &path)
        || is_made(cx, built, &path)
        || built
            .dockerfile
            .presence(&built.image, &built.args, &path, &context)
            != Presence::Absent
    {
        return None;
    }
    let resource = workload.resource;
    let name = container.name().map(|it| it.value).unwrap_or_default();
    let message = format!(
        "container `{name}` starts `{path}`, and no `COPY` brings `{project_file}` into its image"
    );
    let field = container.field_path("command");
    let place = place(cx, workload, built, &started, word)?;
    let image = container.image()?;
    let mut found = Finding::new(place, message, Cause::field_of(resource, &field))
        .label("this file is not in the image")
        .about(resource.id, field.clone(), path.clone())
        .help("copy the file in the Dockerfile, or start one that is there");
    if !started.by_manifest {
        let span = graph.span_in(resource, image.range());
        found = found.related(span, "runs the image");
    }
    for copied in built.image.copied.iter().take(3) {
        found = found.related(built.span(copied.range), "does not bring it");
    }
    let path = container.field_path("image");
    let confidence = evidence::inferred(graph, resource, &[&field, &path]);
    let confidence = confidence.min(built.confidence()).min(Confidence::Medium);
    Some(built.with_chain(graph, found).confidence(confidence))
}

/// What the container starts: the manifest's command, else the image's own.
fn started(container: &Container<'_>, built: &Built<'_>) -> Option<Started> {
    if let Some(command) = container.command() {
        let arguments = container.args().into_iter().flat_map(Node::items);
        let words = command.items().chain(arguments).map(|it| {
            Some(Argument {
                text: it.string()?.into_owned(),
                range: Some(it.range()),
            })
        });
        return Some(Started {
            words: words.collect::<Option<_>>()?,
            by_manifest: true,
        });
    }
    let words = if container.args().is_some() {
        built.image.entrypoint.stated()?.value.words.clone()
    } else if let Inherited::Stated(entrypoint) = &built.image.entrypoint {
        match built.image.start() {
            Start::Words(words) => words,
            _ => entrypoint.value.words.clone(),
        }
    } else {
        match built.image.likely_start() {
            Start::Words(words) => words,
            Start::Unknown | Start::Nothing => return None,
        }
    };
    Some(Started {
        words,
        by_manifest: false,
    })
}

/// The word that names a file: the program itself if it has a folder, or what an interpreter is given.
fn file_word(program: &Program) -> Option<&Argument> {
    let (first, rest) = program.words.split_first()?;
    let name = program.name();
    if !INTERPRETERS.contains(&name) {
        return Some(first).filter(|it| it.text.contains('/') && is_plain(&it.text));
    }
    let word = if name == "java" {
        let at = rest.iter().position(|it| it.text == "-jar")?;
        rest.get(at + 1)?
    } else {
        let is_flag = |it: &&Argument| {
            SWITCHES.contains(&it.text.as_str())
                || (it.text.starts_with("--") && it.text.contains('='))
        };
        rest.iter().find(|it| !is_flag(it))?
    };
    let file = word.text.rsplit('/').next().unwrap_or_default();
    let is_file = !word.text.starts_with('-') && file.contains('.') && is_plain(&word.text);
    is_file.then_some(word)
}

/// Whether nothing stands in a path that is not itself.
fn is_plain(path: &str) -> bool {
    !path.contains(['$', '*', '?', '{', '~', '\\', '%', '`']) && !path.contains(char::is_whitespace)
}

/// The path in the image that a program's path means.
fn image_path(container: &Container<'_>, built: &Built<'_>, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return Some(path.to_owned());
    }
    match text(container.node, "workingDir") {
        Some(folder) if folder.value.starts_with('/') && is_plain(&folder.value) => {
            let whole = SourcePath::new(&format!("{}/{path}", folder.value));
            Some(format!("/{whole}"))
        }
        Some(_) => None,
        None => built.image.resolve(path),
    }
}

/// The file of the build context that is meant: the one that ends like the path in the image. A script may also be the only one of its
/// name: it is not compiled from anything.
fn in_project(cx: &RuleContext<'_>, context: &Context<'_>, path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_script = SourcePath::new(name).extension() == Some("sh");
    let named = cx.graph.build_files.named(name, context.folder);
    let named: Vec<&str> = named.collect();
    let is_end = |it: &&&str| {
        let rest = path.strip_suffix(**it);
        rest.is_some_and(|it| it.ends_with('/'))
    };
    let found = named.iter().find(is_end);
    let only = || named.first().filter(|_| is_script && named.len() == 1);
    found.or_else(only).map(|it| (*it).to_owned())
}

/// Whether the base image is known to hold none of the project's files.
fn has_known_base(built: &Built<'_>) -> bool {
    built.image.base == Base::Scratch
        || built
            .of_base(|it| {
                let is_known = base_image::of(it).is_some()
                    || image_user::of(it).is_some()
                    || public_image::is_public(it);
                is_known.then_some(())
            })
            .is_some()
}

/// Whether a volume may bring the file.
fn is_mounted(template: &PodTemplate<'_>, container: &Container<'_>, path: &str) -> bool {
    let mut mounts = container.volume_mounts();
    let covers = |folder: &str| {
        let folder = folder.trim_end_matches('/');
        path.strip_prefix(folder)
            .is_some_and(|it| it.is_empty() || it.starts_with('/'))
    };
    template.is_injected() || mounts.any(|it| it.path().is_none_or(|it| covers(&it.value)))
}

/// Whether a command of the build speaks of the file, so that it may make it or move it there.
fn is_made(cx: &RuleContext<'_>, built: &Built<'_>, path: &str) -> bool {
    let text = cx.graph.sources.get(built.file.source).text();
    let name = path.rsplit('/').next().unwrap_or_default();
    built.image.runs.iter().any(|it| it.of(text).contains(name))
}

/// Where the file is named.
fn place(
    cx: &RuleContext<'_>,
    workload: &Workload<'_>,
    built: &Built<'_>,
    started: &Started,
    word: &Argument,
) -> Option<Span> {
    let range = word.range?;
    Some(if started.by_manifest {
        cx.graph.span_in(workload.resource, range)
    } else {
        built.span(range)
    })
}
