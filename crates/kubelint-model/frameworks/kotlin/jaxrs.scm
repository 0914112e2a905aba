; needle: ws.rs microprofile

((class_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)))
  (type_identifier) @router.name) @router
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path") (#set! prefix "value"))
((class_declaration
  (modifiers (annotation [(user_type) @callee (constructor_invocation . (user_type) @callee)]))
  (type_identifier) @mount.what) @mount
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path") (#set! on "="))
((class_declaration (type_identifier) @routes.on) @routes (#set! needle "ws.rs"))

((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.GET javax.ws.rs.GET") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.GET javax.ws.rs.GET") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.GET javax.ws.rs.GET") (#set! path "=") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.POST javax.ws.rs.POST") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.POST javax.ws.rs.POST") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.POST javax.ws.rs.POST") (#set! path "=") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PUT javax.ws.rs.PUT") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PUT javax.ws.rs.PUT") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.PUT javax.ws.rs.PUT") (#set! path "=") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.DELETE javax.ws.rs.DELETE") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.DELETE javax.ws.rs.DELETE") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.DELETE javax.ws.rs.DELETE") (#set! path "=") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PATCH javax.ws.rs.PATCH") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PATCH javax.ws.rs.PATCH") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.PATCH javax.ws.rs.PATCH") (#set! path "=") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.HEAD javax.ws.rs.HEAD") (#set! method HEAD) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.HEAD javax.ws.rs.HEAD") (#set! method HEAD) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.HEAD javax.ws.rs.HEAD") (#set! path "=") (#set! method HEAD) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .)))) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS") (#set! method OPTIONS) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @_path (value_arguments . (value_argument (_) @route.path .) .))) (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS") (#set! method OPTIONS) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) @_all (simple_identifier) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS") (#set! path "=") (#set! method OPTIONS) (#set! slash either))

; What stands before the paths of all resources, and what answers with resources of its own.
((annotation (constructor_invocation . (user_type) @callee)) @open
  (#set! callee "jakarta.ws.rs.ApplicationPath javax.ws.rs.ApplicationPath")
  (#set! on "=") (#set! subject routes) (#set! why "all paths are changed where the application is made"))
((function_declaration (modifiers (annotation (constructor_invocation . (user_type) @callee)) @open) @_all)
  (#not-match? @_all "@(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)")
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path")
  (#set! on "=") (#set! subject routes) (#set! why "a resource is found by another one"))

((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "org.eclipse.microprofile.config.inject.ConfigProperty")
  (#set! name "name") (#set! default "defaultValue") (#set! kind property) (#set! required true))
((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "io.smallrye.config.ConfigMapping io.quarkus.arc.config.ConfigProperties org.eclipse.microprofile.config.inject.ConfigProperties")
  (#set! name "prefix") (#set! kind prefix))
; Another name for an annotation may be used in other files.
((type_alias (user_type) @callee) @open
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path jakarta.ws.rs.GET javax.ws.rs.GET jakarta.ws.rs.POST javax.ws.rs.POST jakarta.ws.rs.PUT javax.ws.rs.PUT jakarta.ws.rs.DELETE javax.ws.rs.DELETE jakarta.ws.rs.PATCH javax.ws.rs.PATCH jakarta.ws.rs.HEAD javax.ws.rs.HEAD jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS")
  (#set! on "=") (#set! subject routes) (#set! why "an annotation has another name"))
