; needle: login_required jwt_required token_required auth_required requires_auth require_auth api_key_required require_api_key Depends( Security(

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
  (#match? @_on "(get|require|check)_(auth|token|api_key|login|user)|current_(active_)?user|verify_(token|jwt|api_key|auth)|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
(decorated_definition
  (decorator) @guard
  definition: (function_definition parameters: (parameters (_ value: (call function: (_) @_depends arguments: (argument_list . (_) @_on))))) @guard.handler
  (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check)_(auth|token|api_key|login|user)|current_(active_)?user|verify_(token|jwt|api_key|auth)|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
((call function: (_) @callee arguments: (argument_list (keyword_argument name: (identifier) @_key
    value: (list (call function: (_) @_depends arguments: (argument_list . (_) @_on)))))) @guard
  (#set! callee "fastapi.FastAPI fastapi.APIRouter") (#set! on "=itself")
  (#eq? @_key "dependencies") (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check)_(auth|token|api_key|login|user)|current_(active_)?user|verify_(token|jwt|api_key|auth)|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
((call function: (attribute attribute: (identifier) @_method) arguments: (argument_list . (_) @guard.on (keyword_argument name: (identifier) @_key
    value: (list (call function: (_) @_depends arguments: (argument_list . (_) @_on)))))) @guard
  (#eq? @_method "include_router")
  (#eq? @_key "dependencies") (#any-of? @_depends "Depends" "Security")
  (#match? @_on "(get|require|check)_(auth|token|api_key|login|user)|current_(active_)?user|verify_(token|jwt|api_key|auth)|authenticate|oauth2_scheme|^(auth|security)$")
  (#not-match? @_on "optional")
  (#set! guard auth))
