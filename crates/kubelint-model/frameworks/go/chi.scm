; needle: /chi .Get( .Post( .Put( .Delete( .Patch( .Mount(

((call_expression function: (_) @callee) @router
  (#set! callee "chi.NewRouter chi.NewMux") (#set! application true))

((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "chi.Get chi.Post chi.Put chi.Delete chi.Patch chi.Head chi.Options chi.Connect chi.Trace") (#set! path "0"))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "chi.HandleFunc") (#set! path "0"))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "chi.Handle") (#set! path "0"))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "chi.Method chi.MethodFunc") (#set! path "1"))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list) @arguments) @mount
  (#set! callee "chi.Mount") (#set! prefix "0") (#set! what "1"))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (_) @mount.prefix
    (func_literal parameters: (parameter_list (parameter_declaration name: (identifier) @router @router.name @mount.what))))) @mount
  (#set! callee "chi.Route"))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list
    (func_literal parameters: (parameter_list (parameter_declaration name: (identifier) @router @router.name @mount.what))))) @mount
  (#set! callee "chi.Group"))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (_) . [(identifier) (selector_expression) (call_expression)] .) @arguments) @mount
  (#set! callee "chi.Route") (#set! prefix "0") (#set! what "1"))

((call_expression
  function: (selector_expression operand: (_) @open.on) @callee
  arguments: (argument_list . [(identifier) (selector_expression) (call_expression)] .)) @open
  (#set! callee "chi.Group") (#set! subject routes) (#set! why "a function adds routes that is not followed"))

((call_expression
  function: (selector_expression operand: (_) @route.on)
  arguments: (argument_list (call_expression function: (_) @callee arguments: (argument_list . (_) @route.path)))) @route
  (#set! callee "middleware.Heartbeat") (#set! style plain))

((call_expression function: (selector_expression operand: (_) @open.on) @callee) @open
  (#set! callee "chi.NotFound")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))

; A router whose type another file tells.
((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list . (_) @route.path (_))) @route
  (#set! callee "*.Get *.Post *.Put *.Delete *.Patch *.Head *.Options") (#set! not "chi fiber http")
  (#match? @route.path "^(\"/|[a-zA-Z.]*([pP]ath|[rR]oute|[eE]ndpoint))"))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (interpreted_string_literal) (_)) @arguments) @mount
  (#set! callee "*.Mount *.Route") (#set! not "chi fiber mux") (#set! prefix "0") (#set! what "1"))
