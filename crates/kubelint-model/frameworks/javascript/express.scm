; needle: express .get( .post( .put( .delete( .patch( .use( .route(

((call_expression function: (_) @callee) @router
  (#set! callee "express express.default express.express") (#set! application true))

((call_expression function: (_) @callee) @router
  (#set! callee "express.Router express.default.Router"))
((new_expression constructor: (_) @callee) @router
  (#set! callee "express.Router express.default.Router"))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_)) @_given) @route
  ; A page for what is not there.
  (#not-match? @_given "^[(]\\s*.[/(]?[.]?[*][\\s\\S]*(404|NotFound|NOT_FOUND)")
  (#set! callee "express().get express().post express().put express().delete express().patch express().head express().options express.Router().get express.Router().post express.Router().put express.Router().delete express.Router().patch express.Router().head express.Router().options express.Application().get express.Application().post express.Express().get express.Express().post express.IRouter().get express.IRouter().post")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_)) @_given) @route
  ; A page for what is not there.
  (#not-match? @_given "^[(]\\s*.[/(]?[.]?[*][\\s\\S]*(404|NotFound|NOT_FOUND)")
  (#set! callee "express().all express.Router().all express.Application().all express.Express().all")
  (#set! style colon) (#set! slash either))

; Objects that another file makes are known by what they are called.
((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . [(string) (template_string)] @route.path . (_))) @route
  (#match? @route.on "(^|[.])(app|api|server|router|routes?|[a-z]+Router|[a-z]+App)$")
  (#match? @route.path "^.[/*]")
  (#set! callee "*.get *.post *.put *.delete *.patch") (#set! not "axios got ky supertest nock msw")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression
    object: (call_expression
      function: (member_expression object: (_) @route.on property: (property_identifier) @_route)
      arguments: (arguments . (_) @route.path .))
    property: (property_identifier) @route.method)) @route
  (#eq? @_route "route") (#any-of? @route.method "get" "post" "put" "delete" "patch" "head")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression
    object: (call_expression
      function: (member_expression object: (call_expression
        function: (member_expression object: (_) @route.on property: (property_identifier) @_route)
        arguments: (arguments . (_) @route.path .))
      property: (property_identifier) @_first))
    property: (property_identifier) @route.method)) @route
  (#eq? @_route "route") (#any-of? @route.method "get" "post" "put" "delete" "patch" "head")
  (#any-of? @_first "get" "post" "put" "delete" "patch" "head" "all")
  (#set! style colon) (#set! slash either))

; Routers and middleware: which of them it is, the values tell.
((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_use) @callee
  arguments: (arguments . [(string) (template_string)] @mount.prefix [(identifier) (member_expression) (call_expression)] @mount.what .)) @mount
  (#set! callee "express().use express.Router().use express.Application().use express.Express().use *.use")
  (#match? @mount.on "(^|[.])(app|api|server|router|routes?|[a-zA-Z]+Router|[a-z]+App|express[(][)])$")
  (#set! style colon) (#set! trim true))

((call_expression
  function: (member_expression object: (_) @mount.on property: (property_identifier) @_use) @callee
  arguments: (arguments . [(identifier) (member_expression) (call_expression)] @mount.what .)) @mount
  (#set! callee "express().use express.Router().use express.Application().use express.Express().use"))

((call_expression
  function: (member_expression object: (_) @open.on property: (property_identifier) @_use) @callee
  arguments: (arguments . [(arrow_function) (function_expression)] @_handler .)) @open
  (#set! callee "express().use") (#not-match? @_handler "404|NOT_FOUND|NotFound|next")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))

; A handler at a path answers all below it.
((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_use) @callee
  arguments: (arguments . [(string) (template_string)] @route.path [(arrow_function) (function_expression)] @_handler .)) @route
  (#set! callee "express().use express.Router().use express.Application().use express.Express().use *.use")
  (#match? @route.on "(^|[.])(app|api|server|router|routes?|[a-zA-Z]+Router|[a-z]+App)$")
  (#not-match? @_handler "next") (#set! style prefix) (#set! slash either))

((call_expression function: (_) @callee) @open
  (#set! callee "express().use().use express().use().get express().get().get express().get().use express.Router().get().get express.Router().get().post express.Router().post().get express.Router().use().use express.Router().use().get")
  (#set! subject routes) (#set! why "routes are added in a chain of calls"))

((call_expression function: (_) @callee) @router
  (#set! callee "express.static express.default.static serve-static")
  (#set! serves "/") (#set! style prefix) (#set! application true))

((call_expression function: (_) @callee arguments: (arguments) @arguments) @router
  (#set! callee "express-prom-bundle") (#set! serves "/metrics") (#set! style plain) (#set! application true))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(string) (identifier) (member_expression) (binary_expression)] @listen.host)) @listen
  (#set! callee "express().listen express.Application().listen express.Express().listen")
  (#set! protocol http) (#set! tls false))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(arrow_function) (function_expression) (call_expression)]? .)) @listen
  (#set! callee "express().listen express.Application().listen express.Express().listen")
  (#set! protocol http) (#set! tls false))
