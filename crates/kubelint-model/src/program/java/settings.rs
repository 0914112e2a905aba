//! The configuration of a program: its files by their order, what the command sets, and which variables stand for what.

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::hocon::Hocon;
use super::libraries::Framework;
use super::module::Module;
use super::properties::{self, Document, Entry, relaxed};
use super::{Given, gap};
use crate::FileId;
use crate::code::jvm::{Piece, pieces, variable_of};
use crate::code::{Expr, Subject};
use crate::program::Gap;
use crate::program::environment::{Environment, Known};
use crate::program::store::Store;
use crate::program::words::joined;

/// Values are not followed further that stand for each other.
const MOST_STEPS: u32 = 8;

/// The configuration of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::program) struct Settings {
    framework: Framework,
    given: Vec<Given>,
    /// The documents that hold, each over those before it.
    documents: Vec<Document>,
    /// Those that hold in profiles of which nobody knows whether they do.
    perhaps: Vec<Document>,
    /// The profiles that are active, if they are known.
    pub(super) profiles: Option<Vec<String>>,
    /// Variables of the environment that are called like properties, with dots.
    dotted: Vec<String>,
    /// Of Ktor: what its file says.
    pub(super) hocon: Option<Hocon>,
}

/// The file of one name, at its places.
struct Source {
    documents: Vec<Document>,
    profile: Option<String>,
}

impl Settings {
    pub(super) fn of(
        framework: Framework,
        modules: &[Module],
        given: Vec<Given>,
        environment: &Environment,
        store: &mut Store<'_>,
        gaps: &mut Vec<Gap>,
    ) -> Self {
        let mut sources = Vec::new();
        for module in modules {
            let found = files(framework, module, store);
            // Of files of one name the first on the class path is read: the module's own.
            if !found.is_empty() {
                sources = found;
                break;
            }
        }
        let dotted = environment.iter().filter(|it| it.0.contains('.'));
        let mut this = Self {
            framework,
            given,
            documents: Vec::new(),
            perhaps: Vec::new(),
            profiles: None,
            dotted: dotted.map(|it| it.0.to_owned()).collect(),
            hocon: None,
        };
        if framework == Framework::Ktor {
            this.hocon = Hocon::of(modules, store);
            return this;
        }
        let plain = sources.iter().filter(|it| it.profile.is_none());
        let first: Vec<Document> = plain.flat_map(|it| it.documents.clone()).collect();
        this.profiles = this.active(environment, &first);
        this.order(sources);
        if this.documents.iter().any(|it| it.is_broken) {
            gaps.push(Gap::of_all(
                "its configuration is not read to its end",
                None,
            ));
        }
        this.elsewhere(environment, gaps);
        this
    }

    pub(super) const fn framework(&self) -> Framework {
        self.framework
    }

    /// The active profiles: as the command, the environment or the file says.
    fn active(&self, environment: &Environment, first: &[Document]) -> Option<Vec<String>> {
        let (property, variable) = match self.framework {
            Framework::Quarkus => ("quarkus.profile", "QUARKUS_PROFILE"),
            Framework::Micronaut => ("micronaut.environments", "MICRONAUT_ENVIRONMENTS"),
            Framework::Spring | Framework::Ktor | Framework::Other => {
                ("spring.profiles.active", "SPRING_PROFILES_ACTIVE")
            }
        };
        let split = |it: &str| -> Vec<String> {
            let names = it.split(',').map(str::trim).filter(|it| !it.is_empty());
            names.map(str::to_owned).collect()
        };
        let mut found = if let Some(given) = self.given(property) {
            split(text_of(&given.value, environment)?.as_str())
        } else {
            match environment.get(variable) {
                Known::Set(value) => split(value.text.as_deref()?),
                Known::Perhaps => return None,
                Known::Unset => {
                    let stated = first.iter().rev().find_map(|it| it.get(property));
                    let text = match stated {
                        Some(entry) => text_of(&raw(&entry.value), environment)?,
                        None => String::new(),
                    };
                    split(&text)
                }
            }
        };
        let included: Vec<String> = first
            .iter()
            .flat_map(|it| &it.entries)
            .filter(|it| relaxed(&it.name) == "spring.profiles.include")
            .flat_map(|it| split(&it.value))
            .collect();
        let grouped: Vec<String> = first
            .iter()
            .flat_map(|it| &it.entries)
            .filter(|it| {
                let name = it.name.strip_prefix("spring.profiles.group.");
                let name = name.map(|it| it.split('[').next().unwrap_or_default());
                name.is_some_and(|it| found.iter().any(|profile| profile == it))
            })
            .flat_map(|it| split(&it.value))
            .collect();
        found.splice(0..0, included);
        for it in grouped {
            if !found.contains(&it) {
                found.push(it);
            }
        }
        if found.is_empty() {
            match self.framework {
                Framework::Quarkus => found.push("prod".to_owned()),
                Framework::Micronaut => {
                    found.extend([
                        "k8s".to_owned(),
                        "cloud".to_owned(),
                        "kubernetes".to_owned(),
                    ]);
                }
                _ => found.push("default".to_owned()),
            }
        }
        Some(found)
    }

    /// Puts the documents in their order: what belongs to a profile stands over what does not.
    fn order(&mut self, sources: Vec<Source>) {
        let profiles = self.profiles.clone();
        let mut of_profiles: Vec<(usize, Document)> = Vec::new();
        for source in sources {
            for document in source.documents {
                let condition = document
                    .get("spring.config.activate.on-profile")
                    .or_else(|| document.get("spring.profiles"))
                    .map(|it| it.value.clone());
                let is_active = condition
                    .as_deref()
                    .map_or(Some(true), |it| holds(it, profiles.as_deref()));
                let at = source.profile.as_ref().map(|profile| {
                    let all = profiles.as_ref()?;
                    Some(all.iter().position(|it| it == profile))
                });
                match (at, is_active) {
                    (_, Some(false)) | (Some(Some(None)), _) => {}
                    (None, Some(true)) => self.documents.push(document),
                    (Some(Some(Some(at))), Some(true)) => of_profiles.push((at, document)),
                    _ => self.perhaps.push(document),
                }
            }
        }
        of_profiles.sort_by_key(|it| it.0);
        self.documents
            .extend(of_profiles.into_iter().map(|it| it.1));
    }

    /// Says where configuration may come from that is not seen.
    fn elsewhere(&self, environment: &Environment, gaps: &mut Vec<Gap>) {
        let mut found: Option<Option<(FileId, TextRange)>> = None;
        let variables = [
            "SPRING_CONFIG_LOCATION",
            "SPRING_CONFIG_ADDITIONAL_LOCATION",
            "SPRING_CONFIG_ADDITIONALLOCATION",
            "SPRING_CONFIG_IMPORT",
            "SPRING_CONFIG_NAME",
            "SPRING_APPLICATION_JSON",
            "MICRONAUT_CONFIG_FILES",
            "SMALLRYE_CONFIG_LOCATIONS",
            "QUARKUS_CONFIG_LOCATIONS",
        ];
        if variables
            .iter()
            .any(|it| matches!(environment.get(it), Known::Set(_)))
        {
            found = Some(None);
        }
        let names = [
            "spring.config.location",
            "spring.config.additional-location",
            "spring.config.import",
            "spring.config.name",
            "spring.application.json",
            "micronaut.config.files",
            "smallrye.config.locations",
            "quarkus.config.locations",
        ];
        for name in names {
            if let Some(given) = self.given(name) {
                found = Some(given.place);
            } else if let Some(entry) = self.entry(name) {
                // What may be missing mostly is: files of developers.
                found = Some(Some(entry.place));
            }
        }
        if let Some(place) = found {
            for subject in [Subject::Ports, Subject::Routes] {
                gaps.push(gap(subject, "it takes configuration from elsewhere", place));
            }
        }
    }

    /// What the command sets for a property: arguments stand before properties of the virtual machine.
    pub(super) fn given(&self, name: &str) -> Option<&Given> {
        let wanted = relaxed(name);
        let all = self.given.iter().filter(|it| relaxed(&it.name) == wanted);
        all.max_by_key(|it| it.is_argument)
    }

    /// What the files say of a property.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        let names = self.names(name);
        let mut names = names.iter();
        names.find_map(|name| self.documents.iter().rev().find_map(|it| it.get(name)))
    }

    /// The names of a property, the strongest first: Quarkus puts the profile before it.
    fn names(&self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        if self.framework == Framework::Quarkus {
            let profiles = self.profiles.iter().flatten().rev();
            names.extend(profiles.map(|it| format!("%{it}.{name}")));
        }
        names.push(name.to_owned());
        names
    }

    /// All values of the files that hold.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.documents
            .iter()
            .chain(&self.perhaps)
            .flat_map(|it| &it.entries)
    }

    /// What the files say of each property for certain, without what a stronger one replaces: the names without their profiles.
    pub(super) fn effective(&self) -> Vec<(String, &Entry)> {
        let mut found: Vec<(String, &Entry)> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for entry in self.documents.iter().flat_map(|it| &it.entries) {
            let name = match entry.name.strip_prefix('%').map(|it| it.split_once('.')) {
                Some(Some((_, name))) if self.framework == Framework::Quarkus => name,
                _ => entry.name.as_str(),
            };
            let names = self.names(name);
            let mut perhaps = self.perhaps.iter();
            let may_be = perhaps.any(|it| names.iter().any(|name| it.get(name).is_some()));
            if may_be || self.given(name).is_some() || !seen.insert(relaxed(name)) {
                continue;
            }
            found.extend(self.entry(name).map(|it| (name.to_owned(), it)));
        }
        found
    }

    /// Whether any property begins so, in any case.
    pub(super) fn any_below(&self, prefix: &str) -> bool {
        let wanted = relaxed(prefix);
        let given = self.given.iter().map(|it| &it.name);
        let names = self.entries().map(|it| &it.name);
        given
            .chain(names)
            .any(|it| relaxed(it).starts_with(&wanted))
    }

    /// Whether the command, or a document that holds for certain, states a property that begins so, in any case.
    pub(super) fn states_below(&self, prefix: &str) -> bool {
        let wanted = relaxed(prefix);
        let given = self.given.iter().map(|it| &it.name);
        let entries = self.documents.iter().flat_map(|it| &it.entries);
        let mut names = given.chain(entries.map(|it| &it.name));
        names.any(|it| relaxed(it).starts_with(&wanted))
    }

    /// Where the value of a property is written.
    pub(super) fn place(&self, name: &str) -> Option<(FileId, TextRange)> {
        match self.given(name) {
            Some(given) => given.place,
            None => match &self.hocon {
                Some(hocon) => hocon.place(name),
                None => self.entry(name).map(|it| it.place),
            },
        }
    }

    /// What a property comes to: what the command sets, else a variable, else what the files say, else `default`.
    pub(in crate::program) fn value(&self, name: &str, default: Option<Expr>) -> Expr {
        self.valued(name, default, MOST_STEPS)
    }

    fn valued(&self, name: &str, default: Option<Expr>, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return Expr::Unknown;
        };
        if let Some(given) = self.given(name) {
            return given.value.clone();
        }
        if self.framework == Framework::Ktor {
            let stated = self.hocon.as_ref().and_then(|it| it.value(name));
            return stated.or(default).unwrap_or(Expr::Unknown);
        }
        let names = self.names(name);
        let may_be = self
            .perhaps
            .iter()
            .any(|it| names.iter().any(|name| it.get(name).is_some()));
        let stated = match self.entry(name) {
            _ if may_be => Some(Expr::Unknown),
            Some(entry) => Some(self.expanded(&entry.value, left)),
            None => default,
        };
        let mut value = stated.map(Box::new);
        for variable in self.variables(name).into_iter().rev() {
            value = Some(Box::new(Expr::Variable {
                name: variable,
                default: value,
            }));
        }
        value.map_or(Expr::Unknown, |it| *it)
    }

    /// The variables that set a property, the strongest first.
    pub(super) fn variables(&self, name: &str) -> Vec<String> {
        let wanted = relaxed(name);
        let mut found: Vec<String> = self
            .dotted
            .iter()
            .filter(|it| relaxed(it) == wanted)
            .cloned()
            .collect();
        let is_variable = name
            .bytes()
            .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_');
        if is_variable {
            found.push(name.to_owned());
            return found;
        }
        found.push(variable_of(name));
        let other = name
            .replace(['.', '-', '['], "_")
            .replace(']', "")
            .to_ascii_uppercase();
        if !found.contains(&other) {
            found.push(other);
        }
        found
    }

    fn expanded(&self, text: &str, left: u32) -> Expr {
        let Some(left) = left.checked_sub(1) else {
            return Expr::Unknown;
        };
        joined(pieces(text).into_iter().map(|it| match it {
            Piece::Text(text) => Expr::Text(text.to_owned()),
            Piece::Property { name, default } => {
                let default = default.map(|it| self.expanded(it, left));
                self.valued(name, default, left)
            }
            Piece::Computed => Expr::Unknown,
        }))
    }
}

/// The text of a value that the command or the first file states, where it is known.
fn text_of(value: &Expr, environment: &Environment) -> Option<String> {
    match value {
        Expr::Text(text) => Some(text.clone()),
        Expr::Variable { name, default } => match environment.get(name) {
            Known::Set(value) => value.text.clone(),
            Known::Unset => text_of(default.as_deref()?, environment),
            Known::Perhaps => None,
        },
        Expr::Property { name, default } => {
            let variable = variable_of(name);
            match environment.get(&variable) {
                Known::Set(value) => value.text.clone(),
                Known::Unset => text_of(default.as_deref()?, environment),
                Known::Perhaps => None,
            }
        }
        Expr::Join(parts) => {
            let parts = parts.iter().map(|it| text_of(it, environment));
            parts.collect()
        }
        _ => None,
    }
}

/// A value with its placeholders.
fn raw(text: &str) -> Expr {
    joined(pieces(text).into_iter().map(|it| match it {
        Piece::Text(text) => Expr::Text(text.to_owned()),
        Piece::Property { name, default } => Expr::Property {
            name: name.to_owned(),
            default: default.map(|it| Box::new(Expr::Text(it.to_owned()))),
        },
        Piece::Computed => Expr::Unknown,
    }))
}

/// Whether a condition of profiles holds; `None` if nobody knows.
fn holds(condition: &str, profiles: Option<&[String]>) -> Option<bool> {
    let profiles = profiles?;
    if condition.contains(['&', '|', '(']) {
        return None;
    }
    let mut all = condition.split(',').map(str::trim);
    let is_active = |it: &str| profiles.iter().any(|profile| profile == it);
    Some(all.any(|it| match it.strip_prefix('!') {
        Some(it) => !is_active(it.trim()),
        None => is_active(it),
    }))
}

/// The files of a module's configuration, the weakest first (docs.spring.io/spring-boot/reference/features/external-config.html, "External
/// Application Properties": `config/` stands over the root of the class path, and properties over YAML).
fn files(framework: Framework, module: &Module, store: &mut Store<'_>) -> Vec<Source> {
    let mut found: Vec<([bool; 4], SourcePath, Option<String>)> = Vec::new();
    let folders = module
        .resources()
        .flat_map(|it| [it.clone(), format!("{it}/config")]);
    for folder in folders {
        for path in store.below(&folder) {
            if path.parent() != folder {
                continue;
            }
            let name = path.file_name();
            let Some((stem, extension)) = name.rsplit_once('.') else {
                continue;
            };
            if !matches!(extension, "properties" | "yml" | "yaml") {
                continue;
            }
            let is_bootstrap = stem.starts_with("bootstrap");
            let base = if is_bootstrap {
                "bootstrap"
            } else {
                "application"
            };
            let profile = match stem.strip_prefix(base) {
                Some("") => None,
                Some(rest) => match rest.strip_prefix('-') {
                    Some(profile) => Some(profile.to_owned()),
                    None => continue,
                },
                None => continue,
            };
            if is_bootstrap && framework == Framework::Quarkus {
                continue;
            }
            let rank = [
                !is_bootstrap,
                folder.ends_with("config"),
                profile.is_some(),
                extension == "properties",
            ];
            found.push((rank, path, profile));
        }
    }
    found.sort();
    let mut sources = Vec::new();
    for (_, path, profile) in found {
        let Some(id) = store.read_text(&path) else {
            continue;
        };
        let text = store.text_of(id);
        let documents = match path.extension() {
            Some("properties") => properties::of_properties(text, id),
            _ => properties::of_yaml(text, id),
        };
        sources.push(Source { documents, profile });
    }
    sources
}
