; needle: org.springframework

; Classes whose methods answer requests, and the prefixes that they state.
((class_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)))
  (type_identifier) @router.name) @router
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping")
  (#set! prefix "value path ="))
((class_declaration
  (modifiers (annotation [(user_type) @callee (constructor_invocation . (user_type) @callee)]))
  (type_identifier) @mount.what) @mount
  (#set! callee "org.springframework.web.bind.annotation.RestController org.springframework.stereotype.Controller org.springframework.web.bind.annotation.RequestMapping org.springframework.stereotype.Component org.springframework.boot.actuate.endpoint.web.annotation.RestControllerEndpoint")
  (#set! on "="))
((class_declaration (type_identifier) @routes.on) @routes
  (#set! needle "org.springframework.web.bind.annotation"))

; Their routes.
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.GetMapping") (#set! path "value path =") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.GetMapping") (#set! path "=") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PostMapping") (#set! path "value path =") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PostMapping") (#set! path "=") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PutMapping") (#set! path "value path =") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PutMapping") (#set! path "=") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.DeleteMapping") (#set! path "value path =") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.DeleteMapping") (#set! path "=") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PatchMapping") (#set! path "value path =") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PatchMapping") (#set! path "=") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping") (#set! path "value path =") (#set! methods "method") (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping") (#set! path "=") (#set! slash either))

; Pages without a handler, and files.
((call_expression . (_) @callee (call_suffix (value_arguments) @arguments)) @route
  (#set! callee "org.springframework.web.servlet.config.annotation.ViewControllerRegistry().addViewController org.springframework.web.servlet.config.annotation.ViewControllerRegistry().addRedirectViewController org.springframework.web.servlet.config.annotation.ViewControllerRegistry().addStatusController")
  (#set! on "=") (#set! path "0") (#set! method GET) (#set! slash either))
((call_expression . (_) @callee (call_suffix (value_arguments) @arguments)) @route
  (#set! callee "org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry().addResourceHandler org.springframework.web.reactive.config.ResourceHandlerRegistry().addResourceHandler")
  (#set! on "=") (#set! path "0..") (#set! method GET) (#set! slash either))

; Routes that functions make: those that are understood are read apart.
((import_header (identifier) @_name) @open
  (#match? @_name "^org[.]springframework[.]web[.](reactive[.]|servlet[.])?function([.]server)?([.](CoRouterFunctionDsl|RouterFunctionDsl|RouterFunctions?|coRouter|router)([.].*)?)?$")
  (#set! on "=") (#set! subject routes) (#set! why "routes are made by functions"))
; What adds routes that are not written as annotations (the functions `router` and `coRouter` too), or changes all paths.
((import_header (identifier) @_name) @open
  (#match? @_name "^org[.]springframework[.](cloud[.]gateway[.]|cloud[.]netflix[.]zuul|data[.]rest[.]|ws[.]config|graphql[.]server|boot[.]web[.]servlet[.]ServletRegistrationBean|web[.]servlet[.]handler[.](SimpleUrl|AbstractUrl|BeanName)|cloud[.]config[.]server|cloud[.]netflix[.]eureka[.]server|security[.]oauth2[.]server[.]authorization|boot[.]actuate[.]endpoint[.]|cloud[.]function)")
  (#not-match? @_name "boot[.]actuate[.]endpoint[.](SanitizingFunction|web[.]WebEndpointResponse)|gateway[.]mvc[.]")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added by functions or servers of a library"))
((call_expression . (simple_identifier) @_name) @open
  (#any-of? @_name "addPathPrefix" "setPathMatcher" "setServletPath" "addUrlMappings" "registerMapping" "setContextPath" "addServlet" "addUrlPatterns")
  (#set! needle "org.springframework")
  (#set! on "=") (#set! subject routes) (#set! why "paths are changed where the application is made"))
((call_expression . (navigation_expression (navigation_suffix (simple_identifier) @_name))) @open
  (#any-of? @_name "addPathPrefix" "setPathMatcher" "setServletPath" "addUrlMappings" "registerMapping" "setContextPath" "addServlet" "addUrlPatterns")
  (#set! needle "org.springframework")
  (#set! on "=") (#set! subject routes) (#set! why "paths are changed where the application is made"))
((directly_assignable_expression) @_what @open
  (#match? @_what "(servletPath|contextPath|pathMatcher|urlPatterns)$")
  (#set! needle "org.springframework")
  (#set! on "=") (#set! subject routes) (#set! why "paths are changed where the application is made"))
; Beans may also be made by functions: `beans { bean { router { … } } }`.
((import_header (identifier) @_name) @open
  (#match? @_name "WebServerFactory$|^org[.]springframework[.]boot[.]web[.](embedded|server)")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))
((call_expression . (simple_identifier) @_name) @open
  (#any-of? @_name "setDefaultProperties" "properties" "setEnvironment" "addInitializers")
  (#set! needle "org.springframework.boot")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))
((call_expression . (navigation_expression (navigation_suffix (simple_identifier) @_name))) @open
  (#any-of? @_name "setDefaultProperties" "properties" "setEnvironment" "addInitializers")
  (#set! needle "org.springframework.boot")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))
((call_expression . (_) @callee (call_suffix (value_arguments . (value_argument (string_literal) @_key)))) @open
  (#match? @_key "(port|context-path|base-path|profiles|config[.])")
  (#set! callee "System.setProperty java.lang.System.setProperty")
  (#set! on "=") (#set! subject ports) (#set! why "the program sets properties for itself"))

((class_declaration (modifiers (class_modifier) @_kind (annotation [(user_type) @callee (constructor_invocation . (user_type) @callee)]))) @open
  (#eq? @_kind "annotation")
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping org.springframework.web.bind.annotation.GetMapping org.springframework.web.bind.annotation.RestController")
  (#set! on "=") (#set! subject routes) (#set! why "an annotation of the program's own makes routes"))
((class_declaration (modifiers (annotation [(user_type) @callee (constructor_invocation . (user_type) @callee)]) (class_modifier) @_kind)) @open
  (#eq? @_kind "annotation")
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping org.springframework.web.bind.annotation.GetMapping org.springframework.web.bind.annotation.RestController")
  (#set! on "=") (#set! subject routes) (#set! why "an annotation of the program's own makes routes"))
((annotation (constructor_invocation . (user_type) @_name (value_arguments . (value_argument (string_literal) @_path)))) @open
  (#any-of? @_name "Bean" "Component" "Controller") (#match? @_path "^.[/]")
  (#set! needle "org.springframework")
  (#set! on "=") (#set! subject routes) (#set! why "an object is called like a path"))
((class_declaration (class_body) @_body) @open
  (#match? @_body "(requestURI|RequestURI|[sS]ervletPath|[pP]athInfo|requestURL|RequestURL|[.]path\\b|getPath)")
  (#match? @_body "[wW]riter|setComplete|writeWith|sendRedirect|sendError|outputStream|OutputStream|[.]forward[(]|setStatus[(]|status *=|statusCode *=")
  (#match? @_body "doFilter|preHandle|fun filter[(]|Mono<Void>")
  (#match? @_body "\"/")
  (#set! on "=") (#set! subject routes) (#set! why "a filter may answer by itself"))
((call_expression . (_) @callee (call_suffix (value_arguments) @arguments)) @route
  (#set! callee "org.springframework.web.socket.config.annotation.StompEndpointRegistry().addEndpoint")
  (#set! on "=") (#set! path "0..") (#set! style prefix) (#set! method GET) (#set! slash either))
((call_expression . (_) @callee) @open
  (#set! callee "org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry().addHandler")
  (#set! on "=") (#set! subject routes) (#set! why "sockets are registered"))

; Another name for an annotation may be used in other files.
((type_alias (user_type) @callee) @open
  (#set! callee "org.springframework.web.bind.annotation.GetMapping org.springframework.web.bind.annotation.PostMapping org.springframework.web.bind.annotation.PutMapping org.springframework.web.bind.annotation.DeleteMapping org.springframework.web.bind.annotation.PatchMapping org.springframework.web.bind.annotation.RequestMapping org.springframework.web.bind.annotation.RestController org.springframework.stereotype.Controller")
  (#set! on "=") (#set! subject routes) (#set! why "an annotation has another name"))

; Properties.
((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "org.springframework.beans.factory.annotation.Value")
  (#set! name "value") (#set! kind placeholder))
((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "org.springframework.boot.context.properties.ConfigurationProperties")
  (#set! name "prefix value") (#set! kind prefix))
((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "org.springframework.boot.autoconfigure.condition.ConditionalOnProperty")
  (#set! name "name value") (#set! kind property))
((call_expression . (_) @callee (call_suffix (value_arguments) @arguments)) @read
  (#set! callee "org.springframework.core.env.Environment().getProperty org.springframework.core.env.ConfigurableEnvironment().getProperty")
  (#set! name "0") (#set! default "1") (#set! kind property))
((call_expression . (_) @callee (call_suffix (value_arguments) @arguments)) @read
  (#set! callee "org.springframework.core.env.Environment().getRequiredProperty org.springframework.core.env.ConfigurableEnvironment().getRequiredProperty")
  (#set! name "0") (#set! required true) (#set! kind property))
((indexing_expression . (_) @callee (indexing_suffix . (_) @read.name .)) @read
  (#set! callee "org.springframework.core.env.Environment() org.springframework.core.env.ConfigurableEnvironment()") (#set! kind property))
((annotation [(user_type) @callee (constructor_invocation . (user_type) @callee)]) @open
  (#set! callee "org.springframework.context.annotation.PropertySource org.springframework.context.annotation.PropertySources org.springframework.context.annotation.ImportResource")
  (#set! on "=") (#set! subject reads) (#set! why "properties are taken from other files"))
