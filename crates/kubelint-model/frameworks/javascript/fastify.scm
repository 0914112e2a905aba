; needle: fastify

((call_expression function: (_) @callee) @router
  (#set! callee "fastify fastify.default fastify.fastify") (#set! application true))

; Plugins are given what they add their routes to.
((_ parameters: (formal_parameters . (_) @router.name)) @router
  (#match? @router.name "^(fastify|instance|app|server)(:|$)"))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method)
  arguments: (arguments . (_) @route.path . (_))) @route
  (#any-of? @route.method "get" "post" "put" "delete" "patch" "head" "options")
  (#match? @route.on "^(fastify|instance)$")
  (#set! style colon) (#set! root both))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#not-match? @route.on "^(fastify|instance)$")
  (#set! callee "fastify().get fastify().post fastify().put fastify().delete fastify().patch fastify().head fastify().options")
  (#set! style colon) (#set! root both))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#set! callee "fastify().all *fastify.all *instance.all") (#set! style colon) (#set! root both))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_method) @callee
  arguments: (arguments . (object)) @arguments) @route
  (#set! callee "fastify().route *fastify.route *instance.route *app.route *server.route") (#set! not "express hono")
  (#set! path "0.url 0.path") (#set! methods "0.method") (#set! style colon) (#set! root both))

((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_method) @callee
  arguments: (arguments . (_) @mount.what) @arguments) @mount
  (#set! callee "fastify().register *fastify.register *instance.register *app.register *server.register")
  (#set! prefix "1.prefix"))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . [(object) (identifier)]) @arguments) @listen
  (#set! callee "fastify().listen")
  (#set! port "0.port") (#set! host "0.host =localhost") (#set! protocol http))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . [(number) (member_expression) (call_expression) (binary_expression)] @listen.port . [(string) (member_expression)] @listen.host)) @listen
  (#set! callee "fastify().listen")
  (#set! protocol http))
