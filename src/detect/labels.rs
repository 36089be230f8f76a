//! Labels: words that name a number, in the line before it, after it, above it, or at the head of its column.

use super::view::Sheet;
use crate::model::Shape;
use crate::rules::PiiRules;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// How far before a number a label may stand, in bytes.
const BEFORE: usize = 90;

/// How far after a number its line is read at once.
const AHEAD: usize = 200;

/// How far after it.
const AFTER: usize = 45;

/// Owner of words that name other numbers than ours.
const STRANGER: u16 = u16::MAX;

/// Words that name numbers which are no identifier of a person. A number right after one is not ours without proof.
const STRANGERS: &[&str] = &[
    "tel",
    "tél",
    "telefon",
    "telefono",
    "telephone",
    "phone",
    "fax",
    "mobile",
    "mobil",
    "movil",
    "gsm",
    "portable",
    "date",
    "fecha",
    "datum",
    "data",
    "total",
    "montant",
    "amount",
    "importe",
    "betrag",
    "importo",
    "price",
    "prix",
    "invoice",
    "facture",
    "factura",
    "rechnung",
    "fattura",
    "order",
    "commande",
    "pedido",
    "bestellung",
    "ordine",
    "ref",
    "reference",
    "postcode",
    "zip",
    "plz",
    "code postal",
    "codigo postal",
    "version",
    "isbn",
    "issn",
    "doi",
    "tracking",
    "ticket",
    "article",
    "sku",
    "lot",
    "batch",
];

/// A label in a text: its place and the rules that it names.
#[derive(Debug, Clone, Copy)]
struct Mark {
    start: usize,
    end: usize,
    word: u32,
}

/// What stands around a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// By the head of its column or its own label right beside it; the distance in bytes.
    Before(usize),
    /// By a word after it.
    After(usize),
    /// A label of ours stands before it, with another label in between.
    Behind(usize),
    /// Not at all; `true` where a label of something else stands right before it.
    No(bool),
}

impl Named {
    /// Whether a label stands so close that it names the number without any proof by a check.
    pub(super) fn is_close(self) -> bool {
        match self {
            Self::Before(distance) => distance <= 40,
            Self::After(distance) => distance <= 25,
            Self::Behind(_) | Self::No(_) => false,
        }
    }
}

/// The words of all rules.
pub(super) struct Labels {
    words: Written,
    owners: Vec<Vec<u16>>,
}

/// Words by their beginnings. A word can only be one where letters begin, so the text is asked at those places alone.
#[derive(Default)]
struct Written {
    words: Vec<Box<str>>,
    /// A bit for each byte that a word begins with.
    firsts: [u64; 4],
    /// For words of one byte, of two, and of three and more: places in `words`, by a hash of as many bytes.
    buckets: [Vec<Vec<u32>>; 3],
}

/// How many lists the words of one length are parted into.
const BUCKETS: usize = 1 << 12;

impl Written {
    fn new(words: impl Iterator<Item = Box<str>>) -> Self {
        let mut made = Self::default();
        for (place, word) in (0..).zip(words) {
            let length = word.len().min(3);
            let Some(buckets) = length.checked_sub(1).and_then(|table| made.buckets.get_mut(table)) else { continue };
            buckets.resize(BUCKETS, Vec::new());
            let first = word.as_bytes().first().copied().unwrap_or_default();
            if let Some(block) = made.firsts.get_mut(usize::from(first / 64)) {
                *block |= 1 << (first % 64);
            }
            if let Some(bucket) = bucket_of(word.as_bytes(), length).and_then(|bucket| buckets.get_mut(bucket)) {
                bucket.push(place);
            }
            made.words.push(word);
        }
        made
    }

    /// Whether a word begins with this byte.
    fn may_begin(&self, first: u8) -> bool {
        self.firsts.get(usize::from(first / 64)).is_some_and(|block| block >> (first % 64) & 1 == 1)
    }

    /// Calls with the end and the number of every word that begins at a place.
    fn each_at(&self, folded: &[u8], at: usize, mut with: impl FnMut(usize, u32)) {
        let rest = folded.get(at..).unwrap_or_default();
        for (length, buckets) in (1..).zip(&self.buckets) {
            let Some(bucket) = bucket_of(rest, length).and_then(|bucket| buckets.get(bucket)) else { continue };
            for place in bucket {
                let word = self.words.get(*place as usize).map(|word| word.as_bytes()).unwrap_or_default();
                let is_whole = length < 3 || rest.len() >= word.len();
                if is_whole && rest.starts_with(word) {
                    with(at + word.len(), *place);
                }
            }
        }
    }
}

/// The list of a word that begins with these bytes.
fn bucket_of(bytes: &[u8], length: usize) -> Option<usize> {
    let key = bytes.get(..length)?.iter().fold(0_u32, |key, byte| key << 8 | u32::from(*byte));
    Some(key.wrapping_mul(0x9e37_79b1) as usize >> 20 & (BUCKETS - 1))
}

/// The labels around one run of a text.
#[derive(Default)]
pub(super) struct Around {
    from: usize,
    to: usize,
    /// The bytes that may hold labels of the run at hand.
    line: (usize, usize),
    marks: Vec<Mark>,
    folded: String,
    offsets: Vec<u32>,
}

/// The rules that name each column of a table.
#[derive(Default)]
pub(super) struct Heads(Vec<Vec<u16>>);

impl Labels {
    /// The words of these rules, by place in the list.
    pub(super) fn new(rules: &PiiRules) -> Self {
        let mut words: std::collections::BTreeMap<String, Vec<u16>> = std::collections::BTreeMap::new();
        for (place, rule) in rules.rules.iter().enumerate() {
            for word in rule.context.values().flatten() {
                words.entry(plain(word)).or_default().push(place as u16);
            }
        }
        for word in STRANGERS {
            words.entry(plain(word)).or_default().push(STRANGER);
        }
        words.remove("");
        for owners in words.values_mut() {
            owners.dedup();
        }
        Self {
            words: Written::new(words.keys().map(|word| word.as_str().into())),
            owners: words.into_values().collect(),
        }
    }

    /// Reads the labels around a stretch of a sheet.
    pub(super) fn read(&self, sheet: &Sheet<'_>, start: usize, end: usize, around: &mut Around) {
        let (from, to) = window(sheet, start, end);
        around.line = (from, to);
        if around.from <= from && to <= around.to {
            return;
        }
        // Read on a little, so that the next numbers of a line need no reading of their own.
        let to = ahead(sheet, to, end + AHEAD);
        (around.from, around.to) = (from, to);
        let Around { marks, folded, offsets, .. } = around;
        marks.clear();
        self.marks(sheet.text, from, to, folded, offsets, |mark| marks.push(mark));
    }

    /// Calls with every label between two places of a text.
    fn marks(
        &self,
        text: &str,
        from: usize,
        to: usize,
        folded: &mut String,
        offsets: &mut Vec<u32>,
        mut with: impl FnMut(Mark),
    ) {
        fold(text.get(from..to).unwrap_or(""), from, folded, offsets);
        // Where all is ASCII, places need no list.
        let is_plain = offsets.is_empty();
        let place =
            |at: usize| if is_plain { from + at } else { offsets.get(at).map_or(to, |offset| *offset as usize) };
        let (bytes, folded) = (text.as_bytes(), folded.as_bytes());
        let mut before = 0_u8;
        for (at, &one) in folded.iter().enumerate() {
            // Within a word only a capital may begin a label, as in `nhsNumber`.
            let goes_on = before.is_ascii_lowercase() && one.is_ascii_lowercase();
            before = one;
            if goes_on && bytes.get(place(at)).is_some_and(u8::is_ascii_lowercase) || !self.words.may_begin(one) {
                continue;
            }
            self.words.each_at(folded, at, |end, word| {
                let mark = Mark { start: place(at), end: place(end), word };
                if is_word(text, mark.start, mark.end) {
                    with(mark);
                }
            });
        }
    }

    /// The columns of a table's first line.
    pub(super) fn heads(&self, sheet: &Sheet<'_>) -> Heads {
        if sheet.shape != Shape::Table {
            return Heads::default();
        }
        let line = sheet.text.lines().next().unwrap_or("");
        Heads(line.split('\t').map(|cell| self.owners_in(cell)).collect())
    }

    /// The rules that a short text names, such as a column's head or a field's key.
    pub(super) fn owners_in(&self, text: &str) -> Vec<u16> {
        let (mut folded, mut offsets) = (String::new(), Vec::new());
        let mut owners: Vec<u16> = Vec::new();
        self.marks(text, 0, text.len(), &mut folded, &mut offsets, |mark| {
            owners.extend(self.owners.get(mark.word as usize).into_iter().flatten());
        });
        owners.sort_unstable();
        owners.dedup();
        owners
    }

    /// How a candidate is named for a rule.
    pub(super) fn named(&self, rule: u16, around: &Around, start: usize, end: usize) -> Named {
        let owned = |mark: &Mark| self.owners.get(mark.word as usize).is_some_and(|owners| owners.contains(&rule));
        let line = around.line;
        let (mut ours, mut others, mut after) = (None, None, None);
        let nearest = |held: Option<usize>, distance: usize| Some(held.map_or(distance, |held| held.min(distance)));
        for mark in &around.marks {
            if mark.end <= start && mark.start >= line.0 {
                let side = if owned(mark) { &mut ours } else { &mut others };
                *side = nearest(*side, start - mark.end);
            } else if mark.start >= end && mark.end <= line.1 && owned(mark) {
                after = nearest(after, mark.start - end);
            }
        }
        match (ours, others, after) {
            (Some(ours), Some(others), _) if others + 3 < ours => Named::Behind(ours),
            (Some(ours), ..) => Named::Before(ours),
            (None, _, Some(after)) => Named::After(after),
            (None, others, None) => Named::No(others.is_some_and(|distance| distance < 12)),
        }
    }
}

impl Heads {
    /// Whether the head of the column that a place lies in names a rule.
    pub(super) fn name(&self, sheet: &Sheet<'_>, rule: u16, at: usize) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let before = sheet.text.as_bytes().get(..at).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |place| place + 1);
        let column = memchr::memchr_iter(b'\t', before.get(line..).unwrap_or_default()).count();
        line > 0 && self.0.get(column).is_some_and(|owners| owners.contains(&rule))
    }
}

/// The bytes around a stretch that may hold its labels: its line, its cell in a table, and the line above where
/// nothing stands before it.
fn window(sheet: &Sheet<'_>, start: usize, end: usize) -> (usize, usize) {
    let bytes = sheet.text.as_bytes();
    let stop = |one: u8| one == b'\n' || (one == b'\t' && sheet.shape == Shape::Table);
    let floor = start.saturating_sub(BEFORE);
    let head = bytes.get(floor..start).unwrap_or_default();
    let mut from = head.iter().rposition(|&one| stop(one)).map_or(floor, |place| floor + place + 1);
    let blank = |from: usize, to: usize| {
        bytes.get(from..to).unwrap_or_default().iter().all(|one| !one.is_ascii_alphanumeric() && *one < 128)
    };
    if sheet.shape != Shape::Table && from > 0 && bytes.get(from - 1) == Some(&b'\n') && blank(from, start) {
        let above = bytes.get(..from).unwrap_or_default().trim_ascii_end();
        let line = memchr::memrchr(b'\n', above).map_or(0, |place| place + 1);
        from = line.max(from.saturating_sub(BEFORE));
    }
    let tail = bytes.get(end..(end + AFTER).min(bytes.len())).unwrap_or_default();
    let mut to = end + tail.iter().position(|&one| stop(one)).unwrap_or(tail.len());
    while !sheet.text.is_char_boundary(from) {
        from += 1;
    }
    while !sheet.text.is_char_boundary(to) {
        to += 1;
    }
    (from, to)
}

/// The end of a longer stretch that stays in the line, or in the cell of a table.
fn ahead(sheet: &Sheet<'_>, to: usize, most: usize) -> usize {
    let bytes = sheet.text.as_bytes();
    let tail = bytes.get(to..most.min(bytes.len())).unwrap_or_default();
    let stop = |one: u8| one == b'\n' || (one == b'\t' && sheet.shape == Shape::Table);
    let mut end = to + tail.iter().position(|&one| stop(one)).unwrap_or(tail.len());
    while !sheet.text.is_char_boundary(end) {
        end -= 1;
    }
    end.max(to)
}

/// Small letters without accents, with the byte place that each folded byte comes from; no places where all is ASCII, as
/// they are those of the text.
fn fold(text: &str, from: usize, folded: &mut String, offsets: &mut Vec<u32>) {
    folded.clear();
    offsets.clear();
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
        return;
    }
    for (at, one) in text.char_indices() {
        let place = (from + at) as u32;
        if one.is_ascii() {
            folded.push(one.to_ascii_lowercase());
            offsets.push(place);
            continue;
        }
        for part in std::iter::once(one).nfd().filter(|part| !is_combining_mark(*part)).flat_map(char::to_lowercase) {
            folded.push(if part == '\u{2019}' { '\'' } else { part });
            offsets.resize(folded.len(), place);
        }
    }
}

fn plain(word: &str) -> String {
    let (mut folded, mut offsets) = (String::new(), Vec::new());
    fold(word, 0, &mut folded, &mut offsets);
    folded
}

/// Whether a stretch is a word of its own: no letter goes on at either end, but `nhsNumber` and `ssn_last` part.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let first = text.get(start..).and_then(|rest| rest.chars().next());
    let last = text.get(..end).and_then(|head| head.chars().next_back());
    let before = text.get(..start).and_then(|head| head.chars().next_back());
    let after = text.get(end..).and_then(|rest| rest.chars().next());
    let unspaced =
        |one: char| matches!(one, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    let parts = |left: Option<char>, right: Option<char>| match (left, right) {
        (Some(left), Some(right)) => {
            !left.is_alphabetic()
                || !right.is_alphabetic()
                || (left.is_lowercase() && right.is_uppercase())
                || unspaced(left)
                || unspaced(right)
        }
        _ => true,
    };
    parts(before, first) && parts(last, after)
}

#[cfg(test)]
mod tests {
    use super::{is_word, plain};

    #[test]
    fn words_are_compared_without_case_and_accents() {
        assert_eq!(plain("Numéro de SÉCURITÉ"), "numero de securite");
    }

    #[test]
    fn a_part_of_a_word_is_no_label() {
        assert!(!is_word("mission 12", 1, 3));
        assert!(is_word("nhsNumber", 0, 3));
        assert!(is_word("ssn_last", 0, 3));
    }
}
