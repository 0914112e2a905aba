//! One rich report through every reporter.

mod fixture;

use super::*;
use fixture::{SECRET, rendered, rich};

use serde_json::Value;

/// The report in a format, as text.
fn text(format: Format, report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    write(format, report, &fixture::registry(), options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    text.replace(env!("CARGO_PKG_VERSION"), "[version]")
}

#[test]
fn every_format_shows_a_rich_report() {
    let options = Options {
        statistics: true,
        exit_code: 1,
        ..Options::default()
    };
    for format in Format::ALL {
        let text = text(format, &rich(), &options);
        insta::assert_snapshot!(format!("rich_{}", format.as_str()), text);
    }
}

#[test]
fn every_format_shows_where_a_rendered_scalar_comes_from() {
    for format in Format::ALL {
        let text = text(format, &rendered(), &Options::default());
        assert!(!text.contains(SECRET), "{text}");
        insta::assert_snapshot!(format!("rendered_{}", format.as_str()), text);
    }
}

/// Whether a document is valid under a schema; what is wrong with it.
fn validate(schema: Value, document: &Value) -> Result<(), String> {
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler
        .add_resource("https://kubelint.example/it.json", schema)
        .unwrap();
    let index = compiler
        .compile("https://kubelint.example/it.json", &mut schemas)
        .unwrap();
    schemas
        .validate(document, index)
        .map_err(|error| error.to_string())
}

fn json(format: Format, report: &Report, options: &Options) -> Value {
    serde_json::from_str(&text(format, report, options)).unwrap()
}

fn reports() -> [Report; 3] {
    [rich(), rendered(), Report::default()]
}

#[test]
fn json_is_valid_under_its_schema() {
    let schema: Value = serde_json::from_str(&report_schema()).unwrap();
    for report in reports() {
        let json = json(Format::Json, &report, &Options::default());
        validate(schema.clone(), &json).unwrap();
    }
}

#[test]
fn the_schema_allows_nothing_else() {
    let schema: Value = serde_json::from_str(&report_schema()).unwrap();
    let document = json(Format::Json, &rich(), &Options::default());
    let mut objects = vec![String::new()];
    collect_objects(&document, "", &mut objects);
    assert!(objects.len() > 50, "{}", objects.len());
    for pointer in objects {
        let mut changed = document.clone();
        let object = changed
            .pointer_mut(&pointer)
            .unwrap()
            .as_object_mut()
            .unwrap();
        object.insert("other".to_owned(), Value::Null);
        assert!(
            validate(schema.clone(), &changed).is_err(),
            "{pointer} + other"
        );
        let keys: Vec<String> = document
            .pointer(&pointer)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        for key in keys.iter().filter(|it| *it != "via") {
            let mut changed = document.clone();
            let object = changed
                .pointer_mut(&pointer)
                .unwrap()
                .as_object_mut()
                .unwrap();
            object.remove(key);
            assert!(
                validate(schema.clone(), &changed).is_err(),
                "{pointer} - {key}"
            );
        }
    }
}

/// The JSON pointers of all objects within a value.
fn collect_objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = format!("{at}/{key}");
                if value.is_object() {
                    found.push(at.clone());
                }
                collect_objects(value, &at, found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                let at = format!("{at}/{index}");
                if value.is_object() {
                    found.push(at.clone());
                }
                collect_objects(value, &at, found);
            }
        }
        _ => {}
    }
}

#[test]
fn sarif_is_valid_under_the_published_schema() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/testdata/schemas/sarif-2.1.0.json"
    );
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for report in reports() {
        let json = json(Format::Sarif, &report, &Options::default());
        validate(schema.clone(), &json).unwrap();
    }
}
