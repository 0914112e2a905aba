//! The JSON Schema of `kubelint graph --format json`.

use serde_json::{Value, json};

use super::images::{MEANS, OUTCOMES};
use super::json::VERSION;
use super::programs::{PROTOCOLS, SUBJECTS};
use crate::report::schema_parts::{
    described, list, nullable, number, object, reference, text, words,
};

/// The JSON Schema (draft 2020-12) that every output of `kubelint graph --format json` is valid under.
pub(crate) fn graph_schema() -> String {
    format!("{:#}\n", schema())
}

fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": concat!(env!("CARGO_PKG_REPOSITORY"), "/schema/graph-1.json"),
        "title": "kubelint graph",
        "description": "What `kubelint graph --format json` prints.",
        "$ref": "#/$defs/graph",
        "$defs": {
            "graph": object("A deployment graph.", &json!({
                "version": {"const": VERSION, "description": "The version of this contract."},
                "builds": list("The root kustomizations.", "build"),
                "applySets": list("What is applied together.", "applySet"),
                "resources": list("The Kubernetes objects, in the order of files and documents.", "resource"),
            })),
            "build": object("A root kustomization.", &json!({
                "path": text("The kustomization."),
                "files": texts("The files that it takes in, at any remove."),
                "open": boolean("Whether it takes in something that was not read: a remote base, a chart, a file that is not there."),
            })),
            "applySet": object("What one script, Make target, workflow job, document or GitOps object applies.", &json!({
                "path": text("The file that states it."),
                "files": texts("The files that it applies."),
                "document": boolean("Whether people choose among its commands: then it proves nothing to be applied together."),
            })),
            "place": object("Where something begins.", &json!({
                "path": text("The file, relative to the working directory, with `/` between its parts."),
                "line": number("The line, from 1.", 1),
                "column": number("The column in Unicode scalar values, from 1.", 1),
            })),
            "resource": resource(),
            "reference": link(),
            "target": object("What a reference names.", &json!({
                "group": text("Its API group; empty for the core group."),
                "kind": text("Its kind."),
                "namespace": maybe_text("Its namespace, if it is known."),
                "name": text("Its name."),
            })),
            "part": object("The key or port that is asked for.", &json!({
                "text": text("The key, or the port's number or name."),
                "outcome": words("Whether it is there.", &["present", "absent", "unknown"]),
                "place": nullable("place", "Where it is."),
            })),
            "maker": object("Who makes what no manifest states.", &json!({
                "by": words("What kind of maker it is.", &[
                    "built-in", "script", "document", "chart", "controller", "argument", "configuration",
                ]),
                "why": maybe_text("What is known of it."),
                "place": nullable("place", "Where it says so."),
            })),
            "image": image(),
            "tie": tie(),
            "program": program(),
            "route": object("A route that a program serves.", &json!({
                "methods": texts("The methods in capitals; empty for all."),
                "path": text("The path from the root, with all prefixes, as the program writes it."),
                "place": described("place", "Where its last part is written."),
            })),
            "variable": object("A variable that a program reads.", &json!({
                "name": text("Its name."),
                "isPrefix": boolean("Whether all are read whose names begin so."),
                "required": boolean("Whether the program stops without it, once it comes there."),
                "hasDefault": boolean("Whether something stands for it where it is not set."),
                "onStart": boolean("Whether every start comes by it."),
                "place": described("place", "Where it is read."),
            })),
            "listening": object("A port that a program listens on in its container.", &json!({
                "port": {"type": ["integer", "null"], "minimum": 1, "maximum": 65535, "description": "The number, if it is known."},
                "protocol": words("What is spoken there.", &PROTOCOLS),
                "variable": maybe_text("The variable that decides."),
                "loopback": boolean("Whether it listens for its own pod only."),
                "places": list("Where the number comes from, from the program outwards.", "place"),
            })),
            "gap": object("What is not known of a program.", &json!({
                "subject": words("What is incomplete for it.", &SUBJECTS),
                "why": text("Why."),
                "place": nullable("place", "Where."),
            })),
            "step": object("What builds an image.", &json!({
                "by": words("What kind of step it is.", &["compose", "action", "command", "skaffold", "bake", "tilt"]),
                "place": described("place", "Where it is stated."),
            })),
            "vote": object("What one means says of an image.", &json!({
                "means": words("The means.", &MEANS),
                "dockerfile": text("The Dockerfile that it gives."),
                "step": nullable("step", "The step that says so."),
            })),
            "service": object("A compose service, as the files that are merged make it.", &json!({
                "name": text("Its name."),
                "place": described("place", "Where the last of its files names it."),
                "files": texts("The files that are merged, those that win last."),
                "ports": list("The ports of its container that it publishes or exposes.", "servicePort"),
                "variables": texts("The names of the variables of its `environment`."),
                "startSeconds": maybe_number("How long its health check gives it to start, in seconds, if it says so."),
            })),
            "servicePort": object("Ports of a compose service's container.", &json!({
                "first": maybe_number("The first of them, if it is known."),
                "last": maybe_number("The last of them: the same for a single port."),
                "protocol": text("`tcp` or `udp`."),
                "place": described("place", "Where it is stated."),
            })),
            "selection": selection(),
            "targetPort": object("A port of a Service.", &json!({
                "field": text("The field that states its target."),
                "place": described("place", "Where that is."),
                "outcome": words("Whether the selected pods declare it.", &["declared", "undeclared", "unknown"]),
                "declared": nullable("place", "Where they do."),
            })),
        },
    })
}

fn resource() -> Value {
    object(
        "A Kubernetes object, as its manifest states it.",
        &json!({
            "id": number("Its number in this document.", 0),
            "apiVersion": text("Its `apiVersion`."),
            "kind": text("Its `kind`."),
            "namespace": maybe_text("Its `metadata.namespace`, if stated."),
            "name": maybe_text("Its `metadata.name`, if stated."),
            "generateName": maybe_text("Its `metadata.generateName`, if stated."),
            "generated": boolean("Whether a generator of a kustomization makes it, which then is its place."),
            "place": reference("place"),
            "references": list("What it names.", "reference"),
            "selections": list("What it picks by labels.", "selection"),
            "targetPorts": list("The ports of a Service.", "targetPort"),
            "images": list("The images of its containers.", "image"),
        }),
    )
}

fn link() -> Value {
    object(
        "A reference by name, and where it leads.",
        &json!({
            "relation": words("How it refers.", &[
                "config-map", "secret", "pull-secret", "tls-secret", "service-account", "claim", "role", "subject",
                "scale-target", "governing-service", "backend",
            ]),
            "field": text("The field that holds the name."),
            "place": reference("place"),
            "target": reference("target"),
            "optional": boolean("Whether it may lead nowhere."),
            "outcome": words("Where it leads.", &["resolved", "missing", "external", "unknown"]),
            "ring": ring(),
            "to": ids("The objects it leads to, which are equally near."),
            "more": boolean("Whether there are more of them."),
            "part": nullable("part", "What of the object it asks for."),
            "near": ids("Objects with nearly that name."),
            "otherNamespace": ids("Objects of that name in another namespace."),
            "inSomeBuilds": ids("Objects of that name that only some of the builds have."),
            "elsewhere": ids("Objects of that name that only alternatives or tests have."),
            "mentioned": nullable("place", "Where a script or document mentions the name."),
            "mayBeUnseen": boolean("Whether something that was not read may bring it."),
            "maker": nullable("maker", "Who makes it, if no manifest does."),
        }),
    )
}

fn selection() -> Value {
    object(
        "A selector, and what it picks.",
        &json!({
            "picks": words("What it picks among.", &["pods", "services"]),
            "field": text("The field that holds the selector."),
            "place": reference("place"),
            "outcome": words("Whether it picks anything.", &["resolved", "nothing", "unknown"]),
            "ring": ring(),
            "to": ids("What it picks."),
            "more": boolean("Whether there is more of it."),
            "elsewhere": ids("What it would pick among alternatives, tests, or in some builds."),
        }),
    )
}

fn image() -> Value {
    object(
        "The image of a container, and what it is built from.",
        &json!({
            "field": text("The field that holds it."),
            "place": reference("place"),
            "image": text("The image that runs: as written, or as kustomizations change it."),
            "renamed": nullable("place", "Where a kustomization changes it."),
            "outcome": words("Whether it is built here.", &OUTCOMES),
            "step": nullable("step", "The step that builds it."),
            "tie": nullable("tie", "The Dockerfile that it is built from."),
            "program": nullable("program", "What it starts."),
        }),
    )
}

fn tie() -> Value {
    object(
        "A link from an image to a Dockerfile.",
        &json!({
            "dockerfile": text("The Dockerfile."),
            "context": maybe_text("The context, relative to the root, if a step states it."),
            "target": maybe_text("The stage that is built, if the step states it."),
            "means": words("By which means it was found.", &MEANS),
            "confidence": words("How far it is to be believed.", &["low", "medium", "high"]),
            "disputed": boolean("Whether two means that are to be believed contradict each other."),
            "votes": list("What each means says, the surest first.", "vote"),
            "services": list("The compose services that run what is built.", "service"),
        }),
    )
}

fn program() -> Value {
    object(
        "What an image starts in a container.",
        &json!({
            "command": texts("The words that are run, wrappers and entry scripts aside."),
            "place": nullable("place", "Where they are written."),
            "language": maybe_text("The language of its source, if it is read."),
            "scripts": texts("The entry scripts that lead to the command."),
            "entry": maybe_text("The source file that it begins with."),
            "files": number("How many source files it is made of.", 0),
            "routes": list("The routes that it serves.", "route"),
            "variables": list("The variables that it reads.", "variable"),
            "ports": list("The ports that it listens on.", "listening"),
            "gaps": list("What is not known of it.", "gap"),
        }),
    )
}

fn ring() -> Value {
    json!({
        "enum": ["file", "directory", "build", "applied together", "outward", null],
        "description": "How near it is.",
    })
}

fn ids(description: &str) -> Value {
    json!({"type": "array", "items": {"type": "integer", "minimum": 0}, "description": description})
}

fn texts(description: &str) -> Value {
    json!({"type": "array", "items": {"type": "string"}, "description": description})
}

fn maybe_text(description: &str) -> Value {
    json!({"type": ["string", "null"], "description": description})
}

fn maybe_number(description: &str) -> Value {
    json!({"type": ["integer", "null"], "minimum": 0, "description": description})
}

fn boolean(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}
