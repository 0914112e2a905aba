; needle: io.ktor

; The routing of an application, and what stands around routes.
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @routes
  (#set! callee "io.ktor.server.routing.routing io.ktor.routing.routing io.ktor.server.application.Application().routing io.ktor.application.Application().routing *.routing")
  (#set! on "=") (#set! routing root))
((call_expression . (_) @callee (call_suffix . (value_arguments . (value_argument . (simple_identifier) @_plugin .) .) . (annotated_lambda))) @routes
  (#any-of? @_plugin "Routing" "RoutingRoot")
  (#set! callee "io.ktor.server.application.install io.ktor.application.install *.install")
  (#set! on "=") (#set! routing root))
((call_expression . (_) @callee (call_suffix (value_arguments) .)) @open
  (#set! callee "io.ktor.server.routing.routing io.ktor.routing.routing *.routing")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added by a function that is handed over"))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments . (annotated_lambda (lambda_literal) @mount.what))) @mount
  (#set! callee "io.ktor.server.routing.route io.ktor.routing.route io.ktor.server.routing.Route().route io.ktor.routing.Route().route io.ktor.server.http.content.static io.ktor.http.content.static")
  (#set! prefix "/0") (#set! routing prefix))
((call_expression . (_) @callee (call_suffix (value_arguments) .)) @open
  (#set! callee "io.ktor.server.routing.route io.ktor.routing.route io.ktor.server.routing.Route().route io.ktor.routing.Route().route")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added by a function that is handed over"))
((call_expression . (_) @callee) @group
  (#set! callee "io.ktor.server.routing.host io.ktor.server.routing.localHost io.ktor.server.routing.port io.ktor.server.routing.localPort io.ktor.server.routing.header io.ktor.server.routing.accept io.ktor.server.routing.contentType io.ktor.server.routing.param io.ktor.server.routing.optionalParam io.ktor.server.routing.method io.ktor.routing.host io.ktor.routing.localHost io.ktor.routing.port io.ktor.routing.localPort io.ktor.routing.header io.ktor.routing.accept io.ktor.routing.contentType io.ktor.routing.param io.ktor.routing.optionalParam io.ktor.routing.method io.ktor.server.auth.authenticate io.ktor.auth.authenticate io.ktor.server.plugins.ratelimit.rateLimit io.ktor.server.plugins.cachingheaders.cachingHeaders io.ktor.server.application.install io.ktor.application.install")
  (#set! routing group))

; Routes.
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.get io.ktor.routing.get io.ktor.server.routing.Route().get io.ktor.server.routing.Routing().get io.ktor.routing.Route().get io.ktor.routing.Routing().get") (#set! path "/0 /path =") (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.get io.ktor.routing.get io.ktor.server.routing.Route().get io.ktor.server.routing.Routing().get io.ktor.routing.Route().get io.ktor.routing.Routing().get") (#set! path "=") (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.post io.ktor.routing.post io.ktor.server.routing.Route().post io.ktor.server.routing.Routing().post io.ktor.routing.Route().post io.ktor.routing.Routing().post") (#set! path "/0 /path =") (#set! method POST) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.post io.ktor.routing.post io.ktor.server.routing.Route().post io.ktor.server.routing.Routing().post io.ktor.routing.Route().post io.ktor.routing.Routing().post") (#set! path "=") (#set! method POST) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.put io.ktor.routing.put io.ktor.server.routing.Route().put io.ktor.server.routing.Routing().put io.ktor.routing.Route().put io.ktor.routing.Routing().put") (#set! path "/0 /path =") (#set! method PUT) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.put io.ktor.routing.put io.ktor.server.routing.Route().put io.ktor.server.routing.Routing().put io.ktor.routing.Route().put io.ktor.routing.Routing().put") (#set! path "=") (#set! method PUT) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.delete io.ktor.routing.delete io.ktor.server.routing.Route().delete io.ktor.server.routing.Routing().delete io.ktor.routing.Route().delete io.ktor.routing.Routing().delete") (#set! path "/0 /path =") (#set! method DELETE) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.delete io.ktor.routing.delete io.ktor.server.routing.Route().delete io.ktor.server.routing.Routing().delete io.ktor.routing.Route().delete io.ktor.routing.Routing().delete") (#set! path "=") (#set! method DELETE) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.patch io.ktor.routing.patch io.ktor.server.routing.Route().patch io.ktor.server.routing.Routing().patch io.ktor.routing.Route().patch io.ktor.routing.Routing().patch") (#set! path "/0 /path =") (#set! method PATCH) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.patch io.ktor.routing.patch io.ktor.server.routing.Route().patch io.ktor.server.routing.Routing().patch io.ktor.routing.Route().patch io.ktor.routing.Routing().patch") (#set! path "=") (#set! method PATCH) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.head io.ktor.routing.head io.ktor.server.routing.Route().head io.ktor.server.routing.Routing().head io.ktor.routing.Route().head io.ktor.routing.Routing().head") (#set! path "/0 /path =") (#set! method HEAD) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.head io.ktor.routing.head io.ktor.server.routing.Route().head io.ktor.server.routing.Routing().head io.ktor.routing.Route().head io.ktor.routing.Routing().head") (#set! path "=") (#set! method HEAD) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.routing.options io.ktor.routing.options io.ktor.server.routing.Route().options io.ktor.server.routing.Routing().options io.ktor.routing.Route().options io.ktor.routing.Routing().options") (#set! path "/0 /path =") (#set! method OPTIONS) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.options io.ktor.routing.options io.ktor.server.routing.Route().options io.ktor.server.routing.Routing().options io.ktor.routing.Route().options io.ktor.routing.Routing().options") (#set! path "=") (#set! method OPTIONS) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.routing.handle io.ktor.routing.handle io.ktor.server.routing.Route().handle io.ktor.server.routing.Routing().handle io.ktor.routing.Route().handle io.ktor.routing.Routing().handle") (#set! path "=") (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.websocket.webSocket io.ktor.server.websocket.webSocketRaw io.ktor.websocket.webSocket io.ktor.server.sse.sse") (#set! path "/0 /path =") (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (annotated_lambda))) @route
  (#set! callee "io.ktor.server.websocket.webSocket io.ktor.server.websocket.webSocketRaw io.ktor.websocket.webSocket io.ktor.server.sse.sse") (#set! path "=") (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.http.content.staticResources io.ktor.server.http.content.staticFiles io.ktor.server.http.content.staticZip io.ktor.server.http.content.staticFileSystem") (#set! path "/0 /remotePath =") (#set! style prefix) (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee) @route
  (#set! callee "io.ktor.server.http.content.files io.ktor.server.http.content.resources io.ktor.server.http.content.file io.ktor.server.http.content.resource io.ktor.server.http.content.default io.ktor.server.http.content.defaultResource io.ktor.server.http.content.preCompressed io.ktor.http.content.files io.ktor.http.content.resources io.ktor.http.content.file io.ktor.http.content.resource io.ktor.http.content.default io.ktor.http.content.defaultResource io.ktor.http.content.preCompressed io.ktor.server.http.content.singlePageApplication") (#set! path "=/") (#set! style prefix) (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.plugins.swagger.swaggerUI") (#set! path "/0 /path =/swagger") (#set! style prefix) (#set! method GET) (#set! slash either) (#set! routing route))
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @route
  (#set! callee "io.ktor.server.plugins.openapi.openAPI") (#set! path "/0 /path =/openapi") (#set! style prefix) (#set! method GET) (#set! slash either) (#set! routing route))

; What adds routes, or answers, in a way that is not read.
((call_expression . (_) @callee (call_suffix . (type_arguments))) @open
  (#set! callee "io.ktor.server.routing.get io.ktor.routing.get io.ktor.server.routing.Route().get io.ktor.server.routing.Routing().get io.ktor.routing.Route().get io.ktor.routing.Routing().get io.ktor.server.routing.post io.ktor.routing.post io.ktor.server.routing.Route().post io.ktor.server.routing.Routing().post io.ktor.routing.Route().post io.ktor.routing.Routing().post io.ktor.server.routing.put io.ktor.routing.put io.ktor.server.routing.Route().put io.ktor.server.routing.Routing().put io.ktor.routing.Route().put io.ktor.routing.Routing().put io.ktor.server.routing.delete io.ktor.routing.delete io.ktor.server.routing.Route().delete io.ktor.server.routing.Routing().delete io.ktor.routing.Route().delete io.ktor.routing.Routing().delete io.ktor.server.routing.patch io.ktor.routing.patch io.ktor.server.routing.Route().patch io.ktor.server.routing.Routing().patch io.ktor.routing.Route().patch io.ktor.routing.Routing().patch io.ktor.server.routing.head io.ktor.routing.head io.ktor.server.routing.Route().head io.ktor.server.routing.Routing().head io.ktor.routing.Route().head io.ktor.routing.Routing().head io.ktor.server.routing.options io.ktor.routing.options io.ktor.server.routing.Route().options io.ktor.server.routing.Routing().options io.ktor.routing.Route().options io.ktor.routing.Routing().options io.ktor.server.resources.get io.ktor.resources.get io.ktor.locations.get io.ktor.server.locations.get io.ktor.server.resources.post io.ktor.resources.post io.ktor.locations.post io.ktor.server.locations.post io.ktor.server.resources.put io.ktor.resources.put io.ktor.locations.put io.ktor.server.locations.put io.ktor.server.resources.delete io.ktor.resources.delete io.ktor.locations.delete io.ktor.server.locations.delete io.ktor.server.resources.patch io.ktor.resources.patch io.ktor.locations.patch io.ktor.server.locations.patch io.ktor.server.resources.head io.ktor.resources.head io.ktor.locations.head io.ktor.server.locations.head io.ktor.server.resources.options io.ktor.resources.options io.ktor.locations.options io.ktor.server.locations.options")
  (#set! on "=") (#set! subject routes) (#set! why "routes are told by types"))
((import_header (identifier) @_name) @open
  (#match? @_name "^io[.]ktor[.](server[.])?(resources|locations|servlet|plugins[.]resources|webjars|graphql|routing[.]openapi)")
  (#not-match? @_name "^io[.]ktor[.]resources[.](href|serialization)")
  (#set! on "=") (#set! subject routes) (#set! why "routes are told by types or libraries"))
((call_expression . (navigation_expression . (_) @_on (navigation_suffix (simple_identifier) @_name)) (call_suffix (annotated_lambda))) @_all @open
  (#any-of? @_name "get" "post" "put" "delete" "route")
  (#not-match? @_on "client|Client|^this$|[hH]ttp|[cC]all")
  (#set! needle "routing")
  (#set! on "=") (#set! subject routes) (#set! why "routes may be added to what is not known"))
((call_expression . (_) @_what) @open
  (#match? @_what "^(.*[.])?(intercept|createChild)$")
  (#set! on "=") (#set! subject routes) (#set! why "something may answer by itself"))
((call_expression . (call_expression . (simple_identifier) @_what) (call_suffix (annotated_lambda) @_body)) @open
  (#any-of? @_what "createApplicationPlugin" "createRouteScopedPlugin") (#match? @_body "respond")
  (#set! on "=") (#set! subject routes) (#set! why "something may answer by itself"))
((call_expression . (simple_identifier) @_what (call_suffix (annotated_lambda) @_body)) @open
  (#any-of? @_what "createApplicationPlugin" "createRouteScopedPlugin") (#match? @_body "respond")
  (#set! on "=") (#set! subject routes) (#set! why "something may answer by itself"))

; Where it listens.
((call_expression . (_) @callee (call_suffix . (value_arguments) @arguments)) @listen
  (#set! callee "io.ktor.server.engine.embeddedServer")
  (#set! port "port 1") (#set! host "host 2") (#set! protocol http))
((call_expression . (_) @callee (call_suffix . (type_arguments))) @open
  (#set! callee "io.ktor.server.engine.embeddedServer")
  (#set! on "=") (#set! subject ports) (#set! why "it listens in a way that is not read"))
((call_expression . (_) @_what) @open
  (#match? @_what "^(.*[.])?(sslConnector|connector)$")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))

; Its configuration.
((call_expression . (navigation_expression (navigation_suffix (simple_identifier) @_method)) (call_suffix . (value_arguments) @arguments)) @_all @read
  (#any-of? @_method "property" "propertyOrNull" "propertyOrNull" "getAs")
  (#match? @_all "onfig")
  (#set! name "0") (#set! kind setting))
((import_header (identifier) @_name) @open
  (#match? @_name "^io[.]ktor[.](server[.])?config[.](yaml[.])?(MapApplicationConfig|HoconApplicationConfig|YamlConfig|mergeWith|CommandLineConfig)")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))
