; needle: System.get

((method_invocation object: (_) @_on name: (_) arguments: (argument_list . (_) . ) @arguments) @callee @read
  (#set! callee "System.getenv") (#set! name "0"))

; The environment as a map.
((method_invocation
  object: (method_invocation object: (_) @_system name: (_) @_name arguments: (argument_list) @_none)
  name: (_) @_method arguments: (argument_list) @arguments) @read
  (#eq? @_system "System") (#eq? @_name "getenv") (#eq? @_none "()")
  (#any-of? @_method "get" "getOrDefault" "containsKey")
  (#set! name "0") (#set! default "1"))
((method_invocation
  object: (method_invocation object: (_) @_system name: (_) @_name arguments: (argument_list) @_none)
  name: (_) @_method) @open
  (#eq? @_system "System") (#eq? @_name "getenv") (#eq? @_none "()")
  (#not-any-of? @_method "get" "getOrDefault" "containsKey")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is read as a whole"))
((variable_declarator value: (method_invocation object: (_) @_system name: (_) @_name arguments: (argument_list) @_none) @open)
  (#eq? @_system "System") (#eq? @_name "getenv") (#eq? @_none "()")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is read as a whole"))
((argument_list (method_invocation object: (_) @_system name: (_) @_name arguments: (argument_list) @_none) @open)
  (#eq? @_system "System") (#eq? @_name "getenv") (#eq? @_none "()")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((return_statement (method_invocation object: (_) @_system name: (_) @_name arguments: (argument_list) @_none) @open)
  (#eq? @_system "System") (#eq? @_name "getenv") (#eq? @_none "()")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
