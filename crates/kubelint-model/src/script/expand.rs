//! Words and what they become.

use kubelint_parser::shell::{Form, Index, Part, PartKind, Variable as Use, Word};

use super::eval::{Around, Evaluator};
use super::fate::Fate;
use super::pattern::{braced, without_prefix, without_suffix};
use super::state::{State, Variable};
use super::value::{DEFAULT, END, Origin, ROOT, UNKNOWN, VARIABLE, Value};

/// How many words one word may become.
pub(super) const MAX_FIELDS: usize = 256;
impl<'a> Evaluator<'_, 'a> {
    /// The words that a word becomes.
    pub(super) fn values(
        &mut self,
        word: &Word,
        state: &mut State,
        around: Around<'a>,
    ) -> Vec<Value> {
        if !self.step() {
            return vec![Value::unknown()];
        }
        let mut fields: Vec<Value> = Vec::new();
        let mut current: Option<Value> = None;
        for part in &word.parts {
            let many = match &part.kind {
                PartKind::Variable(it) if is_list(it, part.quoted) => Self::elements(it, state),
                _ => None,
            };
            if let Some(values) = many {
                let mut values = values.into_iter();
                if let Some(first) = values.next() {
                    current.get_or_insert_default().push(&first);
                }
                for value in values.take(MAX_FIELDS) {
                    fields.extend(current.replace(value));
                }
                continue;
            }
            let value = self.part(part, state, around);
            let splits = !part.quoted && !matches!(part.kind, PartKind::Literal(_));
            if splits && value.text.contains([' ', '\t', '\n']) {
                let starts = value.text.starts_with([' ', '\t', '\n']);
                let ends = value.text.ends_with([' ', '\t', '\n']);
                if starts {
                    fields.extend(current.take());
                }
                let pieces = value.text.split_ascii_whitespace();
                for (at, piece) in pieces.take(MAX_FIELDS).enumerate() {
                    if at > 0 {
                        fields.extend(current.take());
                    }
                    current
                        .get_or_insert_default()
                        .push(&value.with_text(piece));
                }
                if ends {
                    fields.extend(current.take());
                }
                continue;
            }
            if splits && value.text.is_empty() {
                // Nothing is left of an empty variable outside quotes.
                continue;
            }
            current.get_or_insert_default().push(&value);
        }
        fields.extend(current);
        let has_braces = word.parts.iter().any(|it| {
            !it.quoted && matches!(&it.kind, PartKind::Literal(text) if text.contains('{'))
        });
        if has_braces {
            fields = fields.iter().flat_map(braced).collect();
        }
        fields
    }

    /// The one text that a word becomes where it is not split.
    pub(super) fn joined(&mut self, word: &Word, state: &mut State, around: Around<'a>) -> Value {
        let mut found = Value::default();
        for part in &word.parts {
            let value = match &part.kind {
                PartKind::Variable(it) if is_list(it, true) => {
                    let values = Self::elements(it, state);
                    let values = values.unwrap_or_else(|| vec![Value::unknown()]);
                    let mut all = Value::default();
                    for (at, value) in values.iter().enumerate() {
                        if at > 0 {
                            all.push(&Value::from(" "));
                        }
                        all.push(value);
                    }
                    all
                }
                _ => self.part(part, state, around),
            };
            found.push(&value);
        }
        found
    }

    fn part(&mut self, part: &Part, state: &mut State, around: Around<'a>) -> Value {
        if !self.step() {
            return Value::unknown();
        }
        match &part.kind {
            PartKind::Literal(text) => {
                Value::from(text.replace([UNKNOWN, ROOT, VARIABLE, DEFAULT, END], ""))
            }
            PartKind::Variable(it) => self.variable(it, state, around),
            PartKind::Substitution(body) => self.substituted(body, state, around),
            PartKind::Process(body) => {
                let mut inner = self.fork(state);
                let around = Around {
                    fate: Fate::Piped,
                    ignored: true,
                    substituted: true,
                    ..around
                };
                self.body(body, &mut inner, around);
                // The command reads it as what another one prints.
                Value::from("-")
            }
            PartKind::Template => match part.range.of(around.home.text) {
                "" => Value::unknown(),
                text => (self.options.template)(text),
            },
            PartKind::Arithmetic(names) => {
                for name in names {
                    state.forget(name);
                }
                Value::unknown()
            }
            PartKind::Other => Value::unknown(),
        }
    }

    /// The elements that `"${name[@]}"`, `"$@"` and the keys of an array become; `None` if nobody knows them.
    fn elements(it: &Use, state: &State) -> Option<Vec<Value>> {
        if it.name == "@" || it.name == "*" {
            return match &it.form {
                Form::Plain => state.parameters.values().map(<[Value]>::to_vec),
                _ => None,
            };
        }
        let Some(Variable::Many(elements)) = state.variables.get(&it.name) else {
            return None;
        };
        match &it.form {
            Form::Plain => Some(elements.iter().map(|it| it.1.clone()).collect()),
            Form::Keys => {
                let keys = elements.iter().enumerate();
                let keys = keys.map(|(at, it)| match &it.0 {
                    Some(key) => key.clone(),
                    None => Value::from(at.to_string()),
                });
                Some(keys.collect())
            }
            _ => None,
        }
    }

    /// Whether a word becomes any number of words: a list of which nobody knows what it holds.
    pub(super) fn is_open_list(word: &Word, state: &State) -> bool {
        word.parts.iter().any(|part| match &part.kind {
            PartKind::Variable(it) if is_list(it, part.quoted) => {
                Self::elements(it, state).is_none()
            }
            _ => false,
        })
    }

    /// The value of a name, if it is set; `Err` if nobody knows whether it is.
    fn lookup(
        &mut self,
        it: &Use,
        state: &mut State,
        around: Around<'a>,
    ) -> Result<Option<Value>, ()> {
        let name = it.name.as_str();
        if name == "0" || name == "BASH_SOURCE" {
            let path = if name == "0" {
                self.main
            } else {
                around.home.path
            };
            return Ok(Some(Value::from(format!("{ROOT}/{path}"))));
        }
        if let Ok(number) = name.parse::<usize>() {
            return state.parameters.get(number);
        }
        if matches!(
            name,
            "@" | "*" | "#" | "?" | "$" | "!" | "-" | "RANDOM" | "SECONDS"
        ) {
            return Err(());
        }
        if name == "PWD" && !state.variables.contains_key(name) {
            return Ok(Some(Value::from(state.folder.absolute())));
        }
        let variable = state.variables.get(name).cloned();
        match (variable, &it.index) {
            // Whoever runs the script may have set it.
            (None, _) | (Some(Variable::Many(_)), Some(Index::All)) => Err(()),
            (Some(Variable::One(value)), _) => Ok(Some(value)),
            (Some(Variable::Many(elements)), Some(Index::One(key))) => {
                let key = self.joined(key, state, around);
                if !key.is_known() {
                    return Err(());
                }
                let found = elements
                    .iter()
                    .enumerate()
                    .rev()
                    .find(|(at, it)| match &it.0 {
                        Some(known) => known.text == key.text,
                        None => key.text == at.to_string(),
                    });
                Ok(found.map(|it| it.1.1.clone()))
            }
            (Some(Variable::Many(elements)), None) => Ok(elements.first().map(|it| it.1.clone())),
        }
    }

    /// A variable of the environment, to be kept by its name: `None` if the name is set, or if names are not kept.
    fn kept(&mut self, it: &Use, state: &mut State, around: Around<'a>) -> Option<Value> {
        let is_name = it
            .name
            .starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
        let is_plain =
            is_name && it.index.is_none() && it.name != "PWD" && it.name != "BASH_SOURCE";
        if !self.options.keeps_environment || !is_plain || state.variables.contains_key(&it.name) {
            return None;
        }
        let default = match &it.form {
            Form::Plain | Form::Required => String::new(),
            Form::Default(word) => format!("{DEFAULT}{}", self.joined(word, state, around).text),
            _ => return None,
        };
        Some(Value::from(format!("{VARIABLE}{}{default}{END}", it.name)))
    }

    fn variable(&mut self, it: &Use, state: &mut State, around: Around<'a>) -> Value {
        if let Some(kept) = self.kept(it, state, around) {
            return kept;
        }
        let value = self.lookup(it, state, around);
        match &it.form {
            Form::Plain | Form::Required => match value {
                Ok(value) => value.unwrap_or_default(),
                Err(()) => tool_called(&it.name).unwrap_or_else(Value::unknown),
            },
            Form::Default(word) => match value {
                Ok(Some(value)) if !value.text.is_empty() && value.is_known() => value,
                Ok(_) if matches!(&value, Ok(Some(it)) if !it.is_known() && it.text.len() > 1) => {
                    value.ok().flatten().unwrap_or_default()
                }
                _ => {
                    let mut found = self.joined(word, state, around);
                    if found.origins.is_empty() {
                        found.origins.push(Origin {
                            file: around.home.file,
                            range: around.home.place(word.range),
                        });
                    }
                    found.assumed |= !matches!(value, Ok(None));
                    found
                }
            },
            Form::Alternative(word) => match value {
                Ok(Some(value)) if value.is_known() && !value.text.is_empty() => {
                    self.joined(word, state, around)
                }
                Ok(None) => Value::default(),
                _ => Value::unknown(),
            },
            Form::WithoutPrefix { pattern, longest } => {
                let pattern = self.joined(pattern, state, around);
                changed(value, &pattern, |text, pattern| {
                    without_prefix(text, pattern, *longest)
                })
            }
            Form::WithoutSuffix { pattern, longest } => {
                let pattern = self.joined(pattern, state, around);
                changed(value, &pattern, |text, pattern| {
                    without_suffix(text, pattern, *longest)
                })
            }
            Form::Replaced {
                pattern,
                replacement,
                all,
            } => {
                let pattern = self.joined(pattern, state, around);
                let replacement = self.joined(replacement, state, around);
                if !replacement.is_known() {
                    return Value::unknown();
                }
                changed(value, &pattern, |text, pattern| {
                    let is_plain = !pattern.is_empty() && !pattern.contains(['*', '?', '[']);
                    is_plain.then(|| {
                        if *all {
                            text.replace(pattern, &replacement.text)
                        } else {
                            text.replacen(pattern, &replacement.text, 1)
                        }
                    })
                })
            }
            Form::Lower => changed(value, &Value::default(), |it, _| Some(it.to_lowercase())),
            Form::Upper => changed(value, &Value::default(), |it, _| Some(it.to_uppercase())),
            Form::Indirect => match value {
                Ok(Some(name)) if name.is_known() => match state.variables.get(&name.text) {
                    Some(Variable::One(value)) => value.clone(),
                    _ => Value::unknown(),
                },
                _ => Value::unknown(),
            },
            Form::Keys | Form::Length | Form::Other => Value::unknown(),
        }
    }
}

/// Whether a use of a variable becomes several words.
fn is_list(it: &Use, quoted: bool) -> bool {
    match (&it.index, &it.form) {
        (Some(Index::All), Form::Plain | Form::Keys) => true,
        (None, Form::Plain) => it.name == "@" || it.name == "*" && !quoted,
        _ => false,
    }
}

/// The tool that an unset variable is called after: `$KUBECTL`.
fn tool_called(name: &str) -> Option<Value> {
    let lower = name.to_ascii_lowercase();
    ["kubectl", "kustomize", "helm", "make", "docker"]
        .into_iter()
        .find(|it| lower == *it || lower == format!("{it}_bin") || lower == format!("{it}_cmd"))
        .map(Value::from)
}

fn changed(
    value: Result<Option<Value>, ()>,
    pattern: &Value,
    change: impl Fn(&str, &str) -> Option<String>,
) -> Value {
    match value {
        Ok(Some(value)) if value.is_known() && pattern.is_known() => {
            match change(&value.text, &pattern.text) {
                Some(text) => value.with_text(text),
                None => Value::unknown(),
            }
        }
        _ => Value::unknown(),
    }
}
