//! One rich report through every reporter.

mod any;
mod fixture;
mod readers;

use super::*;
use fixture::{SECRET, around_a_secret, hostile, rendered, rich, uneven};

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

fn reports() -> [Report; 6] {
    [
        rich(),
        rendered(),
        hostile(),
        around_a_secret(),
        uneven(),
        Report::default(),
    ]
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

#[test]
fn nothing_of_a_secret_is_shown() {
    for format in Format::ALL {
        let text = text(format, &around_a_secret(), &Options::default());
        for part in ["hunter", "sword", "fish"] {
            assert!(!text.contains(part), "{text}");
        }
        if format == Format::Human {
            insta::assert_snapshot!("around_a_secret", text);
        }
    }
}

#[test]
fn marks_stand_under_their_places() {
    let human = text(Format::Human, &uneven(), &Options::default());
    insta::assert_snapshot!("uneven_human", human);
    let concise = text(Format::Concise, &uneven(), &Options::default());
    insta::assert_snapshot!("uneven_concise", concise);
}

#[test]
fn hostile_text_is_text() {
    for format in Format::ALL {
        let text = text(format, &hostile(), &Options::default());
        let acts = |c: char| c != '\n' && escape::is_hostile(c);
        assert!(!text.contains(acts), "{format:?}: {text:?}");
        assert!(!text.contains("##["), "{format:?}: {text}");
        // `::: path` begins another file of an excerpt: no command is called `:`.
        let commands = text
            .lines()
            .map(str::trim_start)
            .filter(|it| !it.starts_with("::: "));
        for command in commands.filter_map(|it| it.strip_prefix("::")) {
            assert_eq!(format, Format::Github, "{command}");
            let (head, _) = command.split_once("::").unwrap();
            let (level, properties) = head.split_once(' ').unwrap();
            assert!(["error", "notice"].contains(&level), "{command}");
            for property in properties.split(',') {
                let (key, value) = property.split_once('=').unwrap();
                let keys = ["file", "line", "endLine", "col", "endColumn", "title"];
                assert!(keys.contains(&key) && !value.contains(':'), "{command}");
            }
        }
        insta::assert_snapshot!(format!("hostile_{}", format.as_str()), text);
    }
    let json = json(Format::Json, &hostile(), &Options::default());
    assert_eq!(json["findings"][0]["message"], hostile().entries[0].message);
}

#[test]
fn the_related_places_of_sarif_are_linked_and_regions_begin() {
    for report in reports() {
        let log = json(Format::Sarif, &report, &Options::default());
        let mut hashes = std::collections::BTreeSet::new();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let text = result["message"]["text"].as_str().unwrap();
            let related = result["relatedLocations"].as_array();
            for (index, location) in related.into_iter().flatten().enumerate() {
                assert_eq!(location["id"], index + 1);
                assert!(text.contains(&format!("]({})", index + 1)), "{text}");
            }
            assert_eq!(
                text.matches("](").count(),
                related.map_or(0, Vec::len),
                "{text}"
            );
            assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].is_u64());
            let hash = &result["partialFingerprints"]["primaryLocationLineHash"];
            assert!(hashes.insert(hash.as_str().unwrap().to_owned()), "{hash}");
        }
    }
}

#[test]
fn the_worst_come_first_where_only_some_are_shown() {
    let log = json(Format::Sarif, &rich(), &Options::default());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let levels: Vec<&str> = results
        .iter()
        .map(|it| it["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels[..2], ["error", "warning"]);
    let annotations = text(Format::Github, &rich(), &Options::default());
    let errors = annotations.rfind("::error").unwrap();
    assert!(errors < annotations.find("::warning").unwrap());
}

#[test]
fn only_people_who_ask_get_colours() {
    let plain = text(Format::Human, &rich(), &Options::default());
    assert!(!plain.contains('\u{1b}'));
    let options = Options {
        color: true,
        ..Options::default()
    };
    let styled = text(Format::Human, &rich(), &options);
    assert!(styled.contains("\u{1b}["));
    let mut bare = String::new();
    for (index, part) in styled.split('\u{1b}').enumerate() {
        let part = if index == 0 {
            part
        } else {
            &part[part.find('m').unwrap() + 1..]
        };
        bare.push_str(part);
    }
    assert_eq!(bare, plain);
    for format in Format::ALL.into_iter().filter(|&it| it != Format::Human) {
        assert!(!text(format, &rich(), &options).contains('\u{1b}'));
    }
}

#[test]
fn quiet_leaves_findings_and_problems() {
    let options = Options {
        quiet: true,
        statistics: true,
        ..Options::default()
    };
    for format in [
        Format::Human,
        Format::Concise,
        Format::Github,
        Format::Junit,
        Format::Markdown,
    ] {
        let text = text(format, &rich(), &options);
        assert!(text.contains("missing-target-port") && text.contains("panicked"));
        assert!(!text.contains("charts were not rendered"), "{text}");
    }
    assert_eq!(text(Format::Human, &Report::default(), &options), "");
}

#[test]
fn paths_read_from_the_working_directory() {
    let root = std::path::Path::new("/r");
    let options = Options {
        paths: Paths::new(root, &root.join("deploy/base")),
        ..Options::default()
    };
    for format in [Format::Human, Format::Concise, Format::Json] {
        let text = text(format, &rich(), &options);
        assert!(text.contains("../app.yaml"), "{text}");
        assert!(!text.contains("deploy/app.yaml"), "{text}");
    }
}

#[test]
fn what_platforms_read_has_the_paths_of_the_repository() {
    let root = std::path::Path::new("/repository/shop");
    let options = Options {
        paths: Paths::new(root, &root.join("deploy/base")),
        repository: Paths::new(root, std::path::Path::new("/repository")),
        ..Options::default()
    };
    for format in [
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Markdown,
    ] {
        let text = text(format, &rich(), &options);
        assert!(text.contains("shop/deploy/app.yaml"), "{text}");
        assert!(!text.contains("../"), "{text}");
    }
}

#[test]
fn more_annotations_than_github_shows_are_counted() {
    let mut report = rich();
    let mut more = Vec::new();
    for n in 0..12 {
        let mut entry = report.entries[0].clone();
        entry.group = n.to_string();
        more.push(entry);
    }
    report.entries = more;
    let text = text(Format::Github, &report, &Options::default());
    let last = text.lines().last().unwrap();
    assert_eq!(
        last,
        "GitHub shows 10 annotations of this step's 12 warnings; all are in this log."
    );
}

/// An output that takes this many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        match taken {
            0 => Err(io::ErrorKind::BrokenPipe.into()),
            taken => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_an_error_and_no_panic() {
    for format in Format::ALL {
        for room in [0, 1, 100] {
            let registry = fixture::registry();
            let written = write(
                format,
                &rich(),
                &registry,
                &Options::default(),
                &mut Full(room),
            );
            assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        }
    }
}

/// Prints how long each format takes for 10,000 findings in small files and in one large file, as lines and as one line:
/// `cargo test --release -p kubelint report::tests::speed -- --ignored --nocapture`.
#[test]
#[ignore = "it measures"]
fn speed() {
    let registry = fixture::registry();
    for (name, report) in [
        ("small files", fixture::many(10_000, 10_000, '\n')),
        ("one file", fixture::many(10_000, 1, '\n')),
        ("one line", fixture::many(10_000, 1, ' ')),
        ("one line, twice as many", fixture::many(20_000, 1, ' ')),
    ] {
        for format in Format::ALL {
            let start = std::time::Instant::now();
            let mut out = Vec::new();
            write(format, &report, &registry, &Options::default(), &mut out).unwrap();
            let took = start.elapsed().as_secs_f64() * 1e3;
            println!(
                "{name:24} {:8} {took:7.1} ms {:10} bytes",
                format.as_str(),
                out.len()
            );
        }
    }
}
