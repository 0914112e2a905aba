//! Runs the samples beside the patterns of frameworks: a fence of code, and the facts that are expected of it, all of them.

use std::collections::BTreeSet;
use std::fmt::Write;

use kubelint_parser::TextRange;
use kubelint_parser::code::{Language, Pattern, Query, Structures, parse};

use super::dotnet::DotnetFacts;
use super::nest::{NestFacts, NestGuardKind, Version};
use super::patterns::Patterns;
use super::{
    CodeFacts, Expr, Failure, GuardKind, Kind, LoadKind, ReadName, Slash, Subject, frameworks, read,
};

/// An expression in one line: `$PORT|8000`, `"/x" + name`.
pub(super) fn show(value: &Expr) -> String {
    let list = |all: &[Expr], sign: &str| all.iter().map(show).collect::<Vec<_>>().join(sign);
    let or = |default: &Option<Box<Expr>>| match default {
        Some(it) => format!("|{}", show(it)),
        None => String::new(),
    };
    match value {
        Expr::Text(text) => format!("{text:?}"),
        Expr::Variable { name, default } => format!("${name}{}", or(default)),
        Expr::VariableOf { name, default } => format!("$({}){}", show(name), or(default)),
        Expr::Property { name, default } => format!("${{{name}}}{}", or(default)),
        Expr::Flag { names, default } => format!("{}{}", names.join(","), or(default)),
        Expr::Name(name) => name.clone(),
        Expr::Member { of, name } => format!("{}.{name}", show(of)),
        Expr::Call {
            callee,
            arguments,
            named,
        } => {
            let mut all: Vec<String> = arguments.iter().map(show).collect();
            all.extend(named.iter().map(|it| format!("{}={}", it.0, show(&it.1))));
            format!("{callee}({})", all.join(", "))
        }
        Expr::List(all) => format!("[{}]", list(all, ", ")),
        Expr::Join(all) => list(all, " + "),
        Expr::Either(all) => format!("({})", list(all, " / ")),
        Expr::Unknown => "?".to_owned(),
    }
}

fn show_name(name: &ReadName) -> String {
    match name {
        ReadName::Exact(name) => name.clone(),
        ReadName::AnyCase(name) => format!("{name} in any case"),
        ReadName::Prefix(name) => format!("{name}*"),
        ReadName::Computed(name) => format!("({})", show(name)),
    }
}

const fn only(needs_router: bool) -> &'static str {
    if needs_router { " if a router" } else { "" }
}

/// The facts, each in a line.
pub(super) fn lines(facts: &CodeFacts) -> Vec<String> {
    let mut lines = Vec::new();
    let function = |place: &super::Place| {
        let name = facts.functions.get(place.function.0 as usize);
        let name = name.map_or("", |it| it.name.as_str());
        let maybe = if place.is_conditional { " maybe" } else { "" };
        match name {
            "" => maybe.to_owned(),
            _ => format!(" in {name}{maybe}"),
        }
    };
    for it in &facts.routers {
        let application = match (it.is_application, it.is_middleware) {
            (true, _) => "application",
            (_, true) => "middleware",
            _ => "router",
        };
        lines.push(format!("{application} {} {}", it.name, show(&it.prefix)));
    }
    for it in &facts.routes {
        let mut methods = it.methods.join(",");
        if methods.is_empty() {
            "any".clone_into(&mut methods);
        }
        let slash = match it.slash {
            Slash::Strict => "strict",
            Slash::Either => "either",
            Slash::Added => "added",
        };
        let style = format!("{:?}", it.style).to_lowercase();
        let mut line = format!(
            "route {} {methods} {} {style} {slash}",
            it.on,
            show(&it.path)
        );
        for guard in &it.guards {
            let _ = write!(line, " {}", show_guard(guard));
        }
        line.push_str(only(it.needs_router));
        lines.push(line);
    }
    for it in &facts.mounts {
        let sign = if it.replaces_prefix { "=" } else { "" };
        let prefix = show(&it.prefix);
        let only = only(it.needs_router);
        let what = show(&it.what);
        lines.push(format!("mount {} {sign}{prefix} {what}{only}", it.on));
    }
    for it in &facts.guards {
        lines.push(format!("guard {} {}", it.on, show_guard(&it.kind)));
    }
    for it in &facts.middleware {
        let ahead = format!("{:?}", it.ahead).to_lowercase();
        lines.push(format!(
            "middleware of {} {} before {ahead}",
            it.on,
            show(&it.what)
        ));
    }
    for it in &facts.locks {
        let free = it.free.as_ref().map_or("?".to_owned(), |free| {
            free.iter().map(show).collect::<Vec<_>>().join(" ")
        });
        lines.push(format!("locked but {free}"));
    }
    for it in &facts.reads {
        let mut line = format!("read {}", show_name(&it.name));
        if let Some(default) = &it.default {
            let _ = write!(line, " default {}", show(default));
        }
        let kind = match it.kind {
            Kind::Text => "",
            Kind::Number => " number",
            Kind::Boolean => " boolean",
        };
        let required = if it.is_required { " required" } else { "" };
        let class = it
            .class
            .as_ref()
            .map_or(String::new(), |it| format!(" by {it}"));
        lines.push(format!(
            "{line}{kind}{required}{class}{}",
            function(&it.place)
        ));
    }
    for it in &facts.sets {
        let keeps = if it.keeps { " unless set" } else { "" };
        lines.push(format!(
            "set {} {}{keeps}",
            show_name(&it.name),
            show(&it.value)
        ));
    }
    for it in &facts.variable_files {
        let path = it.path.as_ref().map_or(".env".to_owned(), show);
        lines.push(format!("file {path}"));
    }
    for it in &facts.opened {
        let failure = match it.failure {
            Failure::Ends => "",
            Failure::Returned => " or returns",
            Failure::Handled => " if it can",
        };
        let place = function(&it.place);
        lines.push(format!("opens {}{failure}{place}", show(&it.path)));
    }
    for (path, _) in &facts.looked_for {
        lines.push(format!("looks for {}", show(path)));
    }
    for it in &facts.listeners {
        let protocol = format!("{:?}", it.protocol).to_lowercase();
        let host = it.host.as_ref().map_or("-".to_owned(), show);
        let tls = match it.tls {
            Some(true) => " tls",
            Some(false) => "",
            None => " tls?",
        };
        let serves = it
            .serves
            .as_ref()
            .map_or(String::new(), |it| format!(" serves {}", show(it)));
        let place = function(&it.place);
        lines.push(format!(
            "listen {protocol} {host} {}{tls}{serves}{place}",
            show(&it.port)
        ));
    }
    for it in &facts.waits {
        let times = match it.factor {
            1 => String::new(),
            factor => format!(" times {factor}"),
        };
        let seconds = it
            .seconds
            .text()
            .map_or_else(|| show(&it.seconds), str::to_owned);
        lines.push(format!("wait {seconds}{times}{}", function(&it.place)));
    }
    for it in facts.functions.iter().filter(|it| it.is_entry) {
        lines.push(format!("entry {}", it.name));
    }
    for (name, value) in &facts.definitions {
        if matches!(value, Expr::Flag { .. }) {
            lines.push(format!("flag {name} {}", show(value)));
        }
    }
    if let Some(dotnet) = &facts.dotnet {
        lines.extend(of_dotnet(dotnet));
    }
    if let Some(nest) = &facts.nest {
        lines.extend(of_nest(nest));
    }
    for it in &facts.loads {
        let kind = match it.kind {
            LoadKind::Module => "module",
            LoadKind::Object => "object",
            LoadKind::File => "file",
        };
        let subject = it.subject.map_or("all", show_subject);
        let what = show(&it.what);
        lines.push(format!("load {kind} {what}, {subject}: {}", it.why));
    }
    let of_structs = facts
        .go
        .iter()
        .flat_map(|it| it.open.iter().map(|it| &it.1));
    for it in facts.open.iter().chain(of_structs) {
        let subject = show_subject(it.subject);
        let on = it
            .on
            .as_ref()
            .map_or(String::new(), |it| format!(" of {it}"));
        lines.push(format!("open {subject}{on}: {}", it.why));
    }
    lines
}

const fn show_subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Routes => "routes",
        Subject::Reads => "reads",
        Subject::Ports => "ports",
    }
}

/// What only files of Nest say.
fn of_nest(facts: &NestFacts) -> Vec<String> {
    let mut lines = Vec::new();
    let versions = |all: &[Version]| {
        let shown = all.iter().map(|it| match it {
            Version::Neutral => " neutral".to_owned(),
            Version::Of(expr) => format!(" {}", show(expr)),
        });
        shown.collect::<String>()
    };
    for it in &facts.prefixes {
        let excluded = it.excluded.as_ref().map_or(" ?".to_owned(), |all| {
            let shown = all.iter().map(|it| {
                let method = it.method.as_deref().unwrap_or("any");
                format!(" {method} {}", show(&it.path))
            });
            shown.collect()
        });
        lines.push(format!("prefix {} but{excluded}", show(&it.prefix)));
    }
    for it in &facts.versionings {
        let default = versions(&it.default);
        let prefix = show(&it.prefix);
        lines.push(match it.in_paths {
            Some(true) => format!("versions in paths {prefix}{default}"),
            Some(false) => "versions elsewhere".to_owned(),
            None => "versions ?".to_owned(),
        });
    }
    for it in &facts.versions {
        let of = if it.method.is_some() {
            ", a method"
        } else {
            ""
        };
        lines.push(format!(
            "version of {}{of}{}",
            it.class,
            versions(&it.versions)
        ));
    }
    for it in &facts.guards {
        let of = match (&it.class, it.method) {
            (None, _) => "all".to_owned(),
            (Some(class), None) => class.clone(),
            (Some(class), Some(_)) => format!("{class}, a method"),
        };
        let what = match &it.what {
            NestGuardKind::Known(kind) => show_guard(kind),
            NestGuardKind::Class(name) => name.clone(),
            NestGuardKind::Throttler => "limits".to_owned(),
            NestGuardKind::Unthrottled => "no limits".to_owned(),
        };
        lines.push(format!("guarded {of} by {what}"));
    }
    for (name, kind) in &facts.guard_classes {
        lines.push(format!("guards by {name} {}", show_guard(kind)));
    }
    for (kind, _) in &facts.limits {
        lines.push(format!("limit {}", show_guard(kind)));
    }
    lines
}

/// What only files of .NET say.
fn of_dotnet(facts: &DotnetFacts) -> Vec<String> {
    let mut lines = Vec::new();
    for it in &facts.controllers {
        let templates: Vec<String> = it.templates.iter().map(|it| show(&it.0)).collect();
        let is_controller = if it.is_controller { "" } else { " of others" };
        lines.push(format!(
            "controller {} [{}]{is_controller}",
            it.class,
            templates.join(", ")
        ));
        for action in &it.actions {
            for (verb, template) in &action.routes {
                let template = template.as_ref().map_or("-".to_owned(), |it| show(&it.0));
                lines.push(format!("action {} {verb} {template}", action.name));
            }
        }
    }
    for it in &facts.bindings {
        let class = it.class.as_deref().unwrap_or("?");
        lines.push(format!("bind {} to {class}", show(&it.section)));
    }
    for it in &facts.properties {
        lines.push(format!("property {}.{}", it.class, it.name));
    }
    for it in &facts.only_in {
        let not = if it.is_not { "all but " } else { "" };
        lines.push(format!("only in {not}{}", it.environment));
    }
    for it in &facts.handed {
        lines.push(format!("configuration to {}", it.0));
    }
    lines
}

fn show_guard(guard: &GuardKind) -> String {
    match guard {
        GuardKind::Auth => "auth".to_owned(),
        GuardKind::Free => "free".to_owned(),
        GuardKind::Rate { requests, seconds } => format!("rate {requests}/{seconds}s"),
        GuardKind::RateOf {
            requests,
            milliseconds,
        } => format!("rate {}/{}ms", show(requests), show(milliseconds)),
    }
}

/// The fences of a page: its language and its text.
fn fences(page: &str) -> Vec<(&str, String)> {
    let mut fences = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let inner = lines.by_ref().take_while(|it| *it != "```");
        let text = inner.fold(String::new(), |text, line| text + line + "\n");
        fences.push((language, text));
    }
    fences
}

#[test]
fn all_patterns_compile() {
    for language in Language::ALL {
        for framework in frameworks::of(language) {
            let name = framework.page.0;
            let query = Query::new(language, framework.text);
            let query = query.unwrap_or_else(|it| panic!("{name}: {it}"));
            assert!(!query.captures().is_empty());
            assert!(framework.text.starts_with("; needle:"), "{name}");
        }
        if let Err(error) = Patterns::new(language) {
            panic!("{language:?}: {error}");
        }
    }
}

/// What a fence of code in a language is called.
fn fence(language: Language) -> String {
    match language {
        Language::CSharp => "csharp".to_owned(),
        other => other.as_str().to_lowercase(),
    }
}

#[test]
fn samples_have_the_facts_that_their_pages_tell() {
    let mut wrong = String::new();
    for language in Language::ALL {
        for framework in frameworks::of(language) {
            let (name, page) = framework.page;
            let fences = fences(page);
            assert!(fences.len() >= 2, "{name}");
            for pair in fences.chunks(2) {
                let [(code_language, code), ("facts", expected)] = pair else {
                    panic!("{name}: a fence of code, then one of facts");
                };
                if *code_language != fence(language) {
                    let codes = [
                        "python",
                        "javascript",
                        "typescript",
                        "tsx",
                        "csharp",
                        "java",
                        "kotlin",
                        "go",
                    ];
                    assert!(codes.contains(code_language), "{name}");
                    continue;
                }
                let facts = lines(&read(language, code).unwrap());
                let found = facts.iter().fold(String::new(), |all, it| all + it + "\n");
                if found != *expected {
                    let _ = write!(
                        wrong,
                        "{name}:\n{code}expected:\n{expected}found:\n{found}\n"
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a pattern finds: names, each with the kind and place of a node.
type Places = BTreeSet<(String, String, u32, u32)>;

/// Whether all that matters of `one` is in `other`: tree-sitter also finds a pattern without its optional parts where they are there.
fn is_within(one: &Places, all: &BTreeSet<Places>) -> bool {
    all.iter().any(|it| one.is_subset(it))
}

#[test]
fn patterns_find_what_tree_sitter_finds() {
    let place = |name: &str, kind: &str, range: TextRange| {
        (name.to_owned(), kind.to_owned(), range.start, range.end)
    };
    for language in Language::ALL {
        let frameworks = frameworks::of(language);
        let pages = frameworks.iter().flat_map(|it| fences(it.page.1));
        let name = language.as_str().to_lowercase();
        let codes = pages.filter(|it| it.0 == name).map(|it| it.1);
        let all: String = codes.collect();
        let code = parse(&all, language).unwrap();
        let root = code.root(&all);
        for framework in frameworks {
            let query = Query::new(language, framework.text).unwrap();
            let matches = query.matches(&all);
            for (number, pattern) in Pattern::read(framework.text).unwrap().iter().enumerate() {
                let theirs = matches.iter().filter(|it| it.pattern == number);
                let theirs: BTreeSet<Places> = theirs
                    .map(|one| {
                        let captures = one.captures.iter();
                        captures.map(|it| place(&it.0, &it.1, it.2)).collect()
                    })
                    .collect();
                let slots = pattern.captures.iter().map(|it| it.0).collect();
                let (own, unknown) = Structures::new(language, &[(&pattern.structure, slots)]);
                assert!(unknown.is_empty());
                let mut ours: BTreeSet<Places> = BTreeSet::new();
                own.search(root, &[true], |_, _, bound| {
                    if pattern.allows(&bound) {
                        let named = bound.iter().flat_map(|it| {
                            let all = pattern.captures.iter().filter(|one| one.0 == it.slot);
                            all.map(|one| place(&one.1, it.node.kind(), it.node.range()))
                        });
                        ours.insert(named.collect());
                    }
                })
                .unwrap();
                let name = framework.page.0;
                for one in &ours {
                    assert!(theirs.contains(one), "{name} {number}: {one:?}");
                }
                for one in &theirs {
                    assert!(
                        is_within(one, &ours),
                        "{name} {number}: {one:?} of {theirs:?}"
                    );
                }
            }
        }
    }
}
