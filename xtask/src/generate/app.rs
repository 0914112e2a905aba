//! What one generated application is like, before it becomes manifests.

use crate::rng::Rng;

const TEAMS: [&str; 8] = [
    "payments", "checkout", "catalog", "identity", "search", "shipping", "billing", "media",
];
const THINGS: [&str; 8] = [
    "order", "invoice", "cart", "session", "product", "report", "event", "image",
];
const WEB: [&str; 8] = [
    "api", "gateway", "frontend", "backend", "service", "proxy", "admin", "portal",
];
const WORKER: [&str; 8] = [
    "worker", "consumer", "indexer", "mailer", "exporter", "importer", "notifier", "sync",
];
const STORE: [&str; 8] = [
    "db", "cache", "queue", "store", "log", "index", "ledger", "archive",
];
const BATCH: [&str; 8] = [
    "backup",
    "cleanup",
    "rollup",
    "digest",
    "reconcile",
    "export",
    "rotate",
    "audit",
];
const AGENT: [&str; 8] = [
    "agent",
    "collector",
    "probe",
    "scanner",
    "tailer",
    "exporter",
    "relay",
    "watcher",
];

/// What an application does, and so which objects it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Answers HTTP requests.
    Web,
    /// Works through a queue.
    Worker,
    /// Keeps state.
    Store,
    /// Runs now and then.
    Batch,
    /// Runs on every node.
    Agent,
}

/// One application.
#[derive(Clone, Debug)]
pub(super) struct App {
    pub(super) namespace: String,
    pub(super) team: &'static str,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) port: usize,
    pub(super) replicas: usize,
    pub(super) cpu: usize,
    pub(super) memory: usize,
    pub(super) version: String,
    /// Keys of its ConfigMap.
    pub(super) settings: Vec<String>,
    /// Whether it exports metrics through a second container.
    pub(super) sidecar: bool,
    /// Whether its values are written with more quotes, comments and flow collections than usual.
    pub(super) ornate: bool,
}

impl App {
    /// The application number `index`, which lives in the namespace number `namespace`.
    pub(super) fn draw(rng: &mut Rng, namespace: usize, index: usize) -> Self {
        let team = TEAMS[namespace % TEAMS.len()];
        let role = match rng.below(20) {
            0..=9 => Role::Web,
            10..=13 => Role::Worker,
            14..=16 => Role::Store,
            17..=18 => Role::Batch,
            _ => Role::Agent,
        };
        let suffixes = match role {
            Role::Web => &WEB,
            Role::Worker => &WORKER,
            Role::Store => &STORE,
            Role::Batch => &BATCH,
            Role::Agent => &AGENT,
        };
        let name = format!("{}-{}-{index}", rng.pick(&THINGS), rng.pick(suffixes));
        let settings = 4 + rng.below(10);
        Self {
            namespace: format!("{team}-{namespace}"),
            team,
            name,
            role,
            port: 8000 + rng.below(1000),
            replicas: 2 + rng.below(4),
            cpu: 50 * (1 + rng.below(10)),
            memory: 64 * (1 + rng.below(16)),
            version: format!("{}.{}.{}", 1 + rng.below(4), rng.below(20), rng.below(10)),
            settings: (0..settings)
                .map(|it| format!("{}_SETTING_{it}", rng.pick(&THINGS).to_uppercase()))
                .collect(),
            sidecar: rng.chance(25),
            ornate: rng.chance(30),
        }
    }
}
