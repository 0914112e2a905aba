; needle: net/http HandleFunc ListenAndServe Handle(

((call_expression function: (_) @callee) @router
  (#set! callee "http.NewServeMux") (#set! application true))

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "http.HandleFunc") (#set! on "=http.DefaultServeMux")
  (#set! path "0") (#set! style mux))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "http.ServeMux.HandleFunc") (#set! path "0") (#set! style mux))

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @mount
  (#set! callee "http.Handle") (#set! on "=http.DefaultServeMux")
  (#set! prefix "0") (#set! what "1") (#set! style mux))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list) @arguments) @mount
  (#set! callee "http.ServeMux.Handle") (#set! prefix "0") (#set! what "1") (#set! style mux))

; A router whose type another file tells.
((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier)) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "*.HandleFunc") (#set! not "http mux chi gin echo httprouter")
  (#set! path "0") (#set! style mux))

((call_expression
  function: (selector_expression operand: (_) @mount.on field: (field_identifier)) @callee
  arguments: (argument_list . (_) . (_) .) @arguments) @mount
  (#set! callee "*.Handle") (#set! not "http mux chi gin echo httprouter")
  (#set! prefix "0") (#set! what "1") (#set! style mux))

((call_expression function: (_) @callee arguments: (argument_list . (_) . (nil) .) @arguments) @listen
  (#set! callee "http.ListenAndServe") (#set! port "0") (#set! serves "=http.DefaultServeMux")
  (#set! protocol http) (#set! tls false))
((call_expression function: (_) @callee arguments: (argument_list . (_) . [(identifier) (selector_expression) (call_expression) (unary_expression) (composite_literal)] .) @arguments) @listen
  (#set! callee "http.ListenAndServe") (#set! port "0") (#set! serves "1")
  (#set! protocol http) (#set! tls false))
((call_expression function: (_) @callee arguments: (argument_list (_) (_) (_) . (nil) .) @arguments) @listen
  (#set! callee "http.ListenAndServeTLS") (#set! port "0") (#set! serves "=http.DefaultServeMux")
  (#set! protocol http) (#set! tls true))
((call_expression function: (_) @callee arguments: (argument_list (_) (_) (_) . [(identifier) (selector_expression) (call_expression) (unary_expression) (composite_literal)] .) @arguments) @listen
  (#set! callee "http.ListenAndServeTLS") (#set! port "0") (#set! serves "3")
  (#set! protocol http) (#set! tls true))

((composite_literal type: (qualified_type) @callee body: (literal_value) @arguments) @listen
  (#set! callee "http.Server") (#set! port "Addr") (#set! serves "Handler") (#set! protocol http))
