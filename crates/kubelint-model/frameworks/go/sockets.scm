; needle: net" crypto/tls"

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "net.Listen tls.Listen") (#set! port "1") (#set! protocol other))
