//! What a container starts: the entry point and the command, what a manifest puts in their place, and the program that it comes to.

use kubelint_parser::TextRange;
use kubelint_parser::dockerfile::Word;

use super::image::{Image, Inherited};

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// What it says.
    pub text: String,
    /// Where it is written; none for the shell that a shell form is run with.
    pub range: Option<TextRange>,
}

/// What `CMD` or `ENTRYPOINT` states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words; of the shell form those of the shell, and all of the text as one.
    pub words: Vec<Argument>,
    /// Whether it is the shell form.
    pub is_shell: bool,
    /// The instruction.
    pub instruction: TextRange,
}

/// What an image starts by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The base image decides: its entry point, its command, or both.
    Unknown,
    /// These words.
    Words(Vec<Argument>),
    /// Nothing at all: such a container cannot be started without a command.
    Nothing,
}

/// The program that words start, as far as they tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name or path, and its arguments.
    pub words: Vec<Argument>,
}

impl Argument {
    pub(super) fn of(word: &Word) -> Self {
        Self {
            text: word.text().to_owned(),
            range: Some(word.range()),
        }
    }

    fn within(&self, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            range: self.range,
        }
    }
}

impl Image {
    /// What the image starts if a manifest says nothing. An entry point in the shell form is given no arguments: the shell takes only the
    /// first text.
    pub fn start(&self) -> Start {
        let words = match (&self.entrypoint, &self.cmd) {
            (Inherited::FromBase, _) | (Inherited::Stated(_), Inherited::FromBase) => {
                return Start::Unknown;
            }
            (Inherited::Cleared(_), Inherited::FromBase) => return Start::Unknown,
            (Inherited::Cleared(_), Inherited::Cleared(_)) => return Start::Nothing,
            (Inherited::Cleared(_), Inherited::Stated(cmd)) => cmd.value.words.clone(),
            (Inherited::Stated(entry), cmd) => {
                let mut words = entry.value.words.clone();
                if let Inherited::Stated(cmd) = cmd
                    && !entry.value.is_shell
                {
                    words.extend(cmd.value.words.iter().cloned());
                }
                words
            }
        };
        Start::Words(words)
    }

    /// What the image starts if its base image has no entry point of its own, or one that runs what it is given.
    pub fn likely_start(&self) -> Start {
        match (&self.entrypoint, &self.cmd) {
            (Inherited::FromBase, Inherited::Stated(cmd)) => Start::Words(cmd.value.words.clone()),
            _ => self.start(),
        }
    }
}

/// Programs that run what follows their flags, and the flags that have a value.
const WRAPPERS: [(&str, &[&str]); 12] = [
    ("tini", &["-p", "-e"]),
    ("tini-static", &["-p", "-e"]),
    ("dumb-init", &["-r", "--rewrite"]),
    ("catatonit", &[]),
    ("exec", &["-a"]),
    ("env", &["-u", "-C"]),
    ("nice", &["-n"]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("nohup", &[]),
    ("setsid", &[]),
    ("ionice", &["-c", "-n"]),
    ("time", &[]),
];

/// Programs that run what follows a user's name.
const AS_USER: [&str; 3] = ["gosu", "su-exec", "setpriv"];

const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// More wrappers than these are not looked through.
const MOST_WRAPPERS: usize = 8;

impl Program {
    /// The program that `words` start: what a shell is told to run, and what init programs and `exec` run, instead of these. `None` if the
    /// words do not tell.
    pub fn of(words: &[Argument]) -> Option<Self> {
        let mut words = words.to_vec();
        for _ in 0..MOST_WRAPPERS {
            let first = words.first()?;
            let name = file_name(&first.text).to_owned();
            if SHELLS.contains(&name.as_str()) {
                match command_of_shell(&words) {
                    Some(text) => words = simple_command(text)?,
                    None => return Some(Self { words }),
                }
            } else if let Some((_, with_value)) = WRAPPERS.iter().find(|(it, _)| *it == name) {
                words = behind_flags(&words[1..], with_value);
            } else if AS_USER.contains(&name.as_str()) {
                let rest = behind_flags(&words[1..], &[]);
                words = rest.get(1..)?.to_vec();
            } else {
                return Some(Self { words });
            }
        }
        None
    }

    /// The program's file, without folders.
    pub fn name(&self) -> &str {
        self.words.first().map_or("", |it| file_name(&it.text))
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The text that a shell is given with `-c`, also as one of several letters: `-ec`, `-lc`.
fn command_of_shell(words: &[Argument]) -> Option<&Argument> {
    let at = words.iter().skip(1).position(|it| {
        let letters = it.text.strip_prefix('-');
        letters.is_some_and(|it| !it.starts_with('-') && it.ends_with('c'))
    })?;
    words.get(at + 2)
}

/// What follows the flags, assignments and `--` of a wrapper.
fn behind_flags(words: &[Argument], with_value: &[&str]) -> Vec<Argument> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            at += 1;
            break;
        }
        if with_value.contains(&text) {
            at += 2;
        } else if text.starts_with('-') || is_assignment(text) {
            at += 1;
        } else {
            break;
        }
    }
    words.get(at..).unwrap_or_default().to_vec()
}

fn is_assignment(text: &str) -> bool {
    let name = text.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty()
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_')
}

/// Words that begin or end something else than a command.
const CONTROL: [&str; 12] = [
    "if", "then", "else", "fi", "for", "while", "do", "done", "case", "esac", "wait", "}",
];

/// The words of the last command of a shell's text, if it runs one after the other and nothing else is done with them.
fn simple_command(text: &Argument) -> Option<Vec<Argument>> {
    let mut commands: Vec<Vec<String>> = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.text.chars().peekable();
    while let Some(ch) = chars.next() {
        match (quote, ch) {
            (Some(open), _) if open == ch => quote = None,
            (Some('\''), _) => word.get_or_insert_default().push(ch),
            (_, '\\') => word.get_or_insert_default().extend(chars.next()),
            // What a variable holds, only a run tells.
            (_, '`') | (None, '|' | '<' | '>' | '(' | ')') => return None,
            (_, '$') if chars.peek() == Some(&'(') => return None,
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(ch);
            }
            (None, '{') if !word.as_ref().is_some_and(|it| it.ends_with('$')) => return None,
            (None, '&') if chars.peek() != Some(&'&') => return None,
            (None, ';' | '\n' | '&') => {
                if ch == '&' {
                    chars.next();
                }
                commands.last_mut()?.extend(word.take());
                commands.push(Vec::new());
            }
            (None, _) if ch.is_whitespace() => commands.last_mut()?.extend(word.take()),
            _ => word.get_or_insert_default().push(ch),
        }
    }
    commands.last_mut()?.extend(word.take());
    let last = commands.into_iter().rev().find(|it| !it.is_empty())?;
    let mut last = last
        .into_iter()
        .skip_while(|it| is_assignment(it))
        .peekable();
    if last.peek().is_none_or(|it| CONTROL.contains(&it.as_str())) {
        return None;
    }
    Some(last.map(|it| text.within(&it)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(words: &[&str]) -> Option<String> {
        let words: Vec<Argument> = words
            .iter()
            .map(|it| Argument {
                text: (*it).to_owned(),
                range: None,
            })
            .collect();
        let found = Program::of(&words)?;
        let words: Vec<&str> = found.words.iter().map(|it| it.text.as_str()).collect();
        Some(words.join(" "))
    }

    #[test]
    fn programs() {
        for (words, expected) in [
            (&["node", "a.js"][..], Some("node a.js")),
            (&["/bin/sh", "-c", "node a.js"], Some("node a.js")),
            (
                &["bash", "-ec", "cd x && exec node 'a b.js'"],
                Some("node a b.js"),
            ),
            (&["sh", "start.sh"], Some("sh start.sh")),
            (&["tini", "-g", "--", "/app/run"], Some("/app/run")),
            (
                &["/usr/bin/dumb-init", "-r", "15:3", "sh", "-c", "exec ./a"],
                Some("./a"),
            ),
            (&["env", "A=b", "python", "-m", "x"], Some("python -m x")),
            (&["gosu", "app", "/run"], Some("/run")),
            (
                &["sh", "-c", "PORT=1 java $OPTS -jar a.jar"],
                Some("java $OPTS -jar a.jar"),
            ),
            (&["sh", "-c", "a | b"], None),
            (&["sh", "-c", "a & b"], None),
            (&["sh", "-c", "$(a)"], None),
            (&["sh", "-c", "if a; then b; fi"], None),
            (
                &["sh", "-c", "java ${OPTS} -jar a.jar"],
                Some("java ${OPTS} -jar a.jar"),
            ),
            (&["sh", "-c", "a; b\n"], Some("b")),
            (&["sh"], Some("sh")),
            (&["tini"], None),
            (&[], None),
        ] {
            assert_eq!(program(words).as_deref(), expected, "{words:?}");
        }
        assert_eq!(program(&["exec"; 20]), None);
    }
}
