//! Spring Boot: where it listens, what stands before all paths, and what it serves besides controllers.

use super::actuator;
use super::finish::{Around, put_before, served, somewhere};
use super::gap;
use crate::code::{Expr, Protocol, RouteStyle, Subject};
use crate::program::{Gap, Port, Program, Served};

/// Artifacts that bring a web server, or parts of their names.
const SERVERS: [&str; 16] = [
    "spring-boot-starter-web",
    "spring-boot-starter-webmvc",
    "spring-boot-starter-webflux",
    "spring-boot-starter-tomcat",
    "spring-boot-starter-jetty",
    "spring-boot-starter-undertow",
    "spring-boot-starter-reactor-netty",
    "spring-boot-starter-jersey",
    "spring-boot-starter-thymeleaf",
    "spring-boot-starter-data-rest",
    "spring-boot-starter-hateoas",
    "spring-boot-starter-web-services",
    "spring-cloud-starter-gateway",
    "spring-cloud-config-server",
    "spring-cloud-starter-netflix-eureka-server",
    "spring-cloud-starter-netflix-zuul",
];

pub(super) fn finish(around: &Around<'_, '_>, program: &mut Program) {
    let libraries = &around.java.libraries;
    if libraries.boot.is_some_and(|it| it.0 < 2) {
        let why = "Spring Boot 1 is not known";
        program.gaps.push(gap(Subject::Routes, why, None));
    }
    if let Some(library) = libraries.with_routes() {
        let why = format!("{library} adds routes");
        program
            .gaps
            .push(gap(Subject::Routes, why, around.mention(library)));
    }
    ports(around, program);
    paths(around, program);
}

fn ports(around: &Around<'_, '_>, program: &mut Program) {
    let libraries = &around.java.libraries;
    let settings = around.settings();
    if around
        .text("spring.main.web-application-type", "servlet")
        .as_deref()
        == Some("none")
    {
        program
            .gaps
            .push(Gap::of_ports("it has no server of its own"));
        return;
    }
    let has_server = libraries.has(&SERVERS) || libraries.has_part("gateway-server");
    if !has_server {
        // It may come with another library.
        program
            .gaps
            .push(Gap::of_ports("no server is among its libraries"));
    }
    let main = around.listen("server.port", "8080", Protocol::Http, tls(around, "server"));
    let management = settings.value("management.server.port", None);
    let is_stated = settings.given("management.server.port").is_some()
        || settings.any_below("management.server.port")
        || around.sets_below("MANAGEMENT_SERVER_PORT");
    if is_stated && libraries.has(&["spring-boot-starter-actuator"]) && management != main.port {
        let mut port = around.listen(
            "management.server.port",
            "",
            Protocol::Http,
            tls_of_management(around),
        );
        if let Expr::Variable {
            default: Some(default),
            ..
        } = &port.port
            && default.text() == Some("")
        {
            // Nothing but a variable says so: where it is not set, it is the main port.
            port.port = if around.is_set("MANAGEMENT_SERVER_PORT") {
                Expr::Variable {
                    name: "MANAGEMENT_SERVER_PORT".to_owned(),
                    default: None,
                }
            } else {
                Expr::Unknown
            };
        }
        program.ports.push(port);
    }
    if libraries.has_part("grpc-server-spring-boot")
        || libraries.has_part("grpc-spring-boot-starter")
    {
        program
            .ports
            .push(around.listen("grpc.server.port", "9090", Protocol::Grpc, None));
    } else if libraries.has_part("grpc") {
        program.gaps.push(Gap::of_ports("it may serve gRPC"));
    }
    program.ports.insert(0, main);
}

/// Whether TLS is spoken where the properties below `of` decide: `None` if nobody knows. Whatever is stated below `ssl` turns it on, unless
/// `enabled` says otherwise (`org.springframework.boot.web.server.Ssl`).
fn tls(around: &Around<'_, '_>, of: &str) -> Option<bool> {
    let settings = around.settings();
    let inner = format!("{of}.ssl.");
    let enabled = around.text(&format!("{inner}enabled"), "true")?;
    if enabled.eq_ignore_ascii_case("false") {
        return Some(false);
    }
    if settings.states_below(&inner) {
        return Some(true);
    }
    let variable = crate::code::jvm::variable_of(&format!("{of}.ssl"));
    if settings.any_below(&inner) || around.sets_below(&variable) {
        return None;
    }
    settings.profiles.is_some().then_some(false)
}

/// Whether TLS is spoken at the port of the management: as at the other, unless it has settings of its own
/// (docs.spring.io/spring-boot/reference/actuator/monitoring.html, "Configuring Management-specific SSL").
fn tls_of_management(around: &Around<'_, '_>) -> Option<bool> {
    let own = "management.server.ssl";
    let variable = crate::code::jvm::variable_of(own);
    if around.settings().any_below(&format!("{own}.")) || around.sets_below(&variable) {
        tls(around, "management.server")
    } else {
        tls(around, "server")
    }
}

/// What stands before all paths, and what is served besides.
fn paths(around: &Around<'_, '_>, program: &mut Program) {
    let libraries = &around.java.libraries;
    let is_reactive = libraries.has(&["spring-boot-starter-webflux"])
        && !libraries.has(&["spring-boot-starter-web", "spring-boot-starter-webmvc"]);
    let place = somewhere(program);
    let of_security: &[&str] = if libraries.has_part("security") {
        &["/login", "/logout"]
    } else {
        &[]
    };
    for path in ["/error"].iter().chain(of_security) {
        let route = served(&[path], RouteStyle::Braces, place);
        program.routes.push(route);
    }
    if libraries.has_part("springdoc")
        || libraries.has_part("springfox")
        || libraries.has_part("swagger")
        || libraries.has_part("knife4j")
    {
        for path in [
            "/swagger-ui/{*rest}",
            "/swagger-ui.html",
            "/v2/api-docs/{*rest}",
            "/v3/api-docs/{*rest}",
            "/v3/api-docs.yaml",
            "/swagger-resources/{*rest}",
            "/doc.html",
        ] {
            program
                .routes
                .push(served(&[path], RouteStyle::Braces, place));
        }
        if around.settings().any_below("springdoc.") {
            program.gaps.push(gap(
                Subject::Routes,
                "the pages of its interface are configured",
                None,
            ));
        }
    }
    program
        .routes
        .push(served(&["/webjars/{*rest}"], RouteStyle::Braces, place));
    let has_page = around.java.has_page;
    if has_page {
        program
            .routes
            .push(served(&["/"], RouteStyle::Plain, place));
    }
    let inner = around.text("spring.mvc.servlet.path", "");
    let outer = if is_reactive {
        around.text("spring.webflux.base-path", "")
    } else {
        around.text("server.servlet.context-path", "")
    };
    let (Some(inner), Some(outer)) = (inner, outer) else {
        program.gaps.push(gap(
            Subject::Routes,
            "what stands before all paths is not known",
            None,
        ));
        return;
    };
    if libraries.boot.is_some_and(|it| it.0 < 2)
        && around.settings().any_below("server.context-path")
    {
        return;
    }
    let prefix = format!(
        "{}/{}",
        outer.trim_end_matches('/'),
        inner.trim_matches('/')
    );
    let prefix = prefix.trim_end_matches('/');
    let settings = around.settings();
    let names = [
        "server.servlet.context-path",
        "spring.webflux.base-path",
        "spring.mvc.servlet.path",
    ];
    let written = names.iter().find_map(|it| settings.place(it));
    let endpoints = actuator::endpoints(around, program);
    let apart = apart(program);
    let base = around.text("management.endpoints.web.base-path", "/actuator");
    let (inner, other): (Vec<Served>, Vec<Served>) = endpoints.iter().cloned().partition(|it| {
        let base = base.as_deref().map(|it| it.trim_end_matches('/'));
        base.is_some_and(|base| !base.is_empty() && it.path.text.starts_with(base))
    });
    for it in &mut program.routes {
        it.port = apart.as_ref().map(|it| it.0.clone());
    }
    program.routes.extend(other);
    // Where they have a port of their own, they are not at the other.
    if apart.is_none() {
        program.routes.extend(inner.iter().cloned());
    }
    put_before(prefix, written, &mut program.routes);
    if settings.any_below("management.server.port") || around.sets_below("MANAGEMENT_SERVER") {
        let mut endpoints = match apart {
            Some(_) => inner,
            None => endpoints,
        };
        // The second is what the first was called before Spring Boot 2.4.
        let newer = around.text("management.server.base-path", "");
        let older = around.text("management.server.servlet.context-path", "");
        match newer.zip(older) {
            Some((newer, older)) => {
                let base = if newer.is_empty() { older } else { newer };
                put_before(&base, None, &mut endpoints);
            }
            None => program.gaps.push(gap(
                Subject::Routes,
                "what stands before all paths is not known",
                None,
            )),
        }
        for it in &mut endpoints {
            it.port = apart.as_ref().map(|it| it.1.clone());
        }
        program.routes.append(&mut endpoints);
    }
}

/// The ports of the application and of its management, if they are known to be two.
fn apart(program: &Program) -> Option<(Expr, Expr)> {
    let http = |it: &&Port| it.protocol == Protocol::Http && it.port != Expr::Unknown;
    let mut ports = program.ports.iter().filter(http);
    let both = (ports.next()?.port.clone(), ports.next()?.port.clone());
    ports.next().is_none().then_some(both)
}
