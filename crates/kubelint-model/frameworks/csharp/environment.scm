; needle: Environment

((invocation_expression function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "Environment.GetEnvironmentVariable") (#set! name "0 variable"))

((invocation_expression function: (_) @callee arguments: (argument_list) @arguments) @set
  (#set! callee "Environment.SetEnvironmentVariable") (#set! name "0 variable") (#set! value "1 value"))

((invocation_expression function: (_) @callee) @open
  (#set! callee "Environment.GetEnvironmentVariables")
  (#set! subject reads) (#set! why "the environment is read as a whole"))

((invocation_expression function: (_) @callee) @open
  (#set! callee "Environment.ExpandEnvironmentVariables")
  (#set! subject reads) (#set! why "the name of a variable is computed"))
