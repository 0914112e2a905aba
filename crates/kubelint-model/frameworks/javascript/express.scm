; needle: express .get( .post( .put( .delete( .patch( .use( .route(

((call_expression function: (_) @callee) @router
  (#set! callee "express express.default express.express") (#set! application true))

((call_expression function: (_) @callee) @router
  (#set! callee "express.Router express.default.Router express().Router"))
((new_expression constructor: (_) @callee) @router
  (#set! callee "express.Router express.default.Router"))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_)) @_given) @route
  ; A page for what is not there.
  (#not-match? @_given "^[(]\\s*.[/(]?[.]?[*][\\s\\S]*(404|NotFound|NOT_FOUND)")
  (#set! callee "express().get express().post express().put express().delete express().patch express().head express().options express.Router().get express.Router().post express.Router().put express.Router().delete express.Router().patch express.Router().head express.Router().options")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_)) @_given) @route
  ; A page for what is not there.
  (#not-match? @_given "^[(]\\s*.[/(]?[.]?[*][\\s\\S]*(404|NotFound|NOT_FOUND)")
  (#set! callee "express().all express.Router().all")
  (#set! style colon) (#set! slash either))

; Objects that another file makes are known by what they are called, …
((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . [(string) (template_string)] @route.path . (_))) @route
  (#match? @route.on "(^|[.])(app|api|server|router|routes?|[a-z]+Router|[a-z]+App)$")
  (#match? @route.path "^.[/*]")
  (#set! callee "*.get *.post *.put *.delete *.patch *.head") (#set! not "axios got ky supertest nock msw fastify")
  (#set! style colon) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . [(identifier) (member_expression) (binary_expression) (call_expression) (array) (regex)] @route.path . (_))) @route
  (#match? @route.on "(^|[.])(app|api|server|router|routes?|[a-z]+Router|[a-z]+App)$")
  (#set! callee "*.get *.post *.put *.delete *.patch *.head") (#set! not "axios got ky supertest nock msw fastify")
  (#set! only routers)
  (#set! style colon) (#set! slash either))

; … and all others by what is handed over.
((call_expression
  function: (member_expression object: [(identifier) (member_expression)] @route.on property: (property_identifier) @route.method) @callee
  arguments: (arguments . (_) @route.path . (_))) @route
  (#not-match? @route.on "(^|[.])(app|api|server|router|routes?|[a-z]+Router|[a-z]+App|fastify|instance)$")
  (#set! callee "*.get *.post *.put *.delete *.patch *.head") (#set! not "axios got ky supertest nock msw")
  (#set! only routers)
  (#set! style colon) (#set! slash either))
((call_expression
  function: (member_expression object: [(identifier) (member_expression)] @route.on property: (property_identifier) @_all) @callee
  arguments: (arguments . (_) @route.path . (_)) @_given) @route
  (#not-match? @_given "^[(]\\s*.[/(]?[.]?[*][\\s\\S]*(404|NotFound|NOT_FOUND)")
  (#set! callee "*.all") (#set! only routers)
  (#set! style colon) (#set! slash either))

((call_expression function: (_) @callee) @router
  (#set! callee "express.static express.default.static serve-static")
  (#set! serves "/") (#set! style prefix) (#set! application true))

((call_expression function: (_) @callee arguments: (arguments) @arguments) @router
  (#set! callee "express-prom-bundle express-prom-bundle.default") (#set! application true))
((call_expression function: (_) @callee arguments: (arguments) @arguments) @route
  (#set! callee "express-prom-bundle express-prom-bundle.default") (#set! on "=itself")
  (#set! path "0.metricsPath =/metrics") (#set! style plain) (#set! slash either))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(string) (identifier) (member_expression) (binary_expression)] @listen.host)) @listen
  (#set! callee "express().listen")
  (#set! protocol http) (#set! tls false))

((call_expression
  function: (member_expression object: (_) @listen.serves property: (property_identifier) @_listen) @callee
  arguments: (arguments . (_) @listen.port . [(arrow_function) (function_expression) (call_expression)]? .)) @listen
  (#set! callee "express().listen")
  (#set! protocol http) (#set! tls false))
