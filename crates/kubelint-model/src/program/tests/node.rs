//! Programs of Node.js and Bun: how they start, and what applications do with all their routes.

use super::found;

const EXPRESS: &str = "const app = require('express')();\napp.get('/healthz', (req, res) => res.send('ok'));\napp.listen(process.env.PORT || 3000);\n";

fn check(dockerfile: &str, files: &[(&str, &str)], expected: &[&str]) {
    let text = found("", dockerfile, files);
    for line in expected {
        // Of what it listens on only the port.
        let is_meant = |it: &str| match line.strip_prefix("listens") {
            Some(_) => it.starts_with(&format!("{line} ")),
            None => it == *line,
        };
        assert!(text.lines().any(is_meant), "{line}\n{text}");
    }
}

#[test]
fn what_base_images_give_to_node() {
    for base in ["gcr.io/distroless/nodejs20-debian12", "node:20"] {
        let dockerfile = format!("FROM {base}\nWORKDIR /app\nCOPY . .\nCMD [\"server.js\"]\n");
        check(
            &dockerfile,
            &[("api/server.js", EXPRESS)],
            &[
                "$ node server.js",
                "entry api/server.js",
                "GET /healthz",
                "listens 3000",
            ],
        );
    }
}

#[test]
fn pm2_starts_what_its_configuration_says() {
    let configuration =
        "module.exports = { apps: [{ script: './src/server.js', env: { PORT: 8080 } }] };\n";
    check(
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCMD [\"pm2-runtime\", \"start\", \"ecosystem.config.js\"]\n",
        &[
            ("api/ecosystem.config.js", configuration),
            ("api/src/server.js", EXPRESS),
        ],
        &["entry api/src/server.js", "listens 8080"],
    );
}

#[test]
fn bundles_lead_to_what_they_begin_with() {
    let package = "{\"scripts\": {\"build\": \"esbuild src/main.ts --bundle --outfile=dist/bundle.js\"}, \"dependencies\": {\"express\": \"4\"}}";
    check(
        "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:20\nCOPY --from=build /app/dist /srv/dist\nCMD [\"node\", \"/srv/dist/bundle.js\"]\n",
        &[("api/package.json", package), ("api/src/main.ts", EXPRESS)],
        &["entry api/src/main.ts", "GET /healthz"],
    );
}

#[test]
fn packages_that_are_put_into_a_folder_of_their_own() {
    let package = "{\"name\": \"orders\", \"scripts\": {\"start\": \"node src/main.js\"}, \"dependencies\": {\"express\": \"4\"}}";
    check(
        "FROM node:20 AS build\nWORKDIR /src\nCOPY . .\nRUN pnpm deploy --filter=orders --prod /prod/orders\nFROM node:20\nCOPY --from=build /prod/orders /app\nWORKDIR /app\nCMD [\"npm\", \"start\"]\n",
        &[
            ("api/package.json", "{\"name\": \"shop\"}"),
            ("api/apps/orders/package.json", package),
            ("api/apps/orders/src/main.js", EXPRESS),
        ],
        &["entry api/apps/orders/src/main.js", "GET /healthz"],
    );
}

#[test]
fn bun_serves_what_its_file_exports() {
    let dockerfile =
        "FROM oven/bun:1\nWORKDIR /app\nCOPY . .\nCMD [\"bun\", \"run\", \"src/index.ts\"]\n";
    let application = "import { Hono } from 'hono';\nimport items from './items';\nconst app = new Hono().basePath('/api');\napp.get('/healthz', (c) => c.text('ok'));\napp.route('/items', items);\n";
    let items =
        "import { Hono } from 'hono';\nexport default new Hono().get('/:id', (c) => c.json({}));\n";
    for (export, port) in [
        ("export default app;\n", "listens 3000"),
        (
            "export default { port: 4000, fetch: app.fetch };\n",
            "listens 4000",
        ),
    ] {
        let text = format!("{application}{export}");
        check(
            dockerfile,
            &[("api/src/index.ts", &text), ("api/src/items.ts", items)],
            &["GET /api/healthz", "GET /api/items/:id", port],
        );
    }
}

/// A program of Nest whose application is told `told`, and whose module and controller are `controller`.
fn nest(told: &str, controller: &str) -> Vec<(&'static str, String)> {
    let main = format!(
        "import {{ NestFactory }} from '@nestjs/core';\nimport {{ RequestMethod, VersioningType }} from '@nestjs/common';\nimport {{ AppModule }} from './app.module';\nasync function bootstrap() {{\n  const app = await NestFactory.create(AppModule);\n  {told}\n  await app.listen(3000);\n}}\nbootstrap();\n"
    );
    vec![
        ("api/src/main.ts", main),
        ("api/src/app.module.ts", controller.to_owned()),
    ]
}

fn check_nest(told: &str, controller: &str, expected: &[&str]) {
    let files = nest(told, controller);
    let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0, it.1.as_str())).collect();
    check(
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm run build\nCMD [\"node\", \"dist/main\"]\n",
        &files,
        expected,
    );
}

#[test]
fn what_an_application_of_nest_puts_before_all_paths() {
    let controller = "import { Controller, Get, Module, Version, VERSION_NEUTRAL } from '@nestjs/common';\n@Controller({ path: 'health', version: VERSION_NEUTRAL })\nexport class HealthController {\n  @Get()\n  check() {}\n  @Get('ready')\n  @Version('2')\n  ready() {}\n}\n@Controller('orders')\nexport class OrdersController {\n  @Get(':id')\n  one() {}\n}\n@Module({ controllers: [HealthController, OrdersController] })\nexport class AppModule {}\n";
    for (told, expected) in [
        (
            "app.setGlobalPrefix('api');",
            [
                "GET /api/health",
                "GET /api/health/ready",
                "GET /api/orders/:id",
            ],
        ),
        (
            "app.setGlobalPrefix('api', { exclude: ['health', 'orders/(.*)'] });",
            ["GET /health", "GET /api/health/ready", "GET /orders/:id"],
        ),
        (
            "app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.POST }] });",
            [
                "GET /api/health",
                "GET /api/health/ready",
                "GET /api/orders/:id",
            ],
        ),
        (
            "app.setGlobalPrefix('api');\n  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });",
            [
                "GET /api/health",
                "GET /api/v2/health/ready",
                "GET /api/v1/orders/:id",
            ],
        ),
        (
            "app.enableVersioning({ type: VersioningType.HEADER, header: 'v' });",
            ["GET /health", "GET /health/ready", "GET /orders/:id"],
        ),
        (
            "app.setGlobalPrefix(process.env.PREFIX_OF(1));",
            [
                "gap Some(Routes): a prefix is computed",
                "GET /health",
                "GET /orders/:id",
            ],
        ),
    ] {
        check_nest(told, controller, &expected);
    }
}

#[test]
fn guards_of_nest_stand_before_the_routes_of_all_controllers() {
    let module = |guard: &str, decorator: &str| {
        format!(
            "import {{ Controller, Get, Module }} from '@nestjs/common';\nimport {{ APP_GUARD, Reflector }} from '@nestjs/core';\nimport {{ AuthGuard }} from '@nestjs/passport';\nimport {{ SkipThrottle, ThrottlerGuard, ThrottlerModule }} from '@nestjs/throttler';\nexport class Known extends AuthGuard('jwt') {{}}\nexport class Some extends AuthGuard('jwt') {{\n  constructor(private reflector: Reflector) {{ super(); }}\n}}\n{decorator}\n@Controller('health')\nexport class HealthController {{\n  @Get()\n  check() {{}}\n}}\n@Module({{ imports: [ThrottlerModule.forRoot([{{ ttl: 60000, limit: 5 }}])], controllers: [HealthController], providers: [{{ provide: APP_GUARD, useClass: {guard} }}] }})\nexport class AppModule {{}}\n"
        )
    };
    for (guard, decorator, expected) in [
        ("Known", "", "GET /health auth"),
        ("Some", "", "GET /health"),
        ("ThrottlerGuard", "", "GET /health 5/60s"),
        ("ThrottlerGuard", "@SkipThrottle()", "GET /health"),
    ] {
        check_nest("", &module(guard, decorator), &[expected]);
    }
}

#[test]
fn configuration_of_nest_is_made_by_functions() {
    let module = "import { Controller, Get, Module } from '@nestjs/common';\nimport { ConfigModule } from '@nestjs/config';\nimport configuration from './configuration';\n@Module({ imports: [ConfigModule.forRoot({ load: [configuration] })] })\nexport class AppModule {}\n";
    let main = "import { NestFactory } from '@nestjs/core';\nimport { ConfigService } from '@nestjs/config';\nimport { AppModule } from './app.module';\nasync function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n  const config = app.get(ConfigService);\n  await app.listen(config.get<number>('http.port'));\n}\nbootstrap();\n";
    check(
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"dist/main\"]\n",
        &[
            ("api/src/main.ts", main),
            ("api/src/app.module.ts", module),
            (
                "api/src/configuration.ts",
                "export default () => ({\n  http: { port: parseInt(process.env.PORT, 10) || 4000 },\n});\n",
            ),
        ],
        &["listens 4000"],
    );
}

#[test]
fn roots_of_routers_below_prefixes() {
    let health =
        "export default async function health(fastify) {\n  fastify.get('/', async () => 1);\n}\n";
    let main = "import Fastify from 'fastify';\nimport health from './health.js';\nconst app = Fastify();\napp.register(health, { prefix: '/health' });\napp.listen({ port: 3000 });\n";
    let text = found(
        "",
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"index.js\"]\n",
        &[("api/index.js", main), ("api/health.js", health)],
    );
    assert!(text.contains("GET /health/\n"), "{text}");
}

#[test]
fn what_is_imported_by_the_name_that_it_has_there() {
    let router = "const Router = require('@koa/router');\nconst router = new Router({ prefix: '/api' });\nrouter.get('/health', (ctx) => { ctx.body = 1; });\nmodule.exports = router;\n";
    let main = "const Koa = require('koa');\nconst router = require('./router');\nconst app = new Koa();\napp.use(router.routes()).use(router.allowedMethods());\napp.listen(3000);\n";
    check(
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"index.js\"]\n",
        &[("api/index.js", main), ("api/router.js", router)],
        &["GET /api/health"],
    );
}
