//! What steps of workflows build that use an action.

use kubelint_parser::TextRange;

use super::{BuildArg, Builder, BuiltName, ImageSteps, Place, StepPath, pattern};

/// An input of an action.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its name, as the step writes it.
    pub name: &'a str,
    /// Its value; `*` stands for what is not known. Expressions that nobody resolved may stand in it as they are written.
    pub text: &'a str,
    /// Where the value is written.
    pub range: TextRange,
}

/// What the step in `range` does with images, which uses the action `uses` with these inputs. Values of a matrix are for whoever asks to
/// fill in: one call for each combination.
pub fn action(uses: &str, range: TextRange, inputs: &[Input<'_>], place: &Place<'_>) -> ImageSteps {
    let (action, _) = uses.split_once('@').unwrap_or((uses, ""));
    if action != "docker/build-push-action" {
        return ImageSteps::default();
    }
    // Input names are the same in any case, as the runner makes variables of them.
    let input = |name: &str| inputs.iter().find(|it| it.name.eq_ignore_ascii_case(name));
    // The action runs in the workspace, whatever the working folder of commands is.
    let root = Place {
        folder: "",
        by_end: false,
        ..*place
    };
    let (context, elsewhere) = match input("context") {
        Some(stated) => context(stated, &root),
        None => (root.path(".", range), None),
    };
    let mut step = place.build(Builder::Action, range, context);
    step.elsewhere = elsewhere;
    step.dockerfile = input("file")
        .filter(|it| !it.text.trim().is_empty())
        .map(|it| root.path(it.text.trim(), it.range));
    step.target = input("target").map(|it| BuiltName {
        text: pattern(it.text.trim()),
        range: it.range,
    });
    step.names = input("tags").map(tags).unwrap_or_default();
    step.args = input("build-args").map(arguments).unwrap_or_default();
    let to_registry = ["type=registry", "push=true"];
    step.pushes = input("push").is_some_and(|it| !matches!(it.text.trim(), "" | "false"))
        || input("outputs").is_some_and(|it| to_registry.iter().any(|to| it.text.contains(to)));
    ImageSteps::built(step)
}

/// The context, and where it is stated if it is another repository's.
fn context(stated: &Input<'_>, root: &Place<'_>) -> (StepPath, Option<TextRange>) {
    let text = stated.text.trim();
    // `{{defaultContext}}:folder` is the folder of this repository, fetched anew.
    if let Some(rest) = default_context(text) {
        let folder = rest.strip_prefix(':').unwrap_or(".");
        return (root.path(folder, stated.range), None);
    }
    let is_address = text.contains("://") || text.starts_with("git@");
    let path = if is_address { "*" } else { text };
    (
        root.path(path, stated.range),
        is_address.then_some(stated.range),
    )
}

/// What follows `{{defaultContext}}`, in which blanks may stand: the action fills it in as a template of Handlebars.
fn default_context(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?.trim_start();
    let rest = inner.strip_prefix("defaultContext")?.trim_start();
    rest.strip_prefix("}}")
}

/// The tags, each on a line or after a comma.
fn tags(stated: &Input<'_>) -> Vec<BuiltName> {
    let each = stated.text.split(['\n', ',']).map(str::trim);
    each.filter(|it| !it.is_empty() && !it.starts_with('#'))
        .map(|it| BuiltName {
            text: pattern(it),
            range: stated.range,
        })
        .collect()
}

/// The build arguments, one a line.
fn arguments(stated: &Input<'_>) -> Vec<BuildArg> {
    let lines = stated.text.lines().map(str::trim);
    let stated_lines = lines.filter(|it| !it.is_empty() && !it.starts_with('#'));
    stated_lines
        .map(|line| {
            let (name, value) = match line.split_once('=') {
                Some((name, value)) => (name, Some(pattern(value))),
                None => (line, None),
            };
            BuildArg {
                name: name.to_owned(),
                value,
                range: stated.range,
            }
        })
        .collect()
}
