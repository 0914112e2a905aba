; needle: servlet.annotation io.javalin io.vertx spark.Spark com.sun.net.httpserver io.undertow io.helidon ratpack ServerSocket io.netty io.grpc org.eclipse.jetty org.http4k

; Servers and servlets that are not read.
((import_header (identifier) @_name) @open
  (#match? @_name "servlet[.]annotation[.]Web|^io[.]javalin|^io[.]vertx.*[.]ext[.]web|^io[.]quarkus[.]vertx[.]web|^spark[.]Spark|^com[.]sun[.]net[.]httpserver|^io[.]undertow|^io[.]helidon|^ratpack|^org[.]eclipse[.]jetty[.]server|^org[.]http4k")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added in a way that is not read"))
((import_header (identifier) @_name) @open
  (#match? @_name "^io[.]javalin|^io[.]vertx[.]core[.]http[.]HttpServer$|^spark[.]Spark|^com[.]sun[.]net[.]httpserver|^io[.]undertow|^io[.]helidon|^ratpack|^org[.]eclipse[.]jetty[.]server|^java[.]net[.]ServerSocket$|^io[.]netty[.]bootstrap[.]ServerBootstrap$|^io[.]grpc[.](netty.*|)ServerBuilder$|^io[.]grpc[.]netty[.].*ServerBuilder$|^io[.]prometheus[.]client[.]exporter|^io[.]prometheus[.]metrics[.]exporter[.]httpserver")
  (#set! on "=") (#set! subject ports) (#set! why "it listens in a way that is not read"))
