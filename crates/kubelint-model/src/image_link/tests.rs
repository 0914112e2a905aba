//! What images are tied to, on small layouts; each trap that public repositories showed among them.

use kubelint_parser::source::{MemorySources, SourcePath};

use super::*;
use crate::{Needs, Targets};

fn pod(name: &str, images: &[(&str, &str)]) -> String {
    let containers = images.iter();
    let containers =
        containers.map(|(name, image)| format!("  - {{name: {name}, image: '{image}'}}\n"));
    let containers: String = containers.collect();
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n{containers}"
    )
}

/// The images of all containers, one a line: `image -> Dockerfile in context, means, confidence` or why there is none.
fn shown(files: &[(&str, &str)]) -> String {
    let sources = MemorySources::new(files.iter().copied());
    let targets: Vec<SourcePath> = files.iter().map(|it| SourcePath::new(it.0)).collect();
    let needs = Needs {
        links: true,
        images: true,
        ..Needs::default()
    };
    let known = Known::default();
    let graph = DeploymentGraph::read(&sources, Targets::of(&targets), Vec::new(), &known, needs);
    let lines = graph.image_links.links.iter().map(|it| match &it.outcome {
        Outcome::Tied(tie) => {
            let dockerfile = &graph.file(tie.dockerfile).path;
            let context = tie.context.as_ref();
            let context = context.map_or(String::new(), |it| format!(" in /{it}"));
            let disputed = if tie.is_disputed { " disputed" } else { "" };
            let confidence = tie.confidence;
            format!(
                "{} -> {dockerfile}{context} {:?} {confidence:?}{disputed}",
                it.image, tie.means
            )
        }
        Outcome::Untied(why) => format!("{} {why:?}", it.image),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The link of one image, run by a container `main` of the pod `main` in `k8s/`, among these files.
fn check(image: &str, files: &[(&str, &str)], expected: &str) {
    check_as("main", "main", image, files, expected);
}

fn check_as(pod_name: &str, container: &str, image: &str, files: &[(&str, &str)], expected: &str) {
    let manifest = pod(pod_name, &[(container, image)]);
    let mut all = vec![("k8s/pod.yaml", manifest.as_str())];
    all.extend(files);
    let found = shown(&all);
    let found = found.strip_prefix(image).unwrap_or(&found);
    assert_eq!(found.trim_start(), expected, "{image}");
}

const API: (&str, &str) = ("api/Dockerfile", "FROM scratch\n");
const ORDERS: (&str, &str) = ("orders/Dockerfile", "FROM scratch\n");
const ROOT: (&str, &str) = ("Dockerfile", "FROM scratch\n");

#[test]
fn steps_that_name_the_image() {
    let step = "-> orders/Dockerfile in /orders Step High";
    let build = (
        "build.sh",
        "docker build -t ghcr.io/shop/order-api:1 orders\n",
    );
    check("ghcr.io/shop/order-api:2", &[ORDERS, build], step);
    // Kept at another registry, it is the same image.
    check("quay.io/shop/order-api", &[ORDERS, build], step);
    // Two organisations may call what they build alike.
    check(
        "acme/order-api",
        &[ORDERS, build],
        "-> orders/Dockerfile in /orders StepBaseName Medium",
    );
    let short = ("build.sh", "docker build -t order-api orders\n");
    check(
        "acme/order-api",
        &[ORDERS, short],
        "-> orders/Dockerfile in /orders StepBaseName High",
    );
    let variable = (
        "build.sh",
        "docker build -t $REGISTRY/shop/order-api:$TAG ./orders\n",
    );
    check("ghcr.io/shop/order-api", &[ORDERS, variable], step);
    let tagged = (
        "build.sh",
        "docker build -t x orders\ndocker tag x ghcr.io/shop/order-api:1\n",
    );
    check("ghcr.io/shop/order-api", &[ORDERS, tagged], step);
    let compose = (
        "compose.yaml",
        "services:\n  o:\n    build: orders\n    image: ${R:-ghcr.io}/shop/order-api:${T:-1}\n",
    );
    check("ghcr.io/shop/order-api", &[ORDERS, compose], step);
    let skaffold = (
        "skaffold.yaml",
        "build:\n  artifacts:\n  - image: order-api\n    context: orders\n",
    );
    check("order-api", &[ORDERS, skaffold], step);
    let action = (
        ".github/workflows/ci.yml",
        "jobs:\n  a:\n    steps:\n    - uses: docker/build-push-action@v6\n      with: {context: orders, push: true, tags: 'shop/order-api:1'}\n",
    );
    check("shop/order-api", &[ORDERS, action], step);
}

#[test]
fn compose_services() {
    let compose = (
        "docker-compose.yml",
        "services:\n  order-api: {build: ./orders}\n",
    );
    check(
        "ghcr.io/shop/order-api",
        &[ORDERS, compose],
        "-> orders/Dockerfile in /orders ComposeService High",
    );
    let target = (
        "docker-compose.yml",
        "services:\n  order-api: {build: {context: orders, target: dev}}\n",
    );
    check(
        "ghcr.io/shop/order-api",
        &[ORDERS, target],
        "-> orders/Dockerfile in /orders ComposeService Medium",
    );
}

#[test]
fn dockerfiles_of_other_names() {
    let named = ("build/order-api.docker", "FROM scratch\n");
    let step = (
        "build.sh",
        "docker build -f build/order-api.docker -t shop/order-api orders\n",
    );
    let tied = "-> build/order-api.docker in /orders Step High";
    check("shop/order-api", &[ORDERS, named, step], tied);
    // Without a step that names it, nobody takes it for one.
    check("shop/order-api", &[named], "Unknown");
    // What a step names and does not parse as one is none.
    let other = ("build/order-api.docker", "kind: Pod\n");
    check("shop/order-api", &[other, step], "WithoutDockerfile(0)");
}

#[test]
fn containers_that_build() {
    let kaniko = (
        "ci/kaniko.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: b}\nspec: {template: {spec: {containers: [{name: k, image: gcr.io/kaniko-project/executor:v1, args: [--context=dir:///workspace/orders, --destination=ghcr.io/shop/order-api:1]}]}}}\n",
    );
    let manifest = pod("main", &[("main", "ghcr.io/shop/order-api:1")]);
    let found = shown(&[("k8s/pod.yaml", &manifest), kaniko, ORDERS, ROOT]);
    let tied = "ghcr.io/shop/order-api:1 WithoutDockerfile(0)";
    assert!(found.contains(tied), "{found}");
    let cloud = (
        "cloudbuild.yaml",
        "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, 'gcr.io/$PROJECT_ID/order-api:$SHORT_SHA', ./orders]\n",
    );
    check(
        "gcr.io/x/order-api",
        &[ORDERS, cloud],
        "-> orders/Dockerfile in /orders StepBaseName High",
    );
}

#[test]
fn images_that_tilt_builds() {
    let tilt = (
        "Tiltfile",
        "docker_build('ghcr.io/shop/order-api', 'orders')\n",
    );
    let image = "ghcr.io/shop/order-api:1";
    check(
        image,
        &[ORDERS, tilt],
        "-> orders/Dockerfile in /orders Step Medium",
    );
    // It may replace what is released.
    let other = (
        "Tiltfile",
        "docker_build('ghcr.io/shop/order-api', '.', dockerfile='Dockerfile.tilt')\n",
    );
    let own = ("Dockerfile.tilt", "FROM scratch\n");
    check(image, &[own, other], "-> Dockerfile.tilt in / Step Low");
    let build = (
        "build.sh",
        "docker build -t ghcr.io/shop/order-api orders\n",
    );
    check(
        image,
        &[ORDERS, own, other, build],
        "-> orders/Dockerfile in /orders Step High",
    );
}

#[test]
fn projects_of_compose() {
    let compose = |name: &str| format!("{name}services:\n  api:\n    build: orders\n");
    let named = compose("name: ${P:-shop}\n");
    check(
        "acme/shop-api",
        &[ORDERS, ("compose.yaml", &named)],
        "-> orders/Dockerfile in /orders StepBaseName High",
    );
    check(
        "acme/shop-api",
        &[ORDERS, ("compose.yaml", &compose(""))],
        "Unknown",
    );
}

#[test]
fn programs_that_ko_builds() {
    check("ko://example.com/cmd/orders", &[ORDERS], "BuiltByKo");
}

#[test]
fn words_that_all_images_begin_with() {
    let names = ["orders", "users", "carts"];
    let manifest = pod(
        "main",
        &names
            .map(|it| (it, format!("acme/my-shop-{it}")))
            .each_ref()
            .map(|(name, image)| (*name, image.as_str())),
    );
    let dockerfiles = names.map(|it| format!("{it}-service/Dockerfile"));
    let mut files = vec![("k8s/pod.yaml", manifest.as_str())];
    files.extend(dockerfiles.iter().map(|it| (it.as_str(), "FROM scratch\n")));
    assert_eq!(
        shown(&files),
        names
            .map(|it| format!("acme/my-shop-{it} -> {it}-service/Dockerfile FolderWords High"))
            .join("\n")
    );
}

#[test]
fn folders() {
    check(
        "ghcr.io/shop/orders",
        &[ORDERS, API],
        "-> orders/Dockerfile Folder High",
    );
    let camel = ("src/OrderApi/Dockerfile", "FROM scratch\n");
    check(
        "shop/order-api",
        &[camel],
        "-> src/OrderApi/Dockerfile Folder High",
    );
    check(
        "shop/orders-service",
        &[ORDERS],
        "-> orders/Dockerfile FolderWords High",
    );
    check(
        "shop/shop-orders",
        &[ORDERS],
        "-> orders/Dockerfile FolderWords High",
    );
    check(
        "acme/x-orders",
        &[ORDERS],
        "-> orders/Dockerfile FolderAffix Low",
    );
    let held = ("orders/docker/Dockerfile", "FROM scratch\n");
    check(
        "shop/orders",
        &[held],
        "-> orders/docker/Dockerfile Folder High",
    );
    let named = ("docker/orders.Dockerfile", "FROM scratch\n");
    check(
        "shop/orders",
        &[named],
        "-> docker/orders.Dockerfile Folder High",
    );
    check("shop/payments", &[ORDERS], "Unknown");
}

#[test]
fn several_dockerfiles_of_one_component() {
    let dev = ("orders/Dockerfile.dev", "FROM scratch\n");
    let prod = ("orders/Dockerfile.prod", "FROM scratch\n");
    check(
        "shop/orders",
        &[ORDERS, dev],
        "-> orders/Dockerfile Folder High",
    );
    check("shop/orders", &[prod, dev], "Unknown");
    let compose = (
        "compose.yaml",
        "services:\n  orders: {build: {context: orders, dockerfile: Dockerfile.dev}}\n",
    );
    check(
        "shop/orders",
        &[ORDERS, dev, compose],
        "-> orders/Dockerfile.dev in /orders ComposeService Low disputed",
    );
}

#[test]
fn two_builds_that_disagree() {
    let compose = (
        "compose.yaml",
        "services:\n  x: {build: api, image: shop/orders}\n",
    );
    let action = ("build.sh", "docker build -t shop/orders:1 --push orders\n");
    check(
        "shop/orders",
        &[ORDERS, API, compose, action],
        "-> orders/Dockerfile in /orders Step Low disputed",
    );
    let stage = (
        "compose.yaml",
        "services:\n  x: {build: {context: orders, target: dev}, image: shop/orders}\n",
    );
    check(
        "shop/orders",
        &[ORDERS, stage, action],
        "-> orders/Dockerfile in /orders Step Low disputed",
    );
}

#[test]
fn tags_tell_images_of_one_name_apart() {
    let compose = (
        "compose.yaml",
        "services:\n  a: {build: api, image: 'shop/all:api'}\n  o: {build: orders, image: 'shop/all:orders'}\n",
    );
    check(
        "shop/all:orders",
        &[ORDERS, API, compose],
        "-> orders/Dockerfile in /orders Step High",
    );
}

#[test]
fn short_names_of_another_project() {
    let web = ("samples/a/Dockerfile", "FROM scratch\n");
    let script = ("samples/a/build.sh", "docker build -t web .\n");
    let manifest = pod("web", &[("web", "web")]);
    let own = ("samples/a/k8s/pod.yaml", manifest.as_str());
    let other = ("samples/b/k8s/pod.yaml", manifest.as_str());
    assert_eq!(
        shown(&[web, script, own]),
        "web -> samples/a/Dockerfile in /samples/a Step High"
    );
    assert_eq!(shown(&[web, script, other]), "web Unknown");
}

#[test]
fn one_dockerfile_for_all() {
    let script = (
        "build.sh",
        "for s in $SERVICES; do docker build --build-arg SERVICE=$s -t shop/$s .; done\n",
    );
    check(
        "shop/orders",
        &[ORDERS, ROOT, script],
        "-> orders/Dockerfile Folder Low disputed",
    );
    let named = (
        "build.sh",
        "docker build --build-arg SERVICE=orders -t shop/orders .\n",
    );
    check(
        "shop/orders",
        &[ORDERS, ROOT, named],
        "-> Dockerfile in / Step High",
    );
}

#[test]
fn generic_names_in_another_project() {
    let server = ("server/Dockerfile", "FROM scratch\n");
    let manifest = pod("chat", &[("server", "acme/chat")]);
    let elsewhere = ("samples/chat/pod.yaml", manifest.as_str());
    assert_eq!(shown(&[server, elsewhere]), "acme/chat Unknown");
    let beside = ("k8s/pod.yaml", manifest.as_str());
    assert_eq!(
        shown(&[server, beside]),
        "acme/chat -> server/Dockerfile ContainerName Medium"
    );
}

#[test]
fn containers_and_workloads() {
    check_as(
        "x",
        "orders",
        "acme/backend-orders-impl",
        &[ORDERS],
        "-> orders/Dockerfile ContainerName Medium",
    );
    check_as(
        "orders",
        "x",
        "acme/backend",
        &[ORDERS],
        "-> orders/Dockerfile WorkloadName Medium",
    );
    // Two that do not follow from each other are as good as one that is sure.
    check_as(
        "x",
        "orders",
        "acme/y-orders",
        &[ORDERS],
        "-> orders/Dockerfile ContainerName High",
    );
}

#[test]
fn public_software_and_side_containers() {
    let redis = ("redis/Dockerfile", "FROM scratch\n");
    check_as("redis", "redis", "redis:7", &[redis], "Public");
    check_as("orders", "orders", "grafana/grafana", &[ORDERS], "Public");
    let product = ("orders/Dockerfile", "FROM orders/orders\n");
    check_as(
        "orders",
        "orders",
        "orders/orders:2",
        &[product],
        "-> orders/Dockerfile Folder Medium",
    );
    let own = ("build.sh", "docker build -t grafana/agent agent\n");
    let agent = ("agent/Dockerfile", "FROM scratch\n");
    check(
        "grafana/agent",
        &[agent, own],
        "-> agent/Dockerfile in /agent Step High",
    );
    let manifest = pod(
        "orders",
        &[("app", "shop/orders"), ("proxy", "acme/tunnel")],
    );
    assert_eq!(
        shown(&[ORDERS, ("k8s/pod.yaml", &manifest)]),
        "shop/orders -> orders/Dockerfile Folder High\nacme/tunnel Unknown"
    );
}

#[test]
fn similar_neighbours() {
    let storefront = ("storefront/Dockerfile", "FROM scratch\n");
    let bff = ("storefront-bff/Dockerfile", "FROM scratch\n");
    check(
        "shop/storefront-bff",
        &[storefront, bff],
        "-> storefront-bff/Dockerfile Folder High",
    );
    check_as(
        "x",
        "x",
        "shop/storefront-bff-edge",
        &[storefront, bff],
        "-> storefront-bff/Dockerfile FolderAffix Low",
    );
}

#[test]
fn names_that_steps_know_in_part() {
    let matrix = (
        ".github/workflows/ci.yml",
        "jobs:\n  a:\n    steps:\n    - uses: docker/build-push-action@v6\n      with: {context: 'services/${{ matrix.s }}', tags: 'ghcr.io/shop/${{ matrix.s }}:1'}\n",
    );
    let service = ("services/orders/Dockerfile", "FROM scratch\n");
    check(
        "ghcr.io/shop/orders",
        &[service, matrix],
        "-> services/orders/Dockerfile in /services/orders StepPattern High",
    );
}

#[test]
fn builds_without_a_dockerfile() {
    let skaffold = (
        "skaffold.yaml",
        "build:\n  artifacts:\n  - image: shop/orders\n    jib: {}\n",
    );
    check("shop/orders", &[ORDERS, skaffold], "BuiltElsewhere(0)");
    let absent = ("build.sh", "docker build -t shop/orders lib\n");
    check("shop/orders", &[ORDERS, absent], "WithoutDockerfile(0)");
}

#[test]
fn scripts_run_from_their_folder_or_above() {
    let script = ("orders/build.sh", "docker build -t shop/x .\n");
    check(
        "shop/x",
        &[ORDERS, ROOT, script],
        "-> orders/Dockerfile in /orders Step High",
    );
    let above = ("scripts/build.sh", "docker build -t shop/x .\n");
    check(
        "shop/x",
        &[ORDERS, ROOT, above],
        "-> Dockerfile in / Step High",
    );
    let make = ("orders/Makefile", "build:\n\tdocker build -t shop/x .\n");
    check(
        "shop/x",
        &[ORDERS, ROOT, make],
        "-> orders/Dockerfile in /orders Step High",
    );
}

#[test]
fn what_documents_tell() {
    let readme = ("README.md", "```\ndocker build -t shop/x orders\n```\n");
    check(
        "shop/x",
        &[ORDERS, readme],
        "-> orders/Dockerfile in /orders Document Medium",
    );
}

#[test]
fn images_that_kustomizations_rename() {
    let app = pod("x", &[("x", "order-api")]);
    let files = [
        ("base/app.yaml", app.as_str()),
        ("base/kustomization.yaml", "resources: [app.yaml]\n"),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\nimages: [{name: order-api, newName: ghcr.io/shop/orders, newTag: '1'}]\n",
        ),
        (
            "dev/kustomization.yaml",
            "resources: [../base]\nimages: [{name: order-api, newTag: dev}]\n",
        ),
        ORDERS,
    ];
    assert_eq!(
        shown(&files),
        "order-api:dev Unknown\nghcr.io/shop/orders:1 -> orders/Dockerfile Folder High"
    );
}

#[test]
fn what_is_no_image() {
    check("{{ x }} y", &[ORDERS], "Unreadable");
    check(
        "${REGISTRY}/orders:${TAG}",
        &[ORDERS],
        "-> orders/Dockerfile Folder High",
    );
}

/// The link of the container `orders` in `k8s/orders.yaml`, which does not state its image.
fn check_unstated(image: &str, files: &[(&str, &str)], expected: &str) {
    let manifest = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: main}}\nspec:\n  containers:\n  - name: orders\n    {image}\n"
    );
    let mut all = vec![("k8s/orders.yaml", manifest.as_str())];
    all.extend(files);
    assert_eq!(shown(&all), expected, "{image}");
}

#[test]
fn images_that_scripts_put_into_manifests() {
    let tied = "*/orders:1 -> orders/Dockerfile Folder High";
    for script in [
        "sed -i \"s#image:#image: $REGISTRY/orders:1#\" k8s/orders.yaml\nkubectl apply -f k8s",
        "sed \"s|image:.*|image: $REGISTRY/orders:1|g\" < k8s/orders.yaml | kubectl apply -f -",
        "cat k8s/orders.yaml | sed \"s/A/B/\" | sed -e \"s,image:,image: $R/orders:1,\" | kubectl apply -f -",
        "K=k8s\nsed \"s#image:#image: $R/orders:1#\" $K/orders.yaml > out.yaml\nkubectl apply -f out.yaml",
    ] {
        check_unstated("image:", &[ORDERS, ("deploy.sh", script)], tied);
    }
    let placeholder = "sed -i \"s#{{ IMAGE }}#$R/orders:1#\" k8s/orders.yaml\nkubectl apply -f k8s";
    check_unstated(
        "image: '{{ IMAGE }}'",
        &[ORDERS, ("deploy.sh", placeholder)],
        tied,
    );
    // Whoever follows a document chooses the tag.
    let document = "```sh\ngit clone https://example.com/shop.git\nsed -i \"s#image:#image: acme/orders:1#\" ./shop/k8s/orders.yaml\nkubectl apply -f ./shop/k8s\n```\n";
    check_unstated(
        "image:",
        &[ORDERS, ("README.md", document)],
        "acme/orders:* -> orders/Dockerfile Folder High",
    );
    // Two scripts put different images there.
    let both = [
        ORDERS,
        API,
        (
            "a.sh",
            "sed 's#image:#image: acme/api#' k8s/orders.yaml | kubectl apply -f -",
        ),
        (
            "b.sh",
            "sed 's#image:#image: acme/orders#' k8s/orders.yaml | kubectl apply -f -",
        ),
    ];
    check_unstated(
        "image:",
        &both,
        " -> orders/Dockerfile UnstatedImage Medium",
    );
    // Nobody knows which line the second is.
    let second = "sed -i '2s#image:#image: acme/api#' k8s/orders.yaml\nkubectl apply -f k8s";
    check_unstated("image:", &[API, ("deploy.sh", second)], " Unreadable");
    // What it puts into other lines, and into other files, is nothing to the image.
    let other = "sed -i 's#name:#name: acme/api#' k8s/orders.yaml\nsed -i 's#image:#image: acme/api#' k8s/api.yaml\nkubectl apply -f k8s";
    check_unstated("image:", &[API, ("deploy.sh", other)], " Unreadable");
}

#[test]
fn images_that_are_not_stated() {
    let tied = " -> orders/Dockerfile UnstatedImage Medium";
    for image in ["image:", "image: ''", "image: \"\"", "image: ~"] {
        check_unstated(image, &[ORDERS], tied);
    }
    check_unstated(
        "image: ${IMAGE}",
        &[ORDERS],
        "${IMAGE} -> orders/Dockerfile UnstatedImage Medium",
    );
    // A stated image is another matter.
    check_unstated(
        "image: '{{ x }}/web'",
        &[ORDERS],
        "{{ x }}/web -> orders/Dockerfile ContainerName Medium",
    );
    let build = "services:\n  orders:\n    build: api\n";
    check_unstated(
        "image:",
        &[ORDERS, API, ("compose.yaml", build)],
        " -> api/Dockerfile in /api UnstatedImage Low disputed",
    );
    let two = ("x/orders/Dockerfile", "FROM scratch\n");
    check_unstated("image:", &[ORDERS, two], " Unreadable");
    let words = ("orders-service/Dockerfile", "FROM scratch\n");
    check_unstated("image:", &[words], " Unreadable");
    // A patch states none at all.
    check_unstated("imagePullPolicy: Always", &[ORDERS], "");
}

/// As many containers as a large repository has, and more Dockerfiles than any: the names are looked up, not compared.
#[test]
fn many_containers_and_many_dockerfiles() {
    let count = 2_000;
    let mut files = Vec::new();
    for at in 0..count {
        files.push((format!("s{at}/app/Dockerfile"), "FROM scratch\n".to_owned()));
        let image = format!("shop/s{at}-app");
        files.push((format!("k8s/{at}.yaml"), pod("app", &[("app", &image)])));
        let script = format!("docker build -t shop/s{at}-app s{at}/app\n");
        files.push((format!("s{at}/build.sh"), script));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let found = shown(&files);
    let tied = found.lines().filter(|it| it.ends_with("Step High"));
    assert_eq!(tied.count(), count);
}

#[test]
fn projects_that_call_themselves_like_the_image() {
    let high = "-> Dockerfile ProjectName High";
    let package = |name: &str| format!("{{\"name\": \"{name}\", \"dependencies\": {{}}}}\n");
    let own = package("@shop/orders-api");
    let own = ("package.json", own.as_str());
    let others = [ORDERS, own];
    check("ghcr.io/shop/orders-api:1", &[ROOT, own], high);
    let module = ("go.mod", "module example.com/shop/orders-api\n");
    check("ghcr.io/shop/orders-api:1", &[ROOT, module], high);
    // What lies elsewhere is no project of the Dockerfile.
    let users = ("users/Dockerfile", "FROM scratch\n");
    check("ghcr.io/shop/orders-api:1", &[users, own], "Unknown");
    // Folders and steps say more than names, which are copied.
    let both = [("orders-api/Dockerfile", "FROM scratch\n"), ROOT, own];
    check(
        "ghcr.io/shop/orders-api:1",
        &both,
        "-> orders-api/Dockerfile Folder High",
    );
    // Every project has a `server`.
    let server = package("server");
    let files = [ROOT, ORDERS, ("package.json", server.as_str())];
    check("ghcr.io/shop/server:1", &files, "Unknown");
    check("ghcr.io/shop/users-api:1", &others, "Unknown");
}

#[test]
fn the_only_image_of_the_only_dockerfile() {
    check(
        "ghcr.io/shop/backend-x:1",
        &[ROOT],
        "-> Dockerfile OnlyImage Medium",
    );
    let below = ("docker/Dockerfile", "FROM scratch\n");
    check(
        "ghcr.io/shop/x:1",
        &[below],
        "-> docker/Dockerfile OnlyImage Medium",
    );
    check(
        "ghcr.io/shop/x:1",
        &[("a/Dockerfile", "FROM scratch\n")],
        "Unknown",
    );
    check("ghcr.io/shop/x:1", &[ROOT, ORDERS], "Unknown");
    let other = pod("other", &[("other", "ghcr.io/shop/y:1")]);
    let files = [ROOT, ("k8s/other.yaml", other.as_str())];
    let shop = pod("main", &[("main", "ghcr.io/shop/x:1")]);
    let all = [files[0], files[1], ("k8s/pod.yaml", shop.as_str())];
    assert_eq!(
        shown(&all),
        "ghcr.io/shop/y:1 Unknown\nghcr.io/shop/x:1 Unknown"
    );
}
