//! A watch over what may never come to an end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is being tried, and since when.
type Current = Arc<Mutex<Option<(u64, Instant)>>>;

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
                let now = *current.lock().unwrap_or_else(PoisonError::into_inner);
                drop(current);
                if let Some((seed, _)) = now.filter(|(_, since)| since.elapsed() > longest) {
                    eprintln!("FAULT, it hangs: seed {seed}");
                    std::process::abort();
                }
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        Self { current }
    }

    pub fn begins(&self, seed: u64) {
        self.set(Some((seed, Instant::now())));
    }

    pub fn ends(&self) {
        self.set(None);
    }

    fn set(&self, current: Option<(u64, Instant)>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }
}
