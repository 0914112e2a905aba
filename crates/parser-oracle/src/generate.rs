//! Manifests that nobody wrote: for comparisons and for the benchmark. Equal seeds give equal texts.

use std::fmt::Write;

/// A small generator of numbers (SplitMix64): good enough for texts, and equal everywhere.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// Numbers that depend on `seed` only.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const NAMES: &[&str] = &[
    "frontend",
    "cart",
    "checkout",
    "redis",
    "worker",
    "ingest",
    "payments",
    "search-api",
    "gateway",
    "auth",
];
const WORDS: &[&str] = &[
    "the",
    "name",
    "of",
    "this",
    "resource",
    "is",
    "used",
    "when",
    "a",
    "controller",
    "reconciles",
    "spec",
    "status",
    "field",
    "must",
    "be",
    "set",
    "by",
    "users",
    "and",
    "defaults",
    "to",
    "value",
    "which",
    "selects",
    "namespace",
];

/// A file of about two kilobytes: a Deployment and its Service.
pub fn manifest(seed: u64) -> String {
    let mut numbers = Numbers::new(seed);
    let name = numbers.pick(NAMES);
    let mut text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  labels:\n    app: {name}\n    \
         app.kubernetes.io/part-of: shop\nspec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app: {name}\n  \
         template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n      containers:\n",
        numbers.below(9)
    );
    for container in 0..=numbers.below(2) {
        let port = 8000 + numbers.below(999);
        let _ = write!(
            text,
            "      - name: server-{container}\n        image: registry.example.com/shop/{name}:v1.{}.{}\n        \
             args: [\"--port\", \"{port}\", --verbose]\n        ports:\n        - containerPort: {port}\n          \
             name: http # served by the main process\n        readinessProbe:\n          httpGet:\n            \
             path: /healthz\n            port: {port}\n          periodSeconds: 10\n        env:\n",
            numbers.below(20),
            numbers.below(20)
        );
        for _ in 0..numbers.below(8) {
            let _ = write!(
                text,
                "        - name: {}_ADDR\n          value: \"{}:{}\"\n",
                numbers.pick(NAMES).replace('-', "_").to_uppercase(),
                numbers.pick(NAMES),
                numbers.below(9999)
            );
        }
        text.push_str(
            "        resources:\n          requests: {cpu: 100m, memory: 64Mi}\n          limits:\n            \
             cpu: 200m\n            memory: 128Mi\n",
        );
    }
    if numbers.below(3) == 0 {
        text.push_str("        command:\n        - sh\n        - -c\n        - |\n          set -e\n          exec server\n");
    }
    let _ = write!(
        text,
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  type: ClusterIP\n  selector:\n    \
         app: {name}\n  ports:\n  - name: http\n    port: 80\n    targetPort: {}\n",
        8000 + numbers.below(999)
    );
    text
}

/// A CustomResourceDefinition with about `fields` fields, most of them with a description.
pub fn definition(seed: u64, fields: usize) -> String {
    let mut numbers = Numbers::new(seed);
    let mut text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  annotations:\n    \
                    controller-gen.kubebuilder.io/version: v0.17.0\n  name: widgets.example.com\nspec:\n  group: \
                    example.com\n  names:\n    kind: Widget\n    plural: widgets\n  scope: Namespaced\n  versions:\n  - \
                    name: v1\n    schema:\n      openAPIV3Schema:\n        properties:\n"
        .to_owned();
    let mut depth = 0;
    for field in 0..fields {
        let indent = 10 + depth * 4;
        let _ = writeln!(text, "{:indent$}field{field}:", "");
        description(&mut text, indent + 2, &mut numbers);
        match numbers.below(4) {
            0 if depth < 8 => {
                let _ = write!(
                    text,
                    "{:indent$}  type: object\n{:indent$}  properties:\n",
                    "", ""
                );
                depth += 1;
                continue;
            }
            1 => {
                let _ = write!(
                    text,
                    "{:indent$}  items:\n{:indent$}    type: string\n{:indent$}  type: array\n",
                    "", "", ""
                );
            }
            _ => {
                let _ = writeln!(text, "{:indent$}  type: string", "");
            }
        }
        depth -= numbers.below(depth + 1);
    }
    if depth > 0 {
        let indent = 10 + depth * 4;
        let _ = writeln!(text, "{:indent$}last: {{type: string}}", "");
    }
    text
}

fn description(text: &mut String, indent: usize, numbers: &mut Numbers) {
    let lines = numbers.below(6);
    let style = numbers.below(3);
    let _ = write!(text, "{:indent$}description: ", "");
    if style == 0 {
        text.push_str("|-\n");
    }
    for line in 0..=lines {
        if line > 0 || style == 0 {
            let _ = write!(text, "{:width$}", "", width = indent + 2);
        }
        for word in 0..12 {
            text.push_str(if word > 0 { " " } else { "" });
            text.push_str(numbers.pick(WORDS));
        }
        text.push('\n');
    }
}
