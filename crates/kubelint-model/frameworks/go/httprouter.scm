; needle: julienschmidt/httprouter

((call_expression function: (_) @callee) @router
  (#set! callee "httprouter.New") (#set! application true))

((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "httprouter.GET httprouter.POST httprouter.PUT httprouter.DELETE httprouter.PATCH httprouter.HEAD httprouter.OPTIONS")
  (#set! path "0") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "httprouter.Handle httprouter.Handler httprouter.HandlerFunc")
  (#set! path "1") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "httprouter.ServeFiles") (#set! path "0") (#set! style colon) (#set! slash either))

((assignment_statement
  left: (expression_list (selector_expression operand: (_) @open.on field: (field_identifier) @_handler))) @open
  (#eq? @_handler "NotFound")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))
