//! Work divided over the cores.
//!
//! Large kernels cut their work into parts and run them on a few threads, which wait for work
//! between two of them. What is cut, and in which order numbers are added, follows from the shapes
//! alone: the same bits come out with any number of threads. Small work stays on the caller's
//! thread, and so does all work while another thread of the program has the pool: as many threads
//! compute as there are cores, no more.
//!
//! A pool of its own, since a general one (rayon) allocates when work is handed to it and lets its
//! threads sleep within the time of a kernel.
//!
//! ```
//! use nncore::threads::{set_threads, threads};
//!
//! set_threads(2);
//! assert_eq!(threads(), 2);
//! set_threads(0); // as many as the processor offers
//! assert!(threads() >= 1);
//! ```
#![allow(unsafe_code, reason = "threads borrow from the call that waits for them")]

use std::cell::Cell;
use std::hint::spin_loop;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use crate::vectorise::{self, Level};

/// How often a thread looks for work before it sleeps: some 50 µs, longer than the pauses within a
/// training step.
const LOOKS: usize = 3000;

/// A part takes at least the time of so many floating-point operations, some 5 µs: five times what
/// it costs to hand it over.
pub(crate) const LEAST_FLOPS: usize = 1 << 19;

/// No more threads than this are started.
const MOST_THREADS: usize = 256;

/// How many threads compute, if that has been set.
static SET: AtomicUsize = AtomicUsize::new(0);

/// Sets how many threads compute, for the whole program: `torch.set_num_threads`.
///
/// 0 means as many as the processor offers to this program, which is the default. The result of
/// every computation is the same to the bit, whatever the number.
pub fn set_threads(count: usize) {
    SET.store(count.min(MOST_THREADS), Ordering::Relaxed);
    prepare(true);
}

/// How many threads compute.
#[must_use]
pub fn threads() -> usize {
    static OFFERED: OnceLock<usize> = OnceLock::new();
    match SET.load(Ordering::Relaxed) {
        0 => *OFFERED.get_or_init(|| {
            thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS))
        }),
        set => set,
    }
}

/// Does what the first divided work would have to, so that no later call allocates: counts the
/// processor's cores, and starts the threads that are missing if there is going to be such work.
pub(crate) fn prepare(divides: bool) {
    let count = threads();
    if divides {
        POOL.state().start_missing(count - 1);
    }
}

/// The threads that wait for work.
struct Pool {
    state: Mutex<State>,
    /// Sleeping threads wait for this.
    wake: Condvar,
    /// How many jobs there have been, for threads that look.
    jobs: Counter,
    /// How many threads are at work on the job.
    active: Counter,
    /// Held by the call whose job it is.
    turn: Mutex<()>,
}

struct State {
    started: usize,
    job: Option<Job<'static>>,
}

/// Parts of work that are each done once.
#[derive(Clone, Copy)]
struct Job<'a> {
    work: &'a (dyn Fn(usize, usize) + Sync),
    parts: usize,
    progress: &'a Progress,
    /// How many more threads may join; the next one's own number.
    seats: usize,
    level: Option<Level>,
}

/// How far a job is. It has cache lines of its own: next to what one thread works with, it would slow
/// that down each time another thread takes a part.
#[derive(Default)]
#[repr(align(128))]
struct Progress {
    /// The next part that nobody has taken.
    next: AtomicUsize,
    has_panicked: AtomicBool,
}

/// A counter with cache lines of its own.
#[repr(align(128))]
struct Counter(AtomicUsize);

static POOL: Pool = Pool {
    state: Mutex::new(State { started: 0, job: None }),
    wake: Condvar::new(),
    jobs: Counter(AtomicUsize::new(0)),
    active: Counter(AtomicUsize::new(0)),
    turn: Mutex::new(()),
};

thread_local! {
    /// Whether this thread is doing a part already; then it does parts of that alone.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Calls `work` once with each number below `parts`, on several threads, and returns when all are
/// done. Its second argument is the thread's own number: below `parts` as well, and that of no other
/// thread at the same time.
///
/// # Panics
///
/// Panics if a part does.
pub(crate) fn divide(parts: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    divide_among(parts, parts, work);
}

/// Whether work of so many floating-point operations is worth a second thread.
pub(crate) fn is_worth_dividing(flops: usize) -> bool {
    flops >= 2 * LEAST_FLOPS
}

/// [`divide_among`], if work of so many floating-point operations is worth it; else on this thread, as
/// number 0.
pub(crate) fn divide_if_worth(
    flops: usize,
    parts: usize,
    most: usize,
    work: &(dyn Fn(usize, usize) + Sync),
) {
    if is_worth_dividing(flops) {
        divide_among(parts, most, work);
    } else {
        (0..parts).for_each(|part| work(part, 0));
    }
}

/// [`divide`] among no more than `most` threads, whose numbers are below that.
pub(crate) fn divide_among(parts: usize, most: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    let most = parts.min(most);
    let helpers = if most > 1 { threads().min(most) - 1 } else { 0 };
    let turn = if helpers == 0 || IS_INSIDE.get() { None } else { POOL.turn.try_lock().ok() };
    let Some(_turn) = turn else {
        (0..parts).for_each(|part| work(part, 0));
        return;
    };
    let progress = Progress::default();
    let job = Job { work, parts, progress: &progress, seats: helpers, level: vectorise::limit() };
    // SAFETY: only the lifetime changes. The job is gone from the pool, and no thread at work on it,
    // when `divide` returns or unwinds: `finish` sees to it, and nothing between can panic.
    let job = unsafe { std::mem::transmute::<Job<'_>, Job<'static>>(job) };
    POOL.publish(job);
    job.run(0);
    POOL.finish();
    assert!(!progress.has_panicked.load(Ordering::Relaxed), "a part of a computation panicked");
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, job: Job<'static>) {
        let mut state = self.state();
        state.start_missing(job.seats);
        state.job = Some(job);
        self.jobs.0.fetch_add(1, Ordering::Release);
        drop(state);
        self.wake.notify_all();
    }

    /// Takes the job away and waits for the threads at work on it.
    fn finish(&self) {
        self.state().job = None;
        let mut looks = 0;
        while self.active.0.load(Ordering::Acquire) != 0 {
            looks += 1;
            if looks < LOOKS { spin_loop() } else { thread::yield_now() }
        }
    }

    /// The next job after so many, with a seat taken, if there still is one.
    fn next_job(&self, seen: &mut usize) -> Option<Job<'static>> {
        for _ in 0..LOOKS {
            if self.jobs.0.load(Ordering::Acquire) != *seen {
                break;
            }
            spin_loop();
        }
        let mut state = self.state();
        while self.jobs.0.load(Ordering::Relaxed) == *seen {
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        *seen = self.jobs.0.load(Ordering::Relaxed);
        let job = state.job.as_mut().filter(|job| job.seats > 0)?;
        let taken = *job;
        job.seats -= 1;
        self.active.0.fetch_add(1, Ordering::Relaxed);
        Some(taken)
    }
}

impl State {
    fn start_missing(&mut self, count: usize) {
        while self.started < count {
            let name = format!("tapeless-{}", self.started + 1);
            // Without a thread, the others do its parts.
            if thread::Builder::new().name(name).spawn(wait_for_jobs).is_err() {
                break;
            }
            self.started += 1;
        }
    }
}

/// The life of a thread of the pool.
fn wait_for_jobs() {
    let mut seen = 0;
    loop {
        if let Some(job) = POOL.next_job(&mut seen) {
            job.run(job.seats);
            POOL.active.0.fetch_sub(1, Ordering::Release);
        }
    }
}

impl Job<'_> {
    /// Does parts until all are taken, on the thread with a number of its own.
    fn run(&self, thread: usize) {
        let was_inside = IS_INSIDE.replace(true);
        vectorise::with_limit(self.level, || {
            loop {
                let part = self.progress.next.fetch_add(1, Ordering::Relaxed);
                if part >= self.parts {
                    break;
                }
                if catch_unwind(AssertUnwindSafe(|| (self.work)(part, thread))).is_err() {
                    self.progress.has_panicked.store(true, Ordering::Relaxed);
                }
            }
        });
        IS_INSIDE.set(was_inside);
    }
}

/// A slice of which several threads write parts.
pub(crate) struct Parts<'a, T> {
    first: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: threads reach the slice through `part` only, whose callers keep parts disjoint.
unsafe impl<T: Send> Sync for Parts<'_, T> {}

impl<'a, T> Parts<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Self { first: slice.as_mut_ptr(), len: slice.len(), slice: PhantomData }
    }

    /// A part of the slice.
    ///
    /// # Panics
    ///
    /// Panics if the slice ends before the part does.
    ///
    /// # Safety
    ///
    /// No two parts with an element in common are there at the same time.
    pub(crate) unsafe fn part(&self, range: Range<usize>) -> &'a mut [T] {
        let is_inside = range.start <= range.end && range.end <= self.len;
        assert!(is_inside, "{range:?} of a slice of {}", self.len);
        // SAFETY: the part is inside a slice that is borrowed mutably, and nobody else's.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(range.start), range.len()) }
    }
}

/// Cuts a slice into runs of `size`, and calls `work` once with the number and the elements of each,
/// on several threads.
pub(crate) fn divide_slice<T: Send>(
    slice: &mut [T],
    size: usize,
    work: &(dyn Fn(usize, &mut [T]) + Sync),
) {
    let (len, slice) = (slice.len(), Parts::new(slice));
    divide(len.div_ceil(size), &|index, _| {
        let start = index * size;
        // SAFETY: the run of another number has no element in common.
        work(index, unsafe { slice.part(start..len.min(start + size)) });
    });
}

/// Cuts `0..count` into parts that differ by one at most.
pub(crate) fn part(count: usize, parts: usize, index: usize) -> Range<usize> {
    let (size, larger) = (count / parts, count % parts);
    let start = index * size + index.min(larger);
    start..start + size + usize::from(index < larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tests that set the number of threads, one after the other.
    static SETTING: Mutex<()> = Mutex::new(());

    fn with_threads(count: usize, body: impl FnOnce()) {
        let _setting = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
        set_threads(count);
        body();
        set_threads(0);
    }

    #[test]
    fn each_part_is_done_once() {
        for count in [1, 2, 3, 8] {
            with_threads(count, || {
                for parts in [0, 1, 2, 7, 100] {
                    let done: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
                    divide(parts, &|part, _| {
                        done[part].fetch_add(1, Ordering::Relaxed);
                    });
                    assert!(done.iter().all(|done| done.load(Ordering::Relaxed) == 1));
                }
            });
        }
    }

    #[test]
    fn threads_at_work_have_different_numbers() {
        with_threads(4, || {
            let busy: Vec<AtomicBool> = (0..4).map(|_| AtomicBool::new(false)).collect();
            divide(200, &|_, thread| {
                assert!(!busy[thread].swap(true, Ordering::AcqRel));
                thread::yield_now();
                busy[thread].store(false, Ordering::Release);
            });
        });
    }

    #[test]
    fn runs_of_a_slice_cover_it() {
        with_threads(3, || {
            let mut slice = vec![0; 103];
            divide_slice(&mut slice, 10, &|index, run| run.fill(index + 1));
            let expected: Vec<usize> = (0..103).map(|k| k / 10 + 1).collect();
            assert_eq!(slice, expected);
        });
    }

    #[test]
    fn parts_may_be_divided_themselves() {
        with_threads(3, || {
            let done = AtomicUsize::new(0);
            divide(4, &|_, _| {
                divide(5, &|_, _| {
                    done.fetch_add(1, Ordering::Relaxed);
                });
            });
            assert_eq!(done.load(Ordering::Relaxed), 20);
        });
    }

    #[test]
    fn callers_on_several_threads_all_get_their_work_done() {
        with_threads(2, || {
            let done = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        for _ in 0..50 {
                            divide(6, &|_, _| {
                                done.fetch_add(1, Ordering::Relaxed);
                            });
                        }
                    });
                }
            });
            assert_eq!(done.load(Ordering::Relaxed), 1200);
        });
    }

    #[test]
    fn a_panic_in_a_part_reaches_the_caller_and_the_pool_goes_on() {
        with_threads(2, || {
            let outcome = catch_unwind(|| divide(8, &|part, _| assert_ne!(part, 5)));
            assert!(outcome.is_err());
            let done = AtomicUsize::new(0);
            divide(8, &|_, _| {
                done.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(done.load(Ordering::Relaxed), 8);
        });
    }

    #[test]
    fn threads_run_at_the_level_of_the_caller() {
        with_threads(2, || {
            vectorise::with_level(Level::Baseline, || {
                divide(64, &|_, _| assert_eq!(Level::current(), Level::Baseline));
            });
        });
    }
}
