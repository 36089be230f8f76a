//! Words as rules compare them: folded, hashed, with the form of their letters. Nothing here keeps a text.
//!
//! Folding drops case and marks and resolves the special letters of Latin alphabets, so that `Müller`, `MULLER` and a
//! decomposed `Müller` have one hash. Scripts are not mixed: Greek, Cyrillic and Arabic letters stay themselves.

use std::sync::LazyLock;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// How the letters of a word are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lower case.
    Lower,
    /// A capital, then lower case; or capitals inside, as in `McDonald`.
    Capital,
    /// Two or more letters, all capitals.
    Upper,
    /// One capital alone.
    Initial,
    /// Letters of a script without case.
    Caseless,
    /// Holds a digit.
    Number,
}

/// A word of a text, by position.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Hash of the folded letters.
    pub hash: u64,
    /// How it is written.
    pub form: Form,
}

impl Word {
    /// Whether it begins as names do: with a capital, or in a script without case.
    #[inline]
    pub fn may_begin_name(self) -> bool {
        matches!(self.form, Form::Capital | Form::Upper | Form::Initial | Form::Caseless)
    }

    /// Length in bytes.
    #[inline]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Never true: a word has a letter or a digit.
    pub fn is_empty(self) -> bool {
        self.end == self.start
    }
}

/// Start and multiplier of the hash of a word: its folded bytes, eight at a time, multiplied and mixed. Both are odd
/// fractions of the golden ratio; the hash never leaves the process.
const START: u64 = 0x9ddf_ea08_eb38_2d69;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hash of the first bytes of a text, folded; `low` is or-ed to each, which folds the case of ASCII letters and leaves
/// digits alone. What follows them is loaded and masked, because whole blocks are loaded in one instruction.
fn hash_bytes(text: &[u8], length: usize, low: u64) -> u64 {
    let mut hash = START ^ length as u64;
    let mut at = 0;
    while at < length {
        let rest = text.get(at..).unwrap_or_default();
        let block = match rest.first_chunk::<8>() {
            Some(block) => u64::from_le_bytes(*block),
            None => rest.iter().rev().fold(0, |block, byte| block << 8 | u64::from(*byte)),
        };
        let left = (length - at).min(8);
        let block = block & u64::MAX >> (64 - 8 * left);
        hash = mix(hash, block | low);
        at += 8;
    }
    hash
}

/// A hash with one more block.
#[inline]
fn mix(hash: u64, block: u64) -> u64 {
    let hash = (hash ^ block).wrapping_mul(FACTOR);
    hash ^ hash >> 32
}

/// Sets the bit that tells small from capital ASCII letters, in every byte of a block.
const SMALL: u64 = 0x2020_2020_2020_2020;

/// Hash of a phrase: words joined in order.
pub fn join(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Hash of a phrase of these words.
pub fn joined(words: &[Word]) -> u64 {
    words.iter().fold(0, |hash, word| join(hash, word.hash))
}

/// Hash of every word of a text, joined.
pub fn phrase_hash(text: &str) -> u64 {
    let mut words = Vec::new();
    read_words(text, 0, &mut words);
    joined(&words)
}

/// Hash of one word of letters, as [`read_words`] gives it.
pub fn word_hash(word: &str) -> u64 {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return hash_bytes(word.as_bytes(), word.len(), SMALL);
    }
    let mut folded = Folded::default();
    word.chars().for_each(|c| folded.push(c));
    folded.hash()
}

/// A word's folded bytes; what does not fit the buffer is hashed with what is in it.
struct Folded {
    bytes: [u8; 64],
    length: usize,
    spilled: u64,
}

impl Default for Folded {
    fn default() -> Self {
        Self { bytes: [0; 64], length: 0, spilled: 0 }
    }
}

impl Folded {
    fn push(&mut self, c: char) {
        fold_char(c, |folded| {
            let mut encoded = [0; 4];
            for byte in folded.encode_utf8(&mut encoded).bytes() {
                self.push_byte(byte);
            }
        });
    }

    fn push_byte(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        } else {
            self.spilled = (self.spilled ^ u64::from(byte)).wrapping_mul(FACTOR);
        }
    }

    fn hash(&self) -> u64 {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        // The same blocks as of an ASCII word, in which every byte holds the bit of small letters, padding included.
        let is_ascii = bytes.is_ascii() && self.spilled == 0;
        hash_bytes(&self.bytes, self.length, if is_ascii { SMALL } else { 0 }) ^ self.spilled
    }
}

/// Calls with each character that this one folds to; marks fold to nothing.
pub fn fold_char(c: char, mut with: impl FnMut(char)) {
    if c.is_ascii() {
        with(c.to_ascii_lowercase());
        return;
    }
    let special = match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ł' | 'Ł' => "l",
        'ı' | 'İ' => "i",
        'ς' => "σ",
        'أ' | 'إ' | 'آ' | 'ٱ' => "ا",
        'ة' => "ه",
        'ى' => "ي",
        'ـ' => return,
        _ => "",
    };
    if !special.is_empty() {
        special.chars().for_each(with);
        return;
    }
    for lower in c.to_lowercase() {
        decompose_canonical(lower, |part| {
            if !is_combining_mark(part) {
                with(part);
            }
        });
    }
}

/// The folded form of a word, for values that leave as tokens.
pub fn fold_word(word: &str, out: &mut String) {
    word.chars().for_each(|c| fold_char(c, |folded| out.push(folded)));
}

/// What an ASCII byte is within words, one bit each; 0 parts words.
mod class {
    pub(super) const LOWER: u8 = 1;
    pub(super) const UPPER: u8 = 2;
    pub(super) const DIGIT: u8 = 4;
    /// A byte of a longer character.
    pub(super) const WIDE: u8 = 8;
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated when the program is built, and the index stays below the length"
)]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => class::LOWER,
            b'A'..=b'Z' => class::UPPER,
            b'0'..=b'9' => class::DIGIT,
            128.. => class::WIDE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Appends the words of a text. A word is a run of letters and digits; apostrophes, hyphens and points part words.
/// `offset` is added to every position.
#[expect(clippy::indexing_slicing, reason = "the table has a place for every byte")]
pub fn read_words(text: &str, offset: usize, out: &mut Vec<Word>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let first = CLASSES[usize::from(byte)];
        if first == 0 {
            at += 1;
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let block = rest.first_chunk::<8>().map(|block| u64::from_le_bytes(*block));
        let (length, seen) = match block.map(run_of_block) {
            Some(short @ (..8, _)) => short,
            Some((first, seen)) => run(rest, first, seen),
            None => run(rest, 0, 0),
        };
        if seen & class::WIDE != 0 {
            at = wide_word(text, at, offset, out);
            continue;
        }
        let form = match seen {
            _ if seen & class::DIGIT != 0 => Form::Number,
            class::LOWER => Form::Lower,
            class::UPPER if length == 1 => Form::Initial,
            class::UPPER => Form::Upper,
            _ if first == class::UPPER => Form::Capital,
            _ => Form::Lower,
        };
        let hash = match block {
            Some(block) if length < 8 => mix(START ^ length as u64, block & ((1 << (8 * length)) - 1) | SMALL),
            _ => hash_bytes(rest, length, SMALL),
        };
        out.push(Word { start: at + offset, end: at + length + offset, hash, form });
        at += length;
    }
}

/// Length of the run of letters, digits and bytes of longer characters that a text begins with, and the classes in it:
/// eight bytes at a time, while there are eight. What is known of its first bytes is given.
#[expect(clippy::indexing_slicing, reason = "the table has a place for every byte")]
fn run(rest: &[u8], mut length: usize, mut seen: u8) -> (usize, u8) {
    while let Some(block) = rest.get(length..).and_then(|rest| rest.first_chunk::<8>()) {
        let (part, classes) = run_of_block(u64::from_le_bytes(*block));
        length += part;
        seen |= classes;
        if part < 8 {
            return (length, seen);
        }
    }
    for byte in rest.get(length..).unwrap_or_default() {
        let class = CLASSES[usize::from(*byte)];
        if class == 0 {
            break;
        }
        seen |= class;
        length += 1;
    }
    (length, seen)
}

/// The highest bit of every byte of a block.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// As [`run`], of one block in the order of its bytes. Each test sets the highest bit of the bytes that pass it: sums of
/// seven-bit values do not reach the next byte.
#[inline]
fn run_of_block(block: u64) -> (usize, u8) {
    const fn every(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let wide = block & HIGH;
    let low = block & !HIGH;
    let from = |value: u64, first: u8| value + every(0x80 - first);
    let letter = from(low | SMALL, b'a') & !from(low | SMALL, b'z' + 1) & HIGH & !wide;
    let digit = from(low, b'0') & !from(low, b'9' + 1) & HIGH & !wide;
    let part = letter | digit | wide;
    let length = ((!part & HIGH).trailing_zeros() / 8) as usize;
    let within = if length == 8 { u64::MAX } else { (1 << (8 * length)) - 1 };
    // The bit of small letters, moved to the highest.
    let small = (block & SMALL) << 2;
    let has = |bits: u64, class: u8| if bits & within == 0 { 0 } else { class };
    let seen = has(letter & small, class::LOWER)
        | has(letter & !small, class::UPPER)
        | has(digit, class::DIGIT)
        | has(wide, class::WIDE);
    (length, seen)
}

/// Appends the word with letters beyond ASCII that begins here, if one does, and gives the place after it.
fn wide_word(text: &str, start: usize, offset: usize, out: &mut Vec<Word>) -> usize {
    let mut seen = Seen::default();
    let mut at = start;
    for c in text.get(start..).unwrap_or_default().chars() {
        let known = NEAR.get(c as usize);
        let is_part = match known {
            Some(known) => known.is_part,
            None => is_part(c),
        };
        if !is_part {
            if at == start {
                return start + c.len_utf8();
            }
            break;
        }
        match known.copied().filter(|known| known.length != TOO_LONG) {
            Some(known) => seen.near(known),
            None => seen.letter(c),
        }
        at += c.len_utf8();
    }
    let hash = seen.folded.hash();
    out.push(Word { start: start + offset, end: at + offset, hash, form: seen.form() });
    at
}

/// Whether a character is part of a word.
fn is_part(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        (c.is_alphanumeric() || is_combining_mark(c)) && !matches!(c, 'º' | 'ª')
    }
}

/// What a character is to words, worked out once for the scripts that words are mostly written in.
#[derive(Clone, Copy)]
struct Near {
    is_part: bool,
    sort: Sort,
    /// Bytes that it folds to, or [`TOO_LONG`].
    length: u8,
    folded: [u8; 4],
}

/// The length of a character whose folded form does not fit.
const TOO_LONG: u8 = u8::MAX;

/// Latin, Greek, Cyrillic, Hebrew and Arabic: the characters up to U+06FF.
static NEAR: LazyLock<Vec<Near>> = LazyLock::new(|| ('\0'..'\u{700}').map(near).collect());

fn near(c: char) -> Near {
    let mut near = Near { is_part: is_part(c), sort: Sort::of(c), length: 0, folded: [0; 4] };
    fold_char(c, |folded| {
        let mut encoded = [0; 4];
        for byte in folded.encode_utf8(&mut encoded).bytes() {
            match near.folded.get_mut(usize::from(near.length)) {
                Some(slot) => {
                    *slot = byte;
                    near.length += 1;
                }
                None => near.length = TOO_LONG,
            }
        }
    });
    near
}

/// What a character counts as in the form of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Lower,
    Upper,
    Digit,
    Mark,
    Caseless,
}

impl Sort {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_lowercase() => Self::Lower,
            _ if c.is_uppercase() => Self::Upper,
            _ if c.is_numeric() => Self::Digit,
            _ if is_combining_mark(c) => Self::Mark,
            _ => Self::Caseless,
        }
    }
}

/// What a word's letters have shown so far.
#[derive(Default)]
struct Seen {
    folded: Folded,
    upper: u32,
    lower: u32,
    caseless: u32,
    digits: u32,
    begins_upper: bool,
}

impl Seen {
    fn letter(&mut self, c: char) {
        self.folded.push(c);
        self.note(Sort::of(c));
    }

    /// A letter whose folded form is known.
    fn near(&mut self, near: Near) {
        for byte in near.folded.iter().take(usize::from(near.length)) {
            self.folded.push_byte(*byte);
        }
        self.note(near.sort);
    }

    fn note(&mut self, sort: Sort) {
        match sort {
            Sort::Lower => self.lower += 1,
            Sort::Upper => {
                self.begins_upper |= self.upper + self.lower + self.digits == 0;
                self.upper += 1;
            }
            Sort::Digit => self.digits += 1,
            Sort::Caseless => self.caseless += 1,
            Sort::Mark => {}
        }
    }

    fn form(&self) -> Form {
        match self {
            _ if self.digits > 0 => Form::Number,
            _ if self.caseless > 0 => Form::Caseless,
            _ if self.upper == 1 && self.lower == 0 => Form::Initial,
            _ if self.lower == 0 && self.upper > 0 => Form::Upper,
            _ if self.begins_upper => Form::Capital,
            _ => Form::Lower,
        }
    }
}

/// An open-addressed table from word or phrase hashes to values; a key that is not there gives zero.
#[derive(Debug, Default)]
pub struct Table {
    slots: Vec<(u64, u32)>,
    /// A bit for some of each key's bits: most words of a text are in no table, and this says so from the cache.
    filter: Vec<u64>,
}

impl Table {
    /// A table of these keys; values of one key are or-ed together.
    pub fn new(entries: &[(u64, u32)]) -> Self {
        let size = (entries.len() * 2).next_power_of_two().max(8);
        let mut table = Self { slots: vec![(0, 0); size], filter: vec![0; size / 8] };
        for (key, value) in entries {
            let (at, bit) = table.filter_bit(*key);
            if let Some(block) = table.filter.get_mut(at) {
                *block |= bit;
            }
            let slot = table.slot(*key);
            if let Some(slot) = table.slots.get_mut(slot) {
                *slot = (*key, slot.1 | value);
            }
        }
        table
    }

    fn slot(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (key ^ (key >> 29)) as usize & mask;
        while let Some((held, value)) = self.slots.get(at) {
            if *value == 0 || *held == key {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }

    /// The block and bit of the filter that stand for a key.
    fn filter_bit(&self, key: u64) -> (usize, u64) {
        ((key >> 38) as usize & (self.filter.len() - 1), 1 << (key >> 32 & 63))
    }

    /// The value of a key, or 0.
    #[inline]
    pub fn get(&self, key: u64) -> u32 {
        if self.slots.is_empty() {
            return 0;
        }
        let (at, bit) = self.filter_bit(key);
        if self.filter.get(at).is_none_or(|block| block & bit == 0) {
            return 0;
        }
        self.slots.get(self.slot(key)).filter(|(held, _)| *held == key).map_or(0, |(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forms(text: &str) -> Vec<Form> {
        let mut words = Vec::new();
        read_words(text, 0, &mut words);
        words.iter().map(|word| word.form).collect()
    }

    #[test]
    fn spellings_of_a_word_have_one_hash() {
        for (left, right) in
            [("Müller", "MULLER"), ("Étienne", "E\u{301}tienne"), ("Łukasz", "lukasz"), ("ΠΑΠΠΑΣ", "Παππάς")]
        {
            assert_eq!(phrase_hash(left), phrase_hash(right), "{left}");
        }
        assert_ne!(phrase_hash("de la"), phrase_hash("la de"));
    }

    #[test]
    fn forms_are_told_apart() {
        assert_eq!(
            forms("DUPUY Étienne d'A. 12b McDonald محمد"),
            [Form::Upper, Form::Capital, Form::Lower, Form::Initial, Form::Number, Form::Capital, Form::Caseless]
        );
    }

    proptest! {
        #[test]
        fn words_lie_on_characters(text in any::<String>()) {
            let mut words = Vec::new();
            read_words(&text, 0, &mut words);
            for word in words {
                prop_assert!(text.get(word.start..word.end).is_some_and(|w| !w.is_empty()));
            }
        }

        #[test]
        fn blocks_are_read_as_bytes_are(text in "([a-zA-Z0-9@`{\\[/:ßéя -]|\\PC){0,40}") {
            let bytes = text.as_bytes();
            for at in 0..bytes.len() {
                let rest = &bytes[at..];
                let length = rest.iter().take_while(|byte| CLASSES[usize::from(**byte)] != 0).count();
                let seen = rest[..length].iter().fold(0, |seen, byte| seen | CLASSES[usize::from(*byte)]);
                prop_assert_eq!(run(rest, 0, 0), (length, seen));
            }
        }

        #[test]
        fn a_table_gives_back_what_it_took(keys in proptest::collection::btree_map(any::<u64>(), 1_u32..9, 0..50)) {
            let entries: Vec<(u64, u32)> = keys.iter().map(|(k, v)| (*k, *v)).collect();
            let table = Table::new(&entries);
            for (key, value) in entries {
                prop_assert_eq!(table.get(key), value);
            }
        }
    }
}
