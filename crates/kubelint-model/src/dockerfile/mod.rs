//! What a Dockerfile says of the images that it builds: stages and what they are based on, variables, users, folders, ports, what is copied
//! and what is started. Facts of one file; which build of it a manifest means is told by a link.
//!
//! Everything is as BuildKit has it (github.com/moby/buildkit, frontend/dockerfile/dockerfile2llb and shell). What only a build would tell
//! is `*` in a [`Value`]: the platform's variables, what a base image sets, build arguments that nobody states.

mod args;
mod build_files;
mod contents;
mod copy;
mod expand;
mod expose;
mod health;
mod ignore;
mod image;
mod listing;
mod pattern;
mod scope;
mod stage;
mod start;
mod value;

use std::collections::BTreeMap;

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::{self as syntax, Keyword, Word};

pub use args::BuildArgs;
pub use build_files::BuildFiles;
pub use contents::{Context, Origin, Presence};
pub use copy::{Copied, CopySource};
pub use expose::Exposed;
pub(crate) use health::duration;
pub use health::{Asked, Health};
pub use ignore::Ignored;
pub(crate) use ignore::part_matches as matches_part;
pub use image::{Image, Inherited, Stated};
pub use listing::Listing;
pub use stage::{Base, Stage};
pub use start::{Argument, Program, Start};
pub use value::Value;

/// A Dockerfile.
#[derive(Debug)]
pub struct Dockerfile {
    /// Its instructions, and what is wrong with it.
    pub syntax: syntax::Dockerfile,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// The numbers of the stages of each name, in order; names are in lower case.
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Dockerfile {
    /// Reads a Dockerfile. Never fails: what is wrong is in its syntax, and what can be read all the same is read.
    pub fn new(text: &str) -> Self {
        let syntax = syntax::parse(text);
        let stages = stage::stages(&syntax);
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, stage) in stages.iter().enumerate() {
            if let Some(name) = &stage.name {
                let name = name.text().to_ascii_lowercase();
                by_name.entry(name).or_default().push(number);
            }
        }
        Self {
            syntax,
            stages,
            by_name,
        }
    }

    /// The number of the stage that a build makes: the last one, or the one that is called `target`. `None` if there is no such stage.
    pub fn target(&self, target: Option<&str>) -> Option<usize> {
        match target {
            None => self.stages.len().checked_sub(1),
            Some(name) => self.named(name),
        }
    }

    /// The image that a build of the stage `stage` makes.
    pub fn image(&self, stage: usize, args: &BuildArgs) -> Image {
        image::build(self, stage, args)
    }

    /// What `stage` is based on: the word after `FROM`, with its variables.
    pub fn base(&self, stage: usize, args: &BuildArgs) -> Base {
        let global = scope::global(self, args);
        self.base_in(stage, &global)
    }

    /// The instructions of a stage, without those that only run in builds based on it.
    pub fn instructions(&self, stage: usize) -> impl Iterator<Item = &syntax::Instruction> {
        self.all_of(stage).filter(|it| it.on_build.is_none())
    }

    fn all_of(&self, stage: usize) -> impl Iterator<Item = &syntax::Instruction> {
        let range = self.stages.get(stage).map(|it| it.instructions.clone());
        range
            .and_then(|it| self.syntax.instructions.get(it))
            .into_iter()
            .flatten()
    }

    /// The instructions that builds run which are based on a stage.
    fn triggers(&self, stage: usize) -> impl Iterator<Item = &syntax::Instruction> {
        self.all_of(stage).filter(|it| it.on_build.is_some())
    }

    /// The last stage of a name.
    fn named(&self, name: &str) -> Option<usize> {
        let numbers = self.by_name.get(&name.to_ascii_lowercase())?;
        numbers.last().copied()
    }

    fn base_in(&self, stage: usize, global: &scope::Scope) -> Base {
        let Some(word) = self.stages.get(stage).and_then(|it| it.base.as_ref()) else {
            return Base::Image(Value::unknown());
        };
        let value = global.expand(word, self.syntax.escape);
        let Some(name) = value.as_known() else {
            return Base::Image(value);
        };
        // A name means the last of the stages before that have it, and is not looked for in lower case.
        let before = self.by_name.get(name).and_then(|numbers| {
            let count = numbers.partition_point(|it| *it < stage);
            numbers[..count].last().copied()
        });
        match before {
            Some(number) => Base::Stage(number),
            None if name == "scratch" => Base::Scratch,
            None => Base::Image(value),
        }
    }

    /// What the flag `--from` of a `COPY` in `stage` means.
    fn copied_from(&self, stage: usize, from: &Word) -> CopySource {
        let text = from.text();
        let found = match text.parse::<usize>() {
            Ok(number) => Some(number).filter(|it| *it < self.stages.len()),
            Err(_) => self
                .by_name
                .get(&text.to_ascii_lowercase())
                .and_then(|numbers| {
                    let count = numbers.partition_point(|it| *it < stage);
                    numbers[..count].last().copied()
                }),
        };
        match found {
            Some(number) if number < stage => CopySource::Stage(number),
            _ => CopySource::Image(Value::known(text)),
        }
    }

    /// Whether something stands in the file that a builder refuses.
    pub fn is_broken(&self) -> bool {
        !self.syntax.errors.is_empty()
    }

    /// The places of the instructions `keyword` of a stage.
    pub fn places(&self, stage: usize, keyword: Keyword) -> Vec<TextRange> {
        let all = self.instructions(stage);
        all.filter(|it| it.keyword == keyword)
            .map(|it| it.range)
            .collect()
    }
}

#[cfg(test)]
mod tests;
