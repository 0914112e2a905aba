//! How one statement of a service is laid over another: by the rules of the Compose specification ("Merge and override"). Mappings are
//! merged key by key, lists appended, commands replaced.

use std::collections::BTreeMap;

use super::{Build, Health, Port, Service, Variable};

impl Service {
    /// How much there is of it, where that has no bounds.
    pub(super) fn size(&self) -> usize {
        let args = self.build.as_ref().map_or(0, |it| it.args.len());
        1 + self.ports.len() + self.environment.len() + self.env_files.len() + args
    }

    /// Lays it over `base`, which was read before it.
    #[must_use]
    pub(super) fn over(self, mut base: Self) -> Self {
        for field in &self.cleared {
            base.clear(field);
        }
        let mut files = base.files;
        files.extend(self.files);
        Self {
            name: self.name,
            files,
            image: self.image.or(base.image),
            build: match (self.build, base.build) {
                (Some(build), Some(base)) => Some(build.over(base)),
                (own, base) => own.or(base),
            },
            ports: distinct(base.ports, self.ports, Port::key),
            environment: merged(base.environment, self.environment),
            env_files: [base.env_files, self.env_files].concat(),
            entrypoint: self.entrypoint.or(base.entrypoint),
            command: self.command.or(base.command),
            health: match (self.health, base.health) {
                (Some(health), Some(base)) => Some(health.over(base)),
                (own, base) => own.or(base),
            },
            profiles: [base.profiles, self.profiles].concat(),
            extends: base.extends,
            cleared: base.cleared,
        }
    }

    fn clear(&mut self, field: &str) {
        match field {
            "image" => self.image = None,
            "build" => self.build = None,
            "ports" => self.ports.retain(|it| it.is_internal),
            "expose" => self.ports.retain(|it| !it.is_internal),
            "environment" => self.environment.clear(),
            "env_file" => self.env_files.clear(),
            "entrypoint" => self.entrypoint = None,
            "command" => self.command = None,
            "healthcheck" => self.health = None,
            "profiles" => self.profiles.clear(),
            _ => {}
        }
    }
}

impl Build {
    fn over(self, base: Self) -> Self {
        // A new context takes the address of the old one away.
        let remote = if self.context.is_some() {
            self.remote
        } else {
            base.remote
        };
        Self {
            context: self.context.or(base.context),
            remote,
            dockerfile: self.dockerfile.or(base.dockerfile),
            inline: self.inline.or(base.inline),
            target: self.target.or(base.target),
            args: merged(base.args, self.args),
            tags: [base.tags, self.tags].concat(),
            span: self.span.or(base.span),
        }
    }
}

impl Health {
    fn over(self, base: Self) -> Self {
        Self {
            test: self.test.or(base.test),
            interval: self.interval.or(base.interval),
            timeout: self.timeout.or(base.timeout),
            start_period: self.start_period.or(base.start_period),
            retries: self.retries.or(base.retries),
            disabled: self.disabled.or(base.disabled),
        }
    }
}

/// Variables by their names.
fn merged(base: Vec<Variable>, own: Vec<Variable>) -> Vec<Variable> {
    distinct(base, own, |it| it.name.clone())
}

/// Both lists, where of what has the same key the last is taken, at the first one's place.
fn distinct<T, K: Ord>(base: Vec<T>, own: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut places: BTreeMap<K, usize> = BTreeMap::new();
    let mut found: Vec<T> = Vec::with_capacity(base.len() + own.len());
    for item in base.into_iter().chain(own) {
        let next = found.len();
        let at = *places.entry(key(&item)).or_insert(next);
        if at == next {
            found.push(item);
        } else {
            found[at] = item;
        }
    }
    found
}
