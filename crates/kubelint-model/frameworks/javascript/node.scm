; needle: http .listen( createServer bindAsync prom-client lightship terminus setTimeout

((call_expression function: (_) @callee) @router
  (#set! callee "http.createServer http.Server https.createServer https.Server http2.createServer http2.createSecureServer")
  (#set! application true))

((call_expression function: (_) @callee arguments: (arguments [(identifier) (member_expression)] @mount.what .)) @mount
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

((call_expression function: (_) @callee arguments: (arguments [(arrow_function) (function_expression)] @_handler)) @open
  (#set! callee "http.createServer https.createServer") (#not-match? @_handler "404|NOT_FOUND")
  (#set! subject routes) (#set! why "a handler answers all paths by itself"))

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
