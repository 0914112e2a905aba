//! Bindings: which role they grant, and to whom.

use kubelint_parser::yaml::Node;

use super::{DEFAULT_ACCOUNT, Found, Relation};
use crate::KubeNode;
use crate::view::text;

const GROUP: &str = "rbac.authorization.k8s.io";

/// A RoleBinding or ClusterRoleBinding, also OpenShift's own.
pub(super) fn binding<'a>(root: Node<'a>, found: &mut Found<'a>) {
    if let Some(role) = root.field("roleRef") {
        role_reference(role, found);
    }
    for subject in root.list("subjects") {
        if text(subject, "kind").is_none_or(|it| it.value != "ServiceAccount") {
            continue;
        }
        let name = text(subject, "name").filter(|it| it.value != DEFAULT_ACCOUNT);
        let account = found.in_own_namespace(Relation::Subject, "ServiceAccount", name);
        found.extend(account.map(|mut it| {
            // RBAC wants the namespace of accounts stated, and takes none for granted.
            it.target.namespace = None;
            it.in_stated_namespace(subject)
        }));
    }
}

fn role_reference<'a>(role: Node<'a>, found: &mut Found<'a>) {
    let reference = found.in_own_namespace(Relation::Role, "Role", text(role, "name"));
    let kind = text(role, "kind");
    let is_role = match kind.as_ref().map(|it| it.value.as_ref()) {
        Some("Role") => true,
        Some("ClusterRole") => false,
        // OpenShift's references state no kind: with a namespace they mean a Role.
        None => role.field("namespace").is_some(),
        Some(_) => return,
    };
    found.extend(reference.map(|it| {
        if is_role {
            return it.in_stated_namespace(role).with_kind(GROUP, "Role");
        }
        let mut it = it.with_kind(GROUP, "ClusterRole");
        it.target.namespace = None;
        it
    }));
}
