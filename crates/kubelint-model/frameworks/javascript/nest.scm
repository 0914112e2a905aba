; needle: @nestjs

((export_statement
  decorator: (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments))
  declaration: (class_declaration name: (_) @router.name)) @router
  (#set! callee "@nestjs/common.Controller")
  (#set! prefix "/0.path /0 ="))

((class_declaration
  decorator: (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments))
  name: (_) @router.name) @router
  (#set! callee "@nestjs/common.Controller")
  (#set! prefix "/0.path /0 ="))

; Their routes, and where these are put: into the application, whatever module lists them.
((export_statement
  decorator: (decorator (call_expression function: (_) @callee))
  declaration: (class_declaration name: (_) @routes.on)) @routes
  (#set! callee "@nestjs/common.Controller"))
((class_declaration decorator: (decorator (call_expression function: (_) @callee)) name: (_) @routes.on) @routes
  (#set! callee "@nestjs/common.Controller"))
((export_statement
  decorator: (decorator (call_expression function: (_) @callee))
  declaration: (class_declaration name: (_) @mount.what)) @mount
  (#set! callee "@nestjs/common.Controller") (#set! on "="))
((class_declaration decorator: (decorator (call_expression function: (_) @callee)) name: (_) @mount.what) @mount
  (#set! callee "@nestjs/common.Controller") (#set! on "="))

((class_body (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments) @route))
  (#set! callee "@nestjs/common.Get") (#set! path "/0 =") (#set! method GET) (#set! style colon) (#set! slash either))
((class_body (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments) @route))
  (#set! callee "@nestjs/common.Post") (#set! path "/0 =") (#set! method POST) (#set! style colon) (#set! slash either))
((class_body (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments) @route))
  (#set! callee "@nestjs/common.Put") (#set! path "/0 =") (#set! method PUT) (#set! style colon) (#set! slash either))
((class_body (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments) @route))
  (#set! callee "@nestjs/common.Delete") (#set! path "/0 =") (#set! method DELETE) (#set! style colon) (#set! slash either))
((class_body (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments) @route))
  (#set! callee "@nestjs/common.Patch") (#set! path "/0 =") (#set! method PATCH) (#set! style colon) (#set! slash either))
((class_body (decorator (call_expression function: (_) @callee arguments: (arguments) @arguments) @route))
  (#set! callee "@nestjs/common.All") (#set! path "/0 =") (#set! style colon) (#set! slash either))

; All that modules provide is made at the start.
((export_statement
  decorator: (decorator (call_expression function: (_) @callee))
  declaration: (class_declaration body: (class_body (method_definition name: (property_identifier) @_name) @entry.handler))) @entry
  (#any-of? @_name "constructor" "onModuleInit" "onApplicationBootstrap")
  (#set! callee "@nestjs/common.Injectable @nestjs/common.Controller @nestjs/common.Module"))
((class_declaration
  decorator: (decorator (call_expression function: (_) @callee))
  body: (class_body (method_definition name: (property_identifier) @_name) @entry.handler)) @entry
  (#any-of? @_name "constructor" "onModuleInit" "onApplicationBootstrap")
  (#set! callee "@nestjs/common.Injectable @nestjs/common.Controller @nestjs/common.Module"))

((call_expression function: (_) @callee) @router
  (#set! callee "@nestjs/core.NestFactory.create") (#set! application true))

((call_expression function: (member_expression object: (identifier) @_object property: (property_identifier) @_method)) @open
  (#eq? @_object "RouterModule") (#any-of? @_method "register" "forRoutes")
  (#set! subject routes) (#set! why "modules are put under paths of their own"))
((call_expression function: (member_expression property: (property_identifier) @_method)) @open
  (#eq? @_method "getHttpAdapter")
  (#set! subject routes) (#set! why "the server under the framework may be given routes"))
; Middleware for some paths only may answer them itself.
((call_expression
  function: (member_expression property: (property_identifier) @_method)
  arguments: (arguments (string) @_path)) @open
  (#eq? @_method "forRoutes") (#not-match? @_path "[*]")
  (#set! subject routes) (#set! why "middleware may answer paths by itself"))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(string) (identifier) (member_expression)] @listen.host)) @listen
  (#set! callee "@nestjs/core.NestFactory.create().listen") (#set! protocol http))
((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(arrow_function) (function_expression)]? .)) @listen
  (#set! callee "@nestjs/core.NestFactory.create().listen") (#set! protocol http))

((call_expression
  function: (_) @callee
  arguments: (arguments (_) (object) @arguments)) @open
  (#set! callee "@nestjs/core.NestFactory.createMicroservice")
  (#set! subject ports) (#set! why "a microservice listens as its options say"))
