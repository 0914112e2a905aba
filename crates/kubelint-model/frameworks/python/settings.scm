; needle: decouple environs environ starlette.config dotenv dynaconf click typer _env_file BaseSettings

((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "decouple.config decouple.AutoConfig() decouple.Config()")
  (#set! name "0 option") (#set! default "1 default") (#set! cast "2 cast") (#set! required true))
((import_from_statement module_name: (dotted_name) @_module) @file
  (#eq? @_module "decouple") (#set! needle decouple))

((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "starlette.config.Config()")
  (#set! name "0 key") (#set! cast "1 cast") (#set! default "2 default") (#set! required true))
((call function: (_) @callee arguments: (argument_list) @arguments) @file
  (#set! callee "starlette.config.Config") (#set! path "0 env_file"))

; environs: env("X"), env.int("X", 5)
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environs.Env() environs.env environs.Env().str environs.env.str environs.Env().list environs.env.list environs.Env().float environs.env.float environs.Env().url environs.env.url environs.Env().path environs.env.path environs.Env().json environs.env.json environs.Env().dict environs.env.dict environs.Env().log_level environs.env.log_level")
  (#set! name "0 name") (#set! default "1 default") (#set! required true))
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environs.Env().int environs.env.int")
  (#set! name "0 name") (#set! default "1 default") (#set! required true) (#set! kind number))
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environs.Env().bool environs.env.bool")
  (#set! name "0 name") (#set! default "1 default") (#set! required true) (#set! kind boolean))
((call function: (_) @callee) @open
  (#set! callee "environs.Env().prefixed environs.env.prefixed")
  (#set! subject reads) (#set! why "variables are read behind a prefix"))

; django-environ
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environ.Env() environ.FileAwareEnv()")
  (#set! name "0 var") (#set! cast "1 cast") (#set! default "2 default") (#set! required true))
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environ.Env().str environ.Env().list environ.Env().tuple environ.Env().float environ.Env().json environ.Env().dict environ.Env().url environ.Env().path")
  (#set! name "0 var") (#set! default "1 default") (#set! required true))
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environ.Env().int")
  (#set! name "0 var") (#set! default "1 default") (#set! required true) (#set! kind number))
((call function: (_) @callee arguments: (argument_list) @arguments) @read
  (#set! callee "environ.Env().bool")
  (#set! name "0 var") (#set! default "1 default") (#set! required true) (#set! kind boolean))
((call function: (_) @callee arguments: (argument_list . (_)) @arguments) @read
  (#set! callee "environ.Env().db environ.Env().db_url environ.Env().cache environ.Env().cache_url environ.Env().email environ.Env().email_url environ.Env().search_url")
  (#set! name "0 var") (#set! default "1 default") (#set! required true))
((call function: (_) @callee arguments: (argument_list (keyword_argument name: (identifier) @set.name value: (tuple (_) . (_) @set.value)))) @set
  (#set! callee "environ.Env environ.FileAwareEnv") (#set! bare true) (#set! keeps true))

((call function: (_) @callee arguments: (argument_list) @arguments) @file
  (#set! callee "dotenv.load_dotenv dotenv.main.load_dotenv dotenv.dotenv_values environs.Env().read_env environs.env.read_env environ.Env.read_env environ.Env().read_env")
  (#set! path "0 dotenv_path path env_file"))

((call arguments: (argument_list (keyword_argument name: (identifier) @_name value: (string) @file.path))) @file
  (#eq? @_name "_env_file") (#set! needle _env_file))

((call function: (_) @callee) @open
  (#set! callee "dynaconf.Dynaconf dynaconf.LazySettings dynaconf.FlaskDynaconf dynaconf.DjangoDynaconf")
  (#set! subject reads) (#set! why "all variables with a prefix are settings"))

; Options of the command line
(decorated_definition
  (decorator (call function: (_) @callee arguments: (argument_list) @arguments)) @option
  definition: (function_definition) @option.function
  (#set! callee "click.option click.decorators.option typer.option asyncclick.option rich_click.option"))

(decorated_definition
  (decorator (call function: (_) @callee)) @command
  definition: (function_definition) @command.handler
  (#set! callee "typer.Typer().command typer.Typer().callback click.group().command click.Group().command"))

(function_definition parameters: (parameters [
    (default_parameter value: (call function: (_) @callee arguments: (argument_list) @arguments) @option)
    (typed_default_parameter value: (call function: (_) @callee arguments: (argument_list) @arguments) @option)
  ] @option.parameter)
  (#set! callee "typer.Option")) @option.function

(function_definition parameters: (parameters
  (typed_default_parameter type: (type (generic_type (type_parameter
    (type (call function: (_) @callee arguments: (argument_list) @arguments) @option))))) @option.parameter)
  (#set! callee "typer.Option")) @option.function

((keyword_argument name: (identifier) @_name value: (string)) @open
  (#eq? @_name "auto_envvar_prefix") (#set! needle auto_envvar_prefix)
  (#set! subject reads) (#set! why "every option has a variable"))
