//! Tables of a document as lines: a row a line, its cells parted by tabs; a table within a cell flows into that cell.

use super::passages::Lines;
use crate::limits::Budget;
use crate::model::Fault;

/// The open tables, innermost last: whether the row already has a cell.
#[derive(Debug, Default)]
pub(super) struct RowTabs(Vec<bool>);

impl RowTabs {
    /// Whether text stands in a table.
    pub(super) fn is_inside(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn open_table(&mut self, lines: &mut Lines) {
        if self.0.is_empty() {
            lines.fresh_line();
        }
        self.0.push(false);
    }

    pub(super) fn open_row(&mut self, lines: &mut Lines) {
        if self.0.len() == 1 {
            lines.fresh_line();
        }
        if let Some(has_cell) = self.0.last_mut() {
            *has_cell = false;
        }
    }

    /// # Errors
    /// The bound on text.
    pub(super) fn open_cell(&mut self, lines: &mut Lines, budget: &Budget) -> Result<(), Fault> {
        if let Some(has_cell) = self.0.last_mut() {
            if *has_cell {
                lines.trim_end();
                lines.push("\t", budget)?;
            }
            *has_cell = true;
        }
        Ok(())
    }

    /// A paragraph that is not the first of its cell goes on in the same line.
    pub(super) fn open_paragraph(&self, lines: &mut Lines) {
        if self.is_inside() && !matches!(lines.last(), None | Some('\t' | '\n')) {
            lines.soft_break();
        }
    }

    pub(super) fn close_row(&self, lines: &mut Lines) {
        if self.0.len() == 1 {
            lines.fresh_line();
        }
    }

    pub(super) fn close_table(&mut self, lines: &mut Lines) {
        self.0.pop();
        if self.0.is_empty() {
            lines.fresh_line();
        }
    }
}
