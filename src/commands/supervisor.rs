//! Worker processes: fed with indices, watched, and replaced when they die.
//!
//! 1. Each worker is this same binary (`motley worker`). Its standard input brings one line of [`Setup`] and then lines of
//!    indices; its standard output brings one [`Said`] a line.
//! 2. A thread for each worker keeps a few indices ahead of it, so that it never waits, and takes back what a dead worker did
//!    not draw.
//! 3. A worker that says why it cannot go on ends the capture; one that dies without a word is started again, unless the
//!    same frame kills it [`MOST_DEATHS`] times.
//!
//! Which worker draws a frame changes nothing about it.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{BufRead, BufReader, Read, Write},
    ops::Range,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::{Context, anyhow, bail};
use crossbeam_channel::{Sender, unbounded};
use motley_dataset::{Manifest, Spec, frames_in};
use serde::{Deserialize, Serialize};

/// Indices that a worker has ahead of it.
const AHEAD: usize = 4;
/// A frame that kills its worker so often will kill the next one too.
const MOST_DEATHS: u32 = 3;
/// A dead worker's last words.
const LAST_WORDS: usize = 4000;

/// What a worker is told first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Setup {
    /// Folder of the dataset.
    pub out: std::path::PathBuf,
    /// What it is.
    pub manifest: Manifest,
    /// The scene's text.
    pub scene_source: String,
    /// Folder that the scene's packs are relative to.
    pub base: std::path::PathBuf,
    /// Number of the worker, for its journal.
    pub worker: u32,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// A frame is on disk.
    Done(u64),
    /// It cannot go on, and neither could another.
    Failed(String),
}

/// Frames to draw.
pub struct Job<'a> {
    /// What is written.
    pub spec: &'a Spec,
    /// Folder that the scene's packs are relative to.
    pub base: &'a Path,
    /// Which frames, as runs of indices.
    pub missing: Vec<Range<u64>>,
    /// How many workers; `None` for what was measured best.
    pub jobs: Option<u32>,
}

/// What all supervising threads share.
struct Shared<'a> {
    /// Frames that no worker has yet, as runs of indices, none empty.
    queue: Mutex<VecDeque<Range<u64>>>,
    deaths: Mutex<BTreeMap<u64, u32>>,
    stop: &'a AtomicBool,
    failed: AtomicBool,
}

/// How many workers draw fastest: one for each core when the CPU draws, since each then keeps its core busy; a second one
/// beside a GPU hides the time in which the first reads back and writes.
pub fn default_jobs() -> u32 {
    let cores = thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1));
    if motley_capture::software() { cores } else { 2.min(cores) }
}

/// Draws all frames of a job. `false`: it was stopped before they were done.
///
/// # Errors
/// The reason of the first worker that cannot go on.
pub fn run(job: Job<'_>, stop: &AtomicBool, mut step: impl FnMut()) -> anyhow::Result<bool> {
    let jobs = job.jobs.unwrap_or_else(default_jobs).min(u32::try_from(frames_in(&job.missing)).unwrap_or(u32::MAX));
    let shared = Shared {
        queue: Mutex::new(job.missing.into()),
        deaths: Mutex::new(BTreeMap::new()),
        stop,
        failed: AtomicBool::new(false),
    };
    let (done, steps) = unbounded();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs)
            .map(|worker| {
                let setup = Setup {
                    out: job.spec.out.clone(),
                    manifest: job.spec.manifest.clone(),
                    scene_source: job.spec.scene_source.clone(),
                    base: job.base.to_owned(),
                    worker,
                };
                let (shared, done) = (&shared, done.clone());
                scope.spawn(move || {
                    let result = supervise(&setup, jobs, shared, &done);
                    if result.is_err() {
                        shared.failed.store(true, Ordering::SeqCst);
                    }
                    result
                })
            })
            .collect();
        drop(done);
        for () in steps {
            step();
        }
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a supervising thread panicked")))
    })?;
    Ok(shared.lock_queue().is_empty())
}

impl Shared<'_> {
    fn lock_queue(&self) -> std::sync::MutexGuard<'_, VecDeque<Range<u64>>> {
        // The queue is whole between any two calls, so a panic elsewhere does not spoil it.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || self.failed.load(Ordering::SeqCst)
    }

    fn take(&self) -> Option<u64> {
        if self.stopped() {
            return None;
        }
        let mut queue = self.lock_queue();
        let run = queue.front_mut()?;
        let index = run.next();
        if run.is_empty() {
            queue.pop_front();
        }
        index
    }

    /// Puts back what a dead worker had ahead of it, and counts its death against the first frame of it.
    fn bury(&self, ahead: &VecDeque<u64>) -> u32 {
        let mut queue = self.lock_queue();
        for index in ahead.iter().rev() {
            queue.push_front(*index..*index + 1);
        }
        let Some(first) = ahead.front() else { return 0 };
        let mut deaths = self.deaths.lock().unwrap_or_else(PoisonError::into_inner);
        let count = deaths.entry(*first).or_default();
        *count += 1;
        *count
    }
}

/// Keeps one worker at work until the queue is empty.
fn supervise(setup: &Setup, jobs: u32, shared: &Shared<'_>, done: &Sender<()>) -> anyhow::Result<()> {
    loop {
        let mut ahead = VecDeque::new();
        let Some(words) = work(setup, jobs, shared, done, &mut ahead)? else { return Ok(()) };
        if shared.stopped() {
            shared.bury(&ahead);
            return Ok(());
        }
        let first = ahead.front().copied();
        let frame = first.map_or_else(String::new, |index| format!(" at frame {index}"));
        if shared.bury(&ahead) >= MOST_DEATHS || first.is_none() {
            bail!("a worker process died{frame} again and again; the dataset can be resumed. Its last words:\n{words}");
        }
        tracing::warn!("a worker process died{frame}; another one goes on there");
    }
}

/// Runs one worker process. `None` when it ended well, else its last words.
fn work(
    setup: &Setup,
    jobs: u32,
    shared: &Shared<'_>,
    done: &Sender<()>,
    ahead: &mut VecDeque<u64>,
) -> anyhow::Result<Option<String>> {
    let Some(first) = shared.take() else { return Ok(None) };
    ahead.push_back(first);
    let mut child = spawn(jobs)?;
    let words = last_words(&mut child);
    // Both were asked for when the process was spawned.
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("a worker has no pipes")
    };
    let mut said = BufReader::new(output).lines();
    let mut tell = |line: &str| writeln!(input, "{line}").and_then(|()| input.flush()).is_ok();
    let mut alive = tell(&serde_json::to_string(setup)?) && tell(&first.to_string());
    let mut failure = None;
    while alive {
        while ahead.len() < AHEAD {
            let Some(index) = shared.take() else { break };
            ahead.push_back(index);
            alive &= tell(&index.to_string());
        }
        if ahead.len() < AHEAD {
            // Nothing is left to take, or the work was stopped: the worker draws what it was told and goes.
            break;
        }
        match said.next() {
            Some(Ok(line)) => match serde_json::from_str(&line) {
                Ok(Said::Done(index)) => note_done(index, ahead, done),
                Ok(Said::Failed(reason)) => {
                    failure = Some(reason);
                    break;
                }
                Err(_) => tracing::warn!("a worker said {line:?}"),
            },
            _ => alive = false,
        }
    }
    drop(input);
    for line in said.map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(Said::Done(index)) => note_done(index, ahead, done),
            Ok(Said::Failed(reason)) => failure = Some(reason),
            Err(_) => {}
        }
    }
    let status = child.wait().context("cannot wait for a worker")?;
    let words = words.join().unwrap_or_default();
    if let Some(reason) = failure {
        return Err(anyhow!(reason));
    }
    if status.success() && ahead.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("{words}({status})")))
}

fn note_done(index: u64, ahead: &mut VecDeque<u64>, done: &Sender<()>) {
    ahead.retain(|known| *known != index);
    // The receiver lives until all senders are gone.
    let _ = done.send(());
}

fn spawn(jobs: u32) -> anyhow::Result<Child> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(program);
    command.arg("worker").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if jobs > 1 && std::env::var_os("LP_NUM_THREADS").is_none() {
        // Mesa's software driver would start a thread for each core in every worker.
        command.env("LP_NUM_THREADS", "1");
    }
    if std::env::var_os("GLIBC_TUNABLES").is_none() {
        // Pictures come and go with every frame: keep their pages instead of giving them back to the system each time.
        command.env("GLIBC_TUNABLES", "glibc.malloc.mmap_threshold=67108864:glibc.malloc.trim_threshold=268435456");
    }
    command.spawn().context("cannot start a worker process")
}

/// Reads what a worker writes to its standard error, and keeps the end of it.
fn last_words(child: &mut Child) -> thread::JoinHandle<String> {
    let error = child.stderr.take();
    thread::spawn(move || {
        let mut text = Vec::new();
        let mut chunk = [0; 1024];
        let mut error = error;
        while let Some(Ok(n @ 1..)) = error.as_mut().map(|error| error.read(&mut chunk)) {
            text.extend_from_slice(&chunk[..n]);
            let excess = text.len().saturating_sub(LAST_WORDS);
            text.drain(..excess);
        }
        String::from_utf8_lossy(&text).into_owned()
    })
}
