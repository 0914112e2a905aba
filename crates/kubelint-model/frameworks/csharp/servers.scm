; needle: Listen Urls Server Run

((invocation_expression function: (_) @callee arguments: (argument_list (argument (_) @listen.port))) @listen
  (#match? @callee "[.]UseUrls$")
  (#set! protocol http))

((invocation_expression
  function: (member_access_expression expression: (member_access_expression name: (identifier) @_urls) name: (identifier) @_add)
  arguments: (argument_list (argument (_) @listen.port))) @listen
  (#eq? @_urls "Urls") (#eq? @_add "Add")
  (#set! protocol http))

((invocation_expression
  function: (member_access_expression) @callee
  arguments: (argument_list . (argument [(string_literal) (interpolated_string_expression) (identifier) (member_access_expression) (binary_expression)] @listen.port) .)) @listen
  (#set! callee ".Run .RunAsync") (#set! protocol http))

((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @listen.port)) @_given) @listen
  (#eq? @_name "ListenAnyIP") (#not-match? @_given "UseHttps|Https")
  (#set! protocol http) (#set! tls false))
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @listen.port)) @_given) @listen
  (#eq? @_name "ListenAnyIP") (#match? @_given "[.]UseHttps") (#not-match? @_given "if\\s*[(]|[?]")
  (#set! protocol http) (#set! tls true))
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @listen.port)) @_given) @listen
  (#eq? @_name "ListenAnyIP") (#match? @_given "Https") (#match? @_given "if\\s*[(]|[?]")
  (#set! protocol http))
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @listen.port)) @_given) @listen
  (#eq? @_name "ListenAnyIP") (#match? @_given "Https") (#not-match? @_given "[.]UseHttps|if\\s*[(]|[?]")
  (#set! protocol http))

((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @listen.port)) @arguments) @listen
  (#eq? @_name "ListenLocalhost") (#set! host "=127.0.0.1")
  (#set! protocol http))

((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @_host) . (argument (_) @listen.port)) @_given) @listen
  (#eq? @_name "Listen") (#match? @_host "IPAddress[.](Any|IPv6Any)$") (#not-match? @_given "UseHttps|Https")
  (#set! protocol http) (#set! tls false))
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @_host) . (argument (_) @listen.port)) @_given) @listen
  (#eq? @_name "Listen") (#match? @_host "IPAddress[.](Any|IPv6Any)$") (#match? @_given "UseHttps|Https")
  (#set! protocol http))
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @_host) . (argument (_) @listen.port)) @arguments) @listen
  (#eq? @_name "Listen") (#match? @_host "IPAddress[.](IPv6)?Loopback$") (#set! host "=127.0.0.1")
  (#set! protocol http))
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (_) @_host))) @open
  (#eq? @_name "Listen") (#not-match? @_host "IPAddress[.](IPv6)?(Any|Loopback)$")
  (#set! subject ports) (#set! why "an address to listen on is computed"))

; The servers of prometheus-net listen beside the application.
((object_creation_expression type: (_) @_type arguments: (argument_list) @arguments) @listen
  (#match? @_type "(^|[.])(Kestrel)?MetricServer$")
  (#set! port "port 0") (#set! tls false))
((object_creation_expression type: (_) @_type arguments: (argument_list) @arguments) @open
  (#match? @_type "(^|[.])(Kestrel)?MetricServer(Options)?$")
  (#set! subject routes) (#set! why "metrics are served beside the application"))
((invocation_expression
  function: (member_access_expression) @callee
  arguments: (argument_list) @_given @arguments) @listen
  (#match? @_given "^[(]\\s*(port:|[0-9a-zA-Z])")
  (#set! callee ".UseMetricServer") (#set! port "port 0") (#set! tls false))
((invocation_expression
  function: (member_access_expression expression: (_) @open.on) @callee
  arguments: (argument_list) @_given) @open
  (#match? @_given "^[(]\\s*(port:|[0-9a-zA-Z])")
  (#set! callee ".UseMetricServer")
  (#set! subject routes) (#set! why "metrics are served beside the application"))

; The older server of gRPC.
((object_creation_expression type: (_) @_type arguments: (argument_list) @arguments) @listen
  (#match? @_type "(^|[.])ServerPort$")
  (#set! host "0 host") (#set! port "1 port") (#set! protocol grpc))

((object_creation_expression type: (_) @_type) @open
  (#match? @_type "(^|[.])(HttpListener|TcpListener|WebHostBuilder|WatsonWebserver)$")
  (#set! subject ports) (#set! why "a server is made that is not understood"))
((object_creation_expression type: (_) @_type) @open
  (#match? @_type "(^|[.])(HttpListener|TcpListener|WatsonWebserver)$")
  (#set! subject routes) (#set! why "a server is made that is not understood"))
