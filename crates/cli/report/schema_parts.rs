//! What the JSON Schemas of the outputs are made of.

use serde_json::{Value, json};

/// An object that has these keys and no others.
pub(crate) fn object(description: &str, properties: &Value) -> Value {
    let keys: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(|it| it.keys())
        .collect();
    json!({
        "type": "object",
        "description": description,
        "required": keys,
        "properties": properties,
        "additionalProperties": false,
    })
}

/// A text.
pub(crate) fn text(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// A whole number of at least `minimum`.
pub(crate) fn number(description: &str, minimum: u32) -> Value {
    json!({"type": "integer", "minimum": minimum, "description": description})
}

/// One of these words.
pub(crate) fn words(description: &str, words: &[&str]) -> Value {
    json!({"enum": words, "description": description})
}

/// What the definition `name` says.
pub(crate) fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// The same, with a description of its own.
pub(crate) fn described(name: &str, description: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}"), "description": description})
}

/// What the definition `name` says, or null.
pub(crate) fn nullable(name: &str, description: &str) -> Value {
    json!({"anyOf": [reference(name), {"type": "null"}], "description": description})
}

/// A list of what the definition `items` says.
pub(crate) fn list(description: &str, items: &str) -> Value {
    json!({"type": "array", "items": reference(items), "description": description})
}
