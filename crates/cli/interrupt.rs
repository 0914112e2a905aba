//! Ctrl-C and its kin: the command ends at once with the status that shells expect, but never with a file half-written.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::exit::ExitStatus;

/// What happens on an interrupt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupts {
    /// Whether the process ends at once.
    at_once: Arc<AtomicBool>,
    /// The last signal that came; 0 if none did.
    signal: Arc<AtomicUsize>,
}

/// What shells add to a signal's number.
const STATUS_BASE: u8 = 128;

impl Interrupts {
    /// From now on, the process ends at once on `SIGINT` (130) and `SIGTERM` (143).
    pub(crate) fn watch() -> io::Result<Self> {
        let interrupts = Self::default();
        interrupts.at_once.store(true, Ordering::SeqCst);
        for signal in [SIGINT, SIGTERM] {
            let status = signal + i32::from(STATUS_BASE);
            flag::register_conditional_shutdown(signal, status, interrupts.at_once.clone())?;
            flag::register_usize(
                signal,
                interrupts.signal.clone(),
                signal.unsigned_abs() as usize,
            )?;
        }
        // A limit on the size of files (`ulimit -f`) would end the process; so it becomes an error of the write instead.
        #[cfg(unix)]
        flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
        Ok(interrupts)
    }

    /// Does `work` to its end even if an interrupt comes meanwhile: [`Self::came`] tells.
    pub(crate) fn defer<T>(&self, work: impl FnOnce() -> T) -> T {
        self.at_once.store(false, Ordering::SeqCst);
        let result = work();
        self.at_once.store(true, Ordering::SeqCst);
        result
    }

    /// The status to end with, if an interrupt came.
    pub(crate) fn came(&self) -> Option<ExitStatus> {
        match self.signal.load(Ordering::SeqCst) {
            0 => None,
            signal => Some(ExitStatus::Interrupted(STATUS_BASE + signal as u8)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deferred_interrupt_is_not_lost() {
        let interrupts = Interrupts::watch().unwrap();
        assert_eq!(interrupts.came(), None);
        interrupts.defer(|| signal_hook::low_level::raise(SIGTERM).unwrap());
        assert_eq!(interrupts.came(), Some(ExitStatus::Interrupted(143)));
    }
}
