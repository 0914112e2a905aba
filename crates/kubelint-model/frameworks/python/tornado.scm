; needle: tornado

((call function: (_) @callee) @router
  (#set! callee "tornado.web.Application") (#set! application true))
((call function: (_) @callee arguments: (argument_list . (list (tuple . (_) @route.path)))) @route
  (#set! callee "tornado.web.Application") (#set! on "=itself") (#set! style regex))
((call function: (_) @callee arguments: (argument_list . (list (call function: (_) @_url arguments: (argument_list . (_) @route.path))))) @route
  (#set! callee "tornado.web.Application") (#match? @_url "url$|URLSpec$") (#set! on "=itself") (#set! style regex))
((call function: (_) @callee arguments: (argument_list . [(identifier) (attribute)] @mount.what)) @mount
  (#set! callee "tornado.web.Application") (#set! on "=itself"))
(assignment left: (identifier) @router.name right: (list (tuple . (string) . [(identifier) (attribute)]))) @router
(assignment left: (identifier) @route.on right: (list (tuple . (string) @route.path . [(identifier) (attribute)]))
  (#set! style regex)) @route
((call function: (attribute attribute: (identifier) @_method)) @open
  (#eq? @_method "add_handlers")
  (#set! subject routes) (#set! why "routes are added by host"))

((call function: (attribute object: (_) @listen.serves) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "tornado.web.Application().listen tornado.httpserver.HTTPServer().listen tornado.httpserver.HTTPServer().bind *app.listen *application.listen")
  (#set! port "0 port") (#set! host "1 address") (#set! protocol http) (#set! tls "ssl_options"))
