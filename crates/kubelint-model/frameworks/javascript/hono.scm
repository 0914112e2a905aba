; needle: hono Bun.serve

((new_expression constructor: (_) @callee) @router
  (#set! callee "hono.Hono @hono/zod-openapi.OpenAPIHono") (#set! application true))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#set! callee "hono.Hono().get hono.Hono().post hono.Hono().put hono.Hono().delete hono.Hono().patch hono.Hono().head hono.Hono().options")
  (#set! style colon) (#set! root empty))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#set! callee "hono.Hono().all") (#set! style colon) (#set! root empty))

((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_route) @callee
  arguments: (arguments . (_) @mount.prefix . (_) @mount.what)) @mount
  (#set! callee "hono.Hono().route") (#set! style colon) (#set! trim true))

; What it returns shares its routes, and puts a prefix before those that are added to it.
((call_expression function: (member_expression property: (property_identifier) @_base) @callee arguments: (arguments) @arguments) @router
  (#set! callee "hono.Hono().basePath") (#set! prefix "0") (#set! trim true))
((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_base) @callee arguments: (arguments)) @mount
  (#set! callee "hono.Hono().basePath") (#set! what "=itself"))

; Contracts, and objects of their own.
((call_expression function: (_) @callee) @open
  (#set! callee "hono.Hono().mount @hono/zod-openapi.OpenAPIHono().openapi")
  (#set! subject routes) (#set! why "routes are added that are not enumerated"))

((call_expression function: (_) @callee arguments: (arguments . (object)) @arguments) @listen
  (#set! callee "@hono/node-server.serve")
  (#set! port "0.port =3000") (#set! host "0.hostname") (#set! serves "0.fetch") (#set! protocol http))
((call_expression function: (_) @callee arguments: (arguments . [(identifier) (member_expression)] @listen.serves)) @listen
  (#set! callee "@hono/node-server.serve")
  (#set! port "=3000") (#set! protocol http) (#set! tls false))

; Bun's own server, and what it is told to answer with.
((call_expression function: (_) @callee arguments: (arguments . (object)) @arguments) @listen
  (#set! callee "Bun.serve") (#set! port "0.port =3000") (#set! host "0.hostname") (#set! serves "0.fetch") (#set! protocol http))
((call_expression function: (_) @callee arguments: (arguments (object [(pair key: (property_identifier) @_key) (shorthand_property_identifier) @_key]))) @open
  (#any-of? @_key "routes" "static")
  (#set! callee "Bun.serve") (#set! subject routes) (#set! why "routes are added that are not enumerated"))
