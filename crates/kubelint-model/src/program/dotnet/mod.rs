//! Programs of .NET: what only they have, on top of what programs of all languages have.

mod addresses;
mod controllers;
mod ports;
mod project;
mod reads;
mod settings;
#[cfg(test)]
mod tests;
mod unseen;

use kubelint_parser::TextRange;

pub(super) use controllers::alternatives;
pub(super) use ports::number;
pub(super) use project::{Project, find};

use super::environment::Environment;
use super::names::Names;
use super::store::Store;
use super::words::Word;
use super::{Gap, Program};
use crate::code::dotnet::DotnetFacts;
use crate::code::{CodeFacts, Expr, Subject};

/// The router that stands for the application, in every file.
pub(super) const APPLICATION: &str = "@app";

/// What is there to tell what a program of .NET does.
pub(super) struct Dotnet<'s, 'u, 'g> {
    pub(super) store: &'s Store<'g>,
    pub(super) project: &'s Project,
    pub(super) names: &'s Names<'u, 'g>,
    pub(super) environments: &'s [&'s Environment],
    /// The words that start it.
    pub(super) words: &'s [Word],
    /// The image that its image is based on.
    pub(super) base: Option<String>,
}

/// Methods of applications that add no routes, or whose routes the patterns know.
const KNOWN: [&str; 84] = [
    "Use",
    "UseRouting",
    "UseEndpoints",
    "UseAuthentication",
    "UseAuthorization",
    "UseCors",
    "UseHttpsRedirection",
    "UseHsts",
    "UseDeveloperExceptionPage",
    "UseDatabaseErrorPage",
    "UseMigrationsEndPoint",
    "UseExceptionHandler",
    "UseStatusCodePages",
    "UseStatusCodePagesWithReExecute",
    "UseStatusCodePagesWithRedirects",
    "UseResponseCompression",
    "UseResponseCaching",
    "UseRequestLocalization",
    "UseRequestDecompression",
    "UseRequestTimeouts",
    "UseSession",
    "UseCookiePolicy",
    "UseForwardedHeaders",
    "UseHttpMetrics",
    "UseGrpcMetrics",
    "UseSerilogRequestLogging",
    "UseHttpLogging",
    "UseW3CLogging",
    "UseCloudEvents",
    "UseRateLimiter",
    "UseIpRateLimiting",
    "UseOutputCache",
    "UseWebSockets",
    "UseGrpcWeb",
    "UseAntiforgery",
    "UseWhen",
    "UsePathBase",
    "UseMiddleware",
    "UseProblemDetails",
    "UseHeaderPropagation",
    "UseElasticApm",
    "UseAllElasticApm",
    "UseSentryTracing",
    "UseAzureAppConfiguration",
    "UseStaticFiles",
    "UseDefaultFiles",
    "UseSwagger",
    "UseSwaggerUI",
    "UseMetricServer",
    "UseHealthChecks",
    "UseOpenTelemetryPrometheusScrapingEndpoint",
    "UseMvc",
    "UseMvcWithDefaultRoute",
    "UseFileServer",
    "UseSpa",
    "UseOcelot",
    "UseFastEndpoints",
    "UseBlazorFrameworkFiles",
    "UseDirectoryBrowser",
    "UseWelcomePage",
    "MapStaticAssets",
    "MapControllers",
    "MapControllerRoute",
    "MapDefaultControllerRoute",
    "MapAreaControllerRoute",
    "MapRazorPages",
    "MapRazorComponents",
    "MapBlazorHub",
    "MapFallback",
    "MapFallbackToFile",
    "MapFallbackToPage",
    "MapFallbackToController",
    "MapReverseProxy",
    "MapGrpcService",
    "MapGrpcReflectionService",
    "MapGrpcHealthChecksService",
    "MapCarter",
    "MapSubscribeHandler",
    "MapActorsHandlers",
    "MapMetrics",
    "MapPrometheusScrapingEndpoint",
    "MapOpenApi",
    "MapSwagger",
    "MapConnectionHandler",
];
/// Methods that patterns read as routes.
const ROUTES: [&str; 13] = [
    "Map",
    "MapGet",
    "MapPost",
    "MapPut",
    "MapDelete",
    "MapPatch",
    "MapMethods",
    "MapGroup",
    "MapWhen",
    "MapHub",
    "MapHealthChecks",
    "MapRoute",
    "MapDynamicControllerRoute",
];

/// Whether a text of a file never runs in these environments: it is for developers only, and they are none.
pub(super) fn is_elsewhere(
    facts: &CodeFacts,
    range: TextRange,
    environments: &[&Environment],
) -> bool {
    let Some(dotnet) = &facts.dotnet else {
        return false;
    };
    if dotnet.only_in.is_empty() {
        return false;
    }
    let Some(name) = settings::environment_of(environments) else {
        return false;
    };
    let mut around = dotnet.only_in.iter().filter(|it| it.range.contains(range));
    around.any(|it| it.environment.eq_ignore_ascii_case(&name) == it.is_not)
}

impl Dotnet<'_, '_, '_> {
    /// The facts of the program's files that only .NET has.
    fn facts(&self) -> impl Iterator<Item = (crate::FileId, &DotnetFacts)> {
        let units = self.names.units.iter();
        units.filter_map(|it| Some((it.id, it.facts.dotnet.as_deref()?)))
    }

    /// Adds what only programs of .NET have to `program`, whose routes and reads are there as far as patterns find them.
    pub(super) fn finish(&self, program: &mut Program) {
        self.reads(program);
        self.addresses(program);
        self.ports(program);
        self.controllers(program);
        self.middleware(program);
        self.path_base(program);
        self.environment(program);
        self.waits(program);
    }

    /// How long the file waits that begins the program, before it serves: statements at its top, or in `Main`.
    fn waits(&self, program: &mut Program) {
        program.waits.clear();
        for unit in self.names.units.iter() {
            let facts = &unit.facts;
            for wait in &facts.waits {
                let function = facts.functions.get(wait.place.function.0 as usize);
                let is_begin =
                    function.is_some_and(|it| it.name.is_empty() || it.name.ends_with("Main"));
                let serves = |it: &crate::code::Call| {
                    matches!(
                        it.callee.as_str(),
                        "Run" | "RunAsync" | "Start" | "StartAsync"
                    ) && it.place.function == wait.place.function
                };
                let mut serving = facts.calls.iter().filter(|it| serves(it));
                let is_before = serving.any(|it| it.place.range.end > wait.place.range.end);
                let is_seen = is_elsewhere(facts, wait.place.range, self.environments);
                let is_start = is_begin && is_before && !wait.place.is_conditional && !is_seen;
                if let Some(seconds) = wait.whole().filter(|_| is_start) {
                    program.waits.push(super::ProgramWait {
                        seconds,
                        place: (unit.id, wait.place.range),
                    });
                }
            }
        }
    }

    /// What decides on the environment beside variables: then nobody knows what runs only in one.
    fn environment(&self, program: &mut Program) {
        let mut words = self.words.iter().filter_map(Word::text);
        let calls = self.names.units.iter().flat_map(|it| &it.facts.calls);
        let mut callees = calls.map(|it| it.callee.as_str());
        let is_stated = words.any(|it| it.trim_start_matches('-').starts_with("environment"))
            || callees.any(|it| it == "UseEnvironment");
        if is_stated {
            program.gaps.push(Gap {
                subject: Some(Subject::Routes),
                why: "the environment is not stated by variables alone".to_owned(),
                place: None,
            });
        }
    }

    /// What is called on the application and may add routes that nobody sees.
    fn middleware(&self, program: &mut Program) {
        for unit in self.names.units.iter() {
            for call in &unit.facts.calls {
                let callee = call.callee.as_str();
                if is_elsewhere(&unit.facts, call.place.range, self.environments) {
                    continue;
                }
                let is_on = |it: &Expr| match it {
                    Expr::Name(on) => is_application(&unit.facts, on),
                    _ => false,
                };
                let is_given = call.arguments.iter().skip(1).any(is_on);
                let is_called_on = call.arguments.first().is_some_and(is_on);
                let is_adding = callee.starts_with("Map") || callee.starts_with("Use");
                if !(is_given || is_called_on && (is_adding || callee.contains('.'))) {
                    continue;
                }
                let is_of_files = matches!(
                    callee,
                    "UseStaticFiles" | "UseDefaultFiles" | "MapStaticAssets"
                );
                let of_package = callee == "UseMiddleware" && {
                    let class = call.named.iter().find(|it| it.0 == "T");
                    let class = class.and_then(|it| match &it.1 {
                        Expr::Name(name) => self.names.meaning(unit.id, name),
                        _ => None,
                    });
                    class.is_none()
                };
                let is_known = KNOWN.contains(&callee) || ROUTES.contains(&callee);
                let is_own = self.names.function(unit.id, callee).is_some();
                let why = if is_of_files && (self.project.has_files || call.arguments.len() > 1) {
                    "files are served as they are".to_owned()
                } else if of_package {
                    "middleware of a package may answer".to_owned()
                } else if is_known || is_own {
                    continue;
                } else {
                    format!("`{callee}` may add routes")
                };
                program.gaps.push(Gap {
                    subject: Some(Subject::Routes),
                    why,
                    place: Some((unit.id, call.place.range)),
                });
            }
        }
    }

    /// `UsePathBase`: what may stand before every path.
    fn path_base(&self, program: &mut Program) {
        for unit in self.names.units.iter() {
            let calls = unit.facts.calls.iter();
            for call in calls.filter(|it| it.callee == "UsePathBase") {
                let value = call.arguments.get(1);
                let value = value.map(|it| self.names.value(unit.id, it));
                let text = value
                    .as_ref()
                    .and_then(|it| super::routes::text_in(it, self.environments));
                match text {
                    Some(text) if program.root_path.is_none() => program.root_path = Some(text),
                    Some(_) => {}
                    None => program.gaps.push(Gap {
                        subject: Some(Subject::Routes),
                        why: "what stands before all paths is computed".to_owned(),
                        place: Some((unit.id, call.place.range)),
                    }),
                }
            }
        }
    }
}

/// Whether a name is that of an application or group, or of a parameter that is one.
fn is_application(facts: &CodeFacts, name: &str) -> bool {
    // Names of groups have no parts; those of what lambdas are given do.
    (name.starts_with('@') && !name.contains('.'))
        || facts.routes.iter().any(|it| it.on == name)
        || facts.mounts.iter().any(|it| it.on == name)
        || facts.definitions.get(name) == Some(&Expr::Name(APPLICATION.to_owned()))
        || matches!(name.rsplit('.').next(), Some("app" | "endpoints"))
}
