//! Single lines of what no evaluator reads: PowerShell, batch files, scripts that cannot be parsed. Words are cut much as a shell does; of
//! control flow only folders and loops over what is written out are followed.

use kubelint_parser::TextRange;

use super::script::{Command, MAX_DEPTH, Reader};
use super::words::{self, Token, Word};
use crate::build::{self, ImageAct, ImageStep};
use crate::script::Folder;

/// The values of a loop's variable that are followed.
const MAX_ROUNDS: usize = 16;

impl Reader<'_> {
    /// Reads a logical line.
    pub(super) fn line(&mut self, range: TextRange) {
        let mut rest = range;
        loop {
            // What a loop runs is read once for each of its values, so the loop has to be known before.
            let text = &self.text[rest.to_usize()];
            let head = text.find("do ").map(|it| it as u32 + 3);
            let head = head.filter(|_| text.trim_start().starts_with("for "));
            let Some(head) = head else {
                return self.rounds(rest);
            };
            self.rounds(TextRange::new(rest.start, rest.start + head));
            rest.start += head;
        }
    }

    /// Reads a line as often as the loop around it has values that it mentions.
    fn rounds(&mut self, range: TextRange) {
        let text = &self.text[range.to_usize()];
        let mentioned = self.loops.iter().rposition(|(name, _)| {
            text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}"))
        });
        let Some((name, values)) = mentioned.map(|it| self.loops[it].clone()) else {
            return self.run(text, range.start as usize);
        };
        let before = self.variables.remove(&name);
        for value in values {
            self.variables.insert(name.clone(), Some(value));
            self.run(text, range.start as usize);
        }
        self.variables.remove(&name);
        self.variables.extend(before.map(|it| (name, it)));
    }

    fn run(&mut self, text: &str, base: usize) {
        if build::enters_cluster(text) {
            self.actions.images.acts.push(ImageStep {
                file: self.file,
                range: TextRange::new(base as u32, (base + text.len()) as u32),
                image: build::UNKNOWN_IMAGE.to_owned(),
                act: ImageAct::Loaded,
                source: None,
                is_document: self.is_document,
            });
        }
        let mut pipeline = vec![Command::default()];
        for token in words::tokens(text, base, &self.variables, self.percent) {
            let Some(last) = pipeline.last_mut() else {
                continue;
            };
            match token {
                Token::Word(word) => last.words.push(word),
                Token::Input(word) => last.inputs.push(word),
                Token::Pipe => pipeline.push(Command::default()),
                Token::Next => self.finish(&mut pipeline),
                Token::Open => {
                    self.finish(&mut pipeline);
                    if self.groups.len() < MAX_DEPTH {
                        self.groups.push(self.folder.clone());
                    }
                }
                Token::Close => {
                    self.finish(&mut pipeline);
                    if let Some(folder) = self.groups.pop() {
                        self.folder = folder;
                    }
                }
            }
        }
    }

    fn finish(&mut self, pipeline: &mut Vec<Command>) {
        let commands = std::mem::replace(pipeline, vec![Command::default()]);
        self.pipeline(&commands);
    }

    pub(super) fn go(&mut self, words: &[Word]) {
        let target = words
            .iter()
            .skip(1)
            .find(|it| !it.text.starts_with("--") && it.text != "/d");
        let unknown = Folder {
            by_end: true,
            ..Folder::default()
        };
        let cloned = std::mem::take(&mut self.cloned);
        let folder = match (words[0].text.as_str(), target.map(|it| it.text.as_str())) {
            ("popd", _) => self.visited.pop().unwrap_or(unknown),
            (_, Some(target)) if cloned && !target.contains('/') => Folder::default(),
            (_, Some("-") | None) => unknown,
            (_, Some(target)) => self
                .folder
                .join(&target.replace('\\', "/"))
                .unwrap_or(unknown),
        };
        if words[0].text.eq_ignore_ascii_case("pushd") && self.visited.len() < MAX_DEPTH {
            self.visited.push(self.folder.clone());
        }
        self.folder = folder;
    }

    pub(super) fn begin_loop(&mut self, words: &[Word]) {
        let (Some(name), Some("in")) = (words.get(1), words.get(2).map(|it| it.text.as_str()))
        else {
            // Whatever loop it is, its `done` ends it.
            if self.loops.len() < MAX_DEPTH {
                self.loops.push((String::new(), Vec::new()));
            }
            return;
        };
        let values: Vec<String> = words[3..]
            .iter()
            .map(|it| it.text.clone())
            .take(MAX_ROUNDS)
            .collect();
        if self.loops.len() < MAX_DEPTH {
            self.loops.push((name.text.clone(), values));
        }
    }

    /// Reads a command that is handed to another shell as one word: `bash -c "kubectl …"`.
    pub(super) fn nested(&mut self, words: &[Word]) {
        const SHELLS: [&str; 7] = ["bash", "sh", "zsh", "ssh", "eval", "docker", "su"];
        if !words
            .first()
            .is_some_and(|it| SHELLS.contains(&it.text.as_str()))
        {
            return;
        }
        let inner: Vec<Word> = words
            .iter()
            .filter(|it| it.text.contains("kubectl "))
            .cloned()
            .collect();
        for word in inner {
            let raw = &self.text[word.start..word.end];
            let quoted = raw
                .strip_prefix(['"', '\''])
                .map(|it| it.strip_suffix(['"', '\'']).unwrap_or(it));
            // A command within a command within a command is not followed.
            let Some(quoted) = quoted.filter(|it| !it.contains(['"', '\''])) else {
                continue;
            };
            self.run(quoted, word.start + 1);
        }
    }
}
