//! What is scaled, and by whom StatefulSets are named.

use kubelint_parser::yaml::Node;

use super::{Found, Relation};
use crate::view::text;
use crate::{Gvk, KubeNode};

/// A HorizontalPodAutoscaler.
pub(super) fn horizontal<'a>(root: Node<'a>, found: &mut Found<'a>) {
    if let Some(target) = root.at(&["spec", "scaleTargetRef"]) {
        scale_target(target, None, found);
    }
}

/// A VerticalPodAutoscaler.
pub(super) fn vertical<'a>(root: Node<'a>, found: &mut Found<'a>) {
    if let Some(target) = root.at(&["spec", "targetRef"]) {
        scale_target(target, None, found);
    }
}

/// KEDA's ScaledObject. It scales an `apps/v1` Deployment where it states no kind; its first version knew nothing else and called it
/// `deploymentName`.
pub(super) fn keda<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let Some(target) = root.at(&["spec", "scaleTargetRef"]) else {
        return;
    };
    let older = text(target, "deploymentName");
    let reference = found.in_own_namespace(Relation::ScaleTarget, "Deployment", older);
    found.extend(reference.map(|it| it.with_kind("apps", "Deployment")));
    scale_target(target, Some(("apps/v1", "Deployment")), found);
}

/// A StatefulSet's Service.
pub(super) fn governing_service<'a>(root: Node<'a>, found: &mut Found<'a>) {
    let name = root.field("spec").and_then(|it| text(it, "serviceName"));
    found.extend(found.in_own_namespace(Relation::GoverningService, "Service", name));
}

/// A reference with `apiVersion`, `kind` and `name`, and what counts where the first two are absent.
fn scale_target<'a>(target: Node<'a>, defaults: Option<(&str, &str)>, found: &mut Found<'a>) {
    let stated = |key: &str| text(target, key).filter(|it| !it.value.is_empty());
    let kind = stated("kind").map(|it| it.value);
    let Some(kind) = kind.as_deref().or(defaults.map(|it| it.1)) else {
        return;
    };
    let version = stated("apiVersion").map(|it| it.value);
    let version = version.as_deref().or(defaults.map(|it| it.0));
    let gvk = Gvk::new(version.unwrap_or_default(), kind);
    let reference = found.in_own_namespace(Relation::ScaleTarget, kind, stated("name"));
    found.extend(reference.map(|it| it.with_kind(&gvk.group, kind)));
}
