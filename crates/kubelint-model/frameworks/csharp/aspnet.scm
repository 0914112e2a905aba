; needle: Map Use

; Groups, and branches of the pipeline: what a prefix stands before.
((invocation_expression
  function: (member_access_expression expression: (_) @mount.on) @callee
  arguments: (argument_list) @arguments @router.name) @router @mount
  (#set! callee ".MapGroup") (#set! prefix "0 prefix") (#set! replaces true) (#set! what "=itself"))

((invocation_expression
  function: (member_access_expression expression: (_) @mount.on name: (identifier) @_map) @callee
  arguments: (argument_list (argument) (argument (lambda_expression))) @arguments @router.name) @router @mount
  (#eq? @_map "Map")
  (#set! callee ".Map") (#set! prefix "0 pathMatch") (#set! replaces true) (#set! what "=itself"))

((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapGet") (#set! path "0 pattern") (#set! slash either) (#set! method GET))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapPost") (#set! path "0 pattern") (#set! slash either) (#set! method POST))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapPut") (#set! path "0 pattern") (#set! slash either) (#set! method PUT))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapDelete") (#set! path "0 pattern") (#set! slash either) (#set! method DELETE))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapPatch") (#set! path "0 pattern") (#set! slash either) (#set! method PATCH))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapMethods") (#set! path "0 pattern") (#set! methods "1 httpMethods") (#set! slash either))

; For all methods.
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapHealthChecks .UseHealthChecks .MapConnectionHandler")
  (#set! path "0 pattern path") (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list . (argument [(string_literal) (identifier) (member_access_expression)] @route.path) . (argument [(identifier) (member_access_expression)]))) @route
  (#set! callee ".Map") (#set! slash either))

; A hub answers below its path, too.
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapHub") (#set! path "0 pattern") (#set! style prefix) (#set! slash either))

; The metrics of prometheus-net and of OpenTelemetry, and what else has a path of its own.
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list . (argument [(string_literal) (member_access_expression)] @route.path))) @route
  (#not-match? @route.path "^[a-z]+[.]")
  (#set! callee ".MapMetrics .MapPrometheusScrapingEndpoint .UseOpenTelemetryPrometheusScrapingEndpoint")
  (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @_none @arguments) @route
  (#match? @_none "^[(]\\s*[)]$")
  (#set! callee ".MapMetrics .MapPrometheusScrapingEndpoint .UseOpenTelemetryPrometheusScrapingEndpoint .UseMetricServer")
  (#set! path "=/metrics") (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list . (argument (string_literal) @route.path) .)) @route
  (#set! callee ".UseMetricServer") (#set! style prefix) (#set! slash either))

((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @_given @arguments) @route
  (#not-match? @_given "RoutePrefix|RouteTemplate")
  (#set! callee ".UseSwagger .UseSwaggerUI .MapSwagger")
  (#set! path "=/swagger") (#set! style prefix) (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee
  arguments: (argument_list) @_given) @open
  (#match? @_given "RoutePrefix|RouteTemplate")
  (#set! callee ".UseSwagger .UseSwaggerUI .MapSwagger")
  (#set! subject routes) (#set! why "Swagger is served at a path of its own"))

((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapOpenApi") (#set! path "=/openapi") (#set! style prefix) (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapSubscribeHandler") (#set! path "=/dapr/subscribe") (#set! method GET) (#set! slash either))
; Actors of Dapr: `/dapr/config`, `/actors`, and `/healthz`.
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapActorsHandlers") (#set! path "=/healthz") (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapActorsHandlers") (#set! path "=/actors") (#set! style prefix) (#set! slash either))
((invocation_expression
  function: (member_access_expression expression: (_) @route.on) @callee
  arguments: (argument_list) @arguments) @route
  (#set! callee ".MapActorsHandlers") (#set! path "=/dapr") (#set! style prefix) (#set! slash either))

; What answers any path, or paths that nothing here tells.
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee) @open
  (#set! callee ".MapFallback .MapFallbackToFile .MapFallbackToPage .MapFallbackToController .MapFallbackToAreaController .UseSpa .MapReverseProxy .MapForwarder .UseOcelot .UseProxyKit .RunProxy")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee) @open
  (#set! callee ".MapRazorPages .MapRazorComponents .MapBlazorHub .UseBlazorFrameworkFiles .MapCarter .UseFastEndpoints .MapFastEndpoints .MapAreaControllerRoute .MapDynamicControllerRoute .UseWelcomePage .UseFileServer .UseDirectoryBrowser")
  (#set! subject routes) (#set! why "the framework finds routes by itself"))
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee) @open
  (#set! callee ".MapControllerRoute .MapDefaultControllerRoute .UseMvcWithDefaultRoute .MapRoute")
  (#set! subject routes) (#set! why "controllers are found by their names"))
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee
  arguments: (argument_list (argument))) @open
  (#set! callee ".UseMvc")
  (#set! subject routes) (#set! why "controllers are found by their names"))
; Controllers that are not the program's own, and what puts prefixes before all of them.
((member_access_expression name: (identifier) @_name) @open
  (#any-of? @_name "Conventions" "AddApplicationPart")
  (#set! subject routes) (#set! why "conventions decide on routes"))
; Middleware that is written where it is used.
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee
  arguments: (argument_list (argument [(lambda_expression) (anonymous_method_expression)]))) @open
  (#set! callee ".Run .MapWhen")
  (#set! subject routes) (#set! why "paths that are not there are answered too"))
((member_access_expression name: (identifier) @_name) @open
  (#eq? @_name "StartsWithSegments")
  (#set! subject routes) (#set! why "a request's path is looked at"))
((member_access_expression expression: (_) @_request name: (identifier) @_path) @open
  (#match? @_request "Request$") (#eq? @_path "Path")
  (#set! subject routes) (#set! why "a request's path is looked at"))
