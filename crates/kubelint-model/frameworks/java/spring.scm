; needle: org.springframework

; Classes whose methods answer requests, and the prefixes that they state.
((class_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments))
  name: (_) @router.name) @router
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping")
  (#set! prefix "value path ="))
((interface_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments))
  name: (_) @router.name) @router
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping")
  (#set! prefix "value path ="))
((class_declaration (modifiers [(marker_annotation name: (_) @callee) (annotation name: (_) @callee)]) name: (_) @mount.what) @mount
  (#set! callee "org.springframework.web.bind.annotation.RestController org.springframework.stereotype.Controller org.springframework.web.bind.annotation.RequestMapping org.springframework.stereotype.Component org.springframework.boot.actuate.endpoint.web.annotation.RestControllerEndpoint")
  (#set! on "="))
((class_declaration name: (_) @routes.on) @routes
  (#set! needle "org.springframework.web.bind.annotation"))
((interface_declaration name: (_) @routes.on) @routes
  (#set! needle "org.springframework.web.bind.annotation"))

; Their routes.
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.GetMapping") (#set! path "value path =") (#set! method GET) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.GetMapping") (#set! path "=") (#set! method GET) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PostMapping") (#set! path "value path =") (#set! method POST) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PostMapping") (#set! path "=") (#set! method POST) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PutMapping") (#set! path "value path =") (#set! method PUT) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PutMapping") (#set! path "=") (#set! method PUT) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.DeleteMapping") (#set! path "value path =") (#set! method DELETE) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.DeleteMapping") (#set! path "=") (#set! method DELETE) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PatchMapping") (#set! path "value path =") (#set! method PATCH) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.PatchMapping") (#set! path "=") (#set! method PATCH) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping") (#set! path "value path =") (#set! methods "method") (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping") (#set! path "=") (#set! slash either))

; Pages without a handler, and files.
((method_invocation object: (_) name: (_) @_name arguments: (argument_list) @arguments) @callee @route
  (#any-of? @_name "addViewController" "addRedirectViewController" "addStatusController")
  (#set! callee "org.springframework.web.servlet.config.annotation.ViewControllerRegistry().addViewController org.springframework.web.servlet.config.annotation.ViewControllerRegistry().addRedirectViewController org.springframework.web.servlet.config.annotation.ViewControllerRegistry().addStatusController")
  (#set! on "=") (#set! path "0") (#set! method GET) (#set! slash either))
((method_invocation object: (_) name: (_) @_name arguments: (argument_list) @arguments) @callee @route
  (#eq? @_name "addResourceHandler")
  (#set! callee "org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry().addResourceHandler org.springframework.web.reactive.config.ResourceHandlerRegistry().addResourceHandler")
  (#set! on "=") (#set! path "0..") (#set! method GET) (#set! slash either))

; Routes that functions make: those that are understood are read apart.
((import_declaration (scoped_identifier) @_name) @open
  (#match? @_name "^org[.]springframework[.]web[.](reactive[.]|servlet[.])?function([.]server)?([.](CoRouterFunctionDsl|RouterFunctionDsl|RouterFunctions?|coRouter|router)([.].*)?)?$")
  (#set! on "=") (#set! subject routes) (#set! why "routes are made by functions"))
; What adds routes that are not written as annotations, or changes all paths.
((import_declaration (scoped_identifier) @_name) @open
  (#match? @_name "^org[.]springframework[.](cloud[.]gateway[.]|cloud[.]netflix[.]zuul|data[.]rest[.]|ws[.]config|graphql[.]server|boot[.]web[.]servlet[.]ServletRegistrationBean|web[.]servlet[.]handler[.](SimpleUrl|AbstractUrl|BeanName)|cloud[.]config[.]server|cloud[.]netflix[.]eureka[.]server|security[.]oauth2[.]server[.]authorization|boot[.]actuate[.]endpoint[.]|cloud[.]function)")
  (#not-match? @_name "boot[.]actuate[.]endpoint[.](SanitizingFunction|web[.]WebEndpointResponse)|gateway[.]mvc[.]")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added by functions or servers of a library"))
((method_invocation name: (_) @_name) @open
  (#any-of? @_name "addPathPrefix" "setPathMatcher" "setServletPath" "addUrlMappings" "registerMapping" "setContextPath" "addServlet" "addUrlPatterns")
  (#set! needle "org.springframework")
  (#set! on "=") (#set! subject routes) (#set! why "paths are changed where the application is made"))
((method_invocation name: (_) @_name) @open
  (#any-of? @_name "setPort" "addAdditionalTomcatConnectors" "addConnectorCustomizers" "setSsl")
  (#set! needle "WebServerFactory")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))
((method_invocation name: (_) @_name) @open
  (#any-of? @_name "setDefaultProperties" "properties" "setEnvironment" "addInitializers")
  (#set! needle "SpringApplication")
  (#set! on "=") (#set! subject ports) (#set! why "the server is configured where the application is made"))
((method_invocation object: (_) name: (_) arguments: (argument_list . (string_literal) @_key)) @callee @open
  (#match? @_key "(port|context-path|base-path|profiles|config[.])")
  (#set! callee "System.setProperty")
  (#set! on "=") (#set! subject ports) (#set! why "the program sets properties for itself"))

((annotation_type_declaration (modifiers (annotation name: (_) @callee))) @open
  (#set! callee "org.springframework.web.bind.annotation.RequestMapping org.springframework.web.bind.annotation.GetMapping")
  (#set! on "=") (#set! subject routes) (#set! why "an annotation of the program's own makes routes"))
((annotation name: (_) @_name arguments: (annotation_argument_list . (string_literal) @_path)) @open
  (#any-of? @_name "Bean" "Component" "Controller") (#match? @_path "^.[/]")
  (#set! needle "org.springframework")
  (#set! on "=") (#set! subject routes) (#set! why "an object is called like a path"))
((class_declaration body: (class_body) @_body) @open
  (#match? @_body "(getRequestURI|getServletPath|getPathInfo|getRequestURL|getPath)[(]")
  (#match? @_body "getWriter|setComplete|writeWith|sendRedirect|getOutputStream|[.]forward[(]|setStatus[(]")
  (#match? @_body "doFilter|preHandle|[.]filter[(]|Mono<Void>")
  (#match? @_body "\"/")
  (#set! on "=") (#set! subject routes) (#set! why "a filter may answer by itself"))
((method_invocation object: (_) name: (_) @_name arguments: (argument_list) @arguments) @callee @route
  (#eq? @_name "addEndpoint")
  (#set! callee "org.springframework.web.socket.config.annotation.StompEndpointRegistry().addEndpoint")
  (#set! on "=") (#set! path "0..") (#set! style prefix) (#set! method GET) (#set! slash either))
((method_invocation object: (_) name: (_) @_name) @callee @open
  (#eq? @_name "addHandler")
  (#set! callee "org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry().addHandler")
  (#set! on "=") (#set! subject routes) (#set! why "sockets are registered"))

; Properties.
((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "org.springframework.beans.factory.annotation.Value")
  (#set! name "value") (#set! kind placeholder))
((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "org.springframework.boot.context.properties.ConfigurationProperties")
  (#set! name "prefix value") (#set! kind prefix))
((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "org.springframework.boot.autoconfigure.condition.ConditionalOnProperty")
  (#set! name "name value") (#set! kind property))
((method_invocation object: (_) name: (_) arguments: (argument_list) @arguments) @callee @read
  (#set! callee "org.springframework.core.env.Environment().getProperty org.springframework.core.env.ConfigurableEnvironment().getProperty")
  (#set! name "0") (#set! default "1") (#set! kind property))
((method_invocation object: (_) name: (_) arguments: (argument_list) @arguments) @callee @read
  (#set! callee "org.springframework.core.env.Environment().getRequiredProperty org.springframework.core.env.ConfigurableEnvironment().getRequiredProperty")
  (#set! name "0") (#set! required true) (#set! kind property))
((annotation name: (_) @callee) @open
  (#set! callee "org.springframework.context.annotation.PropertySource org.springframework.context.annotation.PropertySources org.springframework.context.annotation.ImportResource")
  (#set! on "=") (#set! subject reads) (#set! why "properties are taken from other files"))
