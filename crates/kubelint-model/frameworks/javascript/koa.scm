; needle: koa

((new_expression constructor: (_) @callee) @router
  (#set! callee "koa koa.default") (#set! application true))

([(new_expression constructor: (_) @callee arguments: (arguments) @arguments)
  (call_expression function: (_) @callee arguments: (arguments) @arguments)] @router
  (#set! callee "@koa/router koa-router @koa/router.Router") (#set! prefix "0.prefix"))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#any-of? @route.method "get" "post" "put" "patch" "head" "delete")
  (#set! callee "@koa/router().get @koa/router().post @koa/router().put @koa/router().patch @koa/router().head @koa/router().delete koa-router().get koa-router().post koa-router().put koa-router().patch koa-router().head koa-router().delete")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_use) @callee
  arguments: (arguments . (call_expression function: (member_expression object: (_) @mount.what property: (property_identifier) @_routes)))) @mount
  (#any-of? @_routes "routes" "middleware")
  (#set! callee "koa().use @koa/router().use koa-router().use"))

((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_use) @callee
  arguments: (arguments . (_) @mount.prefix . (call_expression function: (member_expression object: (_) @mount.what property: (property_identifier) @_routes)))) @mount
  (#any-of? @_routes "routes" "middleware")
  (#set! callee "@koa/router().use koa-router().use") (#set! style colon))

((call_expression
  function: (member_expression object: (_) @open.on property: (property_identifier) @_use) @callee
  arguments: (arguments . [(arrow_function) (function_expression)] @_handler .)) @open
  (#set! callee "koa().use") (#not-match? @_handler "next")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port)) @listen
  (#set! callee "koa().listen") (#set! protocol http) (#set! tls false))
