; needle: ws.rs microprofile

((class_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments))
  name: (_) @router.name) @router
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path") (#set! prefix "value"))
((interface_declaration
  (modifiers (annotation name: (_) @callee arguments: (annotation_argument_list) @arguments))
  name: (_) @router.name) @router
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path") (#set! prefix "value"))
((class_declaration (modifiers (annotation name: (_) @callee)) name: (_) @mount.what) @mount
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path") (#set! on "="))
((class_declaration name: (_) @routes.on) @routes (#set! needle "ws.rs"))
((interface_declaration name: (_) @routes.on) @routes (#set! needle "ws.rs"))

((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.GET javax.ws.rs.GET") (#set! method GET) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.GET javax.ws.rs.GET") (#set! method GET) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.GET javax.ws.rs.GET") (#set! path "=") (#set! method GET) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.POST javax.ws.rs.POST") (#set! method POST) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.POST javax.ws.rs.POST") (#set! method POST) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.POST javax.ws.rs.POST") (#set! path "=") (#set! method POST) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PUT javax.ws.rs.PUT") (#set! method PUT) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PUT javax.ws.rs.PUT") (#set! method PUT) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.PUT javax.ws.rs.PUT") (#set! path "=") (#set! method PUT) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.DELETE javax.ws.rs.DELETE") (#set! method DELETE) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.DELETE javax.ws.rs.DELETE") (#set! method DELETE) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.DELETE javax.ws.rs.DELETE") (#set! path "=") (#set! method DELETE) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PATCH javax.ws.rs.PATCH") (#set! method PATCH) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.PATCH javax.ws.rs.PATCH") (#set! method PATCH) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.PATCH javax.ws.rs.PATCH") (#set! path "=") (#set! method PATCH) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.HEAD javax.ws.rs.HEAD") (#set! method HEAD) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.HEAD javax.ws.rs.HEAD") (#set! method HEAD) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.HEAD javax.ws.rs.HEAD") (#set! path "=") (#set! method HEAD) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .))) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS") (#set! method OPTIONS) (#set! slash either))
((method_declaration
  (modifiers (annotation name: (_) @_path arguments: (annotation_argument_list . (_) @route.path .)) (marker_annotation name: (_) @callee) @route) name: (_) @route.handler)
  (#eq? @_path "Path") (#set! callee "jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS") (#set! method OPTIONS) (#set! slash either))
((method_declaration
  (modifiers (marker_annotation name: (_) @callee) @route) @_all name: (_) @route.handler)
  (#not-match? @_all "@Path") (#set! callee "jakarta.ws.rs.OPTIONS javax.ws.rs.OPTIONS") (#set! path "=") (#set! method OPTIONS) (#set! slash either))

; What stands before the paths of all resources, and what answers with resources of its own.
((annotation name: (_) @callee) @open
  (#set! callee "jakarta.ws.rs.ApplicationPath javax.ws.rs.ApplicationPath")
  (#set! on "=") (#set! subject routes) (#set! why "all paths are changed where the application is made"))
((method_declaration (modifiers (annotation name: (_) @callee) @open) @_all)
  (#not-match? @_all "@(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)")
  (#set! callee "jakarta.ws.rs.Path javax.ws.rs.Path")
  (#set! on "=") (#set! subject routes) (#set! why "a resource is found by another one"))

((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "org.eclipse.microprofile.config.inject.ConfigProperty")
  (#set! name "name") (#set! default "defaultValue") (#set! kind property) (#set! required true))
((annotation name: (_) @callee arguments: (annotation_argument_list) @arguments) @read
  (#set! callee "io.smallrye.config.ConfigMapping io.quarkus.arc.config.ConfigProperties org.eclipse.microprofile.config.inject.ConfigProperties")
  (#set! name "prefix") (#set! kind prefix))
