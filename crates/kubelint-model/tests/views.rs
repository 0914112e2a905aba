//! Typed readers, each on small documents.

mod common;

use common::{graph, graph_of};
use kubelint_model::KubeNode;
use kubelint_model::defaults::Steps;
use kubelint_model::view::{
    ConfigData, GitOpsSource, IntOrString, Placement, Repository, creates_namespace,
    defers_replicas,
};

fn keys(data: &ConfigData<'_>) -> String {
    let mut keys: Vec<&str> = data.keys.iter().map(|(key, _)| key.as_ref()).collect();
    if !data.complete {
        keys.push("…");
    }
    keys.join(" ")
}

#[track_caller]
fn check_data(text: &str, expected: Option<&str>) {
    let graph = graph(text);
    let data = graph.config_data(&graph.resources[0]);
    assert_eq!(data.as_ref().map(keys).as_deref(), expected, "{text}");
    for (key, node) in data.iter().flat_map(|it| &it.keys) {
        assert_eq!(node.decoded(), *key);
    }
}

#[test]
fn keys_of_objects() {
    let config_map = |rest: &str| format!("apiVersion: v1\nkind: ConfigMap\n{rest}\n");
    check_data(
        &config_map("data: {a: '1', b.txt: x}\nbinaryData: {c: eA==}"),
        Some("a b.txt c"),
    );
    check_data(&config_map("metadata: {name: a}"), Some("…"));
    check_data(&config_map("data: {}"), Some("…"));
    check_data(&config_map("data: ${DATA}"), Some("…"));
    check_data(&config_map("data: {'{{ key }}': x, b: z}"), Some("b …"));
    check_data(
        &config_map(
            "metadata: {labels: {config.openshift.io/inject-trusted-cabundle: 'true'}}\ndata: {a: b}",
        ),
        Some("a …"),
    );
    check_data(
        "apiVersion: v1\nkind: Secret\ndata: {a: eA==}\nstringData: {b: x}\n",
        Some("a b"),
    );
    check_data(
        "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\ndata: {a: eA==}\n",
        Some("a …"),
    );
    check_data(
        "apiVersion: v1\nkind: Secret\nmetadata: {annotations: {replicator.v1.mittwald.de/replicate-from: x/y}}\ndata: {a: eA==}\n",
        Some("a …"),
    );
    check_data(
        "apiVersion: example.com/v1\nkind: Secret\ndata: {a: b}\n",
        None,
    );
    check_data("apiVersion: v1\nkind: Pod\n", None);
}

#[test]
fn keys_of_generated_objects() {
    let graph = graph_of(
        "kustomization.yaml",
        "configMapGenerator:\n- {name: app, files: [conf/app.ini], literals: [MODE=fast]}\nsecretGenerator:\n- {name: db, envs: [db.env]}\n",
    );
    let data = graph.resources.iter().map(|it| {
        let data = graph.config_data(it).unwrap_or_default();
        format!("{}: {}", it.gvk.kind, keys(&data))
    });
    assert_eq!(
        data.collect::<Vec<_>>(),
        ["ConfigMap: app.ini MODE", "Secret: …"]
    );
}

#[track_caller]
fn check_products(text: &str, expected: &[&str]) {
    let graph = graph(text);
    let products = graph.secret_products(&graph.resources[0]);
    let products = products.iter().map(|it| {
        let namespace = it.namespace.as_deref().unwrap_or("?");
        format!("{namespace}/{}: {}", it.name.value, keys(&it.data))
    });
    assert_eq!(products.collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn sealed_secrets() {
    check_products(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec:\n  encryptedData: {password: Ag, user: Ag}\n  template: {metadata: {name: other}, data: {url: x}}\n",
        &["shop/db: password user url"],
    );
    check_products(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {data: Ag}\n",
        &["?/db: …"],
    );
}

#[test]
fn external_secrets() {
    let external = |spec: &str| {
        format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: db}}\nspec: {spec}\n"
        )
    };
    check_products(
        &external("{data: [{secretKey: a, remoteRef: {key: x}}, {secretKey: b}]}"),
        &["?/db: a b"],
    );
    check_products(
        &external("{target: {name: t, template: {data: {url: x}}}, data: [{secretKey: a}]}"),
        &["?/t: a url"],
    );
    check_products(
        &external("{data: [{secretKey: a}], dataFrom: [{extract: {key: x}}]}"),
        &["?/db: a …"],
    );
    check_products(
        &external("{target: {creationPolicy: Merge}, data: [{secretKey: a}]}"),
        &["?/db: a …"],
    );
    check_products(
        &external("{target: {creationPolicy: None}, data: [{secretKey: a}]}"),
        &[],
    );
    check_products(
        "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: c}\nspec: {externalSecretName: e, externalSecretSpec: {data: [{secretKey: a}]}}\n",
        &["?/e: a"],
    );
    check_products(
        "apiVersion: kubernetes-client.io/v1\nkind: ExternalSecret\nmetadata: {name: o}\nspec: {data: [{key: x, name: a}, {path: /all}]}\n",
        &["?/o: a …"],
    );
}

#[test]
fn certificates_and_provider_classes() {
    check_products(
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c, namespace: web}\nspec: {secretName: tls, keystores: {jks: {create: true}}, additionalOutputFormats: [{type: DER}]}\n",
        &["web/tls: tls.crt tls.key ca.crt keystore.jks truststore.jks key.der"],
    );
    check_products(
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: c}\nspec: {secretObjects: [{secretName: a, data: [{objectName: x, key: k}]}, {secretName: b}]}\n",
        &["?/a: k", "?/b: "],
    );
    check_products(
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: c}\n",
        &[],
    );
}

#[test]
fn claims() {
    let graph = graph(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], storageClassName: fast, volumeName: pv, resources: {requests: {storage: 10Gi}}}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: shared}\nspec: {accessModes: [ReadWriteMany, ReadWriteOnce], volumeMode: Block}\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {volumeClaimTemplates: [{metadata: {name: disk}, spec: {accessModes: [ReadWriteOncePod]}}]}\n",
    );
    let claims: Vec<_> = graph.claims().map(|(_, claim)| claim).collect();
    let [data, shared] = claims.as_slice() else {
        panic!("{claims:?}");
    };
    assert!(data.is_single_node() && !shared.is_single_node());
    assert!(!data.is_block() && shared.is_block());
    assert_eq!(data.storage_class().unwrap().value, "fast");
    assert_eq!(data.volume_name().unwrap().value, "pv");
    assert_eq!(data.storage().unwrap().entry.value.decoded(), "10Gi");
    let stateful_set = graph.workload(&graph.resources[2]).unwrap();
    let templates = stateful_set.claim_templates();
    assert_eq!(templates[0].name().unwrap().value, "disk");
    assert!(templates[0].is_single_node());
    assert!(stateful_set.is_ordered());
}

#[track_caller]
fn check_rollout(
    kind: &str,
    spec: &str,
    strategy: Option<&str>,
    replicas: Option<i64>,
    steps: Option<(i64, i64)>,
) {
    let text = format!("apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n");
    let graph = graph(&text);
    let Some(workload) = graph.workload(&graph.resources[0]) else {
        panic!("no workload: {text}");
    };
    assert_eq!(
        workload.strategy().map(|it| it.kind).as_deref(),
        strategy,
        "{text}"
    );
    assert_eq!(workload.desired_replicas(), replicas, "{text}");
    let steps = steps.map(|(surge, unavailable)| Steps { surge, unavailable });
    assert_eq!(workload.update_steps(), steps, "{text}");
}

#[test]
fn rollouts() {
    let rolling = Some("RollingUpdate");
    check_rollout("Deployment", "{}", rolling, Some(1), Some((1, 0)));
    check_rollout(
        "Deployment",
        "{replicas: 8}",
        rolling,
        Some(8),
        Some((2, 2)),
    );
    check_rollout("Deployment", "{replicas: '${N}'}", rolling, None, None);
    check_rollout(
        "Deployment",
        "{replicas: 1, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 50%}}}",
        rolling,
        Some(1),
        Some((0, 1)),
    );
    check_rollout(
        "Deployment",
        "{strategy: {type: Recreate}}",
        Some("Recreate"),
        Some(1),
        None,
    );
    check_rollout(
        "StatefulSet",
        "{updateStrategy: {type: OnDelete}}",
        Some("OnDelete"),
        Some(1),
        None,
    );
    check_rollout("DaemonSet", "{}", rolling, None, None);
    check_rollout("ReplicaSet", "{replicas: 2}", None, Some(2), None);
}

#[test]
fn monitors() {
    let graph = graph(
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: m}\nspec: {endpoints: [{port: http, interval: 30s}, {targetPort: 9090, path: /m}]}\n---\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: m}\nspec: {podMetricsEndpoints: [{portNumber: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
    );
    let shown = graph
        .resources
        .iter()
        .filter_map(|it| graph.monitor(it))
        .flat_map(|it| it.endpoints());
    let shown: Vec<String> = shown
        .map(|it| {
            let target = match it.target_port().map(|it| it.value) {
                Some(IntOrString::Int(number)) => Some(number),
                _ => it.port_number().map(|it| it.value),
            };
            let port = it.port().map(|it| it.value);
            format!("{} {port:?} {target:?} {}", it.path(), it.metrics_path())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "spec.endpoints[0] Some(\"http\") None /metrics",
            "spec.endpoints[1] None Some(9090) /m",
            "spec.podMetricsEndpoints[0] None Some(80) /metrics",
        ]
    );
}

#[test]
fn endpoints_of_services() {
    let graph = graph(
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: db-1, labels: {kubernetes.io/service-name: db}}\n---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: loose}\n---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: old}\n",
    );
    let services = graph.endpoints().map(|it| it.service().map(|it| it.value));
    let services: Vec<_> = services.collect();
    assert_eq!(services, [Some("old".into()), Some("db".into()), None]);
}

#[test]
fn budgets_and_autoscalers() {
    let graph = graph(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p}\nspec: {minAvailable: 50%}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {maxReplicas: 3}\n",
    );
    let budget = graph.disruption_budgets().next().unwrap();
    assert_eq!(budget.disruptions_allowed(3), Some(1));
    let autoscaler = graph.autoscalers().next().unwrap();
    assert_eq!(autoscaler.max_replicas().unwrap().value, 3);
    assert!(autoscaler.min_replicas().is_none());
}

#[test]
fn replicas_that_gitops_leaves_alone() {
    let check = |kind: &str, spec: &str, expected: bool| {
        let graph = graph(&format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
        ));
        let defers = |it| defers_replicas(it, graph.root(it));
        assert_eq!(graph.resources.iter().any(defers), expected, "{spec}");
    };
    let pointer = "{ignoreDifferences: [{kind: Deployment, jsonPointers: [/spec/replicas]}]}";
    check("Application", pointer, true);
    check("Rollout", pointer, false);
    check(
        "ApplicationSet",
        "{template: {spec: {ignoreDifferences: [{jqPathExpressions: [.spec.replicas]}]}}}",
        true,
    );
    check(
        "Application",
        "{ignoreDifferences: [{jsonPointers: [/spec/x]}]}",
        false,
    );
}

/// The metrics by utilization of an autoscaler, each with its container.
fn check_utilizations(version: &str, spec: &str, expected: &[&str]) {
    let graph = graph(&format!(
        "apiVersion: autoscaling/{version}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: h}}\nspec: {spec}\n"
    ));
    let metrics = graph.autoscalers().flat_map(|it| it.utilizations());
    let shown = metrics.map(|it| {
        let container = it.container.map(|it| format!(" of {}", it.value));
        let share = it.node.and_then(KubeNode::integer);
        let share = share.map(|it| format!(" {it}"));
        format!(
            "{}{}{}",
            it.resource,
            container.unwrap_or_default(),
            share.unwrap_or_default()
        )
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected, "{version} {spec}");
}

#[test]
fn metrics_by_utilization() {
    let check = check_utilizations;
    check("v1", "{targetCPUUtilizationPercentage: 60}", &["cpu 60"]);
    check("v1", "{maxReplicas: 3}", &["cpu"]);
    check("v2", "{metrics: []}", &["cpu"]);
    check("v2", "{targetCPUUtilizationPercentage: 60}", &["cpu"]);
    check(
        "v2",
        "{metrics: [{type: Resource, resource: {name: memory, target: {type: Utilization, averageUtilization: 70}}}, {type: Pods}]}",
        &["memory 70"],
    );
    check(
        "v2",
        "{metrics: [{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 100m}}}]}",
        &[],
    );
    check(
        "v2",
        "{metrics: [{type: ContainerResource, containerResource: {name: cpu, container: app, target: {type: Utilization, averageUtilization: 50}}}]}",
        &["cpu of app 50"],
    );
    check(
        "v2beta1",
        "{metrics: [{type: Resource, resource: {name: cpu, targetAverageUtilization: 40}}, {type: Resource, resource: {name: memory, targetAverageValue: 1Gi}}]}",
        &["cpu 40"],
    );
    check("v2", "{metrics: '${METRICS}'}", &[]);
}

#[test]
fn metrics_of_an_annotation() {
    let graph = graph(
        "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, annotations: {autoscaling.alpha.kubernetes.io/metrics: '[]'}}\nspec: {maxReplicas: 3}\n",
    );
    assert!(
        graph
            .autoscalers()
            .next()
            .unwrap()
            .utilizations()
            .is_empty()
    );
}

#[test]
fn what_counts_as_a_request() {
    let check = |resources: &str, expected: Option<bool>| {
        let graph = graph(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n    - name: c\n      image: i\n      resources: {resources}\n"
        ));
        let (_, container) = graph.containers().next().unwrap();
        assert_eq!(container.has_request("cpu"), expected, "{resources}");
    };
    check("{requests: {cpu: 1}}", Some(true));
    check("{limits: {cpu: 1}}", Some(true));
    check("{requests: {cpu: '${CPU}'}}", Some(true));
    check("{requests: {memory: 1Gi}, limits: }", Some(false));
    check("{}", Some(false));
    check("", Some(false));
    check("'${RESOURCES}'", None);
    check("{requests: '${REQUESTS}'}", None);
}

#[test]
fn requests_that_a_limit_range_gives() {
    let check = |item: &str, expected: bool| {
        let graph = graph(&format!(
            "apiVersion: v1\nkind: LimitRange\nmetadata: {{name: l}}\nspec: {{limits: [{item}]}}\n"
        ));
        let range = graph.limit_ranges().next().unwrap();
        assert_eq!(range.gives_request("cpu"), expected, "{item}");
    };
    check("{type: Container, defaultRequest: {cpu: 100m}}", true);
    check("{type: Container, default: {cpu: 100m}}", true);
    check("{type: Container, max: {cpu: 1}}", true);
    check("{type: Container, min: {cpu: 1m}}", true);
    check("{type: Container, defaultRequest: {memory: 1Gi}}", false);
    check("{type: Pod, max: {cpu: 1}}", false);
    check("{type: Container}", false);
}

#[test]
fn where_service_ports_lead() {
    let graph = graph(
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}, {port: 81, targetPort: http}, {port: 82, targetPort: 0}, {port: 83, targetPort: ''}, {}]}\n",
    );
    let service = graph.services().next().unwrap();
    let targets = service
        .ports()
        .into_iter()
        .map(|it| it.effective_target_port());
    let targets: Vec<String> = targets
        .map(|it| it.map_or("-".into(), |it| it.node.decoded().into_owned()))
        .collect();
    assert_eq!(targets, ["80", "http", "82", "83", "-"]);
}

fn source_line(source: &GitOpsSource<'_>) -> String {
    let repository = match &source.repository {
        Some(Repository::Url(url)) => url.value.to_string(),
        Some(Repository::Source {
            kind,
            name,
            namespace,
        }) => {
            let namespace = namespace.as_ref().map_or("", |it| &it.value);
            format!("{} {namespace}/{}", kind.value, name.value)
        }
        None => "-".into(),
    };
    let path = source.path.as_ref().map_or("-", |it| &it.value);
    format!("{repository} {path} {:?}", source.form)
}

#[track_caller]
fn check_sources(text: &str, expected: &[&str]) {
    let graph = graph(text);
    let sources = graph.gitops_sources(&graph.resources[0]);
    let shown: Vec<String> = sources.iter().map(source_line).collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn argo_cd() {
    check_sources(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n  source: {repoURL: u, path: deploy}\n  sources:\n  - {repoURL: v, path: all, directory: {recurse: true}}\n  - {repoURL: w, chart: redis}\n",
        &["u deploy Folder", "v all Tree", "w - Chart"],
    );
    check_sources(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec:\n  template: {spec: {source: {repoURL: u, path: '{{path}}'}}}\n  generators:\n  - git: {repoURL: u, directories: [{path: apps/*}, {path: apps/old, exclude: true}]}\n  - matrix: {generators: [{git: {repoURL: v, directories: [{path: more/*}]}}, {clusters: {}}]}\n",
        &["u {{path}} Folder", "u apps/* Pattern", "v more/* Pattern"],
    );
}

#[test]
fn flux() {
    check_sources(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: ./apps, sourceRef: {kind: GitRepository, name: flux-system}}\n",
        &["GitRepository /flux-system ./apps Tree"],
    );
    let release = |kind: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: a}}\nspec: {{chart: {{spec: {{chart: ./charts/a, sourceRef: {{kind: {kind}, name: r, namespace: web}}}}}}}}\n"
        )
    };
    check_sources(
        &release("GitRepository"),
        &["GitRepository web/r ./charts/a Chart"],
    );
    check_sources(
        &release("HelmRepository"),
        &["HelmRepository web/r - Chart"],
    );
    check_sources(
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec: {chartRef: {kind: OCIRepository, name: r}}\n",
        &["OCIRepository /r - Chart"],
    );
}

#[test]
fn namespaces_that_argo_cd_creates() {
    let graph = graph(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {syncPolicy: {syncOptions: [CreateNamespace=true]}}\n---\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec: {template: {spec: {syncPolicy: {syncOptions: [CreateNamespace=true]}}}}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {syncPolicy: {syncOptions: [CreateNamespace=false]}}\n",
    );
    let created = graph
        .resources
        .iter()
        .map(|it| creates_namespace(graph.root(it)));
    assert_eq!(created.collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn volumes_and_classes() {
    let graph = graph(
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: {storageClassName: '', accessModes: [ReadWriteOnce], claimRef: {name: data, namespace: shop}}\n---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}\nprovisioner: ebs.csi.aws.com\n",
    );
    let volume = graph.persistent_volumes().next().unwrap();
    assert!(volume.storage_class().is_none());
    assert_eq!(volume.access_modes()[0].value, "ReadWriteOnce");
    let (namespace, name) = volume.claim().unwrap();
    assert_eq!((&*namespace.unwrap().value, &*name.value), ("shop", "data"));
    let class = graph.storage_classes().next().unwrap();
    assert!(class.is_default());
    assert_eq!(class.provisioner().unwrap().value, "ebs.csi.aws.com");
}

#[test]
fn custom_kinds() {
    let graph = graph(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {group: example.com, scope: Cluster, names: {kind: Thing}}\n",
    );
    let definition = graph.custom_resource_definitions().next().unwrap();
    assert_eq!(definition.group().unwrap().value, "example.com");
    assert_eq!(definition.kind().unwrap().value, "Thing");
    assert!(!definition.is_namespaced());
}

#[track_caller]
fn check_placement(spec: &str, expected: Placement) {
    let own = "containers: [{name: a, image: a}]";
    let all = spec.replacen('{', &format!("{{{own}, "), 1);
    let graph = graph(&format!("apiVersion: v1\nkind: Pod\nspec: {all}\n"));
    let mut templates = graph.workloads().flat_map(|it| it.templates());
    let found = templates.next().map(|it| it.placement());
    assert_eq!(found, Some(expected), "{spec}");
}

#[test]
fn nodes_that_pods_may_be_on() {
    use Placement::{AnyNode, OneNode, SomeNodes};
    check_placement("{}", AnyNode);
    check_placement("{nodeName: a}", OneNode);
    check_placement("{nodeSelector: {kubernetes.io/hostname: a}}", OneNode);
    check_placement("{nodeSelector: {kubernetes.io/os: linux}}", AnyNode);
    check_placement(
        "{nodeSelector: {kubernetes.io/os: linux, disk: ssd}}",
        SomeNodes,
    );
    check_placement("{nodeSelector: {topology.kubernetes.io/zone: a}}", AnyNode);
    let with = |key: &str| {
        format!(
            "{{affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: {key}}}]}}}}}}"
        )
    };
    check_placement(&with("kubernetes.io/hostname"), OneNode);
    check_placement(&with("topology.kubernetes.io/zone"), AnyNode);
    check_placement(
        &with("kubernetes.io/hostname").replace("podAffinity", "podAntiAffinity"),
        AnyNode,
    );
    let on = |terms: &str| {
        format!(
            "{{affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{terms}]}}}}}}}}"
        )
    };
    let named = "{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]}";
    check_placement(&on(named), OneNode);
    check_placement(&on(&format!("{named}, {named}")), SomeNodes);
    check_placement(&on(&named.replace("[a]", "[a, b]")), AnyNode);
    check_placement(&on(&named.replace("In", "NotIn")), AnyNode);
    check_placement(
        &on(
            "{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [linux]}, {key: disk, operator: Exists}]}",
        ),
        SomeNodes,
    );
}
