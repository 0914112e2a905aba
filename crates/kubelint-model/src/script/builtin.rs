//! The commands that change the shell itself.

use kubelint_parser::TextRange;
use kubelint_parser::shell::{self, Assigned, Simple};

use super::Argument;
use super::eval::{Around, Evaluator, Flow, Home, Where, is_file_test, texts};
use super::folder::Folder;
use super::made;
use super::state::{Parameters, State, Variable};
use super::value::Value;

/// How many folders `pushd` remembers.
const MAX_VISITED: usize = 64;

impl<'a> Evaluator<'_, 'a> {
    /// Runs a command that changes the shell; `None` if it is none.
    pub(super) fn builtin(
        &mut self,
        simple: &Simple,
        words: &[Argument],
        state: &mut State,
        around: Around<'a>,
    ) -> Option<Flow> {
        let name = words[0].value.text.as_str();
        match name {
            "export" | "readonly" | "declare" | "typeset" | "local" => {
                self.declare(name, simple, words, state, around);
            }
            "set" => set(words, state),
            "trap" => {
                let on_error = words.iter().skip(2).any(|it| it.value.text == "ERR");
                let ends = words.get(1).is_some_and(|it| !it.value.text.is_empty());
                state.errexit |= on_error && ends;
            }
            "shift" => {
                let count = words
                    .get(1)
                    .map_or(Some(1), |it| it.value.text.parse().ok());
                state.parameters.shift(count);
            }
            "exit" => return Some(Flow::Exit),
            "return" => return Some(Flow::Return),
            "break" | "continue" => return Some(Flow::Break),
            "read" | "mapfile" | "readarray" | "let" | "getopts" | "unset" => {
                for word in texts(&simple.words).skip(1) {
                    state.forget(word.split('=').next().unwrap_or_default());
                }
            }
            "printf" => {
                if words.get(1).is_some_and(|it| it.value.text == "-v") {
                    let name = words.get(2).map(|it| it.value.text.clone());
                    state.forget(&name.unwrap_or_default());
                }
                return None;
            }
            "test" | "[" => {
                let mut words = words.iter().peekable();
                while let Some(word) = words.next() {
                    if is_file_test(&word.value.text)
                        && let Some(next) = words.peek()
                    {
                        let value = next.value.clone();
                        self.asked(&value, state);
                    }
                }
            }
            "source" | "." => {
                if let Some(path) = words.get(1) {
                    let sourced = around.sourced.or(Some(path.range));
                    self.sourced(&path.value, state, Around { sourced, ..around });
                }
                return None;
            }
            _ => return self.nested(words, state, around),
        }
        Some(Flow::Next)
    }

    pub(super) fn go(words: &[Argument], state: &mut State) {
        let mut targets = words.iter().skip(1).map(|it| it.value.text.as_str());
        let target = targets.find(|it| !(it.starts_with('-') && it.len() > 1));
        let has_cloned = std::mem::take(&mut state.has_cloned);
        let folder = match (words[0].value.text.as_str(), target) {
            ("popd", _) | ("cd", Some("-")) => state.visited.pop().unwrap_or_else(Folder::unknown),
            // What was cloned is taken for this repository.
            (_, Some(target)) if has_cloned && !target.contains('/') => Folder {
                cloned: true,
                ..Folder::default()
            },
            (_, Some(target)) => state.folder.join(target).unwrap_or_else(Folder::unknown),
            (_, None) => Folder::unknown(),
        };
        if words[0].value.text != "popd" && target != Some("-") && state.visited.len() < MAX_VISITED
        {
            state.visited.push(state.folder.clone());
        }
        state.folder = folder;
    }

    fn declare(
        &mut self,
        name: &str,
        simple: &Simple,
        words: &[Argument],
        state: &mut State,
        around: Around<'a>,
    ) {
        let is_local = name == "local" || matches!(name, "declare" | "typeset") && self.calls > 0;
        for it in &simple.declared {
            if is_local {
                state.hide(&it.name);
            }
            self.assign(it, state, around);
        }
        let is_array = words
            .iter()
            .any(|it| matches!(it.value.text.as_str(), "-A" | "-a" | "-gA"));
        for word in words
            .iter()
            .skip(1)
            .filter(|it| !it.value.text.starts_with('-'))
        {
            let text = &word.value.text;
            // `export "NAME=value"`: what the grammar does not see as an assignment.
            if let Some((name, value)) = text.split_once('=') {
                if is_local {
                    state.hide(name);
                }
                state.set(name, Variable::One(word.value.with_text(value)));
            } else if is_local || is_array {
                state.hide(text);
                let empty = if is_array {
                    Variable::Many(Vec::new())
                } else {
                    Variable::One(Value::default())
                };
                state.set(text, empty);
            }
        }
        // `declare -A m` without elements, and `declare -A m=()`.
        for it in simple.declared.iter().filter(|_| is_array) {
            let is_empty = matches!(&it.value, Assigned::Word(word) if word.parts.is_empty());
            if is_empty {
                state.set(&it.name, Variable::Many(Vec::new()));
            }
        }
    }

    fn sourced(&mut self, path: &Value, state: &mut State, around: Around<'a>) {
        let folder = state.folder.join(&path.text).filter(|it| !it.by_end);
        let found = folder.and_then(|it| it.path());
        // From wherever somebody starts the script: the root, or the script's own folder.
        let own = around.home.path.rsplit_once('/').map_or("", |it| it.0);
        let beside = found.as_ref().map(|it| format!("{own}/{it}"));
        let text = found
            .iter()
            .chain(&beside)
            .find_map(|it| (self.options.sourced)(it.trim_start_matches('/')));
        let Some(text) = text.filter(|_| self.calls < 4) else {
            return;
        };
        // A large script takes longer to read.
        for _ in 0..text.text.len() / 64 {
            self.step();
        }
        let script = shell::parse(text.text, text.templates);
        let home = Home {
            file: text.file,
            path: text.path,
            text: text.text,
            places: Where::Places(text.places),
        };
        self.calls += 1;
        self.body(&script.body, state, Around { home, ..around });
        self.calls -= 1;
    }

    /// A command that is handed to another shell as one word: `bash -c "…"`, `eval "…"`, `ssh host "…"`.
    fn nested(
        &mut self,
        words: &[Argument],
        state: &mut State,
        around: Around<'a>,
    ) -> Option<Flow> {
        const SHELLS: [&str; 7] = ["bash", "sh", "zsh", "ssh", "eval", "docker", "su"];
        let command = made::without_runner(words);
        let name = command
            .first()?
            .value
            .text
            .rsplit('/')
            .next()
            .unwrap_or_default();
        if !SHELLS.contains(&name) || self.calls >= 3 {
            return None;
        }
        let is_eval = name == "eval";
        let is_command = |it: &&Argument| is_eval || it.value.text.contains("kubectl ");
        let inner: Vec<Argument> = command.iter().skip(1).filter(is_command).cloned().collect();
        let elsewhere = around.elsewhere || matches!(name, "ssh" | "docker");
        for word in inner {
            self.text(
                &word,
                state,
                Around {
                    elsewhere,
                    ..around
                },
            );
        }
        None
    }

    /// Reads a value as a script.
    fn text(&mut self, word: &Argument, state: &mut State, around: Around<'a>) {
        let text = &word.value.text;
        if text.len() < 3 {
            return;
        }
        let readable: String = text
            .chars()
            .map(|it| {
                if it.is_control() && it != '\n' {
                    'x'
                } else {
                    it
                }
            })
            .collect();
        let mut masks = Vec::new();
        for (at, char) in text.char_indices() {
            if char == super::UNKNOWN || char == super::ROOT {
                masks.push(TextRange::new(at as u32, at as u32 + 1));
            }
        }
        let script = shell::parse(&readable, &masks);
        let home = Home {
            text: "",
            places: Where::Within(word.range),
            ..around.home
        };
        let mut inner = self.fork(state);
        self.calls += 1;
        self.body(
            &script.body,
            &mut inner,
            Around {
                home,
                pipeline: None,
                ..around
            },
        );
        self.calls -= 1;
    }
}

fn set(words: &[Argument], state: &mut State) {
    let mut takes_name = false;
    let mut is_on = true;
    let mut values = None;
    for word in words.iter().skip(1) {
        let text = word.value.text.as_str();
        if let Some(values) = &mut values {
            Vec::push(values, word.value.clone());
            continue;
        }
        if std::mem::take(&mut takes_name) {
            match text {
                "errexit" => state.errexit = is_on,
                "pipefail" => state.pipefail = is_on,
                _ => {}
            }
            continue;
        }
        if text == "--" {
            values = Some(Vec::new());
            continue;
        }
        let Some(sign) = text.chars().next().filter(|it| matches!(it, '-' | '+')) else {
            continue;
        };
        is_on = sign == '-';
        if text.contains('e') {
            state.errexit = is_on;
        }
        takes_name = text.ends_with('o');
    }
    if let Some(values) = values {
        state.parameters = Parameters::all(values);
    }
}
