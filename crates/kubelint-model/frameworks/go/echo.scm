; needle: labstack/echo

((call_expression function: (_) @callee) @router
  (#set! callee "echo.New") (#set! application true))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (_) @router.prefix)) @router @mount
  (#set! callee "echo.Group") (#set! what "=itself"))

((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "echo.GET echo.POST echo.PUT echo.DELETE echo.PATCH echo.HEAD echo.OPTIONS")
  (#set! path "0") (#set! style colon))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "echo.Any echo.File echo.FileFS") (#set! path "0") (#set! style colon))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "echo.Add echo.Match") (#set! path "1") (#set! style colon))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "echo.Static echo.StaticFS") (#set! path "0") (#set! style prefix))

((call_expression function: (selector_expression operand: (_) @open.on) @callee) @open
  (#set! callee "echo.RouteNotFound")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))

((call_expression
  function: (selector_expression operand: (_) @listen.serves) @callee
  arguments: (argument_list) @arguments) @listen
  (#set! callee "echo.Start") (#set! port "0") (#set! protocol http) (#set! tls false))

((call_expression
  function: (selector_expression operand: (_) @listen.serves) @callee
  arguments: (argument_list) @arguments) @listen
  (#set! callee "echo.StartTLS echo.StartAutoTLS") (#set! port "0") (#set! protocol http) (#set! tls true))

; Middleware of Echo that answers requests itself, or changes the path before a route is looked up.
((call_expression
  function: (selector_expression operand: (_) @open.on field: (field_identifier) @_use)
  arguments: (argument_list (call_expression function: (_) @callee))) @open
  (#any-of? @_use "Use" "Pre")
  (#set! callee "middleware.AddTrailingSlash middleware.Proxy middleware.ProxyWithConfig middleware.RemoveTrailingSlash middleware.Rewrite middleware.RewriteWithConfig middleware.Static middleware.StaticWithConfig")
  (#set! subject routes) (#set! why "middleware answers paths of its own"))
