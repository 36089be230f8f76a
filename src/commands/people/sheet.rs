//! A table as CSV or as a workbook. Cells are text: nothing in them is run by a spreadsheet.

use crate::cli::PeopleFormat;
use crate::commands::rows;
use anyhow::{Result, bail};
use rust_xlsxwriter::{Format, Workbook};
use std::io::{self, Write};

/// Rows of a worksheet, its head among them (ECMA-376; Excel's own bound).
const SHEET_ROWS: u32 = 1_048_576;
/// Characters of a cell in a workbook.
const CELL_CHARS: usize = 32_767;

/// A table that is being written.
pub(super) enum Sheet {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Workbook { workbook: Box<Workbook>, to: Box<dyn Write>, next: u32, head: Vec<String> },
}

impl Sheet {
    /// Begins a table with its head.
    pub(super) fn new(format: PeopleFormat, columns: &[&str], to: Box<dyn Write>) -> Result<Self> {
        if format != PeopleFormat::Xlsx {
            let mut writer = csv::Writer::from_writer(to);
            writer.write_record(columns).map_err(io::Error::from)?;
            return Ok(Self::Csv(Box::new(writer)));
        }
        let head = columns.iter().map(|column| (*column).to_owned()).collect();
        Ok(Self::Workbook { workbook: Box::new(Workbook::new()), to, next: SHEET_ROWS, head })
    }

    /// Writes a row.
    pub(super) fn row(&mut self, cells: &[String]) -> Result<()> {
        match self {
            Self::Csv(writer) => {
                let neutral = cells.iter().map(|cell| rows::csv_cell(Some(&cell.as_str().into())));
                writer.write_record(neutral).map_err(io::Error::from)?;
            }
            Self::Workbook { workbook, next, head, .. } => {
                if *next == SHEET_ROWS {
                    begin_sheet(workbook, head)?;
                    *next = 1;
                }
                let Some(sheet) = workbook.worksheets_mut().last_mut() else { bail!("the workbook has no sheet") };
                for (cell, column) in cells.iter().zip(0_u16..) {
                    // A string cell is never a formula, whatever it begins with.
                    sheet.write_string(*next, column, shown(cell))?;
                }
                *next += 1;
            }
        }
        Ok(())
    }

    /// Ends the table.
    pub(super) fn end(self) -> Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Workbook { mut workbook, mut to, next, head } => {
                if next == SHEET_ROWS {
                    begin_sheet(&mut workbook, &head)?;
                }
                to.write_all(&workbook.save_to_buffer()?)?;
                to.flush()?;
            }
        }
        Ok(())
    }
}

fn begin_sheet(workbook: &mut Workbook, head: &[String]) -> Result<()> {
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    for (name, column) in head.iter().zip(0_u16..) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// A text for a workbook's cell: control characters as escapes, and no longer than a cell holds, which is said.
fn shown(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        if crate::model::is_hidden(c) { cell.extend(c.escape_unicode()) } else { cell.push(c) }
    }
    if cell.chars().count() > CELL_CHARS {
        let cut = " [cut: longer than a cell]";
        cell = cell.chars().take(CELL_CHARS - cut.len()).chain(cut.chars()).collect();
    }
    cell
}
