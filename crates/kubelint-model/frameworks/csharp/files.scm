; needle: File. AddJsonFile StreamReader UseHttps X509 Task.Delay Thread.Sleep

((invocation_expression function: (_) @callee arguments: (argument_list . (argument) .) @arguments) @opened
  (#set! callee "File.ReadAllText File.ReadAllLines File.ReadAllBytes File.OpenRead File.OpenText File.ReadLines")
  (#set! path "0 path"))
; What nobody waits for may fail unseen.
((await_expression (invocation_expression function: (_) @callee arguments: (argument_list) @arguments) @opened)
  (#set! callee "File.ReadAllTextAsync File.ReadAllLinesAsync File.ReadAllBytesAsync") (#set! path "0 path"))
((object_creation_expression type: (identifier) @_type arguments: (argument_list . (argument) .) @arguments) @opened
  (#eq? @_type "StreamReader") (#set! path "0 path"))
((invocation_expression function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "X509Certificate2.CreateFromPemFile X509CertificateLoader.LoadPkcs12FromFile") (#set! path "0 certPemFilePath path"))

; A file of settings, unless it may be missing: the second argument says so.
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list) @_given @arguments) @opened
  (#eq? @_name "AddJsonFile")
  (#match? @_given "^[(]\\s*(path:\\s*)?@?\"[^\"]*\"\\s*([)]|,\\s*(optional:\\s*)?false)")
  (#set! path "0 path"))

; The certificate of an address to listen on.
((invocation_expression
  function: (member_access_expression name: (identifier) @_name)
  arguments: (argument_list . (argument (string_literal)))  @arguments) @opened
  (#eq? @_name "UseHttps") (#set! path "0 fileName"))

((invocation_expression function: (_) @callee arguments: (argument_list) @arguments) @looked
  (#set! callee "File.Exists Path.Exists") (#set! path "0 path"))

; Times before it listens.
((await_expression (invocation_expression function: (_) @callee arguments: (argument_list . (argument (integer_literal) @wait.seconds))) @wait)
  (#set! callee "Task.Delay") (#set! divisor 1000))
((invocation_expression function: (_) @callee arguments: (argument_list . (argument (integer_literal) @wait.seconds))) @wait
  (#set! callee "Thread.Sleep") (#set! divisor 1000))
((await_expression (invocation_expression function: (_) @callee arguments: (argument_list . (argument (invocation_expression function: (_) @_span arguments: (argument_list . (argument (integer_literal) @wait.seconds))))))  @wait)
  (#set! callee "Task.Delay") (#eq? @_span "TimeSpan.FromSeconds"))
((await_expression (invocation_expression function: (_) @callee arguments: (argument_list . (argument (invocation_expression function: (_) @_span arguments: (argument_list . (argument (integer_literal) @wait.seconds))))))  @wait)
  (#set! callee "Task.Delay") (#eq? @_span "TimeSpan.FromMinutes") (#set! factor 60))
((invocation_expression function: (_) @callee arguments: (argument_list . (argument (invocation_expression function: (_) @_span arguments: (argument_list . (argument (integer_literal) @wait.seconds)))))) @wait
  (#set! callee "Thread.Sleep") (#eq? @_span "TimeSpan.FromSeconds"))
((invocation_expression function: (_) @callee arguments: (argument_list . (argument (invocation_expression function: (_) @_span arguments: (argument_list . (argument (integer_literal) @wait.seconds)))))) @wait
  (#set! callee "Thread.Sleep") (#eq? @_span "TimeSpan.FromMinutes") (#set! factor 60))
