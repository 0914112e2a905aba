; needle: aiohttp

((call function: (_) @callee) @router
  (#set! callee "aiohttp.web.Application aiohttp.web_app.Application") (#set! application true))
((call function: (_) @callee) @router
  (#set! callee "aiohttp.web.RouteTableDef aiohttp.web_routedef.RouteTableDef"))

((call function: (attribute object: (attribute object: (_) @route.on attribute: (identifier) @_router) attribute: (identifier) @route.method)
  arguments: (argument_list) @arguments) @route
  (#eq? @_router "router")
  (#any-of? @route.method "add_get" "add_post" "add_put" "add_patch" "add_delete" "add_head" "add_options")
  (#set! path "0 path") (#set! handler "1 handler"))
((call function: (attribute object: (attribute object: (_) @route.on attribute: (identifier) @_router) attribute: (identifier) @_method)
  arguments: (argument_list . (_) @_verb . (_)) @arguments) @route
  (#eq? @_router "router") (#eq? @_method "add_route")
  (#set! path "1 path") (#set! handler "2 handler"))
((call function: (attribute object: (attribute object: (_) @route.on attribute: (identifier) @_router) attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @route
  (#eq? @_router "router") (#eq? @_method "add_view")
  (#set! path "0 path") (#set! handler "1 handler"))
((call function: (attribute object: (attribute object: (_) @route.on attribute: (identifier) @_router) attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @route
  (#eq? @_router "router") (#eq? @_method "add_static")
  (#set! path "0 prefix") (#set! style prefix))

((call function: (attribute object: [(attribute object: (_) @mount.on attribute: (identifier) @_router) (identifier) @mount.on] attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#eq? @_method "add_routes") (#match? @_router "^router$")
  (#set! what "0 routes"))
((call function: (attribute object: (attribute) @mount.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#eq? @_method "add_routes") (#not-match? @mount.on "\\.router$")
  (#set! what "0 routes"))
((call function: (attribute object: (_) @mount.on attribute: (identifier) @_method) arguments: (argument_list) @arguments) @mount
  (#eq? @_method "add_subapp")
  (#set! prefix "0 prefix") (#set! what "1 subapp") (#set! trim true))

((call function: (attribute attribute: (identifier) @route.method) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "aiohttp.web.get aiohttp.web.post aiohttp.web.put aiohttp.web.patch aiohttp.web.delete aiohttp.web.head aiohttp.web.options")
  (#set! path "0 path") (#set! handler "1 handler"))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "aiohttp.web.view") (#set! path "0 path") (#set! handler "1 handler"))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "aiohttp.web.route") (#set! path "1 path") (#set! handler "2 handler"))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "aiohttp.web.static") (#set! path "0 prefix") (#set! style prefix))

(decorated_definition
  (decorator (call function: (attribute object: (_) @callee @route.on attribute: (identifier) @route.method)
    arguments: (argument_list) @arguments)) @route
  definition: (_) @route.handler
  (#any-of? @route.method "get" "post" "put" "patch" "delete" "head" "options")
  (#set! callee "aiohttp.web.RouteTableDef()") (#set! path "0 path"))
(decorated_definition
  (decorator (call function: (attribute object: (_) @callee @route.on attribute: (identifier) @_method)
    arguments: (argument_list) @arguments)) @route
  definition: (_) @route.handler
  (#eq? @_method "view")
  (#set! callee "aiohttp.web.RouteTableDef()") (#set! path "0 path"))

((call function: (attribute object: (attribute object: (_) attribute: (identifier) @_hook) attribute: (identifier) @_append)
  arguments: (argument_list) @arguments) @entry
  (#any-of? @_hook "on_startup" "cleanup_ctx") (#eq? @_append "append") (#set! handler "0"))

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "aiohttp.web.run_app")
  (#set! serves "0 app") (#set! port "port =8080") (#set! host "host =0.0.0.0") (#set! protocol http) (#set! tls "ssl_context"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "aiohttp.web.TCPSite")
  (#set! port "2 port =8080") (#set! host "1 host =0.0.0.0") (#set! protocol http) (#set! tls "ssl_context"))
