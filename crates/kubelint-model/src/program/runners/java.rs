//! What starts programs of Java: the virtual machine with a jar or a class, and the scripts of base images that do.

use std::rc::Rc;

use kubelint_parser::TextRange;
use kubelint_parser::code::Language;
use kubelint_parser::source::SourcePath;

use super::{Around, Entry, Launch, Root, Runtime};
use crate::FileId;
use crate::code::{Expr, Subject};
use crate::program::Gap;
use crate::program::build::absolute;
use crate::program::environment::Known;
use crate::program::java::{Given, Java, folder_of, is_installed};
use crate::program::start::Command;
use crate::program::store::Store;
use crate::program::words::Word;
use crate::program::wrappers::file_name;
use crate::view::{Container, text};

/// Flags whose value is the next word (docs.oracle.com/en/java/javase/21/docs/specs/man/java.html).
const WITH_VALUE: [&str; 11] = [
    "-p",
    "--module-path",
    "--upgrade-module-path",
    "--add-modules",
    "--add-opens",
    "--add-exports",
    "--add-reads",
    "--limit-modules",
    "--patch-module",
    "--enable-native-access",
    "--source",
];
/// Variables whose options the virtual machine reads itself.
const OF_MACHINE: [&str; 2] = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"];
/// Scripts of base images that start the jar which a variable names, and the variables whose options they add
/// (the `run-java.sh` of Red Hat's images of OpenJDK, and of fabric8).
const SCRIPTS: [&str; 1] = ["run-java.sh"];
const OF_SCRIPTS: [&str; 3] = ["JAVA_OPTS", "JAVA_OPTIONS", "JAVA_OPTS_APPEND"];
/// Agents that listen nowhere.
const QUIET_AGENTS: [&str; 6] = [
    "opentelemetry",
    "elastic-apm",
    "dd-java-agent",
    "newrelic",
    "applicationinsights",
    "skywalking",
];

/// What the words of a command say.
#[derive(Default)]
struct Said {
    jar: Option<String>,
    class: Option<String>,
    class_path: Option<String>,
    given: Vec<Given>,
    gaps: Vec<Gap>,
}

pub(super) fn launch(
    command: &Command,
    around: &Around<'_, '_>,
    store: &mut Store<'_>,
) -> Option<Launch> {
    let name = file_name(command.words.first()?.text()?);
    let mut said = Said::default();
    let place = command.words.first().and_then(|it| it.place);
    for variable in OF_MACHINE {
        said.options(variable, around, place);
    }
    let mut is_script = false;
    let started = if name == "java" {
        said.read(&command.words[1..], around);
        let open = said.started(&command.folder)?;
        let own: Vec<String> = open
            .iter()
            .filter(|it| !it.ends_with("/lib"))
            .cloned()
            .collect();
        // Libraries mostly stand apart from the program; what Gradle installs has all in one folder.
        if own.is_empty() { open } else { own }
    } else if SCRIPTS.contains(&name) {
        for variable in OF_SCRIPTS {
            said.options(variable, around, place);
        }
        let jar = around.environment.text("JAVA_APP_JAR")?;
        vec![absolute("/deployments", jar)]
    } else if let path = absolute(&command.folder, command.words.first()?.text()?)
        && is_installed(&path, around.build)
    {
        let own = name.replace('-', "_").to_ascii_uppercase() + "_OPTS";
        for variable in ["JAVA_OPTS", own.as_str()] {
            said.options(variable, around, place);
        }
        said.program(&command.words[1..], around);
        is_script = true;
        vec![path]
    } else {
        // A native image of Quarkus.
        let path = absolute(&command.folder, command.words.first()?.text()?);
        let is_native = is_runner(&path, around);
        if !is_native {
            return None;
        }
        said.program(&command.words[1..], around);
        vec![path]
    };
    let mut why = "what it starts is not built here";
    let mut folder = None;
    for path in &started {
        match folder_of(path, around.build, store) {
            Ok(found) => {
                folder = Some(found);
                break;
            }
            Err(it) => why = it,
        }
    }
    said.copied(command, around);
    if let Some(folder) = folder.as_deref().filter(|_| is_script)
        && has_default_options(folder, store)
    {
        said.unknown(place);
    }
    let mut gaps = said.gaps;
    let java = folder.and_then(|folder| {
        let class = said.class.as_deref();
        Java::of(
            &folder,
            said.given,
            class,
            around.environment,
            store,
            &mut gaps,
        )
    });
    let Some(java) = java else {
        gaps.push(Gap::of_all(why, place));
        return Some(Launch {
            language: Language::Java,
            entry: Entry::Java(Rc::new(Java::unknown(around.environment, store))),
            roots: roots(command, around),
            server: None,
            command: None,
            runtime: Runtime::default(),
            gaps,
        });
    };
    Some(Launch {
        language: java.language(),
        entry: Entry::Java(Rc::new(java)),
        roots: roots(command, around),
        server: None,
        command: None,
        runtime: Runtime::default(),
        gaps,
    })
}

/// Whether the list behind a name in a build file sets properties that a program may read: not those that Ktor's own generator sets.
fn sets_properties(text: &str) -> bool {
    let list = text.split([')', ']']).next().unwrap_or_default();
    let set = list.split("-D").skip(1);
    let is_quiet =
        |it: &str| it.starts_with("io.ktor.development") || it.starts_with("file.encoding");
    let is_open = list.contains('$') && !list.contains("-Dio.ktor.development=$");
    is_open || set.into_iter().any(|it| !is_quiet(it))
}

/// Whether a build says which options a start script gives to the virtual machine.
fn has_default_options(folder: &str, store: &mut Store<'_>) -> bool {
    ["build.gradle", "build.gradle.kts"].iter().any(|it| {
        let path = SourcePath::new(&format!("{folder}/{it}"));
        let id = store.read_text(&path);
        id.is_some_and(|it| {
            let text = store.text_of(it);
            ["efaultJvmArgs", "efaultJvmOpts"]
                .iter()
                .any(|it| text.split(it).skip(1).any(sets_properties))
        })
    })
}

fn roots(command: &Command, around: &Around<'_, '_>) -> Vec<Root> {
    vec![Root {
        stage: around.build.image.stage(),
        folder: command.folder.clone(),
    }]
}

/// Whether a file of the image is copied from a build's native image.
fn is_runner(path: &str, around: &Around<'_, '_>) -> bool {
    let image = around.build.stage(around.build.image.stage());
    image.copied.iter().any(|it| {
        let to = it.destination.value.text().trim_end_matches('/');
        let is_there = path == to || path.rsplit_once('/').is_some_and(|it| it.0 == to);
        let mut sources = it.sources.iter();
        is_there && sources.any(|it| it.value.text().ends_with("-runner"))
    })
}

impl Said {
    /// The options that a variable holds.
    fn options(
        &mut self,
        variable: &str,
        around: &Around<'_, '_>,
        place: Option<(FileId, TextRange)>,
    ) {
        match around.environment.get(variable) {
            Known::Unset | Known::Perhaps => {}
            Known::Set(value) => match &value.text {
                Some(text) => {
                    let words: Vec<Word> = text
                        .split_whitespace()
                        .map(|it| Word::of_shell(it, place))
                        .collect();
                    for word in &words {
                        self.option(word);
                    }
                }
                None => self.unknown(place),
            },
        }
    }

    /// Configuration beside the program in its image, which stands over what the jar holds.
    fn copied(&mut self, command: &Command, around: &Around<'_, '_>) {
        let stage = around.build.image.stage();
        let config = absolute(&command.folder, "config");
        let folders = [command.folder.as_str(), config.as_str(), "/config"];
        let names = [
            "application.yml",
            "application.yaml",
            "application.properties",
        ];
        let mut paths = folders
            .iter()
            .flat_map(|folder| names.iter().map(|name| absolute(folder, name)));
        if paths.any(|it| around.build.file(stage, &it).is_some()) {
            let place = command.words.first().and_then(|it| it.place);
            self.gaps.extend(beside(place));
        }
    }

    fn unknown(&mut self, place: Option<(FileId, TextRange)>) {
        for subject in [Subject::Ports, Subject::Routes] {
            self.gaps.push(Gap {
                subject: Some(subject),
                why: "options that start it are not known".to_owned(),
                place,
            });
        }
    }

    /// The words behind `java`.
    fn read(&mut self, words: &[Word], around: &Around<'_, '_>) {
        let mut rest: Vec<Word> = words.iter().rev().cloned().collect();
        while let Some(word) = rest.pop() {
            let Some(text) = word.text() else {
                if self.option(&word) {
                    continue;
                }
                match expanded(&word, around) {
                    Some(words) => rest.extend(words.into_iter().rev()),
                    None => self.unknown(word.place),
                }
                continue;
            };
            match text {
                "-jar" => {
                    let jar = rest.pop();
                    self.jar = jar.and_then(|it| known(&it, around));
                    break;
                }
                "-cp" | "-classpath" | "--class-path" => {
                    let path = rest.pop();
                    self.class_path = path.and_then(|it| known(&it, around));
                }
                "-m" | "--module" => {
                    let module = rest.pop();
                    let module = module.as_ref().and_then(Word::text);
                    self.class = module.and_then(|it| Some(it.split_once('/')?.1.to_owned()));
                    break;
                }
                _ if WITH_VALUE.contains(&text) => drop(rest.pop()),
                _ if text.starts_with('@') => self.unknown(word.place),
                _ if text.starts_with('-') => drop(self.option(&word)),
                "" => {}
                class => {
                    self.class = Some(class.to_owned());
                    break;
                }
            }
        }
        rest.reverse();
        self.program(&rest, around);
    }

    /// An option of the virtual machine; whether it is one.
    fn option(&mut self, word: &Word) -> bool {
        let parts = match &word.expr {
            Expr::Join(parts) => parts.first().and_then(Expr::text),
            one => one.text(),
        };
        let Some(text) = parts.filter(|it| it.starts_with('-')) else {
            return false;
        };
        if text.starts_with("-D") {
            if let Some((name, value)) = word.split_flag() {
                let name = name
                    .trim_start_matches("-D")
                    .trim_matches(['"', '\''])
                    .to_owned();
                self.given.push(Given {
                    name,
                    value: unquoted(value.expr),
                    place: word.place,
                    is_argument: false,
                });
            }
        } else if text.starts_with("-javaagent:") || text.starts_with("-agentpath:") {
            if !QUIET_AGENTS.iter().any(|it| text.contains(it)) {
                let why = "an agent may listen, too";
                self.gaps.push(Gap {
                    subject: Some(Subject::Ports),
                    why: why.to_owned(),
                    place: word.place,
                });
            }
        } else if text.starts_with("-agentlib:jdwp") {
            self.gaps.push(Gap {
                subject: Some(Subject::Ports),
                why: "the virtual machine listens for debuggers".to_owned(),
                place: word.place,
            });
        }
        true
    }

    /// The arguments of the program itself.
    fn program(&mut self, words: &[Word], around: &Around<'_, '_>) {
        let mut rest: Vec<Word> = words.iter().rev().cloned().collect();
        while let Some(word) = rest.pop() {
            match word.split_flag() {
                Some((name, value)) if property_of(&name).is_some() => {
                    self.given.push(Given {
                        name: property_of(&name).unwrap_or_default(),
                        value: unquoted(value.expr),
                        place: word.place,
                        is_argument: !name.starts_with("-D"),
                    });
                }
                _ if word.text().is_some() => {}
                _ => match expanded(&word, around) {
                    Some(words) => rest.extend(words.into_iter().rev()),
                    None => self.unknown(word.place),
                },
            }
        }
    }

    /// The paths of the image that the program may stand at.
    fn started(&self, folder: &str) -> Option<Vec<String>> {
        if let Some(jar) = &self.jar {
            return Some(vec![absolute(folder, jar)]);
        }
        let class = self.class.as_deref()?;
        if class.starts_with("org.springframework.boot.loader.") {
            let root = self.class_path.as_deref().unwrap_or(".");
            return Some(vec![absolute(folder, &format!("{root}/BOOT-INF/classes"))]);
        }
        let path = self.class_path.as_deref().unwrap_or(".");
        let entries = path.split(':').filter(|it| !it.is_empty());
        let entries = entries.map(|it| it.trim_end_matches("/*"));
        Some(entries.map(|it| absolute(folder, it)).collect())
    }
}

/// Whether a container mounts something where a program of Java looks for configuration: `config` below where it runs, that folder itself,
/// `/config`, or a file that is called like configuration.
pub(in crate::program) fn mounts_configuration(container: &Container<'_>, folder: &str) -> bool {
    let config = absolute(folder, "config");
    let is_below = |path: &str, folder: &str| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
    };
    container.volume_mounts().any(|mount| {
        let Some(path) = text(mount.node, "mountPath") else {
            return false;
        };
        let path = absolute("/", &path.value);
        let name = file_name(&path);
        name.starts_with("application")
            || name.starts_with("bootstrap")
            || is_below(&path, "/config")
            || is_below(&path, &config)
            || path == folder
    })
}

/// That configuration beside the program is not read.
pub(in crate::program) fn beside(place: Option<(FileId, TextRange)>) -> impl Iterator<Item = Gap> {
    let subjects = [Subject::Ports, Subject::Routes, Subject::Reads];
    subjects.into_iter().map(move |subject| Gap {
        subject: Some(subject),
        why: "configuration beside the program is not read".to_owned(),
        place,
    })
}

/// A value without the quotes that a variable's text keeps.
fn unquoted(value: Expr) -> Expr {
    match value {
        Expr::Text(text) => Expr::Text(text.trim_matches(['"', '\'']).to_owned()),
        value => value,
    }
}

/// The property that an argument of a program sets: `--server.port=80`, and of Ktor `-P:ktor.deployment.port=80` and what stands for it
/// (ktor.io/docs/server-configuration-file.html, "Command line").
fn property_of(flag: &str) -> Option<String> {
    let of_ktor = match flag {
        "-port" => Some("ktor.deployment.port"),
        "-host" => Some("ktor.deployment.host"),
        "-config" => Some("config.file"),
        "-sslPort" => Some("ktor.deployment.sslPort"),
        _ => None,
    };
    let stated = ["--", "-D", "-P:"]
        .iter()
        .find_map(|it| flag.strip_prefix(it));
    of_ktor.or(stated).map(str::to_owned)
}

/// The text of a word with the variables that are set for certain.
fn known(word: &Word, around: &Around<'_, '_>) -> Option<String> {
    let text = |expr: &Expr| match expr {
        Expr::Text(text) => Some(text.clone()),
        Expr::Variable { name, default } => match around.environment.get(name) {
            Known::Set(value) => value.text.clone(),
            Known::Unset => Some(default.as_deref()?.text()?.to_owned()),
            Known::Perhaps => None,
        },
        _ => None,
    };
    match &word.expr {
        Expr::Join(parts) => parts.iter().map(text).collect(),
        one => text(one),
    }
}

/// The words that a variable stands for; none where it is not set.
fn expanded(word: &Word, around: &Around<'_, '_>) -> Option<Vec<Word>> {
    let Expr::Variable { name, default } = &word.expr else {
        return None;
    };
    let text = match around.environment.get(name) {
        Known::Set(value) => value.text.clone()?,
        Known::Unset => match default {
            Some(default) => default.text()?.to_owned(),
            None => String::new(),
        },
        Known::Perhaps => return None,
    };
    let words = text.split_whitespace();
    Some(words.map(|it| Word::of_shell(it, word.place)).collect())
}
