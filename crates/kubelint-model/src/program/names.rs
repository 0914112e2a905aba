//! What names mean across the files of a program.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use kubelint_parser::code::Language;

use super::filled::Filled;
use super::java::Settings;
use super::tables::Tables;
use super::units::{Unit, Units};
use super::viper::Viper;
use super::words::{Word, joined};
use crate::FileId;
use crate::code::{CodeFacts, Expr, Function, FunctionId, ReadName};

/// How far names are followed that stand for each other.
const MOST_STEPS: u32 = 24;
/// How many names are followed for one program in all.
const FUEL: u32 = 400_000;
/// Of more values nobody can tell which it is.
const MOST_VALUES: usize = 8;

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning<'u> {
    /// An expression of a file.
    Value(FileId, &'u Expr),
    /// A function.
    Function(FileId, FunctionId),
    /// A class: its number in its file.
    Class(FileId, usize),
    /// A router: its number in its file.
    Router(FileId, usize),
    /// A file.
    Module(FileId),
}

/// The names of a program.
pub(super) struct Names<'u, 'g> {
    pub(super) units: &'u Units<'g>,
    /// The configuration that properties are of.
    properties: Option<&'u Settings>,
    tables: Rc<Tables<'u>>,
    sites: Rc<Sites>,
    /// What the structs of Go are filled with.
    filled: Filled,
    /// What viper keeps for a program of Go.
    viper: Viper,
    /// What the command hands over, where that is known.
    arguments: Option<Vec<Word>>,
    fuel: Cell<u32>,
    /// The expressions whose members are being looked up: `x = x.next or x.last` would be followed in twice as many ways with each step.
    followed: RefCell<Vec<&'u Expr>>,
}

/// The calls of each function: the file, and the number of the call there.
type Sites = BTreeMap<(FileId, FunctionId), Vec<(FileId, usize)>>;

/// What programs of the same files share: containers often differ in what they hand over, and not in what they run.
#[derive(Default)]
pub(super) struct Shared<'u, 'g>(BTreeMap<&'u [FileId], Vec<Found<'u, 'g>>>);

/// What is known of some files.
struct Found<'u, 'g> {
    units: &'u Units<'g>,
    tables: Rc<Tables<'u>>,
    sites: Rc<Sites>,
    /// What was left after the calls were looked up.
    fuel: u32,
}

/// The variable of a name that is one.
pub(super) fn exact(name: &ReadName) -> Option<&str> {
    match name {
        ReadName::Exact(name) => Some(name),
        _ => None,
    }
}

impl<'u, 'g> Names<'u, 'g> {
    /// The names of `units`. `arguments` are what a program of Go is started with.
    pub(super) fn new(
        units: &'u Units<'g>,
        properties: Option<&'u Settings>,
        arguments: Option<Vec<Word>>,
        shared: &mut Shared<'u, 'g>,
    ) -> Self {
        let all = shared.0.entry(&units.order).or_default();
        let known = all.iter().position(|it| it.units.leads_alike(units));
        let at = known.unwrap_or(all.len());
        if known.is_none() {
            all.push(Found::of(units));
        }
        let found = &all[at];
        Self {
            units,
            properties,
            tables: Rc::clone(&found.tables),
            sites: Rc::clone(&found.sites),
            filled: Filled::default(),
            viper: Viper::default(),
            arguments,
            fuel: Cell::new(found.fuel),
            followed: RefCell::default(),
        }
    }

    /// The same, with what structs are filled with.
    pub(super) fn with_filled(mut self, filled: Filled) -> Self {
        self.filled = filled;
        self
    }

    /// The same, with what viper keeps.
    pub(super) fn with_viper(mut self, viper: Viper) -> Self {
        self.viper = viper;
        self
    }

    /// What viper keeps for a program of Go.
    pub(super) const fn viper(&self) -> &Viper {
        &self.viper
    }

    /// What the structs of Go are filled with.
    pub(super) const fn filled(&self) -> &Filled {
        &self.filled
    }

    /// Whether names were left out because there were too many to follow.
    pub(super) fn is_exhausted(&self) -> bool {
        self.fuel.get() == 0
    }

    /// The function that a call of `name` runs: of a class the one that makes its objects.
    pub(super) fn function(&self, file: FileId, name: &str) -> Option<(FileId, FunctionId)> {
        match self.meaning(file, name)? {
            Meaning::Function(file, function) => Some((file, function)),
            Meaning::Class(file, class) => {
                let facts = self.facts(file)?;
                let class = &facts.classes.get(class)?.name;
                let functions = &self.unit(file)?.facts.functions_by_name;
                let mut makers = ["__init__", "constructor"].iter();
                let found = makers.find_map(|it| functions.get(&format!("{class}.{it}")))?;
                Some((file, *found))
            }
            Meaning::Value(file, Expr::Name(name)) => {
                let steps = self.fuel.get().checked_sub(1)?;
                self.fuel.set(steps);
                match self.found(file, name, MOST_STEPS / 2)? {
                    Meaning::Function(file, function) => Some((file, function)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The calls of a function.
    pub(super) fn sites(&self, function: (FileId, FunctionId)) -> &[(FileId, usize)] {
        self.sites.get(&function).map_or(&[], Vec::as_slice)
    }

    pub(super) fn unit(&self, file: FileId) -> Option<&'u Unit> {
        self.units.get(file)
    }

    pub(super) fn facts(&self, file: FileId) -> Option<&'u CodeFacts> {
        self.unit(file).map(|it| &**it.facts)
    }

    /// What `name` means in `file`; `None` if that is not known, or lies outside the program.
    pub(super) fn meaning(&self, file: FileId, name: &str) -> Option<Meaning<'u>> {
        self.found(file, name, MOST_STEPS)
    }

    fn found(&self, file: FileId, name: &str, steps: u32) -> Option<Meaning<'u>> {
        self.fuel.set(self.fuel.get().checked_sub(1)?);
        let steps = steps.checked_sub(1)?;
        let unit = self.unit(file)?;
        if let Some(found) = self.own(unit, name) {
            return Some(found);
        }
        let mut at = name.len();
        loop {
            let (prefix, rest) = (&name[..at], name[at..].trim_start_matches('.'));
            if let Some(found) = self.imported(unit, prefix, rest, steps) {
                return Some(found);
            }
            if !rest.is_empty() {
                match self.own(unit, prefix) {
                    Some(Meaning::Class(file, class)) => {
                        if let Some(found) = self.inherited(file, class, rest, steps) {
                            return Some(found);
                        }
                    }
                    Some(Meaning::Value(file, expr)) => {
                        if let Some(found) = self.member(file, expr, rest, steps) {
                            return Some(found);
                        }
                    }
                    _ => {}
                }
            }
            match prefix.rfind('.') {
                Some(dot) => at = dot,
                None => break,
            }
        }
        if matches!(unit.facts.language, Language::Java | Language::Kotlin) {
            return self.of_package(unit, name, steps);
        }
        if unit.facts.dotnet.is_some() {
            return self.global(name);
        }
        let mut all = unit.facts.imports.iter().zip(&unit.imports);
        all.find_map(|(import, led)| {
            let takes_all = import.local.is_empty() && import.item.as_deref() == Some("*");
            let module = self.units.of(led.module.as_ref().filter(|_| takes_all)?)?;
            self.found(module, name, steps)
        })
    }

    /// What a name of Java means that its file does not define: a class that is imported by name, then one of a package that is taken whole,
    /// the file's own among them; or what is imported of a class.
    fn of_package(&self, unit: &'u Unit, name: &str, steps: u32) -> Option<Meaning<'u>> {
        let first = name.split('.').next()?;
        let found = |class: &str, name: &str| {
            let file = *self.tables.packages.get(class)?;
            self.found(file, name, steps)
        };
        let numbers = unit.facts.imports_by_name.get(first).into_iter().flatten();
        for import in numbers.filter_map(|it| unit.facts.imports.get(*it)) {
            let meaning = if import.item.is_none() {
                // In Kotlin it may have another name, and be a member of a class.
                let (outer, last) = import.module.rsplit_once('.').unwrap_or_default();
                let whole = format!("{last}{}", &name[first.len()..]);
                let class = outer.rsplit('.').next().unwrap_or_default();
                let of_class = || found(outer, &format!("{class}.{whole}"));
                found(&import.module, &whole).or_else(of_class)
            } else {
                let class = import.module.rsplit('.').next()?;
                found(&import.module, &format!("{class}.{name}"))
            };
            if meaning.is_some() {
                return meaning;
            }
        }
        let all = unit.facts.imports_by_name.get("").into_iter().flatten();
        let mut all = all.filter_map(|it| unit.facts.imports.get(*it));
        let of_imports = all.find_map(|import| {
            let of_package = found(&format!("{}.{first}", import.module), name);
            of_package.or_else(|| {
                let class = import.module.rsplit('.').next()?;
                found(&import.module, &format!("{class}.{name}"))
            })
        });
        of_imports.or_else(|| found(first, name))
    }

    /// What a name means that files of .NET use of each other.
    fn global(&self, name: &str) -> Option<Meaning<'u>> {
        let (class, rest) = name.split_once('.').unwrap_or((name, ""));
        if rest.is_empty()
            && let Some([(file, function)]) = self.tables.extensions.get(name).map(Vec::as_slice)
        {
            return Some(Meaning::Function(*file, *function));
        }
        let files = self.tables.classes.get(class)?;
        // A class may be written in parts; of two of a name in different places nobody knows which is meant.
        let mut found = files.iter().filter_map(|it| own(self.unit(*it)?, name));
        let first = found.next()?;
        (rest.is_empty() || found.next().is_none()).then_some(first)
    }

    /// Whether a name is the parameter of a function of .NET that nobody calls.
    pub(super) fn is_never_given(&self, file: FileId, name: &str) -> bool {
        let Some((function, _)) = name.rsplit_once('.') else {
            return false;
        };
        let bare = function.rsplit('.').next().unwrap_or(function);
        let of_dotnet = self.facts(file).and_then(|it| it.dotnet.as_deref());
        let is_extension = self.tables.extensions.contains_key(bare);
        of_dotnet.is_some() && is_extension && !self.tables.called.contains(bare)
    }

    /// What a file says of a name, or of Go the package that it belongs to.
    fn own(&self, unit: &'u Unit, name: &str) -> Option<Meaning<'u>> {
        if unit.facts.language != Language::Go {
            return own(unit, name);
        }
        let file = self.tables.of_package(unit.id, name)?;
        own(self.unit(file)?, name)
    }

    /// The methods of Go that are called so, whatever they belong to.
    pub(super) fn methods(&self, name: &str) -> &[(FileId, FunctionId)] {
        self.tables.methods.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether `name` is a package in `file` that the program does not hold.
    pub(super) fn is_other_package(&self, file: FileId, name: &str) -> bool {
        self.unit(file).is_some_and(|unit| {
            let numbers = unit.facts.imports_by_name.get(name);
            let mut led = numbers.into_iter().flatten();
            let all = led.all(|it| unit.imports.get(*it).is_none_or(|it| it.module.is_none()));
            numbers.is_some() && all
        })
    }

    /// What `rest` means of what is imported as `local`.
    fn imported(&self, unit: &'u Unit, local: &str, rest: &str, steps: u32) -> Option<Meaning<'u>> {
        let numbers = unit.facts.imports_by_name.get(local)?;
        for &number in numbers {
            let (import, led) = (&unit.facts.imports[number], unit.imports.get(number)?);
            let module = led.module.as_ref().and_then(|it| self.units.of(it));
            let item = led.item.as_ref().and_then(|it| self.units.of(it));
            let inner = |file: FileId, name: &str| match name {
                "" => Some(Meaning::Module(file)),
                name => self.found(file, name, steps),
            };
            let found = match &import.item {
                None => module.and_then(|it| inner(it, rest)),
                Some(name) => {
                    let whole = if rest.is_empty() {
                        name.clone()
                    } else {
                        format!("{name}.{rest}")
                    };
                    let of_module = module.and_then(|it| self.found(it, &whole, steps));
                    of_module.or_else(|| inner(item?, rest))
                }
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// What a class has from those that it inherits from.
    fn inherited(&self, file: FileId, class: usize, rest: &str, steps: u32) -> Option<Meaning<'u>> {
        let class = self.facts(file)?.classes.get(class)?;
        let mut bases = class.bases.iter();
        bases.find_map(|it| self.found(file, &format!("{it}.{rest}"), steps))
    }

    /// What `rest` means of the object that an expression makes; nothing if that object is made of itself.
    fn member(&self, file: FileId, expr: &'u Expr, rest: &str, steps: u32) -> Option<Meaning<'u>> {
        self.fuel.set(self.fuel.get().checked_sub(1)?);
        let steps = steps.checked_sub(1)?;
        let mut followed = self.followed.borrow_mut();
        if followed.iter().any(|it| std::ptr::eq(*it, expr)) {
            return None;
        }
        followed.push(expr);
        drop(followed);
        let found = self.member_of(file, expr, rest, steps);
        self.followed.borrow_mut().pop();
        found
    }

    fn member_of(
        &self,
        file: FileId,
        expr: &'u Expr,
        rest: &str,
        steps: u32,
    ) -> Option<Meaning<'u>> {
        match expr {
            Expr::Name(name) => self.found(file, &format!("{name}.{rest}"), steps),
            Expr::Member { of, name } => self.member(file, of, &format!("{name}.{rest}"), steps),
            Expr::Call { callee, named, .. } => match self.found(file, callee, steps)? {
                Meaning::Class(of, class) => {
                    if let Some((_, value)) = named.iter().find(|it| it.0 == rest) {
                        return Some(Meaning::Value(file, value));
                    }
                    let name = &self.facts(of)?.classes.get(class)?.name;
                    self.found(of, &format!("{name}.{rest}"), steps)
                }
                Meaning::Function(of, function) => {
                    let function = self.facts(of)?.functions.get(function.0 as usize)?;
                    self.member(of, function.returns.as_ref()?, rest, steps)
                }
                _ => None,
            },
            Expr::Either(all) => {
                let mut found = all
                    .iter()
                    .filter_map(|it| self.member(file, it, rest, steps));
                let first = found.next()?;
                found.all(|it| it == first).then_some(first)
            }
            _ => None,
        }
    }

    /// What an expression of `file` comes to: texts, variables and flags, joined or one of several; all names are followed.
    pub(super) fn value(&self, file: FileId, expr: &Expr) -> Expr {
        self.valued(file, expr, MOST_STEPS)
    }

    fn valued(&self, file: FileId, expr: &Expr, steps: u32) -> Expr {
        let (Some(fuel), Some(steps)) = (self.fuel.get().checked_sub(1), steps.checked_sub(1))
        else {
            return Expr::Unknown;
        };
        self.fuel.set(fuel);
        let default = |it: &Option<Box<Expr>>| {
            let value = |it: &Expr| Box::new(self.valued(file, it, steps));
            it.as_deref().map(value)
        };
        match expr {
            Expr::Text(_) => expr.clone(),
            Expr::Variable { name, default: it } => Expr::Variable {
                name: name.clone(),
                default: default(it),
            },
            Expr::VariableOf { name, default: it } => match self.valued(file, name, steps) {
                Expr::Text(name) => Expr::Variable {
                    name,
                    default: default(it),
                },
                _ => Expr::Unknown,
            },
            Expr::Property { name, default: it } => match self.properties {
                Some(properties) => properties.value(name, default(it).map(|it| *it)),
                None => self
                    .viper
                    .value(name, |file, it| self.valued(file, it, steps)),
            },
            Expr::Flag { names, default: it } => {
                let given = self.arguments.as_deref().map(|all| flag(all, names));
                match given {
                    Some(Given::Value(value)) => value,
                    Some(Given::Nothing) => default(it).map_or(Expr::Unknown, |it| *it),
                    Some(Given::Perhaps) => Expr::Unknown,
                    None => Expr::Flag {
                        names: names.clone(),
                        default: default(it),
                    },
                }
            }
            Expr::Name(name) => self.named(file, name, steps),
            Expr::Member { of, name }
                if let Some((of, value)) = self.filled.member(self, file, of, name) =>
            {
                self.valued(of, value, steps)
            }
            Expr::Member { of, name } => match self.known_member(file, of, name, steps) {
                Some((file, expr)) => self.valued(file, &expr, steps),
                None => Expr::Unknown,
            },
            Expr::Call {
                callee, arguments, ..
            } => match self.found(file, callee, steps) {
                Some(Meaning::Function(of, function)) => {
                    let function = self
                        .facts(of)
                        .and_then(|it| it.functions.get(function.0 as usize));
                    let Some((function, returns)) =
                        function.and_then(|it| Some((it, it.returns.as_ref()?)))
                    else {
                        return Expr::Unknown;
                    };
                    let is_go = self.facts(of).is_some_and(|it| it.language == Language::Go);
                    if !is_go || function.parameters.is_empty() {
                        return self.valued(of, returns, steps);
                    }
                    // What this call hands over, and not what any does.
                    let given = arguments.iter().map(|it| self.valued(file, it, steps));
                    let given: Vec<Expr> = given.collect();
                    let own = substituted(returns, function, &given, MOST_STEPS);
                    self.valued(of, &own, steps)
                }
                None => match self.configured(callee, arguments, steps) {
                    Some((of, value)) => self.valued(of, value, steps),
                    None => Expr::Unknown,
                },
                _ => Expr::Unknown,
            },
            Expr::List(all) => {
                Expr::List(all.iter().map(|it| self.valued(file, it, steps)).collect())
            }
            Expr::Join(parts) => joined(parts.iter().map(|it| self.valued(file, it, steps))),
            Expr::Either(all) => either(all.iter().map(|it| self.valued(file, it, steps))),
            Expr::Unknown => Expr::Unknown,
        }
    }

    /// What `config.get('database.port')` of Nest asks for: a member of what one of the functions returns that make the configuration, which
    /// `registerAs('database', …)` puts below a name (docs.nestjs.com/techniques/configuration).
    fn configured(
        &self,
        callee: &str,
        arguments: &[Expr],
        steps: u32,
    ) -> Option<(FileId, &'u Expr)> {
        let (service, method) = callee.rsplit_once('.')?;
        let is_service = service.to_ascii_lowercase().contains("config");
        let is_asked = is_service && matches!(method, "get" | "getOrThrow");
        let key = arguments.first()?.text().filter(|_| is_asked)?;
        let mut found = self.tables.loads.iter().filter_map(|&(file, load)| {
            let Expr::Name(name) = load else {
                return None;
            };
            match self.found(file, name, steps)? {
                Meaning::Function(of, function) => self.returned(of, function, key, steps),
                Meaning::Value(
                    of,
                    Expr::Call {
                        callee, arguments, ..
                    },
                ) if callee.ends_with("registerAs") => {
                    let [Expr::Text(space), Expr::Name(name)] = arguments.as_slice() else {
                        return None;
                    };
                    let key = key.strip_prefix(space.as_str())?.strip_prefix('.')?;
                    match self.found(of, name, steps)? {
                        Meaning::Function(of, function) => self.returned(of, function, key, steps),
                        _ => None,
                    }
                }
                _ => None,
            }
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// What the object that a function returns has by a name.
    fn returned(
        &self,
        file: FileId,
        function: FunctionId,
        key: &str,
        steps: u32,
    ) -> Option<(FileId, &'u Expr)> {
        let function = self.facts(file)?.functions.get(function.0 as usize)?;
        match self.member(file, function.returns.as_ref()?, key, steps)? {
            Meaning::Value(file, value) => Some((file, value)),
            _ => None,
        }
    }

    fn known_member(
        &self,
        file: FileId,
        of: &Expr,
        name: &str,
        steps: u32,
    ) -> Option<(FileId, Expr)> {
        let (callee, named) = match of {
            Expr::Call { callee, named, .. } => (callee, named),
            Expr::Name(of) => {
                return match self.found(file, &format!("{of}.{name}"), steps)? {
                    Meaning::Value(file, expr) => Some((file, expr.clone())),
                    _ => None,
                };
            }
            _ => return None,
        };
        let found = match self.found(file, callee, steps)? {
            Meaning::Class(of, class) => {
                if let Some((_, value)) = named.iter().find(|it| it.0 == name) {
                    return Some((file, value.clone()));
                }
                let class = &self.facts(of)?.classes.get(class)?.name;
                self.found(of, &format!("{class}.{name}"), steps)?
            }
            Meaning::Function(of, function) => {
                let function = self.facts(of)?.functions.get(function.0 as usize)?;
                self.member(of, function.returns.as_ref()?, name, steps)?
            }
            _ => return None,
        };
        match found {
            Meaning::Value(file, expr) => Some((file, expr.clone())),
            _ => None,
        }
    }

    fn named(&self, file: FileId, name: &str, steps: u32) -> Expr {
        let given = self.given(file, name);
        if !given.is_empty() {
            return either(
                given
                    .into_iter()
                    .map(|(file, expr)| self.valued(file, expr, steps)),
            );
        }
        if let Some((of, value)) = self.filled.value(self, file, name) {
            return self.valued(of, value, steps);
        }
        match self.found(file, name, steps) {
            // What stands for itself is not known.
            Some(Meaning::Value(of, Expr::Name(other))) if of == file && other == name => {
                Expr::Unknown
            }
            Some(Meaning::Value(of, expr)) => self.valued(of, expr, steps),
            _ => Expr::Unknown,
        }
    }

    /// What calls hand over for the parameter `name`, `function.parameter`; nothing if it is none, or if no call is seen.
    pub(super) fn given(&self, file: FileId, name: &str) -> Vec<(FileId, &'u Expr)> {
        let found = || {
            let (function, parameter) = name.rsplit_once('.')?;
            let unit = self.unit(file)?;
            let id = *unit.facts.functions_by_name.get(function)?;
            let parameters = &unit.facts.functions.get(id.0 as usize)?.parameters;
            let at = parameters.iter().position(|it| it == parameter)?;
            let mut found = Vec::new();
            for &(of, number) in self.sites((file, id)).iter().take(MOST_VALUES) {
                let call = self.facts(of)?.calls.get(number)?;
                let named = call.named.iter().find(|it| it.0 == parameter);
                let by_name = named.map(|it| &it.1);
                let given = by_name.or_else(|| call.arguments.get(at));
                let default = || unit.facts.definitions.get(name).map(|it| (file, it));
                found.push(given.map(|it| (of, it)).or_else(default)?);
            }
            Some(found)
        };
        found().unwrap_or_default()
    }
}

impl<'u, 'g> Found<'u, 'g> {
    fn of(units: &'u Units<'g>) -> Self {
        let names = Names {
            units,
            properties: None,
            tables: Rc::new(Tables::of(units)),
            sites: Rc::default(),
            filled: Filled::default(),
            viper: Viper::default(),
            arguments: None,
            fuel: Cell::new(FUEL),
            followed: RefCell::default(),
        };
        let mut sites = Sites::new();
        for unit in units.iter() {
            let mut known: HashMap<&str, Option<(FileId, FunctionId)>> = HashMap::new();
            for (number, call) in unit.facts.calls.iter().enumerate() {
                let look_up = || names.function(unit.id, &call.callee);
                if let Some(function) = *known.entry(&call.callee).or_insert_with(look_up) {
                    sites.entry(function).or_default().push((unit.id, number));
                }
            }
        }
        Self {
            units,
            fuel: names.fuel.get(),
            tables: names.tables,
            sites: Rc::new(sites),
        }
    }
}

/// Whether the command hands over a flag.
enum Given {
    Value(Expr),
    Nothing,
    Perhaps,
}

/// What `words` hand over for the flag that is called by any of `names`.
fn flag(words: &[Word], names: &[String]) -> Given {
    let mut found = Given::Nothing;
    for (at, word) in words.iter().enumerate() {
        let Some(text) = word.text() else {
            match word.split_flag() {
                Some((name, value)) if names.contains(&name) => found = Given::Value(value.expr),
                Some((name, _)) if name.starts_with('-') => {}
                // What no flag stands before may be one itself.
                _ => {
                    let before = at.checked_sub(1).and_then(|at| words.get(at));
                    let before = before.and_then(Word::text);
                    if !before.is_some_and(|it| it.starts_with('-') && !it.contains('=')) {
                        return Given::Perhaps;
                    }
                }
            }
            continue;
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        if !names.iter().any(|it| it == name) {
            continue;
        }
        found = match (value, words.get(at + 1)) {
            (Some(value), _) => Given::Value(Expr::Text(value.to_owned())),
            (None, Some(next)) => Given::Value(next.expr.clone()),
            (None, None) => Given::Value(Expr::Text("true".to_owned())),
        };
    }
    found
}

/// `expr` with what a call hands over in place of the parameters of `function`.
pub(super) fn substituted(expr: &Expr, function: &Function, given: &[Expr], steps: u32) -> Expr {
    let Some(steps) = steps.checked_sub(1) else {
        return Expr::Unknown;
    };
    let inner = |it: &Expr| substituted(it, function, given, steps);
    let boxed = |it: &Option<Box<Expr>>| it.as_deref().map(|it| Box::new(inner(it)));
    match expr {
        Expr::Name(name) => {
            let parameter = name
                .strip_prefix(function.name.as_str())
                .and_then(|it| it.strip_prefix('.'));
            let at = parameter.and_then(|it| function.parameters.iter().position(|own| own == it));
            match at {
                Some(at) => given.get(at).cloned().unwrap_or(Expr::Unknown),
                None => expr.clone(),
            }
        }
        Expr::Variable { name, default } => Expr::Variable {
            name: name.clone(),
            default: boxed(default),
        },
        Expr::VariableOf { name, default } => {
            let default = boxed(default);
            match inner(name) {
                Expr::Text(name) => Expr::Variable { name, default },
                name => Expr::VariableOf {
                    name: Box::new(name),
                    default,
                },
            }
        }
        Expr::Call {
            callee,
            arguments,
            named,
        } => Expr::Call {
            callee: callee.clone(),
            arguments: arguments.iter().map(inner).collect(),
            named: named.clone(),
        },
        Expr::Join(parts) => joined(parts.iter().map(inner)),
        Expr::Either(all) => either(all.iter().map(inner)),
        Expr::List(all) => Expr::List(all.iter().map(inner).collect()),
        other => other.clone(),
    }
}

/// What a file itself says of a name.
fn own<'u>(unit: &'u Unit, name: &str) -> Option<Meaning<'u>> {
    let facts = &unit.facts;
    let id = unit.id;
    if let Some(routers) = facts.routers_by_name.get(name) {
        return routers.first().map(|it| Meaning::Router(id, *it));
    }
    if let Some(function) = facts.functions_by_name.get(name) {
        return Some(Meaning::Function(id, *function));
    }
    if let Some(class) = facts.classes_by_name.get(name) {
        return Some(Meaning::Class(id, *class));
    }
    let value = facts.definitions.get(name)?;
    Some(Meaning::Value(id, value))
}

/// One of several values; the value itself if all are the same.
pub(super) fn either(values: impl IntoIterator<Item = Expr>) -> Expr {
    let mut found: Vec<Expr> = Vec::new();
    for value in values {
        let values = match value {
            Expr::Either(all) => all,
            one => vec![one],
        };
        for value in values {
            if !found.contains(&value) {
                found.push(value);
            }
        }
        if found.len() > MOST_VALUES {
            return Expr::Unknown;
        }
    }
    match found.len() {
        0 => Expr::Unknown,
        1 => found.remove(0),
        _ => Expr::Either(found),
    }
}
