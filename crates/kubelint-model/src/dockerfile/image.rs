//! What a stage makes: the image's configuration, as far as the Dockerfile states it (`dispatch…` of dockerfile2llb/convert.go).

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::{Arguments, Instruction, Keyword, Word};

use super::Dockerfile;
use super::args::BuildArgs;
use super::copy::{self, Copied};
use super::expand::expand;
use super::expose::{self, Exposed};
use super::health::{self, Health};
use super::scope::{self, Scope};
use super::stage::Base;
use super::start::{Argument, Line};
use super::value::Value;

/// Something that an instruction states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// What it states.
    pub value: T,
    /// Where.
    pub range: TextRange,
}

/// A part of an image's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inherited<T> {
    /// The Dockerfile says nothing of it: it is as in the base image.
    FromBase,
    /// It is empty: an instruction makes it so, or the base is.
    Cleared(Option<TextRange>),
    /// An instruction states it.
    Stated(Stated<T>),
}

/// The variables of an image.
pub(super) type Env = BTreeMap<String, Stated<Value>>;

/// An image that a build makes of a Dockerfile.
#[derive(Clone, Debug)]
pub struct Image {
    /// The numbers of the stages that it is made of: the one that is based on an image first, the one that is built last.
    pub stages: Vec<usize>,
    /// What the first of them is based on: an image, or nothing.
    pub base: Base,
    /// Where that is written.
    pub base_range: TextRange,
    /// The variables that are set, whatever the base image sets.
    pub env: BTreeMap<String, Stated<Value>>,
    /// The user that the program runs as.
    pub user: Inherited<Value>,
    /// The working folder; `*` stands for the base image's.
    pub folder: Value,
    /// The ports that are exposed, whatever the base image exposes.
    pub exposed: Vec<Exposed>,
    /// The entry point.
    pub entrypoint: Inherited<Line>,
    /// The command, which is what the entry point is given.
    pub cmd: Inherited<Line>,
    /// The health check.
    pub health: Inherited<Health>,
    /// What is copied into it, in order; also into the stages that it is based on.
    pub copied: Vec<Copied>,
    /// The instructions that run commands in it, in order, with their here-documents; also in the stages that it is based on.
    pub runs: Vec<TextRange>,
    /// The working folder of each of them.
    pub run_folders: Vec<Value>,
    /// The build arguments and variables that commands see at the end.
    pub variables: BTreeMap<String, Value>,
    /// The shell of shell forms.
    shell: Inherited<Vec<Argument>>,
    /// The stages after the first which are built from.
    last_stage: usize,
}

struct Builder<'a> {
    file: &'a Dockerfile,
    args: &'a BuildArgs,
    global: Scope,
    scope: Scope,
    image: Image,
    /// Whether `CMD` stands in this stage, or in what it runs for its base.
    has_cmd: bool,
}

/// The image of the stage `stage`.
pub(super) fn build(file: &Dockerfile, stage: usize, args: &BuildArgs) -> Image {
    let global = scope::global(file, args);
    let mut stages = vec![stage];
    let mut base = file.base_in(stage, &global);
    while let Base::Stage(number) = base {
        stages.push(number);
        base = file.base_in(number, &global);
    }
    stages.reverse();
    let first = stages.first().copied().unwrap_or(stage);
    let base_word = file.stages.get(first).and_then(|it| it.base.as_ref());
    let mut builder = Builder {
        file,
        args,
        global,
        scope: match base {
            Base::Scratch => Scope::default(),
            _ => Scope::of_image(),
        },
        image: Image::based_on(base, base_word.map(Word::range).unwrap_or_default(), stage),
        has_cmd: false,
    };
    for (at, &number) in stages.iter().enumerate() {
        builder.has_cmd = false;
        let before = at.checked_sub(1).and_then(|at| stages.get(at));
        for instruction in before.into_iter().flat_map(|it| file.triggers(*it)) {
            builder.run(number, instruction);
        }
        for instruction in file.instructions(number) {
            builder.run(number, instruction);
        }
    }
    builder.image.stages = stages;
    builder.image.variables = builder.scope.into_variables();
    builder.image
}

impl<T> Inherited<T> {
    /// As it is before the first instruction, of a base that is an image or nothing at all.
    const fn of_base(is_empty: bool) -> Self {
        if is_empty {
            Self::Cleared(None)
        } else {
            Self::FromBase
        }
    }

    /// What an instruction states.
    pub const fn stated(&self) -> Option<&Stated<T>> {
        match self {
            Self::Stated(stated) => Some(stated),
            Self::FromBase | Self::Cleared(_) => None,
        }
    }
}

impl Image {
    fn based_on(base: Base, base_range: TextRange, last_stage: usize) -> Self {
        let is_empty = base == Base::Scratch;
        Self {
            stages: Vec::new(),
            base,
            base_range,
            env: BTreeMap::new(),
            user: Inherited::of_base(is_empty),
            folder: if is_empty {
                Value::known("/")
            } else {
                Value::unknown()
            },
            exposed: Vec::new(),
            entrypoint: Inherited::of_base(is_empty),
            cmd: Inherited::of_base(is_empty),
            health: Inherited::of_base(is_empty),
            copied: Vec::new(),
            runs: Vec::new(),
            run_folders: Vec::new(),
            variables: BTreeMap::new(),
            shell: Inherited::of_base(is_empty),
            last_stage,
        }
    }

    /// The number of the stage that is built.
    pub const fn stage(&self) -> usize {
        self.last_stage
    }

    /// The shell that shell forms are run with: `/bin/sh -c` unless an instruction or the base image states another.
    fn shell(&self) -> Vec<Argument> {
        match &self.shell {
            Inherited::Stated(stated) => stated.value.clone(),
            Inherited::FromBase | Inherited::Cleared(_) => ["/bin/sh", "-c"]
                .map(|it| Argument {
                    text: it.to_owned(),
                    range: None,
                })
                .to_vec(),
        }
    }
}

impl Builder<'_> {
    fn run(&mut self, stage: usize, instruction: &Instruction) {
        let escape = self.file.syntax.escape;
        match instruction.keyword {
            Keyword::Arg => {
                self.scope
                    .declare(instruction, self.args, &self.global, escape);
            }
            Keyword::Env => self.scope.add(instruction, escape, &mut self.image.env),
            Keyword::User => {
                if let Some(word) = instruction.words().first() {
                    let value = self.scope.expand(word, escape);
                    let range = word.range();
                    self.image.user = Inherited::Stated(Stated { value, range });
                }
            }
            Keyword::Workdir => {
                if let Some(word) = instruction.words().first() {
                    let path = self.scope.expand(word, escape);
                    self.image.folder = copy::within(&self.image.folder, &path);
                }
            }
            Keyword::Expose => self.expose(instruction),
            Keyword::Shell => {
                if let Some(words) = instruction.exec() {
                    let value = words.iter().map(Argument::of).collect();
                    let range = instruction.range;
                    self.image.shell = Inherited::Stated(Stated { value, range });
                }
            }
            Keyword::Cmd => {
                self.image.cmd = self.line(instruction);
                self.has_cmd = true;
            }
            Keyword::Entrypoint => {
                self.image.entrypoint = self.line(instruction);
                if !self.has_cmd {
                    self.image.cmd = Inherited::Cleared(Some(instruction.keyword_range));
                }
            }
            Keyword::Healthcheck => {
                if let Some(health) = health::read(instruction) {
                    self.image.health = health;
                }
            }
            Keyword::Copy | Keyword::Add => {
                let scope = &self.scope;
                let expand = |word: &Word| scope.expand(word, escape);
                let folder = &self.image.folder;
                let copied = copy::read(self.file, stage, instruction, folder, &expand);
                self.image.copied.extend(copied);
            }
            Keyword::Run => {
                let bodies = instruction.heredocs.iter().map(|it| it.body);
                let whole = bodies.fold(instruction.range, TextRange::cover);
                self.image.runs.push(whole);
                self.image.run_folders.push(self.image.folder.clone());
            }
            Keyword::From
            | Keyword::Label
            | Keyword::Maintainer
            | Keyword::Onbuild
            | Keyword::Stopsignal
            | Keyword::Volume
            | Keyword::Unknown => {}
        }
    }

    /// The ports of `EXPOSE`. A variable may hold several.
    fn expose(&mut self, instruction: &Instruction) {
        let escape = self.file.syntax.escape;
        for word in instruction.words() {
            let scope = &self.scope;
            let value = expand(word.text(), escape, &|name| scope.get(name));
            let Some(text) = value.as_known() else {
                self.image.exposed.push(Exposed {
                    ports: None,
                    protocol: "tcp",
                    range: word.range(),
                });
                continue;
            };
            let ports = text.split_whitespace();
            let ports = ports.filter_map(|it| expose::read(it, word.range()));
            self.image.exposed.extend(ports);
        }
    }

    /// What `CMD` or `ENTRYPOINT` states: the exec form as it is, the shell form with the shell before it.
    fn line(&self, instruction: &Instruction) -> Inherited<Line> {
        let range = instruction.range;
        let value = match &instruction.arguments {
            Arguments::Exec(words) if words.is_empty() => return Inherited::Cleared(Some(range)),
            Arguments::Exec(words) => Line {
                words: words.iter().map(Argument::of).collect(),
                is_shell: false,
                instruction: range,
            },
            Arguments::Text(word) => {
                let mut words = self.image.shell();
                words.push(Argument::of(word));
                Line {
                    words,
                    is_shell: true,
                    instruction: range,
                }
            }
            _ => return Inherited::Cleared(Some(range)),
        };
        Inherited::Stated(Stated { value, range })
    }
}
