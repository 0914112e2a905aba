; needle: gin-gonic .GET( .POST(

((call_expression function: (_) @callee) @router
  (#set! callee "gin.New gin.Default") (#set! application true))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (_) @router.prefix)) @router @mount
  (#set! callee "gin.Group") (#set! what "=itself"))

((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "gin.GET gin.POST gin.PUT gin.DELETE gin.PATCH gin.HEAD gin.OPTIONS")
  (#set! path "0") (#set! handler "last") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "gin.Any gin.StaticFile gin.StaticFileFS") (#set! path "0") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "gin.Handle gin.Match") (#set! path "1") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "gin.Static gin.StaticFS") (#set! path "0") (#set! style prefix) (#set! slash either))

((call_expression function: (selector_expression operand: (_) @open.on) @callee) @open
  (#set! callee "gin.NoRoute")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))

((call_expression
  function: (selector_expression operand: (_) @listen.serves) @callee
  arguments: (argument_list) @arguments) @listen
  (#set! callee "gin.Run") (#set! port "0 =gin-default") (#set! protocol http) (#set! tls false))

((call_expression
  function: (selector_expression operand: (_) @listen.serves) @callee
  arguments: (argument_list) @arguments) @listen
  (#set! callee "gin.RunTLS") (#set! port "0") (#set! protocol http) (#set! tls true))

; A router whose type another file tells: of gin, echo or httprouter.
((call_expression
  function: (selector_expression operand: (_) @route.on field: (field_identifier) @route.method) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee "*.GET *.POST *.PUT *.DELETE *.PATCH *.HEAD *.OPTIONS") (#set! not "gin echo httprouter http")
  (#set! path "0") (#set! style colon) (#set! slash either))

((call_expression
  function: (selector_expression operand: (_) @mount.on) @callee
  arguments: (argument_list . (interpreted_string_literal) @router.prefix)) @router @mount
  (#set! callee "*.Group") (#set! not "gin echo fiber chi") (#match? @router.prefix "^\"(/|\"$)")
  (#set! what "=itself"))

((call_expression
  function: (selector_expression operand: (_) @listen.serves) @callee
  arguments: (argument_list . (_) @listen.port .)) @listen
  (#set! callee "*.Run *.Start *.Listen") (#set! not "gin echo fiber exec cobra cli")
  (#match? @listen.port "^(\"[^\"]*:[0-9]+\"|\"[^\"]*:\" *[+]|fmt.Sprintf[(]\"[^\"]*:%)") (#set! protocol http))
