; needle: os.Open os.ReadFile ioutil.ReadFile SetConfigFile LoadX509KeyPair os.Stat IsNotExist ErrNotExist ListenAndServeTLS

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "os.Open os.ReadFile ioutil.ReadFile viper.SetConfigFile") (#set! path "0"))
((call_expression function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "tls.LoadX509KeyPair") (#set! path "0"))
((call_expression function: (_) @callee arguments: (argument_list) @arguments) @opened
  (#set! callee "tls.LoadX509KeyPair") (#set! path "1"))

((call_expression function: (_) @callee arguments: (argument_list) @arguments) @looked
  (#set! callee "os.Stat os.Lstat os.IsNotExist") (#set! path "0"))
((call_expression function: (_) @callee arguments: (argument_list) @arguments) @looked
  (#match? @arguments "ErrNotExist")
  (#set! callee "errors.Is") (#set! path "0"))
