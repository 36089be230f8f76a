//! Marks of MongoDB's BSON, shared by telling it and reading it.

use std::ops::RangeInclusive;

/// Sizes of a document in bytes: a length and the zero at its end (the BSON specification, version 1.1), up to 16 MiB and
/// what the server allows itself on top (`BSONObjMaxInternalSize`).
const SIZES: RangeInclusive<usize> = 5..=(16 << 20) + (16 << 10);

/// What an archive of `mongodump` begins with: 0x8199e26d, little-endian.
pub const ARCHIVE: [u8; 4] = [0x6d, 0xe2, 0x99, 0x81];

/// Whether the head of a file begins with a document: its length, an element of a known type with a readable name, and
/// its end where the head reaches so far. A longer one must begin with the id that the database gives every document.
pub fn begins_document(head: &[u8]) -> bool {
    let Some(length) = length_at(head, 0).filter(|length| *length > *SIZES.start()) else { return false };
    let Some(name) = first_name(head) else { return false };
    match head.get(length - 1) {
        Some(end) => *end == 0 && (head.len() < length + 4 || length_at(head, length).is_some()),
        None => name == b"_id",
    }
}

/// The length of a document at this place, if it is one that documents have.
pub fn length_at(head: &[u8], at: usize) -> Option<usize> {
    let bytes = head.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes) as usize).filter(|length| SIZES.contains(length))
}

/// The name of the first element, if its type is one of the specification's and the name is short and readable.
fn first_name(head: &[u8]) -> Option<&[u8]> {
    /// Longest name that is taken for one.
    const LONGEST: usize = 120;
    let is_type = head.get(4).is_some_and(|kind| matches!(kind, 0x01..=0x13 | 0x7f | 0xff));
    let name = head.get(5..)?;
    let name = name.get(..name.iter().take(LONGEST).position(|byte| *byte == 0)?)?;
    let is_readable = std::str::from_utf8(name).is_ok_and(|name| !name.chars().any(char::is_control));
    (is_type && is_readable && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_from_other_bytes() {
        let document = b"\x0e\0\0\0\x10age\0\x07\0\0\0\0";
        assert!(begins_document(document));
        assert!(begins_document(&[&document[..], &document[..]].concat()));
        assert!(!begins_document(&[&document[..], b"text"].concat()));
        assert!(!begins_document(b"\x0e\0\0\0\x10age\0\x07\0\0\0\x01"));
        assert!(!begins_document(b"{\"age\": 7}") && !begins_document(b"\0\0\0\0\0\0\0\0"));
        assert!(begins_document(b"\0\x10\0\0\x07_id\0") && !begins_document(b"\0\x10\0\0\x07age\0"));
    }
}
