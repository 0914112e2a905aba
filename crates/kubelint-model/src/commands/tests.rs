use kubelint_parser::source::{MemorySources, SourcePath};

use super::*;
use crate::{Needs, Targets, load};

/// What `files` do, as text: everything that is applied and made, but for what a release brings.
fn shown(files: &[(&str, &str)]) -> String {
    let sources = MemorySources::new(files.iter().copied());
    let targets: Vec<SourcePath> = files.iter().map(|it| SourcePath::new(it.0)).collect();
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let files = load(&sources, Targets::of(&targets), Vec::new(), needs);
    let found = commands(
        &files,
        &crate::workflows(&files),
        &crate::compose::read(&files),
    );
    let mut lines = Vec::new();
    for it in &found.applied {
        let paths = it.paths.iter().map(|it| {
            let form = match it.form {
                PathForm::Files => "",
                PathForm::Recursive => " -R",
                PathForm::Kustomization => " -k",
                PathForm::Generated => " flux",
                PathForm::Some => " some",
            };
            let by_end = if it.by_end { "…/" } else { "" };
            format!("{by_end}{}{form}", it.path)
        });
        let paths: Vec<String> = paths.collect();
        lines.push(format!("{} {}", it.runner.part, paths.join(", ")));
    }
    for it in &found.made {
        let namespace = it.namespace.as_deref().map(|it| format!("@{it}"));
        lines.push(format!(
            "{:?} {}/{}{}",
            it.by,
            it.kind,
            it.name,
            namespace.unwrap_or_default()
        ));
    }
    lines.join("\n")
}

fn check(file: &str, text: &str, expected: &[&str]) {
    assert_eq!(shown(&[(file, text)]), expected.join("\n"), "{text}");
}

#[test]
fn what_scripts_apply() {
    for (text, expected) in [
        ("kubectl apply -f a.yaml", "0 a.yaml"),
        (
            "kubectl apply -f a.yaml,b.yaml -f=c/",
            "0 a.yaml, b.yaml, c",
        ),
        ("kubectl -n x apply --filename ./a", "0 a"),
        ("kubectl apply -R -f a", "0 a -R"),
        ("oc create -k a", "0 a -k"),
        ("k replace -f a", "0 a"),
        ("microk8s kubectl apply -f a", "0 a"),
        ("minikube kubectl -- apply -f a", "0 a"),
        ("kustomize build a | kubectl apply -f -", "0 a -k"),
        ("kustomize build a > out.yaml # kubectl", ""),
        (
            "kubectl kustomize a | envsubst | kubectl apply -f -",
            "0 a -k",
        ),
        ("kubectl apply -f <(kustomize build a)", "0 a -k"),
        ("envsubst < a.yaml | kubectl apply -f -", "0 a.yaml"),
        ("sed s/a/b/ a.yaml | kubectl apply -f -", "0 a.yaml"),
        ("oc process -f a.yaml | oc apply -f -", "0 a.yaml"),
        ("cd a\nkubectl apply -f b", "0 a/b"),
        (
            "(cd a && kubectl apply -f b); kubectl apply -f c",
            "0 a/b\n0 c",
        ),
        ("pushd a; popd; kubectl apply -f c", "0 c"),
        ("cd \"$(dirname \"$0\")/..\"\nkubectl apply -f c", "0 …/c"),
        ("kubectl apply -f $DIR/a.yaml", "0 …/a.yaml"),
        ("DIR=x\nkubectl apply -f $DIR/a.yaml", "0 x/a.yaml"),
        ("kubectl apply -k overlays/$ENV", ""),
        (
            "for f in a b; do kubectl apply -f $f.yaml; done",
            "0 a.yaml\n0 b.yaml",
        ),
        (
            "for f in a b\ndo\n  kubectl apply -f \"$f\"\ndone",
            "0 a\n0 b",
        ),
        ("if ! sudo kubectl apply -f a; then exit 1; fi", "0 a"),
        ("bash -c \"kubectl apply -f a\"", "0 a"),
        ("kubectl apply \\\n  -f a \\\n  -f b", "0 a, b"),
        ("kubectl delete -f a", ""),
        ("echo 'kubectl apply -f a'", ""),
    ] {
        check("x.sh", text, &expected.lines().collect::<Vec<_>>());
    }
    check(
        "x.bat",
        "kubectl apply -f %~dp0k8s\\a.yaml",
        &["0 …/k8s/a.yaml"],
    );
}

#[test]
fn urls_of_this_repository() {
    let apply = "kubectl apply -f https://raw.githubusercontent.com/o/r/main/deploy/a.yaml -f https://example.com/b.yaml";
    let files = [
        (
            "deploy/a.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
        ),
        ("x.sh", apply),
    ];
    assert_eq!(shown(&files), "0 deploy/a.yaml");
}

#[test]
fn what_is_made() {
    for (text, expected) in [
        (
            "N=app\nkubectl create secret generic $N-x -n \"y\"",
            "Script Secret/app-x@y",
        ),
        (
            "kubectl create secret generic ${X}-db",
            "Script Secret/*-db",
        ),
        ("kubectl create secret generic $X", ""),
        (
            "kubectl create cm a --dry-run=client -o yaml | kubectl apply -f -",
            "Script ConfigMap/a",
        ),
        (
            "helm upgrade --install web x/y -n z --create-namespace",
            "Script */web@z\nScript */web-*@z\nScript Namespace/z",
        ),
        (
            "cat <<EOF | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nEOF\n",
            "Script Secret/a",
        ),
    ] {
        check("x.sh", text, &expected.lines().collect::<Vec<_>>());
    }
    for (file, text) in [
        (
            "x.sh",
            "k8s() {\n  kubectl --context=a \"$@\"\n}\nk8s create cm a\n",
        ),
        (
            "x.ps1",
            "function Run-It($cmd, $x) {\n  $e = $path + 'kubectl ' + $cmd\n  Invoke-Expression $e\n}\nRun-It -cmd 'create cm `\n  a'\n",
        ),
    ] {
        check(file, text, &["Script ConfigMap/a"]);
    }
    check("x.sh", "say() {\n  echo \"$@\"\n}\nsay create cm a\n", &[]);
    check(
        "main.tf",
        "resource \"kubernetes_secret\" \"a\" {\n  metadata {\n    name = \"b\"\n  }\n}\n",
        &["Script Secret/b"],
    );
}

#[test]
fn documents() {
    check(
        "README.md",
        "Don't panic. Run `kubectl create ns a` first.\n\n```sh\n$ kubectl apply -f b\n```\n\n    kubectl apply -f c\n\nkubectl is great.\n",
        &["0 b", "0 c", "Document Namespace/a"],
    );
    check(
        "a.rst",
        "Text::\n\n  git clone https://github.com/o/r\n  cd r\n  kubectl apply -f c\n",
        &["0 c"],
    );
}

#[test]
fn parts() {
    check(
        "Makefile",
        "all: b\n\t@cd x && kubectl apply -f a\n\nb:\n\t$(KUBECTL) apply -f b\nc:\n\t$(MAKE) b\n",
        &["1 x/a", "1 b", "2 b", "3 b"],
    );
    check(
        ".github/workflows/x.yml",
        "jobs:\n  a:\n    steps:\n    - run: kubectl apply -f a\n    - run: |\n        kubectl apply -f b\n      working-directory: c\n  d:\n    steps:\n    - run: \"kubectl apply -f e\"\n",
        &["1 a", "1 c/b", "2 e"],
    );
    check(
        ".gitlab-ci.yml",
        "a:\n  script:\n  - kubectl apply -f a\nb:\n  script:\n    - 'kubectl apply -f b'\n",
        &["1 a", "2 b"],
    );
    check(
        "Tiltfile",
        "k8s_yaml(['a.yaml', 'b.yaml'])\nk8s_yaml(kustomize('c'))\n",
        &["0 a.yaml, b.yaml", "0 c -k"],
    );
}

#[test]
fn skaffold_and_its_modules() {
    let module =
        "apiVersion: skaffold/v4beta1\nkind: Config\ndeploy:\n  kubectl: {manifests: [k/*.yaml]}\n";
    let root = "apiVersion: skaffold/v4beta1\nkind: Config\nrequires: [{path: m}]\nmanifests:\n  kustomize: {paths: [z]}\nprofiles:\n- name: p\n  manifests: {rawYaml: [y.yaml]}\n";
    assert_eq!(
        shown(&[("m/skaffold.yaml", module), ("skaffold.yaml", root)]),
        "0 k/*.yaml\n0 m/k/*.yaml\n0 z -k\n1 z -k\n1 y.yaml"
    );
}

#[test]
fn gitops_objects() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {path: a, directory: {recurse: true}}}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: ./b}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {path: absent}}\n";
    let files = [
        ("a/x.yaml", pod),
        ("b/kustomization.yaml", "resources: [x.yaml]\n"),
        ("c.yaml", argo),
    ];
    assert_eq!(shown(&files), "1 a -R\n2 b -k");
    let of = |directory: &str| {
        let argo = format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {{source: {{path: a, directory: {{{directory}}}}}}}\n"
        );
        shown(&[("a/x.yaml", pod), ("c.yaml", &argo)])
    };
    assert_eq!(of("recurse: true, exclude: 'y*'"), "1 a some");
    assert_eq!(of("include: '*.yaml'"), "1 a some");
    assert_eq!(of("include: '{x.yaml,b/y.yaml}'"), "1 a/x.yaml, a/b/y.yaml");
    let flux =
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {path: ./a}\n";
    assert_eq!(shown(&[("a/x.yaml", pod), ("c.yaml", flux)]), "1 a flux");
}

#[test]
fn templates_of_charts() {
    let files = [
        ("web/Chart.yaml", "name: web\n"),
        (
            "web/templates/a.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include \"x\" . }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-c\n",
        ),
    ];
    assert_eq!(shown(&files), "Chart Secret/*web*\nChart ConfigMap/*-c");
}

#[test]
fn credentials_are_not_shown() {
    let text =
        "kubectl create secret generic a --from-literal=k=hunter2 --from-literal k=hunter3\n";
    let sources = MemorySources::new([("x.sh", text)]);
    let targets = [SourcePath::new("x.sh")];
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let files = load(&sources, Targets::of(&targets), Vec::new(), needs);
    let found = commands(
        &files,
        &crate::workflows(&files),
        &crate::compose::read(&files),
    );
    let shown: Vec<&str> = found
        .secrets
        .iter()
        .map(|it| &text[it.range.to_usize()])
        .collect();
    assert_eq!(shown, ["hunter2", "hunter3"]);
    assert!(files.files[0].target);
}

#[test]
fn hostile_texts() {
    for piece in [
        "kubectl apply -f '",
        "cat <<EOF\nkubectl ",
        "for a in b; do kubectl ",
        "(kubectl ",
        "a: b\n\tkubectl apply -f a\n",
        "`kubectl ",
        "kubectl \\\n",
        "```\n$ kubectl <a",
        "sh '''",
        "sh \"${",
        "$(kubectl ",
    ] {
        let text = piece.repeat(20_000);
        for name in [
            "x.sh",
            "Makefile",
            "README.md",
            ".gitlab-ci.yml",
            "x.bat",
            "Jenkinsfile",
            "justfile",
            "cloudbuild.yaml",
            "azure-pipelines.yml",
        ] {
            let _ = shown(&[(name, &text)]);
        }
    }
}

/// What is done with images in one file, as text.
fn check_images(file: &str, text: &str, expected: &[&str]) {
    let sources = MemorySources::new([(file, text)]);
    let targets = [SourcePath::new(file)];
    let needs = Needs {
        links: true,
        ..Needs::default()
    };
    let files = load(&sources, Targets::of(&targets), Vec::new(), needs);
    let found = commands(
        &files,
        &crate::workflows(&files),
        &crate::compose::read(&files),
    )
    .images;
    let shown: Vec<String> = found
        .iter()
        .map(|it| format!("{:?} {}", it.act, it.image))
        .collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn images_in_scripts() {
    for (text, expected) in [
        ("docker build -t shop/api:1 .", &["Built shop/api:1"][..]),
        (
            "docker build --tag=a -tb . --file x",
            &["Built a", "Built b"],
        ),
        ("podman image build -t a .", &["Built a"]),
        (
            "docker buildx build --push --platform linux/amd64 -t a:$TAG .",
            &["Pushed a:*"],
        ),
        (
            "REG=ghcr.io/shop\ndocker push $REG/api",
            &["Pushed ghcr.io/shop/api"],
        ),
        (
            "docker --context x tag api ghcr.io/shop/api:1",
            &["Tagged ghcr.io/shop/api:1"],
        ),
        (
            "docker push \"${A}${B}/api:$(git rev-parse HEAD)\"",
            &["Pushed */api:*"],
        ),
        ("buildah bud -t a .", &["Built a"]),
        (
            "/kaniko/executor --destination a:1 --context .",
            &["Pushed a:1"],
        ),
        (
            "gcloud builds submit --tag gcr.io/p/a",
            &["Pushed gcr.io/p/a"],
        ),
        (
            "kind load docker-image a:1 b --name x",
            &["Loaded a:1", "Loaded b"],
        ),
        ("kind load image-archive a.tar", &["Loaded *"]),
        ("minikube -p x image load a", &["Loaded a"]),
        ("k3d image import -c x a:1", &["Loaded a:1"]),
        ("eval $(minikube docker-env)", &["Loaded *"]),
        ("sudo k3s ctr images import a.tar", &["Loaded *"]),
        ("docker run a # kubectl", &[]),
        ("docker exec -t a sh # kubectl", &[]),
    ] {
        check_images("build.sh", text, expected);
    }
}

#[test]
fn images_of_other_tools() {
    check_images(
        "skaffold.yaml",
        "build:\n  artifacts:\n  - image: a\n  - {image: \"b:{{.X}}\"}\nprofiles:\n- build: {artifacts: [{image: c}]}\n",
        &[
            "BuiltBySkaffold a",
            "BuiltBySkaffold b:*",
            "BuiltBySkaffold c",
        ],
    );
    check_images(
        "docker-compose.yml",
        "services:\n  a: {build: ., image: shop/a}\n  b: {image: redis}\n  c: {build: .}\n",
        &["Built shop/a"],
    );
    let step = "jobs:\n  a:\n    steps:\n    - uses: docker/build-push-action@v6\n      with:\n        push: true\n        tags: |\n          ghcr.io/shop/a:latest\n          ghcr.io/shop/a:${{ github.sha }}\n";
    check_images(
        ".github/workflows/ci.yml",
        step,
        &["Pushed ghcr.io/shop/a:latest", "Pushed ghcr.io/shop/a:*"],
    );
    check_images("README.md", "```\ndocker build -t a .\n```\n", &["Built a"]);
}

#[test]
fn steps_run_with_the_values_around_them() {
    let workflow = "\
on: push
jobs:
  deploy:
    env:
      ROOT: deploy/${{ inputs.x || 'prod' }}
    defaults:
      run:
        working-directory: ${{ github.workspace }}/infra
    steps:
      - run: kubectl apply -f app.yaml
        shell: bash
      - working-directory: .
        run: |
          kubectl apply -f $ROOT/db.yaml
          kubectl apply -f ${{ env.ROOT }}/web.yaml
      - uses: ./.github/actions/apply
        with: { folder: k8s }
";
    let action = "\
inputs: { folder: {} }
runs:
  using: composite
  steps:
    - run: kubectl apply -k ${{ inputs.folder }}/overlay
      shell: bash
";
    let found = shown(&[
        (".github/actions/apply/action.yml", action),
        (".github/workflows/ci.yml", workflow),
    ]);
    let expected = "\
1 k8s/overlay -k
1 infra/app.yaml
1 …/db.yaml
1 …/web.yaml";
    assert_eq!(found, expected);
    // What is known without callers is known.
    let workflow = workflow.replace("inputs.x || ", "");
    let found = shown(&[(".github/workflows/ci.yml", &workflow)]);
    let expected = "1 infra/app.yaml\n1 deploy/prod/db.yaml\n1 deploy/prod/web.yaml";
    assert_eq!(found, expected);
}

#[test]
fn blocks_of_documents() {
    let block = "First:\n\n```console\n$ export DIR=k8s\n$ cat <<EOF | kubectl apply -f -\nx: 1\nEOF\n$ kubectl apply \\\n    -f $DIR/a.yaml\ndeployment.apps/a created, don't panic\n$ cd b\n```\n\nThen `kubectl apply -f c.yaml`.\n";
    check("README.md", block, &["0 k8s/a.yaml", "0 b/c.yaml"]);
    for (text, expected) in [
        // What is to be filled in is no redirection.
        (
            "```sh\nkubectl create ns <your ns>-x\nkubectl apply -f a -n <ns>\n```\n",
            &["0 a", "Document Namespace/*-x"][..],
        ),
        // What is no shell spoils nothing else.
        ("```\nDon't do this:\nkubectl apply -f a\n```\n", &["0 a"]),
        (
            "```sh\nfor it in a b; do\n  kubectl apply -f $it\ndone\n```\n",
            &["0 a", "0 b"],
        ),
        (
            "[source,bash]\n----\nf() { kubectl apply -f $1; }\nf a\n----\n",
            &["0 a"],
        ),
        ("```powershell\nkubectl apply `\n  -f a\n```\n", &["0 a"]),
        (
            "1. Do:\n   ```bash\n   kubectl apply \\\n     -f a\n   ```\n",
            &["0 a"],
        ),
    ] {
        check("README.md", text, expected);
    }
}

#[test]
fn jobs_of_gitlab() {
    check(
        ".gitlab-ci.yml",
        "variables: {DIR: k8s}\na:\n  before_script:\n  - cd deploy\n  - F=a.yaml\n  script:\n  - kubectl apply -f $DIR/$F\n  - kubectl apply -f $CI_PROJECT_DIR/b\nb:\n  script: [kubectl apply -f c]\n",
        &["1 deploy/k8s/a.yaml", "1 b", "2 c"],
    );
}

#[test]
fn steps_of_cloud_build() {
    let build = "\
steps:
- name: gcr.io/cloud-builders/kubectl
  args: [apply, -f, '${_DIR}/a.yaml']
  dir: deploy
- name: gcr.io/cloud-builders/gcloud
  entrypoint: bash
  args:
  - -c
  - |
    F=b
    kubectl apply -f $_DIR/$$F.yaml
- name: bash
  script: kubectl apply -f c
- name: gcr.io/x/remote-builder
  env: [USERNAME=me, COMMAND=cd /home/me/workspace/ && kubectl apply -f ./d]
substitutions: {_DIR: k8s}
";
    check(
        "cloudbuild.yaml",
        build,
        &["1 deploy/k8s/a.yaml", "1 k8s/b.yaml", "1 c", "1 d"],
    );
    check_images(
        "cloudbuild.yaml",
        "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, 'gcr.io/$PROJECT_ID/a:$_T', .]\n- {name: gcr.io/cloud-builders/docker, args: [push, gcr.io/p/a]}\nsubstitutions: {_T: '1'}\n",
        &["Built gcr.io/*/a:1", "Pushed gcr.io/p/a"],
    );
}

#[test]
fn pipelines_of_other_services() {
    for (file, text, expected) in [
        (
            "azure-pipelines.yml",
            "variables:\n  DIR: k8s\nsteps:\n- script: |\n    cd $(Build.SourcesDirectory)/x\n    kubectl apply -f $(DIR)/a -n $(kubectl get ns)\n- bash: kubectl apply -f b\n  workingDirectory: y\n- task: AzureCLI@2\n  inputs: {inlineScript: kubectl apply -f c}\n- pwsh: kubectl apply -f d\n",
            &["2 x/k8s/a", "2 y/b", "2 c", "2 d"][..],
        ),
        (
            ".circleci/config.yml",
            "jobs:\n  a:\n    steps:\n    - run: kubectl apply -f a\n    - run:\n        working_directory: x\n        command: |\n          kubectl apply -f << parameters.d >>/b\n          kubectl apply -f c\n",
            &["1 a", "1 …/b", "1 x/c"],
        ),
        (
            ".travis.yml",
            "script:\n- cd x\n- kubectl apply -f a\n",
            &["1 x/a"],
        ),
        (
            "Taskfile.yml",
            "tasks:\n  a:\n    dir: x\n    cmds: ['kubectl apply -f a', {cmd: kubectl apply -f b}]\n",
            &["1 x/a", "1 b"],
        ),
    ] {
        check(file, text, expected);
    }
}

#[test]
fn steps_of_jenkins() {
    let text = "\
// sh 'kubectl apply -f not'
environment {
  TAG = 'v1'
}
stage('sh') {
  sh 'kubectl apply -f a'
  dir('x') {
    sh \"\"\"
      kubectl apply -f \\$HOME/b
      kubectl apply -f ${env.TAG}/c
    \"\"\"
    sh(script: \"kubectl apply -f d\", returnStdout: true)
  }
  sh label: 'no', script: 'kubectl'
  bat 'kubectl apply -f e'
}
";
    check(
        "Jenkinsfile",
        text,
        &["0 a", "0 …/b", "0 x/v1/c", "0 x/d", "0 e"],
    );
}

#[test]
fn recipes_of_just() {
    check(
        "justfile",
        "DIR := \"k8s\"\napply name:\n  @kubectl apply -f {{DIR}}/a\n  kubectl apply -f {{name}}/b\n",
        &["1 k8s/a", "1 …/b"],
    );
}

#[test]
fn each_combination_of_a_matrix() {
    let workflow = "\
on: push
jobs:
  a:
    strategy: {matrix: {service: [api, web]}}
    steps:
      - run: |
          kubectl apply -f base
          kubectl apply -f ${{ matrix.service }}/app.yaml
          docker build -t shop/${{ matrix.service }} ${{ matrix.service }}
";
    check(
        ".github/workflows/x.yml",
        workflow,
        &["1 base", "1 api/app.yaml", "1 web/app.yaml"],
    );
    check_images(
        ".github/workflows/x.yml",
        workflow,
        &["Built shop/api", "Built shop/web"],
    );
}

#[test]
fn what_sourced_scripts_apply_is_applied_together() {
    let found = shown(&[
        ("deploy.sh", "source lib.sh\nkubectl apply -f a\nmore b\n"),
        (
            "lib.sh",
            "more() { kubectl apply -f $1; }\nkubectl apply -f c\nkubectl create ns d\n",
        ),
    ]);
    let expected = "0 c\n0 a\n0 b\n0 c\nScript Namespace/d";
    assert_eq!(found, expected);
}

#[test]
fn files_of_variables() {
    let files = [
        ("a/.env", "DIR=k8s\n"),
        ("a/deploy.sh", "source .env\nkubectl apply -f $DIR/a.yaml\n"),
        ("vars.mk", "DIR := k8s\n"),
        (
            "Makefile",
            "include vars.mk\nall:\n\tkubectl apply -f $(DIR)/b\n",
        ),
    ];
    assert_eq!(shown(&files), "1 k8s/b\n0 k8s/a.yaml");
}
