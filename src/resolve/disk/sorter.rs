//! Sorts pairs of numbers of which there may be more than memory holds: sorted runs in a file, then merged.

use super::{Disk, WordReader, WordWriter};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

/// Takes pairs in any order.
#[derive(Debug)]
pub(in crate::resolve) struct Sorter {
    disk: Rc<Disk>,
    room: usize,
    keeps_equals: bool,
    pairs: Vec<[u64; 2]>,
    runs: Option<WordWriter>,
    ends: Vec<u64>,
}

impl Sorter {
    /// A sorter in which equal pairs are one.
    pub(in crate::resolve) fn new(disk: &Rc<Disk>) -> Self {
        Self::with_room(disk, disk.room.pairs)
    }

    /// The same for what is gathered while reading, in a sixteenth of the room.
    pub(in crate::resolve) fn small(disk: &Rc<Disk>) -> Self {
        Self::with_room(disk, disk.room.pairs / 16)
    }

    fn with_room(disk: &Rc<Disk>, room: usize) -> Self {
        let (disk, room) = (Rc::clone(disk), room.max(2));
        Self { disk, room, keeps_equals: false, pairs: Vec::new(), runs: None, ends: Vec::new() }
    }

    /// Hands over every pair as often as it came.
    #[must_use]
    pub(in crate::resolve) fn keeping_equals(mut self) -> Self {
        self.keeps_equals = true;
        self
    }

    pub(in crate::resolve) fn push(&mut self, pair: [u64; 2]) {
        if self.pairs.len() >= self.room {
            self.settle();
            // Where most pairs were equal there is room again; half of it is worth a run.
            if self.pairs.len() > self.room / 2 {
                self.write_run();
            }
        }
        self.pairs.push(pair);
    }

    pub(in crate::resolve) fn extend(&mut self, pairs: impl IntoIterator<Item = [u64; 2]>) {
        pairs.into_iter().for_each(|pair| self.push(pair));
    }

    fn settle(&mut self) {
        self.pairs.sort_unstable();
        if !self.keeps_equals {
            self.pairs.dedup();
        }
    }

    fn write_run(&mut self) {
        let runs = self.runs.get_or_insert_with(|| WordWriter::new(&self.disk));
        for pair in &self.pairs {
            runs.put(pair);
        }
        self.ends.push(runs.position());
        self.pairs.clear();
    }

    /// The pairs in order.
    pub(in crate::resolve) fn sorted(mut self) -> Sorted {
        self.settle();
        let mut runs = Vec::new();
        if let Some(writer) = &mut self.runs {
            let starts = std::iter::once(0).chain(self.ends.iter().copied());
            runs = starts.zip(&self.ends).map(|(from, to)| writer.reader(from, *to)).collect();
        }
        let mut sorted = Sorted {
            keeps_equals: self.keeps_equals,
            rest: self.pairs.into_iter(),
            runs,
            heads: BinaryHeap::new(),
            last: None,
        };
        (0..=sorted.runs.len()).for_each(|source| sorted.advance(source));
        sorted
    }
}

/// Pairs in order.
#[derive(Debug)]
pub(in crate::resolve) struct Sorted {
    keeps_equals: bool,
    rest: std::vec::IntoIter<[u64; 2]>,
    runs: Vec<WordReader>,
    /// The next pair of each run; the one past the last run is what stayed in memory.
    heads: BinaryHeap<Reverse<([u64; 2], usize)>>,
    last: Option<[u64; 2]>,
}

impl Sorted {
    fn advance(&mut self, source: usize) {
        let next = match self.runs.get_mut(source) {
            Some(run) => run.next().zip(run.next()).map(|(first, second)| [first, second]),
            None => self.rest.next(),
        };
        self.heads.extend(next.map(|pair| Reverse((pair, source))));
    }

    /// Hands over the second numbers of all pairs with one first number, group by group.
    pub(in crate::resolve) fn each_group(self, mut act: impl FnMut(u64, &[u64])) {
        let mut group: Vec<u64> = Vec::new();
        let mut of = 0;
        for [first, second] in self {
            if first != of && !group.is_empty() {
                act(of, &group);
                group.clear();
            }
            of = first;
            group.push(second);
        }
        if !group.is_empty() {
            act(of, &group);
        }
    }
}

impl Iterator for Sorted {
    type Item = [u64; 2];

    fn next(&mut self) -> Option<[u64; 2]> {
        if self.runs.is_empty() {
            // Nothing was put on disk: what is in memory is sorted and without equals already.
            let Some(Reverse((pair, _))) = self.heads.pop() else { return self.rest.next() };
            return Some(pair);
        }
        loop {
            let Reverse((pair, source)) = self.heads.pop()?;
            self.advance(source);
            if self.keeps_equals || self.last != Some(pair) {
                self.last = Some(pair);
                return Some(pair);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::disk::Room;
    use crate::resolve::mix;

    #[test]
    fn runs_on_disk_give_what_memory_gives() {
        for room in [16, 1 << 20] {
            let disk = Disk::new(std::env::temp_dir(), Room { pairs: room, ..Room::default() });
            let pairs: Vec<[u64; 2]> = (0..5_000).map(|n| [mix(n, 1) % 100, mix(n, 2) % 70]).collect();
            let (mut once, mut all) = (Sorter::new(&disk), Sorter::small(&disk).keeping_equals());
            once.extend(pairs.iter().copied());
            all.extend(pairs.iter().copied());
            let mut wanted = pairs;
            wanted.sort_unstable();
            assert_eq!(all.sorted().collect::<Vec<_>>(), wanted);
            wanted.dedup();
            assert_eq!(once.sorted().collect::<Vec<_>>(), wanted);
            disk.check().expect("no trouble");
        }
    }
}
