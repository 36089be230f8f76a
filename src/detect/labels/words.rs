//! The words of labels, found in a text whatever their case and accents.

use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// How many lists the words are parted into by their first three bytes.
const BUCKETS: usize = 1 << 12;
/// Bits that tell which first three bytes a word has.
const BITS: usize = 1 << 16;

/// Words by their beginnings. A word can only be one where letters begin, so the text is asked at those places alone.
pub(super) struct Words {
    texts: Vec<Box<str>>,
    /// For each byte, a bit for words of one byte, of two, and of three and more that begin with it.
    firsts: Box<[u8; 256]>,
    /// A bit for the first bytes of each word, three at most.
    bits: Vec<u64>,
    /// The words by a hash of those bytes: places in `words`.
    buckets: Vec<Vec<u32>>,
    /// ASCII signs that no word holds: no word lies over one.
    borders: u128,
    longest: usize,
}

/// Bytes of a word's beginning that are hashed, at most.
const HEAD: usize = 3;

impl Words {
    /// Takes words that [`folded`] gave; a word's number is its place among them.
    pub(super) fn new(words: impl Iterator<Item = Box<str>>) -> Self {
        let words: Vec<Box<str>> = words.collect();
        let signs = (0..128_u8).filter(|one| !one.is_ascii_alphanumeric() && *one != b' ');
        let borders = signs.filter(|sign| words.iter().all(|word| !word.as_bytes().contains(sign)));
        let mut made = Self {
            borders: borders.fold(0, |signs, sign| signs | 1 << sign),
            longest: words.iter().map(|word| word.len()).max().unwrap_or_default(),
            texts: words,
            firsts: Box::new([0; 256]),
            bits: vec![0; BITS / 64],
            buckets: vec![Vec::new(); BUCKETS],
        };
        for (place, word) in (0..).zip(&made.texts) {
            let bytes = word.as_bytes();
            let length = bytes.len().min(HEAD);
            let Some(first) = bytes.first() else { continue };
            let key = hash(bytes.iter().take(HEAD).fold(NO_KEY, |key, byte| longer(key, *byte)));
            for first in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                made.firsts.iter_mut().skip(usize::from(first)).take(1).for_each(|known| *known |= 1 << length);
            }
            made.bits.iter_mut().skip(key / 64).take(1).for_each(|bits| *bits |= 1 << (key % 64));
            made.buckets.iter_mut().skip(key % BUCKETS).take(1).for_each(|bucket| bucket.push(place));
        }
        made
    }

    /// Whether no word lies over this sign of a text.
    pub(super) fn is_border(&self, sign: u8) -> bool {
        sign < 128 && self.borders >> sign & 1 == 1
    }

    /// Bytes of a text that its longest word may take, with marks on letters.
    pub(super) fn reach(&self) -> usize {
        self.longest * 2
    }

    /// Calls with the beginning, end and number of every word between two places of a text, also within longer words
    /// where a capital begins.
    pub(super) fn each(
        &self,
        text: &str,
        from: usize,
        to: usize,
        folded: &mut Folded,
        mut with: impl FnMut(usize, usize, u32),
    ) {
        let part = text.get(from..to).unwrap_or_default();
        if part.is_ascii() {
            self.scan(part.as_bytes(), |_| true, |start, end, word| with(from + start, from + end, word));
            return;
        }
        folded.read(part, from);
        let Folded { text: bytes, offsets } = folded;
        let place = |at: usize| offsets.get(at).map_or(to, |offset| *offset as usize);
        let is_small = |at: usize| text.as_bytes().get(place(at)).is_some_and(u8::is_ascii_lowercase);
        self.scan(bytes.as_bytes(), is_small, |start, end, word| with(place(start), place(end), word));
    }

    /// `is_small` tells whether a letter that is small here is so in the text.
    #[expect(clippy::indexing_slicing, reason = "the table has a place for every byte")]
    fn scan(&self, bytes: &[u8], is_small: impl Fn(usize) -> bool, mut with: impl FnMut(usize, usize, u32)) {
        let mut is_after_letter = false;
        for (at, &one) in bytes.iter().enumerate() {
            // Within a word only a capital may begin a label, as in `nhsNumber`.
            let goes_on = is_after_letter && one.is_ascii_lowercase() && is_small(at);
            is_after_letter = one.is_ascii_alphabetic();
            let lengths = self.firsts[usize::from(one)];
            if !goes_on && lengths != 0 {
                let rest = bytes.get(at..).unwrap_or_default();
                self.beginning(rest, lengths, |length, word| with(at, at + length, word));
            }
        }
    }

    /// Calls with the length and number of every word of these lengths that a text begins with.
    fn beginning(&self, rest: &[u8], lengths: u8, mut with: impl FnMut(usize, u32)) {
        let mut key = NO_KEY;
        for (length, byte) in (1..=HEAD).zip(rest) {
            key = longer(key, *byte);
            let place = hash(key);
            let is_likely = lengths >> length & 1 == 1
                && self.bits.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1);
            if !is_likely {
                continue;
            }
            for place in self.buckets.get(place % BUCKETS).into_iter().flatten() {
                let word = self.texts.get(*place as usize).map(|word| word.as_bytes()).unwrap_or_default();
                let is_here = rest.get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word));
                if is_here && word.len().min(HEAD) == length {
                    with(word.len(), *place);
                }
            }
        }
    }
}

/// The key of no bytes.
const NO_KEY: u32 = 1;

/// A key with one more byte, a capital as a small letter. Other signs that differ in that bit alone share a key.
fn longer(key: u32, byte: u8) -> u32 {
    key << 8 | u32::from(byte | 0x20)
}

/// The place of a key among the bits.
fn hash(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

/// A text in small letters without accents, and the byte of the original that each of its bytes comes from.
#[derive(Default)]
pub(super) struct Folded {
    text: String,
    offsets: Vec<u32>,
}

impl Folded {
    /// Reads a part of a text, which begins at a place, over what it held.
    fn read(&mut self, part: &str, from: usize) {
        self.text.clear();
        self.offsets.clear();
        for (at, one) in part.char_indices() {
            let place = (from + at) as u32;
            match plain(one) {
                Some(plain) => self.text.push(plain),
                None => unfolded(one).for_each(|plain| self.text.push(plain)),
            }
            self.offsets.resize(self.text.len(), place);
        }
    }
}

/// The small letters without accents of letters up to here are told by a table.
const TABLE: usize = 0x600;

/// The one plain letter that a letter is, if it is one and in the table.
fn plain(one: char) -> Option<char> {
    static TOLD: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
        let all = (0..TABLE as u32).map(|code| {
            let mut letters = char::from_u32(code).into_iter().flat_map(unfolded);
            letters.next().filter(|_| letters.next().is_none())
        });
        all.collect()
    });
    if one.is_ascii() { Some(one.to_ascii_lowercase()) } else { TOLD.get(one as usize).copied().flatten() }
}

fn unfolded(one: char) -> impl Iterator<Item = char> {
    let parts = std::iter::once(one).nfd().filter(|part| !is_combining_mark(*part)).flat_map(char::to_lowercase);
    parts.map(|part| if part == '\u{2019}' { '\'' } else { part })
}

/// A word in small letters without accents.
pub(super) fn folded(word: &str) -> String {
    let mut folded = Folded::default();
    folded.read(word, 0);
    folded.text
}

#[cfg(test)]
mod tests {
    use super::{Folded, Words, folded};

    fn found<'a>(words: &Words, text: &'a str) -> Vec<&'a str> {
        let mut found = Vec::new();
        words.each(text, 0, text.len(), &mut Folded::default(), |start, end, _| found.push(&text[start..end]));
        found
    }

    #[test]
    fn words_are_compared_without_case_and_accents() {
        assert_eq!(folded("Numéro de SÉCURITÉ l’ΆΛΦΑ"), "numero de securite l'αλφα");
        let words = Words::new(["no", "numero"].map(Into::into).into_iter());
        assert_eq!(found(&words, "NUMÉRO, Numero; No x"), ["NUMÉRO", "Numero", "No"]);
        assert_eq!(found(&words, "patientNumero NO"), ["Numero", "NO"]);
        assert_eq!(found(&words, "énumero minumero"), [""; 0]);
        assert!(words.is_border(b',') && !words.is_border(b'n') && !words.is_border(b' '));
    }
}
