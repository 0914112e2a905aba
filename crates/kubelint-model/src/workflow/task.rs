//! What steps of pipelines are for, as their actions, commands and names tell.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Job, Step};
use crate::data;

/// What a step is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// It changes what runs, or publishes it.
    Deploy,
    /// It looks for vulnerabilities, secrets and misconfigurations.
    Scan,
    /// It tests.
    Test,
    /// It finds faults in files.
    Lint,
    /// It validates what is to be deployed.
    Validate,
    /// It reads what an earlier step found, and may fail for it.
    Gate,
    /// It starts a cluster that is gone with the job.
    LocalCluster,
}

impl Task {
    /// Whether it is there to fail if something is wrong.
    pub const fn is_check(self) -> bool {
        matches!(self, Self::Scan | Self::Test | Self::Lint | Self::Validate)
    }

    /// What it is called in a message: `the scan`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Deploy => "deployment",
            Self::Scan => "scan",
            Self::Test => "test",
            Self::Lint => "lint",
            Self::Validate => "validation",
            Self::Gate => "gate",
            Self::LocalCluster => "cluster",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        match word {
            "deploy" => Some(Self::Deploy),
            "scan" => Some(Self::Scan),
            "test" => Some(Self::Test),
            "lint" => Some(Self::Lint),
            "validate" => Some(Self::Validate),
            "gate" => Some(Self::Gate),
            "local" => Some(Self::LocalCluster),
            _ => None,
        }
    }
}

/// The rows of `data/pipeline-tasks.tsv`.
#[derive(Default)]
struct Table {
    actions: BTreeMap<&'static str, Task>,
    /// By program: what must be among its first words, and the task.
    commands: BTreeMap<&'static str, Vec<(Option<&'static str>, Task)>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for [class, name, _] in data::rows(include_str!("../../data/pipeline-tasks.tsv")) {
        let Some((form, task)) = class.split_once('/') else {
            continue;
        };
        let Some(task) = Task::parse(task) else {
            continue;
        };
        if form == "action" {
            table.actions.insert(name, task);
            continue;
        }
        let (program, verb) = match name.split_once(' ') {
            Some((program, verb)) => (program, Some(verb)),
            None => (name, None),
        };
        table
            .commands
            .entry(program)
            .or_default()
            .push((verb, task));
    }
    table
});

/// What an action is for, by its name without version.
pub fn of_action(action: &str) -> Option<Task> {
    TABLE.actions.get(action).copied()
}

/// Programs that run another one, whose name follows their own options: with how many words go before it.
const RUNNERS: [(&str, &str); 16] = [
    ("sudo", ""),
    ("time", ""),
    ("env", ""),
    ("exec", ""),
    ("command", ""),
    ("timeout", ""),
    ("nice", ""),
    ("npx", ""),
    ("bunx", ""),
    ("uvx", ""),
    ("poetry", "run"),
    ("pipenv", "run"),
    ("uv", "run"),
    ("pdm", "run"),
    ("hatch", "run"),
    ("bundle", "exec"),
];

/// How many words after a program may say what it is told to do.
const VERB_WORDS: usize = 8;

/// What a command is for, and the number of words before it that only run it. The words are as the shell sees them, without variables that are
/// set for it.
pub fn of_command(words: &[&str]) -> Option<(Task, usize)> {
    let start = program(words);
    let (first, rest) = words.get(start..)?.split_first()?;
    let name = first.rsplit(['/', '\\']).next().unwrap_or_default();
    let rest = &rest[..rest.len().min(VERB_WORDS)];
    // What only tells of the program itself checks nothing.
    if rest
        .iter()
        .any(|it| matches!(*it, "--version" | "version" | "--help" | "-V"))
    {
        return None;
    }
    if let Some(task) = of_tool(name, rest) {
        return Some((task, start));
    }
    let script = match name {
        "npm" | "yarn" | "pnpm" | "bun" | "make" | "just" | "task" | "mage" | "rake"
        | "composer" => rest
            .iter()
            .copied()
            .find(|it| !it.starts_with('-') && !matches!(*it, "run" | "run-script"))?,
        "bash" | "sh" | "python" | "python3" | "node" => {
            rest.iter().copied().find(|it| !it.starts_with('-'))?
        }
        _ if first.contains('/') => name,
        _ => return None,
    };
    let is_script = !first.contains('/') || script == name;
    of_words(script)
        .filter(|task| is_script && task.is_check())
        .map(|it| (it, start))
}

/// What a program of the table is for, as it is told.
fn of_tool(name: &str, rest: &[&str]) -> Option<Task> {
    // What is built by targets takes several of them.
    let is_builder = matches!(name, "mvn" | "mvnw" | "gradle" | "gradlew" | "rake" | "mix");
    let told = rest.iter().position(|it| !it.starts_with('-')).unwrap_or(0);
    // An option before it may have a value.
    let told = rest.iter().skip(told).take(if told == 0 { 1 } else { 2 });
    let told: Vec<&str> = told.copied().collect();
    let known = TABLE.commands.get(name).into_iter().flatten();
    let mut fitting = known.filter(|(verb, _)| {
        let mut verbs = verb.unwrap_or_default().split_whitespace();
        let Some(first) = verbs.next() else {
            return true;
        };
        let anywhere = is_builder || first.starts_with('-');
        let is_told = if anywhere {
            rest.contains(&first)
        } else {
            told.contains(&first)
        };
        is_told && verbs.all(|it| rest.contains(&it))
    });
    fitting.next().map(|(_, task)| *task)
}

/// Whether the table says what a command is for, and not only the name of a script.
pub(super) fn is_known(words: &[&str]) -> bool {
    let start = program(words);
    let Some((first, rest)) = words.get(start..).and_then(<[_]>::split_first) else {
        return false;
    };
    let name = first.rsplit(['/', '\\']).next().unwrap_or_default();
    of_tool(name, &rest[..rest.len().min(VERB_WORDS)]).is_some()
}

/// The place of the program that `words` run in the end.
fn program(words: &[&str]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let name = word.rsplit('/').next().unwrap_or_default();
        let runner = RUNNERS.iter().find(|(it, _)| *it == name);
        let is_module = matches!(name, "python" | "python3") && words.get(at + 1) == Some(&"-m");
        let next = match runner {
            _ if is_module => at + 2,
            Some((_, "")) => at + 1,
            Some((_, verb)) if words.get(at + 1) == Some(verb) => at + 2,
            _ => return at,
        };
        at = next;
        // Options of the runner, a limit of time, and variables.
        while let Some(word) = words.get(at) {
            let is_own = word.starts_with('-')
                || word.contains('=')
                || word.starts_with(|it: char| it.is_ascii_digit());
            if !is_own {
                break;
            }
            at += 1;
        }
    }
    at
}

/// What a name of a job, step, script or target says that it is for: the first word that says anything.
pub fn of_words(name: &str) -> Option<Task> {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|it: char| !it.is_ascii_alphanumeric());
    words.find_map(|word| match word {
        "deploy" | "deploys" | "deployment" | "deploying" | "release" | "publish" | "rollout"
        | "promote" | "ship" | "redeploy" => Some(Task::Deploy),
        "scan" | "scans" | "scanning" | "vulnerability" | "vulnerabilities" | "sast" | "dast"
        | "trivy" | "gitleaks" | "bandit" | "semgrep" | "checkov" => Some(Task::Scan),
        "test" | "tests" | "testing" | "e2e" | "unittest" | "pytest" => Some(Task::Test),
        "lint" | "linter" | "linting" | "typecheck" => Some(Task::Lint),
        "validate" | "validation" | "validates" | "verify" | "check" | "checks" => {
            Some(Task::Validate)
        }
        _ => None,
    })
}

impl Step {
    /// What it is for, as its action or one of its commands tells: deploying before all else.
    pub fn tasks(&self) -> Vec<Task> {
        if let Some(uses) = self.uses() {
            let action = uses.action();
            let is_pushed = || uses.input("push").is_some_and(|it| it.value.text == "true");
            if action == "docker/build-push-action" {
                return if is_pushed() {
                    vec![Task::Deploy]
                } else {
                    Vec::new()
                };
            }
            return of_action(&action).into_iter().collect();
        }
        let Some(run) = self.run() else {
            return Vec::new();
        };
        let lines = run.script.text.lines().map(str::trim);
        let commands = lines
            .filter(|it| !it.starts_with('#'))
            .flat_map(|it| it.split(['|', ';', '&']));
        commands
            .filter_map(|it| {
                let words: Vec<&str> = it.split_whitespace().take(16).collect();
                of_command(&words).map(|(task, _)| task)
            })
            .collect()
    }
}

impl Job {
    /// Whether it is there to deploy or publish something, as its steps tell, or its name and its environment; tests in a cluster of their
    /// own are none.
    pub fn deploys(&self) -> bool {
        let tasks: Vec<Task> = self.steps.iter().flat_map(Step::tasks).collect();
        let is_named = |text: &str| of_words(text) == Some(Task::Deploy);
        let is_named =
            is_named(&self.id) || self.name.as_ref().is_some_and(|it| is_named(&it.text));
        if tasks.contains(&Task::LocalCluster) {
            return is_named;
        }
        is_named || self.environment.is_some() || tasks.contains(&Task::Deploy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_commands() {
        for (command, expected) in [
            ("kubectl -n prod apply -f k8s", Some(Task::Deploy)),
            ("kubectl get pods", None),
            (
                "sudo -E helm upgrade --install app ./chart",
                Some(Task::Deploy),
            ),
            ("bandit -r src", Some(Task::Scan)),
            ("trivy --version", None),
            ("npm audit --audit-level=high", Some(Task::Scan)),
            ("npm ci", None),
            ("helm template test charts/x", None),
            ("mvn -B clean verify", Some(Task::Test)),
            ("npm run test:unit", Some(Task::Test)),
            ("npm run build", None),
            ("poetry run pytest -q", Some(Task::Test)),
            ("python -m pytest", Some(Task::Test)),
            ("python3 scripts/check_manifests.py", Some(Task::Validate)),
            ("python app.py", None),
            ("./scripts/run-tests.sh", Some(Task::Test)),
            ("./gradlew check", Some(Task::Test)),
            ("make lint", Some(Task::Lint)),
            ("make -C api all", None),
            ("timeout 300 go test ./...", Some(Task::Test)),
            ("terraform plan", None),
            ("black .", None),
            ("black --check .", Some(Task::Lint)),
            ("test -f x", None),
            ("echo test", None),
        ] {
            let words: Vec<&str> = command.split(' ').collect();
            let found = of_command(&words).map(|(task, _)| task);
            assert_eq!(found, expected, "{command}");
        }
    }

    #[test]
    fn tasks_of_names() {
        assert_eq!(of_words("Deploy to production"), Some(Task::Deploy));
        assert_eq!(of_words("test-deploy"), Some(Task::Test));
        assert_eq!(of_words("Security scan"), Some(Task::Scan));
        assert_eq!(of_words("Checkout"), None);
    }
}
