use crate::program::tests::{deployment, graph, project, shown};

/// What a program does, without what is said of every server.
fn told(files: &[(&str, &str)]) -> String {
    let graph = graph(files);
    let all = shown(&graph);
    let lines = all
        .lines()
        .filter(|it| !it.contains("what its scripts read is not listed"));
    lines.collect::<Vec<_>>().join("\n")
}

/// An image that is built here.
#[track_caller]
fn check(container: &str, dockerfile: &str, files: &[(&str, &str)], expected: &str) {
    let deployment = deployment(container);
    assert_eq!(told(&project(&deployment, dockerfile, files)), expected);
}

/// An image that everybody uses, with `spec` added to its pod.
#[track_caller]
fn check_public(image: &str, container: &str, spec: &str, others: &str, expected: &str) {
    let manifest = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  selector: {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n      containers:\n      - name: web\n        image: {image}\n{container}{spec}{others}"
    );
    assert_eq!(told(&[("k8s/web.yaml", &manifest)]), expected);
}

const COPIED: &str = "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n";

#[test]
fn a_server_of_its_own_in_place_of_the_default_one() {
    let config = "server {\n  listen 8080 default_server;\n  listen [::]:8080;\n  location = /healthz { return 200; }\n  location /api { proxy_pass http://api:3000/; }\n  location / { return 404; }\n}\n";
    check(
        "",
        COPIED,
        &[("api/nginx.conf", config)],
        "$ nginx\nentry api/nginx.conf\n* /healthz\n* /api\nlistens 8080 api/nginx.conf:2\nlistens 8080 api/nginx.conf:3",
    );
}

#[test]
fn as_the_image_is() {
    for (dockerfile, port) in [
        ("FROM nginx\nCOPY dist /usr/share/nginx/html\n", 80),
        ("FROM nginxinc/nginx-unprivileged:alpine\n", 8080),
        (
            "FROM nginx:alpine\nRUN chown -R nginx /etc/nginx\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
            80,
        ),
        (
            "FROM nginx:alpine\nENTRYPOINT [\"nginx\", \"-g\", \"daemon off;\"]\n",
            80,
        ),
        ("FROM openresty/openresty:alpine\n", 80),
    ] {
        let deployment = deployment("");
        let told = told(&project(
            &deployment,
            dockerfile,
            &[("api/dist/index.html", "")],
        ));
        assert!(
            told.ends_with(&format!("\nlistens {port} ")),
            "{dockerfile}\n{told}"
        );
    }
}

#[test]
fn what_the_build_changes_is_not_known() {
    for dockerfile in [
        "FROM nginx\nRUN sed -i 's/80/8080/' /etc/nginx/conf.d/default.conf\n",
        "FROM nginx\nRUN echo 'server { listen 81; }' > /etc/nginx/conf.d/a.conf\n",
        "FROM nginx\nRUN ./configure.sh\n",
        "FROM nginx\nCOPY --from=acme/config /conf /etc/nginx/conf.d/\n",
        "FROM node AS build\nRUN make\nFROM nginx\nCOPY --from=build /out /etc/nginx/conf.d\n",
        "FROM acme/nginx\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCMD [\"nginx\"]\n",
    ] {
        let deployment = deployment("");
        let told = told(&project(
            &deployment,
            dockerfile,
            &[("api/nginx.conf", "server { listen 81; }")],
        ));
        assert!(told.contains("gap None"), "{dockerfile}\n{told}");
    }
}

#[test]
fn files_that_the_build_removes_and_adds() {
    let config = "server { listen 81; location / { root /a; } }";
    check(
        "",
        "FROM nginx\nRUN rm /etc/nginx/conf.d/default.conf\nCOPY nginx.conf /etc/nginx/conf.d/web.conf\n",
        &[("api/nginx.conf", config)],
        "$ nginx\nentry api/nginx.conf\n* /\nlistens 81 api/nginx.conf:1",
    );
    check(
        "",
        "FROM nginx\nCOPY nginx.conf /etc/nginx/conf.d/web.conf\n",
        &[("api/nginx.conf", config)],
        "$ nginx\nentry api/nginx.conf\n* /\ngap Some(Routes): the files are not known that are served by default\nlistens 80 \nlistens 81 api/nginx.conf:1",
    );
    let main = "events {}\nhttp {\n  include mime.types;\n  server { listen 8000; return 301 https://$host$request_uri; }\n}\n";
    check(
        "",
        "FROM alpine\nRUN apk add nginx\nCOPY nginx.conf /etc/nginx/\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        &[("api/nginx.conf", main)],
        "$ nginx -g daemon off;\nentry api/nginx.conf\n* /\nlistens 8000 api/nginx.conf:4",
    );
}

#[test]
fn templates_that_the_build_fills_in() {
    let dockerfile = "FROM nginx\nCOPY a.conf /etc/nginx/conf.d/a.template\nRUN envsubst '$VERSION' < /etc/nginx/conf.d/a.template > /etc/nginx/conf.d/default.conf\n";
    check(
        "",
        dockerfile,
        &[(
            "api/a.conf",
            "server { listen 8081; location / { return 200 $VERSION; } }",
        )],
        "$ nginx\nentry api/a.conf\n* /\nlistens 8081 api/a.conf:1",
    );
    check(
        "",
        dockerfile,
        &[(
            "api/a.conf",
            "server { listen $VERSION; location / { return 200; } }",
        )],
        "$ nginx\nentry api/a.conf\n* /\ngap Some(Ports): a port is not known\ngap Some(Ports): no place is found where it listens",
    );
}

#[test]
fn an_entry_point_in_place_of_the_one_of_the_image() {
    let script = "#!/bin/sh\nsed -i \"s/80/$PORT/\" /etc/nginx/conf.d/default.conf\nexec \"$@\"\n";
    let harmless =
        "#!/bin/sh\necho \"window.API='$API'\" > /usr/share/nginx/html/env.js\nexec \"$@\"\n";
    for (script, is_known) in [(script, false), (harmless, true)] {
        for start in [
            "",
            "ENTRYPOINT [\"/docker-entrypoint.sh\"]\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        ] {
            let dockerfile =
                format!("FROM nginx\nCOPY docker-entrypoint.sh /docker-entrypoint.sh\n{start}");
            let deployment = deployment("");
            let told = told(&project(
                &deployment,
                &dockerfile,
                &[("api/docker-entrypoint.sh", script)],
            ));
            assert_eq!(told.contains("gap None"), !is_known, "{dockerfile}\n{told}");
            assert_eq!(
                told.contains("listens 80"),
                is_known,
                "{dockerfile}\n{told}"
            );
        }
    }
}

#[test]
fn templates_take_variables() {
    let template = "server {\n  listen ${NGINX_PORT};\n  location / { root /a; }\n}\n";
    check(
        "        env: [{name: NGINX_PORT, value: '8081'}]\n",
        "FROM nginx\nCOPY default.conf.template /etc/nginx/templates/\n",
        &[("api/default.conf.template", template)],
        "$ nginx\nentry api/default.conf.template\n* /\nreads NGINX_PORT at start required\nlistens 8081 api/default.conf.template:2 k8s/api.yaml:12",
    );
    check(
        "",
        "FROM nginx\nENV PORT=90\nCOPY x.template /a.template\nCMD [\"sh\", \"-c\", \"envsubst '$NGINX_PORT' < /a.template > /etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'\"]\n",
        &[("api/x.template", template)],
        "$ nginx -g daemon off;\nentry api/x.template\n* /\nreads NGINX_PORT at start required\nlistens ? api/x.template:2",
    );
    // Where another entry point stands nobody fills templates in.
    check(
        "",
        "FROM nginx\nCOPY default.conf.template /etc/nginx/templates/\nENTRYPOINT [\"nginx\", \"-g\", \"daemon off;\"]\n",
        &[("api/default.conf.template", template)],
        "$ nginx -g daemon off;\ngap Some(Routes): the files are not known that are served by default\nlistens 80 ",
    );
}

const VOLUME: &str = "      volumes:\n      - name: c\n        configMap: {name: web}\n";

fn config_map(key: &str, text: &str) -> String {
    let indented = text.trim_end().replace('\n', "\n    ");
    format!(
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\ndata:\n  {key}: |\n    {indented}\n"
    )
}

#[test]
fn a_configuration_that_is_mounted() {
    let text = "server {\n  listen 8080;\n  location / { proxy_pass http://api; }\n}\n";
    let all = "        volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d}]\n";
    let expected = "$ nginx\nentry k8s/web.yaml\n* /\nlistens 8080 k8s/web.yaml:23";
    check_public(
        "nginx:1.27",
        all,
        VOLUME,
        &config_map("web.conf", text),
        expected,
    );
    // A file that is mounted alone hides nothing else.
    let one = "        volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d/web.conf, subPath: web.conf}]\n";
    let beside = "$ nginx\nentry k8s/web.yaml\n* /\ngap Some(Routes): the files are not known that are served by default\nlistens 80 \nlistens 8080 k8s/web.yaml:23";
    check_public(
        "nginx:1.27",
        one,
        VOLUME,
        &config_map("web.conf", text),
        beside,
    );
    let same = "        volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d/default.conf, subPath: web.conf}]\n";
    check_public(
        "nginx:1.27",
        same,
        VOLUME,
        &config_map("web.conf", text),
        expected,
    );
    // What is not named so is not included.
    check_public(
        "nginx:1.27",
        all,
        VOLUME,
        &config_map("web", text),
        "$ nginx\ngap Some(Ports): no place is found where it listens",
    );
    check_public(
        "nginx:1.27",
        all,
        "      volumes: [{name: c, secret: {secretName: web}}]\n",
        "",
        "$ nginx\ngap None: not all files are known that it includes from /etc/nginx/conf.d\ngap Some(Ports): no place is found where it listens",
    );
}

#[test]
fn servers_without_listen_and_other_protocols() {
    let main = "events {}\nstream { server { listen 5432; proxy_pass db:5432; } server { listen 53 udp; } }\nhttp { server { location / { return 200; } } server { listen 8443 ssl; } server { listen unix:/run/x; listen 127.0.0.1:81; } }\n";
    let mount = "        volumeMounts: [{name: c, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}]\n";
    let text = config_map("nginx.conf", main);
    check_public(
        "nginx",
        mount,
        VOLUME,
        &text,
        "$ nginx\nentry k8s/web.yaml\n* /\nlistens 80 k8s/web.yaml:24\nlistens 8443 k8s/web.yaml:24\nlistens 81 loopback k8s/web.yaml:24\nlistens 5432 k8s/web.yaml:23",
    );
    let user = format!("{mount}        securityContext: {{runAsUser: 101}}\n");
    let text = config_map("nginx.conf", "http { server { } }");
    check_public(
        "nginx",
        &user,
        VOLUME,
        &text,
        "$ nginx\nentry k8s/web.yaml\nlistens 8000 k8s/web.yaml:23",
    );
}

#[test]
fn guards() {
    let text = "limit_req_zone $binary_remote_addr zone=one:1m rate=6r/m;\nserver {\n  listen 80;\n  auth_basic secret;\n  auth_basic_user_file /x;\n  location = /free { auth_basic off; return 200; }\n  location /slow { limit_req zone=one; return 200; }\n  location / { root /x; }\n}\n";
    let mount = "        volumeMounts: [{name: c, mountPath: /etc/nginx/conf.d}]\n";
    check_public(
        "nginx",
        mount,
        VOLUME,
        &config_map("a.conf", text),
        "$ nginx\nentry k8s/web.yaml\n* /free\n* /slow auth 1/10s\n* / auth\nlistens 80 k8s/web.yaml:24",
    );
}

#[test]
fn caddy() {
    for (text, expected) in [
        (
            ":8080 {\n\trespond /health 200\n\treverse_proxy api:3000\n}\n",
            "* /\nlistens 8080 api/Caddyfile:1",
        ),
        (
            ":{$PORT:8080}\nfile_server\n",
            "* /\nreads PORT at start\nlistens 8080 api/Caddyfile:1",
        ),
        (
            "{\n\tauto_https off\n}\nhttp://example.com, http://:81 {\n}\n",
            "* /\nlistens 80 api/Caddyfile:4\nlistens 81 api/Caddyfile:4",
        ),
        (
            "example.com {\n\tbasic_auth {\n\t\ta b\n\t}\n}\n",
            "* / auth\nlistens 443 api/Caddyfile:1\nlistens 80 api/Caddyfile:1",
        ),
        (
            "{$SITE}\nrespond 200\n",
            "* /\nreads SITE at start\nlistens ? api/Caddyfile:1",
        ),
    ] {
        let expected = format!("$ caddy\nentry api/Caddyfile\n{expected}");
        check(
            "",
            "FROM caddy:2\nCOPY Caddyfile /etc/caddy/Caddyfile\n",
            &[("api/Caddyfile", text)],
            &expected,
        );
    }
}
