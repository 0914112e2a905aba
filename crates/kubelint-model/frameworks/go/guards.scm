; needle: .Use( BasicAuth Group(

; Middleware that is put into routers.
((call_expression
  function: (selector_expression operand: (_) @ahead.on) @callee
  arguments: (argument_list [(call_expression) (identifier) (selector_expression)] @ahead.what)) @ahead
  (#set! callee "gin.Use chi.Use fiber.Use"))
((call_expression
  function: (selector_expression operand: (_) @ahead.on) @callee
  arguments: (argument_list [(call_expression) (identifier) (selector_expression)] @ahead.what)) @ahead
  (#set! callee "mux.Use") (#set! before all))
((call_expression
  function: (selector_expression operand: (_) @ahead.on) @callee
  arguments: (argument_list [(call_expression) (identifier) (selector_expression)] @ahead.what)) @ahead
  (#set! callee "echo.Use") (#set! before application))
((call_expression
  function: (_) @callee
  arguments: (argument_list . (_) [(call_expression) (identifier) (selector_expression)] @ahead.what)) @ahead
  (#set! callee "gin.Group echo.Group fiber.Group") (#set! on "=itself") (#set! before all))

; Credentials
((call_expression function: (_) @callee) @router
  (#set! callee "gin.BasicAuth gin.BasicAuthForRealm middleware.BasicAuth middleware.BasicAuthWithConfig middleware.KeyAuth middleware.KeyAuthWithConfig middleware.JWT middleware.JWTWithConfig echojwt.JWT echojwt.WithConfig basicauth.New keyauth.New jwtware.New jwtauth.Authenticator")
  (#set! middleware true))
((argument_list (selector_expression) @callee @router)
  (#set! callee "jwtauth.Authenticator") (#set! middleware true))
((argument_list (selector_expression) @callee @guard)
  (#set! callee "jwtauth.Authenticator") (#set! on "=itself") (#set! guard auth))
((call_expression function: (_) @callee arguments: (argument_list) @arguments) @guard
  (#set! callee "gin.BasicAuth gin.BasicAuthForRealm middleware.BasicAuth middleware.KeyAuth middleware.JWT echojwt.JWT jwtauth.Authenticator")
  (#set! on "=itself") (#set! guard auth))
; Those that are told more, and nothing of exceptions.
((call_expression function: (_) @callee arguments: (argument_list . (composite_literal) @_told .)) @guard
  (#not-match? @_told "Skipper|Next|Filter|ContinueOnIgnoredError|ErrorHandler|ContextKey|SuccessHandler")
  (#set! callee "middleware.BasicAuthWithConfig middleware.KeyAuthWithConfig middleware.JWTWithConfig echojwt.WithConfig basicauth.New keyauth.New jwtware.New")
  (#set! on "=itself") (#set! guard auth))

; Limits by address
((call_expression function: (_) @callee) @router
  (#set! callee "httprate.LimitByIP httprate.LimitAll limiter.New") (#set! middleware true))
((call_expression function: (_) @callee arguments: (argument_list . (_) . (_) .) @arguments) @guard
  (#set! callee "httprate.LimitByIP httprate.LimitAll") (#set! on "=itself")
  (#set! guard rate) (#set! requests "0") (#set! window "1"))
; `ConfigDefault` of Fiber's limiter: five a minute.
((call_expression function: (_) @callee arguments: (argument_list . (composite_literal body: (literal_value) @arguments) .)) @guard
  (#not-match? @arguments "Next|KeyGenerator|Skip|MaxFunc|Limiter")
  (#set! callee "limiter.New") (#set! on "=itself")
  (#set! guard rate) (#set! requests "Max =5") (#set! window "Expiration =60000"))
((call_expression function: (_) @callee arguments: (argument_list) @_none @arguments) @guard
  (#eq? @_none "()")
  (#set! callee "limiter.New") (#set! on "=itself")
  (#set! guard rate) (#set! requests "=5") (#set! window "=60000"))
