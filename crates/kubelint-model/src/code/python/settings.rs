//! Classes whose fields are variables of the environment: pydantic's settings.

use std::collections::BTreeMap;

use kubelint_parser::code::Node;

use super::{File, strings};
use crate::code::captures::Syntax;
use crate::code::{
    Call, CodeFacts, Expr, Failure, Kind, Open, Place, Read, ReadName, Subject, VariableFile,
};

/// How many classes may inherit from one another.
const MAX_BASES: usize = 8;
/// More reads of the fields of classes are not listed.
const MAX_READS: usize = 8192;

/// What a class says of how its fields are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Config<'a> {
    pub(super) prefix: Option<Node<'a>>,
    files: Option<Node<'a>>,
    pub(super) delimiter: Option<Node<'a>>,
    pub(super) is_case_sensitive: bool,
    /// Values may come from elsewhere too.
    pub(super) has_other_sources: bool,
}

/// What a class is that inherits, in the end, from pydantic's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    /// `pydantic.BaseSettings`, of version 1: a field that may be nothing is not required.
    One,
    /// `pydantic_settings.BaseSettings`.
    Two,
}

/// Types that are no models with fields of their own.
const SIMPLE: [&str; 12] = [
    "str",
    "int",
    "bool",
    "float",
    "bytes",
    "SecretStr",
    "Path",
    "list",
    "List",
    "dict",
    "Dict",
    "Literal",
];

impl<'a> Config<'a> {
    /// Takes over what `get` has for each key.
    fn take(&mut self, get: impl Fn(&str) -> Option<Node<'a>>) {
        self.prefix = get("env_prefix").or(self.prefix);
        self.files = get("env_file").or(self.files);
        self.delimiter = get("env_nested_delimiter").or(self.delimiter);
        if let Some(it) = get("case_sensitive") {
            self.is_case_sensitive = it.kind() == "true";
        }
        self.has_other_sources |= get("secrets_dir").is_some();
    }
}

impl<'a> File<'a> {
    /// Adds what the settings classes of the file read.
    pub(super) fn add_settings(&self, facts: &mut CodeFacts) {
        let classes = self.outline.class_nodes.iter().copied();
        let named = classes.zip(&self.outline.classes);
        let by_name: BTreeMap<&str, Node<'a>> = named
            .clone()
            .map(|(node, it)| (it.name.as_str(), node))
            .collect();
        for (node, class) in named {
            if facts.reads.len() > MAX_READS {
                return;
            }
            let mut line = vec![node];
            let Some(base) = self.base(node, &by_name, &mut line) else {
                if let Some(base) = self.unseen_base(node) {
                    facts.open.push(Open {
                        needs_router: false,
                        subject: Subject::Reads,
                        why: "settings inherit from a class of another file",
                        on: None,
                        place: self.place(base),
                    });
                }
                continue;
            };
            // What stands nearer counts.
            let mut config = Config::default();
            let mut fields: BTreeMap<&str, Node<'a>> = BTreeMap::new();
            for node in line.iter().rev() {
                self.configure(*node, &mut config);
                for field in fields_of(*node) {
                    let name = field.field("left").map_or("", Node::text);
                    fields.insert(name, field);
                }
            }
            for (_, field) in fields {
                self.add_field(field, &class.name, base, &config, class.place, facts);
                self.add_nested(field, &class.name, &config, &by_name, facts);
            }
            let files = config
                .files
                .map(|it| self.items(it).unwrap_or_else(|| vec![it]));
            for file in files
                .into_iter()
                .flatten()
                .filter(|it| !self.is_nothing(*it))
            {
                facts.variable_files.push(VariableFile {
                    path: Some(self.expr(file)),
                    place: self.place(file),
                });
            }
        }
    }

    /// Which of pydantic's classes `node` inherits from, with the classes of the file between in `line`.
    fn base(
        &self,
        node: Node<'a>,
        by_name: &BTreeMap<&str, Node<'a>>,
        line: &mut Vec<Node<'a>>,
    ) -> Option<Base> {
        let mut at = node;
        loop {
            let mut next = None;
            for base in at.field("superclasses")?.children() {
                for name in self.canonical(base).iter() {
                    match name.as_str() {
                        "pydantic_settings.BaseSettings"
                        | "pydantic_settings.main.BaseSettings" => return Some(Base::Two),
                        "pydantic.BaseSettings" | "pydantic.v1.BaseSettings" => {
                            return Some(Base::One);
                        }
                        _ => {}
                    }
                    next = next.or(by_name.get(name.as_str()).copied());
                }
            }
            at = next.filter(|it| !line.iter().any(|other| other.id() == it.id()))?;
            line.push(at);
            if line.len() > MAX_BASES {
                return None;
            }
        }
    }

    /// What looks like a settings class that another file of the program defines.
    fn unseen_base(&self, node: Node<'a>) -> Option<Node<'a>> {
        let mut bases = node.field("superclasses")?.children();
        bases.find(|it| {
            let names = self.canonical(*it);
            let is_settings = names.iter().any(|it| it.ends_with("Settings"));
            let is_own = it.kind() == "identifier" && names.iter().all(|it| !it.contains('.'));
            is_settings && !is_own
        })
    }

    fn configure(&self, class: Node<'a>, config: &mut Config<'a>) {
        if let Some(arguments) = class.field("superclasses") {
            config.take(|name| self.argument(arguments, name));
        }
        for statement in class.field("body").into_iter().flat_map(Node::children) {
            match statement.kind() {
                "expression_statement" => {
                    let Some(assignment) = statement.children().next() else {
                        continue;
                    };
                    let (name, value) = (assignment.field("left"), assignment.field("right"));
                    let (Some("model_config" | "Config"), Some(value)) =
                        (name.map(Node::text), value)
                    else {
                        continue;
                    };
                    match value.field("arguments") {
                        Some(arguments) => {
                            config.take(|name| self.argument(arguments, name));
                        }
                        None => config.take(|name| entry(value, name)),
                    }
                }
                "class_definition" if name_of(statement) == "Config" => {
                    config.take(|name| assigned(statement, name));
                }
                "function_definition" | "decorated_definition" => {
                    let text = statement.text();
                    config.has_other_sources |= text.contains("customise_sources")
                        || text.contains("root_validator")
                        || text.contains("model_validator");
                }
                _ => {}
            }
        }
    }

    fn add_field(
        &self,
        field: Node<'a>,
        class: &str,
        base: Base,
        config: &Config<'a>,
        class_place: Place,
        facts: &mut CodeFacts,
    ) {
        let Some(left) = field.field("left") else {
            return;
        };
        let annotation = field.field("type").map_or("", Node::text);
        let stated = self.field_call(field);
        let right = field.field("right");
        let default = match stated {
            Some(arguments) => self
                .argument(arguments, "0")
                .or(self.argument(arguments, "default")),
            None => right,
        };
        let factory = stated.and_then(|it| self.argument(it, "default_factory"));
        let may_be_nothing = annotation.contains("Optional") || annotation.contains("None");
        let has_default = default.is_some_and(|it| it.kind() != "ellipsis")
            || factory.is_some()
            || (base == Base::One && may_be_nothing && default.is_none());
        let place = Place {
            function: class_place.function,
            ..self.place(left)
        };
        if let Some(callee) = factory.and_then(|it| self.name(it)) {
            facts.calls.push(Call {
                callee,
                arguments: Vec::new(),
                named: Vec::new(),
                failure: Failure::default(),
                place,
            });
        }
        let mut names = match stated {
            Some(arguments) => self.stated_names(arguments),
            None => Vec::new(),
        };
        if names.is_empty() {
            let prefix = config.prefix.map(|it| self.expr(it));
            match prefix {
                None => names.push(left.text().to_owned()),
                Some(Expr::Text(prefix)) => names.push(format!("{prefix}{}", left.text())),
                Some(_) => {
                    facts.open.push(Open {
                        needs_router: false,
                        subject: Subject::Reads,
                        why: "the prefix of the names of variables is computed",
                        on: None,
                        place,
                    });
                    return;
                }
            }
        }
        let is_simple = annotation
            .split(|it: char| !it.is_alphanumeric())
            .any(|it| SIMPLE.contains(&it));
        let is_nested = config.delimiter.is_some() && !is_simple;
        let is_required =
            !has_default && names.len() == 1 && !config.has_other_sources && !is_nested;
        for name in names {
            if let (true, Some(Expr::Text(delimiter))) =
                (is_nested, config.delimiter.map(|it| self.expr(it)))
            {
                let nested = format!("{name}{delimiter}");
                for prefix in [nested.to_ascii_uppercase(), nested.to_ascii_lowercase()] {
                    let prefix = ReadName::Prefix(prefix);
                    facts
                        .reads
                        .push(field_read(prefix, None, false, Kind::Text, class, place));
                }
            }
            let default = default.filter(|it| !matches!(it.kind(), "ellipsis" | "none"));
            let default = default.map(|it| self.expr(it));
            let name = if config.is_case_sensitive {
                ReadName::Exact(name)
            } else {
                ReadName::AnyCase(name.to_ascii_uppercase())
            };
            if let ReadName::Exact(name) | ReadName::AnyCase(name) = &name {
                let value = Expr::Variable {
                    name: name.clone(),
                    default: default.clone().map(Box::new),
                };
                let path = format!("{class}.{}", left.text());
                facts.definitions.insert(path, value);
            }
            let kind = kind_of(annotation);
            facts
                .reads
                .push(field_read(name, default, is_required, kind, class, place));
        }
    }

    /// The arguments of `Field(…)`, as the value of a field or in its annotation.
    pub(super) fn field_call(&self, field: Node<'a>) -> Option<Node<'a>> {
        let right = field.field("right").filter(|it| it.kind() == "call");
        let is_field = |it: &Node<'a>| {
            let function = it.field("function").map_or("", Node::text);
            function == "Field" || function.ends_with(".Field")
        };
        let call = right.filter(is_field).or_else(|| {
            let annotation = field
                .field("type")
                .filter(|it| it.text().contains("Field("))?;
            let calls = &self.outline.calls;
            let from = calls.partition_point(|it| it.range().start < annotation.range().start);
            let within = calls.get(from..).unwrap_or_default().iter().copied();
            let mut within = within.take_while(|it| annotation.range().contains(it.range()));
            within.find(is_field)
        });
        call?.field("arguments")
    }

    /// The names of variables that `Field(…)` states.
    pub(super) fn stated_names(&self, arguments: Node<'a>) -> Vec<String> {
        let mut stated = ["validation_alias", "env", "alias"].into_iter();
        let Some(value) = stated.find_map(|it| self.argument(arguments, it)) else {
            return Vec::new();
        };
        let nodes = match value.kind() {
            "call" => value
                .field("arguments")
                .map(|it| self.arguments_from(it, 0)),
            _ => self.items(value),
        };
        let nodes = nodes.unwrap_or_else(|| vec![value]);
        nodes.into_iter().filter_map(strings::plain).collect()
    }
}

pub(super) fn field_read(
    name: ReadName,
    default: Option<Expr>,
    is_required: bool,
    kind: Kind,
    class: &str,
    place: Place,
) -> Read {
    Read {
        name,
        default,
        is_required,
        kind,
        class: Some(class.to_owned()),
        place,
    }
}

pub(super) fn kind_of(annotation: &str) -> Kind {
    match annotation {
        "int" | "PositiveInt" | "NonNegativeInt" => Kind::Number,
        "bool" => Kind::Boolean,
        _ if annotation.starts_with("conint(") => Kind::Number,
        _ => Kind::Text,
    }
}

fn name_of(node: Node<'_>) -> &str {
    node.field("name").map_or("", Node::text)
}

/// The assignments in the body of a class that make fields.
pub(super) fn fields_of(class: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let body = class.field("body");
    let statements = body.into_iter().flat_map(Node::children);
    let assignments = statements
        .filter(|it| it.kind() == "expression_statement")
        .filter_map(|it| it.children().next().filter(|it| it.kind() == "assignment"));
    assignments.filter(|it| {
        let name = it.field("left").filter(|it| it.kind() == "identifier");
        let name = name.map_or("_", Node::text);
        let of_class = it
            .field("type")
            .is_some_and(|it| it.text().contains("ClassVar"));
        !name.starts_with('_') && !of_class && !matches!(name, "model_config" | "Config")
    })
}

/// What a dictionary that is written out has for `key`.
fn entry<'a>(dictionary: Node<'a>, key: &str) -> Option<Node<'a>> {
    let mut pairs = dictionary.children().filter(|it| it.kind() == "pair");
    let is_it = |it: &Node<'a>| {
        let stated = it.field("key").and_then(strings::plain);
        stated.is_some_and(|it| it == key)
    };
    pairs.find(is_it)?.field("value")
}

/// What the body of a class assigns to `name`.
fn assigned<'a>(class: Node<'a>, name: &str) -> Option<Node<'a>> {
    let statements = class.field("body")?.children();
    let mut assignments = statements.filter_map(|it| it.children().next());
    let is_it = |it: &Node<'a>| it.field("left").is_some_and(|it| it.text() == name);
    assignments.find(is_it)?.field("right")
}
