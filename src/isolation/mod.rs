//! Examining hostile items where they can do no harm: each worker of the run owns one child process of this program.
//!
//! The parent hands over one [`Entry`] at a time and waits with a deadline. A child that dies, hangs or asks for more
//! memory than its limit costs that one item, which is recorded with its reason, and is replaced. The protocol is
//! length-prefixed frames over pipes; the first frame carries the keys, so that they are never on a command line.
//!
//! A child starts no program. Where an item needs OCR or frames of a video, the child asks its parent, which runs the
//! tool in a sandbox of its own and hands its answer back for the child to read.

mod child;
mod errands;
mod frame;
mod hooks;
mod memory;
mod parent;
mod sandbox;
mod tool;

pub use child::serve;
pub use memory::Memory;
pub use parent::{Worker, WorkerError};
pub use sandbox::Walls;
pub use tool::{become_tool, toolbox};

use crate::limits::{Limits, Toolbox, Tools, guard};
use crate::model::{Code, Fault, Record, Stage};
use crate::pipeline::{self, Examined, Kit, Recall, Setup};
use crate::source::{Entry, Roots};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Stack of a thread that examines items, in bytes: readers that recurse have room before their own depth limit.
pub const STACK_BYTES: usize = 64 << 20;

/// What one thread needs to examine items in its own process: behind a child's pipe, or with `--isolation none`.
#[derive(Debug)]
pub struct Bench {
    kit: Kit,
    roots: Roots,
    whole_bytes: u64,
}

/// The outside programs, run from this process: for commands that read single files of their user's choice.
pub fn own_tools(toolbox: &Toolbox, limits: &Limits) -> Box<dyn Tools> {
    Box::new(tool::OwnTools { toolbox: toolbox.clone(), limits: limits.clone(), memory: Arc::default() })
}

impl Bench {
    /// Builds the kit and opens the roots. Outside programs are started by this process.
    ///
    /// # Errors
    /// If the kit cannot be built.
    pub fn build(setup: &Setup, memory: Arc<Memory>) -> Result<Self, pipeline::KitError> {
        let (toolbox, limits) = (setup.tools.clone(), setup.limits.clone());
        Self::with_tools(setup, Box::new(tool::OwnTools { toolbox, limits, memory }))
    }

    fn with_tools(setup: &Setup, tools: Box<dyn Tools>) -> Result<Self, pipeline::KitError> {
        let whole_bytes = setup.limits.whole_bytes;
        Ok(Self { kit: Kit::build(setup, tools)?, roots: Roots::open(&setup.sources), whole_bytes })
    }

    /// Opens and examines one entry, with what `memory` has of this run.
    pub fn examine(&self, entry: &Entry, memory: &Memory) -> Record {
        let recall = memory.may_know(entry.item.size).then_some(memory as &dyn Recall);
        let Examined { record, impression, .. } = self.examine_once(entry, recall);
        if let (Some(hashes), Some(impression)) = (record.hashes, impression.as_ref().and_then(memory::written)) {
            memory.keep(hashes.blake3, record.size, impression);
        }
        record
    }

    /// A panic that got past the pipeline's own guards is the item's fault.
    fn examine_once(&self, entry: &Entry, recall: Option<&dyn Recall>) -> Examined {
        let item = &entry.item;
        guard(Stage::Worker, || {
            let content = match entry.fault {
                Some(fault) => Err(fault),
                None => self.roots.content(item, self.whole_bytes),
            };
            pipeline::examine_once(item, content, &self.kit, recall)
        })
        .unwrap_or_else(|fault| lost(entry, fault.code).into())
    }
}

/// The record of an item that took its worker down.
fn lost(entry: &Entry, code: Code) -> Record {
    let item = &entry.item;
    Record::unread(item.locator.clone(), item.size, item.modified_ms, Fault::new(Stage::Worker, code))
}

/// This very program: on Linux even if its file was replaced while the run goes on.
fn program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(test) {
        return Err(io::Error::other("a unit test is not the program"));
    }
    if cfg!(target_os = "linux") && own.exists() { Ok(own) } else { std::env::current_exe() }
}
