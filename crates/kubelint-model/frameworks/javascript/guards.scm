; needle: express-rate-limit koa-ratelimit passport express-jwt koa-jwt koa-passport basic-auth bearer-auth hono/jwt oauth2-jwt-bearer

; Limits by address. Those with exceptions or keys of their own are nobody's.
((call_expression function: (_) @callee arguments: (arguments . (object) .)) @router
  (#set! callee "express-rate-limit express-rate-limit.default express-rate-limit.rateLimit") (#set! middleware true))
((call_expression function: (_) @callee arguments: (arguments . (object) .) @arguments) @guard
  (#not-match? @arguments "\\b(skip|skipSuccessfulRequests|keyGenerator|requestWasSuccessful)\\b|[.][.][.]|next[(]")
  (#set! callee "express-rate-limit express-rate-limit.default express-rate-limit.rateLimit") (#set! on "=itself")
  (#set! guard rate) (#set! requests "0.limit 0.max =5") (#set! window "0.windowMs =60000"))

((call_expression function: (_) @callee arguments: (arguments . (object) .)) @router
  (#set! callee "koa-ratelimit koa-ratelimit.default") (#set! middleware true))
((call_expression function: (_) @callee arguments: (arguments . (object) .) @arguments) @guard
  (#not-match? @arguments "\\b(id|whitelist|throw)\\b|[.][.][.]")
  (#set! callee "koa-ratelimit koa-ratelimit.default") (#set! on "=itself")
  (#set! guard rate) (#set! requests "0.max =2500") (#set! window "0.duration =3600000"))

; Credentials. What redirects to a page for people is no refusal.
((call_expression function: (_) @callee arguments: (arguments . (string) @_strategy . (object)? .)) @router
  (#match? @_strategy "^.(jwt|bearer|basic|digest|headerapikey|oauth-bearer).$")
  (#set! callee "passport.authenticate passport.default.authenticate koa-passport.authenticate koa-passport.default.authenticate") (#set! middleware true))
((call_expression function: (_) @callee arguments: (arguments . (string) @_strategy . (object)? .) @arguments) @guard
  (#match? @_strategy "^.(jwt|bearer|basic|digest|headerapikey|oauth-bearer).$") (#not-match? @arguments "Redirect")
  (#set! callee "passport.authenticate passport.default.authenticate koa-passport.authenticate koa-passport.default.authenticate") (#set! on "=itself")
  (#set! guard auth))

((call_expression function: (_) @callee) @router
  (#set! callee "express-jwt express-jwt.default express-jwt.expressjwt express-jwt.jwt express-oauth2-jwt-bearer.auth express-basic-auth express-basic-auth.default koa-jwt koa-jwt.default koa-basic-auth koa-basic-auth.default hono/jwt.jwt hono/basic-auth.basicAuth hono/bearer-auth.bearerAuth")
  (#set! middleware true))
((call_expression function: (_) @callee arguments: (arguments) @arguments) @guard
  (#not-match? @arguments "credentialsRequired|passthrough|authRequired|[.][.][.]")
  (#set! callee "express-jwt express-jwt.default express-jwt.expressjwt express-jwt.jwt express-oauth2-jwt-bearer.auth express-basic-auth express-basic-auth.default koa-jwt koa-jwt.default koa-basic-auth koa-basic-auth.default hono/jwt.jwt hono/basic-auth.basicAuth hono/bearer-auth.bearerAuth")
  (#set! on "=itself") (#set! guard auth))
