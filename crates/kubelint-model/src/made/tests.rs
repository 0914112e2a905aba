use kubelint_parser::source::{MemorySources, Sources};

use super::*;
use crate::known::ExternalObject;
use crate::{Needs, Targets};

fn graph(files: &[(&str, &str)]) -> DeploymentGraph {
    let sources = MemorySources::new(files.iter().copied());
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let targets = Targets::of(sources.list());
    DeploymentGraph::read(&sources, targets, Vec::new(), &Known::default(), needs)
}

/// A pod that refers, to which everything else is seen.
const POD: (&str, &str) = (
    "a.yaml",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {containers: [{name: a, image: b}]}\n",
);

fn word(maker: Option<&Maker>) -> &'static str {
    match maker {
        None => "-",
        Some(Maker::BuiltIn(_)) => "built-in",
        Some(Maker::Script(_)) => "script",
        Some(Maker::Document(_)) => "document",
        Some(Maker::Chart(_)) => "chart",
        Some(Maker::Controller(..)) => "controller",
        Some(Maker::Argument(_)) => "argument",
        Some(Maker::Configuration) => "configuration",
    }
}

/// Who makes `target` (`Kind/name`) for the pod beside `file`.
fn check(file: (&str, &str), target: &str, expected: &str) {
    let graph = graph(&[POD, file]);
    let known = Known {
        external: vec![ExternalObject {
            kind: "Secret".into(),
            name: "given-*".into(),
            namespace: Some("x".into()),
        }],
        ..Known::default()
    };
    let makers = Makers::new(&graph, &known);
    let (kind, name) = target.split_once('/').unwrap();
    let (name, namespace) = match name.split_once('@') {
        Some((name, namespace)) => (name, Some(namespace.to_owned())),
        None => (name, None),
    };
    let target_name = ObjectName {
        group: String::new(),
        kind: kind.into(),
        namespace,
        name: name.into(),
    };
    let maker = makers.of(&graph, ResourceId(0), &target_name);
    assert_eq!(word(maker.as_ref()), expected, "{target} beside {}", file.1);
}

#[test]
fn built_ins_and_the_users_word() {
    let none = ("x.sh", "");
    check(none, "ConfigMap/kube-root-ca.crt", "built-in");
    check(none, "ClusterRole/system:auth-delegator", "built-in");
    check(none, "Secret/default-token-abcde", "built-in");
    check(none, "Secret/given-a", "configuration");
    check(none, "Secret/given-a@x", "configuration");
    check(none, "Secret/given-a@y", "-");
    check(none, "ConfigMap/given-a", "-");
}

#[test]
fn commands_and_templates() {
    let script = (
        "x.sh",
        "kubectl create secret generic a-$X -n n\nhelm install db x/y\n",
    );
    check(script, "Secret/a-b", "script");
    check(script, "Secret/a-b@m", "-");
    check(script, "ConfigMap/a-b", "-");
    check(script, "Service/db-postgresql", "script");
    check(script, "Service/dbx", "-");
    check(script, "Role/db", "-");
    check(
        ("a.md", "`kubectl create ns n`\n"),
        "Namespace/n",
        "document",
    );
    let template = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .x }}-web\n";
    check(("c/templates/a.yaml", template), "Service/x-web", "-");
}

#[test]
fn controllers() {
    let cluster = (
        "b.yaml",
        "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\n",
    );
    check(cluster, "Secret/db-app", "controller");
    check(cluster, "Secret/db-other", "controller");
    check(cluster, "Secret/adb", "-");
    check(cluster, "Deployment/db", "-");
    let tested = ("test/b.yaml", cluster.1);
    check(tested, "ConfigMap/my-db", "-");
    let routing =
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: db}\n";
    check(("b.yaml", routing), "Service/db", "-");
    let certificate = "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c}\nspec: {secretName: t}\n";
    check(("b.yaml", certificate), "Secret/t", "controller");
    check(("b.yaml", certificate), "Secret/c", "-");
    let vault = "apiVersion: secrets.hashicorp.com/v1beta1\nkind: VaultStaticSecret\nmetadata: {name: v}\nspec: {destination: {name: t}}\n";
    check(("b.yaml", vault), "Secret/t", "controller");
    let sops = "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata: {name: v}\nspec: {secretTemplates: [{name: a1}, {name: t}]}\n";
    check(("b.yaml", sops), "Secret/t", "controller");
}

#[test]
fn what_is_installed_unseen() {
    let subscription = "apiVersion: operators.coreos.com/v1alpha1\nkind: Subscription\nmetadata: {name: s, namespace: olm}\n";
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{resources: [secrets], verbs: [get, create]}]\n";
    let cluster = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: db}\n";
    let pod = |path| (path, POD.1);
    for (from, file, target, expected) in [
        (
            pod("a/a.yaml"),
            ("a/s.yaml", subscription),
            "Deployment/d",
            true,
        ),
        (
            pod("a/b/a.yaml"),
            ("a/s.yaml", subscription),
            "Deployment/d",
            true,
        ),
        (
            pod("a/b/a.yaml"),
            ("a/c/s.yaml", subscription),
            "Deployment/d",
            false,
        ),
        (
            pod("a/b/a.yaml"),
            ("c/s.yaml", subscription),
            "Deployment/d@olm",
            true,
        ),
        (
            pod("a/b/a.yaml"),
            ("c/s.yaml", subscription),
            "Deployment/d@other",
            false,
        ),
        (pod("a/a.yaml"), ("a/r.yaml", role), "Secret/d", true),
        (pod("a/a.yaml"), ("a/r.yaml", role), "ConfigMap/d", false),
        (pod("a/a.yaml"), ("b/r.yaml", role), "Secret/d", false),
        (
            pod("a/a.yaml"),
            ("b/c.yaml", cluster),
            "Deployment/insert-db",
            true,
        ),
        (
            pod("a/a.yaml"),
            ("b/c.yaml", cluster),
            "Deployment/db2",
            false,
        ),
    ] {
        let graph = graph(&[from, file]);
        let makers = Makers::new(&graph, &Known::default());
        let pods = graph.resources_of(Some(""), "Pod");
        let pod = pods.into_iter().next().unwrap();
        let (kind, name) = target.split_once('/').unwrap();
        let (name, namespace) = name.split_once('@').unzip();
        let name = ObjectName {
            group: String::new(),
            kind: kind.into(),
            namespace: namespace.map(str::to_owned),
            name: name.unwrap_or(target).into(),
        };
        let may_install = makers.may_install(&graph, pod, &name);
        assert_eq!(may_install, expected, "{target} beside {file:?}");
    }
}

#[test]
fn annotations() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {service.beta.openshift.io/serving-cert-secret-name: t}}\n";
    check(("b.yaml", service), "Secret/t", "controller");
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: {cert-manager.io/cluster-issuer: le}}\nspec: {tls: [{secretName: t}]}\n";
    check(("b.yaml", ingress), "Secret/t", "controller");
    let plain = ingress.replace("cert-manager.io/cluster-issuer", "x");
    check(("b.yaml", &plain), "Secret/t", "-");
}

#[test]
fn arguments_of_jobs() {
    let job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {containers: [{name: a, image: b, args: [create, --secret-name=t1]}]}}}\n";
    check(("b.yaml", job), "Secret/t1", "argument");
    check(("b.yaml", job), "Secret/t2", "-");
    let other = job.replace("--secret-name", "--name");
    check(("b.yaml", &other), "Secret/t1", "-");
}

#[test]
fn pods() {
    let files = [
        POD,
        (
            "b.yaml",
            "apiVersion: x.example.com/v1\nkind: Database\nmetadata: {name: db}\n",
        ),
        ("c/Chart.yaml", "name: c\n"),
        (
            "c/templates/d.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels:\n    app: web\n    tier: {{ .x }}\n",
        ),
    ];
    let graph = graph(&files);
    let makers = Makers::new(&graph, &Known::default());
    for (key, value, expected) in [
        ("job-name", "a", "built-in"),
        ("strimzi.io/cluster", "a", "built-in"),
        ("role", "master", "built-in"),
        ("role", "web", "-"),
        ("app", "db", "controller"),
        ("app", "web", "chart"),
        ("app", "api", "-"),
    ] {
        let labels = [(Cow::Borrowed(key), Cow::Borrowed(value))];
        let maker = makers.of_pods(&graph, ResourceId(0), &labels);
        assert_eq!(word(maker.as_ref()), expected, "{key}={value}");
    }
}

#[test]
fn many_makers_and_many_questions() {
    let lines = (0..20_000).map(|it| format!("kubectl create secret generic s{it}-$X\n"));
    let script: String = lines.collect();
    let graph = graph(&[POD, ("x.sh", &script)]);
    let makers = Makers::new(&graph, &Known::default());
    let name = |index: usize| ObjectName {
        group: String::new(),
        kind: "Secret".into(),
        namespace: None,
        name: format!("t{index}-{}", "-".repeat(200)),
    };
    for index in 0..1000 {
        assert_eq!(makers.of(&graph, ResourceId(0), &name(index)), None);
    }
}

#[test]
fn hosts_that_service_entries_add() {
    let entry = (
        "entry.yaml",
        "apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: e, namespace: shop}\n\
         spec: {hosts: [db.data.svc.cluster.local, old, api.example.com, '*.far.svc.cluster.local']}\n",
    );
    check(entry, "Service/db@data", "controller");
    check(entry, "Service/db@shop", "-");
    check(entry, "Service/old@shop", "controller");
    check(entry, "Service/api", "-");
    check(entry, "Service/x@far", "-");
}

/// Of thousands of custom resources of one name, few are looked at: none of them may be found, for all are tests.
#[test]
fn custom_resources_of_one_name() {
    let database = "apiVersion: x.example.com/v1\nkind: Database\nmetadata: {name: db}\n---\n";
    let many = database.repeat(100);
    let in_tests = graph(&[POD, ("test/b.yaml", &many)]);
    let accept = |graph: &DeploymentGraph| {
        let makers = Makers::new(graph, &Known::default());
        let asked = std::cell::Cell::new(0);
        let is_deployed = deployed_with(graph, ResourceId(0));
        let found = makers.custom.named("db", &|id| {
            asked.set(asked.get() + 1);
            is_deployed(id)
        });
        (found.is_some(), asked.get())
    };
    assert_eq!(accept(&in_tests), (false, 2));
    let in_both = graph(&[POD, ("test/b.yaml", &many), ("z.yaml", &many)]);
    assert_eq!(accept(&in_both), (true, 3));
}
