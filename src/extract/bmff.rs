//! Boxes of ISO base media files (ISO/IEC 14496-12): MP4, MOV, 3GP, HEIF, AVIF, CR3.

use super::octets::{Order, window};
use crate::limits::Content;
use crate::model::Fault;

/// One box: its type and where its payload lies in the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Box4 {
    /// The four-character type.
    pub(super) name: [u8; 4],
    /// Offset of the payload.
    pub(super) start: u64,
    /// One past the payload.
    pub(super) end: u64,
}

impl Box4 {
    /// Length of the payload in bytes.
    pub(super) fn length(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// The payload, at most `limit` bytes of it.
    pub(super) fn payload(&self, content: &Content, limit: usize) -> Result<Vec<u8>, Fault> {
        window(content, self.start, usize::try_from(self.length()).unwrap_or(usize::MAX).min(limit))
    }
}

/// Boxes of one level that are walked.
const BOXES: usize = 4096;

/// The boxes between two offsets, each held within its parent. A box that claims too much is cut at the parent's end.
pub(super) fn boxes(content: &Content, start: u64, end: u64) -> Result<Vec<Box4>, Fault> {
    let (mut at, end) = (start, end.min(content.size()));
    let mut found = Vec::new();
    // A length of 64 bits may lead past what a number holds.
    while at.checked_add(8).is_some_and(|head| head <= end) && found.len() < BOXES {
        let head = window(content, at, 16)?;
        let (Some(size), Some(name)) = (Order::Big.u32(&head, 0), head.get(4..).and_then(<[u8]>::first_chunk::<4>))
        else {
            break;
        };
        let (header, length) = match size {
            0 => (8, end - at),
            1 => (16, Order::Big.u64(&head, 8).unwrap_or(0)),
            _ => (8, u64::from(size)),
        };
        if length < header {
            break;
        }
        let stop = at.saturating_add(length).min(end);
        found.push(Box4 { name: *name, start: at + header, end: stop.max(at + header).min(end.max(at + header)) });
        at = at.saturating_add(length);
    }
    Ok(found)
}

/// The first box at a path of types from a level.
pub(super) fn find(content: &Content, level: &[Box4], path: &[&[u8; 4]]) -> Result<Option<Box4>, Fault> {
    let Some((first, rest)) = path.split_first() else { return Ok(None) };
    let Some(found) = level.iter().find(|entry| entry.name == **first) else { return Ok(None) };
    if rest.is_empty() {
        return Ok(Some(*found));
    }
    find(content, &boxes(content, found.start, found.end)?, rest)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A box of a type around a payload.
    pub(in crate::extract) fn boxed(name: &[u8], payload: &[u8]) -> Vec<u8> {
        let mut out = (payload.len() as u32 + 8).to_be_bytes().to_vec();
        out.extend(name);
        out.extend(payload);
        out
    }

    #[test]
    fn a_box_that_claims_too_much_is_cut_at_its_parent() {
        let content = Content::of_memory(b"\0\0\0\x0cfreeabcd\xff\xff\xff\xffmdatxy".to_vec());
        let found = boxes(&content, 0, content.size()).expect("walked");
        assert_eq!(
            found.iter().map(|entry| (entry.name, entry.length())).collect::<Vec<_>>(),
            [(*b"free", 4), (*b"mdat", 2)]
        );
    }

    #[test]
    fn a_length_of_all_ones_ends_the_walk() {
        let content = Content::of_memory(b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff".to_vec());
        let found = boxes(&content, 0, content.size()).expect("walked");
        assert_eq!(found.iter().map(|entry| (entry.name, entry.length())).collect::<Vec<_>>(), [(*b"free", 0)]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_within_their_bounds(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let content = Content::of_memory(bytes);
            for entry in boxes(&content, 0, content.size()).expect("memory") {
                prop_assert!(entry.start <= content.size() + 16 && entry.start <= entry.end);
            }
        }
    }
}
