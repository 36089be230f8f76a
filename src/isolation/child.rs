//! The child's side: give up what is not needed, build the kit once, then examine one entry at a time until the pipe
//! closes. It prints nothing: what a decoder writes to stderr goes to the parent, which shows none of it.

use super::frame::{self, Ask, From, Order, Reply};
use super::hooks::Hooks;
use super::sandbox::{self, Walls};
use super::{Bench, STACK_BYTES, memory};
use crate::limits::{Answer, Call, Ended, Input, Limits, Toolbox, Tools, quiet_panics};
use crate::pipeline::{Examined, Impression, Recall, Setup};
use crate::source::Entry;
use rustix::process::{Resource, Signal, set_parent_process_death_signal};
use serde::Deserialize;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

/// Files that a worker may have open at a time: pipes, roots and the item.
const OPEN_FILES: u64 = 256;
/// Bytes of a tool's input in one frame.
const PART_BYTES: usize = 1 << 20;

/// Serves the parent on stdin and stdout until it closes them.
///
/// # Errors
/// If the pipes fail; the parent sees that as the child's death.
pub fn serve() -> io::Result<()> {
    quiet_panics();
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let Some(setup) = hear::<Setup>()? else { return Ok(()) };
    confine(&setup.limits)?;
    let sources = setup.sources.clone();
    let ((built, when_built), (walled, when_walled)) = (mpsc::channel(), mpsc::channel());
    let served = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || answer(&setup, &built, &when_walled))?;
    // A thread that stayed outside would be a way around the walls of the others: they share their memory.
    if when_built.recv().is_ok() {
        let _ = walled.send(sandbox::enter(&sources));
    }
    served.join().unwrap_or_else(|_| Err(io::Error::other("worker panicked")))
}

fn answer(setup: &Setup, built: &Sender<()>, when_walled: &Receiver<Walls>) -> io::Result<()> {
    // The parent has a worker for each job: what a decoder would do side by side is done here, by this thread alone.
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    alone.map_err(io::Error::other)?;
    let tools = Box::new(ParentTools { toolbox: setup.tools.clone() });
    let bench = match Bench::with_tools(setup, tools) {
        Ok(bench) => bench,
        Err(error) => return say(&Reply::Refused(chain(&error))),
    };
    let hooks = Hooks::from_environment();
    let _ = built.send(());
    let (outer, own) = (when_walled.recv().unwrap_or_default(), sandbox::enter(&setup.sources));
    say(&Reply::Ready(Walls { files: outer.files && own.files, calls: outer.calls && own.calls }))?;
    while let Some(Order { entry, may_be_copy }) = hear::<Order<Entry>>()? {
        hooks.trip(&entry.item);
        let recall = may_be_copy.then_some(&ParentMemory as &dyn Recall);
        let Examined { record, impression, embeddings } = bench.examine_once(&entry, recall);
        say(&Reply::Done(Box::new(record), impression.as_ref().and_then(memory::written), embeddings))?;
    }
    Ok(())
}

/// The next message. A function of its own, so that nothing holds stdin while an item asks for a tool.
fn hear<T: for<'de> Deserialize<'de>>() -> io::Result<Option<T>> {
    frame::read(&mut io::stdin().lock())
}

fn say(reply: &Reply) -> io::Result<()> {
    frame::write(&mut io::stdout().lock(), reply)
}

/// What the run has seen, which the parent remembers for all its workers.
struct ParentMemory;

impl Recall for ParentMemory {
    fn recall(&self, blake3: &[u8; 32]) -> Option<Impression> {
        // A pipe that broke shows with the next message; until then nothing is known.
        say(&Reply::Recall(*blake3)).ok()?;
        memory::read(&hear::<Option<Vec<u8>>>().ok()???)
    }
}

/// Outside programs, which the parent runs: a worker may start none.
#[derive(Debug)]
struct ParentTools {
    toolbox: Toolbox,
}

impl Tools for ParentTools {
    fn toolbox(&self) -> &Toolbox {
        &self.toolbox
    }

    fn run(&self, call: &Call, input: Input<'_>, within: Duration) -> Answer {
        ask(call, input, within).unwrap_or_else(|_| Answer::none(Ended::Crashed))
    }
}

/// Hands the input over and waits for the parent's answer. A listed file the parent opens itself.
fn ask(call: &Call, input: Input<'_>, within: Duration) -> io::Result<Answer> {
    let bytes = match input {
        Input::Bytes(bytes) => Some(bytes),
        Input::Content(content) => content.memory(),
    };
    for part in bytes.unwrap_or_default().chunks(PART_BYTES) {
        say(&Reply::Part(part.to_vec()))?;
    }
    let from = if bytes.is_some() { From::Parts } else { From::Item };
    say(&Reply::Ask(Ask { call: call.clone(), from, within }))?;
    hear::<Answer>()?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Bounds that the kernel keeps: address space, no core files (they hold the leak), no writing to files.
fn confine(limits: &Limits) -> io::Result<()> {
    let bounds = [
        (Resource::As, limits.worker_memory),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, OPEN_FILES),
    ];
    bounds.into_iter().try_for_each(|(resource, bound)| sandbox::bound(resource, bound))
}

/// An error with its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
