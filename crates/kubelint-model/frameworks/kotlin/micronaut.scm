; needle: io.micronaut

((class_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)))
  (type_identifier) @router.name) @router
  (#set! callee "io.micronaut.http.annotation.Controller") (#set! prefix "value ="))
((class_declaration
  (modifiers (annotation [(user_type) @callee (constructor_invocation . (user_type) @callee)]))
  (type_identifier) @mount.what) @mount
  (#set! callee "io.micronaut.http.annotation.Controller") (#set! on "="))
((class_declaration (type_identifier) @routes.on) @routes (#set! needle "io.micronaut.http"))

((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Get") (#set! path "value uri uris =") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Get") (#set! path "=") (#set! method GET) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Post") (#set! path "value uri uris =") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Post") (#set! path "=") (#set! method POST) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Put") (#set! path "value uri uris =") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Put") (#set! path "=") (#set! method PUT) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Delete") (#set! path "value uri uris =") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Delete") (#set! path "=") (#set! method DELETE) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Patch") (#set! path "value uri uris =") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Patch") (#set! path "=") (#set! method PATCH) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Head") (#set! path "value uri uris =") (#set! method HEAD) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Head") (#set! path "=") (#set! method HEAD) (#set! slash either))
((function_declaration
  (modifiers (annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Options") (#set! path "value uri uris =") (#set! method OPTIONS) (#set! slash either))
((function_declaration
  (modifiers (annotation (user_type) @callee) @route) (simple_identifier) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Options") (#set! path "=") (#set! method OPTIONS) (#set! slash either))

((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "io.micronaut.context.annotation.Value") (#set! name "value") (#set! kind placeholder))
((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "io.micronaut.context.annotation.Property") (#set! name "name") (#set! default "defaultValue") (#set! kind property))
((annotation (constructor_invocation . (user_type) @callee (value_arguments) @arguments)) @read
  (#set! callee "io.micronaut.context.annotation.ConfigurationProperties io.micronaut.context.annotation.EachProperty")
  (#set! name "value") (#set! kind prefix))
((import_header (identifier) @_name) @open
  (#match? @_name "^io[.]micronaut[.](web[.]router|http[.]filter|management[.]endpoint|configuration[.]graphql)")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added by functions or filters"))
; Another name for an annotation may be used in other files.
((type_alias (user_type) @callee) @open
  (#set! callee "io.micronaut.http.annotation.Controller io.micronaut.http.annotation.Get io.micronaut.http.annotation.Post io.micronaut.http.annotation.Put io.micronaut.http.annotation.Delete io.micronaut.http.annotation.Patch io.micronaut.http.annotation.Head io.micronaut.http.annotation.Options")
  (#set! on "=") (#set! subject routes) (#set! why "an annotation has another name"))
