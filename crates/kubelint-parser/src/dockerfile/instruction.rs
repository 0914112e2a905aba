//! One instruction: its keyword, flags and arguments.

use super::exec::{self, Exec};
use super::flags;
use super::heredoc::{Heredoc, is_heredoc};
use super::keyword::Keyword;
use super::lines::{Joined, range};
use super::split;
use super::word::Word;
use super::{SyntaxError, SyntaxErrorKind};
use crate::TextRange;

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// All of it, from its first byte to the last of its arguments; bodies of here-documents are not part of it.
    pub range: TextRange,
    /// What it is.
    pub keyword: Keyword,
    /// Where its keyword stands: for a trigger the one after `ONBUILD`.
    pub keyword_range: TextRange,
    /// Where `ONBUILD` stands, if the instruction is a trigger: it is run in builds that are based on the image.
    pub on_build: Option<TextRange>,
    /// Its flags.
    pub flags: Vec<Flag>,
    /// The word after `HEALTHCHECK`: `CMD` or `NONE`.
    pub health: Option<Word>,
    /// What follows.
    pub arguments: Arguments,
    /// The here-documents that it opens.
    pub heredocs: Vec<Heredoc>,
}

/// A flag: `--name` or `--name=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// All of it.
    pub word: Word,
    /// Its name, without the dashes.
    pub name: Word,
    /// What follows its first `=`.
    pub value: Option<Word>,
}

/// What follows the keyword and the flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// Nothing.
    None,
    /// Words between blanks: `FROM`, `EXPOSE`, and the shell form of `COPY`, `ADD` and `VOLUME`.
    Words(Vec<Word>),
    /// The exec form: the strings of a JSON array. There may be none.
    Exec(Vec<Word>),
    /// All in one: the shell form of `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK CMD`, and the whole of `USER`, `WORKDIR` and others.
    Text(Word),
    /// `ENV`, `LABEL` and `ARG`.
    Pairs(Vec<Pair>),
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name.
    pub key: Word,
    /// The value; none if there is no `=`, as `ARG` may have it.
    pub value: Option<Word>,
    /// Whether it is written as `ENV name value`, where all that follows the name is the value.
    pub is_legacy: bool,
}

impl Instruction {
    /// The value of the flag `name`, the last one if it is given several times.
    pub fn flag(&self, name: &str) -> Option<&Word> {
        let mut flags = self.flags.iter().rev();
        flags.find(|it| it.name.text() == name)?.value.as_ref()
    }

    /// The words of the exec form.
    pub fn exec(&self) -> Option<&[Word]> {
        match &self.arguments {
            Arguments::Exec(words) => Some(words),
            _ => None,
        }
    }

    /// The words of the arguments, whether they are written with blanks or as a JSON array.
    pub fn words(&self) -> &[Word] {
        match &self.arguments {
            Arguments::Words(words) | Arguments::Exec(words) => words,
            Arguments::Text(word) => std::slice::from_ref(word),
            Arguments::None | Arguments::Pairs(_) => &[],
        }
    }

    /// The pairs of `ENV`, `LABEL` and `ARG`.
    pub fn pairs(&self) -> &[Pair] {
        match &self.arguments {
            Arguments::Pairs(pairs) => pairs,
            _ => &[],
        }
    }

    /// Whether a source of `COPY` or `ADD` is one of its here-documents.
    pub fn is_heredoc(&self, source: &Word) -> bool {
        !self.heredocs.is_empty() && is_heredoc(source.text())
    }

    /// Whether `<<` in it may open here-documents.
    pub(super) fn can_have_heredocs(&self) -> bool {
        matches!(self.keyword, Keyword::Add | Keyword::Copy | Keyword::Run) && self.exec().is_none()
    }
}

/// Reads an instruction from its lines. None if they hold nothing.
pub(super) fn read(
    joined: &Joined,
    escape: char,
    errors: &mut Vec<SyntaxError>,
) -> Option<Instruction> {
    let whole = joined.whole();
    let mut rest = trimmed(&whole);
    if rest.text().is_empty() {
        return None;
    }
    let whole = rest.range();
    let mut on_build = None;
    let mut cx = Context { escape, errors };
    loop {
        let (keyword_word, after) = cut(&rest, split::is_blank);
        let keyword = Keyword::of(keyword_word.text());
        let keyword_range = keyword_word.range();
        let (flags, at) = flags::take(&after, escape);
        let arguments = trimmed(&after.slice(range(at, after.text().len())));
        if keyword == Keyword::Onbuild && !arguments.text().is_empty() && on_build.is_none() {
            cx.refuse_flags(&flags);
            on_build = Some(keyword_range);
            rest = arguments;
            continue;
        }
        let (health, arguments) = cx.arguments(keyword, keyword_range, arguments);
        return Some(Instruction {
            range: whole,
            keyword,
            keyword_range,
            on_build,
            flags: flags.iter().map(parts_of_flag).collect(),
            health,
            arguments,
            heredocs: Vec::new(),
        });
    }
}

struct Context<'a> {
    escape: char,
    errors: &'a mut Vec<SyntaxError>,
}

impl Context<'_> {
    fn error(&mut self, range: TextRange, kind: SyntaxErrorKind) {
        self.errors.push(SyntaxError { range, kind });
    }

    fn refuse_flags(&mut self, flags: &[Word]) {
        for flag in flags {
            self.error(flag.range(), SyntaxErrorKind::UnknownFlag);
        }
    }

    fn arguments(
        &mut self,
        keyword: Keyword,
        keyword_range: TextRange,
        rest: Word,
    ) -> (Option<Word>, Arguments) {
        if rest.text().is_empty() {
            return (None, Arguments::None);
        }
        let arguments = match keyword {
            Keyword::From | Keyword::Expose => Arguments::Words(plain_words(&rest)),
            Keyword::Add | Keyword::Copy | Keyword::Volume => match self.exec(&rest) {
                Some(words) => Arguments::Exec(words),
                None => Arguments::Words(plain_words(&rest)),
            },
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => {
                self.maybe_exec(rest)
            }
            Keyword::Env | Keyword::Label => Arguments::Pairs(self.pairs(keyword_range, &rest)),
            Keyword::Arg => Arguments::Pairs(self.optional_pairs(&rest)),
            Keyword::Healthcheck => {
                let (health, rest) = cut(&rest, char::is_whitespace);
                let arguments = if rest.text().is_empty() {
                    Arguments::None
                } else {
                    self.maybe_exec(rest)
                };
                return (Some(health), arguments);
            }
            Keyword::Maintainer
            | Keyword::Onbuild
            | Keyword::Stopsignal
            | Keyword::User
            | Keyword::Workdir
            | Keyword::Unknown => Arguments::Text(rest),
        };
        (None, arguments)
    }

    fn maybe_exec(&mut self, rest: Word) -> Arguments {
        match self.exec(&rest) {
            Some(words) => Arguments::Exec(words),
            None => Arguments::Text(rest),
        }
    }

    fn exec(&mut self, rest: &Word) -> Option<Vec<Word>> {
        match exec::read(rest) {
            Exec::Strings(words) => Some(words),
            Exec::Other => {
                self.error(rest.range(), SyntaxErrorKind::NotStrings);
                None
            }
            Exec::No => None,
        }
    }

    /// The pairs of `ENV` and `LABEL`: the first word says which of the two ways they are written in.
    fn pairs(&mut self, keyword: TextRange, rest: &Word) -> Vec<Pair> {
        let words = split::quoted(rest.text(), self.escape);
        let first = words.first().map_or("", |it| it.of(rest.text()));
        if !first.contains('=') {
            let (key, value) = cut(rest, split::is_blank);
            if value.text().is_empty() {
                self.error(keyword.cover(key.range()), SyntaxErrorKind::MissingArgument);
                return Vec::new();
            }
            return vec![Pair {
                key,
                value: Some(value),
                is_legacy: true,
            }];
        }
        let mut pairs = Vec::new();
        for word in words {
            let pair = pair(&rest.slice(word));
            if pair.value.is_none() {
                self.error(pair.key.range(), SyntaxErrorKind::NoEquals);
            } else {
                pairs.extend(self.named(pair));
            }
        }
        pairs
    }

    fn optional_pairs(&mut self, rest: &Word) -> Vec<Pair> {
        let words = split::quoted(rest.text(), self.escape);
        let pairs = words.into_iter().map(|it| pair(&rest.slice(it)));
        pairs.filter_map(|it| self.named(it)).collect()
    }

    fn named(&mut self, pair: Pair) -> Option<Pair> {
        if pair.key.text().is_empty() {
            self.error(pair.key.range(), SyntaxErrorKind::EmptyKey);
            return None;
        }
        Some(pair)
    }
}

fn plain_words(rest: &Word) -> Vec<Word> {
    let words = split::plain(rest.text());
    words.map(|it| rest.slice(it)).collect()
}

fn pair(word: &Word) -> Pair {
    let text = word.text();
    let Some(at) = text.find('=') else {
        return Pair {
            key: word.clone(),
            value: None,
            is_legacy: false,
        };
    };
    Pair {
        key: word.slice(range(0, at)),
        value: Some(word.slice(range(at + 1, text.len()))),
        is_legacy: false,
    }
}

fn parts_of_flag(word: &Word) -> Flag {
    let text = word.text();
    let name_end = text.find('=').unwrap_or(text.len());
    Flag {
        word: word.clone(),
        name: word.slice(range(2.min(name_end), name_end)),
        value: (name_end < text.len()).then(|| word.slice(range(name_end + 1, text.len()))),
    }
}

/// The part before the first blanks and the part after them.
fn cut(word: &Word, is_blank: fn(char) -> bool) -> (Word, Word) {
    let text = word.text();
    let end = text.find(is_blank).unwrap_or(text.len());
    let rest = text[end..].trim_start_matches(is_blank);
    let after = range(text.len() - rest.len(), text.len());
    (word.slice(range(0, end)), word.slice(after))
}

/// The word without blanks around it.
fn trimmed(word: &Word) -> Word {
    let text = word.text();
    let start = text.len() - text.trim_start().len();
    word.slice(range(start, start + text.trim().len()))
}
