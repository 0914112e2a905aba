; needle: hono

((new_expression constructor: (_) @callee) @router
  (#set! callee "hono.Hono @hono/zod-openapi.OpenAPIHono") (#set! application true))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#set! callee "hono.Hono().get hono.Hono().post hono.Hono().put hono.Hono().delete hono.Hono().patch hono.Hono().head hono.Hono().options")
  (#set! style colon))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#set! callee "hono.Hono().all") (#set! style colon))

((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_route) @callee
  arguments: (arguments . (_) @mount.prefix . (_) @mount.what)) @mount
  (#set! callee "hono.Hono().route") (#set! style colon) (#set! trim true))

; Contracts, and objects of their own.
((call_expression function: (_) @callee) @open
  (#set! callee "hono.Hono().basePath hono.Hono().mount @hono/zod-openapi.OpenAPIHono().openapi")
  (#set! subject routes) (#set! why "routes are added that are not enumerated"))

((call_expression function: (_) @callee arguments: (arguments . (object)) @arguments) @listen
  (#set! callee "@hono/node-server.serve")
  (#set! port "0.port =3000") (#set! host "0.hostname") (#set! protocol http))
((call_expression function: (_) @callee arguments: (arguments . [(identifier) (member_expression)])) @listen
  (#set! callee "@hono/node-server.serve")
  (#set! port "=3000") (#set! protocol http))
