; needle: before_request middleware( login_required jwt_required token_required auth_required requires_auth require_auth api_key_required require_api_key Depends( Security(

(decorated_definition
  (decorator [
    (identifier) @_name
    (attribute attribute: (identifier) @_name)
    (call function: (identifier) @_name)
    (call function: (attribute attribute: (identifier) @_name))]) @guard
  definition: (_) @guard.handler
  (#any-of? @_name "login_required" "jwt_required" "fresh_jwt_required" "token_required" "auth_required" "requires_auth" "require_auth" "api_key_required" "require_api_key")
  (#not-match? @guard "optional")
  (#set! guard auth))

; FastAPI: what a route depends on
(decorated_definition
  (decorator (call arguments: (argument_list (keyword_argument name: (identifier) @_key
    value: (list (call function: (_) @_depends arguments: (argument_list . (_) @_on))))))) @guard
  definition: (_) @guard.handler
  (#eq? @_key "dependencies") (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check|verify|validate)_(auth|token|jwt|api_?key|login|user|credentials|basic_auth|bearer)|current_(active_)?user|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
(decorated_definition
  (decorator) @guard
  definition: (function_definition parameters: (parameters (_ value: (call function: (_) @_depends arguments: (argument_list . (_) @_on))))) @guard.handler
  (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check|verify|validate)_(auth|token|jwt|api_?key|login|user|credentials|basic_auth|bearer)|current_(active_)?user|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
((call function: (_) @callee arguments: (argument_list (keyword_argument name: (identifier) @_key
    value: (list (call function: (_) @_depends arguments: (argument_list . (_) @_on)))))) @guard
  (#set! callee "fastapi.FastAPI fastapi.APIRouter") (#set! on "=itself")
  (#eq? @_key "dependencies") (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check|verify|validate)_(auth|token|jwt|api_?key|login|user|credentials|basic_auth|bearer)|current_(active_)?user|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
((call function: (attribute attribute: (identifier) @_method) arguments: (argument_list . (_) @guard.on (keyword_argument name: (identifier) @_key
    value: (list (call function: (_) @_depends arguments: (argument_list . (_) @_on)))))) @guard
  (#eq? @_method "include_router")
  (#eq? @_key "dependencies") (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check|verify|validate)_(auth|token|jwt|api_?key|login|user|credentials|basic_auth|bearer)|current_(active_)?user|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
(decorated_definition
  (decorator) @guard
  definition: (function_definition parameters: (parameters
    (typed_parameter type: (type (generic_type (type_parameter
      (type (call function: (_) @_depends arguments: (argument_list . (_) @_on)))))))))  @guard.handler
  (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check|verify|validate)_(auth|token|jwt|api_?key|login|user|credentials|basic_auth|bearer)|current_(active_)?user|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))

; Functions of one's own that refuse what has no credentials, and make no exception.
(decorated_definition
  (decorator (attribute object: (_) @guard.on attribute: (identifier) @_hook))
  definition: (function_definition body: (block) @_body)
  (#eq? @_hook "before_request")
  (#match? @_body "abort\\(40[13]|, 40[13]\\b|Unauthorized\\(|status=40[13]")
  (#match? @_body "headers|authorization")
  (#not-match? @_body "path|endpoint|url|method|blueprint|view_func|exempt|skip|public|allow| and |(?m:^\\s*return( None)?\\s*$)")
  (#set! guard auth)) @guard
(decorated_definition
  (decorator (call function: (attribute object: (_) @guard.on attribute: (identifier) @_hook) arguments: (argument_list . (string) @_kind)))
  definition: (function_definition body: (block) @_body)
  (#eq? @_hook "middleware") (#match? @_kind "http")
  (#match? @_body "status_code=(40[13]|status.HTTP_40[13])|, 40[13]\\b")
  (#match? @_body "headers")
  (#not-match? @_body "path|endpoint|url|method|exempt|skip|public|allow| and |(?s:call_next.*call_next)")
  (#set! guard auth)) @guard
