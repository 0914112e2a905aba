//! Trees that no team keeps, and that an attacker or a generator may: each is made to cost a linter time or memory that grows with the square
//! of its size, if anything does.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;

/// What all resources of a tree have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shape {
    /// Applications as teams have them.
    Apps,
    /// Every Service selects every pod.
    EqualLabels,
    /// Each requirement of every selector is met by half of all pods, and both together by none.
    CrossedLabels,
    /// Every Service selects a label that is one letter off.
    NearLabels,
    /// Every workload asks for a ConfigMap whose name is one letter off, among names that are all nearly the same.
    NearNames,
    /// Every folder states the same objects, and lacks the same one.
    Alternatives,
    /// One file states the same object again and again, and a large one first.
    Duplicates,
    /// Every workload asks for a key that one ConfigMap does not have, among as many that it has.
    Keys,
    /// One base is taken in and patched by as many overlays.
    Overlays,
    /// One kustomization takes in all resources, with a patch for each.
    Patches,
    /// Every script applies every file, one by one and all together.
    Scripts,
    /// One script makes the same Secret for every workload, in as many namespaces.
    Commands,
    /// Thirty workloads, one of which runs a program of as many source files, each of which imports four others.
    Sources,
}

type Files = BTreeMap<PathBuf, String>;

/// The files of a tree with about `resources` resources.
pub(super) fn tree(resources: usize, shape: Shape) -> Files {
    let half = resources / 2;
    let mut files = Files::new();
    match shape {
        Shape::Apps => {}
        Shape::EqualLabels => each(&mut files, half, |at| {
            workload(at, "app: web", "") + &service(at, "app: web")
        }),
        Shape::CrossedLabels => each(&mut files, half, |at| {
            let labels = ["tier: web, track: canary", "tier: db, track: stable"][at % 2];
            workload(at, labels, "") + &service(at, "tier: web, track: stable")
        }),
        Shape::NearLabels => each(&mut files, half, |at| {
            let name = word(at);
            workload(at, &format!("app: {name}"), "") + &service(at, &format!("app: {name}x"))
        }),
        Shape::NearNames => each(&mut files, half, |at| {
            let name = word(at);
            config_map(&format!("{name}-config"), "a: b")
                + &workload(
                    at,
                    "app: web",
                    &environment(&format!("{name}x-config"), "a"),
                )
        }),
        Shape::Alternatives => {
            for at in 0..half {
                let text = workload(0, "app: web", &environment("lacking", "a"))
                    + &config_map("settings", "a: b");
                files.insert(PathBuf::from(format!("d{at}/all.yaml")), text);
            }
        }
        Shape::Duplicates => {
            let data: Vec<String> = (0..half).map(|at| format!("k{at}: v")).collect();
            let mut text = config_map("settings", &data.join(", "));
            text += &config_map("settings", "a: b").repeat(half);
            files.insert(PathBuf::from("all.yaml"), text);
        }
        Shape::Keys => {
            let data: Vec<String> = (0..half).map(|at| format!("k{at}: v")).collect();
            let keys = config_map("settings", &data.join(", "));
            files.insert(PathBuf::from("keys.yaml"), keys);
            each(&mut files, half, |at| {
                workload(at, "app: web", &environment("settings", &format!("x{at}")))
            });
        }
        Shape::Overlays => overlays(&mut files, half),
        Shape::Patches => patches(&mut files, resources),
        Shape::Scripts => {
            each(&mut files, half, |at| workload(at, "app: web", ""));
            for at in 0..half.div_ceil(10) {
                let lines = joined(10, |it| {
                    format!("kubectl apply -f r{}.yaml\n", at * 10 + it)
                });
                let text = format!("#!/bin/sh\n{lines}kubectl apply -f .\n");
                files.insert(PathBuf::from(format!("run{at}.sh")), text);
            }
        }
        Shape::Commands => {
            let lines = joined(half, |at| {
                format!("kubectl -n n{at} create secret generic shared --from-literal=a=b\n")
            });
            files.insert(PathBuf::from("run.sh"), format!("#!/bin/sh\n{lines}"));
            each(&mut files, half, |at| {
                let asks = "env: [{name: A, valueFrom: {secretKeyRef: {name: shared, key: a}}}]";
                workload(at, "app: web", asks)
                    .replace("{name: w", &format!("{{namespace: n{at}, name: w"))
            });
        }
        Shape::Sources => sources(&mut files, resources),
    }
    files
}

/// A program of `count` modules and its image, beside thirty workloads.
fn sources(files: &mut Files, count: usize) {
    each(files, 30, |at| workload(at, "app: web", ""));
    let imports = joined(count, |at| format!("from routes import m{at}\n"));
    let mounts = joined(count, |at| format!("app.include_router(m{at}.router)\n"));
    let main = format!("from fastapi import FastAPI\n{imports}\napp = FastAPI()\n{mounts}");
    files.insert("web/main.py".into(), main);
    for at in 0..count {
        let others = joined(4, |it| {
            format!("from routes import m{}\n", (at * 7 + it * 31 + 1) % count)
        });
        let handlers = joined(10, |it| {
            format!(
                "

@router.get(\"/items/{it}\")
def items_{it}(limit: int = 10):
    found = [it.strip() for it in open(PATH) if it and not it.startswith(\"#\")]
    for number, item in enumerate(sorted(found)[:limit]):
        if len(item) > LIMIT:
            raise ValueError(f\"item {{number}} is too long: {{item}}\")
    return {{\"items\": found, \"count\": len(found)}}
"
            )
        });
        let text = format!(
            "import os\nfrom fastapi import APIRouter\n{others}
PATH = os.environ[\"PATH_{at}\"]
LIMIT = int(os.getenv(\"LIMIT\", \"80\"))
router = APIRouter(prefix=\"/m{at}\")
{handlers}"
        );
        files.insert(format!("web/routes/m{at}.py").into(), text);
    }
    let image = "FROM python:3.12\nWORKDIR /srv\nCOPY . .\nCMD [\"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\"]\n";
    files.insert("web/Dockerfile".into(), image.into());
    let compose = "services: {web: {build: web, image: image0}}\n";
    files.insert("compose.yaml".into(), compose.into());
}

/// As many kustomizations as resources of their base, which each of them takes in and patches.
fn overlays(files: &mut Files, half: usize) {
    let names = joined(half, |at| format!("  - r{at}.yaml\n"));
    files.insert(
        "base/kustomization.yaml".into(),
        format!("resources:\n{names}"),
    );
    for at in 0..half {
        files.insert(format!("base/r{at}.yaml").into(), pair(at));
        let text = format!(
            "resources: [../../base]
replicas: [{{name: w{at}, count: 3}}]
images: [{{name: image{at}, newTag: '2'}}]
patches:
  - target: {{kind: Deployment, name: w{at}}}
    patch: '[{{op: replace, path: /spec/selector, value: {{}}}}]'
"
        );
        files.insert(format!("overlays/o{at}/kustomization.yaml").into(), text);
    }
}

/// One kustomization with a patch for each resource.
fn patches(files: &mut Files, resources: usize) {
    let half = resources / 2;
    let names = joined(half, |at| format!("  - r{at}.yaml\n"));
    let entries = joined(half, |at| {
        format!(
            "  - target: {{kind: Deployment, name: w{at}}}\n    patch: '[{{op: replace, path: /spec/replicas, value: 2}}]'\n"
        )
    });
    let text = format!("resources:\n{names}patches:\n{entries}");
    files.insert("kustomization.yaml".into(), text);
    each(files, half, pair);
}

/// A workload, and a Service that selects it.
fn pair(at: usize) -> String {
    workload(at, &format!("app: {}", word(at)), "") + &service(at, &format!("app: {}", word(at)))
}

/// As many pieces of text.
fn joined(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

/// Files of one folder, a document or more each.
fn each(files: &mut Files, count: usize, text: impl Fn(usize) -> String) {
    files.extend((0..count).map(|at| (PathBuf::from(format!("r{at}.yaml")), text(at))));
}

fn workload(at: usize, labels: &str, asks: &str) -> String {
    format!(
        "---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: w{at}}}
spec:
  selector: {{matchLabels: {{{labels}}}}}
  template:
    metadata: {{labels: {{{labels}}}}}
    spec:
      containers:
        - name: app
          image: ghcr.io/acme/image{at}:1.0
          ports: [{{name: http, containerPort: 8080}}]
          {asks}
"
    )
}

fn service(at: usize, selector: &str) -> String {
    format!(
        "---
apiVersion: v1
kind: Service
metadata: {{name: s{at}}}
spec:
  selector: {{{selector}}}
  ports: [{{port: 80, targetPort: http}}]
"
    )
}

fn config_map(name: &str, data: &str) -> String {
    format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{{data}}}\n")
}

fn environment(map: &str, key: &str) -> String {
    format!("env: [{{name: A, valueFrom: {{configMapKeyRef: {{name: {map}, key: {key}}}}}}}]")
}

/// A word for a number, of equal length for all, that differs from those of its neighbours in a letter.
fn word(at: usize) -> String {
    let letter = |place: u32| char::from(b'a' + (at / 10_usize.pow(place) % 10) as u8);
    let word: String = (0..7).rev().map(letter).collect();
    format!("common-{word}")
}
