//! Labels: words that name a number, in the line before it, after it, above it, or at the head of its column.

mod words;

use super::ruleset::RuleSet;
use super::view::Sheet;
use crate::model::Shape;
use crate::rules::PiiRules;
use words::{Folded, Words, folded};

/// How far before a number a label may stand, in bytes.
const BEFORE: usize = 90;

/// How far after a number its line is read at once.
const AHEAD: usize = 250;

/// How far after it.
const AFTER: usize = 45;

/// Labels after which what was read is forgotten, so that a long line without a break is read like many short ones.
const MARKS: usize = 64;

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
    words: Words,
    owners: Vec<Vec<u16>>,
}

/// The labels around one run of a text.
#[derive(Default)]
pub(super) struct Around {
    from: usize,
    to: usize,
    /// The bytes that may hold labels of the run at hand.
    line: (usize, usize),
    marks: Vec<Mark>,
    /// The rules that any of the marks names.
    named: RuleSet,
    folded: Folded,
}

impl Around {
    /// Whether any label near the run at hand, at either side, names this rule.
    pub(super) fn may_name(&self, rule: u16) -> bool {
        self.named.has(rule)
    }
}

/// The rules that name each column of a table.
#[derive(Default)]
pub(super) struct Heads(Vec<RuleSet>);

impl Labels {
    /// The words of these rules, by place in the list.
    pub(super) fn new(rules: &PiiRules) -> Self {
        let mut words: std::collections::BTreeMap<String, Vec<u16>> = std::collections::BTreeMap::new();
        for (place, rule) in rules.rules.iter().enumerate() {
            for word in rule.context.values().flatten() {
                words.entry(folded(word)).or_default().push(place as u16);
            }
        }
        for word in STRANGERS {
            words.entry(folded(word)).or_default().push(STRANGER);
        }
        words.remove("");
        for owners in words.values_mut() {
            owners.dedup();
        }
        Self { words: Words::new(words.keys().map(|word| word.as_str().into())), owners: words.into_values().collect() }
    }

    /// Reads the labels around a stretch of a sheet. Where the stretch before was near, only what was not read for it.
    pub(super) fn read(&self, sheet: &Sheet<'_>, start: usize, end: usize, around: &mut Around) {
        let (from, to) = window(sheet, start, end);
        around.line = (from, to);
        if around.from <= from && to <= around.to {
            return;
        }
        // Read on a little, so that the next numbers of a line need no reading of their own.
        let to = self.ahead(sheet, to, end + AHEAD);
        if !(around.from..around.to).contains(&from) || around.marks.len() > MARKS {
            around.marks.clear();
            around.named.clear();
            (around.from, around.to) = (from, from);
        }
        let known = around.to;
        let is_border = |at: &usize| sheet.text.as_bytes().get(*at).is_some_and(|sign| self.words.is_border(*sign));
        let is_cut = !known.checked_sub(1).is_some_and(|last| is_border(&last));
        // A label may lie over the end of what is known.
        let mut again = if is_cut { known.saturating_sub(self.words.reach()).max(around.from) } else { known };
        while !sheet.text.is_char_boundary(again) {
            again += 1;
        }
        around.to = to;
        let Around { marks, named, folded, .. } = around;
        self.marks(sheet.text, again, to, folded, |mark| {
            if mark.end > known {
                named.extend(self.owners_of(mark));
                marks.push(mark);
            }
        });
    }

    /// The end of a longer stretch that stays in the line, or in the cell of a table: behind a sign that no label holds,
    /// if there is one.
    fn ahead(&self, sheet: &Sheet<'_>, to: usize, most: usize) -> usize {
        let bytes = sheet.text.as_bytes();
        let tail = bytes.get(to..most.min(bytes.len())).unwrap_or_default();
        let Some(line) = memchr::memchr2(b'\n', second_stop(sheet), tail) else {
            let border = tail.iter().rposition(|sign| self.words.is_border(*sign)).map(|border| border + 1);
            let mut end = to + border.unwrap_or(tail.len());
            while !sheet.text.is_char_boundary(end) {
                end -= 1;
            }
            return end.max(to);
        };
        to + line
    }

    /// Calls with every label between two places of a text.
    fn marks(&self, text: &str, from: usize, to: usize, folded: &mut Folded, mut with: impl FnMut(Mark)) {
        self.words.each(text, from, to, folded, |start, end, word| {
            if is_word(text, start, end) {
                with(Mark { start, end, word });
            }
        });
    }

    /// The columns of a table's first line.
    pub(super) fn heads(&self, sheet: &Sheet<'_>) -> Heads {
        if sheet.shape != Shape::Table {
            return Heads::default();
        }
        let line = sheet.text.lines().next().unwrap_or("");
        Heads(line.split('\t').map(|cell| self.owners_in(cell)).collect())
    }

    /// The rules that a column's head names.
    fn owners_in(&self, text: &str) -> RuleSet {
        let mut owners = RuleSet::default();
        self.marks(text, 0, text.len(), &mut Folded::default(), |mark| owners.extend(self.owners_of(mark)));
        owners
    }

    /// The rules that a label names; none for a word that names other numbers.
    fn owners_of(&self, mark: Mark) -> impl Iterator<Item = u16> {
        let owners = self.owners.get(mark.word as usize).into_iter().flatten();
        owners.copied().filter(|owner| *owner != STRANGER)
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
    /// The rules that the head of the column names in which a place lies.
    pub(super) fn at(&self, sheet: &Sheet<'_>, at: usize) -> Option<&RuleSet> {
        if self.0.is_empty() {
            return None;
        }
        let before = sheet.text.as_bytes().get(..at).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |place| place + 1);
        let column = memchr::memchr_iter(b'\t', before.get(line..).unwrap_or_default()).count();
        if line > 0 { self.0.get(column) } else { None }
    }
}

/// The bytes around a stretch that may hold its labels: its line, its cell in a table, and the line above where
/// nothing stands before it.
fn window(sheet: &Sheet<'_>, start: usize, end: usize) -> (usize, usize) {
    let bytes = sheet.text.as_bytes();
    let floor = start.saturating_sub(BEFORE);
    let head = bytes.get(floor..start).unwrap_or_default();
    let mut from = memchr::memrchr2(b'\n', second_stop(sheet), head).map_or(floor, |place| floor + place + 1);
    let blank = |from: usize, to: usize| {
        bytes.get(from..to).unwrap_or_default().iter().all(|one| !one.is_ascii_alphanumeric() && *one < 128)
    };
    if sheet.shape != Shape::Table && from > 0 && bytes.get(from - 1) == Some(&b'\n') && blank(from, start) {
        let above = bytes.get(..from).unwrap_or_default().trim_ascii_end();
        let line = memchr::memrchr(b'\n', above).map_or(0, |place| place + 1);
        from = line.max(from.saturating_sub(BEFORE));
    }
    let tail = bytes.get(end..(end + AFTER).min(bytes.len())).unwrap_or_default();
    let mut to = end + memchr::memchr2(b'\n', second_stop(sheet), tail).unwrap_or(tail.len());
    while !sheet.text.is_char_boundary(from) {
        from += 1;
    }
    while !sheet.text.is_char_boundary(to) {
        to += 1;
    }
    (from, to)
}

/// The sign besides a line's end that ends a label's reach: the border of a cell.
fn second_stop(sheet: &Sheet<'_>) -> u8 {
    if sheet.shape == Shape::Table { b'\t' } else { b'\n' }
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
    use super::is_word;

    #[test]
    fn a_part_of_a_word_is_no_label() {
        assert!(!is_word("mission 12", 1, 3));
        assert!(is_word("nhsNumber", 0, 3));
        assert!(is_word("ssn_last", 0, 3));
    }
}
