; needle: uvicorn hypercorn waitress grpc HTTPServer start_http_server start_wsgi_server sleep wsgi gevent eventlet start_server create_server socket dash gradio

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "uvicorn.run uvicorn.Config uvicorn.main.run")
  (#set! serves "0 app") (#set! port "port =8000") (#set! host "host =127.0.0.1")
  (#set! protocol http) (#set! tls "ssl_keyfile ssl_certfile"))

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "waitress.serve")
  (#set! serves "0 app") (#set! port "port listen =8080") (#set! host "host =0.0.0.0")
  (#set! protocol http) (#set! tls false))

((call function: (attribute attribute: (identifier) @_method) arguments: (argument_list) @arguments) @listen
  (#any-of? @_method "add_insecure_port") (#set! needle add_insecure_port)
  (#set! port "0 address") (#set! protocol grpc) (#set! tls false))

((call function: (attribute attribute: (identifier) @_method) arguments: (argument_list) @arguments) @listen
  (#any-of? @_method "add_secure_port") (#set! needle add_secure_port)
  (#set! port "0 address") (#set! protocol grpc) (#set! tls true))

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "http.server.HTTPServer http.server.ThreadingHTTPServer wsgiref.simple_server.WSGIServer")
  (#set! host "0[0] server_address[0]") (#set! port "0[1] server_address[1] 0 server_address")
  (#set! serves "1 RequestHandlerClass") (#set! protocol http))

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "wsgiref.simple_server.make_server")
  (#set! host "0 host") (#set! port "1 port") (#set! serves "2 app") (#set! protocol http) (#set! tls false))

((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "prometheus_client.start_http_server prometheus_client.start_wsgi_server prometheus_client.exposition.start_http_server")
  (#set! port "0 port") (#set! host "1 addr =0.0.0.0") (#set! serves "=prometheus_client") (#set! protocol http)
  (#set! tls "certfile"))

((call function: (_) @callee arguments: (argument_list) @arguments) @wait
  (#set! callee "time.sleep asyncio.sleep")
  (#set! seconds "0 secs delay"))

((assignment left: (attribute object: (_) @callee attribute: (identifier) @_bind) right: (_) @listen.port) @listen
  (#eq? @_bind "bind")
  (#set! callee "hypercorn.config.Config() hypercorn.Config()") (#set! protocol http))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "gevent.pywsgi.WSGIServer gevent.wsgi.WSGIServer")
  (#set! port "0[1] listener[1] 0 listener") (#set! host "0[0] listener[0]") (#set! serves "1 application")
  (#set! protocol http) (#set! tls "keyfile certfile ssl_context"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "eventlet.listen")
  (#set! port "0[1]") (#set! host "0[0]") (#set! protocol http))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "asyncio.start_server")
  (#set! port "2 port") (#set! host "1 host"))
((call function: (attribute attribute: (identifier) @_method) arguments: (argument_list . (_) . (_)) @arguments) @listen
  (#eq? @_method "create_server") (#set! needle create_server)
  (#set! port "2 port") (#set! host "1 host"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "socketserver.TCPServer socketserver.ThreadingTCPServer xmlrpc.server.SimpleXMLRPCServer")
  (#set! port "0[1] server_address[1]") (#set! host "0[0] server_address[0]") (#set! serves "1 RequestHandlerClass"))
((call function: (_) @callee) @open
  (#set! callee "socket.socket().bind")
  (#set! subject ports) (#set! why "a socket is bound"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "websockets.serve websockets.server.serve websockets.asyncio.server.serve")
  (#set! port "2 port") (#set! host "1 host") (#set! protocol http) (#set! tls "ssl"))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "dash.Dash().run dash.Dash().run_server")
  (#set! port "port =8050") (#set! host "host =127.0.0.1") (#set! protocol http))
((call function: (_) @callee arguments: (argument_list) @arguments) @listen
  (#set! callee "gradio.Interface().launch gradio.Blocks().launch gradio.ChatInterface().launch")
  (#set! port "server_port =7860") (#set! host "server_name =127.0.0.1") (#set! protocol http))
