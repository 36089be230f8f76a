//! Words to a file and back, in order.

use super::Disk;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

/// Words of a reader's or writer's buffer: 16 KiB.
const BUFFER: usize = 2_048;

/// Writes words behind each other.
#[derive(Debug)]
pub(in crate::resolve) struct WordWriter {
    disk: Rc<Disk>,
    file: Option<Rc<File>>,
    buffer: Vec<u8>,
    written: u64,
}

impl WordWriter {
    pub(in crate::resolve) fn new(disk: &Rc<Disk>) -> Self {
        Self { disk: Rc::clone(disk), file: None, buffer: Vec::new(), written: 0 }
    }

    pub(in crate::resolve) fn put(&mut self, words: &[u64]) {
        for word in words {
            self.buffer.extend_from_slice(&word.to_le_bytes());
        }
        if self.buffer.len() >= BUFFER * 8 {
            self.flush();
        }
    }

    /// Where the next word will stand, in bytes.
    pub(in crate::resolve) fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// A reader of the bytes from one position to another.
    pub(in crate::resolve) fn reader(&mut self, from: u64, to: u64) -> WordReader {
        self.flush();
        WordReader { disk: Rc::clone(&self.disk), file: self.file.clone(), at: from, to, buffer: Vec::new(), next: 0 }
    }

    fn flush(&mut self) {
        let result = match &self.file {
            Some(file) => file.write_all_at(&self.buffer, self.written),
            None => self.disk.file().and_then(|file| {
                file.write_all_at(&self.buffer, self.written)?;
                self.file = Some(Rc::new(file));
                Ok(())
            }),
        };
        self.disk.kept(result);
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
    }
}

/// Reads words in order.
#[derive(Debug)]
pub(in crate::resolve) struct WordReader {
    disk: Rc<Disk>,
    file: Option<Rc<File>>,
    at: u64,
    to: u64,
    buffer: Vec<u64>,
    next: usize,
}

impl WordReader {
    /// The next word; `None` at the end, or where the file cannot be read.
    pub(in crate::resolve) fn next(&mut self) -> Option<u64> {
        if self.next >= self.buffer.len() {
            self.fill()?;
        }
        let word = self.buffer.get(self.next).copied()?;
        self.next += 1;
        Some(word)
    }

    /// As many words as there are places.
    pub(in crate::resolve) fn fill_into(&mut self, places: &mut [u64]) -> Option<()> {
        places.iter_mut().try_for_each(|place| {
            *place = self.next()?;
            Some(())
        })
    }

    fn fill(&mut self) -> Option<()> {
        let mut bytes = [0; BUFFER * 8];
        let wanted = (self.to - self.at).min(bytes.len() as u64) as usize;
        let bytes = bytes.get_mut(..wanted).filter(|bytes| !bytes.is_empty())?;
        let read =
            self.file.as_ref().map_or(Err(io::ErrorKind::NotFound.into()), |file| file.read_exact_at(bytes, self.at));
        self.disk.kept(read)?;
        self.at += wanted as u64;
        self.next = 0;
        self.buffer.clear();
        let words = bytes.chunks_exact(8).filter_map(|word| Some(u64::from_le_bytes(*word.first_chunk()?)));
        self.buffer.extend(words);
        Some(())
    }
}
