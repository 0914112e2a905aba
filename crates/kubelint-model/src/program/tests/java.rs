use super::check;

const BUILT: &str = "FROM maven:3 AS build\nWORKDIR /src\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:21-jre\nWORKDIR /app\nCOPY --from=build /src/target/*.jar app.jar\nENTRYPOINT [\"java\", \"-jar\", \"app.jar\"]\n";
const MAIN: &str = "package com.shop;\nimport org.springframework.boot.SpringApplication;\n@SpringBootApplication\npublic class Main {\n  public static void main(String[] args) { SpringApplication.run(Main.class, args); }\n}\n";
const MAIN_AT: &str = "api/src/main/java/com/shop/Main.java";

fn pom(artifacts: &[&str]) -> String {
    let all = artifacts.iter().fold(String::new(), |all, it| {
        format!("{all}<dependency><groupId>org.springframework.boot</groupId><artifactId>{it}</artifactId></dependency>")
    });
    format!(
        "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version><relativePath/></parent><groupId>com.shop</groupId><artifactId>api</artifactId><dependencies>{all}</dependencies></project>\n"
    )
}

#[test]
fn a_spring_program_with_its_configuration() {
    let controller = "package com.shop;\nimport org.springframework.web.bind.annotation.*;\n@RestController\n@RequestMapping(Paths.ROOT)\nclass Orders {\n  @GetMapping(\"/orders/{id}\")\n  String one() { return \"\"; }\n}\n";
    let paths = "package com.shop;\nclass Paths {\n  static final String ROOT = \"/v1\";\n}\n";
    let configuration = "server:\n  port: ${PORT:8081}\n  servlet:\n    context-path: /shop\nmanagement:\n  endpoints:\n    web:\n      exposure:\n        include: health\n---\nspring:\n  config:\n    activate:\n      on-profile: prod\nserver:\n  port: 9090\n";
    check(
        "        env: [{name: SPRING_PROFILES_ACTIVE, value: prod}]\n",
        BUILT,
        &[
            (
                "api/pom.xml",
                &pom(&["spring-boot-starter-web", "spring-boot-starter-actuator"]),
            ),
            (MAIN_AT, MAIN),
            ("api/src/main/java/com/shop/Orders.java", controller),
            ("api/src/main/java/com/shop/Paths.java", paths),
            ("api/src/main/resources/application.yml", configuration),
        ],
        "$ java -jar app.jar\nentry api/src/main/java/com/shop/Main.java\nGET /shop/v1/orders/{id}\nGET /shop/error\nGET /shop/webjars/{*rest}\nGET /shop/actuator\nGET /shop/actuator/health/{*rest}\nGET /shop/actuator/health\nreads PORT at start\nlistens 9090 api/src/main/resources/application.yml:16\n",
    );
}

#[test]
fn variables_stand_over_files_and_arguments_over_variables() {
    let files = [
        ("api/pom.xml", pom(&["spring-boot-starter-web"])),
        (MAIN_AT, MAIN.to_owned()),
        (
            "api/src/main/resources/application.properties",
            "server.port=${PORT:8081}\n".to_owned(),
        ),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0, it.1.as_str())).collect();
    for (variable, command, expected) in [
        (
            "PORT",
            "\"-jar\", \"app.jar\"",
            "9000 api/src/main/resources/application.properties:1 k8s/api.yaml:12",
        ),
        (
            "SERVER_PORT",
            "\"-jar\", \"app.jar\"",
            "9000 api/src/main/resources/application.properties:1 k8s/api.yaml:12",
        ),
        (
            "SERVER_PORT",
            "\"-jar\", \"app.jar\", \"--server.port=7000\"",
            "7000 api/Dockerfile:8",
        ),
        (
            "OTHER",
            "\"-jar\", \"app.jar\"",
            "8081 api/src/main/resources/application.properties:1",
        ),
    ] {
        let dockerfile = BUILT.replace("\"-jar\", \"app.jar\"", command);
        let env = format!("        env: [{{name: {variable}, value: '9000'}}]\n");
        let text = super::found(&env, &dockerfile, &files);
        let listens = text.lines().find_map(|it| it.strip_prefix("listens "));
        assert_eq!(listens, Some(expected), "{variable} {command}");
    }
}

#[test]
fn what_is_not_seen_leaves_a_gap() {
    let pom = pom(&["spring-boot-starter-web"]);
    let gaps = |dockerfile: &str, more: &[(&str, &str)]| {
        let mut files = vec![("api/pom.xml", pom.as_str()), (MAIN_AT, MAIN)];
        files.extend_from_slice(more);
        let text = super::found("", dockerfile, &files);
        let gaps = text.lines().filter(|it| it.starts_with("gap "));
        gaps.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(gaps(BUILT, &[]), "");
    for (path, text, expected) in [
        (
            "api/src/main/scala/A.scala",
            "",
            "gap None: a part of it is in a language that is not read",
        ),
        (
            "api/src/main/java/com/shop/A.java",
            "package com.shop;\nimport org.springframework.web.bind.annotation.*;\n@RestController\nclass A implements Generated {}\n",
            "gap Some(Routes): routes are taken from what is not known",
        ),
        (
            "api/src/main/resources/application.yml",
            "spring: {config: {import: 'configserver:'}}\n",
            "gap Some(Ports): it takes configuration from elsewhere\ngap Some(Routes): it takes configuration from elsewhere",
        ),
    ] {
        assert_eq!(gaps(BUILT, &[(path, text)]), expected, "{path}");
    }
    for (library, expected) in [
        (
            "spring-cloud-gcp-starter-secretmanager",
            "takes configuration from elsewhere",
        ),
        ("camel-servlet-starter", "adds routes"),
    ] {
        let pom = pom.replace("-starter-web</", &format!("-starter-web</artifactId></dependency><dependency><groupId>org.springframework.cloud</groupId><artifactId>{library}</"));
        let files = [("api/pom.xml", pom.as_str()), (MAIN_AT, MAIN)];
        let text = super::found("", BUILT, &files);
        assert!(text.contains(&format!("{library} {expected}")), "{text}");
    }
    let downloaded = "FROM eclipse-temurin:21\nADD https://example.com/x.jar /x.jar\nCMD [\"java\", \"-jar\", \"/x.jar\"]\n";
    assert!(gaps(downloaded, &[]).contains("what it starts is not built here"));
}

#[test]
fn a_gradle_project_with_a_module_of_its_own_in_layers() {
    let build = "plugins { id 'org.springframework.boot' version '3.4.0' }\ndependencies {\n  implementation project(':common')\n  implementation 'org.springframework.boot:spring-boot-starter-webflux'\n}\n";
    let health = "package com.shop.common;\nimport org.springframework.web.bind.annotation.*;\n@RestController\npublic class Health {\n  @GetMapping(\"/healthz\")\n  String health() { return \"\"; }\n}\n";
    let dockerfile = "FROM gradle:8 AS build\nWORKDIR /src\nCOPY . .\nRUN gradle :web:bootJar\nFROM eclipse-temurin:21 AS layers\nWORKDIR /layers\nCOPY --from=build /src/web/build/libs/*.jar application.jar\nRUN java -Djarmode=layertools -jar application.jar extract\nFROM eclipse-temurin:21\nWORKDIR /app\nCOPY --from=layers /layers/application/ ./\nENTRYPOINT [\"java\", \"org.springframework.boot.loader.launch.JarLauncher\"]\n";
    check(
        "",
        dockerfile,
        &[
            ("api/settings.gradle", "include 'web', 'common'\n"),
            ("api/web/build.gradle", build),
            ("api/common/build.gradle", ""),
            ("api/web/src/main/java/com/shop/Main.java", MAIN),
            (
                "api/common/src/main/java/com/shop/common/Health.java",
                health,
            ),
        ],
        "$ java org.springframework.boot.loader.launch.JarLauncher\nentry api/web/src/main/java/com/shop/Main.java\nGET /healthz\nGET /error\nGET /webjars/{*rest}\nlistens 8080 \n",
    );
}

#[test]
fn a_program_of_quarkus() {
    let pom = "<project><groupId>com.shop</groupId><artifactId>api</artifactId><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-smallrye-health</artifactId></dependency></dependencies></project>\n";
    let resource = "package com.shop;\nimport jakarta.ws.rs.*;\n@Path(\"/heroes\")\npublic class Heroes {\n  @GET\n  String all() { return \"\"; }\n}\n";
    check(
        "",
        "FROM registry.access.redhat.com/ubi9/openjdk-21:1.20\nCOPY target/quarkus-app/lib/ /deployments/lib/\nCOPY target/quarkus-app/*.jar /deployments/\nENV JAVA_APP_JAR=/deployments/quarkus-run.jar\nENTRYPOINT [ \"/opt/jboss/container/java/run/run-java.sh\" ]\n",
        &[
            ("api/pom.xml", pom),
            ("api/src/main/java/com/shop/Heroes.java", resource),
            (
                "api/src/main/resources/application.properties",
                "quarkus.http.port=8083\n%dev.quarkus.http.port=1\n%prod.quarkus.http.root-path=/api\n",
            ),
        ],
        "$ /opt/jboss/container/java/run/run-java.sh\nGET /api/heroes\nGET /api/q/health/{*rest}\nGET /api/q/health\nlistens 8083 api/src/main/resources/application.properties:1\n",
    );
}

#[test]
fn groups_of_health_by_version_and_platform() {
    let all = "GET /actuator/health/{*rest}";
    let one = "GET /actuator/health/db";
    let indicator = "package com.shop;\nimport org.springframework.boot.actuate.health.HealthIndicator;\nclass Queue implements HealthIndicator {}\n";
    for (version, configuration, source, expected) in [
        ("2.2.6.RELEASE", "", "", Some(one)),
        ("2.3.4.RELEASE", "", "", Some(all)),
        ("3.3.0", "", "", Some(all)),
        (
            "3.3.0",
            "management.endpoint.health.probes.enabled=false",
            "",
            Some(one),
        ),
        (
            "3.3.0",
            "management.endpoint.health.probes.enabled=false",
            indicator,
            None,
        ),
        (
            "3.3.0",
            "spring.main.cloud-platform=KUBERNETES",
            "",
            Some(all),
        ),
        ("3.3.0", "spring.main.cloud-platform=none", "", Some(one)),
        ("4.0.1", "spring.main.cloud-platform=none", "", Some(all)),
        (
            "4.0.1",
            "management.endpoint.health.probes.enabled=false",
            "",
            Some(one),
        ),
    ] {
        let pom = pom(&["spring-boot-starter-web", "spring-boot-starter-actuator"]);
        let pom = pom.replace("3.3.0", version);
        let files = [
            ("api/pom.xml", pom.as_str()),
            (MAIN_AT, MAIN),
            ("api/src/main/java/com/shop/Queue.java", source),
            (
                "api/src/main/resources/application.properties",
                configuration,
            ),
        ];
        let text = super::found("", BUILT, &files);
        let case = format!("{version} {configuration}: {text}");
        match expected {
            Some(route) => assert!(text.lines().any(|it| it == route), "{case}"),
            None => assert!(text.contains("which endpoints of the actuator"), "{case}"),
        }
        if expected == Some(one) {
            assert!(!text.contains(all), "{case}");
        }
    }
}

#[test]
fn placeholders_in_annotations_of_libraries_are_read() {
    let source = "package com.shop;\nclass Listen {\n  @KafkaListener(topics = {\"${topics.orders}\", \"x\"}, groupId = \"g-${GROUP}\")\n  void on() {}\n  @Value(\"#{'${allowed.hosts:a}'.split(',')}\") List<String> hosts;\n}\n";
    let pom = pom(&["spring-boot-starter-web"]);
    let files = [
        ("api/pom.xml", pom.as_str()),
        (MAIN_AT, MAIN),
        ("api/src/main/java/com/shop/Listen.java", source),
    ];
    let text = super::found("", BUILT, &files);
    for name in ["TOPICS_ORDERS", "GROUP", "ALLOWED_HOSTS"] {
        let line = format!("reads {name}");
        assert!(text.lines().any(|it| it.starts_with(&line)), "{text}");
    }
}

#[test]
fn management_has_a_port_of_its_own() {
    let pom = pom(&["spring-boot-starter-web", "spring-boot-starter-actuator"]);
    let files = |configuration| {
        [
            ("api/pom.xml", pom.as_str()),
            (MAIN_AT, MAIN),
            (
                "api/src/main/resources/application.properties",
                configuration,
            ),
        ]
    };
    let stated = "server.servlet.context-path=/shop\nmanagement.server.port=9090\nmanagement.endpoint.health.probes.add-additional-paths=true\n";
    let expected = "$ java -jar app.jar\nentry api/src/main/java/com/shop/Main.java\nGET /shop/error at $SERVER_PORT\nGET /shop/webjars/{*rest} at $SERVER_PORT\nGET /shop/livez\nGET /shop/readyz\nGET /actuator at $MANAGEMENT_SERVER_PORT\nGET /actuator/health/{*rest} at $MANAGEMENT_SERVER_PORT\nGET /actuator/health at $MANAGEMENT_SERVER_PORT\nlistens 8080 \nlistens 9090 api/src/main/resources/application.properties:2\n";
    check("", BUILT, &files(stated), expected);
    let found = super::found(
        "        env: [{name: MANAGEMENT_SERVER_PORT, value: '9001'}]\n",
        BUILT,
        &files("server.port=8080\n"),
    );
    assert!(
        found.contains("GET /actuator/health at $MANAGEMENT_SERVER_PORT\n"),
        "{found}"
    );
}

#[test]
fn management_of_quarkus_has_a_port_of_its_own() {
    let pom = "<project><groupId>com.shop</groupId><artifactId>api</artifactId><dependencies><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency><dependency><groupId>io.quarkus</groupId><artifactId>quarkus-smallrye-health</artifactId></dependency></dependencies></project>\n";
    let dockerfile = "FROM eclipse-temurin:21-jre\nCOPY target/quarkus-app/ /deployments/\nENTRYPOINT [\"java\", \"-jar\", \"/deployments/quarkus-run.jar\"]\n";
    let configuration = "quarkus.http.root-path=/shop\nquarkus.management.enabled=true\n";
    let files = [
        ("api/pom.xml", pom),
        (
            "api/src/main/resources/application.properties",
            configuration,
        ),
        (
            "api/src/main/java/com/shop/Orders.java",
            "package com.shop;\nimport jakarta.ws.rs.*;\n@Path(\"/orders\")\npublic class Orders {\n  @GET\n  public String all() { return \"\"; }\n}\n",
        ),
    ];
    let expected = "GET /shop/orders at $QUARKUS_HTTP_PORT\nGET /q/health/{*rest} at $QUARKUS_MANAGEMENT_PORT\nGET /q/health at $QUARKUS_MANAGEMENT_PORT\n";
    let found = super::found("", dockerfile, &files);
    assert!(found.contains(expected), "{found}");
}
