//! Tables and sorters that keep a bounded part of themselves in memory and the rest in unnamed temporary files.
//!
//! What is written are tokens and short ids, never a clear value. A file has no name in its folder, so that nothing is
//! left behind however the program ends. The first trouble with a file is kept: whoever asks for the result is told,
//! and what was computed on the way counts for nothing.

mod pages;
mod sorter;
mod words;

pub(super) use pages::{Fixed, Pages};
pub(super) use sorter::{Sorted, Sorter};
pub(super) use words::{WordReader, WordWriter};

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;

/// What a table keeps of itself in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Different mentions while reading; beyond, they go to disk as one sorted run. 65,536 take about 25 MiB.
    pub(super) mentions: usize,
    /// Pages of 2 KiB of the table of entities, and as many of persons and of names: 12,288 are 24 MiB, about 170,000
    /// entities. A third as many of every other table.
    pub(super) pages: usize,
    /// Pairs of a sorter: 1,048,576 are 16 MiB. A sixteenth as many while reading.
    pub(super) pairs: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { mentions: 65_536, pages: 12_288, pairs: 1 << 20 }
    }
}

/// Where temporary files go, and what went wrong there.
#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    pub(super) room: Room,
    trouble: RefCell<Option<io::Error>>,
}

impl Disk {
    pub(super) fn new(folder: PathBuf, room: Room) -> Rc<Self> {
        Rc::new(Self { folder, room, trouble: RefCell::new(None) })
    }

    /// A new file without a name.
    fn file(&self) -> io::Result<File> {
        tempfile::tempfile_in(&self.folder)
    }

    /// The value, or none and the trouble kept.
    fn kept<T>(&self, result: io::Result<T>) -> Option<T> {
        result.map_err(|error| self.trouble.borrow_mut().get_or_insert(error).kind()).ok()
    }

    /// The first trouble.
    ///
    /// # Errors
    /// If there was one.
    pub(super) fn check(&self) -> io::Result<()> {
        self.trouble.borrow_mut().take().map_or(Ok(()), Err)
    }
}
