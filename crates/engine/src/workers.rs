//! Threads that read mail in bulk, at a lower priority than everything a person waits for: the writer, the window and
//! other programs go first, and a first sync takes what is left.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError, mpsc};

use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::oneshot;

/// Of 0 to 99, on every system: niceness 9 on Linux, "lowest" on Windows.
const PRIORITY: u8 = 25;

/// More threads than this are not kept busy by one writer.
const MOST: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// The threads of one engine, begun with the first job and ended with the engine.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    jobs: OnceLock<mpsc::Sender<Job>>,
}

/// How many jobs run side by side; asked of the system once, which reads a dozen files to answer.
pub(crate) fn count() -> usize {
    static COUNT: LazyLock<usize> = LazyLock::new(|| {
        std::thread::available_parallelism()
            .map_or(2, usize::from)
            .min(MOST)
    });
    *COUNT
}

impl Workers {
    /// Runs `f` when a thread is free. The answer is an error when `f` panicked.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move || {
            // A panic drops `tell`, which is the answer; a receiver that is gone wants none.
            drop(catch_unwind(AssertUnwindSafe(|| tell.send(f()))));
        });
        if let Err(mpsc::SendError(job)) = self.jobs.get_or_init(start).send(job) {
            tokio::task::spawn_blocking(job);
        }
        told
    }
}

/// Begins the threads; where the system allows none, sending to them fails.
fn start() -> mpsc::Sender<Job> {
    let (jobs, queue) = mpsc::channel::<Job>();
    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..count() {
        let queue = Arc::clone(&queue);
        let begun = std::thread::Builder::new()
            .name("mail reader".to_owned())
            .spawn(move || work(&queue));
        if let Err(e) = begun {
            tracing::warn!("A thread for reading mail could not be started: {e}.");
        }
    }
    jobs
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    let lower = PRIORITY.try_into().map(ThreadPriority::Crossplatform);
    if let Ok(lower) = lower
        && let Err(e) = set_current_thread_priority(lower)
    {
        tracing::debug!("Mail is read at the usual priority: {e:?}.");
    }
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(mpsc::RecvError) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_ends_no_thread() {
        let workers = Workers::default();
        for _ in 0..MOST {
            let broken = workers.run(|| -> u8 { panic!("as a broken mail might") });
            assert!(broken.await.is_err(), "whoever waits hears of it");
        }
        assert_eq!(workers.run(|| 7).await, Ok(7), "the threads live on");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_a_person_waits_for_goes_first() {
        let niceness = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            // Field 19, the second one being the name in brackets (proc(5)).
            let after_name = stat.rsplit_once(") ").unwrap().1.to_owned();
            after_name
                .split(' ')
                .nth(16)
                .unwrap()
                .parse::<i32>()
                .unwrap()
        };
        let here = niceness();
        let there = Workers::default().run(niceness).await.unwrap();
        assert!(there > here, "{there} is nicer than {here}");
    }
}
