use std::fmt::Write as _;

use kubelint_parser::code::Language;
use kubelint_parser::source::MemorySources;
use kubelint_parser::source::Sources;

mod java;
mod kotlin;
mod next;
mod node;

use super::*;
use crate::code::GuardKind;
use crate::{DeploymentGraph, Known, Needs, Targets};

pub(super) fn graph(files: &[(&str, &str)]) -> DeploymentGraph {
    read(&MemorySources::new(files.iter().copied()))
}

pub(super) fn read(sources: &dyn Sources) -> DeploymentGraph {
    let needs = Needs {
        links: true,
        images: true,
        programs: true,
        ..Needs::default()
    };
    let targets = sources.list().to_vec();
    DeploymentGraph::read(
        sources,
        Targets::of(&targets),
        Vec::new(),
        &Known::default(),
        needs,
    )
}

/// The files of a project whose image is tied to `api/Dockerfile`, which runs in a Deployment with `container` added to its container.
pub(super) fn project<'a>(
    deployment: &'a str,
    dockerfile: &'a str,
    files: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("k8s/api.yaml", deployment),
        ("api/Dockerfile", dockerfile),
        (
            "compose.yaml",
            "services:\n  api:\n    build: api\n    image: shop/api\n",
        ),
    ];
    all.extend_from_slice(files);
    all
}

pub(super) fn deployment(container: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api}}\nspec:\n  selector: {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n      containers:\n      - name: api\n        image: shop/api\n{container}"
    )
}

/// What the only program of a graph does, line by line.
pub(super) fn shown(graph: &DeploymentGraph) -> String {
    let mut text = String::new();
    let path = |id: FileId| graph.file(id).path.as_str();
    for program in &graph.programs.programs {
        writeln!(text, "$ {}", program.started.words.join(" ")).unwrap();
        if let Some(entry) = program.entry {
            writeln!(text, "entry {}", path(entry)).unwrap();
        }
        for it in &program.routes {
            let methods = if it.methods.is_empty() {
                "*".to_owned()
            } else {
                it.methods.join(",")
            };
            let guards = it.guards.iter().map(|it| match it.kind {
                GuardKind::Rate { requests, seconds } => format!(" {requests}/{seconds}s"),
                GuardKind::Auth => " auth".to_owned(),
                GuardKind::Free | GuardKind::RateOf { .. } => " free".to_owned(),
            });
            let guards: String = guards.collect();
            let port = match &it.port {
                Some(Expr::Variable { name, .. }) => format!(" at ${name}"),
                Some(port) => format!(" at {}", port.text().unwrap()),
                None => String::new(),
            };
            writeln!(text, "{methods} {}{guards}{port}", it.path.text).unwrap();
        }
        for it in &program.reads {
            let name = match &it.name {
                ReadName::Exact(name) => name.clone(),
                ReadName::AnyCase(name) => format!("{name} in any case"),
                ReadName::Prefix(name) if program.language == Some(Language::CSharp) => {
                    format!("{name}*")
                }
                _ => continue,
            };
            let start = if it.on_start { " at start" } else { "" };
            let required = if it.is_required { " required" } else { "" };
            writeln!(text, "reads {name}{start}{required}").unwrap();
        }
        for gap in &program.gaps {
            writeln!(text, "gap {:?}: {}", gap.subject, gap.why).unwrap();
        }
        for it in &program.waits {
            writeln!(text, "waits {}", it.seconds).unwrap();
        }
    }
    let mut environments = Environments::new(graph);
    for (workload, container) in graph.containers() {
        for it in graph.programs.of(workload.resource.id, &container.path()) {
            let link = &graph.image_links.links[it.link as usize];
            let environment = environments.of(&workload, &container, link);
            let program = &graph.programs.programs[it.program as usize];
            for it in program.listens(graph, &environment) {
                let number = it.number.map_or("?".to_owned(), |it| it.to_string());
                let chain: Vec<String> = it
                    .chain
                    .iter()
                    .map(|it| {
                        let source = graph.sources.get(it.span.source);
                        let line = source.lines().line(it.span.range.start);
                        format!("{}:{line}", source.path())
                    })
                    .collect();
                let loopback = if it.is_loopback { " loopback" } else { "" };
                writeln!(text, "listens {number}{loopback} {}", chain.join(" ")).unwrap();
            }
        }
    }
    text
}

fn found(container: &str, dockerfile: &str, files: &[(&str, &str)]) -> String {
    let deployment = deployment(container);
    let graph = graph(&project(&deployment, dockerfile, files));
    shown(&graph)
}

pub(super) fn check(container: &str, dockerfile: &str, files: &[(&str, &str)], expected: &str) {
    assert_eq!(found(container, dockerfile, files), expected);
}

const FASTAPI: &str = "FROM python:3.12\nWORKDIR /app\nCOPY . .\n";

#[test]
fn an_application_of_several_files() {
    let main = "from fastapi import FastAPI\nfrom app.routes import health\nfrom app import config\n\napp = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)\napp.include_router(health.router, prefix='/api')\n";
    let health = "from fastapi import APIRouter\nrouter = APIRouter(prefix='/v1')\n\n@router.get('/health')\ndef health():\n    return {}\n";
    let config = "import os\nPORT = int(os.environ['PORT'])\n";
    check(
        "        env: [{name: PORT, value: '9000'}]\n",
        &format!("{FASTAPI}CMD [\"uvicorn\", \"app.main:app\", \"--port\", \"8000\"]\n"),
        &[
            ("api/app/__init__.py", ""),
            ("api/app/main.py", main),
            ("api/app/config.py", config),
            ("api/app/routes/health.py", health),
        ],
        "$ uvicorn app.main:app --port 8000\nentry api/app/main.py\nGET /api/v1/health\nreads PORT at start required\nlistens 8000 loopback api/Dockerfile:4\n",
    );
}

#[test]
fn a_script_that_hands_itself_over() {
    check(
        "        env: [{name: PORT, value: '9000'}]\n",
        &format!("{FASTAPI}ENTRYPOINT [\"./entry.sh\"]\nCMD [\"--reload\"]\n"),
        &[
            (
                "api/entry.sh",
                "#!/bin/sh\nset -e\npython migrate.py\nexec uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000} \"$@\"\n",
            ),
            (
                "api/main.py",
                "from fastapi import FastAPI\napp = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)\n@app.get('/x')\ndef x(): pass\n",
            ),
        ],
        "$ uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000} --reload\nentry api/main.py\nGET /x\nreads PORT at start\nreads PORT\nlistens 9000 api/entry.sh:4 k8s/api.yaml:12\n",
    );
}

#[test]
fn inner_limits_stand_for_those_around_them() {
    let main = "from flask import Flask\nfrom flask_limiter import Limiter\nfrom health import health\n\napp = Flask(__name__, static_url_path=None)\nlimiter = Limiter(key, app=app, default_limits=['100/hour'])\nlimiter.exempt(health)\napp.register_blueprint(health)\n\n@app.get('/a')\ndef a(): pass\n\n@app.get('/b')\n@limiter.limit('5/minute')\ndef b(): pass\n\n@app.get('/c')\n@limiter.exempt\ndef c(): pass\n";
    let health = "from flask import Blueprint\nhealth = Blueprint('health', __name__)\n\n@health.get('/live')\ndef live(): pass\n";
    check(
        "",
        &format!("{FASTAPI}CMD [\"gunicorn\", \"main:app\"]\n"),
        &[("api/main.py", main), ("api/health.py", health)],
        "$ gunicorn main:app\nentry api/main.py\nGET /a 100/3600s\nGET /b 5/60s\nGET /c\nGET /live\nlistens 8000 \n",
    );
}

#[test]
fn a_chain_of_imports_that_is_not_followed_to_its_end_is_a_gap() {
    let names: Vec<String> = (0..300).map(|it| format!("api/m{it}.py")).collect();
    let texts: Vec<String> = (1..=300).map(|it| format!("import m{it}\n")).collect();
    let mut files: Vec<(&str, &str)> = names
        .iter()
        .zip(&texts)
        .map(|it| (&**it.0, &**it.1))
        .collect();
    files.push(("api/m300.py", "import os\nos.environ['LAST']\n"));
    let dockerfile = format!("{FASTAPI}CMD [\"python\", \"m0.py\"]\n");
    let deployment = deployment("");
    let graph = graph(&project(&deployment, &dockerfile, &files));
    let program = &graph.programs.programs[0];
    assert!(!program.is_complete(Subject::Reads));
    let why: Vec<&str> = program.gaps.iter().map(|it| it.why.as_str()).collect();
    assert!(why.contains(&"it has too many files"), "{why:?}");
}

const NODE: &str = "FROM node:22\nWORKDIR /app\nCOPY . .\n";

#[test]
fn values_that_are_made_of_themselves_are_not_followed_in_all_ways() {
    let main = "import os\n\ndef pick(node): return node.a or node.b or node.c or node.d or node.e or node.f\n\nnode = pick(load()).next\nnode = node.a or node.b or node.c or node.d or node.e or node.f\nfor _ in range(9):\n    node.run()\n    node.last.stop()\n    node.step.one()\n    node.step.two()\nPORT = os.environ['PORT']\n";
    check(
        "",
        &format!("{FASTAPI}CMD [\"python\", \"main.py\"]\n"),
        &[("api/main.py", main)],
        "$ python main.py\nentry api/main.py\nreads PORT at start required\ngap Some(Ports): no place is found where it listens\ngap Some(Routes): which application it serves is not known\n",
    );
}

#[test]
fn a_program_of_express_in_several_files() {
    let server = "const app = require('./app');\nconst { port } = require('./config');\nconnect().then(() => app.listen(port, () => {}));\n";
    let app = "const express = require('express');\nconst { log } = require('./log');\nconst app = express();\napp.use(express.json());\napp.use(log);\napp.use('/api', require('./routes'));\napp.get('/healthz', (req, res) => res.send('ok'));\nmodule.exports = app;\n";
    let routes = "const { Router } = require('express');\nconst router = Router();\nrouter.get('/items/:id', (req, res) => res.json({}));\nmodule.exports = router;\n";
    check(
        "        env: [{name: PORT, value: '9000'}]\n",
        &format!("{NODE}CMD [\"npm\", \"start\"]\n"),
        &[
            (
                "api/package.json",
                "{\"scripts\": {\"start\": \"NODE_ENV=production node server.js\"}}\n",
            ),
            ("api/server.js", server),
            ("api/app.js", app),
            (
                "api/config.js",
                "module.exports = { port: process.env.PORT || 3000 };\n",
            ),
            (
                "api/log.js",
                "exports.log = function (req, res, next) { next(); };\n",
            ),
            ("api/routes/index.js", routes),
        ],
        "$ npm start\nentry api/server.js\nGET /healthz\nGET /api/items/:id\nreads PORT at start\nlistens 9000 api/server.js:3 k8s/api.yaml:12\n",
    );
}

#[test]
fn imports_of_node_that_only_the_project_explains() {
    let server = "const express = require('express');\nconst { setup } = require('@shop/routes');\nconst { env } = require('lib/env');\nconst app = express();\nsetup(app);\nrequire('dotenv').config();\napp.listen(env('PORT', 80));\n";
    check(
        "",
        &format!("{NODE}CMD [\"node\", \"server.js\"]\n"),
        &[
            (
                "api/package.json",
                "{\"workspaces\": [\"packages/*\"], \"dependencies\": {\"express\": \"4\", \"dotenv\": \"16\"}}\n",
            ),
            (
                "api/tsconfig.json",
                "{\"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"lib/*\": [\"shared/*\"]}}} // own\n",
            ),
            ("api/.env", "PORT=4000\nMODE=web\n"),
            ("api/server.js", server),
            (
                "api/shared/env.js",
                "exports.env = (name, fallback) => process.env[name] || fallback;\n",
            ),
            (
                "api/packages/routes/package.json",
                "{\"name\": \"@shop/routes\"}\n",
            ),
            (
                "api/packages/routes/index.js",
                "exports.setup = (it) => {\n  it.get('/healthz', health);\n};\n",
            ),
        ],
        "$ node server.js\nentry api/server.js\nGET /healthz\nreads PORT at start\ngap Some(Routes): it is handed to what may add routes\nlistens 4000 api/server.js:7\n",
    );
    check(
        "",
        &format!("{NODE}CMD [\"node\", \"server.js\"]\n"),
        &[
            (
                "api/package.json",
                "{\"dependencies\": {\"express\": \"4\"}}\n",
            ),
            (
                "api/server.js",
                "const app = require('express')();\nconst routes = require('@shop/routes');\nroutes.forEach((it) => it(app));\napp.listen(80);\n",
            ),
        ],
        "$ node server.js\nentry api/server.js\ngap Some(Routes): it is handed to a function that is not found\nlistens 80 api/server.js:4\n",
    );
}

#[test]
fn a_program_that_is_built_of_typescript() {
    let main = "import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module.js';\nasync function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n  await app.listen(process.env.PORT ?? 3000);\n}\nbootstrap();\n";
    let module = "import { Module } from '@nestjs/common';\nimport { HealthController } from '@/health/health.controller';\n@Module({ controllers: [HealthController] })\nexport class AppModule {}\n";
    let health = "import { Controller, Get } from '@nestjs/common';\n@Controller('health')\nexport class HealthController {\n  @Get('live')\n  live() { return 1; }\n}\n";
    check(
        "",
        "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:22\nWORKDIR /app\nCOPY --from=build /app/dist ./dist\nCMD [\"node\", \"dist/main\"]\n",
        &[
            ("api/src/main.ts", main),
            ("api/src/app.module.ts", module),
            ("api/src/health/health.controller.ts", health),
        ],
        "$ node dist/main\nentry api/src/main.ts\nGET /health/live\nreads PORT at start\nlistens 3000 api/src/main.ts:5\n",
    );
}

/// What is said of `FLASK_CONFIG` and its like: with the files of a Flask project that loads `load`.
fn check_loads(env: &str, load: &str, expected: &str) {
    let app = format!(
        "import os\nfrom flask import Flask\nfrom importlib import import_module\nfrom project import by_name\napp = Flask(__name__)\n{load}\n"
    );
    let config = "import os\nclass Prod:\n    DB = os.environ.get('DB_HOST')\n";
    let base = "from project.config import Prod\nby_name = {'prod': Prod, 'dev': Prod}\n";
    let container = format!(
        "        command: [gunicorn, 'app:app']\n        env: [{{name: STAGE, value: {env}}}]\n"
    );
    let deployment = deployment(&container);
    let graph = graph(&project(
        &deployment,
        FASTAPI,
        &[
            ("api/app.py", &app),
            ("api/project/config.py", config),
            ("api/project/__init__.py", base),
            ("api/plugins/a.py", "import os\nos.getenv('PLUGIN_A')\n"),
        ],
    ));
    let [program] = graph.programs.programs.as_slice() else {
        panic!("one program");
    };
    let names = program.reads.iter().filter_map(|it| match &it.name {
        ReadName::Exact(name) => Some(name.as_str()),
        _ => None,
    });
    let mut found: Vec<String> = names.map(str::to_owned).collect();
    for it in &program.gaps {
        if it.subject.is_none_or(|it| it == Subject::Reads) {
            found.push(format!("{:?}: {}", it.subject, it.why));
        }
    }
    assert_eq!(found.join("\n"), expected, "{load}");
}

#[test]
fn modules_that_are_loaded_by_name() {
    let computed = "a module is loaded by a name that is computed";
    for (env, load, expected) in [
        (
            "a",
            "import_module('plugins.' + os.getenv('STAGE'))",
            "STAGE\nDB_HOST\nPLUGIN_A".to_owned(),
        ),
        (
            "b",
            "import_module(f'plugins.{os.getenv(\"STAGE\")}')",
            format!("STAGE\nDB_HOST\nNone: {computed}"),
        ),
        ("a", "import_module('yaml')", "DB_HOST".to_owned()),
        (
            "a",
            "import_module('plugins.a')",
            "PLUGIN_A\nDB_HOST".to_owned(),
        ),
        (
            "a",
            "import_module(name)",
            format!("DB_HOST\nNone: {computed}"),
        ),
        (
            "project.config.Prod",
            "app.config.from_object(os.environ['STAGE'])",
            "STAGE\nDB_HOST".to_owned(),
        ),
        (
            "other.config.Prod",
            "app.config.from_object(os.environ['STAGE'])",
            "STAGE\nDB_HOST".to_owned(),
        ),
        (
            "project.Missing.Prod",
            "app.config.from_object(os.environ['STAGE'])",
            "STAGE\nDB_HOST\nSome(Reads): settings are taken from a module whose name is computed"
                .to_owned(),
        ),
        (
            "prod",
            "app.config.from_object(by_name[os.environ['STAGE']])",
            "STAGE\nDB_HOST".to_owned(),
        ),
        (
            "prod",
            "app.config.from_object(by_name.get(os.environ['STAGE']))",
            "STAGE\nDB_HOST".to_owned(),
        ),
        (
            "prod",
            "app.config.from_object(__name__ + '.Prod')",
            "DB_HOST".to_owned(),
        ),
        (
            "prod",
            "app.config.from_pyfile('plugins/a.py')",
            "DB_HOST\nPLUGIN_A".to_owned(),
        ),
        (
            "prod",
            "app.config.from_pyfile('instance.py')",
            "DB_HOST\nSome(Reads): settings are taken from a file whose path is computed"
                .to_owned(),
        ),
    ] {
        check_loads(env, load, &expected);
    }
}

#[test]
fn the_settings_that_a_command_names() {
    for command in [
        "[gunicorn, shop.wsgi, --env, DJANGO_SETTINGS_MODULE=shop.production]",
        "[./manage.py, runserver, --settings=shop.production, '0.0.0.0:8000']",
        "[python, manage.py, runserver, --settings, shop.production]",
    ] {
        let deployment = deployment(&format!("        command: {command}\n"));
        let graph = graph(&project(
            &deployment,
            FASTAPI,
            &[
                ("api/manage.py", "#!/usr/bin/env python\nimport shop\n"),
                ("api/shop/__init__.py", ""),
                ("api/shop/wsgi.py", "application = get_wsgi_application()\n"),
                (
                    "api/shop/production.py",
                    "import os\nKEY = os.environ['SECRET']\n",
                ),
            ],
        ));
        let [program] = graph.programs.programs.as_slice() else {
            panic!("one program");
        };
        let names = program.reads.iter().map(|it| it.name.clone());
        let names: Vec<ReadName> = names.collect();
        assert_eq!(names, [ReadName::Exact("SECRET".to_owned())], "{command}");
        let is_listening = !program.ports.is_empty();
        assert!(is_listening, "{command}");
    }
}

#[test]
fn settings_of_django_in_several_files_are_read_at_the_start() {
    let deployment = deployment("        command: [gunicorn, shop.wsgi]\n");
    let base = "import environ\nenv = environ.Env(LEVEL=(str, 'info'))\nINSTALLED_APPS = []\n\
                DATABASES = {'default': env.db('DATABASE_URL')}\n";
    let production = "from .base import *\nfrom .base import env\nKEY = env('SECRET')\n\
                      LEVEL = env('LEVEL')\nAGE = env.int('AGE', default=60)\n";
    let wsgi = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.production')\n\
                application = get_wsgi_application()\n";
    let graph = graph(&project(
        &deployment,
        FASTAPI,
        &[
            ("api/shop/__init__.py", ""),
            ("api/shop/wsgi.py", wsgi),
            ("api/shop/settings/__init__.py", ""),
            ("api/shop/settings/base.py", base),
            ("api/shop/settings/production.py", production),
        ],
    ));
    let [program] = graph.programs.programs.as_slice() else {
        panic!("one program");
    };
    let reads = program.reads.iter().map(|it| {
        let ReadName::Exact(name) = &it.name else {
            panic!("all names are known");
        };
        (name.as_str(), it.on_start, it.is_required)
    });
    let mut reads: Vec<_> = reads.collect();
    reads.sort_unstable();
    let expected = [
        ("AGE", true, false),
        ("DATABASE_URL", true, true),
        ("DJANGO_SETTINGS_MODULE", true, false),
        ("LEVEL", true, false),
        ("SECRET", true, true),
    ];
    assert_eq!(reads, expected);
}
