//! What stands around a value on paperwork: the words before it on its line, the line above it, the head of its column.

use super::view::Sheet;
use crate::model::Shape;

/// Bytes before a value that are looked at: a label and a short value between (`né à Paris le`).
const BEFORE: usize = 96;
/// Bytes after a value that are looked at.
const AFTER: usize = 40;
/// Longest line above a value that can be its label, in bytes.
const LABEL_LINE: usize = 60;
/// Bytes that a walk to the start of a line or row covers at most.
const REACH: usize = 1 << 10;

/// The texts around a value, nearest first.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Before it on the same line and in the same cell.
    pub before: &'a str,
    /// After it on the same line and in the same cell.
    pub after: &'a str,
    sheet: &'a Sheet<'a>,
    line: usize,
    start: usize,
}

impl<'a> Context<'a> {
    /// The context of the text between two byte offsets.
    pub fn of(sheet: &'a Sheet<'a>, start: usize, end: usize) -> Self {
        let text = sheet.text;
        let line = line_start(text, start);
        let before = tail(text.get(line..start).unwrap_or_default(), BEFORE);
        let before = if sheet.shape == Shape::Table { after_last_tab(before) } else { before };
        let rest = head(text.get(end..).unwrap_or_default(), AFTER);
        let border = memchr::memchr2(b'\n', b'\t', rest.as_bytes()).unwrap_or(rest.len());
        Self { before, after: rest.get(..border).unwrap_or_default(), sheet, line, start }
    }

    /// The head of its column, in a table.
    pub fn head(&self) -> &'a str {
        if self.sheet.shape == Shape::Table { column_head(self.sheet.text, self.line, self.start) } else { "" }
    }

    /// The text above it, where that is short enough for a label: same column on a page.
    pub fn above(&self) -> &'a str {
        if self.sheet.shape == Shape::Table { "" } else { above(self.sheet.text, self.line, self.start) }
    }

    /// The format's name for the value.
    pub fn key(&self) -> &'a str {
        self.sheet.origin.key.as_deref().unwrap_or_default()
    }
}

/// First byte of the line that holds this place, no further back than [`REACH`].
fn line_start(text: &str, at: usize) -> usize {
    let low = border_up(text, at.saturating_sub(REACH));
    let bytes = text.as_bytes().get(low..at).unwrap_or_default();
    memchr::memrchr2(b'\n', b'\r', bytes).map_or(low, |found| low + found + 1)
}

fn border_up(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The last bytes of a text, cut at a character.
pub fn tail(text: &str, length: usize) -> &str {
    text.get(border_up(text, text.len().saturating_sub(length))..).unwrap_or_default()
}

/// The first bytes of a text, cut at a character.
pub fn head(text: &str, length: usize) -> &str {
    if text.len() <= length {
        return text;
    }
    text.get(..border_up(text, length)).unwrap_or_default()
}

fn after_last_tab(text: &str) -> &str {
    text.rsplit('\t').next().unwrap_or(text)
}

/// The head of the column that holds this place: the cell of the first line with the same number of tabs before it.
fn column_head(text: &str, line: usize, at: usize) -> &str {
    let column = memchr::memchr_iter(b'\t', text.as_bytes().get(line..at).unwrap_or_default()).count();
    let first = text.lines().next().unwrap_or_default();
    if line == 0 { "" } else { first.split('\t').nth(column).map(|cell| head(cell, LABEL_LINE)).unwrap_or_default() }
}

/// The cell above: on the last line with text before this one (one blank line may lie between), in the same column,
/// or alone on its line. Below a head row the cells of a column follow each other: figures above are climbed over.
fn above(text: &str, line: usize, at: usize) -> &str {
    /// Rows that are climbed over.
    const ROWS: usize = 48;
    let previous = tail(text.get(..line).unwrap_or_default(), REACH);
    let bytes = previous.as_bytes();
    let gap = bytes.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    if gap > 4 {
        return "";
    }
    let own = text.get(line..at).unwrap_or_default();
    let column = tabs(own);
    let mut lines = Upwards(previous.get(..bytes.len() - gap));
    let Some(upper) = lines.next() else { return "" };
    let nearest = cell_above(upper, column, own);
    let is_figure = |cell: &str| !cell.is_empty() && !cell.chars().any(char::is_alphabetic);
    if column == 0 || !is_figure(nearest) && (upper.contains('\t') || lines.0.is_none()) {
        return nearest;
    }
    // A line without columns between rows is a neighbour's text, such as a menu's.
    let mut cells = lines.take(ROWS).filter(|upper| upper.contains('\t')).map(|upper| cell_above(upper, column, own));
    cells.find(|cell| !is_figure(cell)).unwrap_or_default()
}

/// The lines of a text from the last one upwards; what is left of it.
struct Upwards<'a>(Option<&'a str>);

impl<'a> Iterator for Upwards<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0?;
        let border = memchr::memrchr2(b'\n', b'\r', rest.as_bytes());
        self.0 = border.and_then(|border| rest.get(..border));
        rest.get(border.map_or(0, |border| border + 1)..)
    }
}

fn tabs(text: &str) -> usize {
    memchr::memchr_iter(b'\t', text.as_bytes()).count()
}

fn cell_above<'a>(upper: &'a str, column: usize, own: &str) -> &'a str {
    let is_row = memchr::memchr(b'\t', upper.as_bytes()).is_some();
    // Most lines are no rows, and most values have something before them.
    let cell = match (is_row, column) {
        (false, 0) if own.trim_start().is_empty() => upper.trim(),
        (false, _) => "",
        (true, _) => upper.split('\t').nth(column).unwrap_or_default().trim(),
    };
    if cell.len() <= LABEL_LINE { cell } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, Part};

    fn context(shape: Shape, text: &str, value: &str) -> [String; 4] {
        let origin = Origin::of(Part::Text);
        let start = text.find(value).unwrap_or_default();
        let sheet = Sheet { index: 0, origin: &origin, shape, list: None, text };
        let found = Context::of(&sheet, start, start + value.len());
        [found.before, found.after, found.head(), found.above()].map(str::to_owned)
    }

    #[test]
    fn a_cell_has_its_head_and_nothing_of_its_neighbours() {
        let text = "Name\tBorn\tVisit\nAda\t1.2.1980\t3.4.2020\n";
        assert_eq!(context(Shape::Table, text, "1.2.1980"), ["", "", "Born", ""]);
    }

    #[test]
    fn a_label_stands_above_in_the_same_column() {
        assert_eq!(context(Shape::Layout, "Name\tBorn\nAda\t1.2.1980\n", "1.2.1980")[3], "Born");
        assert_eq!(context(Shape::Flow, "Date of birth\n1.2.1980\n", "1.2.1980")[3], "Date of birth");
        assert_eq!(context(Shape::Flow, "Born:\nsaw 1.2.1980\n", "1.2.1980")[3], "");
    }

    #[test]
    fn a_head_is_found_over_the_figures_of_its_column() {
        let rows = "\tName\tBorn\n\tAda\t1.2.1980\nMenu\n\tBen\t3.4.1981\n\tCy\t5.6.1982\n";
        assert_eq!(context(Shape::Layout, rows, "5.6.1982")[3], "Born");
        assert_eq!(context(Shape::Flow, "Born\n1.2.1980\n3.4.2020\n", "3.4.2020")[3], "1.2.1980");
    }
}
