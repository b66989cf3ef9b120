//! A watch over what may never come to an end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often it looks. A process that is stopped meanwhile takes no time.
const TICK: Duration = Duration::from_millis(500);

/// What is being tried, and for how many ticks.
type Current = Arc<Mutex<Option<(u64, u32)>>>;

/// Ends the process, and says at which seed, if one takes too long.
pub struct Watch {
    current: Current,
}

impl Watch {
    pub fn new(longest: Duration) -> Self {
        let current = Current::default();
        let watched = Arc::downgrade(&current);
        std::thread::spawn(move || {
            while let Some(current) = watched.upgrade() {
                if let Some((seed, ticks)) = &mut *lock(&current) {
                    *ticks += 1;
                    if TICK * *ticks > longest {
                        eprintln!("FAULT, it hangs: seed {seed}");
                        std::process::abort();
                    }
                }
                drop(current);
                std::thread::sleep(TICK);
            }
        });
        Self { current }
    }

    pub fn begins(&self, seed: u64) {
        *lock(&self.current) = Some((seed, 0));
    }

    /// How long it took.
    pub fn ends(&self) -> Duration {
        lock(&self.current).take().map_or(Duration::ZERO, |(_, ticks)| TICK * ticks)
    }
}

fn lock(current: &Current) -> std::sync::MutexGuard<'_, Option<(u64, u32)>> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}
