//! Work on several threads whose results come in the order of the jobs.

use std::{
    io,
    thread::{self, JoinHandle},
};

use crossbeam_channel::{Receiver, Sender, bounded};

/// Results in the order of their jobs.
///
/// Job k goes to worker k mod n and its result comes from there, so that the order needs no bookkeeping, and every channel
/// is bounded: who consumes slowly slows the workers, they slow the feeder, and it slows whatever gives it jobs. Dropping
/// this ends all of them.
pub(super) struct Ordered<R> {
    results: Vec<Receiver<R>>,
    next: usize,
    threads: Vec<JoinHandle<()>>,
}

/// Starts `workers` threads, each of which may be `ahead` results ahead.
///
/// # Errors
/// When a thread cannot be started.
pub(super) fn ordered<J: Send + 'static, R: Send + 'static>(
    jobs: impl Iterator<Item = J> + Send + 'static,
    workers: usize,
    ahead: usize,
    work: impl Fn(J) -> R + Clone + Send + 'static,
) -> io::Result<Ordered<R>> {
    let spawn = |name: &str| thread::Builder::new().name(name.to_owned());
    let (mut inputs, mut results, mut threads) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..workers.max(1) {
        let (input, jobs) = bounded::<J>(1);
        let (output, result) = bounded::<R>(ahead.max(1));
        let work = work.clone();
        threads.push(spawn(&format!("motley pictures {number}")).spawn(move || {
            for job in jobs {
                if output.send(work(job)).is_err() {
                    return;
                }
            }
        })?);
        inputs.push(input);
        results.push(result);
    }
    threads.push(spawn("motley tickets").spawn(move || feed(jobs, &inputs))?);
    Ok(Ordered { results, next: 0, threads })
}

fn feed<J>(jobs: impl Iterator<Item = J>, inputs: &[Sender<J>]) {
    for (job, input) in jobs.zip(inputs.iter().cycle()) {
        if input.send(job).is_err() {
            return;
        }
    }
}

impl<R> Iterator for Ordered<R> {
    type Item = R;

    fn next(&mut self) -> Option<R> {
        if self.results.is_empty() {
            return None;
        }
        match self.results[self.next].recv() {
            Ok(result) => {
                self.next = (self.next + 1) % self.results.len();
                Some(result)
            }
            Err(_) => {
                // The first worker without a further result had no further job, unless its thread died.
                self.results.clear();
                for thread in self.threads.drain(..) {
                    if let Err(panic) = thread.join() {
                        std::panic::resume_unwind(panic);
                    }
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, sync::atomic::AtomicUsize, sync::atomic::Ordering::SeqCst, time::Duration};

    use super::*;

    #[test]
    fn order_does_not_depend_on_threads_or_time() {
        for workers in [1, 2, 3, 7] {
            let results = ordered(0..100_u64, workers, 2, |job| {
                thread::sleep(Duration::from_micros(job * 7919 % 300));
                job * job
            });
            assert!(results.unwrap().eq((0..100).map(|job| job * job)));
        }
    }

    #[test]
    fn who_does_not_consume_stops_the_work() {
        let started = Arc::new(AtomicUsize::new(0));
        let count = started.clone();
        let mut results = ordered(0..1000, 3, 2, move |job| {
            count.fetch_add(1, SeqCst);
            job
        })
        .unwrap();
        assert_eq!(results.next(), Some(0));
        thread::sleep(Duration::from_millis(100));
        // For each worker two results, one in hand; and the one that was taken.
        assert!(started.load(SeqCst) <= 3 * 3 + 1, "{}", started.load(SeqCst));
        assert_eq!(results.count(), 999);
    }

    #[test]
    #[should_panic(expected = "worker's own words")]
    fn a_panic_is_no_silent_end() {
        ordered(0..10, 2, 1, |job| assert!(job < 5, "worker's own words")).unwrap().for_each(drop);
    }
}
