//! One sheet cut into words, cells and lines: what every reader of paperwork works on.

use crate::detect::view::Sheet;
use crate::model::Shape;
use crate::rules::names::{Around, Known, Names};
use crate::rules::words::{Word, join, read_words};

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
}

/// Spaces in a row that part columns where a text has no tabs.
const WIDE: usize = 3;

impl Page {
    /// Cuts a sheet.
    pub(super) fn read(&mut self, sheet: &Sheet<'_>, names: &Names) {
        self.words.clear();
        self.cells.clear();
        self.lines.clear();
        let text = sheet.text;
        let mut from = 0;
        let mut line = 0;
        while from <= text.len() {
            let to = memchr::memchr(b'\n', text.as_bytes().get(from..).unwrap_or_default())
                .map_or(text.len(), |at| from + at);
            self.lines.push(self.cells.len());
            self.read_line(text, from, to, line, sheet.shape);
            from = to + 1;
            line += 1;
        }
        self.lines.push(self.cells.len());
        self.known.clear();
        self.around.clear();
        for word in &self.words {
            self.around.push(names.around(join(0, word.hash)));
            self.known.push(if word.may_begin_name() { names.known(word.hash) } else { Known::default() });
        }
    }

    fn read_line(&mut self, text: &str, from: usize, to: usize, line: usize, shape: Shape) {
        let bytes = text.as_bytes().get(from..to).unwrap_or_default();
        let mut column = 0;
        let mut start = from;
        let mut at = 0;
        while let Some(found) = memchr::memchr3(b'\t', b'|', b' ', bytes.get(at..).unwrap_or_default()) {
            let place = at + found;
            let spaces = bytes.iter().skip(place).take_while(|byte| **byte == b' ').count();
            let is_wide = spaces >= WIDE && shape != Shape::Table;
            let is_mark = spaces == 0 && (shape != Shape::Table || bytes.get(place) == Some(&b'\t'));
            if is_wide || is_mark {
                if !(is_wide && text.get(start..from + place).is_some_and(|cell| cell.trim().is_empty())) {
                    self.add_cell(text, start, from + place, line, column);
                    column += 1;
                }
                start = from + place + spaces.max(1);
            }
            at = place + spaces.max(1);
        }
        self.add_cell(text, start, to, line, column);
    }

    fn add_cell(&mut self, text: &str, start: usize, end: usize, line: usize, column: usize) {
        let first = self.words.len();
        read_words(text.get(start..end).unwrap_or_default(), start, &mut self.words);
        self.cells.push(Cell { start, end, first, last: self.words.len(), line, column });
    }

    /// The cells of a line.
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
    pub(super) fn word(&self, index: usize) -> Option<Word> {
        self.words.get(index).copied()
    }

    /// Words of a range; an impossible range is empty.
    pub(super) fn span(&self, first: usize, last: usize) -> &[Word] {
        self.words.get(first..last).unwrap_or_default()
    }

    /// What the lists know of a word that begins as names do.
    pub(super) fn known(&self, index: usize) -> Known {
        self.known.get(index).copied().unwrap_or_default()
    }

    /// What a word does beside names.
    pub(super) fn around(&self, index: usize) -> Around {
        self.around.get(index).copied().unwrap_or_default()
    }

    /// The text between a word and the next.
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
