//! What pods ask for, and which quotas count them.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

mod common;

use common::graph;
use kubelint_model::view::Level;

/// Requests and limits of one resource that a pod with this spec asks for, with the defaults of a LimitRange's entry.
#[track_caller]
fn check_cpu(spec: &str, defaults: &str, expected: &str) {
    let pod = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n");
    let range = format!(
        "---\napiVersion: v1\nkind: LimitRange\nmetadata: {{name: l}}\nspec: {{limits: [{defaults}]}}\n"
    );
    let graph = graph(&(pod + &range));
    let workload = graph.workloads().next().unwrap();
    let template = workload.templates().remove(0);
    let range = graph.limit_ranges().next().unwrap();
    let defaults = range.of_containers();
    let shown = [Level::Request, Level::Limit].map(|level| {
        match template.demand("cpu", level, defaults.as_ref()) {
            Ok(Some(quantity)) => quantity.short(),
            Ok(None) => "-".to_owned(),
            Err(_) => "unreadable".to_owned(),
        }
    });
    assert_eq!(shown.join(" "), expected, "{spec}");
}

#[test]
fn what_a_pod_asks_for() {
    check_cpu("{containers: [{name: a, image: i}, {name: b}]}", "", "- -");
    check_cpu(
        "{containers: [{image: i, resources: {requests: {cpu: 1}}}, {image: i, resources: {limits: {cpu: 500m}}}]}",
        "",
        "1500m 500m",
    );
    check_cpu(
        "{containers: [{image: i, resources: {requests: {cpu: '${CPU}'}}}]}",
        "",
        "unreadable unreadable",
    );
    check_cpu(
        "{containers: [{image: i, resources: '${R}'}]}",
        "",
        "unreadable unreadable",
    );
}

#[test]
fn init_containers_and_sidecars() {
    let container = |rest: &str, cpu: &str| {
        format!("{{image: i, {rest}resources: {{requests: {{cpu: {cpu}}}}}}}")
    };
    let check = |init: &[(&str, &str)], expected: &str| {
        let init: Vec<String> = init
            .iter()
            .map(|(rest, cpu)| container(rest, cpu))
            .collect();
        let spec = format!(
            "{{initContainers: [{}], containers: [{}]}}",
            init.join(", "),
            container("", "1")
        );
        check_cpu(&spec, "", &format!("{expected} -"));
    };
    let sidecar = "restartPolicy: Always, ";
    check(&[("", "500m")], "1");
    check(&[("", "3")], "3");
    check(&[(sidecar, "500m")], "1500m");
    // One that runs after a sidecar was started runs beside it, one before does not.
    check(&[(sidecar, "500m"), ("", "2")], "2500m");
    check(&[("", "2"), (sidecar, "500m")], "2");
}

#[test]
fn defaults_of_a_limit_range() {
    let spec = "{containers: [{name: a, image: i}, {image: i, resources: {limits: {cpu: 2}}}]}";
    check_cpu(
        spec,
        "{type: Container, default: {cpu: 1}, defaultRequest: {cpu: 100m}}",
        "2100m 3",
    );
    check_cpu(spec, "{type: Container, max: {cpu: 4}}", "6 6");
    check_cpu(spec, "{type: Container, min: {cpu: 50m}}", "2050m 2");
    check_cpu(spec, "{type: Pod, max: {cpu: 4}}", "2 2");
}

#[test]
fn what_the_whole_pod_states() {
    let spec = "{resources: {limits: {cpu: 4}}, containers: [{name: a, image: i}]}";
    check_cpu(spec, "{type: Container, default: {cpu: 1}}", "4 4");
    check_cpu(
        "{resources: {limits: {cpu: 4}}, containers: [{image: i, resources: {requests: {cpu: 1}}}]}",
        "",
        "1 4",
    );
    check_cpu(
        "{resources: {requests: {cpu: 3}}, containers: [{image: i, resources: {requests: {cpu: 1}}}]}",
        "",
        "3 -",
    );
}

#[track_caller]
fn check_counts(quota: &str, spec: &str, expected: Option<bool>) {
    let graph = graph(&format!(
        "apiVersion: v1\nkind: ResourceQuota\nmetadata: {{name: q}}\nspec: {quota}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n"
    ));
    let workload = graph.workloads().next().unwrap();
    let template = workload.templates().remove(0);
    let quota_view = graph.resource_quotas().next().unwrap();
    assert_eq!(quota_view.counts(&template), expected, "{quota} {spec}");
}

#[test]
fn scopes_of_quotas() {
    let plain = "{containers: [{name: a, image: i}]}";
    let bounded = "{containers: [{image: i, resources: {limits: {memory: 1Gi}}}]}";
    check_counts("{hard: {pods: 1}}", plain, Some(true));
    check_counts("{scopes: [BestEffort]}", plain, None);
    check_counts("{scopes: [BestEffort]}", bounded, Some(false));
    check_counts("{scopes: [NotBestEffort]}", bounded, Some(true));
    check_counts("{scopes: [Terminating]}", plain, Some(false));
    check_counts("{scopes: [NotTerminating]}", plain, Some(true));
    check_counts(
        "{scopes: [Terminating]}",
        "{activeDeadlineSeconds: 60, containers: [{image: i}]}",
        Some(true),
    );
    check_counts("{scopes: [BestEffort, Terminating]}", plain, Some(false));
    check_counts("{scopes: [CrossNamespacePodAffinity]}", plain, None);
}

#[test]
fn quotas_of_priority_classes() {
    let quota = |operator: &str| {
        format!(
            "{{scopeSelector: {{matchExpressions: [{{scopeName: PriorityClass, operator: {operator}, values: [high]}}]}}}}"
        )
    };
    let high = "{priorityClassName: high, containers: [{image: i}]}";
    check_counts(&quota("In"), high, Some(true));
    check_counts(&quota("NotIn"), high, Some(false));
    check_counts(&quota("Exists"), high, Some(true));
    check_counts(&quota("DoesNotExist"), high, Some(false));
    check_counts(
        &quota("In"),
        "{priorityClassName: low, containers: [{image: i}]}",
        Some(false),
    );
    // A class that is not stated may be the cluster's default one.
    check_counts(&quota("In"), "{containers: [{image: i}]}", None);
}

#[test]
fn limit_ranges_that_the_server_refuses() {
    let check = |item: &str, expected: bool| {
        let graph = graph(&format!(
            "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: l}}\nspec: {{limits: [{item}]}}\n"
        ));
        let range = graph.limit_ranges().next().unwrap();
        let item = range.of_containers().unwrap();
        assert_eq!(item.is_contradictory("cpu"), expected);
    };
    check("{type: Container, default: {cpu: 2}, max: {cpu: 1}}", true);
    check(
        "{type: Container, min: {cpu: 1}, defaultRequest: {cpu: 500m}}",
        true,
    );
    check("{type: Container, min: {cpu: 1}, max: {cpu: 1000m}}", false);
    check(
        "{type: Container, default: {memory: 2Gi}, max: {memory: 1Gi}}",
        false,
    );
}

#[test]
fn pods_that_want_a_node_each() {
    let check = |term: &str, expected: bool| {
        let graph = graph(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: shop, labels: {{app: a}}}}\nspec:\n  affinity: {{podAntiAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{term}]}}}}\n  containers: [{{name: c, image: i}}]\n"
        ));
        let workload = graph.workloads().next().unwrap();
        let found = workload.templates()[0]
            .one_on_a_node(Some("shop"))
            .is_some();
        assert_eq!(found, expected, "{term}");
    };
    let term = |selector: &str, rest: &str| {
        format!("{{topologyKey: kubernetes.io/hostname, labelSelector: {selector}{rest}}}")
    };
    let own = "{matchLabels: {app: a}}";
    check(&term(own, ""), true);
    check(&term("{}", ""), true);
    check(&term("", ""), false);
    check(&term("'${SELECTOR}'", ""), false);
    check(&term("{matchLabels: {app: b}}", ""), false);
    check(&term("{matchLabels: {app: '${APP}'}}", ""), false);
    check(&term(own, ", namespaces: [shop, m]"), true);
    check(&term(own, ", namespaces: [m]"), false);
    check(&term(own, ", namespaceSelector: {}"), true);
    check(
        &term(own, ", namespaceSelector: {matchLabels: {a: b}}"),
        false,
    );
    check(&term(own, ", matchLabelKeys: [pod-template-hash]"), false);
    check(
        "{topologyKey: topology.kubernetes.io/zone, labelSelector: {}}",
        false,
    );
}
