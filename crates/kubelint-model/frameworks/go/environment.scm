; needle: Getenv LookupEnv Setenv Environ ExpandEnv godotenv AutomaticEnv BindEnv koanf GetString("

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "os.Getenv os.LookupEnv syscall.Getenv") (#set! name "0"))

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "env.GetString env.GetInt env.GetBool env.GetFloat64") (#set! name "0") (#set! default "1"))

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @set
  (#set! callee "os.Setenv") (#set! name "0") (#set! value "1"))

((call_expression function: (_) @callee) @open
  (#set! callee "os.Environ syscall.Environ os.ExpandEnv")
  (#set! subject reads) (#set! why "the environment is read as a whole"))

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @file
  (#set! callee "godotenv.Load godotenv.Overload") (#set! path "0"))

((call_expression function: (_) @callee) @open
  (#set! callee "env.Provider koanf.Load")
  (#set! subject reads) (#set! why "any key of the configuration may be a variable"))
