//! Lists of people on running paper: a line of heads, and rows of as many cells below it.

use super::layout::{Field, Tie};
use super::page::{Cell, Page};
use crate::rules::labels::{Labels, Meaning};

/// Fewest columns of a list, and fewest rows: one row below its heads is read as labels with values below them.
const COLUMNS: usize = 3;
const ROWS: usize = 2;
/// Longest head, in bytes.
const HEAD: usize = 48;
/// Lines between rows that are no rows: a blank one, a footer and a title where a page ends.
const BETWEEN: usize = 3;

/// Reads the list whose heads stand on this line, if it is one; gives the line after its last row.
pub(super) fn read(page: &Page, text: &str, labels: &Labels, line: usize, fields: &mut Vec<Field>) -> Option<usize> {
    let heads = heads(page, text, labels, line)?;
    let rows = rows(page, line, heads.len());
    let last = rows.last().filter(|_| rows.len() >= ROWS)?;
    for row in &rows {
        for (cell, head) in page.line(*row).iter().zip(&heads) {
            if let (Some(meaning), false) = (head, cell.is_blank()) {
                let (first, last) = (cell.first, cell.last);
                fields.push(Field { meaning: *meaning, tie: Tie::Column, first, last, group: *row as u32 });
            }
        }
    }
    Some(last + 1)
}

/// What the cells of a line say as heads: most of them are labels, one of them of a name, and none holds a value.
fn heads(page: &Page, text: &str, labels: &Labels, line: usize) -> Option<Vec<Option<Meaning>>> {
    let cells = page.line(line);
    let written = |cell: &Cell| text.get(cell.start..cell.end).unwrap_or_default().trim();
    let is_short = |cell: &Cell| {
        let cell = written(cell);
        cell.len() <= HEAD && !cell.contains(|c: char| c.is_ascii_digit() || c == ':')
    };
    if cells.len() < COLUMNS || !cells.iter().all(is_short) {
        return None;
    }
    let heads: Vec<Option<Meaning>> = cells.iter().map(|cell| labels.of_key(written(cell))).collect();
    let known = heads.iter().flatten().filter(|meaning| **meaning != Meaning::Other).count();
    let filled = cells.iter().filter(|cell| !cell.is_blank()).count();
    let names = [Meaning::Given, Meaning::Family, Meaning::Person, Meaning::Subject];
    let is_of_people = heads.iter().flatten().any(|meaning| names.contains(meaning));
    (is_of_people && known >= 2 && known * 3 >= filled * 2).then_some(heads)
}

/// The lines below a line that have as many cells, up to where the list ends.
fn rows(page: &Page, line: usize, columns: usize) -> Vec<usize> {
    let mut rows = Vec::new();
    let mut between = 0;
    for below in line + 1..page.line_count() {
        if page.line(below).len() == columns {
            rows.push(below);
            between = 0;
        } else {
            between += 1;
            if between > BETWEEN {
                break;
            }
        }
    }
    rows
}
