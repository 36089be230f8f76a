//! One lister, a bounded channel, workers, a bounded channel, one writer. Memory does not grow with the leak.

use super::plan::{Plan, Start};
use crate::isolation::{Bench, Memory, STACK_BYTES, Walls, Worker};
use crate::ledger::{Done, Standing, Writer};
use crate::model::{IdKey, Locator, Outcome, Record};
use crate::progress::{Event, Progress};
use crate::source::{Entry, Folder, PathList, Roots, Source};
use anyhow::{Context as _, Result};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Listed items that wait for a worker. An item is about 200 bytes.
const LISTED: usize = 1024;
/// Records that wait for the writer.
const RECORDED: usize = 64;
/// How often the writer looks whether a commit is due while nothing arrives.
const TICK: Duration = Duration::from_millis(500);

/// What a scan did.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    /// Records that were written.
    pub(super) recorded: u64,
    /// Files whose inode or last change was new, whose content was the recorded one.
    pub(super) recognised: u64,
    /// Worker processes that were lost and replaced.
    pub(super) replaced: u64,
    /// A worker ran without all of its walls: the kernel lacks one.
    pub(super) is_exposed: bool,
}

/// A listed item that a worker has to look at.
struct Task {
    entry: Entry,
    /// The record holds if the content still has this BLAKE3 hash.
    recorded: Option<[u8; 32]>,
}

/// What a worker hands to the writer.
enum Answer {
    /// A record, and the stamp of the item as it was listed.
    Record(Box<Record>, Option<i64>),
    /// The record that there is holds for the item with this stamp.
    Recognised(Locator, Option<i64>),
    /// A worker started with these walls around it.
    Started(Walls),
    /// A worker ended; how often its process was replaced.
    Ended(u64),
    Fatal(anyhow::Error),
}

/// Lists, examines and records everything that has no record yet, until the end or `stop`.
pub(super) fn examine_all(
    plan: &Plan<'_>,
    done: Done,
    writer: &mut Writer,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<Counts> {
    let (to_workers, from_lister) = bounded(LISTED);
    let (to_writer, from_workers) = bounded(RECORDED);
    thread::scope(|scope| {
        let lister = scope.spawn(move || list_all(plan, &done, &to_workers, progress, stop));
        let workers = scope.spawn(move || work_all(plan, &from_lister, &to_writer, stop));
        let written = write_all(plan, &from_workers, writer, progress);
        // Workers and lister end when nobody listens to them any more.
        drop(from_workers);
        let worked = workers.join().map_err(|_| anyhow::anyhow!("a worker thread panicked"))?;
        let listed = lister.join().map_err(|_| anyhow::anyhow!("the lister panicked"))?;
        let counts = written?;
        worked?;
        listed?;
        Ok(counts)
    })
}

/// Lists every source. What is listed and has no record goes to the workers.
fn list_all(
    plan: &Plan<'_>,
    done: &Done,
    to_workers: &Sender<Task>,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<()> {
    let mut trouble = None;
    let mut each = |entry: Entry| {
        let recorded = match done.standing(&entry.item, entry.fault) {
            Ok(Standing::Done) => {
                progress.send(Event::AlreadyDone);
                return !stop.load(Ordering::Relaxed);
            }
            Ok(Standing::DoneIf(hash)) => Some(hash),
            Ok(Standing::Open) => None,
            Err(error) => {
                trouble = Some(error);
                return false;
            }
        };
        progress.send(Event::Listed);
        to_workers.send(Task { entry, recorded }).is_ok() && !stop.load(Ordering::Relaxed)
    };
    for start in &plan.starts {
        list(plan, start, &mut each)?;
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    progress.send(Event::ListingEnded);
    trouble.map_or(Ok(()), |error| Err(error.into()))
}

fn list(plan: &Plan<'_>, start: &Start, each: &mut dyn FnMut(Entry) -> bool) -> Result<()> {
    let (source, root, filter) = (start.source, start.root.clone(), &plan.listing.filter);
    let Some(file) = &plan.listing.files_from else {
        let same_file_system = plan.listing.one_file_system;
        return Ok(Folder { source, root, at: start.at.clone(), filter, same_file_system }.list(each)?);
    };
    let paths: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let opened = File::open(file).with_context(|| format!("--files-from {}", file.display()))?;
        Box::new(BufReader::new(opened))
    };
    Ok(PathList { source, root, paths, separator: plan.listing.separator, filter }.list(each)?)
}

/// Runs one worker a thread. Each ends when nothing more is listed, or on `stop` after the item it is at.
fn work_all(plan: &Plan<'_>, items: &Receiver<Task>, answers: &Sender<Answer>, stop: &AtomicBool) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.jobs).thread_name(|n| format!("worker-{n}"));
    let pool = if plan.is_isolated { pool } else { pool.stack_size(STACK_BYTES) };
    let pool = pool.build().context("the worker threads cannot be started")?;
    let memory = Arc::new(Memory::default());
    pool.broadcast(|_| {
        if let Err(error) = work(plan, &memory, items, answers, stop) {
            // Without workers the scan cannot go on; the writer tells why.
            stop.store(true, Ordering::Relaxed);
            let _ = answers.send(Answer::Fatal(error));
        }
    });
    Ok(())
}

fn work(
    plan: &Plan<'_>,
    memory: &Arc<Memory>,
    items: &Receiver<Task>,
    answers: &Sender<Answer>,
    stop: &AtomicBool,
) -> Result<()> {
    let mut examiner = None;
    let roots = Roots::open(&plan.setup.sources);
    for Task { entry, recorded } in items {
        if stop.load(Ordering::Relaxed) {
            continue;
        }
        let stamp = entry.item.stamp();
        if recorded.is_some_and(|hash| has_content(&roots, &entry, plan, hash)) {
            if answers.send(Answer::Recognised(entry.item.locator, stamp)).is_err() {
                break;
            }
            continue;
        }
        let examiner = match &mut examiner {
            Some(examiner) => examiner,
            none => {
                let started = none.insert(Examiner::start(plan, memory)?);
                if let Examiner::Process(worker) = &started {
                    let _ = answers.send(Answer::Started(worker.walls()));
                }
                started
            }
        };
        let record = examiner.examine(&entry)?;
        if answers.send(Answer::Record(Box::new(record), stamp)).is_err() {
            break;
        }
    }
    if let Some(Examiner::Process(worker)) = examiner {
        let _ = answers.send(Answer::Ended(worker.replaced()));
    }
    Ok(())
}

/// Whether the item's content has this hash. Reading and hashing interpret nothing, so they need no worker process.
fn has_content(roots: &Roots, entry: &Entry, plan: &Plan<'_>, hash: [u8; 32]) -> bool {
    let content = roots.content(&entry.item, plan.setup.limits.whole_bytes);
    let hashes = content.and_then(|content| content.hashes());
    matches!(hashes, Ok((hashes, true)) if hashes.blake3 == hash)
}

/// What examines one thread's items. It is started with the first one: a scan with nothing to do starts none.
enum Examiner {
    Process(Worker),
    Here(Box<Bench>, Arc<Memory>),
}

impl Examiner {
    fn start(plan: &Plan<'_>, memory: &Arc<Memory>) -> Result<Self> {
        let memory = Arc::clone(memory);
        if plan.is_isolated {
            Ok(Self::Process(Worker::start(Arc::clone(&plan.setup), plan.deadline, memory)?))
        } else {
            Ok(Self::Here(Box::new(Bench::build(&plan.setup, Arc::clone(&memory))?), memory))
        }
    }

    fn examine(&mut self, entry: &Entry) -> Result<Record> {
        match self {
            Self::Process(worker) => Ok(worker.examine(entry)?),
            Self::Here(bench, memory) => Ok(bench.examine(entry, memory)),
        }
    }
}

/// Writes what the workers answer, and commits as it becomes due.
fn write_all(plan: &Plan<'_>, answers: &Receiver<Answer>, writer: &mut Writer, progress: &Progress) -> Result<Counts> {
    let mut counts = Counts::default();
    let ids = IdKey::of_case(&plan.setup.key);
    loop {
        match answers.recv_timeout(TICK) {
            Ok(Answer::Recognised(locator, stamp)) => {
                writer.restamp(&locator, stamp)?;
                counts.recognised += 1;
                progress.send(Event::Recognised);
            }
            Ok(Answer::Record(record, stamp)) => {
                writer.append(&record, stamp)?;
                counts.recorded += 1;
                tell(&record, &ids, progress);
                if plan.abort_after == Some(counts.recorded) {
                    std::process::abort();
                }
            }
            Ok(Answer::Started(walls)) => counts.is_exposed |= !walls.are_whole(),
            Ok(Answer::Ended(children)) => counts.replaced += children,
            Ok(Answer::Fatal(error)) => {
                writer.commit()?;
                return Err(error);
            }
            Err(RecvTimeoutError::Timeout) => writer.commit_if_due()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    writer.commit()?;
    Ok(counts)
}

fn tell(record: &Record, ids: &IdKey, progress: &Progress) {
    let findings = record.walk().map(|item| item.findings.len() as u64).sum();
    progress.send(Event::Examined { bytes: record.size, findings });
    if record.outcome == Outcome::Failed {
        let codes = codes(record);
        tracing::info!(item = record.locator.id(ids), codes, "item failed");
    } else if tracing::enabled!(tracing::Level::DEBUG) {
        let (item, outcome, codes) = (record.locator.id(ids), record.outcome.name(), codes(record));
        tracing::debug!(item, outcome, codes, media = record.media.name(), findings, "item examined");
    }
}

fn codes(record: &Record) -> String {
    let names: Vec<&str> = record.faults.iter().map(|fault| fault.code.name()).collect();
    names.join(",")
}
