//! Rows of cells on their way to passages: finds where the column heads stand, what stands above them, and whether a
//! block of cells is a table at all or a form (labels and values) or loose lines.

use super::passages::{Table, push_inline, put};
use crate::model::{Origin, Shape, Sink};

/// Rows that are looked at before a block is judged.
const PREVIEW: usize = 24;
/// Heads are sought among this many rows.
const HEAD_ROWS: usize = 10;
/// Longer texts are no column heads.
const HEAD_CHARS: usize = 64;

/// Rows on their way out.
#[derive(Debug)]
pub(super) struct Grid {
    origin: Origin,
    /// The sheet's name.
    name: Option<String>,
    /// A blank row ends a block, as on a sheet; in a delimited file it does not.
    has_blocks: bool,
    preview: Vec<Vec<String>>,
    mode: Mode,
    /// Heads of the last table: a block of the same width without heads of its own goes on with them.
    heads: Vec<String>,
}

#[derive(Debug)]
enum Mode {
    Open,
    Table(Table),
    Lines(String),
}

impl Grid {
    /// For a delimited file.
    pub(super) fn of_file(origin: Origin) -> Self {
        Self { origin, name: None, has_blocks: false, preview: Vec::new(), mode: Mode::Open, heads: Vec::new() }
    }

    /// For a sheet, where several tables, forms and notes may stand.
    pub(super) fn of_sheet(origin: Origin, name: &str) -> Self {
        Self { has_blocks: true, name: Some(name.to_owned()), ..Self::of_file(origin) }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<String>, sink: &mut dyn Sink) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            if self.has_blocks {
                self.end_block(sink);
            }
            return;
        }
        match &mut self.mode {
            Mode::Open => {
                self.preview.push(cells);
                if self.preview.len() >= PREVIEW {
                    self.decide(sink);
                }
            }
            Mode::Table(table) => table.row(&cells, sink),
            Mode::Lines(text) => {
                push_line(text, &cells);
                if text.len() >= super::passages::PIECE {
                    put(sink, self.origin.clone(), Shape::Layout, std::mem::take(text));
                }
            }
        }
    }

    /// Hands over what is left.
    pub(super) fn finish(mut self, sink: &mut dyn Sink) {
        self.end_block(sink);
        if let Mode::Lines(text) = self.mode {
            put(sink, self.origin, Shape::Layout, text);
        }
    }

    fn end_block(&mut self, sink: &mut dyn Sink) {
        if !self.preview.is_empty() {
            self.decide(sink);
        }
        match std::mem::replace(&mut self.mode, Mode::Open) {
            Mode::Table(table) => table.finish(sink),
            // Neighbouring blocks of lines stay together: they are one page to a reader.
            Mode::Lines(text) => self.mode = Mode::Lines(text),
            Mode::Open => {}
        }
        if let Mode::Lines(text) = &mut self.mode
            && !text.is_empty()
        {
            let text = std::mem::take(text);
            put(sink, self.origin.clone(), Shape::Layout, text);
        }
        self.mode = Mode::Open;
    }

    fn decide(&mut self, sink: &mut dyn Sink) {
        let rows = std::mem::take(&mut self.preview);
        let heads = if is_form(&rows) { None } else { heads_at(&rows) };
        let is_table = heads.is_some() || is_headless_table(&rows);
        if !is_table {
            let mut text = String::new();
            for row in &rows {
                push_line(&mut text, row);
            }
            self.mode = Mode::Lines(text);
            return;
        }
        let above = heads.unwrap_or(0);
        let mut title = String::new();
        rows.iter().take(above).for_each(|row| push_line(&mut title, row));
        put(sink, self.origin.clone(), Shape::Layout, title);
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let (names, body) = match heads {
            Some(at) => (rows.get(at).cloned().unwrap_or_default(), rows.get(at + 1..).unwrap_or_default()),
            None if self.heads.len() == width => (self.heads.clone(), rows.as_slice()),
            None => ((1..=width).map(|n| format!("column {n}")).collect(), rows.as_slice()),
        };
        let mut table = Table::new(self.origin.clone(), &names).named(self.name.as_deref());
        for row in body {
            table.row(row, sink);
        }
        self.heads = names;
        self.mode = Mode::Table(table);
    }
}

fn push_line(text: &mut String, cells: &[String]) {
    let start = text.len();
    for cell in cells.iter().filter(|cell| !cell.trim().is_empty()) {
        if text.len() > start {
            text.push('\t');
        }
        push_inline(text, cell);
    }
    text.push('\n');
}

/// What a cell holds, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Empty,
    Number,
    Date,
    Mail,
    Code,
    Words,
}

fn content(cell: &str) -> Content {
    let cell = cell.trim();
    let count = |test: fn(char) -> bool| cell.chars().filter(|c| test(*c)).count();
    let (digits, letters) = (count(|c| c.is_ascii_digit()), count(char::is_alphabetic));
    let marks = count(|c| matches!(c, '-' | '/' | '.' | ':' | 'T' | ' '));
    if cell.is_empty() {
        Content::Empty
    } else if cell.contains('@') {
        Content::Mail
    } else if (6..=14).contains(&digits) && marks >= 2 && letters <= 1 {
        Content::Date
    } else if digits > 0 && letters == 0 {
        Content::Number
    } else if digits > 2 && digits * 2 >= letters {
        Content::Code
    } else {
        Content::Words
    }
}

/// Signs that stand for the words "number", "share" and "amount" over a column.
const HEAD_SIGNS: [&str; 6] = ["#", "\u{2116}", "%", "€", "$", "£"];

/// Could be a column's head: words, few digits, short.
fn is_head(cell: &str) -> bool {
    let cell = cell.trim();
    HEAD_SIGNS.contains(&cell)
        || content(cell) == Content::Words
            && cell.chars().any(char::is_alphabetic)
            && cell.chars().filter(char::is_ascii_digit).count() <= 2
            && cell.chars().count() <= HEAD_CHARS
            && !cell.ends_with('!')
            && (!cell.ends_with(['.', '?']) || is_abbreviated(cell))
}

/// Whether a cell with a point or question mark at its end is shorter than a sentence: `Tel.`, `C.P.`, `Pers. Nr.`,
/// `Smoker?`
fn is_abbreviated(cell: &str) -> bool {
    /// Longest abbreviated head, in characters and words.
    const CHARS: usize = 16;
    const WORDS: usize = 3;
    cell.chars().count() <= CHARS && cell.split_whitespace().count() <= WORDS
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn median_width(rows: &[Vec<String>]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(|row| filled(row)).collect();
    widths.sort_unstable();
    widths.get(widths.len() / 2).copied().unwrap_or(0)
}

/// The row that holds the column heads: different short words about as wide as the rows below, over columns whose
/// content is of another kind or does not repeat the head.
fn heads_at(rows: &[Vec<String>]) -> Option<usize> {
    (0..rows.len().min(HEAD_ROWS)).find(|at| {
        let (Some(row), below) = (rows.get(*at), rows.get(at + 1..).unwrap_or_default()) else { return false };
        let below = below.get(..below.len().min(12)).unwrap_or_default();
        let width = filled(row);
        let mut names: Vec<String> =
            row.iter().map(|cell| cell.trim().to_lowercase()).filter(|cell| !cell.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        let are_heads = row.iter().all(|cell| cell.trim().is_empty() || is_head(cell)) && names.len() == width;
        let fits =
            width >= 2 && width * 10 >= median_width(below) * 6 && (median_width(below) >= 2 || below.is_empty());
        are_heads
            && fits
            && (below.is_empty() && rows.len() == 1 && width >= 3 || !below.is_empty() && differs(row, below))
    })
}

/// Some column below is of another kind than words, or no column repeats its head.
fn differs(heads: &[String], below: &[Vec<String>]) -> bool {
    let column = |index: usize| below.iter().filter_map(move |row| row.get(index)).map(String::as_str);
    let is_typed = (0..heads.len()).any(|index| {
        let kinds: Vec<Content> = column(index).map(content).filter(|kind| *kind != Content::Empty).collect();
        let other = kinds.iter().filter(|kind| **kind != Content::Words).count();
        !kinds.is_empty() && other * 2 > kinds.len()
    });
    let repeats = heads.iter().enumerate().any(|(index, head)| {
        !head.trim().is_empty() && column(index).any(|cell| cell.trim().eq_ignore_ascii_case(head.trim()))
    });
    is_typed || !repeats
}

/// Labels on the left, values of mixed kinds on the right.
fn is_form(rows: &[Vec<String>]) -> bool {
    if rows.len() < 2 || rows.len() >= PREVIEW || median_width(rows) > 2 {
        return false;
    }
    let pairs: Vec<(&str, &str)> = rows
        .iter()
        .filter_map(|row| {
            let mut cells = row.iter().map(String::as_str).filter(|cell| !cell.trim().is_empty());
            Some((cells.next()?, cells.next()?))
        })
        .collect();
    if pairs.len() * 2 < rows.len() || pairs.is_empty() {
        return false;
    }
    let labels = pairs.iter().filter(|(label, _)| is_head(label.trim_end_matches([':', ' ', '\u{a0}']))).count();
    let colons = pairs.iter().filter(|(label, _)| label.trim_end().ends_with(':')).count();
    // The first row of a table of two columns holds heads, of another kind than the values below them.
    let body = pairs.get(1..).unwrap_or_default();
    let commonest = [Content::Number, Content::Date, Content::Mail, Content::Code, Content::Words]
        .into_iter()
        .map(|kind| body.iter().filter(|(_, value)| content(value) == kind).count())
        .max()
        .unwrap_or(0);
    labels * 10 >= pairs.len() * 8
        && (colons * 10 >= pairs.len() * 3 || body.len() >= 2 && commonest * 10 <= body.len() * 7)
}

/// Rows of three and more cells that are alike from column to column.
fn is_headless_table(rows: &[Vec<String>]) -> bool {
    let width = median_width(rows);
    if rows.len() < 2 || width < 2 {
        return false;
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let alike = (0..columns)
        .filter(|index| {
            let kinds: Vec<Content> = rows
                .iter()
                .filter_map(|row| row.get(*index))
                .map(|cell| content(cell))
                .filter(|kind| *kind != Content::Empty)
                .collect();
            let Some(first) = kinds.first() else { return false };
            kinds.iter().filter(|kind| *kind == first).count() * 10 >= kinds.len() * 8 && kinds.len() * 2 >= rows.len()
        })
        .count();
    alike * 10 >= width * 7 && (width >= 3 || rows.len() >= 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::desk::Desk;
    use crate::model::Part;

    fn laid(rows: &[&[&str]]) -> Vec<(Shape, String)> {
        let mut desk = Desk::default();
        let mut grid = Grid::of_sheet(Origin::of(Part::Table), "Sheet1");
        for row in rows {
            grid.row(row.iter().map(|cell| (*cell).to_owned()).collect(), &mut desk);
        }
        grid.finish(&mut desk);
        desk.passages.into_iter().map(|(_, shape, text)| (shape, text)).collect()
    }

    #[test]
    fn abbreviated_heads_are_heads() {
        let rows: &[&[&str]] = &[
            &["Vorname", "Nachname", "geb.", "Tel."],
            &["Ada", "Beispiel", "01.02.1980", "030 123456"],
            &["Ben", "Muster", "03.04.1981", "030 654321"],
        ];
        assert!(matches!(laid(rows).as_slice(), [(Shape::Table, text)] if text.starts_with("Vorname\tNachname\tgeb.")));
    }

    #[test]
    fn a_sign_over_a_column_of_numbers_is_a_head() {
        for sign in ["#", "№", "Smoker?"] {
            let rows: &[&[&str]] =
                &[&[sign, "Name", "Born"], &["1", "Ada Example", "1990-01-02"], &["2", "Ben Muster", "1985-11-30"]];
            assert!(matches!(laid(rows).as_slice(), [(Shape::Table, text)] if text.starts_with(sign)), "{sign}");
        }
    }

    #[test]
    fn heads_stand_below_a_title() {
        let rows: &[&[&str]] = &[
            &["Patients 2020"],
            &["Name", "Born", "Phone"],
            &["Ada Example", "1990-01-02", "0199000000"],
            &["Ben Muster", "1985-11-30", "0199000001"],
        ];
        assert_eq!(
            laid(rows),
            [
                (Shape::Layout, "Patients 2020\n".to_owned()),
                (
                    Shape::Table,
                    "Name\tBorn\tPhone\nAda Example\t1990-01-02\t0199000000\nBen Muster\t1985-11-30\t0199000001\n"
                        .to_owned()
                ),
            ]
        );
    }

    #[test]
    fn labels_and_values_stay_lines() {
        let rows: &[&[&str]] =
            &[&["Name", "Ada Example"], &["Born", "1990-01-02"], &["Mail", "ada@example.org"], &["Total", "450"]];
        assert_eq!(
            laid(rows),
            [(Shape::Layout, "Name\tAda Example\nBorn\t1990-01-02\nMail\tada@example.org\nTotal\t450\n".to_owned())]
        );
    }

    #[test]
    fn rows_without_heads_get_numbered_ones() {
        let rows: &[&[&str]] = &[&["1", "Ada", "ada@example.org"], &["2", "Ben", "ben@example.org"]];
        assert_eq!(
            laid(rows),
            [(
                Shape::Table,
                "column 1\tcolumn 2\tcolumn 3\n1\tAda\tada@example.org\n2\tBen\tben@example.org\n".to_owned()
            )]
        );
    }
}
