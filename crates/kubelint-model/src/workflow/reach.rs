//! Which jobs can never run: their condition is false, or false for every event that starts the workflow, or they need a job that can
//! never run.
//!
//! A job that needs others runs only if all of them succeeded, unless its condition asks for their state: one that is skipped is no
//! success (GitHub's documentation, "Using jobs in a workflow"). `failure()` is true if a job that is needed, at any remove, failed.

use std::collections::BTreeMap;

use super::expression::{Condition, Scope, UNKNOWN, Value};
use super::{Form, Job, Trigger, Workflow};

/// More events and branches than these are not told apart.
const MAX_EVENTS: usize = 64;

/// A job that can never run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Never {
    /// Its place in [`Workflow::jobs`].
    pub job: usize,
    /// Why.
    pub reason: Reason,
}

/// Why a job can never run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its condition is false whatever happens.
    Disabled,
    /// It needs a job that can never run: the need's place in [`Job::needs`], and the job's in [`Workflow::jobs`].
    Needs {
        /// Which of its needs.
        need: usize,
        /// The job that is needed.
        job: usize,
    },
    /// It waits for a failure, and needs no job that could fail.
    NothingFails,
    /// Its condition is false for every event that starts the workflow.
    Events,
    /// For every event that starts the workflow its own condition is false, or that of a job that it needs.
    EventsOfNeeds,
}

/// What starts a run, as far as it is known.
#[derive(Clone, Debug, Default)]
struct Event {
    name: Option<String>,
    /// `refs/heads/main`; `*` for what is not known.
    reference: Option<String>,
    /// The branch that a pull request goes to.
    base: Option<String>,
}

impl Workflow {
    /// The jobs that can never run, in order.
    pub fn never(&self) -> Vec<Never> {
        if self.form != Form::GitHub {
            return Vec::new();
        }
        let graph = Graph::new(self);
        let disabled = graph.skipped(&Blank);
        let events: Vec<Event> = events(&self.triggers);
        let by_event: Vec<Vec<bool>> = events.iter().map(|it| graph.skipped(it)).collect();
        let is_never =
            |job: usize| !by_event.is_empty() && by_event.iter().all(|skipped| skipped[job]);
        let jobs = self.jobs.iter().enumerate();
        jobs.filter(|(index, _)| is_never(*index) || disabled[*index])
            .map(|(index, job)| Never {
                job: index,
                reason: graph.reason(index, job, &events, |it| is_never(it) || disabled[it]),
            })
            .collect()
    }
}

impl Workflow {
    /// The places of its jobs, each after those of the jobs that it needs. Jobs that wait for themselves are left out.
    pub(super) fn order(&self) -> Vec<usize> {
        Graph::new(self).order
    }
}

impl Job {
    /// Whether its condition is false whatever happens.
    pub fn is_disabled(&self) -> bool {
        self.condition.as_ref().is_some_and(|it| is_false(&it.text))
    }
}

/// Whether a condition is false whatever happens.
pub(super) fn is_false(condition: &str) -> bool {
    Condition::parse(condition).holds(&Blank) == Some(false)
}

/// Nothing is known.
struct Blank;

impl Scope for Blank {
    fn get(&self, _: &[String]) -> Value {
        Value::Unknown
    }

    fn status(&self, _: &str) -> Option<bool> {
        None
    }
}

/// The jobs of a workflow, each after those that it needs.
struct Graph<'a> {
    workflow: &'a Workflow,
    conditions: Vec<Option<Condition>>,
    /// The jobs that each one needs; those that are not there are left out.
    needs: Vec<Vec<(usize, usize)>>,
    /// The jobs that do not wait for themselves, in an order in which they can run.
    order: Vec<usize>,
}

impl<'a> Graph<'a> {
    fn new(workflow: &'a Workflow) -> Self {
        let jobs = &workflow.jobs;
        let ids = jobs.iter().enumerate();
        let ids: BTreeMap<String, usize> = ids
            .map(|(at, it)| (it.id.to_ascii_lowercase(), at))
            .collect();
        let needs: Vec<Vec<(usize, usize)>> = jobs
            .iter()
            .map(|job| {
                let needs = job.needs.iter().enumerate();
                let found = needs.filter_map(|(need, it)| {
                    Some((need, *ids.get(&it.text.to_ascii_lowercase())?))
                });
                found.collect()
            })
            .collect();
        Self {
            workflow,
            conditions: jobs
                .iter()
                .map(|it| it.condition.as_ref().map(|it| Condition::parse(&it.text)))
                .collect(),
            order: order(&needs),
            needs,
        }
    }

    /// By job: whether it is certain to be skipped.
    fn skipped(&self, event: &dyn Scope) -> Vec<bool> {
        let mut skipped = vec![false; self.needs.len()];
        for &job in &self.order {
            let scope = JobScope {
                event,
                workflow: self.workflow,
                needs: &self.needs[job],
                skipped: &skipped,
            };
            let holds = match &self.conditions[job] {
                Some(condition) => condition.holds(&scope),
                None => scope.status("success"),
            };
            skipped[job] = holds == Some(false);
        }
        skipped
    }

    fn reason(
        &self,
        index: usize,
        job: &Job,
        events: &[Event],
        is_never: impl Fn(usize) -> bool,
    ) -> Reason {
        if job.is_disabled() {
            return Reason::Disabled;
        }
        if let Some(&(need, job)) = self.needs[index].iter().find(|it| is_never(it.1)) {
            return Reason::Needs { need, job };
        }
        let alone = |event: &dyn Scope, is_alone: bool| {
            let scope = Alone { event, is_alone };
            let condition = self.conditions[index].as_ref();
            condition.and_then(|it| it.holds(&scope)) == Some(false)
        };
        if job.needs.is_empty() && alone(&Blank, true) {
            Reason::NothingFails
        } else if events.iter().all(|it| alone(it, job.needs.is_empty())) {
            Reason::Events
        } else {
            Reason::EventsOfNeeds
        }
    }
}

/// The jobs in an order in which each comes after what it needs; those that wait for themselves are left out, with what needs them.
fn order(needs: &[Vec<(usize, usize)>]) -> Vec<usize> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    let mut open: Vec<usize> = vec![0; needs.len()];
    for (job, needs) in needs.iter().enumerate() {
        open[job] = needs.len();
        for (_, need) in needs {
            users[*need].push(job);
        }
    }
    let mut order: Vec<usize> = (0..needs.len()).filter(|it| open[*it] == 0).collect();
    let mut at = 0;
    while let Some(&job) = order.get(at) {
        at += 1;
        for &user in &users[job] {
            open[user] -= 1;
            if open[user] == 0 {
                order.push(user);
            }
        }
    }
    order
}

/// What a job's condition sees.
struct JobScope<'a> {
    event: &'a dyn Scope,
    workflow: &'a Workflow,
    needs: &'a [(usize, usize)],
    skipped: &'a [bool],
}

impl Scope for JobScope<'_> {
    fn get(&self, path: &[String]) -> Value {
        let [context, job, rest @ ..] = path else {
            return self.event.get(path);
        };
        if context != "needs" {
            return self.event.get(path);
        }
        let is_meant = |it: &&(usize, usize)| self.workflow.jobs[it.1].id.eq_ignore_ascii_case(job);
        let is_skipped = self
            .needs
            .iter()
            .find(is_meant)
            .is_some_and(|it| self.skipped[it.1]);
        match rest.first().map(String::as_str) {
            Some("result") if is_skipped => Value::Text("skipped".to_owned()),
            Some("outputs") if is_skipped && rest.len() > 1 => Value::Null,
            _ => Value::Unknown,
        }
    }

    fn status(&self, function: &str) -> Option<bool> {
        match function {
            "success" if self.needs.iter().any(|it| self.skipped[it.1]) => Some(false),
            "success" | "failure" if self.needs.is_empty() => Some(function == "success"),
            _ => None,
        }
    }
}

/// What a job's condition sees of the event, with nothing known of the jobs that it needs.
struct Alone<'a> {
    event: &'a dyn Scope,
    is_alone: bool,
}

impl Scope for Alone<'_> {
    fn get(&self, path: &[String]) -> Value {
        self.event.get(path)
    }

    fn status(&self, function: &str) -> Option<bool> {
        match function {
            "success" | "failure" if self.is_alone => Some(function == "success"),
            _ => None,
        }
    }
}

impl Scope for Event {
    fn get(&self, path: &[String]) -> Value {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let text = |known: &Option<String>| match known {
            Some(text) => Value::of_text(text.clone()),
            None => Value::Unknown,
        };
        let Some(name) = self.name.as_deref() else {
            return Value::Unknown;
        };
        match path.as_slice() {
            ["github", "event_name"] => text(&self.name),
            ["github", "ref"] => text(&self.reference),
            ["github", "ref_name"] => match &self.reference {
                Some(reference) => Value::of_text(reference.splitn(3, '/').nth(2).unwrap_or("*")),
                None => Value::Unknown,
            },
            ["github", "ref_type"] => match self.reference.as_deref() {
                Some(it) if it.starts_with("refs/tags/") => Value::Text("tag".to_owned()),
                Some(it) if it.starts_with("refs/heads/") => Value::Text("branch".to_owned()),
                _ => Value::Unknown,
            },
            ["github", "base_ref"] if name.starts_with("pull_request") => text(&self.base),
            ["github", "base_ref" | "head_ref"] if name == "push" => Value::Text(String::new()),
            _ => Value::Unknown,
        }
    }

    fn status(&self, _: &str) -> Option<bool> {
        None
    }
}

/// What can start a workflow. A workflow that others call can be started by any event; so can one whose triggers are not known.
fn events(triggers: &[Trigger]) -> Vec<Event> {
    let mut found = Vec::new();
    for trigger in triggers {
        let event = |reference: Option<String>, base: Option<String>| Event {
            name: Some(trigger.event.clone()),
            reference,
            base,
        };
        let branches: Option<Vec<String>> =
            trigger.branches.iter().map(|it| branch(&it.text)).collect();
        let branches = branches.filter(|it| !it.is_empty());
        match trigger.event.as_str() {
            "workflow_call" => found.push(Event::default()),
            "push" => {
                let heads = branches.into_iter().flatten();
                found.extend(heads.map(|it| event(Some(format!("refs/heads/{it}")), None)));
                if trigger.has_tags {
                    found.push(event(Some("refs/tags/*".to_owned()), None));
                }
                let names_none = trigger.branches.is_empty();
                if names_none && (trigger.has_branches || !trigger.has_tags) {
                    found.push(event(None, None));
                }
            }
            "pull_request" => {
                let merged = || Some("refs/pull/*/merge".to_owned());
                match branches {
                    Some(all) => found.extend(all.into_iter().map(|it| event(merged(), Some(it)))),
                    None => found.push(event(merged(), None)),
                }
            }
            "release" => found.push(event(Some("refs/tags/*".to_owned()), None)),
            _ => found.push(event(None, None)),
        }
        if trigger.event == "push" && trigger.branches.iter().any(|it| branch(&it.text).is_none()) {
            found.push(event(None, None));
        }
    }
    if found.is_empty() || found.len() > MAX_EVENTS {
        return vec![Event::default()];
    }
    found
}

/// The branches that a filter's pattern matches, `*` for what is not known; `None` if it is one that excludes.
fn branch(pattern: &str) -> Option<String> {
    if pattern.starts_with('!') {
        return None;
    }
    if pattern.contains(['?', '+', '[', '\\']) {
        return Some(UNKNOWN.to_string());
    }
    Some(pattern.replace("**", "*"))
}
