; needle: django urlpatterns rest_framework

((call function: (_) @callee arguments: (argument_list . (_) . [
    (identifier) @route.handler (attribute) @route.handler (lambda) (call function: (_) @_view)]) @arguments) @route
  (#set! callee "django.urls.path django.urls.conf.path")
  (#not-match? @_view "include$") (#not-match? @route.handler "\\.urls$")
  (#set! path "0 route") (#set! style angle) (#set! slash added))

((call function: (_) @callee arguments: (argument_list . (_) . [
    (identifier) @route.handler (attribute) @route.handler (lambda) (string) (call function: (_) @_view)]) @arguments) @route
  (#set! callee "django.urls.re_path django.urls.conf.re_path django.conf.urls.url django.conf.urls.re_path")
  (#not-match? @_view "include$") (#not-match? @route.handler "\\.urls$")
  (#set! path "0 regex route") (#set! style regex) (#set! slash added))

; The administration, or another object with addresses of its own
((call function: (_) @callee arguments: (argument_list . (string) . (attribute) @_urls) @arguments) @route
  (#set! callee "django.urls.path django.urls.conf.path")
  (#match? @_urls "^admin\\.|site\\.urls$")
  (#set! path "0 route") (#set! style prefix) (#set! slash either))
((call function: (_) @callee arguments: (argument_list . (string) . (attribute) @mount.what) @arguments) @mount
  (#set! callee "django.urls.path django.urls.conf.path")
  (#match? @mount.what "\\.urls$") (#not-match? @mount.what "^admin\\.|site\\.urls$")
  (#set! prefix "0 route") (#set! style angle))

((call function: (_) @callee arguments: (argument_list . (_) .
    (call function: (_) @_include arguments: (argument_list . [(string) (identifier) (attribute) (list) (call)] @mount.what))) @arguments) @mount
  (#set! callee "django.urls.path django.urls.conf.path")
  (#match? @_include "include$") (#set! prefix "0 route") (#set! style angle))
((call function: (_) @callee arguments: (argument_list . (_) .
    (call function: (_) @_include arguments: (argument_list . (tuple . (_) @mount.what)))) @arguments) @mount
  (#set! callee "django.urls.path django.urls.conf.path")
  (#match? @_include "include$") (#set! prefix "0 route") (#set! style angle))
((call function: (_) @callee arguments: (argument_list . (_) .
    (call function: (_) @_include arguments: (argument_list . [(string) (identifier) (attribute) (list) (call)] @mount.what))) @arguments) @mount
  (#set! callee "django.urls.re_path django.urls.conf.re_path django.conf.urls.url")
  (#match? @_include "include$") (#set! prefix "0 regex route") (#set! style regex))
((call function: (_) @callee arguments: (argument_list . (_) .
    (call function: (_) @_include arguments: (argument_list . (tuple . (_) @mount.what)))) @arguments) @mount
  (#set! callee "django.urls.re_path django.urls.conf.re_path django.conf.urls.url")
  (#match? @_include "include$") (#set! prefix "0 regex route") (#set! style regex))

; What else the list takes over
(augmented_assignment left: (identifier) @mount.on right: [(identifier) (attribute)] @mount.what
  (#eq? @mount.on "urlpatterns")) @mount
(assignment left: (identifier) @mount.on right: (list (list_splat (_) @mount.what))
  (#eq? @mount.on "urlpatterns")) @mount
(assignment left: (identifier) @mount.on right: (binary_operator [(identifier) (attribute)] @mount.what)
  (#eq? @mount.on "urlpatterns")) @mount
(assignment left: (identifier) @open.on right: [(list_comprehension) (call)]
  (#eq? @open.on "urlpatterns")
  (#set! subject routes) (#set! why "the list of addresses is computed")) @open

; Django REST framework
((call function: (_) @callee) @router
  (#set! callee "rest_framework.routers.DefaultRouter rest_framework.routers.SimpleRouter") (#set! suffix ".urls"))
((call function: (attribute object: (_) @callee @route.on attribute: (identifier) @_method) arguments: (argument_list) @arguments) @route
  (#eq? @_method "register")
  (#set! callee "rest_framework.routers.DefaultRouter() rest_framework.routers.SimpleRouter()") (#set! suffix ".urls")
  (#set! path "0 prefix") (#set! style prefix) (#set! slash either))
((call function: (_) @callee arguments: (argument_list) @arguments) @route
  (#set! callee "rest_framework.routers.DefaultRouter")
  (#set! on "=itself") (#set! path "=/") (#set! method GET) (#set! style plain) (#set! slash either))

; Middleware that answers by itself
((if_statement
  condition: (comparison_operator . [(attribute) (identifier)] @_path operators: "==" . (string) @route.path)
  consequence: (block) @_body) @route
  (#match? @_path "request\\.path(_info)?$") (#match? @_body "return")
  (#not-match? @_body "get_response")
  (#set! on "=") (#set! style plain))
