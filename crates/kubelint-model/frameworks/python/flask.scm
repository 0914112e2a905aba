; needle: flask Flask quart sanic .route( .add_url_rule( .run( bottle

((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "flask.Flask flask.app.Flask quart.Quart flask_openapi3.OpenAPI apiflask.APIFlask sanic.Sanic sanic.app.Sanic bottle.Bottle")
  (#set! application true))

; Files, by default those in `static`.
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "flask.Flask flask.app.Flask quart.Quart apiflask.APIFlask")
  (#set! on "=itself") (#set! path "static_url_path =/static") (#set! style prefix) (#set! slash either))

((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "flask.Blueprint flask.blueprints.Blueprint quart.Blueprint flask_smorest.Blueprint apiflask.APIBlueprint sanic.Blueprint")
  (#set! prefix "url_prefix") (#set! trim true))

((call function: (attribute object: (_) @mount.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#any-of? @_method "register_blueprint" "blueprint") (#set! trim true)
  (#set! prefix "url_prefix") (#set! what "0 blueprint") (#set! replaces true) (#set! style angle))

(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
    arguments: (argument_list) @arguments)) @route
  definition: (function_definition) @route.handler
  (#any-of? @_method "route")
  (#set! not "starlette fastapi") (#set! path "0 rule") (#set! methods "methods") (#set! method GET) (#set! style angle) (#set! slash added))

(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @route.method)
    arguments: (argument_list) @arguments)) @route
  definition: (function_definition) @route.handler
  (#any-of? @route.method "get" "post" "put" "patch" "delete")
  (#set! not "fastapi starlette aiohttp") (#set! path "0 rule") (#set! style angle) (#set! slash added))

((call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @route
  (#any-of? @_method "add_url_rule")
  (#set! path "0 rule") (#set! methods "methods") (#set! handler "2 view_func") (#set! style angle) (#set! slash added))

((call function: (attribute object: (_) @listen.serves) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "flask.Flask().run flask.app.Flask().run quart.Quart().run *app.run *application.run *create_app().run")
  (#set! port "1 port =5000") (#set! host "0 host =127.0.0.1") (#set! protocol http) (#set! tls "ssl_context"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "flask_socketio.SocketIO().run *socketio.run")
  (#set! serves "0 app") (#set! port "port 2 =5000") (#set! host "host 1 =127.0.0.1") (#set! protocol http) (#set! tls "ssl_context certfile"))
((call function: (attribute object: (_) @listen.serves) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "sanic.Sanic().run")
  (#set! port "1 port =8000") (#set! host "0 host =127.0.0.1") (#set! protocol http) (#set! tls "ssl"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "bottle.run bottle.Bottle().run")
  (#set! serves "app") (#set! port "port =8080") (#set! host "host =127.0.0.1") (#set! protocol http) (#set! tls false))

; flask-restful, flask-restx
((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "flask_restful.Api flask_restx.Api flask_restplus.Api") (#set! prefix "prefix") (#set! trim true))
((call function: (_) @callee arguments: (argument_list . (_)) @arguments) @mount
  (#set! callee "flask_restful.Api flask_restx.Api flask_restplus.Api")
  (#set! on "0 app") (#set! what "=itself") (#set! style angle))
((call function: (attribute object: (_) @callee @mount.what attribute: (identifier) @_method) arguments: (argument_list) @arguments) @mount
  (#eq? @_method "init_app")
  (#set! callee "flask_restful.Api() flask_restx.Api() flask_restplus.Api()") (#set! on "0 app") (#set! style angle))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "flask_restx.Api flask_restplus.Api")
  (#set! on "=itself") (#set! path "doc =/") (#set! method GET) (#set! style plain) (#set! slash either))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "flask_restx.Api flask_restplus.Api")
  (#set! on "=itself") (#set! path "=/swagger.json") (#set! method GET) (#set! style plain))
((call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @route
  (#eq? @_method "add_resource")
  (#set! path "1..") (#set! handler "0") (#set! style angle) (#set! slash added))
((call function: (_) @callee arguments: (argument_list) @arguments) @router
  (#set! callee "flask_restx.Namespace flask_restplus.Namespace") (#set! prefix "path /0 /name") (#set! trim true))
((call function: (attribute object: (_) @mount.on attribute: (identifier) @_method)
  arguments: (argument_list) @arguments) @mount
  (#eq? @_method "add_namespace")
  (#set! what "0 ns") (#set! prefix "1 path") (#set! replaces true) (#set! trim true) (#set! style angle))
(decorated_definition
  (decorator (call function: (attribute object: (_) @route.on attribute: (identifier) @_method)
    arguments: (argument_list) @arguments)) @route
  definition: (class_definition) @route.handler
  (#eq? @_method "route")
  (#set! path "0..") (#set! style angle) (#set! slash added))

; Metrics
((call function: (_) @callee arguments: (argument_list . (_)) @arguments) @route
  (#set! callee "prometheus_flask_exporter.PrometheusMetrics prometheus_flask_exporter.RESTfulPrometheusMetrics")
  (#set! on "0 app") (#set! path "1 path =/metrics") (#set! method GET) (#set! slash added))
((call function: (attribute object: (_) @callee attribute: (identifier) @_method) arguments: (argument_list) @arguments) @route
  (#eq? @_method "init_app")
  (#set! callee "prometheus_flask_exporter.PrometheusMetrics() prometheus_flask_exporter.PrometheusMetrics.for_app_factory()")
  (#set! on "0 app") (#set! path "=/metrics") (#set! method GET) (#set! slash added))
((call function: (_) @callee arguments: (argument_list
  . (attribute object: (_) @route.on attribute: (identifier) @_wsgi) . (dictionary (pair key: (string) @route.path)))) @route
  (#set! callee "werkzeug.middleware.dispatcher.DispatcherMiddleware") (#eq? @_wsgi "wsgi_app")
  (#set! style prefix) (#set! slash either))

(decorated_definition
  (decorator (call function: (attribute object: (_) @open.on attribute: (identifier) @_method)
    arguments: (argument_list . (_) @_status)))
  definition: (_) @_handler
  (#any-of? @_method "errorhandler" "app_errorhandler") (#any-of? @_status "404" "NotFound" "HTTPException") (#not-match? @_handler "404|e\\.code|error\\.code|NOT_FOUND")
  (#set! subject routes) (#set! why "paths that are not there are answered too")) @open
