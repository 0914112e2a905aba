//! Configuration of .NET programs that nobody sees here: files that git ignores, files that are added beside appsettings.json, and what other
//! providers bring (learn.microsoft.com/aspnet/core/fundamentals/configuration).

use kubelint_parser::TextRange;
use kubelint_parser::source::SourcePath;

use super::settings::environment_of;
use super::{Dotnet, Gap, Program, is_elsewhere};
use crate::FileId;

use crate::code::{Call, Expr, Subject};

/// What adds providers whose settings stand elsewhere.
const PROVIDERS: [&str; 14] = [
    "AddAzureKeyVault",
    "AddAzureAppConfiguration",
    "AddKeyPerFile",
    "AddSystemsManager",
    "AddSecretsManager",
    "AddConsul",
    "AddVault",
    "AddVaultConfiguration",
    "AddYamlFile",
    "AddXmlFile",
    "AddIniFile",
    "AddJsonStream",
    "AddInMemoryCollection",
    "AddDaprSecretStore",
];
/// The environments that whoever makes a project with the tools of .NET knows of.
const ENVIRONMENTS: [&str; 3] = ["Development", "Staging", "Production"];

impl Dotnet<'_, '_, '_> {
    /// Whether git ignores settings that the program would read: whoever builds the image may have them.
    pub(super) fn has_ignored_settings(&self) -> bool {
        let environment = environment_of(self.environments);
        let names = match &environment {
            Some(name) => vec![name.as_str()],
            None => ENVIRONMENTS.to_vec(),
        };
        let folder = &self.project.folder;
        let mut files = names
            .iter()
            .map(|it| format!("{folder}/appsettings.{it}.json"))
            .chain([format!("{folder}/appsettings.json")])
            .map(|it| SourcePath::new(&it));
        files.any(|it| !self.project.settings.contains(&it) && self.store.is_ignored(&it))
    }

    /// What adds configuration that is not read here, and where.
    fn providers(&self) -> impl Iterator<Item = (&str, (FileId, TextRange))> {
        let units = self.names.units.iter();
        let all = units.flat_map(|unit| unit.facts.calls.iter().map(move |it| (unit, it)));
        all.filter_map(|(unit, call)| {
            let name = call.callee.rsplit('.').next().unwrap_or(&call.callee);
            let is_unseen =
                PROVIDERS.contains(&name) || name == "AddJsonFile" && !adds_settings(call);
            let is_meant =
                is_unseen && !is_elsewhere(&unit.facts, call.place.range, self.environments);
            is_meant.then_some((name, (unit.id, call.place.range)))
        })
    }

    /// Whether settings may come from what is not read here.
    pub(super) fn has_unseen_settings(&self) -> bool {
        self.has_ignored_settings() || self.providers().next().is_some()
    }

    /// Says which of them may decide where the program listens.
    pub(super) fn unseen_addresses(&self, program: &mut Program) {
        if self.has_ignored_settings() {
            let why = "git ignores settings that may say where it listens";
            program.gaps.push(Gap::of_ports(why));
        }
        let gaps = self.providers().map(|(name, place)| Gap {
            subject: Some(Subject::Ports),
            why: format!("`{name}` may say where it listens"),
            place: Some(place),
        });
        program.gaps.extend(gaps);
    }
}

/// Whether a call of `AddJsonFile` adds what is added without it, too: appsettings.json and that of the environment.
fn adds_settings(call: &Call) -> bool {
    call.arguments.iter().any(|it| match it {
        Expr::Text(text) => text == "appsettings.json",
        Expr::Join(parts) => matches!(
            parts.as_slice(),
            [Expr::Text(first), _, Expr::Text(last)] if first == "appsettings." && last == ".json"
        ),
        _ => false,
    })
}
