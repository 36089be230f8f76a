//! The parent's side: start a child, hand over one entry, wait with a deadline, replace the child if it is lost.

use super::errands::Errands;
use super::frame::{self, Assembly, Order, Reply};
use super::hooks::PREFIX;
use super::memory::Memory;
use super::sandbox::Walls;
use super::{lost, program};
use crate::model::{Code, FaceEmbedding, Record};
use crate::pipeline::Setup;
use crate::source::{Entry, Roots};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use std::io::{self, Read, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Time in which a child builds its kit.
const START: Duration = Duration::from_mins(1);
/// How much of a child's stderr is kept, in bytes. It is searched for one phrase and never shown.
const STDERR_BYTES: usize = 4 << 10;
/// Wait for what a dead child wrote to stderr.
const LAST_WORDS: Duration = Duration::from_millis(50);
/// How often a child is started that is killed from outside before it is ready.
const STARTS: u32 = 3;
/// The number of SIGKILL.
const KILL: i32 = Signal::KILL.as_raw();
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
    roots: Roots,
    memory: Arc<Memory>,
    deadline: Duration,
    child: Option<Running>,
    replaced: u64,
}

impl Worker {
    /// Starts a child and waits until its kit is built. `deadline` bounds each item; `memory` is the run's.
    ///
    /// # Errors
    /// If it cannot be started or the kit cannot be built.
    pub fn start(setup: Arc<Setup>, deadline: Duration, memory: Arc<Memory>) -> Result<Self, WorkerError> {
        let child = Running::start(&setup)?;
        let roots = Roots::open(&setup.sources);
        Ok(Self { setup, roots, memory, deadline, child: Some(child), replaced: 0 })
    }

    /// Examines one entry in the child. Whatever the child does, a record comes out. A child that was killed from
    /// outside, by a person or by a system short of memory, is given a second try; one that died of the item is not.
    ///
    /// # Errors
    /// Only if a child that was lost cannot be replaced.
    pub fn examine(&mut self, entry: &Entry) -> Result<Record, WorkerError> {
        self.examine_with_faces(entry).map(|(record, _)| record)
    }

    /// The same, with the descriptions of its faces where the setup asks for them.
    ///
    /// # Errors
    /// The same.
    pub fn examine_with_faces(&mut self, entry: &Entry) -> Result<(Record, Vec<FaceEmbedding>), WorkerError> {
        let mut was_killed = false;
        loop {
            let mut child = self.child_at_work(entry)?;
            match self.answer(&mut child, entry) {
                Ok(examined) => {
                    self.child = Some(child);
                    return Ok(examined);
                }
                Err(_) if child.was_killed && !was_killed => was_killed = true,
                Err(code) => return Ok((lost(entry, code), Vec::new())),
            }
        }
    }

    /// A child that has the entry. One that died while it was idle is replaced: that is not this item's fault.
    fn child_at_work(&mut self, entry: &Entry) -> Result<Running, WorkerError> {
        let order = Order { entry, may_be_copy: self.memory.may_know(entry.item.size) };
        if let Some(mut child) = self.child.take()
            && child.send(&order, Instant::now() + START).is_ok()
        {
            return Ok(child);
        }
        self.replaced += 1;
        let mut child = Running::start(&self.setup)?;
        child.send(&order, Instant::now() + START).map_err(WorkerError::Start)?;
        Ok(child)
    }

    /// Runs the child's errands until it answers. Its clock stands still while it waits for one.
    fn answer(&self, child: &mut Running, entry: &Entry) -> Result<(Record, Vec<FaceEmbedding>), Code> {
        let mut errands = Errands::new(entry, &self.roots, &self.setup, &self.memory);
        let mut end = Instant::now() + self.deadline;
        loop {
            match child.receive(end)? {
                Reply::Done(record, impression, embeddings) if record.locator == entry.item.locator => {
                    if let (Some(hashes), Some(impression)) = (record.hashes, impression) {
                        self.memory.keep(hashes.blake3, record.size, impression);
                    }
                    return Ok((*record, embeddings));
                }
                Reply::Recall(blake3) => {
                    child.send(&self.memory.recall(&blake3), end).map_err(|_| Code::Crashed)?;
                }
                Reply::Part(part) => errands.take(&part).map_err(|_| Code::Crashed)?,
                Reply::Ask(ask) => {
                    let asked = Instant::now();
                    let answer = errands.run(&ask);
                    end += asked.elapsed();
                    child.send(&answer, end).map_err(|_| Code::Crashed)?;
                }
                Reply::Ready(_) | Reply::Refused(_) | Reply::Done(..) => return Err(Code::Crashed),
            }
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
    assembly: Assembly,
    has_ended: bool,
    /// It ended by SIGKILL, which was not this process's.
    was_killed: bool,
    walls: Walls,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

impl Running {
    /// Starts a child and waits until its kit is built. One that is killed from outside meanwhile is started again.
    fn start(setup: &Setup) -> Result<Self, WorkerError> {
        for _ in 1..STARTS {
            let mut running = Self::spawn()?;
            match running.make_ready(setup) {
                Ok(()) => return Ok(running),
                Err(WorkerError::Died) if running.was_killed => {}
                Err(error) => return Err(error),
            }
        }
        let mut running = Self::spawn()?;
        running.make_ready(setup).map(|()| running)
    }

    fn spawn() -> Result<Self, WorkerError> {
        let mut child = command().and_then(|mut command| command.spawn()).map_err(WorkerError::Start)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else { return Err(WorkerError::Died) };
        let stderr = child.stderr.take();
        // A child that does not read must not hold its parent.
        ioctl_fionbio(&to, true).map_err(|errno| WorkerError::Start(errno.into()))?;
        let (said, assembly, walls) = (Vec::new(), Assembly::default(), Walls::default());
        Ok(Self { child, to, from, stderr, said, assembly, has_ended: false, was_killed: false, walls })
    }

    fn make_ready(&mut self, setup: &Setup) -> Result<(), WorkerError> {
        let end = Instant::now() + START;
        if self.send(setup, end).is_err() {
            self.note_status();
            return Err(WorkerError::Died);
        }
        match self.receive(end) {
            Ok(Reply::Ready(walls)) => {
                self.walls = walls;
                Ok(())
            }
            Ok(Reply::Refused(why)) => Err(WorkerError::Refused(why)),
            Ok(_) | Err(_) => Err(WorkerError::Died),
        }
    }

    /// Sends a message, waiting for room in the pipe until `end`.
    fn send<T: Serialize>(&mut self, message: &T, end: Instant) -> io::Result<()> {
        let frame = frame::of(message)?;
        let mut rest = frame.as_slice();
        while !rest.is_empty() {
            match self.to.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    let mut room = [PollFd::new(&self.to, PollFlags::OUT)];
                    wait_for(&mut room, left)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for the next message until `end`. What the child writes to stderr meanwhile is drained, so that it never
    /// blocks on it.
    fn receive(&mut self, end: Instant) -> Result<Reply, Code> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            if let Some(reply) = self.assembly.take().map_err(|_| Code::Crashed)? {
                return Ok(reply);
            }
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
            self.assembly.push(buffer.get(..read).unwrap_or_default());
        }
    }

    /// Waits until stdout or stderr can be read or has ended.
    fn wait(&self, left: Duration) -> io::Result<(bool, bool)> {
        let mut ends = vec![PollFd::from_borrowed_fd(self.from.as_fd(), PollFlags::IN)];
        if let Some(stderr) = &self.stderr {
            ends.push(PollFd::from_borrowed_fd(stderr.as_fd(), PollFlags::IN));
        }
        wait_for(&mut ends, left)?;
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

    /// Ends the child.
    fn end(&mut self) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }

    /// Notes whether a child that is ending was killed from outside.
    fn note_status(&mut self) {
        self.was_killed = self.status_within(LAST_WORDS).is_some_and(|status| status.signal() == Some(KILL));
    }

    /// How the child ended, if it does so in this time.
    fn status_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + time;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(1)),
                status => {
                    // Reaped, its number may soon be another's: nothing more is sent to it.
                    self.has_ended |= matches!(status, Ok(Some(_)));
                    return status.ok().flatten();
                }
            }
        }
    }

    /// What a child that closed its stdout died of.
    fn cause_of_death(&mut self, buffer: &mut [u8]) -> Code {
        self.note_status();
        self.end();
        while self.stderr.is_some() && self.wait(LAST_WORDS).is_ok_and(|(_, has_words)| has_words) {
            self.listen(buffer);
        }
        let is_memory = memchr::memmem::find(&self.said, OUT_OF_MEMORY).is_some();
        if is_memory { Code::OutOfMemory } else { Code::Crashed }
    }
}

/// Waits for one of these at most this long; a signal may cut it short.
fn wait_for(ends: &mut [PollFd<'_>], left: Duration) -> io::Result<()> {
    let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
    match poll(ends, Some(&timeout)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// The command of a child: this program, an empty environment, its own process group so that Ctrl-C on the terminal
/// reaches the parent alone.
fn command() -> io::Result<Command> {
    #[expect(clippy::disallowed_methods, reason = "this is the isolation module, where child processes belong")]
    let mut command = Command::new(program()?);
    command.arg("worker").env_clear().process_group(0);
    // One thread examines; a second arena of the C library's would only hold freed pages.
    command.env("MALLOC_ARENA_MAX", "1");
    command.envs(std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}
