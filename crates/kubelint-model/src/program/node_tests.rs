//! What scripts of package.json start: programs with the variables that are set for them, and tools that serve by themselves.

use super::tests::{deployment, graph, project, shown};

const SERVER: &str = "const app = require('express')();\napp.listen(process.env.PORT || 3000);\n";

/// The lines that tell where the program listens, and what is not known of that.
fn listens(container: &str, dockerfile: &str, files: &[(&str, &str)]) -> Vec<String> {
    let deployment = deployment(container);
    let files = project(&deployment, dockerfile, files);
    let shown = shown(&graph(&files));
    let lines = shown
        .lines()
        .filter(|it| it.starts_with("listens") || it.starts_with("gap Some(Ports)"));
    lines.map(str::to_owned).collect()
}

fn of_script(script: &str, files: &[(&str, &str)]) -> Vec<String> {
    let package = format!(
        "{{\"scripts\": {{\"start\": \"{script}\", \"inner\": \"PORT=5000 node server.js\"}}, \"devDependencies\": {{\"vite\": \"^6.0.0\"}}}}\n"
    );
    let mut all = vec![
        ("api/package.json", package.as_str()),
        ("api/server.js", SERVER),
    ];
    all.extend_from_slice(files);
    let dockerfile = "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"npm\", \"start\"]\n";
    listens("", dockerfile, &all)
}

#[test]
fn variables_that_scripts_set() {
    for (script, expected) in [
        ("node server.js", "listens 3000 api/server.js:2"),
        (
            "NODE_ENV=production PORT=4000 node server.js",
            "listens 4000 api/server.js:2",
        ),
        (
            "cross-env PORT=4000 node server.js",
            "listens 4000 api/server.js:2",
        ),
        (
            "export PORT=4000 && node server.js",
            "listens ? api/server.js:2",
        ),
        // The nearest one wins.
        ("PORT=4000 npm run inner", "listens 5000 api/server.js:2"),
        ("PORT=$OTHER node server.js", "listens ? api/server.js:2"),
    ] {
        assert_eq!(of_script(script, &[]), [expected], "{script}");
    }
}

#[test]
fn variables_that_only_one_of_several_lines_sets_are_not_known() {
    let script = "#!/bin/sh\nif [ -n \"$A\" ]; then\n  export PORT=1\nelse\n  export PORT=2\nfi\nexec node server.js\n";
    let dockerfile = "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"./run.sh\"]\n";
    let files = [("api/run.sh", script), ("api/server.js", SERVER)];
    assert_eq!(
        listens("", dockerfile, &files),
        ["listens ? api/server.js:2"]
    );
}

#[test]
fn tools_that_serve_by_themselves() {
    let unknown = "gap Some(Ports): its configuration may say where it listens";
    let config = |members: &str| format!("export default defineConfig({{ {members} }})\n");
    let both = config("server: { port: 3000, host: true }");
    let computed = config("server: { port: Number(process.env.PORT) }");
    let elsewhere = config("server: options");
    let plain = "import react from 'x'\nexport default { plugins: [react()] }\n";
    let none: &[(&str, &str)] = &[];
    for (script, files, expected) in [
        ("react-scripts start", none, &["listens 3000"][..]),
        ("PORT=80 react-scripts start", none, &["listens 80"]),
        (
            "react-scripts start",
            &[("api/.env", "PORT=80\n")],
            &[unknown, "listens 3000"],
        ),
        (
            "react-scripts start",
            &[("api/.env", "DB_PORT=80\n")],
            &["listens 3000"],
        ),
        ("vite", none, &["listens 5173 loopback"]),
        ("vite --host", none, &["listens 5173"]),
        (
            "vite --host --port=80",
            none,
            &["listens 80 api/package.json:1"],
        ),
        ("vite build", none, &[]),
        (
            "vite",
            &[("api/vite.config.ts", both.as_str())],
            &["listens 3000 api/vite.config.ts:1"],
        ),
        (
            "vite preview",
            &[("api/vite.config.ts", both.as_str())],
            &["listens 4173"],
        ),
        (
            "vite --host",
            &[("api/vite.config.ts", computed.as_str())],
            &[unknown, "listens 5173"],
        ),
        (
            "vite --host",
            &[("api/vite.config.js", elsewhere.as_str())],
            &[unknown, "listens 5173"],
        ),
        (
            "vite --host",
            &[("api/vite.config.js", plain)],
            &["listens 5173"],
        ),
        ("serve -s build", none, &["listens 3000"]),
        (
            "npx serve -l tcp://0.0.0.0:80 -s build",
            none,
            &["listens 80 api/package.json:1"],
        ),
        (
            "http-server -p8081",
            none,
            &["listens 8081 api/package.json:1"],
        ),
        ("json-server db.json", none, &["listens 3000 loopback"]),
        ("node .output/server/index.mjs", none, &["listens 3000"]),
    ] {
        let found = of_script(script, files);
        let found: Vec<&str> = found.iter().map(|it| it.trim_end()).collect();
        assert_eq!(found, expected, "{script} with {files:?}");
    }
}

#[test]
fn arguments_of_scripts_are_handed_on() {
    let package = "{\"scripts\": {\"dev\": \"vite\"}, \"devDependencies\": {\"vite\": \"6\"}}\n";
    for (command, expected) in [
        (
            "[\"npm\", \"run\", \"dev\", \"--\", \"--host\", \"--port\", \"80\"]",
            "80",
        ),
        ("[\"yarn\", \"dev\", \"--host\", \"--port\", \"80\"]", "80"),
        // npm takes its own flags out.
        ("[\"npm\", \"run\", \"dev\", \"--host\"]", "5173 loopback"),
        (
            "[\"pnpm\", \"exec\", \"vite\", \"--host\", \"--port=81\"]",
            "81",
        ),
        ("[\"yarn\", \"vite\", \"preview\", \"--host\"]", "4173"),
    ] {
        let dockerfile = format!("FROM node:22\nWORKDIR /app\nCOPY . .\nCMD {command}\n");
        let found = listens("", &dockerfile, &[("api/package.json", package)]);
        let expected = format!("listens {expected}");
        assert!(
            found.len() == 1 && found[0].starts_with(&expected),
            "{command}: {found:?}"
        );
    }
}
