//! Paths in this repository that Argo CD and Flux objects name, and that are not there.

use kubelint_engine::{CodeRule, Confidence, Finding, Findings, RuleContext};
use kubelint_model::named::{Lack, MissingPath, Origin, OriginRepository};
use kubelint_model::purpose::Purpose;
use kubelint_model::{Cause, KubeNode, Resource};
use kubelint_parser::Span;

/// The rule's function.
pub(crate) const RULE: CodeRule = CodeRule::new(check).needs_paths().needs_links();

fn check(cx: &RuleContext<'_>, out: &mut Findings) {
    for missing in &cx.graph.missing_paths {
        out.extend(
            missing
                .origin
                .as_ref()
                .and_then(|it| finding(cx, missing, it)),
        );
    }
}

/// This repository, as an object names it.
struct Here {
    url: String,
    /// Where the URL is written.
    span: Span,
}

fn finding(cx: &RuleContext<'_>, missing: &MissingPath, origin: &Origin) -> Option<Finding> {
    let span = cx.graph.span(missing.file, missing.range);
    let resource = cx.graph.resource_at(span)?;
    let here = here(cx, missing, origin, resource)?;
    let folder = missing.path.parent().rsplit('/').next();
    let cause = Cause::file(folder.unwrap_or_default(), missing.path.file_name());
    let (field, written) = (missing.field, &missing.written);
    let message = match missing.lack {
        Lack::Without(name) => format!("`{field}` names `{written}`, a folder without a `{name}`"),
        _ => format!("`{field}` names `{written}`, which is not in this repository"),
    };
    let at = cx.graph.path_at(resource, missing.range);
    let finding = Finding::new(span, message, cause)
        .about(resource.id, at, written.as_str())
        .label(format!("`{}` is not there", missing.path))
        .related(here.span, format!("`{}` is this repository", here.url))
        .confidence(confidence(cx, missing));
    let help = match (&missing.maker, &missing.nearest) {
        (Some(maker), _) => format!("`{maker}` seems to make it: commit what it makes"),
        (None, Some(nearest)) => format!("did you mean `{nearest}`?"),
        (None, None) => "correct the path, or commit what it is to name".to_owned(),
    };
    Some(finding.help(help))
}

fn confidence(cx: &RuleContext<'_>, missing: &MissingPath) -> Confidence {
    let file = cx.graph.file(missing.file);
    // What a pipeline writes may be committed by it, to this branch or another.
    let is_made = missing.maker.is_some() || missing.is_ignored;
    let is_odd = file.purpose != Purpose::Deployed;
    if is_made || is_odd {
        Confidence::Low
    } else {
        Confidence::High
    }
}

/// This repository as the origin names it; `None` if it is another one, another revision of this one, or not known.
fn here(
    cx: &RuleContext<'_>,
    missing: &MissingPath,
    origin: &Origin,
    resource: &Resource,
) -> Option<Here> {
    let known = &cx.world.known;
    match &origin.repository {
        OriginRepository::Url { url, range } => {
            let is_here = known.is_repository(url) && is_main(origin.revision.as_deref());
            is_here.then(|| Here {
                url: url.clone(),
                span: cx.graph.span(missing.file, *range),
            })
        }
        OriginRepository::Source {
            name, namespace, ..
        } => {
            let namespace = namespace.as_deref().or(resource.namespace.as_deref());
            let sources = cx
                .graph
                .resources_of(Some("source.toolkit.fluxcd.io"), "GitRepository");
            let mut sources = sources.filter(|it| {
                let fits = match (namespace, it.namespace.as_deref()) {
                    (Some(wanted), Some(namespace)) => wanted == namespace,
                    _ => true,
                };
                fits && it.name.as_deref() == Some(name)
            });
            let source = sources.next()?;
            // Which of several is meant, only the cluster that it is applied to can tell.
            if sources.next().is_some() {
                return None;
            }
            flux_source(cx, source)
        }
    }
}

/// This repository as a `GitRepository` names it.
fn flux_source(cx: &RuleContext<'_>, source: &Resource) -> Option<Here> {
    let spec = cx.graph.root(source).field("spec")?;
    let url = spec.field("url")?;
    let text = url.string()?;
    // `include` puts other repositories' folders among its own, `ignore` and `sparseCheckout` leave some out.
    let is_whole = ["include", "sparseCheckout"]
        .iter()
        .all(|it| spec.field(it).is_none());
    let reference = spec.field("ref");
    let states = |key: &str| reference.and_then(|it| it.field(key));
    let is_fixed = ["tag", "semver", "commit", "name"]
        .iter()
        .any(|it| states(it).is_some());
    let branch = states("branch").and_then(KubeNode::text_value);
    let is_here = cx.world.known.is_repository(&text);
    (is_here && is_whole && !is_fixed && is_main(branch.as_deref())).then(|| Here {
        span: cx.graph.span_in(source, url.range()),
        url: text.into_owned(),
    })
}

/// Whether a revision is what is here: the branch that everything is merged to.
fn is_main(revision: Option<&str>) -> bool {
    let revision = revision.unwrap_or("HEAD");
    let branch = revision.strip_prefix("refs/heads/").unwrap_or(revision);
    matches!(branch, "" | "HEAD" | "main" | "master" | "trunk")
}
