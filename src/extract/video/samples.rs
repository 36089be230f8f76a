//! Where the key frames of an MP4's H.264 track lie: sample tables (ISO/IEC 14496-12, 8.5 to 8.7) and the decoder's
//! parameters (`avcC`, ISO/IEC 14496-15, 5.3).
//!
//! Tables are read by windows around the samples that are wanted, never whole.

use super::super::bmff::{Box4, boxes, find};
use super::super::octets::{Order, window};
use crate::limits::Content;
use crate::model::Fault;

/// Entries of one table that are read: a day of video at 12 frames a second.
const ENTRIES: u64 = 1 << 20;
/// Largest sample and largest set of parameters that are read, in bytes. A key frame of 8K at a studio's rate has 4 MB.
const SAMPLE: u64 = 16 << 20;
const PARAMETERS: usize = 64 << 10;

/// A video track whose key frames can be decoded here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyFrames {
    /// The `avcC` box: parameter sets, and the width of the length before each unit.
    pub(super) parameters: Vec<u8>,
    /// How the track is to be turned, as an EXIF orientation.
    pub(super) orientation: u8,
    /// Offset and length of each sample, spread over the track.
    pub(super) samples: Vec<(u64, usize)>,
}

/// Up to `count` key frames of the first H.264 track; `None` if there is no such track or its tables are empty, as those
/// of a fragmented file are.
///
/// # Errors
/// If the content cannot be read.
pub(super) fn key_frames(content: &Content, count: usize) -> Result<Option<KeyFrames>, Fault> {
    let top = boxes(content, 0, content.size())?;
    let Some(movie) = top.iter().find(|entry| &entry.name == b"moov") else { return Ok(None) };
    for track in boxes(content, movie.start, movie.end)?.iter().filter(|entry| &entry.name == b"trak") {
        let parts = boxes(content, track.start, track.end)?;
        let Some(table) = find(content, &parts, &[b"mdia", b"minf", b"stbl"])? else { continue };
        let tables = boxes(content, table.start, table.end)?;
        let Some(parameters) = parameters(content, &tables)? else { continue };
        let tables = Tables { content, tables: &tables };
        let mut samples = Vec::new();
        for sample in tables.chosen(count)? {
            samples.extend(tables.place(sample)?);
        }
        if !samples.is_empty() {
            return Ok(Some(KeyFrames { parameters, orientation: orientation(content, &parts)?, samples }));
        }
    }
    Ok(None)
}

/// The `avcC` box of the first H.264 sample entry.
fn parameters(content: &Content, tables: &[Box4]) -> Result<Option<Vec<u8>>, Fault> {
    let Some(described) = tables.iter().find(|entry| &entry.name == b"stsd") else { return Ok(None) };
    for entry in boxes(content, described.start + 8, described.end)?.into_iter().take(8) {
        if matches!(&entry.name, b"avc1" | b"avc2" | b"avc3" | b"avc4") {
            // The boxes of a visual sample entry follow 78 bytes of its own.
            let inner = boxes(content, entry.start + 78, entry.end)?;
            let found = inner.iter().find(|part| &part.name == b"avcC");
            return found.map(|part| part.payload(content, PARAMETERS)).transpose();
        }
    }
    Ok(None)
}

/// The turn in the matrix of a track's header: the first row tells a right angle (8.3.2, 16.16 numbers).
fn orientation(content: &Content, parts: &[Box4]) -> Result<u8, Fault> {
    let Some(header) = parts.iter().find(|entry| &entry.name == b"tkhd") else { return Ok(1) };
    let data = header.payload(content, 104)?;
    let matrix = if data.first() == Some(&1) { 52 } else { 40 };
    let sign = |at: usize| Order::Big.u32(&data, matrix + at).map_or(0, |bits| (bits as i32).signum());
    Ok(match (sign(0), sign(4)) {
        (0, 1) => 6,
        (-1, 0) => 3,
        (0, -1) => 8,
        _ => 1,
    })
}

/// The tables of one track.
struct Tables<'a> {
    content: &'a Content,
    tables: &'a [Box4],
}

impl Tables<'_> {
    fn get(&self, name: [u8; 4]) -> Option<&Box4> {
        self.tables.iter().find(|entry| entry.name == name)
    }

    /// A 32-bit number at an offset into a table; `None` past its end.
    fn number(&self, table: &Box4, at: u64) -> Result<Option<u64>, Fault> {
        if at + 4 > table.length() {
            return Ok(None);
        }
        Ok(Order::Big.u32(&window(self.content, table.start + at, 4)?, 0).map(u64::from))
    }

    /// Numbers of the key frames, counted from 0, spread over the track. A track without `stss` has nothing but key
    /// frames.
    fn chosen(&self, count: usize) -> Result<Vec<u64>, Fault> {
        let spread = |length: u64| {
            let taken = length.min(count as u64);
            (0..taken).map(move |index| index * length / taken.max(1))
        };
        if let Some(keys) = self.get(*b"stss") {
            let length = self.number(keys, 4)?.unwrap_or(0).min(ENTRIES);
            let mut chosen = Vec::new();
            for index in spread(length) {
                chosen.extend(self.number(keys, 8 + index * 4)?.and_then(|number| number.checked_sub(1)));
            }
            return Ok(chosen);
        }
        let Some(sizes) = self.get(*b"stsz") else { return Ok(Vec::new()) };
        Ok(spread(self.number(sizes, 8)?.unwrap_or(0).min(ENTRIES)).collect())
    }

    /// Where a sample lies: its chunk's offset, and the sizes of the samples before it in the chunk.
    fn place(&self, sample: u64) -> Result<Option<(u64, usize)>, Fault> {
        let (Some(sizes), Some((chunk, first))) = (self.get(*b"stsz"), self.chunk(sample)?) else { return Ok(None) };
        let offset = match self.get(*b"stco") {
            Some(table) => self.number(table, 8 + chunk * 4)?,
            None => self.wide(chunk)?,
        };
        let Some(mut offset) = offset else { return Ok(None) };
        let length = match self.number(sizes, 4)? {
            None => None,
            Some(0) => {
                let bytes = usize::try_from((sample - first + 1).min(ENTRIES) * 4).unwrap_or(0);
                let table = window(self.content, sizes.start + 12 + first * 4, bytes)?;
                let mut lengths = table.chunks_exact(4).filter_map(|entry| Order::Big.u32(entry, 0)).map(u64::from);
                offset += lengths.by_ref().take((sample - first) as usize).sum::<u64>();
                lengths.next()
            }
            Some(same) => {
                offset = offset.saturating_add((sample - first).saturating_mul(same));
                Some(same)
            }
        };
        let length = length.filter(|length| (1..=SAMPLE).contains(length));
        Ok(length.and_then(|length| Some((offset, usize::try_from(length).ok()?))))
    }

    fn wide(&self, chunk: u64) -> Result<Option<u64>, Fault> {
        let Some(table) = self.get(*b"co64").filter(|table| 8 + chunk * 8 + 8 <= table.length()) else {
            return Ok(None);
        };
        Ok(Order::Big.u64(&window(self.content, table.start + 8 + chunk * 8, 8)?, 0))
    }

    /// The chunk a sample lies in and the first sample of that chunk, both counted from 0.
    fn chunk(&self, sample: u64) -> Result<Option<(u64, u64)>, Fault> {
        let Some(runs) = self.get(*b"stsc") else { return Ok(None) };
        let count = self.number(runs, 4)?.unwrap_or(0).min(ENTRIES).min(runs.length() / 12);
        let table = window(self.content, runs.start + 8, count as usize * 12)?;
        let run = |entry: &[u8]| Some((u64::from(Order::Big.u32(entry, 0)?), u64::from(Order::Big.u32(entry, 4)?)));
        let mut entries = table.chunks_exact(12).filter_map(run).peekable();
        let mut before = 0;
        while let Some((first, each)) = entries.next() {
            let Some(chunk) = first.checked_sub(1).filter(|_| each > 0) else { return Ok(None) };
            let next = entries.peek().map_or(u64::MAX, |(next, _)| *next);
            let held = next.saturating_sub(first).saturating_mul(each);
            if sample < before + held.min(u64::MAX - before) {
                let (chunks, rest) = ((sample - before) / each, (sample - before) % each);
                return Ok(Some((chunk + chunks, sample - rest)));
            }
            before += held;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::bmff::tests::boxed;
    use super::*;
    use proptest::prelude::*;

    fn full(name: &[u8], numbers: &[u32]) -> Vec<u8> {
        let mut payload = vec![0; 4];
        payload.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        boxed(name, &payload)
    }

    /// Five samples of 10 to 50 bytes, in chunks of two, two and one, at 1000, 2000 and 3000; the third and the fifth
    /// are key frames. The track is to be shown turned by a quarter.
    fn movie() -> Vec<u8> {
        let mut entry = vec![0; 78];
        entry.extend(boxed(b"avcC", &[1, 66, 0, 21]));
        let mut table = vec![0, 0, 0, 0, 0, 0, 0, 1];
        table.extend(boxed(b"avc1", &entry));
        let mut tables = boxed(b"stsd", &table);
        tables.extend(full(b"stsz", &[0, 5, 10, 20, 30, 40, 50]));
        tables.extend(full(b"stsc", &[2, 1, 2, 1, 3, 1, 1]));
        tables.extend(full(b"stco", &[3, 1000, 2000, 3000]));
        tables.extend(full(b"stss", &[2, 3, 5]));
        let mut header = vec![0; 40];
        header.extend([0_u32, 0x1_0000, 0, 0xffff_0000].iter().flat_map(|number| number.to_be_bytes()));
        header.resize(84, 0);
        let mut track = boxed(b"tkhd", &header);
        track.extend(boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &tables))));
        boxed(b"moov", &boxed(b"trak", &track))
    }

    #[test]
    fn key_frames_are_found_through_chunks_and_sizes() {
        let found = key_frames(&Content::of_memory(movie()), 12).expect("memory").expect("a track");
        assert_eq!(found.samples, [(2000, 30), (3000, 50)]);
        assert_eq!((found.orientation, found.parameters), (6, vec![1, 66, 0, 21]));
        let one = key_frames(&Content::of_memory(movie()), 1).expect("memory").expect("a track");
        assert_eq!(one.samples, [(2000, 30)]);
    }

    #[test]
    fn a_sample_within_a_chunk_begins_after_those_before_it() {
        let content = Content::of_memory(movie());
        let top = boxes(&content, 0, content.size()).expect("memory");
        let table =
            find(&content, &top, &[b"moov", b"trak", b"mdia", b"minf", b"stbl"]).expect("memory").expect("held");
        let tables = boxes(&content, table.start, table.end).expect("memory");
        let tables = Tables { content: &content, tables: &tables };
        assert_eq!(tables.place(1).expect("memory"), Some((1010, 20)));
        assert_eq!(tables.place(3).expect("memory"), Some((2030, 40)));
        assert_eq!(tables.place(7).expect("memory"), None);
    }

    proptest! {
        #[test]
        fn a_mutated_table_does_not_panic(places in prop::collection::vec((0_usize..520, any::<u8>()), 1..12)) {
            let mut file = movie();
            for (at, byte) in places {
                if let Some(target) = file.get_mut(at) { *target = byte; }
            }
            let _ = key_frames(&Content::of_memory(file), 12);
        }
    }
}
