//! Without threads: all parts are done by the caller, one after the other.

/// How many threads compute: one.
#[must_use]
pub fn threads() -> usize {
    1
}

/// There is nothing to start.
#[cfg(feature = "alloc")]
pub(crate) fn start_threads(_are_needed: bool) {}

/// Calls `work` with each number below `parts`, on thread 0.
pub(crate) fn parallel_for(
    parts: usize,
    _most_threads: usize,
    work: &(dyn Fn(usize, usize) + Sync),
) {
    (0..parts).for_each(|part| work(part, 0));
}
