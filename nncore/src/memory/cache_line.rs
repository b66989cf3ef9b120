//! Cache lines: registers that lie across two lines take twice the time to load, and more to store,
//! so that memory which kernels read begins with a line.

/// Size of a cache line.
pub const CACHE_LINE_BYTES: usize = 64;

/// How many numbers fill a line.
pub(crate) const fn per_line<T>() -> usize {
    CACHE_LINE_BYTES / size_of::<T>()
}
