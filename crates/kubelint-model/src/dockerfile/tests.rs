//! What Dockerfiles say.

use kubelint_parser::source::SourcePath;

use super::*;

fn image(text: &str) -> Image {
    let file = Dockerfile::new(text);
    let stage = file.target(None).unwrap();
    file.image(stage, &BuildArgs::default())
}

fn with(text: &str, target: Option<&str>, args: &[(&str, &str)]) -> Image {
    let file = Dockerfile::new(text);
    let stage = file.target(target).unwrap();
    file.image(stage, &BuildArgs::new(args.iter().copied()))
}

fn env<'a>(image: &'a Image, name: &str) -> Option<&'a str> {
    image.env.get(name).map(|it| it.value.text())
}

fn user(image: &Image) -> &str {
    match &image.user {
        Inherited::FromBase => "(base)",
        Inherited::Cleared(_) => "(none)",
        Inherited::Stated(it) => it.value.text(),
    }
}

fn start(image: &Image) -> String {
    match image.start() {
        Start::Unknown => "(unknown)".to_owned(),
        Start::Nothing => "(nothing)".to_owned(),
        Start::Words(words) => {
            let words: Vec<&str> = words.iter().map(|it| it.text.as_str()).collect();
            words.join("|")
        }
    }
}

fn ports(image: &Image) -> Vec<String> {
    let ports = image.exposed.iter().map(|it| match it.ports {
        Some((first, last)) => format!("{first}-{last}/{}", it.protocol),
        None => "*".to_owned(),
    });
    ports.collect()
}

#[test]
fn arguments_before_the_first_stage_are_seen_by_from_alone() {
    let text = "ARG V=3\nARG W=$V.1\nFROM a:$W\nENV A=$V\nARG V\nENV B=$V C=${W:-d}";
    let found = image(text);
    assert_eq!(found.base, Base::Image(Value::known("a:3.1")));
    assert_eq!(found.base_range.of(text), "a:$W");
    // The base image may set it.
    assert_eq!(env(&found, "A"), Some("*"));
    assert_eq!(env(&found, "B"), Some("3"));
    assert_eq!(env(&found, "C"), Some("*"));
    let given = with(text, None, &[("V", "4"), ("A", "x")]);
    assert_eq!(given.base, Base::Image(Value::known("a:4.1")));
    assert_eq!(env(&given, "B"), Some("4"));
}

#[test]
fn arguments_and_variables_of_a_stage() {
    let found = image(
        "FROM scratch\nARG A=1 B\nENV C=$A D=$C E=${B-none} F=$A$A\nENV C=2 G=$C\nARG C=5\nENV H=$C",
    );
    for (name, expected) in [
        ("C", "2"),
        ("D", ""),
        ("E", "none"),
        ("F", "11"),
        // All words of an instruction see what was set before it.
        ("G", "1"),
        // An argument hides the variable from what follows, and does not change it.
        ("H", "5"),
    ] {
        assert_eq!(env(&found, name), Some(expected), "{name}");
    }
    assert_eq!(env(&found, "A"), None);
}

#[test]
fn platforms_are_not_known() {
    let found =
        image("FROM --platform=$BUILDPLATFORM a-$TARGETARCH\nARG TARGETOS\nENV A=$TARGETOS");
    assert_eq!(found.base, Base::Image(Value::pattern("a-*")));
    assert_eq!(env(&found, "A"), Some("*"));
}

#[test]
fn stages_inherit() {
    let text = "FROM x AS Base\nENV A=1\nUSER 5\nWORKDIR /a\nEXPOSE 80\nCMD [\"c\"]\nARG P=9\n\
                FROM base\nWORKDIR b\nEXPOSE $P\nENTRYPOINT [\"e\"]\n";
    let found = image(text);
    assert_eq!(found.stages, [0, 1]);
    assert_eq!(found.base, Base::Image(Value::known("x")));
    assert_eq!(env(&found, "A"), Some("1"));
    assert_eq!(user(&found), "5");
    assert_eq!(found.folder.text(), "/a/b");
    assert_eq!(ports(&found), ["80-80/tcp", "9-9/tcp"]);
    // An entry point makes the base's command void.
    assert_eq!(start(&found), "e");
    assert_eq!(start(&with(text, Some("BASE"), &[])), "(unknown)");
}

#[test]
fn names_of_stages() {
    let text = "FROM a AS x\nFROM x AS x\nFROM x\nFROM X";
    let file = Dockerfile::new(text);
    let args = BuildArgs::default();
    assert_eq!(file.base(1, &args), Base::Stage(0));
    assert_eq!(file.base(2, &args), Base::Stage(1));
    assert_eq!(file.base(3, &args), Base::Image(Value::known("X")));
    assert_eq!(file.target(Some("X")), Some(1));
    assert_eq!(file.target(Some("y")), None);
    assert_eq!(Dockerfile::new("").target(None), None);
}

#[test]
fn what_is_started() {
    for (text, expected) in [
        ("FROM scratch\nCMD [\"a\", \"b\"]", "a|b"),
        ("FROM scratch\nCMD a b", "/bin/sh|-c|a b"),
        ("FROM scratch\nSHELL [\"bash\", \"-c\"]\nCMD a", "bash|-c|a"),
        ("FROM scratch\nENTRYPOINT [\"a\"]\nCMD [\"b\"]", "a|b"),
        ("FROM scratch\nCMD [\"b\"]\nENTRYPOINT [\"a\"]", "a|b"),
        ("FROM scratch\nENTRYPOINT a\nCMD [\"b\"]", "/bin/sh|-c|a"),
        ("FROM scratch", "(nothing)"),
        (
            "FROM scratch\nENTRYPOINT [\"a\"]\nENTRYPOINT []",
            "(nothing)",
        ),
        ("FROM x\nCMD [\"a\"]", "(unknown)"),
        ("FROM x\nENTRYPOINT []\nCMD [\"a\"]", "a"),
        ("FROM x\nENTRYPOINT [\"a\"]", "a"),
        ("FROM x", "(unknown)"),
    ] {
        assert_eq!(start(&image(text)), expected, "{text}");
    }
    let likely = image("FROM x\nCMD [\"a\"]").likely_start();
    assert!(matches!(likely, Start::Words(words) if words[0].text == "a"));
}

#[test]
fn users() {
    for (text, expected) in [
        ("FROM x\nARG UID=1000\nUSER $UID:$UID", "1000:1000"),
        ("FROM x\nUSER $NOBODY", "*"),
        ("FROM x", "(base)"),
        ("FROM scratch", "(none)"),
        ("FROM x\nUSER 1\nUSER root", "root"),
    ] {
        assert_eq!(user(&image(text)), expected, "{text}");
    }
}

#[test]
fn exposed_ports() {
    let found = image("FROM x\nENV P=\"80 81/udp\" Q=7\nEXPOSE $P 5$Q-60 ${R}\nEXPOSE http");
    assert_eq!(ports(&found), ["80-80/tcp", "81-81/udp", "57-60/tcp", "*"]);
    assert!(found.exposed[2].may_be(58) && !found.exposed[2].may_be(61));
    assert!(found.exposed[3].may_be(1));
}

#[test]
fn triggers_run_in_builds_based_on_their_stage() {
    let text = "FROM scratch AS a\nONBUILD USER 7\nONBUILD ENV A=1\nFROM a AS b\nENV B=$A\nFROM b";
    let found = with(text, Some("b"), &[]);
    assert_eq!((user(&found), env(&found, "B")), ("7", Some("1")));
    assert_eq!(user(&with(text, Some("a"), &[])), "(none)");
    assert_eq!(user(&image(text)), "7");
}

#[test]
fn health_checks() {
    let text = "FROM x\nHEALTHCHECK --interval=5s --start-period=1m --retries=4 CMD curl http://localhost:80/ok";
    let Inherited::Stated(health) = image(text).health else {
        panic!("a health check");
    };
    let health = health.value;
    let start = health.start_period.clone().unwrap();
    assert_eq!((start.value.as_secs(), start.range.of(text)), (60, "1m"));
    assert_eq!(health.retries.as_ref().unwrap().value, 4);
    assert_eq!(health.timeout, None);
    assert_eq!(health.asks().unwrap().path, "/ok");
    let none = image("FROM x\nHEALTHCHECK CMD a\nHEALTHCHECK NONE");
    assert!(matches!(none.health, Inherited::Cleared(Some(_))));
}

#[test]
fn hostile_stages_end() {
    let stages: Vec<String> = (1..5000)
        .map(|it| format!("FROM s{} AS s{it}\nENV A{it}=$A{it} B=$B$B\n", it - 1))
        .collect();
    let found = image(&format!("FROM a AS s0\n{}", stages.concat()));
    assert_eq!(found.stages.len(), 5000);
    // A stage cannot be based on itself, or on a later one.
    assert_eq!(image("FROM a AS a\n").base, Base::Image(Value::known("a")));
    assert_eq!(image("FROM b AS a\nFROM a AS b\n").stages, [0, 1]);
}

struct Project {
    files: Vec<SourcePath>,
    ignored: Option<Ignored>,
}

impl Project {
    fn new(files: &[&str]) -> Self {
        let mut files: Vec<SourcePath> = files.iter().map(|it| SourcePath::new(it)).collect();
        files.sort_unstable();
        Self {
            files,
            ignored: None,
        }
    }

    /// Whether `path` is in the image: the file that it is a copy of, `-` if nothing brings it, `?` if nobody knows.
    fn presence(&self, text: &str, path: &str) -> String {
        let file = Dockerfile::new(text);
        let args = BuildArgs::default();
        let image = file.image(file.target(None).unwrap(), &args);
        let context = Context {
            files: &self.files,
            folder: "api",
            ignored: self.ignored.as_ref(),
        };
        match file.presence(&image, &args, path, &context) {
            Presence::Copied(origin) => origin.file.as_str().to_owned(),
            Presence::Absent => "-".to_owned(),
            Presence::Unknown => "?".to_owned(),
        }
    }
}

#[test]
fn files_that_are_copied() {
    let project = Project::new(&["api/run.sh", "api/src/a.js", "api/src/b/c.js", "web/run.sh"]);
    for (text, path, expected) in [
        ("COPY . /app", "/app/src/a.js", "api/src/a.js"),
        ("COPY . /app", "/app/x.js", "-"),
        ("COPY src /app", "/app/a.js", "api/src/a.js"),
        ("COPY src/ /app/", "/app/b/c.js", "api/src/b/c.js"),
        ("COPY src /app", "/app/run.sh", "-"),
        ("COPY src /app", "/app/src/a.js", "-"),
        (
            "COPY run.sh /usr/local/bin/",
            "/usr/local/bin/run.sh",
            "api/run.sh",
        ),
        ("COPY run.sh /start", "/start", "api/run.sh"),
        ("COPY run.sh src/a.js /x", "/x/a.js", "api/src/a.js"),
        ("WORKDIR /w\nCOPY run.sh .", "/w/run.sh", "api/run.sh"),
        ("WORKDIR /w\nCOPY *.sh ./", "/w/run.sh", "api/run.sh"),
        ("COPY s*/ /x/", "/x/a.js", "api/src/a.js"),
        ("COPY src/*.js /x/", "/x/c.js", "-"),
        ("COPY dist /app", "/app/a.js", "?"),
        ("COPY $X /app/", "/app/a.js", "?"),
        ("COPY $X /app/", "/b/a.js", "-"),
        ("COPY src $X", "/b/a.js", "?"),
        ("COPY --from=node /opt /opt", "/opt/a", "?"),
        ("COPY --exclude=b . /app", "/app/run.sh", "?"),
        ("COPY <<run /app/", "/app/run", "?"),
        ("ADD https://x/y.tgz /app/", "/app/y.tgz", "?"),
        ("ADD src.tar /app/", "/app/a.js", "?"),
        ("RUN touch /a", "/a", "-"),
    ] {
        let text = format!("FROM x\n{text}\nx\nrun\n");
        assert_eq!(project.presence(&text, path), expected, "{text}");
    }
}

#[test]
fn files_that_come_through_stages() {
    let project = Project::new(&["api/src/a.js", "api/run.sh"]);
    let build = "FROM node AS build\nWORKDIR /b\nCOPY src ./src\nRUN make\n";
    for (text, path, expected) in [
        (
            "FROM x\nCOPY --from=build /b/src /app",
            "/app/a.js",
            "api/src/a.js",
        ),
        (
            "FROM x\nCOPY --from=0 /b /app",
            "/app/src/a.js",
            "api/src/a.js",
        ),
        ("FROM x\nCOPY --from=build /b/dist /app", "/app/a.js", "?"),
        ("FROM x\nCOPY --from=build /b /app", "/run.sh", "-"),
        ("FROM build", "/b/src/a.js", "api/src/a.js"),
    ] {
        let text = format!("{build}{text}\n");
        assert_eq!(project.presence(&text, path), expected, "{text}");
    }
}

#[test]
fn files_that_are_hidden() {
    let mut project = Project::new(&["api/src/a.js", "api/run.sh"]);
    project.ignored = Some(Ignored::read("*.sh"));
    assert_eq!(project.presence("FROM x\nCOPY . /", "/run.sh"), "-");
    assert_eq!(
        project.presence("FROM x\nCOPY . /", "/src/a.js"),
        "api/src/a.js"
    );
}
