//! The threads that work is divided among.
//!
//! Large kernels cut their work into parts and run them on a few threads, which wait for work
//! between two of them. Small work stays on the caller's thread, and so does all work while another
//! thread of the program has the pool: as many threads compute as there are cores, no more.
//!
//! A pool of its own, since a general one (rayon) allocates when work is handed to it and lets its
//! threads sleep within the time of a kernel.
//!
//! ```
//! use nncore::parallel::{set_threads, threads};
//!
//! set_threads(2);
//! assert_eq!(threads(), 2);
//! set_threads(0); // as many as the processor offers
//! assert!(threads() >= 1);
//! ```

#![allow(unsafe_code, reason = "threads borrow from the call that waits for them")]

use core::any::Any;
use core::cell::Cell;
use core::hint::spin_loop;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread;

use crate::simd::{self, Level};

/// How often a thread looks for work before it sleeps: some 50 µs, longer than the pauses within a
/// training step.
const LOOKS: usize = 3000;

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
    start_threads(true);
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
pub(crate) fn start_threads(are_needed: bool) {
    let count = threads();
    if are_needed {
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
    /// What the first part that panicked did so with.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Progress {
    /// Keeps the first panic for the caller.
    fn keep(&self, payload: Box<dyn Any + Send>) {
        let mut first = lock(&self.panic);
        if first.is_none() {
            *first = Some(payload);
        } else {
            // To drop it may panic again, on a thread that somebody waits for.
            core::mem::forget(payload);
        }
    }
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

/// Calls `work` once with each number below `parts`, on several threads but no more than
/// `most_threads`, and returns when all are done. Its second argument is the thread's own number:
/// below both as well, and that of no other thread at the same time.
///
/// # Panics
///
/// Panics as the first part that does, when all others are done.
pub(crate) fn parallel_for(
    parts: usize,
    most_threads: usize,
    work: &(dyn Fn(usize, usize) + Sync),
) {
    let most = parts.min(most_threads);
    let helpers = if most > 1 { threads().min(most) - 1 } else { 0 };
    let turn = if helpers == 0 || IS_INSIDE.get() { None } else { POOL.try_turn() };
    let Some(turn) = turn else {
        (0..parts).for_each(|part| work(part, 0));
        return;
    };
    let progress = Progress::default();
    let job = Job { work, parts, progress: &progress, seats: helpers, level: simd::limit() };
    // SAFETY: only the lifetime changes. The job is gone from the pool, and no thread at work on it,
    // when this function returns: `finish` sees to it, and nothing between can panic.
    let job = unsafe { core::mem::transmute::<Job<'_>, Job<'static>>(job) };
    POOL.publish(job);
    job.run(0);
    POOL.finish();
    drop(turn);
    if let Some(payload) = lock(&progress.panic).take() {
        resume_unwind(payload);
    }
}

/// What a lock guards: nothing that holds one can leave it half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The turn to have a job done, unless another call has it.
    fn try_turn(&self) -> Option<MutexGuard<'_, ()>> {
        match self.turn.try_lock() {
            Ok(turn) => Some(turn),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
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
        simd::with_limit(self.level, || {
            loop {
                let part = self.progress.next.fetch_add(1, Ordering::Relaxed);
                if part >= self.parts {
                    break;
                }
                let done = catch_unwind(AssertUnwindSafe(|| (self.work)(part, thread)));
                if let Err(payload) = done {
                    self.progress.keep(payload);
                }
            }
        });
        IS_INSIDE.set(was_inside);
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::AtomicBool;

    use super::*;
    use crate::parallel::for_each_chunk;

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
                    parallel_for(parts, parts, &|part, _| {
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
            parallel_for(200, 200, &|_, thread| {
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
            for_each_chunk(&mut slice, 10, &|index, run| run.fill(index + 1));
            let expected: Vec<usize> = (0..103).map(|k| k / 10 + 1).collect();
            assert_eq!(slice, expected);
        });
    }

    #[test]
    fn parts_may_be_divided_themselves() {
        with_threads(3, || {
            let done = AtomicUsize::new(0);
            parallel_for(4, 4, &|_, _| {
                parallel_for(5, 5, &|_, _| {
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
                            parallel_for(6, 6, &|_, _| {
                                done.fetch_add(1, Ordering::Relaxed);
                            });
                        }
                    });
                }
            });
            assert_eq!(done.load(Ordering::Relaxed), 1200);
        });
    }

    /// Does eight parts, each of which waits until `count` threads are there, and then does `body`, given
    /// the thread's number. Whether so many came: another test may have the pool, and then none does.
    fn together(count: usize, body: &(dyn Fn(usize) + Sync)) -> bool {
        let (start, seen) = (std::time::Instant::now(), Mutex::new([false; 8]));
        let present = || lock(&seen).iter().filter(|&&seen| seen).count();
        parallel_for(8, 8, &|_, thread| {
            lock(&seen)[thread] = true;
            while present() < count && start.elapsed().as_secs() < 2 {
                thread::yield_now();
            }
            if present() == count {
                body(thread);
            }
        });
        present() == count
    }

    /// That the pool has all its threads: tried several times, since other tests use it as well.
    fn assert_all_work(count: usize) {
        assert!((0..20).any(|_| together(count, &|_| {})), "threads are missing");
    }

    /// The payload of the panic of work on so many threads, each of which does `body`.
    fn panic_together(count: usize, body: &(dyn Fn(usize) + Sync)) -> Box<dyn Any + Send> {
        let mut outcomes =
            (0..20).map(|_| catch_unwind(AssertUnwindSafe(|| together(count, body))));
        outcomes.find_map(Result::err).expect("a panic")
    }

    #[test]
    fn a_panic_reaches_the_caller_as_it_is_and_the_pool_works_with_all_threads() {
        with_threads(4, || {
            for _ in 0..3 {
                let outcome = catch_unwind(|| {
                    parallel_for(8, 8, &|part, _| assert_ne!(part, 5, "a user's panic"));
                });
                let payload = outcome.unwrap_err();
                let message = payload.downcast_ref::<String>().expect("its own payload");
                assert!(message.contains("a user's panic"), "{message}");
                assert_all_work(4);
            }
        });
    }

    /// A payload that panics where it is dropped.
    struct Bomb(usize);

    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(thread::panicking(), "a payload was dropped");
        }
    }

    #[test]
    fn payloads_that_panic_do_no_harm_on_any_thread() {
        with_threads(4, || {
            type Panics = fn(usize) -> bool;
            let cases: [Panics; 3] = [|thread| thread == 0, |thread| thread == 2, |_| true];
            for panics in cases {
                let payload = panic_together(4, &|thread| {
                    if panics(thread) {
                        std::panic::panic_any(Bomb(thread));
                    }
                });
                let bomb = payload.downcast::<Bomb>().expect("its own payload");
                assert!(panics(bomb.0));
                core::mem::forget(bomb);
                assert_all_work(4);
            }
        });
    }

    #[test]
    fn a_panic_in_parts_of_a_part_reaches_the_caller() {
        with_threads(4, || {
            let payload = panic_together(4, &|thread| {
                parallel_for(5, 5, &|part, _| {
                    if (thread, part) == (1, 3) {
                        std::panic::panic_any(Bomb(part));
                    }
                });
            });
            let bomb = payload.downcast::<Bomb>().expect("its own payload");
            assert_eq!(bomb.0, 3);
            core::mem::forget(bomb);
            assert_all_work(4);
        });
    }

    #[test]
    fn callers_on_several_threads_get_the_panics_of_their_own_work() {
        with_threads(3, || {
            thread::scope(|scope| {
                for caller in 0..4 {
                    scope.spawn(move || {
                        for _ in 0..50 {
                            let outcome = catch_unwind(|| {
                                parallel_for(6, 6, &|part, _| {
                                    if part >= 4 {
                                        std::panic::panic_any(Bomb(caller));
                                    }
                                });
                            });
                            let bomb = outcome.unwrap_err().downcast::<Bomb>().unwrap();
                            assert_eq!(bomb.0, caller);
                            core::mem::forget(bomb);
                        }
                    });
                }
            });
            assert_all_work(3);
        });
    }

    #[test]
    fn work_of_a_drop_during_a_panic_is_done() {
        struct Works<'a>(&'a AtomicUsize);
        impl Drop for Works<'_> {
            fn drop(&mut self) {
                let outcome = catch_unwind(AssertUnwindSafe(|| {
                    parallel_for(6, 6, &|part, _| {
                        self.0.fetch_add(1, Ordering::Relaxed);
                        assert_ne!(part, 5, "a panic during a panic");
                    });
                }));
                assert!(outcome.is_err());
            }
        }
        with_threads(3, || {
            let done = AtomicUsize::new(0);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let _works = Works(&done);
                panic!("the panic itself");
            }));
            let message = *outcome.unwrap_err().downcast::<&str>().unwrap();
            assert_eq!((message, done.load(Ordering::Relaxed)), ("the panic itself", 6));
            assert_all_work(3);
        });
    }

    #[test]
    fn threads_run_at_the_level_of_the_caller() {
        with_threads(2, || {
            simd::with_level(Level::Baseline, || {
                parallel_for(64, 64, &|_, _| assert_eq!(Level::current(), Level::Baseline));
            });
        });
    }
}
