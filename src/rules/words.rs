//! Words as rules compare them: folded, hashed, with the form of their letters. Nothing here keeps a text.
//!
//! Folding drops case and marks and resolves the special letters of Latin alphabets, so that `Müller`, `MULLER` and a
//! decomposed `Müller` have one hash. Scripts are not mixed: Greek, Cyrillic and Arabic letters stay themselves.

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
    pub fn may_begin_name(self) -> bool {
        matches!(self.form, Form::Capital | Form::Upper | Form::Initial | Form::Caseless)
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Never true: a word has a letter or a digit.
    pub fn is_empty(self) -> bool {
        self.end == self.start
    }
}

/// Offset basis and prime of FNV-1a (64 bit), applied to folded characters.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// Hash of a phrase: words joined in order.
pub fn join(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Hash of every word of a text, joined.
pub fn phrase_hash(text: &str) -> u64 {
    let mut words = Vec::new();
    read_words(text, 0, &mut words);
    words.iter().fold(0, |hash, word| join(hash, word.hash))
}

/// Hash of one word of letters, as [`read_words`] gives it.
pub fn word_hash(word: &str) -> u64 {
    if word.is_ascii() {
        return word
            .bytes()
            .fold(BASIS, |hash, byte| (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME));
    }
    word.chars().fold(BASIS, step_folded)
}

fn step_folded(hash: u64, c: char) -> u64 {
    let mut hash = hash;
    fold_char(c, |folded| hash = step(hash, folded));
    hash
}

fn step(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(u32::from(c))).wrapping_mul(PRIME)
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

/// Appends the words of a text. A word is a run of letters and digits; apostrophes, hyphens and points part words.
/// `offset` is added to every position.
#[expect(clippy::indexing_slicing, reason = "the position stays below the length and on character boundaries")]
pub fn read_words(text: &str, offset: usize, out: &mut Vec<Word>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let mut seen = Seen::default();
        let start = at;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                seen.ascii(byte);
                at += 1;
            } else if byte.is_ascii() {
                break;
            } else {
                let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
                if !(c.is_alphanumeric() || is_combining_mark(c)) || matches!(c, 'º' | 'ª') {
                    break;
                }
                seen.wide(c);
                at += c.len_utf8();
            }
        }
        if at == start {
            at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        } else {
            out.push(Word { start: start + offset, end: at + offset, hash: seen.hash, form: seen.form() });
        }
    }
}

/// What a word's letters have shown so far.
struct Seen {
    hash: u64,
    upper: u32,
    lower: u32,
    caseless: u32,
    digits: u32,
    begins_upper: bool,
}

impl Default for Seen {
    fn default() -> Self {
        Self { hash: BASIS, upper: 0, lower: 0, caseless: 0, digits: 0, begins_upper: false }
    }
}

impl Seen {
    fn ascii(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
        if byte.is_ascii_lowercase() {
            self.lower += 1;
        } else if byte.is_ascii_uppercase() {
            self.begins_upper |= self.upper + self.lower + self.digits == 0;
            self.upper += 1;
        } else {
            self.digits += 1;
        }
    }

    fn wide(&mut self, c: char) {
        self.hash = step_folded(self.hash, c);
        if c.is_lowercase() {
            self.lower += 1;
        } else if c.is_uppercase() {
            self.begins_upper |= self.upper + self.lower + self.digits == 0;
            self.upper += 1;
        } else if c.is_numeric() {
            self.digits += 1;
        } else if !is_combining_mark(c) {
            self.caseless += 1;
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
}

impl Table {
    /// A table of these keys; values of one key are or-ed together.
    pub fn new(entries: &[(u64, u32)]) -> Self {
        let size = (entries.len() * 2).next_power_of_two().max(8);
        let mut table = Self { slots: vec![(0, 0); size] };
        for (key, value) in entries {
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

    /// The value of a key, or 0.
    pub fn get(&self, key: u64) -> u32 {
        if self.slots.is_empty() {
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
        fn a_table_gives_back_what_it_took(keys in proptest::collection::btree_map(any::<u64>(), 1_u32..9, 0..50)) {
            let entries: Vec<(u64, u32)> = keys.iter().map(|(k, v)| (*k, *v)).collect();
            let table = Table::new(&entries);
            for (key, value) in entries {
                prop_assert_eq!(table.get(key), value);
            }
        }
    }
}
