; needle: gorilla/mux

((call_expression function: (_) @callee) @router
  (#set! callee "mux.NewRouter") (#set! application true))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "mux.HandleFunc mux.Path") (#set! path "0"))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "mux.Handle") (#set! path "0"))

((call_expression
  function: (selector_expression
    operand: (call_expression
      function: (selector_expression operand: (_) @mount.on field: (field_identifier) @_prefix)
      arguments: (argument_list . (_) @router.prefix))
    field: (field_identifier) @_subrouter) @callee) @router @mount
  (#eq? @_prefix "PathPrefix") (#eq? @_subrouter "Subrouter")
  (#set! callee "mux.Subrouter *.Subrouter") (#set! what "=itself"))

((call_expression
  function: (selector_expression
    operand: (call_expression function: (selector_expression field: (field_identifier) @_prefix))
    field: (field_identifier) @_subrouter) @callee) @open
  (#not-eq? @_prefix "PathPrefix") (#eq? @_subrouter "Subrouter")
  (#set! callee "mux.Subrouter *.Subrouter")
  (#set! subject routes) (#set! why "a router answers only some requests"))

((call_expression
  function: (selector_expression
    operand: (call_expression
      function: (selector_expression operand: (_) @mount.on field: (field_identifier) @_prefix)
      arguments: (argument_list . (_) @mount.prefix))
    field: (field_identifier) @_handler) @callee
  arguments: (argument_list . (_) @mount.what)) @mount
  (#eq? @_prefix "PathPrefix") (#any-of? @_handler "Handler" "HandlerFunc")
  (#set! callee "mux.Handler mux.HandlerFunc *.Handler *.HandlerFunc") (#set! style prefix))

((call_expression
  function: (selector_expression
    operand: (call_expression
      function: (selector_expression operand: (_) @route.on field: (field_identifier) @_prefix) @callee
      arguments: (argument_list . (_) @route.path))
    field: (field_identifier) @_handler)) @route
  (#not-any-of? @_handler "Handler" "HandlerFunc" "Subrouter")
  (#set! callee "mux.PathPrefix") (#set! style prefix))

((assignment_statement
  left: (expression_list (selector_expression operand: (_) @open.on field: (field_identifier) @_handler))) @open
  (#eq? @_handler "NotFoundHandler")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))
