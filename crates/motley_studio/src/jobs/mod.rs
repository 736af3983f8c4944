//! Work in processes of their own: the same commands as on the command line, which tell how far they are as JSON lines.
//!
//! A job that is interrupted ends as after Ctrl-C: what it has done so far is kept, and the same command goes on.

pub mod command;

use std::{
    collections::VecDeque,
    ffi::OsString,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use serde_json::Value;

/// Lines that wait to be taken; a process that tells more waits too.
const WAITING: usize = 1024;
/// Lines of its errors that are kept.
const LAST_WORDS: usize = 30;

/// By how much a job stands back behind the window (man 2 setpriority).
#[cfg(unix)]
const NICE: i32 = 10;

/// Exit status of a command that was interrupted: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It works.
    Running,
    /// It was asked to stop and is finishing what it has begun.
    Stopping,
    /// It was interrupted; the same command goes on.
    Interrupted,
    /// It is done.
    Done,
    /// It failed, and said so.
    Failed(String),
}

enum Line {
    Event(Value),
    Error(String),
}

/// A command that runs in a process of its own.
pub struct Job {
    child: Child,
    lines: Receiver<Line>,
    last_words: VecDeque<String>,
    status: Status,
}

/// Starts commands.
#[derive(Clone)]
pub struct Launcher {
    /// The program.
    pub program: PathBuf,
    /// Folder in which it runs: folders that are typed are relative to it.
    pub folder: PathBuf,
    /// Called whenever a job tells something.
    pub wake: std::sync::Arc<dyn Fn() + Send + Sync>,
}

impl Launcher {
    /// Starts a command.
    ///
    /// # Errors
    /// When the system starts no process.
    pub fn start(&self, args: &[OsString]) -> io::Result<Job> {
        let mut child = Command::new(&self.program)
            .args(args)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        // The window comes first: whoever waits for a job hardly notices, whoever waits for the mouse does.
        #[cfg(unix)]
        if let Err(error) = rustix::process::setpriority_process(Some(rustix::process::Pid::from_child(&child)), NICE) {
            tracing::warn!("a job runs at the window's priority: {error}");
        }
        let (sender, lines) = bounded(WAITING);
        if let Some(out) = child.stdout.take() {
            let parse = |line: String| serde_json::from_str(&line).ok().map(Line::Event);
            self.listen("motley job output", out, sender.clone(), parse)?;
        }
        if let Some(errors) = child.stderr.take() {
            self.listen("motley job errors", errors, sender, |line| Some(Line::Error(line)))?;
        }
        Ok(Job { child, lines, last_words: VecDeque::new(), status: Status::Running })
    }

    fn listen(
        &self,
        name: &str,
        from: impl io::Read + Send + 'static,
        to: Sender<Line>,
        parse: impl Fn(String) -> Option<Line> + Send + 'static,
    ) -> io::Result<()> {
        let wake = self.wake.clone();
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok).filter_map(parse) {
                if to.send(line).is_err() {
                    break;
                }
                wake();
            }
            drop(to);
            wake();
        })?;
        Ok(())
    }
}

impl Job {
    /// Takes what it told since the last time, and looks whether it has ended.
    pub fn poll(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        // It is looked at first, so that nothing comes after the last line that is taken.
        let ended = self.child.try_wait();
        for line in self.lines.try_iter() {
            match line {
                Line::Event(event) => events.push(event),
                Line::Error(line) => {
                    self.last_words.push_back(line);
                    if self.last_words.len() > LAST_WORDS {
                        self.last_words.pop_front();
                    }
                }
            }
        }
        if self.is_running()
            && let Ok(Some(exit)) = ended
        {
            let words = || Vec::from(self.last_words.clone()).join("\n");
            self.status = match exit.code() {
                Some(0) => Status::Done,
                Some(INTERRUPTED) => Status::Interrupted,
                None if self.status == Status::Stopping => Status::Interrupted,
                _ => Status::Failed(if self.last_words.is_empty() { exit.to_string() } else { words() }),
            };
        }
        events
    }

    /// How it stands, as of the last [`Self::poll`].
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Has it not ended yet?
    pub fn is_running(&self) -> bool {
        matches!(self.status, Status::Running | Status::Stopping)
    }

    /// Asks it to stop, as Ctrl-C does.
    pub fn interrupt(&mut self) {
        if self.status == Status::Running {
            self.status = Status::Stopping;
            self.signal();
        }
    }

    #[cfg(unix)]
    fn signal(&mut self) {
        // One that has ended meanwhile needs no signal.
        let _ =
            rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), rustix::process::Signal::INT);
    }

    #[cfg(not(unix))]
    fn signal(&mut self) {
        // What it has done lies on disk whole: its files are written aside and renamed.
        let _ = self.child.kill();
    }
}

impl Drop for Job {
    /// A window that is closed leaves its work so that it can go on.
    fn drop(&mut self) {
        self.interrupt();
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn shell(script: &str) -> Job {
        let launcher = Launcher { program: "env".into(), folder: ".".into(), wake: std::sync::Arc::new(|| {}) };
        // Tests that run in the background ignore Ctrl-C, and a shell would inherit that for good.
        launcher.start(&["--default-signal=INT".into(), "sh".into(), "-c".into(), script.into()]).unwrap()
    }

    fn end(job: &mut Job) -> (Vec<Value>, Status) {
        let start = Instant::now();
        let mut events = Vec::new();
        while job.is_running() && start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(10));
            events.extend(job.poll());
        }
        thread::sleep(Duration::from_millis(50));
        events.extend(job.poll());
        (events, job.status().clone())
    }

    #[test]
    fn events_are_taken_and_other_lines_left() {
        let (events, status) = end(&mut shell("echo '{\"event\": \"progress\", \"done\": 3}'; echo words"));
        assert_eq!(status, Status::Done);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["done"], 3);
    }

    #[test]
    fn a_failure_says_why() {
        let (_, status) = end(&mut shell("sleep 0.1; echo 'no such scene' >&2; sleep 0.2; exit 2"));
        assert_eq!(status, Status::Failed("no such scene".to_owned()));
    }

    #[test]
    fn an_interrupted_job_can_go_on() {
        let mut job = shell("trap 'exit 130' INT; while true; do sleep 0.05; done");
        thread::sleep(Duration::from_millis(200));
        job.interrupt();
        assert_eq!(end(&mut job).1, Status::Interrupted);
    }
}
