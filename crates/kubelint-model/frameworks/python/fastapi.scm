; needle: fastapi starlette @app.get( @router.get( @api.get(

((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "fastapi.FastAPI fastapi.applications.FastAPI starlette.applications.Starlette")
  (#set! application true))

((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "fastapi.APIRouter fastapi.routing.APIRouter starlette.routing.Router")
  (#set! prefix "prefix"))

; What FastAPI serves by itself.
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "fastapi.FastAPI fastapi.applications.FastAPI")
  (#set! on "=itself") (#set! path "docs_url =/docs") (#set! method GET) (#set! slash either))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "fastapi.FastAPI fastapi.applications.FastAPI")
  (#set! on "=itself") (#set! path "redoc_url =/redoc") (#set! method GET) (#set! slash either))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "fastapi.FastAPI fastapi.applications.FastAPI")
  (#set! on "=itself") (#set! path "openapi_url =/openapi.json") (#set! method GET) (#set! slash either))

(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @route.method)
    arguments: (argument_list) @arguments)) @route
  definition: (_) @route.handler
  (#any-of? @route.method "get" "post" "put" "patch" "delete" "head" "options" "trace")
  (#set! not "flask quart aiohttp sanic") (#set! path "0 path") (#set! slash either))

(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
    arguments: (argument_list) @arguments)) @route
  definition: (_) @route.handler
  (#any-of? @_method "api_route")
  (#set! path "0 path") (#set! methods "methods") (#set! method GET) (#set! slash either))

((call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @route
  (#any-of? @_method "add_api_route" "add_route")
  (#set! path "0 path") (#set! handler "1 endpoint") (#set! methods "methods") (#set! method GET) (#set! slash either))

((call function: (attribute object: (_) @mount.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#any-of? @_method "include_router")
  (#set! prefix "prefix") (#set! what "0 router"))

((call function: (attribute object: (_) @mount.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#any-of? @_method "mount") (#not-match? @arguments "^\\([\"']http")
  (#set! not "requests niquests") (#set! trim true)
  (#set! prefix "0 path") (#set! what "1 app"))

; Routes in lists.
((call function: (_) @callee arguments: (argument_list) @arguments) @mount
  (#set! callee "starlette.applications.Starlette starlette.routing.Router fastapi.FastAPI fastapi.APIRouter")
  (#set! on "=itself") (#set! what "routes"))

((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "starlette.routing.Route fastapi.routing.APIRoute")
  (#set! path "0 path") (#set! handler "1 endpoint") (#set! methods "methods") (#set! method GET) (#set! slash either))

((call function: (_) @callee arguments: (argument_list) @arguments) @mount
  (#set! callee "starlette.routing.Mount") (#set! trim true)
  (#set! prefix "0 path") (#set! what "1 app routes"))

; Files, and other programs' applications that serve every path below.
((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "fastapi.staticfiles.StaticFiles starlette.staticfiles.StaticFiles prometheus_client.make_asgi_app")
  (#set! serves "/") (#set! style prefix) (#set! application true))

((call function: (attribute attribute: (identifier) @_method) arguments: (argument_list) @arguments) @route
  (#any-of? @_method "expose")
  (#set! on "0 app") (#set! path "endpoint =/metrics") (#set! method GET) (#set! slash either))

(decorated_definition
  (decorator (call function: (attribute attribute: (identifier) @_method)
    arguments: (argument_list . (string) @_event))) @entry
  definition: (_) @entry.handler
  (#any-of? @_method "on_event") (#match? @_event "startup"))

((call function: (_) @callee arguments: (argument_list) @arguments) @entry
  (#set! callee "fastapi.FastAPI fastapi.applications.FastAPI starlette.applications.Starlette")
  (#set! handler "lifespan"))

; A page for what is not there may be any page.
(decorated_definition
  (decorator (call function: (attribute object: (_) @open.on attribute: (identifier) @_method)
    arguments: (argument_list . (integer) @_status)))
  definition: (_) @_handler
  (#eq? @_method "exception_handler") (#eq? @_status "404") (#not-match? @_handler "404|NOT_FOUND|JSONResponse")
  (#set! subject routes) (#set! why "paths that are not there are answered too")) @open

; Middleware that answers by itself.
((if_statement
  condition: (comparison_operator . [(attribute) (identifier)] @_path operators: "==" . (string) @route.path)
  consequence: (block) @_body) @route
  (#match? @_path "(url\\.path|^path|_path)$") (#match? @_body "return")
  (#not-match? @_body "call_next|get_response|await self\\.app")
  (#set! on "=") (#set! style plain))
