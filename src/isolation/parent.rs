//! The parent's side: start a child, hand over one entry, wait with a deadline, replace the child if it is lost.

use super::frame::{self, Assembly, Reply};
use super::hooks::PREFIX;
use super::lost;
use super::sandbox::Walls;
use crate::model::{Code, Record};
use crate::pipeline::{OcrMode, Setup};
use crate::source::Entry;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use std::io::{self, Read};
use std::os::fd::AsFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time in which a child builds its kit.
const START: Duration = Duration::from_mins(1);
/// How much of a child's stderr is kept, in bytes. It is searched for one phrase and never shown.
const STDERR_BYTES: usize = 4 << 10;
/// Wait for what a dead child wrote to stderr.
const LAST_WORDS: Duration = Duration::from_millis(50);
/// What the standard library writes when an allocation fails, before it aborts.
const OUT_OF_MEMORY: &[u8] = b"memory allocation of";

/// Why no worker can be had: a trouble of the run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The child could not be started.
    #[error("a worker process cannot be started")]
    Start(#[source] io::Error),
    /// The child died before its kit was built.
    #[error("a worker process ended before it was ready; try `--isolation none` to see why")]
    Died,
    /// The kit cannot be built.
    #[error("{0}")]
    Refused(String),
}

/// A child process that examines entries for one thread of the run.
#[derive(Debug)]
pub struct Worker {
    setup: Arc<Setup>,
    deadline: Duration,
    child: Option<Running>,
    replaced: u64,
}

impl Worker {
    /// Starts a child and waits until its kit is built. `deadline` bounds each item.
    ///
    /// # Errors
    /// If it cannot be started or the kit cannot be built.
    pub fn start(setup: Arc<Setup>, deadline: Duration) -> Result<Self, WorkerError> {
        let child = Running::start(&setup)?;
        Ok(Self { setup, deadline, child: Some(child), replaced: 0 })
    }

    /// Examines one entry in the child. Whatever the child does, a record comes out.
    ///
    /// # Errors
    /// Only if a child that was lost cannot be replaced.
    pub fn examine(&mut self, entry: &Entry) -> Result<Record, WorkerError> {
        // A child that died while it was idle is not this item's fault.
        let idle = self.child.take().and_then(|mut child| child.send(entry).is_ok().then_some(child));
        let mut child = if let Some(child) = idle {
            child
        } else {
            self.replaced += 1;
            let mut child = Running::start(&self.setup)?;
            child.send(entry).map_err(WorkerError::Start)?;
            child
        };
        match child.receive(self.deadline) {
            Ok(Reply::Done(record)) if record.locator == entry.item.locator => {
                self.child = Some(child);
                Ok(*record)
            }
            Ok(_) => Ok(lost(entry, Code::Crashed)),
            Err(code) => Ok(lost(entry, code)),
        }
    }

    /// The walls around the child.
    pub fn walls(&self) -> Walls {
        self.child.as_ref().map_or(Walls::default(), |child| child.walls)
    }

    /// How often a child was replaced.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }
}

/// One running child. Dropping it ends it.
#[derive(Debug)]
struct Running {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    stderr: Option<ChildStderr>,
    said: Vec<u8>,
    has_ended: bool,
    walls: Walls,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl Running {
    fn start(setup: &Setup) -> Result<Self, WorkerError> {
        let mut child = command(setup.ocr).and_then(|mut command| command.spawn()).map_err(WorkerError::Start)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { return Err(WorkerError::Died) };
        let stderr = child.stderr.take();
        let mut running = Self { child, to, from, stderr, said: Vec::new(), has_ended: false, walls: Walls::default() };
        running.send(setup).map_err(|_| WorkerError::Died)?;
        match running.receive(START) {
            Ok(Reply::Ready(walls)) => {
                running.walls = walls;
                Ok(running)
            }
            Ok(Reply::Refused(why)) => Err(WorkerError::Refused(why)),
            Ok(Reply::Done(_)) | Err(_) => Err(WorkerError::Died),
        }
    }

    fn send<T: Serialize>(&mut self, message: &T) -> io::Result<()> {
        frame::write(&mut self.to, message)
    }

    /// Waits for the answer. What the child writes to stderr meanwhile is drained, so that it never blocks on it.
    fn receive(&mut self, within: Duration) -> Result<Reply, Code> {
        let end = Instant::now() + within;
        let mut assembly = Assembly::default();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Code::TimedOut);
            }
            let (has_answer, has_words) = self.wait(left).map_err(|_| Code::Crashed)?;
            if has_words {
                self.listen(&mut buffer);
            }
            if !has_answer {
                continue;
            }
            let read = self.from.read(&mut buffer).map_err(|_| Code::Crashed)?;
            if read == 0 {
                return Err(self.cause_of_death(&mut buffer));
            }
            assembly.push(buffer.get(..read).unwrap_or_default());
            if let Some(reply) = assembly.take().map_err(|_| Code::Crashed)? {
                return Ok(reply);
            }
        }
    }

    /// Waits until stdout or stderr can be read or has ended.
    fn wait(&self, left: Duration) -> io::Result<(bool, bool)> {
        let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let mut ends = vec![PollFd::from_borrowed_fd(self.from.as_fd(), PollFlags::IN)];
        if let Some(stderr) = &self.stderr {
            ends.push(PollFd::from_borrowed_fd(stderr.as_fd(), PollFlags::IN));
        }
        match poll(&mut ends, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let is_ready = |index: usize| ends.get(index).is_some_and(|end| !end.revents().is_empty());
        Ok((is_ready(0), is_ready(1)))
    }

    /// Reads what is on stderr and keeps its last part.
    fn listen(&mut self, buffer: &mut [u8]) {
        let read = self.stderr.as_mut().map_or(0, |stderr| stderr.read(buffer).unwrap_or(0));
        if read == 0 {
            self.stderr = None;
        }
        self.said.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let surplus = self.said.len().saturating_sub(STDERR_BYTES);
        self.said.drain(..surplus);
    }

    /// Ends the child and every tool that it started.
    fn end(&mut self) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }

    /// What a child that closed its stdout died of.
    fn cause_of_death(&mut self, buffer: &mut [u8]) -> Code {
        self.end();
        while self.stderr.is_some() && self.wait(LAST_WORDS).is_ok_and(|(_, has_words)| has_words) {
            self.listen(buffer);
        }
        let is_memory = memchr::memmem::find(&self.said, OUT_OF_MEMORY).is_some();
        if is_memory { Code::OutOfMemory } else { Code::Crashed }
    }
}

/// The command of a child: this program, an empty environment, its own process group so that Ctrl-C on the terminal
/// reaches the parent alone.
fn command(ocr: OcrMode) -> io::Result<Command> {
    #[expect(clippy::disallowed_methods, reason = "this is the isolation module, where child processes belong")]
    let mut command = Command::new(program()?);
    command.arg("worker").env_clear().process_group(0);
    command.envs(std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX)));
    if ocr != OcrMode::Off {
        // Where the OCR program is found.
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// This very program: on Linux even if its file was replaced while the run goes on.
fn program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && own.exists() { Ok(own) } else { std::env::current_exe() }
}
