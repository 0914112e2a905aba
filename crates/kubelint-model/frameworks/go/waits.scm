; needle: time.Sleep

((call_expression function: (_) @callee arguments: (argument_list (binary_expression left: (int_literal) @wait.seconds operator: "*" right: (selector_expression) @_unit))) @wait
  (#eq? @_unit "time.Second") (#set! callee "time.Sleep"))

((call_expression function: (_) @callee arguments: (argument_list (binary_expression left: (selector_expression) @_unit operator: "*" right: (int_literal) @wait.seconds))) @wait
  (#eq? @_unit "time.Second") (#set! callee "time.Sleep"))

((call_expression function: (_) @callee arguments: (argument_list (binary_expression left: (int_literal) @wait.seconds operator: "*" right: (selector_expression) @_unit))) @wait
  (#eq? @_unit "time.Minute") (#set! callee "time.Sleep") (#set! factor 60))

((call_expression function: (_) @callee arguments: (argument_list (binary_expression left: (selector_expression) @_unit operator: "*" right: (int_literal) @wait.seconds))) @wait
  (#eq? @_unit "time.Minute") (#set! callee "time.Sleep") (#set! factor 60))
