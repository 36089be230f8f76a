//! A table of records of one size, of which the pages used last are in memory.

use super::Disk;
use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

/// Words of a page: 2 KiB. Smaller ones make reading through a table slow, larger ones looking up single records.
const PAGE: usize = 256;

/// A record as words.
pub(in crate::resolve) trait Fixed: Sized {
    /// How many.
    const WORDS: usize;
    /// Writes it.
    fn pack(&self, words: &mut [u64]);
    /// Reads it back; `None` if there are too few words.
    fn unpack(words: &[u64]) -> Option<Self>;
}

/// The table.
#[derive(Debug)]
pub(in crate::resolve) struct Pages<R> {
    disk: Rc<Disk>,
    room: usize,
    length: usize,
    cache: RefCell<Cache>,
    record: PhantomData<R>,
}

#[derive(Debug, Default)]
struct Cache {
    file: Option<File>,
    frames: Vec<Frame>,
    /// By page the number of its frame plus one; 0 if it is not in memory.
    frame_of: Vec<u32>,
    hand: usize,
}

#[derive(Debug)]
struct Frame {
    page: usize,
    words: Box<[u64]>,
    is_dirty: bool,
    is_used: bool,
}

impl<R: Fixed> Pages<R> {
    const PER_PAGE: usize = PAGE / R::WORDS;

    /// An empty table that keeps at most so many pages in memory.
    pub(in crate::resolve) fn new(disk: &Rc<Disk>, pages: usize) -> Self {
        let (disk, cache) = (Rc::clone(disk), RefCell::default());
        Self { disk, room: pages.max(2), length: 0, cache, record: PhantomData }
    }

    /// Its records.
    pub(in crate::resolve) fn len(&self) -> usize {
        self.length
    }

    /// The record at this place.
    pub(in crate::resolve) fn get(&self, at: usize) -> Option<R> {
        if at >= self.length {
            return None;
        }
        self.with(at, false, |words| R::unpack(words)).flatten()
    }

    /// Replaces the record at this place.
    pub(in crate::resolve) fn set(&self, at: usize, record: &R) {
        if at < self.length {
            self.with(at, true, |words| record.pack(words));
        }
    }

    /// Lets `read` see the words from this record to the end of its page.
    pub(in crate::resolve) fn view<T>(&self, at: usize, read: impl FnOnce(&[u64]) -> T) -> Option<T> {
        if at >= self.length {
            return None;
        }
        let (page, within) = (at / Self::PER_PAGE, at % Self::PER_PAGE * R::WORDS);
        self.page(page, false, |words| words.get(within..).map(read)).flatten()
    }

    /// Leaves out records so that so many that follow stand in one page.
    pub(in crate::resolve) fn keep_together(&mut self, records: usize) {
        let used = self.length % Self::PER_PAGE;
        if used + records > Self::PER_PAGE {
            self.length += Self::PER_PAGE - used;
        }
    }

    /// Adds a record.
    pub(in crate::resolve) fn push(&mut self, record: &R) {
        self.length += 1;
        self.set(self.length - 1, record);
    }

    /// Makes room for so many records, to be set in any order.
    pub(in crate::resolve) fn grow_to(&mut self, length: usize) {
        self.length = self.length.max(length);
    }

    /// Forgets everything.
    pub(in crate::resolve) fn clear(&mut self) {
        self.length = 0;
        self.cache = RefCell::default();
    }

    fn with<T>(&self, at: usize, is_write: bool, act: impl FnOnce(&mut [u64]) -> T) -> Option<T> {
        let (page, within) = (at / Self::PER_PAGE, at % Self::PER_PAGE * R::WORDS);
        self.page(page, is_write, |words| words.get_mut(within..within + R::WORDS).map(act)).flatten()
    }

    fn page<T>(&self, page: usize, is_write: bool, act: impl FnOnce(&mut [u64]) -> T) -> Option<T> {
        let cache = &mut *self.cache.borrow_mut();
        let known = cache.frame_of.get(page).copied().unwrap_or(0) as usize;
        let frame = match known.checked_sub(1) {
            Some(frame) => frame,
            None => self.disk.kept(cache.load(page, self.room, &self.disk))?,
        };
        let frame = cache.frames.get_mut(frame)?;
        frame.is_used = true;
        frame.is_dirty |= is_write;
        Some(act(&mut frame.words))
    }
}

impl Cache {
    /// Brings a page into memory and tells its frame.
    fn load(&mut self, page: usize, room: usize, disk: &Disk) -> io::Result<usize> {
        let at = if self.frames.len() < room {
            self.frames.push(Frame { page, words: vec![0; PAGE].into(), is_dirty: false, is_used: false });
            self.frames.len() - 1
        } else {
            let at = self.victim();
            self.write_back(at, disk)?;
            at
        };
        let Some(frame) = self.frames.get_mut(at) else { return Err(io::ErrorKind::OutOfMemory.into()) };
        if let Some(place) = self.frame_of.get_mut(frame.page).filter(|place| **place == at as u32 + 1) {
            *place = 0;
        }
        frame.page = page;
        read(self.file.as_ref(), page, &mut frame.words)?;
        if self.frame_of.len() <= page {
            self.frame_of.resize(page + 1, 0);
        }
        if let Some(place) = self.frame_of.get_mut(page) {
            *place = at as u32 + 1;
        }
        Ok(at)
    }

    /// A frame that was not used since the hand last passed.
    fn victim(&mut self) -> usize {
        loop {
            self.hand = (self.hand + 1) % self.frames.len().max(1);
            match self.frames.get_mut(self.hand) {
                Some(frame) if frame.is_used => frame.is_used = false,
                _ => return self.hand,
            }
        }
    }

    fn write_back(&mut self, at: usize, disk: &Disk) -> io::Result<()> {
        let Some(frame) = self.frames.get_mut(at).filter(|frame| frame.is_dirty) else { return Ok(()) };
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(disk.file()?),
        };
        let mut bytes = [0; PAGE * 8];
        for (place, word) in bytes.chunks_exact_mut(8).zip(&frame.words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        file.write_all_at(&bytes, (frame.page * PAGE * 8) as u64)?;
        frame.is_dirty = false;
        Ok(())
    }
}

/// Reads a page; what was never written is zeros.
fn read(file: Option<&File>, page: usize, words: &mut [u64]) -> io::Result<()> {
    let mut bytes = [0; PAGE * 8];
    let mut filled = 0;
    while let (Some(file), Some(rest)) = (file, bytes.get_mut(filled..).filter(|rest| !rest.is_empty())) {
        match file.read_at(rest, (page * PAGE * 8 + filled) as u64) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    for (word, place) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = place.first_chunk().map_or(0, |place| u64::from_le_bytes(*place));
    }
    Ok(())
}

impl Fixed for [u64; 2] {
    const WORDS: usize = 2;

    fn pack(&self, words: &mut [u64]) {
        words.copy_from_slice(self);
    }

    fn unpack(words: &[u64]) -> Option<Self> {
        words.first_chunk().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::disk::Room;

    #[test]
    fn what_was_put_out_of_memory_comes_back() {
        let disk = Disk::new(std::env::temp_dir(), Room::default());
        let mut table: Pages<[u64; 2]> = Pages::new(&disk, 2);
        for n in 0..10_000 {
            table.push(&[n, n * n]);
        }
        for n in (0..10_000).rev().step_by(7) {
            table.set(n as usize, &[n, 1]);
        }
        let wanted = |n: u64| if (9_999 - n).is_multiple_of(7) { [n, 1] } else { [n, n * n] };
        assert!((0..10_000).all(|n| table.get(n as usize) == Some(wanted(n))));
        assert_eq!((table.get(10_000), table.len()), (None, 10_000));
        disk.check().expect("no trouble");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_at_the_end() {
        let disk = Disk::new("/nonexistent/folder".into(), Room::default());
        let mut table: Pages<[u64; 2]> = Pages::new(&disk, 2);
        for n in 0..10_000 {
            table.push(&[n, n]);
        }
        assert!(disk.check().is_err());
    }
}
