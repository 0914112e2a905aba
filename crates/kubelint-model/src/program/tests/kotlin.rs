use super::{check, found};

const BUILT: &str = "FROM gradle:8 AS build\nWORKDIR /src\nCOPY . .\nRUN gradle bootJar\nFROM eclipse-temurin:21-jre\nCOPY --from=build /src/build/libs/*.jar /app.jar\nENTRYPOINT [\"java\", \"-jar\", \"/app.jar\"]\n";
const INSTALLED: &str = "FROM gradle:8 AS build\nWORKDIR /src\nCOPY . .\nRUN gradle installDist\nFROM eclipse-temurin:21-jre\nCOPY --from=build /src/build/install/shop /app\nCMD [\"/app/bin/shop\"]\n";
const KTOR: &str = "plugins { kotlin(\"jvm\") version \"2.1.0\"\n application }\ndependencies {\n  implementation(\"io.ktor:ktor-server-core:3.0.0\")\n  implementation(\"io.ktor:ktor-server-netty:3.0.0\")\n}\n";
const SPRING: &str = "plugins {\n  id(\"org.springframework.boot\") version \"3.4.0\"\n  kotlin(\"plugin.spring\") version \"2.1.0\"\n}\ndependencies {\n  implementation(\"org.springframework.boot:spring-boot-starter-web\")\n}\n";

#[test]
fn a_spring_program_in_kotlin_and_java() {
    let main = "package com.shop\n\nimport org.springframework.boot.autoconfigure.SpringBootApplication\nimport org.springframework.boot.runApplication\n\n@SpringBootApplication\nclass App\n\nfun main(args: Array<String>) {\n  runApplication<App>(*args)\n}\n";
    let orders = "package com.shop.web\n\nimport com.shop.Paths\nimport com.shop.VERSION as V\nimport com.shop.Paths.ITEMS\nimport org.springframework.web.bind.annotation.*\n\n@RestController\n@RequestMapping(\"/$V\")\nclass Orders : Pings {\n  @GetMapping(\"${Paths.ROOT}/{id}\")\n  fun one() = \"\"\n\n  @GetMapping(ITEMS)\n  fun items() = \"\"\n}\n\ninterface Pings {\n  @GetMapping(\"/ping\")\n  fun ping() = \"\"\n}\n";
    let paths = "package com.shop\n\nconst val VERSION = \"v1\"\n\nobject Paths {\n  const val ROOT = \"/orders\"\n  const val ITEMS = \"/items\"\n}\n";
    let java = "package com.shop;\nimport org.springframework.web.bind.annotation.*;\n@RestController\nclass Old {\n  @GetMapping(Paths.ROOT)\n  String all() { return \"\"; }\n}\n";
    check(
        "",
        BUILT,
        &[
            ("api/build.gradle.kts", SPRING),
            ("api/settings.gradle.kts", "rootProject.name = \"shop\"\n"),
            ("api/src/main/kotlin/App.kt", main),
            ("api/src/main/kotlin/web/Orders.kt", orders),
            ("api/src/main/kotlin/Paths.kt", paths),
            ("api/src/main/java/com/shop/Old.java", java),
            (
                "api/src/main/resources/application.yml",
                "server:\n  port: ${PORT:8081}\n",
            ),
        ],
        "$ java -jar /app.jar\nentry api/src/main/kotlin/App.kt\nGET /orders\nGET /v1/orders/{id}\nGET /v1/items\nGET /v1/ping\nGET /error\nGET /webjars/{*rest}\nreads PORT at start\nlistens 8081 api/src/main/resources/application.yml:2\n",
    );
}

#[test]
fn a_program_of_ktor_with_functions_in_other_files() {
    let main = "package com.shop\n\nimport com.shop.orders.orders\nimport io.ktor.server.application.*\nimport io.ktor.server.engine.*\nimport io.ktor.server.netty.*\nimport io.ktor.server.routing.*\n\nfun main() {\n  val port = System.getenv(\"PORT\")?.toInt() ?: 8080\n  embeddedServer(Netty, port = port, module = Application::module).start(wait = true)\n}\n\nfun Application.module() {\n  routing {\n    get(\"/health\") { }\n    route(\"/v1\") {\n      orders(Service())\n      names()\n    }\n  }\n}\n\nfun names(): List<String> = listOf()\n";
    let orders = "package com.shop.orders\n\nimport io.ktor.server.routing.Route\nimport io.ktor.server.routing.get\nimport io.ktor.server.routing.route\n\nfun Route.orders(service: Service) = route(\"orders\") {\n  get { }\n  inner()\n}\n\nprivate fun Route.inner() {\n  get(\"{id}\") { }\n}\n";
    check(
        "",
        INSTALLED,
        &[
            ("api/build.gradle.kts", KTOR),
            ("api/src/main/kotlin/Main.kt", main),
            ("api/src/main/kotlin/orders/Orders.kt", orders),
        ],
        "$ /app/bin/shop\nentry api/src/main/kotlin/Main.kt\nGET /health\nGET /v1/orders\nGET /v1/orders/{id}\nreads PORT at start\nlistens 8080 api/src/main/kotlin/Main.kt:11\n",
    );
}

#[test]
fn a_program_of_ktor_with_its_configuration() {
    let main = "package com.shop\n\nimport io.ktor.server.application.*\nimport io.ktor.server.netty.EngineMain\nimport io.ktor.server.routing.*\n\nfun main(args: Array<String>): Unit = EngineMain.main(args)\n\nfun Application.module() {\n  routing { get(\"/health\") { } }\n}\n";
    let configuration = "ktor {\n  deployment {\n    port = 8080\n    port = ${?PORT}\n    rootPath = \"/shop\"\n  }\n  application { modules = [ com.shop.MainKt.module ] }\n}\ndb.url = ${DB_URL}\n";
    check(
        "        env: [{name: PORT, value: '9000'}]\n",
        INSTALLED,
        &[
            ("api/build.gradle.kts", KTOR),
            ("api/src/main/kotlin/Main.kt", main),
            ("api/src/main/resources/application.conf", configuration),
        ],
        "$ /app/bin/shop\nentry api/src/main/kotlin/Main.kt\nGET /shop/health\nreads PORT at start\nreads DB_URL at start\nlistens 9000 api/src/main/resources/application.conf:4 k8s/api.yaml:12\n",
    );
}

#[test]
fn what_ktor_may_serve_besides_leaves_a_gap() {
    let start = "package com.shop\nimport io.ktor.server.application.*\nimport io.ktor.server.engine.*\nimport io.ktor.server.netty.*\nimport io.ktor.server.routing.*\nfun main() {\n  embeddedServer(Netty, 8080, module = Application::module).start()\n}\n";
    for (source, expected) in [
        ("routing { get(\"/a\") { } }", ""),
        (
            "routing { others() }",
            "routes are taken from what is not known",
        ),
        (
            "routing(Api()::routes)",
            "routes are added by a function that is handed over",
        ),
        ("routing { get(path()) { } }", "a route's path is computed"),
        ("install(Health)", ""),
    ] {
        let text = format!("{start}fun Application.module() {{\n  {source}\n}}\n");
        let files = [
            ("api/build.gradle.kts", KTOR),
            ("api/src/main/kotlin/Main.kt", text.as_str()),
        ];
        let text = found("", INSTALLED, &files);
        let mut gaps = text.lines().filter(|it| it.starts_with("gap "));
        let is_found = match expected {
            "" => gaps.next().is_none(),
            _ => gaps.any(|it| it.ends_with(expected)),
        };
        assert!(is_found, "{source}: {text}");
    }
    let unused = format!(
        "{start}fun Application.module() {{ }}\nfun Route.orders() {{\n  get(\"/orders\") {{ }}\n}}\n"
    );
    let files = [
        ("api/build.gradle.kts", KTOR),
        ("api/src/main/kotlin/Main.kt", unused.as_str()),
    ];
    let text = found("", INSTALLED, &files);
    assert!(text.contains("nothing is seen to call"), "{text}");
}
