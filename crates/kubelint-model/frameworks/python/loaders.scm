; needle: import_module __import__ import_string import_object import_from_string load_module load_source run_module run_path exec( iter_modules walk_packages entry_points stevedore pluggy autodiscover_tasks find_modules spec_from_file_location SourceFileLoader from_object from_pyfile from_envvar from_prefixed_env pydoc

((call function: [(identifier) @_name (attribute attribute: (identifier) @_name)] arguments: (argument_list) @arguments) @load
  (#any-of? @_name "import_module" "__import__" "run_module")
  (#set! what "0 name mod_name") (#set! why "a module is loaded by a name that is computed"))

((call function: [(identifier) @_name (attribute attribute: (identifier) @_name)] arguments: (argument_list) @arguments) @load
  (#any-of? @_name "import_string" "import_object" "import_from_string" "import_class")
  (#set! what "0 import_name dotted_path") (#set! loads object) (#set! why "a module is loaded by a name that is computed"))

((call function: (_) @callee arguments: (argument_list) @arguments) @load
  (#set! callee "pydoc.locate")
  (#set! what "0 path") (#set! loads object) (#set! why "a module is loaded by a name that is computed"))

((call function: (_) @callee arguments: (argument_list) @arguments) @load
  (#set! callee "importlib.util.spec_from_file_location importlib.machinery.SourceFileLoader imp.load_source")
  (#set! what "1 location path pathname") (#set! loads file) (#set! why "a module is loaded by a path that is computed"))

((call function: (_) @callee arguments: (argument_list) @arguments) @load
  (#set! callee "runpy.run_path")
  (#set! what "0 path_name") (#set! loads file) (#set! why "a module is loaded by a path that is computed"))

((call function: (identifier) @_name) @open
  (#any-of? @_name "exec" "execfile") (#set! needle exec)
  (#set! subject "reads routes ports") (#set! why "it runs text as source"))

((call function: [(identifier) @_name (attribute attribute: (identifier) @_name)]) @open
  (#any-of? @_name "iter_modules" "walk_packages" "find_modules" "load_module")
  (#set! subject "reads routes ports") (#set! why "it loads modules that it searches for"))

((call function: (_) @callee) @open
  (#set! callee "importlib.metadata.entry_points importlib_metadata.entry_points pkg_resources.iter_entry_points pkg_resources.load_entry_point stevedore.ExtensionManager stevedore.extension.ExtensionManager stevedore.DriverManager stevedore.driver.DriverManager stevedore.NamedExtensionManager stevedore.named.NamedExtensionManager stevedore.HookManager stevedore.hook.HookManager stevedore.EnabledExtensionManager stevedore.enabled.EnabledExtensionManager pluggy.PluginManager().load_setuptools_entrypoints")
  (#set! subject "reads routes ports") (#set! why "it loads what packages offer as plug-ins"))

; Celery takes the module `tasks` of each package.
((call function: (attribute attribute: (identifier) @_name) arguments: (argument_list . (_)) @arguments) @load
  (#eq? @_name "autodiscover_tasks") (#set! needle autodiscover_tasks)
  (#set! what "0 packages") (#set! suffix ".tasks") (#set! subject reads) (#set! why "tasks are searched for in packages that are computed"))

; Flask: `app.config.from_object("shop.config.Production")`; Celery: `app.config_from_object("celeryconfig")`.
((call function: (attribute attribute: (identifier) @_name) arguments: (argument_list) @arguments) @load
  (#any-of? @_name "from_object" "config_from_object")
  (#set! what "0 obj") (#set! loads object) (#set! subject reads) (#set! why "settings are taken from a module whose name is computed"))

((call function: (attribute attribute: (identifier) @_name) arguments: (argument_list) @arguments) @load
  (#eq? @_name "from_pyfile") (#set! needle from_pyfile)
  (#set! what "0 filename") (#set! loads file) (#set! subject reads) (#set! why "settings are taken from a file whose path is computed"))

((call function: (attribute attribute: (identifier) @_name)) @open
  (#any-of? @_name "from_envvar" "config_from_envvar")
  (#set! subject reads) (#set! why "settings are taken from a file that a variable names"))

((call function: (attribute attribute: (identifier) @_name)) @open
  (#eq? @_name "from_prefixed_env") (#set! needle from_prefixed_env)
  (#set! subject reads) (#set! why "all variables with a prefix are settings"))
