; needle: HttpSecurity WebSecurity

((method_declaration type: (type_identifier) @_type body: (block) @lock.body) @lock
  (#any-of? @_type "SecurityFilterChain" "SecurityWebFilterChain"))
((method_declaration name: (identifier) @_name
  parameters: (formal_parameters (formal_parameter type: (type_identifier) @_type)) body: (block) @lock.body) @lock
  (#eq? @_name "configure") (#eq? @_type "HttpSecurity"))

; What is let through before any chain is asked.
((method_declaration type: (type_identifier) @_type) @lock
  (#eq? @_type "WebSecurityCustomizer"))
((method_declaration name: (identifier) @_name
  parameters: (formal_parameters (formal_parameter type: (type_identifier) @_type))) @lock
  (#eq? @_name "configure") (#eq? @_type "WebSecurity"))
