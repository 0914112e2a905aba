; needle: io.micronaut

((class_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments))
  name: (_) @router.name) @router
  (#set! callee "io.micronaut.http.annotation.Controller") (#set! prefix "value ="))
((class_declaration (modifiers [(annotation name: (_) @callee) (marker_annotation name: (_) @callee)]) name: (_) @mount.what) @mount
  (#set! callee "io.micronaut.http.annotation.Controller") (#set! on "="))
((class_declaration name: (_) @routes.on) @routes (#set! needle "io.micronaut.http.annotation"))
((interface_declaration name: (_) @routes.on) @routes (#set! needle "io.micronaut.http.annotation"))

((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Get") (#set! path "value uri uris =") (#set! method GET) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Get") (#set! path "=") (#set! method GET) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Post") (#set! path "value uri uris =") (#set! method POST) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Post") (#set! path "=") (#set! method POST) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Put") (#set! path "value uri uris =") (#set! method PUT) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Put") (#set! path "=") (#set! method PUT) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Delete") (#set! path "value uri uris =") (#set! method DELETE) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Delete") (#set! path "=") (#set! method DELETE) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Patch") (#set! path "value uri uris =") (#set! method PATCH) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Patch") (#set! path "=") (#set! method PATCH) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Head") (#set! path "value uri uris =") (#set! method HEAD) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Head") (#set! path "=") (#set! method HEAD) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Options") (#set! path "value uri uris =") (#set! method OPTIONS) (#set! slash either))
((method_declaration (modifiers (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#set! callee "io.micronaut.http.annotation.Options") (#set! path "=") (#set! method OPTIONS) (#set! slash either))

((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "io.micronaut.context.annotation.Value") (#set! name "value") (#set! kind placeholder))
((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "io.micronaut.context.annotation.Property") (#set! name "name") (#set! default "defaultValue") (#set! kind property))
((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "io.micronaut.context.annotation.ConfigurationProperties io.micronaut.context.annotation.EachProperty")
  (#set! name "value") (#set! kind prefix))
((import_declaration (scoped_identifier) @_name) @open
  (#match? @_name "^io[.]micronaut[.](web[.]router|http[.]filter|management[.]endpoint|configuration[.]graphql)")
  (#set! on "=") (#set! subject routes) (#set! why "routes are added by functions or filters"))
