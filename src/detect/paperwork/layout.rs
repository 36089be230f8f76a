//! Labels and their values: on one line, one above the other, under a table's head, or as key and value.

use super::listing;
use super::page::{Cell, Page};
use crate::detect::view::Sheet;
use crate::model::Shape;
use crate::rules::labels::{Labels, Meaning};
use std::collections::HashSet;

/// How a value is tied to its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// After a colon, or in the next cell.
    Beside,
    /// On a line below.
    Below,
    /// In a column under a head.
    Column,
    /// The value of a record's key.
    Key,
    /// Directly after the label in running text.
    Phrase,
}

/// A value with its meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// What it is.
    pub(super) meaning: Meaning,
    /// How it is tied to its label.
    pub(super) tie: Tie,
    /// Index of its first word.
    pub(super) first: usize,
    /// One past the index of its last word.
    pub(super) last: usize,
    /// Row of a table or record of a list, from 0; for running paper the line.
    pub(super) group: u32,
}

impl Field {
    /// Whether this and another field are the two halves of one name.
    pub(super) fn is_half_of(&self, other: &Self) -> bool {
        let is_beside = self.group == other.group && self.tie == other.tie;
        is_beside && self.meaning.is_half() && other.meaning.is_half() && self.meaning != other.meaning
    }
}

/// Reads every field of a page.
pub(super) fn read(page: &Page, sheet: &Sheet<'_>, labels: &Labels, fields: &mut Vec<Field>) {
    fields.clear();
    match sheet.shape {
        Shape::Table => read_table(page, sheet.text, labels, fields),
        Shape::Pairs => read_pairs(page, sheet.text, labels, fields),
        Shape::Flow | Shape::Layout => read_lines(page, sheet.text, labels, fields),
        Shape::Value => read_value(page, sheet, labels, fields),
    }
}

/// The cells of running paper that are a label and nothing else: heads of columns, captions. No name is read there.
pub(super) fn captions(page: &Page, sheet: &Sheet<'_>, labels: &Labels, captions: &mut Vec<(usize, usize)>) {
    captions.clear();
    if sheet.shape != Shape::Layout {
        return;
    }
    for line in (0..page.line_count()).map(|line| page.line(line)).filter(|line| line.len() > 1) {
        let alone = line.iter().filter(|cell| labels.whole(page.span(cell.first, cell.last)).is_some());
        captions.extend(alone.map(|cell| (cell.start, cell.end)));
    }
}

fn read_table(page: &Page, text: &str, labels: &Labels, fields: &mut Vec<Field>) {
    let heads: Vec<Option<Meaning>> =
        page.line(0).iter().map(|cell| labels.of_key(text.get(cell.start..cell.end)?)).collect();
    if heads.iter().all(Option::is_none) {
        return;
    }
    for line in 1..page.line_count() {
        for (cell, head) in page.line(line).iter().zip(&heads) {
            if let (Some(meaning), false) = (head, cell.is_blank()) {
                let (first, last) = (cell.first, cell.last);
                fields.push(Field { meaning: *meaning, tie: Tie::Column, first, last, group: line as u32 });
            }
        }
    }
}

fn read_pairs(page: &Page, text: &str, labels: &Labels, fields: &mut Vec<Field>) {
    let mut loose = HashSet::new();
    for (group, cells) in page.record_lines() {
        let (Some(head), Some(tail)) = (cells.first(), cells.last()) else { continue };
        let Some(key) = text.get(head.start..tail.end).and_then(|whole| whole.split_once(':')).map(|(key, _)| key)
        else {
            continue;
        };
        let first = page.word_from(head.start + key.len());
        if first >= tail.last {
            continue;
        }
        let half = || key.rsplit_once('.').and_then(|(_, key)| labels.of_key(key)).filter(Meaning::is_half);
        let sure = labels.of_key(key);
        if let Some(meaning) = sure.or_else(half) {
            if sure.is_none() {
                loose.insert(fields.len());
            }
            fields.push(Field { meaning, tie: Tie::Key, first, last: tail.last, group });
        }
    }
    keep_paired(fields, &loose);
}

/// Drops halves of names that only their last key tells and that have no other half beside them: `data.nom` may be a
/// product's; beside `data.prenom` it is a person's.
fn keep_paired(fields: &mut Vec<Field>, loose: &HashSet<usize>) {
    if loose.is_empty() {
        return;
    }
    let is_pair =
        |left: usize| fields.get(left..left + 2).is_some_and(|pair| matches!(pair, [one, two] if one.is_half_of(two)));
    let keeps = |index: usize| !loose.contains(&index) || is_pair(index) || index.checked_sub(1).is_some_and(is_pair);
    let kept: Vec<Field> =
        (0..).zip(fields.iter()).filter(|(index, _)| keeps(*index)).map(|(_, field)| *field).collect();
    *fields = kept;
}

fn read_value(page: &Page, sheet: &Sheet<'_>, labels: &Labels, fields: &mut Vec<Field>) {
    let meaning = sheet.origin.key.as_deref().and_then(|key| labels.of_key(key));
    if let (Some(meaning), false) = (meaning, page.words.is_empty()) {
        fields.push(Field { meaning, tie: Tie::Key, first: 0, last: page.words.len(), group: 0 });
    } else {
        read_lines(page, sheet.text, labels, fields);
    }
}

fn read_lines(page: &Page, text: &str, labels: &Labels, fields: &mut Vec<Field>) {
    let mut line = 0;
    while line < page.line_count() {
        if let Some(next) = listing::read(page, text, labels, line, fields) {
            line = next;
            continue;
        }
        for (column, cell) in page.line(line).iter().enumerate() {
            if !cell.is_blank() {
                read_cell(page, text, labels, cell, column, fields);
            }
        }
        line += 1;
    }
}

/// Every `label: value` of a cell; else a label at its start.
fn read_cell(page: &Page, text: &str, labels: &Labels, cell: &Cell, column: usize, fields: &mut Vec<Field>) {
    let mut open: Option<(Meaning, usize)> = None;
    let mut floor = cell.first;
    for &index in page.colons(cell) {
        if is_clock(page, text, index) {
            continue;
        }
        let Some(label) = labels.at_end(page.span(floor, index + 1)) else { continue };
        close(page, open.take(), index + 1 - label.words, cell, fields);
        floor = index + 1;
        open = Some((label.meaning, index + 1));
    }
    match open {
        Some((meaning, from)) if from < cell.last => close(page, Some((meaning, from)), cell.last, cell, fields),
        Some((meaning, _)) => beside_or_below(page, text, labels, meaning, cell, column, fields),
        None if floor == cell.first => read_bare(page, text, labels, cell, column, fields),
        None => {}
    }
}

/// A label without a colon: alone in its cell, or as a phrase before its value.
fn read_bare(page: &Page, text: &str, labels: &Labels, cell: &Cell, column: usize, fields: &mut Vec<Field>) {
    let words = page.span(cell.first, cell.last);
    if let Some(label) = labels.whole(words) {
        beside_or_below(page, text, labels, label.meaning, cell, column, fields);
    } else if let Some(label) = labels.at_start(words).filter(|label| label.is_phrase) {
        close_as(page, Some((label.meaning, cell.first + label.words)), cell.last, cell, Tie::Phrase, fields);
    }
}

/// Whether the colon after a word stands within a time of day or a ratio.
fn is_clock(page: &Page, text: &str, index: usize) -> bool {
    let is_digit = |at: Option<u8>| at.is_some_and(|byte| byte.is_ascii_digit());
    let Some(word) = page.word(index) else { return false };
    let bytes = text.as_bytes();
    page.gap(text, index) == ":"
        && is_digit(bytes.get(word.end.wrapping_sub(1)).copied())
        && is_digit(bytes.get(word.end + 1).copied())
}

fn close(page: &Page, open: Option<(Meaning, usize)>, last: usize, cell: &Cell, fields: &mut Vec<Field>) {
    close_as(page, open, last, cell, Tie::Beside, fields);
}

fn close_as(page: &Page, open: Option<(Meaning, usize)>, last: usize, cell: &Cell, tie: Tie, fields: &mut Vec<Field>) {
    let Some((meaning, first)) = open else { return };
    if first < last && last <= page.words.len() {
        fields.push(Field { meaning, tie, first, last, group: cell.line as u32 });
    }
}

/// Blank lines that may stand between a label and its value.
const BLANK: usize = 2;

/// The value of a label that has its cell to itself: the next cell of the line, else the line below.
fn beside_or_below(
    page: &Page,
    text: &str,
    labels: &Labels,
    meaning: Meaning,
    cell: &Cell,
    column: usize,
    fields: &mut Vec<Field>,
) {
    if let Some(next) =
        page.line(cell.line).get(column + 1).filter(|next| !next.is_blank() && !is_label(page, text, labels, next))
    {
        fields.push(Field { meaning, tie: Tie::Beside, first: next.first, last: next.last, group: cell.line as u32 });
        return;
    }
    for line in cell.line + 1..=cell.line + 1 + BLANK {
        let cells = page.line(line);
        if cells.iter().all(Cell::is_blank) {
            continue;
        }
        let is_single = cells.len() == 1;
        let below =
            cells.iter().find(|below| below.column == cell.column).or_else(|| cells.first().filter(|_| is_single));
        if let Some(below) = below.filter(|below| !below.is_blank() && !is_label(page, text, labels, below)) {
            let (first, last) = (below.first, below.last);
            fields.push(Field { meaning, tie: Tie::Below, first, last, group: line as u32 });
        }
        return;
    }
}

/// Whether a cell is or begins with a label.
fn is_label(page: &Page, text: &str, labels: &Labels, cell: &Cell) -> bool {
    let words = page.span(cell.first, cell.last);
    if labels.whole(words).is_some() {
        return true;
    }
    (cell.first..cell.last).take(7).any(|index| {
        page.gap(text, index).trim_start().starts_with(':') && labels.at_end(page.span(cell.first, index + 1)).is_some()
    })
}
