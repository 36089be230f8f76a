//! The word lists of `rules/names/` as one table of 32-bit slots that is read where it lies: 24 bits of a word's hash and
//! 8 flags. About one lookup of an unlisted word in ten million gets the flags of another.
//!
//! The build script reads this file too, and writes the table of the embedded lists; so it imports nothing of ours.

use std::borrow::Cow;

/// What a list says of its words, one bit each.
pub(super) mod flag {
    pub(in super::super) const GIVEN: u8 = 1;
    pub(in super::super) const FAMILY: u8 = 2;
    pub(in super::super) const GIVEN_RARE: u8 = 4;
    pub(in super::super) const FAMILY_RARE: u8 = 8;
    pub(in super::super) const WORD: u8 = 16;
    pub(in super::super) const PLACE: u8 = 32;
    pub(in super::super) const JOB: u8 = 64;
}

/// The lists by their paths, with their flags.
pub(super) const LISTS: [(&str, u8); 7] = [
    ("names/given.txt", flag::GIVEN),
    ("names/family.txt", flag::FAMILY),
    ("names/given_rare.txt", flag::GIVEN_RARE),
    ("names/family_rare.txt", flag::FAMILY_RARE),
    ("names/words.txt", flag::WORD),
    ("names/places.txt", flag::PLACE),
    ("names/jobs.txt", flag::JOB),
];

/// Bytes of a slot.
const SLOT: usize = 4;

/// The table.
#[derive(Debug)]
pub(super) struct Packed {
    slots: Cow<'static, [u8]>,
}

/// The slots of these lists, in little-endian bytes.
pub(super) fn pack(lists: &[(&str, u8)], hash: fn(&str) -> u64) -> Vec<u8> {
    let lines: usize = lists.iter().map(|(text, _)| text.lines().count()).sum();
    let mut slots = vec![0_u32; (lines * 4 / 3).next_power_of_two()];
    for (text, flag) in lists {
        for word in text.lines().filter(|word| !word.is_empty()) {
            put(&mut slots, hash(word), *flag);
        }
    }
    slots.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The slot where a word is sought first, of this many, and its tag.
fn place(hash: u64, slots: usize) -> (usize, u32) {
    let mixed = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 40) as usize & (slots - 1), (mixed as u32 >> 8) << 8)
}

fn put(slots: &mut [u32], hash: u64, flag: u8) {
    let count = slots.len();
    let (mut at, tag) = place(hash, count);
    while let Some(slot) = slots.get_mut(at) {
        if *slot == 0 || *slot & !0xff == tag {
            *slot |= tag | u32::from(flag);
            return;
        }
        at = (at + 1) & (count - 1);
    }
}

impl Packed {
    /// The table of these slots.
    pub(super) fn of(slots: Cow<'static, [u8]>) -> Self {
        Self { slots }
    }

    /// The flags of a word; none if no list has it.
    pub(super) fn get(&self, hash: u64) -> u8 {
        let count = self.slots.len() / SLOT;
        if count == 0 {
            return 0;
        }
        let (mut at, tag) = place(hash, count);
        while let Some(slot) = self.slots.get(at * SLOT..).and_then(|rest| rest.first_chunk::<SLOT>()) {
            let slot = u32::from_le_bytes(*slot);
            if slot == 0 {
                return 0;
            }
            if slot & !0xff == tag {
                return (slot & 0xff) as u8;
            }
            at = (at + 1) & (count - 1);
        }
        0
    }
}
