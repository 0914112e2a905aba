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

; Routes with a name of their own.
((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (string) @_name . [(string) (template_string)] @route.path)) @route
  (#any-of? @route.method "get" "post" "put" "patch" "head" "delete") (#not-match? @_name "^./")
  (#set! callee "@koa/router().get @koa/router().post @koa/router().put @koa/router().patch @koa/router().head @koa/router().delete koa-router().get koa-router().post koa-router().put koa-router().patch koa-router().head koa-router().delete")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#set! callee "@koa/router().all koa-router().all")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port)) @listen
  (#set! callee "koa().listen") (#set! protocol http) (#set! tls false))
