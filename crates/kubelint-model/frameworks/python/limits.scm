; needle: flask_limiter slowapi .limit( .exempt

((call function: (_) @callee arguments: (argument_list) @arguments) @guard
  (#not-match? @arguments "exempt_when")
  (#set! callee "flask_limiter.Limiter flask_limiter.extension.Limiter")
  (#set! guard rate) (#set! on "app 0") (#set! rate "default_limits[0]"))

(decorated_definition
  (decorator (call function: (_) @callee arguments: (argument_list) @arguments)) @guard
  definition: (function_definition) @guard.handler
  (#not-match? @arguments "exempt_when|scope")
  (#set! callee "flask_limiter.Limiter().limit slowapi.Limiter().limit *limiter.limit")
  (#set! guard rate) (#set! rate "0 limit_value"))

(decorated_definition
  (decorator (_) @callee) @guard
  definition: (function_definition) @guard.handler
  (#set! callee "flask_limiter.Limiter().exempt slowapi.Limiter().exempt *limiter.exempt")
  (#set! guard free))

((call function: (_) @callee arguments: (argument_list) @arguments) @guard
  (#set! callee "flask_limiter.Limiter().exempt *limiter.exempt")
  (#set! guard free) (#set! on "0"))

((call
  function: (call function: (_) @callee arguments: (argument_list . (_) @guard.rate))
  arguments: (argument_list . (_) @guard.on)) @guard
  (#set! callee "flask_limiter.Limiter().limit *limiter.limit")
  (#set! guard rate))

; A limiter that is given its application later.
((call function: (_) @callee) @router
  (#set! callee "flask_limiter.Limiter flask_limiter.extension.Limiter") (#set! middleware true))
((call function: (_) @callee arguments: (argument_list) @arguments) @guard
  (#match? @arguments "default_limits") (#not-match? @arguments "exempt_when")
  (#set! callee "flask_limiter.Limiter flask_limiter.extension.Limiter") (#set! on "=itself")
  (#set! guard rate) (#set! rate "default_limits[0]"))
((call function: (attribute object: (_) @ahead.what) @callee arguments: (argument_list . (_) @ahead.on)) @ahead
  (#set! callee "flask_limiter.Limiter().init_app *limiter.init_app") (#set! before all))
