//! One sheet cut into words, cells and lines: what every reader of paperwork works on.

use crate::detect::view::Sheet;
use crate::model::Shape;
use crate::rules::names::{Around, Known, Names};
use crate::rules::words::{Form, Word, join, read_words};

/// A stretch of a line between tabs or wide gaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Index of its first word.
    pub(super) first: usize,
    /// One past the index of its last word.
    pub(super) last: usize,
    /// Its line, from 0.
    pub(super) line: usize,
    /// Its place on the line, from 0.
    pub(super) column: usize,
}

impl Cell {
    /// Whether no word stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.first == self.last
    }
}

/// A sheet with its words. The buffers are used again for the next sheet.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) words: Vec<Word>,
    known: Vec<Known>,
    around: Vec<Around>,
    pub(super) cells: Vec<Cell>,
    /// Index of the first cell of each line, and one past the last cell at the end.
    pub(super) lines: Vec<usize>,
    /// Indices of the words that hold a digit.
    pub(super) numbers: Vec<usize>,
    /// Indices of the words that a street may begin or end with.
    pub(super) streets: Vec<usize>,
    /// Indices of the words that begin as names do, or are titles.
    pub(super) names: Vec<usize>,
    /// Indices of the words after which a colon or an equals sign stands in their cell.
    colons: Vec<usize>,
}

/// Spaces in a row that part columns where a text has no tabs.
const WIDE: usize = 3;

/// The first byte of a full-width colon.
const WIDE_COLON: &[u8] = "：".as_bytes();

/// Where reading a sheet stands: the cell at hand.
struct Cursor {
    start: usize,
    first: usize,
    line: usize,
    column: usize,
}

impl Page {
    /// The cell that a word stands in.
    pub(super) fn cell_of(&self, word: usize) -> Option<&Cell> {
        self.cells.get(self.cells.partition_point(|cell| cell.last <= word)).filter(|cell| cell.first <= word)
    }

    /// The lines of a list of records that are not blank, each with the number of its record: blank lines part them.
    pub(super) fn record_lines(&self) -> impl Iterator<Item = (u32, &[Cell])> {
        let mut record = 0;
        (0..self.line_count()).map(|line| self.line(line)).filter_map(move |line| {
            let is_blank = line.iter().all(Cell::is_blank);
            record += u32::from(is_blank && !line.is_empty());
            (!is_blank).then_some((record, line))
        })
    }

    /// Cuts a sheet.
    pub(super) fn read(&mut self, sheet: &Sheet<'_>, names: &Names) {
        self.words.clear();
        read_words(sheet.text, 0, &mut self.words);
        self.cut(sheet, names);
    }

    /// Cuts a sheet whose words are read; takes them and leaves those of the sheet before.
    pub(super) fn take(&mut self, sheet: &Sheet<'_>, words: &mut Vec<Word>, names: &Names) {
        std::mem::swap(&mut self.words, words);
        self.cut(sheet, names);
    }

    fn cut(&mut self, sheet: &Sheet<'_>, names: &Names) {
        self.cells.clear();
        self.lines.clear();
        self.numbers.clear();
        self.streets.clear();
        self.names.clear();
        self.colons.clear();
        self.known.clear();
        self.around.clear();
        self.lines.push(0);
        let mut cursor = Cursor { start: 0, first: 0, line: 0, column: 0 };
        let mut end = 0;
        for index in 0..self.words.len() {
            let Some(word) = self.words.get(index).copied() else { break };
            self.read_gap(sheet, end, word.start, index, &mut cursor);
            end = word.end;
            let around = names.around(join(0, word.hash));
            let may_begin_name = word.may_begin_name();
            if word.form == Form::Number {
                self.numbers.push(index);
            } else {
                let text = || sheet.text.get(word.start..word.end).unwrap_or_default();
                if around.is(Around::STREET | Around::STREET_AFTER | Around::UNIT)
                    || word.form != Form::Lower && word.len() > 5 && names.ends_like_street(text())
                {
                    self.streets.push(index);
                }
                if may_begin_name || around.is(Around::TITLE) {
                    self.names.push(index);
                }
            }
            self.around.push(around);
            self.known.push(if may_begin_name { names.known(word.hash) } else { Known::default() });
        }
        self.read_gap(sheet, end, sheet.text.len(), self.words.len(), &mut cursor);
        self.add_cell(&cursor, sheet.text.len(), self.words.len());
        self.lines.push(self.cells.len());
    }

    /// Reads what stands between two words: the ends of lines and cells, and colons. `next` is the index of the word
    /// after it.
    fn read_gap(&mut self, sheet: &Sheet<'_>, from: usize, to: usize, next: usize, cursor: &mut Cursor) {
        let bytes = sheet.text.as_bytes();
        let gap = bytes.get(from..to).unwrap_or_default();
        if matches!(gap, [b' ' | b',' | b'\'' | b'-'] | [b',' | b'.', b' ']) {
            return;
        }
        let mut at = from;
        while at < to {
            let byte = bytes.get(at).copied().unwrap_or_default();
            let mut length = 1;
            match byte {
                b'\n' => {
                    self.add_cell(cursor, at, next);
                    self.lines.push(self.cells.len());
                    *cursor = Cursor { start: at + 1, first: next, line: cursor.line + 1, column: 0 };
                }
                b'\t' | b'|' if byte == b'\t' || sheet.shape != Shape::Table => {
                    self.add_cell(cursor, at, next);
                    *cursor = Cursor { start: at + 1, first: next, column: cursor.column + 1, ..*cursor };
                }
                b' ' => {
                    length = gap.iter().skip(at - from).take_while(|byte| **byte == b' ').count();
                    if length >= WIDE && sheet.shape != Shape::Table {
                        let is_blank = sheet.text.get(cursor.start..at).is_some_and(|cell| cell.trim().is_empty());
                        if !is_blank {
                            self.add_cell(cursor, at, next);
                            cursor.column += 1;
                        }
                        (cursor.start, cursor.first) = (at + length, next);
                    }
                }
                b':' | b'=' => self.note_colon(cursor, next),
                0xef if gap.get(at - from..).is_some_and(|rest| rest.starts_with(WIDE_COLON)) => {
                    self.note_colon(cursor, next);
                }
                _ => {}
            }
            at += length;
        }
    }

    fn note_colon(&mut self, cursor: &Cursor, next: usize) {
        let Some(word) = next.checked_sub(1).filter(|word| *word >= cursor.first) else { return };
        if self.colons.last() != Some(&word) {
            self.colons.push(word);
        }
    }

    fn add_cell(&mut self, cursor: &Cursor, end: usize, last: usize) {
        let Cursor { start, first, line, column } = *cursor;
        self.cells.push(Cell { start, end, first, last, line, column });
    }

    /// The words of a cell after which a colon or an equals sign stands, in order.
    pub(super) fn colons(&self, cell: &Cell) -> &[usize] {
        let from = self.colons.partition_point(|word| *word < cell.first);
        let rest = self.colons.get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|word| **word < cell.last).count();
        rest.get(..count).unwrap_or_default()
    }

    /// The cells of a line.
    #[inline]
    pub(super) fn line(&self, line: usize) -> &[Cell] {
        let from = self.lines.get(line).copied().unwrap_or(self.cells.len());
        let to = self.lines.get(line + 1).copied().unwrap_or(self.cells.len());
        self.cells.get(from..to).unwrap_or_default()
    }

    /// How many lines begin before a byte.
    pub(super) fn lines_before(&self, byte: usize) -> usize {
        let at = self.cells.partition_point(|cell| cell.start <= byte);
        at.checked_sub(1).and_then(|at| self.cells.get(at)).map_or(0, |cell| cell.line)
    }

    /// How many lines there are.
    pub(super) fn line_count(&self) -> usize {
        self.lines.len().saturating_sub(1)
    }

    /// A word.
    #[inline]
    pub(super) fn word(&self, index: usize) -> Option<Word> {
        self.words.get(index).copied()
    }

    /// Words of a range; an impossible range is empty.
    #[inline]
    pub(super) fn span(&self, first: usize, last: usize) -> &[Word] {
        self.words.get(first..last).unwrap_or_default()
    }

    /// What the lists know of a word that begins as names do.
    #[inline]
    pub(super) fn known(&self, index: usize) -> Known {
        self.known.get(index).copied().unwrap_or_default()
    }

    /// What a word does beside names.
    #[inline]
    pub(super) fn around(&self, index: usize) -> Around {
        self.around.get(index).copied().unwrap_or_default()
    }

    /// The text between a word and the next.
    #[inline]
    pub(super) fn gap<'a>(&self, text: &'a str, index: usize) -> &'a str {
        let from = self.words.get(index).map_or(text.len(), |word| word.end);
        let to = self.words.get(index + 1).map_or(text.len(), |word| word.start);
        text.get(from..to).unwrap_or_default()
    }

    /// Index of the first word that begins at or after a byte.
    pub(super) fn word_from(&self, byte: usize) -> usize {
        self.words.partition_point(|word| word.start < byte)
    }
}
