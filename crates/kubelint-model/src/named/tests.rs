use kubelint_parser::source::MemorySources;

use super::*;
use crate::{Needs, Targets, load};

/// What is missing, as `field written`, with what may be meant.
fn check(files: &[(&str, &str)], expected: &[(&str, Option<&str>)]) {
    let sources = MemorySources::new(files.iter().copied());
    let listed = sources.list().to_vec();
    let needs = Needs {
        paths: true,
        ..Needs::default()
    };
    let loaded = load(&sources, Targets::of(&listed), Vec::new(), needs);
    let found: Vec<(String, Option<&str>)> = loaded
        .missing_paths
        .iter()
        .map(|it| {
            (
                format!("{} {}", it.field, it.written),
                it.nearest.as_deref(),
            )
        })
        .collect();
    let found: Vec<(&str, Option<&str>)> = found
        .iter()
        .map(|(it, near)| (it.as_str(), *near))
        .collect();
    assert_eq!(found, expected, "{files:?}");
}

#[test]
fn every_field_of_a_kustomization() {
    let text = "\
resources: [a, there.yaml]
bases: [b]
components: [c]
configurations: [d.yaml]
crds: [e.json]
openapi: {path: f.json}
generators: [g.yaml, \"kind: X\\n\"]
transformers: [h.yaml]
validators: [i.yaml]
patches: [{path: j.yaml}, {patch: k.yaml}]
patchesStrategicMerge: [l.yaml]
patchesJson6902: [{path: m.yaml}]
replacements: [{path: n.yaml}]
configMapGenerator: [{files: [o, k=p], envs: [q], env: r, literals: [s=t]}]
secretGenerator: [{files: [k=u=v, w]}]
helmCharts: [{valuesFile: x.yaml, additionalValuesFiles: [charts/y.yaml, z.yaml]}]
";
    let expected = [
        "resources a",
        "bases b",
        "components c",
        "configurations d.yaml",
        "crds e.json",
        "openapi.path f.json",
        "generators g.yaml",
        "transformers h.yaml",
        "validators i.yaml",
        "patches j.yaml",
        "patchesStrategicMerge l.yaml",
        "patchesJson6902 m.yaml",
        "replacements n.yaml",
        "configMapGenerator.files o",
        "configMapGenerator.files p",
        "configMapGenerator.envs q",
        "configMapGenerator.env r",
        "secretGenerator.files w",
        "helmCharts.valuesFile x.yaml",
        "helmCharts.valuesFile z.yaml",
    ];
    let files = [("k/kustomization.yaml", text), ("k/there.yaml", "a: 1\n")];
    check(&files, &expected.map(|it| (it, None)));
}

#[test]
fn folders_that_are_no_kustomizations_and_kustomizations_that_are_no_resources() {
    let own = "resources: [kustomization.yaml, ../base, ../other, ../named/kustomization.yaml]\n";
    let files = [
        ("app/kustomization.yaml", own),
        ("base/app.yaml", "a: 1\n"),
        ("other/kustomization.yml", "resources: []\n"),
        (
            "named/kustomization.yaml",
            "metadata: {name: x, annotations: {config.kubernetes.io/local-config: 'true'}}\n",
        ),
    ];
    check(
        &files,
        &[
            ("resources kustomization.yaml", None),
            ("resources ../base", None),
        ],
    );
}

#[test]
fn nothing_is_said_of_what_cannot_be_known() {
    let text = "resources: [../../out, \"${X}/a\", '*.yaml', /abs.yaml, sub/mod/x, https://x.y/z, a.git]\n";
    let modules = "[submodule \"x\"]\n\tpath = k/sub\n";
    check(
        &[("k/kustomization.yaml", text), (".gitmodules", modules)],
        &[],
    );
}

#[test]
fn what_skaffold_names() {
    let text = "\
apiVersion: skaffold/v4beta11
kind: Config
requires: [{path: ./other}, {path: x, git: {repo: y}}]
build:
  artifacts:
    - {image: a, context: gone}
    - {image: b, context: app}
    - {image: c, context: app, docker: {dockerfile: docker/c}}
    - {image: d, context: app, ko: {}}
manifests:
  rawYaml: [k8s/gone.yaml, k8s/*.yml]
  kustomize: {paths: [app]}
deploy:
  helm:
    releases:
      - {name: x, chartPath: ./charts/x, valuesFiles: ['v-{{.ENV}}.yaml', v.yaml]}
      - {name: y, chartPath: stable/redis}
profiles:
  - name: p
    deploy: {kubectl: {manifests: [p.yaml]}}
";
    check(
        &[
            ("skaffold.yaml", text),
            ("app/main.go", ""),
            ("docker/c", ""),
        ],
        &[
            ("requires.path ./other", None),
            ("build.artifacts.context gone", None),
            ("build.artifacts.docker.dockerfile Dockerfile", None),
            ("manifests.rawYaml k8s/gone.yaml", None),
            ("manifests.kustomize.paths app", None),
            ("deploy.helm.releases.chartPath ./charts/x", None),
            ("deploy.helm.releases.valuesFiles v.yaml", None),
            ("deploy.kubectl.manifests p.yaml", None),
        ],
    );
}

#[test]
fn what_compose_and_charts_name() {
    let compose = "\
services:
  a: {build: web, env_file: [x.env, {path: y.env, required: false}, {path: z.env}]}
  b: {build: {context: gone, dockerfile: D}, extends: {file: base.yml, service: c}}
  d: {build: {context: web, dockerfile: ../D}}
";
    let chart = "name: x\ndependencies: [{repository: 'file://../y'}, {repository: 'file://../z'}, {name: v, version: 1.0.0, repository: 'file://../v'}, {repository: https://x.y}]\n";
    let helmfile = "releases:\n  - {name: a, chart: ./c, values: [v.yaml, {x: 1}]}\n  - {name: b, chart: r/c, missingFileHandler: Warn, values: [w.yaml]}\n";
    check(
        &[
            ("charts/x/Chart.yaml", chart),
            ("charts/z/Chart.yaml", "name: z\n"),
            ("charts/x/charts/v-1.0.0.tgz", ""),
            ("docker-compose.yml", compose),
            ("helmfile.yaml", helmfile),
            ("web/Dockerfile", ""),
        ],
        &[
            ("dependencies.repository ../y", None),
            ("env_file x.env", None),
            ("env_file z.env", None),
            ("build.context gone", None),
            ("extends.file base.yml", None),
            ("build.dockerfile ../D", None),
            ("releases.chart ./c", None),
            ("releases.values v.yaml", None),
        ],
    );
}
