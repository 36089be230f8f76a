//! Runs of capitalised words without evidence of their own, kept until the whole item is read: another place of the
//! item, or a mail address, may name the same person.

use super::evidence::{Evidence, Strength};
use super::names::Found;
use super::page::Page;
use super::{is_telling, name_hit};
use crate::detect::hit::Hit;
use crate::detect::view::Sheet;
use crate::rules::words::Table;

/// What the names of an item lend each other.
#[derive(Debug, Default)]
pub(super) struct Lent {
    /// Hashes of words of names that stand in full somewhere.
    pub(super) words: Vec<u64>,
    /// Hashes of words of mail addresses.
    pub(super) mail: Vec<u64>,
}

/// Marks of words in the table of what is lent.
mod lent {
    pub(super) const NAMED: u32 = 1;
    pub(super) const MAILED: u32 = 2;
}

impl Lent {
    /// Whether nothing is lent.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.mail.is_empty()
    }

    /// Forgets what is lent.
    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.mail.clear();
    }

    /// The words as a table.
    pub(super) fn finish(&self) -> Table {
        let named = self.words.iter().map(|hash| (*hash, lent::NAMED));
        let mailed = self.mail.iter().map(|hash| (*hash, lent::MAILED));
        Table::new(&named.chain(mailed).collect::<Vec<_>>())
    }
}

/// The runs of an item.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Index of the sheet, the run by its place on the whole sheet, and where its words end in `words`.
    runs: Vec<(usize, Found, usize)>,
    /// Hash of each word, and whether it tells a person from another.
    words: Vec<(u64, bool)>,
}

impl Runs {
    /// Keeps a run of a sheet, if a word of it could tell who it is.
    pub(super) fn add(&mut self, sheet: usize, run: Found, page: &Page) {
        let before = self.words.len();
        let words = (run.first..run.last).filter_map(|at| Some((page.word(at)?.hash, is_telling(page, at))));
        self.words.extend(words);
        if self.words.iter().skip(before).any(|(_, is_telling)| *is_telling) {
            self.runs.push((sheet, run, self.words.len()));
        } else {
            self.words.truncate(before);
        }
    }

    /// Whether there is no run.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Forgets the runs.
    pub(super) fn clear(&mut self) {
        self.runs.clear();
        self.words.clear();
    }

    /// Gives the runs that something else in the item confirms.
    pub(super) fn lift(&self, lent: &Table, sheets: &[Sheet<'_>], out: &mut Vec<Hit>) {
        let mut from = 0;
        for (sheet, run, to) in &self.runs {
            let words = self.words.get(from..*to).unwrap_or_default();
            from = *to;
            if let (Some(strength), Some(sheet)) = (strength(words, lent), sheets.get(*sheet)) {
                out.push(name_hit(sheet, &Found { evidence: Evidence::of(strength), ..*run }));
            }
        }
    }
}

/// What the rest of the item makes of a run.
fn strength(words: &[(u64, bool)], lent: &Table) -> Option<Strength> {
    let (mut repeated, mut is_mailed) = (0, false);
    for (hash, _) in words.iter().filter(|(_, is_telling)| *is_telling) {
        let marks = lent.get(*hash);
        repeated += usize::from(marks & lent::NAMED != 0);
        is_mailed |= marks & lent::MAILED != 0;
    }
    match () {
        () if repeated > 0 && repeated * 2 >= words.len() => Some(Strength::Repeated),
        () if is_mailed && words.len() <= 4 => Some(Strength::Mailed),
        () => None,
    }
}
