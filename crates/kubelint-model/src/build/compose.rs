//! What docker compose builds: the services that have a `build`.

use kubelint_parser::{Span, TextRange};

use super::{BuildArg, BuildStep, Builder, BuiltName, Place};
use crate::compose::{Service, Stated};
use crate::{File, FileId};

/// The step that builds a service of the project `project`, as `file` states it last: what another file says of it stands where this one
/// names the service.
pub(crate) fn of_service(
    service: &Service,
    project: Option<&str>,
    id: FileId,
    file: &File,
) -> Option<BuildStep> {
    let build = service.build.as_ref()?;
    let is_own = |it: &Span| it.source == file.source;
    let image = service.image.as_ref().filter(|it| is_own(&it.span));
    let own = build.span.filter(is_own);
    let range = own
        .or(image.map(|it| it.span))
        .unwrap_or(service.name.span)
        .range;
    let own_range = |span: Span| -> TextRange { if is_own(&span) { span.range } else { range } };
    let named = |it: &Stated<String>| BuiltName {
        text: it.value.clone(),
        range: own_range(it.span),
    };
    let place = Place::in_folder_of(id, file);
    let context = match &build.context {
        Some(it) => {
            let mut path = it.value.clone();
            path.range = own_range(it.span);
            path
        }
        None => place.path(".", range),
    };
    let mut step = place.build(Builder::Compose, range, context);
    step.service = Some(named(&service.name));
    // Compose v2 calls it so.
    let project = project.filter(|_| service.image.is_none());
    step.made_up = project.map(|it| format!("{it}-{}", service.name.value));
    step.elsewhere = build.inline.or(build.remote).map(own_range);
    step.dockerfile = build
        .dockerfile
        .as_ref()
        .map(|it| step.context.within(&it.value, own_range(it.span)));
    step.target = build.target.as_ref().map(named);
    let args = build.args.iter().map(|it| BuildArg {
        name: it.name.clone(),
        value: it.value.clone(),
        range: own_range(it.span),
    });
    step.args = args.collect();
    let tags = build.tags.iter().filter(|it| is_own(&it.span));
    step.names = image.into_iter().chain(tags).map(named).collect();
    Some(step)
}
