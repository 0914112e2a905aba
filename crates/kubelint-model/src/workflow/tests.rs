use kubelint_parser::source::MemorySources;

use super::*;
use crate::{Needs, Targets, load};

pub(super) fn read(files: &[(&str, &str)]) -> (Files, Workflows) {
    let sources = MemorySources::new(files.iter().copied());
    let listed = kubelint_parser::source::Sources::list(&sources).to_vec();
    let needs = Needs {
        workflows: true,
        ..Needs::default()
    };
    let files = load(&sources, Targets::of(&listed), Vec::new(), needs);
    let found = workflows(&files);
    (files, found)
}

fn of(text: &str) -> Workflow {
    let (_, all) = read(&[(".github/workflows/ci.yml", text)]);
    all.iter().next().cloned().unwrap()
}

fn never(on: &str, jobs: &str) -> Vec<(String, Reason)> {
    let workflow = of(&format!("on: {on}\njobs:\n{jobs}"));
    let found = workflow.never().into_iter();
    found
        .map(|it| (workflow.jobs[it.job].id.clone(), it.reason))
        .collect()
}

#[test]
fn facts_of_a_workflow() {
    let workflow = of("\
name: Deploy
on:
  push:
    branches: [main, 'release/**']
    tags: ['v*']
  workflow_dispatch:
    inputs:
      target: { default: staging }
env:
  REGISTRY: ghcr.io
defaults:
  run:
    working-directory: services
jobs:
  build:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        app: [api, web]
        node: [18]
        exclude:
          - app: web
            node: 18
        include:
          - app: api
            port: 80
          - app: jobs
    steps:
      - uses: actions/checkout@v4
      - id: build
        name: Build it
        working-directory: services/${{ matrix.app }}
        run: |
          make
  deploy:
    needs: build
    if: github.ref == 'refs/heads/main'
    runs-on: windows-latest
    environment: { name: production }
    steps:
      - run: kubectl apply -f k8s
      - run: ./x.sh
        shell: bash
");
    assert_eq!(workflow.name.unwrap().text, "Deploy");
    let events: Vec<_> = workflow
        .triggers
        .iter()
        .map(|it| it.event.as_str())
        .collect();
    assert_eq!(events, ["push", "workflow_dispatch"]);
    assert_eq!(workflow.triggers[0].branches.len(), 2);
    assert_eq!(workflow.inputs[0].default.as_ref().unwrap().text, "staging");
    let [build, deploy] = workflow.jobs.as_slice() else {
        panic!("{:?}", workflow.jobs);
    };
    let combinations: Vec<String> = build
        .matrix
        .combinations
        .iter()
        .map(|it| format!("{it:?}"))
        .collect();
    assert_eq!(
        combinations,
        [
            r#"{"app": "api", "node": "18", "port": "80"}"#,
            r#"{"app": "jobs"}"#
        ]
    );
    let run = build.steps[1].run().unwrap();
    assert_eq!(
        run.folder.as_ref().unwrap().text,
        "services/${{ matrix.app }}"
    );
    assert_eq!((run.shell.errexit, run.shell.pipefail), (true, false));
    assert_eq!(build.steps[0].uses().unwrap().action(), "actions/checkout");
    assert_eq!(deploy.needs[0].text, "build");
    assert_eq!(deploy.environment.as_ref().unwrap().text, "production");
    let run = deploy.steps[0].run().unwrap();
    assert_eq!(run.shell.language, Language::PowerShell);
    assert_eq!(run.folder.as_ref().unwrap().text, "services");
    assert!(deploy.steps[1].run().unwrap().shell.pipefail);
}

#[test]
fn what_is_called_is_found() {
    let (_, all) = read(&[
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n  c:\n    steps:\n      - uses: ./.github/actions/deploy\n      - uses: ./not/there\n",
        ),
        (
            ".github/workflows/b.yml",
            "on: workflow_call\njobs: { x: { steps: [{ run: make }] } }\n",
        ),
        (
            ".github/actions/deploy/action.yml",
            "runs:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n",
        ),
    ]);
    let ci = all.iter().find(|it| it.jobs.len() == 2).unwrap();
    let call = all.called(ci.jobs[0].call.as_ref().unwrap()).unwrap();
    assert_eq!(call.jobs[0].id, "x");
    let action = all.called(ci.jobs[1].steps[0].uses().unwrap()).unwrap();
    assert_eq!(action.form, Form::Action);
    assert!(all.called(ci.jobs[1].steps[1].uses().unwrap()).is_none());
}

#[test]
fn jobs_that_never_run() {
    let needs = |need, job| Reason::Needs { need, job };
    for (on, jobs, expected) in [
        (
            "push",
            "  a: { if: false }\n",
            vec![("a", Reason::Disabled)],
        ),
        (
            "push",
            "  a: { if: '${{ false && github.ref }}' }\n  b: { needs: [c, a] }\n  c: {}\n",
            vec![("a", Reason::Disabled), ("b", needs(1, 0))],
        ),
        (
            "push",
            "  a: { if: false }\n  b: { needs: A, if: always() }\n",
            vec![("a", Reason::Disabled)],
        ),
        (
            "push",
            "  a: { if: false }\n  b: { needs: a, if: '!failure()' }\n",
            vec![("a", Reason::Disabled)],
        ),
        (
            "push",
            "  a: { if: false }\n  b: { needs: a, if: \"always() && needs.a.result == 'success'\" }\n",
            vec![("a", Reason::Disabled), ("b", needs(0, 0))],
        ),
        (
            "push",
            "  a: { if: failure() }\n",
            vec![("a", Reason::NothingFails)],
        ),
        (
            "push",
            "  b: {}\n  a: { if: failure(), needs: b }\n",
            vec![],
        ),
        ("workflow_dispatch", "  a: { if: inputs.deploy }\n", vec![]),
        (
            "pull_request",
            "  a: { if: \"github.event_name == 'push'\" }\n",
            vec![("a", Reason::Events)],
        ),
        (
            "[pull_request, workflow_call]",
            "  a: { if: \"github.event_name == 'push'\" }\n",
            vec![],
        ),
        (
            "{ push: { branches: [main] } }",
            "  a: { if: \"github.ref == 'refs/heads/master'\" }\n  b: { if: \"github.ref_name == 'main'\" }\n",
            vec![("a", Reason::Events)],
        ),
        (
            "{ push: { branches: ['rel*'] } }",
            "  a: { if: \"github.ref == 'refs/heads/rel1'\" }\n",
            vec![],
        ),
        (
            "{ push: { branches-ignore: [x] } }",
            "  a: { if: \"github.ref == 'refs/heads/rel1'\" }\n",
            vec![],
        ),
        (
            "{ push: { branches: [main], tags: ['v*'] } }",
            "  a: { if: \"startsWith(github.ref, 'refs/tags/')\" }\n",
            vec![],
        ),
        (
            "[push, pull_request]",
            "  a: { if: \"github.event_name == 'push'\" }\n  b: { needs: a, if: \"github.event_name == 'pull_request'\" }\n",
            vec![("b", Reason::EventsOfNeeds)],
        ),
        (
            "pull_request",
            "  a: { if: \"startsWith(github.ref, 'refs/tags/')\" }\n",
            vec![("a", Reason::Events)],
        ),
        // Waiting for each other, and for what is not there.
        (
            "push",
            "  a: { needs: b }\n  b: { needs: a, if: false }\n  c: { needs: x }\n",
            vec![],
        ),
        ("push", "  a: { if: 'a b' }\n", vec![]),
    ] {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(id, reason)| (id.to_owned(), reason))
            .collect();
        assert_eq!(never(on, jobs), expected, "{on}\n{jobs}");
    }
}

/// What the steps of a file are, by their texts: the inputs of actions, and folder and expressions of commands.
fn texts(files: &[(&str, &str)], path: &str) -> Vec<String> {
    let (loaded, all) = read(files);
    let id = loaded
        .files
        .iter()
        .position(|it| it.path.as_str() == path)
        .unwrap();
    let mut found = Vec::new();
    for running in all.running(FileId(id as u32)) {
        match &running.step.does {
            Does::Uses(uses) => {
                found.extend(uses.with.iter().map(|it| running.text(&it.value.text)));
            }
            Does::Run(run) => {
                let folder = running.folder().unwrap_or_default();
                found.push(format!("{folder}: {}", running.text(&run.script.text)));
            }
            Does::Nothing => {}
        }
    }
    found
}

#[test]
fn values_of_steps() {
    let workflow = "\
on: push
env:
  REGISTRY: ghcr.io
jobs:
  tag:
    runs-on: ubuntu-latest
    outputs:
      version: ${{ steps.v.outputs.version }}
    steps:
      - id: v
        run: echo \"version=1.2\" >> $GITHUB_OUTPUT
  build:
    needs: tag
    runs-on: ubuntu-latest
    strategy:
      matrix:
        app: [{ name: api, dir: services/api }, { name: web, dir: web }]
        arch: [amd64, arm64]
    env:
      IMAGE: ${{ env.REGISTRY }}/org/${{ matrix.app.name }}
    steps:
      - uses: actions/checkout@v4
        with: { ref: main }
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: ${{ env.IMAGE }}
          tags: |
            type=raw,value=stable
            type=sha
      - uses: docker/build-push-action@v6
        with:
          context: ${{ matrix.app.dir }}
          tags: ${{ steps.meta.outputs.tags }}
      - run: make ${{ needs.tag.outputs.version }} ${{ github.sha }}
        working-directory: ${{ github.workspace }}/${{ matrix.app.dir }}
";
    let path = ".github/workflows/ci.yml";
    let image = |name: &str| {
        let image = format!("ghcr.io/org/{name}");
        format!("{image}:stable\n{image}:sha-*")
    };
    let tags = "type=raw,value=stable\ntype=sha\n";
    let (api, web) = (image("api"), image("web"));
    let expected = [
        ": echo \"version=1.2\" >> $GITHUB_OUTPUT",
        "main",
        "ghcr.io/org/api",
        tags,
        "services/api",
        &api,
        "./services/api: make 1.2 *",
        "ghcr.io/org/web",
        tags,
        "web",
        &web,
        "./web: make 1.2 *",
    ];
    assert_eq!(texts(&[(path, workflow)], path), expected);
}

#[test]
fn inputs_come_from_callers() {
    let files = [
        (
            ".github/workflows/ci.yml",
            "on: push\njobs:\n  a:\n    strategy: { matrix: { app: [api, web] } }\n    uses: ./.github/workflows/b.yml\n    with: { app: '${{ matrix.app }}' }\n",
        ),
        (
            ".github/workflows/b.yml",
            "on:\n  workflow_call:\n    inputs: { app: {}, tag: { default: latest } }\njobs:\n  x:\n    steps:\n      - uses: ./.github/actions/build\n        with: { image: 'org/${{ inputs.app }}:${{ inputs.tag }}' }\n",
        ),
        (
            ".github/actions/build/action.yml",
            "inputs: { image: {} }\nruns:\n  using: composite\n  steps:\n    - run: docker build -t ${{ inputs.image }} .\n      shell: bash\n",
        ),
    ];
    assert_eq!(
        texts(&files, ".github/actions/build/action.yml"),
        [
            ": docker build -t org/api:latest .",
            ": docker build -t org/web:latest ."
        ]
    );
}
