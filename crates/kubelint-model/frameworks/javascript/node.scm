; needle: http .listen( createServer bindAsync prom-client lightship terminus req. request. ctx. require( import( require)

((call_expression function: (_) @callee) @router
  (#set! callee "http.createServer http.Server https.createServer https.Server http2.createServer http2.createSecureServer")
  (#set! application true))

((call_expression function: (_) @callee arguments: (arguments [(identifier) (member_expression)] @mount.what .)) @mount
  (#set! callee "http.createServer http.Server https.createServer https.Server") (#set! on "=itself"))
((call_expression function: (_) @callee
  arguments: (arguments (call_expression function: (member_expression property: (property_identifier) @_handler)) @mount.what .)) @mount
  (#eq? @_handler "callback")
  (#set! callee "http.createServer http.Server https.createServer https.Server") (#set! on "=itself"))

; What another file makes is known by what it is called.
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(string) (identifier) (member_expression) (binary_expression)] @listen.host)) @listen
  (#set! callee "*.listen") (#not-match? @listen.port "^[{]")
  (#match? @listen.serves "(^|[.])(app|api|server|fastify|instance|[a-z]+Server|[a-z]+App)$")
  (#set! protocol http))
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(arrow_function) (function_expression)]? .)) @listen
  (#set! callee "*.listen") (#not-match? @listen.port "^[{]")
  (#match? @listen.serves "(^|[.])(app|api|server|fastify|instance|[a-z]+Server|[a-z]+App)$")
  (#set! protocol http))
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (object)) @arguments) @listen
  (#set! callee "*.listen")
  (#match? @listen.serves "(^|[.])(app|api|server|fastify|instance|[a-z]+Server|[a-z]+App)$")
  (#set! port "0.port") (#set! host "0.host") (#set! protocol http))

; A handler that compares paths by itself.
((binary_expression left: [(member_expression) (identifier)] @_path operator: ["===" "=="] right: (string) @route.path) @route
  (#match? @_path "(^|[.])(url|path|pathname)$") (#match? @route.path "^./")
  (#set! on "=") (#set! style plain))

((switch_statement value: (parenthesized_expression [(member_expression) (identifier)] @_path)
  body: (switch_body (switch_case value: (string) @route.path) @route))
  (#match? @_path "(^|[.])(url|path|pathname)$") (#match? @route.path "^./")
  (#set! on "=") (#set! style plain))

((member_expression object: (_) @_request property: (property_identifier) @_path) @url
  (#any-of? @_path "url" "path" "originalUrl" "pathname") (#match? @_request "^(req|request|ctx|context)([.]|$)"))

((call_expression function: (_) @callee arguments: (arguments [(arrow_function) (function_expression)] @_handler)) @open
  (#set! callee "http.createServer https.createServer") (#not-match? @_handler "404|NOT_FOUND")
  (#set! subject routes) (#set! why "a handler answers all paths by itself"))

; Modules that are found while the program runs. Those of an ORM hold neither routes nor variables.
((call_expression function: [(identifier) (import)] @_load
  arguments: (arguments . [(identifier) (member_expression) (subscript_expression) (call_expression) (binary_expression) (template_string)] @_what)) @open
  (#any-of? @_load "require" "import") (#not-match? @_what "[.]json|locale|i18n|lang|package|[$][{]0[}]|^`[^$]*`$")
  (#set! subject routes) (#set! why "a module is loaded whose name is computed"))
((call_expression function: [(identifier) (import)] @_load
  arguments: (arguments . [(identifier) (member_expression) (subscript_expression) (call_expression) (binary_expression) (template_string)] @_what)) @open
  (#any-of? @_load "require" "import") (#not-match? @_what "[.]json|locale|i18n|lang|package|^`[^$]*`$")
  (#set! subject reads) (#set! why "a module is loaded whose name is computed"))
((call_expression arguments: (arguments (identifier) @open))
  (#eq? @open "require") (#set! subject routes) (#set! why "a module is loaded whose name is computed"))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(string) (identifier) (member_expression) (binary_expression)] @listen.host)) @listen
  (#set! callee "http.createServer().listen http.Server().listen") (#not-match? @listen.port "^[{]")
  (#set! protocol http) (#set! tls false))
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(arrow_function) (function_expression)]? .)) @listen
  (#set! callee "http.createServer().listen http.Server().listen") (#not-match? @listen.port "^[{]")
  (#set! protocol http) (#set! tls false))
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (object)) @arguments) @listen
  (#set! callee "http.createServer().listen http.Server().listen")
  (#set! port "0.port") (#set! host "0.host") (#set! protocol http) (#set! tls false))
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port)) @listen
  (#set! callee "https.createServer().listen https.Server().listen http2.createSecureServer().listen") (#not-match? @listen.port "^[{]")
  (#set! protocol http) (#set! tls true))

((call_expression
  function: (_) @callee
  arguments: (arguments . (_) @listen.port)) @listen
  (#set! callee "net.createServer().listen"))

((call_expression
  function: (member_expression property: (property_identifier) @_method)
  arguments: (arguments . (_) @listen.port . (_) @_credentials)) @listen
  (#eq? @_method "bindAsync") (#match? @_credentials "createInsecure")
  (#set! protocol grpc) (#set! tls false))
((call_expression
  function: (member_expression property: (property_identifier) @_method)
  arguments: (arguments . (_) @listen.port . (_) @_credentials)) @listen
  (#eq? @_method "bindAsync") (#not-match? @_credentials "createInsecure")
  (#set! protocol grpc))

; Servers of their own for probes: github.com/gajus/lightship listens on 9000 unless it is told.
((call_expression function: (_) @callee arguments: (arguments) @arguments) @listen
  (#set! callee "lightship.createLightship") (#set! port "0.port =9000") (#set! protocol http) (#set! tls false))
((call_expression function: (_) @callee) @route
  (#set! callee "lightship.createLightship") (#set! on "=") (#set! path "=/health") (#set! style plain))
((call_expression function: (_) @callee) @route
  (#set! callee "lightship.createLightship") (#set! on "=") (#set! path "=/live") (#set! style plain))
((call_expression function: (_) @callee) @route
  (#set! callee "lightship.createLightship") (#set! on "=") (#set! path "=/ready") (#set! style plain))

((call_expression function: (_) @callee
  arguments: (arguments (_) (object (pair key: (property_identifier) @_checks value: (object (pair key: (string) @route.path) @route)))))
  (#eq? @_checks "healthChecks")
  (#set! callee "@godaddy/terminus.createTerminus") (#set! on "=") (#set! style plain))
((call_expression function: (_) @callee arguments: (arguments (_) [(identifier) (member_expression) (call_expression)])) @open
  (#set! callee "@godaddy/terminus.createTerminus")
  (#set! subject routes) (#set! why "the paths of probes are not enumerated"))
((call_expression function: (_) @callee arguments: (arguments (_) (object [(pair key: (computed_property_name)) (spread_element) (shorthand_property_identifier)]))) @open
  (#set! callee "@godaddy/terminus.createTerminus")
  (#set! subject routes) (#set! why "the paths of probes are not enumerated"))
((call_expression function: (_) @callee arguments: (arguments (_) (object (pair key: (property_identifier) @_checks value: [(identifier) (member_expression) (call_expression)])))) @open
  (#eq? @_checks "healthChecks") (#set! callee "@godaddy/terminus.createTerminus")
  (#set! subject routes) (#set! why "the paths of probes are not enumerated"))
((call_expression function: (_) @callee arguments: (arguments (_) (object (pair value: (object (pair key: (computed_property_name))))))) @open
  (#set! callee "@godaddy/terminus.createTerminus")
  (#set! subject routes) (#set! why "the paths of probes are not enumerated"))

; What stands beside the handler of a server.
([(call_expression function: (_) @callee arguments: (arguments) @arguments)
  (new_expression constructor: (_) @callee arguments: (arguments) @arguments)] @route
  (#set! callee "socket_io socket_io.Server socket_io.default") (#set! on "=") (#set! path "1.path =/socket.io") (#set! style prefix))
