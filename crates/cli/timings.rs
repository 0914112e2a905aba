//! How long each stage took.

use std::fmt;
use std::time::{Duration, Instant};

/// The stages so far.
#[derive(Clone, Debug)]
pub(crate) struct Timings {
    began: Instant,
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self {
            began: Instant::now(),
            stages: Vec::new(),
        }
    }

    /// The stage `name` ends now; it began where the last one ended.
    pub(crate) fn stage(&mut self, name: &'static str) {
        let before: Duration = self.stages.iter().map(|(_, took)| took).sum();
        let took = self.began.elapsed().saturating_sub(before);
        self.stages.push((name, took));
    }
}

impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: Duration = self.stages.iter().map(|(_, took)| took).sum();
        for (name, took) in self.stages.iter().chain(&[("total", total)]) {
            writeln!(
                f,
                "kubelint: {name:10} {:10.3} ms",
                took.as_secs_f64() * 1e3
            )?;
        }
        Ok(())
    }
}
