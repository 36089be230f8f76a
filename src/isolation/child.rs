//! The child's side: give up what is not needed, build the kit once, then examine one entry at a time until the pipe
//! closes. It prints nothing: what a decoder writes to stderr goes to the parent, which shows none of it.

use super::frame::{self, Reply};
use super::hooks::Hooks;
use super::{Bench, STACK_BYTES, sandbox};
use crate::limits::{Limits, quiet_panics};
use crate::pipeline::{OcrMode, Setup};
use crate::source::Entry;
use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};
use std::io::{self, Read, Write};
use std::thread;

/// Files that a worker may have open at a time: pipes, roots, the item and a tool's pipes.
const OPEN_FILES: u64 = 256;

/// Serves the parent on stdin and stdout until it closes them.
///
/// # Errors
/// If the pipes fail; the parent sees that as the child's death.
pub fn serve() -> io::Result<()> {
    quiet_panics();
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let mut input = io::stdin().lock();
    let Some(setup) = frame::read::<Setup>(&mut input)? else { return Ok(()) };
    drop(input);
    confine(&setup.limits)?;
    let served = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
        answer(&setup, &mut input, &mut output)
    })?;
    served.join().unwrap_or_else(|_| Err(io::Error::other("worker panicked")))
}

fn answer(setup: &Setup, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let bench = match Bench::build(setup) {
        Ok(bench) => bench,
        Err(error) => return frame::write(output, &Reply::Refused(chain(&error))),
    };
    let hooks = Hooks::from_environment();
    let walls = sandbox::enter(&setup.sources, setup.ocr != OcrMode::Off);
    frame::write(output, &Reply::Ready(walls))?;
    while let Some(entry) = frame::read::<Entry>(input)? {
        hooks.trip(&entry.item);
        frame::write(output, &Reply::Done(Box::new(bench.examine(&entry))))?;
    }
    Ok(())
}

/// Bounds that the kernel keeps: address space, no core files (they hold the leak), no writing to files.
fn confine(limits: &Limits) -> io::Result<()> {
    let bounds = [
        (Resource::As, limits.worker_memory),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, OPEN_FILES),
    ];
    for (resource, bound) in bounds {
        setrlimit(resource, Rlimit { current: Some(bound), maximum: Some(bound) })?;
    }
    Ok(())
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
