//! What a run says of itself while it runs: [`Event`]s, drawn as one bar on a terminal or not at all. No stage knows
//! that a bar exists, and nothing here names an item.

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal as _, stderr};
use std::sync::atomic::{AtomicU64, Ordering};

/// Draws a second, at most.
const DRAWS_HZ: u8 = 2;

/// Something that happened to one item or to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An item was listed that has to be examined.
    Listed,
    /// An item was listed that has a record already.
    AlreadyDone,
    /// An item that was listed turned out to have a record that holds.
    Recognised,
    /// Nothing more will be listed: the total is known.
    ListingEnded,
    /// The faces of a picture were compared.
    Compared,
    /// An item has its record.
    Examined {
        /// Its size.
        bytes: u64,
        /// Findings in it and its members.
        findings: u64,
    },
}

/// Where events go.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    listed: AtomicU64,
    done_before: AtomicU64,
    bytes: AtomicU64,
    findings: AtomicU64,
}

impl Progress {
    /// A bar on stderr if it is wanted and stderr is a terminal.
    pub fn new(is_wanted: bool) -> Self {
        let is_shown = is_wanted && stderr().is_terminal();
        let target = if is_shown { ProgressDrawTarget::stderr_with_hz(DRAWS_HZ) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(style("{spinner} {human_pos} files, {per_sec}, {msg}"));
        Self {
            bar,
            listed: AtomicU64::new(0),
            done_before: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            findings: AtomicU64::new(0),
        }
    }

    /// Takes an event, from any thread.
    pub fn send(&self, event: Event) {
        match event {
            Event::Listed => {
                self.listed.fetch_add(1, Ordering::Relaxed);
            }
            Event::AlreadyDone => {
                self.done_before.fetch_add(1, Ordering::Relaxed);
            }
            Event::Recognised => {
                self.done_before.fetch_add(1, Ordering::Relaxed);
                self.bar.inc(1);
            }
            Event::ListingEnded => {
                self.bar.set_length(self.listed.load(Ordering::Relaxed));
                self.bar.set_style(style("{wide_bar} {human_pos}/{human_len} files, {per_sec}, {msg}, {eta} left"));
            }
            Event::Compared => self.bar.inc(1),
            Event::Examined { bytes, findings } => {
                let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
                let findings = self.findings.fetch_add(findings, Ordering::Relaxed) + findings;
                self.bar.inc(1);
                if !self.bar.is_hidden() {
                    self.bar.set_message(format!("{}, {} findings", HumanBytes(bytes), HumanCount(findings)));
                }
            }
        }
    }

    /// Items that had a record before the run.
    pub fn done_before(&self) -> u64 {
        self.done_before.load(Ordering::Relaxed)
    }

    /// Removes the bar.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A style from a constant template; the default one if it did not parse.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
