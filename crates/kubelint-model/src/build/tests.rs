//! What commands, compose, actions and skaffold build.

use kubelint_parser::TextRange;

use super::*;

const PLACE: Place<'static> = Place {
    file: FileId(0),
    is_document: false,
    folder: "app",
    by_end: false,
};

/// `names | context | Dockerfile | target | args | push`, then what else is done.
fn shown(steps: &ImageSteps) -> String {
    let mut lines: Vec<String> = steps.builds.iter().map(build).collect();
    lines.extend(steps.acts.iter().map(|it| {
        let source = it.source.as_deref().unwrap_or("-");
        format!("{:?} {} of {source}", it.act, it.image)
    }));
    lines.join("\n")
}

fn build(step: &BuildStep) -> String {
    let path = |it: &StepPath| {
        let before = if it.by_end { "…/" } else { "/" };
        format!("{before}{}", it.path)
    };
    let names: Vec<&str> = step.names.iter().map(|it| it.text.as_str()).collect();
    let args = step.args.iter().map(|it| match &it.value {
        Some(value) => format!("{}={value}", it.name),
        None => it.name.clone(),
    });
    let args: Vec<String> = args.collect();
    [
        names.join(","),
        path(&step.context),
        match (&step.dockerfile, step.elsewhere) {
            (_, Some(_)) => "elsewhere".to_owned(),
            (Some(it), _) => path(it),
            (None, _) => "-".to_owned(),
        },
        step.target
            .as_ref()
            .map_or("-".to_owned(), |it| it.text.clone()),
        args.join(","),
        if step.pushes { "push" } else { "-" }.to_owned(),
    ]
    .join(" | ")
}

fn of_command(text: &str) -> String {
    let mut at = 0;
    let words: Vec<Word<'_>> = text
        .split(' ')
        .map(|text| {
            let range = TextRange::new(at, at + text.len() as u32);
            at = range.end + 1;
            Word { text, range }
        })
        .collect();
    shown(&command(&words, &PLACE))
}

#[test]
fn commands() {
    for (text, expected) in [
        (
            "docker build -t shop/api:1 api",
            "shop/api:1 | /app/api | - | - |  | -",
        ),
        (
            "docker build . -f docker/Dockerfile.prod --tag=shop/api --target prod --build-arg A=1 --build-arg B",
            "shop/api | /app | /app/docker/Dockerfile.prod | prod | A=1,B | -",
        ),
        (
            "docker --context x buildx build --platform linux/amd64 -tshop/api --push ../api",
            "shop/api | /api | - | - |  | push",
        ),
        (
            "docker build --rm --no-cache -t api ..",
            "api | / | - | - |  | -",
        ),
        ("docker build -t api - ", "api | …/* | elsewhere | - |  | -"),
        (
            "docker build -t api https://github.com/a/b.git",
            "api | …/* | elsewhere | - |  | -",
        ),
        ("podman build -t api", "api | /app | - | - |  | -"),
        (
            "buildah bud -f Containerfile -t api x",
            "api | /app/x | /app/Containerfile | - |  | -",
        ),
        (
            "docker tag api ghcr.io/a/api:1",
            "Tagged ghcr.io/a/api:1 of api",
        ),
        ("docker push ghcr.io/a/api:1", "Pushed ghcr.io/a/api:1 of -"),
        (
            "docker push -a ghcr.io/a/api",
            "Pushed ghcr.io/a/api:* of -",
        ),
        (
            "podman push api docker://quay.io/a/api:1",
            "Pushed quay.io/a/api:1 of -",
        ),
        (
            "docker buildx imagetools create -t a/b:1 a/b:x",
            "Tagged a/b:1 of a/b:x\nPushed a/b:1 of -",
        ),
        (
            "skopeo copy docker://a/b:1 docker://c/b:1",
            "Tagged c/b:1 of a/b:1\nPushed c/b:1 of -",
        ),
        (
            "gcloud builds submit --tag gcr.io/p/api",
            "gcr.io/p/api | /app | - | - |  | push",
        ),
        (
            "/kaniko/executor --context dir://x/y --destination a/b:* --dockerfile x/y/D",
            "a/b:* | /app/x/y | /app/x/y/D | - |  | push",
        ),
        (
            "kind load docker-image api:1 --name dev",
            "Loaded api:1 of -",
        ),
        (
            "minikube -p dev image build -t api:1 api",
            "api:1 | /app/api | - | - |  | -\nLoaded api:1 of -",
        ),
        ("docker compose build", ""),
        ("docker run api", ""),
    ] {
        assert_eq!(of_command(text.trim_end()), expected, "{text}");
    }
}

#[test]
fn actions() {
    let inputs = [
        ("context", "{{ defaultContext }}:services/api"),
        ("file", "./services/api/Dockerfile.prod"),
        (
            "tags",
            "ghcr.io/a/api:${{ github.sha }},ghcr.io/a/api:latest\n# x\n",
        ),
        ("push", "${{ github.event_name != 'pull_request' }}"),
        ("build-args", "A=1\nB=${{ x }}\n"),
        ("target", "prod"),
    ];
    let range = TextRange::empty(0);
    let inputs = inputs.map(|(name, text)| Input { name, text, range });
    let uses = "docker/build-push-action@v6";
    assert_eq!(
        shown(&action(uses, range, &inputs, &PLACE)),
        "ghcr.io/a/api:*,ghcr.io/a/api:latest | /services/api | /services/api/Dockerfile.prod | prod | A=1,B=* | push"
    );
    assert_eq!(
        shown(&action(uses, range, &inputs[2..3], &PLACE)),
        "ghcr.io/a/api:*,ghcr.io/a/api:latest | / | - | - |  | -"
    );
    assert!(action("actions/checkout@v4", range, &inputs, &PLACE).is_empty());
}

#[test]
fn images_split_into_repository_and_tag() {
    for (image, expected) in [
        ("a", ("a", "latest")),
        ("a:1", ("a", "1")),
        ("h:5000/a", ("h:5000/a", "latest")),
        ("h:5000/a:*", ("h:5000/a", "*")),
        ("a:1@sha256:0", ("a", "1")),
    ] {
        assert_eq!(split_image(image), expected);
    }
}

#[test]
fn bake_files() {
    let hcl = r#"
variable "TAG" { default = "1.0" }
variable "REGISTRY" {
  # Set by the pipeline.
  type = string
}
group "default" { targets = ["api", "web"] }
target "_common" {
  context    = "."
  args       = { A = "1", B = TAG, C = upper(TAG) }
  dockerfile = "docker/Dockerfile" // for all
}
target "api" {
  inherits = ["_common"]
  tags     = ["${REGISTRY}/shop/api:${TAG}", "shop/api", join("/", ["x"])]
  target   = "prod"
}
target "web" {
  context = "web"
  tags = [
    "shop/web:latest",
  ]
  labels = { "a.b/c" = "target" }
}
target "remote" {
  context = "https://github.com/a/b.git"
  tags = ["shop/remote"]
}
"#;
    let shown_of = |name: &str, text: &str| {
        let path = kubelint_parser::source::SourcePath::new(name);
        shown(&bake(&path, text, &PLACE))
    };
    let expected = "*/shop/api:1.0,shop/api | /app | /app/docker/Dockerfile | prod | A=1,B=1.0,C | -\n\
        shop/web:latest | /app/web | - | - |  | -\n\
        shop/remote | …/* | elsewhere | - |  | -";
    assert_eq!(shown_of("app/docker-bake.hcl", hcl), expected);
    let json = r#"{
  "variable": {"TAG": {"default": "1.0"}, "REGISTRY": {}},
  "target": {
    "_common": {"context": ".", "dockerfile": "docker/Dockerfile", "args": {"A": "1", "B": "${TAG}"}},
    "api": {"inherits": ["_common"], "tags": ["${REGISTRY}shop/api:${TAG}"], "target": "prod"}
  }
}"#;
    assert_eq!(
        shown_of("app/docker-bake.json", json),
        "*shop/api:1.0 | /app | /app/docker/Dockerfile | prod | A=1,B=1.0 | -"
    );
    // Targets that inherit from each other.
    let circle =
        "target \"a\" { inherits = [\"a\", \"b\"] }\ntarget \"b\" { inherits = [\"a\"] }\n";
    assert_eq!(shown_of("docker-bake.hcl", circle), "");
    assert_eq!(shown_of("docker-bake.hcl", "target \"a\" { tags = ["), "");
}

#[test]
fn tiltfiles() {
    let text = r#"
load('ext://restart_process', 'docker_build_with_restart')
def docker_build_all(): pass
docker_build('shop/api', './api', dockerfile='api/Dockerfile.dev', target="dev", # why
    live_update=[sync('./api', '/app'), run('x')])
docker_build_with_restart(ref="shop/web", context='web', entrypoint=['a'])
docker_build('shop/any', folder + '/any')
docker_build('shop/inline', '.', dockerfile_contents='FROM scratch')
docker_build(name, 'x')
# docker_build('shop/off', 'off')
"#;
    let expected = "shop/api | /app/api | /app/api/Dockerfile.dev | dev |  | -\n\
        shop/web | /app/web | - | - |  | -\n\
        shop/any | …/* | - | - |  | -\n\
        shop/inline | /app | elsewhere | - |  | -";
    assert_eq!(shown(&tilt(text, &PLACE)), expected);
    assert!(tilt("docker_build('a', '.'", &PLACE).is_empty());
}
