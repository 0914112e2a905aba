//! Hand-made reports.

use std::sync::Arc;

use kubelint_engine::report::{Note, Problem, ReportLabel, State, Subject, Summary};
use kubelint_engine::{
    Applicability, Confidence, Edit, Entry, Fix, Registry, Report, RuleId, Severity,
};
use kubelint_parser::source::PieceTable;
use kubelint_parser::source::{Origin, Place, Rendered, SourceId, SourceMap, SourcePath};
use kubelint_parser::{Span, TextRange};

/// The value of a Secret that stands in the way of excerpts.
pub(super) const SECRET: &str = "hunter2-swordfish";

const SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: shop
spec:
  ports:
    - port: 80
      targetPort: http
  selector:
    app: api
";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: registry.example/api:v1
          ports:
            - name: web
              containerPort: 8080
          env:
            - {name: PORT, value: '8080'}
            - {name: PORT, value: '9090'}
";

const DOCKERFILE: &str = "FROM scratch\nEXPOSE 9090\n";

/// A source with a hand on it.
struct File {
    id: SourceId,
    text: String,
}

fn add(sources: &mut SourceMap, path: &str, text: &str) -> File {
    let id = sources.add_file(SourcePath::new(path), Arc::new(text.into()));
    File {
        id,
        text: text.to_owned(),
    }
}

impl File {
    /// The place of the first `needle`.
    fn span(&self, needle: &str) -> Span {
        self.nth(needle, 0)
    }

    fn nth(&self, needle: &str, n: usize) -> Span {
        let (start, _) = self.text.match_indices(needle).nth(n).unwrap();
        let end = start + needle.len();
        Span::new(self.id, TextRange::new(start as u32, end as u32))
    }
}

fn label(span: Span, text: &str) -> ReportLabel {
    ReportLabel {
        place: Place {
            span,
            via: Vec::new(),
        },
        text: text.to_owned(),
    }
}

fn entry(rule: &str, severity: Severity, message: &str, primary: ReportLabel) -> Entry {
    Entry {
        rule: RuleId::new(rule),
        severity,
        confidence: Confidence::High,
        message: message.to_owned(),
        help: String::new(),
        primary,
        related: Vec::new(),
        resource: None,
        builds: Vec::new(),
        cause: format!("{rule} cause"),
        group: format!("{rule} group {message}"),
        state: State::Active,
        explained_by: None,
        fix: None,
        fingerprint: format!("{rule}-0123456789abcdef"),
        url: format!("https://kubelint.example/rules/{rule}"),
    }
}

fn subject(api_version: &str, kind: &str, namespace: Option<&str>, name: &str) -> Subject {
    Subject {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: Some(name.to_owned()),
    }
}

/// The rules.
pub(super) fn registry() -> Registry {
    Registry::default()
}

/// A finding over three files; a group of twelve; a suppressed, a baselined and an explained one; a fix; problems and notes.
pub(super) fn rich() -> Report {
    let mut sources = SourceMap::default();
    let service = add(&mut sources, "deploy/service.yaml", SERVICE);
    let deployment = add(&mut sources, "deploy/app.yaml", DEPLOYMENT);
    let dockerfile = add(&mut sources, "services/api/Dockerfile", DOCKERFILE);
    let config = add(
        &mut sources,
        "deploy/config map.yaml",
        &format!("a:\n{}", "- {name: settings}\n".repeat(12)),
    );

    let mut port = entry(
        "missing-target-port",
        Severity::Error,
        "Service `api` targets port `http`, which no container declares",
        label(service.span("http"), "no container has a port of this name"),
    );
    port.related = vec![
        label(deployment.span("web"), "the container calls its port `web`"),
        label(dockerfile.span("9090"), "the image exposes `9090`"),
    ];
    port.help = "Name one of the container's ports: `targetPort: web`.".to_owned();
    port.resource = Some(subject("v1", "Service", Some("shop"), "api"));
    port.builds = ["production", "staging", "dev", "test"]
        .map(|it| format!("deploy/{it}"))
        .to_vec();

    let mut twice = entry(
        "duplicate-env",
        Severity::Warning,
        "variable `PORT` is set twice",
        label(deployment.nth("{name: PORT", 1), "this one wins"),
    );
    twice.confidence = Confidence::Medium;
    twice.related = vec![label(deployment.nth("{name: PORT", 0), "set first here")];
    twice.resource = Some(subject("apps/v1", "Deployment", Some("shop"), "api"));
    twice.fix = Some(Fix {
        title: "Remove the first".to_owned(),
        applicability: Applicability::Unsafe,
        edits: vec![Edit {
            span: deployment.span("            - {name: PORT, value: '8080'}\n"),
            text: String::new(),
        }],
    });

    let mut entries = Vec::new();
    for n in 0..12 {
        let mut missing = entry(
            "missing-config-map",
            Severity::Warning,
            "ConfigMap `settings` is defined nowhere",
            label(config.nth("settings", n), ""),
        );
        missing.fingerprint = "missing-config-map-0123456789abcdef".to_owned();
        entries.push(missing);
    }
    let mut silent = entry(
        "privileged-container",
        Severity::Warning,
        "container `api` is privileged",
        label(deployment.span("api"), ""),
    );
    silent.state = State::Suppressed {
        reason: "it loads a kernel module".to_owned(),
    };
    let mut old = entry(
        "exits-at-once",
        Severity::Error,
        "container `api` ends at once",
        label(deployment.span("registry.example/api:v1"), ""),
    );
    old.state = State::Baselined;
    let mut explained = entry(
        "service-selects-nothing",
        Severity::Error,
        "Service `api` selects nothing",
        label(service.span("app: api"), ""),
    );
    explained.explained_by = Some(port.fingerprint.clone());
    entries.extend([twice, silent, old, port, explained]);
    Report {
        entries,
        problems: vec![
            Problem {
                path: Some(SourcePath::new("deploy/broken.yaml")),
                message: "permission denied".to_owned(),
            },
            Problem {
                path: None,
                message: "rule `odd` panicked".to_owned(),
            },
        ],
        notes: vec![Note {
            message: "2 charts were not rendered".to_owned(),
        }],
        summary: Summary {
            files: 42,
            resources: 118,
            error: 1,
            warning: 2,
            info: 0,
            suppressed: 1,
            baselined: 1,
        },
        sources,
    }
}

const VALUES: &str = "\
registry: registry.example
password: hunter2-swordfish
name: shop
tag: v1
";

const TEMPLATE: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: shop
stringData: {password: hunter2-swordfish}
spec:
  containers:
    - image: {{ .Values.registry }}/{{ .Values.name }}
";

/// A finding in a rendered text, whose scalar comes from three places in two files, with a Secret's value beside two of them.
pub(super) fn rendered() -> Report {
    let mut sources = SourceMap::default();
    let values = add(&mut sources, "charts/shop/values.yaml", VALUES);
    let template = add(&mut sources, "charts/shop/templates/pod.yaml", TEMPLATE);
    let mut pieces = PieceTable::default();
    let head = &TEMPLATE[..TEMPLATE.find("{{").unwrap()];
    let via = |needle| vec![template.span(needle)];
    for (span, via) in [
        (template.span(head), vec![]),
        (
            values.span("registry.example"),
            via("{{ .Values.registry }}"),
        ),
        (template.span("/{{").shorten(1), vec![]),
        (values.nth("shop", 0), via("{{ .Values.name }}")),
    ] {
        let origin = pieces.origin(Origin {
            span: Some(span),
            verbatim: true,
            via,
        });
        pieces.push(span.range.len(), origin);
    }
    let text = format!("{head}registry.example/shop\n");
    let scalar = text.find("registry.example").unwrap() as u32;
    let secret = text.find(SECRET).unwrap() as u32;
    let id = sources.add_rendered(Rendered {
        path: SourcePath::new("charts/shop (values.yaml)"),
        text: text.as_str().into(),
        pieces,
    });
    sources.redact(Span::new(
        id,
        TextRange::new(secret, secret + SECRET.len() as u32),
    ));
    sources.redact(values.span(SECRET));
    let scalar = Span::new(
        id,
        TextRange::new(scalar, scalar + "registry.example/shop".len() as u32),
    );
    let mut labels = sources.places(scalar).into_iter().map(|place| ReportLabel {
        place,
        text: String::new(),
    });
    let mut primary = labels.next().unwrap();
    primary.text = "this registry has no such image".to_owned();
    let mut entry = entry(
        "missing-image",
        Severity::Error,
        "image `registry.example/shop` does not exist",
        primary,
    );
    entry.related = labels.collect();
    entry.builds = vec!["charts/shop".to_owned()];
    entry.resource = Some(subject("v1", "Pod", None, "shop"));
    Report {
        entries: vec![entry],
        summary: Summary {
            files: 2,
            resources: 1,
            error: 1,
            ..Summary::default()
        },
        sources,
        ..Report::default()
    }
}

trait Shorten {
    fn shorten(self, len: u32) -> Self;
}

impl Shorten for Span {
    /// Its first `len` bytes.
    fn shorten(self, len: u32) -> Self {
        Span::new(
            self.source,
            TextRange::new(self.range.start, self.range.start + len),
        )
    }
}
