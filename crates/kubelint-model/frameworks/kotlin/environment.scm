; needle: getenv dotenv konfig hoplite typesafe konf

((call_expression . (_) @callee (call_suffix (value_arguments . (_)) @arguments)) @read
  (#set! callee "System.getenv java.lang.System.getenv") (#set! name "0"))

; The environment as a map.
((indexing_expression . (_) @callee (indexing_suffix . (_) @read.name .)) @read
  (#set! callee "System.getenv() java.lang.System.getenv()"))
((call_expression . (_) @callee (call_suffix (value_arguments . (_)) @arguments)) @read
  (#set! callee "System.getenv().get System.getenv().getValue System.getenv().getOrDefault System.getenv().getOrElse System.getenv().containsKey java.lang.System.getenv().get java.lang.System.getenv().getValue java.lang.System.getenv().getOrDefault java.lang.System.getenv().getOrElse java.lang.System.getenv().containsKey")
  (#set! name "0") (#set! default "1"))
((navigation_expression (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open (navigation_suffix (simple_identifier) @_method))
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#not-any-of? @_method "get" "getValue" "getOrDefault" "getOrElse" "containsKey")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is read as a whole"))
((property_declaration (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is read as a whole"))
((value_argument (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((function_body (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((jump_expression (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((assignment (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is read as a whole"))
((for_statement (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is read as a whole"))
((elvis_expression (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((class_parameter (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((function_value_parameters (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((statements (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((infix_expression (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((additive_expression (call_expression . (_) @callee (call_suffix (value_arguments) @_none)) @open)
  (#eq? @_none "()") (#set! callee "System.getenv java.lang.System.getenv")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((callable_reference) @_what @open
  (#match? @_what "System::getenv$")
  (#set! on "=") (#set! subject reads) (#set! why "the environment is handed over as a whole"))

; Libraries that read variables by names that they make.
((import_header (identifier) @_name) @open
  (#match? @_name "^(io[.]github[.]cdimascio|com[.]natpryce[.]konfig|com[.]sksamuel[.]hoplite|com[.]uchuhimo[.]konf|com[.]typesafe[.]config|io[.]github[.]config4k|io[.]github[.]nhubbard[.]konf|no[.]nav[.]common[.]utils)")
  (#set! on "=") (#set! subject reads) (#set! why "a library reads variables"))
