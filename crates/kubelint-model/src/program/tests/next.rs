use super::{check, found};

const STANDALONE: &str = "FROM node:20-alpine AS base\nFROM base AS builder\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM base AS runner\nWORKDIR /app\nCOPY --from=builder /app/public ./public\nCOPY --from=builder /app/.next/standalone ./\nCOPY --from=builder /app/.next/static ./.next/static\nENV PORT=3000\nCMD [\"node\", \"server.js\"]\n";
const PLAIN: &str = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm run build\n";
const PACKAGE: &str = "{\"name\": \"web\", \"scripts\": {\"start\": \"next start\"}, \"dependencies\": {\"next\": \"^15.0.0\"}}";
const HEALTH: &str = "export async function GET() {\n  return Response.json({});\n}\n";
const PAGE: &str = "export default function Page() {\n  return null;\n}\n";
/// What its server reads by itself.
const OWN: &str =
    "reads PORT at start\nreads HOSTNAME at start\nreads KEEP_ALIVE_TIMEOUT at start\n";

#[test]
fn a_standalone_build_of_the_app_router() {
    let orders = "import { key } from '@/lib/keys';\nconst handler = async () => Response.json(key);\nexport { handler as POST };\n";
    check(
        "",
        STANDALONE,
        &[
            ("api/package.json", PACKAGE),
            (
                "api/next.config.mjs",
                "if (!process.env.ORIGIN) throw new Error('no origin');\nexport default { output: 'standalone', basePath: '/shop' };\n",
            ),
            ("api/public/logo.svg", "<svg/>"),
            (
                "api/instrumentation.ts",
                "export async function register() {\n  if (!process.env.TOKEN) throw new Error('no token');\n}\n",
            ),
            ("api/app/page.tsx", PAGE),
            ("api/app/(shop)/items/[id]/page.tsx", PAGE),
            ("api/app/health/route.ts", HEALTH),
            ("api/app/orders/route.ts", orders),
            (
                "api/lib/keys.ts",
                "export const key = process.env.API_KEY ?? '';\n",
            ),
        ],
        &format!(
            "$ node server.js\nentry api/app/page.tsx\n* /shop/items/[id]\nGET /shop/health\nPOST /shop/orders\n* /shop\n* /shop/logo.svg\n* /shop/_next\nreads TOKEN at start required\nreads ORIGIN required\nreads API_KEY\n{OWN}listens 3000 api/Dockerfile:11\n"
        ),
    );
}

#[test]
fn the_command_of_next_reads_its_configuration_again() {
    let files = [
        ("api/package.json", PACKAGE),
        (
            "api/next.config.js",
            "if (!process.env.ORIGIN) throw new Error('no origin');\nmodule.exports = {};\n",
        ),
        ("api/src/pages/_app.js", PAGE),
        ("api/src/pages/index.js", PAGE),
        ("api/src/pages/api/health.js", PAGE),
    ];
    let paths = "* /api/health\n* /\n* /_next\nreads ORIGIN at start required\n";
    for (cmd, own, listens) in [
        ("npm\", \"start", OWN, "3000 "),
        (
            "npm\", \"start\", \"--\", \"-p\", \"8080",
            &OWN["reads PORT at start\n".len()..],
            "8080 api/Dockerfile:5",
        ),
        (
            "yarn\", \"start\", \"--port=8080",
            &OWN["reads PORT at start\n".len()..],
            "8080 api/Dockerfile:5",
        ),
        ("yarn\", \"next\", \"start", OWN, "3000 "),
        ("npx\", \"next\", \"start", OWN, "3000 "),
        (
            "node\", \"node_modules/next/dist/bin/next\", \"start",
            OWN,
            "3000 ",
        ),
        (
            "node_modules/.bin/next\", \"start\", \"-H\", \"localhost",
            OWN,
            "3000 loopback ",
        ),
    ] {
        let dockerfile = format!("{PLAIN}CMD [\"{cmd}\"]\n");
        let words = cmd.replace("\", \"", " ");
        let words = words.trim_start_matches("npx ");
        let expected =
            format!("$ {words}\nentry api/src/pages/_app.js\n{paths}{own}listens {listens}\n");
        check("", &dockerfile, &files, &expected);
    }
}

#[test]
fn what_a_script_sets_is_where_it_listens() {
    let package = PACKAGE.replace("next start", "NODE_ENV=production PORT=5000 next start");
    let files = [
        ("api/package.json", package.as_str()),
        ("api/app/page.tsx", PAGE),
    ];
    let dockerfile = format!("{PLAIN}CMD [\"npm\", \"start\"]\n");
    let env = "        env: [{name: PORT, value: '9000'}]\n";
    let text = found(env, &dockerfile, &files);
    assert!(text.contains("listens 5000 api/package.json:1\n"), "{text}");
}

#[test]
fn a_package_of_a_monorepo_that_is_pruned_first() {
    let dockerfile = "FROM node:20 AS pruner\nWORKDIR /app\nCOPY . .\nRUN turbo prune web --docker\nFROM node:20 AS builder\nWORKDIR /app\nCOPY --from=pruner /app/out/json/ .\nCOPY --from=pruner /app/out/full/ .\nRUN turbo run build\nFROM node:20\nWORKDIR /app\nCOPY --from=builder /app/apps/web/.next/standalone ./\nCMD node apps/web/server.js\n";
    check(
        "        env: [{name: PORT, value: '9000'}]\n",
        dockerfile,
        &[
            ("api/package.json", "{\"workspaces\": [\"apps/*\"]}"),
            ("api/apps/web/package.json", PACKAGE),
            ("api/apps/web/app/page.tsx", PAGE),
        ],
        &format!(
            "$ node apps/web/server.js\nentry api/apps/web/app/page.tsx\n* /\n* /_next\n{OWN}listens 9000 k8s/api.yaml:12\n"
        ),
    );
}

#[test]
fn a_package_that_the_workspace_starts_by_its_name() {
    let dockerfile =
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCMD [\"pnpm\", \"--filter\", \"web\", \"start\"]\n";
    let files = [
        ("api/package.json", "{\"name\": \"shop\"}"),
        ("api/apps/web/package.json", PACKAGE),
        ("api/apps/web/app/page.tsx", PAGE),
    ];
    let expected = format!(
        "$ pnpm --filter web start\nentry api/apps/web/app/page.tsx\n* /\n* /_next\n{OWN}listens 3000 \n"
    );
    check("", dockerfile, &files, &expected);
}

#[test]
fn what_the_start_imports_on_node_is_read_by_every_start() {
    let hook = "export async function register() {\n  if (process.env.NEXT_RUNTIME === 'nodejs') {\n    await import('./lib/keys');\n  }\n}\n";
    let keys = "if (!process.env.TOKEN) throw new Error('no token');\n";
    let dockerfile = format!("{PLAIN}CMD [\"npm\", \"start\"]\n");
    let files = [
        ("api/package.json", PACKAGE),
        ("api/app/page.tsx", PAGE),
        ("api/instrumentation.ts", hook),
        ("api/lib/keys.ts", keys),
    ];
    let text = found("", &dockerfile, &files);
    assert!(text.contains("reads TOKEN at start required\n"), "{text}");
    // Before version 15 a setting had to ask for it.
    let old = PACKAGE.replace("15", "14");
    let files = [&[("api/package.json", old.as_str())], &files[1..]].concat();
    let text = found("", &dockerfile, &files);
    assert!(!text.contains("TOKEN"), "{text}");
}

#[test]
fn a_server_of_ones_own_that_hands_on() {
    let server = "const next = require('next');\nconst { createServer } = require('http');\nconst app = next({ dev: false });\nconst handle = app.getRequestHandler();\napp.prepare().then(() => createServer((req, res) => handle(req, res)).listen(4000));\n";
    let dockerfile = format!("{PLAIN}CMD [\"node\", \"server.js\"]\n");
    let files = [
        ("api/package.json", PACKAGE),
        ("api/server.js", server),
        ("api/app/page.tsx", PAGE),
    ];
    let text = found("", &dockerfile, &files);
    for expected in [
        "gap Some(Routes): pages of Next.js answer what its server hands on\n",
        "gap Some(Reads): pages of Next.js answer what its server hands on\n",
        "listens 4000 api/server.js:5\n",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn what_may_answer_besides_is_a_gap() {
    let middleware = "import { NextResponse } from 'next/server';\nexport function middleware(request) {\n  return NextResponse.redirect(new URL('/login', request.url));\n}\n";
    let dockerfile = format!("{PLAIN}CMD [\"npm\", \"start\"]\n");
    let shown = |file: (&'static str, &'static str)| {
        let files = [
            ("api/package.json", PACKAGE),
            ("api/app/page.tsx", PAGE),
            file,
        ];
        found("", &dockerfile, &files)
    };
    for (path, text, expected) in [
        (
            "api/middleware.js",
            middleware,
            "gap Some(Routes): middleware may answer\n",
        ),
        // Not beside the folder of pages: it is no middleware.
        ("api/lib/middleware.js", middleware, ""),
        (
            "api/next.config.js",
            "module.exports = { i18n: {} };",
            "gap Some(Routes): paths begin with languages\n",
        ),
        (
            "api/app/layout.tsx",
            "import x from './gone';\nexport default x;\n",
            "gap Some(Reads): `./gone` is imported, and its file is not there\n",
        ),
    ] {
        let text = shown((path, text));
        let gaps: String = text
            .split_inclusive('\n')
            .filter(|it| it.starts_with("gap"))
            .collect();
        assert_eq!(gaps, expected, "{path}");
    }
}

#[test]
fn a_project_that_is_not_in_the_build_is_a_gap() {
    let dockerfile = "FROM shop/builder AS built\nFROM node:20\nWORKDIR /app\nCOPY --from=built /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n";
    check(
        "",
        dockerfile,
        &[("api/package.json", PACKAGE)],
        &format!(
            "$ node server.js\n{OWN}gap Some(Routes): its pages are not found among the files of the build\ngap Some(Reads): its pages are not found among the files of the build\nlistens 3000 \n"
        ),
    );
}
