//! What a child asks of its parent while it examines one item: outside programs, within bounds that the parent keeps.
//! A child that asks for more than a reader would is told that the tool is absent; nothing that it says is trusted.

use super::frame::{Ask, From};
use super::memory::Memory;
use super::tool;
use crate::limits::{Answer, Ended, Limits, Toolbox};
use crate::pipeline::Setup;
use crate::source::{Entry, Roots};
use std::fs::File;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// The errands of one item.
#[derive(Debug)]
pub(super) struct Errands<'a> {
    pub(super) entry: &'a Entry,
    pub(super) roots: &'a Roots,
    pub(super) toolbox: &'a Toolbox,
    pub(super) limits: &'a Limits,
    pub(super) memory: &'a Memory,
    parts: Option<File>,
    held: u64,
    spent: Duration,
}

impl<'a> Errands<'a> {
    pub(super) fn new(entry: &'a Entry, roots: &'a Roots, setup: &'a Setup, memory: &'a Memory) -> Self {
        let (toolbox, limits) = (&setup.tools, &setup.limits);
        Self { entry, roots, toolbox, limits, memory, parts: None, held: 0, spent: Duration::ZERO }
    }

    /// Takes a part of a tool's input.
    pub(super) fn take(&mut self, part: &[u8]) -> io::Result<()> {
        self.held = self.held.saturating_add(part.len() as u64);
        if self.held > self.limits.whole_bytes.max(self.limits.member_bytes) {
            self.parts = None;
            return Ok(());
        }
        let file = match &mut self.parts {
            Some(file) => file,
            none if self.held == part.len() as u64 => none.insert(tool::memory_file()?),
            // An input that passed the bound stays lost.
            None => return Ok(()),
        };
        file.write_all(part)
    }

    /// Runs the tool. All of an item's tools together get its own time and that of OCR.
    pub(super) fn run(&mut self, ask: &Ask) -> Answer {
        let parts = self.parts.take();
        self.held = 0;
        let allowed = Duration::from_secs(self.limits.ocr_seconds.saturating_add(self.limits.item_seconds));
        let within = ask.within.min(allowed.saturating_sub(self.spent));
        if within.is_zero() {
            return Answer::none(Ended::TimedOut);
        }
        let input = match ask.from {
            From::Parts => parts,
            From::Item => self.roots.file(&self.entry.item).ok(),
        };
        let Some(input) = input else { return Answer::none(Ended::Absent) };
        let begun = Instant::now();
        let run = |input| tool::run(self.toolbox, &ask.call, input, within, self.limits);
        let answer = self.memory.answer(&ask.call, input, run);
        self.spent += begun.elapsed();
        answer.unwrap_or_else(|_| Answer::none(Ended::Crashed))
    }
}
