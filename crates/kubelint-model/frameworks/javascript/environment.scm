; needle: process import.meta dotenv env-var cleanEnv onfig convict nconf Bun Deno

((member_expression object: (_) @callee property: (property_identifier) @read.name) @read
  (#set! callee "process.env"))

((subscript_expression object: (_) @callee index: (_) @read.name) @read
  (#set! callee "process.env"))

((variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @read.name @read)
  value: (_) @callee)
  (#set! callee "process.env"))

((variable_declarator
  name: (object_pattern (object_assignment_pattern
    left: (shorthand_property_identifier_pattern) @read.name right: (_) @read.default) @read)
  value: (_) @callee)
  (#set! callee "process.env"))

((variable_declarator
  name: (object_pattern (pair_pattern key: (property_identifier) @read.name value: (identifier)) @read)
  value: (_) @callee)
  (#set! callee "process.env"))

((variable_declarator
  name: (object_pattern (pair_pattern key: (property_identifier) @read.name
    value: (assignment_pattern right: (_) @read.default)) @read)
  value: (_) @callee)
  (#set! callee "process.env"))

((variable_declarator
  name: (object_pattern (rest_pattern)) @open
  value: (_) @callee)
  (#set! callee "process.env")
  (#set! subject reads) (#set! why "the environment is read as a whole"))

((assignment_expression
  left: (member_expression object: (_) @callee property: (property_identifier) @set.name) @set
  right: (_) @set.value)
  (#set! callee "process.env"))

((assignment_expression
  left: (subscript_expression object: (_) @callee index: (_) @set.name) @set
  right: (_) @set.value)
  (#set! callee "process.env"))

((augmented_assignment_expression
  left: (member_expression object: (_) @callee property: (property_identifier) @set.name) @set
  right: (_) @set.value)
  (#set! callee "process.env") (#set! keeps true))

((spread_element (_) @callee) @open
  (#set! callee "process.env")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

((call_expression function: (_) @_function arguments: (arguments [(identifier) (member_expression)] @callee @open))
  (#match? @callee "env$") (#not-match? @_function "cleanEnv$")
  (#set! callee "process.env")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

((pair value: [(identifier) (member_expression)] @callee @open)
  (#match? @callee "env$")
  (#set! callee "process.env")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

((for_in_statement right: (_) @callee @open)
  (#set! callee "process.env")
  (#set! subject reads) (#set! why "the environment is read as a whole"))

; What the schemas of packages read.
((call_expression function: (_) @callee
  arguments: (arguments (_) (object (pair key: (property_identifier) @read.name
    value: (call_expression arguments: (arguments) @arguments)) @read)))
  (#set! callee "envalid.cleanEnv")
  (#set! default "0.default 0.devDefault") (#set! required true))

((call_expression function: (_) @callee arguments: (arguments) @arguments) @read
  (#set! callee "env-var.get env-var.default.get") (#set! name "0"))

((call_expression function: (_) @callee arguments: (arguments) @arguments) @file
  (#set! callee "dotenv.config dotenv.default.config dotenv") (#set! path "0.path"))

((import_statement source: (string) @_module) @file
  (#match? @_module "^.dotenv/config.$"))

; Whether it is there.
((binary_expression left: (string) @read.name operator: "in" right: (_) @callee) @read
  (#set! callee "process.env"))
((call_expression function: (member_expression object: (_) @callee property: (property_identifier) @_method)
  arguments: (arguments . (string) @read.name)) @read
  (#eq? @_method "hasOwnProperty") (#set! callee "process.env"))

; Services of configuration that read the environment: those of Nest, and of the same shape.
((call_expression function: (member_expression object: (_) @_service property: (property_identifier) @_get)
  arguments: (arguments . (string) @read.name . [(string) (number) (true) (false) (identifier) (member_expression)] @read.default)) @read
  (#any-of? @_get "get" "getOrThrow") (#match? @_service "[cC]onfig([sS]ervice)?$") (#match? @read.name "^.[A-Z][A-Z0-9_]+.$"))
((call_expression function: (member_expression object: (_) @_service property: (property_identifier) @_get)
  arguments: (arguments . (string) @read.name . (object)? .)) @read
  (#eq? @_get "get") (#match? @_service "[cC]onfig([sS]ervice)?$") (#match? @read.name "^.[A-Z][A-Z0-9_]+.$"))
((call_expression function: (member_expression object: (_) @_service property: (property_identifier) @_get)
  arguments: (arguments . (string) @read.name . (object)? .)) @read
  (#eq? @_get "getOrThrow") (#match? @_service "[cC]onfig([sS]ervice)?$") (#match? @read.name "^.[A-Z][A-Z0-9_]+.$")
  (#set! required true))
((call_expression function: (member_expression object: (_) @_service property: (property_identifier) @_get)
  arguments: (arguments . [(identifier) (member_expression) (template_string) (binary_expression) (call_expression)])) @open
  (#any-of? @_get "get" "getOrThrow") (#match? @_service "[cC]onfig[sS]ervice$")
  (#set! subject reads) (#set! why "the name of a variable is computed"))
; What a function makes of the environment that it is given nobody sees.
((call_expression function: (_) @callee arguments: (arguments (object (pair key: (property_identifier) @_key)))) @open
  (#eq? @_key "validate")
  (#set! callee "@nestjs/config.ConfigModule.forRoot")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))
((call_expression function: (_) @callee arguments: (arguments (object (shorthand_property_identifier) @_key))) @open
  (#eq? @_key "validate")
  (#set! callee "@nestjs/config.ConfigModule.forRoot")
  (#set! subject reads) (#set! why "the environment is handed over as a whole"))

; Schemas of packages that read it by themselves, or from files.
((call_expression function: (_) @callee) @open
  (#set! callee "@t3-oss/env-core.createEnv")
  (#set! subject reads) (#set! why "a package reads the environment"))
((pair key: (property_identifier) @_key value: (string) @read.name) @read
  (#eq? @_key "env") (#match? @read.name "^.[A-Z][A-Z0-9_]+.$") (#set! needle "convict"))
((call_expression function: (_) @callee) @open
  (#set! callee "convict convict.default")
  (#set! subject reads) (#set! why "a package reads the environment"))
((import_statement source: (string) @open)
  (#match? @open "^.(config|node-config|rc|nconf|fastify-env|@fastify/env|env-schema|envsafe|znv|dotenv-(expand|flow|safe)|@t3-oss/env-nuxt)/?.$")
  (#set! subject reads) (#set! why "a package reads the environment"))
((call_expression function: (identifier) @_require arguments: (arguments . (string) @open))
  (#eq? @_require "require") (#match? @open "^.(config|node-config|rc|nconf|fastify-env|@fastify/env|env-schema|envsafe|znv|dotenv-(expand|flow|safe)|@t3-oss/env-nuxt)/?.$")
  (#set! subject reads) (#set! why "a package reads the environment"))
((member_expression object: (member_expression object: (identifier) @_runtime property: (property_identifier) @_env) property: (property_identifier) @read.name) @read
  (#eq? @_runtime "Bun") (#eq? @_env "env"))
((call_expression function: (member_expression object: (member_expression object: (identifier) @_runtime property: (property_identifier) @_env) property: (property_identifier) @_get)
  arguments: (arguments . (string) @read.name)) @read
  (#eq? @_runtime "Deno") (#eq? @_env "env") (#eq? @_get "get"))
