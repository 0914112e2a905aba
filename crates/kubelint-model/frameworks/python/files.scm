; needle: open( read_text read_bytes load_cert_chain fileConfig exists isfile is_file

; Only what is opened to be read.
((call function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#not-match? @arguments "mode\\s*=|,\\s*[a-zA-Z_]+\\s*[,)]|,\\s*[\"'][rbtU]*[wax+]")
  (#set! callee "open io.open codecs.open aiofiles.open") (#set! path "0 file"))
((call function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#match? @arguments "mode\\s*=\\s*[\"'][rbtU]+[\"']")
  (#set! callee "open io.open codecs.open aiofiles.open") (#set! path "0 file"))

((call function: (attribute object: (_) @opened.path) @callee arguments: (argument_list) @_given) @opened
  (#not-match? @_given "mode|[\"'][rbtU]*[wax+]")
  (#set! callee "pathlib.Path().read_text pathlib.Path().read_bytes pathlib.Path().open *.read_text *.read_bytes"))

((call function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "logging.config.fileConfig") (#set! path "0 fname"))
((call function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "ssl.SSLContext().load_cert_chain ssl.create_default_context().load_cert_chain") (#set! path "0 certfile"))
((call function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "ssl.SSLContext().load_cert_chain ssl.create_default_context().load_cert_chain") (#set! path "1 keyfile"))

((call function: (_) @callee arguments: (argument_list) @arguments) @looked
  (#set! callee "os.path.exists os.path.isfile os.path.lexists os.access os.stat") (#set! path "0 path"))
((call function: (attribute object: (_) @looked.path attribute: (identifier) @_method)) @looked
  (#any-of? @_method "exists" "is_file") (#not-match? @looked.path "os[.]path$"))
