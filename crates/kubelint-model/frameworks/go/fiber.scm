; needle: gofiber/fiber

((call_expression function: (_) @callee) @router
  (#set! callee "fiber.New") (#set! application true))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (_) @router.prefix)) @router @mount
  (#set! callee "fiber.Group") (#set! what "=itself"))

((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list . (_) . (_)) @arguments) @route
  (#set! callee "fiber.Get fiber.Post fiber.Put fiber.Delete fiber.Patch fiber.Head fiber.Options")
  (#set! path "0") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list . (_) . (_)) @arguments) @route
  (#set! callee "fiber.All") (#set! path "0") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "fiber.Add") (#set! path "1") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "fiber.Static") (#set! path "0") (#set! style prefix) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (interpreted_string_literal) . (_)) @arguments) @mount
  (#set! callee "fiber.Mount fiber.Use fiber.Route") (#set! prefix "0") (#set! what "1"))

; A function that hands no request on.
((call_expression
  function: (selector_expression operand: (_) @open.on) @callee
  arguments: (argument_list (func_literal) @_handler)) @open
  (#not-match? @_handler "[.]Next[(][)]")
  (#set! callee "fiber.Use")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))

; Middleware of Fiber that answers requests itself.
((call_expression
  function: (selector_expression operand: (_) @open.on field: (field_identifier) @_use)
  arguments: (argument_list (call_expression function: (_) @callee))) @open
  (#eq? @_use "Use")
  (#set! callee "adaptor.HTTPHandler adaptor.HTTPHandlerFunc adaptor.HTTPMiddleware expvar.New filesystem.New monitor.New pprof.New proxy.Balancer proxy.BalancerForward proxy.DomainForward proxy.Forward redirect.New rewrite.New static.New swagger.New")
  (#set! subject routes) (#set! why "middleware answers paths of its own"))

; The two paths that it answers where it is not told others (`ConfigDefault` of middleware/healthcheck).
((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @_use)
  arguments: (argument_list (call_expression function: (_) @callee))) @route
  (#eq? @_use "Use")
  (#set! callee "healthcheck.New healthcheck.NewHealthChecker") (#set! path "=/livez") (#set! style colon) (#set! slash either))
((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @_use)
  arguments: (argument_list (call_expression function: (_) @callee))) @route
  (#eq? @_use "Use")
  (#set! callee "healthcheck.New healthcheck.NewHealthChecker") (#set! path "=/readyz") (#set! style colon) (#set! slash either))
((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @_use)
  arguments: (argument_list (call_expression
    function: (_) @callee
    arguments: (argument_list (composite_literal body: (literal_value
      (keyed_element key: (literal_element) @_key value: (literal_element (_) @route.path)))))))) @route
  (#eq? @_use "Use") (#any-of? @_key "LivenessEndpoint" "ReadinessEndpoint")
  (#set! callee "healthcheck.New healthcheck.NewHealthChecker") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @listen.serves) @callee
  arguments: (argument_list) @arguments) @listen
  (#set! callee "fiber.Listen") (#set! port "0") (#set! protocol http) (#set! tls false))
