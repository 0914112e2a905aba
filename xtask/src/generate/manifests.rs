//! The texts of the generated manifests: plain templates, one function a kind.
#![expect(
    clippy::format_push_string,
    reason = "templates read best as they are; nobody waits for this code"
)]

use super::app::{App, Role};

/// One resource as text.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    /// The namespace it lives in, or makes.
    pub(super) namespace: String,
    /// The application it belongs to; `shared` for what belongs to the whole namespace.
    pub(super) owner: String,
    /// Its kind in lower case: the name of its file.
    pub(super) kind: &'static str,
    /// The document, ended by a line break.
    pub(super) text: String,
}

/// What a namespace has whoever lives in it.
pub(super) fn of_namespace(app: &App) -> Vec<Manifest> {
    let shared = |kind, text| Manifest {
        namespace: app.namespace.clone(),
        owner: "shared".to_owned(),
        kind,
        text,
    };
    vec![
        shared("namespace", namespace(app)),
        shared("resourcequota", resource_quota(app)),
        shared("networkpolicy", deny_by_default(app)),
    ]
}

/// The objects of an application, each after those that it refers to.
pub(super) fn of_app(app: &App) -> Vec<Manifest> {
    let mut texts = vec![
        ("serviceaccount", service_account(app)),
        ("role", role(app)),
        ("rolebinding", role_binding(app)),
        ("configmap", config_map(app)),
        ("secret", secret(app)),
    ];
    match app.role {
        Role::Web => texts.extend([
            ("deployment", deployment(app)),
            ("service", service(app)),
            ("ingress", ingress(app)),
            ("horizontalpodautoscaler", autoscaler(app)),
            ("poddisruptionbudget", disruption_budget(app)),
            ("networkpolicy", network_policy(app)),
        ]),
        Role::Worker => texts.extend([
            ("persistentvolumeclaim", claim(app)),
            ("deployment", deployment(app)),
            ("horizontalpodautoscaler", autoscaler(app)),
        ]),
        Role::Store => texts.extend([
            ("service", headless_service(app)),
            ("statefulset", stateful_set(app)),
            ("poddisruptionbudget", disruption_budget(app)),
        ]),
        Role::Batch => texts.extend([("job", job(app)), ("cronjob", cron_job(app))]),
        Role::Agent => texts.push(("daemonset", daemon_set(app))),
    }
    texts
        .into_iter()
        .map(|(kind, text)| Manifest {
            namespace: app.namespace.clone(),
            owner: app.name.clone(),
            kind,
            text,
        })
        .collect()
}

fn namespace(app: &App) -> String {
    format!(
        "apiVersion: v1
kind: Namespace
metadata:
  name: {}
  labels:
    team: {}
    pod-security.kubernetes.io/enforce: baseline
",
        app.namespace, app.team
    )
}

fn resource_quota(app: &App) -> String {
    format!(
        "apiVersion: v1
kind: ResourceQuota
metadata:
  name: everyone
  namespace: {}
spec:
  hard:
    requests.cpu: \"400\"
    requests.memory: 800Gi
    count/jobs.batch: \"100\"
",
        app.namespace
    )
}

fn deny_by_default(app: &App) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-by-default
  namespace: {}
spec:
  podSelector: {{}}
  policyTypes: [Ingress]
",
        app.namespace
    )
}

/// The head of an object that belongs to the application and has its name with `suffix`.
fn head(app: &App, api_version: &str, kind: &str, suffix: &str) -> String {
    let App {
        namespace,
        team,
        name,
        version,
        ..
    } = app;
    let comment = if app.ornate {
        format!("# {kind} of {name}, kept by team {team}.\n")
    } else {
        String::new()
    };
    format!(
        "{comment}apiVersion: {api_version}
kind: {kind}
metadata:
  name: {name}{suffix}
  namespace: {namespace}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: {team}
    app.kubernetes.io/version: \"{version}\"
"
    )
}

fn service_account(app: &App) -> String {
    head(app, "v1", "ServiceAccount", "") + "automountServiceAccountToken: false\n"
}

fn role(app: &App) -> String {
    head(app, "rbac.authorization.k8s.io/v1", "Role", "")
        + "rules:
  - apiGroups: [\"\"]
    resources: [configmaps, endpoints]
    verbs: [get, list, watch]
  - apiGroups:
      - coordination.k8s.io
    resources:
      - leases
    verbs: [get, create, update]
"
}

fn role_binding(app: &App) -> String {
    let App {
        namespace, name, ..
    } = app;
    head(app, "rbac.authorization.k8s.io/v1", "RoleBinding", "")
        + &format!(
            "roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {name}
subjects:
  - kind: ServiceAccount
    name: {name}
    namespace: {namespace}
"
        )
}

fn config_map(app: &App) -> String {
    let App {
        name, port, team, ..
    } = app;
    let mut text = head(app, "v1", "ConfigMap", "-config") + "data:\n";
    for (number, key) in app.settings.iter().enumerate() {
        let value = match number % 4 {
            0 => format!("\"{}\"", number * 100),
            1 => format!("{team}-value-{number}"),
            2 => "'true'".to_owned(),
            _ => format!("\"{team} said: \\\"{number}\\\"\""),
        };
        text += &format!("  {key}: {value}\n");
    }
    text + &format!(
        "  application.yaml: |
    server:
      name: {name}
      port: {port}
      shutdown: graceful
    logging:
      level: info   # debug only by hand
      format: \"%time [%level] %message\"
    features:
      - name: search
        enabled: true
      - name: export
        enabled: false
  motd: >-
    Welcome to {name}. This text is folded
    over several lines, as people do

    with paragraphs.
"
    )
}

fn secret(app: &App) -> String {
    head(app, "v1", "Secret", "-credentials")
        + "type: Opaque
data:
  username: YXBwbGljYXRpb24=
  password: Z2VuZXJhdGVkLW5vdC1hLXNlY3JldA==
"
}

fn deployment(app: &App) -> String {
    head(app, "apps/v1", "Deployment", "")
        + &format!(
            "spec:
  revisionHistoryLimit: 3
  strategy:
    type: RollingUpdate
    rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels:
      app.kubernetes.io/name: {}
{}",
            app.name,
            template(app, 2)
        )
}

fn stateful_set(app: &App) -> String {
    let App { name, replicas, .. } = app;
    head(app, "apps/v1", "StatefulSet", "")
        + &format!(
            "spec:
  serviceName: {name}
  replicas: {replicas}
  podManagementPolicy: OrderedReady
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
{}  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 20Gi
",
            template(app, 2)
        )
}

fn daemon_set(app: &App) -> String {
    head(app, "apps/v1", "DaemonSet", "")
        + &format!(
            "spec:
  updateStrategy:
    type: RollingUpdate
  selector:
    matchLabels:
      app.kubernetes.io/name: {}
{}",
            app.name,
            template(app, 2)
        )
}

fn job(app: &App) -> String {
    head(app, "batch/v1", "Job", "-once")
        + &format!(
            "spec:
  backoffLimit: 2
  activeDeadlineSeconds: 1800
{}",
            template(app, 2)
        )
}

fn cron_job(app: &App) -> String {
    head(app, "batch/v1", "CronJob", "")
        + &format!(
            "spec:
  schedule: \"{} */4 * * *\"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
{}",
            app.port % 60,
            template(app, 6)
        )
}

/// The pod template as the key `template` at column `indent`.
fn template(app: &App, indent: usize) -> String {
    let App {
        name,
        team,
        version,
        role,
        ..
    } = app;
    let mut text = format!(
        "template:
  metadata:
    labels:
      app.kubernetes.io/name: {name}
      app.kubernetes.io/part-of: {team}
      app.kubernetes.io/version: \"{version}\"
  spec:
    serviceAccountName: {name}
    securityContext: {{runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001}}
"
    );
    if *role == Role::Batch {
        text += "    restartPolicy: OnFailure\n";
    }
    text += "    containers:\n";
    text += &main_container(app);
    if app.sidecar {
        text += &exporter(app);
    }
    text += &volumes(app);
    indented(&text, indent)
}

fn main_container(app: &App) -> String {
    let App {
        namespace,
        team,
        name,
        role,
        port,
        cpu,
        memory,
        version,
        settings,
        ..
    } = app;
    let mut text = format!(
        "      - name: app
        image: ghcr.io/acme-{team}/{name}:{version}
        imagePullPolicy: IfNotPresent
        args: [--config=/etc/app/application.yaml, --listen, \":{port}\"]
        ports:
          - name: http
            containerPort: {port}
            protocol: TCP
        env:
          - name: POD_NAME
            valueFrom:
              fieldRef:
                fieldPath: metadata.name
          - name: DATABASE_USER
            valueFrom:
              secretKeyRef:
                name: {name}-credentials
                key: username
          - name: DATABASE_PASSWORD
            valueFrom:
              secretKeyRef: {{name: {name}-credentials, key: password}}
          - name: LISTEN_PORT
            value: \"{port}\"
"
    );
    for key in settings.iter().take(3) {
        text += &format!(
            "          - name: {key}
            valueFrom:
              configMapKeyRef:
                name: {name}-config
                key: {key}
"
        );
    }
    text += &format!(
        "        resources:
          requests:
            cpu: {cpu}m
            memory: {memory}Mi
          limits:
            memory: {}Mi
",
        memory * 2
    );
    if *role != Role::Batch {
        text += "        readinessProbe:
          httpGet: {path: /ready, port: http}
          periodSeconds: 5
        livenessProbe:
          httpGet:
            path: /healthz
            port: http
          initialDelaySeconds: 20
          periodSeconds: 10
          failureThreshold: 6
";
    }
    if app.ornate {
        text += &format!(
            "        lifecycle:
          preStop:
            exec:
              # Lets the load balancer notice before the program stops.
              command:
                - /bin/sh
                - -c
                - |
                  echo \"leaving {namespace}\"
                  sleep 5
"
        );
    }
    text + "        volumeMounts:
          - name: config
            mountPath: /etc/app
            readOnly: true
          - {name: tmp, mountPath: /tmp}
" + match role {
        Role::Worker | Role::Store => {
            "          - name: data
            mountPath: /var/lib/app
"
        }
        _ => "",
    }
}

fn exporter(app: &App) -> String {
    format!(
        "      - name: exporter
        image: ghcr.io/acme-{}/exporter:0.9.1
        ports:
          - name: metrics
            containerPort: 9102
        resources:
          requests: {{cpu: 10m, memory: 32Mi}}
          limits: {{memory: 64Mi}}
",
        app.team
    )
}

fn volumes(app: &App) -> String {
    let App { name, role, .. } = app;
    let mut text = format!(
        "    volumes:
      - name: config
        configMap:
          name: {name}-config
          items:
            - key: application.yaml
              path: application.yaml
      - name: tmp
        emptyDir: {{sizeLimit: 64Mi}}
"
    );
    if *role == Role::Worker {
        text += &format!(
            "      - name: data
        persistentVolumeClaim:
          claimName: {name}
"
        );
    }
    text
}

fn service(app: &App) -> String {
    head(app, "v1", "Service", "")
        + &format!(
            "spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: {}
  ports:
    - name: http
      port: 80
      targetPort: http
      protocol: TCP
",
            app.name
        )
}

fn headless_service(app: &App) -> String {
    let App { name, port, .. } = app;
    head(app, "v1", "Service", "")
        + &format!(
            "spec:
  clusterIP: None
  selector: {{app.kubernetes.io/name: {name}}}
  ports:
    - name: http
      port: {port}
"
        )
}

fn ingress(app: &App) -> String {
    let App { name, team, .. } = app;
    head(app, "networking.k8s.io/v1", "Ingress", "")
        + &format!(
            "spec:
  ingressClassName: nginx
  rules:
    - host: {name}.{team}.acme-shop.io
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port:
                  name: http
"
        )
}

fn autoscaler(app: &App) -> String {
    let App { name, replicas, .. } = app;
    head(app, "autoscaling/v2", "HorizontalPodAutoscaler", "")
        + &format!(
            "spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {name}
  minReplicas: {replicas}
  maxReplicas: {}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {{type: Utilization, averageUtilization: 70}}
",
            replicas * 4
        )
}

fn disruption_budget(app: &App) -> String {
    head(app, "policy/v1", "PodDisruptionBudget", "")
        + &format!(
            "spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {}
",
            app.name
        )
}

fn network_policy(app: &App) -> String {
    head(app, "networking.k8s.io/v1", "NetworkPolicy", "")
        + &format!(
            "spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {{kubernetes.io/metadata.name: ingress-nginx}}
      ports:
        - port: http
          protocol: TCP
",
            app.name
        )
}

fn claim(app: &App) -> String {
    head(app, "v1", "PersistentVolumeClaim", "")
        + "spec:
  accessModes:
    - ReadWriteMany
  resources:
    requests:
      storage: 5Gi
"
}

/// `text` with every line moved right by `columns`; empty lines stay empty.
fn indented(text: &str, columns: usize) -> String {
    let margin = " ".repeat(columns);
    text.split_inclusive('\n')
        .flat_map(|line| match line {
            "\n" => ["", line],
            _ => [margin.as_str(), line],
        })
        .collect()
}
