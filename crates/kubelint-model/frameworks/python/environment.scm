; needle: environ getenv

((subscript value: (_) @callee subscript: (_) @read.name) @read
  (#set! callee "os.environ") (#set! required true))

((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "os.getenv os.environ.get os.environ.pop os.environ.setdefault")
  (#set! name "0 key") (#set! default "1 default"))

((comparison_operator . (_) @read.name operators: ["in" "not in"] (_) @callee) @read
  (#set! callee "os.environ"))

(assignment left: (subscript value: (_) @callee subscript: (_) @set.name) @set right: (_) @set.value
  (#set! callee "os.environ"))

(delete_statement (subscript value: (_) @callee subscript: (_) @set.name) @set
  (#set! callee "os.environ"))

((call function: (_) @callee arguments: (argument_list) @arguments) @set
  (#set! callee "os.environ.setdefault")
  (#set! name "0") (#set! value "1") (#set! keeps true))

((call function: (_) @callee) @open
  (#set! callee "os.environ.items os.environ.keys os.environ.values os.environ.copy")
  (#set! subject reads) (#set! why "the environment is read as a whole"))

((argument_list [(identifier) (attribute)] @callee @open)
  (#match? @callee "environ$")
  (#set! callee "os.environ")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

((argument_list (keyword_argument value: [(identifier) (attribute)] @callee @open))
  (#match? @callee "environ$")
  (#set! callee "os.environ")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

((dictionary_splat (_) @callee) @open
  (#set! callee "os.environ")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

((for_statement right: (_) @callee) @open
  (#set! callee "os.environ")
  (#set! subject reads) (#set! why "the environment is read as a whole"))
