; needle: readFile createReadStream existsSync access stat

((call_expression function: (_) @callee arguments: (arguments) @arguments) @opened
  (#set! callee "fs.readFileSync fs.default.readFileSync fs-extra.readFileSync fs-extra.readJsonSync fs-extra.readJSONSync")
  (#set! path "0"))
; What nobody waits for may fail unseen.
((await_expression (call_expression function: (_) @callee arguments: (arguments) @arguments) @opened)
  (#set! callee "fs.promises.readFile fs.default.promises.readFile fs/promises.readFile fs/promises.default.readFile fs-extra.readFile fs-extra.readJson")
  (#set! path "0"))

((call_expression function: (_) @callee arguments: (arguments) @arguments) @looked
  (#set! callee "fs.existsSync fs.default.existsSync fs.accessSync fs.default.accessSync fs.statSync fs.default.statSync fs.access fs.stat fs.promises.access fs.promises.stat fs/promises.access fs/promises.stat fs-extra.existsSync fs-extra.pathExists fs-extra.pathExistsSync")
  (#set! path "0"))
