//! Kinds that moved from group to group: the same objects under several names.

/// Kinds, the groups that had them once, and the group that has them now.
///
/// `extensions` was taken apart by Kubernetes 1.16 and 1.22 (the deprecated API migration guide). OpenShift 3 served its kinds without a
/// group, and `authorization.openshift.io` stands for the same stored objects as RBAC. The built-in kinds of `apps` stand here with the
/// core group because scale targets and templates often leave their group out.
const MOVED: [(&[&str], &[&str], &str); 9] = [
    (
        &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"],
        &["extensions", ""],
        "apps",
    ),
    (
        &["Ingress", "NetworkPolicy"],
        &["extensions"],
        "networking.k8s.io",
    ),
    (&["PodSecurityPolicy"], &["extensions"], "policy"),
    (
        &["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"],
        &["authorization.openshift.io", ""],
        "rbac.authorization.k8s.io",
    ),
    (&["DeploymentConfig"], &[""], "apps.openshift.io"),
    (&["Route"], &[""], "route.openshift.io"),
    (&["BuildConfig", "Build"], &[""], "build.openshift.io"),
    (
        &["ImageStream", "ImageStreamTag"],
        &[""],
        "image.openshift.io",
    ),
    (&["Template"], &[""], "template.openshift.io"),
];

/// The group in which today's API has `kind`, where `group` had it once; else `group` itself. Objects are the same if their kinds and these
/// groups are.
pub fn newest_group<'a>(group: &'a str, kind: &str) -> &'a str {
    let mut moved = MOVED.iter();
    let found = moved.find(|(kinds, groups, _)| groups.contains(&group) && kinds.contains(&kind));
    found.map_or(group, |&(_, _, newest)| newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_today() {
        assert_eq!(newest_group("extensions", "Deployment"), "apps");
        assert_eq!(newest_group("extensions", "Ingress"), "networking.k8s.io");
        assert_eq!(newest_group("", "DeploymentConfig"), "apps.openshift.io");
        assert_eq!(newest_group("", "Deployment"), "apps");
        assert_eq!(
            newest_group("authorization.openshift.io", "Role"),
            "rbac.authorization.k8s.io"
        );
        assert_eq!(newest_group("", "Service"), "");
        assert_eq!(
            newest_group("serving.knative.dev", "Route"),
            "serving.knative.dev"
        );
        assert_eq!(newest_group("example.com", "Deployment"), "example.com");
    }
}
