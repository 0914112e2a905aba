; needle: flask Flask .route( .add_url_rule( .run(

((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "flask.Flask flask.app.Flask quart.Quart flask_openapi3.OpenAPI apiflask.APIFlask")
  (#set! application true))

; Files, by default those in `static`.
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "flask.Flask flask.app.Flask quart.Quart apiflask.APIFlask")
  (#set! on "=itself") (#set! path "static_url_path =/static") (#set! style prefix) (#set! slash either))

((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "flask.Blueprint flask.blueprints.Blueprint quart.Blueprint flask_smorest.Blueprint apiflask.APIBlueprint")
  (#set! prefix "url_prefix"))

((call function: (attribute object: (_) @mount.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#any-of? @_method "register_blueprint")
  (#set! prefix "url_prefix") (#set! what "0 blueprint") (#set! replaces true) (#set! style angle))

(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
    arguments: (argument_list) @arguments)) @route
  definition: (function_definition) @route.handler
  (#any-of? @_method "route")
  (#set! not "starlette sanic fastapi") (#set! path "0 rule") (#set! methods "methods") (#set! method GET) (#set! style angle) (#set! slash added))

(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @route.method)
    arguments: (argument_list) @arguments)) @route
  definition: (function_definition) @route.handler
  (#any-of? @route.method "get" "post" "put" "patch" "delete")
  (#set! not "fastapi starlette aiohttp sanic") (#set! path "0 rule") (#set! style angle) (#set! slash added))

((call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @route
  (#any-of? @_method "add_url_rule")
  (#set! path "0 rule") (#set! methods "methods") (#set! handler "2 view_func") (#set! style angle) (#set! slash added))

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "flask.Flask().run flask.app.Flask().run quart.Quart().run *app.run *application.run *create_app().run")
  (#set! port "1 port =5000") (#set! host "0 host =127.0.0.1") (#set! protocol http) (#set! tls "ssl_context"))
