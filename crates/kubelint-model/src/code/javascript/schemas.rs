//! Schemas that the environment is held against: what they name is read, must be there or has a default, and is what the result holds.
//!
//! Zod, Joi and yup, as `schema.parse(process.env)`; envalid's `cleanEnv`, whose reads its patterns tell; and the schema that the module of
//! configuration of Nest is given.

use std::collections::BTreeMap;

use kubelint_parser::code::Node;

use super::File;
use super::scope::bare;
use super::strings;
use crate::code::outline::Assigned;
use crate::code::{CodeFacts, Expr, Kind, Open, Place, Read, ReadName, Subject};

/// The packages that make schemas, as names are written here.
const MAKERS: [&str; 6] = ["zod", "joi", "@hapi/joi", "yup", "zod/v4", "zod/v3"];
/// What makes objects of the environment by the schemas of its fields (env.t3.gg/docs/core).
const T3_ENV: [&str; 2] = ["@t3-oss/env-core.createEnv", "@t3-oss/env-nextjs.createEnv"];
/// What is made of a schema for objects and leaves its fields as they are.
const SAME: [&str; 18] = [
    "brand",
    "catchall",
    "describe",
    "label",
    "loose",
    "meta",
    "noUnknown",
    "options",
    "passthrough",
    "prefs",
    "readonly",
    "refine",
    "required",
    "strict",
    "strip",
    "superRefine",
    "unknown",
    "stripUnknown",
];
/// What a schema does with `undefined` that leaves a field out.
const OPTIONAL: [&str; 12] = [
    "any",
    "catch",
    "custom",
    "intersection",
    "lazy",
    "never",
    "nullish",
    "optional",
    "or",
    "preprocess",
    "undefined",
    "union",
];
/// How far names and chains of calls are followed.
const MOST_STEPS: u32 = 24;
/// Of larger schemas the rest is not looked at.
const MOST_FIELDS: usize = 300;

/// A field of a schema.
struct Field<'a> {
    name: String,
    key: Node<'a>,
    /// What stands for it where it is not there.
    default: Option<Expr>,
    is_required: bool,
    kind: Kind,
}

/// A schema that the environment is held against.
struct Applied<'a> {
    call: Node<'a>,
    fields: Vec<Field<'a>>,
    /// The member of the result that holds the values; nothing if it is the result itself.
    holder: Option<&'static str>,
    /// Whether patterns tell what is read.
    is_read: bool,
    /// Whether the call itself stops the program.
    stops: bool,
    /// The variable that keeps it from being applied, if one does.
    skipped_by: Option<Expr>,
    /// Whether more may be read by it.
    is_open: bool,
}

/// Adds what schemas say to `facts`.
pub(super) fn settle<'a>(file: &File<'a>, facts: &mut CodeFacts) {
    let values = file.only_values();
    let applied = file.outline.calls.iter();
    let applied: Vec<Applied<'a>> = applied
        .filter_map(|it| applied_at(file, &values, *it))
        .collect();
    for it in applied {
        let range = it.call.range();
        facts
            .open
            .retain(|open| open.subject != Subject::Reads || !range.contains(open.place.range));
        if !it.is_read {
            add_reads(file, &it, facts);
        }
        if it.is_open {
            facts.open.push(Open {
                subject: Subject::Reads,
                why: "a package reads the environment",
                on: None,
                needs_router: false,
                place: file.outline.place(it.call, range),
            });
        }
        define(file, &it, facts);
    }
}

/// The schema that a call holds the environment against.
fn applied_at<'a>(
    file: &File<'a>,
    values: &BTreeMap<&str, Node<'a>>,
    call: Node<'a>,
) -> Option<Applied<'a>> {
    let function = bare(call.field("function")?);
    let arguments: Vec<Node<'a>> = call.field("arguments")?.children().map(bare).collect();
    let reader = Reader { file, values };
    let first = *arguments.first()?;
    let is_called = |name: &str| file.canonical_names(function).iter().any(|it| it == name);
    let of = |fields, holder, stops| Applied {
        call,
        fields,
        holder,
        is_read: false,
        stops,
        skipped_by: None,
        is_open: false,
    };
    if is_called("envalid.cleanEnv") {
        let fields = reader.of_object(*arguments.get(1)?, MOST_STEPS);
        let fields = Some(fields).filter(|_| file.is_environment(first))?;
        return Some(Applied {
            is_read: true,
            ..of(fields, None, true)
        });
    }
    if T3_ENV.iter().any(|it| is_called(it)) {
        return Some(reader.of_t3(call, first));
    }
    if is_called("@nestjs/config.ConfigModule.forRoot") {
        let schema = reader.member(first, "validationSchema")?;
        return Some(of(reader.fields(schema, MOST_STEPS)?, None, true));
    }
    let method = function.field("property")?.text();
    let object = function.field("object")?;
    let (schema, holder, stops) = match method {
        "parse" | "parseAsync" | "validateSync" | "cast" => (object, None, true),
        "safeParse" | "safeParseAsync" => (object, Some("data"), false),
        "validate" => (object, Some("value"), false),
        "attempt" | "assert" => (*arguments.get(1)?, None, true),
        _ => return None,
    };
    let fields = reader.fields(schema, MOST_STEPS)?;
    // A function may be handed the environment: its names are like no others.
    let is_given = first.kind() == "identifier" && !fields.is_empty();
    let is_meant =
        file.is_environment(first) || is_given && fields.iter().all(|it| is_variable(&it.name));
    is_meant.then(|| of(fields, holder, stops))
}

fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() > 1
        && name.starts_with(|it: char| it.is_ascii_uppercase())
        && bytes.all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
}

/// Adds what is read where the schema is applied.
fn add_reads<'a>(file: &File<'a>, applied: &Applied<'a>, facts: &mut CodeFacts) {
    let context = file.outline.context(applied.call.range().start);
    // A result that tells what is wrong is looked at, if anything ends the program.
    let ends = || {
        let text = whole_text(applied.call);
        text.contains("process.exit") || text.contains("throw ")
    };
    let stops = applied.stops || ends();
    for field in &applied.fields {
        facts.reads.push(Read {
            name: ReadName::Exact(field.name.clone()),
            default: field
                .default
                .clone()
                .or_else(|| applied.skipped_by.clone().filter(|_| field.is_required)),
            is_required: field.is_required && stops && !context.is_caught,
            kind: field.kind,
            class: None,
            place: Place {
                range: field.key.range(),
                function: context.function,
                is_conditional: context.is_conditional,
            },
        });
    }
}

/// Says what the result holds, under the names that it is assigned to.
fn define<'a>(file: &File<'a>, applied: &Applied<'a>, facts: &mut CodeFacts) {
    let call = applied.call;
    let result = format!("@{}", call.range().start);
    let values = match applied.holder {
        Some(holder) => format!("{result}.{holder}"),
        None => result.clone(),
    };
    for field in &applied.fields {
        let value = Expr::Variable {
            name: field.name.clone(),
            default: field.default.clone().map(Box::new),
        };
        let path = format!("{values}.{}", field.name);
        facts.definitions.insert(path, value);
    }
    for (path, assigned) in &file.outline.assigned {
        let value = match assigned {
            Assigned::Value(node) if bare(*node).id() == call.id() => Expr::Name(result.clone()),
            Assigned::Member(node, key, _) if bare(*node).id() == call.id() => {
                Expr::Name(format!("{result}.{key}"))
            }
            _ => continue,
        };
        facts.definitions.insert(path.clone(), value);
    }
    for (function, value) in &file.outline.returns {
        if bare(*value).id() == call.id()
            && let Some(function) = facts.functions.get_mut(function.0 as usize)
        {
            function.returns = Some(Expr::Name(result.clone()));
        }
    }
}

/// What reads schemas.
struct Reader<'r, 'a> {
    file: &'r File<'a>,
    /// What names stand for that stand for one thing only.
    values: &'r BTreeMap<&'r str, Node<'a>>,
}

impl<'a> Reader<'_, 'a> {
    /// The fields of a schema for objects; `None` if `node` is none.
    fn fields(&self, node: Node<'a>, left: u32) -> Option<Vec<Field<'a>>> {
        let left = left.checked_sub(1)?;
        let node = bare(node);
        if let Some(value) = self.behind(node) {
            return self.fields(value, left);
        }
        let function = bare(
            Some(node)
                .filter(|it| it.kind() == "call_expression")?
                .field("function")?,
        );
        let given = node.field("arguments")?.children().next();
        let method = match function.kind() {
            "member_expression" => function.field("property")?.text(),
            _ => function.text(),
        };
        let is_made = matches!(method, "object" | "strictObject" | "looseObject");
        if is_made && self.is_of_maker(function) {
            return Some(given.map_or_else(Vec::new, |it| self.of_object(it, left)));
        }
        let of = || self.fields(function.field("object")?, left);
        let mut fields = match method {
            "partial" => of()?
                .into_iter()
                .map(|it| Field {
                    is_required: false,
                    ..it
                })
                .collect(),
            "extend" | "keys" | "append" | "safeExtend" => {
                let more = self.of_object(given?, left);
                with(of()?, more)
            }
            "merge" | "concat" | "and" => with(of()?, self.fields(given?, left)?),
            _ if SAME.contains(&method) => of()?,
            _ => return None,
        };
        fields.truncate(MOST_FIELDS);
        Some(fields)
    }

    /// What `createEnv` of T3 Env is given: on a server all of its schemas count.
    fn of_t3(&self, call: Node<'a>, given: Node<'a>) -> Applied<'a> {
        let kinds = ["server", "client", "shared"];
        let of_kind = |it: &&str| self.member(given, it);
        let objects = kinds.iter().filter_map(of_kind);
        let mut fields: Vec<Field<'a>> = objects
            .flat_map(|it| self.of_object(it, MOST_STEPS))
            .collect();
        let skips = self.member(given, "skipValidation").map(bare);
        let skipped_by = skips.and_then(|it| self.file.told(it));
        let may_skip = skips.is_some_and(|it| it.text() != "false");
        // What is taken over from elsewhere may say more.
        let is_known = given.kind() == "object" && self.member(given, "extends").is_none();
        if !is_known || (may_skip && skipped_by.is_none()) {
            for field in &mut fields {
                field.is_required = false;
            }
        }
        Applied {
            call,
            fields,
            holder: None,
            is_read: false,
            stops: true,
            skipped_by,
            is_open: !is_known,
        }
    }

    /// What a name stands for.
    fn behind(&self, node: Node<'a>) -> Option<Node<'a>> {
        let is_name = matches!(node.kind(), "identifier" | "member_expression");
        let path = self.file.path(node).filter(|_| is_name)?;
        self.values.get(path.as_str()).map(|it| bare(*it))
    }

    /// Whether a function is one of a package that makes schemas.
    fn is_of_maker(&self, function: Node<'a>) -> bool {
        let names = self.file.canonical_names(function);
        names.iter().any(|name| {
            let mut makers = MAKERS.iter();
            makers.any(|it| {
                name.strip_prefix(it)
                    .is_some_and(|rest| rest.starts_with('.'))
            })
        })
    }

    /// The member of an object that is written out.
    fn member(&self, object: Node<'a>, name: &str) -> Option<Node<'a>> {
        let object = bare(object);
        let object = self.behind(object).unwrap_or(object);
        object.children().find_map(|it| {
            let is_short = it.kind() == "shorthand_property_identifier" && it.text() == name;
            let key = it.field("key").and_then(strings::key);
            match it.field("value") {
                Some(value) if key.as_deref() == Some(name) => Some(value),
                _ => is_short.then_some(it),
            }
        })
    }

    /// The fields that an object states.
    fn of_object(&self, object: Node<'a>, left: u32) -> Vec<Field<'a>> {
        let object = bare(object);
        let object = self.behind(object).unwrap_or(object);
        if object.kind() != "object" {
            return Vec::new();
        }
        let parts = object.children().take(MOST_FIELDS);
        let fields = parts.filter_map(|it| {
            let (key, value) = match it.kind() {
                "pair" => (it.field("key")?, it.field("value")?),
                "shorthand_property_identifier" => (it, it),
                _ => return None,
            };
            self.field(key, value, left)
        });
        fields.collect()
    }

    fn field(&self, key: Node<'a>, value: Node<'a>, left: u32) -> Option<Field<'a>> {
        let mut field = Field {
            name: strings::key(key)?,
            key,
            default: None,
            is_required: false,
            kind: Kind::Text,
        };
        let links = self.links(value, left);
        let has = |names: &[&str]| links.iter().any(|it| names.contains(&it.0));
        let root = links.last()?.1;
        let is_coerced = has(&["coerce"]);
        let stated = links
            .iter()
            .find(|it| it.0 == "default" || it.0 == "prefault");
        field.default = stated.map(|it| {
            let given = it.1.field("arguments").and_then(|it| it.children().next());
            given.map_or(Expr::Unknown, |it| self.file.value(bare(it)))
        });
        if has(&["number", "int", "port", "num", "bigint"]) {
            field.kind = Kind::Number;
        } else if has(&["boolean", "bool"]) {
            field.kind = Kind::Boolean;
        }
        let package = self.file.canonical_names(bare(root));
        let is_of = |maker: &str| package.iter().any(|it| it.starts_with(maker));
        field.is_required = match () {
            () if field.default.is_some() || has(&OPTIONAL) => false,
            // What is made of nothing is a text or `false`.
            () if is_of("zod") => !is_coerced || has(&["number", "bigint", "date"]),
            () => has(&["required", "exist", "defined"]) && !has(&["when"]),
        };
        if let Some(default) = self.of_specification(value) {
            field.default = Some(default);
        }
        Some(field)
    }

    /// The default of a field of envalid: `port({ default: 8080 })`.
    fn of_specification(&self, value: Node<'a>) -> Option<Expr> {
        let given = bare(value).field("arguments")?.children().next()?;
        let default = self.member(Some(given).filter(|it| it.kind() == "object")?, "default")?;
        Some(self.file.value(bare(default)))
    }

    /// The links of a chain of calls and members, from its end: what is called or named, and the node of that. The last is what it begins
    /// with.
    fn links(&self, value: Node<'a>, left: u32) -> Vec<(&'a str, Node<'a>)> {
        let mut links = Vec::new();
        let mut at = bare(value);
        for _ in 0..left {
            if let Some(behind) = self.behind(at) {
                at = behind;
                continue;
            }
            let (call, function) = match at.kind() {
                "call_expression" => match at.field("function").map(bare) {
                    Some(function) => (at, function),
                    None => break,
                },
                _ => (at, at),
            };
            match (function.field("object"), function.field("property")) {
                (Some(object), Some(property)) if function.kind() == "member_expression" => {
                    links.push((property.text(), call));
                    at = bare(object);
                }
                _ => {
                    links.push((function.text(), function));
                    break;
                }
            }
        }
        links
    }
}

/// The fields of one schema over those of another.
fn with<'a>(mut fields: Vec<Field<'a>>, more: Vec<Field<'a>>) -> Vec<Field<'a>> {
    fields.retain(|it| more.iter().all(|other| other.name != it.name));
    fields.extend(more);
    fields
}

impl<'a> File<'a> {
    /// The variable that a condition asks for and nothing else: `!!process.env.SKIP`, `process.env.SKIP === 'true'`.
    fn told(&self, condition: Node<'a>) -> Option<Expr> {
        let mut at = condition;
        for _ in 0..MOST_STEPS {
            let inner = match at.kind() {
                "unary_expression" => at.field("argument"),
                "call_expression" => at.field("arguments").and_then(|it| it.children().next()),
                "binary_expression" => {
                    let operator = at.field("operator").map_or("", Node::text);
                    at.field("left")
                        .filter(|_| matches!(operator, "===" | "==" | "||"))
                }
                _ => break,
            };
            at = bare(inner?);
        }
        let is_turned = condition.text().starts_with('!') && !condition.text().starts_with("!!");
        let found = self.value(at);
        let is_one = condition.text().matches("process.env").count() == 1 && !is_turned;
        matches!(&found, Expr::Variable { default: None, .. } if is_one).then_some(found)
    }

    /// Whether a node is the environment.
    fn is_environment(&self, node: Node<'a>) -> bool {
        let names = self.canonical_names(node);
        names.iter().any(|it| it == "process.env")
    }
}

/// The text of the whole file that holds `node`.
fn whole_text(node: Node<'_>) -> &str {
    let mut at = node;
    while let Some(parent) = at.parent() {
        at = parent;
    }
    at.text()
}
