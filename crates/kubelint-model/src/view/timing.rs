//! When probes ask, and when they give up.

use super::Probe;
use crate::{KubeNode, defaults};

/// The times of a probe, in seconds, as stated or by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long after the container's start it first asks.
    pub initial_delay: i64,
    /// How long it waits between asking.
    pub period: i64,
    /// How long it waits for an answer.
    pub timeout: i64,
    /// How many answers in a row make a success.
    pub success_threshold: i64,
    /// How many failures in a row make a failure.
    pub failure_threshold: i64,
}

impl Probe<'_> {
    /// When it asks. `None` if something else than a number is stated, or a negative one, which the API server refuses.
    pub fn timing(&self) -> Option<Timing> {
        let read = |key: &str, default: i64| match self.entry.value.field(key) {
            None => Some(default),
            // What is 0 is set to the default: `SetDefaults_Probe`.
            Some(stated) => match stated.integer()? {
                0 => Some(default),
                number => (number > 0).then_some(number),
            },
        };
        Some(Timing {
            initial_delay: read("initialDelaySeconds", 0)?,
            period: read("periodSeconds", defaults::PROBE_PERIOD)?,
            timeout: read("timeoutSeconds", defaults::PROBE_TIMEOUT)?,
            success_threshold: read("successThreshold", defaults::PROBE_SUCCESS_THRESHOLD)?,
            failure_threshold: read("failureThreshold", defaults::PROBE_FAILURE_THRESHOLD)?,
        })
    }
}

impl Timing {
    /// The longest time after the container's start at which a startup probe still lets it go on.
    pub fn allows_start_until(&self) -> i64 {
        self.initial_delay
            .saturating_add(self.failure_threshold.saturating_mul(self.period))
    }

    /// When a container that does not answer is killed, if this is its liveness probe: the last of the failures in a row is known after its
    /// timeout.
    pub fn kills_at(&self) -> i64 {
        let waits = (self.failure_threshold - 1).saturating_mul(self.period);
        self.initial_delay
            .saturating_add(waits)
            .saturating_add(self.timeout)
    }

    /// How long after the first good answer a container counts as ready, if this is its readiness probe.
    pub fn confirms_after(&self) -> i64 {
        (self.success_threshold - 1).saturating_mul(self.period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let timing = Timing {
            initial_delay: 30,
            period: 10,
            timeout: 5,
            success_threshold: 2,
            failure_threshold: 3,
        };
        assert_eq!(timing.allows_start_until(), 60);
        assert_eq!(timing.kills_at(), 55);
        assert_eq!(timing.confirms_after(), 10);
        let huge = Timing {
            initial_delay: i64::MAX,
            period: i64::MAX,
            timeout: i64::MAX,
            success_threshold: i64::MAX,
            failure_threshold: i64::MAX,
        };
        assert_eq!(huge.allows_start_until(), i64::MAX);
        assert_eq!(huge.kills_at(), i64::MAX);
        assert_eq!(huge.confirms_after(), i64::MAX);
    }
}
