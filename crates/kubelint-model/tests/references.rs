//! What objects say of others, by name and by labels.

mod common;

use std::fmt::Write as _;

use common::graph;
use kubelint_model::reference::{Namespaces, Part, Pick, Reference, picks, references};
use kubelint_model::view::IntOrString;

fn port(port: &IntOrString<'_>) -> String {
    match port {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::Str(name) => format!("{name:?}"),
    }
}

/// `Relation group/Kind namespace/name part`, with what is written at its places.
fn line(reference: &Reference<'_>) -> String {
    let target = &reference.target;
    let mut text = format!("{:?} ", reference.relation);
    if !target.group.is_empty() {
        let _ = write!(text, "{}/", target.group);
    }
    let _ = write!(text, "{} ", target.kind);
    if let Some(namespace) = &target.namespace {
        let mark = if reference.states_namespace { "!" } else { "" };
        let _ = write!(text, "{namespace}{mark}/");
    }
    text.push_str(&target.name);
    match &reference.part {
        Some(Part::Key(node)) => {
            let _ = write!(text, " key {}", node.decoded());
        }
        Some(Part::Port(it, _)) => {
            let _ = write!(text, " port {}", port(it));
        }
        Some(Part::EndpointPort(it, _)) => {
            let _ = write!(text, " endpoint port {}", port(it));
        }
        None => {}
    }
    if reference.is_optional {
        text.push_str(" optional");
    }
    let written = reference.node.decoded();
    if written != target.name {
        let _ = write!(text, " at {written}");
    }
    text
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let graph = graph(text);
    assert!(!graph.resources.is_empty());
    let found = graph.resources.iter().flat_map(|it| references(&graph, it));
    let found: Vec<String> = found.map(|it| line(&it)).collect();
    assert_eq!(found, expected, "{text}");
}

fn pick_line(pick: &Pick<'_>) -> String {
    let keys: Vec<&str> = pick
        .selector
        .requirements
        .iter()
        .map(|it| &*it.key)
        .collect();
    let place = match &pick.namespaces {
        Namespaces::Own => String::new(),
        Namespaces::Named(names) => format!(" in {}", names.join(", ")),
        Namespaces::Any => " anywhere".into(),
    };
    format!(
        "{:?} [{}]{place} at {}",
        pick.picks,
        keys.join(", "),
        pick.node.raw()
    )
}

#[track_caller]
fn check_picks(text: &str, expected: &[&str]) {
    let graph = graph(text);
    assert!(!graph.resources.is_empty());
    let found = graph.resources.iter().flat_map(|it| picks(&graph, it));
    let found: Vec<String> = found.map(|it| pick_line(&it)).collect();
    assert_eq!(found, expected, "{text}");
}

fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}\n")
}

#[test]
fn variables() {
    check(
        &pod("{containers: [{name: a, env: [\
            {name: A, value: x}, \
            {name: B, valueFrom: {configMapKeyRef: {name: c, key: k}}}, \
            {name: C, valueFrom: {secretKeyRef: {key: k, name: s, optional: true}}}, \
            {name: D, valueFrom: {fieldRef: {fieldPath: metadata.name}}}], \
            envFrom: [{configMapRef: {name: c}}, {prefix: X_, secretRef: {name: s, optional: false}}]}], \
          initContainers: [{name: i, envFrom: [{configMapRef: {name: early}}]}]}"),
        &[
            "ConfigMap ConfigMap shop/c key k",
            "Secret Secret shop/s key k optional",
            "ConfigMap ConfigMap shop/c",
            "Secret Secret shop/s",
            "ConfigMap ConfigMap shop/early",
        ],
    );
}

#[test]
fn names_that_name_nothing() {
    check(
        &pod(
            "{serviceAccountName: '', imagePullSecrets: [{}, {name: ''}, {name: 1}], \
          volumes: [{name: v, configMap: {}}, {name: w, emptyDir: {}}], \
          containers: [{name: a, env: [{name: A, valueFrom: {configMapKeyRef: {key: k}}}], envFrom: [{configMapRef: {name: }}]}]}",
        ),
        &[],
    );
}

#[test]
fn volumes() {
    check(
        &pod("{containers: [], volumes: [\
          {name: a, configMap: {name: c}}, \
          {name: b, configMap: {name: c, optional: true, items: [{key: x, path: y}, {key: z, path: z}]}}, \
          {name: c, secret: {secretName: s}}, \
          {name: d, secret: {secretName: s, items: [{key: tls.crt, path: crt}]}}, \
          {name: e, projected: {sources: [{configMap: {name: pc}}, {secret: {name: ps, items: [{key: k, path: k}]}}, {serviceAccountToken: {path: t}}]}}, \
          {name: f, csi: {driver: d, nodePublishSecretRef: {name: csi}}}, \
          {name: g, azureFile: {secretName: azure, shareName: x}}, \
          {name: h, cephfs: {secretRef: {name: ceph}}}, \
          {name: i, persistentVolumeClaim: {claimName: data}}, \
          {name: j, ephemeral: {volumeClaimTemplate: {spec: {}}}}]}"),
        &[
            "ConfigMap ConfigMap shop/c",
            "ConfigMap ConfigMap shop/c key x optional",
            "ConfigMap ConfigMap shop/c key z optional",
            "Secret Secret shop/s",
            "Secret Secret shop/s key tls.crt",
            "ConfigMap ConfigMap shop/pc",
            "Secret Secret shop/ps key k",
            "Secret Secret shop/csi",
            "Secret Secret shop/azure",
            "Secret Secret shop/ceph",
            "Claim PersistentVolumeClaim shop/data",
        ],
    );
}

#[test]
fn accounts_and_pull_secrets() {
    check(
        &pod(
            "{containers: [], serviceAccountName: new, serviceAccount: old, imagePullSecrets: [{name: regcred}]}",
        ),
        &[
            "ServiceAccount ServiceAccount shop/new",
            "PullSecret Secret shop/regcred",
        ],
    );
    check(
        &pod("{containers: [], serviceAccount: old}"),
        &["ServiceAccount ServiceAccount shop/old"],
    );
    check(&pod("{containers: [], serviceAccountName: default}"), &[]);
    check(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nimagePullSecrets: [{name: r}]\nsecrets: [{name: a-token}]\n",
        &["PullSecret Secret r"],
    );
}

#[test]
fn templates_of_all_workloads() {
    for (version, kind, path) in [
        ("apps/v1", "Deployment", "template"),
        ("extensions/v1beta1", "Deployment", "template"),
        ("batch/v1", "CronJob", "jobTemplate: {spec: {template"),
        ("apps.openshift.io/v1", "DeploymentConfig", "template"),
        ("v1", "DeploymentConfig", "template"),
        ("serving.knative.dev/v1", "Service", "template"),
        ("example.com/v1", "Custom", "template"),
    ] {
        let close = if path.contains('{') { "}}" } else { "" };
        check(
            &format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: w}}\nspec: {{{path}: {{spec: {{containers: [{{name: a, envFrom: [{{secretRef: {{name: s}}}}]}}]}}}}{close}}}\n"
            ),
            &["Secret Secret s"],
        );
    }
}

#[test]
fn argo_workflows_share_a_spec() {
    check(
        "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nmetadata: {name: w}\nspec:\n  workflowSpec:\n    serviceAccountName: runner\n    volumes: [{name: v, secret: {secretName: s}}]\n    templates:\n    - {name: t, script: {image: a, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}}\n",
        &[
            "ServiceAccount ServiceAccount runner",
            "Secret Secret s",
            "Secret Secret s key k",
        ],
    );
}

#[test]
fn stateful_sets() {
    check(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db-headless\n  template: {spec: {containers: [{name: a, volumeMounts: [{name: data, mountPath: /d}]}]}}\n  volumeClaimTemplates: [{metadata: {name: data}}]\n",
        &["GoverningService Service db-headless"],
    );
    check(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  template: {spec: {containers: [], volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: logs, persistentVolumeClaim: {claimName: logs}}]}}\n  volumeClaimTemplates: [{metadata: {name: data}}]\n",
        &["Claim PersistentVolumeClaim logs"],
    );
}

#[test]
fn items_of_lists_and_templates() {
    let claim = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}}";
    check(
        &format!("apiVersion: v1\nkind: List\nitems: [{claim}]\n"),
        &["Claim PersistentVolumeClaim data"],
    );
    check(
        &format!(
            "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {{name: t}}\nobjects: [{claim}]\n"
        ),
        &["Claim PersistentVolumeClaim data"],
    );
}

#[test]
fn aliases_lead_to_where_the_text_is() {
    check(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, env: &env [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}\n  - {name: b, env: *env}\n",
        &["Secret Secret s key k", "Secret Secret s key k"],
    );
}

#[test]
fn ingresses() {
    check(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: shop}\nspec:\n  defaultBackend: {service: {name: d, port: {name: http}}}\n  tls: [{hosts: [x], secretName: cert}, {hosts: [y]}]\n  rules:\n  - http:\n      paths:\n      - {path: /, backend: {service: {name: web, port: {number: 80}}}}\n      - {path: /r, backend: {resource: {kind: StorageBucket, name: r}}}\n      - {path: /a, backend: {service: {name: redirect, port: {name: use-annotation}}}}\n  - host: no-paths\n",
        &[
            "Backend Service shop/d port \"http\"",
            "TlsSecret Secret shop/cert",
            "Backend Service shop/web port 80",
        ],
    );
    check(
        "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  backend: {serviceName: d, servicePort: 8080}\n  rules: [{http: {paths: [{backend: {serviceName: web, servicePort: http}}]}}]\n",
        &[
            "Backend Service d port 8080",
            "Backend Service web port \"http\"",
        ],
    );
}

#[test]
fn gateway_api() {
    check(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: infra}\nspec:\n  listeners:\n  - {name: a, tls: {certificateRefs: [{name: cert}, {name: other, namespace: certs}, {group: cert-manager.io, kind: Certificate, name: x}]}}\n  - {name: b}\n",
        &[
            "TlsSecret Secret infra/cert",
            "TlsSecret Secret certs!/other",
        ],
    );
    check(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\nspec:\n  rules:\n  - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: shadow, port: 80}}}]\n    backendRefs:\n    - {name: web, port: 80}\n    - {group: '', kind: Service, name: api, namespace: core, port: 8080}\n    - {group: multicluster.x-k8s.io, kind: ServiceImport, name: far}\n",
        &[
            "Backend Service shop/shadow port 80",
            "Backend Service shop/web port 80",
            "Backend Service core!/api port 8080",
        ],
    );
    for kind in ["GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"] {
        check(
            &format!(
                "apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: {kind}\nmetadata: {{name: r}}\nspec: {{rules: [{{backendRefs: [{{name: web}}]}}]}}\n"
            ),
            &["Backend Service web"],
        );
    }
}

#[test]
fn openshift_routes() {
    check(
        "apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {name: r, namespace: shop}\nspec:\n  to: {kind: Service, name: web}\n  alternateBackends: [{kind: Service, name: canary, weight: 1}]\n  port: {targetPort: '8080'}\n  tls: {externalCertificate: {name: cert}}\n",
        &[
            "Backend Service shop/web endpoint port 8080",
            "Backend Service shop/canary endpoint port 8080",
            "TlsSecret Secret shop/cert",
        ],
    );
    check(
        "apiVersion: v1\nkind: Route\nmetadata: {name: r}\nspec: {to: {name: web}, port: {targetPort: 8080-tcp}}\n",
        &["Backend Service web endpoint port \"8080-tcp\""],
    );
    check(
        "apiVersion: serving.knative.dev/v1\nkind: Route\nmetadata: {name: r}\nspec: {to: {name: web}}\n",
        &[],
    );
}

#[test]
fn istio() {
    check(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v, namespace: shop}\nspec:\n  hosts: [web]\n  http:\n  - route:\n    - destination: {host: web, subset: v1, port: {number: 80}}\n    - destination: {host: api.core.svc.cluster.local}\n    - destination: {host: db.core.svc}\n    - destination: {host: example.com}\n    - destination: {host: '*.core.svc.cluster.local'}\n    mirror: {host: shadow}\n    mirrors: [{destination: {host: echo}}]\n  tcp: [{route: [{destination: {host: mongo}}]}]\n  tls: [{route: [{destination: {host: tls}}]}]\n",
        &[
            "Backend Service shop/web port 80",
            "Backend Service core!/api at api.core.svc.cluster.local",
            "Backend Service core!/db at db.core.svc",
            "Backend Service shop/shadow",
            "Backend Service shop/echo",
            "Backend Service shop/mongo",
            "Backend Service shop/tls",
        ],
    );
    check(
        "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: d}\nspec: {host: web}\n",
        &["Backend Service web"],
    );
}

#[test]
fn bindings() {
    check(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: shop}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}\nsubjects:\n- {kind: ServiceAccount, name: app, namespace: other}\n- {kind: ServiceAccount, name: lost}\n- {kind: Group, name: g}\n- {kind: User, name: u}\n",
        &[
            "Role rbac.authorization.k8s.io/Role shop/reader",
            "Subject ServiceAccount other!/app",
            "Subject ServiceAccount lost",
        ],
    );
    check(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: admin}\nsubjects: [{kind: ServiceAccount, name: default, namespace: a}]\n",
        &["Role rbac.authorization.k8s.io/ClusterRole admin"],
    );
    check(
        "apiVersion: authorization.openshift.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: shop}\nroleRef: {name: edit}\n",
        &["Role rbac.authorization.k8s.io/ClusterRole edit"],
    );
}

#[test]
fn autoscalers() {
    check(
        "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {scaleTargetRef: {kind: Deployment, name: web}}\n",
        &["ScaleTarget apps/Deployment web"],
    );
    check(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, namespace: shop}\nspec: {scaleTargetRef: {apiVersion: extensions/v1beta1, kind: Deployment, name: web}}\n",
        &["ScaleTarget apps/Deployment shop/web"],
    );
    check(
        "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}}\n",
        &["ScaleTarget argoproj.io/Rollout web"],
    );
    check(
        "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {name: v}\nspec: {targetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}}\n",
        &["ScaleTarget apps/StatefulSet db"],
    );
    check(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: s}\nspec: {scaleTargetRef: {name: web}}\n",
        &["ScaleTarget apps/Deployment web"],
    );
    check(
        "apiVersion: keda.k8s.io/v1alpha1\nkind: ScaledObject\nmetadata: {name: s}\nspec: {scaleTargetRef: {deploymentName: web}}\n",
        &["ScaleTarget apps/Deployment web"],
    );
    check(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: s}\nspec: {scaleTargetRef: {kind: StatefulSet, name: db}}\n",
        &["ScaleTarget apps/StatefulSet db"],
    );
}

#[test]
fn services_pick_pods() {
    let service = |spec: &str| {
        format!("apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec: {spec}\n")
    };
    check_picks(
        &service("{selector: {app: a, b: c}}"),
        &["Service [app, b] at {app: a, b: c}"],
    );
    check_picks(&service("{selector: {}}"), &[]);
    check_picks(&service("{ports: []}"), &[]);
    check_picks(
        &service("{type: ExternalName, externalName: x, selector: {app: a}}"),
        &[],
    );
    check_picks(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: a}}\n",
        &[],
    );
}

#[test]
fn policies_pick_pods() {
    check_picks(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}]}]}\n",
        &["NetworkPolicy [] at {}"],
    );
    let budget = |version: &str, selector: &str| {
        format!(
            "apiVersion: policy/{version}\nkind: PodDisruptionBudget\nmetadata: {{name: p}}\nspec: {{minAvailable: 1{selector}}}\n"
        )
    };
    let labels = ", selector: {matchLabels: {a: b}}";
    let expected = ["DisruptionBudget [a] at {matchLabels: {a: b}}"];
    check_picks(&budget("v1", labels), &expected);
    check_picks(&budget("v1beta1", labels), &expected);
    check_picks(
        &budget("v1", ", selector: {}"),
        &["DisruptionBudget [] at {}"],
    );
    check_picks(&budget("v1beta1", ", selector: {}"), &[]);
    check_picks(&budget("v1", ""), &[]);
}

#[test]
fn monitors_pick_in_namespaces() {
    let monitor = |kind: &str, namespaces: &str| {
        format!(
            "apiVersion: monitoring.coreos.com/v1\nkind: {kind}\nmetadata: {{name: m}}\nspec: {{selector: {{matchExpressions: [{{key: app, operator: Exists}}]}}{namespaces}}}\n"
        )
    };
    let at = "at {matchExpressions: [{key: app, operator: Exists}]}";
    for (namespaces, place) in [
        ("", ""),
        (", namespaceSelector: {matchNames: []}", ""),
        (", namespaceSelector: {matchNames: [a, b]}", "in a, b "),
        (
            ", namespaceSelector: {any: true, matchNames: [a]}",
            "anywhere ",
        ),
    ] {
        check_picks(
            &monitor("ServiceMonitor", namespaces),
            &[&format!("ServiceMonitor [app] {place}{at}")],
        );
        check_picks(
            &monitor("PodMonitor", namespaces),
            &[&format!("PodMonitor [app] {place}{at}")],
        );
    }
}
